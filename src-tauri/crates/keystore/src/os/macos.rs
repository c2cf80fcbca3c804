//! macOS: the login keychain of Keychain Services.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use apple_native_keyring_store::keychain::Store;
use keyring_core::{CredentialStore, Entry, Error};

use crate::KeystoreError;

/// Reads an item that does not exist: the system asks for the keychain's password if it is locked.
pub(super) fn connect(prompting: &AtomicBool) -> Result<Arc<CredentialStore>, KeystoreError> {
    prompting.store(true, Ordering::SeqCst);
    let probe =
        |error: &Error| explain(error).unwrap_or(KeystoreError::Keychain { detail: error.to_string() });
    let store: Arc<CredentialStore> = match Store::new() {
        Ok(store) => store,
        Err(error) => return Err(probe(&error)),
    };
    let entry = store.build(super::SERVICE, "probe", None).map_err(|error| probe(&error))?;
    match entry.get_secret() {
        Ok(_) | Err(Error::NoEntry) => Ok(store),
        Err(error) => Err(probe(&error)),
    }
}

/// Keychain Services shows the service and the account; an item has no label of its own here.
pub(super) fn entry(
    store: &CredentialStore,
    service: &str,
    user: &str,
    _label: &str,
) -> keyring_core::Result<Entry> {
    store.build(service, user, None)
}

/// What an error of the store means, by its code in `SecBase.h`, where it says more than "failed".
pub(super) fn explain(error: &Error) -> Option<KeystoreError> {
    let (Error::NoStorageAccess(source) | Error::PlatformFailure(source)) = error else { return None };
    let detail = source.to_string();
    match source.downcast_ref::<security_framework::base::Error>()?.code() {
        // errSecUserCanceled, errSecAuthFailed, errSecInteractionNotAllowed, errSecInteractionRequired
        -128 | -25293 | -25308 | -25315 => Some(KeystoreError::Locked),
        // errSecNotAvailable, errSecNoSuchKeychain, errSecNoDefaultKeychain
        -25291 | -25294 | -25307 => Some(KeystoreError::Missing { detail }),
        // errSecWrPerm, errSecNoAccessForItem, errSecReadOnly, errSecInvalidOwnerEdit, errSecMissingEntitlement
        -61 | -25243 | -25292 | -25244 | -34018 => Some(KeystoreError::Denied { detail }),
        _ => None,
    }
}
