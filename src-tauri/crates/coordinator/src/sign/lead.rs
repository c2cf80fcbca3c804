//! The proposer's part: ROAST (<https://eprint.iacr.org/2022/550>).
//!
//! An approver is *responsive* while its commitments are at hand, it is linked, and nothing is expected of it. An
//! attempt takes `t` responsive ones. When somebody is late, another attempt begins beside it as soon as `t` are
//! responsive again. Each attempt that is open waits for a signer that no other attempt waits for, so there are at most
//! `n − t + 1`, and with `t` honest approvers one of them succeeds.
//!
//! Commitments are forwarded to all as they come, while people still decide; packages only name them. Whoever lacks some of
//! an attempt is sent them once more.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use frost_core::Ciphersuite as Suite;
use rand_core::CryptoRngCore;

use super::{
    attempt::{Attempt, Next},
    candidate::Candidates,
    misbehaviour::Misbehaviour,
    nonces::Offer,
    proposal::{Completion, RequestId},
    signable::Signables,
    wallet::Wallet,
    wire::{Approve, Package, Shares, Turn, Why},
};
use crate::hash::Hash;

pub(crate) struct Lead<C: Suite> {
    request: RequestId,
    needs_completion: bool,
    candidates: Candidates<C>,
    /// Who has the proposal, and which commitments each was sent last, by whose they are.
    told: BTreeMap<u16, BTreeMap<u16, Hash>>,
    begun: Option<Begun>,
    attempts: BTreeMap<u64, Attempt<C>>,
    /// Who is asked once more in an attempt.
    again: Vec<(u64, u16)>,
    signatures: Option<Vec<Vec<u8>>>,
    /// The node was told that it can begin, or has to begin anew, and has not yet.
    is_ready: bool,
    tried: u32,
}

struct Begun {
    completion: Option<Completion>,
    signables: Signables,
    generation: u32,
}

/// What the proposer does.
pub(crate) enum Step<C: Suite> {
    /// Tell a member what another commits to, ahead of a package or with one.
    Forward { to: u16, member: u16, offer: Arc<Offer<C>>, ahead: bool },
    /// An attempt begins.
    Started { turn: Turn, signers: Vec<u16> },
    /// Ask one of its signers.
    Ask { to: u16, package: Package },
    /// A device misbehaved.
    Name(u16, Misbehaviour),
    /// The rounds can begin, or begin anew since these refuse the last completion.
    Ready { refused: Vec<u16> },
    /// Everything is signed.
    Done { completion: Option<Completion>, signatures: Vec<Vec<u8>> },
}

impl<C: Suite> Lead<C> {
    pub(crate) fn new(request: RequestId, me: u16, needs_completion: bool, excluded: BTreeSet<u16>) -> Self {
        Self {
            request,
            needs_completion,
            candidates: Candidates::new(me, excluded),
            told: BTreeMap::from([(me, BTreeMap::new())]),
            begun: None,
            attempts: BTreeMap::new(),
            again: Vec::new(),
            signatures: None,
            is_ready: false,
            tried: 0,
        }
    }

    /// A member has the proposal, or will have it before anything that is sent to it from here on.
    pub(crate) fn knows(&mut self, member: u16) {
        self.told.entry(member).or_default();
    }

    pub(crate) fn approve(
        &mut self,
        wallet: &Wallet<C>,
        from: u16,
        approve: &Approve,
    ) -> Result<(), Misbehaviour> {
        self.knows(from);
        if wallet.commitments_length(approve.signables) != Some(approve.commitments.len()) {
            return Err(Misbehaviour::Malformed);
        }
        if self.begun.as_ref().is_some_and(|begun| begun.signables.count() != approve.signables) {
            self.exclude(from);
            return Err(Misbehaviour::WrongCount);
        }
        let Ok(is_new) = self.candidates.offer(from, approve.signables, approve.commitments.clone()) else {
            self.exclude(from);
            return Err(Misbehaviour::BadCommitments);
        };
        // Who commits to something else has forgotten what it was asked with.
        for attempt in self.attempts.values_mut().filter(|attempt| is_new && attempt.awaited.contains(&from))
        {
            attempt.give_up_on(from);
            self.candidates.forgot(from);
        }
        Ok(())
    }

    /// The member has not approved any more, or has forgotten its nonces.
    pub(crate) fn withdraw(&mut self, member: u16) {
        self.candidates.remove(member);
        self.attempts.values_mut().for_each(|attempt| attempt.give_up_on(member));
    }

    /// A member's memory is gone.
    pub(crate) fn restarted(&mut self, member: u16) {
        self.told.remove(&member);
        self.withdraw(member);
    }

    fn exclude(&mut self, member: u16) {
        self.candidates.exclude(member);
        self.withdraw(member);
    }

