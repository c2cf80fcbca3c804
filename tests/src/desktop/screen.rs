//! What people do with a window that its page knows nothing of: they move it, close it, look elsewhere, and answer the
//! desktop's dialogs.

use std::path::Path;
use std::process::Command;

use serde_json::json;
use tokio::time::Instant;
use x11rb::protocol::xproto::{ClientMessageEvent, ConnectionExt, EventMask, InputFocus};

use super::{PATIENCE, Window};

/// The title that GTK gives to its dialog.
const DIALOG: &str = "^Save";

impl Window {
    /// Asks the window of a device to close, as a click on its cross does.
    pub async fn ask_to_close(&self, device: &str) {
        let window = self.on_screen(device).await;
        let window = window.parse().expect("the display numbers its windows");
        close_request(&self.display, window).expect("the display takes messages");
    }

    /// Gives the keyboard to none of the display's windows, as if their person used another program.
    pub async fn look_elsewhere(&self) {
        focus_nothing(&self.display).expect("the display takes requests");
        let unfocused = async || {
            let focused = self.client.execute("return document.hasFocus()", Vec::new()).await;
            focused.is_ok_and(|focused| focused == json!(false))
        };
        self.wait_until("the window to be in the background", unfocused).await;
    }

    /// Whether the window of a device is on the display, and not hidden.
    pub fn is_on_screen(&self, device: &str) -> bool {
        self.xid(device).is_some()
    }

    /// Moves the window of a device and gives it a size: left, top, width, height.
    pub async fn place(&self, device: &str, place: [u32; 4]) {
        let window = self.on_screen(device).await;
        let [left, top, width, height] = place.map(|length| length.to_string());
        self.xdotool(&["windowmove", &window, &left, &top]);
        self.xdotool(&["windowsize", &window, &width, &height]);
        self.wait_until(&format!("the window at {place:?}"), async || self.place_of(device) == Some(place))
            .await;
    }

    /// Where the window of a device is, and how large: left, top, width, height.
    pub fn place_of(&self, device: &str) -> Option<[u32; 4]> {
        let told = self.xdotool(&["getwindowgeometry", "--shell", &self.xid(device)?]);
        let number = |name: &str| told.lines().find_map(|line| line.strip_prefix(name)?.parse().ok());
        Some([number("X=")?, number("Y=")?, number("WIDTH=")?, number("HEIGHT=")?])
    }

    async fn on_screen(&self, device: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(window) = self.xid(device) {
                return window;
            }
            self.pause_before(deadline, &format!("the window of {device}")).await;
        }
    }

    fn xid(&self, device: &str) -> Option<String> {
        // Not every tool reads the dash in the title the same way.
        let title = format!("^Permafrost .* {device}$");
        let found = self.xdotool(&["search", "--onlyvisible", "--name", &title]);
        found.lines().next().map(str::to_owned)
    }

    /// Types a path into the desktop's dialog for saving a file, which is or will be open, and confirms it. One dialog
    /// may be open on a display.
    ///
    /// # Panics
    /// When there is no dialog, or no file afterwards.
    pub async fn save_as(&self, path: &Path) {
        let dialog = self.dialog().await;
        self.xdotool(&["windowfocus", "--sync", &dialog]);
        self.xdotool(&["key", "ctrl+a"]);
        self.xdotool(&["type", "--delay", "2", &path.to_string_lossy()]);
        self.xdotool(&["key", "Return"]);
        self.wait_until(&format!("{} to be saved", path.display()), async || path.exists()).await;
    }

    async fn dialog(&self) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let found = self.xdotool(&["search", "--onlyvisible", "--name", DIALOG]);
            if let Some(dialog) = found.lines().next() {
                return dialog.to_owned();
            }
            self.pause_before(deadline, "the dialog for saving a file").await;
        }
    }

    /// What it prints; it fails when it finds nothing.
    fn xdotool(&self, arguments: &[&str]) -> String {
        let mut xdotool = Command::new("xdotool");
        xdotool.args(arguments).env("DISPLAY", &self.display).env("LC_ALL", "C.UTF-8");
        let output = xdotool.output().expect("xdotool runs; `cargo xtask setup --tests` installs it");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

/// What a window manager sends when somebody clicks a window's cross (ICCCM, section 4.2.8.1).
fn close_request(display: &str, window: u32) -> Result<(), Box<dyn std::error::Error>> {
    let (connection, _) = x11rb::connect(Some(display))?;
    let atom = |name: &str| {
        Ok::<_, Box<dyn std::error::Error>>(connection.intern_atom(false, name.as_bytes())?.reply()?.atom)
    };
    let (protocols, delete) = (atom("WM_PROTOCOLS")?, atom("WM_DELETE_WINDOW")?);
    let message = ClientMessageEvent::new(32, window, protocols, [delete, x11rb::CURRENT_TIME, 0, 0, 0]);
    connection.send_event(false, window, EventMask::NO_EVENT, message)?.check()?;
    Ok(())
}

fn focus_nothing(display: &str) -> Result<(), Box<dyn std::error::Error>> {
    let (connection, _) = x11rb::connect(Some(display))?;
    connection.set_input_focus(InputFocus::NONE, x11rb::NONE, x11rb::CURRENT_TIME)?.check()?;
    Ok(())
}
