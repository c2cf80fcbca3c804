//! A creator that proposes one thing to one member and another to the rest, and signs a roster for each.

use std::{collections::BTreeMap, sync::Arc};

use coordinator::dkg::Input;
use identity::{DeviceId, DeviceName, IdentityKey};

use super::{
    Kind,
    wire::{self, Body, PROPOSAL, Proposal, ROSTER, Roster, Signed},
};

const NAME: &str = "Two faces";
const PARTICIPANTS: u16 = 3;

pub(super) struct TwoFaced {
    identity: Arc<IdentityKey>,
    name: DeviceName,
    tag: [u8; 32],
    fooled: String,
    linked: BTreeMap<DeviceId, DeviceName>,
    accepted: BTreeMap<DeviceId, DeviceName>,
}

impl TwoFaced {
    pub(super) fn new(identity: Arc<IdentityKey>, name: DeviceName, tag: [u8; 32], fooled: &str) -> Self {
        let fooled = fooled.to_owned();
        Self { identity, name, tag, fooled, linked: BTreeMap::new(), accepted: BTreeMap::new() }
    }

    /// What it says to this.
    pub(super) fn hear(&mut self, input: &Input<'_>) -> Vec<(DeviceId, Vec<u8>)> {
        match input {
            Input::LinkUp { peer, name } => {
                self.linked.insert(*peer, name.clone());
                vec![(*peer, self.proposal(name))]
            }
            Input::Message { from, bytes } if Kind::of(bytes) == Kind::Accept => {
                let name = self.linked.get(from).expect("it is linked").clone();
                self.accepted.insert(*from, name);
                if self.accepted.len() + 1 < usize::from(PARTICIPANTS) {
                    return Vec::new();
                }
                self.accepted.iter().map(|(peer, name)| (*peer, self.roster(name))).collect()
            }
            _ => Vec::new(),
        }
    }

    fn threshold(&self, name: &DeviceName) -> u16 {
        if name.as_str() == self.fooled { 3 } else { 2 }
    }

    fn proposal(&self, name: &DeviceName) -> Vec<u8> {
        let proposal = Proposal {
            session: self.tag,
            name: NAME.to_owned(),
            ciphersuite: 0,
            network: Some("mainnet".to_owned()),
            threshold: self.threshold(name),
            participants: PARTICIPANTS,
        };
        wire::encode(self.tag, Body::Proposal(Signed::new(&proposal, PROPOSAL, &self.identity)))
    }

    fn roster(&self, name: &DeviceName) -> Vec<u8> {
        let me = self.identity.id();
        let mut members = self.accepted.clone();
        members.insert(me, self.name.clone());
        let roster = Roster {
            session: self.tag,
            creator: me,
            name: NAME.to_owned(),
            ciphersuite: 0,
            network: Some("mainnet".to_owned()),
            threshold: self.threshold(name),
            participants: PARTICIPANTS,
            members: members.into_iter().map(|(id, name)| (id, name.to_string())).collect(),
        };
        wire::encode(self.tag, Body::Roster(Signed::new(&roster, ROSTER, &self.identity)))
    }
}
