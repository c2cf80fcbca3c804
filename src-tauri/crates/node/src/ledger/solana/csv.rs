//! A wallet's transactions as a table for other programs (RFC 4180).
//!
//! Memos and notes may be others' text. They are quoted, and one that begins as a formula does has an apostrophe before it, so
//! that no spreadsheet reckons it. All else is dates, numbers and base58.

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::snapshot::{SolanaEffectView, SolanaTransactionView, TokenChangeView};

const HEADER: &str =
    "date,transaction,slot,failed,change (SOL),fee (SOL),deposit (SOL),tokens,others,memo,note";
/// With what spreadsheets take a cell for a formula.
const FORMULA: [char; 4] = ['=', '+', '-', '@'];

/// One line a transaction, in their order. Dates are the blocks', in UTC. Of a transaction that the server does not tell
/// more of, the rest is empty.
pub(crate) fn csv(transactions: &[SolanaTransactionView]) -> String {
    let lines = std::iter::once(HEADER.to_owned()).chain(transactions.iter().map(line));
    lines.map(|line| line + "\r\n").collect()
}

fn line(transaction: &SolanaTransactionView) -> String {
    let SolanaTransactionView { id, slot, time, failure, effect, label, .. } = transaction;
    let date = time.and_then(date).unwrap_or_default();
    let failed = if failure.is_some() { "yes" } else { "no" };
    let effect = effect.as_ref().map_or_else(|| ",,,,,".to_owned(), cells);
    let note = label.as_deref().map(text).unwrap_or_default();
    format!("{date},{id},{slot},{failed},{effect},{note}")
}

fn cells(effect: &SolanaEffectView) -> String {
    let SolanaEffectView { sol, tokens, fee, deposit, others, memo } = effect;
    // The mint comes first, so that no cell begins with a sign.
    let tokens: Vec<_> =
        tokens.iter().map(|TokenChangeView { mint, amount }| format!("{mint} {amount}")).collect();
    let (fee, memo) = (fee.as_deref().unwrap_or_default(), memo.as_deref().map(text).unwrap_or_default());
    let deposit = deposit.as_deref().unwrap_or_default();
    format!("{sol},{fee},{deposit},{},{},{memo}", tokens.join("; "), others.join("; "))
}

fn date(milliseconds: u64) -> Option<String> {
    let seconds = i64::try_from(milliseconds / 1000).ok()?;
    OffsetDateTime::from_unix_timestamp(seconds).ok()?.format(&Rfc3339).ok()
}

fn text(text: &str) -> String {
    let guard = if text.trim_start().starts_with(FORMULA) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_memo(memo: &str) -> SolanaTransactionView {
        SolanaTransactionView {
            id: "5h".to_owned(),
            slot: 7,
            time: Some(1_700_000_000_000),
            finalized: true,
            failure: None,
            effect: Some(SolanaEffectView {
                sol: "-1.25".to_owned(),
                tokens: vec![
                    TokenChangeView { mint: "EPj".to_owned(), amount: "-2.5".to_owned() },
                    TokenChangeView { mint: "So1".to_owned(), amount: "3".to_owned() },
                ],
                fee: Some("0.000005".to_owned()),
                deposit: Some("0.00089088".to_owned()),
                others: vec!["Bob".to_owned(), "Eve".to_owned()],
                memo: Some(memo.to_owned()),
            }),
            label: None,
        }
    }

    #[test]
    fn a_history_is_a_table_with_exact_amounts_and_dates_in_utc() {
        let sent = SolanaTransactionView { label: Some("Paid".to_owned()), ..with_memo("Rent, \"March\"") };
        let failure = Some("Custom 1 in instruction 0".to_owned());
        let untold = SolanaTransactionView { time: None, failure, effect: None, ..with_memo("") };
        let expected = [
            HEADER,
            "2023-11-14T22:13:20Z,5h,7,no,-1.25,0.000005,0.00089088,EPj -2.5; So1 3,Bob; Eve,\"Rent, \"\"March\"\"\",\"Paid\"",
            ",5h,7,yes,,,,,,,",
            "",
        ];
        assert_eq!(csv(&[sent, untold]), expected.join("\r\n"));
        let columns = |line: &str| line.matches(',').count();
        assert_eq!(columns(expected[2]), columns(HEADER), "every line has all columns");
    }

    #[test]
    fn a_strangers_note_is_no_formula() {
        for note in ["=HYPERLINK(\"http://evil\")", "+1", "-1", "@SUM(A1)", " =1"] {
            let table = csv(&[with_memo(note)]);
            assert!(table.contains(",\"'"), "{table}");
            let imported = SolanaTransactionView { label: Some(note.to_owned()), ..with_memo("") };
            assert!(csv(&[imported]).contains(",\"'"), "nor is a note from another program's file");
        }
        assert!(csv(&[with_memo("1=1")]).contains(",\"1=1\""), "all others are as they were written");
    }
}
