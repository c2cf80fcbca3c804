//! Payments from Bitcoin wallets: built, proposed, and sent once they are signed.

use std::{path::Path, time::Duration};

use node::{
    BitcoinBump, BitcoinPayment, Node, ProposeTransaction, RecipientEntry,
    snapshot::{
        BitcoinDraftView, CiphersuiteView, FeeLevelView, FeeRatesView, MeaningView, PublicationView,
        RequestState, SyncView,
    },
};
use serde_json::{Value, json};

use crate::{
    args::Command,
    commands::{is_interactive, snapshot},
    follow::interrupted,
    ledger::{LookedUp, looked_up},
    output::{Failure, Output},
    signing::{self, btc, find},
};

/// How long a wallet's coins are looked up before a payment.
const LOOK_UP: Duration = Duration::from_secs(300);
/// How long a member that knows a request is waited for.
const KNOWN: Duration = Duration::from_secs(60);

/// Whether a wallet is one of Bitcoin.
pub(crate) fn is_bitcoin(node: &Node, wallet: &str) -> bool {
    let now = snapshot(node);
    let found = now.wallets.iter().find(|view| view.id == wallet || view.name == wallet);
    found.is_some_and(|view| view.ciphersuite == CiphersuiteView::Secp256k1Tr)
}

/// Builds a payment, proposes it, approves it, and stays until the network has it.
pub(crate) async fn pay(node: &Node, command: Command, output: &Output) -> Result<(), Failure> {
    let Command::Pay {
        wallet,
        to,
        amount,
        all,
        fee_rate,
        coin,
        label,
        psbt_out,
        expires_in,
        extreme_fee,
        token,
        memo,
        ..
    } = command
    else {
        return Ok(());
    };
    if token.is_some() || memo.is_some() {
        return Err(Failure::new("usage", "Tokens and memos are Solana's. Nothing was paid."));
    }
    let LookedUp { wallet, ledger, .. } = ready(node, &wallet, output).await?;
    let request = node.read_payment_request(wallet.clone(), to).await?;
    let amount = match (amount, all) {
        (_, true) => None,
        (Some(amount), _) => Some(satoshi(&amount)?),
        (None, false) => Some(request.amount.ok_or_else(|| {
            Failure::new(
                "invalid_amount",
                "The payment request states no amount. Nothing was paid. Give one with --amount.",
            )
        })?),
    };
    let payment = BitcoinPayment {
        wallet: wallet.clone(),
        recipients: vec![RecipientEntry { address: request.address, amount }],
        fee_rate: rate(fee_rate, ledger.fee_rates)?,
        coins: coin,
    };
    let draft = node.draft_bitcoin_payment(payment).await?;
    if let Some(file) = psbt_out {
        return write_psbt(&file, &draft, output);
    }
    let label = label.or(request.label);
    accept_fee(&draft, extreme_fee, output)?;
    propose(node, wallet, draft, expires_in, label, output).await
}

/// Builds a replacement with a higher fee, proposes it, approves it, and stays until the network has it.
pub(crate) async fn bump(
    node: &Node,
    bump: BitcoinBump,
    lifetime: u32,
    extreme_fee: bool,
    output: &Output,
) -> Result<(), Failure> {
    let LookedUp { wallet, .. } = ready(node, &bump.wallet, output).await?;
    let draft = node.draft_bitcoin_bump(BitcoinBump { wallet: wallet.clone(), ..bump }).await?;
    accept_fee(&draft, extreme_fee, output)?;
    propose(node, wallet, draft, lifetime, None, output).await
}

/// Who can't be asked whether they mean such a fee pays it only if they have said so.
fn accept_fee(draft: &BitcoinDraftView, accepted: bool, output: &Output) -> Result<(), Failure> {
    let BitcoinDraftView { spend, .. } = draft;
    if spend.fee_level != FeeLevelView::Extreme || accepted || is_interactive(output) {
        return Ok(());
    }
    let message = format!(
        "The fee would be {}, {:.1} sat/vB: that is most likely a mistake. Nobody was asked, and nothing was paid. Give a lower \
         --fee-rate, or --extreme-fee if it is meant to be so.",
        btc(spend.fee),
        spend.fee_rate
    );
    Err(Failure::new("extreme_fee", &message))
}

/// Sends what is signed, whoever proposed it.
pub(crate) async fn publish(node: &Node, request: String, output: &Output) -> Result<(), Failure> {
    let view = find(node, &request, KNOWN).await?;
    ready(node, &view.wallet, output).await?;
    node.publish_transaction(request.clone()).await?;
    sent(node, &request, output).await
}

async fn ready(node: &Node, wallet: &str, output: &Output) -> Result<LookedUp, Failure> {
    let (view, failure) = looked_up(node, wallet, LOOK_UP, output).await?;
    failure.map_or(Ok(view), |error| Err(error.into()))
}

