//! What a device says of a wallet's money, read from a real node.

use std::fs;

use bitcoin::{Amount, BlockHash, Txid};
use jsonrpc::arg;
use permafrost_tests::{
    bitcoind::Bitcoind,
    cluster::{Cluster, Device, Running, create},
};
use serde_json::{Value, json};

use crate::psbt::Purse;

const ONE: u64 = 100_000_000;

pub(crate) fn choose(device: &Device, network: &str, node: &Bitcoind) {
    let (url, cookie) = (node.url(), node.cookie());
    let cookie = cookie.to_str().unwrap();
    let chosen = device.run(&["bitcoin-node", network, "--url", &url, "--cookie", cookie]);
    assert_eq!(chosen[0]["source"]["cookieFile"], cookie);
}

pub(crate) fn balance(device: &Device) -> Value {
    let events = device.run(&["balance", "Coins"]);
    events.iter().find(|event| event["event"] == "balance").unwrap()["balance"].clone()
}

pub(crate) fn history(device: &Device) -> Vec<Value> {
    let events = device.run(&["history", "Coins"]).into_iter();
    events.filter(|event| event["event"] == "transaction_known").collect()
}

pub(crate) fn has(confirmed: u64, own_pending: u64, others_pending: u64) -> Value {
    json!({
        "confirmed": confirmed, "ownPending": own_pending, "othersPending": others_pending, "immature": 0,
    })
}

#[test]
#[ignore = "needs bitcoind; run by `cargo xtask test bitcoin`"]
fn money_is_seen_as_it_comes_is_mined_is_taken_back_and_goes() {
    let purse = Purse::with(&[]);
    let [alice, bob, _] = &purse.devices;
    assert_eq!(
        alice.fail(&["balance", "Coins"]).0,
        "no_source",
        "nothing is asked before its owner chose whom"
    );
    choose(alice, "regtest", &purse.node);
    assert_eq!(balance(alice), has(0, 0, 0));
    assert!(history(alice).is_empty());

    let address = purse.new_address();
    let half = Amount::from_sat(ONE / 2).to_btc();
    let txid: Txid = purse.node.wallet_call("miner", "sendtoaddress", &[arg(&address), arg(half)]);
    assert_eq!(balance(alice), has(0, 0, ONE / 2), "in no block yet");
    let shown = alice.run(&["address", "Coins"]).remove(0);
    let after = alice.run(&["address", "Coins", "--index", "2"]).remove(0);
    assert_eq!(
        shown["address"], after["address"],
        "the one that comes after what got something, which was the second"
    );
    let [pending] = &history(alice)[..] else { panic!("one transaction") };
    assert_eq!((&pending["txid"], &pending["position"]["kind"]), (&json!(txid), &json!("pending")));

    purse.node.mine(2);
    assert_eq!(balance(alice), has(ONE / 2, 0, 0));
    assert_eq!(purse.balance(), ONE / 2, "as the node's own wallet says");
    let [mined] = &history(alice)[..] else { panic!("one transaction") };
    assert_eq!((&mined["change"], &mined["position"]["confirmations"]), (&json!(ONE / 2), &json!(2)));

    let height: u32 = purse.node.call("getblockcount", &[]);
    let block: BlockHash = purse.node.call("getblockhash", &[arg(height - 1)]);
    purse.node.call::<Value>("invalidateblock", &[arg(block)]);
    let empty = [arg(purse.miners_address()), arg(Vec::<String>::new())];
    purse.node.call::<Value>("generateblock", &empty);
    assert_eq!(balance(alice), has(0, 0, ONE / 2), "its block is no part of the chain any more");
    purse.node.mine(3);
    assert_eq!(balance(alice), has(ONE / 2, 0, 0), "it is in another one");

    let to = purse.miners_address();
    let psbt = purse.fund(&json!({ &to: 0.2 }), &json!([]), &json!({ "fee_rate": 10, "replaceable": true }));
    let (shown, hex) = purse.sign(alice, bob, &psbt);
    let sent = purse.send(&hex);
    let returned = shown["returned"].as_u64().unwrap();
    assert_eq!(balance(alice), has(0, returned, 0), "the change can be spent at once");
    purse.node.mine(1);
    assert_eq!(balance(alice), has(returned, 0, 0));
    assert_eq!(purse.balance(), returned);
    let [newest, _] = &history(alice)[..] else { panic!("two transactions") };
    assert_eq!((&newest["txid"], &newest["fee"]), (&json!(sent), &shown["fee"]));
    assert_eq!(newest["paid"], json!([{ "address": to, "amount": ONE / 5 }]));
    let gone = i64::try_from(ONE / 2 - returned).unwrap();
    assert_eq!(newest["change"], json!(-gone));
    let events = alice.run(&["history", "Coins", "--csv"]);
    let table = events.iter().find(|event| event["event"] == "history").unwrap()["csv"].as_str().unwrap();
    let [_, latest, first] = &table.lines().collect::<Vec<_>>()[..] else { panic!("{table}") };
    let fee = Amount::from_sat(shown["fee"].as_u64().unwrap()).to_btc();
    let cells = format!(
        "Z,{sent},-{:.8},{fee:.8},1,{to} 0.20000000,",
        Amount::from_sat(gone.unsigned_abs()).to_btc()
    );
    assert!(latest.ends_with(&cells), "{table}");
    assert!(first.contains(&format!("Z,{txid},0.50000000,,")), "{table}");

    choose(bob, "regtest", &purse.node);
    assert_eq!(balance(bob), has(returned, 0, 0), "who looks for the first time finds it all");
}

