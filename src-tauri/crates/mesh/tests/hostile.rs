//! A server that lies costs time at worst: links are with the right device, or absent.

#![allow(clippy::unwrap_used)]

mod common;

use std::{collections::BTreeMap, time::Duration};

use common::{
    Device, config,
    hub::{Passing, hub},
    id, linked, secret,
};
use mesh::{LinkState, MeshConfig, MeshEvent, SessionSecret};

/// Bodies on the way back and forth; enough to fill windows several times.
const BODIES: u32 = 120;

fn hasty() -> MeshConfig {
    MeshConfig { direct_deadline: Duration::from_millis(700), ..config() }
}

fn relayed() -> MeshConfig {
    MeshConfig { relay_only: true, relay_deadline: Duration::from_millis(500), ..config() }
}

async fn pair(server: &signalling::ServerUrl, config: MeshConfig) -> (Device, Device) {
    let mut a = Device::with(1, server, &secret(), config.clone()).await;
    a.until("entering", |event| matches!(event, MeshEvent::Entered { .. })).await;
    let b = Device::with(2, server, &secret(), config).await;
    (a, b)
}

/// Every body arrives exactly once, in order, in both directions.
async fn exchange(a: &mut Device, b: &mut Device) {
    let body = |i: u32| [i.to_be_bytes().as_slice(), &vec![0; (i as usize * 997) % 5000]].concat();
    let both = async |mine: &mut Device, theirs| {
        let mut expected = 0;
        for i in 0..BODIES {
            mine.send(theirs, &body(i)).await;
            // As many are read as have come, so that neither side's events fill up.
            while let Ok(event) = mine.events.try_recv() {
                if let MeshEvent::Received { body: got, .. } = event {
                    assert_eq!(got, body(expected), "in order, none missing, none twice");
                    expected += 1;
                }
            }
        }
        while expected < BODIES {
            assert_eq!(mine.receive(theirs).await, body(expected), "in order, none missing, none twice");
            expected += 1;
        }
    };
    tokio::join!(both(a, id(2)), both(b, id(1)));
    let flushed =
        common::within("flushing", async { tokio::join!(a.mesh.flushed(), b.mesh.flushed()) }).await;
    assert_eq!(flushed, (true, true));
    for device in [a, b] {
        while let Ok(event) = device.events.try_recv() {
            assert!(!matches!(event, MeshEvent::Received { .. }), "nothing comes once more");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_repeated_and_replayed_changes_nothing() {
    let mut heard: Vec<Passing> = Vec::new();
    let server = hub(
        &[],
        Box::new(move |passing| {
            heard.push(passing.clone());
            let old = heard[heard.len() / 2].clone();
            vec![passing.clone(), passing.clone(), old, passing]
        }),
    )
    .await;
    let (mut a, mut b) = pair(&server, config()).await;
    linked(&mut a, id(1), &mut b, id(2), LinkState::Direct).await;
    exchange(&mut a, &mut b).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn repeated_relay_frames_are_delivered_once() {
    let mut heard: Vec<Passing> = Vec::new();
    let server = hub(
        &[],
        Box::new(move |passing| {
            heard.push(passing.clone());
            let old = heard[heard.len() * 2 / 3].clone();
            vec![passing.clone(), passing, old]
        }),
    )
    .await;
    let (mut a, mut b) = pair(&server, relayed()).await;
    linked(&mut a, id(1), &mut b, id(2), LinkState::Relayed).await;
    exchange(&mut a, &mut b).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dropped_relay_frames_break_the_link_but_lose_no_body() {
    let mut count = 0;
    let server = hub(
        &[],
        Box::new(move |passing| {
            count += 1;
            if count % 41 == 0 { vec![] } else { vec![passing] }
        }),
    )
    .await;
    let (mut a, mut b) = pair(&server, relayed()).await;
    linked(&mut a, id(1), &mut b, id(2), LinkState::Relayed).await;
    exchange(&mut a, &mut b).await;
    let downs = a.seen.iter().filter(|e| matches!(e, MeshEvent::Link { state: LinkState::Down, .. })).count();
    assert!(downs > 0, "the test must have broken the link");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_candidates_the_link_is_relayed_after_the_deadline() {
    let mut described = BTreeMap::new();
    let server = hub(
        &[],
        Box::new(move |passing| {
            // Descriptions are the only large payloads, and candidates follow them.
            let large = passing.payload.len() > 300;
            let follows = described.insert((passing.from, passing.to), large) == Some(true);
            if follows && !large { vec![] } else { vec![passing] }
        }),
    )
    .await;
    let (mut a, mut b) = pair(&server, hasty()).await;
    linked(&mut a, id(1), &mut b, id(2), LinkState::Relayed).await;
    exchange(&mut a, &mut b).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dropped_first_words_cost_a_retry() {
    let mut count = 0;
    let server = hub(
        &[],
        Box::new(move |passing| {
            count += 1;
            if count <= 4 { vec![] } else { vec![passing] }
        }),
    )
    .await;
    let (mut a, mut b) = pair(&server, hasty()).await;
    let up = |event: &MeshEvent| {
        matches!(event, MeshEvent::Link { state: LinkState::Direct | LinkState::Relayed, .. })
    };
    tokio::join!(a.until("a link", up), b.until("a link", up));
    exchange(&mut a, &mut b).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn swapped_senders_and_addressees_make_no_wrong_link() {
    // Guest 2 gets what is meant for guest 1 as well, and everything also comes in another's name.
    let server = hub(
        &[],
        Box::new(|passing| {
            let copy = |from, to| Passing { from, to, payload: passing.payload.clone() };
            let third = 3 - passing.from - passing.to;
            vec![copy(passing.from, third), copy(third, passing.to), copy(passing.to, passing.from), passing]
        }),
    )
    .await;
    let (mut a, mut b) = pair(&server, config()).await;
    b.until("entering", |event| matches!(event, MeshEvent::Entered { .. })).await;
    let mut c = Device::with(3, &server, &secret(), config()).await;
    for (device, others) in [(&mut a, [2, 3]), (&mut b, [1, 3]), (&mut c, [1, 2])] {
        let is_up = |event: &MeshEvent| matches!(event, MeshEvent::Link { state: LinkState::Direct, .. });
        while device.links().len() < 2 {
            device.until("links", is_up).await;
        }
        assert!(
            device.links().keys().eq(BTreeMap::from(others.map(|o| (id(o), ()))).keys()),
            "the right ones"
        );
    }
    // Each answers to its own name over its own link.
    a.send(id(2), b"for two").await;
    a.send(id(3), b"for three").await;
    assert_eq!(b.receive(id(1)).await, b"for two");
    assert_eq!(c.receive(id(1)).await, b"for three");
    a.until("a report", |event| matches!(event, MeshEvent::Handshakes { .. })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changed_payloads_make_no_link_and_are_reported() {
    let server = hub(
        &[],
        Box::new(|mut passing| {
            let middle = passing.payload.len() / 2;
            passing.payload[middle] ^= 1;
            vec![passing]
        }),
    )
    .await;
    let (mut a, b) = pair(&server, hasty()).await;
    a.until("a report", |event| matches!(event, MeshEvent::Handshakes { .. })).await;
    assert!(a.links().is_empty() && b.links().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_secret_makes_no_link_even_in_the_same_room() {
    let server = hub(&[], Box::new(|passing| vec![passing])).await;
    let mut a = Device::with(1, &server, &secret(), hasty()).await;
    a.until("entering", |event| matches!(event, MeshEvent::Entered { .. })).await;
    let other = SessionSecret::from_bytes([0; 16]);
    let mut b = Device::with(2, &server, &other, hasty()).await;
    a.until("a report", |event| matches!(event, MeshEvent::Handshakes { .. })).await;
    let mut c = Device::with(3, &server, &secret(), hasty()).await;
    linked(&mut a, id(1), &mut c, id(3), LinkState::Direct).await;
    b.mesh.close().await;
    while b.events.recv().await.is_some_and(|event| !matches!(event, MeshEvent::Link { .. })) {}
    assert!(b.events.recv().await.is_none(), "the stranger ends without a link");
    assert!(!a.links().contains_key(&id(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn invented_members_get_no_link_and_do_not_hinder_real_ones() {
    let ghosts: Vec<usize> = (200..240).collect();
    let server = hub(&ghosts, Box::new(|passing| vec![passing])).await;
    let (mut a, mut b) = pair(&server, hasty()).await;
    linked(&mut a, id(1), &mut b, id(2), LinkState::Direct).await;
    exchange(&mut a, &mut b).await;
    assert_eq!(b.links().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn if_both_offer_one_of_the_offers_makes_the_link() {
    // Each is told that the other was there first.
    let server = hub(&[1], Box::new(|passing| vec![passing])).await;
    let (mut a, mut b) = pair(&server, config()).await;
    linked(&mut a, id(1), &mut b, id(2), LinkState::Direct).await;
    exchange(&mut a, &mut b).await;
}
