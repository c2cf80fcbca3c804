//! The signalling server on this computer, for groups on one network.
//!
//! While it runs it is this device's server; the one set before is remembered and set again when it stops.

mod addresses;

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use signalling::{
    ServerUrl,
    server::{Server, ServerConfig},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::oneshot,
    task::{JoinSet, spawn_blocking},
    time::timeout,
};

use super::{Actor, Answer, Event, Message, answer, nothing, settings};
use crate::{NodeError, handle::Reply, reason, snapshot::HostingView};

/// Where the server listens unless its owner chooses another port.
const DEFAULT_PORT: u16 = 9710;
/// How long the server may take to tell its clients that it stops.
const FAREWELL: Duration = Duration::from_secs(3);
/// How long whoever uses a port may take to say what it is.
const INTRODUCTION: Duration = Duration::from_secs(2);
/// The most that is read of what it says.
const MOST_READ: u64 = 64 * 1024;

/// The server on this computer.
#[derive(Default)]
pub(super) struct Hosting {
    state: State,
    /// Counts attempts, so that what is reported of an earlier one is told apart.
    run: u64,
    /// The server's task.
    serving: JoinSet<()>,
}

#[derive(Default)]
enum State {
    #[default]
    Off,
    Starting,
    On {
        place: Place,
        stop: oneshot::Sender<()>,
    },
    Failed(NodeError),
}

/// Where it can be reached.
struct Place {
    port: u16,
    /// The best first; at least one.
    urls: Vec<ServerUrl>,
    local_only: bool,
}

/// A server that listens.
pub(crate) struct Bound {
    server: Server,
    place: Place,
}

impl Hosting {
    pub(super) fn view(&self) -> HostingView {
        match &self.state {
            State::Off => HostingView::Off,
            State::Starting => HostingView::Starting,
            State::On { place, .. } => HostingView::On {
                port: place.port,
                urls: place.urls.iter().map(ToString::to_string).collect(),
                local_only: place.local_only,
            },
            State::Failed(error) => HostingView::Failed { error: error.view() },
        }
    }

    /// Stops it and waits until it has told its clients, or the time for that is over.
    pub(super) async fn close(&mut self) {
        if let State::On { stop, .. } = std::mem::take(&mut self.state) {
            // An error means that it has stopped.
            let _ = stop.send(());
        }
        let ended = async { while self.serving.join_next().await.is_some() {} };
        if timeout(FAREWELL, ended).await.is_err() {
            self.serving.shutdown().await;
        }
    }
}

impl Actor {
    pub(super) fn host(&mut self, port: Option<u16>, reply: Reply<()>) -> Answer {
        let port = port.unwrap_or(DEFAULT_PORT);
        match self.hosting.state {
            State::Starting | State::On { .. } => answer(reply, Err(NodeError::HostingBusy)),
            _ if port == 0 => answer(reply, Err(NodeError::PortForbidden { port })),
            State::Off | State::Failed(_) => {
                self.start_hosting(port, Some(reply));
                nothing()
            }
        }
    }

    /// Goes on hosting after a restart.
    pub(super) fn host_again(&mut self) {
        match settings::hosting_port(&self.storage) {
            Ok(Some(port)) => self.start_hosting(port, None),
            Ok(None) => {}
            Err(error) => self.hosting.state = State::Failed(error),
        }
    }

    /// Binds beside the loop; [`Actor::hosted`] goes on.
    fn start_hosting(&mut self, port: u16, reply: Option<Reply<()>>) {
        let Some(to_self) = self.to_self.upgrade() else { return };
        self.hosting.run += 1;
        self.hosting.state = State::Starting;
        let run = self.hosting.run;
        self.tasks.spawn(async move {
            let bound = bind(port).await;
            // The actor may be closing.
            let _ = to_self.send(Message::Event(Event::Hosted { run, bound, reply })).await;
        });
    }

    /// It listens, or not. `reply` is whose wish it was; nobody's, when it goes on after a restart.
    pub(super) fn hosted(
        &mut self,
        run: u64,
        bound: Result<Box<Bound>, NodeError>,
        reply: Option<Reply<()>>,
    ) -> Answer {
        if run != self.hosting.run || !matches!(self.hosting.state, State::Starting) {
            // It was stopped meanwhile.
            return reply.map_or_else(nothing, |reply| answer(reply, Ok(())));
        }
        let served = bound.and_then(|bound| {
            let url = bound.place.urls.first().ok_or(NodeError::Closed)?.clone();
            match reply {
                Some(_) => self.adopt_server(bound.place.port, url)?,
                None => self.follow_server(url)?,
            }
            Ok(self.serve(run, *bound))
        });
        if let Err(error) = &served {
            tracing::warn!(code = error.code(), "the server on this computer could not be started");
        }
        let (state, outcome) = match (served, &reply) {
            (Ok(state), _) => (state, Ok(())),
            // Told to whoever asked, and nothing stays of it.
            (Err(error), Some(_)) => (State::Off, Err(error)),
            (Err(error), None) => (State::Failed(error), Ok(())),
        };
        self.hosting.state = state;
        reply.map_or_else(nothing, |reply| answer(reply, outcome))
    }

