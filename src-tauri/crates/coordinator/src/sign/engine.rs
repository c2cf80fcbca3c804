//! What this device's user, node and links do to the requests.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use frost_core::Ciphersuite as Suite;
use identity::{DeviceId, IdentityKey};
use rand_core::CryptoRngCore;

use super::{
    Effect, Input, NotProposed, Progress, RequestProgress, Signing,
    lead::{Lead, Step},
    misbehaviour::{Misbehaviour, Named},
    nonces::Offer,
    proposal::{Closing, Completion, Draft, Proposal, RequestId},
    record::{Decision, End, StoredRequest},
    request::Request,
    signable::Signables,
    wallet::Wallet,
    wire::{self, Body, Forward},
};
use crate::{
    dkg::{Ceremony, ResumeError},
    signed::Signed,
};

/// How many requests are remembered by name alone.
const MOST_FORGOTTEN: usize = 4096;
/// How many that were over when they came are remembered by name, so that nobody is asked for them again and again.
const MOST_LATE: usize = 256;

pub(crate) struct Engine<C: Suite> {
    pub(super) wallet: Wallet<C>,
    pub(super) requests: BTreeMap<RequestId, Request<C>>,
    /// Of which nothing can come any more, in the order in which they ended.
    ended: VecDeque<RequestId>,
    /// That are signed, or may be: this device gave shares. In the order in which they ended.
    lasting: VecDeque<RequestId>,
    forgotten: VecDeque<RequestId>,
    late: VecDeque<RequestId>,
    /// There was no place for a proposal; others have it.
    pub(super) lacks: bool,
    /// Unix time in seconds when the last message came.
    pub(super) now: u64,
    /// Misbehaviour outside any request.
    named: Vec<Named>,
    effects: Vec<Effect>,
    /// What this device has sent to itself, as proposer or signer.
    own: VecDeque<Body>,
}

impl<C: Suite> Engine<C> {
    pub(crate) fn new(identity: Arc<IdentityKey>, ceremony: &Ceremony) -> Result<Self, ResumeError> {
        Ok(Self {
            wallet: Wallet::new(identity, ceremony)?,
            requests: BTreeMap::new(),
            ended: VecDeque::new(),
            lasting: VecDeque::new(),
            forgotten: VecDeque::new(),
            late: VecDeque::new(),
            lacks: false,
            now: 0,
            named: Vec::new(),
            effects: Vec::new(),
            own: VecDeque::new(),
        })
    }

    pub(crate) fn restore(&mut self, stored: Vec<StoredRequest>) -> Vec<Effect> {
        for stored in stored {
            let genuine = self.open(&stored.kept.proposal, stored.kept.closing.as_ref()).is_some();
            let closed = match &stored.kept.end {
                Some(End::Closed { closing, .. }) => {
                    self.closes(closing, stored.id(), &stored.proposal().proposer)
                }
                _ => true,
            };
            if !genuine || !closed {
                self.effects.push(Effect::Damaged { request: stored.id() });
                continue;
            }
            let request = Request::kept(&self.wallet, stored);
            let id = request.id;
            let lasts = request.lasts();
            match &request.end {
                Some(_) if lasts => self.lasting.push_back(id),
                Some(_) => self.ended.push_back(id),
                None if matches!(request.decision, Decision::Approved { .. }) => {
                    self.effects.push(Effect::Recommit { request: id });
                }
                None => {}
            }
            self.requests.insert(id, request);
            self.forget();
        }
        std::mem::take(&mut self.effects)
    }

