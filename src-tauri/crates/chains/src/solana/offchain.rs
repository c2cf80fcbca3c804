//! Signed texts that are no payment: Solana's off-chain messages, version 1 (sRFC 3, and "Off-chain message signing" in
//! the documentation of Agave): the domain, the version, how many sign, who in ascending order, and the text in UTF-8.
//!
//! The domain's first byte, 255, would announce a transaction of a version that is reserved for never being one.

use super::{
    SolanaAddress, address,
    memo::reorders_or_breaks,
    reader::Reader,
    transaction::{Signature, WrongSignature, verify},
};

/// What begins every off-chain message.
pub const SIGNING_DOMAIN: &[u8; 16] = b"\xffsolana offchain";
/// The longest text, in bytes.
pub const MAX_TEXT: usize = 32 * 1024;

const VERSION: u8 = 1;
const MAX_ENVELOPE: usize = MAX_TEXT + 1 + 255 * (64 + 32) + 18;

/// A text that one group signs, or that others signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OffchainMessage {
    signers: Vec<SolanaAddress>,
    text: String,
}

/// Why something is no off-chain message, or not a signed one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OffchainError {
    /// There is nothing in it.
    #[error("an empty message")]
    Empty,
    /// More than [`MAX_TEXT`] bytes.
    #[error("a message of more than {MAX_TEXT} bytes")]
    TooLong,
    /// A character that is invisible or changes how others are shown.
    #[error("{0:?} can't be in a message")]
    Character(char),
    /// Not the form of version 1.
    #[error("not an off-chain message of version 1")]
    Malformed,
    /// A signature is wrong.
    #[error(transparent)]
    Signature(#[from] WrongSignature),
}

impl OffchainMessage {
    /// A text for one group to sign: what people can read, with line breaks and tabs.
    pub fn new(signer: SolanaAddress, text: &str) -> Result<Self, OffchainError> {
        Self::of(vec![signer], text)
    }

    /// The bytes that are signed.
    pub fn message(&self) -> Vec<u8> {
        let mut bytes = [&SIGNING_DOMAIN[..], &[VERSION]].concat();
        bytes.push(u8::try_from(self.signers.len()).unwrap_or(u8::MAX));
        self.signers.iter().for_each(|signer| bytes.extend(signer.as_bytes()));
        bytes.extend(self.text.as_bytes());
        bytes
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Who signs it.
    pub fn signers(&self) -> &[SolanaAddress] {
        &self.signers
    }

    /// The signed message as it is passed on: how many signatures, the signatures, the message. Checked first.
    pub fn envelope(&self, signature: &[u8; 64]) -> Result<Vec<u8>, OffchainError> {
        let message = self.message();
        let [signer] = self.signers[..] else { return Err(OffchainError::Malformed) };
        verify(&signer, &message, signature)?;
        Ok([&[1][..], signature, &message].concat())
    }

    /// Reads a signed message that somebody passed on, and checks every signature.
    pub fn open(envelope: &[u8]) -> Result<Self, OffchainError> {
        let malformed = OffchainError::Malformed;
        if envelope.len() > MAX_ENVELOPE {
            return Err(malformed);
        }
        let mut reader = Reader::new(envelope);
        let count = reader.byte().ok_or(malformed)?;
        let signatures: Option<Vec<[u8; 64]>> = (0..count).map(|_| reader.array()).collect();
        let signatures = signatures.ok_or(malformed)?;
        let message = Self::parse(reader.rest())?;
        if signatures.len() != message.signers.len() {
            return Err(malformed);
        }
        for (signer, signature) in message.signers.iter().zip(&signatures) {
            verify(signer, reader.rest(), signature)?;
        }
        Ok(message)
    }

    /// Checks a signature of the one signer.
    pub fn verify(&self, signature: &Signature) -> Result<(), OffchainError> {
        self.envelope(signature.as_bytes()).map(drop)
    }

    /// Reads the bytes that are signed.
    pub fn parse(message: &[u8]) -> Result<Self, OffchainError> {
        let (signers, text) = split(message).ok_or(OffchainError::Malformed)?;
        Self::of(signers, text)
    }

    fn of(signers: Vec<SolanaAddress>, text: &str) -> Result<Self, OffchainError> {
        if text.is_empty() {
            return Err(OffchainError::Empty);
        }
        if text.len() > MAX_TEXT {
            return Err(OffchainError::TooLong);
        }
        let is_bad = |c: &char| (c.is_control() && !matches!(c, '\n' | '\t')) || reorders_or_breaks(*c);
        match text.chars().find(is_bad) {
            Some(character) => Err(OffchainError::Character(character)),
            None => Ok(Self { signers, text: text.to_owned() }),
        }
    }
}

fn split(message: &[u8]) -> Option<(Vec<SolanaAddress>, &str)> {
    let mut reader = Reader::new(message);
    let begins = reader.array::<16>()? == *SIGNING_DOMAIN && reader.byte()? == VERSION;
    let count = begins.then(|| reader.byte()).flatten()?;
    let signers = (0..count).map(|_| address(&reader.array()?).ok()).collect::<Option<Vec<_>>>()?;
    let ascend = signers.windows(2).all(|pair| match pair {
        [one, next] => one.as_bytes() < next.as_bytes(),
        _ => true,
    });
    (ascend && !signers.is_empty()).then_some((signers, std::str::from_utf8(reader.rest()).ok()?))
}
