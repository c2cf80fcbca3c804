//! Opening the keystore and the device's identity in it.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Weak},
};

use coordinator::SecretShare;
use identity::{DeviceId, IdentityKey};
use keystore::{Keystore, KeystoreError, OsKeychain, Passphrase, SecretBytes, SecretName, Vault};
use tokio::task::spawn_blocking;

use super::{
    Actor, Answer, Event, Message, answer,
    credentials::{self, CredentialId},
    lock, nothing, settings,
};
use crate::{
    NodeError,
    handle::Reply,
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
    /// Credentials that the settings name.
    pub(super) credentials: Vec<CredentialId>,
    /// Credentials to be erased.
    pub(super) leftovers: Vec<CredentialId>,
    /// The app is locked: the passphrase must be the right one, whatever the store.
    pub(super) unlocks: bool,
    /// The store that was dropped when the app was locked; somebody may still hold it.
    pub(super) earlier: Option<Weak<dyn Keystore>>,
}

/// An open keystore, and what was found in it.
pub(crate) struct Opened {
    pub(super) keys: Keys,
    /// Of the interrupted ones, those of which nothing is left.
    pub(super) erased: Vec<WalletId>,
    /// Of the finished ones, those whose share is not there: the store is an old copy, or was meddled with.
    pub(super) without_share: Vec<WalletId>,
    /// An app passphrase is set.
    pub(super) app_passphrase: bool,
    /// Credentials that the settings name, as far as they can be read.
    pub(super) credentials: BTreeMap<CredentialId, Arc<SecretBytes>>,
    /// Of the credentials to be erased, those of which nothing is left.
    pub(super) erased_credentials: Vec<CredentialId>,
}

impl Opening {
    /// Opens the store off the async threads; a first start makes the identity.
    pub(super) async fn run(self) -> Result<Opened, NodeError> {
        if let Some(earlier) = &self.earlier {
            lock::let_go(earlier).await;
        }
        spawn_blocking(move || self.run_blocking()).await.map_err(|_| NodeError::Closed)?
    }

    fn run_blocking(self) -> Result<Opened, NodeError> {
        let store: Arc<dyn Keystore> = match (self.kind, &self.passphrase) {
            (KeystoreKind::Os, _) => Arc::new(twice(|| OsKeychain::open(&self.profile))?),
            (KeystoreKind::Vault, None) => return Err(NodeError::VaultLocked),
            // A device that has an identity has a vault: another would be of no use.
            (KeystoreKind::Vault, Some(passphrase)) => {
                Arc::new(if self.vault.exists() || !self.expected.is_empty() {
                    Vault::open(&self.vault, passphrase)?
                } else {
                    Vault::create(&self.vault, passphrase)?
                })
            }
        };
        if self.unlocks && self.kind == KeystoreKind::Os {
            lock::check(store.as_ref(), self.passphrase.as_ref())?;
        }
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
        let credential = |id: CredentialId| Some((id, Arc::new(store.get(&id.name()).ok().flatten()?)));
        Ok(Opened {
            app_passphrase: self.kind == KeystoreKind::Os && lock::is_set(store.as_ref())?,
            credentials: self.credentials.into_iter().filter_map(credential).collect(),
            // Those that are left are tried again at the next opening.
            erased_credentials: credentials::erase(store.as_ref(), &self.leftovers).0,
            keys: Keys { store, identity: Arc::new(identity) },
            erased,
            without_share,
        })
    }
}

impl Actor {
    pub(super) fn keys(&self) -> Result<&Keys, NodeError> {
        match (&self.keys, self.keystore_kind) {
            (KeysState::Open(keys), _) => Ok(keys),
            (KeysState::Shut(KeystoreStatus::Unavailable { error }), _) => {
                Err(NodeError::KeystoreUnavailable(error.clone()))
            }
            (KeysState::Shut(KeystoreStatus::Locked), _) => Err(NodeError::AppLocked),
            (KeysState::Shut(_), _) => Err(NodeError::VaultLocked),
        }
    }

    /// The keys for something that makes shares of its own.
    pub(super) fn settled_keys(&self) -> Result<&Keys, NodeError> {
        let keys = self.keys()?;
        if self.keystore_busy { Err(NodeError::KeystoreBusy) } else { Ok(keys) }
    }

    pub(super) fn opening(&self, passphrase: Option<Passphrase>) -> Result<Opening, NodeError> {
        Ok(Opening {
            kind: self.keystore_kind,
            profile: settings::keychain_profile(&self.storage, &self.profile)?,
            vault: self.profile.vault(),
            passphrase,
            expected: settings::expected_device_ids(&self.storage)?,
            interrupted: self.wallets.interrupted(),
            finished: self.wallets.finished().cloned().collect(),
            credentials: self.named_credentials(),
            leftovers: self.credentials.leftovers(),
            unlocks: self.is_locked(),
            earlier: self.earlier_store.clone(),
        })
    }

    /// Opens it beside the loop; the answer comes with the event.
    pub(super) fn open_keystore(&mut self, passphrase: Option<Passphrase>, reply: Reply<()>) -> Answer {
        if self.keystore_busy {
            return answer(reply, Err(NodeError::KeystoreBusy));
        }
        let (opening, to_self) = match (self.opening(passphrase), self.to_self.upgrade()) {
            (Ok(opening), Some(to_self)) => (opening, to_self),
            (Err(error), _) => return answer(reply, Err(error)),
            (_, None) => return answer(reply, Err(NodeError::Closed)),
        };
        self.keystore_busy = true;
        self.tasks.spawn(async move {
            let event = Event::Keystore { opened: opening.run().await, reply: Some(reply) };
            // The actor may be closing.
            let _ = to_self.send(Message::Event(event)).await;
        });
        nothing()
    }

