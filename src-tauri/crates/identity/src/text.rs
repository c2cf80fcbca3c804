//! The rule that every name shown to a person obeys, whoever sent it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Why a text can't be a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidText {
    /// Nothing but white space.
    #[error("the name is empty")]
    Empty,
    /// More characters than allowed.
    #[error("the name has {length} characters; at most {most} fit")]
    TooLong {
        /// Characters (Unicode scalar values) in the text.
        length: usize,
        /// Characters allowed.
        most: usize,
    },
    /// A control character, or one that changes the direction or the look of its neighbours.
    #[error("the name contains a character that can't be shown (U+{:04X})", *.0 as u32)]
    Unshowable(char),
}

/// Checks a name of 1 to `most` characters and returns it without white space at its ends.
///
/// Refused are control characters, line and paragraph separators, and the invisible and bidirectional
/// formatting characters with which one name can be made to look like another.
pub fn check(text: &str, most: usize) -> Result<&str, InvalidText> {
    let text = text.trim();
    if text.is_empty() {
        return Err(InvalidText::Empty);
    }
    let length = text.chars().count();
    if length > most {
        return Err(InvalidText::TooLong { length, most });
    }
    text.chars().find(|&c| is_unshowable(c)).map_or(Ok(text), |c| Err(InvalidText::Unshowable(c)))
}

fn is_unshowable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{ffff}' | '\u{e0000}'..='\u{e007f}')
}

/// A device's name as its owner chose it: 1 to 40 characters, see [`check`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DeviceName(String);

impl DeviceName {
    /// The most characters that a device's name has.
    pub const MOST: usize = 40;

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DeviceName {
    type Err = InvalidText;

    fn from_str(text: &str) -> Result<Self, InvalidText> {
        check(text, Self::MOST).map(|text| Self(text.to_owned()))
    }
}

impl TryFrom<String> for DeviceName {
    type Error = InvalidText;

    fn try_from(text: String) -> Result<Self, InvalidText> {
        text.parse()
    }
}

impl From<DeviceName> for String {
    fn from(name: DeviceName) -> Self {
        name.0
    }
}

impl fmt::Display for DeviceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for DeviceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_counted_in_characters() {
        assert_eq!("  Zoë’s laptop ".parse::<DeviceName>().unwrap().as_str(), "Zoë’s laptop");
        assert!("é".repeat(DeviceName::MOST).parse::<DeviceName>().is_ok());
        assert_eq!(
            "é".repeat(10_000).parse::<DeviceName>(),
            Err(InvalidText::TooLong { length: 10_000, most: DeviceName::MOST })
        );
        assert_eq!(" \t ".parse::<DeviceName>(), Err(InvalidText::Empty));
    }

    #[test]
    fn characters_that_deceive_are_refused_wherever_they_come_from() {
        for c in ['\0', '\n', '\u{7f}', '\u{85}', '\u{200b}', '\u{202e}', '\u{2066}', '\u{feff}', '\u{e0041}']
        {
            assert_eq!(format!("a{c}b").parse::<DeviceName>(), Err(InvalidText::Unshowable(c)));
            let wire = postcard::to_allocvec(&format!("a{c}b")).unwrap();
            assert!(postcard::from_bytes::<DeviceName>(&wire).is_err(), "a peer can't send it either");
        }
    }
}
