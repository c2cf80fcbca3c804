//! People sign with a wallet that they have.

use permafrost_tests::desktop::{Theme, Thing, Window};

use crate::desk::{Desk, agree, create_wallet, join};

const LETTER: &str = "We accept the offer of 14 May.";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn two_of_three_sign_a_text_and_a_third_verifies_it() {
    let desk = Desk::start(Theme::Light, "signing");
    let (alice, bob, charlie) = tokio::join!(desk.open("alice"), desk.open("bob"), desk.open("charlie"));
    let id = create_wallet(&alice, "Book club", "Solana", 3).await;
    for window in [&bob, &charlie] {
        join(window, &id).await;
        agree(window, "Book club").await;
    }
    for window in [&alice, &bob, &charlie] {
        window.wait_for(Thing::Css("[data-testid=wallet-status]")).await;
    }

    ask(&alice, LETTER).await;
    desk.photograph(&alice, "asked").await;
    answer(&alice, "Approve").await;
    open_request(&bob).await;
    assert_eq!(bob.text(Thing::Css("[data-testid=signed-text]")).await, LETTER, "bob reads the very text");
    desk.photograph(&bob, "request").await;
    answer(&bob, "Approve").await;
    for window in [&alice, &bob] {
        window.wait_for(Thing::Css("[data-testid=signature]")).await;
    }
    desk.photograph(&alice, "signed").await;
    let file = desk.cluster.folder().join("signed.json");
    alice.click(Thing::Button("Save Signed message")).await;
    alice.save_as(&file).await;

    charlie.click(Thing::Link("Requests")).await;
    charlie.click(Thing::Button("Verify a signed message")).await;
    charlie.choose_file("input[type=file][accept*=json]", &file).await;
    charlie.wait_for(Thing::Css("[data-testid=signature-holds]")).await;
    assert_eq!(charlie.text(Thing::Css("[data-testid=signed-text]")).await, LETTER);
    desk.photograph(&charlie, "verified").await;

    let told = std::fs::read_to_string(&file).expect("it was saved");
    let altered = desk.cluster.folder().join("altered.json");
    std::fs::write(&altered, told.replace("14 May", "15 May")).expect("the folder can be written to");
    charlie.choose_file("input[type=file][accept*=json]", &altered).await;
    charlie.wait_until_gone(Thing::Css("[data-testid=signature-holds]")).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn whoever_asked_reads_why_another_does_not_sign() {
    let desk = Desk::start(Theme::Dark, "rejected");
    let (alice, bob) = tokio::join!(desk.open("alice"), desk.open("bob"));
    let id = create_wallet(&alice, "Book club", "Bitcoin", 2).await;
    join(&bob, &id).await;
    agree(&bob, "Book club").await;
    for window in [&alice, &bob] {
        window.wait_for(Thing::Css("[data-testid=wallet-status]")).await;
    }
    alice.click(Thing::Button("Sign a transaction")).await;
    alice.fill(Thing::Field("Transaction (PSBT)"), "cHNidP8BAA==").await;
    alice.click(Thing::Button("Ask for signatures")).await;
    alice.wait_for(Thing::Css("textarea[aria-invalid=true]")).await;
    desk.photograph(&alice, "no-transaction").await;
    alice.click(Thing::Button("Back to the wallet")).await;

    ask(&alice, LETTER).await;
    open_request(&bob).await;
    bob.click(Thing::Button("Reject")).await;
    bob.fill(Thing::Field("Reason (the others see it)"), "Not before we have met").await;
    confirm(&bob).await;
    alice.wait_for(Thing::Text("“Not before we have met”")).await;
    desk.photograph(&alice, "told").await;
    answer(&alice, "Cancel request").await;
    for window in [&alice, &bob] {
        window
            .wait_until("the end to be shown", async || {
                window.text(Thing::Css("[data-testid=request-state]")).await == "Cancelled"
            })
            .await;
    }
}

/// Asks for a text to be signed with the wallet on the screen; ends with the request there.
async fn ask(window: &Window, text: &str) {
    window.click(Thing::Button("Sign a message")).await;
    window.fill(Thing::Field("Text"), text).await;
    window.click(Thing::Button("Ask for signatures")).await;
    window.wait_for(Thing::Css("[data-testid=request-state]")).await;
}

/// Opens the only request that waits for this window's person.
pub(crate) async fn open_request(window: &Window) {
    window.click(Thing::Button("1 request waits for you")).await;
    window.wait_for(Thing::Css("[data-testid=request-state]")).await;
}

/// Clicks a button of a request, and the one that confirms it.
pub(crate) async fn answer(window: &Window, button: &str) {
    window.click(Thing::Button(button)).await;
    confirm(window).await;
}

/// Confirms what a dialog asks.
pub(crate) async fn confirm(window: &Window) {
    const CONFIRM: Thing<'_> = Thing::Css("[role=alertdialog] .buttons button:last-child");
    window.click(CONFIRM).await;
    window.wait_until_gone(CONFIRM).await;
}
