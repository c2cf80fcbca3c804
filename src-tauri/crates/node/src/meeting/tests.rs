use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
};

use coordinator::{
    Ciphersuite,
    dkg::{Member, Params, SessionTag},
    sign::{Draft, Effect, Ending},
};
use frost_ed25519 as frost;
use identity::IdentityKey;
use keystore::{Keystore, KeystoreError, SecretBytes};
use rand::rngs::OsRng;
use signalling::client::ClientConfig;
use tokio::{task::JoinHandle, time::advance};

use super::*;
use crate::{
    signing::{Payload, Text, coins, spend_of},
    snapshot::{MeaningView, RequestState, StandView},
};

const NOW: u64 = 1_800_000_000;
const HOUR: u64 = 3600;

/// A keystore with one share, which may be locked.
struct Store {
    share: Vec<u8>,
    locked: Arc<AtomicBool>,
}

impl Keystore for Store {
    fn get(&self, _: &SecretName) -> Result<Option<SecretBytes>, KeystoreError> {
        match self.locked.load(Relaxed) {
            true => Err(KeystoreError::Locked),
            false => Ok(Some(SecretBytes::copy_of(&self.share))),
        }
    }

    fn put(&self, _: &SecretName, _: &SecretBytes) -> Result<(), KeystoreError> {
        Err(KeystoreError::Locked)
    }

    fn delete(&self, _: &SecretName) -> Result<(), KeystoreError> {
        Err(KeystoreError::Locked)
    }
}

/// A wallet of two devices that both must sign, and what the first one's task has and does.
struct Stage {
    ceremony: Ceremony,
    identities: Vec<Arc<IdentityKey>>,
    shares: Vec<Vec<u8>>,
    now: Arc<AtomicU64>,
    locked: Arc<AtomicBool>,
    rows: Arc<Mutex<HashMap<[u8; 32], Vec<u8>>>>,
    damaged: Arc<Mutex<Vec<String>>>,
    /// Nothing more can be stored.
    full: Arc<AtomicBool>,
    /// What the device's user sees of the requests.
    shown: Arc<Mutex<Vec<RequestView>>>,
    /// What plays the actor.
    keeper: Mutex<Option<JoinHandle<()>>>,
}

impl Stage {
    /// With messages to sign.
    fn new() -> Self {
        let (shares, public) =
            frost::keys::generate_with_dealer(2, 2, frost::keys::IdentifierList::Default, OsRng).unwrap();
        let packages = shares.into_values().map(|share| frost::keys::KeyPackage::try_from(share).unwrap());
        let shares: Vec<_> = packages
            .map(|package| [&[Ciphersuite::Ed25519 as u8][..], &package.serialize().unwrap()].concat())
            .collect();
        let key = public.verifying_key().serialize().unwrap();
        let verifying = public.verifying_shares().values().map(|share| share.serialize().unwrap()).collect();
        let mut stage = Self::of(wallet_params(Ciphersuite::Ed25519, "devnet"), key, verifying);
        stage.shares = shares;
        stage
    }

    /// With coins to spend. Nobody has a share of its key.
    fn with_coins() -> Self {
        let made = coins();
        let shares = vec![made.group_key.clone(); 2];
        Self::of(wallet_params(Ciphersuite::Secp256k1Tr, "regtest"), made.group_key, shares)
    }

    fn of(params: Params, group_key: Vec<u8>, verifying_shares: Vec<Vec<u8>>) -> Self {
        let mut identities: Vec<_> =
            [1, 2].map(|seed| Arc::new(IdentityKey::from_secret_bytes(&[seed; 32]))).into();
        identities.sort_by_key(|identity| identity.id());
        let names = ["Alice", "Bob"].map(|name| name.parse().unwrap());
        let members = identities.iter().zip(names);
        let ceremony = Ceremony {
            session: SessionTag([1; 32]),
            creator: identities[0].id(),
            params,
            members: members.map(|(identity, name)| Member { id: identity.id(), name }).collect(),
            group_key,
            verifying_shares,
            transcript_hash: [3; 32],
            safety_words: ["word"; 5],
        };
        Self {
            ceremony,
            identities,
            shares: vec![Vec::new(); 2],
            now: Arc::new(AtomicU64::new(NOW)),
            locked: Arc::default(),
            rows: Arc::default(),
            damaged: Arc::default(),
            full: Arc::default(),
            shown: Arc::default(),
            keeper: Mutex::default(),
        }
    }

