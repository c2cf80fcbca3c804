//! Payments by the shipped programs: proposed, approved, signed with a block that the proposer's server named, and made.

use chains::solana::{
    Address, Network,
    meaning::Meaning,
    rpc::{GetBalance, GetTokenAccounts},
    token::TokenProgram,
};
use permafrost_tests::{
    cluster::{Cluster, Device, Running, make_wallet},
    solana::Solana,
};
use rustix::process::Signal;
use serde_json::{Value, json};

use super::{DEPOSIT, SOL, balance, put_mint, put_tokens, somebody};

/// A network of mainnet's name with a wallet on it that has ten SOL, and the wallet's devices.
pub(super) struct World {
    pub(super) node: Solana,
    cluster: Cluster,
    pub(super) address: Address,
}

impl World {
    pub(super) fn new<const N: usize>(names: [&str; N], threshold: u32) -> (Self, [Device; N]) {
        let (node, cluster) = (Solana::start(), Cluster::start());
        node.serve(Network::Mainnet);
        let devices = names.map(|name| cluster.device(name));
        let made = make_wallet(&devices.each_ref(), "Play", "ed25519", threshold);
        let address: Address = made[0]["addresses"][0]["address"].as_str().unwrap().parse().unwrap();
        node.fund(address, 10 * SOL);
        devices[0].run(&["solana-server", "mainnet", "--url", &node.url()]);
        (Self { node, cluster, address }, devices)
    }
}

pub(super) fn pay(device: &Device, to: Address, amount: &str, more: &[&str]) -> (Running, String) {
    let to = to.to_string();
    let arguments = [&["pay", "Play", "--to", &to, "--amount", amount][..], more].concat();
    let mut proposer = device.start(&arguments);
    let request = proposer.wait_for("proposed", |_| true)["request"].as_str().unwrap().to_owned();
    (proposer, request)
}

pub(super) fn state(event: &Value) -> (&str, bool) {
    let transfer = &event["payment"]["transfer"]["state"];
    (transfer["state"].as_str().unwrap_or_default(), transfer["finalized"] == true)
}

#[test]
#[ignore = "needs a Solana engine; run by `cargo xtask test solana`"]
fn two_of_three_processes_pay_sol_with_a_memo_while_the_third_is_off() {
    let (world, [alice, bob, _charlie]) = World::new(["alice", "bob", "charlie"], 2);
    let to = somebody();
    let (mut proposer, request) = pay(&alice, to, "1.25", &["--memo", "Rent for March"]);
    let mut approver = bob.start(&["approve", &request]);
    let asked = approver.wait_for("request", |_| true).clone();
    assert_eq!(asked["conflicts"], json!([]), "it does not exclude itself");
    let shown = asked["meaning"].clone();
    let expected = [
        ("kind", "solana"),
        ("network", "mainnet"),
        ("amount", "1.25"),
        ("memo", "Rent for March"),
        ("deposit", "0.00089088"),
    ];
    for (key, value) in expected {
        assert_eq!(shown[key], value, "what is read before it is approved: {key}");
    }
    assert_eq!(shown["to"], to.to_string());
    assert_eq!(shown["from"], world.address.to_string());
    proposer.wait_for("payment", |event| state(event) == ("included", true));
    assert!(proposer.ended().success() && approver.ended().success());
    assert_eq!(world.node.ask(&GetBalance(to)), Ok(5 * SOL / 4));
    let left = balance(&world.node, world.address);
    let without_fee = 10 * SOL - 5 * SOL / 4 - DEPOSIT;
    assert!(left < without_fee && left > without_fee - 200_000, "the fee: {left}");
    assert!(world.cluster.folder().exists());
}

