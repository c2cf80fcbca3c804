//! Trying whether servers that were chosen do what they are for, before anything depends on it.

use std::{sync::Arc, time::Duration};

use signalling::{
    RoomId,
    client::{Client, ConnectionState, RoomEvent, RoomEvents, Trouble},
};
use tokio::{sync::watch, time::timeout};

use super::{Actor, Answer, answer, nothing, solana, sources};
use crate::{
    NodeError,
    handle::Reply,
    ledger::{
        bitcoin::{SourceError, Sources, try_source},
        solana::{SolanaError, rpc::Server},
    },
    reason,
};

/// For one attempt to connect, which gives up before that by itself.
const TRIAL: Duration = Duration::from_secs(20);

impl Actor {
    /// Enters a room of its own on the device's server and leaves it again; answers whether that went well.
    pub(super) fn try_server(&mut self, reply: Reply<()>) -> Answer {
        let mut name = [0; 16];
        let prepared = getrandom::fill(&mut name).map_err(NodeError::from).and_then(|()| self.client(None));
        self.attempt(prepared, reply, |client| async move {
            let visited = timeout(TRIAL, visit(&client, RoomId::from_bytes(name))).await;
            visited
                .unwrap_or(Err(Trouble::TooSlow))
                .map_err(|trouble| NodeError::ServerUnreachable { reason: reason::of_trouble(&trouble) })
        })
    }

    /// Asks whoever is chosen for a Bitcoin network which one they serve.
    pub(super) fn try_chain_source(&mut self, network: &str, reply: Reply<()>) -> Answer {
        let chosen = sources::network_named(network).and_then(|network| {
            let address = self.bitcoin.borrow().get(&network).cloned();
            Ok((address.ok_or(NodeError::NotLookedUp)?, network))
        });
        let mut sources = self.bitcoin.subscribe();
        self.attempt(chosen, reply, |(address, network)| async move {
            // Nobody waits for the answer then but whoever locked the app, until the password is held no longer.
            let is_other = |now: &Arc<Sources>| now.get(&network) != Some(&address);
            tokio::select! {
                tried = try_source(&address, network) => Ok(tried?),
                _ = sources.wait_for(is_other) => Err(SourceError::PasswordLocked.into()),
            }
        })
    }

    /// The same for Solana.
    pub(super) fn try_solana_server(&mut self, network: &str, reply: Reply<()>) -> Answer {
        let chosen = solana::network_named(network).and_then(|network| {
            let address = self.solana.borrow().get(&network).cloned();
            Ok((address.ok_or(SolanaError::NoServer(network))?, network))
        });
        self.attempt(chosen, reply, |(address, network)| async move {
            Server::connect(address, network).await?;
            Ok(())
        })
    }

    /// Does that in a task of its own, if there is something to try.
    fn attempt<T: Send + 'static, F: Future<Output = Result<(), NodeError>> + Send + 'static>(
        &mut self,
        chosen: Result<T, NodeError>,
        reply: Reply<()>,
        attempt: impl FnOnce(T) -> F,
    ) -> Answer {
        match chosen {
            Ok(chosen) => {
                let outcome = attempt(chosen);
                self.tasks.spawn(async move {
                    // Whoever asked may be gone.
                    let _ = reply.send(outcome.await);
                });
                nothing()
            }
            Err(error) => answer(reply, Err(error)),
        }
    }
}

async fn visit(client: &Client, room: RoomId) -> Result<(), Trouble> {
    let (sender, events) = client.join(room).await.map_err(|_| Trouble::Silent)?;
    let outcome = tokio::select! {
        let_in = admitted(events) => let_in,
        trouble = trouble(client.state()) => Err(trouble),
    };
    sender.leave().await;
    outcome
}

async fn admitted(mut events: RoomEvents) -> Result<(), Trouble> {
    loop {
        match events.next().await {
            Some(RoomEvent::Welcome { .. }) => return Ok(()),
            Some(RoomEvent::Refused(refusal)) => return Err(Trouble::Refused(refusal)),
            Some(_) => {}
            None => return Err(Trouble::Silent),
        }
    }
}

/// Why an attempt to connect failed, once one did.
async fn trouble(mut state: watch::Receiver<ConnectionState>) -> Trouble {
    let failed = state.wait_for(|state| matches!(state, ConnectionState::Waiting { .. })).await;
    match failed.as_deref() {
        Ok(ConnectionState::Waiting { reason, .. }) => reason.clone(),
        _ => Trouble::Silent,
    }
}