    /// The first device's task, with what was stored of it, up to where it would talk to others.
    async fn meeting(&self) -> Meeting {
        let (actor, reports) = mpsc::channel(64);
        *self.keeper.lock().unwrap() = Some(tokio::spawn(self.keep(reports)));
        let now = Arc::clone(&self.now);
        let server: signalling::ServerUrl = "ws://127.0.0.1:9".parse().unwrap();
        let store = Store { share: self.shares[0].clone(), locked: Arc::clone(&self.locked) };
        let setting = Setting {
            wallet: WalletId([7; 16]),
            run: 1,
            ceremony: self.ceremony.clone(),
            keys: Keys { store: Arc::new(store), identity: Arc::clone(&self.identities[0]) },
            name: "Alice".parse().unwrap(),
            contacts: watch::Sender::new(Arc::<Contacts>::default()).subscribe(),
            servers: watch::Sender::new(Arc::<Servers>::default()).subscribe(),
            client: Client::start(ClientConfig::new(server)),
            mesh: MeshConfig::default(),
            attempt: Duration::from_secs(30),
            farewell: Duration::from_secs(1),
            clock: Arc::new(move || now.load(Relaxed)),
            actor,
        };
        let rows = self.rows.lock().unwrap().values().cloned().collect::<Vec<_>>();
        let stored = rows.iter().map(|row| StoredRequest::from_bytes(row).unwrap()).collect();
        let (signing, effects) =
            Signing::resume(Arc::clone(&self.identities[0]), &self.ceremony, stored).unwrap();
        let mut meeting = Meeting::new(setting, signing);
        assert!(meeting.begin(effects).await.is_ok());
        meeting
    }

    /// The other device, with the same requests and no word on them.
    fn other(&self) -> Other {
        let rows = self.rows.lock().unwrap().values().cloned().collect::<Vec<_>>();
        let stored = rows.iter().map(|row| StoredRequest::from_bytes(row).unwrap()).collect();
        let (signing, _) = Signing::resume(Arc::clone(&self.identities[1]), &self.ceremony, stored).unwrap();
        let mut other = Other { signing: Some(signing), id: self.identities[1].id(), requested: None };
        other.input(Input::LinkUp { peer: self.identities[0].id() });
        other
    }

    /// What the actor does with a task's reports.
    fn keep(&self, mut reports: mpsc::Receiver<Message>) -> impl Future<Output = ()> + use<> {
        let (rows, damaged) = (Arc::clone(&self.rows), Arc::clone(&self.damaged));
        let (full, shown) = (Arc::clone(&self.full), Arc::clone(&self.shown));
        async move {
            while let Some(report) = reports.recv().await {
                let Message::Event(Event::Meeting { event, .. }) = report else { continue };
                match event {
                    MeetingEvent::Store { reply, .. } if full.load(Relaxed) => {
                        let _ = reply.send(Err(rusqlite::Error::InvalidQuery.into()));
                    }
                    MeetingEvent::Store { row, reply } => {
                        rows.lock().unwrap().insert(row.id, row.record);
                        let _ = reply.send(Ok(()));
                    }
                    MeetingEvent::Damaged(found) => damaged.lock().unwrap().extend(found),
                    MeetingEvent::Requests(views) => *shown.lock().unwrap() = views,
                    _ => {}
                }
            }
        }
    }

    fn gave(&self, request: RequestId) -> bool {
        StoredRequest::from_bytes(&self.rows.lock().unwrap()[request.as_bytes()]).unwrap().gave()
    }

    fn pass(&self, seconds: u64) {
        self.now.fetch_add(seconds, Relaxed);
    }
}

fn wallet_params(suite: Ciphersuite, network: &str) -> Params {
    Params::new("Club".parse().unwrap(), suite, Some(network.parse().unwrap()), 2, 2).unwrap()
}

fn message(text: &str) -> Vec<u8> {
    let content = crate::signing::Content::Text(Text::try_from(text.to_owned()).unwrap());
    Payload::Message { content, index: 0 }.to_bytes()
}

/// The second device, of which only the protocol runs.
struct Other {
    signing: Option<Signing>,
    id: DeviceId,
    requested: Option<RequestId>,
}

