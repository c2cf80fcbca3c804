//! Transactions from the wallet's coins.

use bdk_wallet::{
    TxBuilder,
    coin_selection::{CoinSelectionAlgorithm, InsufficientFunds},
    error::{BuildFeeBumpError, CreateTxError},
};
use bitcoin::{Address, Amount, FeeRate, OutPoint, ScriptBuf, Txid, psbt::Psbt};
use rand_core::RngCore;

use super::{BuildError, WatchOnly, kind};
use crate::bitcoin::{
    Keychain,
    spend::{MAX_ENCODED, Spend, SpendError, Target},
};

/// What to pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// Whom.
    pub recipients: Recipients,
    /// The fee for the size.
    pub fee_rate: FeeRate,
    /// Of which coins.
    pub coins: Coins,
}

/// Whom to pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipients {
    /// Each of these, its amount.
    Amounts(Vec<(Address, Amount)>),
    /// This one, all that the coins are worth, without the fee.
    All(Address),
}

/// Which coins to spend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Coins {
    /// What fits best of those that are not reserved. Not others' payments that are in no block yet, since those may
    /// still be taken back.
    Automatic,
    /// These, and all of them.
    Only(Vec<OutPoint>),
}

/// Who pays the higher fee of a replacement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeePayer {
    /// This wallet: from the change, or from more coins.
    Wallet,
    /// The only recipient, of a transaction without change.
    Recipient,
}

impl WatchOnly {
    /// Builds a transaction, replaceable, with its outputs in random order. A draft: nothing is kept of it unless it is
    /// [reserved](WatchOnly::reserve).
    pub fn build(&mut self, payment: &Payment, rng: &mut impl RngCore) -> Result<Spend, BuildError> {
        let recipients = self.scripts(&payment.recipients)?;
        let unsafe_coins = self.unsafe_coins();
        let only = match &payment.coins {
            Coins::Automatic => None,
            Coins::Only(coins) => Some(self.known(coins)?),
        };
        let mut builder = self.wallet.build_tx();
        builder.fee_rate(payment.fee_rate).unspendable(unsafe_coins);
        match (&payment.recipients, only.is_some()) {
            (Recipients::All(address), false) => {
                builder.drain_wallet().drain_to(address.script_pubkey());
            }
            (Recipients::All(address), true) => {
                builder.drain_to(address.script_pubkey());
            }
            (Recipients::Amounts(_), _) => {
                builder.set_recipients(recipients);
            }
        }
        if let Some(coins) = only {
            builder.add_utxos(&coins).map_err(|_| BuildError::Impossible)?.manually_selected_only();
        }
        let psbt = finish(builder, rng)?;
        self.check(psbt)
    }

    /// Builds the replacement, with a higher fee, of a transaction that is in no block yet.
    pub fn bump(
        &mut self,
        txid: Txid,
        fee_rate: FeeRate,
        payer: FeePayer,
        rng: &mut impl RngCore,
    ) -> Result<Spend, BuildError> {
        let recipient = match payer {
            FeePayer::Wallet => None,
            FeePayer::Recipient => Some(self.only_recipient(txid)?),
        };
        let unsafe_coins = self.unsafe_coins();
        let mut builder = self.wallet.build_fee_bump(txid).map_err(|error| match error {
            BuildFeeBumpError::TransactionConfirmed(txid) => BuildError::Confirmed(txid),
            BuildFeeBumpError::TransactionNotFound(txid) => BuildError::UnknownTransaction(txid),
            _ => BuildError::Irreplaceable(txid),
        })?;
        builder.fee_rate(fee_rate).unspendable(unsafe_coins);
        if let Some(script) = recipient {
            builder.set_recipients(vec![]).drain_to(script).manually_selected_only();
        }
        let psbt = finish(builder, rng)?;
        self.check(psbt)
    }

    /// Reads what was built as if somebody else had sent it.
    ///
    /// BDK takes the change address for used from now on; but until it is reserved, this is only a draft, and the next one
    /// shall get the same address. Otherwise each look at a fee would leave an address behind.
    fn check(&mut self, psbt: Psbt) -> Result<Spend, BuildError> {
        let spend = Spend::from_psbt(&self.account, psbt)?;
        for output in spend.outputs() {
            if let Target::Change { index } = output.target {
                self.wallet.unmark_used(kind(Keychain::Change), index);
            }
        }
        let size = spend.encode().len();
        if size > MAX_ENCODED {
            return Err(SpendError::Oversized { size, max: MAX_ENCODED }.into());
        }
        Ok(spend)
    }

    fn scripts(&self, recipients: &Recipients) -> Result<Vec<(ScriptBuf, Amount)>, BuildError> {
        let network = bitcoin::Network::from(self.account.network());
        let all = match recipients {
            Recipients::Amounts(all) => all.clone(),
            Recipients::All(address) => vec![(address.clone(), Amount::MAX_MONEY)],
        };
        if all.is_empty() {
            return Err(BuildError::NoRecipients);
        }
        let mut total = Amount::ZERO;
        for (recipient, (address, amount)) in all.iter().enumerate() {
            if !address.as_unchecked().is_valid_for_network(network) {
                return Err(BuildError::OtherNetwork { recipient });
            }
            let minimum = address.script_pubkey().minimal_non_dust();
            if *amount < minimum {
                return Err(BuildError::Dust { recipient, minimum });
            }
            total = total
                .checked_add(*amount)
                .filter(|total| *total <= Amount::MAX_MONEY)
                .ok_or(SpendError::ImpossibleAmount)?;
        }
        Ok(all.into_iter().map(|(address, amount)| (address.script_pubkey(), amount)).collect())
    }

    /// Coins from others that are in no block yet.
    fn unsafe_coins(&self) -> Vec<OutPoint> {
        let graph = self.wallet.tx_graph();
        let is_own = |txid| {
            let found = graph.get_tx(txid);
            found.is_some_and(|found| self.wallet.sent_and_received(&found).0 > Amount::ZERO)
        };
        self.wallet
            .list_unspent()
            .filter(|coin| !coin.chain_position.is_confirmed() && !is_own(coin.outpoint.txid))
            .map(|coin| coin.outpoint)
            .collect()
    }

    fn known(&self, coins: &[OutPoint]) -> Result<Vec<OutPoint>, BuildError> {
        for coin in coins {
            if self.wallet.is_outpoint_locked(*coin) {
                return Err(BuildError::ReservedCoin(*coin));
            }
            if self.wallet.get_utxo(*coin).is_none_or(|found| found.is_spent) {
                return Err(BuildError::UnknownCoin(*coin));
            }
        }
        Ok(coins.to_vec())
    }

    fn only_recipient(&self, txid: Txid) -> Result<ScriptBuf, BuildError> {
        let transaction = self.transaction(txid).ok_or(BuildError::UnknownTransaction(txid))?;
        match transaction.output.as_slice() {
            [output] => Ok(output.script_pubkey.clone()),
            _ => Err(BuildError::NoSingleRecipient),
        }
    }
}

fn finish<S: CoinSelectionAlgorithm>(
    builder: TxBuilder<'_, S>,
    rng: &mut impl RngCore,
) -> Result<Psbt, BuildError> {
    builder.finish_with_aux_rand(rng).map_err(|error| match error {
        CreateTxError::NoRecipients => BuildError::NoRecipients,
        CreateTxError::CoinSelection(InsufficientFunds { needed, available }) => {
            BuildError::Insufficient { needed, available }
        }
        CreateTxError::FeeRateTooLow { required } => BuildError::FeeTooLow { required },
        _ => BuildError::Impossible,
    })
}
