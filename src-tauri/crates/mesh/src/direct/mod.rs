//! A direct path: one peer connection with one negotiated, ordered, reliable data channel.
//!
//! Each has a task of its own, which owns the peer connection; the mesh holds a [`Direct`] and hears
//! [`DirectEvent`]s. Dropping the [`Direct`] sends what is queued and closes the path.

mod runtime;
mod servers;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use bytes::BytesMut;
use rtc::{ice::mdns::MulticastDnsMode, peer_connection::transport::RTCDtlsRole, shared::ifaces::ifaces};
use tokio::{
    sync::{Notify, mpsc},
    task::JoinSet,
    time::timeout,
};
use webrtc::{
    data_channel::{DataChannel, DataChannelEvent, RTCDataChannelInit},
    peer_connection::{
        PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCConfigurationBuilder,
        RTCIceCandidateInit, RTCIceConnectionState, RTCIceServer, RTCPeerConnectionIceEvent,
        RTCPeerConnectionState, RTCSessionDescription, SettingEngineBuilder,
    },
};

use crate::{
    Bind, MeshConfig,
    config::{CONTROLS, LINGER, MAX_CANDIDATES, PIECES, SEND_BUFFER},
    sealed::AttemptId,
};
use runtime::Promptable;
pub(crate) use servers::Servers;

/// The pause between rounds of connectivity checks. It passes only when a nomination misses its prompt.
const CHECK_INTERVAL: Duration = Duration::from_millis(25);
/// How long a path through a TURN server waits for a better one.
const RELAY_WAIT: Duration = Duration::from_millis(500);
/// ICE gives up only after the mesh has, which has signs of life of its own.
const ICE_TIMEOUT: Duration = Duration::from_secs(15);
const ICE_KEEPALIVE: Duration = Duration::from_secs(2);
/// The data channel's agreed number.
const CHANNEL: u16 = 0;

/// What the mesh hears of a direct path.
#[derive(Debug)]
pub(crate) enum DirectEvent {
    /// The local description, to be sent to the other side.
    Description(String),
    /// A local address, to be sent to the other side.
    Candidate(String),
    /// Messages can be sent.
    Open,
    /// A message.
    Message(Vec<u8>),
    /// The path is lost or never came up. The last event.
    Closed,
}

/// What the mesh tells a direct path.
enum Control {
    Answer(String),
    Candidate(String),
    Close,
}

/// A handle on a direct path.
pub(crate) struct Direct {
    control: mpsc::Sender<Control>,
    outgoing: mpsc::Sender<Vec<u8>>,
}

impl Direct {
    /// Opens a path; with an offer, as its answerer.
    pub(crate) fn open(
        id: AttemptId,
        offer: Option<String>,
        config: &MeshConfig,
        servers: Servers,
        events: mpsc::Sender<(AttemptId, DirectEvent)>,
        tasks: &mut JoinSet<()>,
    ) -> Self {
        let (control, controls) = mpsc::channel(CONTROLS);
        let (outgoing, pieces) = mpsc::channel(PIECES);
        let config = config.clone();
        tasks.spawn(async move {
            let events = Events { id, to: events };
            if let Err(error) = run(offer, &config, &servers, &events, controls, pieces).await {
                tracing::debug!(?id, %error, "a direct path failed");
            }
            events.send(DirectEvent::Closed).await;
        });
        Self { control, outgoing }
    }

    /// Hands over the other side's description; false if the path is overloaded or gone.
    pub(crate) fn answer(&self, sdp: String) -> bool {
        self.control.try_send(Control::Answer(sdp)).is_ok()
    }

    /// Hands over one of the other side's addresses; surplus ones are dropped.
    pub(crate) fn candidate(&self, candidate: String) {
        let _ = self.control.try_send(Control::Candidate(candidate));
    }

    /// Closes the path without sending what is queued.
    pub(crate) fn close(&self) {
        let _ = self.control.try_send(Control::Close);
    }

    /// How many messages can be sent now.
    pub(crate) fn capacity(&self) -> usize {
        self.outgoing.capacity()
    }

    pub(crate) fn send(&self, message: Vec<u8>) -> bool {
        self.outgoing.try_send(message).is_ok()
    }
}

struct Events {
    id: AttemptId,
    to: mpsc::Sender<(AttemptId, DirectEvent)>,
}

impl Events {
    async fn send(&self, event: DirectEvent) {
        // A mesh that has ended needs no events.
        let _ = self.to.send((self.id, event)).await;
    }
}

enum Signal {
    Candidate(String),
    Failed,
}

/// Called on the library's driver task; must not wait.
struct Handler {
    signals: mpsc::Sender<Signal>,
    prompt: Arc<Notify>,
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_ice_candidate(&self, event: RTCPeerConnectionIceEvent) {
        if let Ok(init) = event.candidate.to_json() {
            let _ = self.signals.try_send(Signal::Candidate(init.candidate));
        }
    }

    async fn on_ice_connection_state_change(&self, state: RTCIceConnectionState) {
        if state == RTCIceConnectionState::Connected {
            self.prompt.notify_one();
        }
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        match state {
            RTCPeerConnectionState::Connected => self.prompt.notify_one(),
            RTCPeerConnectionState::Failed | RTCPeerConnectionState::Closed => {
                let _ = self.signals.try_send(Signal::Failed);
            }
            _ => {}
        }
    }
}

