//! Whatever the network does, and whatever bytes come.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::collections::VecDeque;

use common::{Fate, Net, Packet, params, wire::kind};
use coordinator::{
    Ciphersuite, SecretShare,
    dkg::{Certificate, Input},
};
use identity::DeviceName;
use proptest::prelude::*;
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{RngCore, SeedableRng},
};

fn ciphersuites() -> impl Strategy<Value = Ciphersuite> {
    prop::sample::select(Ciphersuite::ALL.to_vec())
}

/// Delivers in any order, some messages twice, some only after a broken link came up again.
fn run_roughly(net: &mut Net, seed: u64) {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let mut held: VecDeque<Packet> = VecDeque::new();
    for _ in 0..100_000 {
        if net.queue.is_empty() {
            let Some(packet) = held.pop_front() else { return };
            net.link(packet.from, packet.to);
            net.link(packet.to, packet.from);
            net.queue.push_back(packet);
            continue;
        }
        let at = rng.next_u32() as usize % net.queue.len();
        let packet = net.queue.remove(at).unwrap();
        match rng.next_u32() % 10 {
            0 => {
                let (a, b) = (net.id(packet.from), net.id(packet.to));
                net.input(packet.from, Input::LinkDown { peer: b });
                net.input(packet.to, Input::LinkDown { peer: a });
                held.push_back(packet);
            }
            1 => {
                net.queue.push_back(packet.clone());
                net.deliver(&packet);
            }
            2 => {
                // A duplicate from long ago.
                let old = net.transcript[rng.next_u32() as usize % net.transcript.len()].clone();
                if old != packet && net.devices[old.to].everyone {
                    net.deliver(&old);
                }
                net.deliver(&packet);
            }
            _ => net.deliver(&packet),
        }
    }
    panic!("the devices talk without end");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn any_order_duplication_and_delay_end_in_the_same_wallet_for_all(
        ciphersuite in ciphersuites(), n in 2u16..=5, t in 2u16..=5, seed: u64,
    ) {
        let mut net = Net::new(&params(ciphersuite, t.min(n), n), usize::from(n));
        net.link_all();
        run_roughly(&mut net, seed);
        net.assert_complete();
    }

    #[test]
    fn a_crash_at_any_moment_after_storing_heals(n in 2u16..=4, seed: u64, crashes in 1usize..=4) {
        let mut net = Net::new(&params(Ciphersuite::Ed25519, 2, n), usize::from(n));
        net.shuffle = Some(ChaCha20Rng::seed_from_u64(seed));
        let mut rng = ChaCha20Rng::seed_from_u64(seed ^ 1);
        net.link_all();
        let mut left = crashes;
        while net.deliver_one() {
            let victim = rng.next_u32() as usize % usize::from(n);
            let stored = net.devices[victim].pending.is_some() || net.devices[victim].active.is_some();
            if left > 0 && stored && rng.next_u32() % 3 == 0 {
                left -= 1;
                // What was under way to it is lost with its memory.
                net.queue.retain(|packet| packet.to != victim || packet.from == victim);
                net.devices[victim].everyone = false;
                net.restart(victim);
            }
        }
        for a in 0..usize::from(n) {
            for b in 0..usize::from(n) {
                if a != b {
                    net.link(a, b);
                }
            }
        }
        net.deliver_all();
        // Whoever had not stored yet when another restarted gave up; then so did all.
        let active = net.devices.iter().filter(|device| device.active.is_some()).count();
        let failed = net.devices.iter().filter(|device| device.failed.is_some()).count();
        prop_assert!((active, failed) == (usize::from(n), 0) || (active, failed) == (0, usize::from(n)));
        prop_assert!(net.devices.iter().all(|device| device.failed.is_none() || device.share.is_none()));
    }

    #[test]
    fn no_bytes_make_any_state_panic(
        seed: u64, steps in 0usize..60, bytes in prop::collection::vec(any::<u8>(), 0..400), flips in 1usize..6,
    ) {
        // Runs a while, then hands over noise, and noise that looks like a message.
        let mut net = Net::new(&params(Ciphersuite::Ed25519, 2, 3), 3);
        net.shuffle = Some(ChaCha20Rng::seed_from_u64(seed));
        net.link_all();
        for _ in 0..steps {
            net.deliver_one();
        }
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        for to in 0..3 {
            let from = net.id((to + 1) % 3);
            net.input(to, Input::Message { from, bytes: &bytes });
            let mut message = net.transcript[rng.next_u32() as usize % net.transcript.len()].bytes.clone();
            for _ in 0..flips {
                let at = rng.next_u32() as usize % message.len();
                message[at] = rng.next_u32() as u8;
            }
            net.input(to, Input::Message { from, bytes: &message });
            let mut enveloped = message[..33.min(message.len())].to_vec();
            enveloped.extend(&bytes);
            net.input(to, Input::Message { from, bytes: &enveloped });
        }
        net.deliver_all();
        for to in 0..3 {
            let peer = net.id((to + 1) % 3);
            for input in [
                Input::Consent,
                Input::LinkDown { peer },
                Input::Deadline,
                Input::PeerRestarted { peer },
                Input::PeerLeft { peer },
                Input::Leave,
                Input::Discard,
                Input::LinkUp { peer, name: "x".parse::<DeviceName>().unwrap() },
                Input::Message { from: peer, bytes: &bytes },
            ] {
                net.input(to, input);
            }
            let _progress = net.devices[to].dkg.as_ref().unwrap().progress();
        }
        net.deliver_all();
        let _ = (SecretShare::from_bytes(&bytes).is_ok(), Certificate::from_bytes(&bytes).is_ok());
    }

    #[test]
    fn a_changed_message_never_gives_two_honest_devices_different_wallets(seed: u64, at: u16, bit in 0u8..8) {
        // One bit of one message changes; either all have the same wallet in the end, or nobody blames itself.
        let mut chosen = usize::from(at) % 30;
        let mut net = Net::new(&params(Ciphersuite::Secp256k1Tr, 2, 3), 3);
        net.tamper = Box::new(move |packet| {
            if chosen > 0 || packet.from != 2 {
                chosen = chosen.saturating_sub(usize::from(packet.from == 2));
                return Fate::Deliver;
            }
            chosen = usize::MAX;
            let mut bytes = packet.bytes.clone();
            let position = usize::try_from(seed % bytes.len() as u64).unwrap();
            bytes[position] ^= 1 << bit;
            assert!(!kind(&packet.bytes).is_empty());
            Fate::Replace(bytes)
        });
        net.link_all();
        net.deliver_all();
        let wallets: Vec<_> = net.devices[..2].iter().filter_map(|device| device.active.as_ref()).collect();
        if let [a, b] = wallets[..] {
            prop_assert_eq!(a.certificate().transcript(), b.certificate().transcript());
        }
        for index in [0, 1] {
            let device = &net.devices[index];
            if let Some(abort) = device.failed.as_ref().filter(|abort| abort.reported_by.is_none()) {
                let honest = abort.reason.concerns().iter().any(|id| *id == net.id(1 - index));
                prop_assert!(!honest, "{:?}", abort);
            }
            prop_assert!(!(device.discarded && net.devices[1 - index].active.is_some()), "never both");
        }
    }
}
