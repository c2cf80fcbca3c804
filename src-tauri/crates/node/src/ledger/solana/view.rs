//! What an interface sees of a Solana wallet's money.

use chains::solana::{
    amount::{self, SOL_DECIMALS},
    history::Entry,
    rpc::{Confirmation, Found, HeldTokens},
    token::associated_account,
};

use super::known::Known;
use crate::snapshot::{
    HeldTokensView, SolanaEffectView, SolanaLedgerView, SolanaSyncView, SolanaTransactionView,
    TokenChangeView,
};

/// The end of the year 9999, in Unix seconds: no block is later, and few calendars go on.
const LATEST_TIME: u64 = 253_402_300_799;

pub(super) fn view(known: &Known, sync: SolanaSyncView) -> SolanaLedgerView {
    SolanaLedgerView {
        sync,
        balance: known.balance.map(|lamports| amount::format(lamports, SOL_DECIMALS)),
        tokens: known.tokens.iter().map(|held| tokens(known, held)).collect(),
        token_count: u32::try_from(known.token_count).unwrap_or(u32::MAX),
        transactions: known.latest.iter().map(|found| transaction(found, known.entry(found))).collect(),
    }
}

fn tokens(known: &Known, held: &HeldTokens) -> HeldTokensView {
    let HeldTokens { address, account, program } = held;
    let decimals = known.decimals.get(&account.mint).copied();
    HeldTokensView {
        account: address.to_string(),
        mint: account.mint.to_string(),
        amount: decimals.map(|decimals| amount::format(account.amount, decimals)),
        decimals,
        frozen: account.is_frozen,
        associated: associated_account(known.address(), &account.mint, *program) == Some(*address),
    }
}

fn transaction(found: &Found, entry: Option<&Entry>) -> SolanaTransactionView {
    let time = found.time.and_then(|time| u64::try_from(time).ok()).filter(|time| *time <= LATEST_TIME);
    SolanaTransactionView {
        id: found.id.to_string(),
        slot: found.status.slot,
        time: time.map(|time| time.saturating_mul(1000)),
        finalized: found.status.confirmation == Confirmation::Finalized,
        failure: found.status.failure.as_ref().map(ToString::to_string),
        effect: entry.and_then(effect),
        label: None,
    }
}

/// `None` if the amounts are more than there can be.
fn effect(entry: &Entry) -> Option<SolanaEffectView> {
    let tokens = entry.tokens.iter().map(|change| {
        let amount = signed(change.amount, change.decimals)?;
        Some(TokenChangeView { mint: change.mint.to_string(), amount })
    });
    Some(SolanaEffectView {
        sol: signed(entry.lamports, SOL_DECIMALS)?,
        tokens: tokens.collect::<Option<_>>()?,
        fee: (entry.fee > 0).then(|| amount::format(entry.fee, SOL_DECIMALS)),
        deposit: (entry.deposit > 0).then(|| amount::format(entry.deposit, SOL_DECIMALS)),
        others: entry.others.iter().map(ToString::to_string).collect(),
        memo: entry.memo.clone(),
    })
}

fn signed(amount: i128, decimals: u8) -> Option<String> {
    let size = amount::format(u64::try_from(amount.unsigned_abs()).ok()?, decimals);
    Some(if amount < 0 { format!("-{size}") } else { size })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_keeps_its_sign_and_its_last_decimal() {
        assert_eq!(signed(-1, 9).as_deref(), Some("-0.000000001"));
        assert_eq!(signed(1_500_000, 6).as_deref(), Some("1.5"));
        assert_eq!(signed(0, 9).as_deref(), Some("0"));
        assert_eq!(signed(-i128::from(u64::MAX), 0).as_deref(), Some("-18446744073709551615"));
        assert_eq!(signed(i128::from(u64::MAX) + 1, 0), None, "no account holds so much");
    }
}
