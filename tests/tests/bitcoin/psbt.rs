//! Spending as people do it: a node makes PSBTs, several processes sign them, the node mines what comes out.

use std::fs;

use bitcoin::Amount;
use jsonrpc::arg;
use permafrost_tests::{
    bitcoind::Bitcoind,
    cluster::{Cluster, Device, Running, create},
};
use serde_json::{Value, json};

/// The node's wallet that watches what the group has.
const WATCHING: &str = "watching";
const ONE: u64 = 100_000_000;

/// Three devices, any two of which sign, and a node that knows no more than their descriptor.
pub(crate) struct Purse {
    pub(crate) node: Bitcoind,
    pub(crate) cluster: Cluster,
    pub(crate) devices: [Device; 3],
}

impl Purse {
    /// With coins of these amounts, in satoshi, each at an address of its own, in a block.
    pub(crate) fn with(amounts: &[u64]) -> Self {
        Self::at(Bitcoind::start(), amounts)
    }

    /// The same, at this node.
    pub(crate) fn at(node: Bitcoind, amounts: &[u64]) -> Self {
        let cluster = Cluster::start();
        let devices = ["alice", "bob", "charlie"].map(|name| cluster.device(name));
        let made = make_regtest_wallet(&devices);
        node.call::<Value>("createwallet", &[arg(WATCHING), arg(true), arg(true)]);
        let descriptor = made["descriptors"][0]["descriptor"].as_str().unwrap();
        let imported = json!([{ "desc": descriptor, "active": true, "timestamp": "now", "range": [0, 100] }]);
        let imported: Value = node.wallet_call(WATCHING, "importdescriptors", &[arg(imported)]);
        assert_eq!(imported[0]["success"], true, "{imported}");
        let purse = Self { node, cluster, devices };
        let first = purse.new_address();
        assert_eq!(first, made["addresses"][0]["address"], "the node and the devices mean the same wallet");
        purse.node.pay_all(amounts.iter().map(|amount| (purse.new_address(), Amount::from_sat(*amount))));
        purse
    }

    pub(crate) fn watching(
        &self,
        method: &str,
        parameters: &[permafrost_tests::bitcoind::Parameter],
    ) -> Value {
        self.node.wallet_call(WATCHING, method, parameters)
    }

    pub(crate) fn new_address(&self) -> String {
        self.node.wallet_call(WATCHING, "getnewaddress", &[arg(""), arg("bech32m")])
    }

    pub(crate) fn miners_address(&self) -> String {
        self.node.wallet_call("miner", "getnewaddress", &[])
    }

    /// A PSBT that the node makes, in base64.
    pub(crate) fn fund(&self, to: &Value, inputs: &Value, options: &Value) -> String {
        let made =
            self.watching("walletcreatefundedpsbt", &[arg(inputs), arg(to), arg(0), arg(options), arg(true)]);
        made["psbt"].as_str().unwrap().to_owned()
    }

    /// The first device proposes, the second approves; the third is off. What the second was shown, and the transaction.
    pub(crate) fn sign(&self, proposer: &Device, approver: &Device, psbt: &str) -> (Value, String) {
        let (_, shown, hex) = self.ask_and_sign(proposer, approver, psbt);
        (shown, hex)
    }

    /// The same, and before it the whole request, as its proposer sees it.
    pub(crate) fn ask_and_sign(
        &self,
        proposer: &Device,
        approver: &Device,
        psbt: &str,
    ) -> (Value, Value, String) {
        let (file, out) = (self.cluster.folder().join("spend.psbt"), self.cluster.folder().join("spend.hex"));
        fs::write(&file, psbt).unwrap();
        let (file, out) = (file.to_str().unwrap(), out.to_str().unwrap());
        let mut proposing = proposer.start(&["sign", "Coins", "--psbt", file, "--out", out]);
        let asked = proposing.wait_for("request", |_| true);
        let request = proposing.wait_for("proposed", |_| true)["request"].as_str().unwrap().to_owned();
        let mut approving = approver.start(&["approve", &request]);
        let shown = approving.wait_for("request", |_| true)["meaning"].clone();
        let signed = proposing.wait_for("transaction", |_| true);
        assert_eq!(approving.wait_for("transaction", |_| true)["hex"], signed["hex"]);
        assert!(proposing.ended().success() && approving.ended().success());
        assert_eq!(shown["txid"], signed["txid"], "what was shown is what was signed");
        assert_eq!(fs::read_to_string(out).unwrap().trim(), signed["hex"]);
        (asked, shown, signed["hex"].as_str().unwrap().to_owned())
    }

    pub(crate) fn send(&self, hex: &str) -> String {
        self.node.try_call("sendrawtransaction", &[arg(hex)]).unwrap()
    }

    /// What the node's wallet has in blocks, in satoshi.
    pub(crate) fn balance(&self) -> u64 {
        let balances = self.watching("getbalances", &[]);
        Amount::from_btc(balances["mine"]["trusted"].as_f64().unwrap()).unwrap().to_sat()
    }
}

