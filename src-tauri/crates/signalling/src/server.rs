//! The server: a blind relay that keeps everything in memory, and everything bounded.
//!
//! - `http`: accepts connections, answers `/healthz` and `/metrics`, upgrades [`PATH`](crate::protocol::PATH).
//! - `connection`: one task for each WebSocket; decodes, throttles, keeps the heartbeat.
//! - `hub`: the one task that owns all rooms, visits and announcements.
//!
//! Payloads, rooms and addresses are never logged above `debug`.

mod bucket;
mod config;
mod connection;
mod deadlines;
mod http;
mod hub;
mod metrics;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;

use crate::{InvalidServerUrl, ServerUrl};

pub use config::{Limits, ServerConfig, Tls, TlsError};

use metrics::Metrics;

/// A server that listens, and serves once it [runs](Server::run).
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    tls: Option<Arc<rustls::ServerConfig>>,
    config: ServerConfig,
}

impl Server {
    /// Listens. Fails when the address is taken or the TLS certificate cannot be used.
    pub async fn bind(config: ServerConfig) -> io::Result<Self> {
        let tls = config.tls.as_ref().map(Tls::server_config).transpose().map_err(io::Error::other)?;
        let listener = TcpListener::bind(config.listen).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address, tls, config })
    }

    /// Where it listens, with the port that the system chose.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Its address as clients on this computer write it.
    pub fn url(&self) -> Result<ServerUrl, InvalidServerUrl> {
        let scheme = if self.tls.is_some() { "wss" } else { "ws" };
        format!("{scheme}://{}", self.address).parse()
    }

    /// Serves until `shutdown` is done, then tells clients to come back later and returns. Dropping
    /// the future stops at once.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let context = http::Context {
            limits: Arc::new(self.config.limits.clamped()),
            metrics: Arc::new(Metrics::default()),
            trust_forwarded_for: self.config.trust_forwarded_for,
        };
        http::run(self.listener, self.tls, context, shutdown).await;
    }
}
