//! The app's real windows, end to end: what a person clicks, types and reads.
//!
//! - `desk`: devices of one cluster, each in a window of its own, and what people do in them.
//! - `first_steps`: a new device is set up, and one of them hosts the server.
//! - `ceremony`: wallets are made.
//! - `wallet`: what people do with a wallet that they have.
//! - `signing`: and what they sign with it.
//! - `spending`: they pay.
//! - `manners`: links, closing, locking, languages, what is remembered.
//! - `elsewhere`: notifications, the tray, a locked screen, where a window comes back.
//! - `mishaps`: something is wrong, and people are told what and what to do.
//! - `session_bus`: what a desktop has for programs on its session bus.
//! - `gallery`: a picture of every screen.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod ceremony;
mod desk;
mod elsewhere;
mod first_steps;
mod gallery;
mod manners;
mod mishaps;
mod session_bus;
mod signing;
mod spending;
mod wallet;
