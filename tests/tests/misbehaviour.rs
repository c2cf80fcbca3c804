//! A device that dies, leaves, falls silent or cheats is named by all others, and no wallet comes of it.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use permafrost_tests::{
    cluster::{Cluster, Device, Running, create, make_wallet},
    puppet::{Act, Kind, Puppet, Script, Who, at, at_last, attacks, hold, hold_signature, honest},
};
use rustix::process::Signal;
use serde_json::Value;

/// The rounds' time limit in seconds: enough for a machine that builds something beside, and soon over.
const ROUND: &str = "10";

/// Two honest devices and somebody else, who is in the session too.
struct Scene {
    cluster: Cluster,
    alice: Device,
    bob: Device,
    mallory: Who,
}

/// One session among them.
struct Session {
    alice: Running,
    bob: Running,
    mallory: Puppet,
}

impl Scene {
    fn new() -> Self {
        Self::with(&[])
    }

    /// Where no deadline is to come in between.
    fn patient() -> Self {
        let cluster = Cluster::start();
        let device = |name| cluster.device(name);
        Self { alice: device("alice"), bob: device("bob"), mallory: Who::new("mallory"), cluster }
    }

    /// With more options for both.
    fn with(options: &[&str]) -> Self {
        let cluster = Cluster::start();
        let device = |name| cluster.device(name).with(&["--round-timeout", ROUND]).with(options);
        Self { alice: device("alice"), bob: device("bob"), mallory: Who::new("mallory"), cluster }
    }

    fn joined_by(&self, puppet: impl FnOnce(&str) -> Puppet) -> Session {
        let mut alice = self.alice.start(&create("Team", "ed25519", 3, 2));
        let code = alice.session_id();
        let bob = self.bob.start(&["join", &code]);
        Session { alice, bob, mallory: puppet(&code) }
    }

    fn joined(&self, script: Script) -> Session {
        self.joined_by(|code| Puppet::join(&self.mallory, code, script))
    }

    fn created(&self, script: Script) -> Session {
        let params = "Team".parse().unwrap();
        let network = Some("mainnet".parse().unwrap());
        let params =
            coordinator::dkg::Params::new(params, coordinator::Ciphersuite::Ed25519, network, 2, 3).unwrap();
        self.joined_to(Puppet::create(&self.mallory, self.cluster.server.url(), params, script))
    }

    fn joined_to(&self, mallory: Puppet) -> Session {
        let code = mallory.session_id();
        let [alice, bob] = [&self.alice, &self.bob].map(|device| device.start(&["join", &code]));
        Session { alice, bob, mallory }
    }

    /// No wallet and no share, whole or half-made.
    fn assert_nothing_left(&self) {
        for device in [&self.alice, &self.bob] {
            assert!(wallets(device).is_empty(), "{} lists no wallet", device.name());
        }
        for item in self.cluster.secrets.stored() {
            assert!(item.label.contains("identity"), "nothing of the session is kept: {}", item.label);
        }
    }

    /// The same devices at once make a wallet, the one that misbehaved before among them.
    fn assert_works(&self) {
        let Session { mut alice, mut bob, mut mallory } = self.joined(honest());
        let key = alice.completed()["group_public_key"].clone();
        assert_eq!(bob.completed()["group_public_key"], key);
        mallory.completed();
        assert!(alice.ended().success() && bob.ended().success());
    }
}

impl Session {
    /// Every honest device names exactly the puppet, in this way, and keeps nothing.
    fn fails(&mut self, code: &str) {
        let outcomes = [&mut self.alice, &mut self.bob].map(|device| {
            let error = device.error();
            assert_eq!(error["code"], code, "{error}");
            assert_eq!(error["culprits"], serde_json::json!([self.mallory.name()]), "{error}");
            let message = error["message"].as_str().unwrap();
            assert!(message.contains(&format!("“{}”", self.mallory.name())), "{message}");
            assert_eq!(error["unfinished_wallet"], Value::Null, "nothing is kept: {error}");
            message.contains("reports:")
        });
        assert!(outcomes.contains(&false), "at least one has seen it itself");
    }
}

fn wallets(device: &Device) -> Vec<Value> {
    device.run(&["wallets"]).into_iter().filter(|event| event["event"] == "wallet").collect()
}

/// What a member does in each round before it has the others' signatures.
const ROUNDS: [Kind; 3] = [Kind::Round1, Kind::Echo, Kind::Round2];