/// What the first device says of it.
fn make_regtest_wallet(devices: &[Device; 3]) -> Value {
    let mut arguments = create("Coins", "secp256k1-tr", 3, 2);
    arguments.extend(["--network", "regtest"].map(str::to_owned));
    let mut running = vec![devices[0].start(&arguments)];
    let id = running[0].session_id();
    running.extend(devices[1..].iter().map(|device| device.start(&["join", &id])));
    let completed: Vec<_> = running.iter_mut().map(Running::completed).collect();
    assert!(running.iter_mut().all(|device| device.ended().success()));
    completed[0].clone()
}

#[test]
#[ignore = "needs bitcoind; run by `cargo xtask test bitcoin`"]
fn what_two_of_three_processes_sign_is_mined_its_change_comes_back_and_its_fee_can_be_raised() {
    let purse = Purse::with(&[ONE, 2 * ONE]);
    let [alice, bob, charlie] = &purse.devices;
    assert_eq!(purse.balance(), 3 * ONE);
    let to = purse.miners_address();
    let options = json!({ "fee_rate": 4, "replaceable": true });
    let psbt = purse.fund(&json!({ &to: 1.5 }), &json!([]), &options);
    let (asked, shown, first) = purse.ask_and_sign(alice, bob, &psbt);
    assert_eq!(asked["conflicts"], json!([]));
    assert_eq!((&shown["kind"], &shown["network"]), (&json!("bitcoin"), &json!("regtest")));
    let paid = json!({ "kind": "address", "address": to });
    let outputs = shown["outputs"].as_array().unwrap();
    let paid = outputs.iter().find(|output| output["target"] == paid).unwrap();
    assert_eq!((&paid["amount"], &shown["sent"]), (&json!(ONE + ONE / 2), &json!(ONE + ONE / 2)));
    assert!(outputs.iter().any(|output| output["target"]["kind"] == "change"), "{shown}");
    let first = purse.send(&first);
    assert_eq!(shown["txid"], first);

    let bumped = purse.watching("psbtbumpfee", &[arg(&first), arg(json!({ "fee_rate": 30 }))]);
    let replaced = asked["id"].clone();
    let (asked, shown, second) = purse.ask_and_sign(bob, charlie, bumped["psbt"].as_str().unwrap());
    assert_eq!(asked["conflicts"], json!([replaced]), "only one of the two can be paid");
    let second = purse.send(&second);
    let pending: Vec<String> = purse.node.call("getrawmempool", &[]);
    assert_eq!(pending, [second.as_str()], "the node has dropped the first");
    purse.node.mine(1);
    let [spent, returned, fee] = ["spent", "returned", "fee"].map(|name| shown[name].as_u64().unwrap());
    assert_eq!(returned, spent - (ONE + ONE / 2) - fee);
    // The node spends one of the coins or both.
    assert_eq!(purse.balance(), 3 * ONE - spent + returned);
    let unspent = purse.watching("listunspent", &[]);
    assert!(unspent.as_array().unwrap().iter().any(|coin| coin["txid"] == second.as_str()), "the change");
    let arrived: Value = purse.node.wallet_call("miner", "gettransaction", &[arg(&second)]);
    assert_eq!(arrived["confirmations"], 1);
}

#[test]
#[ignore = "needs bitcoind; run by `cargo xtask test bitcoin`"]
fn twenty_coins_are_spent_in_one_transaction_and_then_all_that_is_left() {
    let amounts: Vec<u64> = (1..=20).map(|i| i * 100_000).collect();
    let purse = Purse::with(&amounts);
    let [alice, bob, charlie] = &purse.devices;
    let unspent = purse.watching("listunspent", &[]);
    let coins: Vec<_> = unspent.as_array().unwrap().iter().collect();
    let coins: Vec<_> = coins.iter().map(|c| json!({ "txid": c["txid"], "vout": c["vout"] })).collect();
    let to = purse.miners_address();
    let psbt = purse.fund(&json!({ &to: 0.1 }), &json!(coins), &json!({ "fee_rate": 4 }));
    let (shown, hex) = purse.sign(alice, charlie, &psbt);
    assert_eq!((&shown["inputs"], &shown["spent"]), (&json!(20), &json!(21_000_000)));
    purse.send(&hex);
    purse.node.mine(1);
    let left = 21_000_000 - 10_000_000 - shown["fee"].as_u64().unwrap();
    assert_eq!(purse.balance(), left);

    let all = Amount::from_sat(left).to_btc();
    let options = json!({ "fee_rate": 4, "subtractFeeFromOutputs": [0] });
    let (shown, hex) = purse.sign(charlie, bob, &purse.fund(&json!({ &to: all }), &json!([]), &options));
    assert_eq!((&shown["returned"], &shown["spent"]), (&json!(0), &json!(left)));
    purse.send(&hex);
    purse.node.mine(1);
    assert_eq!(purse.balance(), 0);
    assert_eq!(purse.watching("listunspent", &[]), json!([]));
}
