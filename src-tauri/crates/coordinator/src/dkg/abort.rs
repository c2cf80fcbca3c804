//! Why a session ended without a wallet, and whom that concerns.

use std::fmt;

use identity::{DeviceId, Purpose};
use serde::{Deserialize, Serialize};

use super::{
    Round,
    params::SessionTag,
    roster::Roster,
    signed::{Signed, Statement},
    transcript::Round1,
};
use crate::hash::Hash;

/// How a session ended without a wallet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Abort {
    /// What happened.
    pub reason: AbortReason,
    /// The device on whose word it is, when that is not this one: an accusation, not a fact. `None` also for what a
    /// device said about itself, and for what came with a proof that this device has checked.
    pub reported_by: Option<DeviceId>,
}

impl fmt::Display for Abort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reported_by {
            Some(by) => write!(f, "{by} says: {}", self.reason),
            None => self.reason.fmt(f),
        }
    }
}

/// What happened. Every variant but `Internal` names the devices that it concerns; `by` is the one that did it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[non_exhaustive]
pub enum AbortReason {
    /// A device signed two different statements where there can be one.
    #[error("{by} signed two different versions of the same message")]
    Equivocation {
        /// The device.
        by: DeviceId,
        /// Both statements.
        proof: Proof,
    },
    /// A round-2 package does not fit its sender's commitment.
    #[error("the share from {by} does not fit its commitment")]
    BadShare {
        /// The sender.
        by: DeviceId,
    },
    /// A round-1 package does not prove that its sender knows its secret.
    #[error("the proof of knowledge from {by} does not verify")]
    BadProofOfKnowledge {
        /// The sender.
        by: DeviceId,
    },
    /// A nonce is not the one that was committed to.
    #[error("{by} opened another nonce than it had committed to")]
    BadNonce {
        /// The sender.
        by: DeviceId,
    },
    /// A device's echo differs from the messages that it then showed.
    #[error("{by} echoed other messages than it had received")]
    BadEcho {
        /// The sender.
        by: DeviceId,
    },
    /// A device disputed round 1, and this one found no difference. That device may have done so for nothing, or be
    /// the victim of something that only it saw.
    #[error("{by} saw other messages than the rest, and nothing explains it")]
    UnexplainedDispute {
        /// The first to dispute.
        by: DeviceId,
    },
    /// A device signed for another transcript, though all had agreed on round 1.
    #[error("{by} computed another key from the same messages")]
    WrongTranscript {
        /// The signer.
        by: DeviceId,
    },
    /// A device said that it had never signed the certificate, or withdrew, after it had signed.
    #[error("{by} signed the certificate and withdrew all the same")]
    AbortAfterSigning {
        /// The device.
        by: DeviceId,
    },
    /// The deadline passed.
    #[error("no answer in the {round} step from {}", List(.missing))]
    Timeout {
        /// The step that could not be finished.
        round: Round,
        /// Whose part is missing; none when not enough devices came.
        missing: Vec<DeviceId>,
    },
    /// The roster is not what was agreed on.
    #[error("the list of participants from {by} is not what was agreed on")]
    RosterMismatch {
        /// The creator.
        by: DeviceId,
    },
    /// Two devices proposed in the same session.
    #[error("both {first} and {second} proposed a wallet in this session")]
    ConflictingProposals {
        /// The first proposer.
        first: DeviceId,
        /// The second.
        second: DeviceId,
    },
    /// A message that can't be parsed, is too large, or is not for this session or sender.
    #[error("{by} sent a malformed message")]
    Malformed {
        /// The sender.
        by: DeviceId,
    },
    /// A message of another protocol version.
    #[error("{by} speaks version {version} of the protocol")]
    UnsupportedVersion {
        /// The sender.
        by: DeviceId,
        /// Its version.
        version: u8,
    },
    /// Two different messages where there can be one.
    #[error("{by} sent two conflicting messages")]
    Conflict {
        /// The sender.
        by: DeviceId,
    },
    /// A device said good-bye.
    #[error("{by} left")]
    Left {
        /// The device.
        by: DeviceId,
    },
    /// A device restarted and so forgot the session.
    #[error("{by} restarted")]
    Restarted {
        /// The device.
        by: DeviceId,
    },
    /// A device's user cancelled.
    #[error("{by} cancelled")]
    Cancelled {
        /// The device.
        by: DeviceId,
    },
    /// The creator has no place for this device.
    #[error("{by} refused: {refusal}")]
    Refused {
        /// The creator.
        by: DeviceId,
        /// Why.
        refusal: Refusal,
    },
    /// This device could not do its part.
    #[error("internal error")]
    Internal,
    /// A device could not store its share.
    #[error("{by} could not store its share")]
    NotStored {
        /// The device.
        by: DeviceId,
    },
}

