//! Payments by groups on a real Solana engine: it takes what a group signed, does what the intent says, and nothing else.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod ledger;
mod once;
mod payments;

use std::collections::BTreeMap;

use chains::solana::{
    self, Address, Intent, Network, SolanaAddress,
    fee::Priority,
    intent::{Payment, TokenPayment},
    marker::{Marker, PaymentId},
    memo::Memo,
    message::Lifetime,
    offchain::OffchainMessage,
    review::{Facts, Notice, TokenFacts, review},
    rpc::{
        Cause, Confirmation, GetAccount, GetBalance, GetBlockHeight, GetGenesisHash, GetLatestBlockhash,
        GetPriorityPrices, GetRentMinimum, GetSignatures, GetStatuses, GetTokenAccounts, GetTransaction,
        IsBlockhashValid, RpcError, SendTransaction,
    },
    token::{Mint, TokenProgram},
    transaction::Transaction,
};
use frost_ed25519::{
    Identifier, SigningPackage,
    keys::{IdentifierList, KeyPackage, PublicKeyPackage, generate_with_dealer},
    round1, round2,
};
use permafrost_tests::solana::{
    Solana,
    accounts::{put_mint, put_tokens, somebody},
};
use rand::rngs::OsRng;
use serde_json::json;

const SOL: u64 = 1_000_000_000;
/// What the network demands of an account without data.
const DEPOSIT: u64 = 890_880;

/// Three devices, two of which sign.
struct Group {
    shares: BTreeMap<Identifier, KeyPackage>,
    public: PublicKeyPackage,
}

impl Group {
    fn generate() -> Self {
        let (shares, public) = generate_with_dealer(3, 2, IdentifierList::Default, OsRng).unwrap();
        let shares = shares.into_iter().map(|(id, share)| (id, share.try_into().unwrap())).collect();
        Self { shares, public }
    }

    fn address(&self) -> SolanaAddress {
        solana::address(&self.public.verifying_key().serialize().unwrap().try_into().unwrap()).unwrap()
    }

    /// By the last two devices.
    fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.sign_without(0, message)
    }

    /// By all devices but one.
    fn sign_without(&self, absent: usize, message: &[u8]) -> [u8; 64] {
        let present = self.shares.iter().enumerate().filter(|(number, _)| *number != absent);
        let signers: Vec<_> = present.map(|(_, signer)| signer).collect();
        let nonces: BTreeMap<_, _> = signers
            .iter()
            .map(|(id, share)| (**id, round1::commit(share.signing_share(), &mut OsRng)))
            .collect();
        let commitments = nonces.iter().map(|(id, (_, commitments))| (*id, *commitments)).collect();
        let package = SigningPackage::new(commitments, message);
        let shares = signers
            .into_iter()
            .map(|(id, share)| (*id, round2::sign(&package, &nonces[id].0, share).unwrap()))
            .collect();
        let signature = frost_ed25519::aggregate(&package, &shares, &self.public).unwrap();
        signature.serialize().unwrap().try_into().unwrap()
    }

    fn transaction(&self, intent: &Intent, lifetime: Lifetime) -> Transaction {
        let signature = self.sign(&intent.message(lifetime.blockhash));
        Transaction::new(intent, lifetime.blockhash, &signature).unwrap()
    }

    fn pay(&self, node: &Solana, intent: &Intent) -> Result<Transaction, RpcError> {
        let transaction = self.transaction(intent, node.ask(&GetLatestBlockhash).unwrap());
        node.ask(&SendTransaction(&transaction)).map(|()| transaction)
    }

    fn intent(&self, payment: Payment, memo: Option<&str>) -> Intent {
        let memo = memo.map(|text| Memo::new(text).unwrap());
        let units = payment.units(memo.as_ref());
        let priority = Priority::new(units, 1_000_000).unwrap();
        let marker = Marker::new(PaymentId::from_bytes(rand::random()), DEPOSIT).unwrap();
        Intent::new(self.address(), Network::Devnet, payment, memo, priority, marker).unwrap()
    }

    fn failure(&self, node: &Solana, intent: &Intent) -> Cause {
        match self.pay(node, intent) {
            Err(RpcError::WouldFail(failure)) => failure.cause(intent),
            other => panic!("{other:?}"),
        }
    }
}

