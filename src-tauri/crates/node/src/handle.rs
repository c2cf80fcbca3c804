//! The handle on a node: requests in, snapshots out.

mod contacts;
mod ledger;
mod settings;
mod signing;
mod solana;
mod wallets;

use std::{path::PathBuf, sync::Arc, time::Duration};

use mesh::MeshConfig;
use secrecy::SecretString;
use serde::Deserialize;
use tokio::sync::{mpsc, oneshot, watch};
use ts_rs::TS;

use crate::{
    NodeError,
    actor::{Actor, Message},
    profile,
    snapshot::{KeystoreKind, Snapshot},
};

pub(crate) use self::{
    contacts::ContactCommand, ledger::LedgerCommand, settings::SettingsCommand, signing::SigningCommand,
    solana::SolanaCommand, wallets::WalletCommand,
};
pub use self::{
    ledger::{BitcoinBump, BitcoinPayment, RecipientEntry, SetLabel, satoshi},
    signing::{MessageContent, ProposeMessage, ProposeTransaction},
    solana::SolanaPayment,
};
pub(crate) use crate::command::{Command, Reply};

/// Requests and reports that wait for the actor.
pub(crate) const INBOX: usize = 256;

/// How a node is opened.
#[derive(Clone, Debug)]
pub struct NodeConfig {
    /// Which of this computer's devices it is; several run side by side. 1 to 30 letters, digits, `-`, `_`.
    pub device: Option<String>,
    /// The folder that holds the devices' folders; by default `permafrost` in the user's data folder.
    pub data_dir: Option<PathBuf>,
    /// The signalling server for this run; by default the stored one.
    pub server: Option<String>,
    /// Where secrets are kept; by default where they are, and for a new device in the OS keychain.
    pub keystore: Option<KeystoreKind>,
    /// Whether a device with an app passphrase starts locked.
    pub app_lock: bool,
    /// Whether a device that hosted a signalling server hosts it again.
    pub host_again: bool,
    /// Whether ceremonies that were interrupted go on by themselves.
    pub resume: bool,
    /// Whether the members of its wallets meet again, as long as it runs.
    pub meet: bool,
    /// Whether its wallets' money is looked up, where its owner chose where.
    pub look_up: bool,
    /// How long to wait for another process of the same device to end; it may still be saying good-bye.
    pub patience: Duration,
    /// How links are made.
    pub mesh: MeshConfig,
    /// How long each wait lasts.
    pub timeouts: Timeouts,
}

impl Default for NodeConfig {
    fn default() -> Self {
        Self {
            device: None,
            data_dir: None,
            server: None,
            keystore: None,
            app_lock: false,
            host_again: true,
            resume: true,
            meet: true,
            look_up: true,
            patience: Duration::ZERO,
            mesh: MeshConfig::default(),
            timeouts: Timeouts::default(),
        }
    }
}

impl NodeConfig {
    /// The folder of the device's data, whether it exists yet or not. What a front end stores for the device belongs
    /// there as well.
    ///
    /// Errors: the device's name can't be a folder's, or the system names no folder for data.
    pub fn folder(&self) -> Result<PathBuf, NodeError> {
        profile::folder(self.data_dir.as_deref(), self.device.as_deref())
    }
}

/// How long a session waits for what.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// For the signalling server to answer.
    pub server: Duration,
    /// For the creator's device to be met in a session that was joined.
    pub creator: Duration,
    /// For all to join, and for the creator to answer who asks to join.
    pub joining: Duration,
    /// For a device whose link is down, before the rounds begin.
    pub absence: Duration,
    /// For one round; a later one takes a little more, so that who is a round behind is not blamed for it.
    pub round: Duration,
    /// For an attempt at a signature, before other devices are asked.
    pub attempt: Duration,
    /// Before a room is asked for again that the server refused to a device that has signed.
    pub again: Duration,
    /// For the last messages to be acknowledged before links are closed.
    pub farewell: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            server: Duration::from_secs(60),
            creator: Duration::from_secs(20),
            joining: Duration::from_secs(60 * 60),
            absence: Duration::from_secs(60),
            round: Duration::from_secs(60),
            attempt: Duration::from_secs(10),
            again: Duration::from_secs(60),
            farewell: Duration::from_secs(3),
        }
    }
}

