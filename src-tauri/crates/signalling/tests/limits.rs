//! Every limit of the server, and what it says when one is reached.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::time::Duration;

use common::{Raw, TestServer, enter, metric, metric_becomes, next, room, soon};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use signalling::client::{AnnouncementState, ConnectionState, RoomEvent, Trouble};
use signalling::protocol::{ClientFrame, Hello, HelloReply, MAX_FRAME, ServerFrame};
use signalling::server::Limits;
use signalling::{Announcement, AnnouncementId, Recipient, Refusal};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

fn announcement(id: u8, len: usize) -> Announcement {
    Announcement { id: AnnouncementId::from_bytes([id; 16]), record: vec![0; len] }
}

async fn rejected(server: &TestServer, refusal: Refusal) -> u64 {
    metric(server.address, &format!("rejected_total{{reason=\"{}\"}}", refusal.label())).await
}

/// Joins a room and expects to be refused.
async fn refused(client: &signalling::client::Client, number: u8) -> Refusal {
    let (_sender, mut events) = client.join(room(number)).await.unwrap();
    let RoomEvent::Refused(refusal) = next(&mut events).await else {
        panic!("room {number} must not let us in");
    };
    assert_eq!(soon("the end", events.next()).await, None, "a refusal is the last event");
    refusal
}

#[tokio::test]
async fn rooms_their_members_and_a_clients_rooms_are_limited() {
    let limits = Limits { rooms: 3, members_per_room: 2, rooms_per_connection: 2, ..Limits::default() };
    let server = TestServer::start(limits).await;
    let (alice, bob, carol) = (server.client(), server.client(), server.client());
    let _a1 = enter(&alice, room(1)).await;
    let _a2 = enter(&alice, room(2)).await;
    assert_eq!(refused(&alice, 3).await, Refusal::TooManyRooms);
    let _b1 = enter(&bob, room(1)).await;
    assert_eq!(refused(&carol, 1).await, Refusal::RoomFull);
    let b3 = enter(&bob, room(3)).await;
    assert_eq!(refused(&carol, 4).await, Refusal::ServerFull);
    assert_eq!(rejected(&server, Refusal::RoomFull).await, 1, "refusals are counted by reason");
    soon("leaving", b3.sender.leave()).await;
    enter(&carol, room(4)).await;
}

#[tokio::test]
async fn a_room_ends_after_its_lifetime() {
    let limits = Limits { room_lifetime: Duration::from_millis(50), ..Limits::default() };
    let server = TestServer::start(limits).await;
    let mut a = enter(&server.client(), room(1)).await;
    assert_eq!(next(&mut a.events).await, RoomEvent::Refused(Refusal::RoomExpired));
    assert_eq!(soon("the end", a.events.next()).await, None);
}

#[tokio::test]
async fn clients_are_limited_in_all_and_from_one_address() {
    for (limits, refusal) in [
        (Limits { connections: 1, ..Limits::default() }, Refusal::ServerFull),
        (Limits { connections_per_address: 1, ..Limits::default() }, Refusal::TooManyConnections),
    ] {
        let server = TestServer::start(limits).await;
        let a = enter(&server.client(), room(1)).await;
        let bob = server.client();
        let (_sender, mut events) = bob.join(room(1)).await.unwrap();
        assert_eq!(next(&mut events).await, RoomEvent::Offline, "a full server may have room later");
        let mut state = bob.state();
        let told = state.wait_for(
            |state| matches!(state, ConnectionState::Waiting { reason, .. } if *reason == Trouble::Refused(refusal)),
        );
        soon("the reason", told).await.unwrap();
        drop(a);
        assert!(matches!(next(&mut events).await, RoomEvent::Welcome { .. }), "as it has now");
    }
}

