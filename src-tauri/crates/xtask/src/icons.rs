//! `cargo xtask icons`: the app's icons in all sizes and formats, drawn from `icons/permafrost.svg`.

use std::fs;

use anyhow::{Context, Result};

use crate::{package, process, project};

/// Sizes that desktops ask for by themselves, beside those that every platform needs.
const FURTHER_SIZES: [&str; 4] = ["16", "24", "48", "256"];
/// What the platforms need; the rest of what is drawn is for phones and shops.
const WANTED: [&str; 6] = ["32x32.png", "64x64.png", "128x128.png", "icon.png", "icon.icns", "icon.ico"];

/// Draws them anew.
pub(crate) fn run() -> Result<()> {
    project::install_ui_packages()?;
    let drawn = tempfile::tempdir()?;
    let further: Vec<String> = FURTHER_SIZES.iter().map(|size| format!("{size}x{size}.png")).collect();
    let draw = |sizes: &[&str]| {
        let mut tauri = package::tauri()?;
        tauri.arg("icon").arg(project::root().join("icons/permafrost.svg")).arg("--output").arg(drawn.path());
        process::run(tauri.args(sizes.iter().flat_map(|size| ["--png", size])))
    };
    draw(&[])?;
    draw(&FURTHER_SIZES)?;
    for name in WANTED.into_iter().chain(further.iter().map(String::as_str)) {
        let icon = project::root().join("icons").join(name);
        fs::copy(drawn.path().join(name), icon).with_context(|| format!("{name} was not drawn"))?;
    }
    Ok(())
}
