//! Devices that don't keep to the protocol: they are named, nobody else is, and the rest sign all the same.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::{cell::RefCell, rc::Rc};

use common::{
    sign::{Group, Packet, Tamper, messages, payload, wallet},
    sign_wire::{Body, CLOSING, Closing, PROPOSAL, Package, Proposal, Shares, Turn, decode, encode, kind},
    wire::Signed,
};
use coordinator::{
    Ciphersuite,
    sign::{Ending, Input, LONGEST_MESSAGE, Misbehaviour, RequestId, Signables, Signing, Stand},
};
use sha2::{Digest, Sha256};

type ChangeShares = fn(Shares) -> Shares;
/// Of the commitments and the number of signables.
type ChangeApproval = fn(Vec<u8>, u16) -> (Vec<u8>, u16);

fn hashes(count: u8) -> Vec<u8> {
    payload(&(0..count).map(|index| (Sha256::digest([index]).to_vec(), None)).collect())
}

/// Whatever a device sends goes through `change`.
fn from(device: usize, mut change: impl FnMut(Body) -> Vec<Body> + 'static) -> Tamper {
    Box::new(move |packet| {
        if packet.from != device {
            return vec![packet.clone()];
        }
        let envelope = decode(&packet.bytes);
        let bodies = change(envelope.body).into_iter();
        bodies.map(|body| Packet { bytes: encode(envelope.wallet, body), ..packet.clone() }).collect()
    })
}

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

/// A message to a device as if another had sent it.
fn inject(group: &mut Group, from: usize, to: usize, body: Body) {
    let bytes = encode(group.wallet.ceremony.transcript_hash, body);
    group.deliver(&Packet { from, to, bytes });
}

fn last_package(group: &Group, to: usize) -> Package {
    let packages =
        group.transcript.iter().filter(|packet| packet.to == to && kind(&packet.bytes) == "package");
    let mut packages = packages.rev();
    match decode(&packages.next().unwrap().bytes).body {
        Body::Package(package) => package,
        _ => unreachable!(),
    }
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
        if kind(&packet.bytes) == "shares" {
            keep.borrow_mut().push(packet.clone());
            return Vec::new();
        }
        vec![packet.clone()]
    });
    let request = group.propose(0, messages(&["x"]));
    group.run();
    group.overdue(0);
    group.run();
    assert_eq!(group.devices[0].started.len(), 1, "there is nobody else");
    for packet in held.take() {
        group.deliver(&packet);
    }
    group.run();
    group.assert_signed(request);
    group.assert_nobody_blamed();
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
fn no_more_attempts_are_open_than_roast_allows() {
    // Everyone but the proposer keeps its share back; each is overdue at once.
    let mut group = Group::new(Ciphersuite::Ed25519, 3, 7);
    group.tamper =
        Box::new(|packet| if kind(&packet.bytes) == "shares" { Vec::new() } else { vec![packet.clone()] });
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

#[test]
fn a_proposer_that_shows_one_thing_and_means_another_gets_no_signature() {
    for suite in Ciphersuite::ALL {
        let mut group = Group::new(suite, 3, 4);
        let lie = hashes(9);
        let (theirs, lies) = (hashes(1), common::sign::meaning(suite, &lie, None).unwrap());
        let lies = Signables::new(suite, lies.as_slice()[8..].to_vec()).unwrap();
        let meant = lies.clone();
        group.devices[0].compute = Box::new(move |_, _| Some(meant.clone()));
        let request = group.propose(0, theirs);
        group.run();
        group.overdue(0);
        group.run();
        assert!(group.shares_seen.len() >= 2, "the others signed what they saw");
        assert!(
            group.devices.iter().all(|device| device.signed.is_empty()),
            "which is no signature of the lie"
        );
        assert!(group.devices[1..].iter().all(|device| device.violations.is_empty()));
        // Nor do the shares of all honest devices make one of anything else: only the proposer has them all, and it
        // signed something else with its nonces.
        assert!(!group.devices[0].signed.contains_key(&request));
    }
}

#[test]
fn a_package_that_breaks_the_rules_is_not_signed_and_names_the_proposer() {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 4);
    // Device 1 never gets the real package.
    group.tamper = Box::new(|packet| {
        if packet.to == 1 && kind(&packet.bytes) == "package" { Vec::new() } else { vec![packet.clone()] }
    });
    let request = group.propose(0, messages(&["x"]));
    group.run();
    let real = last_package(&group, 1);
    let own = real.signers.iter().find(|(position, _)| *position == 1).unwrap().clone();
    let other = real.signers.iter().find(|(position, _)| *position != 1).unwrap().clone();
    let sets: Vec<Vec<(u16, Vec<u8>)>> = vec![
        vec![],
        vec![own.clone()],
        vec![other.clone(), (2, other.1.clone())],
        vec![own.clone(), own.clone()],
        vec![own.clone(), other.clone()],
        vec![own.clone(), (9, other.1.clone())],
        vec![other.clone(), own.clone(), (2, other.1.clone())],
        vec![(0, vec![0xff; 64]), own.clone()],
        vec![(0, vec![]), own.clone()],
    ];
    for signers in sets {
        group.devices[1].violations.clear();
        group.restart(1);
        group.tasks.clear();
        let share = group.share(1);
        group.input(1, Input::Approve { request, signables: 1, share: &share });
        // Its commitments are new ones now.
        let approval = group.transcript.iter().rev().find_map(|packet| match decode(&packet.bytes).body {
            Body::Approve { commitments, .. } if packet.from == 1 && packet.to == 0 => Some(commitments),
            _ => None,
        });
        let fresh = approval.unwrap();
        let signers =
            signers.into_iter().map(|(p, c)| (p, if c == own.1 { fresh.clone() } else { c })).collect();
        inject(&mut group, 0, 1, Body::Package(Package { signers, ..real.clone() }));
        let named = group.stored(1)[0].is_named(&group.id(0));
        assert!(named && group.tasks.is_empty(), "it is named, and nobody is asked to sign");
    }
    for turn in [Turn { lot: 1, ..real.turn.clone() }, Turn { lot: u16::MAX, ..real.turn.clone() }] {
        inject(&mut group, 0, 1, Body::Package(Package { turn, ..real.clone() }));
    }
    inject(&mut group, 0, 1, Body::Package(Package { completion: Some(vec![1]), ..real.clone() }));
    assert!(group.tasks.is_empty());
    assert!(!group.shares_seen.iter().any(|(device, _)| *device == 1), "device 1 gave no share");
    inject(&mut group, 2, 1, Body::Package(real));
    assert!(group.blamed(1).contains(&(2, Misbehaviour::NotProposer)));
    assert!(group.tasks.is_empty());
}

