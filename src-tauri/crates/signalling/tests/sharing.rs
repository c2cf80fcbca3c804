//! What one address or one client that takes nothing can do to the others.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::time::Duration;

use common::{Member, Raw, TestServer, enter, metric_becomes, next, room, soon};
use signalling::client::RoomEvent;
use signalling::protocol::{ClientFrame, Hello, HelloReply, Resume, ServerFrame};
use signalling::server::{Limits, ServerConfig};
use signalling::{Announcement, AnnouncementId, MemberId, Recipient, Refusal};

const SLOW: Option<ServerFrame> = Some(ServerFrame::Bye { refusal: Refusal::SlowConsumer });

/// A server to which raw clients can come from any address.
async fn proxied(limits: Limits) -> TestServer {
    TestServer::with(ServerConfig { trust_forwarded_for: true, limits, ..ServerConfig::default() }).await
}

/// A client that joins room 1 and from then on neither reads nor acknowledges.
async fn hoarder(server: &TestServer, address: &str) -> (Raw, MemberId) {
    let mut raw = Raw::begin_from(server.address, address).await.expect("it is let in");
    let member = raw.join(room(1)).await;
    (raw, member)
}

/// Sends so many messages of 1000 bytes to a member.
async fn feed(from: &Member, to: MemberId, messages: usize) {
    for _ in 0..messages {
        from.sender.send(Recipient::One(to), vec![0; 1000]).await.unwrap();
    }
}

async fn leaves(watcher: &mut Member) -> MemberId {
    loop {
        match next(&mut watcher.events).await {
            RoomEvent::Left(member) => return member,
            RoomEvent::Joined(_) => {}
            event => panic!("expected someone to leave, not {event:?}"),
        }
    }
}

async fn gets(to: &mut Member, from: &Member, payload: Vec<u8>) {
    from.sender.send(Recipient::All, payload.clone()).await.unwrap();
    let event = next(&mut to.events).await;
    let expected = RoomEvent::Message { from: from.me, payload };
    assert!(event == expected, "a client that takes all it gets must get this too");
}

#[tokio::test]
async fn when_all_queues_are_full_the_longest_of_the_address_with_most_goes_not_who_is_sent_to() {
    let server = proxied(Limits { queue_bytes_total: 24_000, ..Limits::default() }).await;
    let (mut large, large_member) = hoarder(&server, "192.0.2.1").await;
    let (_small, small_member) = hoarder(&server, "192.0.2.1").await;
    let (mut alone, alone_member) = hoarder(&server, "192.0.2.2").await;
    let (alice, bob) = (server.client(), server.client());
    let mut a1 = enter(&alice, room(1)).await;
    let a2 = enter(&alice, room(2)).await;
    let mut b2 = enter(&bob, room(2)).await;
    feed(&a1, large_member, 7).await;
    feed(&a1, small_member, 5).await;
    feed(&a1, alone_member, 8).await;
    metric_becomes(server.address, "messages_total", 20).await;
    gets(&mut b2, &a2, vec![7; 5000]).await;
    assert_eq!(leaves(&mut a1).await, large_member, "12 messages wait for its address, 8 for the other's");
    assert_eq!(large.last_frame().await, SLOW, "it is told why");
    metric_becomes(server.address, "visits", 4).await;
    assert!(alone.frame().await.is_some(), "the others' frames still wait for them");
}

#[tokio::test]
async fn what_waits_for_one_address_is_limited_and_its_longest_queue_goes() {
    let server = proxied(Limits { queue_bytes_per_address: 10_000, ..Limits::default() }).await;
    let (mut large, large_member) = hoarder(&server, "192.0.2.1").await;
    let (_small, small_member) = hoarder(&server, "192.0.2.1").await;
    let (_other, other_member) = hoarder(&server, "192.0.2.2").await;
    let mut a = enter(&server.client(), room(1)).await;
    feed(&a, other_member, 9).await;
    feed(&a, large_member, 5).await;
    feed(&a, small_member, 4).await;
    metric_becomes(server.address, "messages_total", 18).await;
    metric_becomes(server.address, "visits", 4).await;
    feed(&a, small_member, 1).await;
    assert_eq!(leaves(&mut a).await, large_member, "the longest queue of this address goes");
    assert_eq!(large.last_frame().await, SLOW);
    metric_becomes(server.address, "visits", 3).await;
}

#[tokio::test]
async fn a_client_that_answers_pings_and_acknowledges_nothing_is_dropped_in_time() {
    let limits =
        Limits { stall: Duration::from_secs(1), heartbeat: Duration::from_millis(200), ..Limits::default() };
    let server = TestServer::start(limits).await;
    let mut quiet = Raw::begin(server.address).await.0;
    let quiet_member = quiet.join(room(1)).await;
    let (mut a, mut b) = (enter(&server.client(), room(1)).await, enter(&server.client(), room(1)).await);
    assert_eq!(quiet.last_frame().await, SLOW, "the welcome was never acknowledged");
    assert_eq!(leaves(&mut a).await, quiet_member);
    assert_eq!(leaves(&mut b).await, quiet_member);
    gets(&mut b, &a, vec![1]).await;
}

