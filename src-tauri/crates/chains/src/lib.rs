//! What a group key is and does on a chain: addresses, transactions, signed messages, and for Bitcoin the watch-only
//! descriptor and wallet.
//!
//! - [`solana`]: the address of an Ed25519 group key, payments from it, what its servers say, and signed messages.
//! - [`bitcoin`]: receive and change addresses below a secp256k1 group key that makes BIP-340 signatures; what lies at
//!   them, transactions, payment requests, and signed messages.
//!
//! A wallet for raw messages (FROST on secp256k1 without BIP-340) has no address on any chain, and so nothing here. In
//! particular there is no Ethereum address: an externally owned account takes ECDSA signatures only, and what were sent
//! there would be lost.
//!
//! Keys come in as untrusted bytes and are checked. Nothing here is secret, and nothing does IO.

pub mod bitcoin;
pub mod solana;

/// Why a key has no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChainError {
    /// The bytes are no public key that a group could have: no point on the curve, not the canonical encoding, or a
    /// point outside the prime-order group.
    #[error("not a group's public key")]
    InvalidKey,
    /// BIP-32 derives unhardened children 0 to 2³¹ − 1 only.
    #[error("there is no address number {0}")]
    InvalidIndex(u32),
    /// This child does not exist. The chance of meeting one is below 2⁻¹²⁷ (BIP-32); take the next index.
    #[error("address number {0} does not exist for this key")]
    NoSuchChild(u32),
}

/// A chain has no network of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no network of that name")]
pub struct UnknownNetwork;
