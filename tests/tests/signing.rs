//! Messages are signed by several processes, with the shipped programs, a real server and a real keychain.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::fs;

use permafrost_tests::cluster::{Cluster, Device, make_wallet};
use serde_json::Value;

fn events(device: &Device, arguments: &[&str], kind: &str) -> Vec<Value> {
    device.run(arguments).into_iter().filter(|event| event["event"] == kind).collect()
}

#[test]
fn two_of_three_processes_sign_a_message_while_the_third_is_off() {
    let cluster = Cluster::start();
    let [alice, bob, charlie] = ["alice", "bob", "charlie"].map(|name| cluster.device(name));
    for (name, curve) in [("Coins", "secp256k1-tr"), ("Play", "ed25519"), ("Raw", "secp256k1")] {
        make_wallet(&[&alice, &bob, &charlie], name, curve, 2);
        let mut proposer = alice.start(&["sign", name, "--message", "We meet at noon."]);
        let request = proposer.wait_for("proposed", |_| true)["request"].as_str().unwrap().to_owned();
        let mut approver = bob.start(&["approve", &request]);
        let shown = approver.wait_for("request", |_| true);
        assert_eq!(shown["meaning"]["text"], "We meet at noon.", "what is read before it is approved");
        let signed = proposer.wait_for("signed", |_| true)["signed_message"].clone();
        assert_eq!(approver.wait_for("signed", |_| true)["signed_message"], signed);
        assert!(proposer.ended().success() && approver.ended().success());

        let file = cluster.folder().join("signed.json");
        fs::write(&file, signed.to_string()).unwrap();
        let verified = events(&charlie, &["verify-message", file.to_str().unwrap()], "signed_message");
        assert_eq!(verified[0]["message"], "We meet at noon.");
        fs::write(&file, signed.to_string().replace("noon", "one")).unwrap();
        assert_eq!(charlie.fail(&["verify-message", file.to_str().unwrap()]).0, "wrong_signature");
        fs::write(&file, "{}").unwrap();
        assert_eq!(charlie.fail(&["verify-message", file.to_str().unwrap()]).0, "not_signed_message");
    }
}

#[test]
fn a_file_is_signed_only_by_whoever_has_the_same() {
    let cluster = Cluster::start();
    let [alice, bob] = ["alice", "bob"].map(|name| cluster.device(name));
    make_wallet(&[&alice, &bob], "Coins", "secp256k1-tr", 2);
    let (file, other) = (cluster.folder().join("minutes.txt"), cluster.folder().join("other.txt"));
    fs::write(&file, "What was decided").unwrap();
    fs::write(&other, "What was not decided").unwrap();
    let (file, other) = (file.to_str().unwrap(), other.to_str().unwrap());
    let kept = cluster.folder().join("signed.json");
    let kept = kept.to_str().unwrap();
    let mut proposer = alice.start(&["sign", "Coins", "--file", file, "--out", kept]);
    let request = proposer.wait_for("proposed", |_| true)["request"].as_str().unwrap().to_owned();
    assert_eq!(bob.fail(&["approve", &request, "--file", other]).0, "other_file");
    let (code, text) = bob.fail(&["approve", &request]);
    assert_eq!(code, "file_needed");
    assert!(text.contains("minutes.txt") && text.contains("Nothing was approved"), "{text}");
    let mut approver = bob.start(&["approve", &request, "--file", file]);
    let signed = approver.wait_for("signed", |_| true)["signed_message"].clone();
    assert!(proposer.ended().success() && approver.ended().success());
    let written: Value = serde_json::from_str(&fs::read_to_string(kept).unwrap()).unwrap();
    assert_eq!(written, signed, "the proposer keeps it in a file");
    assert_eq!(events(&bob, &["verify-message", kept, "--file", file], "signed_message").len(), 1);
    assert_eq!(bob.fail(&["verify-message", kept, "--file", other]).0, "other_file");

    let mut proposer = alice.start(&["sign", "Coins", "--file", other]);
    let request = proposer.wait_for("proposed", |_| true)["request"].as_str().unwrap().to_owned();
    let mut approver = bob.start(&["approve", &request, "--without-file"]);
    approver.wait_for("signed", |_| true);
    assert!(proposer.ended().success() && approver.ended().success());
}

#[test]
fn a_killed_proposer_and_a_killed_approver_go_on_where_they_were() {
    let cluster = Cluster::start();
    let [alice, bob, charlie] = ["alice", "bob", "charlie"].map(|name| cluster.device(name));
    make_wallet(&[&alice, &bob, &charlie], "Play", "ed25519", 2);
    let mut proposer = alice.start(&["sign", "Play", "--message", "Twice killed"]);
    let request = proposer.wait_for("proposed", |_| true)["request"].as_str().unwrap().to_owned();
    proposer.wait_for("progress", |_| true);
    proposer.kill();
    let mut approver = bob.start(&["approve", &request, "--wait", "1"]);
    assert_eq!(approver.failed().0, "unknown_signing", "nobody who is there knows of it");

    let mut proposer = alice.start(&["approve", &request]);
    proposer.wait_for("approved", |_| true);
    let mut approver = bob.start(&["approve", &request]);
    approver.wait_for("approved", |_| true);
    approver.kill();
    let mut other = charlie.start(&["approve", &request]);
    let signed = other.wait_for("signed", |_| true)["signed_message"].clone();
    assert_eq!(proposer.wait_for("signed", |_| true)["signed_message"], signed);
    assert!(proposer.ended().success() && other.ended().success());
    let listed = events(&alice, &["requests", "--wait", "2"], "request");
    assert_eq!((listed.len(), &listed[0]["state"]["state"]), (1, &Value::from("signed")));
}

#[test]
fn a_rejected_and_a_cancelled_request_are_told_to_whoever_waits() {
    let cluster = Cluster::start();
    let [alice, bob] = ["alice", "bob"].map(|name| cluster.device(name));
    make_wallet(&[&alice, &bob], "Play", "ed25519", 2);
    let mut proposer = alice.start(&["sign", "Play", "--message", "No", "--expires-in", "600"]);
    let request = proposer.wait_for("proposed", |_| true)["request"].as_str().unwrap().to_owned();
    bob.run(&["reject", &request, "--reason", "I would rather not"]);
    proposer.wait_for("progress", |event| event["rejected"][0] == "bob");
    assert_eq!(bob.fail(&["cancel", &request]).0, "not_own_signing");
    proposer.kill();
    alice.run(&["cancel", &request]);
    assert_eq!(alice.fail(&["approve", &request]).0, "signing_over");
    assert_eq!(alice.fail(&["reject", "abcd"]).0, "invalid_request_id", "which is not waited for");

    let mut proposer = alice.start(&["sign", "Play", "--message", "Soon over", "--expires-in", "3"]);
    assert_eq!(proposer.failed().0, "expired");
}
