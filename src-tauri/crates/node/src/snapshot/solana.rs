//! Solana's servers, wallets' money there, and payments that could be proposed.

use serde::Serialize;
use ts_rs::TS;

use super::{ErrorView, MessagePart, PaymentView};

/// Where wallets of a Solana network are looked up, and payments from them are sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SolanaServerView {
    /// `mainnet`, `devnet` or `testnet`.
    pub network: String,
    /// What the owner chose, if anything.
    pub url: Option<String>,
    /// A public server that could be used. It learns the wallets' addresses.
    pub suggested: String,
}

/// A payment that could be proposed. Nothing of it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SolanaDraftView {
    /// What people would read.
    pub payment: PaymentView,
    /// What is to be known about it.
    pub notices: Vec<NoticeView>,
}

/// Something to be known about a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct NoticeView {
    /// What, in English.
    pub message: String,
    /// The same for interfaces in other languages.
    pub part: MessagePart,
    /// The network would refuse the payment, so that it can't be proposed.
    pub fatal: bool,
}

/// What is known of a Solana wallet's money. Amounts are exact decimal texts, in SOL or in tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SolanaLedgerView {
    /// How the look at its server goes.
    pub sync: SolanaSyncView,
    /// Its SOL; none until it was looked up once.
    pub balance: Option<String>,
    /// Its token accounts, at most [`TOKENS`](Self::TOKENS): those with something in them first.
    pub tokens: Vec<HeldTokensView>,
    /// How many token accounts it has in all.
    pub token_count: u32,
    /// Its latest transactions, at most [`LATEST`](Self::LATEST), the newest first.
    pub transactions: Vec<SolanaTransactionView>,
}

impl SolanaLedgerView {
    /// How many token accounts a snapshot holds.
    pub const TOKENS: usize = 200;
    /// How many transactions a snapshot holds.
    pub const LATEST: usize = 50;
}

/// How a look at a Solana wallet goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "camelCase")]
#[ts(export)]
pub enum SolanaSyncView {
    /// The owner has not chosen a server.
    NoSource,
    /// It is being looked up for the first time, or again after the server changed.
    Looking,
    /// What is shown holds as of then.
    #[serde(rename_all = "camelCase")]
    Current {
        /// When.
        #[ts(type = "number")]
        at: u64,
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

/// One of a wallet's token accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct HeldTokensView {
    /// The account's address.
    pub account: String,
    /// Which tokens, by the address of their mint.
    pub mint: String,
    /// How many; none where the server does not show the mint, so that its decimals are not known.
    pub amount: Option<String>,
    /// How many decimals they have, likewise.
    pub decimals: Option<u8>,
    /// Whoever issues them keeps them from being moved.
    pub frozen: bool,
    /// They lie where everyone finds them, which is where payments come from.
    pub associated: bool,
}

/// A transaction that concerns a Solana wallet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SolanaTransactionView {
    /// Its first signature, which is its name.
    pub id: String,
    /// Its slot.
    #[ts(type = "number")]
    pub slot: u64,
    /// Its block's time, where the server knows it.
    #[ts(type = "number | null")]
    pub time: Option<u64>,
    /// It can't be undone any more.
    pub finalized: bool,
    /// The network's own words for why it did nothing but cost its fee, if so.
    pub failure: Option<String>,
    /// What it did for the wallet; none where the server does not tell it in a form that is known here.
    pub effect: Option<SolanaEffectView>,
    /// Its owner's note.
    pub label: Option<String>,
}

/// What a transaction did for a Solana wallet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SolanaEffectView {
    /// The SOL that came in, or with a minus sign went out, without the fee and the deposit.
    pub sol: String,
    /// The tokens that came in or went out.
    pub tokens: Vec<TokenChangeView>,
    /// The fee in SOL, if the wallet paid it.
    pub fee: Option<String>,
    /// What it put into the marker of a payment, in SOL: the wallet's own, and locked.
    pub deposit: Option<String>,
    /// Whom it came from or went to: wallets and accounts, at most eight.
    pub others: Vec<String>,
    /// The notes that it carries. Anyone can write anything to anyone.
    pub memo: Option<String>,
}

/// What a transaction did to a wallet's tokens of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TokenChangeView {
    /// Which tokens, by the address of their mint.
    pub mint: String,
    /// How many came in, or with a minus sign went out.
    pub amount: String,
}
