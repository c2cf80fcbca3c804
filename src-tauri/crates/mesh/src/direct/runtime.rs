//! A runtime for the WebRTC library that can be prompted.
//!
//! The library's driver handles its timers only when one is due, yet several steps of a handshake need
//! such a pass to go on: a candidate that was added, DTLS once ICE is connected, SCTP once DTLS is. Left
//! alone each waits for the next ICE tick, up to 200 ms. A prompt ends the driver's sleep at once.
//!
//! What goes through a TURN server needs more: the driver hands it to its TURN client in one pass and to the
//! socket in the next, and takes what came in one and answers in the next, so each packet would wait for the next
//! timer, a second and more. There, two more passes follow on everything that woke the driver.

use std::{
    future::{Future, ready},
    io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use tokio::sync::Notify;
use webrtc::runtime::{
    AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, Runtime, TokioRuntime,
};

/// The passes that follow on one in which something happened.
const MORE_PASSES: u8 = 2;
/// With a TURN server, the driver sleeps no longer: a timer may have come between the passes.
const LONGEST_SLEEP: Duration = Duration::from_millis(100);

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

tokio::task_local! {
    /// Set in the tasks that the library spawns: its driver. Others' sleeps are time limits.
    static DRIVER: ();
}

/// Tokio, with sleeps that a prompt cuts short. One for each peer connection.
#[derive(Debug)]
pub(super) struct Promptable {
    prompt: Arc<Notify>,
    /// The passes that are due at once, where there is a TURN server.
    passes: Option<Arc<AtomicU8>>,
}

impl Promptable {
    pub(super) fn new(prompt: Arc<Notify>, with_turn: bool) -> Self {
        Self { prompt, passes: with_turn.then(Arc::default) }
    }
}

/// A sleep of the driver's. Whatever ends it is a reason for more passes, unless it was itself one of those.
struct Sleep {
    passes: Arc<AtomicU8>,
    was_due: bool,
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if !self.was_due {
            self.passes.store(MORE_PASSES, Ordering::Relaxed);
        }
    }
}

impl Runtime for Promptable {
    fn spawn(&self, future: Boxed<'static, ()>) -> Box<dyn JoinHandle> {
        TokioRuntime.spawn(Box::pin(DRIVER.scope((), future)))
    }

    fn wrap_udp_socket(&self, socket: std::net::UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        TokioRuntime.wrap_udp_socket(socket)
    }

    fn wrap_tcp_listener(&self, listener: std::net::TcpListener) -> io::Result<Arc<dyn AsyncTcpListener>> {
        TokioRuntime.wrap_tcp_listener(listener)
    }

    fn connect_tcp<'a>(&'a self, remote: SocketAddr) -> Boxed<'a, io::Result<Arc<dyn AsyncTcpStream>>> {
        TokioRuntime.connect_tcp(remote)
    }

    /// Names are looked up before (`servers`), since the driver stands still meanwhile.
    fn resolve_host<'a>(&'a self, host: &'a str) -> Boxed<'a, io::Result<Vec<SocketAddr>>> {
        let address = literal(host).map(|address| vec![address]);
        Box::pin(ready(address.ok_or_else(|| io::ErrorKind::InvalidInput.into())))
    }

    fn sleep(&self, duration: Duration) -> Boxed<'static, ()> {
        if DRIVER.try_with(|()| ()).is_err() {
            return TokioRuntime.sleep(duration);
        }
        let prompt = self.prompt.clone();
        let Some(passes) = self.passes.clone() else {
            return Box::pin(sleep(duration, prompt));
        };
        let is_due = passes.load(Ordering::Relaxed) > 0;
        let mut this = Sleep { passes, was_due: false };
        Box::pin(async move {
            if is_due {
                this.was_due = true;
                this.passes.fetch_sub(1, Ordering::Relaxed);
            } else {
                sleep(duration.min(LONGEST_SLEEP), prompt).await;
            }
        })
    }

    fn interval(&self, period: Duration) -> Box<dyn AsyncInterval> {
        TokioRuntime.interval(period)
    }

    fn block_on(&self, future: Pin<Box<dyn Future<Output = ()> + '_>>) {
        TokioRuntime.block_on(future);
    }

    fn name(&self) -> &'static str {
        "tokio, promptable"
    }
}

async fn sleep(duration: Duration, prompt: Arc<Notify>) {
    tokio::select! {
        () = tokio::time::sleep(duration) => {}
        () = prompt.notified() => {}
    }
}

/// Reads an address and a port; the library leaves out an IPv6 address's brackets.
fn literal(host: &str) -> Option<SocketAddr> {
    let (address, port) = host.rsplit_once(':')?;
    let address: IpAddr = address.trim_start_matches('[').trim_end_matches(']').parse().ok()?;
    Some((address, port.parse().ok()?).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_never_has_to_look_up_a_name() {
        for (host, address) in [
            ("192.0.2.1:3478", Some("192.0.2.1:3478")),
            ("2001:db8::1:3478", Some("[2001:db8::1]:3478")),
            ("[2001:db8::1]:3478", Some("[2001:db8::1]:3478")),
            ("example.org:3478", None),
        ] {
            assert_eq!(literal(host), address.map(|address| address.parse().unwrap()), "{host}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn with_a_turn_server_two_passes_follow_at_once_on_whatever_woke_the_driver() {
        let runtime = Arc::new(Promptable::new(Arc::default(), true));
        let begun = tokio::time::Instant::now();
        DRIVER
            .scope((), async {
                runtime.sleep(Duration::from_millis(50)).await;
                assert_eq!(begun.elapsed(), Duration::from_millis(50), "at first there is nothing to do");
                runtime.sleep(Duration::from_secs(9)).await;
                runtime.sleep(Duration::from_secs(9)).await;
                assert_eq!(begun.elapsed(), Duration::from_millis(50), "a timer was due");
                drop(runtime.sleep(Duration::from_secs(9)));
                runtime.sleep(Duration::from_secs(9)).await;
                runtime.sleep(Duration::from_secs(9)).await;
                assert_eq!(begun.elapsed(), Duration::from_millis(50), "a packet came instead");
                runtime.sleep(Duration::from_secs(9)).await;
                assert_eq!(begun.elapsed(), Duration::from_millis(150), "then it rests, but not for long");
            })
            .await;
    }

    #[tokio::test(start_paused = true)]
    async fn only_the_driver_is_prompted() {
        let prompt = Arc::new(Notify::new());
        prompt.notify_one();
        let runtime = Arc::new(Promptable::new(prompt, true));
        let begun = tokio::time::Instant::now();
        runtime.sleep(Duration::from_secs(9)).await;
        assert_eq!(begun.elapsed(), Duration::from_secs(9), "others' time limits are not cut short");
        DRIVER.scope((), async { runtime.sleep(Duration::from_secs(9)).await }).await;
        assert_eq!(begun.elapsed(), Duration::from_secs(9), "the driver's sleep is");
    }
}
