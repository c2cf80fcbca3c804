//! A device's own folder: where it is, and that one process at a time uses it.
//!
//! ```text
//! <data folder>/<device>/permafrost.sqlite   public data and settings
//!                       /vault               secrets under a passphrase, if the owner chose that
//!                       /lock                held while a process runs
//! ```

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use crate::NodeError;

/// The device's name when none is given on the command line.
const DEFAULT_DEVICE: &str = "default";
const LONGEST_DEVICE: usize = 30;

/// A locked profile folder. Unlocks when dropped.
#[derive(Debug)]
pub(crate) struct Profile {
    folder: PathBuf,
    device: String,
    _lock: File,
}

impl Profile {
    /// Opens the folder of `device` below `data_dir` (by default the user's data folder), creating it with
    /// access for its owner only.
    pub(crate) fn open(data_dir: Option<&Path>, device: Option<&str>) -> Result<Self, NodeError> {
        let folder = folder(data_dir, device)?;
        let device = device.unwrap_or(DEFAULT_DEVICE);
        create_private(&folder).map_err(|error| NodeError::data_folder(&folder, &error))?;
        let lock =
            File::create(folder.join("lock")).map_err(|error| NodeError::data_folder(&folder, &error))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { folder, device: device.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(NodeError::ProfileInUse { device: device.to_owned() }),
            Err(TryLockError::Error(error)) => Err(NodeError::data_folder(&folder, &error)),
        }
    }

    /// The device as it was named on the command line.
    pub(crate) fn device(&self) -> &str {
        &self.device
    }

    /// Whether the owner named it.
    pub(crate) fn is_named(&self) -> bool {
        self.device != DEFAULT_DEVICE
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.folder.join("permafrost.sqlite")
    }

    pub(crate) fn vault(&self) -> PathBuf {
        self.folder.join("vault")
    }
}

/// Where the profile of `device` is or will be.
pub(crate) fn folder(data_dir: Option<&Path>, device: Option<&str>) -> Result<PathBuf, NodeError> {
    let device = device.unwrap_or(DEFAULT_DEVICE);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if device.is_empty() || device.len() > LONGEST_DEVICE || !device.chars().all(is_plain) {
        return Err(NodeError::InvalidDevice { device: device.chars().take(LONGEST_DEVICE).collect() });
    }
    let root = match data_dir {
        Some(folder) => folder.to_owned(),
        None => dirs::data_dir().ok_or(NodeError::NoDataFolder)?.join("permafrost"),
    };
    Ok(root.join(device))
}

#[cfg(unix)]
fn create_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn create_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_process_at_a_time_uses_a_profile() {
        let root = tempfile::tempdir().unwrap();
        let alice = Profile::open(Some(root.path()), Some("alice")).unwrap();
        let again = Profile::open(Some(root.path()), Some("alice"));
        assert!(matches!(again, Err(NodeError::ProfileInUse { .. })), "{again:?}");
        Profile::open(Some(root.path()), Some("bob")).expect("another device is free");
        drop(alice);
        Profile::open(Some(root.path()), Some("alice")).expect("free again");
    }

    #[test]
    fn a_device_name_can_not_leave_the_data_folder() {
        let root = tempfile::tempdir().unwrap();
        for device in ["", "..", "a/b", "a\0b", &"x".repeat(31)] {
            let opened = Profile::open(Some(root.path()), Some(device));
            assert!(matches!(opened, Err(NodeError::InvalidDevice { .. })), "{device:?}");
        }
    }
}
