use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{Connector, MaybeTlsStream, client_async_tls_with_config};

use crate::protocol::{BadHello, Hello, HelloReply, MAX_FRAME, Welcoming};
use crate::wire::{self, Broken, Incoming, Wire};
use crate::{Refusal, ServerUrl};

/// Makes connections to one server.
#[derive(Clone)]
pub(super) struct Dialler {
    server: ServerUrl,
    extra_roots: Vec<CertificateDer<'static>>,
    patience: Duration,
    tls: Option<Arc<rustls::ClientConfig>>,
}

/// How the server began a connection.
#[derive(Debug)]
pub(super) enum Begun {
    Fresh(Welcoming),
    Resumed { received: u64 },
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub(super) enum DialError {
    #[error("no address is found for the server's name: {0}")]
    UnknownName(#[source] io::Error),
    #[error("the server cannot be reached: {0}")]
    Unreachable(#[from] io::Error),
    #[error("the server did not answer in time")]
    TooSlow,
    #[error("the system's certificates cannot be used: {0}")]
    Certificates(#[from] rustls::Error),
    #[error("there is no signalling server at this address: {0}")]
    Handshake(#[source] Box<tokio_tungstenite::tungstenite::Error>),
    #[error("{0}")]
    Broken(#[from] Broken),
    #[error("{0}")]
    Refused(Refusal),
    #[error("the server answered with something else than this protocol")]
    Nonsense,
}

pub(super) type Socket = Wire<MaybeTlsStream<TcpStream>>;

impl Dialler {
    pub(super) fn new(
        server: ServerUrl,
        extra_roots: Vec<CertificateDer<'static>>,
        patience: Duration,
    ) -> Self {
        Self { server, extra_roots, patience, tls: None }
    }

    /// Prepares what is the same for all connections; loading the system's certificates takes a while.
    pub(super) async fn prepared(mut self) -> Result<Self, DialError> {
        if self.server.is_encrypted() && self.tls.is_none() {
            let extra_roots = self.extra_roots.clone();
            let tls = tokio::task::spawn_blocking(move || tls(extra_roots)).await;
            self.tls = Some(Arc::new(tls.map_err(io::Error::other)??));
        }
        Ok(self)
    }

    /// Connects and exchanges the first frames.
    pub(super) async fn dial(&self, hello: &Hello) -> Result<(Socket, Begun), DialError> {
        timeout(self.patience, self.try_dial(hello)).await.map_err(|_| DialError::TooSlow)?
    }

    async fn try_dial(&self, hello: &Hello) -> Result<(Socket, Begun), DialError> {
        let failed = |error| DialError::Handshake(Box::new(error));
        let place = (self.server.host(), self.server.port());
        let addresses: Vec<_> = lookup_host(place).await.map_err(DialError::UnknownName)?.collect();
        let stream = TcpStream::connect(&*addresses).await?;
        stream.set_nodelay(true)?;
        let request = self.server.endpoint().into_client_request().map_err(failed)?;
        let connector = match &self.tls {
            Some(tls) => Connector::Rustls(tls.clone()),
            None => Connector::Plain,
        };
        let limits = Some(wire::limits(MAX_FRAME));
        let (socket, _) =
            client_async_tls_with_config(request, stream, limits, Some(connector)).await.map_err(failed)?;
        let mut wire = Wire::new(socket);
        wire.push(hello.encode().into());
        let reply = loop {
            if let Incoming::Frame(frame) = wire.step(true).await? {
                break HelloReply::decode(&frame);
            }
        };
        match reply {
            Ok(HelloReply::Fresh(welcoming)) => Ok((wire, Begun::Fresh(welcoming))),
            Ok(HelloReply::Resumed { received }) => Ok((wire, Begun::Resumed { received })),
            Ok(HelloReply::Refused(refusal)) => Err(DialError::Refused(refusal)),
            Err(BadHello::Version(server)) => Err(DialError::Refused(Refusal::UnsupportedVersion { server })),
            Ok(HelloReply::Unsupported) | Err(BadHello::Malformed) => Err(DialError::Nonsense),
        }
    }
}

fn tls(extra_roots: Vec<CertificateDer<'static>>) -> Result<rustls::ClientConfig, rustls::Error> {
    let mut roots = RootCertStore::empty();
    // A certificate of the system that cannot be read is one that vouches for nobody.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots.add_parsable_certificates(extra_roots);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}
