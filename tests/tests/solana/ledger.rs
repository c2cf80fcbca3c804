//! What the shipped programs say of a wallet's money, held against the engine.

use chains::solana::{
    Address, Network,
    amount::{self, SOL_DECIMALS},
    intent::{Payment, TokenPayment},
    rpc::GetRentMinimum,
    token::{TokenProgram, associated_account},
};
use permafrost_tests::cluster::Device;
use serde_json::{Value, json};

use super::{
    Group, SOL, balance,
    payments::{World, pay, state},
    put_mint, put_tokens, somebody,
};

/// Pays, with the approval of another device.
fn paid(proposer: &Device, approver: &Device, to: Address, amount: &str, more: &[&str]) {
    let (mut proposed, request) = pay(proposer, to, amount, more);
    let mut approved = approver.start(&["approve", &request]);
    proposed.wait_for("payment", |event| state(event) == ("included", true));
    assert!(proposed.ended().success() && approved.ended().success());
}

fn transactions(device: &Device) -> Vec<Value> {
    let events = device.run(&["history", "Play"]);
    events.into_iter().filter(|event| event["event"] == "transaction_known").collect()
}

fn sol(lamports: u64) -> String {
    amount::format(lamports, SOL_DECIMALS)
}

#[test]
#[ignore = "needs a Solana engine; run by `cargo xtask test solana`"]
fn a_group_of_three_sees_what_it_has_and_had_after_it_paid_sol_and_tokens() {
    let (world, [alice, bob, _charlie]) = World::new(["alice", "bob", "charlie"], 2);
    let program = TokenProgram::Token2022;
    let mint = put_mint(&world.node, program, &[]);
    put_tokens(&world.node, program, mint, world.address, 7_000_000, &[]);
    let (to, mint_text) = (somebody(), mint.to_string());
    paid(&alice, &bob, to, "1.25", &["--memo", "=Rent, \"March\""]);
    let after_sol = balance(&world.node, world.address);
    paid(&alice, &bob, to, "2.5", &["--token", &mint_text]);
    let after_tokens = balance(&world.node, world.address);

    let shown =
        alice.run(&["balance", "Play"]).into_iter().find(|event| event["event"] == "balance").unwrap();
    assert_eq!((&shown["network"], &shown["balance"]), (&json!("mainnet"), &json!(sol(after_tokens))));
    let account = associated_account(&world.address, &mint, program).unwrap().to_string();
    let held = json!([{
        "account": account, "mint": mint_text, "amount": "4.5", "decimals": 6, "frozen": false, "associated": true,
    }]);
    assert_eq!((&shown["tokens"], &shown["tokenCount"]), (&held, &json!(1)));

    let known = transactions(&alice);
    assert_eq!(known.len(), 2, "{known:?}");
    let (tokens, rent) = (&known[0]["effect"], &known[1]["effect"]);
    let account_cost = world.node.ask(&GetRentMinimum(170)).unwrap();
    assert_eq!(tokens["tokens"], json!([{ "mint": mint_text, "amount": "-2.5" }]));
    assert_eq!(tokens["sol"], json!(format!("-{}", sol(account_cost))), "the recipient's account cost it");
    let deposit = world.node.ask(&GetRentMinimum(0)).unwrap();
    assert_eq!(tokens["deposit"], json!(sol(deposit)), "its marker");
    assert_eq!(tokens["fee"], json!(sol(after_sol - after_tokens - account_cost - deposit)));
    assert_eq!((&tokens["others"], &tokens["memo"]), (&json!([to.to_string()]), &Value::Null));
    assert_eq!((&rent["sol"], &rent["tokens"]), (&json!("-1.25"), &json!([])));
    assert_eq!(rent["fee"], json!(sol(10 * SOL - SOL * 5 / 4 - after_sol - deposit)));
    assert_eq!((&rent["others"], &rent["memo"]), (&json!([to.to_string()]), &json!("=Rent, \"March\"")));
    for transaction in &known {
        assert_eq!((&transaction["finalized"], &transaction["failure"]), (&json!(true), &Value::Null));
        assert_eq!(transaction["time"], json!(1_700_000_000_000_u64));
    }

    let noted = known[1]["id"].as_str().unwrap();
    alice.run(&["label", "Play", noted, "Paid late"]);
    let exported = alice.run(&["labels", "Play"]).remove(0);
    let line = format!(r#"{{"type":"tx","ref":"{noted}","label":"Paid late"}}"#);
    assert_eq!(exported["labels"].as_str().unwrap().trim(), line);
    assert_eq!(alice.fail(&["label", "Play", "nonsense", "x"]).0, "invalid_label");

    let table = alice.run(&["history", "Play", "--csv"]);
    let table = table.iter().find(|event| event["event"] == "history").unwrap()["csv"].as_str().unwrap();
    let lines: Vec<_> = table.split_terminator("\r\n").collect();
    assert_eq!(lines.len(), 3, "{table}");
    let (id, fee) = (known[1]["id"].as_str().unwrap(), rent["fee"].as_str().unwrap());
    assert!(lines[2].starts_with(&format!("2023-11-14T22:13:20Z,{id},")), "{}", lines[2]);
    assert!(
        lines[2].ends_with(&format!(
            ",no,-1.25,{fee},{},,{to},\"'=Rent, \"\"March\"\"\",\"Paid late\"",
            sol(deposit)
        )),
        "{}",
        lines[2]
    );
}

#[test]
#[ignore = "needs a Solana engine; run by `cargo xtask test solana`"]
fn tokens_that_others_pay_in_are_in_the_history_though_no_transaction_names_the_wallet() {
    let (world, [alice, _bob]) = World::new(["alice", "bob"], 2);
    let (payer, program) = (Group::generate(), TokenProgram::Token);
    let mint = put_mint(&world.node, program, &[]);
    world.node.fund(payer.address(), SOL);
    put_tokens(&world.node, program, mint, payer.address().into(), 10_000_000, &[]);
    for (amount, create_account) in [(1_000_000, true), (2_500_000, false)] {
        let to = world.address;
        let payment = TokenPayment { program, mint, decimals: 6, to, amount, create_account };
        payer.pay(&world.node, &payer.intent(Payment::Token(payment), None)).unwrap();
        world.node.warp(1);
    }

    let known = transactions(&alice);
    let came: Vec<_> = known.iter().map(|one| &one["effect"]["tokens"][0]["amount"]).collect();
    assert_eq!(came, [&json!("2.5"), &json!("1")], "the newest first: {known:?}");
    for transaction in &known {
        let effect = &transaction["effect"];
        assert_eq!((&effect["sol"], &effect["fee"]), (&json!("0"), &Value::Null), "somebody else paid");
        assert_eq!(effect["others"], json!([payer.address().to_string()]));
    }
}

#[test]
#[ignore = "needs a Solana engine; run by `cargo xtask test solana`"]
fn a_wallet_is_looked_up_at_no_server_that_was_not_chosen_or_is_of_another_network() {
    let (world, [alice, _bob]) = World::new(["alice", "bob"], 2);
    alice.run(&["solana-server", "mainnet", "--none"]);
    let before = world.node.asked().len();
    for command in ["balance", "history"] {
        assert_eq!(alice.fail(&[command, "Play"]).0, "no_source");
    }
    assert_eq!(world.node.asked().len(), before, "nobody is asked");

    world.node.serve(Network::Devnet);
    alice.run(&["solana-server", "mainnet", "--url", &world.node.url()]);
    assert_eq!(alice.fail(&["balance", "Play"]).0, "solana_other_network");
    assert!(
        world.node.asked()[before..].iter().all(|method| method == "getGenesisHash"),
        "it learns no address"
    );
}
