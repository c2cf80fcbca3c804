//! What people do with a wallet that they have.

use std::path::{Path, PathBuf};

use bitcoin::{
    Address,
    bip32::{ChildNumber, Xpub},
    secp256k1::Secp256k1,
};
use chains::bitcoin::{Account, Keychain, Network};
use permafrost_tests::desktop::{Theme, Thing, Window};
use serde_json::{Value, json};
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
    assert!(read(&svg).contains(&format!("d=\"{}\"", shown_code(&alice).await)), "the code on the screen");
    let png = files.save_address(&alice, "QR code as a picture (PNG)", "address.png").await;
    assert_eq!(squares_that_differ(&alice, &png).await, 0, "the code on the screen");
    desk.photograph(&alice, "saved").await;

    alice.click(Thing::Choice("Details")).await;
    let descriptor = files.save(&alice, "Save Watch-only descriptor", "descriptor.txt").await;
    let descriptor = read(&descriptor).trim().to_owned();
    let on_screen = without_blanks(&alice.text(Thing::Css("[data-testid=descriptor]")).await);
    assert_eq!(descriptor, on_screen, "the file has what the screen shows");
    assert_eq!(first_address_of(&descriptor), address, "and it is the descriptor of that address");
    let public = files.save(&alice, "Save Public data", "public.json").await;
    let public: Value = serde_json::from_str(&read(&public)).unwrap();
    assert_eq!(public["format"], "permafrost-wallet");
    assert_eq!(public["groupPublicKey"], wallet.public_key);
    assert_eq!(public["address"], address);
    assert_eq!(public["descriptor"], descriptor);
    let key = public["groupPublicKey"].as_str().unwrap().parse::<bitcoin::PublicKey>().unwrap();
    let account = Account::new(&key.inner.serialize(), Network::Mainnet).unwrap();
    assert_eq!(account.descriptor(), descriptor, "as it follows from the group's key");
    for (name, keychain) in [("receiveDescriptor", Keychain::Receive), ("changeDescriptor", Keychain::Change)]
    {
        assert_eq!(public[name], account.keychain_descriptor(keychain));
    }
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

/// The path by which a window draws the code of an address.
async fn shown_code(window: &Window) -> String {
    const PATH: &str = "return document.querySelector('[data-testid=address-qr] path').getAttribute('d')";
    let path = window.client().execute(PATH, Vec::new()).await.expect("the code is drawn");
    path.as_str().expect("it has a path").to_owned()
}

/// How many of a code's squares are otherwise in a picture than on the screen, of which a test of the interface reads
/// that it is the address'.
async fn squares_that_differ(window: &Window, picture: &Path) -> u64 {
    const COUNT: &str = r"
        const [bytes, done] = arguments;
        const code = document.querySelector('[data-testid=address-qr]');
        const size = code.viewBox.baseVal.width;
        const path = new Path2D(code.querySelector('path').getAttribute('d'));
        const context = document.createElement('canvas').getContext('2d');
        createImageBitmap(new Blob([new Uint8Array(bytes)], { type: 'image/png' })).then((picture) => {
            Object.assign(context.canvas, { width: picture.width, height: picture.height });
            context.drawImage(picture, 0, 0);
            const square = picture.width / size;
            let differ = 0;
            for (let x = 0.5; x < size; x++) {
                for (let y = 0.5; y < size; y++) {
                    const [red] = context.getImageData(x * square, y * square, 1, 1).data;
                    if (red < 128 !== context.isPointInPath(path, x, y)) differ++;
                }
            }
            done(differ);
        }, (error) => done(String(error)));";
    let bytes = std::fs::read(picture).expect("it was saved");
    let counted = window.client().execute_async(COUNT, vec![json!(bytes)]).await.expect("the page opens it");
    counted.as_u64().unwrap_or_else(|| panic!("no picture: {counted}"))
}

/// The first receive address of a watch-only descriptor, derived without any of our code.
fn first_address_of(descriptor: &str) -> String {
    let key = descriptor
        .strip_prefix("tr(")
        .and_then(|rest| rest.split_once("/<0;1>/*)"))
        .expect("as BIP-389 has it");
    let account: Xpub = key.0.parse().expect("an extended public key");
    let secp = Secp256k1::new();
    let path = [ChildNumber::from(0), ChildNumber::from(0)];
    let child = account.derive_pub(&secp, &path).expect("the first child");
    Address::p2tr(&secp, child.to_x_only_pub(), None, bitcoin::Network::Bitcoin).to_string()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("it was saved")
}