#[test]
#[ignore = "needs bitcoind; run by `cargo xtask test bitcoin`"]
fn a_node_that_is_gone_or_not_the_right_one_is_said_to_be_and_what_was_known_is_still_shown() {
    let purse = Purse::with(&[ONE]);
    let [alice, ..] = &purse.devices;
    choose(alice, "regtest", &purse.node);
    assert_eq!(balance(alice), has(ONE, 0, 0));

    let Purse { node, cluster, devices } = purse;
    let (url, wrong) = (node.url(), cluster.folder().join("cookie"));
    fs::write(&wrong, "__cookie__:guessed").unwrap();
    let alice = &devices[0];
    alice.run(&["bitcoin-node", "regtest", "--url", &url, "--cookie", wrong.to_str().unwrap()]);
    assert_eq!(alice.fail(&["balance", "Coins"]).0, "node_unauthorized");
    let missing = cluster.folder().join("none");
    alice.run(&["bitcoin-node", "regtest", "--url", &url, "--cookie", missing.to_str().unwrap()]);
    assert_eq!(alice.fail(&["balance", "Coins"]).0, "node_cookie");
    let bad = alice.fail(&["bitcoin-node", "regtest", "--url", "http://8.8.8.8:8332", "--cookie", "/x"]);
    assert_eq!(bad.0, "invalid_node", "a password does not travel in the clear");

    let signet = make_signet_wallet(&cluster);
    choose(&signet, "signet", &node);
    assert_eq!(signet.fail(&["balance", "Coins"]).0, "node_other_network");

    choose(alice, "regtest", &node);
    drop(node);
    let mut running = alice.start(&["balance", "Coins"]);
    let known = running.wait_for("balance", |_| true);
    assert_eq!(known["balance"], has(ONE, 0, 0), "as it was");
    assert_eq!(known["sync"]["state"], "failed");
    assert!(["node", "node_cookie"].contains(&running.failed().0.as_str()));
    alice.run(&["bitcoin-node", "regtest", "--none"]);
    assert_eq!(alice.fail(&["balance", "Coins"]).0, "no_source");
}

fn make_signet_wallet(cluster: &Cluster) -> Device {
    let [dora, erin] = ["dora", "erin"].map(|name| cluster.device(name));
    let mut arguments = create("Coins", "secp256k1-tr", 2, 2);
    arguments.extend(["--network", "signet"].map(str::to_owned));
    let mut creating = dora.start(&arguments);
    let id = creating.session_id();
    let mut joining = erin.start(&["join", &id]);
    for running in [&mut creating, &mut joining] {
        Running::completed(running);
        assert!(running.ended().success());
    }
    dora
}
