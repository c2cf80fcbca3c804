//! This device's own part in the requests: its user's word, its nonces and its shares.

use frost_core::Ciphersuite as Suite;
use rand_core::CryptoRngCore;

use super::{
    Effect,
    engine::Engine,
    misbehaviour::Misbehaviour,
    proposal::{Completion, Reason, RequestId},
    record::Decision,
    request::Request,
    signable::Signables,
    signer::{Signer, Unsigned},
    wire::{Approve, Body, Turn, Why},
};
use crate::SecretShare;

/// How many bytes of forwarded commitments are read before they are used, in all requests. Read ones have some four times as
/// many.
const MOST_READ_AHEAD: usize = 2 * 1024 * 1024;

impl<C: Suite> Engine<C> {
    pub(super) fn approve(
        &mut self,
        id: RequestId,
        signables: u16,
        share: &SecretShare,
        rng: &mut dyn CryptoRngCore,
    ) {
        let Some(request) = self.requests.get_mut(&id).filter(|request| request.is_open()) else { return };
        let decision = Decision::Approved { signables };
        if request.decision == decision && request.signer.is_some() {
            return;
        }
        let Some(key) = self.wallet.key_package(share) else { return };
        if self.wallet.commitments_length(signables).is_none() {
            return;
        }
        let Some(signer) = Signer::new(signables, &key, rng) else { return };
        request.signer = Some(signer);
        if request.decide(decision) {
            self.store(id);
        }
        self.announce_approval(id);
        self.effect(Effect::Prepare { request: id, with_share: true });
    }

    pub(super) fn prepare(
        &mut self,
        id: RequestId,
        signables: Option<&Signables>,
        share: Option<&SecretShare>,
        rng: &mut dyn CryptoRngCore,
    ) {
        let read = self.requests.values().map(|request| request.forwarded.read_size()).sum::<usize>();
        let Some(request) = self.requests.get_mut(&id).filter(|request| request.is_open()) else { return };
        if let Some(signables) = signables {
            self.wallet.prepare(signables.as_slice());
        }
        let key = share.and_then(|share| self.wallet.key_package(share));
        if let (Some(signer), Some(key)) = (&mut request.signer, key) {
            signer.prepare(&key, rng);
        }
        if request.forwarded.read_one(MOST_READ_AHEAD.saturating_sub(read)) {
            self.effect(Effect::Prepare { request: id, with_share: false });
        }
    }

    /// The commitments to the proposer, and to all others that there are some.
    fn announce_approval(&mut self, id: RequestId) {
        let Some(request) = self.requests.get(&id) else { return };
        let Some(proposer) = self.wallet.position(&request.proposal.proposer) else { return };
        let Some(approval) = approval(request, true) else { return };
        let others: Vec<_> = self.wallet.linked().filter(|member| *member != proposer).collect();
        let short = Body::Approve(Approve { commitments: Vec::new(), ..approval.clone() });
        if self.wallet.is_linked(proposer) {
            self.post(proposer, Body::Approve(approval));
        }
        self.send_to(others, short);
    }

    pub(super) fn reject(&mut self, id: RequestId, reason: Option<Reason>, rng: &mut dyn CryptoRngCore) {
        let me = self.wallet.me;
        let Some(request) = self.requests.get_mut(&id).filter(|request| request.is_open()) else { return };
        let decision = Decision::Rejected { reason: reason.clone() };
        if !request.decide(decision) {
            return;
        }
        request.signer = None;
        let number = request.decisions();
        if let Some(lead) = &mut request.lead {
            lead.withdraw(me);
        }
        self.store(id);
        self.broadcast(Body::Reject { request: id, decision: number, reason });
        self.advance(id, rng);
    }

    pub(super) fn sign(
        &mut self,
        turn: Turn,
        completion: Option<&Completion>,
        signables: Option<Signables>,
        share: &SecretShare,
        rng: &mut dyn CryptoRngCore,
    ) {
        let Some(request) = self.requests.get_mut(&turn.request) else { return };
        let Decision::Approved { signables: count } = request.decision else { return };
        // A proposer could put another completion into the same turn meanwhile.
        if request.signer.as_ref().and_then(|signer| signer.asked(turn)) != Some(completion) {
            return;
        }
        let (Some(key), Some(proposer)) =
            (self.wallet.key_package(share), self.wallet.position(&request.proposal.proposer))
        else {
            return;
        };
        let Some(signer) = &mut request.signer else { return };
        let Some(signables) = signables.filter(|signables| signables.count() == count) else {
            for turn in std::iter::once(turn).chain(signer.forget()) {
                self.post(proposer, Body::Declined { turn, why: Why::Refused });
            }
            return;
        };
        let put_off = signer.put_off(turn);
        self.wallet.prepare(signables.as_slice());
        match signer.sign(&self.wallet, turn, signables.as_slice(), &key, rng) {
            Ok(shares) => {
                if request.gives(completion) {
                    self.store(turn.request);
                }
                self.post(proposer, Body::Shares(shares));
            }
            Err(Unsigned::BadPackage) => self.name(Some(turn.request), proposer, Misbehaviour::BadPackage),
            Err(Unsigned::Nothing) => self.decline_stale(proposer, turn),
        }
        put_off.into_iter().for_each(|turn| self.decline_stale(proposer, turn));
    }

    /// Packages that wait are declined; the nonces are gone until the approval comes again.
    pub(super) fn unable(&mut self, id: RequestId) {
        let Some(request) = self.requests.get_mut(&id) else { return };
        let proposer = self.wallet.position(&request.proposal.proposer);
        let (Some(signer), Some(proposer)) = (request.signer.take(), proposer) else { return };
        signer.waiting().for_each(|turn| self.decline_stale(proposer, turn));
    }

    /// Doesn't answer a package, and says where this device stands instead.
    pub(super) fn decline_stale(&mut self, to: u16, turn: Turn) {
        self.post(to, Body::Declined { turn, why: Why::Stale });
        if let Some(stand) = self.stand(to, turn.request) {
            self.post(to, stand);
        }
    }

    /// What this device's user said, for one member.
    pub(super) fn stand(&self, to: u16, id: RequestId) -> Option<Body> {
        let request = self.requests.get(&id)?;
        let leads = self.wallet.device(to) == Some(request.proposal.proposer);
        match &request.decision {
            Decision::Undecided => None,
            Decision::Approved { .. } => approval(request, leads).map(Body::Approve),
            Decision::Rejected { reason } => {
                Some(Body::Reject { request: id, decision: request.decisions(), reason: reason.clone() })
            }
        }
    }
}

/// This device's approval, if its nonces are here.
fn approval<C: Suite>(request: &Request<C>, with_commitments: bool) -> Option<Approve> {
    let (Decision::Approved { signables }, Some(signer)) = (&request.decision, &request.signer) else {
        return None;
    };
    let commitments = if with_commitments { signer.commitments() } else { Vec::new() };
    Some(Approve { request: request.id, decision: request.decisions(), signables: *signables, commitments })
}
