//! A transaction that spends an account's coins: what people are shown, and what is signed.
//!
//! Devices send each other PSBTs (BIP-174 version 0, BIP-371) in one canonical form, [`Spend::encode`]; [`Spend::decode`]
//! takes nothing else. A PSBT from another program goes through [`Spend::import`] once, on the device where it is
//! proposed. Either way the PSBT is untrusted: every input must lie at an address that this device derives from the
//! account, and an output counts as the wallet's own only if this device derives that very script. What it says about the
//! amounts of coins needs no proof: a signature commits to all of them (BIP-341), so a false one spends nothing.
//!
//! Inputs of others (as in a payjoin) are refused, since then what is shown would be no account of what the wallet pays.
//! Fields that say nothing about the transaction (unknown ones, proprietary ones, xpubs, derivations of others' keys) are
//! refused in the canonical form, and left out of what is imported.

mod decode;
mod encode;
mod error;
mod fee;
mod finalize;
mod output;
#[cfg(test)]
mod tests;

use bitcoin::{
    Address, Amount, FeeRate, OutPoint, ScriptBuf, Sequence, Transaction, TxOut, Txid, Weight,
    XOnlyPublicKey,
    absolute::LockTime,
    base64::{Engine as _, engine::general_purpose::STANDARD},
    bip32::Fingerprint,
    psbt::{self, Psbt},
};

use super::{Account, Keychain, Place};
pub use error::{FinalizeError, SpendError};
pub use fee::FeeLevel;
pub(super) use output::{Payable, payable};

/// The most bytes that a PSBT in canonical form may have.
pub const MAX_ENCODED: usize = 40 * 1024;
/// The most bytes of another program's PSBT, as bytes or as base64 text, that are read.
pub const MAX_IMPORTED: usize = 1024 * 1024;
/// The most inputs of a transaction. Those that fit in [`MAX_ENCODED`] are fewer: about 235.
pub const MAX_INPUTS: usize = 500;
/// The most outputs of a transaction.
pub const MAX_OUTPUTS: usize = 500;

/// A transaction that spends this account's coins, decoded and checked, not signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spend {
    transaction: Transaction,
    coins: Vec<Coin>,
    outputs: Vec<Output>,
    signables: Vec<Signable>,
    fingerprint: Fingerprint,
    fee: Amount,
}

/// A coin of this account that is spent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coin {
    /// Which one.
    pub outpoint: OutPoint,
    /// What it is said to be worth; a signature for another amount would be void.
    pub amount: Amount,
    /// The address that it lies at.
    pub place: Place,
    /// Whether the transaction can be replaced, and whether its lock counts.
    pub sequence: Sequence,
    script: ScriptBuf,
    internal_key: XOnlyPublicKey,
    child_tweak: [u8; 32],
}

impl Coin {
    fn txout(&self) -> TxOut {
        TxOut { value: self.amount, script_pubkey: self.script.clone() }
    }
}

/// What an output pays, and to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The amount.
    pub amount: Amount,
    /// The target.
    pub target: Target,
    /// Of the wallet's own.
    internal_key: Option<XOnlyPublicKey>,
}

/// Whom an output pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// This wallet, on its change keychain.
    Change {
        /// The number of the address.
        index: u32,
    },
    /// This wallet, on its receive keychain.
    Receive {
        /// The number of the address.
        index: u32,
    },
    /// Somebody else, or an address of this wallet that nothing names as such.
    To(Address),
    /// Nobody: these bytes are published.
    Data(Vec<u8>),
}

/// What the group signs for one input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signable {
    /// The BIP-341 hash (key path, `SIGHASH_DEFAULT`), signed as in BIP-340.
    pub message: [u8; 32],
    /// From the group key to the address's internal key, see [`Account::child_tweak`].
    pub child_tweak: [u8; 32],
}

impl Spend {
    /// Reads what another device sent: a PSBT in canonical form.
    pub fn decode(account: &Account, bytes: &[u8]) -> Result<Self, SpendError> {
        check_size(bytes.len(), MAX_ENCODED)?;
        let spend = Self::from_psbt(account, parse(bytes)?)?;
        if spend.encode() == bytes { Ok(spend) } else { Err(SpendError::NotCanonical) }
    }

    /// Reads another program's PSBT: its bytes, or base64 text.
    pub fn import(account: &Account, file: &[u8]) -> Result<Self, SpendError> {
        check_size(file.len(), MAX_IMPORTED)?;
        let psbt = match std::str::from_utf8(file) {
            Ok(text) if !file.starts_with(b"psbt") => {
                let text: String = text.split_ascii_whitespace().collect();
                parse(&STANDARD.decode(text).map_err(|_| SpendError::Malformed)?)?
            }
            _ => parse(file)?,
        };
        let spend = Self::from_psbt(account, psbt)?;
        check_size(spend.encode().len(), MAX_ENCODED)?;
        Ok(spend)
    }

