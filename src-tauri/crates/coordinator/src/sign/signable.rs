//! What is signed, and under which key: the wallet's own, or one derived from it.

use std::{collections::BTreeMap, sync::Arc};

use frost_core::{
    Ciphersuite as Suite, Element, Field, Group, Scalar, VerifyingKey,
    keys::{KeyPackage, PublicKeyPackage, SigningShare, VerifyingShare},
};
use frost_ed25519::Ed25519Sha512;
use frost_secp256k1::Secp256K1Sha256;
use frost_secp256k1_tr::{Secp256K1Sha256TR, keys::Tweak as _};
use zeroize::Zeroizing;

use crate::Ciphersuite;

/// Under which key a message is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// A ciphersuite that this crate signs with: `frost_core`'s, and the BIP-341 tweak where there is one.
pub(crate) trait Signs: Suite {
    /// The share of the key that is spent by BIP-341's key path.
    fn taproot(package: KeyPackage<Self>) -> Option<KeyPackage<Self>>;
    /// The public half of that.
    fn taproot_public(package: PublicKeyPackage<Self>) -> Option<PublicKeyPackage<Self>>;
}

macro_rules! signs_under_its_own_key_only {
    ($suite:ty) => {
        impl Signs for $suite {
            fn taproot(_: KeyPackage<Self>) -> Option<KeyPackage<Self>> {
                None
            }

            fn taproot_public(_: PublicKeyPackage<Self>) -> Option<PublicKeyPackage<Self>> {
                None
            }
        }
    };
}

signs_under_its_own_key_only!(Ed25519Sha512);
signs_under_its_own_key_only!(Secp256K1Sha256);

impl Signs for Secp256K1Sha256TR {
    fn taproot(package: KeyPackage<Self>) -> Option<KeyPackage<Self>> {
        Some(package.tweak::<&[u8]>(None))
    }

    fn taproot_public(package: PublicKeyPackage<Self>) -> Option<PublicKeyPackage<Self>> {
        Some(package.tweak::<&[u8]>(None))
    }
}

impl KeyPath {
    /// This device's share of the key.
    pub(crate) fn key_package<C: Signs>(&self, package: &KeyPackage<C>) -> Option<KeyPackage<C>> {
        let Self::Taproot { child_tweak } = self else { return Some(package.clone()) };
        let tweak = scalar::<C>(child_tweak)?;
        let point = C::Group::generator() * tweak;
        let signing = Zeroizing::new(package.signing_share().serialize());
        let moved = scalar::<C>(&signing)? + tweak;
        let moved = Zeroizing::new(<C::Group as Group>::Field::serialize(&moved).as_ref().to_vec());
        C::taproot(KeyPackage::new(
            *package.identifier(),
            SigningShare::deserialize(&moved).ok()?,
            moved_share::<C>(package.verifying_share(), point)?,
            moved_key::<C>(package.verifying_key(), point)?,
            *package.min_signers(),
        ))
    }

    /// The key's public half, with the verifying shares that `package` has.
    pub(crate) fn public<C: Signs>(&self, package: &PublicKeyPackage<C>) -> Option<PublicKeyPackage<C>> {
        let Self::Taproot { child_tweak } = self else { return Some(package.clone()) };
        let point = C::Group::generator() * scalar::<C>(child_tweak)?;
        let shares = package
            .verifying_shares()
            .iter()
            .map(|(id, share)| Some((*id, moved_share::<C>(share, point)?)))
            .collect::<Option<BTreeMap<_, _>>>()?;
        let key = moved_key::<C>(package.verifying_key(), point)?;
        C::taproot_public(PublicKeyPackage::new(shares, key, package.min_signers()))
    }
}

fn scalar<C: Suite>(bytes: &[u8]) -> Option<Scalar<C>> {
    let bytes = bytes.try_into().ok()?;
    <C::Group as Group>::Field::deserialize(&bytes).ok()
}

/// A point and another's sum, encoded; `None` for the identity.
fn moved<C: Suite>(encoded: &[u8], by: Element<C>) -> Option<Vec<u8>> {
    let element = C::Group::deserialize(&encoded.try_into().ok()?).ok()?;
    Some(C::Group::serialize(&(element + by)).ok()?.as_ref().to_vec())
}

fn moved_share<C: Suite>(share: &VerifyingShare<C>, by: Element<C>) -> Option<VerifyingShare<C>> {
    VerifyingShare::deserialize(&moved::<C>(&share.serialize().ok()?, by)?).ok()
}

fn moved_key<C: Suite>(key: &VerifyingKey<C>, by: Element<C>) -> Option<VerifyingKey<C>> {
    VerifyingKey::deserialize(&moved::<C>(&key.serialize().ok()?, by)?).ok()
}
