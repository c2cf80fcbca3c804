//! A signed payment, as the network takes it.

use std::{fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::VerifyingKey;

use super::{SolanaAddress, address::base58, intent::Intent, message::Blockhash};

/// An Ed25519 signature. A transaction's first one is also its name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signature([u8; 64]);

/// A text is no signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a transaction's name")]
pub struct NoSignature;

/// A signature is not the group's for what it should be for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the group has not signed this")]
pub struct WrongSignature;

/// A payment with the group's signature, which was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    signature: Signature,
    message: Vec<u8>,
}

impl Transaction {
    /// Puts the group's signature to an intent.
    pub fn new(intent: &Intent, blockhash: Blockhash, signature: &[u8; 64]) -> Result<Self, WrongSignature> {
        let message = intent.message(blockhash);
        verify(&intent.payer(), &message, signature)?;
        Ok(Self { signature: Signature(*signature), message })
    }

    /// The transaction's name, by which it is found again.
    pub const fn id(&self) -> Signature {
        self.signature
    }

    /// The bytes that were signed.
    pub fn message(&self) -> &[u8] {
        &self.message
    }

    /// What the network takes: how many signatures, the signature, the message.
    pub fn to_bytes(&self) -> Vec<u8> {
        [&[1][..], &self.signature.0, &self.message].concat()
    }

    /// In base64, the form for servers.
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.to_bytes())
    }

    /// In base58, which some tools want.
    pub fn to_base58(&self) -> String {
        bs58::encode(self.to_bytes()).into_string()
    }
}

/// Checks a signature as strictly as the network does, or more.
pub(super) fn verify(
    signer: &SolanaAddress,
    message: &[u8],
    signature: &[u8; 64],
) -> Result<(), WrongSignature> {
    let key = VerifyingKey::from_bytes(signer.as_bytes()).map_err(|_| WrongSignature)?;
    key.verify_strict(message, &ed25519_dalek::Signature::from_bytes(signature)).map_err(|_| WrongSignature)
}

impl Signature {
    /// The signature with these bytes.
    pub const fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// The 64 bytes.
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

impl FromStr for Signature {
    type Err = NoSignature;

    fn from_str(text: &str) -> Result<Self, NoSignature> {
        base58(text).map(Self).ok_or(NoSignature)
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&bs58::encode(self.0).into_string())
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({self})")
    }
}
