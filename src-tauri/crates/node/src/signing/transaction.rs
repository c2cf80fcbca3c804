//! Signed transactions, ready for the network.

use serde::Serialize;
use ts_rs::TS;

/// A Bitcoin transaction with all its signatures. Whoever has it can publish it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SignedTransaction {
    /// Its ID.
    pub txid: String,
    /// The whole transaction in hex, as nodes take it (`sendrawtransaction`).
    pub hex: String,
}
