//! What can be asked about a Bitcoin wallet's money.

use serde::Deserialize;
use ts_rs::TS;

/// A payment to be drafted or proposed. Everything is checked by the node.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Payment {
    /// The wallet's ID or name.
    pub wallet: String,
    /// Whom to pay: 1 to 100.
    pub recipients: Vec<Recipient>,
    /// In satoshi for each virtual byte.
    pub fee_rate: f64,
}

/// Somebody to pay.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Recipient {
    /// An address of the wallet's network.
    pub address: String,
    /// In satoshi; none: all there is, to a single recipient.
    #[ts(type = "number | null")]
    pub amount: Option<u64>,
}

/// A replacement with a higher fee, to be drafted or proposed, of a transaction that is in no block yet.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Bump {
    /// The wallet's ID or name.
    pub wallet: String,
    /// The transaction's ID.
    pub txid: String,
    /// In satoshi for each virtual byte.
    pub fee_rate: f64,
    /// The only recipient, who got everything, pays the difference; otherwise the wallet does.
    pub recipient_pays: bool,
}

/// A payment request as people paste it: an address, or a BIP-21 URI.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PastedPayment {
    /// The address, of the wallet's network.
    pub address: String,
    /// In satoshi, if it says so.
    #[ts(type = "number | null")]
    pub amount: Option<u64>,
    /// Whom the URI says it pays.
    pub label: Option<String>,
    /// What the URI says it is for.
    pub message: Option<String>,
    /// The address is one of this wallet's own.
    pub own: bool,
}
