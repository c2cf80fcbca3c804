//! What stays the same from the roster to the end.

use std::{collections::BTreeMap, sync::Arc};

use identity::{DeviceId, DeviceName, IdentityKey};
use zeroize::Zeroizing;

use super::{
    Effect,
    abort::{Grounds, Standing, Withdrawal},
    params::SessionTag,
    roster::{Member, Roster},
    signed::Signed,
    wire::{self, Body},
};
use crate::hash::Hash;

/// This device.
#[derive(Clone, Debug)]
pub(crate) struct Local {
    pub(crate) identity: Arc<IdentityKey>,
    pub(crate) name: DeviceName,
    pub(crate) session: SessionTag,
}

impl Local {
    pub(crate) fn encode(&self, body: Body) -> Zeroizing<Vec<u8>> {
        wire::encode(self.session, body)
    }

    pub(crate) fn send(&self, to: DeviceId, body: Body) -> Effect {
        Effect::Send { to, message: self.encode(body) }
    }
}

/// The most devices that links are kept for: as many as a room has.
const MOST_LINKS: usize = 64;

/// The devices that this one has, or had, a link to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Links(BTreeMap<DeviceId, Link>);

#[derive(Clone, Debug)]
struct Link {
    name: DeviceName,
    up: bool,
}

impl Links {
    pub(crate) fn up(&mut self, peer: DeviceId, name: DeviceName) {
        if self.0.len() < MOST_LINKS || self.0.contains_key(&peer) {
            self.0.insert(peer, Link { name, up: true });
        }
    }

    pub(crate) fn down(&mut self, peer: &DeviceId) {
        if let Some(link) = self.0.get_mut(peer) {
            link.up = false;
        }
    }

    pub(crate) fn forget(&mut self, peer: &DeviceId) {
        self.0.remove(peer);
    }

    pub(crate) fn is_up(&self, peer: &DeviceId) -> bool {
        self.0.get(peer).is_some_and(|link| link.up)
    }

    pub(crate) fn knows(&self, peer: &DeviceId) -> bool {
        self.0.contains_key(peer)
    }

    pub(crate) fn name(&self, peer: &DeviceId) -> Option<&DeviceName> {
        self.0.get(peer).map(|link| &link.name)
    }

    pub(crate) fn peers(&self) -> Vec<DeviceId> {
        self.0.keys().copied().collect()
    }
}

/// The session from the roster on.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) local: Local,
    pub(crate) roster: Roster,
    pub(crate) signed: Signed<Roster>,
    pub(crate) hash: Hash,
    /// This device's position.
    pub(crate) me: u16,
}

impl Group {
    /// `None` when this device is not in the roster.
    pub(crate) fn new(local: Local, roster: Roster, signed: Signed<Roster>) -> Option<Self> {
        let me = roster.position(&local.identity.id())?;
        let hash = Roster::hash(&signed);
        Some(Self { local, roster, signed, hash, me })
    }

    pub(crate) fn positions(&self) -> impl Iterator<Item = u16> {
        0..self.roster.params().participants()
    }

    /// The positions of the others.
    pub(crate) fn others(&self) -> impl Iterator<Item = u16> {
        let me = self.me;
        self.positions().filter(move |position| *position != me)
    }

    pub(crate) fn other_members(&self) -> impl Iterator<Item = (u16, &Member)> {
        let me = self.me;
        (0..).zip(self.roster.members()).filter(move |(position, _)| *position != me)
    }

    pub(crate) fn other_devices(&self) -> Vec<DeviceId> {
        self.other_members().map(|(_, member)| member.id).collect()
    }

    /// The devices among the others for which `is_missing` holds.
    pub(crate) fn missing(&self, is_missing: impl Fn(u16) -> bool) -> Vec<DeviceId> {
        self.other_members()
            .filter(|(position, _)| is_missing(*position))
            .map(|(_, member)| member.id)
            .collect()
    }

    pub(crate) fn broadcast(&self, body: Body) -> Effect {
        Effect::Broadcast { to: self.other_devices(), message: self.local.encode(body) }
    }

    pub(crate) fn is_creator(&self) -> bool {
        self.roster.creator() == self.local.identity.id()
    }

    pub(crate) fn withdraw(&self, grounds: Grounds, standing: Standing) -> Signed<Withdrawal> {
        let withdrawal =
            Withdrawal { session: self.local.session, roster: Some(self.hash), grounds, standing };
        Signed::new(&withdrawal, &self.local.identity)
    }
}
