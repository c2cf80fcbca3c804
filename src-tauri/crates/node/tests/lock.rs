//! Locking the app: what is hidden, what is refused, what unlocks it.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod common;
#[path = "../../keystore/tests/common/mod.rs"]
mod keychain;

use common::{PASSPHRASE, config, create, make_wallet, open, request, server, snapshot, until};
use keychain::{Session, inside};
use keystore::{KeystoreError, Passphrase, Vault};
use node::{
    Node, NodeConfig,
    snapshot::{ChainSource, ChainSourceEntry, KeystoreKind, KeystoreStatus, Snapshot},
};

const WRONG: &str = "incorrect horse battery";
const OTHER: &str = "another horse battery";
const NODE: &str = "https://node.example.org:8332";

fn status(node: &Node) -> KeystoreStatus {
    snapshot(node).keystore.status
}

/// What a locked app must not show.
fn has_contents(snapshot: &Snapshot) -> bool {
    !snapshot.wallets.is_empty()
        || !snapshot.sessions.is_empty()
        || !snapshot.contacts.is_empty()
        || !snapshot.device.id.is_empty()
        || !snapshot.device.fingerprint.is_empty()
}

/// Whether the keystore has the password of the node of regtest.
fn has_password(node: &Node) -> bool {
    let sources = snapshot(node).chain_sources;
    sources
        .iter()
        .any(|view| matches!(view.source, Some(ChainSource::NodeWithUser { has_password: true, .. })))
}

#[tokio::test]
async fn a_locked_app_holds_no_secret_and_shows_no_wallet_until_the_vaults_passphrase_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let url = server().await;
    let with_server = |device| NodeConfig { server: Some(url.clone()), ..config(folder.path(), device) };
    let (alice, bob) = (open(with_server("alice")).await, open(with_server("bob")).await);
    let wallet = make_wallet(&alice, &bob).await;
    let before = snapshot(&alice);
    assert!(has_contents(&before), "the test's premise");

    alice.lock().await.unwrap();
    assert_eq!(status(&alice), KeystoreStatus::Locked);
    assert!(!has_contents(&snapshot(&alice)));
    let vault = folder.path().join("alice/vault");
    let passphrase = Passphrase::new(PASSPHRASE.to_owned());
    Vault::open(&vault, &passphrase).expect("nothing in the program holds the vault any more");
    for refused in [
        alice.create_session(request()).await.unwrap_err(),
        alice.certificate(wallet.clone()).await.unwrap_err(),
        alice.back_up(PASSPHRASE.into()).await.unwrap_err(),
        alice.confirm_words(wallet, true).await.unwrap_err(),
        alice.set_server("ws://127.0.0.1:9".to_owned()).await.unwrap_err(),
        alice.stop_hosting().await.unwrap_err(),
        alice.retry_keystore().await.unwrap_err(),
    ] {
        assert_eq!(refused.code(), "app_locked");
    }
    assert_eq!(alice.unlock(WRONG.into()).await.unwrap_err().code(), "wrong_passphrase");
    assert_eq!(status(&alice), KeystoreStatus::Locked, "and it stays locked");
    alice.lock().await.expect("locking what is locked changes nothing");

    alice.unlock(PASSPHRASE.into()).await.unwrap();
    let after = snapshot(&alice);
    assert_eq!(
        (after.device, after.wallets, after.contacts),
        (before.device, before.wallets, before.contacts)
    );
    assert!(matches!(Vault::open(&vault, &passphrase), Err(KeystoreError::InUse)));
    alice.close().await;
    bob.close().await;
}

#[tokio::test]
async fn a_session_that_waits_keeps_the_app_open_until_it_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let server = Some(server().await);
    let node = open(NodeConfig { server, ..config(folder.path(), "alice") }).await;
    let (session, _) = create(&node).await;
    assert_eq!(node.lock().await.unwrap_err().code(), "session_running");
    node.leave_session(session).await.unwrap();
    until(&node, "the session ends", |now| now.sessions[0].ended_at.is_some()).await;
    node.lock().await.expect("nothing needs the keys any more");
    assert_eq!(status(&node), KeystoreStatus::Locked);
}

