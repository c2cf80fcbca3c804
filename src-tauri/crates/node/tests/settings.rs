//! Settings: kept over a restart, checked, used, and without secrets where none belong.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod common;

use std::path::Path;

use common::{config, create, database, folder_has, make_wallet, open, server, snapshot, vault};
use keystore::{Keystore as _, SecretBytes, SecretName};
use node::{
    IceServer, IceServerEntry, MeshConfig, Node, NodeConfig, PreferencesChange,
    snapshot::{BitcoinUnit, IceServerView, LanguageChoice, LinkKind, LogLevel, Theme},
};
use tokio::{net::UdpSocket, time::timeout};

const CREDENTIAL: &str = "a-credential-nobody-may-see";

fn stun(url: &str) -> IceServerEntry {
    IceServerEntry { url: url.to_owned(), username: None, credential: None }
}

fn turn(url: &str, credential: Option<&str>) -> IceServerEntry {
    IceServerEntry {
        url: url.to_owned(),
        username: Some("ann".to_owned()),
        credential: credential.map(Into::into),
    }
}

fn shown(node: &Node) -> Vec<IceServerView> {
    snapshot(node).settings.ice_servers
}

#[tokio::test]
async fn settings_are_kept_over_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let unnamed = || NodeConfig { device: None, ..config(folder.path(), "alice") };
    let node = open(unnamed()).await;
    assert!(!snapshot(&node).settings.set_up, "a new device's first start has steps");
    let all = PreferencesChange {
        language: Some(LanguageChoice::De),
        theme: Some(Theme::Dark),
        bitcoin_unit: Some(BitcoinUnit::Sat),
        relay_only: Some(true),
        auto_lock_minutes: Some(None),
        lock_with_system: Some(false),
        notifications: Some(false),
        tray: Some(true),
        log_level: Some(LogLevel::Debug),
    };
    node.set_preferences(all).await.unwrap();
    node.finish_setup().await.unwrap();
    node.set_server("ws://192.168.7.7:9710".to_owned()).await.unwrap();
    let before = snapshot(&node).settings;
    assert_eq!((before.theme, before.set_up, before.auto_lock_minutes), (Theme::Dark, true, None));
    node.close().await;

    let node = open(unnamed()).await;
    assert_eq!(snapshot(&node).settings, before);
    node.clear_server().await.unwrap();
    node.close().await;
    let node = open(unnamed()).await;
    assert_eq!(snapshot(&node).server.url, None, "no server is a setting too");
    for minutes in [0, 24 * 60 + 1] {
        let absurd =
            PreferencesChange { auto_lock_minutes: Some(Some(minutes)), ..PreferencesChange::default() };
        assert_eq!(node.set_preferences(absurd).await.unwrap_err().code(), "invalid_settings");
    }
}

