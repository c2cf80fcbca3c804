//! What runs beside the window, and the way out: the device says good-bye before the program ends.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use tauri::{
    App, AppHandle, CloseRequestApi, Manager, RunEvent, Runtime, Url, WindowEvent, async_runtime,
    plugin::TauriPlugin,
};
use tokio::time::timeout;

use crate::{
    closing::{Closing, Verdict, is_busy},
    device::Device,
    idle,
    log::Log,
    shell::{
        bell::{Bell, ShellEvent},
        clipboard::Clipboard,
        diagnostics,
        menus::Menus,
        notification,
    },
    single,
    window::Memory,
};

/// How long the device may take to say good-bye.
const FAREWELL: Duration = Duration::from_secs(8);
/// How long a window stays in a tray that is gone.
const TRAY_PAUSE: Duration = Duration::from_secs(10);

/// The window shows the app's own pages and never any other.
pub(crate) fn stay_inside<R: Runtime>() -> TauriPlugin<R> {
    tauri::plugin::Builder::new("stay-inside").on_navigation(|_, url| is_own_page(url)).build()
}

fn is_own_page(url: &Url) -> bool {
    url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost") || url.as_str() == "about:blank"
}

/// Starts what runs beside the window.
pub(crate) fn start(app: &AppHandle) {
    async_runtime::spawn(open_early(app.clone()));
    async_runtime::spawn(follow(app.clone()));
    async_runtime::spawn(exit_on_signal(app.clone()));
    idle::start(app);
}

/// Names a window that has opened after its device, which found none to name.
pub(crate) fn window_opened(app: &AppHandle) {
    if let Some(node) = app.state::<Device>().if_open() {
        let name = node.snapshots().borrow().device.name.clone();
        name_the_window(app, &name);
    }
}

/// Ends the app without asking.
pub(crate) fn quit(app: &AppHandle) {
    app.exit(0);
}

/// Ends the app, unless that would end or interrupt something: then the page asks.
pub(crate) fn ask_to_quit(app: &AppHandle) {
    if verdict(app) == Verdict::Close {
        return quit(app);
    }
    notification::bring_up(app);
    app.state::<Bell>().ring(ShellEvent::CloseRequested);
}

/// Runs the app until it ends; returns its exit status.
pub(crate) fn run(app: App) -> u8 {
    let closing = AtomicBool::new(false);
    let status = app.run_return(move |app, event| match event {
        RunEvent::WindowEvent { event: WindowEvent::CloseRequested { api, .. }, .. } => close(app, &api),
        RunEvent::WindowEvent { event: WindowEvent::Moved(_) | WindowEvent::Resized(_), .. } => {
            app.state::<Memory>().note(app);
        }
        RunEvent::ExitRequested { api, .. } if !closing.swap(true, Ordering::Relaxed) => {
            api.prevent_exit();
            async_runtime::spawn(say_good_bye(app.clone()));
        }
        #[cfg(target_os = "macos")]
        RunEvent::Opened { urls } => {
            notification::bring_up(app);
            for text in urls.iter().filter_map(|url| crate::shell::link::parse(url.as_str())) {
                app.state::<Bell>().ring(ShellEvent::OpenLink { text });
            }
        }
        _ => {}
    });
    u8::try_from(status).unwrap_or(1)
}

/// The window's own close button, and whatever means the same.
fn close(app: &AppHandle, api: &CloseRequestApi) {
    // At once: what closes the window may end the program right after.
    app.state::<Memory>().note(app);
    app.state::<Memory>().keep();
    if app.state::<Menus>().has_tray() {
        api.prevent_close();
        if let Some(window) = app.get_webview_window("main")
            && let Err(error) = window.hide()
        {
            tracing::debug!(%error, "the window can't be hidden");
        }
    } else if verdict(app) == Verdict::Ask {
        api.prevent_close();
        app.state::<Bell>().ring(ShellEvent::CloseRequested);
    }
}

fn verdict(app: &AppHandle) -> Verdict {
    let busy = app.state::<Device>().if_open().is_some_and(|node| is_busy(&node.snapshots().borrow()));
    app.state::<Closing>().decide(busy, Instant::now())
}

async fn say_good_bye(app: AppHandle) {
    single::release(&app);
    app.state::<Memory>().keep();
    app.state::<Clipboard>().clear().await;
    if timeout(FAREWELL, app.state::<Device>().close()).await.is_err() {
        tracing::warn!("the device did not close in time");
    }
    app.exit(0);
}

/// The device is opened while the page is still being loaded, which then finds it open.
async fn open_early(app: AppHandle) {
    // What went wrong is told to the page when it asks.
    let _ = app.state::<Device>().node().await;
}

/// Keeps what the device's state says beside the page: "Permafrost — NAME" in the title, so that several windows can be
/// told apart; the log's level; the tray.
async fn follow(app: AppHandle) {
    let device = app.state::<Device>();
    let node = device.running().await;
    if let Some(folder) = device.folder() {
        app.state::<Log>().write_to(&folder);
    }
    let mut snapshots = node.snapshots();
    let mut before = None;
    loop {
        let now = {
            let snapshot = snapshots.borrow_and_update();
            app.state::<Log>().know(diagnostics::names(&snapshot));
            (snapshot.device.name.clone(), snapshot.settings.log_level, snapshot.settings.tray)
        };
        let changed = before.replace(now.clone());
        let (name, level, tray) = now;
        if changed.as_ref().is_none_or(|(before, ..)| *before != name) {
            name_the_window(&app, &name);
        }
        if changed.as_ref().is_none_or(|(_, before, _)| *before != level) {
            app.state::<Log>().set_level(level);
        }
        if changed.is_none_or(|(.., before)| before != tray) {
            set_tray(&app, tray).await;
        }
        loop {
            match timeout(TRAY_PAUSE, snapshots.changed()).await {
                Ok(Ok(())) => break,
                Ok(Err(_)) => return,
                // What shows the tray may come later than this program, and may go before it.
                Err(_) if tray => set_tray(&app, true).await,
                Err(_) => {}
            }
        }
    }
}

fn name_the_window(app: &AppHandle, name: &str) {
    if let Some(window) = app.get_webview_window("main")
        && let Err(error) = window.set_title(&format!("Permafrost — {name}"))
    {
        tracing::debug!(%error, "the title can't be set");
    }
}

async fn set_tray(app: &AppHandle, wanted: bool) {
    let menus = app.state::<Menus>();
    if !wanted {
        return menus.hide_tray(app);
    }
    #[cfg(target_os = "linux")]
    if !crate::shell::tray_host::is_there().await {
        tracing::debug!("this desktop shows no tray, so closing the window ends the app");
        return menus.hide_tray(app);
    }
    if let Err(error) = menus.show_tray(app) {
        tracing::warn!(%error, "the tray can't be shown");
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
