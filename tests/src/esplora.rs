//! An Esplora server in miniature, over a real node: what devices ask of one, and nothing more. No such server can be
//! installed from a package registry.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use bitcoin::{
    Block, BlockHash, Transaction, Txid,
    consensus::encode::deserialize_hex,
    hashes::{Hash as _, sha256},
};
use jsonrpc::arg;
use serde_json::{Value, json};

use crate::bitcoind::{Access, Bitcoind};

/// Transactions in blocks on a page.
const PAGE: usize = 25;

/// A running server. It ends with the test's process.
pub struct Esplora {
    url: String,
    lies: Arc<AtomicBool>,
}

struct Server {
    node: Access,
    lies: Arc<AtomicBool>,
}

/// Where a transaction is.
struct Placed {
    transaction: Transaction,
    block: Option<(u32, BlockHash, u32)>,
}

impl Esplora {
    /// Starts one over this node.
    pub fn start(node: &Bitcoind) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/api", listener.local_addr().unwrap());
        let lies = Arc::new(AtomicBool::new(false));
        let server = Arc::new(Server { node: node.access(), lies: Arc::clone(&lies) });
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let server = Arc::clone(&server);
                thread::spawn(move || server.serve(stream));
            }
        });
        Self { url, lies }
    }

    /// `http://127.0.0.1:PORT/api`
    pub fn url(&self) -> &str {
        &self.url
    }

    /// From now on it says other amounts than there are.
    pub fn lie(&self) {
        self.lies.store(true, Ordering::Relaxed);
    }
}

