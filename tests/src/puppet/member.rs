//! A member of a wallet that signs with the others over the network, and misbehaves as it is told.
//!
//! It has the real links and the real coordinator. What it sends goes through its [`Manners`], and what it signs is what
//! they say.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use coordinator::{
    SecretShare,
    dkg::Ceremony,
    sign::{Completion, Draft, Effect, Input, Misbehaviour, RequestId, Signables, Signing, Turn},
};
use identity::{DeviceId, IdentityKey};
use mesh::{LinkState, Mesh, MeshConfig, MeshEvent, SessionId};
use rand::rngs::OsRng;
use signalling::client::{Client, ClientConfig};
use tokio::{runtime, sync::mpsc as orders};
use zeroize::Zeroizing;

use super::{
    Kept, Who,
    sign_wire::{self, Body},
};
use crate::cluster::PATIENCE;

/// What is sent in place of a message to the named device.
pub type Say = dyn FnMut(&str, Body) -> Vec<Body> + Send;
/// Whether a message of the named device is heard.
pub type Hears = dyn FnMut(&str, &Body) -> bool + Send;
/// What is signed for a payload and its completion; nothing if it is not.
pub type Signs = dyn Fn(&[u8], Option<&Completion>) -> Option<Signables> + Send;

/// How it behaves.
pub struct Manners {
    /// What it says.
    pub say: Box<Say>,
    /// What reaches its coordinator.
    pub hears: Box<Hears>,
    /// What it signs.
    pub signs: Box<Signs>,
    /// With what it completes its proposals, if it says that they lack something.
    pub completion: Option<Completion>,
}

impl Manners {
    /// Those of an honest device.
    pub fn honest(signs: impl Fn(&[u8], Option<&Completion>) -> Option<Signables> + Send + 'static) -> Self {
        Self {
            say: Box::new(|_, body| vec![body]),
            hears: Box::new(|_, _| true),
            signs: Box::new(signs),
            completion: None,
        }
    }
}

/// Something that it did or that happened to it.
#[derive(Clone, Debug)]
pub enum News {
    /// A link to the named device came up.
    Linked(String),
    /// A message left for the named device.
    Sent(String, Body),
    /// A message came from the named device, whether the coordinator got it or not.
    Heard(String, Body),
    /// There is a request, with this payload.
    Requested(RequestId, Vec<u8>),
    /// A request is signed.
    Signed(RequestId, Vec<Vec<u8>>),
    /// The named device misbehaved, as its coordinator says.
    Misbehaved(String, Misbehaviour),
}

enum Order {
    Propose(Vec<u8>),
    Approve(RequestId),
    Say(String, Body),
}

/// The device.
pub struct Member {
    orders: orders::UnboundedSender<Order>,
    news: Receiver<News>,
    seen: Vec<News>,
    thread: JoinHandle<()>,
}

impl Member {
    /// Meets the others, as somebody who made the wallet in this session and kept this.
    ///
    /// # Panics
    ///
    /// The wallet did not become active.
    pub fn meet(who: &Who, session: &SessionId, kept: &Kept, manners: Manners) -> Self {
        let ceremony = kept.ceremony().expect("the wallet is active");
        let (_, share) = kept.pending.as_ref().expect("it had stored its share");
        let share = copy(share);
        let signing = Signing::resume(who.identity.clone(), &ceremony, Vec::new());
        let (signing, _) = signing.expect("its own wallet");
        let (orders, received) = orders::unbounded_channel();
        let (reporter, news) = channel();
        let (who, session) = (who.clone(), session.clone());
        let thread = thread::spawn(move || {
            let runtime = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
            let runtime = runtime.expect("a runtime");
            runtime.block_on(async {
                let client = Client::start(ClientConfig::new(session.server.expect("the ID names a server")));
                let room = session.secret.for_wallet(&ceremony.transcript_hash);
                let config = MeshConfig::default();
                let joined = Mesh::join(&client, &room, who.identity.clone(), who.name, config).await;
                let (mesh, events) = joined.expect("the room can be asked for");
                let mind = Mind {
                    mesh,
                    identity: who.identity,
                    ceremony,
                    share,
                    signing: Some(signing),
                    manners,
                    reporter,
                    proposals: BTreeMap::new(),
                    asked: VecDeque::new(),
                };
                mind.run(events, received).await;
            });
            runtime.shutdown_background();
        });
        Self { orders, news, seen: Vec::new(), thread }
    }

