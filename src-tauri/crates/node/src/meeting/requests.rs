//! Requests to sign: what the user says of them, and what the coordinator wants done.

use std::{
    collections::BTreeSet,
    sync::{Arc, OnceLock},
};

use coordinator::{
    SecretShare,
    sign::{
        Completion, Draft, Effect, Input, NotProposed, Proposal, Reason, RequestId, Signables, StoredRequest,
        Turn,
    },
};
use identity::DeviceId;
use keystore::SecretName;
use rand::rngs::OsRng;
use tokio::{sync::oneshot, task::spawn_blocking, time::Instant};
use zeroize::Zeroizing;

use super::{Known, Meeting, MeetingCommand, MeetingEvent, Stopped, view::undecodable};
use crate::{
    NodeError,
    handle::Reply,
    signing::{Meaning, Undecodable},
    storage::{SigningStage, StoredSigning},
};

/// What the coordinator waits for.
pub(super) enum Answer {
    Recommit(RequestId),
    Begin(RequestId),
    GiveUp(RequestId),
    Sign { turn: Turn, completion: Option<Completion>, earlier: Vec<Completion> },
    Verify(RequestId, Option<Completion>),
    Reject(RequestId, Undecodable),
}

impl Meeting {
    /// Takes up what is stored.
    pub(super) async fn begin(&mut self, effects: Vec<Effect>) -> Result<(), Stopped> {
        let known = self.signing.iter().flat_map(|signing| signing.progress().requests);
        let known: Vec<_> = known.map(|request| request.request).collect();
        for request in known {
            let proposal = self.signing.as_ref().and_then(|signing| signing.proposal(request)).cloned();
            if let Some(proposal) = proposal {
                self.decode(request, proposal);
            }
        }
        let signed: Vec<_> = self.meanings.keys().copied().collect();
        signed.into_iter().for_each(|request| self.follow_payment(request));
        self.perform(effects).await?;
        let damaged = std::mem::take(&mut self.damaged);
        if !damaged.is_empty() {
            self.tell(MeetingEvent::Damaged(damaged)).await;
        }
        self.settle().await?;
        self.time_passed().await
    }

    pub(super) async fn command(&mut self, command: MeetingCommand) -> Result<(), Stopped> {
        match command {
            MeetingCommand::Propose { payload, lifetime, supersedes, reply } => {
                let now = self.now();
                let meaning = Meaning::of(&self.setting.ceremony, &payload);
                if let (Ok(meaning), Some(earlier)) = (&meaning, supersedes)
                    && !self.can_replace(meaning, earlier)
                {
                    return self.answer(reply, Err(NodeError::OtherCoins)).await;
                }
                let draft = Draft::new(payload, now, now.saturating_add(lifetime.as_secs()));
                let draft = draft.map(|draft| match meaning {
                    Ok(meaning) if meaning.needs_completion() => draft.with_completion(),
                    _ => draft,
                });
                let draft = match (draft, supersedes) {
                    (Err(_), _) => return self.answer(reply, Err(NodeError::InvalidMessage)).await,
                    (Ok(draft), Some(earlier)) => draft.superseding(earlier),
                    (Ok(draft), None) => draft,
                };
                self.proposed = None;
                let done = self.input(Input::Propose { draft }).await;
                let proposed = self.proposed.take().unwrap_or(Err(NodeError::NotKept));
                self.finish(done, reply, proposed.map(|id| id.to_string())).await
            }
            MeetingCommand::Approve { request, reply } => match self.approve(request).await {
                Ok(outcome) => self.answer(reply, outcome).await,
                Err(stopped) => self.finish(Err(stopped), reply, Ok(())).await,
            },
            MeetingCommand::Reject { request, reason, reply } => match self.open_request(request) {
                Ok(_) => {
                    self.unable.remove(&request);
                    let done = self.input(Input::Reject { request, reason }).await;
                    self.finish(done, reply, Ok(())).await
                }
                Err(error) => self.answer(reply, Err(error)).await,
            },
            MeetingCommand::Cancel { request, reply } => match self.open_request(request) {
                Ok(known) if known.proposal.proposer == self.setting.keys.identity.id() => {
                    let done = self.input(Input::Cancel { request }).await;
                    self.finish(done, reply, Ok(())).await
                }
                Ok(_) => self.answer(reply, Err(NodeError::NotOwnSigning)).await,
                Err(error) => self.answer(reply, Err(error)).await,
            },
            MeetingCommand::SignedMessage { request, reply } => {
                let signed = self.signed(request, Known::signed_message);
                self.answer(reply, signed).await
            }
            MeetingCommand::SignedTransaction { request, reply } => {
                let signed = self.signed(request, Known::signed_transaction);
                self.answer(reply, signed).await
            }
            MeetingCommand::Psbt { request, reply } => {
                let known = self.meanings.get(&request).ok_or(NodeError::UnknownSigning);
                let psbt = known.and_then(|known| {
                    let spend = known.meaning.as_ref().ok().and_then(Meaning::spend);
                    Ok(spend.ok_or(NodeError::NotBitcoin)?.to_text())
                });
                self.answer(reply, psbt).await
            }
        }
    }

