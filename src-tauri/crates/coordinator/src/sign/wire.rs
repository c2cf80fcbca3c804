//! What goes over a link: one envelope with one explicitly typed body.

use serde::{Deserialize, Serialize};

use super::proposal::{Closing, Completion, Proposal, Reason, RequestId};
use crate::{hash::Hash, signed::Signed};

/// The version in every message.
pub const VERSION: u8 = 2;

/// The most bytes that a message has; longer ones are refused unread.
pub const LONGEST_MESSAGE: usize = 60 * 1024;

#[derive(Serialize, Deserialize)]
struct Envelope {
    version: u8,
    wallet: Hash,
    body: Body,
}

/// The kinds of message. Their order is their number on the wire.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Body {
    Known(Known),
    Propose(Propose),
    Approve(Approve),
    Reject { request: RequestId, decision: u32, reason: Option<Reason> },
    Close(Signed<Closing>),
    Package(Package),
    Shares(Shares),
    Declined { turn: Turn, why: Why },
    Outcome(Outcome),
    Forward(Forward),
}

/// Which requests the sender knows, so that the receiver can send what it lacks.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Known {
    pub(crate) open: Vec<RequestId>,
    /// Cancelled, superseded or expired.
    pub(crate) closed: Vec<RequestId>,
    pub(crate) signed: Vec<RequestId>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Propose {
    pub(crate) proposal: Signed<Proposal>,
    /// Closes what the proposal supersedes, if it does.
    pub(crate) closing: Option<Signed<Closing>>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Approve {
    pub(crate) request: RequestId,
    /// Counts what the sender's user said to the request, so that what was said before comes to nothing.
    pub(crate) decision: u32,
    /// How many messages there are to sign.
    pub(crate) signables: u16,
    /// For each of them hiding ‖ binding; empty to all but the proposer.
    pub(crate) commitments: Vec<u8>,
}

/// What a member commits to, from the proposer to the others, ahead of the packages that name it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Forward {
    pub(crate) request: RequestId,
    /// Whose.
    pub(crate) member: u16,
    /// As in its approval, or as they came with its shares.
    pub(crate) commitments: Vec<u8>,
}

/// One attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Turn {
    /// What is signed.
    pub request: RequestId,
    /// A random number.
    pub attempt: u64,
}

/// Who signs together, with which commitments; each signer knows by itself what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Package {
    pub(crate) turn: Turn,
    pub(crate) completion: Option<Completion>,
    /// Positions in ascending order, each with the hash of its commitments.
    pub(crate) signers: Vec<(u16, Hash)>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Shares {
    pub(crate) turn: Turn,
    /// A share for each signable.
    pub(crate) shares: Vec<u8>,
    /// Commitments for another attempt.
    pub(crate) next: Vec<u8>,
}

/// Why a device does not answer a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Why {
    /// Its commitments are others. If it has any, they follow.
    Stale,
    /// It does not sign this, or not with this completion.
    Refused,
    /// Commitments that the package names were not forwarded to it, or it has no room for them any more.
    Lacks,
}

/// The request's signatures, in the order of the signables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Outcome {
    pub(crate) request: RequestId,
    pub(crate) completion: Option<Completion>,
    pub(crate) signatures: Vec<u8>,
}

/// Why bytes are no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    Malformed,
    Version(u8),
}

pub(crate) fn encode(wallet: Hash, body: Body) -> Vec<u8> {
    // Writing to memory does not fail; an empty message would be malformed at the other end.
    postcard::to_allocvec(&Envelope { version: VERSION, wallet, body }).unwrap_or_default()
}

pub(crate) fn decode(wallet: Hash, bytes: &[u8]) -> Result<Body, Unreadable> {
    if bytes.len() > LONGEST_MESSAGE {
        return Err(Unreadable::Malformed);
    }
    match bytes.first() {
        Some(&VERSION) => {}
        Some(&version) => return Err(Unreadable::Version(version)),
        None => return Err(Unreadable::Malformed),
    }
    match postcard::take_from_bytes::<Envelope>(bytes) {
        Ok((envelope, [])) if envelope.wallet == wallet => Ok(envelope.body),
        _ => Err(Unreadable::Malformed),
    }
}
