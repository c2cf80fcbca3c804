//! From the roster to the certificate: messages go to the inbox, and the phase looks at it.

use identity::DeviceId;
use rand_core::CryptoRngCore;

use super::{
    Effect, Round, Stage,
    abort::{Abort, AbortReason, Grounds, Proof, Refusal, Standing, Withdrawal},
    ceremony::{Group, Links},
    commit::Commit,
    dispute::{Dispute, shown_all},
    ended::Ended,
    inbox::{Inbox, other_roster},
    progress::Progress,
    rounds::{Rounds, Step},
    wire::{self, Body, Unreadable},
};
use crate::Ciphersuite;

/// A session in rounds 1 to 3.
pub(crate) struct Running {
    group: Group,
    inbox: Inbox,
    phase: Phase,
}

enum Phase {
    Ed25519(Rounds<frost_ed25519::Ed25519Sha512>),
    Secp256k1(Rounds<frost_secp256k1::Secp256K1Sha256>),
    Secp256k1Tr(Rounds<frost_secp256k1_tr::Secp256K1Sha256TR>),
    Dispute(Dispute),
}

impl Running {
    pub(crate) fn start(group: Group, links: &Links, rng: &mut dyn CryptoRngCore) -> (Stage, Vec<Effect>) {
        let mut inbox = Inbox::default();
        let suite = group.roster.params().ciphersuite();
        let started = match suite {
            Ciphersuite::Ed25519 => {
                Rounds::start(&group, &mut inbox, rng).map(|(s, e)| (Phase::Ed25519(s), e))
            }
            Ciphersuite::Secp256k1 => {
                Rounds::start(&group, &mut inbox, rng).map(|(s, e)| (Phase::Secp256k1(s), e))
            }
            Ciphersuite::Secp256k1Tr => {
                Rounds::start(&group, &mut inbox, rng).map(|(s, e)| (Phase::Secp256k1Tr(s), e))
            }
        };
        match started {
            Ok((phase, effects)) => (Stage::Running(Box::new(Self { group, inbox, phase })), effects),
            Err(reason) => {
                let progress = Progress::running(
                    group.local.identity.id(),
                    &group.roster,
                    links,
                    Round::Round1,
                    |_, _| false,
                );
                fail(&group, progress, Abort { reason, reported_by: None })
            }
        }
    }

    pub(crate) fn receive(mut self, links: &Links, from: DeviceId, bytes: &[u8]) -> (Stage, Vec<Effect>) {
        let body = wire::decode(self.group.local.session, bytes);
        let Some(position) = self.group.roster.position(&from).filter(|position| *position != self.group.me)
        else {
            return self.stranger(links, from, body);
        };
        let group = &self.group;
        let outcome = match body {
            Err(Unreadable::Malformed) => Err(AbortReason::Malformed { by: from }),
            Err(Unreadable::Version(version)) => Err(AbortReason::UnsupportedVersion { by: from, version }),
            Ok(Body::Round1(opening)) => self.inbox.opening(group, position, opening),
            Ok(Body::Echo(echo)) => self.inbox.echo(group, position, echo),
            Ok(Body::Evidence(evidence)) => self.inbox.evidence(group, position, evidence),
            Ok(Body::Round2(dealt)) => self.inbox.dealt(group, position, dealt),
            Ok(Body::Certificate(endorsement) | Body::Confirm(endorsement)) => {
                self.inbox.endorsement(group, position, endorsement)
            }
            Ok(Body::Abort(word)) => {
                match Withdrawal::open(&word, &from, group.local.session, Some(&group.roster)) {
                    Some(opened) => {
                        let grounds = Grounds::heard(from, word, &opened);
                        return self.fail_for(links, opened.abort, grounds);
                    }
                    None => Err(AbortReason::Malformed { by: from }),
                }
            }
            Ok(Body::Roster(roster)) => {
                let proof = Proof::rosters(&group.signed, &roster);
                let by = group.roster.creator();
                let twice = proof.convicts(&by, group.local.session);
                if twice { Err(AbortReason::Equivocation { by, proof }) } else { Ok(()) }
            }
            Ok(Body::Proposal(proposal)) if from != group.roster.creator() => match proposal.open(&from) {
                Ok(_) => {
                    Err(AbortReason::ConflictingProposals { first: group.roster.creator(), second: from })
                }
                Err(_) => Err(AbortReason::Malformed { by: from }),
            },
            Ok(Body::Proposal(_) | Body::Accept(_) | Body::Refuse(_)) => Ok(()),
        };
        match outcome {
            Ok(()) => self.advance(links),
            Err(reason) => self.fail(links, Abort { reason, reported_by: None }),
        }
    }

