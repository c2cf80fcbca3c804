//! The owner's own Bitcoin node, over Bitcoin Core's JSON-RPC. It is read block by block, so it learns of no address.

use std::{collections::HashSet, sync::Arc};

use bitcoin::{Block, BlockHash, Transaction, Txid, consensus::encode::deserialize_hex};
use chains::bitcoin::{
    Network, to_hex,
    wallet::{BlockId, CheckPoint},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json, value::RawValue};

use super::{SourceError, login::Login};
use crate::{
    ledger::http::{Http, HttpError, Question},
    snapshot::FeeRatesView,
};

/// More than a block of 4 million weight units in hex.
const LONGEST_BLOCK: usize = 9 * 1024 * 1024;
/// More than any mempool's IDs.
const LONGEST_MEMPOOL: usize = 64 * 1024 * 1024;
/// More than any other answer.
const LONGEST: usize = 64 * 1024;
/// Clocks may be wrong, and blocks' times are rough: so much earlier than its birth a wallet is looked for, in seconds.
const MARGIN: u64 = 2 * 24 * 60 * 60;
/// How many transactions are asked for at once.
const BATCH: usize = 50;
/// More than so many transactions in hex, of which nodes keep none above 400,000 weight units.
const LONGEST_BATCH: usize = BATCH * 1024 * 1024;

/// Bitcoin Core's numbers for refusals.
mod code {
    /// It is starting.
    pub(super) const WARMING_UP: i64 = -28;
    /// A block that it has thrown away, or not got yet.
    pub(super) const NO_BLOCK: i64 = -1;
    /// A transaction that it does not take, by its rules.
    pub(super) const REJECTED: i64 = -26;
    /// The same, for another reason.
    pub(super) const ERROR: i64 = -25;
    /// A transaction that is in a block.
    pub(super) const THERE_ALREADY: i64 = -27;
}

/// A node that was asked for its network.
pub(crate) struct BitcoinNode {
    http: Http,
    login: Login,
    next: u64,
    /// Transactions in no block that have been looked at.
    seen: HashSet<Txid>,
}

/// How far the node's chain goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Best {
    pub(crate) height: u32,
}

#[derive(Deserialize)]
struct ChainInfo {
    chain: String,
    blocks: u32,
    #[serde(default)]
    initialblockdownload: bool,
}

#[derive(Deserialize)]
struct Header {
    time: u64,
}

#[derive(Deserialize)]
struct Estimate {
    /// BTC for 1000 virtual bytes.
    feerate: Option<f64>,
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    error: Option<Complaint>,
    id: Value,
}

#[derive(Deserialize)]
struct Complaint {
    code: i64,
    #[serde(default)]
    message: String,
}

impl BitcoinNode {
    /// Asks a node for its network and how far it is.
    pub(crate) async fn connect(http: Http, login: Login, network: Network) -> Result<Self, SourceError> {
        let mut node = Self { http, login, next: 0, seen: HashSet::new() };
        let info: ChainInfo = node.call("getblockchaininfo", json!([]), LONGEST).await?;
        let wanted = bitcoin::Network::from(network).to_core_arg();
        if info.chain != wanted {
            return Err(SourceError::OtherNetwork(network));
        }
        // A private network has no news that would end this.
        if info.initialblockdownload && network != Network::Regtest {
            return Err(SourceError::Behind { height: info.blocks });
        }
        Ok(node)
    }

    pub(crate) async fn best(&mut self) -> Result<Best, SourceError> {
        let info: ChainInfo = self.call("getblockchaininfo", json!([]), LONGEST).await?;
        Ok(Best { height: info.blocks })
    }

    /// The last of the known blocks that are in the node's chain.
    pub(crate) async fn agreement(&mut self, known: CheckPoint, best: Best) -> Result<BlockId, SourceError> {
        for checkpoint in known.iter() {
            if checkpoint.height() > best.height {
                continue;
            }
            if self.hash_at(checkpoint.height()).await? == checkpoint.hash() {
                return Ok(checkpoint.block_id());
            }
        }
        Err(SourceError::Malformed)
    }

    /// The first block that can concern a wallet made then, in Unix seconds.
    pub(crate) async fn first_since(&mut self, born: u64, best: Best) -> Result<u32, SourceError> {
        let (mut early, mut late) = (0, best.height);
        while early < late {
            let middle = early.midpoint(late);
            let hash = self.hash_at(middle).await?;
            let header: Header = self.call("getblockheader", json!([hash]), LONGEST).await?;
            match header.time < born.saturating_sub(MARGIN) {
                true => early = middle + 1,
                false => late = middle,
            }
        }
        Ok(early.max(1))
    }

    pub(crate) async fn block(&mut self, height: u32) -> Result<Block, SourceError> {
        let hash = self.hash_at(height).await?;
        let text: String = self.call("getblock", json!([hash, 0]), LONGEST_BLOCK).await?;
        let block: Block = deserialize_hex(&text).map_err(|_| SourceError::Malformed)?;
        let is_it = block.block_hash() == hash && block.check_merkle_root();
        is_it.then_some(block).ok_or(SourceError::Malformed)
    }

    /// Which transactions are in no block.
    pub(crate) async fn pending(&mut self) -> Result<HashSet<Txid>, SourceError> {
        let pending: HashSet<Txid> = self.call("getrawmempool", json!([]), LONGEST_MEMPOOL).await?;
        self.seen.retain(|txid| pending.contains(txid));
        Ok(pending)
    }

