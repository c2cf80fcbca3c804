//! Several devices on one machine, each a process of the shipped `permafrost` program, with a real
//! signalling server and a real Secret Service.

use std::{
    ffi::OsString,
    io::{BufRead, BufReader, Read as _, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use crate::{network, secret_service::SecretService};

/// How long anything may take that a test waits for.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A program of this workspace, as `cargo build --workspace` left it beside the tests.
///
/// # Panics
///
/// It has not been built.
pub fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own path");
    let folder = test.parent().and_then(Path::parent).expect("tests lie in target/PROFILE/deps");
    let program = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(program.exists(), "{} is missing: run `cargo build --workspace` first", program.display());
    program
}

/// A signalling server process on a free port.
#[derive(Debug)]
pub struct SignallingServer {
    child: Child,
    url: String,
}

impl SignallingServer {
    /// Starts it.
    pub fn start() -> Self {
        Self::listen("127.0.0.1:0")
    }

    /// Starts it on this address.
    pub fn listen(address: &str) -> Self {
        Self::spawn(Command::new(program("permafrost-signal")), address)
    }

    /// Starts it in a network namespace.
    pub fn listen_inside(namespace: &str, address: &str) -> Self {
        Self::spawn(network::inside(namespace, program("permafrost-signal")), address)
    }

    fn spawn(mut command: Command, address: &str) -> Self {
        let mut child = command
            .args(["--listen", address])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server runs");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("its output is piped");
        BufReader::new(stdout).read_line(&mut line).expect("it prints where it listens");
        let url = line.trim().strip_prefix("listening on ").expect("`listening on URL`").to_owned();
        Self { child, url }
    }

    /// `ws://127.0.0.1:PORT`
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its address without the scheme.
    pub fn address(&self) -> &str {
        self.url.strip_prefix("ws://").expect("a plain server")
    }
}

impl Drop for SignallingServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A Secret Service, a server, and a folder for the devices' data.
#[derive(Debug)]
pub struct Cluster {
    /// Where the devices' secrets are.
    pub secrets: SecretService,
    /// The server; replaced or dropped by tests that take it away.
    pub server: SignallingServer,
    folder: TempDir,
}

impl Cluster {
    /// Starts all of it.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self { secrets: SecretService::start(), server: SignallingServer::start(), folder }
    }

    /// The folder with all devices' data and logs.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A device of this cluster. Its identity is made when it first runs.
    pub fn device(&self, name: &str) -> Device {
        self.device_on(name, self.server.url())
    }

    /// A device that uses another server.
    pub fn device_on(&self, name: &str, server: &str) -> Device {
        Device {
            name: name.to_owned(),
            server: server.to_owned(),
            data: self.folder.path().join("data"),
            log: self.folder.path().join(format!("{name}.log")),
            environment: self.secrets.environment(),
            options: Vec::new(),
            namespace: None,
        }
    }
}

/// A device: a profile that processes run with, one at a time.
#[derive(Clone, Debug)]
pub struct Device {
    name: String,
    server: String,
    data: PathBuf,
    log: PathBuf,
    environment: Vec<(&'static str, OsString)>,
    options: Vec<String>,
    namespace: Option<String>,
}

impl Device {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its own folder.
    pub fn folder(&self) -> PathBuf {
        self.data.join(&self.name)
    }

    /// Adds global options to each of its commands.
    #[must_use]
    pub fn with(mut self, options: &[&str]) -> Self {
        self.options.extend(options.iter().map(|&option| option.to_owned()));
        self
    }

    /// Has its commands run in a network namespace.
    #[must_use]
    pub fn inside(mut self, namespace: &str) -> Self {
        self.namespace = Some(namespace.to_owned());
        self
    }

    /// Starts a command with `--json`; everything that it logs goes to the device's log, at the most
    /// talkative level.
    pub fn start<S: AsRef<str>>(&self, arguments: &[S]) -> Running {
        self.spawn(arguments, Stdio::null())
    }

    /// As [`Device::start`], with one line on standard input.
    pub fn start_with_input<S: AsRef<str>>(&self, arguments: &[S], input: &str) -> Running {
        let mut running = self.start_conversation(arguments);
        running.say(input);
        running.input = None;
        running
    }

    /// As [`Device::start`], with a standard input on which the test [speaks](Running::say).
    pub fn start_conversation<S: AsRef<str>>(&self, arguments: &[S]) -> Running {
        self.spawn(arguments, Stdio::piped())
    }

    /// The command as a person gives it, without `--json`.
    pub fn command<S: AsRef<str>>(&self, arguments: &[S]) -> Command {
        let mut command = match &self.namespace {
            Some(namespace) => network::inside(namespace, program("permafrost")),
            None => Command::new(program("permafrost")),
        };
        command
            .args(["--device-id", &self.name, "--server", &self.server, "--data-dir"])
            .arg(&self.data)
            .args(&self.options)
            .args(arguments.iter().map(AsRef::as_ref))
            .envs(self.environment.iter().map(|(key, value)| (*key, value)));
        command
    }

