//! From a PSBT to what it means, each field checked.

use std::collections::{BTreeMap, BTreeSet};

use bitcoin::{
    Amount, Sequence, TapSighashType, Transaction, TxIn, TxOut, XOnlyPublicKey,
    bip32::{ChildNumber, Fingerprint, KeySource},
    hashes::Hash as _,
    psbt::{self, Psbt},
    sighash::{Prevouts, SighashCache},
    taproot::TapLeafHash,
    transaction::Version,
};

use super::{Coin, MAX_INPUTS, MAX_OUTPUTS, Signable, Spend, SpendError, fee, output};
use crate::bitcoin::{Account, Keychain, Place, account::Taproot};

impl Spend {
    /// Checks a PSBT from anywhere, of any size.
    pub(in crate::bitcoin) fn from_psbt(account: &Account, psbt: Psbt) -> Result<Self, SpendError> {
        let transaction = psbt.unsigned_tx;
        check_shape(&transaction)?;
        let inputs = transaction.input.iter().zip(&psbt.inputs).enumerate();
        let coins = inputs
            .map(|(i, (txin, fields))| coin(account, i, txin, fields))
            .collect::<Result<Vec<_>, _>>()?;
        let spent: Vec<_> = coins.iter().map(Coin::txout).collect();
        let outputs = output::outputs(account, &transaction.output, &psbt.outputs)?;
        let fee = fee(&spent, &transaction.output)?;
        let signables = sighashes(&transaction, &spent)?
            .into_iter()
            .zip(&coins)
            .map(|(message, coin)| Signable { message, child_tweak: coin.child_tweak })
            .collect();
        let fingerprint = account.fingerprint();
        let spend = Self { transaction, coins, outputs, signables, fingerprint, fee };
        if spend.fee_rate() > fee::MAX_RATE { Err(SpendError::AbsurdFee { fee }) } else { Ok(spend) }
    }
}

fn check_shape(transaction: &Transaction) -> Result<(), SpendError> {
    let (inputs, outputs) = (transaction.input.len(), transaction.output.len());
    if inputs == 0 {
        return Err(SpendError::NoInputs);
    }
    if outputs == 0 {
        return Err(SpendError::NoOutputs);
    }
    if inputs > MAX_INPUTS {
        return Err(SpendError::TooManyInputs { count: inputs, max: MAX_INPUTS });
    }
    if outputs > MAX_OUTPUTS {
        return Err(SpendError::TooManyOutputs { count: outputs, max: MAX_OUTPUTS });
    }
    if ![Version::ONE, Version::TWO].contains(&transaction.version) {
        return Err(SpendError::UnusualVersion(transaction.version.0));
    }
    let mut seen = BTreeSet::new();
    match transaction.input.iter().position(|txin| !seen.insert(txin.previous_output)) {
        Some(input) => Err(SpendError::DuplicateInput { input }),
        None => Ok(()),
    }
}

