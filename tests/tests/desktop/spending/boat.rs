use bitcoin::{Txid, psbt::Psbt};
use jsonrpc::arg;
use permafrost_tests::{
    bitcoind::{Bitcoind, Parameter},
    desktop::{Theme, Thing, Window},
};
use serde_json::{Value, json};
use tokio::task::block_in_place;

use super::{BALANCE, amount, words_match};
use crate::desk::{Desk, agree, fill_in_wallet, join, session_id, shown, without_blanks};

const PUBLICATION: Thing<'_> = Thing::Css("[data-testid=publication]");
/// The node's wallet that knows the descriptor alone.
const WATCHING: &str = "watching";

/// A wallet of three with 0.75 BTC, which two windows use while the third device is off.
pub(super) struct Boat {
    pub(super) node: Bitcoind,
    pub(super) desk: Desk,
    pub(super) alice: Window,
    pub(super) bob: Window,
    /// The one that got the money.
    pub(super) address: String,
}

impl Boat {
    pub(super) async fn launch(pictures: &'static str) -> Self {
        let node = block_in_place(Bitcoind::start);
        let desk = Desk::start(Theme::Light, pictures);
        let (alice, bob) = tokio::join!(desk.open("alice"), desk.open("bob"));
        let address = make_wallet(&desk, &alice, &bob).await;
        block_in_place(|| {
            node.wallet_call::<Value>("miner", "sendtoaddress", &[arg(&address), arg(0.75)]);
            node.mine(1);
        });
        look_up_at(&alice, &node).await;
        let boat = Self { node, desk, alice, bob, address };
        boat.alice.click(Thing::Link("Boat")).await;
        boat.has("0.75000000").await;
        boat
    }

    /// Waits until the first window shows that the wallet has so much; its first digits do.
    pub(super) async fn has(&self, bitcoin: &str) {
        let shown = async || amount(&self.alice, BALANCE).await.contains(bitcoin);
        self.alice.wait_until(&format!("a balance of {bitcoin}"), shown).await;
    }

    /// Somebody else's address.
    pub(super) fn their_address(&self) -> String {
        block_in_place(|| self.node.wallet_call("miner", "getnewaddress", &[arg(""), arg("bech32m")]))
    }

    /// What arrived there with so many confirmations.
    pub(super) fn received_at(&self, address: &str, confirmations: u32) -> f64 {
        let parameters = [arg(address), arg(confirmations)];
        block_in_place(|| self.node.wallet_call("miner", "getreceivedbyaddress", &parameters))
    }

    /// The transactions that the node waits to see in a block.
    pub(super) fn pool(&self) -> Vec<String> {
        block_in_place(|| self.node.call("getrawmempool", &[]))
    }

    /// Puts them into a block, which the first window sees.
    pub(super) async fn mine(&self) {
        block_in_place(|| self.node.mine(1));
        self.alice.click(Thing::Link("Boat")).await;
        self.alice.click(Thing::Button("Look now")).await;
    }

    /// Waits until the first window shows this of the transaction that was signed.
    pub(super) async fn is(&self, state: &str) {
        let shown = async || self.alice.text(PUBLICATION).await.contains(state);
        self.alice.wait_until(&format!("the payment to be {state:?}"), shown).await;
    }

    /// The ID of the transaction on the first window's screen.
    pub(super) async fn txid(&self) -> String {
        without_blanks(&self.alice.text(Thing::Css("[data-testid=txid]")).await)
    }

    /// Gives the node what the first window shows for other programs.
    pub(super) async fn watch(&self) {
        self.alice.click(Thing::Choice("Details")).await;
        let descriptor = without_blanks(&self.alice.text(Thing::Css("[data-testid=descriptor]")).await);
        let imported = json!([{ "desc": descriptor, "active": true, "timestamp": 0, "range": [0, 20] }]);
        block_in_place(|| {
            self.node.call::<Value>("createwallet", &[arg(WATCHING), arg(true), arg(true)]);
            let imported: Value = self.node.wallet_call(WATCHING, "importdescriptors", &[arg(imported)]);
            assert_eq!(imported[0]["success"], true, "{imported}");
        });
    }

    /// A transaction that the node makes.
    pub(super) fn made_elsewhere(&self, to: &str, bitcoin: f64) -> Psbt {
        let options = json!({ "fee_rate": 4 });
        let parameters = [arg([(); 0]), arg(json!({ to: bitcoin })), arg(0), arg(options), arg(true)];
        let made = self.watching("walletcreatefundedpsbt", &parameters);
        made["psbt"].as_str().and_then(|psbt| psbt.parse().ok()).expect("a PSBT")
    }

    /// What the node, which knows the descriptor alone, says that the wallet has in blocks.
    pub(super) fn watched_balance(&self) -> f64 {
        let balances = self.watching("getbalances", &[]);
        balances["mine"]["trusted"].as_f64().expect("a balance")
    }

    fn watching(&self, method: &str, parameters: &[Parameter]) -> Value {
        block_in_place(|| self.node.wallet_call(WATCHING, method, parameters))
    }

    /// The transaction that the node would take, which it does not.
    pub(super) fn would_take(&self, hex: &str) -> Txid {
        let tested: Value = block_in_place(|| self.node.call("testmempoolaccept", &[arg([hex])]));
        assert_eq!(tested[0]["allowed"], true, "{tested}");
        tested[0]["txid"].as_str().and_then(|txid| txid.parse().ok()).expect("it has an ID")
    }
}

/// Its first address.
async fn make_wallet(desk: &Desk, alice: &Window, bob: &Window) -> String {
    let charlie = desk.cluster.device("charlie");
    fill_in_wallet(alice, "Boat", "Bitcoin", 3).await;
    alice.click(Thing::Button("Use a test network")).await;
    alice.select(Thing::Field("Network"), "Regtest").await;
    alice.click(Thing::Button("Create session")).await;
    let id = session_id(alice).await;
    let mut third = charlie.start(&["join", &id, "--yes"]);
    join(bob, &id).await;
    agree(bob, "Boat").await;
    let (made, again) = tokio::join!(shown(alice), shown(bob));
    assert_eq!(made, again, "both have the same wallet");
    tokio::join!(words_match(alice), words_match(bob));
    block_in_place(|| assert!(third.ended().success(), "charlie has its share and is gone"));
    made.address.expect("a wallet of Bitcoin has one")
}

/// Chooses a node in the settings.
pub(super) async fn look_up_at(window: &Window, node: &Bitcoind) {
    window.click(Thing::Link("Settings")).await;
    window.click(Thing::Link("Network")).await;
    window.click(Thing::Button("Choose where Regtest is looked up")).await;
    window.fill(Thing::Field("Address"), &node.url()).await;
    window.fill(Thing::Field("Cookie file"), &node.cookie().to_string_lossy()).await;
    window.click(Thing::Button("Use this node")).await;
    window.wait_until_gone(Thing::Button("Use this node")).await;
    window.wait_for(Thing::Text("It answers.")).await;
}
