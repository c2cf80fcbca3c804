//! Rooms, notes and announcements, between real clients and a real server.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::time::{Duration, Instant};

use common::{Member, TestServer, enter, next, room, soon};
use signalling::client::{AnnouncementState, ClientError, ConnectionState, RoomEvent};
use signalling::protocol::{MAX_NOTE, MAX_PAYLOAD, MAX_RECORD};
use signalling::server::Limits;
use signalling::{Announcement, AnnouncementId, Recipient};

fn message(from: &Member, payload: &[u8]) -> RoomEvent {
    RoomEvent::Message { from: from.me, payload: payload.to_vec() }
}

#[tokio::test]
async fn members_see_each_other_come_and_go() {
    let server = TestServer::start(Limits::default()).await;
    let (alice, bob) = (server.client(), server.client());
    let mut a = enter(&alice, room(1)).await;
    assert_eq!(a.others, [], "the first is alone");
    let b = enter(&bob, room(1)).await;
    assert_eq!(b.others, [a.me], "the second is told of the first");
    assert_eq!(next(&mut a.events).await, RoomEvent::Joined(b.me), "the first is told of the second");
    soon("leaving", b.sender.leave()).await;
    assert_eq!(next(&mut a.events).await, RoomEvent::Left(b.me), "leaving is told at once");
}

#[tokio::test]
async fn a_message_goes_to_all_others_or_to_one_and_never_to_another_room() {
    let server = TestServer::start(Limits::default()).await;
    let clients = [server.client(), server.client(), server.client()];
    let mut a = enter(&clients[0], room(1)).await;
    let mut b = enter(&clients[1], room(1)).await;
    let mut c = enter(&clients[2], room(1)).await;
    let mut elsewhere = enter(&clients[2], room(2)).await;
    assert_eq!(next(&mut a.events).await, RoomEvent::Joined(b.me));
    assert_eq!(next(&mut a.events).await, RoomEvent::Joined(c.me));
    assert_eq!(next(&mut b.events).await, RoomEvent::Joined(c.me));

    a.sender.send(Recipient::All, b"to all".to_vec()).await.unwrap();
    a.sender.send(Recipient::One(c.me), b"to c".to_vec()).await.unwrap();
    b.sender.send(Recipient::All, b"from b".to_vec()).await.unwrap();
    assert_eq!(next(&mut b.events).await, message(&a, b"to all"));
    assert_eq!(next(&mut a.events).await, message(&b, b"from b"), "a gets neither of its own");
    let mut got = vec![next(&mut c.events).await, next(&mut c.events).await, next(&mut c.events).await];
    let from_b = got.iter().position(|event| *event == message(&b, b"from b")).expect("c hears b");
    got.remove(from_b);
    assert_eq!(got, [message(&a, b"to all"), message(&a, b"to c")], "each sender's order is kept");

    let d = enter(&clients[0], room(2)).await;
    assert_eq!(
        next(&mut elsewhere.events).await,
        RoomEvent::Joined(d.me),
        "the other room's first event is its own"
    );
}

#[tokio::test]
async fn the_largest_payload_passes_and_a_larger_one_is_refused_before_it_is_sent() {
    let server = TestServer::start(Limits::default()).await;
    let (alice, bob) = (server.client(), server.client());
    let a = enter(&alice, room(1)).await;
    let mut b = enter(&bob, room(1)).await;
    let largest = vec![7; MAX_PAYLOAD];
    a.sender.send(Recipient::One(b.me), largest.clone()).await.unwrap();
    assert_eq!(next(&mut b.events).await, message(&a, &largest));
    let too_large = |limit| Err(ClientError::TooLarge { len: limit + 1, limit });
    assert_eq!(a.sender.send(Recipient::All, vec![7; MAX_PAYLOAD + 1]).await, too_large(MAX_PAYLOAD));
    assert_eq!(a.sender.set_note(vec![7; MAX_NOTE + 1]).await, too_large(MAX_NOTE));
    let announcement =
        Announcement { id: AnnouncementId::from_bytes([1; 16]), record: vec![7; MAX_RECORD + 1] };
    assert_eq!(alice.announce(announcement).await.map(drop), too_large(MAX_RECORD));
}

#[tokio::test]
async fn a_room_is_joined_once_and_can_be_joined_again_after_leaving() {
    let server = TestServer::start(Limits::default()).await;
    let alice = server.client();
    let a = enter(&alice, room(1)).await;
    assert_eq!(alice.join(room(1)).await.map(drop), Err(ClientError::AlreadyJoined));
    a.sender.leave().await;
    let mut events = a.events;
    assert_eq!(soon("the end", events.next()).await, None, "a room that was left has no more events");
    let again = enter(&alice, room(1)).await;
    assert_ne!(again.me, a.me, "each stay has its own name");
}

#[tokio::test]
async fn dropping_the_events_leaves_the_room() {
    let server = TestServer::start(Limits::default()).await;
    let (alice, bob) = (server.client(), server.client());
    let mut a = enter(&alice, room(1)).await;
    let b = enter(&bob, room(1)).await;
    assert_eq!(next(&mut a.events).await, RoomEvent::Joined(b.me));
    drop(b.events);
    assert_eq!(next(&mut a.events).await, RoomEvent::Left(b.me));
}

