//! What a session waits for, and how long.

use std::time::Duration;

use coordinator::dkg::{Outcome, Progress, Round};
use identity::DeviceId;

use crate::Timeouts;

/// A round lasts this part of its time longer than the one before it. A device may lack a message that another device
/// has, and be a round behind it. Its own deadline comes first then, and the other hears who is missing, instead of
/// blaming it.
const LATER: u32 = 10;

/// The present wait. A deadline runs for as long as it stays the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// For the server to let this device into the room.
    Server,
    /// For the creator's proposal.
    Creator,
    /// As the creator, for everyone to join and agree.
    Joining,
    /// As a member, for the creator to list the participants.
    Roster,
    /// For a round's messages.
    Round(Round),
    /// For an unfinished ceremony's missing devices: as long as the program runs, or until its user
    /// discards the share.
    Company,
    /// For nothing: it has ended.
    Nothing,
}

impl Wait {
    pub(super) fn of(progress: &Progress, me: DeviceId, entered: bool, overdue: bool) -> Self {
        match (&progress.outcome, progress.round) {
            (Outcome::InProgress, _) if !entered => Self::Server,
            (Outcome::InProgress, Round::Joining) if progress.params.is_none() => Self::Creator,
            (Outcome::InProgress, Round::Joining) if progress.creator == Some(me) => Self::Joining,
            (Outcome::InProgress, Round::Joining) => Self::Roster,
            (Outcome::InProgress, round) => Self::Round(round),
            (Outcome::Pending, _) if !overdue => Self::Round(Round::Commit),
            (Outcome::Pending | Outcome::GivenUp(_) | Outcome::Active, _) => Self::Company,
            (Outcome::Complete | Outcome::Failed(_), _) => Self::Nothing,
        }
    }

    /// How long it lasts; `None` where nothing is lost by waiting on.
    pub(super) fn lasts(self, timeouts: &Timeouts) -> Option<Duration> {
        match self {
            Self::Server => Some(timeouts.server),
            Self::Creator => Some(timeouts.creator),
            Self::Joining => Some(timeouts.joining),
            // The creator's own deadline comes first then, and it says for whom it has waited.
            Self::Roster => Some(timeouts.joining + timeouts.joining / LATER),
            Self::Round(round) => Some(timeouts.round + timeouts.round * steps_before(round) / LATER),
            Self::Company | Self::Nothing => None,
        }
    }
}

fn steps_before(round: Round) -> u32 {
    Round::ALL.into_iter().take_while(|earlier| *earlier != round).map(|_| 1).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_that_is_a_round_behind_says_who_is_missing_before_the_others_blame_it() {
        let timeouts = Timeouts::default();
        let lasts = Round::ALL.map(|round| Wait::Round(round).lasts(&timeouts).unwrap());
        for (earlier, later) in lasts.iter().zip(&lasts[1..]) {
            assert!(*later >= *earlier + timeouts.round / LATER, "{lasts:?}");
        }
        assert!(lasts[lasts.len() - 1] < timeouts.round * 2, "{lasts:?}");
        let [creator, member] = [Wait::Joining, Wait::Roster].map(|wait| wait.lasts(&timeouts).unwrap());
        assert!(member > creator, "a creator that is there says who has not agreed");
    }
}
