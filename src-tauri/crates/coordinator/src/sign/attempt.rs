//! One attempt: the shares of `t` signers, put together.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use frost_core::{
    CheaterDetection, Ciphersuite as Suite, Error, Identifier, Signature, SigningPackage, aggregate_custom,
    keys::PublicKeyPackage, round2::SignatureShare, verify_signature_share,
};

use super::{
    derived::Derived,
    nonces::{self, Offer},
    signable::Signable,
    wallet::Wallet,
};
use crate::ciphersuite::identifier;

pub(crate) struct Attempt<C: Suite> {
    /// Which completion it is for.
    pub(crate) generation: u32,
    /// In ascending order, with what they commit to.
    offers: Vec<(u16, Arc<Offer<C>>)>,
    /// Who was sent what it lacked.
    lacked: BTreeSet<u16>,
    /// Who is expected to answer. An answer of another signer is good, too.
    pub(crate) awaited: BTreeSet<u16>,
    answers: BTreeMap<u16, Answer<C>>,
    /// The group's key with the signers' verifying shares.
    public: PublicKeyPackage<C>,
    sets: Vec<Set<C>>,
    /// Somebody is late, so another attempt may begin beside it.
    pub(crate) stalled: bool,
}

/// A signable.
struct Set<C: Suite> {
    package: SigningPackage<C>,
    key: Derived<C>,
}

struct Answer<C: Suite> {
    shares: Vec<SignatureShare<C>>,
    next: Vec<u8>,
    verified: bool,
}

/// Commitments with which a signer goes on.
pub(crate) type Next = (u16, Vec<u8>);

impl<C: Suite> Attempt<C> {
    /// Fails with the signer whose commitments are none; with nobody, if the signables are none of this wallet.
    pub(crate) fn new(
        wallet: &Wallet<C>,
        generation: u32,
        signables: &[Signable],
        offers: Vec<(u16, Arc<Offer<C>>)>,
    ) -> Result<Self, Option<u16>> {
        let commitments = nonces::combine(&offers, signables.len()).map_err(Some)?;
        let positions: BTreeSet<_> = offers.iter().map(|(position, _)| *position).collect();
        let public = wallet.public(positions.iter().copied()).ok_or(None)?;
        let sets = signables.iter().zip(commitments).map(|(signable, commitments)| {
            let package = SigningPackage::new(commitments, &signable.message);
            Some(Set { package, key: wallet.derived(signable.key)? })
        });
        Ok(Self {
            generation,
            awaited: positions,
            offers,
            lacked: BTreeSet::new(),
            answers: BTreeMap::new(),
            public,
            sets: sets.collect::<Option<_>>().ok_or(None)?,
            stalled: false,
        })
    }

    /// A signer will not answer, as far as is known.
    pub(crate) fn give_up_on(&mut self, signer: u16) {
        self.stalled |= self.awaited.remove(&signer);
    }

    /// The signers, in ascending order, with what they commit to.
    pub(crate) fn offers(&self) -> &[(u16, Arc<Offer<C>>)] {
        &self.offers
    }

