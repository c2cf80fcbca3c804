//! Whatever the network does, whoever crashes, and whatever bytes come.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{
    sign::{Group, Packet, messages, payload},
    sign_wire::{Body, Shares, Turn as WireTurn, decode, encode},
};
use coordinator::{
    Ciphersuite,
    sign::{Completion, Draft, Input, Proposal, Reason, RequestId, StoredRequest},
};
use proptest::prelude::*;
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{RngCore, SeedableRng},
};

fn groups() -> impl Strategy<Value = (u16, u16)> {
    prop::sample::select(vec![(2, 2), (2, 3), (2, 4), (3, 4), (3, 5)])
}

/// A die.
struct Chance(ChaCha20Rng);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0.next_u32() as usize % limit
    }
}

/// The kinds of wallets in equal parts, and whether a request is completed when the rounds begin.
fn kinds() -> impl Strategy<Value = (Ciphersuite, bool)> {
    (prop::sample::select(Ciphersuite::ALL.to_vec()), any::<bool>())
}

/// One message or two, under the keys that the wallet has.
fn some_payload(group: &Group, chance: &mut Chance) -> Vec<u8> {
    let tweaks = group.wallet.suite == Ciphersuite::Secp256k1Tr;
    let tweak = |index: u8| (tweaks && index == 1).then_some([7; 32]);
    let count = 1 + chance.below(2) as u8;
    payload(&(0..count).map(|index| (vec![b'x' + index], tweak(index))).collect())
}

/// Requests, and for a while all that can go wrong without anybody's malice.
fn chaos(
    group: &mut Group,
    chance: &mut Chance,
    proposers: &[usize],
    steps: usize,
    completes: bool,
) -> Vec<RequestId> {
    let n = group.len();
    let mut requests = Vec::new();
    let mut crashes = 4;
    let mut completions = 0;
    for device in &mut group.devices {
        device.completion = completes.then(|| Completion::try_from(vec![0]).unwrap());
    }
    for step in 0..steps {
        if step % 7 == 0 && requests.len() < 2 {
            let proposer = proposers[chance.below(proposers.len())];
            let draft = group.draft(some_payload(group, chance));
            let draft = if completes { draft.with_completion() } else { draft };
            requests.extend(group.try_propose(proposer, draft));
        }
        let (a, b) = (chance.below(n), chance.below(n));
        match chance.below(26) {
            0 if crashes > 0 => {
                crashes -= 1;
                group.restart(a);
            }
            1 if crashes > 0 && group.devices[a].crash_at.is_none() => {
                crashes -= 1;
                group.devices[a].crash_at = Some(group.devices[a].performed + chance.below(6));
            }
            2 if a != b => group.cut(a, b),
            3 | 4 if a != b => group.mend(a, b),
            5 => group.overdue(a),
            6 | 7 if !group.transcript.is_empty() => {
                let old = group.transcript[chance.below(group.transcript.len())].clone();
                group.deliver(&old);
            }
            8 if !group.queue.is_empty() => {
                let twice = group.queue[chance.below(group.queue.len())].clone();
                group.queue.push_back(twice);
            }
            9 if !requests.is_empty() => {
                let request = requests[chance.below(requests.len())];
                group.input(a, Input::Reject { request, reason: None });
            }
            // Another completion, which begins the rounds anew. A device signs with so many of them.
            10 if completes && completions < 6 && !requests.is_empty() => {
                completions += 1;
                let request = requests[chance.below(requests.len())];
                let completion = Completion::try_from(vec![completions]).unwrap();
                group.devices[a].completion = Some(completion);
                group.answer(a, common::sign::Task::Begin(request));
            }
            11 => {
                group.devices[a].able = chance.below(2) == 0;
            }
            12 => group.leave_and_return(a),
            // A queue was full. Where that is not asked for again, it is said anew when the link comes up anew.
            13 if !group.queue.is_empty() => {
                let lost = chance.below(group.queue.len());
                group.queue.remove(lost);
            }
            _ => {
                group.step();
            }
        }
        for index in 0..n {
            if group.devices[index].signing.is_none() {
                group.restart(index);
            }
        }
    }
    requests
}

