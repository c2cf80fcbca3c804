//! The public note that a payment carries.

use std::fmt;

/// The longest memo, in bytes of UTF-8.
pub const MAX_MEMO: usize = 500;

/// A note that everyone can read on the chain for ever: 1 to [`MAX_MEMO`] bytes, and shown as it is.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Memo(String);

/// Why a text can't be a memo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MemoError {
    /// There is nothing in it.
    #[error("an empty memo")]
    Empty,
    /// More than [`MAX_MEMO`] bytes.
    #[error("a memo of {0} bytes; it can have {MAX_MEMO}")]
    TooLong(usize),
    /// A character that is invisible or changes how others are shown.
    #[error("{0:?} can't be in a memo")]
    Character(char),
}

impl Memo {
    /// Checks a text.
    pub fn new(text: &str) -> Result<Self, MemoError> {
        if text.is_empty() {
            return Err(MemoError::Empty);
        }
        if text.len() > MAX_MEMO {
            return Err(MemoError::TooLong(text.len()));
        }
        match text.chars().find(|c| c.is_control() || reorders_or_breaks(*c)) {
            Some(character) => Err(MemoError::Character(character)),
            None => Ok(Self(text.to_owned())),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Unicode's marks that turn text around, its line separators, and what it calls a byte order mark.
pub(super) fn reorders_or_breaks(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

impl fmt::Display for Memo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Memo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Memo({:?})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_memo_is_text_that_is_shown_as_it_is() {
        for good in ["Invoice 17", "Miete für März 🏔", &"ä".repeat(250)] {
            assert_eq!(Memo::new(good).unwrap().as_str(), good);
        }
        assert_eq!(Memo::new(""), Err(MemoError::Empty));
        assert_eq!(Memo::new(&"a".repeat(501)), Err(MemoError::TooLong(501)));
        for bad in ['\0', '\n', '\t', '\u{7f}', '\u{85}', '\u{202e}', '\u{2066}', '\u{2028}', '\u{feff}'] {
            assert_eq!(Memo::new(&format!("to{bad}you")), Err(MemoError::Character(bad)));
        }
    }
}
