//! Wallets: confirming, discarding, renaming, removing, and what they show.

use node::{AddressRequest, snapshot::CertificateView};
use tauri::State;

use crate::{device::Device, error::Answer};

#[tauri::command]
pub(crate) async fn confirm_words(device: State<'_, Device>, wallet: String, matches: bool) -> Answer<()> {
    Ok(device.node().await?.confirm_words(wallet, matches).await?)
}

#[tauri::command]
pub(crate) async fn discard_wallet(device: State<'_, Device>, wallet: String) -> Answer<()> {
    Ok(device.node().await?.discard_wallet(wallet).await?)
}

#[tauri::command]
pub(crate) async fn address(device: State<'_, Device>, request: AddressRequest) -> Answer<String> {
    Ok(device.node().await?.address(request).await?)
}

/// As indented JSON text, which is what people keep.
#[tauri::command]
pub(crate) async fn certificate(device: State<'_, Device>, wallet: String) -> Answer<String> {
    Ok(format!("{:#}", device.node().await?.certificate(wallet).await?))
}

#[tauri::command]
pub(crate) async fn check_certificate(device: State<'_, Device>, text: String) -> Answer<CertificateView> {
    Ok(device.node().await?.check_certificate(text).await?)
}

#[tauri::command]
pub(crate) async fn export_wallet(device: State<'_, Device>, wallet: String) -> Answer<serde_json::Value> {
    Ok(device.node().await?.export_wallet(wallet).await?)
}

#[tauri::command]
pub(crate) async fn fresh_address(device: State<'_, Device>, wallet: String) -> Answer<String> {
    Ok(device.node().await?.fresh_address(wallet).await?)
}

#[tauri::command]
pub(crate) async fn rename_wallet(device: State<'_, Device>, wallet: String, name: String) -> Answer<()> {
    Ok(device.node().await?.rename_wallet(wallet, name).await?)
}

#[tauri::command]
pub(crate) async fn remove_wallet(
    device: State<'_, Device>,
    wallet: String,
    typed_name: String,
) -> Answer<()> {
    Ok(device.node().await?.remove_wallet(wallet, typed_name).await?)
}