    /// Some of those that were not looked at yet. Each is given out once.
    pub(crate) async fn unseen(
        &mut self,
        pending: &HashSet<Txid>,
    ) -> Result<Vec<Arc<Transaction>>, SourceError> {
        let some: Vec<_> = pending.difference(&self.seen).take(BATCH).copied().collect();
        let questions: Vec<_> = some.iter().map(|txid| ("getrawtransaction", json!([txid]))).collect();
        let texts = self.call_all::<String>(&questions, LONGEST_BATCH).await?;
        let mut found = Vec::new();
        for (txid, text) in some.iter().zip(texts) {
            // What there is no text of has been mined or dropped meanwhile.
            let Some(text) = text else { continue };
            let transaction: Transaction = deserialize_hex(&text).map_err(|_| SourceError::Malformed)?;
            if transaction.compute_txid() != *txid {
                return Err(SourceError::Malformed);
            }
            found.push(Arc::new(transaction));
        }
        self.seen.extend(some);
        Ok(found)
    }

    pub(crate) fn has_unseen(&self, pending: &HashSet<Txid>) -> bool {
        pending.difference(&self.seen).next().is_some()
    }

    pub(crate) async fn send(&mut self, transaction: &Transaction) -> Result<(), SourceError> {
        let sent = self.call::<Txid>("sendrawtransaction", json!([to_hex(transaction)]), LONGEST).await;
        match sent {
            Ok(_) => Ok(()),
            Err(SourceError::Refused { code: code::REJECTED..=code::ERROR | code::THERE_ALREADY, text }) => {
                SourceError::not_taken(&text).map_or(Ok(()), Err)
            }
            Err(error) => Err(error),
        }
    }

    /// None where the node has seen too little to say.
    pub(crate) async fn fee_rates(&mut self) -> Result<Option<FeeRatesView>, SourceError> {
        let mut rates = [0.0; 3];
        for (rate, blocks) in rates.iter_mut().zip([2, 6, 144]) {
            let estimate: Estimate = self.call("estimatesmartfee", json!([blocks]), LONGEST).await?;
            let Some(found) = estimate.feerate.filter(|rate| rate.is_finite() && *rate > 0.0) else {
                return Ok(None);
            };
            *rate = found * 100_000.0;
        }
        let [fast, medium, slow] = rates;
        Ok(Some(FeeRatesView { fast, medium, slow }))
    }

    async fn hash_at(&mut self, height: u32) -> Result<BlockHash, SourceError> {
        self.call("getblockhash", json!([height]), LONGEST).await
    }

    /// Several questions in one. None for what the node refuses.
    async fn call_all<T: DeserializeOwned>(
        &mut self,
        questions: &[(&str, Value)],
        longest: usize,
    ) -> Result<Vec<Option<T>>, SourceError> {
        if questions.is_empty() {
            return Ok(Vec::new());
        }
        let first = self.next + 1;
        let bodies: Vec<_> =
            questions.iter().map(|(method, parameters)| self.body(method, parameters)).collect();
        let answer = self.ask(&Value::Array(bodies), longest).await?;
        let answers: Vec<Answer<'_>> = serde_json::from_slice(&answer).map_err(|_| SourceError::Malformed)?;
        let mut results: Vec<_> = questions.iter().map(|_| None).collect();
        for Answer { result, id, .. } in answers {
            let place = id.as_u64().and_then(|id| usize::try_from(id.checked_sub(first)?).ok());
            let place = place.and_then(|place| results.get_mut(place)).ok_or(SourceError::Malformed)?;
            let parsed = result.map(|result| serde_json::from_str(result.get())).transpose();
            *place = parsed.map_err(|_| SourceError::Malformed)?;
        }
        Ok(results)
    }

    fn body(&mut self, method: &str, parameters: &Value) -> Value {
        self.next += 1;
        json!({ "jsonrpc": "1.0", "id": self.next, "method": method, "params": parameters })
    }

    async fn ask(&mut self, body: &Value, longest: usize) -> Result<Vec<u8>, SourceError> {
        let question = Question {
            path: "",
            body: Some(("application/json", body.to_string().into_bytes())),
            authorization: Some(self.login.authorization().await?),
            longest,
        };
        match self.http.ask(question).await {
            Ok(answer) => Ok(answer),
            Err(HttpError::Refused { status: 401, .. }) => Err(SourceError::Unauthorized),
            Err(HttpError::Refused { status: 403, .. }) => Err(SourceError::Forbidden),
            // Refusals come with a status of their own.
            Err(HttpError::Refused { status: 404 | 500, body }) => Ok(body),
            Err(error) => Err(SourceError::Http(error)),
        }
    }

    async fn call<T: DeserializeOwned>(
        &mut self,
        method: &str,
        parameters: Value,
        longest: usize,
    ) -> Result<T, SourceError> {
        let body = self.body(method, &parameters);
        let id = self.next;
        let answer = self.ask(&body, longest).await?;
        let answer: Answer<'_> = serde_json::from_slice(&answer).map_err(|_| SourceError::Malformed)?;
        match (answer.result, answer.error) {
            (_, Some(Complaint { code: code::WARMING_UP, .. })) => Err(SourceError::Starting),
            (_, Some(Complaint { code: code::NO_BLOCK, .. })) if method == "getblock" => {
                Err(SourceError::Pruned)
            }
            (_, Some(complaint)) => Err(SourceError::refused(complaint.code, &complaint.message)),
            (Some(result), None) if answer.id == json!(id) => {
                serde_json::from_str(result.get()).map_err(|_| SourceError::Malformed)
            }
            _ => Err(SourceError::Malformed),
        }
    }
}
