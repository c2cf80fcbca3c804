//! What a request means for a wallet: what people read, what devices sign, what comes of it.

mod message;
mod spend;
#[cfg(test)]
mod tests;

use chains::bitcoin::spend::SpendError;
use coordinator::{
    dkg::Ceremony,
    sign::{Proposal, Signables},
};

pub(super) use self::message::raw_hash;
use self::{message::MessageMeaning, spend::SpendMeaning};
use super::{
    message::SignedMessage,
    payload::{Payload, Unreadable},
    transaction::SignedTransaction,
};
use crate::{NodeError, snapshot::MeaningView};

/// A payload decoded for a wallet.
#[derive(Clone, Debug)]
pub(crate) enum Meaning {
    Message(MessageMeaning),
    Bitcoin(Box<SpendMeaning>),
}

/// Why a payload is nothing that this device can sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Undecodable {
    /// A newer version might.
    Newer,
    /// No version of this program makes such a one for this wallet.
    Wrong,
}

impl Meaning {
    pub(crate) fn of(ceremony: &Ceremony, payload: &[u8]) -> Result<Self, Undecodable> {
        let payload = Payload::from_bytes(payload).map_err(|why| match why {
            Unreadable::Newer => Undecodable::Newer,
            Unreadable::Malformed => Undecodable::Wrong,
        })?;
        match payload {
            Payload::Message { content, index } => {
                MessageMeaning::new(ceremony, content, index).map(Self::Message)
            }
            Payload::Bitcoin { psbt } => {
                SpendMeaning::new(ceremony, &psbt).map(|meaning| Self::Bitcoin(Box::new(meaning)))
            }
        }
        .ok_or(Undecodable::Wrong)
    }

    /// What is signed.
    pub(crate) fn signables(&self) -> &Signables {
        match self {
            Self::Message(message) => message.signables(),
            Self::Bitcoin(spend) => spend.signables(),
        }
    }

    pub(crate) fn view(&self) -> MeaningView {
        match self {
            Self::Message(message) => message.view(),
            Self::Bitcoin(spend) => MeaningView::Bitcoin(spend.view().clone()),
        }
    }

    /// Whether the network could take only one of the two.
    pub(crate) fn conflicts_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Bitcoin(one), Self::Bitcoin(other)) => one.conflicts_with(other),
            (Self::Message(_), _) | (_, Self::Message(_)) => false,
        }
    }

    /// The signed message in the form in which it is passed on; `None` if these are no signatures of one.
    pub(crate) fn signed_message(&self, signatures: &[Vec<u8>]) -> Option<SignedMessage> {
        match self {
            Self::Message(message) => message.signed(signatures),
            Self::Bitcoin(_) => None,
        }
    }

    /// The transaction with its signatures; `None` if these are no signatures of one.
    pub(crate) fn signed_transaction(&self, signatures: &[Vec<u8>]) -> Option<SignedTransaction> {
        match self {
            Self::Message(_) => None,
            Self::Bitcoin(spend) => spend.signed(signatures),
        }
    }
}

/// What is proposed to a wallet's members for another program's PSBT (bytes, or base64 text), in the canonical form.
pub(crate) fn imported(ceremony: &Ceremony, file: &[u8]) -> Result<Vec<u8>, NodeError> {
    let account = spend::account(ceremony).ok_or(NodeError::NotBitcoin)?;
    let spend = chains::bitcoin::spend::Spend::import(&account, file).map_err(NodeError::Transaction)?;
    let payload = Payload::Bitcoin { psbt: spend.encode() }.to_bytes();
    let (size, max) = (payload.len(), Proposal::LONGEST_PAYLOAD);
    if size > max {
        return Err(NodeError::Transaction(SpendError::Oversized { size, max }));
    }
    // What no member could sign is not proposed.
    Meaning::of(ceremony, &payload).map_err(|_| NodeError::Transaction(SpendError::Malformed))?;
    Ok(payload)
}
