mod deadlines;

use std::{sync::Arc, time::Duration};

use coordinator::dkg::{Abort, AbortReason, Round};
use identity::IdentityKey;
use keystore::{Keystore, KeystoreError, SecretBytes, SecretName};
use mesh::{LinkState, MeshConfig, MeshEvent};
use rand::rngs::OsRng;
use signalling::{
    Refusal,
    client::{Client, ClientConfig},
};
use tokio::{sync::watch, task::yield_now};

use super::*;
use crate::{Timeouts, actor::keys::Keys, contacts::Contacts, session::SessionKey, storage::StorageError};

struct NoKeystore;

impl Keystore for NoKeystore {
    fn get(&self, _: &SecretName) -> Result<Option<SecretBytes>, KeystoreError> {
        Err(KeystoreError::Locked)
    }

    fn put(&self, _: &SecretName, _: &SecretBytes) -> Result<(), KeystoreError> {
        Err(KeystoreError::Locked)
    }

    fn delete(&self, _: &SecretName) -> Result<(), KeystoreError> {
        Err(KeystoreError::Locked)
    }
}

/// A session that joined, and what it tells the actor.
fn session() -> (Session, mpsc::Receiver<Message>) {
    begin(Entrance::Join { announced: None })
}

/// A session that this device created.
fn created() -> (Session, mpsc::Receiver<Message>) {
    begin(Entrance::Create { params: params("Club", Some("mainnet")), announce: false })
}

fn begin(entrance: Entrance) -> (Session, mpsc::Receiver<Message>) {
    let (actor, reports) = mpsc::channel(64);
    let server: signalling::ServerUrl = "ws://127.0.0.1:9".parse().unwrap();
    let setting = Setting {
        key: SessionKey(1),
        keys: Keys {
            store: Arc::new(NoKeystore),
            identity: Arc::new(IdentityKey::from_secret_bytes(&[1; 32])),
        },
        client: Client::start(ClientConfig::new(server.clone())),
        server,
        name: "Alice".parse().unwrap(),
        contacts: watch::Sender::new(Arc::<Contacts>::default()).subscribe(),
        mesh: MeshConfig::default(),
        timeouts: Timeouts { server: Duration::from_millis(50), ..Timeouts::default() },
        actor,
    };
    let id = SessionId { secret: SessionSecret::from_bytes([1; 16]), server: None };
    (Session::new(setting, id, entrance), reports)
}

#[tokio::test]
async fn a_session_that_could_not_store_its_state_says_nothing_more() {
    let (mut session, mut reports) = session();
    (session.wallet, session.active) = (Some(WalletId([1; 16])), Some(Vec::new()));
    session.progress.outcome = Outcome::Active;
    let full_disk = tokio::spawn(async move {
        while let Some(Message::Event(Event::Session(_, event))) = reports.recv().await {
            if let SessionEvent::Store { reply, .. } = event {
                let _ = reply.send(Err(StorageError::Damaged));
            }
        }
    });
    session.perform(vec![Effect::Everyone]).await;
    assert!(session.is_over(), "the others would rely on what a restart forgets");
    full_disk.abort();
}

#[tokio::test]
async fn a_device_that_has_signed_enters_a_room_anew_that_the_server_ended_and_rounds_go_on_without_it() {
    let abort = Abort { reason: AbortReason::Internal, reported_by: None };
    let outcomes = [Outcome::InProgress, Outcome::Pending, Outcome::GivenUp(abort), Outcome::Active];
    for outcome in outcomes {
        let (mut session, _reports) = session();
        let bob = IdentityKey::from_secret_bytes(&[2; 32]).id();
        session.links.insert(bob, ("Bob".parse().unwrap(), LinkKind::Direct));
        (session.progress.round, session.progress.outcome) = (Round::Round2, outcome.clone());
        session.link_event(MeshEvent::Refused(Refusal::RoomExpired)).await;
        assert!(session.failure.is_none() && !session.is_over(), "{outcome:?}");
        let pause = session.due().expect("it comes again") - Instant::now();
        assert!(pause <= session.setting.timeouts.again, "{pause:?}");
        let has_signed = outcome != Outcome::InProgress;
        let mut events = Some(mpsc::channel(1).1);
        session.enter_anew(&mut events).await;
        assert_eq!(session.mesh.is_some(), has_signed, "{outcome:?}");
        assert_eq!(session.links.is_empty(), has_signed, "{outcome:?}: its links were the old mesh's");
        assert_eq!(session.enter_again.is_none(), has_signed, "{outcome:?}: later, once it has signed");
    }
}

