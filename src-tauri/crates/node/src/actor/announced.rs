//! Looking for announced sessions and asking to join them.

use std::collections::BTreeMap;

use coordinator::dkg::Params;
use identity::DeviceId;
use signalling::{
    Announcement, AnnouncementId, Recipient, ServerUrl,
    client::{Client, RoomEvent},
};
use tokio::{task::AbortHandle, time::timeout_at};
use zeroize::Zeroizing;

use super::{Actor, Event, Message, device_view};
use crate::{
    NodeError,
    announcement::{Record, Request},
    clock::Deadline,
    message::MessagePart,
    session::proposal_view,
    snapshot::{AnnouncedView, AskedState, AskedView, ErrorView, ProposalView},
};

/// The most announcements that are shown, and the most requests that are kept.
const MOST: usize = 200;

/// Announced sessions and this device's requests to join some.
#[derive(Default)]
pub(super) struct Announced {
    /// The task that follows the server's list.
    browsing: Option<AbortHandle>,
    records: Vec<(AnnouncementId, Record)>,
    asked: BTreeMap<String, Asked>,
}

struct Asked {
    proposal: ProposalView,
    /// Where it was announced.
    server: ServerUrl,
    /// Who creates it and what it makes.
    promised: (DeviceId, Params),
    state: AskedState,
}

/// How a request to join ended.
pub(crate) enum AskOutcome {
    /// Let in, with the session ID.
    Admitted(Zeroizing<String>),
    Refused,
    /// No answer in time, or no way to the lobby.
    NoAnswer,
}

impl Announced {
    pub(super) fn is_browsing(&self) -> bool {
        self.browsing.as_ref().is_some_and(|task| !task.is_finished())
    }

    /// Whether a request to join waits for its answer.
    pub(super) fn any_waiting(&self) -> bool {
        self.asked.values().any(|asked| matches!(asked.state, AskedState::Waiting { .. }))
    }

    pub(super) fn asked_views(&self) -> Vec<AskedView> {
        let view = |(id, asked): (&String, &Asked)| AskedView {
            id: id.clone(),
            proposal: asked.proposal.clone(),
            recognition: asked.proposal.by_recognition.clone(),
            state: asked.state.clone(),
        };
        self.asked.iter().map(view).collect()
    }
}

impl Actor {
    pub(super) fn browse(&mut self, on: bool) -> Result<(), NodeError> {
        if !on {
            self.stop_browsing();
        } else if !self.announced.is_browsing() {
            let client = self.client(None)?;
            let to_self = self.to_self.upgrade().ok_or(NodeError::Closed)?;
            self.announced.browsing = Some(self.tasks.spawn(async move {
                let Ok(browse) = client.browse().await else { return };
                let mut changes = browse.announcements;
                loop {
                    let announcements = changes.borrow_and_update().clone();
                    let event = Message::Event(Event::Announced(announcements));
                    if to_self.send(event).await.is_err() || changes.changed().await.is_err() {
                        return;
                    }
                }
            }));
        }
        Ok(())
    }

    pub(super) fn stop_browsing(&mut self) {
        if let Some(task) = self.announced.browsing.take() {
            task.abort();
        }
        self.announced.records.clear();
    }

    /// Takes over the server's list; what is not validly signed is not shown.
    pub(super) fn announcements(&mut self, announcements: &[Announcement]) {
        if self.announced.is_browsing() {
            let open = |a: &Announcement| Record::open(a).ok().map(|record| (a.id, record));
            self.announced.records = announcements.iter().filter_map(open).take(MOST).collect();
        }
    }

    pub(super) fn announced_views(&self) -> Vec<AnnouncedView> {
        let own = self.keys().ok().map(|keys| keys.identity.id());
        let of_others = self.announced.records.iter().filter(|(_, record)| Some(record.creator) != own);
        of_others
            .filter_map(|(id, record)| {
                Some(AnnouncedView {
                    id: hex::encode(id.as_bytes()),
                    proposal: self.record_view(record)?,
                    joined: record.joined,
                    recognition: self.recognition(&record.creator, &record.creator_name),
                })
            })
            .collect()
    }

    fn record_view(&self, record: &Record) -> Option<ProposalView> {
        let name = self.contacts.borrow().name_of(&record.creator, &record.creator_name);
        let by = device_view(record.creator, &name);
        Some(proposal_view(
            &record.params().ok()?,
            by,
            self.recognition(&record.creator, &record.creator_name),
        ))
    }

    pub(super) fn ask(&mut self, announcement: &str) -> Result<(), NodeError> {
        let keys = self.settled_keys()?.clone();
        let found = self.announced.records.iter().find(|(id, _)| hex::encode(id.as_bytes()) == announcement);
        let (id, record) = found.cloned().ok_or(NodeError::UnknownAnnouncement)?;
        let waiting = |asked: &Asked| matches!(asked.state, AskedState::Waiting { .. });
        if self.announced.asked.get(announcement).is_some_and(waiting) {
            return Ok(());
        }
        if self.announced.asked.len() >= MOST {
            self.announced.asked.retain(|_, asked| waiting(asked));
        }
        let promised = (record.creator, record.params().map_err(|_| NodeError::UnknownAnnouncement)?);
        let proposal = self.record_view(&record).ok_or(NodeError::UnknownAnnouncement)?;
        let request = Request::new(id, &record, &keys.identity, &self.device_name)
            .map_err(|_| NodeError::UnknownAnnouncement)?;
        let deadline = Deadline::after(self.config.timeouts.joining);
        let server = self.server.clone().ok_or(NodeError::NoServer)?;
        let client = self.client(Some(&server))?;
        let to_self = self.to_self.upgrade().ok_or(NodeError::Closed)?;
        let key = announcement.to_owned();
        self.tasks.spawn(async move {
            let waited = timeout_at(deadline.at, wait_for_answer(&client, &record, &request)).await;
            let outcome = waited.unwrap_or(AskOutcome::NoAnswer);
            // The actor may be closing.
            let _ = to_self.send(Message::Event(Event::Asked { id: key, outcome })).await;
        });
        let state = AskedState::Waiting { deadline: deadline.unix_ms };
        self.announced.asked.insert(announcement.to_owned(), Asked { proposal, server, promised, state });
        Ok(())
    }

