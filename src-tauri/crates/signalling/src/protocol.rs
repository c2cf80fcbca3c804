//! What is on the wire: one frame is one binary WebSocket message.
//!
//! A connection opens with a [`Hello`] and its [`HelloReply`], each behind [`MAGIC`] and one byte with
//! the protocol's version, so that any two versions can tell each other apart. Then come
//! [`ClientFrame`]s and [`ServerFrame`]s, encoded with postcard.
//!
//! A *visit* is what a client has on the server (its rooms and announcements), over any number of
//! connections. In each direction the frames of a visit are numbered implicitly, from 1, by being
//! counted; `Ack` and `Bye` are not counted. Each side keeps what the other has not acknowledged. Who
//! resumes a visit says how many frames it has received, is told the same, and both send the rest.

mod frames;
mod hello;
mod ids;
mod refusal;

pub use frames::{BadFrame, ClientFrame, ServerFrame, encode_ack};
pub use hello::{BadHello, Hello, HelloReply, Resume, Token, Welcoming};
pub use ids::{Announcement, AnnouncementId, MemberId, Recipient, RoomId};
pub use refusal::Refusal;

/// The WebSocket's path on the server.
pub const PATH: &str = "/v1";
/// The version that this crate speaks.
pub const VERSION: u8 = 1;
/// The first four bytes of each side's first frame.
pub const MAGIC: [u8; 4] = *b"pfsg";
/// The largest payload of a message, in bytes.
pub const MAX_PAYLOAD: usize = 64 * 1024;
/// The largest note of a room, in bytes.
pub const MAX_NOTE: usize = 512;
/// The largest record of an announcement, in bytes.
pub const MAX_RECORD: usize = 1024;
/// The most members that a room can have.
pub const MAX_MEMBERS: usize = 64;
/// The largest frame, in bytes: a message with the largest payload, and what is around it.
pub const MAX_FRAME: usize = MAX_PAYLOAD + 64;
