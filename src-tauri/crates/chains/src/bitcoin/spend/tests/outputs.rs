use bitcoin::{
    ScriptBuf, WPubkeyHash, WScriptHash, WitnessProgram, WitnessVersion,
    hashes::Hash as _,
    opcodes,
    script::{Builder, PushBytesBuf},
    taproot::TaprootBuilder,
};

use super::*;

/// What a transaction with this one output means, or why it is refused.
fn to(script: ScriptBuf, amount: u64) -> Result<Target, SpendError> {
    let psbt = psbt(&[(place(RECEIVE, 0), amount + 1_000)], &[(To::Script(script), amount)]);
    decode(&psbt).map(|spend| spend.outputs()[0].target.clone())
}

fn data(length: usize) -> ScriptBuf {
    ScriptBuf::new_op_return(PushBytesBuf::try_from(vec![0xab; length]).unwrap())
}

#[test]
fn an_own_output_counts_only_if_this_device_derives_it() {
    let paid = |to: To| {
        let psbt = psbt(&[(place(RECEIVE, 0), 60_000)], &[(to, 50_000)]);
        decode(&psbt).unwrap().outputs()[0].target.clone()
    };
    assert_eq!(paid(To::Own(place(CHANGE, 7))), Target::Change { index: 7 });
    assert_eq!(paid(To::Own(place(RECEIVE, 7))), Target::Receive { index: 7 });
    let own = account().address(CHANGE, 7).unwrap();
    assert_eq!(paid(To::Script(own.script_pubkey())), Target::To(own), "nothing names it as the wallet's");

    let claimed = |change: fn(&mut Psbt)| {
        let mut psbt = usual();
        change(&mut psbt);
        decode(&psbt)
    };
    let false_claim = Err(SpendError::FalseOwnership { output: 0 });
    let swapped = claimed(|psbt| psbt.outputs.swap(0, 1));
    assert_eq!(swapped, false_claim, "the stranger's is said to be the change");
    let other_number = claimed(|psbt| {
        for (_, (_, path)) in psbt.outputs[1].tap_key_origins.values_mut() {
            *path = testing::path(place(CHANGE, 5));
        }
    });
    assert_eq!(other_number, Err(SpendError::FalseOwnership { output: 1 }));
}

#[test]
fn a_key_that_somebody_else_names_does_not_make_an_output_ours() {
    let mut psbt = usual();
    let (key, (_, (_, path))) = psbt.outputs[1].tap_key_origins.pop_first().unwrap();
    psbt.outputs[1] = Default::default();
    psbt.outputs[0].tap_key_origins.insert(key, (vec![], (Fingerprint::from([1; 4]), path)));
    let spend = import(&psbt).unwrap();
    assert_eq!(spend.returned(), Amount::ZERO);
    assert_eq!(spend.sent().to_sat(), 109_000, "both are shown as payments");
    assert_eq!(decode(&psbt), Err(SpendError::NotCanonical));
}

#[test]
fn own_addresses_far_beyond_those_in_use_are_found() {
    let psbt = psbt(
        &[(place(RECEIVE, 0), 100_000)],
        &[
            (To::Own(place(CHANGE, 24)), 10_000),
            (To::Own(place(CHANGE, 25)), 10_000),
            (To::Own(place(RECEIVE, 29)), 10_000),
            (To::Own(place(RECEIVE, 0x7fff_ffff)), 10_000),
            (to_stranger(), 10_000),
        ],
    );
    let next_unused = |keychain| if keychain == CHANGE { 5 } else { 10 };
    assert_eq!(decode(&psbt).unwrap().far_outputs(next_unused, 20), [1, 3]);
}

#[test]
fn every_kind_of_address_that_can_be_spent_from_is_shown() {
    let network = bitcoin::Network::Regtest;
    for script in [
        ScriptBuf::new_p2pkh(&bitcoin::PubkeyHash::from_byte_array([1; 20])),
        ScriptBuf::new_p2sh(&bitcoin::ScriptHash::from_byte_array([1; 20])),
        ScriptBuf::new_p2wpkh(&WPubkeyHash::from_byte_array([1; 20])),
        ScriptBuf::new_p2wsh(&WScriptHash::from_byte_array([1; 32])),
        testing::stranger().script_pubkey(),
    ] {
        let address = Address::from_script(&script, network).unwrap();
        assert_eq!(to(script, 10_000), Ok(Target::To(address)));
    }
}

