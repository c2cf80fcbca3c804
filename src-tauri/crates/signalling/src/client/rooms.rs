use std::collections::{HashMap, VecDeque};

use tokio::sync::mpsc;

use super::{ClientError, RoomEvent};
use crate::{Refusal, RoomId};

/// The rooms that this client is in or wants to be in.
#[derive(Debug, Default)]
pub(super) struct Rooms {
    slots: HashMap<RoomId, Slot>,
    next_ticket: u64,
}

#[derive(Debug)]
struct Slot {
    /// Tells this stay in the room from an earlier one.
    ticket: u64,
    events: mpsc::Sender<(u64, RoomEvent)>,
    /// Counts the visits in which we asked for this room.
    epoch: u64,
    /// The epoch of the last welcome.
    told: u64,
    offline: bool,
    /// What `events` has no room for. Nothing is read from the server meanwhile, so it stays short.
    backlog: VecDeque<(u64, RoomEvent)>,
}

impl Rooms {
    pub(super) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = RoomId> + '_ {
        self.slots.keys().copied()
    }

    pub(super) fn has(&self, room: RoomId, ticket: u64) -> bool {
        self.slots.get(&room).is_some_and(|slot| slot.ticket == ticket)
    }

    /// Whether a message whose sender last saw `epoch` may go out.
    pub(super) fn is_current(&self, room: RoomId, ticket: u64, epoch: u64) -> bool {
        self.slots.get(&room).is_some_and(|slot| slot.ticket == ticket && (epoch == 0 || epoch == slot.epoch))
    }

    pub(super) fn add(
        &mut self,
        room: RoomId,
        events: mpsc::Sender<(u64, RoomEvent)>,
    ) -> Result<u64, ClientError> {
        if self.slots.get(&room).is_some_and(|slot| !slot.events.is_closed()) {
            return Err(ClientError::AlreadyJoined);
        }
        self.next_ticket += 1;
        let ticket = self.next_ticket;
        let slot = Slot { ticket, events, epoch: 1, told: 0, offline: false, backlog: VecDeque::new() };
        self.slots.insert(room, slot);
        Ok(ticket)
    }

    pub(super) fn remove(&mut self, room: RoomId, ticket: u64) -> bool {
        self.has(room, ticket) && self.slots.remove(&room).is_some()
    }

    /// The server let us in.
    pub(super) fn welcome(&mut self, room: RoomId, event: RoomEvent) {
        if let Some(slot) = self.slots.get_mut(&room) {
            slot.told = slot.epoch;
            slot.offline = false;
            slot.push(event);
        }
    }

    /// Something happened in a room; not told before the room's welcome.
    pub(super) fn event(&mut self, room: RoomId, event: RoomEvent) {
        if let Some(slot) = self.slots.get_mut(&room).filter(|slot| slot.told == slot.epoch) {
            slot.push(event);
        }
    }

    pub(super) fn refuse(&mut self, room: RoomId, refusal: Refusal) {
        if let Some(slot) = self.slots.remove(&room) {
            slot.finish(RoomEvent::Refused(refusal));
        }
    }

    pub(super) fn refuse_all(&mut self, refusal: Refusal) {
        for (_, slot) in self.slots.drain() {
            slot.finish(RoomEvent::Refused(refusal));
        }
    }

    /// The connection is gone.
    pub(super) fn offline(&mut self) {
        for slot in self.slots.values_mut().filter(|slot| !slot.offline) {
            slot.offline = true;
            slot.push(RoomEvent::Offline);
        }
    }

    /// The visit goes on.
    pub(super) fn resumed(&mut self) {
        for slot in self.slots.values_mut().filter(|slot| slot.told == slot.epoch && slot.offline) {
            slot.offline = false;
            match slot.backlog.back() {
                Some((_, RoomEvent::Offline)) => {
                    slot.backlog.pop_back();
                }
                _ => slot.push(RoomEvent::Resumed),
            }
        }
    }

    /// A new visit begins.
    pub(super) fn forgotten(&mut self) {
        for slot in self.slots.values_mut().filter(|slot| slot.told == slot.epoch) {
            slot.epoch += 1;
        }
    }

    /// Whether someone is behind with their events.
    pub(super) fn is_stalled(&self) -> bool {
        self.slots.values().any(|slot| !slot.backlog.is_empty())
    }

    /// Waits until one waiting event is delivered. Cancel safe.
    pub(super) async fn deliver(&mut self) {
        let Some(slot) = self.slots.values_mut().find(|slot| !slot.backlog.is_empty()) else {
            return std::future::pending().await;
        };
        match slot.events.reserve().await {
            Ok(permit) => {
                if let Some(event) = slot.backlog.pop_front() {
                    permit.send(event);
                }
            }
            Err(_) => slot.backlog.clear(),
        }
    }
}

impl Slot {
    fn push(&mut self, event: RoomEvent) {
        let event = (self.told, event);
        if !self.backlog.is_empty() {
            self.backlog.push_back(event);
        } else if let Err(mpsc::error::TrySendError::Full(event)) = self.events.try_send(event) {
            self.backlog.push_back(event);
        }
    }

    /// Delivers what is left, which can take as long as the room's owner likes.
    fn finish(mut self, event: RoomEvent) {
        self.push(event);
        if !self.backlog.is_empty() {
            tokio::spawn(async move {
                for event in self.backlog {
                    if self.events.send(event).await.is_err() {
                        break;
                    }
                }
            });
        }
    }
}
