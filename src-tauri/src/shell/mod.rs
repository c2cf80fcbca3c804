//! What the window has from its desktop: links, the clipboard, save dialogs, notifications, menus.

pub(crate) mod about;
mod app_menu;
pub(crate) mod bell;
pub(crate) mod clipboard;
pub(crate) mod diagnostics;
pub(crate) mod labels;
pub(crate) mod link;
pub(crate) mod menus;
pub(crate) mod notification;
pub(crate) mod open;
pub(crate) mod save;
#[cfg(target_os = "linux")]
pub(crate) mod screen_lock;
#[cfg(target_os = "linux")]
pub(crate) mod tray_host;