fn balance(node: &Solana, address: impl Into<Address>) -> u64 {
    node.ask(&GetBalance(address.into())).unwrap()
}

/// The units that a payment used, of those that were asked for.
fn used(node: &Solana, transaction: &Transaction) -> u32 {
    node.test("testUnits", &json!([transaction.id().to_string()]))
}

fn tokens(node: &Solana, program: TokenProgram, owner: Address) -> Vec<u64> {
    node.ask(&GetTokenAccounts { owner, program }).unwrap().iter().map(|held| held.account.amount).collect()
}

/// What a device reads before it asks its user.
fn facts(node: &Solana, intent: &Intent) -> Facts {
    let at = |address| node.ask(&GetAccount(address)).unwrap();
    let token = match intent.payment() {
        Payment::Sol { .. } => None,
        Payment::Token(token) => {
            let mint = at(token.mint);
            let length = mint.as_ref().map_or(0, |mint| {
                Mint::parse(&mint.data, token.program).map_or(0, |mint| mint.account_length)
            });
            Some(TokenFacts {
                mint,
                source: at(intent.source().unwrap()),
                destination: at(intent.destination().unwrap()),
                account_cost: node.ask(&GetRentMinimum(length)).unwrap(),
            })
        }
    };
    Facts {
        balance: balance(node, intent.payer()),
        least: node.ask(&GetRentMinimum(0)).unwrap(),
        recipient: at(*intent.payment().to()),
        token,
    }
}

fn fatal(node: &Solana, intent: &Intent) -> Vec<Notice> {
    review(intent, &facts(node, intent)).into_iter().filter(Notice::is_fatal).collect()
}

#[test]
#[ignore = "needs a Solana engine; run by `cargo xtask test solana`"]
fn a_group_pays_sol_with_a_memo_and_finds_it_in_its_history() {
    let (node, group, to) = (Solana::start(), Group::generate(), somebody());
    assert_eq!(node.ask(&GetGenesisHash).unwrap(), Some(Network::Devnet));
    node.fund(group.address(), 3 * SOL);
    let intent = group.intent(Payment::Sol { to, lamports: SOL + SOL / 4 }, Some("Miete für März 🏔"));
    assert_eq!(review(&intent, &facts(&node, &intent)), [Notice::NewAddress]);

    let transaction = group.pay(&node, &intent).unwrap();

    assert_eq!(balance(&node, to), SOL + SOL / 4);
    let fee = intent.fee().total();
    assert!(fee > 5_000, "a bid is part of it");
    assert_eq!(
        balance(&node, group.address()),
        2 * SOL - SOL / 4 - fee - DEPOSIT,
        "the fee is exactly what people saw"
    );
    let statuses = node.ask(&GetStatuses(vec![transaction.id()])).unwrap();
    assert_eq!(statuses[0].as_ref().unwrap().confirmation, Confirmation::Finalized);
    let payer = Address::from(group.address());
    let found = node.ask(&GetSignatures { address: payer, before: None, limit: 10 }).unwrap();
    assert_eq!(found.iter().map(|found| found.id).collect::<Vec<_>>(), [transaction.id()]);
    for (address, lamports, costs, other) in [
        (payer, -i128::from(SOL + SOL / 4), (fee, DEPOSIT), to),
        (to, i128::from(SOL + SOL / 4), (0, 0), payer),
    ] {
        let entry = node.ask(&GetTransaction { id: transaction.id(), address }).unwrap().unwrap();
        assert_eq!(
            (entry.lamports, (entry.fee, entry.deposit), entry.others),
            (lamports, costs, vec![other])
        );
        assert_eq!(entry.memo.as_deref(), Some("Miete für März 🏔"));
        assert_eq!((entry.failure, entry.tokens), (None, vec![]));
    }
    let unknown = solana::Signature::from_bytes([1; 64]);
    assert_eq!(node.ask(&GetStatuses(vec![unknown])).unwrap(), [None]);
    assert_eq!(node.ask(&GetTransaction { id: unknown, address: payer }).unwrap(), None);
}

