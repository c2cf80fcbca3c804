//! The block that a payment names, and what becomes of the payment.

use std::{sync::Arc, time::Duration};

use chains::solana::{
    Intent, Network,
    message::Lifetime,
    rpc::{
        Cause, Confirmation, GetAccount, GetBlockHeight, GetLatestBlockhash, GetStatuses, IsBlockhashValid,
        RpcError, SendTransaction,
    },
    transaction::Transaction,
};
use coordinator::sign::RequestId;
use tokio::{
    sync::{Semaphore, mpsc, watch},
    time::sleep,
};

use super::{Servers, SolanaError, rpc::Server};
use crate::{
    NodeError,
    snapshot::{ErrorView, TransferState},
};

/// Between two looks.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
/// After a server did not answer.
const TRY_AGAIN: Duration = Duration::from_secs(10);
/// For how many blocks any server remembers what was in them; some two hours' worth.
const REMEMBERED: u64 = 18_000;

/// What is found out about a request.
pub(crate) struct Report {
    pub(crate) request: RequestId,
    pub(crate) news: News,
}

pub(crate) enum News {
    /// The block that the payment can name.
    Lifetime(Lifetime),
    /// No block can hold it any more if it names the one that it was to name.
    Over,
    /// How far the signed payment is.
    Transfer(TransferState),
    /// Why it does not go on, if so.
    Problem(Option<ErrorView>),
}

/// For one request, something to ask the owner's server until it answers.
pub(crate) struct Watcher {
    pub(crate) request: RequestId,
    pub(crate) network: Network,
    pub(crate) servers: watch::Receiver<Arc<Servers>>,
    pub(crate) reports: mpsc::Sender<Report>,
    /// Only so many ask at once.
    pub(crate) places: Arc<Semaphore>,
}

/// A signed payment.
pub(crate) struct Signed {
    pub(crate) intent: Intent,
    pub(crate) transaction: Transaction,
    pub(crate) lifetime: Lifetime,
    /// This device is to send it.
    pub(crate) send: bool,
}

impl Watcher {
    /// Reports the latest block.
    pub(crate) async fn fetch(mut self) {
        loop {
            let lifetime = match self.server().await {
                Ok(server) => server.ask(&GetLatestBlockhash).await,
                Err(error) => Err(error),
            };
            match lifetime {
                Ok(lifetime) => {
                    self.report(News::Problem(None)).await;
                    return self.report(News::Lifetime(lifetime)).await;
                }
                Err(error) => self.failed(error).await,
            }
        }
    }

    /// Reports when a payment that names this block can't be made any more.
    pub(crate) async fn outlast(mut self, lifetime: Lifetime) {
        loop {
            let places = Arc::clone(&self.places);
            let is_over = {
                let _place = places.acquire().await;
                match self.server().await {
                    Ok(server) => is_over(&server, &lifetime).await,
                    Err(error) => Err(error),
                }
            };
            match is_over {
                Ok(true) => return self.report(News::Over).await,
                Ok(false) => sleep(LOOK_AGAIN).await,
                // What is wrong with the server is said when something is asked of it that the payment needs.
                Err(_) => sleep(TRY_AGAIN).await,
            }
        }
    }

    /// Sends a payment if that is this device's part, and reports what becomes of it until that is certain.
    pub(crate) async fn follow(mut self, signed: Signed) {
        loop {
            let places = Arc::clone(&self.places);
            let seen = {
                let _place = places.acquire().await;
                match self.server().await {
                    Ok(server) => look(&server, &signed).await,
                    Err(error) => Err(error),
                }
            };
            match seen {
                Ok((state, problem)) => {
                    let is_certain = !matches!(
                        state,
                        TransferState::Pending | TransferState::Included { finalized: false }
                    );
                    self.report(News::Problem(problem.map(|error| NodeError::Solana(error).view()))).await;
                    self.report(News::Transfer(state)).await;
                    if is_certain {
                        return;
                    }
                    sleep(LOOK_AGAIN).await;
                }
                Err(error) => self.failed(error).await,
            }
        }
    }

    async fn server(&mut self) -> Result<Server, SolanaError> {
        let address = self.servers.borrow_and_update().get(&self.network).cloned();
        Server::connect(address.ok_or(SolanaError::NoServer(self.network))?, self.network).await
    }

