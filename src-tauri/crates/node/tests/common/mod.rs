//! Devices of a test, in its own process.
#![allow(dead_code, clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::{fs, path::Path, sync::Arc, time::Duration};

use keystore::{Passphrase, Vault};
use mesh::Bind;
use node::{
    CreateSession, MeshConfig, Node, NodeConfig, Timeouts,
    snapshot::{KeystoreKind, SessionState, Snapshot, WaitingFor},
};
use signalling::server::{Server, ServerConfig};
use tokio::time::timeout;

pub(crate) const PASSPHRASE: &str = "correct horse battery";
/// How long anything may take that a test waits for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A device with a vault, which meets others on loopback.
pub(crate) fn config(folder: &Path, device: &str) -> NodeConfig {
    NodeConfig {
        device: Some(device.to_owned()),
        data_dir: Some(folder.to_owned()),
        keystore: Some(KeystoreKind::Vault),
        mesh: MeshConfig {
            bind: Bind::Addresses(vec!["127.0.0.1:0".parse().unwrap()]),
            ..MeshConfig::default()
        },
        // Most tests look at what two devices do, not at who is there.
        meet: false,
        timeouts: Timeouts { farewell: Duration::from_secs(1), ..Timeouts::default() },
        ..NodeConfig::default()
    }
}

/// Opens a device and its vault.
pub(crate) async fn open(config: NodeConfig) -> Node {
    let node = Node::open(config).await.unwrap();
    node.unlock(PASSPHRASE.into()).await.unwrap();
    node
}

pub(crate) fn snapshot(node: &Node) -> Snapshot {
    node.snapshots().borrow().as_ref().clone()
}

/// Waits for a snapshot that is as wanted.
pub(crate) async fn until(node: &Node, what: &str, is_so: impl FnMut(&Arc<Snapshot>) -> bool) -> Snapshot {
    let mut snapshots = node.snapshots();
    match timeout(PATIENCE, snapshots.wait_for(is_so)).await {
        Ok(Ok(found)) => found.as_ref().clone(),
        _ => panic!("in vain: {what}\n{:#?}", snapshot(node)),
    }
}

/// A signalling server in this process.
pub(crate) async fn server() -> String {
    let server = Server::bind(ServerConfig::default()).await.unwrap();
    let url = server.url().unwrap().to_string();
    tokio::spawn(server.run(std::future::pending()));
    url
}

/// What the tests make a wallet of.
pub(crate) fn request() -> CreateSession {
    CreateSession {
        name: "Team".to_owned(),
        ciphersuite: "ed25519".to_owned(),
        threshold: 2,
        participants: 2,
        network: None,
        announce: false,
    }
}

/// Creates a session and returns its handle and its ID.
pub(crate) async fn create(node: &Node) -> (String, String) {
    create_as(node, request()).await
}

async fn create_as(node: &Node, request: CreateSession) -> (String, String) {
    let session = node.create_session(request).await.unwrap();
    let view = snapshot(node).sessions.into_iter().find(|view| view.key == session).unwrap();
    (session, view.session_id.expect("the creator has the ID"))
}

/// Makes a wallet of two devices; returns its ID.
pub(crate) async fn make_wallet(creator: &Node, joiner: &Node) -> String {
    make_wallet_of(creator, joiner, request()).await
}

/// Makes a wallet of two devices as requested; returns its ID.
pub(crate) async fn make_wallet_of(creator: &Node, joiner: &Node, request: CreateSession) -> String {
    let (created, id) = create_as(creator, request).await;
    let joined = joiner.join_session(id, true).await.unwrap();
    let asks = |now: &Arc<Snapshot>| {
        let mut of_it = now.sessions.iter().filter(|view| view.key == joined);
        of_it.any(|view| matches!(view.state, SessionState::Waiting { waiting_for: WaitingFor::Consent, .. }))
    };
    until(joiner, "the joiner is asked", asks).await;
    joiner.consent(joined.clone()).await.unwrap();
    let mut wallet = String::new();
    for (node, session) in [(joiner, joined), (creator, created)] {
        let done = |now: &Arc<Snapshot>| {
            let view = now.sessions.iter().find(|view| view.key == session).unwrap();
            matches!(&view.state, SessionState::Completed { unconfirmed, .. } if unconfirmed.is_empty())
        };
        wallet = until(node, "the wallet is made", done).await.wallets[0].id.clone();
    }
    wallet
}

/// The vault of the device `alice`, which must be closed.
pub(crate) fn vault(folder: &Path) -> Vault {
    Vault::open(&folder.join("alice/vault"), &Passphrase::new(PASSPHRASE.to_owned())).unwrap()
}

/// The database of the device `alice`.
pub(crate) fn database(folder: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(folder.join("alice/permafrost.sqlite")).unwrap()
}

/// Whether these bytes stand anywhere in the files of a folder.
pub(crate) fn folder_has(folder: &Path, wanted: &[u8]) -> bool {
    fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            folder_has(&path, wanted)
        } else {
            fs::read(&path).unwrap().windows(wanted.len()).any(|window| window == wanted)
        }
    })
}
