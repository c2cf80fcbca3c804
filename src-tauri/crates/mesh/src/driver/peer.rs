//! What is kept for a device over all its links.

use identity::DeviceName;
use tokio::time::Instant;

use crate::{
    LinkState,
    noise::Epoch,
    sealed::AttemptId,
    stream::{Inbox, Outbox},
};

/// A device that has proved its identity.
pub(super) struct Peer {
    pub(super) name: DeviceName,
    /// The process that it is now.
    pub(super) epoch: Epoch,
    /// The line that is its link.
    pub(super) link: Option<AttemptId>,
    /// Since when it has none.
    pub(super) gone: Instant,
    /// What the application was last told.
    pub(super) state: LinkState,
    pub(super) outbox: Outbox,
    pub(super) inbox: Inbox,
    pub(super) owes_ack: bool,
}

impl Peer {
    pub(super) fn new(name: DeviceName, epoch: Epoch) -> Self {
        Self {
            name,
            epoch,
            link: None,
            gone: Instant::now(),
            state: LinkState::Down,
            outbox: Outbox::default(),
            inbox: Inbox::default(),
            owes_ack: false,
        }
    }
}
