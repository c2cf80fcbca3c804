//! A group in one piece, for tests: its secret key, and signatures made the way that the group's are.

use bitcoin::{
    Address, Amount, Network as BitcoinNetwork, OutPoint, ScriptBuf, Sequence, Transaction, TxIn, TxOut,
    Txid, Witness,
    absolute::LockTime,
    bip32::{ChildNumber, DerivationPath},
    hashes::Hash as _,
    key::{Keypair, TapTweak as _},
    psbt::Psbt,
    secp256k1::{All, Message, Scalar, Secp256k1, SecretKey},
    transaction::Version,
};

use super::{Account, Keychain, Network, Place, account::Taproot, spend::Signable};

/// The group's secret.
pub(super) struct Key(pub(super) SecretKey);

pub(super) const RECEIVE: Keychain = Keychain::Receive;
pub(super) const CHANGE: Keychain = Keychain::Change;

pub(super) fn key() -> Key {
    Key(SecretKey::from_slice(&[7; 32]).unwrap())
}

pub(super) fn account() -> Account {
    Account::new(&key().public(), Network::Regtest).unwrap()
}

pub(super) fn stranger() -> Address {
    let account = Account::new(&Key(SecretKey::from_slice(&[8; 32]).unwrap()).public(), Network::Regtest);
    account.unwrap().address(RECEIVE, 0).unwrap()
}

impl Key {
    pub(super) fn public(&self) -> [u8; 33] {
        self.0.public_key(&Secp256k1::new()).serialize()
    }

    /// Child key, then BIP-341's tweak without scripts, then BIP-340.
    pub(super) fn sign(&self, signable: &Signable) -> [u8; 64] {
        let secp = Secp256k1::<All>::new();
        let child = self.0.add_tweak(&Scalar::from_be_bytes(signable.child_tweak).unwrap()).unwrap();
        let pair = Keypair::from_secret_key(&secp, &child).tap_tweak(&secp, None).to_keypair();
        secp.sign_schnorr_no_aux_rand(&Message::from_digest(signable.message), &pair).serialize()
    }
}

pub(super) fn place(keychain: Keychain, index: u32) -> Place {
    Place { keychain, index }
}

pub(super) fn coin(i: u8) -> OutPoint {
    OutPoint::new(Txid::from_byte_array([i; 32]), u32::from(i))
}

/// A PSBT that spends coins at these places, of these amounts, and pays these outputs; a place there is an own output.
pub(super) fn psbt(coins: &[(Place, u64)], paid: &[(To, u64)]) -> Psbt {
    let account = account();
    let input = (1..=coins.len()).map(|i| TxIn {
        previous_output: coin(u8::try_from(i % 256).unwrap()),
        script_sig: ScriptBuf::new(),
        sequence: Sequence::ENABLE_RBF_NO_LOCKTIME,
        witness: Witness::new(),
    });
    let output = paid.iter().map(|(to, amount)| TxOut {
        value: Amount::from_sat(*amount),
        script_pubkey: match to {
            To::Own(place) => account.taproot(*place).unwrap().script,
            To::Script(script) => script.clone(),
        },
    });
    let transaction = Transaction {
        version: Version::TWO,
        lock_time: LockTime::ZERO,
        input: input.collect(),
        output: output.collect(),
    };
    let mut psbt = Psbt::from_unsigned_tx(transaction).unwrap();
    for (input, (place, amount)) in psbt.inputs.iter_mut().zip(coins) {
        let Taproot { internal_key: internal, script, .. } = account.taproot(*place).unwrap();
        input.witness_utxo = Some(TxOut { value: Amount::from_sat(*amount), script_pubkey: script });
        input.tap_internal_key = Some(internal);
        input.tap_key_origins.insert(internal, (vec![], (account.fingerprint(), path(*place))));
    }
    for (output, (to, _)) in psbt.outputs.iter_mut().zip(paid) {
        if let To::Own(place) = to {
            let internal = account.taproot(*place).unwrap().internal_key;
            output.tap_internal_key = Some(internal);
            output.tap_key_origins.insert(internal, (vec![], (account.fingerprint(), path(*place))));
        }
    }
    psbt
}

/// Whom a test pays.
pub(super) enum To {
    Own(Place),
    Script(ScriptBuf),
}

pub(super) fn to_stranger() -> To {
    To::Script(stranger().script_pubkey())
}

pub(super) fn path(place: Place) -> DerivationPath {
    let steps: [ChildNumber; 2] = [(place.keychain as u32).into(), place.index.into()];
    DerivationPath::from(steps.as_slice())
}

pub(super) fn address(text: &str) -> Address {
    text.parse::<Address<_>>().unwrap().require_network(BitcoinNetwork::Bitcoin).unwrap()
}