    fn serve(&mut self, run: u64, Bound { server, place }: Bound) -> State {
        let to_self = self.to_self.clone();
        let (stop, stopped) = oneshot::channel::<()>();
        self.hosting.serving.spawn(async move {
            server.run(async { drop(stopped.await) }).await;
            if let Some(to_self) = to_self.upgrade() {
                // The actor may be closing.
                let _ = to_self.send(Message::Event(Event::HostingEnded { run })).await;
            }
        });
        State::On { place, stop }
    }

    pub(super) fn hosting_ended(&mut self, run: u64) {
        if run == self.hosting.run && matches!(self.hosting.state, State::On { .. }) {
            self.hosting.state = State::Failed(NodeError::HostingStopped);
        }
    }

    /// Answered when it has told its clients.
    pub(super) fn stop_hosting(&mut self, reply: Reply<()>) -> Answer {
        if let State::On { place, .. } = &self.hosting.state
            && place.urls.iter().any(|url| self.sessions.any_under_way_on(&url.to_string()))
        {
            return answer(reply, Err(NodeError::HostingInUse));
        }
        if let Err(error) = self.restore_server() {
            return answer(reply, Err(error));
        }
        let mut ending = Hosting { run: self.hosting.run + 1, ..Hosting::default() };
        std::mem::swap(&mut self.hosting, &mut ending);
        self.tasks.spawn(async move {
            ending.close().await;
            // Whoever asked may have gone.
            drop(reply.send(Ok(())));
        });
        nothing()
    }

    /// Makes it this device's server, and remembers the earlier one.
    fn adopt_server(&mut self, port: u16, url: ServerUrl) -> Result<(), NodeError> {
        let earlier = settings::stored_server(&self.storage)?;
        self.storage.together(|storage| {
            settings::set_hosting(storage, Some((port, &url)), earlier.as_ref())?;
            settings::set_server(storage, Some(&url))
        })?;
        self.change_server(Some(url));
        Ok(())
    }

    /// After a restart this computer may have another address. A server that was set since, or that the command line
    /// names, stays.
    fn follow_server(&mut self, url: ServerUrl) -> Result<(), NodeError> {
        let before = settings::hosted_server(&self.storage)?;
        if before.is_none() || before.as_ref() == Some(&url) {
            return Ok(());
        }
        let is_set = settings::stored_server(&self.storage)? == before;
        self.storage.together(|storage| {
            settings::set_hosted_server(storage, &url)?;
            if is_set { settings::set_server(storage, Some(&url)) } else { Ok(()) }
        })?;
        if is_set && self.config.server.is_none() {
            self.change_server(Some(url));
        }
        Ok(())
    }

    /// Sets the earlier server again, unless another was set since.
    fn restore_server(&mut self) -> Result<(), NodeError> {
        let (hosted, earlier) =
            (settings::hosted_server(&self.storage)?, settings::server_before_hosting(&self.storage)?);
        let is_set = hosted.is_some() && settings::stored_server(&self.storage)? == hosted;
        self.storage.together(|storage| {
            settings::set_hosting(storage, None, None)?;
            if is_set { settings::set_server(storage, earlier.as_ref()) } else { Ok(()) }
        })?;
        if hosted.is_some() && self.server == hosted {
            self.change_server(earlier);
        }
        Ok(())
    }
}

async fn bind(port: u16) -> Result<Box<Bound>, NodeError> {
    let found = spawn_blocking(addresses::of_this_computer).await.unwrap_or_default();
    let local_only = found.is_empty();
    let (on, addresses) = match local_only {
        true => (Ipv4Addr::LOCALHOST, vec![Ipv4Addr::LOCALHOST]),
        false => (Ipv4Addr::UNSPECIFIED, found),
    };
    let config = ServerConfig { listen: SocketAddr::from((on, port)), ..ServerConfig::default() };
    let server = match Server::bind(config).await {
        Ok(server) => server,
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            let is_ours = timeout(INTRODUCTION, is_signalling_server(port)).await;
            return Err(match is_ours {
                Ok(Ok(true)) => NodeError::PortHosted { port },
                _ => NodeError::PortTaken { port },
            });
        }
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            return Err(NodeError::PortForbidden { port });
        }
        Err(error) => return Err(NodeError::HostingFailed { reason: reason::of_io(&error) }),
    };
    let urls = addresses.iter().filter_map(|address| format!("ws://{address}:{port}").parse().ok());
    let place = Place { port, urls: urls.collect(), local_only };
    Ok(Box::new(Bound { server, place }))
}

/// Whether a signalling server listens on this computer's port.
async fn is_signalling_server(port: u16) -> io::Result<bool> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await?;
    let mut answer = Vec::new();
    stream.take(MOST_READ).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).contains("permafrost_signal_"))
}
