//! The waits before the rounds begin, in virtual time.

use std::time::Duration;

use coordinator::dkg::AbortReason;
use identity::IdentityKey;
use tokio::task::JoinHandle;

use super::*;
use crate::snapshot::{SessionState, WaitingFor};

const TIMEOUTS: fn() -> Timeouts = Timeouts::default;
/// Longer than anything here lasts.
const EVER: Duration = Duration::from_secs(24 * 60 * 60);
/// How exact the clock is.
const TICK: Duration = Duration::from_millis(10);

/// A session's task, with the links and the actor played by the test.
struct Run {
    links: mpsc::Sender<MeshEvent>,
    _commands: mpsc::Sender<SessionCommand>,
    reports: mpsc::Receiver<Message>,
    task: JoinHandle<Session>,
    begun: Instant,
}

impl Run {
    /// Starts a session that is in its room.
    async fn start((mut session, reports): (Session, mpsc::Receiver<Message>)) -> Self {
        let (links, events) = mpsc::channel(16);
        let (commands, mut incoming) = mpsc::channel(1);
        let task = tokio::spawn(async move {
            session.serve(Some(events), &mut incoming).await;
            session
        });
        let run = Self { links, _commands: commands, reports, task, begun: Instant::now() };
        run.say(MeshEvent::Entered { others: 1, note: None }).await;
        run
    }

    async fn say(&self, event: MeshEvent) {
        self.links.send(event).await.expect("the session runs");
    }

    async fn link(&self, peer: &Peer, state: LinkState) {
        self.say(MeshEvent::Link { peer: peer.id(), name: peer.name.clone(), state }).await;
    }

    /// Lets time pass, from the beginning.
    async fn at(&mut self, seconds: u64) {
        let until = self.begun + Duration::from_secs(seconds);
        while let Ok(Some(_)) = tokio::time::timeout_at(until, self.reports.recv()).await {}
    }

    /// When the session shows so many as joined.
    async fn joined(&mut self, count: u16) -> Duration {
        loop {
            let report = timeout(EVER, self.reports.recv()).await.expect("it comes");
            let Some(Message::Event(Event::Session(_, SessionEvent::View(view)))) = report else {
                panic!("the session ended")
            };
            if let SessionState::Waiting { waiting_for: WaitingFor::Participants { joined, .. }, .. } =
                view.state
                && joined == count
            {
                return self.begun.elapsed();
            }
        }
    }

    /// The session once it has ended, and when that was.
    async fn ended(mut self) -> (Session, Duration) {
        let reports = tokio::spawn(async move { while self.reports.recv().await.is_some() {} });
        let session = timeout(EVER, self.task).await.expect("it ends").expect("it does not panic");
        reports.abort();
        (session, self.begun.elapsed())
    }
}

/// Another device, with its own state machine.
struct Peer {
    identity: Arc<IdentityKey>,
    name: DeviceName,
}

impl Peer {
    fn new(seed: u8, name: &str) -> Self {
        Self { identity: Arc::new(IdentityKey::from_secret_bytes(&[seed; 32])), name: name.parse().unwrap() }
    }

    fn id(&self) -> DeviceId {
        self.identity.id()
    }

    fn creates(&self) -> Dkg {
        Dkg::create(self.identity.clone(), self.name.clone(), tag(), params("Club", Some("mainnet"))).0
    }

    fn joins(&self) -> Dkg {
        Dkg::join(self.identity.clone(), self.name.clone(), tag()).0
    }
}

fn tag() -> SessionTag {
    SessionTag(SessionSecret::from_bytes([1; 16]).tag())
}

/// The device whose session is tested.
fn me() -> Peer {
    Peer::new(1, "Alice")
}

/// Goes on with another device's state machine; returns what it sends.
fn step(dkg: Dkg, input: Input<'_>) -> (Dkg, Vec<u8>) {
    let (dkg, effects) = dkg.handle(input, &mut OsRng);
    let sent = effects.into_iter().find_map(|effect| match effect {
        Effect::Send { message, .. } => Some(message.to_vec()),
        _ => None,
    });
    (dkg, sent.unwrap_or_default())
}

fn link_up(peer: &Peer) -> Input<'static> {
    Input::LinkUp { peer: peer.id(), name: peer.name.clone() }
}

