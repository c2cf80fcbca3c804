//! The address of a signalling server.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// A signalling server's address: `ws://` or `wss://`, a host, and optionally a port and a path.
///
/// It has no user, password, query or fragment, and is at most [`ServerUrl::MAX_LEN`] bytes long. The
/// protocol's own path, `/v1`, is not part of it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ServerUrl(Url);

/// Why a text is not a [`ServerUrl`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidServerUrl {
    /// It is no URL with a host.
    #[error("that is not the address of a server")]
    Syntax,
    /// It begins with something else than `ws://` or `wss://`.
    #[error("a signalling server's address begins with ws:// or wss://")]
    Scheme,
    /// It has a user, a password, a query or a fragment.
    #[error("a signalling server's address has no user, password, query or fragment")]
    Extra,
    /// It is longer than [`ServerUrl::MAX_LEN`].
    #[error("the address is longer than {} bytes", ServerUrl::MAX_LEN)]
    TooLong,
}

impl ServerUrl {
    /// The longest address, in bytes.
    pub const MAX_LEN: usize = 200;

    /// Whether the connection is encrypted (`wss://`).
    pub fn is_encrypted(&self) -> bool {
        self.0.scheme() == "wss"
    }

    /// The host as the TLS certificate names it: no brackets around an IPv6 address.
    pub(crate) fn host(&self) -> String {
        match self.0.host() {
            Some(Host::Ipv6(address)) => address.to_string(),
            Some(host) => host.to_string(),
            None => String::new(),
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.0.port_or_known_default().unwrap_or(if self.is_encrypted() { 443 } else { 80 })
    }

    /// The URL that the WebSocket handshake asks for.
    pub(crate) fn endpoint(&self) -> String {
        format!("{}{}", self.to_string().trim_end_matches('/'), crate::protocol::PATH)
    }
}

impl FromStr for ServerUrl {
    type Err = InvalidServerUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > Self::MAX_LEN {
            return Err(InvalidServerUrl::TooLong);
        }
        let url = Url::parse(text.trim()).map_err(|_| InvalidServerUrl::Syntax)?;
        if !matches!(url.scheme(), "ws" | "wss") {
            return Err(InvalidServerUrl::Scheme);
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(InvalidServerUrl::Syntax);
        }
        // The parser takes any number for an address: `12`, which may be the beginning of a longer one, for 0.0.0.12.
        if let Some(Host::Ipv4(ip)) = url.host()
            && !text.contains(&ip.to_string())
        {
            return Err(InvalidServerUrl::Syntax);
        }
        let extra = !url.username().is_empty()
            || url.password().is_some()
            || url.query().is_some()
            || url.fragment().is_some();
        if extra {
            return Err(InvalidServerUrl::Extra);
        }
        let url = Self(url);
        if url.to_string().len() > Self::MAX_LEN { Err(InvalidServerUrl::TooLong) } else { Ok(url) }
    }
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.path() {
            "/" => f.write_str(self.0.as_str().trim_end_matches('/')),
            _ => f.write_str(self.0.as_str()),
        }
    }
}

impl fmt::Debug for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerUrl({self})")
    }
}

impl TryFrom<String> for ServerUrl {
    type Error = InvalidServerUrl;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ServerUrl> for String {
    fn from(url: ServerUrl) -> Self {
        url.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_the_slash_that_the_parser_adds() {
        for text in ["ws://127.0.0.1:9000", "wss://signal.example", "wss://[::1]:4433/permafrost"] {
            let url: ServerUrl = text.parse().unwrap();
            assert_eq!(url.to_string(), text, "the address must survive being read and written");
        }
        let url: ServerUrl = "wss://[::1]/x/".parse().unwrap();
        assert_eq!(url.endpoint(), "wss://[::1]/x/v1", "the protocol's path is added once");
        assert_eq!((url.host().as_str(), url.port()), ("::1", 443), "certificates name bare addresses");
    }

    #[test]
    fn an_address_that_is_none_is_refused_with_its_reason() {
        let long = format!("ws://{}", "a".repeat(200));
        for (text, reason) in [
            ("signal.example", InvalidServerUrl::Syntax),
            ("http://signal.example", InvalidServerUrl::Scheme),
            ("wss://user:pw@signal.example", InvalidServerUrl::Extra),
            ("wss://signal.example/?q", InvalidServerUrl::Extra),
            ("ws://", InvalidServerUrl::Syntax),
            ("ws://12", InvalidServerUrl::Syntax),
            ("ws://192.168.7", InvalidServerUrl::Syntax),
            ("wss://0x7f000001:443", InvalidServerUrl::Syntax),
            (long.as_str(), InvalidServerUrl::TooLong),
        ] {
            assert_eq!(text.parse::<ServerUrl>(), Err(reason), "{text}");
        }
    }
}
