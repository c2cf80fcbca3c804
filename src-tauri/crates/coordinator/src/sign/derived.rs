//! The keys that sign, derived from the group's, and devices' shares of them.

use std::collections::{BTreeMap, BTreeSet};

use frost_core::{
    Ciphersuite as Suite, Element, Field, Group, Scalar, VerifyingKey,
    keys::{KeyPackage, PublicKeyPackage, SigningShare, VerifyingShare},
};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::signable::{KeyPath, Signables};
use crate::Ciphersuite;

/// The first byte of a point in SEC1's compressed form whose y coordinate is odd.
const ODD: u8 = 3;

/// A key that signs, and how it comes from the group's. Nothing about it is secret.
#[derive(Clone, Copy)]
pub(crate) struct Derived<C: Suite> {
    key: VerifyingKey<C>,
    /// The public half of this device's share of it.
    own: VerifyingShare<C>,
    /// None for the group's key itself.
    shift: Option<Shift<C>>,
}

/// The keys that are derived from a group's, some of them computed before. It keeps at most [`Keys::MOST`], and those that
/// were asked for last.
pub(crate) struct Keys<C: Suite> {
    group: VerifyingKey<C>,
    /// The public half of this device's share of the group's.
    own: VerifyingShare<C>,
    known: BTreeMap<KeyPath, Derived<C>>,
}

impl<C: Suite> Keys<C> {
    const MOST: usize = 4 * Signables::MOST as usize;

    pub(crate) fn new(group: VerifyingKey<C>, own: VerifyingShare<C>) -> Self {
        Self { group, own, known: BTreeMap::new() }
    }

    /// Computes these, no more than a request has.
    pub(crate) fn prepare(&mut self, paths: impl Iterator<Item = KeyPath>) {
        let wanted: BTreeSet<_> = paths.collect();
        let missing: Vec<_> = wanted.iter().filter(|path| !self.known.contains_key(path)).copied().collect();
        if self.known.len() + missing.len() > Self::MOST {
            self.known.retain(|path, _| wanted.contains(path));
        }
        let (group, own) = (self.group, self.own);
        self.known
            .extend(missing.into_iter().filter_map(|path| Some((path, Derived::new(group, own, path)?))));
    }

    /// `None` if there is no such key.
    pub(crate) fn get(&self, path: KeyPath) -> Option<Derived<C>> {
        self.known.get(&path).copied().or_else(|| Derived::new(self.group, self.own, path))
    }
}

/// `x` becomes `±x + offset`, be it the whole key or a share of it, and a point `X` becomes `±X + offset·G`.
#[derive(Clone, Copy)]
struct Shift<C: Suite> {
    negated: bool,
    offset: Scalar<C>,
    /// `offset·G`.
    point: Element<C>,
}

impl<C: Suite> Derived<C> {
    /// `None` if the ciphersuite has no such key, or there is none for this tweak.
    fn new(group: VerifyingKey<C>, own: VerifyingShare<C>, path: KeyPath) -> Option<Self> {
        let KeyPath::Taproot { child_tweak } = path else {
            return Some(Self { key: group, own, shift: None });
        };
        let shift = Shift::taproot(&group, &child_tweak)?;
        let key = VerifyingKey::deserialize(&shift.point(&group.serialize().ok()?)?).ok()?;
        Some(Self { key, own: shift.verifying_share(&own)?, shift: Some(shift) })
    }

    /// The key itself.
    pub(crate) fn key(&self) -> VerifyingKey<C> {
        self.key
    }

    /// This device's share of the key, from that of the group's.
    pub(crate) fn key_package(&self, package: &KeyPackage<C>) -> Option<KeyPackage<C>> {
        let Some(shift) = &self.shift else { return Some(package.clone()) };
        Some(KeyPackage::new(
            *package.identifier(),
            shift.signing_share(package.signing_share())?,
            self.own,
            self.key,
            *package.min_signers(),
        ))
    }

    /// The key's public half, with the verifying shares that `package` has.
    pub(crate) fn public(&self, package: &PublicKeyPackage<C>) -> Option<PublicKeyPackage<C>> {
        let Some(shift) = &self.shift else { return Some(package.clone()) };
        let shares = package.verifying_shares().iter();
        let shares = shares.map(|(id, share)| Some((*id, shift.verifying_share(share)?)));
        Some(PublicKeyPackage::new(shares.collect::<Option<_>>()?, self.key, package.min_signers()))
    }
}

impl<C: Suite> Shift<C> {
    /// BIP-341's key path without a script tree, for a child of the group's key, which is negated if its y coordinate is
    /// odd.
    fn taproot(group: &VerifyingKey<C>, child_tweak: &[u8; 32]) -> Option<Self> {
        if Ciphersuite::of::<C>() != Some(Ciphersuite::Secp256k1Tr) {
            return None;
        }
        let child_tweak = scalar::<C>(child_tweak)?;
        let child = element::<C>(&group.serialize().ok()?)? + C::Group::generator() * child_tweak;
        let encoded = C::Group::serialize(&child).ok()?;
        let (parity, x) = encoded.as_ref().split_first()?;
        let tag = Sha256::digest(b"TapTweak");
        let tap_tweak: [u8; 32] =
            Sha256::new().chain_update(tag).chain_update(tag).chain_update(x).finalize().into();
        let tap_tweak = scalar::<C>(&tap_tweak)?;
        let negated = *parity == ODD;
        let offset = if negated { tap_tweak - child_tweak } else { tap_tweak + child_tweak };
        Some(Self { negated, offset, point: C::Group::generator() * offset })
    }

