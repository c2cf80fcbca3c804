//! STUN and TURN servers, which help devices behind NATs to reach each other directly.

use std::{fmt, str::FromStr};

use url::Host;
use zeroize::Zeroizing;

/// The port of STUN and TURN (RFC 8489 §18.6, RFC 8656 §18.8).
const DEFAULT_PORT: u16 = 3478;

/// A STUN or TURN server, over UDP.
///
/// Written `stun:HOST[:PORT]` or `turn:HOST[:PORT][?transport=udp],USER,PASSWORD` (RFC 7064, RFC 7065). Over TCP and
/// TLS there is none: where UDP does not pass, links run through the signalling server, which does the same.
#[derive(Clone, PartialEq, Eq)]
pub struct IceServer {
    host: Host,
    port: u16,
    turn: Option<Credential>,
}

#[derive(Clone, PartialEq, Eq)]
struct Credential {
    username: String,
    password: Zeroizing<String>,
}

/// Why a text names no [`IceServer`]. Never repeats the text, which may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidIceServer {
    /// It begins with something else than `stun:` or `turn:`.
    #[error(
        "A STUN or TURN server's address looks like stun:stun.example.org or turn:turn.example.org:3478."
    )]
    Scheme,
    /// It asks for TCP or TLS.
    #[error(
        "STUN and TURN servers are used over UDP only, not over TCP or TLS (stuns:, turns:, transport=tcp). Where UDP does not pass, devices talk through the signalling server, so no such server is needed."
    )]
    Transport,
    /// The host is missing or none.
    #[error("The server's address has no valid host. It looks like turn:turn.example.org:3478.")]
    Host,
    /// The port is none.
    #[error("The server's port is not a number from 1 to 65535.")]
    Port,
    /// Something follows the port that does not belong there.
    #[error("The server's address has something after its host and port that is not ?transport=udp.")]
    Extra,
    /// A TURN server without a user or a password.
    #[error("A TURN server needs a user and a password: turn:HOST:PORT,USER,PASSWORD.")]
    NoCredential,
    /// A STUN server with a user or a password.
    #[error(
        "A STUN server takes no user and no password. If you have them, it is a TURN server: turn:HOST:PORT."
    )]
    NeedlessCredential,
    /// The user or the password has control characters.
    #[error("The TURN server's user and password can't have control characters, such as line breaks.")]
    Control,
    /// One of the parts is too long.
    #[error(
        "The server's address can have {} bytes at most, its user and its password {} each.",
        IceServer::MAX_URL,
        IceServer::MAX_CREDENTIAL
    )]
    TooLong,
}

impl IceServer {
    /// The longest URL, in bytes.
    pub const MAX_URL: usize = 300;
    /// The longest user name and the longest password, in bytes.
    pub const MAX_CREDENTIAL: usize = 512;

    /// Reads a URL; user and password are empty for STUN.
    pub fn new(url: &str, username: &str, password: &str) -> Result<Self, InvalidIceServer> {
        use InvalidIceServer as No;
        let url = url.trim();
        if url.len() > Self::MAX_URL || username.len().max(password.len()) > Self::MAX_CREDENTIAL {
            return Err(No::TooLong);
        }
        let (scheme, rest) = url.split_once(':').ok_or(No::Scheme)?;
        let is_turn = match scheme.to_ascii_lowercase().as_str() {
            "stun" => false,
            "turn" => true,
            "stuns" | "turns" => return Err(No::Transport),
            _ => return Err(No::Scheme),
        };
        let (address, query) = rest.split_once('?').map_or((rest, None), |(a, query)| (a, Some(query)));
        match query {
            None => {}
            // Not STUN's by RFC 7064, but common.
            Some("transport=udp") => {}
            Some("transport=tcp") => return Err(No::Transport),
            Some(_) => return Err(No::Extra),
        }
        let (host, port) = split_port(address)?;
        let port = match port {
            None => DEFAULT_PORT,
            Some(digits) => parse_port(digits)?,
        };
        let host = Host::parse(host).map_err(|_| No::Host)?;
        if username.chars().chain(password.chars()).any(char::is_control) {
            return Err(No::Control);
        }
        let turn = match (is_turn, username.is_empty() && password.is_empty()) {
            (false, true) => None,
            (false, false) => return Err(No::NeedlessCredential),
            (true, _) if username.is_empty() || password.is_empty() => return Err(No::NoCredential),
            (true, _) => Some(Credential {
                username: username.to_owned(),
                password: Zeroizing::new(password.to_owned()),
            }),
        };
        Ok(Self { host, port, turn })
    }

    /// The address without user and password.
    pub fn url(&self) -> String {
        format!("{}:{}:{}", if self.turn.is_some() { "turn" } else { "stun" }, self.host, self.port)
    }

    /// Whether it relays, too.
    pub fn is_turn(&self) -> bool {
        self.turn.is_some()
    }

    /// The user; empty for STUN.
    pub fn username(&self) -> &str {
        self.turn.as_ref().map_or("", |credential| &credential.username)
    }

