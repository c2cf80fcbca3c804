//! A line: an attempt at a link with a member, and the link that it becomes.

use signalling::MemberId;
use tokio::{sync::mpsc, time::Instant};

use crate::{
    direct::Direct,
    noise::{Broken, Handshake, Proof, Stream},
    sealed::{AttemptId, Payload, Seal},
    stream::Frame,
};
use identity::DeviceId;

/// What goes to the signalling client.
pub(super) enum Post {
    To(MemberId, Vec<u8>),
    Note(Vec<u8>),
}

/// The way to other members through the server.
pub(super) struct Wire {
    pub(super) seal: Seal,
    pub(super) posts: mpsc::Sender<Post>,
    /// Our name in the room, once we are in it.
    pub(super) me: Option<MemberId>,
}

impl Wire {
    /// Seals and queues a payload; false if there is no room for it now.
    pub(super) fn send(&self, to: MemberId, payload: &Payload) -> bool {
        let sealed = self.me.and_then(|me| self.seal.seal(me, to, payload));
        sealed.is_some_and(|sealed| self.posts.try_send(Post::To(to, sealed)).is_ok())
    }
}

/// What carries a line's messages.
pub(super) enum Path {
    Direct(Direct),
    /// The numbers of the next message in each direction.
    Relay {
        sent: u64,
        received: u64,
    },
}

/// How far a line is.
pub(super) enum Stage {
    /// The data channel is not open yet.
    Opening,
    Shaking(Handshake),
    /// Waiting for the other end's proof.
    Proving(Box<Stream>),
    /// The other end is who it says; waiting for where its stream of messages goes on.
    Resuming(Box<Stream>, Proof),
    Up(Box<Stream>, DeviceId),
    /// In between, and after a failure.
    Broken,
}

impl Stage {
    /// For the log.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::Shaking(_) => "shaking",
            Self::Proving(_) => "proving",
            Self::Resuming(..) => "resuming",
            Self::Up(..) => "up",
            Self::Broken => "broken",
        }
    }
}

pub(super) struct Line {
    pub(super) id: AttemptId,
    pub(super) member: MemberId,
    /// Whether we opened it.
    pub(super) ours: bool,
    pub(super) path: Path,
    pub(super) stage: Stage,
    /// When it fails, unless it is up.
    pub(super) deadline: Instant,
    pub(super) last_in: Instant,
    pub(super) last_out: Instant,
    /// Whether the other side's description was taken.
    pub(super) answered: bool,
    pub(super) candidates_in: u32,
    pub(super) candidates_out: u32,
}

impl Line {
    pub(super) fn new(id: AttemptId, member: MemberId, ours: bool, path: Path, deadline: Instant) -> Self {
        let now = Instant::now();
        Self {
            id,
            member,
            ours,
            path,
            stage: Stage::Opening,
            deadline,
            last_in: now,
            last_out: now,
            answered: false,
            candidates_in: 0,
            candidates_out: 0,
        }
    }

    pub(super) fn is_direct(&self) -> bool {
        matches!(self.path, Path::Direct(_))
    }

    /// The device at the other end, if the line is up.
    pub(super) fn device(&self) -> Option<DeviceId> {
        if let Stage::Up(_, device) = &self.stage { Some(*device) } else { None }
    }

    /// Sends one message of the handshake or piece of the stream.
    pub(super) fn send(&mut self, wire: &Wire, message: Vec<u8>) -> Result<(), Broken> {
        self.last_out = Instant::now();
        let sent = match &mut self.path {
            Path::Direct(direct) => direct.send(message),
            Path::Relay { sent, .. } => {
                let index = *sent;
                *sent += 1;
                wire.send(self.member, &Payload::Relay { attempt: self.id, index, message })
            }
        };
        if sent { Ok(()) } else { Err(Broken) }
    }

    /// Encrypts and sends a frame; false if there is no room for it now.
    pub(super) fn put(&mut self, wire: &Wire, frame: &Frame<'_>) -> Result<bool, Broken> {
        self.put_bytes(wire, &frame.encode())
    }

    pub(super) fn put_bytes(&mut self, wire: &Wire, frame: &[u8]) -> Result<bool, Broken> {
        let room = match &self.path {
            Path::Direct(direct) => direct.capacity(),
            Path::Relay { .. } => wire.posts.capacity(),
        };
        if room < Stream::pieces(frame.len()) {
            return Ok(false);
        }
        let (Stage::Proving(stream) | Stage::Resuming(stream, _) | Stage::Up(stream, _)) = &mut self.stage
        else {
            return Err(Broken);
        };
        for piece in stream.encrypt(frame)? {
            self.send(wire, piece)?;
        }
        Ok(true)
    }
}
