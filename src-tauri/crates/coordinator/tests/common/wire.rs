//! The wire format once more, written from its specification: what an attacker, or another program, would have.

use coordinator::dkg::AbortReason;
use identity::{DeviceId, IdentityKey, Purpose, Signature};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

pub type Hash = [u8; 32];

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Envelope {
    pub version: u8,
    pub session: [u8; 32],
    pub body: Body,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Body {
    Proposal(Signed),
    Accept(Signed),
    Refuse(u8),
    Roster(Signed),
    Round1 { roster: Signed, round1: Signed },
    Echo { roster: Hash, view: Hash, nonce: [u8; 32] },
    Evidence { roster: Hash, author: u16, round1: Signed },
    Round2 { roster: Hash, package: Vec<u8> },
    Certificate { roster: Hash, transcript: Hash, signatures: Vec<(u16, Signature)> },
    Confirm { roster: Hash, transcript: Hash, signatures: Vec<(u16, Signature)> },
    Abort(Signed),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Signed {
    pub bytes: Vec<u8>,
    pub signature: Signature,
}

impl Signed {
    pub fn new(statement: &impl Serialize, purpose: Purpose, identity: &IdentityKey) -> Self {
        let bytes = postcard::to_allocvec(statement).unwrap();
        let signature = identity.sign(purpose, &bytes);
        Self { bytes, signature }
    }

    pub fn peek<T: DeserializeOwned>(&self) -> T {
        postcard::from_bytes(&self.bytes).unwrap()
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Proposal {
    pub session: [u8; 32],
    pub name: String,
    pub ciphersuite: u32,
    pub network: Option<String>,
    pub threshold: u16,
    pub participants: u16,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Roster {
    pub session: [u8; 32],
    pub creator: DeviceId,
    pub name: String,
    /// An enum's number is a varint, as an integer's.
    pub ciphersuite: u32,
    pub network: Option<String>,
    pub threshold: u16,
    pub participants: u16,
    pub members: Vec<(DeviceId, String)>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Round1 {
    pub roster: Hash,
    pub position: u16,
    pub package: Vec<u8>,
    pub nonce: Hash,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Certificate {
    pub roster: Signed,
    pub round1: Vec<Signed>,
    pub nonces: Vec<[u8; 32]>,
    pub group_key: Vec<u8>,
    pub verifying_shares: Vec<Vec<u8>>,
    pub signatures: Vec<Signature>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Withdrawal {
    pub session: [u8; 32],
    pub roster: Option<Hash>,
    pub grounds: Grounds,
    pub standing: Standing,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Grounds {
    Own(AbortReason),
    Heard { by: DeviceId, word: Signed },
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Standing {
    Unsigned,
    Signed,
    Discarded,
}

pub const ROSTER: Purpose = Purpose::new("roster");
pub const ROUND1: Purpose = Purpose::new("round 1");
pub const ABORT: Purpose = Purpose::new("abort");
pub const PROPOSAL: Purpose = Purpose::new("proposal");
pub const CERTIFICATE: Purpose = Purpose::new("certificate");

pub fn decode(bytes: &[u8]) -> Envelope {
    postcard::from_bytes(bytes).unwrap()
}

pub fn encode(session: [u8; 32], body: Body) -> Vec<u8> {
    postcard::to_allocvec(&Envelope { version: 3, session, body }).unwrap()
}

pub fn kind(bytes: &[u8]) -> &'static str {
    match decode(bytes).body {
        Body::Proposal(_) => "proposal",
        Body::Accept(_) => "accept",
        Body::Refuse(_) => "refuse",
        Body::Roster(_) => "roster",
        Body::Round1 { .. } => "round1",
        Body::Echo { .. } => "echo",
        Body::Evidence { .. } => "evidence",
        Body::Round2 { .. } => "round2",
        Body::Certificate { .. } => "certificate",
        Body::Confirm { .. } => "confirm",
        Body::Abort(_) => "abort",
    }
}
