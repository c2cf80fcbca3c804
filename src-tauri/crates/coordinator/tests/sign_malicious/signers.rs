//! Signers that send what is wrong, late, old, or nothing.

use std::{cell::RefCell, collections::BTreeSet, rc::Rc};

use coordinator::{
    Ciphersuite,
    sign::{Input, Misbehaviour, Stand},
};

use crate::{
    common::{
        sign::{Group, Packet, Tamper, messages},
        sign_wire::{Body, Shares, kind},
    },
    from, hashes,
};

type ChangeShares = fn(Shares) -> Shares;
/// Of the commitments and the number of signables.
type ChangeApproval = fn(Vec<u8>, u16) -> (Vec<u8>, u16);

/// The shares that a device sends go through `change`.
fn shares(device: usize, change: impl Fn(Shares) -> Shares + 'static) -> Tamper {
    from(device, move |body| match body {
        Body::Shares(shares) => vec![Body::Shares(change(shares))],
        body => vec![body],
    })
}

fn bad_share(mut shares: Shares) -> Shares {
    // The low bits of a scalar: at its end for secp256k1, at its beginning for Ed25519.
    let last = shares.shares.len() - 1;
    shares.shares[0] ^= u8::from(shares.shares.len() > 32);
    shares.shares[last - 16] ^= 1;
    shares
}

#[test]
fn a_bad_share_names_its_device_and_another_takes_its_place() {
    for suite in Ciphersuite::ALL {
        let mut group = Group::new(suite, 2, 3);
        group.tamper = shares(1, bad_share);
        let request = group.propose(0, hashes(2));
        group.run();
        group.assert_signed(request);
        assert_eq!(group.blamed(0), [(1, Misbehaviour::BadShare)]);
        assert!(group.stored(0)[0].is_named(&group.id(1)), "it is kept");
        assert!((1..3).all(|other| group.blamed(other).is_empty()));
        assert_eq!(group.devices[0].started.len(), 2);
    }
}

#[test]
fn all_cheaters_of_an_attempt_are_found() {
    let mut group = Group::new(Ciphersuite::Secp256k1Tr, 4, 7);
    let mut one = shares(1, bad_share);
    // Not the same error with the other sign: the two could cancel each other out.
    let mut two = shares(2, |mut shares| {
        shares.shares[20] ^= 1;
        shares
    });
    group.tamper = Box::new(move |packet| if packet.from == 1 { one(packet) } else { two(packet) });
    let request = group.propose(0, hashes(1));
    group.run();
    group.assert_signed(request);
    assert_eq!(group.blamed(0), [(1, Misbehaviour::BadShare), (2, Misbehaviour::BadShare)]);
    assert_eq!(group.devices[0].started.len(), 2, "one attempt shows both");
}

#[test]
fn who_cheated_is_left_out_also_after_a_restart() {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 3);
    group.devices[2].approves = false;
    group.tamper = shares(1, bad_share);
    let request = group.propose(0, messages(&["x", "y"]));
    group.run();
    let cheat = Stand::Excluded { what: Misbehaviour::BadShare };
    assert_eq!(group.stand(0, request, 1), cheat);
    group.restart(1);
    group.run();
    assert_eq!(group.devices[0].started.len(), 1, "new commitments help it nothing");
    group.restart(0);
    group.restart(1);
    group.run();
    assert_eq!(group.stand(0, request, 1), cheat);
    assert!(group.devices[0].signed.is_empty());
    group.devices[2].approves = true;
    let share = group.share(2);
    group.input(2, Input::Approve { request, signables: 2, share: &share });
    group.run();
    group.assert_signed(request);
}

#[test]
fn a_share_for_another_message_is_a_bad_share() {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 3);
    group.tamper = shares(1, |mut shares| {
        shares.shares.rotate_left(32);
        shares
    });
    let request = group.propose(0, messages(&["x", "y"]));
    group.run();
    group.assert_signed(request);
    assert_eq!(group.blamed(0), [(1, Misbehaviour::BadShare)]);
}

