//! The session manager: creates and joins sessions, routes what people say to each session's task and
//! keeps what the tasks report.

use std::collections::BTreeMap;

use coordinator::{
    Ciphersuite, WalletName,
    dkg::{InvalidParams, Params},
};
use identity::DeviceId;
use mesh::{SessionId, SessionSecret};
use signalling::{
    ServerUrl,
    client::{Client, ClientConfig, ConnectionState},
};
use tokio::{
    sync::mpsc::{self, error::TrySendError},
    time::Instant,
};

use super::{Actor, Answer, Event, Message, nothing};
use crate::{
    NodeError,
    clock::now_ms,
    handle::{CreateSession, JoinPreview, Reply},
    network::Network,
    reason,
    session::{self, Entrance, Session, SessionCommand, SessionEvent, SessionKey},
    snapshot::{ErrorView, ServerStatus, ServerView, SessionState, SessionView},
    wallet::Wallet,
};

/// Sessions that run at a time, not counting interrupted ceremonies that go on in the background.
const MOST_RUNNING: usize = 16;
/// Ended sessions that stay in the list.
const MOST_ENDED: usize = 50;
/// Commands that wait for a session's task.
const COMMANDS: usize = 16;

/// The sessions of this device.
#[derive(Default)]
pub(super) struct Sessions {
    last_key: u64,
    entries: BTreeMap<SessionKey, Entry>,
}

struct Entry {
    /// The session's public tag.
    tag: [u8; 32],
    commands: mpsc::Sender<SessionCommand>,
    /// None until the task first reports, and for ceremonies that go on in the background.
    view: Option<SessionView>,
    background: bool,
    running: bool,
}

impl Entry {
    fn is_under_way(&self) -> bool {
        let is_live = |view: &SessionView| {
            matches!(view.state, SessionState::Waiting { .. } | SessionState::InProgress { .. })
        };
        self.running && !self.background && self.view.as_ref().is_none_or(is_live)
    }
}

impl Sessions {
    /// What is shown, newest first.
    pub(super) fn views(&self) -> Vec<SessionView> {
        let shown = self.entries.values().rev().filter(|entry| !entry.background);
        shown.filter_map(|entry| entry.view.clone()).collect()
    }

    pub(super) fn any_running(&self) -> bool {
        self.entries.values().any(|entry| entry.running)
    }

    /// Whether one waits or is in progress: it needs this device's keys and its user.
    pub(super) fn any_under_way(&self) -> bool {
        self.entries.values().any(Entry::is_under_way)
    }

    /// Whether one that waits or is in progress meets on this server.
    pub(super) fn any_under_way_on(&self, server: &str) -> bool {
        let meets = |entry: &Entry| entry.view.as_ref().is_some_and(|view| view.server == server);
        self.entries.values().any(|entry| entry.is_under_way() && meets(entry))
    }

    /// Tells every task that the program closes.
    pub(super) fn close_all(&self) {
        for entry in self.entries.values() {
            // A task whose queue is full or that has ended notices when its sender goes.
            let _ = entry.commands.try_send(SessionCommand::Close);
        }
    }

    fn running(&self, key: &str) -> Result<&Entry, NodeError> {
        let entry = self.find(key)?;
        if entry.running { Ok(entry) } else { Err(NodeError::TooLate) }
    }

    fn find(&self, key: &str) -> Result<&Entry, NodeError> {
        let key = key.parse().map_err(|_| NodeError::UnknownSession)?;
        self.entries.get(&key).filter(|entry| !entry.background).ok_or(NodeError::UnknownSession)
    }

    fn command(&self, key: &str, command: SessionCommand) -> Result<(), NodeError> {
        self.running(key)?.commands.try_send(command).map_err(|_| NodeError::TooLate)
    }

    /// Whether a task of this tag runs that its user can see, or in the background.
    fn has(&self, tag: &[u8; 32]) -> bool {
        self.entries.values().any(|entry| entry.running && entry.tag == *tag)
    }

    /// Whether a session of this tag is shown as in progress.
    pub(super) fn is_making(&self, tag: &[u8; 32]) -> bool {
        let in_progress = |view: &SessionView| matches!(view.state, SessionState::InProgress { .. });
        let mut shown = self.entries.values().filter(|entry| entry.tag == *tag && !entry.background);
        shown.any(|entry| entry.view.as_ref().is_some_and(in_progress))
    }

