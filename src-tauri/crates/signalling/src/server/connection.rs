use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout};
use tokio_tungstenite::tungstenite::Bytes;
use tracing::debug;

use super::bucket::Bucket;
use super::http::{Context, Origin};
use super::hub::{Admitted, Attachment, Input, Outgoing, VisitId};
use crate::Refusal;
use crate::protocol::{BadHello, ClientFrame, Hello, HelloReply, ServerFrame};
use crate::wire::{Broken, Incoming, Wire};

/// How long a connection's last frame may take to be written.
const FAREWELL: Duration = Duration::from_secs(1);
/// A frame costs as much as a message for each started so many bytes.
const BYTES_PER_MESSAGE: usize = 4096;
/// What a message costs in the bucket; an acknowledgement costs one.
const MESSAGE_COST: u32 = 8;
/// An announcement goes to everyone who browses.
const ANNOUNCEMENT_COST: u32 = 20 * MESSAGE_COST;

/// Serves one WebSocket, from its first frame to its end.
pub(super) async fn serve<S>(mut wire: Wire<S>, origin: Origin, hub: mpsc::Sender<Input>, context: &Context)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let hello = match first_frame(&mut wire, context).await {
        Ok(hello) => hello,
        Err(Some(reply)) => return say_no(wire, reply, context).await,
        Err(None) => return,
    };
    let (outbox, outgoing) = mpsc::channel(context.limits.queue_frames.saturating_add(1));
    let (acknowledge, acknowledged) = watch::channel(0);
    let (answer, answered) = oneshot::channel();
    let attachment = Attachment { outbox, acknowledge };
    if hub.send(Input::Attach { hello, origin, attachment, answer }).await.is_err() {
        return say_no(wire, HelloReply::Refused(Refusal::Restarting), context).await;
    }
    match answered.await {
        Ok(Ok(Admitted { visit, connection, received, reply })) => {
            wire.push(reply.encode().into());
            wire.already_acknowledged(received);
            let session = Connection { visit, connection, hub, outgoing, acknowledged, context };
            session.run(wire).await;
        }
        Ok(Err(refusal)) => say_no(wire, HelloReply::Refused(refusal), context).await,
        Err(_) => say_no(wire, HelloReply::Refused(Refusal::Restarting), context).await,
    }
}

async fn first_frame<S>(wire: &mut Wire<S>, context: &Context) -> Result<Hello, Option<HelloReply>>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let frame = timeout(context.limits.handshake, async {
        loop {
            if let Incoming::Frame(frame) = wire.step(true).await? {
                return Ok::<_, Broken>(frame);
            }
        }
    });
    match frame.await {
        Err(_) => Err(Some(HelloReply::Refused(Refusal::Idle))),
        Ok(Err(Broken::TooLarge)) => Err(Some(HelloReply::Refused(Refusal::FrameTooLarge))),
        Ok(Err(Broken::NotBinary)) => Err(Some(HelloReply::Refused(Refusal::Malformed))),
        Ok(Err(_)) => Err(None),
        Ok(Ok(frame)) => Hello::decode(&frame).map_err(|error| match error {
            BadHello::Version(_) => Some(HelloReply::Unsupported),
            BadHello::Malformed => Some(HelloReply::Refused(Refusal::Malformed)),
        }),
    }
}

async fn say_no<S>(mut wire: Wire<S>, reply: HelloReply, context: &Context)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    context.metrics.rejected(match &reply {
        HelloReply::Refused(refusal) => *refusal,
        _ => Refusal::UnsupportedVersion { server: crate::protocol::VERSION },
    });
    wire.push(reply.encode().into());
    wire.close(FAREWELL).await;
}

/// One connection of a visit.
struct Connection<'a> {
    visit: VisitId,
    connection: u64,
    hub: mpsc::Sender<Input>,
    outgoing: mpsc::Receiver<Outgoing>,
    acknowledged: watch::Receiver<u64>,
    context: &'a Context,
}

/// How a connection ended.
enum End {
    /// By itself: the visit may be resumed.
    Broken,
    /// The client is done with the visit.
    Done,
    /// The client broke the rules: the visit is over.
    Refused(Refusal),
    /// Nothing was heard from it: the visit may be resumed.
    Idle,
    /// The hub ended it, and knows.
    ByHub(Option<Refusal>),
}

