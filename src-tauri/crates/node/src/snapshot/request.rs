//! Requests to sign with a wallet.

use std::sync::Arc;

use serde::Serialize;
use ts_rs::TS;

use super::{DeviceView, ErrorView, PublicationView};

/// A request to sign.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RequestView {
    /// A hash of what is proposed.
    pub id: String,
    /// The ID of the wallet.
    pub wallet: String,
    /// Who proposes it.
    pub proposer: Arc<DeviceView>,
    /// It is this device's own.
    pub own: bool,
    /// By the proposer's clock.
    #[ts(type = "number")]
    pub created_at: u64,
    /// When it is over, by the proposer's clock.
    #[ts(type = "number")]
    pub expires_at: u64,
    /// What would be signed, as this device decoded it.
    pub meaning: MeaningView,
    /// What this device's user said.
    pub decision: DecisionView,
    /// How far it is.
    pub state: RequestState,
    /// The wallet's members and where each stands.
    pub members: Vec<RequestMemberView>,
    /// Devices that must approve.
    pub threshold: u16,
    /// It ended without a signature, but this device had given its part of one: its proposer may have it, and use it.
    pub may_still_be_made: bool,
    /// Why this device can't do its part although its user approved. It is tried again by itself.
    pub problem: Option<ErrorView>,
    /// The IDs of other requests that are open, signed or may still be made, and spend a coin that this one spends, or are
    /// for the same Solana payment: of all of them, the network takes only one.
    pub conflicts: Vec<String>,
}

/// What a request is about.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[ts(export)]
pub enum MeaningView {
    /// A text.
    Message {
        /// What is signed, whole.
        text: String,
        /// The file that the text stands for.
        file: Option<FileView>,
        /// The address that signs, or the group's public key where the wallet has no address.
        signer: String,
    },
    /// A transaction that spends the wallet's coins.
    Bitcoin(SpendView),
    /// A payment from a Solana wallet.
    Solana(Box<PaymentView>),
    /// This device can't tell what it is about, and does not sign it.
    Unreadable {
        /// Why, and what to do.
        error: ErrorView,
    },
}

/// A Bitcoin transaction, as this device decoded it. Amounts are in satoshi.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SpendView {
    /// The wallet's network: `mainnet`, `testnet4`, `signet` or `regtest`.
    pub network: String,
    /// The transaction's ID, which its signatures don't change.
    pub txid: String,
    /// How many coins of the wallet it spends.
    pub inputs: u32,
    /// What it spends in all, change and fee included.
    #[ts(type = "number")]
    pub spent: u64,
    /// What goes to others.
    #[ts(type = "number")]
    pub sent: u64,
    /// What comes back to the wallet.
    #[ts(type = "number")]
    pub returned: u64,
    /// The fee.
    #[ts(type = "number")]
    pub fee: u64,
    /// The fee in satoshi for each virtual byte of the signed transaction.
    pub fee_rate: f64,
    /// How high the fee is.
    pub fee_level: FeeLevelView,
    /// What it pays, in the transaction's order.
    pub outputs: Vec<OutputView>,
    /// Where it can be mined first, if its lock time counts.
    pub locked_until: Option<LockView>,
    /// It says that it can be replaced by one with a higher fee.
    pub replaceable: bool,
    /// What became of it; none until it is signed.
    pub publication: Option<PublicationView>,
}

/// A payment from a Solana wallet, as this device decoded it. Amounts are decimal texts, exact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PaymentView {
    /// The wallet's network: `mainnet`, `devnet` or `testnet`.
    pub network: String,
    /// The wallet's address.
    pub from: String,
    /// The recipient's address.
    pub to: String,
    /// How much, in SOL or in tokens.
    pub amount: String,
    /// Which tokens; none: SOL.
    pub token: Option<TokenView>,
    /// The note that everyone can read.
    pub memo: Option<String>,
    /// What the network takes for it at most, in SOL.
    pub fee: String,
    /// What stays locked in the wallet's own marker account, by which the payment is made once only, in SOL.
    pub deposit: String,
    /// What became of it since it was signed, as this device's server says.
    pub transfer: Option<TransferView>,
    /// Why it does not go on, what that means and what to do.
    pub problem: Option<ErrorView>,
}

/// Tokens that a payment moves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TokenView {
    /// The address by which they are told from all others.
    pub mint: String,
    /// How many decimals they have, as the proposer says; with a wrong number the network refuses the payment.
    pub decimals: u8,
    /// The wallet pays for an account for them if the recipient has none, on top of the fee.
    pub creates_account: bool,
}

