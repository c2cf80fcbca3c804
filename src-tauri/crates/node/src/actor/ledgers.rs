//! What is known of Bitcoin wallets' money, and where it is looked up.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chains::bitcoin::{Account, Network, wallet::compact};
use tokio::sync::mpsc;

use super::Actor;
use crate::{
    NodeError,
    ledger::bitcoin::{Ledger, LedgerEvent, NodeAddress, Setting, Sources},
    snapshot::{ChainSource, ChainSourceView, LedgerView, TransactionView},
    storage::{Storage, StorageError, WalletId},
    wallet::Wallet,
};

/// So many pieces of what is known become one at the next start.
const PIECES: usize = 100;

/// The tasks that look at the chain.
#[derive(Default)]
pub(super) struct Ledgers {
    last_run: u64,
    under_way: BTreeMap<WalletId, Entry>,
}

struct Entry {
    run: u64,
    /// The task ends when it is dropped.
    nudges: mpsc::Sender<()>,
    view: Option<LedgerView>,
    transactions: Vec<TransactionView>,
}

impl Ledgers {
    /// What is known of a wallet's money.
    pub(super) fn view(&self, wallet: WalletId) -> Option<LedgerView> {
        self.under_way.get(&wallet)?.view.clone()
    }

    pub(super) fn close_all(&mut self) {
        self.under_way.clear();
    }
}

/// Where the settings have the node of a network.
fn key(network: Network) -> String {
    format!("bitcoin source {network}")
}

/// What the owner chose.
pub(super) fn sources(storage: &Storage) -> Result<Sources, NodeError> {
    let mut sources = Sources::new();
    for network in Network::ALL {
        let stored = storage.setting(&key(network))?;
        let source = stored.and_then(|text| serde_json::from_str::<ChainSource>(&text).ok());
        sources.extend(source.and_then(|source| Some((network, address(&source).ok()?))));
    }
    Ok(sources)
}

fn address(source: &ChainSource) -> Result<NodeAddress, NodeError> {
    let ChainSource::Node { url, cookie_file } = source;
    Ok(NodeAddress::new(url, cookie_file)?)
}

impl Actor {
    /// Begins and ends what should be by now.
    pub(super) fn tend_ledgers(&mut self) {
        let is_wanted = |wallet: &&Wallet| self.config.look_up && wallet.is_of_bitcoin();
        let wanted: BTreeSet<_> = self.wallets.usable().filter(is_wanted).map(Wallet::id).collect();
        self.ledgers.under_way.retain(|wallet, _| wanted.contains(wallet));
        for wallet in wanted {
            if !self.ledgers.under_way.contains_key(&wallet) {
                self.look_up(wallet);
            }
        }
    }

    fn look_up(&mut self, wallet: WalletId) {
        let (Some(actor), Some(known)) = (self.to_self.upgrade(), self.wallets.get(wallet)) else { return };
        let Some(account) = known.account() else { return };
        let born = known.stored().created_at / 1000;
        let pieces = match self.pieces(wallet, &account) {
            Ok(pieces) => pieces,
            Err(error) => {
                tracing::error!(%wallet, %error, "what is known of a wallet's money can't be read");
                return;
            }
        };
        self.ledgers.last_run += 1;
        let run = self.ledgers.last_run;
        // One nudge that waits stands for all.
        let (nudges, nudged) = mpsc::channel(1);
        let setting = Setting { wallet, run, account, born, sources: self.bitcoin.subscribe(), actor };
        let entry = Entry { run, nudges, view: None, transactions: Vec::new() };
        self.ledgers.under_way.insert(wallet, entry);
        tokio::spawn(Ledger::run(setting, pieces, nudged));
    }

    /// What is stored of a wallet's money.
    fn pieces(&self, wallet: WalletId, account: &Account) -> Result<Vec<Vec<u8>>, StorageError> {
        let pieces = self.storage.ledger(wallet)?;
        if pieces.len() < PIECES {
            return Ok(pieces);
        }
        match compact(account, &pieces) {
            Ok(Some(all)) => {
                self.storage.replace_ledger(wallet, Some(&all))?;
                Ok(vec![all])
            }
            // Its task says what is wrong.
            _ => Ok(pieces),
        }
    }

    pub(super) fn ledger_event(&mut self, wallet: WalletId, run: u64, event: LedgerEvent) {
        // One of an earlier run may be of a wallet that has been removed.
        let Some(entry) = self.ledgers.under_way.get_mut(&wallet).filter(|entry| entry.run == run) else {
            return;
        };
        match event {
            LedgerEvent::Known { view, transactions } => {
                entry.view = Some(*view);
                entry.transactions = transactions;
            }
            // A task that is gone has no use for the answers.
            LedgerEvent::Store { piece, reply } => {
                let _ = reply.send(self.storage.add_to_ledger(wallet, &piece));
            }
            LedgerEvent::Forget { reply } => {
                let _ = reply.send(self.storage.replace_ledger(wallet, None));
            }
            LedgerEvent::Gone => drop(self.ledgers.under_way.remove(&wallet)),
        }
    }

    pub(super) fn chain_source_views(&self) -> Vec<ChainSourceView> {
        let sources = self.bitcoin.borrow();
        let view = |network: Network| ChainSourceView {
            network: network.to_string(),
            source: sources.get(&network).map(|address| ChainSource::Node {
                url: address.url.to_string(),
                cookie_file: address.cookie_file.display().to_string(),
            }),
        };
        Network::ALL.into_iter().map(view).collect()
    }

    pub(super) fn set_chain_source(
        &mut self,
        network: &str,
        source: Option<&ChainSource>,
    ) -> Result<(), NodeError> {
        let network: Network = network.parse().map_err(|_| NodeError::InvalidNetwork {
            network: network.chars().take(20).collect(),
            choices: Network::ALL.map(Network::as_str).join(", "),
        })?;
        let address = source.map(address).transpose()?;
        let stored = source.map(serde_json::to_string).transpose().map_err(|_| StorageError::Damaged)?;
        self.storage.set_setting(&key(network), &stored.unwrap_or_default())?;
        let mut sources = Sources::clone(&self.bitcoin.borrow());
        match address {
            Some(address) => drop(sources.insert(network, address)),
            None => drop(sources.remove(&network)),
        }
        self.bitcoin.send_replace(Arc::new(sources));
        Ok(())
    }

    /// Has a wallet looked up now.
    pub(super) fn sync_wallet(&self, wallet: &str) -> Result<(), NodeError> {
        // A nudge that waits already is as good.
        let _ = self.ledger_of(wallet)?.nudges.try_send(());
        Ok(())
    }

    /// All transactions of a wallet, as far as they are known.
    pub(super) fn transactions(&self, wallet: &str) -> Result<Vec<TransactionView>, NodeError> {
        Ok(self.ledger_of(wallet)?.transactions.clone())
    }

    fn ledger_of(&self, wallet: &str) -> Result<&Entry, NodeError> {
        let wallet = self.wallets.find(wallet)?;
        self.ledgers.under_way.get(&wallet.id()).ok_or(NodeError::NotBitcoin)
    }
}
