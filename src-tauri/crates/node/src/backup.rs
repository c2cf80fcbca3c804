//! What a backup of a device holds: its identity, its finished wallets and whom it knows.
//!
//! A wallet whose ceremony has not finished is left out: after a later withdrawal, which others rely on, a
//! restored copy would not know of it.

use identity::{DeviceId, DeviceName, IdentityKey};
use keystore::{Keystore, KeystoreError, Passphrase, SecretName, backup};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{
    NodeError,
    contacts::Contacts,
    storage::{Stage, StoredContact, StoredWallet, WalletId},
    wallet::Wallet,
};

const VERSION: u8 = 2;
/// It had no contacts, no names of the owner's, and did not know which addresses were given out.
const FIRST: u8 = 1;

/// A device's identity and wallets, with their secrets. Wiped when dropped.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Contents {
    version: u8,
    device_name: String,
    identity: [u8; 32],
    wallets: Vec<Entry>,
    contacts: Vec<Known>,
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
    more: More,
}

/// What version 1 did not have.
#[derive(Default, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct More {
    name: Option<String>,
    receive_index: u32,
}

/// A contact.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct Known {
    device: [u8; 32],
    label: Option<String>,
    claimed: String,
    verified: bool,
    first_met: u64,
}

/// A checked backup: what goes to the database and what to the keystore.
pub(crate) struct Restored {
    pub(crate) device_name: DeviceName,
    pub(crate) identity: IdentityKey,
    pub(crate) wallets: Vec<StoredWallet>,
    pub(crate) contacts: Vec<StoredContact>,
    secrets: Vec<(SecretName, keystore::SecretBytes)>,
}

impl Contents {
    /// Collects the secrets of the rows from the keystore. Blocking.
    pub(crate) fn collect(
        store: &dyn Keystore,
        identity: &IdentityKey,
        device_name: &DeviceName,
        rows: Vec<StoredWallet>,
        contacts: &Contacts,
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
            contacts: contacts.iter().map(|contact| Known::new(&contact.stored)).collect(),
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
                more: More { name: row.name.map(String::from), receive_index: row.receive_index },
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
        let contents = match bytes.expose().first() {
            Some(&FIRST) => parse::<first::Contents>(bytes.expose())?.into(),
            _ => parse::<Self>(bytes.expose())?,
        };
        contents.check()
    }

    fn check(&self) -> Result<Restored, NodeError> {
        let identity = IdentityKey::from_secret_bytes(&self.identity);
        let mut restored = Restored {
            device_name: self.device_name.parse().map_err(|_| NodeError::DamagedBackup)?,
            secrets: Vec::with_capacity(2 * self.wallets.len()),
            wallets: Vec::with_capacity(self.wallets.len()),
            contacts: self.contacts.iter().map(Known::stored).collect::<Result<_, _>>()?,
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
            name: self.more.name.as_deref().and_then(|name| name.parse().ok()),
            receive_index: self.more.receive_index,
        })
    }
}

impl Known {
    fn new(contact: &StoredContact) -> Self {
        Self {
            device: *contact.device.as_bytes(),
            label: contact.label.as_ref().map(ToString::to_string),
            claimed: contact.claimed.to_string(),
            verified: contact.verified,
            first_met: contact.first_met,
        }
    }

