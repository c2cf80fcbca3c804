mod changed;
mod outputs;
mod refused;
mod vectors;

use bitcoin::{Amount, FeeRate, absolute::LockTime, psbt::Psbt};

use super::*;
use crate::bitcoin::testing::{self, CHANGE, Key, RECEIVE, To, account, coin, key, place, psbt, to_stranger};

/// Two coins of 60,000 and 50,000; 80,000 go to a stranger, 29,000 come back as change, and 1,000 are the fee.
fn usual() -> Psbt {
    psbt(
        &[(place(RECEIVE, 3), 60_000), (place(CHANGE, 0x7fff_ffff), 50_000)],
        &[(to_stranger(), 80_000), (To::Own(place(CHANGE, 4)), 29_000)],
    )
}

fn decode(psbt: &Psbt) -> Result<Spend, SpendError> {
    Spend::decode(&account(), &psbt.serialize())
}

fn import(psbt: &Psbt) -> Result<Spend, SpendError> {
    Spend::import(&account(), &psbt.serialize())
}

fn sign(spend: &Spend, key: &Key) -> Vec<[u8; 64]> {
    spend.signables().iter().map(|signable| key.sign(signable)).collect()
}

#[test]
fn a_spend_shows_what_it_spends_and_whom_it_pays() {
    let spend = decode(&usual()).unwrap();
    let coins: Vec<_> =
        spend.coins().iter().map(|coin| (coin.outpoint, coin.place, coin.amount.to_sat())).collect();
    assert_eq!(coins, [(coin(1), place(RECEIVE, 3), 60_000), (coin(2), place(CHANGE, 0x7fff_ffff), 50_000)]);
    let outputs: Vec<_> = spend.outputs().iter().map(|o| (o.target.clone(), o.amount.to_sat())).collect();
    assert_eq!(outputs, [(Target::To(testing::stranger()), 80_000), (Target::Change { index: 4 }, 29_000)]);
    let totals = [spend.spent(), spend.sent(), spend.returned(), spend.fee()];
    assert_eq!(totals.map(Amount::to_sat), [110_000, 80_000, 29_000, 1_000]);
    assert_eq!(spend.fee_level(), FeeLevel::Usual);
    assert!(spend.is_replaceable());
    assert_eq!((spend.version(), spend.lock_time(), spend.locked_until()), (2, LockTime::ZERO, None));
    assert_eq!(spend.txid(), usual().unsigned_tx.compute_txid());
}

#[test]
fn the_fee_rate_is_that_of_the_signed_transaction() {
    let spend = decode(&usual()).unwrap();
    let signed = spend.finalize(&sign(&spend, &key())).unwrap();
    assert_eq!(spend.weight(), signed.weight());
    assert_eq!(spend.fee_rate(), Amount::from_sat(1_000) / signed.weight());
    assert!(spend.fee_rate() > FeeRate::BROADCAST_MIN);
    assert_eq!(spend.txid(), signed.compute_txid());
}

#[test]
fn only_the_groups_own_signatures_make_a_transaction() {
    let spend = decode(&usual()).unwrap();
    let right = sign(&spend, &key());
    let output_key =
        |input: usize| XOnlyPublicKey::from_slice(&spend.coins[input].script.as_bytes()[2..]).unwrap();
    assert!(spend.finalize(&right).is_ok());

    assert_eq!(
        spend.finalize(&[right[1], right[0]]),
        Err(FinalizeError::Invalid { input: 0, key: output_key(0) }),
        "each input has its own"
    );
    for byte in [0, 31, 32, 63] {
        let mut changed = right.clone();
        changed[1][byte] ^= 1;
        let refused = spend.finalize(&changed);
        assert_eq!(refused, Err(FinalizeError::Invalid { input: 1, key: output_key(1) }), "byte {byte}");
    }
    let other = Key(bitcoin::secp256k1::SecretKey::from_slice(&[9; 32]).unwrap());
    assert!(spend.finalize(&sign(&spend, &other)).is_err(), "another group");
    assert_eq!(spend.finalize(&right[..1]), Err(FinalizeError::Count { expected: 2, found: 1 }));
    let more = [right.clone(), right].concat();
    assert_eq!(spend.finalize(&more), Err(FinalizeError::Count { expected: 2, found: 4 }));
}

