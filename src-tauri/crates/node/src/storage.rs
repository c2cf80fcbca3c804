//! Public data on disk: SQLite with a write-ahead log, synced at every commit. No secret comes in here.

mod ledger;
mod payments;
mod schema;
mod signings;

pub(crate) use self::signings::{SigningStage, StoredSigning};

use std::path::Path;

use coordinator::WalletName;
use identity::{DeviceId, DeviceName};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

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
    /// Its share may or may not be in the keystore, and is to be erased: nothing has been signed with it yet, or its
    /// owner ordered so.
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
    /// Its owner's name for it, where that is not the ceremony's.
    pub(crate) name: Option<WalletName>,
    /// The index of the receive address that is given out now.
    pub(crate) receive_index: u32,
}

/// A contact's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredContact {
    pub(crate) device: DeviceId,
    /// The owner's name for it.
    pub(crate) label: Option<DeviceName>,
    /// What it called itself when it was met last.
    pub(crate) claimed: DeviceName,
    pub(crate) verified: bool,
    /// Milliseconds since the Unix epoch.
    pub(crate) first_met: u64,
}

/// The database. One owner at a time; calls block for as long as the disk takes.
#[derive(Debug)]
pub(crate) struct Storage(Connection);

/// The database can't be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StorageError {
    #[error("it was written by a newer version of Permafrost (layout {0})")]
    Newer(usize),
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("a record in it is damaged")]
    Damaged,
    #[error("the wallet has been removed")]
    Removed,
}

impl Storage {
    pub(crate) fn open(path: &Path) -> Result<Self, StorageError> {
        let mut connection = Connection::open(path)?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON;",
        )?;
        schema::bring_up_to_date(&mut connection)?;
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
        let query = "SELECT id, state, record, server, verified, everyone, created_at, name, receive_index
             FROM wallets ORDER BY created_at";
        let mut statement = self.0.prepare(query)?;
        let rows = statement.query_map([], |row| Ok(parse_wallet(row)))?;
        rows.map(|row| row?).collect()
    }

    /// Writes the whole row, replacing one with the same ID.
    pub(crate) fn put_wallet(&self, wallet: &StoredWallet) -> Result<(), StorageError> {
        let created_at = i64::try_from(wallet.created_at).map_err(|_| StorageError::Damaged)?;
        self.0.execute(
            "INSERT INTO wallets (id, state, record, server, verified, everyone, created_at, name, receive_index)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
             ON CONFLICT DO UPDATE SET state = excluded.state, record = excluded.record,
                 server = excluded.server, verified = excluded.verified, everyone = excluded.everyone,
                 name = excluded.name, receive_index = excluded.receive_index",
            params![
                wallet.id.0,
                wallet.stage.as_str(),
                wallet.record,
                wallet.server,
                wallet.verified,
                wallet.everyone,
                created_at,
                wallet.name.as_ref().map(WalletName::as_str),
                wallet.receive_index
            ],
        )?;
        Ok(())
    }

    pub(crate) fn delete_wallet(&self, id: WalletId) -> Result<(), StorageError> {
        let transaction = self.0.unchecked_transaction()?;
        transaction.execute("DELETE FROM signings WHERE wallet = ?1", [id.0])?;
        transaction.execute("DELETE FROM ledgers WHERE wallet = ?1", [id.0])?;
        transaction.execute("DELETE FROM sends WHERE wallet = ?1", [id.0])?;
        transaction.execute("DELETE FROM labels WHERE wallet = ?1", [id.0])?;
        transaction.execute("DELETE FROM wallets WHERE id = ?1", [id.0])?;
        Ok(transaction.commit()?)
    }

    pub(crate) fn contacts(&self) -> Result<Vec<StoredContact>, StorageError> {
        let mut statement =
            self.0.prepare("SELECT device, label, name, verified, first_met FROM contacts")?;
        let rows = statement.query_map([], |row| Ok(parse_contact(row)))?;
        rows.map(|row| row?).collect()
    }

    /// Writes the whole row, replacing one of the same device.
    pub(crate) fn put_contact(&self, contact: &StoredContact) -> Result<(), StorageError> {
        let first_met = i64::try_from(contact.first_met).map_err(|_| StorageError::Damaged)?;
        self.0.execute(
            "INSERT INTO contacts (device, label, name, verified, first_met) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET label = excluded.label, name = excluded.name, verified = excluded.verified",
            params![
                contact.device.as_bytes(),
                contact.label.as_ref().map(DeviceName::as_str),
                contact.claimed.as_str(),
                contact.verified,
                first_met
            ],
        )?;
        Ok(())
    }

    pub(crate) fn delete_contact(&self, device: &DeviceId) -> Result<(), StorageError> {
        self.0.execute("DELETE FROM contacts WHERE device = ?1", [device.as_bytes()])?;
        Ok(())
    }
}