    fn spawn<S: AsRef<str>>(&self, arguments: &[S], input: Stdio) -> Running {
        let log = std::fs::File::options().create(true).append(true).open(&self.log).expect("a log file");
        let mut command = self.command(arguments);
        command.arg("--json").env("PERMAFROST_LOG", "trace").stdin(input).stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn().expect("the program runs");
        let input = child.stdin.take();
        let stdout = BufReader::new(child.stdout.take().expect("its output is piped"));
        let (sender, events) = channel();
        thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                let event = serde_json::from_str(&line).unwrap_or(Value::String(line));
                if sender.send(event).is_err() {
                    return;
                }
            }
        });
        Running { name: self.name.clone(), log: self.log.clone(), child, input, events, seen: Vec::new() }
    }

    /// Runs a command to its end and returns its events.
    ///
    /// # Panics
    ///
    /// It fails or does not end.
    pub fn run<S: AsRef<str>>(&self, arguments: &[S]) -> Vec<Value> {
        let mut running = self.start(arguments);
        assert!(running.ended().success(), "it succeeds: {}", running.story());
        running.seen.clone()
    }

    /// Runs a command that must fail and returns its error's code and message.
    pub fn fail<S: AsRef<str>>(&self, arguments: &[S]) -> (String, String) {
        self.start(arguments).failed()
    }
}

/// A running command. Killed when dropped.
#[derive(Debug)]
pub struct Running {
    name: String,
    log: PathBuf,
    child: Child,
    input: Option<ChildStdin>,
    events: Receiver<Value>,
    seen: Vec<Value>,
}

impl Running {
    /// Says a line on its standard input.
    ///
    /// # Panics
    ///
    /// It has none, or does not read it.
    pub fn say(&mut self, line: &str) {
        let input = self.input.as_mut().expect("its standard input is the test's");
        writeln!(input, "{line}").expect("it reads its input");
    }

    /// Waits for an event of this kind for which `is_it` holds; one that has come already counts.
    ///
    /// # Panics
    ///
    /// It does not come in time, or the program ends before.
    pub fn wait_for(&mut self, kind: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        let matches = |event: &Value| event["event"] == kind && is_it(event);
        if let Some(event) = self.seen.iter().find(|event| matches(event)) {
            return event.clone();
        }
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.events.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(event) => {
                    self.seen.push(event.clone());
                    if matches(&event) {
                        return event;
                    }
                }
                Err(RecvTimeoutError::Timeout) => panic!("no {kind} in time: {}", self.story()),
                Err(RecvTimeoutError::Disconnected) => panic!("ended without {kind}: {}", self.story()),
            }
        }
    }

    /// Waits for the session ID that it creates.
    pub fn session_id(&mut self) -> String {
        let event = self.wait_for("session_created", |_| true);
        event["session_id"].as_str().expect("a string").to_owned()
    }

    /// Waits for the finished wallet.
    pub fn completed(&mut self) -> Value {
        self.wait_for("completed", |_| true)
    }

    /// Waits until so many devices have joined.
    pub fn joined(&mut self, count: u64) {
        self.wait_for("progress", |event| event["state"]["waitingFor"]["joined"].as_u64() >= Some(count));
    }

    /// Waits for the end and collects what came before it.
    ///
    /// # Panics
    ///
    /// It does not end in time.
    pub fn ended(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.events.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(event) => self.seen.push(event),
                Err(RecvTimeoutError::Disconnected) => {
                    return self.child.wait().expect("it was started here");
                }
                Err(RecvTimeoutError::Timeout) => panic!("does not end: {}", self.story()),
            }
        }
    }

    /// The events that came so far.
    pub fn seen(&self) -> &[Value] {
        &self.seen
    }

    /// The last error event that came so far.
    pub fn last_error(&self) -> Option<Value> {
        self.seen.iter().rfind(|event| event["event"] == "error").cloned()
    }

    /// Waits for it to fail; returns the error event.
    pub fn error(&mut self) -> Value {
        let status = self.ended();
        assert!(!status.success(), "it fails: {}", self.story());
        self.last_error().unwrap_or_else(|| panic!("no error event: {}", self.story()))
    }

    /// Waits for it to fail; returns the error's code and message.
    pub fn failed(&mut self) -> (String, String) {
        let error = self.error();
        let text = |key: &str| error[key].as_str().expect("a string").to_owned();
        (text("code"), text("message"))
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).expect("the process is there");
    }

    /// Kills it without a warning.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Everything printed so far, for a test's failure.
    fn story(&self) -> String {
        let events: Vec<_> = self.seen.iter().map(Value::to_string).collect();
        let mut log = String::new();
        let _ = std::fs::File::open(&self.log).and_then(|mut file| file.read_to_string(&mut log));
        let tail: Vec<_> = log.lines().rev().take(20).collect();
        let tail: Vec<_> = tail.into_iter().rev().collect();
        format!("{}\n{}\n--- its log ends with\n{}", self.name, events.join("\n"), tail.join("\n"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The arguments that create a wallet.
pub fn create(name: &str, curve: &str, participants: u32, threshold: u32) -> Vec<String> {
    let (participants, threshold) = (participants.to_string(), threshold.to_string());
    ["create", "--name", name, "--curve", curve, "--participants", &participants, "--threshold", &threshold]
        .map(str::to_owned)
        .to_vec()
}

/// Has the first device create a wallet and the others join; returns each one's `completed` event, in order.
///
/// # Panics
///
/// One of them fails, or they disagree.
pub fn make_wallet(devices: &[&Device], name: &str, curve: &str, threshold: u32) -> Vec<Value> {
    let participants = u32::try_from(devices.len()).expect("a few devices");
    let (first, others) = devices.split_first().expect("at least two devices");
    let mut running = vec![first.start(&create(name, curve, participants, threshold))];
    let id = running[0].session_id();
    running.extend(others.iter().map(|device| device.start(&["join", &id])));
    let completed: Vec<_> = running.iter_mut().map(Running::completed).collect();
    for device in &mut running {
        assert!(device.ended().success(), "it ends well: {}", device.story());
    }
    for key in ["group_public_key", "safety_words", "wallet_id", "addresses"] {
        for other in &completed {
            assert_eq!(other[key], completed[0][key], "all devices have the same {key}");
        }
    }
    completed
}
