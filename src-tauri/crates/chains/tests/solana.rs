//! Solana: what is signed is exactly what was meant, and nothing from a peer or a server does harm.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use chains::solana::{
    self, Address, Intent, Network, Signature, SolanaAddress,
    fee::{MAX_UNITS, MIN_UNITS, Priority},
    intent::{IntentError, MAX_ENCODED, Payment, TokenPayment},
    marker::{MAX_DEPOSIT, Marker, PaymentId},
    meaning::{Meaning, Moved},
    memo::Memo,
    message::{Blockhash, Lifetime, MAX_TRANSACTION},
    offchain::{MAX_TEXT, OffchainError, OffchainMessage},
    rpc::{
        Call, Cause, Failure, GetAccount, GetAccounts, GetBalance, GetBlockHeight, GetGenesisHash,
        GetLatestBlockhash, GetPriorityPrices, GetSignatures, GetStatuses, GetTokenAccounts, GetTransaction,
        IsBlockhashValid, MAX_ADDRESSES, RpcError, SendTransaction,
    },
    token::{Mint, Rule, TokenAccount, TokenProgram, associated_account},
    transaction::Transaction,
};
use ed25519_dalek::{Signer as _, SigningKey};
use proptest::prelude::*;
use serde_json::{Value, json};

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn wallet(seed: u8) -> SolanaAddress {
    solana::address(&key(seed).verifying_key().to_bytes()).unwrap()
}

fn payment() -> impl Strategy<Value = Payment> {
    let sol = (any::<[u8; 32]>(), 1_u64..).prop_map(|(to, lamports)| {
        let to = Address::from_bytes(to);
        Payment::Sol { to, lamports }
    });
    let token = (any::<bool>(), any::<[u8; 32]>(), any::<u8>(), any::<[u8; 32]>(), 1_u64.., any::<bool>());
    let token = token.prop_map(|(newer, mint, decimals, to, amount, create_account)| {
        let program = if newer { TokenProgram::Token2022 } else { TokenProgram::Token };
        let (mint, to) = (Address::from_bytes(mint), Address::from_bytes(to));
        Payment::Token(TokenPayment { program, mint, decimals, to, amount, create_account })
    });
    prop_oneof![sol, token]
}

fn intent() -> impl Strategy<Value = Intent> {
    let memo = proptest::option::of("[a-zA-Zä🏔 ]{1,120}");
    let marker = (any::<[u8; 16]>(), 1..=MAX_DEPOSIT);
    let parts = (payment(), memo, MIN_UNITS..=MAX_UNITS, 0_u64..=50_000_000, marker);
    parts.prop_filter_map("a place where nobody receives", |(payment, memo, units, price, marker)| {
        let memo = memo.map(|text| Memo::new(&text).unwrap());
        let priority = Priority::new(units, price).unwrap();
        let marker = Marker::new(PaymentId::from_bytes(marker.0), marker.1).unwrap();
        Intent::new(wallet(1), Network::Mainnet, payment, memo, priority, marker).ok()
    })
}

fn marker() -> Marker {
    Marker::new(PaymentId::from_bytes([5; 16]), 890_880).unwrap()
}

fn decode(bytes: &[u8]) -> Result<Intent, IntentError> {
    Intent::decode(bytes, wallet(1), Network::Mainnet)
}

fn simple(payment: Payment) -> Result<Intent, IntentError> {
    Intent::new(wallet(1), Network::Mainnet, payment, None, Priority::new(1_000, 5).unwrap(), marker())
}

