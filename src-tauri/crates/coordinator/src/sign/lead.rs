//! The proposer's part: ROAST (<https://eprint.iacr.org/2022/550>), once for each lot.
//!
//! An approver is *responsive* while its commitments are at hand, it is linked, and nothing is expected of it. An
//! attempt takes `t` responsive ones. When somebody is late, another attempt begins beside it as soon as `t` are
//! responsive again. Each attempt that is open waits for a signer that no other attempt of the lot waits for, so there
//! are at most `n − t + 1`, and with `t` honest approvers one of them succeeds.

use std::collections::{BTreeMap, BTreeSet};

use frost_core::Ciphersuite as Suite;
use rand_core::CryptoRngCore;

use super::{
    attempt::{Attempt, Next},
    candidate::Candidates,
    misbehaviour::Misbehaviour,
    proposal::{Completion, RequestId},
    signable::Signables,
    wallet::{Lots, Wallet},
    wire::{Approve, Package, Shares, Turn, Why},
};

pub(crate) struct Lead<C: Suite> {
    request: RequestId,
    needs_completion: bool,
    candidates: Candidates<C>,
    begun: Option<Begun>,
    attempts: BTreeMap<u64, Attempt<C>>,
    /// By lot.
    signatures: Vec<Option<Vec<Vec<u8>>>>,
    /// The node was told that it can begin, or has to begin anew, and has not yet.
    is_ready: bool,
    tried: u32,
}

struct Begun {
    completion: Option<Completion>,
    signables: Signables,
    lots: Lots,
    generation: u32,
}

/// What the proposer does.
pub(crate) enum Step {
    /// Ask these signers.
    Start { package: Package },
    /// A device misbehaved.
    Name(u16, Misbehaviour),
    /// The rounds can begin, or begin anew since these refuse the last completion.
    Ready { refused: Vec<u16> },
    /// Everything is signed.
    Done { completion: Option<Completion>, signatures: Vec<Vec<u8>> },
}

impl<C: Suite> Lead<C> {
    pub(crate) fn new(request: RequestId, needs_completion: bool, excluded: BTreeSet<u16>) -> Self {
        Self {
            request,
            needs_completion,
            candidates: Candidates::new(excluded),
            begun: None,
            attempts: BTreeMap::new(),
            signatures: Vec::new(),
            is_ready: false,
            tried: 0,
        }
    }

    pub(crate) fn approve(
        &mut self,
        wallet: &Wallet<C>,
        from: u16,
        approve: &Approve,
    ) -> Result<(), Misbehaviour> {
        let lots = wallet.lots(approve.signables).ok_or(Misbehaviour::Malformed)?;
        let commitments = lots.split(&approve.commitments).ok_or(Misbehaviour::Malformed)?;
        if self.begun.as_ref().is_some_and(|begun| begun.signables.count() != approve.signables) {
            self.exclude(from);
            return Err(Misbehaviour::WrongCount);
        }
        let Ok(news) = self.candidates.offer(from, approve.signables, commitments) else {
            self.exclude(from);
            return Err(Misbehaviour::BadCommitments);
        };
        for lot in news {
            // Who commits to something else has forgotten what it was asked with.
            for attempt in self.attempts.values_mut().filter(|attempt| attempt.lot == lot) {
                if attempt.awaited.contains(&from) {
                    attempt.give_up_on(from);
                    self.candidates.forgot(from);
                }
            }
        }
        Ok(())
    }

    /// The member has not approved any more, or has forgotten its nonces.
    pub(crate) fn withdraw(&mut self, member: u16) {
        self.candidates.remove(member);
        self.attempts.values_mut().for_each(|attempt| attempt.give_up_on(member));
    }

    fn exclude(&mut self, member: u16) {
        self.candidates.exclude(member);
        self.withdraw(member);
    }

    pub(crate) fn link(&mut self, member: u16, up: bool) {
        if up {
            self.candidates.rest_is_over(member);
            return;
        }
        for attempt in self.attempts.values_mut().filter(|attempt| attempt.awaited.contains(&member)) {
            attempt.stalled = true;
            self.candidates.failed(member);
        }
    }

    pub(crate) fn overdue(&mut self, turn: Turn) {
        let attempt = self.attempts.get_mut(&turn.attempt).filter(|attempt| attempt.lot == turn.lot);
        if let Some(attempt) = attempt.filter(|attempt| !attempt.stalled) {
            attempt.stalled = true;
            attempt.awaited.iter().for_each(|late| self.candidates.failed(*late));
        }
    }

