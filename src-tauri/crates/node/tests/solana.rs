//! Solana wallets are looked up at the server that their owner chose, and whatever it says does no harm.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod common;

use std::sync::{Arc, Mutex};

use common::{PATIENCE, config, make_wallet, open, server, snapshot, until};
use node::{
    Node, NodeConfig,
    snapshot::{Snapshot, SolanaLedgerView, SolanaSyncView, SolanaTransactionView, WalletStatus},
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
    time::timeout,
};

const GENESIS: &str = "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d";
const TOKEN: &str = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA";

/// A device with a wallet of a group of two.
struct World {
    alice: Node,
    wallet: String,
    address: String,
    _folder: TempDir,
    _bob: Node,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = Some(server().await);
        let alice = open(NodeConfig { server: url.clone(), ..config(folder.path(), "alice") }).await;
        let bob = open(NodeConfig { server: url, ..config(folder.path(), "bob") }).await;
        let wallet = make_wallet(&alice, &bob).await;
        let WalletStatus::Active { addresses, .. } = &snapshot(&alice).wallets[0].status else {
            panic!("the wallet is made");
        };
        let address = addresses[0].address.clone();
        Self { alice, wallet, address, _folder: folder, _bob: bob }
    }

    async fn choose(&self, url: Option<&str>) {
        self.alice.set_solana_server("mainnet".to_owned(), url.map(str::to_owned)).await.unwrap();
    }

    async fn until(&self, what: &str, is_so: impl Fn(&SolanaLedgerView) -> bool) -> SolanaLedgerView {
        let known = |now: &Arc<Snapshot>| now.wallets[0].solana.as_ref().is_some_and(&is_so);
        until(&self.alice, what, known).await.wallets[0].solana.clone().unwrap()
    }

    async fn current(&self) -> SolanaLedgerView {
        self.until("it is looked up", |view| is_current(&view.sync)).await
    }

    /// Has it looked up once more, from beginning to end: the next look begins after that.
    async fn again(&self, server: &Fake) {
        let before = server.count("getBalance");
        for look in 1..=2 {
            self.alice.sync_wallet(self.wallet.clone()).await.unwrap();
            server.until("getBalance", before + look).await;
        }
    }
}

fn is_current(sync: &SolanaSyncView) -> bool {
    matches!(sync, SolanaSyncView::Current { .. })
}

/// A server that answers with what it was told.
#[derive(Clone)]
struct Fake {
    state: Arc<Mutex<State>>,
    /// Changes with each question.
    asked: watch::Sender<()>,
}

#[derive(Default)]
struct State {
    address: String,
    lamports: Value,
    /// Token accounts: account, mint, amount.
    tokens: Vec<(String, String, u64)>,
    /// The wallet's transactions, the newest first, and those of accounts.
    signatures: Vec<(String, String, u64)>,
    /// Transactions that are not told, or badly.
    answers: Vec<(String, Value)>,
    asked: Vec<String>,
}

impl Fake {
    fn of(world: &World) -> Self {
        let fake = Self { state: Arc::default(), asked: watch::Sender::new(()) };
        fake.change(|state| {
            state.address.clone_from(&world.address);
            state.lamports = json!(1_500_000_000_u64);
        });
        fake
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap())
    }

    fn count(&self, method: &str) -> usize {
        self.change(|state| state.asked.iter().filter(|asked| *asked == method).count())
    }

    /// Waits until it was asked so often.
    async fn until(&self, method: &str, times: usize) {
        let mut asked = self.asked.subscribe();
        let often_enough = asked.wait_for(|()| self.count(method) >= times);
        timeout(PATIENCE, often_enough).await.expect("it is asked").unwrap();
    }

    /// Returns its address.
    async fn serve(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let fake = self.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(fake.clone().answer(stream));
            }
        });
        url
    }

    async fn answer(self, mut stream: TcpStream) {
        let mut request = Vec::new();
        let question: Value = loop {
            let head = request.windows(4).position(|four| four == b"\r\n\r\n");
            if let Some(question) = head.and_then(|head| serde_json::from_slice(&request[head + 4..]).ok()) {
                break question;
            }
            if stream.read_buf(&mut request).await.unwrap() == 0 {
                return;
            }
        };
        let result = self.change(|state| state.answer(&question));
        self.asked.send_replace(());
        let answer = json!({ "jsonrpc": "2.0", "id": question["id"], "result": result }).to_string();
        let head =
            format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", answer.len());
        // The device may have given up.
        let _ = stream.write_all(format!("{head}{answer}").as_bytes()).await;
    }
}

