//! Bitcoin wallets' money, and where it is looked up.

use std::{io::Read as _, path::Path, time::Duration};

use node::{
    Node,
    snapshot::{
        BalanceView, ChainSource, ChainSourceEntry, ChainSourceView, ErrorView, KeystoreStatus, LedgerView,
        PositionView, SyncView, TransactionView,
    },
};
use serde_json::json;
use tokio::time::{Instant, timeout_at};

use crate::{
    args::Command,
    bitcoin::is_bitcoin,
    commands::snapshot,
    output::{Failure, Output},
    signing::btc,
};

/// The most bytes of a file with notes that are read; the node refuses fewer.
const LARGEST_LABELS: u64 = 8 * 1024 * 1024;

/// Chooses where a network is looked up, or nowhere, and shows what is chosen.
pub(crate) async fn bitcoin_node(
    node: &Node,
    network: String,
    source: Option<ChainSourceEntry>,
    none: bool,
    output: &Output,
) -> Result<(), Failure> {
    if source.is_some() || none {
        node.set_chain_source(network.clone(), source).await?;
    }
    let now = snapshot(node);
    let view = now.chain_sources.iter().find(|source| source.network == network);
    let view = view.ok_or_else(|| {
        Failure::new("invalid_network", "Bitcoin's networks are mainnet, testnet4, signet and regtest.")
    })?;
    let ChainSourceView { network, source, suggested } = view;
    let text = match source {
        Some(ChainSource::Esplora { url }) => format!(
            "Bitcoin's {network} is looked up at {url}. Whoever runs it learns the wallets' addresses and this computer's."
        ),
        Some(ChainSource::Node { url, cookie_file }) => format!(
            "Bitcoin's {network} is looked up at {url}, with the password in {cookie_file}. The node learns no address."
        ),
        Some(ChainSource::NodeWithUser { url, user, has_password: true }) => format!(
            "Bitcoin's {network} is looked up at {url} by the user {user}, with the password in this device's keystore. The node learns no address."
        ),
        Some(ChainSource::NodeWithUser { url, user, has_password: false }) => format!(
            "Bitcoin's {network} is to be looked up at {url} by the user {user}, whose password is not in this device's keystore: give it again with --url and --user."
        ),
        None => {
            let public = suggested.as_ref().map(|url| {
                format!(
                    " A public Esplora server is {url}; it learns the wallets' addresses and this computer's."
                )
            });
            format!(
                "Nothing is chosen for Bitcoin's {network}, so nothing is looked up or sent there.{}",
                public.unwrap_or_default()
            )
        }
    };
    output.event("bitcoin_node", view, &text);
    Ok(())
}

/// Whether a command needs a password in the keystore: one that it sets or removes, or with which it asks a node.
pub(crate) fn needs_keystore(node: &Node, command: &Command) -> bool {
    let now = snapshot(node);
    let has_password = |network: &str| {
        let mut sources = now.chain_sources.iter().filter(|source| source.network == network);
        sources.any(|source| matches!(source.source, Some(ChainSource::NodeWithUser { .. })))
    };
    match command {
        Command::BitcoinNode { user: Some(_), .. } => true,
        Command::BitcoinNode { network, url, esplora, none, .. } => {
            (url.is_some() || esplora.is_some() || *none) && has_password(network)
        }
        // Where it can't be opened, what was known before is shown all the same.
        Command::Balance { wallet, .. } | Command::History { wallet, .. } | Command::Coins { wallet, .. } => {
            let mut named = now.wallets.iter().filter(|view| view.id == *wallet || view.name == *wallet);
            matches!(now.keystore.status, KeystoreStatus::NeedsPassphrase { .. })
                && is_bitcoin(node, wallet)
                && named.any(|view| view.network.as_deref().is_some_and(has_password))
        }
        _ => false,
    }
}

