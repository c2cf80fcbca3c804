//! This device as a signer: its nonces for one request, and what it was asked to sign with them.

use std::sync::Arc;

use frost_core::{Ciphersuite as Suite, SigningPackage, keys::KeyPackage};
use rand_core::CryptoRngCore;

use super::{
    forwarded::Forwarded,
    nonces::{self, Commitments, Nonces, Offer},
    proposal::Completion,
    signable::Signable,
    wallet::Wallet,
    wire::{Package, Shares, Turn},
};

/// Exists while the user's approval stands and the request is open. Dropping it wipes the nonces.
pub(crate) struct Signer<C: Suite> {
    signables: usize,
    stock: Stock<C>,
    /// For the attempt after that, made while there was time.
    spare: Option<Stock<C>>,
    asked: Option<Asked<C>>,
    has_answered: bool,
}

/// The nonces for an attempt.
struct Stock<C: Suite> {
    nonces: Nonces<C>,
    offer: Arc<Offer<C>>,
}

struct Asked<C: Suite> {
    turn: Turn,
    completion: Option<Completion>,
    offers: Vec<(u16, Arc<Offer<C>>)>,
    /// Other packages with the same commitments: one of them only can be answered.
    put_off: Vec<Turn>,
}

/// The most packages that are put off. An honest proposer's come one at a time, but for messages that overtake each
/// other.
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
    /// It names commitments of others that are not here.
    Lacks,
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
        let nonces = Nonces::fresh(count, key, rng);
        let offer = Arc::new(nonces.offer()?);
        Some(Self { nonces, offer })
    }
}

impl<C: Suite> Signer<C> {
    pub(crate) fn new(signables: u16, key: &KeyPackage<C>, rng: &mut dyn CryptoRngCore) -> Option<Self> {
        let signables = usize::from(signables);
        let stock = Stock::fresh(signables, key, rng)?;
        Some(Self { signables, stock, spare: None, asked: None, has_answered: false })
    }

    /// Makes what takes time and does not depend on what is asked: spare nonces.
    pub(crate) fn prepare(&mut self, key: &KeyPackage<C>, rng: &mut dyn CryptoRngCore) {
        if self.spare.is_none() {
            self.spare = Stock::fresh(self.signables, key, rng);
        }
    }

    /// The outstanding commitments.
    pub(crate) fn commitments(&self) -> Vec<u8> {
        self.stock.offer.bytes().to_vec()
    }

    /// Takes a package that names its signers' commitments, the others' out of what was forwarded.
    pub(crate) fn package(
        &mut self,
        wallet: &Wallet<C>,
        package: Package,
        forwarded: &Forwarded<C>,
    ) -> Verdict {
        let Package { turn, completion, signers } = package;
        let own = signers.iter().find(|(position, _)| *position == wallet.me);
        let in_order = signers.is_sorted_by(|(a, _), (b, _)| a < b);
        let members = signers.iter().all(|(position, _)| wallet.device(*position).is_some());
        let full = signers.len() == usize::from(wallet.threshold);
        let (Some((_, own)), true) = (own, in_order && members && full) else {
            return Verdict::Bad;
        };
        if *own != self.stock.offer.hash() {
            return Verdict::Stale;
        }
        if let Some(asked) = &mut self.asked {
            let is_new = asked.turn != turn && !asked.put_off.contains(&turn);
            if is_new && asked.put_off.len() < MOST_PUT_OFF {
                asked.put_off.push(turn);
            }
            return Verdict::Wait;
        }
        let offers = signers.into_iter().map(|(signer, hash)| {
            let offer = if signer == wallet.me { Some(&self.stock.offer) } else { forwarded.get(signer) };
            offer.filter(|offer| offer.hash() == hash).map(|offer| (signer, Arc::clone(offer)))
        });
        let Some(offers) = offers.collect() else { return Verdict::Lacks };
        self.asked = Some(Asked { turn, completion, offers, put_off: Vec::new() });
        Verdict::Ask
    }

    /// The completion of the package that waits for an answer, if this is its turn.
    pub(crate) fn asked(&self, turn: Turn) -> Option<Option<&Completion>> {
        self.asked.as_ref().filter(|asked| asked.turn == turn).map(|asked| asked.completion.as_ref())
    }

    /// Which packages wait for an answer, those that were put off included.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = Turn> + '_ {
        self.asked.iter().flat_map(|asked| std::iter::once(&asked.turn).chain(&asked.put_off)).copied()
    }

    /// The package is not answered; returns those that were put off for it.
    pub(crate) fn forget(&mut self) -> Vec<Turn> {
        self.asked.take().map(|asked| asked.put_off).unwrap_or_default()
    }

    /// Those that were put off for this turn.
    pub(crate) fn put_off(&self, turn: Turn) -> Vec<Turn> {
        let asked = self.asked.as_ref().filter(|asked| asked.turn == turn);
        asked.map(|asked| asked.put_off.clone()).unwrap_or_default()
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
        let asked = self.asked.take_if(|asked| asked.turn == turn).ok_or(Unsigned::Nothing)?;
        let commitments =
            nonces::combine(&asked.offers, signables.len()).map_err(|_| Unsigned::BadPackage)?;
        let (shares, next) =
            self.use_nonces(wallet, commitments, signables, key, rng).ok_or(Unsigned::Nothing)?;
        self.has_answered = true;
        Ok(Shares { turn, shares, next })
    }

    /// The shares, and the commitments to the nonces that are next.
    fn use_nonces(
        &mut self,
        wallet: &Wallet<C>,
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
        let spare = self.spare.take();
        let fresh = spare.or_else(|| Stock::fresh(self.signables, key, rng))?;
        let Stock { nonces, .. } = std::mem::replace(&mut self.stock, fresh);
        let shares = nonces.sign(&packages)?;
        Some((shares, self.commitments()))
    }

    /// Whether it has given shares.
    pub(crate) fn has_answered(&self) -> bool {
        self.has_answered
    }
}
