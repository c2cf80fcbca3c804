//! From an intent to the bytes that are signed: a *legacy* message, the form that every server, explorer and hardware
//! wallet can read. Its accounts come in the order of Solana's own library: the payer, then what changes, then what is
//! only read, each sorted by address.

use std::{collections::BTreeMap, fmt, str::FromStr};

use super::{
    Address,
    address::base58,
    intent::{Intent, Payment},
    program::{self, Instruction, TransferChecked},
    reader::Reader,
};

/// The longest transaction that the network takes, in bytes, with its signatures.
pub const MAX_TRANSACTION: usize = 1232;

/// The hash of a recent block. Without one no transaction is accepted, and with one only for some 90 seconds.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Blockhash([u8; 32]);

/// How long a transaction can still be accepted: what the proposer adds when the signing begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    /// The hash that the transaction names.
    pub blockhash: Blockhash,
    /// The height of the last block that can hold it. Says whoever named the hash; nothing that is signed contains it.
    pub last_valid_block_height: u64,
}

/// A text is no block's hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the hash of a block")]
pub struct NoBlockhash;

impl Blockhash {
    /// The hash with these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl FromStr for Blockhash {
    type Err = NoBlockhash;

    fn from_str(text: &str) -> Result<Self, NoBlockhash> {
        base58(text).map(Self).ok_or(NoBlockhash)
    }
}

impl fmt::Display for Blockhash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&bs58::encode(self.0).into_string())
    }
}

impl fmt::Debug for Blockhash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blockhash({self})")
    }
}

impl Lifetime {
    /// The hash, then the height as eight bytes, little-endian.
    pub fn to_bytes(self) -> [u8; 40] {
        let mut bytes = [0; 40];
        let (hash, height) = bytes.split_at_mut(32);
        hash.copy_from_slice(&self.blockhash.0);
        height.copy_from_slice(&self.last_valid_block_height.to_le_bytes());
        bytes
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let blockhash = Blockhash(reader.array()?);
        let last_valid_block_height = reader.u64()?;
        reader.is_at_end().then_some(Self { blockhash, last_valid_block_height })
    }
}

pub(super) fn build(intent: &Intent, blockhash: Blockhash) -> Vec<u8> {
    compile(intent.payer.into(), &instructions(intent), blockhash)
}

fn instructions(intent: &Intent) -> Vec<Instruction> {
    let payer = Address::from(intent.payer);
    // First, so that the number of what failed says that it was the marker.
    let mut instructions = vec![program::mark(payer, intent.marker())];
    instructions.extend(program::budget(intent.priority()));
    let transfer = match (intent.payment(), intent.accounts) {
        (Payment::Token(token), Some(accounts)) => {
            if token.create_account {
                let account = accounts.destination;
                instructions.push(program::create_account(
                    payer,
                    account,
                    token.to,
                    token.mint,
                    token.program,
                ));
            }
            program::transfer_checked(&TransferChecked {
                program: token.program,
                source: accounts.source,
                mint: token.mint,
                destination: accounts.destination,
                owner: payer,
                amount: token.amount,
                decimals: token.decimals,
            })
        }
        (payment, _) => {
            let lamports = if let Payment::Sol { lamports, .. } = payment { *lamports } else { 0 };
            program::transfer(payer, *payment.to(), lamports)
        }
    };
    // Right before the transfer, where recipients who demand a memo look for it.
    instructions.extend(intent.memo().map(program::memo));
    instructions.push(transfer);
    instructions
}

/// Puts instructions of one signer into a legacy message.
fn compile(payer: Address, instructions: &[Instruction], blockhash: Blockhash) -> Vec<u8> {
    let mut others: BTreeMap<Address, bool> = BTreeMap::new();
    for instruction in instructions {
        for account in &instruction.accounts {
            *others.entry(account.address).or_default() |= account.is_writable;
        }
        others.entry(instruction.program).or_default();
    }
    others.remove(&payer);
    let of = |writable| others.iter().filter(move |(_, is_writable)| **is_writable == writable);
    let keys: Vec<Address> =
        std::iter::once(payer).chain(of(true).chain(of(false)).map(|(address, _)| *address)).collect();
    let read_only = others.values().filter(|is_writable| !**is_writable).count();

    let mut bytes = vec![1, 0, short(read_only)];
    push_length(&mut bytes, keys.len());
    keys.iter().for_each(|key| bytes.extend(key.as_bytes()));
    bytes.extend(blockhash.0);
    push_length(&mut bytes, instructions.len());
    let index = |address: &Address| keys.iter().position(|key| key == address).map_or(u8::MAX, short);
    for instruction in instructions {
        bytes.push(index(&instruction.program));
        push_length(&mut bytes, instruction.accounts.len());
        bytes.extend(instruction.accounts.iter().map(|account| index(&account.address)));
        push_length(&mut bytes, instruction.data.len());
        bytes.extend(&instruction.data);
    }
    bytes
}

/// A payment names at most eleven accounts.
fn short(count: usize) -> u8 {
    u8::try_from(count).unwrap_or(u8::MAX)
}

/// Solana's *compact* lengths: seven bits a byte, the lowest first.
fn push_length(bytes: &mut Vec<u8>, length: usize) {
    let mut rest = u16::try_from(length).unwrap_or(u16::MAX);
    while let Ok(low) = u8::try_from(rest & 0x7f) {
        rest >>= 7;
        if rest == 0 {
            bytes.push(low);
            break;
        }
        bytes.push(low | 0x80);
    }
}

/// Reads a compact length in its only form.
pub(super) fn read_length(reader: &mut Reader<'_>) -> Option<usize> {
    let mut length = 0_usize;
    for position in 0..3 {
        let byte = reader.byte()?;
        length |= usize::from(byte & 0x7f) << (7 * position);
        if byte & 0x80 == 0 {
            let is_shortest = byte != 0 || position == 0;
            return (is_shortest && length <= usize::from(u16::MAX)).then_some(length);
        }
    }
    None
}
