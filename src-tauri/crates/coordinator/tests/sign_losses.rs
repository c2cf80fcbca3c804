//! Messages that are lost although no process ended: a queue was full, or a device left the server's room and came back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::{cell::RefCell, rc::Rc};

use common::{
    sign::{Group, messages},
    sign_wire::kind,
};
use coordinator::{
    Ciphersuite,
    sign::{Completion, Input},
};

/// Later than the last message of the rounds.
const STEPS: usize = 60;

/// Everyone is needed.
fn group(t: u16) -> Group {
    Group::new(Ciphersuite::Ed25519, t, t)
}

/// One message is lost, the how many-th that is; returns its kind.
fn lose(group: &mut Group, number: usize) -> Rc<RefCell<String>> {
    let what = Rc::new(RefCell::new(String::new()));
    let lost = what.clone();
    let mut seen = 0;
    group.tamper = Box::new(move |packet| {
        seen += 1;
        if seen == number + 1 {
            *lost.borrow_mut() = kind(&packet.bytes).to_owned();
            return Vec::new();
        }
        vec![packet.clone()]
    });
    what
}

#[test]
fn what_is_lost_of_the_rounds_is_asked_for_again_when_it_is_overdue() {
    let mut losses = 0;
    for t in [2, 3] {
        for number in 0..STEPS {
            let mut group = group(t);
            let what = lose(&mut group, number);
            let request = group.propose(0, messages(&["x"]));
            group.run();
            if !["package", "shares", "forward", "declined"].contains(&what.borrow().as_str()) {
                continue;
            }
            losses += 1;
            for _ in 0..2 {
                group.overdue(0);
                group.run();
            }
            assert!(group.devices[0].signed.contains_key(&request), "{what:?}, {number} of {t}");
            group.assert_nobody_blamed();
        }
    }
    assert!(losses > 10, "{losses}");
}

#[test]
fn a_package_is_sent_until_it_arrives() {
    let mut group = group(2);
    let mut lost = 0;
    group.tamper = Box::new(move |packet| {
        if kind(&packet.bytes) == "package" && lost < 5 {
            lost += 1;
            return Vec::new();
        }
        vec![packet.clone()]
    });
    let request = group.propose(0, messages(&["x"]));
    group.run();
    let turn = group.devices[0].started[0].0;
    for times in 1..=5 {
        assert!(group.devices[0].signed.is_empty());
        group.input(0, Input::Overdue { turn });
        assert_eq!(group.devices[0].awaited, vec![turn; times], "another deadline");
        group.run();
    }
    group.assert_signed(request);
    group.input(0, Input::Overdue { turn });
    assert_eq!(group.devices[0].awaited.len(), 5, "it is over");
    assert_eq!(group.devices[0].started.len(), 1);
}

#[test]
fn whatever_is_lost_is_made_up_for_when_the_links_come_up_anew() {
    for t in [2, 3] {
        for number in 0..STEPS {
            let mut group = group(t);
            let what = lose(&mut group, number);
            let request = group.propose(0, messages(&["x"]));
            group.run();
            for (a, b) in (0..usize::from(t)).flat_map(|b| (0..b).map(move |a| (a, b))) {
                group.cut(a, b);
                group.run();
                group.mend(a, b);
                group.run();
            }
            assert!(
                group.devices.iter().all(|device| device.signed.contains_key(&request)),
                "{what:?}, {number} of {t}"
            );
            group.assert_nobody_blamed();
        }
    }
}

#[test]
fn a_device_that_leaves_the_room_at_any_step_and_comes_back_hinders_nobody() {
    for t in [2, 3] {
        for (steps, who) in (0..STEPS).flat_map(|steps| (0..usize::from(t)).map(move |who| (steps, who))) {
            let mut group = group(t);
            let request = group.propose(0, messages(&["x"]));
            for _ in 0..steps {
                group.step();
            }
            group.leave_and_return(who);
            group.run();
            group.overdue(0);
            group.run();
            group.assert_signed(request);
            group.assert_nobody_blamed();
        }
    }
}

#[test]
fn a_proposer_that_could_not_sign_itself_for_a_while_signs_when_it_can() {
    let mut group = group(2);
    group.devices[0].able = false;
    let request = group.propose(0, messages(&["x"]));
    for _ in 0..40 {
        group.run();
        let share = group.share(0);
        group.input(0, Input::Approve { request, signables: 1, share: &share });
    }
    group.run();
    assert!(group.devices[0].signed.is_empty());
    group.devices[0].able = true;
    let share = group.share(0);
    group.input(0, Input::Approve { request, signables: 1, share: &share });
    group.run();
    group.assert_signed(request);
}

#[test]
fn a_refusal_of_an_earlier_completion_is_none_of_the_present_one() {
    let completion = |byte| Completion::try_from(vec![byte; 4]).unwrap();
    let mut group = group(2);
    group.devices[0].begins = false;
    group.devices[1].accepts = Some(completion(2));
    let draft = group.draft(messages(&["x"])).with_completion();
    let request = group.propose_draft(0, draft);
    group.run();
    for byte in [1, 2] {
        // The package with the first is under way when the rounds begin anew.
        let signables = group.signables(0, request, Some(&completion(byte))).unwrap();
        group.input(0, Input::Begin { request, completion: Some(completion(byte)), signables });
    }
    group.run();
    group.overdue(0);
    group.run();
    group.assert_signed(request);
    assert_eq!(group.devices[1].signed[&request].0, Some(completion(2)));
}
