//! What a group means to pay: what a proposal carries, and what people approve.

use serde::{Deserialize, Serialize};

use super::{
    Address, Network, SolanaAddress,
    fee::{Fee, Priority, PriorityError},
    marker::{DepositError, Marker, PaymentId},
    memo::{Memo, MemoError},
    message::{self, Blockhash},
    program::is_never_a_recipient,
    token::{TokenProgram, associated_account},
};

/// The longest encoding of an intent, in bytes.
pub const MAX_ENCODED: usize = 1024;

const VERSION: u8 = 2;

/// Units of computing, with room for what programs become.
const SOL_UNITS: u32 = 1_500;
const TOKEN_UNITS: u32 = 10_000;
const ACCOUNT_UNITS: u32 = 60_000;
const MEMO_UNITS: u32 = 10_000;
const MEMO_BYTE_UNITS: u32 = 200;

/// A payment from a group's address, with all that its transaction says but for the time. Checked: there is none that could
/// not be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    pub(super) payer: SolanaAddress,
    network: Network,
    payment: Payment,
    memo: Option<Memo>,
    priority: Priority,
    marker: Marker,
    /// Of tokens: the payer's account and the recipient's.
    pub(super) accounts: Option<TokenAccounts>,
}

/// What is paid, and to whom.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Payment {
    /// SOL.
    Sol {
        /// The recipient's address.
        to: Address,
        /// How much, in lamports.
        lamports: u64,
    },
    /// Tokens.
    Token(TokenPayment),
}

/// A payment of tokens.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TokenPayment {
    /// The program that keeps them.
    pub program: TokenProgram,
    /// Which tokens.
    pub mint: Address,
    /// How many decimals they have, as the proposer saw it. Each device looks for itself; and with a wrong number the
    /// network refuses the transaction, so that nobody's lie moves the point.
    pub decimals: u8,
    /// The recipient's wallet, not its token account.
    pub to: Address,
    /// How many, in the smallest parts.
    pub amount: u64,
    /// Whether to make, and pay for, the recipient's token account if it has none.
    pub create_account: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TokenAccounts {
    pub(super) source: Address,
    pub(super) destination: Address,
}