    pub(crate) fn handle(&mut self, input: Input<'_>, rng: &mut dyn CryptoRngCore) -> Vec<Effect> {
        match input {
            Input::Propose { draft } => self.propose(draft, rng),
            Input::Approve { request, signables, share } => self.approve(request, signables, share, rng),
            Input::Prepare { request, signables, share } => {
                self.prepare(request, signables, share, rng);
            }
            Input::Reject { request, reason } => self.reject(request, reason, rng),
            Input::Cancel { request } => self.cancel(request),
            Input::Begin { request, completion, signables } => {
                self.begin(request, completion, signables, rng);
            }
            Input::Sign { turn, completion, signables, share } => {
                self.sign(turn, completion.as_ref(), signables, share, rng);
            }
            Input::Unable { request } => self.unable(request),
            Input::Verify { request, completion, signables } => {
                self.verify(request, completion.as_ref(), signables.as_ref());
            }
            Input::Expired { request } => {
                if self.requests.get(&request).is_some_and(Request::is_open) {
                    self.end(request, End::Expired);
                }
            }
            Input::Overdue { turn } => {
                let lead = self.requests.get_mut(&turn.request).and_then(|request| request.lead.as_mut());
                if lead.is_some_and(|lead| lead.overdue(turn)) {
                    self.effects.push(Effect::Awaited { turn });
                }
                self.advance(turn.request, rng);
            }
            Input::LinkUp { peer } => self.link(peer, true, rng),
            Input::LinkDown { peer } => self.link(peer, false, rng),
            Input::PeerLeft { peer } => {
                self.link(peer, false, rng);
                self.peer_forgot(peer, rng);
            }
            Input::PeerRestarted { peer } => self.peer_forgot(peer, rng),
            Input::Message { from, bytes, now } => {
                let member = self.wallet.position(&from).filter(|position| *position != self.wallet.me);
                if let Some(from) = member {
                    self.now = now;
                    self.receive(from, bytes, rng);
                }
            }
        }
        while let Some(body) = self.own.pop_front() {
            self.take(self.wallet.me, body, rng);
        }
        std::mem::take(&mut self.effects)
    }

    pub(crate) fn proposal(&self, request: RequestId) -> Option<&Proposal> {
        self.requests.get(&request).map(|request| &request.proposal)
    }

    pub(crate) fn progress(&self) -> Progress {
        let requests = self.requests.values().map(|request| RequestProgress::of(&self.wallet, request));
        Progress { me: self.wallet.my_id(), requests: requests.collect() }
    }

    fn propose(&mut self, draft: Draft, rng: &mut dyn CryptoRngCore) {
        let me = self.wallet.my_id();
        let closing = draft.supersedes().map(|request| {
            let own = self.requests.get(&request).is_some_and(|earlier| earlier.proposal.proposer == me);
            own.then(|| self.closing(request))
        });
        let Some(closing) = closing.map_or(Some(None), |closing| closing.map(Some)) else {
            return self.effects.push(Effect::NotProposed { reason: NotProposed::Supersedes });
        };
        let replaced = draft.supersedes().filter(|earlier| self.is_open(*earlier));
        if !self.has_place(me, usize::from(replaced.is_some())) {
            return self.effects.push(Effect::NotProposed { reason: NotProposed::TooMany });
        }
        let proposal = draft.into_proposal(self.wallet.tag, me, rng);
        let signed = Signed::new(&proposal, &self.wallet.identity);
        let id = RequestId::of(&signed);
        if let (Some(earlier), Some(closing)) = (replaced, &closing) {
            self.end(earlier, End::Closed { closing: closing.clone(), by: Some(id) });
        }
        let mut request = Request::new(&self.wallet, signed, proposal.clone(), closing);
        if let Some(lead) = &mut request.lead {
            self.wallet.linked().for_each(|member| lead.knows(member));
        }
        let message = request.propose();
        self.requests.insert(id, request);
        self.store(id);
        self.broadcast(message);
        self.effects.push(Effect::Requested { request: id, proposal: Box::new(proposal) });
    }

    pub(super) fn is_open(&self, request: RequestId) -> bool {
        self.requests.get(&request).is_some_and(Request::is_open)
    }

    /// Whether there is a place for one more of a proposer when `fewer` of its requests are gone.
    pub(super) fn has_place(&self, proposer: DeviceId, fewer: usize) -> bool {
        let open = || self.requests.values().filter(|request| request.is_open());
        let own = open().filter(|request| request.proposal.proposer == proposer).count();
        own < Signing::MOST_OPEN_OF_ONE + fewer && open().count() < Signing::MOST_OPEN + fewer
    }

