//! Whoever breaks the protocol is named, by every honest device, and nobody else is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use common::{
    Fate, Net, Packet, SESSION, Tamper, params,
    wire::{self, Body, ROUND1, Round1, Signed, decode, encode, kind},
};
use coordinator::{
    Ciphersuite::{self, Ed25519},
    dkg::{AbortReason, Input, LONGEST_MESSAGE, Round},
};
use identity::DeviceId;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

/// The one that misbehaves.
const MALLORY: usize = 2;

fn mallory() -> DeviceId {
    common::identity(MALLORY).id()
}

/// Changes Mallory's messages of one kind to one receiver, or to all.
fn changing(wanted: &'static str, to: Option<usize>, change: impl Fn(Body) -> Body + 'static) -> Tamper {
    Box::new(move |packet| {
        let chosen = packet.from == MALLORY && kind(&packet.bytes) == wanted;
        if chosen && to.is_none_or(|to| to == packet.to) {
            Fate::Replace(encode(SESSION.0, change(decode(&packet.bytes).body)))
        } else {
            Fate::Deliver
        }
    })
}

/// Signs a changed round-1 statement again, as Mallory can.
fn resign(body: Body, change: impl Fn(&mut Round1)) -> Body {
    let Body::Round1 { roster, round1 } = body else { panic!("a round-1 message") };
    let mut statement: Round1 = round1.peek();
    change(&mut statement);
    Body::Round1 { roster, round1: Signed::new(&statement, ROUND1, &common::identity(MALLORY)) }
}

/// Devices other than Mallory ended with this reason, found by themselves or told by another that did.
fn assert_named(net: &Net, expected: &AbortReason) {
    let mut found = 0;
    for (index, device) in net.devices.iter().enumerate().filter(|(index, _)| *index != MALLORY) {
        let abort = device.failed.as_ref().unwrap_or_else(|| panic!("device {index} goes on"));
        assert_eq!(&abort.reason, expected, "device {index}");
        found += usize::from(abort.reported_by.is_none());
        assert_ne!(abort.reported_by, Some(mallory()), "not on Mallory's word");
        assert!(device.share.is_none() && device.active.is_none(), "no key came of it");
    }
    assert!(found > 0, "someone found it itself");
}

#[test]
fn two_round_1_messages_by_one_device_convict_it_before_all() {
    for ciphersuite in Ciphersuite::ALL {
        // To device 0 Mallory shows what a second mind of hers made, down to the last nonce.
        let mut twin = Net::new(&params(ciphersuite, 2, 4), 4);
        twin.devices[MALLORY].rng = ChaCha20Rng::seed_from_u64(666);
        twin.link_all();
        twin.deliver_all();
        let others: BTreeMap<_, _> = (twin.transcript.iter())
            .filter(|packet| packet.from == MALLORY && packet.to == 0)
            .map(|packet| (kind(&packet.bytes), packet.bytes.clone()))
            .collect();
        let net = Net::run_tampered(
            ciphersuite,
            2,
            4,
            Box::new(move |packet| {
                // She says nothing herself that would help to find her.
                match (packet.from == MALLORY, kind(&packet.bytes)) {
                    (true, "round1" | "echo") if packet.to == 0 => {
                        Fate::Replace(others[kind(&packet.bytes)].clone())
                    }
                    (true, "abort" | "evidence") => Fate::Drop,
                    _ => Fate::Deliver,
                }
            }),
        );
        for index in [0, 1, 3] {
            let abort = net.devices[index].failed.as_ref().unwrap();
            let AbortReason::Equivocation { by, proof } = &abort.reason else { panic!("{abort:?}") };
            assert_eq!((*by, abort.reported_by), (mallory(), None), "device {index} has the proof itself");
            assert!(proof.convicts(&mallory(), SESSION));
            assert!(!proof.convicts(&net.id(0), SESSION));
        }
    }
}

#[test]
fn two_signatures_of_one_statement_are_no_equivocation() {
    let net = Net::run_tampered(Ed25519, 2, 3, changing("round1", Some(0), |body| resign(body, |_| {})));
    net.assert_complete();
}

#[test]
fn an_echo_that_its_own_evidence_belies_names_its_sender() {
    let net = Net::run_tampered(
        Ed25519,
        2,
        4,
        changing("echo", Some(1), |body| match body {
            Body::Echo { roster, nonce, .. } => Body::Echo { roster, view: [9; 32], nonce },
            other => other,
        }),
    );
    assert_named(&net, &AbortReason::BadEcho { by: mallory() });
}

