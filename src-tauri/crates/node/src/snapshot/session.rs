//! Sessions: what they make, who takes part, how far they got; and those that are announced.

use serde::Serialize;
use ts_rs::TS;

use super::{DeviceView, ErrorView};

/// One run of distributed key generation.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SessionView {
    /// Local handle for commands; says nothing to others.
    pub key: String,
    /// The session ID to share: only on the creator's device, and only while places are free.
    pub session_id: Option<String>,
    /// Whether this device created it.
    pub creator: bool,
    /// The server over which its members meet.
    pub server: String,
    /// What the wallet will be; unknown until the creator's proposal arrives.
    pub proposal: Option<ProposalView>,
    /// Where it stands.
    pub state: SessionState,
    /// This device first, then by name; those known so far.
    pub participants: Vec<ParticipantView>,
    /// Whether the server lists it, so that others find it and can ask to be let in.
    pub announced: bool,
    /// Why the server does not, although it was to be announced.
    pub not_announced: Option<ErrorView>,
    /// Requests to be let in, oldest first.
    pub requests: Vec<JoinRequestView>,
    /// When it started on this device.
    #[ts(type = "number")]
    pub started_at: u64,
    /// When it ended on this device.
    #[ts(type = "number | null")]
    pub ended_at: Option<u64>,
}

/// What a session will make.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ProposalView {
    /// The wallet's name.
    pub name: String,
    /// Its ciphersuite.
    pub ciphersuite: CiphersuiteView,
    /// Its network: `mainnet`, `testnet4`, `signet` or `regtest` for Bitcoin, `mainnet`, `devnet` or `testnet` for
    /// Solana; none for raw messages.
    pub network: Option<String>,
    /// Devices that must agree to sign.
    pub threshold: u16,
    /// Devices that hold a share.
    pub participants: u16,
    /// The device that proposes it.
    pub by: DeviceView,
    /// What this device knows of that device.
    pub by_recognition: Recognition,
}

/// A FROST ciphersuite (RFC 9591).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum CiphersuiteView {
    /// FROST(Ed25519, SHA-512): Solana.
    Ed25519,
    /// FROST(secp256k1, SHA-256): raw messages, no address.
    Secp256k1,
    /// FROST(secp256k1, SHA-256)-TR: Bitcoin.
    Secp256k1Tr,
}

/// Where a session stands.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(tag = "state", rename_all = "camelCase")]
#[ts(export)]
pub enum SessionState {
    /// Participants are joining.
    #[serde(rename_all = "camelCase")]
    Waiting {
        /// What it waits for.
        waiting_for: WaitingFor,
        /// When it gives up.
        #[ts(type = "number")]
        deadline: u64,
    },
    /// The rounds run.
    #[serde(rename_all = "camelCase")]
    InProgress {
        /// The current round.
        round: RoundName,
        /// Names of the devices whose part is missing.
        missing: Vec<String>,
        /// When the round gives up.
        #[ts(type = "number")]
        deadline: u64,
    },
    /// The wallet exists and every member signed its certificate.
    #[serde(rename_all = "camelCase")]
    Completed {
        /// The wallet.
        wallet_id: String,
        /// Names of devices that have not confirmed yet that they have the certificate; this device
        /// stays reachable for them.
        unconfirmed: Vec<String>,
    },
    /// It ended without a wallet, or with one that is not finished.
    #[serde(rename_all = "camelCase")]
    Failed {
        /// Why, what it means and what to do.
        error: ErrorView,
        /// Names of the devices that caused it.
        culprits: Vec<String>,
        /// A share was kept since others may have finished: the wallet is listed as unfinished.
        unfinished_wallet: Option<String>,
    },
}

/// What a session that has not begun waits for.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[ts(export)]
pub enum WaitingFor {
    /// The connection to the signalling server.
    Server,
    /// The creator's device, to say what the session is.
    Creator,
    /// This device's user, to agree to the proposal.
    Consent,
    /// More participants.
    #[serde(rename_all = "camelCase")]
    Participants {
        /// Places taken, this device and the creator counted.
        joined: u16,
        /// Places in all.
        total: u16,
    },
}

