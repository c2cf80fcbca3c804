//! What others have on the network, as their programs would have written it.

use chains::solana::{
    self, Address,
    token::{TokenProgram, associated_account},
};

use super::Solana;

/// An address that somebody can have a key for.
pub fn somebody() -> Address {
    let key = || solana::address(&rand::random()).ok();
    std::iter::repeat_with(key).flatten().next().expect("one of sixteen is a key").into()
}

/// A mint with six decimals, as its program would have written it; `extensions` are Token-2022's.
pub fn put_mint(node: &Solana, program: TokenProgram, extensions: &[(u16, Vec<u8>)]) -> Address {
    let mint = somebody();
    let mut data = vec![0; 82];
    data[36..44].copy_from_slice(&1_000_000_000_000_u64.to_le_bytes());
    data[44] = 6;
    data[45] = 1;
    if !extensions.is_empty() {
        data.resize(165, 0);
        data.push(1);
        for (kind, content) in extensions {
            data.extend(kind.to_le_bytes());
            data.extend(u16::try_from(content.len()).unwrap().to_le_bytes());
            data.extend(content);
        }
    }
    node.put(mint, program.address(), &data);
    mint
}

/// A token account with so many tokens in it.
pub fn put_tokens(
    node: &Solana,
    program: TokenProgram,
    mint: Address,
    owner: Address,
    amount: u64,
    extensions: &[(u16, Vec<u8>)],
) {
    let mut data = vec![0; 165];
    data[..32].copy_from_slice(mint.as_bytes());
    data[32..64].copy_from_slice(owner.as_bytes());
    data[64..72].copy_from_slice(&amount.to_le_bytes());
    data[108] = 1;
    if program == TokenProgram::Token2022 {
        data.push(2);
        for (kind, content) in extensions {
            data.extend(kind.to_le_bytes());
            data.extend(u16::try_from(content.len()).unwrap().to_le_bytes());
            data.extend(content);
        }
    }
    node.put(associated_account(&owner, &mint, program).unwrap(), program.address(), &data);
}
