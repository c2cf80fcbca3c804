//! The share is stored; now everyone signs what came out. ADR 0010 says why this state ends as it does.

use std::collections::{BTreeMap, BTreeSet};

use identity::{DeviceId, Signature};

use super::{
    Effect, Round, Stage,
    abort::{Abort, AbortReason, Grounds, Opened, Refusal, Standing, Withdrawal},
    ceremony::{Group, Links, Local},
    ended::Ended,
    progress::{Outcome, Progress},
    record::{PendingWallet, ResumeError, WalletRecord},
    rounds::Made,
    signed::Signed,
    transcript::{Certificate, Checked, Transcript, endorse, endorsed_by},
    wire::{self, Body, Endorsement, Unreadable},
};
use crate::SecretShare;

/// This device has signed, or is about to as the effects run.
pub(crate) struct Commit {
    group: Group,
    transcript: Transcript,
    checked: Checked,
    /// Verified, by position; our own always.
    signatures: BTreeMap<u16, Signature>,
    /// Who has said that it has all signatures.
    confirmed: BTreeSet<u16>,
    /// Who has given its word never to complete the certificate.
    withdrawn: BTreeSet<u16>,
    /// Who among them says that it has not signed.
    unsigned: BTreeSet<u16>,
    violations: BTreeMap<DeviceId, AbortReason>,
    stand: Stand,
}

enum Stand {
    Pending,
    /// Never active any more, whatever comes; discards once everyone has given up.
    GivenUp {
        word: Signed<Withdrawal>,
        abort: Abort,
    },
    Active,
    Complete,
}

/// A device that never signed, by its own word.
struct NeverSigned {
    by: DeviceId,
    position: u16,
    word: Signed<Withdrawal>,
    abort: Abort,
}

impl Commit {
    /// Stores, then signs. Fails, before anything is signed, when a device already signed something else.
    pub(crate) fn enter(
        group: &Group,
        made: Made,
        early: BTreeMap<u16, Endorsement>,
    ) -> Result<(Self, Vec<Effect>), AbortReason> {
        let Made { transcript, checked, share } = made;
        for (position, endorsement) in &early {
            if endorsement.transcript != checked.hash {
                let by = group.roster.device(*position).ok_or(AbortReason::Internal)?;
                return Err(AbortReason::WrongTranscript { by });
            }
        }
        let mut commit = Self::new(group.clone(), transcript, checked);
        let mut effects = vec![
            Effect::StorePending { wallet: Box::new(commit.pending(None)), share },
            commit.group.broadcast(Body::Certificate(commit.endorsement())),
        ];
        for (position, endorsement) in early {
            if let Some(from) = commit.group.roster.device(position) {
                effects.extend(commit.endorsed(from, position, &endorsement));
            }
        }
        Ok((commit, effects))
    }

    /// Goes on after a restart, before the certificate was complete.
    pub(crate) fn resume(
        local: Local,
        record: PendingWallet,
        share: &SecretShare,
    ) -> Result<Self, ResumeError> {
        let checked = record.check(&local.identity, share)?;
        let given_up = record.given_up(&checked)?;
        let group = Group::new(local, checked.roster.clone(), record.transcript.roster.clone())
            .ok_or(ResumeError::OtherDevice)?;
        let mut commit = Self::new(group, record.transcript, checked);
        if let (Some(word), Some(abort)) = (record.word, given_up) {
            commit.stand = Stand::GivenUp { word, abort };
        }
        Ok(commit)
    }

    /// Goes on after a restart, while others may lack the certificate.
    pub(crate) fn resume_active(local: Local, record: WalletRecord) -> Result<Self, ResumeError> {
        let checked = record.check(&local.identity)?;
        let Certificate { transcript, signatures } = record.certificate;
        let group = Group::new(local, checked.roster.clone(), transcript.roster.clone())
            .ok_or(ResumeError::OtherDevice)?;
        let mut commit = Self::new(group, transcript, checked);
        commit.signatures = (0..).zip(signatures).collect();
        commit.stand = Stand::Active;
        Ok(commit)
    }

    fn new(group: Group, transcript: Transcript, checked: Checked) -> Self {
        let signatures = BTreeMap::from([(group.me, endorse(&group.local.identity, &checked))]);
        Self {
            group,
            transcript,
            checked,
            signatures,
            confirmed: BTreeSet::new(),
            withdrawn: BTreeSet::new(),
            unsigned: BTreeSet::new(),
            violations: BTreeMap::new(),
            stand: Stand::Pending,
        }
    }

