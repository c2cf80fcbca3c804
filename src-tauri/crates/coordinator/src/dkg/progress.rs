//! How far a session is, as a user sees it.

use std::fmt;

use identity::{DeviceId, DeviceName};
use serde::{Deserialize, Serialize};

use super::{
    abort::{Abort, AbortReason},
    ceremony::{Links, Local},
    params::Params,
    roster::Roster,
};

/// The steps, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Round {
    /// Devices come, and their users agree to the proposal.
    Joining,
    /// The creator fixes who takes part, and everyone has a link to everyone.
    Roster,
    /// Commitments.
    Round1,
    /// All compare what they got.
    Echo,
    /// Shares.
    Round2,
    /// Each checks its shares by itself.
    Round3,
    /// All sign what came out.
    Commit,
    /// All have everyone's signature.
    Confirm,
}

impl Round {
    /// All of them in order.
    pub const ALL: [Self; 8] = [
        Self::Joining,
        Self::Roster,
        Self::Round1,
        Self::Echo,
        Self::Round2,
        Self::Round3,
        Self::Commit,
        Self::Confirm,
    ];
}

impl fmt::Display for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Joining => "joining",
            Self::Roster => "roster",
            Self::Round1 => "round 1",
            Self::Echo => "echo",
            Self::Round2 => "round 2",
            Self::Round3 => "round 3",
            Self::Commit => "commit",
            Self::Confirm => "confirm",
        })
    }
}

/// A participant's part in a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Status {
    /// Not yet here.
    Waiting,
    /// Here and accepted.
    Done,
    /// What ended the session, or this device's part in it.
    Failed,
}

/// A participant and its part in each round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Participant {
    /// The device.
    pub device: DeviceId,
    /// Its name, as its link or the roster gives it.
    pub name: DeviceName,
    /// Whether there is a link to it now; this device itself counts as linked.
    pub linked: bool,
    /// Its part in each round, in the order of [`Round::ALL`].
    pub rounds: [Status; 8],
}

impl Participant {
    /// Its part in a round.
    pub fn status(&self, round: Round) -> Status {
        Round::ALL.into_iter().zip(self.rounds).find(|(r, _)| *r == round).map_or(Status::Waiting, |(_, s)| s)
    }
}

/// How the session stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Outcome {
    /// It goes on.
    InProgress,
    /// This device has signed, and not everyone's signature is here. Never given up without an order.
    Pending,
    /// As [`Outcome::Pending`], and a device withdrew, so nothing will come of it. The share is kept until everyone
    /// has withdrawn, or the user orders otherwise.
    GivenUp(Abort),
    /// The wallet is there; not everyone is known to have the certificate.
    Active,
    /// The wallet is there, and everyone has the certificate.
    Complete,
    /// It ended without a wallet.
    Failed(Abort),
}

/// A whole picture of the session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// This device.
    pub me: DeviceId,
    /// Who proposed, once known.
    pub creator: Option<DeviceId>,
    /// What is proposed, once known.
    pub params: Option<Params>,
    /// The round that is under way; the last one that was, after the end.
    pub round: Round,
    /// Everyone who takes part so far, this device included: in the roster's order once there is one.
    pub participants: Vec<Participant>,
    /// Whose part in the round is missing. Contains this device while its user has not consented.
    pub waiting_for: Vec<DeviceId>,
    /// How it stands.
    pub outcome: Outcome,
    /// Misbehaviour that did not end the session, one for each device.
    pub violations: Vec<AbortReason>,
}

impl Progress {
    /// The devices that came to the lobby; `joined` says who has agreed.
    pub(crate) fn lobby(local: &Local, links: &Links, joined: impl Fn(&DeviceId) -> bool) -> Self {
        let me = local.identity.id();
        let participant = |device: DeviceId, name: &DeviceName, linked| {
            let mut rounds = [Status::Waiting; 8];
            if joined(&device) {
                mark(&mut rounds, Round::Joining, Status::Done);
            }
            Participant { device, name: name.clone(), linked, rounds }
        };
        let mut participants = vec![participant(me, &local.name, true)];
        participants.extend(
            links
                .peers()
                .into_iter()
                .filter_map(|peer| links.name(&peer).map(|name| participant(peer, name, links.is_up(&peer)))),
        );
        Self {
            me,
            creator: None,
            params: None,
            round: Round::Joining,
            participants,
            waiting_for: Vec::new(),
            outcome: Outcome::InProgress,
            violations: Vec::new(),
        }
    }

    /// Adds those members of the roster that no link has brought yet.
    pub(crate) fn list(&mut self, roster: &Roster) {
        for member in roster.members() {
            if self.participants.iter().all(|known| known.device != member.id) {
                let mut rounds = [Status::Waiting; 8];
                mark(&mut rounds, Round::Joining, Status::Done);
                let (device, name) = (member.id, member.name.clone());
                self.participants.push(Participant { device, name, linked: false, rounds });
            }
        }
    }

    /// The roster's members; `status` says each one's part in the rounds from round 1 on, by position.
    pub(crate) fn running(
        me: DeviceId,
        roster: &Roster,
        links: &Links,
        round: Round,
        done: impl Fn(u16, Round) -> bool,
    ) -> Self {
        let participant = |(position, member): (u16, &super::Member)| {
            let status = |round| {
                let early = matches!(round, Round::Joining | Round::Roster);
                if early || done(position, round) { Status::Done } else { Status::Waiting }
            };
            Participant {
                device: member.id,
                name: member.name.clone(),
                linked: member.id == me || links.is_up(&member.id),
                rounds: Round::ALL.map(status),
            }
        };
        let participants: Vec<_> = (0..).zip(roster.members()).map(participant).collect();
        let waits = |participant: &&Participant| participant.status(round) == Status::Waiting;
        let waiting_for = participants.iter().filter(waits).map(|participant| participant.device).collect();
        Self {
            me,
            creator: Some(roster.creator()),
            params: Some(roster.params().clone()),
            round,
            participants,
            waiting_for,
            outcome: Outcome::InProgress,
            violations: Vec::new(),
        }
    }

    /// The last picture, with whom the end concerns marked in the round that was under way.
    pub(crate) fn failed(mut self, abort: &Abort) -> Self {
        let culprits = abort.reason.concerns();
        for participant in &mut self.participants {
            if culprits.contains(&participant.device) {
                mark(&mut participant.rounds, self.round, Status::Failed);
            }
        }
        self.waiting_for.clear();
        self.outcome = Outcome::Failed(abort.clone());
        self
    }
}

fn mark(rounds: &mut [Status; 8], round: Round, status: Status) {
    for (each, slot) in Round::ALL.into_iter().zip(rounds) {
        if each == round {
            *slot = status;
        }
    }
}
