//! One device: identity, wallets, the session manager and storage; commands in, snapshots out.
//!
//! Front ends hold a [`Node`] and see [`snapshot::Snapshot`]s; both the desktop app and the command line
//! are such front ends, and neither decides anything.
//!
//! - [`Node`] (`handle`): what can be asked of a device.
//! - `actor`: the one task that owns its state: settings, keystore, wallets, the session manager.
//! - `session`: one task for each session: the coordinator's state machine between links and storage.
//! - `meeting`: one task for each wallet: links to those of its members that are there, and signing with them.
//! - `signing`: what a request to sign says and means.
//! - `announcement`: public records of sessions, and asking to be let into one.
//! - `backup`: a device's identity and wallets in one encrypted file.
//! - `storage`, `profile`: public data on disk; secrets are in the keystore alone.
//! - [`snapshot`]: what an interface sees. [`NodeError`], `failure` and `reason`: what it says when something fails.
//!
//! Start reading at [`Node`], then `actor`, then `session`.

mod actor;
mod announcement;
mod backup;
mod certificate;
mod clock;
mod command;
mod contacts;
mod error;
mod failure;
mod handle;
mod ledger;
mod meeting;
mod message;
mod network;
mod profile;
mod reason;
mod session;
mod signing;
pub mod snapshot;
mod storage;
mod wallet;

pub use certificate::CertificateError;
pub use error::NodeError;
pub use handle::{
    AddressRequest, BitcoinBump, BitcoinPayment, CreateSession, JoinPreview, MessageContent, Node,
    NodeConfig, ProposeMessage, ProposeTransaction, RecipientEntry, SetLabel, SolanaPayment, Timeouts,
    satoshi,
};
pub use mesh::{IceServer, InvalidIceServer, MAX_ICE_SERVERS, MeshConfig};
pub use reason::{explained, of_io as reason_of_io};
pub use signing::{Scheme, SignedMessage, SignedTransaction};
pub use snapshot::{IceServerEntry, Preferences, PreferencesChange};
