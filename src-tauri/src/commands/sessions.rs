//! Sessions: creating, joining and leaving them, and those that are announced.

use node::{CreateSession, JoinPreview};
use tauri::State;

use crate::{device::Device, error::Answer};

#[tauri::command]
pub(crate) async fn create_session(device: State<'_, Device>, request: CreateSession) -> Answer<String> {
    Ok(device.node().await?.create_session(request).await?)
}

#[tauri::command]
pub(crate) async fn inspect_session_id(device: State<'_, Device>, text: String) -> Answer<JoinPreview> {
    Ok(device.node().await?.inspect_session_id(text).await?)
}

#[tauri::command]
pub(crate) async fn join_session(
    device: State<'_, Device>,
    text: String,
    accept_server: bool,
) -> Answer<String> {
    Ok(device.node().await?.join_session(text, accept_server).await?)
}

#[tauri::command]
pub(crate) async fn consent(device: State<'_, Device>, session: String) -> Answer<()> {
    Ok(device.node().await?.consent(session).await?)
}

#[tauri::command]
pub(crate) async fn leave_session(device: State<'_, Device>, session: String) -> Answer<()> {
    Ok(device.node().await?.leave_session(session).await?)
}

#[tauri::command]
pub(crate) async fn dismiss_session(device: State<'_, Device>, session: String) -> Answer<()> {
    Ok(device.node().await?.dismiss_session(session).await?)
}

#[tauri::command]
pub(crate) async fn browse(device: State<'_, Device>, on: bool) -> Answer<()> {
    Ok(device.node().await?.browse(on).await?)
}

#[tauri::command]
pub(crate) async fn ask_to_join(device: State<'_, Device>, announcement: String) -> Answer<()> {
    Ok(device.node().await?.ask_to_join(announcement).await?)
}

#[tauri::command]
pub(crate) async fn answer_request(
    device: State<'_, Device>,
    session: String,
    request: String,
    admit: bool,
) -> Answer<()> {
    Ok(device.node().await?.answer_request(session, request, admit).await?)
}
