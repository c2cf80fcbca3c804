//! What people do with finished wallets and with the devices they met, without leaving this process.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod common;

use std::{fs, path::Path, sync::Arc};

use common::{PASSPHRASE, PATIENCE, config, open, request, server, snapshot, until};
use node::{
    AddressRequest, CreateSession, Node, NodeConfig, SetLabel,
    snapshot::{
        ContactView, Recognition, SessionState, SessionView, Snapshot, WaitingFor, WalletStatus, WalletView,
    },
};
use serde_json::Value;
use tokio::time::timeout;

/// Removes a wallet as soon as the session that made it serves nobody any more.
async fn remove_once_left_alone(node: &Node, wallet: &str, name: &str) {
    let removed = async {
        let mut snapshots = node.snapshots();
        while let Err(error) = node.remove_wallet(wallet.to_owned(), name.to_owned()).await {
            assert_eq!(error.code(), "still_running");
            snapshots.changed().await.unwrap();
        }
    };
    timeout(PATIENCE, removed).await.expect("the session's task ends");
}

async fn device(folder: &Path, url: &str, name: &str) -> Node {
    open(NodeConfig { server: Some(url.to_owned()), ..config(folder, name) }).await
}

fn bitcoin(name: &str, network: &str) -> CreateSession {
    CreateSession {
        name: name.to_owned(),
        ciphersuite: "secp256k1-tr".to_owned(),
        network: Some(network.to_owned()),
        ..request()
    }
}

/// Has the second device join what the first creates; returns the wallet's ID and what the second was asked.
async fn make(creator: &Node, joiner: &Node, request: CreateSession) -> (String, Snapshot) {
    let created = creator.create_session(request).await.unwrap();
    let id = snapshot(creator).sessions.into_iter().find(|view| view.key == created).unwrap().session_id;
    let joined = joiner.join_session(id.unwrap(), true).await.unwrap();
    let state = |now: &Snapshot, key: &str| {
        now.sessions.iter().find(|view| view.key == key).map(|view| view.state.clone()).unwrap()
    };
    let asks = |now: &Arc<Snapshot>| {
        matches!(state(now, &joined), SessionState::Waiting { waiting_for: WaitingFor::Consent, .. })
    };
    let asked = until(joiner, "the joiner is asked", asks).await;
    joiner.consent(joined.clone()).await.unwrap();
    let mut wallet = String::new();
    for (node, key) in [(joiner, &joined), (creator, &created)] {
        let done = |now: &Arc<Snapshot>| matches!(state(now, key), SessionState::Completed { unconfirmed, .. } if unconfirmed.is_empty());
        let now = until(node, "the wallet is made", done).await;
        let SessionState::Completed { wallet_id, .. } = state(&now, key) else { unreachable!() };
        wallet = wallet_id;
    }
    // The tasks end a moment after all have confirmed.
    until(creator, "the creator's wallet", |now| now.wallets.iter().any(|view| view.id == wallet)).await;
    (wallet, asked)
}

fn wallet(node: &Node, id: &str) -> WalletView {
    snapshot(node).wallets.into_iter().find(|view| view.id == id).expect("the wallet is listed")
}

fn contact(node: &Node, name: &str) -> ContactView {
    let contacts = snapshot(node).contacts;
    contacts.iter().find(|view| view.device.name == name).unwrap_or_else(|| panic!("{contacts:?}")).clone()
}

