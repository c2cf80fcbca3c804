//! What a ceremony came to: the transcript, the safety words, the certificate.

use std::collections::BTreeMap;

use frost_core::{
    Ciphersuite as Suite, Identifier,
    keys::{KeyPackage, PublicKeyPackage, SigningShare, dkg, dkg::round1},
};
use identity::{DeviceId, IdentityKey, Purpose, Signature, fingerprint};
use rand_core::{CryptoRng, RngCore};
use serde::{Deserialize, Serialize};

use super::{
    params::{Params, SessionTag},
    roster::{Member, Roster},
    signed::{Signed, Statement},
};
use crate::{
    ciphersuite::{dispatch, identifier},
    hash::Hash,
};

const CERTIFICATE: Purpose = Purpose::new("certificate");

/// What a device signs in round 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Round1 {
    pub(crate) roster: Hash,
    /// The author's position; its FROST identifier is one more.
    pub(crate) position: u16,
    /// `frost_core`'s serialisation of the round-1 package.
    pub(crate) package: Vec<u8>,
    pub(crate) nonce: Hash,
}

impl Statement for Round1 {
    const PURPOSE: Purpose = Purpose::new("round 1");
}

/// A nonce's commitment, bound to who makes it in which session.
pub(crate) fn commit_to(roster: Hash, position: u16, nonce: &[u8; 32]) -> Hash {
    Hash::of("nonce", [&roster.0[..], &position.to_be_bytes(), nonce])
}

/// The hash of all round-1 messages in the roster's order.
pub(crate) fn view<'a>(messages: impl IntoIterator<Item = &'a Signed<Round1>>) -> Hash {
    let each: Vec<_> =
        messages.into_iter().map(|message| Hash::of("round 1 message", [message.bytes()])).collect();
    Hash::of("round 1 messages", each.iter().map(|hash| &hash.0[..]))
}

/// A round-1 package with `threshold` commitments, in its one encoding.
pub(crate) fn parse_package<C: Suite>(bytes: &[u8], threshold: u16) -> Option<round1::Package<C>> {
    let package = round1::Package::<C>::deserialize(bytes).ok()?;
    let commitments = package.commitment().serialize().ok()?;
    let canonical = package.serialize().ok()? == bytes;
    (canonical && commitments.len() == usize::from(threshold)).then_some(package)
}

/// The group's public data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PublicKeys {
    pub(crate) group: Vec<u8>,
    /// In the roster's order.
    pub(crate) shares: Vec<Vec<u8>>,
}

impl PublicKeys {
    pub(crate) fn of<C: Suite>(package: &PublicKeyPackage<C>) -> Option<Self> {
        let group = package.verifying_key().serialize().ok()?;
        let shares =
            package.verifying_shares().values().map(|share| share.serialize().ok()).collect::<Option<_>>()?;
        Some(Self { group, shares })
    }

    /// From the round-1 packages alone, with the ciphersuite's own last step (`post_dkg`), which for
    /// secp256k1-tr makes the key even and tweaks it.
    pub(crate) fn derive<C: Suite>(packages: &BTreeMap<Identifier<C>, round1::Package<C>>) -> Option<Self> {
        let commitments = packages.iter().map(|(id, package)| (*id, package.commitment())).collect();
        let public = PublicKeyPackage::from_dkg_commitments(&commitments).ok()?;
        // `post_dkg` wants a key package too. What it does to the public one does not depend on it.
        let (id, share) = public.verifying_shares().first_key_value()?;
        let key = *public.verifying_key();
        let blank = KeyPackage::new(*id, SigningShare::default(), *share, key, public.min_signers()?);
        let (_, public) = C::post_dkg(blank, public).ok()?;
        Self::of(&public)
    }
}

/// All that the devices agreed on, without their signatures. Public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transcript {
    pub(crate) roster: Signed<Roster>,
    pub(crate) round1: Vec<Signed<Round1>>,
    pub(crate) nonces: Vec<[u8; 32]>,
    pub(crate) group_key: Vec<u8>,
    pub(crate) verifying_shares: Vec<Vec<u8>>,
}

/// The transcript or certificate does not prove what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidCertificate {
    /// The bytes are no certificate, or not in its one encoding.
    #[error("not a ceremony certificate")]
    Malformed,
    /// The roster is not its creator's.
    #[error("the roster is not signed by its creator")]
    Roster,
    /// A round-1 message is missing, malformed or not its author's.
    #[error("the round-1 message of participant {0} is not its own")]
    Round1(u16),
    /// A nonce is not the one committed to.
    #[error("the nonce of participant {0} is not the one that it committed to")]
    Nonce(u16),
    /// The keys are not what the round-1 messages give.
    #[error("the keys do not follow from the messages")]
    Keys,
    /// A participant does not prove that it knew the secret behind its part.
    #[error("the proof of knowledge of participant {0} does not verify")]
    ProofOfKnowledge(u16),
    /// A participant has not signed the transcript.
    #[error("participant {0} has not signed")]
    Signature(u16),
}

