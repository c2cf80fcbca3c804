//! What can be asked about signing.

use serde::Deserialize;
use ts_rs::TS;

use super::{Command, Node, Reply};
use crate::{
    NodeError,
    signing::{SignedMessage, SignedTransaction},
};

/// What is asked of the actor about signing.
pub(crate) enum SigningCommand {
    Propose(ProposeMessage, Reply<String>),
    ProposeTransaction(ProposeTransaction, Reply<String>),
    Approve(String, Reply<()>),
    Reject { request: String, reason: Option<String>, reply: Reply<()> },
    Cancel(String, Reply<()>),
    SignedMessage(String, Reply<SignedMessage>),
    SignedTransaction(String, Reply<SignedTransaction>),
    Psbt(String, Reply<String>),
    Publish(String, Reply<()>),
}

/// A message to be signed. Everything is checked by the node.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ProposeMessage {
    /// The wallet's ID or name.
    pub wallet: String,
    /// What is signed.
    pub content: MessageContent,
    /// The index of the receive address that signs (Bitcoin; else 0).
    pub index: u32,
    /// For how many seconds it can be approved, at most thirty days.
    pub lifetime: u32,
    /// An earlier request of this device that it takes the place of.
    pub supersedes: Option<String>,
}

/// What a message is.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[ts(export)]
pub enum MessageContent {
    /// A text of at most 32 KiB, without characters that don't show.
    Text {
        /// The text.
        text: String,
    },
    /// A file, which stays where it is: its name, size and hash are signed.
    File {
        /// Its name.
        name: String,
        /// In bytes.
        #[ts(type = "number")]
        size: u64,
        /// Its SHA-256, in hex.
        sha256: String,
    },
}

/// A Bitcoin transaction to be signed. Everything is checked by the node.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ProposeTransaction {
    /// The wallet's ID or name.
    pub wallet: String,
    /// A PSBT of version 0 from any program, in base64.
    pub psbt: String,
    /// For how many seconds it can be approved, at most thirty days.
    pub lifetime: u32,
    /// An earlier request of this device that it takes the place of.
    pub supersedes: Option<String>,
    /// Whether this device sends it as soon as it is signed. Else somebody has to publish it with another program.
    pub send: bool,
    /// A note on it, for this device's history alone.
    pub label: Option<String>,
}

impl Node {
    /// Asks the members of a wallet to sign a message. Returns the request's ID. Its own user has to approve it, too.
    pub async fn propose_message(&self, message: ProposeMessage) -> Result<String, NodeError> {
        self.ask(|reply| Command::Signing(SigningCommand::Propose(message, reply))).await
    }

    /// Asks the members of a Bitcoin wallet to sign a transaction. Returns the request's ID. Its own user has to approve
    /// it, too.
    pub async fn propose_transaction(&self, transaction: ProposeTransaction) -> Result<String, NodeError> {
        self.ask(|reply| Command::Signing(SigningCommand::ProposeTransaction(transaction, reply))).await
    }

    /// Approves a request: this device signs it as soon as enough devices have.
    pub async fn approve_request(&self, request: String) -> Result<(), NodeError> {
        self.ask(|reply| Command::Signing(SigningCommand::Approve(request, reply))).await
    }

    /// Rejects a request, or takes the approval back while nothing has been signed. The reason has at most 200 characters.
    pub async fn reject_request(&self, request: String, reason: Option<String>) -> Result<(), NodeError> {
        self.ask(|reply| Command::Signing(SigningCommand::Reject { request, reason, reply })).await
    }

    /// Ends a request of this device for everyone.
    pub async fn cancel_request(&self, request: String) -> Result<(), NodeError> {
        self.ask(|reply| Command::Signing(SigningCommand::Cancel(request, reply))).await
    }

    /// The signed message of a request, in the form in which it is passed on. Public.
    pub async fn signed_message(&self, request: String) -> Result<SignedMessage, NodeError> {
        self.ask(|reply| Command::Signing(SigningCommand::SignedMessage(request, reply))).await
    }

    /// The signed transaction of a request, ready to be published. Public.
    pub async fn signed_transaction(&self, request: String) -> Result<SignedTransaction, NodeError> {
        self.ask(|reply| Command::Signing(SigningCommand::SignedTransaction(request, reply))).await
    }

    /// What a request would sign, for another program to look at: a PSBT in base64, without signatures. Public.
    pub async fn request_psbt(&self, request: String) -> Result<String, NodeError> {
        self.ask(|reply| Command::Signing(SigningCommand::Psbt(request, reply))).await
    }

    /// Has this device send the signed transaction of a request, whoever proposed it. The snapshot shows what comes of it.
    pub async fn publish_transaction(&self, request: String) -> Result<(), NodeError> {
        self.ask(|reply| Command::Signing(SigningCommand::Publish(request, reply))).await
    }
}
