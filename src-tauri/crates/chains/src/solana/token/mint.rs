//! Mints as they lie on the chain: how many decimals a token has, and what rules it has been given.

use std::ops::ControlFlow;

use super::{BadToken, TokenProgram, account};
use crate::solana::{Address, reader::Reader};

/// The length of a mint without extensions.
const BASE: usize = 82;
/// The number by which Token-2022 marks mints among what has extensions.
const MARK: u8 = 1;
/// A length that Token-2022 never uses, since accounts of several signers have it.
const AVOIDED: usize = 355;
/// Of an extension: its number and its length.
const EXTENSION_HEAD: usize = 4;

/// A kind of token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mint {
    /// Where the point is in an amount.
    pub decimals: u8,
    /// How many there are, in the smallest parts.
    pub supply: u64,
    /// Whether somebody can keep accounts from moving their tokens.
    pub can_freeze: bool,
    /// What is special about this token; of an ordinary one, nothing.
    pub rules: Vec<Rule>,
    /// How long an account of it is, in bytes, for what making one costs.
    pub account_length: usize,
}

/// What is special about a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// Whoever issues it keeps a part of each transfer.
    Fee(TransferFee),
    /// It can't be sent at all.
    NotTransferable,
    /// Somebody stopped all transfers for now.
    Paused,
    /// Somebody can stop all transfers.
    CanBePaused,
    /// This program decides on each transfer, and wants more in the transaction than is in ours.
    Hook(Address),
    /// Somebody can take it out of everyone's accounts.
    CanBeTaken,
    /// New accounts can't be used before somebody allows it.
    NewAccountsAreFrozen,
    /// Other programs show other amounts, since these grow or are scaled.
    ShownDifferently,
    /// A rule that is not known here.
    Unknown(u16),
}

/// A transfer's fee, in the token itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransferFee {
    /// Hundredths of a percent, as of now and as of a time already fixed.
    pub basis_points: [u16; 2],
    /// The most that one transfer costs, likewise.
    pub maximum: [u64; 2],
}

impl Mint {
    /// Reads what lies at a mint's address.
    pub fn parse(data: &[u8], program: TokenProgram) -> Result<Self, BadToken> {
        let mut reader = Reader::new(data);
        let mut mint = Self::read(&mut reader).ok_or(BadToken)?;
        match program {
            _ if reader.is_at_end() => {}
            TokenProgram::Token => return Err(BadToken),
            TokenProgram::Token2022 => {
                let padding = reader.take(account::BASE.saturating_sub(BASE)).ok_or(BadToken)?;
                if padding.iter().any(|byte| *byte != 0) || reader.byte() != Some(MARK) {
                    return Err(BadToken);
                }
                mint.read_extensions(reader).ok_or(BadToken)?;
            }
        }
        if program == TokenProgram::Token2022 {
            // The mark, and the extension that keeps an associated account's owner.
            let length = mint.account_length.saturating_add(1).saturating_add(EXTENSION_HEAD);
            mint.account_length = if length == AVOIDED { length.saturating_add(2) } else { length };
        }
        Ok(mint)
    }

    fn read(data: &mut Reader<'_>) -> Option<Self> {
        let _mint_authority = data.take(36)?;
        let supply = data.u64()?;
        let decimals = data.byte()?;
        let is_initialized = data.byte()? == 1;
        let can_freeze = data.u32()? == 1;
        let _freeze_authority = data.take(32)?;
        is_initialized.then_some(Self {
            decimals,
            supply,
            can_freeze,
            rules: Vec::new(),
            account_length: account::BASE,
        })
    }

    fn read_extensions(&mut self, mut data: Reader<'_>) -> Option<()> {
        // Fewer than two bytes are too few for another, and are left over.
        while data.rest().len() >= 2 {
            let kind = data.u16()?;
            if kind == 0 {
                break;
            }
            let length = data.u16()?;
            let content = data.take(length.into())?;
            if let ControlFlow::Break(()) = self.read_extension(kind, content) {
                return None;
            }
        }
        Some(())
    }

    fn read_extension(&mut self, kind: u16, content: &[u8]) -> ControlFlow<()> {
        let rule = match kind {
            1 => {
                self.add_account_extension(8);
                TransferFee::read(Reader::new(content)).map(Rule::Fee)
            }
            6 => match content {
                [1] => return ControlFlow::Continue(()),
                [2] => Some(Rule::NewAccountsAreFrozen),
                _ => None,
            },
            9 => {
                self.add_account_extension(0);
                Some(Rule::NotTransferable)
            }
            10 | 25 => Some(Rule::ShownDifferently),
            12 => match content {
                [0, ..] if content.iter().all(|byte| *byte == 0) => return ControlFlow::Continue(()),
                _ => Some(Rule::CanBeTaken),
            },
            14 => {
                self.add_account_extension(1);
                match content.split_first_chunk::<32>().map(|(_, program)| <[u8; 32]>::try_from(program)) {
                    Some(Ok([0, rest @ ..])) if rest == [0; 31] => return ControlFlow::Continue(()),
                    Some(Ok(program)) => Some(Rule::Hook(Address::from_bytes(program))),
                    _ => None,
                }
            }
            26 => {
                self.add_account_extension(0);
                match content {
                    [_, .., 0] => Some(Rule::CanBePaused),
                    [_, .., 1] => Some(Rule::Paused),
                    _ => None,
                }
            }
            // Who may close the mint, what stays secret, names and groups, who may burn: nothing that transfers meet.
            3 | 4 | 16 | 18..=24 | 28 => return ControlFlow::Continue(()),
            other => Some(Rule::Unknown(other)),
        };
        match rule {
            Some(rule) => {
                self.rules.push(rule);
                ControlFlow::Continue(())
            }
            None => ControlFlow::Break(()),
        }
    }

    fn add_account_extension(&mut self, length: usize) {
        self.account_length = self.account_length.saturating_add(EXTENSION_HEAD).saturating_add(length);
    }
}

impl TransferFee {
    /// The most that is kept of an amount, whichever of the two times it is.
    pub fn at_most(&self, amount: u64) -> u64 {
        let kept = self.basis_points.iter().zip(self.maximum).map(|(points, maximum)| {
            let exact = u128::from(amount).saturating_mul(u128::from(*points)).div_ceil(10_000);
            u64::try_from(exact).unwrap_or(u64::MAX).min(maximum)
        });
        kept.max().unwrap_or(0).min(amount)
    }

    fn read(mut data: Reader<'_>) -> Option<Self> {
        let _authorities_and_withheld = data.take(72)?;
        let mut fee = || {
            let _epoch = data.u64()?;
            Some((data.u64()?, data.u16()?))
        };
        let (older, newer) = (fee()?, fee()?);
        Some(Self { basis_points: [older.1, newer.1], maximum: [older.0, newer.0] })
    }
}
