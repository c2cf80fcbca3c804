//! What people and other programs see of a wallet. An address is shown only where the group can spend from it.

use chains::{bitcoin, solana};
use coordinator::dkg::Ceremony;
use serde_json::{Value, json};

use super::Wallet;
use crate::{
    NodeError,
    actor::device_view,
    message::MessagePart,
    network::Network,
    session::ciphersuite_view,
    snapshot::{AddressView, DescriptorView, WalletStatus, WalletView},
    storage::{Stage, StoredWallet},
};

/// What a Solana wallet's network was called before there were several.
const SOLANA: &str = "solana";
/// Unused addresses in a row after which other wallets stop looking (BIP-44's gap limit). Nothing here knows yet which
/// addresses were used, so no more are given out.
pub(crate) const GAP_LIMIT: u32 = 20;

impl Wallet {
    /// An address, by default of the wallet's own network; only of a finished wallet that is not quarantined.
    pub(crate) fn address(
        &self,
        network: Option<&str>,
        change: bool,
        index: u32,
    ) -> Result<String, NodeError> {
        let own = self.spendable()?;
        let no_address = |advice: MessagePart| NodeError::NoAddress {
            network: network.map(|name| name.chars().filter(|c| !c.is_control()).take(20).collect()),
            advice,
        };
        match own {
            Network::Solana(_) => {
                let is_good = |name: &str| name == SOLANA || name.parse::<solana::Network>().is_ok();
                if !network.is_none_or(is_good) {
                    return Err(no_address(MessagePart::SolanaWallet {}));
                }
                if change || index != 0 {
                    return Err(no_address(MessagePart::SolanaHasOneAddress {}));
                }
                solana_address(&self.ceremony)
            }
            Network::Bitcoin(own) => {
                let network = network.map_or(Ok(own), str::parse);
                let network = network.map_err(|_| no_address(MessagePart::BitcoinNetworks {}))?;
                let keychain = if change { bitcoin::Keychain::Change } else { bitcoin::Keychain::Receive };
                let address = account(&self.ceremony, network)?.address(keychain, index);
                Ok(address.map_err(|_| no_address(MessagePart::AddressIndexes {}))?.to_string())
            }
            Network::None => Err(no_address(MessagePart::RawWallet {})),
        }
    }

    /// The index of the receive address to give out next; `used` comes after the last one that is known to have got
    /// something.
    pub(crate) fn next_receive_index(&self, used: u32) -> Result<u32, NodeError> {
        let no_other = |advice| NodeError::NoAddress { network: None, advice };
        match self.spendable()? {
            Network::Bitcoin(_) => {}
            Network::Solana(_) => return Err(no_other(MessagePart::SolanaHasOneAddress {})),
            Network::None => return Err(no_other(MessagePart::RawWallet {})),
        }
        let next = self.stored.receive_index.saturating_add(1).max(used);
        if next < used.saturating_add(GAP_LIMIT) {
            Ok(next)
        } else {
            Err(NodeError::TooManyAddresses { most: GAP_LIMIT })
        }
    }

    /// What its addresses follow from, if it is a Bitcoin wallet.
    pub(crate) fn account(&self) -> Option<bitcoin::Account> {
        match network(&self.ceremony) {
            Ok(Network::Bitcoin(network)) => account(&self.ceremony, network).ok(),
            _ => None,
        }
    }

    pub(crate) fn is_of_bitcoin(&self) -> bool {
        matches!(network(&self.ceremony), Ok(Network::Bitcoin(_)))
    }

    pub(crate) fn is_of_solana(&self) -> bool {
        matches!(network(&self.ceremony), Ok(Network::Solana(_)))
    }

    /// Public data for other programs: enough to watch the wallet, and to know who its members are.
    pub(crate) fn export(&self) -> Result<Value, NodeError> {
        let network = self.spendable()?;
        let (params, key) = (&self.ceremony.params, &self.ceremony.group_key);
        let mut export = json!({
            "format": "permafrost-wallet",
            "version": 1,
            "name": self.name(),
            "network": network.as_str(),
            "ciphersuite": params.ciphersuite().to_string(),
            "threshold": params.threshold(),
            "participants": params.participants(),
            "groupPublicKey": hex::encode(key),
            "verified": self.stored.verified,
            "members": self.ceremony.members.iter().map(|member| json!({
                "name": member.name,
                "id": member.id,
                "fingerprint": member.id.fingerprint().words(),
            })).collect::<Vec<_>>(),
        });
        let more = match network {
            Network::Solana(_) => json!({ "address": solana_address(&self.ceremony)? }),
            Network::Bitcoin(network) => {
                let account = account(&self.ceremony, network)?;
                let first = account.address(bitcoin::Keychain::Receive, 0);
                json!({
                    "address": first.map_err(|_| NodeError::DamagedRecord)?.to_string(),
                    "descriptor": account.descriptor(),
                    "receiveDescriptor": account.keychain_descriptor(bitcoin::Keychain::Receive),
                    "changeDescriptor": account.keychain_descriptor(bitcoin::Keychain::Change),
                })
            }
            Network::None => json!({}),
        };
        if let (Some(export), Value::Object(more)) = (export.as_object_mut(), more) {
            export.extend(more);
        }
        Ok(export)
    }

