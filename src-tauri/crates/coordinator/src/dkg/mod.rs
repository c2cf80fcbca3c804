//! Distributed key generation among the devices of one session.
//!
//! [`Dkg`] is the whole protocol as a state machine without IO: [`Dkg::handle`] takes an [`Input`] and returns the
//! next state and the [`Effect`]s to run, in order. Inside there is one struct for each state, in the order in which
//! they come: `lobby`, `running` (with `rounds` for the cryptography of rounds 1 to 3, and `dispute`), `commit`,
//! `ended`. A peer's bytes become a typed message in `wire`; `inbox` keeps those of rounds that are still to come.
//! What remains is in `transcript` and `record`.

mod abort;
mod ceremony;
mod commit;
mod dispute;
mod ended;
mod inbox;
mod lobby;
mod params;
mod progress;
mod record;
mod roster;
mod rounds;
mod running;
mod transcript;
mod wire;

use std::{fmt, sync::Arc};

use identity::{DeviceId, DeviceName, IdentityKey};
use rand_core::{CryptoRng, CryptoRngCore, RngCore};
use zeroize::Zeroizing;

pub use abort::{Abort, AbortReason, Proof, Refusal};
pub use params::{InvalidNetworkName, InvalidParams, NetworkName, Params, SessionTag, WalletName};
pub use progress::{Outcome, Participant, Progress, Round, Status};
pub use record::{PendingWallet, ResumeError, WalletRecord};
pub use roster::{Member, Roster};
pub use transcript::{Ceremony, Certificate, InvalidCertificate, Transcript};
pub use wire::{LONGEST_MESSAGE, VERSION};

use crate::{SecretShare, signed};
use ceremony::{Links, Local};
use commit::Commit;
use ended::Ended;
use lobby::{Creating, Joining};
use running::Running;

/// Something that happened to this device.
#[derive(Clone, Debug)]
pub enum Input<'a> {
    /// An authenticated link to a peer came up, or came up again.
    LinkUp {
        /// Who is at the other end, as the link's handshake proved.
        peer: DeviceId,
        /// The name that it gave in the handshake.
        name: DeviceName,
    },
    /// A link broke; what was sent is delivered when it comes up again.
    LinkDown {
        /// Who was at the other end.
        peer: DeviceId,
    },
    /// A message came over a link.
    Message {
        /// The other end of the link.
        from: DeviceId,
        /// What came, unchecked.
        bytes: &'a [u8],
    },
    /// The user agrees to what [`Effect::Proposed`] said.
    Consent,
    /// The time for the current round is over.
    Deadline,
    /// A peer said good-bye.
    PeerLeft {
        /// The peer.
        peer: DeviceId,
    },
    /// A peer's process restarted: its memory of the session is gone.
    PeerRestarted {
        /// The peer.
        peer: DeviceId,
    },
    /// The user leaves. Ends the session, but not once this device has signed: then the wallet stays pending.
    Leave,
    /// [`Effect::StorePending`] could not be carried out, and so no effect behind it either. Must come before any
    /// other input: this device then has not signed, and says so.
    NotStored,
    /// The user orders the pending share erased, although others may complete the wallet. Before this device has
    /// signed it is [`Input::Leave`]; on an active wallet it does nothing.
    Discard,
}

/// Something to do. Effects run in order, each finished before the next.
#[derive(Debug)]
#[must_use]
pub enum Effect {
    /// Send over the link to one device.
    Send {
        /// The receiver.
        to: DeviceId,
        /// At most [`LONGEST_MESSAGE`] bytes; may hold a secret.
        message: Zeroizing<Vec<u8>>,
    },
    /// Send the same over the links to several devices.
    Broadcast {
        /// The receivers.
        to: Vec<DeviceId>,
        /// At most [`LONGEST_MESSAGE`] bytes.
        message: Zeroizing<Vec<u8>>,
    },
    /// Ask the user, then [`Input::Consent`] or [`Input::Leave`].
    Proposed {
        /// What would be made.
        params: Params,
        /// Who proposes it.
        by: DeviceId,
    },
    /// Keep both, durably, before any further effect runs.
    StorePending {
        /// Public.
        wallet: Box<PendingWallet>,
        /// For the keychain.
        share: SecretShare,
    },
    /// Replace the pending wallet's public record, durably, before any further effect runs. The share stays.
    UpdatePending {
        /// The new record.
        wallet: Box<PendingWallet>,
    },
    /// Erase the pending wallet and its share.
    Discard,
    /// The wallet is active: keep the record in place of the pending one, durably, before any further effect runs.
    Activate {
        /// The record with the certificate.
        wallet: Box<WalletRecord>,
    },
    /// Every member has the certificate: nobody needs this device any more.
    Everyone,
    /// The session can't go on by itself now, and is not over either: this device has signed.
    Unfinished {
        /// Whose signature is missing; for an active wallet, who is not known to have the certificate.
        missing: Vec<DeviceId>,
    },
    /// A device misbehaved in a way that does not end the session.
    Violation(AbortReason),
    /// The session ended without a wallet.
    Failed(Abort),
}