#[tokio::test]
async fn announcements_are_limited_in_all_by_client_in_size_and_in_time() {
    let limits = Limits {
        announcements: 3,
        announcements_per_connection: 2,
        record: 10,
        announcement_lifetime: Duration::from_secs(3600),
        ..Limits::default()
    };
    let server = TestServer::start(limits).await;
    let (alice, bob) = (server.client(), server.client());
    let answer = async |client: &signalling::client::Client, id, len| {
        let mut announced = client.announce(announcement(id, len)).await.unwrap();
        soon("an answer", announced.answered()).await.expect("nobody withdrew it")
    };
    let refused = AnnouncementState::Refused;
    assert_eq!(answer(&alice, 1, 10).await, AnnouncementState::Listed);
    assert_eq!(answer(&alice, 2, 11).await, refused(Refusal::TooLarge));
    assert_eq!(answer(&alice, 2, 10).await, AnnouncementState::Listed);
    assert_eq!(answer(&alice, 3, 10).await, refused(Refusal::TooManyAnnouncements));
    assert_eq!(answer(&bob, 1, 10).await, refused(Refusal::AnnouncementTaken));
    assert_eq!(answer(&bob, 3, 10).await, AnnouncementState::Listed);
    assert_eq!(answer(&bob, 4, 10).await, refused(Refusal::AnnouncementsFull));

    let limits = Limits { announcement_lifetime: Duration::from_millis(30), ..Limits::default() };
    let server = TestServer::start(limits).await;
    let alice = server.client();
    let announced = alice.announce(announcement(1, 1)).await.unwrap();
    soon("expiry", async {
        while announced.state() != refused(Refusal::AnnouncementExpired) {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn many_announcements_are_listed_on_several_pages() {
    let limits =
        Limits { announcements_per_connection: 200, announcements_per_address: 200, ..Limits::default() };
    let server = TestServer::start(limits).await;
    let (alice, bob) = (server.client(), server.client());
    for id in 0..150 {
        alice.announce(announcement(id, 1024)).await.unwrap();
    }
    metric_becomes(server.address, "announcements", 150).await;
    let mut browse = bob.browse().await.unwrap();
    let all = soon("all", browse.announcements.wait_for(|all| !all.is_empty())).await.unwrap().len();
    assert_eq!(all, 150, "a listing appears once it is complete");
}

#[tokio::test]
async fn the_oldest_note_goes_when_there_are_too_many_and_any_after_its_time() {
    let server = TestServer::start(Limits { notes: 2, ..Limits::default() }).await;
    let alice = server.client();
    for number in 1..=3 {
        let member = enter(&alice, room(number)).await;
        member.sender.set_note(vec![number]).await.unwrap();
        soon("leaving", member.sender.leave()).await;
    }
    assert_eq!(enter(&alice, room(1)).await.note, None, "the oldest is gone");
    assert_eq!(enter(&alice, room(2)).await.note, Some(vec![2]));
    let short = Limits { note_lifetime: Duration::from_millis(30), ..Limits::default() };
    let server = TestServer::start(short).await;
    let a = enter(&server.client(), room(1)).await;
    a.sender.set_note(vec![1]).await.unwrap();
    metric_becomes(server.address, "notes", 1).await;
    metric_becomes(server.address, "notes", 0).await;
}

#[tokio::test]
async fn a_fast_client_is_slowed_down_and_loses_nothing() {
    let limits = Limits { messages_per_second: 400, message_burst: 20, ..Limits::default() };
    let server = TestServer::start(limits).await;
    let (alice, bob) = (server.client(), server.client());
    let a = enter(&alice, room(1)).await;
    let mut b = enter(&bob, room(1)).await;
    let started = std::time::Instant::now();
    for number in 0..60u8 {
        a.sender.send(Recipient::All, vec![number]).await.unwrap();
    }
    for number in 0..60u8 {
        let expected = RoomEvent::Message { from: a.me, payload: vec![number] };
        assert_eq!(next(&mut b.events).await, expected);
    }
    assert!(started.elapsed() > Duration::from_millis(60), "40 messages beyond the burst take 100 ms");
    assert!(metric(server.address, "throttled_total").await > 0);
}

#[tokio::test]
async fn a_member_that_takes_nothing_is_dropped_and_the_others_go_on() {
    let limits = Limits { queue_frames: 32, message_burst: 100_000, ..Limits::default() };
    let server = TestServer::start(limits).await;
    let (mut slow, _) = Raw::begin(server.address).await;
    slow.send(ClientFrame::Join { room: room(1) }.encode()).await;
    let Some(ServerFrame::Welcome { me: slow_member, .. }) = slow.frame().await else {
        panic!("the slow one is let in");
    };
    let (alice, bob) = (server.client(), server.client());
    let mut a = enter(&alice, room(1)).await;
    let mut b = enter(&bob, room(1)).await;
    assert_eq!(next(&mut a.events).await, RoomEvent::Joined(b.me));
    for number in 0..100u8 {
        a.sender.send(Recipient::All, vec![number; 1000]).await.unwrap();
        let event = match next(&mut b.events).await {
            RoomEvent::Left(member) => {
                assert_eq!(member, slow_member);
                next(&mut b.events).await
            }
            event => event,
        };
        assert_eq!(event, RoomEvent::Message { from: a.me, payload: vec![number; 1000] });
    }
    assert_eq!(next(&mut a.events).await, RoomEvent::Left(slow_member));
    let mut last = None;
    while let Some(frame) = slow.frame().await {
        last = Some(frame);
    }
    assert_eq!(last, Some(ServerFrame::Bye { refusal: Refusal::SlowConsumer }), "it is told why");
    assert_eq!(rejected(&server, Refusal::SlowConsumer).await, 1);
}

#[tokio::test]
async fn what_waits_for_all_clients_together_is_limited() {
    let limits = Limits { queue_bytes_total: 2000, ..Limits::default() };
    let server = TestServer::start(limits).await;
    let (mut slow, _) = Raw::begin(server.address).await;
    slow.send(ClientFrame::Join { room: room(1) }.encode()).await;
    slow.frame().await.unwrap();
    let a = enter(&server.client(), room(1)).await;
    for _ in 0..3 {
        a.sender.send(Recipient::All, vec![0; 900]).await.unwrap();
    }
    let mut last = None;
    while let Some(frame) = slow.frame().await {
        last = Some(frame);
    }
    assert_eq!(last, Some(ServerFrame::Bye { refusal: Refusal::SlowConsumer }));
    metric_becomes(server.address, "queued_bytes", 0).await;
}

#[tokio::test]
async fn frames_that_are_garbage_too_large_or_not_allowed_end_the_visit_with_a_reason() {
    let server = TestServer::start(Limits { payload: 5000, note: 10, ..Limits::default() }).await;
    let send = |payload| ClientFrame::Send { room: room(1), to: Recipient::All, payload }.encode();
    let note = ClientFrame::SetNote { room: room(1), note: vec![0; 11] }.encode();
    let ack = ClientFrame::Ack { received: 7 }.encode();
    for (frame, refusal) in [
        (Message::Binary(vec![0xff; 100].into()), Refusal::Malformed),
        (Message::Binary(Vec::new().into()), Refusal::Malformed),
        (Message::Text("hello".into()), Refusal::Malformed),
        (Message::Binary(ack.into()), Refusal::Malformed),
        (Message::Binary(send(vec![0; 5001]).into()), Refusal::TooLarge),
        (Message::Binary(note.into()), Refusal::TooLarge),
        (Message::Binary(vec![0; MAX_FRAME].into()), Refusal::FrameTooLarge),
    ] {
        let (mut raw, _) = Raw::begin(server.address).await;
        futures_util::SinkExt::send(&mut raw.0, frame).await.unwrap();
        assert_eq!(raw.frame().await, Some(ServerFrame::Bye { refusal }));
        assert_eq!(raw.frame().await, None, "the connection ends");
    }
    metric_becomes(server.address, "visits", 0).await;
}

#[tokio::test]
async fn a_bad_first_frame_is_refused() {
    let limits = Limits { handshake: Duration::from_millis(60), ..Limits::default() };
    let server = TestServer::start(limits).await;
    for (frame, reply) in [
        (b"pfsg\x02from the future".to_vec(), HelloReply::Unsupported),
        (b"anything".to_vec(), HelloReply::Refused(Refusal::Malformed)),
        (vec![0; MAX_FRAME + 1], HelloReply::Refused(Refusal::FrameTooLarge)),
    ] {
        let mut raw = Raw::connect(server.address).await;
        raw.send(frame).await;
        assert_eq!(raw.reply().await, reply);
        assert_eq!(raw.bytes().await, None, "the connection ends");
    }
    let mut silent = Raw::connect(server.address).await;
    assert_eq!(silent.reply().await, HelloReply::Refused(Refusal::Idle), "silence is refused too");
    let mut half_open = TcpStream::connect(server.address).await.unwrap();
    half_open.write_all(b"GET /v1 HT").await.unwrap();
    let mut rest = Vec::new();
    let _ = soon("the end of half a request", half_open.read_to_end(&mut rest)).await;
}

#[tokio::test]
async fn a_resumed_visit_must_be_ones_own_and_claim_what_can_be() {
    let server = TestServer::start(Limits::default()).await;
    let (mut first, token) = Raw::begin(server.address).await;
    first.send(ClientFrame::Join { room: room(1) }.encode()).await;
    first.frame().await.unwrap();
    let resume = |token, received| Hello { resume: Some(signalling::protocol::Resume { token, received }) };

    let mut second = Raw::connect(server.address).await;
    second.send(resume(token.clone(), 0).encode()).await;
    assert_eq!(second.reply().await, HelloReply::Resumed { received: 1 });
    assert!(matches!(second.frame().await, Some(ServerFrame::Welcome { .. })), "it is sent again");
    assert_eq!(first.frame().await, Some(ServerFrame::Bye { refusal: Refusal::Superseded }));

    let mut third = Raw::connect(server.address).await;
    third.send(resume(token, 100).encode()).await;
    assert!(matches!(third.reply().await, HelloReply::Fresh(_)), "nobody has got 100 frames");
    assert_eq!(second.frame().await, Some(ServerFrame::Bye { refusal: Refusal::Malformed }));
}

#[tokio::test]
async fn health_and_metrics_tell_nothing_about_anyone() {
    let server = TestServer::start(Limits::default()).await;
    let a = enter(&server.client(), room(0xab)).await;
    a.sender.send(Recipient::All, b"payload".to_vec()).await.unwrap();
    let health = common::get(server.address, "/healthz").await;
    assert!(health.starts_with("HTTP/1.1 200") && health.ends_with("\r\n\r\nok\n"), "{health}");
    let metrics = common::get(server.address, "/metrics").await;
    for line in ["permafrost_signal_rooms 1", "permafrost_signal_members 1", "permafrost_signal_visits 1"] {
        assert!(metrics.lines().any(|other| other == line), "{line} is missing from {metrics}");
    }
    assert!(!metrics.contains("abab") && !metrics.contains("127.0.0.1"), "{metrics}");
    assert!(common::get(server.address, "/v1").await.starts_with("HTTP/1.1 426"));
    assert!(common::get(server.address, "/other").await.starts_with("HTTP/1.1 404"));
}

#[tokio::test]
async fn random_and_mutated_frames_never_harm_the_server() {
    let limits = Limits { connections: 10_000, connections_per_address: 10_000, ..Limits::default() };
    let server = TestServer::start(limits).await;
    let witness = enter(&server.client(), room(9)).await;
    let mut rng = StdRng::seed_from_u64(7);
    let valid = [
        ClientFrame::Join { room: room(1) }.encode(),
        ClientFrame::Send { room: room(1), to: Recipient::All, payload: vec![1; 40] }.encode(),
        ClientFrame::SetNote { room: room(1), note: vec![2; 40] }.encode(),
        ClientFrame::Announce(announcement(1, 40)).encode(),
        ClientFrame::Ack { received: 1 }.encode(),
        Hello { resume: None }.encode(),
    ];
    for _ in 0..150 {
        let (mut raw, _) = Raw::begin(server.address).await;
        for _ in 0..20 {
            let mut frame = valid[rng.gen_range(0..valid.len())].clone();
            for _ in 0..rng.gen_range(0..4) {
                let at = rng.gen_range(0..frame.len());
                frame[at] = rng.r#gen();
            }
            frame.truncate(frame.len() - rng.gen_range(0..2));
            let sent = futures_util::SinkExt::send(&mut raw.0, Message::Binary(frame.into())).await;
            if sent.is_err() {
                break;
            }
        }
    }
    let mut other = enter(&server.client(), room(9)).await;
    witness.sender.send(Recipient::One(other.me), b"alive".to_vec()).await.unwrap();
    let alive = RoomEvent::Message { from: witness.me, payload: b"alive".to_vec() };
    assert_eq!(next(&mut other.events).await, alive, "the server goes on as if nothing had been");
}
