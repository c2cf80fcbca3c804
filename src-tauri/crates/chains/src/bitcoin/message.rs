//! Messages signed by an address (BIP-322, *simple* signatures): what is signed, the signature's text, and verification.
//!
//! A signed message proves control of the address's key, not that anything lies there. The virtual transactions of
//! BIP-322 spend an output that cannot exist, so no signature of a message can ever move coins.

use bip322::{LockParams, Verification};
use bitcoin::consensus::{Decodable as _, encode::serialize};
use bitcoin::{
    Address, TapSighashType, Witness,
    base64::{Engine as _, engine::general_purpose::STANDARD},
    hashes::Hash as _,
    psbt::Psbt,
    sighash::{Prevouts, SighashCache},
};

use super::{Account, Place, spend::Signable};

/// The longest message, in bytes.
pub const MAX_MESSAGE: usize = 32 * 1024;
/// The longest text of a signature that is read.
pub const MAX_SIGNATURE: usize = 8 * 1024;

/// What a simple signature's text begins with.
const PREFIX: &str = "smp";
/// What the other two kinds of BIP-322 begin with.
const OTHER_PREFIXES: [&str; 2] = ["ful", "pof"];

/// A message that one of the account's addresses is to sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageToSign {
    address: Address,
    message: String,
    signable: Signable,
}

/// Why a message is not signed, or a signature not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MessageError {
    /// More bytes than [`MAX_MESSAGE`], or a signature longer than [`MAX_SIGNATURE`].
    #[error("longer than {0} bytes")]
    TooLong(usize),
    /// The account has no such address.
    #[error("no such address")]
    NoSuchAddress,
    /// No signature at all: not base64, not a list of byte strings, or something after it.
    #[error("not a signature")]
    Malformed,
    /// A signature of another kind (a full one, a proof of funds), or for a kind of address that is not verified here.
    #[error("a kind of signature that is not verified here")]
    Unsupported,
    /// Somebody else's, of another message, or changed.
    #[error("not a signature of this message by this address")]
    Invalid,
}

impl MessageToSign {
    /// Makes a message ready to be signed by an address of the account.
    pub fn new(account: &Account, place: Place, message: &str) -> Result<Self, MessageError> {
        check_length(message.len(), MAX_MESSAGE)?;
        let Place { keychain, index } = place;
        let address = account.address(keychain, index).map_err(|_| MessageError::NoSuchAddress)?;
        let child_tweak = account.child_tweak(keychain, index).map_err(|_| MessageError::NoSuchAddress)?;
        let message_hash = sighash(&address, message)?;
        let signable = Signable { message: message_hash, child_tweak };
        Ok(Self { address, message: message.to_owned(), signable })
    }

    /// The address that signs.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// The message.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What the group signs.
    pub fn signable(&self) -> Signable {
        self.signable
    }

    /// The text of the signature, `smp…`, to give to whoever wants to verify it. Fails if it is not a valid one.
    pub fn finalize(&self, signature: &[u8; 64]) -> Result<String, MessageError> {
        let witness = Witness::from_slice(&[signature]);
        let text = format!("{PREFIX}{}", STANDARD.encode(serialize(&witness)));
        verify(&self.address, &self.message, &text)?;
        Ok(text)
    }
}

/// Verifies a simple signature, with its prefix or (as from before BIP-322 was final) without.
///
/// For addresses of kind P2TR (by key), P2WPKH and P2WSH (multisig). The address's network is of no account: a key is the
/// same on each.
pub fn verify(address: &Address, message: &str, signature: &str) -> Result<(), MessageError> {
    check_length(message.len(), MAX_MESSAGE)?;
    check_length(signature.len(), MAX_SIGNATURE)?;
    let witness = decode(signature.trim())?;
    if !address.script_pubkey().is_witness_program() {
        return Err(MessageError::Unsupported);
    }
    match bip322::verify_simple(address, message, witness) {
        Ok(Verification::Valid { .. }) => Ok(()),
        Ok(Verification::Inconclusive) => Err(MessageError::Unsupported),
        Err(_) => Err(MessageError::Invalid),
    }
}

fn decode(text: &str) -> Result<Witness, MessageError> {
    if OTHER_PREFIXES.iter().any(|other| text.starts_with(other)) {
        return Err(MessageError::Unsupported);
    }
    let text = text.strip_prefix(PREFIX).unwrap_or(text);
    let bytes = STANDARD.decode(text).map_err(|_| MessageError::Malformed)?;
    let mut rest = bytes.as_slice();
    let witness = Witness::consensus_decode(&mut rest).map_err(|_| MessageError::Malformed)?;
    if rest.is_empty() { Ok(witness) } else { Err(MessageError::Malformed) }
}

