//! The programs that payments call, and their instructions.

use super::{
    Address,
    fee::Priority,
    marker::{Marker, SEED_LENGTH},
    memo::Memo,
    token::{self, TokenProgram},
};

pub(super) const SYSTEM: Address = Address::known("11111111111111111111111111111111");
pub(super) const COMPUTE_BUDGET: Address = Address::known("ComputeBudget111111111111111111111111111111");
pub(super) const TOKEN: Address = Address::known("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
pub(super) const TOKEN_2022: Address = Address::known("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");
pub(super) const ASSOCIATED_TOKEN: Address = Address::known("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");
pub(super) const MEMO: Address = Address::known("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr");
const INCINERATOR: Address = Address::known("1nc1nerator11111111111111111111111111111111");
const NATIVE_MINT: Address = Address::known("So11111111111111111111111111111111111111112");
const NATIVE_MINT_2022: Address = Address::known("9pan9bMn5HatX4EJdBwg9VgCa7Uz5HL8N1m5D3NdXej9");
pub(super) const MEMO_1: Address = Address::known("Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo");
const SYSVARS: Address = Address::known("Sysvar1111111111111111111111111111111111111");
const STAKE: Address = Address::known("Stake11111111111111111111111111111111111111");
const VOTE: Address = Address::known("Vote111111111111111111111111111111111111111");
const LOADER: Address = Address::known("BPFLoaderUpgradeab1e11111111111111111111111");
const CONFIG: Address = Address::known("Config1111111111111111111111111111111111111");

/// The numbers by which programs know their instructions.
pub(super) const SET_UNIT_LIMIT: u8 = 2;
pub(super) const SET_UNIT_PRICE: u8 = 3;
pub(super) const SYSTEM_TRANSFER: u32 = 2;
pub(super) const SYSTEM_CREATE_WITH_SEED: u32 = 3;
pub(super) const TRANSFER_CHECKED: u8 = 12;
pub(super) const CREATE_IDEMPOTENT: u8 = 1;

/// Whether it is an address at which whatever arrives is lost: a program, or one of the network's own accounts.
pub(super) fn is_never_a_recipient(address: &Address) -> bool {
    [
        SYSTEM,
        COMPUTE_BUDGET,
        TOKEN,
        TOKEN_2022,
        ASSOCIATED_TOKEN,
        MEMO,
        INCINERATOR,
        NATIVE_MINT,
        NATIVE_MINT_2022,
        MEMO_1,
        SYSVARS,
        STAKE,
        VOTE,
        LOADER,
        CONFIG,
    ]
    .contains(address)
}

/// One call of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Instruction {
    pub(super) program: Address,
    pub(super) accounts: Vec<Account>,
    pub(super) data: Vec<u8>,
}

/// An account that an instruction names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) address: Address,
    pub(super) is_signer: bool,
    pub(super) is_writable: bool,
}

impl Account {
    const fn signing(address: Address) -> Self {
        Self { address, is_signer: true, is_writable: false }
    }

    const fn paying(address: Address) -> Self {
        Self { address, is_signer: true, is_writable: true }
    }

    const fn changed(address: Address) -> Self {
        Self { address, is_signer: false, is_writable: true }
    }

    const fn read(address: Address) -> Self {
        Self { address, is_signer: false, is_writable: false }
    }
}

/// Makes a payment's marker: an account without data, the system program's like any wallet. Fails if there is one.
pub(super) fn mark(payer: Address, marker: Marker) -> Instruction {
    Instruction {
        program: SYSTEM,
        accounts: vec![Account::paying(payer), Account::changed(marker.address(&payer))],
        data: [
            &SYSTEM_CREATE_WITH_SEED.to_le_bytes()[..],
            payer.as_bytes(),
            &SEED_LENGTH.to_le_bytes(),
            marker.id().to_string().as_bytes(),
            &marker.deposit().to_le_bytes(),
            &0_u64.to_le_bytes(),
            SYSTEM.as_bytes(),
        ]
        .concat(),
    }
}

/// How much computing the transaction may use, and what it bids for it.
pub(super) fn budget(priority: Priority) -> [Instruction; 2] {
    let limit = [&[SET_UNIT_LIMIT][..], &priority.units().to_le_bytes()].concat();
    let price = [&[SET_UNIT_PRICE][..], &priority.price().to_le_bytes()].concat();
    [limit, price].map(|data| Instruction { program: COMPUTE_BUDGET, accounts: Vec::new(), data })
}

pub(super) fn memo(memo: &Memo) -> Instruction {
    Instruction { program: MEMO, accounts: Vec::new(), data: memo.as_str().as_bytes().to_vec() }
}

pub(super) fn transfer(from: Address, to: Address, lamports: u64) -> Instruction {
    Instruction {
        program: SYSTEM,
        accounts: vec![Account::paying(from), Account::changed(to)],
        data: [&SYSTEM_TRANSFER.to_le_bytes()[..], &lamports.to_le_bytes()].concat(),
    }
}

/// A transfer that names the mint and its decimals: with other decimals than the mint has, the program refuses it.
pub(super) struct TransferChecked {
    pub(super) program: TokenProgram,
    pub(super) source: Address,
    pub(super) mint: Address,
    pub(super) destination: Address,
    pub(super) owner: Address,
    pub(super) amount: u64,
    pub(super) decimals: u8,
}

pub(super) fn transfer_checked(transfer: &TransferChecked) -> Instruction {
    Instruction {
        program: transfer.program.address(),
        accounts: vec![
            Account::changed(transfer.source),
            Account::read(transfer.mint),
            Account::changed(transfer.destination),
            Account::signing(transfer.owner),
        ],
        data: [&[TRANSFER_CHECKED][..], &transfer.amount.to_le_bytes(), &[transfer.decimals]].concat(),
    }
}

/// Makes somebody's token account. That it is there already is no error, since others may make it at any time.
pub(super) fn create_account(
    payer: Address,
    account: Address,
    owner: Address,
    mint: Address,
    program: token::TokenProgram,
) -> Instruction {
    Instruction {
        program: ASSOCIATED_TOKEN,
        accounts: vec![
            Account::paying(payer),
            Account::changed(account),
            Account::read(owner),
            Account::read(mint),
            Account::read(SYSTEM),
            Account::read(program.address()),
        ],
        data: vec![CREATE_IDEMPOTENT],
    }
}