async fn propose(
    node: &Node,
    wallet: String,
    draft: BitcoinDraftView,
    lifetime: u32,
    label: Option<String>,
    output: &Output,
) -> Result<(), Failure> {
    let BitcoinDraftView { psbt, excludes, .. } = draft;
    for other in excludes {
        output.say(&format!(
            "Request {other} is signed and spends the same coins: only one of the two can be paid. Choose others with --coin if \
             both are meant."
        ));
    }
    let transaction = ProposeTransaction { wallet, psbt, lifetime, supersedes: None, send: true, label };
    let request = node.propose_transaction(transaction).await?;
    signing::go_on(node, request.clone(), None, output).await?;
    sent(node, &request, output).await
}

/// Waits until the network has a signed transaction. Ctrl-C leaves that to the next start of the app.
async fn sent(node: &Node, request: &str, output: &Output) -> Result<(), Failure> {
    tokio::select! {
        outcome = publication(node, request, output) => outcome,
        _ = interrupted() => Err(Failure::new(
            "interrupted",
            "Interrupted: the transaction is signed, and perhaps not sent yet. It is sent when this device runs again, in the \
             app or with permafrost publish.",
        )),
    }
}

async fn publication(node: &Node, request: &str, output: &Output) -> Result<(), Failure> {
    let mut snapshots = node.snapshots();
    let mut last = Value::Null;
    loop {
        let now = snapshots.borrow_and_update().clone();
        let view = now.requests.iter().find(|view| view.id == request);
        let signed = view.filter(|view| view.state == RequestState::Signed);
        if let Some((view, MeaningView::Bitcoin(spend))) = signed.map(|view| (view, &view.meaning)) {
            let wallet = now.wallets.iter().find(|wallet| wallet.id == view.wallet);
            let sync = wallet.and_then(|wallet| wallet.ledger.as_ref()).map(|ledger| &ledger.sync);
            match &spend.publication {
                Some(PublicationView::Pending | PublicationView::Confirmed { .. }) => {
                    let text = format!("Transaction {} is sent; nodes have it.", spend.txid);
                    output.event("published", json!({ "request": request, "txid": spend.txid }), &text);
                    return Ok(());
                }
                Some(PublicationView::Unsent { problem: Some(problem), .. }) => {
                    return Err(
                        Failure::new(&problem.code, &problem.message).with("txid", spend.txid.clone())
                    );
                }
                Some(PublicationView::Replaced { by }) => {
                    let message = format!("Transaction {by} spends the same coins, so this one is not made.");
                    return Err(Failure::new("replaced", &message).with("by", by.clone()));
                }
                Some(PublicationView::Unsent { .. } | PublicationView::Unknown { .. }) | None => {
                    if let Some(SyncView::Failed { error, .. }) = sync
                        && last != json!(error)
                    {
                        output.event("problem", error, &error.message);
                        last = json!(error);
                    }
                }
            }
        }
        snapshots.changed().await.map_err(|_| node::NodeError::Closed)?;
    }
}

fn write_psbt(file: &Path, draft: &BitcoinDraftView, output: &Output) -> Result<(), Failure> {
    std::fs::write(file, draft.psbt.clone() + "\n")
        .map_err(|error| Failure::new("file", &format!("The transaction could not be written: {error}.")))?;
    let text = format!("Written to {}. Nobody was asked to sign it.", file.display());
    output.event("drafted", draft, &text);
    Ok(())
}

/// What was given, or what is usual.
fn rate(given: Option<f64>, usual: Option<FeeRatesView>) -> Result<f64, Failure> {
    given.or(usual.map(|rates| rates.medium)).ok_or_else(|| {
        Failure::new(
            "invalid_fee_rate",
            "Nothing is known here of usual fees. Nothing was paid. Give one with --fee-rate, in satoshi for each virtual byte.",
        )
    })
}

/// From bitcoin to satoshi, exactly.
fn satoshi(amount: &str) -> Result<u64, Failure> {
    node::satoshi(amount).ok_or_else(|| {
        Failure::new(
            "invalid_amount",
            "That is no amount of bitcoin. Nothing was paid. It has digits and at most one point, with up to eight decimals.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fee_is_what_was_asked_for_or_else_what_is_usual() {
        let usual = FeeRatesView { fast: 9.0, medium: 5.0, slow: 1.0 };
        assert_eq!(rate(Some(2.5), Some(usual)).unwrap(), 2.5);
        assert_eq!(rate(None, Some(usual)).unwrap(), 5.0);
        assert!(rate(None, None).is_err(), "none is made up");
    }

    #[test]
    fn amounts_are_read_exactly() {
        assert_eq!(satoshi("0.29").unwrap(), 29_000_000);
        assert_eq!(satoshi("1").unwrap(), 100_000_000);
        for bad in ["", "1,5", "-1", "0.000000001", "22000000"] {
            assert!(satoshi(bad).is_err(), "{bad}");
        }
    }
}