    /// Whether a session of this tag runs before its user's eyes.
    pub(super) fn is_followed(&self, tag: &[u8; 32]) -> bool {
        self.entries.values().any(|entry| entry.running && !entry.background && entry.tag == *tag)
    }

    /// Ends what goes on of a session.
    pub(super) fn stop(&self, tag: &[u8; 32]) {
        for entry in self.entries.values().filter(|entry| entry.running && entry.tag == *tag) {
            // A task whose queue is full hears of it when it next stores something.
            let _ = entry.commands.try_send(SessionCommand::Close);
        }
    }

    /// Takes what came of a session from the list: its wallet is gone.
    pub(super) fn forget(&mut self, tag: &[u8; 32]) {
        for entry in self.entries.values_mut().filter(|entry| entry.tag == *tag) {
            entry.background = true;
        }
        self.entries.retain(|_, entry| entry.tag != *tag || entry.running);
    }

    /// Has the task of an unfinished ceremony erase its share and answer; gives the reply back if there is none.
    pub(super) fn discard(&self, tag: &[u8; 32], reply: Reply<()>) -> Option<Reply<()>> {
        let Some(entry) = self.entries.values().find(|entry| entry.running && entry.tag == *tag) else {
            return Some(reply);
        };
        match entry.commands.try_send(SessionCommand::Discard(reply)) {
            Err(
                TrySendError::Full(SessionCommand::Discard(reply))
                | TrySendError::Closed(SessionCommand::Discard(reply)),
            ) => Some(reply),
            _ => None,
        }
    }

    /// Makes room for one more that its user sees.
    fn admit(&mut self) -> Result<(), NodeError> {
        if self.entries.values().filter(|entry| entry.running && !entry.background).count() >= MOST_RUNNING {
            return Err(NodeError::TooManySessions { most: MOST_RUNNING });
        }
        while self.entries.values().filter(|entry| !entry.running).count() >= MOST_ENDED {
            let oldest = self.entries.iter().find(|(_, entry)| !entry.running).map(|(key, _)| *key);
            oldest.and_then(|key| self.entries.remove(&key));
        }
        Ok(())
    }
}

impl Actor {
    pub(super) fn create(&mut self, request: CreateSession) -> Result<String, NodeError> {
        let params = check(&request)?;
        let secret = SessionSecret::generate()?;
        // The ID names the server, so that whoever joins need not be told it separately.
        let id = SessionId { secret, server: Some(self.server.clone().ok_or(NodeError::NoServer)?) };
        self.start_session(id, Entrance::Create { params, announce: request.announce })
    }

    pub(super) fn inspect(&self, text: &str) -> Result<JoinPreview, NodeError> {
        let id = SessionId::parse(text)?;
        let server = id.server.clone().or_else(|| self.server.clone()).ok_or(NodeError::NoServer)?;
        Ok(JoinPreview { other_server: self.is_other(&server), server: server.to_string() })
    }

    pub(super) fn join(&mut self, text: &str, accept_server: bool) -> Result<String, NodeError> {
        let id = SessionId::parse(text)?;
        match &id.server {
            Some(server) if self.is_other(server) && !accept_server => {
                Err(NodeError::OtherServer { server: server.to_string() })
            }
            _ => self.start_session(id, Entrance::Join { announced: None }),
        }
    }

    /// Joins on the server over which the creator admitted this device: its user agreed to no other.
    /// The session must be what its announcement promised.
    pub(super) fn join_on(
        &mut self,
        text: &str,
        server: ServerUrl,
        promised: (DeviceId, Params),
    ) -> Result<String, NodeError> {
        let SessionId { secret, .. } = SessionId::parse(text)?;
        let entrance = Entrance::Join { announced: Some(promised) };
        self.start_session(SessionId { secret, server: Some(server) }, entrance)
    }

    /// A server is used only after the user agrees, which they did to the one that is set, and to those of wallets that they
    /// use. Over another's, somebody may have come between.
    fn is_other(&self, server: &ServerUrl) -> bool {
        let name = server.to_string();
        self.server.as_ref() != Some(server)
            && !self.wallets.usable().any(|wallet| wallet.stored().server == name)
    }