#[test]
#[ignore = "needs a Solana engine; run by `cargo xtask test solana`"]
fn a_group_pays_tokens_of_both_programs_into_new_and_old_accounts() {
    let node = Solana::start();
    for program in TokenProgram::ALL {
        let (group, to) = (Group::generate(), somebody());
        let payer = Address::from(group.address());
        node.fund(payer, SOL);
        let mint = put_mint(&node, program, &[]);
        put_tokens(&node, program, mint, payer, 10_000_000, &[(7, vec![])]);
        let pay = |amount, decimals, create_account| {
            let payment = TokenPayment { program, mint, decimals, to, amount, create_account };
            group.intent(Payment::Token(payment), Some("Invoice 17"))
        };

        assert_eq!(fatal(&node, &pay(1, 6, false)), [Notice::NoTokenAccount]);
        assert_eq!(
            group.failure(&node, &pay(1, 6, false)),
            Cause::NoAccount,
            "{program:?}: without an account"
        );

        let first = pay(2_500_000, 6, true);
        let cost = facts(&node, &first).token.unwrap().account_cost;
        assert_eq!(
            review(&first, &facts(&node, &first)),
            [Notice::NewAddress, Notice::MakesAccount { cost }]
        );
        let transaction = group.pay(&node, &first).unwrap();
        assert_eq!(tokens(&node, program, to), [2_500_000]);
        assert_eq!(tokens(&node, program, payer), [7_500_000]);
        assert_eq!(
            balance(&node, payer),
            SOL - cost - first.fee().total() - DEPOSIT,
            "people saw what the account costs"
        );
        let entry = node.ask(&GetTransaction { id: transaction.id(), address: payer }).unwrap().unwrap();
        assert_eq!(entry.tokens.len(), 1);
        assert_eq!(
            (entry.tokens[0].mint, entry.tokens[0].amount, entry.tokens[0].decimals),
            (mint, -2_500_000, 6)
        );
        assert_eq!((entry.others, entry.lamports), (vec![to], -i128::from(cost)));
        assert_eq!(entry.deposit, DEPOSIT);

        group.pay(&node, &pay(500_000, 6, true)).expect("that the account is there already is no error");
        group.pay(&node, &pay(500_000, 6, false)).unwrap();
        assert_eq!(tokens(&node, program, to), [3_500_000]);

        let lied = pay(1_000_000, 9, false);
        assert_eq!(fatal(&node, &lied), [Notice::OtherDecimals { actual: 6 }]);
        assert_eq!(group.failure(&node, &lied), Cause::OtherDecimals, "a lie about decimals moves nothing");
        let too_much = pay(6_500_001, 6, false);
        assert_eq!(fatal(&node, &too_much), [Notice::NotEnoughTokens { there: 6_500_000 }]);
        assert_eq!(group.failure(&node, &too_much), Cause::NotEnough);
        assert_eq!(tokens(&node, program, to), [3_500_000]);
    }
}

