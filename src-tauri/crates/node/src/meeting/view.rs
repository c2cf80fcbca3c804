//! A wallet's requests as its user sees them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bitcoin::Transaction;
use coordinator::sign::{Decision, Ending, MemberProgress, Misbehaviour, RequestId, RequestProgress, Stand};
use identity::DeviceId;

use super::{Known, Meeting, Setting};
use crate::{
    NodeError,
    actor::device_view,
    ledger::bitcoin::StandingSpend,
    signing::{Meaning, SignedMessage, SignedTransaction, Undecodable},
    snapshot::{
        DecisionView, DeviceView, MeaningView, MisbehaviourView, RequestMemberView, RequestState,
        RequestView, StandView,
    },
};

impl Known {
    /// The signed message in the form in which it is passed on; `None` if these are no signatures of one.
    pub(super) fn signed_message(&self, signatures: &[Vec<u8>]) -> Option<SignedMessage> {
        self.meaning.as_ref().ok()?.signed_message(signatures)
    }

    /// The transaction with its signatures; `None` if these are no signatures of one.
    pub(super) fn transaction(&self, signatures: &[Vec<u8>]) -> Option<Arc<Transaction>> {
        let meaning = self.meaning.as_ref().ok()?;
        self.transaction.get_or_init(|| meaning.transaction(signatures).map(Arc::new)).clone()
    }

    /// The same in the form in which it is passed on.
    pub(super) fn signed_transaction(&self, signatures: &[Vec<u8>]) -> Option<SignedTransaction> {
        self.transaction(signatures).map(|transaction| SignedTransaction::new(&transaction))
    }
}

impl Meeting {
    /// Newest first.
    pub(super) fn views(&self) -> Vec<RequestView> {
        let Some(signing) = &self.signing else { return Vec::new() };
        let requests = signing.progress().requests;
        let mut views: Vec<_> =
            requests.iter().filter_map(|request| self.request_view(request, &requests)).collect();
        views.sort_by(|a, b| (b.created_at, &b.id).cmp(&(a.created_at, &a.id)));
        views
    }