    /// Begins the rounds, or begins them anew with another completion. `false` if that makes no sense.
    pub(crate) fn begin(
        &mut self,
        wallet: &Wallet<C>,
        completion: Option<Completion>,
        signables: Signables,
    ) -> bool {
        let begun_with = self.begun.as_ref().map(|begun| &begun.completion);
        if completion.is_some() != self.needs_completion || begun_with == Some(&completion) {
            return false;
        }
        let Some(lots) = wallet.lots(signables.count()) else { return false };
        let generation = self.begun.as_ref().map_or(0, |begun| begun.generation.wrapping_add(1));
        self.signatures = vec![None; usize::from(lots.number())];
        self.begun = Some(Begun { completion, signables, lots, generation });
        self.is_ready = false;
        self.candidates.ask_again();
        true
    }

    pub(crate) fn shares(&mut self, from: u16, shares: Shares) -> Result<(), Misbehaviour> {
        let Shares { turn, shares, next } = shares;
        let Some(attempt) = self.attempts.get_mut(&turn.attempt) else { return Ok(()) };
        if attempt.lot != turn.lot || !attempt.expects(from) {
            return Ok(());
        }
        let length = self.begun.as_ref().and_then(|begun| begun.lots.commitments(turn.lot));
        let problem = if length != Some(next.len()) {
            attempt.give_up_on(from);
            Misbehaviour::BadCommitments
        } else if attempt.answer(from, &shares, next) {
            return Ok(());
        } else {
            Misbehaviour::BadShare
        };
        self.exclude(from);
        Err(problem)
    }

    pub(crate) fn declined(&mut self, from: u16, turn: Turn, why: Why) {
        let attempt = self.attempts.get_mut(&turn.attempt).filter(|attempt| attempt.lot == turn.lot);
        let Some(attempt) = attempt.filter(|attempt| attempt.awaited.contains(&from)) else { return };
        attempt.give_up_on(from);
        self.candidates.declined(from, turn.lot, why);
    }

    /// Goes on as far as possible.
    pub(crate) fn advance(&mut self, wallet: &Wallet<C>, rng: &mut dyn CryptoRngCore) -> Vec<Step> {
        let mut steps = Vec::new();
        loop {
            let finished: Vec<_> = self
                .attempts
                .iter()
                .filter(|(_, attempt)| attempt.is_complete())
                .map(|(id, _)| *id)
                .collect();
            for id in finished {
                if let Some(attempt) = self.attempts.remove(&id) {
                    self.finish(&attempt, &mut steps);
                }
            }
            self.check_stalled(&mut steps);
            let lots = self.begun.as_ref().map_or(0, |begun| begun.lots.number());
            // A start that finds a cheater changes who is left.
            if (0..lots).all(|lot| self.start(wallet, lot, &mut steps, rng)) {
                break;
            }
        }
        self.say_ready(wallet, &mut steps);
        if let Some(begun) = &self.begun
            && self.signatures.iter().all(Option::is_some)
        {
            let signatures = self.signatures.iter().flatten().flatten().cloned().collect();
            steps.push(Step::Done { completion: begun.completion.clone(), signatures });
        }
        steps
    }

    /// All have answered.
    fn finish(&mut self, attempt: &Attempt<C>, steps: &mut Vec<Step>) {
        let culprits = match attempt.aggregate() {
            Ok(signatures) => {
                let current = self.begun.as_ref().is_some_and(|begun| begun.generation == attempt.generation);
                if let Some(place) = self.signatures.get_mut(usize::from(attempt.lot)).filter(|_| current) {
                    place.get_or_insert(signatures);
                }
                BTreeSet::new()
            }
            Err(culprits) => culprits,
        };
        self.blame(culprits.iter().copied(), steps);
        self.go_on(attempt.lot, attempt.nexts().filter(|(signer, _)| !culprits.contains(signer)));
    }

    /// Whoever answered in an attempt that waits for others is checked, and free for another one.
    fn check_stalled(&mut self, steps: &mut Vec<Step>) {
        loop {
            let stalled = self.attempts.values_mut().filter(|attempt| attempt.stalled);
            let checked: Vec<_> = stalled.map(|attempt| (attempt.lot, attempt.verify())).collect();
            let found_none = checked.iter().all(|(_, (_, bad))| bad.is_empty());
            for (lot, (good, bad)) in checked {
                self.go_on(lot, good.into_iter());
                self.blame(bad.into_iter(), steps);
            }
            // A cheater that is found stalls its other attempts, too.
            if found_none {
                break;
            }
        }
        self.attempts.retain(|_, attempt| !attempt.awaited.is_empty());
    }

