//! What is known of Bitcoin wallets' money.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bitcoin::Txid;
use chains::bitcoin::{
    Account, Network,
    uri::PaymentRequest,
    wallet::{GAP_LIMIT, compact},
};
use coordinator::sign::RequestId;
use tokio::sync::{mpsc, watch};

use super::{Actor, Answer, answer, nothing};
use crate::{
    NodeError,
    handle::{LedgerCommand, Reply},
    ledger::bitcoin::{
        Ask, Bump, Known, Ledger, LedgerEvent, NextUnused, Order, Setting, Standing, StandingSpend, order,
    },
    snapshot::{
        BitcoinDraftView, LedgerView, MeaningView, PaymentRequestView, RequestView, TargetView,
        TransactionView,
    },
    storage::{StorageError, WalletId},
    wallet::Wallet,
};

/// So many pieces of what is known become one at the next start.
const PIECES: usize = 100;
/// Questions that wait for a wallet's task.
const ASKS: usize = 16;
/// The longest text of a payment request that is shown, in characters.
const LONGEST_NOTE: usize = 255;
/// Where no address is known to be in use, one from this number on is too far for other programs.
const FAR: u32 = 1_000;

/// The tasks that look at the chain.
#[derive(Default)]
pub(super) struct Ledgers {
    last_run: u64,
    under_way: BTreeMap<WalletId, Entry>,
    /// What requests mean for each wallet's coins; their tasks follow it.
    standing: BTreeMap<WalletId, watch::Sender<Standing>>,
}

struct Entry {
    run: u64,
    /// The task ends when it is dropped.
    asks: mpsc::Sender<Ask>,
    known: Option<Known>,
}

impl Ledgers {
    /// What is known of a wallet's money.
    pub(super) fn view(&self, wallet: WalletId) -> Option<LedgerView> {
        let entry = self.under_way.get(&wallet)?;
        Some(entry.known.as_ref()?.view.clone())
    }

    /// The number after the last receive address of a wallet that is known to have got something.
    pub(super) fn used_addresses(&self, wallet: WalletId) -> u32 {
        let known = self.under_way.get(&wallet).and_then(|entry| entry.known.as_ref());
        known.and_then(|known| known.next).map_or(0, |next| next.receive)
    }

    /// Says in requests what is known of their transactions.
    pub(super) fn complete(&self, requests: &mut [RequestView]) {
        for RequestView { id, wallet, meaning, .. } in requests {
            let MeaningView::Bitcoin(spend) = meaning else { continue };
            let entry = wallet.parse().ok().and_then(|wallet| self.under_way.get(&wallet));
            let known = entry.and_then(|entry| entry.known.as_ref());
            let publication = |known: &Known| {
                let mut known = known.publications.iter();
                known
                    .find(|(request, _)| request.to_string() == *id)
                    .map(|(_, publication)| publication.clone())
            };
            spend.publication = known.and_then(publication);
            let next = known.and_then(|known| known.next);
            for output in &mut spend.outputs {
                output.far = is_far(&output.target, next);
            }
        }
    }

    pub(super) fn set_spends(&mut self, wallet: WalletId, spends: Vec<StandingSpend>) {
        self.standing_of(wallet).send_modify(|standing| standing.spends = Some(Arc::new(spends)));
    }

    /// A transaction that this device sends.
    fn send(&mut self, wallet: WalletId, txid: Txid) {
        let standing = self.standing_of(wallet);
        standing.send_modify(|standing| {
            Arc::make_mut(&mut standing.sends).insert(txid);
        });
    }

    fn standing_of(&mut self, wallet: WalletId) -> &watch::Sender<Standing> {
        self.standing.entry(wallet).or_default()
    }

    pub(super) fn close_all(&mut self) {
        self.under_way.clear();
    }
}

/// Whether other programs, which look only so far beyond the addresses in use, would not find what is paid there.
fn is_far(target: &TargetView, next: Option<NextUnused>) -> bool {
    let is_beyond =
        |index: u32, next: Option<u32>| index >= next.map_or(FAR, |next| next.saturating_add(GAP_LIMIT));
    match target {
        TargetView::Change { index } => is_beyond(*index, next.map(|next| next.change)),
        TargetView::Receive { index } => is_beyond(*index, next.map(|next| next.receive)),
        TargetView::Address { .. } | TargetView::Data { .. } => false,
    }
}