#[tokio::test]
async fn a_wallet_is_for_its_network_alone_and_has_a_name_of_its_own_on_each_device() {
    let folder = tempfile::tempdir().unwrap();
    let url = server().await;
    let (alice, bob) = (device(folder.path(), &url, "alice").await, device(folder.path(), &url, "bob").await);
    let (id, asked) = make(&alice, &bob, bitcoin("Coins", "regtest")).await;
    let proposal = asked.sessions[0].proposal.clone().unwrap();
    assert_eq!(proposal.network.as_deref(), Some("regtest"), "whoever agrees is told");
    for node in [&alice, &bob] {
        let view = wallet(node, &id);
        assert_eq!(view.network.as_deref(), Some("regtest"));
        let WalletStatus::Active { addresses, descriptors, .. } = view.status else { panic!() };
        assert_eq!(addresses.len(), 1, "of its own network only: {addresses:?}");
        assert!(addresses[0].address.starts_with("bcrt1p") && addresses[0].network == "regtest");
        assert_eq!(descriptors.len(), 1);
        assert!(descriptors[0].descriptor.contains("tpub"), "{descriptors:?}");
    }

    let both = ["Rent\u{202e}", ""];
    for bad in both {
        assert_eq!(alice.rename_wallet(id.clone(), bad.to_owned()).await.unwrap_err().code(), "invalid_name");
    }
    alice.rename_wallet(id.clone(), "  Rent ".to_owned()).await.unwrap();
    let view = wallet(&alice, &id);
    assert_eq!((view.name.as_str(), view.ceremony_name.as_str()), ("Rent", "Coins"));
    assert_eq!(wallet(&bob, &id).name, "Coins", "the others keep theirs");
    alice.close().await;
    let alice = device(folder.path(), &url, "alice").await;
    assert_eq!(wallet(&alice, &id).name, "Rent", "and stays");

    let certificate = alice.certificate("Rent".to_owned()).await.unwrap();
    assert_eq!(certificate["name"], "Coins", "what all signed does not change");
    let checked = bob.check_certificate(certificate.to_string()).await.unwrap();
    assert_eq!((checked.network.as_deref(), checked.wallet.as_deref()), (Some("regtest"), Some(id.as_str())));
    alice.rename_wallet(id.clone(), "Coins".to_owned()).await.unwrap();
    assert_eq!(wallet(&alice, &id).name, "Coins");
}

#[tokio::test]
async fn unknown_networks_are_refused_when_a_wallet_is_created() {
    let folder = tempfile::tempdir().unwrap();
    let alice = device(folder.path(), "ws://127.0.0.1:9", "alice").await;
    let of = |ciphersuite: &str, network: &str| CreateSession {
        ciphersuite: ciphersuite.to_owned(),
        network: Some(network.to_owned()),
        ..request()
    };
    for (ciphersuite, network, says) in [
        ("secp256k1-tr", "devnet", "testnet4, signet, regtest"),
        ("ed25519", "signet", "mainnet, devnet, testnet"),
        ("secp256k1", "mainnet", "raw messages"),
    ] {
        let refused = alice.create_session(of(ciphersuite, network)).await.unwrap_err();
        assert_eq!(refused.code(), "invalid_network");
        assert!(refused.to_string().contains(says), "{refused}");
    }
    let session = alice.create_session(of("ed25519", "devnet")).await.unwrap();
    let view = snapshot(&alice).sessions.into_iter().find(|view| view.key == session).unwrap();
    assert_eq!(view.proposal.unwrap().network.as_deref(), Some("devnet"));
}

#[tokio::test]
async fn fresh_addresses_are_given_out_until_other_wallets_would_stop_looking() {
    let folder = tempfile::tempdir().unwrap();
    let url = server().await;
    let (alice, bob) = (device(folder.path(), &url, "alice").await, device(folder.path(), &url, "bob").await);
    let (id, _) = make(&alice, &bob, bitcoin("Coins", "signet")).await;
    let at = |index| AddressRequest { wallet: id.clone(), network: None, change: false, index };
    let mut given = vec![alice.address(at(0)).await.unwrap()];
    for index in 1..20 {
        let address = alice.fresh_address(id.clone()).await.unwrap();
        assert_eq!(address, bob.address(at(index)).await.unwrap(), "bob derives the same");
        let view = wallet(&alice, &id);
        let WalletStatus::Active { addresses, .. } = view.status else { panic!() };
        assert_eq!((view.receive_index, &addresses[0].address), (index, &address), "it is shown");
        assert!(!given.contains(&address), "no address twice");
        given.push(address);
    }
    let no_more = alice.fresh_address(id.clone()).await.unwrap_err();
    assert_eq!(no_more.code(), "too_many_addresses");
    assert!(no_more.to_string().contains("20 unused addresses"), "it says why: {no_more}");
    alice.close().await;
    let alice = device(folder.path(), &url, "alice").await;
    assert_eq!(wallet(&alice, &id).receive_index, 19, "a restart gives out none again");

    let (solana, _) = make(&alice, &bob, request()).await;
    assert_eq!(alice.fresh_address(solana).await.unwrap_err().code(), "no_address");
}