#[test]
fn whoever_did_not_approve_signs_no_package_at_all() {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 3);
    group.devices[2].approves = false;
    let request = group.propose(0, messages(&["x"]));
    group.run();
    let mut package = last_package(&group, 1);
    package.signers[1].0 = 2;
    package.turn.attempt = 1;
    let mut other = Group::new(Ciphersuite::Ed25519, 2, 3);
    other.devices[2].approves = false;
    other.devices[0].begins = false;
    assert_eq!(other.propose(0, messages(&["x"])), request, "the same randomness");
    other.run();
    inject(&mut other, 0, 2, Body::Package(package));
    other.run();
    assert!(other.shares_seen.is_empty() && other.tasks.is_empty());
}

#[test]
fn a_wrong_signature_names_who_sent_it_and_ends_nothing() {
    let mut group = Group::new(Ciphersuite::Secp256k1Tr, 2, 3);
    group.devices[0].begins = false;
    let request = group.propose(0, hashes(2));
    group.run();
    for signatures in [vec![], vec![0; 64], vec![1; 128], vec![0; 129]] {
        inject(&mut group, 1, 2, Body::Outcome { request, completion: None, signatures });
        group.run();
    }
    inject(&mut group, 1, 2, Body::Outcome { request, completion: Some(vec![1]), signatures: vec![1; 128] });
    group.run();
    assert_eq!(group.blamed(2), [(1, Misbehaviour::BadOutcome)]);
    assert!(group.devices[2].signed.is_empty());
    let signables = group.signables(0, request, None).unwrap();
    group.input(0, Input::Begin { request, completion: None, signables });
    group.run();
    group.assert_signed(request);
}

