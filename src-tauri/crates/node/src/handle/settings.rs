//! What can be asked about a device's settings and the server on its computer.

use super::{Command, Node, Reply};
use crate::{
    NodeError,
    snapshot::{IceServerEntry, PreferencesChange},
};

/// What is asked of the actor about settings.
pub(crate) enum SettingsCommand {
    SetDeviceName(String, Reply<()>),
    SetServer(String, Reply<()>),
    ClearServer(Reply<()>),
    TryServer(Reply<()>),
    FinishSetup(Reply<()>),
    SetPreferences(PreferencesChange, Reply<()>),
    SetIceServers(Vec<IceServerEntry>, Reply<()>),
    Host(Option<u16>, Reply<()>),
    StopHosting(Reply<()>),
}

impl Node {
    /// Renames the device.
    pub async fn set_device_name(&self, name: String) -> Result<(), NodeError> {
        self.ask(|reply| Command::Settings(SettingsCommand::SetDeviceName(name, reply))).await
    }

    /// Sets the signalling server for later sessions.
    pub async fn set_server(&self, url: String) -> Result<(), NodeError> {
        self.ask(|reply| Command::Settings(SettingsCommand::SetServer(url, reply))).await
    }

    /// Connects to the signalling server that is set, and resolves once it let this device in: a mistyped address shows
    /// before anything depends on it. An error says why there is no connection, after 20 s at most.
    pub async fn try_server(&self) -> Result<(), NodeError> {
        self.ask(|reply| Command::Settings(SettingsCommand::TryServer(reply))).await
    }

    /// Has no signalling server set.
    pub async fn clear_server(&self) -> Result<(), NodeError> {
        self.ask(|reply| Command::Settings(SettingsCommand::ClearServer(reply))).await
    }

    /// Records that the steps of the first start are done or skipped.
    pub async fn finish_setup(&self) -> Result<(), NodeError> {
        self.ask(|reply| Command::Settings(SettingsCommand::FinishSetup(reply))).await
    }

    /// Changes what the settings hold, but for servers and passphrases. How links are made holds for later sessions.
    pub async fn set_preferences(&self, change: PreferencesChange) -> Result<(), NodeError> {
        self.ask(|reply| Command::Settings(SettingsCommand::SetPreferences(change, reply))).await
    }

    /// Sets the STUN and TURN servers for later sessions. Credentials go into the keystore, which must be open if
    /// one is set or removed.
    pub async fn set_ice_servers(&self, servers: Vec<IceServerEntry>) -> Result<(), NodeError> {
        self.ask(|reply| Command::Settings(SettingsCommand::SetIceServers(servers, reply))).await
    }

    /// Runs the signalling server on this computer, by default on port 9710, now and at later starts, and makes it this
    /// device's server. Devices on the same network reach it at the addresses that the snapshot shows.
    pub async fn host(&self, port: Option<u16>) -> Result<(), NodeError> {
        self.ask(|reply| Command::Settings(SettingsCommand::Host(port, reply))).await
    }

    /// Stops the server on this computer; the device's earlier server is set again. Refused while a session of this
    /// device runs over it.
    pub async fn stop_hosting(&self) -> Result<(), NodeError> {
        self.ask(|reply| Command::Settings(SettingsCommand::StopHosting(reply))).await
    }

    /// What helps to find a fault, for people to pass on: versions, settings, counts and states. No names, IDs,
    /// addresses or servers, and no secrets.
    pub async fn diagnostics(&self) -> Result<String, NodeError> {
        self.ask(Command::Diagnostics).await
    }
}