    fn go_on(&mut self, lot: u16, nexts: impl Iterator<Item = Next>) {
        nexts.for_each(|(signer, next)| self.candidates.renew(signer, lot, next));
    }

    fn blame(&mut self, culprits: impl Iterator<Item = u16>, steps: &mut Vec<Step>) {
        for culprit in culprits {
            self.exclude(culprit);
            steps.push(Step::Name(culprit, Misbehaviour::BadShare));
        }
    }

    /// Begins an attempt if one is due and `t` are responsive; `false` if somebody's commitments are none.
    fn start(
        &mut self,
        wallet: &Wallet<C>,
        lot: u16,
        steps: &mut Vec<Step>,
        rng: &mut dyn CryptoRngCore,
    ) -> bool {
        let Some(begun) = &self.begun else { return true };
        let done = self.signatures.get(usize::from(lot)).is_none_or(Option::is_some);
        let current = |attempt: &&Attempt<C>| attempt.lot == lot && attempt.generation == begun.generation;
        if done || self.attempts.values().filter(current).any(|attempt| !attempt.stalled) {
            return true;
        }
        if let Some(member) = self.candidates.who_approved_otherwise(begun.signables.count()) {
            self.exclude(member);
            steps.push(Step::Name(member, Misbehaviour::WrongCount));
            return false;
        }
        let Some(signers) = self.candidates.choose(wallet, lot) else { return true };
        let range = begun.lots.range(lot);
        let Some(signables) = range.and_then(|range| begun.signables.as_slice().get(range)) else {
            return true;
        };
        match Attempt::new(wallet, lot, begun.generation, signables, &signers) {
            Ok(attempt) => {
                let turn = Turn { request: self.request, lot, attempt: rng.next_u64() };
                let completion = begun.completion.clone();
                let signers = self.candidates.used(lot, signers);
                self.attempts.insert(turn.attempt, attempt);
                self.tried = self.tried.saturating_add(1);
                steps.push(Step::Start { package: Package { turn, completion, signers } });
                true
            }
            Err(Some(culprit)) => {
                self.exclude(culprit);
                steps.push(Step::Name(culprit, Misbehaviour::BadCommitments));
                false
            }
            Err(None) => true,
        }
    }

    /// The node is told once that it can begin, and once for each completion that too many refuse.
    fn say_ready(&mut self, wallet: &Wallet<C>, steps: &mut Vec<Step>) {
        let threshold = usize::from(wallet.threshold);
        let (willing, refused) = self.candidates.count(wallet);
        let begin = self.begun.is_none() && willing >= threshold;
        let again = self.begun.is_some()
            && self.needs_completion
            && willing < threshold
            && willing + refused.len() >= threshold;
        if (begin || again) && !self.is_ready {
            self.is_ready = true;
            steps.push(Step::Ready { refused });
        }
    }

    pub(crate) fn picture(&self) -> Picture {
        let current = self.begun.as_ref().map(|begun| begun.generation);
        let undone = |attempt: &&Attempt<C>| {
            let signed = self.signatures.get(usize::from(attempt.lot)).is_none_or(Option::is_some);
            Some(attempt.generation) == current && !signed
        };
        let open = || self.attempts.values().filter(undone);
        Picture {
            begun: self.begun.is_some(),
            lots: u16::try_from(self.signatures.len()).unwrap_or(u16::MAX),
            done: u16::try_from(self.signatures.iter().flatten().count()).unwrap_or(u16::MAX),
            attempts: self.tried,
            awaited: open().flat_map(|attempt| attempt.awaited.iter().copied()).collect(),
            answered: open().flat_map(|attempt| attempt.nexts().map(|(signer, _)| signer)).collect(),
        }
    }
}

/// How far the rounds are, for people.
#[derive(Default)]
pub(crate) struct Picture {
    pub(crate) begun: bool,
    pub(crate) lots: u16,
    pub(crate) done: u16,
    pub(crate) attempts: u32,
    pub(crate) awaited: BTreeSet<u16>,
    pub(crate) answered: BTreeSet<u16>,
}
