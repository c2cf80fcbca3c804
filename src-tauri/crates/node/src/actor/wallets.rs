//! What is stored of wallets and done with them.

use std::collections::BTreeMap;

use identity::{DeviceId, DeviceName};
use serde_json::{Value, json};
use tokio::task::spawn_blocking;

use super::{Actor, Answer, answer, keys, nothing};
use crate::{
    NodeError,
    clock::now_ms,
    handle::{AddressRequest, Reply},
    snapshot::{ErrorView, WalletView},
    storage::{Stage, Storage, StorageError, StoredWallet, WalletId},
    wallet::{Record, Wallet},
};

/// The wallets of which this device holds a share.
pub(super) struct Wallets {
    wallets: BTreeMap<WalletId, Wallet>,
    /// Rows whose storing was interrupted before anything was signed: what is left of them is erased.
    interrupted: Vec<WalletId>,
    /// Rows that can't be read.
    damaged: usize,
}

impl Wallets {
    pub(super) fn load(storage: &Storage) -> Result<Self, NodeError> {
        let (interrupted, rows): (Vec<_>, Vec<_>) =
            storage.wallets()?.into_iter().partition(|row| row.stage == Stage::Storing);
        let all = rows.len();
        let loaded = rows.into_iter().filter_map(|stored| Wallet::load(stored).ok());
        let wallets: BTreeMap<_, _> = loaded.map(|wallet| (wallet.id(), wallet)).collect();
        Ok(Self {
            damaged: all - wallets.len(),
            wallets,
            interrupted: interrupted.into_iter().map(|row| row.id).collect(),
        })
    }

    /// What the user must see to: wallets that are stored but can't be read.
    pub(super) fn problems(&self) -> Vec<ErrorView> {
        let problem = (self.damaged > 0).then(|| NodeError::DamagedWallets { count: self.damaged }.view());
        problem.into_iter().collect()
    }

    /// By name. One that a session is still making is the session's to show.
    pub(super) fn views(&self, is_being_made: impl Fn(&[u8; 32]) -> bool) -> Vec<WalletView> {
        let is_shown = |wallet: &&Wallet| !wallet.is_unfinished() || !is_being_made(&wallet.session_tag());
        let mut views: Vec<_> = self.wallets.values().filter(is_shown).map(Wallet::view).collect();
        views.sort_by(|a, b| (&a.name, a.created_at).cmp(&(&b.name, b.created_at)));
        views
    }

    /// Rows whose secrets, if there are any, are to be erased.
    pub(super) fn interrupted(&self) -> Vec<WalletId> {
        self.interrupted.clone()
    }

    /// Ceremonies that some member may not have finished, with the server over which they met.
    pub(super) fn unfinished(&self) -> Vec<(Wallet, String)> {
        let unfinished = self.wallets.values().filter(|wallet| wallet.wants_company());
        unfinished.map(|wallet| (wallet.clone(), wallet.stored().server.clone())).collect()
    }

    /// Wallets whose ceremony has finished.
    pub(super) fn finished(&self) -> impl Iterator<Item = &Wallet> {
        self.wallets.values().filter(|wallet| !wallet.is_unfinished())
    }

