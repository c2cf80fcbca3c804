//! What is known of Solana wallets' money, and what people do about payments from them.

mod ledgers;

use std::{sync::Arc, time::Duration};

use chains::solana::{Network, memo::Memo};
use tokio::sync::{mpsc, oneshot};

pub(super) use self::ledgers::{SolanaLedgers, newly_made};
use super::{Actor, Answer, answer, nothing};
use crate::{
    NodeError,
    error::notice_words,
    handle::{Reply, SolanaCommand, SolanaPayment},
    ledger::solana::{
        ServerAddress, Servers, SolanaError,
        prepare::{Prepared, Wanted, prepare},
        rpc::Server,
        suggested,
    },
    meeting::MeetingCommand,
    signing::{Payload, payer, payment_view},
    snapshot::{NoticeView, SolanaDraftView, SolanaServerView},
    storage::{Storage, WalletId},
};

/// Where the settings have the server of a network.
fn key(network: Network) -> String {
    format!("solana server {network}")
}

/// Those that the owner chose.
pub(super) fn servers(storage: &Storage) -> Result<Servers, NodeError> {
    let mut servers = Servers::new();
    for network in Network::ALL {
        let stored = storage.setting(&key(network))?;
        servers.extend(stored.and_then(|url| url.parse().ok()).map(|address| (network, address)));
    }
    Ok(servers)
}

/// The network that a front end named.
pub(super) fn network_named(name: &str) -> Result<Network, NodeError> {
    name.parse().map_err(|_| NodeError::InvalidNetwork {
        network: name.chars().take(20).collect(),
        choices: Network::ALL.map(Network::as_str).join(", "),
    })
}

impl Actor {
    pub(super) fn solana_command(&mut self, command: SolanaCommand) -> Answer {
        match command {
            SolanaCommand::SetServer { network, url, reply } => {
                answer(reply, self.set_solana_server(&network, url.as_deref()))
            }
            SolanaCommand::TryServer { network, reply } => self.try_solana_server(&network, reply),
            SolanaCommand::History(wallet, reply) => answer(reply, self.solana_history(&wallet)),
            SolanaCommand::Draft(payment, reply) => match self.payment_wanted(payment) {
                Ok((_, address, wanted)) => {
                    self.tasks.spawn(async move {
                        // Whoever asked may have gone.
                        drop(reply.send(draft(address, wanted).await));
                    });
                    nothing()
                }
                Err(error) => answer(reply, Err(error)),
            },
            SolanaCommand::Propose { payment, lifetime, reply } => {
                self.propose_payment(payment, lifetime, reply)
            }
        }
    }

    pub(super) fn solana_server_views(&self) -> Vec<SolanaServerView> {
        let chosen = self.solana.borrow();
        let view = |network: Network| SolanaServerView {
            network: network.to_string(),
            url: chosen.get(&network).map(ToString::to_string),
            suggested: suggested(network).to_owned(),
        };
        Network::ALL.into_iter().map(view).collect()
    }

    fn set_solana_server(&mut self, network: &str, url: Option<&str>) -> Result<(), NodeError> {
        let network = network_named(network)?;
        let address = url.map(str::parse::<ServerAddress>).transpose()?;
        let stored = address.as_ref().map(ToString::to_string).unwrap_or_default();
        self.storage.set_setting(&key(network), &stored)?;
        let mut servers = Servers::clone(&self.solana.borrow());
        match address {
            Some(address) => drop(servers.insert(network, address)),
            None => drop(servers.remove(&network)),
        }
        self.solana.send_replace(Arc::new(servers));
        Ok(())
    }

    fn propose_payment(&mut self, payment: SolanaPayment, lifetime: u32, reply: Reply<String>) -> Answer {
        let wanted = self.payment_wanted(payment).and_then(|(wallet, address, wanted)| {
            let meeting = self.meetings.commands(wallet).ok_or(NodeError::NotMeeting)?;
            Ok((meeting.downgrade(), address, wanted))
        });
        match wanted {
            Ok((meeting, address, wanted)) => {
                let lifetime = Duration::from_secs(lifetime.into());
                self.tasks.spawn(async move {
                    // Whoever asked may have gone.
                    drop(reply.send(propose(meeting, address, wanted, lifetime).await));
                });
                nothing()
            }
            Err(error) => answer(reply, Err(error)),
        }
    }

    /// What can be checked before anybody is asked, and whom to ask.
    fn payment_wanted(&self, payment: SolanaPayment) -> Result<(WalletId, ServerAddress, Wanted), NodeError> {
        let SolanaPayment { wallet, to, amount, token, memo } = payment;
        let wallet = self.wallets.find(&wallet)?;
        let (payer, network) = payer(wallet.ceremony()).ok_or(SolanaError::OtherChain)?;
        let to = to.trim().parse().map_err(|_| SolanaError::Address)?;
        let token =
            token.map(|mint| mint.trim().parse().map_err(|_| SolanaError::NoSuchToken)).transpose()?;
        let memo = memo.map(|memo| Memo::new(&memo).map_err(SolanaError::Memo)).transpose()?;
        let address = self.solana.borrow().get(&network).cloned().ok_or(SolanaError::NoServer(network))?;
        let wanted = Wanted { payer, network, to, amount: amount.trim().to_owned(), token, memo };
        Ok((wallet.id(), address, wanted))
    }
}

async fn asked(address: ServerAddress, wanted: Wanted) -> Result<Prepared, NodeError> {
    let server = Server::connect(address, wanted.network).await?;
    prepare(&server, wanted).await
}

async fn draft(address: ServerAddress, wanted: Wanted) -> Result<SolanaDraftView, NodeError> {
    let Prepared { intent, notices } = asked(address, wanted).await?;
    let notices = notices.iter().map(|notice| {
        let part = notice_words(notice);
        NoticeView { message: part.to_string(), part, fatal: notice.is_fatal() }
    });
    Ok(SolanaDraftView { payment: payment_view(&intent), notices: notices.collect() })
}

async fn propose(
    meeting: mpsc::WeakSender<MeetingCommand>,
    address: ServerAddress,
    wanted: Wanted,
    lifetime: Duration,
) -> Result<String, NodeError> {
    let intent = asked(address, wanted).await?.feasible()?;
    let payload = Payload::Solana { intent: intent.encode() }.to_bytes();
    let (reply, proposed) = oneshot::channel();
    let command = MeetingCommand::Propose { payload, lifetime, supersedes: None, reply };
    let meeting = meeting.upgrade().ok_or(NodeError::NotMeeting)?;
    meeting.send(command).await.map_err(|_| NodeError::NotMeeting)?;
    proposed.await.map_err(|_| NodeError::NotMeeting)?
}
