//! Devices behind NATs, with and without STUN and TURN servers: real kernels' NATs, a real coturn.
//!
//! Needs root; `cargo xtask test network` runs it.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use permafrost_tests::{
    cluster::{Cluster, Device, Running, SignallingServer, create},
    network::{Nat, Network, PASSWORD, PUBLIC, USER},
};

struct World {
    alice: Device,
    bob: Device,
    _server: SignallingServer,
    _cluster: Cluster,
    network: Network,
}

impl World {
    fn start(nat: Nat) -> Self {
        let network = Network::start(nat);
        let cluster = Cluster::start();
        let server = SignallingServer::listen_inside(&network.public(), &format!("{PUBLIC}:9800"));
        let [alice, bob] =
            ["alice", "bob"].map(|name| cluster.device_on(name, server.url()).inside(&network.home(name)));
        Self { alice, bob, _server: server, _cluster: cluster, network }
    }

    /// Has the two make a wallet with these options; returns how their link was.
    fn link(&self, options: &[&str]) -> String {
        let [alice, bob] = [&self.alice, &self.bob].map(|device| device.clone().with(options));
        let mut creating = alice.start(&create("Team", "ed25519", 2, 2));
        let mut joining = bob.start(&["join", &creating.session_id()]);
        assert_eq!(joining.completed()["group_public_key"], creating.completed()["group_public_key"]);
        let mut both = [creating, joining];
        assert!(both.iter_mut().all(|one| one.ended().success()));
        let [created, joined] = both.each_ref().map(link);
        assert_eq!(created, joined, "both say the same of their link");
        created
    }
}

/// The link's state while the rounds ran.
fn link(device: &Running) -> String {
    let links = device.seen().iter().flat_map(|event| event["participants"].as_array().into_iter().flatten());
    let up = links.filter_map(|one| one["link"].as_str()).rfind(|link| ["direct", "relayed"].contains(link));
    up.expect("there was a link").to_owned()
}

fn stun() -> String {
    format!("stun:{PUBLIC}")
}

fn turn(password: &str) -> String {
    format!("turn:{PUBLIC}:3478,{USER},{password}")
}

#[test]
#[ignore = "needs root and network namespaces: cargo xtask test network"]
fn devices_behind_nats_are_relayed_without_a_server_that_helps() {
    let world = World::start(Nat::Plain);
    assert_eq!(world.link(&[]), "relayed", "neither can guess the other's public address");
}

#[test]
#[ignore = "needs root and network namespaces: cargo xtask test network"]
fn a_stun_server_helps_devices_behind_plain_nats_to_a_direct_link() {
    let world = World::start(Nat::Plain);
    let turn = world.network.turn_server();
    assert_eq!(world.link(&["--ice-server", &stun()]), "direct");
    assert!(!turn.log().contains("ALLOCATE"), "nothing went through the server");
}

#[test]
#[ignore = "needs root and network namespaces: cargo xtask test network"]
fn behind_symmetric_nats_only_a_turn_server_makes_the_link_direct() {
    let world = World::start(Nat::Symmetric);
    let server = world.network.turn_server();
    assert_eq!(world.link(&["--ice-server", &stun()]), "relayed", "STUN can't help here");
    assert_eq!(world.link(&["--ice-server", &turn(PASSWORD)]), "direct");
    assert!(server.log().contains("ALLOCATE processed, success"), "through the TURN server");
}

#[test]
#[ignore = "needs root and network namespaces: cargo xtask test network"]
fn a_wrong_turn_password_costs_the_direct_link_and_nothing_else() {
    let world = World::start(Nat::Symmetric);
    let _server = world.network.turn_server();
    assert_eq!(world.link(&["--ice-server", &turn("wrong")]), "relayed");
}
