//! Contacts: naming, verifying and forgetting devices that were met.

use tauri::State;

use crate::{device::Device, error::Answer};

#[tauri::command]
pub(crate) async fn rename_contact(own: State<'_, Device>, device: String, name: String) -> Answer<()> {
    Ok(own.node().await?.rename_contact(device, name).await?)
}

#[tauri::command]
pub(crate) async fn verify_contact(own: State<'_, Device>, device: String, verified: bool) -> Answer<()> {
    Ok(own.node().await?.verify_contact(device, verified).await?)
}

#[tauri::command]
pub(crate) async fn forget_contact(own: State<'_, Device>, device: String) -> Answer<()> {
    Ok(own.node().await?.forget_contact(device).await?)
}
