//! One device by itself: profile, settings, keystore and what it refuses, without a network.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::{path::Path, time::Duration};

use node::{
    CreateSession, Node, NodeConfig, Timeouts,
    snapshot::{KeystoreKind, KeystoreStatus, SessionState, Snapshot, WaitingFor},
};
use secrecy::SecretString;

const PASSPHRASE: &str = "correct horse battery";
/// Nobody listens there.
const NOWHERE: &str = "ws://127.0.0.1:9";

fn config(folder: &Path) -> NodeConfig {
    NodeConfig {
        device: Some("alice".to_owned()),
        data_dir: Some(folder.to_owned()),
        server: Some(NOWHERE.to_owned()),
        keystore: Some(KeystoreKind::Vault),
        timeouts: Timeouts { server: Duration::from_millis(300), ..Timeouts::default() },
        ..NodeConfig::default()
    }
}

async fn open(folder: &Path) -> Node {
    let node = Node::open(config(folder)).await.unwrap();
    node.unlock(SecretString::from(PASSPHRASE)).await.unwrap();
    node
}

fn snapshot(node: &Node) -> Snapshot {
    node.snapshots().borrow().as_ref().clone()
}

fn request() -> CreateSession {
    CreateSession {
        name: "Team".to_owned(),
        ciphersuite: "ed25519".to_owned(),
        threshold: 2,
        participants: 3,
        network: None,
        announce: false,
    }
}

#[tokio::test]
async fn a_question_that_changes_nothing_is_answered_without_a_new_snapshot() {
    let folder = tempfile::tempdir().unwrap();
    let node = open(folder.path()).await;
    node.clear_server().await.unwrap();
    let name = snapshot(&node).device.name;
    let mut snapshots = node.snapshots();
    let before = snapshots.borrow_and_update().revision;
    node.diagnostics().await.unwrap();
    node.certificate("none".to_owned()).await.unwrap_err();
    node.set_device_name(name).await.unwrap();
    assert!(!snapshots.has_changed().unwrap(), "whoever asks at each snapshot would ask for ever");
    node.set_device_name("Another".to_owned()).await.unwrap();
    assert!(snapshots.has_changed().unwrap());
    assert_eq!(snapshots.borrow().revision, before + 1);
    node.close().await;
}

#[tokio::test]
async fn a_device_is_the_same_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let node = Node::open(config(folder.path())).await.unwrap();
    assert_eq!(snapshot(&node).keystore.status, KeystoreStatus::NeedsPassphrase { fresh: true });
    assert_eq!(node.create_session(request()).await.unwrap_err().code(), "vault_locked");
    node.unlock(SecretString::from(PASSPHRASE)).await.unwrap();
    node.set_device_name("Alice’s laptop".to_owned()).await.unwrap();
    let first = snapshot(&node).device;
    assert_eq!((first.name.as_str(), first.fingerprint.len()), ("Alice’s laptop", 8));
    let twice = Node::open(config(folder.path())).await;
    assert_eq!(twice.unwrap_err().code(), "profile_in_use");
    node.close().await;
    assert_eq!(node.browse(true).await.unwrap_err().code(), "closed");
    let again = open(folder.path()).await;
    assert_eq!(snapshot(&again).device, first, "identity and name are kept");
    assert_eq!(snapshot(&again).server.url.as_deref(), Some(NOWHERE), "and the server");
}

#[tokio::test]
async fn another_keystore_can_be_chosen_only_while_there_is_no_identity() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).await.close().await;
    let other = NodeConfig { keystore: Some(KeystoreKind::Os), ..config(folder.path()) };
    assert_eq!(Node::open(other).await.unwrap_err().to_string(), node::NodeError::KeystoreInUse.to_string());
}

#[tokio::test]
async fn an_unreachable_server_ends_the_session_and_a_second_attempt_works_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let node = open(folder.path()).await;
    for _ in 0..2 {
        let key = node.create_session(request()).await.unwrap();
        let mut snapshots = node.snapshots();
        let session =
            |snapshot: &Snapshot| snapshot.sessions.iter().find(|view| view.key == key).cloned().unwrap();
        let first = session(&snapshots.borrow());
        assert!(
            matches!(first.state, SessionState::Waiting { waiting_for: WaitingFor::Server, .. }),
            "the snapshot shows the session as soon as its key is known: {:?}",
            first.state
        );
        let failed = snapshots.wait_for(|now| matches!(session(now).state, SessionState::Failed { .. }));
        let ended = session(&failed.await.unwrap());
        let SessionState::Failed { error, unfinished_wallet, .. } = ended.state else { panic!() };
        assert_eq!((error.code.as_str(), unfinished_wallet), ("server_unreachable", None));
        assert!(error.message.contains("No wallet was made"), "it says what it means: {}", error.message);
        node.dismiss_session(key.clone()).await.unwrap();
        assert!(snapshot(&node).sessions.is_empty(), "the list is the user's to clear");
    }
}