fn packages<C: Suite>(
    statements: &[Round1],
    params: &Params,
) -> Result<BTreeMap<Identifier<C>, round1::Package<C>>, InvalidCertificate> {
    let package = |statement: &Round1| {
        let bad = InvalidCertificate::Round1(statement.position);
        let package = parse_package::<C>(&statement.package, params.threshold());
        Ok((identifier::<C>(statement.position).ok_or(bad)?, package.ok_or(bad)?))
    };
    statements.iter().map(package).collect()
}

/// `frost_core` checks the proofs for whoever takes part, so this takes part, with a secret of its own that is dropped,
/// in the place behind the last.
fn check_proofs<C: Suite>(
    packages: &BTreeMap<Identifier<C>, round1::Package<C>>,
    params: &Params,
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<(), InvalidCertificate> {
    let malformed = InvalidCertificate::Malformed;
    let place = identifier::<C>(params.participants()).ok_or(malformed)?;
    let (secret, _) = dkg::part1(place, params.participants().saturating_add(1), params.threshold(), rng)
        .map_err(|_| malformed)?;
    dkg::part2(secret, packages).map(|_| ()).map_err(|error| match error {
        frost_core::Error::InvalidProofOfKnowledge { culprit } => {
            let mut positions = 0..params.participants();
            let found = positions.find(|position| identifier::<C>(*position) == Some(culprit));
            found.map_or(malformed, InvalidCertificate::ProofOfKnowledge)
        }
        _ => malformed,
    })
}

/// A transcript that has been checked, taken apart.
#[derive(Clone, Debug)]
pub(crate) struct Checked {
    pub(crate) roster: Roster,
    pub(crate) roster_hash: Hash,
    pub(crate) hash: Hash,
}

impl Transcript {
    /// Everything but the signatures: the roster is its creator's, each round-1 message its author's, the nonces
    /// are those committed to, and the keys follow from the messages.
    pub(crate) fn check(&self) -> Result<Checked, InvalidCertificate> {
        let claimed = self.roster.peek().map_err(|_| InvalidCertificate::Roster)?;
        let roster = self.roster.open(&claimed.creator()).map_err(|_| InvalidCertificate::Roster)?;
        let roster_hash = Roster::hash(&self.roster);
        let count = roster.members().len();
        if [self.round1.len(), self.nonces.len()] != [count; 2] {
            return Err(InvalidCertificate::Malformed);
        }
        let mut statements = Vec::with_capacity(count);
        for (position, ((member, signed), nonce)) in
            (0..).zip(roster.members().iter().zip(&self.round1).zip(&self.nonces))
        {
            let bad = InvalidCertificate::Round1(position);
            let statement = signed.open(&member.id).map_err(|_| bad)?;
            if statement.roster != roster_hash || statement.position != position {
                return Err(bad);
            }
            if commit_to(roster_hash, position, nonce) != statement.nonce {
                return Err(InvalidCertificate::Nonce(position));
            }
            statements.push(statement);
        }
        let keys = dispatch!(roster.params().ciphersuite(), C => {
            PublicKeys::derive(&packages::<C>(&statements, roster.params())?)
        });
        let stated = PublicKeys { group: self.group_key.clone(), shares: self.verifying_shares.clone() };
        if keys.ok_or(InvalidCertificate::Keys)? != stated {
            return Err(InvalidCertificate::Keys);
        }
        Ok(Checked { roster, roster_hash, hash: self.hash() })
    }

    /// What was agreed on, checked but for the signatures.
    pub fn ceremony(&self) -> Result<Ceremony, InvalidCertificate> {
        self.check().map(|checked| self.ceremony_of(&checked))
    }

    fn ceremony_of(&self, checked: &Checked) -> Ceremony {
        Ceremony {
            session: checked.roster.session(),
            creator: checked.roster.creator(),
            params: checked.roster.params().clone(),
            members: checked.roster.members().to_vec(),
            group_key: self.group_key.clone(),
            verifying_shares: self.verifying_shares.clone(),
            transcript_hash: checked.hash.0,
            safety_words: self.safety_words(),
        }
    }

    /// The hash that all devices sign: over the roster, the round-1 messages, the group's key and the
    /// verifying shares.
    pub(crate) fn hash(&self) -> Hash {
        let (roster, view) = (Roster::hash(&self.roster), view(&self.round1));
        let shares = self.verifying_shares.iter().map(Vec::as_slice);
        Hash::of("transcript", [&roster.0[..], &view.0, &self.group_key].into_iter().chain(shares))
    }

    /// Five BIP-39 words that are the same on all devices, and on no two if someone stood between them:
    /// the first 55 bits of a hash over the transcript's hash and all nonces.
    pub fn safety_words(&self) -> [&'static str; 5] {
        let hash = self.hash();
        let nonces = self.nonces.iter().map(|nonce| &nonce[..]);
        let digest = Hash::of("safety words", [&hash.0[..]].into_iter().chain(nonces));
        let mut words = fingerprint::words(&digest.0);
        std::array::from_fn(|_| words.next().unwrap_or_default())
    }

    /// The participants and what they agreed on.
    pub fn roster(&self) -> Result<Roster, InvalidCertificate> {
        self.roster.peek().map_err(|_| InvalidCertificate::Roster)
    }

    /// The group's public key: 32 bytes for Ed25519, else 33 (SEC1 compressed).
    pub fn group_key(&self) -> &[u8] {
        &self.group_key
    }

    /// Each member's public share, in the roster's order, encoded like the group's key.
    pub fn verifying_shares(&self) -> &[Vec<u8>] {
        &self.verifying_shares
    }

    /// The hash that all devices sign.
    pub fn transcript_hash(&self) -> [u8; 32] {
        self.hash().0
    }
}

pub(crate) fn endorse(identity: &IdentityKey, checked: &Checked) -> Signature {
    identity.sign(CERTIFICATE, &endorsed(checked))
}

pub(crate) fn endorsed_by(device: &DeviceId, checked: &Checked, signature: &Signature) -> bool {
    device.verify(CERTIFICATE, &endorsed(checked), signature).is_ok()
}

fn endorsed(checked: &Checked) -> Vec<u8> {
    [checked.roster_hash.0, checked.hash.0].concat()
}

/// The proof that all members of a group made this key together: the transcript with everyone's signature.
/// Public; anyone can check it offline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    pub(crate) transcript: Transcript,
    pub(crate) signatures: Vec<Signature>,
}

