//! Requests from the proposal to the signatures.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::sign::{Group, messages, payload, wallet};
use coordinator::{
    Ciphersuite,
    sign::{Completion, Decision, Ending, Input, NotProposed, Signing, Stand},
};
use sha2::{Digest, Sha256};

const GROUPS: [(u16, u16); 6] = [(2, 2), (2, 3), (3, 3), (3, 5), (4, 4), (5, 7)];

/// Hashes, since that is what libsecp256k1 takes.
fn hashes(count: u32) -> Vec<u8> {
    payload(&(0..count).map(|index| (hash(index), None)).collect())
}

fn hash(index: u32) -> Vec<u8> {
    Sha256::digest(index.to_be_bytes()).to_vec()
}

#[test]
fn every_group_signs_with_every_ciphersuite() {
    for suite in Ciphersuite::ALL {
        for (t, n) in GROUPS {
            let mut group = Group::new(suite, t, n);
            let request = group.propose(0, hashes(3));
            group.run();
            group.assert_signed(request);
            group.assert_nobody_blamed();
            assert_eq!(group.devices[0].started.len(), 1, "one attempt is enough");
        }
    }
}

#[test]
fn taproot_keys_sign_for_odd_and_even_group_keys_and_many_children() {
    let mut parities = [0; 2];
    for seed in 0..12 {
        let wallet = wallet(Ciphersuite::Secp256k1Tr, 2, 3, seed);
        let parity = usize::from(wallet.ceremony.group_key[0] - 2);
        parities[parity] += 1;
        if parities[parity] > 2 {
            continue;
        }
        let mut group = Group::of(wallet);
        let meaning = (0..16).map(|index| {
            let mut tweak: [u8; 32] = Sha256::digest([index as u8, 1]).into();
            tweak[0] &= 0x7f;
            (hash(index), (index > 0).then_some(tweak))
        });
        let request = group.propose(1, payload(&meaning.collect()));
        group.run();
        group.assert_signed(request);
        group.assert_nobody_blamed();
    }
    assert!(parities.iter().all(|count| *count > 0), "both parities were tried: {parities:?}");
}

#[test]
fn several_requests_of_several_proposers_are_signed_at_once() {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 3);
    let requests: Vec<_> =
        (0..9).map(|index| group.propose(index % 3, messages(&["a", &format!("message {index}")]))).collect();
    group.run();
    for request in requests {
        group.assert_signed(request);
    }
    group.assert_nobody_blamed();
}

#[test]
fn the_largest_request_fits_the_messages() {
    for suite in [Ciphersuite::Ed25519, Ciphersuite::Secp256k1] {
        let mut group = Group::new(suite, 2, 2);
        let request = group.propose(0, hashes(500));
        // That no message is too long is asserted wherever one is sent.
        group.run();
        group.assert_signed(request);
        assert_eq!(group.devices[0].started.len(), 1);
    }
}

#[test]
fn fewer_approvals_than_the_threshold_sign_nothing() {
    let mut group = Group::new(Ciphersuite::Ed25519, 3, 5);
    for index in 2..5 {
        group.devices[index].approves = false;
    }
    let request = group.propose(0, messages(&["never"]));
    group.run();
    group.overdue(0);
    group.run();
    assert!(group.devices.iter().all(|device| device.signed.is_empty() && device.ready.is_empty()));
    assert!(group.shares_seen.is_empty() && group.nonces_used.is_empty(), "nobody gave a share");
    assert_eq!(group.waiting_for(1, request), [2, 3, 4], "it says for whom it waits");
    assert_eq!(group.stand(4, request, 1), Stand::Approved, "everyone sees who approved");
    assert_eq!(group.stand(0, request, 4), Stand::Undecided);
    let share = group.share(4);
    group.input(4, Input::Approve { request, signables: 1, share: &share });
    group.run();
    group.assert_signed(request);
}

#[test]
fn a_proposer_that_did_not_approve_leads_all_the_same() {
    let mut group = Group::new(Ciphersuite::Secp256k1, 2, 3);
    group.devices[0].approves = false;
    let request = group.propose(0, messages(&["for the others to sign"]));
    group.run();
    group.assert_signed(request);
}

