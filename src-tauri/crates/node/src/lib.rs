//! One device: identity, wallets, the session manager and storage; commands in, snapshots out.

pub mod snapshot;