    /// The canonical form: a PSBT that any program reads, with just the fields that lead to the keys.
    pub fn encode(&self) -> Vec<u8> {
        encode::psbt(self).serialize()
    }

    /// The canonical form as base64 text, for other programs.
    pub fn to_text(&self) -> String {
        STANDARD.encode(self.encode())
    }

    /// The transaction's ID, which its signatures don't change.
    pub fn txid(&self) -> Txid {
        self.transaction.compute_txid()
    }

    /// The coins that are spent, in the transaction's order.
    pub fn coins(&self) -> &[Coin] {
        &self.coins
    }

    /// What is paid, in the transaction's order.
    pub fn outputs(&self) -> &[Output] {
        &self.outputs
    }

    /// One for each input, in the transaction's order.
    pub fn signables(&self) -> &[Signable] {
        &self.signables
    }

    /// What is spent in all, change and fee included.
    pub fn spent(&self) -> Amount {
        self.coins.iter().map(|coin| coin.amount).sum()
    }

    /// What goes to others.
    pub fn sent(&self) -> Amount {
        self.sum(|target| matches!(target, Target::To(_)))
    }

    /// What comes back to this wallet, on either keychain.
    pub fn returned(&self) -> Amount {
        self.sum(|target| matches!(target, Target::Change { .. } | Target::Receive { .. }))
    }

    /// The fee.
    pub fn fee(&self) -> Amount {
        self.fee
    }

    /// The fee for each unit of the signed transaction's weight, rounded down.
    pub fn fee_rate(&self) -> FeeRate {
        self.fee / self.weight()
    }

    /// How high the fee is.
    pub fn fee_level(&self) -> FeeLevel {
        let measure = if self.sent() > Amount::ZERO { self.sent() } else { self.spent() };
        FeeLevel::of(self.fee, self.fee_rate(), measure)
    }

    /// The weight of the signed transaction.
    pub fn weight(&self) -> Weight {
        /// Segwit's marker and flag.
        const MARKER: u64 = 2;
        /// One witness element of 64 bytes, with their number and its length.
        const SIGNATURE: u64 = 66;
        self.transaction.weight() + Weight::from_wu(MARKER + SIGNATURE * self.coins.len() as u64)
    }

    /// The transaction's version, 1 or 2.
    pub fn version(&self) -> i32 {
        self.transaction.version.0
    }

    /// Whether it says that it can be replaced by one with a higher fee (BIP-125).
    pub fn is_replaceable(&self) -> bool {
        self.transaction.is_explicitly_rbf()
    }

    /// The height or time from which it can be mined, as the transaction has it.
    pub fn lock_time(&self) -> LockTime {
        self.transaction.lock_time
    }

    /// The height or time before which it can't be mined, if there is one.
    pub fn locked_until(&self) -> Option<LockTime> {
        self.transaction
            .is_lock_time_enabled()
            .then_some(self.transaction.lock_time)
            .filter(|lock| *lock != LockTime::ZERO)
    }

    /// The wallet's own outputs whose number is at least `gap` above the next unused one of their keychain: somebody chose
    /// them so that other programs, which look only so far, would not find what is paid there.
    pub fn far_outputs(&self, next_unused: impl Fn(Keychain) -> u32, gap: u32) -> Vec<usize> {
        let is_far = |keychain, index| index >= next_unused(keychain).saturating_add(gap);
        self.outputs
            .iter()
            .enumerate()
            .filter(|(_, output)| match output.target {
                Target::Change { index } => is_far(Keychain::Change, index),
                Target::Receive { index } => is_far(Keychain::Receive, index),
                Target::To(_) | Target::Data(_) => false,
            })
            .map(|(i, _)| i)
            .collect()
    }

    fn sum(&self, counts: impl Fn(&Target) -> bool) -> Amount {
        self.outputs.iter().filter(|output| counts(&output.target)).map(|output| output.amount).sum()
    }
}

fn parse(mut bytes: &[u8]) -> Result<Psbt, SpendError> {
    let psbt = Psbt::deserialize_from_reader(&mut bytes).map_err(|error| match error {
        psbt::Error::Version(_) => SpendError::OtherPsbtVersion,
        _ => SpendError::Malformed,
    })?;
    if bytes.is_empty() { Ok(psbt) } else { Err(SpendError::Malformed) }
}

fn check_size(size: usize, max: usize) -> Result<(), SpendError> {
    if size <= max { Ok(()) } else { Err(SpendError::Oversized { size, max }) }
}