fn coin(account: &Account, input: usize, txin: &TxIn, fields: &psbt::Input) -> Result<Coin, SpendError> {
    let is_signed = fields.tap_key_sig.is_some()
        || fields.final_script_sig.is_some()
        || fields.final_script_witness.is_some()
        || !fields.tap_script_sigs.is_empty()
        || !fields.partial_sigs.is_empty();
    if is_signed {
        return Err(SpendError::AlreadySigned { input });
    }
    if fields.sighash_type.is_some_and(|kind| kind != TapSighashType::Default.into()) {
        return Err(SpendError::UnusualSighash { input });
    }
    if !fields.tap_scripts.is_empty() || fields.tap_merkle_root.is_some() {
        return Err(SpendError::ScriptPath { input });
    }
    let sequence = txin.sequence;
    if ![Sequence::MAX, Sequence::ENABLE_LOCKTIME_NO_RBF, Sequence::ENABLE_RBF_NO_LOCKTIME]
        .contains(&sequence)
    {
        return Err(SpendError::UnusualSequence { input, sequence });
    }
    let txout = utxo(input, txin, fields)?;
    let has_scripts = fields.redeem_script.is_some() || fields.witness_script.is_some();
    if has_scripts || !txout.script_pubkey.is_p2tr() {
        return Err(SpendError::NotTaproot { input });
    }
    let foreign = || SpendError::ForeignInput { input };
    let (_, place) = stated_place(&fields.tap_key_origins).ok_or_else(foreign)?;
    let Taproot { child_tweak, internal_key, script } = account.taproot(place).map_err(|_| foreign())?;
    let has_other_key = fields.tap_internal_key.is_some_and(|key| key != internal_key);
    if script != txout.script_pubkey || has_other_key || txin.previous_output.is_null() {
        return Err(foreign());
    }
    let (outpoint, amount) = (txin.previous_output, txout.value);
    Ok(Coin { outpoint, amount, place, sequence, script, internal_key, child_tweak })
}

/// The coin that an input spends. A whole transaction that comes along must be the one, and agree.
fn utxo(input: usize, txin: &TxIn, fields: &psbt::Input) -> Result<TxOut, SpendError> {
    let contradictory = || SpendError::ContradictoryUtxo { input };
    let from_whole = match &fields.non_witness_utxo {
        Some(whole) if whole.compute_txid() == txin.previous_output.txid => {
            let vout = usize::try_from(txin.previous_output.vout).map_err(|_| contradictory())?;
            Some(whole.output.get(vout).ok_or_else(contradictory)?)
        }
        Some(_) => return Err(contradictory()),
        None => None,
    };
    match (&fields.witness_utxo, from_whole) {
        (Some(stated), Some(whole)) if stated != whole => Err(contradictory()),
        (Some(txout), _) | (None, Some(txout)) => Ok(txout.clone()),
        (None, None) => Err(SpendError::MissingUtxo { input }),
    }
}

pub(super) type Origins = BTreeMap<XOnlyPublicKey, (Vec<TapLeafHash>, KeySource)>;

/// Where a PSBT says that its only key is, and below which fingerprint.
pub(super) fn stated_place(origins: &Origins) -> Option<(Fingerprint, Place)> {
    let mut all = origins.values();
    let (Some((leaves, (fingerprint, path))), None) = (all.next(), all.next()) else { return None };
    let [keychain, ChildNumber::Normal { index }] = path.as_ref() else { return None };
    let keychain = Keychain::ALL.into_iter().find(|known| known.child() == *keychain)?;
    leaves.is_empty().then_some((*fingerprint, Place { keychain, index: *index }))
}

fn fee(spent: &[TxOut], paid: &[TxOut]) -> Result<Amount, SpendError> {
    let inputs = total(spent)?;
    let outputs = total(paid)?;
    inputs.checked_sub(outputs).ok_or(SpendError::Overspent { inputs, outputs })
}

fn total(outputs: &[TxOut]) -> Result<Amount, SpendError> {
    outputs
        .iter()
        .try_fold(Amount::ZERO, |sum, output| {
            sum.checked_add(output.value).filter(|sum| *sum <= Amount::MAX_MONEY)
        })
        .ok_or(SpendError::ImpossibleAmount)
}

/// BIP-341's hashes for key-path spends of all inputs, `SIGHASH_DEFAULT`.
pub(super) fn sighashes(transaction: &Transaction, spent: &[TxOut]) -> Result<Vec<[u8; 32]>, SpendError> {
    let mut cache = SighashCache::new(transaction);
    (0..transaction.input.len())
        .map(|input| {
            cache
                .taproot_key_spend_signature_hash(input, &Prevouts::All(spent), TapSighashType::Default)
                .map(|hash| hash.to_byte_array())
                .map_err(|_| SpendError::UnusualSighash { input })
        })
        .collect()
}
