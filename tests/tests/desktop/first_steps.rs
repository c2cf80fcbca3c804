//! A new device is set up.

use permafrost_tests::{
    desktop::{Theme, Thing},
    ports::free_port,
};

use crate::desk::{Desk, agree, create_wallet, join_elsewhere, shown};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn a_new_device_is_set_up_in_three_steps_that_come_only_once() {
    let desk = Desk::start(Theme::Light, "first-steps");
    let alice = desk.open_as_it_is("alice").await;
    alice.wait_for(Thing::Text("Step 1 of 3")).await;
    desk.photograph(&alice, "name").await;
    alice.fill(Thing::Field("Device name"), "Alice’s laptop").await;
    alice.click(Thing::Button("Continue")).await;
    alice.wait_for(Thing::Text("Step 2 of 3")).await;
    alice.fill(Thing::Field("Server address"), &format!("ws://127.0.0.1:{}", free_port())).await;
    desk.photograph(&alice, "meeting").await;
    alice.click(Thing::Button("Continue")).await;
    alice.wait_for(Thing::Text("Nothing answers at the server")).await;
    alice.wait_for(Thing::Button("Continue all the same")).await;
    desk.photograph(&alice, "unreached").await;
    alice.fill(Thing::Field("Server address"), desk.cluster.server.url()).await;
    alice.click(Thing::Button("Continue")).await;
    alice.wait_for(Thing::Css("[data-testid=setup-keystore-open]")).await;
    desk.photograph(&alice, "keystore").await;
    alice.click(Thing::Button("Start using Permafrost")).await;
    alice.wait_for(Thing::Heading("Home")).await;
    desk.photograph(&alice, "home").await;

    alice.close().await;
    let alice = desk.open_as_it_is("alice").await;
    alice.wait_for(Thing::Heading("Home")).await;
    alice.wait_for(Thing::Text("Alice’s laptop")).await;
    assert!(!alice.shows(Thing::Text("Step 1 of 3")).await, "the steps are done");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn two_devices_meet_on_the_server_that_one_of_them_hosts() {
    let desk = Desk::start(Theme::Dark, "hosting");
    let (alice, bob) = tokio::join!(desk.open("alice"), desk.open("bob"));
    alice.click(Thing::Link("Settings")).await;
    alice.click(Thing::Link("Network")).await;
    alice.fill(Thing::Field("Port"), &free_port().to_string()).await;
    alice.click(Thing::Button("Start hosting")).await;
    let url = alice.text(Thing::Css("[data-testid=hosting-url]")).await;
    desk.photograph(&alice, "settings").await;

    let id = create_wallet(&alice, "Without a server", "Solana", 2).await;
    join_elsewhere(&bob, &id, &url).await;
    desk.photograph(&bob, "consent").await;
    agree(&bob, "Without a server").await;
    let (shown, again) = tokio::join!(shown(&alice), shown(&bob));
    assert_eq!(shown, again, "they met, and nobody else's server was needed");
}
