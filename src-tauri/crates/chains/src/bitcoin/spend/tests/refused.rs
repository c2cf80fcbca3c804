use bitcoin::{
    EcdsaSighashType, OutPoint, ScriptBuf, TapNodeHash, TapSighashType, Transaction, Witness,
    bip32::{ChildNumber, DerivationPath},
    hashes::Hash as _,
    psbt::PsbtSighashType,
    taproot::{self, LeafVersion, TapLeafHash},
    transaction::Version,
};

use super::*;

/// What becomes of the usual transaction after a change, whichever way it comes.
#[track_caller]
fn refused(change: impl Fn(&mut Psbt)) -> SpendError {
    let mut psbt = usual();
    change(&mut psbt);
    let error = import(&psbt).unwrap_err();
    assert_eq!(decode(&psbt), Err(error.clone()));
    error
}

#[test]
fn what_is_no_psbt_is_refused() {
    for bytes in [&b""[..], b"psbt", b"psbt\xff", b"psbt\xff\0", b"hello", &[0xff; 100]] {
        assert_eq!(Spend::decode(&account(), bytes), Err(SpendError::Malformed), "{bytes:?}");
        assert_eq!(Spend::import(&account(), bytes), Err(SpendError::Malformed), "{bytes:?}");
    }
    let bytes = usual().serialize();
    for end in 0..bytes.len() {
        assert_eq!(Spend::decode(&account(), &bytes[..end]), Err(SpendError::Malformed), "cut at {end}");
    }
}

#[test]
fn what_is_too_large_is_not_even_parsed() {
    let (wire, file) = (vec![0; MAX_ENCODED + 1], vec![0; MAX_IMPORTED + 1]);
    let refused = Spend::decode(&account(), &wire);
    assert_eq!(refused, Err(SpendError::Oversized { size: MAX_ENCODED + 1, max: MAX_ENCODED }));
    let refused = Spend::import(&account(), &file);
    assert_eq!(refused, Err(SpendError::Oversized { size: MAX_IMPORTED + 1, max: MAX_IMPORTED }));
}

#[test]
fn a_transaction_that_fits_in_no_request_is_refused() {
    let many = |count: u32| {
        let coins: Vec<_> = (0..count).map(|i| (place(RECEIVE, i), 10_000)).collect();
        let mut psbt = psbt(&coins, &[(to_stranger(), 9_000 * u64::from(count))]);
        for (i, txin) in (0..).zip(&mut psbt.unsigned_tx.input) {
            txin.previous_output.vout = i;
        }
        psbt
    };
    assert_eq!(import(&many(238)).unwrap().coins().len(), 238);
    assert!(decode(&many(238)).is_ok());
    let refused = import(&many(241)).unwrap_err();
    assert!(matches!(refused, SpendError::Oversized { size: 40_961.., max: MAX_ENCODED }), "{refused}");
    let refused = import(&many(501)).unwrap_err();
    assert_eq!(refused, SpendError::TooManyInputs { count: 501, max: MAX_INPUTS });

    let outputs: Vec<_> = (0..501).map(|_| (to_stranger(), 1_000)).collect();
    let refused = import(&psbt(&[(place(RECEIVE, 0), 1_000_000)], &outputs)).unwrap_err();
    assert_eq!(refused, SpendError::TooManyOutputs { count: 501, max: MAX_OUTPUTS });
}

#[test]
fn a_transaction_without_inputs_or_outputs_is_refused() {
    let coins = [(place(RECEIVE, 0), 10_000)];
    assert_eq!(import(&psbt(&coins, &[])), Err(SpendError::NoOutputs));
    assert_eq!(import(&psbt(&[], &[(to_stranger(), 1_000)])), Err(SpendError::NoInputs));
}

#[test]
fn unusual_versions_are_refused() {
    for version in [0, 3, -1, i32::MAX] {
        let refused = refused(|psbt| psbt.unsigned_tx.version = Version(version));
        assert_eq!(refused, SpendError::UnusualVersion(version));
    }
    let mut first = usual();
    first.unsigned_tx.version = Version::ONE;
    assert_eq!(decode(&first).unwrap().version(), 1);
    assert_eq!(refused(|psbt| psbt.version = 2), SpendError::OtherPsbtVersion);
}

#[test]
fn a_coin_that_is_spent_twice_is_refused() {
    let refused = refused(|psbt| {
        psbt.unsigned_tx.input[1] = psbt.unsigned_tx.input[0].clone();
        psbt.inputs[1] = psbt.inputs[0].clone();
    });
    assert_eq!(refused, SpendError::DuplicateInput { input: 1 });
}

#[test]
fn an_input_that_does_not_say_what_it_spends_is_refused() {
    assert_eq!(refused(|psbt| psbt.inputs[1].witness_utxo = None), SpendError::MissingUtxo { input: 1 });
}

