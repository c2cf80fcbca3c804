//! A wallet's money on its chain, as a node of the owner's choice tells it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ErrorView, SpendView};

/// What is known of a Bitcoin wallet's money. Amounts are in satoshi.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct LedgerView {
    /// Where the wallet is looked up, and how that goes.
    pub sync: SyncView,
    /// What lies at its addresses; none until it was looked up once.
    pub balance: Option<BalanceView>,
    /// What usual fee rates are now; none where the source does not say.
    pub fee_rates: Option<FeeRatesView>,
    /// Its latest transactions, at most [`LATEST`](Self::LATEST): those in no block first, then the newest blocks first.
    pub transactions: Vec<TransactionView>,
    /// How many there are in all.
    pub transaction_count: u32,
}

impl LedgerView {
    /// How many transactions a snapshot holds.
    pub const LATEST: usize = 50;
}

/// How a wallet's look at its chain goes.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(tag = "state", rename_all = "camelCase")]
#[ts(export)]
pub enum SyncView {
    /// The owner has not chosen where to look.
    NoSource,
    /// It is being looked up for the first time, or again after the source changed.
    #[serde(rename_all = "camelCase")]
    Scanning {
        /// How much of the chain has been read, in percent, where the source has to be read through.
        percent: Option<u32>,
    },
    /// What is shown holds as of then.
    #[serde(rename_all = "camelCase")]
    Current {
        /// When.
        #[ts(type = "number")]
        at: u64,
        /// The chain's last block.
        height: u32,
    },
    /// The last try failed; what is shown is as of `last`. It is tried again by itself.
    #[serde(rename_all = "camelCase")]
    Failed {
        /// Why, what it means and what to do.
        error: ErrorView,
        /// When it last worked.
        #[ts(type = "number | null")]
        last: Option<u64>,
    },
}

/// What lies at a wallet's addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BalanceView {
    /// In blocks and mature.
    #[ts(type = "number")]
    pub confirmed: u64,
    /// Change of own transactions that are in no block yet.
    #[ts(type = "number")]
    pub own_pending: u64,
    /// From others, in no block yet: it may still be taken back.
    #[ts(type = "number")]
    pub others_pending: u64,
    /// Mined and not mature yet.
    #[ts(type = "number")]
    pub immature: u64,
}

/// Usual fee rates, in satoshi for each virtual byte.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct FeeRatesView {
    /// To be in one of the next two blocks.
    pub fast: f64,
    /// Within about an hour.
    pub medium: f64,
    /// Within about a day.
    pub slow: f64,
}

/// A transaction that concerns a wallet.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TransactionView {
    /// Its ID.
    pub txid: String,
    /// What it changed for the wallet, fee included: positive if it brought something.
    #[ts(type = "number")]
    pub change: i64,
    /// Its fee, if the wallet paid it.
    #[ts(type = "number | null")]
    pub fee: Option<u64>,
    /// Whom else it paid, if the wallet paid.
    pub paid: Vec<PaidView>,
    /// Where it is.
    pub position: PositionView,
    /// It can still be replaced by one with a higher fee.
    pub replaceable: bool,
    /// The owner's note on it.
    pub label: Option<String>,
}

/// Somebody whom a transaction paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PaidView {
    /// The address.
    pub address: String,
    /// In satoshi.
    #[ts(type = "number")]
    pub amount: u64,
}

/// Where a transaction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[ts(export)]
pub enum PositionView {
    /// In no block yet.
    #[serde(rename_all = "camelCase")]
    Pending {
        /// When it was first seen.
        #[ts(type = "number | null")]
        first_seen: Option<u64>,
    },
    /// In a block.
    Confirmed {
        /// The block's height.
        height: u32,
        /// The block's time.
        #[ts(type = "number")]
        time: u64,
        /// How many blocks there are from this one to the last, both included.
        confirmations: u32,
    },
}

/// Where wallets of a Bitcoin network are looked up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ChainSourceView {
    /// `mainnet`, `testnet4`, `signet` or `regtest`.
    pub network: String,
    /// What the owner chose, if anything.
    pub source: Option<ChainSource>,
    /// A public Esplora server that could be used; none for a private network. It learns the wallets' addresses.
    pub suggested: Option<String>,
}

