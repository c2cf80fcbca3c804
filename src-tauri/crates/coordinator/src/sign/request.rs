//! One request as this device knows it.

use std::collections::BTreeMap;

use frost_core::Ciphersuite as Suite;

use super::{
    forwarded::Forwarded,
    lead::Lead,
    misbehaviour::{Misbehaviour, Named},
    progress::Stand,
    proposal::{Closing, Completion, Proposal, RequestId},
    record::{Decision, End, Kept, Said, StoredRequest},
    signer::Signer,
    wallet::Wallet,
    wire::{Body, Outcome, Propose},
};
use crate::signed::Signed;

/// The most completions that a device signs one request with.
const MOST_COMPLETIONS: usize = 16;

pub(crate) struct Request<C: Suite> {
    pub(crate) id: RequestId,
    pub(crate) proposal: Proposal,
    signed: Signed<Proposal>,
    closing: Option<Signed<Closing>>,
    pub(crate) decision: Decision,
    decisions: u32,
    /// Those with which this device has given shares.
    pub(crate) completions: Vec<Completion>,
    pub(crate) end: Option<End>,
    named: Vec<Named>,
    gave: bool,
    /// What the others said, and the how many-th word of theirs that was.
    stands: BTreeMap<u16, (u32, Stand)>,
    pub(crate) signer: Option<Signer<C>>,
    /// What its proposer has told of the others' commitments.
    pub(crate) forwarded: Forwarded<C>,
    /// On the proposer's device, while the request is open.
    pub(crate) lead: Option<Lead<C>>,
    /// Outcomes that the node is asked to compute the signables for, by sender.
    pub(crate) unverified: BTreeMap<u16, Outcome>,
}

impl<C: Suite> Request<C> {
    pub(crate) fn new(
        wallet: &Wallet<C>,
        signed: Signed<Proposal>,
        proposal: Proposal,
        closing: Option<Signed<Closing>>,
    ) -> Self {
        let (decision, completions) = (Decision::Undecided, Vec::new());
        let (end, named, decisions, gave) = (None, Vec::new(), 0, false);
        let said = Vec::new();
        let kept =
            Kept { proposal: signed, closing, decision, decisions, completions, end, named, gave, said };
        Self::kept(wallet, StoredRequest::new(kept, proposal))
    }

    pub(crate) fn kept(wallet: &Wallet<C>, stored: StoredRequest) -> Self {
        let (id, proposal) = (stored.id(), stored.proposal().clone());
        let Kept { proposal: signed, closing, decision, decisions, completions, end, named, gave, said } =
            stored.kept;
        let cheats = named.iter().filter(|named| named.what.excludes());
        let excluded = cheats.filter_map(|named| wallet.position(&named.by)).collect();
        let leads = proposal.proposer == wallet.my_id() && end.is_none();
        Self {
            lead: leads.then(|| Lead::new(id, wallet.me, proposal.needs_completion, excluded)),
            id,
            proposal,
            signed,
            closing,
            decision,
            decisions,
            completions,
            end,
            named,
            gave,
            stands: said.into_iter().map(|(member, said)| (member, (u32::MAX, said.stand()))).collect(),
            signer: None,
            forwarded: Forwarded::default(),
            unverified: BTreeMap::new(),
        }
    }

    pub(crate) fn store(&self) -> StoredRequest {
        let kept = Kept {
            proposal: self.signed.clone(),
            closing: self.closing.clone(),
            decision: self.decision.clone(),
            decisions: self.decisions,
            completions: self.completions.clone(),
            end: self.end.clone(),
            named: self.named.clone(),
            gave: self.gave,
            said: if self.is_open() { Vec::new() } else { self.all_said().collect() },
        };
        StoredRequest::new(kept, self.proposal.clone())
    }

    pub(crate) fn is_open(&self) -> bool {
        self.end.is_none()
    }

    pub(crate) fn is_signed(&self) -> bool {
        matches!(self.end, Some(End::Signed { .. }))
    }

    /// Whether something has come of it, or still can although it has ended.
    pub(crate) fn lasts(&self) -> bool {
        self.is_signed() || self.gave
    }

    /// Takes what the user says; whether that is news.
    pub(crate) fn decide(&mut self, decision: Decision) -> bool {
        let is_new = self.decision != decision;
        if is_new {
            self.decision = decision;
            self.decisions = self.decisions.saturating_add(1);
        }
        is_new
    }

