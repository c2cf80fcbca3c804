//! What the devices of a session say to each other through the server, which can neither read nor change it.
//!
//! `nonce (24) ‖ XChaCha20-Poly1305(signalling key, nonce, aad = room ‖ from ‖ to, postcard(Payload))`.

use std::fmt;

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305,
    aead::{Aead, Payload as Sealing},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use signalling::{MemberId, RoomId};

use crate::{
    RoomNote, SessionSecret,
    config::{MAX_CANDIDATE, MAX_SDP, PIECE},
};

const NONCE: usize = 24;
const TAG: usize = 16;
/// A piece of a link's stream: flag, plaintext, Noise tag.
const MAX_RELAYED: usize = 1 + PIECE + 16;
const MAX_SEALED: usize = NONCE + TAG + MAX_RELAYED + 64;

/// One attempt at a link: 16 random bytes by whoever begins it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct AttemptId([u8; 16]);

impl AttemptId {
    pub(crate) fn random() -> Result<Self, getrandom::Error> {
        let mut id = Self([0; 16]);
        getrandom::fill(&mut id.0)?;
        Ok(id)
    }
}

impl fmt::Debug for AttemptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, ..] = self.0;
        write!(f, "AttemptId({a:02x}{b:02x}{c:02x}{d:02x})")
    }
}

/// From one member to another. The order of the variants is on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Payload {
    /// Begins a direct path.
    Offer { attempt: AttemptId, sdp: String },
    /// Accepts it.
    Answer { attempt: AttemptId, sdp: String },
    /// An address to try.
    Candidate { attempt: AttemptId, candidate: String },
    /// The attempt, or the link that it became, is over for its sender.
    Decline { attempt: AttemptId },
    /// The next message of a relayed path; the one with index 0 begins it.
    Relay { attempt: AttemptId, index: u64, message: Vec<u8> },
}

/// The bytes were not sealed with this session's key for these members, or say nothing valid.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotSealed;

/// Seals and opens with a session's signalling key.
pub(crate) struct Seal {
    cipher: XChaCha20Poly1305,
    room: RoomId,
}

impl Seal {
    pub(crate) fn new(secret: &SessionSecret) -> Self {
        Self {
            cipher: XChaCha20Poly1305::new(secret.signalling_key().as_bytes().into()),
            room: secret.room(),
        }
    }

    pub(crate) fn seal(&self, from: MemberId, to: MemberId, payload: &Payload) -> Option<Vec<u8>> {
        self.seal_bytes(&self.between(from, to), &postcard::to_allocvec(payload).ok()?)
    }

    pub(crate) fn open(&self, from: MemberId, to: MemberId, sealed: &[u8]) -> Result<Payload, NotSealed> {
        let payload = self.open_value(&self.between(from, to), sealed)?;
        let fits = match &payload {
            Payload::Offer { sdp, .. } | Payload::Answer { sdp, .. } => sdp.len() <= MAX_SDP,
            Payload::Candidate { candidate, .. } => candidate.len() <= MAX_CANDIDATE,
            Payload::Relay { message, .. } => message.len() <= MAX_RELAYED,
            Payload::Decline { .. } => true,
        };
        if fits { Ok(payload) } else { Err(NotSealed) }
    }

    pub(crate) fn seal_note(&self, note: RoomNote) -> Option<Vec<u8>> {
        self.seal_bytes(&self.note(), &postcard::to_allocvec(&note).ok()?)
    }

    pub(crate) fn open_note(&self, sealed: &[u8]) -> Result<RoomNote, NotSealed> {
        self.open_value(&self.note(), sealed)
    }

    fn between(&self, from: MemberId, to: MemberId) -> Vec<u8> {
        [self.room.as_bytes().as_slice(), from.as_bytes(), to.as_bytes()].concat()
    }

    fn note(&self) -> Vec<u8> {
        [self.room.as_bytes().as_slice(), b"note"].concat()
    }

