//! Before the roster: the creator gathers members, a member agrees to a proposal.

use std::collections::{BTreeMap, BTreeSet};

use identity::DeviceId;
use rand_core::CryptoRngCore;

use super::{
    Effect, Round, Stage,
    abort::{Abort, AbortReason, Grounds, Proof, Refusal, Standing, Withdrawal},
    ceremony::{Group, Links, Local},
    ended::Ended,
    params::Params,
    progress::Progress,
    roster::{Member, Roster},
    running::Running,
    signed::Signed,
    wire::{self, Accept, Body, Proposal, Unreadable},
};

/// The creator, until `n − 1` have accepted and are linked.
pub(crate) struct Creating {
    local: Local,
    params: Params,
    accepted: BTreeSet<DeviceId>,
    violations: BTreeMap<DeviceId, AbortReason>,
}

impl Creating {
    pub(crate) fn new(local: Local, params: Params) -> Self {
        Self { local, params, accepted: BTreeSet::new(), violations: BTreeMap::new() }
    }

    pub(crate) fn link_up(
        self,
        links: &Links,
        peer: DeviceId,
        rng: &mut dyn CryptoRngCore,
    ) -> (Stage, Vec<Effect>) {
        let body = if self.accepted.contains(&peer) {
            None
        } else if self.is_full() {
            Some(Body::Refuse(Refusal::Full))
        } else {
            let proposal = Proposal { session: self.local.session, params: self.params.clone() };
            Some(Body::Proposal(Signed::new(&proposal, &self.local.identity)))
        };
        let effects = body.map(|body| self.local.send(peer, body)).into_iter().collect();
        self.start_if_complete(links, effects, rng)
    }

    pub(crate) fn receive(
        mut self,
        links: &Links,
        from: DeviceId,
        bytes: &[u8],
        rng: &mut dyn CryptoRngCore,
    ) -> (Stage, Vec<Effect>) {
        if !links.knows(&from) {
            return (Stage::Creating(self), Vec::new());
        }
        let mut effects = Vec::new();
        match wire::decode(self.local.session, bytes) {
            Ok(Body::Accept(accept)) => {
                let expected = Accept {
                    session: self.local.session,
                    creator: self.local.identity.id(),
                    params: self.params.clone(),
                };
                if !accept.open(&from).is_ok_and(|accept| accept == expected) {
                    return self.misbehaved(links, from, AbortReason::Malformed { by: from });
                }
                if self.is_full() && !self.accepted.contains(&from) {
                    effects.push(self.local.send(from, Body::Refuse(Refusal::Full)));
                } else {
                    self.accepted.insert(from);
                }
            }
            Ok(Body::Proposal(proposal))
                if proposal.open(&from).is_ok_and(|p| p.session == self.local.session) =>
            {
                let first = self.local.identity.id();
                return self.fail(links, AbortReason::ConflictingProposals { first, second: from });
            }
            Ok(Body::Abort(word)) if self.accepted.contains(&from) => {
                // Whoever withdraws from the lobby leaves its place to another.
                if Withdrawal::open(&word, &from, self.local.session, None).is_some() {
                    self.accepted.remove(&from);
                }
            }
            Ok(Body::Abort(_)) => {}
            Err(Unreadable::Version(version)) => {
                return self.misbehaved(links, from, AbortReason::UnsupportedVersion { by: from, version });
            }
            Ok(_) | Err(Unreadable::Malformed) => {
                return self.misbehaved(links, from, AbortReason::Malformed { by: from });
            }
        }
        self.start_if_complete(links, effects, rng)
    }

    /// A stranger's nonsense is noted; a member's ends the session.
    fn misbehaved(mut self, links: &Links, from: DeviceId, reason: AbortReason) -> (Stage, Vec<Effect>) {
        if self.accepted.contains(&from) {
            return self.fail(links, reason);
        }
        let known = self.violations.insert(from, reason.clone()).is_some();
        let effects = if known { Vec::new() } else { vec![Effect::Violation(reason)] };
        (Stage::Creating(self), effects)
    }

    fn is_full(&self) -> bool {
        self.accepted.len() + 1 >= usize::from(self.params.participants())
    }

