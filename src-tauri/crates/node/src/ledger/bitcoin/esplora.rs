//! An Esplora server: it is asked for the transactions of each address, so it learns the wallet's addresses. What it says of
//! a transaction is held against the transaction's ID; where in the chain it says it is can't be checked.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use bitcoin::{
    Amount, BlockHash, OutPoint, Script, ScriptBuf, Sequence, Transaction, TxIn, TxOut, Txid, Witness,
    absolute::LockTime,
    constants::genesis_block,
    hashes::{Hash as _, sha256},
    transaction::Version,
};
use chains::bitcoin::{
    Network, to_hex,
    wallet::{
        Anchor, BlockId, CheckPoint, Found, FullScanRequest, FullScanResponse, GAP_LIMIT, SourceKeychain,
    },
};
use serde::{Deserialize, de::DeserializeOwned};

use super::SourceError;
use crate::{
    ledger::http::{Http, HttpError, Question},
    snapshot::FeeRatesView,
};

/// More than a page of transactions, of which each may fill a good part of a block.
const LONGEST_PAGE: usize = 32 * 1024 * 1024;
/// More than any other answer.
const LONGEST: usize = 256 * 1024;
/// Transactions in blocks on a page.
const PAGE: usize = 25;
/// The most transactions of one wallet that are read.
const MOST_TRANSACTIONS: usize = 20_000;
/// The most addresses of one keychain that are asked for.
const MOST_ADDRESSES: u32 = 10_000;
/// Blocks whose hashes are kept at hand, so that one that is replaced is noticed.
const LATEST: usize = 15;

/// A server that was asked for its network.
pub(super) struct Esplora {
    http: Http,
}

/// A transaction, as such a server writes it.
#[derive(Deserialize)]
struct Listed {
    txid: Txid,
    version: i32,
    locktime: u32,
    vin: Vec<Input>,
    vout: Vec<Output>,
    status: Status,
}

#[derive(Deserialize)]
struct Input {
    txid: Txid,
    vout: u32,
    #[serde(default)]
    scriptsig: ScriptBuf,
    #[serde(default)]
    witness: Vec<String>,
    sequence: u32,
}

#[derive(Deserialize)]
struct Output {
    scriptpubkey: ScriptBuf,
    value: u64,
}

#[derive(Deserialize)]
struct Status {
    confirmed: bool,
    block_height: Option<u32>,
    block_hash: Option<BlockHash>,
    block_time: Option<u64>,
}

#[derive(Deserialize)]
struct Block {
    id: BlockHash,
    height: u32,
}

/// What is at a wallet's addresses.
pub(super) struct Scanned {
    pub(super) response: FullScanResponse<SourceKeychain>,
    /// Those that are in no block.
    pub(super) pending: HashSet<Txid>,
    pub(super) height: u32,
}

impl Esplora {
    /// Asks a server for its network: the hash of the first block says it.
    pub(super) async fn connect(http: Http, network: Network) -> Result<Self, SourceError> {
        let mut server = Self { http };
        let first = server.hash_at(0).await?.ok_or(SourceError::Malformed)?;
        match first == genesis_block(bitcoin::Network::from(network)).block_hash() {
            true => Ok(server),
            false => Err(SourceError::OtherNetwork(network)),
        }
    }

