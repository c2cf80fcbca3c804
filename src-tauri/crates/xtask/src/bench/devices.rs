//! Processes of the command line on one machine, and what they say.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use xtask::PrivateSession;

use crate::process;

/// Lines of output that wait to be looked at.
const LINES: usize = 4096;
/// Over which time devices use no processor before they count as resting.
const REST: Duration = Duration::from_millis(300);

/// What every device starts with.
pub(super) struct Place<'a> {
    pub(super) program: &'a Path,
    pub(super) data: &'a Path,
    pub(super) server: &'a str,
    pub(super) session: &'a PrivateSession,
}

/// The devices that run, in the order in which they were started.
pub(super) struct Devices<'a> {
    place: &'a Place<'a>,
    deadline: Instant,
    processes: Vec<Child>,
    lines: Receiver<Line>,
    lines_in: SyncSender<Line>,
}

/// A line of a device's output, `None` when there are no more.
pub(super) struct Line {
    pub(super) device: usize,
    pub(super) text: Option<String>,
    /// Largest resident set of its process when the line was one that [`Devices`] looks for, in KiB.
    pub(super) peak: Option<u64>,
}

impl<'a> Devices<'a> {
    pub(super) fn new(place: &'a Place<'a>, deadline: Instant) -> Self {
        let (lines_in, lines) = mpsc::sync_channel(LINES);
        Self { place, deadline, processes: Vec::new(), lines, lines_in }
    }

    /// Starts the next device with a command of its own.
    pub(super) fn start(&mut self, arguments: &[&str]) -> Result<()> {
        let index = self.processes.len();
        let mut process = Command::new(self.place.program)
            .args(["--json", "--server", self.place.server, "--device-id", &format!("device-{index}")])
            .arg("--data-dir")
            .arg(self.place.data)
            .args(arguments)
            .env("DBUS_SESSION_BUS_ADDRESS", self.place.session.address())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start a device")?;
        let id = process.id();
        let stdout = process.stdout.take();
        self.processes.push(process);
        if let Some(stdout) = stdout {
            let lines = self.lines_in.clone();
            thread::spawn(move || pass_on(index, id, stdout, &lines));
        }
        Ok(())
    }

    /// Gives a device a line to read.
    pub(super) fn say(&mut self, device: usize, line: &str) -> Result<()> {
        let process = self.processes.get_mut(device).context("there is no such device")?;
        let input = process.stdin.as_mut().context("the device reads nothing")?;
        input.write_all(format!("{line}\n").as_bytes()).context("the device reads no more")
    }

    /// The next line of any device.
    pub(super) fn next(&self) -> Result<Line> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        self.lines.recv_timeout(left).context("it takes too long")
    }

    /// Waits until all of them together hardly use the processor.
    pub(super) fn rest(&self) -> Result<()> {
        let mut before = self.ticks();
        loop {
            ensure!(Instant::now() < self.deadline, "the devices don't come to rest");
            thread::sleep(REST);
            let now = self.ticks();
            if now.saturating_sub(before) <= 1 {
                return Ok(());
            }
            before = now;
        }
    }

    /// What they have used of the processor, in the system's ticks, of which there are a hundred in a second.
    fn ticks(&self) -> u64 {
        self.processes.iter().filter_map(|process| ticks(process.id())).sum()
    }

    /// Waits until each has gone by itself.
    pub(super) fn wait(&mut self) -> Result<Vec<ExitStatus>> {
        self.processes
            .iter_mut()
            .map(|process| process.wait().context("a device can't be waited for"))
            .collect()
    }
}

impl Drop for Devices<'_> {
    fn drop(&mut self) {
        self.processes.iter_mut().for_each(process::end);
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

/// Time in user and kernel mode, proc(5)'s fields 14 and 15. The name before them may have blanks.
fn ticks(process: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_whitespace().skip(11).map(|field| field.parse::<u64>().ok());
    Some(times.next()?? + times.next()??)
}

/// Largest resident set so far, in KiB.
fn peak_memory(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    super::machine::field(&status, "VmHWM")?.strip_suffix("kB")?.trim().parse().ok()
}
