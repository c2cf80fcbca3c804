//! What a passphrase is checked against when it opens nothing by itself: Argon2id in PHC form.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{self, PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use zeroize::Zeroizing;

use crate::{Cost, KeystoreError, Passphrase, SecretBytes};

/// Tells whether a passphrase is the one that was set, and nothing else of it.
///
/// It goes into a keystore: whoever reads it can try passphrases, at [`Cost`] each.
pub struct Verifier(Zeroizing<String>);

impl Verifier {
    /// For a new passphrase. Takes about a quarter of a second and 64 MiB.
    ///
    /// Errors: [`PassphraseTooShort`](KeystoreError::PassphraseTooShort), [`OutOfMemory`](KeystoreError::OutOfMemory),
    /// [`NoRandomness`](KeystoreError::NoRandomness).
    pub fn new(passphrase: &Passphrase) -> Result<Self, KeystoreError> {
        Self::with_cost(passphrase, Cost::DESKTOP)
    }

    /// As [`new`](Self::new), with other costs of trying a passphrase.
    pub fn with_cost(passphrase: &Passphrase, cost: Cost) -> Result<Self, KeystoreError> {
        passphrase.check_length()?;
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).map_err(|_| KeystoreError::NoRandomness)?;
        let argon2 =
            Argon2::new(Algorithm::Argon2id, Version::V0x13, cost.params(Params::DEFAULT_OUTPUT_LEN)?);
        let hash: PasswordHash = argon2
            .hash_password_with_salt(passphrase.as_bytes(), &salt)
            .map_err(|_| KeystoreError::OutOfMemory)?;
        Ok(Self(Zeroizing::new(hash.to_string())))
    }

    /// Checks a passphrase; right or wrong, it takes as long as making one.
    ///
    /// Errors: [`WrongPassphrase`](KeystoreError::WrongPassphrase), [`Damaged`](KeystoreError::Damaged),
    /// [`OutOfMemory`](KeystoreError::OutOfMemory).
    pub fn check(&self, passphrase: &Passphrase) -> Result<(), KeystoreError> {
        let hash = PasswordHash::new(&self.0).map_err(|_| KeystoreError::Damaged)?;
        if hash.salt.is_none() || hash.hash.is_none() {
            return Err(KeystoreError::Damaged);
        }
        let params = Params::try_from(&hash).map_err(|_| KeystoreError::Damaged)?;
        Cost::from_file(params.m_cost(), params.t_cost(), params.p_cost())?;
        Argon2::default().verify_password(passphrase.as_bytes(), &hash).map_err(|error| match error {
            password_hash::Error::PasswordInvalid => KeystoreError::WrongPassphrase,
            _ => KeystoreError::OutOfMemory,
        })
    }

    /// As it is stored.
    pub fn to_secret(&self) -> SecretBytes {
        SecretBytes::copy_of(self.0.as_bytes())
    }

    /// As it was stored.
    ///
    /// Errors: [`Damaged`](KeystoreError::Damaged).
    pub fn from_secret(secret: &SecretBytes) -> Result<Self, KeystoreError> {
        let text = std::str::from_utf8(secret.expose()).map_err(|_| KeystoreError::Damaged)?;
        Ok(Self(Zeroizing::new(text.to_owned())))
    }
}

impl std::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Verifier(<redacted>)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passphrase(text: &str) -> Passphrase {
        Passphrase::new(text.to_owned())
    }

    #[test]
    fn the_passphrase_that_was_set_is_told_from_others() {
        let verifier = Verifier::with_cost(&passphrase("correct horse"), Cost::FOR_TESTS).unwrap();
        let stored = Verifier::from_secret(&verifier.to_secret()).unwrap();
        assert!(stored.check(&passphrase("correct horse")).is_ok());
        for wrong in ["", "correct hors", "correct horse ", "Correct horse"] {
            let refused = stored.check(&passphrase(wrong));
            assert!(matches!(refused, Err(KeystoreError::WrongPassphrase)), "{wrong:?}: {refused:?}");
        }
        assert_eq!(format!("{stored:?}"), "Verifier(<redacted>)");
        let other = Verifier::with_cost(&passphrase("correct horse"), Cost::FOR_TESTS).unwrap();
        assert!(other.to_secret() != stored.to_secret(), "the same passphrase is salted anew");
    }

    #[test]
    fn a_short_passphrase_is_not_taken() {
        let refused = Verifier::with_cost(&passphrase("too short"), Cost::FOR_TESTS);
        assert!(matches!(refused, Err(KeystoreError::PassphraseTooShort { least: 10 })), "{refused:?}");
    }

    #[test]
    fn what_is_no_verifier_or_would_cost_too_much_is_damaged() {
        let hash = |cost: &str| {
            format!(
                "$argon2id$v=19${cost}$MTIzNDU2Nzg5MDEyMzQ1Ng$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            )
        };
        for text in
            ["", "hunter2", "$argon2id$v=19$m=8,t=1,p=1", &hash("m=4194304,t=3,p=1"), &hash("m=8,t=99,p=1")]
        {
            let damaged = Verifier::from_secret(&SecretBytes::copy_of(text.as_bytes()))
                .and_then(|verifier| verifier.check(&passphrase("correct horse")));
            assert!(matches!(damaged, Err(KeystoreError::Damaged)), "{text}: {damaged:?}");
        }
        let cheap = Verifier::from_secret(&SecretBytes::copy_of(hash("m=8,t=1,p=1").as_bytes())).unwrap();
        let wrong = cheap.check(&passphrase("correct horse"));
        assert!(matches!(wrong, Err(KeystoreError::WrongPassphrase)), "the test's premise: {wrong:?}");
    }
}