#[test]
fn shares_that_are_none_and_commitments_that_are_none_name_their_device() {
    let wrong: [(ChangeShares, Misbehaviour); 4] = [
        (|s| Shares { shares: Vec::new(), ..s }, Misbehaviour::BadShare),
        (|s| Shares { shares: vec![0xff; 32], ..s }, Misbehaviour::BadShare),
        (|s| Shares { shares: vec![0; 33], ..s }, Misbehaviour::BadShare),
        (|s| Shares { next: vec![0; 63], ..s }, Misbehaviour::BadCommitments),
    ];
    for (change, what) in wrong {
        let mut group = Group::new(Ciphersuite::Ed25519, 2, 3);
        group.tamper = shares(1, change);
        let request = group.propose(0, messages(&["x"]));
        group.run();
        group.assert_signed(request);
        assert_eq!(group.blamed(0), [(1, what)]);
    }
    let approvals: [(ChangeApproval, Misbehaviour); 4] = [
        (|c, n| (vec![0xff; c.len()], n), Misbehaviour::BadCommitments),
        (|c, n| (c.into_iter().skip(1).collect(), n), Misbehaviour::Malformed),
        (|c, _| (c, 0), Misbehaviour::Malformed),
        (|c, n| ([&c[..], &c].concat(), 2 * n), Misbehaviour::WrongCount),
    ];
    for (change, what) in approvals {
        let mut group = Group::new(Ciphersuite::Ed25519, 2, 3);
        group.tamper = from(1, move |body| match body {
            Body::Approve { request, decision, signables, commitments } => {
                let (commitments, signables) = change(commitments, signables);
                vec![Body::Approve { request, decision, signables, commitments }]
            }
            body => vec![body],
        });
        let request = group.propose(0, messages(&["x"]));
        group.run();
        group.assert_signed(request);
        assert_eq!(group.blamed(0), [(1, what)]);
    }
}

#[test]
fn commitments_of_which_the_last_is_none_name_their_device_too() {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 3);
    group.tamper = from(1, |body| match body {
        Body::Approve { request, decision, signables, mut commitments } => {
            let end = commitments.len().saturating_sub(64);
            commitments[end..].fill(0xff);
            vec![Body::Approve { request, decision, signables, commitments }]
        }
        body => vec![body],
    });
    let request = group.propose(0, hashes(40));
    group.run();
    group.assert_signed(request);
    assert_eq!(group.blamed(0), [(1, Misbehaviour::BadCommitments)]);
    assert!(group.devices[0].started.iter().all(|(_, signers)| !signers.contains(&group.id(1))));
}

#[test]
fn commitments_for_the_next_attempt_that_are_none_name_their_device_when_it_begins() {
    let mut group = Group::new(Ciphersuite::Secp256k1, 3, 5);
    let mut one = shares(1, |shares| Shares { next: vec![0xff; shares.next.len()], ..shares });
    let mut two = shares(2, bad_share);
    group.tamper = Box::new(move |packet| if packet.from == 1 { one(packet) } else { two(packet) });
    let request = group.propose(0, hashes(1));
    group.run();
    group.assert_signed(request);
    assert_eq!(group.blamed(0), [(2, Misbehaviour::BadShare), (1, Misbehaviour::BadCommitments)]);
}

#[test]
fn ever_other_commitments_are_not_read_before_they_are_used_nor_forwarded() {
    // Four are read, with those that came first.
    for (others, is_read) in [(2, true), (3, false)] {
        let mut group = Group::new(Ciphersuite::Ed25519, 2, 3);
        group.devices[0].begins = false;
        let request = group.propose(0, messages(&["x"]));
        group.run();
        let approval =
            |packet: &&Packet| packet.from == 1 && packet.to == 0 && kind(&packet.bytes) == "approve";
        let mut packet = group.transcript.iter().rev().find(approval).unwrap().clone();
        let pair = packet.bytes.len() - 64;
        for _ in 0..others {
            packet.bytes[pair..].rotate_left(32);
            group.deliver(&packet);
            // A link that comes up anew changes nothing.
            group.input(0, Input::LinkUp { peer: group.id(1) });
        }
        packet.bytes[pair..].fill(0xff);
        let forwards =
            |group: &Group| group.transcript.iter().filter(|packet| kind(&packet.bytes) == "forward").count();
        let before = forwards(&group);
        group.deliver(&packet);
        assert_eq!(!group.blamed(0).is_empty(), is_read);
        assert_eq!(forwards(&group), before, "nobody else is bothered with them");
        let signables = group.signables(0, request, None).unwrap();
        group.input(0, Input::Begin { request, completion: None, signables });
        group.run();
        group.assert_signed(request);
        assert_eq!(group.blamed(0), [(1, Misbehaviour::BadCommitments)]);
    }
}

