use serde::{Deserialize, Serialize};

/// Why the server does not do what it was asked, or ends a connection.
///
/// On the wire it is the position in this list, so new ones go to the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The server has as many clients or rooms as it takes.
    #[error("the server is full")]
    ServerFull,
    /// There are too many connections from this network address.
    #[error("too many connections from this network address")]
    TooManyConnections,
    /// The room has as many members as it takes.
    #[error("the room is full")]
    RoomFull,
    /// This client, or its network address, is in as many rooms as it may be.
    #[error("this client or its network address is in too many rooms")]
    TooManyRooms,
    /// The room has existed for as long as the server lets any.
    #[error("the room has expired")]
    RoomExpired,
    /// The server lists as many announcements as it takes.
    #[error("the server takes no more announcements")]
    AnnouncementsFull,
    /// This client, or its network address, has as many announcements as it may have.
    #[error("this client or its network address has too many announcements")]
    TooManyAnnouncements,
    /// Someone else has an announcement of this name.
    #[error("the announcement belongs to someone else")]
    AnnouncementTaken,
    /// The announcement was listed for as long as the server lists any.
    #[error("the announcement has expired")]
    AnnouncementExpired,
    /// A payload, note or record is larger than allowed.
    #[error("too large for the server")]
    TooLarge,
    /// The frame is larger than allowed.
    #[error("a frame was too large")]
    FrameTooLarge,
    /// The frame means nothing.
    #[error("a frame was malformed")]
    Malformed,
    /// The client took too long to take what was sent to it.
    #[error("this client reads too slowly")]
    SlowConsumer,
    /// Nothing was heard from the client for too long.
    #[error("nothing was heard from this client")]
    Idle,
    /// A newer connection took up the same visit.
    #[error("another connection took this one's place")]
    Superseded,
    /// The server is about to stop; come back later.
    #[error("the server is restarting")]
    Restarting,
    /// The server speaks another version of the protocol. Never sent: a client makes it from
    /// [`HelloReply::Unsupported`](super::HelloReply::Unsupported).
    #[error("the server speaks version {server} of the protocol")]
    UnsupportedVersion {
        /// The version that the server speaks.
        server: u8,
    },
}

impl Refusal {
    /// A short name for metrics.
    pub const fn label(self) -> &'static str {
        match self {
            Self::ServerFull => "server_full",
            Self::TooManyConnections => "too_many_connections",
            Self::RoomFull => "room_full",
            Self::TooManyRooms => "too_many_rooms",
            Self::RoomExpired => "room_expired",
            Self::AnnouncementsFull => "announcements_full",
            Self::TooManyAnnouncements => "too_many_announcements",
            Self::AnnouncementTaken => "announcement_taken",
            Self::AnnouncementExpired => "announcement_expired",
            Self::TooLarge => "too_large",
            Self::FrameTooLarge => "frame_too_large",
            Self::Malformed => "malformed",
            Self::SlowConsumer => "slow_consumer",
            Self::Idle => "idle",
            Self::Superseded => "superseded",
            Self::Restarting => "restarting",
            Self::UnsupportedVersion { .. } => "unsupported_version",
        }
    }

    /// All of them, for metrics.
    pub(crate) const ALL: [Self; 17] = [
        Self::ServerFull,
        Self::TooManyConnections,
        Self::RoomFull,
        Self::TooManyRooms,
        Self::RoomExpired,
        Self::AnnouncementsFull,
        Self::TooManyAnnouncements,
        Self::AnnouncementTaken,
        Self::AnnouncementExpired,
        Self::TooLarge,
        Self::FrameTooLarge,
        Self::Malformed,
        Self::SlowConsumer,
        Self::Idle,
        Self::Superseded,
        Self::Restarting,
        Self::UnsupportedVersion { server: 0 },
    ];
}
