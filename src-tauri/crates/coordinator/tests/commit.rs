//! The last step: nobody discards what another may show an address of.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{
    Fate, Net, SESSION, Tamper,
    wire::{self, Body, Signed, decode, encode, kind},
};
use coordinator::{
    Ciphersuite::{self, Ed25519},
    SecretShare,
    dkg::{AbortReason, Dkg, Input, Outcome, ResumeError, Round},
};

const MALLORY: usize = 2;

/// Drops what a device says from some kind of message on, to some.
fn silencing(from: usize, kinds: &'static [&'static str], to: &'static [usize]) -> Tamper {
    Box::new(move |packet| {
        let chosen = packet.from == from && kinds.contains(&kind(&packet.bytes)) && to.contains(&packet.to);
        if chosen { Fate::Drop } else { Fate::Deliver }
    })
}

fn let_all_through(net: &mut Net) {
    net.tamper = Box::new(|_| Fate::Deliver);
}

/// Mallory's signed word that she has not signed the certificate.
fn withdrawal(net: &Net) -> Vec<u8> {
    withdrawal_of(net, MALLORY)
}

fn withdrawal_of(net: &Net, author: usize) -> Vec<u8> {
    let roster = net.transcript.iter().find_map(|packet| match decode(&packet.bytes).body {
        Body::Echo { roster, .. } => Some(roster),
        _ => None,
    });
    let statement = wire::Withdrawal {
        session: SESSION.0,
        roster,
        grounds: wire::Grounds::Own(AbortReason::Cancelled { by: net.id(author) }),
        standing: wire::Standing::Unsigned,
    };
    let signed = Signed::new(&statement, wire::ABORT, &net.devices[author].identity);
    encode(SESSION.0, Body::Abort(signed))
}

/// What a device shows in a dispute where nobody saw anything else.
fn evidence_of(net: &Net) -> Vec<Vec<u8>> {
    let find = |wanted, author| {
        let packet = net.transcript.iter().find(|p| p.from == author && kind(&p.bytes) == wanted);
        decode(&packet.unwrap().bytes).body
    };
    let evidence = |author| {
        let (Body::Round1 { round1, .. }, Body::Echo { roster, .. }) =
            (find("round1", author), find("echo", author))
        else {
            panic!("they were asked for")
        };
        encode(SESSION.0, Body::Evidence { roster, author: net.position(author), round1 })
    };
    (0..net.devices.len()).map(evidence).collect()
}

fn tell(net: &mut Net, from: usize, to: usize, bytes: &[u8]) {
    let from = net.id(from);
    net.input(to, Input::Message { from, bytes });
}

#[test]
fn the_share_is_stored_before_the_signature_leaves() {
    for ciphersuite in Ciphersuite::ALL {
        let mut net = Net::new(&common::params(ciphersuite, 2, 3), 3);
        net.devices[1].crash_after_storing = true;
        net.link_all();
        net.deliver_all();
        let signed = net.transcript.iter().any(|p| p.from == 1 && kind(&p.bytes) == "certificate");
        assert!(!signed, "the crash was before it signed");
        assert!(net.devices[1].pending.is_some() && net.devices[1].share.is_some());
        for index in [0, 2] {
            net.deadline([index]);
            assert_eq!(net.devices[index].unfinished, Some(vec![net.id(1)]), "who is missing");
            assert!(!net.devices[index].discarded && net.devices[index].failed.is_none());
        }
        net.restart(1);
        net.deliver_all();
        net.assert_complete();
    }
}

