use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{mpsc, oneshot, watch};

use super::connect::Begun;
use super::outbox::{BadAck, Outbox, Purpose};
use super::rooms::Rooms;
use super::{AnnouncementState, ClientError, RoomEvent};
use crate::protocol::{ClientFrame, Hello, Resume, ServerFrame, Token};
use crate::wire::Wire;
use crate::{Announcement, AnnouncementId, Recipient, Refusal, RoomId};

/// Messages taken at once, to be written together.
const BATCH: usize = 32;

/// What handles ask for, in no order with messages.
#[derive(Debug)]
pub(super) enum Request {
    Join {
        room: RoomId,
        events: mpsc::Sender<(u64, RoomEvent)>,
        /// Ends when the room's events are dropped.
        alive: oneshot::Receiver<()>,
        answer: oneshot::Sender<Result<u64, ClientError>>,
    },
    Leave {
        room: RoomId,
        ticket: u64,
        done: oneshot::Sender<()>,
    },
    Announce {
        announcement: Announcement,
        state: watch::Sender<AnnouncementState>,
    },
    Withdraw {
        id: AnnouncementId,
    },
    Browse {
        answer: oneshot::Sender<watch::Receiver<Vec<Announcement>>>,
    },
}

/// What rooms send; not taken while too much is unacknowledged.
#[derive(Debug)]
pub(super) enum Message {
    Send { room: RoomId, ticket: u64, epoch: u64, to: Recipient, payload: Vec<u8> },
    SetNote { room: RoomId, ticket: u64, note: Vec<u8> },
    Leave { room: RoomId, ticket: u64, done: oneshot::Sender<()> },
}

/// What the handles want, and the visit in which the server has been told.
pub(super) struct Desk {
    requests: Option<mpsc::Receiver<Request>>,
    messages: Option<mpsc::Receiver<Message>>,
    unacknowledged: usize,
    rooms: Rooms,
    /// The rooms whose events nobody reads any longer.
    gone: FuturesUnordered<BoxFuture<'static, (RoomId, u64)>>,
    announcements: BTreeMap<AnnouncementId, (Vec<u8>, watch::Sender<AnnouncementState>)>,
    browsing: Option<Browsing>,
    visit: Option<Visit>,
    connected: bool,
    outbox: Outbox,
}

/// The visit on the server.
struct Visit {
    token: Token,
    heartbeat: Duration,
    received: u64,
}

struct Browsing {
    announcements: watch::Sender<Vec<Announcement>>,
    /// The pages of a listing that is not complete.
    pages: Option<Vec<Announcement>>,
}

/// What to do after a frame.
pub(super) enum Next {
    GoOn,
    /// The server said good-bye.
    Bye(Refusal),
    /// The server does not keep to the protocol.
    Nonsense,
}

impl Desk {
    pub(super) fn new(
        requests: mpsc::Receiver<Request>,
        messages: mpsc::Receiver<Message>,
        unacknowledged: usize,
    ) -> Self {
        Self {
            requests: Some(requests),
            messages: Some(messages),
            unacknowledged: unacknowledged.max(1),
            rooms: Rooms::default(),
            gone: FuturesUnordered::new(),
            announcements: BTreeMap::new(),
            browsing: None,
            visit: None,
            connected: false,
            outbox: Outbox::default(),
        }
    }

    /// Whether there is something to be connected for.
    pub(super) fn wants_connection(&self) -> bool {
        !self.rooms.is_empty() || !self.announcements.is_empty() || self.browsing.is_some()
    }

    /// Whether nothing will ever be wanted again.
    pub(super) fn is_finished(&self) -> bool {
        self.requests.is_none() && !self.wants_connection()
    }

    /// Whether the server knows everything.
    pub(super) fn is_settled(&self) -> bool {
        self.outbox.len() == 0
    }

    /// Whether frames may be read: not while someone is behind with their events.
    pub(super) fn may_read(&self) -> bool {
        !self.rooms.is_stalled()
    }

    /// How long the server may be silent.
    pub(super) fn patience(&self) -> Duration {
        let heartbeat = self.visit.as_ref().map_or(Duration::from_secs(15), |visit| visit.heartbeat);
        heartbeat * 5 / 2
    }

    pub(super) fn hello(&self) -> Hello {
        let resume = |visit: &Visit| Resume { token: visit.token.clone(), received: visit.received };
        Hello { resume: self.visit.as_ref().map(resume) }
    }