/// The steps of the protocol, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum RoundName {
    /// Meeting: links between all devices.
    Joining,
    /// Agreement on who takes part.
    Roster,
    /// Commitments.
    Round1,
    /// Agreement on what everyone sent.
    Echo,
    /// Shares, pair by pair.
    Round2,
    /// Verification of shares.
    Round3,
    /// Certificate.
    Commit,
}

/// One participant's part in one round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum RoundStatus {
    /// Not begun.
    Pending,
    /// Expected now.
    Active,
    /// Done.
    Done,
    /// It failed here.
    Failed,
}

/// A participant's part in a round.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RoundView {
    /// The round.
    pub round: RoundName,
    /// Its status.
    pub status: RoundStatus,
}

/// How two devices are connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum LinkKind {
    /// This device itself.
    Own,
    /// A link is being made.
    Connecting,
    /// A WebRTC data channel.
    Direct,
    /// Through the signalling server, end-to-end encrypted.
    Relayed,
    /// None.
    Down,
}

/// A participant of a session.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ParticipantView {
    /// Who.
    pub device: DeviceView,
    /// What this device knows of it.
    pub recognition: Recognition,
    /// It created the session.
    pub creator: bool,
    /// The link to it.
    pub link: LinkKind,
    /// Its part in each round, in the rounds' order.
    pub rounds: Vec<RoundView>,
}

/// A device that asks to be let into an announced session.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct JoinRequestView {
    /// Handle for the answer.
    pub id: String,
    /// Who asks.
    pub device: DeviceView,
    /// What this device knows of it.
    pub recognition: Recognition,
}

/// A session announced on the server. All of it is its creator's claim; the signature was checked.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AnnouncedView {
    /// Handle for asking to join.
    pub id: String,
    /// What it will make and who proposes it.
    pub proposal: ProposalView,
    /// Places taken.
    pub joined: u16,
    /// What this device knows of its creator.
    pub recognition: Recognition,
}

/// A request of this device to join an announced session.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AskedView {
    /// The announcement's handle.
    pub id: String,
    /// What it asked to join.
    pub proposal: ProposalView,
    /// What this device knows of its creator.
    pub recognition: Recognition,
    /// How it stands.
    pub state: AskedState,
}

/// How a request to join stands.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(tag = "state", rename_all = "camelCase")]
#[ts(export)]
pub enum AskedState {
    /// The creator has not answered.
    Waiting {
        /// When it gives up.
        #[ts(type = "number")]
        deadline: u64,
    },
    /// Let in: the session is in the list.
    Admitted {
        /// The session's handle.
        session: String,
    },
    /// It came to nothing.
    Ended {
        /// Why and what to do.
        error: ErrorView,
    },
}

/// What this device knows of another that calls itself by a name.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[ts(export)]
pub enum Recognition {
    /// It is this device.
    Own,
    /// It was never met.
    Stranger,
    /// It was met before, under the same key.
    Known {
        /// Its fingerprint or a common wallet's safety words were compared.
        verified: bool,
    },
    /// It was never met, and calls itself as another does: it may pretend to be that one.
    NameTaken {
        /// The contact of that name, which has another key; or this device.
        contact: DeviceView,
    },
}

/// A device that this one has met.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ContactView {
    /// Who, under the name that this device's owner gave it, else the one it gave itself.
    pub device: DeviceView,
    /// The name it gave itself.
    pub claimed_name: String,
    /// Its fingerprint or a common wallet's safety words were compared.
    pub verified: bool,
    /// When it was met first.
    #[ts(type = "number")]
    pub first_met: u64,
    /// The IDs of the wallets of which both hold a share.
    pub wallets: Vec<String>,
}
