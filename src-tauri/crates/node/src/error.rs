//! What can go wrong when a person asks something of a device, in words for that person.
//!
//! How a session itself can fail is in [`crate::failure`].

use std::{io, path::Path};

use identity::InvalidText;
use keystore::KeystoreError;
use mesh::session_id::SessionIdError;
use serde::{Serialize, Serializer};

use crate::{snapshot::ErrorView, storage::StorageError};

/// A request that could not be carried out. `Display` says what happened, what it means and what to do
/// next; [`NodeError::code`] is for programs. Serialises as `{code, message}`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NodeError {
    /// A device name that can't be a folder's name.
    #[error("“{device}” can't be a device's name. Use up to 30 letters, digits, hyphens and underscores.")]
    InvalidDevice {
        /// As given, cut to 30 characters.
        device: String,
    },
    /// The system does not say where user data belongs.
    #[error("This system names no folder for user data. Choose one with --data-dir.")]
    NoDataFolder,
    /// Another process holds the profile.
    #[error("Permafrost already runs for the device “{device}”. Use its window, or close it first.")]
    ProfileInUse {
        /// The device.
        device: String,
    },
    /// The profile's folder can't be used.
    #[error(
        "The data folder {folder} can't be used: {reason}. Nothing was changed. Check that it exists, that it belongs to you and that the disk is not full."
    )]
    DataFolder {
        /// The folder.
        folder: String,
        /// The operating system's words.
        reason: String,
    },
    /// The database can't be used.
    #[error(
        "The wallet database can't be used: {reason}. Your key shares are in the keystore, not in it; the names under which they lie there are, so don't delete it. {advice}"
    )]
    Database {
        /// What is wrong.
        reason: String,
        /// What to do.
        advice: &'static str,
    },
    /// The keystore refused.
    #[error("{}", .0.advice())]
    Keystore(#[from] KeystoreError),
    /// The keystore could not be opened when the program started.
    #[error("{}", .0.message)]
    KeystoreUnavailable(ErrorView),
    /// A vault is used and its passphrase has not been given.
    #[error("The vault is locked. Give its passphrase first.")]
    VaultLocked,
    /// The app is locked.
    #[error("Permafrost is locked. Unlock it with its passphrase first.")]
    AppLocked,
    /// A passphrase was given though the device keeps its secrets in the keychain.
    #[error("This device keeps its secrets in the system's keychain, which needs no passphrase here.")]
    NoVault,
    /// The kind of keystore can't change while shares lie in the other.
    #[error(
        "This device's keys are in its present keystore and stay there. Moving them is not possible; use another device name for a new keystore."
    )]
    KeystoreInUse,
    /// The keystore is being opened, or a backup is being restored into it.
    #[error("The keystore is still being opened or restored. Wait until that is done, then try again.")]
    KeystoreBusy,
    /// The keystore does not hold the device's identity any more.
    #[error(
        "The keystore no longer holds this device's keys: it was reset, or belongs to another user. Your money is safe as long as enough other devices hold their shares. Restore the keystore from a backup, then try again."
    )]
    IdentityLost,
    /// No signalling server is configured.
    #[error(
        "No server is set. Devices meet through a signalling server: enter its address (ws://… or wss://…), the same for everyone. It can't see or change anything of value."
    )]
    NoServer,
    /// Not a server's address.
    #[error("“{url}” is not a server's address. It looks like wss://example.org or ws://192.168.1.20:9710.")]
    InvalidServer {
        /// As given, shortened.
        url: String,
    },
    /// The session ID names another server than the configured one, and its use was not agreed to.
    #[error(
        "This session meets on {server}, which is not the server set on this device. Join it there only if you expected that; the server sees your network address, but nothing of the wallet."
    )]
    OtherServer {
        /// The server in the session ID.
        server: String,
    },
    /// A name that can't be shown.
    #[error("That can't be a name: {0}. Choose another one.")]
    InvalidName(#[from] InvalidText),
    /// Not a ciphersuite.
    #[error(
        "There is no curve “{0}”. Choose ed25519 (Solana), secp256k1-tr (Bitcoin) or secp256k1 (raw messages)."
    )]
    InvalidCiphersuite(String),
    /// Too few or too many participants.
    #[error("A wallet needs 2 to 50 devices, not {participants}.")]
    InvalidParticipants {
        /// As asked.
        participants: u32,
    },
    /// A threshold that makes no sense.
    #[error(
        "With {participants} devices, between 2 and {participants} must be needed to sign, not {threshold}. One alone would make the others pointless."
    )]
    InvalidThreshold {
        /// As asked.
        threshold: u32,
        /// As asked.
        participants: u32,
    },
    /// The pasted text is no session ID.
    #[error("{}", session_id_message(.0))]
    SessionId(#[from] SessionIdError),
    /// This device already takes part in the session.
    #[error("This device is already in that session.")]
    AlreadyJoined,
    /// As many sessions run as this device allows.
    #[error("{most} sessions are running. Finish or leave one first.")]
    TooManySessions {
        /// The limit.
        most: usize,
    },
    /// No session with that handle.
    #[error("That session is not in the list any more.")]
    UnknownSession,
    /// The session has ended, or is past the point where that could be done.
    #[error("The session is past that point.")]
    TooLate,
    /// The session is running.
    #[error("The session is still running. Leave it first.")]
    StillRunning,
    /// No such request or announcement.
    #[error("That request is not there any more. Its device may have given up or gone offline.")]
    UnknownRequest,
    /// No such announcement.
    #[error("That session is no longer announced. Ask its creator whether it has begun or ended.")]
    UnknownAnnouncement,
    /// No wallet with that name or ID.
    #[error("There is no wallet “{0}” on this device.")]
    UnknownWallet(String),
    /// Several wallets have the name.
    #[error("Several wallets are named “{0}”. Use the ID instead.")]
    AmbiguousWallet(String),
    /// The ceremony has not finished.
    #[error(
        "The wallet is not finished: {missing} must come back online and sign its certificate. It has no address until then."
    )]
    Unfinished {
        /// Names of devices.
        missing: String,
    },
    /// The share of an unfinished wallet could not be erased.
    #[error(
        "The share could not be erased: {reason} It is still in the keystore; the wallet is unfinished and has no address. Mend that, then discard it again."
    )]
    NotErased {
        /// Why.
        reason: String,
    },
    /// The wallet is active and can't be discarded.
    #[error("The wallet is in use. Only an unfinished one can be discarded.")]
    NotUnfinished,
    /// The words did not match.
    #[error(
        "The safety words of this wallet did not match, so it shows no address. Send nothing to it and make a new one."
    )]
    Quarantined,
    /// The wallet's key has no address on that chain.
    #[error("This wallet has no address on “{network}”. {advice}")]
    NoAddress {
        /// The network asked for.
        network: String,
        /// What there is.
        advice: String,
    },
    /// A wallet record on disk is damaged.
    #[error(
        "The stored data of this wallet is damaged. Its share is in the keystore and is not affected. Restore the data folder from a backup."
    )]
    DamagedRecord,
    /// Rows of wallets that can't be read.
    #[error(
        "{count} wallet(s) of this device can't be read: the stored data is damaged. The shares in the keystore are not affected, and other wallets work. Restore the data folder, or a backup into a new device name."
    )]
    DamagedWallets {
        /// How many.
        count: usize,
    },
    /// The keystore does not hold the share of a wallet.
    #[error(
        "This device's share of the wallet is not in its keystore: the keystore is an older copy, or something was deleted from it. The other devices' shares are not affected. Until the share is restored from a backup this device can't sign, and shows no address. If other devices can still reach the number needed, move the money to a new wallet."
    )]
    ShareMissing,
    /// A backup can't be read.
    #[error("The backup is damaged or is not one. Nothing was changed. Try another copy of it.")]
    DamagedBackup,
    /// A backup of a newer version.
    #[error(
        "The backup was made by a newer version of Permafrost. Nothing was changed. Update this device, then try again."
    )]
    NewerBackup,
    /// A backup can't be restored over wallets or running sessions.
    #[error(
        "This device already has wallets or runs a session. A backup can only be restored into an empty device: choose another device name for it. Nothing was changed."
    )]
    NotEmpty,
    /// The random number generator of the operating system does not work.
    #[error(
        "The system's random number generator does not work, so no key can be made. Restart the computer."
    )]
    NoRandomness,
    /// The node has been closed.
    #[error("Permafrost is closing.")]
    Closed,
}

