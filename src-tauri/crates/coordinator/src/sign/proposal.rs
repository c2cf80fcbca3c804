//! What is proposed, and how its proposer ends it: statements that whoever has them may pass on.

use std::fmt;

use identity::{DeviceId, InvalidText, Purpose, text};
use rand_core::CryptoRngCore;
use serde::{Deserialize, Serialize};

use crate::{
    hash::Hash,
    signed::{Signed, Statement},
};

/// The name of a request: a hash of the signed proposal, so that it says exactly what was approved.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RequestId([u8; 32]);

impl RequestId {
    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The request with these bytes for a name, if there is one.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) fn of(proposal: &Signed<Proposal>) -> Self {
        Self(Hash::of("signing request", [proposal.bytes()]).0)
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestId({self})")
    }
}

/// What a device proposes to sign. Whoever knows the payload's meaning computes from it what is signed; here it is
/// only bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    pub(crate) wallet: Hash,
    /// Who proposes it, leads the rounds and may end it.
    pub proposer: DeviceId,
    pub(crate) id: [u8; 16],
    /// At most [`Proposal::LONGEST_PAYLOAD`] bytes.
    pub payload: Vec<u8>,
    /// Unix time in seconds, by the proposer's clock.
    pub created_at: u64,
    /// Unix time in seconds, later than `created_at` by at most [`Proposal::LONGEST_LIFE`].
    pub expires_at: u64,
    /// An earlier request of the same proposer that this one takes the place of. If that is still open, it ends.
    pub supersedes: Option<RequestId>,
    /// Whether the payload lacks something that only exists when the rounds begin, see [`Completion`].
    pub needs_completion: bool,
}

impl Statement for Proposal {
    const PURPOSE: Purpose = Purpose::new("signing proposal");
}

impl Proposal {
    /// The most bytes of a payload.
    pub const LONGEST_PAYLOAD: usize = 40 * 1024;
    /// The most seconds for which a proposal is good: thirty days.
    pub const LONGEST_LIFE: u64 = 30 * 24 * 60 * 60;

    pub(crate) fn is_well_formed(&self, wallet: Hash) -> bool {
        let life = self.expires_at.checked_sub(self.created_at);
        let lives = life.is_some_and(|life| (1..=Self::LONGEST_LIFE).contains(&life));
        self.wallet == wallet && lives && self.payload.len() <= Self::LONGEST_PAYLOAD
    }
}

/// A proposal that is still to be made, within the limits of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    payload: Vec<u8>,
    created_at: u64,
    expires_at: u64,
    supersedes: Option<RequestId>,
    needs_completion: bool,
}

/// Why something can't be proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidDraft {
    /// More than [`Proposal::LONGEST_PAYLOAD`] bytes.
    #[error("a proposal has at most {} bytes", Proposal::LONGEST_PAYLOAD)]
    PayloadTooLong,
    /// It would expire before it is made, or after more than [`Proposal::LONGEST_LIFE`].
    #[error("a proposal is good for at least a second and at most thirty days")]
    Lifetime,
}

impl Draft {
    /// Something to sign between two Unix times in seconds.
    pub fn new(payload: Vec<u8>, created_at: u64, expires_at: u64) -> Result<Self, InvalidDraft> {
        if payload.len() > Proposal::LONGEST_PAYLOAD {
            return Err(InvalidDraft::PayloadTooLong);
        }
        let life = expires_at.checked_sub(created_at).ok_or(InvalidDraft::Lifetime)?;
        if !(1..=Proposal::LONGEST_LIFE).contains(&life) {
            return Err(InvalidDraft::Lifetime);
        }
        Ok(Self { payload, created_at, expires_at, supersedes: None, needs_completion: false })
    }

    /// Takes the place of an earlier request of this device, whatever became of that one.
    #[must_use]
    pub fn superseding(self, earlier: RequestId) -> Self {
        Self { supersedes: Some(earlier), ..self }
    }

    /// The payload is completed when the rounds begin, see [`Completion`].
    #[must_use]
    pub fn with_completion(self) -> Self {
        Self { needs_completion: true, ..self }
    }

    pub(crate) fn supersedes(&self) -> Option<RequestId> {
        self.supersedes
    }

    pub(crate) fn into_proposal(
        self,
        wallet: Hash,
        proposer: DeviceId,
        rng: &mut dyn CryptoRngCore,
    ) -> Proposal {
        let mut id = [0; 16];
        rng.fill_bytes(&mut id);
        let Self { payload, created_at, expires_at, supersedes, needs_completion } = self;
        Proposal { wallet, proposer, id, payload, created_at, expires_at, supersedes, needs_completion }
    }
}

/// The proposer's word that one of its requests is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Closing {
    pub(crate) wallet: Hash,
    pub(crate) request: RequestId,
}

impl Statement for Closing {
    const PURPOSE: Purpose = Purpose::new("signing closing");
}

/// What a proposer adds to the payload when the rounds begin, because it did not exist before: 1 to 64 bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Vec<u8>", into = "Vec<u8>")]
pub struct Completion(Vec<u8>);

/// A completion has 1 to 64 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a completion has 1 to {} bytes", Completion::LONGEST)]
pub struct InvalidCompletion;

impl Completion {
    /// The most bytes.
    pub const LONGEST: usize = 64;

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl TryFrom<Vec<u8>> for Completion {
    type Error = InvalidCompletion;

    fn try_from(bytes: Vec<u8>) -> Result<Self, InvalidCompletion> {
        if (1..=Self::LONGEST).contains(&bytes.len()) { Ok(Self(bytes)) } else { Err(InvalidCompletion) }
    }
}

impl From<Completion> for Vec<u8> {
    fn from(completion: Completion) -> Self {
        completion.0
    }
}

/// Why somebody rejects: 1 to 200 characters in one line, see [`identity::text::check`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reason(String);

impl Reason {
    /// The most characters.
    pub const MOST: usize = 200;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Reason {
    type Error = InvalidText;

    fn try_from(reason: String) -> Result<Self, InvalidText> {
        text::check(&reason, Self::MOST).map(|reason| Self(reason.to_owned()))
    }
}

impl From<Reason> for String {
    fn from(reason: Reason) -> Self {
        reason.0
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
