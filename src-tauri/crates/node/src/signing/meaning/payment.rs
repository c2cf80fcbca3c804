//! A payment from a Solana wallet.

use chains::solana::{
    self, Intent, SolanaAddress,
    amount::{self, SOL_DECIMALS},
    intent::Payment,
    message::Lifetime,
    transaction::Transaction,
};
use coordinator::{
    Ciphersuite,
    dkg::Ceremony,
    sign::{Completion, KeyPath, Signable, Signables},
};

use crate::{
    network::Network,
    snapshot::{PaymentView, TokenView},
};

/// What a proposal pays, decoded and checked.
#[derive(Clone, Debug)]
pub(crate) struct PaymentMeaning {
    intent: Intent,
}

impl PaymentMeaning {
    /// `None` if this wallet can't make such a payment.
    pub(super) fn new(ceremony: &Ceremony, intent: &[u8]) -> Option<Self> {
        let (payer, network) = payer(ceremony)?;
        Some(Self { intent: Intent::decode(intent, payer, network).ok()? })
    }

    pub(super) const fn intent(&self) -> &Intent {
        &self.intent
    }

    /// The message that names the completion's block; nothing else of it is the proposer's.
    pub(super) fn signables(&self, completion: &Completion) -> Option<Signables> {
        let lifetime = Lifetime::from_bytes(completion.as_bytes())?;
        let message = self.intent.message(lifetime.blockhash);
        Signables::new(Ciphersuite::Ed25519, vec![Signable { message, key: KeyPath::Group }]).ok()
    }

    pub(super) fn signed(
        &self,
        completion: &Completion,
        signature: &[u8],
    ) -> Option<(Transaction, Lifetime)> {
        let lifetime = Lifetime::from_bytes(completion.as_bytes())?;
        let signature = signature.try_into().ok()?;
        Some((Transaction::new(&self.intent, lifetime.blockhash, signature).ok()?, lifetime))
    }
}

/// The address of a Solana wallet, and the network that it was made for.
pub(crate) fn payer(ceremony: &Ceremony) -> Option<(SolanaAddress, solana::Network)> {
    let Ok(Network::Solana(network)) = Network::of(&ceremony.params) else { return None };
    Some((solana::address(ceremony.group_key.as_slice().try_into().ok()?).ok()?, network))
}

/// A payment for people to read.
pub(crate) fn view(intent: &Intent) -> PaymentView {
    let (amount, token) = match intent.payment() {
        Payment::Sol { lamports, .. } => (amount::format(*lamports, SOL_DECIMALS), None),
        Payment::Token(token) => {
            let view = TokenView {
                mint: token.mint.to_string(),
                decimals: token.decimals,
                creates_account: token.create_account,
            };
            (amount::format(token.amount, token.decimals), Some(view))
        }
    };
    PaymentView {
        network: intent.network().to_string(),
        from: intent.payer().to_string(),
        to: intent.payment().to().to_string(),
        amount,
        token,
        memo: intent.memo().map(ToString::to_string),
        fee: amount::format(intent.fee().total(), SOL_DECIMALS),
        deposit: amount::format(intent.marker().deposit(), SOL_DECIMALS),
        transfer: None,
        problem: None,
    }
}
