//! Errors in words.

use identity::InvalidText;
use keystore::KeystoreError;
use mesh::{IceServer, InvalidIceServer, MAX_ICE_SERVERS, session_id::SessionIdError};

use super::{
    MAX_AUTO_LOCK, NodeError,
    money::{build_words, request_words},
    solana::solana_words,
    source::source_words,
    transaction::transaction_words,
};
use crate::{
    message::MessagePart,
    reason::{beyond_unreachable, explained},
};

impl NodeError {
    /// Its name for programs, and what people are told.
    pub(super) fn words(&self) -> (&'static str, Vec<MessagePart>) {
        use MessagePart as M;
        let (code, part) = match self {
            Self::InvalidDevice { device } => ("invalid_device", M::InvalidDevice { device: device.clone() }),
            Self::NoDataFolder => ("data_folder", M::NoDataFolder {}),
            Self::ProfileInUse { device } => ("profile_in_use", M::ProfileInUse { device: device.clone() }),
            Self::DataFolder { folder, reason } => {
                let what = M::DataFolder { folder: folder.clone() };
                return ("data_folder", explained(what, reason, vec![M::CheckDataFolder {}]));
            }
            Self::Database { reason, advice } => {
                let next = vec![M::SharesElsewhere {}, advice.clone()];
                return ("database", explained(M::Database {}, reason, next));
            }
            Self::DamagedRecord => ("database", M::DamagedRecord {}),
            Self::DamagedWallets { count } => ("database", M::DamagedWallets { count: count.to_string() }),
            Self::ShareMissing => ("share_missing", M::ShareMissing {}),
            Self::Keystore(error) => keystore_words(error),
            Self::KeystoreUnavailable(error) => return ("keystore", error.parts.clone()),
            Self::VaultLocked => ("vault_locked", M::VaultLocked {}),
            Self::AppLocked => ("app_locked", M::AppLocked {}),
            Self::NoVault => ("keystore", M::NoVault {}),
            Self::KeystoreInUse => ("keystore", M::KeystoreInUse {}),
            Self::KeystoreBusy => ("keystore", M::KeystoreBusy {}),
            Self::IdentityLost => ("identity_lost", M::IdentityLost {}),
            Self::LockedOut => ("session_running", M::LockedOutBySession {}),
            Self::NothingToUnlockWith => ("no_passphrase", M::NothingToUnlockWith {}),
            Self::VaultHasPassphrase => ("keystore", M::VaultHasPassphrase {}),
            Self::AppPassphraseLost => ("keystore", M::AppPassphraseLost {}),
            Self::NoServer => ("no_server", M::NoServer {}),
            Self::InvalidServer { url } => ("invalid_server", M::InvalidServer { url: url.clone() }),
            Self::ServerUnreachable { reason } => {
                let next = vec![M::CheckNetwork {}];
                return (
                    "server_unreachable",
                    explained(M::ServerSilent {}, &beyond_unreachable(reason), next),
                );
            }
            Self::OtherServer { server } => ("other_server", M::OtherServer { server: server.clone() }),
            Self::InvalidName(error) => ("invalid_name", name_words(*error)),
            Self::InvalidCiphersuite(curve) => {
                ("invalid_curve", M::InvalidCiphersuite { curve: curve.clone() })
            }
            Self::InvalidNetwork { network, choices } if choices.is_empty() => {
                ("invalid_network", M::RawHasNoNetwork { network: network.clone() })
            }
            Self::InvalidNetwork { network, choices } => {
                let (network, choices) = (network.clone(), choices.clone());
                ("invalid_network", M::InvalidNetwork { network, choices })
            }
            Self::UnknownNetwork { network } => {
                ("unknown_network", M::UnknownNetwork { network: network.clone() })
            }
            Self::InvalidParticipants { participants } => {
                ("invalid_participants", M::InvalidParticipants { participants: participants.to_string() })
            }
            Self::InvalidThreshold { threshold, participants } => {
                let (threshold, participants) = (threshold.to_string(), participants.to_string());
                ("invalid_threshold", M::InvalidThreshold { threshold, participants })
            }
            Self::SessionId(error) => session_id_words(error),
            Self::AlreadyJoined => ("already_joined", M::AlreadyJoined {}),
            Self::TooManySessions { most } => {
                ("too_many_sessions", M::TooManySessions { most: most.to_string() })
            }
            Self::UnknownSession => ("unknown_session", M::UnknownSession {}),
            Self::TooLate => ("too_late", M::TooLate {}),
            Self::StillRunning => ("still_running", M::StillRunning {}),
            Self::UnknownRequest => ("unknown_request", M::UnknownRequest {}),
            Self::UnknownAnnouncement => ("unknown_request", M::UnknownAnnouncement {}),
            Self::UnknownSigning => ("unknown_signing", M::UnknownSigning {}),
            Self::UnreadableSigning => ("unreadable_signing", M::UnreadableSigning {}),
            Self::NewerSigning => ("newer_signing", M::NewerSigning {}),
            Self::ReplacesNothing => ("replaces_nothing", M::ReplacesNothing {}),
            Self::EarlySigning => ("early_signing", M::EarlySigning {}),
            Self::OtherCoins => ("other_coins", M::OtherCoins {}),
            Self::DamagedSignings { wallet, requests } => {
                let (wallet, count) = (wallet.clone(), requests.len().to_string());
                ("damaged_signings", M::DamagedSignings { count, wallet, requests: requests.join(", ") })
            }
            Self::SigningOver => ("signing_over", M::SigningOver {}),
            Self::NotOwnSigning => ("not_own_signing", M::NotOwnSigning {}),
            Self::NotSignedMessage => ("not_signed_message", M::NotSignedMessage {}),
            Self::WrongSignature => ("wrong_signature", M::WrongSignature {}),
            Self::NoSignature => ("no_signature", M::NoSignature {}),
            Self::InvalidMessage => ("invalid_message", M::InvalidMessage {}),
            Self::Transaction(error) => transaction_words(error),
            Self::Solana(error) => solana_words(error),
            Self::Source(error) => source_words(error),
            Self::NoLedger => ("no_ledger", M::NoLedger {}),
            Self::NotBitcoin => ("not_bitcoin", M::NotBitcoin {}),
            Self::PaymentRequest(error) => request_words(error),
            Self::Build(error) => build_words(error),
            Self::NoAmount => ("invalid_amount", M::AmountMissing {}),
            Self::InvalidFeeRate => ("invalid_fee_rate", M::InvalidFeeRate {}),
            Self::UnknownCoin => ("unknown_coin", M::CoinUnknown {}),
            Self::UnknownTransaction => ("unknown_transaction", M::UnknownTransaction {}),
            Self::NotLookedUp => ("not_looked_up", M::NotLookedUp {}),
            Self::InvalidLabel(_) => ("invalid_label", M::InvalidLabel {}),
            Self::UnknownLabelled => ("invalid_label", M::UnknownLabelled {}),
            Self::NoLabels => ("no_labels", M::NoLabels {}),
            Self::NotKept => ("not_kept", M::NotKept {}),
            Self::TooManySignings => ("too_many_signings", M::TooManySignings {}),
            Self::NotMeeting => ("not_meeting", M::NotMeeting {}),
            Self::UnknownWallet(wallet) => ("unknown_wallet", M::UnknownWallet { wallet: wallet.clone() }),
            Self::AmbiguousWallet(wallet) => {
                ("ambiguous_wallet", M::AmbiguousWallet { wallet: wallet.clone() })
            }
            Self::OtherName { name } => ("other_name", M::OtherName { name: name.clone() }),
            Self::WalletBeingMade => ("still_running", M::WalletBeingMade {}),
            Self::NotRemoved { reason } => {
                return ("not_erased", vec![M::NotRemoved {}, reason.clone(), M::GoesOnErasing {}]);
            }
            Self::TooManyAddresses { most } => {
                ("too_many_addresses", M::TooManyAddresses { most: most.to_string() })
            }
            Self::UnknownContact => ("unknown_contact", M::UnknownContact {}),
            Self::NameTaken { name } => ("name_taken", M::NameTaken { name: name.clone() }),
            Self::Certificate(error) => return error.words(),
            Self::Unfinished { missing } if missing.is_empty() => ("unfinished", M::WalletUnfinishedByAll {}),
            Self::Unfinished { missing } => {
                ("unfinished", M::WalletUnfinished { names: missing.iter().collect() })
            }
            Self::NotErased { reason } => {
                let next = vec![M::ShareStillHere {}, M::MendThenDiscard {}];
                return ("not_erased", explained(M::NotErased {}, reason, next));
            }
            Self::NotResumed { wallet, reason } => {
                let (what, next) = (M::NotResumed { wallet: wallet.clone() }, M::MendThenRestart {});
                return ("not_resumed", explained(what, reason, vec![M::NothingErased {}, next]));
            }
            Self::NotUnfinished => ("not_unfinished", M::WalletInUse {}),
            Self::Quarantined => ("quarantined", M::Quarantined {}),
            Self::NoAddress { network, advice } => {
                let what = match network {
                    Some(network) => M::NoAddress { network: network.clone() },
                    None => M::NoAddressAnywhere {},
                };
                return ("no_address", vec![what, advice.clone()]);
            }
            Self::DamagedBackup => ("damaged_backup", M::DamagedBackup {}),
            Self::NewerBackup => ("damaged_backup", M::NewerBackup {}),
            Self::NotEmpty => ("not_empty", M::NotEmpty {}),
            Self::InvalidAutoLock => {
                ("invalid_settings", M::InvalidAutoLock { most: MAX_AUTO_LOCK.to_string() })
            }
            Self::InvalidIceServer(error) => ("invalid_ice_server", ice_server_words(*error)),
            Self::IceServerTwice { url } => ("invalid_ice_server", M::IceServerTwice { url: url.clone() }),
            Self::TooManyIceServers => {
                ("invalid_ice_server", M::TooManyIceServers { most: MAX_ICE_SERVERS.to_string() })
            }
            Self::IceCredentialsUnread => ("ice_credentials", M::IceCredentialsUnread {}),
            Self::PortTaken { port } => ("port_taken", M::PortTaken { port: port.to_string() }),
            Self::PortHosted { port } => ("port_taken", M::PortHosted { port: port.to_string() }),
            Self::PortForbidden { port } => ("port_forbidden", M::PortForbidden { port: port.to_string() }),
            Self::HostingFailed { reason } => {
                return ("hosting", explained(M::HostingFailed {}, reason, vec![M::HostAgain {}]));
            }
            Self::HostingStopped => return ("hosting", vec![M::HostingStopped {}, M::HostAgain {}]),
            Self::HostingBusy => ("hosting", M::HostingBusy {}),
            Self::HostingInUse => ("hosting_in_use", M::HostingInUse {}),
            Self::NoRandomness => ("no_randomness", M::NoRandomness {}),
            Self::Closed => ("closed", M::Closed {}),
        };
        (code, vec![part])
    }
}

