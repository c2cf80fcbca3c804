//! Bitcoin: an account below a group's key, its coins, and what it signs.
//!
//! The group key is the root of a synthetic extended public key as in BIP-328, from which `<0;1>/*` is derived without
//! hardening (BIP-32); each child is the internal key of a pay-to-taproot output without scripts (BIP-86, BIP-341). The
//! account as a descriptor is `tr(xpub/<0;1>/*)` (BIP-380, BIP-386, BIP-389).
//!
//! To spend from a child, the group adds [`Account::child_tweak`] to each signing share, its multiple of the base point to
//! each verifying share and to the group key, and lets the signing apply the BIP-341 key-path tweak, once.
//!
//! - [`Account`]: the addresses.
//! - [`spend`]: transactions: decoding what others propose, what is to be signed, and the signed transaction.
//! - [`wallet`]: the coins that lie at the addresses, and building transactions from them.
//! - [`uri`], [`amount`]: what people paste and type: payment requests (BIP-21), addresses, amounts.
//! - [`message`]: signed messages (BIP-322).

mod account;
pub mod amount;
pub mod message;
mod network;
pub mod spend;
#[cfg(test)]
mod testing;
pub mod uri;
pub mod wallet;

pub use account::{Account, CHAIN_CODE, Keychain, Place};
pub use network::Network;

/// An address of the network that the account is on (BIP-350).
pub use bitcoin::Address;
/// From when on a transaction can be mined.
pub use bitcoin::absolute::LockTime;

/// A transaction as nodes take it (`sendrawtransaction`).
pub fn to_hex(transaction: &bitcoin::Transaction) -> String {
    bitcoin::consensus::encode::serialize_hex(transaction)
}