#[test]
fn who_says_nothing_is_replaced_and_not_blamed() {
    let mut group = Group::new(Ciphersuite::Secp256k1, 2, 3);
    group.tamper = from(1, |body| if matches!(body, Body::Shares(_)) { Vec::new() } else { vec![body] });
    let request = group.propose(0, messages(&["x"]));
    group.run();
    assert!(group.devices[0].signed.is_empty());
    assert_eq!(group.waiting_for(0, request), [1]);
    assert_eq!(group.stand(0, request, 1), Stand::Signing);
    group.overdue(0);
    group.run();
    group.assert_signed(request);
    group.assert_nobody_blamed();
}

#[test]
fn a_late_share_wins_when_nobody_else_is_there() {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 3);
    group.devices[2].approves = false;
    let held = Rc::new(RefCell::new(Vec::new()));
    let keep = held.clone();
    group.tamper = Box::new(move |packet| {
        let mut held = keep.borrow_mut();
        // What it says afterwards comes later still.
        if packet.from == 1 && (kind(&packet.bytes) == "shares" || !held.is_empty()) {
            held.push(packet.clone());
            return Vec::new();
        }
        vec![packet.clone()]
    });
    let request = group.propose(0, messages(&["x"]));
    group.run();
    group.overdue(0);
    group.run();
    assert_eq!(group.devices[0].started.len(), 1, "there is nobody else");
    group.tamper = Box::new(|packet| vec![packet.clone()]);
    for packet in held.take() {
        group.deliver(&packet);
    }
    group.run();
    group.assert_signed(request);
    group.assert_nobody_blamed();
    assert_eq!(group.devices[0].started.len(), 1);
}

#[test]
fn an_attempt_that_fails_late_hands_out_nothing_twice() {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 4);
    let held = Rc::new(RefCell::new(Vec::new()));
    let keep = held.clone();
    let mut wrong = shares(1, bad_share);
    group.tamper = Box::new(move |packet| {
        let mut held = keep.borrow_mut();
        let is_late = held.iter().any(|late: &Packet| late.from == packet.from);
        if is_late || ([1, 2].contains(&packet.from) && kind(&packet.bytes) == "shares") {
            held.extend(wrong(packet));
            return Vec::new();
        }
        vec![packet.clone()]
    });
    let request = group.propose(0, messages(&["x"]));
    group.run();
    // Device 2 takes the place of device 1, whose wrong share comes when the proposer's next nonces are in use.
    let turn = group.devices[0].started[0].0;
    group.input(0, Input::Overdue { turn });
    group.run();
    assert_eq!(group.devices[0].started.len(), 2);
    let late = held.borrow().iter().find(|packet| packet.from == 1).cloned().unwrap();
    group.deliver(&late);
    group.run();
    assert_eq!(group.blamed(0), [(1, Misbehaviour::BadShare)]);
    let turn = group.devices[0].started[1].0;
    group.input(0, Input::Overdue { turn });
    group.run();
    group.assert_signed(request);
    assert_eq!(group.devices[0].started.len(), 3, "and device 3 that of device 2");
}

#[test]
fn a_broken_link_needs_no_deadline() {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 3);
    group.tamper = from(1, |body| if matches!(body, Body::Shares(_)) { Vec::new() } else { vec![body] });
    let request = group.propose(0, messages(&["x"]));
    group.run();
    group.cut(0, 1);
    group.run();
    assert!(group.devices[0].signed.contains_key(&request), "device 2 took its place");
    group.mend(0, 1);
    group.run();
    group.assert_signed(request);
    group.assert_nobody_blamed();
}

