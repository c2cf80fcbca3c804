//! Saving a file where its person chooses.

use std::{fs, io, io::Write, path::Path};

use tauri::WebviewWindow;
use tokio::sync::oneshot;

/// Why a file was not saved.
#[derive(Debug)]
pub(crate) enum SaveError {
    /// The dialog could not be shown.
    NoDialog,
    /// The file could not be written.
    NotWritten { file: String, reason: io::Error },
}

/// Asks where to save, and saves there; returns the path, or nothing if the person chose not to.
pub(crate) async fn ask_and_save(
    window: WebviewWindow,
    suggested_name: &str,
    content: Vec<u8>,
) -> Result<Option<String>, SaveError> {
    let name = plain_name(suggested_name);
    let (sender, asked) = oneshot::channel();
    let parent = window.clone();
    // Dialogs belong to the thread that has the windows.
    let shown = window.run_on_main_thread(move || {
        let dialog = rfd::AsyncFileDialog::new().set_parent(&parent).set_file_name(name);
        let _ = sender.send(dialog.save_file());
    });
    shown.map_err(|_| SaveError::NoDialog)?;
    let Some(chosen) = asked.await.map_err(|_| SaveError::NoDialog)?.await else { return Ok(None) };
    let path = chosen.path().to_owned();
    let file = path.display().to_string();
    let written = tauri::async_runtime::spawn_blocking(move || write(&path, &content)).await;
    match written.unwrap_or_else(|error| Err(io::Error::other(error))) {
        Ok(()) => Ok(Some(file)),
        Err(reason) => Err(SaveError::NotWritten { file, reason }),
    }
}

/// Writes a file that only its owner can read, wholly or not at all: what was there before stays until the new content
/// is on the disk.
fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // A link keeps pointing where it points.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().unwrap_or(folder);
    let mut file = tempfile::Builder::new().prefix(".permafrost-").tempfile_in(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(&path)?;
    #[cfg(unix)]
    fs::File::open(folder)?.sync_all()?;
    Ok(())
}

/// A suggestion that is nothing but a name.
fn plain_name(suggested: &str) -> String {
    let odd = |c: char| c.is_control() || "/\\:*?\"<>|".contains(c);
    let name: String = suggested.chars().take(100).map(|c| if odd(c) { '-' } else { c }).collect();
    match name.trim().trim_start_matches('.') {
        "" => "permafrost".to_owned(),
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_is_saved_is_for_its_owners_eyes_and_replaces_what_was_there() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("backup.age");
        fs::write(&path, "an older one, for all to read").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        write(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_followed_and_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        fs::write(&target, "old").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        write(&link, b"new").unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[test]
    fn what_can_not_be_written_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        assert!(write(&folder.path().join("missing").join("file"), b"new").is_err());
        let occupied = folder.path().join("occupied");
        fs::create_dir(&occupied).unwrap();
        assert!(write(&occupied, b"new").is_err(), "a folder is not replaced by a file");
        assert!(occupied.is_dir());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn a_wallets_name_suggests_a_file_and_never_a_folder() {
        assert_eq!(plain_name("Savings 2026.json"), "Savings 2026.json");
        assert_eq!(plain_name("../../etc/passwd"), "-..-etc-passwd");
        assert_eq!(plain_name("a/b\\c:d\n"), "a-b-c-d-");
        assert_eq!(plain_name("..."), "permafrost");
        assert_eq!(plain_name(""), "permafrost");
    }
}
