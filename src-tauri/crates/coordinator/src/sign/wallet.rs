//! What all requests of a wallet have in common: who the members are and what is known of their keys.

use std::{collections::BTreeSet, sync::Arc};

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
        let own = *shares.get(me).ok_or(damaged)?;
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
            keys: Keys::new(group, own),
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

    /// How many bytes the commitments for so many signables have; `None` if a request can't have so many.
    pub(crate) fn commitments_length(&self, signables: u16) -> Option<usize> {
        let pair = 2 * self.ciphersuite.element_length();
        (1..=Signables::MOST).contains(&signables).then_some(usize::from(signables) * pair)
    }

    /// How many bytes they have for the most signables.
    pub(crate) fn longest_commitments(&self) -> usize {
        2 * self.ciphersuite.element_length() * usize::from(Signables::MOST)
    }

    /// Whether so many bytes are commitments for some number of signables.
    pub(crate) fn are_commitments(&self, length: usize) -> bool {
        let pair = 2 * self.ciphersuite.element_length();
        (pair..=self.longest_commitments()).contains(&length) && length.is_multiple_of(pair)
    }

    pub(crate) fn signature_length(&self) -> usize {
        match self.ciphersuite {
            Ciphersuite::Ed25519 | Ciphersuite::Secp256k1Tr => 64,
            Ciphersuite::Secp256k1 => 65,
        }
    }
}
