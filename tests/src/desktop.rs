//! Real windows of the app on a display of their own, driven as a person would: by what is written on things.

mod screen;

use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::elements::{Element, ElementRef};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

use crate::{ports::free_port, secret_service::SecretService};

/// How long a window may take to show what a test waits for.
pub const PATIENCE: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(50);
const ELEMENT_KEY: &str = "element-6066-11e4-a52e-4f735466cecf";
const DRAWN: &str = "const done = arguments[0];
    const frame = () => new Promise((drawn) => requestAnimationFrame(drawn));
    for (const animation of document.getAnimations())
      if (Number.isFinite(animation.effect.getComputedTiming().endTime)) animation.finish();
    document.fonts.ready.then(frame).then(frame).then(() => done(null));";
const LOCATE: &str = include_str!("locate.js");

/// A display that nobody sees. Dropping it closes every window on it.
#[derive(Debug)]
pub struct Display {
    server: Child,
    name: String,
    theme: Theme,
}

/// What a person has set for all windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// A thing in a window, by what it is and the name that a screen reader would say: the whole name if something has just
/// that name, else a part of it. Hidden things are not found.
#[derive(Clone, Copy, Debug)]
pub enum Thing<'a> {
    /// A button.
    Button(&'a str),
    /// A link.
    Link(&'a str),
    /// A text field, a number field or a drop-down list.
    Field(&'a str),
    /// A radio button, a check box, a switch, a tab or an entry of a list box.
    Choice(&'a str),
    /// A heading.
    Heading(&'a str),
    /// The innermost element that contains the text.
    Text(&'a str),
    /// Whatever a CSS selector finds first; for what has no name.
    Css(&'a str),
}

/// One running app with its WebDriver. Dropping it ends both.
#[derive(Debug)]
pub struct Window {
    client: Client,
    driver: Child,
    display: String,
}

impl Display {
    /// Starts a display with a free number, and with light windows.
    pub fn start() -> Self {
        Self::with_theme(Theme::Light)
    }

    /// Starts a display with a free number.
    pub fn with_theme(theme: Theme) -> Self {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1600x1200x24", "-nolisten", "tcp"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb runs; `cargo xtask setup --tests` installs it");
        let mut number = String::new();
        let stdout = server.stdout.take().expect("its output is piped");
        BufReader::new(stdout).read_line(&mut number).expect("Xvfb prints the display's number");
        assert!(!number.trim().is_empty(), "Xvfb came up");
        Self { server, name: format!(":{}", number.trim()), theme }
    }

    /// What programs call it, as in `DISPLAY`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Opens the app on this display, with a Secret Service and home folder that may be shared with other windows.
    ///
    /// # Panics
    /// When the app does not open.
    pub async fn open<A: AsRef<OsStr>>(
        &self,
        service: &SecretService,
        app: &Path,
        arguments: &[A],
    ) -> Window {
        self.open_in(service.environment(), app, arguments).await
    }

    /// As [`Display::open`], in an environment that the test has put together.
    pub async fn open_in<A: AsRef<OsStr>>(
        &self,
        environment: Vec<(&'static str, OsString)>,
        app: &Path,
        arguments: &[A],
    ) -> Window {
        assert!(app.exists(), "{} has not been built", app.display());
        let (port, native_port) = (free_port(), free_port());
        let program = std::env::var_os("TAURI_DRIVER").unwrap_or_else(|| "tauri-driver".into());
        let driver = Command::new(program)
            .args(["--port", &port.to_string(), "--native-port", &native_port.to_string()])
            .envs(environment)
            .env("DISPLAY", &self.name)
            .env("GDK_BACKEND", "x11")
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env("NO_AT_BRIDGE", "1")
            .env("GTK_THEME", self.theme.name())
            // Titles have more than ASCII in them, which a machine without a locale would cut.
            .env("LC_ALL", "C.UTF-8")
            .env_remove("WAYLAND_DISPLAY")
            .stdin(Stdio::null())
            // The driver, WebKit's driver and the app are ended together.
            .process_group(0)
            .spawn()
            .expect("tauri-driver runs; `cargo xtask test desktop` installs it");
        let driver = DriverGuard(Some(driver));
        listening(port).await;
        listening(native_port).await;

        let arguments: Vec<String> =
            arguments.iter().map(|argument| argument.as_ref().to_string_lossy().into_owned()).collect();
        let options = json!({ "application": app, "args": arguments });
        let mut capabilities = serde_json::Map::new();
        capabilities.insert("browserName".to_owned(), json!("wry"));
        capabilities.insert("tauri:options".to_owned(), options);
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .unwrap_or_else(|error| panic!("{} did not open: {error}", app.display()));
        Window { client, driver: driver.release(), display: self.name.clone() }
    }
}

impl Theme {
    fn name(self) -> &'static str {
        match self {
            Self::Light => "Adwaita",
            Self::Dark => "Adwaita:dark",
        }
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        // Both calls fail only when the server is gone already.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl Window {
    /// The thing, if the window shows it now.
    pub async fn find(&self, thing: Thing<'_>) -> Option<Element> {
        let (kind, name) = thing.parts();
        // A page that is being replaced can't run scripts; it will show the thing later or not at all.
        let found = self.client.execute(LOCATE, vec![json!(kind), json!(name)]).await.ok()?;
        let id = found.get(ELEMENT_KEY)?.as_str()?.to_owned();
        Some(Element::from_element_id(self.client.clone(), ElementRef::from(id)))
    }

    /// Whether the window shows the thing now.
    pub async fn shows(&self, thing: Thing<'_>) -> bool {
        self.find(thing).await.is_some()
    }

    /// Waits until the window shows the thing.
    ///
    /// # Panics
    /// When it does not within [`PATIENCE`]; what it shows instead is in the message and in a screenshot.
    pub async fn wait_for(&self, thing: Thing<'_>) -> Element {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(element) = self.find(thing).await {
                return element;
            }
            self.pause_before(deadline, &format!("{thing:?} to appear")).await;
        }
    }

    /// Waits until the window no longer shows the thing.
    ///
    /// # Panics
    /// When it still does after [`PATIENCE`].
    pub async fn wait_until_gone(&self, thing: Thing<'_>) {
        self.wait_until(&format!("{thing:?} to go away"), async || !self.shows(thing).await).await;
    }

    /// Waits until a condition holds, which is named for the message.
    ///
    /// # Panics
    /// When it does not within [`PATIENCE`].
    pub async fn wait_until(&self, condition: &str, holds: impl AsyncFn() -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !holds().await {
            self.pause_before(deadline, condition).await;
        }
    }

    /// Waits until the thing is there and enabled, and clicks it.
    pub async fn click(&self, thing: Thing<'_>) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let element = self.wait_for(thing).await;
            // A click can fail on an element that is drawn anew at this moment or is still sliding into place.
            if element.is_enabled().await.unwrap_or(false) && element.click().await.is_ok() {
                return;
            }
            self.pause_before(deadline, &format!("{thing:?} to be clickable")).await;
        }
    }

    /// Replaces what is in a field by typing.
    pub async fn fill(&self, thing: Thing<'_>, text: &str) {
        let field = self.wait_for(thing).await;
        field.clear().await.unwrap_or_else(|error| panic!("{thing:?} can't be cleared: {error}"));
        field.send_keys(text).await.unwrap_or_else(|error| panic!("{thing:?} can't be typed into: {error}"));
    }

    /// Chooses the entry with this label from a drop-down list.
    pub async fn select(&self, thing: Thing<'_>, label: &str) {
        let list = self.wait_for(thing).await;
        list.select_by_label(label)
            .await
            .unwrap_or_else(|error| panic!("{label} is not in {thing:?}: {error}"));
    }

    /// Presses keys wherever the focus is; special keys as in [`fantoccini::key::Key`].
    pub async fn press(&self, keys: &str) {
        let focused = self.client.active_element().await.expect("something has the focus");
        focused.send_keys(keys).await.expect("the focused element takes keys");
    }

    /// The text of a thing, as shown.
    pub async fn text(&self, thing: Thing<'_>) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            // What was found can be drawn anew before it is read, and has no text while it fades in.
            match self.wait_for(thing).await.text().await {
                Ok(text) if !text.is_empty() => return text,
                _ => {}
            }
            self.pause_before(deadline, &format!("{thing:?} to have a text")).await;
        }
    }

    /// The texts of all that a CSS selector finds, in order.
    pub async fn texts(&self, selector: &str) -> Vec<String> {
        const TEXTS: &str =
            "return [...document.querySelectorAll(arguments[0])].map((each) => each.innerText)";
        let texts = self.client.execute(TEXTS, vec![json!(selector)]).await;
        let texts = texts.ok().and_then(|texts| serde_json::from_value(texts).ok());
        texts.unwrap_or_default()
    }

    /// What is in a field.
    pub async fn value(&self, thing: Thing<'_>) -> String {
        let value = self.wait_for(thing).await.prop("value").await;
        value.ok().flatten().unwrap_or_else(|| panic!("{thing:?} has no value"))
    }

    /// Gives a file to a page's button for choosing one, which is found by a CSS selector and need not be visible.
    pub async fn choose_file(&self, selector: &str, path: &Path) {
        let input = self.client.find(Locator::Css(selector)).await;
        let input = input.unwrap_or_else(|error| panic!("{selector} is not there: {error}"));
        input.send_keys(&path.to_string_lossy()).await.expect("the page takes a file");
    }

    /// Loads the page anew, as a crash of the web view would.
    pub async fn reload(&self) {
        self.client.refresh().await.expect("the page can be loaded again");
    }

    /// All text that the window shows.
    pub async fn page_text(&self) -> String {
        let text = self.client.execute("return document.body.innerText", Vec::new()).await;
        text.ok().as_ref().and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// Saves what the window shows as `screenshots/NAME.png` in the target folder, and says where.
    pub async fn screenshot(&self, name: &str) -> PathBuf {
        // What a page has just come to contain is drawn a frame later; a page that can't say so is taken as it is.
        let _ = self.client.execute_async(DRAWN, Vec::new()).await;
        let picture = self.client.screenshot().await.expect("the window can be photographed");
        let path = target_folder().join("screenshots").join(format!("{name}.png"));
        let folder = path.parent().expect("it is in the folder of screenshots");
        std::fs::create_dir_all(folder).expect("the target folder can be written to");
        std::fs::write(&path, picture).expect("the target folder can be written to");
        path
    }

    /// Makes the page this large, in pixels.
    ///
    /// # Panics
    /// When it does not get that size.
    pub async fn resize(&self, width: u32, height: u32) {
        let asked = self.client.set_window_size(width, height).await;
        asked.unwrap_or_else(|error| panic!("the window can't be resized: {error}"));
        let size = async || {
            let size = self.client.execute("return [innerWidth, innerHeight]", Vec::new()).await;
            size.is_ok_and(|size| size == json!([width, height]))
        };
        self.wait_until(&format!("the page to be {width} by {height}"), size).await;
    }

    /// Waits until the window shows the thing, and scrolls until it can be seen whole, or at least its beginning.
    pub async fn scroll_to(&self, thing: Thing<'_>) {
        let element = self.wait_for(thing).await;
        let element = serde_json::to_value(element).expect("elements have a form for scripts");
        // One that is drawn anew at this moment is where it was.
        let _ = self.client.execute("arguments[0].scrollIntoView({ block: 'nearest' })", vec![element]).await;
    }

    /// The WebDriver session itself, for what is not here.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Closes the window as its user would, and waits until it is gone.
    pub async fn close(self) {
        let group = self.driver.id();
        // What remains after a failure here is ended by dropping.
        let _ = self.client.clone().close().await;
        drop(self);
        let deadline = Instant::now() + PATIENCE;
        while group_runs(group) {
            assert!(Instant::now() < deadline, "the window's processes end when they are told to");
            sleep(POLL).await;
        }
    }

    async fn pause_before(&self, deadline: Instant, awaited: &str) {
        if Instant::now() >= deadline {
            let test = std::thread::current().name().unwrap_or("test").replace("::", "-");
            // A window that is hidden draws nothing.
            let looked =
                async { (self.screenshot(&format!("timed-out-{test}")).await, self.page_text().await) };
            match timeout(PATIENCE, looked).await {
                Ok((picture, shown)) => panic!(
                    "waited {PATIENCE:?} for {awaited}; see {}; the window shows:\n{shown}",
                    picture.display()
                ),
                Err(_) => panic!("waited {PATIENCE:?} for {awaited}; the window can't be photographed"),
            }
        }
        sleep(POLL).await;
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        end_group(&mut self.driver);
    }
}

impl<'a> Thing<'a> {
    fn parts(self) -> (&'static str, &'a str) {
        match self {
            Self::Button(name) => ("button", name),
            Self::Link(name) => ("link", name),
            Self::Field(name) => ("field", name),
            Self::Choice(name) => ("choice", name),
            Self::Heading(name) => ("heading", name),
            Self::Text(text) => ("text", text),
            Self::Css(selector) => ("css", selector),
        }
    }
}

/// The app as the current build profile made it; `cargo build --workspace` does.
pub fn app() -> PathBuf {
    std::env::var_os("PERMAFROST_DESKTOP")
        .map_or_else(|| profile_folder().join("permafrost-desktop"), |path: OsString| path.into())
}

/// A program of this workspace as the current build profile made it.
pub fn program(name: &str) -> PathBuf {
    profile_folder().join(name)
}

fn profile_folder() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows where it is");
    // A test is in `deps` of its profile's folder, which is in the target folder.
    test.ancestors().nth(2).expect("a test is in a target folder").to_owned()
}

fn target_folder() -> PathBuf {
    profile_folder().parent().expect("a profile's folder is in the target folder").to_owned()
}

/// Ends a driver whose session could not be opened.
struct DriverGuard(Option<Child>);

impl DriverGuard {
    fn release(mut self) -> Child {
        self.0.take().expect("it is released once")
    }
}

impl Drop for DriverGuard {
    fn drop(&mut self) {
        if let Some(driver) = &mut self.0 {
            end_group(driver);
        }
    }
}

fn end_group(leader: &mut Child) {
    // Both calls fail only when the processes are gone already.
    let _ = kill_process_group(Pid::from_child(leader), Signal::KILL);
    let _ = leader.wait();
}

/// Whether a process of the group still holds anything, such as the lock of its device.
fn group_runs(group: u32) -> bool {
    let processes = std::fs::read_dir("/proc").expect("Linux lists its processes");
    processes.flatten().any(|process| {
        let stat = std::fs::read_to_string(process.path().join("stat")).unwrap_or_default();
        // `PID (NAME) STATE PARENT GROUP …`, and a name may contain anything.
        let fields: Vec<_> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let [state, _, its_group, ..] = fields[..] else { return false };
        // One that was killed has ended when its last thread has.
        let threads = fields.get(17).copied().unwrap_or_default();
        let ended = matches!(state, "Z" | "X") && matches!(threads, "0" | "1");
        !ended && its_group == group.to_string()
    })
}

async fn listening(port: u16) {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let deadline = Instant::now() + PATIENCE;
    while TcpStream::connect(address).await.is_err() {
        assert!(Instant::now() < deadline, "nothing listens on port {port}");
        sleep(POLL).await;
    }
}
