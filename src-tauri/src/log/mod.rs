//! What is logged: to the terminal, and into two small files in the device's folder.
//!
//! Neither has secrets or session IDs in it, since nothing logs them. The files have names of devices in them, which are
//! taken out of what their person passes on ([`redact`]).

mod file;
mod redact;

use std::{
    collections::BTreeSet,
    io::{self, IsTerminal},
    panic,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use node::snapshot::LogLevel;
use tracing_subscriber::{EnvFilter, Registry, prelude::*, reload};

use self::file::LogFile;
pub(crate) use self::redact::Redactor;

/// So many names are remembered at most, which others may send.
const MOST_NAMES: usize = 10_000;
/// What WebRTC warns of is part of every connection that comes up well.
const USUAL: &str = "warn,rtc=error,rtc_ice=error,rtc_dtls=error,rtc_sctp=error";
/// What libraries log in detail is for those who develop them, and could be anything.
const OWN: [&str; 8] =
    ["permafrost_desktop", "node", "mesh", "signalling", "keystore", "coordinator", "chains", "identity"];

/// The running log.
#[derive(Clone, Debug)]
pub(crate) struct Log {
    file: Arc<LogFile>,
    filter: reload::Handle<EnvFilter, Registry>,
    /// Names that may be in the files.
    names: Arc<Mutex<BTreeSet<String>>>,
}

/// Starts to log: warnings and errors, or what `RUST_LOG` asks for, to the terminal.
pub(crate) fn start() -> Log {
    let file = Arc::new(LogFile::default());
    let (filter, handle) = reload::Layer::new(filter(LogLevel::default()));
    let to_file = tracing_subscriber::fmt::layer().with_writer(Arc::clone(&file)).with_ansi(false);
    let terminal = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(USUAL));
    let to_terminal = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_filter(terminal);
    tracing_subscriber::registry().with(to_file.with_filter(filter)).with(to_terminal).init();
    note_panics();
    Log { file, filter: handle, names: Arc::default() }
}

impl Log {
    /// Writes to the files in this folder from now on, and what was logged so far.
    pub(crate) fn write_to(&self, folder: &Path) {
        if let Err(error) = self.file.open(folder) {
            tracing::warn!(%error, "there is no log file");
        }
    }

    /// Changes how much is written to the files.
    pub(crate) fn set_level(&self, level: LogLevel) {
        if let Err(error) = self.filter.reload(filter(level)) {
            tracing::warn!(%error, "the log's level can't be changed");
        }
    }

    /// Remembers names for as long as the program runs: what is forgotten, removed or renamed meanwhile may have been
    /// logged before.
    pub(crate) fn know(&self, names: BTreeSet<String>) {
        let mut known = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        known.extend(names);
        while known.len() > MOST_NAMES {
            known.pop_first();
        }
    }

    /// The names that were seen in this run.
    pub(crate) fn known(&self) -> BTreeSet<String> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The end of what was logged.
    pub(crate) fn tail(&self) -> String {
        self.file.tail()
    }
}

fn filter(level: LogLevel) -> EnvFilter {
    let level = match level {
        LogLevel::Warn => return EnvFilter::new(USUAL),
        LogLevel::Info => "info",
        LogLevel::Debug => "debug",
    };
    let own: String = OWN.iter().map(|name| format!(",{name}={level}")).collect();
    EnvFilter::new(format!("{USUAL}{own}"))
}

/// A panic's place goes to the log; its text, which can have anything in it, only to the terminal.
fn note_panics() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a part of the program broke down");
        usual(panic);
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_never_write_details_into_the_files() {
        let debug = filter(LogLevel::Debug).to_string();
        for directive in debug.split(',') {
            let (target, level) = directive.split_once('=').unwrap_or(("", directive));
            let detailed = matches!(level, "info" | "debug" | "trace");
            assert!(!detailed || OWN.contains(&target), "{directive}");
        }
        assert!(debug.contains("node=debug"));
        assert!(!filter(LogLevel::Warn).to_string().contains("debug"));
    }

    #[test]
    fn how_much_is_written_can_be_changed_while_the_app_runs() {
        let file = Arc::new(LogFile::default());
        let (filter, handle) = reload::Layer::new(filter(LogLevel::Warn));
        let layer = tracing_subscriber::fmt::layer().with_writer(Arc::clone(&file)).with_filter(filter);
        let log = Log { file, filter: handle, names: Arc::default() };
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            tracing::info!(target: "node", "before");
            log.set_level(LogLevel::Info);
            tracing::info!(target: "node", "after");
            tracing::info!(target: "zbus", "elsewhere");
            log.set_level(LogLevel::Warn);
            tracing::info!(target: "node", "later");
        });
        let written = log.tail();
        assert!(written.contains("after"), "{written}");
        for kept_out in ["before", "elsewhere", "later"] {
            assert!(!written.contains(kept_out), "{written}");
        }
    }
}
