use std::collections::VecDeque;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::oneshot;
use tokio_tungstenite::tungstenite::Bytes;

use crate::RoomId;
use crate::protocol::ClientFrame;
use crate::wire::Wire;

/// The numbered frames of a visit that the server has not acknowledged, in order.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    items: VecDeque<Item>,
    /// How many of them this connection has been given.
    sent: usize,
    acknowledged: u64,
}

#[derive(Debug)]
struct Item {
    frame: Bytes,
    purpose: Purpose,
}

/// What a frame is for, which decides whether it outlives its visit.
#[derive(Debug)]
pub(super) enum Purpose {
    /// Follows from what is wanted, and is made anew for a new visit.
    Wish,
    /// A message; `void` once its sender knew of an earlier visit.
    Message { room: RoomId, ticket: u64, void: bool },
    /// A note.
    Note { room: RoomId, ticket: u64 },
    /// Leaving a room. Whoever waits for it is told by dropping the sender.
    Leave { _done: Option<oneshot::Sender<()>> },
}

/// The server acknowledged what was never sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BadAck;

impl Outbox {
    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    pub(super) fn push(&mut self, frame: &ClientFrame, purpose: Purpose) {
        self.items.push_back(Item { frame: frame.encode().into(), purpose });
    }

    /// Gives the wire what it has not had and has room for.
    pub(super) fn feed<S: AsyncRead + AsyncWrite + Unpin>(&mut self, wire: &mut Wire<S>) {
        while wire.has_room() {
            let Some(item) = self.items.get(self.sent) else { break };
            wire.push(item.frame.clone());
            self.sent += 1;
        }
    }

    pub(super) fn acknowledge(&mut self, received: u64) -> Result<(), BadAck> {
        let count = received.checked_sub(self.acknowledged).ok_or(BadAck)?;
        let count = usize::try_from(count).map_err(|_| BadAck)?;
        if count > self.items.len() {
            return Err(BadAck);
        }
        self.items.drain(..count);
        self.sent = self.sent.saturating_sub(count);
        self.acknowledged = received;
        Ok(())
    }

    /// The connection is gone: what is not acknowledged goes out again on the next. Nobody waits for
    /// leaving any longer.
    pub(super) fn rewind(&mut self) {
        self.sent = 0;
        for item in &mut self.items {
            if let Purpose::Leave { _done } = &mut item.purpose {
                *_done = None;
            }
        }
    }

    /// Starts over for a new visit with `wishes`, keeping what still means something in the rooms that
    /// `is_joined` knows.
    pub(super) fn start_over(
        &mut self,
        wishes: impl Iterator<Item = ClientFrame>,
        is_joined: impl Fn(RoomId, u64) -> bool,
    ) {
        let before = std::mem::take(self);
        for wish in wishes {
            self.push(&wish, Purpose::Wish);
        }
        self.items.extend(before.items.into_iter().filter(|item| match item.purpose {
            Purpose::Message { room, ticket, void } => !void && is_joined(room, ticket),
            Purpose::Note { room, ticket } => is_joined(room, ticket),
            Purpose::Wish | Purpose::Leave { .. } => false,
        }));
    }
}