#[tokio::test]
async fn coming_back_again_and_again_without_acknowledging_does_not_keep_a_visit() {
    let pause = Duration::from_millis(100);
    let server = TestServer::start(Limits { stall: pause, grace: pause, ..Limits::default() }).await;
    let (mut raw, token) = Raw::begin(server.address).await;
    raw.join(room(1)).await;
    soon("the visit's end", async {
        loop {
            let mut again = Raw::connect(server.address).await;
            let resume = Some(Resume { token: token.clone(), received: 0 });
            again.send(Hello { resume }.encode()).await;
            match again.reply().await {
                HelloReply::Resumed { .. } => raw = again,
                HelloReply::Fresh(_) => break,
                reply => panic!("expected the visit or a fresh one, not {reply:?}"),
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_dropped_client_that_reads_nothing_does_not_keep_its_connection() {
    let limits = Limits {
        message_burst: 100_000,
        queue_bytes: 32 << 20,
        stall: Duration::from_secs(2),
        ..Limits::default()
    };
    let server = TestServer::start(limits).await;
    let mut deaf = Raw::begin(server.address).await.0;
    deaf.join(room(1)).await;
    let a = enter(&server.client(), room(1)).await;
    for _ in 0..256 {
        a.sender.send(Recipient::All, vec![0; 60_000]).await.unwrap();
    }
    metric_becomes(server.address, "messages_total", 256).await;
    metric_becomes(server.address, "visits", 1).await;
    // Alice's connection, and the one that asks.
    metric_becomes(server.address, "connections", 2).await;
    drop(deaf);
}

#[tokio::test]
async fn the_rooms_of_one_address_are_limited_together() {
    let server = proxied(Limits { rooms_per_address: 3, ..Limits::default() }).await;
    let mut first = Raw::begin_from(server.address, "192.0.2.1").await.unwrap();
    let mut second = Raw::begin_from(server.address, "192.0.2.1").await.unwrap();
    let mut other = Raw::begin_from(server.address, "192.0.2.2").await.unwrap();
    first.join(room(1)).await;
    first.join(room(2)).await;
    second.join(room(3)).await;
    let refused = Some(ServerFrame::Refused { room: room(4), refusal: Refusal::TooManyRooms });
    second.send(ClientFrame::Join { room: room(4) }.encode()).await;
    assert_eq!(second.frame().await, refused, "its address is in three rooms");
    other.join(room(4)).await;
    first.send(ClientFrame::Bye.encode()).await;
    metric_becomes(server.address, "rooms", 2).await;
    second.join(room(5)).await;
}

#[tokio::test]
async fn the_announcements_of_one_address_are_limited_together() {
    let server = proxied(Limits { announcements_per_address: 2, ..Limits::default() }).await;
    let mut first = Raw::begin_from(server.address, "192.0.2.1").await.unwrap();
    let mut second = Raw::begin_from(server.address, "192.0.2.1").await.unwrap();
    let mut other = Raw::begin_from(server.address, "192.0.2.2").await.unwrap();
    let full = Some(Refusal::TooManyAnnouncements);
    assert_eq!(announced(&mut first, 1).await, None);
    assert_eq!(announced(&mut second, 2).await, None);
    assert_eq!(announced(&mut second, 3).await, full, "its address has two");
    assert_eq!(announced(&mut second, 2).await, None, "one's own can still be replaced");
    assert_eq!(announced(&mut other, 3).await, None);
    first.send(ClientFrame::Withdraw { id: AnnouncementId::from_bytes([1; 16]) }.encode()).await;
    metric_becomes(server.address, "announcements", 2).await;
    assert_eq!(announced(&mut second, 4).await, None, "there is room again");
}

#[tokio::test]
async fn the_notes_of_one_address_push_out_its_own_alone() {
    let server = proxied(Limits { notes_per_address: 2, ..Limits::default() }).await;
    let mut first = Raw::begin_from(server.address, "192.0.2.1").await.unwrap();
    let mut second = Raw::begin_from(server.address, "192.0.2.1").await.unwrap();
    let mut other = Raw::begin_from(server.address, "192.0.2.2").await.unwrap();
    for (raw, number, notes) in [(&mut other, 1, 1), (&mut first, 2, 2), (&mut second, 3, 3)] {
        leave_note(raw, number).await;
        metric_becomes(server.address, "notes", notes).await;
    }
    leave_note(&mut first, 4).await;
    // What it says is done in order.
    first.join(room(5)).await;
    let alice = server.client();
    for (number, note) in [(1, Some(vec![1])), (2, None), (3, Some(vec![3])), (4, Some(vec![4]))] {
        assert_eq!(enter(&alice, room(number)).await.note, note, "room {number}");
    }
}

/// Leaves a note in a room.
async fn leave_note(raw: &mut Raw, number: u8) {
    raw.join(room(number)).await;
    raw.send(ClientFrame::SetNote { room: room(number), note: vec![number] }.encode()).await;
}

/// Announces; returns why not.
async fn announced(raw: &mut Raw, number: u8) -> Option<Refusal> {
    let id = AnnouncementId::from_bytes([number; 16]);
    raw.send(ClientFrame::Announce(Announcement { id, record: vec![number] }).encode()).await;
    match raw.frame().await {
        Some(ServerFrame::Announced { refusal, .. }) => refusal,
        frame => panic!("expected an answer, not {frame:?}"),
    }
}
