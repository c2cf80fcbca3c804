use std::collections::BTreeMap;

use bitcoin::{
    Address, Amount, OutPoint, Psbt, ScriptBuf, Sequence, Transaction, TxIn, TxOut, Witness, XOnlyPublicKey,
    absolute::LockTime,
    bip32::{ChildNumber, DerivationPath},
    hashes::Hash as _,
    key::{Keypair, TapTweak as _},
    secp256k1::{Message, Scalar, Secp256k1, SecretKey},
    transaction::Version,
};
use chains::bitcoin::{Account, Keychain, Network};
use coordinator::{
    Ciphersuite,
    dkg::{Params, SessionTag},
    sign::KeyPath,
};
use identity::IdentityKey;

use super::*;
use crate::signing::SignedTransaction;
use crate::signing::payload::Content;
use crate::snapshot::TargetView;

const COIN: u64 = 100_000;

fn secret(seed: u8) -> SecretKey {
    SecretKey::from_slice(&[seed; 32]).unwrap()
}

fn public(seed: u8) -> [u8; 33] {
    secret(seed).public_key(&Secp256k1::new()).serialize()
}

fn account(seed: u8, network: Network) -> Account {
    Account::new(&public(seed), network).unwrap()
}

/// A wallet with this key; nobody looks at its members.
fn wallet(suite: Ciphersuite, network: Option<&str>, group_key: Vec<u8>) -> Ceremony {
    let (name, network) = ("Coins".parse().unwrap(), network.map(|network| network.parse().unwrap()));
    Ceremony {
        session: SessionTag([1; 32]),
        creator: IdentityKey::generate().unwrap().id(),
        params: Params::new(name, suite, network, 2, 3).unwrap(),
        members: Vec::new(),
        group_key,
        verifying_shares: Vec::new(),
        transcript_hash: [3; 32],
        safety_words: ["word"; 5],
    }
}

pub(crate) fn coins() -> Ceremony {
    wallet(Ciphersuite::Secp256k1Tr, Some("regtest"), public(7).to_vec())
}

/// Spends a coin at the first address; pays a stranger, and the first change address.
fn psbt(sent: u64, change: u64) -> Psbt {
    let own = account(7, Network::Regtest);
    let pay = |address: Address, amount: u64| TxOut {
        value: Amount::from_sat(amount),
        script_pubkey: address.script_pubkey(),
    };
    let stranger = account(8, Network::Regtest).address(Keychain::Receive, 0).unwrap();
    let transaction = Transaction {
        version: Version::TWO,
        lock_time: LockTime::ZERO,
        input: vec![TxIn {
            previous_output: OutPoint { txid: "ab".repeat(32).parse().unwrap(), vout: 1 },
            script_sig: ScriptBuf::new(),
            sequence: Sequence::ENABLE_RBF_NO_LOCKTIME,
            witness: Witness::new(),
        }],
        output: vec![pay(stranger, sent), pay(own.address(Keychain::Change, 0).unwrap(), change)],
    };
    let mut psbt = Psbt::from_unsigned_tx(transaction).unwrap();
    psbt.inputs[0].witness_utxo = Some(pay(own.address(Keychain::Receive, 0).unwrap(), COIN));
    psbt.inputs[0].tap_key_origins = origins(0);
    psbt.outputs[1].tap_key_origins = origins(1);
    psbt
}

/// A request to spend some of the coins of that wallet, all of them at its first address.
pub(crate) fn spend_of(coins_spent: &[u32]) -> Vec<u8> {
    let count = u64::try_from(coins_spent.len()).unwrap();
    let mut spend = psbt(60_000, count * COIN - 61_000);
    let (txin, input) = (spend.unsigned_tx.input.remove(0), spend.inputs.remove(0));
    for vout in coins_spent {
        let mut txin = txin.clone();
        txin.previous_output.vout = *vout;
        spend.unsigned_tx.input.push(txin);
        spend.inputs.push(input.clone());
    }
    imported(&coins(), spend.to_string().as_bytes()).unwrap().0
}

type Origins = BTreeMap<XOnlyPublicKey, (Vec<bitcoin::taproot::TapLeafHash>, bitcoin::bip32::KeySource)>;

/// The first address of a keychain, by its path alone.
fn origins(keychain: u32) -> Origins {
    let path: Vec<ChildNumber> = vec![keychain.into(), 0.into()];
    let key = XOnlyPublicKey::from_slice(&public(9)[1..]).unwrap();
    BTreeMap::from([(key, (vec![], (Default::default(), DerivationPath::from(path))))])
}

fn code_of(wallet: &Ceremony, psbt: &Psbt) -> String {
    imported(wallet, psbt.to_string().as_bytes()).unwrap_err().code().to_owned()
}

