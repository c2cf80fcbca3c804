//! What a signing request's bytes say.

use chains::bitcoin::message::MAX_MESSAGE;
use identity::{InvalidText, text};
use serde::{Deserialize, Serialize};

/// The first byte of a payload.
const VERSION: u8 = 1;
/// The most characters of a file's name.
const LONGEST_NAME: usize = 200;
/// The longest text to be signed, in bytes. A request has room for little more.
pub(crate) const LONGEST_TEXT: usize = 32 * 1024;
const _: () = assert!(LONGEST_TEXT <= MAX_MESSAGE, "every chain's messages have room for it");

/// What is to be signed, as its proposer says it. In bytes: a version ‖ postcard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Payload {
    /// A text, in the form of the wallet's chain.
    Message {
        content: Content,
        /// The receive address that signs (Bitcoin; else 0).
        index: u32,
    },
    /// A transaction that spends coins of a Bitcoin wallet.
    Bitcoin {
        /// A PSBT in the canonical form.
        psbt: Vec<u8>,
    },
    /// A payment from a Solana wallet. The block that its transaction names is the completion.
    Solana {
        /// As `chains::solana::Intent` has it.
        intent: Vec<u8>,
    },
}

/// A text that people read before it is signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Content {
    Text(Text),
    File(FileDigest),
}

/// 1 to [`LONGEST_TEXT`] bytes in lines that show all that is in them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Text(String);

/// A file, by what tells it from every other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileDigest {
    name: FileName,
    size: u64,
    sha256: [u8; 32],
}

/// 1 to 200 characters in one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
struct FileName(String);

/// The bytes are no payload that this version knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// They are of a newer version.
    Newer,
    Malformed,
}

/// Why a text can't be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidContent {
    #[error("there is nothing in it")]
    Empty,
    #[error("it is too long")]
    TooLong,
    #[error("it has a character that can't be shown")]
    Unshowable,
}

impl Payload {
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        // Writing to memory does not fail; an empty payload would be refused when read.
        postcard::to_extend(self, vec![VERSION]).unwrap_or_default()
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
        let (version, rest) = bytes.split_first().ok_or(Unreadable::Malformed)?;
        if *version != VERSION {
            return Err(Unreadable::Newer);
        }
        match postcard::take_from_bytes(rest) {
            Ok((payload, [])) => Ok(payload),
            _ => Err(Unreadable::Malformed),
        }
    }
}

impl Content {
    /// What is signed.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.0.clone(),
            Self::File(file) => file.text(),
        }
    }
}

impl FileDigest {
    pub(crate) fn new(name: &str, size: u64, sha256: [u8; 32]) -> Result<Self, InvalidContent> {
        Ok(Self { name: name.to_owned().try_into()?, size, sha256 })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name.0
    }

    /// In bytes.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    pub(crate) fn sha256(&self) -> &[u8; 32] {
        &self.sha256
    }

    /// The text that is signed in the file's stead. Its form never changes: signatures hang on it.
    fn text(&self) -> String {
        format!("File {}\nSize {} bytes\nSHA-256 {}", self.name.0, self.size, hex::encode(self.sha256))
    }
}

impl TryFrom<String> for Text {
    type Error = InvalidContent;

    fn try_from(text: String) -> Result<Self, InvalidContent> {
        if text.trim().is_empty() {
            return Err(InvalidContent::Empty);
        }
        if text.len() > LONGEST_TEXT {
            return Err(InvalidContent::TooLong);
        }
        for line in text.split('\n') {
            // With something around it, white space that can't be seen is not taken for the ends of a name.
            let framed = format!("|{}|", line.replace('\t', " "));
            text::check(&framed, framed.len()).map_err(|_| InvalidContent::Unshowable)?;
        }
        Ok(Self(text))
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.0
    }
}

impl TryFrom<String> for FileName {
    type Error = InvalidContent;

    fn try_from(name: String) -> Result<Self, InvalidContent> {
        match text::check(&name, LONGEST_NAME) {
            Ok(name) => Ok(Self(name.to_owned())),
            Err(InvalidText::Empty) => Err(InvalidContent::Empty),
            Err(InvalidText::TooLong { .. }) => Err(InvalidContent::TooLong),
            Err(_) => Err(InvalidContent::Unshowable),
        }
    }
}

impl From<FileName> for String {
    fn from(name: FileName) -> Self {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Result<Text, InvalidContent> {
        text.to_owned().try_into()
    }

    #[test]
    fn a_text_shows_all_that_is_in_it() {
        for good in ["yes", "two\nlines", "a\n\n\tb ", "Zürich, 雪, 🧊"] {
            assert_eq!(text(good).map(|text| text.0).as_deref(), Ok(good));
        }
        for (bad, why) in [
            ("", InvalidContent::Empty),
            (" \n\t", InvalidContent::Empty),
            ("pay 5\r, not 6", InvalidContent::Unshowable),
            ("\u{202e}6 yap", InvalidContent::Unshowable),
            ("a\u{200b}b", InvalidContent::Unshowable),
            ("6\u{2028}", InvalidContent::Unshowable),
            ("a\n\u{2029}\nb", InvalidContent::Unshowable),
            ("a\0b", InvalidContent::Unshowable),
            ("a\nb\u{2066}c", InvalidContent::Unshowable),
        ] {
            assert_eq!(text(bad), Err(why), "{bad:?}");
        }
        assert!(text(&"x".repeat(LONGEST_TEXT)).is_ok());
        assert_eq!(text(&"x".repeat(LONGEST_TEXT + 1)), Err(InvalidContent::TooLong));
    }

    #[test]
    fn what_others_send_is_held_to_the_same_rules() {
        let wire = |text: &str| [&[VERSION, 0, 0][..], &postcard::to_allocvec(text).unwrap(), &[0]].concat();
        let good = Payload::Message { content: Content::Text(text("yes").unwrap()), index: 0 };
        assert_eq!(good.to_bytes(), wire("yes"), "the form never changes");
        assert_eq!(Payload::from_bytes(&wire("yes")), Ok(good.clone()));
        assert_eq!(Payload::from_bytes(&wire("\u{202e}yes")), Err(Unreadable::Malformed));
        assert_eq!(
            Payload::from_bytes(&[wire("yes"), vec![0]].concat()),
            Err(Unreadable::Malformed),
            "more behind it"
        );
        assert_eq!(Payload::from_bytes(&[]), Err(Unreadable::Malformed));
        assert_eq!(Payload::from_bytes(&[2, 0]), Err(Unreadable::Newer));
        let longest = Content::Text(text(&"x".repeat(LONGEST_TEXT)).unwrap());
        let bytes = Payload::Message { content: longest, index: u32::MAX }.to_bytes();
        assert!(bytes.len() <= coordinator::sign::Proposal::LONGEST_PAYLOAD, "a request has room for it");
    }

    #[test]
    fn a_file_is_signed_as_a_text_that_names_it_and_nothing_else() {
        let file = FileDigest::new("minutes.pdf", 12_345, [0xab; 32]).unwrap();
        let expected = format!("File minutes.pdf\nSize 12345 bytes\nSHA-256 {}", "ab".repeat(32));
        assert_eq!(Content::File(file).text(), expected, "the form never changes");
        assert_eq!(FileDigest::new("a\nb", 1, [0; 32]), Err(InvalidContent::Unshowable));
        assert_eq!(FileDigest::new("", 1, [0; 32]), Err(InvalidContent::Empty));
        assert_eq!(FileDigest::new(&"x".repeat(201), 1, [0; 32]), Err(InvalidContent::TooLong));
    }
}
