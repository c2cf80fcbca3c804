//! One ceremony by separate processes of the command line.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use xtask::PrivateSession;

use super::machine::field;
use crate::process;

/// The longest that a whole ceremony may take, preparations included.
const LIMIT: Duration = Duration::from_secs(120);
/// Lines of output that wait to be looked at.
const LINES: usize = 4096;

/// What a ceremony makes.
#[derive(Clone, Copy)]
pub(crate) struct Group {
    pub(crate) curve: &'static str,
    pub(crate) threshold: u16,
    pub(crate) devices: u16,
}

/// What a ceremony took.
pub(crate) struct Measured {
    /// From the last join to the first message of the first round, in milliseconds: the last device is linked with
    /// everyone, has agreed, and a device has the roster.
    pub(crate) linked: f64,
    /// From the last join to the last certificate, in milliseconds.
    pub(crate) total: f64,
    /// Largest resident set of a process, in KiB.
    pub(crate) peak: u64,
}

/// What every device starts with.
pub(crate) struct Place<'a> {
    pub(crate) program: &'a Path,
    pub(crate) data: &'a Path,
    pub(crate) server: &'a str,
}

/// Has everyone but one join and link, then starts the clock with the last.
pub(crate) fn run(place: &Place<'_>, group: Group) -> Result<Measured> {
    // Of this ceremony alone, since the keyring's file is written anew, as a whole, for every item.
    let session = PrivateSession::start()?;
    let mut crowd = Crowd::new(place, &session, Instant::now() + LIMIT);
    let code = crowd.create(group)?;
    for _ in 2..group.devices {
        crowd.join(&code)?;
    }
    crowd.wait_until_linked()?;
    crowd.join(&code)?;
    crowd.finish()
}

struct Crowd<'a> {
    place: &'a Place<'a>,
    session: &'a PrivateSession,
    deadline: Instant,
    devices: Vec<Device>,
    events: Receiver<Line>,
    events_in: SyncSender<Line>,
}

struct Device {
    process: Child,
    linked: bool,
    /// When it began to join, if it was told to.
    joining: Option<f64>,
    /// When its first round began.
    rostered: Option<f64>,
    completed: Option<Completed>,
}

struct Completed {
    at: f64,
    peak: u64,
    /// What has to be the same everywhere.
    made: (Value, Value),
}

/// A line of a device's output, `None` when there are no more.
struct Line {
    device: usize,
    text: Option<String>,
    /// At the end of the ceremony.
    peak: Option<u64>,
}

impl<'a> Crowd<'a> {
    fn new(place: &'a Place<'a>, session: &'a PrivateSession, deadline: Instant) -> Self {
        let (events_in, events) = mpsc::sync_channel(LINES);
        Self { place, session, deadline, devices: Vec::new(), events, events_in }
    }

    /// Starts the creator; gives the session ID.
    fn create(&mut self, group: Group) -> Result<String> {
        let (threshold, devices) = (group.threshold.to_string(), group.devices.to_string());
        self.start(&[
            "create",
            "--name",
            "Benchmark",
            "--curve",
            group.curve,
            "--threshold",
            &threshold,
            "--participants",
            &devices,
        ])?;
        loop {
            let (_, event) = self.next()?;
            if let Some(id) = event.get("session_id").and_then(Value::as_str) {
                return Ok(id.to_owned());
            }
        }
    }

    fn join(&mut self, code: &str) -> Result<()> {
        self.start(&["join", "--yes", code])
    }

    fn start(&mut self, arguments: &[&str]) -> Result<()> {
        let index = self.devices.len();
        let mut process = Command::new(self.place.program)
            .args(["--json", "--server", self.place.server, "--device-id", &format!("device-{index}")])
            .arg("--data-dir")
            .arg(self.place.data)
            .args(arguments)
            .env("DBUS_SESSION_BUS_ADDRESS", self.session.address())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start a device")?;
        let id = process.id();
        let stdout = process.stdout.take();
        let device = Device { process, linked: false, joining: None, rostered: None, completed: None };
        self.devices.push(device);
        if let Some(stdout) = stdout {
            let lines = self.events_in.clone();
            thread::spawn(move || pass_on(index, id, stdout, &lines));
        }
        Ok(())
    }

