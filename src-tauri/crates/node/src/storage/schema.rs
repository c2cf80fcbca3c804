//! The database's layouts, one step each.

use rusqlite::Connection;

use super::StorageError;

/// What leads from each layout to the next, the empty one first. A released step never changes.
const STEPS: [&str; 6] = [
    "
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
",
    "
ALTER TABLE wallets ADD COLUMN name TEXT;
ALTER TABLE wallets ADD COLUMN receive_index INTEGER NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN label TEXT;
ALTER TABLE contacts ADD COLUMN verified INTEGER NOT NULL DEFAULT 0;
",
    "
CREATE TABLE signings (
    number INTEGER PRIMARY KEY,
    id     BLOB NOT NULL,
    wallet BLOB NOT NULL,
    state  TEXT NOT NULL CHECK (state IN ('open', 'signed', 'ended')),
    record BLOB NOT NULL,
    UNIQUE (wallet, id)
) STRICT;
",
    "
CREATE TABLE ledgers (
    number INTEGER PRIMARY KEY,
    wallet BLOB NOT NULL,
    piece  BLOB NOT NULL
) STRICT;
CREATE INDEX ledgers_of_wallet ON ledgers (wallet, number);
",
    "
CREATE TABLE sends (wallet BLOB NOT NULL, txid BLOB NOT NULL, PRIMARY KEY (wallet, txid)) STRICT;
CREATE TABLE labels (
    wallet    BLOB NOT NULL,
    kind      TEXT NOT NULL CHECK (kind IN ('tx', 'addr')),
    reference TEXT NOT NULL,
    label     TEXT NOT NULL,
    PRIMARY KEY (wallet, kind, reference)
) STRICT;
",
    // What was kept before did not say it: those are kept for good.
    "
ALTER TABLE signings ADD COLUMN given INTEGER NOT NULL DEFAULT 1;
",
];

