//! A Solana wallet's money, as the owner's server tells it: one task for each wallet.
//!
//! Nothing of it is stored: the server tells it again, and what it says is only shown. Signing holds every payment against
//! the chain by itself.

use std::{sync::Arc, time::Duration};

use chains::solana::{Address, Network};
use tokio::{
    sync::{Semaphore, mpsc, watch},
    time::{Instant, sleep_until, timeout},
};

use super::{ServerAddress, Servers, SolanaError, known::Known, rpc::Server, view::view};
use crate::{
    NodeError,
    actor::{Event, Message},
    clock::now_ms,
    snapshot::SolanaSyncView,
    storage::WalletId,
};

/// How long after one look the next one comes.
const PAUSE: Duration = Duration::from_secs(30);
/// The same after one that failed; doubled each time.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// How long one look may take. What was fetched until then is not fetched again.
const LONGEST_LOOK: Duration = Duration::from_secs(120);

/// What the task has from its device.
pub(crate) struct Setting {
    pub(crate) wallet: WalletId,
    /// Tells this task from an earlier one of the same wallet.
    pub(crate) run: u64,
    pub(crate) address: Address,
    pub(crate) network: Network,
    pub(crate) servers: watch::Receiver<Arc<Servers>>,
    /// Only so many look at once.
    pub(crate) places: Arc<Semaphore>,
    pub(crate) actor: mpsc::Sender<Message>,
}

/// The task's state.
pub(crate) struct Ledger {
    setting: Setting,
    known: Known,
    /// As long as it answers.
    server: Option<Server>,
    /// When the wallet was last looked at, in milliseconds since the Unix epoch.
    last: Option<u64>,
}

/// How a look ended.
enum Turn {
    /// The device wants no more of the task.
    Closed,
    /// Its owner chose another server.
    Changed,
    /// With whether a nudge came meanwhile, so that what was read may be too old.
    Done(Result<(), SolanaError>, bool),
}

impl Ledger {
    pub(crate) fn new(setting: Setting) -> Self {
        Self { known: Known::new(setting.address), setting, server: None, last: None }
    }

    /// Looks at the wallet until the sender of `nudges` is dropped; at once for each nudge.
    pub(crate) async fn run(mut self, mut nudges: mpsc::Receiver<()>) {
        let (network, mut servers) = (self.setting.network, self.setting.servers.clone());
        let mut pause = FIRST_PAUSE;
        loop {
            let chosen = servers.borrow_and_update().get(&network).cloned();
            let next = match &chosen {
                None => {
                    self.tell(SolanaSyncView::NoSource).await;
                    None
                }
                Some(address) => match self.turn(address, &mut servers, &mut nudges).await {
                    Turn::Closed => return,
                    Turn::Changed => {
                        self.forget();
                        pause = FIRST_PAUSE;
                        continue;
                    }
                    Turn::Done(outcome, nudged) => {
                        let wait = self.note(outcome, &mut pause).await;
                        Some(Instant::now() + if nudged { Duration::ZERO } else { wait })
                    }
                },
            };
            tokio::select! {
                nudge = nudges.recv() => if nudge.is_none() { return },
                () = changed(&mut servers, network, chosen.as_ref()) => {
                    self.forget();
                    pause = FIRST_PAUSE;
                }
                () = async {
                    match next {
                        Some(next) => sleep_until(next).await,
                        None => std::future::pending().await,
                    }
                } => {}
            }
        }
    }

    async fn turn(
        &mut self,
        address: &ServerAddress,
        servers: &mut watch::Receiver<Arc<Servers>>,
        nudges: &mut mpsc::Receiver<()>,
    ) -> Turn {
        let network = self.setting.network;
        let mut nudged = false;
        let look = self.look(address);
        tokio::pin!(look);
        loop {
            tokio::select! {
                outcome = &mut look => return Turn::Done(outcome, nudged),
                () = changed(servers, network, Some(address)) => return Turn::Changed,
                nudge = nudges.recv() => match nudge {
                    Some(()) => nudged = true,
                    None => return Turn::Closed,
                },
            }
        }
    }

