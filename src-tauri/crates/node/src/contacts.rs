//! Devices that were met, and what is known of one that calls itself by a name.
//!
//! A device is known by its key alone. What it calls itself is its own claim, and anybody's to copy: a name that
//! looks like a contact's, under another key, is pointed out wherever it is shown.

use std::collections::BTreeMap;

use identity::{DeviceId, DeviceName};
use unicode_normalization::UnicodeNormalization as _;

use crate::{actor::device_view, snapshot::Recognition, storage::StoredContact};

/// Whom this device knows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Contacts(BTreeMap<DeviceId, Contact>);

/// A device that was met, and how its names look.
#[derive(Clone, Debug)]
pub(crate) struct Contact {
    pub(crate) stored: StoredContact,
    looks: Vec<Look>,
}

impl Contact {
    fn new(stored: StoredContact) -> Self {
        let names = stored.label.iter().chain([&stored.claimed]);
        let looks = names.map(|name| Look::of(name.as_str())).collect();
        Self { stored, looks }
    }

    /// The owner's name for it, else its own.
    pub(crate) fn name(&self) -> &DeviceName {
        self.stored.label.as_ref().unwrap_or(&self.stored.claimed)
    }

    fn looks_like(&self, look: &Look) -> bool {
        self.looks.iter().any(|own| own.resembles(look))
    }

    fn recognition(&self) -> Recognition {
        Recognition::NameTaken { contact: device_view(self.stored.device, self.name().as_str()) }
    }
}

/// The device that looks at others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Me<'a> {
    /// Unknown while the keystore is shut.
    pub(crate) id: Option<DeviceId>,
    pub(crate) name: &'a DeviceName,
}

impl Contacts {
    pub(crate) fn new(stored: Vec<StoredContact>) -> Self {
        Self(stored.into_iter().map(|stored| (stored.device, Contact::new(stored))).collect())
    }

    pub(crate) fn get(&self, device: &DeviceId) -> Option<&Contact> {
        self.0.get(device)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Contact> {
        self.0.values()
    }

    pub(crate) fn put(&mut self, stored: StoredContact) {
        self.0.insert(stored.device, Contact::new(stored));
    }

    pub(crate) fn forget(&mut self, device: &DeviceId) {
        self.0.remove(device);
    }

    /// The name under which a device is shown that calls itself `claimed`: a known one's is its contact's, since what
    /// it calls itself now may be another's.
    pub(crate) fn name_of(&self, device: &DeviceId, claimed: &DeviceName) -> String {
        self.get(device).map_or(claimed, Contact::name).to_string()
    }

    /// What is known of a device that calls itself `claimed`.
    pub(crate) fn recognition(&self, me: Me<'_>, device: &DeviceId, claimed: &DeviceName) -> Recognition {
        if me.id == Some(*device) {
            return Recognition::Own;
        }
        let known = self.get(device).map(|contact| &contact.stored);
        let verified = known.is_some_and(|known| known.verified);
        // Its owner has compared its key, or given it a name that is no other contact's.
        if known.is_some_and(|known| known.verified || known.label.is_some()) {
            return Recognition::Known { verified };
        }
        let look = Look::of(known.map_or(claimed, |known| &known.claimed).as_str());
        // Between two that were met, the one with the better right to a name is verified, or was met before.
        let outranks = |other: &&Contact| match known {
            Some(known) => other.stored.verified || other.stored.first_met <= known.first_met,
            None => true,
        };
        let mut others = self.iter().filter(|other| other.stored.device != *device);
        if let Some(other) = others.find(|other| outranks(other) && other.looks_like(&look)) {
            return other.recognition();
        }
        match me.id {
            Some(id) if Look::of(me.name.as_str()).resembles(&look) => {
                Recognition::NameTaken { contact: device_view(id, me.name.as_str()) }
            }
            _ if known.is_some() => Recognition::Known { verified },
            _ => Recognition::Stranger,
        }
    }

    /// Another contact whose name looks like this one.
    pub(crate) fn namesake(&self, of: &DeviceId, name: &DeviceName) -> Option<&Contact> {
        let look = Look::of(name.as_str());
        self.iter().find(|other| other.stored.device != *of && other.looks_like(&look))
    }

    /// A device as it is to be remembered after a ceremony. One that took another's name since it was met last goes on
    /// under its old one.
    pub(crate) fn met(
        &self,
        device: DeviceId,
        claimed: DeviceName,
        me: &DeviceName,
        now: u64,
    ) -> StoredContact {
        let Some(known) = self.get(&device).map(|contact| contact.stored.clone()) else {
            return StoredContact { device, label: None, claimed, verified: false, first_met: now };
        };
        let is_taken = || {
            let look = Look::of(claimed.as_str());
            self.namesake(&device, &claimed).is_some() || Look::of(me.as_str()).resembles(&look)
        };
        let label = match known.label {
            None if !Look::of(known.claimed.as_str()).resembles(&Look::of(claimed.as_str()))
                && is_taken() =>
            {
                Some(known.claimed)
            }
            label => label,
        };
        StoredContact { label, claimed, ..known }
    }
}

/// What a name looks like to somebody who does not look closely: without case, blanks, invisible characters, and
/// differences between characters that are easily confused (UTS 39).
#[derive(Clone, Debug, PartialEq, Eq)]
struct Look {
    /// `I` looks like `l`,
    as_written: String,
    /// and is also an `i`.
    in_lower_case: String,
}

impl Look {
    fn of(name: &str) -> Self {
        let name: String = name.nfkc().filter(|c| !c.is_whitespace()).collect();
        let skeleton = |text: &str| unicode_security::skeleton(text).collect::<String>().to_lowercase();
        Self { as_written: skeleton(&name), in_lower_case: skeleton(&name.to_lowercase()) }
    }

    fn resembles(&self, other: &Self) -> bool {
        self.as_written == other.as_written || self.in_lower_case == other.in_lower_case
    }
}

#[cfg(test)]
mod tests;