    /// Marks the wallets whose share the keystore does not hold.
    pub(super) fn set_without_share(&mut self, ids: &[WalletId]) {
        for wallet in self.wallets.values_mut() {
            wallet.set_without_share(ids.contains(&wallet.id()));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.wallets.is_empty()
    }

    /// Drops the rows whose secrets have been erased.
    pub(super) fn forget_interrupted(
        &mut self,
        storage: &Storage,
        erased: &[WalletId],
    ) -> Result<(), NodeError> {
        for id in erased {
            storage.delete_wallet(*id)?;
        }
        self.interrupted.retain(|id| !erased.contains(id));
        Ok(())
    }

    /// By ID or, where it is unique, by name.
    fn find(&self, wanted: &str) -> Result<&Wallet, NodeError> {
        if let Some(wallet) = wanted.parse().ok().and_then(|id| self.wallets.get(&id)) {
            return Ok(wallet);
        }
        let mut named = self.wallets.values().filter(|wallet| wallet.name() == wanted);
        let shown = || wanted.chars().filter(|c| !c.is_control()).take(60).collect::<String>();
        match (named.next(), named.next()) {
            (Some(wallet), None) => Ok(wallet),
            (Some(_), Some(_)) => Err(NodeError::AmbiguousWallet(shown())),
            (None, _) => Err(NodeError::UnknownWallet(shown())),
        }
    }

    pub(super) fn address(&self, request: &AddressRequest) -> Result<String, NodeError> {
        self.find(&request.wallet)?.address(request.network.as_deref(), request.change, request.index)
    }

    /// The certificate, whole (`bytes`, postcard) and in readable parts. Public.
    pub(super) fn certificate(&self, wallet: &str) -> Result<Value, NodeError> {
        let wallet = self.find(wallet)?;
        let Record::Active(record) = wallet.record() else { return Err(wallet.unfinished()) };
        let ceremony = wallet.ceremony();
        let members = ceremony.members.iter().zip(&ceremony.verifying_shares);
        Ok(json!({
            "wallet_id": wallet.id().to_string(),
            "name": wallet.name(),
            "curve": ceremony.params.ciphersuite().to_string(),
            "threshold": ceremony.params.threshold(),
            "group_public_key": hex::encode(&ceremony.group_key),
            "transcript_hash": hex::encode(ceremony.transcript_hash),
            "creator": ceremony.creator,
            "members": members.map(|(member, share)| json!({
                "device": member.id,
                "name": member.name,
                "verifying_share": hex::encode(share),
            })).collect::<Vec<_>>(),
            "certificate": hex::encode(record.certificate().to_bytes()),
        }))
    }
}

impl Actor {
    /// Makes a row durable, then known.
    pub(super) fn store_wallet(
        &mut self,
        stored: StoredWallet,
        met: &[(DeviceId, DeviceName)],
    ) -> Result<(), StorageError> {
        if stored.stage == Stage::Storing {
            return self.storage.put_wallet(&stored);
        }
        let mut stored = stored;
        // What the owner said of it stays.
        if let Some(known) = self.wallets.wallets.get(&stored.id) {
            stored.verified = known.stored().verified;
            stored.created_at = known.stored().created_at;
            if known.stored().stage == Stage::Quarantined {
                stored.stage = Stage::Quarantined;
            }
        }
        let wallet = match self.wallets.wallets.get(&stored.id) {
            Some(known) => known.updated(stored)?,
            None => Wallet::load(stored)?,
        };
        self.storage.put_wallet(wallet.stored())?;
        self.storage.meet(met, now_ms())?;
        for (device, name) in met {
            self.contacts.entry(*device).or_insert_with(|| name.clone());
        }
        self.wallets.wallets.insert(wallet.id(), wallet);
        Ok(())
    }

    /// Drops a row whose secrets have been erased.
    pub(super) fn forget_wallet(&mut self, id: WalletId) -> Result<(), StorageError> {
        self.storage.delete_wallet(id)?;
        self.wallets.wallets.remove(&id);
        Ok(())
    }

    pub(super) fn set_missing(&mut self, id: WalletId, missing: Vec<String>) {
        if let Some(wallet) = self.wallets.wallets.get_mut(&id) {
            wallet.set_missing(missing);
        }
    }

    pub(super) fn confirm_words(&mut self, wallet: &str, matches: bool) -> Result<(), NodeError> {
        let wallet = self.wallets.find(wallet)?;
        let mut stored = wallet.stored().clone();
        match (stored.stage, matches) {
            (Stage::Active, true) => stored.verified = true,
            (Stage::Active, false) => {
                stored.verified = false;
                stored.stage = Stage::Quarantined;
            }
            (Stage::Quarantined, false) => return Ok(()),
            (Stage::Quarantined, true) => return Err(NodeError::Quarantined),
            (Stage::Storing | Stage::Pending, _) => {
                return Err(wallet.unfinished());
            }
        }
        self.storage.put_wallet(&stored)?;
        let wallet = wallet.updated(stored)?;
        self.wallets.wallets.insert(wallet.id(), wallet);
        Ok(())
    }

    /// Has the ceremony's task give its word to the others and erase the share; without one (the server
    /// is unknown, the session could not be resumed) the share is erased here. The answer comes when it is gone.
    pub(super) fn discard(&mut self, wallet: &str, reply: Reply<()>) -> Answer {
        let found = self.wallets.find(wallet).and_then(|wallet| match wallet.is_unfinished() {
            true => Ok((wallet.stored().clone(), wallet.session_tag())),
            false => Err(NodeError::NotUnfinished),
        });
        let (stored, tag) = match found {
            Ok(found) => found,
            Err(error) => return answer(reply, Err(error)),
        };
        let reply = match self.sessions.discard(&tag, reply) {
            None => return nothing(),
            Some(reply) => reply,
        };
        // As after an interrupted storing: whatever happens now, the next start erases what is left.
        let row = StoredWallet { stage: Stage::Storing, ..stored };
        let begun = self.keys().map(|keys| keys.store.clone()).and_then(|store| {
            self.storage.put_wallet(&row)?;
            Ok(store)
        });
        let store = match begun {
            Ok(store) => store,
            Err(error) => return answer(reply, Err(error)),
        };
        self.wallets.wallets.remove(&row.id);
        self.wallets.interrupted.push(row.id);
        self.tasks.spawn(async move {
            let erased = spawn_blocking(move || keys::erase(store.as_ref(), row.id).map_err(NodeError::from));
            // Whoever asked may have gone.
            drop(reply.send(erased.await.unwrap_or(Err(NodeError::Closed))));
        });
        nothing()
    }
}
