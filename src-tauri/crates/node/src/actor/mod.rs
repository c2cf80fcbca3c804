//! The one task that owns a device's state.
//!
//! Everything reaches it as a [`Message`]: a person's command or an event from the tasks that do the
//! waiting (sessions, requests to join, the connection, opening the keystore). After each it publishes
//! a whole snapshot. It never waits for another task.
//!
//! - [`keys`]: opening the keystore.
//! - [`manager`]: the session manager: which sessions there are, and who hears what of them.
//! - [`announced`]: looking for announced sessions and asking to join them.
//! - [`backup`]: backing the device up, and restoring a backup.
//! - [`wallets`]: what is stored of wallets and done with them.

mod announced;
mod backup;
pub(crate) mod keys;
mod manager;
mod settings;
mod wallets;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use identity::{DeviceId, DeviceName};
use keystore::Passphrase;
use secrecy::ExposeSecret as _;
use signalling::{Announcement, ServerUrl, client::Client};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
    time::{Instant, sleep},
};

use self::{
    announced::Announced,
    keys::{Keys, KeysState, Opened, Opening},
    manager::Sessions,
    wallets::Wallets,
};
use crate::{
    NodeError,
    backup::Restored,
    handle::{Command, NodeConfig, Reply},
    profile::Profile,
    session::{SessionEvent, SessionKey},
    snapshot::{DeviceView, HostingView, KeystoreKind, KeystoreStatus, KeystoreView, SettingsView, Snapshot},
    storage::Storage,
};

/// How often a profile that is in use is tried again.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// What reaches the actor.
pub(crate) enum Message {
    Command(Command),
    Event(Event),
}

/// What the tasks around the actor report.
pub(crate) enum Event {
    /// The keystore was opened, or not; who asked for it is told.
    Keystore { opened: Result<Opened, NodeError>, reply: Option<Reply<()>> },
    /// A backup was decrypted and checked, or not.
    BackupOpened { opened: Result<Box<Restored>, NodeError>, reply: Reply<()> },
    /// A backup's secrets are in the keystore, or not.
    BackupStored { stored: Result<Box<Restored>, NodeError>, reply: Reply<()> },
    /// The connection to the server changed.
    Connection,
    /// The server's announcements changed.
    Announced(Vec<Announcement>),
    /// A request to join an announced session was answered, or not.
    Asked { id: String, outcome: announced::AskOutcome },
    /// Something happened in a session.
    Session(SessionKey, SessionEvent),
}

pub(crate) struct Actor {
    config: NodeConfig,
    profile: Profile,
    storage: Storage,
    keystore_kind: KeystoreKind,
    keys: KeysState,
    /// It is being opened, or a backup restored into it: who the device is may change until that is done.
    keystore_busy: bool,
    device_name: DeviceName,
    server: Option<ServerUrl>,
    /// Connections by server; made when first needed.
    clients: HashMap<ServerUrl, Client>,
    contacts: BTreeMap<DeviceId, DeviceName>,
    wallets: Wallets,
    sessions: Sessions,
    announced: Announced,
    revision: u64,
    snapshots: watch::Sender<Arc<Snapshot>>,
    to_self: mpsc::WeakSender<Message>,
    /// Watchers of connections and other helpers; aborted with the actor.
    tasks: JoinSet<()>,
}