    fn signers(&self) -> impl Iterator<Item = u16> + '_ {
        self.offers.iter().map(|(signer, _)| *signer)
    }

    /// A signer lacks others' commitments; whether that is news.
    pub(crate) fn lacks(&mut self, signer: u16) -> bool {
        self.lacked.insert(signer)
    }

    pub(crate) fn expects(&self, signer: u16) -> bool {
        self.signers().any(|known| known == signer) && !self.answers.contains_key(&signer)
    }

    /// Takes a signer's shares; `false` if they are none.
    pub(crate) fn answer(&mut self, signer: u16, shares: &[u8], next: Vec<u8>) -> bool {
        self.awaited.remove(&signer);
        let chunks = shares.chunks_exact(32);
        let whole = chunks.remainder().is_empty() && chunks.len() == self.sets.len();
        let parsed = chunks.map(|share| SignatureShare::deserialize(share).ok()).collect::<Option<Vec<_>>>();
        match parsed.filter(|_| whole) {
            Some(shares) => {
                self.answers.insert(signer, Answer { shares, next, verified: false });
                true
            }
            None => {
                self.stalled = true;
                false
            }
        }
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.answers.len() == self.offers.len()
    }

    /// The signatures; or who sent a wrong share.
    pub(crate) fn aggregate(&self) -> Result<Vec<Vec<u8>>, BTreeSet<u16>> {
        let mut signatures = Vec::with_capacity(self.sets.len());
        let mut culprits = BTreeSet::new();
        for (index, set) in self.sets.iter().enumerate() {
            let shares = self.answers.iter().filter_map(|(position, answer)| {
                Some((identifier::<C>(*position)?, *answer.shares.get(index)?))
            });
            match set.aggregate(&shares.collect(), &self.public) {
                Ok(signature) => signatures.extend(signature.serialize().ok()),
                Err(Error::InvalidSignatureShare { culprits: found }) => {
                    culprits.extend(self.signers().filter(|signer| is_among(*signer, &found)));
                }
                // A commitment of the group that is the identity, say: nobody's fault that could be named.
                Err(_) => {}
            }
        }
        if signatures.len() == self.sets.len() { Ok(signatures) } else { Err(culprits) }
    }

    /// Checks the answers one by one that were not checked before: who can go on with what, and who cheated.
    pub(crate) fn verify(&mut self) -> (Vec<Next>, Vec<u16>) {
        let (mut good, mut bad) = (Vec::new(), Vec::new());
        for (position, answer) in &mut self.answers {
            if std::mem::replace(&mut answer.verified, true) {
                continue;
            }
            let verifies = |(set, share): (&Set<C>, _)| {
                let id = identifier::<C>(*position)?;
                let own = BTreeMap::from([(id, *self.public.verifying_shares().get(&id)?)]);
                let public = PublicKeyPackage::new(own, *self.public.verifying_key(), None);
                let public = set.key.public(&public)?;
                let own = public.verifying_shares().get(&id)?;
                verify_signature_share(id, own, share, &set.package, public.verifying_key()).ok()
            };
            if self.sets.iter().zip(&answer.shares).all(|each| verifies(each).is_some()) {
                good.push((*position, answer.next.clone()));
            } else {
                bad.push(*position);
            }
        }
        if !bad.is_empty() {
            self.stalled = true;
        }
        (good, bad)
    }

    /// Whose answers are here.
    pub(crate) fn answered(&self) -> impl Iterator<Item = u16> + '_ {
        self.answers.keys().copied()
    }

    /// The commitments that came with answers that were not verified one by one: the others' were handed out then.
    pub(crate) fn nexts(&self) -> impl Iterator<Item = Next> + '_ {
        let unverified = self.answers.iter().filter(|(_, answer)| !answer.verified);
        unverified.map(|(position, answer)| (*position, answer.next.clone()))
    }
}

impl<C: Suite> Set<C> {
    /// The signature, which verifies; or which shares don't.
    fn aggregate(
        &self,
        shares: &BTreeMap<Identifier<C>, SignatureShare<C>>,
        public: &PublicKeyPackage<C>,
    ) -> Result<Signature<C>, Error<C>> {
        // Verifying shares are derived only if the signature is wrong.
        let key = PublicKeyPackage::new(BTreeMap::new(), self.key.key(), public.min_signers());
        aggregate_custom(&self.package, shares, &key, CheaterDetection::Disabled).or_else(|error| {
            let public = self.key.public(public).ok_or(error)?;
            aggregate_custom(&self.package, shares, &public, CheaterDetection::AllCheaters)
        })
    }
}

fn is_among<C: Suite>(position: u16, ids: &[Identifier<C>]) -> bool {
    identifier::<C>(position).is_some_and(|id| ids.contains(&id))
}
