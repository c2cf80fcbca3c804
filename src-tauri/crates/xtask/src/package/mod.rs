//! `cargo xtask package`: the optimised app as a Debian package.
//!
//! - [`check`]: installs it, opens it, and takes it out again.

pub(crate) mod check;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{process, project, setup};

/// Sets up, builds the package and says where it is.
pub(crate) fn run() -> Result<()> {
    setup::run(false)?;
    let package = build()?;
    println!("The package is {}.", package.display());
    Ok(())
}

/// Builds the app, and packs it.
pub(crate) fn build() -> Result<PathBuf> {
    build_app()?;
    let folder = project::target()?.join("release/bundle/deb");
    if folder.exists() {
        fs::remove_dir_all(&folder).context("cannot remove an older package")?;
    }
    process::run(tauri()?.args(["bundle", "--bundles", "deb", "--ci"]))?;
    let packages = packages_in(&folder);
    match packages.as_slice() {
        [package] => Ok(package.clone()),
        _ => bail!("there should be one package in {}, and there are {}", folder.display(), packages.len()),
    }
}

/// Where the app is after it was built.
pub(crate) fn app() -> Result<PathBuf> {
    Ok(project::target()?.join("release/permafrost-desktop"))
}

/// Builds the app as it is given to people.
fn build_app() -> Result<()> {
    project::build_ui()?;
    let mut build = project::cargo();
    build.args(["build", "--release", "--package", "permafrost-desktop"]);
    if let Some(commit) = commit() {
        build.env("PERMAFROST_COMMIT", commit);
    }
    process::run(&mut build)
}

/// Tauri's own tool, in the shell's folder.
pub(crate) fn tauri() -> Result<Command> {
    let program = if cfg!(windows) { "tauri.cmd" } else { "tauri" };
    let path = project::root().join("ui/node_modules/.bin").join(program);
    let mut tauri = setup::with_node(Command::new(path))?;
    tauri.current_dir(project::root().join("src-tauri"));
    Ok(tauri)
}

/// What the sources are, if they are just that.
fn commit() -> Option<String> {
    let git = |arguments: &[&str]| {
        process::output(Command::new("git").args(arguments).current_dir(project::root()))
    };
    let changed = git(&["status", "--porcelain", "--untracked-files=no"])?;
    let commit = git(&["rev-parse", "--short=12", "HEAD"])?;
    Some(format!("{}{}", commit.trim(), if changed.trim().is_empty() { "" } else { " with changes" }))
}

fn packages_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "deb"))
        .collect()
}
