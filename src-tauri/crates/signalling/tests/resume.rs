//! Connections that break, go silent or come back to another server.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use common::{Member, TestServer, enter, next, next_lasting, room, soon};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use signalling::client::{Backoff, Client, ClientConfig, ConnectionState, RoomEvent, Trouble};
use signalling::server::{Limits, ServerConfig};
use signalling::{Announcement, AnnouncementId, Recipient, Refusal, ServerUrl};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Passes bytes between clients and a server, until it does not.
struct Proxy {
    url: ServerUrl,
    /// Raised: everything open is cut.
    cut: watch::Sender<usize>,
    /// While set, nothing passes, though connections stay open; new ones too.
    silent: watch::Sender<bool>,
    /// While set, new connections are closed at once.
    down: Arc<AtomicBool>,
}

/// After how many bytes connections are cut, if they are.
type Budgets = Box<dyn FnMut() -> Option<usize> + Send>;

impl Proxy {
    async fn start(server: SocketAddr, mut budgets: Budgets) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}", listener.local_addr().unwrap()).parse().unwrap();
        let (cut, cuts) = watch::channel(0);
        let (silent, silences) = watch::channel(false);
        let down = Arc::new(AtomicBool::new(false));
        let is_down = down.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if is_down.load(Ordering::SeqCst) {
                    continue;
                }
                let budget = Arc::new(AtomicUsize::new(budgets().unwrap_or(usize::MAX)));
                let (mut cuts, silences) = (cuts.clone(), silences.clone());
                cuts.mark_unchanged();
                tokio::spawn(async move {
                    let Ok(server) = TcpStream::connect(server).await else { return };
                    client.set_nodelay(true).unwrap();
                    server.set_nodelay(true).unwrap();
                    let (client_in, client_out) = client.into_split();
                    let (server_in, server_out) = server.into_split();
                    tokio::select! {
                        () = pass(client_in, server_out, budget.clone(), silences.clone()) => {}
                        () = pass(server_in, client_out, budget, silences) => {}
                        _ = cuts.changed() => {}
                    }
                });
            }
        });
        Self { url, cut, silent, down }
    }

    /// One that cuts only when it is told to.
    async fn faithful(server: SocketAddr) -> Self {
        Self::start(server, Box::new(|| None)).await
    }

    fn cut(&self) {
        self.cut.send_modify(|cuts| *cuts += 1);
    }

    fn client(&self) -> Client {
        let backoff = Backoff { base: Duration::from_millis(1), cap: Duration::from_millis(3) };
        Client::start(ClientConfig { backoff, ..ClientConfig::new(self.url.clone()) })
    }
}

async fn pass(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    budget: Arc<AtomicUsize>,
    mut silent: watch::Receiver<bool>,
) {
    let mut buffer = vec![0; 4096];
    loop {
        let Ok(count @ 1..) = from.read(&mut buffer).await else { return };
        if silent.wait_for(|silent| !*silent).await.is_err() {
            return;
        }
        let left =
            budget.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| Some(left.saturating_sub(count)));
        let passed = left.unwrap().min(count);
        if to.write_all(&buffer[..passed]).await.is_err() || passed < count {
            return;
        }
    }
}

/// Sends numbered messages of many sizes.
fn send_numbered(from: &Member, count: u32, sizes: u64) -> tokio::task::JoinHandle<()> {
    let sender = from.sender.clone();
    let mut rng = StdRng::seed_from_u64(sizes);
    tokio::spawn(async move {
        for number in 0..count {
            let mut payload = number.to_be_bytes().to_vec();
            payload.resize(4 + rng.gen_range(0..600), 0xee);
            sender.send(Recipient::All, payload).await.unwrap();
        }
    })
}

