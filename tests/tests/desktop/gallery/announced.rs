use permafrost_tests::desktop::{Theme, Thing};

use super::hang;
use crate::desk::{Desk, agree, fill_in_wallet, shown};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn gallery_of_an_announced_session() {
    let desk = Desk::start(Theme::Light, "gallery");
    let (alice, bob) = tokio::join!(desk.open("alice"), desk.open("bob"));
    bob.click(Thing::Link("Join")).await;
    hang(&bob, "50-announced-none", Thing::Text("No one announces a session")).await;
    fill_in_wallet(&alice, "Chess club", "Raw keys", 2).await;
    alice.click(Thing::Choice("Announce the session on the server")).await;
    alice.click(Thing::Button("Create session")).await;
    hang(&alice, "51-announced-session", Thing::Heading("Requests to join")).await;
    hang(&bob, "52-announced-found", Thing::Button("Ask to join Chess club")).await;
    bob.click(Thing::Button("Ask to join Chess club")).await;
    hang(&bob, "53-announced-asked", Thing::Css("[data-testid=asked-waiting]")).await;
    hang(&alice, "54-announced-request", Thing::Css("[data-testid=join-request]")).await;
    alice.click(Thing::Link("Home")).await;
    hang(&alice, "55-home-request", Thing::Text("bob asks to join")).await;
    alice.click(Thing::Link("Answer")).await;
    alice.click(Thing::Button("Admit bob")).await;
    bob.wait_for(Thing::Css("[data-testid=proposal]")).await;
    bob.click(Thing::Link("Home")).await;
    hang(&bob, "56-home-consent", Thing::Text("“Chess club” waits for your agreement")).await;
    bob.click(Thing::Link("Look at it")).await;
    agree(&bob, "Chess club").await;
    shown(&alice).await;
    hang(&alice, "57-raw-key", Thing::Css("[data-testid=no-address]")).await;
}
