//! Bitcoin wallets' money, and where it is looked up.

use node::snapshot::{ChainSource, TransactionView};
use tauri::State;

use crate::{device::Device, error::Answer};

#[tauri::command]
pub(crate) async fn set_chain_source(
    device: State<'_, Device>,
    network: String,
    source: Option<ChainSource>,
) -> Answer<()> {
    Ok(device.node().await?.set_chain_source(network, source).await?)
}

#[tauri::command]
pub(crate) async fn sync_wallet(device: State<'_, Device>, wallet: String) -> Answer<()> {
    Ok(device.node().await?.sync_wallet(wallet).await?)
}

#[tauri::command]
pub(crate) async fn transactions(device: State<'_, Device>, wallet: String) -> Answer<Vec<TransactionView>> {
    Ok(device.node().await?.transactions(wallet).await?)
}
