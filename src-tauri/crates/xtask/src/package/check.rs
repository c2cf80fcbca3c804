//! Whether the package does what a package has to: it installs, opens, takes its links, and leaves nothing behind.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::stage::Stage;
use crate::{process, setup};

const NAME: &str = "permafrost";
const PROGRAM: &str = "usr/bin/permafrost-desktop";
const ENTRY: &str = "usr/share/applications/Permafrost.desktop";
/// Of everything that is installed, in MiB: just below 20 million bytes.
const LARGEST: f64 = 19.0;
const ICONS: [&str; 8] = ["16x16", "24x24", "32x32", "48x48", "64x64", "128x128", "256x256", "512x512"];

/// Builds the package, and tries it.
pub(crate) fn run() -> Result<()> {
    let package = super::build()?;
    let unpacked = tempfile::tempdir()?;
    process::run(Command::new("dpkg-deb").arg("--extract").arg(&package).arg(unpacked.path()))?;
    let files = files_in(unpacked.path());
    size_is_small(unpacked.path(), &files)?;
    is_well_described(unpacked.path())?;
    needs_the_glibc_that_it_names(&package, &unpacked.path().join(PROGRAM))?;
    // Where somebody uses the package already, it is only unpacked.
    if setup::is_root() && !is_installed() {
        process::run(Command::new("dpkg").arg("--install").arg(&package))?;
        let tried = works(Path::new("/")).and_then(|()| handles_links());
        process::run(Command::new("dpkg").args(["--purge", NAME]))?;
        tried?;
        let left = files.iter().map(|file| Path::new("/").join(file)).find(|file| file.exists());
        ensure!(left.is_none(), "the package left {} behind", left.unwrap_or_default().display());
        Ok(())
    } else {
        works(unpacked.path())
    }
}

/// Size of everything that is installed, in bytes.
pub(crate) fn installed_size(package: &Path) -> Result<u64> {
    let unpacked = tempfile::tempdir()?;
    process::run(Command::new("dpkg-deb").arg("--extract").arg(package).arg(unpacked.path()))?;
    Ok(files_in(unpacked.path()).iter().map(|file| size(&unpacked.path().join(file))).sum())
}

fn size_is_small(root: &Path, files: &[PathBuf]) -> Result<()> {
    let bytes: u64 = files.iter().map(|file| size(&root.join(file))).sum();
    let size = mebibytes(bytes);
    println!("Installed size: {size:.1} MiB");
    ensure!(
        size <= LARGEST,
        "the package takes {size:.1} MiB when it is installed, which is more than {LARGEST}"
    );
    Ok(())
}

fn is_well_described(root: &Path) -> Result<()> {
    process::run(Command::new("desktop-file-validate").arg(root.join(ENTRY)))?;
    let entry = fs::read_to_string(root.join(ENTRY))?;
    ensure!(entry.contains("MimeType=x-scheme-handler/permafrost;"), "the entry takes no links");
    ensure!(entry.contains("Exec=permafrost-desktop %u"), "the entry passes no links on");
    for size in ICONS {
        let icon = format!("usr/share/icons/hicolor/{size}/apps/permafrost-desktop.png");
        ensure!(root.join(&icon).is_file(), "{icon} is missing");
    }
    let version = process::output(Command::new(root.join(PROGRAM)).arg("--version")).unwrap_or_default();
    ensure!(
        version.trim() == format!("permafrost-desktop {}", env!("CARGO_PKG_VERSION")),
        "it calls itself {version}"
    );
    Ok(())
}

/// Where the package can be installed the app must open: it names the glibc that its program was linked for.
fn needs_the_glibc_that_it_names(package: &Path, program: &Path) -> Result<()> {
    let depends = process::output(Command::new("dpkg-deb").arg("--field").arg(package).arg("Depends"))
        .unwrap_or_default();
    let versions = process::output(Command::new("objdump").arg("--private-headers").arg(program))
        .context("objdump tells nothing of the program")?;
    let needed = newest_glibc(&versions).context("the program needs no glibc?")?;
    let named = format!("libc6 (>= {}.{})", needed.0, needed.1);
    ensure!(depends.contains(&named), "the program needs {named}, and the package says: {depends}");
    Ok(())
}

/// The newest version of glibc among those that `objdump` lists.
fn newest_glibc(listed: &str) -> Option<(u32, u32)> {
    // What moves with the program is packed in a way that a linker of this glibc understands.
    let packed = listed.contains("GLIBC_ABI_DT_RELR").then_some((2, 36));
    let named = listed.split("GLIBC_").skip(1).filter_map(|rest| {
        let mut numbers = rest.split(|c: char| !c.is_ascii_digit() && c != '.').next()?.split('.');
        Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
    });
    named.chain(packed).max()
}

/// The app opens, is opened once, and ends cleanly.
fn works(root: &Path) -> Result<()> {
    let (program, stage) = (root.join(PROGRAM), Stage::set()?);
    let alice = stage.open(&program, "alice", &[])?;
    alice.until_ready()?;
    let bob = stage.open(&program, "bob", &[])?;
    bob.until_ready().context("another device's window beside the first")?;
    let mut again = stage.command(&program);
    again.args(["--device-id", "alice", "permafrost:pf1q"]).arg("--data-dir").arg(stage.data());
    process::run(&mut again).context("a second start of the same device")?;
    bob.end()?;
    alice.end()?;
    let again = stage.open(&program, "alice", &[])?;
    again.until_ready().context("opening it again")?;
    again.end()
}

fn handles_links() -> Result<()> {
    let handler =
        process::output(Command::new("xdg-mime").args(["query", "default", "x-scheme-handler/permafrost"]));
    let handler = handler.unwrap_or_default();
    ensure!(handler.trim() == "Permafrost.desktop", "links are opened by “{}”", handler.trim());
    Ok(())
}

fn is_installed() -> bool {
    let status = process::output(Command::new("dpkg-query").args([
        "--show",
        "--showformat",
        "${db:Status-Status}",
        NAME,
    ]));
    status.is_some_and(|status| status != "not-installed")
}

/// Files, not folders, below a folder and relative to it.
fn files_in(root: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(file) = path.strip_prefix(root) {
                files.push(file.to_owned());
            }
        }
    }
    files
}

fn size(file: &Path) -> u64 {
    fs::metadata(file).map_or(0, |metadata| metadata.len())
}

pub(crate) fn mebibytes(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes / 1024).unwrap_or(u32::MAX)) / 1024.0
}

#[cfg(test)]
mod tests {
    use super::newest_glibc;

    #[test]
    fn the_newest_glibc_is_found_by_number_and_by_what_it_can() {
        let listed = "required from libc.so.6:\n 0x0 0x00 07 GLIBC_2.9\n 0x0 0x00 05 GLIBC_2.34\n 0x0 0x00 04 GLIBC_2.2.5\n";
        assert_eq!(newest_glibc(listed), Some((2, 34)));
        assert_eq!(newest_glibc(&format!("{listed} 0x0 0x00 03 GLIBC_ABI_DT_RELR\n")), Some((2, 36)));
        assert_eq!(newest_glibc("required from libm.so.6:"), None);
    }
}
