//! When a line is opened, and what follows when one fails.
//!
//! Whoever entered the room later leads: it opens, and opens again after a failure; the other opens only
//! if it hears nothing for long. A direct path comes first; if it fails, the relayed one follows at once;
//! if that fails too, a pause. If both members open at once, the one with the smaller name goes ahead.

use std::{collections::VecDeque, time::Duration};

use identity::DeviceId;
use signalling::MemberId;
use tokio::time::Instant;

use super::{
    Driver,
    line::{Line, Path},
};
use crate::{
    LinkState, MeshEvent,
    config::{ATTEMPT_BURST, ATTEMPT_EVERY, MAX_MEMBERS, MAX_SEEN, MAX_UNANSWERED, REPORT_EVERY},
    direct::Direct,
    sealed::{AttemptId, Payload},
    stream::Frame,
};

/// A path without room for what waits is looked at again after this.
const STUCK: Duration = Duration::from_millis(10);
/// The longest sleep, for there is always some deadline.
const IDLE: Duration = Duration::from_secs(3600);

/// Another member of the room.
pub(super) struct Member {
    /// Whether we lead, since it was there before us.
    leads: bool,
    /// The attempts in course: ours and its.
    ours: Option<AttemptId>,
    theirs: Option<AttemptId>,
    /// Who it has proved to be.
    device: Option<DeviceId>,
    /// When to open the next line, unless there is a link.
    next: Option<Instant>,
    failures: u32,
    /// Attempts that were opened before it ever said something genuine.
    unanswered: u32,
    has_spoken: bool,
    /// Its attempts so far, the latest last.
    seen: VecDeque<AttemptId>,
    /// It said good-bye, is ourselves, or another process has its identity.
    over: bool,
}

impl Member {
    pub(super) fn new(leads: bool, next: Instant) -> Self {
        Self {
            leads,
            ours: None,
            theirs: None,
            device: None,
            next: Some(next),
            failures: 0,
            unanswered: 0,
            has_spoken: false,
            seen: VecDeque::new(),
            over: false,
        }
    }

    pub(super) fn heard(&mut self) {
        self.has_spoken = true;
    }
}

/// How many peer connections may still be opened.
pub(super) struct Budget {
    left: u32,
    filled: Instant,
}

impl Budget {
    pub(super) fn new() -> Self {
        Self { left: ATTEMPT_BURST, filled: Instant::now() }
    }

    fn take(&mut self) -> bool {
        let earned = self.filled.elapsed().as_millis() / ATTEMPT_EVERY.as_millis();
        let earned = u32::try_from(earned).unwrap_or(u32::MAX);
        if earned > 0 {
            self.left = self.left.saturating_add(earned).min(ATTEMPT_BURST);
            self.filled = Instant::now();
        }
        let some = self.left > 0;
        self.left = self.left.saturating_sub(1);
        some
    }
}

impl Driver {
    /// How long a member that leads may keep us waiting.
    pub(super) fn patience(&self) -> Duration {
        self.config.direct_deadline + self.config.relay_deadline + self.config.silence
    }

    fn is_linked(&self, member: MemberId) -> bool {
        let device = self.members.get(&member).and_then(|member| member.device);
        let link = device.and_then(|device| self.peers.get(&device)).and_then(|peer| peer.link);
        link.and_then(|id| self.lines.get(&id)).is_some_and(|line| line.member == member)
    }

    /// If the room is full, drops a member that never said anything genuine.
    pub(super) fn make_room(&mut self) {
        let silent = self.members.iter().find(|(_, member)| !member.has_spoken).map(|(name, _)| *name);
        if let Some(silent) = silent.filter(|_| self.members.len() >= MAX_MEMBERS) {
            self.leave(silent);
        }
    }

    /// Whether a line that the member opens is new and goes ahead; makes way for it if so.
    pub(super) fn admits(&mut self, from: MemberId, attempt: AttemptId) -> bool {
        let Some(member) = self.members.get_mut(&from) else { return false };
        if member.over || member.seen.contains(&attempt) || self.lines.contains_key(&attempt) {
            return false;
        }
        if member.seen.len() >= MAX_SEEN {
            member.seen.pop_front();
        }
        member.seen.push_back(attempt);
        if member.ours.is_some() && self.wire.me < Some(from) {
            return false;
        }
        for superseded in [member.ours.take(), member.theirs.take()].into_iter().flatten() {
            self.lines.remove(&superseded);
        }
        true
    }

    /// Opens a direct line; with an offer, as its answerer.
    pub(super) fn open_direct(&mut self, with: MemberId, id: AttemptId, offer: Option<String>) {
        if !self.budget.take() {
            let again = Instant::now() + ATTEMPT_EVERY;
            if let Some(member) = self.members.get_mut(&with) {
                member.next = Some(again);
            }
            return;
        }
        let ours = offer.is_none();
        let (servers, events) = (self.servers.clone(), self.path_events_in.clone());
        let direct = Direct::open(id, offer, &self.config, servers, events, &mut self.paths);
        let deadline = Instant::now() + self.config.direct_deadline;
        self.insert(Line::new(id, with, ours, Path::Direct(direct), deadline));
    }

    pub(super) fn open_relayed(&mut self, with: MemberId, id: AttemptId, ours: bool) {
        let deadline = Instant::now() + self.config.relay_deadline;
        self.insert(Line::new(id, with, ours, Path::Relay { sent: 0, received: 0 }, deadline));
        self.begin(id);
    }

