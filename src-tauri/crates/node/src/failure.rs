//! How a session can fail, in words for a person: what happened, what it means for money, what to do next.

use coordinator::dkg::{Abort, AbortReason, Refusal, Round};
use identity::DeviceId;

use crate::snapshot::ErrorView;

/// Why a session ended without a wallet.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// The protocol ended it.
    Abort(Box<Abort>),
    /// The protocol ended it after this device had signed, and not every device has said so.
    GivenUp(Box<Abort>),
    /// The signalling server did not answer in time.
    ServerUnreachable { reason: Option<String> },
    /// The signalling server does not let this device in.
    ServerRefused { reason: String },
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
    /// The share could not be erased.
    NotErased { reason: String },
    /// This device has signed, and others have not in time.
    Unfinished { missing: Vec<DeviceId> },
    /// This device's user left.
    Left { creator: bool },
    /// The share could not be stored.
    NotStored { reason: String },
    /// The program was closed.
    Closed,
}

/// Nothing was made, so there is nothing to lose.
const NOTHING_LOST: &str = "No wallet was made and no money is affected.";
/// The certificate may be complete elsewhere, so the share must stay.
const KEPT: &str = "This device keeps its share, since other devices may have finished; the wallet is listed as unfinished, has no address here, and must not receive money yet.";

impl Failure {
    /// The devices that caused it.
    pub(crate) fn culprits(&self) -> Vec<DeviceId> {
        match self {
            Self::Abort(abort) | Self::GivenUp(abort) => abort.reason.concerns(),
            Self::Unfinished { missing } => missing.clone(),
            _ => Vec::new(),
        }
    }

    /// The failure as an interface shows it. `name` gives a device's name, `me` is this device; `kept` says
    /// that it keeps a share.
    pub(crate) fn view(&self, me: DeviceId, kept: bool, name: &dyn Fn(&DeviceId) -> String) -> ErrorView {
        const FINISH: &str = "It finishes by itself when all devices are online again; if one never will be, discard it on every device.";
        let (code, what, next) = self.words(me, name);
        const DISCARD: &str = "It is erased by itself once every device has said that it gave up. Discard it earlier only if no device shows this wallet as finished.";
        let (meaning, next) = match self {
            Self::GivenUp(_) => (KEPT, DISCARD),
            Self::NotErased { .. } => {
                ("The share is still here; the wallet is unfinished and has no address.", next)
            }
            Self::NotStored { .. } if kept => {
                (KEPT, "Mend that, then restart Permafrost: it finishes by itself.")
            }
            _ if kept => (KEPT, FINISH),
            _ => (NOTHING_LOST, next),
        };
        ErrorView { code: code.to_owned(), message: format!("{what} {meaning} {next}"), parts: Vec::new() }
    }

    fn words(
        &self,
        me: DeviceId,
        name: &dyn Fn(&DeviceId) -> String,
    ) -> (&'static str, String, &'static str) {
        const AGAIN: &str = "You can try again at once with a new session.";
        match self {
            Self::Abort(abort) | Self::GivenUp(abort) => abort_words(abort, me, name),
            Self::ServerUnreachable { reason } => (
                "server_unreachable",
                match reason {
                    Some(reason) => format!("The server could not be reached: {reason}."),
                    None => "The server could not be reached.".to_owned(),
                },
                "Check the network and the server's address, then try again.",
            ),
            Self::ServerRefused { reason } => (
                "server_refused",
                format!("The server did not let this device in: {reason}."),
                "Try again later, or use another server.",
            ),
            Self::Unknown => (
                "session_unknown",
                "The creator was not met in this session. It may be old, or its creator may be offline or on another server."
                    .to_owned(),
                "Ask the creator to keep the session open, check that both use the same server, and join again.",
            ),
            Self::Full => (
                "session_full",
                "This session is full: all its places are taken.".to_owned(),
                "Ask its creator to make a new session with more places.",
            ),
            Self::Finished => (
                "session_finished",
                "This session has finished: its wallet exists already, with other devices.".to_owned(),
                "Nobody can join it any more. Ask for a new session ID.",
            ),
            Self::Cancelled => (
                "session_cancelled",
                "This session was cancelled or failed before.".to_owned(),
                "Ask its creator for a new session ID.",
            ),
            Self::Unfinished { missing } => {
                let names: Vec<_> = missing.iter().map(|id| format!("“{}”", name(id))).collect();
                ("unfinished", format!("{} did not sign the certificate in time.", names.join(", ")), AGAIN)
            }
            Self::Left { creator: true } => ("left", "You cancelled the session.".to_owned(), AGAIN),
            Self::Left { creator: false } => ("left", "You left the session.".to_owned(), AGAIN),
            Self::NotAsAnnounced => (
                "not_as_announced",
                "The session is not the one that was announced: its creator, name, kind or numbers differ.".to_owned(),
                "Talk to its creator, and compare the fingerprint words before you try again.",
            ),
            Self::NotErased { reason } => (
                "not_erased",
                format!("This device's share could not be erased: {reason}"),
                "Mend that, then discard the wallet again.",
            ),
            Self::NotStored { reason } => (
                "not_stored",
                format!("This device could not store its share: {reason}"),
                "Mend that, then try again with a new session.",
            ),
            Self::Closed => ("closed", "Permafrost was closed during the session.".to_owned(), AGAIN),
        }
    }
}

