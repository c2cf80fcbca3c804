//! Requests to sign.

use rusqlite::params;

use super::{Storage, StorageError, WalletId};

/// Requests of a wallet that ended without a signature, with no part of one from this device, and are kept; of more, the
/// oldest go.
const MOST_ENDED: u32 = 200;

/// A request's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredSigning {
    pub(crate) wallet: WalletId,
    pub(crate) id: [u8; 32],
    pub(crate) stage: SigningStage,
    /// This device gave its part of a signature.
    pub(crate) given: bool,
    /// The coordinator's record. Public.
    pub(crate) record: Vec<u8>,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SigningStage {
    Open,
    Signed,
    /// Without a signature.
    Ended,
}

impl SigningStage {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Signed => "signed",
            Self::Ended => "ended",
        }
    }
}

/// What names a request, and the coordinator's record of it.
type IdAndRecord = (Vec<u8>, Vec<u8>);

impl Storage {
    /// The IDs and records of a wallet's requests, in the order in which they were first put.
    pub(crate) fn signings(&self, wallet: WalletId) -> Result<Vec<IdAndRecord>, StorageError> {
        let mut statement =
            self.0.prepare("SELECT id, record FROM signings WHERE wallet = ?1 ORDER BY number")?;
        let rows = statement.query_map([wallet.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Writes the whole row, replacing one with the same ID. What is signed stays for good, and so does what this device
    /// gave its part of: forgotten, it would be a new request, to be signed once more.
    pub(crate) fn put_signing(&self, signing: &StoredSigning) -> Result<(), StorageError> {
        let transaction = self.0.unchecked_transaction()?;
        let StoredSigning { wallet, id, stage, given, record } = signing;
        transaction.execute(
            "INSERT INTO signings (id, wallet, state, given, record) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET state = excluded.state, given = excluded.given, record = excluded.record",
            params![id, wallet.0, stage.as_str(), given, record],
        )?;
        transaction.execute(
            "DELETE FROM signings WHERE wallet = ?1 AND state = 'ended' AND given = 0 AND number NOT IN (
                 SELECT number FROM signings WHERE wallet = ?1 AND state = 'ended' AND given = 0
                 ORDER BY number DESC LIMIT ?2)",
            params![wallet.0, MOST_ENDED],
        )?;
        Ok(transaction.commit()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(wallet: u8, number: u32, stage: SigningStage) -> StoredSigning {
        let mut id = [0; 32];
        id[..4].copy_from_slice(&number.to_be_bytes());
        let record = number.to_be_bytes().to_vec();
        StoredSigning { wallet: WalletId([wallet; 16]), id, stage, given: false, record }
    }

    fn records(storage: &Storage, wallet: u8) -> Vec<Vec<u8>> {
        let rows = storage.signings(WalletId([wallet; 16])).unwrap();
        rows.into_iter().map(|(_, record)| record).collect()
    }

    #[test]
    fn requests_come_back_in_order_and_go_with_their_wallet() {
        let folder = tempfile::tempdir().unwrap();
        let storage = Storage::open(&folder.path().join("db")).unwrap();
        for number in [3, 1, 2] {
            storage.put_signing(&row(7, number, SigningStage::Open)).unwrap();
        }
        storage.put_signing(&row(8, 4, SigningStage::Open)).unwrap();
        let later = StoredSigning { record: vec![9], ..row(7, 3, SigningStage::Signed) };
        storage.put_signing(&later).unwrap();
        let first = |number: u32| number.to_be_bytes().to_vec();
        assert_eq!(records(&storage, 7), [vec![9], first(1), first(2)]);
        storage.delete_wallet(WalletId([7; 16])).unwrap();
        assert!(records(&storage, 7).is_empty());
        assert_eq!(records(&storage, 8), [first(4)]);
    }

    #[test]
    fn what_was_signed_or_may_be_stays_however_many_other_requests_come_and_go() {
        let folder = tempfile::tempdir().unwrap();
        let storage = Storage::open(&folder.path().join("db")).unwrap();
        storage.put_signing(&row(7, 0, SigningStage::Signed)).unwrap();
        storage.put_signing(&row(7, 1, SigningStage::Open)).unwrap();
        storage.put_signing(&StoredSigning { given: true, ..row(7, 2, SigningStage::Ended) }).unwrap();
        for number in 3..MOST_ENDED + 11 {
            storage.put_signing(&row(7, number, SigningStage::Ended)).unwrap();
        }
        let records = records(&storage, 7);
        assert_eq!(records.len(), MOST_ENDED as usize + 3);
        for number in 0..3_u32 {
            assert_eq!(records[number as usize], number.to_be_bytes());
        }
        assert_eq!(records[3], 11_u32.to_be_bytes(), "the oldest of the others went");
    }
}
