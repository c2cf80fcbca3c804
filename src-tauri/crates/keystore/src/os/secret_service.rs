//! Linux and other Unix systems: the Secret Service (GNOME Keyring, KWallet, KeePassXC …) on the session's D-Bus.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use keyring_core::{CredentialStore, Entry};
use secret_service::{EncryptionType, Error, blocking::SecretService};
use zbus_secret_service_keyring_store::Store;

use crate::KeystoreError;

/// D-Bus errors that say that nobody offers the Secret Service, nor can be started to.
const NOBODY: [&str; 4] = [
    "org.freedesktop.DBus.Error.ServiceUnknown",
    "org.freedesktop.DBus.Error.NameHasNoOwner",
    "org.freedesktop.DBus.Error.Spawn",
    "org.freedesktop.DBus.Error.NoServer",
];
const ACCESS_DENIED: &str = "org.freedesktop.DBus.Error.AccessDenied";

/// Connects, and unlocks the default collection (creating it where there is none).
/// Sets `prompting` before the service may ask the person something.
pub(super) fn connect(prompting: &AtomicBool) -> Result<Arc<CredentialStore>, KeystoreError> {
    let service = SecretService::connect(EncryptionType::Dh).map_err(|error| missing_or_denied(&error))?;
    match service.get_default_collection() {
        Ok(collection) => {
            if collection.is_locked().map_err(|error| classify(&error))? {
                prompting.store(true, Ordering::SeqCst);
                collection.unlock().map_err(|error| classify(&error))?;
                collection.ensure_unlocked().map_err(|error| classify(&error))?;
            }
        }
        Err(Error::NoResult) => {
            prompting.store(true, Ordering::SeqCst);
            service.create_collection("Default keyring", "default").map_err(|error| classify(&error))?;
        }
        Err(error) => return Err(classify(&error)),
    }
    match Store::new() {
        Ok(store) => Ok(store),
        Err(error) => Err(explain(&error).unwrap_or(KeystoreError::Keychain { detail: error.to_string() })),
    }
}

pub(super) fn entry(
    store: &CredentialStore,
    service: &str,
    user: &str,
    label: &str,
) -> keyring_core::Result<Entry> {
    store.build(service, user, Some(&HashMap::from([("label", label)])))
}

/// What an error of the store means, where it says more than "failed".
pub(super) fn explain(error: &keyring_core::Error) -> Option<KeystoreError> {
    match error {
        keyring_core::Error::NoStorageAccess(source) | keyring_core::Error::PlatformFailure(source) => {
            source.downcast_ref().map(classify)
        }
        _ => None,
    }
}

fn classify(error: &Error) -> KeystoreError {
    match error {
        Error::Locked | Error::Prompt | Error::PromptDisconnected | Error::NoResult => KeystoreError::Locked,
        Error::Unavailable => KeystoreError::Missing { detail: error.to_string() },
        other => by_bus_name(other).unwrap_or(KeystoreError::Keychain { detail: other.to_string() }),
    }
}

/// For the first contact: whatever fails there, apart from a refusal, means that there is no service to talk to.
fn missing_or_denied(error: &Error) -> KeystoreError {
    by_bus_name(error).unwrap_or(KeystoreError::Missing { detail: error.to_string() })
}

fn by_bus_name(error: &Error) -> Option<KeystoreError> {
    let detail = error.to_string();
    if detail.contains(ACCESS_DENIED) {
        Some(KeystoreError::Denied { detail })
    } else if NOBODY.iter().any(|name| detail.contains(name)) {
        Some(KeystoreError::Missing { detail })
    } else {
        None
    }
}
