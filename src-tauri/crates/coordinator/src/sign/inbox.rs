//! What the other members send.

use std::collections::{BTreeMap, BTreeSet};

use frost_core::{Ciphersuite as Suite, Signature};
use identity::DeviceId;
use rand_core::CryptoRngCore;

use super::{
    Effect,
    engine::Engine,
    misbehaviour::Misbehaviour,
    progress::Stand,
    proposal::{Closing, Completion, Proposal, Reason, RequestId},
    record::End,
    request::Request,
    signable::Signables,
    signer::Verdict,
    wire::{self, Approve, Body, Forward, Known, Outcome, Package, Propose, Shares, Turn, Unreadable, Why},
};
use crate::signed::Signed;

impl<C: Suite> Engine<C> {
    pub(super) fn receive(&mut self, from: u16, bytes: &[u8], rng: &mut dyn CryptoRngCore) {
        match wire::decode(self.wallet.tag, bytes) {
            Ok(body) => self.take(from, body, rng),
            Err(Unreadable::Malformed) => self.name(None, from, Misbehaviour::Malformed),
            Err(Unreadable::Version(version)) => {
                self.name(None, from, Misbehaviour::UnsupportedVersion { version });
            }
        }
    }

    pub(super) fn take(&mut self, from: u16, body: Body, rng: &mut dyn CryptoRngCore) {
        match body {
            Body::Known(known) => self.answer_known(from, &known, rng),
            Body::Propose(propose) => self.proposed(from, propose),
            Body::Approve(approve) => self.approved(from, &approve, rng),
            Body::Reject { request, decision, reason } => self.rejected(from, request, decision, reason, rng),
            Body::Close(closing) => self.closed(from, closing),
            Body::Package(package) => self.package(from, package),
            Body::Shares(shares) => self.shares(from, shares, rng),
            Body::Declined { turn, why } => self.declined(from, turn, why, rng),
            Body::Outcome(outcome) => self.outcome(from, outcome),
            Body::Forward(forward) => self.forwarded(from, forward),
        }
    }

    /// What this device knows, by name.
    pub(super) fn known(&self) -> Known {
        let mut known = Known::default();
        for request in self.requests.values() {
            let list = match &request.end {
                None => &mut known.open,
                Some(End::Signed { .. }) => &mut known.signed,
                Some(_) => &mut known.closed,
            };
            list.push(request.id);
        }
        known
    }

    /// Sends a member what it lacks, and where this device stands.
    fn answer_known(&mut self, to: u16, theirs: &Known, rng: &mut dyn CryptoRngCore) {
        let set = |ids: &[RequestId]| ids.iter().copied().collect::<BTreeSet<_>>();
        let (open, closed, signed) = (set(&theirs.open), set(&theirs.closed), set(&theirs.signed));
        let mut messages = Vec::new();
        for (id, request) in &self.requests {
            if request.is_open() {
                if closed.contains(id) || signed.contains(id) {
                    continue;
                }
                if !open.contains(id) {
                    messages.push(request.propose());
                }
                messages.extend(self.stand(to, *id));
            } else if request.is_signed() && !signed.contains(id) {
                if !open.contains(id) && !closed.contains(id) {
                    messages.push(request.propose());
                }
                messages.extend(request.end_message());
            } else if open.contains(id) {
                messages.extend(request.end_message());
            }
        }
        messages.into_iter().for_each(|message| self.post(to, message));
        self.leads(rng, |id, lead| {
            if !closed.contains(&id) && !signed.contains(&id) {
                lead.knows(to);
            }
        });
    }

    /// The proposal, if its proposer is a member who signed it, and the closing of what it supersedes.
    pub(super) fn open(
        &self,
        signed: &Signed<Proposal>,
        closing: Option<&Signed<Closing>>,
    ) -> Option<Proposal> {
        let claimed = signed.peek().ok()?;
        self.wallet.position(&claimed.proposer)?;
        let proposal = signed.open(&claimed.proposer).ok()?;
        let closes = match (closing, proposal.supersedes) {
            (Some(closing), Some(earlier)) => self.closes(closing, earlier, &proposal.proposer),
            (None, None) => true,
            _ => false,
        };
        (closes && proposal.is_well_formed(self.wallet.tag)).then_some(proposal)
    }

    /// Whether it is the proposer's word that the request is over.
    pub(super) fn closes(&self, closing: &Signed<Closing>, request: RequestId, proposer: &DeviceId) -> bool {
        closing.open(proposer).is_ok_and(|closing| closing == Closing { wallet: self.wallet.tag, request })
    }

