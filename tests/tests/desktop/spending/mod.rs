//! People pay from a wallet that they have.
//!
//! - `bitcoin`: on a real node's network, with what they made here or with another program.
//! - `boat`: the wallet from which they do.
//! - `solana`: on a real engine.

mod bitcoin;
mod boat;
mod solana;

use permafrost_tests::desktop::{Thing, Window};

use crate::{
    desk::without_blanks,
    signing::{answer, open_request},
};

const BALANCE: Thing<'_> = Thing::Css("[data-testid=balance]");

/// A text with amounts, whose digits stand in groups.
async fn amount(window: &Window, thing: Thing<'_>) -> String {
    without_blanks(&window.text(thing).await)
}

/// Opens the only request that waits for this window's person, from wherever they are.
async fn open_request_of(window: &Window, wallet: &str) {
    window.click(Thing::Link(wallet)).await;
    open_request(window).await;
}

/// Says that the words on the screen are those of the others.
async fn words_match(window: &Window) {
    window.click(Thing::Button("They match")).await;
    window.wait_until_gone(Thing::Css("[data-testid=not-verified]")).await;
}

async fn approve(window: &Window) {
    answer(window, "Approve").await;
}
