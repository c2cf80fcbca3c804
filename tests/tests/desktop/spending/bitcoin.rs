//! People pay from a wallet that they have.

use jsonrpc::arg;
use permafrost_tests::{
    bitcoind::Bitcoind,
    desktop::{Theme, Thing, Window},
};
use serde_json::Value;
use tokio::task::block_in_place;

use crate::{
    desk::{Desk, agree, fill_in_wallet, join, session_id, shown, without_blanks},
    signing::{answer, open_request},
};

const BALANCE: Thing<'_> = Thing::Css("[data-testid=balance]");
const PUBLICATION: Thing<'_> = Thing::Css("[data-testid=publication]");

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn two_windows_pay_from_a_wallet_of_three_while_the_third_is_off() {
    let node = block_in_place(Bitcoind::start);
    let desk = Desk::start(Theme::Light, "spending");
    let (alice, bob) = tokio::join!(desk.open("alice"), desk.open("bob"));
    let charlie = desk.cluster.device("charlie");
    fill_in_wallet(&alice, "Boat", "Bitcoin", 3).await;
    alice.click(Thing::Button("Use a test network")).await;
    alice.select(Thing::Field("Network"), "Regtest").await;
    alice.click(Thing::Button("Create session")).await;
    let id = session_id(&alice).await;
    let mut third = charlie.start(&["join", &id, "--yes"]);
    join(&bob, &id).await;
    agree(&bob, "Boat").await;
    let address = shown(&alice).await.address.expect("a wallet of Bitcoin has one");
    shown(&bob).await;
    block_in_place(|| assert!(third.ended().success(), "charlie has its share and is gone"));
    block_in_place(|| {
        node.wallet_call::<Value>("miner", "sendtoaddress", &[arg(&address), arg(0.75)]);
        node.mine(1);
    });

    look_up_at(&alice, &node).await;
    alice.click(Thing::Link("Boat")).await;
    alice.wait_until("the money", async || amount(&alice, BALANCE).await.contains("0.75000000")).await;
    alice.click(Thing::Choice("Receive")).await;
    let next = shown(&alice).await.address.expect("there is another one");
    assert_ne!(next, address, "one that got something is not shown any more");
    desk.photograph(&alice, "received").await;

    let to: String = block_in_place(|| node.wallet_call("miner", "getnewaddress", &[]));
    alice.click(Thing::Button("Send")).await;
    alice.fill(Thing::Field("To"), &to).await;
    alice.fill(Thing::Field("Amount"), "0.5").await;
    alice.fill(Thing::Field("Fee rate in sat/vB"), "5").await;
    desk.photograph(&alice, "form").await;
    alice.click(Thing::Button("Review")).await;
    alice.wait_for(Thing::Css("[data-testid=total]")).await;
    desk.photograph(&alice, "review").await;
    alice.click(Thing::Button("Ask the others")).await;
    answer(&alice, "Approve").await;

    open_request(&bob).await;
    let read = amount(&bob, Thing::Css("[data-testid=spend]")).await;
    assert!(read.contains(&to) && read.contains("0.50000000"), "bob reads whom and how much: {read}");
    desk.photograph(&bob, "asked").await;
    answer(&bob, "Approve").await;

    alice.wait_until("the network to have it", async || alice.text(PUBLICATION).await.contains("Sent")).await;
    desk.photograph(&alice, "sent").await;
    let received =
        || block_in_place(|| node.wallet_call::<f64>("miner", "getreceivedbyaddress", &[arg(&to), arg(0)]));
    assert_eq!(received(), 0.5, "the node has it in its pool");
    block_in_place(|| node.mine(1));
    alice.click(Thing::Link("Boat")).await;
    alice.click(Thing::Button("Look now")).await;
    alice
        .wait_until("the change to be confirmed", async || amount(&alice, BALANCE).await.contains("0.2499"))
        .await;
    desk.photograph(&alice, "paid").await;
}

/// Chooses a node in the settings.
async fn look_up_at(window: &Window, node: &Bitcoind) {
    window.click(Thing::Link("Settings")).await;
    window.click(Thing::Link("Network")).await;
    window.click(Thing::Button("Choose where Regtest is looked up")).await;
    window.fill(Thing::Field("Address"), &node.url()).await;
    window.fill(Thing::Field("Cookie file"), &node.cookie().to_string_lossy()).await;
    window.click(Thing::Button("Use this node")).await;
    window.wait_until_gone(Thing::Button("Use this node")).await;
}

/// A text with amounts, whose digits stand in groups.
async fn amount(window: &Window, thing: Thing<'_>) -> String {
    without_blanks(&window.text(thing).await)
}
