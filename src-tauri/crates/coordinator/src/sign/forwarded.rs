//! What a request's proposer has told this device of the other members' commitments.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use frost_core::Ciphersuite as Suite;

use super::nonces::Offer;

/// The last commitments of each member that were forwarded. Packages name them.
pub(crate) struct Forwarded<C: Suite> {
    offers: BTreeMap<u16, Arc<Offer<C>>>,
    /// Whose are to be read when there is time.
    unread: BTreeSet<u16>,
    /// Whose were read, or were to be: once, so that no proposer keeps this device busy with ever other ones. The rest are
    /// read when they are used.
    tried: BTreeSet<u16>,
}

impl<C: Suite> Default for Forwarded<C> {
    fn default() -> Self {
        Self { offers: BTreeMap::new(), unread: BTreeSet::new(), tried: BTreeSet::new() }
    }
}

impl<C: Suite> Forwarded<C> {
    /// Takes a member's commitments; whether they are to be read ahead.
    pub(crate) fn put(&mut self, member: u16, commitments: Vec<u8>) -> bool {
        if self.offers.get(&member).is_some_and(|known| known.bytes() == commitments) {
            return false;
        }
        self.unread.remove(&member);
        self.offers.insert(member, Arc::new(Offer::unread(commitments)));
        let reads = self.tried.insert(member);
        if reads {
            self.unread.insert(member);
        }
        reads
    }

    /// As [`Forwarded::put`], from this device itself.
    pub(crate) fn share(&mut self, member: u16, offer: Arc<Offer<C>>) {
        self.offers.insert(member, offer);
    }

    pub(crate) fn get(&self, member: u16) -> Option<&Arc<Offer<C>>> {
        self.offers.get(&member)
    }

    /// Reads one member's that are to be read, if they have at most so many bytes; whether more are to be read. If they are
    /// none, that shows when they are used.
    pub(crate) fn read_one(&mut self, room: usize) -> bool {
        let Some(member) = self.unread.pop_first() else { return false };
        if let Some(offer) = self.offers.get_mut(&member).filter(|offer| offer.bytes().len() <= room)
            && let Some(read) = Offer::read(offer.bytes().to_vec())
        {
            *offer = Arc::new(read);
        }
        !self.unread.is_empty()
    }

    /// Makes room. What is dropped and needed is sent again.
    pub(crate) fn drop_all(&mut self) {
        self.offers.clear();
        self.unread.clear();
    }

    /// How many bytes of commitments are here.
    pub(crate) fn size(&self) -> usize {
        self.offers.values().map(|offer| offer.bytes().len()).sum()
    }

    /// How many bytes of them are read.
    pub(crate) fn read_size(&self) -> usize {
        self.offers.values().filter(|offer| offer.is_read()).map(|offer| offer.bytes().len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use frost_core::Group as _;
    use frost_ed25519::{Ed25519Group, Ed25519Sha512};

    use super::*;

    fn commitments() -> Vec<u8> {
        let point = Ed25519Group::serialize(&Ed25519Group::generator()).unwrap();
        [point, point].concat()
    }

    #[test]
    fn a_members_commitments_are_read_ahead_once_and_within_bounds() {
        let mut forwarded = Forwarded::<Ed25519Sha512>::default();
        assert!(forwarded.put(0, commitments()) && forwarded.put(1, commitments()));
        assert!(!forwarded.put(0, commitments()), "these are here");
        assert!(forwarded.read_one(64), "there are more to read");
        assert!(!forwarded.read_one(63));
        let is_read = |forwarded: &Forwarded<_>, member| forwarded.get(member).unwrap().is_read();
        assert!(is_read(&forwarded, 0) && !is_read(&forwarded, 1), "there was no room for the second");
        assert_eq!((forwarded.size(), forwarded.read_size()), (128, 64));

        assert!(!forwarded.put(0, vec![1; 64]), "others are not read ahead");
        assert!(!forwarded.read_one(1000) && !is_read(&forwarded, 0));
        assert!(forwarded.put(2, vec![0xff; 64]) && !forwarded.read_one(1000));
        assert!(!is_read(&forwarded, 2), "these are none, which shows when they are used");
        assert_eq!(forwarded.get(2).unwrap().bytes(), [0xff; 64]);
    }
}