    pub(crate) fn link(&mut self, member: u16, up: bool) {
        if up {
            self.candidates.comes_back(member);
            return;
        }
        for attempt in self.attempts.values_mut().filter(|attempt| attempt.awaited.contains(&member)) {
            attempt.stalled = true;
            self.candidates.failed(member);
        }
    }

    /// Asks once more who has not answered in time, since what they were asked may be lost. Whoever has it takes it for nothing
    /// new. Whether the attempt is still waited for.
    pub(crate) fn overdue(&mut self, turn: Turn) -> bool {
        let current = self.begun.as_ref().map(|begun| begun.generation);
        let Some(attempt) = self.attempts.get_mut(&turn.attempt) else { return false };
        let is_first = !std::mem::replace(&mut attempt.stalled, true);
        for late in &attempt.awaited {
            if is_first {
                self.candidates.failed(*late);
            }
            self.again.push((turn.attempt, *late));
        }
        // `ask` leaves out those of an earlier completion.
        Some(attempt.generation) == current && !attempt.awaited.is_empty()
    }

    /// Begins the rounds, or begins them anew with another completion. `false` if that makes no sense.
    pub(crate) fn begin(&mut self, completion: Option<Completion>, signables: Signables) -> bool {
        let begun_with = self.begun.as_ref().map(|begun| &begun.completion);
        if completion.is_some() != self.needs_completion || begun_with == Some(&completion) {
            return false;
        }
        let generation = self.begun.as_ref().map_or(0, |begun| begun.generation.wrapping_add(1));
        self.begun = Some(Begun { completion, signables, generation });
        self.is_ready = false;
        self.candidates.ask_again();
        true
    }

    pub(crate) fn shares(
        &mut self,
        wallet: &Wallet<C>,
        from: u16,
        shares: Shares,
    ) -> Result<(), Misbehaviour> {
        let Shares { turn, shares, next } = shares;
        let Some(attempt) = self.attempts.get_mut(&turn.attempt).filter(|attempt| attempt.expects(from))
        else {
            return Ok(());
        };
        let count = self.begun.as_ref().map(|begun| begun.signables.count());
        let problem = if count.and_then(|count| wallet.commitments_length(count)) != Some(next.len()) {
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
        let attempt = self.attempts.get_mut(&turn.attempt);
        let Some(attempt) = attempt.filter(|attempt| attempt.awaited.contains(&from)) else { return };
        let current = self.begun.as_ref().is_some_and(|begun| begun.generation == attempt.generation);
        if why == Why::Lacks && current && attempt.lacks(from) {
            self.told.remove(&from);
            return self.again.push((turn.attempt, from));
        }
        attempt.give_up_on(from);
        self.candidates.declined(from, why, current);
    }

    /// Goes on as far as possible.
    pub(crate) fn advance(&mut self, wallet: &Wallet<C>, rng: &mut dyn CryptoRngCore) -> Vec<Step<C>> {
        let mut steps = Vec::new();
        for (attempt, signer) in std::mem::take(&mut self.again) {
            self.ask(attempt, signer, &mut steps);
        }
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
            // A start that finds a cheater changes who is left.
            if self.start(wallet, &mut steps, rng) {
                break;
            }
        }
        self.tell(wallet, &mut steps);
        self.say_ready(wallet, &mut steps);
        if let (Some(begun), Some(signatures)) = (&self.begun, &self.signatures) {
            steps.push(Step::Done { completion: begun.completion.clone(), signatures: signatures.clone() });
        }
        steps
    }

    /// Before the rounds begin, everyone who has the proposal learns what the others commit to: what was read, so that a
    /// member that commits to ever other things has this device send them to nobody.
    fn tell(&mut self, wallet: &Wallet<C>, steps: &mut Vec<Step<C>>) {
        if self.begun.is_some() {
            return;
        }
        for (member, offer) in self.candidates.fresh().filter(|(_, offer)| offer.is_read()) {
            for (to, known) in self.told.iter_mut().filter(|(to, _)| wallet.is_linked(**to)) {
                if is_news(known, *to, member, offer) {
                    steps.push(Step::Forward { to: *to, member, offer: Arc::clone(offer), ahead: true });
                }
            }
        }
    }

    /// Asks a signer of an attempt, and tells it before what it has not been told of the others.
    fn ask(&mut self, id: u64, to: u16, steps: &mut Vec<Step<C>>) {
        let (Some(begun), Some(attempt)) = (&self.begun, self.attempts.get(&id)) else { return };
        if attempt.generation != begun.generation {
            return;
        }
        let known = self.told.entry(to).or_default();
        for (member, offer) in attempt.offers() {
            if is_news(known, to, *member, offer) {
                steps.push(Step::Forward { to, member: *member, offer: Arc::clone(offer), ahead: false });
            }
        }
        let turn = Turn { request: self.request, attempt: id };
        let signers = attempt.offers().iter().map(|(member, offer)| (*member, offer.hash())).collect();
        let package = Package { turn, completion: begun.completion.clone(), signers };
        steps.push(Step::Ask { to, package });
    }

