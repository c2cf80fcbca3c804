//! Every kind of message, byte for byte: a change here is a new protocol version.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{
    Fate, Net, params,
    wire::{Body, Round1, decode, encode, kind},
};
use coordinator::Ciphersuite;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// `name hex` a line, in the order in which they are first sent.
const VECTORS: &str = include_str!("vectors/dkg.txt");

/// Three devices where two have a place, and one whose echo is changed on the way: all kinds of message are sent.
fn messages() -> Vec<(&'static str, Vec<u8>)> {
    let suite = Ciphersuite::Ed25519;
    let mut net = Net::new(&params(suite, 2, 2), 3);
    net.link_all();
    net.deliver_all();
    net.assert_two_complete();
    let disputed = Net::run_tampered(
        suite,
        2,
        2,
        Box::new(|packet| {
            let mut bytes = packet.bytes.clone();
            bytes[70] ^= 1;
            if kind(&packet.bytes) == "echo" && packet.from == 1 {
                Fate::Replace(bytes)
            } else {
                Fate::Deliver
            }
        }),
    );
    let mut all: Vec<(&str, Vec<u8>)> = Vec::new();
    for packet in net.transcript.iter().chain(&disputed.transcript) {
        if all.iter().all(|(name, _)| *name != kind(&packet.bytes)) {
            all.push((kind(&packet.bytes), packet.bytes.clone()));
        }
    }
    let wallet = net.devices[0].active.as_ref().unwrap();
    let ceremony = wallet.ceremony().unwrap();
    all.push(("group-key", ceremony.group_key.clone()));
    all.push(("transcript-hash", ceremony.transcript_hash.to_vec()));
    all.push(("safety-words", ceremony.safety_words.join(" ").into_bytes()));
    all.push(("certificate-file", wallet.certificate().to_bytes()));
    all
}

#[test]
fn the_bytes_of_every_kind_of_message_are_pinned() {
    let mut lines = String::new();
    for (name, bytes) in messages() {
        writeln!(lines, "{name} {}", hex::encode(bytes)).unwrap();
    }
    for name in ["proposal", "accept", "refuse", "roster", "round1", "echo", "evidence", "round2"] {
        assert!(lines.contains(&format!("{name} ")), "{name} was sent");
    }
    assert_eq!(lines, VECTORS, "the wire format changed:\n{lines}");
}

#[test]
fn the_specification_and_the_program_agree_on_every_message() {
    let specification = include_str!("../../../docs/protocol.md");
    for line in VECTORS.lines() {
        assert!(specification.lines().any(|written| written == line), "docs/protocol.md has {line}");
        let (name, hex) = line.split_once(' ').unwrap();
        let bytes = hex::decode(hex).unwrap();
        if !["group-key", "transcript-hash", "safety-words", "certificate-file"].contains(&name) {
            let envelope = decode(&bytes);
            assert_eq!(encode(envelope.session, envelope.body), bytes, "{name}");
            assert_eq!(kind(&bytes), name);
        }
    }
}

fn hash(label: &str, parts: &[&[u8]]) -> [u8; 32] {
    Sha256::digest([&[b"permafrost/v1/", label.as_bytes(), &[0]], parts].concat().concat()).into()
}

#[test]
fn the_hashes_are_what_the_specification_says() {
    let net = Net::run(Ciphersuite::Secp256k1Tr, 2, 3);
    let ceremony = net.devices[0].active.as_ref().unwrap().ceremony().unwrap();
    let mut statements = vec![Vec::new(); 3];
    let mut nonces = vec![[0; 32]; 3];
    let (mut roster_hash, mut view) = ([0; 32], [0; 32]);
    for packet in &net.transcript {
        let position = usize::from(net.position(packet.from));
        match decode(&packet.bytes).body {
            Body::Round1 { roster, round1 } => {
                roster_hash = hash("roster hash", &[&roster.bytes]);
                statements[position] = round1.bytes;
            }
            Body::Echo { roster, view: seen, nonce } => {
                assert_eq!(roster, roster_hash);
                view = seen;
                nonces[position] = nonce;
            }
            _ => {}
        }
    }
    for (position, (bytes, nonce)) in statements.iter().zip(&nonces).enumerate() {
        let statement: Round1 = postcard::from_bytes(bytes).unwrap();
        let be = u16::try_from(position).unwrap().to_be_bytes();
        assert_eq!(statement.nonce, hash("nonce", &[&roster_hash, &be, nonce]));
    }
    let each: Vec<_> = statements.iter().map(|bytes| hash("round 1 message", &[bytes])).collect();
    assert_eq!(view, hash("round 1 messages", &each.iter().map(|h| &h[..]).collect::<Vec<_>>()));
    let mut parts: Vec<&[u8]> = vec![&roster_hash, &view, &ceremony.group_key];
    parts.extend(ceremony.verifying_shares.iter().map(Vec::as_slice));
    let transcript = hash("transcript", &parts);
    assert_eq!(ceremony.transcript_hash, transcript);
    let mut parts: Vec<&[u8]> = vec![&transcript];
    parts.extend(nonces.iter().map(|nonce| &nonce[..]));
    let words: Vec<_> = identity::fingerprint::words(&hash("safety words", &parts)).take(5).collect();
    assert_eq!(ceremony.safety_words[..], words);
}
