//! A real Bitcoin node on a private regtest network.

mod package;

use std::{
    collections::BTreeMap,
    fs,
    path::PathBuf,
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use bitcoin::Amount;
use jsonrpc::{Client, arg, simple_http::SimpleHttpTransport};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tempfile::TempDir;

use crate::ports::free_port;

/// How long the node may take to start.
const START: Duration = Duration::from_secs(60);
/// How long one call may take; mining a hundred blocks takes a second or two.
const CALL: Duration = Duration::from_secs(60);
/// Between two looks at whether the node is up.
const GLANCE: Duration = Duration::from_millis(50);

/// A running `bitcoind -regtest` with a data folder of its own, without peers. Killed when dropped.
///
/// Its wallet `miner` holds what [`mine`](Self::mine) earns.
pub struct Bitcoind {
    process: Child,
    port: u16,
    folder: TempDir,
}

/// A parameter of a call, made by `jsonrpc::arg`.
pub type Parameter = Box<jsonrpc::serde_json::value::RawValue>;

/// What the node answered instead of a result.
#[derive(Debug)]
pub struct Refused(pub jsonrpc::Error);

impl Bitcoind {
    /// Installs the node if it is missing, starts it, and mines the first coins that can be spent.
    pub fn start() -> Self {
        Self::with(&[])
    }

    /// The same with more options, such as `-rpcauth=…`.
    pub fn with(options: &[&str]) -> Self {
        let folder = TempDir::with_prefix("permafrost-bitcoind-").unwrap();
        let port = free_port();
        let log = fs::File::create(folder.path().join("output")).unwrap();
        let process = package::command()
            .args([
                "-regtest",
                "-server",
                "-txindex=1",
                "-listen=0",
                "-dnsseed=0",
                "-fixedseeds=0",
                "-natpmp=0",
            ])
            .args(["-fallbackfee=0.0001", "-printtoconsole=0", "-conf=/dev/null"])
            .arg(format!("-datadir={}", folder.path().display()))
            .arg(format!("-rpcport={port}"))
            .args(options)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .expect("bitcoind starts");
        let mut node = Self { process, port, folder };
        node.wait_until_ready();
        node.call::<Value>("createwallet", &[arg("miner")]);
        node.mine(101);
        node
    }

    /// Where its RPC server listens.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Mines blocks; what they pay goes to the wallet `miner`.
    pub fn mine(&self, blocks: u32) {
        let address: String = self.wallet_call("miner", "getnewaddress", &[]);
        self.call::<Value>("generatetoaddress", &[arg(blocks), arg(address)]);
    }

    /// Lets the miner pay each amount to its address, in one transaction and a block. In many transactions each would spend
    /// the change of the one before, of which wallets let only so many wait.
    pub fn pay_all(&self, payments: impl Iterator<Item = (String, Amount)>) {
        let payments: BTreeMap<_, _> = payments.map(|(address, amount)| (address, amount.to_btc())).collect();
        if !payments.is_empty() {
            self.wallet_call::<Value>("miner", "sendmany", &[arg(""), arg(payments)]);
        }
        self.mine(1);
    }

    /// Calls a method of the node; panics if it refuses.
    pub fn call<T: DeserializeOwned>(&self, method: &str, parameters: &[Parameter]) -> T {
        self.send("/", method, parameters).unwrap_or_else(|error| panic!("{method}: {error:?}"))
    }

    /// Calls a method of the node that may refuse.
    pub fn try_call<T: DeserializeOwned>(
        &self,
        method: &str,
        parameters: &[Parameter],
    ) -> Result<T, Refused> {
        self.send("/", method, parameters)
    }

    /// Calls a method of one of the node's wallets; panics if it refuses.
    pub fn wallet_call<T: DeserializeOwned>(
        &self,
        wallet: &str,
        method: &str,
        parameters: &[Parameter],
    ) -> T {
        // Wallets learn of transactions and blocks a moment after the node does.
        self.call::<Value>("syncwithvalidationinterfacequeue", &[]);
        self.send(&format!("/wallet/{wallet}"), method, parameters)
            .unwrap_or_else(|error| panic!("{method} of {wallet}: {error:?}"))
    }

    /// What others need to call it.
    pub fn access(&self) -> Access {
        Access { port: self.port, cookie: self.cookie() }
    }

    fn send<T: DeserializeOwned>(
        &self,
        path: &str,
        method: &str,
        parameters: &[Parameter],
    ) -> Result<T, Refused> {
        self.access().send(path, method, parameters)
    }

    fn wait_until_ready(&mut self) {
        let begun = Instant::now();
        while !self.cookie().exists() || self.try_call::<Value>("getblockchaininfo", &[]).is_err() {
            let ended = self.process.try_wait().unwrap();
            if ended.is_some() || begun.elapsed() > START {
                let output = fs::read_to_string(self.folder.path().join("output")).unwrap_or_default();
                panic!("bitcoind does not come up ({ended:?}): {output}");
            }
            thread::sleep(GLANCE);
        }
    }

    /// The file with the password that it made at its start.
    pub fn cookie(&self) -> PathBuf {
        self.folder.path().join("regtest/.cookie")
    }
}

/// A node's RPC server, for as long as it runs.
#[derive(Clone, Debug)]
pub struct Access {
    port: u16,
    cookie: PathBuf,
}

impl Access {
    /// Calls a method of the node that may refuse.
    pub fn call<T: DeserializeOwned>(&self, method: &str, parameters: &[Parameter]) -> Result<T, Refused> {
        self.send("/", method, parameters)
    }

    fn send<T: DeserializeOwned>(
        &self,
        path: &str,
        method: &str,
        parameters: &[Parameter],
    ) -> Result<T, Refused> {
        let cookie = fs::read_to_string(&self.cookie).unwrap_or_default();
        let (user, password) = cookie.split_once(':').unwrap_or_default();
        let transport = SimpleHttpTransport::builder()
            .url(&format!("http://127.0.0.1:{}{path}", self.port))
            .unwrap()
            .auth(user, Some(password))
            .timeout(CALL)
            .build();
        let parameters = jsonrpc::serde_json::value::to_raw_value(parameters).unwrap();
        Client::with_transport(transport).call(method, Some(&parameters)).map_err(Refused)
    }
}

impl Drop for Bitcoind {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
