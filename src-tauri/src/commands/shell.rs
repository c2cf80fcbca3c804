//! The desktop around the window: its events, files, clipboard and notifications, and the app's end.

use tauri::{AppHandle, State, WebviewWindow, ipc::Channel};

use crate::{
    closing::Closing,
    device::Device,
    error::{Answer, CommandError},
    idle::Activity,
    lifecycle,
    log::Log,
    shell::{
        about::{self, About},
        bell::{Bell, ShellEvent},
        clipboard::Clipboard,
        diagnostics,
        labels::Labels,
        menus::Menus,
        notification, save,
    },
};

/// What the desktop tells the page from now on, and what it told before there was a page.
#[tauri::command]
pub(crate) async fn events(bell: State<'_, Bell>, channel: Channel<ShellEvent>) -> Answer<()> {
    bell.listen(channel);
    Ok(())
}

/// Ends the app; whether sessions run was asked.
#[tauri::command]
pub(crate) async fn quit(app: AppHandle) -> Answer<()> {
    lifecycle::quit(&app);
    Ok(())
}

/// The page asks whether to close.
#[tauri::command]
pub(crate) async fn close_asked(closing: State<'_, Closing>) -> Answer<()> {
    closing.asked();
    Ok(())
}

/// Tries again to open a device that could not be opened.
#[tauri::command]
pub(crate) async fn reopen(device: State<'_, Device>) -> Answer<()> {
    device.reopen().await
}

/// The path, or nothing if the person chose not to save.
#[tauri::command]
pub(crate) async fn save_file(
    window: WebviewWindow,
    suggested_name: String,
    bytes: Vec<u8>,
) -> Answer<Option<String>> {
    save::ask_and_save(window, &suggested_name, bytes).await.map_err(CommandError::not_saved)
}

#[tauri::command]
pub(crate) async fn save_text(
    window: WebviewWindow,
    suggested_name: String,
    text: String,
) -> Answer<Option<String>> {
    save::ask_and_save(window, &suggested_name, text.into_bytes()).await.map_err(CommandError::not_saved)
}

#[tauri::command]
pub(crate) async fn copy_text(clipboard: State<'_, Clipboard>, text: String, sensitive: bool) -> Answer<()> {
    clipboard.copy(text, sensitive).await.map_err(CommandError::not_copied)
}

#[tauri::command]
pub(crate) async fn notify(
    app: AppHandle,
    device: State<'_, Device>,
    title: String,
    body: String,
) -> Answer<()> {
    if device.node().await?.snapshots().borrow().settings.notifications {
        notification::show(app, &title, &body);
    }
    Ok(())
}

/// The texts of menus and tray in the page's language.
#[tauri::command]
pub(crate) async fn set_labels(app: AppHandle, menus: State<'_, Menus>, labels: Labels) -> Answer<()> {
    if let Err(error) = menus.label(&app, labels) {
        tracing::warn!(%error, "the menus can't be named");
    }
    Ok(())
}

/// Somebody uses the window, so it does not lock yet.
#[tauri::command]
pub(crate) async fn activity(activity: State<'_, Activity>) -> Answer<()> {
    activity.note();
    Ok(())
}

/// The first screen is up.
#[tauri::command]
pub(crate) async fn ready() -> Answer<()> {
    tracing::info!("the first screen is up");
    Ok(())
}

/// What helps to find a fault, for its person to read before it is given to anybody.
#[tauri::command]
pub(crate) async fn diagnostics_text(device: State<'_, Device>, log: State<'_, Log>) -> Answer<String> {
    Ok(diagnostics::text(&device, &log).await)
}

#[tauri::command]
pub(crate) async fn about() -> Answer<About> {
    Ok(about::about().await)
}
