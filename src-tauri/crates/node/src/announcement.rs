//! Announced sessions: the public record, asking to be let in, and the answer.
//!
//! The record is signed by the session's creator and holds no secret. Whoever asks goes to the record's
//! lobby, a room of its own, and sends its identity there, sealed to the record's sealing key; the answer
//! comes sealed to a key in the request and holds, on admission, the session ID. Sealing is the one-way
//! handshake `Noise_N_25519_ChaChaPoly_BLAKE2s`, its prologue the purpose and the announcement's ID.
//!
//! The server could put itself between two strangers by announcing a record of its own, hence the
//! fingerprint words on both sides.

use coordinator::{Ciphersuite, NetworkName, WalletName, dkg::Params};
use identity::{BadSignature, DeviceId, DeviceName, IdentityKey, Purpose, Signature};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use signalling::{Announcement, AnnouncementId, RoomId};
use zeroize::{ZeroizeOnDrop, Zeroizing};

const ANNOUNCEMENT: Purpose = Purpose::new("announcement");
const ASK: Purpose = Purpose::new("ask to join");
const ANSWER: Purpose = Purpose::new("answer to ask");

const NOISE: &str = "Noise_N_25519_ChaChaPoly_BLAKE2s";
/// An ephemeral public key and an authentication tag.
const SEAL_OVERHEAD: usize = 32 + 16;
/// The most bytes of a sealed body: more than any request or answer has.
const LARGEST: usize = 2048;

/// Something that another device sent is not what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a valid record, request or answer")]
pub(crate) struct Invalid;

impl From<BadSignature> for Invalid {
    fn from(_: BadSignature) -> Self {
        Self
    }
}

impl From<snow::Error> for Invalid {
    fn from(_: snow::Error) -> Self {
        Self
    }
}

/// What a creator tells the world about its session. Public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) creator: DeviceId,
    pub(crate) creator_name: DeviceName,
    pub(crate) name: WalletName,
    pub(crate) ciphersuite: Ciphersuite,
    pub(crate) network: Option<NetworkName>,
    pub(crate) threshold: u16,
    pub(crate) participants: u16,
    /// Places taken, the creator's included.
    pub(crate) joined: u16,
    lobby: [u8; 16],
    sealing_key: [u8; 32],
}

#[derive(Serialize, Deserialize)]
struct Signed<T> {
    body: T,
    signature: Signature,
}

impl Record {
    /// The signed record as it goes to the server.
    pub(crate) fn sign(&self, id: AnnouncementId, identity: &IdentityKey) -> Announcement {
        let signature = identity.sign(ANNOUNCEMENT, &statement(id, self));
        Announcement { id, record: encode(&Signed { body: self.clone(), signature }) }
    }

    /// Checks form, parameters and signature of a record from the server.
    pub(crate) fn open(announcement: &Announcement) -> Result<Self, Invalid> {
        let Signed { body, signature }: Signed<Self> = decode(&announcement.record)?;
        body.creator.verify(ANNOUNCEMENT, &statement(announcement.id, &body), &signature)?;
        let params = body.params()?;
        if body.joined == 0 || body.joined > params.participants() { Err(Invalid) } else { Ok(body) }
    }

    /// What the session will make.
    pub(crate) fn params(&self) -> Result<Params, Invalid> {
        let Self { name, ciphersuite, network, threshold, participants, .. } = self.clone();
        Params::new(name, ciphersuite, network, threshold, participants).map_err(|_| Invalid)
    }

    /// The room where requests go.
    pub(crate) fn lobby(&self) -> RoomId {
        RoomId::from_bytes(self.lobby)
    }
}

/// A creator's side of an announcement: its ID, its lobby and the key that opens requests.
pub(crate) struct Desk {
    id: AnnouncementId,
    lobby: [u8; 16],
    key: SealingKey,
}