    fn closing(&self, request: RequestId) -> Signed<Closing> {
        Signed::new(&Closing { wallet: self.wallet.tag, request }, &self.wallet.identity)
    }

    fn cancel(&mut self, id: RequestId) {
        let own = self.requests.get(&id).is_some_and(|request| request.lead.is_some());
        if own {
            let closing = self.closing(id);
            self.end(id, End::Closed { closing: closing.clone(), by: None });
            self.broadcast(Body::Close(closing));
        }
    }

    fn begin(
        &mut self,
        id: RequestId,
        completion: Option<Completion>,
        signables: Signables,
        rng: &mut dyn CryptoRngCore,
    ) {
        let lead = self.requests.get_mut(&id).and_then(|request| request.lead.as_mut());
        self.wallet.prepare(signables.as_slice());
        if lead.is_some_and(|lead| lead.begin(completion, signables)) {
            self.advance(id, rng);
        }
    }

    /// Goes on with the rounds that this device leads.
    pub(super) fn advance(&mut self, id: RequestId, rng: &mut dyn CryptoRngCore) {
        let lead = self.requests.get_mut(&id).and_then(|request| request.lead.as_mut());
        let Some(steps) = lead.map(|lead| lead.advance(&self.wallet, rng)) else { return };
        for step in steps {
            match step {
                Step::Forward { to, member, offer, ahead } => self.forward(id, to, member, offer, ahead),
                Step::Started { turn, signers } => {
                    let signers = signers.into_iter().filter_map(|position| self.wallet.device(position));
                    self.effects.push(Effect::Started { turn, signers: signers.collect() });
                }
                Step::Ask { to, package } => self.post(to, Body::Package(package)),
                Step::Name(member, what) => self.name(Some(id), member, what),
                Step::Ready { refused } => {
                    let refused = refused.into_iter().filter_map(|member| self.wallet.device(member));
                    self.effects.push(Effect::Ready { request: id, refused: refused.collect() });
                }
                Step::Done { completion, signatures } => {
                    self.end(id, End::Signed { completion, signatures });
                    if let Some(outcome) = self.requests.get(&id).and_then(Request::end_message) {
                        self.broadcast(outcome);
                    }
                }
            }
        }
    }

    /// Tells a member what another commits to.
    fn forward(&mut self, id: RequestId, to: u16, member: u16, offer: Arc<Offer<C>>, ahead: bool) {
        if to != self.wallet.me {
            let Some(to) = self.wallet.device(to) else { return };
            let forward = Forward { request: id, member, commitments: offer.bytes().to_vec() };
            let message = wire::encode(self.wallet.tag, Body::Forward(forward));
            return self.effects.push(match ahead {
                true => Effect::Forward { to, message },
                false => Effect::Send { to, message },
            });
        }
        if let Some(request) = self.requests.get_mut(&id) {
            request.forwarded.share(member, offer);
        }
    }

    fn link(&mut self, peer: DeviceId, up: bool, rng: &mut dyn CryptoRngCore) {
        let Some(member) = self.wallet.position(&peer).filter(|position| *position != self.wallet.me) else {
            return;
        };
        self.wallet.link(member, up);
        self.leads(rng, |_, lead| lead.link(member, up));
        if up {
            self.post(member, Body::Known(self.known()));
        } else if self.requests.values().any(|r| r.is_open() && r.proposal.proposer == peer) {
            // The others may know more of its requests, their signatures say.
            self.broadcast(Body::Known(self.known()));
        }
    }

    fn peer_forgot(&mut self, peer: DeviceId, rng: &mut dyn CryptoRngCore) {
        let Some(member) = self.wallet.position(&peer).filter(|position| *position != self.wallet.me) else {
            return;
        };
        for request in self.requests.values_mut() {
            request.unsaid(member);
            if let Some(signer) = request.signer.as_mut().filter(|_| request.proposal.proposer == peer) {
                signer.forget();
            }
        }
        self.leads(rng, |_, lead| lead.restarted(member));
        if self.wallet.is_linked(member) {
            self.post(member, Body::Known(self.known()));
        }
    }