#[tokio::test]
async fn who_is_missing_is_reported_when_it_changes() {
    let (mut session, mut reports) = session();
    session.wallet = Some(WalletId([1; 16]));
    session.progress.outcome = Outcome::GivenUp(Abort { reason: AbortReason::Internal, reported_by: None });
    for _ in 0..3 {
        session.settle().await;
    }
    let mut missing = 0;
    while let Ok(message) = reports.try_recv() {
        missing +=
            u32::from(matches!(message, Message::Event(Event::Session(_, SessionEvent::Missing { .. }))));
    }
    assert_eq!(missing, 1, "each report makes a snapshot");
}

#[tokio::test]
async fn a_flood_of_events_holds_up_no_deadline() {
    let (mut session, mut reports) = session();
    let (flood, events) = mpsc::channel(256);
    let (_commands, mut incoming) = mpsc::channel(1);
    let flooding = tokio::spawn(async move { while flood.send(MeshEvent::Offline).await.is_ok() {} });
    let listening = tokio::spawn(async move { while reports.recv().await.is_some() {} });
    yield_now().await;
    let served = timeout(Duration::from_secs(5), session.serve(Some(events), &mut incoming)).await;
    assert!(served.is_ok(), "the wait for the server ends after 50 ms");
    assert!(matches!(session.failure, Some(Failure::ServerUnreachable { .. })));
    flooding.abort();
    listening.abort();
}

#[tokio::test]
async fn an_admission_to_another_session_than_the_announced_one_is_left() {
    let creator = |seed| IdentityKey::from_secret_bytes(&[seed; 32]).id();
    let cases = [
        (2, "Club", "mainnet", false),
        (2, "Trap", "mainnet", true),
        (3, "Club", "mainnet", true),
        (2, "Club", "devnet", true),
    ];
    for (by, name, network, is_other) in cases {
        let (mut session, _reports) = session();
        session.announced = Some((creator(2), params("Club", Some("mainnet"))));
        session
            .perform(vec![Effect::Proposed { params: params(name, Some(network)), by: creator(by) }])
            .await;
        let refused = matches!(session.unacceptable, Some(Failure::NotAsAnnounced));
        assert_eq!(refused, is_other, "{name} for {network} by {by}");
    }
    let left = left_over(Failure::NotAsAnnounced).await;
    assert!(matches!(left.failure, Some(Failure::NotAsAnnounced)), "{:?}", left.failure);
}

#[tokio::test]
async fn a_proposal_for_an_unknown_network_is_left_before_anybody_is_asked() {
    let by = IdentityKey::from_secret_bytes(&[2; 32]).id();
    for (network, is_known) in [(Some("devnet"), true), (Some("signet"), false), (None, false)] {
        let (mut session, _reports) = session();
        session.perform(vec![Effect::Proposed { params: params("Club", network), by }]).await;
        let refused = matches!(session.unacceptable, Some(Failure::UnknownNetwork { .. }));
        assert_eq!(refused, !is_known, "{network:?}");
    }
    let left = left_over(Failure::UnknownNetwork { network: Some("moonnet".to_owned()) }).await;
    assert!(matches!(left.failure, Some(Failure::UnknownNetwork { .. })), "{:?}", left.failure);
    assert!(!left.consented, "it ended before consent");
}

fn params(name: &str, network: Option<&str>) -> Params {
    let network = network.map(|network| network.parse().unwrap());
    Params::new(name.parse().unwrap(), coordinator::Ciphersuite::Ed25519, network, 2, 3).unwrap()
}

/// A session that got a proposal to which it objects, after it has run.
async fn left_over(objection: Failure) -> Session {
    let (mut left, mut reports) = session();
    left.unacceptable = Some(objection);
    let listening = tokio::spawn(async move { while reports.recv().await.is_some() {} });
    let (_events, events) = mpsc::channel(1);
    let (_commands, mut commands) = mpsc::channel(1);
    let served = timeout(Duration::from_secs(5), left.serve(Some(events), &mut commands)).await;
    assert!(served.is_ok(), "it ends");
    listening.abort();
    left
}
