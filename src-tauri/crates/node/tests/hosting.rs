//! The signalling server on this computer.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod common;

use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, TcpListener},
    sync::atomic::{AtomicU16, Ordering},
};

use common::{config, create, make_wallet, open, snapshot, until};
use node::{Node, NodeConfig, snapshot::HostingView};

/// A port that nobody listens on, from below those that Linux gives to outgoing connections.
fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(7000);
    loop {
        // Other processes may look for one at the same time.
        let own = u16::try_from(std::process::id() % 1000).unwrap() * 20;
        let port = NEXT.fetch_add(1, Ordering::Relaxed) + own;
        if TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).is_ok() {
            return port;
        }
    }
}

/// The port and addresses of a device that hosts.
fn place(node: &Node) -> (u16, Vec<String>) {
    match snapshot(node).hosting {
        HostingView::On { port, urls, .. } => (port, urls),
        other => panic!("not hosting: {other:?}"),
    }
}

fn is_on(view: &HostingView) -> bool {
    matches!(view, HostingView::On { .. })
}

#[tokio::test]
async fn devices_make_a_wallet_over_a_server_that_one_of_them_hosts() {
    let folder = tempfile::tempdir().unwrap();
    let (alice, bob) = (open(config(folder.path(), "alice")).await, open(config(folder.path(), "bob")).await);
    let port = free_port();
    alice.host(Some(port)).await.unwrap();
    let (shown, urls) = place(&alice);
    assert_eq!(shown, port);
    assert!(
        urls.iter().all(|url| url.starts_with("ws://") && url.ends_with(&format!(":{port}"))),
        "{urls:?}"
    );
    assert_eq!(snapshot(&alice).server.url.as_ref(), urls.first(), "its own sessions meet there");
    assert_eq!(snapshot(&bob).server.url, None);
    make_wallet(&alice, &bob).await;
    alice.close().await;
    bob.close().await;
    TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).expect("a closed device hosts nothing");
}

#[tokio::test]
async fn while_a_session_needs_the_server_it_stays_and_afterwards_the_earlier_one_is_set_again() {
    let folder = tempfile::tempdir().unwrap();
    let earlier = "ws://127.0.0.1:9";
    let node = open(config(folder.path(), "alice")).await;
    node.set_server(earlier.to_owned()).await.unwrap();
    let port = free_port();
    node.host(Some(port)).await.unwrap();
    assert_eq!(node.host(Some(port)).await.unwrap_err().code(), "hosting");
    let (session, _) = create(&node).await;
    assert_eq!(node.stop_hosting().await.unwrap_err().code(), "hosting_in_use");
    assert!(is_on(&snapshot(&node).hosting));
    node.leave_session(session).await.unwrap();
    until(&node, "the session ends", |now| now.sessions[0].ended_at.is_some()).await;
    node.stop_hosting().await.unwrap();
    let after = snapshot(&node);
    assert_eq!((after.hosting, after.server.url.as_deref()), (HostingView::Off, Some(earlier)));
    TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).expect("the port is free again");
    node.stop_hosting().await.expect("stopping what does not run changes nothing");

    node.host(Some(port)).await.unwrap();
    let chosen = "ws://127.0.0.1:10";
    node.set_server(chosen.to_owned()).await.unwrap();
    node.stop_hosting().await.unwrap();
    assert_eq!(snapshot(&node).server.url.as_deref(), Some(chosen), "what was set since stays");
}

#[tokio::test]
async fn a_device_that_hosted_hosts_again_after_a_restart_and_one_that_stopped_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let alice = || config(folder.path(), "alice");
    let node = open(alice()).await;
    node.set_server("ws://127.0.0.1:9".to_owned()).await.unwrap();
    let port = free_port();
    node.host(Some(port)).await.unwrap();
    let before = place(&node);
    node.close().await;

    // As if this computer had had another address.
    let database = rusqlite::Connection::open(folder.path().join("alice/permafrost.sqlite")).unwrap();
    let moved = "UPDATE settings SET value = 'ws://192.0.2.7:1' WHERE key IN ('server', 'hosted server')";
    assert_eq!(database.execute(moved, []).unwrap(), 2);
    let node = open(alice()).await;
    until(&node, "it hosts again", |now| is_on(&now.hosting)).await;
    assert_eq!(place(&node), before);
    assert_eq!(snapshot(&node).server.url.as_ref(), before.1.first(), "under the present address");
    node.stop_hosting().await.unwrap();
    assert_eq!(
        snapshot(&node).server.url.as_deref(),
        Some("ws://127.0.0.1:9"),
        "the earlier one is remembered"
    );
    node.close().await;
    let after = snapshot(&open(alice()).await);
    assert_eq!((after.hosting, after.server.url.as_deref()), (HostingView::Off, Some("ws://127.0.0.1:9")));
}

