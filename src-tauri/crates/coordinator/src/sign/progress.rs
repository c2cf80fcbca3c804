//! How far the requests are, as a user sees it.

use std::collections::BTreeSet;

use frost_core::Ciphersuite as Suite;
use identity::DeviceId;

use super::{
    lead::Picture,
    misbehaviour::{Misbehaviour, Named},
    proposal::{Reason, RequestId},
    record::{Decision, Ending},
    request::Request,
    wallet::Wallet,
};

/// Where a member stands in a request, as far as this device knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Stand {
    /// It has not said anything, or has restarted since.
    #[default]
    Undecided,
    /// Its user approved.
    Approved,
    /// Its user rejected.
    Rejected {
        /// Why, if they said so.
        reason: Option<Reason>,
    },
    /// It was asked for its shares. Only the proposer knows.
    Signing,
    /// It gave its shares in the attempt that is under way. Only the proposer knows.
    Signed,
    /// The proposer does without it, because of what it did.
    Excluded {
        /// What that was.
        what: Misbehaviour,
    },
}

/// A member of the wallet and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberProgress {
    /// The device.
    pub device: DeviceId,
    /// Whether there is a link to it now; this device itself counts as linked.
    pub linked: bool,
    /// Where it stands.
    pub stand: Stand,
}

/// One request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestProgress {
    /// Its name.
    pub request: RequestId,
    /// Who proposed it.
    pub proposer: DeviceId,
    /// What this device's user said.
    pub decision: Decision,
    /// How it ended, if it has.
    pub ending: Option<Ending>,
    /// This device has given shares: whoever leads may have signatures, however it ended here.
    pub gave: bool,
    /// The members in the wallet's order.
    pub members: Vec<MemberProgress>,
    /// Once the rounds have begun: how many attempts the proposer has begun; 0 on other devices, which know of theirs only.
    pub attempts: Option<u32>,
    /// Whom it waits for: members that have not decided while approvals are missing, then whose shares are missing; the
    /// proposer, where only that knows more. Nobody, once it has ended.
    pub waiting_for: Vec<DeviceId>,
    /// Who misbehaved in it.
    pub named: Vec<Named>,
}

/// A whole picture of a wallet's requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// This device.
    pub me: DeviceId,
    /// The requests, in no order that means anything.
    pub requests: Vec<RequestProgress>,
}

impl RequestProgress {
    pub(crate) fn of<C: Suite>(wallet: &Wallet<C>, request: &Request<C>) -> Self {
        let picture = request.lead.as_ref().map(super::lead::Lead::picture).unwrap_or_default();
        let members: Vec<_> = wallet
            .positions()
            .filter_map(|position| {
                let stand = stand(wallet, request, &picture, position);
                Some(MemberProgress {
                    device: wallet.device(position)?,
                    linked: wallet.is_linked(position),
                    stand,
                })
            })
            .collect();
        let waiting_for = waiting_for(wallet, request, &picture, &members);
        let has_answered = request.signer.as_ref().is_some_and(super::signer::Signer::has_answered);
        let attempts = (picture.begun || has_answered).then_some(picture.attempts);
        Self {
            request: request.id,
            proposer: request.proposal.proposer,
            decision: request.decision.clone(),
            ending: request.end.as_ref().map(super::record::End::ending),
            gave: request.gave(),
            members,
            attempts,
            waiting_for,
            named: request.named().to_vec(),
        }
    }
}

fn stand<C: Suite>(wallet: &Wallet<C>, request: &Request<C>, picture: &Picture, position: u16) -> Stand {
    let device = wallet.device(position);
    let excluded = request.named().iter().find(|named| Some(named.by) == device && named.what.excludes());
    if let Some(named) = excluded {
        return Stand::Excluded { what: named.what };
    }
    let said = if position == wallet.me {
        match request.decision.clone() {
            Decision::Undecided => Stand::Undecided,
            Decision::Approved { .. } => Stand::Approved,
            Decision::Rejected { reason } => Stand::Rejected { reason },
        }
    } else {
        request.stand_of(position)
    };
    match said {
        Stand::Approved if picture.awaited.contains(&position) => Stand::Signing,
        Stand::Approved if picture.answered.contains(&position) => Stand::Signed,
        said => said,
    }
}

fn waiting_for<C: Suite>(
    wallet: &Wallet<C>,
    request: &Request<C>,
    picture: &Picture,
    members: &[MemberProgress],
) -> Vec<DeviceId> {
    if !request.is_open() {
        return Vec::new();
    }
    if !picture.awaited.is_empty() {
        return picture.awaited.iter().filter_map(|position| wallet.device(*position)).collect();
    }
    let ready = |member: &&MemberProgress| {
        matches!(member.stand, Stand::Approved | Stand::Signing | Stand::Signed) && member.linked
    };
    let approvals = members.iter().filter(ready).count();
    if approvals >= usize::from(wallet.threshold) {
        return vec![request.proposal.proposer];
    }
    let missing = members.iter().filter(|member| !ready(member) && could_still_sign(member));
    let missing: BTreeSet<_> = missing.map(|member| member.device).collect();
    missing.into_iter().collect()
}

fn could_still_sign(member: &MemberProgress) -> bool {
    matches!(member.stand, Stand::Undecided | Stand::Approved)
}
