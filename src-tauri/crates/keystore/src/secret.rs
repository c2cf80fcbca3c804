//! Secret bytes and passphrases: wiped when dropped, never printed, never serialised.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::KeystoreError;

/// Bytes that must stay secret. Wiped when dropped; compared in constant time.
///
/// Deliberately neither `Clone` nor `Serialize`.
pub struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    /// The most bytes a store takes. Windows' Credential Manager ends at 2560, and what fits one store must fit all.
    pub const MOST: usize = 2048;

    /// Takes over `bytes`.
    pub fn new(bytes: impl Into<Zeroizing<Vec<u8>>>) -> Self {
        Self(bytes.into())
    }

    /// Copies `bytes`; wiping the original is the caller's business.
    pub fn copy_of(bytes: &[u8]) -> Self {
        Self(Zeroizing::new(bytes.to_vec()))
    }

    /// The bytes.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn check_size(&self) -> Result<(), KeystoreError> {
        if self.len() > Self::MOST { Err(KeystoreError::TooLarge { most: Self::MOST }) } else { Ok(()) }
    }
}

impl PartialEq for SecretBytes {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_slice().ct_eq(other.0.as_slice()).into()
    }
}

impl Eq for SecretBytes {}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretBytes(<redacted>)")
    }
}

/// A vault's passphrase, as typed (UTF-8, not normalised). Wiped when dropped.
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// The fewest characters that a new passphrase has.
    pub const LEAST: usize = 10;

    /// Takes over what was typed. Its length is checked where a passphrase is set, not where one is entered.
    pub fn new(text: impl Into<Zeroizing<String>>) -> Self {
        Self(text.into())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    pub(crate) fn check_length(&self) -> Result<(), KeystoreError> {
        if self.0.chars().count() < Self::LEAST {
            Err(KeystoreError::PassphraseTooShort { least: Self::LEAST })
        } else {
            Ok(())
        }
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(<redacted>)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_never_print() {
        assert_eq!(format!("{:?}", SecretBytes::copy_of(b"hunter2")), "SecretBytes(<redacted>)");
        assert_eq!(format!("{:?}", Passphrase::new("hunter2".to_owned())), "Passphrase(<redacted>)");
    }

    #[test]
    fn secrets_are_equal_by_content() {
        assert_eq!(SecretBytes::copy_of(b"abc"), SecretBytes::new(b"abc".to_vec()));
        assert_ne!(SecretBytes::copy_of(b"abc"), SecretBytes::copy_of(b"abd"));
        assert_ne!(SecretBytes::copy_of(b"abc"), SecretBytes::copy_of(b"abcd"));
    }
}