/// What became of a signed payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TransferView {
    /// The transaction's first signature, by which explorers find it.
    pub id: String,
    /// How far it is.
    pub state: TransferState,
}

/// How far a signed payment is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "camelCase")]
#[ts(export)]
pub enum TransferState {
    /// In no block yet, as far as is known, and it still can be.
    Pending,
    /// In a block.
    Included {
        /// It can't be undone any more.
        finalized: bool,
    },
    /// It moved nothing, and what was paid is at most the fee.
    Failed {
        /// Why, what it means and what to do.
        error: ErrorView,
    },
    /// It was in no block in time. Nothing was paid, and nothing will be.
    Expired,
    /// Its time is over for so long that the server may not know it any more.
    Unknown,
}

/// How a fee compares with what is usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum FeeLevelView {
    /// Many nodes don't relay it.
    Low,
    /// Neither low nor high.
    Usual,
    /// From 300 sat/vB on, or a tenth of what is sent.
    High,
    /// From 1000 sat/vB on, or as much as is sent.
    Extreme,
}

/// An output of a Bitcoin transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct OutputView {
    /// In satoshi.
    #[ts(type = "number")]
    pub amount: u64,
    /// Whom it pays.
    pub target: TargetView,
    /// It pays the wallet at an address so far beyond those in use that other programs would not find it there.
    pub far: bool,
}

/// Whom an output pays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[ts(export)]
pub enum TargetView {
    /// This wallet, at one of its change addresses.
    Change {
        /// The address's number.
        index: u32,
    },
    /// This wallet, at one of its receive addresses.
    Receive {
        /// The address's number.
        index: u32,
    },
    /// Somebody else.
    Address {
        /// The address.
        address: String,
    },
    /// Nobody: these bytes are published, and the amount is lost.
    Data {
        /// In hex.
        bytes: String,
    },
}

/// What a transaction waits for before it can be mined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[ts(export)]
pub enum LockView {
    /// In a block.
    Height {
        /// Its height.
        height: u32,
    },
    /// After a time.
    Time {
        /// In seconds since 1970.
        #[ts(type = "number")]
        time: u64,
    },
}

/// A file, by what tells it from every other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct FileView {
    /// Its name, as the proposer says.
    pub name: String,
    /// In bytes.
    #[ts(type = "number")]
    pub size: u64,
    /// Its SHA-256, in hex.
    pub sha256: String,
}

/// What a user said to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum DecisionView {
    /// Nothing yet.
    Undecided,
    /// Sign it.
    Approved,
    /// Don't.
    Rejected,
}

/// How far a request is.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(tag = "state", rename_all = "camelCase")]
#[ts(export)]
pub enum RequestState {
    /// Approvals are missing, or the rounds run.
    #[serde(rename_all = "camelCase")]
    Open {
        /// The rounds have begun.
        signing: bool,
        /// How many attempts there were at them, on the proposer's device; on others 0.
        attempts: u32,
        /// The names of the other devices that it waits for.
        waiting_for: Vec<String>,
        /// It waits for this device.
        waiting_for_this: bool,
    },
    /// The signatures are there, and verify.
    Signed,
    /// Its proposer ended it.
    Cancelled,
    /// Its proposer put another in its place.
    Superseded {
        /// The other one.
        by: String,
    },
    /// Its time was over.
    Expired,
}

/// A member of the wallet in a request.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RequestMemberView {
    /// Who.
    pub device: Arc<DeviceView>,
    /// There is a link to it, or it is this device.
    pub linked: bool,
    /// Where it stands.
    pub stand: StandView,
    /// What it did that no honest device does.
    pub misbehaved: Option<MisbehaviourView>,
}

/// Where a member stands in a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[ts(export)]
pub enum StandView {
    /// It has not said anything.
    Undecided,
    /// Its user approved.
    Approved,
    /// Its user rejected.
    Rejected {
        /// Why, if they said so.
        reason: Option<String>,
    },
    /// It was asked for its part of the signature.
    Signing,
    /// It gave its part.
    Signed,
    /// The others do without it, because of what it did.
    Excluded,
}

/// What a device did in a request that no honest one does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum MisbehaviourView {
    /// Sent what is no message.
    Malformed,
    /// Speaks another version of the protocol; that is no misbehaviour, but nothing comes of it either.
    UnsupportedVersion,
    /// Tried to lead another's request.
    NotProposer,
    /// Asked for a signature in a way that breaks the rules.
    BadPackage,
    /// Sent a wrong part of the signature.
    BadShare,
    /// Approved something else than what was proposed.
    WrongCount,
    /// Sent a wrong signature.
    BadOutcome,
}