/// What a certificate proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ceremony {
    /// The session in which the key was made.
    pub session: SessionTag,
    /// Who proposed it.
    pub creator: DeviceId,
    /// The group's name, ciphersuite, threshold and size.
    pub params: Params,
    /// The members; a member's FROST identifier is its position, counted from one.
    pub members: Vec<Member>,
    /// The group's public key.
    pub group_key: Vec<u8>,
    /// The members' public shares, in their order.
    pub verifying_shares: Vec<Vec<u8>>,
    /// The hash that all members signed.
    pub transcript_hash: [u8; 32],
    /// The words to compare.
    pub safety_words: [&'static str; 5],
}

impl Certificate {
    /// Checks signatures, commitments, and that the keys follow from the messages. The proofs of knowledge
    /// ([`Self::verify_proofs`] repeats that) and the shares were checked by each member before it signed.
    pub fn verify(&self) -> Result<Ceremony, InvalidCertificate> {
        let checked = self.transcript.check()?;
        let members = checked.roster.members();
        if self.signatures.len() != members.len() {
            return Err(InvalidCertificate::Malformed);
        }
        for (position, (member, signature)) in (0..).zip(members.iter().zip(&self.signatures)) {
            if !endorsed_by(&member.id, &checked, signature) {
                return Err(InvalidCertificate::Signature(position));
            }
        }
        Ok(self.transcript.ceremony_of(&checked))
    }

    /// Checks once more that each member proved that it knew the secret behind its part of the key.
    pub fn verify_proofs(&self, rng: &mut (impl RngCore + CryptoRng)) -> Result<(), InvalidCertificate> {
        let params = self.transcript.roster()?.params().clone();
        let statements = (0..).zip(&self.transcript.round1);
        let statements = statements
            .map(|(position, signed)| signed.peek().map_err(|_| InvalidCertificate::Round1(position)))
            .collect::<Result<Vec<_>, _>>()?;
        dispatch!(params.ciphersuite(), C => {
            check_proofs::<C>(&packages(&statements, &params)?, &params, rng)
        })
    }

    /// What was signed.
    pub fn transcript(&self) -> &Transcript {
        &self.transcript
    }

    /// The certificate's one encoding (postcard).
    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_allocvec(self).unwrap_or_default()
    }

    /// Parses a certificate; [`Certificate::verify`] says whether it proves anything.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidCertificate> {
        match postcard::take_from_bytes::<Self>(bytes) {
            Ok((certificate, [])) if certificate.to_bytes() == bytes => Ok(certificate),
            _ => Err(InvalidCertificate::Malformed),
        }
    }
}
