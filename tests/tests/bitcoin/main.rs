//! Bitcoin against a real node.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod addresses;
mod group;
mod ledger;
mod messages;
mod password;
mod psbt;
mod purse;
mod sending;
mod spending;
