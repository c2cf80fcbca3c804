//! Links over the real signalling server and real WebRTC on loopback.

#![allow(clippy::unwrap_used)]

mod common;

use std::{collections::BTreeMap, time::Duration};

use common::{Device, config, id, linked, secret, server};
use mesh::{LinkState, MeshConfig, MeshError, MeshEvent, RoomNote};
use zeroize::Zeroizing;

async fn full_mesh(devices: u8) {
    let server = server().await;
    let mut all = Vec::new();
    for byte in 1..=devices {
        all.push(Device::entered(byte, &server).await);
    }
    for (i, device) in all.iter_mut().enumerate() {
        let others = (1..=devices).filter(|other| usize::from(*other) != i + 1);
        let wanted: BTreeMap<_, _> = others.map(|other| (id(other), LinkState::Direct)).collect();
        while device.links() != wanted {
            device.until("a link", |event| matches!(event, MeshEvent::Link { .. })).await;
        }
    }
    for device in &all {
        let others: Vec<_> = device.links().into_keys().collect();
        device.mesh.broadcast(&others, Zeroizing::new(b"to all".to_vec())).await.unwrap();
    }
    for device in &mut all {
        for from in device.links().into_keys() {
            let is_it =
                |event: &MeshEvent| matches!(event, MeshEvent::Received { from: f, .. } if *f == from);
            if !device.seen.iter().any(is_it) {
                assert_eq!(device.receive(from).await, b"to all");
            }
        }
        assert!(device.mesh.flushed().await);
    }
}

