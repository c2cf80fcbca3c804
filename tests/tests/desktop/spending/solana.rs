use chains::solana::{
    Address, Network,
    rpc::{GetBalance, GetTokenAccounts},
    token::TokenProgram,
};
use permafrost_tests::{
    desktop::{Theme, Thing, Window},
    solana::{
        Solana,
        accounts::{put_mint, put_tokens, somebody},
    },
};
use tokio::task::block_in_place;

use super::{BALANCE, amount, approve, open_request_of, words_match};
use crate::{
    desk::{Desk, agree, create_wallet, join, shown},
    gallery::{hang, hang_long, hang_question},
};

const SOL: u64 = 1_000_000_000;
const DRAFT: Thing<'_> = Thing::Css("[data-testid=draft]");
const TRANSFER: Thing<'_> = Thing::Css("[data-testid=transfer]");

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn two_windows_pay_sol_and_tokens_and_see_them_in_the_history() {
    let node = block_in_place(Solana::start);
    let desk = Desk::start(Theme::Dark, "solana");
    let (alice, bob) = tokio::join!(desk.open("alice"), desk.open("bob"));
    let wallet = make_wallet(&alice, &bob).await;
    let (to, program) = (somebody(), TokenProgram::Token2022);
    let mint = block_in_place(|| {
        node.serve(Network::Mainnet);
        node.fund(wallet, 10 * SOL);
        let mint = put_mint(&node, program, &[]);
        put_tokens(&node, program, mint, wallet, 7_000_000, &[]);
        mint
    });
    look_up_at(&alice, &node).await;
    alice.click(Thing::Link("Orchestra")).await;
    alice.wait_until("the SOL", async || amount(&alice, BALANCE).await.contains("10SOL")).await;
    hang_long(&alice, "money-20-solana-balance", BALANCE).await;

    fill_in_payment(&alice, to, "1.25").await;
    alice.fill(Thing::Field("Memo"), "Rent for March").await;
    hang_long(&alice, "money-21-solana-send", Thing::Heading("Send from a Solana wallet")).await;
    alice.click(Thing::Button("Review")).await;
    hang_long(&alice, "money-22-solana-review", DRAFT).await;
    ask_and_approve(&alice).await;
    open_request_of(&bob, "Orchestra").await;
    let read = amount(&bob, TRANSFER).await;
    for part in ["1.25SOL", &to.to_string(), "RentforMarch"] {
        assert!(read.contains(part), "bob reads {part}: {read}");
    }
    hang_long(&bob, "money-23-solana-asked", TRANSFER).await;
    approve(&bob).await;
    made_for_good(&alice).await;
    hang_long(&alice, "money-24-solana-made", TRANSFER).await;
    assert_eq!(block_in_place(|| node.ask(&GetBalance(to))), Ok(5 * SOL / 4), "the money moved");

    alice.click(Thing::Link("Orchestra")).await;
    fill_in_payment(&alice, to, "2.5").await;
    alice.select(Thing::Field("What is sent"), &format!("7 tokens {mint}")).await;
    alice.click(Thing::Button("Review")).await;
    hang_long(&alice, "money-25-solana-tokens-review", DRAFT).await;
    ask_and_approve(&alice).await;
    open_request_of(&bob, "Orchestra").await;
    let read = amount(&bob, TRANSFER).await;
    for part in ["2.5tokens", &mint.to_string(), &to.to_string()] {
        assert!(read.contains(part), "bob reads {part}: {read}");
    }
    approve(&bob).await;
    made_for_good(&alice).await;
    let held =
        block_in_place(|| node.ask(&GetTokenAccounts { owner: to, program })).expect("the engine tells");
    assert_eq!(held.iter().map(|held| held.account.amount).collect::<Vec<_>>(), [2_500_000]);

    alice.click(Thing::Link("Orchestra")).await;
    alice.click(Thing::Choice("History")).await;
    for paid in ["−1.25 SOL", "−2.5 tokens", "“Rent for March”"] {
        alice.wait_for(Thing::Text(paid)).await;
    }
    hang(&alice, "money-26-solana-history", Thing::Text("“Rent for March”")).await;
    let left = amount(&alice, BALANCE).await;
    assert!(left.contains("4.5") && !left.contains("10SOL"), "the balance is what is left: {left}");
}

async fn make_wallet(alice: &Window, bob: &Window) -> Address {
    let id = create_wallet(alice, "Orchestra", "Solana", 2).await;
    join(bob, &id).await;
    agree(bob, "Orchestra").await;
    let (made, again) = tokio::join!(shown(alice), shown(bob));
    assert_eq!(made, again, "both have the same wallet");
    tokio::join!(words_match(alice), words_match(bob));
    made.address.and_then(|address| address.parse().ok()).expect("a wallet of Solana has one")
}

/// Chooses a server in the settings.
async fn look_up_at(window: &Window, node: &Solana) {
    window.click(Thing::Link("Settings")).await;
    window.click(Thing::Link("Network")).await;
    window.click(Thing::Button("Choose where the Solana main network is looked up")).await;
    window.fill(Thing::Field("Address"), &node.url()).await;
    hang_question(window, "money-19-solana-server", Thing::Button("Use this server")).await;
    window.click(Thing::Button("Use this server")).await;
    window.wait_until_gone(Thing::Button("Use this server")).await;
    window.wait_for(Thing::Text("It answers.")).await;
}

/// Opens the form for a payment from the wallet on the screen.
async fn fill_in_payment(window: &Window, to: Address, amount: &str) {
    window.click(Thing::Button("Send")).await;
    window.fill(Thing::Field("Recipient"), &to.to_string()).await;
    window.fill(Thing::Field("Amount"), amount).await;
}

/// Asks for the payment on the screen and approves it.
async fn ask_and_approve(window: &Window) {
    window.click(Thing::Button("Ask the others")).await;
    window.wait_for(Thing::Css("[data-testid=request-state]")).await;
    approve(window).await;
}

/// Waits until the window shows that the payment is made.
async fn made_for_good(window: &Window) {
    let state = async || window.texts("[data-testid=transfer-state]").await;
    window.wait_until("the payment to be made", async || state().await == ["Made for good"]).await;
}
