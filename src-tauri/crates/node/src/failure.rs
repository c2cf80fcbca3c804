//! How a session can fail, in words for a person: what happened, what it means for money, what to do next.

use coordinator::dkg::{Abort, AbortReason, Refusal, Round};
use identity::DeviceId;

use crate::{
    message::MessagePart::{self, self as M},
    reason::{beyond_unreachable, explained},
    snapshot::ErrorView,
};

/// Why a session ended without a wallet.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// The protocol ended it.
    Abort(Box<Abort>),
    /// The protocol ended it after this device had signed, and not every device has said so.
    GivenUp(Box<Abort>),
    /// The signalling server did not answer in time.
    ServerUnreachable { reason: Vec<MessagePart> },
    /// The signalling server does not let this device in.
    ServerRefused { reason: Vec<MessagePart> },
    /// Nobody was met in the session.
    Unknown,
    /// The session's note says that all places are taken.
    Full,
    /// The session's note says that it has finished.
    Finished,
    /// The session's note says that its creator cancelled it.
    Cancelled,
    /// The session is not the one that was announced.
    NotAsAnnounced,
    /// What is proposed is for a network that this version does not know.
    UnknownNetwork { network: Option<String> },
    /// The share could not be erased.
    NotErased { reason: Vec<MessagePart> },
    /// This device has signed, and others have not in time.
    Unfinished { missing: Vec<DeviceId> },
    /// This device's user left.
    Left { creator: bool },
    /// The share could not be stored.
    NotStored { reason: Vec<MessagePart> },
    /// The program was closed.
    Closed,
}

/// What ended it, and what to do about it.
struct Words {
    code: &'static str,
    what: Vec<MessagePart>,
    next: MessagePart,
}

impl Failure {
    /// The devices that caused it.
    pub(crate) fn culprits(&self) -> Vec<DeviceId> {
        match self {
            Self::Abort(abort) | Self::GivenUp(abort) => abort.reason.concerns(),
            Self::Unfinished { missing } => missing.clone(),
            _ => Vec::new(),
        }
    }

    /// The failure as an interface shows it: what happened, what it means for money, what to do next. `name` gives
    /// a device's name, `me` is this device; `kept` says that it keeps a share.
    pub(crate) fn view(&self, me: DeviceId, kept: bool, name: &dyn Fn(&DeviceId) -> String) -> ErrorView {
        let Words { code, what, next } = self.words(me, name);
        let (meaning, next) = match self {
            // The certificate may be complete elsewhere, so the share must stay.
            Self::GivenUp(_) => (M::ShareKept {}, M::ErasedByItself {}),
            Self::NotErased { .. } => (M::ShareStillHere {}, next),
            Self::NotStored { .. } if kept => (M::ShareKept {}, M::MendThenRestart {}),
            _ if kept => (M::ShareKept {}, M::FinishesByItself {}),
            _ => (M::NothingLost {}, next),
        };
        let mut what = what.into_iter();
        match what.next() {
            Some(first) => ErrorView::new(code, explained(first, what.as_slice(), vec![meaning, next])),
            None => ErrorView::new(code, vec![meaning, next]),
        }
    }

    fn words(&self, me: DeviceId, name: &dyn Fn(&DeviceId) -> String) -> Words {
        let (code, what, next) = match self {
            Self::Abort(abort) | Self::GivenUp(abort) => return abort_words(abort, me, name),
            Self::ServerUnreachable { reason } => {
                let more = beyond_unreachable(reason);
                return Words::because("server_unreachable", M::ServerSilent {}, &more, M::CheckNetwork {});
            }
            Self::ServerRefused { reason } => {
                return Words::because("server_refused", M::ServerRefused {}, reason, M::TryAgainLater {});
            }
            Self::Unknown => ("session_unknown", M::CreatorNotMet {}, M::AskCreatorToWait {}),
            Self::Full => ("session_full", M::SessionFull {}, M::AskForMorePlaces {}),
            Self::Finished => ("session_finished", M::SessionFinished {}, M::AskForNewId {}),
            Self::Cancelled => ("session_cancelled", M::SessionCancelled {}, M::AskCreatorForNewId {}),
            Self::Unfinished { missing } => (
                "unfinished",
                M::NotSigned { names: missing.iter().map(name).collect() },
                M::TryAgainAtOnce {},
            ),
            Self::Left { creator: true } => ("left", M::YouCancelled {}, M::TryAgainAtOnce {}),
            Self::Left { creator: false } => ("left", M::YouLeft {}, M::TryAgainAtOnce {}),
            Self::NotAsAnnounced => ("not_as_announced", M::NotAsAnnounced {}, M::CompareWordsFirst {}),
            Self::UnknownNetwork { network } => {
                let what = match network {
                    Some(network) => M::UnknownNetworkProposed { network: network.clone() },
                    None => M::NoNetworkProposed {},
                };
                ("unknown_network", what, M::UpdateThenJoin {})
            }
            Self::NotErased { reason } => {
                return Words::because("not_erased", M::NotErased {}, reason, M::MendThenDiscard {});
            }
            Self::NotStored { reason } => {
                return Words::because("not_stored", M::NotStored {}, reason, M::MendThenTryAgain {});
            }
            Self::Closed => ("closed", M::ClosedMeanwhile {}, M::TryAgainAtOnce {}),
        };
        Words { code, what: vec![what], next }
    }
}

impl Words {
    fn because(code: &'static str, what: MessagePart, reason: &[MessagePart], next: MessagePart) -> Self {
        Self { code, what: std::iter::once(what).chain(reason.iter().cloned()).collect(), next }
    }
}

