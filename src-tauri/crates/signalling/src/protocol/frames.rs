use serde::{Deserialize, Serialize};

use super::{Announcement, AnnouncementId, MemberId, Recipient, Refusal, RoomId};

/// What a client sends after its [`Hello`](super::Hello).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClientFrame {
    /// So many numbered frames have arrived. Not numbered itself.
    Ack {
        /// The number of frames since the visit began.
        received: u64,
    },
    /// Enter a room.
    Join {
        /// The room.
        room: RoomId,
    },
    /// Leave a room.
    Leave {
        /// The room.
        room: RoomId,
    },
    /// Send to the others in a room. Silently dropped if the sender is not in it, since it was told.
    Send {
        /// The room.
        room: RoomId,
        /// To whom.
        to: Recipient,
        /// Opaque; at most [`MAX_PAYLOAD`](super::MAX_PAYLOAD) bytes.
        #[serde(with = "serde_bytes")]
        payload: Vec<u8>,
    },
    /// Leave a note for whoever comes later; it replaces the one before.
    SetNote {
        /// The room.
        room: RoomId,
        /// Opaque; at most [`MAX_NOTE`](super::MAX_NOTE) bytes.
        #[serde(with = "serde_bytes")]
        note: Vec<u8>,
    },
    /// List an announcement, or replace its record.
    Announce(Announcement),
    /// List it no longer.
    Withdraw {
        /// The announcement.
        id: AnnouncementId,
    },
    /// Be told of all announcements from now on.
    Browse,
    /// No longer.
    StopBrowsing,
    /// The visit is over. Not numbered; nothing follows.
    Bye,
}

/// What the server sends after its [`HelloReply`](super::HelloReply).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ServerFrame {
    /// So many numbered frames have been acted upon. Not numbered itself.
    Ack {
        /// The number of frames since the visit began.
        received: u64,
    },
    /// The client is in the room.
    Welcome {
        /// The room.
        room: RoomId,
        /// The name of the client's member in it.
        me: MemberId,
        /// The others.
        members: Vec<MemberId>,
        /// The room's note.
        note: Option<serde_bytes::ByteBuf>,
    },
    /// Another came into the room.
    Joined {
        /// The room.
        room: RoomId,
        /// Who.
        member: MemberId,
    },
    /// Another left the room, or was gone for longer than the grace time.
    Left {
        /// The room.
        room: RoomId,
        /// Who.
        member: MemberId,
    },
    /// Another's message.
    Message {
        /// The room.
        room: RoomId,
        /// Who sent it.
        from: MemberId,
        /// As it was sent.
        #[serde(with = "serde_bytes")]
        payload: Vec<u8>,
    },
    /// The client is not in this room, or no longer.
    Refused {
        /// The room.
        room: RoomId,
        /// Why.
        refusal: Refusal,
    },
    /// The answer to an announcement; with a refusal, it is not listed, or no longer.
    Announced {
        /// The announcement.
        id: AnnouncementId,
        /// Why not.
        refusal: Option<Refusal>,
    },
    /// The answer to [`ClientFrame::Browse`]: all announcements, on one or more such pages.
    Listing {
        /// Those of this page.
        announcements: Vec<Announcement>,
        /// Whether another page follows.
        more: bool,
    },
    /// An announcement appeared or changed.
    Listed(Announcement),
    /// An announcement is gone.
    Unlisted {
        /// The announcement.
        id: AnnouncementId,
    },
    /// The server ends the connection, and with it the visit, unless it is
    /// [superseded](Refusal::Superseded) or [idle](Refusal::Idle). Not numbered; nothing follows.
    Bye {
        /// Why.
        refusal: Refusal,
    },
}

/// A frame that means nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("malformed frame")]
pub struct BadFrame;

impl ClientFrame {
    /// As a frame.
    pub fn encode(&self) -> Vec<u8> {
        extend(Vec::new(), self)
    }

    /// From a frame.
    pub fn decode(frame: &[u8]) -> Result<Self, BadFrame> {
        decode(frame)
    }
}

impl ServerFrame {
    /// As a frame.
    pub fn encode(&self) -> Vec<u8> {
        extend(Vec::new(), self)
    }

    /// From a frame.
    pub fn decode(frame: &[u8]) -> Result<Self, BadFrame> {
        decode(frame)
    }
}

/// The frame [`ClientFrame::Ack`] and [`ServerFrame::Ack`], which are the same bytes.
pub fn encode_ack(received: u64) -> Vec<u8> {
    ClientFrame::Ack { received }.encode()
}

/// Postcard fails only on types without a known length and on full fixed buffers; these have neither,
/// and should it ever, what is sent is refused as malformed.
pub(super) fn extend(prefix: Vec<u8>, value: &impl Serialize) -> Vec<u8> {
    postcard::to_extend(value, prefix).unwrap_or_default()
}

