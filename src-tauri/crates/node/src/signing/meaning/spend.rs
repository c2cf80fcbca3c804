//! A transaction that spends a Bitcoin wallet's coins.

use chains::bitcoin::{
    Account, LockTime,
    spend::{self, FeeLevel, Spend, Target},
    to_hex,
};
use coordinator::{
    dkg::Ceremony,
    sign::{KeyPath, Signable, Signables},
};

use crate::{
    network::Network,
    signing::SignedTransaction,
    snapshot::{FeeLevelView, LockView, OutputView, SpendView, TargetView},
};

/// What a proposal spends, decoded and checked.
#[derive(Clone, Debug)]
pub(crate) struct SpendMeaning {
    spend: Spend,
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
        Some(Self { spend, signables, view })
    }

    pub(super) fn signables(&self) -> &Signables {
        &self.signables
    }

    pub(super) fn view(&self) -> &SpendView {
        &self.view
    }

    /// Whether both spend the same coin and are not the same transaction.
    pub(super) fn conflicts_with(&self, other: &Self) -> bool {
        let has = |coin| other.spend.coins().iter().any(|known| known.outpoint == coin);
        self.view.txid != other.view.txid && self.spend.coins().iter().any(|coin| has(coin.outpoint))
    }

    pub(super) fn signed(&self, signatures: &[Vec<u8>]) -> Option<SignedTransaction> {
        let signatures: Result<Vec<[u8; 64]>, _> =
            signatures.iter().map(|signature| signature.as_slice().try_into()).collect();
        let transaction = self.spend.finalize(&signatures.ok()?).ok()?;
        Some(SignedTransaction { txid: self.view.txid.clone(), hex: to_hex(&transaction) })
    }
}

/// The account of a Bitcoin wallet, on the network that it was made for.
pub(super) fn account(ceremony: &Ceremony) -> Option<Account> {
    let Ok(Network::Bitcoin(network)) = Network::of(&ceremony.params) else { return None };
    Account::new(ceremony.group_key.as_slice().try_into().ok()?, network).ok()
}

fn view(account: &Account, spend: &Spend) -> SpendView {
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
        locked_until: spend.locked_until().map(|lock| match lock {
            LockTime::Blocks(height) => LockView::Height { height: height.to_consensus_u32() },
            LockTime::Seconds(time) => LockView::Time { time: time.to_consensus_u32().into() },
        }),
        replaceable: spend.is_replaceable(),
    }
}

fn output(output: &spend::Output) -> OutputView {
    let target = match &output.target {
        Target::Change { index } => TargetView::Change { index: *index },
        Target::Receive { index } => TargetView::Receive { index: *index },
        Target::To(address) => TargetView::Address { address: address.to_string() },
        Target::Data(bytes) => TargetView::Data { bytes: hex::encode(bytes) },
    };
    OutputView { amount: output.amount.to_sat(), target }
}
