//! The Noise handshake on a path, the proof of identity behind it, and the encrypted stream after it.
//!
//! `Noise_XXpsk3_25519_ChaChaPoly_BLAKE2s`, prologue `"permafrost/v1/link" ‖ 0x00 ‖ room`, empty payloads,
//! fresh static keys. Then each side's first encrypted message is its [`Proof`], whose signature covers
//! the final handshake hash and the signer's role: it holds for this handshake and this side of it only.

use identity::{DeviceId, DeviceName, IdentityKey, Purpose, Signature};
use serde::{Deserialize, Serialize};
use signalling::RoomId;
use snow::{Builder, HandshakeState, TransportState};
use zeroize::Zeroizing;

use crate::{config::PIECE, session_id::LinkPsk};

const PATTERN: &str = "Noise_XXpsk3_25519_ChaChaPoly_BLAKE2s";
const PROLOGUE: &[u8] = b"permafrost/v1/link\0";
const LINK: Purpose = Purpose::new("link");
const TAG: usize = 16;
/// No message of the handshake is longer: e, s and two tags.
const MAX_HANDSHAKE: usize = 128;
/// The largest frame that is put together from pieces.
const MAX_FRAME: usize = crate::config::MAX_BODY + 64;

/// What came over the path is not what an honest peer with the session's secret sends.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Broken;

impl From<snow::Error> for Broken {
    fn from(_: snow::Error) -> Self {
        Self
    }
}

/// The process behind a link: random, fresh for each mesh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Epoch(pub(crate) [u8; 16]);

impl Epoch {
    pub(crate) fn random() -> Result<Self, getrandom::Error> {
        let mut epoch = Self([0; 16]);
        getrandom::fill(&mut epoch.0)?;
        Ok(epoch)
    }
}

/// Who is at the end of a link.
#[derive(Serialize, Deserialize)]
pub(crate) struct Proof {
    pub(crate) identity: DeviceId,
    pub(crate) name: DeviceName,
    pub(crate) epoch: Epoch,
    /// Over handshake hash ‖ role (0 for who opened the path, 1 for the other), for the purpose "link".
    signature: Signature,
}

/// A handshake in course.
pub(crate) struct Handshake(Box<HandshakeState>);

/// What follows from a message of the handshake.
pub(crate) enum Step {
    Reply(Handshake, Vec<u8>),
    /// The handshake is done; the message, if there is one, must go out first.
    Done(Stream, Option<Vec<u8>>),
}

impl Handshake {
    pub(crate) fn new(opener: bool, room: RoomId, psk: &LinkPsk) -> Result<Self, Broken> {
        let prologue = [PROLOGUE, room.as_bytes()].concat();
        let params = PATTERN.parse().map_err(|_| Broken)?;
        let builder = Builder::new(params);
        let key = Zeroizing::new(builder.generate_keypair()?.private);
        let builder = builder.prologue(&prologue)?.psk(3, psk.as_bytes())?.local_private_key(&key)?;
        Ok(Self(Box::new(if opener { builder.build_initiator()? } else { builder.build_responder()? })))
    }

    /// The opener's first message.
    pub(crate) fn begin(mut self) -> Result<(Self, Vec<u8>), Broken> {
        let message = self.write()?;
        Ok((self, message))
    }

    pub(crate) fn handle(mut self, message: &[u8]) -> Result<Step, Broken> {
        if message.len() > MAX_HANDSHAKE {
            return Err(Broken);
        }
        let payload = self.0.read_message(message, &mut [0; MAX_HANDSHAKE])?;
        if payload != 0 {
            return Err(Broken);
        }
        if self.0.is_handshake_finished() {
            return Ok(Step::Done(Stream::new(*self.0)?, None));
        }
        let reply = self.write()?;
        if self.0.is_handshake_finished() {
            return Ok(Step::Done(Stream::new(*self.0)?, Some(reply)));
        }
        Ok(Step::Reply(self, reply))
    }

    fn write(&mut self) -> Result<Vec<u8>, Broken> {
        let mut message = vec![0; MAX_HANDSHAKE];
        let length = self.0.write_message(&[], &mut message)?;
        message.truncate(length);
        Ok(message)
    }
}

/// The encrypted stream of frames on a path, each cut into pieces of at most 16 KiB.
///
/// A piece is `flag ‖ plaintext`, encrypted; the flag is 0 if more follow and 1 on a frame's last.
pub(crate) struct Stream {
    transport: TransportState,
    hash: [u8; 32],
    opener: bool,
    partial: Zeroizing<Vec<u8>>,
}

impl Stream {
    fn new(handshake: HandshakeState) -> Result<Self, Broken> {
        let hash = handshake.get_handshake_hash().try_into().map_err(|_| Broken)?;
        let opener = handshake.is_initiator();
        Ok(Self { transport: handshake.into_transport_mode()?, hash, opener, partial: Zeroizing::default() })
    }

    /// The proof that this device is at this end.
    pub(crate) fn prove(&self, identity: &IdentityKey, name: &DeviceName, epoch: Epoch) -> Proof {
        let signature = identity.sign(LINK, &self.signed(self.opener));
        Proof { identity: identity.id(), name: name.clone(), epoch, signature }
    }

    /// Whether the proof is the other end's, for this very handshake.
    pub(crate) fn verify(&self, proof: &Proof) -> Result<(), Broken> {
        proof.identity.verify(LINK, &self.signed(!self.opener), &proof.signature).map_err(|_| Broken)
    }