#[test]
fn a_member_that_dies_in_a_round_is_named_and_leaves_nothing_behind() {
    let scene = Scene::new();
    for round in ROUNDS {
        scene.joined(at(round, Act::Die)).fails("timeout");
        scene.assert_nothing_left();
    }
    scene.assert_works();
}

#[test]
fn a_member_that_leaves_in_a_round_is_named_at_once() {
    let scene = Scene::new();
    for round in ROUNDS {
        scene.joined(at(round, Act::Leave)).fails("left");
        scene.assert_nothing_left();
    }
    scene.assert_works();
}

#[test]
fn a_member_that_falls_silent_in_a_round_is_named_and_leaves_nothing_behind() {
    let scene = Scene::new();
    for round in ROUNDS {
        scene.joined(at(round, Act::Stall)).fails("timeout");
        scene.assert_nothing_left();
    }
    scene.assert_works();
}

#[test]
fn a_member_that_never_agrees_keeps_nobody_beyond_the_time_for_joining() {
    let scene = Scene::with(&["--join-timeout", "8"]);
    let mallory = serde_json::json!(["mallory"]);
    for (act, named) in
        [(Act::Die, &mallory), (Act::Leave, &Value::Array(Vec::new())), (Act::Stall, &mallory)]
    {
        let mut session = scene.joined(at(Kind::Accept, act.clone()));
        session.mallory.gone();
        let [of_alice, of_bob] = [&mut session.alice, &mut session.bob].map(|device| {
            let error = device.error();
            let message = error["message"].as_str().unwrap();
            assert_eq!(error["code"], "timeout", "{message}");
            assert!(message.contains("No wallet was made"), "{message}");
            error["culprits"].clone()
        });
        assert_eq!(&of_alice, named, "{act:?}: the creator knows who has not agreed");
        // Bob may never have met it, and then knows no name.
        let blamed = of_bob.as_array().unwrap();
        assert_eq!(blamed.len(), named.as_array().unwrap().len(), "{act:?}: as the creator says: {of_bob}");
        assert!(blamed.iter().all(|name| name != "alice" && name != "bob"), "{act:?}: {of_bob}");
    }
    scene.assert_nothing_left();
    scene.assert_works();
}

#[test]
fn a_creator_that_goes_before_it_lists_the_participants_is_named() {
    let scene = Scene::with(&["--join-timeout", "8"]);
    for (act, code) in [(Act::Die, "timeout"), (Act::Leave, "left"), (Act::Stall, "timeout")] {
        scene.created(at(Kind::Roster, act)).fails(code);
    }
    scene.assert_nothing_left();
    scene.assert_works();
}

#[test]
fn whoever_signed_keeps_its_share_and_finishes_when_the_missing_signature_comes() {
    let scene = Scene::new();
    let mut session = scene.joined(at(Kind::Certificate, Act::Die));
    session.mallory.gone();
    for device in [&mut session.alice, &mut session.bob] {
        let error = device.error();
        assert_eq!((&error["code"], &error["culprits"][0]), (&"unfinished".into(), &"mallory".into()));
        assert!(error["unfinished_wallet"].is_string(), "its share is kept: {error}");
    }
    for device in [&scene.alice, &scene.bob] {
        let listed = wallets(device);
        assert_eq!((listed.len(), &listed[0]["status"]), (1, &"unfinished".into()));
        assert_eq!(listed[0]["addresses"], Value::Null, "money can't be sent to it");
        assert_eq!(device.fail(&["address", "Team"]).0, "unfinished");
    }
    let id = session.mallory.session();
    let kept = session.mallory.kill();
    let mut back = Puppet::resume(&scene.mallory, id, kept, honest());
    let mut resumed = [&scene.alice, &scene.bob].map(|device| device.start(&["resume"]));
    let finished = resumed.each_mut().map(|device| device.wait_for("wallet", |_| true));
    assert_eq!(finished[0]["status"], "active", "{}", finished[0]);
    for key in ["group_public_key", "safety_words", "addresses", "wallet_id"] {
        assert_eq!(finished[0][key], finished[1][key]);
    }
    back.active();
    let ceremony = back.kill().ceremony().expect("it has the wallet");
    let key: String = ceremony.group_key.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(finished[0]["group_public_key"], key, "all three have the same key");
    for mut device in resumed {
        assert!(device.ended().success());
    }
}

