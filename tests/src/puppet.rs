//! A member of a session that takes part over the network, and misbehaves as it is told.
//!
//! Honest devices are processes of the shipped program; this one is put among them. It has the real links and
//! the real coordinator, and a [`Script`] that is asked about each message before it leaves. It remembers what
//! the coordinator wanted kept, so that it can come back.

pub mod attacks;
pub mod member;
mod puppeteer;
#[allow(dead_code, unreachable_pub, missing_docs, reason = "the protocol's document says it")]
#[path = "../../src-tauri/crates/coordinator/tests/common/sign_wire.rs"]
pub mod sign_wire;
mod two_faced;
#[allow(dead_code, unreachable_pub)]
#[path = "../../src-tauri/crates/coordinator/tests/common/wire.rs"]
mod wire;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{
        Arc,
        mpsc::{Receiver, channel},
    },
    thread::{self, JoinHandle},
    time::Instant,
};

use coordinator::{
    SecretShare,
    dkg::{Ceremony, Dkg, Outcome, Params, PendingWallet, SessionTag, WalletRecord},
};
use identity::{DeviceId, DeviceName, IdentityKey};
use mesh::{Mesh, MeshConfig, SessionId, SessionSecret};
use signalling::client::{Client, ClientConfig};
use tokio::{runtime, sync::mpsc as orders};

use crate::cluster::PATIENCE;
use puppeteer::{Mind, Puppeteer};
use two_faced::TwoFaced;

/// The coordinator's kinds of message, in the order of their numbers on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The creator's offer.
    Proposal,
    /// A member's agreement.
    Accept,
    /// No place.
    Refuse,
    /// Who takes part.
    Roster,
    /// A signed round-1 package.
    Round1,
    /// A hash of all of them.
    Echo,
    /// One of them, shown in a dispute.
    Evidence,
    /// A share.
    Round2,
    /// A signature of the certificate.
    Certificate,
    /// All of them.
    Confirm,
    /// The sender ends the session.
    Abort,
}

impl Kind {
    const ALL: [Self; 11] = [
        Self::Proposal,
        Self::Accept,
        Self::Refuse,
        Self::Roster,
        Self::Round1,
        Self::Echo,
        Self::Evidence,
        Self::Round2,
        Self::Certificate,
        Self::Confirm,
        Self::Abort,
    ];

    /// Behind the version and the session's tag.
    fn of(message: &[u8]) -> Self {
        Self::ALL[usize::from(message[33])]
    }
}

/// A message that is about to leave.
pub struct Outgoing {
    /// The receiver's name.
    pub to: String,
    /// What it is.
    pub kind: Kind,
    /// The message.
    pub bytes: Vec<u8>,
    device: DeviceId,
    held: bool,
}

/// What a script can go by.
pub struct Heard {
    /// Who this is.
    pub identity: Arc<IdentityKey>,
    /// Each message that came, with its sender's name.
    pub messages: Vec<(String, Vec<u8>)>,
    /// [`Puppet::release`] was called.
    pub released: bool,
}

impl Heard {
    fn senders_of(&self, kind: Kind) -> usize {
        let of_kind = self.messages.iter().filter(|(_, bytes)| Kind::of(bytes) == kind);
        of_kind.map(|(sender, _)| sender).collect::<BTreeSet<_>>().len()
    }
}

/// What becomes of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// It is sent.
    Send,
    /// These are sent in its place, none to drop it.
    Replace(Vec<Vec<u8>>),
    /// It waits; the script is asked again whenever something happens.
    Hold,
    /// The device ends without a good-bye, as a killed process does.
    Die,
    /// It says good-bye on its links and goes.
    Leave,
    /// It keeps its links up and says nothing more.
    Stall,
}

/// Says what becomes of each message.
pub type Script = Box<dyn FnMut(&Outgoing, &Heard) -> Act + Send>;

/// A script that does something at the first message of a kind and is honest before.
pub fn at(kind: Kind, act: Act) -> Script {
    Box::new(move |message, _| if message.kind == kind { act.clone() } else { Act::Send })
}

/// A script that does something at the first message of a kind, once so many others have sent theirs.
pub fn at_last(kind: Kind, others: usize, act: Act) -> Script {
    Box::new(move |message, heard| match message.kind == kind {
        true if heard.senders_of(kind) >= others => act.clone(),
        true => Act::Hold,
        false => Act::Send,
    })
}

