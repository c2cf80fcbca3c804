//! What a wallet learns of the chain, from a server or a node that may lie or be broken.
//!
//! A server that knows addresses (Esplora): [`full_scan`](WatchOnly::full_scan), answered by an [`Update`] for
//! [`apply`](WatchOnly::apply). A Bitcoin node: blocks and unconfirmed transactions from [`tip`](WatchOnly::tip) on, through
//! [`connect`](WatchOnly::connect) and [`pending`](WatchOnly::pending).
//!
//! A source can hide transactions and make up unconfirmed ones; that can deceive people, but move no coins. What it must
//! not do is make the wallet stop, so amounts, heights and numbers are checked before anything is computed with them.

use std::sync::Arc;

use bitcoin::{Amount, Block, Transaction, TxOut, Txid, absolute::LOCK_TIME_THRESHOLD};

use super::{WalletError, WatchOnly, keychain};
use crate::bitcoin::Keychain;

pub use bdk_wallet::{
    KeychainKind, Update, WalletEvent as Event,
    chain::{
        BlockId, CheckPoint, ConfirmationBlockTime as Anchor,
        spk_client::{FullScanRequest, FullScanResponse, SyncRequest, SyncResponse},
    },
};

/// Transactions that a source found, and where.
pub type Found = bdk_wallet::chain::TxUpdate<Anchor>;

/// The most addresses beyond the last known one that a source may say to be in use.
const MAX_NEW_ADDRESSES: u32 = 10_000;
/// The most that all outputs of all transactions may be worth together; far more than any wallet's history has.
const MAX_TOTAL: Amount = Amount::from_sat(i64::MAX as u64);

impl WatchOnly {
    /// What to ask of a source that knows addresses, for a wallet of which nothing is known. `now` in Unix seconds.
    pub fn full_scan(&self, now: u64) -> FullScanRequest<KeychainKind> {
        self.wallet.start_full_scan_at(now).build()
    }

    /// What to ask of a source that knows addresses, from then on. `now` in Unix seconds.
    pub fn sync(&self, now: u64) -> SyncRequest<(KeychainKind, u32)> {
        self.wallet.start_sync_with_revealed_spks_at(now).build()
    }

    /// Takes in what such a source answered. Returns what changed for the wallet.
    pub fn apply(&mut self, update: impl Into<Update>) -> Result<Vec<Event>, WalletError> {
        let update = update.into();
        let has_far_block = update.chain.as_ref().is_some_and(|tip| !is_height(tip.height()));
        let has_far_address = update.last_active_indices.iter().any(|(kind, index)| {
            *index >= self.next_index(keychain(*kind)).saturating_add(MAX_NEW_ADDRESSES)
        });
        if has_far_block || has_far_address {
            return Err(WalletError::Implausible);
        }
        let graph = &update.tx_update;
        self.check_amounts(graph.txs.iter().flat_map(|tx| &tx.output).chain(graph.txouts.values()))?;
        self.wallet.apply_update_events(update).map_err(|_| WalletError::Unconnected)
    }

    /// The last block that is known.
    pub fn tip(&self) -> CheckPoint {
        self.wallet.latest_checkpoint()
    }

    /// Takes in a block that comes after `connected_to`, the last of the known blocks that the source has, too. They need
    /// not be neighbours: a wallet that is known to be new may begin at any height. Known blocks that come after
    /// `connected_to` were replaced, and what was in them only is pending again.
    pub fn connect(
        &mut self,
        block: &Block,
        height: u32,
        connected_to: BlockId,
    ) -> Result<Vec<Event>, WalletError> {
        if !is_height(height) {
            return Err(WalletError::Implausible);
        }
        self.check_amounts(block.txdata.iter().flat_map(|tx| &tx.output))?;
        self.wallet
            .apply_block_connected_to_events(block, height, connected_to)
            .map_err(|_| WalletError::Unconnected)
    }

    /// Takes in transactions that are in no block: with each, when it was seen last, in Unix seconds. Those that do not
    /// concern the wallet are passed over. To be called for the group's own ones, too, as soon as they are sent.
    pub fn pending(
        &mut self,
        transactions: impl IntoIterator<Item = (Arc<Transaction>, u64)>,
    ) -> Result<Vec<Event>, WalletError> {
        let transactions: Vec<_> = transactions.into_iter().collect();
        self.check_amounts(transactions.iter().flat_map(|(tx, _)| &tx.output))?;
        Ok(self.wallet.apply_unconfirmed_txs_events(transactions))
    }

    /// Takes in which transactions the source no longer has, without having put them into a block; with each, since when.
    pub fn evicted(&mut self, transactions: impl IntoIterator<Item = (Txid, u64)>) -> Vec<Event> {
        self.wallet.apply_evicted_txs_events(transactions)
    }

    /// BDK adds amounts without looking whether their sum fits.
    fn check_amounts<'a>(&'a self, new: impl Iterator<Item = &'a TxOut>) -> Result<(), WalletError> {
        let graph = self.wallet.tx_graph();
        let known = graph.all_txouts().map(|(_, txout)| txout);
        let mut total = Amount::ZERO;
        for txout in known.chain(new) {
            let sum = total.checked_add(txout.value).filter(|sum| *sum <= MAX_TOTAL);
            total = sum.filter(|_| txout.value <= Amount::MAX_MONEY).ok_or(WalletError::Implausible)?;
        }
        Ok(())
    }
}

/// From there on, BIP-65 takes a number for a time.
const fn is_height(height: u32) -> bool {
    height < LOCK_TIME_THRESHOLD
}

impl From<KeychainKind> for Keychain {
    fn from(kind: KeychainKind) -> Self {
        keychain(kind)
    }
}