    /// All have answered.
    fn finish(&mut self, attempt: &Attempt<C>, steps: &mut Vec<Step<C>>) {
        let culprits = match attempt.aggregate() {
            Ok(signatures) => {
                if self.begun.as_ref().is_some_and(|begun| begun.generation == attempt.generation) {
                    self.signatures.get_or_insert(signatures);
                }
                BTreeSet::new()
            }
            Err(culprits) => culprits,
        };
        self.blame(culprits.iter().copied(), steps);
        self.go_on(attempt.nexts().filter(|(signer, _)| !culprits.contains(signer)));
    }

    /// Whoever answered in an attempt that waits for others is checked, and free for another one.
    fn check_stalled(&mut self, steps: &mut Vec<Step<C>>) {
        loop {
            let stalled = self.attempts.values_mut().filter(|attempt| attempt.stalled);
            let checked: Vec<_> = stalled.map(Attempt::verify).collect();
            let found_none = checked.iter().all(|(_, bad)| bad.is_empty());
            for (good, bad) in checked {
                self.go_on(good.into_iter());
                self.blame(bad.into_iter(), steps);
            }
            // A cheater that is found stalls its other attempts, too.
            if found_none {
                break;
            }
        }
        self.attempts.retain(|_, attempt| !attempt.awaited.is_empty());
    }

    fn go_on(&mut self, nexts: impl Iterator<Item = Next>) {
        nexts.for_each(|(signer, next)| self.candidates.renew(signer, next));
    }

    fn blame(&mut self, culprits: impl Iterator<Item = u16>, steps: &mut Vec<Step<C>>) {
        for culprit in culprits {
            self.exclude(culprit);
            steps.push(Step::Name(culprit, Misbehaviour::BadShare));
        }
    }

    /// Begins an attempt if one is due and `t` are responsive; `false` if somebody's commitments are none.
    fn start(&mut self, wallet: &Wallet<C>, steps: &mut Vec<Step<C>>, rng: &mut dyn CryptoRngCore) -> bool {
        let Some(begun) = &self.begun else { return true };
        let current = |attempt: &&Attempt<C>| attempt.generation == begun.generation;
        if self.signatures.is_some() || self.attempts.values().filter(current).any(|attempt| !attempt.stalled)
        {
            return true;
        }
        if let Some(member) = self.candidates.who_approved_otherwise(begun.signables.count()) {
            self.exclude(member);
            steps.push(Step::Name(member, Misbehaviour::WrongCount));
            return false;
        }
        let Some(offers) = self.candidates.choose(wallet) else { return true };
        let signers: Vec<_> = offers.iter().map(|(signer, _)| *signer).collect();
        match Attempt::new(wallet, begun.generation, begun.signables.as_slice(), offers) {
            Ok(attempt) => {
                let turn = Turn { request: self.request, attempt: rng.next_u64() };
                self.candidates.used(signers.iter().copied());
                self.attempts.insert(turn.attempt, attempt);
                self.tried = self.tried.saturating_add(1);
                steps.push(Step::Started { turn, signers: signers.clone() });
                signers.into_iter().for_each(|signer| self.ask(turn.attempt, signer, steps));
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
    fn say_ready(&mut self, wallet: &Wallet<C>, steps: &mut Vec<Step<C>>) {
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
        let open = || {
            let undone = self.attempts.values().filter(|_| self.signatures.is_none());
            undone.filter(|attempt| Some(attempt.generation) == current)
        };
        Picture {
            begun: self.begun.is_some(),
            attempts: self.tried,
            awaited: open().flat_map(|attempt| attempt.awaited.iter().copied()).collect(),
            answered: open().flat_map(Attempt::answered).collect(),
        }
    }
}

/// Whether a member is to be told what another commits to: not if that was the last that it was told.
fn is_news<C: Suite>(known: &mut BTreeMap<u16, Hash>, to: u16, member: u16, offer: &Offer<C>) -> bool {
    to != member && known.insert(member, offer.hash()) != Some(offer.hash())
}

/// How far the rounds are, for people.
#[derive(Default)]
pub(crate) struct Picture {
    pub(crate) begun: bool,
    pub(crate) attempts: u32,
    pub(crate) awaited: BTreeSet<u16>,
    pub(crate) answered: BTreeSet<u16>,
}
