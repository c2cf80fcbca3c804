//! Wallets of which this device holds a share.

use serde::Serialize;
use ts_rs::TS;

use super::{CiphersuiteView, DeviceView, ErrorView, LedgerView, LinkKind, SolanaLedgerView};

/// A wallet of which this device holds a share.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct WalletView {
    /// First 16 bytes of the ceremony's transcript hash.
    pub id: String,
    /// Its name on this device.
    pub name: String,
    /// Its name in the ceremony, which all members agreed to.
    pub ceremony_name: String,
    /// Its ciphersuite.
    pub ciphersuite: CiphersuiteView,
    /// Its network: `mainnet`, `testnet4`, `signet` or `regtest` for Bitcoin, `mainnet`, `devnet` or `testnet` for
    /// Solana; none for raw messages.
    pub network: Option<String>,
    /// The index of the current receive address (Bitcoin; else 0).
    pub receive_index: u32,
    /// Devices that must agree to sign.
    pub threshold: u16,
    /// The devices that hold a share.
    pub members: Vec<DeviceView>,
    /// The other members that this device is linked to now, or about to be.
    pub reachable: Vec<ReachableView>,
    /// Whether it can be used.
    pub status: WalletStatus,
    /// When it was made.
    #[ts(type = "number")]
    pub created_at: u64,
    /// Every member has confirmed that it has the certificate; until then this device is needed to complete them.
    pub confirmed_by_all: bool,
    /// Its money on its chain; none unless it is a finished Bitcoin wallet.
    pub ledger: Option<LedgerView>,
    /// The same of a Solana wallet that can be used.
    pub solana: Option<SolanaLedgerView>,
}

/// A member of a wallet that is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ReachableView {
    /// Its public identity key.
    pub device: String,
    /// How the two are linked: connecting, direct or relayed.
    pub link: LinkKind,
}

/// Whether a wallet can be used.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(tag = "state", rename_all = "camelCase")]
#[ts(export)]
pub enum WalletStatus {
    /// The ceremony has not finished: some signatures are missing. It has no address yet.
    Unfinished {
        /// Names of the devices whose signature is missing.
        missing: Vec<String>,
    },
    /// All members signed the certificate.
    #[serde(rename_all = "camelCase")]
    Active {
        /// The user compared the safety words.
        verified: bool,
        /// The words that all devices show.
        safety_words: Vec<String>,
        /// The group's public key.
        group_public_key: String,
        /// Its address on its network; none for a key that has no chain.
        addresses: Vec<AddressView>,
        /// Its watch-only descriptor on its network (Bitcoin only).
        descriptors: Vec<DescriptorView>,
    },
    /// The safety words did not match: somebody was in between. It must not receive money.
    Quarantined,
    /// This device can't sign with it, so it shows no address.
    Unusable {
        /// Why, what it means and what to do.
        error: ErrorView,
    },
}

/// An address that the group can spend from.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AddressView {
    /// The wallet's network.
    pub network: String,
    /// The address to give out now; of a Bitcoin wallet, the one at its receive index.
    pub address: String,
}

/// A watch-only descriptor with its checksum (BIP-380, BIP-389).
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DescriptorView {
    /// The Bitcoin network.
    pub network: String,
    /// `tr(xpub/<0;1>/*)#checksum`.
    pub descriptor: String,
}

/// What a ceremony certificate says; its signatures are valid.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CertificateView {
    /// The wallet's name in the ceremony.
    pub name: String,
    /// Its ciphersuite.
    pub ciphersuite: CiphersuiteView,
    /// Its network; none for raw messages.
    pub network: Option<String>,
    /// Devices that must agree to sign.
    pub threshold: u16,
    /// The devices that hold a share; all of them signed.
    pub members: Vec<DeviceView>,
    /// The group's public key.
    pub group_public_key: String,
    /// The hash of all that was said in the ceremony.
    pub transcript_hash: String,
    /// The words that all devices show.
    pub safety_words: Vec<String>,
    /// The ID of this device's wallet to which it belongs.
    pub wallet: Option<String>,
}
