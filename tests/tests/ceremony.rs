//! Devices make wallets: separate processes of the shipped programs, a real server, a real keychain.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::{fs, sync::mpsc::channel, thread};

use permafrost_tests::{
    cluster::{Cluster, Device, create, make_wallet},
    puppet::{Kind, Puppet, Who, hold},
    secrets::{assert_nowhere, files_below},
};
use serde_json::Value;

#[test]
fn three_devices_make_a_wallet_and_still_have_it_after_a_restart() {
    let cluster = Cluster::start();
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(|name| cluster.device(name));
    let completed = make_wallet(&[&alice, &bob, &carol], "Team", "ed25519", 2);
    let address = &completed[0]["addresses"][0];
    assert_eq!(address["network"], "mainnet");
    assert_eq!(completed[0]["safety_words"].as_array().map(Vec::len), Some(5));
    for device in [&alice, &bob, &carol] {
        let wallets = device.run(&["wallets"]);
        let wallet = wallets.iter().find(|event| event["event"] == "wallet").expect("the wallet is listed");
        for key in ["wallet_id", "group_public_key", "safety_words", "addresses"] {
            assert_eq!(wallet[key], completed[0][key], "{key} after a restart of {}", device.name());
        }
        assert_eq!(wallet["verified"], false, "nobody has compared the words yet");
        assert_eq!(device.run(&["address", "Team"])[0]["address"], address["address"]);
    }
    alice.run(&["verify", "Team", "--match"]);
    assert_eq!(alice.run(&["wallets"])[0]["verified"], true);
    bob.run(&["verify", "Team", "--differ"]);
    let (code, message) = bob.fail(&["address", "Team"]);
    assert_eq!(code, "quarantined", "a wallet with a stranger in it shows no address: {message}");
}

#[test]
fn every_curve_gives_what_its_chain_needs() {
    let cluster = Cluster::start();
    let [alice, bob] = ["alice", "bob"].map(|name| cluster.device(name));
    let bitcoin = make_wallet(&[&alice, &bob], "Coins", "secp256k1-tr", 2);
    let networks: Vec<_> =
        bitcoin[0]["addresses"].as_array().unwrap().iter().map(|a| &a["network"]).collect();
    assert_eq!(networks, ["mainnet"], "of its own network only");
    for (network, prefix) in
        [("mainnet", "bc1p"), ("testnet4", "tb1p"), ("signet", "tb1p"), ("regtest", "bcrt1p")]
    {
        let address = alice.run(&["address", "Coins", "--network", network])[0]["address"].clone();
        assert!(address.as_str().unwrap().starts_with(prefix), "{address} on {network}");
    }
    let change = ["address", "Coins", "--network", "regtest", "--change", "--index", "7"];
    let address = alice.run(&change)[0]["address"].clone();
    assert_eq!(address, bob.run(&change)[0]["address"], "both derive the same");
    assert!(address.as_str().unwrap().starts_with("bcrt1p"), "Taproot on regtest: {address}");
    assert_eq!(alice.fail(&["address", "Coins", "--network", "solana"]).0, "no_address");

    let raw = make_wallet(&[&alice, &bob], "Raw", "secp256k1", 2);
    assert_eq!(raw[0]["addresses"].as_array().map(Vec::len), Some(0), "no chain can spend with this key");
    assert_eq!(alice.fail(&["address", "Raw"]).0, "no_address");
}

#[test]
fn shares_are_in_the_secret_service_and_nowhere_else() {
    let cluster = Cluster::start();
    let [alice, bob] = ["alice", "bob"].map(|name| cluster.device(name));
    make_wallet(&[&alice, &bob], "Team", "ed25519", 2);
    make_wallet(&[&alice, &bob], "Coins", "secp256k1-tr", 2);
    let stored = cluster.secrets.stored();
    let titled = |what: &str| stored.iter().filter(|item| item.label.contains(what)).count();
    assert_eq!(titled("share of wallet"), 4, "a share of each wallet for each device");
    assert_eq!(titled("identity key"), 2);
    assert_eq!(titled("link secret"), 4);
    let files = files_below(&[cluster.folder(), &cluster.secrets.folder()]);
    let has = |name: &str| files.iter().any(|(path, bytes)| path.ends_with(name) && !bytes.is_empty());
    assert!(has("permafrost.sqlite"), "the data folder is searched");
    assert!(has("alice.log"), "the log too");
    assert!(has(".keyring"), "and where the session's programs keep what is theirs");
    assert_nowhere(&stored, &files);
}

