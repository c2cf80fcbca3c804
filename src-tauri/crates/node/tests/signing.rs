//! Members of a wallet sign messages, after each user has approved.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod common;
#[allow(unreachable_pub, reason = "it is shared")]
#[path = "../../coordinator/tests/common/schnorr.rs"]
mod schnorr;

use std::sync::Arc;

use common::{PASSPHRASE, config, open, server, snapshot, until};
use node::{
    CreateSession, MessageContent, Node, NodeConfig, ProposeMessage, Scheme, SignedMessage,
    snapshot::{
        DecisionView, MeaningView, RequestState, RequestView, SessionState, Snapshot, StandView, WaitingFor,
    },
};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

/// What is signed for a text, as docs/protocol.md has it (section 12).
fn raw_message(text: &str) -> Vec<u8> {
    let tag = Sha256::digest(b"permafrost/v1/message");
    Sha256::digest([&tag[..], &tag, text.as_bytes()].concat()).to_vec()
}

/// Devices with one wallet, any two of which sign.
struct Group {
    folder: TempDir,
    server: Option<String>,
    wallet: String,
    devices: Vec<Option<Node>>,
}

const NAMES: [&str; 3] = ["alice", "bob", "charlie"];

impl Group {
    async fn of_three(ciphersuite: &str) -> Self {
        let mut group = Self {
            folder: tempfile::tempdir().unwrap(),
            server: Some(server().await),
            wallet: String::new(),
            devices: vec![None, None, None],
        };
        for number in 0..3 {
            group.start(number).await;
        }
        let request = CreateSession {
            name: "Team".to_owned(),
            ciphersuite: ciphersuite.to_owned(),
            threshold: 2,
            participants: 3,
            network: None,
            announce: false,
        };
        let creator = group.node(0);
        let session = creator.create_session(request).await.unwrap();
        let view = snapshot(creator).sessions.into_iter().find(|view| view.key == session).unwrap();
        let id = view.session_id.unwrap();
        for number in 1..3 {
            let node = group.node(number);
            let joined = node.join_session(id.clone(), true).await.unwrap();
            let asks = |now: &Arc<Snapshot>| {
                let mut of_it = now.sessions.iter().filter(|view| view.key == joined);
                of_it.any(|view| {
                    matches!(view.state, SessionState::Waiting { waiting_for: WaitingFor::Consent, .. })
                })
            };
            until(node, "the joiner is asked", asks).await;
            node.consent(joined.clone()).await.unwrap();
        }
        for number in 0..3 {
            let active = |now: &Arc<Snapshot>| now.wallets.iter().any(|wallet| wallet.reachable.len() == 2);
            group.wallet = until(group.node(number), "all meet", active).await.wallets[0].id.clone();
        }
        group
    }

    async fn start(&mut self, number: usize) {
        let server = self.server.clone();
        let config = NodeConfig { server, meet: true, ..config(self.folder.path(), NAMES[number]) };
        self.devices[number] = Some(open(config).await);
    }

    async fn stop(&mut self, number: usize) {
        self.devices[number].take().unwrap().close().await;
    }

    fn node(&self, number: usize) -> &Node {
        self.devices[number].as_ref().expect("it runs")
    }

    async fn propose(&self, number: usize, text: &str) -> String {
        self.node(number).propose_message(self.message(text)).await.unwrap()
    }

    fn message(&self, text: &str) -> ProposeMessage {
        ProposeMessage {
            wallet: self.wallet.clone(),
            content: MessageContent::Text { text: text.to_owned() },
            index: 0,
            lifetime: 3600,
            supersedes: None,
        }
    }

    /// Waits until a device sees the request so.
    async fn until(
        &self,
        number: usize,
        request: &str,
        what: &str,
        is_so: impl Fn(&RequestView) -> bool,
    ) -> RequestView {
        let found = |now: &Arc<Snapshot>| now.requests.iter().any(|view| view.id == request && is_so(view));
        let now = until(self.node(number), &format!("{} sees: {what}", NAMES[number]), found).await;
        now.requests.into_iter().find(|view| view.id == request).unwrap()
    }

    async fn approve(&self, number: usize, request: &str) {
        self.until(number, request, "the request", |_| true).await;
        self.node(number).approve_request(request.to_owned()).await.unwrap();
    }

    async fn until_signed(&self, number: usize, request: &str) -> SignedMessage {
        self.until(number, request, "signed", |view| view.state == RequestState::Signed).await;
        self.node(number).signed_message(request.to_owned()).await.unwrap()
    }
}

fn text_of(view: &RequestView) -> &str {
    match &view.meaning {
        MeaningView::Message { text, .. } => text,
        other => panic!("no message: {other:?}"),
    }
}

