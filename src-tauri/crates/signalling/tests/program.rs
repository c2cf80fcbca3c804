//! The program, TLS, and servers of another version.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use common::{Raw, TestServer, enter, next, room, soon};
use futures_util::{SinkExt, StreamExt};
use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use signalling::client::{
    AnnouncementState, Backoff, Client, ClientConfig, ConnectionState, RoomEvent, Trouble,
};
use signalling::server::{Limits, ServerConfig, Tls};
use signalling::{Announcement, AnnouncementId, Recipient, Refusal, ServerUrl};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::net::TcpListener;
use tokio::process::{Child, ChildStdout, Command};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_tungstenite::tungstenite::Message;

fn certificate() -> CertifiedKey<KeyPair> {
    generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap()
}

fn trusting(url: &ServerUrl, certificate: &CertificateDer<'static>) -> Client {
    let extra_roots = vec![certificate.clone()];
    Client::start(ClientConfig { extra_roots, ..common::config(url) })
}

async fn exchange(alice: &Client, bob: &Client) {
    let a = enter(alice, room(1)).await;
    let mut b = enter(bob, room(1)).await;
    let payload = vec![9; 60_000];
    a.sender.send(Recipient::All, payload.clone()).await.unwrap();
    assert_eq!(next(&mut b.events).await, RoomEvent::Message { from: a.me, payload });
}

#[tokio::test]
async fn wss_works_with_a_trusted_certificate_and_not_with_another() {
    let CertifiedKey { cert, signing_key } = certificate();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let tls = Some(Tls::new(vec![cert.der().clone()], key));
    let server = TestServer::with(ServerConfig { tls, ..ServerConfig::default() }).await;
    assert!(server.url.is_encrypted());
    exchange(&trusting(&server.url, cert.der()), &trusting(&server.url, cert.der())).await;

    let stranger = trusting(&server.url, certificate().cert.der());
    let (_sender, mut events) = stranger.join(room(1)).await.unwrap();
    assert_eq!(next(&mut events).await, RoomEvent::Offline);
    let mut state = stranger.state();
    let told = state.wait_for(|state| {
        matches!(state, ConnectionState::Waiting { reason: Trouble::Certificate { .. }, .. })
    });
    soon("the reason", told).await.unwrap();
}

#[tokio::test]
async fn a_server_of_another_version_is_a_refusal_that_ends_everything() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url: ServerUrl = format!("ws://{}", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
            let first = socket.next().await.unwrap().unwrap();
            assert!(first.into_data().starts_with(b"pfsg\x01"));
            socket.send(Message::Binary(b"pfsg\x02\x00".to_vec().into())).await.unwrap();
        }
    });
    let client = common::client(&url);
    let announcement = Announcement { id: AnnouncementId::from_bytes([1; 16]), record: Vec::new() };
    let mut announced = client.announce(announcement).await.unwrap();
    let (_sender, mut events) = client.join(room(1)).await.unwrap();
    let refusal = Refusal::UnsupportedVersion { server: 2 };
    assert_eq!(next(&mut events).await, RoomEvent::Refused(refusal));
    let answer = soon("the answer", announced.answered()).await;
    assert_eq!(answer, Some(AnnouncementState::Refused(refusal)));
    let mut state = client.state();
    soon("idle", state.wait_for(|state| *state == ConnectionState::Idle)).await.unwrap();
}

/// The program, killed when dropped.
struct Program {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    url: ServerUrl,
}

impl Program {
    async fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_permafrost-signal"))
            .args(["--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = soon("the address", lines.next_line()).await.unwrap().expect("the program must start");
        let url = line.strip_prefix("listening on ").expect("the line scripts read").parse().unwrap();
        Self { child, lines, url }
    }

    fn terminate(&self) {
        let id = self.child.id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    }
}

#[tokio::test]
async fn the_program_serves_and_on_sigterm_says_so_and_exits_cleanly() {
    let mut program = Program::start(&["--rooms-per-connection", "1"]).await;
    let backoff = Backoff { base: Duration::from_secs(2), cap: Duration::from_secs(2) };
    let alice = Client::start(ClientConfig { backoff, ..ClientConfig::new(program.url.clone()) });
    exchange(&alice, &common::client(&program.url)).await;
    let a = enter(&alice, room(3)).await;
    let (_sender, mut events) = alice.join(room(4)).await.unwrap();
    let refused = RoomEvent::Refused(Refusal::TooManyRooms);
    assert_eq!(next(&mut events).await, refused, "limits are taken from the command line");
    let mut state = alice.state();
    let stopping = Instant::now();
    program.terminate();
    let told = state.wait_for(
        |state| matches!(state, ConnectionState::Waiting { reason, .. } if *reason == Trouble::Refused(Refusal::Restarting)),
    );
    soon("the farewell", told).await.unwrap();
    let status = soon("the program to end", program.child.wait()).await.unwrap();
    assert!(status.success(), "{status}");
    assert!(stopping.elapsed() < Duration::from_secs(5), "{:?}", stopping.elapsed());
    assert_eq!(program.lines.next_line().await.unwrap(), None, "stdout has the one line only");
    drop(a);
}

#[tokio::test]
async fn the_program_serves_wss_from_pem_files_and_refuses_others() {
    let folder = tempfile::tempdir().unwrap();
    let CertifiedKey { cert, signing_key } = certificate();
    let (chain, key) = (folder.path().join("chain.pem"), folder.path().join("key.pem"));
    std::fs::write(&chain, cert.pem()).unwrap();
    std::fs::write(&key, signing_key.serialize_pem()).unwrap();
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let program = Program::start(&["--tls-cert", &text(&chain), "--tls-key", &text(&key)]).await;
    assert!(program.url.is_encrypted());
    exchange(&trusting(&program.url, cert.der()), &trusting(&program.url, cert.der())).await;

    let failed = Command::new(env!("CARGO_BIN_EXE_permafrost-signal"))
        .args(["--listen", "127.0.0.1:0", "--tls-cert", &text(&chain), "--tls-key", &text(&chain)])
        .output();
    let failed = soon("the refusal", failed).await.unwrap();
    assert!(!failed.status.success(), "a certificate is no key");
    assert!(String::from_utf8_lossy(&failed.stderr).contains("cannot read"), "{failed:?}");
}

#[tokio::test]
async fn behind_a_proxy_clients_are_told_apart_by_the_header_it_sets() {
    let limits = Limits { connections_per_address: 1, ..Limits::default() };
    let config = ServerConfig { trust_forwarded_for: true, limits, ..ServerConfig::default() };
    let server = TestServer::with(config).await;
    let _first = Raw::begin_from(server.address, "9.9.9.9, 192.0.2.1").await.expect("the first is let in");
    let second = Raw::begin_from(server.address, "192.0.2.1").await;
    assert!(second.is_none(), "the last address counts: it is the one that the proxy saw");
    Raw::begin_from(server.address, "192.0.2.2").await.expect("another address is let in");
}
