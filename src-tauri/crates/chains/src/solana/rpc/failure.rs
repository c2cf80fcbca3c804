//! Why the network refuses a transaction, or why it failed there.

use std::fmt;

use serde_json::Value;

use super::tamed;
use crate::solana::intent::{Intent, Payment};

const MAX_NAME: usize = 60;

/// A transaction's error, as the network names it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// One of its instructions.
    Instruction {
        /// Which, from 0.
        index: u8,
        /// A program's own number for what went wrong.
        code: Option<u32>,
        /// The network's name for it; `Custom` if there is a number.
        name: String,
    },
    /// The transaction as a whole: the network's name for it.
    Transaction(String),
}

/// What a failure means for a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// Its time is over, or the server has not seen its block yet.
    Expired,
    /// It has been accepted before.
    AlreadyThere,
    /// The payment's marker is there: another transaction made the payment, or somebody paid to the marker's
    /// address.
    AlreadyMarked,
    /// Not enough SOL or tokens for the amount.
    NotEnough,
    /// Not enough SOL for the fee.
    NotEnoughForFee,
    /// An account would be left with less SOL than the network lets it have.
    NotEnoughForRent,
    /// The token has another number of decimals.
    OtherDecimals,
    /// One of the token accounts is frozen.
    Frozen,
    /// An account is not there, or is not a token's.
    NoAccount,
    /// It needs more computing than was asked for.
    TooLittleComputing,
    /// Something else.
    Other,
}

impl Failure {
    /// Reads the value of `err`; `None` if it is no error.
    pub(super) fn read(value: &Value) -> Option<Self> {
        let name = |name: &str| tamed(name, MAX_NAME);
        match value {
            Value::String(text) => Some(Self::Transaction(name(text))),
            Value::Object(object) => {
                let (kind, content) = object.iter().next()?;
                if kind != "InstructionError" {
                    return Some(Self::Transaction(name(kind)));
                }
                let index = u8::try_from(content.get(0)?.as_u64()?).ok()?;
                let (code, what) = match content.get(1)? {
                    Value::String(text) => (None, name(text)),
                    Value::Object(object) => {
                        let (what, number) = object.iter().next()?;
                        (number.as_u64().and_then(|number| u32::try_from(number).ok()), name(what))
                    }
                    _ => return None,
                };
                Some(Self::Instruction { index, code, name: what })
            }
            _ => None,
        }
    }

    /// What it means for this payment.
    pub fn cause(&self, intent: &Intent) -> Cause {
        let is_token = matches!(intent.payment(), Payment::Token(_));
        match self {
            Self::Transaction(name) => match name.as_str() {
                "BlockhashNotFound" => Cause::Expired,
                "AlreadyProcessed" => Cause::AlreadyThere,
                "AccountNotFound" | "InsufficientFundsForFee" => Cause::NotEnoughForFee,
                "InsufficientFundsForRent" => Cause::NotEnoughForRent,
                _ => Cause::Other,
            },
            // What comes first makes the marker; 0 is how the system program says that there is one.
            Self::Instruction { index: 0, code: Some(0), .. } => Cause::AlreadyMarked,
            // The numbers of the token programs and of the system program; 1 is the same in each.
            Self::Instruction { code: Some(1), .. } => Cause::NotEnough,
            Self::Instruction { code: Some(17), .. } if is_token => Cause::Frozen,
            Self::Instruction { code: Some(18), .. } if is_token => Cause::OtherDecimals,
            Self::Instruction { name, .. } => match name.as_str() {
                "InsufficientFunds" => Cause::NotEnough,
                "ComputationalBudgetExceeded" | "ProgramFailedToComplete" => Cause::TooLittleComputing,
                "InvalidAccountData"
                | "IncorrectProgramId"
                | "InvalidAccountOwner"
                | "UninitializedAccount"
                | "IllegalOwner" => Cause::NoAccount,
                _ => Cause::Other,
            },
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Transaction(name) => f.write_str(name),
            Self::Instruction { index, code: Some(code), name } => {
                write!(f, "{name} {code} in instruction {index}")
            }
            Self::Instruction { index, code: None, name } => write!(f, "{name} in instruction {index}"),
        }
    }
}
