//! What a transaction did for one wallet, read from the balances before and after it, whatever programs it called.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{
    Address, Signature,
    meaning::read_marker,
    memo::MAX_MEMO,
    program::{MEMO, MEMO_1, SYSTEM},
    rpc::{Failure, read_failure, tamed},
};

/// The most accounts that a transaction can name.
const MAX_ACCOUNTS: usize = 256;
/// The most others that an entry names.
const MAX_OTHERS: usize = 8;

/// One transaction from a wallet's point of view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The transaction.
    pub id: Signature,
    /// Its slot.
    pub slot: u64,
    /// When, in seconds since 1970, as its block says.
    pub time: Option<i64>,
    /// Why it had no effect but the fee, if so.
    pub failure: Option<Failure>,
    /// The lamports that came in (or went out), without the fee and the deposit.
    pub lamports: i128,
    /// The fee that this wallet paid, in lamports; 0 if somebody else did.
    pub fee: u64,
    /// What this wallet put into the payment's [marker](super::marker), in lamports; 0 if it made none.
    pub deposit: u64,
    /// The tokens that came in (or went out).
    pub tokens: Vec<TokenChange>,
    /// Whom it came from or went to: those whose balance changed the other way, at most eight.
    pub others: Vec<Address>,
    /// The notes that it carries, tamed for showing. Anyone can write anything to anyone.
    pub memo: Option<String>,
}

/// What a transaction did to a wallet's tokens of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenChange {
    /// Which.
    pub mint: Address,
    /// How many decimals they have, as the server says.
    pub decimals: u8,
    /// How many came in (or went out), in the smallest parts.
    pub amount: i128,
}

#[doc(hidden)]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WireTransaction {
    slot: u64,
    block_time: Option<i64>,
    transaction: WireSigned,
    meta: WireMeta,
}

