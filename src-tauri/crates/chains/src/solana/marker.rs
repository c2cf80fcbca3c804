//! What lets a payment be made once only.
//!
//! A transaction names a recent block, so that what people approved once can be signed as several transactions, each with
//! a block of its own, and the network would do them all. So the first thing that each of them does is to make an
//! account, the *marker*, whose address comes from the payment's ID. The network makes no account where one is, and does
//! the whole of a transaction or nothing: the second one moves nothing. The marker is the wallet's own and stays for good.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Address, program::SYSTEM};

/// The most lamports that a marker may hold: a hundredth of a SOL, eleven times what the network demands at present.
pub const MAX_DEPOSIT: u64 = 10_000_000;

/// How many characters an ID has as a seed, the most that the network allows.
pub(super) const SEED_LENGTH: u64 = 32;

/// What tells one payment from all others, also from one with the same recipient and amount: 16 random bytes.
///
/// `Display` gives 32 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PaymentId([u8; 16]);

/// The account that a payment makes, and what it puts there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Marker {
    id: PaymentId,
    deposit: u64,
}

/// A marker can't hold so much, or so little.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a deposit of {0} lamports; it can be 1 to {MAX_DEPOSIT}")]
pub struct DepositError(pub u64);

impl PaymentId {
    /// The ID with these bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Reads what `Display` gives, and nothing else.
    pub(super) fn from_seed(seed: &[u8]) -> Option<Self> {
        let number = u128::from_str_radix(std::str::from_utf8(seed).ok()?, 16).ok()?;
        let id = Self(number.to_be_bytes());
        (id.to_string().as_bytes() == seed).then_some(id)
    }
}

impl Marker {
    /// For a payment with this ID, with so many lamports in it: the network's rent minimum for no data. With less the
    /// network refuses it, all but with nothing at all: then it would be gone at once, and mark nothing.
    pub fn new(id: PaymentId, deposit: u64) -> Result<Self, DepositError> {
        if (1..=MAX_DEPOSIT).contains(&deposit) {
            Ok(Self { id, deposit })
        } else {
            Err(DepositError(deposit))
        }
    }

    /// The payment's ID.
    pub const fn id(self) -> PaymentId {
        self.id
    }

    /// What is put there, in lamports.
    pub const fn deposit(self) -> u64 {
        self.deposit
    }

    /// Where it lies, for payments by `payer`.
    pub fn address(self, payer: &Address) -> Address {
        let mut hash = Sha256::new();
        hash.update(payer.as_bytes());
        hash.update(self.id.to_string());
        hash.update(SYSTEM.as_bytes());
        Address::from_bytes(hash.finalize().into())
    }
}

impl fmt::Display for PaymentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for PaymentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PaymentId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_read_in_its_only_form() {
        let id = PaymentId::from_bytes([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255]);
        assert_eq!(id.to_string(), "000102030405060708090a0b0c0d0eff");
        assert_eq!(PaymentId::from_seed(id.to_string().as_bytes()), Some(id));
        for bad in [
            "",
            "000102030405060708090A0B0C0D0EFF",
            "000102030405060708090a0b0c0d0ef",
            "+00102030405060708090a0b0c0d0eff",
            "0000102030405060708090a0b0c0d0eff",
            "00010203040506070809 a0b0c0d0eff",
        ] {
            assert_eq!(PaymentId::from_seed(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn a_marker_that_would_vanish_or_lock_up_too_much_is_none() {
        let of = |deposit| Marker::new(PaymentId::from_bytes([1; 16]), deposit).map(Marker::deposit);
        assert_eq!(of(0), Err(DepositError(0)), "an account without lamports is gone at once");
        assert_eq!(of(1), Ok(1), "what is too little, the network decides");
        assert_eq!(of(MAX_DEPOSIT), Ok(MAX_DEPOSIT));
        assert_eq!(of(MAX_DEPOSIT + 1), Err(DepositError(MAX_DEPOSIT + 1)));
    }
}
