//! Addresses: 32 bytes, in base58 (Bitcoin's alphabet, no checksum). A group's is its Ed25519 public key itself.

use std::{fmt, str::FromStr};

use ed25519_dalek::VerifyingKey;
use serde::{Deserialize, Serialize};

use crate::ChainError;

/// A Solana address that an Ed25519 key signs for.
///
/// `Display` gives base58, 32 to 44 characters.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SolanaAddress([u8; 32]);

impl SolanaAddress {
    /// The 32 bytes of the key.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The address of a group's key (32 bytes, RFC 8032).
///
/// Refused are bytes that decode to no point, encodings that are not canonical, and points with a component of small
/// order: FROST never makes such a key, so one that turns up is damage or an attack.
pub fn address(group_key: &[u8; 32]) -> Result<SolanaAddress, ChainError> {
    let point = VerifyingKey::from_bytes(group_key).map_err(|_| ChainError::InvalidKey)?.to_edwards();
    let is_canonical = point.compress().as_bytes() == group_key;
    if is_canonical && !point.is_small_order() && point.is_torsion_free() {
        Ok(SolanaAddress(*group_key))
    } else {
        Err(ChainError::InvalidKey)
    }
}

impl fmt::Display for SolanaAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&bs58::encode(self.0).into_string())
    }
}

impl fmt::Debug for SolanaAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SolanaAddress({self})")
    }
}

/// Any address on Solana: somebody's wallet, an account that a program governs, a program, a mint.
///
/// `Display` gives base58. Nothing says whether anyone can sign for it; see [`is_on_curve`](Self::is_on_curve).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Address([u8; 32]);

/// A text is no Solana address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a Solana address")]
pub struct NoAddress;

impl Address {
    /// The address with these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether it is a point on Ed25519's curve, as each key pair's address is. One that is not has no key: a program
    /// governs it, and what lies there moves only as that program lets it.
    pub fn is_on_curve(&self) -> bool {
        VerifyingKey::from_bytes(&self.0).is_ok()
    }

    /// A well-known address, checked when this is compiled.
    pub(super) const fn known(base58: &str) -> Self {
        Self(bs58::decode(base58.as_bytes()).into_array_const_unwrap())
    }
}

impl From<SolanaAddress> for Address {
    fn from(address: SolanaAddress) -> Self {
        Self(address.0)
    }
}

impl FromStr for Address {
    type Err = NoAddress;

    fn from_str(text: &str) -> Result<Self, NoAddress> {
        base58(text).map(Self).ok_or(NoAddress)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&bs58::encode(self.0).into_string())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

/// Exactly `N` bytes in base58; texts that are too long are refused unread.
pub(super) fn base58<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    // Base58 needs at most 1.366 characters a byte.
    let longest = N.saturating_mul(7) / 5;
    let length = (text.len() <= longest).then(|| bs58::decode(text).onto(&mut bytes).ok()).flatten()?;
    (length == N).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_hex(key: &str) -> Result<String, ChainError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(key, &mut bytes).unwrap();
        address(&bytes).map(|address| address.to_string())
    }

    #[test]
    fn known_keys_have_their_known_addresses() {
        // RFC 8032, section 7.1, test 1.
        assert_eq!(
            of_hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a").unwrap(),
            "FVen3X669xLzsi6N2V91DoiyzHzg1uAgqiT8jZ9nS96Z"
        );
        // The key pair of the Solana Cookbook's example "How to restore a keypair".
        assert_eq!(
            of_hex("0fb9ba52b1f09445f1e3a7508d59f0797923acf744fbe2da303fb06da859ee87").unwrap(),
            "24PNhTaNtomHhoy3fTRaMhAFCRj4uHqhZEEoWrKDbR5p"
        );
    }

    #[test]
    fn points_of_small_order_have_no_address() {
        // All points of order 1, 2, 4 and 8, in canonical form.
        for key in [
            "0100000000000000000000000000000000000000000000000000000000000000",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0000000000000000000000000000000000000000000000000000000000000080",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        ] {
            assert_eq!(of_hex(key), Err(ChainError::InvalidKey), "{key}");
        }
    }

    #[test]
    fn what_is_no_point_or_not_in_canonical_form_has_no_address() {
        // y = 2 is on no point; y = p + 1 is the neutral element written differently; all ones is p + 18 with a sign.
        for key in [
            "0200000000000000000000000000000000000000000000000000000000000000",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        ] {
            assert_eq!(of_hex(key), Err(ChainError::InvalidKey), "{key}");
        }
    }

    #[test]
    fn a_key_with_a_small_order_component_has_no_address() {
        let good = ed25519_dalek::SigningKey::from_bytes(&[7; 32]).verifying_key().to_edwards();
        let mut bytes = [0; 32];
        hex::decode_to_slice("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", &mut bytes)
            .unwrap();
        let small = VerifyingKey::from_bytes(&bytes).unwrap().to_edwards();
        assert!(address(good.compress().as_bytes()).is_ok());
        assert_eq!(address((good + small).compress().as_bytes()), Err(ChainError::InvalidKey));
    }

    #[test]
    fn a_text_is_an_address_only_in_the_form_that_is_shown() {
        let text = "FVen3X669xLzsi6N2V91DoiyzHzg1uAgqiT8jZ9nS96Z";
        assert_eq!(text.parse::<Address>().unwrap().to_string(), text);
        let zeros = "11111111111111111111111111111111";
        assert_eq!(zeros.parse::<Address>().unwrap(), Address::from_bytes([0; 32]));
        let long = "1".repeat(1_000_000);
        for bad in ["", "1", &zeros[1..], &format!("1{zeros}"), &format!(" {text}"), "0OIl", "é", &long] {
            assert_eq!(bad.parse::<Address>(), Err(NoAddress), "{}", bad.len());
        }
    }

    #[test]
    fn addresses_of_keys_are_on_the_curve_and_those_of_programs_are_not() {
        let key = ed25519_dalek::SigningKey::from_bytes(&[3; 32]).verifying_key();
        assert!(Address::from_bytes(key.to_bytes()).is_on_curve());
        // The associated token account of Solana's own test: off the curve by construction.
        let account: Address = "H7MQwEzt97tUJryocn3qaEoy2ymWstwyEk1i9Yv3EmuZ".parse().unwrap();
        assert!(!account.is_on_curve());
    }
}
