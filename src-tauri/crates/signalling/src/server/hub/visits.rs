use std::collections::{BTreeSet, HashMap, VecDeque};

use tokio_tungstenite::tungstenite::Bytes;

use super::super::deadlines::Key;
use super::super::http::Origin;
use super::queues::Waiting;
use super::{Admitted, Attachment, Due, Hub, Outgoing, VisitId};
use crate::protocol::{Hello, HelloReply, Resume, Token, Welcoming};
use crate::{AnnouncementId, MemberId, Refusal, RoomId};

/// What one client has on the server.
#[derive(Debug)]
pub(super) struct Visit {
    token: Token,
    pub(super) origin: Origin,
    pub(super) attached: Option<(u64, Attachment)>,
    received: u64,
    pub(super) acknowledged: u64,
    pub(super) queue: VecDeque<Bytes>,
    pub(super) queue_bytes: usize,
    pub(super) waiting: Option<Waiting>,
    grace: Option<Key>,
    pub(super) doomed: bool,
    pub(super) rooms: HashMap<RoomId, MemberId>,
    pub(super) announcements: BTreeSet<AnnouncementId>,
}

impl Visit {
    pub(super) fn is_attached_as(&self, connection: u64) -> bool {
        self.attached.as_ref().is_some_and(|(attached, _)| *attached == connection)
    }

    pub(super) fn count_received(&mut self) {
        self.received += 1;
        if let Some((_, attachment)) = &self.attached {
            attachment.acknowledge.send_replace(self.received);
        }
    }

    /// Drops what the client has; returns how many bytes, or `None` if it never got so many frames.
    pub(super) fn acknowledged(&mut self, received: u64) -> Option<usize> {
        let count = usize::try_from(received.checked_sub(self.acknowledged)?).ok()?;
        if count > self.queue.len() {
            return None;
        }
        let freed = self.queue.drain(..count).map(|frame| frame.len()).sum();
        self.queue_bytes -= freed;
        self.acknowledged = received;
        Some(freed)
    }

    /// Ends the connection, telling why.
    pub(super) fn detach_with(&mut self, refusal: Refusal) {
        if let Some((_, attachment)) = self.attached.take() {
            // With a full channel the connection ends without a reason, as the channel closes.
            let _ = attachment.outbox.try_send(Outgoing::Bye(refusal));
        }
    }
}

impl Hub {
    pub(super) fn attach(
        &mut self,
        hello: Hello,
        origin: Origin,
        attachment: Attachment,
    ) -> Result<Admitted, Refusal> {
        match hello.resume {
            Some(resume) => match self.resume(&resume) {
                Some(visit) => self.reattach(visit, attachment),
                None => self.begin(origin, attachment),
            },
            None => self.begin(origin, attachment),
        }
    }

    fn begin(&mut self, origin: Origin, attachment: Attachment) -> Result<Admitted, Refusal> {
        if self.visits.len() >= self.limits.connections {
            return Err(Refusal::ServerFull);
        }
        let from_here = self.origins.get(&origin).map_or(0, |share| share.visits.len());
        if from_here >= self.limits.connections_per_address {
            return Err(Refusal::TooManyConnections);
        }
        let id = VisitId(self.next_id);
        self.origins.entry(origin).or_default().visits.insert(id);
        let connection = self.next_id;
        self.next_id += 1;
        let token = Token(self.random());
        self.tokens.insert(token.clone(), id);
        let visit = Visit {
            token: token.clone(),
            origin,
            attached: Some((connection, attachment)),
            received: 0,
            acknowledged: 0,
            queue: VecDeque::new(),
            queue_bytes: 0,
            waiting: None,
            grace: None,
            doomed: false,
            rooms: HashMap::new(),
            announcements: BTreeSet::new(),
        };
        self.visits.insert(id, visit);
        let heartbeat_ms = u32::try_from(self.limits.heartbeat.as_millis()).unwrap_or(u32::MAX);
        let reply = HelloReply::Fresh(Welcoming { token, heartbeat_ms });
        Ok(Admitted { visit: id, connection, received: 0, reply })
    }

    /// The visit to resume, less what the client has; a client that claims what cannot be has its
    /// visit ended.
    fn resume(&mut self, resume: &Resume) -> Option<VisitId> {
        let id = *self.tokens.get(&resume.token)?;
        match self.acknowledged(id, resume.received) {
            Some(()) => Some(id),
            None => {
                self.end(id, Some(Refusal::Malformed));
                None
            }
        }
    }

    fn reattach(&mut self, id: VisitId, attachment: Attachment) -> Result<Admitted, Refusal> {
        let connection = self.next_id;
        self.next_id += 1;
        let visit = self.visits.get_mut(&id).ok_or(Refusal::ServerFull)?;
        visit.detach_with(Refusal::Superseded);
        if let Some(grace) = visit.grace.take() {
            self.deadlines.cancel(grace);
        }
        for frame in &visit.queue {
            // The channel is longer than the longest queue.
            let _ = attachment.outbox.try_send(Outgoing::Frame(frame.clone()));
        }
        visit.attached = Some((connection, attachment));
        self.metrics.resumes.add(1);
        let received = visit.received;
        Ok(Admitted { visit: id, connection, received, reply: HelloReply::Resumed { received } })
    }

    pub(super) fn detached(&mut self, id: VisitId, connection: u64) {
        let Some(visit) = self.visits.get_mut(&id).filter(|visit| visit.is_attached_as(connection)) else {
            return;
        };
        visit.attached = None;
        if visit.rooms.is_empty() && visit.announcements.is_empty() && !self.browsing.contains(&id) {
            return self.end(id, None);
        }
        visit.grace = Some(self.deadlines.insert(self.now + self.limits.grace, Due::Grace(id)));
        self.await_return(id);
    }

    /// How much of something the visits of an address have together.
    pub(super) fn of_address(&self, origin: Origin, count: impl Fn(&Visit) -> usize) -> usize {
        let visits = self.origins.get(&origin).into_iter().flat_map(|share| &share.visits);
        visits.filter_map(|id| self.visits.get(id)).map(count).sum()
    }

    /// Ends a visit: it leaves its rooms and its announcements are withdrawn.
    pub(super) fn end(&mut self, id: VisitId, refusal: Option<Refusal>) {
        let Some(mut visit) = self.visits.remove(&id) else { return };
        if let Some(refusal) = refusal {
            visit.detach_with(refusal);
        }
        if let Some(grace) = visit.grace {
            self.deadlines.cancel(grace);
        }
        if let Some(waiting) = visit.waiting {
            self.deadlines.cancel(waiting.deadline);
        }
        self.tokens.remove(&visit.token);
        self.release(visit.origin, visit.queue_bytes);
        if let Some(share) = self.origins.get_mut(&visit.origin) {
            share.visits.remove(&id);
            if share.visits.is_empty() {
                self.origins.remove(&visit.origin);
            }
        }
        self.browsing.remove(&id);
        for (room, member) in visit.rooms {
            self.remove_member(room, member);
        }
        for announcement in visit.announcements {
            self.unlist(announcement);
        }
    }
}
