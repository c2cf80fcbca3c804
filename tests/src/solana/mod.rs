//! A real Solana engine, the one that validators run, behind the questions that a wallet asks a server.

pub mod accounts;
mod package;

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{Ipv4Addr, TcpStream},
    process::{Child, Stdio},
    time::Duration,
};

use chains::solana::{
    Address, Network,
    rpc::{Call, RpcError},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// How long one call may take.
const CALL: Duration = Duration::from_secs(60);

/// A network of one server, without peers and without blocks that make themselves. Ends when dropped.
pub struct Solana {
    process: Child,
    port: u16,
}

impl Solana {
    /// Installs the engine if it is missing, and starts it.
    pub fn start() -> Self {
        let mut process = package::command()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node starts (Node 20.19 or later is needed)");
        let mut port = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut port).unwrap();
        let port = port.trim().parse().expect("the engine says on which port it listens");
        Self { process, port }
    }

    /// Where it listens, as a wallet's settings have it.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Asks as a wallet does.
    pub fn ask<C: Call>(&self, call: &C) -> Result<C::Answer, RpcError> {
        call.parse(7, &self.post(&call.body(7)))
    }

    /// Gives lamports to an address.
    pub fn fund(&self, address: impl Into<Address>, lamports: u64) {
        let there: u64 = self.test("testFund", &json!([address.into().to_string(), lamports]));
        assert!(there >= lamports, "the engine gives {there}");
    }

    /// Puts data at an address, with the SOL that it needs.
    pub fn put(&self, address: Address, owner: Address, data: &[u8]) {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        let data = STANDARD.encode(data);
        self.test::<()>("testPut", &json!([address.to_string(), owner.to_string(), data]));
    }

    /// Lets the latest block get too old for transactions to name it, and makes another.
    pub fn expire_blockhash(&self) {
        self.test::<()>("testExpire", &json!([]));
    }

    /// Says from now on that it serves this network.
    pub fn serve(&self, network: Network) {
        self.test::<()>("testServe", &json!([network.genesis_hash()]));
    }

    /// Takes what is sent without doing it, as servers do whose messages get lost; or does it again.
    pub fn lose(&self, whether: bool) {
        self.test::<()>("testLose", &json!([whether]));
    }

    /// Goes on by so many blocks, after which transactions that name the latest one are too old.
    pub fn warp(&self, blocks: u64) {
        self.test::<()>("testWarp", &json!([blocks]));
        self.expire_blockhash();
    }

    /// The methods that wallets have called.
    pub fn asked(&self) -> Vec<String> {
        self.test("testAsked", &json!([]))
    }

    /// The first transaction that was sent, whatever became of it, with its signature; waits until one is.
    pub fn sent(&self) -> Vec<u8> {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        STANDARD.decode(self.test::<String>("testSent", &json!([]))).unwrap()
    }

    /// Calls one of the server's own methods; panics if it fails.
    pub fn test<T: DeserializeOwned>(&self, method: &str, parameters: &Value) -> T {
        let mut answer = self.try_test(method, parameters);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        serde_json::from_value(answer["result"].take()).unwrap()
    }

    /// Calls a method that may fail; gives the whole answer.
    pub fn try_test(&self, method: &str, parameters: &Value) -> Value {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": parameters });
        serde_json::from_slice(&self.post(&body.to_string())).unwrap()
    }

    fn post(&self, body: &str) -> Vec<u8> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).unwrap();
        stream.set_read_timeout(Some(CALL)).unwrap();
        // HTTP/1.0, so that the answer comes in one piece and ends with the connection.
        let head = format!("POST / HTTP/1.0\r\nContent-Length: {}\r\n\r\n", body.len());
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let head = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("an answer in HTTP");
        answer.split_off(head + 4)
    }
}

impl Drop for Solana {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
