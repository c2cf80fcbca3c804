//! A session as its user sees it.

use coordinator::{
    Ciphersuite,
    dkg::{Outcome, Params, Participant, Progress, Round, Status},
};
use identity::{DeviceId, DeviceName};

use super::{ceremony::Session, lobby::Lobby};
use crate::{
    actor::device_view,
    contacts::{Contact, Me},
    failure::Failure,
    snapshot::{
        CiphersuiteView, DeviceView, JoinRequestView, LinkKind, ParticipantView, ProposalView, Recognition,
        RoundName, RoundStatus, RoundView, SessionState, SessionView, WaitingFor,
    },
};

/// The rounds that are shown; the confirmations after the last of them only delay the task's end.
const SHOWN: [(Round, RoundName); 7] = [
    (Round::Joining, RoundName::Joining),
    (Round::Roster, RoundName::Roster),
    (Round::Round1, RoundName::Round1),
    (Round::Echo, RoundName::Echo),
    (Round::Round2, RoundName::Round2),
    (Round::Round3, RoundName::Round3),
    (Round::Commit, RoundName::Commit),
];

impl Session {
    pub(crate) fn view(&self) -> SessionView {
        let progress = self.progress();
        let state = self.state(progress);
        let proposal = progress.params.as_ref().zip(progress.creator).map(|(params, creator)| {
            let by = device_view(creator, &self.name_of(progress, &creator));
            proposal_view(params, by, self.recognition(progress, &creator))
        });
        let is_waiting = matches!(state, SessionState::Waiting { .. });
        SessionView {
            key: self.setting.key.to_string(),
            session_id: self.code.as_ref().filter(|_| is_waiting).map(|code| code.to_string()),
            creator: self.is_creator,
            server: self.setting.server.to_string(),
            proposal,
            participants: self.participants(progress, &state),
            state,
            announced: self.lobby.as_ref().is_some_and(Lobby::is_listed),
            not_announced: self.lobby.as_ref().and_then(Lobby::refusal),
            requests: self.requests(),
            started_at: self.started_at,
            ended_at: self.ended_at,
        }
    }

    fn state(&self, progress: &Progress) -> SessionState {
        let deadline = self.deadline.map(|deadline| deadline.unix_ms).unwrap_or_default();
        let missing = || self.names(progress, progress.waiting_for.iter().filter(|id| **id != progress.me));
        let wallet = self.wallet.map(|wallet| wallet.to_string());
        match (&progress.outcome, &self.failure) {
            (Outcome::Active | Outcome::Complete, Some(failure @ Failure::NotStored { .. })) => {
                self.failed(progress, failure, wallet)
            }
            (Outcome::Active | Outcome::Complete, _) => {
                SessionState::Completed { wallet_id: wallet.unwrap_or_default(), unconfirmed: missing() }
            }
            (Outcome::GivenUp(abort), _) => {
                self.failed(progress, &Failure::GivenUp(Box::new(abort.clone())), wallet)
            }
            (Outcome::Pending, Some(failure)) => self.failed(progress, failure, wallet),
            (_, Some(failure)) => self.failed(progress, failure, None),
            (Outcome::Failed(abort), None) => {
                self.failed(progress, &Failure::Abort(Box::new(abort.clone())), None)
            }
            (Outcome::InProgress, None) if progress.round == Round::Joining => {
                SessionState::Waiting { waiting_for: self.waiting_for(progress), deadline }
            }
            (Outcome::InProgress | Outcome::Pending, None) => {
                SessionState::InProgress { round: round_name(progress.round), missing: missing(), deadline }
            }
        }
    }

    fn failed(
        &self,
        progress: &Progress,
        failure: &Failure,
        unfinished_wallet: Option<String>,
    ) -> SessionState {
        let culprits = failure.culprits();
        let others = culprits.iter().filter(|id| **id != progress.me);
        SessionState::Failed {
            error: failure.view(progress.me, unfinished_wallet.is_some(), &|id| self.name_of(progress, id)),
            culprits: self.names(progress, others),
            unfinished_wallet,
        }
    }

    fn waiting_for(&self, progress: &Progress) -> WaitingFor {
        let Some(params) = &progress.params else {
            return if self.entered { WaitingFor::Creator } else { WaitingFor::Server };
        };
        if !self.entered {
            WaitingFor::Server
        } else if !self.is_creator && !self.consented {
            WaitingFor::Consent
        } else {
            // Only the creator hears who has agreed; to the others, whoever is there has joined.
            let has_joined = |p: &&Participant| {
                if self.is_creator { p.status(Round::Joining) == Status::Done } else { p.linked }
            };
            let joined = progress.participants.iter().filter(has_joined).count();
            WaitingFor::Participants {
                joined: u16::try_from(joined).unwrap_or(u16::MAX).min(params.participants()),
                total: params.participants(),
            }
        }
    }

