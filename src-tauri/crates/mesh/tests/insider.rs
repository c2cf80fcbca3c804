//! Somebody who has the session's secret, but not the manners. Seals by itself, from the specification.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::time::Duration;

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305,
    aead::{Aead, Payload},
};
use common::{Device, config, id, linked, secret, server};
use mesh::{LinkState, MeshConfig, MeshEvent, config::MAX_PEERS};
use signalling::{
    MemberId, Recipient, ServerUrl,
    client::{Client, ClientConfig, RoomEvent, RoomEvents, RoomSender},
};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

struct Insider {
    sender: RoomSender,
    room: RoomEvents,
    me: MemberId,
    victims: Vec<MemberId>,
    count: u8,
}

impl Insider {
    async fn enter(server: &ServerUrl) -> Self {
        let client = Client::start(ClientConfig::new(server.clone()));
        let (sender, mut room) = client.join(secret().room()).await.unwrap();
        let Some(RoomEvent::Welcome { me, members, .. }) = room.next().await else { unreachable!() };
        Self { sender, room, me, victims: members, count: 0 }
    }

    fn attempt(&mut self) -> [u8; 16] {
        self.count = self.count.wrapping_add(1);
        [self.count; 16]
    }

    async fn say(&self, plain: &[u8]) {
        for victim in &self.victims {
            let key = secret().signalling_key();
            let room = secret().room();
            let aad = [room.as_bytes().as_slice(), self.me.as_bytes(), victim.as_bytes()].concat();
            let cipher = XChaCha20Poly1305::new(key.as_bytes().into());
            let sealed = cipher.encrypt(&[9; 24].into(), Payload { msg: plain, aad: &aad }).unwrap();
            self.sender.send(Recipient::One(*victim), [[9; 24].as_slice(), &sealed].concat()).await.unwrap();
        }
    }
}

