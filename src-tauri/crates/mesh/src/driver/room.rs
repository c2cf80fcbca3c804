//! What the server and, through it, other members say.

use signalling::{MemberId, client::RoomEvent};
use tokio::time::Instant;

use super::{
    Driver,
    attempts::Member,
    line::{Line, Path, Stage},
};
use crate::{
    MeshEvent,
    config::{MAX_CANDIDATE, MAX_CANDIDATES, MAX_MEMBERS, MAX_SDP},
    direct::DirectEvent,
    sealed::{AttemptId, Payload},
};

impl Driver {
    pub(super) fn on_room(&mut self, event: Option<RoomEvent>) {
        match event {
            Some(RoomEvent::Welcome { me, members, note }) => self.enter(me, &members, note.as_deref()),
            Some(RoomEvent::Joined(member)) => self.join(member),
            Some(RoomEvent::Left(member)) => self.leave(member),
            Some(RoomEvent::Message { from, payload }) => self.on_sealed(from, &payload),
            Some(RoomEvent::Offline) => {
                self.online = false;
                self.emit(MeshEvent::Offline);
            }
            Some(RoomEvent::Resumed) => {
                self.online = true;
                self.emit(MeshEvent::Online);
            }
            Some(RoomEvent::Refused(why)) => {
                self.online = false;
                self.room = None;
                self.emit(MeshEvent::Refused(why));
            }
            None => {
                self.online = false;
                self.room = None;
            }
        }
    }

    /// We are in the room, perhaps anew: whoever was there before us gets an offer.
    fn enter(&mut self, me: MemberId, members: &[MemberId], note: Option<&[u8]>) {
        self.wire.me = Some(me);
        let before: Vec<MemberId> = self.members.keys().copied().collect();
        before.into_iter().for_each(|member| self.leave(member));
        if self.entered && !self.online {
            self.emit(MeshEvent::Online);
        }
        (self.entered, self.online) = (true, true);
        let note = note.and_then(|note| match self.wire.seal.open_note(note) {
            Ok(note) => Some(note),
            Err(_) => {
                self.failed += 1;
                None
            }
        });
        self.emit(MeshEvent::Entered { others: members.len(), note });
        for member in members.iter().filter(|member| **member != me).take(MAX_MEMBERS) {
            self.members.insert(*member, Member::new(true, Instant::now()));
        }
        self.on_time(Instant::now());
    }

    /// A newcomer, who will make us an offer; if it does not, we make it one.
    fn join(&mut self, member: MemberId) {
        if self.wire.me == Some(member)
            || self.members.contains_key(&member)
            || self.members.len() >= MAX_MEMBERS
        {
            return;
        }
        let patience = Instant::now() + self.patience();
        self.members.insert(member, Member::new(false, patience));
    }

    pub(super) fn leave(&mut self, member: MemberId) {
        self.members.remove(&member);
        let lines = self.lines.values().filter(|line| line.member == member);
        // Its last words may still be on their way over a direct path.
        let gone = lines.filter(|line| !line.is_direct() || matches!(line.stage, Stage::Opening));
        let gone: Vec<AttemptId> = gone.map(|line| line.id).collect();
        gone.into_iter().for_each(|id| self.fail(id));
        // A direct link need not care what the server says, but must soon give a sign of life.
        let Some(doubted) =
            Instant::now().checked_sub(self.config.silence.saturating_sub(self.config.keepalive * 2))
        else {
            return;
        };
        for line in self.lines.values_mut().filter(|line| line.member == member) {
            line.last_in = doubted.min(line.last_in);
        }
    }

    fn on_sealed(&mut self, from: MemberId, payload: &[u8]) {
        let Some(me) = self.wire.me else { return };
        let Ok(payload) = self.wire.seal.open(from, me, payload) else {
            self.failed += 1;
            return;
        };
        // Genuine, so the member exists even if the server did not say so, or invents a crowd.
        if !self.members.contains_key(&from) {
            self.make_room();
            self.join(from);
        }
        let Some(member) = self.members.get_mut(&from) else { return };
        member.heard();
        match payload {
            Payload::Offer { attempt, sdp } => self.on_offer(from, attempt, sdp),
            Payload::Answer { attempt, sdp } => {
                let Some(line) = self.line(attempt, from).filter(|line| line.ours && !line.answered) else {
                    return;
                };
                line.answered = true;
                let taken = if let Path::Direct(direct) = &line.path { direct.answer(sdp) } else { true };
                if !taken {
                    self.fail(attempt);
                }
            }
            Payload::Candidate { attempt, candidate } => {
                if let Some(line) = self.line(attempt, from)
                    && let Path::Direct(direct) = &line.path
                    && line.candidates_in < MAX_CANDIDATES
                {
                    direct.candidate(candidate);
                    line.candidates_in += 1;
                }
            }
            Payload::Decline { attempt } => {
                if self.line(attempt, from).is_some() {
                    self.end(attempt, false);
                }
            }
            Payload::Relay { attempt, index, message } => self.on_relayed(from, attempt, index, &message),
        }
    }

    /// The line with this name, if it is one with this member.
    fn line(&mut self, id: AttemptId, member: MemberId) -> Option<&mut Line> {
        self.lines.get_mut(&id).filter(|line| line.member == member)
    }

    fn on_offer(&mut self, from: MemberId, attempt: AttemptId, sdp: String) {
        if !self.admits(from, attempt) {
            return;
        }
        if self.config.relay_only {
            self.wire.send(from, &Payload::Decline { attempt });
            return;
        }
        self.open_direct(from, attempt, Some(sdp));
    }

    fn on_relayed(&mut self, from: MemberId, attempt: AttemptId, index: u64, message: &[u8]) {
        if !self.lines.contains_key(&attempt) && index == 0 && self.admits(from, attempt) {
            self.open_relayed(from, attempt, false);
        }
        let Some(line) = self.line(attempt, from) else { return };
        let Path::Relay { received, .. } = &mut line.path else { return };
        if index < *received {
            return;
        }
        if index > *received {
            // The server dropped something.
            self.fail(attempt);
            return;
        }
        *received += 1;
        self.on_message(attempt, message);
    }

    pub(super) fn on_path(&mut self, id: AttemptId, event: DirectEvent) {
        let Some(line) = self.lines.get_mut(&id) else { return };
        let to = line.member;
        if matches!(event, DirectEvent::Closed) {
            tracing::debug!(?id, stage = line.stage.name(), "a path was closed");
        }
        match event {
            DirectEvent::Description(sdp) if sdp.len() > MAX_SDP => self.fail(id),
            DirectEvent::Description(sdp) => {
                let payload = if line.ours {
                    Payload::Offer { attempt: id, sdp }
                } else {
                    Payload::Answer { attempt: id, sdp }
                };
                if !self.wire.send(to, &payload) {
                    self.fail(id);
                }
            }
            DirectEvent::Candidate(candidate) => {
                if candidate.len() <= MAX_CANDIDATE && line.candidates_out < MAX_CANDIDATES {
                    line.candidates_out += 1;
                    self.wire.send(to, &Payload::Candidate { attempt: id, candidate });
                }
            }
            DirectEvent::Open => self.begin(id),
            DirectEvent::Message(message) => self.on_message(id, &message),
            DirectEvent::Closed => self.fail(id),
        }
    }
}
