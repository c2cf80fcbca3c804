use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::protocol::{MAX_MEMBERS, MAX_NOTE, MAX_PAYLOAD, MAX_RECORD};

/// How a server is set up.
#[derive(Debug)]
pub struct ServerConfig {
    /// Where to listen; port 0 lets the system choose.
    pub listen: SocketAddr,
    /// With it the server speaks `wss`; without, `ws`, for a private network or behind a proxy.
    pub tls: Option<Tls>,
    /// Whether a proxy in front tells the client's address, as the last one in `X-Forwarded-For`.
    pub trust_forwarded_for: bool,
    /// What clients may use up.
    pub limits: Limits,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            tls: None,
            trust_forwarded_for: false,
            limits: Limits::default(),
        }
    }
}

/// What clients may use up. Sizes are in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Clients, connected or within the grace time.
    pub connections: usize,
    /// The same from one IPv4 address or IPv6 /64 network.
    pub connections_per_address: usize,
    /// Messages of one client a second, in the long run; each started 4 KiB of a message counts as
    /// one, an announcement as twenty. What is more is read later, not refused.
    pub messages_per_second: u32,
    /// Messages of one client at once.
    pub message_burst: u32,
    /// Largest payload; at most [`MAX_PAYLOAD`].
    pub payload: usize,
    /// Rooms with members.
    pub rooms: usize,
    /// Rooms of one client.
    pub rooms_per_connection: usize,
    /// Rooms of the clients of one address together; one with two of them counts twice.
    pub rooms_per_address: usize,
    /// Members of one room; at most [`MAX_MEMBERS`].
    pub members_per_room: usize,
    /// How long a room exists, from its first member on.
    pub room_lifetime: Duration,
    /// Announcements.
    pub announcements: usize,
    /// Announcements of one client.
    pub announcements_per_connection: usize,
    /// Announcements of the clients of one address together.
    pub announcements_per_address: usize,
    /// How long an announcement is listed.
    pub announcement_lifetime: Duration,
    /// Largest record of an announcement; at most [`MAX_RECORD`].
    pub record: usize,
    /// Notes kept; beyond, the oldest goes.
    pub notes: usize,
    /// The same of those that clients of one address left.
    pub notes_per_address: usize,
    /// How long a note is kept.
    pub note_lifetime: Duration,
    /// Largest note; at most [`MAX_NOTE`].
    pub note: usize,
    /// Frames that wait for one client, unsent or not acknowledged.
    pub queue_frames: usize,
    /// The same, in bytes.
    pub queue_bytes: usize,
    /// The same for the clients of one address together; beyond, the longest of their queues goes.
    pub queue_bytes_per_address: usize,
    /// The same for all clients together; beyond, the longest queue of the address with most goes.
    pub queue_bytes_total: usize,
    /// How long a client may acknowledge nothing although frames wait for it. If its connection
    /// breaks meanwhile, the grace time is added.
    pub stall: Duration,
    /// How long a client may be away before its visit ends.
    pub grace: Duration,
    /// How often clients are pinged.
    pub heartbeat: Duration,
    /// After how long a silence a connection is dropped.
    pub idle: Duration,
    /// How long a connection may take until its first frame is there.
    pub handshake: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        const DAY: Duration = Duration::from_secs(24 * 60 * 60);
        Self {
            connections: 4096,
            connections_per_address: 128,
            messages_per_second: 500,
            message_burst: 2000,
            payload: MAX_PAYLOAD,
            rooms: 8192,
            rooms_per_connection: 32,
            rooms_per_address: 1024,
            members_per_room: MAX_MEMBERS,
            room_lifetime: DAY * 7,
            announcements: 512,
            announcements_per_connection: 8,
            announcements_per_address: 64,
            announcement_lifetime: DAY,
            record: MAX_RECORD,
            notes: 65_536,
            notes_per_address: 4096,
            note_lifetime: DAY,
            note: MAX_NOTE,
            queue_frames: 2048,
            queue_bytes: 4 * 1024 * 1024,
            queue_bytes_per_address: 64 * 1024 * 1024,
            queue_bytes_total: 512 * 1024 * 1024,
            stall: Duration::from_secs(30),
            grace: Duration::from_secs(30),
            heartbeat: Duration::from_secs(15),
            idle: Duration::from_secs(45),
            handshake: Duration::from_secs(10),
        }
    }
}