    /// Answers once the snapshot that shows the result is on its way.
    async fn answer<T>(&mut self, reply: Reply<T>, outcome: Result<T, NodeError>) -> Result<(), Stopped> {
        self.report().await;
        // Whoever asked may have gone.
        drop(reply.send(outcome));
        Ok(())
    }

    /// Tells whoever asked what came of it. If that could not be made durable, nothing came of it, and nothing of it is shown.
    async fn finish<T>(
        &mut self,
        done: Result<(), Stopped>,
        reply: Reply<T>,
        outcome: Result<T, NodeError>,
    ) -> Result<(), Stopped> {
        if done.is_err() {
            // Whoever asked may have gone.
            drop(reply.send(Err(NodeError::NotKept)));
            return done;
        }
        self.answer(reply, outcome).await
    }

    /// The user approves; the share is needed for the commitments.
    async fn approve(&mut self, request: RequestId) -> Result<Result<(), NodeError>, Stopped> {
        self.is_over(request).await?;
        let meaning = self.open_request(request).map(|known| known.meaning.as_ref());
        let signables = match meaning {
            Ok(Ok(meaning)) => meaning.count(),
            Ok(Err(why)) => return Ok(Err(undecodable(*why))),
            Err(error) => return Ok(Err(error)),
        };
        let share = match self.share().await {
            Ok(share) => share,
            Err(error) => return Ok(Err(error)),
        };
        self.unable.remove(&request);
        self.input(Input::Approve { request, signables, share: &share }).await?;
        Ok(Ok(()))
    }

    /// Feeds an input, and all that follows from it.
    pub(super) async fn input(&mut self, input: Input<'_>) -> Result<(), Stopped> {
        self.handle(input).await?;
        self.settle().await
    }

    pub(super) async fn handle(&mut self, input: Input<'_>) -> Result<(), Stopped> {
        let signing = self.signing.take().ok_or(Stopped)?;
        let (signing, effects) = signing.handle(input, &mut OsRng);
        self.signing = Some(signing);
        self.perform(effects).await
    }

    /// Gives the coordinator what it waits for.
    pub(super) async fn settle(&mut self) -> Result<(), Stopped> {
        while let Some(next) = self.answers.pop_front() {
            match next {
                Answer::Reject(request, why) => {
                    let reason = Reason::try_from(reason(why).to_owned()).ok();
                    self.handle(Input::Reject { request, reason }).await?;
                }
                Answer::GiveUp(request) => self.give_up(request).await?,
                Answer::Begin(request) => {
                    if let Some(signables) = self.signables(request, None) {
                        self.handle(Input::Begin { request, completion: None, signables }).await?;
                    }
                }
                Answer::Verify(request, completion) => {
                    let signables = self.signables(request, completion.as_ref());
                    self.handle(Input::Verify { request, completion, signables }).await?;
                }
                Answer::Recommit(request) => self.recommit(request).await?,
                Answer::Sign { turn, completion, earlier } => self.sign(turn, completion, &earlier).await?,
            }
        }
        Ok(())
    }

    /// Its user had approved: fresh commitments.
    async fn recommit(&mut self, request: RequestId) -> Result<(), Stopped> {
        let meaning = self.meanings.get(&request).and_then(|known| known.meaning.as_ref().ok());
        let Some(signables) = meaning.map(Meaning::count) else { return Ok(()) };
        if !self.has_approved(request) || self.is_over(request).await? {
            return Ok(());
        }
        match self.share().await {
            Ok(share) => {
                self.unable.remove(&request);
                self.handle(Input::Approve { request, signables, share: &share }).await
            }
            Err(error) => {
                self.can_not(request, &error);
                Ok(())
            }
        }
    }

    /// Prepares for a request, while the people take their time.
    pub(super) async fn prepare(&mut self) -> Result<(), Stopped> {
        let Some((request, with_share)) = self.leisure.pop_first() else { return Ok(()) };
        // Without its share, which was here a moment ago, the device does later what it is needed for.
        let share = if with_share && self.has_approved(request) { self.share().await.ok() } else { None };
        let signables = self.signables(request, None);
        self.handle(Input::Prepare { request, signables: signables.as_ref(), share: share.as_ref() }).await
    }

