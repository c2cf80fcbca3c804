//! The transactions that concern a wallet.

use bdk_wallet::{
    WalletTx,
    chain::{ChainPosition, ConfirmationBlockTime},
};
use bitcoin::{Address, Amount, OutPoint, Transaction, Txid};

use super::WatchOnly;

/// A transaction that pays to the wallet's addresses, or spends from them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The transaction.
    pub txid: Txid,
    /// What it took from the wallet's addresses.
    pub spent: Amount,
    /// What it paid to the wallet's addresses, change included.
    pub received: Amount,
    /// Whom else it paid, if it took something from the wallet's addresses.
    pub paid: Vec<(Address, Amount)>,
    /// The fee, where it can be known: of transactions that spend the wallet's coins only.
    pub fee: Option<Amount>,
    /// Where it is.
    pub position: Position,
    /// Whether the wallet made it and can still replace it by one with a higher fee.
    pub is_replaceable: bool,
}

/// Where a transaction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// In a block.
    Confirmed {
        /// The block's height.
        height: u32,
        /// The block's time, in Unix seconds.
        time: u64,
        /// How many blocks there are from this one to the last, both included.
        confirmations: u32,
    },
    /// In no block yet.
    Pending {
        /// When it was first seen, in Unix seconds.
        first_seen: Option<u64>,
    },
}

impl Position {
    pub(super) fn of(position: &ChainPosition<ConfirmationBlockTime>, tip: u32) -> Self {
        match position {
            ChainPosition::Confirmed { anchor, .. } => {
                let height = anchor.block_id.height;
                let confirmations = tip.saturating_sub(height).saturating_add(1);
                Self::Confirmed { height, time: anchor.confirmation_time, confirmations }
            }
            ChainPosition::Unconfirmed { first_seen, .. } => Self::Pending { first_seen: *first_seen },
        }
    }
}

impl WatchOnly {
    /// All transactions that concern the wallet: those in no block first, then the newest blocks first.
    ///
    /// One that was replaced by another is not among them.
    pub fn history(&self) -> Vec<Entry> {
        let mut entries: Vec<_> = self.wallet.transactions().map(|found| self.entry(&found)).collect();
        entries.sort_by_key(|entry| match entry.position {
            Position::Pending { first_seen } => {
                (false, u64::MAX - first_seen.unwrap_or(u64::MAX), entry.txid)
            }
            Position::Confirmed { height, .. } => (true, u64::MAX - u64::from(height), entry.txid),
        });
        entries
    }

    /// A transaction that concerns the wallet, whole.
    pub fn transaction(&self, txid: Txid) -> Option<Transaction> {
        self.wallet.get_tx(txid).map(|found| found.tx_node.tx.as_ref().clone())
    }

    /// Where a transaction of the wallet is; `None` if it is none of them, or was replaced by another.
    pub fn position(&self, txid: Txid) -> Option<Position> {
        let found = self.wallet.get_tx(txid)?;
        Some(Position::of(&found.chain_position, self.wallet.latest_checkpoint().height()))
    }

    /// The transaction that spends a coin of the wallet, as far as is known.
    pub fn spender(&self, coin: OutPoint) -> Option<Txid> {
        let spent = self.wallet.list_output().find(|output| output.outpoint == coin)?;
        spent.is_spent.then(|| {
            let graph = self.wallet.tx_graph();
            let mut spenders = graph.outspends(coin).iter().copied();
            spenders.find(|txid| self.wallet.get_tx(*txid).is_some())
        })?
    }

    fn entry(&self, found: &WalletTx<'_>) -> Entry {
        let transaction = found.tx_node.tx.as_ref();
        let (spent, received) = self.wallet.sent_and_received(transaction);
        let position = Position::of(&found.chain_position, self.wallet.latest_checkpoint().height());
        let is_pending = matches!(position, Position::Pending { .. });
        let is_own = spent > Amount::ZERO;
        Entry {
            txid: found.tx_node.txid,
            spent,
            received,
            paid: if is_own { self.paid(transaction) } else { vec![] },
            fee: self.wallet.calculate_fee(transaction).ok(),
            position,
            is_replaceable: is_pending && is_own && transaction.is_explicitly_rbf(),
        }
    }

    fn paid(&self, transaction: &Transaction) -> Vec<(Address, Amount)> {
        let network = bitcoin::Network::from(self.account.network());
        let others =
            transaction.output.iter().filter(|output| !self.wallet.is_mine(output.script_pubkey.clone()));
        others
            .filter_map(|output| {
                Some((Address::from_script(&output.script_pubkey, network).ok()?, output.value))
            })
            .collect()
    }
}