#[test]
fn a_member_that_falls_silent_before_it_signs_keeps_nobody_from_another_wallet() {
    let scene = Scene::new();
    let mut session = scene.joined(at(Kind::Certificate, Act::Stall));
    session.mallory.gone();
    for device in [&mut session.alice, &mut session.bob] {
        let error = device.error();
        assert_eq!(
            (&error["code"], &error["culprits"]),
            (&"unfinished".into(), &serde_json::json!(["mallory"]))
        );
        assert!(error["unfinished_wallet"].is_string(), "its share is kept: {error}");
    }
    // At once, and without discarding what is unfinished.
    scene.assert_works();
    for device in [&scene.alice, &scene.bob] {
        let listed = wallets(device);
        let mut states: Vec<_> = listed.iter().map(|wallet| wallet["status"].as_str().unwrap()).collect();
        states.sort_unstable();
        assert_eq!(states, ["active", "unfinished"], "{}", device.name());
    }
}

/// Whether a device knows another's signature of the certificate.
fn has_signed(progress: &Value, name: &str) -> bool {
    let Some(participants) = progress["participants"].as_array() else { return false };
    let of_name = participants.iter().filter(|participant| participant["device"]["name"] == name);
    of_name
        .flat_map(|participant| participant["rounds"].as_array().into_iter().flatten())
        .any(|round| round["round"] == "commit" && round["status"] == "done")
}

#[test]
fn a_program_killed_after_it_signed_finishes_with_the_others_when_all_resume() {
    let scene = Scene::new();
    let Session { mut alice, mut bob, mut mallory } = scene.joined(hold_signature());
    mallory.holds(Kind::Certificate);
    alice.wait_for("progress", |event| has_signed(event, "bob"));
    bob.kill();
    mallory.release();
    let first = alice.completed();
    assert_eq!(first["addresses"][0]["network"], "mainnet", "everyone's signature is there");
    // Neither knows whether the other has finished.
    alice.kill();
    assert_eq!(wallets(&scene.bob)[0]["status"], "unfinished");
    let mut resumed = [&scene.alice, &scene.bob].map(|device| device.start(&["resume"]));
    for device in &mut resumed {
        let wallet = device.wait_for("wallet", |_| true);
        for key in ["group_public_key", "safety_words", "addresses", "wallet_id"] {
            assert_eq!(wallet[key], first[key], "{} has the same {key}", wallet["name"]);
        }
        assert!(device.ended().success());
    }
    drop(mallory);
}

#[test]
fn a_device_that_has_the_wallet_resumes_for_one_that_lacks_it() {
    let scene = Scene::patient();
    let Session { mut alice, mut bob, mut mallory } = scene.joined(hold_signature());
    mallory.holds(Kind::Certificate);
    alice.wait_for("progress", |event| has_signed(event, "bob"));
    bob.kill();
    mallory.release();
    let first = alice.completed();
    alice.kill();
    mallory.kill();
    let mut resumed = [&scene.bob, &scene.alice].map(|device| device.start(&["resume"]));
    let wallet = resumed[0].wait_for("wallet", |_| true);
    assert_eq!(wallet["group_public_key"], first["group_public_key"], "alice has all signatures");
}

#[test]
fn an_unfinished_wallet_is_erased_when_its_owner_says_so() {
    let scene = Scene::new();
    // Whoever has not signed yet when it leaves keeps nothing.
    let mut session = scene.joined(at_last(Kind::Certificate, 2, Act::Leave));
    for device in [&mut session.alice, &mut session.bob] {
        assert_eq!(device.error()["code"], "unfinished");
    }
    assert_eq!(scene.alice.fail(&["discard", "Team"]).0, "usage", "not without --yes");
    for device in [&scene.alice, &scene.bob] {
        device.run(&["discard", "Team", "--yes"]);
    }
    scene.assert_nothing_left();
    scene.assert_works();
}