#[test]
fn an_imported_transaction_is_proposed_in_one_fixed_form_and_means_what_it_pays() {
    let (payload, _) = imported(&coins(), psbt(60_000, 39_000).to_string().as_bytes()).unwrap();
    let canonical = chains::bitcoin::spend::Spend::import(
        &account(7, Network::Regtest),
        psbt(60_000, 39_000).serialize().as_slice(),
    );
    let canonical = canonical.unwrap().encode();
    let length = postcard::to_allocvec(&canonical.len()).unwrap();
    assert_eq!(payload, [&[1, 1][..], &length, &canonical].concat(), "the form never changes");

    let meaning = Meaning::of(&coins(), &payload).unwrap();
    let MeaningView::Bitcoin(view) = meaning.view() else { panic!("{meaning:?}") };
    assert_eq!((view.network.as_str(), view.inputs, view.spent), ("regtest", 1, COIN));
    assert_eq!((view.sent, view.returned, view.fee), (60_000, 39_000, 1_000));
    let stranger = account(8, Network::Regtest).address(Keychain::Receive, 0).unwrap().to_string();
    assert_eq!(view.outputs[0].target, TargetView::Address { address: stranger });
    assert_eq!(view.outputs[1].target, TargetView::Change { index: 0 });
    assert!(view.replaceable && view.locked_until.is_none());
}

#[test]
fn only_signatures_of_every_input_make_the_transaction() {
    let (payload, _) = imported(&coins(), psbt(60_000, 39_000).to_string().as_bytes()).unwrap();
    let meaning = Meaning::of(&coins(), &payload).unwrap();
    let own = account(7, Network::Regtest);
    let child_tweak = own.child_tweak(Keychain::Receive, 0).unwrap();
    let secp = Secp256k1::new();
    let signatures = |tweak: [u8; 32]| -> Vec<Vec<u8>> {
        let child = secret(7).add_tweak(&Scalar::from_be_bytes(tweak).unwrap()).unwrap();
        let key = Keypair::from_secret_key(&secp, &child).tap_tweak(&secp, None).to_keypair();
        let signables = meaning.signables(None).unwrap();
        let sign = |signable: &coordinator::sign::Signable| {
            assert_eq!(signable.key, KeyPath::Taproot { child_tweak });
            let message = Message::from_digest(signable.message.as_slice().try_into().unwrap());
            secp.sign_schnorr(&message, &key).serialize().to_vec()
        };
        signables.as_slice().iter().map(sign).collect()
    };
    let right = signatures(child_tweak);
    let signed = SignedTransaction::new(&meaning.transaction(&right).unwrap());
    let raw = hex::decode(&signed.hex).unwrap();
    let transaction: Transaction = bitcoin::consensus::deserialize(&raw).unwrap();
    assert_eq!(transaction.compute_txid().to_string(), signed.txid);
    assert_eq!(transaction.input[0].witness.to_vec(), right);
    let other = own.child_tweak(Keychain::Receive, 1).unwrap();
    assert_eq!(meaning.transaction(&signatures(other)), None, "another address's key");
    assert_eq!(meaning.transaction(&[]), None);
    assert_eq!(meaning.signed_message(&right), None, "a payment is no message");
}

