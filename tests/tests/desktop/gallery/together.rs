use permafrost_tests::{
    desktop::{Theme, Thing, Window},
    puppet::{Kind, Puppet, Who, hold, honest},
};
use tokio::task::block_in_place;

use super::{hang, hang_question};
use crate::desk::{Desk, agree, create_wallet, shown};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn gallery_of_a_session_and_its_wallet() {
    let desk = Desk::start(Theme::Light, "gallery");
    let (alice, bob) = tokio::join!(desk.open("alice"), desk.open("bob"));
    let id = create_wallet(&alice, "Family savings", "Bitcoin", 3).await;
    hang(&alice, "20-session-new", Thing::Css("[data-testid=session-qr]")).await;
    bob.click(Thing::Link("Join")).await;
    bob.fill(Thing::Field("Session ID"), &id).await;
    hang(&bob, "21-join-found", Thing::Text("This is a session ID.")).await;
    bob.click(Thing::Button("Join session")).await;
    hang(&bob, "22-consent", Thing::Css("[data-testid=proposal]")).await;
    hang_question(&bob, "22-consent-buttons", Thing::Button("Agree and join")).await;
    agree(&bob, "Family savings").await;
    alice.wait_for(Thing::Text("2 of 3 have joined")).await;
    hang(&alice, "23-session-waiting", Thing::Heading("Participants")).await;
    hang(&bob, "24-session-agreed", Thing::Heading("Participants")).await;
    alice.click(Thing::Button("Cancel session")).await;
    hang_question(&alice, "25-session-cancel", Thing::Heading("Cancel this session?")).await;
    alice.click(Thing::Button("Stay")).await;
    alice.ask_to_close("alice").await;
    hang_question(&alice, "26-close", Thing::Css("[data-testid=closing-sessions]")).await;
    alice.click(Thing::Button("Stay")).await;

    let charlie = Who::new("charlie");
    let mut puppet = block_in_place(|| Puppet::join(&charlie, &id, hold(Kind::Round2)));
    block_in_place(|| puppet.holds(Kind::Round2));
    hang(&alice, "27-session-in-progress", Thing::Text("Waiting for charlie.")).await;
    puppet.release();
    hang(&alice, "30-verify", Thing::Heading("Compare the safety words")).await;
    hang(&alice, "31-receive-not-verified", Thing::Css("[data-testid=not-verified]")).await;
    alice.click(Thing::Link("Home")).await;
    hang(&alice, "32-home-not-verified", Thing::Text("“Family savings” is not verified")).await;
    alice.click(Thing::Css("nav a[href*='#/session/']")).await;
    hang(&alice, "33-session-completed", Thing::Text("The wallet is ready")).await;
    alice.click(Thing::Button("Open wallet")).await;
    alice.click(Thing::Button("They match")).await;
    alice.wait_until_gone(Thing::Css("[data-testid=not-verified]")).await;
    tokio::join!(of_the_wallet(&alice), of_the_quarantine(&bob));

    of_signing(&alice).await;
    alice.click(Thing::Link("Home")).await;
    hang(&alice, "44-home", Thing::Heading("Wallets")).await;
    alice.click(Thing::Link("Contacts")).await;
    hang(&alice, "45-contacts", Thing::Link("charlie")).await;
    alice.click(Thing::Link("charlie")).await;
    hang(&alice, "46-contact", Thing::Css("[data-testid=contact-status]")).await;
    alice.click(Thing::Button("Forget contact")).await;
    hang_question(&alice, "47-contact-forget", Thing::Heading("Forget charlie?")).await;
    alice.click(Thing::Button("Cancel")).await;
    of_a_stranger_with_a_known_name(&alice).await;
}