/// The hash of `to_sign` for a key-path spend. No address of ours can fail to have one.
fn sighash(address: &Address, message: &str) -> Result<[u8; 32], MessageError> {
    let (to_sign, spent) = to_sign(address, message).ok_or(MessageError::Unsupported)?;
    SighashCache::new(&to_sign.unsigned_tx)
        .taproot_key_spend_signature_hash(0, &Prevouts::All(&spent), TapSighashType::Default)
        .map(|hash| hash.to_byte_array())
        .map_err(|_| MessageError::Unsupported)
}

fn to_sign(address: &Address, message: &str) -> Option<(Psbt, Vec<bitcoin::TxOut>)> {
    let to_spend = bip322::create_to_spend(address, message).ok()?;
    let to_sign = bip322::create_to_sign(&to_spend, None, LockParams::default()).ok()?;
    Some((to_sign, to_spend.output))
}

fn check_length(length: usize, max: usize) -> Result<(), MessageError> {
    if length <= max { Ok(()) } else { Err(MessageError::TooLong(max)) }
}

#[cfg(test)]
mod tests {
    use bitcoin::{PrivateKey, key::Keypair, secp256k1::Secp256k1};
    use proptest::prelude::*;

    use super::{
        super::testing::{self, CHANGE, RECEIVE, account, key, place},
        *,
    };

    const WPKH: &str = "bc1q9vza2e8x573nczrlzms0wvx3gsqjx7vavgkx0l";
    const UTF8: &str = "UTF-8 support: öäüéàè 测试文本 \u{1f604}";

    fn verify(address: &str, message: &str, signature: &str) -> Result<(), MessageError> {
        super::verify(&testing::address(address), message, signature)
    }

    #[test]
    fn the_virtual_transactions_are_those_of_bip_322() {
        for (message, to_spend, to_sign) in [
            (
                "",
                "c5680aa69bb8d860bf82d4e9cd3504b55dde018de765a91bb566283c545a99a7",
                "1e9654e951a5ba44c8604c4de6c67fd78a27e81dcadcfe1edf638ba3aaebaed6",
            ),
            (
                "Hello World",
                "b79d196740ad5217771c1098fc4a4b51e0535c32236c71f1ea4d61a2d603352b",
                "88737ae86f2077145f93cc4b153ae9a1cb8d56afa511988c149c5c8c9d93bddf",
            ),
            (
                UTF8,
                "c8f4f525fe8afb1bc09b44175bd2096f079c98425e8a1be676b712add1fb62f0",
                "8f488e06b89eafd019ec528109eafaf7f1d1811fd617aa1eeb9658f1c1be6586",
            ),
        ] {
            let transaction = super::to_sign(&testing::address(WPKH), message).unwrap().0.unsigned_tx;
            assert_eq!(transaction.input[0].previous_output.txid.to_string(), to_spend, "{message}");
            assert_eq!(transaction.compute_txid().to_string(), to_sign, "{message}");
        }
    }