#[test]
fn a_pasted_id_may_be_untidy() {
    let cluster = Cluster::start();
    let [alice, bob] = ["alice", "bob"].map(|name| cluster.device(name));
    let untidy: [fn(&str) -> String; 3] = [
        |id| format!("  Join my wallet:\n\n\t{}\r\n thanks, Alice!", id),
        |id| id.to_uppercase(),
        |id| {
            id.as_bytes()
                .chunks(10)
                .map(|part| String::from_utf8_lossy(part).into_owned())
                .collect::<Vec<_>>()
                .join("\n  ")
        },
    ];
    for make in untidy {
        let mut creating = alice.start(&create("Team", "ed25519", 2, 2));
        let text = make(&creating.session_id());
        bob.start(&["join", &text]).completed();
        assert!(creating.ended().success());
    }
}

#[test]
fn each_unusable_id_gets_its_own_message() {
    let cluster = Cluster::start();
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(|name| cluster.device(name));
    let mut creating = alice.start(&create("Team", "ed25519", 2, 2));
    let id = creating.session_id();
    let mut messages = Vec::new();
    let mut expect = |device: &Device, text: &str, code: &str| {
        let (found, message) = device.fail(&["join", text]);
        assert_eq!(found, code, "{message}");
        messages.push(message);
    };
    let mut wrong: Vec<char> = id.chars().collect();
    wrong[20] = if wrong[20] == 'q' { 'p' } else { 'q' };
    expect(&bob, &wrong.into_iter().collect::<String>(), "session_id_typo");
    expect(&bob, &id[..id.len() - 9], "session_id_incomplete");
    expect(&bob, "let us make a wallet", "session_id_not_found");
    expect(&bob, NEWER, "session_id_newer");
    // Both places are taken, and the session goes on.
    let mut mallory = Puppet::join(&Who::new("mallory"), &id, hold(Kind::Round1));
    mallory.holds(Kind::Round1);
    expect(&carol, &id, "session_full");
    mallory.release();
    creating.completed();
    mallory.completed();
    assert!(creating.ended().success());
    expect(&carol, &id, "session_finished");
    let mut cancelled = alice.start(&create("Gone", "ed25519", 2, 2));
    let unknown = cancelled.session_id();
    cancelled.kill();
    expect(&carol, &unknown, "session_unknown");
    for (position, message) in messages.iter().enumerate() {
        assert_eq!(messages.iter().position(|other| other == message), Some(position), "its own: {message}");
    }
}

/// Version 2, otherwise well-formed.
const NEWER: &str = "pf1qgqqqqqqqqqqqqqqqqqqqqqqqqqqq65nmnj";

#[test]
fn a_full_session_says_so() {
    let cluster = Cluster::start();
    let [alice, carol, dave] = ["alice", "carol", "dave"].map(|name| cluster.device(name));
    let mut creating = alice.start(&create("Team", "ed25519", 3, 2));
    let id = creating.session_id();
    // The session goes on for as long as the test wants.
    let mut mallory = Puppet::join(&Who::new("mallory"), &id, hold(Kind::Round1));
    creating.joined(2);
    let mut others = [&carol, &dave].map(|device| device.start(&["join", &id]));
    let (sender, first) = channel();
    let mut outcomes = thread::scope(|scope| {
        let ends = others.each_mut().map(|device| {
            let sender = sender.clone();
            scope.spawn(move || {
                let succeeded = device.ended().success();
                sender.send(succeeded).expect("the test waits for both");
                succeeded
            })
        });
        mallory.holds(Kind::Round1);
        assert_eq!(first.recv(), Ok(false), "one of two takes the last place, and the other does not wait");
        mallory.release();
        ends.map(|end| end.join().expect("it ends"))
    });
    outcomes.sort_unstable();
    assert_eq!(outcomes, [false, true], "whoever took the place has the wallet");
    let refused = others.iter().find_map(|device| device.last_error()).expect("the other is told");
    assert_eq!(refused["code"], "session_full", "{refused}");
    assert!(creating.ended().success());
}

