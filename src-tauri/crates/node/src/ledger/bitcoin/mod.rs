//! A Bitcoin wallet's money, as a source of the owner's choice tells it: one task for each wallet.
//!
//! The task owns the wallet's [`WatchOnly`], asks the source, builds transactions and sends signed ones; the actor stores
//! what changed before anything is shown.
//!
//! - [`source`]: what a source is, and how it fails. [`core`]: the owner's node, and [`login`] there.
//!   [`esplora`]: a server that knows addresses.
//! - [`standing`]: what requests to sign mean for the wallet's coins.
//! - [`draft`]: what people ask of the wallet: its coins, and transactions that could be proposed.
//! - [`view`]: what an interface sees. [`csv`]: the transactions as a table.

mod core;
mod csv;
mod draft;
mod esplora;
mod login;
mod source;
mod standing;
#[cfg(test)]
mod testing;
mod view;

use std::{
    collections::{HashMap, HashSet},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use bitcoin::{Transaction, Txid};
use chains::bitcoin::{
    Account, Keychain,
    wallet::{BlockId, Position, WalletError, WatchOnly},
};
use coordinator::sign::RequestId;
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::{Instant, sleep_until, timeout_at},
};

use self::{core::BitcoinNode, esplora::Esplora, source::Chain};
pub(crate) use self::{
    csv::csv,
    draft::{Ask, Bump, Order, order},
    login::{LONGEST_LOGIN, Login, Password, is_password},
    source::{NotTaken, SourceAddress, SourceError, Sources, suggested},
    standing::{Standing, StandingSpend},
};
pub(crate) use super::http::HttpError;
use crate::{
    NodeError,
    actor::{Event, Message},
    clock::now_ms,
    snapshot::{ErrorView, LedgerView, PublicationView, SyncView, TransactionView},
    storage::{StorageError, WalletId},
};

/// Whether whoever is asked there serves the network.
pub(crate) async fn try_source(
    address: &SourceAddress,
    network: chains::bitcoin::Network,
) -> Result<(), SourceError> {
    Chain::connect(address, network).await.map(drop)
}

/// How long after one look at the owner's node the next one comes.
const PAUSE: Duration = Duration::from_secs(30);
/// The same for a server that is asked for each address, and that others use, too.
const LONG_PAUSE: Duration = Duration::from_secs(120);
/// After one that failed; doubled each time.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// After so many blocks what was found is stored and shown.
const BLOCKS: u32 = 200;

/// What a ledger's task has from its device.
pub(crate) struct Setting {
    pub(crate) wallet: WalletId,
    /// Tells this task from an earlier one of the same wallet.
    pub(crate) run: u64,
    pub(crate) account: Account,
    /// When the wallet was made, in Unix seconds.
    pub(crate) born: u64,
    pub(crate) sources: watch::Receiver<Arc<Sources>>,
    pub(crate) standing: watch::Receiver<Standing>,
    pub(crate) actor: mpsc::Sender<Message>,
}

/// What the task reports.
pub(crate) enum LedgerEvent {
    /// What is known now.
    Known(Box<Known>),
    /// Make a change durable; the answer comes when it is.
    Store { piece: Vec<u8>, reply: oneshot::Sender<Result<(), StorageError>> },
    /// What was stored is of no use: forget it.
    Forget { reply: oneshot::Sender<Result<(), StorageError>> },
    /// The task has ended.
    Gone,
}

/// What is known of a wallet's money.
pub(crate) struct Known {
    pub(crate) view: LedgerView,
    /// All of them.
    pub(crate) transactions: Vec<TransactionView>,
    /// What became of the signed ones among the wallet's requests.
    pub(crate) publications: HashMap<RequestId, PublicationView>,
    /// The numbers after the last used receive and change address; none until the wallet was looked up.
    pub(crate) next: Option<NextUnused>,
}

/// The numbers of the first addresses after all that got something.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NextUnused {
    pub(crate) receive: u32,
    pub(crate) change: u32,
}

/// The task's state.
pub(crate) struct Ledger {
    setting: Setting,
    wallet: WatchOnly,
    view: LedgerView,
    /// When the chain was last looked at, in milliseconds since the Unix epoch.
    last: Option<u64>,
    /// The requests for which coins are reserved.
    standing: Standing,
    /// Own transactions in no block that the source has.
    pending: HashSet<Txid>,
    /// Why a transaction that is to be sent was not taken.
    problems: HashMap<RequestId, ErrorView>,
    /// What requests mean for the coins changed since the last look began, so there may be something to send.
    look_again: bool,
}