#[tokio::test]
async fn changes_in_quick_succession_do_not_undo_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let node = open(config(folder.path(), "alice")).await;
    let change = |json| serde_json::from_str::<PreferencesChange>(json).unwrap();
    let (theme, language, lock) = tokio::join!(
        node.set_preferences(change(r#"{"theme":"dark"}"#)),
        node.set_preferences(change(r#"{"language":"de"}"#)),
        node.set_preferences(change(r#"{"autoLockMinutes":null}"#)),
    );
    theme.and(language).and(lock).unwrap();
    let now = snapshot(&node).settings;
    assert_eq!((now.theme, now.language, now.auto_lock_minutes), (Theme::Dark, LanguageChoice::De, None));
    assert!(now.notifications, "what was not mentioned stays");
}

#[tokio::test]
async fn a_device_that_the_command_line_describes_needs_no_first_start() {
    let folder = tempfile::tempdir().unwrap();
    let described =
        NodeConfig { server: Some("ws://127.0.0.1:9".to_owned()), ..config(folder.path(), "alice") };
    assert!(snapshot(&open(described).await).settings.set_up);
    assert!(!snapshot(&open(config(folder.path(), "bob")).await).settings.set_up);
}

#[tokio::test]
async fn a_list_of_ice_servers_is_taken_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let node = open(config(folder.path(), "alice")).await;
    node.set_ice_servers(vec![stun("stun:stun.example.org")]).await.unwrap();
    let before = shown(&node);
    assert_eq!(before[0].url, "stun:stun.example.org:3478");
    for wrong in [
        vec![stun("https://example.org")],
        vec![stun("turn:turn.example.org")],
        vec![turn("turn:turn.example.org", None)],
        vec![turn("stun:stun.example.org", Some("x"))],
        vec![stun("stun:a.example.org"), stun("stun:A.example.org:3478")],
        (0..9).map(|host| stun(&format!("stun:{host}.example.org"))).collect(),
    ] {
        assert_eq!(node.set_ice_servers(wrong).await.unwrap_err().code(), "invalid_ice_server");
        assert_eq!(shown(&node), before);
    }
}

#[tokio::test]
async fn a_turn_credential_is_kept_and_shown_to_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let node = open(config(folder.path(), "alice")).await;
    let servers = vec![turn("turn:turn.example.org", Some(CREDENTIAL)), stun("stun:stun.example.org")];
    node.set_ice_servers(servers).await.unwrap();
    let (view, whole) = (shown(&node), format!("{:?}", snapshot(&node)));
    assert_eq!((view[0].username.as_deref(), view[0].has_credential), (Some("ann"), true));
    assert_eq!((view[1].username.as_deref(), view[1].has_credential), (None, false));
    assert!(!whole.contains(CREDENTIAL) && !node.diagnostics().await.unwrap().contains(CREDENTIAL));
    // Kept without being entered again, beside a change of the list.
    node.set_ice_servers(vec![turn("turn:turn.example.org:3478", None)]).await.unwrap();
    node.close().await;
    assert!(folder_has(folder.path(), b"turn.example.org"), "the test finds what is stored");
    assert!(!folder_has(folder.path(), CREDENTIAL.as_bytes()));

    let node = open(config(folder.path(), "alice")).await;
    assert!(snapshot(&node).problems.is_empty(), "the credential is read again");
    assert!(shown(&node)[0].has_credential);
    let another = vec![turn("turn:turn.example.org", Some("another-credential"))];
    node.set_ice_servers(another).await.unwrap();
    node.close().await;
    let present = credential(folder.path());
    let [(_, secret)] = present.as_slice() else { panic!("one server has a credential") };
    assert!(secret.as_ref().is_some_and(|secret| secret.expose() == b"another-credential"));
}

#[tokio::test]
async fn a_credential_is_erased_with_its_server() {
    let folder = tempfile::tempdir().unwrap();
    let node = open(config(folder.path(), "alice")).await;
    node.set_ice_servers(vec![turn("turn:turn.example.org", Some(CREDENTIAL))]).await.unwrap();
    node.close().await;
    let stored = credential(folder.path());
    assert!(stored[0].1.as_ref().is_some_and(|secret| secret.expose() == CREDENTIAL.as_bytes()));

    let node = open(config(folder.path(), "alice")).await;
    node.set_ice_servers(Vec::new()).await.unwrap();
    let again = node.set_ice_servers(vec![turn("turn:turn.example.org", None)]).await;
    assert_eq!(again.unwrap_err().code(), "invalid_ice_server", "there is none to keep");
    node.close().await;
    let vault = vault(folder.path());
    assert_eq!(vault.get(&stored[0].0).unwrap(), None);
}

#[tokio::test]
async fn a_credential_that_a_crash_left_behind_is_erased_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    open(config(folder.path(), "alice")).await.close().await;
    let name = SecretName::turn_credential(&[7; 8]);
    vault(folder.path()).put(&name, &SecretBytes::copy_of(CREDENTIAL.as_bytes())).unwrap();
    let noted = "INSERT INTO settings VALUES ('ice credentials to erase', '[[7,7,7,7,7,7,7,7]]')";
    database(folder.path()).execute(noted, []).unwrap();
    open(config(folder.path(), "alice")).await.close().await;
    assert_eq!(vault(folder.path()).get(&name).unwrap(), None);
    let left: String = database(folder.path())
        .query_row("SELECT value FROM settings WHERE key = 'ice credentials to erase'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(left, "[]");
}

/// The names and credentials of the servers that have one.
fn credential(folder: &Path) -> Vec<(SecretName, Option<SecretBytes>)> {
    let query = "SELECT value FROM settings WHERE key = 'ice servers'";
    let list: String = database(folder).query_row(query, [], |row| row.get(0)).unwrap();
    let list: Vec<serde_json::Value> = serde_json::from_str(&list).unwrap();
    let ids =
        list.iter().filter_map(|server| serde_json::from_value::<[u8; 8]>(server["credential"].clone()).ok());
    let vault = vault(folder);
    let names = ids.map(|id| SecretName::turn_credential(&id));
    names.map(|name| (name.clone(), vault.get(&name).unwrap())).collect()
}

#[tokio::test]
async fn a_credential_can_not_be_set_while_the_keystore_is_shut() {
    let folder = tempfile::tempdir().unwrap();
    let node = Node::open(config(folder.path(), "alice")).await.unwrap();
    let refused = node.set_ice_servers(vec![turn("turn:turn.example.org", Some(CREDENTIAL))]).await;
    assert_eq!(refused.unwrap_err().code(), "vault_locked");
    node.set_ice_servers(vec![stun("stun:stun.example.org")]).await.expect("no secret is involved");
}

#[tokio::test]
async fn members_are_met_with_the_ice_servers_of_the_settings_unless_the_command_line_names_others() {
    let folder = tempfile::tempdir().unwrap();
    let url = server().await;
    for overridden in [false, true] {
        let set = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let given = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let stun_url = |socket: &UdpSocket| format!("stun:{}", socket.local_addr().unwrap());
        let with_server = |device: &str| {
            let device = format!("{device}-{overridden}");
            NodeConfig { server: Some(url.clone()), ..config(folder.path(), &device) }
        };
        let mut alices = with_server("alice");
        if overridden {
            let server: IceServer = stun_url(&given).parse().unwrap();
            alices.mesh = MeshConfig { ice_servers: vec![server], ..alices.mesh };
        }
        let (alice, bob) = (open(alices).await, open(with_server("bob")).await);
        alice.set_ice_servers(vec![stun(&stun_url(&set))]).await.unwrap();
        let (_, id) = create(&alice).await;
        bob.join_session(id, false).await.unwrap();
        let (asked, silent) = if overridden { (given, set) } else { (set, given) };
        let request = timeout(common::PATIENCE, asked.recv_from(&mut [0; 1500])).await;
        assert!(request.is_ok(), "the server that counts is asked");
        assert!(silent.try_recv_from(&mut [0; 1500]).is_err(), "and the other is not");
        alice.close().await;
        bob.close().await;
    }
}

#[tokio::test]
async fn a_device_that_hides_its_address_is_linked_through_the_server_only() {
    let folder = tempfile::tempdir().unwrap();
    let url = server().await;
    let with_server = |device| NodeConfig { server: Some(url.clone()), ..config(folder.path(), device) };
    let (alice, bob) = (open(with_server("alice")).await, open(with_server("bob")).await);
    let hidden = PreferencesChange { relay_only: Some(true), ..PreferencesChange::default() };
    alice.set_preferences(hidden).await.unwrap();
    make_wallet(&alice, &bob).await;
    for node in [alice, bob] {
        let participants = snapshot(&node).sessions[0].participants.clone();
        let links: Vec<_> = participants.iter().map(|participant| participant.link).collect();
        assert!(!links.contains(&LinkKind::Direct), "{links:?}");
    }
}
