//! What a server has said of a wallet, and what it still has to be asked.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use chains::solana::{
    Address, Signature,
    history::Entry,
    rpc::{
        Account, Found, GetAccounts, GetBalance, GetSignatures, GetTokenAccounts, GetTransaction, HeldTokens,
        MAX_ADDRESSES, RpcError,
    },
    token::{Mint, TokenProgram},
};
use tokio::time::sleep;

use super::{SolanaError, rpc::Server};
use crate::snapshot::SolanaLedgerView;

/// Token accounts that are asked for their transactions in one look. Others have their turn in the next ones.
const ACCOUNTS: usize = 10;
/// Transactions that are fetched without a pause; public servers answer forty such questions in ten seconds.
const AT_ONCE: usize = 20;
const BREATH: Duration = Duration::from_millis(250);
/// How often a transaction is asked for of which the server says nothing that can be read.
const TRIES: u8 = 3;
/// A server's number for a transaction of a version that it was not asked for.
const OTHER_VERSION: i64 = -32_015;

/// What is known of a wallet.
pub(crate) struct Known {
    address: Address,
    /// In lamports.
    pub(super) balance: Option<u64>,
    /// Those with something in them first, at most [`SolanaLedgerView::TOKENS`].
    pub(super) tokens: Vec<HeldTokens>,
    pub(super) token_count: usize,
    /// Of the mints of those tokens.
    pub(super) decimals: BTreeMap<Address, u8>,
    /// The wallet's latest transactions, the newest first, at most [`SolanaLedgerView::LATEST`].
    pub(super) latest: Vec<Found>,
    /// What they did.
    fetched: BTreeMap<Signature, Fetched>,
    /// The transactions of its token accounts.
    accounts: BTreeMap<Address, Asked>,
    looks: u64,
}

enum Fetched {
    Read(Box<Entry>),
    /// So many times in vain.
    Unread(u8),
}

/// A token account, when it was asked for its transactions.
struct Asked {
    look: u64,
    /// What was in it then.
    amount: u64,
    found: Vec<Found>,
}

impl Known {
    pub(super) const fn new(address: Address) -> Self {
        Self {
            address,
            balance: None,
            tokens: Vec::new(),
            token_count: 0,
            decimals: BTreeMap::new(),
            latest: Vec::new(),
            fetched: BTreeMap::new(),
            accounts: BTreeMap::new(),
            looks: 0,
        }
    }

    pub(super) const fn address(&self) -> &Address {
        &self.address
    }

    /// What one of the latest transactions did, as far as the server told.
    pub(super) fn entry(&self, found: &Found) -> Option<&Entry> {
        match self.fetched.get(&found.id)? {
            // One that moved to another block may do something else there.
            Fetched::Read(entry) => (entry.slot == found.status.slot).then_some(entry),
            Fetched::Unread(_) => None,
        }
    }

    /// Asks for SOL and tokens.
    pub(super) async fn read_holdings(&mut self, server: &Server) -> Result<(), SolanaError> {
        let balance = server.ask(&GetBalance(self.address)).await?;
        let mut held = BTreeMap::new();
        for program in TokenProgram::ALL {
            let accounts = server.ask(&GetTokenAccounts { owner: self.address, program }).await?;
            held.extend(accounts.into_iter().map(|account| (account.address, account)));
        }
        let mut tokens: Vec<HeldTokens> = held.into_values().collect();
        tokens.sort_by_key(|held| (held.account.amount == 0, held.account.mint, held.address));
        let token_count = tokens.len();
        tokens.truncate(SolanaLedgerView::TOKENS);
        self.read_decimals(server, &tokens).await?;
        self.balance = Some(balance);
        self.tokens = tokens;
        self.token_count = token_count;
        Ok(())
    }

    async fn read_decimals(&mut self, server: &Server, tokens: &[HeldTokens]) -> Result<(), SolanaError> {
        let mints: BTreeMap<_, _> = tokens.iter().map(|held| (held.account.mint, held.program)).collect();
        self.decimals.retain(|mint, _| mints.contains_key(mint));
        let unknown: Vec<_> =
            mints.into_iter().filter(|(mint, _)| !self.decimals.contains_key(mint)).collect();
        for some in unknown.chunks(MAX_ADDRESSES) {
            let accounts = server.ask(&GetAccounts(some.iter().map(|(mint, _)| *mint).collect())).await?;
            let read = some
                .iter()
                .zip(accounts)
                .filter_map(|((mint, program), account)| Some((*mint, decimals(&account?, *program)?)));
            self.decimals.extend(read);
        }
        Ok(())
    }

    /// Asks for the latest transactions, and what those did that were not fetched yet.
    pub(super) async fn read_history(&mut self, server: &Server) -> Result<(), SolanaError> {
        self.looks = self.looks.saturating_add(1);
        let own = server.ask(&latest_of(self.address)).await?;
        let held: BTreeSet<_> = self.tokens.iter().map(|held| held.address).collect();
        self.accounts.retain(|account, _| held.contains(account));
        for (account, amount) in self.due() {
            let found = server.ask(&latest_of(account)).await?;
            self.accounts.insert(account, Asked { look: self.looks, amount, found });
        }
        let all = own.iter().chain(self.accounts.values().flat_map(|asked| &asked.found));
        self.latest = newest(all);
        let listed: BTreeSet<_> = self.latest.iter().map(|found| found.id).collect();
        self.fetched.retain(|id, _| listed.contains(id));
        self.fetch(server).await
    }

