//! After the end without a wallet: nothing happens any more, but whoever still asks is told.

use identity::DeviceId;

use super::{
    Effect, Stage,
    abort::{Abort, Refusal, Withdrawal},
    ceremony::{Group, Local},
    progress::Progress,
    signed::Signed,
    wire::{self, Body},
};

#[derive(Debug)]
pub(crate) struct Ended {
    local: Local,
    progress: Progress,
    /// This device's last word, and whom to tell.
    word: Option<(Signed<Withdrawal>, Vec<DeviceId>)>,
    refuses: bool,
}

impl Ended {
    /// Ends in the lobby.
    pub(crate) fn of_lobby(local: Local, progress: Progress, abort: &Abort) -> Self {
        let refuses = progress.creator == Some(progress.me);
        Self { local, progress: progress.failed(abort), word: None, refuses }
    }

    pub(crate) fn of_group(group: &Group, progress: Progress, word: Signed<Withdrawal>) -> Self {
        let word = Some((word, group.other_devices()));
        Self { local: group.local.clone(), progress, word, refuses: group.is_creator() }
    }

    pub(crate) fn link_up(self, peer: DeviceId) -> (Stage, Vec<Effect>) {
        let answer = match &self.word {
            Some((word, members)) if members.contains(&peer) => Some(Body::Abort(word.clone())),
            _ => self.refuses.then_some(Body::Refuse(Refusal::Finished)),
        };
        self.answer(peer, answer)
    }

    /// Only a device that still waits for the certificate is answered, so two ended ones don't answer each other.
    pub(crate) fn receive(self, from: DeviceId, bytes: &[u8]) -> (Stage, Vec<Effect>) {
        let answer = match (wire::decode(self.local.session, bytes), &self.word) {
            (Ok(Body::Certificate(_)), Some((word, members))) if members.contains(&from) => {
                Some(Body::Abort(word.clone()))
            }
            (Ok(Body::Accept(_)), _) if self.refuses => Some(Body::Refuse(Refusal::Finished)),
            _ => None,
        };
        self.answer(from, answer)
    }

    fn answer(self, to: DeviceId, answer: Option<Body>) -> (Stage, Vec<Effect>) {
        let effects = answer.map(|body| self.local.send(to, body)).into_iter().collect();
        (Stage::Ended(Box::new(self)), effects)
    }

    pub(crate) fn progress(&self) -> Progress {
        self.progress.clone()
    }
}