/// A script that misbehaves in nothing.
pub fn honest() -> Script {
    Box::new(|_, _| Act::Send)
}

/// A script that holds messages of a kind back until it is [released](Puppet::release).
pub fn hold(kind: Kind) -> Script {
    hold_any(&[kind])
}

/// A script that keeps its signature of the certificate to itself until it is [released](Puppet::release).
///
/// A confirmation has all signatures in it, also its own.
pub fn hold_signature() -> Script {
    hold_any(&[Kind::Certificate, Kind::Confirm])
}

fn hold_any(kinds: &[Kind]) -> Script {
    let kinds = kinds.to_vec();
    Box::new(
        move |message, heard| {
            if kinds.contains(&message.kind) && !heard.released { Act::Hold } else { Act::Send }
        },
    )
}

/// Who the puppet is, in any number of sessions.
#[derive(Clone, Debug)]
pub struct Who {
    identity: Arc<IdentityKey>,
    name: DeviceName,
}

impl Who {
    /// Somebody new.
    pub fn new(name: &str) -> Self {
        let identity = IdentityKey::generate().expect("random numbers");
        Self { identity: Arc::new(identity), name: name.parse().expect("a device's name") }
    }
}

/// What the coordinator wanted kept.
#[derive(Default)]
pub struct Kept {
    pending: Option<(PendingWallet, SecretShare)>,
    active: Option<WalletRecord>,
}

/// Something that the puppet did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// The coordinator's message left, as it was or altered.
    Sent(Kind, Vec<u8>),
    /// A message is held back.
    Held(Kind),
    /// A message of this kind came from the named device.
    Heard(Kind, String),
    /// It died, left or stalled.
    Gone,
    /// The coordinator's picture of the session changed.
    Outcome(Outcome),
}

enum Order {
    Release,
}

/// The device.
pub struct Puppet {
    who: Who,
    id: SessionId,
    orders: orders::UnboundedSender<Order>,
    reports: Receiver<Report>,
    seen: Vec<Report>,
    thread: JoinHandle<Kept>,
}

impl Puppet {
    /// Joins a session, and agrees to whatever it makes.
    pub fn join(who: &Who, code: &str, script: Script) -> Self {
        let id = SessionId::parse(code).expect("a session ID");
        let mind = Mind::Machines(vec![Self::joining(who, &id)]);
        Self::start(who, id, mind, script, None)
    }

    /// Joins as two machines with one identity: one talks to the device of this name, the other to the rest.
    pub fn join_as_twins(who: &Who, code: &str, second_for: &str, script: Script) -> Self {
        let id = SessionId::parse(code).expect("a session ID");
        let mind = Mind::Machines(vec![Self::joining(who, &id), Self::joining(who, &id)]);
        Self::start(who, id, mind, script, Some(second_for.to_owned()))
    }

    /// Creates a session.
    pub fn create(who: &Who, server: &str, params: Params, script: Script) -> Self {
        let id = Self::fresh(server);
        let tag = SessionTag(id.secret.tag());
        let (dkg, _) = Dkg::create(who.identity.clone(), who.name.clone(), tag, params);
        Self::start(who, id, Mind::Machines(vec![dkg]), script, None)
    }

    /// Creates a session of three devices, and proposes and lists something else to the one of this name.
    pub fn create_two_faced(who: &Who, server: &str, fooled: &str) -> Self {
        let id = Self::fresh(server);
        let mind = TwoFaced::new(who.identity.clone(), who.name.clone(), id.secret.tag(), fooled);
        Self::start(who, id, Mind::TwoFaced(Box::new(mind)), honest(), None)
    }

    /// Comes back to a session after it had signed.
    pub fn resume(who: &Who, id: SessionId, kept: Kept, script: Script) -> Self {
        let (pending, share) = kept.pending.expect("it had stored its share");
        let (dkg, _) = Dkg::resume(who.identity.clone(), pending, share).expect("its own record");
        Self::start(who, id, Mind::Machines(vec![dkg]), script, None)
    }

    fn joining(who: &Who, id: &SessionId) -> Dkg {
        Dkg::join(who.identity.clone(), who.name.clone(), SessionTag(id.secret.tag())).0
    }

