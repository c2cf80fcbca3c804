//! This device: its state, its keystore, its settings.

use node::{IceServerEntry, PreferencesChange, snapshot::Snapshot};
use tauri::{
    State,
    ipc::{Channel, Response},
};

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
pub(crate) async fn unlock(device: State<'_, Device>, passphrase: String) -> Answer<()> {
    Ok(device.node().await?.unlock(passphrase.into()).await?)
}

#[tauri::command]
pub(crate) async fn lock(device: State<'_, Device>) -> Answer<()> {
    Ok(device.node().await?.lock().await?)
}

#[tauri::command]
pub(crate) async fn set_app_passphrase(
    device: State<'_, Device>,
    current: Option<String>,
    new: Option<String>,
) -> Answer<()> {
    let (current, new) = (current.map(Into::into), new.map(Into::into));
    Ok(device.node().await?.set_app_passphrase(current, new).await?)
}

/// The encrypted file's bytes.
#[tauri::command]
pub(crate) async fn back_up(device: State<'_, Device>, passphrase: String) -> Answer<Response> {
    Ok(Response::new(device.node().await?.back_up(passphrase.into()).await?))
}

#[tauri::command]
pub(crate) async fn restore(device: State<'_, Device>, backup: Vec<u8>, passphrase: String) -> Answer<()> {
    Ok(device.node().await?.restore(backup, passphrase.into()).await?)
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

#[tauri::command]
pub(crate) async fn try_server(device: State<'_, Device>) -> Answer<()> {
    Ok(device.node().await?.try_server().await?)
}

#[tauri::command]
pub(crate) async fn clear_server(device: State<'_, Device>) -> Answer<()> {
    Ok(device.node().await?.clear_server().await?)
}

#[tauri::command]
pub(crate) async fn finish_setup(device: State<'_, Device>) -> Answer<()> {
    Ok(device.node().await?.finish_setup().await?)
}

#[tauri::command]
pub(crate) async fn set_preferences(device: State<'_, Device>, change: PreferencesChange) -> Answer<()> {
    Ok(device.node().await?.set_preferences(change).await?)
}

#[tauri::command]
pub(crate) async fn set_ice_servers(device: State<'_, Device>, servers: Vec<IceServerEntry>) -> Answer<()> {
    Ok(device.node().await?.set_ice_servers(servers).await?)
}

#[tauri::command]
pub(crate) async fn host(device: State<'_, Device>, port: Option<u16>) -> Answer<()> {
    Ok(device.node().await?.host(port).await?)
}

#[tauri::command]
pub(crate) async fn stop_hosting(device: State<'_, Device>) -> Answer<()> {
    Ok(device.node().await?.stop_hosting().await?)
}