    fn signed(&self, opener: bool) -> Vec<u8> {
        [self.hash.as_slice(), &[u8::from(!opener)]].concat()
    }

    /// How many pieces a frame of this length makes.
    pub(crate) fn pieces(frame: usize) -> usize {
        frame.div_ceil(PIECE).max(1)
    }

    /// The encrypted pieces of a frame; each must go out, in order.
    pub(crate) fn encrypt(&mut self, frame: &[u8]) -> Result<Vec<Vec<u8>>, Broken> {
        let last = Self::pieces(frame.len()) - 1;
        (0..=last)
            .map(|i| {
                let chunk = frame.get(i * PIECE..frame.len().min((i + 1) * PIECE)).unwrap_or_default();
                let plain = Zeroizing::new([&[u8::from(i == last)], chunk].concat());
                let mut piece = vec![0; plain.len() + TAG];
                let length = self.transport.write_message(&plain, &mut piece)?;
                piece.truncate(length);
                Ok(piece)
            })
            .collect()
    }

    /// Takes the next piece; the frame, if it was the frame's last.
    pub(crate) fn decrypt(&mut self, piece: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>, Broken> {
        if piece.len() > 1 + PIECE + TAG {
            return Err(Broken);
        }
        let mut plain = Zeroizing::new(vec![0; piece.len()]);
        let length = self.transport.read_message(piece, &mut plain)?;
        let (&flag, chunk) = plain.get(..length).and_then(<[u8]>::split_first).ok_or(Broken)?;
        if self.partial.len() + chunk.len() > MAX_FRAME || flag > 1 || (flag == 0 && chunk.len() != PIECE) {
            return Err(Broken);
        }
        self.partial.extend_from_slice(chunk);
        Ok((flag == 1).then(|| std::mem::take(&mut self.partial)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SessionSecret;

    fn handshake(opener: bool, secret: u8, room: u8) -> Handshake {
        let secret = SessionSecret::from_bytes([secret; 16]);
        Handshake::new(opener, RoomId::from_bytes([room; 16]), &secret.link_psk()).unwrap()
    }

    fn run(opener: Handshake, other: Handshake) -> Result<(Stream, Stream), Broken> {
        let (opener, first) = opener.begin()?;
        let Step::Reply(other, second) = other.handle(&first)? else {
            panic!("the second message is a reply")
        };
        let Step::Done(a, Some(third)) = opener.handle(&second)? else { panic!("the third ends it") };
        let Step::Done(b, None) = other.handle(&third)? else { panic!("nothing follows the third") };
        Ok((a, b))
    }

    fn streams() -> (Stream, Stream) {
        run(handshake(true, 1, 1), handshake(false, 1, 1)).unwrap()
    }

    #[test]
    fn another_secret_or_room_makes_no_stream() {
        assert!(run(handshake(true, 1, 1), handshake(false, 1, 1)).is_ok());
        assert!(run(handshake(true, 1, 1), handshake(false, 2, 1)).is_err(), "secret");
        assert!(run(handshake(true, 1, 1), handshake(false, 1, 2)).is_err(), "room");
    }

    #[test]
    fn a_proof_counts_for_one_handshake_and_one_side() {
        let identity = IdentityKey::from_secret_bytes(&[3; 32]);
        let name = "alice".parse().unwrap();
        let (a, b) = streams();
        let proof = a.prove(&identity, &name, Epoch([0; 16]));
        assert_eq!(b.verify(&proof), Ok(()));
        assert_eq!(a.verify(&proof), Err(Broken), "reflected to its signer");
        assert_eq!(streams().1.verify(&proof), Err(Broken), "in another handshake");
        let stolen = Proof { identity: IdentityKey::from_secret_bytes(&[4; 32]).id(), ..proof };
        assert_eq!(b.verify(&stolen), Err(Broken), "in another device's name");
    }

    #[test]
    fn frames_of_every_size_pass_in_pieces() {
        let (mut a, mut b) = streams();
        for size in [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, MAX_FRAME] {
            let frame: Vec<u8> = (0..size).map(|i| i as u8).collect();
            let pieces = a.encrypt(&frame).unwrap();
            assert_eq!(pieces.len(), Stream::pieces(size));
            let (last, others) = pieces.split_last().unwrap();
            for piece in others {
                assert!(b.decrypt(piece).unwrap().is_none());
            }
            assert_eq!(*b.decrypt(last).unwrap().unwrap(), frame, "{size} bytes");
        }
    }

    #[test]
    fn a_frame_without_end_is_cut_off() {
        let (mut a, mut b) = streams();
        let endless = a.encrypt(&vec![0; 100 * PIECE]).unwrap();
        let taken = endless.iter().take_while(|piece| b.decrypt(piece).is_ok()).count();
        assert_eq!(taken, MAX_FRAME / PIECE, "no more than one frame's worth is kept");
    }

    #[test]
    fn a_repeated_changed_or_missing_piece_is_noticed() {
        for change in 0..3 {
            let (mut a, mut b) = streams();
            let first = a.encrypt(b"one").unwrap().remove(0);
            let mut second = a.encrypt(b"two").unwrap().remove(0);
            match change {
                0 => second.clone_from(&first),
                1 => second[3] ^= 1,
                _ => second = a.encrypt(b"three").unwrap().remove(0),
            }
            assert!(b.decrypt(&first).is_ok());
            assert_eq!(b.decrypt(&second), Err(Broken), "change {change}");
        }
    }
}