/// What is stored can't be relied on any more: the task has to begin anew.
struct Stopped;

/// Why a look at the chain ended.
enum Broken {
    Source(SourceError),
    /// The device wants no more of the task.
    Closed,
    Stopped,
}

impl Ledger {
    /// Looks at the chain until the sender of `asks` is dropped.
    pub(crate) async fn run(setting: Setting, stored: Vec<Vec<u8>>, mut asks: mpsc::Receiver<Ask>) {
        let (wallet, run, actor) = (setting.wallet, setting.run, setting.actor.clone());
        if let Ok(mut ledger) = Self::begin(setting, stored).await
            && ledger.serve(&mut asks).await.is_ok()
        {
            return;
        }
        // Not again at once: the disk may be full. Whoever asks meanwhile hears that it can't be.
        let again = Instant::now() + LONGEST_PAUSE;
        while let Ok(Some(_)) = timeout_at(again, asks.recv()).await {}
        // The actor may be closing.
        let _ = actor.send(Message::Event(Event::Ledger { wallet, run, event: LedgerEvent::Gone })).await;
    }

    async fn begin(setting: Setting, stored: Vec<Vec<u8>>) -> Result<Self, Stopped> {
        let loaded = WatchOnly::load(setting.account.clone(), stored);
        let is_damaged = loaded.is_err();
        let wallet = match loaded {
            Ok(wallet) => wallet,
            Err(_) => WatchOnly::new(setting.account.clone()).map_err(|_| Stopped)?,
        };
        let ledger = Self {
            setting,
            wallet,
            view: view::nothing(),
            last: None,
            standing: Standing::default(),
            pending: HashSet::new(),
            problems: HashMap::new(),
            look_again: false,
        };
        if is_damaged {
            // The chain has it all.
            tracing::error!(wallet = %ledger.setting.wallet, "what was known of a wallet's money is damaged; it is looked up anew");
            ledger.stored(|reply| LedgerEvent::Forget { reply }).await?;
        }
        Ok(ledger)
    }

    async fn serve(&mut self, asks: &mut mpsc::Receiver<Ask>) -> Result<(), Stopped> {
        let mut sources = self.setting.sources.clone();
        let (mut chain, mut pause) = (None, FIRST_PAUSE);
        self.take_standing();
        loop {
            let source = sources.borrow_and_update().get(&self.setting.account.network()).cloned();
            let next = match source {
                None => {
                    (chain, self.last) = (None, None);
                    self.tell(SyncView::NoSource).await;
                    None
                }
                Some(address) => {
                    let looked = tokio::select! {
                        looked = self.look(&mut chain, &address, asks) => looked,
                        // What is half done is done again.
                        Ok(()) = sources.changed() => {
                            (chain, self.last) = (None, None);
                            continue;
                        }
                    };
                    match looked {
                        Ok(height) => {
                            pause = FIRST_PAUSE;
                            let at = now_ms();
                            self.last = Some(at);
                            self.tell(SyncView::Current { at, height }).await;
                            Some(
                                Instant::now()
                                    + if matches!(address, SourceAddress::Node { .. }) {
                                        PAUSE
                                    } else {
                                        LONG_PAUSE
                                    },
                            )
                        }
                        Err(Broken::Stopped) => return Err(Stopped),
                        Err(Broken::Closed) => return Ok(()),
                        Err(Broken::Source(error)) => {
                            chain = None;
                            let error = NodeError::Source(error).view();
                            self.tell(SyncView::Failed { error, last: self.last }).await;
                            let next = Instant::now() + pause;
                            pause = (pause * 2).min(LONGEST_PAUSE);
                            Some(next)
                        }
                    }
                }
            };
            tokio::select! {
                idle = self.idle(asks) => if let Err(Broken::Closed) = idle { return Ok(()) },
                Ok(()) = sources.changed() => (chain, self.last) = (None, None),
                () = async {
                    match next {
                        Some(next) => sleep_until(next).await,
                        None => std::future::pending().await,
                    }
                } => {}
            }
        }
    }

    /// Answers until there is a reason to look at the chain.
    async fn idle(&mut self, asks: &mut mpsc::Receiver<Ask>) -> Result<(), Broken> {
        if std::mem::take(&mut self.look_again) {
            return Ok(());
        }
        loop {
            tokio::select! {
                ask = asks.recv() => match ask {
                    None => return Err(Broken::Closed),
                    Some(Ask::Look) => return Ok(()),
                    Some(ask) => self.answer(ask),
                },
                Ok(()) = self.setting.standing.changed() => {
                    self.take_standing();
                    return Ok(());
                }
            }
        }
    }

