//! A device's key as words that two people can compare over the phone.

use std::fmt;

use bip39::Language;
use sha2::{Digest, Sha256};

use crate::DeviceId;

const WORDS: usize = 8;

/// Eight words of the BIP-39 English list: the first 88 bits of
/// `SHA-256("permafrost/v1/fingerprint" ‖ 0x00 ‖ device ID)`, eleven bits a word, most significant first.
///
/// Eighty-eight bits, since whoever wants to look like someone else may search for a key offline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint([&'static str; WORDS]);

impl Fingerprint {
    pub(crate) fn of(device: &DeviceId) -> Self {
        let digest = Sha256::new()
            .chain_update(b"permafrost/v1/fingerprint\0")
            .chain_update(device.as_bytes())
            .finalize();
        let mut words = words(&digest);
        Self(std::array::from_fn(|_| words.next().unwrap_or_default()))
    }

    /// The words, in the order in which they are read aloud.
    pub fn words(&self) -> [&'static str; WORDS] {
        self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

/// The BIP-39 English words of `bytes`, eleven bits a word, most significant bit first; bits left over
/// at the end make no word.
pub fn words(bytes: &[u8]) -> impl Iterator<Item = &'static str> {
    let list = Language::English.word_list();
    let bit =
        |position: usize| bytes.get(position / 8).is_some_and(|byte| byte >> (7 - position % 8) & 1 == 1);
    (0..bytes.len() * 8 / 11).filter_map(move |word| {
        let index = (0..11).fold(0, |index, offset| index << 1 | usize::from(bit(word * 11 + offset)));
        list.get(index).copied()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::IdentityKey;

    #[test]
    fn words_follow_the_bip39_list() {
        assert_eq!(words(&[0; 11]).collect::<Vec<_>>(), ["abandon"; 8]);
        assert_eq!(words(&[0xff; 11]).collect::<Vec<_>>(), ["zoo"; 8]);
        assert_eq!(words(&[0x00, 0x20, 0x00]).collect::<Vec<_>>(), ["ability", "abandon"][..2]);
    }

    #[test]
    fn a_fingerprint_is_fixed_for_a_key() {
        let id = IdentityKey::from_secret_bytes(&[1; 32]).id();
        assert_eq!(id.fingerprint(), id.fingerprint());
        assert_ne!(id.fingerprint(), IdentityKey::from_secret_bytes(&[2; 32]).id().fingerprint());
        assert_eq!(id.fingerprint().to_string().split(' ').count(), WORDS);
    }
}
