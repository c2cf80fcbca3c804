//! The tray, and on macOS the menus above the screen, in the page's language.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tauri::{
    AppHandle, Manager,
    menu::{Menu, MenuBuilder, MenuItemBuilder},
    tray::{TrayIcon, TrayIconBuilder, TrayIconEvent},
};

use super::{
    app_menu,
    bell::{Bell, MenuAction, ShellEvent},
    labels::Labels,
    notification,
};
use crate::lifecycle;

const TRAY: &str = "permafrost";
const SHOW: &str = "show";
const QUIT: &str = "quit";

/// Menus and tray as they are now.
#[derive(Default)]
pub(crate) struct Menus(Mutex<State>);

#[derive(Default)]
struct State {
    labels: Labels,
    tray: Option<TrayIcon>,
}

impl Menus {
    /// Says everything in other words.
    pub(crate) fn label(&self, app: &AppHandle, labels: Labels) -> tauri::Result<()> {
        let mut state = self.state();
        if state.labels == labels {
            return Ok(());
        }
        state.labels = labels;
        if let Some(tray) = &state.tray {
            tray.set_menu(Some(tray_menu(app, &state.labels)?))?;
        }
        if cfg!(target_os = "macos") {
            app.set_menu(app_menu::build(app, &state.labels)?)?;
        }
        Ok(())
    }

    /// Whether there is a tray to which the window can go.
    pub(crate) fn has_tray(&self) -> bool {
        self.state().tray.is_some()
    }

    /// Puts the app into the tray.
    pub(crate) fn show_tray(&self, app: &AppHandle) -> tauri::Result<()> {
        let mut state = self.state();
        if state.tray.is_some() {
            return Ok(());
        }
        let mut tray = TrayIconBuilder::with_id(TRAY)
            .tooltip("Permafrost")
            .menu(&tray_menu(app, &state.labels)?)
            .on_tray_icon_event(|tray, event| {
                if let TrayIconEvent::DoubleClick { .. } = event {
                    notification::bring_up(tray.app_handle());
                }
            });
        if let Some(icon) = app.default_window_icon() {
            tray = tray.icon(icon.clone());
        }
        state.tray = Some(tray.build(app)?);
        Ok(())
    }

    /// Takes it out again.
    pub(crate) fn hide_tray(&self, app: &AppHandle) {
        if self.state().tray.take().is_some() {
            app.remove_tray_by_id(TRAY);
            // A window that was in it has no other way back.
            notification::bring_up(app);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn tray_menu(app: &AppHandle, labels: &Labels) -> tauri::Result<Menu<tauri::Wry>> {
    let item = |id: &str, label: &str| MenuItemBuilder::with_id(id, label).build(app);
    MenuBuilder::new(app)
        .item(&item(SHOW, &labels.show)?)
        .item(&item("lock", &labels.lock)?)
        .separator()
        .item(&item(QUIT, &labels.quit)?)
        .build()
}

/// What an entry of any menu does.
pub(crate) fn chosen(app: &AppHandle, id: &str) {
    let action = match id {
        SHOW => return notification::bring_up(app),
        QUIT => return lifecycle::ask_to_quit(app),
        "home" => MenuAction::Home,
        "create" => MenuAction::Create,
        "join" => MenuAction::Join,
        "requests" => MenuAction::Requests,
        "contacts" => MenuAction::Contacts,
        "settings" => MenuAction::Settings,
        "about" => MenuAction::About,
        "lock" => MenuAction::Lock,
        _ => return,
    };
    if action != MenuAction::Lock {
        notification::bring_up(app);
    }
    app.state::<Bell>().ring(ShellEvent::Menu { action });
}
