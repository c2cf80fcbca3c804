//! The session task: inputs into the coordinator, its effects in order, reports to the actor.

mod effects;
mod keeping;
mod notices;
mod room;

use std::collections::{BTreeMap, BTreeSet};

use coordinator::dkg::{Dkg, Effect, Input, Outcome, Params, Progress, SessionTag};
use identity::{DeviceId, DeviceName};
use mesh::{Mesh, RoomNote, SessionId, SessionSecret};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until, timeout},
};
use zeroize::Zeroizing;

use self::room::Events;
use super::{
    Entrance, SessionCommand, SessionEvent, SessionKey, Setting, lobby::Lobby, storing, waiting::Wait,
};
use crate::{
    NodeError,
    actor::{Event, Message},
    clock::{Deadline, now_ms},
    failure::Failure,
    message::english,
    reason,
    snapshot::{LinkKind, SessionView},
    storage::WalletId,
    wallet::Wallet,
};

/// A session's state on this device.
pub(crate) struct Session {
    pub(super) setting: Setting,
    pub(super) secret: SessionSecret,
    /// The session ID, on the creator's device.
    pub(super) code: Option<Zeroizing<String>>,
    pub(super) is_creator: bool,
    /// To be announced once the server is reached.
    announce: Option<Params>,
    /// What an announcement promised, if this device was let in by one: the creator and what it makes.
    announced: Option<(DeviceId, Params)>,
    /// Why the proposal that came is none for this device.
    unacceptable: Option<Failure>,
    /// None only while it handles an input.
    dkg: Option<Dkg>,
    /// As of the last input.
    progress: Progress,
    /// What the first state asks for, before anything arrives.
    first: Vec<Effect>,
    mesh: Option<Mesh>,
    /// When to ask for the room again, which the server refused.
    enter_again: Option<Instant>,
    pub(super) lobby: Option<Lobby>,
    pub(super) links: BTreeMap<DeviceId, (DeviceName, LinkKind)>,
    /// Devices whose link is down, and until when they are waited for before the rounds begin.
    absent: BTreeMap<DeviceId, Instant>,
    /// Whom the mesh was last told to keep.
    members: BTreeSet<DeviceId>,
    pub(super) entered: bool,
    pub(super) consented: bool,
    /// Known once the share has been made.
    pub(super) wallet: Option<WalletId>,
    /// The active wallet's stored record.
    pub(super) active: Option<Vec<u8>>,
    wait: Wait,
    pub(super) deadline: Option<Deadline>,
    /// Why it ended, or why an unfinished ceremony is no longer waited for.
    pub(super) failure: Option<Failure>,
    note: Option<RoomNote>,
    joined: u16,
    reported: Option<SessionView>,
    /// Whom the unfinished wallet was last said to wait for.
    missing: Option<Vec<String>>,
    pub(super) started_at: u64,
    pub(super) ended_at: Option<u64>,
}

/// Goes on with a ceremony that was interrupted after this device had signed.
pub(crate) async fn resume(setting: Setting, wallet: Wallet, commands: mpsc::Receiver<SessionCommand>) {
    let (key, actor) = (setting.key, setting.actor.clone());
    match storing::reopen(&setting, &wallet).await {
        Ok((secret, dkg, first)) => {
            let mut session = Session::start(setting, secret, dkg, first);
            session.wallet = Some(wallet.id());
            session.is_creator = wallet.ceremony().creator == session.progress.me;
            session.active = (!wallet.is_unfinished()).then(|| wallet.stored().record.clone());
            session.run(commands).await;
        }
        Err(reason) => {
            let wallet = wallet.id();
            tracing::warn!(%wallet, reason = english(&reason), "an interrupted ceremony can't go on");
            hand_back(commands, Some(wallet), (key, &actor)).await;
            for event in [SessionEvent::NotResumed { wallet, reason }, SessionEvent::Gone] {
                // The actor may be closing.
                let _ = actor.send(Message::Event(Event::Session(key, event))).await;
            }
        }
    }
}

/// Takes no more commands, and leaves nobody who is still in the queue without an answer.
async fn hand_back(
    mut commands: mpsc::Receiver<SessionCommand>,
    wallet: Option<WalletId>,
    (key, actor): (SessionKey, &mpsc::Sender<Message>),
) {
    commands.close();
    while let Some(command) = commands.recv().await {
        match (command, wallet) {
            (SessionCommand::Discard(reply), Some(wallet)) => {
                let event = SessionEvent::Discard { wallet, reply };
                // The actor may be closing.
                let _ = actor.send(Message::Event(Event::Session(key, event))).await;
            }
            // The share has been erased. Whoever asked may have gone.
            (SessionCommand::Discard(reply), None) => drop(reply.send(Ok(()))),
            // Nobody waits for more than that they were taken.
            (
                SessionCommand::Consent
                | SessionCommand::Leave
                | SessionCommand::Answer { .. }
                | SessionCommand::Close,
                _,
            ) => {}
        }
    }
}