    fn seal_bytes(&self, aad: &[u8], msg: &[u8]) -> Option<Vec<u8>> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).ok()?;
        self.seal_with(nonce, aad, msg)
    }

    fn seal_with(&self, nonce: [u8; NONCE], aad: &[u8], msg: &[u8]) -> Option<Vec<u8>> {
        let sealed = self.cipher.encrypt(&nonce.into(), Sealing { msg, aad }).ok()?;
        Some([nonce.as_slice(), &sealed].concat())
    }

    fn open_value<T: DeserializeOwned>(&self, aad: &[u8], sealed: &[u8]) -> Result<T, NotSealed> {
        let (nonce, msg) = sealed.split_first_chunk::<NONCE>().ok_or(NotSealed)?;
        if sealed.len() > MAX_SEALED {
            return Err(NotSealed);
        }
        let opened = self.cipher.decrypt(nonce.into(), Sealing { msg, aad }).map_err(|_| NotSealed)?;
        match postcard::take_from_bytes(&opened) {
            Ok((value, [])) => Ok(value),
            _ => Err(NotSealed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VECTOR: &str = "de86a18daf5a55200108adffa5d3402640d5f5d36aea5b0ecee878b1d1193b0e43";
    const ATTEMPT: AttemptId = AttemptId([7; 16]);

    fn seal(byte: u8) -> Seal {
        Seal::new(&SessionSecret::from_bytes([byte; 16]))
    }

    fn member(byte: u8) -> MemberId {
        MemberId::from_bytes([byte; 16])
    }

    #[test]
    fn only_the_addressee_in_the_same_session_opens_a_payload() {
        let payload = Payload::Offer { attempt: ATTEMPT, sdp: "v=0".into() };
        let (a, b, c) = (member(1), member(2), member(3));
        let sealed = seal(1).seal(a, b, &payload).unwrap();
        assert_eq!(seal(1).open(a, b, &sealed), Ok(payload));
        assert_eq!(seal(1).open(a, c, &sealed), Err(NotSealed), "handed to another member");
        assert_eq!(seal(1).open(c, b, &sealed), Err(NotSealed), "in another member's name");
        assert_eq!(seal(1).open(b, a, &sealed), Err(NotSealed), "handed back to its sender");
        assert_eq!(seal(2).open(a, b, &sealed), Err(NotSealed), "in another session");
        assert_eq!(seal(1).open_note(&sealed), Err(NotSealed), "as a note");
    }

    #[test]
    fn every_changed_or_missing_byte_is_noticed() {
        let (a, b) = (member(1), member(2));
        let sealed = seal(1).seal(a, b, &Payload::Decline { attempt: ATTEMPT }).unwrap();
        for i in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[i] ^= 1;
            assert_eq!(seal(1).open(a, b, &changed), Err(NotSealed), "byte {i} changed");
            assert_eq!(seal(1).open(a, b, &sealed[..i]), Err(NotSealed), "cut to {i} bytes");
        }
    }

    #[test]
    fn oversized_parts_and_trailing_bytes_are_refused_from_insiders_too() {
        let (s, a, b) = (seal(1), member(1), member(2));
        for payload in [
            Payload::Offer { attempt: ATTEMPT, sdp: "x".repeat(MAX_SDP + 1) },
            Payload::Candidate { attempt: ATTEMPT, candidate: "x".repeat(MAX_CANDIDATE + 1) },
            Payload::Relay { attempt: ATTEMPT, index: 0, message: vec![0; MAX_RELAYED + 1] },
        ] {
            assert_eq!(s.open(a, b, &s.seal(a, b, &payload).unwrap()), Err(NotSealed));
        }
        let mut bytes = postcard::to_allocvec(&Payload::Decline { attempt: ATTEMPT }).unwrap();
        bytes.push(0);
        assert_eq!(s.open(a, b, &s.seal_bytes(&s.between(a, b), &bytes).unwrap()), Err(NotSealed));
    }

    #[test]
    fn payloads_are_fixed_on_the_wire() {
        let hex = |payload: &Payload| hex::encode(postcard::to_allocvec(payload).unwrap());
        let id = "07".repeat(16);
        assert_eq!(hex(&Payload::Offer { attempt: ATTEMPT, sdp: "v".into() }), format!("00{id}0176"));
        assert_eq!(hex(&Payload::Answer { attempt: ATTEMPT, sdp: "v".into() }), format!("01{id}0176"));
        assert_eq!(
            hex(&Payload::Candidate { attempt: ATTEMPT, candidate: "c".into() }),
            format!("02{id}0163")
        );
        assert_eq!(hex(&Payload::Decline { attempt: ATTEMPT }), format!("03{id}"));
        let relay = Payload::Relay { attempt: ATTEMPT, index: 300, message: vec![1, 2] };
        assert_eq!(hex(&relay), format!("04{id}ac02020102"));
    }

    #[test]
    fn a_sealed_payload_is_fixed() {
        let seal = Seal::new(&SessionSecret::from_bytes(*b"0123456789abcdef"));
        let (a, b) = (member(1), member(2));
        let plain = postcard::to_allocvec(&Payload::Decline { attempt: ATTEMPT }).unwrap();
        let sealed = seal.seal_with([9; NONCE], &seal.between(a, b), &plain).unwrap();
        let (nonce, rest) = sealed.split_at(NONCE);
        assert_eq!((hex::encode(nonce), hex::encode(rest)), ("09".repeat(NONCE), VECTOR.to_owned()));
        assert_eq!(seal.open(a, b, &sealed), Ok(Payload::Decline { attempt: ATTEMPT }));
    }

    #[test]
    fn a_note_is_the_sessions_own() {
        let sealed = seal(1).seal_note(RoomNote::Finished).unwrap();
        assert_eq!(seal(1).open_note(&sealed), Ok(RoomNote::Finished));
        assert_eq!(seal(2).open_note(&sealed), Err(NotSealed));
    }
}
