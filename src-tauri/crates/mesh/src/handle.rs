//! The handle on a mesh.

use std::sync::Arc;

use identity::{DeviceId, DeviceName, IdentityKey};
use signalling::client::Client;
use tokio::sync::{mpsc, oneshot};
use zeroize::Zeroizing;

use crate::{
    MeshConfig, MeshError, MeshEvent, RoomNote, SessionSecret,
    config::{COMMANDS, EVENTS, MAX_BODY},
    driver::Driver,
    stream::Room,
};

/// A handle on the links of one session; one task owns all state.
///
/// When the last handle is dropped the mesh ends without a good-bye, as if the process had been killed.
#[derive(Clone, Debug)]
pub struct Mesh {
    commands: mpsc::Sender<Command>,
}

pub(crate) enum Command {
    Send {
        to: Vec<DeviceId>,
        body: Arc<Zeroizing<Vec<u8>>>,
        room: Room,
        taken: oneshot::Sender<Result<(), MeshError>>,
    },
    Note(RoomNote),
    Keep(Vec<DeviceId>),
    Flushed(oneshot::Sender<bool>),
    Close(oneshot::Sender<()>),
}

impl Mesh {
    /// Enters the session's room and makes a link to every device in it that proves its identity.
    ///
    /// Returns at once; what happens comes as events, which must be read: a mesh whose events are not
    /// read stops reading itself. Once their receiver is dropped, what comes is dropped, too, and what is
    /// sent still goes out.
    ///
    /// Errors: the client is in the room already or has ended; no random numbers.
    pub async fn join(
        client: &Client,
        secret: &SessionSecret,
        identity: Arc<IdentityKey>,
        name: DeviceName,
        config: MeshConfig,
    ) -> Result<(Self, mpsc::Receiver<MeshEvent>), MeshError> {
        let (sender, room) = client.join(secret.room()).await?;
        let (commands, incoming) = mpsc::channel(COMMANDS);
        let (events, received) = mpsc::channel(EVENTS);
        let driver = Driver::new(secret, identity, name, config, (sender, room), incoming, events)?;
        tokio::spawn(driver.run());
        Ok((Self { commands }, received))
    }

    /// Queues a message of at most 64 KiB for a device: reliable, in order, across re-made links.
    ///
    /// Errors: there never was a link to it; too much waits for it already; the body is too large.
    pub async fn send(&self, to: DeviceId, body: Zeroizing<Vec<u8>>) -> Result<(), MeshError> {
        self.broadcast(&[to], body).await
    }

    /// As [`Mesh::send`], but leaves half of the room for other messages.
    pub async fn send_spare(&self, to: DeviceId, body: Zeroizing<Vec<u8>>) -> Result<(), MeshError> {
        self.queue(&[to], body, Room::Half).await
    }

    /// Queues the same message for several devices: for all of them, or, on an error, for none.
    pub async fn broadcast(&self, to: &[DeviceId], body: Zeroizing<Vec<u8>>) -> Result<(), MeshError> {
        self.queue(to, body, Room::All).await
    }

    async fn queue(&self, to: &[DeviceId], body: Zeroizing<Vec<u8>>, room: Room) -> Result<(), MeshError> {
        if body.len() > MAX_BODY {
            return Err(MeshError::TooLarge(body.len()));
        }
        let (taken, answer) = oneshot::channel();
        self.command(Command::Send { to: to.to_vec(), body: Arc::new(body), room, taken }).await?;
        answer.await.map_err(|_| MeshError::Closed)?
    }

    /// Leaves a note in the room for whoever comes late; the last one counts.
    pub async fn set_note(&self, note: RoomNote) -> Result<(), MeshError> {
        self.command(Command::Note(note)).await
    }

    /// Names the devices, 64 at most, that are remembered while they are gone, however many others come.
    pub async fn keep(&self, devices: Vec<DeviceId>) -> Result<(), MeshError> {
        self.command(Command::Keep(devices)).await
    }

    /// Waits until every message is acknowledged. False if one since the last call never will be, as its
    /// device left or restarted or the mesh was closed. Waits for devices that are down: add a timeout.
    pub async fn flushed(&self) -> bool {
        let (done, flushed) = oneshot::channel();
        self.command(Command::Flushed(done)).await.is_ok() && flushed.await.unwrap_or(false)
    }

    /// Says good-bye on every link, leaves the room and ends the mesh, within about two seconds.
    pub async fn close(self) {
        let (done, closed) = oneshot::channel();
        if self.command(Command::Close(done)).await.is_ok() {
            let _ = closed.await;
        }
    }

    async fn command(&self, command: Command) -> Result<(), MeshError> {
        self.commands.send(command).await.map_err(|_| MeshError::Closed)
    }
}
