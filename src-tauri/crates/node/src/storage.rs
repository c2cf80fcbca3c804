//! Public data on disk: SQLite with a write-ahead log, synced at every commit. No secret comes in here.

use std::path::Path;

use identity::{DeviceId, DeviceName};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

/// The layout of the database that this program writes.
const VERSION: u32 = 1;

const SCHEMA: &str = "
CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE wallets (
    id         BLOB PRIMARY KEY,
    state      TEXT NOT NULL CHECK (state IN ('storing', 'pending', 'active', 'quarantined')),
    record     BLOB NOT NULL,
    server     TEXT NOT NULL,
    verified   INTEGER NOT NULL DEFAULT 0,
    everyone   INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE contacts (
    device   BLOB PRIMARY KEY,
    name     TEXT NOT NULL,
    first_met INTEGER NOT NULL
) STRICT;
";

/// First 16 bytes of a ceremony's transcript hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct WalletId(pub(crate) [u8; 16]);

impl std::fmt::Display for WalletId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl std::str::FromStr for WalletId {
    type Err = hex::FromHexError;

    fn from_str(text: &str) -> Result<Self, hex::FromHexError> {
        let mut id = [0; 16];
        hex::decode_to_slice(text, &mut id).map(|()| Self(id))
    }
}

/// How far a wallet's ceremony got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Its share may or may not be in the keystore, and nothing has been signed: it can be erased.
    Storing,
    /// Its share is in the keystore and this device may have signed the certificate.
    Pending,
    /// Everyone signed.
    Active,
    /// Everyone signed, but the owner saw other safety words elsewhere.
    Quarantined,
}

impl Stage {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Storing => "storing",
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Quarantined => "quarantined",
        }
    }
}

/// A wallet's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredWallet {
    pub(crate) id: WalletId,
    pub(crate) stage: Stage,
    /// The coordinator's public record; its type depends on the stage.
    pub(crate) record: Vec<u8>,
    /// The server over which its members met.
    pub(crate) server: String,
    pub(crate) verified: bool,
    /// Every member has confirmed that it has the certificate.
    pub(crate) everyone: bool,
    /// Milliseconds since the Unix epoch.
    pub(crate) created_at: u64,
}

/// The database. One owner at a time; calls block for as long as the disk takes.
#[derive(Debug)]
pub(crate) struct Storage(Connection);

/// The database can't be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StorageError {
    #[error("it was written by a newer version of Permafrost (layout {0})")]
    Newer(u32),
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("a record in it is damaged")]
    Damaged,
}

