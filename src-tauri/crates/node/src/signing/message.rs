//! Signed messages as files: written for others, and read from anybody.

use chains::{
    bitcoin::{self, Address},
    solana::{self, Signature, offchain::OffchainMessage},
};
use coordinator::Ciphersuite;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::meaning::raw_hash;
use crate::NodeError;

const FORMAT: &str = "permafrost-signed-message";
const VERSION: u32 = 1;
/// The most bytes of a file that is read.
const LONGEST: usize = 256 * 1024;

/// A message and a group's signature of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SignedMessage {
    /// `permafrost-signed-message`.
    pub format: String,
    /// 1.
    pub version: u32,
    /// In which form it is signed.
    pub scheme: Scheme,
    /// The address that signed; the group's public key in hex, where the wallet has no address.
    pub signer: String,
    /// The message, whole.
    pub message: String,
    /// In the scheme's own text form.
    pub signature: String,
}

/// How messages are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub enum Scheme {
    /// A *simple* signature of BIP-322.
    #[serde(rename = "bip322-simple")]
    Bip322,
    /// Solana's off-chain message, version 1, signed with Ed25519; the signature in base58.
    #[serde(rename = "solana-offchain-v1")]
    SolanaOffchain,
    /// FROST(secp256k1, SHA-256) over a tagged hash (BIP-340's way, tag `permafrost/v1/message`) of the text; in hex.
    #[serde(rename = "frost-secp256k1-sha256")]
    Secp256k1,
}

impl SignedMessage {
    pub(crate) fn new(scheme: Scheme, signer: String, message: String, signature: String) -> Self {
        Self { format: FORMAT.to_owned(), version: VERSION, scheme, signer, message, signature }
    }

    /// Reads a signed message from anybody and verifies it. Asks nobody.
    ///
    /// Errors: it is none, of a newer version, or the signature is not its signer's for this message.
    pub fn verify(text: &str) -> Result<Self, NodeError> {
        if text.len() > LONGEST {
            return Err(NodeError::NotSignedMessage);
        }
        let signed: Self = serde_json::from_str(text).map_err(|_| NodeError::NotSignedMessage)?;
        if signed.format != FORMAT || signed.version != VERSION {
            return Err(NodeError::NotSignedMessage);
        }
        signed.holds().ok_or(NodeError::WrongSignature)?;
        Ok(signed)
    }

    fn holds(&self) -> Option<()> {
        match self.scheme {
            Scheme::Bip322 => {
                let address = self.signer.parse::<Address<_>>().ok()?.assume_checked();
                bitcoin::message::verify(&address, &self.message, &self.signature).ok()
            }
            Scheme::SolanaOffchain => {
                let signer = self.signer.parse::<solana::Address>().ok()?;
                let signer = solana::address(signer.as_bytes()).ok()?;
                let message = OffchainMessage::new(signer, &self.message).ok()?;
                message.verify(&self.signature.parse::<Signature>().ok()?).ok()
            }
            Scheme::Secp256k1 => {
                let (key, signature) = (hex::decode(&self.signer).ok()?, hex::decode(&self.signature).ok()?);
                let message = raw_hash(&self.message);
                coordinator::verify(Ciphersuite::Secp256k1, &key, &message, &signature).ok()
            }
        }
    }
}
