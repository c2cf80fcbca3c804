//! Every kind of message of signing, byte for byte: a change here is a new protocol version.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::fmt::Write as _;

use common::{
    sign::{Group, messages},
    sign_wire::{Body, PROPOSAL, Proposal, decode, encode, kind},
};
use coordinator::{
    Ciphersuite,
    sign::{Completion, Input, StoredRequest},
};
use sha2::{Digest, Sha256};

/// `name hex` a line, in the order in which they are first sent.
const VECTORS: &str = include_str!("vectors/sign.txt");

/// What version 1 kept of the same request.
const FIRST: &str = include_str!("vectors/stored-request-v1.txt");

/// The wallet's session is that of the vectors of key generation, but with three devices; the third rejects, the second
/// restarts once, and a second request is cancelled.
fn messages_of_all_kinds() -> Vec<(&'static str, Vec<u8>)> {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 3);
    group.devices[2].approves = false;
    let completion = Completion::try_from(vec![0xcc; 4]).unwrap();
    group.devices[0].completion = Some(completion.clone());
    group.devices[0].begins = false;
    // What that draws would change what is pinned.
    group.devices.iter_mut().for_each(|device| device.prepares = false);
    let draft = group.draft(messages(&["hello"])).with_completion();
    let request = group.propose_draft(0, draft);
    group.run();
    group.input(2, Input::Reject { request, reason: Some("not today".to_owned().try_into().unwrap()) });
    let is_approval = |packet: &&common::sign::Packet| {
        packet.from == 1 && packet.to == 0 && kind(&packet.bytes) == "approve"
    };
    let old = group.transcript.iter().find(is_approval).unwrap().clone();
    group.restart(1);
    group.run();
    group.deliver(&old);
    let signables = group.signables(0, request, Some(&completion)).unwrap();
    group.input(0, Input::Begin { request, completion: Some(completion), signables });
    group.run();
    group.assert_signed(request);
    let other = group.propose(0, messages(&["never"]));
    group.input(0, Input::Cancel { request: other });
    group.run();
    let mut all: Vec<(&str, Vec<u8>)> = Vec::new();
    for packet in &group.transcript {
        // An approval with commitments, and a list that is not empty, say more than those without.
        let says_little = match decode(&packet.bytes).body {
            Body::Approve { commitments, .. } => commitments.is_empty(),
            Body::Known { open, .. } => open.is_empty(),
            _ => false,
        };
        if !says_little && all.iter().all(|(name, _)| *name != kind(&packet.bytes)) {
            all.push((kind(&packet.bytes), packet.bytes.clone()));
        }
    }
    all.push(("group-key", group.wallet.ceremony.group_key.clone()));
    all.push(("request-id", request.as_bytes().to_vec()));
    all.push(("stored-request", group.devices[2].stored[0].1.clone()));
    all
}

#[test]
fn the_bytes_of_every_kind_of_message_are_pinned() {
    let mut lines = String::new();
    for (name, bytes) in messages_of_all_kinds() {
        writeln!(lines, "{name} {}", hex::encode(bytes)).unwrap();
    }
    for name in [
        "known", "propose", "approve", "reject", "close", "package", "shares", "declined", "outcome",
        "forward",
    ] {
        assert!(lines.contains(&format!("{name} ")), "{name} was sent");
    }
    assert_eq!(lines, VECTORS, "the wire format changed:\n{lines}");
}

#[test]
fn the_specification_has_these_bytes() {
    let specification = include_str!("../../../docs/protocol.md");
    for line in VECTORS.lines() {
        assert!(specification.contains(line), "docs/protocol.md has {line}");
    }
}

#[test]
fn the_specification_and_the_program_agree_on_every_message() {
    for line in VECTORS.lines() {
        let (name, hex) = line.split_once(' ').unwrap();
        let bytes = hex::decode(hex).unwrap();
        if !["group-key", "request-id", "stored-request"].contains(&name) {
            let envelope = decode(&bytes);
            assert_eq!(encode(envelope.wallet, envelope.body), bytes, "{name}");
            assert_eq!(kind(&bytes), name);
        }
    }
}

#[test]
fn a_request_is_named_after_what_its_proposer_signed() {
    let mut group = Group::new(Ciphersuite::Ed25519, 2, 2);
    let request = group.propose(1, messages(&["hello"]));
    let Body::Propose { proposal, .. } = decode(&group.transcript.last().unwrap().bytes).body else {
        panic!("the last message is the proposal")
    };
    let hash = Sha256::digest([&b"permafrost/v1/signing request\0"[..], &proposal.bytes].concat());
    assert_eq!(request.as_bytes()[..], hash[..]);
    group.id(1).verify(PROPOSAL, &proposal.bytes, &proposal.signature).unwrap();
    let proposal: Proposal = proposal.peek();
    assert_eq!(proposal.wallet, group.wallet.ceremony.transcript_hash);
    assert_eq!(
        (proposal.proposer, proposal.created_at, proposal.expires_at),
        (group.id(1), 1_000_000, 1_003_600)
    );
}

#[test]
fn a_record_of_version_1_is_read_as_one_that_may_have_given_shares_if_its_user_had_approved() {
    let bytes = hex::decode(FIRST.trim()).unwrap();
    let read = StoredRequest::from_bytes(&bytes).unwrap();
    let line = VECTORS.lines().find_map(|line| line.strip_prefix("stored-request ")).unwrap();
    let without_said = line.strip_suffix("0200000100").unwrap().to_owned() + "00";
    assert_eq!(hex::encode(read.to_bytes()), without_said, "what others had said was not kept");
    assert!(!read.gave(), "its user had rejected, and nothing else");

    // Of a request that needs no completion, version 1 said nothing of shares.
    for (approves, decides, gave) in [(true, 0, true), (false, 0, false), (true, 1, true), (false, 1, false)]
    {
        let mut group = Group::new(Ciphersuite::Ed25519, 2, 3);
        group.devices[1].approves = approves;
        group.devices[0].begins = false;
        let request = group.propose(0, messages(&["hello"]));
        group.run();
        for _ in 0..decides {
            group.input(1, Input::Reject { request, reason: None });
        }
        let mut old = group.devices[1].stored[0].1.clone();
        assert_eq!((old[0], old.pop()), (3, Some(0)), "what others said is kept once it is over");
        old[0] = 2;
        assert_eq!(StoredRequest::from_bytes(&old).unwrap().to_bytes(), group.devices[1].stored[0].1);
        assert_eq!(old.pop(), Some(0), "it gave none");
        old[0] = 1;
        let read = StoredRequest::from_bytes(&old).unwrap();
        assert_eq!(read.gave(), gave, "approved: {approves}, then rejected: {decides} times");
    }
}
