//! What can be asked about a Bitcoin wallet's money.

use super::{Command, Node, Reply};
use crate::{
    NodeError,
    ledger::bitcoin::csv,
    snapshot::{ChainSource, TransactionView},
};

/// What is asked of the actor about wallets' money.
pub(crate) enum LedgerCommand {
    SetSource { network: String, source: Option<ChainSource>, reply: Reply<()> },
    Sync(String, Reply<()>),
    Transactions(String, Reply<Vec<TransactionView>>),
}

impl Node {
    /// Chooses where the wallets of a Bitcoin network are looked up, or that they are not.
    pub async fn set_chain_source(
        &self,
        network: String,
        source: Option<ChainSource>,
    ) -> Result<(), NodeError> {
        self.ask(|reply| Command::Ledger(LedgerCommand::SetSource { network, source, reply })).await
    }

    /// Has a Bitcoin wallet looked up now. The snapshot shows what comes of it.
    pub async fn sync_wallet(&self, wallet: String) -> Result<(), NodeError> {
        self.ask(|reply| Command::Ledger(LedgerCommand::Sync(wallet, reply))).await
    }

    /// All transactions of a Bitcoin wallet that are known: those in no block first, then the newest blocks first.
    pub async fn transactions(&self, wallet: String) -> Result<Vec<TransactionView>, NodeError> {
        self.ask(|reply| Command::Ledger(LedgerCommand::Transactions(wallet, reply))).await
    }

    /// The same as a table for other programs (CSV, RFC 4180), with a line that names its columns.
    pub async fn export_history(&self, wallet: String) -> Result<String, NodeError> {
        Ok(csv(&self.transactions(wallet).await?))
    }
}
