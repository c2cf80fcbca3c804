//! What a request would sign, for people to read.

use node::snapshot::{
    DecisionView, FeeLevelView, LockView, MeaningView, OutputView, PaymentView, RequestState, RequestView,
    SpendView, TargetView,
};

pub(super) fn describe(view: &RequestView) -> String {
    let what = match &view.meaning {
        MeaningView::Message { text, file, signer } => {
            let kind = if file.is_some() { "a file, by this text" } else { "this message" };
            format!("asks to sign {kind} as {signer}:\n\n{text}\n")
        }
        MeaningView::Bitcoin(spend) => format!("asks to spend bitcoin:\n\n{}", transaction(spend)),
        MeaningView::Solana(payment) => format!("asks for a payment:\n\n{}", solana_payment(payment)),
        MeaningView::Unreadable { error } => format!("sent something else: {}", error.message),
    };
    let decision = match view.decision {
        DecisionView::Undecided => "not decided here",
        DecisionView::Approved => "approved here",
        DecisionView::Rejected => "rejected here",
    };
    let state = match &view.state {
        RequestState::Open { .. } => "open",
        RequestState::Signed => "signed",
        RequestState::Cancelled => "cancelled",
        RequestState::Superseded { .. } => "replaced",
        RequestState::Expired => "expired",
    };
    let conflicts: String = view.conflicts.iter().map(|other| conflict(other)).collect();
    format!("Request {}\n“{}” {what}\n{state}, {decision}{conflicts}", view.id, view.proposer.name)
}

fn conflict(other: &str) -> String {
    format!(
        "\nRequest {other} spends the same coins: only one of them can be paid. That is right if one replaces the \
         other with a higher fee; otherwise ask whoever proposed them."
    )
}

fn solana_payment(payment: &PaymentView) -> String {
    let mut lines = vec![match payment.network.as_str() {
        "mainnet" => "Network      Solana mainnet: this is real money".to_owned(),
        other => format!("Network      Solana {other}: nothing there has a value"),
    }];
    match &payment.token {
        None => lines.push(format!("Pays         {} SOL", payment.amount)),
        Some(token) => {
            lines.push(format!("Pays         {} of the token {}", payment.amount, token.mint));
            if token.creates_account {
                lines.push(
                    "             and makes the recipient's account for it, if there is none".to_owned(),
                );
            }
        }
    }
    lines.push(format!("To           {}", payment.to));
    lines.push(format!("From         {}", payment.from));
    lines.extend(payment.memo.iter().map(|memo| format!("Memo         {memo}")));
    lines.push(format!("Fee          at most {} SOL", payment.fee));
    lines.extend(payment.transfer.iter().map(|transfer| format!("Transaction  {}", transfer.id)));
    lines.push(String::new());
    lines.join("\n")
}

fn transaction(spend: &SpendView) -> String {
    let mut lines = vec![match spend.network.as_str() {
        "mainnet" => "Network      Bitcoin mainnet: this is real money".to_owned(),
        other => format!("Network      {other}: these coins have no value"),
    }];
    lines.extend(spend.outputs.iter().map(output));
    let rate = format!("{:.1} sat/vB", spend.fee_rate);
    lines.push(format!("Fee          {}, {rate}{}", btc(spend.fee), fee_warning(spend.fee_level)));
    let coins = if spend.inputs == 1 { "1 coin".to_owned() } else { format!("{} coins", spend.inputs) };
    lines.push(format!("Spends       {} in {coins} of this wallet", btc(spend.spent)));
    lines.push(format!("To others    {}", btc(spend.sent)));
    lines.push(format!("Comes back   {}", btc(spend.returned)));
    match spend.locked_until {
        Some(LockView::Height { height }) => lines.push(format!("Not before   block {height}")),
        Some(LockView::Time { time }) => lines.push(format!("Not before   {time} seconds after 1970")),
        None => {}
    }
    let replaceable = if spend.replaceable { "yes, by one with a higher fee" } else { "it does not say so" };
    lines.push(format!("Replaceable  {replaceable}"));
    lines.push(format!("Transaction  {}\n", spend.txid));
    lines.join("\n")
}

fn output(output: &OutputView) -> String {
    let amount = btc(output.amount);
    match &output.target {
        TargetView::Address { address } => format!("Pays         {amount} to {address}"),
        TargetView::Change { index } => {
            format!("Keeps        {amount} at this wallet's change address {index}")
        }
        TargetView::Receive { index } => format!("Keeps        {amount} at this wallet's address {index}"),
        TargetView::Data { bytes } => format!("Publishes    data for anybody to read, in hex: {bytes}"),
    }
}

fn fee_warning(level: FeeLevelView) -> &'static str {
    match level {
        FeeLevelView::Low => "\n             LOW: many nodes don't pass it on, and it may never be mined",
        FeeLevelView::Usual => "",
        FeeLevelView::High => "\n             HIGH: is it meant to be so much?",
        FeeLevelView::Extreme => {
            "\n             EXTREME: this is most likely a mistake. What is paid as a fee is gone."
        }
    }
}

/// With all eight places, so that amounts line up in the mind.
pub(crate) fn btc(satoshi: u64) -> String {
    const ONE: u64 = 100_000_000;
    format!("{}.{:08} BTC", satoshi / ONE, satoshi % ONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spend_is_told_with_its_network_each_output_and_a_fee_that_is_too_high() {
        let to = |amount, target| OutputView { amount, target };
        let mut spend = SpendView {
            network: "signet".to_owned(),
            txid: "ab".repeat(32),
            inputs: 2,
            spent: 250_000_000,
            sent: 150_000_000,
            returned: 99_000_000,
            fee: 1_000_000,
            fee_rate: 400.04,
            fee_level: FeeLevelView::High,
            outputs: vec![
                to(150_000_000, TargetView::Address { address: "tb1qother".to_owned() }),
                to(99_000_000, TargetView::Change { index: 7 }),
                to(0, TargetView::Data { bytes: "6869".to_owned() }),
            ],
            locked_until: Some(LockView::Height { height: 812 }),
            replaceable: true,
        };
        let text = transaction(&spend);
        for part in [
            "signet: these coins have no value",
            "1.50000000 BTC to tb1qother",
            "0.99000000 BTC at this wallet's change address 7",
            "in hex: 6869",
            "0.01000000 BTC, 400.0 sat/vB",
            "HIGH",
            "2.50000000 BTC in 2 coins",
            "block 812",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        spend.network = "mainnet".to_owned();
        assert!(transaction(&spend).contains("real money"));
    }
}