#[test]
#[ignore = "needs a Solana engine; run by `cargo xtask test solana`"]
fn processes_pay_tokens_and_make_the_account_that_the_recipient_lacks() {
    let (world, [alice, bob]) = World::new(["alice", "bob"], 2);
    let program = TokenProgram::Token2022;
    let mint = put_mint(&world.node, program, &[]);
    put_tokens(&world.node, program, mint, world.address, 7_000_000, &[]);
    let (to, mint_text) = (somebody(), mint.to_string());
    let to_text = to.to_string();
    let too_many = ["pay", "Play", "--to", &to_text, "--amount", "7.1", "--token", &mint_text];
    assert_eq!(alice.fail(&too_many).0, "solana_refused", "nobody is asked to approve it");
    let (mut proposer, request) = pay(&alice, to, "2.5", &["--token", &mint_text]);
    let mut approver = bob.start(&["approve", &request]);
    let shown = approver.wait_for("request", |_| true)["meaning"].clone();
    assert_eq!((&shown["amount"], &shown["token"]["mint"]), (&"2.5".into(), &mint_text.clone().into()));
    assert_eq!(shown["token"]["createsAccount"], true);
    proposer.wait_for("payment", |event| state(event) == ("included", true));
    assert!(proposer.ended().success() && approver.ended().success());
    let held = world.node.ask(&GetTokenAccounts { owner: to, program }).unwrap();
    assert_eq!(held.iter().map(|held| held.account.amount).collect::<Vec<_>>(), [2_500_000]);
}

#[test]
#[ignore = "needs a Solana engine; run by `cargo xtask test solana`"]
fn a_payment_that_was_lost_expires_by_its_own_name_and_another_one_pays_only_once() {
    let (world, [alice, bob]) = World::new(["alice", "bob"], 2);
    let to = somebody();
    world.node.lose(true);
    let (mut proposer, request) = pay(&alice, to, "2", &[]);
    let mut approver = bob.start(&["approve", &request]);
    assert!(approver.ended().success(), "it is signed");
    proposer.wait_for("payment", |event| state(event).0 == "pending");
    world.node.warp(200);
    proposer.wait_for("payment", |event| state(event).0 == "expired");
    assert_eq!(proposer.failed().0, "payment_expired");
    assert_eq!(balance(&world.node, to), 0, "nothing was paid");

    world.node.lose(false);
    let (mut proposer, request) = pay(&alice, to, "2", &[]);
    let mut approver = bob.start(&["approve", &request]);
    proposer.wait_for("payment", |event| state(event) == ("included", true));
    assert!(proposer.ended().success() && approver.ended().success());
    // The first one's proposer looks at it again at each start, and would send it again if it could come.
    alice.run(&["requests", "--wait", "4"]);
    assert_eq!(balance(&world.node, to), 2 * SOL, "paid once");
}

#[test]
#[ignore = "needs a Solana engine; run by `cargo xtask test solana`"]
fn a_payment_whose_marker_is_there_is_not_said_to_be_unpaid() {
    let (world, [alice, bob]) = World::new(["alice", "bob"], 2);
    let to = somebody();
    world.node.lose(true);
    let (mut proposer, request) = pay(&alice, to, "2", &[]);
    assert!(bob.start(&["approve", &request]).ended().success(), "it is signed");
    // The marker comes from elsewhere: as if another transaction had made the payment.
    let meaning = Meaning::read(&world.node.sent()[65..]).unwrap();
    world.node.fund(meaning.marker.address(&world.address), DEPOSIT);
    world.node.lose(false);
    let says = |error: &Value| error["message"].as_str().is_some_and(|text| text.contains("marker"));
    proposer.wait_for("payment", |event| state(event).0 == "pending" && says(&event["payment"]["problem"]));
    world.node.warp(200);
    proposer.wait_for("payment", |event| {
        state(event).0 == "failed" && says(&event["payment"]["transfer"]["state"]["error"])
    });
    assert_eq!(proposer.failed().0, "solana_refused");
    assert_eq!(balance(&world.node, to), 0, "and this one moved nothing");
}

