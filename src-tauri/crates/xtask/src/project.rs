//! Where things are, and the project's own build commands.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result};

use crate::{process, setup};

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    let manifest =
        env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    manifest.ancestors().nth(3).map_or_else(PathBuf::new, Path::to_owned)
}

/// The folder in which tools that are built or fetched once are kept.
pub(crate) fn cache() -> Result<PathBuf> {
    let base = match env::var_os("XDG_CACHE_HOME").filter(|folder| !folder.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => home()?.join(".cache"),
    };
    Ok(base.join("permafrost"))
}

/// The folder for what has to outlive a run, such as the keyring of `cargo xtask start`.
pub(crate) fn data() -> Result<PathBuf> {
    let base = match env::var_os("XDG_DATA_HOME").filter(|folder| !folder.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => home()?.join(".local/share"),
    };
    Ok(base.join("permafrost-xtask"))
}

fn home() -> Result<PathBuf> {
    env::home_dir().context("this account has no home folder")
}

/// The target folder, which is where this program itself was built.
pub(crate) fn target() -> Result<PathBuf> {
    let own = env::current_exe().context("cannot tell where xtask itself is")?;
    own.ancestors().nth(2).map(Path::to_owned).context("xtask is not in a target folder")
}

/// `cargo` in the root of the repository.
///
/// What `cargo run` told xtask about xtask's own package is taken out of the environment, since build scripts that watch
/// these variables would otherwise run again each time.
pub(crate) fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in env::vars_os() {
        let told = name.to_str().is_some_and(|name| {
            ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_NAME", "CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE"]
                .iter()
                .any(|prefix| name.starts_with(prefix))
        });
        if told {
            cargo.env_remove(name);
        }
    }
    cargo.current_dir(root());
    cargo
}

/// `npm` in the UI's folder.
pub(crate) fn npm() -> Result<Command> {
    let mut npm = setup::with_node(Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" }))?;
    npm.current_dir(root().join("ui"));
    Ok(npm)
}

/// Installs the UI's packages as its lock file says, unless they are.
pub(crate) fn install_ui_packages() -> Result<()> {
    let ui = root().join("ui");
    let installed = modified(&ui.join("node_modules/.package-lock.json"));
    if installed.is_some() && installed >= modified(&ui.join("package-lock.json")) {
        return Ok(());
    }
    process::run(npm()?.args(["ci", "--no-audit", "--no-fund"]))
}

/// Builds the UI, which the desktop app embeds when it is compiled, unless it is newer than its sources.
pub(crate) fn build_ui() -> Result<()> {
    install_ui_packages()?;
    let ui = root().join("ui");
    let built = modified(&ui.join("dist/index.html"));
    if built.is_some() && built >= newest_source(&ui) {
        return Ok(());
    }
    process::run(npm()?.args(["run", "build"]))
}

fn newest_source(folder: &Path) -> Option<SystemTime> {
    let entries = fs::read_dir(folder).ok()?;
    entries
        .flatten()
        .filter(|entry| !["node_modules", "dist"].iter().any(|name| entry.file_name() == *name))
        .filter_map(|entry| {
            let path = entry.path();
            if path.is_dir() { newest_source(&path) } else { modified(&path) }
        })
        .max()
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}