#[test]
fn a_rejection_is_seen_by_all_and_can_be_taken_back() {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 3);
    group.devices[1].approves = false;
    group.devices[2].approves = false;
    let request = group.propose(0, messages(&["x"]));
    group.run();
    let reason = Some("that is not our landlord".to_owned().try_into().unwrap());
    group.input(1, Input::Reject { request, reason: reason.clone() });
    group.run();
    assert_eq!(group.stand(2, request, 1), Stand::Rejected { reason: reason.clone() });
    assert_eq!(group.stored(1)[0].decision(), &Decision::Rejected { reason }, "it is kept");
    let share = group.share(1);
    group.input(1, Input::Approve { request, signables: 1, share: &share });
    group.run();
    group.assert_signed(request);
}

#[test]
fn who_approved_what_is_over_is_known_for_good() {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 4);
    group.devices[2].approves = false;
    group.devices[3].approves = false;
    // Both proposer and approver are needed, and a third says no in time.
    group.devices[0].approves = false;
    let request = group.propose(0, messages(&["hello"]));
    group.run();
    let reason = Some("no".to_owned().try_into().unwrap());
    group.input(2, Input::Reject { request, reason: reason.clone() });
    group.run();
    group.answer(0, common::sign::Task::Decide(request));
    group.run();
    group.assert_signed(request);
    let stands = |group: &Group, at| [0, 1, 2, 3].map(|of| group.stand(at, request, of));
    let expected = [Stand::Approved, Stand::Approved, Stand::Rejected { reason }, Stand::Undecided];
    assert_eq!(stands(&group, 3), expected);
    for gone in [0, 1, 2] {
        let peer = group.id(gone);
        group.input(3, Input::PeerRestarted { peer });
        group.input(3, Input::PeerLeft { peer });
    }
    assert_eq!(stands(&group, 3), expected, "whoever left afterwards had approved all the same");
    group.restart(3);
    assert_eq!(stands(&group, 3), expected, "also after a restart");
}

#[test]
fn an_approval_that_is_taken_back_signs_nothing() {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 3);
    group.devices[2].approves = false;
    group.devices[0].begins = false;
    let request = group.propose(0, messages(&["x"]));
    group.run();
    group.input(1, Input::Reject { request, reason: None });
    let signables = group.signables(0, request, None).unwrap();
    group.input(0, Input::Begin { request, completion: None, signables });
    group.run();
    assert!(group.shares_seen.is_empty(), "the nonces are gone");
    assert!(group.devices.iter().all(|device| device.signed.is_empty()));
    group.assert_nobody_blamed();
}

#[test]
fn a_cancelled_request_ends_everywhere_also_for_who_was_away() {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 3);
    group.devices[0].begins = false;
    let request = group.propose(0, messages(&["x"]));
    group.run();
    group.cut(0, 2);
    group.cut(1, 2);
    group.input(2, Input::Cancel { request });
    group.run();
    assert!(group.devices.iter().all(|device| device.ended.is_empty()), "only its proposer can");
    group.input(0, Input::Cancel { request });
    group.run();
    assert_eq!(group.devices[1].ended[&request], Ending::Cancelled);
    assert!(group.devices[2].ended.is_empty());
    // The proposer never comes back; another member has its word.
    group.mend(1, 2);
    group.run();
    assert_eq!(group.devices[2].ended[&request], Ending::Cancelled);
    assert_eq!(group.stored(2)[0].ending(), Some(Ending::Cancelled));
    let share = group.share(2);
    group.input(2, Input::Approve { request, signables: 1, share: &share });
    assert!(group.tasks.is_empty() && group.queue.is_empty(), "and is over");
    group.assert_nobody_blamed();
}

#[test]
fn a_request_takes_the_place_of_an_earlier_one() {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 3);
    group.devices[0].begins = false;
    let earlier = group.propose(0, messages(&["1 SOL"]));
    group.run();
    group.devices[0].begins = true;
    group.cut(0, 2);
    let draft = group.draft(messages(&["2 SOL"])).superseding(earlier);
    let later = group.propose_draft(0, draft.clone());
    group.run();
    assert_eq!(group.devices[1].ended[&earlier], Ending::Superseded { by: later });
    group.mend(0, 2);
    group.run();
    group.assert_signed(later);
    for device in &group.devices {
        assert_eq!(device.ended[&earlier], Ending::Superseded { by: later });
        assert!(!device.signed.contains_key(&earlier));
    }
    group.input(1, Input::Propose { draft });
    assert_eq!(group.devices[1].not_proposed, [NotProposed::Supersedes], "not another's");
    // One that is signed can have a successor, too: to raise a fee, say.
    let draft = group.draft(messages(&["2 SOL, faster"])).superseding(later);
    let last = group.propose_draft(0, draft);
    group.run();
    group.assert_signed(last);
    group.assert_signed(later);
    group.assert_nobody_blamed();
}

