use std::fmt;

use serde::{Deserialize, Serialize};

use super::{MAGIC, Refusal, VERSION};

/// What names a visit and proves that it is one's own: secret between a client and the server.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Token(pub(crate) [u8; 16]);

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(<redacted>)")
    }
}

/// A client's first frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The visit to take up again; none for a new one.
    pub resume: Option<Resume>,
}

/// Which visit to take up, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resume {
    /// The visit.
    pub token: Token,
    /// How many numbered frames of this visit the client has received.
    pub received: u64,
}

/// The server's first frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum HelloReply {
    /// The server does not speak the client's version. The version byte in front says which it
    /// speaks; variant 0, without fields, in every version to come.
    Unsupported,
    /// The client is not let in.
    Refused(Refusal),
    /// A new visit begins: also the answer when the visit to resume is no longer known.
    Fresh(Welcoming),
    /// The visit goes on; the server has received so many numbered frames of it.
    Resumed {
        /// The number of frames.
        received: u64,
    },
}

/// What a client is told at the beginning of a visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcoming {
    /// What to resume the visit with.
    pub token: Token,
    /// The server sends a ping each so many milliseconds.
    pub heartbeat_ms: u32,
}

/// Why a first frame is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadHello {
    /// It is no first frame of this protocol, in any version.
    #[error("not a first frame")]
    Malformed,
    /// It is one of another version.
    #[error("version {0} of the protocol")]
    Version(u8),
}

impl Hello {
    /// As a frame.
    pub fn encode(&self) -> Vec<u8> {
        encode(self)
    }

    /// From a frame.
    pub fn decode(frame: &[u8]) -> Result<Self, BadHello> {
        let (version, body) = split(frame)?;
        if version != VERSION {
            return Err(BadHello::Version(version));
        }
        exact(body).ok_or(BadHello::Malformed)
    }
}

impl HelloReply {
    /// As a frame.
    pub fn encode(&self) -> Vec<u8> {
        encode(self)
    }

    /// From a frame. A reply of another version is an error that says which.
    pub fn decode(frame: &[u8]) -> Result<Self, BadHello> {
        let (version, body) = split(frame)?;
        if version != VERSION {
            return Err(BadHello::Version(version));
        }
        exact(body).ok_or(BadHello::Malformed)
    }
}

fn encode(value: &impl Serialize) -> Vec<u8> {
    let mut frame = MAGIC.to_vec();
    frame.push(VERSION);
    super::frames::extend(frame, value)
}

fn split(frame: &[u8]) -> Result<(u8, &[u8]), BadHello> {
    match frame.strip_prefix(&MAGIC) {
        Some([version, body @ ..]) => Ok((*version, body)),
        _ => Err(BadHello::Malformed),
    }
}

fn exact<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Option<T> {
    match postcard::take_from_bytes(body) {
        Ok((value, [])) => Some(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_of_first_frames_do_not_change() {
        let token = Token([0xab; 16]);
        let tokens = "ab".repeat(16);
        let hello = |resume| hex::encode(Hello { resume }.encode());
        assert_eq!(hello(None), "706673670100", "a new visit");
        assert_eq!(
            hello(Some(Resume { token: token.clone(), received: 300 })),
            format!("706673670101{tokens}ac02"),
            "a resumed visit"
        );
        for (reply, bytes) in [
            (HelloReply::Unsupported, "706673670100".to_owned()),
            (HelloReply::Refused(Refusal::TooManyConnections), "70667367010101".to_owned()),
            (
                HelloReply::Fresh(Welcoming { token, heartbeat_ms: 15_000 }),
                format!("706673670102{tokens}9875"),
            ),
            (HelloReply::Resumed { received: 5 }, "70667367010305".to_owned()),
        ] {
            assert_eq!(hex::encode(reply.encode()), bytes, "{reply:?}");
            assert_eq!(HelloReply::decode(&reply.encode()), Ok(reply), "it must read back");
        }
    }

    #[test]
    fn another_version_is_told_from_garbage() {
        assert_eq!(Hello::decode(b"pfsg\x02whatever"), Err(BadHello::Version(2)));
        assert_eq!(HelloReply::decode(b"pfsg\x07\x00"), Err(BadHello::Version(7)));
        for garbage in [&b""[..], b"pfs", b"pfsg", b"pfsg\x01", b"pfsg\x01\x00\x00", b"GET / HTTP/1.1"] {
            assert_eq!(Hello::decode(garbage), Err(BadHello::Malformed), "{garbage:?}");
        }
    }
}