    fn start_session(&mut self, id: SessionId, entrance: Entrance) -> Result<String, NodeError> {
        self.sessions.admit()?;
        if self.sessions.has(&id.secret.tag()) {
            return Err(NodeError::AlreadyJoined);
        }
        self.spawn_session(id, entrance).map(|key| key.to_string())
    }

    /// Goes on with every ceremony that stopped between the first signature and the last confirmation.
    pub(super) fn resume_ceremonies(&mut self) {
        for (wallet, server) in self.wallets.unfinished() {
            let Ok(server) = server.parse::<ServerUrl>() else { continue };
            if let Err(error) = self.spawn_background(wallet, server) {
                tracing::warn!(code = error.code(), "a ceremony can't go on yet");
            }
        }
    }

    fn spawn_background(&mut self, wallet: Wallet, server: ServerUrl) -> Result<(), NodeError> {
        let keys = self.keys()?.clone();
        let tag = wallet.session_tag();
        if self.sessions.has(&tag) {
            return Ok(());
        }
        let client = self.client(Some(&server))?;
        let to_self = self.to_self.upgrade().ok_or(NodeError::Closed)?;
        let (key, commands) = self.sessions.add(tag, true);
        self.wallets.clear_stuck(wallet.id());
        let setting = self.session_setting(key, keys, client, server, to_self);
        tokio::spawn(session::resume(setting, wallet, commands));
        Ok(())
    }

    fn spawn_session(&mut self, id: SessionId, entrance: Entrance) -> Result<SessionKey, NodeError> {
        let keys = self.settled_keys()?.clone();
        let server = id.server.clone().or_else(|| self.server.clone()).ok_or(NodeError::NoServer)?;
        let client = self.client(Some(&server))?;
        let to_self = self.to_self.upgrade().ok_or(NodeError::Closed)?;
        let (key, commands) = self.sessions.add(id.secret.tag(), false);
        let setting = self.session_setting(key, keys, client, server, to_self);
        let session = Session::new(setting, id, entrance);
        if let Some(entry) = self.sessions.entries.get_mut(&key) {
            entry.view = Some(session.view());
        }
        tokio::spawn(session.run(commands));
        Ok(key)
    }

    fn session_setting(
        &self,
        key: SessionKey,
        keys: super::keys::Keys,
        client: Client,
        server: ServerUrl,
        actor: mpsc::Sender<Message>,
    ) -> session::Setting {
        session::Setting {
            key,
            keys,
            client,
            server,
            name: self.device_name.clone(),
            contacts: self.contacts.subscribe(),
            mesh: self.mesh_config(),
            timeouts: self.config.timeouts,
            actor,
        }
    }

    pub(super) fn consent(&mut self, session: &str) -> Result<(), NodeError> {
        self.sessions.command(session, SessionCommand::Consent)
    }

    pub(super) fn leave(&mut self, session: &str) -> Result<(), NodeError> {
        self.sessions.command(session, SessionCommand::Leave)
    }

    pub(super) fn answer_request(
        &mut self,
        session: &str,
        request: &str,
        admit: bool,
    ) -> Result<(), NodeError> {
        let view = self.sessions.running(session)?.view.as_ref();
        if !view.is_some_and(|view| view.requests.iter().any(|known| known.id == request)) {
            return Err(NodeError::UnknownRequest);
        }
        self.sessions.command(session, SessionCommand::Answer { request: request.to_owned(), admit })
    }

    pub(super) fn dismiss(&mut self, session: &str) -> Result<(), NodeError> {
        let entry = self.sessions.find(session)?;
        let ended = entry.view.as_ref().is_some_and(|view| view.ended_at.is_some());
        if !ended {
            return Err(NodeError::StillRunning);
        }
        let key = session.parse().map_err(|_| NodeError::UnknownSession)?;
        match self.sessions.entries.get_mut(&key) {
            // It still serves members that have not confirmed, out of sight.
            Some(entry) if entry.running => entry.background = true,
            _ => drop(self.sessions.entries.remove(&key)),
        }
        Ok(())
    }

