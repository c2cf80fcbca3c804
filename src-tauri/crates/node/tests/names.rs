//! What a device is called on the screens of those who know it.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod common;

use common::{config, create, make_wallet, open, server, snapshot, until};
use node::snapshot::{SessionView, Snapshot};

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
