//! A place where the app can be opened without anybody watching: a screen and a session of its own.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use xtask::PrivateSession;

use crate::process;

/// How long the app may take to show something.
const PATIENCE: Duration = Duration::from_secs(60);
/// What the app logs when its page has drawn the first screen.
const READY: &str = "the first screen is up";

/// Dropping it ends the screen and the session.
pub(crate) struct Stage {
    screen: Child,
    display: String,
    session: PrivateSession,
    data: tempfile::TempDir,
}

/// The app on a stage. Dropping it ends it at once.
pub(crate) struct Actor {
    process: Child,
    lines: Receiver<String>,
}

impl Stage {
    pub(crate) fn set() -> Result<Self> {
        let mut screen = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1600x1200x24", "-nolisten", "tcp", "-noreset"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot run Xvfb, which `cargo xtask setup --tests` installs")?;
        let mut number = String::new();
        if let Some(stdout) = screen.stdout.take() {
            BufReader::new(stdout).read_line(&mut number)?;
        }
        if number.trim().is_empty() {
            process::end(&mut screen);
            bail!("Xvfb did not come up");
        }
        let display = format!(":{}", number.trim());
        let rest = PrivateSession::start()
            .context("no private session")
            .and_then(|session| Ok((session, tempfile::tempdir().context("no folder for the app's data")?)));
        match rest {
            Ok((session, data)) => Ok(Self { screen, display, session, data }),
            Err(error) => {
                process::end(&mut screen);
                Err(error)
            }
        }
    }

    /// A command that runs here.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .envs(self.session.environment())
            .env("DISPLAY", &self.display)
            .env("GDK_BACKEND", "x11")
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env("NO_AT_BRIDGE", "1")
            .env_remove("WAYLAND_DISPLAY")
            .stdin(Stdio::null());
        command
    }

    /// Opens the app for one of its devices.
    pub(crate) fn open(&self, program: &Path, device: &str, arguments: &[&str]) -> Result<Actor> {
        let mut command = self.command(program);
        command.args(["--device-id", device]).arg("--data-dir").arg(self.data());
        command.args(arguments).env("RUST_LOG", "warn,permafrost_desktop=info");
        let mut process = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let (sender, lines) = mpsc::sync_channel(1000);
        if let Some(stderr) = process.stderr.take() {
            thread::spawn(move || {
                for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                    // Nobody may listen any more, yet a full pipe would hold the app up.
                    let _ = sender.try_send(line);
                }
            });
        }
        Ok(Actor { process, lines })
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.data.path().to_owned()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        process::end(&mut self.screen);
    }
}

impl Actor {
    /// Waits until the app has drawn its first screen.
    pub(crate) fn until_ready(&self) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        let mut said = Vec::new();
        while let Ok(line) = self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            if line.contains(READY) {
                return Ok(());
            }
            said.push(line);
        }
        bail!("the app showed nothing; it said: {}", said.join("\n"))
    }

    /// Asks it to end as the system does, and waits until it has.
    pub(crate) fn end(mut self) -> Result<()> {
        let id = self.process.id().to_string();
        process::run(Command::new("kill").args(["-TERM", &id]))?;
        let status = self.process.wait()?;
        if !status.success() {
            bail!("the app ended with {status}");
        }
        Ok(())
    }
}

impl Drop for Actor {
    fn drop(&mut self) {
        process::end(&mut self.process);
    }
}