    pub(crate) fn decisions(&self) -> u32 {
        self.decisions
    }

    /// Takes what a member says; `false` if it has said something else since.
    pub(crate) fn said(&mut self, member: u16, number: u32, stand: Stand) -> bool {
        let is_old = self.stands.get(&member).is_some_and(|(known, _)| *known > number);
        if !is_old {
            self.stands.insert(member, (number, stand));
        }
        !is_old
    }

    /// A member has to say it again, unless the request is over: then it is the record of who said what.
    pub(crate) fn unsaid(&mut self, member: u16) {
        if self.is_open() {
            self.stands.remove(&member);
        }
    }

    fn all_said(&self) -> impl Iterator<Item = (u16, Said)> + '_ {
        self.stands.iter().filter_map(|(member, (_, stand))| Some((*member, Said::of(stand)?)))
    }

    pub(crate) fn stand_of(&self, member: u16) -> Stand {
        self.stands.get(&member).map(|(_, stand)| stand.clone()).unwrap_or_default()
    }

    /// Whether a completion is there exactly if the proposal wants one.
    pub(crate) fn fits(&self, completion: Option<&Completion>) -> bool {
        completion.is_some() == self.proposal.needs_completion
    }

    /// Whether this device may give shares with a completion, as far as their number goes.
    pub(crate) fn has_room_for(&self, completion: Option<&Completion>) -> bool {
        completion.is_none_or(|c| self.completions.contains(c) || self.completions.len() < MOST_COMPLETIONS)
    }

    /// Notes that this device gives shares, with a completion if there is one; whether that is news.
    pub(crate) fn gives(&mut self, completion: Option<&Completion>) -> bool {
        let is_first = !std::mem::replace(&mut self.gave, true);
        let Some(new) = completion.filter(|completion| !self.completions.contains(completion)) else {
            return is_first;
        };
        self.completions.push(new.clone());
        true
    }

    pub(crate) fn gave(&self) -> bool {
        self.gave
    }

    /// Notes misbehaviour; whether that is news.
    pub(crate) fn name(&mut self, wallet: &Wallet<C>, member: u16, what: Misbehaviour) -> bool {
        let Some(by) = wallet.device(member) else { return false };
        let known = self.named.iter().any(|named| named.by == by && named.what.is_like(what));
        if !known {
            self.named.push(Named { by, what });
        }
        !known
    }

    pub(crate) fn named(&self) -> &[Named] {
        &self.named
    }

    /// Ends it. The nonces are wiped.
    pub(crate) fn finish(&mut self, end: End) {
        self.end = Some(end);
        self.signer = None;
        self.forwarded = Forwarded::default();
        self.lead = None;
        self.unverified.clear();
    }

    /// What supersedes `other`, if this does: the proposer's word that the other one is over.
    pub(crate) fn closing_of(&self, other: RequestId) -> Option<&Signed<Closing>> {
        self.closing.as_ref().filter(|_| self.proposal.supersedes == Some(other))
    }

    pub(crate) fn propose(&self) -> Body {
        Body::Propose(Propose { proposal: self.signed.clone(), closing: self.closing.clone() })
    }

    /// How it ended, for another device; nothing if that is only this device's own view.
    pub(crate) fn end_message(&self) -> Option<Body> {
        match self.end.as_ref()? {
            End::Signed { completion, signatures } => Some(Body::Outcome(Outcome {
                request: self.id,
                completion: completion.clone(),
                signatures: signatures.concat(),
            })),
            End::Closed { closing, .. } => Some(Body::Close(closing.clone())),
            End::Expired => None,
        }
    }
}

impl Said {
    fn of(stand: &Stand) -> Option<Self> {
        match stand {
            Stand::Undecided | Stand::Excluded { .. } => None,
            Stand::Approved | Stand::Signing | Stand::Signed => Some(Self::Approved),
            Stand::Rejected { reason } => Some(Self::Rejected { reason: reason.clone() }),
        }
    }

    fn stand(self) -> Stand {
        match self {
            Self::Approved => Stand::Approved,
            Self::Rejected { reason } => Stand::Rejected { reason },
        }
    }
}
