//! Signatures checked by other libraries than the one that made them.

use coordinator::{
    Ciphersuite,
    sign::{KeyPath, Signable, Signables},
};
use secp256k1::{Message, PublicKey, Scalar, Secp256k1, XOnlyPublicKey, schnorr::Signature};
use sha2::{Digest, Sha256};

use super::{schnorr, sign::Wallet};

pub fn assert_signatures(wallet: &Wallet, signables: &Signables, signatures: &[Vec<u8>]) {
    assert_eq!(signatures.len(), signables.as_slice().len(), "one for each");
    for (signable, signature) in signables.as_slice().iter().zip(signatures) {
        assert!(verifies(wallet, signable, signature), "the signature of {signable:?} verifies");
    }
}

pub fn verifies(wallet: &Wallet, signable: &Signable, signature: &[u8]) -> bool {
    let key = &wallet.ceremony.group_key;
    match wallet.suite {
        Ciphersuite::Secp256k1Tr => bip340(&key_of(key, &signable.key), &signable.message, signature),
        suite => holds(suite, key, &signable.message, signature),
    }
}

/// Whether a signature is one by this key itself.
pub fn holds(suite: Ciphersuite, key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    match suite {
        Ciphersuite::Ed25519 => {
            let key = ed25519_dalek::VerifyingKey::from_bytes(&key.try_into().unwrap()).unwrap();
            let signature = ed25519_dalek::Signature::from_slice(signature).unwrap();
            key.verify_strict(message, &signature).is_ok()
        }
        Ciphersuite::Secp256k1 => schnorr::verifies(key, message, signature),
        Ciphersuite::Secp256k1Tr => bip340(&key_of(key, &KeyPath::Group), message, signature),
    }
}

fn bip340(key: &XOnlyPublicKey, message: &[u8], signature: &[u8]) -> bool {
    let message = Message::from_digest(message.try_into().expect("a hash"));
    let signature = Signature::from_slice(signature).unwrap();
    Secp256k1::verification_only().verify_schnorr(&signature, &message, key).is_ok()
}

/// The key that a BIP-340 signature is for: by libsecp256k1 and the text of BIP-341.
fn key_of(group: &[u8], path: &KeyPath) -> XOnlyPublicKey {
    let secp = Secp256k1::verification_only();
    let group = PublicKey::from_slice(group).unwrap();
    let KeyPath::Taproot { child_tweak } = path else { return group.x_only_public_key().0 };
    let child = group.add_exp_tweak(&secp, &Scalar::from_be_bytes(*child_tweak).unwrap()).unwrap();
    let internal = child.x_only_public_key().0;
    let tag = Sha256::digest(b"TapTweak");
    let tweak = Sha256::digest([&tag[..], &tag, &internal.serialize()].concat());
    internal.add_tweak(&secp, &Scalar::from_be_bytes(tweak.into()).unwrap()).unwrap().0
}
