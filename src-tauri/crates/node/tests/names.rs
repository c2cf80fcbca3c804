//! What a device is called on the screens of those who know it.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod common;

use common::{config, create, make_wallet, open, server, snapshot, until};
use node::{
    MessageContent, NodeConfig, ProposeMessage,
    snapshot::{SessionView, Snapshot},
};

fn session<'a>(now: &'a Snapshot, key: &str) -> &'a SessionView {
    now.sessions.iter().find(|view| view.key == key).unwrap()
}

/// How the other participant is called.
fn other<'a>(now: &'a Snapshot, key: &str) -> Option<&'a str> {
    let mut participants = session(now, key).participants.iter().map(|one| &one.device);
    participants.find(|device| device.id != now.device.id).map(|device| device.name.as_str())
}

#[tokio::test]
async fn a_contact_keeps_its_stored_name_whatever_it_calls_itself_now() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (alice, bob) = (open(config(folder, "alice")).await, open(config(folder, "bob")).await);
    alice.set_server(server().await).await.unwrap();
    make_wallet(&alice, &bob).await;
    alice.rename_contact(snapshot(&bob).device.id, "Bob from work".to_owned()).await.unwrap();
    bob.set_device_name("Treasurer".to_owned()).await.unwrap();
    alice.set_device_name("Bank".to_owned()).await.unwrap();

    let (created, id) = create(&alice).await;
    let joined = bob.join_session(id, true).await.unwrap();
    let proposal = |now: &Snapshot| session(now, &joined).proposal.clone();
    let seen = until(&bob, "the proposal is there", |now| proposal(now).is_some()).await;
    assert_eq!(proposal(&seen).unwrap().by.name, "alice", "as when it was met, not what it claims to be");
    assert_eq!(other(&seen, &joined), Some("alice"));
    let seen = until(&alice, "the other is there", |now| other(now, &created).is_some()).await;
    assert_eq!(
        other(&seen, &created),
        Some("Bob from work"),
        "its owner's name for it comes before any claim"
    );
    alice.rename_contact(snapshot(&bob).device.id, String::new()).await.unwrap();
    until(&alice, "the running session follows", |now| other(now, &created) == Some("bob")).await;
}

#[tokio::test]
async fn requests_call_a_member_by_its_owners_latest_name_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let meets = |device| NodeConfig { meet: true, ..config(folder, device) };
    let (alice, bob) = (open(meets("alice")).await, open(meets("bob")).await);
    alice.set_server(server().await).await.unwrap();
    let wallet = make_wallet(&alice, &bob).await;
    for node in [&alice, &bob] {
        until(node, "the members meet", |now| now.wallets.iter().any(|wallet| !wallet.reachable.is_empty()))
            .await;
    }
    let message = ProposeMessage {
        wallet,
        content: MessageContent::Text { text: "Hello".to_owned() },
        index: 0,
        lifetime: 3600,
        supersedes: None,
    };
    let request = bob.propose_message(message).await.unwrap();
    let named = |now: &Snapshot, name: &str| {
        let request = now.requests.iter().find(|known| known.id == request);
        request.is_some_and(|request| {
            request.proposer.name == name && request.members.iter().any(|member| member.device.name == name)
        })
    };
    until(&alice, "it has the name that bob gave itself", |now| named(now, "bob")).await;
    alice.rename_contact(snapshot(&bob).device.id, "Bob from work".to_owned()).await.unwrap();
    until(&alice, "it has alice's name for bob", |now| named(now, "Bob from work")).await;
}