#[test]
fn whoever_disputes_and_withholds_evidence_is_missing_at_the_deadline() {
    let mut net = Net::run_tampered(
        Ed25519,
        2,
        4,
        Box::new(|packet| match decode(&packet.bytes).body {
            Body::Echo { roster, nonce, .. } if packet.from == MALLORY => {
                Fate::Replace(encode(SESSION.0, Body::Echo { roster, view: [9; 32], nonce }))
            }
            Body::Evidence { .. } | Body::Abort(_) if packet.from == MALLORY => Fate::Drop,
            _ => Fate::Deliver,
        }),
    );
    net.deadline([0, 1, 3]);
    assert_named(&net, &AbortReason::Timeout { round: Round::Echo, missing: vec![mallory()] });
}

#[test]
fn a_dispute_about_nothing_names_who_began_it() {
    // Mallory shows what all have, in time, so that all look for a difference.
    let mut net = Net::new(&params(Ed25519, 2, 3), 3);
    net.tamper = Box::new(|packet| match kind(&packet.bytes) {
        "round2" => Fate::Drop,
        "evidence" | "abort" if packet.from == MALLORY => Fate::Drop,
        _ => Fate::Deliver,
    });
    net.link_all();
    net.deliver_all();
    for (author, message) in round1_messages(&net.transcript) {
        for to in [0, 1] {
            let Body::Round1 { roster, round1 } = decode(&message).body else { unreachable!() };
            let roster = roster_hash(&roster.bytes);
            let evidence = Body::Evidence { roster, author: net.position(author), round1 };
            net.input(to, Input::Message { from: mallory(), bytes: &encode(SESSION.0, evidence) });
        }
    }
    net.deliver_all();
    net.deadline([0, 1]);
    assert_named(&net, &AbortReason::UnexplainedDispute { by: mallory() });
}

fn round1_messages(transcript: &[Packet]) -> BTreeMap<usize, Vec<u8>> {
    let round1 = transcript.iter().filter(|packet| kind(&packet.bytes) == "round1");
    round1.map(|packet| (packet.from, packet.bytes.clone())).collect()
}

fn roster_hash(bytes: &[u8]) -> [u8; 32] {
    use sha2::Digest;
    sha2::Sha256::new().chain_update(b"permafrost/v1/roster hash\0").chain_update(bytes).finalize().into()
}

#[test]
fn a_changed_share_names_its_sender() {
    for ciphersuite in Ciphersuite::ALL {
        let net = Net::run_tampered(
            ciphersuite,
            2,
            3,
            changing("round2", Some(0), move |body| match body {
                Body::Round2 { roster, mut package } => {
                    // The least significant byte, so that it stays a scalar.
                    let last = package.len() - 1;
                    package[if ciphersuite == Ed25519 { 5 } else { last }] ^= 1;
                    Body::Round2 { roster, package }
                }
                other => other,
            }),
        );
        let by = mallory();
        let abort = net.devices[0].failed.as_ref().unwrap();
        assert_eq!((&abort.reason, abort.reported_by), (&AbortReason::BadShare { by }, None));
        // Device 1 has signed; it keeps its share until everyone gave up, and then nobody has one.
        let abort = net.devices[1].failed.as_ref().unwrap();
        assert_eq!((&abort.reason, abort.reported_by), (&AbortReason::BadShare { by }, Some(net.id(0))));
        assert!(net.devices[1].discarded && net.devices[1].active.is_none());
    }
}

#[test]
fn a_share_that_is_no_scalar_names_its_sender() {
    for package in [vec![], vec![0xff; 37], vec![0; 5000]] {
        let net = Net::run_tampered(
            Ed25519,
            2,
            3,
            changing("round2", None, move |body| match body {
                Body::Round2 { roster, .. } => Body::Round2 { roster, package: package.clone() },
                other => other,
            }),
        );
        assert_named(&net, &AbortReason::Malformed { by: mallory() });
    }
}

#[test]
fn a_bad_proof_of_knowledge_names_its_sender() {
    for ciphersuite in Ciphersuite::ALL {
        // The proof is replaced by another device's, a good one for another secret.
        let donor = Net::run(ciphersuite, 2, 3);
        let message = round1_messages(&donor.transcript).remove(&0).unwrap();
        let Body::Round1 { round1, .. } = decode(&message).body else { unreachable!() };
        let donated: Round1 = round1.peek();
        let proof =
            if ciphersuite == Ciphersuite::Secp256k1Tr { 64 } else { ciphersuite.element_length() + 32 };
        let net = Net::run_tampered(
            ciphersuite,
            2,
            3,
            changing("round1", None, move |body| {
                resign(body, |statement| {
                    let at = statement.package.len() - proof;
                    statement.package[at..].copy_from_slice(&donated.package[at..]);
                })
            }),
        );
        // Mallory's own copy differs from what all others saw, so she alone disputes; nobody heeds her.
        for index in [0, 1] {
            let abort = net.devices[index].failed.as_ref().unwrap();
            let named = abort.reason.concerns() == [mallory()];
            assert!(named, "{ciphersuite}: device {index}: {abort:?}");
        }
    }
}