/// A source of chain data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[ts(export)]
pub enum ChainSource {
    /// The owner's own Bitcoin node. It learns nothing.
    #[serde(rename_all = "camelCase")]
    Node {
        /// Where its RPC server listens, as in `http://127.0.0.1:8332`.
        url: String,
        /// The file with the password that it makes at each start.
        cookie_file: String,
    },
    /// The same, by a user that its owner has set up there: the node may be on another computer.
    #[serde(rename_all = "camelCase")]
    NodeWithUser {
        /// Where its RPC server listens.
        url: String,
        /// The user's name.
        user: String,
        /// The keystore holds the user's password, as far as can be told: not if it is open and has none.
        has_password: bool,
    },
    /// A server that knows addresses. It learns the wallet's, and that they belong together.
    Esplora {
        /// Where its REST interface is, as in `https://mempool.space/api`.
        url: String,
    },
}

/// A source of chain data as a person enters it.
#[derive(Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[ts(export)]
pub enum ChainSourceEntry {
    /// The owner's own Bitcoin node, on this computer.
    #[serde(rename_all = "camelCase")]
    Node {
        /// Where its RPC server listens: `http` on this computer or its own network, or `https`.
        url: String,
        /// The whole path of the file with the password that it makes at each start.
        cookie_file: String,
    },
    /// The owner's own Bitcoin node, by a user that is set up there.
    #[serde(rename_all = "camelCase")]
    NodeWithUser {
        /// Where its RPC server listens: `http` on this computer or its own network, or `https`.
        url: String,
        /// The user's name: no colon, up to 512 bytes.
        user: String,
        /// The user's password, up to 512 bytes; none keeps the stored one of the same user at the same host.
        #[ts(type = "string | null")]
        password: Option<secrecy::SecretString>,
    },
    /// A server that knows addresses.
    Esplora {
        /// Where its REST interface is.
        url: String,
    },
}

/// A coin of a wallet that is not spent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CoinView {
    /// The transaction that made it and the number of its output, as in `txid:0`.
    pub outpoint: String,
    /// In satoshi.
    #[ts(type = "number")]
    pub amount: u64,
    /// The address that it lies at.
    pub address: String,
    /// Where the transaction that made it is.
    pub position: PositionView,
    /// A transaction that spends it is proposed or about to be sent.
    pub reserved: bool,
}

/// A transaction that could be proposed. Nothing of it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BitcoinDraftView {
    /// What people would read.
    pub spend: SpendView,
    /// The transaction to be proposed, or to be taken to another program: a PSBT in base64.
    pub psbt: String,
    /// Signed requests that this one excludes, though it is not meant to take their place: they spend the same coins, and
    /// whoever has them may publish them yet.
    pub excludes: Vec<String>,
}

/// What somebody asks to be paid (BIP-21).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PaymentRequestView {
    /// The address.
    pub address: String,
    /// In satoshi, if it is stated.
    #[ts(type = "number | null")]
    pub amount: Option<u64>,
    /// Whom it says it is for.
    pub label: Option<String>,
    /// What it says it is for.
    pub message: Option<String>,
}

/// What became of a signed transaction, as this device's source says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "camelCase")]
#[ts(export)]
pub enum PublicationView {
    /// Nothing is known of it, since it was not chosen where to look, or nothing was seen there yet.
    Unknown {
        /// This device is to send it.
        sends: bool,
    },
    /// The source does not have it.
    Unsent {
        /// This device is to send it.
        sends: bool,
        /// Why that did not work, what it means and what to do.
        problem: Option<ErrorView>,
    },
    /// Nodes have it, and no block does.
    Pending,
    /// In a block.
    Confirmed {
        /// The block's height.
        height: u32,
        /// How many blocks there are from this one to the last, both included.
        confirmations: u32,
    },
    /// Another transaction spent its coins, so it can't be made any more unless that one fails.
    Replaced {
        /// The other one.
        by: String,
    },
}
