//! What can be asked about a Bitcoin wallet's money.

use chains::bitcoin::amount::{self, Unit};
use serde::Deserialize;
use ts_rs::TS;

use super::{Command, Node, Reply};
use crate::{
    NodeError,
    ledger::{
        bitcoin::csv,
        solana::{SolanaError, csv as solana_csv},
    },
    snapshot::{BitcoinDraftView, ChainSourceEntry, CoinView, PaymentRequestView, TransactionView},
};

/// What is asked of the actor about wallets' money.
pub(crate) enum LedgerCommand {
    SetSource { network: String, source: Option<ChainSourceEntry>, reply: Reply<()> },
    TrySource { network: String, reply: Reply<()> },
    Sync(String, Reply<()>),
    Transactions(String, Reply<Vec<TransactionView>>),
    Coins(String, Reply<Vec<CoinView>>),
    ReadRequest { wallet: String, text: String, reply: Reply<PaymentRequestView> },
    Draft(BitcoinPayment, Reply<BitcoinDraftView>),
    DraftBump(BitcoinBump, Reply<BitcoinDraftView>),
    SetLabel(SetLabel, Reply<()>),
    Label { wallet: String, reference: String, reply: Reply<Option<String>> },
    Labels(String, Reply<String>),
    ImportLabels { wallet: String, text: String, reply: Reply<u32> },
}

/// A payment from a Bitcoin wallet, to be drafted. Everything is checked by the node.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BitcoinPayment {
    /// The wallet's ID or name.
    pub wallet: String,
    /// Whom to pay.
    pub recipients: Vec<RecipientEntry>,
    /// In satoshi for each virtual byte.
    pub fee_rate: f64,
    /// Of which coins, as in `txid:0`; none: of those that fit best.
    pub coins: Vec<String>,
}

/// Somebody to be paid.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RecipientEntry {
    /// The address.
    pub address: String,
    /// In satoshi; none: all that the coins are worth, without the fee. Only one recipient can get that.
    #[ts(type = "number | null")]
    pub amount: Option<u64>,
}

/// A higher fee for a transaction that is in no block yet, to be drafted.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BitcoinBump {
    /// The wallet's ID or name.
    pub wallet: String,
    /// The transaction.
    pub txid: String,
    /// In satoshi for each virtual byte.
    pub fee_rate: f64,
    /// The only recipient pays it, of a transaction without change; else the wallet does.
    pub recipient_pays: bool,
}

/// A note of the owner's, on this device alone.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SetLabel {
    /// The wallet's ID or name.
    pub wallet: String,
    /// What it is on: the ID of a transaction, or an address, of the wallet's chain.
    pub reference: String,
    /// The note, in one line of up to 255 characters; an empty one takes it away.
    pub label: String,
}

/// An amount of bitcoin as people type it (digits, at most one point, up to eight decimals), in satoshi.
pub fn satoshi(text: &str) -> Option<u64> {
    amount::parse(text.trim(), Unit::Btc).ok().map(|amount| amount.to_sat())
}

impl Node {
    /// Chooses where the wallets of a Bitcoin network are looked up, or that they are not. A node's password goes into the
    /// keystore, which must be open if one is set or removed.
    pub async fn set_chain_source(
        &self,
        network: String,
        source: Option<ChainSourceEntry>,
    ) -> Result<(), NodeError> {
        self.ask(|reply| Command::Ledger(LedgerCommand::SetSource { network, source, reply })).await
    }

    /// Asks whoever is chosen for a Bitcoin network which one they serve; resolves if it is that one.
    pub async fn try_chain_source(&self, network: String) -> Result<(), NodeError> {
        self.ask(|reply| Command::Ledger(LedgerCommand::TrySource { network, reply })).await
    }

    /// Has a wallet looked up now. The snapshot shows what comes of it.
    pub async fn sync_wallet(&self, wallet: String) -> Result<(), NodeError> {
        self.ask(|reply| Command::Ledger(LedgerCommand::Sync(wallet, reply))).await
    }

    /// All transactions of a Bitcoin wallet that are known: those in no block first, then the newest blocks first.
    pub async fn transactions(&self, wallet: String) -> Result<Vec<TransactionView>, NodeError> {
        self.ask(|reply| Command::Ledger(LedgerCommand::Transactions(wallet, reply))).await
    }

    /// What is known of a wallet's transactions as a table for other programs (CSV, RFC 4180), with a line that names its columns.
    pub async fn export_history(&self, wallet: String) -> Result<String, NodeError> {
        match self.solana_history(wallet.clone()).await {
            Err(NodeError::Solana(SolanaError::OtherChain)) => Ok(csv(&self.transactions(wallet).await?)),
            known => Ok(solana_csv(&known?)),
        }
    }

    /// The coins of a Bitcoin wallet that are not spent, the most valuable first.
    pub async fn coins(&self, wallet: String) -> Result<Vec<CoinView>, NodeError> {
        self.ask(|reply| Command::Ledger(LedgerCommand::Coins(wallet, reply))).await
    }

    /// Reads what a person pasted to say whom to pay: an address of the wallet's network, or a request (BIP-21).
    pub async fn read_payment_request(
        &self,
        wallet: String,
        text: String,
    ) -> Result<PaymentRequestView, NodeError> {
        self.ask(|reply| Command::Ledger(LedgerCommand::ReadRequest { wallet, text, reply })).await
    }

    /// Builds a transaction that pays from a Bitcoin wallet. It is proposed by [`propose_transaction`](Self::propose_transaction).
    pub async fn draft_bitcoin_payment(
        &self,
        payment: BitcoinPayment,
    ) -> Result<BitcoinDraftView, NodeError> {
        self.ask(|reply| Command::Ledger(LedgerCommand::Draft(payment, reply))).await
    }

    /// Builds one that takes another's place with a higher fee (BIP-125).
    pub async fn draft_bitcoin_bump(&self, bump: BitcoinBump) -> Result<BitcoinDraftView, NodeError> {
        self.ask(|reply| Command::Ledger(LedgerCommand::DraftBump(bump, reply))).await
    }

    /// Notes something on a transaction or an address, or takes the note away.
    pub async fn set_label(&self, label: SetLabel) -> Result<(), NodeError> {
        self.ask(|reply| Command::Ledger(LedgerCommand::SetLabel(label, reply))).await
    }

    /// The note on a transaction or an address of a wallet's chain, as [`set_label`](Self::set_label) takes it, if any.
    pub async fn label(&self, wallet: String, reference: String) -> Result<Option<String>, NodeError> {
        self.ask(|reply| Command::Ledger(LedgerCommand::Label { wallet, reference, reply })).await
    }

    /// All notes of a wallet, for other programs (BIP-329): a JSON object a line.
    pub async fn export_labels(&self, wallet: String) -> Result<String, NodeError> {
        self.ask(|reply| Command::Ledger(LedgerCommand::Labels(wallet, reply))).await
    }

    /// Takes in notes from another program (BIP-329). Returns how many; those of kinds that are not shown here are left out.
    pub async fn import_labels(&self, wallet: String, text: String) -> Result<u32, NodeError> {
        self.ask(|reply| Command::Ledger(LedgerCommand::ImportLabels { wallet, text, reply })).await
    }
}
