//! Opening the keystore and the device's identity in it.

use std::{path::PathBuf, sync::Arc};

use coordinator::SecretShare;
use identity::{DeviceId, IdentityKey};
use keystore::{Keystore, KeystoreError, OsKeychain, Passphrase, SecretBytes, SecretName, Vault};
use tokio::task::spawn_blocking;

use crate::{
    NodeError,
    snapshot::{KeystoreKind, KeystoreStatus},
    storage::WalletId,
    wallet::Wallet,
};

/// The open keystore and what is needed from it all the time.
#[derive(Clone)]
pub(crate) struct Keys {
    pub(crate) store: Arc<dyn Keystore>,
    pub(crate) identity: Arc<IdentityKey>,
}

/// Whether secrets can be used.
pub(super) enum KeysState {
    Open(Keys),
    Shut(KeystoreStatus),
}

/// What opening needs to know.
pub(super) struct Opening {
    pub(super) kind: KeystoreKind,
    /// The keychain items' namespace.
    pub(super) profile: String,
    pub(super) vault: PathBuf,
    pub(super) passphrase: Option<Passphrase>,
    /// The identities of which the store must hold one, once the device has one: two while a backup is being
    /// restored.
    pub(super) expected: Vec<DeviceId>,
    /// Wallets whose storing was interrupted before anything was signed: what is left of them is erased.
    pub(super) interrupted: Vec<WalletId>,
    /// Wallets whose share must be there.
    pub(super) finished: Vec<Wallet>,
}

/// An open keystore, and what was found in it.
pub(crate) struct Opened {
    pub(super) keys: Keys,
    /// Of the interrupted ones, those of which nothing is left.
    pub(super) erased: Vec<WalletId>,
    /// Of the finished ones, those whose share is not there: the store is an old copy, or was meddled with.
    pub(super) without_share: Vec<WalletId>,
}

impl Opening {
    /// Opens the store off the async threads; a first start makes the identity.
    pub(super) async fn run(self) -> Result<Opened, NodeError> {
        spawn_blocking(move || self.run_blocking()).await.map_err(|_| NodeError::Closed)?
    }

    fn run_blocking(self) -> Result<Opened, NodeError> {
        let store: Arc<dyn Keystore> = match (self.kind, self.passphrase) {
            (KeystoreKind::Os, _) => Arc::new(match OsKeychain::open(&self.profile) {
                // It may be starting, on the first call's behalf.
                Err(KeystoreError::Missing { .. }) => OsKeychain::open(&self.profile)?,
                opened => opened?,
            }),
            (KeystoreKind::Vault, None) => return Err(NodeError::VaultLocked),
            (KeystoreKind::Vault, Some(passphrase)) => Arc::new(if self.vault.exists() {
                Vault::open(&self.vault, &passphrase)?
            } else {
                Vault::create(&self.vault, &passphrase)?
            }),
        };
        let identity = match store.get(&SecretName::identity())? {
            Some(secret) => {
                let seed = secret.expose().try_into().map_err(|_| NodeError::IdentityLost)?;
                let identity = IdentityKey::from_secret_bytes(seed);
                if !self.expected.is_empty() && !self.expected.contains(&identity.id()) {
                    return Err(NodeError::IdentityLost);
                }
                identity
            }
            None if !self.expected.is_empty() => return Err(NodeError::IdentityLost),
            None => {
                let identity = IdentityKey::generate()?;
                store
                    .put(&SecretName::identity(), &SecretBytes::copy_of(identity.secret_bytes().as_ref()))?;
                identity
            }
        };
        let mut erased = self.interrupted;
        erased.retain(|wallet| match erase(store.as_ref(), *wallet) {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(%error, "what is left of an interrupted ceremony can't be erased yet");
                false
            }
        });
        let mut without_share = Vec::new();
        for wallet in self.finished {
            let share = store.get(&SecretName::wallet_share(&wallet.id().0))?;
            let share = share.and_then(|share| SecretShare::from_bytes(share.expose()).ok());
            if !share.is_some_and(|share| wallet.belongs_to(&identity, &share)) {
                without_share.push(wallet.id());
            }
        }
        Ok(Opened { keys: Keys { store, identity: Arc::new(identity) }, erased, without_share })
    }
}

/// Erases a wallet's secrets.
pub(crate) fn erase(store: &dyn Keystore, wallet: WalletId) -> Result<(), KeystoreError> {
    store.delete(&SecretName::wallet_share(&wallet.0))?;
    store.delete(&SecretName::link_secret(&wallet.0))
}