#[test]
fn whatever_happens_after_signing_nothing_is_discarded_without_an_order() {
    let mut net = Net::run_tampered(Ed25519, 2, 3, silencing(MALLORY, &["certificate", "confirm"], &[0, 1]));
    let gone = net.id(MALLORY);
    for index in [0, 1] {
        net.input(index, Input::Deadline);
        net.input(index, Input::LinkDown { peer: gone });
        net.input(index, Input::PeerLeft { peer: gone });
        net.input(index, Input::Leave);
        net.input(index, Input::Deadline);
        let device = &net.devices[index];
        assert!(!device.discarded && device.failed.is_none() && device.share.is_some());
        let progress = device.dkg.as_ref().unwrap().progress();
        assert_eq!((progress.outcome, progress.round), (Outcome::Pending, Round::Commit));
        assert_eq!(progress.waiting_for, [gone]);
    }
    let_all_through(&mut net);
    net.restart(0);
    net.restart(1);
    for index in [0, 1] {
        net.link(MALLORY, index);
    }
    net.deliver_all();
    assert!(net.devices[0].everyone && net.devices[1].everyone, "the third comes back, and all is done");
}

#[test]
fn a_device_that_missed_a_signature_gets_it_from_any_other() {
    // Mallory's signature reaches device 0 only, and then she is gone; device 0's own message was lost too.
    let mut net = Net::run_tampered(
        Ed25519,
        2,
        3,
        Box::new(|packet| {
            let signature = matches!(kind(&packet.bytes), "certificate" | "confirm");
            if signature && packet.to == 1 { Fate::Drop } else { Fate::Deliver }
        }),
    );
    assert!(net.devices[0].active.is_some() && net.devices[1].active.is_none());
    let_all_through(&mut net);
    net.devices[MALLORY].dkg = None;
    net.link(0, 1);
    net.deliver_all();
    assert!(net.devices[1].active.is_some(), "one message had all that was missing");
}

#[test]
fn a_resumed_device_finishes_from_either_state_and_so_do_the_others() {
    // Device 1 is active and nobody knows; devices 0 and 2 lack its confirmation.
    let mut net = Net::run_tampered(Ed25519, 2, 3, silencing(1, &["confirm"], &[0, 2]));
    assert!(net.devices[1].everyone && !net.devices[0].everyone);
    net.deadline([0]);
    assert_eq!(net.devices[0].unfinished, Some(vec![net.id(1)]));
    let_all_through(&mut net);
    net.devices[1].everyone = false;
    net.restart(1);
    net.deliver_all();
    net.assert_complete();
}

#[test]
fn all_may_restart_at_once_while_pending() {
    let mut net = Net::run_tampered(
        Ed25519,
        3,
        4,
        Box::new(|packet| if kind(&packet.bytes) == "certificate" { Fate::Drop } else { Fate::Deliver }),
    );
    assert!(net.devices.iter().all(|device| device.pending.is_some() && device.active.is_none()));
    let_all_through(&mut net);
    for index in 0..4 {
        net.restart(index);
    }
    net.link_all();
    net.deliver_all();
    net.assert_complete();
}

#[test]
fn a_member_that_never_signed_and_says_so_ends_it_for_all() {
    let mut net =
        Net::run_tampered(Ed25519, 2, 4, silencing(MALLORY, &["certificate", "confirm"], &[0, 1, 3]));
    let_all_through(&mut net);
    let word = withdrawal(&net);
    // Only device 0 is told by Mallory; the others learn it from device 0, with her signature.
    tell(&mut net, MALLORY, 0, &word);
    assert!(!net.devices[0].discarded, "device 0 waits for the others' word");
    let outcome = net.devices[0].dkg.as_ref().unwrap().progress().outcome;
    assert!(matches!(outcome, Outcome::GivenUp(_)), "{outcome:?}");
    assert!(net.devices[0].pending.as_ref().unwrap().is_given_up(), "and remembers its own");
    net.deliver_all();
    for index in [0, 1, 3] {
        let device = &net.devices[index];
        assert!(device.discarded && device.active.is_none(), "device {index}");
        assert_eq!(device.reason(), &AbortReason::Cancelled { by: net.id(MALLORY) });
    }
    assert_eq!(net.devices[MALLORY].violations, [AbortReason::AbortAfterSigning { by: net.id(MALLORY) }]);
}

