//! A network in memory: devices, the messages under way, and whoever stands in between.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(dead_code, missing_docs, unreachable_pub, reason = "each test file uses its part")]

pub mod schnorr;
pub mod sign;
pub mod sign_wire;
pub mod verify;
pub mod wire;

use std::{collections::VecDeque, sync::Arc};

use coordinator::{
    Ciphersuite, SecretShare,
    dkg::{Abort, AbortReason, Dkg, Effect, Input, Params, PendingWallet, Round, SessionTag, WalletRecord},
};
use identity::{DeviceId, DeviceName, IdentityKey};
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{RngCore, SeedableRng},
};

pub const SESSION: SessionTag = SessionTag([7; 32]);

/// What one device has done and kept.
pub struct Device {
    pub identity: Arc<IdentityKey>,
    pub name: DeviceName,
    pub dkg: Option<Dkg>,
    pub rng: ChaCha20Rng,
    pub pending: Option<PendingWallet>,
    pub share: Option<Vec<u8>>,
    pub active: Option<WalletRecord>,
    pub everyone: bool,
    pub discarded: bool,
    pub failed: Option<Abort>,
    pub unfinished: Option<Vec<DeviceId>>,
    pub violations: Vec<AbortReason>,
    pub proposed: bool,
    /// Effects after `StorePending` are lost, as in a crash.
    pub crash_after_storing: bool,
    pub keystore_fails: bool,
}

impl Device {
    pub fn id(&self) -> DeviceId {
        self.identity.id()
    }

    pub fn share(&self) -> SecretShare {
        SecretShare::from_bytes(self.share.as_ref().unwrap()).unwrap()
    }

