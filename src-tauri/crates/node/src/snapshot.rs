//! What a user interface sees of a device: one [`Snapshot`] holds everything, and no secret.
//!
//! A snapshot is the whole state each time, so an interface holds none of its own and loses nothing
//! when it is reloaded. Times are milliseconds since the Unix epoch; keys and identifiers are lower-case
//! hex; the TypeScript types in `ui/src/bindings` are generated from these.

use serde::Serialize;
use ts_rs::TS;

/// Everything that an interface shows.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Snapshot {
    /// Grows with every change.
    #[ts(type = "number")]
    pub revision: u64,
    /// This device.
    pub device: DeviceView,
    /// Where secrets are kept, and whether that works.
    pub keystore: KeystoreView,
    /// The signalling server.
    pub server: ServerView,
    /// Sessions that run or ended since the program started, newest first.
    pub sessions: Vec<SessionView>,
    /// Sessions that others announce on the server; empty unless browsing.
    pub announced: Vec<AnnouncedView>,
    /// Whether announced sessions are being looked for.
    pub browsing: bool,
    /// This device's requests to join announced sessions, newest first.
    pub asked: Vec<AskedView>,
    /// Wallets of which this device holds a share, by name.
    pub wallets: Vec<WalletView>,
    /// What else its user must see to.
    pub problems: Vec<ErrorView>,
}

impl Snapshot {
    /// Before there is anything to show.
    pub(crate) fn empty() -> Self {
        Self {
            revision: 0,
            device: DeviceView { id: String::new(), name: String::new(), fingerprint: Vec::new() },
            keystore: KeystoreView {
                kind: KeystoreKind::Os,
                status: KeystoreStatus::NeedsPassphrase { fresh: true },
            },
            server: ServerView { url: None, status: ServerStatus::Idle },
            sessions: Vec::new(),
            announced: Vec::new(),
            browsing: false,
            asked: Vec::new(),
            wallets: Vec::new(),
            problems: Vec::new(),
        }
    }
}

/// A device as people see it.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DeviceView {
    /// Public identity key; empty while the keystore is not open.
    pub id: String,
    /// Its owner's name for it.
    pub name: String,
    /// Words by which two people compare the key; empty while the keystore is not open.
    pub fingerprint: Vec<String>,
}

/// Where secrets are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum KeystoreKind {
    /// The operating system's keychain.
    Os,
    /// A file under a passphrase.
    Vault,
}

/// The state of the keystore. Nothing but looking at wallets works unless it is open.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct KeystoreView {
    /// Which store this device uses.
    pub kind: KeystoreKind,
    /// Whether it can be used.
    pub status: KeystoreStatus,
}

/// Whether secrets can be read and written.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(tag = "state", rename_all = "camelCase")]
#[ts(export)]
pub enum KeystoreStatus {
    /// Yes.
    Open,
    /// The vault waits for its passphrase.
    NeedsPassphrase {
        /// No vault exists yet: the passphrase will be a new one.
        fresh: bool,
    },
    /// No; the error says why and what to do.
    Unavailable {
        /// What happened, what it means and what to do.
        error: ErrorView,
    },
}

/// The configured signalling server and the connection to it.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ServerView {
    /// `ws://…` or `wss://…`; none when not configured.
    pub url: Option<String>,
    /// The connection.
    pub status: ServerStatus,
}

/// Life cycle of the connection to the signalling server.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(tag = "state", rename_all = "camelCase")]
#[ts(export)]
pub enum ServerStatus {
    /// Nothing needs it.
    Idle,
    /// A connection is being made.
    Connecting,
    /// Connected.
    Connected,
    /// It failed and is tried again.
    #[serde(rename_all = "camelCase")]
    Waiting {
        /// When.
        #[ts(type = "number")]
        retry_at: u64,
        /// Why it failed.
        reason: String,
    },
}

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
    /// Whether it is announced on the server.
    pub announced: bool,
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
    /// Devices that must agree to sign.
    pub threshold: u16,
    /// Devices that hold a share.
    pub participants: u16,
    /// The device that proposes it.
    pub by: DeviceView,
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
    /// This device was met in an earlier session, under the same key.
    pub known: bool,
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
    /// Its creator was met in an earlier session, under the same key.
    pub known: bool,
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

/// A wallet of which this device holds a share.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct WalletView {
    /// First 16 bytes of the ceremony's transcript hash.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its ciphersuite.
    pub ciphersuite: CiphersuiteView,
    /// Devices that must agree to sign.
    pub threshold: u16,
    /// The devices that hold a share.
    pub members: Vec<DeviceView>,
    /// Whether it can be used.
    pub status: WalletStatus,
    /// When it was made.
    #[ts(type = "number")]
    pub created_at: u64,
    /// Every member has confirmed that it has the certificate; until then this device is needed to complete them.
    pub confirmed_by_all: bool,
}

/// Whether a wallet can be used.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(tag = "state", rename_all = "camelCase")]
#[ts(export)]
pub enum WalletStatus {
    /// The ceremony has not finished: some signatures are missing. It has no address yet.
    Unfinished {
        /// Names of the devices whose signature is missing.
        missing: Vec<String>,
    },
    /// All members signed the certificate.
    #[serde(rename_all = "camelCase")]
    Active {
        /// The user compared the safety words.
        verified: bool,
        /// The words that all devices show.
        safety_words: Vec<String>,
        /// The group's public key.
        group_public_key: String,
        /// Its addresses; none for a key that has no chain.
        addresses: Vec<AddressView>,
        /// Watch-only descriptors by network (Bitcoin only).
        descriptors: Vec<DescriptorView>,
    },
    /// The safety words did not match: somebody was in between. It must not receive money.
    Quarantined,
    /// This device can't sign with it, so it shows no address.
    Unusable {
        /// Why, what it means and what to do.
        error: ErrorView,
    },
}

/// An address that the group can spend from.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AddressView {
    /// `solana`, or a Bitcoin network: `mainnet`, `testnet4`, `signet`, `regtest`.
    pub network: String,
    /// The first receive address on that network.
    pub address: String,
}

/// A watch-only descriptor with its checksum (BIP-380, BIP-389).
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DescriptorView {
    /// The Bitcoin network.
    pub network: String,
    /// `tr(xpub/<0;1>/*)#checksum`.
    pub descriptor: String,
}

/// What a person is told when something did not work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ErrorView {
    /// For programs.
    pub code: String,
    /// What happened, what it means for the money, what to do next.
    pub message: String,
}
