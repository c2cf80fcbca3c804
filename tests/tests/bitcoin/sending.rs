//! Spending without another program: devices build transactions, sign them and hand them to the network.

use std::fs;

use bitcoin::Amount;
use jsonrpc::arg;
use permafrost_tests::{
    cluster::{Device, Running},
    esplora::Esplora,
};
use serde_json::{Value, json};

use crate::{
    ledger::{balance, choose, has, history},
    psbt::Purse,
};

const ONE: u64 = 100_000_000;

/// A purse whose first device looks at the node.
fn purse(amounts: &[u64]) -> Purse {
    let purse = Purse::with(amounts);
    choose(&purse.devices[0], "regtest", &purse.node);
    purse
}

/// The first proposes and the second approves; what the second was shown, and the end of the first.
fn agree(proposing: &mut Running, approver: &Device) -> Value {
    let request = proposing.wait_for("proposed", |_| true)["request"].as_str().unwrap().to_owned();
    let mut approving = approver.start(&["approve", &request]);
    let shown = approving.wait_for("request", |_| true)["meaning"].clone();
    approving.wait_for("transaction", |_| true);
    assert!(approving.ended().success());
    shown
}

/// The ID of a transaction that the network has.
fn published(proposing: &mut Running) -> String {
    let txid = proposing.wait_for("published", |_| true)["txid"].as_str().unwrap().to_owned();
    assert!(proposing.ended().success());
    txid
}

fn pending(purse: &Purse) -> Vec<String> {
    purse.node.call("getrawmempool", &[])
}

#[test]
#[ignore = "needs bitcoind; run by `cargo xtask test bitcoin`"]
fn two_of_three_pay_without_another_program_raise_the_fee_and_see_the_change_come_back() {
    let purse = purse(&[ONE, 2 * ONE]);
    let [alice, bob, charlie] = &purse.devices;
    let to = purse.miners_address();
    let request = format!("bitcoin:{to}?amount=1.5&label=Rent");
    let mut paying = alice.start(&["pay", "Coins", "--to", &request, "--as-requested", "--fee-rate", "4"]);
    let shown = agree(&mut paying, bob);
    assert_eq!((&shown["sent"], &shown["network"]), (&json!(ONE + ONE / 2), &json!("regtest")));
    assert_eq!(shown["feeLevel"], "usual");
    let first = published(&mut paying);
    assert_eq!(pending(&purse), [first.as_str()], "this device sent it");
    let [entry, ..] = &history(alice)[..] else { panic!("a history") };
    assert_eq!((&entry["txid"], &entry["label"]), (&json!(first), &json!("Rent")), "as the request says");
    assert_eq!(entry["replaceable"], true);

    let low = alice.fail(&["bump", "Coins", &first, "--fee-rate", "4"]);
    assert_eq!(low.0, "fee_too_low", "a replacement pays more");
    let mut bumping = alice.start(&["bump", "Coins", &first, "--fee-rate", "30"]);
    let shown = agree(&mut bumping, charlie);
    let second = published(&mut bumping);
    assert_ne!(second, first);
    assert_eq!(pending(&purse), [second.as_str()], "the node has dropped the first");

    purse.node.mine(1);
    let returned = shown["returned"].as_u64().unwrap();
    let left = 3 * ONE - shown["spent"].as_u64().unwrap() + returned;
    assert_eq!(balance(alice), has(left, 0, 0), "the change came back");
    assert_eq!(purse.balance(), left, "as the node's own wallet says, which knows the descriptor alone");
    assert_eq!(alice.fail(&["bump", "Coins", &second, "--fee-rate", "60"]).0, "confirmed");
}

