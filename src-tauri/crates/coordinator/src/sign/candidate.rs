//! Who approved, with which commitments, and whom the next attempt takes.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use frost_core::Ciphersuite as Suite;

use super::{nonces::Offer, wallet::Wallet, wire::Why};

/// How often a signer may say that its commitments are stale before it has to wait for its link to come up anew:
/// an honest one says so at most once a restart.
const MOST_DECLINES: u32 = 32;
/// How often a member's commitments are read ahead, which lets the proposer forward them. An honest one commits to something
/// else only after a restart, or when its user thinks twice.
const MOST_READ_AHEAD: u32 = 4;

pub(crate) struct Candidates<C: Suite> {
    me: u16,
    approved: BTreeMap<u16, Candidate<C>>,
    /// Also of members that have not approved now.
    history: BTreeMap<u16, History>,
    excluded: BTreeSet<u16>,
    arrivals: u64,
}

struct Candidate<C: Suite> {
    signables: u16,
    arrival: u64,
    /// Commitments that are in no package.
    fresh: Option<Arc<Offer<C>>>,
    /// Those in the last package.
    used: Option<Arc<Offer<C>>>,
    /// It does not sign with the current completion.
    refuses: bool,
}

#[derive(Default)]
struct History {
    failures: u32,
    declines: u32,
    /// How often its commitments were read ahead.
    read: u32,
}

/// Commitments that are none.
pub(crate) struct BadCommitments;

impl<C: Suite> Candidates<C> {
    pub(crate) fn new(me: u16, excluded: BTreeSet<u16>) -> Self {
        Self { me, approved: BTreeMap::new(), history: BTreeMap::new(), excluded, arrivals: 0 }
    }

    /// A member approved. Says whether it committed to something new.
    pub(crate) fn offer(
        &mut self,
        from: u16,
        signables: u16,
        commitments: Vec<u8>,
    ) -> Result<bool, BadCommitments> {
        if self.excluded.contains(&from) {
            return Ok(false);
        }
        self.approved.retain(|member, candidate| *member != from || candidate.signables == signables);
        let candidate = self.approved.entry(from).or_insert_with(|| {
            self.arrivals += 1;
            Candidate { signables, arrival: self.arrivals, fresh: None, used: None, refuses: false }
        });
        // What is in a package already is no offer: the message was sent, or came, before.
        let known = [&candidate.fresh, &candidate.used];
        if known.into_iter().flatten().any(|offer| offer.bytes() == commitments) {
            return Ok(false);
        }
        // Not for ever, so that nobody keeps this device and all others busy with ever other commitments. The rest are read
        // when they are used.
        let history = self.history.entry(from).or_default();
        let offer = if from == self.me || history.read < MOST_READ_AHEAD {
            history.read = history.read.saturating_add(1);
            Offer::read(commitments).ok_or(BadCommitments)?
        } else {
            Offer::unread(commitments)
        };
        candidate.fresh = Some(Arc::new(offer));
        candidate.refuses = false;
        Ok(true)
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
        if member != self.me {
            let history = self.history.entry(member).or_default();
            history.declines = history.declines.saturating_add(1);
        }
    }

    /// A member does not answer a package, with the current completion or with an earlier one.
    pub(crate) fn declined(&mut self, member: u16, why: Why, is_current: bool) {
        match why {
            Why::Stale => self.forgot(member),
            Why::Lacks => {
                self.forgot(member);
                self.unused(member);
            }
            Why::Refused => {
                self.failed(member);
                self.unused(member);
                if let Some(candidate) = self.approved.get_mut(&member) {
                    candidate.refuses |= is_current;
                }
            }
        }
    }

    /// A package to a member went unused, so the commitments are as good as before.
    fn unused(&mut self, member: u16) {
        if let Some(candidate) = self.approved.get_mut(&member).filter(|candidate| candidate.fresh.is_none())
        {
            candidate.fresh = candidate.used.take();
        }
    }

    /// A member's link came up. Whatever it was asked with before may be lost: it says anew what it commits to, and if that is
    /// what it was asked with, it can be asked with it again.
    pub(crate) fn comes_back(&mut self, member: u16) {
        self.history.entry(member).or_default().declines = 0;
        if let Some(candidate) = self.approved.get_mut(&member) {
            candidate.used = None;
        }
    }

    /// There is another completion: whoever refused the last one may sign with it.
    pub(crate) fn ask_again(&mut self) {
        self.approved.values_mut().for_each(|candidate| candidate.refuses = false);
    }

    /// Commitments that came with a share. Newer ones may be here already.
    pub(crate) fn renew(&mut self, member: u16, next: Vec<u8>) {
        if let Some(candidate) = self.approved.get_mut(&member) {
            candidate.fresh.get_or_insert_with(|| Arc::new(Offer::unread(next)));
        }
    }

    /// The commitments of these members are in a package now.
    pub(crate) fn used(&mut self, signers: impl Iterator<Item = u16>) {
        for signer in signers {
            if let Some(candidate) = self.approved.get_mut(&signer) {
                candidate.used = candidate.fresh.take();
            }
        }
    }

    /// The commitments that are in no package.
    pub(crate) fn fresh(&self) -> impl Iterator<Item = (u16, &Arc<Offer<C>>)> {
        self.approved.iter().filter_map(|(member, candidate)| Some((*member, candidate.fresh.as_ref()?)))
    }

    pub(crate) fn who_approved_otherwise(&self, signables: u16) -> Option<u16> {
        self.approved.iter().find(|(_, c)| c.signables != signables).map(|(member, _)| *member)
    }

    /// `t` responsive members with their commitments: this device first, then those that failed least, then those
    /// that came first.
    pub(crate) fn choose(&self, wallet: &Wallet<C>) -> Option<Vec<(u16, Arc<Offer<C>>)>> {
        let mut responsive: Vec<_> = self
            .approved
            .iter()
            .filter(|(member, candidate)| self.is_willing(wallet, **member, candidate))
            .filter_map(|(member, candidate)| {
                let fresh = candidate.fresh.as_ref()?;
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
