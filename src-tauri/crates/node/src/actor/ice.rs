//! STUN and TURN servers: addresses in the database, credentials in the keystore.
//!
//! A credential lies under a random number. The database names those that are to be erased before any is stored and
//! until none is left, so that a crash leaves neither a credential without its server nor a server without it.

use std::collections::BTreeMap;

use keystore::{Keystore, KeystoreError, SecretBytes, SecretName};
use mesh::{IceServer, MAX_ICE_SERVERS, MeshConfig};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;

use super::{Actor, Answer, Event, Message, answer, keys::KeysState, nothing};
use crate::{
    NodeError,
    handle::Reply,
    snapshot::{ErrorView, IceServerEntry, IceServerView},
    storage::{Storage, StorageError},
};

const SERVERS: &str = "ice servers";
const LEFTOVERS: &str = "ice credentials to erase";

/// Under which number a credential lies in the keystore.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct CredentialId([u8; 8]);

impl CredentialId {
    fn generate() -> Result<Self, NodeError> {
        let mut id = [0; 8];
        getrandom::fill(&mut id)?;
        Ok(Self(id))
    }

    pub(super) fn name(self) -> SecretName {
        SecretName::turn_credential(&self.0)
    }
}

/// A server as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Stored {
    url: String,
    username: Option<String>,
    /// TURN only.
    credential: Option<CredentialId>,
}

/// The servers, and their credentials while the keystore is open.
pub(super) struct IceServers {
    stored: Vec<Stored>,
    /// To be erased from the keystore.
    leftovers: Vec<CredentialId>,
    credentials: BTreeMap<CredentialId, SecretBytes>,
}

/// A list that takes the place of the present one.
pub(crate) struct Change {
    stored: Vec<Stored>,
    new: Vec<(CredentialId, SecretBytes)>,
}

impl IceServers {
    pub(super) fn load(storage: &Storage) -> Result<Self, NodeError> {
        Ok(Self {
            stored: read(storage, SERVERS)?,
            leftovers: read(storage, LEFTOVERS)?,
            credentials: BTreeMap::new(),
        })
    }

    pub(super) fn views(&self) -> Vec<IceServerView> {
        let view = |stored: &Stored| IceServerView {
            url: stored.url.clone(),
            username: stored.username.clone(),
            has_credential: stored.credential.is_some(),
        };
        self.stored.iter().map(view).collect()
    }

    /// The credentials that the keystore holds, and those to be erased from it.
    pub(super) fn in_keystore(&self) -> (Vec<CredentialId>, Vec<CredentialId>) {
        (self.stored.iter().filter_map(|stored| stored.credential).collect(), self.leftovers.clone())
    }

    /// Takes over what an opened keystore holds.
    pub(super) fn unlock(&mut self, credentials: BTreeMap<CredentialId, SecretBytes>) {
        self.credentials = credentials;
    }

    /// Drops the credentials from memory.
    pub(super) fn lock(&mut self) {
        self.credentials.clear();
    }

    /// What the user must see to while the keystore is open: credentials that can't be read.
    pub(super) fn problem(&self) -> Option<ErrorView> {
        let mut wanted = self.stored.iter().filter_map(|stored| stored.credential);
        let is_missing = wanted.any(|id| !self.credentials.contains_key(&id));
        is_missing.then(|| NodeError::IceCredentialsUnread.view())
    }

    /// Those that can be used.
    fn usable(&self) -> Vec<IceServer> {
        let server = |stored: &Stored| {
            let credential = match stored.credential {
                Some(id) => std::str::from_utf8(self.credentials.get(&id)?.expose()).ok()?,
                None => "",
            };
            IceServer::new(&stored.url, stored.username.as_deref().unwrap_or_default(), credential).ok()
        };
        self.stored.iter().filter_map(server).collect()
    }

    /// Checks a new list.
    fn change(&self, entries: &[IceServerEntry]) -> Result<Change, NodeError> {
        /// Stands for the credential that is kept, which was checked when it was set.
        const KEPT: &str = "kept";
        if entries.len() > MAX_ICE_SERVERS {
            return Err(NodeError::TooManyIceServers);
        }
        let mut change = Change { stored: Vec::with_capacity(entries.len()), new: Vec::new() };
        for entry in entries {
            let username = entry.username.as_deref().unwrap_or_default();
            let given = entry.credential.as_ref().map(|credential| credential.expose_secret());
            let given = given.filter(|credential| !credential.is_empty());
            let kept = self.stored.iter().find(|stored| {
                let user = stored.username.as_deref().unwrap_or_default();
                stored.credential.is_some()
                    && user == username
                    && IceServer::new(&entry.url, username, KEPT)
                        .is_ok_and(|server| server.url() == stored.url)
            });
            let server =
                IceServer::new(&entry.url, username, given.or(kept.map(|_| KEPT)).unwrap_or_default())?;
            let url = server.url();
            let username = server.is_turn().then(|| username.to_owned());
            if change.stored.iter().any(|stored| stored.url == url && stored.username == username) {
                return Err(NodeError::IceServerTwice { url });
            }
            let credential = match (server.is_turn(), given, kept) {
                (false, _, _) => None,
                (true, None, kept) => kept.and_then(|stored| stored.credential),
                (true, Some(secret), _) => {
                    let id = CredentialId::generate()?;
                    change.new.push((id, SecretBytes::copy_of(secret.as_bytes())));
                    Some(id)
                }
            };
            change.stored.push(Stored { url, username, credential });
        }
        Ok(change)
    }

