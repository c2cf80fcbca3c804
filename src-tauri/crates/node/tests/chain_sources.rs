//! Where Bitcoin wallets are looked up: at a node whose password nobody sees but the keystore and the node.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod common;

use std::{path::Path, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use common::{
    PATIENCE, config, database, folder_has, make_wallet_of, open, request, server, snapshot, until, vault,
};
use keystore::{Keystore as _, SecretBytes, SecretName};
use node::{
    CreateSession, Node, NodeConfig, NodeError,
    snapshot::{ChainSource, ChainSourceEntry, SyncView},
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpListener,
    sync::mpsc,
    time::timeout,
};

const PASSWORD: &str = "a-password-nobody-may-see";
const OTHER: &str = "another-password";
/// Less than a lock waits for whoever still holds a secret.
const LET_GO: Duration = Duration::from_secs(8);
const URL: &str = "https://node.example.org:8332/";

fn user(url: &str, user: &str, password: Option<&str>) -> ChainSourceEntry {
    ChainSourceEntry::NodeWithUser {
        url: url.to_owned(),
        user: user.to_owned(),
        password: password.map(Into::into),
    }
}

async fn choose(node: &Node, entry: ChainSourceEntry) -> Result<(), NodeError> {
    node.set_chain_source("regtest".to_owned(), Some(entry)).await
}

fn shown(node: &Node) -> Option<ChainSource> {
    snapshot(node).chain_sources.into_iter().find(|view| view.network == "regtest")?.source
}

fn has_password(node: &Node) -> bool {
    matches!(shown(node), Some(ChainSource::NodeWithUser { has_password: true, .. }))
}

/// What the vault has where the database says that the node's password is.
fn kept(folder: &Path) -> (SecretName, Option<SecretBytes>) {
    let query = "SELECT value FROM settings WHERE key = 'bitcoin source regtest'";
    let stored: String = database(folder).query_row(query, [], |row| row.get(0)).unwrap();
    let stored: serde_json::Value = serde_json::from_str(&stored).unwrap();
    let number: [u8; 8] = serde_json::from_value(stored["password"].clone()).unwrap();
    let name = SecretName::node_password(&number);
    (name.clone(), vault(folder).get(&name).unwrap())
}

#[tokio::test]
async fn a_nodes_password_is_kept_and_shown_to_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let node = open(config(folder.path(), "alice")).await;
    choose(&node, user(URL, "ann", Some(PASSWORD))).await.unwrap();
    let view = ChainSource::NodeWithUser { url: URL.to_owned(), user: "ann".to_owned(), has_password: true };
    assert_eq!(shown(&node), Some(view.clone()));
    let (debug, json) = (format!("{:?}", snapshot(&node)), serde_json::to_string(&snapshot(&node)).unwrap());
    for said in [debug, json, node.diagnostics().await.unwrap()] {
        assert!(!said.contains(PASSWORD));
    }
    node.close().await;
    assert!(folder_has(folder.path(), b"node.example.org"), "the test finds what is stored");
    let encoded = STANDARD.encode(format!("ann:{PASSWORD}"));
    for form in [PASSWORD, &encoded, &hex::encode(PASSWORD)] {
        assert!(!folder_has(folder.path(), form.as_bytes()), "{form}");
    }
    assert!(kept(folder.path()).1.is_some_and(|secret| secret.expose() == PASSWORD.as_bytes()));

    let node = open(config(folder.path(), "alice")).await;
    assert_eq!(shown(&node), Some(view), "and it stays");
}

#[tokio::test]
async fn a_nodes_password_is_erased_when_another_or_no_source_takes_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let cookie =
        || ChainSourceEntry::Node { url: "http://127.0.0.1:8332".to_owned(), cookie_file: "/c".to_owned() };
    let esplora = || ChainSourceEntry::Esplora { url: "https://example.org/api".to_owned() };
    for next in [Some(cookie()), Some(esplora()), Some(user(URL, "ann", Some(OTHER))), None] {
        let node = open(config(folder.path(), "alice")).await;
        choose(&node, user(URL, "ann", Some(PASSWORD))).await.unwrap();
        node.close().await;
        let (name, secret) = kept(folder.path());
        assert!(secret.is_some(), "the test's premise");
        let node = open(config(folder.path(), "alice")).await;
        node.set_chain_source("regtest".to_owned(), next).await.unwrap();
        node.close().await;
        assert_eq!(vault(folder.path()).get(&name).unwrap(), None);
        let left: String = database(folder.path())
            .query_row("SELECT value FROM settings WHERE key = 'node passwords to erase'", [], |row| {
                row.get(0)
            })
            .unwrap();
        assert_eq!(left, "[]");
    }
}