#[test]
fn a_whole_transaction_that_comes_along_must_agree() {
    let with_whole = |change: fn(&mut Psbt, &mut Transaction)| {
        let mut psbt = usual();
        let txout = psbt.inputs[0].witness_utxo.clone().unwrap();
        let mut whole = psbt.unsigned_tx.clone();
        whole.output = vec![txout.clone(), txout];
        whole.input.truncate(1);
        psbt.unsigned_tx.input[0].previous_output = OutPoint::new(whole.compute_txid(), 1);
        change(&mut psbt, &mut whole);
        psbt.inputs[0].non_witness_utxo = Some(whole);
        import(&psbt)
    };
    let spend = with_whole(|_, _| ()).unwrap();
    assert_eq!(with_whole(|psbt, _| psbt.inputs[0].witness_utxo = None), Ok(spend), "alone it is enough");

    let contradictory = Err(SpendError::ContradictoryUtxo { input: 0 });
    let more =
        |psbt: &mut Psbt, _: &mut _| psbt.inputs[0].witness_utxo.as_mut().unwrap().value += Amount::ONE_SAT;
    assert_eq!(with_whole(more), contradictory, "another amount");
    assert_eq!(
        with_whole(|_, whole| whole.output[0].value += Amount::ONE_SAT),
        contradictory,
        "another txid"
    );
    let beyond = |psbt: &mut Psbt, _: &mut _| psbt.unsigned_tx.input[0].previous_output.vout = 2;
    assert_eq!(with_whole(beyond), contradictory, "no such output");
}

#[test]
fn coins_that_are_not_at_taproot_addresses_are_refused() {
    let not_taproot = SpendError::NotTaproot { input: 0 };
    for script in [
        ScriptBuf::new_p2wpkh(&bitcoin::WPubkeyHash::from_byte_array([1; 20])),
        ScriptBuf::new_p2sh(&bitcoin::ScriptHash::from_byte_array([1; 20])),
        ScriptBuf::new(),
    ] {
        let refused =
            refused(|psbt| psbt.inputs[0].witness_utxo.as_mut().unwrap().script_pubkey = script.clone());
        assert_eq!(refused, not_taproot);
    }
    assert_eq!(refused(|psbt| psbt.inputs[0].redeem_script = Some(ScriptBuf::new())), not_taproot);
    assert_eq!(refused(|psbt| psbt.inputs[0].witness_script = Some(ScriptBuf::new())), not_taproot);
}

#[test]
fn coins_of_others_are_refused_whatever_is_said_of_them() {
    type Change = fn(&mut Psbt);
    let changes: [(&str, Change); 9] = [
        ("another's script", |psbt| {
            psbt.inputs[1].witness_utxo.as_mut().unwrap().script_pubkey = testing::stranger().script_pubkey();
        }),
        ("no derivation", |psbt| psbt.inputs[1].tap_key_origins.clear()),
        ("another number", |psbt| set_path(psbt, &[1, 5])),
        ("another keychain", |psbt| set_path(psbt, &[0, 0x7fff_ffff])),
        ("a third keychain", |psbt| set_path(psbt, &[2, 0])),
        ("too short a path", |psbt| set_path(psbt, &[1])),
        ("too long a path", |psbt| set_path(psbt, &[0, 1, 0x7fff_ffff])),
        ("a hardened number", |psbt| set_path(psbt, &[1, 0xffff_ffff])),
        ("another internal key", |psbt| psbt.inputs[1].tap_internal_key = psbt.inputs[0].tap_internal_key),
    ];
    for (what, change) in changes {
        assert_eq!(refused(change), SpendError::ForeignInput { input: 1 }, "{what}");
    }
    let two_keys = |psbt: &mut Psbt| {
        let more = psbt.inputs[0].tap_key_origins.clone();
        psbt.inputs[1].tap_key_origins.extend(more);
    };
    assert_eq!(refused(two_keys), SpendError::ForeignInput { input: 1 });
    let null = |psbt: &mut Psbt| psbt.unsigned_tx.input[1].previous_output = OutPoint::null();
    assert_eq!(refused(null), SpendError::ForeignInput { input: 1 }, "what a coinbase spends");
}

fn set_path(psbt: &mut Psbt, steps: &[u32]) {
    for (_, (_, path)) in psbt.inputs[1].tap_key_origins.values_mut() {
        *path = DerivationPath::from(steps.iter().map(|step| ChildNumber::from(*step)).collect::<Vec<_>>());
    }
}

#[test]
fn only_signatures_over_the_whole_transaction_are_asked_for() {
    use TapSighashType as Kind;
    let kinds = [Kind::All, Kind::None, Kind::Single, Kind::AllPlusAnyoneCanPay, Kind::NonePlusAnyoneCanPay];
    let kinds = kinds.into_iter().map(PsbtSighashType::from);
    let more = [EcdsaSighashType::SinglePlusAnyoneCanPay.into(), PsbtSighashType::from_u32(0x100)];
    for kind in kinds.chain(more) {
        let refused = refused(|psbt| psbt.inputs[0].sighash_type = Some(kind));
        assert_eq!(refused, SpendError::UnusualSighash { input: 0 }, "{kind:?}");
    }
}

