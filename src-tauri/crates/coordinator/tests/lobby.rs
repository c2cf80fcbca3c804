//! Who gets in, and on which roster.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{
    Fate, Net, SESSION, params,
    wire::{Body, PROPOSAL, Proposal, ROSTER, Roster, Signed, decode, encode, kind},
};
use coordinator::{
    Ciphersuite::Ed25519,
    dkg::{AbortReason, Dkg, Effect, Input, Outcome, Refusal, Round, SessionTag},
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

#[test]
fn the_first_to_accept_are_in_and_a_later_one_is_refused() {
    let mut net = Net::new(&params(Ed25519, 2, 3), 5);
    net.link_all();
    net.deliver_all();
    let (members, refused): (Vec<_>, Vec<_>) = net.devices.iter().partition(|d| d.failed.is_none());
    assert_eq!((members.len(), refused.len()), (3, 2));
    let by = net.id(0);
    for device in refused {
        assert_eq!(device.reason(), &AbortReason::Refused { by, refusal: Refusal::Full });
    }
    assert!(members.iter().all(|device| device.everyone));
}

#[test]
fn whoever_comes_during_or_after_a_session_is_told_so() {
    for (round, refusal) in [("round1", Refusal::InProgress), ("none", Refusal::Finished)] {
        let mut net = Net::new(&params(Ed25519, 2, 2), 3);
        net.tamper =
            Box::new(move |packet| if kind(&packet.bytes) == round { Fate::Drop } else { Fate::Deliver });
        net.link(0, 1);
        net.link(1, 0);
        net.deliver_all();
        net.link(2, 0);
        net.link(0, 2);
        net.deliver_all();
        net.deadline([2]);
        assert_eq!(net.devices[2].reason(), &AbortReason::Refused { by: net.id(0), refusal });
    }
}

#[test]
fn a_failed_session_is_finished_too() {
    let mut net = Net::new(&params(Ed25519, 2, 2), 2);
    net.input(0, Input::Leave);
    net.link(1, 0);
    net.link(0, 1);
    net.deliver_all();
    net.deadline([1]);
    let refused = AbortReason::Refused { by: net.id(0), refusal: Refusal::Finished };
    assert_eq!(net.devices[1].reason(), &refused);
}

#[test]
fn a_place_is_free_again_when_its_device_leaves_before_the_roster() {
    let mut net = Net::new(&params(Ed25519, 3, 3), 4);
    for (a, b) in [(0, 1), (1, 0)] {
        net.link(a, b);
    }
    net.deliver_all();
    let left = net.id(1);
    net.input(0, Input::PeerLeft { peer: left });
    for (a, b) in [(0, 2), (2, 0), (0, 3), (3, 0), (2, 3), (3, 2)] {
        net.link(a, b);
    }
    net.deliver_all();
    assert!([0, 2, 3].iter().all(|index| net.devices[*index].everyone), "the other three are the group");
}

#[test]
fn a_member_whose_place_was_freed_while_it_was_away_takes_it_again() {
    let mut net = Net::new(&params(Ed25519, 2, 3), 3);
    net.link(0, 1);
    net.link(1, 0);
    net.deliver_all();
    assert_eq!(net.round(1), Round::Joining, "until there is a roster, others may take their time");
    let (zero, one) = (net.id(0), net.id(1));
    net.input(1, Input::LinkDown { peer: zero });
    net.input(0, Input::LinkDown { peer: one });
    net.input(0, Input::PeerLeft { peer: one });
    net.link_all();
    net.deliver_all();
    net.assert_complete();
}

#[test]
fn nothing_starts_before_everyone_has_a_link_to_everyone() {
    let mut net = Net::new(&params(Ed25519, 2, 3), 3);
    for (a, b) in [(0, 1), (1, 0), (0, 2), (2, 0)] {
        net.link(a, b);
    }
    net.deliver_all();
    let progress = net.devices[2].dkg.as_ref().unwrap().progress();
    assert_eq!((progress.round, progress.waiting_for), (Round::Roster, vec![net.id(1)]));
    net.link(1, 2);
    net.link(2, 1);
    net.deliver_all();
    net.assert_complete();
}

#[test]
fn a_member_that_has_no_link_yet_goes_by_its_name_in_the_roster() {
    let mut net = Net::new(&params(Ed25519, 2, 3), 3);
    for (a, b) in [(0, 1), (1, 0), (0, 2), (2, 0)] {
        net.link(a, b);
    }
    net.deliver_all();
    let gone = net.id(1);
    net.input(0, Input::PeerLeft { peer: gone });
    net.deliver_all();
    let progress = net.devices[2].dkg.as_ref().unwrap().progress();
    let lost = progress.participants.iter().find(|participant| participant.device == gone);
    let lost = lost.expect("whoever is blamed is among the participants");
    assert_eq!((lost.name.as_str(), lost.linked), ("device 1", false));
    assert!(matches!(progress.outcome, Outcome::Failed(_)), "the creator has said that it is gone");
}

#[test]
fn two_proposals_name_both_proposers() {
    let mut net = Net::new(&params(Ed25519, 2, 3), 3);
    let device = &mut net.devices[1];
    let (dkg, _) = Dkg::create(device.identity.clone(), device.name.clone(), SESSION, params(Ed25519, 2, 2));
    device.dkg = Some(dkg);
    net.link_all();
    net.deliver_all();
    let ends = |index: usize| match net.devices[index].failed.as_ref().unwrap().reason {
        AbortReason::ConflictingProposals { first, second } => [first, second],
        ref other => panic!("{other:?}"),
    };
    for index in 0..3 {
        let named = ends(index);
        assert!(named.contains(&net.id(0)) && named.contains(&net.id(1)), "device {index}");
    }
}

#[test]
fn a_changed_proposal_by_the_same_device_is_a_conflict() {
    let mut net = Net::new(&params(Ed25519, 2, 3), 2);
    net.link_all();
    net.deliver_all();
    let other = Proposal {
        session: SESSION.0,
        name: "Savings".into(),
        ciphersuite: 0,
        network: Some("devnet".into()),
        threshold: 3,
        participants: 3,
    };
    let other = Signed::new(&other, PROPOSAL, &net.devices[0].identity);
    let from = net.id(0);
    net.input(1, Input::Message { from, bytes: &encode(SESSION.0, Body::Proposal(other)) });
    assert_eq!(net.devices[1].reason(), &AbortReason::Conflict { by: from });
}

/// Runs with the roster to device 2 changed by `change` and signed again by the creator.
fn with_roster(change: impl Fn(&mut Roster) + 'static) -> Net {
    let creator = common::identity(0);
    Net::run_tampered(
        Ed25519,
        2,
        3,
        Box::new(move |packet| match decode(&packet.bytes).body {
            Body::Roster(signed) if packet.to == 2 => {
                let mut roster: Roster = signed.peek();
                change(&mut roster);
                Fate::Replace(encode(SESSION.0, Body::Roster(Signed::new(&roster, ROSTER, &creator))))
            }
            _ => Fate::Deliver,
        }),
    )
}

#[test]
fn a_roster_that_is_not_what_was_agreed_on_names_the_creator() {
    let stranger = common::identity(40).id();
    type Change = Box<dyn Fn(&mut Roster)>;
    let changes: Vec<Change> = vec![
        Box::new(|roster| roster.threshold = 3),
        Box::new(|roster| roster.name = "Spendings".into()),
        Box::new(|roster| roster.ciphersuite = 2),
        Box::new(|roster| roster.network = Some("mainnet".into())),
        Box::new(|roster| roster.network = None),
        Box::new(|roster| roster.session = [8; 32]),
        Box::new(|roster| roster.members.reverse()),
        Box::new(|roster| roster.members.truncate(2)),
        Box::new(|roster| roster.members[1] = roster.members[0].clone()),
        Box::new(|roster| roster.members.iter_mut().for_each(|member| member.1 = "Mallory".into())),
        Box::new(move |roster| roster.creator = stranger),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let net = with_roster(move |roster| change(roster));
        let by = net.id(0);
        assert_eq!(net.devices[2].reason(), &AbortReason::RosterMismatch { by }, "change {number}");
        assert_eq!(net.devices[2].failed.as_ref().unwrap().reported_by, None);
        for index in [0, 1] {
            let abort = net.devices[index].failed.as_ref().unwrap();
            assert_eq!(abort.reported_by, Some(net.id(2)), "an accusation, not a fact");
        }
    }
}

#[test]
fn a_roster_without_this_device_names_the_creator() {
    let stranger = common::identity(40).id();
    let me = common::identity(2).id();
    let net = with_roster(move |roster| {
        roster.members.iter_mut().filter(|member| member.0 == me).for_each(|member| member.0 = stranger);
        roster.members.sort();
    });
    assert_eq!(net.devices[2].reason(), &AbortReason::RosterMismatch { by: net.id(0) });
}

#[test]
fn a_roster_that_its_creator_did_not_sign_names_whoever_sent_it() {
    let net = Net::run_tampered(
        Ed25519,
        2,
        3,
        Box::new(|packet| match decode(&packet.bytes).body {
            Body::Roster(mut signed) if packet.to == 2 => {
                *signed.bytes.last_mut().unwrap() ^= 1;
                Fate::Replace(encode(SESSION.0, Body::Roster(signed)))
            }
            _ => Fate::Deliver,
        }),
    );
    assert_eq!(net.devices[2].reason(), &AbortReason::RosterMismatch { by: net.id(0) });
}

#[test]
fn two_rosters_by_one_creator_meet_and_convict_it() {
    // Both are what the members agreed on: one name differs, and both links give the names so.
    let mut net = Net::new(&params(Ed25519, 2, 3), 3);
    let creator = common::identity(0);
    let (one, zero) = (common::identity(1).id(), net.id(0));
    net.tamper = Box::new(move |packet| match decode(&packet.bytes).body {
        Body::Roster(signed) if packet.to == 2 => {
            let mut roster: Roster = signed.peek();
            roster.members.iter_mut().filter(|m| m.0 == one).for_each(|m| m.1 = "Mallory".into());
            Fate::Replace(encode(SESSION.0, Body::Roster(Signed::new(&roster, ROSTER, &creator))))
        }
        // What the creator itself would say is left out: the members find it among themselves.
        _ if packet.from == 0 && !matches!(kind(&packet.bytes), "proposal" | "roster") => Fate::Drop,
        _ => Fate::Deliver,
    });
    net.link_all();
    net.input(2, Input::LinkUp { peer: one, name: "Mallory".parse().unwrap() });
    net.deliver_all();
    for index in [1, 2] {
        let abort = net.devices[index].failed.as_ref().unwrap();
        let AbortReason::Equivocation { by, proof } = &abort.reason else { panic!("{abort:?}") };
        assert_eq!((*by, abort.reported_by), (zero, None), "proven, whoever found it");
        assert!(proof.convicts(&zero, SESSION));
        assert!(!proof.convicts(&one, SESSION), "and nobody else");
        assert!(!proof.convicts(&zero, SessionTag([8; 32])), "for this session only");
    }
}

#[test]
fn the_lobby_names_who_is_missing_when_time_is_over() {
    let mut net = Net::new(&params(Ed25519, 2, 3), 3);
    net.link(0, 1);
    net.link(1, 0);
    net.deliver_all();
    let gone = net.id(1);
    net.input(0, Input::LinkDown { peer: gone });
    net.deadline([0, 1, 2]);
    let timeout = |round, missing| AbortReason::Timeout { round, missing };
    assert_eq!(net.devices[0].reason(), &timeout(Round::Joining, vec![gone]));
    assert_eq!(
        net.devices[1].reason(),
        &timeout(Round::Joining, vec![net.id(0)]),
        "its creator would have said for whom it waits"
    );
    assert_eq!(net.devices[2].reason(), &timeout(Round::Joining, vec![]), "no proposal ever came");
}

#[test]
fn the_lobby_names_who_is_there_and_never_agreed() {
    let mut net = Net::new(&params(Ed25519, 2, 4), 3);
    let silent = net.id(2);
    net.tamper = Box::new(|packet| if packet.from == 2 { Fate::Drop } else { Fate::Deliver });
    net.link_all();
    net.deliver_all();
    let progress = net.devices[0].dkg.as_ref().unwrap().progress();
    assert_eq!(progress.waiting_for, [silent]);
    net.deadline([0]);
    let timeout = AbortReason::Timeout { round: Round::Joining, missing: vec![silent] };
    assert_eq!(net.devices[0].reason(), &timeout, "not the one that agreed");
}

#[test]
fn a_full_session_waits_for_its_members_only() {
    let mut net = Net::new(&params(Ed25519, 2, 2), 3);
    let (member, stranger) = (net.id(1), net.id(2));
    net.link(1, 0);
    net.link(0, 1);
    // It has a place, and its link breaks before its word comes.
    net.deliver_one();
    net.input(0, Input::LinkDown { peer: member });
    net.deliver_all();
    net.link(0, 2);
    net.deliver_all();
    let progress = net.devices[0].dkg.as_ref().unwrap().progress();
    assert!(progress.participants.iter().any(|participant| participant.device == stranger));
    net.deadline([0]);
    let timeout = AbortReason::Timeout { round: Round::Joining, missing: vec![member] };
    assert_eq!(net.devices[0].reason(), &timeout, "whoever was refused owes nothing");
}

#[test]
fn a_creator_that_went_away_is_named_by_who_agreed() {
    let mut net = Net::new(&params(Ed25519, 2, 3), 2);
    net.link_all();
    net.deliver_all();
    let creator = net.id(0);
    net.input(1, Input::LinkDown { peer: creator });
    net.deadline([1]);
    let timeout = AbortReason::Timeout { round: Round::Joining, missing: vec![creator] };
    assert_eq!(net.devices[1].reason(), &timeout);
}

/// The message in another version of the protocol.
fn in_version(version: u8, message: &[u8]) -> Vec<u8> {
    [&[version], &message[1..]].concat()
}

/// A proposal of version 1, which knew no networks.
fn old_proposal(creator: &identity::IdentityKey) -> Vec<u8> {
    let terms = ([7_u8; 32], "Savings", 0_u32, 2_u16, 2_u16);
    in_version(1, &encode(SESSION.0, Body::Proposal(Signed::new(&terms, PROPOSAL, creator))))
}

#[test]
fn a_creator_of_version_1_is_named_as_such() {
    let mut net = Net::new(&params(Ed25519, 2, 2), 2);
    let (creator, by) = (net.devices[0].identity.clone(), net.id(0));
    net.link(1, 0);
    net.input(1, Input::Message { from: by, bytes: &old_proposal(&creator) });
    assert!(!net.devices[1].proposed, "nothing of it is acted upon");
    net.deadline([1]);
    assert_eq!(net.devices[1].reason(), &AbortReason::UnsupportedVersion { by, version: 1 });
}

#[test]
fn a_member_of_version_1_gets_no_place_and_is_named() {
    let mut net = Net::new(&params(Ed25519, 2, 3), 3);
    let old = net.id(2);
    net.tamper = Box::new(|packet| match (packet.from, kind(&packet.bytes)) {
        (2, "accept") => Fate::Replace(in_version(1, &packet.bytes)),
        _ => Fate::Deliver,
    });
    net.link_all();
    net.deliver_all();
    let reason = AbortReason::UnsupportedVersion { by: old, version: 1 };
    assert_eq!(net.devices[0].violations, [reason], "its owner has to update it");
    assert_eq!((net.round(0), net.round(1)), (Round::Joining, Round::Joining), "it has no place");
    net.deadline([0]);
    let timeout = AbortReason::Timeout { round: Round::Joining, missing: vec![old] };
    assert_eq!(net.devices[0].reason(), &timeout);
}

#[test]
fn nobody_but_the_creator_ends_the_wait_for_it() {
    let mut net = Net::new(&params(Ed25519, 2, 2), 3);
    let stranger = net.id(2);
    net.link(1, 2);
    let refuse = encode(SESSION.0, Body::Refuse(0));
    for bytes in [&refuse, &in_version(1, &refuse), &in_version(9, &refuse)] {
        net.input(1, Input::Message { from: stranger, bytes });
    }
    assert_eq!(net.devices[1].failed, None, "the creator may still come");
    net.link(0, 1);
    net.link(1, 0);
    net.deliver_all();
    net.assert_two_complete();
}

#[test]
fn a_strangers_nonsense_in_the_lobby_is_noted_and_does_not_end_it() {
    let mut net = Net::new(&params(Ed25519, 2, 2), 3);
    net.link(0, 2);
    let stranger = net.id(2);
    for bytes in [&[3, 2, 3][..], &[], &[3; 70_000]] {
        net.input(0, Input::Message { from: stranger, bytes });
    }
    assert_eq!(net.devices[0].violations, [AbortReason::Malformed { by: stranger }], "named once");
    net.queue.clear();
    net.link(0, 1);
    net.link(1, 0);
    net.deliver_all();
    assert!(net.devices[0].everyone && net.devices[1].everyone);
}

#[test]
fn an_acceptance_for_another_session_or_offer_does_not_count() {
    let mut net = Net::new(&params(Ed25519, 2, 2), 2);
    net.tamper = Box::new(|packet| match decode(&packet.bytes).body {
        Body::Accept(mut signed) => {
            signed.bytes[0] ^= 1;
            Fate::Replace(encode(SESSION.0, Body::Accept(signed)))
        }
        _ => Fate::Deliver,
    });
    net.link_all();
    net.deliver_all();
    assert_eq!(net.devices[0].violations, [AbortReason::Malformed { by: net.id(1) }]);
    assert_eq!(net.round(0), Round::Joining);
}

#[test]
fn a_member_that_leaves_says_so_itself() {
    let mut net = Net::new(&params(Ed25519, 2, 3), 3);
    net.tamper = Box::new(|packet| if kind(&packet.bytes) == "round1" { Fate::Drop } else { Fate::Deliver });
    net.link_all();
    net.deliver_all();
    net.input(1, Input::Leave);
    net.deliver_all();
    for index in 0..3 {
        let abort = net.devices[index].failed.as_ref().unwrap();
        assert_eq!(abort.reason, AbortReason::Cancelled { by: net.id(1) });
        assert_eq!(abort.reported_by, None, "its own word");
        let progress = net.devices[index].dkg.as_ref().unwrap().progress();
        assert_eq!(progress.outcome, Outcome::Failed(abort.clone()));
    }
}

#[test]
fn a_creator_that_leaves_the_lobby_ends_it_for_all() {
    let mut net = Net::new(&params(Ed25519, 2, 4), 2);
    net.link_all();
    net.deliver_all();
    net.input(0, Input::Leave);
    net.deliver_all();
    assert_eq!(net.devices[1].reason(), &AbortReason::Cancelled { by: net.id(0) });
}

#[test]
fn consent_before_a_proposal_agrees_to_nothing() {
    let device = common::identity(1);
    let (dkg, _) = Dkg::join(device, "bob".parse().unwrap(), SESSION);
    let (dkg, effects) = dkg.handle(Input::Consent, &mut ChaCha20Rng::seed_from_u64(1));
    assert!(effects.is_empty());
    let peer = common::identity(0);
    let offer = Proposal {
        session: SESSION.0,
        name: "A".into(),
        ciphersuite: 0,
        network: None,
        threshold: 2,
        participants: 2,
    };
    let offer = encode(SESSION.0, Body::Proposal(Signed::new(&offer, PROPOSAL, &peer)));
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let (dkg, _) = dkg.handle(Input::LinkUp { peer: peer.id(), name: "alice".parse().unwrap() }, &mut rng);
    let (_, effects) = dkg.handle(Input::Message { from: peer.id(), bytes: &offer }, &mut rng);
    assert!(matches!(&effects[..], [Effect::Proposed { .. }]), "the user is asked, nothing is sent");
}