impl NodeError {
    pub(crate) fn data_folder(folder: &Path, error: &io::Error) -> Self {
        Self::DataFolder { folder: folder.display().to_string(), reason: error.to_string() }
    }

    /// The error's name for programs.
    pub fn code(&self) -> &str {
        match self {
            Self::InvalidDevice { .. } => "invalid_device",
            Self::NoDataFolder | Self::DataFolder { .. } => "data_folder",
            Self::ProfileInUse { .. } => "profile_in_use",
            Self::Database { .. } | Self::DamagedRecord | Self::DamagedWallets { .. } => "database",
            Self::ShareMissing => "share_missing",
            Self::Keystore(error) => keystore_code(error),
            Self::KeystoreUnavailable(error) => &error.code,
            Self::VaultLocked => "vault_locked",
            Self::AppLocked => "app_locked",
            Self::NoVault | Self::KeystoreInUse | Self::KeystoreBusy => "keystore",
            Self::IdentityLost => "identity_lost",
            Self::NoServer => "no_server",
            Self::InvalidServer { .. } => "invalid_server",
            Self::OtherServer { .. } => "other_server",
            Self::InvalidName(_) => "invalid_name",
            Self::InvalidCiphersuite(_) => "invalid_curve",
            Self::InvalidParticipants { .. } => "invalid_participants",
            Self::InvalidThreshold { .. } => "invalid_threshold",
            Self::SessionId(error) => session_id_code(error),
            Self::AlreadyJoined => "already_joined",
            Self::TooManySessions { .. } => "too_many_sessions",
            Self::UnknownSession => "unknown_session",
            Self::TooLate => "too_late",
            Self::StillRunning => "still_running",
            Self::UnknownRequest | Self::UnknownAnnouncement => "unknown_request",
            Self::UnknownWallet(_) => "unknown_wallet",
            Self::AmbiguousWallet(_) => "ambiguous_wallet",
            Self::Unfinished { .. } => "unfinished",
            Self::NotErased { .. } => "not_erased",
            Self::NotUnfinished => "not_unfinished",
            Self::Quarantined => "quarantined",
            Self::NoAddress { .. } => "no_address",
            Self::DamagedBackup | Self::NewerBackup => "damaged_backup",
            Self::NotEmpty => "not_empty",
            Self::NoRandomness => "no_randomness",
            Self::Closed => "closed",
        }
    }