    fn start_if_complete(
        self,
        links: &Links,
        mut effects: Vec<Effect>,
        rng: &mut dyn CryptoRngCore,
    ) -> (Stage, Vec<Effect>) {
        if !self.is_full() || !self.accepted.iter().all(|peer| links.is_up(peer)) {
            return (Stage::Creating(self), effects);
        }
        let me = self.local.identity.id();
        let mut members: Vec<_> = self
            .accepted
            .iter()
            .filter_map(|peer| Some(Member { id: *peer, name: links.name(peer)?.clone() }))
            .collect();
        members.push(Member { id: me, name: self.local.name.clone() });
        let Some(roster) = Roster::new(self.local.session, me, self.params.clone(), members) else {
            return self.fail(links, AbortReason::Internal);
        };
        let signed = Signed::new(&roster, &self.local.identity);
        let Some(group) = Group::new(self.local.clone(), roster, signed.clone()) else {
            return self.fail(links, AbortReason::Internal);
        };
        for peer in links.peers().into_iter().filter(|peer| !self.accepted.contains(peer)) {
            effects.push(self.local.send(peer, Body::Refuse(Refusal::Full)));
        }
        effects.push(group.broadcast(Body::Roster(signed)));
        let (stage, more) = Running::start(group, links, rng);
        effects.extend(more);
        (stage, effects)
    }

    /// Its place is free again; after a restart it gets the proposal again.
    pub(crate) fn peer_gone(mut self, peer: &DeviceId) -> Self {
        self.accepted.remove(peer);
        self.violations.remove(peer);
        self
    }

    pub(crate) fn deadline(self, links: &Links) -> (Stage, Vec<Effect>) {
        let missing = self.missing(links);
        self.fail(links, AbortReason::Timeout { round: Round::Joining, missing })
    }

    /// Who came and has not agreed, while there are places, and whoever has one and no link.
    fn missing(&self, links: &Links) -> Vec<DeviceId> {
        let is_missing = |peer: &DeviceId| match self.accepted.contains(peer) {
            true => !links.is_up(peer),
            false => !self.is_full(),
        };
        links.peers().into_iter().filter(is_missing).collect()
    }

    pub(crate) fn leave(self, links: &Links) -> (Stage, Vec<Effect>) {
        let by = self.local.identity.id();
        self.fail(links, AbortReason::Cancelled { by })
    }

    fn fail(self, links: &Links, reason: AbortReason) -> (Stage, Vec<Effect>) {
        let progress = self.progress(links);
        let grounds = Grounds::Own(reason.clone());
        fail(self.local, links, progress, Abort { reason, reported_by: None }, grounds)
    }

    pub(crate) fn progress(&self, links: &Links) -> Progress {
        let me = self.local.identity.id();
        let joined = |device: &DeviceId| *device == me || self.accepted.contains(device);
        let mut progress = Progress::lobby(&self.local, links, joined);
        progress.creator = Some(me);
        progress.params = Some(self.params.clone());
        progress.waiting_for = self.missing(links);
        progress.violations = self.violations.values().cloned().collect();
        progress
    }
}

/// Messages of one peer that wait for the roster: its round 1, and what little can overtake ours.
const MOST_EARLY: usize = 4;

/// A member, until it has the roster and all its links.
pub(crate) struct Joining {
    local: Local,
    proposal: Option<(DeviceId, Params)>,
    consented: bool,
    /// Who said before any proposal that there is none for this device, or spoke another version. It may be the
    /// creator, or not.
    rejected: BTreeMap<DeviceId, AbortReason>,
    roster: Option<(Signed<Roster>, Roster)>,
    early: BTreeMap<DeviceId, Vec<Vec<u8>>>,
}

impl Joining {
    pub(crate) fn new(local: Local) -> Self {
        Self {
            local,
            proposal: None,
            consented: false,
            rejected: BTreeMap::new(),
            roster: None,
            early: BTreeMap::new(),
        }
    }

    pub(crate) fn link_up(self, links: &Links, rng: &mut dyn CryptoRngCore) -> (Stage, Vec<Effect>) {
        self.start_if_complete(links, rng)
    }

    pub(crate) fn consent(mut self) -> (Stage, Vec<Effect>) {
        let effects = if self.consented { Vec::new() } else { self.accept() };
        self.consented = self.proposal.is_some();
        (Stage::Joining(Box::new(self)), effects)
    }

    fn accept(&self) -> Vec<Effect> {
        let accept = |(creator, params): &(DeviceId, Params)| {
            let accept = Accept { session: self.local.session, creator: *creator, params: params.clone() };
            self.local.send(*creator, Body::Accept(Signed::new(&accept, &self.local.identity)))
        };
        self.proposal.iter().map(accept).collect()
    }

