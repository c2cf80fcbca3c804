//! The command line at a terminal: a question that nobody answers holds up nothing.
#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use permafrost_tests::{
    cluster::{Cluster, create},
    terminal::Terminal,
};
use rustix::process::Signal;

const CTRL_C: &str = "\u{3}";
const CONSENT: &str = "Take part? [y/N]";

#[test]
fn a_person_is_asked_and_takes_part() {
    let cluster = Cluster::start();
    let [alice, bob] = ["alice", "bob"].map(|name| cluster.device(name));
    let mut creating = alice.start(&create("Team", "ed25519", 2, 2));
    let mut joining = Terminal::run(&bob, &["join", &creating.session_id()]);
    joining.shows(CONSENT);
    joining.types("y\n");
    let key = creating.completed()["group_public_key"].as_str().unwrap().to_owned();
    assert!(creating.ended().success());
    let (status, shown) = joining.ended();
    assert!(status.success() && shown.contains("Safety words"), "{shown}");
    assert_eq!(bob.run(&["wallets"])[0]["group_public_key"], key);
}

#[test]
fn ctrl_c_at_a_question_ends_the_program() {
    let cluster = Cluster::start();
    let [alice, bob] = ["alice", "bob"].map(|name| cluster.device(name));
    let mut creating = alice.start(&create("Team", "ed25519", 2, 2));
    let mut joining = Terminal::run(&bob, &["join", &creating.session_id()]);
    joining.shows(CONSENT);
    joining.types(CTRL_C);
    let (status, shown) = joining.ended();
    assert!(!status.success() && shown.contains("Interrupted"), "{shown}");
}

#[test]
fn a_session_that_ends_while_a_person_is_asked_is_told_at_once() {
    let cluster = Cluster::start();
    let [alice, bob] = ["alice", "bob"].map(|name| cluster.device(name));
    let mut creating = alice.start(&create("Team", "ed25519", 2, 2));
    let mut joining = Terminal::run(&bob, &["join", &creating.session_id()]);
    joining.shows(CONSENT);
    creating.signal(Signal::INT);
    assert_eq!(creating.failed().0, "interrupted");
    let (status, shown) = joining.ended();
    assert!(!status.success() && shown.contains("“alice” ended the session"), "{shown}");
}

#[test]
fn a_session_that_goes_on_without_an_answer_is_told_to_its_end() {
    let cluster = Cluster::start();
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(|name| cluster.device(name));
    let mut arguments = create("Club", "ed25519", 2, 2);
    arguments.push("--announce".to_owned());
    let mut creating = Terminal::run(&alice, &arguments);
    // What is shown next comes after the whole session ID.
    let shown = creating.shows(" of 2 joined");
    let id = shown.split_whitespace().find(|word| word.starts_with("pf1")).unwrap().to_owned();
    let announcement = loop {
        if let Some(found) = bob.run(&["sessions"]).iter().find(|event| event["event"] == "announced") {
            break found["id"].as_str().unwrap().to_owned();
        }
    };
    let mut asking = bob.start(&["ask", &announcement]);
    creating.shows("Let “bob” in? [y/N]");
    let mut joining = carol.start(&["join", &id]);
    joining.completed();
    let (status, shown) = creating.ended();
    assert!(status.success() && shown.contains("Safety words"), "{shown}");
    assert_eq!(asking.failed().0, "refused", "the place is taken");
}
