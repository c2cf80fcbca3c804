//! Harnesses for tests that need more than one crate: private Secret Services, real windows, real nodes.
//!
//! The tests themselves are in `tests/tests`.

// A harness fails the test that uses it by panicking.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, clippy::indexing_slicing)]

pub mod bitcoind;
pub mod cluster;
pub mod desktop;
pub mod esplora;
pub mod hostile_server;
pub mod network;
pub mod ports;
pub mod puppet;
pub mod secret_service;
pub mod secrets;
pub mod solana;
pub mod terminal;
