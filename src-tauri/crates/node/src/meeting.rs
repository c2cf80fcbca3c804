//! A wallet's members meet again: one task for each wallet keeps links to those that are there.
//!
//! They meet in a room derived from the wallet's own secret, on the server over which the wallet was made. Whoever else
//! comes there is no member: it gets a link, and nothing is said over it.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use identity::{DeviceId, DeviceName};
use keystore::SecretName;
use mesh::{LinkState, Mesh, MeshConfig, MeshEvent, SessionSecret};
use signalling::client::Client;
use tokio::{sync::mpsc, task::spawn_blocking, time::timeout};

use crate::{
    actor::{Event, Message, keys::Keys},
    snapshot::LinkKind,
    storage::WalletId,
};

/// The pause after the server or the keystore refused.
const AGAIN: Duration = Duration::from_secs(60);

/// What a meeting's task has from its device.
pub(crate) struct Meeting {
    pub(crate) wallet: WalletId,
    /// Tells this task from an earlier one of the same wallet.
    pub(crate) run: u64,
    pub(crate) transcript_hash: [u8; 32],
    /// The other members.
    pub(crate) others: Vec<DeviceId>,
    pub(crate) keys: Keys,
    pub(crate) name: DeviceName,
    pub(crate) client: Client,
    pub(crate) mesh: MeshConfig,
    pub(crate) farewell: Duration,
    pub(crate) actor: mpsc::Sender<Message>,
}

/// What a meeting's task reports.
#[derive(Debug)]
pub(crate) enum MeetingEvent {
    /// The members to which there is a link, or one is being made.
    Links(BTreeMap<DeviceId, LinkKind>),
    /// The task has ended.
    Gone,
}

/// Why a stay in the room is over.
enum Left {
    /// The device wants no more meeting.
    Closed,
    /// The server wants us no more.
    Refused,
}

impl Meeting {
    /// Meets until `open` is closed by its sender.
    pub(crate) async fn run(self, mut open: mpsc::Receiver<()>) {
        while let Left::Refused = self.stay(&mut open).await {
            self.report(MeetingEvent::Links(BTreeMap::new())).await;
            if timeout(AGAIN, open.recv()).await.is_ok() {
                break;
            }
        }
        let (wallet, run, actor) = (self.wallet, self.run, self.actor.clone());
        // Before it is said: nothing holds the keys any more.
        drop(self);
        // The actor may be closing.
        let _ = actor.send(Message::Event(Event::Meeting { wallet, run, event: MeetingEvent::Gone })).await;
    }

    async fn stay(&self, open: &mut mpsc::Receiver<()>) -> Left {
        let Some(secret) = self.secret().await else { return Left::Refused };
        let identity = self.keys.identity.clone();
        let joined = Mesh::join(&self.client, &secret, identity, self.name.clone(), self.mesh.clone()).await;
        let Ok((mesh, mut events)) = joined else { return Left::Refused };
        // Kept in mind, however many others come.
        let _ = mesh.keep(self.others.clone()).await;
        let mut links = BTreeMap::new();
        let left = loop {
            tokio::select! {
                biased;
                _ = open.recv() => break Left::Closed,
                event = events.recv() => match event {
                    None | Some(MeshEvent::Refused(_)) => break Left::Refused,
                    Some(event) => if self.noticed(&mut links, event) {
                        self.report(MeetingEvent::Links(links.clone())).await;
                    }
                }
            }
        };
        // Who does not hear the good-bye notices the silence.
        let _ = timeout(self.farewell, mesh.close()).await;
        left
    }

    /// Whether it changed what is known of the members.
    fn noticed(&self, links: &mut BTreeMap<DeviceId, LinkKind>, event: MeshEvent) -> bool {
        let (peer, kind) = match event {
            MeshEvent::Link { peer, state, .. } => match state {
                LinkState::Connecting => (peer, Some(LinkKind::Connecting)),
                LinkState::Direct => (peer, Some(LinkKind::Direct)),
                LinkState::Relayed => (peer, Some(LinkKind::Relayed)),
                LinkState::Down => (peer, None),
            },
            MeshEvent::PeerLeft { peer } => (peer, None),
            _ => return false,
        };
        if !self.others.contains(&peer) {
            return false;
        }
        match kind {
            Some(kind) => links.insert(peer, kind) != Some(kind),
            None => links.remove(&peer).is_some(),
        }
    }

    /// The secret of the wallet's room.
    async fn secret(&self) -> Option<SessionSecret> {
        let (store, name) = (Arc::clone(&self.keys.store), SecretName::link_secret(&self.wallet.0));
        let read = spawn_blocking(move || store.get(&name)).await.ok()?;
        let made = match read {
            Ok(secret) => secret?,
            Err(error) => {
                tracing::warn!(%error, "a wallet's members can't meet: the keystore does not give its secret");
                return None;
            }
        };
        let made: &[u8; 16] = made.expose().try_into().ok()?;
        Some(SessionSecret::from_bytes(*made).for_wallet(&self.transcript_hash))
    }

    async fn report(&self, event: MeetingEvent) {
        let event = Event::Meeting { wallet: self.wallet, run: self.run, event };
        // The actor may be closing.
        let _ = self.actor.send(Message::Event(event)).await;
    }
}