impl Actor {
    /// Begins and ends what should be by now. A wallet with which this device can't sign is looked up too: whoever is to
    /// remove it has to know what is in it.
    pub(super) fn tend_ledgers(&mut self) {
        let is_wanted = |wallet: &&Wallet| self.config.look_up && wallet.is_of_bitcoin();
        let wanted: BTreeSet<_> = self.wallets.finished().filter(is_wanted).map(Wallet::id).collect();
        self.ledgers.under_way.retain(|wallet, _| wanted.contains(wallet));
        self.ledgers.standing.retain(|wallet, _| wanted.contains(wallet));
        for wallet in wanted {
            if !self.ledgers.under_way.contains_key(&wallet) {
                self.look_up(wallet);
            }
        }
    }

    fn look_up(&mut self, wallet: WalletId) {
        let (Some(actor), Some(known)) = (self.to_self.upgrade(), self.wallets.get(wallet)) else { return };
        let Some(account) = known.account() else { return };
        let born = known.stored().created_at / 1000;
        let read = self
            .pieces(wallet, &account)
            .and_then(|pieces| Ok((pieces, self.storage.sends(wallet)?)))
            .and_then(|read| self.labels.load(&self.storage, wallet).map(|()| read));
        let (pieces, sends) = match read {
            Ok(read) => read,
            Err(error) => {
                tracing::error!(%wallet, %error, "what is known of a wallet's money can't be read");
                return;
            }
        };
        self.ledgers.last_run += 1;
        let run = self.ledgers.last_run;
        let (asks, asked) = mpsc::channel(ASKS);
        let standing = self.ledgers.standing_of(wallet);
        standing.send_modify(|standing| standing.sends = Arc::new(sends));
        let sources = self.bitcoin.subscribe();
        let standing = standing.subscribe();
        let setting = Setting { wallet, run, account, born, sources, standing, actor };
        let entry = Entry { run, asks, known: None };
        self.ledgers.under_way.insert(wallet, entry);
        tokio::spawn(Ledger::run(setting, pieces, asked));
    }

    /// What is stored of a wallet's money.
    fn pieces(&self, wallet: WalletId, account: &Account) -> Result<Vec<Vec<u8>>, StorageError> {
        let pieces = self.storage.ledger(wallet)?;
        if pieces.len() < PIECES {
            return Ok(pieces);
        }
        match compact(account, &pieces) {
            Ok(Some(all)) => {
                self.storage.replace_ledger(wallet, Some(&all))?;
                Ok(vec![all])
            }
            // Its task says what is wrong.
            _ => Ok(pieces),
        }
    }

    pub(super) fn ledger_event(&mut self, wallet: WalletId, run: u64, event: LedgerEvent) {
        // One of an earlier run may be of a wallet that has been removed.
        let Some(entry) = self.ledgers.under_way.get_mut(&wallet).filter(|entry| entry.run == run) else {
            return;
        };
        match event {
            LedgerEvent::Known(known) => {
                let next = known.next;
                entry.known = Some(*known);
                if let Some(next) = next {
                    self.show_unused_address(wallet, next.receive);
                }
            }
            // A task that is gone has no use for the answers.
            LedgerEvent::Store { piece, reply } => {
                let _ = reply.send(self.storage.add_to_ledger(wallet, &piece));
            }
            LedgerEvent::Forget { reply } => {
                let _ = reply.send(self.storage.replace_ledger(wallet, None));
            }
            LedgerEvent::Gone => drop(self.ledgers.under_way.remove(&wallet)),
        }
    }

    pub(super) fn ledger_command(&mut self, command: LedgerCommand) -> Answer {
        match command {
            LedgerCommand::SetSource { network, source, reply } => {
                self.set_chain_source(&network, source.as_ref(), reply)
            }
            LedgerCommand::TrySource { network, reply } => self.try_chain_source(&network, reply),
            LedgerCommand::Sync(wallet, reply) => answer(reply, self.look_now(&wallet)),
            LedgerCommand::Transactions(wallet, reply) => answer(reply, self.transactions(&wallet)),
            LedgerCommand::Coins(wallet, reply) => {
                self.ask_ledger(&wallet, Ok(()), |(), reply| Ask::Coins(reply), reply)
            }
            LedgerCommand::ReadRequest { wallet, text, reply } => {
                answer(reply, self.read_request(&wallet, &text))
            }
            LedgerCommand::Draft(payment, reply) => {
                let order =
                    self.bitcoin_network(&payment.wallet).and_then(|network| order(&payment, network));
                self.draft(&payment.wallet, order, reply)
            }
            LedgerCommand::DraftBump(bump, reply) => self.draft(&bump.wallet, Bump::read(&bump), reply),
            LedgerCommand::SetLabel(label, reply) => answer(reply, self.set_label(&label)),
            LedgerCommand::Label { wallet, reference, reply } => {
                answer(reply, self.label(&wallet, &reference))
            }
            LedgerCommand::Labels(wallet, reply) => answer(reply, self.labels(&wallet)),
            LedgerCommand::ImportLabels { wallet, text, reply } => {
                answer(reply, self.import_labels(&wallet, &text))
            }
        }
    }

