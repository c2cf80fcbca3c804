//! Locking the app: its secrets are dropped from memory until a passphrase is given.
//!
//! A vault's passphrase opens the vault, so there is nothing to bypass. The app passphrase of a device that keeps its
//! secrets in the OS keychain keeps people at the window out, not programs: the keychain stays open for this user.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use keystore::{Keystore, KeystoreError, Passphrase, SecretName, Verifier};
use tokio::{
    task::spawn_blocking,
    time::{Instant, sleep},
};

use super::{Actor, Answer, Event, Message, answer, keys::KeysState, nothing, settings};
use crate::{
    NodeError,
    handle::Reply,
    snapshot::{KeystoreKind, KeystoreStatus},
};

/// How long whoever still holds a secret may take to let go of it.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often that is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

impl Actor {
    pub(super) fn is_locked(&self) -> bool {
        matches!(self.keys, KeysState::Shut(KeystoreStatus::Locked))
    }

    /// Answered when nothing holds the secrets any more: sessions that only wait for others' confirmations end first.
    pub(super) fn lock(&mut self, reply: Reply<()>) -> Answer {
        if self.is_locked() {
            return answer(reply, Ok(()));
        }
        if let Err(error) = self.may_lock() {
            return answer(reply, Err(error));
        }
        let shut = KeysState::Shut(KeystoreStatus::Locked);
        let KeysState::Open(keys) = std::mem::replace(&mut self.keys, shut) else {
            return answer(reply, Err(NodeError::VaultLocked));
        };
        let store = Arc::downgrade(&keys.store);
        drop(keys);
        self.earlier_store = Some(store.clone());
        let credentials = self.credentials.lock();
        self.renew_passwords();
        self.stop_browsing();
        self.sessions.close_all();
        self.tasks.spawn(async move {
            let_go(&store).await;
            for credential in credentials {
                let_go(&credential).await;
            }
            // Whoever asked may have gone.
            drop(reply.send(Ok(())));
        });
        nothing()
    }

    fn may_lock(&self) -> Result<(), NodeError> {
        self.settled_keys()?;
        if self.keystore_kind == KeystoreKind::Os && !self.chosen.app_passphrase {
            Err(NodeError::NothingToUnlockWith)
        } else if self.sessions.any_under_way() || self.announced.any_waiting() {
            Err(NodeError::LockedOut)
        } else {
            Ok(())
        }
    }

    pub(super) fn unlock(&mut self, passphrase: Passphrase, reply: Reply<()>) -> Answer {
        match (&self.keys, self.keystore_kind) {
            (KeysState::Open(_), _) => answer(reply, Ok(())),
            (KeysState::Shut(KeystoreStatus::Locked), _) | (_, KeystoreKind::Vault) => {
                self.open_keystore(Some(passphrase), reply)
            }
            (_, KeystoreKind::Os) => answer(reply, Err(NodeError::NoVault)),
        }
    }

    /// Checks the present one and stores the new one beside the loop: both take a while.
    pub(super) fn set_app_passphrase(
        &mut self,
        current: Option<Passphrase>,
        new: Option<Passphrase>,
        reply: Reply<()>,
    ) -> Answer {
        if self.keystore_kind == KeystoreKind::Vault {
            return answer(reply, Err(NodeError::VaultHasPassphrase));
        }
        let store = self.settled_keys().map(|keys| keys.store.clone());
        let (store, to_self) = match (store, self.to_self.upgrade()) {
            (Ok(store), Some(to_self)) => (store, to_self),
            (Err(error), _) => return answer(reply, Err(error)),
            (_, None) => return answer(reply, Err(NodeError::Closed)),
        };
        self.keystore_busy = true;
        self.tasks.spawn(async move {
            let changed = spawn_blocking(move || change(store.as_ref(), current.as_ref(), new.as_ref()));
            let change = changed.await.unwrap_or(Err(NodeError::Closed));
            // The actor may be closing.
            let _ = to_self.send(Message::Event(Event::AppPassphrase { change, reply })).await;
        });
        nothing()
    }

