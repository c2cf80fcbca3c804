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
    /// The licences of all that is part of the app.
    licences: &'static str,
}

pub(crate) fn about() -> About {
    About {
        version: env!("CARGO_PKG_VERSION"),
        commit: option_env!("PERMAFROST_COMMIT").filter(|commit| !commit.is_empty()),
        platform: std::env::consts::OS,
        licences: include_str!("../../licences.txt"),
    }
}

/// The program and the system it runs on, a line each.
pub(crate) fn system() -> String {
    let About { version, commit, platform, .. } = about();
    let commit = commit.unwrap_or("unknown");
    let webview = tauri::webview_version().unwrap_or_else(|_| "unknown".to_owned());
    format!(
        "Permafrost {version}\ncommit: {commit}\nsystem: {platform} {}\nweb view: {webview}\n",
        std::env::consts::ARCH
    )
}