async fn run(
    offer: Option<String>,
    config: &MeshConfig,
    servers: &Servers,
    events: &Events,
    controls: mpsc::Receiver<Control>,
    mut pieces: mpsc::Receiver<Vec<u8>>,
) -> webrtc::error::Result<()> {
    let prompt = Arc::new(Notify::new());
    // One signal for every local address, and the end.
    let (signals, mut signalled) = mpsc::channel(MAX_CANDIDATES as usize + 2);
    let handler = Handler { signals, prompt: prompt.clone() };
    let connection = build(config, servers.known().await, handler, prompt.clone()).await?;
    let init = RTCDataChannelInit { ordered: true, negotiated: Some(CHANNEL), ..Default::default() };
    let channel = connection.create_data_channel("link", Some(init)).await?;

    let description = match offer {
        Some(sdp) => {
            connection.set_remote_description(RTCSessionDescription::offer(sdp)?).await?;
            connection.create_answer(None).await?
        }
        None => connection.create_offer(None).await?,
    };
    events.send(DirectEvent::Description(description.sdp.clone())).await;
    connection.set_local_description(description).await?;

    let opened = Notify::new();
    let write = async {
        opened.notified().await;
        while let Some(piece) = pieces.recv().await {
            if channel.send(BytesMut::from(piece.as_slice())).await.is_err() {
                break;
            }
        }
    };
    let read = read(&connection, &*channel, events, controls, &mut signalled, &prompt, &opened);
    tokio::pin!(read);
    tokio::select! {
        () = &mut read => {}
        // Everything is handed to the channel: the other side closes when it has read the good-bye.
        () = write => { let _ = timeout(LINGER, read).await; }
    }
    connection.close().await
}

/// Serves the connection until it is closed or failed, or its handle is dropped before it opened.
async fn read(
    connection: &impl PeerConnection,
    channel: &dyn DataChannel,
    events: &Events,
    mut controls: mpsc::Receiver<Control>,
    signals: &mut mpsc::Receiver<Signal>,
    prompt: &Notify,
    opened: &Notify,
) {
    let mut open = false;
    let mut held = true;
    loop {
        tokio::select! {
            control = controls.recv(), if held => match control {
                Some(Control::Answer(sdp)) => {
                    let Ok(sdp) = RTCSessionDescription::answer(sdp) else { return };
                    if connection.set_remote_description(sdp).await.is_err() {
                        return;
                    }
                }
                Some(Control::Candidate(candidate)) => {
                    let candidate = RTCIceCandidateInit { candidate, ..Default::default() };
                    if connection.add_ice_candidate(candidate).await.is_ok() {
                        prompt.notify_one();
                    }
                }
                None if open => held = false,
                Some(Control::Close) | None => return,
            },
            signal = signals.recv() => match signal {
                Some(Signal::Candidate(candidate)) => events.send(DirectEvent::Candidate(candidate)).await,
                Some(Signal::Failed) | None => return,
            },
            event = channel.poll() => match event {
                Some(DataChannelEvent::OnOpen) => {
                    open = true;
                    opened.notify_one();
                    events.send(DirectEvent::Open).await;
                }
                Some(DataChannelEvent::OnMessage(message)) => {
                    events.send(DirectEvent::Message(message.data.to_vec())).await;
                }
                Some(DataChannelEvent::OnClose) | None => return,
                Some(_) => {}
            },
        }
    }
}

async fn build(
    config: &MeshConfig,
    servers: Vec<RTCIceServer>,
    handler: Handler,
    prompt: Arc<Notify>,
) -> webrtc::error::Result<impl PeerConnection + use<>> {
    let checks = config.direct_deadline.as_millis() / CHECK_INTERVAL.as_millis();
    let settings = SettingEngineBuilder::new()
        .with_multicast_dns_mode(MulticastDnsMode::Disabled)
        // The offerer is the last to know that ICE is connected, so its first DTLS flight is never too early.
        .with_answering_dtls_role(RTCDtlsRole::Server)
        .with_ice_connection_attempts(Some(CHECK_INTERVAL), Some(u16::try_from(checks).unwrap_or(u16::MAX)))
        .with_ice_timeouts(Some(ICE_TIMEOUT), Some(ICE_TIMEOUT), Some(ICE_KEEPALIVE))
        .with_host_acceptance_min_wait(Some(Duration::ZERO))
        .with_srflx_acceptance_min_wait(Some(Duration::ZERO))
        .with_prflx_acceptance_min_wait(Some(Duration::ZERO))
        .with_relay_acceptance_min_wait(Some(RELAY_WAIT))
        .build();
    let with_turn = servers.iter().any(|server| !server.username.is_empty());
    PeerConnectionBuilder::new()
        .with_configuration(RTCConfigurationBuilder::new().with_ice_servers(servers).build())
        .with_setting_engine(settings)
        .with_handler(Arc::new(handler))
        .with_runtime(Arc::new(Promptable::new(prompt, with_turn)))
        .with_udp_addrs(addresses(&config.bind))
        .with_data_channel_send_buffer_limit(SEND_BUFFER)
        .build()
        .await
}

/// The addresses to bind: wildcards, which the library expands into interfaces, where there are any.
fn addresses(bind: &Bind) -> Vec<SocketAddr> {
    let Bind::Interfaces = bind else {
        let Bind::Addresses(addresses) = bind else { return Vec::new() };
        return addresses.clone();
    };
    let found = ifaces().unwrap_or_default();
    let usable = |v4: bool| {
        found.iter().filter_map(|interface| interface.addr).any(|addr| match addr.ip() {
            std::net::IpAddr::V4(ip) => v4 && !ip.is_loopback() && !ip.is_link_local(),
            std::net::IpAddr::V6(ip) => !v4 && !ip.is_loopback() && !ip.is_unicast_link_local(),
        })
    };
    let wildcards = [([0, 0, 0, 0], 0).into(), ([0u16; 8], 0).into()];
    let bound: Vec<SocketAddr> =
        wildcards.into_iter().filter(|addr: &SocketAddr| usable(addr.is_ipv4())).collect();
    if bound.is_empty() { vec![([127, 0, 0, 1], 0).into()] } else { bound }
}