    pub(crate) fn receive(
        mut self,
        links: &Links,
        from: DeviceId,
        bytes: &[u8],
        rng: &mut dyn CryptoRngCore,
    ) -> (Stage, Vec<Effect>) {
        if !links.knows(&from) {
            return (Stage::Joining(Box::new(self)), Vec::new());
        }
        let proposer = self.proposal.as_ref().map(|(creator, _)| *creator);
        match wire::decode(self.local.session, bytes) {
            Ok(Body::Proposal(proposal)) => self.proposed(links, from, &proposal),
            Ok(Body::Refuse(refusal)) => {
                self.rejected(links, proposer, AbortReason::Refused { by: from, refusal }, from)
            }
            Ok(Body::Roster(roster)) if proposer == Some(from) => self.listed(links, from, roster, rng),
            Ok(Body::Abort(word)) if proposer == Some(from) => {
                match Withdrawal::open(
                    &word,
                    &from,
                    self.local.session,
                    self.roster.as_ref().map(|(_, roster)| roster),
                ) {
                    Some(opened) => {
                        let grounds = Grounds::heard(from, word, &opened);
                        self.fail_for(links, opened.abort, grounds)
                    }
                    None => self.fail(links, AbortReason::Malformed { by: from }),
                }
            }
            Ok(Body::Round1(_) | Body::Echo(_) | Body::Abort(_)) => {
                let waiting = self.early.entry(from).or_default();
                if waiting.len() < MOST_EARLY && !waiting.iter().any(|known| known == bytes) {
                    waiting.push(bytes.to_vec());
                }
                (Stage::Joining(Box::new(self)), Vec::new())
            }
            Err(Unreadable::Version(version)) => {
                self.rejected(links, proposer, AbortReason::UnsupportedVersion { by: from, version }, from)
            }
            Err(_) if proposer == Some(from) => self.fail(links, AbortReason::Malformed { by: from }),
            // Nobody else has anything to say yet.
            Ok(_) | Err(_) => (Stage::Joining(Box::new(self)), Vec::new()),
        }
    }

    /// The proposer's word ends it. Before there is one, anybody could say so: the proposal may still come.
    fn rejected(
        mut self,
        links: &Links,
        proposer: Option<DeviceId>,
        reason: AbortReason,
        by: DeviceId,
    ) -> (Stage, Vec<Effect>) {
        match proposer {
            Some(proposer) if proposer == by => return self.fail(links, reason),
            Some(_) => {}
            None => drop(self.rejected.entry(by).or_insert(reason)),
        }
        (Stage::Joining(Box::new(self)), Vec::new())
    }

    fn proposed(
        mut self,
        links: &Links,
        from: DeviceId,
        proposal: &Signed<Proposal>,
    ) -> (Stage, Vec<Effect>) {
        let opened = proposal.open(&from).ok().filter(|proposal| proposal.session == self.local.session);
        let Some(Proposal { params, .. }) = opened else {
            return match self.proposal {
                Some((creator, _)) if creator == from => {
                    self.fail(links, AbortReason::Malformed { by: from })
                }
                _ => (Stage::Joining(Box::new(self)), Vec::new()),
            };
        };
        match &self.proposal {
            None => {
                self.proposal = Some((from, params.clone()));
                self.rejected.clear();
                (Stage::Joining(Box::new(self)), vec![Effect::Proposed { params, by: from }])
            }
            Some((first, _)) if *first != from => {
                let first = *first;
                self.fail(links, AbortReason::ConflictingProposals { first, second: from })
            }
            Some((_, known)) if *known != params => self.fail(links, AbortReason::Conflict { by: from }),
            // The creator had given our place away while our link was down.
            Some(_) => {
                let effects = if self.consented { self.accept() } else { Vec::new() };
                (Stage::Joining(Box::new(self)), effects)
            }
        }
    }

    fn listed(
        mut self,
        links: &Links,
        by: DeviceId,
        signed: Signed<Roster>,
        rng: &mut dyn CryptoRngCore,
    ) -> (Stage, Vec<Effect>) {
        if let Some((known, _)) = &self.roster {
            let proof = Proof::rosters(known, &signed);
            if proof.convicts(&by, self.local.session) {
                return self.fail(links, AbortReason::Equivocation { by, proof });
            }
            return (Stage::Joining(Box::new(self)), Vec::new());
        }
        let me = Member { id: self.local.identity.id(), name: self.local.name.clone() };
        let agreed = |roster: &Roster| {
            let params = self.proposal.as_ref().map(|(_, params)| params);
            self.consented
                && roster.session() == self.local.session
                && roster.creator() == by
                && Some(roster.params()) == params
                && roster.members().contains(&me)
        };
        match signed.open(&by).ok().filter(agreed) {
            Some(roster) => {
                self.roster = Some((signed, roster));
                self.start_if_complete(links, rng)
            }
            None => self.fail(links, AbortReason::RosterMismatch { by }),
        }
    }

