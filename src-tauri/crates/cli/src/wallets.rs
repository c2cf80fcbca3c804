//! What is printed of wallets and contacts.

use std::{io::Read as _, path::Path};

use node::{
    Node,
    snapshot::{Recognition, Snapshot, WalletStatus, WalletView},
};
use serde_json::{Value, json};

use crate::{
    commands::snapshot,
    follow::kind,
    output::{Failure, Output},
};

/// The most bytes of a certificate's file that are read.
const LARGEST_CERTIFICATE: u64 = 4 * 1024 * 1024;

/// Prints all wallets.
pub(crate) fn list(snapshot: &Snapshot, output: &Output) {
    if snapshot.wallets.is_empty() {
        output.say("This device has no wallets.");
    }
    for wallet in &snapshot.wallets {
        output.event("wallet", wallet_fields(wallet), &wallet_text(wallet));
    }
}

/// Prints an address, and whether its wallet was verified.
pub(crate) fn say_address(node: &Node, wallet: &str, address: &str, output: &Output) {
    let verified = is_verified(&snapshot(node), wallet);
    output.event("address", json!({ "wallet": wallet, "address": address, "verified": verified }), address);
    if !verified {
        output.say("NOT VERIFIED: compare the safety words on all devices before money goes there (permafrost verify).");
    }
}

/// The number of the receive address to give out now; the node says what is wrong with a wallet that it does not know.
pub(crate) fn receive_index(node: &Node, wallet: &str) -> u32 {
    find(&snapshot(node), wallet).map_or(0, |view| view.receive_index)
}

fn is_verified(snapshot: &Snapshot, wallet: &str) -> bool {
    find(snapshot, wallet)
        .is_some_and(|view| matches!(view.status, WalletStatus::Active { verified: true, .. }))
}

/// As the node finds it: an ID goes before a name.
fn find<'a>(snapshot: &'a Snapshot, wallet: &str) -> Option<&'a WalletView> {
    let by_id = snapshot.wallets.iter().find(|view| view.id == wallet);
    by_id.or_else(|| snapshot.wallets.iter().find(|view| view.name == wallet))
}

pub(crate) async fn export(node: &Node, wallet: String, output: &Output) -> Result<(), Failure> {
    let verified = is_verified(&snapshot(node), &wallet);
    let export = node.export_wallet(wallet).await?;
    output.event("export", &export, &format!("{export:#}"));
    if !verified {
        output.say("NOT VERIFIED: compare the safety words on all devices before money goes there (permafrost verify).");
    }
    Ok(())
}

pub(crate) async fn check_certificate(node: &Node, file: &Path, output: &Output) -> Result<(), Failure> {
    let mut text = String::new();
    let read = std::fs::File::open(file)
        .and_then(|file| file.take(LARGEST_CERTIFICATE).read_to_string(&mut text).map(|_| ()));
    read.map_err(|error| Failure::new("file", &format!("The certificate could not be read: {error}.")))?;
    let checked = node.check_certificate(text).await?;
    let members: Vec<_> = checked
        .members
        .iter()
        .map(|member| format!("    “{}”  {}", member.name, member.fingerprint.join(" ")))
        .collect();
    let text = format!(
        "The certificate holds: these {} devices made this key together, and any {} of them can sign.\n  “{}” — {}\n{}\n  Group key     {}\n  Safety words  {}\n  {}",
        members.len(),
        checked.threshold,
        checked.name,
        kind(checked.ciphersuite, checked.network.as_deref()),
        members.join("\n"),
        checked.group_public_key,
        checked.safety_words.join(" "),
        match &checked.wallet {
            Some(wallet) => format!("It is this device's wallet {wallet}."),
            None => "This device has no share of that wallet.".to_owned(),
        }
    );
    output.event("certificate_valid", &checked, &text);
    Ok(())
}

/// Prints all contacts.
pub(crate) fn contacts(snapshot: &Snapshot, output: &Output) {
    if snapshot.contacts.is_empty() {
        output.say("This device has met no other yet.");
    }
    for contact in &snapshot.contacts {
        let claimed = match contact.claimed_name == contact.device.name {
            true => String::new(),
            false => format!(" (calls itself “{}”)", contact.claimed_name),
        };
        let text = format!(
            "“{}”{claimed}{}\n  ID     {}\n  Words  {}",
            contact.device.name,
            if contact.verified { ", verified" } else { ", not verified" },
            contact.device.id,
            contact.device.fingerprint.join(" ")
        );
        output.event("contact", contact, &text);
    }
}

