//! A wallet's devices in memory, the messages under way, and a node on each device that answers at once or later.

mod faults;
mod findings;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, LazyLock, Mutex},
};

use coordinator::{
    Ciphersuite, SecretShare,
    dkg::Ceremony,
    sign::{
        Completion, Draft, Effect, Ending, Input, KeyPath, Misbehaviour, NotProposed, Proposal, RequestId,
        Signable, Signables, Signing, StoredRequest, Turn,
    },
};
use identity::{DeviceId, IdentityKey};
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{RngCore, SeedableRng},
};

use sha2::{Digest as _, Sha256};

use super::{Net, identity, params, sign_wire as wire};

/// What a made wallet leaves on each device, in the order of the members.
#[derive(Clone)]
pub struct Wallet {
    pub suite: Ciphersuite,
    pub ceremony: Ceremony,
    pub devices: Vec<(Arc<IdentityKey>, Vec<u8>)>,
}

type Key = (Ciphersuite, u16, u16, u64);

static WALLETS: LazyLock<Mutex<BTreeMap<Key, Wallet>>> = LazyLock::new(Mutex::default);

/// A wallet that really was made by key generation; the same for the same arguments.
pub fn wallet(suite: Ciphersuite, t: u16, n: u16, seed: u64) -> Wallet {
    let key = (suite, t, n, seed);
    WALLETS.lock().unwrap().entry(key).or_insert_with(|| make_wallet(suite, t, n, seed)).clone()
}

fn make_wallet(suite: Ciphersuite, t: u16, n: u16, seed: u64) -> Wallet {
    let mut net = Net::new(&params(suite, t, n), usize::from(n));
    for (index, device) in net.devices.iter_mut().enumerate() {
        device.rng = ChaCha20Rng::seed_from_u64(seed * 1000 + index as u64);
    }
    net.link_all();
    net.deliver_all();
    net.assert_complete();
    let ceremony = net.devices[0].active.as_ref().unwrap().ceremony().unwrap();
    let devices = ceremony.members.iter().map(|member| {
        let index = net.index(member.id).unwrap();
        (identity(index), net.devices[index].share.clone().unwrap())
    });
    Wallet { suite, devices: devices.collect(), ceremony }
}

/// The meaning of a payload in these tests: the messages, each with a tweak or none.
pub type Meaning = Vec<(Vec<u8>, Option<[u8; 32]>)>;

pub fn payload(meaning: &Meaning) -> Vec<u8> {
    postcard::to_allocvec(meaning).unwrap()
}

pub fn messages(texts: &[&str]) -> Vec<u8> {
    payload(&texts.iter().map(|text| (text.as_bytes().to_vec(), None)).collect())
}

/// What every honest node computes. A completion goes behind each message.
pub fn meaning(suite: Ciphersuite, payload: &[u8], completion: Option<&Completion>) -> Option<Signables> {
    let meaning: Meaning = postcard::from_bytes(payload).ok()?;
    let suffix = completion.map_or(&[][..], Completion::as_bytes);
    let signables = meaning.into_iter().map(|(message, tweak)| Signable {
        message: match [&message, suffix].concat() {
            // What BIP-340 signs here is always a hash.
            text if suite == Ciphersuite::Secp256k1Tr && text.len() != 32 => Sha256::digest(text).to_vec(),
            message => message,
        },
        key: tweak.map_or(KeyPath::Group, |child_tweak| KeyPath::Taproot { child_tweak }),
    });
    Signables::new(suite, signables.collect()).ok()
}

/// When requests are made, and for an hour.
pub const CREATED: u64 = 1_000_000;

type Compute = Box<dyn Fn(&[u8], Option<&Completion>) -> Option<Signables>>;