    pub(crate) fn receive(mut self: Box<Self>, from: DeviceId, bytes: &[u8]) -> (Stage, Vec<Effect>) {
        let Some(position) = self.group.roster.position(&from).filter(|position| *position != self.group.me)
        else {
            return (Stage::Commit(self), Vec::new());
        };
        let effects = match wire::decode(self.group.local.session, bytes) {
            Err(Unreadable::Malformed) => self.violation(AbortReason::Malformed { by: from }),
            Err(Unreadable::Version(version)) => {
                self.violation(AbortReason::UnsupportedVersion { by: from, version })
            }
            Ok(Body::Certificate(endorsement)) => {
                let mut effects = self.endorsed(from, position, &endorsement);
                effects.extend(self.answer(from, &endorsement));
                effects
            }
            Ok(Body::Confirm(endorsement)) => {
                let mut effects = self.endorsed(from, position, &endorsement);
                effects.extend(self.confirmed(from, position, &endorsement));
                effects
            }
            Ok(Body::Abort(word)) => return self.withdrawn(from, position, word),
            // Of rounds that are over.
            Ok(_) => Vec::new(),
        };
        (Stage::Commit(self), effects)
    }

    /// Takes the signatures of a message; becomes active with the last.
    fn endorsed(&mut self, from: DeviceId, position: u16, endorsement: &Endorsement) -> Vec<Effect> {
        let members = self.group.roster.members().len();
        if endorsement.roster != self.group.hash || endorsement.signatures.len() > members {
            return self.violation(AbortReason::Malformed { by: from });
        }
        if endorsement.transcript != self.checked.hash {
            return self.violation(AbortReason::WrongTranscript { by: from });
        }
        let mut effects = Vec::new();
        for (signer, signature) in &endorsement.signatures {
            if self.signatures.get(signer) == Some(signature) {
                continue;
            }
            let device = self.group.roster.device(*signer);
            match device.filter(|device| endorsed_by(device, &self.checked, signature)) {
                None => effects.extend(self.violation(AbortReason::Malformed { by: from })),
                Some(by) => {
                    self.signatures.entry(*signer).or_insert(*signature);
                    if self.unsigned.contains(signer) {
                        effects.extend(self.violation(AbortReason::AbortAfterSigning { by }));
                    }
                }
            }
        }
        if !self.signatures.contains_key(&position) {
            effects.extend(self.violation(AbortReason::Malformed { by: from }));
        }
        if matches!(self.stand, Stand::Pending) && self.signatures.len() == members {
            self.stand = Stand::Active;
            let certificate = Certificate {
                transcript: self.transcript.clone(),
                signatures: self.signatures.values().copied().collect(),
            };
            let wallet = WalletRecord { certificate, me: self.group.local.identity.id() };
            effects.push(Effect::Activate { wallet: Box::new(wallet) });
            effects.push(self.group.broadcast(Body::Confirm(self.endorsement())));
        }
        effects
    }

    fn confirmed(&mut self, from: DeviceId, position: u16, endorsement: &Endorsement) -> Vec<Effect> {
        if endorsement.signatures.len() < self.group.roster.members().len() {
            return self.violation(AbortReason::Malformed { by: from });
        }
        if self.is_active() {
            self.confirmed.insert(position);
        }
        if matches!(self.stand, Stand::Active) && self.group.others().all(|p| self.confirmed.contains(&p)) {
            self.stand = Stand::Complete;
            return vec![Effect::Everyone];
        }
        Vec::new()
    }

    /// Completes a device that lacks signatures, or tells it that nothing will come of it.
    fn answer(&self, from: DeviceId, endorsement: &Endorsement) -> Option<Effect> {
        let lacks = endorsement.signatures.len() < self.group.roster.members().len();
        let useful = lacks && (self.is_active() || matches!(self.stand, Stand::GivenUp { .. }));
        useful.then(|| self.group.local.send(from, self.status()))
    }