    /// The password; empty for STUN.
    pub fn password(&self) -> &str {
        self.turn.as_ref().map_or("", |credential| &credential.password)
    }

    pub(crate) fn host(&self) -> &Host {
        &self.host
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }
}

/// Separates the host from the port; the colons of an IPv6 address are within brackets.
fn split_port(address: &str) -> Result<(&str, Option<&str>), InvalidIceServer> {
    let end = match address.strip_prefix('[') {
        Some(_) => address.find(']').ok_or(InvalidIceServer::Host)? + 1,
        None => address.find(':').unwrap_or(address.len()),
    };
    let (host, rest) = address.split_at_checked(end).ok_or(InvalidIceServer::Host)?;
    match rest.strip_prefix(':') {
        Some(port) => Ok((host, Some(port))),
        None if rest.is_empty() => Ok((host, None)),
        None => Err(InvalidIceServer::Extra),
    }
}

fn parse_port(digits: &str) -> Result<u16, InvalidIceServer> {
    let digits_only = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let port = digits_only.then(|| digits.parse().ok()).flatten().filter(|port| *port > 0);
    port.ok_or(InvalidIceServer::Port)
}

impl FromStr for IceServer {
    type Err = InvalidIceServer;

    /// Reads `URL` or `URL,USER,PASSWORD`; the password may have commas.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.trim().splitn(3, ',');
        let url = parts.next().unwrap_or_default();
        Self::new(url, parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
    }
}

impl fmt::Debug for IceServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IceServer({})", self.url())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<IceServer, InvalidIceServer> {
        text.parse()
    }

    #[test]
    fn a_server_is_read_with_its_default_port_and_shown_without_its_password() {
        for (text, url, user, password) in [
            ("stun:stun.example.org", "stun:stun.example.org:3478", "", ""),
            ("STUN:Stun.Example.org:19302", "stun:stun.example.org:19302", "", ""),
            ("stun:192.0.2.7:1?transport=udp", "stun:192.0.2.7:1", "", ""),
            ("turn:turn.example.org,ann,p,w, d", "turn:turn.example.org:3478", "ann", "p,w, d"),
            (" turn:[2001:db8::1]:443?transport=udp,ann,x\n", "turn:[2001:db8::1]:443", "ann", "x"),
            ("turn:[2001:db8::1],ann,x", "turn:[2001:db8::1]:3478", "ann", "x"),
        ] {
            let server = parse(text).unwrap();
            assert_eq!((server.url().as_str(), server.username(), server.password()), (url, user, password));
            assert_eq!(server.is_turn(), !user.is_empty(), "{text}");
            assert_eq!(
                IceServer::new(&server.url(), user, password),
                Ok(server),
                "what is shown is read again"
            );
        }
        let shown = format!("{:?}", parse("turn:turn.example.org,annabel,hunter2").unwrap());
        assert_eq!(shown, "IceServer(turn:turn.example.org:3478)");
    }

    #[test]
    fn what_is_no_usable_server_is_refused_with_its_reason() {
        use InvalidIceServer as No;
        let long = format!("stun:{}", "a".repeat(IceServer::MAX_URL));
        let long_password = format!("turn:h,u,{}", "p".repeat(IceServer::MAX_CREDENTIAL + 1));
        for (text, reason) in [
            ("", No::Scheme),
            ("stun.example.org", No::Scheme),
            ("https://example.org", No::Scheme),
            ("stun:", No::Host),
            ("stun://example.org", No::Host),
            ("stun:ann@example.org", No::Host),
            ("stun:exa mple.org", No::Host),
            ("stun:2001:db8::1", No::Port),
            ("stun:[2001:db8::1", No::Host),
            ("stun:[::1]x", No::Extra),
            ("stun:example.org:", No::Port),
            ("stun:example.org:0", No::Port),
            ("stun:example.org:+80", No::Port),
            ("stun:example.org:65536", No::Port),
            ("stun:example.org/path", No::Host),
            ("stun:example.org?transport=sctp", No::Extra),
            ("stuns:example.org", No::Transport),
            ("turns:example.org,u,p", No::Transport),
            ("turn:example.org?transport=tcp,u,p", No::Transport),
            ("turn:example.org", No::NoCredential),
            ("turn:example.org,u", No::NoCredential),
            ("turn:example.org,,p", No::NoCredential),
            ("stun:example.org,u,p", No::NeedlessCredential),
            ("turn:example.org,u,p\u{7}", No::Control),
            (long.as_str(), No::TooLong),
            (long_password.as_str(), No::TooLong),
        ] {
            assert_eq!(parse(text), Err(reason), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(stun|turn):[\\[\\]:?,.@/a-z0-9\u{e9} ]{0,40}") {
            if let Ok(server) = parse(&text) {
                let again = IceServer::new(&server.url(), server.username(), server.password());
                proptest::prop_assert_eq!(again, Ok(server));
            }
        }
    }
}
