//! Requests to sign.

use rusqlite::params;

use super::{Storage, StorageError, WalletId};

/// Requests of a wallet that ended without a signature and are kept; of more, the oldest go.
const MOST_ENDED: u32 = 200;

/// A request's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredSigning {
    pub(crate) wallet: WalletId,
    pub(crate) id: [u8; 32],
    pub(crate) stage: SigningStage,
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

impl Storage {
    /// The records of a wallet's requests, in the order in which they were first put.
    pub(crate) fn signings(&self, wallet: WalletId) -> Result<Vec<Vec<u8>>, StorageError> {
        let mut statement =
            self.0.prepare("SELECT record FROM signings WHERE wallet = ?1 ORDER BY number")?;
        let rows = statement.query_map([wallet.0], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Writes the whole row, replacing one with the same ID. What is signed stays for good.
    pub(crate) fn put_signing(&self, signing: &StoredSigning) -> Result<(), StorageError> {
        let transaction = self.0.unchecked_transaction()?;
        let StoredSigning { wallet, id, stage, record } = signing;
        transaction.execute(
            "INSERT INTO signings (id, wallet, state, record) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET state = excluded.state, record = excluded.record",
            params![id, wallet.0, stage.as_str(), record],
        )?;
        transaction.execute(
            "DELETE FROM signings WHERE wallet = ?1 AND state = 'ended' AND number NOT IN (
                 SELECT number FROM signings WHERE wallet = ?1 AND state = 'ended' ORDER BY number DESC LIMIT ?2)",
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
        StoredSigning { wallet: WalletId([wallet; 16]), id, stage, record: number.to_be_bytes().to_vec() }
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
        assert_eq!(storage.signings(WalletId([7; 16])).unwrap(), [vec![9], first(1), first(2)]);
        storage.delete_wallet(WalletId([7; 16])).unwrap();
        assert!(storage.signings(WalletId([7; 16])).unwrap().is_empty());
        assert_eq!(storage.signings(WalletId([8; 16])).unwrap(), [first(4)]);
    }

    #[test]
    fn what_was_signed_stays_however_many_other_requests_come_and_go() {
        let folder = tempfile::tempdir().unwrap();
        let storage = Storage::open(&folder.path().join("db")).unwrap();
        storage.put_signing(&row(7, 0, SigningStage::Signed)).unwrap();
        storage.put_signing(&row(7, 1, SigningStage::Open)).unwrap();
        for number in 2..MOST_ENDED + 10 {
            storage.put_signing(&row(7, number, SigningStage::Ended)).unwrap();
        }
        let records = storage.signings(WalletId([7; 16])).unwrap();
        assert_eq!(records.len(), MOST_ENDED as usize + 2);
        assert_eq!(records[..2], [0_u32.to_be_bytes().to_vec(), 1_u32.to_be_bytes().to_vec()]);
        assert_eq!(records[2], 10_u32.to_be_bytes(), "the oldest of the others went");
    }
}
