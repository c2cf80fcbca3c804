//! What people approved once is paid once, whatever the proposer's device does: it chooses the block that a transaction
//! names, and no device can see what another one signs.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chains::solana::{
    Address, Intent,
    intent::{IntentError, Payment, TokenPayment},
    marker::{Marker, PaymentId},
    meaning::Meaning,
    rpc::{Cause, GetLatestBlockhash, GetStatuses, GetTransaction, RpcError, SendTransaction},
    token::TokenProgram,
    transaction::Transaction,
};
use permafrost_tests::solana::Solana;
use serde_json::json;

use super::{DEPOSIT, Group, SOL, balance, put_mint, put_tokens, somebody, tokens};

/// Signs a payment for the latest block, by all devices but one.
fn sign_without(group: &Group, absent: usize, node: &Solana, intent: &Intent) -> Transaction {
    let blockhash = node.ask(&GetLatestBlockhash).unwrap().blockhash;
    let signature = group.sign_without(absent, &intent.message(blockhash));
    Transaction::new(intent, blockhash, &signature).unwrap()
}

/// Has a server pass it on unseen, as a dishonest proposer does.
fn send_untried(node: &Solana, transaction: &Transaction) {
    let options = json!({ "encoding": "base64", "skipPreflight": true });
    node.test::<String>("sendTransaction", &json!([transaction.to_base64(), options]));
}

fn refused(node: &Solana, intent: &Intent, transaction: &Transaction) -> Cause {
    match node.ask(&SendTransaction(transaction)) {
        Err(RpcError::WouldFail(failure)) => failure.cause(intent),
        other => panic!("{other:?}"),
    }
}

/// SOL; tokens of both programs into an account that is there, and into one that is made.
fn payments(node: &Solana, payer: Address, to: Address) -> Vec<Payment> {
    let token = |program, create_account: bool| {
        let mint = put_mint(node, program, &[]);
        put_tokens(node, program, mint, payer, 10_000_000, &[(7, vec![])]);
        if !create_account {
            put_tokens(node, program, mint, to, 0, &[(7, vec![])]);
        }
        let amount = 2_500_000;
        Payment::Token(TokenPayment { program, mint, decimals: 6, to, amount, create_account })
    };
    let tokens = TokenProgram::ALL.map(|program| [token(program, false), token(program, true)]);
    tokens.into_iter().flatten().chain([Payment::Sol { to, lamports: SOL }]).collect()
}

/// All that the recipient has.
fn received(node: &Solana, to: Address) -> (u64, Vec<Vec<u64>>) {
    let tokens = TokenProgram::ALL.map(|program| {
        let mut tokens = tokens(node, program, to);
        tokens.sort_unstable();
        tokens
    });
    (balance(node, to), tokens.to_vec())
}

#[test]
#[ignore = "needs a Solana engine; run by `cargo xtask test solana`"]
fn a_payment_that_two_quorums_signed_for_two_blocks_is_made_once() {
    let (node, group, to) = (Solana::start(), Group::generate(), somebody());
    let payer = Address::from(group.address());
    node.fund(payer, 100 * SOL);
    for payment in payments(&node, payer, to) {
        let intent = group.intent(payment.clone(), Some("Rent for March"));
        let before = received(&node, to);
        // The proposer is the first device; the second sees one block, and the third the other.
        let first = sign_without(&group, 2, &node, &intent);
        node.ask(&SendTransaction(&first)).unwrap();
        let (after, left) = (received(&node, to), balance(&node, payer));
        assert_ne!(after, before, "{payment:?} is made");

        node.expire_blockhash();
        let second = sign_without(&group, 1, &node, &intent);
        assert_ne!(second.id(), first.id());
        assert_eq!(refused(&node, &intent, &second), Cause::AlreadyMarked, "{payment:?}");
        send_untried(&node, &second);
        assert_eq!(received(&node, to), after, "{payment:?} moves nothing the second time");
        assert_eq!(
            balance(&node, payer),
            left - intent.fee().total(),
            "it costs the fee, if it is in a block"
        );
        let statuses = node.ask(&GetStatuses(vec![first.id(), second.id()])).unwrap();
        let failures = statuses.into_iter().map(|status| status.unwrap().failure).collect::<Vec<_>>();
        assert_eq!(failures[0], None);
        assert_eq!(failures[1].as_ref().unwrap().cause(&intent), Cause::AlreadyMarked);
        let entry = node.ask(&GetTransaction { id: second.id(), address: payer }).unwrap().unwrap();
        assert_eq!((entry.lamports, entry.deposit, entry.tokens), (0, 0, vec![]), "in its history as well");
    }
}

