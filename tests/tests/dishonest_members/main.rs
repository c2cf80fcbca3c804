//! A member of a wallet that cheats when it signs gets nothing that nobody approved, is named, and holds nobody up; one
//! that is killed never signs twice with one nonce.
//!
//! - `scene`: a wallet of two honest devices and such a member.
//! - `messages`: texts are signed.
//! - `payments`: money is paid.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod messages;
mod payments;
mod scene;
