//! Making a share durable, and its traces disappear.

use coordinator::{
    SecretShare,
    dkg::{Dkg, Effect, PendingWallet, WalletRecord},
};
use identity::{DeviceId, DeviceName};
use keystore::{KeystoreError, SecretBytes, SecretName};
use mesh::SessionSecret;
use tokio::{sync::oneshot, task::spawn_blocking};

use super::{SessionEvent, Setting, ceremony::Session};
use crate::{
    actor::keys::erase,
    clock::now_ms,
    error::keystore_words,
    message::MessagePart,
    reason::{self, Reason, explained},
    storage::{Stage, StorageError, StoredWallet, WalletId},
    wallet::{self, Record, Wallet},
};

fn gone() -> Reason {
    vec![MessagePart::Closed {}]
}

fn because(error: KeystoreError) -> Reason {
    vec![keystore_words(&error).1]
}

fn database(error: &StorageError) -> Reason {
    explained(MessagePart::StorageFailed {}, &reason::of_storage(error), Vec::new())
}

impl Session {
    /// The row says *storing* before the keystore is touched, so that an interrupted attempt can be
    /// erased at the next start, and *pending* when the secrets are durable.
    pub(super) async fn store_pending(
        &mut self,
        pending: PendingWallet,
        share: SecretShare,
    ) -> Result<(), Reason> {
        let id = wallet::wallet_id(&pending.transcript().transcript_hash());
        self.wallet = Some(id);
        self.store(self.row(id, Stage::Storing, wallet::encode(&pending))).await?;
        let store = self.setting.keys.store.clone();
        let secrets = [
            (SecretName::wallet_share(&id.0), SecretBytes::new(share.expose_bytes())),
            (SecretName::link_secret(&id.0), SecretBytes::copy_of(self.secret.as_bytes())),
        ];
        let stored = spawn_blocking(move || {
            secrets.iter().try_for_each(|(name, secret)| store.put(name, secret)).map_err(because)
        });
        stored.await.map_err(|_| gone())??;
        self.store(self.row(id, Stage::Pending, wallet::encode(&pending))).await
    }

    /// This device's word to the others is durable before it is given.
    pub(super) async fn update_pending(&mut self, pending: PendingWallet) -> Result<(), Reason> {
        let Some(id) = self.wallet else { return Ok(()) };
        self.store(self.row(id, Stage::Pending, wallet::encode(&pending))).await
    }

    /// The row becomes active, and the members become contacts.
    pub(super) async fn activate(&mut self, record: WalletRecord) -> Result<(), Reason> {
        let Some(id) = self.wallet else { return Ok(()) };
        let me = record.me();
        let roster = record.certificate().transcript().roster().map_err(|error| reason::detail(&error))?;
        let others = roster.members().iter().filter(|member| member.id != me);
        let met = others.map(|member| (member.id, member.name.clone())).collect();
        self.active = Some(wallet::encode(&record));
        self.store_met(self.row(id, Stage::Active, wallet::encode(&record)), met).await
    }

    /// Nobody needs this device's certificate any more.
    pub(super) async fn everyone(&mut self) -> Result<(), Reason> {
        let (Some(id), Some(record)) = (self.wallet, self.active.clone()) else { return Ok(()) };
        let mut row = self.row(id, Stage::Active, record);
        row.everyone = true;
        self.store(row).await
    }

    fn row(&self, id: WalletId, stage: Stage, record: Vec<u8>) -> StoredWallet {
        StoredWallet {
            id,
            stage,
            record,
            server: self.setting.server.to_string(),
            verified: false,
            everyone: false,
            created_at: now_ms(),
            name: None,
            receive_index: 0,
        }
    }

    async fn store(&self, row: StoredWallet) -> Result<(), Reason> {
        self.store_met(row, Vec::new()).await
    }

    async fn store_met(&self, row: StoredWallet, met: Vec<(DeviceId, DeviceName)>) -> Result<(), Reason> {
        let (reply, done) = oneshot::channel();
        self.send(SessionEvent::Store { wallet: Box::new(row), met, reply }).await;
        done.await.map_err(|_| gone())?.map_err(|error| database(&error))
    }

    /// Erases the secrets, then the row, which says *storing* meanwhile: the next start erases what is left.
    pub(super) async fn erase(&mut self) -> Result<(), Reason> {
        let Some(id) = self.wallet else { return Ok(()) };
        self.store(self.row(id, Stage::Storing, Vec::new())).await?;
        let store = self.setting.keys.store.clone();
        let erased = spawn_blocking(move || erase(store.as_ref(), id).map_err(because));
        erased.await.map_err(|_| gone())??;
        let (reply, done) = oneshot::channel();
        self.send(SessionEvent::Erased { wallet: id, reply }).await;
        done.await.map_err(|_| gone())?.map_err(|error| database(&error))?;
        self.wallet = None;
        Ok(())
    }
}

/// Takes up what is stored of an interrupted ceremony.
pub(super) async fn reopen(
    setting: &Setting,
    wallet: &Wallet,
) -> Result<(SessionSecret, Dkg, Vec<Effect>), Reason> {
    let (store, id) = (setting.keys.store.clone(), wallet.id());
    let read = spawn_blocking(move || {
        let read = |name| store.get(&name).map_err(because);
        Ok::<_, Reason>((read(SecretName::link_secret(&id.0))?, read(SecretName::wallet_share(&id.0))?))
    });
    let (secret, share) = read.await.map_err(|_| gone())??;
    let missing = || vec![MessagePart::SecretsMissing {}];
    let secret = secret.ok_or_else(missing)?;
    let secret: &[u8; 16] = secret.expose().try_into().map_err(|_| missing())?;
    let secret = SessionSecret::from_bytes(*secret);
    let identity = setting.keys.identity.clone();
    let resumed = match wallet.record() {
        Record::Pending(record) => {
            let share = share.ok_or_else(missing)?;
            let share = SecretShare::from_bytes(share.expose()).map_err(|error| reason::detail(&error))?;
            Dkg::resume(identity, *record.clone(), share)
        }
        Record::Active(record) => Dkg::resume_active(identity, *record.clone()),
    };
    let (dkg, first) = resumed.map_err(|error| reason::detail(&error))?;
    Ok((secret, dkg, first))
}
