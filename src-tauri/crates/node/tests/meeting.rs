//! The members of a wallet meet again.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod common;

use std::sync::Arc;

use common::{PASSPHRASE, config, make_wallet, open, server, snapshot, until};
use node::{
    Node, NodeConfig,
    snapshot::{LinkKind, Snapshot},
};

/// Waits until exactly these devices can be reached.
async fn until_reachable(node: &Node, wallet: &str, devices: &[&str]) {
    let met = |now: &Arc<Snapshot>| {
        let found = now.wallets.iter().find(|view| view.id == wallet);
        let up = found.iter().flat_map(|view| &view.reachable).filter(|one| one.link != LinkKind::Connecting);
        up.map(|one| one.device.as_str()).eq(devices.iter().copied())
    };
    until(node, &format!("{devices:?} can be reached"), met).await;
}

#[tokio::test]
async fn members_see_who_is_there_without_a_new_code_and_who_goes() {
    let folder = tempfile::tempdir().unwrap();
    let server = Some(server().await);
    let with = |device| NodeConfig { server: server.clone(), meet: true, ..config(folder.path(), device) };
    let (alice, bob) = (open(with("alice")).await, open(with("bob")).await);
    let wallet = make_wallet(&alice, &bob).await;
    let (a, b) = (snapshot(&alice).device.id, snapshot(&bob).device.id);
    until_reachable(&alice, &wallet, &[&b]).await;
    until_reachable(&bob, &wallet, &[&a]).await;

    bob.close().await;
    until_reachable(&alice, &wallet, &[]).await;
    let bob = open(with("bob")).await;
    until_reachable(&alice, &wallet, &[&b]).await;
    until_reachable(&bob, &wallet, &[&a]).await;

    bob.lock().await.unwrap();
    until_reachable(&alice, &wallet, &[]).await;
    bob.unlock(PASSPHRASE.into()).await.unwrap();
    until_reachable(&alice, &wallet, &[&b]).await;

    bob.confirm_words(wallet.clone(), false).await.unwrap();
    until_reachable(&alice, &wallet, &[]).await;
    until_reachable(&bob, &wallet, &[]).await;
    alice.close().await;
    bob.close().await;
}

#[tokio::test]
async fn a_removed_wallet_meets_nobody_and_the_others_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let server = Some(server().await);
    let with = |device| NodeConfig { server: server.clone(), meet: true, ..config(folder.path(), device) };
    let (alice, bob) = (open(with("alice")).await, open(with("bob")).await);
    let wallet = make_wallet(&alice, &bob).await;
    until_reachable(&bob, &wallet, &[&snapshot(&alice).device.id]).await;
    alice.dismiss_session(snapshot(&alice).sessions[0].key.clone()).await.unwrap();
    alice.remove_wallet(wallet.clone(), "Team".to_owned()).await.unwrap();
    until_reachable(&bob, &wallet, &[]).await;
    assert_eq!(snapshot(&bob).wallets.len(), 1);
    alice.close().await;
    bob.close().await;
}
