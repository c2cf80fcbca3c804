//! This device as a signer: its nonces for one request, and what it was asked to sign with them.

use std::collections::{BTreeMap, BTreeSet};

use frost_core::{Ciphersuite as Suite, SigningPackage, keys::KeyPackage};
use rand_core::CryptoRngCore;

use super::{
    nonces::{self, Commitments, LotNonces, Offer},
    signable::Signable,
    wallet::{Lots, Wallet},
    wire::{Package, Shares, Turn},
};

/// Exists while the user's approval stands and the request is open. Dropping it wipes the nonces.
pub(crate) struct Signer<C: Suite> {
    lots: Lots,
    stock: Vec<Stock<C>>,
    /// By lot: for the attempt after that, made while there was time.
    spare: Vec<Option<Stock<C>>>,
    asked: BTreeMap<u16, Asked>,
    answered: BTreeSet<u16>,
}

/// The nonces for a lot's next attempt.
struct Stock<C: Suite> {
    nonces: LotNonces<C>,
    commitments: Vec<u8>,
}

struct Asked {
    package: Package,
    /// Other packages with the same commitments: one of them only can be answered.
    put_off: Vec<Turn>,
}

/// The most packages that are put off for one lot. An honest proposer's come one at a time, but for messages that
/// overtake each other.
const MOST_PUT_OFF: usize = 8;

/// What to do about a package.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Find out what is to be signed.
    Ask,
    /// It was asked already, or something else is asked with the same nonces first.
    Wait,
    /// It names other commitments than this device's outstanding ones.
    Stale,
    /// No honest proposer sends this.
    Bad,
}

/// Why there are no shares.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unsigned {
    /// The package's commitments are none. The nonces are as good as before.
    BadPackage,
    /// Nothing was asked, or its signables are none of this wallet. If nonces were used, fresh ones are in their place.
    Nothing,
}

impl<C: Suite> Stock<C> {
    fn fresh(count: usize, key: &KeyPackage<C>, rng: &mut dyn CryptoRngCore) -> Option<Self> {
        let nonces = LotNonces::fresh(count, key, rng);
        let commitments = nonces.commitments()?;
        Some(Self { nonces, commitments })
    }
}

impl<C: Suite> Signer<C> {
    pub(crate) fn new(lots: Lots, key: &KeyPackage<C>, rng: &mut dyn CryptoRngCore) -> Option<Self> {
        let stock = (0..lots.number())
            .map(|lot| Stock::fresh(lots.range(lot)?.len(), key, &mut *rng))
            .collect::<Option<Vec<_>>>()?;
        let spare = stock.iter().map(|_| None).collect();
        Some(Self { lots, stock, spare, asked: BTreeMap::new(), answered: BTreeSet::new() })
    }

    /// Makes what takes time and does not depend on what is asked: a spare of the nonces for each lot.
    pub(crate) fn prepare(&mut self, key: &KeyPackage<C>, rng: &mut dyn CryptoRngCore) {
        for (lot, spare) in (0..).zip(&mut self.spare) {
            if spare.is_none() {
                *spare = self.lots.range(lot).and_then(|range| Stock::fresh(range.len(), key, &mut *rng));
            }
        }
    }

    /// The outstanding commitments of all lots.
    pub(crate) fn commitments(&self) -> Vec<u8> {
        self.stock.iter().flat_map(|stock| &stock.commitments).copied().collect()
    }

    pub(crate) fn package(&mut self, wallet: &Wallet<C>, package: Package) -> Verdict {
        let lot = package.turn.lot;
        let Some(length) = self.lots.commitments(lot) else { return Verdict::Bad };
        let signers = &package.signers;
        let own = signers.iter().find(|(position, _)| *position == wallet.me);
        let in_order = signers.is_sorted_by(|(a, _), (b, _)| a < b);
        let members = signers.iter().all(|(position, _)| wallet.device(*position).is_some());
        let sized = signers.iter().all(|(_, commitments)| commitments.len() == length);
        let full = signers.len() == usize::from(wallet.threshold);
        let (Some((_, own)), true) = (own, in_order && members && sized && full) else {
            return Verdict::Bad;
        };
        if self.stock.get(usize::from(lot)).is_none_or(|stock| stock.commitments != *own) {
            return Verdict::Stale;
        }
        if let Some(asked) = self.asked.get_mut(&lot) {
            let is_new = asked.package.turn != package.turn && !asked.put_off.contains(&package.turn);
            if is_new && asked.put_off.len() < MOST_PUT_OFF {
                asked.put_off.push(package.turn);
            }
            return Verdict::Wait;
        }
        self.asked.insert(lot, Asked { package, put_off: Vec::new() });
        Verdict::Ask
    }