pub struct Device {
    pub id: DeviceId,
    pub signing: Option<Signing>,
    pub rng: ChaCha20Rng,
    pub stored: Vec<(RequestId, Vec<u8>)>,
    pub signed: BTreeMap<RequestId, (Option<Completion>, Vec<Vec<u8>>)>,
    pub ended: BTreeMap<RequestId, Ending>,
    pub violations: Vec<(Option<RequestId>, DeviceId, Misbehaviour)>,
    pub not_proposed: Vec<NotProposed>,
    pub started: Vec<(Turn, Vec<DeviceId>)>,
    /// Attempts for which it was to set another deadline.
    pub awaited: Vec<Turn>,
    pub requested: Vec<RequestId>,
    pub ready: Vec<(RequestId, Vec<DeviceId>)>,
    pub earlier: Vec<Vec<Completion>>,
    pub damaged: Vec<RequestId>,
    /// Its keystore gives its share.
    pub able: bool,
    /// Its user approves whatever comes.
    pub approves: bool,
    /// What its node begins the rounds with, if it begins them.
    pub begins: bool,
    /// Its node finds the time to prepare.
    pub prepares: bool,
    /// Little waits to be sent.
    pub has_room_to_spare: bool,
    pub completion: Option<Completion>,
    /// Its node signs only with this, if there is one.
    pub accepts: Option<Completion>,
    pub compute: Compute,
    /// It crashes before it carries out its effect of this number.
    pub crash_at: Option<usize>,
    pub performed: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Packet {
    pub from: usize,
    pub to: usize,
    pub bytes: Vec<u8>,
}

/// What a node has to do.
#[derive(Clone, Debug)]
pub enum Task {
    Decide(RequestId),
    Prepare(RequestId, bool),
    Begin(RequestId),
    Sign(Turn, Option<Completion>),
    Verify(RequestId, Option<Completion>),
}

pub type Tamper = Box<dyn FnMut(&Packet) -> Vec<Packet>>;

pub struct Group {
    pub wallet: Wallet,
    pub devices: Vec<Device>,
    pub queue: VecDeque<Packet>,
    pub tasks: VecDeque<(usize, Task)>,
    pub transcript: Vec<Packet>,
    pub tamper: Tamper,
    /// Picks what comes next; packets and tasks in order when `None`.
    pub shuffle: Option<ChaCha20Rng>,
    /// Links keep the order of what is sent over them, as real ones do; of several links any comes next.
    pub in_order: bool,
    /// Pairs whose link is down; what is under way waits.
    pub cut: BTreeSet<(usize, usize)>,
    pub packages: BTreeMap<(usize, u64), wire::Package>,
    pub nonces_used: BTreeSet<(usize, Vec<u8>)>,
    /// What each device committed to, by the hash.
    pub commitments: BTreeMap<(usize, [u8; 32]), Vec<u8>>,
    /// Everyone's clock.
    pub now: u64,
    pub shares_seen: BTreeSet<(usize, u64)>,
}

impl Group {
    /// All linked; every user approves, and every node does its part.
    pub fn new(suite: Ciphersuite, t: u16, n: u16) -> Self {
        Self::of(wallet(suite, t, n, 0))
    }

    pub fn of(wallet: Wallet) -> Self {
        let devices = (0..wallet.devices.len()).map(|index| {
            let (signing, effects) =
                Signing::resume(wallet.devices[index].0.clone(), &wallet.ceremony, Vec::new()).unwrap();
            assert_eq!(effects, []);
            let suite = wallet.suite;
            Device {
                id: wallet.devices[index].0.id(),
                signing: Some(signing),
                rng: ChaCha20Rng::seed_from_u64(77 + index as u64),
                stored: Vec::new(),
                signed: BTreeMap::new(),
                ended: BTreeMap::new(),
                violations: Vec::new(),
                not_proposed: Vec::new(),
                started: Vec::new(),
                awaited: Vec::new(),
                requested: Vec::new(),
                ready: Vec::new(),
                earlier: Vec::new(),
                damaged: Vec::new(),
                able: true,
                approves: true,
                begins: true,
                prepares: true,
                has_room_to_spare: true,
                completion: None,
                accepts: None,
                compute: Box::new(move |payload, completion| meaning(suite, payload, completion)),
                crash_at: None,
                performed: 0,
            }
        });
        let mut group = Self {
            devices: devices.collect(),
            wallet,
            queue: VecDeque::new(),
            tasks: VecDeque::new(),
            transcript: Vec::new(),
            tamper: Box::new(|packet| vec![packet.clone()]),
            shuffle: None,
            in_order: false,
            cut: BTreeSet::new(),
            packages: BTreeMap::new(),
            nonces_used: BTreeSet::new(),
            commitments: BTreeMap::new(),
            now: CREATED,
            shares_seen: BTreeSet::new(),
        };
        group.link_all();
        group
    }

