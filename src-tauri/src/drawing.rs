//! What draws the window: the graphics processor, or where there is none WebKit itself.
//!
//! WebKit would else have one emulated (by Mesa's llvmpipe), in two of its processes. To start that takes longer than
//! everything that the first screen needs, and it draws no faster afterwards.

use std::{env, fs, path::Path};

const DEVICES: &str = "/dev/dri";
/// The first one keeps the window's content off the graphics processor, the second one keeps WebKit from starting the
/// emulation only to ask it for its device.
const OWN_DRAWING: [(&str, &str); 2] =
    [("WEBKIT_DISABLE_DMABUF_RENDERER", "1"), ("WEBKIT_WEB_RENDER_DEVICE_FILE", "/dev/null")];
/// What `tauri-driver` sets.
const DRIVEN: &str = "TAURI_WEBVIEW_AUTOMATION";

/// Tells WebKit, through the environment that its processes inherit; what is set there already stays. To be called
/// before anything else runs, since others must not read the environment meanwhile.
pub(crate) fn prepare() {
    // A driven window is photographed while others cover it, for which WebKit draws only in the other way.
    let is_driven = env::var_os(DRIVEN).is_some();
    if is_driven || has_renderer(Path::new(DEVICES)) {
        return;
    }
    for (name, value) in OWN_DRAWING {
        if env::var_os(name).is_none() {
            // Without it the window only takes longer to come up.
            let _ = glib::setenv(name, value, false);
        }
    }
}

/// Whether a graphics processor can be drawn with, which is a device of its own beside those for screens.
fn has_renderer(devices: &Path) -> bool {
    let mut entries = fs::read_dir(devices).into_iter().flatten().flatten();
    entries.any(|entry| entry.file_name().to_string_lossy().starts_with("renderD"))
}

#[cfg(test)]
mod tests {
    use super::has_renderer;

    #[test]
    fn only_a_device_to_draw_with_is_a_graphics_processor() {
        let devices = tempfile::tempdir().unwrap();
        assert!(!has_renderer(&devices.path().join("missing")));
        std::fs::write(devices.path().join("card0"), "").unwrap();
        assert!(!has_renderer(devices.path()), "a screen alone draws nothing");
        std::fs::write(devices.path().join("renderD128"), "").unwrap();
        assert!(has_renderer(devices.path()));
    }
}
