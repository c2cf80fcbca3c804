//! Signing with a wallet's key: requests, approvals and the rounds.
//!
//! [`Signing`] is all signing requests of one wallet on one device, as a state machine without IO:
//! [`Signing::handle`] takes an [`Input`] and returns the next state and the [`Effect`]s to run, in order. What a
//! payload means, and so what is signed, is not known here: the node computes it on each device by itself, as
//! [`Signables`], whenever an effect asks for it.
//!
//! Inside, `engine` takes inputs, `part` those about this device's own approval and shares, and `inbox` messages. A
//! `request` has what is kept of it, this device's part as `signer` (with `nonces` that sign once), and on the proposer's
//! device the `lead`, which runs ROAST with its `candidate`s and `attempt`s. `forwarded` is what a proposer said of the
//! others' commitments, `derived` are the keys that sign; `proposal`
//! and `record` are what travels and what stays; `wire` has the messages.

mod attempt;
mod candidate;
mod derived;
mod engine;
mod forwarded;
mod inbox;
mod lead;
mod misbehaviour;
mod nonces;
mod part;
mod progress;
mod proposal;
mod record;
mod request;
mod signable;
mod signer;
mod wallet;
mod wire;

use std::{fmt, sync::Arc};

use frost_ed25519::Ed25519Sha512;
use frost_secp256k1::Secp256K1Sha256;
use frost_secp256k1_tr::Secp256K1Sha256TR;
use identity::{DeviceId, IdentityKey};
use rand_core::{CryptoRng, RngCore};

pub use misbehaviour::{Misbehaviour, Named};
pub use progress::{MemberProgress, Progress, RequestProgress, Stand};
pub use proposal::{Completion, Draft, InvalidCompletion, InvalidDraft, Proposal, Reason, RequestId};
pub use record::{Decision, Ending, InvalidRequest, StoredRequest};
pub use signable::{InvalidSignables, KeyPath, Signable, Signables};
pub use wire::{LONGEST_MESSAGE, Turn, VERSION};

use crate::{
    Ciphersuite, SecretShare,
    dkg::{Ceremony, ResumeError},
};
use engine::Engine;

/// Something that happened to this device. What makes no sense, for a request that has ended, say, changes nothing.
#[derive(Clone, Debug)]
pub enum Input<'a> {
    /// The user proposes something. [`Effect::Requested`] has its name, or [`Effect::NotProposed`] says why not.
    Propose {
        /// What.
        draft: Draft,
    },
    /// The user approves a request; or had done so, and [`Effect::Recommit`] asks for it after a restart.
    Approve {
        /// Which.
        request: RequestId,
        /// How many messages there are to sign, 1 to [`Signables::MOST`].
        signables: u16,
        /// This device's share of the wallet's key.
        share: &'a SecretShare,
    },
    /// The answer to [`Effect::Prepare`].
    Prepare {
        /// Which.
        request: RequestId,
        /// What will be signed, if that is known without a completion.
        signables: Option<&'a Signables>,
        /// This device's share of the wallet's key, if the effect wants it.
        share: Option<&'a SecretShare>,
    },
    /// The user rejects a request, or takes the approval back.
    Reject {
        /// Which.
        request: RequestId,
        /// Why, if they say so.
        reason: Option<Reason>,
    },
    /// The user ends a request of this device.
    Cancel {
        /// Which.
        request: RequestId,
    },
    /// The answer to [`Effect::Ready`]. With another completion than before, the rounds begin anew.
    Begin {
        /// Which.
        request: RequestId,
        /// What the payload lacks, exactly if its proposal says that it lacks something.
        completion: Option<Completion>,
        /// What is signed, computed with it.
        signables: Signables,
    },
    /// The answer to [`Effect::Sign`].
    Sign {
        /// Which attempt.
        turn: Turn,
        /// As the effect has it.
        completion: Option<Completion>,
        /// What is signed, all of the request, computed from the payload and the completion; `None` if this device
        /// does not sign it, or not with this completion.
        signables: Option<Signables>,
        /// This device's share of the wallet's key.
        share: &'a SecretShare,
    },
    /// This device can't read its share: instead of [`Input::Sign`], for all that is asked of a request. It gives no
    /// shares for it until [`Input::Approve`] comes again.
    Unable {
        /// Which.
        request: RequestId,
    },
    /// The answer to [`Effect::Verify`].
    Verify {
        /// Which.
        request: RequestId,
        /// As the effect has it.
        completion: Option<Completion>,
        /// What was signed; `None` if it can't be computed.
        signables: Option<Signables>,
    },
    /// A request's time is over by this device's clock.
    Expired {
        /// Which.
        request: RequestId,
    },
    /// The time for an attempt ([`Effect::Started`]) is over.
    Overdue {
        /// Which.
        turn: Turn,
    },
    /// An authenticated link to a peer came up, or came up again.
    LinkUp {
        /// Who is at the other end.
        peer: DeviceId,
    },
    /// A link broke; what was sent is delivered when it comes up again.
    LinkDown {
        /// Who was at the other end.
        peer: DeviceId,
    },
    /// A peer said good-bye: its memory is gone, and the link with it.
    PeerLeft {
        /// The peer.
        peer: DeviceId,
    },
    /// A peer's process restarted: its memory is gone.
    PeerRestarted {
        /// The peer.
        peer: DeviceId,
    },
    /// A message came over a link.
    Message {
        /// The other end of the link.
        from: DeviceId,
        /// What came, unchecked.
        bytes: &'a [u8],
        /// Unix time in seconds, by this device's clock. What is proposed and is over by then is no request any more.
        now: u64,
    },
}

