//! The passphrase vault: all secrets of a profile in one encrypted file.
//!
//! - `format`: the file's bytes.
//! - `file`: how the file is locked, read and replaced.

mod file;
mod format;

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{Keystore, KeystoreError, Passphrase, SecretBytes, SecretName};
use file::Lock;
use format::{Header, VaultKey};

pub use format::Cost;

/// The secrets of a vault by name, in the names' order.
type Secrets = BTreeMap<String, SecretBytes>;

/// An open vault. It holds a lock, so that no other process opens the same file meanwhile.
///
/// Every change encrypts all secrets afresh and replaces the file in one step: a crash leaves the old file or the new one.
/// What a copied file gives away: its size, and an old copy put back in its place is not noticed.
pub struct Vault {
    path: PathBuf,
    open: Mutex<Open>,
    _lock: Lock,
}

struct Open {
    header: Header,
    key: VaultKey,
    secrets: Secrets,
}

impl Vault {
    /// Creates an empty vault; its folder must exist. Takes about a quarter of a second and 64 MiB.
    ///
    /// Errors: [`VaultExists`](KeystoreError::VaultExists), [`PassphraseTooShort`](KeystoreError::PassphraseTooShort),
    /// [`InUse`](KeystoreError::InUse), [`Io`](KeystoreError::Io).
    pub fn create(path: &Path, passphrase: &Passphrase) -> Result<Self, KeystoreError> {
        Self::create_with_cost(path, passphrase, Cost::DESKTOP)
    }

    /// As [`create`](Self::create), with other costs of trying a passphrase.
    pub fn create_with_cost(path: &Path, passphrase: &Passphrase, cost: Cost) -> Result<Self, KeystoreError> {
        passphrase.check_length()?;
        let lock = Lock::acquire(path)?;
        if path.try_exists()? {
            return Err(KeystoreError::VaultExists);
        }
        let (header, key) = Header::fresh(passphrase, cost)?;
        let open = Open { header, key, secrets: Secrets::new() };
        open.store(path)?;
        Ok(Self { path: path.to_owned(), open: Mutex::new(open), _lock: lock })
    }

    /// Opens a vault.
    ///
    /// Errors: [`NoVault`](KeystoreError::NoVault), [`WrongPassphrase`](KeystoreError::WrongPassphrase),
    /// [`Damaged`](KeystoreError::Damaged), [`NewerVersion`](KeystoreError::NewerVersion), [`InUse`](KeystoreError::InUse),
    /// [`Io`](KeystoreError::Io). A file that someone changed on purpose may also look like a wrong passphrase.
    pub fn open(path: &Path, passphrase: &Passphrase) -> Result<Self, KeystoreError> {
        if !path.try_exists()? {
            return Err(KeystoreError::NoVault);
        }
        let lock = Lock::acquire(path)?;
        let (header, key, secrets) = format::decode(&file::read(path)?, passphrase)?;
        Ok(Self { path: path.to_owned(), open: Mutex::new(Open { header, key, secrets }), _lock: lock })
    }

    /// Whether there is a vault at `path`.
    pub fn exists(path: &Path) -> Result<bool, KeystoreError> {
        Ok(path.try_exists()?)
    }

    /// Encrypts the vault with another passphrase. Copies of the old file still open with the old one.
    ///
    /// Errors: [`WrongPassphrase`](KeystoreError::WrongPassphrase) if `old` is not the present one.
    pub fn change_passphrase(&self, old: &Passphrase, new: &Passphrase) -> Result<(), KeystoreError> {
        new.check_length()?;
        let mut open = self.lock();
        open.header.check(old)?;
        let (header, key) = Header::fresh(new, open.header.cost())?;
        let bytes = format::encode(&header, &key, &open.secrets)?;
        file::replace(&self.path, &bytes)?;
        (open.header, open.key) = (header, key);
        Ok(())
    }

    /// A panic while the lock is held leaves the map whole: it changes in single steps.
    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Keystore for Vault {
    fn get(&self, name: &SecretName) -> Result<Option<SecretBytes>, KeystoreError> {
        let open = self.lock();
        Ok(open.secrets.get(&name.to_string()).map(|secret| SecretBytes::copy_of(secret.expose())))
    }

    fn put(&self, name: &SecretName, secret: &SecretBytes) -> Result<(), KeystoreError> {
        secret.check_size()?;
        let name = name.to_string();
        let mut open = self.lock();
        let old = open.secrets.insert(name.clone(), SecretBytes::copy_of(secret.expose()));
        open.store(&self.path).inspect_err(|_| {
            match old {
                Some(old) => open.secrets.insert(name, old),
                None => open.secrets.remove(&name),
            };
        })
    }

    fn delete(&self, name: &SecretName) -> Result<(), KeystoreError> {
        let name = name.to_string();
        let mut open = self.lock();
        let Some(old) = open.secrets.remove(&name) else { return Ok(()) };
        open.store(&self.path).inspect_err(|_| {
            open.secrets.insert(name, old);
        })
    }
}

impl Open {
    fn store(&self, path: &Path) -> Result<(), KeystoreError> {
        file::replace(path, &format::encode(&self.header, &self.key, &self.secrets)?)?;
        Ok(())
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vault({})", self.path.display())
    }
}
