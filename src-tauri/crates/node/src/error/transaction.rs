//! Why another program's transaction is not proposed, in words.

use chains::bitcoin::spend::SpendError;

use crate::message::MessagePart;

pub(super) fn transaction_words(error: &SpendError) -> (&'static str, MessagePart) {
    use {MessagePart as M, SpendError as E};
    // People count from 1.
    let number = |index: &usize| index.saturating_add(1).to_string();
    match error {
        E::Oversized { .. } | E::TooManyInputs { .. } | E::TooManyOutputs { .. } => {
            ("transaction_too_large", M::TransactionTooLarge {})
        }
        E::ForeignInput { input } => ("foreign_transaction", M::TransactionForeign { number: number(input) }),
        E::NotTaproot { input } | E::ScriptPath { input } => {
            ("foreign_transaction", M::TransactionNotTaproot { number: number(input) })
        }
        E::MissingUtxo { input } => {
            ("incomplete_transaction", M::TransactionIncomplete { number: number(input) })
        }
        E::ContradictoryUtxo { input } | E::DuplicateInput { input } => {
            ("contradictory_transaction", M::TransactionContradictory { number: number(input) })
        }
        E::AlreadySigned { input } => ("signed_transaction", M::TransactionSigned { number: number(input) }),
        E::UnusualVersion(_) | E::UnusualSighash { .. } | E::UnusualSequence { .. } => {
            ("unusual_transaction", M::TransactionUnusual {})
        }
        E::FalseOwnership { output } => {
            ("false_change", M::TransactionFalseChange { number: number(output) })
        }
        E::NoAddress { output } | E::TooMuchData { output } => {
            ("no_recipient", M::TransactionNoRecipient { number: number(output) })
        }
        E::Unspendable { output } => ("unspendable", M::TransactionUnspendable { number: number(output) }),
        E::Dust { output, minimum } => {
            let (number, minimum) = (number(output), minimum.to_sat().to_string());
            ("dust", M::TransactionDust { number, minimum })
        }
        E::Overspent { .. } | E::ImpossibleAmount => ("overspent", M::TransactionOverspent {}),
        E::AbsurdFee { fee } => ("absurd_fee", M::TransactionAbsurdFee { satoshi: fee.to_sat().to_string() }),
        // No PSBT, another version of them, or one without inputs or outputs.
        _ => ("invalid_transaction", M::TransactionUnreadable {}),
    }
}