    pub fn len(&self) -> usize {
        self.devices.len()
    }

    pub fn id(&self, index: usize) -> DeviceId {
        self.devices[index].id
    }

    pub fn link_all(&mut self) {
        for a in 0..self.len() {
            for b in 0..self.len() {
                if a != b {
                    self.input(a, Input::LinkUp { peer: self.id(b) });
                }
            }
        }
    }

    pub fn index(&self, id: DeviceId) -> usize {
        self.devices.iter().position(|device| device.id == id).unwrap()
    }

    pub fn share(&self, index: usize) -> SecretShare {
        SecretShare::from_bytes(&self.wallet.devices[index].1).unwrap()
    }

    pub fn draft(&self, payload: Vec<u8>) -> Draft {
        Draft::new(payload, CREATED, CREATED + 3600).unwrap()
    }

    /// The name of the new request, unless the device crashed before it said so.
    pub fn try_propose(&mut self, index: usize, draft: Draft) -> Option<RequestId> {
        let known = self.devices[index].requested.len();
        self.input(index, Input::Propose { draft });
        self.devices[index].requested.get(known).copied()
    }

    /// The name of the new request.
    pub fn propose(&mut self, index: usize, payload: Vec<u8>) -> RequestId {
        let draft = self.draft(payload);
        self.propose_draft(index, draft)
    }

    pub fn propose_draft(&mut self, index: usize, draft: Draft) -> RequestId {
        self.input(index, Input::Propose { draft });
        *self.devices[index].requested.last().expect("it was proposed")
    }

    pub fn input(&mut self, index: usize, input: Input<'_>) {
        let device = &mut self.devices[index];
        let Some(signing) = device.signing.take() else { return };
        let (signing, effects) = signing.handle(input, &mut device.rng);
        device.signing = Some(signing);
        self.perform(index, effects);
    }

