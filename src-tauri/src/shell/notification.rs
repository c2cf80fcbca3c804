//! Notifications of the desktop.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use notify_rust::Notification;
use tauri::{AppHandle, Manager};

/// So many wait to be clicked at a time: others' devices cause them.
const MOST_WAITING: usize = 16;
const LONGEST_TITLE: usize = 100;
const LONGEST_BODY: usize = 400;

/// Notifications that have not been clicked or closed.
static WAITING: AtomicUsize = AtomicUsize::new(0);

/// Shows a notification that brings the window up when it is clicked. A desktop without notifications shows none, and one
/// that nobody looks at shows no more than so many.
pub(crate) fn show(app: AppHandle, title: &str, body: &str) {
    let Some(waits) = Waits::begin(&WAITING) else {
        tracing::debug!("too many notifications are there already");
        return;
    };
    let (title, body) = (cut(title, LONGEST_TITLE), cut(body, LONGEST_BODY));
    // The services are asked in turn and answer when they please.
    thread::spawn(move || {
        let _waits = waits;
        if let Err(error) = show_and_wait(&app, &title, &body) {
            tracing::debug!(%error, "no notification is shown");
        }
    });
}

/// One of those that wait.
struct Waits(&'static AtomicUsize);

impl Waits {
    fn begin(waiting: &'static AtomicUsize) -> Option<Self> {
        let more = |waiting| (waiting < MOST_WAITING).then_some(waiting + 1);
        waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok().map(|_| Self(waiting))
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(target_os = "linux")]
fn show_and_wait(app: &AppHandle, title: &str, body: &str) -> notify_rust::error::Result<()> {
    // Where markup is understood, a name of a device must not become a link or a picture.
    let markup = notify_rust::get_capabilities()?.iter().any(|name| name == "body-markup");
    let body = if markup { escape(body) } else { body.to_owned() };
    let shown = Notification::new()
        .appname("Permafrost")
        .icon("permafrost-desktop")
        .hint(notify_rust::Hint::DesktopEntry("Permafrost".to_owned()))
        .summary(title)
        .body(&body)
        .action("default", "Permafrost")
        .show()?;
    shown.wait_for_action(|action| {
        if action == "default" {
            bring_up(app);
        }
    });
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn show_and_wait(_: &AppHandle, title: &str, body: &str) -> notify_rust::error::Result<()> {
    Notification::new().appname("Permafrost").summary(title).body(body).show().map(|_| ())
}

/// Shows the window in front of others, wherever it is.
pub(crate) fn bring_up(app: &AppHandle) {
    let Some(window) = app.get_webview_window("main") else { return };
    for done in [window.show(), window.unminimize(), window.set_focus()] {
        if let Err(error) = done {
            tracing::debug!(%error, "the window can't be brought up");
        }
    }
}

fn cut(text: &str, longest: usize) -> String {
    let plain = text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c });
    let mut cut: String = plain.take(longest).collect();
    if text.chars().nth(longest).is_some() {
        cut.push('…');
    }
    cut
}

#[cfg_attr(not(target_os = "linux"), allow(dead_code))]
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_devices_name_never_becomes_markup() {
        assert_eq!(escape("<a href='x'>bob</a> & co"), "&lt;a href='x'&gt;bob&lt;/a&gt; &amp; co");
    }

    #[test]
    fn only_so_many_wait_at_a_time() {
        static WAITING: AtomicUsize = AtomicUsize::new(0);
        let mut waiting: Vec<_> = (0..MOST_WAITING).map_while(|_| Waits::begin(&WAITING)).collect();
        assert_eq!(waiting.len(), MOST_WAITING);
        assert!(Waits::begin(&WAITING).is_none());
        waiting.pop();
        assert!(Waits::begin(&WAITING).is_some(), "one was clicked");
    }

    #[test]
    fn a_notification_has_a_bounded_length_and_no_control_characters() {
        assert_eq!(cut("bob\u{1b}[2J joined", 100), "bob [2J joined");
        assert_eq!(cut("aaaa", 4), "aaaa");
        assert_eq!(cut("äaaaa", 4), "äaaa…");
    }
}
