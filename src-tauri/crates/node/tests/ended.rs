//! What remains of a session after its end.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod common;

use common::{config, create, make_wallet, open, server, until};
use node::snapshot::{LinkKind, SessionState, WaitingFor};

#[tokio::test]
async fn the_links_of_a_session_that_has_ended_are_closed() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (alice, bob) = (open(config(folder, "alice")).await, open(config(folder, "bob")).await);
    alice.set_server(server().await).await.unwrap();
    make_wallet(&alice, &bob).await;
    for node in [&alice, &bob] {
        let links = |now: &node::snapshot::Snapshot| {
            now.sessions[0].participants.iter().map(|one| one.link).collect::<Vec<_>>()
        };
        until(node, "its links close", |now| links(now) == [LinkKind::Own, LinkKind::Down]).await;
    }
}

#[tokio::test]
async fn whoever_has_a_wallet_on_a_server_is_not_asked_about_it_again() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (alice, bob) = (open(config(folder, "alice")).await, open(config(folder, "bob")).await);
    alice.set_server(server().await).await.unwrap();
    let (session, id) = create(&alice).await;
    assert!(bob.inspect_session_id(id).await.unwrap().other_server);
    alice.leave_session(session).await.unwrap();
    let wallet = make_wallet(&alice, &bob).await;
    let (_, id) = create(&alice).await;
    assert!(!bob.inspect_session_id(id.clone()).await.unwrap().other_server);
    bob.confirm_words(wallet, false).await.unwrap();
    assert!(bob.inspect_session_id(id).await.unwrap().other_server, "somebody had come between");
    make_wallet(&alice, &bob).await;
    let (_, id) = create(&alice).await;
    bob.join_session(id, false).await.expect("its user agreed to this server before");
}

#[tokio::test]
async fn a_creator_that_closes_leaves_word_for_whoever_comes_late() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (alice, bob) = (open(config(folder, "alice")).await, open(config(folder, "bob")).await);
    let server = server().await;
    alice.set_server(server.clone()).await.unwrap();
    bob.set_server(server).await.unwrap();
    let (_, id) = create(&alice).await;
    until(&alice, "the others are waited for", |now| {
        matches!(
            &now.sessions[0].state,
            SessionState::Waiting { waiting_for: WaitingFor::Participants { .. }, .. }
        )
    })
    .await;
    alice.close().await;

    bob.join_session(id, true).await.unwrap();
    let ended = until(&bob, "the session is over", |now| {
        matches!(now.sessions[0].state, SessionState::Failed { .. })
    })
    .await;
    let SessionState::Failed { error, .. } = &ended.sessions[0].state else { panic!() };
    assert_eq!(error.code, "session_cancelled", "{error:?}");
}
