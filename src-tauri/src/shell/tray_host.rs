//! Whether this desktop shows tray icons: a window that hid in a tray that nobody shows would be lost.

use std::path::Path;

/// What draws the icons; it is loaded when the first one is made, and a failure to load it ends the program.
const LIBRARIES: [&str; 2] = ["libayatana-appindicator3.so.1", "libappindicator3.so.1"];
#[zbus::proxy(
    interface = "org.kde.StatusNotifierWatcher",
    default_service = "org.kde.StatusNotifierWatcher",
    default_path = "/StatusNotifierWatcher"
)]
trait StatusNotifierWatcher {
    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> zbus::Result<bool>;
}

pub(crate) async fn is_there() -> bool {
    is_installed() && shows_icons().await.unwrap_or(false)
}

fn is_installed() -> bool {
    let own = format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH);
    let folders = [own.as_str(), "/usr/lib", "/usr/lib64", "/usr/local/lib"];
    folders.iter().any(|folder| LIBRARIES.iter().any(|name| Path::new(folder).join(name).exists()))
}

async fn shows_icons() -> zbus::Result<bool> {
    let session = zbus::Connection::session().await?;
    StatusNotifierWatcherProxy::new(&session).await?.is_status_notifier_host_registered().await
}