#[test]
fn an_outcome_is_taken_from_whoever_has_a_right_one() {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 4);
    let request = group.propose(0, messages(&["x"]));
    group.cut(3, 0);
    group.cut(3, 1);
    group.cut(3, 2);
    group.run();
    let signatures = group.devices[1].signed[&request].1.concat();
    group.mend(3, 2);
    group.crash(2);
    // A wrong one, and before the node has computed anything the right one.
    let proposal = group.transcript.iter().find(|packet| kind(&packet.bytes) == "propose").unwrap().clone();
    group.deliver(&Packet { to: 3, from: 1, ..proposal });
    inject(&mut group, 1, 3, Body::Outcome { request, completion: None, signatures: vec![7; 64] });
    inject(&mut group, 2, 3, Body::Outcome { request, completion: None, signatures });
    group.tasks.retain(|(device, _)| *device == 3);
    while let Some((device, task)) = group.tasks.pop_front() {
        group.answer(device, task);
    }
    assert!(group.devices[3].signed.contains_key(&request));
    assert_eq!(group.blamed(3), [(1, Misbehaviour::BadOutcome)]);
}

#[test]
fn a_cancelled_request_whose_proposer_had_signatures_is_shown_as_signed() {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 3);
    // The proposer keeps the outcome to itself, cancels, and shows it later.
    group.tamper = from(0, |body| if matches!(body, Body::Outcome { .. }) { Vec::new() } else { vec![body] });
    let request = group.propose(0, messages(&["x"]));
    group.run();
    let closing = Closing { wallet: group.wallet.ceremony.transcript_hash, request };
    let closing = Signed::new(&closing, CLOSING, &group.wallet.devices[0].0);
    inject(&mut group, 0, 1, Body::Close(closing));
    assert_eq!(group.devices[1].ended[&request], Ending::Cancelled);
    group.tamper = Box::new(|packet| vec![packet.clone()]);
    group.restart(0);
    group.run();
    group.assert_signed(request);
}

#[test]
fn forged_and_altered_proposals_name_their_sender() {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 3);
    let mallory = group.wallet.devices[1].0.clone();
    let stranger = common::identity(40);
    let good = Proposal {
        wallet: group.wallet.ceremony.transcript_hash,
        proposer: group.id(1),
        id: [1; 16],
        payload: messages(&["x"]),
        created_at: 10,
        expires_at: 20,
        supersedes: None,
        needs_completion: false,
    };
    let signed = |proposal: &Proposal| Signed::new(proposal, PROPOSAL, &mallory);
    let altered =
        Signed { bytes: signed(&Proposal { expires_at: 21, ..good.clone() }).bytes, ..signed(&good) };
    let mut trailing = postcard::to_allocvec(&good).unwrap();
    trailing.push(0);
    let trailing = Signed { signature: mallory.sign(PROPOSAL, &trailing), bytes: trailing };
    let earlier = RequestId::from_bytes([3; 32]);
    let closing = |identity: &identity::IdentityKey, request| {
        Some(Signed::new(&Closing { wallet: good.wallet, request }, CLOSING, identity))
    };
    let supersedes = signed(&Proposal { supersedes: Some(earlier), ..good.clone() });
    let bad: Vec<(Signed, Option<Signed>)> = vec![
        (altered, None),
        (trailing, None),
        (signed(&Proposal { proposer: group.id(2), ..good.clone() }), None),
        (Signed::new(&Proposal { proposer: stranger.id(), ..good.clone() }, PROPOSAL, &stranger), None),
        (Signed::new(&good, CLOSING, &mallory), None),
        (signed(&Proposal { wallet: [9; 32], ..good.clone() }), None),
        (signed(&Proposal { expires_at: 10, ..good.clone() }), None),
        (signed(&Proposal { expires_at: 9, ..good.clone() }), None),
        (signed(&Proposal { expires_at: 10 + 30 * 86400 + 1, ..good.clone() }), None),
        (signed(&Proposal { payload: vec![0; 40 * 1024 + 1], ..good.clone() }), None),
        (supersedes.clone(), None),
        (supersedes.clone(), closing(&stranger, earlier)),
        (supersedes.clone(), closing(&mallory, RequestId::from_bytes([4; 32]))),
        (signed(&good), closing(&mallory, earlier)),
    ];
    for (index, (proposal, closing)) in bad.into_iter().enumerate() {
        let mut group = Group::new(Ciphersuite::Ed25519, 2, 3);
        inject(&mut group, 1, 0, Body::Propose { proposal, closing });
        assert_eq!(group.blamed(0), [(1, Misbehaviour::Malformed)], "case {index}");
        assert_eq!(group.devices[0].requested, [], "case {index}");
    }
    inject(&mut group, 1, 0, Body::Propose { proposal: signed(&good), closing: None });
    inject(&mut group, 1, 0, Body::Propose { proposal: supersedes, closing: closing(&mallory, earlier) });
    assert_eq!(group.devices[0].requested.len(), 2, "these are as they should be");
    group.assert_nobody_blamed();
}