#[test]
#[ignore = "needs a Solana engine; run by `cargo xtask test solana`"]
fn devices_sign_a_payment_with_one_block_only_even_for_a_proposer_that_was_restarted() {
    let (world, [alice, bob, charlie]) = World::new(["alice", "bob", "charlie"], 3);
    let (mut proposer, request) = pay(&alice, somebody(), "1", &[]);
    let mut third = charlie.start(&["approve", &request]);
    third.wait_for("approved", |_| true);
    proposer.wait_for("progress", |event| {
        event["approved"].as_array().is_some_and(|approved| approved.iter().any(|name| name == "charlie"))
    });
    third.signal(Signal::STOP);
    let mut second = bob.start(&["approve", &request]);
    second.wait_for("approved", |_| true);
    // By then the proposer's own device, and the one that still answers, are asked for their parts.
    proposer.wait_for("progress", |event| event["state"]["signing"] == true);
    proposer.kill();
    world.node.warp(200);
    third.signal(Signal::CONT);
    let mut proposer = alice.start(&["approve", &request]);
    assert_eq!(proposer.failed().0, "solana_begun_before");
    assert_eq!(second.failed().0, "cancelled");
    assert_eq!(third.failed().0, "cancelled");
    assert!(!world.node.asked().iter().any(|method| method == "sendTransaction"), "nothing was sent");
}

#[test]
#[ignore = "needs a Solana engine; run by `cargo xtask test solana`"]
fn a_payment_whose_signer_comes_back_after_its_block_is_over_ends_instead() {
    let (world, [alice, bob, charlie]) = World::new(["alice", "bob", "charlie"], 3);
    let (mut proposer, request) = pay(&alice, somebody(), "1", &[]);
    let mut signer = charlie.start(&["approve", &request]);
    signer.wait_for("approved", |_| true);
    proposer.wait_for("progress", |event| {
        event["approved"].as_array().is_some_and(|approved| approved.iter().any(|name| name == "charlie"))
    });
    signer.signal(Signal::STOP);
    let mut second = bob.start(&["approve", &request]);
    proposer.wait_for("progress", |event| event["state"]["signing"] == true);
    world.node.warp(200);
    assert_eq!(proposer.failed().0, "solana_begun_before", "nobody waits for what can't be paid any more");
    assert_eq!(second.failed().0, "cancelled");
    signer.signal(Signal::CONT);
    // By now the links are gone. Whoever it meets again has the proposer's word.
    let mut back = bob.start(&["requests", "--wait", "60"]);
    assert_eq!(signer.failed().0, "cancelled");
    back.kill();
    assert!(!world.node.asked().iter().any(|method| method == "sendTransaction"), "nothing was sent");
}

#[test]
#[ignore = "needs a Solana engine; run by `cargo xtask test solana`"]
fn a_payment_needs_a_server_of_the_wallets_network_and_one_of_another_is_asked_nothing_else() {
    let (world, [alice, _bob]) = World::new(["alice", "bob"], 2);
    let to = somebody().to_string();
    let arguments = ["pay", "Play", "--to", &to, "--amount", "1"];
    alice.run(&["solana-server", "mainnet", "--none"]);
    assert_eq!(alice.fail(&arguments).0, "no_solana_server");
    world.node.serve(Network::Devnet);
    alice.run(&["solana-server", "mainnet", "--url", &world.node.url()]);
    let before = world.node.asked().len();
    assert_eq!(alice.fail(&arguments).0, "solana_other_network");
    let asked = world.node.asked()[before..].to_vec();
    assert!(
        !asked.is_empty() && asked.iter().all(|call| call == "getGenesisHash"),
        "it learns no address: {asked:?}"
    );
    let insecure = ["solana-server", "mainnet", "--url", "http://api.mainnet-beta.solana.com"];
    assert_eq!(alice.fail(&insecure).0, "invalid_solana_server");

    world.node.serve(Network::Mainnet);
    let own = world.address.to_string();
    for (to, amount, code) in [
        ("nobody", "1", "solana_address"),
        (own.as_str(), "1", "solana_address"),
        (to.as_str(), "0", "solana_amount"),
        (to.as_str(), "1,5", "solana_amount"),
        (to.as_str(), "10", "solana_refused"),
        (to.as_str(), "0.0000001", "solana_refused"),
    ] {
        assert_eq!(alice.fail(&["pay", "Play", "--to", to, "--amount", amount]).0, code, "{to} {amount}");
    }
}