impl Other {
    /// What it sends the first one.
    fn input(&mut self, input: Input<'_>) -> Vec<Vec<u8>> {
        let (signing, effects) = self.signing.take().unwrap().handle(input, &mut OsRng);
        self.signing = Some(signing);
        let mut messages = Vec::new();
        for effect in effects {
            match effect {
                Effect::Send { message, .. }
                | Effect::Forward { message, .. }
                | Effect::Broadcast { message, .. } => messages.push(message),
                Effect::Requested { request, .. } => self.requested = Some(request),
                _ => {}
            }
        }
        messages
    }

    fn propose(&mut self, draft: Draft) -> (RequestId, Vec<Vec<u8>>) {
        let messages = self.input(Input::Propose { draft });
        (self.requested.take().unwrap(), messages)
    }

    fn approve(&mut self, request: RequestId, stage: &Stage) -> Vec<Vec<u8>> {
        let share = coordinator::SecretShare::from_bytes(&stage.shares[1]).unwrap();
        self.input(Input::Approve { request, signables: 1, share: &share })
    }
}

impl Meeting {
    async fn hear(&mut self, from: DeviceId, messages: Vec<Vec<u8>>) {
        for body in messages {
            assert!(self.link_event(MeshEvent::Received { from, body }).await.is_ok());
        }
    }

    async fn meets(&mut self, other: &Other) {
        self.links.insert(other.id, LinkKind::Direct);
        assert!(self.input(Input::LinkUp { peer: other.id }).await.is_ok());
    }

    async fn ask<T>(&mut self, command: impl FnOnce(Reply<T>) -> MeetingCommand) -> Result<T, NodeError> {
        let (reply, answer) = oneshot::channel();
        assert!(self.command(command(reply)).await.is_ok());
        answer.await.unwrap()
    }

    async fn propose(
        &mut self,
        payload: Vec<u8>,
        supersedes: Option<RequestId>,
    ) -> Result<RequestId, NodeError> {
        let lifetime = Duration::from_secs(HOUR);
        let id = self.ask(|reply| MeetingCommand::Propose { payload, lifetime, supersedes, reply }).await?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(id, &mut bytes).unwrap();
        Ok(RequestId::from_bytes(bytes))
    }

    fn view(&self, request: RequestId) -> RequestView {
        self.views().into_iter().find(|view| view.id == request.to_string()).unwrap()
    }
}

#[tokio::test]
async fn what_expired_while_no_timer_ran_is_neither_approved_nor_signed() {
    let stage = Stage::new();
    let mut meeting = stage.meeting().await;
    let late = meeting.propose(message("too late"), None).await.unwrap();
    let request = meeting.propose(message("in time"), None).await.unwrap();
    meeting.ask(|reply| MeetingCommand::Approve { request, reply }).await.unwrap();
    let mut other = stage.other();
    meeting.meets(&other).await;
    // The computer slept, and its timers with it.
    stage.pass(HOUR);
    let approval = other.approve(request, &stage);
    meeting.hear(other.id, approval).await;
    assert!(!stage.gave(request), "its time was over when the other one approved");
    assert_eq!(meeting.view(request).state, RequestState::Expired);
    let refused = meeting.ask(|reply| MeetingCommand::Approve { request: late, reply }).await.unwrap_err();
    assert_eq!(refused.code(), "signing_over");
}

#[tokio::test]
async fn what_could_not_be_kept_is_not_shown() {
    let stage = Stage::new();
    let mut meeting = stage.meeting().await;
    let request = meeting.propose(message("x"), None).await.unwrap();
    stage.full.store(true, Relaxed);
    let (reply, answer) = oneshot::channel();
    assert!(meeting.command(MeetingCommand::Cancel { request, reply }).await.is_err(), "it begins anew");
    assert_eq!(answer.await.unwrap().unwrap_err().code(), "not_kept");
    drop(meeting);
    let keeper = stage.keeper.lock().unwrap().take().unwrap();
    keeper.await.unwrap();
    let shown = stage.shown.lock().unwrap();
    assert!(matches!(&shown[..], [view] if matches!(view.state, RequestState::Open { .. })), "{shown:?}");
}

