//! Where a device keeps its secrets: key shares, its identity key, link secrets, and passwords of servers and nodes.
//!
//! There are two stores, and the person decides which one is used; the program never switches by itself.
//!
//! - [`OsKeychain`]: the operating system's keychain (Secret Service on Linux, Keychain Services on macOS, Credential
//!   Manager on Windows).
//! - [`Vault`]: one file, encrypted with a passphrase.
//!
//! Both implement [`Keystore`]. Everything here blocks: call it from a thread that may wait, in an async program from
//! `spawn_blocking`.
//!
//! - [`name`]: what a secret is filed under.
//! - [`secret`]: secret bytes and passphrases, which wipe themselves and never print.
//! - [`verifier`]: what a passphrase that opens nothing by itself is checked against.
//! - [`os`]: the OS keychain, probed and bounded in time.
//! - [`vault`]: the vault and its file format.
//! - [`backup`]: secrets in a file of their own, under a passphrase.
//! - [`error`]: what can go wrong.

pub mod backup;
pub mod error;
pub mod name;
pub mod os;
pub mod secret;
pub mod vault;
pub mod verifier;

pub use error::KeystoreError;
pub use name::{Profile, SecretName};
pub use os::OsKeychain;
pub use secret::{Passphrase, SecretBytes};
pub use vault::{Cost, Vault};
pub use verifier::Verifier;

/// A place for secrets. Blocking; safe to share between threads.
pub trait Keystore: Send + Sync {
    /// The secret under this name, or `None` if there is none.
    fn get(&self, name: &SecretName) -> Result<Option<SecretBytes>, KeystoreError>;

    /// Stores a secret, in place of one that had this name. On return it is durable.
    ///
    /// After an error either the old or the new secret is stored; storing again is always safe.
    fn put(&self, name: &SecretName, secret: &SecretBytes) -> Result<(), KeystoreError>;

    /// Erases a secret; no error if there is none.
    fn delete(&self, name: &SecretName) -> Result<(), KeystoreError>;
}