fn abort_words(abort: &Abort, me: DeviceId, name: &dyn Fn(&DeviceId) -> String) -> Words {
    use AbortReason as R;
    let (code, what, next) = match &abort.reason {
        R::Equivocation { by, .. } => {
            ("equivocation", M::Equivocation { name: name(by) }, M::TalkToItsOwner {})
        }
        R::BadShare { by } => ("bad_share", M::BadShare { name: name(by) }, M::TalkToItsOwner {}),
        R::BadProofOfKnowledge { by } => ("bad_proof", M::BadProof { name: name(by) }, M::TalkToItsOwner {}),
        R::BadNonce { by }
        | R::BadEcho { by }
        | R::UnexplainedDispute { by }
        | R::WrongTranscript { by }
        | R::AbortAfterSigning { by }
        | R::Conflict { by } => ("misbehaviour", M::Contradiction { name: name(by) }, M::TalkToItsOwner {}),
        R::Malformed { by } => ("misbehaviour", M::Malformed { name: name(by) }, M::TalkToItsOwner {}),
        R::UnsupportedVersion { by, .. } => ("version", M::OtherVersion { name: name(by) }, M::UpdateAll {}),
        R::Timeout { round: Round::Joining, missing } if missing.is_empty() => {
            ("timeout", M::NotEverybodyJoined {}, M::TryAgainAtOnce {})
        }
        R::Timeout { missing, .. } if missing.is_empty() => {
            ("timeout", M::SomebodySilent {}, M::CheckItsConnection {})
        }
        R::Timeout { missing, .. } => {
            ("timeout", M::Silent { names: missing.iter().map(name).collect() }, M::CheckItsConnection {})
        }
        R::RosterMismatch { by } => {
            ("roster_mismatch", M::RosterMismatch { name: name(by) }, M::TalkToItsOwner {})
        }
        R::ConflictingProposals { first, second } => {
            let what = M::ConflictingProposals { first: name(first), second: name(second) };
            ("conflicting_proposals", what, M::SendIdAgain {})
        }
        R::Left { by } => ("left", M::Left { name: name(by) }, M::TryAgainAtOnce {}),
        R::Restarted { by } => ("left", M::Restarted { name: name(by) }, M::TryAgainAtOnce {}),
        R::Cancelled { by } if *by == me => ("left", M::YouEnded {}, M::TryAgainAtOnce {}),
        R::Cancelled { by } => ("cancelled", M::Cancelled { name: name(by) }, M::TryAgainAtOnce {}),
        R::NotStored { by } => ("not_stored", M::ItCouldNotStore { name: name(by) }, M::OwnerMustMend {}),
        R::Refused { refusal: Refusal::Full, .. } => return Failure::Full.words(me, name),
        R::Refused { refusal: Refusal::InProgress, .. } => {
            ("session_full", M::SessionHasBegun {}, M::AskCreatorForNewId {})
        }
        R::Refused { refusal: Refusal::Finished, .. } => return Failure::Finished.words(me, name),
        _ => ("internal", M::OwnFailure {}, M::RestartThenTryAgain {}),
    };
    let reports = abort.reported_by.filter(|by| *by != me).map(|by| M::Reports { name: name(&by) });
    let by_me = abort.reason.concerns().contains(&me) && !matches!(what, M::YouEnded {});
    let is_me = by_me.then(|| M::IsThisDevice { name: name(&me) });
    Words { code, what: reports.into_iter().chain([what]).chain(is_me).collect(), next }
}

#[cfg(test)]
mod tests {
    use super::*;
    use identity::IdentityKey;

    fn id(seed: u8) -> DeviceId {
        IdentityKey::from_secret_bytes(&[seed; 32]).id()
    }

    fn view(reason: AbortReason, reported_by: Option<DeviceId>) -> ErrorView {
        let name = |device: &DeviceId| if *device == id(2) { "Bob".to_owned() } else { "Carol".to_owned() };
        Failure::Abort(Box::new(Abort { reason, reported_by })).view(id(1), false, &name)
    }

    #[test]
    fn an_accusation_by_another_is_told_as_one() {
        let own = view(AbortReason::BadShare { by: id(2) }, None);
        assert!(own.message.starts_with("“Bob” sent a share"), "{}", own.message);
        let reported = view(AbortReason::BadShare { by: id(2) }, Some(id(3)));
        assert!(reported.message.starts_with("“Carol” reports: “Bob” sent"), "{}", reported.message);
    }

    #[test]
    fn an_accusation_of_this_device_says_that_it_is_this_one() {
        let name = |device: &DeviceId| if *device == id(1) { "Alice".to_owned() } else { "Bob".to_owned() };
        let abort = Abort { reason: AbortReason::BadShare { by: id(1) }, reported_by: Some(id(2)) };
        let view = Failure::Abort(Box::new(abort)).view(id(1), false, &name);
        let told = "“Bob” reports: “Alice” sent a share that is not valid. “Alice” is this device.";
        assert!(view.message.starts_with(told), "{}", view.message);
    }

    #[test]
    fn a_timeout_names_whom_it_waited_for_and_what_it_means() {
        let timeout = view(AbortReason::Timeout { round: Round::Round2, missing: vec![id(2), id(3)] }, None);
        assert_eq!(timeout.code, "timeout");
        assert!(timeout.message.starts_with("“Bob”, “Carol” did not answer"), "{}", timeout.message);
        assert!(timeout.parts.contains(&M::NothingLost {}), "{timeout:?}");
    }

    #[test]
    fn full_finished_and_unknown_sessions_read_differently() {
        let messages = [Failure::Full, Failure::Finished, Failure::Unknown, Failure::Cancelled]
            .map(|failure| failure.view(id(1), false, &|_| String::new()).message);
        for (position, message) in messages.iter().enumerate() {
            assert_eq!(messages.iter().position(|other| other == message), Some(position));
        }
    }
}
