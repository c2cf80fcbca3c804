//! How devices find each other: the signalling protocol, its client and its server.
//!
//! The server is a blind relay. It knows rooms, which are random-looking 16-byte strings, and opaque
//! payloads; what they mean is sealed by the layers above. A device keeps one WebSocket connection,
//! over which it joins rooms, sends to one member or to all, and lists or browses announcements. A
//! dropped connection is taken up again without a message lost or doubled.
//!
//! Read in this order:
//!
//! - [`protocol`]: what is on the wire.
//! - `wire`: a WebSocket as a stream of such frames, used by both sides.
//! - [`client`]: a handle on the one task that keeps the connection.
//! - [`server`]: the relay, as a library; the binary `permafrost-signal` adds its command line.

pub mod client;
pub mod protocol;
pub mod server;
mod server_url;
mod wire;

pub use protocol::{Announcement, AnnouncementId, MemberId, Recipient, Refusal, RoomId};
pub use server_url::{InvalidServerUrl, ServerUrl};
