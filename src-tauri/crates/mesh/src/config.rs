//! How a mesh connects, and the bounds of everything it keeps.

use std::{net::SocketAddr, time::Duration};

use crate::IceServer;

/// The largest body of a message, in bytes.
pub const MAX_BODY: usize = 64 * 1024;
/// Members of a room that are taken notice of, and links that are kept.
pub const MAX_MEMBERS: usize = 64;
/// Devices remembered with their place in the stream of messages; for more, those are forgotten that have been gone
/// longest.
pub const MAX_PEERS: usize = 128;
/// Messages accepted for one device and not yet acknowledged by it.
pub const MAX_UNACKNOWLEDGED: usize = 256;
/// Bytes of messages accepted for one device and not yet acknowledged by it.
pub const MAX_UNACKNOWLEDGED_BYTES: usize = 4 * 1024 * 1024;
/// Messages on their way to one device; a peer that has more on its way to us breaks the protocol.
pub const WINDOW: u64 = 32;
/// Events that wait for the application.
pub const EVENTS: usize = 256;
/// Requests that wait for the mesh.
pub(crate) const COMMANDS: usize = 64;
/// Events and bodies that wait inside the mesh before it stops reading.
pub(crate) const BACKLOG: usize = 4096;
/// Sealed payloads that wait for the signalling client.
pub(crate) const POSTS: usize = 512;
/// Events of all direct paths that wait for the mesh.
pub(crate) const PATH_EVENTS: usize = 512;
/// Encrypted pieces that wait for one data channel.
pub(crate) const PIECES: usize = 512;
/// Descriptions and candidates that wait for one peer connection.
pub(crate) const CONTROLS: usize = 64;
/// Plaintext bytes of one encrypted piece.
pub(crate) const PIECE: usize = 16 * 1024;
/// Bytes that a data channel holds before its writer waits.
pub(crate) const SEND_BUFFER: usize = 1024 * 1024;
/// The largest session description, in bytes.
pub(crate) const MAX_SDP: usize = 8 * 1024;
/// STUN and TURN servers of one device.
pub const MAX_ICE_SERVERS: usize = 4;
/// The largest ICE candidate, in bytes.
pub(crate) const MAX_CANDIDATE: usize = 512;
/// Candidates taken from the other side in one attempt, and sent to it.
pub(crate) const MAX_CANDIDATES: u32 = 32;
/// Attempts of one member that are remembered, so that a replay opens nothing.
pub(crate) const MAX_SEEN: usize = 64;
/// Peer connections that may be opened at once; after that, one more every [`ATTEMPT_EVERY`].
pub(crate) const ATTEMPT_BURST: u32 = 256;
/// See [`ATTEMPT_BURST`].
pub(crate) const ATTEMPT_EVERY: Duration = Duration::from_millis(250);
/// Attempts at a member that never sent anything genuine.
pub(crate) const MAX_UNANSWERED: u32 = 3;
/// How often failed handshakes are reported at most.
pub(crate) const REPORT_EVERY: Duration = Duration::from_secs(2);
/// How long a closing path waits for the other side to have read the good-bye.
pub const LINGER: Duration = Duration::from_millis(500);

/// Which local addresses direct paths use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Bind {
    /// Every interface but loopback; loopback where there is no other.
    #[default]
    Interfaces,
    /// These addresses; port 0 for any.
    Addresses(Vec<SocketAddr>),
}

/// The pauses between attempts at the same member: doubled from the first to the longest.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    /// After the first failure.
    pub first: Duration,
    /// The longest.
    pub longest: Duration,
}

/// How a mesh connects.
#[derive(Clone, Debug)]
pub struct MeshConfig {
    /// Servers that help direct paths through NATs; the first [`MAX_ICE_SERVERS`] are used.
    pub ice_servers: Vec<IceServer>,
    /// How long a direct path may take before the link runs through the signalling server.
    pub direct_deadline: Duration,
    /// Never connect directly.
    pub relay_only: bool,
    /// Local addresses of direct paths.
    pub bind: Bind,
    /// How long the handshake through the signalling server may take.
    pub relay_deadline: Duration,
    /// A link on which nothing was sent for so long sends a sign of life.
    pub keepalive: Duration,
    /// A link on which nothing was received for so long is down.
    pub silence: Duration,
    /// Pauses between attempts.
    pub backoff: Backoff,
}

impl Default for MeshConfig {
    fn default() -> Self {
        Self {
            ice_servers: Vec::new(),
            direct_deadline: Duration::from_secs(8),
            relay_only: false,
            bind: Bind::Interfaces,
            relay_deadline: Duration::from_secs(8),
            keepalive: Duration::from_millis(1500),
            silence: Duration::from_secs(5),
            backoff: Backoff { first: Duration::from_millis(250), longest: Duration::from_secs(30) },
        }
    }
}
