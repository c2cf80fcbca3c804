//! What people do with wallets and contacts, with the shipped programs, a real server and a real keychain.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::{
    fs,
    path::Path,
    thread::sleep,
    time::{Duration, Instant},
};

use permafrost_tests::cluster::{Cluster, Device, PATIENCE, create, make_wallet};
use serde_json::Value;

/// Has the first device create a wallet for a network and the others join; returns each one's `completed` event.
fn make_on(network: &str, devices: &[&Device], name: &str, curve: &str) -> Vec<Value> {
    let mut arguments = create(name, curve, u32::try_from(devices.len()).unwrap(), 2);
    arguments.extend(["--network", network].map(str::to_owned));
    let mut running = vec![devices[0].start(&arguments)];
    let id = running[0].session_id();
    running.extend(devices[1..].iter().map(|device| device.start(&["join", &id])));
    let completed = running.iter_mut().map(|device| device.completed()).collect();
    assert!(running.iter_mut().all(|device| device.ended().success()));
    completed
}

fn wallets(device: &Device) -> Vec<Value> {
    device.run(&["wallets"]).into_iter().filter(|event| event["event"] == "wallet").collect()
}

fn contacts(device: &Device) -> Vec<Value> {
    device.run(&["contacts"]).into_iter().filter(|event| event["event"] == "contact").collect()
}

#[test]
fn a_regtest_wallet_is_one_on_all_devices() {
    let cluster = Cluster::start();
    let devices = ["alice", "bob", "carol"].map(|name| cluster.device(name));
    let [alice, bob, carol] = &devices;
    let made = make_on("regtest", &[alice, bob, carol], "Coins", "secp256k1-tr");
    for (device, completed) in devices.iter().zip(&made) {
        let listed = wallets(device).remove(0);
        for shown in [completed, &listed] {
            assert_eq!(shown["network"], "regtest", "{}", device.name());
            let [address] = shown["addresses"].as_array().unwrap().as_slice() else { panic!("{shown}") };
            assert_eq!(address["network"], "regtest");
            assert!(address["address"].as_str().unwrap().starts_with("bcrt1p"), "{address}");
            assert_eq!(shown["descriptors"].as_array().map(Vec::len), Some(1), "{shown}");
        }
        let address = device.run(&["address", "Coins"])[0]["address"].clone();
        assert_eq!(address, made[0]["addresses"][0]["address"], "by default on its own network");
    }
    let devnet = make_on("devnet", &[alice, bob], "Play", "ed25519");
    assert_eq!(devnet[1]["addresses"][0]["network"], "devnet");
    let refused = |curve: &str, network: &str| {
        let mut arguments = create("Team", curve, 2, 2);
        arguments.extend(["--network", network].map(str::to_owned));
        alice.fail(&arguments).0
    };
    assert_eq!(refused("secp256k1-tr", "devnet"), "invalid_network");
    assert_eq!(refused("secp256k1", "mainnet"), "invalid_network");
}

#[test]
fn a_wallet_is_renamed_exported_and_its_certificate_checked_by_somebody_else() {
    let cluster = Cluster::start();
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(|name| cluster.device(name));
    make_on("signet", &[&alice, &bob], "Coins", "secp256k1-tr");
    alice.run(&["rename", "Coins", "Rent"]);
    assert_eq!(wallets(&alice)[0]["name"], "Rent");
    assert_eq!(wallets(&bob)[0]["name"], "Coins", "a name is local");
    let export = alice.run(&["export", "Rent"]).remove(0);
    assert_eq!((&export["format"], &export["network"]), (&"permafrost-wallet".into(), &"signet".into()));
    assert_eq!(export["descriptor"], wallets(&bob)[0]["descriptors"][0]["descriptor"]);
    let fresh = alice.run(&["address", "Rent", "--fresh"]).remove(0);
    assert_eq!(fresh["address"], bob.run(&["address", "Coins", "--index", "1"])[0]["address"]);
    assert_eq!(
        alice.run(&["address", "Rent"])[0]["address"],
        fresh["address"],
        "it is the one to give out now"
    );

    let certificate = alice.run(&["certificate", "Rent"]).remove(0);
    let file = cluster.folder().join("certificate.json");
    let path = file.display().to_string();
    fs::write(&file, certificate.to_string()).unwrap();
    let checked = bob.run(&["check-certificate", &path]).remove(0);
    assert_eq!(checked["wallet"], wallets(&bob)[0]["wallet_id"]);
    let checked = carol.run(&["check-certificate", &path]).remove(0);
    assert_eq!((&checked["wallet"], &checked["network"]), (&Value::Null, &"signet".into()), "not carol's");
    let mut forged = certificate.clone();
    let hex = certificate["certificate"].as_str().unwrap();
    let last = if hex.ends_with('0') { "1" } else { "0" };
    forged["certificate"] = format!("{}{last}", &hex[..hex.len() - 1]).into();
    fs::write(&file, forged.to_string()).unwrap();
    let (code, message) = carol.fail(&["check-certificate", &path]);
    assert_eq!(code, "certificate_untrue");
    assert!(message.contains("“alice”") || message.contains("“bob”"), "it names the device: {message}");
    fs::write(&file, "hello").unwrap();
    assert_eq!(carol.fail(&["check-certificate", &path]).0, "no_certificate");
}