#[test]
fn bad_parameters_are_refused_with_reasons() {
    let cluster = Cluster::start();
    let alice = cluster.device("alice");
    let long = "x".repeat(10_000);
    let cases: [(&str, &str, u32, u32, &str); 9] = [
        ("Team", "ed25519", 3, 4, "invalid_threshold"),
        ("Team", "ed25519", 3, 1, "invalid_threshold"),
        ("Team", "ed25519", 51, 2, "invalid_participants"),
        ("Team", "ed25519", 1, 1, "invalid_participants"),
        ("Team", "ed25519", 70_000, 2, "invalid_participants"),
        ("Team", "p256", 3, 2, "invalid_curve"),
        ("", "ed25519", 3, 2, "invalid_name"),
        (&long, "ed25519", 3, 2, "invalid_name"),
        ("Te\u{7}am", "ed25519", 3, 2, "invalid_name"),
    ];
    for (name, curve, participants, threshold, code) in cases {
        let (found, message) = alice.fail(&create(name, curve, participants, threshold));
        assert_eq!(found, code, "{message}");
        assert!(message.len() < 400, "an error does not repeat what it was given: {} bytes", message.len());
    }
}

#[test]
fn an_announced_session_is_found_and_joined_with_its_creators_consent() {
    let cluster = Cluster::start();
    let [alice, bob] = ["alice", "bob"].map(|name| cluster.device(name));
    let mut arguments = create("Club", "ed25519", 2, 2);
    arguments.extend(["--announce", "--admit-all"].map(str::to_owned));
    let mut creating = alice.start(&arguments);
    creating.wait_for("progress", |event| event["announced"] == true);
    let found = poll(|| bob.run(&["sessions"]).into_iter().find(|event| event["event"] == "announced"));
    assert_eq!(found["proposal"]["name"], "Club");
    assert_eq!(found["proposal"]["by"]["name"], "alice");
    let mut asking = bob.start(&["ask", found["id"].as_str().unwrap()]);
    let request = creating.wait_for("join_request", |_| true);
    assert_eq!(request["device"]["name"], "bob");
    assert_eq!(
        request["device"]["fingerprint"],
        bob_fingerprint(&asking.completed()),
        "the words of the one who asks"
    );
    assert!(asking.ended().success() && creating.ended().success());
}

#[test]
fn whoever_asks_waits_for_the_creators_word_and_a_refused_device_is_not_shown_again() {
    let cluster = Cluster::start();
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(|name| cluster.device(name));
    let carol = carol.with(&["--join-timeout", "5"]);
    let mut arguments = create("Club", "ed25519", 2, 2);
    arguments.push("--announce".to_owned());
    let mut creating = alice.start_conversation(&arguments);
    creating.wait_for("progress", |event| event["announced"] == true);
    let found = poll(|| bob.run(&["sessions"]).into_iter().find(|event| event["event"] == "announced"));
    let announcement = found["id"].as_str().unwrap();
    let by = |name: &'static str| move |event: &Value| event["device"]["name"] == name;

    let mut asking = carol.start(&["ask", announcement]);
    let of_carol = creating.wait_for("join_request", by("carol"))["id"].clone();
    creating.say("yes, let her in");
    creating.wait_for("not_answered", |event| event["code"] == "usage");
    creating.say("admit nobody");
    creating.wait_for("not_answered", |event| event["code"] == "unknown_request");
    creating.say(&format!("refuse {}", of_carol.as_str().unwrap()));
    assert_eq!(asking.failed().0, "refused", "the creator's word");
    assert_eq!(carol.fail(&["ask", announcement]).0, "no_answer", "nobody is bothered twice");

    let mut asking = bob.start(&["ask", announcement]);
    let of_bob = creating.wait_for("join_request", by("bob"))["id"].clone();
    creating.say(&format!("admit {}", of_bob.as_str().unwrap()));
    assert_eq!(asking.completed()["wallet_id"], creating.completed()["wallet_id"]);
    assert!(asking.ended().success() && creating.ended().success());
    let requests = creating.seen().iter().filter(|event| event["event"] == "join_request").count();
    assert_eq!(requests, 2, "carol's first, and bob's");
    let answers: Vec<_> = creating.seen().iter().filter(|event| event["event"] == "answered").collect();
    assert_eq!(answers.iter().map(|event| &event["id"]).collect::<Vec<_>>(), [&of_carol, &of_bob]);
}

fn bob_fingerprint(completed: &Value) -> Value {
    let members = completed["members"].as_array().unwrap();
    members.iter().find(|member| member["name"] == "bob").unwrap()["fingerprint"].clone()
}

/// Asks again until there is an answer.
fn poll<T>(mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = std::time::Instant::now() + permafrost_tests::cluster::PATIENCE;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(std::time::Instant::now() < deadline, "no answer in time");
    }
}

