//! What goes wrong in a watch-only wallet.

use bitcoin::{Amount, FeeRate, OutPoint, Txid};

use crate::bitcoin::spend::SpendError;

/// The wallet can't be loaded, or does not believe what it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WalletError {
    /// The account's descriptor is not understood. No group key leads here.
    #[error("the account's descriptor is not understood")]
    Descriptor,
    /// What was stored is damaged, or not this account's. The chain has it all; start anew.
    #[error("what was stored of the wallet is damaged or another wallet's")]
    Damaged,
    /// Too many addresses in a row were handed out and got nothing.
    #[error("the last {limit} addresses got nothing yet")]
    TooManyUnused {
        /// How many.
        limit: u32,
    },
    /// The source says what can't be: amounts above all bitcoin, or heights and numbers far beyond what there is.
    #[error("the source of chain data says what can't be")]
    Implausible,
    /// What the source says does not connect with the chain as it is known here.
    #[error("the chain data does not connect with what is known")]
    Unconnected,
}

/// A transaction can't be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// Nobody to pay.
    #[error("nobody to pay")]
    NoRecipients,
    /// An address of another network than the account's. Recipients are counted from 0.
    #[error("recipient {recipient} has an address of another network")]
    OtherNetwork {
        /// Which one.
        recipient: usize,
    },
    /// Too little to be worth spending.
    #[error("recipient {recipient} would get less than {minimum}")]
    Dust {
        /// Which one.
        recipient: usize,
        /// The least for its kind of address.
        minimum: Amount,
    },
    /// The coins don't suffice for the amounts and the fee.
    #[error("{needed} needed, {available} there")]
    Insufficient {
        /// Amounts and fee.
        needed: Amount,
        /// What can be spent.
        available: Amount,
    },
    /// A coin that is to be spent is none of the wallet's, or spent.
    #[error("no coin {0}")]
    UnknownCoin(OutPoint),
    /// A coin that is to be spent is reserved for another transaction.
    #[error("the coin {0} is reserved")]
    ReservedCoin(OutPoint),
    /// No transaction of this wallet has that ID.
    #[error("no transaction {0}")]
    UnknownTransaction(Txid),
    /// It is in a block already.
    #[error("{0} is in a block already")]
    Confirmed(Txid),
    /// It says that it can't be replaced, or spends coins of others.
    #[error("{0} can't be replaced")]
    Irreplaceable(Txid),
    /// A replacement must pay more.
    #[error("the fee rate must be at least {required}")]
    FeeTooLow {
        /// The least fee rate.
        required: FeeRate,
    },
    /// The recipient is to pay the higher fee, and there is not just one recipient who gets everything.
    #[error("no single recipient to take the fee from")]
    NoSingleRecipient,
    /// A transaction that can't be proposed: too many coins for one request, above all.
    #[error(transparent)]
    Spend(#[from] SpendError),
    /// A combination that makes no transaction.
    #[error("no such transaction can be made")]
    Impossible,
}
