//! `cargo xtask test`: the project's checks and tests, as named and timed steps.

use std::collections::BTreeMap;
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use xtask::PrivateSession;

use crate::{icons, licences, package, process, project, setup};

const ADVISORY_FETCH_LIMIT: Duration = Duration::from_secs(90);

/// A part of the suite.
#[derive(Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Part {
    /// Formatting, lints, API documentation, licences and sources of dependencies
    FmtLint,
    /// The Rust crates and the tests of several devices
    Core,
    /// The UI's checks and tests
    Ui,
    /// The app's real windows, end to end
    Desktop,
    /// A real Bitcoin node
    Bitcoin,
    /// A real Solana engine
    Solana,
    /// Devices behind NATs, with STUN and TURN servers; needs root
    Network,
    /// The Debian package: built, installed, opened, removed
    Package,
    /// Everything
    #[default]
    All,
}

enum Outcome {
    Passed,
    Failed,
    Skipped,
}

struct Step {
    name: &'static str,
    outcome: Outcome,
    took: Duration,
}

/// Runs a part of the suite, all of it even when a step fails, and sums up.
pub(crate) fn run(part: Part) -> Result<()> {
    let mut suite = Suite { steps: Vec::new() };
    suite.step("set up", || setup::run(true));
    if suite.failed().is_empty() {
        // In this order, since the cheap checks come first and the app embeds the UI's build.
        if part.includes(Part::FmtLint) {
            suite.formatting();
        }
        if part.includes(Part::Ui) {
            suite.ui();
        }
        if part != Part::Ui {
            suite.step("build the UI", project::build_ui);
        }
        if part.includes(Part::FmtLint) {
            suite.lints();
            suite.dependencies();
            suite.step("licences in the app", licences::require_current);
            suite.step("icons", icons::require_current);
        }
        if [Part::Core, Part::Desktop, Part::Bitcoin, Part::Solana, Part::Network]
            .into_iter()
            .any(|needing| part.includes(needing))
        {
            suite.build();
        }
        if part.includes(Part::Core) {
            suite.core();
        }
        if part.includes(Part::Bitcoin) {
            suite.integration("bitcoin tests", "bitcoin");
        }
        if part.includes(Part::Solana) {
            suite.solana();
        }
        if part.includes(Part::Network) {
            suite.network();
        }
        if part.includes(Part::Desktop) {
            suite.integration("desktop tests", "desktop");
        }
        if part.includes(Part::Package) {
            suite.package();
        }
    }
    suite.summary()
}

impl Part {
    fn includes(self, part: Part) -> bool {
        self == Part::All || self == part
    }
}

struct Suite {
    steps: Vec<Step>,
}

impl Suite {
    fn formatting(&mut self) {
        self.step("formatting", || process::run(project::cargo().args(["fmt", "--all", "--check"])));
    }

    fn ui(&mut self) {
        // An installation that is there already hides that a lock file can't be installed from.
        self.step("UI lock file", || {
            let check = ["ci", "--dry-run", "--offline", "--no-audit", "--no-fund", "--loglevel=error"];
            process::run(project::npm()?.args(check))
        });
        for (name, script) in
            [("UI types", "check"), ("UI lints", "lint"), ("UI tests", "test"), ("UI build", "build")]
        {
            self.step(name, || process::run(project::npm()?.args(["run", script])));
        }
        self.step("UI browser tests", || {
            // Another clone may be testing on the usual port.
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
            process::run(project::npm()?.args(["run", "e2e"]).env("PERMAFROST_UI_PORT", port.to_string()))
        });
    }