#[tokio::test]
async fn a_server_that_the_command_line_names_comes_before_the_hosted_one() {
    let folder = tempfile::tempdir().unwrap();
    let node = open(config(folder.path(), "alice")).await;
    node.host(Some(free_port())).await.unwrap();
    node.close().await;
    let named = "ws://127.0.0.1:9";
    let node = Node::open(NodeConfig { server: Some(named.to_owned()), ..config(folder.path(), "alice") })
        .await
        .unwrap();
    until(&node, "it hosts again", |now| is_on(&now.hosting)).await;
    assert_eq!(snapshot(&node).server.url.as_deref(), Some(named));
    node.close().await;
}

#[tokio::test]
async fn a_port_that_is_taken_is_refused_and_it_is_said_by_whom() {
    let folder = tempfile::tempdir().unwrap();
    let (alice, bob) = (open(config(folder.path(), "alice")).await, open(config(folder.path(), "bob")).await);
    let other = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
    let port = other.local_addr().unwrap().port();
    // It takes connections and says nothing.
    let refused = alice.host(Some(port)).await.unwrap_err();
    assert_eq!(refused.code(), "port_taken");
    assert!(refused.to_string().starts_with("Another program"), "{refused}");
    assert_eq!(snapshot(&alice).hosting, HostingView::Off, "and nothing stays of it");
    assert_eq!(snapshot(&alice).server.url, None);
    assert_eq!(alice.host(Some(0)).await.unwrap_err().code(), "port_forbidden");

    let port = free_port();
    alice.host(Some(port)).await.unwrap();
    let refused = bob.host(Some(port)).await.unwrap_err();
    assert_eq!(refused.code(), "port_taken");
    assert!(refused.to_string().starts_with("A Permafrost server"), "{refused}");
    alice.close().await;
    bob.host(Some(port)).await.expect("it is free now");
}

#[tokio::test]
async fn a_port_that_was_taken_meanwhile_is_reported_after_a_restart_and_tried_again_at_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let alice = || config(folder.path(), "alice");
    let node = open(alice()).await;
    let port = free_port();
    node.host(Some(port)).await.unwrap();
    node.close().await;
    let other = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).unwrap();
    let node = open(alice()).await;
    let failed = until(&node, "hosting fails", |now| matches!(now.hosting, HostingView::Failed { .. })).await;
    let HostingView::Failed { error } = failed.hosting else { panic!() };
    assert_eq!(error.code, "port_taken");
    node.close().await;
    drop(other);
    let node = open(alice()).await;
    until(&node, "it hosts again", |now| is_on(&now.hosting)).await;
}

#[tokio::test]
async fn a_short_command_of_a_device_that_hosts_starts_no_server() {
    let folder = tempfile::tempdir().unwrap();
    let node = open(config(folder.path(), "alice")).await;
    node.host(Some(free_port())).await.unwrap();
    node.close().await;
    let short = NodeConfig { host_again: false, ..config(folder.path(), "alice") };
    let node = open(short).await;
    assert_eq!(snapshot(&node).hosting, HostingView::Off);
    node.close().await;
    let node = open(config(folder.path(), "alice")).await;
    until(&node, "it hosts again", |now| is_on(&now.hosting)).await;
}

#[tokio::test]
async fn a_server_is_tried_and_it_is_said_why_it_does_not_answer() {
    let folder = tempfile::tempdir().unwrap();
    let (host, guest) =
        (open(config(folder.path(), "alice")).await, open(config(folder.path(), "bob")).await);
    assert_eq!(guest.try_server().await.unwrap_err().code(), "no_server");

    let port = free_port();
    guest.set_server(format!("ws://127.0.0.1:{port}")).await.unwrap();
    let error = guest.try_server().await.unwrap_err();
    assert_eq!(error.code(), "server_unreachable");
    assert!(error.to_string().contains("Nothing answers"), "{error}");

    host.host(Some(port)).await.unwrap();
    guest.try_server().await.expect("the next trial does not wait for the pause after the last one");
    guest.try_server().await.expect("it leaves nothing behind that would keep it out");

    // Something else answers there.
    let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    guest.set_server(format!("ws://{}", other.local_addr().unwrap())).await.unwrap();
    let web_server = std::thread::spawn(move || {
        let (mut connection, _) = other.accept().unwrap();
        let mut asked = [0; 16];
        connection.read_exact(&mut asked).unwrap();
        connection.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").unwrap();
    });
    let error = guest.try_server().await.unwrap_err();
    assert!(error.to_string().contains("no signalling server"), "{error}");
    web_server.join().unwrap();
    host.close().await;
    guest.close().await;
}