    /// Tells how a look ended; returns how long to wait for the next one.
    async fn note(&mut self, outcome: Result<(), SolanaError>, pause: &mut Duration) -> Duration {
        match outcome {
            Ok(()) => {
                *pause = FIRST_PAUSE;
                let at = now_ms();
                self.last = Some(at);
                self.tell(SolanaSyncView::Current { at }).await;
                PAUSE
            }
            Err(error) => {
                let error = match error {
                    SolanaError::Unreachable => SolanaError::NotLookedUp,
                    other => other,
                };
                let error = NodeError::Solana(error).view();
                self.tell(SolanaSyncView::Failed { error, last: self.last }).await;
                let wait = *pause;
                *pause = (wait * 2).min(LONGEST_PAUSE);
                wait
            }
        }
    }

    async fn look(&mut self, address: &ServerAddress) -> Result<(), SolanaError> {
        if self.last.is_none() {
            self.tell(SolanaSyncView::Looking).await;
        }
        let places = Arc::clone(&self.setting.places);
        let _place = places.acquire().await;
        timeout(LONGEST_LOOK, self.ask(address)).await.map_err(|_| SolanaError::Unreachable)?
    }

    async fn ask(&mut self, address: &ServerAddress) -> Result<(), SolanaError> {
        // Taken out while it is in use: after a question that failed it is not used again.
        let server = match self.server.take() {
            Some(server) => server,
            None => Server::connect(address.clone(), self.setting.network).await?,
        };
        self.known.read_holdings(&server).await?;
        if self.last.is_none() {
            // The first history may take a while.
            self.tell(SolanaSyncView::Looking).await;
        }
        self.known.read_history(&server).await?;
        self.server = Some(server);
        Ok(())
    }

    /// What one server said is not mixed with what another says.
    fn forget(&mut self) {
        self.known = Known::new(self.setting.address);
        self.server = None;
        self.last = None;
    }

    /// Tells the actor what is known.
    async fn tell(&self, sync: SolanaSyncView) {
        let Setting { wallet, run, actor, .. } = &self.setting;
        let view = Box::new(view(&self.known, sync));
        // The actor may be closing.
        let _ = actor.send(Message::Event(Event::SolanaLedger { wallet: *wallet, run: *run, view })).await;
    }
}

/// Until the network's server is another one than this.
async fn changed(
    servers: &mut watch::Receiver<Arc<Servers>>,
    network: Network,
    present: Option<&ServerAddress>,
) {
    loop {
        if servers.changed().await.is_err() {
            // The device is closing; so is this task.
            std::future::pending::<()>().await;
        }
        if servers.borrow_and_update().get(&network) != present {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger() -> (Ledger, mpsc::Receiver<Message>) {
        let (actor, reports) = mpsc::channel(64);
        let address = Address::from_bytes([1; 32]);
        let (servers, places) = (watch::channel(Arc::default()).1, Arc::new(Semaphore::new(1)));
        let (wallet, network) = (WalletId([0; 16]), Network::Devnet);
        (Ledger::new(Setting { wallet, run: 1, address, network, servers, places, actor }), reports)
    }

    #[tokio::test]
    async fn a_server_that_fails_is_asked_less_and_less_often_until_it_works() {
        let (mut ledger, _reports) = ledger();
        let mut pause = FIRST_PAUSE;
        let mut waits = Vec::new();
        for _ in 0..9 {
            waits.push(ledger.note(Err(SolanaError::Unreachable), &mut pause).await.as_secs());
        }
        assert_eq!(waits, [5, 10, 20, 40, 80, 160, 300, 300, 300]);
        assert_eq!(ledger.note(Ok(()), &mut pause).await, PAUSE);
        assert_eq!(ledger.note(Err(SolanaError::Unreachable), &mut pause).await, FIRST_PAUSE);
    }
}
