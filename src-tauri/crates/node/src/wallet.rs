//! A wallet as this device knows it: its stored row, parsed and checked once.

use chains::{bitcoin, solana};
use coordinator::{
    Ciphersuite, SecretShare,
    dkg::{Ceremony, PendingWallet, Transcript, WalletRecord},
};
use identity::IdentityKey;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    NodeError,
    actor::device_view,
    session::{ciphersuite_view, main_network},
    snapshot::{AddressView, DescriptorView, WalletStatus, WalletView},
    storage::{Stage, StorageError, StoredWallet, WalletId},
};

/// The networks of a Bitcoin wallet, the main one first.
const BITCOIN_NETWORKS: [(&str, bitcoin::Network); 4] = [
    ("mainnet", bitcoin::Network::Mainnet),
    ("testnet4", bitcoin::Network::Testnet4),
    ("signet", bitcoin::Network::Signet),
    ("regtest", bitcoin::Network::Regtest),
];
const SOLANA: &str = "solana";

/// A stored wallet and what its ceremony came to.
#[derive(Clone, Debug)]
pub(crate) struct Wallet {
    stored: StoredWallet,
    record: Record,
    ceremony: Ceremony,
    /// Unfinished only: names of the devices whose signature is missing.
    missing: Vec<String>,
    /// The keystore does not hold this device's share.
    without_share: bool,
    /// What an interface sees; made once, since deriving addresses takes a while.
    view: WalletView,
}

/// The coordinator's public record.
#[derive(Clone, Debug)]
pub(crate) enum Record {
    Pending(Box<PendingWallet>),
    Active(Box<WalletRecord>),
}

impl Record {
    fn parse(stored: &StoredWallet) -> Result<Self, StorageError> {
        Ok(match stored.stage {
            Stage::Storing => return Err(StorageError::Damaged),
            Stage::Pending => Self::Pending(decode(&stored.record)?),
            Stage::Active | Stage::Quarantined => Self::Active(decode(&stored.record)?),
        })
    }

    fn transcript(&self) -> &Transcript {
        match self {
            Self::Pending(pending) => pending.transcript(),
            Self::Active(active) => active.certificate().transcript(),
        }
    }
}

impl Wallet {
    /// Parses a row and verifies the certificate in it: the disk may have been changed. A row whose storing
    /// was interrupted is no wallet.
    pub(crate) fn load(stored: StoredWallet) -> Result<Self, StorageError> {
        let record = Record::parse(&stored)?;
        let ceremony = match &record {
            Record::Pending(pending) => pending.transcript().ceremony(),
            Record::Active(active) => active.ceremony(),
        };
        let ceremony = ceremony.map_err(|_| StorageError::Damaged)?;
        if wallet_id(&ceremony.transcript_hash) != stored.id {
            return Err(StorageError::Damaged);
        }
        let view = view(&stored, &ceremony);
        Ok(Self { stored, record, ceremony, missing: Vec::new(), without_share: false, view })
    }

    /// The wallet with a later row, which this device has just made. Its keys follow from the same messages, which
    /// takes long to check for a large group; the coordinator verified the signatures as they came.
    pub(crate) fn updated(&self, stored: StoredWallet) -> Result<Self, StorageError> {
        let record = Record::parse(&stored)?;
        if stored.id != self.stored.id || record.transcript() != self.record.transcript() {
            return Self::load(stored);
        }
        let (ceremony, view) = (self.ceremony.clone(), view(&stored, &self.ceremony));
        Ok(Self { stored, record, ceremony, missing: Vec::new(), without_share: self.without_share, view })
    }

    /// The ID of a finished wallet's record.
    pub(crate) fn id_of(record: &[u8]) -> Result<[u8; 16], StorageError> {
        let record: WalletRecord = decode(record)?;
        let ceremony = record.ceremony().map_err(|_| StorageError::Damaged)?;
        Ok(wallet_id(&ceremony.transcript_hash).0)
    }

