//! What people do about requests to sign.

use std::time::Duration;

use coordinator::sign::{Reason, RequestId};

use super::{Actor, Answer, answer, nothing};
use crate::{
    NodeError,
    handle::{MessageContent, ProposeMessage, ProposeTransaction, Reply, SigningCommand},
    meeting::MeetingCommand,
    signing::{Content, FileDigest, InvalidContent, Meaning, Payload, Text, imported},
    storage::WalletId,
};

/// What is to be proposed to whom.
struct Draft {
    wallet: WalletId,
    payload: Vec<u8>,
    lifetime: Duration,
    supersedes: Option<RequestId>,
}

impl Draft {
    fn new(
        wallet: WalletId,
        payload: Vec<u8>,
        lifetime: u32,
        supersedes: Option<String>,
    ) -> Result<Self, NodeError> {
        let supersedes = supersedes.map(|earlier| parse(&earlier)).transpose()?;
        Ok(Self { wallet, payload, lifetime: Duration::from_secs(lifetime.into()), supersedes })
    }
}

impl Actor {
    pub(super) fn signing_command(&mut self, command: SigningCommand) -> Answer {
        match command {
            SigningCommand::Propose(message, reply) => self.propose(self.message(message), reply),
            SigningCommand::ProposeTransaction(transaction, reply) => {
                let draft = self.transaction(transaction);
                self.propose(draft, reply)
            }
            SigningCommand::Approve(request, reply) => {
                let (request, wallet) = self.request(&request);
                self.meeting_command(wallet, |reply| MeetingCommand::Approve { request, reply }, reply)
            }
            SigningCommand::Reject { request, reason, reply } => {
                let (request, wallet) = self.request(&request);
                let reason =
                    reason.filter(|reason| !reason.trim().is_empty()).map(Reason::try_from).transpose();
                let found = reason.map_err(NodeError::InvalidName).and_then(|reason| Ok((reason, wallet?)));
                match found {
                    Ok((reason, wallet)) => {
                        let command = |reply| MeetingCommand::Reject { request, reason, reply };
                        self.meeting_command(Ok(wallet), command, reply)
                    }
                    Err(error) => answer(reply, Err(error)),
                }
            }
            SigningCommand::Cancel(request, reply) => {
                let (request, wallet) = self.request(&request);
                self.meeting_command(wallet, |reply| MeetingCommand::Cancel { request, reply }, reply)
            }
            SigningCommand::SignedMessage(request, reply) => {
                let (request, wallet) = self.request(&request);
                self.meeting_command(wallet, |reply| MeetingCommand::SignedMessage { request, reply }, reply)
            }
            SigningCommand::SignedTransaction(request, reply) => {
                let (request, wallet) = self.request(&request);
                let command = |reply| MeetingCommand::SignedTransaction { request, reply };
                self.meeting_command(wallet, command, reply)
            }
            SigningCommand::Psbt(request, reply) => {
                let (request, wallet) = self.request(&request);
                self.meeting_command(wallet, |reply| MeetingCommand::Psbt { request, reply }, reply)
            }
            SigningCommand::Publish(request, reply) => {
                let (request, wallet) = self.request(&request);
                answer(reply, wallet.and_then(|wallet| self.publish_transaction(request, wallet)))
            }
        }
    }

    fn propose(&mut self, proposal: Result<Draft, NodeError>, reply: Reply<String>) -> Answer {
        match proposal {
            Ok(Draft { wallet, payload, lifetime, supersedes }) => {
                let command = |reply| MeetingCommand::Propose { payload, lifetime, supersedes, reply };
                self.meeting_command(Ok(wallet), command, reply)
            }
            Err(error) => answer(reply, Err(error)),
        }
    }

    /// A message that the wallet can sign, as a request says it.
    fn message(&self, message: ProposeMessage) -> Result<Draft, NodeError> {
        let wallet = self.wallets.find(&message.wallet)?;
        let invalid = |_: InvalidContent| NodeError::InvalidMessage;
        let content = match message.content {
            MessageContent::Text { text } => Content::Text(Text::try_from(text).map_err(invalid)?),
            MessageContent::File { name, size, sha256 } => {
                let mut hash = [0; 32];
                hex::decode_to_slice(sha256, &mut hash).map_err(|_| NodeError::InvalidMessage)?;
                Content::File(FileDigest::new(&name, size, hash).map_err(invalid)?)
            }
        };
        let payload = Payload::Message { content, index: message.index }.to_bytes();
        // What no member could sign is not proposed.
        Meaning::of(wallet.ceremony(), &payload).map_err(|_| NodeError::InvalidMessage)?;
        Draft::new(wallet.id(), payload, message.lifetime, message.supersedes)
    }

    /// A transaction that the wallet can sign, as a request says it. What this device does with it once it is signed is
    /// durable before anybody is asked.
    fn transaction(&mut self, transaction: ProposeTransaction) -> Result<Draft, NodeError> {
        let ProposeTransaction { wallet, psbt, lifetime, supersedes, send, label } = transaction;
        let wallet = self.wallets.find(&wallet)?;
        let (payload, spend) = imported(wallet.ceremony(), psbt.as_bytes())?;
        let draft = Draft::new(wallet.id(), payload, lifetime, supersedes)?;
        if let Some(label) = label.filter(|label| !label.trim().is_empty()) {
            self.label_transaction(draft.wallet, spend.txid(), &label)?;
        }
        if send {
            self.send_when_signed(draft.wallet, spend.txid())?;
        }
        Ok(draft)
    }

    fn request(&self, text: &str) -> (RequestId, Result<WalletId, NodeError>) {
        let found = parse(text).and_then(|request| {
            let wallet = self.meetings.wallet_of(text).ok_or(NodeError::UnknownSigning)?;
            Ok((request, wallet))
        });
        match found {
            Ok((request, wallet)) => (request, Ok(wallet)),
            Err(error) => (RequestId::from_bytes([0; 32]), Err(error)),
        }
    }

    fn meeting_command<T: Send + 'static>(
        &mut self,
        wallet: Result<WalletId, NodeError>,
        command: impl FnOnce(Reply<T>) -> MeetingCommand,
        reply: Reply<T>,
    ) -> Answer {
        let task = wallet.and_then(|wallet| self.meetings.commands(wallet).ok_or(NodeError::NotMeeting));
        match task.and_then(|task| task.try_reserve().map_err(|_| NodeError::NotMeeting)) {
            Ok(place) => {
                place.send(command(reply));
                nothing()
            }
            Err(error) => answer(reply, Err(error)),
        }
    }
}

fn parse(request: &str) -> Result<RequestId, NodeError> {
    let mut id = [0; 32];
    hex::decode_to_slice(request, &mut id).map_err(|_| NodeError::UnknownSigning)?;
    Ok(RequestId::from_bytes(id))
}