    /// Changes what this device leads, and goes on with it.
    pub(super) fn leads(
        &mut self,
        rng: &mut dyn CryptoRngCore,
        mut change: impl FnMut(RequestId, &mut Lead<C>),
    ) {
        let led: Vec<_> = self.requests.values_mut().filter_map(|r| Some((r.id, r.lead.as_mut()?))).collect();
        let ids: Vec<_> = led
            .into_iter()
            .map(|(id, lead)| {
                change(id, lead);
                id
            })
            .collect();
        ids.into_iter().for_each(|id| self.advance(id, rng));
    }

    pub(super) fn is_forgotten(&self, request: RequestId) -> bool {
        self.forgotten.contains(&request) || self.late.contains(&request)
    }

    /// Whoever has it open still has a slow clock.
    pub(super) fn came_late(&mut self, request: RequestId) {
        self.late.push_back(request);
        if self.late.len() > MOST_LATE {
            self.late.pop_front();
        }
    }

    /// Ends a request, or says that one which had ended otherwise is signed after all.
    pub(super) fn end(&mut self, id: RequestId, end: End) {
        let Some(request) = self.requests.get_mut(&id) else { return };
        let again = !request.is_open();
        let effect = match end.clone() {
            End::Signed { completion, signatures } => Effect::Signed { request: id, completion, signatures },
            other => Effect::Ended { request: id, ending: other.ending() },
        };
        request.finish(end);
        let lasts = request.lasts();
        self.store(id);
        self.effects.push(effect);
        self.ended.retain(|ended| *ended != id);
        self.lasting.retain(|ended| *ended != id);
        if lasts { &mut self.lasting } else { &mut self.ended }.push_back(id);
        self.forget();
        if !again && std::mem::take(&mut self.lacks) {
            self.broadcast(Body::Known(self.known()));
        }
    }

    fn forget(&mut self) {
        let too_many = |queue: &VecDeque<_>, most: usize| queue.len().saturating_sub(most);
        let ended = ..too_many(&self.ended, Signing::MOST_ENDED);
        let lasting = ..too_many(&self.lasting, Signing::MOST_LASTING);
        for oldest in self.ended.drain(ended).chain(self.lasting.drain(lasting)) {
            self.requests.remove(&oldest);
            self.forgotten.push_back(oldest);
        }
        while self.forgotten.len() > MOST_FORGOTTEN {
            self.forgotten.pop_front();
        }
    }

    pub(super) fn name(&mut self, request: Option<RequestId>, member: u16, what: Misbehaviour) {
        let Some(by) = self.wallet.device(member).filter(|_| member != self.wallet.me) else { return };
        let request = request.filter(|id| self.requests.contains_key(id));
        match request.and_then(|id| self.requests.get_mut(&id)) {
            Some(request) => {
                if !request.name(&self.wallet, member, what) {
                    return;
                }
            }
            None if self.named.iter().any(|named| named.by == by && named.what.is_like(what)) => return,
            None => self.named.push(Named { by, what }),
        }
        if let Some(id) = request {
            self.store(id);
        }
        self.effects.push(Effect::Violation { request, by, what });
    }

    pub(super) fn store(&mut self, id: RequestId) {
        if let Some(request) = self.requests.get(&id) {
            self.effects.push(Effect::Store { stored: Box::new(request.store()) });
        }
    }

    pub(super) fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// Sends to one member, who may be this device itself.
    pub(super) fn post(&mut self, to: u16, body: Body) {
        if to == self.wallet.me {
            self.own.push_back(body);
        } else {
            self.send_to(vec![to], body);
        }
    }

    pub(super) fn broadcast(&mut self, body: Body) {
        let linked = self.wallet.linked().collect();
        self.send_to(linked, body);
    }

    pub(super) fn send_to(&mut self, members: Vec<u16>, body: Body) {
        let to: Vec<_> = members.into_iter().filter_map(|member| self.wallet.device(member)).collect();
        let message = wire::encode(self.wallet.tag, body);
        match to[..] {
            [] => {}
            [to] => self.effects.push(Effect::Send { to, message }),
            _ => self.effects.push(Effect::Broadcast { to, message }),
        }
    }
}
