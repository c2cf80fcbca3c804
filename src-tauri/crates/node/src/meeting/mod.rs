//! A wallet's members meet again: one task for each wallet keeps links to those that are there, and signs with them.
//!
//! They meet in a room derived from the wallet's own secret, on the server over which the wallet was made. Whoever else
//! comes there is no member: it gets a link, and nothing is said over it. What links bring goes into the coordinator's
//! [`Signing`]; [`requests`] carries out what it wants done, [`time`] what the clock does, and [`payments`] what payments
//! need besides.

mod payments;
mod requests;
#[cfg(test)]
mod tests;
mod time;
mod view;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, OnceLock},
    time::Duration,
};

use bitcoin::Transaction;
use coordinator::{
    dkg::Ceremony,
    sign::{Input, Proposal, Reason, RequestId, Signing, StoredRequest, Turn},
};
use identity::{DeviceId, DeviceName};
use keystore::SecretName;
use mesh::{LinkState, Mesh, MeshConfig, MeshEvent, SessionSecret};
use signalling::client::Client;
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::spawn_blocking,
    time::{Instant, sleep, sleep_until, timeout},
};

use self::{payments::Payments, requests::Answer};
use crate::{
    NodeError,
    actor::{Event, Message, keys::Keys},
    clock::Clock,
    contacts::Contacts,
    handle::Reply,
    ledger::{
        bitcoin::StandingSpend,
        solana::{Servers, follow::Report},
    },
    signing::{Meaning, SignedMessage, SignedTransaction, Undecodable},
    snapshot::{DeviceView, ErrorView, LinkKind, RequestView},
    storage::{StorageError, StoredSigning, WalletId},
};

/// The pause after the server or the keystore refused.
const AGAIN: Duration = Duration::from_secs(60);

/// What a meeting's task has from its device.
pub(crate) struct Setting {
    pub(crate) wallet: WalletId,
    /// Tells this task from an earlier one of the same wallet.
    pub(crate) run: u64,
    pub(crate) ceremony: Ceremony,
    pub(crate) keys: Keys,
    pub(crate) name: DeviceName,
    /// As they are now.
    pub(crate) contacts: watch::Receiver<Arc<Contacts>>,
    /// Where Solana payments are looked up and sent, as it is now.
    pub(crate) servers: watch::Receiver<Arc<Servers>>,
    pub(crate) client: Client,
    pub(crate) mesh: MeshConfig,
    /// How long an attempt at a signature may take before others are asked.
    pub(crate) attempt: Duration,
    pub(crate) farewell: Duration,
    pub(crate) clock: Clock,
    pub(crate) actor: mpsc::Sender<Message>,
}

/// What the user says where a wallet's members meet.
#[derive(Debug)]
pub(crate) enum MeetingCommand {
    Propose { payload: Vec<u8>, lifetime: Duration, supersedes: Option<RequestId>, reply: Reply<String> },
    Approve { request: RequestId, reply: Reply<()> },
    Reject { request: RequestId, reason: Option<Reason>, reply: Reply<()> },
    Cancel { request: RequestId, reply: Reply<()> },
    SignedMessage { request: RequestId, reply: Reply<SignedMessage> },
    SignedTransaction { request: RequestId, reply: Reply<SignedTransaction> },
    Psbt { request: RequestId, reply: Reply<String> },
}

/// What a meeting's task reports.
pub(crate) enum MeetingEvent {
    /// The members to which there is a link, or one is being made.
    Links(BTreeMap<DeviceId, LinkKind>),
    /// All requests that are remembered, newest first.
    Requests(Vec<RequestView>),
    /// Bitcoin transactions that may yet be signed, or are.
    Spends(Vec<StandingSpend>),
    /// Requests of which what is kept is damaged, by name.
    Damaged(Vec<String>),
    /// Why the wallet's requests can't be taken up at all.
    Unusable(ErrorView),
    /// Make a request durable; the answer comes when it is.
    Store { row: Box<StoredSigning>, reply: oneshot::Sender<Result<(), StorageError>> },
    /// The task has ended.
    Gone,
}

