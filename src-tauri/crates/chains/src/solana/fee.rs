//! What a transaction costs.
//!
//! Each signature costs the same; on top, a sender may bid for a place in a block, so much for each unit of computing that
//! the transaction says it may need, whether it then needs it or not.

/// What the network takes for a transaction with one signature, in lamports.
pub const BASE_FEE: u64 = 5_000;
/// The most that a bid may come to, in lamports: a hundredth of a SOL.
pub const MAX_PRIORITY_FEE: u64 = 10_000_000;
/// The most units that a payment may ask for; the network itself grants seven times as many.
pub const MAX_UNITS: u32 = 200_000;
/// The fewest units that any payment needs.
pub const MIN_UNITS: u32 = 600;

const MICRO: u128 = 1_000_000;

/// How much computing a transaction may use, and the bid for each unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Priority {
    units: u32,
    price: u64,
}

/// Why a bid can't be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PriorityError {
    /// Fewer than [`MIN_UNITS`] or more than [`MAX_UNITS`].
    #[error("{0} units of computing; it can be {MIN_UNITS} to {MAX_UNITS}")]
    Units(u32),
    /// The bid comes to more than [`MAX_PRIORITY_FEE`].
    #[error("a priority fee of more than {MAX_PRIORITY_FEE} lamports")]
    TooMuch,
}

/// What a transaction costs its sender besides what it sends, in lamports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fee {
    /// For the signature.
    pub base: u64,
    /// For the place in a block.
    pub priority: u64,
}

impl Priority {
    /// A bid: units of computing, and millionths of a lamport for each.
    pub fn new(units: u32, price: u64) -> Result<Self, PriorityError> {
        if !(MIN_UNITS..=MAX_UNITS).contains(&units) {
            return Err(PriorityError::Units(units));
        }
        let priority = Self { units, price };
        if priority.exact_fee() > u128::from(MAX_PRIORITY_FEE) {
            return Err(PriorityError::TooMuch);
        }
        Ok(priority)
    }

    /// The bid for so many units that comes to at most `lamports`.
    pub fn of_at_most(lamports: u64, units: u32) -> Result<Self, PriorityError> {
        let price = u128::from(lamports).saturating_mul(MICRO).checked_div(u128::from(units)).unwrap_or(0);
        Self::new(units, u64::try_from(price).map_err(|_| PriorityError::TooMuch)?)
    }

    /// Units of computing.
    pub const fn units(self) -> u32 {
        self.units
    }

    /// Millionths of a lamport for each unit.
    pub const fn price(self) -> u64 {
        self.price
    }

    /// What the transaction costs.
    pub fn fee(self) -> Fee {
        Fee { base: BASE_FEE, priority: u64::try_from(self.exact_fee()).unwrap_or(MAX_PRIORITY_FEE) }
    }

    fn exact_fee(self) -> u128 {
        // At most 2⁹⁶, so nothing overflows; the network rounds up as well.
        u128::from(self.units).saturating_mul(u128::from(self.price)).div_ceil(MICRO)
    }
}

impl Fee {
    /// Both together.
    pub const fn total(self) -> u64 {
        self.base.saturating_add(self.priority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_priority_fee_is_rounded_up_and_bounded() {
        let fee = |units, price| Priority::new(units, price).map(|priority| priority.fee().total());
        assert_eq!(fee(1_000, 0), Ok(5_000));
        assert_eq!(fee(1_000, 1), Ok(5_001), "a thousandth of a lamport counts as one");
        assert_eq!(fee(1_000, 1_000), Ok(5_001));
        assert_eq!(fee(1_000, 1_001), Ok(5_002));
        assert_eq!(fee(200_000, 50_000_000), Ok(10_005_000));
        assert_eq!(fee(200_000, 50_000_001), Err(PriorityError::TooMuch));
        assert_eq!(fee(200_000, u64::MAX), Err(PriorityError::TooMuch));
        for units in [0, MIN_UNITS - 1, MAX_UNITS + 1, u32::MAX] {
            assert_eq!(fee(units, 0), Err(PriorityError::Units(units)));
        }
    }

    #[test]
    fn a_bid_never_comes_to_more_than_what_was_meant() {
        for lamports in [0, 1, 999, 5_000, 123_457, MAX_PRIORITY_FEE] {
            for units in [MIN_UNITS, 1_337, MAX_UNITS] {
                let fee = Priority::of_at_most(lamports, units).unwrap().fee().priority;
                assert!(fee <= lamports, "{fee} for {lamports}");
            }
        }
        assert_eq!(Priority::of_at_most(MAX_PRIORITY_FEE + 1, MAX_UNITS), Err(PriorityError::TooMuch));
        assert!(Priority::of_at_most(1, 0).is_err());
    }
}