    fn proposed(&mut self, from: u16, propose: Propose) {
        let Propose { proposal: signed, closing } = propose;
        let id = RequestId::of(&signed);
        if self.requests.contains_key(&id) || self.is_forgotten(id) {
            return;
        }
        let Some(proposal) = self.open(&signed, closing.as_ref()) else {
            return self.name(None, from, Misbehaviour::Malformed);
        };
        let proposer = proposal.proposer;
        if let (Some(earlier), Some(closing)) = (proposal.supersedes, &closing)
            && self.requests.get(&earlier).is_some_and(|r| r.is_open() && r.proposal.proposer == proposer)
        {
            self.end(earlier, End::Closed { closing: closing.clone(), by: Some(id) });
        }
        if proposal.expires_at <= self.now {
            return self.came_late(id);
        }
        let successor = self.requests.values().filter(|other| other.proposal.proposer == proposer);
        let closed = successor.filter_map(|other| Some((other.closing_of(id)?.clone(), other.id))).next();
        if closed.is_none() && !self.has_place(proposer, 0) {
            self.lacks = true;
            return;
        }
        self.requests.insert(id, Request::new(&self.wallet, signed, proposal.clone(), closing));
        match closed {
            Some((closing, by)) => self.end(id, End::Closed { closing, by: Some(by) }),
            None => {
                self.store(id);
                self.effect(Effect::Requested { request: id, proposal: Box::new(proposal) });
            }
        }
    }

    /// An open request that a member speaks of. Of one that has ended it is told how, and one that is unknown is asked
    /// for.
    fn spoken_of(&mut self, from: u16, id: RequestId) -> Option<&mut Request<C>> {
        let unknown = !self.requests.contains_key(&id) && !self.is_forgotten(id);
        if unknown && !self.lacks {
            self.post(from, Body::Known(self.known()));
        }
        let end = self.requests.get(&id).and_then(Request::end_message);
        if let Some(message) = end.filter(|_| from != self.wallet.me) {
            self.post(from, message);
        }
        self.requests.get_mut(&id).filter(|request| request.is_open())
    }

    fn approved(&mut self, from: u16, approve: &Approve, rng: &mut dyn CryptoRngCore) {
        let id = approve.request;
        let me = self.wallet.me;
        let Some(request) = self.spoken_of(from, id) else { return };
        if from != me && !request.said(from, approve.decision, Stand::Approved) {
            return;
        }
        let lead = self.requests.get_mut(&id).and_then(|request| request.lead.as_mut());
        if let Some(Err(what)) = lead.map(|lead| lead.approve(&self.wallet, from, approve)) {
            self.name(Some(id), from, what);
        }
        self.advance(id, rng);
    }

    fn rejected(
        &mut self,
        from: u16,
        id: RequestId,
        decision: u32,
        reason: Option<Reason>,
        rng: &mut dyn CryptoRngCore,
    ) {
        let Some(request) = self.spoken_of(from, id) else { return };
        if !request.said(from, decision, Stand::Rejected { reason }) {
            return;
        }
        if let Some(lead) = &mut request.lead {
            lead.withdraw(from);
        }
        self.advance(id, rng);
    }

    fn closed(&mut self, from: u16, signed: Signed<Closing>) {
        let Ok(closing) = signed.peek() else { return self.name(None, from, Misbehaviour::Malformed) };
        let id = closing.request;
        let Some(request) = self.requests.get(&id) else { return };
        if !self.closes(&signed, id, &request.proposal.proposer) {
            return self.name(Some(id), from, Misbehaviour::Malformed);
        }
        if request.is_open() {
            self.end(id, End::Closed { closing: signed, by: None });
        }
    }

    /// Whether the request is unknown, or the member's who leads it; whoever pretends to is named.
    fn may_lead(&mut self, from: u16, id: RequestId) -> bool {
        let proposer = self.requests.get(&id).map(|request| request.proposal.proposer);
        let may = proposer.is_none() || proposer == self.wallet.device(from);
        if !may {
            self.name(Some(id), from, Misbehaviour::NotProposer);
        }
        may
    }

    /// What another member commits to. Kept for the packages that name it.
    fn forwarded(&mut self, from: u16, forward: Forward) {
        let Forward { request: id, member, commitments } = forward;
        if !self.may_lead(from, id) {
            return;
        }
        let is_another = member != self.wallet.me && self.wallet.device(member).is_some();
        if !is_another || !self.wallet.are_commitments(commitments.len()) {
            return self.name(Some(id), from, Misbehaviour::Malformed);
        }
        if !self.is_open(id) {
            return;
        }
        let before = self.requests.get(&id).and_then(|request| request.forwarded.get(member));
        let before = before.map_or(0, |offer| offer.bytes().len());
        self.make_room(id, commitments.len().saturating_sub(before));
        let request = self.requests.get_mut(&id);
        if request.is_some_and(|request| request.forwarded.put(member, commitments)) {
            self.effect(Effect::Prepare { request: id, with_share: false });
        }
    }