/// What happened to a keystore, that nothing is lost, and what to do.
pub(crate) fn keystore_words(error: &KeystoreError) -> (&'static str, MessagePart) {
    use {KeystoreError as E, MessagePart as M};
    match error {
        E::Missing { .. } => ("keystore_missing", M::KeychainMissing {}),
        E::Locked => ("keystore_locked", M::KeychainLocked {}),
        E::Denied { .. } => ("keystore_denied", M::KeychainDenied {}),
        E::WrongPassphrase => ("wrong_passphrase", M::WrongPassphrase {}),
        E::PassphraseTooShort { least } => {
            ("passphrase_too_short", M::PassphraseTooShort { least: least.to_string() })
        }
        E::Keychain { .. } => ("keystore", M::KeychainFailed {}),
        E::Ambiguous { .. } => ("keystore", M::KeychainAmbiguous {}),
        E::InvalidProfile => ("keystore", M::InvalidProfile {}),
        E::TooLarge { .. } => ("keystore", M::SecretTooLarge {}),
        E::NoVault => ("keystore", M::VaultMissing {}),
        E::VaultExists => ("keystore", M::VaultExists {}),
        E::InUse => ("keystore", M::VaultInUse {}),
        E::Damaged => ("keystore", M::VaultDamaged {}),
        E::NewerVersion(_) => ("keystore", M::VaultNewer {}),
        E::Io(_) => ("keystore", M::VaultIo {}),
        E::OutOfMemory => ("keystore", M::OutOfMemory {}),
        E::NoRandomness => ("keystore", M::KeystoreNoRandomness {}),
        _ => ("keystore", M::KeystoreFailed {}),
    }
}

