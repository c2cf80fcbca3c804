//! Whom the mesh must not forget, however many others come.

use std::collections::BTreeSet;

use coordinator::dkg::{Participant, Progress, Round, Status};

use super::Session;

impl Session {
    /// Names the members to the mesh: whoever is in the roster, or so far has a place or made the proposal.
    pub(super) async fn tend_members(&mut self, progress: &Progress) {
        let is_member = |participant: &&Participant| {
            progress.round != Round::Joining
                || participant.status(Round::Joining) == Status::Done
                || progress.creator == Some(participant.device)
        };
        let members = progress.participants.iter().filter(is_member).map(|member| member.device);
        let members: BTreeSet<_> = members.filter(|device| *device != progress.me).collect();
        if let (true, Some(mesh)) = (members != self.members, &self.mesh) {
            // A mesh that has ended remembers nobody.
            let _ = mesh.keep(members.iter().copied().collect()).await;
            self.members = members;
        }
    }
}
