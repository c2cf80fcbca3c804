//! Knowing a file that its person chooses, without the page reading it.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use node::snapshot::FileView;
use sha2::{Digest, Sha256};
use tauri::WebviewWindow;
use tokio::sync::oneshot;

/// Why a file could not be looked at.
#[derive(Debug)]
pub(crate) enum OpenError {
    /// The dialog could not be shown.
    NoDialog,
    /// The file could not be read to its end.
    NotRead(io::Error),
}

/// Asks for a file; returns its name, size and SHA-256, or nothing if the person chose none.
pub(crate) async fn ask_and_hash(window: WebviewWindow) -> Result<Option<FileView>, OpenError> {
    let (sender, asked) = oneshot::channel();
    let parent = window.clone();
    // Dialogs belong to the thread that has the windows.
    let shown = window.run_on_main_thread(move || {
        let _ = sender.send(rfd::AsyncFileDialog::new().set_parent(&parent).pick_file());
    });
    shown.map_err(|_| OpenError::NoDialog)?;
    let Some(chosen) = asked.await.map_err(|_| OpenError::NoDialog)?.await else { return Ok(None) };
    let path = chosen.path().to_owned();
    let hashed = tauri::async_runtime::spawn_blocking(move || hash(&path)).await;
    hashed.unwrap_or_else(|error| Err(io::Error::other(error))).map(Some).map_err(OpenError::NotRead)
}

/// A piece at a time, so that a file may be larger than the memory.
fn hash(path: &Path) -> io::Result<FileView> {
    let mut file = File::open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (mut hasher, mut size, mut piece) = (Sha256::new(), 0, vec![0; 64 * 1024]);
    loop {
        let count = file.read(&mut piece)?;
        let Some(read) = piece.get(..count).filter(|read| !read.is_empty()) else { break };
        hasher.update(read);
        size += read.len() as u64;
    }
    Ok(FileView { name, size, sha256: hex::encode(hasher.finalize()) })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_is_known_by_its_name_its_size_and_its_hash() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("contract.pdf");
        fs::write(&path, vec![b'a'; 1_000_000]).unwrap();
        let file = hash(&path).unwrap();
        assert_eq!((file.name.as_str(), file.size), ("contract.pdf", 1_000_000));
        // Of FIPS 180-2, B.3: a million times the letter a.
        assert_eq!(file.sha256, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    }

    #[test]
    fn a_folder_is_no_file() {
        assert!(hash(tempfile::tempdir().unwrap().path()).is_err());
    }
}