#[test]
fn nobody_discards_while_another_honest_device_is_active() {
    // Mallory signs for device 0 and tells device 1 that she never will.
    let mut late = Net::run_tampered(
        Ed25519,
        2,
        3,
        Box::new(|packet| {
            let signature = matches!(kind(&packet.bytes), "certificate" | "confirm");
            if signature && packet.to == 1 { Fate::Drop } else { Fate::Deliver }
        }),
    );
    let_all_through(&mut late);
    let word = withdrawal(&late);
    tell(&mut late, MALLORY, 1, &word);
    late.deliver_all();
    let by = late.id(MALLORY);
    assert!(late.devices[0].active.is_some());
    assert_eq!(late.devices[0].violations, [AbortReason::AbortAfterSigning { by }], "proven to device 0");
    assert!(!late.devices[1].discarded && late.devices[1].share.is_some(), "device 1 keeps its share");
    assert_eq!(late.devices[1].violations, [AbortReason::AbortAfterSigning { by }], "and learns why");
    // Also after a restart, and whatever it is shown.
    late.restart(1);
    late.deliver_all();
    late.link(0, 1);
    late.deliver_all();
    assert!(late.devices[1].active.is_none() && !late.devices[1].discarded);
    // Its user may order otherwise.
    late.input(1, Input::Discard);
    assert!(late.devices[1].discarded);
}

#[test]
fn an_abort_after_signing_is_named_and_ends_nothing() {
    let mut net = Net::run_tampered(Ed25519, 2, 4, silencing(3, &["certificate"], &[0, 1]));
    let word = withdrawal(&net);
    let by = net.id(MALLORY);
    for index in [0, 1] {
        tell(&mut net, MALLORY, index, &word);
        assert_eq!(net.devices[index].violations, [AbortReason::AbortAfterSigning { by }]);
        assert!(!net.devices[index].discarded && net.devices[index].failed.is_none());
    }
    let_all_through(&mut net);
    for index in [0, 1] {
        net.link(3, index);
    }
    net.deliver_all();
    assert!(net.devices.iter().all(|device| device.active.is_some()), "all signatures are there after all");
}

#[test]
fn a_user_may_discard_a_pending_share_and_the_others_learn_it() {
    let mut net = Net::run_tampered(Ed25519, 2, 3, silencing(MALLORY, &["certificate", "confirm"], &[0, 1]));
    net.input(0, Input::Discard);
    net.deliver_all();
    assert!(net.devices[0].discarded);
    let by = net.id(0);
    assert_eq!(net.devices[0].reason(), &AbortReason::Cancelled { by });
    assert_eq!(net.devices[1].violations, [AbortReason::AbortAfterSigning { by }]);
    assert!(!net.devices[1].discarded, "its own user decides about its own share");
    let mut done = Net::run(Ed25519, 2, 2);
    done.input(0, Input::Discard);
    assert!(!done.devices[0].discarded, "an active wallet is not the session's to delete");
}