    /// Until each of the devices so far has a direct link with every other.
    fn wait_until_linked(&mut self) -> Result<()> {
        while !self.devices.iter().all(|device| device.linked) {
            let others = self.devices.len() - 1;
            let (index, event) = self.next()?;
            if let (Some(device), Some(participants)) =
                (self.devices.get_mut(index), event.get("participants").and_then(Value::as_array))
            {
                let direct = participants.iter().filter(|p| p.get("link") == Some(&"direct".into())).count();
                let agreed =
                    participants.iter().filter(|p| p.pointer("/rounds/0/status") == Some(&"done".into()));
                // Only the creator knows who has agreed; a member that has not would have to do so after the clock started.
                let awaited = if index == 0 { others + 1 } else { 1 };
                device.linked = direct == others && agreed.count() >= awaited;
            }
        }
        Ok(())
    }

    /// Until everyone has the certificate.
    fn finish(mut self) -> Result<Measured> {
        while self.devices.iter().any(|device| device.completed.is_none()) {
            self.next()?;
        }
        let completed: Vec<_> = self.devices.iter().filter_map(|device| device.completed.as_ref()).collect();
        let made = completed.first().map(|first| &first.made).context("there are no devices")?;
        ensure!(!made.0.is_null() && !made.1.is_null(), "the devices did not say what they made");
        ensure!(
            completed.iter().all(|device| device.made == *made),
            "the devices did not all make the same key with the same safety words"
        );
        let last = self.devices.last().and_then(|device| device.joining).context("nobody joined")?;
        let rostered = self.devices.iter().filter_map(|device| device.rostered).fold(f64::INFINITY, f64::min);
        let end = completed.iter().map(|device| device.at).fold(0.0, f64::max);
        let peak = completed.iter().map(|device| device.peak).max().unwrap_or_default();
        Ok(Measured { linked: rostered - last, total: end - last, peak })
    }

    /// The next event of any device.
    fn next(&mut self) -> Result<(usize, Value)> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        let Line { device: index, text, peak } =
            self.events.recv_timeout(left).context("the ceremony takes too long")?;
        let device = self.devices.get_mut(index).context("there is no such device")?;
        let Some(text) = text else {
            ensure!(device.completed.is_some(), "device {index} ended before it had the certificate");
            return Ok((index, Value::Null));
        };
        if device.rostered.is_some() && text.contains(r#""event":"progress""#) {
            // Reading what is of no interest would take processor time from those that are measured.
            return Ok((index, Value::Null));
        }
        let event: Value = serde_json::from_str(&text).with_context(|| format!("not an event: {text}"))?;
        let at = event.get("at").and_then(Value::as_f64).context("an event without a time")?;
        match event.get("event").and_then(Value::as_str) {
            Some("joining") => device.joining = Some(at),
            Some("progress") if event.pointer("/state/round") == Some(&"round1".into()) => {
                device.rostered.get_or_insert(at);
            }
            Some("completed") => {
                let field = |name| event.get(name).cloned().unwrap_or_default();
                let made = (field("group_public_key"), field("safety_words"));
                device.completed = Some(Completed { at, peak: peak.unwrap_or_default(), made });
            }
            Some("error") => bail!("device {index}: {}", event.get("message").unwrap_or(&event)),
            _ => {}
        }
        Ok((index, event))
    }
}

impl Drop for Crowd<'_> {
    fn drop(&mut self) {
        let complete = self.devices.iter().all(|device| device.completed.is_some());
        for device in &mut self.devices {
            // After the end each sees to it that the others have what they need, and goes by itself.
            if complete {
                let _ = device.process.wait();
            } else {
                process::end(&mut device.process);
            }
        }
    }
}

/// Reads a device's output to its end.
fn pass_on(device: usize, process: u32, stdout: impl Read, lines: &SyncSender<Line>) {
    for text in BufReader::new(stdout).lines().map_while(std::result::Result::ok) {
        let is_end = text.contains(r#""event":"completed""#);
        let peak = if is_end { peak_memory(process) } else { None };
        // Nobody listens after the end, yet a full pipe would hold the device up.
        let _ = lines.send(Line { device, text: Some(text), peak });
    }
    let _ = lines.send(Line { device, text: None, peak: None });
}

/// Largest resident set so far, in KiB.
fn peak_memory(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    field(&status, "VmHWM")?.strip_suffix("kB")?.trim().parse().ok()
}
