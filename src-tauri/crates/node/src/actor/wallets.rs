//! What is stored of wallets and done with them.

mod erasing;

use std::collections::{BTreeMap, BTreeSet};

use coordinator::WalletName;
use identity::{DeviceId, DeviceName};
use serde_json::Value;
use tokio::task::spawn_blocking;

use super::{Actor, Answer, answer, nothing};
use crate::{
    NodeError, certificate,
    clock::now_ms,
    contacts::Contacts,
    handle::{AddressRequest, Reply, WalletCommand},
    message::MessagePart,
    reason::Reason,
    snapshot::{CertificateView, ErrorView, WalletView},
    storage::{Stage, Storage, StorageError, StoredWallet, WalletId},
    wallet::{Record, Wallet},
};

pub(crate) use self::erasing::{Erased, Erasing};

/// The wallets of which this device holds a share.
pub(super) struct Wallets {
    wallets: BTreeMap<WalletId, Wallet>,
    /// Rows of which only secrets may be left, to be erased, and why that failed last: their storing was interrupted
    /// before anything was signed, or their owner ordered it.
    interrupted: BTreeMap<WalletId, Option<MessagePart>>,
    /// Wallets whose interrupted ceremony can't go on, and why.
    stuck: BTreeMap<WalletId, Reason>,
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
            stuck: BTreeMap::new(),
            damaged: all - wallets.len(),
            wallets,
            interrupted: interrupted.into_iter().map(|row| (row.id, None)).collect(),
        })
    }

    /// What the user must see to: wallets that are stored but can't be read or finished, and shares that can't be
    /// erased.
    pub(super) fn problems(&self) -> Vec<ErrorView> {
        let damaged = (self.damaged > 0).then_some(NodeError::DamagedWallets { count: self.damaged });
        let left = self.interrupted.values().flatten().next();
        let left = left.map(|reason| NodeError::NotRemoved { reason: reason.clone() });
        let stuck = self.stuck.iter().filter_map(|(id, reason)| {
            let wallet = self.get(*id)?.name().to_owned();
            Some(NodeError::NotResumed { wallet, reason: reason.clone() })
        });
        damaged.into_iter().chain(left).chain(stuck).map(|problem| problem.view()).collect()
    }

    pub(super) fn set_stuck(&mut self, id: WalletId, reason: Reason) {
        self.stuck.insert(id, reason);
    }

    pub(super) fn clear_stuck(&mut self, id: WalletId) {
        self.stuck.remove(&id);
    }

    /// By name. One that a session is still making is the session's to show.
    pub(super) fn views(
        &self,
        contacts: &Contacts,
        is_being_made: impl Fn(&[u8; 32]) -> bool,
    ) -> Vec<WalletView> {
        let is_shown = |wallet: &&Wallet| !wallet.is_unfinished() || !is_being_made(&wallet.session_tag());
        let mut views: Vec<_> = self.wallets.values().filter(is_shown).map(Wallet::view).collect();
        for member in views.iter_mut().flat_map(|view| &mut view.members) {
            let known = member.id.parse().ok().and_then(|id| contacts.get(&id));
            if let Some(label) = known.and_then(|contact| contact.stored.label.as_ref()) {
                member.name = label.to_string();
            }
        }
        views.sort_by(|a, b| (&a.name, a.created_at).cmp(&(&b.name, b.created_at)));
        views
    }

    /// The finished wallets of which another device has a share, too.
    pub(super) fn shared_with(&self, device: &DeviceId) -> Vec<String> {
        let is_member =
            |wallet: &&Wallet| wallet.ceremony().members.iter().any(|member| member.id == *device);
        self.finished().filter(is_member).map(|wallet| wallet.id().to_string()).collect()
    }

    /// Rows whose secrets, if there are any, are to be erased.
    pub(super) fn interrupted(&self) -> Vec<WalletId> {
        self.interrupted.keys().copied().collect()
    }

    /// Ceremonies that some member may not have finished, with the server over which they met.
    pub(super) fn unfinished(&self) -> Vec<(Wallet, String)> {
        let unfinished = self.wallets.values().filter(|wallet| wallet.wants_company(now_ms()));
        unfinished.map(|wallet| (wallet.clone(), wallet.stored().server.clone())).collect()
    }

    /// Wallets whose ceremony has finished.
    pub(super) fn finished(&self) -> impl Iterator<Item = &Wallet> {
        self.wallets.values().filter(|wallet| !wallet.is_unfinished())
    }

    /// Wallets with which this device can sign.
    pub(super) fn usable(&self) -> impl Iterator<Item = &Wallet> {
        self.wallets.values().filter(|wallet| wallet.is_usable())
    }

    pub(super) fn get(&self, id: WalletId) -> Option<&Wallet> {
        self.wallets.get(&id)
    }

    /// Marks the wallets whose share the keystore does not hold.
    pub(super) fn set_without_share(&mut self, ids: &[WalletId]) {
        for wallet in self.wallets.values_mut() {
            wallet.set_without_share(ids.contains(&wallet.id()));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.wallets.is_empty() && self.interrupted.is_empty()
    }

    /// Whether there are wallets that can't be read, and whose shares may be all that is left of them.
    pub(super) fn any_damaged(&self) -> bool {
        self.damaged > 0
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
        self.interrupted.retain(|id, _| !erased.contains(id));
        Ok(())
    }

    /// By ID or, where it is unique, by name.
    pub(super) fn find(&self, wanted: &str) -> Result<&Wallet, NodeError> {
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

    /// The certificate in the form that people keep. Public.
    pub(super) fn certificate(&self, wallet: &str) -> Result<Value, NodeError> {
        let wallet = self.find(wallet)?;
        match wallet.record() {
            Record::Active(record) => Ok(certificate::write(record.certificate(), wallet.ceremony())),
            Record::Pending(_) => Err(wallet.unfinished()),
        }
    }
}

impl Actor {
    pub(super) fn wallet_command(&mut self, command: WalletCommand) -> Answer {
        match command {
            WalletCommand::Rename { wallet, name, reply } => {
                answer(reply, self.rename_wallet(&wallet, &name))
            }
            WalletCommand::Remove { wallet, typed_name, reply } => {
                self.remove_wallet(&wallet, &typed_name, reply)
            }
            WalletCommand::FreshAddress(wallet, reply) => answer(reply, self.fresh_address(&wallet)),
            WalletCommand::Export(wallet, reply) => {
                answer(reply, self.wallets.find(&wallet).and_then(Wallet::export))
            }
            WalletCommand::CheckCertificate(text, reply) => self.check_certificate(text, reply),
        }
    }

    fn rename_wallet(&mut self, wallet: &str, name: &str) -> Result<(), NodeError> {
        let wallet = self.wallets.find(wallet)?;
        let name: WalletName = name.parse()?;
        let name = (name != *wallet.ceremony().params.name()).then_some(name);
        self.replace_row(StoredWallet { name, ..wallet.stored().clone() })
    }

    fn fresh_address(&mut self, wallet: &str) -> Result<String, NodeError> {
        let wallet = self.wallets.find(wallet)?;
        let receive_index = wallet.next_receive_index(self.ledgers.used_addresses(wallet.id()))?;
        let address = wallet.address(None, false, receive_index)?;
        self.replace_row(StoredWallet { receive_index, ..wallet.stored().clone() })?;
        Ok(address)
    }

    /// Moves on from an address that got something; `next` comes after the last that did.
    pub(super) fn show_unused_address(&mut self, wallet: WalletId, next: u32) {
        let known = self.wallets.get(wallet).filter(|known| known.is_usable());
        let Some(stored) = known.map(Wallet::stored).filter(|stored| stored.receive_index < next) else {
            return;
        };
        let moved = self.replace_row(StoredWallet { receive_index: next, ..stored.clone() });
        if let Err(error) = moved {
            // It is tried again with the next look at the chain.
            tracing::error!(%wallet, %error, "that an address got something could not be stored");
        }
    }

    /// What is said of a wallet, by its owner or its chain.
    fn replace_row(&mut self, stored: StoredWallet) -> Result<(), NodeError> {
        let wallet = self.wallets.wallets.get(&stored.id).ok_or(NodeError::DamagedRecord)?.updated(stored)?;
        self.storage.put_wallet(wallet.stored())?;
        self.wallets.wallets.insert(wallet.id(), wallet);
        Ok(())
    }

    /// Beside the loop: it takes long for a large group.
    fn check_certificate(&mut self, text: String, reply: Reply<CertificateView>) -> Answer {
        let own: BTreeSet<_> = self.wallets.finished().map(Wallet::id).collect();
        self.tasks.spawn(async move {
            let checked = spawn_blocking(move || certificate::check(&text, |id| own.contains(id)));
            let checked = checked.await.map_err(|_| NodeError::Closed);
            // Whoever asked may have gone.
            drop(reply.send(checked.and_then(|checked| checked.map_err(NodeError::from))));
        });
        nothing()
    }

    /// Makes a row durable, then known.
    pub(super) fn store_wallet(
        &mut self,
        stored: StoredWallet,
        met: &[(DeviceId, DeviceName)],
    ) -> Result<(), StorageError> {
        if stored.stage == Stage::Storing {
            return self.storage.put_wallet(&stored);
        }
        if self.wallets.interrupted.contains_key(&stored.id) {
            return Err(StorageError::Removed);
        }
        let mut stored = stored;
        // What the owner said of it stays.
        if let Some(known) = self.wallets.wallets.get(&stored.id).map(Wallet::stored) {
            stored.verified = known.verified;
            stored.created_at = known.created_at;
            stored.name.clone_from(&known.name);
            stored.receive_index = known.receive_index;
            if known.stage == Stage::Quarantined {
                stored.stage = Stage::Quarantined;
            }
        }
        let wallet = match self.wallets.wallets.get(&stored.id) {
            Some(known) => known.updated(stored)?,
            None => Wallet::load(stored)?,
        };
        let met = self.met(met, now_ms());
        self.storage.together::<StorageError>(|storage| {
            storage.put_wallet(wallet.stored())?;
            met.iter().try_for_each(|contact| storage.put_contact(contact))
        })?;
        self.know(met);
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
        let wallet = wallet.updated(stored)?;
        let changed = if matches { self.verified_by(&wallet) } else { self.doubted_by(&wallet) };
        self.storage.together::<NodeError>(|storage| {
            storage.put_wallet(wallet.stored())?;
            Ok(changed.iter().try_for_each(|contact| storage.put_contact(contact))?)
        })?;
        self.know(changed);
        self.wallets.wallets.insert(wallet.id(), wallet);
        Ok(())
    }
}
