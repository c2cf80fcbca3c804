//! What a request means for a wallet: what people read, what devices sign, what comes of it.

mod message;
mod payment;
mod spend;
#[cfg(test)]
mod tests;

use chains::{
    bitcoin::spend::SpendError,
    solana::{Intent, message::Lifetime, transaction::Transaction},
};
use coordinator::{
    dkg::Ceremony,
    sign::{Completion, Proposal, Signables},
};

pub(super) use self::message::raw_hash;
pub(crate) use self::payment::{payer, view as payment_view};
use self::{message::MessageMeaning, payment::PaymentMeaning, spend::SpendMeaning};
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
    Solana(Box<PaymentMeaning>),
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
            Payload::Solana { intent } => {
                PaymentMeaning::new(ceremony, &intent).map(|meaning| Self::Solana(Box::new(meaning)))
            }
        }
        .ok_or(Undecodable::Wrong)
    }

    /// Whether what is signed depends on something that the proposer adds when the rounds begin.
    pub(crate) fn needs_completion(&self) -> bool {
        matches!(self, Self::Solana(_))
    }

    /// How many messages are signed.
    pub(crate) fn count(&self) -> u16 {
        match self {
            Self::Message(message) => message.signables().count(),
            Self::Bitcoin(spend) => spend.signables().count(),
            Self::Solana(_) => 1,
        }
    }

    /// What is signed; `None` if the completion is not what it needs.
    pub(crate) fn signables(&self, completion: Option<&Completion>) -> Option<Signables> {
        match (self, completion) {
            (Self::Message(message), None) => Some(message.signables().clone()),
            (Self::Bitcoin(spend), None) => Some(spend.signables().clone()),
            (Self::Solana(payment), Some(completion)) => payment.signables(completion),
            _ => None,
        }
    }

    /// What this device gives a share for: of one request only ever what one completion makes of it. Whoever leads may
    /// have put the shares for an earlier one together and keep the signature, so that both could be paid; and no device
    /// can look up on the chain what it does not know the name of.
    pub(crate) fn to_sign(
        &self,
        completion: Option<&Completion>,
        earlier: &[Completion],
    ) -> Option<Signables> {
        if earlier.is_empty() { self.signables(completion) } else { None }
    }

    pub(crate) fn view(&self) -> MeaningView {
        match self {
            Self::Message(message) => message.view(),
            Self::Bitcoin(spend) => MeaningView::Bitcoin(spend.view().clone()),
            Self::Solana(payment) => MeaningView::Solana(Box::new(payment_view(payment.intent()))),
        }
    }

    /// Whether the network could take only one of the two.
    pub(crate) fn conflicts_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Bitcoin(one), Self::Bitcoin(other)) => one.conflicts_with(other),
            // Each payment from an account is one of its own.
            _ => false,
        }
    }

    /// The signed message in the form in which it is passed on; `None` if these are no signatures of one.
    pub(crate) fn signed_message(&self, signatures: &[Vec<u8>]) -> Option<SignedMessage> {
        match self {
            Self::Message(message) => message.signed(signatures),
            Self::Bitcoin(_) | Self::Solana(_) => None,
        }
    }

    /// The transaction with its signatures; `None` if these are no signatures of one.
    pub(crate) fn signed_transaction(&self, signatures: &[Vec<u8>]) -> Option<SignedTransaction> {
        match self {
            Self::Message(_) | Self::Solana(_) => None,
            Self::Bitcoin(spend) => spend.signed(signatures),
        }
    }

    /// The Solana payment that was signed, and until when it can be made; `None` if these are no signatures of one.
    pub(crate) fn signed_payment(
        &self,
        completion: Option<&Completion>,
        signatures: &[Vec<u8>],
    ) -> Option<(Transaction, Lifetime)> {
        match (self, signatures) {
            (Self::Solana(payment), [signature]) => payment.signed(completion?, signature),
            _ => None,
        }
    }

    /// What a Solana payment is.
    pub(crate) fn intent(&self) -> Option<&Intent> {
        match self {
            Self::Solana(payment) => Some(payment.intent()),
            Self::Message(_) | Self::Bitcoin(_) => None,
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
