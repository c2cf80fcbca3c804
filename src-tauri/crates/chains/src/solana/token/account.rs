//! Token accounts as they lie on the chain.

use super::{BadToken, TokenProgram};
use crate::solana::{Address, reader::Reader};

/// The length of an account without extensions.
pub(super) const BASE: usize = 165;
/// The number by which Token-2022 marks accounts among what has extensions.
const MARK: u8 = 2;
const FROZEN: u8 = 2;
const READY: u8 = 1;

/// Somebody's tokens of one mint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenAccount {
    /// Which tokens.
    pub mint: Address,
    /// Whose.
    pub owner: Address,
    /// How many, in the smallest parts.
    pub amount: u64,
    /// Whether whoever issues them keeps them from being moved.
    pub is_frozen: bool,
}

impl TokenAccount {
    /// Reads what lies at a token account's address.
    pub fn parse(data: &[u8], program: TokenProgram) -> Result<Self, BadToken> {
        let has_good_length = match (program, data.get(BASE)) {
            (_, None) => data.len() == BASE,
            (TokenProgram::Token, Some(_)) => false,
            (TokenProgram::Token2022, Some(mark)) => *mark == MARK,
        };
        if !has_good_length {
            return Err(BadToken);
        }
        Self::read(Reader::new(data)).ok_or(BadToken)
    }

    fn read(mut data: Reader<'_>) -> Option<Self> {
        let mint = Address::from_bytes(data.array()?);
        let owner = Address::from_bytes(data.array()?);
        let amount = data.u64()?;
        let _delegate = data.take(36)?;
        let state = data.byte()?;
        matches!(state, READY | FROZEN).then_some(Self { mint, owner, amount, is_frozen: state == FROZEN })
    }
}