#[tokio::test]
async fn two_of_three_sign_a_message_that_each_has_read_and_all_have_the_signature() {
    for ciphersuite in ["ed25519", "secp256k1-tr", "secp256k1"] {
        let group = Group::of_three(ciphersuite).await;
        let request = group.propose(0, "We meet at noon.\nBring the papers.").await;
        let seen = group.until(2, &request, "the request", |_| true).await;
        assert_eq!(text_of(&seen), "We meet at noon.\nBring the papers.");
        assert_eq!((seen.proposer.name.as_str(), seen.own), ("alice", false));
        assert_eq!(seen.decision, DecisionView::Undecided, "nobody approves by proposing or reading");

        group.approve(0, &request).await;
        group
            .until(1, &request, "alice approved", |view| {
                view.members.iter().any(|m| m.device.name == "alice" && m.stand == StandView::Approved)
            })
            .await;
        assert!(
            group.node(0).signed_message(request.clone()).await.is_err(),
            "one approval of two is no signature"
        );
        group.approve(2, &request).await;
        let signed = group.until_signed(0, &request).await;
        for other in 1..3 {
            assert_eq!(group.until_signed(other, &request).await, signed, "also whoever did not approve");
        }
        assert_eq!(signed.message, "We meet at noon.\nBring the papers.");
        check(ciphersuite, &signed, &snapshot(group.node(0)).wallets[0]);
    }
}

/// Verifies what comes out without a line of what made it.
fn check(ciphersuite: &str, signed: &SignedMessage, wallet: &node::snapshot::WalletView) {
    let text = serde_json::to_string(signed).unwrap();
    assert_eq!(SignedMessage::verify(&text).as_ref().ok(), Some(signed), "by this program");
    for changed in [
        SignedMessage { message: "We meet at one.".to_owned(), ..signed.clone() },
        SignedMessage { signer: signed.signer.replace('4', "5"), ..signed.clone() },
        SignedMessage { signature: signed.signature.to_lowercase(), ..signed.clone() },
    ] {
        let verified = SignedMessage::verify(&serde_json::to_string(&changed).unwrap());
        let is_same = changed == *signed;
        assert!(is_same || verified.is_err_and(|error| error.code() == "wrong_signature"), "{changed:?}");
    }
    let node::snapshot::WalletStatus::Active { addresses, group_public_key, .. } = &wallet.status else {
        panic!("no wallet: {wallet:?}")
    };
    match ciphersuite {
        "ed25519" => {
            assert_eq!(signed.scheme, Scheme::SolanaOffchain);
            assert_eq!(signed.signer, addresses[0].address);
            let key: [u8; 32] = hex::decode(group_public_key).unwrap().try_into().unwrap();
            let signature: [u8; 64] = bs58::decode(&signed.signature).into_vec().unwrap().try_into().unwrap();
            // Anza's off-chain message, version 1: domain, version, one signer, its key, the text.
            let mut message = b"\xffsolana offchain\x01\x01".to_vec();
            message.extend(key);
            message.extend(signed.message.bytes());
            let key = ed25519_dalek::VerifyingKey::from_bytes(&key).unwrap();
            key.verify_strict(&message, &signature.into()).unwrap();
        }
        "secp256k1-tr" => {
            assert_eq!(signed.scheme, Scheme::Bip322);
            assert_eq!(signed.signer, addresses[0].address);
            let address: bitcoin::Address<bitcoin::address::NetworkUnchecked> =
                signed.signer.parse().unwrap();
            let address = address.assume_checked();
            chains::bitcoin::message::verify(&address, &signed.message, &signed.signature).unwrap();
            let other = chains::bitcoin::message::verify(&address, "another", &signed.signature);
            assert!(other.is_err(), "and only for this message");
        }
        _ => {
            assert_eq!(signed.scheme, Scheme::Secp256k1);
            assert_eq!(signed.signer, *group_public_key);
            let key = hex::decode(group_public_key).unwrap();
            let signature = hex::decode(&signed.signature).unwrap();
            assert_eq!(signature.len(), 65);
            assert!(schnorr::verifies(&key, &raw_message(&signed.message), &signature));
            assert!(!schnorr::verifies(&key, &raw_message("another"), &signature), "only for this message");
            let mut other = signature.clone();
            other[64] ^= 1;
            assert!(!schnorr::verifies(&key, &raw_message(&signed.message), &other));
        }
    }
}

