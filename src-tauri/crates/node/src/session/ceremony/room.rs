//! The session's room: entering it, what happens in it, entering it again, leaving it.

use coordinator::dkg::{Input, Outcome, Round};
use mesh::{LinkState, Mesh, MeshError, MeshEvent, RoomNote};
use tokio::{
    sync::mpsc,
    time::{Instant, timeout},
};
use zeroize::Zeroizing;

use super::Session;
use crate::{failure::Failure, message::MessagePart, reason, snapshot::LinkKind};

/// What happens in the room; none while this device is not in it.
pub(super) type Events = Option<mpsc::Receiver<MeshEvent>>;

impl Session {
    /// Asks for the room. The answer comes as an event.
    pub(super) async fn enter(&mut self) -> Result<mpsc::Receiver<MeshEvent>, MeshError> {
        let joined = Mesh::join(
            &self.setting.client,
            &self.secret,
            self.setting.keys.identity.clone(),
            self.setting.name.clone(),
            self.setting.mesh.clone(),
        );
        let (mesh, events) = joined.await?;
        self.mesh = Some(mesh);
        Ok(events)
    }

    /// Enters the room for the first time. A device that has signed is needed, and tries again if it can't.
    pub(super) async fn enter_first(&mut self) -> Events {
        match self.enter().await {
            Ok(events) => return Some(events),
            Err(error) if self.progress.outcome == Outcome::InProgress => {
                self.fail(Failure::ServerRefused { reason: reason::of_mesh(&error) }).await;
            }
            Err(_) => self.come_again(),
        }
        None
    }

    /// Enters the room anew: whom this device linked to sees a new process. Rounds that still go on over direct links
    /// are not disturbed.
    pub(super) async fn enter_anew(&mut self, events: &mut Events) {
        self.enter_again = None;
        if self.progress.outcome == Outcome::InProgress {
            return self.come_again();
        }
        (self.mesh, *events) = (None, None);
        // Said again in the new room.
        (self.note, self.members) = (None, Default::default());
        for (peer, (_, kind)) in std::mem::take(&mut self.links) {
            if matches!(kind, LinkKind::Direct | LinkKind::Relayed) {
                self.input(Input::LinkDown { peer }).await;
            }
        }
        match self.enter().await {
            Ok(entered) => *events = Some(entered),
            Err(_) => self.come_again(),
        }
    }

    fn come_again(&mut self) {
        let at = Instant::now() + self.setting.timeouts.again;
        self.enter_again.get_or_insert(at);
    }

    /// Nothing more comes from the room.
    pub(super) async fn room_closed(&mut self) {
        match self.progress.outcome {
            Outcome::InProgress => {
                self.fail(Failure::ServerRefused { reason: vec![MessagePart::ConnectionBroke {}] }).await;
            }
            _ => self.come_again(),
        }
    }

    pub(super) async fn link_event(&mut self, event: MeshEvent) {
        match event {
            MeshEvent::Entered { note, .. } => {
                let is_first = !std::mem::replace(&mut self.entered, true);
                let is_newcomer = !self.is_creator && self.wallet.is_none();
                if let (true, true, Some(note)) = (is_first, is_newcomer, note) {
                    self.fail(match note {
                        RoomNote::Full => Failure::Full,
                        RoomNote::Finished => Failure::Finished,
                        RoomNote::Cancelled => Failure::Cancelled,
                    })
                    .await;
                }
            }
            MeshEvent::Link { peer, name, state } => {
                let kind = match state {
                    LinkState::Connecting => LinkKind::Connecting,
                    LinkState::Direct => LinkKind::Direct,
                    LinkState::Relayed => LinkKind::Relayed,
                    LinkState::Down => LinkKind::Down,
                };
                self.links.insert(peer, (name.clone(), kind));
                let is_up = matches!(state, LinkState::Direct | LinkState::Relayed);
                if is_up {
                    self.absent.remove(&peer);
                } else {
                    let until = Instant::now() + self.setting.timeouts.absence;
                    self.absent.entry(peer).or_insert(until);
                }
                match state {
                    LinkState::Direct | LinkState::Relayed => self.input(Input::LinkUp { peer, name }).await,
                    LinkState::Connecting | LinkState::Down => self.input(Input::LinkDown { peer }).await,
                }
            }
            MeshEvent::PeerRestarted { peer } => self.input(Input::PeerRestarted { peer }).await,
            MeshEvent::PeerLeft { peer } => {
                self.links.remove(&peer);
                self.absent.remove(&peer);
                self.input(Input::PeerLeft { peer }).await;
            }
            MeshEvent::Received { from, body } => {
                let body = Zeroizing::new(body);
                self.input(Input::Message { from, bytes: &body }).await;
            }
            MeshEvent::Refused(refusal) if self.progress.round == Round::Joining => {
                self.fail(Failure::ServerRefused { reason: vec![reason::of_refusal(refusal)] }).await;
            }
            // What is direct lives on. Whoever has signed is needed until all have the certificate.
            MeshEvent::Refused(_) => self.come_again(),
            MeshEvent::Handshakes { failed } => {
                tracing::info!(failed, "somebody without the session's secret tried to link");
            }
            // The connection's state is shown beside the session.
            _ => {}
        }
    }

    /// Lets what was sent arrive, says good-bye and closes the links.
    pub(super) async fn farewell(&mut self) {
        if let Some(lobby) = self.lobby.take() {
            let closing = lobby.close(self.setting.keys.identity.clone());
            let _ = timeout(self.setting.timeouts.farewell, closing).await;
        }
        if let Some(mesh) = self.mesh.take() {
            // Who does not acknowledge in time is told by its own deadline.
            let _ = timeout(self.setting.timeouts.farewell, mesh.flushed()).await;
            let _ = timeout(self.setting.timeouts.farewell, mesh.close()).await;
        }
    }
}