    /// Answers while something is waited for.
    async fn meanwhile<T>(
        &mut self,
        asks: &mut mpsc::Receiver<Ask>,
        awaited: impl Future<Output = Result<T, SourceError>>,
    ) -> Result<T, Broken> {
        let mut awaited = pin!(awaited);
        loop {
            tokio::select! {
                done = &mut awaited => return Ok(done?),
                ask = asks.recv() => match ask {
                    None => return Err(Broken::Closed),
                    Some(ask) => self.answer(ask),
                },
                Ok(()) = self.setting.standing.changed() => {
                    self.take_standing();
                    self.look_again = true;
                }
            }
        }
    }

    /// Reads what is new, and sends what is to be sent. Returns the height of the last block.
    async fn look(
        &mut self,
        chain: &mut Option<Chain>,
        address: &SourceAddress,
        asks: &mut mpsc::Receiver<Ask>,
    ) -> Result<u32, Broken> {
        self.look_again = false;
        if self.last.is_none() {
            self.tell(SyncView::Scanning { percent: None }).await;
        }
        let network = self.setting.account.network();
        let chain = match chain {
            Some(chain) => chain,
            None => chain.insert(self.meanwhile(asks, Chain::connect(address, network)).await?),
        };
        let (height, pending) = match chain {
            Chain::Node(node) => self.read_node(node, asks).await?,
            Chain::Esplora(server) => self.read_esplora(server, asks).await?,
        };
        self.take_pending(pending);
        self.send_signed(chain, asks).await?;
        self.view.fee_rates = self.meanwhile(asks, chain.fee_rates()).await?;
        self.keep().await?;
        Ok(height)
    }

    async fn read_node(
        &mut self,
        node: &mut BitcoinNode,
        asks: &mut mpsc::Receiver<Ask>,
    ) -> Result<(u32, HashSet<Txid>), Broken> {
        let best = self.meanwhile(asks, node.best()).await?;
        let mut known = self.meanwhile(asks, node.agreement(self.wallet.tip(), best)).await?;
        let first = match known.height {
            0 => self.meanwhile(asks, node.first_since(self.setting.born, best)).await?,
            height => height.saturating_add(1),
        };
        let all = best.height.saturating_sub(first).saturating_add(1);
        for height in first..=best.height {
            let block = self.meanwhile(asks, node.block(height)).await?;
            self.wallet.connect(&block, height, known)?;
            known = BlockId { height, hash: block.block_hash() };
            let read = height - first + 1;
            if read.is_multiple_of(BLOCKS) {
                self.keep().await?;
                self.tell(SyncView::Scanning { percent: Some(read.saturating_mul(100) / all) }).await;
            }
        }
        let pending = self.meanwhile(asks, node.pending()).await?;
        while node.has_unseen(&pending) {
            let unseen = self.meanwhile(asks, node.unseen(&pending)).await?;
            let now = now_ms() / 1000;
            self.wallet.pending(unseen.into_iter().map(|transaction| (transaction, now)))?;
        }
        Ok((best.height, pending))
    }

    async fn read_esplora(
        &mut self,
        server: &mut Esplora,
        asks: &mut mpsc::Receiver<Ask>,
    ) -> Result<(u32, HashSet<Txid>), Broken> {
        let request = self.wallet.full_scan(now_ms() / 1000);
        let scanned = self.meanwhile(asks, server.scan(request)).await?;
        self.wallet.apply(scanned.response)?;
        Ok((scanned.height, scanned.pending))
    }

    /// Notes which of the wallet's transactions the source has, and which it has dropped.
    fn take_pending(&mut self, pending: HashSet<Txid>) {
        let sent: HashSet<_> = self.standing.to_send().map(|(standing, _)| standing.spend.txid()).collect();
        let now = now_ms() / 1000;
        let own: Vec<_> = self.pending_ids().collect();
        // What this device still sends stays its own, whoever drops it.
        let gone = own.iter().copied().filter(|txid| !pending.contains(txid) && !sent.contains(txid));
        self.wallet.evicted(gone.map(|txid| (txid, now)));
        self.pending = own.into_iter().filter(|txid| pending.contains(txid)).collect();
    }

