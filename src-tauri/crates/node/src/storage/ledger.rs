//! What is known of wallets' money: what their watch-only wallets hand out, piece after piece.

use rusqlite::params;

use super::{Storage, StorageError, WalletId};

impl Storage {
    /// All pieces of a wallet, in order.
    pub(crate) fn ledger(&self, wallet: WalletId) -> Result<Vec<Vec<u8>>, StorageError> {
        let mut statement = self.0.prepare("SELECT piece FROM ledgers WHERE wallet = ?1 ORDER BY number")?;
        let rows = statement.query_map([wallet.0], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Adds a piece.
    pub(crate) fn add_to_ledger(&self, wallet: WalletId, piece: &[u8]) -> Result<(), StorageError> {
        self.0.execute("INSERT INTO ledgers (wallet, piece) VALUES (?1, ?2)", params![wallet.0, piece])?;
        Ok(())
    }

    /// Puts one piece in the place of all of a wallet's, or none.
    pub(crate) fn replace_ledger(&self, wallet: WalletId, piece: Option<&[u8]>) -> Result<(), StorageError> {
        self.together(|storage| {
            storage.0.execute("DELETE FROM ledgers WHERE wallet = ?1", [wallet.0])?;
            piece.map_or(Ok(()), |piece| storage.add_to_ledger(wallet, piece))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_come_back_in_order_and_go_with_their_wallet() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db");
        let (one, other) = (WalletId([1; 16]), WalletId([2; 16]));
        let storage = Storage::open(&path).unwrap();
        for piece in [b"a", b"b", b"c"] {
            storage.add_to_ledger(one, piece).unwrap();
            storage.add_to_ledger(other, piece).unwrap();
        }
        drop(storage);
        let storage = Storage::open(&path).unwrap();
        assert_eq!(storage.ledger(one).unwrap(), [b"a", b"b", b"c"]);
        storage.replace_ledger(one, Some(b"abc")).unwrap();
        storage.add_to_ledger(one, b"d").unwrap();
        assert_eq!(storage.ledger(one).unwrap(), [b"abc".to_vec(), b"d".to_vec()]);
        storage.delete_wallet(one).unwrap();
        assert!(storage.ledger(one).unwrap().is_empty());
        assert_eq!(storage.ledger(other).unwrap().len(), 3);
    }
}
