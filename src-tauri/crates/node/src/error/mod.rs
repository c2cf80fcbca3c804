//! What can go wrong when a person asks something of a device, in words for that person.
//!
//! `words` says which texts of [`crate::message`] they are. How a session itself can fail is in [`crate::failure`].

#[cfg(test)]
mod documented;
mod money;
mod solana;
mod source;
mod transaction;
mod words;

use std::{fmt, io, path::Path};

use chains::bitcoin::{spend::SpendError, uri::UriError, wallet::BuildError};
use identity::InvalidText;
use keystore::KeystoreError;
use mesh::{InvalidIceServer, session_id::SessionIdError};
use serde::{Serialize, Serializer};

use crate::{
    certificate::CertificateError,
    ledger::{bitcoin::SourceError, solana::SolanaError},
    message::{MessagePart, english},
    reason,
    snapshot::ErrorView,
    storage::StorageError,
};

pub(crate) use self::{solana::notice_words, words::keystore_words};

/// The longest idle time after which the app locks, in minutes.
pub(crate) const MAX_AUTO_LOCK: u32 = 24 * 60;

/// A request that could not be carried out. `Display` says what happened, what it means and what to do
/// next; [`NodeError::code`] is for programs. Serialises as [`ErrorView`].
#[derive(Debug)]
#[non_exhaustive]
pub enum NodeError {
    /// A device name that can't be a folder's name.
    InvalidDevice {
        /// As given, cut to 30 characters.
        device: String,
    },
    /// The system does not say where user data belongs.
    NoDataFolder,
    /// Another process holds the profile.
    ProfileInUse {
        /// The device.
        device: String,
    },
    /// The profile's folder can't be used.
    DataFolder {
        /// The folder.
        folder: String,
        /// Why.
        reason: Vec<MessagePart>,
    },
    /// The database can't be used.
    Database {
        /// What is wrong.
        reason: Vec<MessagePart>,
        /// What to do.
        advice: MessagePart,
    },
    /// The keystore refused.
    Keystore(KeystoreError),
    /// The keystore could not be opened when the program started.
    KeystoreUnavailable(ErrorView),
    /// A vault is used and its passphrase has not been given.
    VaultLocked,
    /// The app is locked.
    AppLocked,
    /// A passphrase was given though the device keeps its secrets in the keychain.
    NoVault,
    /// The kind of keystore can't change while shares lie in the other.
    KeystoreInUse,
    /// The keystore is being opened, or a backup is being restored into it.
    KeystoreBusy,
    /// The keystore does not hold the device's identity any more.
    IdentityLost,
    /// No signalling server is configured.
    NoServer,
    /// Not a server's address.
    InvalidServer {
        /// As given, shortened.
        url: String,
    },
    /// The signalling server was tried, and did not let this device in.
    ServerUnreachable {
        /// Why.
        reason: Vec<MessagePart>,
    },
    /// The session ID names another server than the configured one, and its use was not agreed to.
    OtherServer {
        /// The server in the session ID.
        server: String,
    },
    /// A name that can't be shown.
    InvalidName(InvalidText),
    /// Not a ciphersuite.
    InvalidCiphersuite(String),
    /// Not a network of the wallet's chain.
    InvalidNetwork {
        /// As given, shortened.
        network: String,
        /// The networks that there are.
        choices: String,
    },
    /// A wallet is for a network that this version doesn't know.
    UnknownNetwork {
        /// As the wallet names it.
        network: String,
    },
    /// Too few or too many participants.
    InvalidParticipants {
        /// As asked.
        participants: u32,
    },
    /// A threshold that makes no sense.
    InvalidThreshold {
        /// As asked.
        threshold: u32,
        /// As asked.
        participants: u32,
    },
    /// The pasted text is no session ID.
    SessionId(SessionIdError),
    /// This device already takes part in the session.
    AlreadyJoined,
    /// As many sessions run as this device allows.
    TooManySessions {
        /// The limit.
        most: usize,
    },
    /// No session with that handle.
    UnknownSession,
    /// The session has ended, or is past the point where that could be done.
    TooLate,
    /// The session is running.
    StillRunning,
    /// No such request or announcement.
    UnknownRequest,
    /// No such announcement.
    UnknownAnnouncement,
    /// No such request to sign.
    UnknownSigning,
    /// A request that this device can't tell the meaning of.
    UnreadableSigning,
    /// A request of a newer version.
    NewerSigning,
    /// A request that is to take the place of a payment and spends none of its coins.
    ReplacesNothing,
    /// A request from a time that has not come yet.
    EarlySigning,
    /// What is to be proposed in place of a payment spends none of its coins.
    OtherCoins,
    /// What is kept of some requests can't be read.
    DamagedSignings {
        /// The wallet's name.
        wallet: String,
        /// Their IDs, shortened.
        requests: Vec<String>,
    },
    /// A request that has ended.
    SigningOver,
    /// Another device's request, which this one can't cancel.
    NotOwnSigning,
    /// A text that is no signed message.
    NotSignedMessage,
    /// A signed message whose signature does not verify.
    WrongSignature,
    /// A request that has no signature.
    NoSignature,
    /// A message that can't be signed.
    InvalidMessage,
    /// A transaction that can't be signed.
    Transaction(SpendError),
    /// A Solana payment that can't be prepared or does not go on.
    Solana(SolanaError),
    /// A wallet's money can't be looked up.
    Source(SourceError),
    /// A wallet that has no money which is looked up.
    NoLedger,
    /// A transaction for a wallet that is none of Bitcoin.
    NotBitcoin,
    /// What was pasted says of nobody to pay.
    PaymentRequest(UriError),
    /// A transaction can't be built.
    Build(BuildError),
    /// A recipient without an amount, among several.
    NoAmount,
    /// A fee rate that nodes don't take.
    InvalidFeeRate,
    /// Not a coin of the wallet.
    UnknownCoin,
    /// Not a transaction of the wallet.
    UnknownTransaction,
    /// It is not known what the wallet has.
    NotLookedUp,
    /// A note that can't be shown.
    InvalidLabel(InvalidText),
    /// A note on what is none of the wallet's.
    UnknownLabelled,
    /// A text that has no notes of other wallets.
    NoLabels,
    /// A request, or what was said to it, could not be made durable.
    NotKept,
    /// As many requests are open as one device, or the wallet, may have.
    TooManySignings,
    /// The wallet's members don't meet on this device now.
    NotMeeting,
    /// No wallet with that name or ID.
    UnknownWallet(String),
    /// Several wallets have the name.
    AmbiguousWallet(String),
    /// The name that was typed to confirm a removal is not the wallet's.
    OtherName {
        /// The wallet's.
        name: String,
    },
    /// The wallet's ceremony still goes on.
    WalletBeingMade,
    /// The share of a removed wallet could not be erased yet.
    NotRemoved {
        /// Why.
        reason: MessagePart,
    },
    /// As many unused addresses in a row as other wallets look through.
    TooManyAddresses {
        /// How many.
        most: u32,
    },
    /// No contact with that device ID.
    UnknownContact,
    /// Another contact is called so, or looks as if it were.
    NameTaken {
        /// That device's.
        name: String,
    },
    /// A certificate that proves nothing.
    Certificate(CertificateError),
    /// The ceremony has not finished.
    Unfinished {
        /// Names of the devices whose signature is missing; none when that is not known.
        missing: Vec<String>,
    },
    /// The share of an unfinished wallet could not be erased.
    NotErased {
        /// Why.
        reason: Vec<MessagePart>,
    },
    /// An interrupted ceremony can't go on.
    NotResumed {
        /// The wallet's name.
        wallet: String,
        /// Why.
        reason: Vec<MessagePart>,
    },
    /// The wallet is active and can't be discarded.
    NotUnfinished,
    /// The words did not match.
    Quarantined,
    /// The wallet's key has no address on that chain.
    NoAddress {
        /// The network asked for.
        network: Option<String>,
        /// What there is.
        advice: MessagePart,
    },
    /// A wallet record on disk is damaged.
    DamagedRecord,
    /// Rows of wallets that can't be read.
    DamagedWallets {
        /// How many.
        count: usize,
    },
    /// The keystore does not hold the share of a wallet.
    ShareMissing,
    /// A backup can't be read.
    DamagedBackup,
    /// A backup of a newer version.
    NewerBackup,
    /// A backup can't be restored over wallets or running sessions.
    NotEmpty,
    /// A session needs the keys.
    LockedOut,
    /// There is no passphrase that could unlock it again.
    NothingToUnlockWith,
    /// An app passphrase for a device whose vault has one.
    VaultHasPassphrase,
    /// The keychain does not hold what the app passphrase is checked against.
    AppPassphraseLost,
    /// Idle minutes that make no sense.
    InvalidAutoLock,
    /// Not a STUN or TURN server.
    InvalidIceServer(InvalidIceServer),
    /// A STUN or TURN server is listed twice.
    IceServerTwice {
        /// Its URL.
        url: String,
    },
    /// More STUN and TURN servers than are used.
    TooManyIceServers,
    /// The keystore does not give out the credentials of TURN servers.
    IceCredentialsUnread,
    /// Another program uses the port.
    PortTaken {
        /// The port.
        port: u16,
    },
    /// Another signalling server runs on the port.
    PortHosted {
        /// The port.
        port: u16,
    },
    /// The system reserves the port.
    PortForbidden {
        /// The port.
        port: u16,
    },
    /// The server on this computer could not run.
    HostingFailed {
        /// Why.
        reason: Vec<MessagePart>,
    },
    /// The server on this computer has stopped by itself.
    HostingStopped,
    /// The server on this computer runs already.
    HostingBusy,
    /// A session runs over the server on this computer.
    HostingInUse,
    /// The random number generator of the operating system does not work.
    NoRandomness,
    /// The node has been closed.
    Closed,
}