/// Looks a wallet up and prints what it has.
pub(crate) async fn balance(
    node: &Node,
    wallet: &str,
    wait: Duration,
    output: &Output,
) -> Result<(), Failure> {
    let (view, failure) = looked_up(node, wallet, wait, output).await?;
    if let Some(balance) = &view.ledger.balance {
        let fields = json!({ "wallet": view.wallet, "network": view.network, "balance": balance, "sync": view.ledger.sync });
        output.event("balance", fields, &balance_text(&view.network, balance, &view.ledger.sync));
    }
    failure.map_or(Ok(()), |error| Err(error.into()))
}

/// Looks a wallet up and prints all its transactions, one by one or as a table.
pub(crate) async fn history(
    node: &Node,
    wallet: &str,
    csv: bool,
    wait: Duration,
    output: &Output,
) -> Result<(), Failure> {
    let (view, failure) = looked_up(node, wallet, wait, output).await?;
    if csv {
        let table = node.export_history(view.wallet).await?;
        output.event("history", json!({ "csv": table }), table.trim_end());
        return failure.map_or(Ok(()), |error| Err(error.into()));
    }
    let transactions = node.transactions(view.wallet).await?;
    if transactions.is_empty() && failure.is_none() {
        output.say("Nothing has come to this wallet yet, and nothing has gone.");
    }
    for transaction in &transactions {
        output.event("transaction_known", transaction, &transaction_text(transaction));
    }
    failure.map_or(Ok(()), |error| Err(error.into()))
}

/// Looks a wallet up and prints its coins.
pub(crate) async fn coins(node: &Node, wallet: &str, wait: Duration, output: &Output) -> Result<(), Failure> {
    let (view, failure) = looked_up(node, wallet, wait, output).await?;
    if let Some(error) = failure {
        return Err(error.into());
    }
    let coins = node.coins(view.wallet).await?;
    if coins.is_empty() {
        output.say("This wallet has no coins.");
    }
    for coin in &coins {
        let note = if coin.reserved { "  meant for a request" } else { "" };
        let text = format!("{}  {}  {}{note}", btc(coin.amount), coin.outpoint, place(&coin.position));
        output.event("coin", coin, &text);
    }
    Ok(())
}

/// Prints a wallet's notes, or takes some in.
pub(crate) async fn labels(
    node: &Node,
    wallet: String,
    import: Option<&Path>,
    output: &Output,
) -> Result<(), Failure> {
    let Some(file) = import else {
        let labels = node.export_labels(wallet).await?;
        output.event("labels", json!({ "labels": labels }), labels.trim_end());
        return Ok(());
    };
    let mut text = String::new();
    let read = std::fs::File::open(file)
        .and_then(|file| file.take(LARGEST_LABELS).read_to_string(&mut text).map(|_| ()));
    read.map_err(|error| Failure::new("file", &format!("The notes could not be read: {error}.")))?;
    let count = node.import_labels(wallet, text).await?;
    output.event("labels_imported", json!({ "count": count }), &format!("{count} notes were taken in."));
    Ok(())
}

/// A wallet once it was looked up.
pub(crate) struct LookedUp {
    pub(crate) wallet: String,
    pub(crate) network: String,
    pub(crate) ledger: LedgerView,
}