    fn draft(
        &mut self,
        wallet: &str,
        order: Result<Order, NodeError>,
        reply: Reply<BitcoinDraftView>,
    ) -> Answer {
        self.ask_ledger(wallet, order, Ask::Draft, reply)
    }

    fn ask_ledger<Q, T: Send + 'static>(
        &self,
        wallet: &str,
        question: Result<Q, NodeError>,
        ask: impl FnOnce(Q, Reply<T>) -> Ask,
        reply: Reply<T>,
    ) -> Answer {
        let place = question.and_then(|question| {
            let entry = self.ledger_of(wallet)?;
            // A task that has so much to do is still looking.
            let place = entry.asks.try_reserve().map_err(|_| NodeError::NotLookedUp)?;
            Ok((question, place))
        });
        match place {
            Ok((question, place)) => {
                place.send(ask(question, reply));
                nothing()
            }
            Err(error) => answer(reply, Err(error)),
        }
    }

    /// Has a wallet looked up now.
    pub(super) fn sync_wallet(&self, wallet: &str) -> Result<(), NodeError> {
        // Where so much waits already, it is being looked up.
        let _ = self.ledger_of(wallet)?.asks.try_send(Ask::Look);
        Ok(())
    }

    /// All transactions of a wallet, as far as they are known.
    fn transactions(&self, wallet: &str) -> Result<Vec<TransactionView>, NodeError> {
        let entry = self.ledger_of(wallet)?;
        let mut transactions =
            entry.known.as_ref().map(|known| known.transactions.clone()).unwrap_or_default();
        self.labels.on_bitcoin(self.wallets.find(wallet)?.id(), &mut transactions);
        Ok(transactions)
    }

    fn read_request(&self, wallet: &str, text: &str) -> Result<PaymentRequestView, NodeError> {
        let network = self.bitcoin_network(wallet)?;
        let request = PaymentRequest::parse(text, network).map_err(NodeError::PaymentRequest)?;
        // What could deceive whoever reads it is left out.
        let shown =
            |text: Option<String>| text.filter(|text| identity::text::check(text, LONGEST_NOTE).is_ok());
        Ok(PaymentRequestView {
            address: request.address.to_string(),
            amount: request.amount.map(bitcoin::Amount::to_sat),
            label: shown(request.label),
            message: shown(request.message),
        })
    }

    /// This device sends a transaction of a wallet, as soon as it is signed.
    pub(super) fn send_when_signed(&mut self, wallet: WalletId, txid: Txid) -> Result<(), NodeError> {
        self.storage.add_send(wallet, txid)?;
        self.ledgers.send(wallet, txid);
        Ok(())
    }

    /// The signed transaction of a request is sent by this device, whoever proposed it.
    pub(super) fn publish_transaction(
        &mut self,
        request: RequestId,
        wallet: WalletId,
    ) -> Result<(), NodeError> {
        let standing = self.ledgers.standing.get(&wallet);
        let spends = standing.and_then(|standing| standing.borrow().spends.clone()).unwrap_or_default();
        let signed = spends.iter().find(|spend| spend.request == request && spend.signed.is_some());
        let txid = signed.ok_or(NodeError::NoSignature)?.spend.txid();
        self.send_when_signed(wallet, txid)
    }

    fn bitcoin_network(&self, wallet: &str) -> Result<Network, NodeError> {
        Ok(self.wallets.find(wallet)?.account().ok_or(NodeError::NotBitcoin)?.network())
    }

    fn ledger_of(&self, wallet: &str) -> Result<&Entry, NodeError> {
        let wallet = self.wallets.find(wallet)?;
        self.ledgers.under_way.get(&wallet.id()).ok_or(NodeError::NotBitcoin)
    }
}
