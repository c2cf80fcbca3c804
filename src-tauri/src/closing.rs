//! Whether a window that is to close may: not over a running session, unless its person says so.

use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

use node::snapshot::{SessionState, Snapshot};

/// Who wants to close again so soon gets no answer from the page.
const PERSISTENT: Duration = Duration::from_secs(10);

/// Remembers when the page was last told to ask.
#[derive(Debug, Default)]
pub(crate) struct Closing(Mutex<Option<Instant>>);

/// What to do with a window that is to close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Close it.
    Close,
    /// Let the page ask.
    Ask,
}

impl Closing {
    pub(crate) fn decide(&self, busy: bool, now: Instant) -> Verdict {
        let Ok(mut asked) = self.0.lock() else { return Verdict::Close };
        let asked_just_now = asked.is_some_and(|asked| now.saturating_duration_since(asked) < PERSISTENT);
        if !busy || asked_just_now {
            return Verdict::Close;
        }
        *asked = Some(now);
        Verdict::Ask
    }
}

/// Whether a session runs that closing would end.
pub(crate) fn is_busy(snapshot: &Snapshot) -> bool {
    let running = |state: &SessionState| {
        matches!(state, SessionState::Waiting { .. } | SessionState::InProgress { .. })
    };
    snapshot.sessions.iter().any(|session| running(&session.state))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_asked_where_nothing_would_be_lost() {
        assert_eq!(Closing::default().decide(false, Instant::now()), Verdict::Close);
    }

    #[test]
    fn a_page_that_does_not_answer_can_not_hold_the_window_open() {
        let (closing, now) = (Closing::default(), Instant::now());
        assert_eq!(closing.decide(true, now), Verdict::Ask);
        assert_eq!(closing.decide(true, now + Duration::from_secs(9)), Verdict::Close);
    }

    #[test]
    fn a_person_who_went_on_is_asked_anew_the_next_time() {
        let (closing, now) = (Closing::default(), Instant::now());
        assert_eq!(closing.decide(true, now), Verdict::Ask);
        let later = now + Duration::from_secs(11);
        assert_eq!(closing.decide(true, later), Verdict::Ask);
        assert_eq!(closing.decide(false, later), Verdict::Close, "the session has ended since");
    }
}
