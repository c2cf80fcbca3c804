//! What a device alone knows of payments: which transactions it sends once they are signed, and its owner's notes.

use std::collections::HashSet;

use bitcoin::{Txid, hashes::Hash as _};
use rusqlite::params;

use super::{Storage, StorageError, WalletId};
use crate::ledger::labels::{Label, LabelKind};

impl Storage {
    /// The transactions of a wallet that this device sends.
    pub(crate) fn sends(&self, wallet: WalletId) -> Result<HashSet<Txid>, StorageError> {
        let mut statement = self.0.prepare("SELECT txid FROM sends WHERE wallet = ?1")?;
        let rows = statement.query_map([wallet.0], |row| row.get::<_, [u8; 32]>(0))?;
        Ok(rows.map(|row| row.map(Txid::from_byte_array)).collect::<Result<_, _>>()?)
    }

    /// From now on this device sends a transaction, as soon as it is signed.
    pub(crate) fn add_send(&self, wallet: WalletId, txid: Txid) -> Result<(), StorageError> {
        self.0.execute(
            "INSERT INTO sends (wallet, txid) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            params![wallet.0, txid.to_byte_array()],
        )?;
        Ok(())
    }

    /// All notes of a wallet, in the order of what they are on.
    pub(crate) fn labels(&self, wallet: WalletId) -> Result<Vec<Label>, StorageError> {
        let mut statement = self.0.prepare(
            "SELECT kind, reference, label FROM labels WHERE wallet = ?1 ORDER BY kind DESC, reference",
        )?;
        let rows = statement.query_map([wallet.0], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
        })?;
        let labels = rows.map(|row| {
            let (kind, reference, label) = row?;
            let kind = LabelKind::parse(&kind).ok_or(StorageError::Damaged)?;
            Ok(Label { kind, reference, label })
        });
        labels.collect()
    }

    /// Puts notes in the place of earlier ones on the same; empty ones only take them away.
    pub(crate) fn put_labels(&self, wallet: WalletId, labels: &[Label]) -> Result<(), StorageError> {
        self.together(|storage| {
            for Label { kind, reference, label } in labels {
                let kind = kind.as_str();
                storage.0.execute(
                    "DELETE FROM labels WHERE wallet = ?1 AND kind = ?2 AND reference = ?3",
                    params![wallet.0, kind, reference],
                )?;
                if !label.is_empty() {
                    storage.0.execute(
                        "INSERT INTO labels (wallet, kind, reference, label) VALUES (?1, ?2, ?3, ?4)",
                        params![wallet.0, kind, reference, label],
                    )?;
                }
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_be_sent_is_known_after_a_restart_and_goes_with_its_wallet() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db");
        let (one, other) = (WalletId([1; 16]), WalletId([2; 16]));
        let txid = |byte| Txid::from_byte_array([byte; 32]);
        let storage = Storage::open(&path).unwrap();
        storage.add_send(one, txid(7)).unwrap();
        storage.add_send(one, txid(7)).unwrap();
        storage.add_send(other, txid(8)).unwrap();
        drop(storage);
        let storage = Storage::open(&path).unwrap();
        assert_eq!(storage.sends(one).unwrap(), HashSet::from([txid(7)]));
        storage.delete_wallet(one).unwrap();
        assert!(storage.sends(one).unwrap().is_empty());
        assert_eq!(storage.sends(other).unwrap(), HashSet::from([txid(8)]));
    }

    #[test]
    fn a_note_takes_the_place_of_the_last_one_on_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let storage = Storage::open(&folder.path().join("db")).unwrap();
        let (one, other) = (WalletId([1; 16]), WalletId([2; 16]));
        let label = |kind, reference: &str, label: &str| Label {
            kind,
            reference: reference.to_owned(),
            label: label.to_owned(),
        };
        let rent = label(LabelKind::Transaction, "a", "rent");
        let shop = label(LabelKind::Address, "a", "shop");
        storage.put_labels(one, &[label(LabelKind::Transaction, "a", "old"), shop.clone()]).unwrap();
        storage.put_labels(one, std::slice::from_ref(&rent)).unwrap();
        storage.put_labels(other, std::slice::from_ref(&rent)).unwrap();
        assert_eq!(storage.labels(one).unwrap(), [rent.clone(), shop]);
        storage.put_labels(one, &[label(LabelKind::Address, "a", "")]).unwrap();
        assert_eq!(storage.labels(one).unwrap(), std::slice::from_ref(&rent));
        storage.delete_wallet(one).unwrap();
        assert!(storage.labels(one).unwrap().is_empty());
        assert_eq!(storage.labels(other).unwrap(), [rent]);
    }
}