#[tokio::test]
async fn whoever_comes_later_finds_the_request_and_signs_although_its_proposer_had_been_gone() {
    let mut group = Group::of_three("ed25519").await;
    group.stop(2).await;
    let request = group.propose(0, "for later").await;
    group.approve(0, &request).await;
    group.until(1, &request, "the request", |_| true).await;
    group.stop(0).await;
    group.start(2).await;
    let seen = group.until(2, &request, "from bob, who only passes it on", |_| true).await;
    assert_eq!((text_of(&seen), seen.proposer.name.as_str()), ("for later", "alice"));
    group.approve(2, &request).await;
    group.start(0).await;
    let again = group.until(0, &request, "its own request", |_| true).await;
    assert_eq!(again.decision, DecisionView::Approved, "what was said is remembered");
    group.until_signed(0, &request).await;
    group.until_signed(1, &request).await;
}

#[tokio::test]
async fn a_request_that_was_rejected_cancelled_or_replaced_ends_visibly_for_all() {
    let group = Group::of_three("secp256k1-tr").await;
    let request = group.propose(0, "first").await;
    group.until(1, &request, "the request", |_| true).await;
    group.node(1).reject_request(request.clone(), Some("Not this one".to_owned())).await.unwrap();
    let rejected = StandView::Rejected { reason: Some("Not this one".to_owned()) };
    group.until(0, &request, "bob's no", |view| view.members.iter().any(|m| m.stand == rejected)).await;
    group.until(2, &request, "bob's no", |view| view.members.iter().any(|m| m.stand == rejected)).await;

    let second = ProposeMessage { supersedes: Some(request.clone()), ..group.message("second") };
    let second = group.node(0).propose_message(second).await.unwrap();
    for number in 0..3 {
        let superseded = RequestState::Superseded { by: second.clone() };
        group.until(number, &request, "replaced", |view| view.state == superseded).await;
    }
    group.until(1, &second, "open", |view| matches!(view.state, RequestState::Open { .. })).await;
    let refused = group.node(1).cancel_request(second.clone()).await.unwrap_err();
    assert_eq!(refused.code(), "not_own_signing");
    let over = group.node(1).approve_request(request.clone()).await.unwrap_err();
    assert_eq!(over.code(), "signing_over");
    group.node(0).cancel_request(second.clone()).await.unwrap();
    for number in 0..3 {
        group.until(number, &second, "cancelled", |view| view.state == RequestState::Cancelled).await;
    }
}

#[tokio::test]
async fn what_can_not_be_signed_is_not_proposed() {
    let group = Group::of_three("ed25519").await;
    let node = group.node(0);
    let code =
        async |message: ProposeMessage| node.propose_message(message).await.unwrap_err().code().to_owned();
    for text in ["", " \n", "a\u{202e}b", &"x".repeat(33 * 1024)] {
        assert_eq!(code(group.message(text)).await, "invalid_message", "{text:.10}");
    }
    assert_eq!(code(ProposeMessage { lifetime: 0, ..group.message("a") }).await, "invalid_message");
    assert_eq!(code(ProposeMessage { lifetime: u32::MAX, ..group.message("a") }).await, "invalid_message");
    assert_eq!(
        code(ProposeMessage { index: 1, ..group.message("a") }).await,
        "invalid_message",
        "one address"
    );
    let unknown = ProposeMessage { wallet: "Nobody's".to_owned(), ..group.message("a") };
    assert_eq!(code(unknown).await, "unknown_wallet");
    let other = ProposeMessage { supersedes: Some("00".repeat(32)), ..group.message("a") };
    assert_eq!(code(other).await, "unknown_signing");
    let file = MessageContent::File { name: "a\nb".to_owned(), size: 1, sha256: "00".repeat(32) };
    assert_eq!(code(ProposeMessage { content: file, ..group.message("") }).await, "invalid_message");
    for number in 0..8 {
        group.propose(0, &format!("message {number}")).await;
    }
    assert_eq!(code(group.message("one more")).await, "too_many_signings");
    assert_eq!(node.approve_request("00".repeat(32)).await.unwrap_err().code(), "unknown_signing");
    assert_eq!(snapshot(node).requests.len(), 8);
}

#[tokio::test]
async fn a_locked_app_shows_no_request_signs_nothing_and_goes_on_when_it_is_unlocked() {
    let group = Group::of_three("ed25519").await;
    let request = group.propose(0, "later").await;
    group.approve(0, &request).await;
    group.until(1, &request, "the request", |_| true).await;
    group.node(0).lock().await.unwrap();
    assert!(snapshot(group.node(0)).requests.is_empty());
    let refused = group.node(0).approve_request(request.clone()).await.unwrap_err();
    assert_eq!(refused.code(), "app_locked");
    group.approve(1, &request).await;
    group.node(0).unlock(PASSPHRASE.into()).await.unwrap();
    group.until_signed(0, &request).await;
    group.until_signed(1, &request).await;
}
