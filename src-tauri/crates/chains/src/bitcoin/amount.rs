//! Amounts as people type them and as payment requests have them: decimal, exact, never through a binary fraction.

use bitcoin::{Amount, Denomination, amount::ParseAmountError};

/// What an amount is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Bitcoin, with up to eight decimals.
    Btc,
    /// Satoshi, hundred-millionths of a bitcoin, without decimals.
    Sat,
}

/// Why a text is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AmountError {
    /// Nothing, or no digit.
    #[error("no digits")]
    Empty,
    /// Something other than ASCII digits and one point.
    #[error("{0:?} is no part of an amount")]
    Character(char),
    /// More decimals than the unit has.
    #[error("smaller parts than there are")]
    TooPrecise,
    /// More than all bitcoin there will be.
    #[error("more than all bitcoin there will be")]
    TooMuch,
}

/// Reads an amount: digits, and for bitcoin at most one point. No sign, no exponent, no separators, no spaces.
pub fn parse(text: &str, unit: Unit) -> Result<Amount, AmountError> {
    if let Some(other) = text.chars().find(|c| !c.is_ascii_digit() && *c != '.') {
        return Err(AmountError::Character(other));
    }
    if !text.contains(|c: char| c.is_ascii_digit()) {
        return Err(AmountError::Empty);
    }
    let denomination = match unit {
        Unit::Btc => Denomination::Bitcoin,
        Unit::Sat if text.contains('.') => return Err(AmountError::TooPrecise),
        Unit::Sat => Denomination::Satoshi,
    };
    let amount = Amount::from_str_in(text, denomination).map_err(|error| match error {
        ParseAmountError::TooPrecise(_) => AmountError::TooPrecise,
        ParseAmountError::MissingDigits(_) => AmountError::Empty,
        ParseAmountError::InvalidCharacter(_) => AmountError::Character('.'),
        _ => AmountError::TooMuch,
    })?;
    if amount <= Amount::MAX_MONEY { Ok(amount) } else { Err(AmountError::TooMuch) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn btc(text: &str) -> Result<u64, AmountError> {
        parse(text, Unit::Btc).map(Amount::to_sat)
    }

    fn sat(text: &str) -> Result<u64, AmountError> {
        parse(text, Unit::Sat).map(Amount::to_sat)
    }

    #[test]
    fn amounts_are_exact_to_the_satoshi() {
        assert_eq!(btc("20.3"), Ok(2_030_000_000), "BIP-21's first example");
        assert_eq!(btc("50"), Ok(5_000_000_000));
        assert_eq!(btc("50.00"), Ok(5_000_000_000));
        assert_eq!(btc("0.00000001"), Ok(1));
        assert_eq!(btc(".5"), Ok(50_000_000));
        assert_eq!(btc("0.29"), Ok(29_000_000), "not 28999999");
        assert_eq!(btc("21000000"), Ok(2_100_000_000_000_000));
        assert_eq!(sat("2100000000000000"), Ok(2_100_000_000_000_000));
        assert_eq!(sat("0"), Ok(0));
    }

    #[test]
    fn what_is_no_amount_is_refused_and_the_reason_given() {
        for empty in ["", "."] {
            assert_eq!(btc(empty), Err(AmountError::Empty), "{empty:?}");
        }
        assert_eq!(sat("."), Err(AmountError::Empty));
        for (text, other) in [
            ("-1", '-'),
            ("+1", '+'),
            ("1e8", 'e'),
            ("1,5", ','),
            (" 1", ' '),
            ("1_0", '_'),
            ("١", '١'),
            ("0x10", 'x'),
            ("1.2.3", '.'),
        ] {
            assert_eq!(btc(text), Err(AmountError::Character(other)), "{text:?}");
        }
        assert_eq!(btc("0.000000001"), Err(AmountError::TooPrecise));
        assert_eq!(sat("1.0"), Err(AmountError::TooPrecise));
        for much in ["21000000.00000001", "184467440737.09551616", &"9".repeat(60)] {
            assert_eq!(btc(much), Err(AmountError::TooMuch), "{much}");
        }
        assert_eq!(sat("2100000000000001"), Err(AmountError::TooMuch));
    }

    proptest! {
        #[test]
        fn every_amount_is_read_back_as_it_is_written(sats in 0..=Amount::MAX_MONEY.to_sat()) {
            let amount = Amount::from_sat(sats);
            prop_assert_eq!(parse(&amount.to_string_in(Denomination::Bitcoin), Unit::Btc), Ok(amount));
            prop_assert_eq!(parse(&sats.to_string(), Unit::Sat), Ok(amount));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text: String) {
            let _ = (parse(&text, Unit::Btc), parse(&text, Unit::Sat));
        }
    }
}
