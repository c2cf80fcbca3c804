//! A client of the signalling server: handles on one task that keeps the connection.
//!
//! The task connects when the first room, announcement or browse asks for it, keeps trying as long as
//! one does, and hangs up shortly after the last. What was sent is kept until the server has
//! acknowledged it, so that a dropped connection loses and doubles nothing; see [`RoomEvent`] for when
//! the server has forgotten the client all the same.

mod backoff;
mod connect;
mod desk;
mod driver;
mod outbox;
mod rooms;
mod trouble;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use crate::protocol::{MAX_NOTE, MAX_PAYLOAD, MAX_RECORD};
use crate::{Announcement, AnnouncementId, MemberId, Recipient, Refusal, RoomId, ServerUrl};

pub use backoff::Backoff;
pub use trouble::Trouble;

use desk::{Message, Request};
use driver::Driver;

/// Events that wait for [`RoomEvents::next`] in one room before the client stops reading.
pub const ROOM_EVENTS: usize = 1024;
/// Requests that wait for the client's task before their caller does.
const REQUESTS: usize = 64;

/// How a [`Client`] connects.
#[derive(Debug, Clone)]
pub struct ClientConfig {
    /// The server.
    pub server: ServerUrl,
    /// The pauses between attempts.
    pub backoff: Backoff,
    /// Certificates to trust besides the system's.
    pub extra_roots: Vec<CertificateDer<'static>>,
    /// How long an attempt may take, until the server's first frame is there.
    pub connect_timeout: Duration,
    /// How long an unused connection is kept.
    pub linger: Duration,
    /// How many messages are kept until the server acknowledges them, before senders wait.
    pub unacknowledged: usize,
}

impl ClientConfig {
    /// The defaults, for this server.
    pub fn new(server: ServerUrl) -> Self {
        Self {
            server,
            backoff: Backoff::default(),
            extra_roots: Vec::new(),
            connect_timeout: Duration::from_secs(10),
            linger: Duration::from_secs(2),
            unacknowledged: 256,
        }
    }
}

/// How the connection is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConnectionState {
    /// Nobody wants one.
    Idle,
    /// Being made.
    Connecting {
        /// 1 for the first attempt, 0 for the one right after a connection broke.
        attempt: u32,
    },
    /// There is one.
    Connected,
    /// The last attempt failed.
    Waiting {
        /// Which attempt failed.
        attempt: u32,
        /// When the next begins.
        retry_at: Instant,
        /// Why it failed.
        reason: Trouble,
    },
}

/// Why a request was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The room was left or refused, or the client has ended.
    #[error("the room or the connection is closed")]
    Closed,
    /// This client is in that room already.
    #[error("this client is in that room already")]
    AlreadyJoined,
    /// The payload, note or record has this many bytes, and may have `limit`.
    #[error("{len} bytes are more than the {limit} that fit")]
    TooLarge {
        /// How many bytes there are.
        len: usize,
        /// How many may be.
        limit: usize,
    },
}

/// A handle on the connection's task. The task ends when all handles, rooms and browses are gone.
#[derive(Debug, Clone)]
pub struct Client {
    requests: mpsc::Sender<Request>,
    messages: mpsc::Sender<Message>,
    state: watch::Receiver<ConnectionState>,
}

impl Client {
    /// Starts the task; it does not connect before something wants it. Needs a tokio runtime.
    pub fn start(config: ClientConfig) -> Self {
        let (requests, incoming) = mpsc::channel(REQUESTS);
        let (messages, outgoing) = mpsc::channel(REQUESTS);
        let (state, watched) = watch::channel(ConnectionState::Idle);
        tokio::spawn(Driver::new(config, incoming, outgoing, state).run());
        Self { requests, messages, state: watched }
    }

    /// How the connection is.
    pub fn state(&self) -> watch::Receiver<ConnectionState> {
        self.state.clone()
    }

    /// Asks for a room; returns at once. [`RoomEvent::Welcome`] comes once the server let us in.
    pub async fn join(&self, room: RoomId) -> Result<(RoomSender, RoomEvents), ClientError> {
        let epoch = Arc::new(AtomicU64::new(0));
        let (events, incoming) = mpsc::channel(ROOM_EVENTS);
        let (alive, dropped) = oneshot::channel();
        let (answer, answered) = oneshot::channel();
        self.request(Request::Join { room, events, alive: dropped, answer }).await?;
        let ticket = answered.await.map_err(|_| ClientError::Closed)??;
        let sender = RoomSender {
            room,
            ticket,
            epoch: epoch.clone(),
            messages: self.messages.clone(),
            requests: self.requests.downgrade(),
        };
        Ok((sender, RoomEvents { incoming, epoch, _alive: alive }))
    }

    /// Lists an announcement, and again after every reconnect, until it is withdrawn or refused, or
    /// this client and its clones are gone. Announcing again with the same name replaces the record.
    pub async fn announce(&self, announcement: Announcement) -> Result<Announced, ClientError> {
        check(announcement.record.len(), MAX_RECORD)?;
        let (state, watched) = watch::channel(AnnouncementState::Pending);
        self.request(Request::Announce { announcement, state }).await?;
        Ok(Announced { state: watched })
    }

    /// Lists it no longer.
    pub async fn withdraw(&self, id: AnnouncementId) {
        // A task that has ended has withdrawn everything.
        let _ = self.request(Request::Withdraw { id }).await;
    }

    /// Follows all announcements for as long as what it returns lives.
    pub async fn browse(&self) -> Result<Browse, ClientError> {
        let (answer, answered) = oneshot::channel();
        self.request(Request::Browse { answer }).await?;
        let announcements = answered.await.map_err(|_| ClientError::Closed)?;
        Ok(Browse { announcements })
    }