impl NodeError {
    pub(crate) fn data_folder(folder: &Path, error: &io::Error) -> Self {
        Self::DataFolder { folder: folder.display().to_string(), reason: reason::of_io(error) }
    }

    /// The error's name for programs.
    pub fn code(&self) -> &str {
        match self {
            Self::KeystoreUnavailable(error) => &error.code,
            _ => self.words().0,
        }
    }

    /// The error as an interface shows it.
    pub fn view(&self) -> ErrorView {
        match self {
            Self::KeystoreUnavailable(error) => error.clone(),
            _ => {
                let (code, parts) = self.words();
                ErrorView::new(code, parts)
            }
        }
    }
}

impl ErrorView {
    /// What is made of these parts.
    pub fn new(code: &str, parts: Vec<MessagePart>) -> Self {
        Self { code: code.to_owned(), message: english(&parts), parts }
    }
}

impl fmt::Display for NodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.view().message)
    }
}

impl std::error::Error for NodeError {}

impl Serialize for NodeError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.view().serialize(serializer)
    }
}

impl From<StorageError> for NodeError {
    fn from(error: StorageError) -> Self {
        let advice = match error {
            StorageError::Newer(_) => MessagePart::DatabaseNewer {},
            StorageError::Damaged => MessagePart::DatabaseDamaged {},
            StorageError::Sqlite(_) | StorageError::Removed => MessagePart::DatabaseFailed {},
        };
        let reason = reason::of_storage(&error);
        let advice = match reason.contains(&MessagePart::DatabaseFileDamaged {}) {
            true => MessagePart::DatabaseDamaged {},
            false => advice,
        };
        Self::Database { reason, advice }
    }
}

impl From<getrandom::Error> for NodeError {
    fn from(_: getrandom::Error) -> Self {
        Self::NoRandomness
    }
}

impl From<KeystoreError> for NodeError {
    fn from(error: KeystoreError) -> Self {
        use KeystoreError as E;
        // What a person reads leaves out what the system said.
        if matches!(error, E::Missing { .. } | E::Denied { .. } | E::Keychain { .. } | E::Io(_)) {
            tracing::warn!(?error, "the keystore failed");
        }
        Self::Keystore(error)
    }
}

impl From<InvalidText> for NodeError {
    fn from(error: InvalidText) -> Self {
        Self::InvalidName(error)
    }
}

impl From<SessionIdError> for NodeError {
    fn from(error: SessionIdError) -> Self {
        Self::SessionId(error)
    }
}

impl From<SourceError> for NodeError {
    fn from(error: SourceError) -> Self {
        Self::Source(error)
    }
}

impl From<SolanaError> for NodeError {
    fn from(error: SolanaError) -> Self {
        Self::Solana(error)
    }
}

impl From<InvalidIceServer> for NodeError {
    fn from(error: InvalidIceServer) -> Self {
        Self::InvalidIceServer(error)
    }
}
