//! Whether a window that is to close may: not over what closing would end or interrupt, unless its person says so.

use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

use node::snapshot::{DecisionView, HostingView, RequestState, SessionState, Snapshot};

/// A page that has not asked by then never will.
const PATIENCE: Duration = Duration::from_secs(3);

/// Remembers when the page was told to ask, until it says that it does.
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
        let Ok(mut told) = self.0.lock() else { return Verdict::Close };
        let in_vain = told.is_some_and(|told| now.saturating_duration_since(told) >= PATIENCE);
        if !busy || in_vain {
            return Verdict::Close;
        }
        // Whoever clicks twice has asked once.
        told.get_or_insert(now);
        Verdict::Ask
    }

    /// The question is on the screen: it is its person's to answer, however often the window is to close.
    pub(crate) fn asked(&self) {
        if let Ok(mut told) = self.0.lock() {
            *told = None;
        }
    }
}

/// Whether closing would end a session, interrupt a signature, or part others who meet on this computer.
pub(crate) fn is_busy(snapshot: &Snapshot) -> bool {
    let running = |state: &SessionState| {
        matches!(state, SessionState::Waiting { .. } | SessionState::InProgress { .. })
    };
    snapshot.sessions.iter().any(|session| running(&session.state))
        || snapshot.requests.iter().any(|request| signs(request.own, request.decision, &request.state))
        || matches!(snapshot.hosting, HostingView::On { .. })
}

/// Whether this device takes part in a signature that is being made.
fn signs(own: bool, decision: DecisionView, state: &RequestState) -> bool {
    (own || decision == DecisionView::Approved) && matches!(state, RequestState::Open { signing: true, .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn after(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn nothing_is_asked_where_nothing_would_be_lost() {
        assert_eq!(Closing::default().decide(false, Instant::now()), Verdict::Close);
    }

    #[test]
    fn a_page_that_does_not_ask_can_not_hold_the_window_open() {
        let (closing, now) = (Closing::default(), Instant::now());
        assert_eq!(closing.decide(true, now), Verdict::Ask);
        assert_eq!(closing.decide(true, now + after(3)), Verdict::Close);
    }

    #[test]
    fn two_clicks_are_one_question() {
        let (closing, now) = (Closing::default(), Instant::now());
        assert_eq!(closing.decide(true, now), Verdict::Ask);
        assert_eq!(closing.decide(true, now + Duration::from_millis(200)), Verdict::Ask);
        assert_eq!(closing.decide(true, now + after(3)), Verdict::Close, "counted from the first");
    }

    #[test]
    fn a_person_who_was_asked_decides_and_is_asked_anew_each_time() {
        let (closing, now) = (Closing::default(), Instant::now());
        for seconds in [0, 1, 5, 3600] {
            assert_eq!(closing.decide(true, now + after(seconds)), Verdict::Ask);
            closing.asked();
        }
        assert_eq!(closing.decide(false, now + after(3601)), Verdict::Close, "the session has ended since");
    }

    #[test]
    fn a_signature_is_asked_about_while_this_device_makes_it() {
        let state = |signing| RequestState::Open {
            signing,
            attempts: 0,
            waiting_for: Vec::new(),
            waiting_for_this: false,
        };
        assert!(signs(false, DecisionView::Approved, &state(true)));
        assert!(signs(true, DecisionView::Undecided, &state(true)), "this device leads it");
        assert!(!signs(false, DecisionView::Undecided, &state(true)), "the others sign without this device");
        assert!(!signs(true, DecisionView::Approved, &state(false)), "it waits, and is kept");
        assert!(!signs(true, DecisionView::Approved, &RequestState::Signed));
    }
}
