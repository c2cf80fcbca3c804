//! Proposers that mean another thing than they show, and statements that are nobody's.

use coordinator::{
    Ciphersuite,
    sign::{Completion, Ending, Input, LONGEST_MESSAGE, Misbehaviour, RequestId, Signables, Signing},
};

use crate::{
    common::{
        identity,
        sign::{Group, Packet, Task, meaning, messages, payload, wallet},
        sign_wire::{Body, CLOSING, Closing, PROPOSAL, Package, Proposal, Turn, decode, encode, hash, kind},
        wire::{Hash, Signed},
    },
    from, hashes,
};

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
fn a_proposer_that_shows_one_thing_and_means_another_gets_no_signature() {
    for suite in Ciphersuite::ALL {
        let mut group = Group::new(suite, 3, 4);
        let lie = hashes(9);
        let (theirs, lies) = (hashes(1), meaning(suite, &lie, None).unwrap());
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

/// A request that all have approved and of which device 1 never gets the real package, which comes with it. Signers stand
/// in it with device 1's commitments of now.
fn without_its_package() -> (Group, RequestId, Package) {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 4);
    group.tamper = Box::new(|packet| {
        if packet.to == 1 && kind(&packet.bytes) == "package" { Vec::new() } else { vec![packet.clone()] }
    });
    let request = group.propose(0, messages(&["x"]));
    group.run();
    let package = last_package(&group, 1);
    assert!(package.signers.iter().any(|(position, _)| *position == 1), "it is asked");
    (group, request, package)
}

#[test]
fn a_package_that_breaks_the_rules_is_not_signed_and_names_the_proposer() {
    type Change = fn((u16, Hash), (u16, Hash)) -> Vec<(u16, Hash)>;
    let changes: [Change; 7] = [
        |_, _| vec![],
        |own, _| vec![own],
        |_, other| vec![other, (2, other.1)],
        |own, _| vec![own, own],
        |own, other| vec![own, other],
        |own, other| vec![own, (9, other.1)],
        |own, other| vec![other, own, (2, other.1)],
    ];
    for change in changes {
        let (mut group, _, real) = without_its_package();
        let [other, own] = real.signers[..] else { panic!("two sign") };
        let signers = change(own, other);
        inject(&mut group, 0, 1, Body::Package(Package { signers, ..real.clone() }));
        assert_eq!(group.blamed(1), [(0, Misbehaviour::BadPackage)]);
        assert!(group.tasks.is_empty(), "and nobody is asked to sign");
    }
    let (mut group, _, real) = without_its_package();
    inject(&mut group, 0, 1, Body::Package(Package { completion: Some(vec![1]), ..real.clone() }));
    inject(&mut group, 2, 1, Body::Package(real));
    assert!(group.blamed(1).contains(&(2, Misbehaviour::NotProposer)));
    assert!(group.tasks.is_empty());
    assert!(!group.shares_seen.iter().any(|(device, _)| *device == 1), "device 1 gave no share");
}

#[test]
fn a_package_whose_commitments_are_none_uses_up_no_nonces() {
    let (mut group, _, real) = without_its_package();
    let own = real.signers[1];
    let forward = |commitments: &[u8]| Body::Forward {
        request: real.turn.request,
        member: 0,
        commitments: commitments.to_vec(),
    };
    let good = group.commitments[&(0, real.signers[0].1)].clone();
    let bad = Package { signers: vec![(0, hash(&[0xff; 64])), own], ..real.clone() };
    inject(&mut group, 0, 1, forward(&[0xff; 64]));
    inject(&mut group, 0, 1, Body::Package(bad));
    let (device, task) = group.tasks.pop_front().expect("that shows when the device would sign");
    // Another one with the same commitments waits meanwhile.
    inject(&mut group, 0, 1, forward(&good));
    let next = Package { turn: Turn { attempt: 2, ..real.turn.clone() }, ..real.clone() };
    inject(&mut group, 0, 1, Body::Package(next));
    assert!(group.tasks.is_empty());
    group.answer(device, task);
    assert_eq!(group.blamed(1), [(0, Misbehaviour::BadPackage)]);
    assert!(!group.shares_seen.iter().any(|(device, _)| *device == 1));
    let declined =
        group.transcript.iter().filter(|packet| packet.from == 1).any(
            |packet| matches!(decode(&packet.bytes).body, Body::Declined { turn, .. } if turn.attempt == 2),
        );
    assert!(declined, "the one that waited is not left without an answer");

    let good = Package { turn: Turn { attempt: 3, ..real.turn.clone() }, ..real };
    group.packages.insert((1, 3), good.clone());
    inject(&mut group, 0, 1, Body::Package(good));
    let (device, task) = group.tasks.pop_front().expect("it is asked again");
    group.answer(device, task);
    assert!(group.shares_seen.contains(&(1, 3)), "its nonces are as good as before");
}

#[test]
fn only_the_proposer_forwards_and_only_what_are_commitments_of_others() {
    let (mut group, request, _) = without_its_package();
    let forward = |member, length| Body::Forward { request, member, commitments: vec![0; length] };
    inject(&mut group, 2, 1, forward(0, 64));
    assert_eq!(group.blamed(1), [(2, Misbehaviour::NotProposer)]);
    for (member, length) in [(0, 0), (0, 63), (0, 65), (0, 501 * 64), (1, 64), (4, 64), (u16::MAX, 64)] {
        let (mut group, ..) = without_its_package();
        inject(&mut group, 0, 1, forward(member, length));
        assert_eq!(group.blamed(1), [(0, Misbehaviour::Malformed)], "{member}, {length}");
    }
    // That these are no points shows when they are used.
    for length in [64, 128, 500 * 64] {
        inject(&mut group, 0, 1, forward(3, length));
        group.run();
    }
    assert_eq!(group.blamed(1).len(), 1);
}

#[test]
fn a_proposer_that_puts_another_completion_into_a_turn_has_the_right_one_recorded() {
    let completion = |byte| Completion::try_from(vec![byte; 4]).unwrap();
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 2);
    group.devices[0].completion = Some(completion(1));
    let draft = group.draft(messages(&["x"])).with_completion();
    group.propose_draft(0, draft);
    let asked = |group: &Group| {
        let mut tasks = group.tasks.iter().filter(|(device, _)| *device == 1);
        tasks.find_map(|(_, task)| matches!(task, Task::Sign(..)).then(|| task.clone()))
    };
    while asked(&group).is_none() {
        assert!(group.step());
    }
    let first = asked(&group).unwrap();
    // It forgets what it was asked, and is asked for something else before its node has answered.
    let (package, peer) = (last_package(&group, 1), group.id(0));
    group.input(1, Input::PeerRestarted { peer });
    group.tasks.clear();
    inject(&mut group, 0, 1, Body::Package(Package { completion: Some(vec![2; 4]), ..package }));
    group.answer(1, first);
    assert!(group.stored(1)[0].completions().is_empty(), "it gave nothing for either");
    let second = asked(&group).unwrap();
    group.answer(1, second);
    assert_eq!(group.stored(1)[0].completions(), [completion(2)]);
}