    fn stored(&self) -> Result<StoredContact, NodeError> {
        let damaged = NodeError::DamagedBackup;
        Ok(StoredContact {
            device: DeviceId::from_bytes(&self.device).map_err(|_| NodeError::DamagedBackup)?,
            label: self.label.as_deref().and_then(|label| label.parse().ok()),
            claimed: self.claimed.parse().map_err(|_| damaged)?,
            verified: self.verified,
            first_met: self.first_met,
        })
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, NodeError> {
    match postcard::take_from_bytes(bytes) {
        Ok((contents, [])) => Ok(contents),
        _ => Err(NodeError::DamagedBackup),
    }
}

/// Backups of version 1, which are still read.
mod first {
    use serde::Deserialize;
    use zeroize::{Zeroize, ZeroizeOnDrop};

    #[derive(Deserialize, Zeroize, ZeroizeOnDrop)]
    #[cfg_attr(test, derive(serde::Serialize))]
    pub(super) struct Contents {
        pub(super) version: u8,
        pub(super) device_name: String,
        pub(super) identity: [u8; 32],
        pub(super) wallets: Vec<Entry>,
    }

    #[derive(Deserialize, Zeroize, ZeroizeOnDrop)]
    #[cfg_attr(test, derive(serde::Serialize))]
    pub(super) struct Entry {
        quarantined: bool,
        verified: bool,
        everyone: bool,
        created_at: u64,
        server: String,
        record: Vec<u8>,
        share: Vec<u8>,
        link_secret: Vec<u8>,
    }

    impl From<Contents> for super::Contents {
        fn from(mut first: Contents) -> Self {
            let wallets = std::mem::take(&mut first.wallets).into_iter().map(|mut entry| super::Entry {
                quarantined: entry.quarantined,
                verified: entry.verified,
                everyone: entry.everyone,
                created_at: entry.created_at,
                server: std::mem::take(&mut entry.server),
                record: std::mem::take(&mut entry.record),
                share: std::mem::take(&mut entry.share),
                link_secret: std::mem::take(&mut entry.link_secret),
                more: super::More::default(),
            });
            Self {
                version: super::VERSION,
                device_name: std::mem::take(&mut first.device_name),
                identity: first.identity,
                wallets: wallets.collect(),
                contacts: Vec::new(),
            }
        }
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
            contacts: Vec::new(),
            secrets: vec![(SecretName::wallet_share(&[2; 16]), SecretBytes::copy_of(&[3; 32]))],
        };
        let store = NoRoomForShares::default();
        assert!(restored.store(&store).is_err());
        assert!(store.0.lock().unwrap().is_empty(), "the program still runs under the old one");
    }

    fn known(device: u8) -> StoredContact {
        StoredContact {
            device: IdentityKey::from_secret_bytes(&[device; 32]).id(),
            label: Some("Robert".parse().unwrap()),
            claimed: "Bob".parse().unwrap(),
            verified: true,
            first_met: 5,
        }
    }

    #[test]
    fn whom_a_device_knows_comes_back_with_it() {
        let (identity, passphrase) =
            (IdentityKey::from_secret_bytes(&[1; 32]), Passphrase::new("correct horse battery".to_owned()));
        let contacts = Contacts::new(vec![known(2)]);
        let name = "Alice".parse().unwrap();
        let store = NoRoomForShares::default();
        let sealed = Contents::collect(&store, &identity, &name, Vec::new(), &contacts)
            .unwrap()
            .seal(&passphrase)
            .unwrap();
        let restored = Contents::open(&sealed, &passphrase).unwrap();
        assert_eq!((restored.identity.id(), &restored.device_name), (identity.id(), &name));
        assert_eq!(restored.contacts, [known(2)]);
    }

    #[test]
    fn a_backup_of_version_1_is_still_read_and_one_of_a_newer_version_is_told_as_such() {
        let passphrase = Passphrase::new("correct horse battery".to_owned());
        let old = |version| first::Contents {
            version,
            device_name: "Alice".to_owned(),
            identity: [1; 32],
            wallets: Vec::new(),
        };
        let sealed =
            |version| backup::seal(&postcard::to_allocvec(&old(version)).unwrap(), &passphrase).unwrap();
        let restored = Contents::open(&sealed(1), &passphrase).unwrap();
        assert_eq!(restored.device_name.as_str(), "Alice");
        assert!(restored.contacts.is_empty());
        assert!(matches!(Contents::open(&sealed(3), &passphrase), Err(NodeError::NewerBackup)));
        assert!(matches!(Contents::open(&sealed(2), &passphrase), Err(NodeError::DamagedBackup)));
    }
}