    /// With a roster and links to all in it: compares the names, and hands over what came early.
    fn start_if_complete(self, links: &Links, rng: &mut dyn CryptoRngCore) -> (Stage, Vec<Effect>) {
        let Some((signed, roster)) = &self.roster else {
            return (Stage::Joining(Box::new(self)), Vec::new());
        };
        let me = self.local.identity.id();
        let mut others = roster.members().iter().filter(|member| member.id != me);
        if others.clone().any(|member| !links.is_up(&member.id)) {
            return (Stage::Joining(Box::new(self)), Vec::new());
        }
        let by = roster.creator();
        if others.any(|member| links.name(&member.id) != Some(&member.name)) {
            return self.fail(links, AbortReason::RosterMismatch { by });
        }
        let Some(group) = Group::new(self.local.clone(), roster.clone(), signed.clone()) else {
            return self.fail(links, AbortReason::RosterMismatch { by });
        };
        let (mut stage, mut effects) = Running::start(group, links, rng);
        for (from, bytes) in
            self.early.into_iter().flat_map(|(from, all)| all.into_iter().map(move |bytes| (from, bytes)))
        {
            let (next, more) = stage.receive(links, from, &bytes, rng);
            stage = next;
            effects.extend(more);
        }
        (stage, effects)
    }

    pub(crate) fn peer_gone(
        mut self,
        links: &Links,
        peer: DeviceId,
        reason: AbortReason,
    ) -> (Stage, Vec<Effect>) {
        self.early.remove(&peer);
        let proposer = self.proposal.as_ref().is_some_and(|(creator, _)| *creator == peer);
        let listed = self.roster.as_ref().is_some_and(|(_, roster)| roster.position(&peer).is_some());
        if proposer || listed {
            self.fail(links, reason)
        } else {
            (Stage::Joining(Box::new(self)), Vec::new())
        }
    }

    pub(crate) fn deadline(self, links: &Links) -> (Stage, Vec<Effect>) {
        if let Some(reason) = self.rejected.values().next().cloned() {
            return self.fail(links, reason);
        }
        // A member waits longer than the creator, which would have said for whom it waits itself.
        let Progress { round, waiting_for, .. } = self.progress(links);
        self.fail(links, AbortReason::Timeout { round, missing: waiting_for })
    }

    pub(crate) fn leave(self, links: &Links) -> (Stage, Vec<Effect>) {
        let by = self.local.identity.id();
        self.fail(links, AbortReason::Cancelled { by })
    }

    fn fail(self, links: &Links, reason: AbortReason) -> (Stage, Vec<Effect>) {
        let grounds = Grounds::Own(reason.clone());
        self.fail_for(links, Abort { reason, reported_by: None }, grounds)
    }

    fn fail_for(self, links: &Links, abort: Abort, grounds: Grounds) -> (Stage, Vec<Effect>) {
        let progress = self.progress(links);
        fail(self.local, links, progress, abort, grounds)
    }

    pub(crate) fn progress(&self, links: &Links) -> Progress {
        let me = self.local.identity.id();
        let creator = self.proposal.as_ref().map(|(creator, _)| *creator);
        let joined = |device: &DeviceId| match &self.roster {
            Some((_, roster)) => roster.position(device).is_some(),
            None if *device == me => self.consented,
            None => Some(*device) == creator,
        };
        let mut progress = Progress::lobby(&self.local, links, joined);
        progress.creator = creator;
        progress.params = self.proposal.as_ref().map(|(_, params)| params.clone());
        progress.violations = self.rejected.values().cloned().collect();
        match &self.roster {
            Some((_, roster)) => {
                progress.round = Round::Roster;
                progress.list(roster);
                let down = |member: &&Member| member.id != me && !links.is_up(&member.id);
                progress.waiting_for = roster.members().iter().filter(down).map(|member| member.id).collect();
            }
            None if self.consented => progress.waiting_for = creator.into_iter().collect(),
            None => progress.waiting_for = creator.map(|_| me).into_iter().collect(),
        }
        progress
    }
}

/// Ends in the lobby: tells everyone there.
fn fail(
    local: Local,
    links: &Links,
    progress: Progress,
    abort: Abort,
    grounds: Grounds,
) -> (Stage, Vec<Effect>) {
    let word = Withdrawal { session: local.session, roster: None, grounds, standing: Standing::Unsigned };
    let body = Body::Abort(Signed::new(&word, &local.identity));
    let effects = vec![
        Effect::Broadcast { to: links.peers(), message: local.encode(body) },
        Effect::Failed(abort.clone()),
    ];
    (Stage::Ended(Box::new(Ended::of_lobby(local, progress, &abort))), effects)
}