impl Session {
    pub(crate) fn new(setting: Setting, id: SessionId, entrance: Entrance) -> Self {
        let (identity, name) = (setting.keys.identity.clone(), setting.name.clone());
        let tag = SessionTag(id.secret.tag());
        match entrance {
            Entrance::Create { params, announce } => {
                let (dkg, first) = Dkg::create(identity, name, tag, params.clone());
                let mut session = Self::start(setting, id.secret.clone(), dkg, first);
                session.is_creator = true;
                session.code = Some(id.code());
                session.announce = announce.then_some(params);
                session
            }
            Entrance::Join { announced } => {
                let (dkg, first) = Dkg::join(identity, name, tag);
                let mut session = Self::start(setting, id.secret, dkg, first);
                session.announced = announced;
                session
            }
        }
    }

    fn start(setting: Setting, secret: SessionSecret, dkg: Dkg, first: Vec<Effect>) -> Self {
        let deadline = Some(Deadline::after(setting.timeouts.server));
        Self {
            setting,
            secret,
            code: None,
            is_creator: false,
            announce: None,
            announced: None,
            unacceptable: None,
            progress: dkg.progress(),
            dkg: Some(dkg),
            first,
            mesh: None,
            enter_again: None,
            lobby: None,
            links: BTreeMap::new(),
            absent: BTreeMap::new(),
            members: BTreeSet::new(),
            entered: false,
            consented: false,
            wallet: None,
            active: None,
            wait: Wait::Server,
            deadline,
            failure: None,
            note: None,
            joined: 1,
            reported: None,
            missing: None,
            started_at: now_ms(),
            ended_at: None,
        }
    }

    /// Runs until nothing is left to do for anyone.
    pub(crate) async fn run(mut self, mut commands: mpsc::Receiver<SessionCommand>) {
        let events = self.enter_first().await;
        let first = std::mem::take(&mut self.first);
        self.perform(first).await;
        self.serve(events, &mut commands).await;
        hand_back(commands, self.wallet, (self.setting.key, &self.setting.actor)).await;
        self.ended_at.get_or_insert_with(now_ms);
        self.report().await;
        self.farewell().await;
        self.links.values_mut().for_each(|(_, kind)| *kind = LinkKind::Down);
        self.report().await;
        self.send(SessionEvent::Gone).await;
    }

    async fn serve(&mut self, mut events: Events, commands: &mut mpsc::Receiver<SessionCommand>) {
        loop {
            if let Some(failure) = self.unacceptable.take() {
                self.fail(failure).await;
            }
            self.settle().await;
            if self.is_over() {
                return;
            }
            let due = self.due();
            // Before anything else, so that a peer that never pauses puts off no deadline.
            if due.is_some_and(|at| at <= Instant::now()) {
                match self.enter_again.is_some_and(|at| at <= Instant::now()) {
                    true => self.enter_anew(&mut events).await,
                    false => self.overdue().await,
                }
                continue;
            }
            tokio::select! {
                biased;
                command = commands.recv() => match command {
                    Some(SessionCommand::Close) | None => return self.closing().await,
                    Some(command) => self.command(command).await,
                },
                event = async { match &mut events { Some(events) => events.recv().await, None => std::future::pending().await } } => match event {
                    Some(event) => self.link_event(event).await,
                    None => {
                        events = None;
                        self.room_closed().await;
                    }
                },
                () = async { match due { Some(at) => sleep_until(at).await, None => std::future::pending().await } } => {}
                // Only what is shown of the devices changes.
                Ok(()) = self.setting.contacts.changed() => {}
                _ = async { match &mut self.lobby { Some(lobby) => lobby.changed().await, None => std::future::pending().await } } => {}
            }
        }
    }

    /// Brings everything that follows from the state up to date: the deadline, the note in the room,
    /// the announcement, and what the user sees.
    async fn settle(&mut self) {
        let progress = self.progress.clone();
        let me = self.setting.keys.identity.id();
        let wait = Wait::of(&progress, me, self.entered, self.failure.is_some());
        if wait != self.wait {
            self.wait = wait;
            self.deadline = wait.lasts(&self.setting.timeouts).map(Deadline::after);
        }
        if !matches!(progress.outcome, Outcome::InProgress | Outcome::Pending) || self.failure.is_some() {
            self.ended_at.get_or_insert_with(now_ms);
        }
        self.tend_members(&progress).await;
        self.tend_note(&progress).await;
        self.tend_lobby(&progress).await;
        self.report().await;
        if let (Some(wallet), Outcome::Pending | Outcome::GivenUp(_)) = (self.wallet, &progress.outcome) {
            let names = self.names(&progress, progress.waiting_for.iter());
            if self.missing.as_ref() != Some(&names) {
                self.missing = Some(names.clone());
                self.send(SessionEvent::Missing { wallet, names }).await;
            }
        }
    }

