//! Where Bitcoin wallets are looked up: addresses in the database, [passwords](super::credentials) of nodes in the
//! keystore.

use std::{collections::HashMap, sync::Arc};

use chains::bitcoin::Network;
use keystore::SecretBytes;
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};

use super::{
    Actor, Answer,
    credentials::{Change, CredentialId, Number, Purpose, Settings},
    keys::KeysState,
};
use crate::{
    NodeError,
    handle::Reply,
    ledger::bitcoin::{Login, Password, SourceAddress, SourceError, Sources, is_password, suggested},
    snapshot::{ChainSourceEntry, ChainSourceView},
    storage::{Storage, StorageError},
};

/// A source as it is stored.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Stored {
    Node { url: String, cookie_file: String },
    NodeWithUser { url: String, user: String, password: Number },
    Esplora { url: String },
}

/// What the owner chose for a network.
#[derive(Clone)]
pub(crate) struct Chosen {
    /// Without the password.
    address: SourceAddress,
    /// Of a node with a user.
    password: Option<Number>,
}

/// What the owner chose, by network.
pub(super) struct ChainSources(HashMap<Network, Chosen>);

impl Chosen {
    fn password(&self) -> Option<CredentialId> {
        self.password.map(|number| CredentialId { purpose: Purpose::Node, number })
    }

    fn from_stored(stored: &Stored) -> Result<Self, SourceError> {
        let (address, password) = match stored {
            Stored::Node { url, cookie_file } => (SourceAddress::node(url, cookie_file), None),
            Stored::NodeWithUser { url, user, password } => {
                (SourceAddress::node_with_user(url, user), Some(*password))
            }
            Stored::Esplora { url } => (SourceAddress::esplora(url), None),
        };
        Ok(Self { address: address?, password })
    }

    fn to_stored(&self) -> Option<Stored> {
        Some(match &self.address {
            SourceAddress::Node { url, login: Login::Cookie(file) } => {
                Stored::Node { url: url.to_string(), cookie_file: file.display().to_string() }
            }
            SourceAddress::Node { url, login: Login::User { name, .. } } => {
                Stored::NodeWithUser { url: url.to_string(), user: name.clone(), password: self.password? }
            }
            SourceAddress::Esplora { url } => Stored::Esplora { url: url.to_string() },
        })
    }
}

impl ChainSources {
    /// What can't be read counts as not chosen.
    pub(super) fn load(storage: &Storage) -> Result<Self, NodeError> {
        let mut sources = HashMap::new();
        for network in Network::ALL {
            let stored = storage.setting(&key(network))?;
            let stored = stored.and_then(|text| serde_json::from_str::<Stored>(&text).ok());
            let chosen = stored.and_then(|stored| Chosen::from_stored(&stored).ok());
            sources.extend(chosen.map(|chosen| (network, chosen)));
        }
        Ok(Self(sources))
    }

    pub(super) fn credentials(&self) -> impl Iterator<Item = CredentialId> {
        self.0.values().filter_map(Chosen::password)
    }

    /// The password of a network's node.
    pub(super) fn credential(&self, network: Network) -> Option<CredentialId> {
        self.0.get(&network).and_then(Chosen::password)
    }

    pub(super) fn put(&mut self, network: Network, chosen: Option<Chosen>) {
        match chosen {
            Some(chosen) => drop(self.0.insert(network, chosen)),
            None => drop(self.0.remove(&network)),
        }
    }
}

/// The password that a choice has.
pub(super) fn credential_of(chosen: Option<&Chosen>) -> Option<CredentialId> {
    chosen.and_then(Chosen::password)
}

pub(super) fn write(storage: &Storage, network: Network, chosen: Option<&Chosen>) -> Result<(), NodeError> {
    let stored = chosen.and_then(Chosen::to_stored);
    let text = stored.map(|stored| serde_json::to_string(&stored)).transpose();
    let text = text.map_err(|_| StorageError::Damaged)?.unwrap_or_default();
    Ok(storage.set_setting(&key(network), &text)?)
}