#[tokio::test]
async fn an_export_has_what_watching_needs_and_nothing_secret() {
    let folder = tempfile::tempdir().unwrap();
    let url = server().await;
    let (alice, bob) = (device(folder.path(), &url, "alice").await, device(folder.path(), &url, "bob").await);
    let (id, _) = make(&alice, &bob, bitcoin("Coins", "testnet4")).await;
    let export = alice.export_wallet(id.clone()).await.unwrap();
    assert_eq!((&export["format"], &export["version"]), (&"permafrost-wallet".into(), &1.into()));
    assert_eq!((&export["network"], &export["ciphersuite"]), (&"testnet4".into(), &"secp256k1-tr".into()));
    assert_eq!((&export["threshold"], &export["participants"]), (&2.into(), &2.into()));
    let view = wallet(&bob, &id);
    let WalletStatus::Active { addresses, descriptors, group_public_key, .. } = view.status else { panic!() };
    assert_eq!(export["address"], addresses[0].address.as_str());
    assert_eq!(export["descriptor"], descriptors[0].descriptor.as_str());
    assert_eq!(export["groupPublicKey"], group_public_key.as_str());
    let members = export["members"].as_array().unwrap();
    assert_eq!(members.iter().map(|member| &member["name"]).filter(|name| **name == "bob").count(), 1);
    assert!(members.iter().all(|member| member["fingerprint"].as_array().map(Vec::len) == Some(8)));

    let (raw, _) =
        make(&alice, &bob, CreateSession { ciphersuite: "secp256k1".to_owned(), ..request() }).await;
    let export = alice.export_wallet(raw).await.unwrap();
    assert_eq!((&export["network"], export.get("address")), (&Value::Null, None), "no chain, no address");
    alice.confirm_words(id.clone(), false).await.unwrap();
    assert_eq!(alice.export_wallet(id).await.unwrap_err().code(), "quarantined");
}

#[tokio::test]
async fn a_removed_wallet_is_gone_from_the_database_and_the_vault() {
    let folder = tempfile::tempdir().unwrap();
    let url = server().await;
    let (alice, bob) = (device(folder.path(), &url, "alice").await, device(folder.path(), &url, "bob").await);
    let (id, _) = make(&alice, &bob, request()).await;
    let (other, _) = make(&alice, &bob, bitcoin("Coins", "signet")).await;
    until(&alice, "both sessions have ended", |now| {
        now.sessions.iter().filter(|view| view.ended_at.is_some()).count() == 2
    })
    .await;
    alice.rename_wallet(id.clone(), "Old".to_owned()).await.unwrap();
    for wrong in ["Team", "old", ""] {
        let refused = alice.remove_wallet(id.clone(), wrong.to_owned()).await.unwrap_err();
        assert_eq!(refused.code(), "other_name", "{wrong:?}");
    }
    let before = fs::metadata(folder.path().join("alice/vault")).unwrap().len();
    remove_once_left_alone(&alice, &id, "Old").await;
    let now = snapshot(&alice);
    assert_eq!(now.wallets.iter().map(|view| &view.id).collect::<Vec<_>>(), [&other]);
    assert!(now.problems.is_empty());
    let made = |view: &SessionView| match &view.state {
        SessionState::Completed { wallet_id, .. } => Some(wallet_id.clone()),
        _ => None,
    };
    let listed: Vec<_> = now.sessions.iter().filter_map(made).collect();
    assert_eq!(listed, std::slice::from_ref(&other), "the session that made it is not offered any more");
    let after = fs::metadata(folder.path().join("alice/vault")).unwrap().len();
    assert!(after < before, "share and link secret are gone from the vault: {before} → {after}");
    assert_eq!(contact(&alice, "bob").wallets, std::slice::from_ref(&other));
    alice.close().await;
    let database = rusqlite::Connection::open(folder.path().join("alice/permafrost.sqlite")).unwrap();
    let rows: Vec<String> = database
        .prepare("SELECT hex(id) FROM wallets")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(rows, [other.to_uppercase()]);
    drop(database);
    let again = device(folder.path(), &url, "alice").await;
    assert_eq!(snapshot(&again).wallets.len(), 1, "and does not come back");
    let address = AddressRequest { wallet: id, network: None, change: false, index: 0 };
    assert_eq!(again.address(address).await.unwrap_err().code(), "unknown_wallet");
    assert!(
        matches!(wallet(&again, &other).status, WalletStatus::Active { .. }),
        "the other one stays whole"
    );
    assert!(matches!(snapshot(&bob).wallets.len(), 2), "nothing changes for the others");
}

