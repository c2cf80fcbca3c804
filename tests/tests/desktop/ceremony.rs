//! People make wallets together.

use permafrost_tests::{
    desktop::{Theme, Thing, Window},
    secrets::{assert_nowhere, files_below},
};

use crate::desk::{
    Desk, Shown, agree, create_wallet, fill_in_wallet, join, join_by_clipboard, session_id, shown,
};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn three_windows_make_a_bitcoin_wallet_and_one_has_it_after_a_restart() {
    let desk = Desk::start(Theme::Light, "bitcoin");
    let shown = three_windows_make_a_wallet(&desk, "Bitcoin").await;
    let address = shown.address.expect("a Bitcoin wallet has an address");
    assert!(address.starts_with("bc1p"), "a Taproot address: {address}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn three_windows_make_a_solana_wallet_and_one_has_it_after_a_restart() {
    let desk = Desk::start(Theme::Dark, "solana-dark");
    let shown = three_windows_make_a_wallet(&desk, "Solana").await;
    assert!(shown.address.is_some(), "a Solana wallet has an address");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn whoever_finds_an_announced_session_is_let_in_by_its_creator() {
    let desk = Desk::start(Theme::Light, "announced");
    let (alice, bob) = tokio::join!(desk.open("alice"), desk.open("bob"));
    let (words_of_alice, words_of_bob) = tokio::join!(own_words(&alice), own_words(&bob));
    assert_ne!(words_of_alice, words_of_bob, "each device has an identity of its own");

    fill_in_wallet(&alice, "Chess club", "Raw keys", 2).await;
    alice.click(Thing::Choice("Announce the session on the server")).await;
    desk.photograph(&alice, "create").await;
    alice.click(Thing::Button("Create session")).await;
    alice.wait_for(Thing::Css("[data-testid=session-id]")).await;

    bob.click(Thing::Link("Join")).await;
    bob.wait_for(Thing::Button("Ask to join Chess club")).await;
    desk.photograph(&bob, "found").await;
    assert_eq!(
        bob.texts("[aria-label='Fingerprint of alice'] li").await,
        words_of_alice,
        "bob compares the creator's words before he asks"
    );
    bob.click(Thing::Button("Ask to join Chess club")).await;
    bob.wait_for(Thing::Css("[data-testid=asked-waiting]")).await;
    desk.photograph(&bob, "asked").await;

    alice.wait_for(Thing::Css("[data-testid=join-request]")).await;
    assert_eq!(
        alice.texts("[data-testid=join-request] li").await,
        words_of_bob,
        "alice sees the words of whoever asks, and they are bob's"
    );
    desk.photograph(&alice, "request").await;
    alice.click(Thing::Button("Admit bob")).await;
    agree(&bob, "Chess club").await;

    let (shown, again) = tokio::join!(shown(&alice), shown(&bob));
    assert_eq!(shown, again, "both have the same wallet");
    assert_eq!(shown.address, None, "a raw key has no address");
    assert!(alice.shows(Thing::Css("[data-testid=no-address]")).await, "the window says that there is none");
    desk.photograph(&alice, "wallet").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn reloading_the_page_while_people_join_loses_nothing() {
    let desk = Desk::start(Theme::Light, "reload");
    let (alice, bob) = tokio::join!(desk.open("alice"), desk.open("bob"));
    let id = create_wallet(&alice, "Family savings", "Solana", 2).await;
    alice.reload().await;
    assert_eq!(session_id(&alice).await, id, "the session is still there, and still shown");
    assert_eq!(alice.text(Thing::Css("[data-testid=session-state]")).await, "Waiting");

    join(&bob, &id).await;
    bob.reload().await;
    alice.reload().await;
    agree(&bob, "Family savings").await;
    let (shown, again) = tokio::join!(shown(&alice), shown(&bob));
    assert_eq!(shown, again, "both finished the same wallet");

    alice.reload().await;
    assert_eq!(self::shown(&alice).await, shown, "the wallet is shown again after a reload as well");

    let charlie = desk.open("charlie").await;
    charlie.click(Thing::Link("Join")).await;
    charlie.fill(Thing::Field("Session ID"), &id).await;
    charlie.click(Thing::Button("Join session")).await;
    charlie.wait_for(Thing::Text("This session has finished: its wallet has been made.")).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn five_windows_make_a_wallet() {
    const OTHERS: [&str; 4] = ["bob", "charlie", "dora", "emil"];
    let desk = Desk::start(Theme::Light, "five");
    let alice = desk.open("alice").await;
    let id = create_wallet(&alice, "Club treasury", "Bitcoin", 5).await;
    let mut others: Vec<Window> = Vec::new();
    for name in OTHERS {
        let window = desk.open(name).await;
        join(&window, &id).await;
        agree(&window, "Club treasury").await;
        others.push(window);
    }
    let of_alice = shown(&alice).await;
    for window in &others {
        assert_eq!(shown(window).await, of_alice, "all five windows show the same wallet");
    }
    desk.photograph(&alice, "wallet").await;
}

/// The fingerprint that a device shows of itself.
async fn own_words(window: &Window) -> Vec<String> {
    window.click(Thing::Link("Settings")).await;
    window.click(Thing::Link("This device")).await;
    window.wait_for(Thing::Css("[aria-label=Fingerprint] li")).await;
    window.texts("[aria-label=Fingerprint] li").await
}

async fn three_windows_make_a_wallet(desk: &Desk, chain: &str) -> Shown {
    let (alice, bob, charlie) = tokio::join!(desk.open("alice"), desk.open("bob"), desk.open("charlie"));
    desk.photograph(&alice, "home").await;

    fill_in_wallet(&alice, "Family savings", chain, 3).await;
    desk.photograph(&alice, "create").await;
    alice.click(Thing::Button("Create session")).await;
    let id = session_id(&alice).await;
    desk.photograph(&alice, "session-new").await;

    join(&bob, &format!("Here it is:\n{id} \nSee you")).await;
    desk.photograph(&bob, "consent").await;
    agree(&bob, "Family savings").await;
    alice.click(Thing::Button("Copy Session ID")).await;
    alice.wait_for(Thing::Text("Copied")).await;
    join_by_clipboard(&charlie).await;
    alice.wait_for(Thing::Text("2 of 3 have joined")).await;
    desk.photograph(&alice, "session").await;
    desk.photograph(&bob, "session-member").await;
    agree(&charlie, "Family savings").await;

    let (of_alice, of_bob, of_charlie) = tokio::join!(shown(&alice), shown(&bob), shown(&charlie));
    assert_eq!(of_bob, of_alice, "all windows show the same wallet");
    assert_eq!(of_charlie, of_alice, "all windows show the same wallet");
    for window in [&alice, &bob, &charlie] {
        assert!(
            window.shows(Thing::Css("[data-testid=not-verified]")).await,
            "no address without the words having been compared or a warning beside it"
        );
    }
    desk.photograph(&alice, "wallet").await;

    bob.close().await;
    let bob = desk.open("bob").await;
    bob.click(Thing::Link("Family savings")).await;
    assert_eq!(shown(&bob).await, of_alice, "the wallet outlives its window");
    assert_eq!(
        bob.text(Thing::Css("[data-testid=wallet-status]")).await,
        "Not verified",
        "bob himself has not compared the words"
    );
    for window in [&alice, &bob, &charlie] {
        window.click(Thing::Button("They match")).await;
        window.wait_until_gone(Thing::Css("[data-testid=not-verified]")).await;
        assert_eq!(window.text(Thing::Css("[data-testid=wallet-status]")).await, "Verified");
    }
    desk.photograph(&alice, "wallet-verified").await;
    alice.click(Thing::Link("Home")).await;
    alice.wait_for(Thing::Heading("Home")).await;
    desk.photograph(&alice, "home-wallet").await;

    for (name, window) in [("alice", alice), ("bob", bob), ("charlie", charlie)] {
        window.close().await;
        let window = desk.open(name).await;
        window.click(Thing::Link("Family savings")).await;
        assert_eq!(shown(&window).await, of_alice, "{name}'s wallet outlives its window");
        let status = window.text(Thing::Css("[data-testid=wallet-status]")).await;
        assert_eq!(status, "Verified", "and so does what {name} said of its words");
    }
    assert_secrets_are_kept(desk);
    of_alice
}

/// What the windows' programs write, WebKit's among them, has no secret in it.
fn assert_secrets_are_kept(desk: &Desk) {
    let stored = desk.cluster.secrets.stored();
    let shares = stored.iter().filter(|item| item.label.contains("share of wallet")).count();
    assert_eq!(shares, 3, "the test knows the secrets");
    let files = files_below(&[desk.cluster.folder(), &desk.cluster.secrets.folder()]);
    for name in ["permafrost.sqlite", "log.txt", "org.permafrost.desktop"] {
        // A log has nothing in it as long as nothing went wrong.
        let is_there =
            files.iter().any(|(path, bytes)| path.contains(name) && (name == "log.txt" || !bytes.is_empty()));
        assert!(is_there, "{name} is searched: {:?}", files.iter().map(|(path, _)| path).collect::<Vec<_>>());
    }
    assert_nowhere(&stored, &files);
}
