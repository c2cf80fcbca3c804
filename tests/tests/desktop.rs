//! The app's real windows, end to end.

use permafrost_tests::{
    desktop::{Display, Thing, app},
    secret_service::SecretService,
};

#[tokio::test]
#[ignore = "needs a built app and WebKitWebDriver; run by `cargo xtask test desktop`"]
async fn devices_on_one_computer_have_windows_and_identities_of_their_own() {
    let (service, display) = (SecretService::start(), Display::start());
    let data = tempfile::tempdir().expect("a temporary folder");
    let mut pages = Vec::new();
    for device in ["alice", "bob"] {
        let folder = data.path().join(device).to_string_lossy().into_owned();
        let arguments = ["--device-id", device, "--data-dir", &folder, "--server", "ws://127.0.0.1:9"];
        let window = display.open(&service, &app(), &arguments).await;
        window.wait_for(Thing::Text(device)).await;
        window.wait_for(Thing::Text("Fingerprint")).await;
        window.screenshot(&format!("{device}-first-start")).await;
        pages.push((window.page_text().await, window));
    }
    let words = |page: &str| page.split_once("Fingerprint").map(|(_, rest)| rest.trim().to_owned());
    let fingerprints: Vec<_> = pages.iter().map(|(page, _)| words(page)).collect();
    assert_ne!(fingerprints[0], fingerprints[1], "each device has an identity key of its own");
}
