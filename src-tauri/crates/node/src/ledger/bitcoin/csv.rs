//! A wallet's transactions as a table for other programs (RFC 4180).
//!
//! All cells but the notes are dates, numbers, hex and checked addresses, so they need no quoting, and none begins as a
//! formula does; an amount that went begins with a minus sign and is a number. A note may come from a payment request or
//! from another program's file: it is quoted, and one that begins as a formula does gets an apostrophe before it.

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::snapshot::{PaidView, PositionView, TransactionView};

const HEADER: &str = "date,transaction,change (BTC),fee (BTC),confirmations,paid,note";
const ONE: u64 = 100_000_000;

/// One line a transaction, in their order. Dates are the blocks', in UTC; amounts have all eight decimals. What is in no
/// block has no date and no confirmations.
pub(crate) fn csv(transactions: &[TransactionView]) -> String {
    let lines = std::iter::once(HEADER.to_owned()).chain(transactions.iter().map(line));
    lines.map(|line| line + "\r\n").collect()
}

fn line(transaction: &TransactionView) -> String {
    let TransactionView { txid, change, fee, paid, position, label, .. } = transaction;
    let sign = if *change < 0 { "-" } else { "" };
    let (date, confirmations) = match position {
        PositionView::Confirmed { time, confirmations, .. } => (date(*time), *confirmations),
        PositionView::Pending { .. } => (String::new(), 0),
    };
    let change = format!("{sign}{}", btc(change.unsigned_abs()));
    let fee = fee.map(btc).unwrap_or_default();
    let paid: Vec<_> =
        paid.iter().map(|PaidView { address, amount }| format!("{address} {}", btc(*amount))).collect();
    let note = label.as_deref().map(note).unwrap_or_default();
    format!("{date},{txid},{change},{fee},{confirmations},{},{note}", paid.join("; "))
}

fn note(label: &str) -> String {
    let guard = if label.starts_with(['=', '+', '-', '@', '\t']) { "'" } else { "" };
    format!("\"{guard}{}\"", label.replace('"', "\"\""))
}

/// Empty for a time that no calendar has.
fn date(milliseconds: u64) -> String {
    let seconds = milliseconds / 1000;
    let date =
        i64::try_from(seconds).ok().and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
    date.and_then(|date| date.format(&Rfc3339).ok()).unwrap_or_default()
}

fn btc(satoshi: u64) -> String {
    format!("{}.{:08}", satoshi / ONE, satoshi % ONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_is_a_table_with_exact_amounts_and_dates_in_utc() {
        let confirmed = |time| PositionView::Confirmed { height: 7, time, confirmations: 3 };
        let sent = TransactionView {
            txid: "ab".repeat(32),
            change: -150_000_123,
            fee: Some(123),
            paid: vec![
                PaidView { address: "bcrt1qa".to_owned(), amount: 100_000_000 },
                PaidView { address: "bcrt1qb".to_owned(), amount: 50_000_000 },
            ],
            position: confirmed(1_700_000_000_000),
            replaceable: false,
            label: Some("rent, \"May\"".to_owned()),
        };
        let pending = PositionView::Pending { first_seen: Some(1_700_000_000_000) };
        let coming = TransactionView {
            change: 1,
            fee: None,
            paid: vec![],
            position: pending,
            label: None,
            ..sent.clone()
        };
        let txid = sent.txid.clone();
        let expected = [
            HEADER.to_owned(),
            format!(",{txid},0.00000001,,0,,"),
            format!(
                "2023-11-14T22:13:20Z,{txid},-1.50000123,0.00000123,3,bcrt1qa 1.00000000; bcrt1qb 0.50000000,\"rent, \"\"May\"\"\""
            ),
            String::new(),
        ];
        assert_eq!(csv(&[coming, sent.clone()]), expected.join("\r\n"));
        let never = TransactionView { position: confirmed(u64::MAX), ..sent };
        assert!(csv(&[never]).contains(&format!("\r\n,{txid},")), "a time that can't be");
        assert_eq!(csv(&[]), format!("{HEADER}\r\n"));
        assert_eq!(note("=HYPERLINK(1)"), "\"'=HYPERLINK(1)\"", "no formula");
    }
}
