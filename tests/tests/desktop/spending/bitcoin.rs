use permafrost_tests::desktop::{Thing, Window};

use super::{
    amount, approve,
    boat::{Boat, look_up_at},
    open_request_of,
};
use crate::{
    desk::shown,
    gallery::{hang, hang_long, hang_question},
};

const SPEND: Thing<'_> = Thing::Css("[data-testid=spend]");
const TOTAL: Thing<'_> = Thing::Css("[data-testid=total]");

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn two_windows_pay_from_a_wallet_of_three_while_the_third_is_off_and_raise_the_fee() {
    let boat = Boat::launch("spending").await;
    let (alice, bob) = (&boat.alice, &boat.bob);
    alice.click(Thing::Choice("Receive")).await;
    let next = shown(alice).await.address.expect("there is another one");
    assert_ne!(next, boat.address, "one that got something is not shown any more");
    boat.desk.photograph(alice, "received").await;

    let to = boat.their_address();
    begin_payment(alice, &to, "5").await;
    alice.fill(Thing::Field("Amount"), "0.5").await;
    alice.fill(Thing::Field("Note"), "Mooring for the summer").await;
    hang_long(alice, "money-01-send", Thing::Heading("Send bitcoin")).await;
    review(alice).await;
    hang_long(alice, "money-02-review", TOTAL).await;
    ask(alice).await;
    hang_long(alice, "money-03-own-request", SPEND).await;
    approve(alice).await;
    open_request_of(bob, "Boat").await;
    let read = amount(bob, SPEND).await;
    assert!(read.contains(&to) && read.contains("0.50000000"), "bob reads whom and how much: {read}");
    hang_long(bob, "money-04-asked", SPEND).await;
    approve(bob).await;
    boat.is("Sent").await;
    hang_long(alice, "money-05-sent", Thing::Button("Raise the fee")).await;
    let first = boat.txid().await;
    assert_eq!((boat.pool(), boat.received_at(&to, 0)), (vec![first.clone()], 0.5), "the node has it");

    look_up_at(bob, &boat.node).await;
    alice.click(Thing::Button("Raise the fee")).await;
    alice.fill(Thing::Field("Fee rate in sat/vB"), "20").await;
    hang_question(alice, "money-06-raise-fee", Thing::Button("Review")).await;
    review(alice).await;
    let replaced = alice.text(Thing::Css("[data-testid=review-replaces]")).await;
    assert!(replaced.contains(&first), "alice reads what is replaced: {replaced}");
    hang_long(alice, "money-07-raise-fee-review", TOTAL).await;
    ask(alice).await;
    approve(alice).await;
    open_request_of(bob, "Boat").await;
    let replaced = amount(bob, Thing::Css("[data-testid=replaces]")).await;
    assert!(replaced.contains("0.50000000"), "bob reads which payment it replaces: {replaced}");
    hang_long(bob, "money-08-raise-fee-asked", SPEND).await;
    approve(bob).await;
    boat.is("Sent").await;
    let second = boat.txid().await;
    assert_ne!(second, first);
    assert_eq!(boat.pool(), [second], "the node has dropped the first");
    alice.click(Thing::Link("Requests")).await;
    hang(alice, "money-09-requests", Thing::Text("Another took its place")).await;

    boat.mine().await;
    boat.has("0.2499").await;
    assert_eq!(boat.received_at(&to, 1), 0.5, "the recipient gets as much as before");
    alice.click(Thing::Choice("History")).await;
    alice.wait_for(Thing::Text("Mooring for the summer")).await;
    hang(alice, "money-10-history", Thing::Text("1 confirmation")).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn two_windows_sign_what_another_program_made_and_then_send_all_that_is_left() {
    let boat = Boat::launch("other-program").await;
    let (alice, bob) = (&boat.alice, &boat.bob);
    let (to, folder) = (boat.their_address(), boat.desk.cluster.folder());
    boat.watch().await;
    let file = folder.join("made-elsewhere.psbt");
    std::fs::write(&file, boat.made_elsewhere(&to, 0.2).serialize()).expect("the folder can be written to");

    alice.click(Thing::Button("Sign a transaction from another program")).await;
    alice.choose_file("main input[type=file]", &file).await;
    let field = Thing::Field("Transaction (PSBT)");
    alice.wait_until("the file to be read", async || !alice.value(field).await.is_empty()).await;
    hang(alice, "money-11-psbt", field).await;
    alice.click(Thing::Button("Ask for signatures")).await;
    alice.wait_for(SPEND).await;
    approve(alice).await;
    open_request_of(bob, "Boat").await;
    let read = amount(bob, SPEND).await;
    assert!(read.contains(&to) && read.contains("0.20000000"), "bob reads whom and how much: {read}");
    assert!(read.contains("Backtothiswallet"), "and that the rest comes back: {read}");
    hang_long(bob, "money-12-psbt-asked", SPEND).await;
    approve(bob).await;

    boat.is("Signed, not sent").await;
    alice.click(Thing::Button("Publish it with another program")).await;
    hang_long(alice, "money-13-psbt-signed", Thing::Button("Send it now")).await;
    let saved = folder.join("signed.txt");
    alice.click(Thing::Button("Save Signed transaction")).await;
    alice.save_as(&saved).await;
    let hex = std::fs::read_to_string(&saved).expect("it was saved");
    assert_eq!(boat.would_take(hex.trim()).to_string(), boat.txid().await);
    assert_eq!(boat.pool(), [""; 0], "nobody has sent it");
    alice.click(Thing::Button("Send it now")).await;
    boat.is("Sent").await;
    assert_eq!((boat.pool(), boat.received_at(&to, 0)), (vec![boat.txid().await], 0.2));
    boat.mine().await;
    boat.has("0.5499").await;

    begin_payment(alice, &to, "2").await;
    alice.click(Thing::Button("Everything")).await;
    hang_long(alice, "money-14-send-everything", Thing::Heading("Send bitcoin")).await;
    review(alice).await;
    let all = format!("{:.8}", boat.watched_balance());
    let total = amount(alice, TOTAL).await;
    assert!(total.contains(&all), "all of {all} leaves: {total}");
    ask(alice).await;
    approve(alice).await;
    open_request_of(bob, "Boat").await;
    approve(bob).await;
    boat.is("Sent").await;
    boat.mine().await;
    boat.has("0.00000000").await;
    assert_eq!(boat.watched_balance(), 0.0, "as the node says");
}

/// Opens the form for a payment from the wallet on the screen.
async fn begin_payment(window: &Window, to: &str, fee_rate: &str) {
    window.click(Thing::Button("Send")).await;
    window.fill(Thing::Field("To"), to).await;
    window.fill(Thing::Field("Fee rate in sat/vB"), fee_rate).await;
}

async fn review(window: &Window) {
    window.click(Thing::Button("Review")).await;
    window.wait_for(TOTAL).await;
}

/// Asks for what is under review; ends with the request on the screen.
async fn ask(window: &Window) {
    window.click(Thing::Button("Ask the others")).await;
    window.wait_for(Thing::Css("[data-testid=request-state]")).await;
}