impl AbortReason {
    /// The devices that it concerns.
    pub fn concerns(&self) -> Vec<DeviceId> {
        match self {
            Self::Timeout { missing, .. } => missing.clone(),
            Self::ConflictingProposals { first, second } => vec![*first, *second],
            Self::Internal => Vec::new(),
            Self::Equivocation { by, .. }
            | Self::BadShare { by }
            | Self::BadProofOfKnowledge { by }
            | Self::BadNonce { by }
            | Self::BadEcho { by }
            | Self::UnexplainedDispute { by }
            | Self::WrongTranscript { by }
            | Self::AbortAfterSigning { by }
            | Self::RosterMismatch { by }
            | Self::Malformed { by }
            | Self::UnsupportedVersion { by, .. }
            | Self::Conflict { by }
            | Self::Left { by }
            | Self::Restarted { by }
            | Self::Cancelled { by }
            | Self::NotStored { by }
            | Self::Refused { by, .. } => vec![*by],
        }
    }
}

/// Why a device can't join.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Refusal {
    /// All places are taken.
    #[error("all places are taken")]
    Full,
    /// The key is being generated.
    #[error("the session is in progress")]
    InProgress,
    /// The session is over.
    #[error("the session is over")]
    Finished,
}

struct List<'a>(&'a [DeviceId]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, device) in self.0.iter().enumerate() {
            write!(f, "{}{device}", if position == 0 { "" } else { ", " })?;
        }
        if self.0.is_empty() { f.write_str("anyone else") } else { Ok(()) }
    }
}

/// Two statements by one device that exclude each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof(Box<Pair>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Pair {
    Rosters(Signed<Roster>, Signed<Roster>),
    Round1(Signed<Round1>, Signed<Round1>),
}

impl Proof {
    pub(crate) fn rosters(a: &Signed<Roster>, b: &Signed<Roster>) -> Self {
        Self(Box::new(Pair::Rosters(a.clone(), b.clone())))
    }

    pub(crate) fn round1(a: &Signed<Round1>, b: &Signed<Round1>) -> Self {
        Self(Box::new(Pair::Round1(a.clone(), b.clone())))
    }

    /// Whether `device` signed both statements for this session, and they differ.
    pub fn convicts(&self, device: &DeviceId, session: SessionTag) -> bool {
        match &*self.0 {
            Pair::Rosters(a, b) => match (a.open(device), b.open(device)) {
                (Ok(first), Ok(second)) => a != b && [first, second].iter().all(|r| r.session() == session),
                _ => false,
            },
            Pair::Round1(a, b) => match (a.open(device), b.open(device)) {
                (Ok(first), Ok(second)) => a != b && first.roster == second.roster,
                _ => false,
            },
        }
    }
}

/// The most bytes of a reason. Two rosters of fifty with the longest names fit, and a word that quotes the one with the
/// reason still fits a message.
const LONGEST_REASON: usize = 24 * 1024;

/// A device's signed word that it doesn't hold this session's certificate and never will complete it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Withdrawal {
    pub(crate) session: SessionTag,
    /// The roster, if the device had one.
    pub(crate) roster: Option<Hash>,
    pub(crate) grounds: Grounds,
    pub(crate) standing: Standing,
}