#[tokio::test]
async fn dropping_the_client_leaves_its_rooms_and_withdraws_its_announcements() {
    let server = TestServer::start(Limits::default()).await;
    let (alice, bob) = (server.client(), server.client());
    let mut browse = alice.browse().await.unwrap();
    let mut a = enter(&alice, room(1)).await;
    let b = enter(&bob, room(1)).await;
    let announcement = Announcement { id: AnnouncementId::from_bytes([1; 16]), record: vec![1] };
    bob.announce(announcement.clone()).await.unwrap();
    let listed = browse.announcements.wait_for(|all| all.contains(&announcement));
    soon("the announcement", listed).await.unwrap();
    drop((bob, b.sender, b.events));
    assert_eq!(next(&mut a.events).await, RoomEvent::Joined(b.me));
    assert_eq!(next(&mut a.events).await, RoomEvent::Left(b.me));
    soon("the withdrawal", browse.announcements.wait_for(Vec::is_empty)).await.unwrap();
}

#[tokio::test]
async fn a_note_stays_when_everyone_has_left_and_the_last_one_wins() {
    let server = TestServer::start(Limits::default()).await;
    let (alice, bob) = (server.client(), server.client());
    let a = enter(&alice, room(1)).await;
    assert_eq!(a.note, None);
    a.sender.set_note(b"waiting".to_vec()).await.unwrap();
    a.sender.set_note(b"full".to_vec()).await.unwrap();
    soon("leaving", a.sender.leave()).await;
    let b = enter(&bob, room(1)).await;
    assert_eq!(b.note.as_deref(), Some(&b"full"[..]), "the note outlives the members");
    assert_eq!(enter(&bob, room(2)).await.note, None, "and is its room's own");
}

#[tokio::test]
async fn announcements_appear_change_and_go_for_whoever_browses() {
    let server = TestServer::start(Limits::default()).await;
    let (alice, bob) = (server.client(), server.client());
    let announcement = |id, record: &[u8]| Announcement {
        id: AnnouncementId::from_bytes([id; 16]),
        record: record.to_vec(),
    };
    let mut first = alice.announce(announcement(1, b"one")).await.unwrap();
    let answered = soon("the answer", first.answered()).await;
    assert_eq!(answered, Some(AnnouncementState::Listed));
    let mut browse = bob.browse().await.unwrap();
    let mut expect = async |wanted: Vec<Announcement>| {
        let what = format!("{wanted:?}");
        soon(&what, browse.announcements.wait_for(|all| *all == wanted)).await.unwrap();
    };
    expect(vec![announcement(1, b"one")]).await;
    alice.announce(announcement(2, b"two")).await.unwrap();
    expect(vec![announcement(1, b"one"), announcement(2, b"two")]).await;
    alice.announce(announcement(1, b"changed")).await.unwrap();
    expect(vec![announcement(1, b"changed"), announcement(2, b"two")]).await;
    alice.withdraw(AnnouncementId::from_bytes([2; 16])).await;
    expect(vec![announcement(1, b"changed")]).await;
}

#[tokio::test]
async fn a_client_connects_on_demand_and_hangs_up_when_unused() {
    let server = TestServer::start(Limits::default()).await;
    let mut config = common::config(&server.url);
    config.linger = Duration::from_millis(20);
    let client = signalling::client::Client::start(config);
    let mut state = client.state();
    assert_eq!(*state.borrow(), ConnectionState::Idle, "nothing is wanted");
    let a = enter(&client, room(1)).await;
    assert_eq!(*state.borrow_and_update(), ConnectionState::Connected);
    a.sender.leave().await;
    soon("idle", state.wait_for(|state| *state == ConnectionState::Idle)).await.unwrap();
    common::metric_becomes(server.address, "visits", 0).await;
    enter(&client, room(1)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn there_and_back_takes_well_below_a_millisecond() {
    let server = TestServer::start(Limits::default()).await;
    let (alice, bob) = (server.client(), server.client());
    let mut a = enter(&alice, room(1)).await;
    let mut b = enter(&bob, room(1)).await;
    assert_eq!(next(&mut a.events).await, RoomEvent::Joined(b.me));
    let echo = tokio::spawn(async move {
        while let Some(RoomEvent::Message { from, payload }) = b.events.next().await {
            b.sender.send(Recipient::One(from), payload).await.unwrap();
        }
    });
    let mut times = Vec::new();
    for _ in 0..300 {
        let start = Instant::now();
        a.sender.send(Recipient::All, vec![1; 200]).await.unwrap();
        next(&mut a.events).await;
        times.push(start.elapsed());
    }
    echo.abort();
    times.sort();
    let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
    println!("there and back: median {median:?}, worst {worst:?}");
    // Generous, since other work may share the machine; Nagle's algorithm or polling would show as 40 ms.
    assert!(median < Duration::from_millis(10), "median {median:?}");
}

#[tokio::test]
async fn who_is_behind_with_events_gets_them_all_and_can_go_on_asking_meanwhile() {
    const MESSAGES: u32 = 1500;
    let limits = Limits { message_burst: 100_000, ..Limits::default() };
    let server = TestServer::start(limits).await;
    let (alice, bob) = (server.client(), server.client());
    let mut a = enter(&alice, room(1)).await;
    let b = enter(&bob, room(1)).await;
    assert_eq!(next(&mut a.events).await, RoomEvent::Joined(b.me));
    for number in 0..MESSAGES {
        b.sender.send(Recipient::All, number.to_be_bytes().to_vec()).await.unwrap();
    }
    common::metric_becomes(server.address, "messages_total", MESSAGES.into()).await;
    let id = AnnouncementId::from_bytes([1; 16]);
    soon("a request", alice.announce(Announcement { id, record: vec![] })).await.unwrap();
    soon("a message", a.sender.send(Recipient::All, b"still here".to_vec())).await.unwrap();
    common::metric_becomes(server.address, "announcements", 1).await;
    for number in 0..MESSAGES {
        assert_eq!(next(&mut a.events).await, message(&b, &number.to_be_bytes()), "all, in order");
    }
}
