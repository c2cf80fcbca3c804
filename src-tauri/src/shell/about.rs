//! What this program is.

use serde::Serialize;
use ts_rs::TS;

/// What the page about the app shows.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub(crate) struct About {
    /// Such as `0.1.0`.
    version: &'static str,
    /// The commit it was built from, if that was known.
    commit: Option<&'static str>,
    /// `linux`, `macos` or `windows`.
    platform: &'static str,
    /// This desktop shows tray icons.
    tray: bool,
    /// It tells programs when its screen is locked.
    tells_of_lock: bool,
    /// The licences of all that is part of the app.
    licences: &'static str,
}

pub(crate) async fn about() -> About {
    #[cfg(target_os = "linux")]
    let tray = super::tray_host::is_there().await;
    #[cfg(not(target_os = "linux"))]
    let tray = true;
    About { tray, ..program() }
}

fn program() -> About {
    About {
        version: env!("CARGO_PKG_VERSION"),
        commit: option_env!("PERMAFROST_COMMIT").filter(|commit| !commit.is_empty()),
        platform: std::env::consts::OS,
        tray: false,
        tells_of_lock: cfg!(target_os = "linux"),
        licences: include_str!("../../licences.txt"),
    }
}

/// The program and the system it runs on, a line each.
pub(crate) fn system() -> String {
    let About { version, commit, platform, .. } = program();
    let commit = commit.unwrap_or("unknown");
    let webview = tauri::webview_version().unwrap_or_else(|_| "unknown".to_owned());
    format!(
        "Permafrost {version}\ncommit: {commit}\nsystem: {platform} {}\nweb view: {webview}\n",
        std::env::consts::ARCH
    )
}
