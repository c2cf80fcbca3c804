//! The signalling server's command line.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use signalling::server::{Limits, Server, ServerConfig, Tls};
use tracing_subscriber::EnvFilter;

/// Permafrost's signalling server: a blind relay through which devices find each other.
#[derive(Debug, Parser)]
#[command(name = "permafrost-signal", version)]
struct Arguments {
    /// Where to listen; port 0 lets the system choose.
    #[arg(long, default_value = "127.0.0.1:9800")]
    listen: SocketAddr,
    /// PEM file with the certificate chain: serve wss instead of ws.
    #[arg(long, requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// PEM file with the certificate's private key.
    #[arg(long, requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Behind a proxy: take the last address in X-Forwarded-For as the client's.
    #[arg(long)]
    trust_forwarded_for: bool,
    #[command(flatten)]
    limits: LimitArguments,
}

macro_rules! limit_arguments {
    ($($(#[$doc:meta])* $name:ident: $kind:ty = $read:expr, $write:expr;)*) => {
        #[derive(Debug, clap::Args)]
        #[command(next_help_heading = "Limits")]
        struct LimitArguments {
            $($(#[$doc])*
            #[arg(long, default_value_t = $read(&Limits::default().$name))]
            $name: $kind,)*
        }

        impl From<LimitArguments> for Limits {
            fn from(arguments: LimitArguments) -> Self {
                Self { $($name: $write(arguments.$name),)* }
            }
        }
    };
}

limit_arguments! {
    /// Clients, connected or within the grace time.
    connections: usize = Clone::clone, usize::from;
    /// Clients from one IPv4 address or IPv6 /64 network.
    connections_per_address: usize = Clone::clone, usize::from;
    /// Messages of one client a second, in the long run; more are read later.
    messages_per_second: u32 = Clone::clone, u32::from;
    /// Messages of one client at once.
    message_burst: u32 = Clone::clone, u32::from;
    /// Largest payload, in bytes.
    payload: usize = Clone::clone, usize::from;
    /// Rooms with members.
    rooms: usize = Clone::clone, usize::from;
    /// Rooms of one client.
    rooms_per_connection: usize = Clone::clone, usize::from;
    /// Rooms of the clients of one address together.
    rooms_per_address: usize = Clone::clone, usize::from;
    /// Members of one room.
    members_per_room: usize = Clone::clone, usize::from;
    /// Seconds that a room exists.
    room_lifetime: u64 = Duration::as_secs, Duration::from_secs;
    /// Announcements.
    announcements: usize = Clone::clone, usize::from;
    /// Announcements of one client.
    announcements_per_connection: usize = Clone::clone, usize::from;
    /// Announcements of the clients of one address together.
    announcements_per_address: usize = Clone::clone, usize::from;
    /// Seconds that an announcement is listed.
    announcement_lifetime: u64 = Duration::as_secs, Duration::from_secs;
    /// Largest record of an announcement, in bytes.
    record: usize = Clone::clone, usize::from;
    /// Notes kept; beyond, the oldest goes.
    notes: usize = Clone::clone, usize::from;
    /// Notes of the clients of one address together; beyond, its oldest goes.
    notes_per_address: usize = Clone::clone, usize::from;
    /// Seconds that a note is kept.
    note_lifetime: u64 = Duration::as_secs, Duration::from_secs;
    /// Largest note, in bytes.
    note: usize = Clone::clone, usize::from;
    /// Frames that wait for one client.
    queue_frames: usize = Clone::clone, usize::from;
    /// Bytes that wait for one client.
    queue_bytes: usize = Clone::clone, usize::from;
    /// Bytes that wait for the clients of one address together.
    queue_bytes_per_address: usize = Clone::clone, usize::from;
    /// Bytes that wait for all clients together.
    queue_bytes_total: usize = Clone::clone, usize::from;
    /// Seconds that a client may acknowledge nothing although frames wait for it.
    stall: u64 = Duration::as_secs, Duration::from_secs;
    /// Seconds that a client may be away before its visit ends.
    grace: u64 = Duration::as_secs, Duration::from_secs;
    /// Seconds between pings.
    heartbeat: u64 = Duration::as_secs, Duration::from_secs;
    /// Seconds of silence after which a connection is dropped.
    idle: u64 = Duration::as_secs, Duration::from_secs;
    /// Seconds that a connection may take until its first frame is there.
    handshake: u64 = Duration::as_secs, Duration::from_secs;
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let tls = match (&arguments.tls_cert, &arguments.tls_key) {
        (Some(certificates), Some(key)) => Some(Tls::from_pem_files(certificates, key)?),
        _ => None,
    };
    let server = Server::bind(ServerConfig {
        listen: arguments.listen,
        tls,
        trust_forwarded_for: arguments.trust_forwarded_for,
        limits: arguments.limits.into(),
    })
    .await?;
    let stop = stop_signal()?;
    let mut stdout = std::io::stdout();
    writeln!(stdout, "listening on {}", server.url()?)?;
    stdout.flush()?;
    server.run(stop).await;
    Ok(())
}

#[cfg(unix)]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        // Without a way to be told, the server runs until it is killed.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    })
}
