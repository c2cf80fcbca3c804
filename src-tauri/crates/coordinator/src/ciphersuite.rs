//! Which curve and hash a key is for.

use std::{fmt, str::FromStr};

use frost_core::Ciphersuite as _;
use serde::{Deserialize, Serialize};

/// A FROST ciphersuite (RFC 9591, section 6) that a wallet's key can have.
///
/// In binary formats it is its position here as a varint: 0, 1, 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Ciphersuite {
    /// FROST(Ed25519, SHA-512): Solana.
    #[serde(rename = "ed25519")]
    Ed25519,
    /// FROST(secp256k1, SHA-256): raw messages.
    #[serde(rename = "secp256k1")]
    Secp256k1,
    /// FROST(secp256k1, SHA-256) with BIP-340 signatures and the BIP-341 tweak: Bitcoin.
    #[serde(rename = "secp256k1-tr")]
    Secp256k1Tr,
}

impl Ciphersuite {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Ed25519, Self::Secp256k1, Self::Secp256k1Tr];

    /// Bytes in a group public key or a verifying share: 32 for Ed25519, else 33 (SEC1 compressed).
    pub const fn element_length(self) -> usize {
        match self {
            Self::Ed25519 => 32,
            Self::Secp256k1 | Self::Secp256k1Tr => 33,
        }
    }

    /// The ciphersuite of a `frost_core` type parameter.
    pub fn of<C: frost_core::Ciphersuite>() -> Option<Self> {
        Self::ALL.into_iter().find(|suite| dispatch!(*suite, S => S::ID) == C::ID)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::Secp256k1 => "secp256k1",
            Self::Secp256k1Tr => "secp256k1-tr",
        }
    }
}

/// Evaluates an expression with a type parameter bound to the `frost_core` type of a [`Ciphersuite`].
macro_rules! dispatch {
    ($suite:expr, $C:ident => $body:expr) => {
        match $suite {
            $crate::Ciphersuite::Ed25519 => {
                type $C = frost_ed25519::Ed25519Sha512;
                $body
            }
            $crate::Ciphersuite::Secp256k1 => {
                type $C = frost_secp256k1::Secp256K1Sha256;
                $body
            }
            $crate::Ciphersuite::Secp256k1Tr => {
                type $C = frost_secp256k1_tr::Secp256K1Sha256TR;
                $body
            }
        }
    };
}
pub(crate) use dispatch;

/// The FROST identifier of a position in the roster.
pub(crate) fn identifier<C: frost_core::Ciphersuite>(position: u16) -> Option<frost_core::Identifier<C>> {
    position.checked_add(1)?.try_into().ok()
}

impl fmt::Display for Ciphersuite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text names no ciphersuite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a ciphersuite: there are ed25519, secp256k1 and secp256k1-tr")]
pub struct UnknownCiphersuite;

impl FromStr for Ciphersuite {
    type Err = UnknownCiphersuite;

    fn from_str(text: &str) -> Result<Self, UnknownCiphersuite> {
        Self::ALL.into_iter().find(|suite| suite.name() == text).ok_or(UnknownCiphersuite)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ciphersuite_is_called_the_same_everywhere() {
        for (code, suite) in Ciphersuite::ALL.into_iter().enumerate() {
            assert_eq!(suite.to_string().parse(), Ok(suite));
            assert_eq!(serde_json::to_string(&suite).unwrap(), format!("\"{suite}\""));
            assert_eq!(postcard::to_allocvec(&suite).unwrap(), [u8::try_from(code).unwrap()], "on the wire");
            assert_eq!(dispatch!(suite, C => Ciphersuite::of::<C>()), Some(suite));
        }
        assert_eq!("ethereum".parse::<Ciphersuite>(), Err(UnknownCiphersuite));
    }
}
