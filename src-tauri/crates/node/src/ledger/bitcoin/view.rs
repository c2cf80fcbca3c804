//! What an interface sees of a Bitcoin wallet's money.

use bitcoin::{Amount, SignedAmount};
use chains::bitcoin::wallet::{Entry, Position, WatchOnly};

use crate::snapshot::{BalanceView, LedgerView, PaidView, PositionView, SyncView, TransactionView};

/// Before the chain was looked at.
pub(super) fn nothing() -> LedgerView {
    LedgerView {
        sync: SyncView::NoSource,
        balance: None,
        fee_rates: None,
        transactions: Vec::new(),
        transaction_count: 0,
    }
}

/// Puts into a view what the wallet knows; returns all its transactions. Before the first look in a run, what was
/// known at the end of the last one is shown, if there was one.
pub(super) fn update(view: &mut LedgerView, wallet: &WatchOnly, is_known: bool) -> Vec<TransactionView> {
    view.balance = is_known.then(|| balance(wallet));
    let all: Vec<_> = wallet.history().iter().map(transaction).collect();
    view.transaction_count = u32::try_from(all.len()).unwrap_or(u32::MAX);
    view.transactions = all.iter().take(LedgerView::LATEST).cloned().collect();
    all
}

fn balance(wallet: &WatchOnly) -> BalanceView {
    let balance = wallet.balance();
    BalanceView {
        confirmed: balance.confirmed.to_sat(),
        own_pending: balance.own_pending.to_sat(),
        others_pending: balance.others_pending.to_sat(),
        immature: balance.immature.to_sat(),
    }
}

fn transaction(entry: &Entry) -> TransactionView {
    let signed = |amount: Amount| amount.to_signed().unwrap_or(SignedAmount::ZERO);
    TransactionView {
        txid: entry.txid.to_string(),
        change: (signed(entry.received) - signed(entry.spent)).to_sat(),
        fee: entry.fee.map(Amount::to_sat),
        paid: entry
            .paid
            .iter()
            .map(|(address, amount)| PaidView { address: address.to_string(), amount: amount.to_sat() })
            .collect(),
        position: position(entry.position),
        replaceable: entry.is_replaceable,
        label: None,
    }
}

pub(super) fn position(position: Position) -> PositionView {
    match position {
        Position::Pending { first_seen } => {
            PositionView::Pending { first_seen: first_seen.map(|at| at.saturating_mul(1000)) }
        }
        Position::Confirmed { height, time, confirmations } => {
            PositionView::Confirmed { height, time: time.saturating_mul(1000), confirmations }
        }
    }
}
