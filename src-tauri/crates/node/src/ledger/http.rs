//! Asking a server over HTTP: one question at a time, over one connection while they follow each other.

use std::{sync::Arc, time::Duration};

use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::{
    Method, Request, StatusCode,
    body::Bytes,
    client::conn::http1::{SendRequest, handshake},
    header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue, USER_AGENT},
};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::ServerName};
use tokio::{
    net::TcpStream,
    sync::OnceCell,
    task::spawn_blocking,
    time::{Instant, timeout},
};
use tokio_rustls::TlsConnector;
use url::{Host, Url};

/// How long one question may take, its answer included.
const DEADLINE: Duration = Duration::from_secs(30);
/// How long a connection is kept for the next question. Servers close it after some time without one, Bitcoin Core after
/// 30 seconds, and maybe just when the next question is on its way.
const KEPT: Duration = Duration::from_secs(10);
/// The most of a refusal's text that is read, in bytes.
const LONGEST_REFUSAL: usize = 16 * 1024;

/// A server, and the connection to it.
pub(crate) struct Http {
    base: Url,
    kept: Kept,
}

/// A connection between two questions, if there is one, and since when it has been idle.
#[derive(Default)]
pub(crate) struct Kept(Option<(SendRequest<Full<Bytes>>, Instant)>);

impl Kept {
    /// Taken out while it is in use: after a question that was given up it is not used again.
    pub(crate) async fn take(&mut self) -> Option<SendRequest<Full<Bytes>>> {
        let (mut sender, _) = self.0.take().filter(|(_, since)| since.elapsed() < KEPT)?;
        sender.ready().await.is_ok().then_some(sender)
    }

    pub(crate) fn put(&mut self, sender: SendRequest<Full<Bytes>>) {
        self.0 = Some((sender, Instant::now()));
    }
}

/// What is asked of a server.
pub(crate) struct Question<'a> {
    /// What comes after the server's address.
    pub(crate) path: &'a str,
    /// None: what is there is only read.
    pub(crate) body: Option<(&'static str, Vec<u8>)>,
    pub(crate) authorization: Option<HeaderValue>,
    /// The longest answer worth reading, in bytes.
    pub(crate) longest: usize,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// Nobody answers.
    #[error("it can't be reached")]
    Unreachable,
    /// Its certificate is none that is trusted here.
    #[error("it does not prove who it is")]
    Certificate,
    /// Nobody answers in time.
    #[error("it does not answer in time")]
    TimedOut,
    /// It would fill the memory.
    #[error("its answer is too long")]
    TooLong,
    /// It does not do what it was asked for.
    #[error("it refuses (HTTP {status})")]
    Refused {
        /// HTTP's number.
        status: u16,
        /// What it says: untrusted, and no longer than a refusal's text may be.
        body: Vec<u8>,
    },
}

impl Http {
    pub(crate) fn new(base: Url) -> Self {
        Self { base, kept: Kept::default() }
    }

    /// Asks, over a new connection if the last one has been closed or idle. Redirects are refusals: the owner chose this
    /// server and no other.
    pub(crate) async fn ask(&mut self, question: Question<'_>) -> Result<Vec<u8>, HttpError> {
        timeout(DEADLINE, self.answer(question)).await.map_err(|_| HttpError::TimedOut)?
    }

    async fn answer(&mut self, question: Question<'_>) -> Result<Vec<u8>, HttpError> {
        let longest = question.longest;
        let request = self.request(question).ok_or(HttpError::Unreachable)?;
        let mut sender = match self.kept.take().await {
            Some(sender) => sender,
            None => self.connect().await?,
        };
        let response = sender.send_request(request).await.map_err(|_| HttpError::Unreachable)?;
        let status = response.status();
        let longest = if status == StatusCode::OK { longest } else { LONGEST_REFUSAL };
        let body = Limited::new(response.into_body(), longest).collect().await;
        let body = body.map_err(|error| match error.is::<LengthLimitError>() {
            true => HttpError::TooLong,
            false => HttpError::Unreachable,
        })?;
        self.kept.put(sender);
        let body = body.to_bytes().to_vec();
        match status == StatusCode::OK {
            true => Ok(body),
            false => Err(HttpError::Refused { status: status.as_u16(), body }),
        }
    }

    fn request(&self, question: Question<'_>) -> Option<Request<Full<Bytes>>> {
        let path = format!("{}{}", self.base.path().trim_end_matches('/'), question.path);
        let path = if path.is_empty() { "/".to_owned() } else { path };
        let host = self.base.host_str()?;
        let host = self.base.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let mut request = Request::builder().uri(path).header(HOST, host).header(USER_AGENT, "permafrost");
        if let Some(mut authorization) = question.authorization {
            authorization.set_sensitive(true);
            request = request.header(AUTHORIZATION, authorization);
        }
        let body = match question.body {
            Some((kind, body)) => {
                request = request.method(Method::POST).header(CONTENT_TYPE, kind);
                Full::from(body)
            }
            None => Full::default(),
        };
        request.body(body).ok()
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>, HttpError> {
        let unreachable = HttpError::Unreachable;
        let (host, port) = (self.base.host(), self.base.port_or_known_default());
        let (Some(host), Some(port)) = (host, port) else { return Err(unreachable) };
        let stream = match host {
            Host::Domain(name) => TcpStream::connect((name, port)).await,
            Host::Ipv4(ip) => TcpStream::connect((ip, port)).await,
            Host::Ipv6(ip) => TcpStream::connect((ip, port)).await,
        };
        let stream = stream.map_err(|_| HttpError::Unreachable)?;
        if self.base.scheme() == "http" {
            let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(|_| unreachable)?;
            tokio::spawn(connection);
            return Ok(sender);
        }
        let name = match host {
            Host::Domain(name) => {
                ServerName::try_from(name.to_owned()).map_err(|_| HttpError::Certificate)?
            }
            Host::Ipv4(ip) => ServerName::from(std::net::IpAddr::V4(ip)),
            Host::Ipv6(ip) => ServerName::from(std::net::IpAddr::V6(ip)),
        };
        let config = tls().await.ok_or(HttpError::Certificate)?;
        let stream = TlsConnector::from(config).connect(name, stream).await;
        let stream = stream.map_err(|_| HttpError::Certificate)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(|_| unreachable)?;
        tokio::spawn(connection);
        Ok(sender)
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

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
        time,
    };

    use super::*;

    /// A server that answers each question with the number of the connection that it came over.
    async fn server() -> Url {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        tokio::spawn(async move {
            for number in 0_u8.. {
                let (mut stream, _) = listener.accept().await.unwrap();
                tokio::spawn(async move {
                    let mut asked = [0; 1024];
                    while stream.read(&mut asked).await.is_ok_and(|length| length > 0) {
                        let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{number}");
                        stream.write_all(answer.as_bytes()).await.unwrap();
                    }
                });
            }
        });
        url
    }

    async fn ask(http: &mut Http) -> Vec<u8> {
        let question = Question { path: "/", body: None, authorization: None, longest: 10 };
        http.ask(question).await.unwrap()
    }

    #[tokio::test]
    async fn a_connection_that_its_server_may_be_closing_is_not_used_again() {
        let mut http = Http::new(server().await);
        assert_eq!(
            [ask(&mut http).await, ask(&mut http).await],
            [b"0", b"0"],
            "one question after the other"
        );
        time::pause();
        // Bitcoin Core closes it after 30 seconds.
        time::advance(Duration::from_secs(29)).await;
        time::resume();
        assert_eq!(ask(&mut http).await, b"1");
    }
}
