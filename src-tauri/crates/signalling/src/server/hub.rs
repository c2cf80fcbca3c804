//! The task that owns all rooms, visits, notes and announcements.
//!
//! It never waits for a client: what it sends goes into the visit's bounded queue, where it stays
//! until the client acknowledges it, and through a channel at least as long to the connection. A
//! client that lets its queue overflow, or acknowledges nothing for too long, loses its visit; where
//! many queues are too much together, the longest goes.

mod announcements;
mod queues;
mod rooms;
mod visits;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until};
use tokio_tungstenite::tungstenite::Bytes;

use super::config::Limits;
use super::deadlines::{Deadlines, Key};
use super::http::Origin;
use super::metrics::Metrics;
use crate::protocol::{ClientFrame, Hello, HelloReply, Token};
use crate::{AnnouncementId, Refusal, RoomId};

use announcements::Listed;
use queues::Share;
use rooms::{Note, Room};
use visits::Visit;

/// Inputs that wait for the hub before connections do.
pub(super) const INPUTS: usize = 1024;

/// Names a visit inside the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct VisitId(u64);

/// What connections tell the hub.
#[derive(Debug)]
pub(super) enum Input {
    Attach {
        hello: Hello,
        origin: Origin,
        attachment: Attachment,
        answer: oneshot::Sender<Result<Admitted, Refusal>>,
    },
    Frame {
        visit: VisitId,
        connection: u64,
        frame: ClientFrame,
    },
    /// The connection is gone; the visit may be resumed.
    Detached {
        visit: VisitId,
        connection: u64,
    },
    /// The visit is over.
    Ended {
        visit: VisitId,
        connection: u64,
    },
    Shutdown,
}

/// How the hub reaches a connection.
#[derive(Debug)]
pub(super) struct Attachment {
    pub(super) outbox: mpsc::Sender<Outgoing>,
    pub(super) acknowledge: watch::Sender<u64>,
}

/// A connection that has its visit.
#[derive(Debug)]
pub(super) struct Admitted {
    pub(super) visit: VisitId,
    pub(super) connection: u64,
    pub(super) received: u64,
    pub(super) reply: HelloReply,
}

/// What the hub tells a connection.
#[derive(Debug)]
pub(super) enum Outgoing {
    Frame(Bytes),
    Bye(Refusal),
}

/// What is due at some time.
#[derive(Debug, Clone, Copy)]
enum Due {
    Grace(VisitId),
    Stall(VisitId),
    Room(RoomId),
    Note(RoomId),
    Announcement(AnnouncementId),
}

/// The state. Its methods take the time from outside and do no IO.
#[derive(Debug)]
pub(super) struct Hub {
    limits: Arc<Limits>,
    metrics: Arc<Metrics>,
    rng: StdRng,
    /// The time of what is being handled.
    now: Instant,
    next_id: u64,
    visits: HashMap<VisitId, Visit>,
    tokens: HashMap<Token, VisitId>,
    origins: HashMap<Origin, Share>,
    rooms: HashMap<RoomId, Room>,
    members: usize,
    notes: HashMap<RoomId, Note>,
    /// The same by who left them, the oldest first.
    notes_of: HashMap<Origin, BTreeMap<Key, RoomId>>,
    listed: HashMap<AnnouncementId, Listed>,
    browsing: BTreeSet<VisitId>,
    deadlines: Deadlines<Due>,
    note_deadlines: Deadlines<Due>,
    queued_bytes: usize,
    /// Visits that overflowed while something else was going on; ended right after it.
    doomed: Vec<VisitId>,
}

impl Hub {
    pub(super) fn new(limits: Arc<Limits>, metrics: Arc<Metrics>) -> Self {
        Self {
            limits,
            metrics,
            rng: StdRng::from_entropy(),
            now: Instant::now(),
            next_id: 0,
            visits: HashMap::new(),
            tokens: HashMap::new(),
            origins: HashMap::new(),
            rooms: HashMap::new(),
            members: 0,
            notes: HashMap::new(),
            notes_of: HashMap::new(),
            listed: HashMap::new(),
            browsing: BTreeSet::new(),
            deadlines: Deadlines::new(),
            note_deadlines: Deadlines::new(),
            queued_bytes: 0,
            doomed: Vec::new(),
        }
    }

