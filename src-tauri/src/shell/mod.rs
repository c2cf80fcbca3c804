//! What the window has from its desktop: links, the clipboard, save dialogs, notifications.

pub(crate) mod about;
pub(crate) mod bell;
pub(crate) mod clipboard;
pub(crate) mod labels;
pub(crate) mod link;
pub(crate) mod notification;
pub(crate) mod save;
