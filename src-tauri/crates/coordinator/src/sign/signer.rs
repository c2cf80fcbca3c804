//! This device as a signer: its nonces for one request, and what it was asked to sign with them.

use std::collections::{BTreeMap, BTreeSet};

use frost_core::{SigningPackage, keys::KeyPackage};
use rand_core::CryptoRngCore;

use super::{
    nonces::{self, Commitments, LotNonces},
    signable::{Signable, Signs},
    wallet::{Lots, Wallet},
    wire::{Package, Shares, Turn},
};

/// Exists while the user's approval stands and the request is open. Dropping it wipes the nonces.
pub(crate) struct Signer<C: Signs> {
    lots: Lots,
    stock: Vec<Stock<C>>,
    asked: BTreeMap<u16, Asked<C>>,
    answered: BTreeSet<u16>,
}

/// The nonces for a lot's next attempt.
struct Stock<C: Signs> {
    nonces: LotNonces<C>,
    commitments: Vec<u8>,
}

struct Asked<C: Signs> {
    package: Package,
    commitments: Vec<Commitments<C>>,
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

impl<C: Signs> Stock<C> {
    fn fresh(count: usize, key: &KeyPackage<C>, rng: &mut dyn CryptoRngCore) -> Option<Self> {
        let nonces = LotNonces::fresh(count, key, rng);
        let commitments = nonces.commitments()?;
        Some(Self { nonces, commitments })
    }
}

impl<C: Signs> Signer<C> {
    pub(crate) fn new(lots: Lots, key: &KeyPackage<C>, rng: &mut dyn CryptoRngCore) -> Option<Self> {
        let stock = (0..lots.number())
            .map(|lot| Stock::fresh(lots.range(lot)?.len(), key, &mut *rng))
            .collect::<Option<_>>()?;
        Some(Self { lots, stock, asked: BTreeMap::new(), answered: BTreeSet::new() })
    }

    /// The outstanding commitments of all lots.
    pub(crate) fn commitments(&self) -> Vec<u8> {
        self.stock.iter().flat_map(|stock| &stock.commitments).copied().collect()
    }

    pub(crate) fn package(&mut self, wallet: &Wallet<C>, package: Package) -> Verdict {
        let lot = package.turn.lot;
        let (Some(range), Some(length)) = (self.lots.range(lot), self.lots.commitments(lot)) else {
            return Verdict::Bad;
        };
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
        let Ok(commitments) = nonces::parse(signers, range.len()) else { return Verdict::Bad };
        self.asked.insert(lot, Asked { package, commitments, put_off: Vec::new() });
        Verdict::Ask
    }

    /// The package that waits for an answer.
    pub(crate) fn asked(&self, turn: Turn) -> Option<&Package> {
        self.asked.get(&turn.lot).map(|asked| &asked.package).filter(|package| package.turn == turn)
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

    /// Signs what was asked in this turn. The nonces are used up, whatever comes of it, and fresh ones take their
    /// place.
    pub(crate) fn sign(
        &mut self,
        turn: Turn,
        signables: &[Signable],
        key: &KeyPackage<C>,
        rng: &mut dyn CryptoRngCore,
    ) -> Option<Shares> {
        self.asked(turn)?;
        let asked = self.asked.remove(&turn.lot)?;
        let signables = signables.get(self.lots.range(turn.lot)?)?;
        let packages = asked.commitments.into_iter().zip(signables).map(|(commitments, signable)| {
            let package = SigningPackage::new(commitments, &signable.message);
            Some((package, signable.key.key_package(key)?))
        });
        let packages = packages.collect::<Option<Vec<_>>>()?;
        let stock = self.stock.get_mut(usize::from(turn.lot))?;
        let fresh = Stock::fresh(signables.len(), key, rng)?;
        let Stock { nonces, .. } = std::mem::replace(stock, fresh);
        let shares = nonces.sign(&packages)?;
        self.answered.insert(turn.lot);
        Some(Shares { turn, shares, next: stock.commitments.clone() })
    }

    /// For how many lots it has given a share, and how many there are.
    pub(crate) fn progress(&self) -> (u16, u16) {
        (u16::try_from(self.answered.len()).unwrap_or(u16::MAX), self.lots.number())
    }
}
