//! One ceremony by separate processes of the command line.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::devices::{Devices, Line, Place};

/// The longest that a whole ceremony may take, preparations included.
const LIMIT: Duration = Duration::from_secs(120);

/// The wallet's name.
pub(super) const NAME: &str = "Benchmark";

/// What a ceremony makes.
#[derive(Clone, Copy)]
pub(crate) struct Group {
    pub(crate) curve: &'static str,
    pub(crate) threshold: u16,
    pub(crate) devices: u16,
    pub(crate) network: Option<&'static str>,
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
    /// The key, in hex.
    pub(crate) group_key: String,
}

/// Has everyone but one join and link, then starts the clock with the last.
pub(crate) fn run(place: &Place<'_>, group: Group) -> Result<Measured> {
    let mut crowd = Crowd { running: Devices::new(place, Instant::now() + LIMIT), devices: Vec::new() };
    let code = crowd.create(group)?;
    for _ in 2..group.devices {
        crowd.join(&code)?;
    }
    crowd.wait_until_linked()?;
    crowd.join(&code)?;
    crowd.finish()
}

struct Crowd<'a> {
    running: Devices<'a>,
    devices: Vec<Device>,
}

#[derive(Default)]
struct Device {
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

impl Crowd<'_> {
    /// Starts the creator; gives the session ID.
    fn create(&mut self, group: Group) -> Result<String> {
        let (threshold, devices) = (group.threshold.to_string(), group.devices.to_string());
        let mut arguments = vec!["create", "--name", NAME, "--curve", group.curve];
        arguments.extend(["--threshold", &threshold, "--participants", &devices]);
        arguments.extend(group.network.iter().flat_map(|network| ["--network", *network]));
        self.start(&arguments)?;
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
        self.devices.push(Device::default());
        self.running.start(arguments)
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
        let group_key = made.0.as_str().unwrap_or_default().to_owned();
        // After the end each sees to it that the others have what they need, and goes by itself.
        self.running.wait()?;
        Ok(Measured { linked: rostered - last, total: end - last, peak, group_key })
    }

    /// The next event of any device.
    fn next(&mut self) -> Result<(usize, Value)> {
        let Line { device: index, text, peak } = self.running.next()?;
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