    pub fn perform(&mut self, index: usize, effects: Vec<Effect>) {
        for effect in effects {
            let device = &mut self.devices[index];
            if device.crash_at == Some(device.performed) {
                device.signing = None;
                device.crash_at = None;
                return;
            }
            device.performed += 1;
            let mut task = |task| self.tasks.push_back((index, task));
            match effect {
                Effect::Send { to, message } => self.send(index, to, message),
                Effect::Forward { to, message } if device.has_room_to_spare => self.send(index, to, message),
                Effect::Forward { to, message } => {
                    let to = self.index(to);
                    self.watch(&Packet { from: index, to, bytes: message });
                }
                Effect::Broadcast { to, message } => {
                    to.into_iter().for_each(|to| self.send(index, to, message.clone()));
                }
                Effect::Store { stored } => {
                    let (id, bytes) = (stored.id(), stored.to_bytes());
                    match device.stored.iter_mut().find(|(known, _)| *known == id) {
                        Some((_, kept)) => *kept = bytes,
                        None => device.stored.push((id, bytes)),
                    }
                }
                Effect::Requested { request, .. } => {
                    device.requested.push(request);
                    if device.approves {
                        task(Task::Decide(request));
                    }
                }
                Effect::Damaged { request } => device.damaged.push(request),
                Effect::Recommit { request } => task(Task::Decide(request)),
                Effect::Prepare { request, with_share } if device.prepares => {
                    task(Task::Prepare(request, with_share));
                }
                Effect::Prepare { .. } => {}
                Effect::NotProposed { reason } => device.not_proposed.push(reason),
                Effect::Ready { request, refused } => {
                    device.ready.push((request, refused));
                    if device.begins {
                        task(Task::Begin(request));
                    }
                }
                Effect::Awaited { turn } => device.awaited.push(turn),
                Effect::Started { turn, signers } => device.started.push((turn, signers)),
                Effect::Sign { turn, completion, earlier } => {
                    device.earlier.push(earlier);
                    task(Task::Sign(turn, completion));
                }
                Effect::Verify { request, completion } => task(Task::Verify(request, completion)),
                Effect::Signed { request, completion, signatures } => {
                    let first = device.signed.insert(request, (completion, signatures)).is_none();
                    assert!(first, "said once");
                }
                Effect::Ended { request, ending } => {
                    assert!(device.ended.insert(request, ending).is_none(), "said once");
                }
                Effect::Violation { request, by, what } => {
                    let violation = (request, by, what);
                    assert!(!device.violations.contains(&violation), "said once");
                    device.violations.push(violation);
                }
            }
        }
    }

    fn send(&mut self, from: usize, to: DeviceId, bytes: Vec<u8>) {
        assert!(bytes.len() <= coordinator::sign::LONGEST_MESSAGE, "a message fits a link");
        assert!(bytes.len() > 33, "it is one");
        let packet = Packet { from, to: self.index(to), bytes };
        assert_ne!(packet.from, packet.to);
        self.watch(&packet);
        self.transcript.push(packet.clone());
        self.queue.push_back(packet);
    }

    /// Notes which nonces a share used up: those whose commitments the package of its turn has.
    fn watch(&mut self, packet: &Packet) {
        match wire::decode(&packet.bytes).body {
            wire::Body::Package(package) => {
                self.packages.insert((packet.to, package.turn.attempt), package.clone());
                // The proposer gives itself the same package.
                self.packages.insert((packet.from, package.turn.attempt), package);
            }
            wire::Body::Shares(shares) => {
                let first = self.shares_seen.insert((packet.from, shares.turn.attempt));
                assert!(first, "a device answers an attempt once");
                let kept = self.stored(packet.from).into_iter().find(|kept| kept.id() == shares.turn.request);
                assert!(
                    kept.is_some_and(|kept| kept.gave()),
                    "that it gave shares is kept before they leave"
                );
                self.commits(packet.from, shares.next);
                self.use_nonces(packet.from, shares.turn.attempt);
            }
            wire::Body::Approve { commitments, .. } => self.commits(packet.from, commitments),
            wire::Body::Forward { member, commitments, .. } => self.commits(usize::from(member), commitments),
            _ => {}
        }
    }

    fn commits(&mut self, index: usize, commitments: Vec<u8>) {
        self.commitments.insert((index, wire::hash(&commitments)), commitments);
    }

    fn use_nonces(&mut self, index: usize, attempt: u64) {
        let package = self.packages.get(&(index, attempt)).expect("it was asked").clone();
        let position = u16::try_from(index).unwrap();
        let (_, hash) = package.signers.iter().find(|(signer, _)| *signer == position).unwrap();
        let commitments = &self.commitments[&(index, *hash)];
        for pair in commitments.chunks(2 * self.wallet.suite.element_length()) {
            assert!(self.nonces_used.insert((index, pair.to_vec())), "device {index} used nonces twice");
        }
    }

    /// Delivers and answers until there is nothing left.
    pub fn run(&mut self) {
        for _ in 0..1_000_000 {
            if !self.step() {
                return;
            }
        }
        panic!("the devices talk without end");
    }

