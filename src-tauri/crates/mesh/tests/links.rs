//! Links over the real signalling server and real WebRTC on loopback.

mod common;

use std::time::Instant;

use common::{Device, id, linked, server};
use mesh::LinkState;

#[tokio::test(flavor = "multi_thread")]
async fn two_devices_link_directly_and_talk() {
    let server = server().await;
    let mut alice = Device::entered(1, &server).await;
    let start = Instant::now();
    let mut bob = Device::new(2, &server).await;
    linked(&mut alice, id(1), &mut bob, id(2), LinkState::Direct).await;
    println!("link after {:?}", start.elapsed());
    alice.send(id(2), b"hello").await;
    assert_eq!(bob.receive(id(1)).await, b"hello");
    bob.send(id(1), &vec![7; 64 * 1024]).await;
    assert_eq!(alice.receive(id(2)).await, vec![7; 64 * 1024], "the largest body passes, in pieces");
    assert!(alice.mesh.flushed().await);
}