#[test]
fn a_bad_proof_of_knowledge_is_called_that_when_nothing_else_is_wrong() {
    // Mallory's machine itself makes the bad proof: her inbox has what the others have, since she lies in the echo.
    let view_of_0 = Rc::new(RefCell::new(None));
    let view = view_of_0.clone();
    let mut net = Net::new(&params(Ed25519, 2, 3), 3);
    net.tamper = Box::new(move |packet| match decode(&packet.bytes).body {
        body @ Body::Round1 { .. } if packet.from == MALLORY => {
            let body = resign(body, |statement| {
                let last = statement.package.len() - 2;
                statement.package[last] ^= 1;
            });
            Fate::Replace(encode(SESSION.0, body))
        }
        Body::Echo { view: seen, .. } if packet.from != MALLORY => {
            *view.borrow_mut() = Some(seen);
            if packet.to == MALLORY { Fate::Drop } else { Fate::Deliver }
        }
        Body::Echo { .. } => Fate::Drop,
        _ => Fate::Deliver,
    });
    net.link_all();
    net.deliver_all();
    let echo = net.transcript.iter().find(|p| p.from == MALLORY && kind(&p.bytes) == "echo").unwrap().clone();
    let Body::Echo { roster, nonce, .. } = decode(&echo.bytes).body else { unreachable!() };
    let view = view_of_0.borrow().unwrap();
    let echo = encode(SESSION.0, Body::Echo { roster, view, nonce });
    for to in [0, 1] {
        net.input(to, Input::Message { from: mallory(), bytes: &echo });
    }
    assert_named(&net, &AbortReason::BadProofOfKnowledge { by: mallory() });
}

#[test]
fn a_nonce_that_was_not_committed_to_names_its_sender() {
    let net = Net::run_tampered(
        Ed25519,
        2,
        3,
        changing("echo", None, |body| match body {
            Body::Echo { roster, view, .. } => Body::Echo { roster, view, nonce: [1; 32] },
            other => other,
        }),
    );
    assert_named(&net, &AbortReason::BadNonce { by: mallory() });
}

#[test]
fn a_round_1_message_of_another_session_names_whoever_replays_it() {
    let mut earlier = Net::new(&params(Ed25519, 3, 3), 3);
    earlier.link_all();
    earlier.deliver_all();
    let old = round1_messages(&earlier.transcript).remove(&MALLORY).unwrap();
    let Body::Round1 { round1: old_statement, roster: old_roster } = decode(&old).body else {
        unreachable!()
    };
    let (statement, both) = (old_statement.clone(), (old_roster, old_statement));
    let with_new_roster = changing("round1", None, move |body| match body {
        Body::Round1 { roster, .. } => Body::Round1 { roster, round1: statement.clone() },
        other => other,
    });
    let net = Net::run_tampered(Ed25519, 2, 3, with_new_roster);
    assert_named(&net, &AbortReason::Malformed { by: mallory() });
    // With the old roster too: here the session has the same tag, so the creator signed two rosters for it.
    let net = Net::run_tampered(
        Ed25519,
        2,
        3,
        changing("round1", None, move |_| Body::Round1 { roster: both.0.clone(), round1: both.1.clone() }),
    );
    for index in [0, 1] {
        assert_eq!(net.devices[index].reason().concerns(), [net.id(0)], "the creator signed both");
    }
    // In an envelope of another session.
    let mut net = Net::new(&params(Ed25519, 2, 3), 3);
    net.tamper = Box::new(|packet| match decode(&packet.bytes).body {
        body @ Body::Round1 { .. } if packet.from == MALLORY => Fate::Replace(encode([8; 32], body)),
        _ => Fate::Deliver,
    });
    net.link_all();
    net.deliver_all();
    assert_named(&net, &AbortReason::Malformed { by: mallory() });
}

#[test]
fn another_devices_round_1_message_under_ones_own_name_is_malformed() {
    let mut net = Net::run_tampered(
        Ed25519,
        2,
        3,
        Box::new(|packet| {
            let own = packet.from == MALLORY && kind(&packet.bytes) == "round1";
            if own { Fate::Drop } else { Fate::Deliver }
        }),
    );
    let stolen = round1_messages(&net.transcript).remove(&1).unwrap();
    for to in [0, 1] {
        net.input(to, Input::Message { from: mallory(), bytes: &stolen });
    }
    assert_named(&net, &AbortReason::Malformed { by: mallory() });
}

