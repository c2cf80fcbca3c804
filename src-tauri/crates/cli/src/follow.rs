//! Following a session from start to end.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use node::{
    Node, NodeError,
    snapshot::{
        CiphersuiteView, JoinRequestView, LinkKind, RoundName, RoundStatus, SessionState, SessionView,
        Snapshot, WaitingFor,
    },
};
use serde_json::{Value, json};
use tokio::time::{Instant, timeout, timeout_at};

use crate::{
    commands::snapshot,
    input::{Decision, decision, yes},
    output::{Failure, Output},
    wallets::{recognition, wallet_fields, wallet_text},
};

/// How long a finished device stays for others that have not confirmed. What is missing then is made up
/// for when both meet again.
const STAY: Duration = Duration::from_secs(15);
/// How long a failed session is followed until its share is erased, which is when every device has said that it
/// gave up.
const ERASE: Duration = Duration::from_secs(5);
/// How long an interrupted session may take to end.
const LEAVE: Duration = Duration::from_secs(5);
/// The code of an error after which the share is kept.
const UNFINISHED: &str = "unfinished";

/// A session whose events are printed until it ends.
pub(crate) struct Follow<'a> {
    pub(crate) node: &'a Node,
    pub(crate) session: String,
    pub(crate) output: &'a Output,
    /// Agree to the proposal without asking.
    pub(crate) consent: bool,
    /// Who decides about those that ask to be let in.
    pub(crate) door: Door,
}

/// Who decides about those that ask to be let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// Nobody: all are let in.
    Open,
    /// The person at the terminal, who is asked.
    Asked,
    /// A program, by lines on standard input. Those that it says nothing about wait.
    Told,
    /// Nobody can ask.
    None,
}

