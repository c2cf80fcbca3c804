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

/// Menus and tray, in whichever language the page has asked for last.
#[derive(Debug, Default)]
pub(crate) struct Menus(std::sync::Mutex<Option<Labels>>);

impl Menus {
    pub(crate) fn label(&self, labels: Labels) {
        if let Ok(mut current) = self.0.lock() {
            *current = Some(labels);
        }
    }
}