#[test]
fn nobody_but_the_proposer_closes_a_request() {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 3);
    group.devices[0].begins = false;
    let request = group.propose(0, messages(&["x"]));
    group.run();
    let wallet = group.wallet.ceremony.transcript_hash;
    for (wallet, signer, request) in [(wallet, 1, request), ([9; 32], 0, request)] {
        let closing = Signed::new(&Closing { wallet, request }, CLOSING, &group.wallet.devices[signer].0);
        inject(&mut group, 1, 2, Body::Close(closing));
    }
    assert_eq!(group.blamed(2), [(1, Misbehaviour::Malformed)]);
    assert!(group.devices[2].ended.is_empty());
    // Nor does a proposal of another take its place.
    let proposal = Proposal {
        wallet,
        proposer: group.id(1),
        id: [1; 16],
        payload: messages(&["x"]),
        created_at: 10,
        expires_at: 20,
        supersedes: Some(request),
        needs_completion: false,
    };
    let key = group.wallet.devices[1].0.clone();
    let closing = Some(Signed::new(&Closing { wallet, request }, CLOSING, &key));
    let proposal = Signed::new(&proposal, PROPOSAL, &key);
    inject(&mut group, 1, 2, Body::Propose { proposal, closing });
    assert!(group.devices[2].ended.is_empty());
}

#[test]
fn what_is_no_message_of_this_wallet_names_its_sender_once() {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 3);
    let known = Body::Known { open: vec![], closed: vec![], signed: vec![] };
    let other = encode([9; 32], known.clone());
    let mut trailing = encode(group.wallet.ceremony.transcript_hash, known);
    trailing.push(0);
    let long = [&[1][..], &[0; LONGEST_MESSAGE]].concat();
    for bytes in [vec![], vec![1], other, trailing, long, vec![1; 500]] {
        group.deliver(&Packet { from: 1, to: 0, bytes });
    }
    group.deliver(&Packet { from: 2, to: 0, bytes: vec![2, 0, 0] });
    group.deliver(&Packet { from: 2, to: 0, bytes: vec![3, 0, 0] });
    let unsupported = Misbehaviour::UnsupportedVersion { version: 2 };
    assert_eq!(group.blamed(0), [(1, Misbehaviour::Malformed), (2, unsupported)]);
    let stranger = common::identity(40).id();
    group.input(0, Input::Message { from: stranger, bytes: &[1, 2, 3] });
    assert_eq!(group.devices[0].violations.len(), 2, "a stranger is not heard");
}

#[test]
fn a_message_of_one_wallet_is_nothing_to_another_of_the_same_devices() {
    let mut one = Group::of(wallet(Ciphersuite::Ed25519, 2, 3, 0));
    let mut two = Group::of(wallet(Ciphersuite::Ed25519, 2, 3, 1));
    one.propose(0, messages(&["x"]));
    one.run();
    for packet in one.transcript.clone() {
        two.deliver(&packet);
    }
    assert!(two.devices.iter().all(|device| device.requested.is_empty()));
}

#[test]
fn a_proposer_can_not_fill_another_device() {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 3);
    let key = group.wallet.devices[1].0.clone();
    for id in 0..40 {
        let proposal = Proposal {
            wallet: group.wallet.ceremony.transcript_hash,
            proposer: group.id(1),
            id: [id; 16],
            payload: messages(&["x"]),
            created_at: 10,
            expires_at: 20,
            supersedes: None,
            needs_completion: false,
        };
        let proposal = Signed::new(&proposal, PROPOSAL, &key);
        inject(&mut group, 1, 0, Body::Propose { proposal, closing: None });
        let unknown = RequestId::from_bytes([id; 32]);
        let approval = Body::Approve { request: unknown, decision: 1, signables: 1, commitments: vec![] };
        inject(&mut group, 1, 0, approval);
    }
    assert_eq!(group.devices[0].requested.len(), Signing::MOST_OPEN_OF_ONE);
    group.run();
    let own = group.propose(0, messages(&["there is room for others"]));
    group.run();
    group.assert_signed(own);
}