    fn participants(&self, progress: &Progress, state: &SessionState) -> Vec<ParticipantView> {
        let is_over = matches!(state, SessionState::Completed { .. } | SessionState::Failed { .. });
        let mut participants: Vec<_> = progress.participants.iter().collect();
        participants.sort_by_key(|p| (p.device != progress.me, p.name.clone(), p.device));
        let (contacts, me) = (self.setting.contacts.borrow(), self.me());
        let view = |p: &Participant| ParticipantView {
            device: device_view(p.device, &contacts.name_of(&p.device, &p.name)),
            recognition: contacts.recognition(me, &p.device, &p.name),
            creator: progress.creator == Some(p.device),
            link: if p.device == progress.me { LinkKind::Own } else { self.link(&p.device) },
            rounds: SHOWN
                .map(|(round, name)| RoundView {
                    round: name,
                    status: match p.status(round) {
                        Status::Done => RoundStatus::Done,
                        Status::Failed => RoundStatus::Failed,
                        // That a device has checked its shares is only known from its signature.
                        Status::Waiting if round <= progress.round && !is_over => RoundStatus::Active,
                        Status::Waiting => RoundStatus::Pending,
                    },
                })
                .to_vec(),
        };
        participants.into_iter().map(view).collect()
    }

    fn requests(&self) -> Vec<JoinRequestView> {
        let (contacts, me) = (self.setting.contacts.borrow(), self.me());
        let requests = self.lobby.iter().flat_map(|lobby| lobby.requests());
        let view = |(id, ask): (&str, &crate::announcement::Ask)| JoinRequestView {
            id: id.to_owned(),
            recognition: contacts.recognition(me, &ask.device, &ask.name),
            device: device_view(ask.device, &contacts.name_of(&ask.device, &ask.name)),
        };
        requests.map(view).collect()
    }

    pub(super) fn names<'a>(
        &self,
        progress: &Progress,
        ids: impl Iterator<Item = &'a DeviceId>,
    ) -> Vec<String> {
        ids.map(|id| self.name_of(progress, id)).collect()
    }

    fn me(&self) -> Me<'_> {
        Me { id: Some(self.setting.keys.identity.id()), name: &self.setting.name }
    }

    /// What a device calls itself here.
    fn claimed<'a>(&'a self, progress: &'a Progress, id: &DeviceId) -> Option<&'a DeviceName> {
        let participant = progress.participants.iter().find(|p| p.device == *id).map(|p| &p.name);
        participant.or_else(|| self.links.get(id).map(|(name, _)| name))
    }

    fn recognition(&self, progress: &Progress, id: &DeviceId) -> Recognition {
        let contacts = self.setting.contacts.borrow();
        match (self.claimed(progress, id), contacts.get(id)) {
            (Some(claimed), _) => contacts.recognition(self.me(), id, claimed),
            (None, Some(known)) => contacts.recognition(self.me(), id, known.name()),
            (None, None) => Recognition::Stranger,
        }
    }

    fn name_of(&self, progress: &Progress, id: &DeviceId) -> String {
        let contacts = self.setting.contacts.borrow();
        let name = contacts.get(id).map(Contact::name).or_else(|| self.claimed(progress, id));
        name.map_or_else(|| id.fingerprint().words().map(str::to_owned).join(" "), ToString::to_string)
    }
}

fn round_name(round: Round) -> RoundName {
    SHOWN.into_iter().find(|(shown, _)| *shown == round).map_or(RoundName::Commit, |(_, name)| name)
}

/// What a session makes.
pub(crate) fn proposal_view(params: &Params, by: DeviceView, by_recognition: Recognition) -> ProposalView {
    ProposalView {
        name: params.name().to_string(),
        ciphersuite: ciphersuite_view(params.ciphersuite()),
        network: params.network().map(ToString::to_string),
        threshold: params.threshold(),
        participants: params.participants(),
        by,
        by_recognition,
    }
}

pub(crate) fn ciphersuite_view(ciphersuite: Ciphersuite) -> CiphersuiteView {
    match ciphersuite {
        Ciphersuite::Ed25519 => CiphersuiteView::Ed25519,
        Ciphersuite::Secp256k1 => CiphersuiteView::Secp256k1,
        Ciphersuite::Secp256k1Tr => CiphersuiteView::Secp256k1Tr,
    }
}
