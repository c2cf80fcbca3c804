use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::Refusal;

/// Counts, without anything that tells one client or room from another.
#[derive(Debug, Default)]
pub(super) struct Metrics {
    pub(super) connections: Number,
    pub(super) visits: Number,
    pub(super) rooms: Number,
    pub(super) members: Number,
    pub(super) notes: Number,
    pub(super) announcements: Number,
    pub(super) queued_bytes: Number,
    pub(super) frames_in: Number,
    pub(super) bytes_in: Number,
    pub(super) frames_out: Number,
    pub(super) bytes_out: Number,
    pub(super) relayed: Number,
    pub(super) throttled: Number,
    pub(super) resumes: Number,
    rejected: [Number; Refusal::ALL.len()],
}

/// A gauge or a counter.
#[derive(Debug, Default)]
pub(super) struct Number(AtomicU64);

impl Number {
    pub(super) fn add(&self, amount: usize) {
        self.0.fetch_add(amount as u64, Relaxed);
    }

    pub(super) fn set(&self, value: usize) {
        self.0.store(value as u64, Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

impl Metrics {
    pub(super) fn rejected(&self, refusal: Refusal) {
        let position = Refusal::ALL.iter().position(|other| other.label() == refusal.label());
        if let Some(number) = position.and_then(|position| self.rejected.get(position)) {
            number.add(1);
        }
    }

    /// In Prometheus' text format.
    pub(super) fn render(&self) -> String {
        let mut text = String::with_capacity(4096);
        let mut one = |name: &str, kind: &str, help: &str, value: &Number| {
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "# HELP permafrost_signal_{name} {help}\n# TYPE permafrost_signal_{name} {kind}\n\
                 permafrost_signal_{name} {}",
                value.get()
            );
        };
        one("connections", "gauge", "Open connections.", &self.connections);
        one("visits", "gauge", "Clients, connected or within the grace time.", &self.visits);
        one("rooms", "gauge", "Rooms with members.", &self.rooms);
        one("members", "gauge", "Members of all rooms.", &self.members);
        one("notes", "gauge", "Notes kept.", &self.notes);
        one("announcements", "gauge", "Announcements listed.", &self.announcements);
        one("queued_bytes", "gauge", "Bytes not yet acknowledged by clients.", &self.queued_bytes);
        one("frames_received_total", "counter", "Frames from clients.", &self.frames_in);
        one("bytes_received_total", "counter", "Bytes of frames from clients.", &self.bytes_in);
        one("frames_sent_total", "counter", "Frames to clients.", &self.frames_out);
        one("bytes_sent_total", "counter", "Bytes of frames to clients.", &self.bytes_out);
        one("messages_total", "counter", "Messages relayed.", &self.relayed);
        one("throttled_total", "counter", "Times that a client had to wait.", &self.throttled);
        one("resumes_total", "counter", "Visits taken up again.", &self.resumes);
        let _ = writeln!(
            text,
            "# HELP permafrost_signal_rejected_total What was refused, by reason.\n\
             # TYPE permafrost_signal_rejected_total counter"
        );
        for (refusal, number) in Refusal::ALL.iter().zip(&self.rejected) {
            let (label, value) = (refusal.label(), number.get());
            let _ = writeln!(text, "permafrost_signal_rejected_total{{reason=\"{label}\"}} {value}");
        }
        text
    }
}