#[test]
#[ignore = "needs bitcoind; run by `cargo xtask test bitcoin`"]
fn twenty_chosen_coins_are_paid_in_one_transaction_and_then_all_that_there_is() {
    let amounts: Vec<u64> = (1..=21).map(|i| i * 100_000).collect();
    let purse = purse(&amounts);
    let [alice, bob, _] = &purse.devices;
    let coins = alice.run(&["coins", "Coins"]);
    let coins: Vec<_> = coins.iter().filter(|event| event["event"] == "coin").collect();
    assert_eq!(coins.len(), 21);
    assert_eq!(coins[0]["amount"], json!(2_100_000), "the most valuable first");
    let chosen: Vec<_> = coins[1..].iter().map(|coin| coin["outpoint"].as_str().unwrap()).collect();
    let to = purse.miners_address();
    let mut arguments = vec!["pay", "Coins", "--to", &to, "--amount", "0.1", "--fee-rate", "3"];
    arguments.extend(chosen.iter().flat_map(|coin| ["--coin", coin]));
    let mut paying = alice.start(&arguments);
    let shown = agree(&mut paying, bob);
    assert_eq!((&shown["inputs"], &shown["spent"]), (&json!(20), &json!(21_000_000)));
    published(&mut paying);
    purse.node.mine(1);

    let mut paying = alice.start(&["pay", "Coins", "--to", &to, "--all", "--fee-rate", "2"]);
    let shown = agree(&mut paying, bob);
    assert_eq!((&shown["returned"], &shown["inputs"]), (&json!(0), &json!(2)));
    published(&mut paying);
    purse.node.mine(1);
    assert_eq!(balance(alice), has(0, 0, 0));
    assert_eq!(purse.balance(), 0);
}

#[test]
#[ignore = "needs bitcoind; run by `cargo xtask test bitcoin`"]
fn what_cant_be_paid_is_refused_with_its_own_reason_and_nobody_is_asked() {
    let purse = purse(&[ONE]);
    let [alice, ..] = &purse.devices;
    let to = purse.miners_address();
    let pay = |to: &str, amount: &str| {
        alice.fail(&["pay", "Coins", "--to", to, "--amount", amount, "--fee-rate", "2"]).0
    };
    assert_eq!(pay("tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", "0.1"), "other_network");
    let (rest, last) = to.split_at(to.len() - 1);
    let mistyped = format!("{rest}{}", if last == "q" { "p" } else { "q" });
    assert_eq!(pay(&mistyped, "0.1"), "invalid_address");
    assert_eq!(pay("lightning:lnbc1", "0.1"), "invalid_address");
    assert_eq!(pay(&to, "0.00000001"), "dust");
    assert_eq!(pay(&to, "2"), "insufficient");
    assert_eq!(pay(&to, "1,5"), "invalid_amount");
    let request = format!("bitcoin:{to}?amount=0.1&req-later=1");
    assert_eq!(pay(&request, "0.1"), "invalid_request");
    let rate =
        |rate: &str| alice.fail(&["pay", "Coins", "--to", &to, "--amount", "0.1", "--fee-rate", rate]).0;
    assert_eq!(rate("0"), "invalid_fee_rate");
    assert_eq!(rate("20000"), "invalid_fee_rate");
    assert_eq!(rate("5000"), "extreme_fee", "nobody can be asked whether that is meant");
    assert_eq!(
        alice.fail(&["pay", "Coins", "--to", &to, "--amount", "0.1"]).0,
        "invalid_fee_rate",
        "a fresh network has no usual fee, and none is made up"
    );
    let foreign = format!("{}:0", "ab".repeat(32));
    let coin =
        alice.fail(&["pay", "Coins", "--to", &to, "--amount", "0.1", "--fee-rate", "2", "--coin", &foreign]);
    assert_eq!(coin.0, "unknown_coin");
    assert_eq!(alice.fail(&["bump", "Coins", &"ab".repeat(32), "--fee-rate", "5"]).0, "unknown_transaction");
    let requests = alice.run(&["requests", "--wait", "2"]);
    assert!(requests.iter().all(|event| event["event"] != "request"), "{requests:?}");
    assert!(pending(&purse).is_empty());
}