    fn signing_share(&self, share: &SigningShare<C>) -> Option<SigningShare<C>> {
        let share = scalar::<C>(&Zeroizing::new(share.serialize()))?;
        let shifted = if self.negated { self.offset - share } else { self.offset + share };
        let shifted = Zeroizing::new(<C::Group as Group>::Field::serialize(&shifted).as_ref().to_vec());
        SigningShare::deserialize(&shifted).ok()
    }

    fn verifying_share(&self, share: &VerifyingShare<C>) -> Option<VerifyingShare<C>> {
        VerifyingShare::deserialize(&self.point(&share.serialize().ok()?)?).ok()
    }

    /// `None` for the identity.
    fn point(&self, encoded: &[u8]) -> Option<Vec<u8>> {
        let element = element::<C>(encoded)?;
        let shifted = if self.negated { self.point - element } else { self.point + element };
        Some(C::Group::serialize(&shifted).ok()?.as_ref().to_vec())
    }
}

/// From its canonical form: for secp256k1 32 bytes, big-endian, less than the group's order.
pub(crate) fn scalar<C: Suite>(bytes: &[u8]) -> Option<Scalar<C>> {
    <C::Group as Group>::Field::deserialize(&bytes.try_into().ok()?).ok()
}

fn element<C: Suite>(encoded: &[u8]) -> Option<Element<C>> {
    C::Group::deserialize(&encoded.try_into().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use frost_core::keys::{IdentifierList, generate_with_dealer};
    use frost_ed25519::Ed25519Sha512;
    use frost_secp256k1_tr::{Secp256K1Sha256TR, keys::Tweak as _};
    use rand_core::OsRng;

    use super::*;

    /// A tweak of zero leaves the child at the group's key, which is what `frost-secp256k1-tr` tweaks.
    #[test]
    fn a_taproot_key_and_its_shares_are_what_the_ciphersuites_own_tweak_makes_of_them() {
        let mut odd = 0;
        for _ in 0..16 {
            let (shares, public) =
                generate_with_dealer::<Secp256K1Sha256TR, _>(3, 2, IdentifierList::Default, &mut OsRng)
                    .unwrap();
            let path = KeyPath::Taproot { child_tweak: [0; 32] };
            let theirs = public.clone().tweak::<&[u8]>(None);
            for share in shares.into_values() {
                let package = KeyPackage::try_from(share).unwrap();
                let derived =
                    Derived::new(*public.verifying_key(), *package.verifying_share(), path).unwrap();
                odd += usize::from(derived.shift.unwrap().negated);
                assert_eq!(derived.key(), *theirs.verifying_key());
                assert_eq!(derived.public(&public).as_ref(), Some(&theirs));
                let own = derived.key_package(&package).unwrap();
                assert!(own == package.tweak::<&[u8]>(None), "the share of a device");
                assert_eq!(VerifyingShare::from(*own.signing_share()), *own.verifying_share());
            }
        }
        assert!((1..48).contains(&odd), "keys of both kinds were there");
    }

    #[test]
    fn keys_are_kept_within_bounds_and_those_that_are_wanted_stay() {
        let (_, public) =
            generate_with_dealer::<Secp256K1Sha256TR, _>(2, 2, IdentifierList::Default, &mut OsRng).unwrap();
        let group = *public.verifying_key();
        let own = *public.verifying_shares().values().next().unwrap();
        let path = |number: u16| {
            let mut child_tweak = [0; 32];
            child_tweak[30..].copy_from_slice(&number.to_be_bytes());
            KeyPath::Taproot { child_tweak }
        };
        let mut keys = Keys::new(group, own);
        for request in 0..4 {
            keys.prepare((500 * request..500 * (request + 1)).map(path));
        }
        assert_eq!(keys.known.len(), Keys::<Secp256K1Sha256TR>::MOST);
        keys.prepare((0..500).map(path));
        assert_eq!(keys.known.len(), Keys::<Secp256K1Sha256TR>::MOST, "these were there");
        keys.prepare((400..900).chain(2000..2100).map(path));
        assert_eq!(keys.known.len(), 600, "those that are wanted, and no others");
        for number in [0, 450, 2050] {
            let key = Derived::new(group, own, path(number)).unwrap().key();
            assert_eq!(keys.get(path(number)).unwrap().key(), key);
        }
    }

    #[test]
    fn the_groups_key_stays_as_it_is_and_other_ciphersuites_have_no_children() {
        let (shares, public) =
            generate_with_dealer::<Ed25519Sha512, _>(2, 2, IdentifierList::Default, &mut OsRng).unwrap();
        let group = *public.verifying_key();
        for share in shares.into_values() {
            let package = KeyPackage::try_from(share).unwrap();
            let own = *package.verifying_share();
            let derived = Derived::new(group, own, KeyPath::Group).unwrap();
            assert_eq!(derived.public(&public).as_ref(), Some(&public));
            assert!(derived.key_package(&package).unwrap() == package);
            let path = KeyPath::Taproot { child_tweak: [0; 32] };
            assert!(Derived::<Ed25519Sha512>::new(group, own, path).is_none());
        }
    }
}