#[tokio::test]
async fn a_password_that_a_crash_left_behind_is_erased_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    open(config(folder.path(), "alice")).await.close().await;
    let name = SecretName::node_password(&[7; 8]);
    vault(folder.path()).put(&name, &SecretBytes::copy_of(PASSWORD.as_bytes())).unwrap();
    let noted = "INSERT INTO settings VALUES ('node passwords to erase', '[[7,7,7,7,7,7,7,7]]')";
    database(folder.path()).execute(noted, []).unwrap();
    open(config(folder.path(), "alice")).await.close().await;
    assert_eq!(vault(folder.path()).get(&name).unwrap(), None);
}

#[tokio::test]
async fn a_password_stays_at_another_port_and_is_asked_for_again_at_another_host() {
    let folder = tempfile::tempdir().unwrap();
    let node = open(config(folder.path(), "alice")).await;
    let none = choose(&node, user(URL, "ann", None)).await.unwrap_err();
    assert_eq!(none.code(), "node_password", "there is none to keep");
    assert_eq!(shown(&node), None);
    choose(&node, user(URL, "ann", Some(PASSWORD))).await.unwrap();
    let before = shown(&node);
    for (url, name) in [("https://node.example.com:8332", "ann"), (URL, "ben")] {
        for empty in [None, Some("")] {
            let refused = choose(&node, user(url, name, empty)).await.unwrap_err();
            assert_eq!(refused.code(), "node_password", "{name} at {url}");
            assert_eq!(shown(&node), before, "nothing was changed");
        }
    }
    for (bad, code) in [
        (user(URL, "a:b", Some(PASSWORD)), "invalid_node"),
        (user(URL, "ann", Some("a\nb")), "invalid_node"),
        (user("http://8.8.8.8:8332", "ann", Some(PASSWORD)), "invalid_node"),
    ] {
        let refused = choose(&node, bad).await.unwrap_err();
        assert_eq!(refused.code(), code);
        assert!(!format!("{refused:?} {refused}").contains("a\nb"), "it may be nearly the password");
        assert_eq!(shown(&node), before, "nothing was changed");
    }
    choose(&node, user("https://node.example.org:18443", "ann", None)).await.expect("the same host");
    node.close().await;
    let (_, secret) = kept(folder.path());
    assert!(secret.is_some_and(|secret| secret.expose() == PASSWORD.as_bytes()));
}

#[tokio::test]
async fn a_password_is_neither_set_nor_taken_away_while_the_keystore_is_shut() {
    let folder = tempfile::tempdir().unwrap();
    let node = open(config(folder.path(), "alice")).await;
    choose(&node, user(URL, "ann", Some(PASSWORD))).await.unwrap();
    node.close().await;
    let node = Node::open(config(folder.path(), "alice")).await.unwrap();
    assert!(has_password(&node), "as far as can be told");
    let set = choose(&node, user(URL, "ann", Some(OTHER))).await.unwrap_err();
    assert_eq!(set.code(), "vault_locked");
    let removed = node.set_chain_source("regtest".to_owned(), None).await.unwrap_err();
    assert_eq!(removed.code(), "vault_locked", "it would stay in the vault");
    choose(&node, user("https://node.example.org", "ann", None)).await.expect("no secret is involved");
}

#[tokio::test]
async fn a_password_that_the_keystore_has_lost_is_asked_for_again() {
    let folder = tempfile::tempdir().unwrap();
    let node = open(config(folder.path(), "alice")).await;
    choose(&node, user(URL, "ann", Some(PASSWORD))).await.unwrap();
    node.close().await;
    let (name, _) = kept(folder.path());
    vault(folder.path()).delete(&name).unwrap();
    let node = open(config(folder.path(), "alice")).await;
    assert!(!has_password(&node));
    let again = choose(&node, user(URL, "ann", None)).await.unwrap_err();
    assert_eq!(again.code(), "node_password", "there is none to keep");
    choose(&node, user(URL, "ann", Some(PASSWORD))).await.unwrap();
    assert!(has_password(&node));
}

#[tokio::test]
async fn a_choice_of_an_earlier_version_holds() {
    let folder = tempfile::tempdir().unwrap();
    open(config(folder.path(), "alice")).await.close().await;
    let stored = r#"INSERT INTO settings VALUES ('bitcoin source regtest', '{"kind":"node","url":"http://127.0.0.1:8332/","cookieFile":"/c"}')"#;
    database(folder.path()).execute(stored, []).unwrap();
    let node = open(config(folder.path(), "alice")).await;
    let node_there =
        ChainSource::Node { url: "http://127.0.0.1:8332/".to_owned(), cookie_file: "/c".to_owned() };
    assert_eq!(shown(&node), Some(node_there));
}