#[test]
fn a_removed_wallet_leaves_nothing_in_the_keychain_and_the_database() {
    let cluster = Cluster::start();
    let [alice, bob] = ["alice", "bob"].map(|name| cluster.device(name));
    let id = make_wallet(&[&alice, &bob], "Team", "ed25519", 2)[0]["wallet_id"].clone();
    let id = id.as_str().unwrap();
    assert_eq!(secrets_of(&cluster, id), 4, "share and link secret of each device");
    assert!(folder_has(&alice.folder(), &bytes(id)), "the database has its row");
    assert_eq!(alice.fail(&["remove", "Team", "--name", "team"]).0, "other_name");
    assert_eq!(secrets_of(&cluster, id), 4, "nothing was removed");

    alice.run(&["remove", "Team", "--name", "Team"]);
    assert!(wallets(&alice).is_empty());
    assert_eq!(secrets_of(&cluster, id), 2, "only bob's are left");
    assert!(!folder_has(&alice.folder(), &bytes(id)), "no trace of it in alice's folder");
    assert!(!folder_has(&alice.folder(), b"Team"), "nor of its name");
    assert_eq!(wallets(&bob)[0]["wallet_id"], id, "bob keeps his");
    assert_eq!(contacts(&alice)[0]["device"]["name"], "bob", "whom alice still knows");
}

/// When a removal is killed.
#[derive(Clone, Copy, Debug)]
enum Kill {
    /// So long after it was started: before it has begun, in between, or after it has ended.
    After(Duration),
    /// As soon as it is durable that the wallet is being removed: its secrets may still be there, all or some.
    Begun,
}

#[test]
fn a_removal_that_is_killed_leaves_a_whole_wallet_or_none() {
    let cluster = Cluster::start();
    let [alice, bob] = ["alice", "bob"].map(|name| cluster.device(name));
    let times = [0, 30, 60, 120, 240].map(|pause| Kill::After(Duration::from_millis(pause)));
    let (mut whole, mut removed, mut unfinished) = (0, 0, 0);
    let mut id = None;
    for moment in times.into_iter().chain([Kill::Begun; 6]) {
        let wallet = id.get_or_insert_with(|| {
            let made = make_wallet(&[&alice, &bob], "Team", "ed25519", 2);
            made[0]["wallet_id"].as_str().unwrap().to_owned()
        });
        let mut removing = alice.start(&["remove", wallet, "--name", "Team"]);
        match moment {
            Kill::After(pause) => sleep(pause),
            Kill::Begun => {
                // The log of changes has the row as it is now.
                let log = alice.folder().join("permafrost.sqlite-wal");
                let deadline = Instant::now() + PATIENCE;
                while !fs::read(&log).is_ok_and(|log| has(&log, b"storing")) {
                    assert!(Instant::now() < deadline, "it does not begin");
                }
            }
        }
        removing.kill();
        unfinished += usize::from(secrets_of(&cluster, wallet) != 2);
        // The next start finishes what was begun.
        alice.run(&["device"]);
        let is_listed = wallets(&alice).iter().any(|listed| listed["wallet_id"] == wallet.as_str());
        if is_listed {
            whole += 1;
            assert!(!matches!(moment, Kill::Begun), "what was begun is not taken back");
            assert_eq!(secrets_of(&cluster, wallet), 4, "a wallet that is listed is whole");
            assert!(alice.run(&["address", wallet])[0]["address"].is_string());
        } else {
            removed += 1;
            assert_eq!(secrets_of(&cluster, wallet), 2, "one that is not has left no secret ({moment:?})");
            assert!(!folder_has(&alice.folder(), &bytes(wallet)), "and no row");
            id = None;
        }
    }
    assert!(whole > 0 && removed >= 6, "killed before and after: {whole} whole, {removed} removed");
    assert!(unfinished > whole, "and in between: {unfinished} had secrets left, {whole} of them whole");
}

