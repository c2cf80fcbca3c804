//! What helps to find a fault and gives nobody away: versions, settings, counts and states.

use std::{collections::BTreeMap, env::consts, fmt::Write as _};

use serde::Serialize;
use serde_json::Value;

use super::Actor;
use crate::snapshot::{HostingView, KeystoreStatus, SessionState, Snapshot, WalletStatus};

impl Actor {
    /// The text that a person may pass on.
    pub(super) fn diagnostics(&self) -> String {
        text(&self.snapshot())
    }
}

fn text(snapshot: &Snapshot) -> String {
    let mut lines = Vec::new();
    let mut line = |name: &str, value: String| lines.push(format!("{name}: {value}"));
    line("Permafrost", env!("CARGO_PKG_VERSION").to_owned());
    line("system", format!("{} {}", consts::OS, consts::ARCH));
    line("keystore", format!("{}, {}", name(&snapshot.keystore.kind), keystore(&snapshot.keystore.status)));
    let scheme = snapshot.server.url.as_ref().and_then(|url| url.split(':').next());
    line("server", format!("{}, {}", scheme.unwrap_or("none"), name(&snapshot.server.status)));
    line("hosting", hosting(&snapshot.hosting));
    let settings = &snapshot.settings;
    line("set up", settings.set_up.to_string());
    line("language", name(&settings.language));
    line("theme", name(&settings.theme));
    line("bitcoin unit", name(&settings.bitcoin_unit));
    line("ICE servers", count(settings.ice_servers.iter().map(|server| scheme_of(&server.url))));
    line("relay only", settings.relay_only.to_string());
    line("locks after minutes", settings.auto_lock_minutes.map_or("never".to_owned(), |m| m.to_string()));
    line("locks with the system", settings.lock_with_system.to_string());
    line("app passphrase", settings.app_passphrase.to_string());
    line("notifications", settings.notifications.to_string());
    line("tray", settings.tray.to_string());
    line("log level", name(&settings.log_level));
    if snapshot.keystore.status == KeystoreStatus::Locked {
        return lines.join("\n");
    }
    line("sessions", count(snapshot.sessions.iter().map(|session| session_state(&session.state))));
    let links = snapshot.sessions.iter().flat_map(|session| &session.participants);
    line("links", count(links.map(|participant| name(&participant.link))));
    line("announced sessions", snapshot.announced.len().to_string());
    line("requests to join", count(snapshot.asked.iter().map(|asked| name(&asked.state))));
    let wallet = |wallet: &crate::snapshot::WalletView| {
        let network = wallet.network.as_deref().unwrap_or("no network");
        format!("{} {network} {}", name(&wallet.ciphersuite), wallet_status(&wallet.status))
    };
    line("wallets", count(snapshot.wallets.iter().map(wallet)));
    line("contacts", snapshot.contacts.len().to_string());
    line("problems", count(snapshot.problems.iter().map(|problem| problem.code.clone())));
    lines.join("\n")
}

fn keystore(status: &KeystoreStatus) -> String {
    match status {
        KeystoreStatus::Unavailable { error } => format!("unavailable ({})", error.code),
        other => name(other),
    }
}

fn hosting(view: &HostingView) -> String {
    match view {
        HostingView::On { urls, local_only, .. } => {
            format!("on, {} addresses{}", urls.len(), if *local_only { ", local only" } else { "" })
        }
        HostingView::Failed { error } => format!("failed ({})", error.code),
        other => name(other),
    }
}

fn session_state(state: &SessionState) -> String {
    match state {
        SessionState::Failed { error, .. } => format!("failed ({})", error.code),
        SessionState::Waiting { waiting_for, .. } => format!("waiting ({})", name(waiting_for)),
        SessionState::InProgress { round, .. } => format!("inProgress ({})", name(round)),
        other => name(other),
    }
}

fn wallet_status(status: &WalletStatus) -> String {
    match status {
        WalletStatus::Active { verified: true, .. } => "verified".to_owned(),
        WalletStatus::Active { verified: false, .. } => "not verified".to_owned(),
        WalletStatus::Unusable { error } => format!("unusable ({})", error.code),
        other => name(other),
    }
}

fn scheme_of(url: &str) -> String {
    url.split(':').next().unwrap_or_default().to_owned()
}

/// An enum's variant as interfaces know it, without what is in it.
fn name(variant: &impl Serialize) -> String {
    match serde_json::to_value(variant) {
        Ok(Value::String(name)) => name,
        Ok(Value::Object(fields)) => {
            let tag = fields.get("state").or_else(|| fields.get("kind"));
            tag.and_then(Value::as_str).unwrap_or_default().to_owned()
        }
        _ => String::new(),
    }
}

/// `2 verified, 1 unfinished`.
fn count(names: impl Iterator<Item = String>) -> String {
    let mut counts = BTreeMap::<_, usize>::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    let mut text = String::new();
    for (name, count) in counts {
        // Writing to a String can't fail.
        let _ = write!(text, "{}{count} {name}", if text.is_empty() { "" } else { ", " });
    }
    if text.is_empty() { "none".to_owned() } else { text }
}