#[derive(Deserialize)]
struct WireSigned {
    signatures: Vec<String>,
    message: WireMessage,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireMessage {
    account_keys: Vec<Address58>,
    instructions: Vec<WireInstruction>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireInstruction {
    program_id_index: usize,
    data: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireMeta {
    err: Option<Value>,
    fee: u64,
    pre_balances: Vec<u64>,
    post_balances: Vec<u64>,
    #[serde(default)]
    pre_token_balances: Option<Vec<WireTokens>>,
    #[serde(default)]
    post_token_balances: Option<Vec<WireTokens>>,
    #[serde(default)]
    loaded_addresses: Option<WireLoaded>,
}

#[derive(Deserialize)]
struct WireLoaded {
    writable: Vec<Address58>,
    readonly: Vec<Address58>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireTokens {
    mint: Address58,
    #[serde(default)]
    owner: Option<Address58>,
    ui_token_amount: WireAmount,
}

#[derive(Deserialize)]
struct WireAmount {
    amount: String,
    decimals: u8,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
struct Address58(Address);

impl TryFrom<String> for Address58 {
    type Error = super::NoAddress;

    fn try_from(text: String) -> Result<Self, super::NoAddress> {
        text.parse().map(Self)
    }
}

impl WireTransaction {
    pub(super) fn read(self, id: Signature, wallet: Address) -> Option<Entry> {
        let Self { slot, block_time, transaction, meta } = self;
        let first: Signature = transaction.signatures.first()?.parse().ok()?;
        let loaded = meta.loaded_addresses.as_ref();
        let loaded = loaded.into_iter().flat_map(|loaded| loaded.writable.iter().chain(&loaded.readonly));
        let keys: Vec<Address> =
            transaction.message.account_keys.iter().chain(loaded).map(|key| key.0).collect();
        let counts = [meta.pre_balances.len(), meta.post_balances.len()];
        if first != id || keys.len() > MAX_ACCOUNTS || counts != [keys.len(); 2] {
            return None;
        }
        let failure = read_failure(meta.err.as_ref())?;
        let fee = if keys.first() == Some(&wallet) { meta.fee } else { 0 };
        let changes: Vec<(Address, i128)> = keys
            .iter()
            .zip(meta.pre_balances.iter().zip(&meta.post_balances))
            .map(|(key, (before, after))| (*key, i128::from(*after).saturating_sub((*before).into())))
            .collect();
        let own = changes.iter().filter(|(key, _)| *key == wallet).map(|(_, change)| change).sum::<i128>();
        let marker = own_marker(&transaction.message, &keys, &wallet);
        let deposit = changes.iter().find(|(key, _)| Some(*key) == marker).map_or(0, |(_, change)| *change);
        let deposit = u64::try_from(deposit).unwrap_or(0);
        let lamports = own.saturating_add(fee.into()).saturating_add(deposit.into());

        let tokens = token_changes(&meta)?;
        let own_tokens: Vec<TokenChange> = tokens
            .iter()
            .filter(|(owner, change)| *owner == wallet && change.amount != 0)
            .map(|(_, c)| *c)
            .collect();
        // Who makes a token account pays for it; with tokens moved, those say who the others are.
        let mut others: Vec<Address> = if own_tokens.is_empty() {
            let is_other = |change: i128| change.signum() == -lamports.signum() && change != 0;
            changes
                .iter()
                .filter(|(key, change)| *key != wallet && Some(*key) != marker && is_other(*change))
                .map(|(key, _)| *key)
                .collect()
        } else {
            let is_other = |change: &TokenChange| {
                own_tokens
                    .iter()
                    .any(|own| own.mint == change.mint && own.amount.signum() == -change.amount.signum())
            };
            tokens
                .iter()
                .filter(|(owner, change)| *owner != wallet && is_other(change))
                .map(|(o, _)| *o)
                .collect()
        };
        others.truncate(MAX_OTHERS);
        let memo = memo(&transaction.message, &keys);
        let (time, tokens) = (block_time, own_tokens);
        Some(Entry { id, slot, time, failure, lamports, fee, deposit, tokens, others, memo })
    }
}

/// What each owner's tokens of each kind have become more or less by.
fn token_changes(meta: &WireMeta) -> Option<Vec<(Address, TokenChange)>> {
    let mut changes: BTreeMap<(Address, Address), TokenChange> = BTreeMap::new();
    for (balances, sign) in [(&meta.pre_token_balances, -1), (&meta.post_token_balances, 1)] {
        let balances = balances.as_deref().unwrap_or_default();
        if balances.len() > MAX_ACCOUNTS {
            return None;
        }
        for WireTokens { mint, owner, ui_token_amount } in balances {
            // Servers knew no owners before 2021.
            let Some(owner) = owner else { continue };
            let amount: u64 = ui_token_amount.amount.parse().ok()?;
            let decimals = ui_token_amount.decimals;
            let change =
                changes.entry((owner.0, mint.0)).or_insert(TokenChange { mint: mint.0, decimals, amount: 0 });
            change.amount = change.amount.saturating_add(i128::from(amount).saturating_mul(sign));
        }
    }
    Some(changes.into_iter().map(|((owner, _), change)| (owner, change)).collect())
}

/// Where the marker lies that the wallet made for a payment of its own.
fn own_marker(message: &WireMessage, keys: &[Address], wallet: &Address) -> Option<Address> {
    let is_own = keys.first() == Some(wallet);
    let marker = calls(message, keys, &[SYSTEM]).find_map(|data| read_marker(&data, wallet));
    marker.filter(|_| is_own).map(|marker| marker.address(wallet))
}

fn memo(message: &WireMessage, keys: &[Address]) -> Option<String> {
    let notes: Vec<String> = calls(message, keys, &[MEMO, MEMO_1])
        .map(|note| String::from_utf8_lossy(&note).into_owned())
        .collect();
    (!notes.is_empty()).then(|| tamed(&notes.join(" · "), MAX_MEMO))
}

/// What these programs were called with.
fn calls<'a>(
    message: &'a WireMessage,
    keys: &'a [Address],
    programs: &'a [Address],
) -> impl Iterator<Item = Vec<u8>> + 'a {
    let is_of =
        |call: &&WireInstruction| keys.get(call.program_id_index).is_some_and(|key| programs.contains(key));
    let calls = message.instructions.iter().filter(is_of);
    // A transaction holds fewer bytes than this.
    calls.filter(|call| call.data.len() <= 2048).filter_map(|call| bs58::decode(&call.data).into_vec().ok())
}
