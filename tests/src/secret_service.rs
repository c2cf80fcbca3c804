//! A real Secret Service of a test's own: it can be locked, and asked for everything that is in it.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use xtask::PrivateSession;
use zbus::blocking::{Connection, Proxy, connection};
use zbus::zvariant::{DynamicType, OwnedObjectPath, OwnedValue, Value};

const SERVICE: &str = "org.freedesktop.secrets";
const ROOT: &str = "/org/freedesktop/secrets";
/// How long it may take to lock or unlock.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two looks at it.
const GLANCE: Duration = Duration::from_millis(20);

/// A private D-Bus session with an unlocked gnome-keyring; both end when this is dropped.
///
/// Its methods block, and panic when the service does not do as asked.
#[derive(Debug)]
pub struct SecretService {
    session: PrivateSession,
}

/// One item of the keyring.
pub struct StoredSecret {
    /// What a keyring viewer shows.
    pub label: String,
    /// What the item is looked up by; not secret.
    pub attributes: HashMap<String, String>,
    /// The secret itself.
    pub secret: Vec<u8>,
}

impl SecretService {
    /// Starts the service, with an empty keyring.
    pub fn start() -> Self {
        match PrivateSession::start() {
            Ok(session) => Self { session },
            Err(error) => panic!("no private Secret Service for this test: {error}"),
        }
    }

    /// The environment of a process that shall use this service, and a home folder of its own.
    pub fn environment(&self) -> Vec<(&'static str, OsString)> {
        self.session.environment()
    }

    /// Everything that lies on disk of the session: the keyring's files, and the home folder of the programs that live
    /// in it.
    pub fn folder(&self) -> PathBuf {
        let home = self.environment().into_iter().find(|(name, _)| *name == "HOME").expect("a home folder");
        Path::new(&home.1).parent().expect("it lies in the session's folder").to_owned()
    }

    /// Locks the keyring. There is nobody to prompt, so it stays locked until [`SecretService::unlock`].
    pub fn lock(&self) {
        let bus = self.connect();
        let _: (Vec<OwnedObjectPath>, OwnedObjectPath) =
            call(&bus, "org.freedesktop.Secret.Service", "Lock", &(vec![default_collection(&bus)],));
        wait_until(&bus, true);
    }

    /// Unlocks the keyring, as its user's password would.
    pub fn unlock(&self) {
        let bus = self.connect();
        let password =
            (open_session(&bus), Vec::<u8>::new(), self.session.password().as_bytes(), "text/plain");
        let () = call(
            &bus,
            "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface",
            "UnlockWithMasterPassword",
            &(default_collection(&bus), password),
        );
        wait_until(&bus, false);
    }

    /// What its daemon said last, if it runs no more.
    pub fn last_words(&self) -> Option<String> {
        (!self.session.answers()).then(|| self.session.said())
    }

    /// Everything in every collection, which has to be unlocked.
    pub fn stored(&self) -> Vec<StoredSecret> {
        let bus = self.connect();
        let session = open_session(&bus);
        let collections: Vec<OwnedObjectPath> =
            property(&bus, ROOT, "org.freedesktop.Secret.Service", "Collections");
        let items = collections.iter().flat_map(|collection| {
            property::<Vec<OwnedObjectPath>>(
                &bus,
                collection.as_str(),
                "org.freedesktop.Secret.Collection",
                "Items",
            )
        });
        items
            .map(|item| {
                let interface = "org.freedesktop.Secret.Item";
                let ((_, _, secret, _),): ((OwnedObjectPath, Vec<u8>, Vec<u8>, String),) =
                    proxy(&bus, item.as_str(), interface)
                        .call("GetSecret", &(&session,))
                        .expect("the item is unlocked");
                StoredSecret {
                    label: property(&bus, item.as_str(), interface, "Label"),
                    attributes: property(&bus, item.as_str(), interface, "Attributes"),
                    secret,
                }
            })
            .collect()
    }

    /// The keyring files as they lie on disk.
    pub fn files(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.session.keyrings()).expect("the keyring's folder can be read");
        entries.map(|entry| entry.expect("its entries can be read").path()).collect()
    }

    fn connect(&self) -> Connection {
        let address = self.session.address().into_string().expect("a temporary folder's path is UTF-8");
        connection::Builder::address(address.as_str())
            .and_then(connection::Builder::build)
            .expect("the private bus answers")
    }
}