    pub fn step(&mut self) -> bool {
        let mut links = BTreeSet::new();
        let open: Vec<_> = (0..self.queue.len())
            .filter(|at| {
                let Packet { from, to, .. } = self.queue[*at];
                let is_next = links.insert((from, to)) || !self.in_order;
                is_next && !self.cut.contains(&(from.min(to), from.max(to)))
            })
            .collect();
        let choices = open.len() + self.tasks.len();
        if choices == 0 {
            return false;
        }
        let choice = match &mut self.shuffle {
            Some(rng) => rng.next_u32() as usize % choices,
            None if self.tasks.is_empty() => 0,
            None => open.len(),
        };
        match open.get(choice) {
            Some(at) => {
                let packet = self.queue.remove(*at).unwrap();
                for packet in (self.tamper)(&packet) {
                    self.deliver(&packet);
                }
            }
            None => {
                let (index, task) = self.tasks.remove(choice - open.len()).unwrap();
                self.answer(index, task);
            }
        }
        true
    }

    pub fn deliver(&mut self, packet: &Packet) {
        let from = self.id(packet.from);
        self.input(packet.to, Input::Message { from, bytes: &packet.bytes, now: self.now });
    }

    pub fn proposal(&self, index: usize, request: RequestId) -> Option<Proposal> {
        self.devices[index].signing.as_ref()?.proposal(request).cloned()
    }

    pub fn signables(
        &self,
        index: usize,
        request: RequestId,
        completion: Option<&Completion>,
    ) -> Option<Signables> {
        (self.devices[index].compute)(&self.proposal(index, request)?.payload, completion)
    }

    pub fn answer(&mut self, index: usize, task: Task) {
        let share = self.share(index);
        match task {
            Task::Decide(request) => {
                let completion = self.devices[index].completion.clone();
                let signables = self.signables(index, request, completion.as_ref());
                let Some(signables) = signables.map(|signables| signables.count()) else { return };
                self.input(index, Input::Approve { request, signables, share: &share });
            }
            Task::Prepare(request, with_share) => {
                let signables = self.signables(index, request, None);
                let share = with_share.then_some(&share);
                self.input(index, Input::Prepare { request, signables: signables.as_ref(), share });
            }
            Task::Begin(request) => {
                let Some(proposal) = self.proposal(index, request) else { return };
                let completion = self.devices[index].completion.clone().filter(|_| proposal.needs_completion);
                let Some(signables) = self.signables(index, request, completion.as_ref()) else { return };
                self.input(index, Input::Begin { request, completion, signables });
            }
            Task::Sign(turn, _) if !self.devices[index].able => {
                self.input(index, Input::Unable { request: turn.request });
            }
            Task::Sign(turn, completion) => {
                let accepts = &self.devices[index].accepts;
                let accepted = accepts.is_none() || *accepts == completion;
                let signables = self.signables(index, turn.request, completion.as_ref()).filter(|_| accepted);
                let leads =
                    self.proposal(index, turn.request).is_some_and(|p| p.proposer == self.devices[index].id);
                if leads && signables.is_some() {
                    // What it gives itself is on no wire.
                    self.use_nonces(index, turn.attempt);
                }
                self.input(index, Input::Sign { turn, completion, signables, share: &share });
            }
            Task::Verify(request, completion) => {
                let signables = self.signables(index, request, completion.as_ref());
                self.input(index, Input::Verify { request, completion, signables });
            }
        }
    }

    /// Whether its proposer had kept it before it crashed.
    pub fn proposal_is_kept(&self, request: RequestId) -> bool {
        self.devices.iter().any(|device| device.stored.iter().any(|(id, _)| *id == request))
    }

    pub fn stored(&self, index: usize) -> Vec<StoredRequest> {
        let stored = self.devices[index].stored.iter();
        stored.map(|(_, bytes)| StoredRequest::from_bytes(bytes).unwrap()).collect()
    }
}