fn text(variant: u8, attempt: [u8; 16], text: &[u8]) -> Vec<u8> {
    assert!(text.len() < 128, "one byte of length");
    [&[variant], attempt.as_slice(), &[text.len() as u8], text].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn nonsense_from_an_insider_hinders_nobody() {
    let server = server().await;
    let mut alice = Device::entered(1, &server).await;
    let mut insider = Insider::enter(&server).await;
    for sdp in
        ["", "v=0", "v=0\r\no=- 1 1 IN IP4 0\r\ns=-\r\nt=0 0\r\nm=application 9 UDP/DTLS/SCTP x\r\n", "é"]
    {
        for _ in 0..20 {
            let attempt = insider.attempt();
            insider.say(&text(0, attempt, sdp.as_bytes())).await;
            for _ in 0..50 {
                insider.say(&text(2, attempt, b"candidate:1 1 udp 1 999.1.1.1 70000 typ host")).await;
            }
            insider.say(&text(1, attempt, sdp.as_bytes())).await;
        }
    }
    for length in [0, 31, 32, 100] {
        let attempt = insider.attempt();
        let relay =
            |index: u8| [&[4u8], attempt.as_slice(), &[index, length], &vec![1; length.into()]].concat();
        for index in [0, 1, 0, 5, 2] {
            insider.say(&relay(index)).await;
        }
        insider.say(&[&[3u8], attempt.as_slice()].concat()).await;
    }
    insider.say(&[]).await;
    insider.say(&[0xff; 100]).await;

    let mut bob = Device::new(2, &server).await;
    linked(&mut alice, id(1), &mut bob, id(2), LinkState::Direct).await;
    alice.send(id(2), b"undisturbed").await;
    assert_eq!(bob.receive(id(1)).await, b"undisturbed");
    assert_eq!(alice.links().len(), 1, "the insider proved no identity and has no link");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_of_identities_keeps_nobody_out_and_has_no_member_forgotten() {
    let server = server().await;
    let config = || MeshConfig {
        relay_only: true,
        keepalive: Duration::from_millis(300),
        silence: Duration::from_secs(1),
        ..config()
    };
    let mut alice = Device::with(1, &server, &secret(), config()).await;
    let (wire_of_bob, wire_of_carol) = (Wire::new(&server).await, Wire::new(&server).await);
    let mut members = Vec::new();
    for (byte, wire) in [(2, &wire_of_bob), (3, &wire_of_carol)] {
        let mut device = Device::with(byte, &wire.url, &secret(), config()).await;
        linked(&mut alice, id(1), &mut device, id(byte), LinkState::Relayed).await;
        device.send(id(1), b"before").await;
        assert_eq!(alice.receive(id(byte)).await, b"before");
        alice.send(id(byte), b"before").await;
        assert_eq!(device.receive(id(1)).await, b"before");
        members.push((byte, device, wire));
    }
    assert!(common::within("its arrival", alice.mesh.flushed()).await);
    alice.mesh.keep(vec![id(2)]).await.unwrap();
    for (byte, wire) in [(2, &wire_of_bob), (3, &wire_of_carol)] {
        wire.connected.send_replace(false);
        alice.link(id(byte), LinkState::Down).await;
    }
    for byte in (10..=255).take(MAX_PEERS) {
        let mut one = Device::with(byte, &server, &secret(), config()).await;
        linked(&mut alice, id(1), &mut one, id(byte), LinkState::Relayed).await;
        // Without a good-bye, which would free its place.
        drop(one);
    }
    let forgotten = |seen: &[MeshEvent], who: u8| seen.contains(&MeshEvent::PeerLeft { peer: id(who) });
    assert!(!forgotten(&alice.seen, 2), "a member is kept");
    assert!(forgotten(&alice.seen, 3), "of the others, the first to go is the first to be forgotten");
    for (byte, mut device, wire) in members {
        wire.connected.send_replace(true);
        linked(&mut alice, id(1), &mut device, id(byte), LinkState::Relayed).await;
        device.send(id(1), b"after").await;
        assert_eq!(alice.receive(id(byte)).await, b"after", "number {byte} goes on");
        alice.send(id(byte), b"after").await;
        assert_eq!(device.receive(id(1)).await, b"after", "in both directions");
    }
}

/// A way to the server that can be cut.
struct Wire {
    url: ServerUrl,
    connected: watch::Sender<bool>,
}

impl Wire {
    async fn new(server: &ServerUrl) -> Self {
        let server = server.to_string().trim_start_matches("ws://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}", listener.local_addr().unwrap()).parse().unwrap();
        let (connected, watched) = watch::channel(true);
        tokio::spawn(async move {
            while let Ok((mut inside, _)) = listener.accept().await {
                let (mut watched, server) = (watched.clone(), server.clone());
                tokio::spawn(async move {
                    let mut outside = TcpStream::connect(server).await.unwrap();
                    tokio::select! {
                        _ = copy_bidirectional(&mut inside, &mut outside) => {}
                        _ = watched.wait_for(|connected| !connected) => {}
                    }
                });
            }
        });
        Self { url, connected }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_insiders_own_offer_is_answered_as_the_specification_says() {
    let server = server().await;
    let _alice = Device::entered(1, &server).await;
    let mut insider = Insider::enter(&server).await;
    let prologue = [b"permafrost/v1/link\0".as_slice(), secret().room().as_bytes()].concat();
    let psk = secret().link_psk();
    let builder = snow::Builder::new("Noise_XXpsk3_25519_ChaChaPoly_BLAKE2s".parse().unwrap());
    let builder = builder.prologue(&prologue).unwrap().psk(3, psk.as_bytes()).unwrap();
    let mut noise = builder.local_private_key(&[4; 32]).unwrap().build_initiator().unwrap();
    let mut first = [0; 64];
    assert_eq!(noise.write_message(&[], &mut first).unwrap(), 48, "e, and an empty payload's tag");
    let attempt = insider.attempt();
    insider.say(&[&[4u8], attempt.as_slice(), &[0, 48], &first[..48]].concat()).await;
    let answer = common::within("an answer", async {
        loop {
            if let Some(RoomEvent::Message { from, payload }) = insider.room.next().await {
                break (from, payload);
            }
        }
    })
    .await;
    let (from, sealed) = answer;
    let (nonce, sealed) = sealed.split_first_chunk::<24>().unwrap();
    let (key, room) = (secret().signalling_key(), secret().room());
    let aad = [room.as_bytes().as_slice(), from.as_bytes(), insider.me.as_bytes()].concat();
    let cipher = XChaCha20Poly1305::new(key.as_bytes().into());
    let plain = cipher.decrypt(nonce.into(), Payload { msg: sealed, aad: &aad }).unwrap();
    let expected = [&[4u8], attempt.as_slice(), &[0, 96]].concat();
    assert_eq!(plain.len(), expected.len() + 96, "e, s with its tag, and an empty payload's tag");
    assert!(plain.starts_with(&expected), "the reply, number 0 in its direction");
    assert_eq!(noise.read_message(&plain[expected.len()..], &mut [0; 64]).unwrap(), 0, "it is genuine");
}
