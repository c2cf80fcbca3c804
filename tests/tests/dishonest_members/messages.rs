use std::{
    collections::BTreeSet,
    fs,
    sync::{Arc, Mutex},
};

use chains::solana::{address, offchain::OffchainMessage};
use coordinator::{
    Ciphersuite,
    sign::{KeyPath, Misbehaviour, Signable, Signables},
};
use permafrost_tests::{
    cluster::Running,
    puppet::{
        member::{Manners, News},
        sign_wire::{Body, Package, hash},
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::scene::{Scene, id, member, shares};

/// A payload as the specification has it, behind its version.
#[derive(Serialize, Deserialize)]
enum Payload {
    Message { content: Content, index: u32 },
}

#[derive(Serialize, Deserialize)]
enum Content {
    Text(String),
}

fn payload(text: &str) -> Vec<u8> {
    let message = Payload::Message { content: Content::Text(text.to_owned()), index: 0 };
    postcard::to_extend(&message, vec![1]).unwrap()
}

impl Scene {
    fn key(&self) -> [u8; 32] {
        self.group_key.as_slice().try_into().unwrap()
    }

    /// Of a device that signs what it was shown.
    fn honest(&self) -> Manners {
        let key = self.key();
        Manners::honest(move |payload, _| {
            let Payload::Message { content: Content::Text(text), .. } =
                postcard::from_bytes(&payload[1..]).ok()?;
            Some(signables(&key, &text))
        })
    }

    /// Of a device that signs this in place of whatever it was shown.
    fn liar(&self, text: &str) -> Manners {
        let signables = signables(&self.key(), text);
        Manners::honest(move |_, _| Some(signables.clone()))
    }

    fn propose(&self, text: &str) -> (Running, String) {
        let mut proposer = self.alice.start(&["sign", "Play", "--message", text]);
        let request = proposer.wait_for("proposed", |_| true)["request"].as_str().unwrap().to_owned();
        (proposer, request)
    }

    /// Whoever has the signature has one of this text.
    fn assert_signed(&self, running: &mut Running, text: &str) {
        let signed = running.wait_for("signed", |_| true)["signed_message"].clone();
        assert!(running.ended().success());
        let file = self.cluster.folder().join("signed.json");
        fs::write(&file, signed.to_string()).unwrap();
        // The members may be busy.
        let reader = self.cluster.device("reader");
        let verified = reader.run(&["verify-message", file.to_str().unwrap()]);
        assert_eq!(verified[0]["message"], text);
    }
}

/// What honest devices sign for a text.
fn signables(key: &[u8; 32], text: &str) -> Signables {
    let message = OffchainMessage::new(address(key).unwrap(), text).unwrap().message();
    Signables::new(Ciphersuite::Ed25519, vec![Signable { message, key: KeyPath::Group }]).unwrap()
}

#[test]
fn a_member_that_sends_a_bad_share_or_one_of_another_message_is_named_and_replaced() {
    let scene = Scene::new(&["ed25519"]);
    let bad = Manners {
        say: Box::new(|_, body| match body {
            Body::Shares(mut shares) => {
                shares.shares[0] ^= 1;
                vec![Body::Shares(shares)]
            }
            other => vec![other],
        }),
        ..scene.honest()
    };
    for (text, manners) in [("Bad", bad), ("Other", scene.liar("All to mallory"))] {
        let mut mallory = scene.meet(manners);
        let (mut proposer, request) = scene.propose(text);
        mallory.approve(id(&request));
        let told = proposer.wait_for("progress", |event| event["excluded"] == json!(["mallory"]));
        assert_eq!(told["state"]["state"], "open", "it is not over");
        let mut approver = scene.bob.start(&["approve", &request]);
        scene.assert_signed(&mut proposer, text);
        scene.assert_signed(&mut approver, text);
        mallory.kill();
        let kept = scene.listed(&scene.alice, &request);
        assert_eq!(member(&kept, "mallory")["misbehaved"], "badShare", "{kept}");
        assert_eq!(member(&kept, "bob")["misbehaved"], Value::Null, "{kept}");
    }
}

#[test]
fn a_member_that_approves_and_then_says_nothing_is_waited_for_by_name_and_replaced() {
    let scene = Scene::new(&["ed25519"]);
    let silent = Manners {
        say: Box::new(|_, body| if matches!(body, Body::Shares(_)) { vec![] } else { vec![body] }),
        ..scene.honest()
    };
    let mut mallory = scene.meet(silent);
    let (mut proposer, request) = scene.propose("Nothing");
    mallory.approve(id(&request));
    proposer.wait_for("progress", |event| {
        event["state"]["signing"] == true && event["state"]["waitingFor"] == json!(["mallory"])
    });
    let mut approver = scene.bob.start(&["approve", &request]);
    scene.assert_signed(&mut proposer, "Nothing");
    scene.assert_signed(&mut approver, "Nothing");
    mallory.kill();
    let kept = scene.listed(&scene.alice, &request);
    assert_eq!(member(&kept, "mallory")["misbehaved"], Value::Null, "who is slow is not blamed: {kept}");
}

#[test]
fn a_proposer_that_shows_one_thing_and_sends_another_to_sign_gets_shares_of_what_it_showed_only() {
    let scene = Scene::new(&["ed25519"]);
    let mut mallory = scene.meet(scene.liar("All to mallory"));
    let request = mallory.propose(&payload("Pay the rent"));
    let devices = [("alice", &scene.alice), ("bob", &scene.bob)];
    let mut approving = devices.map(|(name, device)| {
        let mut running = device.start(&["approve", &request.to_string()]);
        let shown = running.wait_for("request", |_| true);
        assert_eq!(shown["meaning"]["text"], "Pay the rent");
        (name, running)
    });
    for name in ["alice", "bob"] {
        mallory.find(|news| shares(news, name));
        mallory.find(|news| match news {
            News::Misbehaved(by, Misbehaviour::BadShare) if by == name => Some(()),
            _ => None,
        });
    }
    assert!(!mallory.look().iter().any(|news| matches!(news, News::Signed(..))), "no share is of the lie");

    // It has nothing that it could pass off as the signature either.
    for (name, _) in &approving {
        mallory.say(name, Body::Outcome { request, completion: None, signatures: vec![1; 64] });
    }
    for (_, running) in &mut approving {
        running.wait_for("progress", |event| event["misbehaved"] == json!(["mallory"]));
    }
    mallory.kill();
    for (_, running) in &mut approving {
        running.kill();
    }
    for device in [&scene.alice, &scene.bob] {
        let kept = scene.listed(device, &request.to_string());
        assert_eq!(kept["state"]["state"], "open", "nothing is signed: {kept}");
        assert_eq!(member(&kept, "mallory")["misbehaved"], "badOutcome", "{kept}");
    }
}

#[test]
fn a_proposer_that_adds_something_to_what_was_approved_is_refused_and_named_by_every_device() {
    let scene = Scene::new(&["ed25519"]);
    let adds = Manners {
        say: Box::new(|_, body| match body {
            Body::Package(package) => {
                vec![Body::Package(Package { completion: Some(b"and all to mallory".to_vec()), ..package })]
            }
            other => vec![other],
        }),
        ..scene.honest()
    };
    let mut mallory = scene.meet(adds);
    let request = mallory.propose(&payload("Pay the rent"));
    let devices = [("alice", &scene.alice), ("bob", &scene.bob)];
    let approving =
        devices.map(|(name, device)| (name, device, device.start(&["approve", &request.to_string()])));
    for (name, device, mut running) in approving {
        mallory.find(|news| match news {
            News::Sent(to, Body::Package(_)) if to == name => Some(()),
            _ => None,
        });
        running.wait_for("progress", |event| event["misbehaved"] == json!(["mallory"]));
        running.kill();
        let kept = scene.listed(device, &request.to_string());
        assert_eq!(member(&kept, "mallory")["misbehaved"], "badPackage", "{kept}");
    }
    assert!(
        !mallory.look().iter().any(|news| ["alice", "bob"].iter().any(|name| shares(news, name).is_some())),
        "nobody gave a share"
    );
}

#[test]
fn what_no_program_of_ours_proposes_is_shown_as_such_and_refused_by_every_device_by_itself() {
    let scene = Scene::new(&["ed25519"]);
    let mut mallory = scene.meet(scene.liar("All to mallory"));
    let approving =
        |request: &str| [&scene.alice, &scene.bob].map(|device| device.fail(&["approve", request]).0);
    let unlike = [[payload("Pay the rent"), vec![0]].concat(), vec![1, 9, 9], vec![1]];
    for unreadable in unlike {
        let request = mallory.propose(&unreadable);
        assert_eq!(approving(&request.to_string()), ["unreadable_signing"; 2]);
        for name in ["alice", "bob"] {
            mallory.find(|news| match news {
                News::Heard(by, Body::Reject { request: refused, .. }) => {
                    (by == name && *refused == request).then_some(())
                }
                _ => None,
            });
        }
    }
}

/// Where the others of a member are told to be killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// It has approved.
    Approved,
    /// It is asked for its shares.
    Asked,
    /// It has given them.
    Answered,
}

#[test]
fn an_approver_that_is_killed_at_any_step_signs_with_fresh_nonces_once_it_is_back() {
    let scene = Scene::new(&["ed25519"]);
    for step in [Step::Approved, Step::Asked, Step::Answered] {
        // What it answers at first is lost on the way, and it is asked that once more when it is back.
        let first = Arc::new(Mutex::new(None::<Package>));
        let asked = first.clone();
        let manners = Manners {
            hears: Box::new(move |_, body| match (body, &*asked.lock().unwrap()) {
                (Body::Shares(shares), Some(first)) => step == Step::Approved || shares.turn != first.turn,
                _ => true,
            }),
            say: Box::new(move |_, body| match body {
                Body::Package(package) => match &mut *first.lock().unwrap() {
                    Some(first) => vec![Body::Package(first.clone()), Body::Package(package)],
                    none => vec![Body::Package(none.insert(package).clone())],
                },
                body => vec![body],
            }),
            ..scene.honest()
        };
        let mut mallory = scene.meet(manners);
        let request = mallory.propose(&payload("Whatever happens"));
        let mut alice = scene.alice.start(&["approve", &request.to_string()]);
        mallory.find(|news| commitments(news, "alice").filter(|commitments| !commitments.is_empty()));
        if step != Step::Approved {
            mallory.approve(request);
            mallory.find(|news| match news {
                News::Sent(_, Body::Package(_)) => Some(()),
                _ => None,
            });
        }
        if step == Step::Answered {
            mallory.find(|news| shares(news, "alice"));
        }
        alice.kill();
        if step == Step::Approved {
            mallory.approve(request);
        }

        let mut alice = scene.alice.start(&["approve", &request.to_string()]);
        mallory.find(|news| matches!(news, News::Signed(signed, _) if *signed == request).then_some(()));
        scene.assert_signed(&mut alice, "Whatever happens");
        assert_no_nonce_signs_twice(mallory.look(), "alice");
        if step != Step::Approved {
            let sent = mallory.look().iter().filter(|news| matches!(news, News::Sent(_, Body::Package(_))));
            assert_eq!(sent.count(), 3, "{step:?}: it was asked, and when it was back both again and anew");
        }
        mallory.kill();
    }
}

#[test]
fn a_proposer_that_is_killed_in_the_middle_of_the_rounds_goes_on_with_fresh_nonces() {
    let scene = Scene::new(&["ed25519"]);
    for step in [Step::Approved, Step::Asked, Step::Answered] {
        let mut mallory = scene.meet(scene.honest());
        let (mut alice, request) = scene.propose("Whatever happens");
        let asked = id(&request);
        match step {
            Step::Approved => {
                let heard = |news: &News| matches!(news, News::Requested(known, _) if *known == asked);
                mallory.find(|news| heard(news).then_some(()));
            }
            Step::Asked => {
                mallory.approve(asked);
                mallory.find(|news| matches!(news, News::Heard(_, Body::Package(_))).then_some(()));
            }
            Step::Answered => {
                mallory.approve(asked);
                mallory.find(|news| matches!(news, News::Sent(_, Body::Shares(_))).then_some(()));
            }
        }
        alice.kill();
        if step == Step::Approved {
            mallory.approve(asked);
        }

        // It has the signature already, and passes it on, or makes one.
        let mut alice = scene.alice.start(&["approve", &request]);
        if !alice.ended().success() {
            let code = alice.last_error().map(|error| error["code"].clone());
            assert_eq!(code, Some("signing_over".into()), "{step:?}");
            alice = scene.alice.start(&["requests", "--wait", "60"]);
        }
        mallory.find(|news| matches!(news, News::Signed(signed, _) if *signed == asked).then_some(()));
        alice.kill();
        let mut own = BTreeSet::new();
        for package in mallory.look().iter().filter_map(|news| match news {
            News::Heard(_, Body::Package(package)) => Some(package),
            _ => None,
        }) {
            for (_, commitments) in &package.signers {
                assert!(own.insert(*commitments), "{step:?}: each is in one package only");
            }
        }
        mallory.kill();
        let kept = scene.listed(&scene.alice, &request);
        assert_eq!(kept["state"]["state"], "signed", "{step:?}: {kept}");
    }
}

/// The commitments in a message from the named device.
fn commitments(news: &News, from: &str) -> Option<Vec<u8>> {
    match news {
        News::Heard(name, Body::Approve { commitments, .. }) if name == from => Some(commitments.clone()),
        News::Heard(name, Body::Shares(shares)) if name == from => Some(shares.next.clone()),
        _ => None,
    }
}

/// A device signs with the nonces to which it committed in the package of the turn.
fn assert_no_nonce_signs_twice(news: &[News], name: &str) {
    let announced: BTreeSet<_> =
        news.iter().filter_map(|news| Some(hash(&commitments(news, name)?))).collect();
    let package = |attempt: u64| {
        let mut sent = news.iter().filter_map(|news| match news {
            News::Sent(to, Body::Package(package)) if to == name => Some(package),
            _ => None,
        });
        sent.find(|package| package.turn.attempt == attempt).expect("it was asked")
    };
    let mut used = BTreeSet::new();
    for shares in news.iter().filter_map(|news| shares(news, name)) {
        let signers = &package(shares.turn.attempt).signers;
        let (_, own) = signers.iter().find(|(_, own)| announced.contains(own)).expect("it is a signer");
        assert!(used.insert(own), "{name} signed twice with one nonce");
    }
    assert!(!used.is_empty(), "{name} signed");
}