/// Why something was not proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotProposed {
    /// This device has [`Signing::MOST_OPEN_OF_ONE`] open requests, or the wallet [`Signing::MOST_OPEN`].
    #[error("too many requests are open")]
    TooMany,
    /// What it supersedes is not a request of this device.
    #[error("a request takes the place only of one from the same device")]
    Supersedes,
}

/// Something to do. Effects run in order, each finished before the next. If one can't be carried out, those behind it
/// must not be either: drop the [`Signing`], and resume from what is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Effect {
    /// Send over the link to one device.
    Send {
        /// The receiver.
        to: DeviceId,
        /// At most [`LONGEST_MESSAGE`] bytes; nothing secret.
        message: Vec<u8>,
    },
    /// Send over the link to one device, unless much is waiting to be sent there: if it turns out to be needed, it is sent
    /// again.
    Forward {
        /// The receiver.
        to: DeviceId,
        /// At most [`LONGEST_MESSAGE`] bytes; nothing secret.
        message: Vec<u8>,
    },
    /// Send the same over the links to several devices.
    Broadcast {
        /// The receivers.
        to: Vec<DeviceId>,
        /// At most [`LONGEST_MESSAGE`] bytes; nothing secret.
        message: Vec<u8>,
    },
    /// Keep the request in place of what was kept of it, durably, before any further effect runs.
    Store {
        /// Its name is [`StoredRequest::id`].
        stored: Box<StoredRequest>,
    },
    /// There is a new request, this device's own or another's. Decode it; when it can't be decoded, or its time is over,
    /// then [`Input::Reject`] or [`Input::Expired`]; else show it to the user.
    Requested {
        /// Its name.
        request: RequestId,
        /// What is proposed.
        proposal: Box<Proposal>,
    },
    /// Nothing was proposed.
    NotProposed {
        /// Why.
        reason: NotProposed,
    },
    /// What is kept of a request is not what its proposer signed, so that it is left out.
    Damaged {
        /// Its name.
        request: RequestId,
    },
    /// The user had approved, and the nonces are gone with the restart: [`Input::Approve`] once more, without asking.
    Recommit {
        /// Which.
        request: RequestId,
    },
    /// The user's approval is on its way, or another member's has come: answer with [`Input::Prepare`] when there is
    /// nothing else to do, so that less is left to do once enough have approved. Nothing depends on it.
    Prepare {
        /// Which.
        request: RequestId,
        /// Whether this device's share is wanted.
        with_share: bool,
    },
    /// Enough devices have approved this device's request: answer with [`Input::Begin`].
    Ready {
        /// Which.
        request: RequestId,
        /// Whom to do without unless there is another completion, since they refuse the last one. Empty at first.
        refused: Vec<DeviceId>,
    },
    /// An attempt began: set a deadline for [`Input::Overdue`].
    Started {
        /// Which.
        turn: Turn,
        /// Who signs in it.
        signers: Vec<DeviceId>,
    },
    /// An attempt that is overdue goes on: set another deadline for [`Input::Overdue`].
    Awaited {
        /// Which.
        turn: Turn,
    },
    /// This device is to sign what its user approved: compute what that is, and answer with [`Input::Sign`].
    Sign {
        /// Which attempt.
        turn: Turn,
        /// What the proposer adds to the payload.
        completion: Option<Completion>,
        /// The other completions with which this device has given shares before, also before a restart: each of them
        /// may come to signatures.
        earlier: Vec<Completion>,
    },
    /// A device says that the request is signed: compute what that would be, and answer with [`Input::Verify`].
    Verify {
        /// Which.
        request: RequestId,
        /// What the proposer added to the payload.
        completion: Option<Completion>,
    },
    /// A request is signed, and the signatures verify. This may come after [`Effect::Ended`].
    Signed {
        /// Which.
        request: RequestId,
        /// What the proposer added to the payload.
        completion: Option<Completion>,
        /// In the order of the signables, see [`Ending::Signed`].
        signatures: Vec<Vec<u8>>,
    },
    /// A request ended without being signed, as far as is known.
    Ended {
        /// Which.
        request: RequestId,
        /// How.
        ending: Ending,
    },
    /// A device misbehaved. Comes once for each device, kind and request.
    Violation {
        /// In which request, if that is known.
        request: Option<RequestId>,
        /// Who.
        by: DeviceId,
        /// What it did.
        what: Misbehaviour,
    },
}