    /// The error as an interface shows it.
    pub fn view(&self) -> ErrorView {
        ErrorView { code: self.code().to_owned(), message: self.to_string(), parts: Vec::new() }
    }
}

impl Serialize for NodeError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.view().serialize(serializer)
    }
}

impl From<StorageError> for NodeError {
    fn from(error: StorageError) -> Self {
        let advice = match error {
            StorageError::Newer(_) => "Install the newer version again.",
            StorageError::Sqlite(_) => "Check that the disk is not full and try again.",
            StorageError::Damaged => "Restore the data folder from a backup.",
        };
        Self::Database { reason: error.to_string(), advice }
    }
}

impl From<getrandom::Error> for NodeError {
    fn from(_: getrandom::Error) -> Self {
        Self::NoRandomness
    }
}

fn keystore_code(error: &KeystoreError) -> &'static str {
    match error {
        KeystoreError::Missing { .. } => "keystore_missing",
        KeystoreError::Locked => "keystore_locked",
        KeystoreError::Denied { .. } => "keystore_denied",
        KeystoreError::WrongPassphrase => "wrong_passphrase",
        KeystoreError::PassphraseTooShort { .. } => "passphrase_too_short",
        _ => "keystore",
    }
}

fn session_id_code(error: &SessionIdError) -> &'static str {
    match error {
        SessionIdError::NotFound => "session_id_not_found",
        SessionIdError::NewerVersion(_) => "session_id_newer",
        SessionIdError::Incomplete => "session_id_incomplete",
        _ => "session_id_typo",
    }
}

fn session_id_message(error: &SessionIdError) -> String {
    match error {
        SessionIdError::NotFound => "There is no session ID in what you pasted. It begins with “pf1”. Copy the whole message again.".to_owned(),
        SessionIdError::Typo { position: Some(position) } => format!(
            "The session ID has a wrong character at position {position}. Copy it again rather than typing it."
        ),
        SessionIdError::Typo { position: None } => {
            "The session ID has wrong characters. Copy it again rather than typing it.".to_owned()
        }
        SessionIdError::Incomplete => "The session ID is cut off: its end is missing. Copy the whole of it.".to_owned(),
        SessionIdError::NewerVersion(_) => {
            "The session ID was made by a newer version of Permafrost. Update this device, then join again.".to_owned()
        }
        _ => "The session ID names a server address that can't be used. Ask its creator to check their server setting.".to_owned(),
    }
}