    /// Address, message, signature.
    const PUBLISHED: [(&str, &str, &str); 8] = [
        (
            WPKH,
            "",
            "smpAkcwRAIgM2gBAQqvZX15ZiysmKmQpDrG83avLIT492QBzLnQIxYCIBaTpOaD20qRlEylyxFSeEA2ba9YOixpX8z46TSDtS40ASECx/EgAxlkQpQ9hYjgGu6EBCPMVPwVIVJqO4XCsMvViHI=",
        ),
        (
            WPKH,
            "",
            "smpAkgwRQIhAPkJ1Q4oYS0htvyuSFHLxRQpFAY56b70UvE7Dxazen0ZAiAtZfFz1S6T6I23MWI2lK/pcNTWncuyL8UL+oMdydVgzAEhAsfxIAMZZEKUPYWI4BruhAQjzFT8FSFSajuFwrDL1Yhy",
        ),
        (
            WPKH,
            "Hello World",
            "smpAkcwRAIgZRfIY3p7/DoVTty6YZbWS71bc5Vct9p9Fia83eRmw2QCICK/ENGfwLtptFluMGs2KsqoNSk89pO7F29zJLUx9a/sASECx/EgAxlkQpQ9hYjgGu6EBCPMVPwVIVJqO4XCsMvViHI=",
        ),
        (
            "bc1qp0ahvfh83088w49k405szqgg4f3pptr7p2g06tdxfjcd40z4lh4q95lsz9",
            "This will be a p2wsh 3-of-3 multisig BIP 322 signed message",
            "smpBQBHMEQCIFX9aaqPJWq2Ff2kpen5bFDTid+ehgUOpHV0LfjncXy4AiA3GNicF7aKPzdpa9PCpmaYQs3pHd+qbvvhXdxOCKCAMAFIMEUCIQD/ELXg6CNYyUQijCg96JtgvgjZb9dsl1Ctof4QAeyTcQIgVM/1AAblFl/DCt6A1gJg+T/i2qU5SQD09+chFJzolRwBSDBFAiEAlqRfSFyWNVQhvaCnmeV5tyneiCWMTcFbuujoD/pFa3wCIGnZjfQb8NolSYq9asV+ZeBSkCGHJcqnaV4JYS5MYPEGAWlTIQJ1aLEfEi/4p7wcV+XHZCBVvGGJZ7L3v+jhH+mZA8lN0yECCovfec+kIdllXpKCgA8RX/HZ2x5yHOtCSKP8/sf6pnwhAwxSng6kCgCXXSAmJOOZFdr3vdK3HzGqCFloOHgc5fM6U64=",
        ),
        (
            "bc1pss0zhytly75awhm6x2hhvd5lnzv3vssgrf9axfheq8ldyzn88ges79fler",
            "No prefix fallback",
            "AUCJYOwOjxYAvatTAGYaVlNXBVyFuc4MwNQkOuK2tl8xhfKDONd0NjfYyNSYcRqeCp8hsAnCEPHAVEkO9h6vbQ/R",
        ),
        (
            "bc1p9cyuceaazr8cz46mvgkzl94wy397mwpqsrk84su37t72jvkg6wzqv52nfp",
            "TPIZPITUIHEUHO5ACOL6W6MBVD",
            "AUBay6NwR4LEYedkTG+vE9F7C0RTOCB5NH6ZAqf+3hudjHIkOzSZk1jW/5Kt0wRKX3llJ25os+0qktdou4/Y8516",
        ),
        (
            "bc1qkntwc3c4dzxh9xh6875l03fn3vkk023jgak3u7",
            "ESHJI7MWUL64AXHBI42L3UR4QA",
            "AkcwRAIgCYHF/vn67iZX5WBimh84kqD6pTME6eNCMGhfFnnwCNECIAF3nMCk/RfLit+uv8a8FgfQIw0f0ASE21GSz7rX17PsASEDTA2vM8bOtUFgvenSDUmvkq7aWNwoTB0CMiM6carHY1s=",
        ),
        (
            "bc1qel33n4j8luylanep3rhfdkkwsvz2pjvjvle4ttt4v8v74ur74fuqjrp0uw",
            "BSAWAJZ2EQJD2TYPE7XJM4C7UT",
            "BQBHMEQCIFT0+Kbu1NAAJvWikhuw20MSB3LHCbMHgcNlMI2y38CnAiBKzu+vWiUofSZ6z7efpiAg9NhnAFgzrLJ7NVw4yY9I0gFHMEQCIFB1YEnj+Rvy18vUU7CADhSgoC9DyTqKH35q+uND4ZXEAiA9ISDpX9EA5gUvkTPBVQpEO+6pET87I4XhckdBmbZWwAFHMEQCIC8vcyfV3kOLDUI+ZaqFnS7psT11aFt+CW+jU2We7VYXAiA3zPurejZx5jSrUE/q9FI+B/idy8zRHAFmxo511LMjqwFpUyECZL28ba/0fLUUb9CUm2BWh/pDPpQa/ivbd4vKZWqBiSohAx3wAIvD9FNoBhSIQcli5257Nf7ePVqSFOQDze7XlHJVIQIYUTRV97qnh0yX/U36NKWtXEqbdW0jmlMmBDyeRbC87lOu",
        ),
    ];

    #[test]
    fn published_signatures_are_valid_for_their_message_and_address_only() {
        for (address, message, signature) in PUBLISHED {
            assert_eq!(verify(address, message, signature), Ok(()), "{address} {message}");
            let other = verify(address, &format!("{message} "), signature);
            assert_eq!(other, Err(MessageError::Invalid), "{address} {message}: another message");
            for (other, ..) in PUBLISHED.into_iter().filter(|(other, ..)| *other != address) {
                assert_eq!(verify(other, message, signature), Err(MessageError::Invalid), "{other}");
            }
        }
    }

    #[test]
    fn published_wrong_signatures_are_refused() {
        for signature in ["not-valid-base64!!!", "", "fooAA==", "smp", "smp*"] {
            assert_eq!(verify(WPKH, "", signature), Err(MessageError::Malformed), "{signature}");
        }
        assert_eq!(verify(WPKH, "", "smpAA=="), Err(MessageError::Invalid), "an empty witness");
        let full =
            "fulAUDZwFXUp+adN+/UZj5dVrGAbB3zKs1Vcalz5fCF9srxS63eSWNGvH1NYbrBkPt1BJDUyWUz9zgUxfc63/QheT6M";
        let address = "bc1pyrgrm6cu6n54jrvkdjd9rvyd3xfyu84s2623awu2srn6mxhscwpsm5644w";
        assert_eq!(verify(address, "incorrect prefix", full), Err(MessageError::Unsupported));
    }