#[test]
fn the_same_script_is_shown_as_an_address_of_the_accounts_network() {
    let account = crate::bitcoin::Account::new(&key().public(), crate::bitcoin::Network::Mainnet).unwrap();
    let spend = Spend::decode(&account, &usual().serialize()).unwrap();
    let Target::To(address) = &spend.outputs()[0].target else { panic!("{spend:?}") };
    assert!(address.to_string().starts_with("bc1p"), "{address}");
}

#[test]
fn what_is_no_address_is_refused() {
    let no_address = Err(SpendError::NoAddress { output: 0 });
    let program =
        |version, bytes: &[u8]| ScriptBuf::new_witness_program(&WitnessProgram::new(version, bytes).unwrap());
    for script in [
        ScriptBuf::new(),
        Builder::new().push_opcode(opcodes::OP_TRUE).into_script(),
        ScriptBuf::new_p2pk(&bitcoin::PublicKey::from_slice(&key().public()).unwrap()),
        program(WitnessVersion::V2, &[1; 32]),
        program(WitnessVersion::V1, &[0x4e, 0x73]),
        program(WitnessVersion::V1, &[1; 40]),
    ] {
        assert_eq!(to(script.clone(), 10_000), no_address, "{script:?}");
    }
}

#[test]
fn what_could_never_be_spent_again_is_refused() {
    let mut no_key = testing::stranger().script_pubkey().into_bytes();
    no_key[2..].fill(0xff);
    let unspendable = Err(SpendError::Unspendable { output: 0 });
    assert_eq!(to(no_key.into(), 10_000), unspendable, "a taproot address that is no key");
    assert_eq!(to(data(10), 1), unspendable, "data with an amount");
}

#[test]
fn data_is_shown_and_bounded() {
    assert_eq!(to(data(80), 0), Ok(Target::Data(vec![0xab; 80])));
    assert_eq!(to(data(1), 0), Ok(Target::Data(vec![0xab])));
    assert_eq!(to(data(81), 0), Err(SpendError::TooMuchData { output: 0 }));
    let twice = psbt(&[(place(RECEIVE, 0), 1_000)], &[(To::Script(data(1)), 0), (To::Script(data(1)), 0)]);
    assert_eq!(decode(&twice), Err(SpendError::TooMuchData { output: 1 }));

    let op_return = || Builder::new().push_opcode(opcodes::all::OP_RETURN);
    for hidden in [
        op_return().into_script(),
        op_return().push_opcode(opcodes::all::OP_PUSHNUM_5).into_script(),
        op_return().push_slice([1; 3]).push_slice([2; 3]).into_script(),
        op_return().push_slice([1; 3]).push_opcode(opcodes::OP_TRUE).into_script(),
        ScriptBuf::from_bytes(vec![0x6a, 0x4c, 1, 7]),
        ScriptBuf::from_bytes(vec![0x6a, 5, 1]),
    ] {
        assert_eq!(to(hidden.clone(), 0), Err(SpendError::NoAddress { output: 0 }), "{hidden:?}");
    }
}

#[test]
fn dust_is_refused_by_the_kind_of_address() {
    for (script, minimum) in [
        (testing::stranger().script_pubkey(), 330),
        (ScriptBuf::new_p2wpkh(&WPubkeyHash::from_byte_array([1; 20])), 294),
        (ScriptBuf::new_p2pkh(&bitcoin::PubkeyHash::from_byte_array([1; 20])), 546),
    ] {
        assert!(to(script.clone(), minimum).is_ok());
        let dust = SpendError::Dust { output: 0, minimum: Amount::from_sat(minimum) };
        assert_eq!(to(script, minimum - 1), Err(dust));
    }
}

#[test]
fn an_output_with_scripts_is_not_taken_for_ours() {
    let mut psbt = usual();
    let tree = TaprootBuilder::new().add_leaf(0, ScriptBuf::new()).unwrap();
    let secp = bitcoin::secp256k1::Secp256k1::verification_only();
    let internal = account().taproot(place(CHANGE, 4)).unwrap().internal_key;
    let with_script = tree.clone().finalize(&secp, internal).unwrap();
    psbt.unsigned_tx.output[1].script_pubkey = ScriptBuf::new_p2tr_tweaked(with_script.output_key());
    psbt.outputs[1].tap_tree = Some(tree.try_into().unwrap());
    assert_eq!(decode(&psbt), Err(SpendError::FalseOwnership { output: 1 }), "somebody else could spend it");
}