fn abort_words(
    abort: &Abort,
    me: DeviceId,
    name: &dyn Fn(&DeviceId) -> String,
) -> (&'static str, String, &'static str) {
    const AGAIN: &str = "Try again at once with a new session.";
    const DISHONEST: &str = "Talk to its owner: the device is faulty, tampered with or dishonest. Try again with a new session, if need be without it.";
    let name =
        |id: &DeviceId| if *id == me { "this device".to_owned() } else { format!("“{}”", name(id)) };
    let (code, what, next) = match &abort.reason {
        AbortReason::Equivocation { by, .. } => {
            ("equivocation", format!("{} sent different things to different devices.", name(by)), DISHONEST)
        }
        AbortReason::BadShare { by } => {
            ("bad_share", format!("{} sent a share that is not valid.", name(by)), DISHONEST)
        }
        AbortReason::BadProofOfKnowledge { by } => (
            "bad_proof",
            format!("{} could not prove that it knows its part of the key.", name(by)),
            DISHONEST,
        ),
        AbortReason::BadNonce { by }
        | AbortReason::BadEcho { by }
        | AbortReason::UnexplainedDispute { by }
        | AbortReason::WrongTranscript { by }
        | AbortReason::AbortAfterSigning { by }
        | AbortReason::Conflict { by } => {
            ("misbehaviour", format!("{} contradicted itself.", name(by)), DISHONEST)
        }
        AbortReason::Malformed { by } => {
            ("misbehaviour", format!("{} sent something that makes no sense.", name(by)), DISHONEST)
        }
        AbortReason::UnsupportedVersion { by, .. } => (
            "version",
            format!("{} runs another version of Permafrost.", name(by)),
            "Update all devices, then try again.",
        ),
        AbortReason::Timeout { round: Round::Joining, missing } if missing.is_empty() => {
            ("timeout", "Not everybody joined in time.".to_owned(), AGAIN)
        }
        AbortReason::Timeout { missing, .. } => {
            let names: Vec<_> = missing.iter().map(&name).collect();
            let names = if names.is_empty() { "Somebody".to_owned() } else { names.join(", ") };
            (
                "timeout",
                format!("{names} did not answer in time."),
                "Check its connection, then try again with a new session.",
            )
        }
        AbortReason::RosterMismatch { by } => (
            "roster_mismatch",
            format!("{} started with other participants or settings than agreed.", name(by)),
            DISHONEST,
        ),
        AbortReason::ConflictingProposals { first, second } => (
            "conflicting_proposals",
            format!("Both {} and {} claim to have created this session.", name(first), name(second)),
            "One of them is not what it says. Make a new session and send its ID only to the people who belong to it.",
        ),
        AbortReason::Left { by } => ("left", format!("{} left.", name(by)), AGAIN),
        AbortReason::Restarted { by } => ("left", format!("{} was restarted.", name(by)), AGAIN),
        AbortReason::Cancelled { by } if *by == me => ("left", "You ended the session.".to_owned(), AGAIN),
        AbortReason::Cancelled { by } => ("cancelled", format!("{} ended the session.", name(by)), AGAIN),
        AbortReason::NotStored { by } => (
            "not_stored",
            format!("{} could not store its share.", name(by)),
            "Its owner must see to its keychain or disk; then try again with a new session.",
        ),
        AbortReason::Refused { refusal: Refusal::Full, .. } => {
            return Failure::Full.words(me, &|_| String::new());
        }
        AbortReason::Refused { refusal: Refusal::InProgress, .. } => (
            "session_full",
            "This session has begun with other devices.".to_owned(),
            "Ask its creator for a new session ID.",
        ),
        AbortReason::Refused { refusal: Refusal::Finished, .. } => {
            return Failure::Finished.words(me, &|_| String::new());
        }
        _ => (
            "internal",
            "This device could not do its part.".to_owned(),
            "Restart Permafrost and try again with a new session.",
        ),
    };
    match abort.reported_by {
        Some(by) if by != me => (code, format!("{} reports: {what}", name(&by)), next),
        _ => (code, what, next),
    }
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
    fn a_timeout_names_whom_it_waited_for_and_what_it_means() {
        let timeout = view(AbortReason::Timeout { round: Round::Round2, missing: vec![id(2), id(3)] }, None);
        assert_eq!(timeout.code, "timeout");
        assert!(timeout.message.starts_with("“Bob”, “Carol” did not answer"), "{}", timeout.message);
        assert!(timeout.message.contains(NOTHING_LOST));
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
