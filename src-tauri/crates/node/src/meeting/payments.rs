//! Solana payments on their way: the block that each names, and what becomes of it once it is signed.

use std::{collections::BTreeMap, sync::Arc};

use chains::solana::message::Lifetime;
use coordinator::sign::{Completion, Ending, Input, RequestId};
use tokio::{
    sync::{Semaphore, mpsc, watch},
    task::{AbortHandle, JoinSet},
};

use super::{Meeting, Stopped};
use crate::{
    NodeError,
    ledger::solana::{
        Servers, SolanaError,
        follow::{News, Report, Signed, Watcher},
    },
    snapshot::{ErrorView, PaymentView, TransferState, TransferView},
};

/// Reports that wait for the meeting's task.
const REPORTS: usize = 16;
/// Payments that are looked up at once.
const PLACES: usize = 2;

pub(super) struct Payments {
    servers: watch::Receiver<Arc<Servers>>,
    reports: mpsc::Sender<Report>,
    incoming: mpsc::Receiver<Report>,
    places: Arc<Semaphore>,
    /// They end with the meeting.
    tasks: JoinSet<()>,
    fetching: BTreeMap<RequestId, AbortHandle>,
    /// What looks whether the block that is being signed for is still good.
    watching: BTreeMap<RequestId, AbortHandle>,
    transfers: BTreeMap<RequestId, TransferView>,
    problems: BTreeMap<RequestId, ErrorView>,
}

impl Payments {
    pub(super) fn new(servers: watch::Receiver<Arc<Servers>>) -> Self {
        let (reports, incoming) = mpsc::channel(REPORTS);
        Self {
            servers,
            reports,
            incoming,
            places: Arc::new(Semaphore::new(PLACES)),
            tasks: JoinSet::new(),
            fetching: BTreeMap::new(),
            watching: BTreeMap::new(),
            transfers: BTreeMap::new(),
            problems: BTreeMap::new(),
        }
    }

    pub(super) async fn next(&mut self) -> Option<Report> {
        self.incoming.recv().await
    }

    /// Says in a payment what is known of it.
    pub(super) fn complete(&self, request: &RequestId, view: &mut PaymentView) {
        view.transfer = self.transfers.get(request).cloned();
        view.problem = self.problems.get(request).cloned();
    }

    pub(super) fn forget(&mut self, is_known: impl Fn(&RequestId) -> bool) {
        self.transfers.retain(|request, _| is_known(request));
        self.problems.retain(|request, _| is_known(request));
    }

    /// A request has ended: no block is needed for it any more.
    pub(super) fn ended(&mut self, request: &RequestId) {
        if let Some(task) = self.watching.remove(request) {
            task.abort();
        }
        if let Some(task) = self.fetching.remove(request) {
            task.abort();
            self.problems.remove(request);
        }
    }

    fn watcher(&mut self, request: RequestId, network: chains::solana::Network) -> Watcher {
        while self.tasks.try_join_next().is_some() {}
        let (servers, reports) = (self.servers.clone(), self.reports.clone());
        Watcher { request, network, servers, reports, places: Arc::clone(&self.places) }
    }
}

impl Meeting {
    /// Enough members have approved a payment of this device: its transaction needs a block to name.
    pub(super) fn fetch_block(&mut self, request: RequestId) {
        let intent = self.meanings.get(&request).and_then(|known| known.meaning.as_ref().ok()?.intent());
        let Some(network) = intent.map(chains::solana::Intent::network) else { return };
        if !self.payments.fetching.contains_key(&request) {
            let watcher = self.payments.watcher(request, network);
            let task = self.payments.tasks.spawn(watcher.fetch());
            self.payments.fetching.insert(request, task);
        }
    }

    /// A signer may come back when it is too late: what it completes then could not be paid any more.
    fn watch_block(&mut self, request: RequestId, lifetime: Lifetime) {
        let intent = self.meanings.get(&request).and_then(|known| known.meaning.as_ref().ok()?.intent());
        let Some(network) = intent.map(chains::solana::Intent::network) else { return };
        let watcher = self.payments.watcher(request, network);
        let task = self.payments.tasks.spawn(watcher.outlast(lifetime));
        self.payments.watching.insert(request, task);
    }

    /// Members have given their parts for a block with which nothing can be paid: another one, before this device was
    /// restarted, or one that is over. They don't sign for a second one, so nothing comes of the request.
    pub(super) async fn give_up(&mut self, request: RequestId) -> Result<(), Stopped> {
        let problem = NodeError::Solana(SolanaError::BegunBefore).view();
        self.handle(Input::Cancel { request }).await?;
        self.payments.problems.insert(request, problem);
        Ok(())
    }

    /// Sends what is signed, if this device proposed it, and looks what becomes of it.
    pub(super) fn follow_payment(&mut self, request: RequestId) {
        let ended = self.signing.iter().flat_map(|signing| signing.progress().requests);
        let ending = ended.filter(|known| known.request == request).find_map(|known| known.ending);
        let Some(Ending::Signed { completion, signatures }) = ending else { return };
        let Some(known) = self.meanings.get(&request) else { return };
        let Ok(meaning) = &known.meaning else { return };
        let (Some(intent), Some((transaction, lifetime))) =
            (meaning.intent(), meaning.signed_payment(completion.as_ref(), &signatures))
        else {
            return;
        };
        if self.payments.transfers.contains_key(&request) {
            return;
        }
        let send = known.proposal.proposer == self.setting.keys.identity.id();
        let state = if send { TransferState::Pending } else { TransferState::Unknown };
        let (id, network) = (transaction.id().to_string(), intent.network());
        let signed = Signed { intent: intent.clone(), transaction, lifetime, send };
        self.payments.transfers.insert(request, TransferView { id, state });
        let watcher = self.payments.watcher(request, network);
        self.payments.tasks.spawn(watcher.follow(signed));
    }

    pub(super) async fn payment_report(&mut self, report: Report) -> Result<(), Stopped> {
        let Report { request, news } = report;
        match news {
            News::Problem(Some(problem)) => drop(self.payments.problems.insert(request, problem)),
            News::Problem(None) => drop(self.payments.problems.remove(&request)),
            News::Transfer(state) => {
                if let Some(transfer) = self.payments.transfers.get_mut(&request) {
                    transfer.state = state;
                }
            }
            News::Lifetime(lifetime) => {
                self.payments.fetching.remove(&request);
                let completion = Completion::try_from(lifetime.to_bytes().to_vec()).ok();
                if let Some(signables) = self.signables(request, completion.as_ref()) {
                    self.watch_block(request, lifetime);
                    self.input(Input::Begin { request, completion, signables }).await?;
                }
            }
            News::Over => {
                self.payments.watching.remove(&request);
                if self.open_request(request).is_ok() {
                    self.give_up(request).await?;
                }
            }
        }
        Ok(())
    }
}
