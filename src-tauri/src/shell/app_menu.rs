//! The menus above the screen, without which macOS has no shortcuts for copying and pasting. Elsewhere the page has
//! them itself, and a bar of menus would only repeat what its own navigation shows.

use tauri::{
    AppHandle, Wry,
    menu::{Menu, MenuBuilder, MenuItem, MenuItemBuilder, PredefinedMenuItem, SubmenuBuilder},
};

use super::labels::Labels;

pub(super) fn build(app: &AppHandle, labels: &Labels) -> tauri::Result<Menu<Wry>> {
    let item = |id: &str, label: &str, keys: Option<&str>| -> tauri::Result<MenuItem<Wry>> {
        let item = MenuItemBuilder::with_id(id, label);
        match keys {
            Some(keys) => item.accelerator(keys).build(app),
            None => item.build(app),
        }
    };
    let own = SubmenuBuilder::new(app, "Permafrost")
        .item(&item("about", &labels.about, None)?)
        .item(&item("settings", &labels.settings, Some("CmdOrCtrl+,"))?)
        .separator()
        .item(&item("lock", &labels.lock, Some("CmdOrCtrl+L"))?)
        .item(&PredefinedMenuItem::hide(app, Some(&labels.hide))?)
        .item(&item("quit", &labels.quit, Some("CmdOrCtrl+Q"))?)
        .build()?;
    let file = SubmenuBuilder::new(app, &labels.file)
        .item(&item("create", &labels.create, Some("CmdOrCtrl+N"))?)
        .item(&item("join", &labels.join, Some("CmdOrCtrl+J"))?)
        .separator()
        .item(&PredefinedMenuItem::minimize(app, Some(&labels.minimize))?)
        .item(&PredefinedMenuItem::close_window(app, Some(&labels.close))?)
        .build()?;
    let edit = SubmenuBuilder::new(app, &labels.edit)
        .item(&PredefinedMenuItem::undo(app, Some(&labels.undo))?)
        .item(&PredefinedMenuItem::redo(app, Some(&labels.redo))?)
        .separator()
        .item(&PredefinedMenuItem::cut(app, Some(&labels.cut))?)
        .item(&PredefinedMenuItem::copy(app, Some(&labels.copy))?)
        .item(&PredefinedMenuItem::paste(app, Some(&labels.paste))?)
        .item(&PredefinedMenuItem::select_all(app, Some(&labels.select_all))?)
        .build()?;
    let go = SubmenuBuilder::new(app, &labels.go)
        .item(&item("home", &labels.home, Some("CmdOrCtrl+1"))?)
        .item(&item("requests", &labels.requests, Some("CmdOrCtrl+2"))?)
        .item(&item("contacts", &labels.contacts, Some("CmdOrCtrl+3"))?)
        .build()?;
    MenuBuilder::new(app).items(&[&own, &file, &edit, &go]).build()
}
