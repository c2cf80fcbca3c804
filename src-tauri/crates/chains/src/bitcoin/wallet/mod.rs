//! The watch-only wallet of an account: the coins at its addresses, their history, and transactions made from them.
//!
//! A [`WatchOnly`] does no IO. It learns of the chain through the functions in `source`, from whoever asks a server or a
//! node; what changed in it comes out of [`take_changes`](WatchOnly::take_changes), to be stored before anything is done
//! that depends on it, and goes in again through [`load`](WatchOnly::load). It holds no secret. All of it can be found
//! again from the chain, apart from which addresses were handed out and which coins are reserved.
//!
//! Built on `bdk_wallet`. Every transaction that it builds is read by [`Spend`] as if it came from
//! somebody else, so the device that proposes it sees it as all others will.

mod build;
mod changes;
mod error;
mod history;
mod source;
#[cfg(test)]
mod tests;

use bdk_wallet::{AddressInfo, KeychainKind, LocalOutput};
use bitcoin::{Address, Amount, OutPoint};

use super::{Account, Keychain, Place, spend::Spend, spend::Target};
pub use build::{Coins, FeePayer, Payment, Recipients};
pub use changes::compact;
pub use error::{BuildError, WalletError};
pub use history::{Entry, Position};
pub use source::{
    Anchor, BlockId, CheckPoint, Event, Found, FullScanRequest, FullScanResponse,
    KeychainKind as SourceKeychain, SyncRequest, SyncResponse, Update,
};

/// How many unused addresses in a row other programs look at before they take the rest for unused, too.
pub const GAP_LIMIT: u32 = 20;
/// How many addresses beyond the last known one are watched.
const LOOKAHEAD: u32 = 50;
/// How far beyond the last known address one may lie that a transaction of this group pays back to.
const MAX_AHEAD: u32 = 1_000;

/// The coins and the history of an account, without keys.
#[derive(Debug)]
pub struct WatchOnly {
    account: Account,
    wallet: bdk_wallet::Wallet,
}

/// An address, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbered {
    /// The address.
    pub address: Address,
    /// Its keychain and number.
    pub place: Place,
}

/// What lies at the addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Balance {
    /// In blocks, and spendable.
    pub confirmed: Amount,
    /// Change of own transactions that are in no block yet. Spendable.
    pub own_pending: Amount,
    /// From others, in no block yet: it may still be taken back.
    pub others_pending: Amount,
    /// Mined, and locked until 100 blocks have passed.
    pub immature: Amount,
    /// The part of all these that is reserved by [`reserve`](WatchOnly::reserve).
    pub reserved: Amount,
}

/// A coin that is not spent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unspent {
    /// Which one.
    pub outpoint: OutPoint,
    /// What it is worth.
    pub amount: Amount,
    /// Where it lies.
    pub place: Place,
    /// Where the transaction that made it is.
    pub position: Position,
    /// Whether a transaction is being made of it already.
    pub is_reserved: bool,
}

impl WatchOnly {
    /// The wallet of an account of which nothing is known yet.
    pub fn new(account: Account) -> Result<Self, WalletError> {
        let [receive, change] = Keychain::ALL.map(|keychain| account.keychain_descriptor(keychain));
        let wallet = bdk_wallet::Wallet::create(receive, change)
            .network(account.network().into())
            .lookahead(LOOKAHEAD)
            .create_wallet_no_persist()
            .map_err(|_| WalletError::Descriptor)?;
        Ok(Self { account, wallet })
    }

    /// The account.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// What lies at the addresses.
    pub fn balance(&self) -> Balance {
        let balance = self.wallet.balance();
        Balance {
            confirmed: balance.confirmed,
            own_pending: balance.trusted_pending,
            others_pending: balance.untrusted_pending,
            immature: balance.immature,
            reserved: self.unspent().iter().filter(|coin| coin.is_reserved).map(|coin| coin.amount).sum(),
        }
    }

    /// The coins that are not spent, by outpoint.
    pub fn unspent(&self) -> Vec<Unspent> {
        let tip = self.wallet.latest_checkpoint().height();
        let mut coins: Vec<_> = self.wallet.list_unspent().map(|output| self.coin(&output, tip)).collect();
        coins.sort_by_key(|coin| coin.outpoint);
        coins
    }

    /// The lowest address that was handed out and got nothing yet, or the next new one.
    pub fn unused_address(&mut self, keychain: Keychain) -> Numbered {
        numbered(self.wallet.next_unused_address(kind(keychain)))
    }