#[test]
#[ignore = "needs a Solana engine; run by `cargo xtask test solana`"]
fn a_token_that_keeps_a_fee_is_seen_through_before_it_is_sent() {
    let (node, group, to) = (Solana::start(), Group::generate(), somebody());
    let (program, payer) = (TokenProgram::Token2022, Address::from(group.address()));
    node.fund(payer, SOL);
    // One percent, at most 20 000.
    let mut fee = vec![0; 72];
    for _ in 0..2 {
        fee.extend([0; 8]);
        fee.extend(20_000_u64.to_le_bytes());
        fee.extend(100_u16.to_le_bytes());
    }
    let mint = put_mint(&node, program, &[(1, fee)]);
    put_tokens(&node, program, mint, payer, 10_000_000, &[(7, vec![]), (2, vec![0; 8])]);
    let payment = TokenPayment { program, mint, decimals: 6, to, amount: 1_000_000, create_account: true };
    let intent = group.intent(Payment::Token(payment), None);
    let cost = facts(&node, &intent).token.unwrap().account_cost;
    assert_eq!(
        review(&intent, &facts(&node, &intent)),
        [Notice::NewAddress, Notice::TokenFee { at_most: 10_000 }, Notice::MakesAccount { cost }]
    );
    group.pay(&node, &intent).unwrap();
    assert_eq!(tokens(&node, program, to), [990_000]);
    assert_eq!(
        balance(&node, payer),
        SOL - cost - intent.fee().total() - DEPOSIT,
        "the account is longer for this token"
    );
}

#[test]
#[ignore = "needs a Solana engine; run by `cargo xtask test solana`"]
fn what_cannot_be_paid_is_refused_and_said_so_beforehand() {
    let (node, group, to) = (Solana::start(), Group::generate(), somebody());
    let pay = |lamports| group.intent(Payment::Sol { to, lamports }, None);
    // What it costs, and what its marker keeps.
    let fee = pay(1).fee().total() + DEPOSIT;
    assert_eq!(group.failure(&node, &pay(SOL)), Cause::NotEnoughForFee, "nothing is there");
    node.fund(group.address(), SOL);
    let least = node.ask(&GetRentMinimum(0)).unwrap();

    assert_eq!(fatal(&node, &pay(SOL)), [Notice::NotEnoughSol { needed: SOL + fee, there: SOL }]);
    assert_eq!(group.failure(&node, &pay(SOL)), Cause::NotEnough);
    assert_eq!(fatal(&node, &pay(SOL - fee - 1)), [Notice::LeavesTooLittle { least }]);
    assert_eq!(group.failure(&node, &pay(SOL - fee - 1)), Cause::NotEnoughForRent);
    assert_eq!(fatal(&node, &pay(least - 1)), [Notice::ReceivesTooLittle { least }]);
    assert_eq!(group.failure(&node, &pay(least - 1)), Cause::NotEnoughForRent);
    assert_eq!(balance(&node, group.address()), SOL, "none of it cost anything");

    assert_eq!(fatal(&node, &pay(SOL - fee)), []);
    group.pay(&node, &pay(SOL - fee)).expect("all of it can be sent");
    assert_eq!(balance(&node, to), SOL - fee);
}

#[test]
#[ignore = "needs a Solana engine; run by `cargo xtask test solana`"]
fn a_payment_is_taken_once_and_only_in_its_time() {
    let (node, group, to) = (Solana::start(), Group::generate(), somebody());
    node.fund(group.address(), 3 * SOL);
    let intent = group.intent(Payment::Sol { to, lamports: SOL }, None);
    let lifetime = node.ask(&GetLatestBlockhash).unwrap();
    assert!(node.ask(&GetBlockHeight).unwrap() <= lifetime.last_valid_block_height);
    let (early, late) = (group.transaction(&intent, lifetime), group.transaction(&intent, lifetime));
    node.ask(&SendTransaction(&early)).unwrap();
    let refused = |transaction| match node.ask(&SendTransaction(transaction)) {
        Err(RpcError::WouldFail(failure)) => failure.cause(&intent),
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(&early), Cause::AlreadyThere);

    assert!(node.ask(&IsBlockhashValid(lifetime.blockhash)).unwrap());
    node.expire_blockhash();
    assert!(!node.ask(&IsBlockhashValid(lifetime.blockhash)).unwrap());
    assert_eq!(refused(&late), Cause::Expired);
    assert_eq!(balance(&node, to), SOL);
}