    /// Proposes something; gives its name.
    pub fn propose(&mut self, payload: &[u8]) -> RequestId {
        self.order(Order::Propose(payload.to_vec()));
        self.find(|news| match news {
            News::Requested(request, proposed) if proposed == payload => Some(*request),
            _ => None,
        })
    }

    /// Approves a request that it knows, or will know.
    pub fn approve(&mut self, request: RequestId) {
        self.find(|news| matches!(news, News::Requested(known, _) if *known == request).then_some(()));
        self.order(Order::Approve(request));
    }

    /// Says something to the named device that its coordinator would not.
    pub fn say(&self, to: &str, body: Body) {
        self.order(Order::Say(to.to_owned(), body));
    }

    fn order(&self, order: Order) {
        self.orders.send(order).expect("it is there");
    }

    /// Waits for some news; what has come already counts.
    ///
    /// # Panics
    ///
    /// It does not come in time.
    pub fn find<T>(&mut self, what: impl Fn(&News) -> Option<T>) -> T {
        if let Some(found) = self.seen.iter().find_map(&what) {
            return found;
        }
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.news.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(news) => {
                    let found = what(&news);
                    self.seen.push(news);
                    if let Some(found) = found {
                        return found;
                    }
                }
                Err(error) => panic!("something else happened ({error}): {:#?}", self.seen),
            }
        }
    }

    /// Waits for the next of some news; what has come already does not count.
    pub fn next<T>(&mut self, what: impl Fn(&News) -> Option<T>) -> T {
        self.look();
        let old = std::mem::take(&mut self.seen);
        let found = self.find(what);
        self.seen = [old, std::mem::take(&mut self.seen)].concat();
        found
    }

    /// All that has happened so far.
    pub fn look(&mut self) -> &[News] {
        self.seen.extend(self.news.try_iter());
        &self.seen
    }

    /// Ends it as a killed process.
    pub fn kill(self) {
        drop(self.orders);
        self.thread.join().expect("the puppet does not panic");
    }
}

struct Mind {
    mesh: Mesh,
    identity: Arc<IdentityKey>,
    ceremony: Ceremony,
    share: SecretShare,
    /// None only while it handles an input.
    signing: Option<Signing>,
    manners: Manners,
    reporter: Sender<News>,
    proposals: BTreeMap<RequestId, Vec<u8>>,
    /// What the coordinator waits for.
    asked: VecDeque<Asked>,
}

enum Asked {
    Begin(RequestId),
    Sign(Turn, Option<Completion>),
    Verify(RequestId, Option<Completion>),
}

impl Mind {
    async fn run(
        mut self,
        mut events: orders::Receiver<MeshEvent>,
        mut orders: orders::UnboundedReceiver<Order>,
    ) {
        loop {
            tokio::select! {
                order = orders.recv() => match order {
                    Some(order) => self.obey(order).await,
                    None => return,
                },
                event = events.recv() => match event {
                    Some(event) => self.listen(event).await,
                    None => return,
                },
            }
        }
    }

    async fn obey(&mut self, order: Order) {
        match order {
            Order::Propose(payload) => {
                let now = unix_seconds();
                let draft = Draft::new(payload, now, now + 3600).expect("a payload of a few bytes");
                let lacks = self.manners.completion.is_some();
                let draft = if lacks { draft.with_completion() } else { draft };
                self.input(Input::Propose { draft }).await;
            }
            Order::Approve(request) => self.approve(request).await,
            Order::Say(to, body) => {
                let member = self.ceremony.members.iter().find(|member| member.name.as_str() == to);
                let to = member.expect("a member").id;
                self.post(to, body).await;
            }
        }
    }