    /// Requests for Bitcoin transactions that may yet be signed, and those that are, with their signatures.
    pub(super) fn standing_spends(&self) -> impl Iterator<Item = (RequestId, Option<Vec<Vec<u8>>>)> + '_ {
        let requests = self.signing.iter().flat_map(|signing| signing.progress().requests);
        requests.filter_map(|progress| {
            let signatures = match progress.ending {
                None => None,
                Some(Ending::Signed { signatures, .. }) => Some(signatures),
                Some(_) => return None,
            };
            let meaning = self.meanings.get(&progress.request)?.meaning.as_ref().ok()?;
            meaning.spend().is_some().then_some((progress.request, signatures))
        })
    }

    /// These requests' transactions, whole where they are signed.
    pub(super) fn spends(&self) -> Vec<StandingSpend> {
        let spends = self.standing_spends().filter_map(|(request, signatures)| {
            let known = self.meanings.get(&request)?;
            let spend = Arc::clone(known.meaning.as_ref().ok()?.spend()?);
            let signed = signatures.and_then(|signatures| known.transaction(&signatures));
            Some(StandingSpend { request, created_at: known.proposal.created_at, spend, signed })
        });
        spends.collect()
    }

    /// What came of a request, in the form in which it is passed on.
    pub(super) fn signed<T>(
        &self,
        request: RequestId,
        form: impl FnOnce(&Known, &[Vec<u8>]) -> Option<T>,
    ) -> Result<T, NodeError> {
        let requests = self.signing.iter().flat_map(|signing| signing.progress().requests);
        let ending = requests.filter(|known| known.request == request).find_map(|known| known.ending);
        match (ending, self.meanings.get(&request)) {
            (Some(Ending::Signed { signatures, .. }), Some(known)) => form(known, &signatures),
            _ => None,
        }
        .ok_or(NodeError::NoSignature)
    }

    fn request_view(&self, request: &RequestProgress, all: &[RequestProgress]) -> Option<RequestView> {
        let Known { proposal, meaning, seen_at, conflicts, .. } = self.meanings.get(&request.request)?;
        let own = self.setting.keys.identity.id();
        let others = request.waiting_for.iter().filter(|device| **device != own);
        Some(RequestView {
            id: request.request.to_string(),
            wallet: self.setting.wallet.to_string(),
            proposer: self.device(request.proposer),
            own: request.proposer == own,
            // What is dated in the future would be first among all that come later.
            created_at: proposal.created_at.min(*seen_at).saturating_mul(1000),
            expires_at: proposal.expires_at.saturating_mul(1000),
            meaning: match meaning {
                Ok(meaning) => self.meaning_view(&request.request, meaning),
                Err(why) => MeaningView::Unreadable { error: undecodable(*why).view() },
            },
            decision: match request.decision {
                Decision::Undecided => DecisionView::Undecided,
                Decision::Approved { .. } => DecisionView::Approved,
                Decision::Rejected { .. } => DecisionView::Rejected,
            },
            state: match &request.ending {
                None => RequestState::Open {
                    signing: request.attempts.is_some(),
                    attempts: request.attempts.unwrap_or_default(),
                    waiting_for: others.map(|device| self.device(*device).name.clone()).collect(),
                    waiting_for_this: request.waiting_for.contains(&own),
                },
                Some(Ending::Signed { .. }) => RequestState::Signed,
                Some(Ending::Cancelled) => RequestState::Cancelled,
                Some(Ending::Superseded { by }) => RequestState::Superseded { by: by.to_string() },
                Some(Ending::Expired) => RequestState::Expired,
            },
            may_still_be_made: self.may_still_be_made(request),
            problem: self.unable.get(&request.request).cloned(),
            members: request.members.iter().map(|member| self.member_view(request, member)).collect(),
            threshold: self.setting.ceremony.params.threshold(),
            conflicts: self.standing(conflicts, all),
        })
    }

    fn meaning_view(&self, request: &RequestId, meaning: &Meaning) -> MeaningView {
        let mut view = meaning.view();
        if let MeaningView::Solana(payment) = &mut view {
            self.payments.complete(request, payment);
        }
        view
    }

    /// Whether it has ended here without a signature, and whoever led it may have one: this device gave its part. Of its
    /// own requests it knows.
    fn may_still_be_made(&self, request: &RequestProgress) -> bool {
        let unsigned = !matches!(request.ending, None | Some(Ending::Signed { .. }));
        unsigned && request.gave && request.proposer != self.setting.keys.identity.id()
    }

    /// Those among some that may still be published, or have been.
    fn standing(&self, some: &BTreeSet<RequestId>, all: &[RequestProgress]) -> Vec<String> {
        if some.is_empty() {
            return Vec::new();
        }
        let standing = all.iter().filter(|request| {
            some.contains(&request.request)
                && (matches!(request.ending, None | Some(Ending::Signed { .. }))
                    || self.may_still_be_made(request))
        });
        standing.map(|request| request.request.to_string()).collect()
    }

    fn member_view(&self, request: &RequestProgress, member: &MemberProgress) -> RequestMemberView {
        let named = request.named.iter().find(|named| named.by == member.device);
        RequestMemberView {
            device: self.device(member.device),
            linked: member.linked,
            stand: match &member.stand {
                Stand::Undecided => StandView::Undecided,
                Stand::Approved => StandView::Approved,
                Stand::Rejected { reason } => {
                    StandView::Rejected { reason: reason.as_ref().map(ToString::to_string) }
                }
                Stand::Signing => StandView::Signing,
                Stand::Signed => StandView::Signed,
                Stand::Excluded { .. } => StandView::Excluded,
            },
            misbehaved: named.map(|named| misbehaviour(named.what)),
        }
    }

    fn device(&self, id: DeviceId) -> Arc<DeviceView> {
        self.members.get(&id).cloned().unwrap_or_else(|| Arc::new(device_view(id, "")))
    }
}

/// Each member by its owner's name for it, else the one that it has in the ceremony.
pub(super) fn members(setting: &Setting) -> BTreeMap<DeviceId, Arc<DeviceView>> {
    let contacts = setting.contacts.borrow();
    let members = setting.ceremony.members.iter().map(|member| {
        let label = contacts.get(&member.id).and_then(|contact| contact.stored.label.as_ref());
        (member.id, Arc::new(device_view(member.id, label.unwrap_or(&member.name).as_str())))
    });
    members.collect()
}

pub(super) fn undecodable(why: Undecodable) -> NodeError {
    match why {
        Undecodable::Newer => NodeError::NewerSigning,
        Undecodable::Wrong => NodeError::UnreadableSigning,
        Undecodable::OtherCoins => NodeError::ReplacesNothing,
        Undecodable::Early => NodeError::EarlySigning,
    }
}

fn misbehaviour(what: Misbehaviour) -> MisbehaviourView {
    match what {
        Misbehaviour::UnsupportedVersion { .. } => MisbehaviourView::UnsupportedVersion,
        Misbehaviour::NotProposer => MisbehaviourView::NotProposer,
        Misbehaviour::BadPackage | Misbehaviour::BadCommitments => MisbehaviourView::BadPackage,
        Misbehaviour::BadShare => MisbehaviourView::BadShare,
        Misbehaviour::WrongCount => MisbehaviourView::WrongCount,
        Misbehaviour::BadOutcome => MisbehaviourView::BadOutcome,
        _ => MisbehaviourView::Malformed,
    }
}