#[tokio::test]
async fn a_session_id_for_another_server_needs_the_users_consent() {
    let folder = tempfile::tempdir().unwrap();
    let (alice, elsewhere) = (folder.path().join("a"), folder.path().join("b"));
    let node = open(&alice).await;
    let key = node.create_session(request()).await.unwrap();
    let id =
        snapshot(&node).sessions.iter().find(|view| view.key == key).unwrap().session_id.clone().unwrap();
    assert_eq!(node.join_session(id.clone(), false).await.unwrap_err().code(), "already_joined");
    let other = Node::open(NodeConfig { server: Some("ws://127.0.0.1:10".to_owned()), ..config(&elsewhere) })
        .await
        .unwrap();
    other.unlock(SecretString::from(PASSPHRASE)).await.unwrap();
    let preview = other.inspect_session_id(id.clone()).await.unwrap();
    assert_eq!((preview.server.as_str(), preview.other_server), (NOWHERE, true));
    assert_eq!(other.join_session(id.clone(), false).await.unwrap_err().code(), "other_server");
    other.join_session(id, true).await.expect("the user agreed");
}

#[tokio::test]
async fn what_an_interrupted_storing_left_is_erased_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).await.close().await;
    let database = folder.path().join("alice/permafrost.sqlite");
    let row = "INSERT INTO wallets (id, state, record, server, created_at) VALUES (zeroblob(16), 'storing', x'00', '', 0)";
    rusqlite::Connection::open(&database).unwrap().execute(row, []).unwrap();
    let node = open(folder.path()).await;
    assert!(snapshot(&node).wallets.is_empty(), "it never was a wallet");
    node.close().await;
    let rows =
        rusqlite::Connection::open(&database)
            .unwrap()
            .query_row("SELECT count(*) FROM wallets", [], |row| row.get::<_, u32>(0));
    assert_eq!(rows, Ok(0), "nothing half-made stays");
}

#[tokio::test]
async fn a_backup_makes_an_empty_device_the_same_device_again() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    let node = open(&old).await;
    node.set_device_name("Alice’s laptop".to_owned()).await.unwrap();
    let device = snapshot(&node).device;
    let backup = node.back_up(SecretString::from("another passphrase")).await.unwrap();
    node.close().await;
    let node = open(&new).await;
    let wrong = node.restore(backup.clone(), SecretString::from("no such passphrase")).await;
    assert_eq!(wrong.unwrap_err().code(), "wrong_passphrase");
    let damaged =
        node.restore(backup[..backup.len() / 2].to_vec(), SecretString::from("another passphrase")).await;
    assert!(damaged.is_err());
    node.restore(backup, SecretString::from("another passphrase")).await.unwrap();
    assert_eq!(snapshot(&node).device, device, "identity and name are back");
    node.close().await;
    assert_eq!(snapshot(&open(&new).await).device, device, "and stay");
}

#[tokio::test]
async fn a_keystore_that_is_being_opened_is_not_exchanged_for_another() {
    let folder = tempfile::tempdir().unwrap();
    let node = Node::open(config(folder.path())).await.unwrap();
    let (unlocked, chosen) =
        tokio::join!(node.unlock(SecretString::from(PASSPHRASE)), node.use_keystore(KeystoreKind::Os));
    unlocked.unwrap();
    assert_eq!(chosen.unwrap_err().code(), "keystore", "the device has its identity where it was begun");
    let device = snapshot(&node).device;
    node.close().await;
    assert_eq!(snapshot(&open(folder.path()).await).device, device, "and finds it there again");
}

#[tokio::test]
async fn no_session_begins_while_a_backup_changes_who_the_device_is() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    let node = open(&old).await;
    let device = snapshot(&node).device;
    let backup = node.back_up(SecretString::from("another passphrase")).await.unwrap();
    node.close().await;
    let node = open(&new).await;
    let (restored, again, created) = tokio::join!(
        node.restore(backup.clone(), SecretString::from("another passphrase")),
        node.restore(backup, SecretString::from("another passphrase")),
        node.create_session(request())
    );
    restored.unwrap();
    assert_eq!(again.unwrap_err().code(), "keystore", "one backup at a time");
    assert_eq!(created.unwrap_err().code(), "keystore", "its share would be another device's");
    assert_eq!(snapshot(&node).device, device);
    node.create_session(request()).await.expect("afterwards sessions begin again");
}

#[tokio::test]
async fn a_damaged_wallet_is_reported_and_locks_nothing_else_out() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).await.close().await;
    let database = folder.path().join("alice/permafrost.sqlite");
    let row = "INSERT INTO wallets (id, state, record, server, created_at) VALUES (zeroblob(16), 'active', x'00', '', 0)";
    rusqlite::Connection::open(&database).unwrap().execute(row, []).unwrap();
    let node = open(folder.path()).await;
    let problems = snapshot(&node).problems;
    assert_eq!(problems.len(), 1, "its user is told: {problems:?}");
    assert!(problems[0].message.contains("can't be read"));
    node.create_session(request()).await.expect("and can go on");
    node.close().await;
    let kept =
        rusqlite::Connection::open(&database)
            .unwrap()
            .query_row("SELECT count(*) FROM wallets", [], |row| row.get::<_, u32>(0));
    assert_eq!(kept, Ok(1), "what can't be read is not thrown away");
}

#[tokio::test]
async fn a_device_that_is_still_closing_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let node = open(folder.path()).await;
    let patient = NodeConfig { patience: Duration::from_secs(20), ..config(folder.path()) };
    let (again, ()) = tokio::join!(Node::open(patient), node.close());
    drop(node);
    assert!(again.is_ok(), "{:?}", again.err());
}