impl Storage {
    pub(crate) fn open(path: &Path) -> Result<Self, StorageError> {
        let mut connection = Connection::open(path)?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON;",
        )?;
        let version: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        match version {
            0 => {
                let transaction = connection.transaction()?;
                transaction.execute_batch(SCHEMA)?;
                transaction.pragma_update(None, "user_version", VERSION)?;
                transaction.commit()?;
            }
            VERSION => {}
            newer => return Err(StorageError::Newer(newer)),
        }
        Ok(Self(connection))
    }

    /// Makes several changes at once: after a crash there are all of them or none.
    pub(crate) fn together<E: From<StorageError>>(
        &self,
        changes: impl FnOnce(&Self) -> Result<(), E>,
    ) -> Result<(), E> {
        let transaction = self.0.unchecked_transaction().map_err(StorageError::from)?;
        changes(self)?;
        Ok(transaction.commit().map_err(StorageError::from)?)
    }

    pub(crate) fn setting(&self, key: &str) -> Result<Option<String>, StorageError> {
        let query = "SELECT value FROM settings WHERE key = ?1";
        Ok(self.0.query_row(query, [key], |row| row.get(0)).optional()?)
    }

    pub(crate) fn set_setting(&self, key: &str, value: &str) -> Result<(), StorageError> {
        let statement =
            "INSERT INTO settings VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value";
        self.0.execute(statement, [key, value])?;
        Ok(())
    }

    pub(crate) fn wallets(&self) -> Result<Vec<StoredWallet>, StorageError> {
        let query = "SELECT id, state, record, server, verified, everyone, created_at FROM wallets ORDER BY created_at";
        let mut statement = self.0.prepare(query)?;
        let rows = statement.query_map([], |row| Ok(parse_wallet(row)))?;
        rows.map(|row| row?).collect()
    }

    /// Writes the whole row, replacing one with the same ID.
    pub(crate) fn put_wallet(&self, wallet: &StoredWallet) -> Result<(), StorageError> {
        let created_at = i64::try_from(wallet.created_at).map_err(|_| StorageError::Damaged)?;
        self.0.execute(
            "INSERT INTO wallets (id, state, record, server, verified, everyone, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT DO UPDATE SET state = excluded.state, record = excluded.record,
                 server = excluded.server, verified = excluded.verified, everyone = excluded.everyone",
            params![
                wallet.id.0,
                wallet.stage.as_str(),
                wallet.record,
                wallet.server,
                wallet.verified,
                wallet.everyone,
                created_at
            ],
        )?;
        Ok(())
    }

    pub(crate) fn delete_wallet(&self, id: WalletId) -> Result<(), StorageError> {
        self.0.execute("DELETE FROM wallets WHERE id = ?1", [id.0])?;
        Ok(())
    }

    pub(crate) fn contacts(&self) -> Result<Vec<(DeviceId, DeviceName)>, StorageError> {
        let mut statement = self.0.prepare("SELECT device, name FROM contacts")?;
        let rows =
            statement.query_map([], |row| Ok((row.get::<_, [u8; 32]>(0)?, row.get::<_, String>(1)?)))?;
        rows.map(|row| {
            let (device, name) = row?;
            let device = DeviceId::from_bytes(&device).map_err(|_| StorageError::Damaged)?;
            Ok((device, name.parse().map_err(|_| StorageError::Damaged)?))
        })
        .collect()
    }

    /// Remembers devices met in a finished ceremony; the name given first stays.
    pub(crate) fn meet(&mut self, met: &[(DeviceId, DeviceName)], now: u64) -> Result<(), StorageError> {
        let now = i64::try_from(now).map_err(|_| StorageError::Damaged)?;
        let transaction = self.0.transaction()?;
        for (device, name) in met {
            transaction.execute(
                "INSERT OR IGNORE INTO contacts VALUES (?1, ?2, ?3)",
                params![device.as_bytes(), name.as_str(), now],
            )?;
        }
        Ok(transaction.commit()?)
    }
}

fn parse_wallet(row: &Row<'_>) -> Result<StoredWallet, StorageError> {
    let stage = match row.get::<_, String>(1)?.as_str() {
        "storing" => Stage::Storing,
        "pending" => Stage::Pending,
        "active" => Stage::Active,
        "quarantined" => Stage::Quarantined,
        _ => return Err(StorageError::Damaged),
    };
    Ok(StoredWallet {
        id: WalletId(row.get(0)?),
        stage,
        record: row.get(2)?,
        server: row.get(3)?,
        verified: row.get(4)?,
        everyone: row.get(5)?,
        created_at: u64::try_from(row.get::<_, i64>(6)?).map_err(|_| StorageError::Damaged)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wallet(stage: Stage) -> StoredWallet {
        StoredWallet {
            id: WalletId([7; 16]),
            stage,
            record: vec![1, 2, 3],
            server: "ws://127.0.0.1:9710".to_owned(),
            verified: false,
            everyone: false,
            created_at: 1_700_000_000_000,
        }
    }

    #[test]
    fn what_was_stored_is_there_after_reopening() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db");
        let mut storage = Storage::open(&path).unwrap();
        storage.put_wallet(&wallet(Stage::Storing)).unwrap();
        storage.put_wallet(&wallet(Stage::Active)).unwrap();
        storage.set_setting("device name", "Alice").unwrap();
        let bob = identity::IdentityKey::from_secret_bytes(&[2; 32]).id();
        storage.meet(&[(bob, "Bob".parse().unwrap())], 5).unwrap();
        storage.meet(&[(bob, "Mallory".parse().unwrap())], 6).unwrap();
        drop(storage);
        let storage = Storage::open(&path).unwrap();
        assert_eq!(storage.wallets().unwrap(), [wallet(Stage::Active)], "the later row replaced the earlier");
        assert_eq!(storage.setting("device name").unwrap().as_deref(), Some("Alice"));
        assert_eq!(storage.contacts().unwrap(), [(bob, "Bob".parse().unwrap())], "a known name stays");
        storage.delete_wallet(WalletId([7; 16])).unwrap();
        assert!(storage.wallets().unwrap().is_empty());
    }

    #[test]
    fn a_database_of_a_newer_version_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db");
        Connection::open(&path).unwrap().pragma_update(None, "user_version", VERSION + 1).unwrap();
        assert!(matches!(Storage::open(&path), Err(StorageError::Newer(2))));
    }
}