/// A session to be created. Everything is checked by the node.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CreateSession {
    /// The wallet's name.
    pub name: String,
    /// `ed25519`, `secp256k1` or `secp256k1-tr`.
    pub ciphersuite: String,
    /// Devices that must agree to sign.
    pub threshold: u32,
    /// Devices that hold a share.
    pub participants: u32,
    /// The wallet's network; by default mainnet, and none for raw messages.
    pub network: Option<String>,
    /// Whether others on the server may see it and ask to join.
    pub announce: bool,
}

/// What a pasted session ID says before anything is sent.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct JoinPreview {
    /// The server over which its devices meet.
    pub server: String,
    /// It is neither the configured one nor that of a wallet in use: the user must agree to it.
    pub other_server: bool,
}

/// Which address is asked for.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AddressRequest {
    /// The wallet's ID or, where it is unique, its name.
    pub wallet: String,
    /// The wallet's own network by default; a Bitcoin key has addresses on the others too.
    pub network: Option<String>,
    /// A change address (Bitcoin).
    pub change: bool,
    /// The address's index (Bitcoin), below 2^31.
    pub index: u32,
}

/// A running device. Cheap to clone; all clones are the same device.
#[derive(Clone, Debug)]
pub struct Node {
    actor: mpsc::Sender<Message>,
    snapshots: watch::Receiver<Arc<Snapshot>>,
}

impl Node {
    /// Opens the device's profile and starts it.
    ///
    /// It also opens where the keychain is missing or the vault is locked: the snapshot says so, and wallets
    /// can be looked at. Needs a tokio runtime.
    ///
    /// Errors: the profile is in use, or its folder or database can't be used; a setting is malformed.
    pub async fn open(config: NodeConfig) -> Result<Self, NodeError> {
        let (actor, inbox) = mpsc::channel(INBOX);
        let snapshots = Actor::start(config, actor.clone(), inbox).await?;
        Ok(Self { actor, snapshots })
    }

    /// The current snapshot, and word of each that follows.
    pub fn snapshots(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.snapshots.clone()
    }

    /// Creates a DKG session and enters it. Returns its handle.
    pub async fn create_session(&self, request: CreateSession) -> Result<String, NodeError> {
        self.ask(|reply| Command::Create(request, reply)).await
    }

    /// Reads a pasted session ID without doing anything.
    pub async fn inspect_session_id(&self, text: String) -> Result<JoinPreview, NodeError> {
        self.ask(|reply| Command::Inspect(text, reply)).await
    }

    /// Enters the session of a pasted ID. Returns its handle; what the session makes is shown before
    /// [`Node::consent`] takes part in it.
    pub async fn join_session(&self, text: String, accept_server: bool) -> Result<String, NodeError> {
        self.ask(|reply| Command::Join { text, accept_server, reply }).await
    }

    /// Agrees to a session's proposal.
    pub async fn consent(&self, session: String) -> Result<(), NodeError> {
        self.ask(|reply| Command::Consent(session, reply)).await
    }

    /// Leaves a session; the creator cancels it so.
    pub async fn leave_session(&self, session: String) -> Result<(), NodeError> {
        self.ask(|reply| Command::Leave(session, reply)).await
    }

    /// Takes an ended session from the list.
    pub async fn dismiss_session(&self, session: String) -> Result<(), NodeError> {
        self.ask(|reply| Command::Dismiss(session, reply)).await
    }

    /// Starts or stops looking for announced sessions.
    pub async fn browse(&self, on: bool) -> Result<(), NodeError> {
        self.ask(|reply| Command::Browse(on, reply)).await
    }

