//! A transaction that spends a Bitcoin wallet's coins.

use std::sync::Arc;

use bitcoin::Transaction;
use chains::bitcoin::{
    Account, LockTime,
    spend::{self, FeeLevel, Spend, Target},
};
use coordinator::{
    dkg::Ceremony,
    sign::{KeyPath, Signable, Signables},
};

use crate::{
    network::Network,
    snapshot::{FeeLevelView, LockView, OutputView, SpendView, TargetView},
};

/// What a proposal spends, decoded and checked.
#[derive(Clone, Debug)]
pub(crate) struct SpendMeaning {
    spend: Arc<Spend>,
    signables: Signables,
    view: SpendView,
}

impl SpendMeaning {
    pub(super) fn new(ceremony: &Ceremony, psbt: &[u8]) -> Option<Self> {
        let account = account(ceremony)?;
        let spend = Spend::decode(&account, psbt).ok()?;
        let signables = spend.signables().iter().map(|signable| {
            let spend::Signable { message, child_tweak } = *signable;
            Signable { message: message.to_vec(), key: KeyPath::Taproot { child_tweak } }
        });
        let signables = Signables::new(ceremony.params.ciphersuite(), signables.collect()).ok()?;
        let view = view(&account, &spend);
        Some(Self { spend: Arc::new(spend), signables, view })
    }

    pub(super) fn signables(&self) -> &Signables {
        &self.signables
    }

    pub(super) fn view(&self) -> &SpendView {
        &self.view
    }

    pub(super) fn spend(&self) -> &Arc<Spend> {
        &self.spend
    }

    /// Whether both spend the same coin and are not the same transaction.
    pub(super) fn conflicts_with(&self, other: &Self) -> bool {
        self.view.txid != other.view.txid && self.spends_a_coin_of(other)
    }

    pub(super) fn spends_a_coin_of(&self, other: &Self) -> bool {
        let has = |coin| other.spend.coins().iter().any(|known| known.outpoint == coin);
        self.spend.coins().iter().any(|coin| has(coin.outpoint))
    }

    /// The transaction with its signatures.
    pub(super) fn transaction(&self, signatures: &[Vec<u8>]) -> Option<Transaction> {
        let signatures: Result<Vec<[u8; 64]>, _> =
            signatures.iter().map(|signature| signature.as_slice().try_into()).collect();
        self.spend.finalize(&signatures.ok()?).ok()
    }
}

/// The account of a Bitcoin wallet, on the network that it was made for.
pub(super) fn account(ceremony: &Ceremony) -> Option<Account> {
    let Ok(Network::Bitcoin(network)) = Network::of(&ceremony.params) else { return None };
    Account::new(ceremony.group_key.as_slice().try_into().ok()?, network).ok()
}

/// A transaction for people to read.
pub(crate) fn view(account: &Account, spend: &Spend) -> SpendView {
    SpendView {
        network: account.network().to_string(),
        txid: spend.txid().to_string(),
        inputs: u32::try_from(spend.coins().len()).unwrap_or(u32::MAX),
        spent: spend.spent().to_sat(),
        sent: spend.sent().to_sat(),
        returned: spend.returned().to_sat(),
        fee: spend.fee().to_sat(),
        fee_rate: spend.fee_rate().to_sat_per_kwu() as f64 / 250.0,
        fee_level: match spend.fee_level() {
            FeeLevel::Low => FeeLevelView::Low,
            FeeLevel::Usual => FeeLevelView::Usual,
            FeeLevel::High => FeeLevelView::High,
            FeeLevel::Extreme => FeeLevelView::Extreme,
        },
        outputs: spend.outputs().iter().map(output).collect(),
        locked_until: spend.locked_until().map(lock),
        replaceable: spend.is_replaceable(),
        publication: None,
    }
}

/// The lock time is the last block that can't have the transaction.
fn lock(lock: LockTime) -> LockView {
    match lock {
        LockTime::Blocks(height) => LockView::Height { height: height.to_consensus_u32().saturating_add(1) },
        LockTime::Seconds(time) => LockView::Time { time: time.to_consensus_u32().into() },
    }
}

fn output(output: &spend::Output) -> OutputView {
    let target = match &output.target {
        Target::Change { index } => TargetView::Change { index: *index },
        Target::Receive { index } => TargetView::Receive { index: *index },
        Target::To(address) => TargetView::Address { address: address.to_string() },
        Target::Data(bytes) => TargetView::Data { bytes: hex::encode(bytes) },
    };
    OutputView { amount: output.amount.to_sat(), target, far: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_time_is_the_last_block_that_can_not_have_the_transaction() {
        assert_eq!(lock(LockTime::from_height(102).unwrap()), LockView::Height { height: 103 });
    }
}