fn proxy<'a>(bus: &Connection, path: &'a str, interface: &'a str) -> Proxy<'a> {
    Proxy::new(bus, SERVICE, path, interface).expect("constant names are valid")
}

fn call<B, R>(bus: &Connection, interface: &str, method: &str, body: &B) -> R
where
    B: serde::Serialize + DynamicType,
    R: for<'d> zbus::zvariant::DynamicDeserialize<'d>,
{
    let answer = proxy(bus, ROOT, interface).call(method, body);
    answer.unwrap_or_else(|error| panic!("the Secret Service refused {method}: {error}"))
}

fn property<T>(bus: &Connection, path: &str, interface: &str, name: &str) -> T
where
    T: TryFrom<OwnedValue>,
    T::Error: Into<zbus::Error>,
{
    let value = proxy(bus, path, interface).get_property(name);
    value.unwrap_or_else(|error| panic!("the Secret Service does not tell {name}: {error}"))
}

fn default_collection(bus: &Connection) -> OwnedObjectPath {
    call(bus, "org.freedesktop.Secret.Service", "ReadAlias", &("default",))
}

fn open_session(bus: &Connection) -> OwnedObjectPath {
    let (_, session): (OwnedValue, OwnedObjectPath) =
        call(bus, "org.freedesktop.Secret.Service", "OpenSession", &("plain", Value::from("")));
    session
}

/// The service answers before it is done, if the machine is busy.
fn wait_until(bus: &Connection, locked: bool) {
    let until = Instant::now() + PATIENCE;
    while is_locked(bus) != locked {
        assert!(
            Instant::now() < until,
            "the keyring does not become what it was asked to be: locked: {locked}"
        );
        thread::sleep(GLANCE);
    }
}

fn is_locked(bus: &Connection) -> bool {
    property(bus, default_collection(bus).as_str(), "org.freedesktop.Secret.Collection", "Locked")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(service: &SecretService, secret: &[u8]) {
        let bus = service.connect();
        let attributes = HashMap::from([("device", "alice")]);
        let properties = HashMap::from([
            ("org.freedesktop.Secret.Item.Label", Value::from("a share")),
            ("org.freedesktop.Secret.Item.Attributes", Value::from(attributes)),
        ]);
        let item = (open_session(&bus), Vec::<u8>::new(), secret, "application/octet-stream");
        let collection = default_collection(&bus);
        let _: (OwnedObjectPath, OwnedObjectPath) =
            proxy(&bus, collection.as_str(), "org.freedesktop.Secret.Collection")
                .call("CreateItem", &(properties, item, true))
                .expect("the unlocked keyring takes the item");
    }

    #[test]
    fn what_is_stored_is_found_again_with_its_attributes_and_not_in_the_clear_on_disk() {
        let service = SecretService::start();
        assert!(service.stored().is_empty(), "a new keyring is empty");
        store(&service, b"the words of the secret");

        let stored = service.stored();
        assert_eq!(stored.len(), 1, "one item was stored");
        assert_eq!(stored[0].secret, b"the words of the secret");
        assert_eq!(stored[0].label, "a share");
        assert_eq!(stored[0].attributes.get("device").map(String::as_str), Some("alice"));

        let files = service.files();
        assert!(!files.is_empty(), "the keyring is kept in files");
        for file in files {
            let content = std::fs::read(&file).expect("the keyring's files can be read");
            let found = content.windows(23).any(|window| window == b"the words of the secret");
            assert!(!found, "{} holds the secret in the clear", file.display());
        }
    }

    #[test]
    fn a_locked_keyring_opens_again_with_everything_in_it() {
        let service = SecretService::start();
        store(&service, b"kept");
        service.lock();
        service.unlock();
        assert_eq!(service.stored()[0].secret, b"kept", "locking forgets nothing");
    }

    #[test]
    fn two_services_know_nothing_of_each_other() {
        let (one, other) = (SecretService::start(), SecretService::start());
        store(&one, b"only here");
        assert_eq!(one.stored().len(), 1);
        assert!(other.stored().is_empty(), "each service has a keyring of its own");
    }
}
