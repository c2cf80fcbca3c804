//! The one form in which devices send each other a transaction.

use std::collections::BTreeMap;

use bitcoin::{
    XOnlyPublicKey,
    bip32::{DerivationPath, Fingerprint},
    psbt::{self, Psbt},
};

use super::{Coin, Output, Spend, Target, decode::Origins};
use crate::bitcoin::{Keychain, Place};

/// The coin of each input, and for inputs and for the wallet's own outputs the internal key and where it is; nothing else.
pub(super) fn psbt(spend: &Spend) -> Psbt {
    Psbt {
        unsigned_tx: spend.transaction.clone(),
        version: 0,
        xpub: BTreeMap::new(),
        proprietary: BTreeMap::new(),
        unknown: BTreeMap::new(),
        inputs: spend.coins.iter().map(|coin| input(coin, spend.fingerprint)).collect(),
        outputs: spend.outputs.iter().map(|output| self::output(output, spend.fingerprint)).collect(),
    }
}

fn input(coin: &Coin, fingerprint: Fingerprint) -> psbt::Input {
    psbt::Input {
        witness_utxo: Some(coin.txout()),
        tap_internal_key: Some(coin.internal_key),
        tap_key_origins: origins(coin.internal_key, fingerprint, coin.place),
        ..Default::default()
    }
}

fn output(output: &Output, fingerprint: Fingerprint) -> psbt::Output {
    let (keychain, index) = match output.target {
        Target::Change { index } => (Keychain::Change, index),
        Target::Receive { index } => (Keychain::Receive, index),
        Target::To(_) | Target::Data(_) => return psbt::Output::default(),
    };
    psbt::Output {
        tap_internal_key: output.internal_key,
        tap_key_origins: output
            .internal_key
            .map(|key| origins(key, fingerprint, Place { keychain, index }))
            .unwrap_or_default(),
        ..Default::default()
    }
}

fn origins(key: XOnlyPublicKey, fingerprint: Fingerprint, place: Place) -> Origins {
    let path = DerivationPath::from([place.keychain.child(), place.index.into()].as_slice());
    Origins::from([(key, (vec![], (fingerprint, path)))])
}
