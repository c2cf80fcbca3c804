//! What can go wrong with a keystore, and what to tell the person.

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

impl KeystoreError {
    /// Advice for a person: what happened, that nothing is lost, and what to do.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Missing { .. } => {
                "Permafrost found no keychain service. Nothing is lost. Install and start one (GNOME Keyring or KWallet) \
                 and try again, or choose the passphrase vault."
            }
            Self::Locked => {
                "The keychain is locked. Nothing is lost. Unlock it (log in again, or answer its prompt) and try \
                 again. If you don't use a keychain, choose the passphrase vault."
            }
            Self::Denied { .. } => {
                "The system refused Permafrost access to the keychain. Nothing is lost. Allow it in the system's settings \
                 (or in the sandbox's permissions) and try again, or choose the passphrase vault."
            }
            Self::Keychain { .. } => {
                "The keychain gave an error. What it already holds is untouched. Try again; if that does not help, \
                 restart the keychain service or the computer."
            }
            Self::Ambiguous { .. } => {
                "Two keychain items have the same name. Nothing is lost. Open the system's keychain program, look for \
                 Permafrost, and remove the copy that does not belong there."
            }
            Self::InvalidProfile => "Choose a profile name of letters, digits, dots, dashes and underscores.",
            Self::TooLarge { .. } => "Nothing was stored. Please report this: it should not happen.",
            Self::NoVault => "Create a vault first, or check that this is the right profile.",
            Self::VaultExists => "Nothing was changed. Unlock the vault that is there.",
            Self::InUse => {
                "Nothing is lost. Close the other Permafrost that uses this profile, then try again."
            }
            Self::PassphraseTooShort { .. } => {
                "Choose a longer passphrase: several unrelated words are best."
            }
            Self::WrongPassphrase => {
                "Nothing is lost. Check the keyboard layout and Caps Lock, then try again."
            }
            Self::Damaged => {
                "The vault's file was changed or cut short. Don't delete it: keep a copy, and restore the file from a \
                 backup. The other devices of your wallets still hold their shares."
            }
            Self::NewerVersion(_) => "Nothing is lost. Update Permafrost on this computer, then try again.",
            Self::Io(_) => {
                "The vault as it was last stored is still there. Check that the disk has room and that the folder is yours."
            }
            Self::OutOfMemory => "Nothing is lost. Close other programs, then try again.",
            Self::NoRandomness => "Nothing was stored. Restart the computer, then try again.",
        }
    }
}
