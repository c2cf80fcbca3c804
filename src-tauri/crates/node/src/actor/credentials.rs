//! Credentials of what the device asks: the secrets lie in the keystore, what they belong to in the database.
//!
//! Each lies under a random number. The database names those that are to be erased before any is stored and until none
//! is left, so that a crash leaves neither a credential without what it belongs to nor the other way round.

use std::{
    collections::BTreeMap,
    sync::{Arc, Weak},
};

use chains::bitcoin::Network;
use keystore::{Keystore, KeystoreError, SecretBytes, SecretName};
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;

use super::{Actor, Answer, Event, Message, answer, ice, keys::KeysState, nothing, sources};
use crate::{
    NodeError,
    handle::Reply,
    storage::{Storage, StorageError},
};

/// The number of a credential, as the database has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Number([u8; 8]);

impl Number {
    pub(super) fn generate() -> Result<Self, NodeError> {
        let mut number = [0; 8];
        getrandom::fill(&mut number)?;
        Ok(Self(number))
    }
}

/// What a credential is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Purpose {
    /// A TURN server's.
    Turn,
    /// The password of a Bitcoin node's user.
    Node,
}

impl Purpose {
    const ALL: [Self; 2] = [Self::Turn, Self::Node];

    /// Where the database names those that are to be erased.
    fn leftovers(self) -> &'static str {
        match self {
            Self::Turn => "ice credentials to erase",
            Self::Node => "node passwords to erase",
        }
    }
}

/// Where a credential lies in the keystore.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CredentialId {
    pub(super) purpose: Purpose,
    pub(super) number: Number,
}

impl CredentialId {
    pub(super) fn name(self) -> SecretName {
        match self.purpose {
            Purpose::Turn => SecretName::turn_credential(&self.number.0),
            Purpose::Node => SecretName::node_password(&self.number.0),
        }
    }
}

/// Those that are to be erased, and the others while the keystore is open.
pub(super) struct Credentials {
    leftovers: Vec<CredentialId>,
    open: BTreeMap<CredentialId, Arc<SecretBytes>>,
}

impl Credentials {
    pub(super) fn load(storage: &Storage) -> Result<Self, NodeError> {
        let mut leftovers = Vec::new();
        for purpose in Purpose::ALL {
            let numbers: Vec<Number> = read(storage, purpose.leftovers())?;
            leftovers.extend(numbers.into_iter().map(|number| CredentialId { purpose, number }));
        }
        Ok(Self { leftovers, open: BTreeMap::new() })
    }

    pub(super) fn leftovers(&self) -> Vec<CredentialId> {
        self.leftovers.clone()
    }

    /// A credential that could be read, while the keystore is open.
    pub(super) fn get(&self, id: CredentialId) -> Option<&Arc<SecretBytes>> {
        self.open.get(&id)
    }

    /// Takes over what an opened keystore holds.
    pub(super) fn unlock(&mut self, open: BTreeMap<CredentialId, Arc<SecretBytes>>) {
        self.open = open;
    }

    /// Drops the credentials; whoever still uses one holds it.
    pub(super) fn lock(&mut self) -> Vec<Weak<SecretBytes>> {
        std::mem::take(&mut self.open).values().map(Arc::downgrade).collect()
    }

    /// Forgets leftovers of which nothing is left.
    pub(super) fn erased(&mut self, storage: &Storage, erased: &[CredentialId]) -> Result<(), NodeError> {
        if erased.is_empty() {
            return Ok(());
        }
        self.leftovers.retain(|id| !erased.contains(id));
        write_leftovers(storage, &self.leftovers)
    }

    /// Until the settings name them, new ones count as left over.
    fn announce(&mut self, storage: &Storage, new: &[(CredentialId, SecretBytes)]) -> Result<(), NodeError> {
        self.leftovers.extend(new.iter().map(|(id, _)| *id));
        write_leftovers(storage, &self.leftovers)
    }
}

/// What takes the place of present settings, and the credentials that it brings.
pub(crate) struct Change {
    pub(super) settings: Settings,
    pub(super) new: Vec<(CredentialId, SecretBytes)>,
}

/// Settings that name credentials.
pub(crate) enum Settings {
    IceServers(Vec<ice::Stored>),
    /// Where a Bitcoin network is looked up; none: nowhere.
    Source(Network, Option<sources::Chosen>),
}

impl Actor {
    /// The credentials that the settings name.
    pub(super) fn named_credentials(&self) -> Vec<CredentialId> {
        self.ice.credentials().chain(self.sources.credentials()).collect()
    }

    /// Those that the settings won't name any more.
    fn gone(&self, settings: &Settings) -> Vec<CredentialId> {
        match settings {
            Settings::IceServers(new) => {
                let stay: Vec<_> = ice::credentials_of(new).collect();
                self.ice.credentials().filter(|id| !stay.contains(id)).collect()
            }
            Settings::Source(network, new) => {
                let stays = sources::credential_of(new.as_ref());
                self.sources.credential(*network).filter(|id| Some(*id) != stays).into_iter().collect()
            }
        }
    }

