//! Secrets in a file of their own: age with a passphrase, in ASCII armor.
//!
//! The format is age's (<https://age-encryption.org/v1>, scrypt recipient), so that a backup can be opened
//! without this program.

use std::io::{Read as _, Write as _};

use age::{
    DecryptError, Decryptor, Encryptor,
    armor::{ArmoredReader, ArmoredWriter, Format},
    scrypt,
    secrecy::SecretString,
};
use zeroize::Zeroizing;

use crate::{KeystoreError, Passphrase, SecretBytes};

/// The most bytes of a backup that is read.
pub const LARGEST: usize = 64 * 1024 * 1024;
/// scrypt's cost: 2^17 blocks, 128 MiB, about half a second.
const WORK_FACTOR: u8 = 17;
/// The highest cost of a backup that is opened, in the same measure: 512 MiB and two seconds, so that no file makes a
/// laptop stand still. Other age programs use up to 2^19 by themselves.
const MOST_WORK: u8 = 19;

/// Encrypts `secret`; the result is text.
///
/// Errors: [`PassphraseTooShort`](KeystoreError::PassphraseTooShort).
pub fn seal(secret: &[u8], passphrase: &Passphrase) -> Result<Vec<u8>, KeystoreError> {
    passphrase.check_length()?;
    let mut recipient = scrypt::Recipient::new(secret_string(passphrase));
    recipient.set_work_factor(WORK_FACTOR);
    let encryptor = Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient));
    let encryptor = encryptor.map_err(|error| KeystoreError::Keychain { detail: error.to_string() })?;
    let armor = ArmoredWriter::wrap_output(Vec::new(), Format::AsciiArmor)?;
    let mut writer = encryptor.wrap_output(armor)?;
    writer.write_all(secret)?;
    Ok(writer.finish()?.finish()?)
}

/// Decrypts what [`seal`] made.
///
/// Errors: [`WrongPassphrase`](KeystoreError::WrongPassphrase), [`Damaged`](KeystoreError::Damaged).
pub fn open(sealed: &[u8], passphrase: &Passphrase) -> Result<SecretBytes, KeystoreError> {
    if sealed.len() > LARGEST {
        return Err(KeystoreError::Damaged);
    }
    let decryptor =
        Decryptor::new_buffered(ArmoredReader::new(sealed)).map_err(|_| KeystoreError::Damaged)?;
    let mut identity = scrypt::Identity::new(secret_string(passphrase));
    identity.set_max_work_factor(MOST_WORK);
    let opened = decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity));
    let mut reader = opened.map_err(|error| match error {
        DecryptError::KeyDecryptionFailed | DecryptError::NoMatchingKeys | DecryptError::DecryptionFailed => {
            KeystoreError::WrongPassphrase
        }
        _ => KeystoreError::Damaged,
    })?;
    // As large as it can get, so that no smaller buffer with secrets is left behind.
    let mut secret = Zeroizing::new(Vec::with_capacity(sealed.len()));
    reader.read_to_end(&mut secret).map_err(|_| KeystoreError::Damaged)?;
    Ok(SecretBytes::new(secret))
}

fn secret_string(passphrase: &Passphrase) -> SecretString {
    SecretString::from(passphrase.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passphrase(text: &str) -> Passphrase {
        Passphrase::new(text.to_owned())
    }

    #[test]
    fn a_backup_opens_with_its_passphrase_alone() {
        let sealed = seal(b"the share", &passphrase("correct horse battery")).unwrap();
        assert!(sealed.starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----"), "any age program can read it");
        assert_eq!(open(&sealed, &passphrase("correct horse battery")).unwrap().expose(), b"the share");
        let wrong = open(&sealed, &passphrase("wrong horse battery"));
        assert!(matches!(wrong, Err(KeystoreError::WrongPassphrase)), "{wrong:?}");
        let short = seal(b"the share", &passphrase("short"));
        assert!(matches!(short, Err(KeystoreError::PassphraseTooShort { .. })));
    }

    #[test]
    fn a_file_that_asks_for_more_memory_than_a_laptop_has_to_spare_is_not_even_tried() {
        let sealed = seal(b"the share", &passphrase("correct horse battery")).unwrap();
        let mut plain = Vec::new();
        ArmoredReader::new(sealed.as_slice()).read_to_end(&mut plain).unwrap();
        let text = plain.windows(4).position(|window| window == b" 17\n").expect("the cost is in the header");
        plain[text + 1..=text + 2].copy_from_slice(b"20");
        let mut armor = ArmoredWriter::wrap_output(Vec::new(), Format::AsciiArmor).unwrap();
        armor.write_all(&plain).unwrap();
        let opened = open(&armor.finish().unwrap(), &passphrase("correct horse battery"));
        assert!(matches!(opened, Err(KeystoreError::Damaged)), "no passphrase was tried: {opened:?}");
    }

    #[test]
    fn a_damaged_backup_gives_nothing() {
        let sealed = seal(b"the share", &passphrase("correct horse battery")).unwrap();
        for cut in [0, 1, sealed.len() / 2, sealed.len() - 40] {
            assert!(open(&sealed[..cut], &passphrase("correct horse battery")).is_err(), "cut at {cut}");
        }
        let mut changed = sealed.clone();
        let middle = sealed.len() - 60;
        changed[middle] = if sealed[middle] == b'A' { b'B' } else { b'A' };
        assert!(open(&changed, &passphrase("correct horse battery")).is_err(), "one character changed");
    }
}