#[test]
#[ignore = "needs a Solana engine; run by `cargo xtask test solana`"]
fn the_same_is_paid_twice_if_it_was_approved_twice() {
    let (node, group, to) = (Solana::start(), Group::generate(), somebody());
    node.fund(group.address(), 10 * SOL);
    for _ in 0..2 {
        group.pay(&node, &group.intent(Payment::Sol { to, lamports: SOL }, None)).unwrap();
    }
    assert_eq!(balance(&node, to), 2 * SOL);
}

#[test]
#[ignore = "needs a Solana engine; run by `cargo xtask test solana`"]
fn a_marker_is_the_wallets_own_and_its_message_is_still_read_as_a_payment() {
    let (node, group, to) = (Solana::start(), Group::generate(), somebody());
    node.fund(group.address(), 3 * SOL);
    let intent = group.intent(Payment::Sol { to, lamports: SOL }, None);
    let transaction = group.pay(&node, &intent).unwrap();
    let meaning = Meaning::read(transaction.message()).unwrap();
    assert!(meaning.is(&intent));
    assert_eq!(meaning.marker, intent.marker());
    assert_eq!(
        balance(&node, intent.marker_address()),
        DEPOSIT,
        "the network and this program agree where it lies"
    );
    assert_eq!(balance(&node, group.address()), 2 * SOL - intent.fee().total() - DEPOSIT);
}

#[test]
#[ignore = "needs a Solana engine; run by `cargo xtask test solana`"]
fn who_pays_to_a_marker_beforehand_prevents_that_payment_and_no_other() {
    let (node, group, to) = (Solana::start(), Group::generate(), somebody());
    node.fund(group.address(), 3 * SOL);
    let pay = || group.intent(Payment::Sol { to, lamports: SOL }, None);
    let blocked = pay();
    node.fund(blocked.marker_address(), DEPOSIT);
    assert_eq!(group.failure(&node, &blocked), Cause::AlreadyMarked);
    assert_eq!((balance(&node, to), balance(&node, group.address())), (0, 3 * SOL), "it costs nothing");
    group.pay(&node, &pay()).expect("another proposal has another marker");
}

#[test]
#[ignore = "needs a Solana engine; run by `cargo xtask test solana`"]
fn a_marker_that_would_not_stay_is_made_by_nobody() {
    let (node, group, to) = (Solana::start(), Group::generate(), somebody());
    node.fund(group.address(), 3 * SOL);
    let of = |deposit| {
        let marker = Marker::new(PaymentId::from_bytes(rand::random()), deposit)?;
        let sol = group.intent(Payment::Sol { to, lamports: SOL }, None);
        Intent::new(sol.payer(), sol.network(), sol.payment().clone(), None, sol.priority(), marker)
    };
    assert!(matches!(of(0), Err(IntentError::Deposit(_))), "the network would take it, and forget it");
    for too_little in [1, DEPOSIT - 1] {
        assert_eq!(group.failure(&node, &of(too_little).unwrap()), Cause::NotEnoughForRent);
    }
    group.pay(&node, &of(DEPOSIT + 1).unwrap()).expect("more than the least is there for good as well");
}

#[test]
#[ignore = "needs a Solana engine; run by `cargo xtask test solana`"]
fn a_marker_with_nothing_in_it_would_be_forgotten_by_the_network() {
    let (node, group, to) = (Solana::start(), Group::generate(), somebody());
    node.fund(group.address(), 5 * SOL);
    let intent = group.intent(Payment::Sol { to, lamports: SOL }, None);
    for paid in 1..=2 {
        let blockhash = node.ask(&GetLatestBlockhash).unwrap().blockhash;
        let mut message = intent.message(blockhash);
        let at = message.windows(8).position(|eight| eight == DEPOSIT.to_le_bytes()).unwrap();
        message[at..at + 8].fill(0);
        assert!(Meaning::read(&message).is_err(), "no device signs it");
        let bytes = [&[1][..], &group.sign(&message), &message].concat();
        node.test::<String>("sendTransaction", &json!([STANDARD.encode(bytes), { "encoding": "base64" }]));
        assert_eq!(balance(&node, to), paid * SOL, "so the deposit is never zero");
        node.expire_blockhash();
    }
}