    fn fresh(server: &str) -> SessionId {
        let secret = SessionSecret::generate().expect("random numbers");
        SessionId { secret, server: Some(server.parse().expect("a server's address")) }
    }

    fn start(who: &Who, id: SessionId, mind: Mind, script: Script, second_for: Option<String>) -> Self {
        let (orders, received) = orders::unbounded_channel();
        let (reporter, reports) = channel();
        let heard = Heard { identity: who.identity.clone(), messages: Vec::new(), released: false };
        let (secret, server, name) = (id.secret.clone(), id.server.clone(), who.name.clone());
        let thread = thread::spawn(move || {
            let runtime = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
            let runtime = runtime.expect("a runtime");
            let kept = runtime.block_on(async {
                let client = Client::start(ClientConfig::new(server.expect("the ID names a server")));
                let config = MeshConfig::default();
                let joined = Mesh::join(&client, &secret, heard.identity.clone(), name, config).await;
                let (mesh, events) = joined.expect("the room can be asked for");
                let puppeteer = Puppeteer {
                    mesh,
                    mind,
                    script,
                    second_for,
                    heard,
                    names: BTreeMap::new(),
                    waiting: Vec::new(),
                    kept: Kept::default(),
                    reporter,
                    outcome: None,
                };
                puppeteer.run(events, received).await
            });
            runtime.shutdown_background();
            kept
        });
        Self { who: who.clone(), id, orders, reports, seen: Vec::new(), thread }
    }

    /// The session ID, of a session that it created.
    pub fn session_id(&self) -> String {
        self.id.code().to_string()
    }

    /// The session.
    pub fn session(&self) -> SessionId {
        self.id.clone()
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.who.name.as_str()
    }

    /// Lets go of what the script holds back; see [`Heard::released`].
    pub fn release(&self) {
        // It may have ended.
        let _ = self.orders.send(Order::Release);
    }

    /// Waits for a report; one that has come already counts.
    ///
    /// # Panics
    ///
    /// It does not come in time.
    pub fn wait_for(&mut self, is_it: impl Fn(&Report) -> bool) -> Report {
        if let Some(report) = self.seen.iter().find(|report| is_it(report)) {
            return report.clone();
        }
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.reports.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(report) => {
                    self.seen.push(report.clone());
                    if is_it(&report) {
                        return report;
                    }
                }
                Err(error) => panic!("the puppet did something else ({error}): {:?}", self.seen),
            }
        }
    }

    /// Waits until it holds a message of this kind back.
    pub fn holds(&mut self, kind: Kind) {
        self.wait_for(|report| *report == Report::Held(kind));
    }

    /// Waits until it has a message of this kind from the named device.
    pub fn heard(&mut self, kind: Kind, from: &str) {
        self.wait_for(|report| matches!(report, Report::Heard(heard, by) if *heard == kind && by == from));
    }

    /// Waits until it has died, left or stalled.
    pub fn gone(&mut self) {
        self.wait_for(|report| *report == Report::Gone);
    }

    /// The first message of this kind that it sent.
    pub fn sent(&mut self, kind: Kind) -> Vec<u8> {
        match self.wait_for(|report| matches!(report, Report::Sent(sent, _) if *sent == kind)) {
            Report::Sent(_, bytes) => bytes,
            other => panic!("{other:?} was not asked for"),
        }
    }

    /// Waits until it has the wallet.
    pub fn active(&mut self) {
        self.wait_for(|report| matches!(report, Report::Outcome(Outcome::Active | Outcome::Complete)));
    }

    /// Waits until everyone has the wallet.
    pub fn completed(&mut self) {
        self.wait_for(|report| *report == Report::Outcome(Outcome::Complete));
    }

    /// Ends it as a killed process, and returns what it kept.
    pub fn kill(self) -> Kept {
        drop(self.orders);
        self.thread.join().expect("the puppet does not panic")
    }
}

impl Kept {
    /// What the ceremony came to, if the wallet became active.
    pub fn ceremony(&self) -> Option<Ceremony> {
        self.active.as_ref().map(|record| record.ceremony().expect("its own certificate"))
    }
}

impl fmt::Debug for Puppet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Puppet").field("who", &self.who).finish_non_exhaustive()
    }
}
