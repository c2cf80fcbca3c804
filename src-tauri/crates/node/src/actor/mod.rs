//! The one task that owns a device's state.
//!
//! Everything reaches it as a [`Message`]: a person's command or an event from the tasks that do the
//! waiting (sessions, requests to join, the connection, opening the keystore). After each that changed
//! something it publishes a whole snapshot. It never waits for another task.
//!
//! - [`keys`]: opening the keystore. [`lock`]: dropping its secrets until a passphrase is given.
//! - [`settings`], [`preferences`], [`ice`]: what its owner set. [`credentials`]: what of it lies in the keystore.
//! - [`sources`]: where Bitcoin wallets are looked up.
//! - [`trial`]: trying the servers that were chosen. [`hosting`]: the signalling server on this computer.
//! - [`manager`]: the session manager: which sessions there are, and who hears what of them.
//! - [`announced`]: looking for announced sessions and asking to join them.
//! - [`meetings`]: where the members of each wallet meet again.
//! - [`signing`]: what people do about requests to sign.
//! - [`ledgers`]: what is known of Bitcoin wallets' money. [`labels`]: their owner's notes, and those on Solana's.
//! - [`solana`]: what is known of Solana wallets' money, and what people do about payments from them.
//! - [`backup`]: backing the device up, and restoring a backup.
//! - [`contacts`]: what people do with contacts.
//! - [`wallets`]: what is stored of wallets and done with them.

mod announced;
mod backup;
mod contacts;
mod credentials;
mod diagnostics;
mod hosting;
mod ice;
pub(crate) mod keys;
mod labels;
mod ledgers;
mod lock;
mod manager;
mod meetings;
mod preferences;
mod settings;
mod signing;
mod solana;
mod sources;
mod trial;
mod wallets;

use std::{
    collections::HashMap,
    sync::{Arc, Weak},
    time::Duration,
};

use identity::{DeviceId, DeviceName};
use keystore::{Keystore, Passphrase};
use secrecy::{ExposeSecret as _, SecretString};
use signalling::{Announcement, ServerUrl, client::Client};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
    time::{Instant, sleep},
};

use self::{
    announced::Announced,
    credentials::{CredentialId, Credentials},
    hosting::Hosting,
    ice::IceServers,
    keys::{KeysState, Opened},
    labels::Labels,
    ledgers::Ledgers,
    manager::Sessions,
    meetings::Meetings,
    preferences::Chosen,
    solana::SolanaLedgers,
    sources::ChainSources,
    wallets::Wallets,
};
use crate::{
    NodeError,
    backup::Restored,
    contacts::Contacts,
    handle::{Command, NodeConfig, Reply},
    ledger::{
        bitcoin::{LedgerEvent, Sources},
        solana::Servers,
    },
    meeting::MeetingEvent,
    profile::Profile,
    session::{SessionEvent, SessionKey},
    snapshot::{
        DeviceView, ErrorView, KeystoreKind, KeystoreStatus, KeystoreView, Snapshot, SolanaLedgerView,
    },
    storage::{Storage, WalletId},
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
    /// The present app passphrase was checked and the new one stored, or not.
    AppPassphrase { change: Result<lock::Change, NodeError>, reply: Reply<()> },
    /// The app passphrase was erased from the keychain, or not.
    AppPassphraseErased { erased: Result<(), NodeError>, reply: Reply<()> },
    /// Credentials that new settings name are in the keystore, or not.
    Credentials { change: Result<credentials::Change, NodeError>, reply: Reply<()> },
    /// Credentials that are not needed any more were erased, and how changing the settings went.
    CredentialsErased { erased: Vec<CredentialId>, outcome: Result<(), NodeError>, reply: Reply<()> },
    /// The server on this computer listens, or not.
    Hosted { run: u64, bound: Result<Box<hosting::Bound>, NodeError>, reply: Option<Reply<()>> },
    /// The server on this computer has stopped.
    HostingEnded { run: u64 },
    /// The connection to the server changed.
    Connection,
    /// The server's announcements changed.
    Announced(Vec<Announcement>),
    /// A request to join an announced session was answered, or not.
    Asked { id: String, outcome: announced::AskOutcome },
    /// What was left of a wallet's secrets was erased, or not; who asked for it is told.
    Erased(wallets::Erased),
    /// It is time to try again to erase what is left of a wallet.
    EraseAgain(wallets::Erasing),
    /// Something happened where a wallet's members meet.
    Meeting { wallet: WalletId, run: u64, event: MeetingEvent },
    /// Something is known of a wallet's money.
    Ledger { wallet: WalletId, run: u64, event: LedgerEvent },
    /// Something is known of a Solana wallet's money.
    SolanaLedger { wallet: WalletId, run: u64, view: Box<SolanaLedgerView> },
    /// Something happened in a session.
    Session(SessionKey, SessionEvent),
}

