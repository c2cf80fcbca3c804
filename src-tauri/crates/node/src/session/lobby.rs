//! The creator's side of an announced session: keeps the record current and takes requests.

use std::{collections::BTreeMap, sync::Arc};

use coordinator::dkg::Params;
use identity::{DeviceId, DeviceName, IdentityKey};
use signalling::{
    MemberId, Recipient,
    client::{Client, RoomEvent, RoomEvents, RoomSender},
};

use crate::announcement::{Ask, Desk};

/// Requests that wait for an answer; further ones are dropped until some are answered.
const MOST_REQUESTS: usize = 100;

/// An announced session's lobby.
pub(super) struct Lobby {
    desk: Desk,
    client: Client,
    sender: RoomSender,
    events: RoomEvents,
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
        let requests = BTreeMap::new();
        let lobby = Self { desk, client: client.clone(), sender, events, requests, refused: Vec::new() };
        lobby.announce(identity, name, params, 1).await;
        Some(lobby)
    }

    /// Puts the record on the server, in place of the one before.
    pub(super) async fn announce(
        &self,
        identity: &IdentityKey,
        name: &DeviceName,
        params: &Params,
        joined: u16,
    ) {
        let announcement = self.desk.record(identity, name, params, joined);
        if let Err(error) = self.client.announce(announcement).await {
            tracing::warn!(%error, "the session can't be announced");
        }
    }

    /// Waits for something to happen in the lobby. Cancel safe. Returns whether requests changed; never
    /// returns once the lobby is gone.
    pub(super) async fn changed(&mut self) -> bool {
        match self.events.next().await {
            Some(RoomEvent::Message { from, payload }) => self.take(from, &payload),
            Some(RoomEvent::Left(member)) => {
                let before = self.requests.len();
                self.requests.retain(|_, (from, _)| *from != member);
                before != self.requests.len()
            }
            Some(RoomEvent::Welcome { .. }) => {
                // Who is still there asks again.
                let had_requests = !self.requests.is_empty();
                self.requests.clear();
                had_requests
            }
            Some(RoomEvent::Joined(_) | RoomEvent::Offline | RoomEvent::Resumed) => false,
            Some(RoomEvent::Refused(_)) | None => std::future::pending().await,
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

#[cfg(test)]
mod tests {
    use signalling::client::ClientConfig;

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
}
