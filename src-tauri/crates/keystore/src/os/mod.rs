//! The operating system's keychain.
//!
//! Keychain calls can block for as long as a prompt stays on the screen, and the D-Bus client must not run on a thread that
//! belongs to an async runtime. So one thread per [`OsKeychain`] makes all calls, in order, and callers wait for its answer
//! for a bounded time.

#[cfg(target_os = "macos")]
mod macos;
#[cfg(all(unix, not(target_os = "macos")))]
mod secret_service;
#[cfg(target_os = "windows")]
mod windows;
mod worker;

#[cfg(target_os = "macos")]
use macos as platform;
#[cfg(all(unix, not(target_os = "macos")))]
use secret_service as platform;
#[cfg(target_os = "windows")]
use windows as platform;

use std::{fmt, time::Duration};

use crate::{Keystore, KeystoreError, Profile, SecretBytes, SecretName};
use worker::{Action, Worker};

/// The service under which every item of Permafrost is filed.
const SERVICE: &str = "permafrost";

/// The OS keychain, as one profile sees it.
///
/// Items are filed under service `permafrost` and user name `<profile>/<name>`.
pub struct OsKeychain {
    profile: Profile,
    worker: Worker,
}

impl OsKeychain {
    /// How long [`open`](Self::open) and every call wait: time enough to type a password into the system's prompt.
    pub const PATIENCE: Duration = Duration::from_secs(60);

    /// Connects to the keychain and sees to it that it is unlocked; the system may ask the person for its password.
    ///
    /// Errors: [`Missing`](KeystoreError::Missing), [`Locked`](KeystoreError::Locked) (also when nobody answers the prompt),
    /// [`Denied`](KeystoreError::Denied), [`InvalidProfile`](KeystoreError::InvalidProfile).
    pub fn open(profile: &str) -> Result<Self, KeystoreError> {
        Self::open_within(profile, Self::PATIENCE)
    }

    /// As [`open`](Self::open), with another bound on how long it and every later call wait.
    pub fn open_within(profile: &str, patience: Duration) -> Result<Self, KeystoreError> {
        let profile = profile.parse()?;
        Ok(Self { profile, worker: Worker::start(patience)? })
    }

    fn call(&self, name: &SecretName, action: Action) -> Result<Option<SecretBytes>, KeystoreError> {
        let user = format!("{}/{name}", self.profile);
        let label = format!("Permafrost ({}): {}", self.profile, name.title());
        self.worker.call(user, label, action)
    }
}

impl Keystore for OsKeychain {
    fn get(&self, name: &SecretName) -> Result<Option<SecretBytes>, KeystoreError> {
        self.call(name, Action::Get)
    }

    fn put(&self, name: &SecretName, secret: &SecretBytes) -> Result<(), KeystoreError> {
        secret.check_size()?;
        self.call(name, Action::Put(SecretBytes::copy_of(secret.expose()))).map(drop)
    }

    fn delete(&self, name: &SecretName) -> Result<(), KeystoreError> {
        self.call(name, Action::Delete).map(drop)
    }
}

impl fmt::Debug for OsKeychain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OsKeychain({})", self.profile)
    }
}