    pub(super) fn keystore_opened(&mut self, opened: Result<Opened, NodeError>) -> Result<(), NodeError> {
        match opened {
            Ok(Opened { keys, erased, without_share, app_passphrase, credentials, erased_credentials }) => {
                settings::set_device_id(&self.storage, keys.identity.id())?;
                self.note_app_passphrase(app_passphrase)?;
                self.credentials.unlock(credentials);
                self.credentials.erased(&self.storage, &erased_credentials)?;
                self.wallets.forget_interrupted(&self.storage, &erased)?;
                self.wallets.set_without_share(&without_share);
                self.keys = KeysState::Open(keys);
                self.renew_passwords();
                if self.config.resume {
                    self.resume_ceremonies();
                }
                Ok(())
            }
            Err(error) => {
                if self.keystore_kind == KeystoreKind::Os && !self.is_locked() {
                    self.keys = KeysState::Shut(KeystoreStatus::Unavailable { error: error.view() });
                }
                Err(error)
            }
        }
    }

    pub(super) fn use_keystore(&mut self, kind: KeystoreKind, reply: Reply<()>) -> Answer {
        if kind == self.keystore_kind {
            return answer(reply, Ok(()));
        }
        if let Err(error) = self.may_switch().and_then(|()| self.leave_keystore(kind)) {
            return answer(reply, Err(error));
        }
        match kind {
            KeystoreKind::Os => self.open_keystore(None, reply),
            KeystoreKind::Vault => answer(reply, Ok(())),
        }
    }

    /// Only a device whose keys nobody counts on can have others.
    pub(super) fn may_switch(&self) -> Result<(), NodeError> {
        let is_needed = !self.wallets.is_empty()
            || self.wallets.any_damaged()
            || self.sessions.any_running()
            || self.announced.any_waiting();
        if self.is_locked() {
            Err(NodeError::AppLocked)
        } else if self.keystore_busy {
            Err(NodeError::KeystoreBusy)
        } else if is_needed {
            Err(NodeError::KeystoreInUse)
        } else {
            Ok(())
        }
    }

    /// Gives up the identity, first in the database, then in the store. A crash in between leaves secrets there that
    /// are of no use, or are taken up again if the owner goes back to that store.
    fn leave_keystore(&mut self, kind: KeystoreKind) -> Result<(), NodeError> {
        self.storage.together(|storage| {
            settings::set_keystore_kind(storage, kind)?;
            settings::forget_device_id(storage)?;
            settings::set_app_passphrase(storage, false)
        })?;
        self.keystore_kind = kind;
        self.chosen.app_passphrase = false;
        let status = match kind {
            KeystoreKind::Os => KeystoreStatus::Unavailable { error: NodeError::KeystoreBusy.view() },
            KeystoreKind::Vault => KeystoreStatus::NeedsPassphrase { fresh: !self.profile.vault().exists() },
        };
        let before = std::mem::replace(&mut self.keys, KeysState::Shut(status));
        let KeysState::Open(keys) = before else { return Ok(()) };
        self.earlier_store = Some(Arc::downgrade(&keys.store));
        self.stop_browsing();
        self.credentials.lock();
        self.renew_passwords();
        let (credentials, leftovers) = (self.named_credentials(), self.credentials.leftovers());
        self.tasks.spawn(async move {
            let erased = spawn_blocking(move || {
                let credentials = credentials.into_iter().chain(leftovers).map(CredentialId::name);
                let mut names = credentials.chain([SecretName::app_passphrase(), SecretName::identity()]);
                names.try_for_each(|name| keys.store.delete(&name))
            });
            if let Ok(Err(error)) = erased.await {
                tracing::warn!(%error, "what is of no use any more can't be erased from the earlier keystore");
            }
        });
        Ok(())
    }

    pub(super) fn retry_keystore(&mut self, reply: Reply<()>) -> Answer {
        match (&self.keys, self.keystore_kind) {
            (KeysState::Open(_), _) => answer(reply, Ok(())),
            (KeysState::Shut(_), KeystoreKind::Os) => self.open_keystore(None, reply),
            (KeysState::Shut(_), KeystoreKind::Vault) => answer(reply, Err(NodeError::VaultLocked)),
        }
    }
}

/// Erases a wallet's secrets.
pub(crate) fn erase(store: &dyn Keystore, wallet: WalletId) -> Result<(), KeystoreError> {
    store.delete(&SecretName::wallet_share(&wallet.0))?;
    store.delete(&SecretName::link_secret(&wallet.0))
}

/// It may be starting, on the first call's behalf.
fn twice<T>(mut open: impl FnMut() -> Result<T, KeystoreError>) -> Result<T, KeystoreError> {
    match open() {
        Err(KeystoreError::Missing { .. }) => open(),
        opened => opened,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keychain_that_was_just_starting_is_opened_at_the_second_try() {
        let missing = || Err(KeystoreError::Missing { detail: "not yet".to_owned() });
        let mut answers = vec![Ok("open"), missing()];
        assert!(matches!(twice(|| answers.pop().unwrap()), Ok("open")));
        let mut answers = vec![Ok("too late"), missing(), missing()];
        assert!(matches!(twice(|| answers.pop().unwrap()), Err(KeystoreError::Missing { .. })), "two tries");
        let mut answers = vec![Ok("open"), Err(KeystoreError::Locked)];
        assert!(
            matches!(twice(|| answers.pop().unwrap()), Err(KeystoreError::Locked)),
            "nobody is asked twice"
        );
    }
}
