//! Whom an output pays: the wallet itself only if this device derives the script itself.

use bitcoin::{
    Address, Amount, Script, ScriptBuf, TxOut, XOnlyPublicKey, psbt,
    script::{Instruction, PushBytesBuf},
};

use super::{Output, SpendError, Target, decode::stated_place};
use crate::bitcoin::{Account, Keychain, Place};

/// The longest script with data that all nodes relay: 80 bytes of data, and what stands before them.
const MAX_DATA_SCRIPT: usize = 83;

pub(super) fn outputs(
    account: &Account,
    paid: &[TxOut],
    fields: &[psbt::Output],
) -> Result<Vec<Output>, SpendError> {
    let mut has_data = false;
    let mut outputs = Vec::with_capacity(paid.len());
    for (output, (txout, fields)) in paid.iter().zip(fields).enumerate() {
        let (target, internal_key) = target(account, output, txout, fields)?;
        if matches!(target, Target::Data(_)) {
            if has_data || txout.script_pubkey.len() > MAX_DATA_SCRIPT {
                return Err(SpendError::TooMuchData { output });
            }
            has_data = true;
        } else {
            let minimum = txout.script_pubkey.minimal_non_dust();
            if txout.value < minimum {
                return Err(SpendError::Dust { output, minimum });
            }
        }
        outputs.push(Output { amount: txout.value, target, internal_key });
    }
    Ok(outputs)
}

fn target(
    account: &Account,
    output: usize,
    txout: &TxOut,
    fields: &psbt::Output,
) -> Result<(Target, Option<XOnlyPublicKey>), SpendError> {
    let script = &txout.script_pubkey;
    let Some((fingerprint, Place { keychain, index })) = stated_place(&fields.tap_key_origins) else {
        return Ok((others(account, output, txout)?, None));
    };
    match account.taproot(Place { keychain, index }) {
        Ok(own) if own.script == *script => {
            let target = match keychain {
                Keychain::Change => Target::Change { index },
                Keychain::Receive => Target::Receive { index },
            };
            Ok((target, Some(own.internal_key)))
        }
        _ if fingerprint == account.fingerprint() => Err(SpendError::FalseOwnership { output }),
        _ => Ok((others(account, output, txout)?, None)),
    }
}

fn others(account: &Account, output: usize, txout: &TxOut) -> Result<Target, SpendError> {
    let script = &txout.script_pubkey;
    if script.is_op_return() {
        let data = data(script).ok_or(SpendError::NoAddress { output })?;
        let burns = txout.value > Amount::ZERO;
        return if burns { Err(SpendError::Unspendable { output }) } else { Ok(Target::Data(data)) };
    }
    let address = Address::from_script(script, bitcoin::Network::from(account.network()));
    match (payable(script), address) {
        (Payable::Yes, Ok(address)) => Ok(Target::To(address)),
        (Payable::NoKey, _) => Err(SpendError::Unspendable { output }),
        _ => Err(SpendError::NoAddress { output }),
    }
}

/// Whether somebody can spend what is paid to a script, and only who is meant.
pub(in crate::bitcoin) enum Payable {
    /// An address of a known kind.
    Yes,
    /// A taproot address that is no key: nobody can.
    NoKey,
    /// Perhaps nobody, perhaps anybody.
    Unknown,
}

pub(in crate::bitcoin) fn payable(script: &Script) -> Payable {
    if script.is_p2tr() {
        let key = script.as_bytes().get(2..).and_then(|key| XOnlyPublicKey::from_slice(key).ok());
        return if key.is_some() { Payable::Yes } else { Payable::NoKey };
    }
    let is_known = script.is_p2pkh() || script.is_p2sh() || script.is_p2wpkh() || script.is_p2wsh();
    if is_known { Payable::Yes } else { Payable::Unknown }
}

/// The data of an output that has nothing else, written in the one usual way.
fn data(script: &Script) -> Option<Vec<u8>> {
    let data = match script.instructions().nth(1)?.ok()? {
        Instruction::PushBytes(bytes) => bytes.as_bytes().to_vec(),
        Instruction::Op(_) => return None,
    };
    let push = PushBytesBuf::try_from(data.clone()).ok()?;
    (ScriptBuf::new_op_return(push) == *script).then_some(data)
}