#[test]
fn what_a_device_can_not_stand_for_is_refused_and_says_why() {
    let good = || psbt(60_000, 39_000);
    let changed = |change: &dyn Fn(&mut Psbt)| {
        let mut psbt = good();
        change(&mut psbt);
        code_of(&coins(), &psbt)
    };
    assert_eq!(changed(&|psbt| psbt.inputs[0].witness_utxo = None), "incomplete_transaction");
    assert_eq!(changed(&|psbt| psbt.inputs[0].tap_key_origins = origins(1)), "foreign_transaction");
    assert_eq!(changed(&|psbt| psbt.unsigned_tx.output[0].value = Amount::from_sat(1)), "dust");
    assert_eq!(changed(&|psbt| psbt.unsigned_tx.output[0].value = Amount::from_sat(COIN)), "overspent");
    assert_eq!(changed(&|psbt| psbt.unsigned_tx.version = Version(3)), "unusual_transaction");
    assert_eq!(
        changed(&|psbt| psbt.inputs[0].final_script_witness = Some(Witness::new())),
        "signed_transaction"
    );
    let huge = |psbt: &mut Psbt| psbt.inputs[0].witness_utxo.as_mut().unwrap().value = Amount::ONE_BTC;
    assert_eq!(changed(&huge), "absurd_fee");
    let key_hash = ScriptBuf::new_p2wpkh(&bitcoin::WPubkeyHash::from_byte_array([1; 20]));
    let other_kind = |psbt: &mut Psbt| {
        psbt.inputs[0].witness_utxo.as_mut().unwrap().script_pubkey = key_hash.clone();
    };
    assert_eq!(changed(&other_kind), "foreign_transaction");
    let many = |psbt: &mut Psbt| {
        let (txin, input) = (psbt.unsigned_tx.input[0].clone(), psbt.inputs[0].clone());
        for vout in 2..300 {
            let mut txin = txin.clone();
            txin.previous_output.vout = vout;
            psbt.unsigned_tx.input.push(txin);
            psbt.inputs.push(input.clone());
        }
        psbt.unsigned_tx.output[0].value = Amount::from_sat(COIN * 298);
    };
    assert_eq!(changed(&many), "transaction_too_large");
    for nonsense in [&b""[..], b"psbt", b"cHNidA==", b"\xff\xfe"] {
        assert_eq!(imported(&coins(), nonsense).unwrap_err().code(), "invalid_transaction");
    }
    let elsewhere = wallet(Ciphersuite::Secp256k1Tr, Some("mainnet"), public(8).to_vec());
    assert_eq!(code_of(&elsewhere, &good()), "foreign_transaction", "each network's wallet has its own key");
    let solana = wallet(Ciphersuite::Ed25519, Some("devnet"), vec![1; 32]);
    let raw = wallet(Ciphersuite::Secp256k1, None, public(7).to_vec());
    assert_eq!([code_of(&solana, &good()), code_of(&raw, &good())], ["not_bitcoin", "not_bitcoin"]);
}

#[test]
fn what_a_member_proposes_in_another_form_or_for_another_wallet_means_nothing() {
    let of = |wallet: &Ceremony, psbt: Vec<u8>| {
        Meaning::of(wallet, &Payload::Bitcoin { psbt }.to_bytes()).map(|_| ())
    };
    let own = account(7, Network::Regtest);
    let canonical = chains::bitcoin::spend::Spend::import(&own, &psbt(60_000, 39_000).serialize());
    let canonical = canonical.unwrap().encode();
    assert_eq!(of(&coins(), canonical.clone()), Ok(()));
    let wrong = Err(Undecodable::Wrong);
    assert_eq!(of(&coins(), psbt(60_000, 39_000).serialize()), wrong, "not the canonical form");
    assert_eq!(of(&coins(), [canonical.clone(), vec![0]].concat()), wrong);
    assert_eq!(of(&coins(), canonical[..canonical.len() - 1].to_vec()), wrong);
    assert_eq!(of(&coins(), Vec::new()), wrong);
    let key = public(7).to_vec();
    for other in [
        wallet(Ciphersuite::Secp256k1Tr, Some("regtest"), public(8).to_vec()),
        wallet(Ciphersuite::Secp256k1, None, key),
        wallet(Ciphersuite::Ed25519, Some("devnet"), vec![1; 32]),
    ] {
        assert_eq!(of(&other, canonical.clone()), wrong, "{:?}", other.params);
    }
}

const RECIPIENT: &str = "24PNhTaNtomHhoy3fTRaMhAFCRj4uHqhZEEoWrKDbR5p";

/// A Solana wallet, with the key of RFC 8032's first test.
fn sol_wallet(network: &str) -> Ceremony {
    let key = hex::decode("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a").unwrap();
    wallet(Ciphersuite::Ed25519, Some(network), key)
}

fn sol_payload() -> Vec<u8> {
    sol_payment([42; 16])
}

fn sol_payment(id: [u8; 16]) -> Vec<u8> {
    use chains::solana::{
        fee::Priority,
        intent::Payment,
        marker::{Marker, PaymentId},
        memo::Memo,
    };
    let (payer, network) = payer(&sol_wallet("devnet")).unwrap();
    let payment = Payment::Sol { to: RECIPIENT.parse().unwrap(), lamports: 1_250_000_000 };
    let memo = Some(Memo::new("Rent").unwrap());
    let priority = Priority::new(payment.units(memo.as_ref()), 700).unwrap();
    let marker = Marker::new(PaymentId::from_bytes(id), 890_880).unwrap();
    let intent = Intent::new(payer, network, payment, memo, priority, marker).unwrap();
    Payload::Solana { intent: intent.encode() }.to_bytes()
}

fn block(seed: u8) -> Completion {
    let blockhash = chains::solana::message::Blockhash::from_bytes([seed; 32]);
    Completion::try_from(Lifetime { blockhash, last_valid_block_height: 1_000 }.to_bytes().to_vec()).unwrap()
}

