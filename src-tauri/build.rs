//! Checks that there is an interface to embed, and tells Tauri which commands exist.

use std::{
    env,
    error::Error,
    fs::{self, File},
    path::Path,
    time::SystemTime,
};

/// Every command of `src/commands`: each needs a permission, which `capabilities/main.json` grants.
const COMMANDS: &[&str] = &[
    "subscribe",
    "create_session",
    "inspect_session_id",
    "join_session",
    "consent",
    "leave_session",
    "dismiss_session",
    "browse",
    "ask_to_join",
    "answer_request",
    "confirm_words",
    "discard_wallet",
    "address",
    "certificate",
    "check_certificate",
    "export_wallet",
    "fresh_address",
    "rename_wallet",
    "remove_wallet",
    "set_chain_source",
    "try_chain_source",
    "sync_wallet",
    "transactions",
    "export_history",
    "coins",
    "read_payment_request",
    "draft_bitcoin_payment",
    "draft_bitcoin_bump",
    "set_label",
    "label",
    "export_labels",
    "import_labels",
    "set_solana_server",
    "try_solana_server",
    "draft_solana_payment",
    "propose_solana_payment",
    "propose_message",
    "propose_transaction",
    "approve_request",
    "reject_request",
    "cancel_request",
    "signed_message",
    "signed_transaction",
    "request_psbt",
    "publish_transaction",
    "verify_message",
    "hash_file",
    "rename_contact",
    "verify_contact",
    "forget_contact",
    "unlock",
    "lock",
    "set_app_passphrase",
    "back_up",
    "restore",
    "retry_keystore",
    "use_keystore",
    "set_device_name",
    "set_server",
    "try_server",
    "clear_server",
    "finish_setup",
    "set_preferences",
    "set_ice_servers",
    "host",
    "stop_hosting",
    "events",
    "quit",
    "close_asked",
    "reopen",
    "save_file",
    "save_text",
    "copy_text",
    "notify",
    "set_labels",
    "activity",
    "ready",
    "diagnostics_text",
    "about",
];

const PLACEHOLDER: &str = "<!doctype html><title>Permafrost</title>\
    <p>This build has no interface in it. Start Permafrost with <code>cargo xtask start</code>, which builds it.</p>\n";

fn main() -> Result<(), Box<dyn Error>> {
    let page = Path::new("../ui/dist/index.html");
    if !page.exists() {
        write_placeholder(page)?;
    }
    if fs::read_to_string(page)? == PLACEHOLDER {
        println!(
            "cargo:warning=The interface is not built, so the app shows a notice instead. Run: cargo xtask start"
        );
    }
    println!("cargo:rerun-if-changed=../ui/dist");
    tauri_build::try_build(
        tauri_build::Attributes::new().app_manifest(tauri_build::AppManifest::new().commands(COMMANDS)),
    )?;
    shrink();
    Ok(())
}

/// Has the linker that Rust brings for this target fold functions that are the same, and pack the list of what moves with
/// the program (which needs glibc 2.36): together a tenth of the optimised app.
fn shrink() {
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|is| is == value);
    let has_lld = is("CARGO_CFG_TARGET_OS", "linux")
        && is("CARGO_CFG_TARGET_ARCH", "x86_64")
        && is("CARGO_CFG_TARGET_ENV", "gnu");
    if has_lld && is("PROFILE", "release") {
        println!("cargo:rustc-link-arg-bins=-Wl,--icf=all,-z,pack-relative-relocs");
    }
}

/// A page that lets the app be compiled and checked without its interface. It is dated back, so that whatever
/// compares times builds the real one.
fn write_placeholder(page: &Path) -> Result<(), Box<dyn Error>> {
    if let Some(folder) = page.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(page, PLACEHOLDER)?;
    File::options().write(true).open(page)?.set_modified(SystemTime::UNIX_EPOCH)?;
    Ok(())
}