    fn is_over(&self) -> bool {
        match self.progress.outcome {
            // Whatever was said from here on, a restart would not know of it.
            _ if matches!(self.failure, Some(Failure::NotStored { .. })) => true,
            Outcome::Complete | Outcome::Failed(_) => true,
            Outcome::InProgress => self.failure.is_some(),
            Outcome::Pending | Outcome::GivenUp(_) | Outcome::Active => false,
        }
    }

    async fn command(&mut self, command: SessionCommand) {
        match command {
            SessionCommand::Consent => {
                self.consented = true;
                self.input(Input::Consent).await;
            }
            SessionCommand::Leave => self.fail(Failure::Left { creator: self.is_creator }).await,
            SessionCommand::Answer { request, admit } => {
                let code = self.code.as_ref().filter(|_| admit).map(|code| code.as_str());
                if let Some(lobby) = &mut self.lobby {
                    let answered = lobby.answer(&request, &self.setting.keys.identity, code);
                    // A server that takes nothing more is as good as one that loses the answer.
                    let _ = timeout(self.setting.timeouts.farewell, answered).await;
                }
            }
            SessionCommand::Discard(reply) => {
                if matches!(self.progress.outcome, Outcome::Pending | Outcome::GivenUp(_)) {
                    self.input(Input::Discard).await;
                }
                let outcome = match &self.failure {
                    _ if self.wallet.is_none() => Ok(()),
                    Some(Failure::NotErased { reason }) => {
                        Err(NodeError::NotErased { reason: reason.clone() })
                    }
                    _ => Err(NodeError::TooLate),
                };
                // Whoever asked may have gone.
                drop(reply.send(outcome));
            }
            // Handled where the loop can end.
            SessionCommand::Close => {}
        }
    }

    /// Ends the session for everyone if this device has signed nothing; after that only this device's
    /// waiting ends, since others may already have its signature.
    async fn fail(&mut self, failure: Failure) {
        let is_unsigned = self.progress.outcome == Outcome::InProgress;
        if is_unsigned || self.progress.outcome == Outcome::Pending {
            self.failure.get_or_insert(failure);
        }
        if is_unsigned {
            self.input(Input::Leave).await;
        }
    }

    async fn closing(&mut self) {
        if self.progress.outcome == Outcome::InProgress {
            self.fail(Failure::Closed).await;
            // Whoever comes late is told, too.
            self.settle().await;
        }
    }

    /// When the present wait, that for an absent device, or that for the server's room is over.
    fn due(&self) -> Option<Instant> {
        let joining = matches!(self.wait, Wait::Creator | Wait::Joining | Wait::Roster);
        let absent = self.absent.values().filter(|_| joining);
        absent.copied().chain(self.deadline.map(|deadline| deadline.at)).chain(self.enter_again).min()
    }

    async fn overdue(&mut self) {
        let now = Instant::now();
        if self.deadline.is_none_or(|deadline| deadline.at > now) {
            // Before the rounds begin, a device that stays away has left: its place is free, and a session
            // whose creator is gone is over.
            while let Some((peer, _)) = self.absent.iter().find(|(_, until)| **until <= now) {
                let peer = *peer;
                self.absent.remove(&peer);
                self.input(Input::PeerLeft { peer }).await;
            }
            return;
        }
        self.deadline = None;
        match self.wait {
            Wait::Server => {
                let state = self.setting.client.state();
                let reason = match &*state.borrow() {
                    signalling::client::ConnectionState::Waiting { reason, .. } => reason::of_trouble(reason),
                    _ => Vec::new(),
                };
                self.fail(Failure::ServerUnreachable { reason }).await;
            }
            Wait::Creator if self.progress.violations.is_empty() => self.fail(Failure::Unknown).await,
            // Whoever was met has said why there is no proposal.
            Wait::Creator => self.input(Input::Deadline).await,
            Wait::Joining | Wait::Roster | Wait::Round(_) => {
                if self.progress.outcome == Outcome::Pending {
                    self.failure = Some(Failure::Unfinished { missing: self.progress.waiting_for.clone() });
                }
                self.input(Input::Deadline).await;
            }
            Wait::Company | Wait::Nothing => {}
        }
    }

    pub(super) fn progress(&self) -> &Progress {
        &self.progress
    }

    pub(super) fn link(&self, device: &DeviceId) -> LinkKind {
        self.links.get(device).map_or(LinkKind::Down, |(_, kind)| *kind)
    }

    async fn report(&mut self) {
        let view = self.view();
        if self.reported.as_ref() != Some(&view) {
            self.reported = Some(view.clone());
            self.send(SessionEvent::View(Box::new(view))).await;
        }
    }

    pub(super) async fn send(&self, event: SessionEvent) {
        // The actor may be closing.
        let _ = self.setting.actor.send(Message::Event(Event::Session(self.setting.key, event))).await;
    }
}

#[cfg(test)]
mod tests;