impl State {
    fn answer(&mut self, question: &Value) -> Value {
        let method = question["method"].as_str().unwrap();
        let first = &question["params"][0];
        self.asked.push(method.to_owned());
        let at = |value: Value| json!({ "context": { "slot": 9 }, "value": value });
        match method {
            "getGenesisHash" => json!(GENESIS),
            "getBalance" => at(self.lamports.clone()),
            "getTokenAccountsByOwner" if question["params"][1]["programId"] == TOKEN => {
                let held = self.tokens.iter().map(|(account, mint, amount)| {
                    let data = token_account(mint, &self.address, *amount);
                    json!({ "pubkey": account, "account": lies(TOKEN, &data) })
                });
                at(held.collect())
            }
            "getTokenAccountsByOwner" => at(json!([])),
            "getMultipleAccounts" => {
                at(first.as_array().unwrap().iter().map(|_| lies(TOKEN, &mint())).collect())
            }
            "getSignaturesForAddress" => {
                let of_it = self.signatures.iter().filter(|(whose, ..)| first == whose);
                let found = of_it.map(|(_, id, slot)| {
                    json!({
                        "signature": id, "slot": slot, "err": null, "blockTime": 1_700_000_000, "memo": null,
                        "confirmationStatus": "finalized",
                    })
                });
                found.collect()
            }
            "getTransaction" => {
                let told = self.answers.iter().find(|(id, _)| first == id);
                told.map_or_else(|| self.received(first.as_str().unwrap()), |(_, answer)| answer.clone())
            }
            other => panic!("nobody asks for {other}"),
        }
    }

    /// A transaction that brought 0.5 SOL.
    fn received(&self, id: &str) -> Value {
        let slot = self.signatures.iter().find(|(_, known, _)| known == id).unwrap().2;
        json!({
            "slot": slot,
            "blockTime": 1_700_000_000,
            "transaction": {
                "signatures": [id],
                "message": { "accountKeys": [key(200), self.address], "instructions": [] },
            },
            "meta": {
                "err": null, "fee": 5000,
                "preBalances": [2_000_005_000_u64, 1_000_000_000], "postBalances": [1_500_000_000, 1_500_000_000],
            },
        })
    }
}

fn lies(owner: &str, data: &[u8]) -> Value {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    json!({ "lamports": 1, "owner": owner, "executable": false, "data": [STANDARD.encode(data), "base64"] })
}

fn token_account(mint: &str, owner: &str, amount: u64) -> Vec<u8> {
    let mut data = vec![0; 165];
    data[..32].copy_from_slice(&bs58::decode(mint).into_vec().unwrap());
    data[32..64].copy_from_slice(&bs58::decode(owner).into_vec().unwrap());
    data[64..72].copy_from_slice(&amount.to_le_bytes());
    data[108] = 1;
    data
}

/// With six decimals.
fn mint() -> Vec<u8> {
    let mut data = vec![0; 82];
    (data[44], data[45]) = (6, 1);
    data
}

fn key(seed: u8) -> String {
    bs58::encode([seed; 32]).into_string()
}

fn id(seed: u8) -> String {
    bs58::encode([seed; 64]).into_string()
}

fn ids(view: &SolanaLedgerView) -> Vec<&str> {
    view.transactions.iter().map(|transaction| transaction.id.as_str()).collect()
}

fn told(transaction: &SolanaTransactionView) -> Option<&str> {
    transaction.effect.as_ref().map(|effect| effect.sol.as_str())
}

#[tokio::test]
async fn a_wallet_is_looked_up_where_its_owner_chose_and_nowhere_else() {
    let world = World::new().await;
    let none = world.until("nobody is asked", |view| view.sync == SolanaSyncView::NoSource).await;
    assert_eq!((none.balance, none.transactions.len()), (None, 0));

    let fake = Fake::of(&world);
    fake.change(|state| {
        state.tokens = vec![(key(1), key(11), 0), (key(2), key(12), 2_500_000)];
        state.signatures = vec![(world.address.clone(), id(1), 7), (key(2), id(2), 8)];
    });
    world.choose(Some(&fake.serve().await)).await;
    let known = world.current().await;
    assert_eq!(known.balance.as_deref(), Some("1.5"));
    let held: Vec<_> = known.tokens.iter().map(|held| (held.mint.clone(), held.amount.clone())).collect();
    assert_eq!(
        held,
        [(key(12), Some("2.5".to_owned())), (key(11), Some("0".to_owned()))],
        "what is empty comes last"
    );
    assert!(!known.tokens[0].associated, "it lies where nobody would look");
    assert_eq!(ids(&known), [id(2), id(1)], "what reached a token account is one of them");
    assert_eq!(known.transactions.iter().map(told).collect::<Vec<_>>(), [Some("0.5"); 2]);
    assert_eq!(known.transactions[0].effect.as_ref().unwrap().fee, None, "somebody else paid it");
    assert_eq!(known.transactions[0].time, Some(1_700_000_000_000));
    assert!(world.alice.export_history(world.wallet.clone()).await.unwrap().contains(&id(2)));

    world.choose(None).await;
    let gone = world.until("nobody is asked any more", |view| view.sync == SolanaSyncView::NoSource).await;
    assert_eq!((gone.balance, gone.tokens.len(), gone.transactions.len()), (None, 0, 0));
}

