//! A node of one's own that is asked by a user and password, as one on another computer is.

use bitcoin::{Amount, Txid};
use jsonrpc::arg;
use permafrost_tests::{
    bitcoind::Bitcoind,
    cluster::{Cluster, Device, Running},
    secret_service::{SecretService, StoredSecret},
    secrets::{assert_nowhere, files_below},
};
use serde_json::json;

use crate::{
    ledger::{balance, choose, has},
    psbt::Purse,
};

const ONE: u64 = 100_000_000;
const PASSWORD: &str = "a-password-nobody-may-see";
const WRONG: &str = "not-the-right-password";
const GUESTS: &str = "the-guests-password";
/// The node's users: salt and HMAC-SHA256 of these passwords, as Bitcoin Core's `rpcauth.py` makes them. `guest` may ask for
/// nothing that a wallet is looked up by, `ann` for no more than that (ADR 0074).
const USERS: [&str; 5] = [
    "-rpcauth=ann:5f1c3a$1f8714955eb4be6b5f726142264ede19dbc4d7cba961969938be7760405cf40a",
    "-rpcauth=guest:77aa10$3b213a53e0be9f5466e0b19f92497e27a4ad0e7e9480f64c021ab70333c366ef",
    "-rpcwhitelist=guest:uptime",
    "-rpcwhitelist=ann:getblockchaininfo,getblockhash,getblockheader,getblock,getrawmempool,getrawtransaction,estimatesmartfee",
    "-rpcwhitelistdefault=0",
];

/// Chooses the node, and says each line on standard input.
fn choosing(device: &Device, url: &str, user: &str, lines: &[&str]) -> Running {
    let mut running = device.start_conversation(&["bitcoin-node", "regtest", "--url", url, "--user", user]);
    lines.iter().for_each(|line| running.say(line));
    running
}

fn choose_as(device: &Device, node: &Bitcoind, user: &str, password: &str) {
    let mut running = choosing(device, &node.url(), user, &[password]);
    let chosen = running.wait_for("bitcoin_node", |_| true);
    assert!(running.ended().success());
    let url = format!("{}/", node.url());
    let source = json!({ "kind": "nodeWithUser", "url": url, "user": user, "hasPassword": true });
    assert_eq!(chosen["source"], source, "nothing more is said");
}

/// The passwords of nodes in the keychain.
fn kept(secrets: &SecretService) -> Vec<String> {
    let stored = secrets.stored().into_iter();
    let passwords = stored.filter(|item| item.label.contains("password of Bitcoin node"));
    passwords.map(|item| String::from_utf8(item.secret).unwrap()).collect()
}

/// Requires that no password is in what the program and its keychain leave on disk, these files among it.
fn assert_hidden(cluster: &Cluster, among: &[&str]) {
    let secret = |password: &str| StoredSecret {
        label: password.to_owned(),
        attributes: [].into(),
        secret: password.as_bytes().to_vec(),
    };
    let files = files_below(&[cluster.folder(), &cluster.secrets.folder()]);
    for name in among {
        assert!(files.iter().any(|(path, bytes)| path.ends_with(name) && !bytes.is_empty()), "{name}");
    }
    assert_nowhere(&[PASSWORD, WRONG, GUESTS].map(secret), &files);
    assert_nowhere(&cluster.secrets.stored(), &files);
}

#[test]
#[ignore = "needs bitcoind; run by `cargo xtask test bitcoin`"]
fn a_node_is_asked_by_a_user_whose_password_is_in_the_keychain_and_nowhere_else() {
    let purse = Purse::at(Bitcoind::with(&USERS), &[ONE]);
    let Purse { node, cluster, devices: [alice, ..] } = &purse;
    choose_as(alice, node, "ann", PASSWORD);
    assert_eq!(balance(alice), has(ONE, 0, 0), "each command is a start of its own: the password is kept");
    assert_eq!(kept(&cluster.secrets), [PASSWORD]);
    choose_as(alice, node, "ann", "");
    assert_eq!(balance(alice), has(ONE, 0, 0), "an empty one keeps what is stored");
    let elsewhere = node.url().replace("127.0.0.1", "localhost");
    assert_eq!(choosing(alice, &elsewhere, "ann", &[""]).failed().0, "node_password", "for this host only");
    assert_hidden(cluster, &["permafrost.sqlite", "alice.log"]);

    choose_as(alice, node, "ann", WRONG);
    let (code, message) = alice.fail(&["balance", "Coins"]);
    assert_eq!(code, "node_unauthorized");
    assert!(message.contains("does not take the password"), "{message}");
    assert_eq!(kept(&cluster.secrets), [WRONG], "the earlier one is erased");
    choose_as(alice, node, "guest", GUESTS);
    assert_eq!(alice.fail(&["balance", "Coins"]).0, "node_forbidden", "the password was right");
    choose_as(alice, node, "ann", PASSWORD);
    let (address, half) = (purse.new_address(), Amount::from_sat(ONE / 2));
    purse.node.wallet_call::<Txid>("miner", "sendtoaddress", &[arg(address), arg(half.to_btc())]);
    assert_eq!(balance(alice), has(ONE, 0, ONE / 2), "what is in no block is asked for, too");
    purse.node.mine(1);
    assert_eq!(balance(alice), has(ONE + ONE / 2, 0, 0));
    assert_hidden(cluster, &["permafrost.sqlite", "alice.log"]);

    choose(alice, "regtest", node);
    assert!(kept(&cluster.secrets).is_empty(), "what is not used any more is erased");
    choose_as(alice, node, "ann", PASSWORD);
    assert_eq!(kept(&cluster.secrets), [PASSWORD]);
    let none = alice.run(&["bitcoin-node", "regtest", "--none"]);
    assert_eq!(none[0]["source"], json!(null));
    assert!(kept(&cluster.secrets).is_empty(), "erased with its node");
    assert_hidden(cluster, &["permafrost.sqlite", "alice.log"]);
}

#[test]
#[ignore = "needs bitcoind; run by `cargo xtask test bitcoin`"]
fn a_password_in_a_vault_is_set_and_taken_away_with_the_vaults_passphrase() {
    const PASSPHRASE: &str = "correct horse battery";
    let (node, cluster) = (Bitcoind::with(&USERS), Cluster::start());
    let dora = cluster.device("dora").with(&["--keystore", "vault"]);
    let mut chosen = choosing(&dora, &node.url(), "ann", &[PASSPHRASE, PASSWORD]);
    chosen.wait_for("bitcoin_node", |event| event["source"]["hasPassword"] == true);
    assert!(chosen.ended().success());
    assert_hidden(&cluster, &["permafrost.sqlite", "vault"]);
    let shown = dora.run(&["bitcoin-node", "regtest"]);
    assert_eq!(shown[0]["source"]["user"], "ann", "to look needs no passphrase");
    let none = ["bitcoin-node", "regtest", "--none"];
    assert_eq!(dora.start_with_input(&none, "incorrect horse").failed().0, "wrong_passphrase");
    let mut removed = dora.start_with_input(&none, PASSPHRASE);
    removed.wait_for("bitcoin_node", |event| event["source"].is_null());
    assert!(removed.ended().success());
}
