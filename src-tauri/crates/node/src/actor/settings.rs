//! The device's settings in the database, and how they are parsed.

use identity::{DeviceId, DeviceName};
use signalling::ServerUrl;

use super::preferences::Chosen;
use crate::{
    NodeError,
    profile::Profile,
    snapshot::{KeystoreKind, Preferences},
    storage::{Storage, StorageError},
};

const KEYSTORE: &str = "keystore";
const KEYCHAIN_PROFILE: &str = "keychain profile";
const DEVICE_ID: &str = "device id";
const NEXT_DEVICE_ID: &str = "next device id";
const DEVICE_NAME: &str = "device name";
const SERVER: &str = "server";
const SET_UP: &str = "set up";
const PREFERENCES: &str = "preferences";
const APP_PASSPHRASE: &str = "app passphrase";
/// The port on which this computer hosts a server, its address, and the server that was set before.
const HOSTING: [&str; 3] = ["hosting", "hosted server", "server before hosting"];
const YES: &str = "yes";

/// Where secrets are kept: as stored, else as asked for, else in the OS keychain.
pub(super) fn keystore_kind(
    storage: &Storage,
    asked: Option<KeystoreKind>,
) -> Result<KeystoreKind, NodeError> {
    let stored = match storage.setting(KEYSTORE)?.as_deref() {
        None => None,
        Some("os") => Some(KeystoreKind::Os),
        Some("vault") => Some(KeystoreKind::Vault),
        Some(_) => return Err(StorageError::Damaged.into()),
    };
    match (stored, asked) {
        (Some(stored), Some(asked)) if stored != asked && device_id(storage)?.is_some() => {
            Err(NodeError::KeystoreInUse)
        }
        (stored, asked) => {
            let kind = asked.or(stored).unwrap_or(KeystoreKind::Os);
            if stored != Some(kind) {
                set_keystore_kind(storage, kind)?;
            }
            Ok(kind)
        }
    }
}

pub(super) fn set_keystore_kind(storage: &Storage, kind: KeystoreKind) -> Result<(), NodeError> {
    let name = match kind {
        KeystoreKind::Os => "os",
        KeystoreKind::Vault => "vault",
    };
    Ok(storage.set_setting(KEYSTORE, name)?)
}

/// The namespace of this profile's keychain items: the device and eight random hex digits, so that two
/// data folders never share items.
pub(super) fn keychain_profile(storage: &Storage, profile: &Profile) -> Result<String, NodeError> {
    if let Some(name) = storage.setting(KEYCHAIN_PROFILE)? {
        return Ok(name);
    }
    let mut random = [0; 4];
    getrandom::fill(&mut random)?;
    let name = format!("{}-{}", profile.device(), hex::encode(random));
    storage.set_setting(KEYCHAIN_PROFILE, &name)?;
    Ok(name)
}

/// The identity that the keystore must hold.
pub(super) fn device_id(storage: &Storage) -> Result<Option<DeviceId>, NodeError> {
    let stored = storage.setting(DEVICE_ID)?.filter(|id| !id.is_empty());
    stored.map(|id| id.parse().map_err(|_| StorageError::Damaged.into())).transpose()
}

pub(super) fn set_device_id(storage: &Storage, id: DeviceId) -> Result<(), NodeError> {
    Ok(storage.set_setting(DEVICE_ID, &id.to_string())?)
}

/// The next keystore that is opened may hold any identity, or gets one.
pub(super) fn forget_device_id(storage: &Storage) -> Result<(), NodeError> {
    storage.set_setting(DEVICE_ID, "")?;
    set_next_device_id(storage, None)
}

/// The identity that a backup under way brings, so that a crash in between is not taken for a lost keystore.
pub(super) fn set_next_device_id(storage: &Storage, id: Option<DeviceId>) -> Result<(), NodeError> {
    Ok(storage.set_setting(NEXT_DEVICE_ID, &id.map(|id| id.to_string()).unwrap_or_default())?)
}

/// The identities of which the keystore must hold one; none before the first start has finished.
pub(super) fn expected_device_ids(storage: &Storage) -> Result<Vec<DeviceId>, NodeError> {
    let Some(present) = device_id(storage)? else { return Ok(Vec::new()) };
    let next = storage.setting(NEXT_DEVICE_ID)?.and_then(|id| id.parse().ok());
    Ok(std::iter::once(present).chain(next).collect())
}

/// The device's name: as its owner set it, else the profile's, else the computer's.
pub(super) fn device_name(storage: &Storage, profile: &Profile) -> Result<DeviceName, NodeError> {
    if let Some(name) = storage.setting(DEVICE_NAME)? {
        return name.parse().map_err(|_| StorageError::Damaged.into());
    }
    if profile.is_named() {
        return Ok(profile.device().parse()?);
    }
    let host =
        gethostname::gethostname().to_string_lossy().chars().take(DeviceName::MOST).collect::<String>();
    host.parse().or_else(|_| "My computer".parse()).map_err(NodeError::from)
}

