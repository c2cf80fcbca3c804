//! What a session lets others know of itself: a note in its room, and its announcement.

use coordinator::dkg::{Outcome, Progress, Round, Status};
use mesh::RoomNote;
use tokio::time::timeout;

use super::Session;
use crate::session::lobby::Lobby;

impl Session {
    /// The creator leaves word in the room for whoever comes late.
    pub(super) async fn tend_note(&mut self, progress: &Progress) {
        let note = match (&progress.outcome, progress.round) {
            (Outcome::InProgress, Round::Joining) => None,
            (Outcome::InProgress | Outcome::Pending | Outcome::GivenUp(_), _) => Some(RoomNote::Full),
            (Outcome::Active | Outcome::Complete, _) => Some(RoomNote::Finished),
            (Outcome::Failed(_), _) => Some(RoomNote::Cancelled),
        };
        if let (true, Some(note), Some(mesh)) = (self.is_creator && note != self.note, note, &self.mesh) {
            self.note = Some(note);
            // Whoever comes late is then told so by this device, or finds nobody.
            let _ = mesh.set_note(note).await;
        }
    }

    pub(super) async fn tend_lobby(&mut self, progress: &Progress) {
        let (identity, name) = (&self.setting.keys.identity, &self.setting.name);
        if progress.round != Round::Joining
            || progress.outcome != Outcome::InProgress
            || self.failure.is_some()
        {
            if let Some(lobby) = self.lobby.take() {
                // Beside the rounds, which must not wait for the server's answers.
                tokio::spawn(timeout(self.setting.timeouts.farewell, lobby.close(identity.clone())));
            }
            self.announce = None;
        } else if let (true, Some(params), None) = (self.entered, &self.announce, &self.lobby) {
            self.lobby = Lobby::open(&self.setting.client, identity, name, params).await;
        } else if let (Some(lobby), Some(params)) = (&mut self.lobby, &self.announce) {
            let joined =
                progress.participants.iter().filter(|p| p.status(Round::Joining) == Status::Done).count();
            let joined = u16::try_from(joined).unwrap_or(u16::MAX).clamp(1, params.participants());
            if joined != self.joined {
                self.joined = joined;
                lobby.announce(identity, name, params, joined).await;
            }
        }
    }
}