pub(crate) struct Actor {
    config: NodeConfig,
    profile: Profile,
    storage: Storage,
    keystore_kind: KeystoreKind,
    keys: KeysState,
    /// What was dropped when the app was locked.
    earlier_store: Option<Weak<dyn Keystore>>,
    /// It is being opened, or a backup restored into it: who the device is may change until that is done.
    keystore_busy: bool,
    device_name: DeviceName,
    server: Option<ServerUrl>,
    /// Connections by server; made when first needed.
    clients: HashMap<ServerUrl, Client>,
    /// Sessions follow it.
    contacts: watch::Sender<Arc<Contacts>>,
    chosen: Chosen,
    credentials: Credentials,
    ice: IceServers,
    hosting: Hosting,
    sources: ChainSources,
    /// Where Bitcoin wallets are looked up, with the passwords that are at hand; their tasks follow it.
    bitcoin: watch::Sender<Arc<Sources>>,
    ledgers: Ledgers,
    /// Where Solana wallets are looked up; their tasks and meetings follow it.
    solana: watch::Sender<Arc<Servers>>,
    solana_ledgers: SolanaLedgers,
    labels: Labels,
    wallets: Wallets,
    sessions: Sessions,
    meetings: Meetings,
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
        let contacts = watch::Sender::new(Arc::new(Contacts::new(storage.contacts()?)));
        let chosen = settings::chosen(&storage, &profile, server.as_ref())?;
        let credentials = Credentials::load(&storage)?;
        let ice = IceServers::load(&storage)?;
        let wallets = Wallets::load(&storage)?;
        let sources = ChainSources::load(&storage)?;
        let solana = watch::Sender::new(Arc::new(solana::servers(&storage)?));
        let starts_locked = config.app_lock && chosen.app_passphrase && keystore_kind == KeystoreKind::Os;
        let initial = match starts_locked {
            true => KeystoreStatus::Locked,
            false => KeystoreStatus::NeedsPassphrase { fresh: !profile.vault().exists() },
        };
        let mut actor = Self {
            config,
            profile,
            storage,
            keystore_kind,
            keys: KeysState::Shut(initial),
            earlier_store: None,
            keystore_busy: false,
            device_name,
            server,
            clients: HashMap::new(),
            contacts,
            chosen,
            credentials,
            ice,
            hosting: Hosting::default(),
            sources,
            bitcoin: watch::Sender::new(Arc::new(Sources::new())),
            ledgers: Ledgers::default(),
            solana,
            solana_ledgers: SolanaLedgers::default(),
            labels: Labels::default(),
            wallets,
            sessions: Sessions::default(),
            meetings: Meetings::default(),
            announced: Announced::default(),
            revision: 0,
            snapshots: watch::Sender::new(Arc::new(Snapshot::empty())),
            to_self: to_self.downgrade(),
            tasks: JoinSet::new(),
        };
        actor.renew_passwords();
        if keystore_kind == KeystoreKind::Os && !starts_locked {
            let opened = actor.opening(None)?.run().await;
            match opened {
                // The database does not know of it yet.
                Ok(Opened { app_passphrase: true, .. }) if actor.config.app_lock => {
                    actor.note_app_passphrase(true)?;
                    actor.keys = KeysState::Shut(KeystoreStatus::Locked);
                }
                // The status says it; looking at wallets works all the same.
                opened => drop(actor.keystore_opened(opened)),
            }
        }
        if actor.config.host_again {
            actor.host_again();
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
                    // The profile is free before it is said to be.
                    drop(self);
                    // Whoever asked may be gone.
                    let _ = reply.send(Ok(()));
                    return;
                }
                Message::Command(command) => self.command(command),
                Message::Event(event) => self.event(event),
            };
            self.publish();
            answer();
            // What has ended takes room until it is asked for.
            while self.tasks.try_join_next().is_some() {}
        }
    }

    /// Carries a command out. The answer is given once the snapshot that shows the result is out.
    fn command(&mut self, command: Command) -> Answer {
        if self.is_locked() && !command.is_for_anyone() {
            return Box::new(|| command.refuse(NodeError::AppLocked));
        }
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
            Command::Wallet(command) => self.wallet_command(command),
            Command::Contact(command) => self.contact_command(command),
            Command::Settings(command) => self.settings_command(command),
            Command::Signing(command) => self.signing_command(command),
            Command::Solana(command) => self.solana_command(command),
            Command::Ledger(command) => self.ledger_command(command),
            Command::Lock(reply) => self.lock(reply),
            Command::Unlock(passphrase, reply) => self.unlock(secret(&passphrase), reply),
            Command::SetAppPassphrase { current, new, reply } => {
                self.set_app_passphrase(current.as_ref().map(secret), new.as_ref().map(secret), reply)
            }
            Command::RetryKeystore(reply) => self.retry_keystore(reply),
            Command::UseKeystore(kind, reply) => self.use_keystore(kind, reply),
            Command::Backup(passphrase, reply) => self.back_up(secret(&passphrase), reply),
            Command::Restore { backup, passphrase, reply } => {
                self.restore(backup, secret(&passphrase), reply)
            }
            Command::Diagnostics(reply) => answer(reply, Ok(self.diagnostics())),
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
            Event::AppPassphrase { change, reply } => return self.app_passphrase_checked(change, reply),
            Event::AppPassphraseErased { erased, reply } => return self.app_passphrase_erased(erased, reply),
            Event::Credentials { change, reply } => return self.credentials_stored(change, reply),
            Event::CredentialsErased { erased, outcome, reply } => {
                return self.credentials_erased(&erased, outcome, reply);
            }
            Event::Hosted { run, bound, reply } => return self.hosted(run, bound, reply),
            Event::HostingEnded { run } => self.hosting_ended(run),
            Event::Erased(erased) => return self.erased(erased),
            Event::EraseAgain(erasing) => return self.erase(erasing, None),
            // The snapshot reads the state itself.
            Event::Connection => {}
            Event::Announced(announcements) => self.announcements(&announcements),
            Event::Asked { id, outcome } => self.asked(&id, outcome),
            Event::Meeting { wallet, run, event } => self.meeting_event(wallet, run, event),
            Event::Ledger { wallet, run, event } => self.ledger_event(wallet, run, event),
            Event::SolanaLedger { wallet, run, view } => self.solana_ledger_event(wallet, run, *view),
            Event::Session(key, event) => return self.session_event(key, event),
        }
        nothing()
    }

    /// Has every session say good-bye and waits until they have, or their time for it is over.
    async fn close(&mut self, mut inbox: mpsc::Receiver<Message>) {
        self.config.meet = false;
        self.config.look_up = false;
        self.ledgers.close_all();
        self.solana_ledgers.close_all();
        self.sessions.close_all();
        self.meetings.close_all();
        let farewell = tokio::time::sleep(self.config.timeouts.farewell * 2);
        tokio::pin!(farewell);
        while self.sessions.any_running() || self.meetings.any_running() {
            tokio::select! {
                message = inbox.recv() => match message {
                    Some(Message::Event(event)) => self.event(event)(),
                    Some(Message::Command(command)) => command.refuse(NodeError::Closed),
                    None => break,
                },
                () = &mut farewell => break,
            }
        }
        self.hosting.close().await;
        self.tasks.shutdown().await;
        self.publish();
    }

    /// What the user must see to.
    fn problems(&self) -> Vec<ErrorView> {
        let ice =
            matches!(self.keys, KeysState::Open(_)).then(|| self.ice.problem(&self.credentials)).flatten();
        self.wallets.problems().into_iter().chain(self.meeting_problems()).chain(ice).collect()
    }

    /// Begins and ends what should be by now, and tells of what changed, if anything did: a question that changes nothing, and
    /// is asked anew with every snapshot, would else be asked for ever.
    fn publish(&mut self) {
        self.tend_meetings();
        self.tend_ledgers();
        self.tend_solana_ledgers();
        let mut snapshot = self.snapshot();
        if **self.snapshots.borrow() != snapshot {
            self.revision += 1;
            snapshot.revision = self.revision;
            self.snapshots.send_replace(Arc::new(snapshot));
        }
    }

    fn snapshot(&self) -> Snapshot {
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
        let mut snapshot = Snapshot {
            revision: self.revision,
            device,
            keystore: KeystoreView {
                kind: self.keystore_kind,
                status,
                can_switch: self.may_switch().is_ok(),
            },
            server: self.server_view(),
            settings: self.chosen.view(self.ice.views()),
            chain_sources: self.chain_source_views(),
            solana_servers: self.solana_server_views(),
            hosting: self.hosting.view(),
            ..Snapshot::empty()
        };
        if !self.is_locked() {
            snapshot.sessions = self.sessions.views();
            snapshot.announced = self.announced_views();
            snapshot.browsing = self.announced.is_browsing();
            snapshot.asked = self.announced.asked_views();
            snapshot.contacts = self.contact_views();
            snapshot.problems = self.problems();
            snapshot.requests = self.meetings.requests();
            self.ledgers.complete(&mut snapshot.requests);
            snapshot.wallets =
                self.wallets.views(&self.contacts.borrow(), |tag| self.sessions.is_making(tag));
            for view in &mut snapshot.wallets {
                if let Ok(id) = view.id.parse() {
                    view.reachable = self.meetings.reachable(id);
                    view.ledger = self.ledgers.view(id);
                    view.solana = self.solana_ledgers.view(id);
                    if let Some(ledger) = &mut view.ledger {
                        self.labels.on_bitcoin(id, &mut ledger.transactions);
                    }
                    if let Some(ledger) = &mut view.solana {
                        self.labels.on_solana(id, &mut ledger.transactions);
                    }
                }
            }
        }
        snapshot
    }
}

fn secret(passphrase: &SecretString) -> Passphrase {
    Passphrase::new(passphrase.expose_secret().to_owned())
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
