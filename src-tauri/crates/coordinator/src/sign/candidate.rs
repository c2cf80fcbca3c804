//! Who approved, with which commitments, and whom the next attempt takes.

use std::collections::{BTreeMap, BTreeSet};

use frost_core::Ciphersuite as Suite;

use super::{nonces::Offer, wallet::Wallet, wire::Why};

/// How often a signer may say that its commitments are stale before it has to wait for its link to come up anew:
/// an honest one says so at most once a restart.
const MOST_DECLINES: u32 = 32;

pub(crate) struct Candidates<C: Suite> {
    approved: BTreeMap<u16, Candidate<C>>,
    /// Also of members that have not approved now.
    history: BTreeMap<u16, History>,
    excluded: BTreeSet<u16>,
    arrivals: u64,
}

struct Candidate<C: Suite> {
    signables: u16,
    arrival: u64,
    /// By lot: commitments that are in no package.
    fresh: Vec<Option<Offer<C>>>,
    /// By lot: those in the last package.
    used: Vec<Option<Vec<u8>>>,
    /// It does not sign with the current completion.
    refuses: bool,
}

#[derive(Default)]
struct History {
    failures: u32,
    declines: u32,
    /// Commitments of it were read ahead since its link came up.
    was_read: bool,
}

/// Commitments that are none.
pub(crate) struct BadCommitments;

impl<C: Suite> Candidates<C> {
    pub(crate) fn new(excluded: BTreeSet<u16>) -> Self {
        Self { approved: BTreeMap::new(), history: BTreeMap::new(), excluded, arrivals: 0 }
    }

    /// A member approved. Returns the lots for which it committed to something new.
    pub(crate) fn offer(
        &mut self,
        from: u16,
        signables: u16,
        commitments: Vec<Vec<u8>>,
    ) -> Result<Vec<u16>, BadCommitments> {
        if self.excluded.contains(&from) {
            return Ok(Vec::new());
        }
        let lots = commitments.len();
        self.approved.retain(|member, candidate| *member != from || candidate.signables == signables);
        let candidate = self.approved.entry(from).or_insert_with(|| {
            self.arrivals += 1;
            let (fresh, used) = (vec![None; lots], vec![None; lots]);
            Candidate { signables, arrival: self.arrivals, fresh, used, refuses: false }
        });
        // Once, so that nobody keeps this device busy with ever other commitments. The rest are read when they are used.
        let history = self.history.entry(from).or_default();
        let reads = !std::mem::replace(&mut history.was_read, true);
        let mut news = Vec::new();
        let places = candidate.fresh.iter_mut().zip(&candidate.used);
        for (lot, (given, (fresh, used))) in (0..).zip(commitments.into_iter().zip(places)) {
            // What is in a package already is no offer: the message was sent, or came, before.
            if used.as_ref() != Some(&given) && !fresh.as_ref().is_some_and(|fresh| fresh.is(&given)) {
                *fresh = Some(if reads {
                    Offer::read(given).ok_or(BadCommitments)?
                } else {
                    Offer::unread(given)
                });
                news.push(lot);
            }
        }
        candidate.refuses &= news.is_empty();
        Ok(news)
    }

    pub(crate) fn remove(&mut self, member: u16) {
        self.approved.remove(&member);
    }

    pub(crate) fn exclude(&mut self, member: u16) {
        self.excluded.insert(member);
        self.approved.remove(&member);
    }

    /// A member was late.
    pub(crate) fn failed(&mut self, member: u16) {
        let history = self.history.entry(member).or_default();
        history.failures = history.failures.saturating_add(1);
    }

    /// A member does not know any more what it was asked with.
    pub(crate) fn forgot(&mut self, member: u16) {
        self.failed(member);
        let history = self.history.entry(member).or_default();
        history.declines = history.declines.saturating_add(1);
    }

