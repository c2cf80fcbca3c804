//! Wallets: confirming, discarding, and what they show.

use node::AddressRequest;
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