    fn lints(&mut self) {
        self.step("clippy", || {
            let mut clippy = project::cargo();
            clippy.args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]);
            process::run(&mut clippy)
        });
        self.step("API documentation", || {
            let mut doc = project::cargo();
            doc.args(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings");
            process::run(&mut doc)
        });
    }

    fn dependencies(&mut self) {
        self.step("licences, bans, sources", || cargo_deny(&["bans", "licenses", "sources"]));
        let reachable = setup::cargo_deny().is_ok_and(|program| {
            let mut fetch = Command::new(program);
            fetch.args(["fetch", "db"]).current_dir(project::root());
            process::succeeds_within(&mut fetch, ADVISORY_FETCH_LIMIT)
        });
        if reachable {
            self.step("advisories", || cargo_deny(&["advisories"]));
        } else {
            self.skip("advisories", "the advisory database can't be reached from here");
        }
    }

    /// Builds programs and tests at once and with one set of features, so that nothing is built twice.
    fn build(&mut self) {
        self.step("build", || process::run(project::cargo().args(["build", "--workspace", "--all-targets"])));
    }

    fn core(&mut self) {
        let bindings = Bindings::read();
        self.step("core tests", || {
            let mut test = project::cargo();
            test.args(["test", "--workspace", "--no-fail-fast"]);
            let session = cfg!(target_os = "linux").then(PrivateSession::start).transpose()?;
            if let Some(session) = &session {
                test.env("DBUS_SESSION_BUS_ADDRESS", session.address());
            }
            process::run(&mut test)
        });
        self.step("generated bindings", || bindings.require_unchanged());
    }

    fn solana(&mut self) {
        if cfg!(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu")) {
            self.integration("solana tests", "solana");
        } else {
            self.skip("solana tests", "the engine comes prebuilt for Linux on x86-64 only");
        }
    }

    fn network(&mut self) {
        match missing_for_network() {
            None => self.integration("network tests", "network"),
            Some(missing) => self.skip("network tests", missing),
        }
    }

    fn package(&mut self) {
        if process::find("dpkg-deb").is_some() {
            self.step("package", package::check::run);
        } else {
            self.skip("package", "this system has no Debian packages");
        }
    }

    /// Runs one file of `tests/tests`, with those of its tests that a plain `cargo test` leaves out.
    fn integration(&mut self, name: &'static str, target: &str) {
        self.step(name, || {
            let mut test = project::cargo();
            // The whole workspace is selected for its features, one target of it for running.
            test.args(["test", "--workspace", "--no-fail-fast", "--test", target, "--", "--include-ignored"]);
            test.env("TAURI_DRIVER", setup::tauri_driver()?);
            process::run(&mut setup::with_node(test)?)
        });
    }

    fn step(&mut self, name: &'static str, work: impl FnOnce() -> Result<()>) {
        println!("\n== {name}");
        let begun = Instant::now();
        let result = work();
        let took = begun.elapsed();
        let outcome = match &result {
            Ok(()) => Outcome::Passed,
            Err(_) => Outcome::Failed,
        };
        match result {
            Ok(()) => println!("== {name}: passed in {:.1} s", took.as_secs_f32()),
            Err(error) => println!("== {name}: FAILED after {:.1} s: {error:#}", took.as_secs_f32()),
        }
        self.steps.push(Step { name, outcome, took });
    }

    fn skip(&mut self, name: &'static str, why: &str) {
        println!("\n== {name}: skipped, since {why}");
        self.steps.push(Step { name, outcome: Outcome::Skipped, took: Duration::ZERO });
    }

    fn failed(&self) -> Vec<&'static str> {
        self.steps
            .iter()
            .filter(|step| matches!(step.outcome, Outcome::Failed))
            .map(|step| step.name)
            .collect()
    }

    fn summary(&self) -> Result<()> {
        println!();
        for step in &self.steps {
            let outcome = match step.outcome {
                Outcome::Passed => "passed",
                Outcome::Failed => "FAILED",
                Outcome::Skipped => "skipped",
            };
            println!("{outcome:>8} {:>7.1} s  {}", step.took.as_secs_f32(), step.name);
        }
        let failed = self.failed();
        let skipped = self.steps.iter().filter(|step| matches!(step.outcome, Outcome::Skipped)).count();
        let passed = self.steps.len() - failed.len() - skipped;
        let skipped = if skipped == 0 { String::new() } else { format!(", {skipped} skipped") };
        println!("\nsteps: {passed} passed, {} failed{skipped}", failed.len());
        if !failed.is_empty() {
            bail!("failed: {}", failed.join(", "));
        }
        Ok(())
    }
}

