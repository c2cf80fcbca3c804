//! What a person may pass on when something is wrong.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod common;

use common::{config, make_wallet, open, server, snapshot};
use node::{IceServerEntry, NodeConfig, snapshot::WalletStatus};

#[tokio::test]
async fn diagnostics_say_what_there_is_and_give_nobody_away() {
    let folder = tempfile::tempdir().unwrap();
    let url = server().await;
    let with_server = |device| NodeConfig { server: Some(url.clone()), ..config(folder.path(), device) };
    let (alice, bob) = (open(with_server("alice")).await, open(with_server("bob")).await);
    make_wallet(&alice, &bob).await;
    let turn = IceServerEntry {
        url: "turn:relay.example.org".to_owned(),
        username: Some("annabel".to_owned()),
        credential: Some("a-credential".into()),
    };
    alice.set_ice_servers(vec![turn]).await.unwrap();

    let text = alice.diagnostics().await.unwrap();
    for part in [
        "keystore: vault, open",
        "server: ws, connected",
        "hosting: off",
        "ICE servers: 1 turn",
        "sessions: 1 completed",
        "wallets: 1 ed25519 mainnet not verified",
        "contacts: 1",
        "problems: none",
    ] {
        assert!(text.lines().any(|line| line == part), "“{part}” is missing in:\n{text}");
    }
    let shown = snapshot(&alice);
    let wallet = &shown.wallets[0];
    let WalletStatus::Active { addresses, group_public_key, .. } = &wallet.status else { panic!() };
    let port = url.rsplit(':').next().unwrap();
    for private in [
        "alice",
        "bob",
        "Team",
        "example.org",
        "annabel",
        "a-credential",
        "127.0.0.1",
        port,
        &shown.device.id,
        &shown.device.fingerprint.join(" "),
        &wallet.id,
        &addresses[0].address,
        group_public_key,
        &wallet.members[1].id,
    ] {
        assert!(!text.contains(private), "“{private}” is in:\n{text}");
    }

    alice.lock().await.unwrap();
    let text = alice.diagnostics().await.unwrap();
    assert!(text.contains("keystore: vault, locked"), "{text}");
    assert!(!text.contains("wallets:"), "a locked app says nothing of wallets: {text}");
    alice.close().await;
    bob.close().await;
}