#[test]
fn who_comes_later_learns_of_a_request_from_any_member() {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 4);
    for index in 1..4 {
        group.devices[index].approves = false;
    }
    group.cut(0, 3);
    group.cut(1, 3);
    group.cut(2, 3);
    let request = group.propose(0, messages(&["x"]));
    group.run();
    // The proposer and device 1 never come back. When its link comes up, device 2 has it.
    group.mend(2, 3);
    group.run();
    assert_eq!(group.devices[3].requested, [request]);
    // And who hears of an approval first asks for what was approved.
    group.cut(0, 3);
    let other = group.propose(0, messages(&["y"]));
    group.run();
    assert_eq!(group.devices[3].requested, [request]);
    let share = group.share(2);
    group.input(2, Input::Approve { request: other, signables: 1, share: &share });
    group.run();
    assert_eq!(group.devices[3].requested, [request, other]);
    assert_eq!(group.stand(3, other, 2), Stand::Approved);
}

#[test]
fn a_completion_is_part_of_what_is_signed_and_can_be_replaced() {
    let completion = |text: &str| Completion::try_from(text.as_bytes().to_vec()).unwrap();
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 3);
    group.devices[0].completion = Some(completion("blockhash 1"));
    for index in [0, 1, 2] {
        group.devices[index].accepts = Some(completion("blockhash 2"));
    }
    let draft = group.draft(messages(&["pay "])).with_completion();
    let request = group.propose_draft(0, draft);
    group.run();
    assert!(group.shares_seen.is_empty(), "nobody signs with the first");
    let (again, refused) = group.devices[0].ready.last().unwrap().clone();
    assert_eq!((again, group.devices[0].ready.len()), (request, 2), "the proposer is asked for another");
    assert!(!refused.is_empty(), "since some refuse this one");
    group.devices[0].completion = Some(completion("blockhash 2"));
    let signables = group.signables(0, request, Some(&completion("blockhash 2"))).unwrap();
    group.input(0, Input::Begin { request, completion: Some(completion("blockhash 2")), signables });
    group.run();
    group.assert_signed(request);
    assert_eq!(group.devices[2].signed[&request].0, Some(completion("blockhash 2")));
    assert_eq!(group.signables(2, request, Some(&completion("b"))).unwrap().as_slice()[0].message, b"pay b");
    group.assert_nobody_blamed();
}

#[test]
fn a_device_never_forgets_with_which_completions_it_signed() {
    let completion = |text: &str| Completion::try_from(text.as_bytes().to_vec()).unwrap();
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 2);
    group.devices[0].completion = Some(completion("1"));
    // Device 1 signs; its share never arrives.
    group.tamper = Box::new(|packet| {
        if common::sign_wire::kind(&packet.bytes) == "shares" { Vec::new() } else { vec![packet.clone()] }
    });
    let draft = group.draft(messages(&["pay "])).with_completion();
    let request = group.propose_draft(0, draft);
    group.run();
    group.tamper = Box::new(|packet| vec![packet.clone()]);
    assert_eq!(group.stored(1)[0].completions(), [completion("1")], "kept before the share was sent");
    group.devices[0].completion = Some(completion("2"));
    let signables = group.signables(0, request, Some(&completion("2"))).unwrap();
    group.input(0, Input::Begin { request, completion: Some(completion("2")), signables });
    group.restart(1);
    group.run();
    group.assert_signed(request);
    assert!(
        group.devices[1].earlier.contains(&vec![completion("1")]),
        "its node is told before it signs again"
    );
}

#[test]
fn a_device_remembers_that_it_gave_its_part_of_a_request_that_ended_unsigned() {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 3);
    group.devices[2].approves = false;
    group.tamper = Box::new(|packet| {
        if common::sign_wire::kind(&packet.bytes) == "shares" { Vec::new() } else { vec![packet.clone()] }
    });
    let request = group.propose(0, messages(&["x"]));
    group.run();
    group.input(0, Input::Cancel { request });
    group.run();
    let gave = |group: &Group, index: usize| {
        let progress = group.devices[index].signing.as_ref().unwrap().progress();
        (group.stored(index)[0].gave(), progress.requests[0].gave)
    };
    assert_eq!(group.devices[1].ended[&request], Ending::Cancelled);
    assert_eq!(gave(&group, 1), (true, true), "its proposer may have put the shares together");
    assert_eq!(gave(&group, 2), (false, false), "who was not asked gave none");
    group.restart(1);
    assert_eq!(gave(&group, 1), (true, true), "also after a restart");
}

