//! The members' messages of rounds 1 and 2, whenever they come: one slot for each kind and sender.
//!
//! Whatever is for a later round waits in its slot, an identical duplicate changes nothing, and a different
//! message for a slot that is taken is misbehaviour. So what a peer can make this device keep is bounded.

use std::collections::BTreeMap;

use identity::DeviceId;

use super::{
    abort::{AbortReason, Proof},
    ceremony::Group,
    signed::Signed,
    transcript::Round1,
    wire::{Dealt, Echo, Endorsement, Evidence, Opening, SecretBytes},
};

#[derive(Debug, Default)]
pub(crate) struct Inbox {
    pub(crate) round1: BTreeMap<u16, (Signed<Round1>, Round1)>,
    pub(crate) echoes: BTreeMap<u16, Echo>,
    /// By sender, then by author.
    pub(crate) evidence: BTreeMap<u16, BTreeMap<u16, Signed<Round1>>>,
    /// Who sent evidence first, of those that have not sent their share.
    pub(crate) disputed_by: Option<u16>,
    pub(crate) round2: BTreeMap<u16, SecretBytes>,
    /// The last message of each that was ahead and already endorsed the certificate.
    pub(crate) certificates: BTreeMap<u16, Endorsement>,
}

impl Inbox {
    pub(crate) fn opening(&mut self, group: &Group, from: u16, opening: Opening) -> Result<(), AbortReason> {
        let by = device(group, from)?;
        if opening.roster != group.signed {
            return Err(other_roster(group, by, &opening));
        }
        let statement = authentic(group, from, &opening.round1).ok_or(AbortReason::Malformed { by })?;
        self.compare(group, from, &opening.round1)?;
        self.round1.entry(from).or_insert((opening.round1, statement));
        Ok(())
    }

    pub(crate) fn echo(&mut self, group: &Group, from: u16, echo: Echo) -> Result<(), AbortReason> {
        let by = device(group, from)?;
        if echo.roster != group.hash {
            return Err(AbortReason::Malformed { by });
        }
        if *self.echoes.entry(from).or_insert_with(|| echo.clone()) == echo {
            Ok(())
        } else {
            Err(AbortReason::Conflict { by })
        }
    }

    pub(crate) fn evidence(
        &mut self,
        group: &Group,
        from: u16,
        evidence: Evidence,
    ) -> Result<(), AbortReason> {
        let by = device(group, from)?;
        let Evidence { roster, author, round1 } = evidence;
        if roster != group.hash || authentic(group, author, &round1).is_none() {
            return Err(AbortReason::Malformed { by });
        }
        self.compare(group, author, &round1)?;
        // Whoever sent its share had seen what all saw. It shows its messages to help another find a difference.
        if !self.round2.contains_key(&from) {
            self.disputed_by.get_or_insert(from);
        }
        self.evidence.entry(from).or_default().insert(author, round1);
        Ok(())
    }

    pub(crate) fn dealt(&mut self, group: &Group, from: u16, dealt: Dealt) -> Result<(), AbortReason> {
        let by = device(group, from)?;
        if dealt.roster != group.hash {
            return Err(AbortReason::Malformed { by });
        }
        let kept = self.round2.entry(from).or_insert_with(|| dealt.package.clone());
        if *kept.0 == *dealt.package.0 { Ok(()) } else { Err(AbortReason::Conflict { by }) }
    }

    pub(crate) fn endorsement(
        &mut self,
        group: &Group,
        from: u16,
        endorsement: Endorsement,
    ) -> Result<(), AbortReason> {
        if endorsement.roster != group.hash {
            return Err(AbortReason::Malformed { by: device(group, from)? });
        }
        self.certificates.insert(from, endorsement);
        Ok(())
    }

    /// Two round-1 messages that one author signed for one roster, whichever way they came, convict it.
    fn compare(&self, group: &Group, author: u16, message: &Signed<Round1>) -> Result<(), AbortReason> {
        let own = self.round1.get(&author).map(|(message, _)| message);
        let shown = self.evidence.values().filter_map(|by_author| by_author.get(&author));
        match own.into_iter().chain(shown).find(|known| *known != message) {
            Some(known) => Err(AbortReason::Equivocation {
                by: device(group, author)?,
                proof: Proof::round1(known, message),
            }),
            None => Ok(()),
        }
    }
}

fn device(group: &Group, position: u16) -> Result<DeviceId, AbortReason> {
    group.roster.device(position).ok_or(AbortReason::Internal)
}

fn authentic(group: &Group, author: u16, message: &Signed<Round1>) -> Option<Round1> {
    let statement = message.open(&group.roster.device(author)?).ok()?;
    (statement.roster == group.hash && statement.position == author).then_some(statement)
}

/// Whom a round-1 message for another roster than ours convicts: the creator if it signed that one too for this
/// session, otherwise the sender.
pub(crate) fn other_roster(group: &Group, sender: DeviceId, opening: &Opening) -> AbortReason {
    let creator = group.roster.creator();
    let proof = Proof::rosters(&group.signed, &opening.roster);
    if proof.convicts(&creator, group.local.session) {
        AbortReason::Equivocation { by: creator, proof }
    } else {
        AbortReason::Malformed { by: sender }
    }
}
