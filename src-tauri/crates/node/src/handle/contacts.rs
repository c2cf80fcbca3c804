//! What can be asked about devices that were met.

use super::{Command, Node, Reply};
use crate::NodeError;

/// What is asked of the actor about contacts.
pub(crate) enum ContactCommand {
    Rename { device: String, name: String, reply: Reply<()> },
    Verify { device: String, verified: bool, reply: Reply<()> },
    Forget(String, Reply<()>),
}

impl Node {
    /// Gives a contact a name of one's own; a blank one goes back to what it calls itself.
    pub async fn rename_contact(&self, device: String, name: String) -> Result<(), NodeError> {
        self.ask(|reply| Command::Contact(ContactCommand::Rename { device, name, reply })).await
    }

    /// Records whether the contact's fingerprint words were compared.
    pub async fn verify_contact(&self, device: String, verified: bool) -> Result<(), NodeError> {
        self.ask(|reply| Command::Contact(ContactCommand::Verify { device, verified, reply })).await
    }

    /// Forgets a contact. Wallets that both share stay; the next ceremony makes it a contact again.
    pub async fn forget_contact(&self, device: String) -> Result<(), NodeError> {
        self.ask(|reply| Command::Contact(ContactCommand::Forget(device, reply))).await
    }
}
