//! A Solana wallet's chain, as a server of the owner's choice tells it.
//!
//! - [`rpc`]: a server, asked only once it has said that it serves the wallet's network.
//! - [`prepare`]: from what a person wants to pay to an intent, held against what the chain is like.
//! - [`follow`]: the block that a payment names, and what becomes of the payment.
//! - [`look`]: what a wallet has and had; [`known`]: what is known of that; [`view`]: what an interface sees; [`csv`]: the
//!   transactions as a table.

mod csv;
pub(crate) mod follow;
mod known;
pub(crate) mod look;
pub(crate) mod prepare;
pub(crate) mod rpc;
mod view;

use std::collections::HashMap;

use chains::solana::{
    Network,
    intent::IntentError,
    memo::MemoError,
    review::Notice,
    rpc::{Cause, RpcError},
};

pub(crate) use self::csv::csv;
pub(crate) use self::rpc::{ServerAddress, suggested};

/// The servers that the owner chose.
pub(crate) type Servers = HashMap<Network, ServerAddress>;

/// Why a payment can't be prepared, or does not go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SolanaError {
    /// The wallet is none of Solana.
    OtherChain,
    /// Not a server's address.
    InvalidServer,
    /// None was chosen.
    NoServer(Network),
    /// It can't be reached, or answers too slowly.
    Unreachable,
    /// The same, where only a wallet was to be looked up.
    NotLookedUp,
    /// It serves another network.
    OtherNetwork(Network),
    /// What it answers is nothing that such a server says, or it refuses.
    Rpc(RpcError),
    /// The network would refuse the payment, or did so.
    WouldFail(Cause),
    /// Not an address.
    Address,
    /// Not an amount.
    Amount,
    /// There is no such token.
    NoSuchToken,
    /// Not a memo.
    Memo(MemoError),
    /// Nothing that could be meant.
    Intent(IntentError),
    /// Something that the chain is against.
    Notice(Notice),
    /// Devices have given their parts for another block than the proposer would name now.
    BegunBefore,
}
