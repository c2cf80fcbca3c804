//! What is signed: from a request's bytes to what people read, and from there to what devices sign.
//!
//! - [`payload`]: a request's bytes, parsed once.
//! - [`meaning`]: what they mean for a wallet.
//! - [`message`]: signed messages, as they are passed on.
//! - [`transaction`]: signed transactions, ready for the network.

mod meaning;
mod message;
mod payload;
mod transaction;

#[cfg(test)]
pub(crate) use self::meaning::tests::{coins, spend_of};
pub(crate) use self::{
    meaning::{Meaning, Undecodable, imported, payer, payment_view, spend_view},
    payload::{Content, FileDigest, InvalidContent, Payload, Text},
};
pub use self::{
    message::{Scheme, SignedMessage},
    transaction::SignedTransaction,
};
