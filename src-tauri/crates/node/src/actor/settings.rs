//! The device's settings in the database, and how they are parsed.

use identity::{DeviceId, DeviceName};
use signalling::ServerUrl;

use crate::{
    NodeError,
    profile::Profile,
    snapshot::KeystoreKind,
    storage::{Storage, StorageError},
};

const KEYSTORE: &str = "keystore";
const KEYCHAIN_PROFILE: &str = "keychain profile";
const DEVICE_ID: &str = "device id";
const NEXT_DEVICE_ID: &str = "next device id";
const DEVICE_NAME: &str = "device name";
const SERVER: &str = "server";

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
    storage.setting(DEVICE_ID)?.map(|id| id.parse().map_err(|_| StorageError::Damaged.into())).transpose()
}

pub(super) fn set_device_id(storage: &Storage, id: DeviceId) -> Result<(), NodeError> {
    Ok(storage.set_setting(DEVICE_ID, &id.to_string())?)
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
    let stored = storage.setting(SERVER)?.map(|url| parse_server(&url)).transpose()?;
    let Some(asked) = asked.map(parse_server).transpose()? else { return Ok(stored) };
    if stored.is_none() {
        set_server(storage, &asked)?;
    }
    Ok(Some(asked))
}

pub(super) fn set_server(storage: &Storage, url: &ServerUrl) -> Result<(), NodeError> {
    Ok(storage.set_setting(SERVER, &url.to_string())?)
}

pub(super) fn parse_server(url: &str) -> Result<ServerUrl, NodeError> {
    url.trim().parse().map_err(|_| NodeError::InvalidServer { url: url.chars().take(80).collect() })
}
