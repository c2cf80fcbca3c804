//! What a mesh tells its application.

use std::fmt;

use identity::{DeviceId, DeviceName};
use serde::{Deserialize, Serialize};
use signalling::Refusal;

/// How a link to a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkState {
    /// Being made again.
    Connecting,
    /// Up, between the two devices.
    Direct,
    /// Up, through the signalling server.
    Relayed,
    /// Lost; made again while both devices are in the room.
    Down,
}

/// What the room's note says: left, sealed, by the session's creator for whoever comes late.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RoomNote {
    /// All places are taken.
    Full,
    /// The session has completed.
    Finished,
    /// The session was given up.
    Cancelled,
}

/// Something happened in the mesh.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MeshEvent {
    /// We are in the room. Comes again, if the server forgot us and we entered anew.
    Entered {
        /// How many others the server says are there.
        others: usize,
        /// What the room's note says, if there is a genuine one.
        note: Option<RoomNote>,
    },
    /// A link changed. `Direct` and `Relayed` mean that the device proved its identity.
    Link {
        /// The device.
        peer: DeviceId,
        /// Its name, as it says.
        name: DeviceName,
        /// How the link is now.
        state: LinkState,
    },
    /// The device came back as a new process, or one that has forgotten us, and knows nothing of earlier messages; those
    /// that waited for it are dropped. The new link's event follows.
    PeerRestarted {
        /// The device.
        peer: DeviceId,
    },
    /// The device said good-bye over its link, or had none for so long that it was forgotten for another.
    PeerLeft {
        /// The device.
        peer: DeviceId,
    },
    /// A device sent a message. Exactly once, in the order of sending.
    Received {
        /// The device.
        from: DeviceId,
        /// The message.
        body: Vec<u8>,
    },
    /// Somebody without the session's secret tried. Informational; reported at most every two seconds.
    Handshakes {
        /// How often since the mesh began.
        failed: u64,
    },
    /// The connection to the signalling server is lost; direct links live on.
    Offline,
    /// It is back.
    Online,
    /// The server does not let us in, or no longer; direct links live on.
    Refused(Refusal),
}

impl fmt::Debug for MeshEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entered { others, note } => write!(f, "Entered({others}, {note:?})"),
            Self::Link { peer, name, state } => write!(f, "Link({name} {peer}, {state:?})"),
            Self::PeerRestarted { peer } => write!(f, "PeerRestarted({peer})"),
            Self::PeerLeft { peer } => write!(f, "PeerLeft({peer})"),
            Self::Received { from, body } => write!(f, "Received({from}, {} bytes)", body.len()),
            Self::Handshakes { failed } => write!(f, "Handshakes({failed} failed)"),
            Self::Offline => f.write_str("Offline"),
            Self::Online => f.write_str("Online"),
            Self::Refused(why) => write!(f, "Refused({why:?})"),
        }
    }
}

/// Why the mesh did not take a request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MeshError {
    /// There was never a link to this device, or it said good-bye.
    #[error("there is no link to device {0}")]
    UnknownPeer(DeviceId),
    /// Too much waits for this device already.
    #[error("too many messages wait for device {0}")]
    QueueFull(DeviceId),
    /// The body has more than 64 KiB.
    #[error("a message of {0} bytes is too large")]
    TooLarge(usize),
    /// The mesh is closed.
    #[error("the mesh is closed")]
    Closed,
    /// The signalling client does not take the room.
    #[error("the room can't be entered: {0}")]
    Signalling(#[from] signalling::client::ClientError),
    /// The operating system's random number generator is not available.
    #[error("no random numbers: {0}")]
    Random(#[from] getrandom::Error),
}
