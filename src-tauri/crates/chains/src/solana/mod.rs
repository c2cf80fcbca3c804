//! Solana: the address of a group's Ed25519 key, payments from it, and what servers say about them.
//!
//! A payment begins as an [`Intent`], which is what people approve and what travels between devices. Each
//! device builds the bytes to sign from it by itself ([`Intent::message`]); no device ever signs
//! bytes that it was given. [`Transaction`](transaction::Transaction) puts the group's signature to them.
//!
//! - [`intent`], [`amount`], [`memo`], [`fee`], [`marker`]: what is to happen, checked, and that it happens once.
//! - [`message`], [`meaning`]: from there to the bytes, and back.
//! - [`transaction`], [`offchain`]: what comes of a signature: a payment, or a signed text.
//! - [`token`]: mints, token accounts and their addresses.
//! - [`rpc`], [`review`], [`history`]: what to ask a server, and what to make of its answers.
//!
//! [`address`](fn@address) is where to start for receiving, [`intent`] for sending.

mod address;
pub mod amount;
pub mod fee;
pub mod history;
pub mod intent;
pub mod marker;
pub mod meaning;
pub mod memo;
pub mod message;
mod network;
pub mod offchain;
mod program;
mod reader;
pub mod review;
pub mod rpc;
pub mod token;
pub mod transaction;

pub use address::{Address, NoAddress, SolanaAddress, address};
pub use intent::Intent;
pub use network::Network;
pub use transaction::Signature;