    /// The package that waits for an answer.
    pub(crate) fn asked(&self, turn: Turn) -> Option<&Package> {
        self.asked.get(&turn.lot).map(|asked| &asked.package).filter(|package| package.turn == turn)
    }

    /// Which packages wait for an answer, those that were put off included.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = Turn> + '_ {
        self.asked
            .values()
            .flat_map(|asked| std::iter::once(&asked.package.turn).chain(&asked.put_off))
            .copied()
    }

    /// Packages that wait for an answer are answered no more.
    pub(crate) fn forget_all(&mut self) {
        self.asked.clear();
    }

    /// The lot's package is not answered; returns those that were put off for it.
    pub(crate) fn forget(&mut self, lot: u16) -> Vec<Turn> {
        self.asked.remove(&lot).map(|asked| asked.put_off).unwrap_or_default()
    }

    /// Those that were put off for this turn.
    pub(crate) fn put_off(&self, turn: Turn) -> Vec<Turn> {
        let asked = self.asked.get(&turn.lot).filter(|asked| asked.package.turn == turn);
        asked.map(|asked| asked.put_off.clone()).unwrap_or_default()
    }

    /// Those of a request's signables that are in a lot.
    pub(crate) fn lot<'a>(&self, lot: u16, signables: &'a [Signable]) -> Option<&'a [Signable]> {
        self.lots.range(lot).and_then(|range| signables.get(range))
    }

    /// Signs what was asked in this turn. Once there is a share the nonces are used up, whatever comes of it, and others
    /// take their place; before that they stay as they are.
    pub(crate) fn sign(
        &mut self,
        wallet: &Wallet<C>,
        turn: Turn,
        signables: &[Signable],
        key: &KeyPackage<C>,
        rng: &mut dyn CryptoRngCore,
    ) -> Result<Shares, Unsigned> {
        self.asked(turn).ok_or(Unsigned::Nothing)?;
        let Asked { package, .. } = self.asked.remove(&turn.lot).ok_or(Unsigned::Nothing)?;
        let signables = self.lot(turn.lot, signables).ok_or(Unsigned::Nothing)?;
        let signers = package.signers.into_iter().map(|(signer, bytes)| (signer, Offer::unread(bytes)));
        let commitments = nonces::combine(&signers.collect::<Vec<_>>(), signables.len());
        let commitments = commitments.map_err(|_| Unsigned::BadPackage)?;
        let shares = self.use_nonces(wallet, turn.lot, commitments, signables, key, rng);
        let (shares, next) = shares.ok_or(Unsigned::Nothing)?;
        self.answered.insert(turn.lot);
        Ok(Shares { turn, shares, next })
    }

    /// The shares, and the commitments to the nonces that are next.
    fn use_nonces(
        &mut self,
        wallet: &Wallet<C>,
        lot: u16,
        commitments: Vec<Commitments<C>>,
        signables: &[Signable],
        key: &KeyPackage<C>,
        rng: &mut dyn CryptoRngCore,
    ) -> Option<(Vec<u8>, Vec<u8>)> {
        let packages = commitments.into_iter().zip(signables).map(|(commitments, signable)| {
            let package = SigningPackage::new(commitments, &signable.message);
            Some((package, wallet.derived(signable.key)?.key_package(key)?))
        });
        let packages = packages.collect::<Option<Vec<_>>>()?;
        let lot = usize::from(lot);
        let spare = self.spare.get_mut(lot)?.take();
        let fresh = spare.or_else(|| Stock::fresh(signables.len(), key, rng))?;
        let Stock { nonces, .. } = std::mem::replace(self.stock.get_mut(lot)?, fresh);
        let shares = nonces.sign(&packages)?;
        Some((shares, self.stock.get(lot)?.commitments.clone()))
    }

    /// For how many lots it has given a share, and how many there are.
    pub(crate) fn progress(&self) -> (u16, u16) {
        (u16::try_from(self.answered.len()).unwrap_or(u16::MAX), self.lots.number())
    }
}