/// Everyone is there, every message arrives, in the order of its link, and every user approves.
fn calm(group: &mut Group, requests: &[RequestId]) {
    let n = group.len();
    group.in_order = true;
    for index in 0..n {
        group.devices[index].crash_at = None;
        group.devices[index].able = true;
        if group.devices[index].signing.is_none() {
            group.restart(index);
        }
    }
    for a in 0..n {
        for b in 0..a {
            group.mend(b, a);
            // As after any outage: the links come up anew.
            group.input(a, Input::LinkUp { peer: group.id(b) });
            group.input(b, Input::LinkUp { peer: group.id(a) });
        }
    }
    group.run();
    for request in requests {
        for index in 0..n {
            group.answer(index, common::sign::Task::Decide(*request));
        }
    }
    group.run();
    // Deadlines: as many as there can be devices that don't answer, for each request.
    for _ in 0..n {
        for index in 0..n {
            group.overdue(index);
        }
        group.run();
    }
}

/// What a device does that does not keep to the protocol.
fn misbehave(kind: usize, body: Body) -> Vec<Body> {
    match (kind, body) {
        (0, Body::Shares(mut shares)) => {
            shares.shares[16] ^= 1;
            vec![Body::Shares(shares)]
        }
        (1, Body::Shares(_)) => Vec::new(),
        (2, Body::Approve { request, decision, signables, commitments }) => {
            vec![Body::Approve { request, decision, signables, commitments: vec![0xff; commitments.len()] }]
        }
        (3, Body::Shares(Shares { turn, .. })) => vec![Body::Declined { turn, why: 1 }],
        (4, Body::Shares(shares)) => {
            let WireTurn { request, .. } = shares.turn;
            // Of a request that needs a completion, it is none.
            vec![Body::Outcome { request, completion: None, signatures: vec![1; 64] }, Body::Shares(shares)]
        }
        (6, Body::Shares(Shares { turn, .. })) => vec![Body::Declined { turn, why: 2 }],
        (5, Body::Shares(Shares { turn, shares, mut next })) => {
            next[5] ^= 1;
            vec![Body::Shares(Shares { turn, shares, next })]
        }
        (_, body) => vec![body],
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn honest_devices_sign_in_the_end_with_each_nonce_once(
        (t, n) in groups(), (suite, completes) in kinds(), seed: u64, steps in 10usize..120,
    ) {
        // That no nonce is used twice is asserted wherever a share is given.
        let mut group = Group::new(suite, t, n);
        group.shuffle = Some(ChaCha20Rng::seed_from_u64(seed));
        let mut chance = Chance(ChaCha20Rng::seed_from_u64(seed ^ 1));
        let all: Vec<_> = (0..group.len()).collect();
        let requests = chaos(&mut group, &mut chance, &all, steps, completes);
        calm(&mut group, &requests);
        for request in requests.into_iter().filter(|request| group.proposal_is_kept(*request)) {
            group.assert_signed(request);
        }
        group.assert_nobody_blamed();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn misbehaving_devices_are_named_and_hinder_nobody(
        (t, n) in prop::sample::select(vec![(2, 3), (2, 4), (3, 4), (3, 5)]),
        (suite, completes) in kinds(),
        seed: u64, steps in 0usize..40, kinds in prop::collection::vec(0usize..7, 2),
    ) {
        let mut group = Group::new(suite, t, n);
        group.shuffle = Some(ChaCha20Rng::seed_from_u64(seed));
        let mut chance = Chance(ChaCha20Rng::seed_from_u64(seed ^ 1));
        // At most n − t, and they don't propose.
        let bad: Vec<usize> = (usize::from(t)..usize::from(n)).take(2).collect();
        let (honest, cheats) = (usize::from(t), bad.clone());
        group.tamper = Box::new(move |packet| match cheats.iter().position(|cheat| *cheat == packet.from) {
            None => vec![packet.clone()],
            Some(at) => {
                let envelope = decode(&packet.bytes);
                misbehave(kinds[at], envelope.body)
                    .into_iter()
                    .map(|body| Packet { bytes: encode(envelope.wallet, body), ..packet.clone() })
                    .collect()
            }
        });
        let proposers: Vec<_> = (0..honest).collect();
        let mut requests = chaos(&mut group, &mut chance, &proposers, steps, completes);
        let draft = group.draft(messages(&["z"]));
        requests.extend(group.try_propose(0, draft));
        calm(&mut group, &requests);
        for request in requests.into_iter().filter(|request| group.proposal_is_kept(*request)) {
            group.assert_signed(request);
        }
        for index in 0..honest {
            for (by, what) in group.blamed(index) {
                prop_assert!(bad.contains(&by), "device {} is honest: {:?}", by, what);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_any_state_panic(
        seed: u64, steps in 0usize..40, bytes in prop::collection::vec(any::<u8>(), 0..300), flips in 1usize..6,
    ) {
        let mut group = Group::new(Ciphersuite::Secp256k1, 2, 3);
        group.shuffle = Some(ChaCha20Rng::seed_from_u64(seed));
        let mut chance = Chance(ChaCha20Rng::seed_from_u64(seed));
        let request = group.propose(0, messages(&["x", "y"]));
        for _ in 0..steps {
            group.step();
        }
        for to in 0..3 {
            let (from, peer) = ((to + 1) % 3, group.id((to + 1) % 3));
            group.input(to, Input::Message { from: peer, bytes: &bytes, now: group.now });
            let mut message = group.transcript[chance.below(group.transcript.len())].bytes.clone();
            for _ in 0..flips {
                let at = chance.below(message.len());
                message[at] = chance.below(256) as u8;
            }
            group.deliver(&Packet { from, to, bytes: message.clone() });
            message.truncate(33);
            group.deliver(&Packet { from, to, bytes: [&message[..], &bytes].concat() });
            let share = group.share(to);
            let other = group.share(from);
            let turns: Vec<_> = group.devices[0].started.iter().map(|(turn, _)| *turn).collect();
            let signables = group.signables(to, request, None).or_else(|| group.signables(0, request, None));
            for turn in turns {
                group.input(to, Input::Overdue { turn });
                group.input(to, Input::Sign { turn, completion: None, signables: signables.clone(), share: &other });
            }
            for input in [
                Input::Approve { request, signables: 501, share: &share },
                Input::Approve { request, signables: 0, share: &share },
                Input::Approve { request, signables: 1, share: &other },
                Input::Prepare { request, signables: None, share: Some(&share) },
                Input::Prepare { request, signables: signables.as_ref(), share: Some(&other) },
                Input::Prepare { request, signables: None, share: None },
                Input::Verify { request, completion: None, signables: signables.clone() },
                Input::LinkDown { peer },
                Input::PeerLeft { peer },
                Input::PeerRestarted { peer },
                Input::LinkUp { peer: group.id(to) },
                Input::LinkUp { peer },
            ] {
                group.input(to, input);
            }
            let _progress = group.devices[to].signing.as_ref().unwrap().progress();
        }
        group.run();
        let _ = StoredRequest::from_bytes(&bytes).is_ok();
        let _ = StoredRequest::from_bytes(&[&[1], &bytes[..]].concat()).is_ok();
        let _ = StoredRequest::from_bytes(&[&[2], &bytes[..]].concat()).is_ok();
        for index in 0..3 {
            for (_, stored) in &group.devices[index].stored {
                let mut stored = stored.clone();
                let at = chance.below(stored.len());
                stored[at] ^= 1;
                if let Ok(stored) = StoredRequest::from_bytes(&stored) {
                    let identity = group.wallet.devices[index].0.clone();
                    let _ = coordinator::sign::Signing::resume(identity, &group.wallet.ceremony, vec![stored]).is_ok();
                }
            }
        }
    }
}

#[test]
fn drafts_and_reasons_have_bounds() {
    let longest = vec![0; Proposal::LONGEST_PAYLOAD];
    assert!(Draft::new(longest.clone(), 5, 6).is_ok());
    assert!(Draft::new([&longest[..], &[0]].concat(), 5, 6).is_err());
    assert!(Draft::new(vec![], 5, 5).is_err() && Draft::new(vec![], 5, 4).is_err());
    assert!(Draft::new(vec![], 5, 5 + Proposal::LONGEST_LIFE).is_ok());
    assert!(Draft::new(vec![], 5, 6 + Proposal::LONGEST_LIFE).is_err());
    assert!(Reason::try_from("x".repeat(200)).is_ok() && Reason::try_from("x".repeat(201)).is_err());
    assert!(Reason::try_from("two\nlines".to_owned()).is_err());
}