#[test]
fn what_is_over_by_the_clock_is_no_new_request() {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 3);
    group.devices[0].begins = false;
    group.cut(0, 2);
    group.cut(1, 2);
    let earlier = group.propose(0, messages(&["rent for May"]));
    group.run();
    group.mend(1, 2);
    group.run();
    assert_eq!(group.devices[2].requested, [earlier]);
    group.cut(1, 2);
    let draft = group.draft(messages(&["rent for June"])).superseding(earlier);
    group.propose_draft(0, draft);
    group.run();
    // The others' clocks are slow, and have it open still.
    group.now += 3600;
    group.mend(1, 2);
    group.run();
    assert_eq!(group.devices[2].requested, [earlier], "it would be signed once more after a restored backup");
    assert_eq!(group.stored(2).len(), 1, "nothing is kept of it");
    assert!(group.devices[2].ended.contains_key(&earlier), "its proposer's word for the other one counts");
    group.assert_nobody_blamed();
}

#[test]
fn a_record_that_is_not_genuine_is_left_out_and_named_and_the_others_go_on() {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 2);
    group.devices[1].approves = false;
    let (bad, good) = (group.propose(0, messages(&["x"])), group.propose(0, messages(&["y"])));
    group.run();
    // The proposer's signature under the first.
    group.devices[0].stored[0].1[150] ^= 1;
    group.restart(0);
    let damaged = group.devices[0].damaged.clone();
    assert_eq!(damaged, [bad], "so that the person can be told which");
    let known: Vec<_> = group.devices[0].signing.as_ref().unwrap().progress().requests;
    assert_eq!(known.iter().map(|known| known.request).collect::<Vec<_>>(), [good]);
    let share = group.share(1);
    group.input(1, Input::Approve { request: good, signables: 1, share: &share });
    group.run();
    group.assert_signed(good);
}

#[test]
fn a_device_that_could_not_read_its_share_signs_once_it_can() {
    for who in [0, 1] {
        let mut group = Group::new(Ciphersuite::Ed25519, 2, 2);
        group.devices[who].able = false;
        let request = group.propose(0, messages(&["x"]));
        group.run();
        group.overdue(0);
        group.run();
        assert!(group.devices.iter().all(|device| device.signed.is_empty()));
        group.devices[who].able = true;
        // Its user is not asked again.
        group.answer(who, common::sign::Task::Decide(request));
        group.run();
        group.assert_signed(request);
        group.assert_nobody_blamed();
    }
}

#[test]
fn a_completion_is_there_exactly_when_the_proposal_wants_one() {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 2);
    group.devices[0].begins = false;
    let request = group.propose(0, messages(&["x"]));
    group.run();
    let completion = Completion::try_from(vec![1]).unwrap();
    let signables = group.signables(0, request, None).unwrap();
    group.input(0, Input::Begin { request, completion: Some(completion), signables });
    group.run();
    assert_eq!(group.devices[0].started, []);
    assert!(Completion::try_from(vec![]).is_err() && Completion::try_from(vec![0; 65]).is_err());
}

#[test]
fn an_expired_request_is_signed_no_more_by_this_device() {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 3);
    group.devices[0].begins = false;
    let request = group.propose(0, messages(&["x"]));
    group.run();
    group.input(1, Input::Expired { request });
    assert_eq!(group.devices[1].ended[&request], Ending::Expired);
    let signables = group.signables(0, request, None).unwrap();
    group.input(0, Input::Begin { request, completion: None, signables });
    group.run();
    assert!(!group.shares_seen.iter().any(|(device, _)| *device == 1));
    // The others may sign it all the same, and then device 1 says so.
    group.overdue(0);
    group.run();
    group.assert_signed(request);
    assert!(matches!(group.stored(1)[0].ending(), Some(Ending::Signed { .. })));
    group.assert_nobody_blamed();
}

