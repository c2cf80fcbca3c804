//! Something is wrong, and people are told what and what to do.

use permafrost_tests::{
    cluster::SignallingServer,
    desktop::{Theme, Thing},
    puppet::{Act, Kind, Puppet, Who, at},
};
use tokio::task::block_in_place;

use crate::desk::{Desk, agree, create_wallet, join, session_id, shown};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn wrong_session_ids_are_told_apart_and_a_cancelled_session_is_told_to_whoever_joined() {
    let desk = Desk::start(Theme::Light, "mistakes");
    let (alice, bob) = tokio::join!(desk.open("alice"), desk.open("bob"));
    let id = create_wallet(&alice, "Summer house", "Bitcoin", 3).await;

    bob.click(Thing::Link("Join")).await;
    let (most, last) = id.split_at(id.len() - 1);
    let typo = format!("{most}{}", if last == "q" { "p" } else { "q" });
    let mistakes = [
        ("hello", "There is no session ID in what you pasted."),
        (typo.as_str(), "The session ID has a wrong character at position"),
        // Well-formed, of version 2.
        (
            "pf1qgqqqqqqqqqqqqqqqqqqqqqqqqqqq65nmnj",
            "The session ID was made by a newer version of Permafrost.",
        ),
        (&id[..id.len() / 2], "The session ID is cut off: its end is missing."),
    ];
    for (pasted, message) in mistakes {
        bob.fill(Thing::Field("Session ID"), pasted).await;
        bob.wait_for(Thing::Text(message)).await;
        assert!(!bob.shows(Thing::Text("This is a session ID.")).await, "{pasted} is not one");
    }
    desk.photograph(&bob, "cut-off").await;
    bob.fill(Thing::Field("Session ID"), &id).await;
    bob.wait_for(Thing::Text("This is a session ID.")).await;
    bob.click(Thing::Button("Join session")).await;
    agree(&bob, "Summer house").await;
    alice.wait_for(Thing::Text("2 of 3 have joined")).await;

    alice.click(Thing::Button("Cancel session")).await;
    desk.photograph(&alice, "cancel").await;
    // The same name again, now in the dialog.
    alice.click(Thing::Button("Cancel session")).await;
    for window in [&alice, &bob] {
        window.wait_for(Thing::Css("[data-testid=session-failure]")).await;
        assert_eq!(window.text(Thing::Css("[data-testid=session-state]")).await, "Ended");
    }
    let told = bob.text(Thing::Css("[data-testid=session-failure]")).await;
    assert!(told.contains("“alice” ended the session."), "bob is told who ended it: {told}");
    assert!(!told.contains("Caused by"), "it is nobody's fault: {told}");
    desk.photograph(&bob, "cancelled").await;
    bob.click(Thing::Link("Join")).await;
    bob.fill(Thing::Field("Session ID"), &id).await;
    bob.click(Thing::Button("Join session")).await;
    bob.wait_for(Thing::Text("This session was cancelled or failed before.")).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn a_locked_keychain_is_told_with_what_to_do_and_opens_once_it_is_unlocked() {
    let desk = Desk::start(Theme::Light, "keychain");
    block_in_place(|| desk.cluster.secrets.lock());
    let alice = desk.open("alice").await;
    let problem = alice.text(Thing::Css("[data-testid=keystore-problem]")).await;
    assert!(problem.contains("locked"), "the window says what is wrong: {problem}");
    assert!(problem.contains("Unlock it"), "and what to do: {problem}");
    desk.photograph(&alice, "locked").await;

    alice.click(Thing::Button("Try again")).await;
    // The button is disabled while the keychain is being asked.
    alice
        .wait_until("the attempt to be over", async || {
            let button = alice.wait_for(Thing::Button("Try again")).await;
            button.is_enabled().await.unwrap_or(false)
        })
        .await;
    assert!(alice.shows(Thing::Css("[data-testid=keystore-problem]")).await, "trying again unlocks nothing");
    block_in_place(|| desk.cluster.secrets.unlock());
    alice.click(Thing::Button("Try again")).await;
    alice.wait_until_gone(Thing::Css("[data-testid=keystore-problem]")).await;
    alice.click(Thing::Link("Settings")).await;
    alice.click(Thing::Link("Security")).await;
    assert_eq!(alice.text(Thing::Css("[data-testid=keystore-status]")).await, "Open");
    create_wallet(&alice, "Now it works", "Bitcoin", 2).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn who_leaves_while_shares_are_exchanged_is_named_in_every_window_and_the_next_try_works() {
    let desk = Desk::start(Theme::Dark, "left");
    let (alice, bob) = tokio::join!(desk.open("alice"), desk.open("bob"));
    let id = create_wallet(&alice, "Garden fund", "Bitcoin", 3).await;
    join(&bob, &id).await;
    agree(&bob, "Garden fund").await;
    let mallory = Who::new("mallory");
    let mut puppet = block_in_place(|| Puppet::join(&mallory, &id, at(Kind::Round2, Act::Leave)));
    block_in_place(|| puppet.gone());
    for window in [&alice, &bob] {
        let told = window.text(Thing::Css("[data-testid=session-failure]")).await;
        assert!(told.contains("mallory"), "the window names who left: {told}");
        assert!(told.contains("No wallet"), "and says that there is no wallet: {told}");
    }
    desk.photograph(&alice, "told").await;
    desk.photograph(&bob, "told-member").await;

    alice.click(Thing::Button("Create it again")).await;
    alice.wait_for(Thing::Field("Devices that hold a share")).await;
    assert_eq!(alice.value(Thing::Field("Wallet name")).await, "Garden fund", "nothing is typed twice");
    alice.fill(Thing::Field("Devices that hold a share"), "2").await;
    alice.click(Thing::Button("Create session")).await;
    let id = session_id(&alice).await;
    join(&bob, &id).await;
    agree(&bob, "Garden fund").await;
    let (shown, again) = tokio::join!(shown(&alice), shown(&bob));
    assert_eq!(shown, again, "the two who stayed have a wallet");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn a_server_that_goes_down_is_shown_and_the_session_goes_on_when_it_is_back() {
    let mut desk = Desk::start(Theme::Light, "server");
    let (alice, bob) = tokio::join!(desk.open("alice"), desk.open("bob"));
    let id = create_wallet(&alice, "Ski trip", "Solana", 2).await;
    let address = desk.cluster.server.address().to_owned();
    // A server that nobody uses takes its place, so that the old one ends.
    desk.cluster.server = SignallingServer::start();
    alice.wait_for(Thing::Text("No connection")).await;
    desk.photograph(&alice, "down").await;

    desk.cluster.server = SignallingServer::listen(&address);
    alice.wait_until_gone(Thing::Text("No connection")).await;
    join(&bob, &id).await;
    agree(&bob, "Ski trip").await;
    let (shown, again) = tokio::join!(shown(&alice), shown(&bob));
    assert_eq!(shown, again, "the session that was created before goes on");
}
