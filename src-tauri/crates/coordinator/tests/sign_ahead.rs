//! What is made before it is needed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{
    sign::{Group, Packet, Task, payload},
    sign_wire::{Body, decode, kind},
};
use coordinator::{
    Ciphersuite,
    sign::{Input, Stand},
};
use sha2::{Digest, Sha256};

/// What libsecp256k1 takes.
fn hash(index: u32) -> Vec<u8> {
    Sha256::digest(index.to_be_bytes()).to_vec()
}

#[test]
fn whoever_had_the_time_to_prepare_draws_no_nonces_while_it_signs() {
    for prepared in [true, false] {
        let mut group = Group::new(Ciphersuite::Secp256k1Tr, 2, 2);
        group.devices[1].prepares = prepared;
        let request = group.propose(0, payload(&(0..3).map(|index| (hash(index), None)).collect()));
        // Up to where device 1 is asked to sign.
        while !group.tasks.iter().any(|(index, task)| *index == 1 && matches!(task, Task::Sign(..))) {
            assert!(group.step(), "it is asked");
        }
        let drawn = group.devices[1].rng.get_word_pos();
        group.run();
        group.assert_signed(request);
        assert_eq!(group.devices[1].rng.get_word_pos() == drawn, prepared);
    }
}

#[test]
fn more_keys_than_are_remembered_sign_all_the_same() {
    let mut group = Group::new(Ciphersuite::Secp256k1Tr, 2, 2);
    let key = |request: u32, index: u32| {
        let mut tweak: [u8; 32] =
            Sha256::digest([request.to_be_bytes(), index.to_be_bytes()].concat()).into();
        tweak[0] &= 0x7f;
        tweak
    };
    let requests: Vec<_> = (0..5)
        .map(|request| {
            let meaning = (0..500).map(|index| (hash(index), Some(key(request, index))));
            group.propose(0, payload(&meaning.collect()))
        })
        .collect();
    group.run();
    for request in requests {
        assert_eq!(group.devices[0].signed[&request].1.len(), 500);
    }
    group.assert_nobody_blamed();
}

fn hashes(count: u32) -> Vec<u8> {
    payload(&(0..count).map(|index| (hash(index), None)).collect())
}

fn count(group: &Group, to: usize, what: &str) -> usize {
    group.transcript.iter().filter(|packet| packet.to == to && kind(&packet.bytes) == what).count()
}

#[test]
fn commitments_are_with_all_before_the_last_approval_and_packages_only_name_them() {
    let mut group = Group::new(Ciphersuite::Secp256k1Tr, 3, 4);
    group.devices[2].approves = false;
    group.devices[3].approves = false;
    let request = group.propose(0, hashes(100));
    group.run();
    assert_eq!(count(&group, 2, "forward"), 2, "also who has not decided has them");
    assert_eq!(count(&group, 3, "forward"), 2);
    let share = group.share(2);
    group.input(2, Input::Approve { request, signables: 100, share: &share });
    group.run();
    group.assert_signed(request);
    assert_eq!(count(&group, 2, "forward"), 2, "it has all that it needs");
    assert_eq!(count(&group, 1, "forward"), 2, "and this one lacked only the last");
    for packet in group.transcript.iter().filter(|packet| kind(&packet.bytes) == "package") {
        assert!(packet.bytes.len() < 256, "{}", packet.bytes.len());
    }
    assert_eq!(group.devices[0].started.len(), 1);
    group.assert_nobody_blamed();
}

#[test]
fn nothing_is_forwarded_to_who_does_not_have_the_proposal() {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 3);
    group.devices[1].approves = false;
    for other in [0, 1] {
        group.cut(other, 2);
    }
    let request = group.propose(0, hashes(1));
    group.run();
    // Its link comes up: what it knows, and then the proposal, are under way.
    group.mend(0, 2);
    group.answer(0, Task::Decide(request));
    let kinds = |group: &Group| {
        let to = group.transcript.iter().filter(|packet| (packet.from, packet.to) == (0, 2));
        to.map(|packet| kind(&packet.bytes)).collect::<Vec<_>>()
    };
    assert!(!kinds(&group).contains(&"forward"));
    group.run();
    let kinds = kinds(&group);
    let at = |what| kinds.iter().position(|kind| *kind == what).unwrap();
    assert!(at("propose") < at("forward"));
    group.assert_signed(request);
    let lacks = |packet: &&Packet| matches!(decode(&packet.bytes).body, Body::Declined { .. });
    assert_eq!(group.transcript.iter().filter(lacks).count(), 0);
}

#[test]
fn who_is_away_is_told_when_it_is_back() {
    let mut group = Group::new(Ciphersuite::Ed25519, 3, 3);
    group.devices[2].approves = false;
    let request = group.propose(0, hashes(1));
    group.cut(0, 2);
    group.run();
    assert_eq!(group.stand(0, request, 1), Stand::Approved);
    assert_eq!(count(&group, 2, "forward"), 0, "nothing fills the queue for it");
    group.mend(0, 2);
    group.run();
    assert_eq!(count(&group, 2, "forward"), 2);
}

#[test]
fn whoever_lacks_what_was_forwarded_is_sent_it_once_more() {
    let mut group = Group::new(Ciphersuite::Ed25519, 3, 3);
    let mut lost = 0;
    group.tamper = Box::new(move |packet| {
        if packet.to == 1 && kind(&packet.bytes) == "forward" && lost < 2 {
            lost += 1;
            return Vec::new();
        }
        vec![packet.clone()]
    });
    let request = group.propose(0, hashes(2));
    group.run();
    group.assert_signed(request);
    group.assert_nobody_blamed();
    assert_eq!(group.devices[0].started.len(), 1, "in the same attempt");
    let lacks = |packet: &&Packet| matches!(decode(&packet.bytes).body, Body::Declined { why: 2, .. });
    assert_eq!(group.transcript.iter().filter(lacks).count(), 1);
}

#[test]
fn where_much_waits_to_be_sent_commitments_go_with_the_package() {
    let mut group = Group::new(Ciphersuite::Ed25519, 3, 3);
    group.devices[0].has_room_to_spare = false;
    let request = group.propose(0, hashes(2));
    group.run();
    group.assert_signed(request);
    assert_eq!([count(&group, 1, "forward"), count(&group, 2, "forward")], [2, 2]);
    assert_eq!([count(&group, 1, "package"), count(&group, 2, "package")], [2, 2]);
    assert_eq!(group.devices[0].started.len(), 1, "in one attempt");
}

#[test]
fn a_proposer_has_room_for_its_largest_request_and_what_does_not_fit_is_sent_again() {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 3);
    group.devices[0].begins = false;
    // The commitments of two others each, of three that there is room for.
    let requests = [0, 500].map(|from| {
        group.propose(0, payload(&(from..from + 500).map(|index| (hash(index), None)).collect()))
    });
    group.run();
    for request in requests {
        let signables = group.signables(0, request, None).unwrap();
        group.input(0, Input::Begin { request, completion: None, signables });
        group.run();
        group.assert_signed(request);
    }
    group.assert_nobody_blamed();
    let lacks = |packet: &&Packet| matches!(decode(&packet.bytes).body, Body::Declined { why: 2, .. });
    assert_eq!(group.transcript.iter().filter(lacks).count(), 1, "what was dropped was needed");
}
