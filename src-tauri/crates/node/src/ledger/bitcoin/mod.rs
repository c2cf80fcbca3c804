//! A Bitcoin wallet's money, as the owner's node tells it: one task for each wallet.
//!
//! The task owns the wallet's [`WatchOnly`] and asks the node; the actor stores what changed before anything is shown.
//!
//! - [`core`]: the node.
//! - [`view`]: what an interface sees.
//! - [`csv`]: the transactions as a table.

mod core;
mod csv;
mod view;

use std::{collections::HashMap, path::PathBuf, sync::Arc, time::Duration};

use bitcoin::Txid;
use chains::bitcoin::{
    Account, Network,
    wallet::{BlockId, Position, WalletError, WatchOnly},
};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::{Instant, sleep_until, timeout_at},
};
use url::Url;

use self::core::{Best, BitcoinNode};
pub(crate) use self::csv::csv;
use super::http::Http;
pub(crate) use super::http::HttpError;
use crate::{
    NodeError,
    actor::{Event, Message},
    clock::now_ms,
    snapshot::{LedgerView, SyncView, TransactionView},
    storage::{StorageError, WalletId},
};

/// How long after one look at the chain the next one comes.
const PAUSE: Duration = Duration::from_secs(30);
/// The same after one that failed; doubled each time.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// After so many blocks what was found is stored and shown.
const BLOCKS: u32 = 200;

/// The owner's node for each network.
pub(crate) type Sources = HashMap<Network, NodeAddress>;

/// Where the owner's node is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NodeAddress {
    /// `http` on this computer or its own network, or `https`.
    pub(crate) url: Url,
    pub(crate) cookie_file: PathBuf,
}

/// Why the chain can't be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceError {
    /// Not a node's address.
    InvalidAddress,
    /// The cookie file can't be read.
    Cookie,
    /// The node does not take the password.
    Unauthorized,
    /// It can't be asked.
    Http(HttpError),
    /// It serves another network.
    OtherNetwork(Network),
    /// It is starting.
    Starting,
    /// It has not caught up with its network.
    Behind {
        /// How far it is.
        height: u32,
    },
    /// It has thrown away blocks that are needed.
    Pruned,
    /// What it answers is nothing that a node says.
    Malformed,
    /// It refuses.
    Refused {
        /// Its own number.
        code: i64,
        /// What it says, cut and without control characters.
        text: String,
    },
    /// What it says can't be.
    Implausible(WalletError),
}

/// What a ledger's task has from its device.
pub(crate) struct Setting {
    pub(crate) wallet: WalletId,
    /// Tells this task from an earlier one of the same wallet.
    pub(crate) run: u64,
    pub(crate) account: Account,
    /// When the wallet was made, in Unix seconds.
    pub(crate) born: u64,
    pub(crate) sources: watch::Receiver<Arc<Sources>>,
    pub(crate) actor: mpsc::Sender<Message>,
}

/// What the task reports.
pub(crate) enum LedgerEvent {
    /// What is known now, with all transactions.
    Known { view: Box<LedgerView>, transactions: Vec<TransactionView> },
    /// Make a change durable; the answer comes when it is.
    Store { piece: Vec<u8>, reply: oneshot::Sender<Result<(), StorageError>> },
    /// What was stored is of no use: forget it.
    Forget { reply: oneshot::Sender<Result<(), StorageError>> },
    /// The task has ended.
    Gone,
}

/// The task's state.
pub(crate) struct Ledger {
    setting: Setting,
    wallet: WatchOnly,
    view: LedgerView,
    /// When the chain was last looked at, in milliseconds since the Unix epoch.
    last: Option<u64>,
}

/// What is stored can't be relied on any more: the task has to begin anew.
struct Stopped;

/// Why a look at the chain ended.
enum Broken {
    Source(SourceError),
    Stopped,
}

impl Ledger {
    /// Looks at the chain until the sender of `nudges` is dropped; at once for each nudge.
    pub(crate) async fn run(setting: Setting, stored: Vec<Vec<u8>>, mut nudges: mpsc::Receiver<()>) {
        let (wallet, run, actor) = (setting.wallet, setting.run, setting.actor.clone());
        if let Ok(mut ledger) = Self::begin(setting, stored).await
            && ledger.serve(&mut nudges).await.is_ok()
        {
            return;
        }
        // Not again at once: the disk may be full.
        let again = Instant::now() + LONGEST_PAUSE;
        while let Ok(Some(())) = timeout_at(again, nudges.recv()).await {}
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
        let ledger = Self { setting, wallet, view: view::nothing(), last: None };
        if is_damaged {
            // The chain has it all.
            tracing::error!(wallet = %ledger.setting.wallet, "what was known of a wallet's money is damaged; it is looked up anew");
            ledger.stored(|reply| LedgerEvent::Forget { reply }).await?;
        }
        Ok(ledger)
    }

