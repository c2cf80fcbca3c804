//! Links, pictures, closing, locking, languages: what people expect of any good program.

use permafrost_tests::desktop::{Theme, Thing};
use tokio::task::block_in_place;

use crate::desk::{Desk, agree, confirm_session_id, create_wallet, join, paste, shown};

const PASSPHRASE: &str = "correct horse battery staple";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn a_link_and_a_picture_of_the_code_lead_to_the_session() {
    let desk = Desk::start(Theme::Light, "link");
    let (alice, bob, charlie) = tokio::join!(desk.open("alice"), desk.open("bob"), desk.open("charlie"));
    let id = create_wallet(&alice, "Book club", "Bitcoin", 3).await;

    let link = format!("permafrost:join/{id}");
    let status = block_in_place(|| desk.start_again("bob", &link));
    assert!(status.success(), "the second start hands the link on and ends");
    bob.wait_for(Thing::Heading("Join a session")).await;
    confirm_session_id(&bob).await;
    agree(&bob, "Book club").await;

    alice.wait_for(Thing::Css("[data-testid=session-qr]")).await;
    let picture = alice.screenshot("link-whole-window").await;
    charlie.click(Thing::Link("Join")).await;
    charlie.choose_file("input[type=file][accept*=image]", &picture).await;
    desk.photograph(&charlie, "picture").await;
    confirm_session_id(&charlie).await;
    agree(&charlie, "Book club").await;
    let (of_alice, of_charlie) = tokio::join!(shown(&alice), shown(&charlie));
    assert_eq!(of_charlie, of_alice, "they are in one session");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn what_is_pasted_outside_of_any_field_leads_to_the_session() {
    let desk = Desk::start(Theme::Light, "paste");
    let (alice, bob) = tokio::join!(desk.open("alice"), desk.open("bob"));
    create_wallet(&alice, "Book club", "Bitcoin", 2).await;
    alice.click(Thing::Button("Copy Session ID")).await;
    alice.wait_for(Thing::Text("Copied")).await;
    bob.click(Thing::Link("Contacts")).await;
    bob.wait_for(Thing::Heading("Contacts")).await;
    paste(&bob).await;
    bob.wait_for(Thing::Heading("Join a session")).await;
    confirm_session_id(&bob).await;
    agree(&bob, "Book club").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn a_link_that_starts_a_new_device_is_kept_through_its_first_steps() {
    let desk = Desk::start(Theme::Light, "first-link");
    let alice = desk.open("alice").await;
    let id = create_wallet(&alice, "Book club", "Bitcoin", 2).await;
    let bob = desk.open_with_link("bob", &format!("permafrost:join/{id}")).await;
    bob.wait_for(Thing::Text("Step 1 of 3")).await;
    bob.wait_for(Thing::Css("[data-testid=kept-session-id]")).await;
    desk.photograph(&bob, "kept").await;
    bob.click(Thing::Button("Skip")).await;
    bob.wait_for(Thing::Heading("Join a session")).await;
    bob.wait_for(Thing::Css("[data-testid=other-server]")).await;
    bob.click(Thing::Choice("Use that server for this session")).await;
    confirm_session_id(&bob).await;
    agree(&bob, "Book club").await;
    let (of_alice, of_bob) = tokio::join!(shown(&alice), shown(&bob));
    assert_eq!(of_bob, of_alice, "they are in one session");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn a_window_asks_before_it_closes_over_a_session() {
    let desk = Desk::start(Theme::Dark, "closing");
    let (alice, bob) = tokio::join!(desk.open("alice"), desk.open("bob"));
    let id = create_wallet(&alice, "Tea money", "Solana", 3).await;
    join(&bob, &id).await;
    agree(&bob, "Tea money").await;
    alice.wait_for(Thing::Text("2 of 3 have joined")).await;

    // Twice in a row, as who clicks twice does, and again as soon as the person has chosen to stay.
    for _ in 0..2 {
        alice.ask_to_close("alice").await;
        alice.ask_to_close("alice").await;
        // A dialog that fades in has no text at first.
        alice
            .wait_until("the window to say what would end", async || {
                alice.text(Thing::Css("[data-testid=closing-sessions]")).await.contains("Tea money")
            })
            .await;
        desk.photograph(&alice, "question").await;
        alice.click(Thing::Button("Stay")).await;
        alice.wait_until_gone(Thing::Css("[data-testid=closing-sessions]")).await;
        assert_eq!(alice.text(Thing::Css("[data-testid=session-state]")).await, "Waiting", "it goes on");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn a_locked_app_shows_nothing_until_its_passphrase_is_given() {
    let desk = Desk::start(Theme::Light, "lock");
    let (alice, bob) = tokio::join!(desk.open("alice"), desk.open("bob"));
    let id = create_wallet(&alice, "Secret santa", "Solana", 2).await;
    join(&bob, &id).await;
    agree(&bob, "Secret santa").await;
    shown(&alice).await;

    alice.click(Thing::Link("Settings")).await;
    alice.click(Thing::Link("Security")).await;
    alice.click(Thing::Button("Set passphrase")).await;
    alice.fill(Thing::Field("New passphrase"), PASSPHRASE).await;
    alice.fill(Thing::Field("Repeat the passphrase"), PASSPHRASE).await;
    alice.click(Thing::Button("Save passphrase")).await;
    alice.wait_until_gone(Thing::Field("New passphrase")).await;
    desk.photograph(&alice, "settings").await;
    alice.click(Thing::Button("Lock now")).await;
    alice.wait_for(Thing::Css("[data-testid=lock]")).await;
    assert!(!alice.page_text().await.contains("Secret santa"), "a locked window gives nothing away");
    desk.photograph(&alice, "locked").await;

    alice.fill(Thing::Field("App passphrase"), "wrong horse battery staple").await;
    alice.click(Thing::Button("Unlock")).await;
    alice.wait_for(Thing::Css("[role=alert], [aria-invalid=true]")).await;
    assert!(alice.shows(Thing::Css("[data-testid=lock]")).await, "another passphrase opens nothing");
    alice.fill(Thing::Field("App passphrase"), PASSPHRASE).await;
    alice.click(Thing::Button("Unlock")).await;
    alice.wait_for(Thing::Link("Secret santa")).await;

    alice.close().await;
    let alice = desk.open_as_it_is("alice").await;
    alice.wait_for(Thing::Css("[data-testid=lock]")).await;
    assert!(!alice.page_text().await.contains("Secret santa"), "it starts locked");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn the_language_and_the_appearance_are_chosen_in_the_settings_and_remembered() {
    let desk = Desk::start(Theme::Light, "german");
    let alice = desk.open("alice").await;
    alice.click(Thing::Link("Settings")).await;
    desk.photograph(&alice, "settings-before").await;
    alice.select(Thing::Field("Appearance"), "Dark").await;
    alice.select(Thing::Field("Language"), "Deutsch").await;
    alice.wait_for(Thing::Heading("Einstellungen")).await;
    desk.photograph(&alice, "settings").await;
    alice.close().await;
    let alice = desk.open("alice").await;
    alice.wait_for(Thing::Link("Einstellungen")).await;
    let theme = alice.client().execute("return document.documentElement.dataset.theme", Vec::new()).await;
    assert_eq!(theme.unwrap(), "dark", "the page is dark on a light desktop");
    desk.photograph(&alice, "home").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn who_was_in_a_session_is_a_contact_and_verified_once_the_words_were_compared() {
    let desk = Desk::start(Theme::Dark, "contacts");
    let (alice, bob) = tokio::join!(desk.open("alice"), desk.open("bob"));
    let id = create_wallet(&alice, "Rent", "Bitcoin", 2).await;
    join(&bob, &id).await;
    agree(&bob, "Rent").await;
    shown(&alice).await;
    alice.click(Thing::Link("Contacts")).await;
    alice.click(Thing::Link("bob")).await;
    assert_eq!(alice.text(Thing::Css("[data-testid=contact-status]")).await, "Not verified");
    alice.click(Thing::Link("Rent")).await;
    alice.click(Thing::Button("They match")).await;
    alice.wait_until_gone(Thing::Css("[data-testid=not-verified]")).await;
    alice.click(Thing::Link("Contacts")).await;
    desk.photograph(&alice, "list").await;
    alice.click(Thing::Link("bob")).await;
    assert_eq!(alice.text(Thing::Css("[data-testid=contact-status]")).await, "Verified");
    desk.photograph(&alice, "contact").await;
}