    /// Makes the new list durable; what it no longer needs becomes a leftover.
    fn replace(&mut self, storage: &Storage, change: Change) -> Result<(), NodeError> {
        let is_used = |id: &CredentialId| change.stored.iter().any(|stored| stored.credential == Some(*id));
        let gone = self.stored.iter().filter_map(|stored| stored.credential);
        let mut leftovers: Vec<_> = self.leftovers.iter().copied().chain(gone).collect();
        leftovers.retain(|id| !is_used(id));
        storage.together(|storage| {
            write(storage, SERVERS, &change.stored)?;
            write(storage, LEFTOVERS, &leftovers)
        })?;
        self.credentials.retain(|id, _| is_used(id));
        self.credentials.extend(change.new);
        (self.stored, self.leftovers) = (change.stored, leftovers);
        Ok(())
    }

    fn announce_new(&mut self, storage: &Storage, change: &Change) -> Result<(), NodeError> {
        self.leftovers.extend(change.new.iter().map(|(id, _)| *id));
        write(storage, LEFTOVERS, &self.leftovers)
    }

    /// Forgets leftovers of which nothing is left.
    pub(super) fn erased(&mut self, storage: &Storage, erased: &[CredentialId]) -> Result<(), NodeError> {
        if erased.is_empty() {
            return Ok(());
        }
        self.leftovers.retain(|id| !erased.contains(id));
        write(storage, LEFTOVERS, &self.leftovers)
    }
}

impl Actor {
    /// How links of new sessions are made: the command line comes before the settings.
    pub(super) fn mesh_config(&self) -> MeshConfig {
        let mut mesh = self.config.mesh.clone();
        mesh.relay_only |= self.chosen.preferences.relay_only;
        if mesh.ice_servers.is_empty() {
            mesh.ice_servers = self.ice.usable();
        }
        mesh
    }

    /// New credentials are durable before the list that names them is, and old ones are erased after it.
    pub(super) fn set_ice_servers(&mut self, entries: &[IceServerEntry], reply: Reply<()>) -> Answer {
        let begun = self.ice.change(entries).and_then(|change| {
            let (present, _) = self.ice.in_keystore();
            let keeps_all = present.iter().all(|id| change.stored.iter().any(|s| s.credential == Some(*id)));
            if change.new.is_empty() && keeps_all {
                self.ice.replace(&self.storage, change)?;
                return Ok(None);
            }
            let store = self.settled_keys()?.store.clone();
            let to_self = self.to_self.upgrade().ok_or(NodeError::Closed)?;
            self.ice.announce_new(&self.storage, &change)?;
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
            let _ = to_self.send(Message::Event(Event::IceCredentials { change, reply })).await;
        });
        nothing()
    }

    /// The credentials are in the keystore, or not: the list changes, or not, and what is left over is erased.
    pub(super) fn ice_credentials_stored(
        &mut self,
        change: Result<Change, NodeError>,
        reply: Reply<()>,
    ) -> Answer {
        let replaced = change.and_then(|change| self.ice.replace(&self.storage, change));
        let (KeysState::Open(keys), Some(to_self)) = (&self.keys, self.to_self.upgrade()) else {
            self.keystore_busy = false;
            return answer(reply, replaced);
        };
        let (store, (_, leftovers)) = (keys.store.clone(), self.ice.in_keystore());
        self.tasks.spawn(async move {
            let erased = spawn_blocking(move || erase(store.as_ref(), &leftovers)).await;
            let (erased, error) = erased.unwrap_or_default();
            let outcome = replaced.and(error.map_or(Ok(()), |error| Err(error.into())));
            // The actor may be closing.
            let _ = to_self.send(Message::Event(Event::IceErased { erased, outcome, reply })).await;
        });
        nothing()
    }

    pub(super) fn ice_credentials_erased(
        &mut self,
        erased: &[CredentialId],
        outcome: Result<(), NodeError>,
        reply: Reply<()>,
    ) -> Answer {
        self.keystore_busy = false;
        let forgotten = self.ice.erased(&self.storage, erased);
        answer(reply, outcome.and(forgotten))
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

fn read<T: for<'a> Deserialize<'a>>(storage: &Storage, key: &str) -> Result<Vec<T>, NodeError> {
    let text = storage.setting(key)?;
    let list = text.map(|text| serde_json::from_str(&text).map_err(|_| StorageError::Damaged)).transpose();
    Ok(list?.unwrap_or_default())
}

fn write<T: Serialize>(storage: &Storage, key: &str, list: &[T]) -> Result<(), NodeError> {
    let text = serde_json::to_string(list).map_err(|_| StorageError::Damaged)?;
    Ok(storage.set_setting(key, &text)?)
}
