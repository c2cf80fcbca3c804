//! How high a fee is, for people to see before they approve.

use bitcoin::{Amount, FeeRate};

/// How a fee compares with what is usual. A judgement for showing, which refuses nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FeeLevel {
    /// Below 1 sat/vB: many nodes don't relay it.
    Low,
    /// Neither low nor high.
    Usual,
    /// From 300 sat/vB on, or a tenth of what is sent.
    High,
    /// From 1000 sat/vB on, or as much as is sent.
    Extreme,
}

/// Above this, Bitcoin Core refuses to send a transaction unless it is told to (`maxfeerate`, 0.1 BTC/kvB).
pub(super) const MAX_RATE: FeeRate = FeeRate::from_sat_per_vb_u32(10_000);

const LOW: FeeRate = FeeRate::from_sat_per_vb_u32(1);
const HIGH: FeeRate = FeeRate::from_sat_per_vb_u32(300);
const EXTREME: FeeRate = FeeRate::from_sat_per_vb_u32(1000);
const HIGH_PART: u64 = 10;

impl FeeLevel {
    /// `sent` is what the fee is measured against: what leaves the wallet, or all of it where nothing does.
    pub(super) fn of(fee: Amount, rate: FeeRate, sent: Amount) -> Self {
        if rate >= EXTREME || fee >= sent {
            Self::Extreme
        } else if rate >= HIGH || fee >= sent / HIGH_PART {
            Self::High
        } else if rate < LOW {
            Self::Low
        } else {
            Self::Usual
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fee_is_judged_by_its_rate_and_by_what_it_is_paid_for() {
        let level = |fee, rate, sent| {
            FeeLevel::of(Amount::from_sat(fee), FeeRate::from_sat_per_kwu(rate), Amount::from_sat(sent))
        };
        assert_eq!(level(100, 249, 1_000_000), FeeLevel::Low);
        assert_eq!(level(100, 250, 1_000_000), FeeLevel::Usual);
        assert_eq!(level(99_999, 74_999, 1_000_000), FeeLevel::Usual);
        assert_eq!(level(100, 75_000, 1_000_000), FeeLevel::High);
        assert_eq!(level(100_000, 250, 1_000_000), FeeLevel::High);
        assert_eq!(level(100, 250_000, 1_000_000), FeeLevel::Extreme);
        assert_eq!(level(1_000, 250, 1_000), FeeLevel::Extreme);
    }
}