    async fn request(&self, request: Request) -> Result<(), ClientError> {
        self.requests.send(request).await.map_err(|_| ClientError::Closed)
    }
}

/// Sends to a room.
#[derive(Debug, Clone)]
pub struct RoomSender {
    room: RoomId,
    ticket: u64,
    epoch: Arc<AtomicU64>,
    messages: mpsc::Sender<Message>,
    requests: mpsc::WeakSender<Request>,
}

impl RoomSender {
    /// Which room.
    pub fn room(&self) -> RoomId {
        self.room
    }

    /// Sends a payload of at most [`MAX_PAYLOAD`] bytes: returns once it is queued, and waits while the
    /// queue is full, which offline can be long. Dropped if the server forgets us, which the next
    /// [`RoomEvent::Welcome`] tells, or if the recipient has left.
    pub async fn send(&self, to: Recipient, payload: Vec<u8>) -> Result<(), ClientError> {
        check(payload.len(), MAX_PAYLOAD)?;
        let epoch = self.epoch.load(Ordering::Acquire);
        self.message(Message::Send { room: self.room, ticket: self.ticket, epoch, to, payload }).await
    }

    /// Leaves a note of at most [`MAX_NOTE`] bytes in the room. It is set again should the server
    /// forget us before it has acknowledged it.
    pub async fn set_note(&self, note: Vec<u8>) -> Result<(), ClientError> {
        check(note.len(), MAX_NOTE)?;
        self.message(Message::SetNote { room: self.room, ticket: self.ticket, note }).await
    }

    /// Leaves the room, after what was sent before. Returns once the server knows, or at once when
    /// there is no connection.
    pub async fn leave(self) {
        let (done, finished) = oneshot::channel();
        let leave = Message::Leave { room: self.room, ticket: self.ticket, done };
        // With a full queue and no connection what is queued goes nowhere, so that leaving need not wait for it.
        let overtakes = match self.messages.try_send(leave) {
            Ok(()) => None,
            Err(mpsc::error::TrySendError::Full(message)) => Some(message),
            Err(mpsc::error::TrySendError::Closed(_)) => return,
        };
        if let (Some(Message::Leave { done, .. }), Some(requests)) = (overtakes, self.requests.upgrade()) {
            let _ = requests.send(Request::Leave { room: self.room, ticket: self.ticket, done }).await;
        }
        let _ = finished.await;
    }

    async fn message(&self, message: Message) -> Result<(), ClientError> {
        self.messages.send(message).await.map_err(|_| ClientError::Closed)
    }
}

/// What happens in a room. Dropping it leaves the room.
#[derive(Debug)]
pub struct RoomEvents {
    incoming: mpsc::Receiver<(u64, RoomEvent)>,
    epoch: Arc<AtomicU64>,
    _alive: oneshot::Sender<()>,
}

impl RoomEvents {
    /// The next event; `None` after the room was left or refused. Cancel safe.
    pub async fn next(&mut self) -> Option<RoomEvent> {
        let (epoch, event) = self.incoming.recv().await?;
        self.epoch.store(epoch, Ordering::Release);
        Some(event)
    }
}

/// What happens in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoomEvent {
    /// We are in the room. Comes first, and again if the server forgot us (it restarted, or we were
    /// away for longer than its grace time): all member names from before are void, and what was sent
    /// before this event was read is dropped.
    Welcome {
        /// Our name.
        me: MemberId,
        /// The others.
        members: Vec<MemberId>,
        /// The room's note.
        note: Option<Vec<u8>>,
    },
    /// Another came in.
    Joined(MemberId),
    /// Another left, or stayed away for longer than the grace time.
    Left(MemberId),
    /// Another sent this.
    Message {
        /// Who.
        from: MemberId,
        /// What.
        payload: Vec<u8>,
    },
    /// The connection is down, and being tried again.
    Offline,
    /// It is up again; nothing was lost and nothing doubled.
    Resumed,
    /// The server does not let us in, or no longer. The last event.
    Refused(Refusal),
}

/// How an announcement fares.
#[derive(Debug, Clone)]
pub struct Announced {
    state: watch::Receiver<AnnouncementState>,
}

impl Announced {
    /// How it is now.
    pub fn state(&self) -> AnnouncementState {
        *self.state.borrow()
    }

    /// Waits until that changes, and says how it is then; `None` if it was withdrawn or replaced. Cancel safe.
    pub async fn changed(&mut self) -> Option<AnnouncementState> {
        self.state.changed().await.ok().map(|()| *self.state.borrow_and_update())
    }

    /// Waits until the server has listed or refused it; `None` if it was withdrawn or replaced before.
    pub async fn answered(&mut self) -> Option<AnnouncementState> {
        let answered = self.state.wait_for(|state| *state != AnnouncementState::Pending).await;
        answered.ok().map(|state| *state)
    }
}

/// How an announcement fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnnouncementState {
    /// The server has not answered.
    Pending,
    /// Others can see it.
    Listed,
    /// The server does not list it, or no longer; it is given up.
    Refused(Refusal),
}

/// All announcements, as long as it lives.
#[derive(Debug, Clone)]
pub struct Browse {
    /// The announcements by name; empty until the server has sent them. Keeps its last value while
    /// offline. Closed once the server speaks another version.
    pub announcements: watch::Receiver<Vec<Announcement>>,
}

fn check(len: usize, limit: usize) -> Result<(), ClientError> {
    if len > limit { Err(ClientError::TooLarge { len, limit }) } else { Ok(()) }
}