impl Server {
    /// One request after the other, until the client has enough.
    fn serve(&self, stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut stream = stream;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            let mut words = line.split_whitespace();
            let (method, path) = (words.next().unwrap().to_owned(), words.next().unwrap().to_owned());
            let mut length = 0;
            loop {
                let mut header = String::new();
                reader.read_line(&mut header).unwrap();
                match header.trim().to_ascii_lowercase().split_once(':') {
                    None => break,
                    Some(("content-length", value)) => length = value.trim().parse().unwrap(),
                    Some(_) => {}
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let path = path.strip_prefix("/api").expect("the address has a path").to_owned();
            let answer = self.answer(&method, &path, &String::from_utf8(body).unwrap());
            let (status, text) = match answer {
                Ok(text) => ("200 OK", text),
                Err((status, text)) => (status, text),
            };
            let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n", text.len());
            if stream.write_all((head + &text).as_bytes()).is_err() {
                return;
            }
        }
    }

    fn answer(&self, method: &str, path: &str, body: &str) -> Result<String, (&'static str, String)> {
        let parts: Vec<_> = path.trim_matches('/').split('/').collect();
        match (method, parts.as_slice()) {
            ("GET", ["block-height", height]) => {
                let height: u32 = height.parse().unwrap();
                self.node
                    .call::<String>("getblockhash", &[arg(height)])
                    .map_err(|_| ("404 Not Found", String::new()))
            }
            ("GET", ["blocks"]) => Ok(self.latest().to_string()),
            ("GET", ["fee-estimates"]) => Ok("{}".to_owned()),
            ("GET", ["scripthash", hash, "txs"]) => Ok(self.at(hash, None).to_string()),
            ("GET", ["scripthash", hash, "txs", "chain", last]) => Ok(self.at(hash, Some(last)).to_string()),
            ("POST", ["tx"]) => {
                self.node.call::<String>("sendrawtransaction", &[arg(body)]).map_err(|refused| {
                    ("400 Bad Request", format!("sendrawtransaction RPC error: {:?}", refused.0))
                })
            }
            _ => Err(("404 Not Found", String::new())),
        }
    }

    fn latest(&self) -> Value {
        let best: u32 = self.node.call("getblockcount", &[]).unwrap();
        let heights = (best.saturating_sub(9)..=best).rev();
        let block = |height: u32| {
            let hash: String = self.node.call("getblockhash", &[arg(height)]).unwrap();
            json!({ "id": hash, "height": height })
        };
        heights.map(block).collect()
    }

    /// The transactions of a script: those in no block and a page of the others, or the next page.
    fn at(&self, hash: &str, after: Option<&str>) -> Value {
        let all: Vec<_> =
            self.everything().into_iter().filter(|placed| placed.concerns(self, hash)).collect();
        let (pending, mined): (Vec<_>, Vec<_>) = all.iter().partition(|placed| placed.block.is_none());
        let from = after.map_or(0, |after| {
            mined.iter().position(|placed| placed.transaction.compute_txid().to_string() == after).unwrap()
                + 1
        });
        let page = mined.into_iter().skip(from).take(PAGE);
        let pending = if after.is_none() { pending } else { vec![] };
        let lies = self.lies.load(Ordering::Relaxed);
        pending.into_iter().chain(page).map(|placed| placed.json(lies)).collect()
    }

    /// All transactions, the newest first.
    fn everything(&self) -> Vec<Placed> {
        let pending: Vec<Txid> = self.node.call("getrawmempool", &[]).unwrap();
        let read = |txid: Txid| {
            let text: String = self.node.call("getrawtransaction", &[arg(txid)]).ok()?;
            Some(Placed { transaction: deserialize_hex(&text).unwrap(), block: None })
        };
        let mut all: Vec<_> = pending.into_iter().filter_map(read).collect();
        let best: u32 = self.node.call("getblockcount", &[]).unwrap();
        // Before that there are only blocks of the miner's.
        for height in (100..=best).rev() {
            let hash: BlockHash = self.node.call("getblockhash", &[arg(height)]).unwrap();
            let text: String = self.node.call("getblock", &[arg(hash), arg(0)]).unwrap();
            let block: Block = deserialize_hex(&text).unwrap();
            let place = Some((height, hash, block.header.time));
            all.extend(block.txdata.into_iter().map(|transaction| Placed { transaction, block: place }));
        }
        all
    }
}

impl Placed {
    fn concerns(&self, server: &Server, hash: &str) -> bool {
        let is_it = |script: &bitcoin::Script| sha256::Hash::hash(script.as_bytes()).to_string() == hash;
        let spends = self.transaction.input.iter().filter(|input| !input.previous_output.is_null());
        self.transaction.output.iter().any(|output| is_it(&output.script_pubkey))
            || spends.into_iter().any(|input| {
                let earlier: String =
                    server.node.call("getrawtransaction", &[arg(input.previous_output.txid)]).unwrap();
                let earlier: Transaction = deserialize_hex(&earlier).unwrap();
                is_it(&earlier.output[input.previous_output.vout as usize].script_pubkey)
            })
    }

    fn json(&self, lies: bool) -> Value {
        let Transaction { version, lock_time, input, output } = &self.transaction;
        let inputs = input.iter().map(|input| {
            let witness: Vec<_> = input.witness.iter().map(hex).collect();
            json!({
                "txid": input.previous_output.txid, "vout": input.previous_output.vout,
                "scriptsig": hex(input.script_sig.as_bytes()), "witness": witness,
                "sequence": input.sequence.0, "is_coinbase": input.previous_output.is_null(),
            })
        });
        let outputs = output.iter().map(|output| {
            let value = output.value.to_sat() + u64::from(lies);
            json!({ "scriptpubkey": hex(output.script_pubkey.as_bytes()), "value": value })
        });
        let status = match self.block {
            None => json!({ "confirmed": false }),
            Some((height, hash, time)) => json!({
                "confirmed": true, "block_height": height, "block_hash": hash, "block_time": time,
            }),
        };
        json!({
            "txid": self.transaction.compute_txid(), "version": version.0, "locktime": lock_time.to_consensus_u32(),
            "vin": inputs.collect::<Vec<_>>(), "vout": outputs.collect::<Vec<_>>(), "status": status,
        })
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