    pub fn reason(&self) -> &AbortReason {
        &self.failed.as_ref().expect("the session failed").reason
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Packet {
    pub from: usize,
    pub to: usize,
    pub bytes: Vec<u8>,
}

/// What happens to a packet under way.
pub enum Fate {
    Deliver,
    Drop,
    Replace(Vec<u8>),
}

pub type Tamper = Box<dyn FnMut(&Packet) -> Fate>;

pub struct Net {
    pub devices: Vec<Device>,
    pub queue: VecDeque<Packet>,
    pub transcript: Vec<Packet>,
    pub tamper: Tamper,
    /// Picks the next packet; the first when `None`.
    pub shuffle: Option<ChaCha20Rng>,
}

pub fn identity(index: usize) -> Arc<IdentityKey> {
    let mut seed = [0; 32];
    ChaCha20Rng::seed_from_u64(1000 + index as u64).fill_bytes(&mut seed);
    Arc::new(IdentityKey::from_secret_bytes(&seed))
}

pub fn params(ciphersuite: Ciphersuite, t: u16, n: u16) -> Params {
    let network = match ciphersuite {
        Ciphersuite::Ed25519 => Some("devnet"),
        Ciphersuite::Secp256k1Tr => Some("signet"),
        Ciphersuite::Secp256k1 => None,
    };
    let network = network.map(|name| name.parse().unwrap());
    Params::new("Savings".parse().unwrap(), ciphersuite, network, t, n).unwrap()
}

impl Net {
    /// Device 0 creates, the others join; no link is up yet.
    pub fn new(params: &Params, devices: usize) -> Self {
        Self::named(params, devices, |index| format!("device {index}"))
    }

    pub fn named(params: &Params, devices: usize, name: impl Fn(usize) -> String) -> Self {
        let devices = (0..devices)
            .map(|index| {
                let (identity, name) = (identity(index), name(index).parse::<DeviceName>().unwrap());
                let (dkg, effects) = if index == 0 {
                    Dkg::create(identity.clone(), name.clone(), SESSION, params.clone())
                } else {
                    Dkg::join(identity.clone(), name.clone(), SESSION)
                };
                assert!(effects.is_empty());
                Device {
                    identity,
                    name,
                    dkg: Some(dkg),
                    rng: ChaCha20Rng::seed_from_u64(index as u64),
                    pending: None,
                    share: None,
                    active: None,
                    everyone: false,
                    discarded: false,
                    failed: None,
                    unfinished: None,
                    violations: Vec::new(),
                    proposed: false,
                    crash_after_storing: false,
                    keystore_fails: false,
                }
            })
            .collect();
        Self {
            devices,
            queue: VecDeque::new(),
            transcript: Vec::new(),
            tamper: Box::new(|_| Fate::Deliver),
            shuffle: None,
        }
    }

    /// `n` devices that come to the end of the session as far as nobody hinders them.
    pub fn run(ciphersuite: Ciphersuite, t: u16, n: u16) -> Self {
        Self::run_tampered(ciphersuite, t, n, Box::new(|_| Fate::Deliver))
    }

    pub fn run_tampered(ciphersuite: Ciphersuite, t: u16, n: u16, tamper: Tamper) -> Self {
        let mut net = Self::new(&params(ciphersuite, t, n), usize::from(n));
        net.tamper = tamper;
        net.link_all();
        net.deliver_all();
        net
    }

    pub fn link_all(&mut self) {
        for a in 0..self.devices.len() {
            for b in 0..self.devices.len() {
                if a != b {
                    self.link(a, b);
                }
            }
        }
    }

    /// `a` learns that its link to `b` is up.
    pub fn link(&mut self, a: usize, b: usize) {
        let (peer, name) = (self.devices[b].id(), self.devices[b].name.clone());
        self.input(a, Input::LinkUp { peer, name });
    }

    pub fn id(&self, index: usize) -> DeviceId {
        self.devices[index].id()
    }

    pub fn index(&self, id: DeviceId) -> Option<usize> {
        self.devices.iter().position(|device| device.id() == id)
    }

    /// The device's position in the roster when all take part.
    pub fn position(&self, index: usize) -> u16 {
        let me = self.id(index);
        u16::try_from(self.devices.iter().filter(|device| device.id() < me).count()).unwrap()
    }

    pub fn input(&mut self, index: usize, input: Input<'_>) {
        let device = &mut self.devices[index];
        let Some(dkg) = device.dkg.take() else { return };
        let (dkg, effects) = dkg.handle(input, &mut device.rng);
        device.dkg = Some(dkg);
        self.perform(index, effects);
    }

    pub fn perform(&mut self, index: usize, effects: Vec<Effect>) {
        for effect in effects {
            let device = &mut self.devices[index];
            match effect {
                Effect::Send { to, message } => self.send(index, to, &message),
                Effect::Broadcast { to, message } => {
                    for to in to {
                        self.send(index, to, &message);
                    }
                }
                Effect::Proposed { .. } => {
                    assert!(!device.proposed, "a user is asked once");
                    device.proposed = true;
                    self.input(index, Input::Consent);
                }
                Effect::StorePending { wallet, share } => {
                    if device.keystore_fails {
                        self.input(index, Input::NotStored);
                        return;
                    }
                    device.pending = Some(*wallet);
                    device.share = Some(share.expose_bytes().to_vec());
                    if device.crash_after_storing {
                        device.dkg = None;
                        return;
                    }
                }
                Effect::UpdatePending { wallet } => device.pending = Some(*wallet),
                Effect::Discard => {
                    device.discarded = true;
                    device.share = None;
                    device.pending = None;
                }
                Effect::Activate { wallet } => {
                    assert!(device.active.replace(*wallet).is_none(), "a wallet is activated once");
                    device.pending = None;
                }
                Effect::Everyone => {
                    assert!(!std::mem::replace(&mut device.everyone, true), "said once");
                }
                Effect::Unfinished { missing } => device.unfinished = Some(missing),
                Effect::Violation(reason) => device.violations.push(reason),
                Effect::Failed(abort) => {
                    assert!(device.failed.replace(abort).is_none(), "a session fails once");
                }
            }
        }
    }

    fn send(&mut self, from: usize, to: DeviceId, message: &[u8]) {
        assert!(message.len() <= coordinator::dkg::LONGEST_MESSAGE, "a message fits a link");
        if let Some(to) = self.index(to) {
            let packet = Packet { from, to, bytes: message.to_vec() };
            self.transcript.push(packet.clone());
            self.queue.push_back(packet);
        }
    }

    pub fn deliver_all(&mut self) {
        for _ in 0..1_000_000 {
            if !self.deliver_one() {
                return;
            }
        }
        panic!("the devices talk without end");
    }

    pub fn deliver_one(&mut self) -> bool {
        let next = match &mut self.shuffle {
            Some(rng) if !self.queue.is_empty() => rng.next_u32() as usize % self.queue.len(),
            _ => 0,
        };
        let Some(packet) = self.queue.remove(next) else { return false };
        match (self.tamper)(&packet) {
            Fate::Drop => {}
            Fate::Deliver => self.deliver(&packet),
            Fate::Replace(bytes) => self.deliver(&Packet { bytes, ..packet }),
        }
        true
    }

    pub fn deliver(&mut self, packet: &Packet) {
        let from = self.id(packet.from);
        self.input(packet.to, Input::Message { from, bytes: &packet.bytes });
    }

    pub fn deadline(&mut self, indices: impl IntoIterator<Item = usize>) {
        for index in indices {
            self.input(index, Input::Deadline);
        }
    }

    /// A device comes back with what it kept, and the links to it come up again on both sides.
    pub fn restart(&mut self, index: usize) {
        let device = &mut self.devices[index];
        device.crash_after_storing = false;
        let identity = device.identity.clone();
        let resumed = match (&device.active, &device.pending) {
            (Some(record), _) => Dkg::resume_active(identity, record.clone()),
            (None, Some(record)) => Dkg::resume(identity, record.clone(), device.share()),
            (None, None) => panic!("it has nothing to resume"),
        };
        let (dkg, effects) = resumed.expect("the record is good");
        device.dkg = Some(dkg);
        self.perform(index, effects);
        let me = self.id(index);
        for other in (0..self.devices.len()).filter(|other| *other != index) {
            self.input(other, Input::PeerRestarted { peer: me });
            self.link(index, other);
        }
    }

    pub fn round(&self, index: usize) -> Round {
        self.devices[index].dkg.as_ref().unwrap().progress().round
    }

    /// The first two have the wallet, whoever else came.
    pub fn assert_two_complete(&self) {
        assert!(self.devices[..2].iter().all(|device| device.everyone && device.failed.is_none()));
    }

    /// All have the same wallet and know it of each other.
    pub fn assert_complete(&self) {
        for device in &self.devices {
            assert_eq!(device.failed, None, "{:?}", device.name);
            let wallet = device.active.as_ref().expect("the wallet is active");
            assert!(device.everyone, "{:?} knows that everyone has the certificate", device.name);
            let first = self.devices[0].active.as_ref().unwrap();
            assert_eq!(wallet.certificate().to_bytes(), first.certificate().to_bytes(), "same certificate");
            assert_eq!(wallet.ceremony().unwrap(), first.ceremony().unwrap());
            assert_eq!(device.violations, []);
        }
    }
}
