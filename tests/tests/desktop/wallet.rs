//! What people do with a wallet that they have.

use std::path::{Path, PathBuf};

use permafrost_tests::desktop::{Theme, Thing, Window};
use serde_json::Value;
use tempfile::TempDir;

use crate::desk::{Desk, Shown, agree, create_wallet, join, shown, without_blanks};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn what_is_saved_of_a_wallet_is_right_and_its_certificate_is_found_genuine_elsewhere() {
    let desk = Desk::start(Theme::Light, "export");
    let (alice, bob) = tokio::join!(desk.open("alice"), desk.open("bob"));
    let wallet = two_make_a_wallet(&alice, &bob, "Boat", "Bitcoin").await;
    let address = wallet.address.expect("a Bitcoin wallet has an address");
    let files = Files::new();

    let text = files.save_address(&alice, "Address as text", "address.txt").await;
    assert_eq!(read(&text).trim(), address);
    let svg = files.save_address(&alice, "QR code as a drawing (SVG)", "address.svg").await;
    assert!(read(&svg).starts_with("<svg"), "a drawing");
    let png = files.save_address(&alice, "QR code as a picture (PNG)", "address.png").await;
    assert!(std::fs::read(&png).unwrap().starts_with(b"\x89PNG"), "a picture");
    desk.photograph(&alice, "saved").await;

    alice.click(Thing::Choice("Details")).await;
    let descriptor = files.save(&alice, "Save Watch-only descriptor", "descriptor.txt").await;
    assert_eq!(
        read(&descriptor).trim(),
        without_blanks(&alice.text(Thing::Css("[data-testid=descriptor]")).await),
        "the file has what the screen shows"
    );
    let public = files.save(&alice, "Save Public data", "public.json").await;
    let public: Value = serde_json::from_str(&read(&public)).unwrap();
    assert_eq!(public["format"], "permafrost-wallet");
    assert_eq!(public["groupPublicKey"], wallet.public_key);
    assert_eq!(public["members"].as_array().map(Vec::len), Some(2));
    let certificate = files.save(&alice, "Save Certificate", "certificate.json").await;
    desk.photograph(&alice, "details").await;

    bob.click(Thing::Choice("Details")).await;
    bob.choose_file("input[type=file][accept*=json]", &certificate).await;
    let found = bob.text(Thing::Css("[data-testid=certificate-valid]")).await;
    assert!(found.contains("It is the certificate of this wallet."), "{found}");
    desk.photograph(&bob, "certificate").await;

    // A picture of an address is a code, and no session's.
    bob.click(Thing::Link("Join")).await;
    bob.choose_file("input[type=file][accept*=image]", &png).await;
    bob.wait_for(Thing::Text("The code in this picture holds no session ID.")).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn a_wallet_is_renamed_paid_at_a_new_address_and_removed_for_good() {
    let desk = Desk::start(Theme::Dark, "wallet");
    let (alice, bob) = tokio::join!(desk.open("alice"), desk.open("bob"));
    let wallet = two_make_a_wallet(&alice, &bob, "Boat", "Bitcoin").await;

    alice.click(Thing::Button("New address")).await;
    alice.wait_for(Thing::Text("Address no. 2")).await;
    alice
        .wait_until("another address", async || {
            let shown = alice.texts("[data-testid=address]").await.pop();
            shown.is_some_and(|shown| Some(without_blanks(&shown)) != wallet.address)
        })
        .await;
    let second = alice.text(Thing::Css("[data-testid=address]")).await;

    alice.click(Thing::Button("Rename")).await;
    alice.fill(Thing::Field("Wallet name"), "Sailing boat").await;
    desk.photograph(&alice, "rename").await;
    alice.click(Thing::Button("Save name")).await;
    alice.wait_for(Thing::Heading("Sailing boat")).await;
    alice.close().await;
    let alice = desk.open("alice").await;
    alice.click(Thing::Link("Sailing boat")).await;
    alice.wait_for(Thing::Text("Address no. 2")).await;
    assert_eq!(alice.text(Thing::Css("[data-testid=address]")).await, second, "it is remembered");
    assert!(bob.shows(Thing::Heading("Boat")).await, "the others keep their own name for it");

    alice.click(Thing::Choice("Members")).await;
    desk.photograph(&alice, "members").await;
    alice.click(Thing::Choice("Details")).await;
    alice.click(Thing::Button("Remove wallet")).await;
    let loss = alice.text(Thing::Css("[data-testid=what-is-lost]")).await;
    assert!(loss.contains("lost for good"), "one of two shares is not enough: {loss}");
    desk.photograph(&alice, "remove").await;
    alice.fill(Thing::Field("Type “Sailing boat” to confirm"), "Sailing boat").await;
    alice.click(Thing::Button("Remove it for good")).await;
    alice.wait_for(Thing::Heading("Home")).await;
    alice.close().await;
    let alice = desk.open("alice").await;
    alice.wait_for(Thing::Heading("Home")).await;
    assert!(!alice.shows(Thing::Link("Sailing boat")).await, "it stays away");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn words_that_differ_put_a_wallet_into_quarantine_and_it_shows_no_address() {
    let desk = Desk::start(Theme::Light, "quarantine");
    let (alice, bob) = tokio::join!(desk.open("alice"), desk.open("bob"));
    two_make_a_wallet(&alice, &bob, "Doubtful", "Solana").await;
    alice.click(Thing::Button("They don’t match")).await;
    desk.photograph(&alice, "question").await;
    alice.click(Thing::Button("Quarantine the wallet")).await;
    alice.wait_for(Thing::Css("[data-testid=quarantined]")).await;
    assert!(!alice.shows(Thing::Css("[data-testid=address]")).await, "no money goes there");
    desk.photograph(&alice, "wallet").await;
}

async fn two_make_a_wallet(alice: &Window, bob: &Window, name: &str, chain: &str) -> Shown {
    let id = create_wallet(alice, name, chain, 2).await;
    join(bob, &id).await;
    agree(bob, name).await;
    let (shown, again) = tokio::join!(shown(alice), shown(bob));
    assert_eq!(shown, again, "both have the same wallet");
    shown
}

/// A folder into which a person saves.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    async fn save(&self, window: &Window, button: &str, name: &str) -> PathBuf {
        let path = self.0.path().join(name);
        window.click(Thing::Button(button)).await;
        window.save_as(&path).await;
        path
    }

    async fn save_address(&self, window: &Window, entry: &str, name: &str) -> PathBuf {
        window.click(Thing::Button("Save address")).await;
        self.save(window, entry, name).await
    }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("it was saved")
}