    #[test]
    fn the_hash_of_a_taproot_address_is_the_one_that_a_published_key_signed() {
        let secp = Secp256k1::new();
        let wif = "L1rPtXzPkeCuXArPk5QKfaU4PCx16S2zCXnYtFSMGHiDkQyWw5fv";
        let secret = PrivateKey::from_wif(wif).unwrap();
        let (address, message, text) = PUBLISHED[5];
        let tweaked =
            bitcoin::key::TapTweak::tap_tweak(Keypair::from_secret_key(&secp, &secret.inner), &secp, None);
        let key = tweaked.to_keypair().x_only_public_key().0;
        let hash = sighash(&testing::address(address), message).unwrap();
        let witness = decode(text).unwrap();
        let signature = bitcoin::secp256k1::schnorr::Signature::from_slice(&witness[0]).unwrap();
        secp.verify_schnorr(&signature, &bitcoin::secp256k1::Message::from_digest(hash), &key).unwrap();
    }

    #[test]
    fn a_message_signed_by_the_group_is_verified_by_anyone() {
        for (at, message) in
            [(place(RECEIVE, 0), "Hello World"), (place(CHANGE, 77), ""), (place(RECEIVE, 5), UTF8)]
        {
            let to_sign = MessageToSign::new(&account(), at, message).unwrap();
            let text = to_sign.finalize(&key().sign(&to_sign.signable())).unwrap();
            assert!(text.starts_with("smpAU"), "{text}");
            assert_eq!(super::verify(to_sign.address(), message, &text), Ok(()));
            let without_prefix = format!(" {}\n", &text[3..]);
            assert_eq!(super::verify(to_sign.address(), message, &without_prefix), Ok(()));
            assert_eq!(to_sign.address(), &account().address(at.keychain, at.index).unwrap());
        }
    }

    #[test]
    fn a_wrong_signature_of_the_group_makes_no_text() {
        let to_sign = MessageToSign::new(&account(), place(RECEIVE, 0), "Hello").unwrap();
        let other = MessageToSign::new(&account(), place(RECEIVE, 1), "Hello").unwrap();
        let mixed = super::Signable { message: to_sign.signable().message, ..other.signable() };
        for wrong in [other.signable(), mixed] {
            assert_eq!(to_sign.finalize(&key().sign(&wrong)), Err(MessageError::Invalid));
        }
        assert_eq!(to_sign.finalize(&[0; 64]), Err(MessageError::Invalid));
    }

    #[test]
    fn lengths_and_kinds_of_addresses_are_bounded() {
        let long = "x".repeat(MAX_MESSAGE + 1);
        let refused = MessageToSign::new(&account(), place(RECEIVE, 0), &long).unwrap_err();
        assert_eq!(refused, MessageError::TooLong(MAX_MESSAGE));
        assert!(MessageToSign::new(&account(), place(RECEIVE, 0), &long[1..]).is_ok());
        assert_eq!(verify(WPKH, &long, ""), Err(MessageError::TooLong(MAX_MESSAGE)));
        let signature = "A".repeat(MAX_SIGNATURE + 1);
        assert_eq!(verify(WPKH, "", &signature), Err(MessageError::TooLong(MAX_SIGNATURE)));
        let refused = MessageToSign::new(&account(), place(RECEIVE, 1 << 31), "").unwrap_err();
        assert_eq!(refused, MessageError::NoSuchAddress);
        let legacy = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa";
        assert_eq!(verify(legacy, "", PUBLISHED[0].2), Err(MessageError::Unsupported));
    }

    #[test]
    fn a_signature_has_one_text_only() {
        let (address, message, text) = PUBLISHED[5];
        let mut bytes = STANDARD.decode(text).unwrap();
        bytes.push(0);
        assert_eq!(verify(address, message, &STANDARD.encode(&bytes)), Err(MessageError::Malformed));
    }

    proptest! {
        #[test]
        fn no_signature_makes_the_verifier_panic(
            bytes in prop::collection::vec(any::<u8>(), 0..200),
            changed: prop::sample::Index,
            which in 0_usize..8,
        ) {
            let (address, message, text) = PUBLISHED[which];
            prop_assert!(verify(address, message, &STANDARD.encode(bytes)).is_err());
            let mut bytes = STANDARD.decode(text.strip_prefix("smp").unwrap_or(text)).unwrap();
            let at = changed.index(bytes.len());
            bytes[at] ^= 1;
            prop_assert!(verify(address, message, &STANDARD.encode(bytes)).is_err());
        }
    }
}