#[test]
#[ignore = "needs bitcoind; run by `cargo xtask test bitcoin`"]
fn a_draft_is_taken_elsewhere_and_what_is_signed_is_sent_by_whoever_has_a_node() {
    let purse = purse(&[ONE]);
    let [alice, bob, charlie] = &purse.devices;
    let file = purse.cluster.folder().join("draft.psbt");
    let path = file.to_str().unwrap();
    let to = purse.miners_address();
    let drafted =
        alice.run(&["pay", "Coins", "--to", &to, "--amount", "0.4", "--fee-rate", "2", "--psbt-out", path]);
    let psbt = fs::read_to_string(&file).unwrap();
    let read: Value = purse.node.call("analyzepsbt", &[arg(psbt.trim())]);
    assert_eq!(read["inputs"][0]["has_utxo"], true, "the node reads it: {read}");
    let drafted = drafted.iter().find(|event| event["event"] == "drafted").unwrap();
    assert_eq!(drafted["spend"]["publication"], Value::Null);

    let (asked, ..) = purse.ask_and_sign(bob, charlie, psbt.trim());
    let request = asked["id"].as_str().unwrap();
    assert!(pending(&purse).is_empty(), "what came from a file is not sent by itself");
    assert_eq!(charlie.fail(&["publish", request]).0, "no_source");
    choose(charlie, "regtest", &purse.node);
    let published = charlie.run(&["publish", request]);
    let published = published.iter().find(|event| event["event"] == "published").unwrap();
    assert_eq!(pending(&purse), [published["txid"].as_str().unwrap()]);
    charlie.run(&["publish", request]);
    purse.node.mine(1);
    charlie.run(&["publish", request]);
    let left = balance(charlie)["confirmed"].as_u64().unwrap();
    assert!(left < ONE - ONE * 4 / 10 && left > ONE / 2, "{left}");
}

#[test]
#[ignore = "needs bitcoind; run by `cargo xtask test bitcoin`"]
fn a_device_that_is_killed_once_a_payment_is_signed_sends_it_when_it_is_back_and_only_once() {
    let purse = purse(&[ONE, ONE]);
    let [alice, bob, _] = &purse.devices;
    let to = purse.miners_address();
    let mut paying = alice.start(&["pay", "Coins", "--to", &to, "--amount", "0.7", "--fee-rate", "2"]);
    let request = paying.wait_for("proposed", |_| true)["request"].as_str().unwrap().to_owned();
    let mut approving = bob.start(&["approve", &request]);
    approving.wait_for("transaction", |_| true);
    paying.kill();
    assert!(approving.ended().success());

    alice.run(&["publish", &request]);
    let first = pending(&purse);
    assert_eq!(first.len(), 1);
    alice.run(&["publish", &request]);
    assert_eq!(pending(&purse), first, "one transaction, however often it is sent");
    purse.node.mine(1);
    let balance = balance(alice);
    let left = balance["confirmed"].as_u64().unwrap();
    assert!(left > 2 * ONE - ONE * 8 / 10 && left < 2 * ONE - ONE * 7 / 10, "paid once: {balance}");
}

#[test]
#[ignore = "needs bitcoind; run by `cargo xtask test bitcoin`"]
fn a_payment_that_the_network_does_not_take_for_its_fee_goes_with_a_higher_one() {
    let purse = purse(&[ONE]);
    let [alice, bob, charlie] = &purse.devices;
    let to = purse.miners_address();
    let mut paying = alice.start(&["pay", "Coins", "--to", &to, "--amount", "0.3", "--fee-rate", "0.02"]);
    let shown = agree(&mut paying, bob);
    assert_eq!(shown["feeLevel"], "low", "everyone was told");
    let error = paying.error();
    assert_eq!(error["code"], "fee_too_low");
    assert!(pending(&purse).is_empty());
    let first = error["txid"].as_str().unwrap();
    let mut bumping = alice.start(&["bump", "Coins", first, "--fee-rate", "5"]);
    agree(&mut bumping, charlie);
    let second = published(&mut bumping);
    assert_eq!(pending(&purse), [second.as_str()]);
    purse.node.mine(1);
    assert_eq!(purse.balance(), balance(alice)["confirmed"].as_u64().unwrap());
}

