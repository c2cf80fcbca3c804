//! The addresses of the STUN and TURN servers, looked up once for all paths of a mesh.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    net::lookup_host,
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};
use url::Host;
use webrtc::peer_connection::RTCIceServer;

use crate::{IceServer, config::MAX_ICE_SERVERS};

/// How long a path waits for addresses before it does without those that are missing.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long one name may take.
const LOOKUP: Duration = Duration::from_secs(10);
/// When names are looked up again: addresses change, and so does whether there is a network.
const AGAIN: Duration = Duration::from_secs(60);

/// A server, and its address of each kind so far.
#[derive(Clone)]
struct Known {
    server: IceServer,
    v4: Option<SocketAddr>,
    v6: Option<SocketAddr>,
    /// Whether its name has been looked up, with or without success.
    done: bool,
}

/// The servers of a mesh. Names are looked up until the last one is dropped.
#[derive(Clone)]
pub(crate) struct Servers(watch::Receiver<Vec<Known>>);

impl Servers {
    pub(crate) fn new(servers: &[IceServer]) -> Self {
        let known: Vec<Known> = servers.iter().take(MAX_ICE_SERVERS).cloned().map(Known::new).collect();
        let has_names = known.iter().any(|known| !known.done);
        let (sender, receiver) = watch::channel(known);
        if has_names {
            tokio::spawn(look_up(sender));
        }
        Self(receiver)
    }

    /// Waits for the addresses, but not for long.
    pub(super) async fn known(&self) -> Vec<RTCIceServer> {
        let mut receiver = self.0.clone();
        let all = |known: &Vec<Known>| known.iter().all(|known| known.done);
        // Those that are known by then are used.
        let _ = timeout(PATIENCE, receiver.wait_for(all)).await;
        receiver.borrow().iter().flat_map(Known::servers).collect()
    }
}

impl Known {
    fn new(server: IceServer) -> Self {
        let port = server.port();
        let (v4, v6) = match server.host() {
            Host::Domain(_) => (None, None),
            Host::Ipv4(ip) => (Some((*ip, port).into()), None),
            Host::Ipv6(ip) => (None, Some((*ip, port).into())),
        };
        Self { server, done: v4.is_some() || v6.is_some(), v4, v6 }
    }

    /// Takes what a lookup found; if that is nothing, what was found before is kept.
    fn update(&mut self, found: &[SocketAddr]) {
        self.done = true;
        if !found.is_empty() {
            self.v4 = found.iter().find(|addr| addr.is_ipv4()).copied();
            self.v6 = found.iter().find(|addr| addr.is_ipv6()).copied();
        }
    }

    fn servers(&self) -> impl Iterator<Item = RTCIceServer> {
        let scheme = if self.server.is_turn() { "turn" } else { "stun" };
        [self.v4, self.v6].into_iter().flatten().map(move |address| RTCIceServer {
            urls: vec![format!("{scheme}:{address}")],
            username: self.server.username().to_owned(),
            credential: self.server.password().to_owned(),
        })
    }
}

async fn look_up(sender: watch::Sender<Vec<Known>>) {
    loop {
        let mut lookups = JoinSet::new();
        for (place, known) in sender.borrow().iter().enumerate() {
            if let Host::Domain(name) = known.server.host() {
                let (name, port) = (name.clone(), known.server.port());
                lookups.spawn(async move {
                    let found = timeout(LOOKUP, lookup_host((name, port))).await;
                    (place, found.ok().and_then(Result::ok).map(Vec::from_iter).unwrap_or_default())
                });
            }
        }
        while let Some(found) = lookups.join_next().await {
            let Ok((place, found)) = found else { continue };
            sender.send_modify(|known| {
                if let Some(known) = known.get_mut(place) {
                    known.update(&found);
                }
            });
        }
        tokio::select! {
            () = sleep(AGAIN) => {}
            () = sender.closed() => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn servers(texts: &[&str]) -> Servers {
        Servers::new(&texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<_>>())
    }

    fn urls(known: &[RTCIceServer]) -> Vec<&str> {
        known.iter().flat_map(|server| &server.urls).map(String::as_str).collect()
    }

    #[tokio::test]
    async fn addresses_need_no_lookup_and_names_are_looked_up() {
        let known = servers(&["stun:192.0.2.1", "turn:[2001:db8::1]:443,ann,secret"]).known().await;
        assert_eq!(urls(&known), ["stun:192.0.2.1:3478", "turn:[2001:db8::1]:443"]);
        assert_eq!((known[1].username.as_str(), known[1].credential.as_str()), ("ann", "secret"));
        let known = servers(&["stun:localhost:7"]).known().await;
        assert!(urls(&known).iter().all(|url| ["stun:127.0.0.1:7", "stun:[::1]:7"].contains(url)));
        assert!(!known.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_name_that_is_not_found_in_time_holds_up_no_path() {
        let (_sender, receiver) = watch::channel(vec![
            Known::new("stun:example.org".parse().unwrap()),
            Known::new("stun:192.0.2.1".parse().unwrap()),
        ]);
        let begun = tokio::time::Instant::now();
        assert_eq!(urls(&Servers(receiver).known().await), ["stun:192.0.2.1:3478"]);
        assert_eq!(begun.elapsed(), PATIENCE);
    }

    #[test]
    fn a_lookup_that_fails_later_forgets_nothing() {
        let mut known = Known::new("stun:example.org".parse().unwrap());
        known.update(&["192.0.2.1:3478".parse().unwrap(), "192.0.2.2:3478".parse().unwrap()]);
        known.update(&[]);
        assert_eq!(urls(&known.servers().collect::<Vec<_>>()), ["stun:192.0.2.1:3478"]);
    }
}