#[tokio::test]
async fn what_expired_while_the_device_was_off_is_not_taken_up_again() {
    let stage = Stage::new();
    let mut meeting = stage.meeting().await;
    let request = meeting.propose(message("x"), None).await.unwrap();
    meeting.ask(|reply| MeetingCommand::Approve { request, reply }).await.unwrap();
    drop(meeting);
    stage.pass(HOUR);
    assert_eq!(stage.meeting().await.view(request).state, RequestState::Expired);
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_messages_does_not_hold_up_the_clock() {
    let stage = Stage::new();
    let mut meeting = stage.meeting().await;
    let (_command, mut commands) = mpsc::channel(1);
    let (events, incoming) = mpsc::channel(4);
    for _ in 0..4 {
        events.try_send(MeshEvent::Online).unwrap();
    }
    let next = meeting.next(&mut commands, &mut Some(incoming), Some(Instant::now())).await;
    assert!(matches!(next, Next::Time), "what is due comes first");
}

#[tokio::test(start_paused = true)]
async fn a_device_whose_keystore_is_locked_says_so_and_signs_once_it_is_open() {
    let stage = Stage::new();
    let mut meeting = stage.meeting().await;
    let request = meeting.propose(message("x"), None).await.unwrap();
    meeting.ask(|reply| MeetingCommand::Approve { request, reply }).await.unwrap();
    let mut other = stage.other();
    meeting.meets(&other).await;
    stage.locked.store(true, Relaxed);
    let approval = other.approve(request, &stage);
    meeting.hear(other.id, approval).await;
    assert!(!stage.gave(request));
    let problem = meeting.view(request).problem;
    assert_eq!(
        problem.map(|problem| problem.code).as_deref(),
        Some("keystore_locked"),
        "not just “approved”"
    );

    advance(AGAIN).await;
    assert!(meeting.time_passed().await.is_ok());
    assert!(meeting.view(request).problem.is_some(), "it is locked still");
    stage.locked.store(false, Relaxed);
    advance(AGAIN).await;
    assert!(meeting.due().is_some_and(|due| due <= Instant::now()), "it is tried again by itself");
    assert!(meeting.time_passed().await.is_ok());
    assert_eq!(meeting.view(request).problem, None);
    // The other one's nonces are in the first attempt: here it restarts, and has others.
    let mut other = stage.other();
    assert!(meeting.input(Input::PeerRestarted { peer: other.id }).await.is_ok());
    let approval = other.approve(request, &stage);
    meeting.hear(other.id, approval).await;
    assert!(stage.gave(request), "with new nonces, and without asking its user again");
}

#[tokio::test(start_paused = true)]
async fn an_approval_that_could_not_be_taken_up_at_the_start_is_taken_up_later() {
    let stage = Stage::new();
    let mut meeting = stage.meeting().await;
    let request = meeting.propose(message("x"), None).await.unwrap();
    meeting.ask(|reply| MeetingCommand::Approve { request, reply }).await.unwrap();
    drop(meeting);
    stage.locked.store(true, Relaxed);
    let mut meeting = stage.meeting().await;
    assert!(meeting.view(request).problem.is_some(), "it shows why its approval is worth nothing now");
    let mut other = stage.other();
    meeting.meets(&other).await;
    let approval = other.approve(request, &stage);
    meeting.hear(other.id, approval).await;
    stage.locked.store(false, Relaxed);
    advance(AGAIN).await;
    assert!(meeting.time_passed().await.is_ok());
    assert!(stage.gave(request));

    // Whoever takes an approval back is not asked for it again.
    let request = meeting.propose(message("y"), None).await.unwrap();
    meeting.ask(|reply| MeetingCommand::Approve { request, reply }).await.unwrap();
    stage.locked.store(true, Relaxed);
    let approval = stage.other().approve(request, &stage);
    meeting.hear(other.id, approval).await;
    assert!(meeting.view(request).problem.is_some());
    meeting.ask(|reply| MeetingCommand::Reject { request, reason: None, reply }).await.unwrap();
    stage.locked.store(false, Relaxed);
    advance(AGAIN).await;
    assert!(meeting.time_passed().await.is_ok());
    assert!(!stage.gave(request) && meeting.view(request).problem.is_none());
}

#[tokio::test]
async fn what_is_dated_in_the_future_is_not_first_and_not_signed_before_its_time() {
    let stage = Stage::new();
    let mut meeting = stage.meeting().await;
    let mut other = stage.other();
    meeting.meets(&other).await;
    let later = NOW + 365 * 24 * HOUR;
    let (early, messages) = other.propose(Draft::new(message("x"), later, later + HOUR).unwrap());
    meeting.hear(other.id, messages).await;
    let view = meeting.view(early);
    assert!(
        matches!(&view.meaning, MeaningView::Unreadable { error } if error.code == "early_signing"),
        "{view:?}"
    );
    let refused = meeting.ask(|reply| MeetingCommand::Approve { request: early, reply }).await.unwrap_err();
    assert_eq!(refused.code(), "early_signing");
    assert!(matches!(&view.members[0].stand, StandView::Rejected { reason: Some(_) }), "the others hear why");
    stage.pass(1);
    let request = meeting.propose(message("y"), None).await.unwrap();
    assert_eq!(meeting.views()[0].id, request.to_string(), "what came later is first");

    let (ahead, messages) = other.propose(Draft::new(message("z"), NOW + HOUR, NOW + 2 * HOUR).unwrap());
    meeting.hear(other.id, messages).await;
    assert!(matches!(meeting.view(ahead).meaning, MeaningView::Message { .. }), "clocks differ a little");
    stage.pass(365 * 24 * HOUR);
    assert!(meeting.time_passed().await.is_ok());
    assert!(matches!(meeting.view(early).meaning, MeaningView::Message { .. }), "its time has come");
}

#[tokio::test]
async fn a_record_that_nobody_signed_is_left_out_and_reported() {
    let stage = Stage::new();
    let mut meeting = stage.meeting().await;
    let bad = meeting.propose(message("x"), None).await.unwrap();
    let good = meeting.propose(message("y"), None).await.unwrap();
    drop(meeting);
    // In the proposer's signature.
    let at = stage.rows.lock().unwrap()[bad.as_bytes()].len() - 20;
    stage.rows.lock().unwrap().get_mut(bad.as_bytes()).unwrap()[at] ^= 1;
    let mut meeting = stage.meeting().await;
    assert_eq!(meeting.views().iter().map(|view| view.id.clone()).collect::<Vec<_>>(), [good.to_string()]);
    meeting.propose(message("When this is stored, all before it is reported."), None).await.unwrap();
    assert_eq!(*stage.damaged.lock().unwrap(), [bad.to_string()]);
}

#[tokio::test]
async fn what_takes_the_place_of_a_spend_spends_one_of_its_coins() {
    let stage = Stage::with_coins();
    let mut meeting = stage.meeting().await;
    let earlier = meeting.propose(spend_of(&[1, 2]), None).await.unwrap();
    for other in [spend_of(&[3]), message("I am no payment.")] {
        let refused = meeting.propose(other, Some(earlier)).await.unwrap_err();
        assert_eq!(refused.code(), "other_coins");
    }
    assert!(matches!(meeting.view(earlier).state, RequestState::Open { .. }), "nothing was proposed");
    let later = meeting.propose(spend_of(&[2, 3]), Some(earlier)).await.unwrap();
    assert!(matches!(meeting.view(earlier).state, RequestState::Superseded { .. }));
    assert!(matches!(meeting.view(later).meaning, MeaningView::Bitcoin(_)));
    let text = meeting.propose(message("To be replaced."), None).await.unwrap();
    assert!(
        meeting.propose(spend_of(&[4]), Some(text)).await.is_ok(),
        "what is no payment is paid with none"
    );
}

#[tokio::test]
async fn another_devices_request_that_replaces_a_spend_with_other_coins_is_refused() {
    let stage = Stage::with_coins();
    let mut meeting = stage.meeting().await;
    let mut other = stage.other();
    meeting.meets(&other).await;
    let draft = |payload| Draft::new(payload, NOW, NOW + HOUR).unwrap();
    let (earlier, messages) = other.propose(draft(spend_of(&[1])));
    meeting.hear(other.id, messages).await;
    let (later, messages) = other.propose(draft(spend_of(&[2])).superseding(earlier));
    meeting.hear(other.id, messages).await;
    for meeting in [&meeting, &stage.meeting().await] {
        let view = meeting.view(later);
        let error = match &view.meaning {
            MeaningView::Unreadable { error } => error.code.as_str(),
            other => panic!("both could be paid: {other:?}"),
        };
        assert_eq!(error, "replaces_nothing");
        assert!(matches!(&view.members[0].stand, StandView::Rejected { reason: Some(_) }));
    }
    let (good, messages) = other.propose(draft(spend_of(&[2, 5])).superseding(later));
    meeting.hear(other.id, messages).await;
    assert!(matches!(meeting.view(good).meaning, MeaningView::Bitcoin(_)));
}

#[tokio::test]
async fn a_spend_that_ended_after_this_device_gave_its_part_may_still_be_made_and_conflicts() {
    let stage = Stage::with_coins();
    let mut meeting = stage.meeting().await;
    let mut other = stage.other();
    meeting.meets(&other).await;
    let draft = |payload| Draft::new(payload, NOW, NOW + HOUR).unwrap();
    let (given, messages) = other.propose(draft(spend_of(&[1])));
    meeting.hear(other.id, messages).await;
    let (not_given, messages) = other.propose(draft(spend_of(&[1, 2])));
    meeting.hear(other.id, messages).await;
    drop(meeting);
    // As it is kept before the first share is sent; that is asserted where the protocol is tested.
    let gave = |row: &mut Vec<u8>| {
        // The last byte says that nobody else's word is kept.
        let at = row.len() - 2;
        row[at] = 1;
    };
    gave(stage.rows.lock().unwrap().get_mut(given.as_bytes()).unwrap());
    assert!(stage.gave(given) && !stage.gave(not_given));
    let mut meeting = stage.meeting().await;
    assert!(!meeting.view(given).may_still_be_made, "it is open");
    for request in [given, not_given] {
        let messages = other.input(Input::Cancel { request });
        meeting.hear(other.id, messages).await;
        assert_eq!(meeting.view(request).state, RequestState::Cancelled);
    }
    assert!(meeting.view(given).may_still_be_made, "its proposer may have put the shares together");
    assert!(!meeting.view(not_given).may_still_be_made);
    let request = meeting.propose(spend_of(&[1, 3]), None).await.unwrap();
    assert_eq!(meeting.view(request).conflicts, [given.to_string()]);
}

#[tokio::test]
async fn conflicts_with_what_is_forgotten_are_forgotten() {
    let stage = Stage::with_coins();
    let mut meeting = stage.meeting().await;
    let mut other = stage.other();
    meeting.meets(&other).await;
    let kept = meeting.propose(spend_of(&[1]), None).await.unwrap();
    for lifetime in 0..Signing::MOST_ENDED as u64 + 9 {
        let draft = Draft::new(spend_of(&[1, 2]), NOW, NOW + HOUR + lifetime).unwrap();
        let (request, messages) = other.propose(draft);
        meeting.hear(other.id, messages).await;
        assert_eq!(meeting.view(kept).conflicts, [request.to_string()]);
        let messages = other.input(Input::Cancel { request });
        meeting.hear(other.id, messages).await;
    }
    assert!(meeting.meanings[&kept].conflicts.len() <= Signing::MOST_ENDED + 1, "however many there were");
}

#[tokio::test]
async fn rounds_that_run_are_shown_with_how_far_they_are() {
    let stage = Stage::new();
    let mut meeting = stage.meeting().await;
    let request = meeting.propose(message("x"), None).await.unwrap();
    let rounds = |meeting: &Meeting| match meeting.view(request).state {
        RequestState::Open { signing, attempts, .. } => (signing, attempts),
        other => panic!("it is open: {other:?}"),
    };
    assert_eq!(rounds(&meeting), (false, 0));
    let waits = |meeting: &Meeting| match meeting.view(request).state {
        RequestState::Open { waiting_for, waiting_for_this, .. } => (waiting_for.len(), waiting_for_this),
        other => panic!("it is open: {other:?}"),
    };
    assert_eq!(waits(&meeting), (1, true), "for the other one by name, and for this device");
    meeting.ask(|reply| MeetingCommand::Approve { request, reply }).await.unwrap();
    let mut other = stage.other();
    meeting.meets(&other).await;
    assert_eq!(waits(&meeting), (1, false));
    let approval = other.approve(request, &stage);
    meeting.hear(other.id, approval).await;
    assert_eq!(rounds(&meeting), (true, 1), "the other one's share is missing");
}

#[tokio::test]
async fn a_payment_whose_block_is_over_before_all_have_signed_ends() {
    let stage = Stage::new();
    let mut meeting = stage.meeting().await;
    let request = meeting.propose(message("x"), None).await.unwrap();
    let over = || Report { request, news: crate::ledger::solana::follow::News::Over };
    assert!(meeting.payment_report(over()).await.is_ok());
    assert_eq!(meeting.view(request).state, RequestState::Cancelled, "what comes later is of no use");
    assert!(meeting.payment_report(over()).await.is_ok(), "and once is enough");
    let progress = meeting.signing.as_ref().unwrap().progress();
    assert_eq!(progress.requests[0].ending, Some(Ending::Cancelled));
}
