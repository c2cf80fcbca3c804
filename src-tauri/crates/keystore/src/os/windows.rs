//! Windows: the Credential Manager. It is unlocked as long as its user is logged in.

use std::{
    collections::HashMap,
    sync::{Arc, atomic::AtomicBool},
};

use keyring_core::{CredentialStore, Entry, Error};
use windows_native_keyring_store::Store;

use crate::KeystoreError;

pub(super) fn connect(_prompting: &AtomicBool) -> Result<Arc<CredentialStore>, KeystoreError> {
    match Store::new() {
        Ok(store) => Ok(store),
        Err(error) => Err(explain(&error).unwrap_or(KeystoreError::Keychain { detail: error.to_string() })),
    }
}

/// Persistence is `Local`: a key share must not roam to other machines of a domain.
pub(super) fn entry(
    store: &CredentialStore,
    service: &str,
    user: &str,
    _label: &str,
) -> keyring_core::Result<Entry> {
    store.build(service, user, Some(&HashMap::from([("persistence", "Local")])))
}

pub(super) fn explain(error: &Error) -> Option<KeystoreError> {
    match error {
        Error::NoStorageAccess(source) => Some(KeystoreError::Denied { detail: source.to_string() }),
        _ => None,
    }
}
