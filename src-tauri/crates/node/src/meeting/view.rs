//! A wallet's requests as its user sees them.

use coordinator::sign::{Decision, Ending, MemberProgress, Misbehaviour, RequestId, RequestProgress, Stand};
use identity::DeviceId;

use super::{Known, Meeting};
use crate::{
    NodeError,
    actor::device_view,
    signing::{Meaning, Undecodable},
    snapshot::{
        DecisionView, DeviceView, MeaningView, MisbehaviourView, RequestMemberView, RequestState,
        RequestView, StandView,
    },
};

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

    /// What came of a request, in the form in which it is passed on.
    pub(super) fn signed<T>(
        &self,
        request: RequestId,
        form: impl FnOnce(&Meaning, &[Vec<u8>]) -> Option<T>,
    ) -> Result<T, NodeError> {
        let requests = self.signing.iter().flat_map(|signing| signing.progress().requests);
        let ending = requests.filter(|known| known.request == request).find_map(|known| known.ending);
        let meaning = self.meanings.get(&request).and_then(|known| known.meaning.as_ref().ok());
        match (ending, meaning) {
            (Some(Ending::Signed { signatures, .. }), Some(meaning)) => form(meaning, &signatures),
            _ => None,
        }
        .ok_or(NodeError::NoSignature)
    }

    fn request_view(&self, request: &RequestProgress, all: &[RequestProgress]) -> Option<RequestView> {
        let Known { proposal, meaning } = self.meanings.get(&request.request)?;
        let names = request.waiting_for.iter().map(|device| self.device(device).name);
        Some(RequestView {
            id: request.request.to_string(),
            wallet: self.setting.wallet.to_string(),
            proposer: self.device(&request.proposer),
            own: request.proposer == self.setting.keys.identity.id(),
            created_at: proposal.created_at.saturating_mul(1000),
            expires_at: proposal.expires_at.saturating_mul(1000),
            meaning: match meaning {
                Ok(meaning) => self.meaning_view(&request.request, meaning),
                Err(why) => MeaningView::Unreadable { error: unreadable(*why).view() },
            },
            decision: match request.decision {
                Decision::Undecided => DecisionView::Undecided,
                Decision::Approved { .. } => DecisionView::Approved,
                Decision::Rejected { .. } => DecisionView::Rejected,
            },
            state: match &request.ending {
                None => {
                    RequestState::Open { signing: request.rounds.is_some(), waiting_for: names.collect() }
                }
                Some(Ending::Signed { .. }) => RequestState::Signed,
                Some(Ending::Cancelled) => RequestState::Cancelled,
                Some(Ending::Superseded { by }) => RequestState::Superseded { by: by.to_string() },
                Some(Ending::Expired) => RequestState::Expired,
            },
            members: request.members.iter().map(|member| self.member_view(request, member)).collect(),
            threshold: self.setting.ceremony.params.threshold(),
            conflicts: match meaning {
                Ok(meaning) => self.conflicts(meaning, all),
                Err(_) => Vec::new(),
            },
        })
    }

    fn meaning_view(&self, request: &RequestId, meaning: &Meaning) -> MeaningView {
        let mut view = meaning.view();
        if let MeaningView::Solana(payment) = &mut view {
            self.payments.complete(request, payment);
        }
        view
    }

    /// Those that may still be published, or have been.
    fn conflicts(&self, meaning: &Meaning, all: &[RequestProgress]) -> Vec<String> {
        let standing = all.iter().filter(|other| matches!(other.ending, None | Some(Ending::Signed { .. })));
        let conflicting = standing.filter(|other| {
            let other = self.meanings.get(&other.request).and_then(|known| known.meaning.as_ref().ok());
            other.is_some_and(|other| meaning.conflicts_with(other))
        });
        conflicting.map(|other| other.request.to_string()).collect()
    }

    fn member_view(&self, request: &RequestProgress, member: &MemberProgress) -> RequestMemberView {
        let named = request.named.iter().find(|named| named.by == member.device);
        RequestMemberView {
            device: self.device(&member.device),
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

    /// A member by its owner's name for it, else the one that it has in the ceremony.
    fn device(&self, id: &DeviceId) -> DeviceView {
        let contacts = self.setting.contacts.borrow();
        let label = contacts.get(id).and_then(|contact| contact.stored.label.as_ref());
        let members = &self.setting.ceremony.members;
        let name =
            label.or_else(|| members.iter().find(|member| member.id == *id).map(|member| &member.name));
        device_view(*id, name.map_or("", |name| name.as_str()))
    }
}

fn unreadable(why: Undecodable) -> NodeError {
    match why {
        Undecodable::Newer => NodeError::NewerSigning,
        Undecodable::Wrong => NodeError::UnreadableSigning,
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
