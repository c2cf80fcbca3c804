//! Solana: the address is the Ed25519 public key itself, in base58 (Bitcoin's alphabet, no checksum).

use std::{fmt, str::FromStr};

use ed25519_dalek::VerifyingKey;

use crate::{ChainError, UnknownNetwork};

/// A Solana cluster. An address is the same on each of them; what lies there is not. Text forms: `mainnet`, `devnet`,
/// `testnet`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Network {
    /// Where SOL has value.
    Mainnet,
    /// The public network for programs under development.
    Devnet,
    /// The public network for tests of Solana itself.
    Testnet,
}

impl Network {
    /// All networks.
    pub const ALL: [Self; 3] = [Self::Mainnet, Self::Devnet, Self::Testnet];

    /// The network's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mainnet => "mainnet",
            Self::Devnet => "devnet",
            Self::Testnet => "testnet",
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Network {
    type Err = UnknownNetwork;

    fn from_str(text: &str) -> Result<Self, UnknownNetwork> {
        Self::ALL.into_iter().find(|network| network.as_str() == text).ok_or(UnknownNetwork)
    }
}

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
    fn a_network_is_known_by_its_name() {
        for network in Network::ALL {
            assert_eq!(network.to_string().parse(), Ok(network));
        }
        for unknown in ["solana", "Mainnet", "signet", ""] {
            assert_eq!(unknown.parse::<Network>(), Err(UnknownNetwork));
        }
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
}
