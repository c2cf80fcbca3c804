//! Requests to sign: what the user says of them, and what the coordinator wants done.

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
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

use super::{AGAIN, Known, Meeting, MeetingCommand, MeetingEvent, Stopped};
use crate::{
    NodeError,
    handle::Reply,
    signing::{Meaning, Undecodable},
    storage::{SigningStage, StoredSigning},
};

/// What a device says that can't read a request.
const UNREADABLE: &str = "this device can't tell what the request is about";

/// What the coordinator waits for.
pub(super) enum Answer {
    Recommit(RequestId),
    Begin(RequestId),
    GiveUp(RequestId),
    Sign { turn: Turn, completion: Option<Completion>, earlier: Vec<Completion> },
    Verify(RequestId, Option<Completion>),
    Reject(RequestId),
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
        self.settle().await?;
        self.time_passed().await
    }

    pub(super) async fn command(&mut self, command: MeetingCommand) -> Result<(), Stopped> {
        match command {
            MeetingCommand::Propose { payload, lifetime, supersedes, reply } => {
                let now = unix_seconds();
                let meaning = Meaning::of(&self.setting.ceremony, &payload);
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
                let signed = self.signed(request, Meaning::signed_message);
                self.answer(reply, signed).await
            }
            MeetingCommand::SignedTransaction { request, reply } => {
                let signed = self.signed(request, Meaning::signed_transaction);
                self.answer(reply, signed).await
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

    /// Tells whoever asked what came of it: nothing, if it could not be made durable.
    async fn finish<T>(
        &mut self,
        done: Result<(), Stopped>,
        reply: Reply<T>,
        outcome: Result<T, NodeError>,
    ) -> Result<(), Stopped> {
        let outcome = if done.is_ok() { outcome } else { Err(NodeError::NotKept) };
        self.answer(reply, outcome).await?;
        done
    }

    /// The user approves; the share is needed for the commitments.
    async fn approve(&mut self, request: RequestId) -> Result<Result<(), NodeError>, Stopped> {
        let meaning = self.open_request(request).map(|known| known.meaning.as_ref());
        let signables = match meaning {
            Ok(Ok(meaning)) => meaning.count(),
            Ok(Err(_)) => return Ok(Err(NodeError::UnreadableSigning)),
            Err(error) => return Ok(Err(error)),
        };
        let share = match self.share().await {
            Ok(share) => share,
            Err(error) => return Ok(Err(error)),
        };
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
    async fn settle(&mut self) -> Result<(), Stopped> {
        while let Some(next) = self.answers.pop_front() {
            match next {
                Answer::Reject(request) => {
                    let reason = Reason::try_from(UNREADABLE.to_owned()).ok();
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
                Answer::Recommit(request) => {
                    let meaning = self.meanings.get(&request).and_then(|known| known.meaning.as_ref().ok());
                    let count = meaning.map(Meaning::count);
                    if let (Some(signables), Ok(share)) = (count, self.share().await) {
                        self.handle(Input::Approve { request, signables, share: &share }).await?;
                    }
                }
                Answer::Sign { turn, completion, earlier } => {
                    let known = self.meanings.get(&turn.request);
                    let meaning = known.and_then(|known| known.meaning.as_ref().ok());
                    let signables = meaning.and_then(|m| m.to_sign(completion.as_ref(), &earlier));
                    // Without its share it says nothing, and another device is asked.
                    if let Ok(share) = self.share().await {
                        self.handle(Input::Sign { turn, signables, share: &share }).await?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Carries effects out in order. After one that can't be, nothing is relied on any more.
    async fn perform(&mut self, effects: Vec<Effect>) -> Result<(), Stopped> {
        for effect in effects {
            match effect {
                Effect::Send { to, message } => self.post(&[to], message).await,
                Effect::Broadcast { to, message } => self.post(&to, message).await,
                Effect::Store { stored } => self.store(*stored).await?,
                Effect::Requested { request, proposal } => self.requested(request, *proposal),
                Effect::NotProposed { reason } => {
                    self.proposed = Some(Err(match reason {
                        NotProposed::TooMany => NodeError::TooManySignings,
                        _ => NodeError::UnknownSigning,
                    }));
                }
                Effect::Recommit { request } => self.answers.push_back(Answer::Recommit(request)),
                Effect::Ready { request, refused } => self.ready(request, &refused),
                Effect::Started { turn, .. } => {
                    self.overdue.insert(turn, Instant::now() + self.setting.attempt);
                }
                Effect::Sign { turn, completion, earlier } => {
                    self.answers.push_back(Answer::Sign { turn, completion, earlier });
                }
                Effect::Verify { request, completion } => {
                    self.answers.push_back(Answer::Verify(request, completion));
                }
                Effect::Signed { request, .. } | Effect::Ended { request, .. } => {
                    self.overdue.retain(|turn, _| turn.request != request);
                    self.payments.ended(&request);
                    self.follow_payment(request);
                }
                Effect::Violation { by, what, .. } => {
                    tracing::warn!(wallet = %self.setting.wallet, %by, %what, "a device misbehaved");
                }
            }
        }
        Ok(())
    }

    /// Queues a message for each device. One that left or can't keep up hears it when its link comes up anew.
    async fn post(&self, to: &[DeviceId], message: Vec<u8>) {
        let Some(mesh) = &self.mesh else { return };
        let message = Zeroizing::new(message);
        for device in to {
            let _ = mesh.send(*device, message.clone()).await;
        }
    }

    fn requested(&mut self, request: RequestId, proposal: Proposal) {
        if proposal.proposer == self.setting.keys.identity.id() {
            self.proposed = Some(Ok(request));
        }
        self.decode(request, proposal);
        if self.meanings.get(&request).is_some_and(|known| known.meaning.is_err()) {
            self.answers.push_back(Answer::Reject(request));
        }
    }

    fn decode(&mut self, request: RequestId, proposal: Proposal) {
        let meaning = match Meaning::of(&self.setting.ceremony, &proposal.payload) {
            Ok(meaning) if meaning.needs_completion() != proposal.needs_completion => Err(Undecodable::Wrong),
            meaning => meaning,
        };
        // What the coordinator has forgotten is forgotten here, however many requests a member makes.
        if let Some(signing) = &self.signing {
            self.meanings.retain(|known, _| signing.proposal(*known).is_some());
            self.payments.forget(|known| signing.proposal(*known).is_some());
        }
        self.meanings.insert(request, Known { proposal, meaning });
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

    /// When the next attempt is overdue, or the next request expires.
    pub(super) fn due(&self) -> Option<Instant> {
        let now = unix_seconds();
        let expiries = self.open().map(|(_, known)| {
            let left = known.proposal.expires_at.saturating_sub(now);
            // The clock may be set meanwhile.
            Instant::now() + std::time::Duration::from_secs(left).min(AGAIN)
        });
        self.overdue.values().copied().chain(expiries).min()
    }

    /// Ends what is over by the clock.
    pub(super) async fn time_passed(&mut self) -> Result<(), Stopped> {
        let (now, unix) = (Instant::now(), unix_seconds());
        let late: VecDeque<_> =
            self.overdue.iter().filter(|(_, at)| **at <= now).map(|(turn, _)| *turn).collect();
        for turn in late {
            self.overdue.remove(&turn);
            self.input(Input::Overdue { turn }).await?;
        }
        let expired: Vec<_> =
            self.open().filter(|(_, known)| known.proposal.expires_at <= unix).map(|(id, _)| id).collect();
        for request in expired {
            self.input(Input::Expired { request }).await?;
        }
        Ok(())
    }

    fn open_request(&self, request: RequestId) -> Result<&Known, NodeError> {
        let known = self.meanings.get(&request).ok_or(NodeError::UnknownSigning)?;
        match self.open().any(|(open, _)| open == request) {
            true => Ok(known),
            false => Err(NodeError::SigningOver),
        }
    }

    fn open(&self) -> impl Iterator<Item = (RequestId, &Known)> {
        let requests = self.signing.iter().flat_map(|signing| signing.progress().requests);
        let open = requests.filter(|request| request.ending.is_none()).map(|request| request.request);
        open.filter_map(|request| Some((request, self.meanings.get(&request)?)))
    }
}

/// By this device's clock.
fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