#[test]
fn an_impostor_under_a_known_name_is_flagged() {
    let cluster = Cluster::start();
    let [alice, bob] = ["alice", "bob"].map(|name| cluster.device(name));
    make_wallet(&[&alice, &bob], "Team", "ed25519", 2);
    let known = contacts(&alice).remove(0);
    assert_eq!((&known["device"]["name"], &known["verified"]), (&"bob".into(), &false.into()));
    alice.run(&["verify", "Team", "--match"]);
    assert_eq!(contacts(&alice)[0]["verified"], true, "the words were compared with bob");

    // Another device whose owner calls it so, too.
    let mallory = cluster.device("BOB");
    let mut creating = mallory.start(&create("Trap", "ed25519", 2, 2));
    let mut joining = alice.start(&["join", &creating.session_id()]);
    let flagged = joining.wait_for("progress", |event| {
        let participants = event["participants"].as_array();
        let is_flagged = |one: &Value| one["recognition"]["kind"] == "nameTaken";
        !event["proposal"].is_null() && participants.is_some_and(|all| all.iter().any(is_flagged))
    });
    let proposal = &flagged["proposal"];
    assert_eq!(proposal["by"]["name"], "BOB");
    assert_eq!(proposal["byRecognition"]["kind"], "nameTaken");
    assert_eq!(proposal["byRecognition"]["contact"]["id"], known["device"]["id"], "the bob that alice knows");
    joining.completed();
    creating.completed();
    assert!(joining.ended().success() && creating.ended().success());

    // The one that is known is not.
    let mut creating = bob.start(&create("Again", "ed25519", 2, 2));
    let mut joining = alice.start(&["join", &creating.session_id()]);
    let known = joining.wait_for("progress", |event| !event["proposal"].is_null());
    assert_eq!(known["proposal"]["byRecognition"], serde_json::json!({ "kind": "known", "verified": true }));
    assert!(joining.ended().success() && creating.ended().success());
}

#[test]
fn contacts_are_named_verified_and_forgotten() {
    let cluster = Cluster::start();
    let [alice, bob] = ["alice", "bob"].map(|name| cluster.device(name));
    make_wallet(&[&alice, &bob], "Team", "ed25519", 2);
    let id = contacts(&alice)[0]["device"]["id"].as_str().unwrap().to_owned();
    alice.run(&["contact", &id, "--name", "Robert"]);
    alice.run(&["contact", &id, "--verified"]);
    let contact = contacts(&alice).remove(0);
    assert_eq!((&contact["device"]["name"], &contact["claimedName"]), (&"Robert".into(), &"bob".into()));
    assert_eq!(contact["verified"], true);
    alice.run(&["contact", &id, "--unverified"]);
    assert_eq!(contacts(&alice)[0]["verified"], false);
    alice.run(&["contact", &id, "--forget"]);
    assert!(contacts(&alice).is_empty());
    assert_eq!(wallets(&alice).len(), 1, "the wallet stays");
    assert_eq!(alice.fail(&["contact", &id, "--verified"]).0, "unknown_contact");
}

/// How many items of the keychain belong to a wallet, on all devices.
fn secrets_of(cluster: &Cluster, wallet: &str) -> usize {
    let belongs = |name: &String| name.contains(&format!("/wallet/{wallet}/"));
    cluster.secrets.stored().iter().filter(|item| item.attributes.values().any(belongs)).count()
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<_> =
        hex.chars().map(|digit| u8::try_from(digit.to_digit(16).unwrap()).unwrap()).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// Whether these bytes stand anywhere in the files of a folder.
fn folder_has(folder: &Path, wanted: &[u8]) -> bool {
    fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() { folder_has(&path, wanted) } else { has(&fs::read(&path).unwrap(), wanted) }
    })
}

fn has(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}