/// A node that takes no password, and says with what it was asked.
async fn suspicious_node() -> (String, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let (asked, with) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            let mut stream = BufReader::new(listener.accept().await.unwrap().0);
            let (mut line, mut length) = (String::new(), 0);
            while stream.read_line(&mut line).await.is_ok_and(|read| read > 2) {
                let header = line.trim().to_ascii_lowercase();
                if header.starts_with("authorization: ") {
                    let _ = asked.send(line.trim()["authorization: ".len()..].to_owned());
                } else if let Some(number) = header.strip_prefix("content-length: ") {
                    length = number.parse().unwrap();
                }
                line.clear();
            }
            stream.read_exact(&mut vec![0; length]).await.unwrap();
            let refusal = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            stream.write_all(refusal).await.unwrap();
        }
    });
    (url, with)
}

/// Waits until the wallet's look at the chain failed in this way.
async fn fails(node: &Node, code: &str) {
    let failed = |sync: &SyncView| matches!(sync, SyncView::Failed { error, .. } if error.code == code);
    until(node, code, |now| now.wallets[0].ledger.as_ref().is_some_and(|ledger| failed(&ledger.sync))).await;
}

#[tokio::test]
async fn a_node_is_asked_with_its_password_while_the_keystore_is_open_and_not_at_all_while_it_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let signalling = server().await;
    let named = |device| NodeConfig { server: Some(signalling.clone()), ..config(folder.path(), device) };
    let (alice, bob) = (open(named("alice")).await, open(named("bob")).await);
    let bitcoin = CreateSession {
        ciphersuite: "secp256k1-tr".to_owned(),
        network: Some("regtest".to_owned()),
        ..request()
    };
    make_wallet_of(&alice, &bob, bitcoin).await;
    bob.close().await;
    let (url, mut asked) = suspicious_node().await;
    let header = |password: &str| format!("Basic {}", STANDARD.encode(format!("ann:{password}")));
    choose(&alice, user(&url, "ann", Some(PASSWORD))).await.unwrap();
    fails(&alice, "node_unauthorized").await;
    assert_eq!(timeout(PATIENCE, asked.recv()).await.unwrap(), Some(header(PASSWORD)));
    choose(&alice, user(&url, "ann", Some(OTHER))).await.unwrap();
    let with_other = async { while asked.recv().await != Some(header(OTHER)) {} };
    timeout(PATIENCE, with_other).await.expect("the node is asked with the new one");
    fails(&alice, "node_unauthorized").await;

    let locked = timeout(LET_GO, alice.lock()).await.expect("nobody holds on to the password");
    locked.unwrap();
    while asked.try_recv().is_ok() {}
    alice.unlock(common::PASSPHRASE.into()).await.unwrap();
    let next = timeout(PATIENCE, asked.recv()).await.expect("it is asked again by itself");
    assert_eq!(next, Some(header(OTHER)));
    alice.close().await;

    while asked.try_recv().is_ok() {}
    let alice = Node::open(named("alice")).await.unwrap();
    fails(&alice, "node_locked").await;
    assert!(asked.try_recv().is_err(), "nothing was asked");
    alice.unlock(common::PASSPHRASE.into()).await.unwrap();
    assert_eq!(timeout(PATIENCE, asked.recv()).await.unwrap(), Some(header(OTHER)));
    alice.close().await;

    let (name, _) = kept(folder.path());
    vault(folder.path()).delete(&name).unwrap();
    while asked.try_recv().is_ok() {}
    let alice = open(named("alice")).await;
    fails(&alice, "node_password").await;
    assert!(asked.try_recv().is_err(), "nothing was asked");
    alice.close().await;
}

#[tokio::test]
async fn a_node_that_is_being_tried_does_not_hold_up_the_lock() {
    let folder = tempfile::tempdir().unwrap();
    let alice = open(config(folder.path(), "alice")).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = format!("http://{}/", listener.local_addr().unwrap());
    choose(&alice, user(&silent, "ann", Some(PASSWORD))).await.unwrap();
    let trial = tokio::spawn({
        let alice = alice.clone();
        async move { alice.try_chain_source("regtest".to_owned()).await }
    });
    let asked = timeout(PATIENCE, listener.accept()).await.expect("it is asked").unwrap();
    timeout(LET_GO, alice.lock()).await.expect("nobody holds on to the password").unwrap();
    let outcome = timeout(PATIENCE, trial).await.expect("the trial ends").unwrap();
    assert_eq!(outcome.unwrap_err().code(), "node_locked");
    drop(asked);
    alice.close().await;
}