    pub(super) fn asked(&mut self, id: &str, outcome: AskOutcome) {
        let asked = self.announced.asked.get(id).map(|asked| (asked.server.clone(), asked.promised.clone()));
        let Some((server, promised)) = asked else { return };
        let state = match outcome {
            AskOutcome::Admitted(session_id) => match self.join_on(&session_id, server, promised) {
                Ok(session) => AskedState::Admitted { session },
                Err(error) => AskedState::Ended { error: error.view() },
            },
            AskOutcome::Refused => {
                AskedState::Ended { error: ErrorView::new("refused", vec![MessagePart::AskRefused {}]) }
            }
            AskOutcome::NoAnswer => {
                AskedState::Ended { error: ErrorView::new("no_answer", vec![MessagePart::AskNotAnswered {}]) }
            }
        };
        if let Some(asked) = self.announced.asked.get_mut(id) {
            asked.state = state;
        }
    }
}

/// Goes to the lobby, asks whenever somebody is there to hear it, and waits for the creator's answer.
async fn wait_for_answer(client: &Client, record: &Record, request: &Request) -> AskOutcome {
    let Ok((sender, mut events)) = client.join(record.lobby()).await else { return AskOutcome::NoAnswer };
    let outcome = loop {
        match events.next().await {
            Some(RoomEvent::Welcome { .. } | RoomEvent::Joined(_)) => {
                if sender.send(Recipient::All, request.sealed().to_vec()).await.is_err() {
                    break AskOutcome::NoAnswer;
                }
            }
            Some(RoomEvent::Message { payload, .. }) => match request.read(&payload) {
                Ok(Some(session_id)) => break AskOutcome::Admitted(session_id),
                Ok(None) => break AskOutcome::Refused,
                // Another asker's request, or noise of the server's.
                Err(_) => {}
            },
            Some(RoomEvent::Left(_) | RoomEvent::Offline | RoomEvent::Resumed) => {}
            Some(RoomEvent::Refused(_)) | None => break AskOutcome::NoAnswer,
        }
    };
    sender.leave().await;
    outcome
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use coordinator::{Ciphersuite, dkg::Params};
    use identity::IdentityKey;
    use mesh::{SessionId, SessionSecret};
    use signalling::{
        client::ClientConfig,
        server::{Server, ServerConfig},
    };
    use tokio::time::timeout;

    use super::*;
    use crate::{Node, NodeConfig, announcement::Desk, snapshot::KeystoreKind};

    #[tokio::test]
    async fn an_admission_leads_to_no_other_server_than_the_announcements() {
        let server = Server::bind(ServerConfig::default()).await.unwrap();
        let url = server.url().unwrap();
        tokio::spawn(server.run(std::future::pending()));

        let (mallory, name) = (IdentityKey::from_secret_bytes(&[9; 32]), "Mallory".parse().unwrap());
        let params = Params::new("Team".parse().unwrap(), Ciphersuite::Ed25519, None, 2, 2).unwrap();
        let (client, desk) = (Client::start(ClientConfig::new(url.clone())), Desk::open().unwrap());
        let (sender, mut lobby) = client.join(desk.lobby()).await.unwrap();
        client.announce(desk.record(&mallory, &name, &params, 1)).await.unwrap();
        let id = hex::encode(desk.id().as_bytes());
        tokio::spawn(async move {
            while let Some(event) = lobby.next().await {
                let RoomEvent::Message { from, payload } = event else { continue };
                let secret = SessionSecret::from_bytes([7; 16]);
                let elsewhere = SessionId { secret, server: Some("ws://127.0.0.1:9".parse().unwrap()) };
                let ask = desk.read(&payload).unwrap();
                let answer = desk.answer(&ask, &mallory, Some(&elsewhere.code())).unwrap();
                sender.send(Recipient::One(from), answer).await.unwrap();
            }
        });

        let folder = tempfile::tempdir().unwrap();
        let node = Node::open(NodeConfig {
            data_dir: Some(folder.path().to_owned()),
            server: Some(url.to_string()),
            keystore: Some(KeystoreKind::Vault),
            ..NodeConfig::default()
        })
        .await
        .unwrap();
        node.unlock("correct horse battery".into()).await.unwrap();
        node.browse(true).await.unwrap();
        let admitted = async {
            let mut snapshots = node.snapshots();
            snapshots.wait_for(|now| now.announced.iter().any(|one| one.id == id)).await.unwrap();
            node.ask_to_join(id.clone()).await.unwrap();
            let is_in = |asked: &AskedView| matches!(asked.state, AskedState::Admitted { .. });
            snapshots.wait_for(|now| now.asked.iter().any(is_in)).await.unwrap().sessions.clone()
        };
        let sessions = timeout(Duration::from_secs(20), admitted).await.expect("the answer comes");
        let servers: Vec<_> = sessions.iter().map(|session| session.server.as_str()).collect();
        assert_eq!(servers, [url.to_string()], "its user agreed to this one only");
        node.close().await;
    }
}