impl Actor {
    /// Opens the profile, tries the keystore and starts the task.
    pub(crate) async fn start(
        config: NodeConfig,
        to_self: mpsc::Sender<Message>,
        inbox: mpsc::Receiver<Message>,
    ) -> Result<watch::Receiver<Arc<Snapshot>>, NodeError> {
        let profile = open_profile(&config).await?;
        let storage = Storage::open(&profile.database())?;
        let keystore_kind = settings::keystore_kind(&storage, config.keystore)?;
        let device_name = settings::device_name(&storage, &profile)?;
        let server = settings::server(&storage, config.server.as_deref())?;
        let contacts = storage.contacts()?.into_iter().collect();
        let wallets = Wallets::load(&storage)?;
        let initial = KeystoreStatus::NeedsPassphrase { fresh: !profile.vault().exists() };
        let mut actor = Self {
            config,
            profile,
            storage,
            keystore_kind,
            keys: KeysState::Shut(initial),
            keystore_busy: false,
            device_name,
            server,
            clients: HashMap::new(),
            contacts,
            wallets,
            sessions: Sessions::default(),
            announced: Announced::default(),
            revision: 0,
            snapshots: watch::Sender::new(Arc::new(Snapshot::empty())),
            to_self: to_self.downgrade(),
            tasks: JoinSet::new(),
        };
        if keystore_kind == KeystoreKind::Os {
            let opened = actor.opening(None)?.run().await;
            // The status says it; looking at wallets works all the same.
            let _ = actor.keystore_opened(opened);
        }
        actor.publish();
        let snapshots = actor.snapshots.subscribe();
        tokio::spawn(actor.run(inbox));
        Ok(snapshots)
    }

    async fn run(mut self, mut inbox: mpsc::Receiver<Message>) {
        while let Some(message) = inbox.recv().await {
            let answer = match message {
                Message::Command(Command::Close(reply)) => {
                    // Still open: the sessions report on it until they have said good-bye.
                    self.close(inbox).await;
                    // Whoever asked may be gone.
                    let _ = reply.send(Ok(()));
                    return;
                }
                Message::Command(command) => self.command(command),
                Message::Event(event) => self.event(event),
            };
            self.publish();
            answer();
        }
    }

    /// Carries a command out. The answer is given once the snapshot that shows the result is out.
    fn command(&mut self, command: Command) -> Answer {
        match command {
            Command::Create(request, reply) => answer(reply, self.create(request)),
            Command::Inspect(text, reply) => answer(reply, self.inspect(&text)),
            Command::Join { text, accept_server, reply } => answer(reply, self.join(&text, accept_server)),
            Command::Consent(session, reply) => answer(reply, self.consent(&session)),
            Command::Leave(session, reply) => answer(reply, self.leave(&session)),
            Command::Dismiss(session, reply) => answer(reply, self.dismiss(&session)),
            Command::Browse(on, reply) => answer(reply, self.browse(on)),
            Command::Ask(announcement, reply) => answer(reply, self.ask(&announcement)),
            Command::Answer { session, request, admit, reply } => {
                answer(reply, self.answer_request(&session, &request, admit))
            }
            Command::ConfirmWords { wallet, matches, reply } => {
                answer(reply, self.confirm_words(&wallet, matches))
            }
            Command::Discard(wallet, reply) => self.discard(&wallet, reply),
            Command::Address(request, reply) => answer(reply, self.wallets.address(&request)),
            Command::Certificate(wallet, reply) => answer(reply, self.wallets.certificate(&wallet)),
            Command::Unlock(_, reply) if matches!(self.keys, KeysState::Open(_)) => answer(reply, Ok(())),
            Command::Unlock(passphrase, reply) if self.keystore_kind == KeystoreKind::Vault => {
                let passphrase = Passphrase::new(passphrase.expose_secret().to_owned());
                self.open_keystore(Some(passphrase), reply)
            }
            Command::Unlock(_, reply) => answer(reply, Err(NodeError::NoVault)),
            Command::RetryKeystore(reply) => match (&self.keys, self.keystore_kind) {
                (KeysState::Open(_), _) => answer(reply, Ok(())),
                (KeysState::Shut(_), KeystoreKind::Os) => self.open_keystore(None, reply),
                (KeysState::Shut(_), KeystoreKind::Vault) => answer(reply, Err(NodeError::VaultLocked)),
            },
            Command::UseKeystore(kind, reply) => self.use_keystore(kind, reply),
            Command::Backup(passphrase, reply) => {
                self.back_up(Passphrase::new(passphrase.expose_secret().to_owned()), reply)
            }
            Command::Restore { backup, passphrase, reply } => {
                self.restore(backup, Passphrase::new(passphrase.expose_secret().to_owned()), reply)
            }
            Command::SetDeviceName(name, reply) => answer(reply, self.set_device_name(&name)),
            Command::SetServer(url, reply) => answer(reply, self.set_server(&url)),
            // Handled where the loop can end.
            Command::Close(reply) => answer(reply, Ok(())),
        }
    }

