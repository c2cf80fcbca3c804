//! `cargo xtask start` and `cargo xtask demo`: the app in one window, or in three beside a signalling server.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use xtask::PrivateSession;

use crate::{process, project, setup};

const POLL: Duration = Duration::from_millis(200);
const SERVER_START_LIMIT: Duration = Duration::from_secs(30);
const DEVICES: [&str; 3] = ["alice", "bob", "charlie"];

#[derive(clap::Args)]
pub(crate) struct Start {
    /// Build with all optimisations, which takes several times as long
    #[arg(long)]
    release: bool,
    /// Options for the app, such as `-- --device-id alice`
    #[arg(last = true)]
    app: Vec<OsString>,
}

#[derive(clap::Args)]
pub(crate) struct Demo {
    /// Build with all optimisations, which takes several times as long
    #[arg(long)]
    release: bool,
    /// Where the three devices keep their data; without it they forget everything at the end
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

/// Opens the app.
pub(crate) fn start(options: &Start) -> Result<()> {
    require_display()?;
    setup::run(false)?;
    let programs = build(options.release)?;
    let session = session_for_start()?;
    let mut app = Command::new(programs.join("permafrost-desktop"));
    app.args(&options.app);
    let window = open(&mut app, session.as_ref())?;
    wait_for_windows(vec![("permafrost", window)], &interruptions()?);
    Ok(())
}

/// Opens three windows beside a signalling server of their own, and ends it all when the last one closes.
pub(crate) fn demo(options: &Demo) -> Result<()> {
    require_display()?;
    setup::run(false)?;
    let programs = build(options.release)?;

    let throw_away = tempfile::Builder::new().prefix("permafrost-demo-").tempdir()?;
    let data = match &options.data_dir {
        Some(folder) => std::path::absolute(folder)?,
        None => throw_away.path().to_owned(),
    };
    let session = session_for_demo(&data)?;
    let interruptions = interruptions()?;
    let (mut server, url) = signalling_server(&programs)?;
    println!("The signalling server listens on {url}; the devices' data is in {}.", data.display());

    let mut windows = Vec::new();
    for (place, device) in (1..).zip(DEVICES) {
        let mut app = Command::new(programs.join("permafrost-desktop"));
        app.args(["--device-id", device, "--server", &url, "--data-dir"]).arg(data.join(device));
        app.args(["--tile", &format!("{place}/{}", DEVICES.len())]);
        match open(&mut app, session.as_ref()) {
            Ok(window) => windows.push((device, window)),
            Err(error) => {
                windows.iter_mut().for_each(|(_, window)| process::end(window));
                process::end(&mut server);
                return Err(error);
            }
        }
    }
    wait_for_windows(windows, &interruptions);
    process::end(&mut server);
    Ok(())
}

fn require_display() -> Result<()> {
    let named = |variable| env::var_os(variable).is_some_and(|value| !value.is_empty());
    if cfg!(target_os = "linux") && !named("DISPLAY") && !named("WAYLAND_DISPLAY") {
        bail!(
            "there is no display to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set); run this in a \
             desktop session, over `ssh -X`, or under `xvfb-run`"
        );
    }
    Ok(())
}

/// Builds the UI, the app and the signalling server; gives the folder that the programs are in.
fn build(release: bool) -> Result<PathBuf> {
    project::build_ui()?;
    let mut build = project::cargo();
    build.args(["build", "--package", "permafrost-desktop", "--package", "signalling"]);
    if release {
        build.arg("--release");
    }
    process::run(&mut build)?;
    Ok(project::target()?.join(if release { "release" } else { "debug" }))
}

fn session_for_start() -> Result<Option<PrivateSession>> {
    if !cfg!(target_os = "linux") || xtask::user_session_has_secret_service() {
        return Ok(None);
    }
    let folder = project::data()?;
    println!(
        "This session has no Secret Service to keep keys in, so the app gets a private one. Its keyring is in {} and \
         anyone who can read that folder can read the keys: good for trying things out, not for money.",
        folder.display()
    );
    Ok(Some(PrivateSession::start_with_data(&folder)?))
}

/// The demo never writes into its user's own keychain where it can help it.
fn session_for_demo(data: &Path) -> Result<Option<PrivateSession>> {
    if !cfg!(target_os = "linux") {
        return Ok(None);
    }
    println!("The demo's keys go into a keyring of its own, not into yours.");
    let folder = data.join("keyring");
    fs::create_dir_all(&folder)?;
    Ok(Some(PrivateSession::start_with_data(&folder)?))
}

fn open(app: &mut Command, session: Option<&PrivateSession>) -> Result<Child> {
    if let Some(session) = session {
        // The private bus has no accessibility service, for which GTK would look in vain.
        app.env("DBUS_SESSION_BUS_ADDRESS", session.address()).env("NO_AT_BRIDGE", "1");
    }
    app.stdin(Stdio::null()).spawn().context("cannot open the app")
}

/// Starts a signalling server on a free port and reads from its first line which one that is.
pub(crate) fn signalling_server(programs: &Path) -> Result<(Child, String)> {
    let mut server = Command::new(programs.join("permafrost-signal"))
        .args(["--listen", "127.0.0.1:0"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start the signalling server")?;
    let (lines, printed) = mpsc::sync_channel(1);
    if let Some(stdout) = server.stdout.take() {
        // Read to the end, or a server that goes on printing would stop on a full pipe.
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let _ = lines.try_send(line);
            }
        });
    }
    let url =
        printed.recv_timeout(SERVER_START_LIMIT).ok().and_then(|line| address_in(&line).map(str::to_owned));
    match url {
        Some(address) => Ok((server, format!("ws://{address}"))),
        None => {
            process::end(&mut server);
            bail!("the signalling server did not say which address it listens on")
        }
    }
}

fn address_in(line: &str) -> Option<&str> {
    let address = line.get(line.find("127.0.0.1:")?..)?;
    let end = address.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ':').unwrap_or(address.len());
    address.get(..end).map(|address| address.trim_end_matches('.'))
}

fn interruptions() -> Result<Receiver<()>> {
    let (interrupt, interrupted) = mpsc::sync_channel(1);
    ctrlc::set_handler(move || {
        let _ = interrupt.try_send(());
    })
    .context("cannot watch for Ctrl-C")?;
    Ok(interrupted)
}

/// Returns when the last window has closed, or closes them all when the user interrupts.
fn wait_for_windows(mut windows: Vec<(&str, Child)>, interruptions: &Receiver<()>) {
    while !windows.is_empty() {
        if !matches!(interruptions.recv_timeout(POLL), Err(RecvTimeoutError::Timeout)) {
            windows.iter_mut().for_each(|(_, window)| process::end(window));
            return;
        }
        windows.retain_mut(|(name, window)| match window.try_wait() {
            Ok(Some(status)) if !status.success() => {
                eprintln!("{name} ended with {status}");
                false
            }
            Ok(Some(_)) | Err(_) => false,
            Ok(None) => true,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::address_in;

    #[test]
    fn the_servers_address_is_found_in_whatever_it_prints_around_it() {
        for line in ["127.0.0.1:4100", "listening on ws://127.0.0.1:4100/v1", "listening on 127.0.0.1:4100."]
        {
            assert_eq!(address_in(line), Some("127.0.0.1:4100"));
        }
        assert_eq!(address_in("starting"), None, "a line without an address is not one");
    }
}
