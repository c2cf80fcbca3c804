//! The creator's side of an announced session: keeps the record current and takes requests.

use std::{collections::BTreeMap, sync::Arc};

use coordinator::dkg::Params;
use identity::{DeviceId, DeviceName, IdentityKey};
use signalling::{
    MemberId, Recipient,
    client::{Announced, AnnouncementState, Client, RoomEvent, RoomEvents, RoomSender},
};

use crate::{
    announcement::{Ask, Desk},
    message::MessagePart,
    reason::{Reason, detail, explained, of_refusal},
    snapshot::ErrorView,
};

/// Requests that wait for an answer; further ones are dropped until some are answered.
const MOST_REQUESTS: usize = 100;

/// Whether others can find the session on the server.
#[derive(Debug, PartialEq, Eq)]
enum Listing {
    /// The server has not answered.
    Asked,
    Listed,
    Refused(Reason),
}

/// An announced session's lobby.
pub(super) struct Lobby {
    desk: Desk,
    client: Client,
    sender: RoomSender,
    events: RoomEvents,
    announced: Option<Announced>,
    listing: Listing,
    /// Why nobody can ask any more: the server has closed the lobby.
    closed: Option<Reason>,
    /// By handle; the handle is the asking device's ID. With the member that brought it first: others may repeat
    /// what they heard.
    requests: BTreeMap<String, (MemberId, Ask)>,
    /// Devices that were refused are not shown again.
    refused: Vec<DeviceId>,
}

impl Lobby {
    /// Opens the lobby and announces the session.
    pub(super) async fn open(
        client: &Client,
        identity: &IdentityKey,
        name: &DeviceName,
        params: &Params,
    ) -> Option<Self> {
        let desk = Desk::open().ok()?;
        let (sender, events) = client.join(desk.lobby()).await.ok()?;
        let mut lobby = Self {
            desk,
            client: client.clone(),
            sender,
            events,
            announced: None,
            listing: Listing::Asked,
            closed: None,
            requests: BTreeMap::new(),
            refused: Vec::new(),
        };
        lobby.announce(identity, name, params, 1).await;
        Some(lobby)
    }

    /// Puts the record on the server, in place of the one before.
    pub(super) async fn announce(
        &mut self,
        identity: &IdentityKey,
        name: &DeviceName,
        params: &Params,
        joined: u16,
    ) {
        let announcement = self.desk.record(identity, name, params, joined);
        match self.client.announce(announcement).await {
            Ok(announced) => self.announced = Some(announced),
            Err(error) => self.listing = Listing::Refused(detail(&error)),
        }
    }

    /// Whether others can find the session and ask.
    pub(super) fn is_listed(&self) -> bool {
        self.listing == Listing::Listed && self.closed.is_none()
    }

    /// Why they can't.
    pub(super) fn refusal(&self) -> Option<ErrorView> {
        let refused = match &self.listing {
            Listing::Refused(reason) => Some(reason),
            Listing::Asked | Listing::Listed => None,
        };
        let reason = self.closed.as_ref().or(refused)?;
        let next = vec![MessagePart::SendIdInstead {}];
        Some(ErrorView::new("not_announced", explained(MessagePart::NotAnnounced {}, reason, next)))
    }

    /// Waits for something to happen in the lobby or to the announcement. Cancel safe. Returns whether what is shown
    /// of it changed; never returns once the lobby is gone.
    pub(super) async fn changed(&mut self) -> bool {
        tokio::select! {
            Some(event) = self.events.next() => self.happened(event),
            state = next_state(&mut self.announced) => self.answered(state),
        }
    }

    /// What the server says of the announcement.
    fn answered(&mut self, state: Option<AnnouncementState>) -> bool {
        let listing = match state {
            Some(AnnouncementState::Listed) => Listing::Listed,
            Some(AnnouncementState::Refused(refusal)) => Listing::Refused(vec![of_refusal(refusal)]),
            Some(AnnouncementState::Pending) => return false,
            // Withdrawn, or announced anew.
            None => {
                self.announced = None;
                return false;
            }
        };
        let is_news = self.listing != listing;
        self.listing = listing;
        is_news
    }

    fn happened(&mut self, event: RoomEvent) -> bool {
        match event {
            RoomEvent::Message { from, payload } => self.take(from, &payload),
            RoomEvent::Left(member) => {
                let before = self.requests.len();
                self.requests.retain(|_, (from, _)| *from != member);
                before != self.requests.len()
            }
            RoomEvent::Welcome { .. } => {
                // Who is still there asks again.
                let had_requests = !self.requests.is_empty();
                self.requests.clear();
                had_requests
            }
            RoomEvent::Joined(_) | RoomEvent::Offline | RoomEvent::Resumed => false,
            RoomEvent::Refused(refusal) => {
                self.closed = Some(vec![of_refusal(refusal)]);
                true
            }
        }
    }

    fn take(&mut self, from: MemberId, payload: &[u8]) -> bool {
        let Ok(ask) = self.desk.read(payload) else { return false };
        let handle = ask.device.to_string();
        let is_known = self.requests.get(&handle).is_some_and(|(_, known)| *known == ask);
        let is_full = !self.requests.contains_key(&handle) && self.requests.len() >= MOST_REQUESTS;
        if self.refused.contains(&ask.device) || is_known || is_full {
            return false;
        }
        // One request a member, so that none crowds the others out.
        self.requests.retain(|_, (member, _)| *member != from);
        self.requests.insert(handle, (from, ask));
        true
    }

