//! What fails half-way leaves nothing half-done: restoring, erasing, discarding.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod common;

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    time::Duration,
};

use common::{PASSPHRASE, config, make_wallet, open, server, snapshot, until};
use keystore::{Keystore as _, Passphrase, SecretName, Vault};
use node::{Node, NodeConfig, Timeouts, snapshot::WalletStatus};
use rusqlite::Connection;
use signalling::{
    Refusal,
    client::{Client, ClientConfig, RoomEvent},
    server::{Limits, Server, ServerConfig},
};

const BACKUP_PASSPHRASE: &str = "another passphrase";

fn database(folder: &Path, device: &str) -> Connection {
    Connection::open(folder.join(device).join("permafrost.sqlite")).unwrap()
}

fn rows(folder: &Path, device: &str) -> u32 {
    database(folder, device).query_row("SELECT count(*) FROM wallets", [], |row| row.get(0)).unwrap()
}

/// Whether the share of this wallet is in a copy of the device's vault.
fn has_share(vault: &Path, wallet: &str) -> bool {
    let id = hex::decode(wallet).unwrap();
    let copy = vault.with_extension("copy");
    fs::copy(vault, &copy).unwrap();
    let vault = Vault::open(&copy, &Passphrase::new(PASSPHRASE.to_owned())).unwrap();
    vault.get(&SecretName::wallet_share(&id)).unwrap().is_some()
}

/// A device's vault, and something in the way of changing it.
struct Blocked {
    vault: PathBuf,
    obstacle: PathBuf,
}

impl Blocked {
    fn new(folder: &Path, device: &str) -> Self {
        let vault = folder.join(device).join("vault");
        // Where the new file is written before it takes the old one's place.
        let obstacle = vault.with_extension("new");
        fs::create_dir(&obstacle).unwrap();
        Self { vault, obstacle }
    }

    fn clear(&self) {
        fs::remove_dir(&self.obstacle).unwrap();
    }
}

/// Two devices with a wallet in common; the first is closed. Returns the wallet's ID.
async fn wallet_of_alice(folder: &Path, prepare: impl FnOnce(&Connection)) -> String {
    let (alice, bob) = pair(folder).await;
    prepare(&database(folder, "alice"));
    let wallet = make_wallet(&alice, &bob).await;
    alice.close().await;
    bob.close().await;
    wallet
}

async fn pair(folder: &Path) -> (Node, Node) {
    let (alice, bob) = (open(config(folder, "alice")).await, open(config(folder, "bob")).await);
    alice.set_server(server().await).await.unwrap();
    (alice, bob)
}

#[tokio::test]
async fn a_restore_that_fails_at_its_last_wallet_restores_none() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (alice, bob) = pair(folder).await;
    for _ in 0..2 {
        make_wallet(&alice, &bob).await;
    }
    let backup = alice.back_up(BACKUP_PASSPHRASE.into()).await.unwrap();
    let backed_up = snapshot(&alice).device;
    alice.close().await;

    let replacement = || config(folder, "replacement");
    let node = open(replacement()).await;
    let full_disk = "CREATE TRIGGER full_disk BEFORE UPDATE ON wallets
         WHEN new.state = 'active' AND (SELECT count(*) FROM wallets WHERE state = 'active') > 0
         BEGIN SELECT raise(ABORT, 'the disk is full'); END";
    database(folder, "replacement").execute(full_disk, []).unwrap();
    let failed = node.restore(backup.clone(), BACKUP_PASSPHRASE.into()).await.unwrap_err();
    assert_eq!(failed.code(), "database", "{failed}");
    assert!(snapshot(&node).wallets.is_empty(), "not one of the two");
    node.close().await;
    let active = "SELECT count(*) FROM wallets WHERE state = 'active'";
    let active = database(folder, "replacement").query_row(active, [], |row| row.get::<_, u32>(0));
    assert_eq!(active, Ok(0), "what was written before the failure is taken back");

    database(folder, "replacement").execute("DROP TRIGGER full_disk", []).unwrap();
    let node = open(replacement()).await;
    assert!(snapshot(&node).wallets.is_empty());
    assert_eq!(rows(folder, "replacement"), 0, "the next start erases what is left");
    node.restore(backup, BACKUP_PASSPHRASE.into()).await.expect("then it can be restored");
    assert_eq!((snapshot(&node).wallets.len(), snapshot(&node).device), (2, backed_up));
}