#[test]
fn a_payment_is_signed_as_built_here_from_what_was_approved_and_the_block_alone() {
    let meaning = Meaning::of(&sol_wallet("devnet"), &sol_payload()).unwrap();
    assert!(meaning.needs_completion());
    let signed = |completion: &Completion| {
        meaning.signables(Some(completion)).unwrap().as_slice().first().unwrap().message.clone()
    };
    let read = chains::solana::meaning::Meaning::read(&signed(&block(7))).unwrap();
    assert_eq!(read.blockhash.as_bytes(), &[7; 32]);
    assert_eq!(read.memo.as_deref(), Some("Rent"));
    let to = RECIPIENT.parse().unwrap();
    assert_eq!(read.moved, chains::solana::meaning::Moved::Sol { to, lamports: 1_250_000_000 });
    let mut later = signed(&block(8));
    later.iter_mut().filter(|byte| **byte == 8).for_each(|byte| *byte = 7);
    let mut first = signed(&block(7));
    first.iter_mut().filter(|byte| **byte == 8).for_each(|byte| *byte = 7);
    assert_eq!(later, first, "the proposer's block changes nothing else");
}

#[test]
fn a_completion_that_is_no_block_is_not_signed_with() {
    let meaning = Meaning::of(&sol_wallet("devnet"), &sol_payload()).unwrap();
    assert!(meaning.signables(None).is_none(), "none");
    let whole = block(7);
    let (short, long) = (whole.as_bytes().get(..39).unwrap().to_vec(), [whole.as_bytes(), &[0]].concat());
    for bad in [vec![1], short, long, vec![0; 64]] {
        let length = bad.len();
        let bad = Completion::try_from(bad).unwrap();
        assert!(meaning.signables(Some(&bad)).is_none(), "{length} bytes");
    }
    let text = Payload::Message { content: Content::Text("yes".to_owned().try_into().unwrap()), index: 0 };
    let message = Meaning::of(&sol_wallet("devnet"), &text.to_bytes()).unwrap();
    assert!(message.signables(Some(&whole)).is_none(), "what lacks nothing is not completed");
}

#[test]
fn a_device_that_gave_its_part_for_one_block_gives_it_for_no_other() {
    let meaning = Meaning::of(&sol_wallet("devnet"), &sol_payload()).unwrap();
    assert!(meaning.to_sign(Some(&block(7)), &[]).is_some());
    assert!(meaning.to_sign(Some(&block(8)), &[block(7)]).is_none());
}

#[test]
fn only_payments_with_one_id_exclude_each_other() {
    let of = |id| Meaning::of(&sol_wallet("devnet"), &sol_payment([id; 16])).unwrap();
    assert!(of(1).conflicts_with(&of(1)), "the network makes one of them");
    assert!(!of(1).conflicts_with(&of(2)), "the same amount for the same recipient, twice as meant");
}

#[test]
fn what_a_payment_locks_up_is_shown() {
    let MeaningView::Solana(view) = Meaning::of(&sol_wallet("devnet"), &sol_payload()).unwrap().view() else {
        panic!("a payment")
    };
    assert_eq!((view.amount.as_str(), view.deposit.as_str()), ("1.25", "0.00089088"));
}

#[test]
fn a_payment_is_read_only_for_the_wallet_and_network_that_it_is_from() {
    let payload = sol_payload();
    assert_eq!(Meaning::of(&sol_wallet("mainnet"), &payload).unwrap_err(), Undecodable::Wrong, "the network");
    assert_eq!(Meaning::of(&coins(), &payload).unwrap_err(), Undecodable::Wrong, "a Bitcoin wallet");
    for cut in 0..payload.len() {
        assert!(Meaning::of(&sol_wallet("devnet"), payload.get(..cut).unwrap()).is_err(), "cut at {cut}");
    }
    let more = [payload.as_slice(), &[0]].concat();
    assert!(Meaning::of(&sol_wallet("devnet"), &more).is_err(), "more behind it");
}

#[test]
fn the_payload_of_a_payment_and_its_completion_have_the_bytes_that_the_specification_shows() {
    let specification = include_str!("../../../../../docs/protocol.md");
    let meaning = Meaning::of(&sol_wallet("devnet"), &sol_payload()).unwrap();
    let signables = meaning.signables(Some(&block(7))).unwrap();
    for (name, bytes) in [
        ("solana-payload", sol_payload()),
        ("completion", block(7).as_bytes().to_vec()),
        ("solana-message", signables.as_slice()[0].message.clone()),
    ] {
        let line = format!("\n{name} {}\n", hex::encode(bytes));
        assert!(specification.contains(&line), "{line}");
    }
    assert!(specification.contains(&meaning.intent().unwrap().marker_address().to_string()), "the marker");
}