    /// Someone who is not in our roster. It is heard only if it shows another roster that our creator signed.
    fn stranger(self, links: &Links, from: DeviceId, body: Result<Body, Unreadable>) -> (Stage, Vec<Effect>) {
        if let Ok(Body::Round1(opening)) = body
            && let reason @ AbortReason::Equivocation { .. } = other_roster(&self.group, from, &opening)
        {
            return self.fail(links, Abort { reason, reported_by: None });
        }
        (Stage::Running(Box::new(self)), Vec::new())
    }

    /// Goes on as far as the inbox allows.
    fn advance(mut self, links: &Links) -> (Stage, Vec<Effect>) {
        let mut effects = Vec::new();
        loop {
            let (round, disputed) = (self.phase.round(), matches!(self.phase, Phase::Dispute(_)));
            let Self { group, mut inbox, phase } = self;
            let stepped = match phase {
                Phase::Ed25519(rounds) => step(rounds, Phase::Ed25519, &group, &mut inbox),
                Phase::Secp256k1(rounds) => step(rounds, Phase::Secp256k1, &group, &mut inbox),
                Phase::Secp256k1Tr(rounds) => step(rounds, Phase::Secp256k1Tr, &group, &mut inbox),
                Phase::Dispute(dispute) => {
                    dispute.check(&group, &inbox).map(|()| Step::Wait(Phase::Dispute(dispute)))
                }
            };
            let phase = match stepped {
                Ok(Step::Wait(phase)) => {
                    return (Stage::Running(Box::new(Self { group, inbox, phase })), effects);
                }
                Ok(Step::Next(phase, more)) => {
                    effects.extend(more);
                    phase
                }
                Ok(Step::Dispute) => {
                    let (dispute, more) = Dispute::start(&group, &inbox);
                    effects.extend(more);
                    Phase::Dispute(dispute)
                }
                Ok(Step::Done(made)) => {
                    let (stage, more) = match Commit::enter(&group, *made, inbox.certificates.clone()) {
                        Ok((commit, more)) => (Stage::Commit(Box::new(commit)), more),
                        Err(reason) => fail(
                            &group,
                            picture(&group, &inbox, links, round, disputed),
                            Abort { reason, reported_by: None },
                        ),
                    };
                    effects.extend(more);
                    return (stage, effects);
                }
                Err(reason) => {
                    let progress = picture(&group, &inbox, links, round, disputed);
                    let (stage, more) = fail(&group, progress, Abort { reason, reported_by: None });
                    effects.extend(more);
                    return (stage, effects);
                }
            };
            self = Self { group, inbox, phase };
        }
    }

    pub(crate) fn link_up(self, peer: DeviceId) -> (Stage, Vec<Effect>) {
        let newcomer = self.group.is_creator() && self.group.roster.position(&peer).is_none();
        let refusal = newcomer.then(|| self.group.local.send(peer, Body::Refuse(Refusal::InProgress)));
        (Stage::Running(Box::new(self)), refusal.into_iter().collect())
    }

