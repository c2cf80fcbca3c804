//! Nonces that sign once: what signs takes them by value, and nothing copies, prints or writes them.

use std::{borrow::Cow, collections::BTreeMap, fmt, sync::Arc};

use frost_core::{
    Ciphersuite as Suite, Identifier, SigningPackage,
    keys::KeyPackage,
    round1::{NonceCommitment, SigningCommitments, SigningNonces},
    round2,
};
use rand_core::CryptoRngCore;

use crate::{ciphersuite::identifier, hash::Hash};

/// One pair of nonces for each signable of a request.
///
/// # Security
///
/// Two signature shares with one pair of nonces give the signing share away. So this is neither `Clone` nor
/// serialisable, lives in memory only, and [`Nonces::sign`] consumes it, whatever comes of it. The pairs wipe
/// themselves when dropped.
pub(crate) struct Nonces<C: Suite>(Vec<SigningNonces<C>>);

impl<C: Suite> Nonces<C> {
    pub(crate) fn fresh(count: usize, key: &KeyPackage<C>, mut rng: &mut dyn CryptoRngCore) -> Self {
        Self((0..count).map(|_| SigningNonces::new(key.signing_share(), &mut rng)).collect())
    }

    /// For each pair hiding ‖ binding.
    pub(crate) fn offer(&self) -> Option<Offer<C>> {
        let mut bytes = Vec::new();
        for nonces in &self.0 {
            bytes.extend(nonces.commitments().hiding().serialize().ok()?);
            bytes.extend(nonces.commitments().binding().serialize().ok()?);
        }
        let pairs = self.0.iter().map(|nonces| *nonces.commitments()).collect();
        Some(Offer { pairs: Some(pairs), ..Offer::unread(bytes) })
    }

    /// A signature share for each package, all in a row.
    pub(crate) fn sign(self, packages: &[(SigningPackage<C>, KeyPackage<C>)]) -> Option<Vec<u8>> {
        if packages.len() != self.0.len() {
            return None;
        }
        let mut shares = Vec::new();
        for (nonces, (package, key)) in self.0.into_iter().zip(packages) {
            shares.extend(round2::sign(package, &nonces, key).ok()?.serialize());
        }
        Some(shares)
    }
}

impl<C: Suite> fmt::Debug for Nonces<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Nonces(<redacted>, {})", self.0.len())
    }
}

/// The commitments of the signers, for one signable.
pub(crate) type Commitments<C> = BTreeMap<Identifier<C>, SigningCommitments<C>>;

/// What a member commits to, a pair for each signable.
pub(crate) struct Offer<C: Suite> {
    bytes: Vec<u8>,
    hash: Hash,
    /// The same, if it was read already: that takes some microseconds for each point.
    pairs: Option<Vec<SigningCommitments<C>>>,
}

impl<C: Suite> Offer<C> {
    pub(crate) fn unread(bytes: Vec<u8>) -> Self {
        let hash = Hash::of("nonce commitments", [&bytes[..]]);
        Self { bytes, hash, pairs: None }
    }

    /// `None` if the bytes are no pairs of points.
    pub(crate) fn read(bytes: Vec<u8>) -> Option<Self> {
        let pairs = pairs(&bytes)?;
        Some(Self { pairs: Some(pairs), ..Self::unread(bytes) })
    }

    pub(crate) fn is_read(&self) -> bool {
        self.pairs.is_some()
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// By which packages name it.
    pub(crate) fn hash(&self) -> Hash {
        self.hash
    }

    fn pairs(&self) -> Option<Cow<'_, [SigningCommitments<C>]>> {
        let read = || pairs(&self.bytes).map(Cow::Owned);
        self.pairs.as_deref().map(Cow::Borrowed).or_else(read)
    }
}

/// What the signers of a package commit to, for each of `count` signables. Otherwise the position whose bytes are not
/// `count` pairs of points.
pub(crate) fn combine<C: Suite>(
    signers: &[(u16, Arc<Offer<C>>)],
    count: usize,
) -> Result<Vec<Commitments<C>>, u16> {
    let mut all = vec![Commitments::new(); count];
    for (position, offer) in signers {
        let pairs = offer.pairs().filter(|pairs| pairs.len() == count).ok_or(*position)?;
        let id = identifier::<C>(*position).ok_or(*position)?;
        for (commitments, pair) in all.iter_mut().zip(pairs.iter()) {
            commitments.insert(id, *pair);
        }
    }
    Ok(all)
}

fn pairs<C: Suite>(bytes: &[u8]) -> Option<Vec<SigningCommitments<C>>> {
    let length = crate::Ciphersuite::of::<C>()?.element_length();
    let chunks = bytes.chunks_exact(2 * length);
    if !chunks.remainder().is_empty() {
        return None;
    }
    chunks
        .map(|pair| {
            let (hiding, binding) = pair.split_at_checked(length)?;
            let hiding = NonceCommitment::deserialize(hiding).ok()?;
            Some(SigningCommitments::new(hiding, NonceCommitment::deserialize(binding).ok()?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use frost_ed25519::Ed25519Sha512;
    use rand_core::OsRng;

    use super::*;

    #[test]
    fn nonces_are_not_in_the_debug_output() {
        let ids = frost_core::keys::IdentifierList::<Ed25519Sha512>::Default;
        let (shares, _) = frost_core::keys::generate_with_dealer(2, 2, ids, &mut OsRng).unwrap();
        let key = KeyPackage::try_from(shares.into_values().next().unwrap()).unwrap();
        let nonces = Nonces::fresh(2, &key, &mut OsRng);
        assert_eq!(format!("{nonces:?}"), "Nonces(<redacted>, 2)");
        assert_eq!(nonces.offer().unwrap().bytes().len(), 2 * 64);
    }
}
