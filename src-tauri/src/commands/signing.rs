//! Signing: asking for it, answering, and what comes of it.

use node::{ProposeMessage, ProposeTransaction, SignedMessage, SignedTransaction, snapshot::FileView};
use tauri::{State, WebviewWindow};

use crate::{
    device::Device,
    error::{Answer, CommandError},
    shell::open,
};

/// The request's ID.
#[tauri::command]
pub(crate) async fn propose_message(device: State<'_, Device>, message: ProposeMessage) -> Answer<String> {
    Ok(device.node().await?.propose_message(message).await?)
}

/// The request's ID.
#[tauri::command]
pub(crate) async fn propose_transaction(
    device: State<'_, Device>,
    transaction: ProposeTransaction,
) -> Answer<String> {
    Ok(device.node().await?.propose_transaction(transaction).await?)
}

#[tauri::command]
pub(crate) async fn approve_request(device: State<'_, Device>, request: String) -> Answer<()> {
    Ok(device.node().await?.approve_request(request).await?)
}

#[tauri::command]
pub(crate) async fn reject_request(
    device: State<'_, Device>,
    request: String,
    reason: Option<String>,
) -> Answer<()> {
    Ok(device.node().await?.reject_request(request, reason).await?)
}

#[tauri::command]
pub(crate) async fn cancel_request(device: State<'_, Device>, request: String) -> Answer<()> {
    Ok(device.node().await?.cancel_request(request).await?)
}

#[tauri::command]
pub(crate) async fn signed_message(device: State<'_, Device>, request: String) -> Answer<SignedMessage> {
    Ok(device.node().await?.signed_message(request).await?)
}

#[tauri::command]
pub(crate) async fn signed_transaction(
    device: State<'_, Device>,
    request: String,
) -> Answer<SignedTransaction> {
    Ok(device.node().await?.signed_transaction(request).await?)
}

/// What a request would sign, for another program to look at.
#[tauri::command]
pub(crate) async fn request_psbt(device: State<'_, Device>, request: String) -> Answer<String> {
    Ok(device.node().await?.request_psbt(request).await?)
}

#[tauri::command]
pub(crate) async fn publish_transaction(device: State<'_, Device>, request: String) -> Answer<()> {
    Ok(device.node().await?.publish_transaction(request).await?)
}

/// Reads a signed message from anybody; rejects unless its signature holds.
#[tauri::command]
pub(crate) async fn verify_message(text: String) -> Answer<SignedMessage> {
    Ok(SignedMessage::verify(&text)?)
}

/// What tells the file that its person chooses from every other, or nothing if they choose none.
#[tauri::command]
pub(crate) async fn hash_file(window: WebviewWindow) -> Answer<Option<FileView>> {
    open::ask_and_hash(window).await.map_err(CommandError::not_read)
}
