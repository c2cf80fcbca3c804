//! The wire format of signing once more, written from its specification.

use coordinator::sign::RequestId;
use identity::{DeviceId, Purpose};
use serde::{Deserialize, Serialize};

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
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    pub request: RequestId,
    pub lot: u16,
    pub attempt: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Package {
    pub turn: Turn,
    pub completion: Option<Vec<u8>>,
    pub signers: Vec<(u16, Vec<u8>)>,
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

pub fn decode(bytes: &[u8]) -> Envelope {
    postcard::from_bytes(bytes).unwrap()
}

pub fn encode(wallet: Hash, body: Body) -> Vec<u8> {
    postcard::to_allocvec(&Envelope { version: 1, wallet, body }).unwrap()
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
    }
}