#[test]
#[ignore = "needs a Solana engine; run by `cargo xtask test solana`"]
fn a_signature_is_for_one_message_of_one_group() {
    let (node, group, to) = (Solana::start(), Group::generate(), somebody());
    node.fund(group.address(), 3 * SOL);
    let intent = group.intent(Payment::Sol { to, lamports: SOL }, None);
    let blockhash = node.ask(&GetLatestBlockhash).unwrap().blockhash;
    let signature = group.sign(&intent.message(blockhash));
    let more = group.intent(Payment::Sol { to, lamports: SOL + 1 }, None);
    assert!(Transaction::new(&more, blockhash, &signature).is_err(), "another amount");
    let stranger = Group::generate().sign(&intent.message(blockhash));
    assert!(Transaction::new(&intent, blockhash, &stranger).is_err(), "another group");

    // The network sees it the same way, whatever a device's own check would say.
    let mut forged = vec![1];
    forged.extend(signature);
    forged.extend(more.message(blockhash));
    assert_eq!(send_raw(&node, &forged), Err("SignatureFailure".to_owned()));
    assert_eq!(balance(&node, to), 0);
}

/// Sends bytes as they are; gives the engine's name for what is wrong with them.
fn send_raw(node: &Solana, bytes: &[u8]) -> Result<(), String> {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let answer = node.try_test("sendTransaction", &json!([STANDARD.encode(bytes), { "encoding": "base64" }]));
    let error = answer.get("error").cloned();
    error.map_or(Ok(()), |error| Err(error["data"]["err"].as_str().unwrap_or("unreadable").to_owned()))
}

#[test]
#[ignore = "needs a Solana engine; run by `cargo xtask test solana`"]
fn payments_need_no_more_computing_than_they_ask_for() {
    let (node, group) = (Solana::start(), Group::generate());
    let payer = Address::from(group.address());
    node.fund(payer, 100 * SOL);
    let memos = [String::new(), "a".to_owned(), "ä".repeat(250), "🏔".repeat(125)];
    for memo in memos.iter().map(String::as_str) {
        let memo = (!memo.is_empty()).then_some(memo);
        let intent = group.intent(Payment::Sol { to: somebody(), lamports: SOL }, memo);
        let transaction = group.pay(&node, &intent).unwrap();
        check_units(&node, &intent, &transaction);
        for program in TokenProgram::ALL {
            let mint = put_mint(&node, program, &[]);
            put_tokens(&node, program, mint, payer, 10_000_000, &[(7, vec![])]);
            for _ in 0..8 {
                // Where an account lies takes more or fewer tries to find.
                let to = somebody();
                let payment =
                    TokenPayment { program, mint, decimals: 6, to, amount: 1, create_account: true };
                let intent = group.intent(Payment::Token(payment), memo);
                let transaction = group.pay(&node, &intent).unwrap();
                check_units(&node, &intent, &transaction);
            }
        }
    }
}

fn check_units(node: &Solana, intent: &Intent, transaction: &Transaction) {
    let (used, asked) = (used(node, transaction), intent.priority().units());
    assert!(used <= asked, "{used} of {asked} for {intent:?}");
}

#[test]
#[ignore = "needs a Solana engine; run by `cargo xtask test solana`"]
fn a_signed_text_is_read_by_others_and_is_never_a_transaction() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let (node, group) = (Solana::start(), Group::generate());
    node.fund(group.address(), SOL);
    let text = OffchainMessage::new(group.address(), "Permafrost pays its debts.\nSigned on 1 May.").unwrap();
    let signature = group.sign(&text.message());
    let envelope = text.envelope(&signature).unwrap();
    let content: String = node.test("testOpenOffchain", &json!([STANDARD.encode(&envelope)]));
    assert_eq!(content, text.message().iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    assert_eq!(OffchainMessage::open(&envelope), Ok(text));
    assert!(send_raw(&node, &envelope).is_err(), "the engine reads no transaction in it");
}

#[test]
#[ignore = "needs a Solana engine; run by `cargo xtask test solana`"]
fn what_others_bid_comes_in_order() {
    let node = Solana::start();
    assert_eq!(node.ask(&GetPriorityPrices(vec![somebody()])).unwrap(), [0, 700]);
}
