//! Not all saw the same round-1 messages: the signed messages say whose fault that is.
//!
//! Two messages by one author are found by [`Inbox`] as soon as it has both; here is found who echoed something
//! that its own evidence does not bear out.

use super::{
    Effect, Round,
    abort::AbortReason,
    ceremony::Group,
    inbox::Inbox,
    transcript::view,
    wire::{Body, Evidence},
};
use crate::hash::Hash;

/// Our evidence is out, and our secrets of this session are gone.
#[derive(Debug)]
pub(crate) struct Dispute {
    view: Hash,
}

impl Dispute {
    /// Shows everyone all round-1 messages; each fits a link's message on its own, whatever `n` and `t` are.
    pub(crate) fn start(group: &Group, inbox: &Inbox) -> (Self, Vec<Effect>) {
        let view = view(inbox.round1.values().map(|(signed, _)| signed));
        let show = |(author, (round1, _)): (&u16, &(_, _))| {
            let evidence = Evidence { roster: group.hash, author: *author, round1: Clone::clone(round1) };
            group.broadcast(Body::Evidence(evidence))
        };
        (Self { view }, inbox.round1.iter().map(show).collect())
    }

    /// Names a device whose echo differs from its evidence, which the inbox found to be the same as ours.
    pub(crate) fn check(&self, group: &Group, inbox: &Inbox) -> Result<(), AbortReason> {
        let lied = |position: &u16| {
            shown_all(group, inbox, *position)
                && inbox.echoes.get(position).is_some_and(|echo| echo.view != self.view)
        };
        match group.others().find(lied).and_then(|position| group.roster.device(position)) {
            Some(by) => Err(AbortReason::BadEcho { by }),
            None => Ok(()),
        }
    }

    /// Why the session ends when the deadline passes during a dispute.
    pub(crate) fn deadline(&self, group: &Group, inbox: &Inbox) -> AbortReason {
        let missing = group.missing(|position| {
            // Whoever saw the same and sent its share may have finished, and then shows nothing any more.
            let echo = inbox.echoes.get(&position);
            let agreed = echo.is_some_and(|echo| echo.view == self.view);
            let finished = agreed && inbox.round2.contains_key(&position);
            let shown = shown_all(group, inbox, position) && echo.is_some();
            !(finished || shown)
        });
        match inbox.disputed_by.and_then(|position| group.roster.device(position)) {
            Some(by) if missing.is_empty() => AbortReason::UnexplainedDispute { by },
            _ => AbortReason::Timeout { round: Round::Echo, missing },
        }
    }
}

pub(crate) fn shown_all(group: &Group, inbox: &Inbox, position: u16) -> bool {
    inbox.evidence.get(&position).is_some_and(|shown| shown.len() == group.roster.members().len())
}