#[test]
fn devices_that_decline_for_ever_are_left_to_themselves() {
    for (n, says_so) in [(2, true), (3, true), (2, false), (3, false)] {
        let mut group = Group::new(Ciphersuite::Ed25519, 2, n);
        group.tamper = from(1, move |body| match body {
            Body::Shares(Shares { turn, next, .. }) => {
                let approve =
                    Body::Approve { request: turn.request, decision: 9, signables: 1, commitments: next };
                let declined = says_so.then_some(Body::Declined { turn, why: 0 });
                declined.into_iter().chain([approve]).collect()
            }
            body => vec![body],
        });
        let request = group.propose(0, messages(&["x"]));
        group.run();
        assert!(group.devices[0].started.len() <= 40, "{}", group.devices[0].started.len());
        assert_eq!(group.devices[0].signed.contains_key(&request), n == 3);
    }
}

#[test]
fn whoever_lacks_commitments_for_ever_is_left_to_itself() {
    for n in [2, 3] {
        let mut group = Group::new(Ciphersuite::Ed25519, 2, n);
        group.tamper = from(1, |body| match body {
            Body::Shares(Shares { turn, .. }) => vec![Body::Declined { turn, why: 2 }],
            body => vec![body],
        });
        let request = group.propose(0, messages(&["x"]));
        group.run();
        let forwards = |packet: &&Packet| packet.to == 1 && kind(&packet.bytes) == "forward";
        let forwards = group.transcript.iter().filter(forwards).count();
        assert!(group.devices[0].started.len() <= 40, "{}", group.devices[0].started.len());
        assert!(forwards <= 2 * 40, "{forwards}");
        assert_eq!(group.devices[0].signed.contains_key(&request), n == 3);
    }
}

#[test]
fn no_more_attempts_are_open_than_roast_allows() {
    // Everyone but the proposer says nothing more when it is asked; each is overdue at once.
    let mut group = Group::new(Ciphersuite::Ed25519, 3, 7);
    let mut silent = BTreeSet::new();
    group.tamper = Box::new(move |packet| {
        if kind(&packet.bytes) == "shares" {
            silent.insert(packet.from);
        }
        if silent.contains(&packet.from) { Vec::new() } else { vec![packet.clone()] }
    });
    group.propose(0, messages(&["x"]));
    for _ in 0..20 {
        group.run();
        group.overdue(0);
    }
    let attempts = group.devices[0].started.len();
    assert!((2..=7 - 3 + 1).contains(&attempts), "{attempts}");
}

#[test]
fn old_commitments_are_declined_and_replaced() {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 2);
    group.devices[0].begins = false;
    let request = group.propose(0, messages(&["x"]));
    group.run();
    let is_approval =
        |packet: &&Packet| packet.from == 1 && packet.to == 0 && kind(&packet.bytes) == "approve";
    let old = group.transcript.iter().find(is_approval).unwrap().clone();
    group.restart(1);
    group.run();
    group.deliver(&old);
    let signables = group.signables(0, request, None).unwrap();
    group.input(0, Input::Begin { request, completion: None, signables });
    group.run();
    group.assert_signed(request);
    group.assert_nobody_blamed();
    assert_eq!(group.devices[0].started.len(), 2);
}

#[test]
fn replayed_messages_change_nothing() {
    let mut group = Group::new(Ciphersuite::Ed25519, 3, 5);
    let request = group.propose(0, messages(&["x", "y"]));
    for _ in 0..40 {
        // After every step all that was ever sent comes once more, from the last to the first.
        group.step();
        for packet in group.transcript.clone().into_iter().rev().take(30) {
            group.deliver(&packet);
        }
    }
    group.run();
    group.assert_signed(request);
    group.assert_nobody_blamed();
    let before: Vec<_> = (0..5).map(|index| group.stored(index)).collect();
    for packet in group.transcript.clone() {
        group.deliver(&packet);
    }
    group.run();
    assert_eq!(before, (0..5).map(|index| group.stored(index)).collect::<Vec<_>>());
    group.assert_nobody_blamed();
}
