//! A WebSocket as a stream of frames, for either side.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::{Sink, Stream};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::CapacityError;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Bytes, Message};

use crate::protocol::{MAX_FRAME, encode_ack};

/// Frames that wait to be written before the wire takes no more.
const QUEUE: usize = 32;
/// After so many frames they are acknowledged even though more are waiting to be read.
const ACK_EACH: u64 = 16;

/// Frames in and out of one WebSocket. Reads and writes go on at the same time in [`Wire::step`], so
/// that two sides that both have much to send cannot block each other.
pub(crate) struct Wire<S> {
    socket: WebSocketStream<S>,
    queue: VecDeque<Message>,
    unflushed: bool,
    received: u64,
    acknowledged: u64,
}

/// What came out of a [`Wire`].
#[derive(Debug)]
pub(crate) enum Incoming {
    /// A frame.
    Frame(Bytes),
    /// A ping or a pong: the other side is alive.
    Alive,
    /// Nothing, but there is room for frames to send again.
    Room,
}

/// Why a [`Wire`] is at its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Broken {
    #[error("the connection was closed")]
    Closed,
    #[error("a frame was too large")]
    TooLarge,
    #[error("a frame was no binary one")]
    NotBinary,
    #[error("the connection broke: {0}")]
    Failed(#[source] Box<tungstenite::Error>),
}

impl From<tungstenite::Error> for Broken {
    fn from(error: tungstenite::Error) -> Self {
        match error {
            tungstenite::Error::ConnectionClosed | tungstenite::Error::AlreadyClosed => Self::Closed,
            tungstenite::Error::Capacity(CapacityError::MessageTooLong { .. }) => Self::TooLarge,
            error => Self::Failed(Box::new(error)),
        }
    }
}

/// The limits of a WebSocket whose frames are at most `max_frame` bytes long.
pub(crate) fn limits(max_frame: usize) -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(16 * 1024)
        .write_buffer_size(32 * 1024)
        .max_write_buffer_size(256 * 1024 + 2 * MAX_FRAME)
        .max_message_size(Some(max_frame))
        .max_frame_size(Some(max_frame))
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    pub(crate) fn new(socket: WebSocketStream<S>) -> Self {
        Self { socket, queue: VecDeque::new(), unflushed: false, received: 0, acknowledged: 0 }
    }

    /// Whether [`Wire::push`] may be called.
    pub(crate) fn has_room(&self) -> bool {
        self.queue.len() < QUEUE
    }

    /// Queues a frame; written by the next [`Wire::step`].
    pub(crate) fn push(&mut self, frame: Bytes) {
        self.queue.push_back(Message::Binary(frame));
    }

    /// Queues a ping.
    pub(crate) fn ping(&mut self) {
        self.queue.push_back(Message::Ping(Bytes::new()));
    }

    /// Has it acknowledged, soon, that so many numbered frames have arrived.
    pub(crate) fn acknowledge(&mut self, received: u64) {
        self.received = received;
    }

    /// What `received` starts from: the other side knows of these.
    pub(crate) fn already_acknowledged(&mut self, received: u64) {
        self.received = received;
        self.acknowledged = received;
    }

    /// Writes what is queued and, if `read`, waits for something to arrive. Cancel safe.
    pub(crate) async fn step(&mut self, read: bool) -> Result<Incoming, Broken> {
        poll_fn(|cx| self.poll_step(cx, read)).await
    }

    /// Writes all that is queued. Cancel safe.
    pub(crate) async fn flush(&mut self) -> Result<(), Broken> {
        poll_fn(|cx| self.poll_write(cx)).await
    }

    /// Writes all that is queued and says good-bye, for at most `patience`.
    pub(crate) async fn close(mut self, patience: Duration) {
        self.queue.push_back(Message::Close(None));
        // Whether it got there does not matter: the connection is over either way.
        let _ = tokio::time::timeout(patience, async {
            self.flush().await?;
            while self.step(true).await.is_ok() {}
            Ok::<_, Broken>(())
        })
        .await;
    }

    fn poll_step(&mut self, cx: &mut Context<'_>, read: bool) -> Poll<Result<Incoming, Broken>> {
        if self.received.saturating_sub(self.acknowledged) >= ACK_EACH {
            self.queue_ack();
        }
        let was_full = !self.has_room();
        let written = self.poll_write(cx)?.is_ready();
        if read {
            match Pin::new(&mut self.socket).poll_next(cx) {
                Poll::Ready(Some(Ok(message))) => {
                    return Poll::Ready(match message {
                        Message::Binary(frame) => Ok(Incoming::Frame(frame)),
                        Message::Ping(_) | Message::Pong(_) => Ok(Incoming::Alive),
                        Message::Close(_) => Err(Broken::Closed),
                        Message::Text(_) | Message::Frame(_) => Err(Broken::NotBinary),
                    });
                }
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Err(error.into())),
                Poll::Ready(None) => return Poll::Ready(Err(Broken::Closed)),
                Poll::Pending => {}
            }
        }
        if was_full && self.has_room() {
            return Poll::Ready(Ok(Incoming::Room));
        }
        if written && self.received > self.acknowledged {
            self.queue_ack();
            let _ = self.poll_write(cx)?;
        }
        Poll::Pending
    }

    fn queue_ack(&mut self) {
        self.acknowledged = self.received;
        self.queue.push_back(Message::Binary(encode_ack(self.received).into()));
    }

    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Broken>> {
        let mut socket = Pin::new(&mut self.socket);
        while !self.queue.is_empty() {
            ready!(socket.as_mut().poll_ready(cx))?;
            if let Some(message) = self.queue.pop_front() {
                self.unflushed = true;
                socket.as_mut().start_send(message)?;
            }
        }
        if self.unflushed {
            ready!(socket.poll_flush(cx))?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }
}