#[test]
fn garbage_and_oversized_messages_name_their_sender_in_every_round() {
    for wanted in ["round1", "echo", "round2"] {
        for garbage in [vec![], vec![3, 2, 3], vec![3; LONGEST_MESSAGE + 1], vec![0xff; 100]] {
            let version = garbage.first().copied();
            let net = Net::run_tampered(
                Ed25519,
                2,
                3,
                Box::new(move |packet| {
                    if packet.from == MALLORY && kind(&packet.bytes) == wanted {
                        Fate::Replace(garbage.clone())
                    } else {
                        Fate::Deliver
                    }
                }),
            );
            let by = mallory();
            let expected = match version {
                Some(0xff) => AbortReason::UnsupportedVersion { by, version: 0xff },
                _ => AbortReason::Malformed { by },
            };
            assert_named(&net, &expected);
        }
    }
}

#[test]
fn bytes_behind_a_message_make_it_malformed() {
    let net = Net::run_tampered(
        Ed25519,
        2,
        3,
        Box::new(|packet| {
            let mut bytes = packet.bytes.clone();
            bytes.push(0);
            let chosen = packet.from == MALLORY && kind(&packet.bytes) == "echo";
            if chosen { Fate::Replace(bytes) } else { Fate::Deliver }
        }),
    );
    assert_named(&net, &AbortReason::Malformed { by: mallory() });
}

#[test]
fn two_different_messages_of_one_kind_are_a_conflict() {
    for wanted in ["echo", "round2"] {
        let mut net = Net::new(&params(Ed25519, 2, 3), 3);
        // Device 1's part is missing, so that the round stays open at device 0.
        net.tamper = Box::new(move |packet| {
            if packet.from == 1 && kind(&packet.bytes) == wanted { Fate::Drop } else { Fate::Deliver }
        });
        net.link_all();
        net.deliver_all();
        let first =
            net.transcript.iter().find(|p| (p.from, p.to) == (MALLORY, 0) && kind(&p.bytes) == wanted);
        let first = first.unwrap().bytes.clone();
        let second = match decode(&first).body {
            Body::Echo { roster, view, .. } => Body::Echo { roster, view, nonce: [1; 32] },
            Body::Round2 { roster, package } => {
                Body::Round2 { roster, package: [&package[..], &[1]].concat() }
            }
            _ => unreachable!(),
        };
        net.input(0, Input::Message { from: mallory(), bytes: &first });
        assert_eq!(net.devices[0].failed, None, "{wanted}: the same again changes nothing");
        net.input(0, Input::Message { from: mallory(), bytes: &encode(SESSION.0, second) });
        assert_eq!(net.devices[0].reason(), &AbortReason::Conflict { by: mallory() });
    }
}

#[test]
fn a_device_that_is_not_in_the_roster_is_not_heard() {
    let mut net = Net::new(&params(Ed25519, 2, 2), 2);
    net.link_all();
    let stranger = common::identity(50).id();
    while let Some(packet) = net.queue.front().cloned() {
        for index in [0, 1] {
            if net.round(index) >= Round::Round1 {
                net.input(index, Input::Message { from: stranger, bytes: &packet.bytes });
                net.input(index, Input::Message { from: stranger, bytes: b"garbage" });
                net.input(index, Input::PeerLeft { peer: stranger });
                net.input(index, Input::PeerRestarted { peer: stranger });
            }
        }
        net.deliver_one();
    }
    net.assert_complete();
}

#[test]
fn silence_in_a_round_names_exactly_the_silent_one() {
    let rounds = [("round1", Round::Round1), ("echo", Round::Echo), ("round2", Round::Round2)];
    for (wanted, round) in rounds {
        for asked in [0, 1, 3] {
            let mut net = Net::run_tampered(
                Ed25519,
                2,
                4,
                Box::new(move |packet| {
                    let silent = packet.from == MALLORY && kind(&packet.bytes) == wanted;
                    if silent { Fate::Drop } else { Fate::Deliver }
                }),
            );
            net.deadline([asked]);
            let missing = vec![mallory()];
            assert_eq!(net.devices[asked].reason(), &AbortReason::Timeout { round, missing });
        }
    }
}

