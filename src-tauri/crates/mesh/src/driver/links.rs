//! The handshake on a line, and the frames once it is up.

use identity::DeviceId;
use tokio::time::Instant;
use zeroize::Zeroizing;

use super::{
    Driver, Item,
    line::{Path, Stage},
    peer::Peer,
};
use crate::{
    LinkState, MeshEvent,
    config::MAX_PEERS,
    noise::{Broken, Handshake, Proof, Step, Stream},
    sealed::AttemptId,
    stream::{Frame, Misbehaved},
};

impl From<Misbehaved> for Broken {
    fn from(_: Misbehaved) -> Self {
        Self
    }
}

impl Driver {
    /// The line's path is open: who opened it speaks first.
    pub(super) fn begin(&mut self, id: AttemptId) {
        let Some(line) = self.lines.get_mut(&id) else { return };
        tracing::debug!(?id, direct = line.is_direct(), ours = line.ours, "a path is open");
        if !matches!(line.stage, Stage::Opening) {
            return;
        }
        let begun = Handshake::new(line.ours, self.room_id, &self.psk).and_then(|handshake| {
            if !line.ours {
                return Ok(handshake);
            }
            let (handshake, first) = handshake.begin()?;
            line.send(&self.wire, first)?;
            Ok(handshake)
        });
        match begun {
            Ok(handshake) => line.stage = Stage::Shaking(handshake),
            Err(Broken) => self.fail(id),
        }
    }

    /// A message came over the line.
    pub(super) fn on_message(&mut self, id: AttemptId, message: &[u8]) {
        let Some(line) = self.lines.get_mut(&id) else { return };
        line.last_in = Instant::now();
        let was_up = line.device().is_some();
        let stage = line.stage.name();
        if self.advance(id, message).is_err() {
            tracing::debug!(?id, stage, length = message.len(), "a message broke a line");
            self.failed += u64::from(!was_up);
            self.fail(id);
        }
    }

    fn advance(&mut self, id: AttemptId, message: &[u8]) -> Result<(), Broken> {
        let line = self.lines.get_mut(&id).ok_or(Broken)?;
        if let Stage::Up(stream, device) = &mut line.stage {
            let device = *device;
            return match stream.decrypt(message)? {
                Some(frame) => self.on_frame(id, device, &frame),
                None => Ok(()),
            };
        }
        match std::mem::replace(&mut line.stage, Stage::Broken) {
            Stage::Shaking(handshake) => match handshake.handle(message)? {
                Step::Reply(handshake, reply) => {
                    line.stage = Stage::Shaking(handshake);
                    line.send(&self.wire, reply)
                }
                Step::Done(stream, last) => {
                    if let Some(last) = last {
                        line.send(&self.wire, last)?;
                    }
                    let proof = stream.prove(&self.identity, &self.name, self.epoch);
                    line.stage = Stage::Proving(Box::new(stream));
                    let proof = postcard::to_allocvec(&proof).map_err(|_| Broken)?;
                    line.put_bytes(&self.wire, &proof)?.then_some(()).ok_or(Broken)
                }
            },
            Stage::Proving(mut stream) => match stream.decrypt(message)? {
                Some(proof) => self.on_proof(id, stream, &proof),
                None => {
                    line.stage = Stage::Proving(stream);
                    Ok(())
                }
            },
            Stage::Resuming(mut stream, proof) => match stream.decrypt(message)? {
                Some(frame) => match Frame::parse(&frame) {
                    Some(Frame::Resume { epoch, received }) if epoch == self.epoch => {
                        self.establish(id, stream, proof, received)
                    }
                    _ => Err(Broken),
                },
                None => {
                    line.stage = Stage::Resuming(stream, proof);
                    Ok(())
                }
            },
            Stage::Opening | Stage::Up(..) | Stage::Broken => Err(Broken),
        }
    }

    fn on_proof(&mut self, id: AttemptId, stream: Box<Stream>, bytes: &[u8]) -> Result<(), Broken> {
        let (proof, rest) = postcard::take_from_bytes::<Proof>(bytes).map_err(|_| Broken)?;
        if !rest.is_empty() {
            return Err(Broken);
        }
        stream.verify(&proof)?;
        let known = self.peers.get(&proof.identity);
        let refused = proof.identity == self.identity.id() || (known.is_none() && !self.has_place());
        let line = self.lines.get_mut(&id).ok_or(Broken)?;
        if refused {
            // Ourselves, from another connection: there is nothing to try again.
            let member = line.member;
            self.give_up(member);
            self.fail(id);
            return Ok(());
        }
        let received = known.filter(|peer| peer.epoch == proof.epoch).map_or(0, |peer| peer.inbox.received());
        let resume = Frame::Resume { epoch: proof.epoch, received };
        line.stage = Stage::Resuming(stream, proof);
        line.put(&self.wire, &resume)?.then_some(()).ok_or(Broken)
    }