    pub(super) fn session_event(&mut self, key: SessionKey, event: SessionEvent) -> Answer {
        match event {
            SessionEvent::View(view) => {
                if let Some(entry) = self.sessions.entries.get_mut(&key) {
                    entry.view = Some(*view);
                }
            }
            SessionEvent::Store { wallet, met, reply } => {
                // A session that is gone has no use for the answer.
                let _ = reply.send(self.store_wallet(*wallet, &met));
            }
            SessionEvent::Missing { wallet, names } => self.set_missing(wallet, names),
            SessionEvent::NotResumed { wallet, reason } => self.wallets.set_stuck(wallet, reason),
            SessionEvent::Discard { wallet, reply } => return self.discard_without_session(wallet, reply),
            SessionEvent::Erased { wallet, reply } => {
                let _ = reply.send(self.forget_wallet(wallet));
            }
            SessionEvent::Gone => {
                if let Some(entry) = self.sessions.entries.get_mut(&key) {
                    entry.running = false;
                    if entry.background {
                        self.sessions.entries.remove(&key);
                    }
                }
            }
        }
        nothing()
    }

    /// The connection to a server, by default the configured one.
    pub(super) fn client(&mut self, server: Option<&ServerUrl>) -> Result<Client, NodeError> {
        let server = server.or(self.server.as_ref()).ok_or(NodeError::NoServer)?.clone();
        if let Some(client) = self.clients.get(&server) {
            return Ok(client.clone());
        }
        let client = Client::start(ClientConfig::new(server.clone()));
        let mut state = client.state();
        if let Some(to_self) = self.to_self.upgrade() {
            self.tasks.spawn(async move {
                while state.changed().await.is_ok() {
                    if to_self.send(Message::Event(Event::Connection)).await.is_err() {
                        return;
                    }
                }
            });
        }
        self.clients.insert(server, client.clone());
        Ok(client)
    }

    pub(super) fn server_view(&self) -> ServerView {
        let client = self.server.as_ref().and_then(|server| self.clients.get(server));
        let status = match client.map(|client| client.state().borrow().clone()) {
            None | Some(ConnectionState::Idle) => ServerStatus::Idle,
            Some(ConnectionState::Connecting { .. }) => ServerStatus::Connecting,
            Some(ConnectionState::Connected) => ServerStatus::Connected,
            Some(ConnectionState::Waiting { retry_at, reason, .. }) => {
                let wait = retry_at.saturating_duration_since(Instant::now()).as_millis();
                ServerStatus::Waiting {
                    retry_at: now_ms() + u64::try_from(wait).unwrap_or(u64::MAX),
                    reason: ErrorView::new("server_unreachable", reason::of_trouble(&reason)),
                }
            }
        };
        ServerView { url: self.server.as_ref().map(ToString::to_string), status }
    }
}

impl Sessions {
    fn add(&mut self, tag: [u8; 32], background: bool) -> (SessionKey, mpsc::Receiver<SessionCommand>) {
        self.last_key += 1;
        let key = SessionKey(self.last_key);
        let (commands, incoming) = mpsc::channel(COMMANDS);
        self.entries.insert(key, Entry { tag, commands, view: None, background, running: true });
        (key, incoming)
    }
}

/// Checks what a front end asked for, whatever it checked itself.
fn check(request: &CreateSession) -> Result<Params, NodeError> {
    let CreateSession { name, ciphersuite, threshold, participants, network, .. } = request;
    let (threshold, participants) = (*threshold, *participants);
    let name: WalletName = name.parse()?;
    let ciphersuite: Ciphersuite = ciphersuite.parse().map_err(|_| {
        NodeError::InvalidCiphersuite(ciphersuite.chars().take(20).filter(|c| !c.is_control()).collect())
    })?;
    let n = u16::try_from(participants).map_err(|_| NodeError::InvalidParticipants { participants })?;
    let t = u16::try_from(threshold).map_err(|_| NodeError::InvalidThreshold { threshold, participants })?;
    let network = match network {
        None => Network::main(ciphersuite),
        Some(network) => {
            Network::named(ciphersuite, Some(network)).map_err(|_| NodeError::InvalidNetwork {
                network: network.chars().filter(|c| !c.is_control()).take(20).collect(),
                choices: Network::names(ciphersuite).join(", "),
            })?
        }
    };
    Params::new(name, ciphersuite, network.name(), t, n).map_err(|error| match error {
        InvalidParams::Participants(_) => NodeError::InvalidParticipants { participants },
        _ => NodeError::InvalidThreshold { threshold, participants },
    })
}
