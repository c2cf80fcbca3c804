//! What people do with contacts.

use std::sync::Arc;

use identity::{DeviceId, DeviceName};

use super::{Actor, Answer, answer, device_view};
use crate::{
    NodeError,
    contacts::{Contact, Contacts, Me},
    handle::ContactCommand,
    snapshot::{ContactView, Recognition},
    storage::{StorageError, StoredContact},
    wallet::Wallet,
};

impl Actor {
    pub(super) fn contact_command(&mut self, command: ContactCommand) -> Answer {
        match command {
            ContactCommand::Rename { device, name, reply } => {
                answer(reply, self.rename_contact(&device, &name))
            }
            ContactCommand::Verify { device, verified, reply } => {
                answer(reply, self.verify_contact(&device, verified))
            }
            ContactCommand::Forget(device, reply) => answer(reply, self.forget_contact(&device)),
        }
    }

    fn rename_contact(&mut self, device: &str, name: &str) -> Result<(), NodeError> {
        let contact = self.contact(device)?;
        let label = match name.trim() {
            "" => None,
            name => Some(name.parse::<DeviceName>()?),
        };
        if let Some(label) = &label
            && let Some(other) = self.contacts.borrow().namesake(&contact.device, label)
        {
            return Err(NodeError::NameTaken { name: other.name().to_string() });
        }
        self.keep_contacts(vec![StoredContact { label, ..contact }])
    }

    fn verify_contact(&mut self, device: &str, verified: bool) -> Result<(), NodeError> {
        let contact = self.contact(device)?;
        self.keep_contacts(vec![StoredContact { verified, ..contact }])
    }

    fn forget_contact(&mut self, device: &str) -> Result<(), NodeError> {
        let contact = self.contact(device)?;
        self.storage.delete_contact(&contact.device)?;
        self.change_contacts(|contacts| contacts.forget(&contact.device));
        Ok(())
    }

    fn contact(&self, device: &str) -> Result<StoredContact, NodeError> {
        let device: DeviceId = device.parse().map_err(|_| NodeError::UnknownContact)?;
        let contacts = self.contacts.borrow();
        contacts.get(&device).map(|contact| contact.stored.clone()).ok_or(NodeError::UnknownContact)
    }

    /// What is to be remembered of the devices with which a wallet was made.
    pub(super) fn met(&self, met: &[(DeviceId, DeviceName)], now: u64) -> Vec<StoredContact> {
        let contacts = self.contacts.borrow();
        met.iter().map(|(device, name)| contacts.met(*device, name.clone(), &self.device_name, now)).collect()
    }

    /// The safety words were the same everywhere, so each member is who the others think it is.
    pub(super) fn verified_by(&self, wallet: &Wallet) -> Vec<StoredContact> {
        let ceremony = wallet.ceremony();
        let own = wallet.me();
        let others = ceremony.members.iter().filter(|member| Some(member.id) != own);
        let contacts = self.contacts.borrow();
        let verified = others.map(|member| {
            let known = contacts.get(&member.id).map(|contact| contact.stored.clone());
            let new = || {
                contacts.met(member.id, member.name.clone(), &self.device_name, wallet.stored().created_at)
            };
            StoredContact { verified: true, ..known.unwrap_or_else(new) }
        });
        verified.collect()
    }

    /// The contacts that are verified no more, since the words of a wallet made with them differ: any of them may be
    /// whoever came between.
    pub(super) fn doubted_by(&self, wallet: &Wallet) -> Vec<StoredContact> {
        let own = wallet.me();
        let others = wallet.ceremony().members.iter().filter(|member| Some(member.id) != own);
        let contacts = self.contacts.borrow();
        let known =
            others.filter_map(|member| contacts.get(&member.id)).map(|contact| contact.stored.clone());
        let verified = known.filter(|contact| contact.verified);
        verified.map(|contact| StoredContact { verified: false, ..contact }).collect()
    }

    /// Makes contacts durable, then known.
    fn keep_contacts(&mut self, kept: Vec<StoredContact>) -> Result<(), NodeError> {
        self.storage
            .together(|storage| kept.iter().try_for_each(|contact| storage.put_contact(contact)))
            .map_err(|error: StorageError| error)?;
        self.know(kept);
        Ok(())
    }

    /// Takes over contacts that are durable.
    pub(super) fn know(&mut self, kept: Vec<StoredContact>) {
        self.change_contacts(|contacts| kept.into_iter().for_each(|contact| contacts.put(contact)));
    }

    /// Sessions follow the change.
    fn change_contacts(&mut self, change: impl FnOnce(&mut Contacts)) {
        self.contacts.send_modify(|contacts| change(Arc::make_mut(contacts)));
    }

    pub(super) fn recognition(&self, device: &DeviceId, claimed: &DeviceName) -> Recognition {
        let me = Me { id: self.keys().ok().map(|keys| keys.identity.id()), name: &self.device_name };
        self.contacts.borrow().recognition(me, device, claimed)
    }

    /// By name.
    pub(super) fn contact_views(&self) -> Vec<ContactView> {
        let view = |contact: &Contact| ContactView {
            device: device_view(contact.stored.device, contact.name().as_str()),
            claimed_name: contact.stored.claimed.to_string(),
            verified: contact.stored.verified,
            first_met: contact.stored.first_met,
            wallets: self.wallets.shared_with(&contact.stored.device),
        };
        let mut views: Vec<_> = self.contacts.borrow().iter().map(view).collect();
        views.sort_by_cached_key(|view| (view.device.name.to_lowercase(), view.first_met));
        views
    }
}