    /// The present one was right. A new one is in the keychain already; one to be removed is erased from there after
    /// the database has forgotten it, so that no crash leaves a device that waits for a passphrase which is gone.
    pub(super) fn app_passphrase_checked(
        &mut self,
        change: Result<Change, NodeError>,
        reply: Reply<()>,
    ) -> Answer {
        let store = change.and_then(|change| {
            settings::set_app_passphrase(&self.storage, change == Change::Set)?;
            self.chosen.app_passphrase = change == Change::Set;
            let erases = change == Change::Remove;
            erases.then(|| self.keys().map(|keys| keys.store.clone())).transpose()
        });
        let (store, to_self) = match (store, self.to_self.upgrade()) {
            (Ok(Some(store)), Some(to_self)) => (store, to_self),
            (store, _) => {
                self.keystore_busy = false;
                return answer(reply, store.map(drop));
            }
        };
        self.tasks.spawn(async move {
            let erased = spawn_blocking(move || store.delete(&SecretName::app_passphrase())).await;
            let erased = erased.map_err(|_| NodeError::Closed).and_then(|erased| Ok(erased?));
            // The actor may be closing.
            let _ = to_self.send(Message::Event(Event::AppPassphraseErased { erased, reply })).await;
        });
        nothing()
    }

    pub(super) fn app_passphrase_erased(
        &mut self,
        erased: Result<(), NodeError>,
        reply: Reply<()>,
    ) -> Answer {
        self.keystore_busy = false;
        let noted = self.note_app_passphrase(erased.is_err());
        answer(reply, erased.and(noted))
    }

    /// Makes up for what a crash kept from the database. It never forgets a passphrase here: a keychain that has lost
    /// it is not one that needs none.
    pub(super) fn note_app_passphrase(&mut self, is_there: bool) -> Result<(), NodeError> {
        if is_there && !self.chosen.app_passphrase {
            settings::set_app_passphrase(&self.storage, true)?;
            self.chosen.app_passphrase = true;
        }
        Ok(())
    }
}

/// What becomes of the app passphrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// It is in the keychain.
    Set,
    /// It is to be erased from there.
    Remove,
}

/// What the keychain holds decides, not what the database says.
fn change(
    store: &dyn Keystore,
    current: Option<&Passphrase>,
    new: Option<&Passphrase>,
) -> Result<Change, NodeError> {
    if is_set(store)? {
        check(store, current)?;
    }
    let Some(new) = new else { return Ok(Change::Remove) };
    store.put(&SecretName::app_passphrase(), &Verifier::new(new)?.to_secret())?;
    Ok(Change::Set)
}

pub(super) fn is_set(store: &dyn Keystore) -> Result<bool, KeystoreError> {
    Ok(store.get(&SecretName::app_passphrase())?.is_some())
}

/// Checks a passphrase against what the keychain holds. Blocking: about a quarter of a second.
pub(super) fn check(store: &dyn Keystore, passphrase: Option<&Passphrase>) -> Result<(), NodeError> {
    let stored = store.get(&SecretName::app_passphrase())?.ok_or(NodeError::AppPassphraseLost)?;
    let passphrase = passphrase.ok_or(KeystoreError::WrongPassphrase)?;
    let damaged = |error| match error {
        KeystoreError::Damaged => NodeError::AppPassphraseLost,
        other => other.into(),
    };
    Verifier::from_secret(&stored).and_then(|verifier| verifier.check(passphrase)).map_err(damaged)
}

/// Waits until nobody holds a secret, or the store, for a bounded time.
pub(super) async fn let_go<T: ?Sized>(held: &Weak<T>) {
    let until = Instant::now() + PATIENCE;
    while held.strong_count() > 0 {
        if Instant::now() >= until {
            return tracing::warn!("something still holds a secret after the app was locked");
        }
        sleep(LOOK_AGAIN).await;
    }
}
