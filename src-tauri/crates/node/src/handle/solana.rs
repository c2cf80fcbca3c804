//! What can be asked about payments from Solana wallets.

use serde::Deserialize;
use ts_rs::TS;

use super::{Command, Node, Reply};
use crate::{
    NodeError,
    snapshot::{SolanaDraftView, SolanaTransactionView},
};

/// What is asked of the actor about Solana.
pub(crate) enum SolanaCommand {
    SetServer { network: String, url: Option<String>, reply: Reply<()> },
    TryServer { network: String, reply: Reply<()> },
    History(String, Reply<Vec<SolanaTransactionView>>),
    Draft(SolanaPayment, Reply<SolanaDraftView>),
    Propose { payment: SolanaPayment, lifetime: u32, reply: Reply<String> },
}

/// A payment from a Solana wallet, to be drafted or proposed. Everything is checked by the node.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SolanaPayment {
    /// The wallet's ID or name.
    pub wallet: String,
    /// The recipient's address: a wallet's, never a token account's.
    pub to: String,
    /// How much, in SOL or in tokens: digits and at most one point.
    pub amount: String,
    /// Which tokens, by the address of their mint; none: SOL.
    pub token: Option<String>,
    /// A note that everyone can read for ever; at most 500 bytes.
    pub memo: Option<String>,
}

impl Node {
    /// Chooses the server (JSON-RPC over HTTP) where wallets of a Solana network are looked up and payments from them are
    /// sent; `None`: nowhere, as at first. It learns the wallets' addresses and this computer's.
    pub async fn set_solana_server(&self, network: String, url: Option<String>) -> Result<(), NodeError> {
        self.ask(|reply| Command::Solana(SolanaCommand::SetServer { network, url, reply })).await
    }

    /// Asks the server that is chosen for a Solana network which one it serves; resolves if it is that one.
    pub async fn try_solana_server(&self, network: String) -> Result<(), NodeError> {
        self.ask(|reply| Command::Solana(SolanaCommand::TryServer { network, reply })).await
    }

    /// The transactions of a Solana wallet that its server last told, the newest first.
    pub async fn solana_history(&self, wallet: String) -> Result<Vec<SolanaTransactionView>, NodeError> {
        self.ask(|reply| Command::Solana(SolanaCommand::History(wallet, reply))).await
    }

    /// What a payment would be, and what is to be known about it. Nothing is kept.
    pub async fn draft_solana_payment(&self, payment: SolanaPayment) -> Result<SolanaDraftView, NodeError> {
        self.ask(|reply| Command::Solana(SolanaCommand::Draft(payment, reply))).await
    }

    /// Asks the members of a Solana wallet to sign a payment. Returns the request's ID. Its own user has to approve it,
    /// too. Once it is signed this device sends it, while that makes sense.
    pub async fn propose_solana_payment(
        &self,
        payment: SolanaPayment,
        lifetime: u32,
    ) -> Result<String, NodeError> {
        self.ask(|reply| Command::Solana(SolanaCommand::Propose { payment, lifetime, reply })).await
    }
}