    fn event(&mut self, event: Event) -> Answer {
        match event {
            Event::Keystore { opened, reply } => {
                self.keystore_busy = false;
                let outcome = self.keystore_opened(opened);
                return reply.map_or_else(nothing, |reply| answer(reply, outcome));
            }
            Event::BackupOpened { opened, reply } => return self.restore_opened(opened, reply),
            Event::BackupStored { stored, reply } => {
                self.keystore_busy = false;
                let outcome = self.restore_stored(stored);
                return answer(reply, outcome);
            }
            // The snapshot reads the state itself.
            Event::Connection => {}
            Event::Announced(announcements) => self.announcements(&announcements),
            Event::Asked { id, outcome } => self.asked(&id, outcome),
            Event::Session(key, event) => self.session_event(key, event),
        }
        nothing()
    }

    /// Has every session say good-bye and waits until they have, or their time for it is over.
    async fn close(&mut self, mut inbox: mpsc::Receiver<Message>) {
        self.sessions.close_all();
        let farewell = tokio::time::sleep(self.config.timeouts.farewell * 2);
        tokio::pin!(farewell);
        while self.sessions.any_running() {
            tokio::select! {
                message = inbox.recv() => match message {
                    Some(Message::Event(event)) => drop(self.event(event)),
                    Some(Message::Command(_)) => {}
                    None => break,
                },
                () = &mut farewell => break,
            }
        }
        self.tasks.shutdown().await;
        self.publish();
    }

    fn keys(&self) -> Result<&Keys, NodeError> {
        match (&self.keys, self.keystore_kind) {
            (KeysState::Open(keys), _) => Ok(keys),
            (KeysState::Shut(KeystoreStatus::Unavailable { error }), _) => {
                Err(NodeError::KeystoreUnavailable(error.clone()))
            }
            (KeysState::Shut(_), _) => Err(NodeError::VaultLocked),
        }
    }

    /// The keys for something that makes shares of its own.
    fn settled_keys(&self) -> Result<&Keys, NodeError> {
        let keys = self.keys()?;
        if self.keystore_busy { Err(NodeError::KeystoreBusy) } else { Ok(keys) }
    }

    fn opening(&self, passphrase: Option<Passphrase>) -> Result<Opening, NodeError> {
        Ok(Opening {
            kind: self.keystore_kind,
            profile: settings::keychain_profile(&self.storage, &self.profile)?,
            vault: self.profile.vault(),
            passphrase,
            expected: settings::expected_device_ids(&self.storage)?,
            interrupted: self.wallets.interrupted(),
            finished: self.wallets.finished().cloned().collect(),
        })
    }

    /// Opens it beside the loop; the answer comes with the event.
    fn open_keystore(&mut self, passphrase: Option<Passphrase>, reply: Reply<()>) -> Answer {
        if self.keystore_busy {
            return answer(reply, Err(NodeError::KeystoreBusy));
        }
        let (opening, to_self) = match (self.opening(passphrase), self.to_self.upgrade()) {
            (Ok(opening), Some(to_self)) => (opening, to_self),
            (Err(error), _) => return answer(reply, Err(error)),
            (_, None) => return answer(reply, Err(NodeError::Closed)),
        };
        self.keystore_busy = true;
        self.tasks.spawn(async move {
            let event = Event::Keystore { opened: opening.run().await, reply: Some(reply) };
            // The actor may be closing.
            let _ = to_self.send(Message::Event(event)).await;
        });
        nothing()
    }