    /// Its user has approved, and the others too: this device's part of the signature.
    async fn sign(
        &mut self,
        turn: Turn,
        completion: Option<Completion>,
        earlier: &[Completion],
    ) -> Result<(), Stopped> {
        let request = turn.request;
        if self.is_over(request).await? {
            return Ok(());
        }
        match self.share().await {
            Ok(share) => {
                let meaning = self.meanings.get(&request).and_then(|known| known.meaning.as_ref().ok());
                let signables = meaning.and_then(|meaning| meaning.to_sign(completion.as_ref(), earlier));
                self.handle(Input::Sign { turn, completion, signables, share: &share }).await
            }
            Err(error) => {
                self.can_not(request, &error);
                self.handle(Input::Unable { request }).await
            }
        }
    }

    /// Carries effects out in order. After one that can't be, nothing is relied on any more.
    async fn perform(&mut self, effects: Vec<Effect>) -> Result<(), Stopped> {
        for effect in effects {
            match effect {
                Effect::Send { to, message } => self.post(&[to], message).await,
                Effect::Forward { to, message } => self.forward(to, message).await,
                Effect::Broadcast { to, message } => self.post(&to, message).await,
                Effect::Store { stored } => self.store(*stored).await?,
                Effect::Requested { request, proposal } => self.requested(request, *proposal),
                Effect::NotProposed { reason } => {
                    self.proposed = Some(Err(match reason {
                        NotProposed::TooMany => NodeError::TooManySignings,
                        _ => NodeError::UnknownSigning,
                    }));
                }
                Effect::Damaged { request } => self.damaged.push(request.to_string()),
                Effect::Recommit { request } => self.answers.push_back(Answer::Recommit(request)),
                Effect::Prepare { request, with_share } => {
                    *self.leisure.entry(request).or_default() |= with_share;
                }
                Effect::Ready { request, refused } => self.ready(request, &refused),
                Effect::Started { turn, .. } | Effect::Awaited { turn } => {
                    self.overdue.insert(turn, Instant::now() + self.setting.attempt);
                }
                Effect::Sign { turn, completion, earlier } => {
                    self.answers.push_back(Answer::Sign { turn, completion, earlier });
                }
                Effect::Verify { request, completion } => {
                    self.answers.push_back(Answer::Verify(request, completion));
                }
                Effect::Signed { request, .. } => {
                    self.ended(request);
                    // It is kept. This device's user waits for nobody to hear of it.
                    self.report_requests().await;
                }
                // Whoever ends it says why, and then its user hears of both.
                Effect::Ended { request, .. } => self.ended(request),
                Effect::Violation { by, what, .. } => {
                    tracing::warn!(wallet = %self.setting.wallet, %by, %what, "a device misbehaved");
                }
            }
        }
        Ok(())
    }

    /// Nothing more is done for a request, but for what follows a signed payment.
    fn ended(&mut self, request: RequestId) {
        self.overdue.retain(|turn, _| turn.request != request);
        self.unable.remove(&request);
        self.payments.ended(&request);
        self.follow_payment(request);
    }

    /// Queues a message for each device. One that left or can't keep up hears it when its link comes up anew.
    async fn post(&self, to: &[DeviceId], message: Vec<u8>) {
        let Some(mesh) = &self.mesh else { return };
        let message = Zeroizing::new(message);
        for device in to {
            let _ = mesh.send(*device, message.clone()).await;
        }
    }

    /// Queues what is asked for again if it does not arrive, and leaves room for what isn't.
    async fn forward(&self, to: DeviceId, message: Vec<u8>) {
        let Some(mesh) = &self.mesh else { return };
        let _ = mesh.send_spare(to, Zeroizing::new(message)).await;
    }

    fn requested(&mut self, request: RequestId, proposal: Proposal) {
        if proposal.proposer == self.setting.keys.identity.id() {
            self.proposed = Some(Ok(request));
        }
        self.decode(request, proposal);
        if let Some(Err(why)) = self.meanings.get(&request).map(|known| known.meaning.as_ref()) {
            self.answers.push_back(Answer::Reject(request, *why));
        }
    }

