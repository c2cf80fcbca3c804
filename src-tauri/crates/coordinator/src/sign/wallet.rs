//! What all requests of a wallet have in common: who the members are and what is known of their keys.

use std::{collections::BTreeSet, ops::Range, sync::Arc};

use frost_core::{
    Ciphersuite as Suite, VerifyingKey,
    keys::{KeyPackage, PublicKeyPackage, VerifyingShare},
};
use identity::{DeviceId, IdentityKey};

use super::{
    derived::{Derived, Keys},
    signable::{KeyPath, Signable, Signables},
};
use crate::{
    Ciphersuite, SecretShare,
    ciphersuite::identifier,
    dkg::{Ceremony, ResumeError},
    hash::Hash,
};

/// The most bytes that the commitments of one message have.
const MOST_COMMITMENTS: usize = 40 * 1024;

pub(crate) struct Wallet<C: Suite> {
    pub(crate) identity: Arc<IdentityKey>,
    /// The transcript's hash: it is in every message and statement.
    pub(crate) tag: Hash,
    members: Vec<DeviceId>,
    pub(crate) me: u16,
    pub(crate) threshold: u16,
    pub(crate) ciphersuite: Ciphersuite,
    group: VerifyingKey<C>,
    shares: Vec<VerifyingShare<C>>,
    linked: BTreeSet<u16>,
    keys: Keys<C>,
}

impl<C: Suite> Wallet<C> {
    pub(crate) fn new(identity: Arc<IdentityKey>, ceremony: &Ceremony) -> Result<Self, ResumeError> {
        let damaged = ResumeError::Record(crate::dkg::InvalidCertificate::Keys);
        let members: Vec<_> = ceremony.members.iter().map(|member| member.id).collect();
        let me = members.iter().position(|id| *id == identity.id()).ok_or(ResumeError::OtherDevice)?;
        let shares = ceremony.verifying_shares.iter().map(|share| VerifyingShare::deserialize(share));
        let shares = shares.collect::<Result<Vec<_>, _>>().map_err(|_| damaged)?;
        if shares.len() != members.len() {
            return Err(damaged);
        }
        let group = VerifyingKey::deserialize(&ceremony.group_key).map_err(|_| damaged)?;
        Ok(Self {
            identity,
            tag: Hash(ceremony.transcript_hash),
            members,
            me: u16::try_from(me).map_err(|_| damaged)?,
            threshold: ceremony.params.threshold(),
            ciphersuite: ceremony.params.ciphersuite(),
            group,
            shares,
            linked: BTreeSet::new(),
            keys: Keys::new(group),
        })
    }

    pub(crate) fn my_id(&self) -> DeviceId {
        self.identity.id()
    }

    pub(crate) fn position(&self, device: &DeviceId) -> Option<u16> {
        self.members.iter().position(|member| member == device)?.try_into().ok()
    }

    pub(crate) fn device(&self, position: u16) -> Option<DeviceId> {
        self.members.get(usize::from(position)).copied()
    }

    pub(crate) fn positions(&self) -> impl Iterator<Item = u16> + use<C> {
        0..u16::try_from(self.members.len()).unwrap_or_default()
    }

    pub(crate) fn link(&mut self, position: u16, up: bool) {
        if up {
            self.linked.insert(position);
        } else {
            self.linked.remove(&position);
        }
    }

    /// Whether what is sent to a member arrives now; always so for this device itself.
    pub(crate) fn is_linked(&self, position: u16) -> bool {
        position == self.me || self.linked.contains(&position)
    }

    /// The others that are linked.
    pub(crate) fn linked(&self) -> impl Iterator<Item = u16> + '_ {
        self.linked.iter().copied()
    }

    /// The share's key package, if it is this device's of this wallet.
    pub(crate) fn key_package(&self, share: &SecretShare) -> Option<KeyPackage<C>> {
        let package = share.key_package::<C>().ok()?;
        let own = self.shares.get(usize::from(self.me))?;
        let belongs = package.verifying_key() == &self.group
            && package.verifying_share() == own
            && Some(*package.identifier()) == identifier::<C>(self.me)
            && *package.min_signers() == self.threshold;
        belongs.then_some(package)
    }

    /// The group's key with the verifying shares of some members.
    pub(crate) fn public(&self, of: impl IntoIterator<Item = u16>) -> Option<PublicKeyPackage<C>> {
        let share =
            |position: u16| Some((identifier::<C>(position)?, *self.shares.get(usize::from(position))?));
        let shares = of.into_iter().map(share).collect::<Option<_>>()?;
        Some(PublicKeyPackage::new(shares, self.group, Some(self.threshold)))
    }

    /// Derives the keys of these signables, so that this takes no time when they are needed.
    pub(crate) fn prepare(&mut self, signables: &[Signable]) {
        self.keys.prepare(signables.iter().map(|signable| signable.key));
    }

    /// The key that is meant; `None` if the wallet has no such key.
    pub(crate) fn derived(&self, path: KeyPath) -> Option<Derived<C>> {
        self.keys.get(path)
    }

    /// How so many signables are dealt with; `None` if a request can't have so many.
    pub(crate) fn lots(&self, signables: u16) -> Option<Lots> {
        let pair = 2 * self.ciphersuite.element_length();
        let size = MOST_COMMITMENTS.checked_div(usize::from(self.threshold) * pair)?.max(1);
        let count = usize::from(signables);
        (1..=Signables::MOST).contains(&signables).then_some(Lots { count, size, pair })
    }

    pub(crate) fn signature_length(&self) -> usize {
        match self.ciphersuite {
            Ciphersuite::Ed25519 | Ciphersuite::Secp256k1Tr => 64,
            Ciphersuite::Secp256k1 => 65,
        }
    }
}

/// A request's signables in parts, each small enough that the commitments of `t` devices fit a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lots {
    count: usize,
    size: usize,
    /// Bytes of a pair of commitments.
    pair: usize,
}

impl Lots {
    pub(crate) fn number(&self) -> u16 {
        u16::try_from(self.count.div_ceil(self.size)).unwrap_or(u16::MAX)
    }

    /// The signables of a lot.
    pub(crate) fn range(&self, lot: u16) -> Option<Range<usize>> {
        let from = usize::from(lot) * self.size;
        (from < self.count).then(|| from..self.count.min(from + self.size))
    }

    /// Bytes of a member's commitments for a lot.
    pub(crate) fn commitments(&self, lot: u16) -> Option<usize> {
        self.range(lot).map(|range| range.len() * self.pair)
    }

    /// The commitments of all lots taken apart.
    pub(crate) fn split(&self, commitments: &[u8]) -> Option<Vec<Vec<u8>>> {
        let lots = commitments.chunks(self.size * self.pair).map(<[u8]>::to_vec);
        (commitments.len() == self.count * self.pair).then(|| lots.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_signable_is_in_one_lot() {
        for count in [1, 9, 10, 11, 499, 500] {
            let lots = Lots { count, size: 10, pair: 64 };
            let ranges: Vec<_> = (0..lots.number()).map(|lot| lots.range(lot).unwrap()).collect();
            assert_eq!(ranges.iter().cloned().flatten().collect::<Vec<_>>(), (0..count).collect::<Vec<_>>());
            assert_eq!(lots.range(lots.number()), None);
            let split = lots.split(&vec![0; count * 64]).unwrap();
            for (lot, bytes) in (0..).zip(&split) {
                assert_eq!(Some(bytes.len()), lots.commitments(lot));
            }
            assert_eq!(split.len(), ranges.len());
            assert_eq!(lots.split(&vec![0; count * 64 + 1]), None);
        }
    }
}
