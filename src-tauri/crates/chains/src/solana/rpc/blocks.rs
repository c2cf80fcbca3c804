//! Where the chain is, and what others bid.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{AtSlot, Call};
use crate::solana::{
    Address, Network,
    message::{Blockhash, Lifetime},
};

/// A block that a new transaction can name.
#[derive(Clone, Copy, Debug)]
pub struct GetLatestBlockhash;

/// Whether a transaction that names this block can still be accepted.
#[derive(Clone, Copy, Debug)]
pub struct IsBlockhashValid(pub Blockhash);

/// The height of the last block that can't be undone any more. Once it is above a transaction's
/// [`last_valid_block_height`](Lifetime::last_valid_block_height), that transaction is there or will never be.
#[derive(Clone, Copy, Debug)]
pub struct GetBlockHeight;

/// Which network the server serves: `None` for one that is not known here.
#[derive(Clone, Copy, Debug)]
pub struct GetGenesisHash;

/// What recent transactions that change these accounts bid for a unit of computing, in millionths of a lamport, ascending.
#[derive(Clone, Debug)]
pub struct GetPriorityPrices(pub Vec<Address>);

#[doc(hidden)]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WireBlockhash {
    blockhash: String,
    last_valid_block_height: u64,
}

#[doc(hidden)]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WirePrice {
    prioritization_fee: u64,
}

impl Call for GetLatestBlockhash {
    type Answer = Lifetime;
    type Wire = AtSlot<WireBlockhash>;
    const METHOD: &'static str = "getLatestBlockhash";

    fn parameters(&self) -> Value {
        json!([{ "commitment": "confirmed" }])
    }

    fn read(&self, wire: AtSlot<WireBlockhash>) -> Option<Lifetime> {
        let WireBlockhash { blockhash, last_valid_block_height } = wire.value;
        Some(Lifetime { blockhash: blockhash.parse().ok()?, last_valid_block_height })
    }
}

impl Call for IsBlockhashValid {
    type Answer = bool;
    type Wire = AtSlot<bool>;
    const METHOD: &'static str = "isBlockhashValid";

    fn parameters(&self) -> Value {
        json!([self.0.to_string(), { "commitment": "confirmed" }])
    }

    fn read(&self, wire: AtSlot<bool>) -> Option<bool> {
        Some(wire.value)
    }
}

impl Call for GetBlockHeight {
    type Answer = u64;
    type Wire = u64;
    const METHOD: &'static str = "getBlockHeight";

    fn parameters(&self) -> Value {
        json!([{ "commitment": "finalized" }])
    }

    fn read(&self, height: u64) -> Option<u64> {
        Some(height)
    }
}

impl Call for GetGenesisHash {
    type Answer = Option<Network>;
    type Wire = String;
    const METHOD: &'static str = "getGenesisHash";

    fn parameters(&self) -> Value {
        json!([])
    }

    fn read(&self, hash: String) -> Option<Option<Network>> {
        hash.parse::<Blockhash>().ok()?;
        Some(Network::ALL.into_iter().find(|network| network.genesis_hash() == hash))
    }
}

impl Call for GetPriorityPrices {
    type Answer = Vec<u64>;
    type Wire = Vec<WirePrice>;
    const METHOD: &'static str = "getRecentPrioritizationFees";

    fn parameters(&self) -> Value {
        json!([self.0.iter().map(ToString::to_string).collect::<Vec<_>>()])
    }

    fn read(&self, wire: Vec<WirePrice>) -> Option<Vec<u64>> {
        let mut prices: Vec<u64> = wire.into_iter().map(|price| price.prioritization_fee).collect();
        prices.sort_unstable();
        Some(prices)
    }
}