fn parse_contact(row: &Row<'_>) -> Result<StoredContact, StorageError> {
    let name = |name: String| name.parse().map_err(|_| StorageError::Damaged);
    Ok(StoredContact {
        device: DeviceId::from_bytes(&row.get(0)?).map_err(|_| StorageError::Damaged)?,
        label: row.get::<_, Option<String>>(1)?.and_then(|label| label.parse().ok()),
        claimed: name(row.get(2)?)?,
        verified: row.get(3)?,
        first_met: u64::try_from(row.get::<_, i64>(4)?).map_err(|_| StorageError::Damaged)?,
    })
}

fn parse_wallet(row: &Row<'_>) -> Result<StoredWallet, StorageError> {
    let stage = match row.get::<_, String>(1)?.as_str() {
        "storing" => Stage::Storing,
        "pending" => Stage::Pending,
        "active" => Stage::Active,
        "quarantined" => Stage::Quarantined,
        _ => return Err(StorageError::Damaged),
    };
    let name: Option<String> = row.get(7)?;
    Ok(StoredWallet {
        id: WalletId(row.get(0)?),
        stage,
        record: row.get(2)?,
        server: row.get(3)?,
        verified: row.get(4)?,
        everyone: row.get(5)?,
        created_at: u64::try_from(row.get::<_, i64>(6)?).map_err(|_| StorageError::Damaged)?,
        // What the owner calls it is worth no lost wallet.
        name: name.and_then(|name| name.parse().ok()),
        receive_index: row.get(8)?,
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
            name: None,
            receive_index: 0,
        }
    }

    #[test]
    fn what_was_stored_is_there_after_reopening() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db");
        let storage = Storage::open(&path).unwrap();
        storage.put_wallet(&wallet(Stage::Storing)).unwrap();
        let later =
            StoredWallet { name: Some("Rent".parse().unwrap()), receive_index: 7, ..wallet(Stage::Active) };
        storage.put_wallet(&later).unwrap();
        storage.set_setting("device name", "Alice").unwrap();
        let bob = StoredContact {
            device: identity::IdentityKey::from_secret_bytes(&[2; 32]).id(),
            label: None,
            claimed: "Bob".parse().unwrap(),
            verified: false,
            first_met: 5,
        };
        storage.put_contact(&bob).unwrap();
        let bob = StoredContact { label: Some("Bob’s phone".parse().unwrap()), verified: true, ..bob };
        storage.put_contact(&bob).unwrap();
        drop(storage);
        let storage = Storage::open(&path).unwrap();
        assert_eq!(storage.wallets().unwrap(), [later], "the later row replaced the earlier");
        assert_eq!(storage.setting("device name").unwrap().as_deref(), Some("Alice"));
        assert_eq!(storage.contacts().unwrap(), std::slice::from_ref(&bob));
        storage.delete_wallet(WalletId([7; 16])).unwrap();
        storage.delete_contact(&bob.device).unwrap();
        assert!(storage.wallets().unwrap().is_empty() && storage.contacts().unwrap().is_empty());
    }
}
