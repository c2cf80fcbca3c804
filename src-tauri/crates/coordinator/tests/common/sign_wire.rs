//! The wire format of signing once more, written from its specification.

use coordinator::sign::RequestId;
use identity::{DeviceId, Purpose};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::wire::{Hash, Signed};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Envelope {
    pub version: u8,
    pub wallet: Hash,
    pub body: Body,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Body {
    Known { open: Vec<RequestId>, closed: Vec<RequestId>, signed: Vec<RequestId> },
    Propose { proposal: Signed, closing: Option<Signed> },
    Approve { request: RequestId, decision: u32, signables: u16, commitments: Vec<u8> },
    Reject { request: RequestId, decision: u32, reason: Option<String> },
    Close(Signed),
    Package(Package),
    Shares(Shares),
    Declined { turn: Turn, why: u32 },
    Outcome { request: RequestId, completion: Option<Vec<u8>>, signatures: Vec<u8> },
    Forward { request: RequestId, member: u16, commitments: Vec<u8> },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    pub request: RequestId,
    pub attempt: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Package {
    pub turn: Turn,
    pub completion: Option<Vec<u8>>,
    /// Positions, each with the hash of its commitments.
    pub signers: Vec<(u16, Hash)>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Shares {
    pub turn: Turn,
    pub shares: Vec<u8>,
    pub next: Vec<u8>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Proposal {
    pub wallet: Hash,
    pub proposer: DeviceId,
    pub id: [u8; 16],
    pub payload: Vec<u8>,
    pub created_at: u64,
    pub expires_at: u64,
    pub supersedes: Option<RequestId>,
    pub needs_completion: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Closing {
    pub wallet: Hash,
    pub request: RequestId,
}

pub const PROPOSAL: Purpose = Purpose::new("signing proposal");
pub const CLOSING: Purpose = Purpose::new("signing closing");

/// By which packages name commitments.
pub fn hash(commitments: &[u8]) -> Hash {
    Sha256::digest([&b"permafrost/v1/nonce commitments\0"[..], commitments].concat()).into()
}

pub fn decode(bytes: &[u8]) -> Envelope {
    postcard::from_bytes(bytes).unwrap()
}

pub fn encode(wallet: Hash, body: Body) -> Vec<u8> {
    postcard::to_allocvec(&Envelope { version: 2, wallet, body }).unwrap()
}

pub fn kind(bytes: &[u8]) -> &'static str {
    match decode(bytes).body {
        Body::Known { .. } => "known",
        Body::Propose { .. } => "propose",
        Body::Approve { .. } => "approve",
        Body::Reject { .. } => "reject",
        Body::Close(_) => "close",
        Body::Package(_) => "package",
        Body::Shares(_) => "shares",
        Body::Declined { .. } => "declined",
        Body::Outcome { .. } => "outcome",
        Body::Forward { .. } => "forward",
    }
}