/// Untuned, two ticks of ICE's 200 ms are the least; see ADR 0030.
#[tokio::test(flavor = "multi_thread")]
async fn a_link_waits_for_no_timer() {
    let server = server().await;
    let mut best = Duration::MAX;
    for _ in 0..9 {
        let mut alice = Device::entered(1, &server).await;
        let start = std::time::Instant::now();
        let mut bob = Device::new(2, &server).await;
        linked(&mut alice, id(1), &mut bob, id(2), LinkState::Direct).await;
        best = best.min(start.elapsed());
        tokio::join!(alice.mesh.close(), bob.mesh.close());
    }
    assert!(best < Duration::from_millis(200), "the best of nine took {best:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn three_devices_make_a_full_mesh() {
    full_mesh(3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn six_devices_make_a_full_mesh() {
    full_mesh(6).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_largest_body_passes_and_a_larger_one_is_refused() {
    for relay_only in [false, true] {
        let server = server().await;
        let config = || MeshConfig { relay_only, ..config() };
        let mut alice = Device::with(1, &server, &secret(), config()).await;
        alice.until("entering", |event| matches!(event, MeshEvent::Entered { .. })).await;
        let mut bob = Device::with(2, &server, &secret(), config()).await;
        let state = if relay_only { LinkState::Relayed } else { LinkState::Direct };
        linked(&mut alice, id(1), &mut bob, id(2), state).await;
        let largest = vec![7; mesh::config::MAX_BODY];
        alice.send(id(2), &largest).await;
        assert_eq!(bob.receive(id(1)).await, largest);
        assert!(alice.mesh.flushed().await);
        let larger = Zeroizing::new(vec![7; largest.len() + 1]);
        assert_eq!(alice.mesh.send(id(2), larger).await, Err(MeshError::TooLarge(largest.len() + 1)));
        let stranger = alice.mesh.send(id(9), Zeroizing::new(vec![1])).await;
        assert_eq!(stranger, Err(MeshError::UnknownPeer(id(9))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_side_that_wants_no_direct_path_is_enough() {
    for first_relays in [true, false] {
        let server = server().await;
        let config = |relay_only| MeshConfig { relay_only, ..config() };
        let mut alice = Device::with(1, &server, &secret(), config(first_relays)).await;
        alice.until("entering", |event| matches!(event, MeshEvent::Entered { .. })).await;
        let mut bob = Device::with(2, &server, &secret(), config(!first_relays)).await;
        linked(&mut alice, id(1), &mut bob, id(2), LinkState::Relayed).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_bye_is_told_apart_from_a_loss() {
    let server = server().await;
    let mut alice = Device::entered(1, &server).await;
    let mut bob = Device::new(2, &server).await;
    linked(&mut alice, id(1), &mut bob, id(2), LinkState::Direct).await;
    bob.send(id(1), b"last words").await;
    assert!(bob.mesh.flushed().await);
    let start = std::time::Instant::now();
    common::within("closing", bob.mesh.close()).await;
    assert!(
        start.elapsed() < mesh::config::LINGER,
        "closing waits for the other side, not for its time to pass"
    );
    assert_eq!(alice.receive(id(2)).await, b"last words");
    alice.until("a good-bye", |event| *event == MeshEvent::PeerLeft { peer: id(2) }).await;
    assert!(!alice.seen.iter().any(|e| matches!(e, MeshEvent::Link { state: LinkState::Down, .. })));
    let gone = alice.mesh.send(id(2), Zeroizing::new(vec![1])).await;
    assert_eq!(gone, Err(MeshError::UnknownPeer(id(2))));
}

/// The server's word that it left overtakes what is still on its way over the link.
#[tokio::test(flavor = "multi_thread")]
async fn who_links_speaks_and_leaves_at_once_is_heard() {
    let server = server().await;
    let mut alice = Device::entered(1, &server).await;
    for _ in 0..15 {
        let mut bob = Device::new(2, &server).await;
        bob.link(id(1), LinkState::Direct).await;
        bob.send(id(1), b"in haste").await;
        bob.mesh.close().await;
        assert_eq!(alice.receive(id(2)).await, b"in haste");
        alice.until("a good-bye", |event| *event == MeshEvent::PeerLeft { peer: id(2) }).await;
    }
}

#[test]
fn a_killed_process_is_noticed_and_its_successor_starts_afresh() {
    let runtime = || tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (here, there) = (runtime(), runtime());
    let server = here.block_on(server());
    let mut alice = here.block_on(Device::entered(1, &server));
    let mut bob = there.block_on(Device::entered(2, &server));
    here.block_on(alice.link(id(2), LinkState::Direct));
    there.block_on(bob.link(id(1), LinkState::Direct));
    there.block_on(bob.send(id(1), b"before"));
    assert_eq!(here.block_on(alice.receive(id(2))), b"before");

    // Nothing of it runs on, not even what would close its sockets properly.
    there.shutdown_background();
    here.block_on(alice.send(id(2), b"to the dead"));
    here.block_on(alice.link(id(2), LinkState::Down));

    let mut bob = here.block_on(Device::new(2, &server));
    here.block_on(alice.until("a restart", |event| *event == MeshEvent::PeerRestarted { peer: id(2) }));
    here.block_on(linked(&mut alice, id(1), &mut bob, id(2), LinkState::Direct));
    here.block_on(async {
        alice.send(id(2), b"to the living").await;
        assert_eq!(bob.receive(id(1)).await, b"to the living", "what waited for the old process is dropped");
        bob.send(id(1), b"after").await;
        assert_eq!(alice.receive(id(2)).await, b"after", "numbering begins anew");
        assert!(!alice.mesh.flushed().await, "the message to the dead was never acknowledged");
        assert!(alice.mesh.flushed().await, "which is said once");
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newer_of_two_processes_with_one_identity_has_the_link() {
    let server = server().await;
    let mut alice = Device::entered(1, &server).await;
    let mut bob = Device::new(2, &server).await;
    linked(&mut alice, id(1), &mut bob, id(2), LinkState::Direct).await;
    let mut twin = Device::new(2, &server).await;
    alice.until("a restart", |event| *event == MeshEvent::PeerRestarted { peer: id(2) }).await;
    tokio::join!(alice.link(id(2), LinkState::Direct), twin.link(id(1), LinkState::Direct));
    bob.link(id(1), LinkState::Down).await;
    alice.send(id(2), b"to the newer").await;
    assert_eq!(twin.receive(id(1)).await, b"to the newer");
    assert!(!twin.links().contains_key(&id(2)), "a device makes no link with itself");
}

#[tokio::test(flavor = "multi_thread")]
async fn direct_links_outlive_the_signalling_server() {
    let server_runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let server = server_runtime.spawn(server()).await.unwrap();
    let mut alice = Device::entered(1, &server).await;
    let mut bob = Device::new(2, &server).await;
    linked(&mut alice, id(1), &mut bob, id(2), LinkState::Direct).await;
    server_runtime.shutdown_background();
    alice.until("losing the server", |event| *event == MeshEvent::Offline).await;
    alice.send(id(2), b"still there?").await;
    assert_eq!(bob.receive(id(1)).await, b"still there?");
    assert!(alice.mesh.flushed().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_late_reads_the_rooms_note() {
    let server = server().await;
    let alice = Device::entered(1, &server).await;
    alice.mesh.set_note(RoomNote::Finished).await.unwrap();
    common::within("closing", alice.mesh.close()).await;
    let mut late = Device::new(2, &server).await;
    late.until("the note", |event| {
        *event == MeshEvent::Entered { others: 0, note: Some(RoomNote::Finished) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_that_reads_no_more_still_says_what_it_has_to_say() {
    let server = server().await;
    let mut alice = Device::entered(1, &server).await;
    let mut bob = Device::new(2, &server).await;
    linked(&mut alice, id(1), &mut bob, id(2), LinkState::Direct).await;
    let mut carol = Device::new(3, &server).await;
    linked(&mut alice, id(1), &mut carol, id(3), LinkState::Direct).await;
    bob.link(id(3), LinkState::Direct).await;
    while carol.links().get(&id(2)) != Some(&LinkState::Direct) {
        carol.until("the other link", |event| matches!(event, MeshEvent::Link { .. })).await;
    }
    alice.events.close();
    // Something happens that alice is not told of.
    common::within("bob's closing", bob.mesh.close()).await;
    carol.until("bob's leaving", |event| *event == MeshEvent::PeerLeft { peer: id(2) }).await;

    alice.send(id(3), b"I go, too").await;
    alice.mesh.set_note(RoomNote::Cancelled).await.unwrap();
    assert_eq!(carol.receive(id(1)).await, b"I go, too");
    common::within("closing", alice.mesh.close()).await;
    carol.until("a good-bye", |event| *event == MeshEvent::PeerLeft { peer: id(1) }).await;
    let mut late = Device::new(4, &server).await;
    late.until("the note", |event| {
        matches!(event, MeshEvent::Entered { note: Some(RoomNote::Cancelled), .. })
    })
    .await;
}