#[test]
fn what_makes_a_device_give_up_can_always_be_quoted_to_the_others() {
    // Mallory has not signed, and says so in words that she quotes; the others give up for it, and both must discard.
    let mut net = Net::run_tampered(Ed25519, 2, 3, silencing(MALLORY, &["certificate", "confirm"], &[0, 1]));
    let Body::Abort(good) = decode(&withdrawal(&net)).body else { unreachable!() };
    let own: wire::Withdrawal = good.peek();
    let quote = |by: usize, word: &wire::Withdrawal| wire::Withdrawal {
        grounds: wire::Grounds::Heard {
            by: net.id(by),
            word: Signed::new(word, wire::ABORT, &net.devices[by].identity),
        },
        ..own.clone()
    };
    // She has somebody's word of another attempt at the session, and its quote of hers.
    let once = quote(1, &own);
    let twice = quote(1, &quote(0, &own));
    let say = |word: &wire::Withdrawal| {
        let signed = Signed::new(word, wire::ABORT, &common::identity(MALLORY));
        encode(SESSION.0, Body::Abort(signed))
    };
    let (once, twice) = (say(&once), say(&twice));
    let_all_through(&mut net);
    tell(&mut net, MALLORY, 0, &twice);
    let by = net.id(MALLORY);
    assert_eq!(net.devices[0].violations, [AbortReason::Malformed { by }], "it could not be passed on");
    assert!(!net.devices[0].pending.as_ref().unwrap().is_given_up());
    tell(&mut net, MALLORY, 0, &once);
    tell(&mut net, MALLORY, 1, &once);
    net.deliver_all();
    for device in [0, 1] {
        assert!(net.devices[device].discarded, "everybody has given up, and everybody could read it");
        assert!(
            !net.devices[device].violations.iter().any(|v| v.concerns() != [by]),
            "no honest device is blamed"
        );
    }
}

#[test]
fn a_word_that_quotes_nobody_or_the_wrong_one_ends_nothing() {
    let mut net = Net::run_tampered(Ed25519, 2, 3, silencing(1, &["certificate", "confirm"], &[0, 2]));
    let Body::Abort(good) = decode(&withdrawal(&net)).body else { unreachable!() };
    let statement: wire::Withdrawal = good.peek();
    let (victim, mallory) = (net.id(1), net.id(MALLORY));
    let forged = [
        // Another roster's, none at all, and Mallory's own word as if it were the victim's.
        wire::Withdrawal { roster: Some([1; 32]), ..statement.clone() },
        wire::Withdrawal { roster: None, ..statement.clone() },
        wire::Withdrawal {
            grounds: wire::Grounds::Heard { by: victim, word: good.clone() },
            standing: wire::Standing::Signed,
            ..statement.clone()
        },
        // Her own, quoted as another's would be, and one that gives up for what she claims herself.
        wire::Withdrawal {
            grounds: wire::Grounds::Heard { by: mallory, word: good.clone() },
            standing: wire::Standing::Signed,
            ..statement.clone()
        },
        wire::Withdrawal { standing: wire::Standing::Signed, ..statement.clone() },
    ];
    for statement in forged {
        let signed = Signed::new(&statement, wire::ABORT, &net.devices[MALLORY].identity);
        tell(&mut net, MALLORY, 0, &encode(SESSION.0, Body::Abort(signed)));
        assert_eq!(net.devices[0].violations, [AbortReason::Malformed { by: mallory }]);
        assert!(!net.devices[0].pending.as_ref().unwrap().is_given_up());
    }
}

#[test]
fn a_signature_on_something_else_is_named_and_completes_nothing() {
    let mut net = Net::run_tampered(Ed25519, 2, 3, silencing(MALLORY, &["certificate", "confirm"], &[0, 1]));
    let mut message = net
        .transcript
        .iter()
        .find_map(|packet| match decode(&packet.bytes).body {
            Body::Certificate { roster, transcript, signatures } if packet.from == MALLORY => {
                Some((roster, transcript, signatures))
            }
            _ => None,
        })
        .unwrap();
    let by = net.id(MALLORY);
    // Another's signature in her place.
    let certificate = |m: &(_, _, Vec<_>)| {
        encode(SESSION.0, Body::Certificate { roster: m.0, transcript: m.1, signatures: m.2.clone() })
    };
    let good = message.clone();
    message.2[0].1 = net.devices[0].identity.sign(wire::CERTIFICATE, b"something");
    tell(&mut net, MALLORY, 0, &certificate(&message));
    assert_eq!(net.devices[0].violations, [AbortReason::Malformed { by }]);
    message.1 = [3; 32];
    tell(&mut net, MALLORY, 1, &certificate(&message));
    assert_eq!(net.devices[1].violations, [AbortReason::WrongTranscript { by }]);
    for garbage in [&b""[..], b"\x01garbage", b"\x09"] {
        tell(&mut net, MALLORY, 0, garbage);
    }
    assert!(net.devices[0].active.is_none() && net.devices[0].failed.is_none());
    tell(&mut net, MALLORY, 0, &certificate(&good));
    assert!(net.devices[0].active.is_some(), "her real signature still counts");
}