    /// Sends what is signed, and not known to the source yet.
    async fn send_signed(&mut self, chain: &mut Chain, asks: &mut mpsc::Receiver<Ask>) -> Result<(), Broken> {
        let to_send: Vec<_> =
            self.standing.to_send().map(|(s, signed)| (s.request, Arc::clone(signed))).collect();
        for (request, signed) in to_send {
            let txid = signed.compute_txid();
            let is_mined = matches!(self.wallet.position(txid), Some(Position::Confirmed { .. }));
            if is_mined || self.pending.contains(&txid) {
                self.problems.remove(&request);
                continue;
            }
            match self.meanwhile(asks, chain.send(&signed)).await {
                Ok(()) => {
                    self.problems.remove(&request);
                    self.sent(signed)?;
                }
                Err(Broken::Source(SourceError::NotTaken(why))) => {
                    if why == NotTaken::FeeTooLow && self.wallet.position(txid).is_none() {
                        // Its fee can be raised as if the network had it.
                        self.wallet.pending([(signed, now_ms() / 1000)])?;
                    }
                    let problem = NodeError::Source(SourceError::NotTaken(why)).view();
                    self.problems.insert(request, problem);
                }
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }

    /// Notes what the source has taken, and with it has dropped what spends the same coins.
    fn sent(&mut self, signed: Arc<Transaction>) -> Result<(), WalletError> {
        let (txid, now) = (signed.compute_txid(), now_ms() / 1000);
        let spenders = signed.input.iter().filter_map(|input| self.wallet.spender(input.previous_output));
        let replaced: Vec<_> = spenders.filter(|spender| *spender != txid).collect();
        self.wallet.evicted(replaced.into_iter().map(|replaced| (replaced, now)));
        self.wallet.pending([(signed, now)])?;
        let own: HashSet<_> = self.pending_ids().collect();
        self.pending.retain(|txid| own.contains(txid));
        self.pending.insert(txid);
        Ok(())
    }

    /// Reserves what requests need, and nothing else.
    fn take_standing(&mut self) {
        // Until the requests are known, what was reserved before stays reserved.
        let now = self.setting.standing.borrow_and_update().clone();
        if now.spends.is_none() {
            return;
        }
        let earlier: Vec<_> = self.standing.reserving().map(|standing| Arc::clone(&standing.spend)).collect();
        let reserving: Vec<_> = now.reserving().map(|standing| Arc::clone(&standing.spend)).collect();
        self.wallet.reserve_only(earlier.iter().map(AsRef::as_ref), reserving.iter().map(AsRef::as_ref));
        self.problems.retain(|request, _| now.all().any(|standing| standing.request == *request));
        self.standing = now;
    }

    fn pending_ids(&self) -> impl Iterator<Item = Txid> {
        let history = self.wallet.history().into_iter();
        history.filter(|entry| matches!(entry.position, Position::Pending { .. })).map(|entry| entry.txid)
    }

    /// Has stored what changed.
    async fn keep(&mut self) -> Result<(), Broken> {
        if let Some(piece) = self.wallet.take_changes()? {
            self.stored(|reply| LedgerEvent::Store { piece, reply })
                .await
                .map_err(|Stopped| Broken::Stopped)?;
        }
        Ok(())
    }

    async fn stored(
        &self,
        event: impl FnOnce(oneshot::Sender<Result<(), StorageError>>) -> LedgerEvent,
    ) -> Result<(), Stopped> {
        let (reply, done) = oneshot::channel();
        self.send(event(reply)).await;
        match done.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => {
                tracing::error!(wallet = %self.setting.wallet, %error, "what is known of a wallet's money could not be stored");
                Err(Stopped)
            }
            Err(_) => Err(Stopped),
        }
    }

    /// Tells the actor what is known.
    async fn tell(&mut self, sync: SyncView) {
        self.view.sync = sync;
        let is_known = self.last.is_some() || self.wallet.tip().height() > 0;
        let transactions = view::update(&mut self.view, &self.wallet, is_known);
        let next = is_known.then(|| NextUnused {
            receive: self.wallet.next_after_used(Keychain::Receive),
            change: self.wallet.next_after_used(Keychain::Change),
        });
        let known = Known { view: self.view.clone(), transactions, publications: self.publications(), next };
        self.send(LedgerEvent::Known(Box::new(known))).await;
    }

    async fn send(&self, event: LedgerEvent) {
        let Setting { wallet, run, actor, .. } = &self.setting;
        // The actor may be closing.
        let _ = actor.send(Message::Event(Event::Ledger { wallet: *wallet, run: *run, event })).await;
    }
}

impl From<SourceError> for Broken {
    fn from(error: SourceError) -> Self {
        Self::Source(error)
    }
}

impl From<WalletError> for Broken {
    fn from(error: WalletError) -> Self {
        Self::Source(SourceError::Implausible(error))
    }
}