/// One device's part in one DKG session.
///
/// Any input is good in any state: what makes no sense there changes nothing, and what a peer should not have sent
/// ends the session with that peer's name.
pub struct Dkg {
    local: Local,
    links: Links,
    stage: Stage,
}

enum Stage {
    Creating(Creating),
    Joining(Box<Joining>),
    Running(Box<Running>),
    Commit(Box<Commit>),
    Ended(Box<Ended>),
}

impl Dkg {
    /// Proposes a wallet to whoever links in this session.
    pub fn create(
        identity: Arc<IdentityKey>,
        name: DeviceName,
        session: SessionTag,
        params: Params,
    ) -> (Self, Vec<Effect>) {
        let local = Local { identity, name, session };
        (Self::at(local.clone(), Stage::Creating(Creating::new(local, params))), Vec::new())
    }

    /// Waits for a proposal in this session.
    pub fn join(identity: Arc<IdentityKey>, name: DeviceName, session: SessionTag) -> (Self, Vec<Effect>) {
        let local = Local { identity, name, session };
        (Self::at(local.clone(), Stage::Joining(Box::new(Joining::new(local)))), Vec::new())
    }

    /// Goes on after a restart with what [`Effect::StorePending`] or [`Effect::UpdatePending`] kept. Each member is told
    /// where this device stands as its link comes up.
    pub fn resume(
        identity: Arc<IdentityKey>,
        record: PendingWallet,
        share: SecretShare,
    ) -> Result<(Self, Vec<Effect>), ResumeError> {
        let local = Self::local_of(identity, &record.transcript)?;
        let commit = Commit::resume(local.clone(), record, &share)?;
        Ok((Self::at(local, Stage::Commit(Box::new(commit))), Vec::new()))
    }

    /// Goes on after a restart with what [`Effect::Activate`] kept, when [`Effect::Everyone`] had not come: gives the
    /// certificate to members that lack it, until all have confirmed. Needs no share.
    pub fn resume_active(
        identity: Arc<IdentityKey>,
        record: WalletRecord,
    ) -> Result<(Self, Vec<Effect>), ResumeError> {
        let local = Self::local_of(identity, &record.certificate.transcript)?;
        let commit = Commit::resume_active(local.clone(), record)?;
        Ok((Self::at(local, Stage::Commit(Box::new(commit))), Vec::new()))
    }

    /// The next state, and what to do.
    pub fn handle(self, input: Input<'_>, rng: &mut (impl RngCore + CryptoRng)) -> (Self, Vec<Effect>) {
        let Self { local, mut links, stage } = self;
        let mut left = None;
        match &input {
            Input::LinkUp { peer, name } if *peer != local.identity.id() => links.up(*peer, name.clone()),
            Input::LinkDown { peer } => links.down(peer),
            Input::PeerLeft { peer } => left = Some(*peer),
            _ => {}
        }
        let (stage, effects) = stage.handle(&links, input, rng);
        if let Some(peer) = left {
            links.forget(&peer);
        }
        (Self { local, links, stage }, effects)
    }

    /// A whole picture of where the session is.
    pub fn progress(&self) -> Progress {
        match &self.stage {
            Stage::Creating(state) => state.progress(&self.links),
            Stage::Joining(state) => state.progress(&self.links),
            Stage::Running(state) => state.progress(&self.links),
            Stage::Commit(state) => state.progress(&self.links),
            Stage::Ended(state) => state.progress(),
        }
    }

    fn at(local: Local, stage: Stage) -> Self {
        Self { local, links: Links::default(), stage }
    }