    /// New credentials are durable before the settings that name them are, and old ones are erased after them.
    pub(super) fn change_credentials(
        &mut self,
        change: Result<Change, NodeError>,
        reply: Reply<()>,
    ) -> Answer {
        let begun = change.and_then(|change| {
            if change.new.is_empty() && self.gone(&change.settings).is_empty() {
                self.replace(change)?;
                return Ok(None);
            }
            let store = self.settled_keys()?.store.clone();
            let to_self = self.to_self.upgrade().ok_or(NodeError::Closed)?;
            self.credentials.announce(&self.storage, &change.new)?;
            Ok(Some((change, store, to_self)))
        });
        let (change, store, to_self) = match begun {
            Ok(Some(begun)) => begun,
            Ok(None) => return answer(reply, Ok(())),
            Err(error) => return answer(reply, Err(error)),
        };
        self.keystore_busy = true;
        self.tasks.spawn(async move {
            let stored = spawn_blocking(move || {
                change.new.iter().try_for_each(|(id, secret)| store.put(&id.name(), secret))?;
                Ok::<_, KeystoreError>(change)
            });
            let stored = stored.await.map_err(|_| NodeError::Closed);
            let change = stored.and_then(|stored| stored.map_err(NodeError::from));
            // The actor may be closing.
            let _ = to_self.send(Message::Event(Event::Credentials { change, reply })).await;
        });
        nothing()
    }

    /// The credentials are in the keystore, or not: the settings change, or not, and what is left over is erased.
    pub(super) fn credentials_stored(
        &mut self,
        change: Result<Change, NodeError>,
        reply: Reply<()>,
    ) -> Answer {
        let replaced = change.and_then(|change| self.replace(change));
        let (KeysState::Open(keys), Some(to_self)) = (&self.keys, self.to_self.upgrade()) else {
            self.keystore_busy = false;
            return answer(reply, replaced);
        };
        let (store, leftovers) = (keys.store.clone(), self.credentials.leftovers());
        self.tasks.spawn(async move {
            let erased = spawn_blocking(move || erase(store.as_ref(), &leftovers)).await;
            let (erased, error) = erased.unwrap_or_default();
            let outcome = replaced.and(error.map_or(Ok(()), |error| Err(error.into())));
            // The actor may be closing.
            let _ = to_self.send(Message::Event(Event::CredentialsErased { erased, outcome, reply })).await;
        });
        nothing()
    }

    pub(super) fn credentials_erased(
        &mut self,
        erased: &[CredentialId],
        outcome: Result<(), NodeError>,
        reply: Reply<()>,
    ) -> Answer {
        self.keystore_busy = false;
        let forgotten = self.credentials.erased(&self.storage, erased);
        answer(reply, outcome.and(forgotten))
    }

    /// Makes the new settings durable; what they no longer need becomes a leftover.
    fn replace(&mut self, change: Change) -> Result<(), NodeError> {
        let gone = self.gone(&change.settings);
        let mut leftovers: Vec<_> = self.credentials.leftovers.iter().chain(&gone).copied().collect();
        leftovers.retain(|id| change.new.iter().all(|(new, _)| new != id));
        self.storage.together(|storage| {
            match &change.settings {
                Settings::IceServers(list) => ice::write(storage, list)?,
                Settings::Source(network, chosen) => sources::write(storage, *network, chosen.as_ref())?,
            }
            write_leftovers(storage, &leftovers)
        })?;
        self.credentials.leftovers = leftovers;
        self.credentials.open.retain(|id, _| !gone.contains(id));
        self.credentials.open.extend(change.new.into_iter().map(|(id, secret)| (id, Arc::new(secret))));
        match change.settings {
            Settings::IceServers(list) => self.ice = ice::IceServers::new(list),
            Settings::Source(network, chosen) => {
                self.sources.put(network, chosen);
                self.bitcoin.send_replace(Arc::new(self.sources_now()));
            }
        }
        Ok(())
    }
}

/// Erases credentials; returns those of which nothing is left, and why others are still there.
pub(super) fn erase(
    store: &dyn Keystore,
    ids: &[CredentialId],
) -> (Vec<CredentialId>, Option<KeystoreError>) {
    let mut failed = None;
    let mut erased = ids.to_vec();
    erased.retain(|id| match store.delete(&id.name()) {
        Ok(()) => true,
        Err(error) => {
            failed = Some(error);
            false
        }
    });
    (erased, failed)
}

fn write_leftovers(storage: &Storage, leftovers: &[CredentialId]) -> Result<(), NodeError> {
    for purpose in Purpose::ALL {
        let of_it = leftovers.iter().filter(|id| id.purpose == purpose);
        let numbers: Vec<_> = of_it.map(|id| id.number).collect();
        write(storage, purpose.leftovers(), &numbers)?;
    }
    Ok(())
}

/// A list among the settings; an empty one if there is none.
pub(super) fn read<T: for<'a> Deserialize<'a>>(storage: &Storage, key: &str) -> Result<Vec<T>, NodeError> {
    let text = storage.setting(key)?;
    let list = text.map(|text| serde_json::from_str(&text).map_err(|_| StorageError::Damaged)).transpose();
    Ok(list?.unwrap_or_default())
}

pub(super) fn write<T: Serialize>(storage: &Storage, key: &str, list: &[T]) -> Result<(), NodeError> {
    let text = serde_json::to_string(list).map_err(|_| StorageError::Damaged)?;
    Ok(storage.set_setting(key, &text)?)
}