    /// The token accounts to be asked now, with what is in them: first those in which that changed, then those that were
    /// not asked for longest. What somebody pays in is a transaction of theirs and not of the wallet.
    fn due(&self) -> Vec<(Address, u64)> {
        let mut due: Vec<_> = self
            .tokens
            .iter()
            .map(|held| {
                let amount = held.account.amount;
                let asked = self.accounts.get(&held.address);
                let turn = asked.filter(|asked| asked.amount == amount).map(|asked| asked.look);
                (turn, held.address, amount)
            })
            .collect();
        due.sort_by_key(|(turn, _, _)| *turn);
        due.into_iter().take(ACCOUNTS).map(|(_, account, amount)| (account, amount)).collect()
    }

    async fn fetch(&mut self, server: &Server) -> Result<(), SolanaError> {
        let missing: Vec<_> = self.latest.iter().filter(|found| self.is_wanted(found)).cloned().collect();
        for (number, found) in missing.into_iter().enumerate() {
            if number >= AT_ONCE {
                sleep(BREATH).await;
            }
            let (id, address) = (found.id, self.address);
            let entry = match server.ask(&GetTransaction { id, address }).await {
                Ok(entry) => entry.filter(|entry| entry.slot == found.status.slot),
                Err(SolanaError::Rpc(RpcError::Malformed | RpcError::TooLong)) => None,
                Err(SolanaError::Rpc(RpcError::Refused { code: OTHER_VERSION, .. })) => None,
                Err(error) => return Err(error),
            };
            let fetched = match (entry, self.fetched.get(&id)) {
                (Some(entry), _) => Fetched::Read(Box::new(entry)),
                (None, Some(Fetched::Unread(tries))) => Fetched::Unread(tries.saturating_add(1)),
                (None, _) => Fetched::Unread(1),
            };
            self.fetched.insert(id, fetched);
        }
        Ok(())
    }

    fn is_wanted(&self, found: &Found) -> bool {
        match self.fetched.get(&found.id) {
            None => true,
            Some(Fetched::Read(entry)) => entry.slot != found.status.slot,
            Some(Fetched::Unread(tries)) => *tries < TRIES,
        }
    }
}

fn latest_of(address: Address) -> GetSignatures {
    GetSignatures { address, before: None, limit: SolanaLedgerView::LATEST }
}

/// The newest of several lists, each once. In one block they keep their order.
fn newest<'a>(all: impl Iterator<Item = &'a Found>) -> Vec<Found> {
    let mut seen = BTreeSet::new();
    let mut latest: Vec<_> = all.filter(|found| seen.insert(found.id)).cloned().collect();
    latest.sort_by_key(|found| Reverse(found.status.slot));
    latest.truncate(SolanaLedgerView::LATEST);
    latest
}

fn decimals(account: &Account, program: TokenProgram) -> Option<u8> {
    let is_of_it = account.owner == program.address();
    let mint = is_of_it.then(|| Mint::parse(&account.data, program).ok()).flatten();
    mint.map(|mint| mint.decimals)
}

#[cfg(test)]
mod tests {
    use chains::solana::{
        rpc::{Confirmation, Status},
        token::TokenAccount,
    };

    use super::*;

    fn held(seed: u8, amount: u64) -> HeldTokens {
        let (mint, owner) = (Address::from_bytes([200; 32]), Address::from_bytes([201; 32]));
        let account = TokenAccount { mint, owner, amount, is_frozen: false };
        HeldTokens { address: Address::from_bytes([seed; 32]), account, program: TokenProgram::Token }
    }

    fn found(seed: u8, slot: u64) -> Found {
        let status = Status { slot, confirmation: Confirmation::Finalized, failure: None };
        Found { id: Signature::from_bytes([seed; 64]), status, time: None }
    }

    fn first_bytes(due: &[(Address, u64)]) -> Vec<u8> {
        due.iter().map(|(address, _)| address.as_bytes()[0]).collect()
    }

    #[test]
    fn every_token_account_has_its_turn_and_one_that_changed_has_it_first() {
        let mut known = Known::new(Address::from_bytes([201; 32]));
        known.tokens = (1..=14).map(|seed| held(seed, 5)).collect();
        let look = |known: &mut Known| {
            known.looks += 1;
            let due = known.due();
            for (account, amount) in &due {
                let asked = Asked { look: known.looks, amount: *amount, found: Vec::new() };
                known.accounts.insert(*account, asked);
            }
            first_bytes(&due)
        };
        assert_eq!(look(&mut known), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        assert_eq!(look(&mut known), [11, 12, 13, 14, 1, 2, 3, 4, 5, 6]);
        known.tokens[13].account.amount = 6;
        assert_eq!(look(&mut known), [14, 7, 8, 9, 10, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn the_newest_of_all_accounts_are_listed_once_each() {
        let own = [found(1, 9), found(2, 7), found(3, 7)];
        let tokens = [found(4, 8), found(2, 7)];
        let ids = |found: &[Found]| found.iter().map(|found| found.id).collect::<Vec<_>>();
        let expected = [found(1, 9), found(4, 8), found(2, 7), found(3, 7)];
        assert_eq!(ids(&newest(own.iter().chain(&tokens))), ids(&expected));
        let many: Vec<_> = (0..80).map(|seed| found(seed, seed.into())).collect();
        let latest = newest(many.iter());
        assert_eq!(latest.len(), SolanaLedgerView::LATEST);
        assert_eq!(latest[0].status.slot, 79, "the oldest are left out");
    }
}