/// All signing requests of one wallet on one device.
///
/// Any input is good in any state, and whatever peers send, this device signs only what its user approved and its node
/// computed, once for each pair of nonces.
pub struct Signing(Suite);

enum Suite {
    Ed25519(Box<Engine<Ed25519Sha512>>),
    Secp256k1(Box<Engine<Secp256K1Sha256>>),
    Secp256k1Tr(Box<Engine<Secp256K1Sha256TR>>),
}

macro_rules! each {
    ($suite:expr, $engine:ident => $body:expr) => {
        match $suite {
            Suite::Ed25519($engine) => $body,
            Suite::Secp256k1($engine) => $body,
            Suite::Secp256k1Tr($engine) => $body,
        }
    };
}

impl Signing {
    /// The most open requests of a wallet.
    pub const MOST_OPEN: usize = 64;
    /// The most open requests of one proposer.
    pub const MOST_OPEN_OF_ONE: usize = 8;
    /// The most ended requests that are remembered in full, but for [`Signing::MOST_LASTING`]. Of older ones only the name
    /// is kept, so that they don't come back.
    pub const MOST_ENDED: usize = 64;
    /// The most that are remembered in full of those that are signed, or ended after this device had given shares.
    pub const MOST_LASTING: usize = 512;

    /// A wallet's requests after [`Effect::Store`] has kept these, in the order in which they were first kept; none for
    /// a wallet that has just been made. Those that are not genuine are left out: [`Effect::Damaged`] names them.
    ///
    /// Errors: the ceremony is damaged, or another device's.
    pub fn resume(
        identity: Arc<IdentityKey>,
        ceremony: &Ceremony,
        stored: Vec<StoredRequest>,
    ) -> Result<(Self, Vec<Effect>), ResumeError> {
        let suite = match ceremony.params.ciphersuite() {
            Ciphersuite::Ed25519 => Suite::Ed25519(Box::new(Engine::new(identity, ceremony)?)),
            Ciphersuite::Secp256k1 => Suite::Secp256k1(Box::new(Engine::new(identity, ceremony)?)),
            Ciphersuite::Secp256k1Tr => Suite::Secp256k1Tr(Box::new(Engine::new(identity, ceremony)?)),
        };
        let mut signing = Self(suite);
        let effects = each!(&mut signing.0, engine => engine.restore(stored));
        Ok((signing, effects))
    }

    /// The next state, and what to do.
    pub fn handle(mut self, input: Input<'_>, rng: &mut (impl RngCore + CryptoRng)) -> (Self, Vec<Effect>) {
        let effects = each!(&mut self.0, engine => engine.handle(input, rng));
        (self, effects)
    }

    /// What is proposed in a request that is remembered.
    pub fn proposal(&self, request: RequestId) -> Option<&Proposal> {
        each!(&self.0, engine => engine.proposal(request))
    }

    /// A whole picture of the requests.
    pub fn progress(&self) -> Progress {
        each!(&self.0, engine => engine.progress())
    }
}

impl fmt::Debug for Signing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let progress = self.progress();
        f.debug_struct("Signing")
            .field("me", &progress.me)
            .field("requests", &progress.requests.len())
            .finish_non_exhaustive()
    }
}
