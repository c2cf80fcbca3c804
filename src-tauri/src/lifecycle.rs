//! The window's title, and the way out: the device says good-bye before the program ends.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use tauri::{App, AppHandle, Manager, RunEvent, Runtime, Url, async_runtime, plugin::TauriPlugin};

use crate::device::Device;

/// How long the device may take to say good-bye.
const FAREWELL: Duration = Duration::from_secs(8);

/// The window shows the app's own pages and never any other.
pub(crate) fn stay_inside<R: Runtime>() -> TauriPlugin<R> {
    tauri::plugin::Builder::new("stay-inside").on_navigation(|_, url| is_own_page(url)).build()
}

fn is_own_page(url: &Url) -> bool {
    url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost") || url.as_str() == "about:blank"
}

/// Starts what runs beside the window.
pub(crate) fn start(app: &AppHandle) {
    async_runtime::spawn(name_the_window(app.clone()));
    async_runtime::spawn(exit_on_signal(app.clone()));
}

/// Ends the app without asking.
pub(crate) fn quit(app: &AppHandle) {
    app.exit(0);
}

/// Runs the app until it ends; returns its exit status.
pub(crate) fn run(app: App) -> u8 {
    let closing = AtomicBool::new(false);
    let status = app.run_return(move |app, event| {
        let RunEvent::ExitRequested { api, .. } = event else { return };
        if closing.swap(true, Ordering::Relaxed) {
            return;
        }
        api.prevent_exit();
        let app = app.clone();
        async_runtime::spawn(async move {
            if tokio::time::timeout(FAREWELL, app.state::<Device>().close()).await.is_err() {
                tracing::warn!("the device did not close in time");
            }
            app.exit(0);
        });
    });
    u8::try_from(status).unwrap_or(1)
}

/// Keeps "Permafrost — NAME" in the title, so that several windows can be told apart.
async fn name_the_window(app: AppHandle) {
    let device = app.state::<Device>();
    let mut snapshots = device.running().await.snapshots();
    let mut shown = String::new();
    loop {
        let name = snapshots.borrow_and_update().device.name.clone();
        if name != shown {
            if let Some(window) = app.get_webview_window("main")
                && let Err(error) = window.set_title(&format!("Permafrost — {name}"))
            {
                tracing::debug!(%error, "the title can't be set");
            }
            shown = name;
        }
        if snapshots.changed().await.is_err() {
            return;
        }
    }
}

#[cfg(unix)]
async fn exit_on_signal(app: AppHandle) {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    app.exit(0);
}

#[cfg(not(unix))]
async fn exit_on_signal(app: AppHandle) {
    if tokio::signal::ctrl_c().await.is_ok() {
        app.exit(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_apps_own_pages_are_shown() {
        let own = |url: &str| is_own_page(&url.parse().unwrap());
        assert!(own("tauri://localhost/index.html#/home"));
        assert!(own("http://tauri.localhost/"), "as on Windows");
        assert!(!own("https://example.org/"));
        assert!(!own("https://tauri.localhost.example.org/"));
        assert!(!own("data:text/html,hello"));
        assert!(!own("file:///etc/passwd"));
    }
}