impl Limits {
    /// With each limit at a value that the protocol allows.
    pub(super) fn clamped(mut self) -> Self {
        const TICK: Duration = Duration::from_millis(10);
        const AGES: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);
        self.messages_per_second = self.messages_per_second.max(1);
        self.message_burst = self.message_burst.max(1);
        self.payload = self.payload.min(MAX_PAYLOAD);
        self.members_per_room = self.members_per_room.clamp(1, MAX_MEMBERS);
        self.record = self.record.min(MAX_RECORD);
        self.note = self.note.min(MAX_NOTE);
        self.queue_frames = self.queue_frames.clamp(16, 1 << 20);
        self.room_lifetime = self.room_lifetime.min(AGES);
        self.announcement_lifetime = self.announcement_lifetime.min(AGES);
        self.note_lifetime = self.note_lifetime.min(AGES);
        self.stall = self.stall.clamp(TICK, AGES);
        self.grace = self.grace.min(AGES);
        self.heartbeat = self.heartbeat.clamp(TICK, AGES);
        self.idle = self.idle.clamp(self.heartbeat, AGES);
        self.handshake = self.handshake.clamp(TICK, AGES);
        self
    }
}

/// A server's certificate chain and private key.
pub struct Tls {
    certificates: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file cannot be read, or is no PEM file with what it should have.
    #[error("cannot read {file}: {source}")]
    File {
        /// Which.
        file: String,
        /// Why.
        source: pem::Error,
    },
    /// The certificate and the key cannot be used for TLS.
    #[error("the certificate cannot be used: {0}")]
    Certificate(#[from] rustls::Error),
}

impl Tls {
    /// From a certificate chain, the server's own first, and its private key.
    pub fn new(certificates: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Self {
        Self { certificates, key }
    }

    /// From PEM files.
    pub fn from_pem_files(certificates: &Path, key: &Path) -> Result<Self, TlsError> {
        let named = |file: &Path| {
            let file = file.display().to_string();
            move |source| TlsError::File { file, source }
        };
        let chain = CertificateDer::pem_file_iter(certificates)
            .and_then(Iterator::collect)
            .map_err(named(certificates))?;
        Ok(Self::new(chain, PrivateKeyDer::from_pem_file(key).map_err(named(key))?))
    }

    pub(super) fn server_config(&self) -> Result<Arc<rustls::ServerConfig>, TlsError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(self.certificates.clone(), self.key.clone_key())?;
        Ok(Arc::new(config))
    }
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tls({} certificates, key: <redacted>)", self.certificates.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absurd_limits_are_brought_to_what_the_protocol_and_the_clock_allow() {
        let absurd = Limits {
            payload: usize::MAX,
            members_per_room: 0,
            queue_frames: usize::MAX,
            stall: Duration::MAX,
            grace: Duration::MAX,
            heartbeat: Duration::ZERO,
            idle: Duration::ZERO,
            ..Limits::default()
        };
        let clamped = absurd.clamped();
        assert_eq!((clamped.payload, clamped.members_per_room), (MAX_PAYLOAD, 1));
        assert!(clamped.queue_frames <= 1 << 20, "a channel of this length must be possible");
        let latest = std::time::Instant::now().checked_add(clamped.stall + clamped.grace);
        assert!(latest.is_some(), "time must not overflow");
        assert!(clamped.idle >= clamped.heartbeat && !clamped.heartbeat.is_zero());
        assert_eq!(Limits::default().clamped(), Limits::default(), "the defaults are allowed");
    }

    #[test]
    fn one_address_gets_at_most_an_eighth_of_anything_that_can_be_used_up() {
        let limits = Limits::default();
        for (of_one, of_all) in [
            (limits.connections_per_address, limits.connections),
            (limits.rooms_per_address, limits.rooms),
            (limits.announcements_per_address, limits.announcements),
            (limits.queue_bytes_per_address, limits.queue_bytes_total),
        ] {
            assert!(of_one * 8 <= of_all, "{of_one} of {of_all} leaves too little to others");
        }
    }
}
