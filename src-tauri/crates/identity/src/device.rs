//! A device's identity key, its public half and the signatures between them.

use std::{fmt, str::FromStr};

use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use zeroize::Zeroizing;

use crate::Fingerprint;

/// What a signature is for. The label goes into the signed bytes.
///
/// Each crate declares a constant for every kind of statement that it signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purpose(&'static str);

impl Purpose {
    /// A purpose with a label that no other purpose has, for example `"round 1"`.
    pub const fn new(label: &'static str) -> Self {
        Self(label)
    }

    /// The bytes that are signed: `"permafrost/v1/" ‖ label ‖ 0x00 ‖ message`.
    fn bind(self, message: &[u8]) -> Vec<u8> {
        [b"permafrost/v1/", self.0.as_bytes(), &[0], message].concat()
    }
}

/// A device's public identity: 32 bytes, an Ed25519 verifying key (RFC 8032). Ordered by its bytes.
///
/// Serialises as 64 hex digits in human-readable formats and as 32 bytes elsewhere. A value of this type
/// is always a valid point outside the small subgroup.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceId([u8; 32]);

/// The bytes are not an Ed25519 public key that a device could have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a device's public key")]
pub struct InvalidDeviceId;

/// The signature was not made by that device, for that purpose, over those bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not verify")]
pub struct BadSignature;

impl DeviceId {
    /// Parses 32 untrusted bytes; refuses what is no point on the curve and points of small order.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, InvalidDeviceId> {
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| InvalidDeviceId)?;
        if key.is_weak() { Err(InvalidDeviceId) } else { Ok(Self(*bytes)) }
    }

    /// The 32 bytes of the key.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The words by which two people compare this key.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self)
    }

    /// Checks a signature by this device over `message` (strict verification: no malleable or
    /// small-order forms).
    pub fn verify(
        &self,
        purpose: Purpose,
        message: &[u8],
        signature: &Signature,
    ) -> Result<(), BadSignature> {
        let key = VerifyingKey::from_bytes(&self.0).map_err(|_| BadSignature)?;
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        key.verify_strict(&purpose.bind(message), &signature).map_err(|_| BadSignature)
    }
}

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceId({self})")
    }
}

impl FromStr for DeviceId {
    type Err = InvalidDeviceId;

    fn from_str(text: &str) -> Result<Self, InvalidDeviceId> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| InvalidDeviceId)?;
        Self::from_bytes(&bytes)
    }
}

impl Serialize for DeviceId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            self.0.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for DeviceId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
        } else {
            Self::from_bytes(&<[u8; 32]>::deserialize(deserializer)?).map_err(D::Error::custom)
        }
    }
}

/// An Ed25519 signature (RFC 8032): 64 bytes, not yet verified.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature([u8; 64]);

impl Signature {
    /// Wraps 64 bytes; whether they verify is [`DeviceId::verify`]'s business.
    pub const fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// The 64 bytes: `R ‖ s`.
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({})", hex::encode(self.0))
    }
}

impl Serialize for Signature {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(&hex::encode(self.0))
        } else {
            let (r, s) = self.0.split_at(32);
            (<[u8; 32]>::try_from(r).unwrap_or_default(), <[u8; 32]>::try_from(s).unwrap_or_default())
                .serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Signature {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut bytes = [0; 64];
        if deserializer.is_human_readable() {
            hex::decode_to_slice(String::deserialize(deserializer)?, &mut bytes).map_err(D::Error::custom)?;
        } else {
            let (r, s) = <([u8; 32], [u8; 32])>::deserialize(deserializer)?;
            bytes = [r, s].concat().try_into().map_err(|_| D::Error::custom("64 bytes"))?;
        }
        Ok(Self(bytes))
    }
}

/// The secret half of a device's identity. Wiped when dropped; never serialised, printed or cloned.
pub struct IdentityKey(SigningKey);

impl IdentityKey {
    /// A fresh key from the operating system's random number generator.
    ///
    /// Errors: the generator is not available.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut secret = Zeroizing::new([0; 32]);
        getrandom::fill(secret.as_mut())?;
        Ok(Self::from_secret_bytes(&secret))
    }

    /// The key with this 32-byte RFC 8032 seed.
    pub fn from_secret_bytes(secret: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(secret))
    }

    /// The 32-byte seed, for the keystore and for nothing else.
    pub fn secret_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The public half.
    pub fn id(&self) -> DeviceId {
        DeviceId(self.0.verifying_key().to_bytes())
    }

    /// Signs `message` for one purpose.
    pub fn sign(&self, purpose: Purpose, message: &[u8]) -> Signature {
        Signature(self.0.sign(&purpose.bind(message)).to_bytes())
    }
}

impl fmt::Debug for IdentityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdentityKey(<redacted>, {})", self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROSTER: Purpose = Purpose::new("roster");
    const LINK: Purpose = Purpose::new("link");

    #[test]
    fn a_signature_counts_only_for_its_purpose_device_and_message() {
        let (alice, bob) = (IdentityKey::generate().unwrap(), IdentityKey::generate().unwrap());
        let signature = alice.sign(ROSTER, b"hello");
        assert_eq!(alice.id().verify(ROSTER, b"hello", &signature), Ok(()));
        assert_eq!(alice.id().verify(LINK, b"hello", &signature), Err(BadSignature), "purpose");
        assert_eq!(bob.id().verify(ROSTER, b"hello", &signature), Err(BadSignature), "device");
        assert_eq!(alice.id().verify(ROSTER, b"hullo", &signature), Err(BadSignature), "message");
    }

    #[test]
    fn an_identity_survives_both_kinds_of_serialisation() {
        let id = IdentityKey::from_secret_bytes(&[7; 32]).id();
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(json, format!("\"{id}\""), "hex for people");
        assert_eq!(serde_json::from_str::<DeviceId>(&json).unwrap(), id);
        let bytes = postcard::to_allocvec(&id).unwrap();
        assert_eq!(bytes, id.as_bytes(), "32 bytes on the wire");
        assert_eq!(postcard::from_bytes::<DeviceId>(&bytes).unwrap(), id);
        let signature = IdentityKey::from_secret_bytes(&[7; 32]).sign(ROSTER, b"x");
        let bytes = postcard::to_allocvec(&signature).unwrap();
        assert_eq!(bytes, signature.as_bytes(), "64 bytes on the wire");
        assert_eq!(postcard::from_bytes::<Signature>(&bytes).unwrap(), signature);
    }

    #[test]
    fn keys_of_small_order_are_no_identities() {
        let mut neutral = [0; 32];
        neutral[0] = 1;
        assert_eq!(DeviceId::from_bytes(&neutral), Err(InvalidDeviceId));
        assert_eq!(DeviceId::from_bytes(&[0; 32]), Err(InvalidDeviceId), "order 4");
        assert!(postcard::from_bytes::<DeviceId>(&neutral).is_err(), "the wire refuses it too");
    }

    #[test]
    fn the_secret_is_not_in_the_debug_output() {
        let key = IdentityKey::from_secret_bytes(&[0xab; 32]);
        assert!(!format!("{key:?}").contains(&hex::encode([0xab; 32])));
    }
}
