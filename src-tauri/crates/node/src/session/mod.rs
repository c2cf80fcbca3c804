//! One session on this device: a task that owns the protocol's state and the links, and reports to the
//! actor.
//!
//! Inputs (what arrives on links, what its user says, deadlines) go into the coordinator; its effects
//! are carried out in order, so that what must be durable is durable before anything that depends on it
//! is sent.
//!
//! - [`ceremony`]: the task's state: inputs and effects.
//! - [`storing`]: making a share durable.
//! - [`waiting`]: what the session waits for, and how long.
//! - [`view`]: the session as its user sees it.
//! - [`lobby`]: the creator's side of an announced session.

mod ceremony;
mod lobby;
mod storing;
mod view;
mod waiting;

use std::{fmt, num::ParseIntError, str::FromStr, sync::Arc};

use coordinator::dkg::Params;
use identity::{DeviceId, DeviceName};
use mesh::MeshConfig;
use signalling::{ServerUrl, client::Client};
use tokio::sync::{mpsc, oneshot, watch};

use crate::{
    Timeouts,
    actor::{Message, keys::Keys},
    contacts::Contacts,
    handle::Reply,
    reason::Reason,
    snapshot::SessionView,
    storage::{StorageError, StoredWallet, WalletId},
};

pub(crate) use self::{
    ceremony::{Session, resume},
    view::{ciphersuite_view, proposal_view},
};

/// A session's local handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SessionKey(pub(crate) u64);

impl fmt::Display for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for SessionKey {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        text.parse().map(Self)
    }
}

/// What a session's task has from its device.
pub(crate) struct Setting {
    pub(crate) key: SessionKey,
    pub(crate) keys: Keys,
    pub(crate) client: Client,
    pub(crate) server: ServerUrl,
    pub(crate) name: DeviceName,
    /// As they are now, while the session runs.
    pub(crate) contacts: watch::Receiver<Arc<Contacts>>,
    pub(crate) mesh: MeshConfig,
    pub(crate) timeouts: Timeouts,
    pub(crate) actor: mpsc::Sender<Message>,
}

/// How this device comes to a session.
pub(crate) enum Entrance {
    Create {
        params: Params,
        announce: bool,
    },
    Join {
        /// What an announcement promised.
        announced: Option<(DeviceId, Params)>,
    },
}

/// What its user says to a session.
#[derive(Debug)]
pub(crate) enum SessionCommand {
    Consent,
    Leave,
    Answer {
        request: String,
        admit: bool,
    },
    /// Erase the share of an unfinished ceremony, and answer when it is gone.
    Discard(Reply<()>),
    /// The program closes.
    Close,
}

/// What a session's task reports.
pub(crate) enum SessionEvent {
    View(Box<SessionView>),
    /// Make a row durable; the answer comes when it is.
    Store {
        wallet: Box<StoredWallet>,
        met: Vec<(DeviceId, DeviceName)>,
        reply: oneshot::Sender<Result<(), StorageError>>,
    },
    /// The names of those whose signature an unfinished wallet waits for changed.
    Missing {
        wallet: WalletId,
        names: Vec<String>,
    },
    /// An interrupted ceremony can't go on.
    NotResumed {
        wallet: WalletId,
        reason: Reason,
    },
    /// The task ends and has not got to this: erase the wallet's share without it.
    Discard {
        wallet: WalletId,
        reply: Reply<()>,
    },
    /// The wallet's secrets have been erased: drop its row.
    Erased {
        wallet: WalletId,
        reply: oneshot::Sender<Result<(), StorageError>>,
    },
    /// The task has ended.
    Gone,
}