proptest! {
    #[test]
    fn what_is_signed_is_exactly_what_was_meant(intent in intent(), other in intent(), hash: [u8; 32]) {
        let message = intent.message(Blockhash::from_bytes(hash));
        prop_assert!(message.len() + 65 <= MAX_TRANSACTION);
        let meaning = Meaning::read(&message).unwrap();
        prop_assert!(meaning.is(&intent));
        prop_assert_eq!(meaning.blockhash, Blockhash::from_bytes(hash));
        prop_assert_eq!(meaning.is(&other), intent == other);
        if let (Payment::Token(token), Moved::Token { source, destination, .. }) = (intent.payment(), &meaning.moved) {
            prop_assert_eq!(Some(*destination), associated_account(&token.to, &token.mint, token.program));
            prop_assert_eq!((Some(*source), Some(*destination)), (intent.source(), intent.destination()));
        }
    }

    #[test]
    fn each_changed_byte_of_a_message_changes_its_meaning_or_leaves_none(intent in intent(), at: usize, by in 1_u8..) {
        let hash = Blockhash::from_bytes([9; 32]);
        let mut message = intent.message(hash);
        let at = at % message.len();
        message[at] ^= by;
        let survives = Meaning::read(&message).is_ok_and(|meaning| meaning.is(&intent) && meaning.blockhash == hash);
        prop_assert!(!survives, "byte {}", at);
    }

    #[test]
    fn an_account_too_many_leaves_no_meaning(intent in intent(), extra: [u8; 32]) {
        let mut message = intent.message(Blockhash::from_bytes([9; 32]));
        let count = usize::from(message[3]);
        (message[2], message[3]) = (message[2] + 1, message[3] + 1);
        message.splice(4 + 32 * count..4 + 32 * count, extra);
        prop_assert!(Meaning::read(&message).is_err());
    }

    #[test]
    fn a_proposal_is_read_as_it_was_written_and_in_that_form_only(intent in intent(), at: usize, by in 1_u8..) {
        let bytes = intent.encode();
        prop_assert!(bytes.len() <= MAX_ENCODED);
        prop_assert_eq!(decode(&bytes), Ok(intent.clone()));
        prop_assert!(decode(&[&bytes[..], &[0]].concat()).is_err());
        prop_assert!(decode(&bytes[..bytes.len() - 1]).is_err());
        let mut changed = bytes.clone();
        let at = at % bytes.len();
        changed[at] ^= by;
        if let Ok(other) = decode(&changed) {
            let hash = Blockhash::from_bytes([9; 32]);
            prop_assert_ne!(&other, &intent);
            // Whether an account is made, and whose it is, shows in the message as well.
            prop_assert_ne!(other.message(hash), intent.message(hash));
        }
    }

    #[test]
    fn garbage_is_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = decode(&bytes);
        let _ = decode(&[&[2, 0][..], &bytes].concat());
        let _ = Meaning::read(&bytes);
        let _ = Meaning::read(&[&[1, 0, 1, 4][..], &bytes].concat());
        let _ = OffchainMessage::open(&bytes);
        let _ = OffchainMessage::parse(&[b"\xffsolana offchain\x01", &bytes[..]].concat());
        let _ = Lifetime::from_bytes(&bytes);
        for program in TokenProgram::ALL {
            let _ = Mint::parse(&bytes, program);
            let _ = TokenAccount::parse(&bytes, program);
            let _ = Mint::parse(&mint(&bytes), program);
        }
    }

    #[test]
    fn a_hostile_server_harms_nobody(value in anything()) {
        for result in [json!(value), json!({ "context": { "slot": 1 }, "value": value })] {
            for answer in [json!({ "jsonrpc": "2.0", "id": 1, "result": result }), json!({ "jsonrpc": "2.0", "id": 1, "error": value }), value.clone()] {
                ask_everything(&answer);
            }
        }
    }
}