    /// Asks an announced session's creator to be let in.
    pub async fn ask_to_join(&self, announcement: String) -> Result<(), NodeError> {
        self.ask(|reply| Command::Ask(announcement, reply)).await
    }

    /// Answers a device that asks to be let in.
    pub async fn answer_request(
        &self,
        session: String,
        request: String,
        admit: bool,
    ) -> Result<(), NodeError> {
        self.ask(|reply| Command::Answer { session, request, admit, reply }).await
    }

    /// Records that the user compared the safety words; if they differ, the wallet is quarantined.
    pub async fn confirm_words(&self, wallet: String, matches: bool) -> Result<(), NodeError> {
        self.ask(|reply| Command::ConfirmWords { wallet, matches, reply }).await
    }

    /// Erases this device's share of a wallet whose ceremony has not finished.
    pub async fn discard_wallet(&self, wallet: String) -> Result<(), NodeError> {
        self.ask(|reply| Command::Discard(wallet, reply)).await
    }

    /// An address of a finished wallet.
    pub async fn address(&self, request: AddressRequest) -> Result<String, NodeError> {
        self.ask(|reply| Command::Address(request, reply)).await
    }

    /// The ceremony certificate of a finished wallet, as JSON. Public.
    pub async fn certificate(&self, wallet: String) -> Result<serde_json::Value, NodeError> {
        self.ask(|reply| Command::Certificate(wallet, reply)).await
    }

    /// Drops every secret from memory until [`Node::unlock`]; the snapshot then shows little more than that. Refused
    /// while a session waits or is in progress, which needs them, and where there is no passphrase to unlock with.
    ///
    /// When to lock is the front end's business: it knows when its user is idle.
    pub async fn lock(&self) -> Result<(), NodeError> {
        self.ask(Command::Lock).await
    }

    /// Opens the vault, or creates it with this passphrase; unlocks the app with the vault's or the app passphrase.
    pub async fn unlock(&self, passphrase: SecretString) -> Result<(), NodeError> {
        self.ask(|reply| Command::Unlock(passphrase, reply)).await
    }

    /// Sets, changes or removes (`new: None`) the app passphrase of a device whose secrets are in the OS keychain. It
    /// has at least ten characters; a present one must be given.
    pub async fn set_app_passphrase(
        &self,
        current: Option<SecretString>,
        new: Option<SecretString>,
    ) -> Result<(), NodeError> {
        self.ask(|reply| Command::SetAppPassphrase { current, new, reply }).await
    }

    /// Tries the OS keychain again.
    pub async fn retry_keystore(&self) -> Result<(), NodeError> {
        self.ask(Command::RetryKeystore).await
    }

    /// Chooses where secrets are kept; only while the device has none.
    pub async fn use_keystore(&self, kind: KeystoreKind) -> Result<(), NodeError> {
        self.ask(|reply| Command::UseKeystore(kind, reply)).await
    }

    /// This device's identity and finished wallets, encrypted with a passphrase of at least ten characters: an
    /// age file in ASCII armor.
    pub async fn back_up(&self, passphrase: SecretString) -> Result<Vec<u8>, NodeError> {
        self.ask(|reply| Command::Backup(passphrase, reply)).await
    }

    /// Makes this device the one that was backed up; only while it has no wallets and runs no session.
    pub async fn restore(&self, backup: Vec<u8>, passphrase: SecretString) -> Result<(), NodeError> {
        self.ask(|reply| Command::Restore { backup, passphrase, reply }).await
    }

    /// Leaves what runs, says good-bye to peers and closes. Further requests fail with
    /// [`NodeError::Closed`].
    pub async fn close(&self) {
        // An error means that it is closed already.
        let _ = self.ask(Command::Close).await;
    }

    async fn ask<T>(&self, command: impl FnOnce(Reply<T>) -> Command) -> Result<T, NodeError> {
        let (reply, answer) = oneshot::channel();
        self.actor.send(Message::Command(command(reply))).await.map_err(|_| NodeError::Closed)?;
        answer.await.map_err(|_| NodeError::Closed)?
    }
}
