//! Signed transactions, ready for the network.

use bitcoin::Transaction;
use chains::bitcoin::to_hex;
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

impl SignedTransaction {
    pub(crate) fn new(transaction: &Transaction) -> Self {
        Self { txid: transaction.compute_txid().to_string(), hex: to_hex(transaction) }
    }
}
