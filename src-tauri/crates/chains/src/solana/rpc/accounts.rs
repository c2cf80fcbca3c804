//! What lies at addresses.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{AtSlot, Call};
use crate::solana::{
    Address,
    token::{TokenAccount, TokenProgram},
};

/// The most of an account's data that is asked for, in bytes. No token account is longer, and hardly any mint.
pub const MAX_ACCOUNT_DATA: usize = 8 * 1024;
/// The most addresses that can be asked for at once.
pub const MAX_ADDRESSES: usize = 100;
/// Enough for some 6,000 token accounts, and for [`MAX_ADDRESSES`] accounts.
const LONG_ANSWER: usize = 4 * 1024 * 1024;

/// How many lamports lie at an address.
#[derive(Clone, Copy, Debug)]
pub struct GetBalance(pub Address);

/// What lies at an address, with at most [`MAX_ACCOUNT_DATA`] bytes of its data.
#[derive(Clone, Copy, Debug)]
pub struct GetAccount(pub Address);

/// The same of several addresses: at most [`MAX_ADDRESSES`], the rest is not asked for.
#[derive(Clone, Debug)]
pub struct GetAccounts(pub Vec<Address>);

/// The token accounts that a wallet has with one program. Ask for both.
#[derive(Clone, Copy, Debug)]
pub struct GetTokenAccounts {
    /// The wallet.
    pub owner: Address,
    /// The program.
    pub program: TokenProgram,
}

/// How many lamports an account with so many bytes of data must have at least.
#[derive(Clone, Copy, Debug)]
pub struct GetRentMinimum(pub usize);

/// What lies at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// In lamports.
    pub balance: u64,
    /// The program that governs it; of a wallet, the system program.
    pub owner: Address,
    /// Whether it is itself a program.
    pub is_program: bool,
    /// Its data, from the beginning.
    pub data: Vec<u8>,
    /// How long its data is in all.
    pub length: u64,
}

/// One of a wallet's token accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldTokens {
    /// Where it lies. Only tokens in the associated account can be sent.
    pub address: Address,
    /// What is in it.
    pub account: TokenAccount,
    /// The program that keeps it.
    pub program: TokenProgram,
}

#[doc(hidden)]
#[derive(Deserialize)]
pub struct WireAccount {
    lamports: u64,
    owner: String,
    executable: bool,
    data: (String, String),
    #[serde(default)]
    space: Option<u64>,
}

#[doc(hidden)]
#[derive(Deserialize)]
pub struct WireHeld {
    pubkey: String,
    account: WireAccount,
}

impl Call for GetBalance {
    type Answer = u64;
    type Wire = AtSlot<u64>;
    const METHOD: &'static str = "getBalance";

    fn parameters(&self) -> Value {
        json!([self.0.to_string(), { "commitment": "confirmed" }])
    }

    fn read(&self, wire: AtSlot<u64>) -> Option<u64> {
        Some(wire.value)
    }
}

impl Call for GetAccount {
    /// `None`: nothing lies there.
    type Answer = Option<Account>;
    type Wire = AtSlot<Option<WireAccount>>;
    const METHOD: &'static str = "getAccountInfo";

    fn parameters(&self) -> Value {
        json!([self.0.to_string(), cut()])
    }

    fn read(&self, wire: AtSlot<Option<WireAccount>>) -> Option<Option<Account>> {
        match wire.value {
            None => Some(None),
            Some(account) => account.read().map(Some),
        }
    }
}

impl Call for GetAccounts {
    /// One for each; `None` where nothing lies.
    type Answer = Vec<Option<Account>>;
    type Wire = AtSlot<Vec<Option<WireAccount>>>;
    const METHOD: &'static str = "getMultipleAccounts";
    const LONGEST_ANSWER: usize = LONG_ANSWER;

    fn parameters(&self) -> Value {
        let addresses: Vec<_> = self.asked().iter().map(ToString::to_string).collect();
        json!([addresses, cut()])
    }

    fn read(&self, wire: AtSlot<Vec<Option<WireAccount>>>) -> Option<Vec<Option<Account>>> {
        if wire.value.len() != self.asked().len() {
            return None;
        }
        let read = |account: Option<WireAccount>| account.map_or(Some(None), |lies| lies.read().map(Some));
        wire.value.into_iter().map(read).collect()
    }
}

impl GetAccounts {
    fn asked(&self) -> &[Address] {
        self.0.get(..MAX_ADDRESSES).unwrap_or(&self.0)
    }
}

impl Call for GetTokenAccounts {
    type Answer = Vec<HeldTokens>;
    type Wire = AtSlot<Vec<WireHeld>>;
    const METHOD: &'static str = "getTokenAccountsByOwner";
    const LONGEST_ANSWER: usize = LONG_ANSWER;

    fn parameters(&self) -> Value {
        let program = json!({ "programId": self.program.address().to_string() });
        json!([self.owner.to_string(), program, { "commitment": "confirmed", "encoding": "base64" }])
    }

    fn read(&self, wire: AtSlot<Vec<WireHeld>>) -> Option<Vec<HeldTokens>> {
        let read = |held: WireHeld| {
            let address = held.pubkey.parse().ok()?;
            let lies = held.account.read()?;
            let account = TokenAccount::parse(&lies.data, self.program).ok()?;
            let is_asked_for = lies.owner == self.program.address() && account.owner == self.owner;
            is_asked_for.then_some(HeldTokens { address, account, program: self.program })
        };
        wire.value.into_iter().map(read).collect()
    }
}

impl Call for GetRentMinimum {
    type Answer = u64;
    type Wire = u64;
    const METHOD: &'static str = "getMinimumBalanceForRentExemption";

    fn parameters(&self) -> Value {
        json!([self.0, { "commitment": "confirmed" }])
    }

    fn read(&self, lamports: u64) -> Option<u64> {
        Some(lamports)
    }
}

/// How an account is asked for.
fn cut() -> Value {
    let slice = json!({ "offset": 0, "length": MAX_ACCOUNT_DATA });
    json!({ "commitment": "confirmed", "encoding": "base64", "dataSlice": slice })
}

impl WireAccount {
    fn read(self) -> Option<Account> {
        let (data, encoding) = self.data;
        if encoding != "base64" {
            return None;
        }
        let data = STANDARD.decode(data).ok()?;
        let length = self.space.unwrap_or(data.len().try_into().ok()?);
        Some(Account {
            balance: self.lamports,
            owner: self.owner.parse().ok()?,
            is_program: self.executable,
            data,
            length,
        })
    }
}
