//! Payments from Solana wallets, and the servers that they need.

use node::{SolanaPayment, snapshot::SolanaDraftView};
use tauri::State;

use crate::{device::Device, error::Answer};

#[tauri::command]
pub(crate) async fn set_solana_server(
    device: State<'_, Device>,
    network: String,
    url: Option<String>,
) -> Answer<()> {
    Ok(device.node().await?.set_solana_server(network, url).await?)
}

#[tauri::command]
pub(crate) async fn try_solana_server(device: State<'_, Device>, network: String) -> Answer<()> {
    Ok(device.node().await?.try_solana_server(network).await?)
}

#[tauri::command]
pub(crate) async fn draft_solana_payment(
    device: State<'_, Device>,
    payment: SolanaPayment,
) -> Answer<SolanaDraftView> {
    Ok(device.node().await?.draft_solana_payment(payment).await?)
}

/// The request's ID.
#[tauri::command]
pub(crate) async fn propose_solana_payment(
    device: State<'_, Device>,
    payment: SolanaPayment,
    lifetime: u32,
) -> Answer<String> {
    Ok(device.node().await?.propose_solana_payment(payment, lifetime).await?)
}