#[test]
fn a_wrong_transcript_before_we_signed_ends_the_session() {
    let mut net = Net::run_tampered(Ed25519, 2, 3, silencing(1, &["round2"], &[0]));
    let early =
        net.transcript.iter().find(|p| (p.from, p.to) == (MALLORY, 0) && kind(&p.bytes) == "certificate");
    let Body::Certificate { roster, signatures, .. } = decode(&early.unwrap().bytes).body else {
        unreachable!()
    };
    let wrong = Body::Certificate { roster, transcript: [3; 32], signatures };
    tell(&mut net, MALLORY, 0, &encode(SESSION.0, wrong));
    let late = net.transcript.iter().find(|p| (p.from, p.to) == (1, 0) && kind(&p.bytes) == "round2");
    let late = late.unwrap().bytes.clone();
    tell(&mut net, 1, 0, &late);
    assert_eq!(net.devices[0].reason(), &AbortReason::WrongTranscript { by: net.id(MALLORY) });
    assert!(net.devices[0].share.is_none(), "nothing was stored");
}

#[test]
fn only_the_right_record_and_share_resume() {
    let net = Net::run_tampered(Ed25519, 2, 3, silencing(MALLORY, &["certificate", "confirm"], &[0, 1]));
    let (record, share) = (net.devices[0].pending.clone().unwrap(), || net.devices[0].share());
    let resume = |index: usize, share: SecretShare| {
        Dkg::resume(net.devices[index].identity.clone(), record.clone(), share).map(drop)
    };
    assert_eq!(resume(0, share()), Ok(()));
    assert_eq!(resume(1, share()), Err(ResumeError::OtherDevice));
    assert_eq!(resume(0, net.devices[1].share()), Err(ResumeError::OtherShare));
    let bytes = postcard::to_allocvec(&record).unwrap();
    for position in (0..bytes.len()).step_by(7) {
        let mut damaged = bytes.clone();
        damaged[position] ^= 1;
        if let Ok(record) = postcard::from_bytes(&damaged) {
            let resumed = Dkg::resume(net.devices[0].identity.clone(), record, share());
            assert!(resumed.is_err(), "byte {position} was damaged");
        }
    }
}

#[test]
fn of_two_devices_one_withdrawal_is_everyones() {
    let mut net = Net::run_tampered(Ed25519, 2, 2, silencing(1, &["certificate", "confirm"], &[0]));
    let word = withdrawal_of(&net, 1);
    tell(&mut net, 1, 0, &word);
    assert!(net.devices[0].discarded, "nobody else could hold the certificate");
    assert_eq!(net.devices[0].reason(), &AbortReason::Cancelled { by: net.id(1) });
    // Whoever still asks is told so, once for each question.
    net.queue.clear();
    let ask = net.transcript.iter().find(|p| p.from == 1 && kind(&p.bytes) == "certificate").unwrap().clone();
    net.deliver(&ask);
    assert_eq!(net.queue.iter().map(|p| kind(&p.bytes)).collect::<Vec<_>>(), ["abort"]);
}

#[test]
fn a_given_up_session_is_discarded_after_a_restart_too() {
    let mut net = Net::run_tampered(Ed25519, 2, 3, silencing(MALLORY, &["certificate", "confirm"], &[0, 1]));
    let word = withdrawal(&net);
    net.devices[1].dkg = None;
    tell(&mut net, MALLORY, 0, &word);
    net.deliver_all();
    assert!(!net.devices[0].discarded, "device 1 is away, and could have the certificate");
    net.restart(0);
    assert!(matches!(net.devices[0].dkg.as_ref().unwrap().progress().outcome, Outcome::GivenUp(_)));
    net.restart(1);
    net.link(0, 1);
    tell(&mut net, MALLORY, 0, &word);
    net.deliver_all();
    for index in [0, 1] {
        assert!(net.devices[index].discarded, "device {index}");
    }
}

