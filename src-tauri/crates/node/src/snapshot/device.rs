//! This device: who it is, where its secrets are, its server.

use serde::Serialize;
use ts_rs::TS;

use super::ErrorView;

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
    /// The owner can choose the other one now: this device has no wallets and is in no session. It gets a new identity
    /// by that.
    pub can_switch: bool,
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
    /// The app was locked: secrets are dropped from memory, and the snapshot shows no wallets, sessions, contacts,
    /// announcements or problems. The vault's passphrase or the app passphrase unlocks it.
    Locked,
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
        reason: ErrorView,
    },
}
