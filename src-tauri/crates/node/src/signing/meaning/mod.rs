//! What a request means for a wallet: what people read, what devices sign, what comes of it.

mod message;
mod payment;
mod spend;
#[cfg(test)]
pub(crate) mod tests;

use std::sync::Arc;

use bitcoin::Transaction;
use chains::{
    bitcoin::spend::{Spend, SpendError},
    solana::{self, Intent, message::Lifetime},
};
use coordinator::{
    dkg::Ceremony,
    sign::{Completion, Proposal, Signables},
};

pub(super) use self::message::raw_hash;
use self::{message::MessageMeaning, payment::PaymentMeaning, spend::SpendMeaning};
pub(crate) use self::{
    payment::{payer, view as payment_view},
    spend::view as spend_view,
};
use super::{
    message::SignedMessage,
    payload::{Payload, Unreadable},
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
    /// It takes the place of a payment and spends none of its coins: both could be paid.
    OtherCoins,
    /// It is from a time that has not come yet by this device's clock.
    Early,
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

    /// What this device gives a share for: of one request only ever what one completion makes of it. That the network makes a
    /// payment once only is the work of its [marker](chains::solana::marker), since whoever leads can take other
    /// completions to other devices. This spares the wallet the fees of what would fail, and helps where no marker does: a
    /// completion can name another network's block.
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
            // Each is a payment of its own, unless somebody gave one's ID to another.
            (Self::Solana(one), Self::Solana(other)) => {
                one.intent().marker_address() == other.intent().marker_address()
            }
            _ => false,
        }
    }

    /// Whether one that takes the place of an earlier one leaves no way for both to be paid, as far as the network is to
    /// see to that.
    pub(crate) fn can_replace(&self, earlier: &Self) -> bool {
        match (self, earlier) {
            (Self::Bitcoin(one), Self::Bitcoin(earlier)) => one.spends_a_coin_of(earlier),
            (Self::Message(_) | Self::Solana(_), Self::Bitcoin(_)) => false,
            (_, Self::Message(_) | Self::Solana(_)) => true,
        }
    }

    /// The signed message in the form in which it is passed on; `None` if these are no signatures of one.
    pub(crate) fn signed_message(&self, signatures: &[Vec<u8>]) -> Option<SignedMessage> {
        match self {
            Self::Message(message) => message.signed(signatures),
            Self::Bitcoin(_) | Self::Solana(_) => None,
        }
    }

    /// The Solana payment that was signed, and until when it can be made; `None` if these are no signatures of one.
    pub(crate) fn signed_payment(
        &self,
        completion: Option<&Completion>,
        signatures: &[Vec<u8>],
    ) -> Option<(solana::transaction::Transaction, Lifetime)> {
        match (self, signatures) {
            (Self::Solana(payment), [signature]) => payment.signed(completion?, signature),
            _ => None,
        }
    }

    /// The transaction of a Bitcoin request.
    pub(crate) fn spend(&self) -> Option<&Arc<Spend>> {
        match self {
            Self::Bitcoin(meaning) => Some(meaning.spend()),
            Self::Message(_) | Self::Solana(_) => None,
        }
    }

    /// The same with its signatures, which are verified; `None` if these are none of it.
    pub(crate) fn transaction(&self, signatures: &[Vec<u8>]) -> Option<Transaction> {
        match self {
            Self::Bitcoin(meaning) => meaning.transaction(signatures),
            Self::Message(_) | Self::Solana(_) => None,
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

/// What is proposed to a wallet's members for a PSBT (bytes, or base64 text), in the canonical form; and what it is.
pub(crate) fn imported(ceremony: &Ceremony, file: &[u8]) -> Result<(Vec<u8>, Spend), NodeError> {
    let account = spend::account(ceremony).ok_or(NodeError::NotBitcoin)?;
    let spend = Spend::import(&account, file).map_err(NodeError::Transaction)?;
    let payload = Payload::Bitcoin { psbt: spend.encode() }.to_bytes();
    let (size, max) = (payload.len(), Proposal::LONGEST_PAYLOAD);
    if size > max {
        return Err(NodeError::Transaction(SpendError::Oversized { size, max }));
    }
    // What no member could sign is not proposed.
    Meaning::of(ceremony, &payload).map_err(|_| NodeError::Transaction(SpendError::Malformed))?;
    Ok((payload, spend))
}