    /// This device as the roster has it.
    fn local_of(identity: Arc<IdentityKey>, transcript: &Transcript) -> Result<Local, ResumeError> {
        let roster = transcript.roster.peek().map_err(|_| ResumeError::Record(InvalidCertificate::Roster))?;
        let me = identity.id();
        let member = roster.members().iter().find(|member| member.id == me);
        let name = member.ok_or(ResumeError::OtherDevice)?.name.clone();
        Ok(Local { identity, name, session: roster.session() })
    }
}

impl Stage {
    fn handle(self, links: &Links, input: Input<'_>, rng: &mut dyn CryptoRngCore) -> (Self, Vec<Effect>) {
        match input {
            Input::LinkUp { peer, .. } if links.is_up(&peer) => self.link_up(links, peer, rng),
            Input::Message { from, bytes } => self.receive(links, from, bytes, rng),
            Input::Consent => match self {
                Self::Joining(state) => state.consent(),
                other => (other, Vec::new()),
            },
            Input::Deadline => match self {
                Self::Creating(state) => state.deadline(links),
                Self::Joining(state) => state.deadline(links),
                Self::Running(state) => state.deadline(links),
                Self::Commit(state) => state.unfinished(links),
                Self::Ended(_) => (self, Vec::new()),
            },
            Input::PeerLeft { peer } => self.peer_gone(links, peer, AbortReason::Left { by: peer }),
            Input::PeerRestarted { peer } => match self {
                Self::Creating(state) if links.is_up(&peer) => {
                    state.peer_gone(&peer).link_up(links, peer, rng)
                }
                // A device that restarts while committing resumes.
                Self::Commit(_) | Self::Ended(_) => self.link_up(links, peer, rng),
                other => other.peer_gone(links, peer, AbortReason::Restarted { by: peer }),
            },
            Input::Discard => match self {
                Self::Commit(state) => state.discard(links),
                other => other.leave(links),
            },
            Input::NotStored => match self {
                Self::Commit(state) => state.not_stored(links),
                other => (other, Vec::new()),
            },
            Input::Leave => self.leave(links),
            Input::LinkUp { .. } | Input::LinkDown { .. } => (self, Vec::new()),
        }
    }

    fn link_up(self, links: &Links, peer: DeviceId, rng: &mut dyn CryptoRngCore) -> (Self, Vec<Effect>) {
        match self {
            Self::Creating(state) => state.link_up(links, peer, rng),
            Self::Joining(state) => state.link_up(links, rng),
            Self::Running(state) => state.link_up(peer),
            Self::Commit(state) => state.link_up(peer),
            Self::Ended(state) => state.link_up(peer),
        }
    }

    fn receive(
        self,
        links: &Links,
        from: DeviceId,
        bytes: &[u8],
        rng: &mut dyn CryptoRngCore,
    ) -> (Self, Vec<Effect>) {
        match self {
            Self::Creating(state) => state.receive(links, from, bytes, rng),
            Self::Joining(state) => state.receive(links, from, bytes, rng),
            Self::Running(state) => state.receive(links, from, bytes),
            Self::Commit(state) => state.receive(from, bytes),
            Self::Ended(state) => state.receive(from, bytes),
        }
    }

    fn peer_gone(self, links: &Links, peer: DeviceId, reason: AbortReason) -> (Self, Vec<Effect>) {
        match self {
            Self::Creating(state) => (Self::Creating(state.peer_gone(&peer)), Vec::new()),
            Self::Joining(state) => state.peer_gone(links, peer, reason),
            Self::Running(state) => state.peer_gone(links, peer, reason),
            Self::Commit(state) => state.unfinished(links),
            Self::Ended(_) => (self, Vec::new()),
        }
    }

    fn leave(self, links: &Links) -> (Self, Vec<Effect>) {
        match self {
            Self::Creating(state) => state.leave(links),
            Self::Joining(state) => state.leave(links),
            Self::Running(state) => state.leave(links),
            Self::Commit(state) => state.unfinished(links),
            Self::Ended(_) => (self, Vec::new()),
        }
    }
}

impl fmt::Debug for Dkg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dkg")
            .field("me", &self.local.identity.id())
            .field("round", &self.progress().round)
            .finish_non_exhaustive()
    }
}
