//! What is signed: from a request's bytes to what people read, and from there to what devices sign.
//!
//! - [`payload`]: a request's bytes, parsed once.
//! - [`meaning`]: what they mean for a wallet.
//! - [`message`]: signed messages, as they are passed on.

mod meaning;
mod message;
mod payload;

pub use self::message::{Scheme, SignedMessage};
pub(crate) use self::{
    meaning::{Meaning, Undecodable},
    payload::{Content, FileDigest, InvalidContent, Payload, Text},
};
