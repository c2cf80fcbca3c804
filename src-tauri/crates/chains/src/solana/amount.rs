//! Amounts as people type and read them: decimal, exact, never through a binary fraction.

/// How many decimals SOL has: a lamport is 10⁻⁹ SOL.
pub const SOL_DECIMALS: u8 = 9;

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
    /// More decimals than the token has.
    #[error("smaller parts than there are")]
    TooPrecise,
    /// More than 2⁶⁴ − 1 of the smallest parts.
    #[error("more than there can be")]
    TooMuch,
}

/// Reads an amount of something with so many decimals, into its smallest parts: digits and at most one point. No sign, no
/// exponent, no separators, no spaces.
pub fn parse(text: &str, decimals: u8) -> Result<u64, AmountError> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if let Some(other) = whole.chars().chain(fraction.chars()).find(|c| !c.is_ascii_digit()) {
        return Err(AmountError::Character(other));
    }
    if whole.is_empty() && fraction.is_empty() {
        return Err(AmountError::Empty);
    }
    let fraction = fraction.trim_end_matches('0');
    let missing = usize::from(decimals).checked_sub(fraction.len()).ok_or(AmountError::TooPrecise)?;
    let digits = whole.bytes().chain(fraction.bytes()).chain(std::iter::repeat_n(b'0', missing));
    digits
        .map(|digit| u64::from(digit.saturating_sub(b'0')))
        .try_fold(0_u64, |amount, digit| amount.checked_mul(10)?.checked_add(digit))
        .ok_or(AmountError::TooMuch)
}

/// Writes an amount without superfluous zeros: `1.25`, `0.000000001`, `3`.
pub fn format(amount: u64, decimals: u8) -> String {
    let decimals = usize::from(decimals);
    let digits = format!("{amount:0>width$}", width = decimals.saturating_add(1));
    let (whole, fraction) = digits.split_at(digits.len().saturating_sub(decimals));
    match fraction.trim_end_matches('0') {
        "" => whole.to_owned(),
        fraction => format!("{whole}.{fraction}"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_are_exact_to_the_smallest_part() {
        for (text, decimals, amount) in [
            ("1.25", 9, 1_250_000_000),
            ("0.000000001", 9, 1),
            (".5", 9, 500_000_000),
            ("5.", 6, 5_000_000),
            ("0.29", 9, 290_000_000),
            ("18446744073.709551615", 9, u64::MAX),
            ("18446744073709551615", 0, u64::MAX),
            ("1.50000000000000000000000", 1, 15),
            ("0", 9, 0),
        ] {
            assert_eq!(parse(text, decimals), Ok(amount), "{text}");
        }
        assert_eq!(format(1_250_000_000, 9), "1.25");
        assert_eq!(format(1, 9), "0.000000001");
        assert_eq!(format(0, 9), "0");
        assert_eq!(format(3, 0), "3");
        assert_eq!(format(u64::MAX, 9), "18446744073.709551615");
    }

    #[test]
    fn what_is_no_amount_is_named() {
        for (text, decimals, error) in [
            ("", 9, AmountError::Empty),
            (".", 9, AmountError::Empty),
            ("1,5", 9, AmountError::Character(',')),
            ("-1", 9, AmountError::Character('-')),
            ("1e3", 9, AmountError::Character('e')),
            ("1.2.3", 9, AmountError::Character('.')),
            (" 1", 9, AmountError::Character(' ')),
            ("١", 9, AmountError::Character('١')),
            ("1.0000000001", 9, AmountError::TooPrecise),
            ("0.1", 0, AmountError::TooPrecise),
            ("18446744073.709551616", 9, AmountError::TooMuch),
            ("99999999999999999999999999", 0, AmountError::TooMuch),
        ] {
            assert_eq!(parse(text, decimals), Err(error), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_as_the_same_amount(amount: u64, decimals: u8) {
            prop_assert_eq!(parse(&format(amount, decimals), decimals), Ok(amount));
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in ".{0,64}", decimals: u8) {
            let _ = parse(&text, decimals);
        }
    }
}