    pub(super) fn decode(&mut self, request: RequestId, proposal: Proposal) {
        let meaning = match Meaning::of(&self.setting.ceremony, &proposal.payload) {
            Ok(meaning) if meaning.needs_completion() != proposal.needs_completion => Err(Undecodable::Wrong),
            Ok(_) if self.is_early(proposal.created_at) => Err(Undecodable::Early),
            Ok(meaning)
                if proposal.supersedes.is_some_and(|earlier| !self.can_replace(&meaning, earlier)) =>
            {
                Err(Undecodable::OtherCoins)
            }
            meaning => meaning,
        };
        // What the coordinator has forgotten is forgotten here, however many requests a member makes.
        if let Some(signing) = &self.signing {
            self.meanings.retain(|known, _| signing.proposal(*known).is_some());
            for known in self.meanings.values_mut() {
                known.conflicts.retain(|other| signing.proposal(*other).is_some());
            }
            self.payments.forget(|known| signing.proposal(*known).is_some());
        }
        let seen_at = self.now();
        let mut conflicts = BTreeSet::new();
        if let Ok(meaning) = &meaning {
            for (other, known) in self.meanings.iter_mut().filter(|(other, _)| **other != request) {
                if known.meaning.as_ref().is_ok_and(|known| meaning.conflicts_with(known)) {
                    conflicts.insert(*other);
                    known.conflicts.insert(request);
                }
            }
        }
        self.meanings
            .insert(request, Known { proposal, meaning, seen_at, conflicts, transaction: OnceLock::new() });
    }

    /// Whether one that takes the place of an earlier request leaves no way for both to be paid. Of one that this device
    /// does not remember it can't tell.
    fn can_replace(&self, meaning: &Meaning, earlier: RequestId) -> bool {
        let earlier = self.signing.as_ref().and_then(|signing| signing.proposal(earlier));
        let earlier = earlier.and_then(|earlier| Meaning::of(&self.setting.ceremony, &earlier.payload).ok());
        earlier.is_none_or(|earlier| meaning.can_replace(&earlier))
    }

    /// Enough members have approved. A payment needs a block to name; if members have given their parts for another one,
    /// nothing comes of it any more.
    fn ready(&mut self, request: RequestId, refused: &[DeviceId]) {
        let meaning = self.meanings.get(&request).and_then(|known| known.meaning.as_ref().ok());
        match (meaning.is_some_and(Meaning::needs_completion), refused) {
            (true, []) => self.fetch_block(request),
            (true, _) => self.answers.push_back(Answer::GiveUp(request)),
            (false, _) => self.answers.push_back(Answer::Begin(request)),
        }
    }

    pub(super) fn signables(&self, request: RequestId, completion: Option<&Completion>) -> Option<Signables> {
        self.meanings.get(&request)?.meaning.as_ref().ok()?.signables(completion)
    }

    /// Read for each use, so that it lies in memory no longer than that.
    async fn share(&self) -> Result<SecretShare, NodeError> {
        let (store, name) =
            (Arc::clone(&self.setting.keys.store), SecretName::wallet_share(&self.setting.wallet.0));
        let read = spawn_blocking(move || store.get(&name)).await.map_err(|_| NodeError::Closed)?;
        let share = read?.ok_or(NodeError::ShareMissing)?;
        SecretShare::from_bytes(share.expose()).map_err(|_| NodeError::ShareMissing)
    }

    async fn store(&self, stored: StoredRequest) -> Result<(), Stopped> {
        let stage = match stored.ending() {
            None => SigningStage::Open,
            Some(coordinator::sign::Ending::Signed { .. }) => SigningStage::Signed,
            Some(_) => SigningStage::Ended,
        };
        let row = StoredSigning {
            wallet: self.setting.wallet,
            id: *stored.id().as_bytes(),
            stage,
            given: stored.gave(),
            record: stored.to_bytes(),
        };
        let (reply, done) = oneshot::channel();
        self.tell(MeetingEvent::Store { row: Box::new(row), reply }).await;
        match done.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => {
                tracing::error!(wallet = %self.setting.wallet, %error, "a request could not be stored");
                Err(Stopped)
            }
            Err(_) => Err(Stopped),
        }
    }

    pub(super) fn open_request(&self, request: RequestId) -> Result<&Known, NodeError> {
        let known = self.meanings.get(&request).ok_or(NodeError::UnknownSigning)?;
        match self.open().any(|(open, _)| open == request) {
            true => Ok(known),
            false => Err(NodeError::SigningOver),
        }
    }

    pub(super) fn open(&self) -> impl Iterator<Item = (RequestId, &Known)> {
        let requests = self.signing.iter().flat_map(|signing| signing.progress().requests);
        let open = requests.filter(|request| request.ending.is_none()).map(|request| request.request);
        open.filter_map(|request| Some((request, self.meanings.get(&request)?)))
    }
}

/// What a device tells the others that can't sign a request.
fn reason(why: Undecodable) -> &'static str {
    match why {
        Undecodable::Newer | Undecodable::Wrong => "this device can't tell what the request is about",
        Undecodable::OtherCoins => "it is to replace a payment and spends none of its coins",
        Undecodable::Early => "it is dated in the future by this device's clock",
    }
}