#[test]
fn scripts_are_refused() {
    let script_path = SpendError::ScriptPath { input: 1 };
    let root = TapNodeHash::from_byte_array([1; 32]);
    assert_eq!(refused(|psbt| psbt.inputs[1].tap_merkle_root = Some(root)), script_path);
    let with_leaf = |psbt: &mut Psbt| {
        let mut control = vec![0xc0];
        control.extend(psbt.inputs[1].tap_internal_key.unwrap().serialize());
        let control = taproot::ControlBlock::decode(&control).unwrap();
        psbt.inputs[1].tap_scripts.insert(control, (ScriptBuf::new(), LeafVersion::TapScript));
    };
    assert_eq!(refused(with_leaf), script_path);
    let of_leaf = |psbt: &mut Psbt| {
        for (leaves, _) in psbt.inputs[1].tap_key_origins.values_mut() {
            leaves.push(TapLeafHash::from_byte_array([1; 32]));
        }
    };
    assert_eq!(
        refused(of_leaf),
        SpendError::ForeignInput { input: 1 },
        "a key of a script is not the coin's"
    );
}

#[test]
fn what_is_signed_already_is_refused() {
    let signed = SpendError::AlreadySigned { input: 0 };
    let signature = taproot::Signature {
        signature: bitcoin::secp256k1::schnorr::Signature::from_slice(&[1; 64]).unwrap(),
        sighash_type: TapSighashType::Default,
    };
    assert_eq!(refused(|psbt| psbt.inputs[0].tap_key_sig = Some(signature)), signed);
    let by_script = |psbt: &mut Psbt| {
        let key = psbt.inputs[0].tap_internal_key.unwrap();
        psbt.inputs[0].tap_script_sigs.insert((key, TapLeafHash::from_byte_array([1; 32])), signature);
    };
    assert_eq!(refused(by_script), signed);
    let witness = Witness::from_slice(&[[1; 64]]);
    assert_eq!(refused(|psbt| psbt.inputs[0].final_script_witness = Some(witness.clone())), signed);
    assert_eq!(refused(|psbt| psbt.inputs[0].final_script_sig = Some(ScriptBuf::new())), signed);
}

#[test]
fn relative_locks_and_other_unusual_sequence_numbers_are_refused() {
    for sequence in [0, 1, 0x0040_0001, 0x8000_0000, 0xffff_fffc].map(Sequence) {
        let refused = refused(|psbt| psbt.unsigned_tx.input[1].sequence = sequence);
        assert_eq!(refused, SpendError::UnusualSequence { input: 1, sequence });
    }
}

#[test]
fn amounts_that_cannot_be_are_refused() {
    let overspent =
        SpendError::Overspent { inputs: Amount::from_sat(110_000), outputs: Amount::from_sat(110_001) };
    let refused_with =
        |amount| refused(move |psbt| psbt.unsigned_tx.output[0].value = Amount::from_sat(amount));
    assert_eq!(refused_with(81_001), overspent);
    for amount in [Amount::MAX_MONEY.to_sat(), u64::MAX, u64::MAX - 29_000] {
        assert_eq!(refused_with(amount), SpendError::ImpossibleAmount);
    }
    let rich = |psbt: &mut Psbt| psbt.inputs[0].witness_utxo.as_mut().unwrap().value = Amount::MAX_MONEY;
    assert_eq!(refused(rich), SpendError::ImpossibleAmount, "the coins together");
}

#[test]
fn a_fee_that_nodes_refuse_is_refused_and_a_high_one_is_shown() {
    let weight = decode(&usual()).unwrap().weight();
    let at_rate = |rate: u32, more: u64| {
        let fee = FeeRate::from_sat_per_vb_u32(rate) * weight + Amount::from_sat(more);
        let mut psbt = usual();
        psbt.inputs[0].witness_utxo.as_mut().unwrap().value = Amount::from_sat(59_000) + fee;
        decode(&psbt)
    };
    assert_eq!(at_rate(10_000, 0).unwrap().fee_level(), FeeLevel::Extreme);
    assert!(matches!(at_rate(10_000, 10), Err(SpendError::AbsurdFee { .. })));
    assert_eq!(at_rate(10, 0).unwrap().fee_level(), FeeLevel::Usual);
    assert_eq!(at_rate(0, 1).unwrap().fee_level(), FeeLevel::Low);
}

#[test]
fn a_transaction_of_another_account_is_refused() {
    let other = Key(bitcoin::secp256k1::SecretKey::from_slice(&[9; 32]).unwrap());
    let other = crate::bitcoin::Account::new(&other.public(), crate::bitcoin::Network::Regtest).unwrap();
    let refused = Spend::decode(&other, &usual().serialize());
    assert_eq!(refused, Err(SpendError::ForeignInput { input: 0 }));
}
