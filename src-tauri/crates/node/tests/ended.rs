//! What is shown of a session after its end.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod common;

use common::{config, make_wallet, open, server, until};
use node::snapshot::LinkKind;

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
