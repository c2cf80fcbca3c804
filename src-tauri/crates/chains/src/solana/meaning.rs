//! From the bytes that are signed back to what they mean, read by the network's rules and not by how they were made.
//!
//! Devices don't need this to sign, since each builds the bytes itself. It is the other half of the proof that what is
//! signed is what was approved: of each byte there is one meaning, and it is the intent's.

use super::{
    Address,
    intent::{Intent, Payment},
    marker::{Marker, PaymentId},
    message::{Blockhash, MAX_TRANSACTION, read_length},
    program::{
        ASSOCIATED_TOKEN, COMPUTE_BUDGET, CREATE_IDEMPOTENT, MEMO, SET_UNIT_LIMIT, SET_UNIT_PRICE, SYSTEM,
        SYSTEM_CREATE_WITH_SEED, SYSTEM_TRANSFER, TRANSFER_CHECKED,
    },
    reader::Reader,
    token::{TokenProgram, associated_account},
};

/// What a message of one signer does, if it does nothing but what a payment does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// Who signs and pays the fee.
    pub payer: Address,
    /// The block that it is bound to.
    pub blockhash: Blockhash,
    /// The units of computing that it may use.
    pub units: u32,
    /// What it bids for each, in millionths of a lamport.
    pub price: u64,
    /// What lets it happen once only.
    pub marker: Marker,
    /// The token account that it makes first.
    pub creates: Option<Created>,
    /// Its memo.
    pub memo: Option<String>,
    /// What it moves.
    pub moved: Moved,
}

/// What a message moves out of the signer's reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moved {
    /// SOL.
    Sol {
        /// To where.
        to: Address,
        /// How much.
        lamports: u64,
    },
    /// Tokens.
    Token {
        /// The program that keeps them.
        program: TokenProgram,
        /// Which.
        mint: Address,
        /// The account that they leave.
        source: Address,
        /// The account at which they arrive.
        destination: Address,
        /// How many, in the smallest parts.
        amount: u64,
        /// How many decimals they must have.
        decimals: u8,
    },
}

/// A token account that a message makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Created {
    /// Where.
    pub account: Address,
    /// Whose.
    pub owner: Address,
    /// Of which tokens.
    pub mint: Address,
    /// The program that keeps them.
    pub program: TokenProgram,
}

/// The bytes are no payment's message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a payment's message")]
pub struct NotAPayment;

impl Meaning {
    /// Reads a legacy message that is a payment and nothing more.
    pub fn read(message: &[u8]) -> Result<Self, NotAPayment> {
        read(message).ok_or(NotAPayment)
    }

    /// Whether it is exactly what an intent says.
    pub fn is(&self, intent: &Intent) -> bool {
        let payer = Address::from(intent.payer());
        let (moved, creates) = match intent.payment() {
            Payment::Sol { to, lamports } => (Moved::Sol { to: *to, lamports: *lamports }, None),
            Payment::Token(token) => {
                let of = |owner| associated_account(owner, &token.mint, token.program);
                let (Some(source), Some(destination)) = (of(&payer), of(&token.to)) else { return false };
                let (program, mint) = (token.program, token.mint);
                let created = Created { account: destination, owner: token.to, mint, program };
                let (amount, decimals) = (token.amount, token.decimals);
                let moved = Moved::Token { program, mint, source, destination, amount, decimals };
                (moved, token.create_account.then_some(created))
            }
        };
        *self
            == Self {
                payer,
                blockhash: self.blockhash,
                units: intent.priority().units(),
                price: intent.priority().price(),
                marker: intent.marker(),
                creates,
                memo: intent.memo().map(ToString::to_string),
                moved,
            }
    }
}

/// The accounts of a message with one signer.
struct Accounts {
    keys: Vec<Address>,
    read_only: usize,
}

impl Accounts {
    fn key(&self, index: u8) -> Option<Address> {
        self.keys.get(usize::from(index)).copied()
    }

    /// How many can be changed: the payer comes first among them; what can't be comes last.
    fn writable(&self) -> usize {
        self.keys.len().saturating_sub(self.read_only)
    }

    fn is_writable(&self, index: u8) -> bool {
        usize::from(index) < self.writable()
    }

    /// Whether each account but the payer's is there for something.
    fn are_used(&self, calls: &[Call<'_>]) -> bool {
        (1..self.keys.len()).all(|index| {
            let names = |named: u8| usize::from(named) == index;
            calls.iter().any(|call| names(call.program_index) || call.accounts.iter().copied().any(names))
        })
    }
}

struct Call<'a> {
    program_index: u8,
    program: Address,
    accounts: &'a [u8],
    data: &'a [u8],
}

fn read(message: &[u8]) -> Option<Meaning> {
    // Without its signature and that there is one.
    if message.len() > MAX_TRANSACTION.saturating_sub(65) {
        return None;
    }
    let mut reader = Reader::new(message);
    let [signers, read_only_signers, read_only] = reader.array()?;
    let count = read_length(&mut reader)?;
    if (signers, read_only_signers) != (1, 0) || usize::from(read_only) >= count {
        return None;
    }
    let keys = (0..count).map(|_| reader.array().map(Address::from_bytes)).collect::<Option<Vec<_>>>()?;
    let is_repeated =
        keys.iter().enumerate().any(|(i, key)| keys.iter().skip(i.saturating_add(1)).any(|k| k == key));
    let accounts = Accounts { keys, read_only: read_only.into() };
    let blockhash = Blockhash::from_bytes(reader.array()?);
    let calls = read_length(&mut reader)?;
    let calls = (0..calls).map(|_| read_call(&mut reader, &accounts)).collect::<Option<Vec<_>>>()?;
    if is_repeated || !reader.is_at_end() {
        return None;
    }
    interpret(&accounts, blockhash, &calls)
}

