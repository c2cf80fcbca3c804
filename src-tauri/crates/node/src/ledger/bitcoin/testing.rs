//! An account and transactions for tests.

use bitcoin::{
    Amount, OutPoint, ScriptBuf, Sequence, Transaction, TxIn, TxOut, Txid, Witness, XOnlyPublicKey,
    absolute::LockTime,
    bip32::{DerivationPath, Fingerprint},
    hashes::Hash as _,
    psbt::Psbt,
    transaction::Version,
};
use chains::bitcoin::{Account, Keychain, Network, spend::Spend};

pub(super) fn account() -> Account {
    // The generator of the group: a key like any other.
    let key = hex::decode("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
    Account::new(&key.unwrap().try_into().unwrap(), Network::Regtest).unwrap()
}

/// What a coin at the first receive address is worth.
const WORTH: Amount = Amount::from_sat(1_000_000);

/// Pays to the first receive address, out of nothing.
pub(super) fn payment_in(account: &Account) -> Transaction {
    let script_pubkey = account.address(Keychain::Receive, 0).unwrap().script_pubkey();
    Transaction {
        version: Version::TWO,
        lock_time: LockTime::ZERO,
        input: vec![],
        output: vec![TxOut { value: WORTH, script_pubkey }],
    }
}

/// Spends the coin of an invented transaction at the first receive address, with that fee.
pub(super) fn spend_of(account: &Account, coin: u8, fee: u64) -> Spend {
    spend(account, Txid::from_byte_array([coin; 32]), fee)
}

/// Spends the first coin of a transaction, at the first receive address, and pays it back but for a fee.
pub(super) fn unsigned(account: &Account, txid: Txid, fee: u64) -> Transaction {
    let here = account.address(Keychain::Receive, 0).unwrap().script_pubkey();
    Transaction {
        version: Version::TWO,
        lock_time: LockTime::ZERO,
        input: vec![TxIn {
            previous_output: OutPoint { txid, vout: 0 },
            script_sig: ScriptBuf::new(),
            sequence: Sequence::ENABLE_RBF_NO_LOCKTIME,
            witness: Witness::new(),
        }],
        output: vec![TxOut { value: WORTH - Amount::from_sat(fee), script_pubkey: here }],
    }
}

/// The same as a proposal.
pub(super) fn spend(account: &Account, txid: Txid, fee: u64) -> Spend {
    let here = account.address(Keychain::Receive, 0).unwrap().script_pubkey();
    let mut psbt = Psbt::from_unsigned_tx(unsigned(account, txid, fee)).unwrap();
    psbt.inputs[0].witness_utxo = Some(TxOut { value: WORTH, script_pubkey: here });
    let key = account.child_key(Keychain::Receive, 0).unwrap();
    let key = XOnlyPublicKey::from_slice(&key[1..]).unwrap();
    let path = "m/0/0".parse::<DerivationPath>().unwrap();
    psbt.inputs[0].tap_internal_key = Some(key);
    psbt.inputs[0].tap_key_origins.insert(key, (vec![], (Fingerprint::default(), path)));
    Spend::import(account, &psbt.serialize()).unwrap()
}
