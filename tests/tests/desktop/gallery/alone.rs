use permafrost_tests::{
    desktop::{Theme, Thing, Window},
    ports::free_port,
};

use super::{hang, hang_question};
use crate::desk::{Desk, PASSPHRASE, lock_with_passphrase};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn gallery_of_a_new_device() {
    let desk = Desk::start(Theme::Light, "gallery");
    let alice = desk.open_as_it_is("alice").await;
    hang(&alice, "01-first-start-name", Thing::Text("Step 1 of 3")).await;
    alice.click(Thing::Button("Restore a backup instead")).await;
    hang(&alice, "02-first-start-restore", Thing::Heading("Restore a backup")).await;
    alice.click(Thing::Button("Set up a new device instead")).await;
    alice.fill(Thing::Field("Device name"), "Alice’s laptop").await;
    alice.click(Thing::Button("Continue")).await;
    alice.wait_for(Thing::Text("Step 2 of 3")).await;
    alice.click(Thing::Choice("Through this computer")).await;
    hang(&alice, "03-first-start-hosting", Thing::Button("Start hosting")).await;
    alice.click(Thing::Choice("Decide later")).await;
    hang(&alice, "04-first-start-later", Thing::Button("Continue")).await;
    alice.click(Thing::Choice("Through a server")).await;
    hang(&alice, "05-first-start-server", Thing::Field("Server address")).await;
    alice.fill(Thing::Field("Server address"), desk.cluster.server.url()).await;
    alice.click(Thing::Button("Continue")).await;
    hang(&alice, "06-first-start-keys", Thing::Css("[data-testid=setup-keystore-open]")).await;
    alice.click(Thing::Button("Start using Permafrost")).await;
    hang(&alice, "07-home-empty", Thing::Heading("Make your first wallet together")).await;
    alice.click(Thing::Link("Contacts")).await;
    hang(&alice, "08-contacts-empty", Thing::Heading("No contacts yet")).await;
    alice.click(Thing::Link("Join")).await;
    hang(&alice, "09-join-empty", Thing::Field("Session ID")).await;
    alice.fill(Thing::Field("Session ID"), "the ID comes later").await;
    hang(&alice, "10-join-nothing-found", Thing::Text("There is no session ID in what you pasted.")).await;

    alice.click(Thing::Link("Create wallet")).await;
    hang(&alice, "11-create", Thing::Field("Wallet name")).await;
    alice.click(Thing::Button("Create session")).await;
    hang_question(&alice, "12-create-without-name", Thing::Text("Give the wallet a name.")).await;
    alice.fill(Thing::Field("Wallet name"), "Family savings").await;
    alice.fill(Thing::Field("Devices that hold a share"), "2").await;
    hang(&alice, "13-create-nothing-to-spare", Thing::Text("Nothing to spare.")).await;
    alice.click(Thing::Button("Use a test network")).await;
    alice.select(Thing::Field("Network"), "Signet").await;
    hang(&alice, "14-create-test-network", Thing::Text("Test network Signet")).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn gallery_of_the_settings() {
    let desk = Desk::start(Theme::Light, "gallery");
    let alice = desk.open("alice").await;
    alice.click(Thing::Link("Settings")).await;
    hang(&alice, "60-settings-general", Thing::Field("Language")).await;
    section(&alice, "This device").await;
    hang(&alice, "61-settings-device", Thing::Css("[aria-label=Fingerprint] li")).await;

    section(&alice, "Network").await;
    hang(&alice, "62-settings-network", Thing::Heading("Signalling server")).await;
    alice.fill(Thing::Field("Port"), &free_port().to_string()).await;
    alice.click(Thing::Button("Start hosting")).await;
    hang(&alice, "63-settings-hosting", Thing::Css("[data-testid=hosting-url]")).await;
    alice.click(Thing::Button("Stop hosting")).await;
    alice.click(Thing::Button("Add server")).await;
    alice.fill(Thing::Field("Address"), "turn:turn.example.org").await;
    hang_question(&alice, "64-settings-add-turn", Thing::Field("User name")).await;
    alice.fill(Thing::Field("User name"), "alice").await;
    alice.fill(Thing::Field("Password"), "open sesame").await;
    alice.click(Thing::Button("Save server")).await;
    hang(&alice, "65-settings-turn", Thing::Text("User alice, password stored")).await;
    alice.click(Thing::Button("Remove turn:turn.example.org")).await;
    hang_question(&alice, "66-settings-remove-turn", Thing::Heading("Remove this server?")).await;
    alice.click(Thing::Button("Cancel")).await;

    section(&alice, "Security").await;
    hang(&alice, "67-settings-security", Thing::Css("[data-testid=keystore-status]")).await;
    alice.click(Thing::Button("Set passphrase")).await;
    hang_question(&alice, "68-settings-app-lock", Thing::Field("New passphrase")).await;
    alice.click(Thing::Button("Cancel")).await;
    section(&alice, "Backup").await;
    hang(&alice, "69-backup", Thing::Field("Passphrase of the backup")).await;
    alice.fill(Thing::Field("Passphrase of the backup"), PASSPHRASE).await;
    alice.fill(Thing::Field("Repeat the passphrase"), "something else").await;
    alice.click(Thing::Button("Save backup")).await;
    hang_question(&alice, "70-backup-differs", Thing::Text("The two passphrases differ.")).await;
    alice.click(Thing::Link("Restore a backup on this device")).await;
    hang(&alice, "71-restore", Thing::Heading("Restore a backup")).await;

    alice.click(Thing::Link("Settings")).await;
    section(&alice, "Diagnostics").await;
    hang(&alice, "72-settings-diagnostics", Thing::Button("Look at the text")).await;
    alice.click(Thing::Button("Look at the text")).await;
    hang(&alice, "73-settings-diagnostics-text", Thing::Css("[data-testid=diagnostics]")).await;
    alice.click(Thing::Button("Close")).await;
    section(&alice, "Shortcuts").await;
    hang(&alice, "74-settings-shortcuts", Thing::Text("This list")).await;
    section(&alice, "About").await;
    hang(&alice, "75-settings-about", Thing::Css("[data-testid=version]")).await;
    alice.click(Thing::Button("Licences of what it is made of")).await;
    hang(&alice, "76-settings-licences", Thing::Heading("Licences of what it is made of")).await;
    alice.click(Thing::Button("Close")).await;

    lock_with_passphrase(&alice).await;
    hang(&alice, "77-locked", Thing::Css("[data-testid=lock]")).await;
    alice.fill(Thing::Field("App passphrase"), "another passphrase").await;
    alice.click(Thing::Button("Unlock")).await;
    hang_question(&alice, "78-locked-wrong-passphrase", Thing::Css("[role=alert], [aria-invalid=true]"))
        .await;
    alice.click(Thing::Button("Forgotten the passphrase?")).await;
    hang_question(&alice, "79-locked-forgotten", Thing::Text("Nobody can reset it.")).await;
    alice.fill(Thing::Field("App passphrase"), PASSPHRASE).await;
    alice.click(Thing::Button("Unlock")).await;
    section(&alice, "Security").await;
    hang(&alice, "80-settings-security-with-app-lock", Thing::Button("Lock now")).await;
}

/// Goes to a part of the settings, which is shown.
async fn section(window: &Window, name: &str) {
    window.click(Thing::Link(name)).await;
}