/// Waits until a wallet was looked up, or that failed. What was known before is known in that case, too.
pub(crate) async fn looked_up(
    node: &Node,
    wallet: &str,
    wait: Duration,
    output: &Output,
) -> Result<(LookedUp, Option<ErrorView>), Failure> {
    // Says what is wrong with the name.
    node.sync_wallet(wallet.to_owned()).await?;
    let mut snapshots = node.snapshots();
    let until = Instant::now() + wait;
    let mut said = None;
    loop {
        let now = snapshots.borrow_and_update().clone();
        let found = now.wallets.iter().find(|view| view.id == wallet);
        let found = found.or_else(|| now.wallets.iter().find(|view| view.name == wallet));
        let known = found.and_then(|view| Some((view, view.network.clone()?, view.ledger.clone()?)));
        if let Some((view, network, ledger)) = known {
            let sync = ledger.sync.clone();
            let looked_up = LookedUp { wallet: view.id.clone(), network, ledger };
            match sync {
                SyncView::Current { .. } => return Ok((looked_up, None)),
                SyncView::Failed { error, .. } => return Ok((looked_up, Some(error))),
                SyncView::NoSource => return Err(no_source(&looked_up.network)),
                SyncView::Scanning { percent } if percent != said => {
                    output.event("scanning", json!({ "percent": percent }), "");
                    output.say(&format!("Looking through the blocks … {} %", percent.unwrap_or_default()));
                    said = percent;
                }
                SyncView::Scanning { .. } => {}
            }
        }
        if !matches!(timeout_at(until, snapshots.changed()).await, Ok(Ok(()))) {
            return Err(Failure::new(
                "timed_out",
                "The node has not shown all blocks in time. Your coins are safe. What was read is kept: ask again to go on, \
                 or wait longer with --wait.",
            ));
        }
    }
}

fn no_source(network: &str) -> Failure {
    // Where Bitcoin Core listens if nobody says otherwise.
    let port = match network {
        "testnet4" => 48332,
        "signet" => 38332,
        "regtest" => 18443,
        _ => 8332,
    };
    let message = format!(
        "It was not chosen where Bitcoin's {network} is looked up, so this device can't tell what the wallet has. Your coins \
         are safe. Choose your own Bitcoin node: permafrost bitcoin-node {network} --url http://127.0.0.1:{port} --cookie \
         FILE, where FILE is usually .cookie in the node's data folder. Or an Esplora server, which learns the wallet's \
         addresses: permafrost bitcoin-node {network} --esplora URL."
    );
    Failure::new("no_source", &message)
}

fn balance_text(network: &str, balance: &BalanceView, sync: &SyncView) -> String {
    let BalanceView { confirmed, own_pending, others_pending, immature } = *balance;
    let mut lines = vec![match network {
        "mainnet" => format!("{} to spend", btc(confirmed + own_pending)),
        other => format!("{} to spend, on {other}: nothing there has a value", btc(confirmed + own_pending)),
    }];
    let more = [(others_pending, "on the way, in no block yet"), (immature, "mined, and to be spent later")];
    let more = more.iter().filter(|(amount, _)| *amount > 0);
    lines.extend(more.map(|(amount, what)| format!("{} {what}", btc(*amount))));
    match sync {
        SyncView::Current { height, .. } => lines.push(format!("As of block {height}.")),
        _ => lines.push("As it was when the node was last asked.".to_owned()),
    }
    lines.join("\n")
}

fn transaction_text(transaction: &TransactionView) -> String {
    let TransactionView { txid, change, fee, paid, position, label, .. } = transaction;
    let sign = if *change < 0 { '−' } else { '+' };
    let mut lines = vec![format!("{sign}{}  {txid}  {}", btc(change.unsigned_abs()), place(position))];
    lines.extend(label.iter().map(|label| format!("    “{label}”")));
    lines.extend(paid.iter().map(|paid| format!("    {} to {}", btc(paid.amount), paid.address)));
    lines.extend(fee.map(|fee| format!("    {} fee", btc(fee))));
    lines.join("\n")
}

fn place(position: &PositionView) -> String {
    match position {
        PositionView::Pending { .. } => "in no block yet".to_owned(),
        PositionView::Confirmed { height, confirmations, .. } => {
            let s = if *confirmations == 1 { "" } else { "s" };
            format!("block {height}, {confirmations} confirmation{s}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_balance_says_what_can_be_spent_and_what_it_is_worth() {
        let balance = BalanceView { confirmed: 150_000_000, own_pending: 1, others_pending: 7, immature: 0 };
        let sync = SyncView::Current { at: 0, height: 12 };
        assert_eq!(
            balance_text("regtest", &balance, &sync),
            "1.50000001 BTC to spend, on regtest: nothing there has a value\n0.00000007 BTC on the way, in no block yet\nAs of block 12."
        );
    }
}
