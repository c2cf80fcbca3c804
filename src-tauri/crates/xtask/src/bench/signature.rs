//! One signature by separate processes of the command line.

use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::ceremony::NAME;
use super::devices::{Devices, Line, Place};

/// The longest that a signature may take, preparations included.
const LIMIT: Duration = Duration::from_secs(120);
/// The device that proposes.
const PROPOSER: usize = 0;

/// From the last approval that is needed to the signature at the device that proposed it, in milliseconds.
///
/// All other approvals are there, the devices are linked with one another, and have nothing to do, since people take longer
/// than programs. The clock starts before the last one's user says yes.
pub(crate) fn run(place: &Place<'_>, threshold: u16, what: &[&str]) -> Result<f64> {
    let devices = Devices::new(place, Instant::now() + LIMIT);
    let mut signers = Signers { devices, latest: BTreeMap::new() };
    let threshold = usize::from(threshold);
    let last =
        threshold.checked_sub(1).filter(|last| *last > 0).context("one device alone approves nothing")?;
    signers.devices.start(&[&["sign", NAME][..], what].concat())?;
    let proposed = signers.until(|signers| signers.event(PROPOSER, "proposed").cloned())?;
    let request = proposed.get("request").and_then(Value::as_str).context("a proposal without a name")?;
    for _ in 1..last {
        signers.devices.start(&["approve", request])?;
    }
    signers.devices.start(&["approve", request, "--ask"])?;
    signers.until(|signers| signers.is_waiting_for_the_last(threshold).then_some(()))?;
    signers.devices.rest()?;

    let begun = now()?;
    signers.devices.say(last, "yes")?;
    let end = signers.until(|signers| signers.signed_at(PROPOSER))?;
    let ended = signers.devices.wait()?;
    ensure!(ended.iter().all(|status| status.success()), "not every device has the signature");
    Ok(end - begun)
}

struct Signers<'a> {
    devices: Devices<'a>,
    /// The latest event of each kind, by device.
    latest: BTreeMap<(usize, String), Value>,
}

impl Signers<'_> {
    /// Takes events until this is something.
    fn until<T>(&mut self, find: impl Fn(&Self) -> Option<T>) -> Result<T> {
        loop {
            if let Some(found) = find(self) {
                return Ok(found);
            }
            let Line { device, text, .. } = self.devices.next()?;
            let Some(text) = text else {
                // Any device may have the signature first, and ends with it.
                ensure!(
                    self.signed_at(device).is_some(),
                    "device {device} ended before the signature was made"
                );
                continue;
            };
            let event: Value =
                serde_json::from_str(&text).with_context(|| format!("not an event: {text}"))?;
            match event.get("event").and_then(Value::as_str) {
                Some("error") => bail!("device {device}: {}", event.get("message").unwrap_or(&event)),
                Some(kind) => drop(self.latest.insert((device, kind.to_owned()), event)),
                None => {}
            }
        }
    }

    fn event(&self, device: usize, kind: &str) -> Option<&Value> {
        self.latest.get(&(device, kind.to_owned()))
    }

    /// When the device said that it has the signature.
    fn signed_at(&self, device: usize) -> Option<f64> {
        let event = ["transaction", "signed"].into_iter().find_map(|kind| self.event(device, kind));
        event?.get("at")?.as_f64()
    }

    /// The last is asked, all others have approved, and the devices are linked: each tells itself among those, and the
    /// last tells nothing while it asks.
    fn is_waiting_for_the_last(&self, threshold: usize) -> bool {
        let count = |device, field| {
            let progress = self.event(device, "progress");
            progress.and_then(|event| event.get(field)?.as_array()).map_or(0, Vec::len)
        };
        let last = threshold - 1;
        self.event(last, "request").is_some()
            && count(PROPOSER, "approved") == last
            && (PROPOSER..last).all(|device| count(device, "linked") == threshold)
    }
}

/// Milliseconds since the Unix epoch, as devices tell it.
fn now() -> Result<f64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64() * 1000.0)
}