/// The task's state.
pub(crate) struct Meeting {
    setting: Setting,
    /// None only while it handles an input, and once it can't go on.
    signing: Option<Signing>,
    /// What the requests mean, as decoded here.
    meanings: BTreeMap<RequestId, Known>,
    /// What the coordinator still waits for.
    answers: VecDeque<Answer>,
    /// For which requests it can prepare when there is nothing else to do, and whether with its share.
    leisure: BTreeMap<RequestId, bool>,
    /// What came of the last proposal.
    proposed: Option<Result<RequestId, NodeError>>,
    payments: Payments,
    mesh: Option<Mesh>,
    links: BTreeMap<DeviceId, LinkKind>,
    /// When attempts are overdue.
    overdue: BTreeMap<Turn, Instant>,
    /// What its user approved and this device can't do its part of now, and why.
    unable: BTreeMap<RequestId, ErrorView>,
    /// When that is tried again.
    again: Option<Instant>,
    /// Requests that were left out since what is kept of them is damaged.
    damaged: Vec<String>,
    /// The members as their user sees them, by the contacts' latest names.
    members: BTreeMap<DeviceId, Arc<DeviceView>>,
    reported: Vec<RequestView>,
    /// Which spends were reported, and whether they were signed; none before the first report.
    reported_spends: Option<Vec<(RequestId, bool)>>,
}

/// A request, decoded.
struct Known {
    proposal: Proposal,
    meaning: Result<Meaning, Undecodable>,
    /// Unix time in seconds when this device read it.
    seen_at: u64,
    /// Those of which the network could take only one of the two.
    conflicts: BTreeSet<RequestId>,
    /// The transaction with its signatures, once somebody needed it: verifying them takes long.
    transaction: OnceLock<Option<Arc<Transaction>>>,
}

/// What is stored can't be relied on any more: the task has to begin anew.
struct Stopped;

/// What the loop has to do next.
enum Next {
    Command(Option<MeetingCommand>),
    Mesh(Option<MeshEvent>),
    Time,
    Payment(Option<Report>),
    Contacts,
    Leisure,
}

impl Meeting {
    /// Meets until the sender of `commands` is dropped.
    pub(crate) async fn run(
        setting: Setting,
        stored: Vec<StoredRequest>,
        mut commands: mpsc::Receiver<MeetingCommand>,
    ) {
        let (wallet, run, actor) = (setting.wallet, setting.run, setting.actor.clone());
        let resumed = Signing::resume(setting.keys.identity.clone(), &setting.ceremony, stored);
        match resumed {
            Ok((signing, effects)) => {
                let mut meeting = Self::new(setting, signing);
                let begun = meeting.begin(effects).await;
                let ended = match begun {
                    Ok(()) => meeting.serve(&mut commands).await,
                    Err(stopped) => Err(stopped),
                };
                if let Some(mesh) = meeting.mesh.take() {
                    // What is left unsaid is said when the two meet again.
                    let _ = timeout(meeting.setting.farewell, mesh.flushed()).await;
                    // Who does not hear the good-bye notices the silence.
                    let _ = timeout(meeting.setting.farewell, mesh.close()).await;
                }
                drop(meeting);
                if ended.is_err() {
                    // Not at once: the disk may be full.
                    wait(AGAIN, &mut commands).await;
                }
            }
            Err(error) => {
                tracing::error!(%wallet, %error, "a wallet's requests can't be taken up");
                let event = MeetingEvent::Unusable(NodeError::DamagedRecord.view());
                let _ = actor.send(Message::Event(Event::Meeting { wallet, run, event })).await;
                wait(Duration::MAX, &mut commands).await;
            }
        }
        // Nothing holds the keys any more. The actor may be closing.
        let _ = actor.send(Message::Event(Event::Meeting { wallet, run, event: MeetingEvent::Gone })).await;
    }

