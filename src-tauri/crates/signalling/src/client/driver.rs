use std::future::Future;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};
use tracing::debug;

use super::connect::{Begun, DialError, Dialler, Socket};
use super::desk::{Desk, Message, Next, Request};
use super::{Backoff, ClientConfig, ConnectionState, Trouble};
use crate::Refusal;
use crate::protocol::ClientFrame;
use crate::wire::Incoming;

/// How long the last frame of a connection may take.
const FAREWELL: Duration = Duration::from_secs(1);

/// Keeps the connection for a [`Desk`].
pub(super) struct Driver {
    desk: Desk,
    dialler: Dialler,
    backoff: Backoff,
    linger: Duration,
    state: watch::Sender<ConnectionState>,
    failures: u32,
}

/// How a connection ended.
enum Lost {
    /// It broke.
    Broken(Trouble),
    /// The server ended it.
    Bye(Refusal),
    /// Nobody wanted it any longer.
    Unused,
}

impl Driver {
    pub(super) fn new(
        config: ClientConfig,
        requests: mpsc::Receiver<Request>,
        messages: mpsc::Receiver<Message>,
        state: watch::Sender<ConnectionState>,
    ) -> Self {
        Self {
            desk: Desk::new(requests, messages, config.unacknowledged),
            dialler: Dialler::new(config.server, config.extra_roots, config.connect_timeout),
            backoff: config.backoff,
            linger: config.linger,
            state,
            failures: 0,
        }
    }

    pub(super) async fn run(mut self) {
        loop {
            if !self.desk.wants_connection() {
                self.desk.forget_visit();
                self.failures = 0;
                self.state.send_replace(ConnectionState::Idle);
            }
            while !self.desk.wants_connection() {
                if self.desk.is_finished() {
                    return;
                }
                self.desk.tend().await;
            }
            let attempt = self.failures + u32::from(self.desk.hello().resume.is_none());
            self.state.send_replace(ConnectionState::Connecting { attempt });
            let (dialler, hello) = (self.dialler.clone(), self.desk.hello());
            let dialled = self.unless_unwanted(async move {
                let dialler = dialler.prepared().await?;
                let connection = dialler.dial(&hello).await?;
                Ok::<_, DialError>((dialler, connection))
            });
            match dialled.await {
                None => {}
                Some(Ok((dialler, (wire, begun)))) => {
                    self.dialler = dialler;
                    self.connected(wire, begun).await;
                }
                Some(Err(DialError::Refused(refusal @ Refusal::UnsupportedVersion { .. }))) => {
                    self.desk.refuse_all(refusal);
                }
                Some(Err(error)) => {
                    self.desk.disconnected();
                    self.failures = self.failures.saturating_add(1);
                    self.pause(error.into()).await;
                }
            }
        }
    }

    async fn connected(&mut self, mut wire: Socket, begun: Begun) {
        let since = Instant::now();
        let lost = match self.desk.connected(begun) {
            Ok(()) => {
                self.state.send_replace(ConnectionState::Connected);
                self.converse(&mut wire).await
            }
            Err(_) => Lost::Broken(Trouble::Nonsense),
        };
        self.desk.disconnected();
        if since.elapsed() >= self.backoff.base {
            self.failures = 0;
        }
        match lost {
            Lost::Unused => {
                wire.push(ClientFrame::Bye.encode().into());
                tokio::spawn(wire.close(FAREWELL));
                self.desk.forget_visit();
            }
            Lost::Bye(refusal) => {
                debug!(reason = refusal.label(), "the server ended the connection");
                if !matches!(refusal, Refusal::Idle | Refusal::Superseded) {
                    self.desk.forget_visit();
                }
                self.failures = self.failures.saturating_add(1);
                self.pause(Trouble::Refused(refusal)).await;
            }
            Lost::Broken(reason) => {
                debug!(%reason, "the connection broke");
                if self.failures > 0 {
                    self.pause(reason).await;
                }
                self.failures = self.failures.saturating_add(1);
            }
        }
    }

    /// Serves handles and server until one of them ends it.
    async fn converse(&mut self, wire: &mut Socket) -> Lost {
        let mut heard = Instant::now();
        let silence = sleep_until(heard + self.desk.patience());
        tokio::pin!(silence);
        let mut unused_since = None;
        loop {
            self.desk.feed(wire);
            let hang_up_at = match self.desk.wants_connection() {
                true => None,
                false if self.desk.is_finished() && self.desk.is_settled() => return Lost::Unused,
                false => Some(*unused_since.get_or_insert_with(Instant::now) + self.linger),
            };
            if hang_up_at.is_none() {
                unused_since = None;
            }
            tokio::select! {
                incoming = wire.step(self.desk.may_read()) => match incoming {
                    Ok(Incoming::Room) => {}
                    Ok(Incoming::Alive) => heard = Instant::now(),
                    Ok(Incoming::Frame(frame)) => {
                        heard = Instant::now();
                        match self.desk.incoming(&frame, wire) {
                            Next::GoOn => {}
                            Next::Bye(refusal) => return Lost::Bye(refusal),
                            Next::Nonsense => {
                                self.desk.forget_visit();
                                return Lost::Broken(Trouble::Nonsense);
                            }
                        }
                    }
                    Err(broken) => return Lost::Broken(broken.into()),
                },
                () = self.desk.tend() => {}
                () = &mut silence => {
                    if !self.desk.may_read() {
                        heard = Instant::now();
                    }
                    let until = heard + self.desk.patience();
                    if until <= Instant::now() {
                        return Lost::Broken(Trouble::Silent);
                    }
                    silence.as_mut().reset(until);
                }
                () = sleep_until(hang_up_at.unwrap_or(heard)), if hang_up_at.is_some() => return Lost::Unused,
            }
        }
    }

    async fn pause(&mut self, reason: Trouble) {
        let pause = self.backoff.pause(self.failures, &mut rand::thread_rng());
        let retry_at = Instant::now() + pause;
        self.state.send_replace(ConnectionState::Waiting { attempt: self.failures, retry_at, reason });
        self.unless_unwanted(sleep_until(retry_at)).await;
    }

    /// Does something else while serving handles; `None` if they want no connection any longer.
    async fn unless_unwanted<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        tokio::pin!(work);
        while self.desk.wants_connection() {
            tokio::select! {
                done = &mut work => return Some(done),
                () = self.desk.tend() => {}
            }
        }
        None
    }
}