#[tokio::test]
async fn a_share_that_an_interruption_left_and_that_cant_be_erased_is_tried_again_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let wallet = wallet_of_alice(folder, |_| ()).await;
    // As if it had been interrupted before anything was signed.
    database(folder, "alice").execute("UPDATE wallets SET state = 'storing'", []).unwrap();
    let blocked = Blocked::new(folder, "alice");
    for _ in 0..2 {
        let node = open(config(folder, "alice")).await;
        assert!(snapshot(&node).wallets.is_empty(), "it never was a wallet");
        node.close().await;
        assert!(has_share(&blocked.vault, &wallet), "the test is about a share that is still there");
        assert_eq!(rows(folder, "alice"), 1, "without its row nobody would know of the share");
    }
    blocked.clear();
    open(config(folder, "alice")).await.close().await;
    assert!(!has_share(&blocked.vault, &wallet));
    assert_eq!(rows(folder, "alice"), 0);
}

/// Keeps what is stored before the wallet is finished, ...
fn keep_unfinished(database: &Connection) {
    database
        .execute_batch(
            "CREATE TABLE unfinished (record BLOB);
             CREATE TRIGGER keep AFTER UPDATE ON wallets WHEN new.state = 'pending'
             BEGIN DELETE FROM unfinished; INSERT INTO unfinished VALUES (new.record); END",
        )
        .unwrap();
}

/// ... and puts it back, as if another device had never come back to finish it.
fn undo_finish(folder: &Path) {
    let undo = "UPDATE wallets SET state = 'pending', everyone = 0, record = (SELECT record FROM unfinished)";
    assert_eq!(database(folder, "alice").execute(undo, []), Ok(1));
}

#[tokio::test]
async fn a_discard_is_answered_when_the_share_is_erased_and_not_before() {
    // With a session that waits for the others, and without one.
    for resume in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let wallet = wallet_of_alice(folder, keep_unfinished).await;
        undo_finish(folder);
        let node = open(node::NodeConfig { resume, ..config(folder, "alice") }).await;
        assert_eq!(snapshot(&node).wallets.len(), 1, "it waits to be finished or discarded");
        let blocked = Blocked::new(folder, "alice");
        // At the same time, as from two windows' clicks: each is told, whoever erases.
        let discard_thrice = async || {
            let discard = || node.discard_wallet(wallet.clone());
            let (first, second, third) = tokio::join!(discard(), discard(), discard());
            [first, second, third]
        };
        for failed in discard_thrice().await {
            let failed = failed.unwrap_err();
            assert_eq!(failed.code(), "not_erased", "resumed: {resume}: {failed}");
        }
        assert!(has_share(&blocked.vault, &wallet));
        blocked.clear();
        for discarded in discard_thrice().await {
            discarded.unwrap_or_else(|error| panic!("resumed: {resume}: {error:?}"));
        }
        assert!(!has_share(&blocked.vault, &wallet), "when the answer is there, the share is gone");
        until(&node, "nothing is left to do", |now| now.problems.is_empty()).await;
        assert!(snapshot(&node).wallets.is_empty());
        node.close().await;
        assert_eq!(rows(folder, "alice"), 0, "resumed: {resume}");
    }
}

#[tokio::test]
async fn a_member_that_never_confirmed_is_looked_for_at_each_start_for_ninety_days() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    wallet_of_alice(folder, |_| ()).await;
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let server = format!("ws://{}", elsewhere.local_addr().unwrap());
    for (days, looks) in [(89, true), (91, false)] {
        let unconfirmed =
            "UPDATE wallets SET everyone = 0, server = ?1, created_at = unixepoch('now', ?2) * 1000";
        database(folder, "alice").execute(unconfirmed, [&server, &format!("-{days} days")]).unwrap();
        let node = open(config(folder, "alice")).await;
        assert!(matches!(snapshot(&node).wallets[0].status, WalletStatus::Active { .. }), "it is finished");
        assert!(snapshot(&node).sessions.is_empty(), "nothing that its user waits for");
        node.close().await;
        assert_eq!(elsewhere.accept().is_ok(), looks, "{days} days later");
    }
}

