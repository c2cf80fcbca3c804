//! What can be asked about finished wallets.

use super::{Command, Node, Reply};
use crate::{NodeError, snapshot::CertificateView};

/// What is asked of the actor about finished wallets.
pub(crate) enum WalletCommand {
    Rename { wallet: String, name: String, reply: Reply<()> },
    Remove { wallet: String, typed_name: String, reply: Reply<()> },
    FreshAddress(String, Reply<String>),
    Export(String, Reply<serde_json::Value>),
    CheckCertificate(String, Reply<CertificateView>),
}

impl Node {
    /// Gives a wallet another name on this device; the name in the ceremony stays.
    pub async fn rename_wallet(&self, wallet: String, name: String) -> Result<(), NodeError> {
        self.ask(|reply| Command::Wallet(WalletCommand::Rename { wallet, name, reply })).await
    }

    /// Erases this device's share of a finished wallet, then all else of it. `typed_name` must be the wallet's present
    /// name. If the share can't be erased now the wallet is gone from the list all the same, and the node goes on
    /// trying, also after a restart.
    pub async fn remove_wallet(&self, wallet: String, typed_name: String) -> Result<(), NodeError> {
        self.ask(|reply| Command::Wallet(WalletCommand::Remove { wallet, typed_name, reply })).await
    }

    /// Moves on to a Bitcoin wallet's next receive address and returns it. At most 20 are given out, since other
    /// wallets stop looking after so many unused ones.
    pub async fn fresh_address(&self, wallet: String) -> Result<String, NodeError> {
        self.ask(|reply| Command::Wallet(WalletCommand::FreshAddress(wallet, reply))).await
    }

    /// A finished wallet's public data, for other programs: what is needed to watch it.
    pub async fn export_wallet(&self, wallet: String) -> Result<serde_json::Value, NodeError> {
        self.ask(|reply| Command::Wallet(WalletCommand::Export(wallet, reply))).await
    }

    /// Checks a ceremony certificate, from whichever device it comes. Asks nobody.
    pub async fn check_certificate(&self, text: String) -> Result<CertificateView, NodeError> {
        self.ask(|reply| Command::Wallet(WalletCommand::CheckCertificate(text, reply))).await
    }
}
