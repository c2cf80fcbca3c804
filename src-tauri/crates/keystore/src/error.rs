//! What can go wrong with a keystore.

use std::io;

/// Why a keystore can't do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeystoreError {
    /// There is no keychain service here.
    #[error("this computer has no keychain service running")]
    Missing {
        /// What the system said.
        detail: String,
    },
    /// The keychain is locked, and nobody unlocked it in time or its prompt was dismissed.
    #[error("the keychain is locked")]
    Locked,
    /// The system refuses this program access to the keychain.
    #[error("the system does not let Permafrost use the keychain")]
    Denied {
        /// What the system said.
        detail: String,
    },
    /// The keychain failed in some other way.
    #[error("the keychain failed: {detail}")]
    Keychain {
        /// What the system said.
        detail: String,
    },
    /// There are two items under one name, so that none can be trusted.
    #[error("the keychain holds the item {name} twice")]
    Ambiguous {
        /// The secret's name.
        name: String,
    },
    /// The profile's name has characters that it can't have.
    #[error("a profile's name has 1 to 40 letters, digits, dots, dashes or underscores")]
    InvalidProfile,
    /// The secret is larger than every store takes.
    #[error("the secret is larger than {most} bytes")]
    TooLarge {
        /// Bytes allowed.
        most: usize,
    },
    /// There is no vault at that path.
    #[error("there is no vault yet")]
    NoVault,
    /// There is a vault already; creating one would destroy it.
    #[error("there is a vault already")]
    VaultExists,
    /// Another process, or another part of this one, has the vault open.
    #[error("the vault is open in another program")]
    InUse,
    /// The new passphrase is too short.
    #[error("the passphrase has fewer than {least} characters")]
    PassphraseTooShort {
        /// Characters needed.
        least: usize,
    },
    /// The passphrase is not the vault's.
    #[error("wrong passphrase")]
    WrongPassphrase,
    /// The vault's file is not as it was written.
    #[error("the vault's file is damaged")]
    Damaged,
    /// A newer version of the program wrote the vault.
    #[error("the vault was written by a newer version (format {0})")]
    NewerVersion(u8),
    /// Reading or writing the vault's file failed.
    #[error("the vault's file: {0}")]
    Io(#[from] io::Error),
    /// The vault needs more memory than there is.
    #[error("not enough memory to unlock the vault")]
    OutOfMemory,
    /// The system's random number generator failed.
    #[error("the system's random number generator failed")]
    NoRandomness,
}