/// The room in which a device waits for the others of an interrupted ceremony.
fn room(folder: &Path, device: &str, wallet: &str) -> signalling::RoomId {
    let path = folder.join(device).join("vault");
    let vault = Vault::open(&path, &Passphrase::new(PASSPHRASE.to_owned())).unwrap();
    let secret = vault.get(&SecretName::link_secret(&hex::decode(wallet).unwrap())).unwrap().unwrap();
    mesh::SessionSecret::from_bytes(secret.expose().try_into().unwrap()).room()
}

#[tokio::test]
async fn a_ceremony_that_others_may_still_finish_outlives_its_room_on_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let wallet = wallet_of_alice(folder, |_| ()).await;
    let limits = Limits { room_lifetime: Duration::from_secs(1), ..Limits::default() };
    let server = Server::bind(ServerConfig { limits, ..ServerConfig::default() }).await.unwrap();
    let url = server.url().unwrap();
    tokio::spawn(server.run(std::future::pending()));
    // As if neither had heard that the other has the certificate.
    for device in ["alice", "bob"] {
        let unheard = "UPDATE wallets SET everyone = 0, server = ?";
        database(folder, device).execute(unheard, [url.to_string()]).unwrap();
    }
    let room = room(folder, "alice", &wallet);
    let with = |device| {
        let timeouts = Timeouts { again: Duration::from_millis(100), ..config(folder, device).timeouts };
        NodeConfig { timeouts, ..config(folder, device) }
    };
    let alice = open(with("alice")).await;
    let watcher = Client::start(ClientConfig::new(url));
    let mut has_seen_alice = false;
    // Until a room that alice was in is over.
    'rooms: loop {
        let (_sender, mut events) = watcher.join(room).await.unwrap();
        while let Some(event) = events.next().await {
            match event {
                RoomEvent::Welcome { members, .. } => has_seen_alice |= !members.is_empty(),
                RoomEvent::Joined(_) => has_seen_alice = true,
                RoomEvent::Refused(refusal) => {
                    assert_eq!(refusal, Refusal::RoomExpired);
                    if has_seen_alice {
                        break 'rooms;
                    }
                }
                _ => {}
            }
        }
    }
    assert!(!snapshot(&alice).wallets[0].confirmed_by_all, "bob was not there");
    let bob = open(with("bob")).await;
    for node in [&alice, &bob] {
        until(node, "each hears of the other", |now| now.wallets[0].confirmed_by_all).await;
    }
    alice.close().await;
    bob.close().await;
}

#[tokio::test]
async fn an_interrupted_ceremony_that_cant_go_on_is_shown_as_a_problem() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let wallet = wallet_of_alice(folder, |_| ()).await;
    database(folder, "alice").execute("UPDATE wallets SET everyone = 0", []).unwrap();
    let node = open(config(folder, "alice")).await;
    assert_eq!(snapshot(&node).problems, [], "it waits for bob");
    node.close().await;

    let path = folder.join("alice").join("vault");
    let vault = Vault::open(&path, &Passphrase::new(PASSPHRASE.to_owned())).unwrap();
    vault.delete(&SecretName::link_secret(&hex::decode(&wallet).unwrap())).unwrap();
    drop(vault);
    let node = open(config(folder, "alice")).await;
    let shown = until(&node, "its owner is told", |now| !now.problems.is_empty()).await;
    assert_eq!(shown.problems[0].code, "not_resumed");
    for part in ["“Team”", "keystore", "Nothing was erased"] {
        assert!(shown.problems[0].message.contains(part), "{}", shown.problems[0].message);
    }
    node.close().await;
}