    /// Runs until told to stop, or until nobody can tell it anything.
    pub(super) async fn run(mut self, mut inputs: mpsc::Receiver<Input>) {
        loop {
            let due = [self.deadlines.first(), self.note_deadlines.first()].into_iter().flatten().min();
            let input = tokio::select! {
                biased;
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => None,
                input = inputs.recv() => match input {
                    Some(Input::Shutdown) | None => break,
                    input => input,
                },
            };
            let now = Instant::now();
            match input {
                Some(input) => self.handle(now, input),
                None => self.tick(now),
            }
            self.publish();
        }
        for visit in self.visits.values_mut() {
            visit.detach_with(Refusal::Restarting);
        }
    }

    fn handle(&mut self, now: Instant, input: Input) {
        self.now = now;
        match input {
            Input::Attach { hello, origin, attachment, answer } => {
                let admitted = self.attach(hello, origin, attachment);
                // If the connection is gone already, its visit ends here.
                if let Err(Ok(Admitted { visit, .. })) = answer.send(admitted) {
                    self.end(visit, None);
                }
            }
            Input::Frame { visit, connection, frame } => self.frame(visit, connection, frame),
            Input::Detached { visit, connection } => self.detached(visit, connection),
            Input::Ended { visit, connection } => {
                if self.visits.get(&visit).is_some_and(|visit| visit.is_attached_as(connection)) {
                    self.end(visit, None);
                }
            }
            Input::Shutdown => {}
        }
        self.end_doomed();
    }

    fn tick(&mut self, now: Instant) {
        self.now = now;
        loop {
            let due = self.deadlines.pop_due(now).or_else(|| self.note_deadlines.pop_due(now));
            match due {
                Some(Due::Grace(visit)) => self.end(visit, None),
                Some(Due::Stall(visit)) => self.end(visit, Some(Refusal::SlowConsumer)),
                Some(Due::Room(room)) => self.expire_room(room),
                Some(Due::Note(room)) => self.remove_note(room),
                Some(Due::Announcement(id)) => self.expire_announcement(id),
                None => break,
            }
        }
        self.end_doomed();
    }

    fn frame(&mut self, id: VisitId, connection: u64, frame: ClientFrame) {
        let Some(visit) = self.visits.get_mut(&id).filter(|visit| visit.is_attached_as(connection)) else {
            return;
        };
        if let ClientFrame::Ack { received } = frame {
            if self.acknowledged(id, received).is_none() {
                self.end(id, Some(Refusal::Malformed));
            }
            return;
        }
        visit.count_received();
        match frame {
            ClientFrame::Join { room } => self.join(id, room),
            ClientFrame::Leave { room } => self.leave(id, room),
            ClientFrame::Send { room, to, payload } => self.relay(id, room, to, payload),
            ClientFrame::SetNote { room, note } => self.set_note(id, room, note),
            ClientFrame::Announce(announcement) => self.announce(id, announcement),
            ClientFrame::Withdraw { id: announcement } => self.withdraw(id, announcement),
            ClientFrame::Browse => self.browse(id),
            ClientFrame::StopBrowsing => {
                self.browsing.remove(&id);
            }
            ClientFrame::Ack { .. } | ClientFrame::Bye => {}
        }
    }

    fn random(&mut self) -> [u8; 16] {
        let mut bytes = [0; 16];
        self.rng.fill_bytes(&mut bytes);
        bytes
    }

    fn publish(&self) {
        self.metrics.visits.set(self.visits.len());
        self.metrics.rooms.set(self.rooms.len());
        self.metrics.members.set(self.members);
        self.metrics.notes.set(self.notes.len());
        self.metrics.announcements.set(self.listed.len());
        self.metrics.queued_bytes.set(self.queued_bytes);
    }
}
