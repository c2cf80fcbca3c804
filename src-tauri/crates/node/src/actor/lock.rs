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

/// How long whoever still holds the keystore may take to let go of it.
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
        self.ice.lock();
        self.stop_browsing();
        self.sessions.close_all();
        self.tasks.spawn(async move {
            let_go(&store).await;
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
            let is_set = changed.await.unwrap_or(Err(NodeError::Closed));
            // The actor may be closing.
            let _ = to_self.send(Message::Event(Event::AppPassphrase { is_set, reply })).await;
        });
        nothing()
    }

    pub(super) fn app_passphrase_set(&mut self, is_set: Result<bool, NodeError>, reply: Reply<()>) -> Answer {
        self.keystore_busy = false;
        let kept = is_set.and_then(|is_set| {
            settings::set_app_passphrase(&self.storage, is_set)?;
            self.chosen.app_passphrase = is_set;
            Ok(())
        });
        answer(reply, kept)
    }
}

/// Returns whether there is an app passphrase now. What the keychain holds decides, not what the database says.
fn change(
    store: &dyn Keystore,
    current: Option<&Passphrase>,
    new: Option<&Passphrase>,
) -> Result<bool, NodeError> {
    let name = SecretName::app_passphrase();
    if store.get(&name)?.is_some() {
        check(store, current)?;
    }
    match new {
        Some(new) => store.put(&name, &Verifier::new(new)?.to_secret())?,
        None => store.delete(&name)?,
    }
    Ok(new.is_some())
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

/// Waits until nobody holds the store, for a bounded time.
pub(super) async fn let_go(store: &Weak<dyn Keystore>) {
    let until = Instant::now() + PATIENCE;
    while store.strong_count() > 0 {
        if Instant::now() >= until {
            return tracing::warn!("a session still holds the keystore after the app was locked");
        }
        sleep(LOOK_AGAIN).await;
    }
}