    /// A device's word that it never will complete the certificate.
    fn withdrawn(
        mut self: Box<Self>,
        from: DeviceId,
        position: u16,
        word: Signed<Withdrawal>,
    ) -> (Stage, Vec<Effect>) {
        let Some(Opened { withdrawal, abort }) = self.open(&word, &from) else {
            let effects = self.violation(AbortReason::Malformed { by: from });
            return (Stage::Commit(self), effects);
        };
        let origin = match (withdrawal.standing, withdrawal.grounds) {
            (Standing::Discarded, _) | (Standing::Signed, Grounds::Own(_)) => None,
            (Standing::Signed, Grounds::Heard { by, word }) => match self.never_signed(by, word) {
                Some(origin) => Some(origin),
                None => {
                    let effects = self.violation(AbortReason::Malformed { by: from });
                    return (Stage::Commit(self), effects);
                }
            },
            (Standing::Unsigned, _) => Some(NeverSigned { by: from, position, word, abort }),
        };
        self.withdrawn.insert(position);
        let effects = match origin {
            None => self.violation(AbortReason::AbortAfterSigning { by: from }),
            Some(NeverSigned { by, position, word, abort }) => {
                self.withdrawn.insert(position);
                self.unsigned.insert(position);
                if self.signatures.contains_key(&position) {
                    self.violation(AbortReason::AbortAfterSigning { by })
                } else if matches!(self.stand, Stand::Pending) {
                    self.give_up(by, word, abort)
                } else {
                    Vec::new()
                }
            }
        };
        self.discard_if_all_gave_up(effects)
    }

    fn open(&self, word: &Signed<Withdrawal>, from: &DeviceId) -> Option<Opened> {
        Withdrawal::open(word, from, self.group.local.session, Some(&self.group.roster))
            .filter(|opened| opened.withdrawal.roster == Some(self.group.hash))
    }

    /// The word of a device that another quotes, if it says that it never signed.
    fn never_signed(&self, by: DeviceId, word: Signed<Withdrawal>) -> Option<NeverSigned> {
        let position = self.group.roster.position(&by)?;
        let Opened { withdrawal, abort } = self.open(&word, &by)?;
        let unsigned = withdrawal.standing == Standing::Unsigned;
        unsigned.then_some(NeverSigned { by, position, word, abort })
    }

    /// The certificate can't be completed any more: says so, and from now on sticks to it.
    fn give_up(&mut self, by: DeviceId, word: Signed<Withdrawal>, abort: Abort) -> Vec<Effect> {
        let word = self.group.withdraw(Grounds::Heard { by, word }, Standing::Signed);
        self.stand = Stand::GivenUp { word: word.clone(), abort };
        vec![
            Effect::UpdatePending { wallet: Box::new(self.pending(Some(word.clone()))) },
            self.group.broadcast(Body::Abort(word)),
        ]
    }

    fn discard_if_all_gave_up(self: Box<Self>, mut effects: Vec<Effect>) -> (Stage, Vec<Effect>) {
        let all = self.group.others().all(|position| self.withdrawn.contains(&position));
        if let (Stand::GivenUp { word, abort }, true) = (&self.stand, all) {
            effects.extend([Effect::Discard, Effect::Failed(abort.clone())]);
            let progress = self.progress(&Links::default()).failed(abort);
            let ended = Ended::of_group(&self.group, progress, word.clone());
            return (Stage::Ended(Box::new(ended)), effects);
        }
        (Stage::Commit(self), effects)
    }

    /// The user orders the pending share erased. An active wallet is not this session's to delete.
    pub(crate) fn discard(self: Box<Self>, links: &Links) -> (Stage, Vec<Effect>) {
        if self.is_active() {
            return (Stage::Commit(self), Vec::new());
        }
        let by = self.group.local.identity.id();
        let abort = Abort { reason: AbortReason::Cancelled { by }, reported_by: None };
        let word = match &self.stand {
            Stand::GivenUp { word, .. } => word.clone(),
            _ => self.group.withdraw(Grounds::Own(abort.reason.clone()), Standing::Discarded),
        };
        let effects = vec![
            Effect::Discard,
            self.group.broadcast(Body::Abort(word.clone())),
            Effect::Failed(abort.clone()),
        ];
        let ended = Ended::of_group(&self.group, self.progress(links).failed(&abort), word);
        (Stage::Ended(Box::new(ended)), effects)
    }