    pub(crate) fn declined(&mut self, member: u16, lot: u16, why: Why) {
        match why {
            Why::Stale => self.forgot(member),
            Why::Refused => {
                self.failed(member);
                let Some(candidate) = self.approved.get_mut(&member) else { return };
                candidate.refuses = true;
                // The package went unused, so the commitments are as good as before.
                let lot = usize::from(lot);
                if let (Some(fresh), Some(used)) = (candidate.fresh.get_mut(lot), candidate.used.get_mut(lot))
                    && fresh.is_none()
                {
                    *fresh = used.take().map(Offer::unread);
                }
            }
        }
    }

    pub(crate) fn rest_is_over(&mut self, member: u16) {
        let history = self.history.entry(member).or_default();
        (history.declines, history.was_read) = (0, false);
    }

    /// There is another completion: whoever refused the last one may sign with it.
    pub(crate) fn ask_again(&mut self) {
        self.approved.values_mut().for_each(|candidate| candidate.refuses = false);
    }

    /// Commitments that came with a share. Newer ones may be here already.
    pub(crate) fn renew(&mut self, member: u16, lot: u16, next: Vec<u8>) {
        let fresh = self.approved.get_mut(&member).and_then(|c| c.fresh.get_mut(usize::from(lot)));
        if let Some(fresh) = fresh {
            fresh.get_or_insert_with(|| Offer::unread(next));
        }
    }

    /// These commitments are in a package now; returns them as the package has them.
    pub(crate) fn used(&mut self, lot: u16, signers: Vec<(u16, Offer<C>)>) -> Vec<(u16, Vec<u8>)> {
        let lot = usize::from(lot);
        for (signer, _) in &signers {
            let Some(candidate) = self.approved.get_mut(signer) else { continue };
            if let (Some(fresh), Some(used)) = (candidate.fresh.get_mut(lot), candidate.used.get_mut(lot)) {
                *used = fresh.take().map(Offer::into_bytes);
            }
        }
        signers.into_iter().map(|(signer, offer)| (signer, offer.into_bytes())).collect()
    }

    pub(crate) fn who_approved_otherwise(&self, signables: u16) -> Option<u16> {
        self.approved.iter().find(|(_, c)| c.signables != signables).map(|(member, _)| *member)
    }

    /// `t` responsive members with their commitments: this device first, then those that failed least, then those
    /// that came first.
    pub(crate) fn choose(&self, wallet: &Wallet<C>, lot: u16) -> Option<Vec<(u16, Offer<C>)>> {
        let mut responsive: Vec<_> = self
            .approved
            .iter()
            .filter(|(member, candidate)| self.is_willing(wallet, **member, candidate))
            .filter_map(|(member, candidate)| {
                let fresh = candidate.fresh.get(usize::from(lot))?.as_ref()?;
                let failures = self.history.get(member).map_or(0, |history| history.failures);
                Some(((*member != wallet.me, failures, candidate.arrival), (*member, fresh)))
            })
            .collect();
        responsive.sort_by_key(|(rank, _)| *rank);
        responsive.truncate(usize::from(wallet.threshold));
        if responsive.len() < usize::from(wallet.threshold) {
            return None;
        }
        let chosen = responsive.into_iter().map(|(_, (member, fresh))| (member, fresh.clone()));
        let mut chosen: Vec<_> = chosen.collect();
        chosen.sort_by_key(|(member, _)| *member);
        Some(chosen)
    }

    fn is_willing(&self, wallet: &Wallet<C>, member: u16, candidate: &Candidate<C>) -> bool {
        let declines = self.history.get(&member).map_or(0, |history| history.declines);
        !candidate.refuses && declines < MOST_DECLINES && wallet.is_linked(member)
    }

    /// How many would sign now, and who refuses the current completion.
    pub(crate) fn count(&self, wallet: &Wallet<C>) -> (usize, Vec<u16>) {
        let willing = self.approved.iter().filter(|(m, c)| self.is_willing(wallet, **m, c)).count();
        let refuses = self.approved.iter().filter(|(m, c)| c.refuses && wallet.is_linked(**m));
        (willing, refuses.map(|(member, _)| *member).collect())
    }
}
