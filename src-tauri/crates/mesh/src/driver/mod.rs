//! The one task that owns all of a mesh's state.
//!
//! - `line`: an attempt at a link with a member of the room, and the link that it becomes.
//! - `peer`: what is kept for a device over all its links.
//! - `room`: what the server and, through it, other members say.
//! - `attempts`: when a line is opened, and what follows when one fails.
//! - `links`: the handshake on a line, and the frames once it is up.

mod attempts;
mod line;
mod links;
mod peer;
mod room;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

use identity::{DeviceId, DeviceName, IdentityKey};
use signalling::{
    MemberId, Recipient, RoomId,
    client::{RoomEvent, RoomEvents, RoomSender},
};
use tokio::{
    sync::{mpsc, oneshot},
    task::{JoinHandle, JoinSet},
    time::{Instant, sleep_until, timeout},
};
use zeroize::Zeroizing;

use crate::{
    MeshConfig, MeshError, MeshEvent, SessionSecret,
    config::{BACKLOG, COMMANDS, LINGER, MAX_MEMBERS, PATH_EVENTS, POSTS},
    direct::{DirectEvent, Servers},
    handle::Command,
    noise::Epoch,
    sealed::{AttemptId, Seal},
    session_id::LinkPsk,
    stream::{Frame, Room},
};
use attempts::{Budget, Member};
use line::{Line, Post, Wire};
use peer::Peer;

/// What waits for the application.
enum Item {
    Event(MeshEvent),
    Body { from: DeviceId, epoch: Epoch, body: Zeroizing<Vec<u8>> },
}

pub(crate) struct Driver {
    identity: Arc<IdentityKey>,
    name: DeviceName,
    epoch: Epoch,
    room_id: RoomId,
    psk: LinkPsk,
    config: MeshConfig,
    servers: Servers,

    room: Option<RoomEvents>,
    wire: Wire,
    poster: JoinHandle<()>,
    entered: bool,
    online: bool,
    commands: mpsc::Receiver<Command>,
    events: mpsc::Sender<MeshEvent>,
    backlog: VecDeque<Item>,
    path_events: mpsc::Receiver<(AttemptId, DirectEvent)>,
    path_events_in: mpsc::Sender<(AttemptId, DirectEvent)>,
    paths: JoinSet<()>,

    members: BTreeMap<MemberId, Member>,
    lines: BTreeMap<AttemptId, Line>,
    peers: BTreeMap<DeviceId, Peer>,
    /// Devices that are forgotten for no other.
    kept: BTreeSet<DeviceId>,
    budget: Budget,
    failed: u64,
    reported: u64,
    report_at: Instant,
    flushing: Vec<oneshot::Sender<bool>>,
    /// Whether messages were lost since anybody last asked.
    has_lost: bool,
}

impl Driver {
    pub(crate) fn new(
        secret: &SessionSecret,
        identity: Arc<IdentityKey>,
        name: DeviceName,
        config: MeshConfig,
        (sender, room): (RoomSender, RoomEvents),
        commands: mpsc::Receiver<Command>,
        events: mpsc::Sender<MeshEvent>,
    ) -> Result<Self, MeshError> {
        let (posts, queued) = mpsc::channel(POSTS);
        let (path_events_in, path_events) = mpsc::channel(PATH_EVENTS);
        Ok(Self {
            identity,
            name,
            epoch: Epoch::random()?,
            room_id: secret.room(),
            psk: secret.link_psk(),
            servers: Servers::new(&config.ice_servers),
            config,
            room: Some(room),
            wire: Wire { seal: Seal::new(secret), posts, me: None },
            poster: tokio::spawn(post(sender, queued)),
            entered: false,
            online: false,
            commands,
            events,
            backlog: VecDeque::new(),
            path_events,
            path_events_in,
            paths: JoinSet::new(),
            members: BTreeMap::new(),
            lines: BTreeMap::new(),
            peers: BTreeMap::new(),
            kept: BTreeSet::new(),
            budget: Budget::new(),
            failed: 0,
            reported: 0,
            report_at: Instant::now(),
            flushing: Vec::new(),
            has_lost: false,
        })
    }

    pub(crate) async fn run(mut self) {
        loop {
            self.settle();
            // An application that does not read its events stops the mesh from reading the network.
            let reading = self.backlog.len() < BACKLOG;
            let wake = self.next_deadline();
            tokio::select! {
                () = has_room(&self.events), if !self.backlog.is_empty() => {}
                command = self.commands.recv() => match command {
                    Some(Command::Close(done)) => {
                        self.close().await;
                        let _ = done.send(());
                        return;
                    }
                    Some(command) => self.on_command(command),
                    None => return,
                },
                event = next(&mut self.room), if reading => self.on_room(event),
                Some((id, event)) = self.path_events.recv(), if reading => self.on_path(id, event),
                () = sleep_until(wake), if reading => self.on_time(Instant::now()),
                Some(_) = self.paths.join_next() => {}
            }
        }
    }