    pub(crate) fn peer_gone(
        self,
        links: &Links,
        peer: DeviceId,
        reason: AbortReason,
    ) -> (Stage, Vec<Effect>) {
        match self.group.roster.position(&peer) {
            Some(_) => self.fail(links, Abort { reason, reported_by: None }),
            None => (Stage::Running(Box::new(self)), Vec::new()),
        }
    }

    pub(crate) fn deadline(self, links: &Links) -> (Stage, Vec<Effect>) {
        let reason = match &self.phase {
            Phase::Dispute(dispute) => dispute.deadline(&self.group, &self.inbox),
            _ => {
                let Progress { round, waiting_for: missing, .. } = self.progress(links);
                AbortReason::Timeout { round, missing }
            }
        };
        self.fail(links, Abort { reason, reported_by: None })
    }

    pub(crate) fn leave(self, links: &Links) -> (Stage, Vec<Effect>) {
        let by = self.group.local.identity.id();
        self.fail(links, Abort { reason: AbortReason::Cancelled { by }, reported_by: None })
    }

    fn fail(self, links: &Links, abort: Abort) -> (Stage, Vec<Effect>) {
        let progress = self.progress(links);
        fail(&self.group, progress, abort)
    }

    /// Ends because of what another said.
    fn fail_for(self, links: &Links, abort: Abort, grounds: Grounds) -> (Stage, Vec<Effect>) {
        let progress = self.progress(links);
        fail_for(&self.group, progress, abort, grounds)
    }

    pub(crate) fn progress(&self, links: &Links) -> Progress {
        let disputed = matches!(self.phase, Phase::Dispute(_));
        picture(&self.group, &self.inbox, links, self.phase.round(), disputed)
    }
}

impl Phase {
    fn round(&self) -> Round {
        match self {
            Self::Ed25519(rounds) => rounds.round(),
            Self::Secp256k1(rounds) => rounds.round(),
            Self::Secp256k1Tr(rounds) => rounds.round(),
            Self::Dispute(_) => Round::Echo,
        }
    }
}

fn picture(group: &Group, inbox: &Inbox, links: &Links, round: Round, disputed: bool) -> Progress {
    let done = |position: u16, asked| match asked {
        Round::Round1 => inbox.round1.contains_key(&position),
        _ if position == group.me => asked <= round,
        Round::Echo if disputed => shown_all(group, inbox, position),
        Round::Echo => inbox.echoes.contains_key(&position),
        Round::Round2 => inbox.round2.contains_key(&position),
        Round::Round3 | Round::Commit => inbox.certificates.contains_key(&position),
        _ => false,
    };
    Progress::running(group.local.identity.id(), &group.roster, links, round, done)
}

fn step<C: frost_core::Ciphersuite>(
    rounds: Rounds<C>,
    phase: fn(Rounds<C>) -> Phase,
    group: &Group,
    inbox: &mut Inbox,
) -> Result<Step<Phase>, AbortReason> {
    Ok(match rounds.advance(group, inbox)? {
        Step::Wait(rounds) => Step::Wait(phase(rounds)),
        Step::Next(rounds, effects) => Step::Next(phase(rounds), effects),
        Step::Dispute => Step::Dispute,
        Step::Done(made) => Step::Done(made),
    })
}

/// Ends for what this device saw, before it signed the certificate.
fn fail(group: &Group, progress: Progress, abort: Abort) -> (Stage, Vec<Effect>) {
    let grounds = Grounds::Own(abort.reason.clone());
    fail_for(group, progress, abort, grounds)
}

/// Tells everyone, also when it was told itself, since a device that has signed waits for everyone's word before it
/// discards its share.
fn fail_for(group: &Group, progress: Progress, abort: Abort, grounds: Grounds) -> (Stage, Vec<Effect>) {
    let word = group.withdraw(grounds, Standing::Unsigned);
    let ended = Ended::of_group(group, progress.failed(&abort), word.clone());
    (Stage::Ended(Box::new(ended)), vec![group.broadcast(Body::Abort(word)), Effect::Failed(abort)])
}
