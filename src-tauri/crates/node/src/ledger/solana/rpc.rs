//! A Solana server, asked only once it has said that it serves the wallet's network.

use std::{
    fmt,
    net::IpAddr,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use chains::solana::{
    Network,
    rpc::{Call, GetGenesisHash, RpcError},
};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{
    Request,
    body::Bytes,
    client::conn::http1::{SendRequest, handshake},
    header::{CONTENT_TYPE, HOST, USER_AGENT},
};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::ServerName};
use tokio::{
    net::TcpStream,
    sync::{Mutex, OnceCell},
    task::spawn_blocking,
    time::timeout,
};
use tokio_rustls::TlsConnector;
use url::{Host, Url};

use super::SolanaError;
use crate::ledger::{http::Kept, server_url};

/// How long one question may take.
const DEADLINE: Duration = Duration::from_secs(15);

/// Where a server is: `https`, or `http` on this computer or its own network.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ServerAddress(Url);

/// A public server of a network.
pub(crate) const fn suggested(network: Network) -> &'static str {
    match network {
        Network::Mainnet => "https://api.mainnet-beta.solana.com",
        Network::Devnet => "https://api.devnet.solana.com",
        Network::Testnet => "https://api.testnet.solana.com",
    }
}

/// A server of a known network.
pub(crate) struct Server {
    address: ServerAddress,
    connection: Mutex<Kept>,
    next: AtomicU64,
}

impl Server {
    /// Asks a server which network it serves, and nothing else before it has said the right one.
    pub(crate) async fn connect(address: ServerAddress, network: Network) -> Result<Self, SolanaError> {
        let server = Self { address, connection: Mutex::new(Kept::default()), next: AtomicU64::new(1) };
        match server.ask(&GetGenesisHash).await? {
            Some(served) if served == network => Ok(server),
            _ => Err(SolanaError::OtherNetwork(network)),
        }
    }

    pub(crate) async fn ask<C: Call>(&self, call: &C) -> Result<C::Answer, SolanaError> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let answer = timeout(DEADLINE, self.post(call.body(id), C::LONGEST_ANSWER)).await;
        let answer = answer.map_err(|_| SolanaError::Unreachable)??;
        call.parse(id, &answer).map_err(SolanaError::Rpc)
    }

    async fn post(&self, body: String, longest: usize) -> Result<Vec<u8>, SolanaError> {
        let mut connection = self.connection.lock().await;
        let mut sender = match connection.take().await {
            Some(sender) => sender,
            None => self.address.open().await.ok_or(SolanaError::Unreachable)?,
        };
        let request = self.address.request(body).ok_or(SolanaError::InvalidServer)?;
        let response = sender.send_request(request).await.map_err(|_| SolanaError::Unreachable)?;
        // Redirects are not followed: the owner chose this server and no other.
        if !response.status().is_success() {
            let text = format!("HTTP {}", response.status().as_u16());
            return Err(SolanaError::Rpc(RpcError::Refused { code: 0, text }));
        }
        let answer = Limited::new(response.into_body(), longest).collect().await;
        let answer = answer.map_err(|error| match error.is::<http_body_util::LengthLimitError>() {
            true => SolanaError::Rpc(RpcError::TooLong),
            false => SolanaError::Unreachable,
        })?;
        connection.put(sender);
        Ok(answer.to_bytes().to_vec())
    }
}

impl ServerAddress {
    async fn open(&self) -> Option<SendRequest<Full<Bytes>>> {
        let port = self.0.port_or_known_default()?;
        let (stream, name) = match self.0.host()? {
            Host::Domain(name) => {
                (TcpStream::connect((name, port)).await.ok()?, ServerName::try_from(name.to_owned()).ok()?)
            }
            Host::Ipv4(ip) => (TcpStream::connect((ip, port)).await.ok()?, IpAddr::V4(ip).into()),
            Host::Ipv6(ip) => (TcpStream::connect((ip, port)).await.ok()?, IpAddr::V6(ip).into()),
        };
        if self.0.scheme() == "http" {
            let (sender, connection) = handshake(TokioIo::new(stream)).await.ok()?;
            tokio::spawn(connection);
            return Some(sender);
        }
        let stream = TlsConnector::from(tls().await?).connect(name, stream).await.ok()?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await.ok()?;
        tokio::spawn(connection);
        Some(sender)
    }

    fn request(&self, body: String) -> Option<Request<Full<Bytes>>> {
        let path = match self.0.query() {
            Some(query) => format!("{}?{query}", self.0.path()),
            None => self.0.path().to_owned(),
        };
        let host = self.0.host_str()?;
        let host = self.0.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        Request::post(path)
            .header(HOST, host)
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, "permafrost")
            .body(Full::from(body))
            .ok()
    }
}

/// Servers are trusted as the system trusts them. Read once.
async fn tls() -> Option<Arc<ClientConfig>> {
    static CONFIG: OnceCell<Option<Arc<ClientConfig>>> = OnceCell::const_new();
    let read = || async {
        let roots = spawn_blocking(|| {
            let mut roots = RootCertStore::empty();
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            roots
        });
        let provider = Arc::new(ring::default_provider());
        let config =
            ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().ok()?;
        Some(Arc::new(config.with_root_certificates(roots.await.ok()?).with_no_client_auth()))
    };
    CONFIG.get_or_init(read).await.clone()
}

impl FromStr for ServerAddress {
    type Err = SolanaError;

    fn from_str(text: &str) -> Result<Self, SolanaError> {
        let url = server_url(text).ok_or(SolanaError::InvalidServer)?;
        Ok(Self(url))
    }
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Without the path, which may hold a key that the server's operator gave out.
impl fmt::Debug for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerAddress({})", self.0.host_str().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_reached_encrypted_or_nearby() {
        for good in [
            "https://api.devnet.solana.com",
            " https://rpc.example.org/?api-key=abc ",
            "http://127.0.0.1:8899",
            "http://localhost:8899",
            "http://192.168.1.20:8899",
            "http://[::1]:8899",
        ] {
            assert!(good.parse::<ServerAddress>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "api.devnet.solana.com",
            "http://api.devnet.solana.com",
            "http://8.8.8.8:8899",
            "http://127.1:8899",
            "https://12",
            "wss://api.devnet.solana.com",
            "https://name:secret@rpc.example.org",
            "file:///etc/passwd",
        ] {
            assert_eq!(bad.parse::<ServerAddress>(), Err(SolanaError::InvalidServer), "{bad}");
        }
        for network in Network::ALL {
            assert!(suggested(network).parse::<ServerAddress>().is_ok());
        }
    }
}
