//! Settings, and the server that runs on this computer.

use serde::{Deserialize, Deserializer, Serialize};
use ts_rs::TS;

use super::ErrorView;

/// The device's settings, but for its passphrase and the credentials of TURN servers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SettingsView {
    /// The steps of the first start are finished, were skipped, or are not needed.
    pub set_up: bool,
    /// The interface's language.
    pub language: LanguageChoice,
    /// Light or dark.
    pub theme: Theme,
    /// In what amounts of bitcoin are shown and asked for.
    pub bitcoin_unit: BitcoinUnit,
    /// STUN and TURN servers for direct connections through NATs.
    pub ice_servers: Vec<IceServerView>,
    /// Never connect directly: hides this device's network address from other members.
    pub relay_only: bool,
    /// Idle minutes after which the app locks; only with a passphrase (the vault's or the app passphrase).
    pub auto_lock_minutes: Option<u32>,
    /// Lock when the system's screen is locked.
    pub lock_with_system: bool,
    /// An app passphrase is set (OS keychain only; a vault has its own).
    pub app_passphrase: bool,
    /// Tell of events by the system's notifications.
    pub notifications: bool,
    /// Stay in the tray when the window is closed.
    pub tray: bool,
    /// How much is written to the log.
    pub log_level: LogLevel,
}

impl SettingsView {
    pub(crate) fn new(
        set_up: bool,
        preferences: Preferences,
        ice_servers: Vec<IceServerView>,
        app_passphrase: bool,
    ) -> Self {
        let Preferences {
            language,
            theme,
            bitcoin_unit,
            relay_only,
            auto_lock_minutes,
            lock_with_system,
            notifications,
            tray,
            log_level,
        } = preferences;
        Self {
            set_up,
            language,
            theme,
            bitcoin_unit,
            ice_servers,
            relay_only,
            auto_lock_minutes,
            lock_with_system,
            app_passphrase,
            notifications,
            tray,
            log_level,
        }
    }
}

/// Settings that can be set as they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Preferences {
    /// The interface's language.
    pub language: LanguageChoice,
    /// Light or dark.
    pub theme: Theme,
    /// In what amounts of bitcoin are shown and asked for. Devices that were set up before it could be chosen have none.
    #[serde(default)]
    pub bitcoin_unit: BitcoinUnit,
    /// Never connect directly.
    pub relay_only: bool,
    /// Idle minutes after which the app locks: 1 to 1440, or never.
    pub auto_lock_minutes: Option<u32>,
    /// Lock when the system's screen is locked.
    pub lock_with_system: bool,
    /// Tell of events by the system's notifications.
    pub notifications: bool,
    /// Stay in the tray when the window is closed.
    pub tray: bool,
    /// How much is written to the log.
    pub log_level: LogLevel,
}

/// New values for some of the [`Preferences`]; the others stay. Two changes in quick succession so never undo each other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[ts(export, optional_fields)]
pub struct PreferencesChange {
    /// See [`Preferences::language`].
    pub language: Option<LanguageChoice>,
    /// See [`Preferences::theme`].
    pub theme: Option<Theme>,
    /// See [`Preferences::bitcoin_unit`].
    pub bitcoin_unit: Option<BitcoinUnit>,
    /// See [`Preferences::relay_only`].
    pub relay_only: Option<bool>,
    /// See [`Preferences::auto_lock_minutes`].
    #[serde(deserialize_with = "given")]
    #[ts(optional, type = "number | null")]
    pub auto_lock_minutes: Option<Option<u32>>,
    /// See [`Preferences::lock_with_system`].
    pub lock_with_system: Option<bool>,
    /// See [`Preferences::notifications`].
    pub notifications: Option<bool>,
    /// See [`Preferences::tray`].
    pub tray: Option<bool>,
    /// See [`Preferences::log_level`].
    pub log_level: Option<LogLevel>,
}

/// Tells a value of none from no value.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

impl PreferencesChange {
    /// The preferences with this change.
    pub(crate) fn on(self, present: &Preferences) -> Preferences {
        Preferences {
            language: self.language.unwrap_or(present.language),
            theme: self.theme.unwrap_or(present.theme),
            bitcoin_unit: self.bitcoin_unit.unwrap_or(present.bitcoin_unit),
            relay_only: self.relay_only.unwrap_or(present.relay_only),
            auto_lock_minutes: self.auto_lock_minutes.unwrap_or(present.auto_lock_minutes),
            lock_with_system: self.lock_with_system.unwrap_or(present.lock_with_system),
            notifications: self.notifications.unwrap_or(present.notifications),
            tray: self.tray.unwrap_or(present.tray),
            log_level: self.log_level.unwrap_or(present.log_level),
        }
    }
}

/// A new device's.
impl Default for Preferences {
    fn default() -> Self {
        Self {
            language: LanguageChoice::default(),
            theme: Theme::default(),
            bitcoin_unit: BitcoinUnit::default(),
            relay_only: false,
            auto_lock_minutes: Some(15),
            lock_with_system: true,
            notifications: true,
            tray: false,
            log_level: LogLevel::default(),
        }
    }
}

/// The interface's language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum LanguageChoice {
    /// The system's, where the interface speaks it.
    #[default]
    System,
    /// English.
    En,
    /// German.
    De,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Theme {
    /// As the system.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// In what amounts of bitcoin are shown and asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum BitcoinUnit {
    /// 100,000,000 satoshi.
    #[default]
    Btc,
    /// The smallest there is.
    Sat,
}

/// How much is written to the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum LogLevel {
    /// Warnings and errors.
    #[default]
    Warn,
    /// What happens, too.
    Info,
    /// Everything but secrets.
    Debug,
}

/// A STUN or TURN server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct IceServerView {
    /// `stun:…` or `turn:…`.
    pub url: String,
    /// The user; none for STUN.
    pub username: Option<String>,
    /// The keystore holds its credential.
    pub has_credential: bool,
}

/// A STUN or TURN server as a person enters it.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct IceServerEntry {
    /// `stun:HOST[:PORT]` or `turn:HOST[:PORT]`.
    pub url: String,
    /// The user; none for STUN.
    pub username: Option<String>,
    /// The credential; none keeps the stored one of the same URL and user.
    #[ts(type = "string | null")]
    pub credential: Option<secrecy::SecretString>,
}

/// The signalling server on this computer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "camelCase")]
#[ts(export)]
pub enum HostingView {
    /// None.
    Off,
    /// It is being started.
    Starting,
    /// It runs.
    #[serde(rename_all = "camelCase")]
    On {
        /// Its port.
        port: u16,
        /// Its addresses (`ws://192.168.1.20:9710`) for devices on the same network, the best first.
        urls: Vec<String>,
        /// This computer has no network: only devices on it reach the server.
        local_only: bool,
    },
    /// It could not be started, or has stopped.
    Failed {
        /// Why and what to do.
        error: ErrorView,
    },
}
