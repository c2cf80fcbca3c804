//! The app's real windows, end to end: what a person clicks, types and reads.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use fantoccini::key::Key;
use permafrost_tests::{
    cluster::Cluster,
    desktop::{Display, Theme, Thing, Window, app},
};
use tokio::task::block_in_place;

const SAFETY_WORDS: &str = "[data-testid=safety-words] li";

/// Devices of one cluster, each in a window of its own.
struct Desk {
    display: Display,
    cluster: Cluster,
    pictures: &'static str,
}

/// What a window shows of an active wallet.
#[derive(Debug, PartialEq, Eq)]
struct Shown {
    address: Option<String>,
    public_key: String,
    words: Vec<String>,
}

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
    let words_of_bob = bob.texts("[data-testid=device-fingerprint] li").await;
    let words_of_alice = alice.texts("[data-testid=device-fingerprint] li").await;
    assert_ne!(words_of_alice, words_of_bob, "each device has an identity of its own");

    fill_in_wallet(&alice, "Chess club", "Raw keys", 2).await;
    alice.click(Thing::Choice("Announce the session on the server")).await;
    desk.photograph(&alice, "create").await;
    alice.click(Thing::Button("Create session")).await;
    alice.wait_for(Thing::Css("[data-testid=session-id]")).await;

    bob.click(Thing::Button("Look for sessions")).await;
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
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn wrong_session_ids_are_told_apart_and_a_cancelled_session_is_told_to_whoever_joined() {
    let desk = Desk::start(Theme::Light, "mistakes");
    let (alice, bob) = tokio::join!(desk.open("alice"), desk.open("bob"));
    let id = create_wallet(&alice, "Summer house", "Bitcoin", 3).await;

    bob.click(Thing::Button("Join")).await;
    let (most, last) = id.split_at(id.len() - 1);
    let typo = format!("{most}{}", if last == "q" { "p" } else { "q" });
    let mistakes = [
        ("hello", "There is no session ID in what you pasted."),
        (typo.as_str(), "The session ID has a wrong character at position"),
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
    assert_eq!(alice.text(Thing::Css("[data-testid=keystore-status]")).await, "Open");
    create_wallet(&alice, "Now it works", "Bitcoin", 2).await;
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

    alice.click(Thing::Button("They match")).await;
    alice.wait_until_gone(Thing::Css("[data-testid=not-verified]")).await;
    assert_eq!(alice.text(Thing::Css("[data-testid=wallet-status]")).await, "Verified");
    desk.photograph(&alice, "wallet-verified").await;
    alice.click(Thing::Link("Home")).await;
    alice.wait_for(Thing::Heading("Home")).await;
    desk.photograph(&alice, "home-wallet").await;

    bob.close().await;
    let bob = desk.open("bob").await;
    bob.click(Thing::Link("Family savings")).await;
    assert_eq!(shown(&bob).await, of_alice, "the wallet outlives its window");
    assert_eq!(
        bob.text(Thing::Css("[data-testid=wallet-status]")).await,
        "Not verified",
        "bob himself has not compared the words"
    );
    of_alice
}

impl Desk {
    fn start(theme: Theme, pictures: &'static str) -> Self {
        Self { display: Display::with_theme(theme), cluster: Cluster::start(), pictures }
    }

    /// Opens the window of a device, and waits until the device is ready.
    async fn open(&self, device: &str) -> Window {
        let data = self.cluster.folder().join("data").to_string_lossy().into_owned();
        let arguments = ["--device-id", device, "--server", self.cluster.server.url(), "--data-dir", &data];
        let window = self.display.open(&self.cluster.secrets, &app(), &arguments).await;
        window.wait_for(Thing::Text(device)).await;
        window
    }

    async fn photograph(&self, window: &Window, name: &str) {
        window.screenshot(&format!("{}-{name}", self.pictures)).await;
    }
}

async fn fill_in_wallet(window: &Window, name: &str, chain: &str, devices: u32) {
    window.click(Thing::Button("Create wallet")).await;
    window.fill(Thing::Field("Wallet name"), name).await;
    window.click(Thing::Choice(chain)).await;
    window.fill(Thing::Field("Devices that hold a share"), &devices.to_string()).await;
    window.fill(Thing::Field("Devices needed to sign"), "2").await;
}

/// Creates a session for a wallet that two of its devices sign for; returns the session ID.
async fn create_wallet(window: &Window, name: &str, chain: &str, devices: u32) -> String {
    fill_in_wallet(window, name, chain, devices).await;
    window.click(Thing::Button("Create session")).await;
    session_id(window).await
}

async fn session_id(window: &Window) -> String {
    window.text(Thing::Css("[data-testid=session-id]")).await
}

/// Pastes a session ID and joins, up to the question whether to agree.
async fn join(window: &Window, pasted: &str) {
    window.click(Thing::Button("Join")).await;
    window.fill(Thing::Field("Session ID"), pasted).await;
    confirm_session_id(window).await;
}

/// As [`join`], with what was copied in another window.
async fn join_by_clipboard(window: &Window) {
    window.click(Thing::Button("Join")).await;
    window.click(Thing::Field("Session ID")).await;
    window.press(&format!("{}v{}", char::from(Key::Control), char::from(Key::Null))).await;
    confirm_session_id(window).await;
}

async fn confirm_session_id(window: &Window) {
    window.wait_for(Thing::Text("This is a session ID.")).await;
    window.click(Thing::Button("Join session")).await;
    window.wait_for(Thing::Css("[data-testid=proposal]")).await;
}

/// Agrees to the session that is shown, after a look at what it is for.
async fn agree(window: &Window, wallet: &str) {
    let proposal = window.text(Thing::Css("[data-testid=proposal]")).await;
    assert!(proposal.contains(wallet), "the proposal names the wallet: {proposal}");
    window.click(Thing::Button("Agree and join")).await;
    window.wait_until_gone(Thing::Button("Agree and join")).await;
}

/// Waits for the wallet and reads what is shown of it.
async fn shown(window: &Window) -> Shown {
    window.wait_for(Thing::Css("[data-testid=wallet-status]")).await;
    let public_key = window.text(Thing::Css("[data-testid=group-public-key]")).await;
    let words = window.texts(SAFETY_WORDS).await;
    assert_eq!(words.len(), 5, "five safety words: {words:?}");
    Shown { address: window.texts("[data-testid=address]").await.pop(), public_key, words }
}
