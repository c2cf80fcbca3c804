//! Devices of one cluster, each in a window of its own.

use fantoccini::key::Key;
use permafrost_tests::{
    cluster::Cluster,
    desktop::{Display, Theme, Thing, Window, app},
};

const SAFETY_WORDS: &str = "[data-testid=safety-words] li";
pub(crate) const PASSPHRASE: &str = "correct horse battery staple";
/// What is around every screen but the first steps and the lock.
const FRAME: &str = "nav";

/// Devices of one cluster, each in a window of its own.
pub(crate) struct Desk {
    pub(crate) cluster: Cluster,
    display: Display,
    pictures: &'static str,
}

/// What a window shows of an active wallet.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) address: Option<String>,
    pub(crate) public_key: String,
    pub(crate) words: Vec<String>,
}

impl Desk {
    pub(crate) fn start(theme: Theme, pictures: &'static str) -> Self {
        Self { display: Display::with_theme(theme), cluster: Cluster::start(), pictures }
    }

    /// Opens the window of a device that is told the server, and so needs no first steps.
    pub(crate) async fn open(&self, device: &str) -> Window {
        let window = self.display.open(&self.cluster.secrets, &app(), &self.arguments(device)).await;
        window.wait_for(Thing::Css(FRAME)).await;
        window
    }

    /// Opens the window of a device that is told nothing but its name, whatever it shows.
    pub(crate) async fn open_as_it_is(&self, device: &str) -> Window {
        self.display.open(&self.cluster.secrets, &app(), &self.arguments(device)[..4]).await
    }

    /// As [`Desk::open_as_it_is`], by a link.
    pub(crate) async fn open_with_link(&self, device: &str, link: &str) -> Window {
        let mut arguments = self.arguments(device)[..4].to_vec();
        arguments.push(link.to_owned());
        self.display.open(&self.cluster.secrets, &app(), &arguments).await
    }

    /// Opens the window of a device on a desktop that has no keychain, whatever it shows.
    pub(crate) async fn open_without_keychain(&self, device: &str) -> Window {
        let mut environment = self.cluster.secrets.environment();
        environment.push(("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent".into()));
        self.display.open_in(environment, &app(), &self.arguments(device)).await
    }

    /// Starts the program of a device that runs already, with more arguments.
    pub(crate) fn start_again(&self, device: &str, more: &str) -> std::process::ExitStatus {
        let mut command = std::process::Command::new(app());
        command.args(self.arguments(device)).arg(more).envs(self.cluster.secrets.environment());
        command.env("DISPLAY", self.display.name()).env_remove("WAYLAND_DISPLAY");
        command.status().expect("the program runs")
    }

    fn arguments(&self, device: &str) -> [String; 6] {
        let data = self.cluster.folder().join("data").to_string_lossy().into_owned();
        let server = self.cluster.server.url();
        ["--device-id", device, "--data-dir", &data, "--server", server].map(str::to_owned)
    }

    pub(crate) async fn photograph(&self, window: &Window, name: &str) {
        window.screenshot(&format!("{}-{name}", self.pictures)).await;
    }
}

pub(crate) async fn fill_in_wallet(window: &Window, name: &str, chain: &str, devices: u32) {
    window.click(Thing::Link("Create wallet")).await;
    window.fill(Thing::Field("Wallet name"), name).await;
    window.click(Thing::Choice(chain)).await;
    window.fill(Thing::Field("Devices that hold a share"), &devices.to_string()).await;
    window.fill(Thing::Field("Devices needed to sign"), "2").await;
}

/// Creates a session for a wallet that two of its devices sign for; returns the session ID.
pub(crate) async fn create_wallet(window: &Window, name: &str, chain: &str, devices: u32) -> String {
    fill_in_wallet(window, name, chain, devices).await;
    window.click(Thing::Button("Create session")).await;
    session_id(window).await
}

pub(crate) async fn session_id(window: &Window) -> String {
    without_blanks(&window.text(Thing::Css("[data-testid=session-id]")).await)
}