/// Why a payment can't be meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IntentError {
    /// Not the bytes of an intent, or of a later version.
    #[error("not a payment that this version knows")]
    Malformed,
    /// It is for another network than the wallet's.
    #[error("a payment on {0}")]
    OtherNetwork(Network),
    /// Nothing is paid.
    #[error("an amount of zero")]
    Zero,
    /// The payer pays itself.
    #[error("a payment to the wallet itself")]
    ToItself,
    /// Whatever arrives at that address is lost: it is a program, a mint, or one of the network's own.
    #[error("nobody receives at {0}")]
    NobodyReceives(Address),
    /// The memo.
    #[error(transparent)]
    Memo(#[from] MemoError),
    /// The fee.
    #[error(transparent)]
    Priority(#[from] PriorityError),
    /// What the marker holds.
    #[error(transparent)]
    Deposit(#[from] DepositError),
}

impl Intent {
    /// A payment by the group at `payer`.
    pub fn new(
        payer: SolanaAddress,
        network: Network,
        payment: Payment,
        memo: Option<Memo>,
        priority: Priority,
        marker: Marker,
    ) -> Result<Self, IntentError> {
        let accounts = payment.check(payer.into(), marker)?;
        Ok(Self { payer, network, payment, memo, priority, marker, accounts })
    }

    /// Reads what a proposal carries, for the wallet that it came for.
    pub fn decode(bytes: &[u8], payer: SolanaAddress, network: Network) -> Result<Self, IntentError> {
        if bytes.len() > MAX_ENCODED {
            return Err(IntentError::Malformed);
        }
        let (wire, rest) = postcard::take_from_bytes::<Wire>(bytes).map_err(|_| IntentError::Malformed)?;
        if !rest.is_empty() || wire.version != VERSION {
            return Err(IntentError::Malformed);
        }
        if wire.network != network {
            return Err(IntentError::OtherNetwork(wire.network));
        }
        let memo = wire.memo.as_deref().map(Memo::new).transpose()?;
        let priority = Priority::new(wire.units, wire.price)?;
        let marker = Marker::new(wire.id, wire.deposit)?;
        let intent = Self::new(payer, network, wire.payment.into(), memo, priority, marker)?;
        // One intent has one form, so that its hash names it.
        if intent.encode() == bytes { Ok(intent) } else { Err(IntentError::Malformed) }
    }

    /// What a proposal carries: at most [`MAX_ENCODED`] bytes.
    pub fn encode(&self) -> Vec<u8> {
        let wire = Wire {
            version: VERSION,
            network: self.network,
            id: self.marker.id(),
            deposit: self.marker.deposit(),
            payment: self.payment.clone().into(),
            memo: self.memo.as_ref().map(ToString::to_string),
            units: self.priority.units(),
            price: self.priority.price(),
        };
        // Fails only where a serialiser's writer does, and a vector never does.
        postcard::to_allocvec(&wire).unwrap_or_default()
    }

    /// The bytes that are signed: the same on each device.
    pub fn message(&self, blockhash: Blockhash) -> Vec<u8> {
        message::build(self, blockhash)
    }

    /// Who pays.
    pub const fn payer(&self) -> SolanaAddress {
        self.payer
    }

    /// On which network.
    pub const fn network(&self) -> Network {
        self.network
    }

    /// What is paid, and to whom.
    pub const fn payment(&self) -> &Payment {
        &self.payment
    }

    /// The note that everyone can read.
    pub const fn memo(&self) -> Option<&Memo> {
        self.memo.as_ref()
    }

    /// The bid for a place in a block.
    pub const fn priority(&self) -> Priority {
        self.priority
    }

    /// What lets it be made once only.
    pub const fn marker(&self) -> Marker {
        self.marker
    }

    /// Where its marker lies.
    pub fn marker_address(&self) -> Address {
        self.marker.address(&self.payer.into())
    }

    /// What the transaction costs, besides what it sends, and what its marker and a new token account hold.
    pub fn fee(&self) -> Fee {
        self.priority.fee()
    }

    /// Of a payment of tokens: the account that they leave.
    pub fn source(&self) -> Option<Address> {
        self.accounts.map(|accounts| accounts.source)
    }

    /// Of a payment of tokens: the recipient's account, at which they arrive.
    pub fn destination(&self) -> Option<Address> {
        self.accounts.map(|accounts| accounts.destination)
    }
}

impl Payment {
    /// Whose wallet is paid.
    pub const fn to(&self) -> &Address {
        match self {
            Self::Sol { to, .. } => to,
            Self::Token(token) => &token.to,
        }
    }

    /// The units of computing to ask for: more than it takes, and little enough that a bid for them is not wasted.
    pub fn units(&self, memo: Option<&Memo>) -> u32 {
        let transfer = match self {
            Self::Sol { .. } => SOL_UNITS,
            Self::Token(token) if token.create_account => TOKEN_UNITS.saturating_add(ACCOUNT_UNITS),
            Self::Token(_) => TOKEN_UNITS,
        };
        let bytes = memo.map_or(0, |memo| u32::try_from(memo.as_str().len()).unwrap_or(u32::MAX));
        let memo =
            if bytes == 0 { 0 } else { MEMO_UNITS.saturating_add(bytes.saturating_mul(MEMO_BYTE_UNITS)) };
        transfer.saturating_add(memo)
    }

    fn check(&self, payer: Address, marker: Marker) -> Result<Option<TokenAccounts>, IntentError> {
        let (Self::Sol { lamports: amount, .. } | Self::Token(TokenPayment { amount, .. })) = self;
        let to = *self.to();
        if *amount == 0 {
            return Err(IntentError::Zero);
        }
        if to == payer {
            return Err(IntentError::ToItself);
        }
        if is_never_a_recipient(&to) || to == marker.address(&payer) {
            return Err(IntentError::NobodyReceives(to));
        }
        match self {
            Self::Sol { .. } => Ok(None),
            Self::Token(token) => token.accounts(payer).map(Some),
        }
    }
}

impl TokenPayment {
    fn accounts(&self, payer: Address) -> Result<TokenAccounts, IntentError> {
        let nobody = IntentError::NobodyReceives(self.to);
        let find = |owner| associated_account(owner, &self.mint, self.program).ok_or(nobody);
        let accounts = TokenAccounts { source: find(&payer)?, destination: find(&self.to)? };
        // An account of an account could never be emptied.
        if self.to == self.mint || self.to == accounts.source {
            return Err(nobody);
        }
        Ok(accounts)
    }
}

#[derive(Serialize, Deserialize)]
struct Wire {
    version: u8,
    network: Network,
    id: PaymentId,
    deposit: u64,
    payment: WirePayment,
    memo: Option<String>,
    units: u32,
    price: u64,
}

#[derive(Serialize, Deserialize)]
enum WirePayment {
    Sol { to: Address, lamports: u64 },
    Token { mint: Address, decimals: u8, to: Address, amount: u64, create_account: bool },
    Token2022 { mint: Address, decimals: u8, to: Address, amount: u64, create_account: bool },
}

impl From<Payment> for WirePayment {
    fn from(payment: Payment) -> Self {
        match payment {
            Payment::Sol { to, lamports } => Self::Sol { to, lamports },
            Payment::Token(TokenPayment { program, mint, decimals, to, amount, create_account }) => {
                match program {
                    TokenProgram::Token => Self::Token { mint, decimals, to, amount, create_account },
                    TokenProgram::Token2022 => Self::Token2022 { mint, decimals, to, amount, create_account },
                }
            }
        }
    }
}

impl From<WirePayment> for Payment {
    fn from(payment: WirePayment) -> Self {
        let token = |program, mint, decimals, to, amount, create_account| {
            Self::Token(TokenPayment { program, mint, decimals, to, amount, create_account })
        };
        match payment {
            WirePayment::Sol { to, lamports } => Self::Sol { to, lamports },
            WirePayment::Token { mint, decimals, to, amount, create_account } => {
                token(TokenProgram::Token, mint, decimals, to, amount, create_account)
            }
            WirePayment::Token2022 { mint, decimals, to, amount, create_account } => {
                token(TokenProgram::Token2022, mint, decimals, to, amount, create_account)
            }
        }
    }
}