#[test]
fn a_device_keeps_a_bounded_number_of_requests() {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 2);
    group.devices[1].approves = false;
    for index in 0..Signing::MOST_OPEN_OF_ONE {
        group.propose(0, messages(&[&index.to_string()]));
    }
    let draft = group.draft(messages(&["one too many"]));
    group.input(0, Input::Propose { draft: draft.clone() });
    assert_eq!(group.devices[0].not_proposed, [NotProposed::TooMany]);
    let first = group.devices[0].requested[0];
    group.propose_draft(0, draft.superseding(first));
    group.run();
    assert_eq!(group.devices[1].requested.len(), Signing::MOST_OPEN_OF_ONE + 1, "it took the other's place");
    for _ in 0..10 {
        for request in group.devices[0].requested.split_off(1) {
            group.input(0, Input::Cancel { request });
        }
        for index in 0..Signing::MOST_OPEN_OF_ONE {
            group.propose(0, messages(&[&index.to_string()]));
        }
        group.run();
    }
    let known = group.devices[1].signing.as_ref().unwrap().progress().requests.len();
    assert!(known <= Signing::MOST_OPEN_OF_ONE + Signing::MOST_ENDED, "{known}");
    // What is forgotten does not come back.
    let old =
        group.transcript.iter().find(|packet| common::sign_wire::kind(&packet.bytes) == "propose").unwrap();
    let (before, old) = (group.devices[1].requested.len(), old.clone());
    group.deliver(&old);
    assert_eq!(group.devices[1].requested.len(), before);
}

#[test]
fn what_was_signed_or_may_be_is_at_hand_however_many_others_end() {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 2);
    let signed = group.propose(0, messages(&["signed"]));
    group.run();
    group.tamper = Box::new(|packet| {
        if common::sign_wire::kind(&packet.bytes) == "shares" { Vec::new() } else { vec![packet.clone()] }
    });
    let given = group.propose(0, messages(&["given"]));
    group.run();
    group.input(0, Input::Cancel { request: given });
    group.devices[1].approves = false;
    for index in 0..Signing::MOST_ENDED + 5 {
        let request = group.propose(0, messages(&[&index.to_string()]));
        group.run();
        group.input(0, Input::Cancel { request });
    }
    group.run();
    for restarts in 0..2 {
        let known = group.devices[1].signing.as_ref().unwrap().progress().requests;
        let of = |request| known.iter().find(|known| known.request == request);
        let ending = of(signed).and_then(|known| known.ending.clone());
        assert!(
            matches!(ending, Some(Ending::Signed { .. })),
            "its signature can be had, restarts: {restarts}"
        );
        assert!(of(given).is_some_and(|known| known.gave), "its user can be warned");
        assert_eq!(known.len(), Signing::MOST_ENDED + 2);
        group.restart(1);
    }
}

#[test]
fn a_signer_that_crashes_anywhere_does_not_stop_the_others_nor_itself() {
    for victim in 0..3 {
        let mut effects = 0;
        loop {
            let mut group = Group::new(Ciphersuite::Ed25519, 2, 3);
            group.run();
            group.devices[victim].performed = 0;
            group.devices[victim].crash_at = Some(effects);
            let draft = group.draft(messages(&["x", "y"]));
            group.input(0, Input::Propose { draft });
            group.run();
            let crashed = group.devices[victim].signing.is_none();
            if crashed {
                group.restart(victim);
                group.run();
            }
            let requests = group.stored(0);
            let Some(request) = requests.first().map(|stored| stored.id()) else {
                assert_eq!((victim, effects), (0, 0), "it crashed before it proposed");
                effects += 1;
                continue;
            };
            group.assert_signed(request);
            group.assert_nobody_blamed();
            if !crashed {
                break;
            }
            effects += 1;
        }
        assert!(effects > 6, "it was tried at every step: {effects}");
    }
}

#[test]
fn a_signed_request_reaches_who_was_away_from_any_member() {
    let mut group = Group::new(Ciphersuite::Secp256k1Tr, 2, 3);
    let request = group.propose(0, hashes(2));
    group.cut(0, 2);
    group.cut(1, 2);
    group.run();
    assert!(group.devices[1].signed.contains_key(&request) && group.devices[2].signed.is_empty());
    group.crash(0);
    group.mend(1, 2);
    group.run();
    group.restart(0);
    group.run();
    group.assert_signed(request);
}

#[test]
fn nothing_secret_is_printed() {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 2);
    group.propose(0, messages(&["x"]));
    group.run();
    let signing = group.devices[0].signing.as_ref().unwrap();
    let printed = format!("{signing:?} {:?} {:?}", signing.progress(), group.stored(0));
    assert!(printed.starts_with("Signing {") && !printed.contains("onces"), "{printed}");
    let share = group.share(0);
    assert!(
        format!(
            "{:?}",
            Input::Approve { request: group.devices[0].requested[0], signables: 1, share: &share }
        )
        .contains("SecretShare(<redacted>")
    );
}