    /// A proposer has room for the commitments of all members to one request of the largest. They can be in more of its
    /// requests if these are smaller; otherwise those of others are dropped, and are sent again when they are lacking.
    fn make_room(&mut self, id: RequestId, bytes: usize) {
        let Some(proposer) = self.requests.get(&id).map(|request| request.proposal.proposer) else { return };
        let most = self.wallet.longest_commitments() * self.wallet.positions().count();
        let mut own: Vec<_> =
            self.requests.values_mut().filter(|request| request.proposal.proposer == proposer).collect();
        let mut size = own.iter().map(|request| request.forwarded.size()).sum::<usize>() + bytes;
        for request in own.iter_mut().filter(|request| request.id != id) {
            if size <= most {
                return;
            }
            size -= request.forwarded.size();
            request.forwarded.drop_all();
        }
    }

    fn package(&mut self, from: u16, package: Package) {
        let (turn, completion) = (package.turn, package.completion.clone());
        if !self.may_lead(from, turn.request) {
            return;
        }
        if self.spoken_of(from, turn.request).is_none() {
            return;
        }
        let Some(request) = self.requests.get_mut(&turn.request) else { return };
        if !request.fits(completion.as_ref()) {
            return self.name(Some(turn.request), from, Misbehaviour::BadPackage);
        }
        let has_room = request.has_room_for(completion.as_ref());
        let Some(signer) = &mut request.signer else { return self.decline_stale(from, turn) };
        match signer.package(&self.wallet, package, &request.forwarded) {
            Verdict::Ask if !has_room => {
                signer.forget();
                self.post(from, Body::Declined { turn, why: Why::Refused });
            }
            Verdict::Ask => {
                let earlier =
                    request.completions.iter().filter(|earlier| Some(*earlier) != completion.as_ref());
                let earlier = earlier.cloned().collect();
                self.effect(Effect::Sign { turn, completion, earlier });
            }
            Verdict::Wait => {}
            Verdict::Stale => self.decline_stale(from, turn),
            Verdict::Lacks => self.post(from, Body::Declined { turn, why: Why::Lacks }),
            Verdict::Bad => self.name(Some(turn.request), from, Misbehaviour::BadPackage),
        }
    }

    fn shares(&mut self, from: u16, shares: Shares, rng: &mut dyn CryptoRngCore) {
        let id = shares.turn.request;
        let lead = self.requests.get_mut(&id).and_then(|request| request.lead.as_mut());
        if let Some(Err(what)) = lead.map(|lead| lead.shares(&self.wallet, from, shares)) {
            self.name(Some(id), from, what);
        }
        self.advance(id, rng);
    }

    fn declined(&mut self, from: u16, turn: Turn, why: Why, rng: &mut dyn CryptoRngCore) {
        let lead = self.requests.get_mut(&turn.request).and_then(|request| request.lead.as_mut());
        if let Some(lead) = lead {
            lead.declined(from, turn, why);
        }
        self.advance(turn.request, rng);
    }

    fn outcome(&mut self, from: u16, outcome: Outcome) {
        let id = outcome.request;
        let Some(request) = self.requests.get_mut(&id).filter(|request| !request.is_signed()) else { return };
        if !request.fits(outcome.completion.as_ref()) {
            return self.name(Some(id), from, Misbehaviour::BadOutcome);
        }
        let completion = outcome.completion.clone();
        let asked = request.unverified.values().any(|other| other.completion == completion);
        request.unverified.insert(from, outcome);
        if !asked {
            self.effect(Effect::Verify { request: id, completion });
        }
    }

    /// Checks the outcomes that came with this completion.
    pub(super) fn verify(
        &mut self,
        id: RequestId,
        completion: Option<&Completion>,
        signables: Option<&Signables>,
    ) {
        let Some(request) = self.requests.get_mut(&id) else { return };
        let (mut these, others): (BTreeMap<_, _>, _) = std::mem::take(&mut request.unverified)
            .into_iter()
            .partition(|(_, outcome)| outcome.completion.as_ref() == completion);
        request.unverified = others;
        let Some(signables) = signables else { return };
        while let Some((from, outcome)) = these.pop_first() {
            if let Some(signatures) = self.signatures(&outcome.signatures, signables) {
                return self.end(id, End::Signed { completion: outcome.completion, signatures });
            }
            self.name(Some(id), from, Misbehaviour::BadOutcome);
        }
    }

    /// One signature for each signable, all of which verify.
    fn signatures(&self, bytes: &[u8], signables: &Signables) -> Option<Vec<Vec<u8>>> {
        let chunks = bytes.chunks_exact(self.wallet.signature_length());
        if !chunks.remainder().is_empty() || chunks.len() != usize::from(signables.count()) {
            return None;
        }
        chunks
            .zip(signables.as_slice())
            .map(|(bytes, signable)| {
                let signature = Signature::<C>::deserialize(bytes).ok()?;
                self.wallet.derived(signable.key)?.key().verify(&signable.message, &signature).ok()?;
                Some(bytes.to_vec())
            })
            .collect()
    }
}