#[tokio::test]
async fn a_vault_that_was_never_opened_is_not_locked() {
    let folder = tempfile::tempdir().unwrap();
    let node = Node::open(config(folder.path(), "alice")).await.unwrap();
    assert_eq!(node.lock().await.unwrap_err().code(), "vault_locked");
    node.unlock(PASSPHRASE.into()).await.unwrap();
    let second = node.set_app_passphrase(None, Some(OTHER.into())).await;
    assert_eq!(second.unwrap_err().code(), "keystore", "the vault has a passphrase already");
}

#[tokio::test]
async fn a_vault_that_has_gone_is_not_replaced_by_an_empty_one() {
    let folder = tempfile::tempdir().unwrap();
    let node = open(config(folder.path(), "alice")).await;
    node.lock().await.unwrap();
    let vault = folder.path().join("alice/vault");
    std::fs::rename(&vault, folder.path().join("elsewhere")).unwrap();
    assert_eq!(node.unlock(PASSPHRASE.into()).await.unwrap_err().code(), "keystore");
    assert!(!vault.exists(), "whoever finds the file again can put it back");
    std::fs::rename(folder.path().join("elsewhere"), &vault).unwrap();
    node.unlock(PASSPHRASE.into()).await.unwrap();
}

#[test]
fn the_app_passphrase_locks_a_device_whose_secrets_are_in_the_keychain() {
    let test = "the_app_passphrase_locks_a_device_whose_secrets_are_in_the_keychain";
    inside(Session::GnomeKeyring, test, || {
        tokio::runtime::Runtime::new().unwrap().block_on(with_a_keychain());
    });
}

#[test]
fn the_keystore_is_chosen_anew_as_long_as_nobody_counts_on_what_is_in_it() {
    let test = "the_keystore_is_chosen_anew_as_long_as_nobody_counts_on_what_is_in_it";
    inside(Session::GnomeKeyring, test, || {
        tokio::runtime::Runtime::new().unwrap().block_on(between_keychain_and_vault());
    });
}

async fn between_keychain_and_vault() {
    let folder = tempfile::tempdir().unwrap();
    let url = server().await;
    let server = || Some(url.clone());
    let config =
        || NodeConfig { keystore: None, server: server(), app_lock: true, ..config(folder.path(), "alice") };
    let node = Node::open(config()).await.unwrap();
    let first = snapshot(&node).device;
    assert_eq!(snapshot(&node).keystore.kind, KeystoreKind::Os);
    assert!(snapshot(&node).keystore.can_switch, "a device that was started a moment ago");
    node.set_app_passphrase(None, Some(OTHER.into())).await.unwrap();
    let password = Some("a password".into());
    let source = ChainSourceEntry::NodeWithUser { url: NODE.to_owned(), user: "ann".to_owned(), password };
    node.set_chain_source("regtest".to_owned(), Some(source)).await.unwrap();
    assert!(has_password(&node));

    node.use_keystore(KeystoreKind::Vault).await.unwrap();
    assert_eq!(status(&node), KeystoreStatus::NeedsPassphrase { fresh: true });
    assert!(!snapshot(&node).settings.app_passphrase, "it was the keychain's");
    assert!(snapshot(&node).keystore.can_switch, "nothing is made yet");
    node.unlock(PASSPHRASE.into()).await.unwrap();
    let second = snapshot(&node).device;
    assert_ne!(second.id, first.id, "keys are not moved");
    assert!(!has_password(&node), "nor is a password");
    node.close().await;

    let node = Node::open(config()).await.unwrap();
    assert_eq!(snapshot(&node).keystore.kind, KeystoreKind::Vault, "the choice stays");
    node.unlock(PASSPHRASE.into()).await.unwrap();
    assert_eq!(snapshot(&node).device, second);
    node.use_keystore(KeystoreKind::Os).await.unwrap();
    let third = snapshot(&node).device;
    assert_eq!(status(&node), KeystoreStatus::Open, "the app passphrase was erased with the rest");
    assert_ne!(third.id, first.id, "and so was the first identity");
    assert!(!has_password(&node), "and the password");
    node.use_keystore(KeystoreKind::Vault).await.unwrap();
    assert_eq!(status(&node), KeystoreStatus::NeedsPassphrase { fresh: false });
    node.unlock(PASSPHRASE.into()).await.unwrap();

    let bob = open(NodeConfig { server: server(), ..common::config(folder.path(), "bob") }).await;
    let wallet = make_wallet(&node, &bob).await;
    until(&node, "that its keys are needed now", |now| !now.keystore.can_switch).await;
    let device = snapshot(&node).device;
    assert_eq!(node.use_keystore(KeystoreKind::Os).await.unwrap_err().code(), "keystore");
    assert_eq!(snapshot(&node).device, device, "nothing was changed");
    node.confirm_words(wallet, true).await.expect("and the wallet can be used");
    node.lock().await.unwrap();
    assert!(!snapshot(&node).keystore.can_switch, "a locked app says nothing and changes nothing");
}

