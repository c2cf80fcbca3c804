use permafrost_tests::{
    cluster::{SignallingServer, create},
    desktop::{Theme, Thing},
    puppet::{Act, Kind, Puppet, Who, at, at_last},
};
use tokio::task::block_in_place;

use super::{hang, hang_question};
use crate::desk::{Desk, PASSPHRASE, agree, create_wallet, join};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn gallery_of_keystores_and_a_device_that_is_in_use() {
    let desk = Desk::start(Theme::Light, "gallery");
    block_in_place(|| desk.cluster.secrets.lock());
    let alice = desk.open("alice").await;
    hang(&alice, "81-keychain-locked", Thing::Css("[data-testid=keystore-problem]")).await;
    alice.close().await;

    let alice = desk.open_without_keychain("alice").await;
    hang(&alice, "82-keychain-missing", Thing::Css("[data-testid=keystore-problem]")).await;
    alice.click(Thing::Link("Create wallet")).await;
    hang(&alice, "83-create-without-keystore", Thing::Text("The keystore is not open")).await;
    alice.click(Thing::Link("Home")).await;
    alice.click(Thing::Button("Use a passphrase vault")).await;
    hang_question(&alice, "84-vault-question", Thing::Heading("Use a passphrase vault on this device?"))
        .await;
    alice.click(Thing::Button("Use a passphrase vault")).await;
    hang(&alice, "85-vault-new", Thing::Button("Create vault")).await;
    alice.fill(Thing::Field("Passphrase"), PASSPHRASE).await;
    alice.fill(Thing::Field("Repeat the passphrase"), PASSPHRASE).await;
    alice.click(Thing::Button("Create vault")).await;
    alice.wait_for(Thing::Button("Lock")).await;
    alice.close().await;
    let alice = desk.open_without_keychain("alice").await;
    hang(&alice, "86-vault-locked", Thing::Button("Unlock")).await;
    alice.close().await;

    block_in_place(|| desk.cluster.secrets.unlock());
    let device = desk.cluster.device("dora");
    let mut running = device.start(&create("Elsewhere", "ed25519", 2, 2));
    block_in_place(|| running.session_id());
    let dora = desk.open_as_it_is("dora").await;
    hang(&dora, "87-in-use", Thing::Css("[data-testid=start-error]")).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn gallery_of_sessions_and_servers_that_fail() {
    let mut desk = Desk::start(Theme::Light, "gallery");
    let (alice, bob) = tokio::join!(desk.open("alice"), desk.open("bob"));
    let id = create_wallet(&alice, "Garden fund", "Bitcoin", 3).await;
    join(&bob, &id).await;
    agree(&bob, "Garden fund").await;
    let mallory = Who::new("mallory");
    let mut puppet = block_in_place(|| Puppet::join(&mallory, &id, at(Kind::Round2, Act::Leave)));
    block_in_place(|| puppet.gone());
    hang(&alice, "88-session-failed", Thing::Css("[data-testid=session-failure]")).await;
    hang(&bob, "89-session-failed-member", Thing::Css("[data-testid=session-failure]")).await;

    let id = create_wallet(&alice, "Allotment", "Solana", 2).await;
    let charlie = Who::new("charlie");
    let mut puppet = block_in_place(|| Puppet::join(&charlie, &id, at_last(Kind::Certificate, 1, Act::Die)));
    block_in_place(|| puppet.gone());
    alice.click(Thing::Button("Cancel session")).await;
    hang_question(&alice, "90-session-leave-unfinished", Thing::Heading("Cancel this session?")).await;
    alice.click(Thing::Button("Cancel session")).await;
    alice.click(Thing::Button("Open unfinished wallet")).await;
    hang(&alice, "91-unfinished", Thing::Css("[data-testid=unfinished]")).await;
    alice.click(Thing::Button("Discard this wallet")).await;
    hang_question(&alice, "92-unfinished-discard", Thing::Heading("Discard this device’s share?")).await;
    alice.click(Thing::Button("Keep it")).await;

    create_wallet(&alice, "Ski trip", "Solana", 2).await;
    // A server that nobody uses takes its place, so that the old one ends.
    desk.cluster.server = SignallingServer::start();
    hang(&alice, "93-session-no-connection", Thing::Text("No connection")).await;
    alice.click(Thing::Link("Home")).await;
    hang(&alice, "94-home-attention", Thing::Text("No connection to the server")).await;
    alice.click(Thing::Link("Settings")).await;
    alice.click(Thing::Link("Network")).await;
    hang(&alice, "95-settings-no-connection", Thing::Heading("Signalling server")).await;
}