    fn new(setting: Setting, signing: Signing) -> Self {
        Self {
            payments: Payments::new(setting.servers.clone()),
            members: view::members(&setting),
            setting,
            signing: Some(signing),
            meanings: BTreeMap::new(),
            answers: VecDeque::new(),
            leisure: BTreeMap::new(),
            proposed: None,
            mesh: None,
            links: BTreeMap::new(),
            overdue: BTreeMap::new(),
            unable: BTreeMap::new(),
            again: None,
            damaged: Vec::new(),
            reported: Vec::new(),
            reported_spends: None,
        }
    }

    async fn serve(&mut self, commands: &mut mpsc::Receiver<MeetingCommand>) -> Result<(), Stopped> {
        let mut events = self.enter().await;
        let mut enter_again = events.is_none().then(|| Instant::now() + AGAIN);
        loop {
            self.report().await;
            let due = self.due().into_iter().chain(enter_again).min();
            match self.next(commands, &mut events, due).await {
                Next::Command(None) => return Ok(()),
                Next::Command(Some(command)) => self.command(command).await?,
                Next::Mesh(None | Some(MeshEvent::Refused(_))) => {
                    (events, enter_again) = (None, Some(Instant::now() + AGAIN));
                    self.leave().await?;
                }
                Next::Mesh(Some(event)) => self.link_event(event).await?,
                Next::Time => {
                    if enter_again.is_some_and(|at| at <= Instant::now()) {
                        events = self.enter().await;
                        enter_again = events.is_none().then(|| Instant::now() + AGAIN);
                    }
                    self.time_passed().await?;
                }
                Next::Payment(Some(report)) => self.payment_report(report).await?,
                Next::Payment(None) => {}
                Next::Contacts => self.members = view::members(&self.setting),
                Next::Leisure => self.prepare().await?,
            }
        }
    }

    /// What the links bring comes late: however much that is, it holds up neither the user nor the clock. Last comes what
    /// nobody waits for.
    async fn next(
        &mut self,
        commands: &mut mpsc::Receiver<MeetingCommand>,
        events: &mut Option<mpsc::Receiver<MeshEvent>>,
        due: Option<Instant>,
    ) -> Next {
        tokio::select! {
            biased;
            command = commands.recv() => Next::Command(command),
            () = async {
                match due {
                    Some(due) => sleep_until(due).await,
                    None => std::future::pending().await,
                }
            } => Next::Time,
            report = self.payments.next() => Next::Payment(report),
            Ok(()) = self.setting.contacts.changed() => Next::Contacts,
            event = async {
                match events {
                    Some(events) => events.recv().await,
                    None => std::future::pending().await,
                }
            } => Next::Mesh(event),
            () = std::future::ready(()), if !self.leisure.is_empty() => Next::Leisure,
        }
    }

    async fn enter(&mut self) -> Option<mpsc::Receiver<MeshEvent>> {
        let secret = self.room_secret().await?;
        let Setting { client, keys, name, mesh, .. } = &self.setting;
        let joined = Mesh::join(client, &secret, keys.identity.clone(), name.clone(), mesh.clone()).await;
        let (mesh, events) = joined.ok()?;
        // Kept in mind, however many others come.
        let _ = mesh.keep(self.others().collect()).await;
        self.mesh = Some(mesh);
        Some(events)
    }

    /// The server wants us no more. Whom we linked to sees a new process when we come back.
    async fn leave(&mut self) -> Result<(), Stopped> {
        self.mesh = None;
        for (peer, _) in std::mem::take(&mut self.links) {
            self.input(Input::LinkDown { peer }).await?;
        }
        self.report_links().await;
        Ok(())
    }

