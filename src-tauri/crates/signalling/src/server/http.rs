use std::collections::HashMap;
use std::convert::Infallible;
use std::future::Future;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{CONNECTION, HeaderValue};
use hyper::service::service_fn;
use hyper::upgrade::OnUpgrade;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Bytes;
use tokio_tungstenite::tungstenite::handshake::server::create_response_with_body;
use tokio_tungstenite::tungstenite::protocol::Role;
use tracing::debug;

use super::config::Limits;
use super::connection;
use super::hub::{self, Hub, Input};
use super::metrics::Metrics;
use crate::Refusal;
use crate::protocol::{MAX_FRAME, MAX_PAYLOAD, PATH};
use crate::wire::{self, Wire};

/// Connections beyond the limit that are still told why they are refused.
const SPARE: usize = 64;
/// How long connections may take to end when the server stops.
const FAREWELL: Duration = Duration::from_millis(1500);

/// What all connections share.
#[derive(Debug, Clone)]
pub(super) struct Context {
    pub(super) limits: Arc<Limits>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) trust_forwarded_for: bool,
}

/// An IPv4 address or an IPv6 /64 network: who counts as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Origin(IpAddr);

impl From<IpAddr> for Origin {
    fn from(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
            }
            v4 => v4,
        })
    }
}

/// Accepts until `shutdown`.
pub(super) async fn run(
    listener: TcpListener,
    tls: Option<Arc<rustls::ServerConfig>>,
    context: Context,
    shutdown: impl Future<Output = ()>,
) {
    let (hub, inputs) = mpsc::channel(hub::INPUTS);
    let mut hub_task = JoinSet::new();
    hub_task.spawn(Hub::new(context.limits.clone(), context.metrics.clone()).run(inputs));
    let tls = tls.map(TlsAcceptor::from);
    let mut connections = JoinSet::new();
    let mut origins: HashMap<Origin, usize> = HashMap::new();
    let per_origin = match context.trust_forwarded_for {
        true => usize::MAX,
        false => context.limits.connections_per_address.saturating_add(SPARE),
    };
    let total = context.limits.connections.saturating_add(SPARE);
    tokio::pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            Some(ended) = connections.join_next_with_id() => {
                context.metrics.connections.set(connections.len());
                release(&mut origins, ended);
            }
            accepted = listener.accept() => {
                let (stream, address) = match accepted {
                    Ok(accepted) => accepted,
                    Err(error) => {
                        // Out of file descriptors, mostly: the pause keeps this from spinning.
                        debug!(%error, "cannot accept");
                        tokio::time::sleep(Duration::from_millis(50)).await;
                        continue;
                    }
                };
                let origin = Origin::from(address.ip());
                let from_here = origins.get(&origin).copied().unwrap_or(0);
                if connections.len() >= total {
                    context.metrics.rejected(Refusal::ServerFull);
                    continue;
                }
                if from_here >= per_origin {
                    context.metrics.rejected(Refusal::TooManyConnections);
                    continue;
                }
                origins.insert(origin, from_here + 1);
                let connection = accept(stream, tls.clone(), origin, hub.clone(), context.clone());
                connections.spawn(async move {
                    connection.await;
                    origin
                });
                context.metrics.connections.set(connections.len());
            }
        }
    }
    drop(listener);
    // A hub that has ended has no clients to tell.
    let _ = hub.send(Input::Shutdown).await;
    let _ = timeout(FAREWELL, async { while connections.join_next().await.is_some() {} }).await;
}

fn release(
    origins: &mut HashMap<Origin, usize>,
    ended: Result<(tokio::task::Id, Origin), tokio::task::JoinError>,
) {
    let Ok((_, origin)) = ended else { return };
    if let Some(count) = origins.get_mut(&origin) {
        *count -= 1;
        if *count == 0 {
            origins.remove(&origin);
        }
    }
}

async fn accept(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    origin: Origin,
    hub: mpsc::Sender<Input>,
    context: Context,
) {
    if let Err(error) = stream.set_nodelay(true) {
        debug!(%error, "cannot turn off Nagle's algorithm");
    }
    match tls {
        None => serve(stream, origin, hub, context).await,
        Some(tls) => match timeout(context.limits.handshake, tls.accept(stream)).await {
            Ok(Ok(stream)) => serve(stream, origin, hub, context).await,
            Ok(Err(error)) => debug!(%error, "TLS handshake failed"),
            Err(_) => debug!("TLS handshake took too long"),
        },
    }
}

async fn serve<S>(stream: S, origin: Origin, hub: mpsc::Sender<Input>, context: Context)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (upgrades, mut upgraded) = mpsc::channel(1);
    let service = service_fn(|request| {
        let response = respond(request, origin, &context, &upgrades);
        async move { Ok::<_, Infallible>(response) }
    });
    let http = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(context.limits.handshake)
        .max_buf_size(16 * 1024)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    if !matches!(timeout(context.limits.handshake * 2, http).await, Ok(Ok(()))) {
        return;
    }
    let Ok((origin, upgrade)) = upgraded.try_recv() else { return };
    let parts = match upgrade.await.map(|io| io.downcast::<TokioIo<S>>()) {
        Ok(Ok(parts)) => parts,
        _ => return,
    };
    let limits = wire::limits(MAX_FRAME - MAX_PAYLOAD + context.limits.payload.max(4096));
    let (stream, early) = (parts.io.into_inner(), parts.read_buf.to_vec());
    let socket = WebSocketStream::from_partially_read(stream, early, Role::Server, Some(limits)).await;
    connection::serve(Wire::new(socket), origin, hub, &context).await;
}

fn respond(
    mut request: Request<Incoming>,
    origin: Origin,
    context: &Context,
    upgrades: &mpsc::Sender<(Origin, OnUpgrade)>,
) -> Response<Full<Bytes>> {
    match (request.method(), request.uri().path()) {
        (&Method::GET, "/healthz") => text(StatusCode::OK, "ok\n"),
        (&Method::GET, "/metrics") => text(StatusCode::OK, context.metrics.render()),
        (_, PATH) => match create_response_with_body(&request, Full::default) {
            Ok(response) => {
                let origin = forwarded_for(&request, context).unwrap_or(origin);
                // The channel has room for the one upgrade that a connection can have.
                let _ = upgrades.try_send((origin, hyper::upgrade::on(&mut request)));
                response
            }
            Err(_) => text(StatusCode::UPGRADE_REQUIRED, "this is a WebSocket\n"),
        },
        _ => text(StatusCode::NOT_FOUND, "not found\n"),
    }
}

fn forwarded_for(request: &Request<Incoming>, context: &Context) -> Option<Origin> {
    if !context.trust_forwarded_for {
        return None;
    }
    let header = request.headers().get_all("x-forwarded-for").iter().next_back()?;
    let last = header.to_str().ok()?.rsplit(',').next()?;
    last.trim().parse::<IpAddr>().ok().map(Origin::from)
}

fn text(status: StatusCode, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}