async fn of_the_wallet(alice: &Window) {
    hang(alice, "34-receive", Thing::Css("[data-testid=address]")).await;
    alice.click(Thing::Button("Save address")).await;
    hang_question(alice, "35-receive-save", Thing::Button("Address as text")).await;
    alice.press("\u{e00c}").await;
    alice.click(Thing::Button("New address")).await;
    hang(alice, "36-receive-second", Thing::Text("Address no. 2")).await;
    alice.click(Thing::Choice("Members")).await;
    hang(alice, "37-members", Thing::Css("[data-testid=member]")).await;
    alice.click(Thing::Choice("Details")).await;
    hang(alice, "38-details", Thing::Heading("About this wallet")).await;
    hang(alice, "39-details-exports", Thing::Button("Save Certificate")).await;
    alice.fill(Thing::Field("Certificate"), "{}").await;
    alice.click(Thing::Button("Check")).await;
    hang_question(alice, "40-details-certificate-wrong", Thing::Css("[role=alert], [aria-invalid=true]"))
        .await;
    hang(alice, "41-details-end", Thing::Button("Remove wallet")).await;
    alice.click(Thing::Button("Remove wallet")).await;
    hang_question(alice, "42-remove", Thing::Css("[data-testid=what-is-lost]")).await;
    alice.click(Thing::Button("Keep it")).await;
    alice.click(Thing::Button("Rename")).await;
    hang_question(alice, "43-rename", Thing::Field("Wallet name")).await;
    alice.click(Thing::Button("Cancel")).await;
}

/// What one device sees of signing; the others never answer.
async fn of_signing(alice: &Window) {
    alice.click(Thing::Link("Family savings")).await;
    hang(alice, "90-balance", Thing::Css("[data-testid=balance]")).await;
    alice.click(Thing::Button("Sign a message")).await;
    hang(alice, "91-sign", Thing::Field("Text")).await;
    alice.fill(Thing::Field("Text"), "We accept the offer of 14 May.").await;
    alice.click(Thing::Button("Ask for signatures")).await;
    hang(alice, "92-request", Thing::Css("[data-testid=request-state]")).await;
    alice.click(Thing::Button("Approve")).await;
    hang_question(alice, "93-request-approve", Thing::Css("[role=alertdialog] .buttons button")).await;
    alice.click(Thing::Css("[role=alertdialog] .buttons button")).await;
    alice.click(Thing::Link("Requests")).await;
    hang(alice, "94-requests", Thing::Css("[data-testid=request]")).await;
    alice.click(Thing::Button("Verify a signed message")).await;
    hang(alice, "95-verify-message", Thing::Field("Signed message")).await;
    alice.click(Thing::Link("Family savings")).await;
    alice.click(Thing::Button("Sign a transaction")).await;
    hang(alice, "96-spend", Thing::Field("Transaction (PSBT)")).await;

    alice.click(Thing::Link("Family savings")).await;
    alice.click(Thing::Button("Choose where to look")).await;
    alice.fill(Thing::Field("Address"), "http://127.0.0.1:9/").await;
    alice.fill(Thing::Field("Cookie file"), "/nonexistent/.cookie").await;
    hang_question(alice, "97-settings-node", Thing::Button("Use this node")).await;
    alice.click(Thing::Button("Use this node")).await;
    alice.wait_until_gone(Thing::Button("Use this node")).await;
    alice.click(Thing::Link("Family savings")).await;
    hang(alice, "98-balance-failed", Thing::Css("[data-testid=balance-failed]")).await;
    alice.click(Thing::Choice("History")).await;
    hang(alice, "99-history", Thing::Text("Nothing yet.")).await;
}

async fn of_the_quarantine(bob: &Window) {
    shown(bob).await;
    bob.click(Thing::Button("They don’t match")).await;
    hang_question(bob, "48-differ", Thing::Button("Quarantine the wallet")).await;
    bob.click(Thing::Button("Quarantine the wallet")).await;
    hang(bob, "49-quarantined", Thing::Css("[data-testid=quarantined]")).await;
}

async fn of_a_stranger_with_a_known_name(alice: &Window) {
    let id = create_wallet(alice, "Rent", "Solana", 3).await;
    let impostor = Who::new("charlie");
    let _puppet = block_in_place(|| Puppet::join(&impostor, &id, honest()));
    hang(alice, "28-session-same-name", Thing::Text("Same name, another device")).await;
    alice.click(Thing::Button("charlie")).await;
    hang_question(alice, "28-session-same-name-words", Thing::Css("[data-testid=name-taken]")).await;
    alice.click(Thing::Button("Close")).await;
    alice.click(Thing::Button("Cancel session")).await;
    alice.click(Thing::Button("Cancel session")).await;
    hang(alice, "29-session-cancelled", Thing::Css("[data-testid=session-failure]")).await;
}