#[test]
#[ignore = "needs bitcoind; run by `cargo xtask test bitcoin`"]
fn a_wallet_is_looked_up_and_pays_through_an_esplora_server() {
    let purse = Purse::with(&[ONE]);
    let [alice, bob, _] = &purse.devices;
    let server = Esplora::start(&purse.node);
    let chosen = alice.run(&["bitcoin-node", "regtest", "--esplora", server.url()]);
    assert_eq!(chosen[0]["source"]["kind"], "esplora");
    assert_eq!(balance(alice), has(ONE, 0, 0));
    let far = purse.new_address();
    purse.node.wallet_call::<Value>("miner", "sendtoaddress", &[arg(&far), arg(0.5)]);
    assert_eq!(balance(alice), has(ONE, 0, ONE / 2), "in no block yet");
    purse.node.mine(1);
    assert_eq!(balance(alice), has(ONE + ONE / 2, 0, 0));

    let height: u32 = purse.node.call("getblockcount", &[]);
    let block: String = purse.node.call("getblockhash", &[arg(height)]);
    purse.node.call::<Value>("invalidateblock", &[arg(block)]);
    let empty = [arg(purse.miners_address()), arg(Vec::<String>::new())];
    purse.node.call::<Value>("generateblock", &empty);
    assert_eq!(balance(alice), has(ONE, 0, ONE / 2), "its block is no part of the chain any more");
    purse.node.mine(2);
    assert_eq!(balance(alice), has(ONE + ONE / 2, 0, 0), "it is in another one");

    let to = purse.miners_address();
    let mut paying = alice.start(&["pay", "Coins", "--to", &to, "--amount", "1.2", "--fee-rate", "5"]);
    let shown = agree(&mut paying, bob);
    let txid = published(&mut paying);
    assert_eq!(pending(&purse), [txid.as_str()]);
    let returned = shown["returned"].as_u64().unwrap();
    assert_eq!(balance(alice), has(0, returned, 0));
    purse.node.mine(1);
    assert_eq!(balance(alice), has(returned, 0, 0));
    let paid = Amount::from_btc(1.2).unwrap().to_sat();
    assert_eq!(returned, ONE + ONE / 2 - paid - shown["fee"].as_u64().unwrap());

    server.lie();
    assert_eq!(alice.fail(&["balance", "Coins"]).0, "node", "a transaction that is not what its ID says");
}

#[test]
#[ignore = "needs bitcoind; run by `cargo xtask test bitcoin`"]
fn notes_are_kept_on_one_device_and_go_to_other_programs() {
    let purse = purse(&[ONE]);
    let [alice, ..] = &purse.devices;
    balance(alice);
    let [entry] = &history(alice)[..] else { panic!("one transaction") };
    let txid = entry["txid"].as_str().unwrap();
    alice.run(&["label", "Coins", txid, "First coin"]);
    assert_eq!(history(alice)[0]["label"], "First coin");
    assert_eq!(alice.fail(&["label", "Coins", "nonsense", "x"]).0, "invalid_label");
    let exported = alice.run(&["labels", "Coins"]);
    let labels = exported[0]["labels"].as_str().unwrap();
    assert_eq!(labels.trim(), format!(r#"{{"type":"tx","ref":"{txid}","label":"First coin"}}"#));
    let file = purse.cluster.folder().join("labels.jsonl");
    fs::write(&file, labels.replace("First coin", "Other")).unwrap();
    let imported = alice.run(&["labels", "Coins", "--import", file.to_str().unwrap()]);
    assert_eq!(imported[0]["count"], 1);
    assert_eq!(history(alice)[0]["label"], "Other");
}
