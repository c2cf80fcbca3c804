//! Who takes part, and in which order.

use identity::{DeviceId, DeviceName, Purpose};
use serde::{Deserialize, Serialize};

use super::{
    params::{Params, SessionTag},
    signed::{Signed, Statement},
};
use crate::hash::Hash;

/// A device that takes part, with the name that its link gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The device.
    pub id: DeviceId,
    /// What its owner calls it.
    pub name: DeviceName,
}

/// The participants as the creator fixed them: sorted by identity key, all different, as many as the
/// parameters say, the creator among them. A member's FROST identifier is its position, counted from one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Roster {
    session: SessionTag,
    creator: DeviceId,
    params: Params,
    members: Vec<Member>,
}

impl Statement for Roster {
    const PURPOSE: Purpose = Purpose::new("roster");
}

impl Roster {
    pub(crate) fn new(
        session: SessionTag,
        creator: DeviceId,
        params: Params,
        mut members: Vec<Member>,
    ) -> Option<Self> {
        members.sort_by_key(|member| member.id);
        Unchecked { session, creator, params, members }.try_into().ok()
    }

    /// The session that it is for.
    pub fn session(&self) -> SessionTag {
        self.session
    }

    /// Who proposed the session and signed this.
    pub fn creator(&self) -> DeviceId {
        self.creator
    }

    /// What the group will be.
    pub fn params(&self) -> &Params {
        &self.params
    }

    /// The participants in order.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// A device's position, counted from zero.
    pub(crate) fn position(&self, device: &DeviceId) -> Option<u16> {
        let position = self.members.binary_search_by_key(device, |member| member.id).ok()?;
        u16::try_from(position).ok()
    }

    pub(crate) fn device(&self, position: u16) -> Option<DeviceId> {
        self.members.get(usize::from(position)).map(|member| member.id)
    }

    /// The hash that goes into everything after: over the signed bytes.
    pub(crate) fn hash(signed: &Signed<Self>) -> Hash {
        Hash::of("roster hash", [signed.bytes()])
    }
}

#[derive(Deserialize)]
struct Unchecked {
    session: SessionTag,
    creator: DeviceId,
    params: Params,
    members: Vec<Member>,
}

/// The members are not as many as agreed, not sorted, not all different, or lack the creator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the members don't make a roster")]
struct NoRoster;

impl TryFrom<Unchecked> for Roster {
    type Error = NoRoster;

    fn try_from(roster: Unchecked) -> Result<Self, NoRoster> {
        let Unchecked { session, creator, params, members } = roster;
        let sorted = members.is_sorted_by(|a, b| a.id < b.id);
        let complete = members.len() == usize::from(params.participants());
        let created = members.iter().any(|member| member.id == creator);
        if sorted && complete && created {
            Ok(Self { session, creator, params, members })
        } else {
            Err(NoRoster)
        }
    }
}
