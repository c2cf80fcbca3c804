//! What helps to find a fault, as text that its person reads before passing it on.

use std::{env, fs};

use node::{
    Node,
    snapshot::{KeystoreStatus, Snapshot},
};

use super::about;
use crate::{
    device::Device,
    log::{Log, Redactor},
};

/// The program, the system, the device's state in numbers, and the end of the log, without names, keys and addresses.
pub(crate) async fn text(device: &Device, log: &Log) -> String {
    let mut text = about::system();
    match device.node().await {
        Err(error) => text += &format!("\nThe device can't be opened: {}\n", error.code()),
        Ok(node) => text += &of_node(node, log).await,
    }
    text
}

async fn of_node(node: &Node, log: &Log) -> String {
    let state = node.diagnostics().await.unwrap_or_else(|error| format!("no state: {}\n", error.code()));
    let snapshot = node.snapshots().borrow().clone();
    let log = match snapshot.keystore.status {
        // The names that would have to be taken out are not known now.
        KeystoreStatus::Locked => "Left out while Permafrost is locked.\n".to_owned(),
        _ => Redactor::new(names(&snapshot)).redact(&log.tail()),
    };
    format!("\n{}\n\nLog:\n{log}", state.trim_end())
}

/// All names that this device knows, and its user's.
fn names(snapshot: &Snapshot) -> Vec<String> {
    let mut names = vec![snapshot.device.name.clone()];
    for contact in &snapshot.contacts {
        names.extend([contact.device.name.clone(), contact.claimed_name.clone()]);
    }
    for wallet in &snapshot.wallets {
        names.extend([wallet.name.clone(), wallet.ceremony_name.clone()]);
        names.extend(wallet.members.iter().map(|member| member.name.clone()));
    }
    for session in &snapshot.sessions {
        names.extend(session.proposal.iter().map(|proposal| proposal.name.clone()));
        names.extend(session.participants.iter().map(|participant| participant.device.name.clone()));
        names.extend(session.requests.iter().map(|request| request.device.name.clone()));
    }
    for announced in &snapshot.announced {
        names.extend([announced.proposal.name.clone(), announced.proposal.by.name.clone()]);
    }
    names.extend(
        ["USER", "USERNAME", "LOGNAME", "HOSTNAME", "COMPUTERNAME"]
            .into_iter()
            .filter_map(|name| env::var(name).ok()),
    );
    names.extend(fs::read_to_string("/etc/hostname").ok().map(|name| name.trim().to_owned()));
    names
}
