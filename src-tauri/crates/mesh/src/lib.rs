//! Authenticated links between the devices of a session.
//!
//! Devices that share a [`SessionId`] meet in a room of a signalling server, which relays what it can
//! neither read nor change, and make one link a pair. A link says *who* is at its other end, whatever the
//! server does. From the bottom up:
//!
//! - [`session_id`]: the string that one person copies and the others paste, and the keys derived from it.
//! - `sealed`: what members of the room say to each other through the server.
//! - `direct`: a path between two devices: a WebRTC data channel. Where there is none, the server relays.
//! - `noise`: the handshake on either kind of path, the proof of identity, the encrypted stream.
//! - `stream`: frames, and the numbering by which messages survive a link that is made anew.
//! - `driver`: the one task that owns all state; [`Mesh`] is the handle on it, [`MeshEvent`] what it says.
//!
//! Everything that a peer or the server can make grow is bounded by a constant in [`config`]. A server
//! that lies, drops, repeats or invents costs time; it never makes a link with a wrong device.
//!
//! Start reading at [`Mesh`].

pub mod config;
mod direct;
mod driver;
mod event;
mod handle;
mod ice_server;
mod noise;
mod sealed;
pub mod session_id;
mod stream;

pub use config::{Backoff, Bind, MAX_ICE_SERVERS, MeshConfig};
pub use event::{LinkState, MeshError, MeshEvent, RoomNote};
pub use handle::Mesh;
pub use ice_server::{IceServer, InvalidIceServer};
pub use session_id::{SessionId, SessionIdError, SessionSecret};
