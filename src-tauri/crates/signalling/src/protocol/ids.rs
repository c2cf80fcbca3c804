use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name([u8; 16]);

        impl $name {
            /// From its 16 bytes.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// Its 16 bytes.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let [a, b, c, d, ..] = self.0;
                write!(f, "{}({})", stringify!($name), hex::encode([a, b, c, d]))
            }
        }
    };
}

id! {
    /// A room: all that the server sees of a session. Derived from the session's secret; knowing it is
    /// what admits to the room, so it is shortened in `Debug`.
    RoomId
}

id! {
    /// A member of a room, named by the server, at random, on joining. Not the same in two rooms.
    MemberId
}

id! {
    /// An announcement, named by its owner, at random.
    AnnouncementId
}

/// To whom a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Recipient {
    /// Every other member of the room.
    All,
    /// One member. If it has left, the message is dropped: its sender hears [`ServerFrame::Left`].
    ///
    /// [`ServerFrame::Left`]: super::ServerFrame::Left
    One(MemberId),
}

/// Something that its owner wants strangers to find.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcement {
    /// Its name; announcing again with the same replaces the record.
    pub id: AnnouncementId,
    /// Opaque to the server; at most [`MAX_RECORD`](super::MAX_RECORD) bytes.
    #[serde(with = "serde_bytes")]
    pub record: Vec<u8>,
}