    fn insert(&mut self, line: Line) {
        tracing::debug!(id = ?line.id, member = ?line.member, direct = line.is_direct(), ours = line.ours, "a line is opened");
        let Some(member) = self.members.get_mut(&line.member) else { return };
        *(if line.ours { &mut member.ours } else { &mut member.theirs }) = Some(line.id);
        self.lines.insert(line.id, line);
    }

    fn open(&mut self, with: MemberId, relayed: bool) {
        let Some(member) = self.members.get_mut(&with).filter(|member| !member.over) else { return };
        member.next = None;
        if !member.has_spoken {
            if member.unanswered >= MAX_UNANSWERED {
                return;
            }
            member.unanswered += 1;
        }
        let device = member.device;
        let Ok(id) = AttemptId::random() else { return };
        if relayed || self.config.relay_only {
            self.open_relayed(with, id, true);
        } else {
            self.open_direct(with, id, None);
        }
        if let Some(device) =
            device.filter(|device| self.peers.get(device).is_some_and(|peer| peer.link.is_none()))
        {
            self.tell(device, LinkState::Connecting);
        }
    }

    /// The line is the link with this member now; other attempts at it are dropped.
    pub(super) fn reached(&mut self, with: MemberId, device: DeviceId, id: AttemptId) {
        let Some(member) = self.members.get_mut(&with) else { return };
        member.device = Some(device);
        (member.failures, member.next) = (0, None);
        for other in
            [member.ours.take(), member.theirs.take()].into_iter().flatten().filter(|other| *other != id)
        {
            self.lines.remove(&other);
        }
    }

    /// There is nothing more to be had from this member.
    pub(super) fn give_up(&mut self, with: MemberId) {
        let Some(member) = self.members.get_mut(&with) else { return };
        (member.over, member.next) = (true, None);
        for attempt in [member.ours.take(), member.theirs.take()].into_iter().flatten() {
            self.lines.remove(&attempt);
        }
    }

    /// A line failed, or a link is lost; its member is told.
    pub(super) fn fail(&mut self, id: AttemptId) {
        self.end(id, true);
    }

    pub(super) fn end(&mut self, id: AttemptId, tell: bool) {
        let Some(line) = self.lines.remove(&id) else { return };
        tracing::debug!(?id, direct = line.is_direct(), up = line.device().is_some(), "a line has ended");
        if tell && self.online && self.members.contains_key(&line.member) {
            self.wire.send(line.member, &Payload::Decline { attempt: id });
        }
        let now = Instant::now();
        let patience = self.patience();
        let was_link = line.device().filter(|device| {
            self.peers.get_mut(device).filter(|peer| peer.link == Some(id)).is_some_and(|peer| {
                (peer.link, peer.gone) = (None, now);
                true
            })
        });
        if let Some(device) = was_link {
            self.tell(device, LinkState::Down);
        }
        let linked = self.is_linked(line.member);
        let Some(member) = self.members.get_mut(&line.member) else { return };
        if member.ours == Some(id) {
            member.ours = None;
        }
        if member.theirs == Some(id) {
            member.theirs = None;
        }
        if member.over || linked {
            return;
        }
        if line.device().is_none() && line.ours && line.is_direct() && self.online {
            self.open(line.member, true);
            return;
        }
        let pause = self.config.backoff.first.saturating_mul(1 << member.failures.min(16));
        let pause = pause.min(self.config.backoff.longest);
        if line.device().is_none() {
            member.failures = member.failures.saturating_add(1);
        }
        member.next = Some(now + if member.leads || line.ours { pause } else { patience });
    }

    /// When something is due next.
    pub(super) fn next_deadline(&self) -> Instant {
        let now = Instant::now();
        let lines = self.lines.values().map(|line| match line.device() {
            Some(_) => (line.last_in + self.config.silence).min(line.last_out + self.config.keepalive),
            None => line.deadline,
        });
        let members = self.members.values().filter(|_| self.online).filter_map(|member| member.next);
        let report = (self.failed > self.reported).then_some(self.report_at);
        let stuck = self.is_stuck().then(|| now + STUCK);
        lines.chain(members).chain(report).chain(stuck).min().unwrap_or(now + IDLE)
    }

    pub(super) fn on_time(&mut self, now: Instant) {
        let mut failed = Vec::new();
        for line in self.lines.values_mut() {
            let over = match line.device() {
                Some(_) => now >= line.last_in + self.config.silence,
                None => now >= line.deadline,
            };
            let quiet = line.device().is_some() && now >= line.last_out + self.config.keepalive;
            if over || (quiet && line.put(&self.wire, &Frame::Ping).is_err()) {
                failed.push(line.id);
            } else if quiet {
                // Also if there was no room: then something else is on its way.
                line.last_out = now;
            }
        }
        failed.into_iter().for_each(|id| self.fail(id));

        if self.online {
            let due: Vec<MemberId> = self
                .members
                .iter()
                .filter(|(_, member)| member.next.is_some_and(|next| next <= now))
                .map(|(name, _)| *name)
                .collect();
            for name in due {
                let busy = self.is_linked(name)
                    || self.members.get(&name).is_some_and(|m| m.ours.is_some() || m.theirs.is_some());
                if busy {
                    // What is in course decides; its failure sets the next time.
                    if let Some(member) = self.members.get_mut(&name) {
                        member.next = None;
                    }
                } else {
                    self.open(name, false);
                }
            }
        }

        if self.failed > self.reported && now >= self.report_at {
            self.reported = self.failed;
            self.report_at = now + REPORT_EVERY;
            self.emit(MeshEvent::Handshakes { failed: self.failed });
        }
    }
}