#[test]
fn a_dispute_by_a_device_that_had_agreed_stops_nobody_and_names_nobody_else() {
    // Device 1 waits for device 0's share only, when Mallory shows it what all have seen anyway.
    let mut net = Net::run_tampered(Ed25519, 2, 3, silencing(0, &["round2"], &[1]));
    assert_eq!((net.round(0), net.round(1)), (Round::Commit, Round::Round2));
    for message in evidence_of(&net) {
        tell(&mut net, MALLORY, 1, &message);
    }
    assert_eq!(net.round(1), Round::Round2, "device 1 goes on");
    let late =
        net.transcript.iter().find(|p| (p.from, p.to) == (0, 1) && kind(&p.bytes) == "round2").unwrap();
    let late = late.bytes.clone();
    tell(&mut net, 0, 1, &late);
    net.deliver_all();
    net.assert_complete();
}

#[test]
fn a_dispute_by_a_device_that_withheld_its_share_names_that_device() {
    // Device 0 has finished when Mallory, whose share device 1 lacks, shows device 1 what all have seen.
    let mut net = Net::run_tampered(Ed25519, 2, 3, silencing(MALLORY, &["round2"], &[1]));
    assert_eq!((net.round(0), net.round(1)), (Round::Commit, Round::Round2));
    let evidence = evidence_of(&net);
    for message in &evidence {
        tell(&mut net, MALLORY, 1, message);
    }
    net.deadline([1]);
    let by = net.id(MALLORY);
    assert_eq!(net.devices[1].reason(), &AbortReason::UnexplainedDispute { by }, "and not device 0");
}

#[test]
fn a_device_that_can_not_store_its_share_has_not_signed_and_all_give_up() {
    let mut net = Net::new(&common::params(Ed25519, 2, 3), 3);
    net.devices[1].keystore_fails = true;
    net.link_all();
    net.deliver_all();
    for device in &net.devices {
        assert_eq!(device.reason(), &AbortReason::NotStored { by: net.id(1) }, "named, and not accused");
        assert!(device.violations.is_empty(), "nobody contradicted itself: {:?}", device.violations);
        assert!(device.share.is_none() && device.active.is_none(), "nothing half-made stays");
    }
}

#[test]
fn a_message_of_another_version_names_its_sender_and_costs_no_share() {
    let mut net = Net::run_tampered(Ed25519, 2, 3, silencing(MALLORY, &["certificate", "confirm"], &[0, 1]));
    assert_eq!(net.round(0), Round::Commit);
    let genuine = net.transcript.iter().find(|p| p.from == MALLORY && kind(&p.bytes) == "certificate");
    let genuine = genuine.expect("she has signed").bytes.clone();
    let by = net.id(MALLORY);
    for version in [1, 2, 255] {
        let bytes = [&[version], &genuine[1..]].concat();
        net.input(0, Input::Message { from: by, bytes: &bytes });
    }
    let named = AbortReason::UnsupportedVersion { by, version: 1 };
    assert_eq!(net.devices[0].violations, [named], "named once");
    assert_eq!(
        net.devices[0].dkg.as_ref().unwrap().progress().outcome,
        Outcome::Pending,
        "nothing was acted upon"
    );
    assert!(!net.devices[0].discarded && net.devices[0].active.is_none());
    let_all_through(&mut net);
    net.input(0, Input::Message { from: by, bytes: &genuine });
    net.deliver_all();
    assert!(net.devices[0].active.is_some(), "it finishes when she speaks this version");
}
