use std::collections::BTreeMap;

use serde_bytes::ByteBuf;
use tokio_tungstenite::tungstenite::Bytes;

use super::super::deadlines::Key;
use super::super::http::Origin;
use super::{Due, Hub, VisitId};
use crate::protocol::ServerFrame;
use crate::{MemberId, Recipient, Refusal, RoomId};

/// A room with at least one member.
#[derive(Debug)]
pub(super) struct Room {
    members: BTreeMap<MemberId, VisitId>,
    deadline: Key,
}

/// A room's note; it outlives the room's members.
#[derive(Debug)]
pub(super) struct Note {
    bytes: Vec<u8>,
    deadline: Key,
    /// Who left it.
    origin: Origin,
}

impl Hub {
    pub(super) fn join(&mut self, id: VisitId, room: RoomId) {
        match self.admit(id, room) {
            Ok((me, members)) => {
                let joined: Bytes = ServerFrame::Joined { room, member: me }.encode().into();
                for (_, visit) in &members {
                    self.send_encoded(*visit, joined.clone());
                }
                let note = self.notes.get(&room).map(|note| ByteBuf::from(note.bytes.clone()));
                let members = members.into_iter().map(|(member, _)| member).collect();
                self.send(id, &ServerFrame::Welcome { room, me, members, note });
            }
            Err(refusal) => {
                self.metrics.rejected(refusal);
                self.send(id, &ServerFrame::Refused { room, refusal });
            }
        }
    }

    /// Makes the visit a member; returns the member's name and the others.
    fn admit(&mut self, id: VisitId, room: RoomId) -> Result<(MemberId, Vec<(MemberId, VisitId)>), Refusal> {
        let me = MemberId::from_bytes(self.random());
        let Some(visit) = self.visits.get(&id) else { return Err(Refusal::ServerFull) };
        if let Some(&me) = visit.rooms.get(&room) {
            let others = self.rooms.get(&room).map(|room| room.others(me)).unwrap_or_default();
            return Ok((me, others));
        }
        if visit.rooms.len() >= self.limits.rooms_per_connection {
            return Err(Refusal::TooManyRooms);
        }
        if self.of_address(visit.origin, |visit| visit.rooms.len()) >= self.limits.rooms_per_address {
            return Err(Refusal::TooManyRooms);
        }
        if !self.rooms.contains_key(&room) {
            if self.rooms.len() >= self.limits.rooms {
                return Err(Refusal::ServerFull);
            }
            let deadline = self.deadlines.insert(self.now + self.limits.room_lifetime, Due::Room(room));
            self.rooms.insert(room, Room { members: BTreeMap::new(), deadline });
        }
        let entry = self.rooms.get_mut(&room).ok_or(Refusal::ServerFull)?;
        if entry.members.len() >= self.limits.members_per_room {
            return Err(Refusal::RoomFull);
        }
        let others = entry.others(me);
        entry.members.insert(me, id);
        if let Some(visit) = self.visits.get_mut(&id) {
            visit.rooms.insert(room, me);
        }
        self.members += 1;
        Ok((me, others))
    }

    pub(super) fn leave(&mut self, id: VisitId, room: RoomId) {
        let member = self.visits.get_mut(&id).and_then(|visit| visit.rooms.remove(&room));
        if let Some(member) = member {
            self.remove_member(room, member);
        }
    }

    /// Takes a member, whose visit no longer knows of the room, out of it.
    pub(super) fn remove_member(&mut self, room: RoomId, member: MemberId) {
        let Some(entry) = self.rooms.get_mut(&room) else { return };
        if entry.members.remove(&member).is_none() {
            return;
        }
        self.members -= 1;
        let others: Vec<_> = entry.members.values().copied().collect();
        if others.is_empty() {
            self.deadlines.cancel(entry.deadline);
            self.rooms.remove(&room);
        }
        let left: Bytes = ServerFrame::Left { room, member }.encode().into();
        for visit in others {
            self.send_encoded(visit, left.clone());
        }
    }

    pub(super) fn relay(&mut self, id: VisitId, room: RoomId, to: Recipient, payload: Vec<u8>) {
        let Some(&from) = self.visits.get(&id).and_then(|visit| visit.rooms.get(&room)) else { return };
        let Some(entry) = self.rooms.get(&room) else { return };
        let recipients = match to {
            Recipient::All => entry.others(from),
            Recipient::One(member) => match entry.members.get(&member) {
                Some(&visit) => vec![(member, visit)],
                None => return,
            },
        };
        let message: Bytes = ServerFrame::Message { room, from, payload }.encode().into();
        for (_, visit) in recipients {
            self.metrics.relayed.add(1);
            self.send_encoded(visit, message.clone());
        }
    }

    pub(super) fn set_note(&mut self, id: VisitId, room: RoomId, bytes: Vec<u8>) {
        let visit = self.visits.get(&id).filter(|visit| visit.rooms.contains_key(&room));
        let Some(origin) = visit.map(|visit| visit.origin) else { return };
        self.remove_note(room);
        let own = self.notes_of.get(&origin).filter(|own| own.len() >= self.limits.notes_per_address.max(1));
        if let Some(oldest) = own.and_then(|own| own.first_key_value()).map(|(_, room)| *room) {
            self.remove_note(oldest);
        }
        while self.notes.len() >= self.limits.notes.max(1) {
            match self.note_deadlines.pop_first() {
                Some(Due::Note(oldest)) => self.remove_note(oldest),
                _ => break,
            }
        }
        let deadline = self.note_deadlines.insert(self.now + self.limits.note_lifetime, Due::Note(room));
        self.notes_of.entry(origin).or_default().insert(deadline, room);
        self.notes.insert(room, Note { bytes, deadline, origin });
    }

    pub(super) fn remove_note(&mut self, room: RoomId) {
        let Some(note) = self.notes.remove(&room) else { return };
        self.note_deadlines.cancel(note.deadline);
        if let Some(own) = self.notes_of.get_mut(&note.origin) {
            own.remove(&note.deadline);
            if own.is_empty() {
                self.notes_of.remove(&note.origin);
            }
        }
    }

    pub(super) fn expire_room(&mut self, room: RoomId) {
        let Some(entry) = self.rooms.remove(&room) else { return };
        self.members -= entry.members.len();
        let refusal = Refusal::RoomExpired;
        let frame: Bytes = ServerFrame::Refused { room, refusal }.encode().into();
        for visit in entry.members.into_values() {
            if let Some(visit) = self.visits.get_mut(&visit) {
                visit.rooms.remove(&room);
            }
            self.metrics.rejected(refusal);
            self.send_encoded(visit, frame.clone());
        }
    }
}

impl Room {
    fn others(&self, me: MemberId) -> Vec<(MemberId, VisitId)> {
        self.members.iter().filter(|(member, _)| **member != me).map(|(m, v)| (*m, *v)).collect()
    }
}
