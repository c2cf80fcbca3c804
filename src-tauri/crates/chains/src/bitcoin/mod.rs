//! Bitcoin: an account below a group's key.
//!
//! The group key is the root of a synthetic extended public key as in BIP-328, from which `<0;1>/*` is derived without
//! hardening (BIP-32); each child is the internal key of a pay-to-taproot output without scripts (BIP-86, BIP-341). The
//! account as a descriptor is `tr(xpub/<0;1>/*)` (BIP-380, BIP-386, BIP-389).
//!
//! To spend from a child, the group adds [`Account::child_tweak`] to each signing share, its multiple of the base point to
//! each verifying share and to the group key, and lets the signing apply the BIP-341 key-path tweak, once.

mod account;
mod network;

pub use account::{Account, CHAIN_CODE, Keychain};
pub use network::Network;

/// An address of the network that the account is on (BIP-350).
pub use bitcoin::Address;