    async fn serve(&mut self, nudges: &mut mpsc::Receiver<()>) -> Result<(), Stopped> {
        let mut sources = self.setting.sources.clone();
        let (mut node, mut pause) = (None, FIRST_PAUSE);
        loop {
            let source = sources.borrow_and_update().get(&self.setting.account.network()).cloned();
            let next = match source {
                None => {
                    node = None;
                    self.tell(SyncView::NoSource).await;
                    None
                }
                Some(address) => {
                    let looked = tokio::select! {
                        looked = self.look(&mut node, &address) => looked,
                        // What is half done is done again.
                        Ok(()) = sources.changed() => {
                            node = None;
                            continue;
                        }
                        () = closed(nudges) => return Ok(()),
                    };
                    match looked {
                        Ok(height) => {
                            pause = FIRST_PAUSE;
                            let at = now_ms();
                            self.last = Some(at);
                            self.tell(SyncView::Current { at, height }).await;
                            Some(Instant::now() + PAUSE)
                        }
                        Err(Broken::Stopped) => return Err(Stopped),
                        Err(Broken::Source(error)) => {
                            node = None;
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
                nudge = nudges.recv() => if nudge.is_none() { return Ok(()) },
                Ok(()) = sources.changed() => node = None,
                () = async {
                    match next {
                        Some(next) => sleep_until(next).await,
                        None => std::future::pending().await,
                    }
                } => {}
            }
        }
    }

    /// Reads what is new. Returns the height of the last block.
    async fn look(&mut self, node: &mut Option<BitcoinNode>, address: &NodeAddress) -> Result<u32, Broken> {
        if self.last.is_none() {
            self.tell(SyncView::Scanning { percent: None }).await;
        }
        let network = self.setting.account.network();
        let asked = match node {
            Some(asked) => asked,
            None => {
                let http = Http::new(address.url.clone());
                node.insert(BitcoinNode::connect(http, address.cookie_file.clone(), network).await?)
            }
        };
        let best = asked.best().await?;
        self.read_blocks(asked, best).await?;
        let pending = asked.pending().await?;
        let now = now_ms() / 1000;
        let unseen = asked.unseen(&pending).await?;
        self.wallet.pending(unseen.into_iter().map(|transaction| (transaction, now)))?;
        let gone: Vec<_> = self.pending_ids().filter(|txid| !pending.contains(txid)).collect();
        self.wallet.evicted(gone.into_iter().map(|txid| (txid, now)));
        self.view.fee_rates = asked.fee_rates().await?;
        self.keep().await?;
        Ok(best.height)
    }

    async fn read_blocks(&mut self, node: &mut BitcoinNode, best: Best) -> Result<(), Broken> {
        let mut known = node.agreement(self.wallet.tip(), best).await?;
        let first = match known.height {
            0 => node.first_since(self.setting.born, best).await?,
            height => height.saturating_add(1),
        };
        let all = best.height.saturating_sub(first).saturating_add(1);
        for height in first..=best.height {
            let block = node.block(height).await?;
            self.wallet.connect(&block, height, known)?;
            known = BlockId { height, hash: block.block_hash() };
            let read = height - first + 1;
            if read.is_multiple_of(BLOCKS) {
                self.keep().await?;
                self.tell(SyncView::Scanning { percent: Some(read.saturating_mul(100) / all) }).await;
            }
        }
        Ok(())
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
        let transactions = view::update(&mut self.view, &self.wallet, self.last.is_some());
        self.send(LedgerEvent::Known { view: Box::new(self.view.clone()), transactions }).await;
    }

    async fn send(&self, event: LedgerEvent) {
        let Setting { wallet, run, actor, .. } = &self.setting;
        // The actor may be closing.
        let _ = actor.send(Message::Event(Event::Ledger { wallet: *wallet, run: *run, event })).await;
    }
}

impl SourceError {
    fn refused(code: i64, text: &str) -> Self {
        let tamed = text.chars().filter(|c| !c.is_control()).take(200).collect();
        Self::Refused { code, text: tamed }
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

impl NodeAddress {
    /// Checks what a person entered.
    pub(crate) fn new(url: &str, cookie_file: &str) -> Result<Self, SourceError> {
        let cookie_file = PathBuf::from(cookie_file.trim());
        let url = super::server_url(url).ok_or(SourceError::InvalidAddress)?;
        if !cookie_file.is_absolute() {
            return Err(SourceError::Cookie);
        }
        Ok(Self { url, cookie_file })
    }
}

/// Until the device wants no more of the task. Nudges meanwhile are not needed.
async fn closed(nudges: &mut mpsc::Receiver<()>) {
    while nudges.recv().await.is_some() {}
}
