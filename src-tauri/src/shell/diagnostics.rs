//! What helps to find a fault, as text that its person reads before passing it on.

use std::{collections::BTreeSet, env, fs};

use node::{
    Node,
    snapshot::{KeystoreStatus, Snapshot},
};
use serde_json::Value;

use super::about;
use crate::{
    device::Device,
    log::{Log, Redactor},
};

/// What names of devices, wallets, sessions and files are called in a snapshot.
const NAMES: [&str; 7] =
    ["name", "ceremonyName", "claimedName", "missing", "waitingFor", "culprits", "unconfirmed"];

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
        _ => {
            log.know(names(&snapshot));
            Redactor::new(log.known().into_iter().chain(of_computer())).redact(&log.tail())
        }
    };
    format!("\n{}\n\nLog:\n{log}", state.trim_end())
}

/// All names that a device shows, whatever part of its state they are in.
pub(crate) fn names(snapshot: &Snapshot) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    match serde_json::to_value(snapshot) {
        Ok(state) => collect(&state, &mut names),
        Err(error) => tracing::error!(%error, "the names to be taken out of the diagnostics are not known"),
    }
    names
}

/// Whatever is under a key for names: one, or a list of them.
fn collect(state: &Value, names: &mut BTreeSet<String>) {
    match state {
        Value::Array(all) => all.iter().for_each(|each| collect(each, names)),
        Value::Object(fields) => {
            for (key, value) in fields {
                match value {
                    Value::String(name) if NAMES.contains(&key.as_str()) => {
                        names.insert(name.clone());
                    }
                    Value::Array(all) if NAMES.contains(&key.as_str()) => {
                        names.extend(all.iter().filter_map(Value::as_str).map(str::to_owned));
                        collect(value, names);
                    }
                    _ => collect(value, names),
                }
            }
        }
        _ => {}
    }
}

/// The names of this computer and of its user.
fn of_computer() -> impl Iterator<Item = String> {
    let variables = ["USER", "USERNAME", "LOGNAME", "HOSTNAME", "COMPUTERNAME"];
    let host = fs::read_to_string("/etc/hostname").ok().map(|name| name.trim().to_owned());
    variables.into_iter().filter_map(|name| env::var(name).ok()).chain(host)
}

#[cfg(test)]
mod tests {
    use node::snapshot::{
        AskedState, AskedView, CiphersuiteView, ContactView, DeviceView, ProposalView, Recognition,
        RequestMemberView, RequestState, StandView, WalletStatus,
    };
    use serde::Serialize;

    use super::*;

    fn device(name: &str) -> DeviceView {
        DeviceView { id: "03bb".to_owned(), name: name.to_owned(), fingerprint: vec!["cradle".to_owned()] }
    }

    fn names_in(part: &impl Serialize) -> Vec<String> {
        let mut names = BTreeSet::new();
        collect(&serde_json::json!({ "part": [part] }), &mut names);
        names.into_iter().collect()
    }

    #[test]
    fn a_name_is_found_wherever_in_the_state_it_is() {
        let proposal = ProposalView {
            name: "Holiday".to_owned(),
            ciphersuite: CiphersuiteView::Ed25519,
            network: None,
            threshold: 2,
            participants: 3,
            by: device("charlie"),
            by_recognition: Recognition::NameTaken { contact: device("Charlie from work") },
        };
        let state = AskedState::Waiting { deadline: 1 };
        let asked = AskedView { id: "a1".to_owned(), proposal, recognition: Recognition::Stranger, state };
        assert_eq!(names_in(&asked), ["Charlie from work", "Holiday", "charlie"]);

        let stand = StandView::Undecided;
        let member =
            RequestMemberView { device: device("bob").into(), linked: true, stand, misbehaved: None };
        assert_eq!(names_in(&member), ["bob"]);
        let waiting = RequestState::Open {
            signing: false,
            attempts: 0,
            waiting_for: vec!["dora".to_owned()],
            waiting_for_this: true,
        };
        assert_eq!(names_in(&waiting), ["dora"]);
        assert_eq!(names_in(&WalletStatus::Unfinished { missing: vec!["erik".to_owned()] }), ["erik"]);
        let contact = ContactView {
            device: device("Bob’s office"),
            claimed_name: "bob".to_owned(),
            verified: true,
            first_met: 1,
            wallets: Vec::new(),
        };
        assert_eq!(names_in(&contact), ["Bob’s office", "bob"]);
    }
}
