//! Solana wallets' money.

use std::time::Duration;

use node::{
    Node,
    snapshot::{
        CiphersuiteView, HeldTokensView, Snapshot, SolanaEffectView, SolanaLedgerView, SolanaSyncView,
        SolanaTransactionView, TokenChangeView, WalletView,
    },
};
use serde_json::json;
use tokio::time::{Instant, timeout_at};

use crate::{
    commands::snapshot,
    output::{Failure, Output},
};

/// Whether it is a Solana wallet that is meant.
pub(crate) fn is_of_solana(node: &Node, wallet: &str) -> bool {
    named(&snapshot(node), wallet).is_some_and(|view| view.ciphersuite == CiphersuiteView::Ed25519)
}

/// Looks a wallet up and prints what it has.
pub(crate) async fn balance(
    node: &Node,
    wallet: &str,
    wait: Duration,
    output: &Output,
) -> Result<(), Failure> {
    let LookedUp { wallet, network, ledger } = looked_up(node, wallet, wait).await?;
    let fields = json!({
        "wallet": wallet,
        "network": network,
        "balance": ledger.balance,
        "tokens": ledger.tokens,
        "tokenCount": ledger.token_count,
        "sync": ledger.sync,
    });
    output.event("balance", fields, &balance_text(&network, &ledger));
    Ok(())
}

/// Looks a wallet up and prints its transactions, one by one or as a table.
pub(crate) async fn history(
    node: &Node,
    wallet: &str,
    csv: bool,
    wait: Duration,
    output: &Output,
) -> Result<(), Failure> {
    let LookedUp { wallet, ledger, .. } = looked_up(node, wallet, wait).await?;
    if csv {
        let table = node.export_history(wallet).await?;
        output.event("history", json!({ "csv": table }), table.trim_end());
        return Ok(());
    }
    if ledger.transactions.is_empty() {
        output.say("Nothing has come to this wallet yet, and nothing has gone.");
    }
    for transaction in &ledger.transactions {
        output.event("transaction_known", transaction, &transaction_text(transaction));
    }
    Ok(())
}

/// A wallet once it was looked up.
struct LookedUp {
    wallet: String,
    network: String,
    ledger: SolanaLedgerView,
}

/// Waits until a wallet was looked up.
async fn looked_up(node: &Node, wallet: &str, wait: Duration) -> Result<LookedUp, Failure> {
    // Says what is wrong with the name.
    node.sync_wallet(wallet.to_owned()).await?;
    let mut snapshots = node.snapshots();
    let until = Instant::now() + wait;
    loop {
        let now = snapshots.borrow_and_update().clone();
        let known = named(&now, wallet)
            .and_then(|view| Some((view.id.clone(), view.network.clone()?, view.solana.clone()?)));
        if let Some((wallet, network, ledger)) = known {
            match &ledger.sync {
                SolanaSyncView::Current { .. } => return Ok(LookedUp { wallet, network, ledger }),
                SolanaSyncView::Failed { error, .. } => return Err(error.clone().into()),
                SolanaSyncView::NoSource => return Err(no_source(&network)),
                SolanaSyncView::Looking => {}
            }
        }
        if !matches!(timeout_at(until, snapshots.changed()).await, Ok(Ok(()))) {
            return Err(Failure::new(
                "timed_out",
                "The server has not told everything in time. Your money is safe. Ask again, or wait longer with --wait.",
            ));
        }
    }
}

fn named<'a>(now: &'a Snapshot, wallet: &str) -> Option<&'a WalletView> {
    let found = now.wallets.iter().find(|view| view.id == wallet);
    found.or_else(|| now.wallets.iter().find(|view| view.name == wallet))
}

fn no_source(network: &str) -> Failure {
    let message = format!(
        "No server is chosen for Solana's {network}, so this device can't tell what the wallet has. Your money is safe. \
         Choose one: permafrost solana-server {network} --url ADDRESS. Without --url it says which public one there is."
    );
    Failure::new("no_source", &message)
}