#[test]
fn what_is_dropped_to_make_room_is_not_read_ahead_again() {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 3);
    group.devices.iter_mut().for_each(|device| device.approves = false);
    let requests = [0, 500].map(|from| {
        let texts = (from..from + 500).map(|number: u32| (number.to_be_bytes().to_vec(), None));
        group.propose(0, payload(&texts.collect()))
    });
    group.run();
    let mut prepares = 0;
    for round in 0..10 {
        for (request, member) in requests.into_iter().flat_map(|request| [(request, 0), (request, 2)]) {
            let commitments = vec![round; 500 * 64];
            inject(&mut group, 0, 1, Body::Forward { request, member, commitments });
            prepares += group.tasks.drain(..).filter(|(_, task)| matches!(task, Task::Prepare(..))).count();
        }
    }
    assert_eq!(prepares, 4, "once for each member and request");
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
    let stranger = identity(40);
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
    group.now = 10;
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
    let long = [&[2][..], &[0; LONGEST_MESSAGE]].concat();
    for bytes in [vec![], vec![2], other, trailing, long, vec![2; 500]] {
        group.deliver(&Packet { from: 1, to: 0, bytes });
    }
    group.deliver(&Packet { from: 2, to: 0, bytes: vec![1, 0, 0] });
    group.deliver(&Packet { from: 2, to: 0, bytes: vec![3, 0, 0] });
    let unsupported = Misbehaviour::UnsupportedVersion { version: 1 };
    assert_eq!(group.blamed(0), [(1, Misbehaviour::Malformed), (2, unsupported)]);
    let stranger = identity(40).id();
    group.input(0, Input::Message { from: stranger, bytes: &[1, 2, 3], now: group.now });
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
            created_at: group.now,
            expires_at: group.now + 10,
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