/// Where the settings have the source of a network.
fn key(network: Network) -> String {
    format!("bitcoin source {network}")
}

/// The network that a front end named.
pub(super) fn network_named(name: &str) -> Result<Network, NodeError> {
    name.parse().map_err(|_| NodeError::InvalidNetwork {
        network: name.chars().take(20).collect(),
        choices: Network::ALL.map(Network::as_str).join(", "),
    })
}

impl Actor {
    pub(super) fn chain_source_views(&self) -> Vec<ChainSourceView> {
        let sources = self.bitcoin.borrow();
        let view = |network: Network| ChainSourceView {
            network: network.to_string(),
            source: sources.get(&network).map(SourceAddress::view),
            suggested: suggested(network).map(str::to_owned),
        };
        Network::ALL.into_iter().map(view).collect()
    }

    pub(super) fn set_chain_source(
        &mut self,
        network: &str,
        entry: Option<&ChainSourceEntry>,
        reply: Reply<()>,
    ) -> Answer {
        let change = network_named(network).and_then(|network| self.source_change(network, entry));
        self.change_credentials(change, reply)
    }

    /// Checks a choice. A password that is not entered again stays, unless it would go to somebody else.
    fn source_change(&self, network: Network, entry: Option<&ChainSourceEntry>) -> Result<Change, NodeError> {
        let Some(entry) = entry else {
            return Ok(Change { settings: Settings::Source(network, None), new: Vec::new() });
        };
        let address = SourceAddress::new(entry)?;
        let (mut password, mut new) = (None, Vec::new());
        if let ChainSourceEntry::NodeWithUser { password: entered, .. } = entry {
            let entered = entered.as_ref().map(|entered| entered.expose_secret());
            password = match entered.filter(|entered| !entered.is_empty()) {
                Some(entered) if !is_password(entered) => return Err(SourceError::InvalidPassword.into()),
                Some(entered) => {
                    let number = Number::generate()?;
                    let id = CredentialId { purpose: Purpose::Node, number };
                    new.push((id, SecretBytes::copy_of(entered.as_bytes())));
                    Some(number)
                }
                None => Some(self.kept_password(network, &address).ok_or(SourceError::NoPassword)?),
            };
        }
        Ok(Change { settings: Settings::Source(network, Some(Chosen { address, password })), new })
    }

    /// The present password of a network's node, if it may go to this address.
    fn kept_password(&self, network: Network, address: &SourceAddress) -> Option<Number> {
        let present =
            self.sources.0.get(&network).filter(|present| address.takes_password_of(&present.address))?;
        let is_lost = matches!(self.keys, KeysState::Open(_))
            && present.password().is_some_and(|id| self.credentials.get(id).is_none());
        present.password.filter(|_| !is_lost)
    }

    /// Where wallets are looked up, with the passwords that are at hand.
    pub(super) fn sources_now(&self) -> Sources {
        let resolve = |chosen: &Chosen| {
            let mut address = chosen.address.clone();
            if let SourceAddress::Node { login: Login::User { password, .. }, .. } = &mut address {
                let known = chosen.password().and_then(|id| self.credentials.get(id));
                *password = match (known, &self.keys) {
                    (Some(known), _) => Password::Known(known.clone()),
                    (None, KeysState::Open(_)) => Password::Missing,
                    (None, KeysState::Shut(_)) => Password::Locked,
                };
            }
            address
        };
        self.sources.0.iter().map(|(network, chosen)| (*network, resolve(chosen))).collect()
    }

    /// Gives the wallets' tasks the passwords that are at hand now, or takes them away. Where there are none, nothing is
    /// looked up again for it.
    pub(super) fn renew_passwords(&self) {
        let now = self.sources_now();
        self.bitcoin.send_if_modified(|before| {
            let is_other = **before != now;
            if is_other {
                *before = Arc::new(now);
            }
            is_other
        });
    }
}
