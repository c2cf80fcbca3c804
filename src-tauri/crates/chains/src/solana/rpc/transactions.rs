//! Sending payments, and what became of them.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{AtSlot, Call, Failure};
use crate::solana::{
    Address, Signature,
    history::{Entry, WireTransaction},
    transaction::Transaction,
};

/// The most transactions that can be asked for at once.
pub const MAX_STATUSES: usize = 256;
/// The most transactions of an address that are asked for at once.
pub const MAX_SIGNATURES: usize = 100;

/// Sends a payment. The server tries it first and sends it on only if it would work.
#[derive(Clone, Copy, Debug)]
pub struct SendTransaction<'a>(pub &'a Transaction);

/// What became of transactions: at most [`MAX_STATUSES`], the rest is not asked for.
#[derive(Clone, Debug)]
pub struct GetStatuses(pub Vec<Signature>);

/// An address's transactions, the newest first. A payment of tokens to a wallet is one of its token account, not of the
/// wallet.
#[derive(Clone, Copy, Debug)]
pub struct GetSignatures {
    /// Of whom.
    pub address: Address,
    /// Only what is older than this one.
    pub before: Option<Signature>,
    /// How many at most; no more than [`MAX_SIGNATURES`].
    pub limit: usize,
}

/// What a transaction did for an address and its token accounts.
#[derive(Clone, Copy, Debug)]
pub struct GetTransaction {
    /// The transaction.
    pub id: Signature,
    /// For whom.
    pub address: Address,
}

/// How far a transaction has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confirmation {
    /// One server has seen it in a block.
    Processed,
    /// Most of the network has voted for its block.
    Confirmed,
    /// It can't be undone.
    Finalized,
}

/// What became of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Its slot.
    pub slot: u64,
    /// How far it has come.
    pub confirmation: Confirmation,
    /// Why it had no effect but the fee, if so.
    pub failure: Option<Failure>,
}

/// One of an address's transactions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Which.
    pub id: Signature,
    /// What became of it.
    pub status: Status,
    /// When, in seconds since 1970, as its block says.
    pub time: Option<i64>,
}

#[doc(hidden)]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WireStatus {
    slot: u64,
    err: Option<Value>,
    confirmation_status: Option<String>,
}

#[doc(hidden)]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WireFound {
    signature: String,
    block_time: Option<i64>,
    #[serde(flatten)]
    status: WireStatus,
}

impl Call for SendTransaction<'_> {
    type Answer = ();
    type Wire = String;
    const METHOD: &'static str = "sendTransaction";
    // What failed may come with a log.
    const LONGEST_ANSWER: usize = 256 * 1024;

    fn parameters(&self) -> Value {
        json!([self.0.to_base64(), { "encoding": "base64", "preflightCommitment": "confirmed" }])
    }

    fn read(&self, id: String) -> Option<()> {
        (id == self.0.id().to_string()).then_some(())
    }
}

impl Call for GetStatuses {
    /// One for each; `None` for one that the server does not know.
    type Answer = Vec<Option<Status>>;
    type Wire = AtSlot<Vec<Option<WireStatus>>>;
    const METHOD: &'static str = "getSignatureStatuses";
    const LONGEST_ANSWER: usize = 256 * 1024;

    fn parameters(&self) -> Value {
        let ids: Vec<_> = self.asked().iter().map(ToString::to_string).collect();
        json!([ids, { "searchTransactionHistory": true }])
    }

    fn read(&self, wire: AtSlot<Vec<Option<WireStatus>>>) -> Option<Vec<Option<Status>>> {
        if wire.value.len() != self.asked().len() {
            return None;
        }
        wire.value
            .into_iter()
            .map(|status| status.map_or(Some(None), |status| status.read().map(Some)))
            .collect()
    }
}

impl GetStatuses {
    fn asked(&self) -> &[Signature] {
        self.0.get(..MAX_STATUSES).unwrap_or(&self.0)
    }
}

impl Call for GetSignatures {
    type Answer = Vec<Found>;
    type Wire = Vec<WireFound>;
    const METHOD: &'static str = "getSignaturesForAddress";
    const LONGEST_ANSWER: usize = 512 * 1024;

    fn parameters(&self) -> Value {
        let mut options = json!({ "commitment": "confirmed", "limit": self.limit.min(MAX_SIGNATURES) });
        if let (Some(before), Some(options)) = (self.before, options.as_object_mut()) {
            options.insert("before".to_owned(), json!(before.to_string()));
        }
        json!([self.address.to_string(), options])
    }

    fn read(&self, wire: Vec<WireFound>) -> Option<Vec<Found>> {
        if wire.len() > self.limit.min(MAX_SIGNATURES) {
            return None;
        }
        let read = |found: WireFound| {
            let id = found.signature.parse().ok()?;
            Some(Found { id, status: found.status.read()?, time: found.block_time })
        };
        wire.into_iter().map(read).collect()
    }
}

impl Call for GetTransaction {
    /// `None`: the server does not know it.
    type Answer = Option<Entry>;
    type Wire = Option<WireTransaction>;
    const METHOD: &'static str = "getTransaction";
    const LONGEST_ANSWER: usize = 1024 * 1024;

    fn parameters(&self) -> Value {
        let options =
            json!({ "commitment": "confirmed", "encoding": "json", "maxSupportedTransactionVersion": 0 });
        json!([self.id.to_string(), options])
    }

    fn read(&self, wire: Option<WireTransaction>) -> Option<Option<Entry>> {
        match wire {
            None => Some(None),
            Some(transaction) => transaction.read(self.id, self.address).map(Some),
        }
    }
}

impl WireStatus {
    fn read(self) -> Option<Status> {
        let confirmation = match self.confirmation_status.as_deref() {
            Some("processed") => Confirmation::Processed,
            Some("confirmed") => Confirmation::Confirmed,
            Some("finalized") => Confirmation::Finalized,
            _ => return None,
        };
        let failure = read_failure(self.err.as_ref())?;
        Some(Status { slot: self.slot, confirmation, failure })
    }
}

/// `None` if there is an error that can't be read, since it must not look like success.
pub(in crate::solana) fn read_failure(err: Option<&Value>) -> Option<Option<Failure>> {
    match err {
        None | Some(Value::Null) => Some(None),
        Some(error) => Failure::read(error).map(Some),
    }
}