    /// A connection begins.
    pub(super) fn connected(&mut self, begun: Begun) -> Result<(), BadAck> {
        match begun {
            Begun::Resumed { received } => {
                if self.visit.is_none() || self.outbox.acknowledge(received).is_err() {
                    self.visit = None;
                    return Err(BadAck);
                }
                self.rooms.resumed();
            }
            Begun::Fresh(welcoming) => {
                self.rooms.forgotten();
                let rooms = self.rooms.ids().map(|room| ClientFrame::Join { room });
                let announcements = self.announcements.iter().map(|(id, (record, _))| {
                    ClientFrame::Announce(Announcement { id: *id, record: record.clone() })
                });
                let browse = self.browsing.iter().map(|_| ClientFrame::Browse);
                let wishes = rooms.chain(announcements).chain(browse);
                self.outbox.start_over(wishes, |room, ticket| self.rooms.has(room, ticket));
                // A server that never pings would otherwise never be given up.
                let heartbeat = Duration::from_millis(welcoming.heartbeat_ms.into());
                let heartbeat = heartbeat.clamp(Duration::from_millis(10), Duration::from_secs(60));
                self.visit = Some(Visit { token: welcoming.token, heartbeat, received: 0 });
            }
        }
        self.connected = true;
        Ok(())
    }

    /// There is no connection, or no longer.
    pub(super) fn disconnected(&mut self) {
        self.connected = false;
        self.outbox.rewind();
        self.rooms.offline();
    }

    /// The visit is over.
    pub(super) fn forget_visit(&mut self) {
        self.visit = None;
    }

    /// No server of ours will ever answer.
    pub(super) fn refuse_all(&mut self, refusal: Refusal) {
        self.forget_visit();
        self.rooms.refuse_all(refusal);
        for (_, (_, state)) in std::mem::take(&mut self.announcements) {
            state.send_replace(AnnouncementState::Refused(refusal));
        }
        self.browsing = None;
        self.outbox = Outbox::default();
    }

    pub(super) fn feed<S: AsyncRead + AsyncWrite + Unpin>(&mut self, wire: &mut Wire<S>) {
        self.outbox.feed(wire);
    }

    /// Waits until a handle wants something, or lets go of something, and does it. Cancel safe.
    pub(super) async fn tend(&mut self) {
        let takes_messages = self.outbox.len() < self.unacknowledged;
        let is_stalled = self.rooms.is_stalled();
        tokio::select! {
            request = receive(&mut self.requests), if self.requests.is_some() => match request {
                Some(request) => self.request(request),
                None => self.lose_clients(),
            },
            message = receive(&mut self.messages), if takes_messages && self.messages.is_some() => match message {
                Some(message) => self.take(message),
                None => self.messages = None,
            },
            Some((room, ticket)) = self.gone.next(), if !self.gone.is_empty() => {
                self.leave(room, ticket, None);
            }
            () = unwatched(&self.browsing), if self.browsing.is_some() => self.stop_browsing(),
            () = self.rooms.deliver(), if is_stalled => {}
            else => std::future::pending().await,
        }
    }

    fn request(&mut self, request: Request) {
        match request {
            Request::Join { room, events, alive, answer } => {
                // What was let go of before is left before.
                while let Some(Some((room, ticket))) = self.gone.next().now_or_never() {
                    self.leave(room, ticket, None);
                }
                let ticket = self.rooms.add(room, events);
                if let Ok(ticket) = ticket {
                    self.gone.push(Box::pin(async move {
                        let _ = alive.await;
                        (room, ticket)
                    }));
                    self.wish(&ClientFrame::Join { room });
                }
                // A caller that has gone has dropped the room's events too.
                let _ = answer.send(ticket);
            }
            Request::Leave { room, ticket, done } => self.leave(room, ticket, Some(done)),
            Request::Announce { announcement, state } => {
                self.announcements.insert(announcement.id, (announcement.record.clone(), state));
                self.wish(&ClientFrame::Announce(announcement));
            }
            Request::Withdraw { id } => {
                if self.announcements.remove(&id).is_some() {
                    self.wish(&ClientFrame::Withdraw { id });
                }
            }
            Request::Browse { answer } => {
                if let Some(browsing) = &self.browsing {
                    let _ = answer.send(browsing.announcements.subscribe());
                    return;
                }
                let (announcements, watched) = watch::channel(Vec::new());
                self.browsing = Some(Browsing { announcements, pages: None });
                let _ = answer.send(watched);
                self.wish(&ClientFrame::Browse);
            }
        }
    }

    fn take(&mut self, first: Message) {
        self.message(first);
        for _ in 1..BATCH {
            if self.outbox.len() >= self.unacknowledged {
                break;
            }
            let Some(Ok(message)) = self.messages.as_mut().map(mpsc::Receiver::try_recv) else { break };
            self.message(message);
        }
    }

    fn message(&mut self, message: Message) {
        match message {
            Message::Send { room, ticket, epoch, to, payload } => {
                if self.rooms.is_current(room, ticket, epoch) {
                    let purpose = Purpose::Message { room, ticket, void: epoch != 0 };
                    self.outbox.push(&ClientFrame::Send { room, to, payload }, purpose);
                }
            }
            Message::SetNote { room, ticket, note } => {
                if self.rooms.has(room, ticket) {
                    self.outbox.push(&ClientFrame::SetNote { room, note }, Purpose::Note { room, ticket });
                }
            }
            Message::Leave { room, ticket, done } => self.leave(room, ticket, Some(done)),
        }
    }