/// What a creator sends first.
fn proposal(creator: &Peer, to: &Peer) -> Vec<u8> {
    step(creator.creates(), link_up(to)).1
}

/// A session that joined and has its creator's proposal.
async fn invited(creator: &Peer) -> Run {
    let run = Run::start(session()).await;
    run.link(creator, LinkState::Direct).await;
    run.say(MeshEvent::Received { from: creator.id(), body: proposal(creator, &me()) }).await;
    run
}

#[track_caller]
fn assert_about(took: Duration, expected: Duration) {
    assert!((expected..expected + TICK).contains(&took), "{took:?}, not {expected:?}");
}

#[tokio::test(start_paused = true)]
async fn who_joins_waits_for_the_creator_for_its_time_and_no_longer() {
    let run = Run::start(session()).await;
    // Whoever else is in the room can't prolong it.
    run.link(&Peer::new(3, "Carol"), LinkState::Direct).await;
    let (session, took) = run.ended().await;
    assert!(matches!(session.failure, Some(Failure::Unknown)), "{:?}", session.failure);
    assert_about(took, TIMEOUTS().creator);
}

#[tokio::test(start_paused = true)]
async fn places_that_are_not_taken_in_time_end_the_session() {
    let mut run = Run::start(created()).await;
    let bob = Peer::new(2, "Bob");
    for minute in [10, 20, 30] {
        run.at(minute * 60).await;
        run.link(&bob, LinkState::Direct).await;
        run.at(minute * 60 + 1).await;
        run.say(MeshEvent::PeerLeft { peer: bob.id() }).await;
    }
    let (session, took) = run.ended().await;
    let Outcome::Failed(abort) = &session.progress.outcome else { panic!("{:?}", session.progress.outcome) };
    assert!(matches!(abort.reason, AbortReason::Timeout { round: Round::Joining, .. }), "{abort:?}");
    assert_about(took, TIMEOUTS().joining);
}

#[tokio::test(start_paused = true)]
async fn a_creator_that_stays_away_ends_the_wait_for_it() {
    let alone = |session: &Session| matches!(session.progress.outcome, Outcome::Failed(_));
    let creator = Peer::new(2, "Bob");

    let mut run = invited(&creator).await;
    run.at(100).await;
    run.link(&creator, LinkState::Down).await;
    let (session, took) = run.ended().await;
    assert!(alone(&session));
    assert_about(took, Duration::from_secs(100) + TIMEOUTS().absence);

    let mut run = invited(&creator).await;
    run.link(&creator, LinkState::Down).await;
    run.at(50).await;
    run.link(&creator, LinkState::Relayed).await;
    run.at(200).await;
    run.link(&creator, LinkState::Down).await;
    let (session, took) = run.ended().await;
    assert!(alone(&session));
    assert_about(took, Duration::from_secs(200) + TIMEOUTS().absence);

    let mut run = invited(&creator).await;
    run.link(&creator, LinkState::Down).await;
    for second in [20, 40, 59] {
        run.at(second).await;
        run.link(&creator, LinkState::Connecting).await;
        run.link(&creator, LinkState::Down).await;
    }
    let (session, took) = run.ended().await;
    assert!(alone(&session), "attempts that come to nothing are no presence");
    assert_about(took, TIMEOUTS().absence);
}

#[tokio::test(start_paused = true)]
async fn the_place_of_a_device_that_stays_away_is_free_again() {
    let bob = Peer::new(2, "Bob");
    let (dkg, _) = step(bob.joins(), link_up(&me()));
    let (dkg, _) = step(dkg, Input::Message { from: me().id(), bytes: &proposal(&me(), &bob) });
    let (_, accept) = step(dkg, Input::Consent);

    let mut run = Run::start(created()).await;
    run.link(&bob, LinkState::Direct).await;
    run.say(MeshEvent::Received { from: bob.id(), body: accept }).await;
    assert_about(run.joined(2).await, Duration::ZERO);
    run.at(30).await;
    run.link(&bob, LinkState::Down).await;
    assert_about(run.joined(1).await, Duration::from_secs(30) + TIMEOUTS().absence);
    assert!(!run.task.is_finished(), "the session goes on without it");
}
