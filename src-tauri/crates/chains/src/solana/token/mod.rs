//! Tokens: the two programs that keep them, and where each person's lie.

mod account;
mod mint;

use ed25519_dalek::VerifyingKey;
use sha2::{Digest as _, Sha256};

use super::{
    Address,
    program::{ASSOCIATED_TOKEN, TOKEN, TOKEN_2022},
};

pub use account::TokenAccount;
pub use mint::{Mint, Rule, TransferFee};

/// A program that keeps tokens. Text forms, for servers: their addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenProgram {
    /// The Token program.
    Token,
    /// Token-2022, whose mints can have rules of their own.
    Token2022,
}

/// The bytes of an account are not what its program would have written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a token's data")]
pub struct BadToken;

impl TokenProgram {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Token, Self::Token2022];

    /// The program's address.
    pub const fn address(self) -> Address {
        match self {
            Self::Token => TOKEN,
            Self::Token2022 => TOKEN_2022,
        }
    }

    /// The program with that address.
    pub fn at(address: &Address) -> Option<Self> {
        Self::ALL.into_iter().find(|program| program.address() == *address)
    }
}

/// The account in which a wallet keeps tokens of one mint: derived, so everyone finds it, and made by whoever pays for it.
///
/// `None` has a chance of 2⁻²⁵⁶.
pub fn associated_account(owner: &Address, mint: &Address, program: TokenProgram) -> Option<Address> {
    let token = program.address();
    derived(&[owner.as_bytes(), token.as_bytes(), mint.as_bytes()], &ASSOCIATED_TOKEN)
}

/// A program's own address for these seeds: the first hash off the curve, so that no key can sign for it.
fn derived(seeds: &[&[u8]], program: &Address) -> Option<Address> {
    (0..=u8::MAX).rev().find_map(|bump| {
        let mut hash = Sha256::new();
        seeds.iter().for_each(|seed| hash.update(seed));
        hash.update([bump]);
        hash.update(program.as_bytes());
        hash.update(b"ProgramDerivedAddress");
        let bytes: [u8; 32] = hash.finalize().into();
        VerifyingKey::from_bytes(&bytes).is_err().then(|| Address::from_bytes(bytes))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_accounts_lie_where_everyone_finds_them() {
        for (owner, mint, program, account) in [
            // The example in the tests of Solana's own JavaScript library for tokens.
            (
                "B8UwBUUnKwCyKuGMbFKWaG7exYdDk2ozZrPg72NyVbfj",
                "7o36UsWR1JQLpZ9PE2gn9L4SQ69CNNiWAXd4Jt7rqz9Z",
                TokenProgram::Token,
                "DShWnroshVbeUp28oopA3Pu7oFPDBtC1DBmPECXXAQ9n",
            ),
            // USDC of the same wallet, and the same under the other program; from @solana/kit 8.4.
            (
                "B8UwBUUnKwCyKuGMbFKWaG7exYdDk2ozZrPg72NyVbfj",
                "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
                TokenProgram::Token,
                "He64k88GFSxvhGCbkrpXg5wq2PJ6GVpdnJCki4ubuFNJ",
            ),
            (
                "B8UwBUUnKwCyKuGMbFKWaG7exYdDk2ozZrPg72NyVbfj",
                "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
                TokenProgram::Token2022,
                "4zbmeeiUuWXeykVD1JHCXGriA7T56hW7mEXud8fhF2u2",
            ),
        ] {
            let found = associated_account(&owner.parse().unwrap(), &mint.parse().unwrap(), program).unwrap();
            assert_eq!(found.to_string(), account);
            assert!(!found.is_on_curve());
        }
    }

    #[test]
    fn a_program_is_known_by_its_address() {
        for program in TokenProgram::ALL {
            assert_eq!(TokenProgram::at(&program.address()), Some(program));
        }
        assert_eq!(TokenProgram::at(&ASSOCIATED_TOKEN), None);
    }
}