    fn keystore_opened(&mut self, opened: Result<Opened, NodeError>) -> Result<(), NodeError> {
        match opened {
            Ok(Opened { keys, erased, without_share }) => {
                settings::set_device_id(&self.storage, keys.identity.id())?;
                self.wallets.forget_interrupted(&self.storage, &erased)?;
                self.wallets.set_without_share(&without_share);
                self.keys = KeysState::Open(keys);
                if self.config.resume {
                    self.resume_ceremonies();
                }
                Ok(())
            }
            Err(error) => {
                if self.keystore_kind == KeystoreKind::Os {
                    self.keys = KeysState::Shut(KeystoreStatus::Unavailable { error: error.view() });
                }
                Err(error)
            }
        }
    }

    fn use_keystore(&mut self, kind: KeystoreKind, reply: Reply<()>) -> Answer {
        if kind == self.keystore_kind {
            return answer(reply, Ok(()));
        }
        let allowed = settings::device_id(&self.storage).and_then(|device| match device {
            None if self.keystore_busy => Err(NodeError::KeystoreBusy),
            None => settings::set_keystore_kind(&self.storage, kind),
            Some(_) => Err(NodeError::KeystoreInUse),
        });
        if let Err(error) = allowed {
            return answer(reply, Err(error));
        }
        self.keystore_kind = kind;
        match kind {
            KeystoreKind::Os => self.open_keystore(None, reply),
            KeystoreKind::Vault => {
                let fresh = !self.profile.vault().exists();
                self.keys = KeysState::Shut(KeystoreStatus::NeedsPassphrase { fresh });
                answer(reply, Ok(()))
            }
        }
    }

    fn set_device_name(&mut self, name: &str) -> Result<(), NodeError> {
        let name: DeviceName = name.parse()?;
        settings::set_device_name(&self.storage, &name)?;
        self.device_name = name;
        Ok(())
    }

    fn set_server(&mut self, url: &str) -> Result<(), NodeError> {
        let url = settings::parse_server(url)?;
        settings::set_server(&self.storage, &url)?;
        if self.server.as_ref() != Some(&url) {
            self.stop_browsing();
        }
        self.server = Some(url);
        Ok(())
    }

    fn publish(&mut self) {
        self.revision += 1;
        let device = match &self.keys {
            KeysState::Open(keys) => device_view(keys.identity.id(), self.device_name.as_str()),
            KeysState::Shut(_) => {
                DeviceView { id: String::new(), name: self.device_name.to_string(), fingerprint: Vec::new() }
            }
        };
        let status = match &self.keys {
            KeysState::Open(_) => KeystoreStatus::Open,
            KeysState::Shut(status) => status.clone(),
        };
        let snapshot = Snapshot {
            revision: self.revision,
            device,
            keystore: KeystoreView { kind: self.keystore_kind, status },
            server: self.server_view(),
            sessions: self.sessions.views(),
            announced: self.announced_views(),
            browsing: self.announced.is_browsing(),
            asked: self.announced.asked_views(),
            contacts: Vec::new(),
            settings: SettingsView::default(),
            hosting: HostingView::Off,
            problems: self.wallets.problems(),
            wallets: self.wallets.views(|tag| self.sessions.is_making(tag)),
        };
        self.snapshots.send_replace(Arc::new(snapshot));
    }
}

/// A device as people see it.
pub(crate) fn device_view(id: DeviceId, name: &str) -> DeviceView {
    DeviceView {
        id: id.to_string(),
        name: name.to_owned(),
        fingerprint: id.fingerprint().words().map(str::to_owned).to_vec(),
    }
}

/// Tells whoever asked; run once the snapshot is out.
type Answer = Box<dyn FnOnce() + Send>;

fn answer<T: Send + 'static>(reply: Reply<T>, result: Result<T, NodeError>) -> Answer {
    // Whoever asked may have gone.
    Box::new(move || drop(reply.send(result)))
}

fn nothing() -> Answer {
    Box::new(|| ())
}

/// Waits a while for another process that holds the profile.
async fn open_profile(config: &NodeConfig) -> Result<Profile, NodeError> {
    let until = Instant::now() + config.patience;
    loop {
        match Profile::open(config.data_dir.as_deref(), config.device.as_deref()) {
            Err(NodeError::ProfileInUse { .. }) if Instant::now() < until => sleep(LOOK_AGAIN).await,
            opened => return opened,
        }
    }
}
