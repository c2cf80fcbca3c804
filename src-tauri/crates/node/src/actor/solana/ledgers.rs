//! What is known of Solana wallets' money.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use tokio::sync::{Semaphore, mpsc};

use super::super::Actor;
use crate::{
    NodeError,
    ledger::solana::{
        SolanaError,
        look::{Ledger, Setting},
    },
    signing::payer,
    snapshot::{MeaningView, RequestView, SolanaLedgerView, SolanaTransactionView, TransferState},
    storage::WalletId,
    wallet::Wallet,
};

/// Wallets that are looked up at once: public servers answer only so many questions of one computer.
const PLACES: usize = 2;

/// The tasks that ask the owner's servers.
pub(in crate::actor) struct SolanaLedgers {
    last_run: u64,
    under_way: BTreeMap<WalletId, Entry>,
    places: Arc<Semaphore>,
}

struct Entry {
    run: u64,
    /// The task ends when it is dropped.
    nudges: mpsc::Sender<()>,
    view: Option<SolanaLedgerView>,
}

impl Default for SolanaLedgers {
    fn default() -> Self {
        Self { last_run: 0, under_way: BTreeMap::new(), places: Arc::new(Semaphore::new(PLACES)) }
    }
}

impl SolanaLedgers {
    /// What is known of a wallet's money.
    pub(in crate::actor) fn view(&self, wallet: WalletId) -> Option<SolanaLedgerView> {
        self.under_way.get(&wallet)?.view.clone()
    }

    /// Has a wallet looked up now; `false` if it is none that is.
    pub(in crate::actor) fn nudge(&self, wallet: WalletId) -> bool {
        let entry = self.under_way.get(&wallet);
        // A nudge that waits already is as good.
        entry.map(|entry| entry.nudges.try_send(())).is_some()
    }

    pub(in crate::actor) fn close_all(&mut self) {
        self.under_way.clear();
    }
}

impl Actor {
    /// Begins and ends what should be by now.
    pub(in crate::actor) fn tend_solana_ledgers(&mut self) {
        let is_wanted = |wallet: &&Wallet| self.config.look_up && wallet.is_of_solana();
        let wanted: BTreeSet<_> = self.wallets.usable().filter(is_wanted).map(Wallet::id).collect();
        self.solana_ledgers.under_way.retain(|wallet, _| wanted.contains(wallet));
        for wallet in wanted {
            if !self.solana_ledgers.under_way.contains_key(&wallet) {
                self.look_at_server(wallet);
            }
        }
    }

    fn look_at_server(&mut self, wallet: WalletId) {
        let (Some(actor), Some(known)) = (self.to_self.upgrade(), self.wallets.get(wallet)) else { return };
        let Some((address, network)) = payer(known.ceremony()) else { return };
        if let Err(error) = self.labels.load(&self.storage, wallet) {
            // The chain is looked up all the same.
            tracing::error!(%wallet, %error, "a wallet's notes can't be read");
        }
        let ledgers = &mut self.solana_ledgers;
        ledgers.last_run += 1;
        let run = ledgers.last_run;
        // One nudge that waits stands for all.
        let (nudges, nudged) = mpsc::channel(1);
        let (servers, places) = (self.solana.subscribe(), Arc::clone(&ledgers.places));
        let setting = Setting { wallet, run, address: address.into(), network, servers, places, actor };
        ledgers.under_way.insert(wallet, Entry { run, nudges, view: None });
        tokio::spawn(Ledger::new(setting).run(nudged));
    }

    pub(in crate::actor) fn solana_ledger_event(
        &mut self,
        wallet: WalletId,
        run: u64,
        view: SolanaLedgerView,
    ) {
        // One of an earlier run may be of a wallet that has been removed.
        let entry = self.solana_ledgers.under_way.get_mut(&wallet).filter(|entry| entry.run == run);
        if let Some(entry) = entry {
            entry.view = Some(view);
        }
    }

    /// Has a wallet of any chain looked up now.
    pub(in crate::actor) fn look_now(&self, wallet: &str) -> Result<(), NodeError> {
        let known = self.wallets.find(wallet)?;
        match self.solana_ledgers.nudge(known.id()) {
            true => Ok(()),
            false if known.is_of_bitcoin() => self.sync_wallet(wallet),
            false => Err(NodeError::NoLedger),
        }
    }

    /// The transactions of a wallet that its server last told.
    pub(super) fn solana_history(&self, wallet: &str) -> Result<Vec<SolanaTransactionView>, NodeError> {
        let wallet = self.wallets.find(wallet)?;
        let entry = self.solana_ledgers.under_way.get(&wallet.id()).ok_or(SolanaError::OtherChain)?;
        let mut transactions: Vec<_> = entry.view.iter().flat_map(|view| view.transactions.clone()).collect();
        self.labels.on_solana(wallet.id(), &mut transactions);
        Ok(transactions)
    }
}

/// Whether a payment is in a block that was not, or can't be undone any more.
pub(in crate::actor) fn newly_made(before: &[RequestView], now: &[RequestView]) -> bool {
    now.iter().any(|request| {
        let was = before.iter().find(|known| known.id == request.id).and_then(included);
        included(request).is_some_and(|is| was != Some(is))
    })
}

/// Whether the payment of a request is final, if it is in a block.
fn included(request: &RequestView) -> Option<bool> {
    let MeaningView::Solana(payment) = &request.meaning else { return None };
    match payment.transfer.as_ref()?.state {
        TransferState::Included { finalized } => Some(finalized),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::{DecisionView, DeviceView, PaymentView, RequestState, TransferView};

    fn request(id: &str, state: Option<TransferState>) -> RequestView {
        let payment = PaymentView {
            network: "devnet".to_owned(),
            from: String::new(),
            to: String::new(),
            amount: "1".to_owned(),
            token: None,
            memo: None,
            fee: "0.000005".to_owned(),
            deposit: "0.00089088".to_owned(),
            transfer: state.map(|state| TransferView { id: String::new(), state }),
            problem: None,
        };
        RequestView {
            id: id.to_owned(),
            wallet: String::new(),
            proposer: DeviceView { id: String::new(), name: String::new(), fingerprint: Vec::new() }.into(),
            own: true,
            created_at: 0,
            expires_at: 0,
            meaning: MeaningView::Solana(Box::new(payment)),
            decision: DecisionView::Approved,
            state: RequestState::Signed,
            members: Vec::new(),
            threshold: 2,
            may_still_be_made: false,
            problem: None,
            conflicts: Vec::new(),
        }
    }

    #[test]
    fn a_wallet_is_looked_up_once_a_payment_is_made_and_once_it_is_final() {
        let at = |state| [request("other", None), request("this", Some(state))];
        let (pending, made) = (at(TransferState::Pending), at(TransferState::Included { finalized: false }));
        let last = at(TransferState::Included { finalized: true });
        assert!(!newly_made(&[], &pending), "nothing has changed for the wallet");
        assert!(newly_made(&pending, &made));
        assert!(!newly_made(&made, &made), "it is known");
        assert!(newly_made(&made, &last), "the server may not have told of it before");
        assert!(!newly_made(&last, &last));
        assert!(newly_made(&[], &last), "another device may have sent it");
    }
}
