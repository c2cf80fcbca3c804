//! What is asked of the actor. Each carries where the answer goes.

use secrecy::SecretString;
use serde_json::Value;
use tokio::sync::oneshot;

use crate::{
    AddressRequest, CreateSession, JoinPreview, NodeError,
    handle::{ContactCommand, LedgerCommand, SettingsCommand, SigningCommand, SolanaCommand, WalletCommand},
    snapshot::KeystoreKind,
};

pub(crate) type Reply<T> = oneshot::Sender<Result<T, NodeError>>;

/// One request.
pub(crate) enum Command {
    Create(CreateSession, Reply<String>),
    Inspect(String, Reply<JoinPreview>),
    Join { text: String, accept_server: bool, reply: Reply<String> },
    Consent(String, Reply<()>),
    Leave(String, Reply<()>),
    Dismiss(String, Reply<()>),
    Browse(bool, Reply<()>),
    Ask(String, Reply<()>),
    Answer { session: String, request: String, admit: bool, reply: Reply<()> },
    ConfirmWords { wallet: String, matches: bool, reply: Reply<()> },
    Discard(String, Reply<()>),
    Address(AddressRequest, Reply<String>),
    Certificate(String, Reply<Value>),
    Lock(Reply<()>),
    Unlock(SecretString, Reply<()>),
    SetAppPassphrase { current: Option<SecretString>, new: Option<SecretString>, reply: Reply<()> },
    RetryKeystore(Reply<()>),
    UseKeystore(KeystoreKind, Reply<()>),
    Backup(SecretString, Reply<Vec<u8>>),
    Restore { backup: Vec<u8>, passphrase: SecretString, reply: Reply<()> },
    Wallet(WalletCommand),
    Contact(ContactCommand),
    Settings(SettingsCommand),
    Signing(SigningCommand),
    Solana(SolanaCommand),
    Ledger(LedgerCommand),
    Diagnostics(Reply<String>),
    Close(Reply<()>),
}

impl Command {
    /// Whether it may be asked while the app is locked.
    pub(crate) fn is_for_anyone(&self) -> bool {
        matches!(self, Self::Lock(_) | Self::Unlock(..) | Self::Diagnostics(_) | Self::Close(_))
    }

    /// Tells whoever asked that it can't be.
    pub(crate) fn refuse(self, error: NodeError) {
        match self {
            Self::Create(_, reply)
            | Self::Join { reply, .. }
            | Self::Address(_, reply)
            | Self::Diagnostics(reply) => no(reply, error),
            Self::Inspect(_, reply) => no(reply, error),
            Self::Certificate(_, reply) => no(reply, error),
            Self::Backup(_, reply) => no(reply, error),
            Self::Consent(_, reply)
            | Self::Leave(_, reply)
            | Self::Dismiss(_, reply)
            | Self::Browse(_, reply)
            | Self::Ask(_, reply)
            | Self::Answer { reply, .. }
            | Self::ConfirmWords { reply, .. }
            | Self::Discard(_, reply)
            | Self::Lock(reply)
            | Self::Unlock(_, reply)
            | Self::SetAppPassphrase { reply, .. }
            | Self::RetryKeystore(reply)
            | Self::UseKeystore(_, reply)
            | Self::Restore { reply, .. }
            | Self::Close(reply) => no(reply, error),
            Self::Wallet(command) => match command {
                WalletCommand::Rename { reply, .. } | WalletCommand::Remove { reply, .. } => no(reply, error),
                WalletCommand::FreshAddress(_, reply) => no(reply, error),
                WalletCommand::Export(_, reply) => no(reply, error),
                WalletCommand::CheckCertificate(_, reply) => no(reply, error),
            },
            Self::Contact(command) => match command {
                ContactCommand::Rename { reply, .. }
                | ContactCommand::Verify { reply, .. }
                | ContactCommand::Forget(_, reply) => no(reply, error),
            },
            Self::Signing(command) => match command {
                SigningCommand::Propose(_, reply) | SigningCommand::ProposeTransaction(_, reply) => {
                    no(reply, error);
                }
                SigningCommand::SignedMessage(_, reply) => no(reply, error),
                SigningCommand::SignedTransaction(_, reply) => no(reply, error),
                SigningCommand::Psbt(_, reply) => no(reply, error),
                SigningCommand::Publish(_, reply)
                | SigningCommand::Approve(_, reply)
                | SigningCommand::Reject { reply, .. }
                | SigningCommand::Cancel(_, reply) => no(reply, error),
            },
            Self::Solana(command) => match command {
                SolanaCommand::SetServer { reply, .. } | SolanaCommand::TryServer { reply, .. } => {
                    no(reply, error);
                }
                SolanaCommand::History(_, reply) => no(reply, error),
                SolanaCommand::Draft(_, reply) => no(reply, error),
                SolanaCommand::Propose { reply, .. } => no(reply, error),
            },
            Self::Ledger(command) => match command {
                LedgerCommand::SetSource { reply, .. }
                | LedgerCommand::TrySource { reply, .. }
                | LedgerCommand::Sync(_, reply)
                | LedgerCommand::SetLabel(_, reply) => no(reply, error),
                LedgerCommand::Transactions(_, reply) => no(reply, error),
                LedgerCommand::Coins(_, reply) => no(reply, error),
                LedgerCommand::ReadRequest { reply, .. } => no(reply, error),
                LedgerCommand::Draft(_, reply) | LedgerCommand::DraftBump(_, reply) => no(reply, error),
                LedgerCommand::Labels(_, reply) => no(reply, error),
                LedgerCommand::Label { reply, .. } => no(reply, error),
                LedgerCommand::ImportLabels { reply, .. } => no(reply, error),
            },
            Self::Settings(command) => match command {
                SettingsCommand::SetDeviceName(_, reply)
                | SettingsCommand::SetServer(_, reply)
                | SettingsCommand::ClearServer(reply)
                | SettingsCommand::TryServer(reply)
                | SettingsCommand::FinishSetup(reply)
                | SettingsCommand::SetPreferences(_, reply)
                | SettingsCommand::SetIceServers(_, reply)
                | SettingsCommand::Host(_, reply)
                | SettingsCommand::StopHosting(reply) => no(reply, error),
            },
        }
    }
}

fn no<T>(reply: Reply<T>, error: NodeError) {
    // Whoever asked may have gone.
    drop(reply.send(Err(error)));
}
