//! The FROST coordinator: how a group of devices makes a key that no one of them has.
//!
//! Everything here is sans-IO. Inputs, among them the passing of a deadline, and randomness come in; states and
//! effects go out. There is no clock, no network, no global random number generator and no runtime, so that a whole
//! ceremony of many devices, honest or not, runs inside one test.
//!
//! - [`dkg`]: distributed key generation (RFC 9591 names, FROST KeyGen of <https://eprint.iacr.org/2020/852>) with an
//!   echo broadcast, a commit step with everyone's signature, and a named culprit for every way to fail. Start at
//!   [`dkg::Dkg`].
//! - [`sign`]: signing with such a key: requests, approvals and robust rounds (ROAST). Start at [`sign::Signing`].
//! - [`SecretShare`]: what a device has of a key, and the only secret that leaves this crate besides messages.
//! - [`Ciphersuite`]: which kinds of key there are. The arithmetic is `frost_core`'s throughout, generic over the
//!   ciphersuite, with the ciphersuite's own last step (`post_dkg`).
//!
//! `docs/protocol.md` has every byte that goes over a link; `docs/adr/0010` says why the commit step ends as it does, and
//! `docs/adr/0011` why signing is as it is.

mod ciphersuite;
pub mod dkg;
mod hash;
mod share;
pub mod sign;
mod signed;
mod verify;

pub use ciphersuite::{Ciphersuite, UnknownCiphersuite};
pub use dkg::{NetworkName, WalletName};
pub use share::{InvalidShare, SecretShare};
pub use verify::{InvalidSignature, verify};
