//! A text or a file, signed in the form of the wallet's chain.

use chains::{
    bitcoin::{self, Keychain, Place, message::MessageToSign},
    solana::{self, Signature, offchain::OffchainMessage},
};
use coordinator::{
    dkg::Ceremony,
    sign::{KeyPath, Signable, Signables},
};
use sha2::{Digest as _, Sha256};

use crate::{
    network::Network,
    signing::{
        message::{Scheme, SignedMessage},
        payload::Content,
    },
    snapshot::{FileView, MeaningView},
};

/// What keeps the messages of wallets without a chain apart from everything else that such a key could sign.
const RAW_TAG: &[u8] = b"permafrost/v1/message";

/// What is signed, and as what.
#[derive(Clone, Debug)]
pub(crate) struct MessageMeaning {
    content: Content,
    text: String,
    form: Form,
    signables: Signables,
}

/// In which form the message is signed.
#[derive(Clone, Debug)]
enum Form {
    Solana(OffchainMessage),
    Bitcoin(Box<MessageToSign>),
    /// With the group's public key.
    Raw(Vec<u8>),
}

impl MessageMeaning {
    /// `None` if this wallet signs no such message.
    pub(super) fn new(ceremony: &Ceremony, content: Content, index: u32) -> Option<Self> {
        let network = Network::of(&ceremony.params).ok()?;
        if index != 0 && !matches!(network, Network::Bitcoin(_)) {
            return None;
        }
        let (key, text) = (&ceremony.group_key, content.text());
        let (form, signable) = match network {
            Network::Solana(_) => {
                let signer = solana::address(key.as_slice().try_into().ok()?).ok()?;
                let message = OffchainMessage::new(signer, &text).ok()?;
                let signable = Signable { message: message.message(), key: KeyPath::Group };
                (Form::Solana(message), signable)
            }
            Network::Bitcoin(network) => {
                let key = key.as_slice().try_into().ok()?;
                let account = bitcoin::Account::new(key, network).ok()?;
                let place = Place { keychain: Keychain::Receive, index };
                let message = MessageToSign::new(&account, place, &text).ok()?;
                let bitcoin::spend::Signable { message: hash, child_tweak } = message.signable();
                let signable = Signable { message: hash.to_vec(), key: KeyPath::Taproot { child_tweak } };
                (Form::Bitcoin(Box::new(message)), signable)
            }
            Network::None => {
                let signable = Signable { message: raw_hash(&text).to_vec(), key: KeyPath::Group };
                (Form::Raw(key.clone()), signable)
            }
        };
        let signables = Signables::new(ceremony.params.ciphersuite(), vec![signable]).ok()?;
        Some(Self { content, text, form, signables })
    }

    pub(super) fn signables(&self) -> &Signables {
        &self.signables
    }

    pub(super) fn view(&self) -> MeaningView {
        let file = match &self.content {
            Content::Text(_) => None,
            Content::File(file) => Some(FileView {
                name: file.name().to_owned(),
                size: file.size(),
                sha256: hex::encode(file.sha256()),
            }),
        };
        MeaningView::Message { text: self.text.clone(), file, signer: self.form.signer() }
    }

    pub(super) fn signed(&self, signatures: &[Vec<u8>]) -> Option<SignedMessage> {
        let [signature] = signatures else { return None };
        let (scheme, encoded) = match &self.form {
            Form::Solana(message) => {
                let signature = signature.as_slice().try_into().ok()?;
                message.envelope(&signature).ok()?;
                (Scheme::SolanaOffchain, Signature::from_bytes(signature).to_string())
            }
            Form::Bitcoin(message) => {
                (Scheme::Bip322, message.finalize(signature.as_slice().try_into().ok()?).ok()?)
            }
            Form::Raw(_) => (Scheme::Secp256k1, hex::encode(signature)),
        };
        Some(SignedMessage::new(scheme, self.form.signer(), self.text.clone(), encoded))
    }
}

impl Form {
    /// The address, or the group's key in hex where there is none.
    fn signer(&self) -> String {
        match self {
            Self::Solana(message) => message.signers().iter().map(ToString::to_string).collect(),
            Self::Bitcoin(message) => message.address().to_string(),
            Self::Raw(key) => hex::encode(key),
        }
    }
}

pub(in crate::signing) fn raw_hash(text: &str) -> [u8; 32] {
    let tag = Sha256::digest(RAW_TAG);
    Sha256::new().chain_update(tag).chain_update(tag).chain_update(text).finalize().into()
}