    /// Reads what is at the addresses, until so many in a row have nothing.
    pub(super) async fn scan(
        &mut self,
        mut request: FullScanRequest<SourceKeychain>,
    ) -> Result<Scanned, SourceError> {
        let (now, known) = (request.start_time(), request.chain_tip().ok_or(SourceError::Malformed)?);
        // Before the transactions: what is in a block that comes meanwhile has its place in it all the same.
        let latest = self.latest().await?;
        let (mut found, mut pending) = (Found::default(), HashSet::new());
        let mut last_active_indices = BTreeMap::new();
        for keychain in request.keychains() {
            let revealed = request.last_revealed(&keychain);
            let mut unused = 0;
            while let Some((index, script)) = request.next_spk(keychain) {
                let listed = self.at(&script, MOST_TRANSACTIONS.saturating_sub(found.txs.len())).await?;
                if listed.is_empty() {
                    unused += 1;
                } else {
                    unused = 0;
                    last_active_indices.insert(keychain, index);
                }
                for transaction in listed {
                    take(transaction, now, &mut found, &mut pending)?;
                }
                if unused >= GAP_LIMIT && revealed.is_none_or(|revealed| index >= revealed) {
                    break;
                }
                if index >= MOST_ADDRESSES {
                    return Err(SourceError::Malformed);
                }
            }
        }
        let heights: BTreeSet<_> = found.anchors.iter().map(|(anchor, _)| anchor.block_id.height).collect();
        let tip = self.chain(known, &latest, heights).await?;
        let height = tip.height();
        let response = FullScanResponse { tx_update: found, last_active_indices, chain_update: Some(tip) };
        Ok(Scanned { response, pending, height })
    }

    pub(super) async fn fee_rates(&mut self) -> Result<Option<FeeRatesView>, SourceError> {
        let estimates: HashMap<String, f64> = self.json("/fee-estimates", LONGEST).await?;
        let rate =
            |blocks: &str| estimates.get(blocks).copied().filter(|rate| rate.is_finite() && *rate > 0.0);
        let rates = (rate("2"), rate("6"), rate("144"));
        let (Some(fast), Some(medium), Some(slow)) = rates else { return Ok(None) };
        Ok(Some(FeeRatesView { fast, medium, slow }))
    }

    pub(super) async fn send(&mut self, transaction: &Transaction) -> Result<(), SourceError> {
        let body = Some(("text/plain", to_hex(transaction).into_bytes()));
        let question = Question { path: "/tx", body, authorization: None, longest: LONGEST };
        match self.http.ask(question).await {
            Ok(_) => Ok(()),
            Err(HttpError::Refused { status: 400, body }) => {
                SourceError::not_taken(&String::from_utf8_lossy(&body)).map_or(Ok(()), Err)
            }
            Err(error) => Err(SourceError::Http(error)),
        }
    }

    /// All transactions of an address, at most so many.
    async fn at(&mut self, script: &Script, most: usize) -> Result<Vec<Listed>, SourceError> {
        let hash = sha256::Hash::hash(script.as_bytes());
        let mut all: Vec<Listed> = self.json(&format!("/scripthash/{hash}/txs"), LONGEST_PAGE).await?;
        let mut page = all.iter().filter(|listed| listed.status.confirmed).count();
        while page >= PAGE {
            let last = all.last().map(|last| last.txid).ok_or(SourceError::Malformed)?;
            let path = format!("/scripthash/{hash}/txs/chain/{last}");
            let more: Vec<Listed> = self.json(&path, LONGEST_PAGE).await?;
            page = more.len();
            all.extend(more);
            if all.len() > most {
                return Err(SourceError::Malformed);
            }
        }
        Ok(all)
    }

    /// The newest blocks.
    async fn latest(&mut self) -> Result<BTreeMap<u32, BlockHash>, SourceError> {
        let blocks: Vec<Block> = self.json("/blocks", LONGEST).await?;
        let latest: BTreeMap<_, _> =
            blocks.into_iter().take(LATEST).map(|block| (block.height, block.id)).collect();
        if latest.is_empty() { Err(SourceError::Malformed) } else { Ok(latest) }
    }

    /// The known chain, as far as the server has it too, with the blocks at these heights and the newest ones.
    async fn chain(
        &mut self,
        known: CheckPoint,
        latest: &BTreeMap<u32, BlockHash>,
        heights: BTreeSet<u32>,
    ) -> Result<CheckPoint, SourceError> {
        let mut other = Vec::new();
        let mut agreed = None;
        for checkpoint in known.iter() {
            match self.block_at(checkpoint.height(), latest).await? {
                Some(hash) if hash == checkpoint.hash() => {
                    agreed = Some(checkpoint);
                    break;
                }
                Some(hash) => other.push(BlockId { height: checkpoint.height(), hash }),
                None => {}
            }
        }
        let agreed = agreed.ok_or(SourceError::Malformed)?;
        let mut tip = agreed.extend(other.into_iter().rev()).map_err(|_| SourceError::Malformed)?;
        for height in heights {
            if tip.get(height).is_none()
                && let Some(hash) = self.block_at(height, latest).await?
            {
                tip = insert(tip, BlockId { height, hash })?;
            }
        }
        for (height, hash) in latest {
            tip = insert(tip, BlockId { height: *height, hash: *hash })?;
        }
        Ok(tip)
    }