impl Desk {
    pub(crate) fn open() -> Result<Self, getrandom::Error> {
        let (mut id, mut lobby) = ([0; 16], [0; 16]);
        getrandom::fill(&mut id)?;
        getrandom::fill(&mut lobby)?;
        Ok(Self { id: AnnouncementId::from_bytes(id), lobby, key: SealingKey::generate()? })
    }

    pub(crate) fn id(&self) -> AnnouncementId {
        self.id
    }

    pub(crate) fn lobby(&self) -> RoomId {
        RoomId::from_bytes(self.lobby)
    }

    /// The record with `joined` places taken.
    pub(crate) fn record(
        &self,
        identity: &IdentityKey,
        name: &DeviceName,
        params: &Params,
        joined: u16,
    ) -> Announcement {
        let record = Record {
            creator: identity.id(),
            creator_name: name.clone(),
            name: params.name().clone(),
            ciphersuite: params.ciphersuite(),
            network: params.network().cloned(),
            threshold: params.threshold(),
            participants: params.participants(),
            joined,
            lobby: self.lobby,
            sealing_key: self.key.public,
        };
        record.sign(self.id, identity)
    }

    /// Opens a request from the lobby.
    pub(crate) fn read(&self, sealed: &[u8]) -> Result<Ask, Invalid> {
        let Signed { body, signature }: Signed<Ask> = decode(&self.key.open(ASK_LABEL, self.id, sealed)?)?;
        body.device.verify(ASK, &statement(self.id, &(self.key.public, &body)), &signature)?;
        Ok(body)
    }

    /// Seals the answer to a request: the session ID, or a refusal.
    pub(crate) fn answer(
        &self,
        ask: &Ask,
        identity: &IdentityKey,
        session_id: Option<&str>,
    ) -> Result<Vec<u8>, Invalid> {
        let body = Answer { session_id: session_id.map(str::to_owned) };
        let signature = identity.sign(ANSWER, &statement(self.id, &(ask.reply_key, &body)));
        seal(ANSWER_LABEL, self.id, &ask.reply_key, &Zeroizing::new(encode(&Signed { body, signature })))
    }
}

const ASK_LABEL: &str = "permafrost/v1/ask";
const ANSWER_LABEL: &str = "permafrost/v1/answer";

/// A request to be let in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ask {
    pub(crate) device: DeviceId,
    pub(crate) name: DeviceName,
    reply_key: [u8; 32],
}

#[derive(Serialize, Deserialize, ZeroizeOnDrop)]
struct Answer {
    session_id: Option<String>,
}

/// The asking side: what it sent and the key that opens the answer.
pub(crate) struct Request {
    id: AnnouncementId,
    creator: DeviceId,
    key: SealingKey,
    sealed: Vec<u8>,
}

impl Request {
    pub(crate) fn new(
        id: AnnouncementId,
        record: &Record,
        identity: &IdentityKey,
        name: &DeviceName,
    ) -> Result<Self, Invalid> {
        let key = SealingKey::generate().map_err(|_| Invalid)?;
        let body = Ask { device: identity.id(), name: name.clone(), reply_key: key.public };
        let signature = identity.sign(ASK, &statement(id, &(record.sealing_key, &body)));
        let sealed = seal(ASK_LABEL, id, &record.sealing_key, &encode(&Signed { body, signature }))?;
        Ok(Self { id, creator: record.creator, key, sealed })
    }

    /// The bytes for the lobby.
    pub(crate) fn sealed(&self) -> &[u8] {
        &self.sealed
    }

    /// Opens an answer: the session ID, or `None` for a refusal. Anything that is not the creator's answer
    /// to this request is [`Invalid`].
    pub(crate) fn read(&self, sealed: &[u8]) -> Result<Option<Zeroizing<String>>, Invalid> {
        let Signed { mut body, signature }: Signed<Answer> =
            decode(&self.key.open(ANSWER_LABEL, self.id, sealed)?)?;
        self.creator.verify(ANSWER, &statement(self.id, &(self.key.public, &body)), &signature)?;
        Ok(body.session_id.take().map(Zeroizing::new))
    }
}

