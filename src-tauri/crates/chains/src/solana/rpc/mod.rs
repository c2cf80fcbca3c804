//! What to ask a Solana server (JSON-RPC over HTTP) and how to read what it answers. No IO: whoever has a connection sends
//! [`Call::body`] with the content type `application/json`, reads at most [`Call::LONGEST_ANSWER`] bytes, and gives them to
//! [`Call::parse`].
//!
//! A server can lie, and a lie can make people see wrong balances or make a payment fail; it can't change what is signed.

mod accounts;
mod blocks;
mod failure;
mod transactions;

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::{Value, json};

pub use accounts::{
    Account, GetAccount, GetAccounts, GetBalance, GetRentMinimum, GetTokenAccounts, HeldTokens,
    MAX_ACCOUNT_DATA, MAX_ADDRESSES,
};
pub use blocks::{GetBlockHeight, GetGenesisHash, GetLatestBlockhash, GetPriorityPrices, IsBlockhashValid};
pub use failure::{Cause, Failure};
pub(super) use transactions::read_failure;
pub use transactions::{
    Confirmation, Found, GetSignatures, GetStatuses, GetTransaction, MAX_SIGNATURES, MAX_STATUSES,
    SendTransaction, Status,
};

/// The longest text of a server's that is kept, in characters.
const MAX_TEXT: usize = 200;
/// More than any answer that holds a few numbers.
const SHORT_ANSWER: usize = 64 * 1024;
/// What a server calls "the payment was tried, and failed".
const PREFLIGHT_FAILED: i64 = -32_002;
/// "Behind the others", and blocks and slots that it does not have, or not yet.
const TEMPORARY: [i64; 5] = [-32_004, -32_005, -32_007, -32_014, -32_016];

/// A question to a server.
pub trait Call {
    /// What comes of it.
    type Answer;
    /// The result as JSON has it.
    #[doc(hidden)]
    type Wire: DeserializeOwned;
    /// The method's name.
    const METHOD: &'static str;
    /// The longest answer worth reading, in bytes.
    const LONGEST_ANSWER: usize = SHORT_ANSWER;

    /// The method's parameters.
    fn parameters(&self) -> Value;

    /// What the result means; `None` if it can't be an answer to this question.
    #[doc(hidden)]
    fn read(&self, wire: Self::Wire) -> Option<Self::Answer>;

    /// What to send; the answer must have the same number.
    fn body(&self, id: u64) -> String {
        json!({ "jsonrpc": "2.0", "id": id, "method": Self::METHOD, "params": self.parameters() }).to_string()
    }

    /// Reads an answer.
    fn parse(&self, id: u64, answer: &[u8]) -> Result<Self::Answer, RpcError> {
        if answer.len() > Self::LONGEST_ANSWER {
            return Err(RpcError::TooLong);
        }
        let answer: Answer = serde_json::from_slice(answer).map_err(|_| RpcError::Malformed)?;
        if answer.jsonrpc != "2.0" {
            return Err(RpcError::Malformed);
        }
        let is_ours = answer.id == json!(id);
        match (answer.result, answer.error) {
            // A server that could not read the question does not know its number.
            (None, Some(error)) if is_ours || answer.id.is_null() => Err(error.into()),
            (Some(result), None) if is_ours => {
                let wire = serde_json::from_value(result).map_err(|_| RpcError::Malformed)?;
                self.read(wire).ok_or(RpcError::Malformed)
            }
            _ => Err(RpcError::Malformed),
        }
    }
}

/// Why a server's answer is of no use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RpcError {
    /// Longer than any true answer.
    #[error("the server's answer is too long")]
    TooLong,
    /// Not what the method answers.
    #[error("the server's answer makes no sense")]
    Malformed,
    /// The server tried the payment, and it fails: it was not sent on.
    #[error("the payment would fail: {0}")]
    WouldFail(Failure),
    /// The server does not answer this.
    #[error("the server refuses ({code}): {text}")]
    Refused {
        /// JSON-RPC's or the server's own number.
        code: i64,
        /// What it says, cut and without control characters.
        text: String,
    },
}

impl RpcError {
    /// Whether the same server can be expected to answer a little later.
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if TEMPORARY.contains(code))
    }
}

#[derive(Deserialize)]
struct Answer {
    jsonrpc: String,
    #[serde(default)]
    id: Value,
    /// `null` is a result, too.
    #[serde(default, deserialize_with = "present")]
    result: Option<Value>,
    #[serde(default)]
    error: Option<Complaint>,
}

#[derive(Deserialize)]
struct Complaint {
    code: i64,
    #[serde(default)]
    message: String,
    #[serde(default)]
    data: Value,
}

/// A result that belongs to a certain block.
#[doc(hidden)]
#[derive(Deserialize)]
pub struct AtSlot<T> {
    value: T,
}

impl From<Complaint> for RpcError {
    fn from(complaint: Complaint) -> Self {
        let failure = complaint.data.get("err").and_then(Failure::read);
        match failure {
            Some(failure) if complaint.code == PREFLIGHT_FAILED => Self::WouldFail(failure),
            _ => Self::Refused { code: complaint.code, text: tamed(&complaint.message, MAX_TEXT) },
        }
    }
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// Somebody's text, short and with nothing in it that changes how other text is shown.
pub(super) fn tamed(text: &str, longest: usize) -> String {
    let is_bad = |c: char| c.is_control() || super::memo::reorders_or_breaks(c);
    text.chars().take(longest).map(|c| if is_bad(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}