    async fn block_at(
        &mut self,
        height: u32,
        latest: &BTreeMap<u32, BlockHash>,
    ) -> Result<Option<BlockHash>, SourceError> {
        match latest.get(&height) {
            Some(hash) => Ok(Some(*hash)),
            None => self.hash_at(height).await,
        }
    }

    async fn hash_at(&mut self, height: u32) -> Result<Option<BlockHash>, SourceError> {
        match self.read(&format!("/block-height/{height}"), LONGEST).await {
            Ok(hash) => {
                let hash = std::str::from_utf8(&hash).map_err(|_| SourceError::Malformed)?;
                hash.trim().parse().map(Some).map_err(|_| SourceError::Malformed)
            }
            Err(SourceError::Http(HttpError::Refused { status: 404, .. })) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn json<T: DeserializeOwned>(&mut self, path: &str, longest: usize) -> Result<T, SourceError> {
        serde_json::from_slice(&self.read(path, longest).await?).map_err(|_| SourceError::Malformed)
    }

    async fn read(&mut self, path: &str, longest: usize) -> Result<Vec<u8>, SourceError> {
        let question = Question { path, body: None, authorization: None, longest };
        self.http.ask(question).await.map_err(SourceError::Http)
    }
}

/// The first block is known: no other has its place.
fn insert(tip: CheckPoint, block: BlockId) -> Result<CheckPoint, SourceError> {
    let is_first = block.height == 0;
    match tip.get(block.height) {
        Some(known) if known.hash() == block.hash => Ok(tip),
        _ if is_first => Err(SourceError::Malformed),
        _ => Ok(tip.insert(block)),
    }
}

fn take(listed: Listed, now: u64, found: &mut Found, pending: &mut HashSet<Txid>) -> Result<(), SourceError> {
    let (txid, transaction, status) = listed.read()?;
    match status {
        Status { confirmed: false, .. } => {
            found.seen_ats.insert((txid, now));
            pending.insert(txid);
        }
        Status {
            block_height: Some(height),
            block_hash: Some(hash),
            block_time: Some(confirmation_time),
            ..
        } => {
            let anchor = Anchor { block_id: BlockId { height, hash }, confirmation_time };
            found.anchors.insert((anchor, txid));
        }
        _ => return Err(SourceError::Malformed),
    }
    found.txs.push(Arc::new(transaction));
    Ok(())
}

impl Listed {
    /// The transaction, if it is the one that it is said to be.
    fn read(self) -> Result<(Txid, Transaction, Status), SourceError> {
        let Self { txid, version, locktime, vin, vout, status } = self;
        let input: Result<_, _> = vin.into_iter().map(Input::read).collect();
        let output = vout.into_iter();
        let output = output.map(|Output { scriptpubkey, value }| TxOut {
            value: Amount::from_sat(value),
            script_pubkey: scriptpubkey,
        });
        let transaction = Transaction {
            version: Version(version),
            lock_time: LockTime::from_consensus(locktime),
            input: input?,
            output: output.collect(),
        };
        match transaction.compute_txid() == txid {
            true => Ok((txid, transaction, status)),
            false => Err(SourceError::Malformed),
        }
    }
}

impl Input {
    fn read(self) -> Result<TxIn, SourceError> {
        let Self { txid, vout, scriptsig, witness, sequence } = self;
        let witness: Result<Vec<_>, _> = witness.iter().map(hex::decode).collect();
        Ok(TxIn {
            previous_output: OutPoint { txid, vout },
            script_sig: scriptsig,
            sequence: Sequence(sequence),
            witness: Witness::from_slice(&witness.map_err(|_| SourceError::Malformed)?),
        })
    }
}