#[tokio::test]
async fn whose_words_turn_out_to_differ_is_verified_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let url = server().await;
    let (alice, bob) = (device(folder.path(), &url, "alice").await, device(folder.path(), &url, "bob").await);
    let (id, _) = make(&alice, &bob, request()).await;
    alice.confirm_words(id.clone(), true).await.unwrap();
    assert!(contact(&alice, "bob").verified, "the test's premise");
    alice.confirm_words(id, false).await.unwrap();
    assert!(!contact(&alice, "bob").verified);
}

#[tokio::test]
async fn those_with_whom_a_wallet_was_made_are_contacts() {
    let folder = tempfile::tempdir().unwrap();
    let url = server().await;
    let (alice, bob) = (device(folder.path(), &url, "alice").await, device(folder.path(), &url, "bob").await);
    assert!(snapshot(&alice).contacts.is_empty());
    let (id, asked) = make(&alice, &bob, request()).await;
    assert_eq!(asked.sessions[0].proposal.as_ref().unwrap().by_recognition, Recognition::Stranger);
    let met = contact(&alice, "bob");
    assert_eq!((met.device.clone(), met.verified), (snapshot(&bob).device, false));
    assert_eq!((met.claimed_name.as_str(), met.wallets.clone()), ("bob", vec![id.clone()]));
    assert!(snapshot(&alice).contacts.len() == 1, "the device itself is none");

    alice.confirm_words(id.clone(), true).await.unwrap();
    assert!(contact(&alice, "bob").verified, "the words were compared with its owner");
    let (_, asked) = make(&bob, &alice, request()).await;
    let participants = &asked.sessions[0].participants;
    let of =
        |name: &str| participants.iter().find(|one| one.device.name == name).unwrap().recognition.clone();
    assert_eq!((of("alice"), of("bob")), (Recognition::Own, Recognition::Known { verified: true }));

    let key = met.device.id.clone();
    alice.rename_contact(key.clone(), "Robert".to_owned()).await.unwrap();
    alice.verify_contact(key.clone(), false).await.unwrap();
    let renamed = contact(&alice, "Robert");
    assert_eq!((renamed.claimed_name.as_str(), renamed.verified), ("bob", false));
    assert!(wallet(&alice, &id).members.iter().any(|member| member.name == "Robert"), "in wallets, too");
    alice.rename_contact(key.clone(), " ".to_owned()).await.unwrap();
    assert_eq!(contact(&alice, "bob").device.id, key, "a blank name goes back to its own");
    assert_eq!(
        alice.rename_contact(key.clone(), "a\nb".to_owned()).await.unwrap_err().code(),
        "invalid_name"
    );

    alice.forget_contact(key.clone()).await.unwrap();
    assert!(snapshot(&alice).contacts.is_empty());
    assert_eq!(alice.forget_contact(key.clone()).await.unwrap_err().code(), "unknown_contact");
    assert_eq!(alice.verify_contact("x".to_owned(), true).await.unwrap_err().code(), "unknown_contact");
    assert_eq!(snapshot(&alice).wallets.len(), 2, "the wallets that both share stay");
    make(&alice, &bob, request()).await;
    assert!(!contact(&alice, "bob").verified, "the next ceremony makes it a contact again");
    alice.close().await;
    assert_eq!(contact(&device(folder.path(), &url, "alice").await, "bob").wallets.len(), 3, "which is kept");
}