pub(super) fn set_device_name(storage: &Storage, name: &DeviceName) -> Result<(), NodeError> {
    Ok(storage.set_setting(DEVICE_NAME, name.as_str())?)
}

/// The signalling server: as asked for in this run, else as stored. One asked for when none is stored
/// is kept.
pub(super) fn server(storage: &Storage, asked: Option<&str>) -> Result<Option<ServerUrl>, NodeError> {
    let stored = stored_server(storage)?;
    let Some(asked) = asked.map(parse_server).transpose()? else { return Ok(stored) };
    if stored.is_none() {
        set_server(storage, Some(&asked))?;
    }
    Ok(Some(asked))
}

pub(super) fn stored_server(storage: &Storage) -> Result<Option<ServerUrl>, NodeError> {
    stored_url(storage, SERVER)
}

fn stored_url(storage: &Storage, key: &str) -> Result<Option<ServerUrl>, NodeError> {
    let stored = storage.setting(key)?.filter(|url| !url.is_empty());
    stored.map(|url| parse_server(&url)).transpose()
}

pub(super) fn set_server(storage: &Storage, url: Option<&ServerUrl>) -> Result<(), NodeError> {
    Ok(storage.set_setting(SERVER, &url.map(ToString::to_string).unwrap_or_default())?)
}

pub(super) fn parse_server(url: &str) -> Result<ServerUrl, NodeError> {
    url.trim().parse().map_err(|_| NodeError::InvalidServer { url: url.chars().take(80).collect() })
}

/// What the owner chose. The first start's steps are not needed where the command line gives a name and a server.
pub(super) fn chosen(
    storage: &Storage,
    profile: &Profile,
    server: Option<&ServerUrl>,
) -> Result<Chosen, NodeError> {
    let preferences = storage.setting(PREFERENCES)?;
    let preferences = preferences.map(|text| serde_json::from_str(&text).map_err(|_| StorageError::Damaged));
    let is_given = profile.is_named() && server.is_some();
    Ok(Chosen {
        set_up: is_given || is_set(storage, SET_UP)?,
        preferences: preferences.transpose()?.unwrap_or_default(),
        app_passphrase: is_set(storage, APP_PASSPHRASE)?,
    })
}

pub(super) fn set_set_up(storage: &Storage) -> Result<(), NodeError> {
    Ok(storage.set_setting(SET_UP, YES)?)
}

pub(super) fn set_preferences(storage: &Storage, preferences: &Preferences) -> Result<(), NodeError> {
    let text = serde_json::to_string(preferences).map_err(|_| StorageError::Damaged)?;
    Ok(storage.set_setting(PREFERENCES, &text)?)
}

/// Whether the keystore holds what the app passphrase is checked against.
pub(super) fn set_app_passphrase(storage: &Storage, is_set: bool) -> Result<(), NodeError> {
    Ok(storage.set_setting(APP_PASSPHRASE, if is_set { YES } else { "" })?)
}

/// The port on which this computer hosts a server.
pub(super) fn hosting_port(storage: &Storage) -> Result<Option<u16>, NodeError> {
    let [port, ..] = HOSTING;
    let port = storage.setting(port)?.filter(|port| !port.is_empty());
    port.map(|port| port.parse().map_err(|_| StorageError::Damaged.into())).transpose()
}

/// The hosted server's address, as this device's server.
pub(super) fn hosted_server(storage: &Storage) -> Result<Option<ServerUrl>, NodeError> {
    let [_, hosted, _] = HOSTING;
    stored_url(storage, hosted)
}

pub(super) fn set_hosted_server(storage: &Storage, url: &ServerUrl) -> Result<(), NodeError> {
    let [_, hosted, _] = HOSTING;
    Ok(storage.set_setting(hosted, &url.to_string())?)
}

pub(super) fn server_before_hosting(storage: &Storage) -> Result<Option<ServerUrl>, NodeError> {
    let [.., before] = HOSTING;
    stored_url(storage, before)
}

pub(super) fn set_hosting(
    storage: &Storage,
    place: Option<(u16, &ServerUrl)>,
    before: Option<&ServerUrl>,
) -> Result<(), NodeError> {
    let (number, url) = place.map(|(port, url)| (port.to_string(), url.to_string())).unwrap_or_default();
    let before = before.map(ToString::to_string).unwrap_or_default();
    for (key, value) in HOSTING.into_iter().zip([number, url, before]) {
        storage.set_setting(key, &value)?;
    }
    Ok(())
}

fn is_set(storage: &Storage, key: &str) -> Result<bool, NodeError> {
    Ok(storage.setting(key)?.as_deref() == Some(YES))
}
