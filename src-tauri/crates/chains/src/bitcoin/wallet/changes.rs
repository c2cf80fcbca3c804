//! What is stored of a wallet: one piece after another, each the JSON of what changed.

use bdk_wallet::{ChangeSet, KeychainKind, Wallet, chain::Merge as _};

use miniscript::{Descriptor, DescriptorPublicKey};

use super::{LOOKAHEAD, WalletError, WatchOnly};
use crate::bitcoin::{Account, Keychain};

impl WatchOnly {
    /// The wallet of an account from all that was stored of it, in order. From nothing, it is a new one.
    pub fn load<T: AsRef<[u8]>>(
        account: Account,
        stored: impl IntoIterator<Item = T>,
    ) -> Result<Self, WalletError> {
        let Some(changes) = merge(&account, stored)? else { return Self::new(account) };
        let [receive, change] = Keychain::ALL.map(|keychain| account.keychain_descriptor(keychain));
        let wallet = Wallet::load()
            .descriptor(KeychainKind::External, Some(receive))
            .descriptor(KeychainKind::Internal, Some(change))
            .check_network(account.network().into())
            .lookahead(LOOKAHEAD)
            .load_wallet_no_persist(changes)
            .map_err(|_| WalletError::Damaged)?
            .ok_or(WalletError::Damaged)?;
        Ok(Self { account, wallet })
    }

    /// What changed since the last call, if anything did: to be stored after all earlier ones.
    pub fn take_changes(&mut self) -> Result<Option<Vec<u8>>, WalletError> {
        let Some(changes) = self.wallet.staged() else { return Ok(None) };
        let bytes = serde_json::to_vec(changes).map_err(|_| WalletError::Damaged)?;
        drop(self.wallet.take_staged());
        Ok(Some(bytes))
    }
}

/// One piece that says the same as all these in order, to replace them in storage.
pub fn compact<T: AsRef<[u8]>>(
    account: &Account,
    stored: impl IntoIterator<Item = T>,
) -> Result<Option<Vec<u8>>, WalletError> {
    merge(account, stored)?
        .map(|changes| serde_json::to_vec(&changes).map_err(|_| WalletError::Damaged))
        .transpose()
}

fn merge<T: AsRef<[u8]>>(
    account: &Account,
    stored: impl IntoIterator<Item = T>,
) -> Result<Option<ChangeSet>, WalletError> {
    let mut all = None::<ChangeSet>;
    for piece in stored {
        let changes: ChangeSet = serde_json::from_slice(piece.as_ref()).map_err(|_| WalletError::Damaged)?;
        if !is_of(&changes, account) {
            return Err(WalletError::Damaged);
        }
        all.get_or_insert_default().merge(changes);
    }
    Ok(all)
}

/// What a piece says of its wallet, if it says it, must be this account's.
fn is_of(changes: &ChangeSet, account: &Account) -> bool {
    let is = |descriptor: &Option<Descriptor<DescriptorPublicKey>>, keychain| {
        descriptor
            .as_ref()
            .is_none_or(|descriptor| descriptor.to_string() == account.keychain_descriptor(keychain))
    };
    is(&changes.descriptor, Keychain::Receive)
        && is(&changes.change_descriptor, Keychain::Change)
        && changes.network.is_none_or(|network| network == account.network().into())
}
