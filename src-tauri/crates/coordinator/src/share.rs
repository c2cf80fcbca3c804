//! A device's part of a group's key.

use std::fmt;

use frost_core::keys::{KeyPackage, VerifyingShare};
use zeroize::Zeroizing;

use crate::ciphersuite::{Ciphersuite, dispatch};

const LONGEST: usize = 512;

/// A device's secret share of a group's key: a FROST key package.
///
/// # Security
///
/// Whoever has `t` of these can sign for the group. The bytes are wiped when dropped, never printed and
/// not `Serialize`; they leave this type only through [`SecretShare::expose_bytes`], for the keystore, and
/// [`SecretShare::key_package`], for signing.
pub struct SecretShare {
    ciphersuite: Ciphersuite,
    key_package: Zeroizing<Vec<u8>>,
}

/// The bytes are no share, or one of another ciphersuite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a share of this ciphersuite")]
pub struct InvalidShare;

impl SecretShare {
    /// Parses what [`SecretShare::expose_bytes`] returned; checks that the signing share belongs to the
    /// verifying share beside it.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidShare> {
        let (code, key_package) = bytes.split_first().ok_or(InvalidShare)?;
        if bytes.len() > LONGEST {
            return Err(InvalidShare);
        }
        let ciphersuite =
            *Ciphersuite::ALL.iter().find(|suite| **suite as u8 == *code).ok_or(InvalidShare)?;
        let share = Self { ciphersuite, key_package: Zeroizing::new(key_package.to_vec()) };
        dispatch!(ciphersuite, C => share.key_package::<C>().map(drop))?;
        Ok(share)
    }

    /// The bytes to keep: the ciphersuite's number ‖ `frost_core`'s serialisation of the key package.
    pub fn expose_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(1 + self.key_package.len()));
        bytes.push(self.ciphersuite as u8);
        bytes.extend_from_slice(&self.key_package);
        bytes
    }

    /// Whose kind of key this is a part of.
    pub fn ciphersuite(&self) -> Ciphersuite {
        self.ciphersuite
    }

    /// The key package, for signing with `frost_core`; wiped by that type when dropped.
    pub fn key_package<C: frost_core::Ciphersuite>(&self) -> Result<KeyPackage<C>, InvalidShare> {
        if Ciphersuite::of::<C>() != Some(self.ciphersuite) {
            return Err(InvalidShare);
        }
        let package = KeyPackage::<C>::deserialize(&self.key_package).map_err(|_| InvalidShare)?;
        let canonical = Zeroizing::new(package.serialize().map_err(|_| InvalidShare)?);
        let belongs = VerifyingShare::from(*package.signing_share()) == *package.verifying_share();
        if belongs && *canonical == *self.key_package { Ok(package) } else { Err(InvalidShare) }
    }

    pub(crate) fn from_key_package<C: frost_core::Ciphersuite>(
        package: &KeyPackage<C>,
    ) -> Result<Self, InvalidShare> {
        let ciphersuite = Ciphersuite::of::<C>().ok_or(InvalidShare)?;
        let key_package = Zeroizing::new(package.serialize().map_err(|_| InvalidShare)?);
        Ok(Self { ciphersuite, key_package })
    }

    /// The group's key and this device's verifying share, as the share has them.
    pub fn public(&self) -> Result<(Vec<u8>, Vec<u8>), InvalidShare> {
        dispatch!(self.ciphersuite, C => {
            let package = self.key_package::<C>()?;
            let group = package.verifying_key().serialize().map_err(|_| InvalidShare)?;
            Ok((group, package.verifying_share().serialize().map_err(|_| InvalidShare)?))
        })
    }
}

impl fmt::Debug for SecretShare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretShare(<redacted>, {})", self.ciphersuite)
    }
}