impl Connection<'_> {
    async fn run<S>(mut self, mut wire: Wire<S>)
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let end = self.relay(&mut wire).await;
        let (visit, connection) = (self.visit, self.connection);
        let (detached, refusal) = match end {
            End::Broken => (Some(Input::Detached { visit, connection }), None),
            End::Idle => (Some(Input::Detached { visit, connection }), Some(Refusal::Idle)),
            End::Done => (Some(Input::Ended { visit, connection }), None),
            End::Refused(refusal) => (Some(Input::Ended { visit, connection }), Some(refusal)),
            End::ByHub(refusal) => (None, refusal),
        };
        if let Some(input) = detached {
            // A hub that has ended has nothing to clean up.
            let _ = self.hub.send(input).await;
        }
        if let Some(refusal) = refusal {
            debug!(reason = refusal.label(), "ending a connection");
            self.context.metrics.rejected(refusal);
            wire.push(ServerFrame::Bye { refusal }.encode().into());
        }
        wire.close(FAREWELL).await;
    }

    async fn relay<S>(&mut self, wire: &mut Wire<S>) -> End
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let limits = &self.context.limits;
        let mut now = Instant::now();
        let mut bucket = Bucket::new(
            limits.messages_per_second.saturating_mul(MESSAGE_COST),
            limits.message_burst.saturating_mul(MESSAGE_COST),
            now,
        );
        let mut heartbeat = interval_at(now + limits.heartbeat, limits.heartbeat);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut heard = now;
        let mut paused_until: Option<Instant> = None;
        loop {
            tokio::select! {
                biased;
                outgoing = self.outgoing.recv(), if wire.has_room() => match outgoing {
                    Some(Outgoing::Frame(frame)) => {
                        self.context.metrics.frames_out.add(1);
                        self.context.metrics.bytes_out.add(frame.len());
                        wire.push(frame);
                    }
                    Some(Outgoing::Bye(refusal)) => return End::ByHub(Some(refusal)),
                    None => return End::ByHub(None),
                },
                changed = self.acknowledged.changed() => match changed {
                    Ok(()) => wire.acknowledge(*self.acknowledged.borrow_and_update()),
                    // The visit is over, and the client does not even read what is before the reason.
                    Err(_) => return End::ByHub(self.reason()),
                },
                _ = heartbeat.tick() => {
                    now = Instant::now();
                    if paused_until.is_none() && now.duration_since(heard) > limits.idle {
                        return End::Idle;
                    }
                    if wire.has_room() {
                        wire.ping();
                    }
                }
                () = sleep_until(paused_until.unwrap_or(now)), if paused_until.is_some() => {
                    paused_until = None;
                    heard = Instant::now();
                }
                incoming = wire.step(paused_until.is_none()) => match incoming {
                    Ok(Incoming::Room) => {}
                    Ok(Incoming::Alive) => heard = Instant::now(),
                    Ok(Incoming::Frame(frame)) => {
                        now = Instant::now();
                        heard = now;
                        match self.take(&frame).await {
                            Ok(cost) => if let Some(wait) = bucket.take(cost, now) {
                                self.context.metrics.throttled.add(1);
                                paused_until = Some(now + wait);
                            }
                            Err(end) => return end,
                        }
                    }
                    Err(Broken::TooLarge) => return End::Refused(Refusal::FrameTooLarge),
                    Err(Broken::NotBinary) => return End::Refused(Refusal::Malformed),
                    Err(Broken::Closed | Broken::Failed(_)) => return End::Broken,
                },
            }
        }
    }

    /// Why the hub ended this connection; what else it had for the client is dropped.
    fn reason(&mut self) -> Option<Refusal> {
        while let Ok(outgoing) = self.outgoing.try_recv() {
            if let Outgoing::Bye(refusal) = outgoing {
                return Some(refusal);
            }
        }
        None
    }

    /// Passes a frame on; returns what it costs.
    async fn take(&self, bytes: &Bytes) -> Result<u32, End> {
        self.context.metrics.frames_in.add(1);
        self.context.metrics.bytes_in.add(bytes.len());
        let frame = ClientFrame::decode(bytes).map_err(|_| End::Refused(Refusal::Malformed))?;
        let limits = &self.context.limits;
        let pieces = u32::try_from(bytes.len() / BYTES_PER_MESSAGE).unwrap_or(u32::MAX).saturating_add(1);
        let cost = match &frame {
            ClientFrame::Bye => return Err(End::Done),
            ClientFrame::Send { payload, .. } if payload.len() > limits.payload => {
                return Err(End::Refused(Refusal::TooLarge));
            }
            ClientFrame::SetNote { note, .. } if note.len() > limits.note => {
                return Err(End::Refused(Refusal::TooLarge));
            }
            ClientFrame::Ack { .. } => 1,
            ClientFrame::Announce(_) | ClientFrame::Withdraw { .. } | ClientFrame::Browse => {
                ANNOUNCEMENT_COST
            }
            _ => pieces.saturating_mul(MESSAGE_COST),
        };
        let input = Input::Frame { visit: self.visit, connection: self.connection, frame };
        self.hub.send(input).await.map_err(|_| End::ByHub(Some(Refusal::Restarting)))?;
        Ok(cost)
    }
}
