//! Backing the device up, and restoring a backup into a device that has nothing yet.

use std::sync::Arc;

use keystore::Passphrase;
use tokio::task::spawn_blocking;

use super::{
    Actor, Answer, Event, Message, answer,
    keys::{Keys, KeysState},
    nothing, settings,
};
use crate::{
    NodeError,
    backup::{Contents, Restored},
    handle::Reply,
    storage::{Stage, StoredWallet},
};

impl Actor {
    /// Reads and encrypts beside the loop: both take a while and change nothing.
    pub(super) fn back_up(&mut self, passphrase: Passphrase, reply: Reply<Vec<u8>>) -> Answer {
        let keys = match self.keys() {
            Ok(keys) => keys.clone(),
            Err(error) => return answer(reply, Err(error)),
        };
        let (name, contacts) = (self.device_name.clone(), self.contacts.borrow().clone());
        let rows = self.wallets.finished().map(|wallet| wallet.stored().clone()).collect();
        self.tasks.spawn(async move {
            let sealed = spawn_blocking(move || {
                Contents::collect(keys.store.as_ref(), &keys.identity, &name, rows, &contacts)?
                    .seal(&passphrase)
            });
            // Whoever asked may have gone.
            drop(reply.send(sealed.await.unwrap_or(Err(NodeError::Closed))));
        });
        nothing()
    }

    /// Decrypts beside the loop; [`Actor::restore_opened`] goes on.
    pub(super) fn restore(&mut self, sealed: Vec<u8>, passphrase: Passphrase, reply: Reply<()>) -> Answer {
        let to_self = match self.may_restore().and(self.to_self.upgrade().ok_or(NodeError::Closed)) {
            Ok(to_self) => to_self,
            Err(error) => return answer(reply, Err(error)),
        };
        if std::mem::replace(&mut self.keystore_busy, true) {
            return answer(reply, Err(NodeError::KeystoreBusy));
        }
        self.tasks.spawn(async move {
            let opened = spawn_blocking(move || Contents::open(&sealed, &passphrase)).await;
            let opened = opened.unwrap_or(Err(NodeError::Closed)).map(Box::new);
            // The actor may be closing.
            let _ = to_self.send(Message::Event(Event::BackupOpened { opened, reply })).await;
        });
        nothing()
    }

    /// Only into a device that has made nothing: its own identity is given up.
    fn may_restore(&self) -> Result<(), NodeError> {
        self.keys()?;
        if self.wallets.is_empty() && !self.sessions.any_running() {
            Ok(())
        } else {
            Err(NodeError::NotEmpty)
        }
    }

    /// Rows first, marked so that a crash from here on erases what is left of them; then the secrets.
    pub(super) fn restore_opened(
        &mut self,
        opened: Result<Box<Restored>, NodeError>,
        reply: Reply<()>,
    ) -> Answer {
        let begun = opened.and_then(|restored| {
            self.may_restore()?;
            settings::set_next_device_id(&self.storage, Some(restored.identity.id()))?;
            for row in &restored.wallets {
                self.storage.put_wallet(&StoredWallet { stage: Stage::Storing, ..row.clone() })?;
            }
            Ok((restored, self.keys()?.store.clone(), self.to_self.upgrade().ok_or(NodeError::Closed)?))
        });
        match begun {
            Ok((restored, store, to_self)) => {
                self.tasks.spawn(async move {
                    let stored = spawn_blocking(move || match restored.store(store.as_ref()) {
                        Ok(()) => Ok(restored),
                        Err(error) => Err(NodeError::from(error)),
                    });
                    let stored = stored.await.unwrap_or(Err(NodeError::Closed));
                    // The actor may be closing.
                    let _ = to_self.send(Message::Event(Event::BackupStored { stored, reply })).await;
                });
                nothing()
            }
            Err(error) => {
                self.keystore_busy = false;
                answer(reply, Err(error))
            }
        }
    }

    /// The secrets are durable: the rows become wallets, and the device is who it was.
    pub(super) fn restore_stored(
        &mut self,
        stored: Result<Box<Restored>, NodeError>,
    ) -> Result<(), NodeError> {
        let restored = *stored?;
        self.storage.together(|storage| {
            settings::set_device_id(storage, restored.identity.id())?;
            settings::set_next_device_id(storage, None)?;
            settings::set_device_name(storage, &restored.device_name)?;
            for row in &restored.wallets {
                storage.put_wallet(row)?;
            }
            for contact in &restored.contacts {
                storage.put_contact(contact)?;
            }
            Ok::<_, NodeError>(())
        })?;
        self.know(restored.contacts);
        self.device_name = restored.device_name;
        let store = self.keys()?.store.clone();
        self.keys = KeysState::Open(Keys { store, identity: Arc::new(restored.identity) });
        for row in restored.wallets {
            self.store_wallet(row, &[])?;
        }
        if self.config.resume {
            self.resume_ceremonies();
        }
        Ok(())
    }
}
