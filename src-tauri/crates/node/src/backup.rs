//! What a backup of a device holds: its identity and its finished wallets.
//!
//! A wallet whose ceremony has not finished is left out: after a later withdrawal, which others rely on, a
//! restored copy would not know of it.

use identity::{DeviceName, IdentityKey};
use keystore::{Keystore, KeystoreError, Passphrase, SecretName, backup};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{
    NodeError,
    storage::{Stage, StoredWallet, WalletId},
    wallet::Wallet,
};

const VERSION: u8 = 1;

/// A device's identity and wallets, with their secrets. Wiped when dropped.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Contents {
    version: u8,
    device_name: String,
    identity: [u8; 32],
    wallets: Vec<Entry>,
}

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct Entry {
    quarantined: bool,
    verified: bool,
    everyone: bool,
    created_at: u64,
    server: String,
    record: Vec<u8>,
    share: Vec<u8>,
    link_secret: Vec<u8>,
}

/// A checked backup: what goes to the database and what to the keystore.
pub(crate) struct Restored {
    pub(crate) device_name: DeviceName,
    pub(crate) identity: IdentityKey,
    pub(crate) wallets: Vec<StoredWallet>,
    secrets: Vec<(SecretName, keystore::SecretBytes)>,
}

impl Contents {
    /// Collects the secrets of the rows from the keystore. Blocking.
    pub(crate) fn collect(
        store: &dyn Keystore,
        identity: &IdentityKey,
        device_name: &DeviceName,
        rows: Vec<StoredWallet>,
    ) -> Result<Self, NodeError> {
        let secret = |name| match store.get(&name) {
            Ok(Some(secret)) => Ok(secret.expose().to_vec()),
            Ok(None) => Err(NodeError::IdentityLost),
            Err(error) => Err(error.into()),
        };
        let mut contents = Self {
            version: VERSION,
            device_name: device_name.to_string(),
            identity: *identity.secret_bytes(),
            wallets: Vec::with_capacity(rows.len()),
        };
        for row in rows {
            contents.wallets.push(Entry {
                quarantined: row.stage == Stage::Quarantined,
                verified: row.verified,
                everyone: row.everyone,
                created_at: row.created_at,
                server: row.server,
                share: secret(SecretName::wallet_share(&row.id.0))?,
                link_secret: secret(SecretName::link_secret(&row.id.0))?,
                record: row.record,
            });
        }
        Ok(contents)
    }

    /// Encrypts it. Takes about half a second.
    pub(crate) fn seal(&self, passphrase: &Passphrase) -> Result<Vec<u8>, NodeError> {
        let size = postcard::experimental::serialized_size(self).map_err(|_| NodeError::DamagedRecord)?;
        // Of the right size at once, so that no smaller buffer with secrets is left behind.
        let bytes =
            postcard::to_extend(self, Vec::with_capacity(size)).map_err(|_| NodeError::DamagedRecord)?;
        Ok(backup::seal(&Zeroizing::new(bytes), passphrase)?)
    }

    /// Decrypts and checks a backup: every wallet's certificate verifies, and every share belongs to its wallet
    /// and to this device.
    pub(crate) fn open(sealed: &[u8], passphrase: &Passphrase) -> Result<Restored, NodeError> {
        let bytes = backup::open(sealed, passphrase).map_err(|error| match error {
            KeystoreError::Damaged => NodeError::DamagedBackup,
            other => other.into(),
        })?;
        if bytes.expose().first().is_some_and(|version| *version > VERSION) {
            return Err(NodeError::NewerBackup);
        }
        let contents: Self = match postcard::take_from_bytes(bytes.expose()) {
            Ok((contents, [])) => contents,
            _ => return Err(NodeError::DamagedBackup),
        };
        contents.check()
    }

    fn check(&self) -> Result<Restored, NodeError> {
        let identity = IdentityKey::from_secret_bytes(&self.identity);
        let mut restored = Restored {
            device_name: self.device_name.parse().map_err(|_| NodeError::DamagedBackup)?,
            secrets: Vec::with_capacity(2 * self.wallets.len()),
            wallets: Vec::with_capacity(self.wallets.len()),
            identity,
        };
        for entry in &self.wallets {
            let row = entry.row()?;
            let wallet = Wallet::load(row.clone()).map_err(|_| NodeError::DamagedBackup)?;
            let share =
                coordinator::SecretShare::from_bytes(&entry.share).map_err(|_| NodeError::DamagedBackup)?;
            if !wallet.belongs_to(&restored.identity, &share) {
                return Err(NodeError::DamagedBackup);
            }
            let id = row.id.0;
            restored.secrets.extend([
                (SecretName::wallet_share(&id), keystore::SecretBytes::copy_of(&entry.share)),
                (SecretName::link_secret(&id), keystore::SecretBytes::copy_of(&entry.link_secret)),
            ]);
            restored.wallets.push(row);
        }
        Ok(restored)
    }
}

impl Entry {
    fn row(&self) -> Result<StoredWallet, NodeError> {
        let id = Wallet::id_of(&self.record).map_err(|_| NodeError::DamagedBackup)?;
        Ok(StoredWallet {
            id: WalletId(id),
            stage: if self.quarantined { Stage::Quarantined } else { Stage::Active },
            record: self.record.clone(),
            server: self.server.clone(),
            verified: self.verified && !self.quarantined,
            everyone: self.everyone,
            created_at: self.created_at,
            name: None,
            receive_index: 0,
        })
    }
}

impl Restored {
    /// Makes the secrets durable, the identity last: until then the device is who it was. Blocking.
    pub(crate) fn store(&self, store: &dyn Keystore) -> Result<(), KeystoreError> {
        self.secrets.iter().try_for_each(|(name, secret)| store.put(name, secret))?;
        let identity = keystore::SecretBytes::copy_of(self.identity.secret_bytes().as_ref());
        store.put(&SecretName::identity(), &identity)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use keystore::SecretBytes;

    use super::*;

    /// A keystore that is full of shares already.
    #[derive(Default)]
    struct NoRoomForShares(Mutex<Vec<String>>);

    impl Keystore for NoRoomForShares {
        fn get(&self, _: &SecretName) -> Result<Option<SecretBytes>, KeystoreError> {
            Ok(None)
        }

        fn put(&self, name: &SecretName, _: &SecretBytes) -> Result<(), KeystoreError> {
            if *name != SecretName::identity() {
                return Err(KeystoreError::Locked);
            }
            self.0.lock().unwrap().push(name.to_string());
            Ok(())
        }

        fn delete(&self, _: &SecretName) -> Result<(), KeystoreError> {
            Ok(())
        }
    }

    #[test]
    fn a_restore_that_breaks_off_leaves_the_device_its_identity() {
        let restored = Restored {
            device_name: "Alice".parse().unwrap(),
            identity: IdentityKey::from_secret_bytes(&[1; 32]),
            wallets: Vec::new(),
            secrets: vec![(SecretName::wallet_share(&[2; 16]), SecretBytes::copy_of(&[3; 32]))],
        };
        let store = NoRoomForShares::default();
        assert!(restored.store(&store).is_err());
        assert!(store.0.lock().unwrap().is_empty(), "the program still runs under the old one");
    }
}