#[test]
fn the_canonical_form_is_what_was_read_and_any_other_is_refused() {
    let bytes = usual().serialize();
    let spend = Spend::decode(&account(), &bytes).unwrap();
    assert_eq!(spend.encode(), bytes);

    let others: [fn(&mut Psbt); 6] = [
        |psbt| drop(psbt.unknown.insert(unknown(), vec![1])),
        |psbt| drop(psbt.inputs[0].unknown.insert(unknown(), vec![1])),
        |psbt| drop(psbt.outputs[0].unknown.insert(unknown(), vec![1])),
        |psbt| psbt.inputs[0].tap_internal_key = None,
        |psbt| psbt.outputs[1].tap_internal_key = None,
        |psbt| psbt.inputs[1].sighash_type = Some(bitcoin::TapSighashType::Default.into()),
    ];
    for (i, change) in others.iter().enumerate() {
        let mut psbt = usual();
        change(&mut psbt);
        assert_eq!(decode(&psbt), Err(SpendError::NotCanonical), "{i}");
        assert_eq!(import(&psbt).as_ref(), Ok(&spend), "{i}: another program's way to say the same");
    }
    let mut longer = bytes;
    longer.push(0);
    assert_eq!(Spend::decode(&account(), &longer), Err(SpendError::Malformed));
    assert_eq!(Spend::import(&account(), &longer), Err(SpendError::Malformed));
}

fn unknown() -> bitcoin::psbt::raw::Key {
    bitcoin::psbt::raw::Key { type_value: 0x7f, key: vec![1, 2] }
}

#[test]
fn another_programs_psbt_is_read_as_bytes_and_as_text() {
    let spend = decode(&usual()).unwrap();
    let text = usual().to_string();
    assert_eq!(spend.to_text(), text);
    let broken: String =
        text.as_bytes().chunks(64).map(|line| format!("{}\r\n", String::from_utf8_lossy(line))).collect();
    for file in [text.as_str(), &format!(" {text}\n"), &broken] {
        assert_eq!(Spend::import(&account(), file.as_bytes()).as_ref(), Ok(&spend));
    }
    assert_eq!(import(&usual()).as_ref(), Ok(&spend));
    assert!(Spend::decode(&account(), text.as_bytes()).is_err(), "devices send each other bytes only");
}

#[test]
fn whoever_knows_the_key_by_another_fingerprint_still_names_its_coins() {
    let mut psbt = usual();
    for origins in [&mut psbt.inputs[0].tap_key_origins, &mut psbt.outputs[1].tap_key_origins] {
        for (_, (fingerprint, _)) in origins.values_mut() {
            *fingerprint = Fingerprint::default();
        }
    }
    assert_eq!(import(&psbt), decode(&usual()));
    assert_eq!(decode(&psbt), Err(SpendError::NotCanonical));
}

#[test]
fn a_lock_and_replaceability_are_shown() {
    let locked = |sequence| {
        let mut psbt = usual();
        psbt.unsigned_tx.lock_time = LockTime::from_consensus(840_000);
        for txin in &mut psbt.unsigned_tx.input {
            txin.sequence = sequence;
        }
        let spend = decode(&psbt).unwrap();
        (spend.is_replaceable(), spend.locked_until().map(LockTime::to_consensus_u32))
    };
    assert_eq!(locked(Sequence::ENABLE_RBF_NO_LOCKTIME), (true, Some(840_000)));
    assert_eq!(locked(Sequence::ENABLE_LOCKTIME_NO_RBF), (false, Some(840_000)));
    assert_eq!(locked(Sequence::MAX), (false, None), "no input lets the lock count");
}
