//! STUN and TURN servers: addresses in the database, [credentials](super::credentials) in the keystore.

use keystore::SecretBytes;
use mesh::{IceServer, MAX_ICE_SERVERS, MeshConfig};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};

use super::{
    Actor, Answer,
    credentials::{self, Change, CredentialId, Credentials, Number, Purpose, Settings},
};
use crate::{
    NodeError,
    handle::Reply,
    snapshot::{ErrorView, IceServerEntry, IceServerView},
    storage::Storage,
};

const SERVERS: &str = "ice servers";

/// A server as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stored {
    url: String,
    username: Option<String>,
    /// TURN only.
    credential: Option<Number>,
}

/// The servers.
pub(super) struct IceServers {
    stored: Vec<Stored>,
}

impl Stored {
    fn credential(&self) -> Option<CredentialId> {
        self.credential.map(|number| CredentialId { purpose: Purpose::Turn, number })
    }
}

impl IceServers {
    pub(super) fn new(stored: Vec<Stored>) -> Self {
        Self { stored }
    }

    pub(super) fn load(storage: &Storage) -> Result<Self, NodeError> {
        Ok(Self::new(credentials::read(storage, SERVERS)?))
    }

    pub(super) fn views(&self) -> Vec<IceServerView> {
        let view = |stored: &Stored| IceServerView {
            url: stored.url.clone(),
            username: stored.username.clone(),
            has_credential: stored.credential.is_some(),
        };
        self.stored.iter().map(view).collect()
    }

    pub(super) fn credentials(&self) -> impl Iterator<Item = CredentialId> {
        credentials_of(&self.stored)
    }

    /// What the user must see to while the keystore is open: credentials that can't be read.
    pub(super) fn problem(&self, credentials: &Credentials) -> Option<ErrorView> {
        let is_missing = self.credentials().any(|id| credentials.get(id).is_none());
        is_missing.then(|| NodeError::IceCredentialsUnread.view())
    }

    /// Those that can be used.
    fn usable(&self, credentials: &Credentials) -> Vec<IceServer> {
        let server = |stored: &Stored| {
            let credential = match stored.credential() {
                Some(id) => std::str::from_utf8(credentials.get(id)?.expose()).ok()?,
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
        let (mut list, mut new) = (Vec::<Stored>::with_capacity(entries.len()), Vec::new());
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
            if list.iter().any(|stored| stored.url == url && stored.username == username) {
                return Err(NodeError::IceServerTwice { url });
            }
            let credential = match (server.is_turn(), given, kept) {
                (false, _, _) => None,
                (true, None, kept) => kept.and_then(|stored| stored.credential),
                (true, Some(secret), _) => {
                    let number = Number::generate()?;
                    let id = CredentialId { purpose: Purpose::Turn, number };
                    new.push((id, SecretBytes::copy_of(secret.as_bytes())));
                    Some(number)
                }
            };
            list.push(Stored { url, username, credential });
        }
        Ok(Change { settings: Settings::IceServers(list), new })
    }
}

impl Actor {
    /// How links of new sessions are made: the command line comes before the settings.
    pub(super) fn mesh_config(&self) -> MeshConfig {
        let mut mesh = self.config.mesh.clone();
        mesh.relay_only |= self.chosen.preferences.relay_only;
        if mesh.ice_servers.is_empty() {
            mesh.ice_servers = self.ice.usable(&self.credentials);
        }
        mesh
    }

    pub(super) fn set_ice_servers(&mut self, entries: &[IceServerEntry], reply: Reply<()>) -> Answer {
        let change = self.ice.change(entries);
        self.change_credentials(change, reply)
    }
}

pub(super) fn credentials_of(servers: &[Stored]) -> impl Iterator<Item = CredentialId> {
    servers.iter().filter_map(Stored::credential)
}

pub(super) fn write(storage: &Storage, servers: &[Stored]) -> Result<(), NodeError> {
    credentials::write(storage, SERVERS, servers)
}