    /// Says so, and waits for a while or until another server is chosen.
    async fn failed(&mut self, error: SolanaError) {
        let again = !matches!(error, SolanaError::NoServer(_));
        self.report(News::Problem(Some(NodeError::Solana(error).view()))).await;
        tokio::select! {
            changed = self.servers.changed() => if changed.is_err() {
                // The device is closing; so is this task.
                std::future::pending::<()>().await;
            },
            () = sleep(TRY_AGAIN), if again => {}
        }
    }

    async fn report(&self, news: News) {
        // Where nobody listens, this task is about to end.
        let _ = self.reports.send(Report { request: self.request, news }).await;
    }
}

async fn is_over(server: &Server, lifetime: &Lifetime) -> Result<bool, SolanaError> {
    let height = server.ask(&GetBlockHeight).await?;
    let may_come = server.ask(&IsBlockhashValid(lifetime.blockhash)).await?;
    Ok(over(lifetime, height, may_come).is_some())
}

/// What became of a payment, and why it can't be sent if so.
async fn look(server: &Server, signed: &Signed) -> Result<(TransferState, Option<SolanaError>), SolanaError> {
    // In this order: what is not there after its time was over is never there.
    let height = server.ask(&GetBlockHeight).await?;
    let may_come = server.ask(&IsBlockhashValid(signed.lifetime.blockhash)).await?;
    let statuses = server.ask(&GetStatuses(vec![signed.transaction.id()])).await?;
    if let Some(status) = statuses.into_iter().flatten().next() {
        let finalized = status.confirmation == Confirmation::Finalized;
        return Ok(match status.failure {
            None => (TransferState::Included { finalized }, None),
            Some(failure) if finalized => (failed(failure.cause(&signed.intent)), None),
            Some(_) => (TransferState::Pending, None),
        });
    }
    if let Some(state) = over(&signed.lifetime, height, may_come) {
        // This transaction was not made; its payment may have been, by one with another block.
        let is_marked = state == TransferState::Expired
            && server.ask(&GetAccount(signed.intent.marker_address())).await?.is_some();
        return Ok((if is_marked { failed(Cause::AlreadyMarked) } else { state }, None));
    }
    let problem = match signed.send {
        true => server.ask(&SendTransaction(&signed.transaction)).await.err(),
        false => None,
    };
    let problem = problem.map(|error| in_context(error, &signed.intent));
    Ok((
        TransferState::Pending,
        problem.filter(|error| *error != SolanaError::WouldFail(Cause::AlreadyThere)),
    ))
}

fn failed(cause: Cause) -> TransferState {
    TransferState::Failed { error: NodeError::Solana(SolanaError::WouldFail(cause)).view() }
}

fn in_context(error: SolanaError, intent: &Intent) -> SolanaError {
    match error {
        SolanaError::Rpc(RpcError::WouldFail(failure)) => SolanaError::WouldFail(failure.cause(intent)),
        other => other,
    }
}

/// What is to be said of a payment that the server does not know: nothing while it may still come. The height is the
/// proposer's word, so that it does not suffice.
fn over(lifetime: &Lifetime, height: u64, may_come: bool) -> Option<TransferState> {
    match height.checked_sub(lifetime.last_valid_block_height) {
        None | Some(0) => None,
        Some(_) if may_come => None,
        Some(past) if past > REMEMBERED => Some(TransferState::Unknown),
        Some(_) => Some(TransferState::Expired),
    }
}

#[cfg(test)]
mod tests {
    use chains::solana::message::Blockhash;

    use super::*;

    #[test]
    fn a_payment_is_over_only_when_no_block_can_hold_it_any_more() {
        let lifetime = Lifetime { blockhash: Blockhash::from_bytes([1; 32]), last_valid_block_height: 500 };
        assert_eq!(over(&lifetime, 499, false), None, "blocks up to 500 may hold it");
        assert_eq!(over(&lifetime, 500, false), None, "the server may not have seen all of the last one");
        assert_eq!(over(&lifetime, 501, false), Some(TransferState::Expired));
        assert_eq!(over(&lifetime, 501, true), None, "the proposer named a height that is too low");
        let long_ago = 500 + REMEMBERED + 1;
        assert_eq!(
            over(&lifetime, long_ago, false),
            Some(TransferState::Unknown),
            "it may have been forgotten"
        );
        let endless = Lifetime { last_valid_block_height: u64::MAX, ..lifetime };
        assert_eq!(over(&endless, u64::MAX, false), None);
    }
}
