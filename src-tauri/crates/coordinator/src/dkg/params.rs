//! What is agreed on before anything starts.

use std::{fmt, str::FromStr};

use identity::{InvalidText, text};
use serde::{Deserialize, Serialize};

use crate::Ciphersuite;

/// The public name of a session, in every message: 32 bytes derived from the session's secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SessionTag(pub [u8; 32]);

/// A wallet's name: 1 to 60 characters, see [`identity::text::check`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WalletName(String);

impl WalletName {
    /// The most characters that a wallet's name has.
    pub const MOST: usize = 60;

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for WalletName {
    type Err = InvalidText;

    fn from_str(name: &str) -> Result<Self, InvalidText> {
        text::check(name, Self::MOST).map(|name| Self(name.to_owned()))
    }
}

impl TryFrom<String> for WalletName {
    type Error = InvalidText;

    fn try_from(name: String) -> Result<Self, InvalidText> {
        name.parse()
    }
}

impl From<WalletName> for String {
    fn from(name: WalletName) -> Self {
        name.0
    }
}

impl fmt::Display for WalletName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for WalletName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

/// What the group will be: always 2 ≤ threshold ≤ participants ≤ 50.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Params {
    name: WalletName,
    ciphersuite: Ciphersuite,
    threshold: u16,
    participants: u16,
}

/// Why numbers make no group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidParams {
    /// Fewer than two, or more than [`Params::MOST`], participants.
    #[error("a group has 2 to 50 participants, not {0}")]
    Participants(u16),
    /// A threshold of less than two, or of more than all.
    #[error("of {participants} participants between 2 and {participants} sign, not {threshold}")]
    Threshold {
        /// The threshold asked for.
        threshold: u16,
        /// The participants asked for.
        participants: u16,
    },
}

impl Params {
    /// The most participants that a group has.
    pub const MOST: u16 = 50;

    /// Checks the numbers.
    pub fn new(
        name: WalletName,
        ciphersuite: Ciphersuite,
        threshold: u16,
        participants: u16,
    ) -> Result<Self, InvalidParams> {
        if !(2..=Self::MOST).contains(&participants) {
            return Err(InvalidParams::Participants(participants));
        }
        if !(2..=participants).contains(&threshold) {
            return Err(InvalidParams::Threshold { threshold, participants });
        }
        Ok(Self { name, ciphersuite, threshold, participants })
    }

    /// The wallet's name.
    pub fn name(&self) -> &WalletName {
        &self.name
    }

    /// The kind of key.
    pub fn ciphersuite(&self) -> Ciphersuite {
        self.ciphersuite
    }

    /// How many devices sign: `t`.
    pub fn threshold(&self) -> u16 {
        self.threshold
    }

    /// How many devices hold a share: `n`.
    pub fn participants(&self) -> u16 {
        self.participants
    }
}

#[derive(Deserialize)]
struct Unchecked {
    name: WalletName,
    ciphersuite: Ciphersuite,
    threshold: u16,
    participants: u16,
}

impl TryFrom<Unchecked> for Params {
    type Error = InvalidParams;

    fn try_from(params: Unchecked) -> Result<Self, InvalidParams> {
        Self::new(params.name, params.ciphersuite, params.threshold, params.participants)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_has_two_to_fifty_participants_and_a_threshold_within() {
        let params = |t, n| Params::new("Savings".parse().unwrap(), Ciphersuite::Ed25519, t, n).map(|_| ());
        assert_eq!(params(2, 2), Ok(()));
        assert_eq!(params(50, 50), Ok(()));
        assert_eq!(params(1, 2), Err(InvalidParams::Threshold { threshold: 1, participants: 2 }));
        assert_eq!(params(4, 3), Err(InvalidParams::Threshold { threshold: 4, participants: 3 }));
        assert_eq!(params(2, 51), Err(InvalidParams::Participants(51)));
        assert_eq!(params(1, 1), Err(InvalidParams::Participants(1)));
    }

    #[test]
    fn the_wire_refuses_what_the_constructor_refuses() {
        let good = Params::new("Savings".parse().unwrap(), Ciphersuite::Ed25519, 2, 3).unwrap();
        let mut bytes = postcard::to_allocvec(&good).unwrap();
        assert_eq!(postcard::from_bytes::<Params>(&bytes), Ok(good));
        *bytes.last_mut().unwrap() = 51;
        assert!(postcard::from_bytes::<Params>(&bytes).is_err());
    }
}
