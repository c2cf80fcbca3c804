//! Devices that don't keep to the protocol: they are named, nobody else is, and the rest sign all the same.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../common/mod.rs"]
mod common;
mod proposers;
mod signers;

use common::{
    sign::{Packet, Tamper, payload},
    sign_wire::{Body, decode, encode},
};
use sha2::{Digest, Sha256};

fn hashes(count: u8) -> Vec<u8> {
    payload(&(0..count).map(|index| (Sha256::digest([index]).to_vec(), None)).collect())
}

/// Whatever a device sends goes through `change`.
fn from(device: usize, mut change: impl FnMut(Body) -> Vec<Body> + 'static) -> Tamper {
    Box::new(move |packet| {
        if packet.from != device {
            return vec![packet.clone()];
        }
        let envelope = decode(&packet.bytes);
        let bodies = change(envelope.body).into_iter();
        bodies.map(|body| Packet { bytes: encode(envelope.wallet, body), ..packet.clone() }).collect()
    })
}
