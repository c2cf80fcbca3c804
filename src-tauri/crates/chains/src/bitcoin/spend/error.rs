//! Why a transaction is refused.

use bitcoin::{Amount, Sequence, secp256k1::XOnlyPublicKey};

/// A transaction is not shown and not signed. Inputs and outputs are counted from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SpendError {
    /// More bytes than are read, or than one request can carry.
    #[error("{size} bytes; at most {max} are allowed")]
    Oversized {
        /// How many there are, or would be.
        size: usize,
        /// The bound.
        max: usize,
    },
    /// No PSBT, or one with a field that is not well-formed (BIP-174, BIP-371).
    #[error("not a well-formed PSBT")]
    Malformed,
    /// A PSBT of another version than 0, such as BIP-370's version 2.
    #[error("not a PSBT of version 0")]
    OtherPsbtVersion,
    /// A PSBT that says the same in another way than the only one that devices send each other.
    #[error("not in the canonical form")]
    NotCanonical,
    /// It spends nothing.
    #[error("no inputs")]
    NoInputs,
    /// It pays nobody.
    #[error("no outputs")]
    NoOutputs,
    /// More inputs than a request may have.
    #[error("{count} inputs; at most {max} are allowed")]
    TooManyInputs {
        /// How many there are.
        count: usize,
        /// The bound.
        max: usize,
    },
    /// More outputs than are read.
    #[error("{count} outputs; at most {max} are allowed")]
    TooManyOutputs {
        /// How many there are.
        count: usize,
        /// The bound.
        max: usize,
    },
    /// A transaction version other than 1 and 2.
    #[error("transaction version {0} is unusual")]
    UnusualVersion(i32),
    /// The same coin is spent twice.
    #[error("input {input} spends a coin that another input spends")]
    DuplicateInput {
        /// The second of the two.
        input: usize,
    },
    /// Nothing says what coin it is.
    #[error("input {input} does not say what it spends")]
    MissingUtxo {
        /// The input.
        input: usize,
    },
    /// The transaction that comes along is not the one that the input spends, or it has another coin at that place.
    #[error("input {input} contradicts itself about what it spends")]
    ContradictoryUtxo {
        /// The input.
        input: usize,
    },
    /// A coin at no taproot address.
    #[error("input {input} spends no taproot coin")]
    NotTaproot {
        /// The input.
        input: usize,
    },
    /// The coin lies at none of this account's addresses, or nothing says at which.
    #[error("input {input} is not this wallet's")]
    ForeignInput {
        /// The input.
        input: usize,
    },
    /// A signature that does not commit to the whole transaction, or does so in another way than BIP-341's default.
    #[error("input {input} asks for an unusual kind of signature")]
    UnusualSighash {
        /// The input.
        input: usize,
    },
    /// It brings scripts along; this wallet's addresses have none.
    #[error("input {input} is to be spent by a script")]
    ScriptPath {
        /// The input.
        input: usize,
    },
    /// It carries a signature already.
    #[error("input {input} is signed already")]
    AlreadySigned {
        /// The input.
        input: usize,
    },
    /// A sequence number other than the three that say whether it can be replaced; among them relative locks.
    #[error("input {input} has the unusual sequence number {sequence}")]
    UnusualSequence {
        /// The input.
        input: usize,
        /// Its sequence number.
        sequence: Sequence,
    },
    /// It claims to pay back to this wallet, and does not.
    #[error("output {output} claims to be this wallet's")]
    FalseOwnership {
        /// The output.
        output: usize,
    },
    /// No address, and no single piece of data either.
    #[error("output {output} pays to no address")]
    NoAddress {
        /// The output.
        output: usize,
    },
    /// Whatever is sent there is lost: data with an amount, or a taproot address that is no key.
    #[error("what output {output} pays could never be spent")]
    Unspendable {
        /// The output.
        output: usize,
    },
    /// More data than nodes relay, or more than one output with data.
    #[error("output {output} carries more data than is relayed")]
    TooMuchData {
        /// The output.
        output: usize,
    },
    /// Less than is worth spending; nodes don't relay it.
    #[error("output {output} is below {minimum}")]
    Dust {
        /// The output.
        output: usize,
        /// The least for its kind of address.
        minimum: Amount,
    },
    /// An amount, or a sum of them, above all bitcoin there will be.
    #[error("an amount above all bitcoin there will be")]
    ImpossibleAmount,
    /// It pays more than it spends.
    #[error("it pays {outputs}, and spends only {inputs}")]
    Overspent {
        /// What it spends.
        inputs: Amount,
        /// What it pays, without the fee.
        outputs: Amount,
    },
    /// A fee so high that nodes refuse to send the transaction.
    #[error("a fee of {fee} is above what nodes accept")]
    AbsurdFee {
        /// The fee.
        fee: Amount,
    },
}

/// Signatures make no transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FinalizeError {
    /// There must be as many signatures as inputs.
    #[error("{found} signatures for {expected} inputs")]
    Count {
        /// One for each input.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// Not a signature (BIP-340) of this input by the key that its coin lies at.
    #[error("the signature of input {input} is not one of {key}")]
    Invalid {
        /// The input.
        input: usize,
        /// The output key of the coin's address.
        key: XOnlyPublicKey,
    },
}