/// An X25519 key for one announcement or one request. Wiped when dropped.
struct SealingKey {
    secret: Zeroizing<Vec<u8>>,
    public: [u8; 32],
}

impl SealingKey {
    fn generate() -> Result<Self, getrandom::Error> {
        let keypair = NOISE.parse().and_then(|noise| snow::Builder::new(noise).generate_keypair());
        let keypair = keypair.map_err(|_| getrandom::Error::UNSUPPORTED)?;
        let public = keypair.public.try_into().map_err(|_| getrandom::Error::UNSUPPORTED)?;
        Ok(Self { secret: Zeroizing::new(keypair.private), public })
    }

    fn open(&self, label: &str, id: AnnouncementId, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Invalid> {
        if sealed.len() > LARGEST + SEAL_OVERHEAD {
            return Err(Invalid);
        }
        let prologue = prologue(label, id);
        let builder =
            snow::Builder::new(NOISE.parse()?).prologue(&prologue)?.local_private_key(&self.secret)?;
        let mut opened = Zeroizing::new(vec![0; sealed.len()]);
        let length = builder.build_responder()?.read_message(sealed, &mut opened)?;
        opened.truncate(length);
        Ok(opened)
    }
}

fn seal(label: &str, id: AnnouncementId, to: &[u8; 32], body: &[u8]) -> Result<Vec<u8>, Invalid> {
    let prologue = prologue(label, id);
    let builder = snow::Builder::new(NOISE.parse()?).prologue(&prologue)?.remote_public_key(to)?;
    let mut sealed = vec![0; body.len() + SEAL_OVERHEAD];
    let length = builder.build_initiator()?.write_message(body, &mut sealed)?;
    sealed.truncate(length);
    Ok(sealed)
}

fn prologue(label: &str, id: AnnouncementId) -> Vec<u8> {
    [label.as_bytes(), id.as_bytes()].concat()
}

/// What is signed: the announcement's ID and the postcard of `body`.
fn statement(id: AnnouncementId, body: &impl Serialize) -> Zeroizing<Vec<u8>> {
    Zeroizing::new([id.as_bytes().as_slice(), &Zeroizing::new(encode(body))].concat())
}

fn encode(value: &impl Serialize) -> Vec<u8> {
    // Serialising these types to memory has no failure: no maps, no unsized sequences.
    postcard::to_allocvec(value).unwrap_or_default()
}

fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Invalid> {
    match postcard::take_from_bytes(bytes) {
        Ok((value, [])) => Ok(value),
        _ => Err(Invalid),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params() -> Params {
        let network = Some("signet".parse().unwrap());
        Params::new("Team".parse().unwrap(), Ciphersuite::Secp256k1Tr, network, 2, 3).unwrap()
    }

    fn name(text: &str) -> DeviceName {
        text.parse().unwrap()
    }

    struct Pair {
        alice: IdentityKey,
        bob: IdentityKey,
        desk: Desk,
        record: Record,
    }

    fn pair() -> Pair {
        let (alice, bob) =
            (IdentityKey::from_secret_bytes(&[1; 32]), IdentityKey::from_secret_bytes(&[2; 32]));
        let desk = Desk::open().unwrap();
        let record = Record::open(&desk.record(&alice, &name("Alice"), &params(), 1)).unwrap();
        Pair { alice, bob, desk, record }
    }

    #[test]
    fn who_asks_is_let_in_with_the_session_id() {
        let Pair { alice, bob, desk, record } = pair();
        assert_eq!((record.creator, record.params().unwrap()), (alice.id(), params()));
        let request = Request::new(desk.id(), &record, &bob, &name("Bob")).unwrap();
        let ask = desk.read(request.sealed()).unwrap();
        assert_eq!((ask.device, ask.name.as_str()), (bob.id(), "Bob"));
        let admitted = desk.answer(&ask, &alice, Some("pf1secret")).unwrap();
        assert_eq!(request.read(&admitted).unwrap().unwrap().as_str(), "pf1secret");
        let refused = desk.answer(&ask, &alice, None).unwrap();
        assert_eq!(request.read(&refused), Ok(None));
    }

    #[test]
    fn a_changed_record_is_not_shown() {
        let Pair { alice, desk, .. } = pair();
        let announcement = desk.record(&alice, &name("Alice"), &params(), 1);
        for position in 0..announcement.record.len() {
            let mut changed = announcement.clone();
            changed.record[position] ^= 1;
            assert_eq!(Record::open(&changed), Err(Invalid), "byte {position}");
        }
        let renamed = Announcement { id: AnnouncementId::from_bytes([0; 16]), ..announcement };
        assert_eq!(Record::open(&renamed), Err(Invalid), "nor one under another ID");
    }

    #[test]
    fn an_answer_counts_only_from_the_creator_and_for_this_request() {
        let Pair { alice, bob, desk, record } = pair();
        let request = Request::new(desk.id(), &record, &bob, &name("Bob")).unwrap();
        let ask = desk.read(request.sealed()).unwrap();
        let forged = desk.answer(&ask, &bob, Some("pf1evil")).unwrap();
        assert_eq!(request.read(&forged), Err(Invalid), "signed by somebody else");
        let other = Request::new(desk.id(), &record, &bob, &name("Bob")).unwrap();
        let for_other = desk.answer(&desk.read(other.sealed()).unwrap(), &alice, Some("pf1")).unwrap();
        assert_eq!(request.read(&for_other), Err(Invalid), "sealed to another request");
        let mut changed = desk.answer(&ask, &alice, Some("pf1secret")).unwrap();
        *changed.last_mut().unwrap() ^= 1;
        assert_eq!(request.read(&changed), Err(Invalid), "changed on the way");
    }

    /// Pinned: what is announced and shown today must read the same in later versions.
    #[test]
    fn the_record_and_the_fingerprint_are_as_specified() {
        let alice = IdentityKey::from_secret_bytes(&[1; 32]);
        assert_eq!(alice.id().fingerprint().to_string(), FINGERPRINT);
        let key = SealingKey { secret: Zeroizing::new(vec![3; 32]), public: [4; 32] };
        let desk = Desk { id: AnnouncementId::from_bytes([5; 16]), lobby: [6; 16], key };
        let announcement = desk.record(&alice, &name("Alice"), &params(), 2);
        assert_eq!(hex::encode(&announcement.record), RECORD);
    }

    const FINGERPRINT: &str = "limb bind swim manage plug diet either much";
    const RECORD: &str = "\
        8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c05416c696365045465616d0201067369\
        676e65740203020606060606060606060606060606060604040404040404040404040404040404040404040404040404\
        04040404040404c1c0eb42d4355d0d9d50c74dbfd7ed8b6f11fd6b00482644113113afe0c70afcc9e0e567c944252604\
        6593fdceb782a3a7491d96c07fac0fa025207a3a566700";

    #[test]
    fn the_session_id_is_not_readable_on_the_way() {
        let Pair { alice, bob, desk, record } = pair();
        let request = Request::new(desk.id(), &record, &bob, &name("Bob")).unwrap();
        let sealed = desk.answer(&desk.read(request.sealed()).unwrap(), &alice, Some("pf1secret")).unwrap();
        assert!(!sealed.windows(9).any(|bytes| bytes == b"pf1secret"));
        assert!(!request.sealed().windows(3).any(|bytes| bytes == b"Bob"), "nor who asks");
        let oversized = vec![0; LARGEST + SEAL_OVERHEAD + 1];
        assert_eq!(request.read(&oversized), Err(Invalid));
    }
}