#[test]
fn a_stopped_program_is_named_in_time() {
    let scene = Scene::new();
    let Session { mut alice, mut bob, mut mallory } = scene.joined(hold(Kind::Round1));
    mallory.holds(Kind::Round1);
    // The puppet has no clock: without bob's message it would be a round behind, and be waited for, too.
    mallory.heard(Kind::Round1, "bob");
    bob.signal(Signal::STOP);
    mallory.release();
    let error = alice.error();
    assert_eq!((&error["code"], &error["culprits"]), (&"timeout".into(), &serde_json::json!(["bob"])));
    bob.signal(Signal::CONT);
    let (code, message) = bob.failed();
    assert!(
        ["timeout", "left", "cancelled"].contains(&code.as_str()),
        "it learns that it is over: {message}"
    );
    scene.assert_nothing_left();
    scene.assert_works();
}

#[test]
fn a_killed_program_is_named_in_time() {
    let scene = Scene::new();
    let Session { mut alice, mut bob, mut mallory } = scene.joined(hold(Kind::Round1));
    mallory.holds(Kind::Round1);
    mallory.heard(Kind::Round1, "bob");
    bob.kill();
    mallory.release();
    let error = alice.error();
    assert_eq!((&error["code"], &error["culprits"]), (&"timeout".into(), &serde_json::json!(["bob"])));
    scene.assert_nothing_left();
    scene.assert_works();
}

#[test]
fn joiners_are_told_when_the_creator_cancels() {
    let cluster = Cluster::start();
    let [alice, bob] = ["alice", "bob"].map(|name| cluster.device(name));
    for signal in [Signal::INT, Signal::TERM] {
        let mut creating = alice.start(&create("Team", "ed25519", 3, 2));
        let code = creating.session_id();
        let mut joining = bob.start(&["join", &code]);
        creating.joined(2);
        creating.signal(signal);
        assert_eq!(creating.failed().0, "interrupted");
        let error = joining.error();
        assert_eq!(error["code"], "cancelled", "{error}");
        assert_eq!(error["culprits"], serde_json::json!(["alice"]));
        assert_eq!(cluster.device("carol").fail(&["join", &code]).0, "session_cancelled", "nor is it open");
    }
    make_wallet(&[&alice, &bob], "Team", "ed25519", 2);
}

#[test]
fn two_different_signed_messages_convict_their_author_everywhere() {
    let scene = Scene::new();
    scene
        .joined_by(|code| Puppet::join_as_twins(&scene.mallory, code, "bob", honest()))
        .fails("equivocation");
    scene.assert_nothing_left();
    scene.assert_works();
}

#[test]
fn a_creator_with_two_faces_is_convicted_by_both() {
    let scene = Scene::new();
    scene
        .joined_to(Puppet::create_two_faced(&scene.mallory, scene.cluster.server.url(), "bob"))
        .fails("equivocation");
    scene.assert_nothing_left();
}

#[test]
fn whoever_breaks_the_protocol_is_named_by_all() {
    let scene = Scene::new();
    let attacks: [(Script, &str); 6] = [
        (attacks::bad_share("bob"), "bad_share"),
        (attacks::bad_proof_of_knowledge(), "bad_proof"),
        (attacks::wrong_nonce(), "misbehaviour"),
        (attacks::conflicting_echoes(), "misbehaviour"),
        (attacks::false_echo(), "misbehaviour"),
        (attacks::garbage(), "misbehaviour"),
    ];
    for (script, code) in attacks {
        scene.joined(script).fails(code);
        scene.assert_nothing_left();
    }
    scene.created(attacks::altered_roster("bob")).fails("roster_mismatch");
    scene.assert_nothing_left();
    scene.assert_works();
}

#[test]
fn a_bad_share_is_reported_by_the_one_that_got_it() {
    let scene = Scene::new();
    let mut session = scene.joined(attacks::bad_share("bob"));
    let (code, message) = session.bob.failed();
    assert_eq!(code, "bad_share");
    assert!(message.starts_with("“mallory” sent a share"), "{message}");
    let (code, message) = session.alice.failed();
    assert_eq!(code, "bad_share");
    assert!(message.starts_with("“bob” reports: “mallory” sent a share"), "{message}");
}

#[test]
fn messages_of_an_earlier_session_are_worth_nothing() {
    let scene = Scene::new();
    let mut first = scene.joined(at(Kind::Echo, Act::Leave));
    first.fails("left");
    let earlier = first.mallory.sent(Kind::Round1);
    scene.joined(attacks::replayed(earlier.clone())).fails("misbehaviour");
    scene.joined(attacks::replayed_in_a_new_envelope(&earlier)).fails("misbehaviour");
    scene.assert_nothing_left();
    scene.assert_works();
}