fn decode<'a, T: Deserialize<'a>>(frame: &'a [u8]) -> Result<T, BadFrame> {
    match postcard::take_from_bytes(frame) {
        Ok((value, [])) => Ok(value),
        _ => Err(BadFrame),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: RoomId = RoomId::from_bytes([0x11; 16]);
    const MEMBER: MemberId = MemberId::from_bytes([0x22; 16]);
    const ID: AnnouncementId = AnnouncementId::from_bytes([0x33; 16]);

    #[test]
    fn the_bytes_of_client_frames_do_not_change() {
        let (room, member, id) = ("11".repeat(16), "22".repeat(16), "33".repeat(16));
        let announcement = Announcement { id: ID, record: vec![0xde, 0xad] };
        let all = ClientFrame::Send { room: ROOM, to: Recipient::All, payload: b"hi".to_vec() };
        let one = ClientFrame::Send { room: ROOM, to: Recipient::One(MEMBER), payload: Vec::new() };
        for (frame, bytes) in [
            (ClientFrame::Ack { received: 300 }, "00ac02".to_owned()),
            (ClientFrame::Join { room: ROOM }, format!("01{room}")),
            (ClientFrame::Leave { room: ROOM }, format!("02{room}")),
            (all, format!("03{room}00026869")),
            (one, format!("03{room}01{member}00")),
            (ClientFrame::SetNote { room: ROOM, note: vec![7] }, format!("04{room}0107")),
            (ClientFrame::Announce(announcement), format!("05{id}02dead")),
            (ClientFrame::Withdraw { id: ID }, format!("06{id}")),
            (ClientFrame::Browse, "07".to_owned()),
            (ClientFrame::StopBrowsing, "08".to_owned()),
            (ClientFrame::Bye, "09".to_owned()),
        ] {
            assert_eq!(hex::encode(frame.encode()), bytes, "{frame:?}");
            assert_eq!(ClientFrame::decode(&frame.encode()), Ok(frame), "it must read back");
        }
    }

    #[test]
    fn the_bytes_of_server_frames_do_not_change() {
        let (room, member, id) = ("11".repeat(16), "22".repeat(16), "33".repeat(16));
        let announcement = Announcement { id: ID, record: vec![1] };
        let note = Some(serde_bytes::ByteBuf::from(vec![7]));
        let welcome = ServerFrame::Welcome { room: ROOM, me: MEMBER, members: vec![MEMBER], note };
        let refused = ServerFrame::Refused { room: ROOM, refusal: Refusal::RoomFull };
        let listing = ServerFrame::Listing { announcements: vec![announcement.clone()], more: true };
        for (frame, bytes) in [
            (ServerFrame::Ack { received: 1 }, "0001".to_owned()),
            (welcome, format!("01{room}{member}01{member}010107")),
            (ServerFrame::Joined { room: ROOM, member: MEMBER }, format!("02{room}{member}")),
            (ServerFrame::Left { room: ROOM, member: MEMBER }, format!("03{room}{member}")),
            (
                ServerFrame::Message { room: ROOM, from: MEMBER, payload: vec![9] },
                format!("04{room}{member}0109"),
            ),
            (refused, format!("05{room}02")),
            (ServerFrame::Announced { id: ID, refusal: None }, format!("06{id}00")),
            (listing, format!("0701{id}010101")),
            (ServerFrame::Listed(announcement), format!("08{id}0101")),
            (ServerFrame::Unlisted { id: ID }, format!("09{id}")),
            (ServerFrame::Bye { refusal: Refusal::Restarting }, "0a0f".to_owned()),
        ] {
            assert_eq!(hex::encode(frame.encode()), bytes, "{frame:?}");
            assert_eq!(ServerFrame::decode(&frame.encode()), Ok(frame), "it must read back");
        }
        assert_eq!(encode_ack(5), ServerFrame::Ack { received: 5 }.encode(), "acks are the same both ways");
    }

    #[test]
    fn refusals_keep_their_numbers() {
        for (number, refusal) in Refusal::ALL.into_iter().enumerate() {
            let bytes = ServerFrame::Bye { refusal }.encode();
            assert_eq!(bytes.get(1), Some(&u8::try_from(number).unwrap()), "{refusal:?}");
        }
    }

    #[test]
    fn garbage_truncations_and_trailing_bytes_are_refused() {
        let whole = ClientFrame::Send { room: ROOM, to: Recipient::One(MEMBER), payload: vec![1, 2, 3] };
        let whole = whole.encode();
        for end in 0..whole.len() {
            assert_eq!(ClientFrame::decode(&whole[..end]), Err(BadFrame), "cut after {end}");
        }
        let long = [whole.as_slice(), &[0]].concat();
        assert_eq!(ClientFrame::decode(&long), Err(BadFrame), "trailing byte");
        let huge = [&[3u8][..], &[0; 17], &[0xff, 0xff, 0xff, 0xff, 0x7f]].concat();
        assert_eq!(ClientFrame::decode(&huge), Err(BadFrame), "a length beyond the frame allocates nothing");
        assert_eq!(ClientFrame::decode(&[0xff; 40]), Err(BadFrame), "unknown variant");
    }
}
