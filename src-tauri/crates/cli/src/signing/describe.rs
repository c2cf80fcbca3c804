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
    let standing = if view.may_still_be_made { may_still_be_made(view) } else { String::new() };
    let problem = view.problem.iter().map(|problem| format!("\n{}", problem.message));
    let conflicts = view.conflicts.iter().map(|other| conflict(other));
    let notes: String = problem.chain(conflicts).collect();
    format!("Request {}\n“{}” {what}\n{state}, {decision}{standing}{notes}", view.id, view.proposer.name)
}

/// What its proposer may still do with a request that ended without a signature.
pub(super) fn may_still_be_made(view: &RequestView) -> String {
    let name = &view.proposer.name;
    let what = match &view.meaning {
        MeaningView::Bitcoin(_) => {
            "and can still send it. Only another transaction that spends one of its coins rules that out."
        }
        MeaningView::Solana(_) => "and may still send it. Look at the wallet before you pay it again.",
        MeaningView::Message { .. } | MeaningView::Unreadable { .. } => "and may still use it.",
    };
    format!("\nThis device had given its part of the signature. “{name}” may have the whole one, {what}")
}

/// How often the rounds were begun, if that is more than once.
pub(super) fn attempts(count: u32) -> String {
    if count > 1 { format!(" Attempt {count}.") } else { String::new() }
}

fn conflict(other: &str) -> String {
    format!(
        "\nRequest {other} and this one exclude each other: only one of them can be paid. That is right if one replaces \
         the other with a higher fee; otherwise ask whoever proposed them."
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
    lines.push(format!(
        "Deposit      {} SOL, which stays locked in the wallet's own marker account,",
        payment.deposit
    ));
    lines.push("             so that this is paid only once".to_owned());
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
    let text = match &output.target {
        TargetView::Address { address } => format!("Pays         {amount} to {address}"),
        TargetView::Change { index } => {
            format!("Keeps        {amount} at this wallet's change address no. {}", u64::from(*index) + 1)
        }
        TargetView::Receive { index } => {
            format!("Keeps        {amount} at this wallet's address no. {}", u64::from(*index) + 1)
        }
        TargetView::Data { bytes } => format!("Publishes    data for anybody to read, in hex: {bytes}"),
    };
    match output.far {
        true => text + FAR,
        false => text,
    }
}

const FAR: &str = "\n             FAR AWAY: other programs won't find this amount, and here it takes a search. Ask the proposer why.";

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
    use node::snapshot::{DeviceView, ErrorView};

    use super::*;

    fn ended(meaning: MeaningView) -> RequestView {
        RequestView {
            id: "ab".repeat(32),
            wallet: "cd".repeat(16),
            proposer: DeviceView { id: String::new(), name: "Bob".to_owned(), fingerprint: Vec::new() }
                .into(),
            own: false,
            created_at: 0,
            expires_at: 0,
            meaning,
            decision: DecisionView::Approved,
            state: RequestState::Cancelled,
            members: Vec::new(),
            threshold: 2,
            may_still_be_made: true,
            problem: None,
            conflicts: Vec::new(),
        }
    }

    #[test]
    fn a_request_that_ended_after_this_device_gave_its_part_says_that_it_may_still_be_used() {
        let (text, signer) = ("We meet.".to_owned(), String::new());
        let view = ended(MeaningView::Message { text, file: None, signer });
        let text = describe(&view);
        assert!(text.contains("“Bob” may have the whole one, and may still use it."), "{text}");
        let other = RequestView { may_still_be_made: false, ..view };
        assert!(!describe(&other).contains("may have"), "nothing is said where nothing was given");
    }

    #[test]
    fn attempts_are_told_where_there_were_several() {
        assert_eq!([0, 1, 2].map(attempts), ["", "", " Attempt 2."]);
    }

    #[test]
    fn why_a_device_can_not_do_its_part_is_told() {
        let error = ErrorView {
            code: String::new(),
            message: "The keychain is locked.".to_owned(),
            parts: Vec::new(),
        };
        let (text, signer) = ("We meet.".to_owned(), String::new());
        let view =
            RequestView { problem: Some(error), ..ended(MeaningView::Message { text, file: None, signer }) };
        assert!(describe(&view).contains("The keychain is locked."));
    }

    #[test]
    fn a_payment_is_told_with_what_it_costs_and_what_it_locks_up() {
        let payment = PaymentView {
            network: "devnet".to_owned(),
            from: "from".to_owned(),
            to: "to".to_owned(),
            amount: "1.25".to_owned(),
            token: None,
            memo: None,
            fee: "0.0000052".to_owned(),
            deposit: "0.00089088".to_owned(),
            transfer: None,
            problem: None,
        };
        let text = solana_payment(&payment);
        for part in
            ["devnet", "Pays         1.25 SOL", "at most 0.0000052 SOL", "0.00089088 SOL, which stays locked"]
        {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn a_spend_is_told_with_its_network_each_output_and_a_fee_that_is_too_high() {
        let to = |amount, target| OutputView { amount, target, far: false };
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
            publication: None,
        };
        let text = transaction(&spend);
        for part in [
            "signet: these coins have no value",
            "1.50000000 BTC to tb1qother",
            "0.99000000 BTC at this wallet's change address no. 8",
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