    /// The network on which the group can spend.
    fn spendable(&self) -> Result<Network, NodeError> {
        match self.stored.stage {
            Stage::Storing | Stage::Pending => Err(self.unfinished()),
            Stage::Quarantined => Err(NodeError::Quarantined),
            Stage::Active if self.without_share => Err(NodeError::ShareMissing),
            Stage::Active => network(&self.ceremony),
        }
    }
}

pub(super) fn view(stored: &StoredWallet, ceremony: &Ceremony) -> WalletView {
    let Ceremony { params, members, .. } = ceremony;
    let status = match (stored.stage, network(ceremony)) {
        (Stage::Storing | Stage::Pending, _) => WalletStatus::Unfinished { missing: Vec::new() },
        (Stage::Quarantined, _) => WalletStatus::Quarantined,
        (Stage::Active, Err(error)) => WalletStatus::Unusable { error: error.view() },
        (Stage::Active, Ok(network)) => WalletStatus::Active {
            verified: stored.verified,
            safety_words: ceremony.safety_words.map(str::to_owned).to_vec(),
            group_public_key: hex::encode(&ceremony.group_key),
            addresses: address(ceremony, network, stored.receive_index).into_iter().collect(),
            descriptors: descriptor(ceremony, network).into_iter().collect(),
        },
    };
    let named = params.network().map(ToString::to_string);
    WalletView {
        id: stored.id.to_string(),
        name: stored.name.as_ref().unwrap_or(params.name()).to_string(),
        ceremony_name: params.name().to_string(),
        ciphersuite: ciphersuite_view(params.ciphersuite()),
        network: network(ceremony).map_or(named, |network| network.as_str().map(str::to_owned)),
        receive_index: stored.receive_index,
        threshold: params.threshold(),
        members: members.iter().map(|member| device_view(member.id, member.name.as_str())).collect(),
        reachable: Vec::new(),
        status,
        created_at: stored.created_at,
        confirmed_by_all: stored.everyone,
        ledger: None,
        solana: None,
    }
}

fn network(ceremony: &Ceremony) -> Result<Network, NodeError> {
    let named = || ceremony.params.network().map(ToString::to_string).unwrap_or_default();
    Network::of(&ceremony.params).map_err(|_| NodeError::UnknownNetwork { network: named() })
}

/// The address that is given out now.
fn address(ceremony: &Ceremony, network: Network, index: u32) -> Option<AddressView> {
    let address = match network {
        Network::Solana(_) => solana_address(ceremony).ok()?,
        Network::Bitcoin(network) => {
            account(ceremony, network).ok()?.address(bitcoin::Keychain::Receive, index).ok()?.to_string()
        }
        Network::None => return None,
    };
    Some(AddressView { network: network.as_str()?.to_owned(), address })
}

fn descriptor(ceremony: &Ceremony, network: Network) -> Option<DescriptorView> {
    let Network::Bitcoin(network) = network else { return None };
    let descriptor = account(ceremony, network).ok()?.descriptor();
    Some(DescriptorView { network: network.to_string(), descriptor })
}

fn account(ceremony: &Ceremony, network: bitcoin::Network) -> Result<bitcoin::Account, NodeError> {
    let key = ceremony.group_key.as_slice().try_into().map_err(|_| NodeError::DamagedRecord)?;
    bitcoin::Account::new(key, network).map_err(|_| NodeError::DamagedRecord)
}

fn solana_address(ceremony: &Ceremony) -> Result<String, NodeError> {
    let key = ceremony.group_key.as_slice().try_into().map_err(|_| NodeError::DamagedRecord)?;
    solana::address(key).map(|address| address.to_string()).map_err(|_| NodeError::DamagedRecord)
}
