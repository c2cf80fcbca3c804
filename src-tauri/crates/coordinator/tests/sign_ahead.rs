//! What is made before it is needed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::sign::{Group, Task, payload};
use coordinator::Ciphersuite;
use sha2::{Digest, Sha256};

/// What libsecp256k1 takes.
fn hash(index: u32) -> Vec<u8> {
    Sha256::digest(index.to_be_bytes()).to_vec()
}

#[test]
fn whoever_had_the_time_to_prepare_draws_no_nonces_while_it_signs() {
    for prepared in [true, false] {
        let mut group = Group::new(Ciphersuite::Secp256k1Tr, 2, 2);
        group.devices[1].prepares = prepared;
        let request = group.propose(0, payload(&(0..3).map(|index| (hash(index), None)).collect()));
        // Up to where device 1 is asked to sign.
        while !group.tasks.iter().any(|(index, task)| *index == 1 && matches!(task, Task::Sign(..))) {
            assert!(group.step(), "it is asked");
        }
        let drawn = group.devices[1].rng.get_word_pos();
        group.run();
        group.assert_signed(request);
        assert_eq!(group.devices[1].rng.get_word_pos() == drawn, prepared);
    }
}

#[test]
fn more_keys_than_are_remembered_sign_all_the_same() {
    let mut group = Group::new(Ciphersuite::Secp256k1Tr, 2, 2);
    let key = |request: u32, index: u32| {
        let mut tweak: [u8; 32] =
            Sha256::digest([request.to_be_bytes(), index.to_be_bytes()].concat()).into();
        tweak[0] &= 0x7f;
        tweak
    };
    let requests: Vec<_> = (0..5)
        .map(|request| {
            let meaning = (0..500).map(|index| (hash(index), Some(key(request, index))));
            group.propose(0, payload(&meaning.collect()))
        })
        .collect();
    group.run();
    for request in requests {
        assert_eq!(group.devices[0].signed[&request].1.len(), 500);
    }
    group.assert_nobody_blamed();
}
