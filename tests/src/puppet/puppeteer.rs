//! The puppet's task: what arrives goes to its mind, and what that says to the script.

use std::{collections::BTreeMap, sync::mpsc::Sender};

use coordinator::dkg::{Dkg, Effect, Input, Outcome};
use identity::{DeviceId, DeviceName};
use mesh::{LinkState, Mesh, MeshEvent};
use rand::rngs::OsRng;
use tokio::{sync::mpsc as orders, time::timeout};
use zeroize::Zeroizing;

use super::{Act, Heard, Kept, Kind, Order, Outgoing, Report, Script, two_faced::TwoFaced};
use crate::cluster::PATIENCE;

/// What decides what to say.
pub(super) enum Mind {
    Machines(Vec<Dkg>),
    TwoFaced(Box<TwoFaced>),
}

pub(super) struct Puppeteer {
    pub(super) mesh: Mesh,
    pub(super) mind: Mind,
    pub(super) script: Script,
    pub(super) second_for: Option<String>,
    pub(super) heard: Heard,
    pub(super) names: BTreeMap<DeviceId, DeviceName>,
    pub(super) waiting: Vec<Outgoing>,
    pub(super) kept: Kept,
    pub(super) reporter: Sender<Report>,
    pub(super) outcome: Option<Outcome>,
}

impl Puppeteer {
    pub(super) async fn run(
        mut self,
        mut events: orders::Receiver<MeshEvent>,
        mut orders: orders::UnboundedReceiver<Order>,
    ) -> Kept {
        loop {
            match self.speak().await {
                Some(Act::Leave) => {
                    self.mesh.close().await;
                    let _ = self.reporter.send(Report::Gone);
                    return self.kept;
                }
                Some(Act::Die) => {
                    drop((self.mesh, events));
                    let _ = self.reporter.send(Report::Gone);
                    return self.kept;
                }
                Some(Act::Stall) => {
                    self.report(Report::Gone);
                    while tokio::select! {
                        event = events.recv() => event.is_some(),
                        order = orders.recv() => order.is_some(),
                    } {}
                    return self.kept;
                }
                _ => {}
            }
            tokio::select! {
                order = orders.recv() => match order {
                    Some(Order::Release) => self.heard.released = true,
                    None => return self.kept,
                },
                event = events.recv() => match event {
                    Some(event) => self.listen(event),
                    None => return self.kept,
                },
            }
        }
    }

    fn listen(&mut self, event: MeshEvent) {
        match event {
            MeshEvent::Link { peer, name, state } => {
                self.names.insert(peer, name.clone());
                match state {
                    LinkState::Direct | LinkState::Relayed => self.input(&Input::LinkUp { peer, name }),
                    LinkState::Connecting | LinkState::Down => self.input(&Input::LinkDown { peer }),
                }
            }
            MeshEvent::PeerRestarted { peer } => self.input(&Input::PeerRestarted { peer }),
            MeshEvent::PeerLeft { peer } => self.input(&Input::PeerLeft { peer }),
            MeshEvent::Received { from, body } => {
                self.report(Report::Heard(Kind::of(&body), self.name(from)));
                self.heard.messages.push((self.name(from), body.clone()));
                self.input(&Input::Message { from, bytes: &body });
            }
            _ => {}
        }
    }

    fn input(&mut self, input: &Input<'_>) {
        match &mut self.mind {
            Mind::TwoFaced(mind) => {
                for (device, bytes) in mind.hear(input) {
                    self.queue(device, bytes);
                }
            }
            Mind::Machines(machines) => {
                for (number, machine) in std::mem::take(machines).into_iter().enumerate() {
                    let (mut machine, mut effects) = machine.handle(input.clone(), &mut OsRng);
                    if effects.iter().any(|effect| matches!(effect, Effect::Proposed { .. })) {
                        let (agreed, more) = machine.handle(Input::Consent, &mut OsRng);
                        machine = agreed;
                        effects.extend(more);
                    }
                    let outcome = machine.progress().outcome;
                    if number == 0 && self.outcome.as_ref() != Some(&outcome) {
                        self.report(Report::Outcome(outcome.clone()));
                        self.outcome = Some(outcome);
                    }
                    if let Mind::Machines(machines) = &mut self.mind {
                        machines.push(machine);
                    }
                    self.perform(number, effects);
                }
            }
        }
    }

    fn perform(&mut self, machine: usize, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Send { to, message } => self.queue_of(machine, to, &message),
                Effect::Broadcast { to, message } => {
                    to.into_iter().for_each(|to| self.queue_of(machine, to, &message));
                }
                Effect::StorePending { wallet, share } => self.kept.pending = Some((*wallet, share)),
                Effect::Activate { wallet } => self.kept.active = Some(*wallet),
                _ => {}
            }
        }
    }

    fn queue_of(&mut self, machine: usize, to: DeviceId, message: &Zeroizing<Vec<u8>>) {
        let second = self.second_for.as_ref().is_some_and(|name| *name == self.name(to));
        if machine == usize::from(second) {
            self.queue(to, message.to_vec());
        }
    }

    fn queue(&mut self, device: DeviceId, bytes: Vec<u8>) {
        let (to, kind) = (self.name(device), Kind::of(&bytes));
        self.waiting.push(Outgoing { to, kind, bytes, device, held: false });
    }

    /// Sends what the script lets pass; returns what ends the puppet.
    async fn speak(&mut self) -> Option<Act> {
        let mut kept = Vec::new();
        for mut message in std::mem::take(&mut self.waiting) {
            let act = (self.script)(&message, &self.heard);
            let Outgoing { device, kind, .. } = message;
            match act {
                Act::Send => {
                    self.post(device, message.bytes.clone()).await;
                    self.report(Report::Sent(kind, message.bytes));
                }
                Act::Replace(others) => {
                    for other in others {
                        self.post(device, other).await;
                    }
                    self.report(Report::Sent(kind, message.bytes));
                }
                Act::Hold => {
                    if !std::mem::replace(&mut message.held, true) {
                        self.report(Report::Held(kind));
                    }
                    kept.push(message);
                }
                Act::Die | Act::Leave | Act::Stall => {
                    // What was said before arrives.
                    let _ = timeout(PATIENCE, self.mesh.flushed()).await;
                    return Some(act);
                }
            }
        }
        self.waiting = kept;
        None
    }

    async fn post(&self, to: DeviceId, bytes: Vec<u8>) {
        // A device that is gone gets nothing.
        let _ = self.mesh.send(to, Zeroizing::new(bytes)).await;
    }

    fn name(&self, device: DeviceId) -> String {
        self.names.get(&device).map(ToString::to_string).unwrap_or_default()
    }

    fn report(&self, report: Report) {
        // The test may be over.
        let _ = self.reporter.send(report);
    }
}