/// Any JSON, often with the names and types that servers use.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[1-9A-HJ-NP-Za-km-z]{0,90}".prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
        Just(json!("11111111111111111111111111111111")),
        Just(json!(["AAAA", "base64"])),
    ];
    let names = "lamports|owner|data|executable|space|pubkey|account|blockhash|lastValidBlockHeight|err|slot|code|message|\
                 signature|signatures|confirmationStatus|meta|transaction|accountKeys|instructions|fee|preBalances|\
                 postBalances|preTokenBalances|InstructionError|value|data";
    leaf.prop_recursive(4, 48, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::vec((names, inner), 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn ask_everything(answer: &Value) {
    let bytes = answer.to_string().into_bytes();
    let address = Address::from(wallet(1));
    let (id, program) = (Signature::from_bytes([1; 64]), TokenProgram::Token2022);
    let _ = GetBalance(address).parse(1, &bytes);
    let _ = GetAccount(address).parse(1, &bytes);
    let _ = GetAccounts(vec![address]).parse(1, &bytes);
    let _ = GetTokenAccounts { owner: address, program }.parse(1, &bytes);
    let _ = GetLatestBlockhash.parse(1, &bytes);
    let _ = GetGenesisHash.parse(1, &bytes);
    let _ = GetBlockHeight.parse(1, &bytes);
    let _ = IsBlockhashValid(Blockhash::from_bytes([0; 32])).parse(1, &bytes);
    let _ = GetPriorityPrices(vec![address]).parse(1, &bytes);
    let _ = GetStatuses(vec![id]).parse(1, &bytes);
    let _ = GetSignatures { address, before: None, limit: 10 }.parse(1, &bytes);
    let _ = GetTransaction { id, address }.parse(1, &bytes);
}

/// A Token-2022 mint with six decimals and these bytes as its extensions.
fn mint(extensions: &[u8]) -> Vec<u8> {
    let mut data = vec![0; 166];
    (data[44], data[45], data[165]) = (6, 1, 1);
    data.extend(extensions);
    data
}

#[test]
fn no_byte_of_a_message_can_be_changed_without_changing_what_it_means() {
    let hash = Blockhash::from_bytes([9; 32]);
    let sol = Payment::Sol { to: wallet(2).into(), lamports: 1 };
    let token = |program, create_account| {
        let (mint, to) = (wallet(3).into(), wallet(2).into());
        Payment::Token(TokenPayment { program, mint, decimals: 6, to, amount: 1, create_account })
    };
    let tokens = TokenProgram::ALL.map(|program| [token(program, false), token(program, true)]);
    for payment in tokens.into_iter().flatten().chain([sol]) {
        for memo in [None, Some(Memo::new("Rent").unwrap())] {
            let priority = Priority::new(1_000, 5).unwrap();
            let payment = payment.clone();
            let intent = Intent::new(wallet(1), Network::Mainnet, payment, memo, priority, marker()).unwrap();
            let message = intent.message(hash);
            for (at, by) in (0..message.len()).flat_map(|at| (1..=u8::MAX).map(move |by| (at, by))) {
                let mut changed = message.clone();
                changed[at] ^= by;
                let is_same = |meaning: Meaning| meaning.is(&intent) && meaning.blockhash == hash;
                assert!(
                    !Meaning::read(&changed).is_ok_and(is_same),
                    "{:?}: byte {at} changed by {by}",
                    intent.payment()
                );
            }
        }
    }
}

#[test]
fn what_nobody_can_mean_is_no_intent() {
    let (payer, to) = (Address::from(wallet(1)), Address::from(wallet(2)));
    assert_eq!(simple(Payment::Sol { to, lamports: 0 }), Err(IntentError::Zero));
    assert_eq!(simple(Payment::Sol { to: payer, lamports: 1 }), Err(IntentError::ToItself));
    for lost in [
        "11111111111111111111111111111111",
        "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA",
        "So11111111111111111111111111111111111111112",
        "1nc1nerator11111111111111111111111111111111",
    ] {
        let to: Address = lost.parse().unwrap();
        assert_eq!(simple(Payment::Sol { to, lamports: 1 }), Err(IntentError::NobodyReceives(to)));
    }
    let own = marker().address(&payer);
    assert_eq!(
        simple(Payment::Sol { to: own, lamports: 1 }),
        Err(IntentError::NobodyReceives(own)),
        "its marker"
    );
    let (mint, program) = (Address::from(wallet(3)), TokenProgram::Token);
    let token = |to| {
        simple(Payment::Token(TokenPayment {
            program,
            mint,
            decimals: 6,
            to,
            amount: 1,
            create_account: true,
        }))
    };
    assert!(token(to).is_ok());
    let own = associated_account(&payer, &mint, program).unwrap();
    for to in [mint, own] {
        assert_eq!(token(to), Err(IntentError::NobodyReceives(to)), "a token's own places");
    }
}

#[test]
fn a_payment_is_for_one_network() {
    let intent = simple(Payment::Sol { to: wallet(2).into(), lamports: 1 }).unwrap();
    let elsewhere = Intent::decode(&intent.encode(), wallet(1), Network::Devnet);
    assert_eq!(elsewhere, Err(IntentError::OtherNetwork(Network::Mainnet)));
}

/// Where a message's accounts begin: behind its header and how many there are.
const FIRST_KEY: usize = 4;

#[test]
fn a_payment_makes_its_marker_before_it_does_anything_else() {
    let intent = simple(Payment::Sol { to: wallet(2).into(), lamports: 1 }).unwrap();
    let message = intent.message(Blockhash::from_bytes([9; 32]));
    let keys: Vec<_> = message[FIRST_KEY..].chunks(32).take(3).collect();
    let at = keys.iter().position(|key| key == intent.marker_address().as_bytes()).unwrap();
    assert!(at > 0, "among what can be changed, behind the payer");
    let calls = FIRST_KEY + 32 * usize::from(message[3]) + 32;
    // Behind how many there are and the first one's program.
    assert_eq!(message[calls + 2..calls + 5], [2, 0, u8::try_from(at).unwrap()]);
    let data = &message[calls + 6..][..124];
    let seed = "05".repeat(16);
    assert_eq!(data[..44], [&3_u32.to_le_bytes()[..], wallet(1).as_bytes(), &32_u64.to_le_bytes()].concat());
    assert_eq!(data[44..76], *seed.as_bytes());
    assert_eq!(data[76..], [&890_880_u64.to_le_bytes()[..], &[0; 8], &[0; 32]].concat());
}

#[test]
fn each_payment_has_a_marker_of_its_own_and_of_its_payer() {
    let of = |id, deposit| Marker::new(PaymentId::from_bytes([id; 16]), deposit).unwrap();
    let (one, other) = (Address::from(wallet(1)), Address::from(wallet(2)));
    assert_ne!(of(1, 5).address(&one), of(2, 5).address(&one));
    assert_ne!(of(1, 5).address(&one), of(1, 5).address(&other));
    assert_eq!(of(1, 5).address(&one), of(1, 6).address(&one), "whatever it holds");
    // From `createAddressWithSeed` of @solana/kit 8.4.
    assert_eq!(of(5, 1).address(&one).to_string(), "4zpznbuMDxczqtqaUJXoqh9YHrhWkatXuBoe7h1DVKB7");
}

#[test]
fn a_marker_that_vanishes_marks_nothing_and_is_no_payment() {
    let payment = Payment::Sol { to: wallet(2).into(), lamports: 1 };
    let intent = simple(payment).unwrap();
    let mut bytes = intent.encode();
    // Version, network and ID come before it.
    let end = 18 + bytes[18..].iter().position(|byte| byte & 0x80 == 0).unwrap() + 1;
    bytes.splice(18..end, [0]);
    assert!(
        matches!(decode(&bytes), Err(IntentError::Deposit(_))),
        "the network would do it again and again"
    );

    let mut message = intent.message(Blockhash::from_bytes([9; 32]));
    let deposit = 890_880_u64.to_le_bytes();
    let at = message.windows(8).position(|eight| eight == deposit).unwrap();
    message[at..at + 8].fill(0);
    assert!(Meaning::read(&message).is_err());
}

#[test]
fn a_payment_without_a_marker_is_not_read() {
    let intent = simple(Payment::Sol { to: wallet(2).into(), lamports: 1 }).unwrap();
    let mut bytes = intent.encode();
    bytes[0] = 1;
    assert_eq!(decode(&bytes), Err(IntentError::Malformed), "the version before");
    // That one has no ID and no deposit: 16 bytes and 3.
    bytes.drain(2..21);
    assert_eq!(decode(&bytes), Err(IntentError::Malformed));
}

#[test]
fn a_marker_that_is_there_is_told_from_all_that_looks_like_it() {
    let sol = simple(Payment::Sol { to: wallet(2).into(), lamports: 1 }).unwrap();
    let cause = |index, code| Failure::Instruction { index, code, name: "Custom".to_owned() }.cause(&sol);
    assert_eq!(cause(0, Some(0)), Cause::AlreadyMarked);
    assert_eq!(cause(0, Some(1)), Cause::NotEnough);
    assert_eq!(cause(3, Some(0)), Cause::Other, "a token program's number");
    assert_eq!(cause(0, None), Cause::Other);
}

#[test]
fn a_lifetime_travels_in_forty_bytes() {
    let lifetime =
        Lifetime { blockhash: Blockhash::from_bytes([7; 32]), last_valid_block_height: 123_456_789 };
    assert_eq!(Lifetime::from_bytes(&lifetime.to_bytes()), Some(lifetime));
    assert_eq!(Lifetime::from_bytes(&[0; 41]), None);
    assert_eq!(Lifetime::from_bytes(&[0; 39]), None);
}

#[test]
fn a_transaction_is_given_out_only_with_the_groups_signature() {
    let intent = simple(Payment::Sol { to: wallet(2).into(), lamports: 1 }).unwrap();
    let hash = Blockhash::from_bytes([7; 32]);
    let signature = key(1).sign(&intent.message(hash)).to_bytes();
    let transaction = Transaction::new(&intent, hash, &signature).unwrap();
    assert_eq!(transaction.to_bytes()[..65], [&[1][..], &signature].concat());
    assert_eq!(transaction.id(), transaction.id().to_string().parse().unwrap());
    let answer = |id: String| json!({ "jsonrpc": "2.0", "id": 4, "result": id }).to_string();
    let sent = |id| SendTransaction(&transaction).parse(4, answer(id).as_bytes());
    assert_eq!(sent(transaction.id().to_string()), Ok(()));
    assert_eq!(
        sent(Signature::from_bytes([1; 64]).to_string()),
        Err(RpcError::Malformed),
        "another one's name"
    );

    let later = Blockhash::from_bytes([8; 32]);
    assert!(Transaction::new(&intent, later, &signature).is_err());
    assert!(Transaction::new(&intent, hash, &key(2).sign(&intent.message(hash)).to_bytes()).is_err());
}

#[test]
fn a_signed_text_has_the_form_of_version_1() {
    // From @solana/kit 8.4; the signer is the key of RFC 8032, section 7.1, test 1.
    let known = "ff736f6c616e61206f6666636861696e0101d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f7075\
                 11a5065726d6166726f73742070617973206974732064656274732e";
    let known = hex::decode(known).unwrap();
    let mut signer = [0; 32];
    signer.copy_from_slice(&known[18..50]);
    let text = OffchainMessage::new(solana::address(&signer).unwrap(), "Permafrost pays its debts.").unwrap();
    assert_eq!(text.message(), known);
    assert_eq!(OffchainMessage::parse(&known), Ok(text));

    let text = OffchainMessage::new(wallet(1), "Hello").unwrap();
    let good = text.envelope(&key(1).sign(&text.message()).to_bytes()).unwrap();
    assert_eq!(OffchainMessage::open(&good), Ok(text.clone()));
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 1;
        assert!(OffchainMessage::open(&bad).is_err(), "byte {at}");
    }
    assert!(text.envelope(&key(2).sign(&text.message()).to_bytes()).is_err());
    let of = |text: &str| OffchainMessage::new(wallet(1), text);
    assert_eq!(of(""), Err(OffchainError::Empty));
    assert_eq!(of(&"a".repeat(MAX_TEXT + 1)), Err(OffchainError::TooLong));
    assert_eq!(of("a\u{202e}b"), Err(OffchainError::Character('\u{202e}')));
}

#[test]
fn a_signed_text_is_never_a_payment_nor_the_other_way_round() {
    let text = OffchainMessage::new(wallet(1), "Hello").unwrap();
    assert!(Meaning::read(&text.message()).is_err());
    assert_eq!(
        text.message()[0],
        0xff,
        "announces a transaction of version 127, which is reserved for never being one"
    );
    let intent = simple(Payment::Sol { to: wallet(2).into(), lamports: 1 }).unwrap();
    let message = intent.message(Blockhash::from_bytes([7; 32]));
    assert!(OffchainMessage::parse(&message).is_err());
    assert_eq!(message[0], 1, "begins with the number of its signatures");
}

#[test]
fn a_tokens_rules_are_seen() {
    let of = |kind: u16, content: &[u8]| {
        let length = u16::try_from(content.len()).unwrap();
        let data = mint(&[&kind.to_le_bytes(), &length.to_le_bytes(), content].concat());
        Mint::parse(&data, TokenProgram::Token2022)
            .map(|mint| (mint.decimals, mint.rules, mint.account_length))
    };
    let hook = [[0; 32], [5; 32]].concat();
    assert_eq!(of(14, &[0; 64]), Ok((6, vec![], 175)), "a hook that nobody has set");
    assert_eq!(of(14, &hook), Ok((6, vec![Rule::Hook(Address::from_bytes([5; 32]))], 175)));
    assert_eq!(of(9, &[]), Ok((6, vec![Rule::NotTransferable], 174)));
    assert_eq!(of(6, &[2]), Ok((6, vec![Rule::NewAccountsAreFrozen], 170)));
    assert_eq!(of(12, &[3; 32]), Ok((6, vec![Rule::CanBeTaken], 170)));
    assert_eq!(of(26, &[vec![0; 32], vec![1]].concat()), Ok((6, vec![Rule::Paused], 174)));
    assert_eq!(of(19, b"a name"), Ok((6, vec![], 170)));
    assert_eq!(of(99, b"new"), Ok((6, vec![Rule::Unknown(99)], 170)));
    assert!(of(1, &[0; 107]).is_err(), "a fee that is cut off");
    assert!(Mint::parse(&mint(&[]), TokenProgram::Token).is_err(), "the older program knows no extensions");
}

#[test]
fn a_servers_answer_is_taken_only_for_its_own_question() {
    let ask = |answer: Value| GetBlockHeight.parse(3, answer.to_string().as_bytes());
    assert_eq!(ask(json!({ "jsonrpc": "2.0", "id": 3, "result": 17 })), Ok(17));
    for bad in [
        json!({ "jsonrpc": "2.0", "id": 4, "result": 17 }),
        json!({ "jsonrpc": "2.0", "result": 17 }),
        json!({ "jsonrpc": "1.0", "id": 3, "result": 17 }),
        json!({ "jsonrpc": "2.0", "id": 3, "result": -1 }),
        json!({ "jsonrpc": "2.0", "id": 3, "result": 1.5 }),
        json!({ "jsonrpc": "2.0", "id": 3, "result": "17" }),
        json!({ "jsonrpc": "2.0", "id": 3 }),
        json!({ "jsonrpc": "2.0", "id": 3, "result": 17, "error": { "code": 1, "message": "" } }),
        json!([]),
    ] {
        assert_eq!(ask(bad.clone()), Err(RpcError::Malformed), "{bad}");
    }
    assert_eq!(GetBlockHeight.parse(3, &vec![b' '; 65 * 1024]), Err(RpcError::TooLong));
    let deep = "[".repeat(50_000);
    assert_eq!(GetBlockHeight.parse(3, deep.as_bytes()), Err(RpcError::Malformed));
    let refusal = json!({ "code": -32005, "message": format!("behind\u{1b}[31m{}", "x".repeat(5_000)) });
    let refusal = ask(json!({ "jsonrpc": "2.0", "id": 3, "error": refusal })).unwrap_err();
    assert!(refusal.is_temporary());
    let RpcError::Refused { text, .. } = refusal else { panic!("{refusal:?}") };
    assert!(text.chars().count() == 200 && !text.contains('\u{1b}'), "{text}");
}

#[test]
fn an_error_that_cannot_be_read_is_no_success() {
    let status = |err: Value| {
        let status =
            json!({ "slot": 5, "confirmations": null, "err": err, "confirmationStatus": "finalized" });
        let answer =
            json!({ "jsonrpc": "2.0", "id": 1, "result": { "context": { "slot": 9 }, "value": [status] } });
        let ask = GetStatuses(vec![Signature::from_bytes([1; 64])]);
        ask.parse(1, answer.to_string().as_bytes()).map(|statuses| statuses[0].clone().unwrap().failure)
    };
    assert_eq!(status(Value::Null), Ok(None));
    assert_eq!(
        status(json!("BlockhashNotFound")),
        Ok(Some(Failure::Transaction("BlockhashNotFound".to_owned())))
    );
    let custom = Failure::Instruction { index: 3, code: Some(18), name: "Custom".to_owned() };
    assert_eq!(status(json!({ "InstructionError": [3, { "Custom": 18 }] })), Ok(Some(custom)));
    for unreadable in [json!(7), json!({}), json!(true), json!({ "InstructionError": [] })] {
        assert_eq!(status(unreadable), Err(RpcError::Malformed));
    }
}

#[test]
fn a_server_cannot_pass_off_other_peoples_tokens() {
    let (owner, program) = (Address::from(wallet(1)), TokenProgram::Token);
    let held = |whose: Address, kept_by: Address| {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        let mut data = vec![0; 165];
        data[32..64].copy_from_slice(whose.as_bytes());
        (data[64], data[108]) = (42, 1);
        let account = json!({ "lamports": 1, "owner": kept_by.to_string(), "executable": false, "data": [STANDARD.encode(data), "base64"] });
        let value = json!([{ "pubkey": wallet(4).to_string(), "account": account }]);
        let answer = json!({ "jsonrpc": "2.0", "id": 1, "result": { "context": {}, "value": value } });
        let held = GetTokenAccounts { owner, program }.parse(1, answer.to_string().as_bytes());
        held.map(|held| held[0].account.amount)
    };
    assert_eq!(held(owner, program.address()), Ok(42));
    assert_eq!(held(wallet(2).into(), program.address()), Err(RpcError::Malformed));
    assert_eq!(held(owner, wallet(2).into()), Err(RpcError::Malformed));
}

#[test]
fn accounts_are_told_apart_by_their_place_in_the_answer() {
    let account = json!({ "lamports": 5, "owner": wallet(2).to_string(), "executable": false, "data": ["AAAA", "base64"] });
    let ask = |count, value: Value| {
        let answer = json!({ "jsonrpc": "2.0", "id": 1, "result": { "context": {}, "value": value } });
        let ask = GetAccounts(vec![wallet(1).into(); count]);
        let found = ask.parse(1, answer.to_string().as_bytes())?;
        Ok(found.iter().map(|account| account.as_ref().map(|lies| lies.balance)).collect::<Vec<_>>())
    };
    assert_eq!(ask(2, json!([null, account])), Ok(vec![None, Some(5)]));
    assert_eq!(ask(1, json!([null, account])), Err(RpcError::Malformed), "more than was asked for");
    assert_eq!(ask(3, json!([null, account])), Err(RpcError::Malformed), "which one is missing?");
    let many = GetAccounts(vec![wallet(1).into(); MAX_ADDRESSES + 1]);
    assert_eq!(many.parameters()[0].as_array().unwrap().len(), MAX_ADDRESSES, "servers take no more");
}
