//! Wallets' money, and where Bitcoin's is looked up.

use node::{
    BitcoinBump, BitcoinPayment, SetLabel,
    snapshot::{BitcoinDraftView, ChainSourceEntry, CoinView, PaymentRequestView, TransactionView},
};
use tauri::State;

use crate::{device::Device, error::Answer};

#[tauri::command]
pub(crate) async fn set_chain_source(
    device: State<'_, Device>,
    network: String,
    source: Option<ChainSourceEntry>,
) -> Answer<()> {
    Ok(device.node().await?.set_chain_source(network, source).await?)
}

#[tauri::command]
pub(crate) async fn try_chain_source(device: State<'_, Device>, network: String) -> Answer<()> {
    Ok(device.node().await?.try_chain_source(network).await?)
}

#[tauri::command]
pub(crate) async fn sync_wallet(device: State<'_, Device>, wallet: String) -> Answer<()> {
    Ok(device.node().await?.sync_wallet(wallet).await?)
}

/// A table (CSV).
#[tauri::command]
pub(crate) async fn export_history(device: State<'_, Device>, wallet: String) -> Answer<String> {
    Ok(device.node().await?.export_history(wallet).await?)
}

#[tauri::command]
pub(crate) async fn transactions(device: State<'_, Device>, wallet: String) -> Answer<Vec<TransactionView>> {
    Ok(device.node().await?.transactions(wallet).await?)
}

#[tauri::command]
pub(crate) async fn coins(device: State<'_, Device>, wallet: String) -> Answer<Vec<CoinView>> {
    Ok(device.node().await?.coins(wallet).await?)
}

#[tauri::command]
pub(crate) async fn read_payment_request(
    device: State<'_, Device>,
    wallet: String,
    text: String,
) -> Answer<PaymentRequestView> {
    Ok(device.node().await?.read_payment_request(wallet, text).await?)
}

#[tauri::command]
pub(crate) async fn draft_bitcoin_payment(
    device: State<'_, Device>,
    payment: BitcoinPayment,
) -> Answer<BitcoinDraftView> {
    Ok(device.node().await?.draft_bitcoin_payment(payment).await?)
}

#[tauri::command]
pub(crate) async fn draft_bitcoin_bump(
    device: State<'_, Device>,
    bump: BitcoinBump,
) -> Answer<BitcoinDraftView> {
    Ok(device.node().await?.draft_bitcoin_bump(bump).await?)
}

#[tauri::command]
pub(crate) async fn set_label(device: State<'_, Device>, label: SetLabel) -> Answer<()> {
    Ok(device.node().await?.set_label(label).await?)
}

#[tauri::command]
pub(crate) async fn label(
    device: State<'_, Device>,
    wallet: String,
    reference: String,
) -> Answer<Option<String>> {
    Ok(device.node().await?.label(wallet, reference).await?)
}

/// The notes for other programs (BIP-329).
#[tauri::command]
pub(crate) async fn export_labels(device: State<'_, Device>, wallet: String) -> Answer<String> {
    Ok(device.node().await?.export_labels(wallet).await?)
}

/// How many notes were taken in.
#[tauri::command]
pub(crate) async fn import_labels(device: State<'_, Device>, wallet: String, text: String) -> Answer<u32> {
    Ok(device.node().await?.import_labels(wallet, text).await?)
}
