use std::io;

use tokio_tungstenite::tungstenite::Error as WsError;

use super::connect::DialError;
use crate::Refusal;
use crate::wire::Broken;

/// Why there is no connection. What only an expert can read is a `detail`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Trouble {
    /// The server's name leads nowhere.
    #[error("no address is found for the server's name: {detail}")]
    UnknownName {
        /// The operating system's words.
        detail: String,
    },
    /// The computer is there, and no program takes connections.
    #[error("nothing answers at the server's address and port")]
    NobodyThere,
    /// There is no way to the server's network.
    #[error("there is no way to the server's address")]
    NoWay,
    /// There was no connection for another reason.
    #[error("the server cannot be reached: {detail}")]
    Unreachable {
        /// The operating system's words.
        detail: String,
    },
    /// It took too long.
    #[error("the server did not answer in time")]
    TooSlow,
    /// The server did not prove to be the one of its name.
    #[error("the server's certificate is not trusted: {detail}")]
    Certificate {
        /// What is wrong with it.
        detail: String,
    },
    /// Something else answers there.
    #[error("there is no signalling server at this address: {detail}")]
    OtherServer {
        /// What it answered.
        detail: String,
    },
    /// The server breaks the rules.
    #[error("the server does not keep to the protocol")]
    Nonsense,
    /// The connection ended.
    #[error("the connection broke: {detail}")]
    Broke {
        /// How.
        detail: String,
    },
    /// Nothing came any more.
    #[error("nothing was heard from the server")]
    Silent,
    /// The server says why it serves this client no longer.
    #[error("{0}")]
    Refused(Refusal),
}

impl From<DialError> for Trouble {
    fn from(error: DialError) -> Self {
        match error {
            DialError::UnknownName(error) => Self::UnknownName { detail: error.to_string() },
            DialError::Unreachable(error) => Self::unreachable(&error),
            DialError::TooSlow => Self::TooSlow,
            DialError::Certificates(error) => Self::Certificate { detail: error.to_string() },
            DialError::Handshake(error) => Self::handshake(&error),
            DialError::Broken(broken) => broken.into(),
            DialError::Refused(refusal) => Self::Refused(refusal),
            DialError::Nonsense => Self::Nonsense,
        }
    }
}

impl From<Broken> for Trouble {
    fn from(broken: Broken) -> Self {
        Self::Broke { detail: broken.to_string() }
    }
}

impl Trouble {
    fn unreachable(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::NobodyThere,
            io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::NetworkDown
            | io::ErrorKind::AddrNotAvailable => Self::NoWay,
            io::ErrorKind::TimedOut => Self::TooSlow,
            _ => Self::Unreachable { detail: error.to_string() },
        }
    }

    /// What went wrong between the TCP connection and the first frame.
    fn handshake(error: &WsError) -> Self {
        match error {
            WsError::Io(error) if error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) => {
                Self::Certificate { detail: error.to_string() }
            }
            WsError::Tls(error) => Self::Certificate { detail: error.to_string() },
            error => Self::OtherServer { detail: error.to_string() },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};

    use super::*;
    use crate::client::{Client, ClientConfig, ConnectionState};

    /// Why this server is not reached.
    async fn trouble(server: &str) -> Trouble {
        let client = Client::start(ClientConfig::new(server.parse().unwrap()));
        let _room = client.join(crate::RoomId::from_bytes([1; 16])).await.unwrap();
        let mut state = client.state();
        let failed = |state: &ConnectionState| matches!(state, ConnectionState::Waiting { .. });
        match state.wait_for(failed).await.unwrap().clone() {
            ConnectionState::Waiting { reason, .. } => reason,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn a_wrong_name_a_wrong_port_and_another_kind_of_server_are_told_apart() {
        assert!(matches!(trouble("ws://no-such-server.invalid:1").await, Trouble::UnknownName { .. }));
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        assert_eq!(trouble(&format!("ws://{free}")).await, Trouble::NobodyThere);

        let other = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = other.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = other.accept().await {
                let answer = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
                // Whoever asked may have gone.
                let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, answer).await;
            }
        });
        assert!(matches!(trouble(&format!("ws://{address}")).await, Trouble::OtherServer { .. }));
    }
}