    /// The share could not be kept, so nothing was sent: this device never signs.
    pub(crate) fn not_stored(self: Box<Self>, links: &Links) -> (Stage, Vec<Effect>) {
        let by = self.group.local.identity.id();
        let abort = Abort { reason: AbortReason::NotStored { by }, reported_by: None };
        let word = self.group.withdraw(Grounds::Own(abort.reason.clone()), Standing::Unsigned);
        let effects = vec![
            // First, so that what may have been kept all the same does not sign after a restart.
            Effect::Discard,
            self.group.broadcast(Body::Abort(word.clone())),
            Effect::Failed(abort.clone()),
        ];
        let ended = Ended::of_group(&self.group, self.progress(links).failed(&abort), word);
        (Stage::Ended(Box::new(ended)), effects)
    }

    /// A member is back, perhaps without its memory: it is told where we stand.
    pub(crate) fn link_up(self: Box<Self>, peer: DeviceId) -> (Stage, Vec<Effect>) {
        let body = match self.group.roster.position(&peer) {
            Some(_) => Some(self.status()),
            None if !self.group.is_creator() => None,
            None if self.is_active() => Some(Body::Refuse(Refusal::Finished)),
            None => Some(Body::Refuse(Refusal::InProgress)),
        };
        let effects = body.map(|body| self.group.local.send(peer, body)).into_iter().collect();
        (Stage::Commit(self), effects)
    }

    /// Nothing is discarded because time passes or someone goes: it is said who is missing.
    pub(crate) fn unfinished(self: Box<Self>, links: &Links) -> (Stage, Vec<Effect>) {
        let missing = self.progress(links).waiting_for;
        let effects = match self.stand {
            Stand::Complete => Vec::new(),
            _ => vec![Effect::Unfinished { missing }],
        };
        (Stage::Commit(self), effects)
    }

    fn is_active(&self) -> bool {
        matches!(self.stand, Stand::Active | Stand::Complete)
    }

    fn pending(&self, word: Option<Signed<Withdrawal>>) -> PendingWallet {
        PendingWallet { transcript: self.transcript.clone(), me: self.group.local.identity.id(), word }
    }

    fn endorsement(&self) -> Endorsement {
        Endorsement {
            roster: self.group.hash,
            transcript: self.checked.hash,
            signatures: self.signatures.iter().map(|(position, signature)| (*position, *signature)).collect(),
        }
    }

    fn status(&self) -> Body {
        match &self.stand {
            Stand::Pending => Body::Certificate(self.endorsement()),
            Stand::GivenUp { word, .. } => Body::Abort(word.clone()),
            Stand::Active | Stand::Complete => Body::Confirm(self.endorsement()),
        }
    }

    /// Names a device once. Whoever signed and withdrew is shown to everyone: our message has its signature.
    fn violation(&mut self, reason: AbortReason) -> Vec<Effect> {
        let mut effects = Vec::new();
        for device in reason.concerns() {
            let known = self.violations.get(&device);
            let worse = matches!(reason, AbortReason::AbortAfterSigning { .. });
            if known.is_none() || (worse && known != Some(&reason)) {
                self.violations.insert(device, reason.clone());
                effects.push(Effect::Violation(reason.clone()));
                if worse && !matches!(self.stand, Stand::GivenUp { .. }) {
                    effects.push(self.group.broadcast(self.status()));
                }
            }
        }
        effects
    }

    pub(crate) fn progress(&self, links: &Links) -> Progress {
        let round = if self.is_active() { Round::Confirm } else { Round::Commit };
        let me = self.group.me;
        let done = |position: u16, asked| match asked {
            Round::Confirm if position == me => self.is_active(),
            Round::Confirm => self.confirmed.contains(&position),
            Round::Round3 | Round::Commit => self.signatures.contains_key(&position),
            _ => true,
        };
        let id = self.group.local.identity.id();
        let mut progress = Progress::running(id, &self.group.roster, links, round, done);
        progress.violations = self.violations.values().cloned().collect();
        progress.outcome = match &self.stand {
            Stand::Pending => Outcome::Pending,
            Stand::GivenUp { abort, .. } => {
                progress.waiting_for = self.group.missing(|position| !self.withdrawn.contains(&position));
                Outcome::GivenUp(abort.clone())
            }
            Stand::Active => Outcome::Active,
            Stand::Complete => Outcome::Complete,
        };
        progress
    }
}
