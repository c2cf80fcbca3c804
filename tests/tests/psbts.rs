//! Transactions that a wallet can't stand for are refused before anybody is asked, each in its own words.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::{collections::BTreeSet, fs};

use bitcoin::{
    Amount, OutPoint, ScriptBuf, Sequence, Transaction, TxIn, TxOut, Txid, WPubkeyHash, Witness,
    XOnlyPublicKey,
    absolute::LockTime,
    bip32::{DerivationPath, Fingerprint},
    hashes::Hash as _,
    psbt::Psbt,
    transaction::Version,
};
use chains::bitcoin::{Account, Keychain, Network};
use permafrost_tests::cluster::{Cluster, Device, Running, create};

const COIN: u64 = 100_000;

/// Spends a coin at the wallet's first address; another address of it is paid.
fn spend(account: &Account, paid: u64) -> Psbt {
    let script = |index| account.address(Keychain::Receive, index).unwrap().script_pubkey();
    let mut psbt = Psbt::from_unsigned_tx(Transaction {
        version: Version::TWO,
        lock_time: LockTime::ZERO,
        input: vec![TxIn {
            previous_output: OutPoint::new(Txid::from_byte_array([1; 32]), 0),
            script_sig: ScriptBuf::new(),
            sequence: Sequence::ENABLE_RBF_NO_LOCKTIME,
            witness: Witness::new(),
        }],
        output: vec![TxOut { value: Amount::from_sat(paid), script_pubkey: script(5) }],
    })
    .unwrap();
    let key = XOnlyPublicKey::from_slice(&account.child_key(Keychain::Receive, 0).unwrap()[1..]).unwrap();
    let path = DerivationPath::from([0.into(), 0.into()].as_slice());
    psbt.inputs[0].witness_utxo = Some(TxOut { value: Amount::from_sat(COIN), script_pubkey: script(0) });
    psbt.inputs[0].tap_key_origins.insert(key, (vec![], (Fingerprint::default(), path)));
    psbt
}

/// A Bitcoin wallet of both; gives its account.
fn make_regtest_wallet(alice: &Device, bob: &Device) -> Account {
    let mut arguments = create("Coins", "secp256k1-tr", 2, 2);
    arguments.extend(["--network", "regtest"].map(str::to_owned));
    let mut running = vec![alice.start(&arguments)];
    let id = running[0].session_id();
    running.push(bob.start(&["join", &id]));
    let completed: Vec<_> = running.iter_mut().map(Running::completed).collect();
    assert!(running.iter_mut().all(|device| device.ended().success()));
    let key = completed[0]["group_public_key"].as_str().unwrap();
    let bytes: Vec<u8> =
        (0..33).map(|at| u8::from_str_radix(&key[2 * at..2 * at + 2], 16).unwrap()).collect();
    Account::new(&bytes.try_into().unwrap(), Network::Regtest).unwrap()
}

#[test]
fn a_transaction_that_the_wallet_can_not_stand_for_is_refused_and_nobody_is_asked() {
    let cluster = Cluster::start();
    let [alice, bob] = ["alice", "bob"].map(|name| cluster.device(name));
    let account = make_regtest_wallet(&alice, &bob);
    let changed = |change: &dyn Fn(&mut Psbt)| {
        let mut psbt = spend(&account, COIN - 1000);
        change(&mut psbt);
        psbt.serialize()
    };
    let other = Account::new(&account.child_key(Keychain::Change, 3).unwrap(), Network::Regtest).unwrap();
    let key_hash = ScriptBuf::new_p2wpkh(&WPubkeyHash::from_byte_array([1; 20]));
    let cases: [(&str, Vec<u8>); 9] = [
        ("invalid_transaction", b"psbt\xff and something else".to_vec()),
        ("invalid_transaction", b"no transaction".to_vec()),
        ("transaction_too_large", vec![b'A'; 1024 * 1024 + 1]),
        ("foreign_transaction", spend(&other, COIN - 1000).serialize()),
        (
            "foreign_transaction",
            changed(&|psbt| {
                psbt.inputs[0].witness_utxo.as_mut().unwrap().script_pubkey = key_hash.clone();
            }),
        ),
        ("dust", changed(&|psbt| psbt.unsigned_tx.output[0].value = Amount::from_sat(1))),
        ("overspent", changed(&|psbt| psbt.unsigned_tx.output[0].value = Amount::from_sat(COIN + 1))),
        (
            "absurd_fee",
            changed(&|psbt| {
                psbt.inputs[0].witness_utxo.as_mut().unwrap().value = Amount::ONE_BTC;
            }),
        ),
        ("incomplete_transaction", changed(&|psbt| psbt.inputs[0].witness_utxo = None)),
    ];
    let file = cluster.folder().join("spend.psbt");
    let mut words = BTreeSet::new();
    for (code, psbt) in cases {
        fs::write(&file, psbt).unwrap();
        let (found, message) = alice.fail(&["sign", "Coins", "--psbt", file.to_str().unwrap()]);
        assert_eq!(found, code, "{message}");
        assert!(message.to_lowercase().contains("nothing was proposed"), "{message}");
        words.insert(message);
    }
    assert_eq!(words.len(), 8, "only what is no PSBT at all is told alike: {words:#?}");
    let asked = alice.run(&["requests", "--wait", "2"]);
    assert!(asked.iter().all(|event| event["event"] != "request"), "nothing was proposed: {asked:?}");

    fs::write(&file, changed(&|_| {})).unwrap();
    let mut proposing = alice.start(&["sign", "Coins", "--psbt", file.to_str().unwrap()]);
    proposing.wait_for("proposed", |_| true);
}
