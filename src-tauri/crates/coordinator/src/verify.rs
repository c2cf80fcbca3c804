//! Verifying a signature of a group, from whomever it comes.

use frost_core::{Signature, VerifyingKey};

use crate::ciphersuite::{Ciphersuite, dispatch};

/// The bytes are no signature of this message under this key, or no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a signature of this message by this key")]
pub struct InvalidSignature;

/// Verifies a signature under a group's key as it is (RFC 9591, section 6): of 64 bytes, for secp256k1 of 65.
pub fn verify(
    ciphersuite: Ciphersuite,
    group_key: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Result<(), InvalidSignature> {
    dispatch!(ciphersuite, C => {
        let key = VerifyingKey::<C>::deserialize(group_key).map_err(|_| InvalidSignature)?;
        let signature = Signature::<C>::deserialize(signature).map_err(|_| InvalidSignature)?;
        key.verify(message, &signature).map_err(|_| InvalidSignature)
    })
}

#[cfg(test)]
mod tests {
    use frost_core::SigningKey;
    use rand_core::OsRng;

    use super::*;

    #[test]
    fn a_signature_is_for_one_message_and_one_key() {
        for suite in Ciphersuite::ALL {
            dispatch!(suite, C => {
                let key = SigningKey::<C>::new(&mut OsRng);
                let public = VerifyingKey::from(&key).serialize().unwrap();
                let other = VerifyingKey::from(&SigningKey::<C>::new(&mut OsRng)).serialize().unwrap();
                let signature = key.sign(OsRng, b"yes").serialize().unwrap();
                assert_eq!(verify(suite, &public, b"yes", &signature), Ok(()), "{suite}");
                assert_eq!(verify(suite, &public, b"no", &signature), Err(InvalidSignature));
                assert_eq!(verify(suite, &other, b"yes", &signature), Err(InvalidSignature));
                for end in 0..signature.len() {
                    assert_eq!(verify(suite, &public, b"yes", &signature[..end]), Err(InvalidSignature));
                }
                assert_eq!(verify(suite, &[], b"yes", &signature), Err(InvalidSignature));
            });
        }
    }
}