#[tokio::test]
async fn transactions_are_fetched_once() {
    let world = World::new().await;
    let fake = Fake::of(&world);
    fake.change(|state| state.signatures = vec![(world.address.clone(), id(1), 7)]);
    world.choose(Some(&fake.serve().await)).await;
    world.current().await;
    world.again(&fake).await;
    assert_eq!(fake.count("getTransaction"), 1, "it is known");

    fake.change(|state| state.signatures.insert(0, (world.address.clone(), id(2), 8)));
    world.again(&fake).await;
    let known = world.until("both are known", |view| view.transactions.len() == 2).await;
    assert_eq!(ids(&known), [id(2), id(1)]);
    assert_eq!(fake.count("getTransaction"), 2, "only the new one is asked for");

    fake.change(|state| state.signatures[0].2 = 9);
    world.again(&fake).await;
    assert_eq!(fake.count("getTransaction"), 3, "in another block it may have done something else");
    assert_eq!(fake.count("getGenesisHash"), 1, "the server has said which network it serves");
}

#[tokio::test]
async fn what_is_known_stays_while_the_server_talks_nonsense() {
    let world = World::new().await;
    let fake = Fake::of(&world);
    world.choose(Some(&fake.serve().await)).await;
    let SolanaSyncView::Current { at } = world.current().await.sync else { panic!("it was looked up") };

    for nonsense in [json!(-1), json!("much"), json!(1.5), Value::Null] {
        fake.change(|state| state.lamports = nonsense);
        world.again(&fake).await;
        let failed = |view: &SolanaLedgerView| matches!(view.sync, SolanaSyncView::Failed { .. });
        let known = world.until("it is said", failed).await;
        let SolanaSyncView::Failed { error, last } = known.sync else { panic!("it failed") };
        assert_eq!((error.code.as_str(), last), ("solana_server", Some(at)));
        assert_eq!(known.balance.as_deref(), Some("1.5"), "as of then");
    }
    fake.change(|state| state.lamports = json!(2_000_000_000_u64));
    world.alice.sync_wallet(world.wallet.clone()).await.unwrap();
    let right = |view: &SolanaLedgerView| is_current(&view.sync) && view.balance.as_deref() == Some("2");
    world.until("it is right again", right).await;
}

#[tokio::test]
async fn a_transaction_that_is_told_badly_hides_no_other_and_is_not_asked_for_for_ever() {
    let world = World::new().await;
    let fake = Fake::of(&world);
    fake.change(|state| {
        state.signatures = (1..=4).rev().map(|seed| (world.address.clone(), id(seed), 7)).collect();
        // Another one's, and one in another block.
        let (other, mut elsewhere) = (state.received(&id(1)), state.received(&id(3)));
        elsewhere["slot"] = json!(6);
        state.answers = vec![(id(2), other), (id(3), elsewhere), (id(4), Value::Null)];
    });
    world.choose(Some(&fake.serve().await)).await;
    let known = world.current().await;
    assert_eq!(ids(&known), [id(4), id(3), id(2), id(1)]);
    assert_eq!(known.transactions.iter().map(told).collect::<Vec<_>>(), [None, None, None, Some("0.5")]);
    for _ in 0..4 {
        world.again(&fake).await;
    }
    assert_eq!(fake.count("getTransaction"), 1 + 3 * 3, "three times each is enough");
}

#[tokio::test]
async fn a_server_that_lists_the_same_twice_shows_it_once() {
    let world = World::new().await;
    let fake = Fake::of(&world);
    fake.change(|state| {
        state.tokens = vec![(key(1), key(11), 5), (key(1), key(11), 6)];
        state.signatures = vec![(world.address.clone(), id(1), 7); 3];
        state.signatures.push((key(1), id(1), 7));
    });
    world.choose(Some(&fake.serve().await)).await;
    let known = world.current().await;
    assert_eq!((known.tokens.len(), known.token_count, ids(&known).len()), (1, 1, 1));
}