    /// Whether the wallet is this device's, and the share is the device's part of its key.
    pub(crate) fn belongs_to(&self, identity: &IdentityKey, share: &SecretShare) -> bool {
        let Record::Active(record) = &self.record else { return false };
        let position = self.ceremony.members.iter().position(|member| member.id == identity.id());
        let stated = position.and_then(|position| self.ceremony.verifying_shares.get(position));
        record.me() == identity.id()
            && share.ciphersuite() == self.ceremony.params.ciphersuite()
            && share
                .public()
                .is_ok_and(|(group, own)| group == self.ceremony.group_key && Some(&own) == stated)
    }

    pub(crate) fn id(&self) -> WalletId {
        self.stored.id
    }

    pub(crate) fn stored(&self) -> &StoredWallet {
        &self.stored
    }

    pub(crate) fn record(&self) -> &Record {
        &self.record
    }

    pub(crate) fn ceremony(&self) -> &Ceremony {
        &self.ceremony
    }

    pub(crate) fn name(&self) -> &str {
        self.ceremony.params.name().as_str()
    }

    /// The public tag of the session that made it.
    pub(crate) fn session_tag(&self) -> [u8; 32] {
        self.ceremony.session.0
    }

    pub(crate) fn is_unfinished(&self) -> bool {
        matches!(self.record, Record::Pending(_))
    }

    /// Whether some member may still lack the certificate.
    pub(crate) fn wants_company(&self) -> bool {
        !self.stored.everyone
    }

    pub(crate) fn set_without_share(&mut self, without_share: bool) {
        self.without_share = without_share;
    }

    /// Why something can't be done before the ceremony has finished.
    pub(crate) fn unfinished(&self) -> NodeError {
        let missing =
            if self.missing.is_empty() { "every device".to_owned() } else { self.missing.join(", ") };
        NodeError::Unfinished { missing }
    }

    /// Whose signature an unfinished wallet waits for.
    pub(crate) fn set_missing(&mut self, missing: Vec<String>) {
        self.missing = missing;
    }

    pub(crate) fn view(&self) -> WalletView {
        let mut view = self.view.clone();
        if let WalletStatus::Unfinished { missing } = &mut view.status {
            missing.clone_from(&self.missing);
        }
        if self.without_share && matches!(view.status, WalletStatus::Active { .. }) {
            view.status = WalletStatus::Unusable { error: NodeError::ShareMissing.view() };
        }
        view
    }

    /// An address that the group can spend from; only of a finished wallet that is not quarantined.
    pub(crate) fn address(
        &self,
        network: Option<&str>,
        change: bool,
        index: u32,
    ) -> Result<String, NodeError> {
        match self.stored.stage {
            Stage::Storing | Stage::Pending => {
                return Err(self.unfinished());
            }
            Stage::Quarantined => return Err(NodeError::Quarantined),
            Stage::Active if self.without_share => return Err(NodeError::ShareMissing),
            Stage::Active => {}
        }
        let no_address = |advice: &str| NodeError::NoAddress {
            network: network.unwrap_or("any network").chars().filter(|c| !c.is_control()).take(20).collect(),
            advice: advice.to_owned(),
        };
        match (self.ceremony.params.ciphersuite(), network) {
            (Ciphersuite::Ed25519, None | Some(SOLANA)) => {
                if change || index != 0 {
                    return Err(no_address("A Solana wallet has one address: no index, no change."));
                }
                let key =
                    self.ceremony.group_key.as_slice().try_into().map_err(|_| NodeError::DamagedRecord)?;
                let address = solana::address(key).map_err(|_| NodeError::DamagedRecord)?;
                Ok(address.to_string())
            }
            (Ciphersuite::Ed25519, Some(_)) => Err(no_address("It is a Solana wallet.")),
            (Ciphersuite::Secp256k1Tr, network) => {
                let name = network.unwrap_or("mainnet");
                let found = BITCOIN_NETWORKS.into_iter().find(|(known, _)| *known == name);
                let (_, network) = found
                    .ok_or_else(|| no_address("It has mainnet, testnet4, signet and regtest addresses."))?;
                let keychain = if change { bitcoin::Keychain::Change } else { bitcoin::Keychain::Receive };
                let address = account(&self.ceremony, network)?.address(keychain, index);
                Ok(address.map_err(|_| no_address("Indexes go from 0 to 2147483647."))?.to_string())
            }
            (Ciphersuite::Secp256k1, _) => Err(no_address(
                "Its key signs raw messages; no chain can spend with it, so it has no address.",
            )),
        }
    }
}

