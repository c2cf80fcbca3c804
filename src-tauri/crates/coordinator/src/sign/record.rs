//! What a device keeps of a request: public, and enough to go on after a restart.

use identity::DeviceId;
use serde::{Deserialize, Serialize};

use super::{
    misbehaviour::Named,
    proposal::{Closing, Completion, Proposal, Reason, RequestId},
};
use crate::signed::Signed;

/// The version of a stored request's bytes.
const VERSION: u8 = 3;

/// What this device's user said to a request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Decision {
    /// Nothing yet.
    #[default]
    Undecided,
    /// Sign it.
    Approved {
        /// How many messages there are to sign.
        signables: u16,
    },
    /// Don't.
    Rejected {
        /// Why, if they said so.
        reason: Option<Reason>,
    },
}

/// How a request ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The signatures are there. Others may have them although the request had ended otherwise before.
    Signed {
        /// What the proposer added to the payload.
        completion: Option<Completion>,
        /// `frost_core`'s encoding, in the order of the signables: 64 bytes each, for secp256k1 65.
        signatures: Vec<Vec<u8>>,
    },
    /// Its proposer ended it.
    Cancelled,
    /// Its proposer put another in its place.
    Superseded {
        /// The other one.
        by: RequestId,
    },
    /// Its time was over by this device's clock.
    Expired,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum End {
    Signed { completion: Option<Completion>, signatures: Vec<Vec<u8>> },
    Closed { closing: Signed<Closing>, by: Option<RequestId> },
    Expired,
}

impl End {
    pub(crate) fn ending(&self) -> Ending {
        match self.clone() {
            Self::Signed { completion, signatures } => Ending::Signed { completion, signatures },
            Self::Closed { by: Some(by), .. } => Ending::Superseded { by },
            Self::Closed { by: None, .. } => Ending::Cancelled,
            Self::Expired => Ending::Expired,
        }
    }
}

/// A request as it is kept on disk. Holds no secret: nonces are never kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRequest {
    pub(crate) kept: Kept,
    proposal: Proposal,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) proposal: Signed<Proposal>,
    pub(crate) closing: Option<Signed<Closing>>,
    pub(crate) decision: Decision,
    /// How often the user has decided.
    pub(crate) decisions: u32,
    pub(crate) completions: Vec<Completion>,
    pub(crate) end: Option<End>,
    pub(crate) named: Vec<Named>,
    /// This device has given shares.
    pub(crate) gave: bool,
    /// What the others had said when it ended, by position. While it is open they say it again.
    pub(crate) said: Vec<(u16, Said)>,
}

/// What a member said, for the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Said {
    Approved,
    Rejected { reason: Option<Reason> },
}

impl Kept {
    /// Reads what a version kept. What a later one added stands at the end, and an earlier one has nothing of it.
    fn read(version: u8, bytes: &[u8]) -> Option<(Self, Proposal)> {
        let missing: &[u8] = match version {
            VERSION => &[],
            2 => &[0],
            1 => &[0, 0],
            _ => return None,
        };
        let bytes = [bytes, missing].concat();
        let Ok((mut kept, [])) = postcard::take_from_bytes::<Self>(&bytes) else { return None };
        let proposal = kept.proposal.peek().ok()?;
        if version == 1 {
            // It did not say of a request without a completion whether this device had given shares: wherever its user had
            // approved at any time, it may have.
            let approved = matches!(kept.decision, Decision::Approved { .. }) || kept.decisions > 1;
            kept.gave = !kept.completions.is_empty() || (approved && !proposal.needs_completion);
        }
        Some((kept, proposal))
    }
}

/// The bytes are no stored request, or one of a newer version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a stored signing request")]
pub struct InvalidRequest;

impl StoredRequest {
    pub(crate) fn new(kept: Kept, proposal: Proposal) -> Self {
        Self { kept, proposal }
    }

    /// Its name.
    pub fn id(&self) -> RequestId {
        RequestId::of(&self.kept.proposal)
    }

    /// What is proposed. Whether its proposer signed it, [`super::Signing::resume`] says.
    pub fn proposal(&self) -> &Proposal {
        &self.proposal
    }

    /// What this device's user said.
    pub fn decision(&self) -> &Decision {
        &self.kept.decision
    }

    /// The completions with which this device has given shares, in order.
    pub fn completions(&self) -> &[Completion] {
        &self.kept.completions
    }

    /// Whether this device has given shares, so that its proposer may have signatures, however it ended.
    pub fn gave(&self) -> bool {
        self.kept.gave
    }

    /// How it ended, if it has.
    pub fn ending(&self) -> Option<Ending> {
        self.kept.end.as_ref().map(End::ending)
    }

    /// Who misbehaved.
    pub fn named(&self) -> &[Named] {
        &self.kept.named
    }

    /// Whether the device misbehaved in this request.
    pub fn is_named(&self, device: &DeviceId) -> bool {
        self.kept.named.iter().any(|named| named.by == *device)
    }

    /// The bytes to keep: a version ‖ postcard.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Writing to memory does not fail; an empty record would be refused when read.
        postcard::to_extend(&self.kept, vec![VERSION]).unwrap_or_default()
    }

    /// Parses what [`StoredRequest::to_bytes`] returned, in this version or an earlier one.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidRequest> {
        let (version, rest) = bytes.split_first().ok_or(InvalidRequest)?;
        let (kept, proposal) = Kept::read(*version, rest).ok_or(InvalidRequest)?;
        Ok(Self { kept, proposal })
    }
}