#[test]
fn without_a_direct_path_the_links_are_relayed_and_say_so() {
    let cluster = Cluster::start();
    let [alice, bob] = ["alice", "bob"].map(|name| cluster.device(name).with(&["--relay-only"]));
    let mut creating = alice.start(&create("Team", "ed25519", 2, 2));
    let mut joining = bob.start(&["join", &creating.session_id()]);
    joining.wait_for("progress", |event| {
        event["participants"].as_array().is_some_and(|all| all.iter().any(|one| one["link"] == "relayed"))
    });
    assert_eq!(joining.completed()["group_public_key"], creating.completed()["group_public_key"]);
}

#[test]
fn a_locked_or_missing_keychain_is_said_and_the_vault_is_there_instead() {
    let cluster = Cluster::start();
    let alice = cluster.device("alice");
    alice.run(&["device"]);
    cluster.secrets.lock();
    let (code, message) = alice.fail(&create("Team", "ed25519", 2, 2));
    assert_eq!(code, "keystore_locked");
    assert!(message.contains("Unlock it"), "it says what to do: {message}");
    alice.run(&["wallets"]);
    cluster.secrets.unlock();
    assert_eq!(alice.run(&["device"])[0]["name"], "alice");

    let bob = cluster.device("bob").with(&["--keystore", "vault"]);
    let mut short = bob.start_with_input(&["device"], "short");
    assert_eq!(short.failed().0, "passphrase_too_short");
    assert!(bob.start_with_input(&["device"], "correct horse battery").ended().success());
    assert_eq!(bob.start_with_input(&["device"], "wrong horse battery").failed().0, "wrong_passphrase");
    let mut creating = alice.start(&create("Team", "ed25519", 2, 2));
    let mut joining = bob.start_with_input(&["join", &creating.session_id()], "correct horse battery");
    assert_eq!(joining.completed()["wallet_id"], creating.completed()["wallet_id"]);
    let stored = cluster.secrets.stored();
    assert_eq!(
        stored.iter().filter(|item| item.label.contains("share")).count(),
        1,
        "bob's share is in his vault"
    );
}

#[test]
fn a_backup_restores_the_wallets_into_an_empty_device() {
    let cluster = Cluster::start();
    let [alice, bob] = ["alice", "bob"].map(|name| cluster.device(name));
    let made = make_wallet(&[&alice, &bob], "Team", "ed25519", 2);
    let file = cluster.folder().join("alice.age").display().to_string();
    assert!(alice.start_with_input(&["backup", &file], "correct horse battery").ended().success());
    assert!(fs::read_to_string(&file).unwrap().starts_with("-----BEGIN AGE ENCRYPTED FILE-----"));
    let used = bob.start_with_input(&["restore", &file], "correct horse battery").failed();
    assert_eq!(used.0, "not_empty", "{}", used.1);
    let replacement = cluster.device("alice-new");
    assert!(replacement.start_with_input(&["restore", &file], "correct horse battery").ended().success());
    assert_eq!(replacement.run(&["wallets"])[0]["wallet_id"], made[0]["wallet_id"]);
    assert_eq!(replacement.run(&["address", "Team"])[0]["address"], made[0]["addresses"][0]["address"]);
    assert_eq!(
        replacement.run(&["device"])[0]["id"],
        alice.run(&["device"])[0]["id"],
        "it is the same device"
    );
}

#[test]
fn a_wallet_whose_share_is_gone_shows_no_address() {
    let cluster = Cluster::start();
    let [alice, bob] = ["alice", "bob"].map(|name| cluster.device(name).with(&["--keystore", "vault"]));
    let vault = |device: &Device| device.folder().join("vault");
    const PASSPHRASE: &str = "correct horse battery";
    assert!(alice.start_with_input(&["device"], PASSPHRASE).ended().success());
    let before = fs::read(vault(&alice)).unwrap();
    let mut creating = alice.start_with_input(&create("Team", "ed25519", 2, 2), PASSPHRASE);
    let mut joining = bob.start_with_input(&["join", &creating.session_id()], PASSPHRASE);
    creating.completed();
    assert!(joining.ended().success() && creating.ended().success());
    fs::write(vault(&alice), before).unwrap();
    let mut looking = alice.start_with_input(&["resume"], PASSPHRASE);
    assert!(looking.ended().success());
    let wallet = looking.wait_for("wallet", |_| true);
    assert_eq!((&wallet["status"], &wallet["addresses"]), (&Value::from("unusable"), &Value::Null));
}
