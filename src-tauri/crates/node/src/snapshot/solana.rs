//! Solana's servers, and payments that could be proposed.

use serde::Serialize;
use ts_rs::TS;

use super::{MessagePart, PaymentView};

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
    /// What.
    pub part: MessagePart,
    /// The network would refuse the payment, so that it can't be proposed.
    pub fatal: bool,
}
