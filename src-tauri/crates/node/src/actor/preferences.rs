//! What the device's owner set: its name, its server, how it looks and behaves.

use identity::DeviceName;
use signalling::ServerUrl;

use super::{Actor, Answer, answer, settings};
use crate::{
    NodeError,
    error::MAX_AUTO_LOCK,
    handle::SettingsCommand,
    snapshot::{IceServerView, Preferences, PreferencesChange, SettingsView},
};

/// Settings that the actor has at hand.
pub(super) struct Chosen {
    pub(super) set_up: bool,
    pub(super) preferences: Preferences,
    /// The keystore holds what the app passphrase is checked against.
    pub(super) app_passphrase: bool,
}

impl Chosen {
    pub(super) fn view(&self, ice_servers: Vec<IceServerView>) -> SettingsView {
        SettingsView::new(self.set_up, self.preferences.clone(), ice_servers, self.app_passphrase)
    }
}

impl Actor {
    pub(super) fn settings_command(&mut self, command: SettingsCommand) -> Answer {
        match command {
            SettingsCommand::SetDeviceName(name, reply) => answer(reply, self.set_device_name(&name)),
            SettingsCommand::SetServer(url, reply) => answer(reply, self.set_server(&url)),
            SettingsCommand::ClearServer(reply) => answer(reply, self.clear_server()),
            SettingsCommand::TryServer(reply) => self.try_server(reply),
            SettingsCommand::FinishSetup(reply) => answer(reply, self.finish_setup()),
            SettingsCommand::SetPreferences(change, reply) => answer(reply, self.set_preferences(change)),
            SettingsCommand::SetIceServers(entries, reply) => self.set_ice_servers(&entries, reply),
            SettingsCommand::Host(port, reply) => self.host(port, reply),
            SettingsCommand::StopHosting(reply) => self.stop_hosting(reply),
        }
    }

    fn set_device_name(&mut self, name: &str) -> Result<(), NodeError> {
        let name: DeviceName = name.parse()?;
        settings::set_device_name(&self.storage, &name)?;
        self.device_name = name;
        Ok(())
    }

    fn set_server(&mut self, url: &str) -> Result<(), NodeError> {
        let url = settings::parse_server(url)?;
        self.use_server(Some(url))
    }

    fn clear_server(&mut self) -> Result<(), NodeError> {
        self.use_server(None)
    }

    fn use_server(&mut self, url: Option<ServerUrl>) -> Result<(), NodeError> {
        settings::set_server(&self.storage, url.as_ref())?;
        self.change_server(url);
        Ok(())
    }

    /// Announced sessions are another server's then.
    pub(super) fn change_server(&mut self, url: Option<ServerUrl>) {
        if self.server != url {
            self.stop_browsing();
        }
        self.server = url;
    }

    fn finish_setup(&mut self) -> Result<(), NodeError> {
        settings::set_set_up(&self.storage)?;
        self.chosen.set_up = true;
        Ok(())
    }

    fn set_preferences(&mut self, change: PreferencesChange) -> Result<(), NodeError> {
        let preferences = change.on(&self.chosen.preferences);
        if preferences.auto_lock_minutes.is_some_and(|minutes| !(1..=MAX_AUTO_LOCK).contains(&minutes)) {
            return Err(NodeError::InvalidAutoLock);
        }
        settings::set_preferences(&self.storage, &preferences)?;
        self.chosen.preferences = preferences;
        Ok(())
    }
}
