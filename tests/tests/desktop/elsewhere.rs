//! People look elsewhere: notifications, the tray, a locked screen, and where a window comes back.

use permafrost_tests::desktop::{Theme, Thing};
use tokio::task::block_in_place;

use crate::{
    desk::{Desk, agree, create_wallet, fill_in_wallet, join, lock_with_passphrase, unlock},
    session_bus::{Note, SessionBus},
};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn a_closed_window_is_in_the_tray_tells_who_asks_to_join_and_comes_back() {
    let desk = Desk::start(Theme::Light, "tray");
    let bus = block_in_place(|| SessionBus::start(&desk.cluster.secrets));
    let (alice, bob) = tokio::join!(desk.open("alice"), desk.open("bob"));
    alice.click(Thing::Link("Settings")).await;
    alice.click(Thing::Choice("Keep running in the tray")).await;
    alice.wait_until("an icon in the tray", async || block_in_place(|| bus.icons()) == 1).await;
    assert_eq!(
        block_in_place(|| bus.menu()),
        ["Show Permafrost", "Lock Permafrost", "Quit Permafrost"],
        "the menu has what is needed of a window that is not there"
    );

    fill_in_wallet(&alice, "Chess club", "Bitcoin", 2).await;
    alice.click(Thing::Choice("Announce the session on the server")).await;
    alice.click(Thing::Button("Create session")).await;
    alice.wait_for(Thing::Css("[data-testid=session-id]")).await;
    alice.ask_to_close("alice").await;
    alice.wait_until("the window to be hidden", async || !alice.is_on_screen("alice")).await;

    bob.click(Thing::Link("Join")).await;
    bob.click(Thing::Button("Ask to join Chess club")).await;
    let asks = |note: &&Note| note.title == "bob asks to join";
    bob.wait_until("alice to be told", async || bus.notes().iter().any(|note| asks(&note))).await;
    let note = bus.notes().iter().find(asks).cloned().expect("it was there");
    assert!(note.body.contains("Chess club"), "the notification says where: {}", note.body);
    let comes_back = async || {
        // Who shows a notification listens for clicks a moment later.
        block_in_place(|| bus.click(&note));
        alice.is_on_screen("alice")
    };
    alice.wait_until("the window to come back", comes_back).await;
    alice.click(Thing::Button("Admit bob")).await;

    alice.ask_to_close("alice").await;
    alice.wait_until("the window to be hidden", async || !alice.is_on_screen("alice")).await;
    block_in_place(|| bus.choose("Show Permafrost"));
    alice.wait_until("the window to come back", async || alice.is_on_screen("alice")).await;
    block_in_place(|| bus.choose("Quit Permafrost"));
    alice.wait_for(Thing::Css("[data-testid=closing-sessions]")).await;
    alice.click(Thing::Button("Stay")).await;
    agree(&bob, "Chess club").await;
    alice.wait_for(Thing::Css("[data-testid=wallet-status]")).await;

    alice.click(Thing::Link("Settings")).await;
    alice.click(Thing::Choice("Keep running in the tray")).await;
    alice.wait_until("the tray to be empty", async || block_in_place(|| bus.icons()) == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn whoever_wants_no_notifications_gets_none() {
    let desk = Desk::start(Theme::Light, "quiet");
    let bus = block_in_place(|| SessionBus::start(&desk.cluster.secrets));
    let (alice, bob) = tokio::join!(desk.open("alice"), desk.open("bob"));
    bob.click(Thing::Link("Settings")).await;
    bob.click(Thing::Choice("Notifications")).await;
    let id = create_wallet(&alice, "Quiet", "Solana", 2).await;
    join(&bob, &id).await;
    alice.look_elsewhere().await;
    bob.look_elsewhere().await;
    agree(&bob, "Quiet").await;
    alice.wait_until("alice to be told", async || !bus.notes().is_empty()).await;
    bob.wait_for(Thing::Css("[data-testid=wallet-status]")).await;
    let titles: Vec<_> = bus.notes().into_iter().map(|note| note.title).collect();
    assert_eq!(titles, ["“Quiet” is ready"], "one of two is told");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn the_app_is_locked_with_the_screen_if_its_settings_say_so() {
    let desk = Desk::start(Theme::Dark, "screen-lock");
    let bus = block_in_place(|| SessionBus::start(&desk.cluster.secrets));
    let alice = desk.open("alice").await;
    lock_with_passphrase(&alice).await;
    unlock(&alice).await;

    block_in_place(|| bus.say_screen_locked(false));
    block_in_place(|| bus.say_screen_locked(true));
    alice.wait_for(Thing::Css("[data-testid=lock]")).await;
    unlock(&alice).await;

    alice.click(Thing::Choice("Lock with the system")).await;
    alice
        .wait_until("the setting to be stored", async || {
            let switch = alice.wait_for(Thing::Choice("Lock with the system")).await;
            switch.attr("aria-checked").await.is_ok_and(|checked| checked.as_deref() == Some("false"))
        })
        .await;
    block_in_place(|| bus.say_screen_locked(true));
    // What is asked for after the signal is answered after it.
    alice.click(Thing::Link("Diagnostics")).await;
    alice.click(Thing::Button("Look at the text")).await;
    alice.wait_for(Thing::Css("[data-testid=diagnostics]")).await;
    assert!(!alice.shows(Thing::Css("[data-testid=lock]")).await, "it was told not to");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn a_window_comes_back_where_it_was_and_as_large() {
    let desk = Desk::start(Theme::Light, "place");
    let alice = desk.open("alice").await;
    alice.place("alice", [120, 80, 900, 640]).await;
    // Closing by its cross is what keeps the place.
    alice.ask_to_close("alice").await;
    alice.wait_until("the window to be gone", async || !alice.is_on_screen("alice")).await;
    alice.close().await;
    let alice = desk.open("alice").await;
    alice
        .wait_until("the window where it was", async || alice.place_of("alice") == Some([120, 80, 900, 640]))
        .await;
}