/// Reads until all numbered messages are there, each once and in order.
async fn expect_numbered(to: &mut Member, count: u32, what: &str) {
    let mut expected = 0u32;
    while expected < count {
        match next_lasting(&mut to.events).await {
            RoomEvent::Message { payload, .. } => {
                let number = u32::from_be_bytes(payload[..4].try_into().unwrap());
                assert_eq!(number, expected, "{what}: each message once and in order");
                expected += 1;
            }
            event => panic!("{what}: {event:?}, though the server forgot nobody"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cutting_connections_anywhere_loses_and_doubles_nothing() {
    const MESSAGES: u32 = 120;
    let limits = Limits { connections_per_address: 1000, ..Limits::default() };
    let server = TestServer::start(limits).await;
    let address = server.address;
    let mut runs = tokio::task::JoinSet::new();
    for seed in 0..24u64 {
        runs.spawn(async move {
            let budgets = |seed| -> Budgets {
                let mut rng = StdRng::seed_from_u64(seed);
                let mut cuts = 0;
                Box::new(move || {
                    cuts += 1;
                    // The end is left in peace, so that a run ends.
                    (cuts < 40).then(|| rng.gen_range(1..6000))
                })
            };
            let left = Proxy::start(address, budgets(2 * seed)).await;
            let right = Proxy::start(address, budgets(2 * seed + 1)).await;
            let (alice, bob) = (left.client(), right.client());
            let here = signalling::RoomId::from_bytes([seed as u8; 16]);
            let mut a = enter(&alice, here).await;
            let mut b = enter(&bob, here).await;
            assert_eq!(next_lasting(&mut a.events).await, RoomEvent::Joined(b.me), "seed {seed}");
            let sending = [send_numbered(&a, MESSAGES, 3 * seed), send_numbered(&b, MESSAGES, 3 * seed + 1)];
            let (to_a, to_b) = (format!("seed {seed}, to a"), format!("seed {seed}, to b"));
            tokio::join!(expect_numbered(&mut a, MESSAGES, &to_a), expect_numbered(&mut b, MESSAGES, &to_b));
            for sent in sending {
                sent.await.unwrap();
            }
            a.sender.send(Recipient::One(b.me), b"last".to_vec()).await.unwrap();
            let last = RoomEvent::Message { from: a.me, payload: b"last".to_vec() };
            assert_eq!(next_lasting(&mut b.events).await, last, "seed {seed}: nothing came twice");
        });
    }
    while let Some(run) = runs.join_next().await {
        run.expect("no run may fail");
    }
    assert!(common::metric(address, "resumes_total").await > 100, "connections must have been cut");
}

#[tokio::test]
async fn both_sides_hear_of_a_cut_only_through_offline_and_resumed() {
    let server = TestServer::start(Limits::default()).await;
    let proxy = Proxy::faithful(server.address).await;
    let (alice, bob) = (proxy.client(), server.client());
    let mut a = enter(&alice, room(1)).await;
    let mut b = enter(&bob, room(1)).await;
    assert_eq!(next(&mut a.events).await, RoomEvent::Joined(b.me));
    proxy.cut();
    assert_eq!(next(&mut a.events).await, RoomEvent::Offline);
    assert_eq!(next(&mut a.events).await, RoomEvent::Resumed);
    a.sender.send(Recipient::All, vec![1]).await.unwrap();
    let expected = RoomEvent::Message { from: a.me, payload: vec![1] };
    assert_eq!(next(&mut b.events).await, expected, "the other never noticed");
}

#[tokio::test]
async fn a_client_that_stays_away_has_left_and_is_welcomed_anew() {
    let grace = Duration::from_millis(50);
    let server = TestServer::start(Limits { grace, ..Limits::default() }).await;
    let proxy = Proxy::faithful(server.address).await;
    let (alice, bob) = (proxy.client(), server.client());
    let mut a = enter(&alice, room(1)).await;
    let mut b = enter(&bob, room(1)).await;
    assert_eq!(next(&mut a.events).await, RoomEvent::Joined(b.me));
    proxy.down.store(true, Ordering::SeqCst);
    proxy.cut();
    assert_eq!(next(&mut b.events).await, RoomEvent::Left(a.me), "after the grace time");
    assert_eq!(next(&mut a.events).await, RoomEvent::Offline);
    a.sender.send(Recipient::One(b.me), b"void".to_vec()).await.unwrap();
    a.sender.set_note(b"kept".to_vec()).await.unwrap();
    proxy.down.store(false, Ordering::SeqCst);
    let RoomEvent::Welcome { me, members, .. } = next(&mut a.events).await else {
        panic!("the server forgot us, which a new welcome tells");
    };
    assert_ne!(me, a.me, "a new stay has a new name");
    assert_eq!(members, [b.me]);
    a.sender.send(Recipient::All, b"new".to_vec()).await.unwrap();
    assert_eq!(next(&mut b.events).await, RoomEvent::Joined(me));
    let expected = RoomEvent::Message { from: me, payload: b"new".to_vec() };
    assert_eq!(next(&mut b.events).await, expected, "what was sent before the new welcome is void");
    let late = enter(&server.client(), room(1)).await;
    assert_eq!(late.note.as_deref(), Some(&b"kept"[..]), "a note is not");
}

#[tokio::test]
async fn a_server_that_went_silent_is_given_up_and_the_visit_resumed() {
    let heartbeat = Duration::from_millis(40);
    let server = TestServer::start(Limits { heartbeat, ..Limits::default() }).await;
    let proxy = Proxy::faithful(server.address).await;
    let alice = proxy.client();
    let mut a = enter(&alice, room(1)).await;
    proxy.silent.send_replace(true);
    assert_eq!(next(&mut a.events).await, RoomEvent::Offline, "no ping came for too long");
    proxy.silent.send_replace(false);
    assert_eq!(next(&mut a.events).await, RoomEvent::Resumed);
}

#[tokio::test]
async fn a_client_that_went_silent_is_dropped_by_the_server() {
    let idle = Duration::from_millis(60);
    let limits = Limits { heartbeat: idle / 3, idle, grace: idle, ..Limits::default() };
    let server = TestServer::start(limits).await;
    let (mut raw, _) = common::Raw::begin(server.address).await;
    raw.send(signalling::protocol::ClientFrame::Join { room: room(1) }.encode()).await;
    raw.frame().await.unwrap();
    let mut a = enter(&server.client(), room(1)).await;
    let raw_member = a.others[0];
    assert_eq!(next(&mut a.events).await, RoomEvent::Left(raw_member), "it answered no ping");
}

#[tokio::test]
async fn after_a_restart_everything_is_wanted_again() {
    let server = TestServer::start(Limits::default()).await;
    // Slow enough for the reason of the pause to be seen.
    let backoff = Backoff { base: Duration::from_millis(300), cap: Duration::from_millis(300) };
    let alice = Client::start(ClientConfig { backoff, ..ClientConfig::new(server.url.clone()) });
    let bob = server.client();
    let announcement = Announcement { id: AnnouncementId::from_bytes([1; 16]), record: vec![1] };
    alice.announce(announcement.clone()).await.unwrap();
    let mut a = enter(&alice, room(1)).await;
    let mut browse = bob.browse().await.unwrap();
    soon("the listing", browse.announcements.wait_for(|all| !all.is_empty())).await.unwrap();
    let mut state = alice.state();
    let farewell = async {
        // What this returns locks the state, and so must not live on.
        let told = state.wait_for(
            |state| matches!(state, ConnectionState::Waiting { reason, .. } if *reason == Trouble::Refused(Refusal::Restarting)),
        );
        told.await.is_ok()
    };
    let (address, told) = tokio::join!(server.stop(), soon("the server's farewell", farewell));
    assert!(told, "the client must hear that the server comes back");

    let config = ServerConfig { listen: address, ..ServerConfig::default() };
    let _server = TestServer::with(config).await;
    assert_eq!(next(&mut a.events).await, RoomEvent::Offline);
    let event = next(&mut a.events).await;
    assert!(matches!(event, RoomEvent::Welcome { me, .. } if me != a.me), "{event:?}");
    let watcher = common::client(&url_of(address)).browse().await.unwrap();
    for announcements in [&mut browse.announcements, &mut watcher.announcements.clone()] {
        let listed = announcements.wait_for(|all| all.contains(&announcement));
        soon("the announcement", listed).await.unwrap();
    }
}

fn url_of(address: SocketAddr) -> ServerUrl {
    format!("ws://{address}").parse().unwrap()
}

#[tokio::test]
async fn a_server_that_dies_without_a_word_is_found_again() {
    let server = TestServer::start(Limits::default()).await;
    let alice = server.client();
    let mut a = enter(&alice, room(1)).await;
    let address = server.kill().await;
    assert_eq!(next(&mut a.events).await, RoomEvent::Offline);
    let config = ServerConfig { listen: address, ..ServerConfig::default() };
    let _server = TestServer::with(config).await;
    assert!(matches!(next(&mut a.events).await, RoomEvent::Welcome { .. }));
}

#[tokio::test]
async fn a_room_asked_for_before_the_server_is_there_is_entered_once_it_is() {
    let server = TestServer::start(Limits::default()).await;
    let url = server.url.clone();
    let address = server.kill().await;
    let alice = common::client(&url);
    let (sender, mut events) = alice.join(room(1)).await.expect("joining returns at once");
    assert_eq!(next(&mut events).await, RoomEvent::Offline);
    sender.send(Recipient::All, b"early".to_vec()).await.unwrap();
    let config = ServerConfig { listen: address, ..ServerConfig::default() };
    let _server = TestServer::with(config).await;
    assert!(matches!(next(&mut events).await, RoomEvent::Welcome { .. }));
}