fn view(stored: &StoredWallet, ceremony: &Ceremony) -> WalletView {
    let Ceremony { params, members, .. } = ceremony;
    let status = match stored.stage {
        Stage::Storing | Stage::Pending => WalletStatus::Unfinished { missing: Vec::new() },
        Stage::Quarantined => WalletStatus::Quarantined,
        Stage::Active => WalletStatus::Active {
            verified: stored.verified,
            safety_words: ceremony.safety_words.map(str::to_owned).to_vec(),
            group_public_key: hex::encode(&ceremony.group_key),
            addresses: addresses(ceremony),
            descriptors: descriptors(ceremony),
        },
    };
    WalletView {
        id: stored.id.to_string(),
        name: params.name().to_string(),
        ceremony_name: params.name().to_string(),
        ciphersuite: ciphersuite_view(params.ciphersuite()),
        network: main_network(params.ciphersuite()),
        receive_index: 0,
        threshold: params.threshold(),
        members: members.iter().map(|member| device_view(member.id, member.name.as_str())).collect(),
        status,
        created_at: stored.created_at,
        confirmed_by_all: stored.everyone,
    }
}

/// The first address on each network.
fn addresses(ceremony: &Ceremony) -> Vec<AddressView> {
    let view = |network: &str, address: Result<String, NodeError>| {
        Some(AddressView { network: network.to_owned(), address: address.ok()? })
    };
    match ceremony.params.ciphersuite() {
        Ciphersuite::Ed25519 => view(SOLANA, solana_address(ceremony)).into_iter().collect(),
        Ciphersuite::Secp256k1 => Vec::new(),
        Ciphersuite::Secp256k1Tr => BITCOIN_NETWORKS
            .into_iter()
            .filter_map(|(name, network)| {
                let address = account(ceremony, network).ok()?.address(bitcoin::Keychain::Receive, 0).ok()?;
                view(name, Ok(address.to_string()))
            })
            .collect(),
    }
}

fn descriptors(ceremony: &Ceremony) -> Vec<DescriptorView> {
    if ceremony.params.ciphersuite() != Ciphersuite::Secp256k1Tr {
        return Vec::new();
    }
    let view = |(name, network): (&str, bitcoin::Network)| {
        let descriptor = account(ceremony, network).ok()?.descriptor().to_string();
        Some(DescriptorView { network: name.to_owned(), descriptor })
    };
    BITCOIN_NETWORKS.into_iter().filter_map(view).collect()
}

fn account(ceremony: &Ceremony, network: bitcoin::Network) -> Result<bitcoin::Account, NodeError> {
    let key = ceremony.group_key.as_slice().try_into().map_err(|_| NodeError::DamagedRecord)?;
    bitcoin::Account::new(key, network).map_err(|_| NodeError::DamagedRecord)
}

fn solana_address(ceremony: &Ceremony) -> Result<String, NodeError> {
    let key = ceremony.group_key.as_slice().try_into().map_err(|_| NodeError::DamagedRecord)?;
    solana::address(key).map(|address| address.to_string()).map_err(|_| NodeError::DamagedRecord)
}

/// A wallet's ID: the first 16 bytes of its transcript's hash.
pub(crate) fn wallet_id(transcript_hash: &[u8; 32]) -> WalletId {
    let mut id = [0; 16];
    for (to, from) in id.iter_mut().zip(transcript_hash) {
        *to = *from;
    }
    WalletId(id)
}

/// A record as it is stored.
pub(crate) fn encode(record: &impl Serialize) -> Vec<u8> {
    // Serialising these types to memory has no failure: no maps, no unsized sequences.
    postcard::to_allocvec(record).unwrap_or_default()
}

fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, StorageError> {
    match postcard::take_from_bytes(bytes) {
        Ok((record, [])) => Ok(record),
        _ => Err(StorageError::Damaged),
    }
}