pub(crate) async fn change_contact(
    node: &Node,
    device: String,
    name: Option<String>,
    verified: bool,
    forget: bool,
    output: &Output,
) -> Result<(), Failure> {
    let device = contact(node, device);
    let (event, text) = match name {
        Some(name) => {
            node.rename_contact(device.clone(), name).await?;
            ("contact_renamed", "Renamed on this device.")
        }
        None if forget => {
            node.forget_contact(device.clone()).await?;
            ("contact_forgotten", "Forgotten. Wallets that you share stay.")
        }
        None => {
            node.verify_contact(device.clone(), verified).await?;
            ("contact_verified", if verified { "Verified." } else { "No longer verified." })
        }
    };
    output.event(event, json!({ "device": device }), text);
    Ok(())
}

/// The ID of the only contact of that name; else what was given, for the node to say what is wrong.
fn contact(node: &Node, named: String) -> String {
    let contacts = snapshot(node).contacts.clone();
    let mut same = contacts.into_iter().filter(|contact| contact.device.name == named);
    match (same.next(), same.next()) {
        (Some(only), None) => only.device.id,
        _ => named,
    }
}

/// What is known of a device, for behind its name.
pub(crate) fn recognition(recognition: &Recognition) -> String {
    match recognition {
        Recognition::Own => " (this device)".to_owned(),
        Recognition::Stranger => String::new(),
        Recognition::Known { verified: true } => " (met before, verified)".to_owned(),
        Recognition::Known { verified: false } => " (met before)".to_owned(),
        Recognition::NameTaken { contact } => {
            format!(" (NOT the “{}” that you know: another device under that name)", contact.name)
        }
    }
}

/// A wallet's name and whom it waits for, if its ceremony is not finished.
pub(crate) fn unfinished(wallet: &WalletView) -> Option<(String, Vec<String>)> {
    match &wallet.status {
        WalletStatus::Unfinished { missing } => Some((wallet.name.clone(), missing.clone())),
        WalletStatus::Active { .. } | WalletStatus::Quarantined | WalletStatus::Unusable { .. } => None,
    }
}

/// The fields of a wallet's events.
pub(crate) fn wallet_fields(wallet: &WalletView) -> Value {
    let mut fields = json!({
        "wallet_id": wallet.id,
        "name": wallet.name,
        "ceremony_name": wallet.ceremony_name,
        "curve": wallet.ciphersuite,
        "network": wallet.network,
        "threshold": wallet.threshold,
        "participants": wallet.members.len(),
        "members": wallet.members,
    });
    let more = match &wallet.status {
        WalletStatus::Active { verified, safety_words, group_public_key, addresses, descriptors } => json!({
            "status": "active",
            "verified": verified,
            "safety_words": safety_words,
            "group_public_key": group_public_key,
            "addresses": addresses,
            "descriptors": descriptors,
        }),
        WalletStatus::Unfinished { missing } => json!({ "status": "unfinished", "missing": missing }),
        WalletStatus::Quarantined => json!({ "status": "quarantined" }),
        WalletStatus::Unusable { error } => json!({ "status": "unusable", "error": error }),
    };
    if let (Some(fields), Value::Object(more)) = (fields.as_object_mut(), more) {
        fields.extend(more);
    }
    fields
}

/// A wallet for people.
pub(crate) fn wallet_text(wallet: &WalletView) -> String {
    let head = format!(
        "“{}” — {}, any {} of {} devices can sign\n  ID            {}",
        wallet.name,
        kind(wallet.ciphersuite, wallet.network.as_deref()),
        wallet.threshold,
        wallet.members.len(),
        wallet.id
    );
    match &wallet.status {
        WalletStatus::Active { verified, safety_words, group_public_key, addresses, .. } => {
            let mut text = format!("{head}\n  Group key     {group_public_key}");
            if let Some(address) = addresses.first() {
                text += &format!("\n  Address       {} ({})", address.address, address.network);
            }
            text += &format!("\n  Safety words  {}", safety_words.join(" "));
            if !verified {
                text += "\n  NOT VERIFIED: compare the safety words on all devices (permafrost verify) before money goes there.";
            }
            text
        }
        WalletStatus::Unfinished { missing } => {
            let whom = if missing.is_empty() { "signatures".to_owned() } else { missing.join(", ") };
            format!(
                "{head}\n  Unfinished: waits for {whom}. `permafrost resume` finishes it; if no other device has it, `permafrost discard` gives it up."
            )
        }
        WalletStatus::Unusable { error } => format!("{head}\n  {}", error.message),
        WalletStatus::Quarantined => {
            format!("{head}\n  Quarantined: the safety words differed. Send nothing to it.")
        }
    }
}
