//! SHA-256 with a label for each use.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A SHA-256 digest of something public.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Hash(pub(crate) [u8; 32]);

impl Hash {
    /// `SHA-256("permafrost/v1/" ‖ label ‖ 0x00 ‖ parts…)`. Callers pass parts of fixed length, or one part.
    pub(crate) fn of<'a>(label: &str, parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(b"permafrost/v1/");
        hasher.update(label.as_bytes());
        hasher.update([0]);
        for part in parts {
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }
}
