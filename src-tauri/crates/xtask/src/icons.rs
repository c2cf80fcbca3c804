//! `cargo xtask icons`: the app's icons in all sizes and formats, drawn from `icons/permafrost.svg`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::{package, process, project};

/// Sizes that desktops ask for by themselves, beside those that every platform needs.
const FURTHER_SIZES: [&str; 4] = ["16", "24", "48", "256"];
/// What the platforms need; the rest of what is drawn is for phones and shops.
const WANTED: [&str; 6] = ["32x32.png", "64x64.png", "128x128.png", "icon.png", "icon.icns", "icon.ico"];

/// Draws them anew.
pub(crate) fn run() -> Result<()> {
    let drawn = drawn()?;
    for name in names() {
        let icon = project::root().join("icons").join(&name);
        fs::copy(drawn.path().join(&name), icon).with_context(|| format!("{name} was not drawn"))?;
    }
    Ok(())
}

/// Fails if one is not what its source looks like now.
pub(crate) fn require_current() -> Result<()> {
    let drawn = drawn()?;
    // Each drawing has the pictures in an icon of macOS in another order.
    let comparable = names().into_iter().filter(|name| !name.ends_with(".icns"));
    let stale: Vec<String> = comparable
        .filter(|name| {
            let read = |folder: &Path| fs::read(folder.join(name)).ok();
            read(drawn.path()).is_none_or(|drawn| read(&project::root().join("icons")) != Some(drawn))
        })
        .collect();
    ensure!(stale.is_empty(), "these are not as icons/permafrost.svg is drawn: {}", stale.join(", "));
    Ok(())
}

fn names() -> Vec<String> {
    let further = FURTHER_SIZES.iter().map(|size| format!("{size}x{size}.png"));
    WANTED.iter().map(|&name| name.to_owned()).chain(further).collect()
}

fn drawn() -> Result<TempDir> {
    project::install_ui_packages()?;
    let drawn = tempfile::tempdir()?;
    let draw = |sizes: &[&str]| {
        let mut tauri = package::tauri()?;
        tauri.arg("icon").arg(project::root().join("icons/permafrost.svg")).arg("--output").arg(drawn.path());
        process::run(tauri.args(sizes.iter().flat_map(|size| ["--png", size])))
    };
    draw(&[])?;
    draw(&FURTHER_SIZES)?;
    Ok(drawn)
}