fn balance_text(network: &str, ledger: &SolanaLedgerView) -> String {
    let sol = ledger.balance.as_deref().unwrap_or_default();
    let mut lines = vec![match network {
        "mainnet" => format!("{sol} SOL"),
        other => format!("{sol} SOL, on {other}: nothing there has a value"),
    }];
    lines.extend(ledger.tokens.iter().map(tokens_text));
    let more = usize::try_from(ledger.token_count).unwrap_or(usize::MAX).saturating_sub(ledger.tokens.len());
    if more > 0 {
        lines.push(format!("{more} more token accounts"));
    }
    lines.join("\n")
}

fn tokens_text(tokens: &HeldTokensView) -> String {
    let HeldTokensView { account, mint, amount, frozen, .. } = tokens;
    let amount = amount.as_deref().unwrap_or("an unknown number of");
    let frozen = if *frozen { ", frozen" } else { "" };
    format!("{amount} tokens {mint} at {account}{frozen}")
}

fn transaction_text(transaction: &SolanaTransactionView) -> String {
    let SolanaTransactionView { id, slot, finalized, failure, effect, label, .. } = transaction;
    let place = if *finalized { "for good" } else { "hardly to be undone" };
    let what = match (failure, effect) {
        (Some(failure), _) => format!("failed ({failure})"),
        (None, Some(effect)) => moved(&effect.sol, "SOL"),
        (None, None) => "what it did is not known".to_owned(),
    };
    let mut lines = vec![format!("{what}  {id}  slot {slot}, {place}")];
    if let Some(SolanaEffectView { tokens, fee, deposit, others, memo, .. }) = effect {
        let change =
            |TokenChangeView { mint, amount }: &TokenChangeView| moved(amount, &format!("tokens {mint}"));
        lines.extend(tokens.iter().map(|tokens| format!("    {}", change(tokens))));
        lines.extend(others.iter().map(|other| format!("    with {other}")));
        lines.extend(fee.iter().map(|fee| format!("    {fee} SOL fee")));
        lines.extend(
            deposit
                .iter()
                .map(|deposit| format!("    {deposit} SOL deposit, locked in the wallet's own marker")),
        );
        lines.extend(memo.iter().map(|memo| format!("    memo “{memo}”")));
    }
    lines.extend(label.iter().map(|label| format!("    “{label}”")));
    lines.join("\n")
}

/// An amount with its direction.
fn moved(amount: &str, what: &str) -> String {
    match amount.strip_prefix('-') {
        Some(size) => format!("−{size} {what}"),
        None if amount == "0" => format!("0 {what}"),
        None => format!("+{amount} {what}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_balance_says_what_there_is_and_what_it_is_worth() {
        let tokens = HeldTokensView {
            account: "Acc".to_owned(),
            mint: "EPj".to_owned(),
            amount: Some("2.5".to_owned()),
            decimals: Some(6),
            frozen: true,
            associated: true,
        };
        let ledger = SolanaLedgerView {
            sync: SolanaSyncView::Current { at: 0 },
            balance: Some("1.25".to_owned()),
            tokens: vec![HeldTokensView { amount: None, frozen: false, ..tokens.clone() }, tokens],
            token_count: 5,
            transactions: Vec::new(),
        };
        assert_eq!(
            balance_text("devnet", &ledger),
            "1.25 SOL, on devnet: nothing there has a value\nan unknown number of tokens EPj at Acc\n2.5 tokens EPj at \
             Acc, frozen\n3 more token accounts"
        );
    }

    #[test]
    fn an_amount_says_where_it_went() {
        assert_eq!(
            [moved("-1.5", "SOL"), moved("2", "SOL"), moved("0", "SOL")],
            ["−1.5 SOL", "+2 SOL", "0 SOL"]
        );
    }
}
