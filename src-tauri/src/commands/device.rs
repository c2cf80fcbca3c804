//! This device: its state, its keystore, its settings.

use node::snapshot::Snapshot;
use tauri::{State, ipc::Channel};

use crate::{args::KeystoreChoice, device::Device, error::Answer, events::Subscriptions};

#[tauri::command]
pub(crate) async fn subscribe(
    device: State<'_, Device>,
    subscriptions: State<'_, Subscriptions>,
    channel: Channel<Snapshot>,
) -> Answer<()> {
    subscriptions.forward(device.node().await?.snapshots(), channel);
    Ok(())
}

#[tauri::command]
pub(crate) async fn unlock_vault(device: State<'_, Device>, passphrase: String) -> Answer<()> {
    Ok(device.node().await?.unlock(passphrase.into()).await?)
}

#[tauri::command]
pub(crate) async fn retry_keystore(device: State<'_, Device>) -> Answer<()> {
    Ok(device.node().await?.retry_keystore().await?)
}

#[tauri::command]
pub(crate) async fn use_keystore(device: State<'_, Device>, kind: KeystoreChoice) -> Answer<()> {
    Ok(device.node().await?.use_keystore(kind.into()).await?)
}

#[tauri::command]
pub(crate) async fn set_device_name(device: State<'_, Device>, name: String) -> Answer<()> {
    Ok(device.node().await?.set_device_name(name).await?)
}

#[tauri::command]
pub(crate) async fn set_server(device: State<'_, Device>, url: String) -> Answer<()> {
    Ok(device.node().await?.set_server(url).await?)
}
