use std::collections::BTreeSet;

use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Bytes;

use super::super::deadlines::Key;
use super::super::http::Origin;
use super::{Due, Hub, Outgoing, VisitId};
use crate::Refusal;
use crate::protocol::ServerFrame;

/// What the visits of one address use up together.
#[derive(Debug, Default)]
pub(super) struct Share {
    pub(super) visits: BTreeSet<VisitId>,
    queued_bytes: usize,
}

/// A visit for which frames wait.
#[derive(Debug, Clone, Copy)]
pub(super) struct Waiting {
    /// When it acknowledged something last, or the first frame was queued.
    since: Instant,
    pub(super) deadline: Key,
}

impl Hub {
    pub(super) fn send(&mut self, to: VisitId, frame: &ServerFrame) {
        self.send_encoded(to, frame.encode().into());
    }

    /// Queues a frame that may go to many.
    pub(super) fn send_encoded(&mut self, to: VisitId, frame: Bytes) {
        let Some(visit) = self.visits.get(&to) else { return };
        let origin = visit.origin;
        if visit.queue.len() >= self.limits.queue_frames
            || visit.queue_bytes + frame.len() > self.limits.queue_bytes
        {
            return self.doom(to);
        }
        while self.queued_from(origin) + frame.len() > self.limits.queue_bytes_per_address {
            self.doom(self.longest_queue(origin).unwrap_or(to));
            if self.is_doomed(to) {
                return;
            }
        }
        while self.queued_bytes + frame.len() > self.limits.queue_bytes_total {
            // Whoever hoards pays, not whoever happens to be sent to.
            let hoarder = self.hoarding_origin().and_then(|origin| self.longest_queue(origin));
            self.doom(hoarder.unwrap_or(to));
            if self.is_doomed(to) {
                return;
            }
        }
        let Some(visit) = self.visits.get_mut(&to).filter(|visit| !visit.doomed) else { return };
        visit.queue_bytes += frame.len();
        self.queued_bytes += frame.len();
        if let Some(share) = self.origins.get_mut(&origin) {
            share.queued_bytes += frame.len();
        }
        if let Some((_, attachment)) = &visit.attached {
            // A full channel cannot be, being longer than the queue; a closed one is soon detached.
            let _ = attachment.outbox.try_send(Outgoing::Frame(frame.clone()));
        }
        visit.queue.push_back(frame);
        if visit.waiting.is_none() {
            self.await_acknowledgement(to, self.now);
        }
    }

    /// Drops what a client has; `None` if it never got so many frames.
    pub(super) fn acknowledged(&mut self, id: VisitId, received: u64) -> Option<()> {
        let visit = self.visits.get_mut(&id)?;
        let (origin, before) = (visit.origin, visit.acknowledged);
        let freed = visit.acknowledged(received)?;
        self.release(origin, freed);
        if received > before {
            self.await_acknowledgement(id, self.now);
        }
        Some(())
    }

    /// Lets a client that broke off have the time to come back, too.
    pub(super) fn await_return(&mut self, id: VisitId) {
        if let Some(waiting) = self.visits.get(&id).and_then(|visit| visit.waiting) {
            self.await_acknowledgement(id, waiting.since);
        }
    }

    fn await_acknowledgement(&mut self, id: VisitId, since: Instant) {
        let Some(visit) = self.visits.get_mut(&id) else { return };
        if let Some(waiting) = visit.waiting.take() {
            self.deadlines.cancel(waiting.deadline);
        }
        if visit.queue.is_empty() {
            return;
        }
        let patience = match visit.attached {
            Some(_) => self.limits.stall,
            None => self.limits.stall + self.limits.grace,
        };
        let deadline = self.deadlines.insert(since + patience, Due::Stall(id));
        visit.waiting = Some(Waiting { since, deadline });
    }

    /// Drops a visit's queue at once; the visit ends when nothing else is going on.
    fn doom(&mut self, id: VisitId) {
        let Some(visit) = self.visits.get_mut(&id).filter(|visit| !visit.doomed) else { return };
        visit.doomed = true;
        visit.queue.clear();
        let (origin, freed) = (visit.origin, std::mem::take(&mut visit.queue_bytes));
        self.release(origin, freed);
        self.doomed.push(id);
    }

    pub(super) fn end_doomed(&mut self) {
        while let Some(id) = self.doomed.pop() {
            self.end(id, Some(Refusal::SlowConsumer));
        }
    }

    pub(super) fn release(&mut self, origin: Origin, bytes: usize) {
        self.queued_bytes -= bytes;
        if let Some(share) = self.origins.get_mut(&origin) {
            share.queued_bytes -= bytes;
        }
    }

    fn is_doomed(&self, id: VisitId) -> bool {
        self.visits.get(&id).is_none_or(|visit| visit.doomed)
    }

    fn queued_from(&self, origin: Origin) -> usize {
        self.origins.get(&origin).map_or(0, |share| share.queued_bytes)
    }

    fn hoarding_origin(&self) -> Option<Origin> {
        self.origins.iter().max_by_key(|(_, share)| share.queued_bytes).map(|(origin, _)| *origin)
    }

    /// The visit of this address for which most waits, if anything does.
    fn longest_queue(&self, origin: Origin) -> Option<VisitId> {
        let visits = self.origins.get(&origin)?.visits.iter();
        let waiting = visits.filter_map(|id| Some((self.visits.get(id)?.queue_bytes, *id)));
        waiting.filter(|(bytes, _)| *bytes > 0).max().map(|(_, id)| id)
    }
}