/// Pastes a session ID and joins, up to the question whether to agree.
pub(crate) async fn join(window: &Window, pasted: &str) {
    window.click(Thing::Link("Join")).await;
    window.fill(Thing::Field("Session ID"), pasted).await;
    confirm_session_id(window).await;
}

/// As [`join`], with what was copied in another window.
pub(crate) async fn join_by_clipboard(window: &Window) {
    window.click(Thing::Link("Join")).await;
    window.click(Thing::Field("Session ID")).await;
    paste(window).await;
    confirm_session_id(window).await;
}

/// Presses Ctrl+V wherever the focus is.
pub(crate) async fn paste(window: &Window) {
    window.press(&format!("{}v{}", char::from(Key::Control), char::from(Key::Null))).await;
}

/// As [`join`], where the session meets on another server than the one set.
pub(crate) async fn join_elsewhere(window: &Window, pasted: &str, server: &str) {
    window.click(Thing::Link("Join")).await;
    window.fill(Thing::Field("Session ID"), pasted).await;
    let told = window.text(Thing::Css("[data-testid=other-server]")).await;
    assert!(told.contains(server), "the window names the other server: {told}");
    window.click(Thing::Choice("Use that server for this session")).await;
    confirm_session_id(window).await;
}

pub(crate) async fn confirm_session_id(window: &Window) {
    window.wait_for(Thing::Text("This is a session ID.")).await;
    window.click(Thing::Button("Join session")).await;
    window.wait_for(Thing::Css("[data-testid=proposal]")).await;
}

/// Agrees to the session that is shown, after a look at what it is for.
pub(crate) async fn agree(window: &Window, wallet: &str) {
    let proposal = window.text(Thing::Css("[data-testid=proposal]")).await;
    assert!(proposal.contains(wallet), "the proposal names the wallet: {proposal}");
    window.click(Thing::Button("Agree and join")).await;
    window.wait_until_gone(Thing::Button("Agree and join")).await;
}

/// Waits for the wallet and reads what is shown of it; ends with its address on the screen.
pub(crate) async fn shown(window: &Window) -> Shown {
    window.wait_for(Thing::Css("[data-testid=wallet-status]")).await;
    window.click(Thing::Choice("Details")).await;
    let public_key = window.text(Thing::Css("[data-testid=group-public-key]")).await;
    let words = window.texts(SAFETY_WORDS).await;
    assert_eq!(words.len(), 5, "five safety words: {words:?}");
    // A raw key has no address to receive with.
    if window.shows(Thing::Choice("Receive")).await {
        window.click(Thing::Choice("Receive")).await;
    }
    let address = async || window.texts("[data-testid=address]").await.pop();
    let no_address = Thing::Css("[data-testid=no-address]");
    window
        .wait_until("the address", async || address().await.is_some() || window.shows(no_address).await)
        .await;
    Shown { address: address().await.as_deref().map(without_blanks), public_key, words }
}

/// What is shown in groups, in one piece.
pub(crate) fn without_blanks(text: &str) -> String {
    text.split_whitespace().collect()
}

/// Sets an app passphrase in the settings, and locks.
pub(crate) async fn lock_with_passphrase(window: &Window) {
    window.click(Thing::Link("Settings")).await;
    window.click(Thing::Link("Security")).await;
    window.click(Thing::Button("Set passphrase")).await;
    window.fill(Thing::Field("New passphrase"), PASSPHRASE).await;
    window.fill(Thing::Field("Repeat the passphrase"), PASSPHRASE).await;
    window.click(Thing::Button("Save passphrase")).await;
    window.wait_until_gone(Thing::Field("New passphrase")).await;
    window.click(Thing::Button("Lock now")).await;
    window.wait_for(Thing::Css("[data-testid=lock]")).await;
}

/// Gives the app passphrase that [`lock_with_passphrase`] has set.
pub(crate) async fn unlock(window: &Window) {
    window.fill(Thing::Field("App passphrase"), PASSPHRASE).await;
    window.click(Thing::Button("Unlock")).await;
    window.wait_for(Thing::Css(FRAME)).await;
}