impl Follow<'_> {
    /// Prints what happens; Ctrl-C leaves the session.
    pub(crate) async fn run(&self) -> Result<(), Failure> {
        tokio::select! {
            outcome = self.follow() => outcome,
            _ = interrupted() => {
                // It may have ended in this instant.
                let _ = self.node.leave_session(self.session.clone()).await;
                Err(self.interrupted().await)
            }
        }
    }

    /// Whether a share is kept although its user left: this device may have signed before.
    async fn interrupted(&self) -> Failure {
        let mut snapshots = self.node.snapshots();
        let ended =
            |now: &Arc<Snapshot>| find(now, &self.session).is_none_or(|session| session.ended_at.is_some());
        // Without an end it has not signed, or is just about to say so.
        let _ = timeout(LEAVE, snapshots.wait_for(ended)).await;
        let state = find(&snapshots.borrow(), &self.session).map(|session| session.state);
        let kept = match state {
            Some(SessionState::Failed { unfinished_wallet, .. }) => unfinished_wallet,
            Some(SessionState::Completed { wallet_id, .. }) => Some(wallet_id),
            _ => None,
        };
        match kept {
            Some(wallet) => Failure::new(
                "interrupted",
                "Interrupted: this device had signed already and keeps its share, since the other devices may have the wallet by now. Run `permafrost resume` to finish it here.",
            )
            .with("unfinished_wallet", wallet),
            None => Failure::new("interrupted", "Interrupted: this device left the session."),
        }
    }

    async fn follow(&self) -> Result<(), Failure> {
        let mut snapshots = self.node.snapshots();
        let mut told = Told::default();
        let mut given_up = None;
        loop {
            let session = find(&snapshots.borrow_and_update(), &self.session);
            let session = session.ok_or(NodeError::UnknownSession)?;
            told.tell(&session, self.output);
            if self.answer_requests(&session, &mut told).await? {
                // It may be over by now.
                continue;
            }
            match &session.state {
                SessionState::Waiting { waiting_for: WaitingFor::Consent, .. } if !told.agreed => {
                    self.agree(&session, &mut told).await?;
                    continue;
                }
                SessionState::Waiting { .. } | SessionState::InProgress { .. } => {}
                SessionState::Completed { wallet_id, .. } => return self.completed(wallet_id).await,
                SessionState::Failed { error, unfinished_wallet: Some(_), .. }
                    if error.code != UNFINISHED
                        && *given_up.get_or_insert_with(|| Instant::now() + ERASE) > Instant::now() =>
                {
                    let until = given_up.unwrap_or_else(Instant::now);
                    // In vain if some device does not say so.
                    let _ = timeout_at(until, snapshots.changed()).await;
                    continue;
                }
                SessionState::Failed { error, culprits, unfinished_wallet } => {
                    return Err(Failure::from(error.clone())
                        .with("culprits", culprits.clone())
                        .with("unfinished_wallet", unfinished_wallet.clone()));
                }
            }
            tokio::select! {
                changed = snapshots.changed() => changed.map_err(|_| NodeError::Closed)?,
                decision = decision(), if self.door == Door::Told && !told.deaf => match decision {
                    Some(decision) => self.decided(decision).await?,
                    None => told.deaf = true,
                },
            }
        }
    }

    async fn agree(&self, session: &SessionView, told: &mut Told) -> Result<(), Failure> {
        told.agreed = true;
        let question = match &session.proposal {
            Some(p) => format!(
                "“{}” by “{}”{} ({}): {}, any {} of {} devices can sign. Take part?",
                p.name,
                p.by.name,
                recognition(&p.by_recognition),
                p.by.fingerprint.join(" "),
                kind(p.ciphersuite, p.network.as_deref()),
                p.threshold,
                p.participants
            ),
            None => "Take part?".to_owned(),
        };
        let is_open = |now: &SessionView| {
            matches!(now.state, SessionState::Waiting { waiting_for: WaitingFor::Consent, .. })
        };
        let agrees = if self.consent { Some(true) } else { self.ask(&question, is_open).await };
        match agrees {
            Some(true) => Ok(self.node.consent(self.session.clone()).await?),
            Some(false) => {
                self.node.leave_session(self.session.clone()).await?;
                Err(Failure::new("left", "You left the session. No wallet was made."))
            }
            // What became of the session is shown next.
            None => Ok(()),
        }
    }

    /// Asks, unless what is asked about is over before there is an answer.
    async fn ask(&self, question: &str, is_open: impl Fn(&SessionView) -> bool) -> Option<bool> {
        let mut snapshots = self.node.snapshots();
        let is_over = |now: &Arc<Snapshot>| !find(now, &self.session).is_some_and(|now| is_open(&now));
        tokio::select! {
            biased;
            () = async { drop(snapshots.wait_for(is_over).await) } => {
                // Off the question's line.
                self.output.say("");
                None
            }
            answer = yes(question) => Some(answer),
        }
    }

    /// Shows new requests and has them answered; returns whether anybody was asked, which takes time.
    async fn answer_requests(&self, session: &SessionView, told: &mut Told) -> Result<bool, Failure> {
        let mut has_asked = false;
        // Whoever went and comes again asks anew.
        told.requests.retain(|known| session.requests.iter().any(|request| request.id == *known));
        for request in &session.requests {
            if !told.requests.insert(request.id.clone()) {
                continue;
            }
            self.output.event("join_request", request, &self.request_text(request));
            let is_open = |now: &SessionView| now.requests.iter().any(|one| one.id == request.id);
            let admit = match self.door {
                Door::Open => Some(true),
                Door::Asked => {
                    has_asked = true;
                    self.ask(&format!("Let “{}” in?", request.device.name), is_open).await
                }
                Door::Told | Door::None => None,
            };
            let Some(admit) = admit else { continue };
            match self.node.answer_request(self.session.clone(), request.id.clone(), admit).await {
                // It gave up, or the last place was taken, in this instant.
                Ok(()) | Err(NodeError::UnknownRequest | NodeError::TooLate) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(has_asked)
    }

    fn request_text(&self, request: &JoinRequestView) -> String {
        let JoinRequestView { id, device, recognition: known } = request;
        let (name, words) = (&device.name, device.fingerprint.join(" "));
        let text = format!("“{name}”{} asks to join. Its words: {words}", recognition(known));
        match self.door {
            Door::Told => format!("{text}\nTo answer, write: admit {id}\n              or: refuse {id}"),
            _ => text,
        }
    }

    /// What a program decided about a request. What makes no sense is said, and changes nothing.
    async fn decided(&self, decision: Result<Decision, String>) -> Result<(), Failure> {
        let failed = match decision {
            Ok(Decision { request, admit }) => {
                match self.node.answer_request(self.session.clone(), request.clone(), admit).await {
                    Ok(()) => {
                        let text = if admit { "Let in." } else { "Refused." };
                        self.output.event("answered", json!({ "id": request, "admit": admit }), text);
                        return Ok(());
                    }
                    Err(error @ (NodeError::UnknownRequest | NodeError::TooLate)) => Failure::from(error),
                    Err(error) => return Err(error.into()),
                }
            }
            Err(_) => Failure::new("usage", "That is no decision. Write “admit ID” or “refuse ID”."),
        };
        self.output.failed("not_answered", &failed);
        Ok(())
    }

    /// Prints the result, and stays a while for devices that have not confirmed.
    async fn completed(&self, wallet_id: &str) -> Result<(), Failure> {
        let found = snapshot(self.node).wallets.iter().find(|wallet| wallet.id == wallet_id).cloned();
        let wallet = found.ok_or_else(|| NodeError::UnknownWallet(wallet_id.to_owned()))?;
        self.output.event("completed", wallet_fields(&wallet), &wallet_text(&wallet));
        let mut snapshots = self.node.snapshots();
        let everyone = snapshots.wait_for(|snapshot| {
            find(snapshot, &self.session).is_none_or(|session| {
                !matches!(&session.state, SessionState::Completed { unconfirmed, .. } if !unconfirmed.is_empty())
            })
        });
        if !matches!(timeout(STAY, everyone).await, Ok(Ok(_))) {
            self.output.say(
                "Not every device has confirmed yet. Run `permafrost resume` later, so that they can finish.",
            );
        }
        Ok(())
    }
}

/// What has been printed of a session.
#[derive(Default)]
struct Told {
    created: bool,
    agreed: bool,
    requests: BTreeSet<String>,
    /// Nothing more comes on standard input.
    deaf: bool,
    not_announced: Option<String>,
    progress: Value,
    text: String,
}

impl Told {
    fn tell(&mut self, session: &SessionView, output: &Output) {
        if let (Some(id), false) = (&session.session_id, self.created) {
            self.created = true;
            let text = format!("Send this session ID to the other devices:\n\n{id}\n");
            output.event("session_created", json!({ "session_id": id, "server": session.server }), &text);
        }
        let refused = session.not_announced.as_ref();
        if let Some(error) = refused.filter(|error| self.not_announced.as_ref() != Some(&error.message)) {
            output.failed("not_announced", &Failure::from(error.clone()));
        }
        self.not_announced = refused.map(|error| error.message.clone());
        let progress = progress_fields(session);
        if progress != self.progress {
            let text = progress_text(session);
            output.event("progress", &progress, if text == self.text { "" } else { &text });
            (self.progress, self.text) = (progress, text);
        }
    }
}

fn find(snapshot: &Arc<Snapshot>, session: &str) -> Option<SessionView> {
    snapshot.sessions.iter().find(|view| view.key == session).cloned()
}

fn progress_fields(session: &SessionView) -> Value {
    json!({
        "state": session.state,
        "proposal": session.proposal,
        "participants": session.participants,
        "announced": session.announced,
    })
}

fn progress_text(session: &SessionView) -> String {
    match &session.state {
        SessionState::Waiting { waiting_for: WaitingFor::Server, .. } => {
            "Connecting to the server …".to_owned()
        }
        SessionState::Waiting { waiting_for: WaitingFor::Creator, .. } => {
            "Looking for the creator …".to_owned()
        }
        SessionState::Waiting { waiting_for: WaitingFor::Consent, .. } => String::new(),
        SessionState::Waiting { waiting_for: WaitingFor::Participants { joined, total }, .. } => {
            let relayed = session.participants.iter().filter(|p| p.link == LinkKind::Relayed).count();
            let relayed = if relayed > 0 { format!(" ({relayed} relayed)") } else { String::new() };
            format!("{joined} of {total} joined{relayed} …")
        }
        SessionState::InProgress { round, missing, .. } => {
            let done = session
                .participants
                .iter()
                .flat_map(|p| &p.rounds)
                .filter(|r| r.round == *round && r.status == RoundStatus::Done);
            let round =
                format!("{}: {} of {}", round_words(*round), done.count(), session.participants.len());
            if missing.is_empty() { round } else { format!("{round}, waiting for {}", missing.join(", ")) }
        }
        SessionState::Completed { .. } | SessionState::Failed { .. } => String::new(),
    }
}

/// What happens in a round, in words.
fn round_words(round: RoundName) -> &'static str {
    match round {
        RoundName::Joining => "Connecting the devices",
        RoundName::Roster => "Agreeing on who takes part",
        RoundName::Round1 => "Exchanging commitments",
        RoundName::Echo => "Comparing what was exchanged",
        RoundName::Round2 => "Exchanging shares, device by device",
        RoundName::Round3 => "Checking the shares",
        RoundName::Commit => "Signing the certificate",
    }
}

/// A kind of wallet in words.
pub(crate) fn kind(ciphersuite: CiphersuiteView, network: Option<&str>) -> String {
    let curve = match ciphersuite {
        CiphersuiteView::Ed25519 => "Solana (ed25519)",
        CiphersuiteView::Secp256k1 => "raw messages (secp256k1)",
        CiphersuiteView::Secp256k1Tr => "Bitcoin (secp256k1-tr)",
    };
    network.map_or_else(|| curve.to_owned(), |network| format!("{curve} on {network}"))
}

#[cfg(unix)]
pub(crate) async fn interrupted() -> Option<()> {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            ended = tokio::signal::ctrl_c() => ended.ok(),
            ended = terminate.recv() => ended,
        },
        Err(_) => tokio::signal::ctrl_c().await.ok(),
    }
}

#[cfg(not(unix))]
pub(crate) async fn interrupted() -> Option<()> {
    tokio::signal::ctrl_c().await.ok()
}