    fn leave(&mut self, room: RoomId, ticket: u64, done: Option<oneshot::Sender<()>>) {
        if self.rooms.remove(room, ticket) && self.visit.is_some() {
            let _done = done.filter(|_| self.connected);
            self.outbox.push(&ClientFrame::Leave { room }, Purpose::Leave { _done });
        }
    }

    /// Tells the server what is newly wanted; a new visit begins with all that is.
    fn wish(&mut self, frame: &ClientFrame) {
        if self.visit.is_some() {
            self.outbox.push(frame, Purpose::Wish);
        }
    }

    fn lose_clients(&mut self) {
        self.requests = None;
        for (id, _) in std::mem::take(&mut self.announcements) {
            self.wish(&ClientFrame::Withdraw { id });
        }
    }

    fn stop_browsing(&mut self) {
        self.browsing = None;
        self.wish(&ClientFrame::StopBrowsing);
    }

    /// Acts on a frame from the server.
    pub(super) fn incoming<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        bytes: &[u8],
        wire: &mut Wire<S>,
    ) -> Next {
        let (Ok(frame), Some(visit)) = (ServerFrame::decode(bytes), &mut self.visit) else {
            return Next::Nonsense;
        };
        match frame {
            ServerFrame::Ack { received } => {
                return match self.outbox.acknowledge(received) {
                    Ok(()) => Next::GoOn,
                    Err(BadAck) => Next::Nonsense,
                };
            }
            ServerFrame::Bye { refusal } => return Next::Bye(refusal),
            _ => {
                visit.received += 1;
                wire.acknowledge(visit.received);
            }
        }
        match frame {
            ServerFrame::Ack { .. } | ServerFrame::Bye { .. } => {}
            ServerFrame::Welcome { room, me, members, note } => {
                let note = note.map(serde_bytes::ByteBuf::into_vec);
                self.rooms.welcome(room, RoomEvent::Welcome { me, members, note });
            }
            ServerFrame::Joined { room, member } => self.rooms.event(room, RoomEvent::Joined(member)),
            ServerFrame::Left { room, member } => self.rooms.event(room, RoomEvent::Left(member)),
            ServerFrame::Message { room, from, payload } => {
                self.rooms.event(room, RoomEvent::Message { from, payload });
            }
            ServerFrame::Refused { room, refusal } => self.rooms.refuse(room, refusal),
            ServerFrame::Announced { id, refusal: None } => {
                if let Some((_, state)) = self.announcements.get(&id) {
                    state.send_replace(AnnouncementState::Listed);
                }
            }
            ServerFrame::Announced { id, refusal: Some(refusal) } => {
                if let Some((_, state)) = self.announcements.remove(&id) {
                    state.send_replace(AnnouncementState::Refused(refusal));
                }
            }
            ServerFrame::Listing { announcements, more } => {
                if let Some(browsing) = &mut self.browsing {
                    browsing.page(announcements, more);
                }
            }
            ServerFrame::Listed(announcement) => {
                if let Some(browsing) = &self.browsing {
                    browsing.listed(announcement);
                }
            }
            ServerFrame::Unlisted { id } => {
                if let Some(browsing) = &self.browsing {
                    browsing.announcements.send_modify(|all| all.retain(|one| one.id != id));
                }
            }
        }
        Next::GoOn
    }
}

impl Browsing {
    /// No more are kept, whatever a server sends.
    const MOST: usize = 4096;

    fn page(&mut self, announcements: Vec<Announcement>, more: bool) {
        let mut pages = self.pages.take().unwrap_or_default();
        pages.extend(announcements);
        pages.truncate(Self::MOST);
        if more {
            self.pages = Some(pages);
        } else {
            pages.sort_by_key(|announcement| announcement.id);
            self.announcements.send_replace(pages);
        }
    }

    fn listed(&self, announcement: Announcement) {
        self.announcements.send_modify(|all| {
            match all.binary_search_by_key(&announcement.id, |announcement| announcement.id) {
                Ok(position) => {
                    if let Some(old) = all.get_mut(position) {
                        *old = announcement;
                    }
                }
                Err(position) if all.len() < Self::MOST => all.insert(position, announcement),
                Err(_) => {}
            }
        });
    }
}

async fn receive<T>(receiver: &mut Option<mpsc::Receiver<T>>) -> Option<T> {
    match receiver {
        Some(receiver) => receiver.recv().await,
        None => std::future::pending().await,
    }
}

async fn unwatched(browsing: &Option<Browsing>) {
    match browsing {
        Some(browsing) => browsing.announcements.closed().await,
        None => std::future::pending().await,
    }
}
