//! Transactions that a Bitcoin wallet can sign, of coins that there never were, for measuring.
//!
//! Arguments: the group's key in hex, how many inputs each has, and how many there are. Prints a PSBT in base64 a line.
//! `cargo xtask bench sign` has them signed.

use std::{env, error::Error};

use bitcoin::{
    Amount, OutPoint, ScriptBuf, Sequence, Transaction, TxIn, TxOut, Txid, Witness, XOnlyPublicKey,
    absolute::LockTime,
    bip32::{DerivationPath, Fingerprint},
    hashes::Hash as _,
    psbt::Psbt,
    transaction::Version,
};
use chains::bitcoin::{Account, Keychain, Network};

const COIN: Amount = Amount::from_sat(100_000);
/// For each coin: enough, and no reason for a warning.
const FEE: Amount = Amount::from_sat(300);

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let [key, inputs, count] = arguments.as_slice() else { return Err("KEY INPUTS COUNT".into()) };
    let mut group_key = [0; 33];
    hex::decode_to_slice(key, &mut group_key)?;
    let account = Account::new(&group_key, Network::Regtest)?;
    let inputs = inputs.parse()?;
    for number in 0..count.parse()? {
        println!("{}", transaction(&account, inputs, number)?);
    }
    Ok(())
}

/// Spends coins at addresses of their own, and pays half to an address far beyond the others and half back.
fn transaction(account: &Account, inputs: u32, number: u32) -> Result<Psbt> {
    let script =
        |keychain, index| -> Result<ScriptBuf> { Ok(account.address(keychain, index)?.script_pubkey()) };
    let coins = (0..inputs).map(|index| TxIn {
        previous_output: outpoint(inputs, number, index),
        script_sig: ScriptBuf::new(),
        sequence: Sequence::ENABLE_RBF_NO_LOCKTIME,
        witness: Witness::new(),
    });
    let half = (COIN - FEE) * u64::from(inputs) / 2;
    let pay = |script_pubkey| TxOut { value: half, script_pubkey };
    let output = vec![pay(script(Keychain::Receive, 1_000_000)?), pay(script(Keychain::Change, 0)?)];
    let input = coins.collect();
    let mut psbt = Psbt::from_unsigned_tx(Transaction {
        version: Version::TWO,
        lock_time: LockTime::ZERO,
        input,
        output,
    })?;
    for (index, input) in (0..).zip(&mut psbt.inputs) {
        let key = XOnlyPublicKey::from_slice(
            account.child_key(Keychain::Receive, index)?.get(1..).ok_or("a key has 33 bytes")?,
        )?;
        let path = DerivationPath::from([0.into(), index.into()].as_slice());
        input.witness_utxo = Some(TxOut { value: COIN, script_pubkey: script(Keychain::Receive, index)? });
        input.tap_internal_key = Some(key);
        input.tap_key_origins.insert(key, (vec![], (Fingerprint::default(), path)));
    }
    Ok(psbt)
}

/// Another one for each input of each transaction.
fn outpoint(inputs: u32, number: u32, index: u32) -> OutPoint {
    let mut txid = [0; 32];
    for (bytes, value) in txid.chunks_exact_mut(4).zip([inputs, number, index]) {
        bytes.copy_from_slice(&value.to_be_bytes());
    }
    OutPoint::new(Txid::from_byte_array(txid), 0)
}