    /// The requests that wait for an answer.
    pub(super) fn requests(&self) -> impl Iterator<Item = (&str, &Ask)> {
        self.requests.iter().map(|(handle, (_, ask))| (handle.as_str(), ask))
    }

    /// Answers a request with the session ID, or refuses it.
    pub(super) async fn answer(&mut self, request: &str, identity: &IdentityKey, session_id: Option<&str>) {
        let Some((_, ask)) = self.requests.remove(request) else { return };
        if session_id.is_none() && self.refused.len() < MOST_REQUESTS {
            self.refused.push(ask.device);
        }
        if let Ok(answer) = self.desk.answer(&ask, identity, session_id) {
            // To all: only who asked can open it. Who left in the meantime asks again.
            let _ = self.sender.send(Recipient::All, answer).await;
        }
    }

    /// Takes the announcement back, refuses who still asks, and leaves.
    pub(super) async fn close(mut self, identity: Arc<IdentityKey>) {
        self.client.withdraw(self.desk.id()).await;
        for request in self.requests.keys().cloned().collect::<Vec<_>>() {
            self.answer(&request, &identity, None).await;
        }
        self.sender.leave().await;
    }
}

async fn next_state(announced: &mut Option<Announced>) -> Option<AnnouncementState> {
    match announced {
        Some(announced) => announced.changed().await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use signalling::{
        client::ClientConfig,
        server::{Limits, Server, ServerConfig},
    };
    use tokio::time::timeout;

    use super::*;
    use crate::announcement::{Record, Request};

    const fn member(number: u8) -> MemberId {
        MemberId::from_bytes([number; 16])
    }

    #[tokio::test]
    async fn a_repeated_request_stays_its_first_bringers_and_a_member_has_one_at_a_time() {
        let key = |seed| IdentityKey::from_secret_bytes(&[seed; 32]);
        let name = |name: &str| name.parse::<DeviceName>().unwrap();
        let suite = coordinator::Ciphersuite::Ed25519;
        let params = Params::new("Club".parse().unwrap(), suite, None, 2, 3).unwrap();
        let client = Client::start(ClientConfig::new("ws://127.0.0.1:9".parse().unwrap()));
        let mut lobby = Lobby::open(&client, &key(1), &name("Alice"), &params).await.unwrap();
        let record = Record::open(&lobby.desk.record(&key(1), &name("Alice"), &params, 1)).unwrap();
        let ask = |seed, from: &str| Request::new(lobby.desk.id(), &record, &key(seed), &name(from)).unwrap();
        let [bob, eve, eve_again] = [ask(2, "Bob"), ask(3, "Eve"), ask(4, "Eva")];

        assert!(lobby.take(member(2), bob.sealed()));
        assert!(!lobby.take(member(3), bob.sealed()), "somebody repeats what it heard");
        let brought_by = lobby.requests.values().map(|(member, _)| *member).collect::<Vec<_>>();
        assert_eq!(brought_by, [member(2)], "so that its leaving takes nothing from Bob");

        assert!(lobby.take(member(3), eve.sealed()) && lobby.take(member(3), eve_again.sealed()));
        let names: Vec<_> = lobby.requests().map(|(_, ask)| ask.name.to_string()).collect();
        assert_eq!(names.len(), 2, "a member crowds nobody out: {names:?}");
        assert!(!lobby.take(member(4), b"noise"), "what is no request is ignored");
    }

    /// A lobby on a server with these limits, once the server has said whether it lists the session.
    async fn answered(limits: Limits) -> Lobby {
        let server =
            Server::bind(ServerConfig { limits: limits.clone(), ..ServerConfig::default() }).await.unwrap();
        let client = Client::start(ClientConfig::new(server.url().unwrap()));
        tokio::spawn(server.run(std::future::pending()));
        let suite = coordinator::Ciphersuite::Ed25519;
        let params = Params::new("Club".parse().unwrap(), suite, None, 2, 3).unwrap();
        let key = IdentityKey::from_secret_bytes(&[1; 32]);
        let mut lobby = Lobby::open(&client, &key, &"Alice".parse().unwrap(), &params).await.unwrap();
        assert!(!lobby.is_listed() && lobby.refusal().is_none(), "the server has not answered yet");
        let answered = async {
            while lobby.listing == Listing::Asked || (limits.rooms == 0 && lobby.closed.is_none()) {
                lobby.changed().await;
            }
        };
        timeout(Duration::from_secs(20), answered).await.expect("the server answers");
        lobby
    }

    #[tokio::test]
    async fn a_session_that_nobody_can_find_is_not_shown_as_announced() {
        let listed = answered(Limits::default()).await;
        assert!(listed.is_listed() && listed.refusal().is_none());
        let refused = answered(Limits { announcements: 0, ..Limits::default() }).await;
        let without_lobby = answered(Limits { rooms: 0, ..Limits::default() }).await;
        assert_eq!(without_lobby.listing, Listing::Listed, "it is found, but nobody can ask");
        for lobby in [refused, without_lobby] {
            assert!(!lobby.is_listed());
            let told = lobby.refusal().expect("its creator hears of it").message;
            assert!(told.contains("The server") && told.contains("Send the session ID"), "{told}");
        }
    }
}
