use tokio::sync::{mpsc, oneshot, watch};

use super::{AnnouncementState, ClientConfig, ClientError, ConnectionState, RoomEvent};
use crate::{Announcement, AnnouncementId, Recipient, RoomId};

/// What handles ask for, in no order with messages.
pub(super) enum Request {
    Join {
        room: RoomId,
        events: mpsc::Sender<(u64, RoomEvent)>,
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
pub(super) enum Message {
    Send { room: RoomId, ticket: u64, epoch: u64, to: Recipient, payload: Vec<u8> },
    SetNote { room: RoomId, ticket: u64, note: Vec<u8> },
    Leave { room: RoomId, ticket: u64, done: oneshot::Sender<()> },
}

pub(super) struct Driver {
    requests: mpsc::Receiver<Request>,
    messages: mpsc::Receiver<Message>,
    state: watch::Sender<ConnectionState>,
}

impl Driver {
    pub(super) fn new(
        _config: ClientConfig,
        requests: mpsc::Receiver<Request>,
        messages: mpsc::Receiver<Message>,
        state: watch::Sender<ConnectionState>,
    ) -> Self {
        Self { requests, messages, state }
    }

    pub(super) async fn run(mut self) {
        let _ = &self.state;
        loop {
            tokio::select! {
                Some(_) = self.requests.recv() => {}
                Some(_) = self.messages.recv() => {}
                else => return,
            }
        }
    }
}