fn read_call<'a>(reader: &mut Reader<'a>, accounts: &Accounts) -> Option<Call<'a>> {
    let program_index = reader.byte()?;
    let program = accounts.key(program_index)?;
    let length = read_length(reader)?;
    let named = reader.take(length)?;
    let length = read_length(reader)?;
    Some(Call { program_index, program, accounts: named, data: reader.take(length)? })
}

fn interpret(accounts: &Accounts, blockhash: Blockhash, calls: &[Call<'_>]) -> Option<Meaning> {
    let [mark, limit, price, middle @ .., last] = calls else { return None };
    let (creates, memo) = match middle {
        [] => (None, None),
        [one] if one.program == MEMO => (None, Some(one)),
        [one] => (Some(one), None),
        [create, memo] => (Some(create), Some(memo)),
        _ => return None,
    };
    let moved = moved(accounts, last)?;
    // The payer, the marker and what is moved to and from can be changed, and nothing else.
    let writable = match moved {
        Moved::Sol { .. } => 3,
        Moved::Token { .. } => 4,
    };
    if accounts.writable() != writable || !accounts.are_used(calls) {
        return None;
    }
    Some(Meaning {
        payer: accounts.key(0)?,
        blockhash,
        units: budget(limit, SET_UNIT_LIMIT)?.u32()?,
        price: budget(price, SET_UNIT_PRICE)?.u64()?,
        marker: marker(accounts, mark)?,
        creates: creates.map(|call| created(accounts, call).ok_or(())).transpose().ok()?,
        memo: memo.map(|call| read_memo(call).ok_or(())).transpose().ok()?,
        moved,
    })
}

/// The account that is made must be the one that the ID gives.
fn marker(accounts: &Accounts, call: &Call<'_>) -> Option<Marker> {
    let ([0, index], payer) = (call.accounts, accounts.key(0)?) else { return None };
    let marker = read_marker(call.data, &payer)?;
    let is_there = accounts.key(*index)? == marker.address(&payer) && accounts.is_writable(*index);
    (call.program == SYSTEM && is_there).then_some(marker)
}

/// What a call of the system program makes, if that is a marker of the payer's.
pub(super) fn read_marker(data: &[u8], payer: &Address) -> Option<Marker> {
    let mut data = Reader::new(data);
    if data.u32()? != SYSTEM_CREATE_WITH_SEED || data.array()? != *payer.as_bytes() {
        return None;
    }
    let length = usize::try_from(data.u64()?).ok()?;
    let id = PaymentId::from_seed(data.take(length)?)?;
    let marker = Marker::new(id, data.u64()?).ok()?;
    let is_plain = data.u64()? == 0 && data.array()? == *SYSTEM.as_bytes();
    (is_plain && data.is_at_end()).then_some(marker)
}

fn budget<'a>(call: &Call<'a>, number: u8) -> Option<Reader<'a>> {
    let mut data = Reader::new(call.data);
    let value = if number == SET_UNIT_LIMIT { 4 } else { 8 };
    let is_it = call.program == COMPUTE_BUDGET && call.accounts.is_empty() && data.byte()? == number;
    (is_it && data.rest().len() == value).then_some(data)
}

fn read_memo(call: &Call<'_>) -> Option<String> {
    let is_it = call.program == MEMO && call.accounts.is_empty();
    is_it.then(|| std::str::from_utf8(call.data).ok().map(str::to_owned)).flatten()
}

fn created(accounts: &Accounts, call: &Call<'_>) -> Option<Created> {
    let [0, account, owner, mint, system, program] = call.accounts else { return None };
    let is_it = call.program == ASSOCIATED_TOKEN
        && call.data == [CREATE_IDEMPOTENT]
        && accounts.key(*system)? == SYSTEM
        && accounts.is_writable(*account);
    let created = Created {
        account: accounts.key(*account)?,
        owner: accounts.key(*owner)?,
        mint: accounts.key(*mint)?,
        program: TokenProgram::at(&accounts.key(*program)?)?,
    };
    is_it.then_some(created)
}

fn moved(accounts: &Accounts, call: &Call<'_>) -> Option<Moved> {
    let mut data = Reader::new(call.data);
    let moved = if call.program == SYSTEM {
        let ([0, to], SYSTEM_TRANSFER) = (call.accounts, data.u32()?) else { return None };
        accounts.is_writable(*to).then_some(())?;
        Moved::Sol { to: accounts.key(*to)?, lamports: data.u64()? }
    } else {
        let program = TokenProgram::at(&call.program)?;
        let ([source, mint, destination, 0], TRANSFER_CHECKED) = (call.accounts, data.byte()?) else {
            return None;
        };
        (accounts.is_writable(*source) && accounts.is_writable(*destination)).then_some(())?;
        Moved::Token {
            program,
            mint: accounts.key(*mint)?,
            source: accounts.key(*source)?,
            destination: accounts.key(*destination)?,
            amount: data.u64()?,
            decimals: data.byte()?,
        }
    };
    data.is_at_end().then_some(moved)
}