/// Why networks of namespaces can't be made here.
fn missing_for_network() -> Option<&'static str> {
    if !cfg!(target_os = "linux") {
        return Some("they need Linux");
    }
    if !setup::is_root() {
        return Some("they need root, to make network namespaces");
    }
    if ["ip", "nft", "turnserver"].into_iter().any(|program| process::find(program).is_none()) {
        return Some("they need ip (iproute2), nft (nftables) and turnserver (coturn)");
    }
    let probe = format!("permafrost-probe-{}", std::process::id());
    let ip = |verb: &[&str]| process::output(Command::new("ip").arg("netns").args(verb)).is_some();
    // Some containers let them be made, but not entered.
    let works = ip(&["add", &probe]) && {
        let entered = ip(&["exec", &probe, "true"]);
        ip(&["del", &probe]) && entered
    };
    if works { None } else { Some("network namespaces can't be made and entered here") }
}

fn cargo_deny(checks: &[&str]) -> Result<()> {
    let mut deny = Command::new(setup::cargo_deny()?);
    deny.args(["--workspace", "check", "--hide-inclusion-graph"]).args(checks);
    process::run(deny.current_dir(project::root()))
}

/// The TypeScript types that the Rust tests generate.
struct Bindings(BTreeMap<PathBuf, Vec<u8>>);

impl Bindings {
    fn read() -> Self {
        let mut files = BTreeMap::new();
        let mut folders = vec![project::root().join("ui/src/bindings")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else if let Ok(content) = fs::read(&path) {
                    files.insert(path, content);
                }
            }
        }
        Self(files)
    }

    fn require_unchanged(&self) -> Result<()> {
        let now = Self::read();
        let sources = rust_sources(&project::root().join("src-tauri"));
        let orphans: Vec<String> = now
            .0
            .keys()
            .filter(|path| !is_declared(path, &sources))
            .map(|path| path.display().to_string())
            .collect();
        if !orphans.is_empty() {
            bail!("no Rust type is called so any more; delete them: {}", orphans.join(", "));
        }
        let stale: Vec<String> = now
            .0
            .iter()
            .filter(|(path, content)| self.0.get(*path) != Some(*content))
            .map(|(path, _)| path.display().to_string())
            .collect();
        if !stale.is_empty() {
            bail!(
                "these were out of date and are now as the Rust types say; commit them: {}",
                stale.join(", ")
            );
        }
        Ok(())
    }
}

/// Whether a Rust type has the name of a binding's file.
fn is_declared(binding: &Path, sources: &[String]) -> bool {
    let Some(name) = binding.file_stem().and_then(|name| name.to_str()) else { return false };
    let declares = |source: &String| {
        ["struct ", "enum "].iter().any(|kind| {
            source.match_indices(&format!("{kind}{name}")).any(|(at, found)| {
                let next = source.get(at + found.len()..).and_then(|rest| rest.chars().next());
                !next.is_some_and(|c| c.is_alphanumeric() || c == '_')
            })
        })
    };
    sources.iter().any(declares)
}

fn rust_sources(folder: &Path) -> Vec<String> {
    let mut sources = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources.extend(rust_sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.extend(fs::read_to_string(path));
        }
    }
    sources
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::is_declared;

    #[test]
    fn a_binding_whose_type_is_gone_is_noticed() {
        let sources = ["pub enum Kind {}".to_owned(), "struct WalletView<T> {}".to_owned()];
        assert!(is_declared(Path::new("ui/src/bindings/Kind.ts"), &sources));
        assert!(is_declared(Path::new("ui/src/bindings/WalletView.ts"), &sources));
        assert!(!is_declared(Path::new("ui/src/bindings/Wallet.ts"), &sources), "a part of a name is none");
    }
}