/// Mallory tells the first device that another one sent a bad share.
fn accuse(net: &mut Net, victim: DeviceId) {
    let claim = wire::Withdrawal {
        session: SESSION.0,
        roster: None,
        grounds: wire::Grounds::Own(AbortReason::BadShare { by: victim }),
        standing: wire::Standing::Unsigned,
    };
    let claim = Signed::new(&claim, wire::ABORT, &common::identity(MALLORY));
    net.input(0, Input::Message { from: mallory(), bytes: &encode(SESSION.0, Body::Abort(claim)) });
}

#[test]
fn an_accusation_is_reported_as_one() {
    let mut net = Net::run_tampered(
        Ed25519,
        2,
        3,
        Box::new(|packet| if kind(&packet.bytes) == "round1" { Fate::Drop } else { Fate::Deliver }),
    );
    let (liar, victim) = (net.id(MALLORY), net.id(1));
    accuse(&mut net, victim);
    let abort = net.devices[0].failed.clone().unwrap();
    assert_eq!((abort.reason, abort.reported_by), (AbortReason::BadShare { by: victim }, Some(liar)));
}

#[test]
fn an_accusation_that_is_passed_on_stays_that_of_whoever_made_it() {
    let mut net = Net::run_tampered(
        Ed25519,
        2,
        4,
        Box::new(|packet| if kind(&packet.bytes) == "round1" { Fate::Drop } else { Fate::Deliver }),
    );
    // One hears it from Mallory, the accused from that one, and the last from the accused.
    net.tamper = Box::new(|packet| match (packet.from, packet.to) {
        (0, 1) | (1, 3) => Fate::Deliver,
        _ => Fate::Drop,
    });
    let (liar, victim) = (net.id(MALLORY), net.id(1));
    accuse(&mut net, victim);
    net.deliver_all();
    for index in [0, 1, 3] {
        let abort = net.devices[index].failed.as_ref().unwrap();
        assert_eq!(&abort.reason, &AbortReason::BadShare { by: victim });
        assert_eq!(abort.reported_by, Some(liar), "device {index} knows who says so");
    }
}

#[test]
fn a_word_that_quotes_its_own_author_a_stranger_another_session_or_another_quote_is_malformed() {
    let own = |session| wire::Withdrawal {
        session,
        roster: None,
        grounds: wire::Grounds::Own(AbortReason::Internal),
        standing: wire::Standing::Unsigned,
    };
    let quote = |by: usize, word: &wire::Withdrawal| wire::Withdrawal {
        grounds: wire::Grounds::Heard {
            by: common::identity(by).id(),
            word: Signed::new(word, wire::ABORT, &common::identity(by)),
        },
        ..own(SESSION.0)
    };
    let first = own(SESSION.0);
    let cases = [
        (quote(1, &first), None),
        (quote(MALLORY, &first), Some("its own")),
        (quote(7, &first), Some("a stranger's, whom she could have made up")),
        (quote(1, &own([9; 32])), Some("another session's")),
        (quote(1, &quote(0, &first)), Some("two deep, and whoever gives up for it would quote it once more")),
    ];
    for (word, malformed) in cases {
        let mut net = Net::run_tampered(
            Ed25519,
            2,
            3,
            Box::new(|packet| if kind(&packet.bytes) == "round1" { Fate::Drop } else { Fate::Deliver }),
        );
        let word = Signed::new(&word, wire::ABORT, &common::identity(MALLORY));
        net.input(0, Input::Message { from: mallory(), bytes: &encode(SESSION.0, Body::Abort(word)) });
        let expected = malformed.map_or(AbortReason::Internal, |_| AbortReason::Malformed { by: mallory() });
        assert_eq!(net.devices[0].reason(), &expected, "{malformed:?}");
    }
}

#[test]
fn a_device_that_leaves_or_restarts_in_a_round_ends_it_with_its_name() {
    type Event = fn(DeviceId) -> (Input<'static>, AbortReason);
    let left: Event = |peer| (Input::PeerLeft { peer }, AbortReason::Left { by: peer });
    let restarted: Event = |peer| (Input::PeerRestarted { peer }, AbortReason::Restarted { by: peer });
    for event in [left, restarted] {
        let mut net = Net::run_tampered(
            Ed25519,
            2,
            3,
            Box::new(|packet| if kind(&packet.bytes) == "echo" { Fate::Drop } else { Fate::Deliver }),
        );
        let (input, reason) = event(mallory());
        net.input(0, input);
        net.deliver_all();
        assert_named(&net, &reason);
    }
}

#[test]
fn a_machine_prints_no_secret() {
    let net = Net::run(Ed25519, 2, 2);
    let printed = format!("{:?}", net.devices[0].dkg.as_ref().unwrap());
    assert!(printed.starts_with("Dkg {") && printed.len() < 200, "{printed}");
}