#[tokio::test]
async fn an_impostor_under_a_known_name_is_pointed_out() {
    let folder = tempfile::tempdir().unwrap();
    let url = server().await;
    let (alice, bob) = (device(folder.path(), &url, "alice").await, device(folder.path(), &url, "bob").await);
    make(&alice, &bob, request()).await;
    let mallory = device(folder.path(), &url, "mallory").await;
    mallory.set_device_name("BоB".to_owned()).await.unwrap();

    let (_, asked) = make(&mallory, &alice, request()).await;
    let bob = snapshot(&bob).device;
    let taken = Recognition::NameTaken { contact: bob.clone() };
    let session = &asked.sessions[0];
    assert_eq!(session.proposal.as_ref().unwrap().by_recognition, taken, "before anybody agrees");
    let of_mallory = session.participants.iter().find(|one| one.device.name == "BоB").unwrap();
    assert_eq!(of_mallory.recognition, taken);
    let refused = alice.rename_contact(of_mallory.device.id.clone(), "Bob".to_owned()).await.unwrap_err();
    assert_eq!(refused.code(), "name_taken");

    // A device that is known keeps the name under which it is.
    mallory.set_device_name("alice".to_owned()).await.unwrap();
    let (_, asked) = make(&mallory, &alice, request()).await;
    assert_eq!(asked.sessions[0].proposal.as_ref().unwrap().by.name, "BоB");
    let shown = contact(&alice, "BоB");
    assert_eq!(shown.claimed_name, "alice", "what it calls itself now is not how it is shown");
}

#[tokio::test]
async fn a_wallet_in_quarantine_still_shows_its_money_and_a_backup_from_before_can_still_sign() {
    let folder = tempfile::tempdir().unwrap();
    let url = server().await;
    let (alice, bob) = (device(folder.path(), &url, "alice").await, device(folder.path(), &url, "bob").await);
    let (id, _) = make(&alice, &bob, bitcoin("Coins", "regtest")).await;
    alice.confirm_words(id.clone(), true).await.unwrap();
    let looked_up =
        |now: &Arc<Snapshot>| now.wallets.iter().any(|view| view.id == id && view.ledger.is_some());
    until(&alice, "what is known of its money", looked_up).await;
    let before = alice.back_up(PASSPHRASE.into()).await.unwrap();

    alice.confirm_words(id.clone(), false).await.unwrap();
    assert_eq!(wallet(&alice, &id).status, WalletStatus::Quarantined);
    assert!(wallet(&alice, &id).ledger.is_some(), "whoever is to remove it has to know what is in it");
    alice.close().await;
    let alice = device(folder.path(), &url, "alice").await;
    until(&alice, "what is known of its money after a restart", looked_up).await;

    let other = device(folder.path(), &url, "other").await;
    other.restore(before, PASSPHRASE.into()).await.unwrap();
    assert!(
        matches!(wallet(&other, &id).status, WalletStatus::Active { verified: true, .. }),
        "the backup is what it was: {:?}",
        wallet(&other, &id).status
    );
}

#[tokio::test]
async fn a_note_on_an_address_stays_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let url = server().await;
    let alice = device(folder.path(), &url, "alice").await;
    let bob = device(folder.path(), &url, "bob").await;
    let (id, _) = make(&alice, &bob, bitcoin("Rent", "regtest")).await;
    let WalletStatus::Active { addresses, .. } = wallet(&alice, &id).status else { panic!() };
    let reference = addresses[0].address.clone();
    let note = |label: &str| SetLabel {
        wallet: "Rent".to_owned(),
        reference: reference.clone(),
        label: label.to_owned(),
    };
    let noted = async |node: &Node| node.label(id.clone(), reference.clone()).await.unwrap();
    assert_eq!(noted(&alice).await, None);
    alice.set_label(note("Given to Erin")).await.unwrap();
    assert_eq!(noted(&alice).await.as_deref(), Some("Given to Erin"));
    assert_eq!(noted(&bob).await, None, "it stays on this device");
    alice.close().await;
    let alice = device(folder.path(), &url, "alice").await;
    assert_eq!(noted(&alice).await.as_deref(), Some("Given to Erin"));
    alice.set_label(note("")).await.unwrap();
    assert_eq!(noted(&alice).await, None);
}
