//! What goes over a link: one envelope with one explicitly typed body.

use std::fmt;

use identity::Signature;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    abort::{Refusal, Withdrawal},
    params::{Params, SessionTag},
    roster::Roster,
    signed::{Signed, Statement},
    transcript::Round1,
};
use crate::hash::Hash;
use identity::{DeviceId, Purpose};

/// The version in every message. Version 1 knew no networks; in version 2 a device told as its own what it had heard.
pub const VERSION: u8 = 3;

/// The most bytes that a message has; longer ones are refused unread.
pub const LONGEST_MESSAGE: usize = 60 * 1024;

#[derive(Serialize, Deserialize)]
pub(crate) struct Envelope {
    pub(crate) version: u8,
    pub(crate) session: SessionTag,
    pub(crate) body: Body,
}

/// The kinds of message. Their order is their number on the wire.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Body {
    Proposal(Signed<Proposal>),
    Accept(Signed<Accept>),
    Refuse(Refusal),
    Roster(Signed<Roster>),
    Round1(Opening),
    Echo(Echo),
    Evidence(Evidence),
    Round2(Dealt),
    Certificate(Endorsement),
    Confirm(Endorsement),
    Abort(Signed<Withdrawal>),
}

/// What the creator offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Proposal {
    pub(crate) session: SessionTag,
    pub(crate) params: Params,
}

impl Statement for Proposal {
    const PURPOSE: Purpose = Purpose::new("proposal");
}

/// What a member agrees to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Accept {
    pub(crate) session: SessionTag,
    pub(crate) creator: DeviceId,
    pub(crate) params: Params,
}

impl Statement for Accept {
    const PURPOSE: Purpose = Purpose::new("accept");
}

/// A round-1 message with the roster that it is for, so that two rosters by one creator meet at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Opening {
    pub(crate) roster: Signed<Roster>,
    pub(crate) round1: Signed<Round1>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Echo {
    pub(crate) roster: Hash,
    /// Of all round-1 messages, see `transcript::view`.
    pub(crate) view: Hash,
    pub(crate) nonce: [u8; 32],
}

/// A round-1 message that the sender received (or made), during a dispute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Evidence {
    pub(crate) roster: Hash,
    pub(crate) author: u16,
    pub(crate) round1: Signed<Round1>,
}

/// A round-2 package, for one receiver only.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Dealt {
    pub(crate) roster: Hash,
    pub(crate) package: SecretBytes,
}

/// The certificate's signatures as far as the sender knows them, its own among them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Endorsement {
    pub(crate) roster: Hash,
    pub(crate) transcript: Hash,
    /// Positions in the roster, with what the device there signed.
    pub(crate) signatures: Vec<(u16, Signature)>,
}

/// Secret bytes of a message: wiped, and not printed.
#[derive(Clone)]
pub(crate) struct SecretBytes(pub(crate) Zeroizing<Vec<u8>>);

impl Serialize for SecretBytes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.as_slice().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SecretBytes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(|bytes| Self(Zeroizing::new(bytes)))
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

/// Why bytes are no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    Malformed,
    Version(u8),
}

/// Room for a round-2 message without the buffer growing, which would leave copies of the secret behind.
const USUAL_LENGTH: usize = 512;

pub(crate) fn encode(session: SessionTag, body: Body) -> Zeroizing<Vec<u8>> {
    let envelope = Envelope { version: VERSION, session, body };
    let buffer = Vec::with_capacity(USUAL_LENGTH);
    // Writing to memory does not fail; an empty message would be malformed at the other end.
    Zeroizing::new(postcard::to_extend(&envelope, buffer).unwrap_or_default())
}

pub(crate) fn decode(session: SessionTag, bytes: &[u8]) -> Result<Body, Unreadable> {
    if bytes.len() > LONGEST_MESSAGE {
        return Err(Unreadable::Malformed);
    }
    match bytes.first() {
        Some(&VERSION) => {}
        Some(&version) => return Err(Unreadable::Version(version)),
        None => return Err(Unreadable::Malformed),
    }
    match postcard::take_from_bytes::<Envelope>(bytes) {
        Ok((envelope, [])) if envelope.session == session => Ok(envelope.body),
        _ => Err(Unreadable::Malformed),
    }
}
