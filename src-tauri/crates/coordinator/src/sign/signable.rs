//! What is signed, and under which key: the wallet's own, or one derived from it.

use std::sync::Arc;

use frost_secp256k1_tr::Secp256K1Sha256TR;

use super::derived::scalar;
use crate::Ciphersuite;

/// Under which key a message is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyPath {
    /// The group's key as it is.
    Group,
    /// A child of the group's key, spent by BIP-341's key path without a script tree; secp256k1-tr only.
    Taproot {
        /// A scalar, big-endian; its multiple of the base point leads from the group's key to the child.
        child_tweak: [u8; 32],
    },
}

/// A message and the key to sign it with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signable {
    /// What the signature is over.
    pub message: Vec<u8>,
    /// Under which key.
    pub key: KeyPath,
}

/// All that a request is about: 1 to [`Signables::MOST`], in the order that all devices compute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signables(Arc<[Signable]>);

/// Why something can't be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidSignables {
    /// None, or more than [`Signables::MOST`].
    #[error("a request has 1 to {} messages to sign", Signables::MOST)]
    Number,
    /// More than [`Signables::LONGEST_MESSAGE`] bytes.
    #[error("a message to sign has at most {} bytes", Signables::LONGEST_MESSAGE)]
    TooLong,
    /// The wallet's ciphersuite has no such key, or the tweak is no scalar.
    #[error("the wallet has no such key")]
    Key,
}

impl Signables {
    /// The most messages of one request.
    pub const MOST: u16 = 500;
    /// The most bytes of a message.
    pub const LONGEST_MESSAGE: usize = 64 * 1024;

    /// What a wallet of this ciphersuite can sign.
    pub fn new(ciphersuite: Ciphersuite, signables: Vec<Signable>) -> Result<Self, InvalidSignables> {
        if !(1..=usize::from(Self::MOST)).contains(&signables.len()) {
            return Err(InvalidSignables::Number);
        }
        for Signable { message, key } in &signables {
            if message.len() > Self::LONGEST_MESSAGE {
                return Err(InvalidSignables::TooLong);
            }
            if let KeyPath::Taproot { child_tweak } = key
                && (ciphersuite != Ciphersuite::Secp256k1Tr
                    || scalar::<Secp256K1Sha256TR>(child_tweak).is_none())
            {
                return Err(InvalidSignables::Key);
            }
        }
        Ok(Self(signables.into()))
    }

    /// How many.
    pub fn count(&self) -> u16 {
        u16::try_from(self.0.len()).unwrap_or(Self::MOST)
    }

    /// In order.
    pub fn as_slice(&self) -> &[Signable] {
        &self.0
    }
}
