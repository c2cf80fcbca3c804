//! What the clock ends: attempts, and requests. And what is tried again.

use std::{collections::VecDeque, time::Duration};

use coordinator::sign::{Decision, Input, RequestId};
use tokio::time::Instant;

use super::{AGAIN, Known, Meeting, Stopped, requests::Answer};
use crate::{NodeError, signing::Undecodable};

/// For how many seconds a proposer's clock may be ahead of this device's.
const AHEAD: u64 = 60 * 60;

impl Meeting {
    /// Unix time in seconds.
    pub(super) fn now(&self) -> u64 {
        (self.setting.clock)()
    }

    /// Whether it is from a time that has not come yet: its life would be longer than any may be.
    pub(super) fn is_early(&self, created_at: u64) -> bool {
        created_at > self.now().saturating_add(AHEAD)
    }

    /// When the next attempt is overdue, the next request expires or something is tried again.
    pub(super) fn due(&self) -> Option<Instant> {
        let now = self.now();
        // The clock may be set meanwhile.
        let at = |unix: u64| Instant::now() + Duration::from_secs(unix.saturating_sub(now)).min(AGAIN);
        let expiries = self.open().map(|(_, known)| at(known.proposal.expires_at));
        let early = self.open().filter(|(_, known)| known.is_early());
        let early = early.map(|(_, known)| at(known.proposal.created_at.saturating_sub(AHEAD)));
        self.overdue.values().copied().chain(expiries).chain(early).chain(self.again).min()
    }

    /// Ends what is over by the clock, and tries again what is due.
    pub(super) async fn time_passed(&mut self) -> Result<(), Stopped> {
        let now = Instant::now();
        let late: VecDeque<_> =
            self.overdue.iter().filter(|(_, at)| **at <= now).map(|(turn, _)| *turn).collect();
        for turn in late {
            self.overdue.remove(&turn);
            self.input(Input::Overdue { turn }).await?;
        }
        let open: Vec<_> = self.open().map(|(request, _)| request).collect();
        for request in open {
            self.is_over(request).await?;
        }
        self.read_early_ones();
        if self.again.is_some_and(|at| at <= now) {
            self.again = None;
            self.answers.extend(self.unable.keys().copied().map(Answer::Recommit));
        }
        self.settle().await
    }

    /// Whether a request's time is over by the clock, which ends it. Timers don't run while a computer sleeps, so that
    /// they may come too late.
    pub(super) async fn is_over(&mut self, request: RequestId) -> Result<bool, Stopped> {
        let now = self.now();
        let known = self.meanings.get(&request);
        if known.is_none_or(|known| known.proposal.expires_at > now) {
            return Ok(false);
        }
        self.handle(Input::Expired { request }).await?;
        Ok(true)
    }

    /// What was from the future, and is no more.
    fn read_early_ones(&mut self) {
        let due = self.meanings.iter().filter(|(_, known)| known.is_early());
        let due: Vec<_> = due
            .filter(|(_, known)| !self.is_early(known.proposal.created_at))
            .map(|(request, known)| (*request, known.proposal.clone()))
            .collect();
        for (request, proposal) in due {
            self.decode(request, proposal);
            if self.has_approved(request) {
                self.answers.push_back(Answer::Recommit(request));
            }
        }
    }

    /// Its user has approved, and this device can't do its part now: said in the request, and tried again.
    pub(super) fn can_not(&mut self, request: RequestId, error: &NodeError) {
        tracing::warn!(wallet = %self.setting.wallet, %error, "this device can't read its share, so it signs nothing");
        self.unable.insert(request, error.view());
        self.again.get_or_insert_with(|| Instant::now() + AGAIN);
    }

    pub(super) fn has_approved(&self, request: RequestId) -> bool {
        let requests = self.signing.iter().flat_map(|signing| signing.progress().requests);
        requests
            .filter(|known| known.request == request && known.ending.is_none())
            .any(|known| matches!(known.decision, Decision::Approved { .. }))
    }
}

impl Known {
    fn is_early(&self) -> bool {
        matches!(self.meaning, Err(Undecodable::Early))
    }
}
