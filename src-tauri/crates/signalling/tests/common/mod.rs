//! What the tests of the server and the client share.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use signalling::client::{Backoff, Client, ClientConfig, RoomEvent, RoomEvents, RoomSender};
use signalling::protocol::{self, ClientFrame, Hello, HelloReply, ServerFrame, Token};
use signalling::server::{Limits, Server, ServerConfig};
use signalling::{MemberId, RoomId, ServerUrl};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// Nothing in a test takes longer than this, unless something is wrong.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Fails the test rather than letting it hang.
pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, future).await {
        Ok(value) => value,
        Err(_) => panic!("waited in vain for {what}"),
    }
}

/// A server in this process.
pub(crate) struct TestServer {
    pub(crate) address: SocketAddr,
    pub(crate) url: ServerUrl,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl TestServer {
    pub(crate) async fn start(limits: Limits) -> Self {
        Self::with(ServerConfig { limits, ..ServerConfig::default() }).await
    }

    pub(crate) async fn with(config: ServerConfig) -> Self {
        let server = Server::bind(config).await.expect("the server must be able to listen");
        let (stop, stopped) = oneshot::channel();
        let (address, url) = (server.local_addr(), server.url().unwrap());
        let task = tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));
        Self { address, url, stop: Some(stop), task }
    }

    pub(crate) async fn stop(mut self) -> SocketAddr {
        let _ = self.stop.take().unwrap().send(());
        soon("the server to stop", &mut self.task).await.unwrap();
        self.address
    }

    /// Dies without a word.
    pub(crate) async fn kill(mut self) -> SocketAddr {
        self.task.abort();
        let _ = soon("the server to die", &mut self.task).await;
        self.address
    }

    pub(crate) fn client(&self) -> Client {
        client(&self.url)
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(crate) fn config(url: &ServerUrl) -> ClientConfig {
    ClientConfig {
        backoff: Backoff { base: Duration::from_millis(5), cap: Duration::from_millis(50) },
        ..ClientConfig::new(url.clone())
    }
}

pub(crate) fn client(url: &ServerUrl) -> Client {
    Client::start(config(url))
}

pub(crate) fn room(number: u8) -> RoomId {
    RoomId::from_bytes([number; 16])
}

pub(crate) async fn next(events: &mut RoomEvents) -> RoomEvent {
    soon("an event", events.next()).await.expect("the room must not have ended")
}

/// The next event that is not about the connection.
pub(crate) async fn next_lasting(events: &mut RoomEvents) -> RoomEvent {
    loop {
        match next(events).await {
            RoomEvent::Offline | RoomEvent::Resumed => {}
            event => return event,
        }
    }
}

pub(crate) struct Member {
    pub(crate) sender: RoomSender,
    pub(crate) events: RoomEvents,
    pub(crate) me: MemberId,
    pub(crate) others: Vec<MemberId>,
    pub(crate) note: Option<Vec<u8>>,
}

/// Joins and waits for the welcome.
pub(crate) async fn enter(client: &Client, room: RoomId) -> Member {
    let (sender, mut events) = client.join(room).await.expect("joining must be possible");
    match next_lasting(&mut events).await {
        RoomEvent::Welcome { me, members, note } => Member { sender, events, me, others: members, note },
        event => panic!("expected a welcome, not {event:?}"),
    }
}

/// What a GET of `path` answers.
pub(crate) async fn get(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: test\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = String::new();
    soon("an HTTP answer", stream.read_to_string(&mut answer)).await.unwrap();
    answer
}

/// The value of a metric.
pub(crate) async fn metric(address: SocketAddr, name: &str) -> u64 {
    let text = get(address, "/metrics").await;
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("permafrost_signal_{name} ")));
    line.unwrap_or_else(|| panic!("no metric {name}")).parse().unwrap()
}

/// Waits until a metric has a value.
pub(crate) async fn metric_becomes(address: SocketAddr, name: &str, wanted: u64) {
    soon(&format!("{name} to become {wanted}"), async {
        while metric(address, name).await != wanted {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

/// A client without any of the real one's care: sends what it is told, reads when it is told.
pub(crate) struct Raw(pub(crate) WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Raw {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let (socket, _) = connect_async(format!("ws://{address}{}", protocol::PATH)).await.unwrap();
        Self(socket)
    }

    /// Connects and begins a visit.
    pub(crate) async fn begin(address: SocketAddr) -> (Self, Token) {
        let mut raw = Self::connect(address).await;
        raw.send(Hello { resume: None }.encode()).await;
        match raw.reply().await {
            HelloReply::Fresh(welcoming) => (raw, welcoming.token),
            reply => panic!("expected a fresh visit, not {reply:?}"),
        }
    }

    /// Begins a visit as a proxy's client of another address would; `None` if it is refused.
    pub(crate) async fn begin_from(address: SocketAddr, forwarded_for: &str) -> Option<Self> {
        let mut request = format!("ws://{address}{}", protocol::PATH).into_client_request().unwrap();
        request.headers_mut().insert("x-forwarded-for", forwarded_for.parse().unwrap());
        let (socket, _) = connect_async(request).await.unwrap();
        let mut raw = Self(socket);
        raw.send(Hello { resume: None }.encode()).await;
        matches!(raw.reply().await, HelloReply::Fresh(_)).then_some(raw)
    }

    /// Joins a room; returns its name there.
    pub(crate) async fn join(&mut self, room: RoomId) -> MemberId {
        self.send(ClientFrame::Join { room }.encode()).await;
        match self.frame().await {
            Some(ServerFrame::Welcome { me, .. }) => me,
            frame => panic!("expected a welcome, not {frame:?}"),
        }
    }

    /// The last frame before the connection ends.
    pub(crate) async fn last_frame(&mut self) -> Option<ServerFrame> {
        soon("the connection's end", async {
            let mut last = None;
            while let Some(frame) = self.frame().await {
                last = Some(frame);
            }
            last
        })
        .await
    }

    pub(crate) async fn send(&mut self, frame: Vec<u8>) {
        self.0.send(Message::Binary(frame.into())).await.unwrap();
    }

    pub(crate) async fn reply(&mut self) -> HelloReply {
        HelloReply::decode(&self.bytes().await.expect("an answer")).unwrap()
    }

    /// The next frame that is no acknowledgement; `None` at the end.
    pub(crate) async fn frame(&mut self) -> Option<ServerFrame> {
        loop {
            match ServerFrame::decode(&self.bytes().await?).unwrap() {
                ServerFrame::Ack { .. } => {}
                frame => return Some(frame),
            }
        }
    }

    pub(crate) async fn bytes(&mut self) -> Option<Vec<u8>> {
        loop {
            match soon("a frame", self.0.next()).await? {
                Ok(Message::Binary(bytes)) => return Some(bytes.to_vec()),
                Ok(Message::Ping(_) | Message::Pong(_)) => {}
                Ok(_) | Err(_) => return None,
            }
        }
    }
}
