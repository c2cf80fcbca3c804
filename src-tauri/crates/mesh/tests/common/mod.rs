//! Devices in one process, each with its own client of a real signalling server.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

pub mod hub;

use std::{collections::BTreeMap, future::Future, sync::Arc, time::Duration};

use identity::{DeviceId, IdentityKey};
use mesh::{Bind, LinkState, Mesh, MeshConfig, MeshEvent, SessionSecret};
use signalling::{
    ServerUrl,
    client::{Client, ClientConfig},
    server::{Server, ServerConfig},
};
use tokio::{sync::mpsc, time::timeout};
use zeroize::Zeroizing;

/// Nothing here takes so long unless it is broken.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub async fn server() -> ServerUrl {
    let server = Server::bind(ServerConfig::default()).await.unwrap();
    let url = format!("ws://{}", server.local_addr()).parse().unwrap();
    tokio::spawn(server.run(std::future::pending()));
    url
}

pub fn config() -> MeshConfig {
    MeshConfig { bind: Bind::Addresses(vec!["127.0.0.1:0".parse().unwrap()]), ..MeshConfig::default() }
}

pub fn key(byte: u8) -> Arc<IdentityKey> {
    Arc::new(IdentityKey::from_secret_bytes(&[byte; 32]))
}

pub fn id(byte: u8) -> DeviceId {
    key(byte).id()
}

pub fn secret() -> SessionSecret {
    SessionSecret::from_bytes(*b"a session secret")
}

pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("{what} took longer than {PATIENCE:?}"))
}

/// A device with its mesh, and what it has been told so far.
pub struct Device {
    pub mesh: Mesh,
    pub events: mpsc::Receiver<MeshEvent>,
    pub seen: Vec<MeshEvent>,
    /// Dropping it cuts the device off from the server.
    pub client: Client,
}

impl Device {
    pub async fn new(byte: u8, server: &ServerUrl) -> Self {
        Self::with(byte, server, &secret(), config()).await
    }

    pub async fn with(byte: u8, server: &ServerUrl, secret: &SessionSecret, config: MeshConfig) -> Self {
        let client = Client::start(ClientConfig::new(server.clone()));
        let name = format!("device {byte}").parse().unwrap();
        let (mesh, events) = Mesh::join(&client, secret, key(byte), name, config).await.unwrap();
        Self { mesh, events, seen: Vec::new(), client }
    }

    /// A device that has entered the room.
    pub async fn entered(byte: u8, server: &ServerUrl) -> Self {
        let mut device = Self::new(byte, server).await;
        device.until("entering", |event| matches!(event, MeshEvent::Entered { .. })).await;
        device
    }

    /// Reads events until one fits.
    pub async fn until(&mut self, what: &str, fits: impl Fn(&MeshEvent) -> bool) -> MeshEvent {
        let seen = &mut self.seen;
        let events = &mut self.events;
        let found = timeout(PATIENCE, async {
            loop {
                let event = events.recv().await.expect("the mesh lives");
                seen.push(event.clone());
                if fits(&event) {
                    return event;
                }
            }
        });
        match found.await {
            Ok(event) => event,
            Err(_) => panic!("{what} did not happen; seen: {:?}", self.seen),
        }
    }

    pub async fn link(&mut self, to: DeviceId, state: LinkState) {
        let wanted = state;
        self.until(
            &format!("link {state:?} to {to}"),
            |event| matches!(event, MeshEvent::Link { peer, state, .. } if *peer == to && *state == wanted),
        )
        .await;
    }

    pub async fn receive(&mut self, from: DeviceId) -> Vec<u8> {
        let event = self
            .until("a message", |event| matches!(event, MeshEvent::Received { from: f, .. } if *f == from))
            .await;
        let MeshEvent::Received { body, .. } = event else { unreachable!() };
        body
    }

    pub async fn send(&self, to: DeviceId, body: &[u8]) {
        self.mesh.send(to, Zeroizing::new(body.to_vec())).await.unwrap();
    }

    /// The last state told of every link.
    pub fn links(&self) -> BTreeMap<DeviceId, LinkState> {
        let mut links = BTreeMap::new();
        for event in &self.seen {
            match event {
                MeshEvent::Link { peer, state, .. } => drop(links.insert(*peer, *state)),
                MeshEvent::PeerLeft { peer } => drop(links.remove(peer)),
                _ => {}
            }
        }
        links
    }
}

/// Both devices see each other in this state.
pub async fn linked(a: &mut Device, a_id: DeviceId, b: &mut Device, b_id: DeviceId, state: LinkState) {
    tokio::join!(a.link(b_id, state), b.link(a_id, state));
}
