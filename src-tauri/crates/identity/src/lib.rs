//! Who a device is.
//!
//! A device is one installation of Permafrost. It is known to others by its Ed25519 public key
//! ([`DeviceId`]) and signs with the secret half ([`IdentityKey`]); every signature is bound to what
//! it is for by a [`Purpose`], so that one made for a link can never pass as one for a roster.
//!
//! - [`device`]: the identity key, its public half and signatures.
//! - [`fingerprint`]: a device's key as words that two people can compare.
//! - [`text`]: the rule that every name shown to a person obeys.

pub mod device;
pub mod fingerprint;
pub mod text;

pub use device::{BadSignature, DeviceId, IdentityKey, InvalidDeviceId, Purpose, Signature};
pub use fingerprint::Fingerprint;
pub use text::{DeviceName, InvalidText};