    /// The line becomes the device's link, in place of any other.
    fn establish(
        &mut self,
        id: AttemptId,
        stream: Box<Stream>,
        proof: Proof,
        received: u64,
    ) -> Result<(), Broken> {
        let Proof { identity: device, name, epoch, .. } = proof;
        let line = self.lines.get_mut(&id).ok_or(Broken)?;
        let member = line.member;
        let state = if line.is_direct() { LinkState::Direct } else { LinkState::Relayed };
        line.stage = Stage::Up(stream, device);

        tracing::debug!(?id, %device, ?state, "a link is up");

        if !self.peers.contains_key(&device) {
            self.make_place();
        }
        let peer = self.peers.entry(device).or_insert_with(|| Peer::new(name.clone(), epoch));
        let forgot = peer.epoch == epoch && peer.outbox.is_forgotten(received);
        let restarted = peer.epoch != epoch || forgot;
        let mut lost = false;
        if restarted {
            lost = !peer.outbox.is_empty();
            let before = std::mem::replace(peer, Peer::new(name.clone(), epoch));
            peer.link = before.link;
            if forgot {
                // The process is the same, and was told how far this is.
                peer.inbox = before.inbox;
            }
        }
        peer.outbox.resume(received)?;
        peer.name = name.clone();
        let replaced = peer.link.replace(id).filter(|old| *old != id);
        let changed = std::mem::replace(&mut peer.state, state) != state;

        if let Some(mut old) = replaced.and_then(|old| self.lines.remove(&old))
            && restarted
        {
            // Another process of the same identity must not fight for the link.
            let _ = old.put(&self.wire, &Frame::Superseded);
        }
        if lost {
            self.lost();
        }
        if restarted {
            self.emit(MeshEvent::PeerRestarted { peer: device });
        }
        if restarted || changed {
            self.emit(MeshEvent::Link { peer: device, name, state });
        }
        self.reached(member, device, id);
        Ok(())
    }

    fn has_place(&self) -> bool {
        self.peers.len() < MAX_PEERS || self.longest_gone().is_some()
    }

    /// Forgets a device for a new one, if all places are taken.
    fn make_place(&mut self) {
        let longest_gone = self.longest_gone().filter(|_| self.peers.len() >= MAX_PEERS);
        if let Some((device, peer)) = longest_gone.and_then(|device| self.peers.remove_entry(&device)) {
            if !peer.outbox.is_empty() {
                self.lost();
            }
            self.emit(MeshEvent::PeerLeft { peer: device });
        }
    }

    /// Of the devices without a link that the application does not keep, the one that went first.
    fn longest_gone(&self) -> Option<DeviceId> {
        let gone =
            self.peers.iter().filter(|(device, peer)| peer.link.is_none() && !self.kept.contains(device));
        gone.min_by_key(|(_, peer)| peer.gone).map(|(device, _)| *device)
    }

    fn on_frame(&mut self, id: AttemptId, device: DeviceId, bytes: &[u8]) -> Result<(), Broken> {
        let Some(peer) = self.peers.get_mut(&device).filter(|peer| peer.link == Some(id)) else {
            return Err(Broken);
        };
        match Frame::parse(bytes).ok_or(Broken)? {
            Frame::Data { seq, ack, body } => {
                peer.outbox.acknowledge(ack)?;
                if peer.inbox.take(seq)? {
                    let body = Zeroizing::new(body.to_vec());
                    self.backlog.push_back(Item::Body { from: device, epoch: peer.epoch, body });
                } else {
                    peer.owes_ack = true;
                }
            }
            Frame::Ack { ack } => peer.outbox.acknowledge(ack)?,
            Frame::Ping => {}
            Frame::Bye => {
                let lost = self.peers.remove(&device).is_some_and(|peer| !peer.outbox.is_empty());
                if lost {
                    self.lost();
                }
                if let Some(line) = self.lines.remove(&id) {
                    // Which tells the other side that its good-bye was read.
                    if let Path::Direct(direct) = &line.path {
                        direct.close();
                    }
                    self.give_up(line.member);
                }
                self.emit(MeshEvent::PeerLeft { peer: device });
            }
            Frame::Superseded => {
                if let Some(line) = self.lines.get(&id) {
                    let member = line.member;
                    self.give_up(member);
                }
                self.fail(id);
            }
            Frame::Resume { .. } => return Err(Broken),
        }
        Ok(())
    }

    /// Sends what waits for each device, as far as windows and paths allow.
    pub(super) fn pump(&mut self) {
        let mut broken = Vec::new();
        for peer in self.peers.values_mut() {
            let Some(line) = peer.link.and_then(|id| self.lines.get_mut(&id)) else { continue };
            let mut result = Ok(true);
            while let (Ok(true), Some((seq, body))) = (&result, peer.outbox.next()) {
                let ack = peer.inbox.delivered();
                result = line.put(&self.wire, &Frame::Data { seq, ack, body: &body });
                if let Ok(true) = result {
                    peer.outbox.mark_sent();
                    peer.owes_ack = false;
                }
            }
            if peer.owes_ack && result.is_ok() {
                result = line.put(&self.wire, &Frame::Ack { ack: peer.inbox.delivered() });
                peer.owes_ack = !matches!(result, Ok(true));
            }
            if result.is_err() {
                broken.push(line.id);
            }
        }
        broken.into_iter().for_each(|id| self.fail(id));
    }

    /// Whether a link has no room for what waits.
    pub(super) fn is_stuck(&self) -> bool {
        self.peers.values().any(|peer| peer.link.is_some() && (peer.owes_ack || peer.outbox.next().is_some()))
    }

    /// Tells the application of a link's state, if it is new.
    pub(super) fn tell(&mut self, device: DeviceId, state: LinkState) {
        let Some(peer) = self.peers.get_mut(&device).filter(|peer| peer.state != state) else { return };
        peer.state = state;
        let name = peer.name.clone();
        self.emit(MeshEvent::Link { peer: device, name, state });
    }
}