    async fn link_event(&mut self, event: MeshEvent) -> Result<(), Stopped> {
        match event {
            MeshEvent::Link { peer, state, .. } if self.is_member(&peer) => self.linked(peer, state).await,
            MeshEvent::PeerLeft { peer } if self.is_member(&peer) => {
                self.links.remove(&peer);
                self.report_links().await;
                self.input(Input::PeerLeft { peer }).await
            }
            MeshEvent::PeerRestarted { peer } if self.is_member(&peer) => {
                // The event of its new link follows.
                self.links.remove(&peer);
                self.input(Input::PeerRestarted { peer }).await
            }
            MeshEvent::Received { from, body } if self.is_member(&from) => {
                let now = self.now();
                self.input(Input::Message { from, bytes: &body, now }).await
            }
            // The connection's state is shown beside the wallet.
            _ => Ok(()),
        }
    }

    async fn linked(&mut self, peer: DeviceId, state: LinkState) -> Result<(), Stopped> {
        let now = match state {
            LinkState::Connecting => Some(LinkKind::Connecting),
            LinkState::Direct => Some(LinkKind::Direct),
            LinkState::Relayed => Some(LinkKind::Relayed),
            LinkState::Down => None,
        };
        let before = match now {
            Some(kind) => self.links.insert(peer, kind),
            None => self.links.remove(&peer),
        };
        if before == now {
            return Ok(());
        }
        self.report_links().await;
        match (is_up(before), is_up(now)) {
            (false, true) => self.input(Input::LinkUp { peer }).await,
            (true, false) => self.input(Input::LinkDown { peer }).await,
            _ => Ok(()),
        }
    }

    fn others(&self) -> impl Iterator<Item = DeviceId> + '_ {
        let me = self.setting.keys.identity.id();
        self.setting.ceremony.members.iter().map(|member| member.id).filter(move |member| *member != me)
    }

    fn is_member(&self, device: &DeviceId) -> bool {
        self.others().any(|other| other == *device)
    }

    /// The secret of the wallet's room.
    async fn room_secret(&self) -> Option<SessionSecret> {
        let (store, name) =
            (Arc::clone(&self.setting.keys.store), SecretName::link_secret(&self.setting.wallet.0));
        let read = spawn_blocking(move || store.get(&name)).await.ok()?;
        let made = match read {
            Ok(secret) => secret?,
            Err(error) => {
                tracing::warn!(%error, "a wallet's members can't meet: the keystore does not give its secret");
                return None;
            }
        };
        let made: &[u8; 16] = made.expose().try_into().ok()?;
        Some(SessionSecret::from_bytes(*made).for_wallet(&self.setting.ceremony.transcript_hash))
    }

    async fn report_links(&self) {
        self.tell(MeetingEvent::Links(self.links.clone())).await;
    }

    /// Tells the actor what changed.
    async fn report(&mut self) {
        self.report_requests().await;
        self.report_spends().await;
    }

    /// What its user sees of the requests.
    async fn report_requests(&mut self) {
        let views = self.views();
        if views != self.reported {
            self.reported.clone_from(&views);
            self.tell(MeetingEvent::Requests(views)).await;
        }
    }

    /// What goes out of the wallet by them.
    async fn report_spends(&mut self) {
        let now: Vec<_> =
            self.standing_spends().map(|(request, signed)| (request, signed.is_some())).collect();
        if self.reported_spends.as_ref() != Some(&now) {
            self.reported_spends = Some(now);
            self.tell(MeetingEvent::Spends(self.spends())).await;
        }
    }

    async fn tell(&self, event: MeetingEvent) {
        let Setting { wallet, run, actor, .. } = &self.setting;
        // The actor may be closing.
        let _ = actor.send(Message::Event(Event::Meeting { wallet: *wallet, run: *run, event })).await;
    }
}

fn is_up(link: Option<LinkKind>) -> bool {
    matches!(link, Some(LinkKind::Direct | LinkKind::Relayed))
}

/// Waits, unless the device wants no more meeting before. Whoever asks for something meanwhile hears that it is closed.
async fn wait(pause: Duration, commands: &mut mpsc::Receiver<MeetingCommand>) {
    tokio::select! {
        () = sleep(pause) => {}
        () = async { while commands.recv().await.is_some() {} } => {}
    }
}
