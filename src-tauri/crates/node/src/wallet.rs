//! A wallet as this device knows it: its stored row, parsed and checked once.
//!
//! - `shown`: what of it people and other programs see.

mod shown;

use coordinator::{
    SecretShare,
    dkg::{Ceremony, PendingWallet, Transcript, WalletRecord},
};
use identity::{DeviceId, IdentityKey};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    NodeError,
    snapshot::{WalletStatus, WalletView},
    storage::{Stage, StorageError, StoredWallet, WalletId},
};

/// How long after its ceremony a wallet's device looks for members that never confirmed, in milliseconds: 90 days.
const LATE: u64 = 90 * 24 * 60 * 60 * 1000;

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
        let view = shown::view(&stored, &ceremony);
        Ok(Self { stored, record, ceremony, missing: Vec::new(), without_share: false, view })
    }

    /// The wallet with a later row, which this device has just made. Its keys follow from the same messages, which
    /// takes long to check for a large group; the coordinator verified the signatures as they came.
    pub(crate) fn updated(&self, stored: StoredWallet) -> Result<Self, StorageError> {
        let record = Record::parse(&stored)?;
        if stored.id != self.stored.id || record.transcript() != self.record.transcript() {
            return Self::load(stored);
        }
        let (ceremony, view) = (self.ceremony.clone(), shown::view(&stored, &self.ceremony));
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

    /// Its name on this device.
    pub(crate) fn name(&self) -> &str {
        self.stored.name.as_ref().unwrap_or(self.ceremony.params.name()).as_str()
    }

    /// The public tag of the session that made it.
    pub(crate) fn session_tag(&self) -> [u8; 32] {
        self.ceremony.session.0
    }

    /// This device among its members.
    pub(crate) fn me(&self) -> Option<DeviceId> {
        match &self.record {
            Record::Pending(_) => None,
            Record::Active(record) => Some(record.me()),
        }
    }

    pub(crate) fn is_unfinished(&self) -> bool {
        matches!(self.record, Record::Pending(_))
    }

    /// Whether it is worth looking for the other members: for as long as this device lacks signatures, and for some time
    /// while another may lack the certificate. One that never says that it has it may be gone for good.
    pub(crate) fn wants_company(&self, now: u64) -> bool {
        let is_recent = now.saturating_sub(self.stored.created_at) < LATE;
        !self.stored.everyone && (self.is_unfinished() || is_recent)
    }

    /// Whether this device can sign with it.
    pub(crate) fn is_usable(&self) -> bool {
        self.stored.stage == Stage::Active && !self.without_share
    }

    pub(crate) fn set_without_share(&mut self, without_share: bool) {
        self.without_share = without_share;
    }

    /// Why something can't be done before the ceremony has finished.
    pub(crate) fn unfinished(&self) -> NodeError {
        NodeError::Unfinished { missing: self.missing.clone() }
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
