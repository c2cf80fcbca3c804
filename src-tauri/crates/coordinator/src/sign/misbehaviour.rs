//! What a device may do that no honest one does.

use identity::DeviceId;
use serde::{Deserialize, Serialize};

/// How a device misbehaved, as this device saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, thiserror::Error)]
#[non_exhaustive]
pub enum Misbehaviour {
    /// A message that can't be parsed, is too large, is not for this wallet, or has a forged statement in it.
    #[error("sent a malformed message")]
    Malformed,
    /// A message of another protocol version: no misbehaviour, but nothing comes of it either.
    #[error("speaks version {version} of the protocol")]
    UnsupportedVersion {
        /// Its version.
        version: u8,
    },
    /// Led the rounds of another's request.
    #[error("tried to lead the signing of a request that is not its own")]
    NotProposer,
    /// A signing package with a wrong set of signers, or commitments that are none.
    #[error("sent a signing package that breaks the rules")]
    BadPackage,
    /// Commitments that are none.
    #[error("sent commitments that are not valid")]
    BadCommitments,
    /// A signature share that does not verify.
    #[error("sent a wrong signature share")]
    BadShare,
    /// Approved another number of messages than the proposal means.
    #[error("approved something else than what was proposed")]
    WrongCount,
    /// An outcome whose signatures don't verify.
    #[error("sent a wrong signature")]
    BadOutcome,
}

impl Misbehaviour {
    /// Whether it is the same, but for details that a device could vary to be named again and again.
    pub(crate) fn is_like(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }

    /// Whether the proposer does without whoever did it.
    pub(crate) fn excludes(self) -> bool {
        matches!(self, Self::BadCommitments | Self::BadShare | Self::WrongCount)
    }
}

/// A device that misbehaved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// The device.
    pub by: DeviceId,
    /// What it did.
    pub what: Misbehaviour,
}