async fn with_a_keychain() {
    let folder = tempfile::tempdir().unwrap();
    let config = |app_lock| NodeConfig {
        keystore: Some(KeystoreKind::Os),
        app_lock,
        ..config(folder.path(), "alice")
    };
    let node = Node::open(config(true)).await.unwrap();
    let device = snapshot(&node).device;
    assert_eq!(status(&node), KeystoreStatus::Open);
    assert_eq!(node.lock().await.unwrap_err().code(), "no_passphrase", "anybody could unlock it");
    let short = node.set_app_passphrase(None, Some("too short".into())).await;
    assert_eq!(short.unwrap_err().code(), "passphrase_too_short");
    assert!(!snapshot(&node).settings.app_passphrase);

    node.set_app_passphrase(None, Some(PASSPHRASE.into())).await.unwrap();
    assert!(snapshot(&node).settings.app_passphrase);
    for current in [None, Some(WRONG.into())] {
        let changed = node.set_app_passphrase(current, Some(OTHER.into())).await;
        assert_eq!(changed.unwrap_err().code(), "wrong_passphrase");
    }
    node.lock().await.unwrap();
    assert!(!has_contents(&snapshot(&node)));
    assert_eq!(node.unlock(WRONG.into()).await.unwrap_err().code(), "wrong_passphrase");
    assert_eq!(status(&node), KeystoreStatus::Locked);
    node.unlock(PASSPHRASE.into()).await.unwrap();
    assert_eq!(snapshot(&node).device, device);
    node.close().await;

    let node = Node::open(config(true)).await.unwrap();
    assert_eq!(status(&node), KeystoreStatus::Locked, "it starts locked");
    node.unlock(PASSPHRASE.into()).await.unwrap();
    node.set_app_passphrase(Some(PASSPHRASE.into()), None).await.unwrap();
    node.close().await;
    let node = Node::open(config(true)).await.unwrap();
    assert_eq!(status(&node), KeystoreStatus::Open, "without a passphrase there is nothing to lock");
    node.set_app_passphrase(None, Some(OTHER.into())).await.unwrap();
    node.close().await;

    // As after a crash between the keychain and the database.
    let database = rusqlite::Connection::open(folder.path().join("alice/permafrost.sqlite")).unwrap();
    let forgotten = "UPDATE settings SET value = '' WHERE key = 'app passphrase'";
    assert_eq!(database.execute(forgotten, []).unwrap(), 1);
    let node = Node::open(config(true)).await.unwrap();
    assert_eq!(status(&node), KeystoreStatus::Locked, "the keychain decides");
    node.unlock(OTHER.into()).await.unwrap();
    assert!(snapshot(&node).settings.app_passphrase);
    node.close().await;
    let node = Node::open(config(false)).await.unwrap();
    assert_eq!(status(&node), KeystoreStatus::Open, "the command line has no window to keep people out of");
    node.close().await;
}
