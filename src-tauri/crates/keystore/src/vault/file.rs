//! How the vault's file is locked, read and replaced.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use crate::KeystoreError;

/// The largest file that is read: room for thousands of secrets.
const MOST_BYTES: u64 = 16 << 20;

/// An exclusive advisory lock, held until dropped or until the process ends.
///
/// It is on a file of its own beside the vault, because the vault's file itself is replaced.
pub(super) struct Lock(File);

impl Lock {
    pub(super) fn acquire(vault: &Path) -> Result<Self, KeystoreError> {
        let file = private().create(true).truncate(false).write(true).open(beside(vault, "lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(KeystoreError::InUse),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }
}

impl Drop for Lock {
    /// Closing is not enough: a process that is just being started holds a copy of the handle for a moment.
    fn drop(&mut self) {
        drop(self.0.unlock());
    }
}

/// The file's bytes.
///
/// Errors: [`KeystoreError::Damaged`] if it is larger than a vault can be.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, KeystoreError> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES { Err(KeystoreError::Damaged) } else { Ok(bytes) }
}

/// Puts `bytes` in the file's place in one step. On return they are on the disk.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = beside(path, "new");
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = private().create_new(true).write(true).open(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&new, path)?;
    sync_folder(path)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}

#[cfg(unix)]
fn private() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

#[cfg(not(unix))]
fn private() -> OpenOptions {
    OpenOptions::new()
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

/// Elsewhere a folder can't be synced; NTFS journals the rename.
#[cfg(not(unix))]
fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}
