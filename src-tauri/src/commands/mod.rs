//! What the interface can ask for. Each command parses, calls the node and converts; none decides anything.
//!
//! The list is also in `build.rs` and, as permissions, in `capabilities/main.json`.

mod contacts;
mod device;
mod ledger;
mod sessions;
mod shell;
mod signing;
mod solana;
mod wallets;

use tauri::ipc::Invoke;

/// Dispatches commands by their names.
pub(crate) fn handler() -> impl Fn(Invoke) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        device::subscribe,
        device::unlock,
        device::lock,
        device::set_app_passphrase,
        device::back_up,
        device::restore,
        device::retry_keystore,
        device::use_keystore,
        device::set_device_name,
        device::set_server,
        device::try_server,
        device::clear_server,
        device::finish_setup,
        device::set_preferences,
        device::set_ice_servers,
        device::host,
        device::stop_hosting,
        sessions::create_session,
        sessions::inspect_session_id,
        sessions::join_session,
        sessions::consent,
        sessions::leave_session,
        sessions::dismiss_session,
        sessions::browse,
        sessions::ask_to_join,
        sessions::answer_request,
        wallets::confirm_words,
        wallets::discard_wallet,
        wallets::address,
        wallets::certificate,
        wallets::check_certificate,
        wallets::export_wallet,
        wallets::fresh_address,
        wallets::rename_wallet,
        wallets::remove_wallet,
        ledger::set_chain_source,
        ledger::try_chain_source,
        ledger::sync_wallet,
        ledger::transactions,
        ledger::export_history,
        ledger::coins,
        ledger::read_payment_request,
        ledger::draft_bitcoin_payment,
        ledger::draft_bitcoin_bump,
        ledger::set_label,
        ledger::label,
        ledger::export_labels,
        ledger::import_labels,
        solana::set_solana_server,
        solana::try_solana_server,
        solana::draft_solana_payment,
        solana::propose_solana_payment,
        signing::propose_message,
        signing::propose_transaction,
        signing::approve_request,
        signing::reject_request,
        signing::cancel_request,
        signing::signed_message,
        signing::signed_transaction,
        signing::request_psbt,
        signing::publish_transaction,
        signing::verify_message,
        signing::hash_file,
        contacts::rename_contact,
        contacts::verify_contact,
        contacts::forget_contact,
        shell::events,
        shell::quit,
        shell::close_asked,
        shell::reopen,
        shell::save_file,
        shell::save_text,
        shell::copy_text,
        shell::notify,
        shell::set_labels,
        shell::activity,
        shell::ready,
        shell::diagnostics_text,
        shell::about,
    ]
}