/// Why a device withdrew. What it only heard is told in the words of whoever said it: nobody vouches for what it has not
/// seen, and nobody repeats an accusation of itself as if it were its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Grounds {
    /// What it saw, or did.
    Own(AbortReason),
    /// Another's withdrawal.
    Heard {
        /// Its author.
        by: DeviceId,
        word: Signed<Withdrawal>,
    },
}

/// Where a device stood when it withdrew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Standing {
    /// It has not signed the certificate and never will.
    Unsigned,
    /// It had signed, and gives up because it heard that another withdrew without having signed.
    Signed,
    /// It had signed, and its user discarded the share.
    Discarded,
}

impl Statement for Withdrawal {
    const PURPOSE: Purpose = Purpose::new("abort");
}

/// A withdrawal that was read and checked.
pub(crate) struct Opened {
    pub(crate) withdrawal: Withdrawal,
    /// The end that it reports.
    pub(crate) abort: Abort,
}

impl Withdrawal {
    /// Opens what `from` sent; `None` when it is not its word for this session, or its proof or quote proves nothing. Who is
    /// quoted is in the roster: nobody hides behind a name of their own making. Without a roster nobody is quoted.
    pub(crate) fn open(
        signed: &Signed<Self>,
        from: &DeviceId,
        session: SessionTag,
        roster: Option<&Roster>,
    ) -> Option<Opened> {
        Self::open_quoting(signed, from, session, roster, Standing::Signed.most_quotes())
    }

    fn open_quoting(
        signed: &Signed<Self>,
        from: &DeviceId,
        session: SessionTag,
        roster: Option<&Roster>,
        quotes: u8,
    ) -> Option<Opened> {
        let withdrawal = signed.open(from).ok().filter(|withdrawal| withdrawal.session == session)?;
        let abort = match &withdrawal.grounds {
            Grounds::Own(_) if withdrawal.standing == Standing::Signed => return None,
            Grounds::Own(reason) => said(reason, from, session)?,
            Grounds::Heard { by, word } => {
                let quotes = quotes.min(withdrawal.standing.most_quotes()).checked_sub(1)?;
                let is_member = roster?.position(by).is_some();
                if by == from || !is_member {
                    return None;
                }
                let heard = Self::open_quoting(word, by, session, roster, quotes)?;
                let never_signed = heard.withdrawal.standing == Standing::Unsigned;
                if withdrawal.standing == Standing::Signed && !never_signed {
                    return None;
                }
                heard.abort
            }
        };
        Some(Opened { withdrawal, abort })
    }
}

impl Standing {
    /// How many words such a withdrawal quotes at most, each in the one before. Whoever gives up quotes one that had not
    /// signed, whatever that one quotes; so that one quotes the author of the reason and nobody else.
    const fn most_quotes(self) -> u8 {
        match self {
            Self::Signed => 2,
            Self::Unsigned | Self::Discarded => 1,
        }
    }
}

impl Grounds {
    /// What to say after `from` sent this: its author's own word, however many passed it on.
    pub(crate) fn heard(from: DeviceId, word: Signed<Withdrawal>, opened: &Opened) -> Self {
        let (mut by, mut word, mut grounds) = (from, word, opened.withdrawal.grounds.clone());
        while let Self::Heard { by: author, word: quoted } = grounds {
            let Ok(withdrawal) = quoted.peek() else { break };
            (by, word, grounds) = (author, quoted, withdrawal.grounds);
        }
        Self::Heard { by, word }
    }
}

/// What `from` gives as a reason: a fact only if it is about itself, or proves itself.
fn said(reason: &AbortReason, from: &DeviceId, session: SessionTag) -> Option<Abort> {
    if postcard::to_allocvec(reason).map_or(true, |bytes| bytes.len() > LONGEST_REASON) {
        return None;
    }
    let fact = match reason {
        AbortReason::Equivocation { by, proof } if !proof.convicts(by, session) => return None,
        AbortReason::Equivocation { .. } => true,
        AbortReason::Cancelled { by } | AbortReason::Left { by } | AbortReason::NotStored { by } => {
            by == from
        }
        _ => false,
    };
    Some(Abort { reason: reason.clone(), reported_by: (!fact).then_some(*from) })
}