    fn on_command(&mut self, command: Command) {
        match command {
            Command::Send { to, body, room, taken } => {
                let _ = taken.send(self.queue(&to, &body, room));
            }
            Command::Note(note) => {
                if let Some(sealed) = self.wire.seal.seal_note(note) {
                    let _ = self.wire.posts.try_send(Post::Note(sealed));
                }
            }
            Command::Keep(devices) => self.kept = devices.into_iter().take(MAX_MEMBERS).collect(),
            Command::Flushed(done) => {
                self.flushing.retain(|waiting| !waiting.is_closed());
                if std::mem::take(&mut self.has_lost) {
                    let _ = done.send(false);
                } else if self.flushing.len() < COMMANDS {
                    self.flushing.push(done);
                }
            }
            Command::Close(_) => {}
        }
    }

    fn queue(
        &mut self,
        to: &[DeviceId],
        body: &Arc<Zeroizing<Vec<u8>>>,
        room: Room,
    ) -> Result<(), MeshError> {
        for device in to {
            let peer = self.peers.get(device).ok_or(MeshError::UnknownPeer(*device))?;
            if !peer.outbox.has_room(body.len(), room) {
                return Err(MeshError::QueueFull(*device));
            }
        }
        for device in to {
            if let Some(peer) = self.peers.get_mut(device) {
                peer.outbox.push(body.clone());
            }
        }
        Ok(())
    }

    fn emit(&mut self, event: MeshEvent) {
        self.backlog.push_back(Item::Event(event));
    }

    /// Hands over what the application has room for, and sends what the peers have room for.
    fn settle(&mut self) {
        if self.events.is_closed() {
            // An application that reads no more may still have something to say: only a dropped handle ends the mesh.
            self.backlog.clear();
        }
        while let (Some(_), Ok(permit)) = (self.backlog.front(), self.events.try_reserve()) {
            match self.backlog.pop_front() {
                Some(Item::Event(event)) => permit.send(event),
                Some(Item::Body { from, epoch, mut body }) => {
                    if let Some(peer) = self.peers.get_mut(&from).filter(|peer| peer.epoch == epoch) {
                        peer.inbox.deliver();
                        peer.owes_ack = true;
                    }
                    permit.send(MeshEvent::Received { from, body: std::mem::take(&mut *body) });
                }
                None => break,
            }
        }
        self.pump();
        if !self.flushing.is_empty() && self.peers.values().all(|peer| peer.outbox.is_empty()) {
            self.answer_flushing(true);
        }
    }

    /// Messages were dropped whose device will never acknowledge them.
    fn lost(&mut self) {
        self.has_lost = self.flushing.is_empty();
        self.answer_flushing(false);
    }

    fn answer_flushing(&mut self, all: bool) {
        for done in self.flushing.drain(..) {
            let _ = done.send(all);
        }
    }

    async fn close(mut self) {
        for line in self.lines.values_mut().filter(|line| line.device().is_some()) {
            // A path without room gets no good-bye: its peer will notice the silence.
            let _ = line.put(&self.wire, &Frame::Bye);
        }
        self.lines.clear();
        drop(self.wire);
        let paths = async { while self.paths.join_next().await.is_some() {} };
        // The other sides answer a good-bye by closing, so this is short unless they are gone. A note for whoever comes late is
        // worth more patience with a slow server.
        let _ = tokio::join!(timeout(2 * LINGER, paths), timeout(4 * LINGER, self.poster));
    }
}

async fn next(room: &mut Option<RoomEvents>) -> Option<RoomEvent> {
    match room {
        Some(room) => room.next().await,
        None => std::future::pending().await,
    }
}

/// Waits until the application has room for an event, or reads no more.
async fn has_room(events: &mpsc::Sender<MeshEvent>) {
    // The permit is given back: `settle` takes one for each event.
    drop(events.reserve().await);
}

/// Sends to the room until the mesh ends, then leaves it.
async fn post(sender: RoomSender, mut queued: mpsc::Receiver<Post>) {
    while let Some(post) = queued.recv().await {
        let sent = match post {
            Post::To(member, payload) => sender.send(Recipient::One(member), payload).await,
            Post::Note(note) => sender.set_note(note).await,
        };
        if sent.is_err() {
            return;
        }
    }
    sender.leave().await;
}