/// Brings a database to the present layout, in one transaction; one of a newer version is left alone.
pub(super) fn bring_up_to_date(connection: &mut Connection) -> Result<(), StorageError> {
    let version: usize = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let Some(steps) = STEPS.get(version..) else {
        return Err(StorageError::Newer(version));
    };
    if steps.is_empty() {
        return Ok(());
    }
    let transaction = connection.transaction()?;
    for step in steps {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", STEPS.len())?;
    Ok(transaction.commit()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        snapshot::WalletStatus,
        storage::{Stage, Storage, WalletId},
        wallet::{Wallet, wallet_id},
    };

    /// A certificate of the time of layout 1, whose members are “device 0” and “device 1”.
    const CERTIFICATE: &str = include_str!("../../../coordinator/tests/vectors/certificate-v1.txt");

    const DOCUMENT: &str = include_str!("../../../../docs/protocol.md");

    #[test]
    fn the_document_knows_this_layout_and_its_tables() {
        let storage = Storage::open(&tempfile::tempdir().unwrap().path().join("db")).unwrap();
        let version: usize = storage.0.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
        assert_eq!(version, STEPS.len());
        for said in [format!("`user_version` {version};"), format!("The database is in version {version},")] {
            assert!(DOCUMENT.contains(&said), "docs/protocol.md does not say “{said}”");
        }
        let query = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
        let mut tables = storage.0.prepare(query).unwrap();
        for table in tables.query_map([], |row| row.get::<_, String>(0)).unwrap().map(Result::unwrap) {
            assert!(
                DOCUMENT.contains(&format!("`{table}`")),
                "docs/protocol.md does not know the table {table}"
            );
        }
    }

    #[test]
    fn a_database_of_version_1_is_brought_up_to_date_and_loses_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db");
        let certificate = hex::decode(CERTIFICATE.trim()).unwrap();
        let ceremony = coordinator::dkg::Certificate::from_bytes(&certificate).unwrap().verify().unwrap();
        let (id, members) = (wallet_id(&ceremony.transcript_hash), &ceremony.members);
        let record = [&certificate[..], members[0].id.as_bytes()].concat();
        let old = Connection::open(&path).unwrap();
        old.execute_batch(STEPS[0]).unwrap();
        old.pragma_update(None, "user_version", 1).unwrap();
        old.execute("INSERT INTO settings VALUES ('device name', 'Alice')", []).unwrap();
        old.execute(
            "INSERT INTO wallets VALUES (?1, 'active', ?2, 'ws://127.0.0.1:9710', 1, 1, 1700000000000)",
            rusqlite::params![id.0, record],
        )
        .unwrap();
        let other = members[1].id;
        old.execute("INSERT INTO contacts VALUES (?1, 'Bob', 1700000000001)", [other.as_bytes()]).unwrap();
        drop(old);

        let storage = Storage::open(&path).unwrap();
        assert_eq!(storage.setting("device name").unwrap().as_deref(), Some("Alice"));
        let contacts = storage.contacts().unwrap();
        let contact = &contacts[0];
        assert_eq!(
            (contact.device, contact.claimed.as_str(), contact.first_met),
            (other, "Bob", 1700000000001)
        );
        assert_eq!((&contact.label, contact.verified), (&None, false));
        let rows = storage.wallets().unwrap();
        assert_eq!((rows[0].id, rows[0].stage, rows[0].verified), (id, Stage::Active, true));
        assert_eq!((&rows[0].name, rows[0].receive_index), (&None, 0));
        let view = Wallet::load(rows[0].clone()).unwrap().view();
        assert_eq!((view.name.as_str(), view.network.as_deref()), ("Savings", Some("mainnet")));
        assert!(matches!(view.status, WalletStatus::Active { .. }), "its share still signs");
        drop(storage);

        let again = Storage::open(&path).unwrap();
        assert_eq!(again.wallets().unwrap(), rows, "and once is enough");
    }

    #[test]
    fn of_requests_that_an_older_version_kept_each_may_have_been_given_this_devices_part() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db");
        let old = Connection::open(&path).unwrap();
        STEPS[..4].iter().for_each(|step| old.execute_batch(step).unwrap());
        old.pragma_update(None, "user_version", 4).unwrap();
        let row = "INSERT INTO signings (id, wallet, state, record) VALUES (?1, ?1, 'ended', x'07')";
        old.execute(row, [[7_u8; 16]]).unwrap();
        drop(old);
        let storage = Storage::open(&path).unwrap();
        for number in 0..300_u32 {
            let mut id = [0; 32];
            id[..4].copy_from_slice(&number.to_be_bytes());
            let (wallet, stage) = (WalletId([7; 16]), crate::storage::SigningStage::Ended);
            let row = crate::storage::StoredSigning { wallet, id, stage, given: false, record: vec![1] };
            storage.put_signing(&row).unwrap();
        }
        assert_eq!(storage.signings(WalletId([7; 16])).unwrap()[0].1, [7], "it stays");
    }

    #[test]
    fn a_database_of_a_newer_version_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db");
        let newer = STEPS.len() + 1;
        Connection::open(&path).unwrap().pragma_update(None, "user_version", newer).unwrap();
        assert!(matches!(Storage::open(&path), Err(StorageError::Newer(version)) if version == newer));
    }

    #[test]
    fn a_row_that_was_being_stored_when_the_layout_was_old_is_still_erased() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db");
        let old = Connection::open(&path).unwrap();
        old.execute_batch(STEPS[0]).unwrap();
        old.pragma_update(None, "user_version", 1).unwrap();
        let row = "INSERT INTO wallets (id, state, record, server, created_at) VALUES (?1, 'storing', x'00', '', 0)";
        old.execute(row, [[7_u8; 16]]).unwrap();
        drop(old);
        let storage = Storage::open(&path).unwrap();
        assert_eq!(storage.wallets().unwrap()[0].stage, Stage::Storing);
        storage.delete_wallet(WalletId([7; 16])).unwrap();
        assert!(storage.wallets().unwrap().is_empty());
    }
}
