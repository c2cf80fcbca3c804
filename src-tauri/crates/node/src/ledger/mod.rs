//! What wallets' chains are like, as servers of the owner's choice tell it.

pub(crate) mod solana;