    async fn listen(&mut self, event: MeshEvent) {
        match event {
            MeshEvent::Link { peer, state, .. } => match state {
                LinkState::Direct | LinkState::Relayed => {
                    self.report(News::Linked(self.name(peer)));
                    self.input(Input::LinkUp { peer }).await;
                }
                LinkState::Connecting | LinkState::Down => self.input(Input::LinkDown { peer }).await,
            },
            MeshEvent::PeerRestarted { peer } => self.input(Input::PeerRestarted { peer }).await,
            MeshEvent::PeerLeft { peer } => self.input(Input::PeerLeft { peer }).await,
            MeshEvent::Received { from, body: bytes } => {
                let (name, body) = (self.name(from), sign_wire::decode(&bytes).body);
                let hears = (self.manners.hears)(&name, &body);
                self.report(News::Heard(name, body));
                if hears {
                    self.input(Input::Message { from, now: unix_seconds(), bytes: &bytes }).await;
                }
            }
            _ => {}
        }
    }

    async fn approve(&mut self, request: RequestId) {
        let completion = self.manners.completion.as_ref();
        let Some(signables) = self.signables(request, completion).map(|signables| signables.count()) else {
            return;
        };
        let share = copy(&self.share);
        self.input(Input::Approve { request, signables, share: &share }).await;
    }

    /// Feeds an input, and all that follows from it.
    async fn input(&mut self, input: Input<'_>) {
        self.handle(input).await;
        while let Some(asked) = self.asked.pop_front() {
            match asked {
                Asked::Begin(request) => {
                    let completion = self.manners.completion.clone();
                    if let Some(signables) = self.signables(request, completion.as_ref()) {
                        self.handle(Input::Begin { request, completion, signables }).await;
                    }
                }
                Asked::Sign(turn, completion) => {
                    let signables = self.signables(turn.request, completion.as_ref());
                    let share = copy(&self.share);
                    self.handle(Input::Sign { turn, completion, signables, share: &share }).await;
                }
                Asked::Verify(request, completion) => {
                    let signables = self.signables(request, completion.as_ref());
                    self.handle(Input::Verify { request, completion, signables }).await;
                }
            }
        }
    }

    async fn handle(&mut self, input: Input<'_>) {
        let signing = self.signing.take().expect("one input at a time");
        let (signing, effects) = signing.handle(input, &mut OsRng);
        self.signing = Some(signing);
        for effect in effects {
            self.perform(effect).await;
        }
    }

    async fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Send { to, message } | Effect::Forward { to, message } => self.speak(to, &message).await,
            Effect::Broadcast { to, message } => {
                for to in to {
                    self.speak(to, &message).await;
                }
            }
            Effect::Requested { request, proposal } => {
                self.proposals.insert(request, proposal.payload.clone());
                self.report(News::Requested(request, proposal.payload));
            }
            Effect::Ready { request, .. } => self.asked.push_back(Asked::Begin(request)),
            Effect::Sign { turn, completion, .. } => self.asked.push_back(Asked::Sign(turn, completion)),
            Effect::Verify { request, completion } => {
                self.asked.push_back(Asked::Verify(request, completion));
            }
            Effect::Signed { request, signatures, .. } => self.report(News::Signed(request, signatures)),
            Effect::Violation { by, what, .. } => self.report(News::Misbehaved(self.name(by), what)),
            // It is killed, not restarted, and nobody is late.
            _ => {}
        }
    }

    fn signables(&self, request: RequestId, completion: Option<&Completion>) -> Option<Signables> {
        (self.manners.signs)(self.proposals.get(&request)?, completion)
    }

    async fn speak(&mut self, to: DeviceId, message: &[u8]) {
        let (name, body) = (self.name(to), sign_wire::decode(message).body);
        for body in (self.manners.say)(&name, body) {
            self.post(to, body).await;
        }
    }

    async fn post(&self, to: DeviceId, body: Body) {
        let bytes = sign_wire::encode(self.ceremony.transcript_hash, body.clone());
        // A device that is gone gets nothing.
        let _ = self.mesh.send(to, Zeroizing::new(bytes)).await;
        self.report(News::Sent(self.name(to), body));
    }

    fn name(&self, device: DeviceId) -> String {
        let member = self.ceremony.members.iter().find(|member| member.id == device);
        member.map_or_else(|| format!("not {}", self.identity.id()), |member| member.name.to_string())
    }

    fn report(&self, news: News) {
        // The test may be over.
        let _ = self.reporter.send(news);
    }
}

fn copy(share: &SecretShare) -> SecretShare {
    SecretShare::from_bytes(&share.expose_bytes()).expect("a share")
}

fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs()
}
