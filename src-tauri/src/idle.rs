//! Locking by itself: after a time without anybody at the window, and with the system's screen.

use std::time::{Duration, Instant, SystemTime};

use node::{
    Node,
    snapshot::{KeystoreKind, KeystoreStatus, Snapshot},
};
use tauri::{AppHandle, Manager, async_runtime};
use tokio::{
    sync::{Notify, watch},
    time::sleep,
};

use crate::{
    closing::is_busy,
    device::Device,
    shell::bell::{Bell, ShellEvent},
};

/// How often is looked at least, and how soon again while a session is in the way.
const PAUSE: Duration = Duration::from_secs(20);

/// When somebody was last at the window.
#[derive(Debug)]
pub(crate) struct Activity(watch::Sender<Moment>);

/// By both clocks, since one of them stands still while the computer sleeps and the other one can be set.
#[derive(Clone, Copy, Debug)]
struct Moment(Instant, SystemTime);

impl Default for Activity {
    fn default() -> Self {
        Self(watch::Sender::new(Moment::now()))
    }
}

impl Activity {
    pub(crate) fn note(&self) {
        self.0.send_replace(Moment::now());
    }

    fn idle(&self) -> Duration {
        let Moment(instant, time) = *self.0.borrow();
        instant.elapsed().max(time.elapsed().unwrap_or_default())
    }
}

impl Moment {
    fn now() -> Self {
        Self(Instant::now(), SystemTime::now())
    }
}

/// Locks the device whenever it is due.
pub(crate) fn start(app: &AppHandle) {
    async_runtime::spawn(lock_when_idle(app.clone()));
    #[cfg(target_os = "linux")]
    async_runtime::spawn(lock_with_system(app.clone()));
}

async fn lock_when_idle(app: AppHandle) {
    let device = app.state::<Device>();
    let node = device.running().await;
    let activity = app.state::<Activity>();
    // The time until somebody first does something counts from when there is something to do it to.
    activity.note();
    loop {
        sleep(PAUSE).await;
        let due = {
            let snapshots = node.snapshots();
            let snapshot = snapshots.borrow();
            can_lock(&snapshot)
                && !is_busy(&snapshot)
                && is_over(snapshot.settings.auto_lock_minutes, activity.idle())
        };
        if due {
            lock(node).await;
        }
    }
}

/// Locks whenever the system's screen is locked; what a session puts off is made up for when it has ended.
#[cfg(target_os = "linux")]
async fn lock_with_system(app: AppHandle) {
    let locked = Notify::new();
    let watch = crate::shell::screen_lock::watch(|| {
        app.state::<Bell>().ring(ShellEvent::SystemLocked);
        locked.notify_one();
    });
    let follow = async {
        let device = app.state::<Device>();
        let node = device.running().await;
        let (activity, mut snapshots) = (app.state::<Activity>(), node.snapshots());
        let mut owed = Owed::default();
        loop {
            tokio::select! {
                () = locked.notified() => owed.screen_locked(Instant::now()),
                changed = snapshots.changed() => if changed.is_err() { return },
            }
            let is_due = {
                let last = activity.0.borrow().0;
                let snapshot = snapshots.borrow_and_update();
                let wanted = snapshot.settings.lock_with_system && can_lock(&snapshot);
                owed.is_due(wanted, is_busy(&snapshot), last)
            };
            if is_due && lock(node).await {
                owed.settled();
            }
        }
    };
    tokio::join!(watch, follow);
}

/// A lock by the system that has not been followed yet.
#[derive(Debug, Default)]
struct Owed(Option<Instant>);

impl Owed {
    fn screen_locked(&mut self, now: Instant) {
        self.0 = Some(now);
    }

    /// Whether to lock now; forgotten where it is not wanted, not needed, or its user has come back since.
    fn is_due(&mut self, wanted: bool, busy: bool, last_activity: Instant) -> bool {
        self.0 = self.0.filter(|since| wanted && last_activity <= *since);
        self.0.is_some() && !busy
    }

    fn settled(&mut self) {
        self.0 = None;
    }
}

/// Whether it is locked now.
async fn lock(node: &Node) -> bool {
    match node.lock().await {
        Ok(()) => tracing::info!("locked"),
        Err(error) => {
            tracing::info!(code = error.code(), "not locked");
            return false;
        }
    }
    true
}

/// Whether nobody was there for as long as the settings allow.
fn is_over(minutes: Option<u32>, idle: Duration) -> bool {
    minutes.is_some_and(|minutes| idle >= Duration::from_secs(u64::from(minutes) * 60))
}

/// What is locked without a passphrase could not be unlocked, or would be by anybody.
fn can_lock(snapshot: &Snapshot) -> bool {
    let has_passphrase = snapshot.keystore.kind == KeystoreKind::Vault || snapshot.settings.app_passphrase;
    has_passphrase && snapshot.keystore.status == KeystoreStatus::Open
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_without_anybody_is_over_after_the_minutes_of_the_settings() {
        let seconds = Duration::from_secs;
        assert!(is_over(Some(5), seconds(300)));
        assert!(!is_over(Some(5), seconds(299)));
        assert!(!is_over(None, seconds(1_000_000)), "never");
    }

    #[test]
    fn a_lock_by_the_system_that_a_session_put_off_is_made_up_for_when_it_has_ended() {
        let before = Instant::now();
        let mut owed = Owed::default();
        assert!(!owed.is_due(true, false, before), "nothing was locked");
        owed.screen_locked(before + Duration::from_secs(1));
        assert!(!owed.is_due(true, true, before), "the session needs the keys");
        assert!(owed.is_due(true, false, before), "it has ended");
        owed.settled();
        assert!(!owed.is_due(true, false, before), "once is enough");
    }

    #[test]
    fn a_lock_by_the_system_is_forgotten_when_its_user_comes_back_or_does_not_want_it() {
        let before = Instant::now();
        let (at, back) = (before + Duration::from_secs(1), before + Duration::from_secs(2));
        let mut owed = Owed::default();
        owed.screen_locked(at);
        assert!(!owed.is_due(true, true, back) && !owed.is_due(true, false, before), "somebody is there");
        owed.screen_locked(at);
        assert!(!owed.is_due(false, false, before) && !owed.is_due(true, false, before), "by the settings");
    }

    #[test]
    fn somebody_at_the_window_begins_the_time_anew() {
        let activity = Activity::default();
        let hour = Duration::from_secs(3600);
        activity.0.send_modify(|Moment(_, time)| *time -= hour);
        assert!(activity.idle() >= hour, "also where only the computer's clock has gone on, as in its sleep");
        activity.note();
        assert!(activity.idle() < hour);
    }
}