fn name_words(error: InvalidText) -> MessagePart {
    match error {
        InvalidText::Empty => MessagePart::NameEmpty {},
        InvalidText::TooLong { length, most } => {
            MessagePart::NameTooLong { length: length.to_string(), most: most.to_string() }
        }
        InvalidText::Unshowable(character) => {
            MessagePart::NameUnshowable { character: format!("U+{:04X}", u32::from(character)) }
        }
        _ => MessagePart::NameUnshowable { character: "?".to_owned() },
    }
}

fn session_id_words(error: &SessionIdError) -> (&'static str, MessagePart) {
    use MessagePart as M;
    match error {
        SessionIdError::NotFound => ("session_id_not_found", M::SessionIdNotFound {}),
        SessionIdError::NewerVersion(_) => ("session_id_newer", M::SessionIdNewer {}),
        SessionIdError::Incomplete => ("session_id_incomplete", M::SessionIdIncomplete {}),
        SessionIdError::Typo { position: Some(position) } => {
            ("session_id_typo", M::SessionIdTypoAt { position: position.to_string() })
        }
        SessionIdError::Typo { position: None } => ("session_id_typo", M::SessionIdTypo {}),
        _ => ("session_id_typo", M::SessionIdBadServer {}),
    }
}

fn ice_server_words(error: InvalidIceServer) -> MessagePart {
    use {InvalidIceServer as E, MessagePart as M};
    match error {
        E::Scheme => M::IceServerScheme {},
        E::Transport => M::IceServerTransport {},
        E::Host => M::IceServerHost {},
        E::Port => M::IceServerPort {},
        E::Extra => M::IceServerExtra {},
        E::NoCredential => M::IceServerNoCredential {},
        E::NeedlessCredential => M::IceServerNeedlessCredential {},
        E::Control => M::IceServerControl {},
        E::TooLong => M::IceServerTooLong {
            url: IceServer::MAX_URL.to_string(),
            each: IceServer::MAX_CREDENTIAL.to_string(),
        },
        _ => M::IceServerInvalid {},
    }
}
