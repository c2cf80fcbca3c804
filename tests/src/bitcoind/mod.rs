//! A real Bitcoin node on a private regtest network.

mod package;

use std::{
    fs,
    net::TcpListener,
    path::PathBuf,
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use jsonrpc::{Client, arg, simple_http::SimpleHttpTransport};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tempfile::TempDir;

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
        let folder = TempDir::with_prefix("permafrost-bitcoind-").unwrap();
        let port = free_port();
        let log = fs::File::create(folder.path().join("output")).unwrap();
        let process = package::command()
            .args(["-regtest", "-server", "-listen=0", "-dnsseed=0", "-fixedseeds=0", "-natpmp=0"])
            .args(["-fallbackfee=0.0001", "-printtoconsole=0", "-conf=/dev/null"])
            .arg(format!("-datadir={}", folder.path().display()))
            .arg(format!("-rpcport={port}"))
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
        self.send(&format!("/wallet/{wallet}"), method, parameters)
            .unwrap_or_else(|error| panic!("{method} of {wallet}: {error:?}"))
    }

    fn send<T: DeserializeOwned>(
        &self,
        path: &str,
        method: &str,
        parameters: &[Parameter],
    ) -> Result<T, Refused> {
        let cookie = fs::read_to_string(self.cookie()).unwrap_or_default();
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

impl Drop for Bitcoind {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Another program could take the port before the node does; the node then ends, and says so.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