    /// A new address, unless the last [`GAP_LIMIT`] of its keychain all got nothing yet: other programs would not look at it.
    pub fn new_address(&mut self, keychain: Keychain) -> Result<Numbered, WalletError> {
        let next = self.next_index(keychain);
        let is_used = |index| self.wallet.spk_index().is_used(kind(keychain), index);
        let has_room = next < GAP_LIMIT || (next - GAP_LIMIT..next).any(is_used);
        if !has_room {
            return Err(WalletError::TooManyUnused { limit: GAP_LIMIT });
        }
        Ok(numbered(self.wallet.reveal_next_address(kind(keychain))))
    }

    /// The number of the first address that was never handed out.
    pub fn next_index(&self, keychain: Keychain) -> u32 {
        self.wallet.derivation_index(kind(keychain)).map_or(0, |last| last.saturating_add(1))
    }

    /// The number that comes after the last address that got something.
    pub fn next_after_used(&self, keychain: Keychain) -> u32 {
        let last = self.wallet.spk_index().last_used_index(kind(keychain));
        last.map_or(0, |last| last.saturating_add(1))
    }

    /// Where a script of this wallet is, among the addresses handed out and some beyond.
    pub fn place_of(&self, address: &Address) -> Option<Place> {
        let (kind, index) = self.wallet.derivation_of_spk(address.script_pubkey())?;
        Some(Place { keychain: keychain(kind), index })
    }

    /// Takes the coins of a proposed transaction out of what later ones are built from, and watches the addresses that it
    /// pays back to, wherever it was built, until it is released, made or not. An address too far beyond those in use is
    /// not watched; see [`Spend::far_outputs`].
    pub fn reserve(&mut self, spend: &Spend) {
        for coin in spend.coins() {
            self.wallet.lock_outpoint(coin.outpoint);
        }
        for Place { keychain, index } in own_outputs(spend) {
            if index < self.next_index(keychain).saturating_add(MAX_AHEAD) {
                let _ = self.wallet.reveal_addresses_to(kind(keychain), index);
                self.wallet.mark_used(kind(keychain), index);
            }
        }
    }

    /// Gives back what was reserved for a transaction. If it was made, its coins are spent and its addresses used anyway.
    pub fn release(&mut self, spend: &Spend) {
        for coin in spend.coins() {
            self.wallet.unlock_outpoint(coin.outpoint);
        }
        for Place { keychain, index } in own_outputs(spend) {
            self.wallet.unmark_used(kind(keychain), index);
        }
    }

    /// Reserves just what these transactions need, and gives back all that was reserved before, by whichever run of the
    /// program: `earlier` are those that this run reserved for.
    pub fn reserve_only<'a>(
        &mut self,
        earlier: impl IntoIterator<Item = &'a Spend>,
        now: impl IntoIterator<Item = &'a Spend>,
    ) {
        earlier.into_iter().for_each(|spend| self.release(spend));
        let left: Vec<_> = self.wallet.list_locked_outpoints().collect();
        left.into_iter().for_each(|outpoint| self.wallet.unlock_outpoint(outpoint));
        now.into_iter().for_each(|spend| self.reserve(spend));
    }

    fn coin(&self, output: &LocalOutput, tip: u32) -> Unspent {
        Unspent {
            outpoint: output.outpoint,
            amount: output.txout.value,
            place: Place { keychain: keychain(output.keychain), index: output.derivation_index },
            position: Position::of(&output.chain_position, tip),
            is_reserved: self.wallet.is_outpoint_locked(output.outpoint),
        }
    }
}

fn own_outputs(spend: &Spend) -> impl Iterator<Item = Place> {
    spend.outputs().iter().filter_map(|output| match output.target {
        Target::Change { index } => Some(Place { keychain: Keychain::Change, index }),
        Target::Receive { index } => Some(Place { keychain: Keychain::Receive, index }),
        Target::To(_) | Target::Data(_) => None,
    })
}

fn numbered(info: AddressInfo) -> Numbered {
    Numbered { place: Place { keychain: keychain(info.keychain), index: info.index }, address: info.address }
}

const fn kind(keychain: Keychain) -> KeychainKind {
    match keychain {
        Keychain::Receive => KeychainKind::External,
        Keychain::Change => KeychainKind::Internal,
    }
}

const fn keychain(kind: KeychainKind) -> Keychain {
    match kind {
        KeychainKind::External => Keychain::Receive,
        KeychainKind::Internal => Keychain::Change,
    }
}
