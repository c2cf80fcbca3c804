//! Locking by itself: after a time without anybody at the window, and with the system's screen.

use std::time::{Duration, Instant, SystemTime};

use node::{
    Node,
    snapshot::{KeystoreKind, KeystoreStatus, Snapshot},
};
use tauri::{AppHandle, Manager, async_runtime};
use tokio::{sync::watch, time::sleep};

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
    {
        let app = app.clone();
        async_runtime::spawn(async move {
            crate::shell::screen_lock::watch(|| screen_locked(&app)).await;
        });
    }
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

#[cfg(target_os = "linux")]
fn screen_locked(app: &AppHandle) {
    app.state::<Bell>().ring(ShellEvent::SystemLocked);
    let app = app.clone();
    async_runtime::spawn(async move {
        let device = app.state::<Device>();
        let Some(node) = device.if_open() else { return };
        let wanted = {
            let snapshots = node.snapshots();
            let snapshot = snapshots.borrow();
            snapshot.settings.lock_with_system && can_lock(&snapshot)
        };
        if wanted {
            lock(node).await;
        }
    });
}

async fn lock(node: &Node) {
    match node.lock().await {
        Ok(()) => tracing::info!("locked"),
        Err(error) => tracing::info!(code = error.code(), "not locked"),
    }
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
    fn somebody_at_the_window_begins_the_time_anew() {
        let activity = Activity::default();
        let hour = Duration::from_secs(3600);
        activity.0.send_modify(|Moment(_, time)| *time -= hour);
        assert!(activity.idle() >= hour, "also where only the computer's clock has gone on, as in its sleep");
        activity.note();
        assert!(activity.idle() < hour);
    }
}
