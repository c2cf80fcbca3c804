//! One window a device: a second start of the same device brings up the first one's window.

use std::path::{Path, PathBuf};

use clap::Parser;
use sha2::{Digest, Sha256};
use tauri::{AppHandle, Config, plugin::TauriPlugin};

use crate::{
    args::Args,
    shell::{
        bell::{Bell, ShellEvent},
        link, notification,
    },
};

/// What tells this device's processes from those of this computer's other devices.
#[derive(Clone, Debug)]
pub(crate) struct Identity(String);

impl Identity {
    /// Of the device with this folder, which need not exist yet.
    pub(crate) fn of(folder: &Path) -> Self {
        let digest = Sha256::digest(settled(folder).as_os_str().as_encoded_bytes());
        let short = digest.get(..8).unwrap_or_default();
        Self(format!("p{}", hex::encode(short)))
    }

    /// Where there is no session bus, devices are told apart by the app's identifier.
    #[cfg_attr(target_os = "linux", allow(unused_variables))]
    pub(crate) fn identify(&self, config: &mut Config) {
        #[cfg(not(target_os = "linux"))]
        {
            config.identifier = format!("{}.{}", config.identifier, self.0);
        }
    }
}

/// Ends this process if the device runs already, after telling it which link was opened. Without a session bus it never
/// does, and the profile's lock keeps the two apart.
pub(crate) fn plugin(identity: &Identity) -> TauriPlugin<tauri::Wry> {
    tauri_plugin_single_instance::Builder::new()
        .dbus_id(format!("org.permafrost.desktop.{}", identity.0))
        .callback(|app, arguments, _| started_again(app, arguments))
        .build()
}

/// Lets the device be started anew, while this process still says good-bye.
pub(crate) fn release(app: &AppHandle) {
    tauri_plugin_single_instance::destroy(app);
}

fn started_again(app: &AppHandle, arguments: Vec<String>) {
    use tauri::Manager;
    notification::bring_up(app);
    if let Some(text) = link_among(arguments) {
        app.state::<Bell>().ring(ShellEvent::OpenLink { text });
    }
}

/// The arguments are another process's, which can be any of this user's.
fn link_among(arguments: Vec<String>) -> Option<String> {
    link::parse(&Args::try_parse_from(arguments).ok()?.link?)
}

/// The path without links and detours, as far as it exists.
fn settled(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    for ancestor in path.ancestors() {
        if let Ok(real) = ancestor.canonicalize() {
            return match path.strip_prefix(ancestor) {
                Ok(rest) if rest.as_os_str().is_empty() => real,
                Ok(rest) => real.join(rest),
                Err(_) => path,
            };
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_devices_differ_and_one_stays_the_same_before_and_after_its_folder_exists() {
        let root = tempfile::tempdir().unwrap();
        let link = root.path().join("link");
        #[cfg(unix)]
        std::os::unix::fs::symlink(root.path(), &link).unwrap();
        let (alice, bob) = (root.path().join("alice"), root.path().join("bob"));
        let before = Identity::of(&link.join("alice")).0;
        assert_ne!(before, Identity::of(&bob).0);
        std::fs::create_dir(&alice).unwrap();
        assert_eq!(before, Identity::of(&alice).0, "the way there does not matter");
    }

    #[test]
    fn of_another_processs_arguments_only_a_link_is_taken() {
        let arguments = |text: &str| text.split(' ').map(str::to_owned).collect();
        let start = "permafrost-desktop --device-id alice permafrost:pf1qq";
        assert_eq!(link_among(arguments(start)).as_deref(), Some("pf1qq"));
        for other in
            ["permafrost-desktop", "permafrost-desktop --help", "x --unknown permafrost:pf1q", "x y", ""]
        {
            assert_eq!(link_among(arguments(other)), None, "{other}");
        }
    }
}
