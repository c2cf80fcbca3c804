//! The texts of menus and of the tray, in the page's language.

use serde::Deserialize;
use ts_rs::TS;

/// Names of what the menus and the tray offer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub(crate) struct Labels {
    /// Show the window.
    pub(crate) show: String,
    /// End Permafrost.
    pub(crate) quit: String,
    /// Lock it.
    pub(crate) lock: String,
    /// To the wallets.
    pub(crate) home: String,
    /// Make a wallet.
    pub(crate) create: String,
    /// Join one.
    pub(crate) join: String,
    /// To the contacts.
    pub(crate) contacts: String,
    /// To what others ask to be signed.
    pub(crate) requests: String,
    /// To the settings.
    pub(crate) settings: String,
    /// About Permafrost.
    pub(crate) about: String,
    /// The menu with what can be done.
    pub(crate) file: String,
    /// The menu for text.
    pub(crate) edit: String,
    /// Take the last step of editing back.
    pub(crate) undo: String,
    /// Do it again.
    pub(crate) redo: String,
    /// Cut the selection.
    pub(crate) cut: String,
    /// Copy it.
    pub(crate) copy: String,
    /// Insert what was copied.
    pub(crate) paste: String,
    /// Select everything.
    pub(crate) select_all: String,
    /// The menu of places in the app.
    pub(crate) go: String,
    /// Hide the app.
    pub(crate) hide: String,
    /// Hide the window in the dock.
    pub(crate) minimize: String,
    /// Close the window.
    pub(crate) close: String,
}

/// Until the page says otherwise.
impl Default for Labels {
    fn default() -> Self {
        Self {
            show: "Show Permafrost".to_owned(),
            quit: "Quit".to_owned(),
            lock: "Lock".to_owned(),
            home: "Wallets".to_owned(),
            create: "Create a wallet".to_owned(),
            join: "Join a session".to_owned(),
            requests: "Requests".to_owned(),
            contacts: "Contacts".to_owned(),
            settings: "Settings".to_owned(),
            about: "About Permafrost".to_owned(),
            file: "File".to_owned(),
            edit: "Edit".to_owned(),
            undo: "Undo".to_owned(),
            redo: "Redo".to_owned(),
            cut: "Cut".to_owned(),
            copy: "Copy".to_owned(),
            paste: "Paste".to_owned(),
            select_all: "Select all".to_owned(),
            go: "Go".to_owned(),
            hide: "Hide Permafrost".to_owned(),
            minimize: "Minimize".to_owned(),
            close: "Close window".to_owned(),
        }
    }
}
