//! What a desktop has for programs on its session bus: notifications, a tray, and word of its screen being locked.

use std::collections::HashMap;
use std::ffi::OsString;
use std::sync::{Arc, Mutex, PoisonError};

use permafrost_tests::{cluster::PATIENCE, secret_service::SecretService};
use zbus::blocking::{Connection, Proxy, connection};
use zbus::zvariant::{OwnedValue, Structure, Value};

const NOTIFICATIONS: &str = "/org/freedesktop/Notifications";
const WATCHER: &str = "/StatusNotifierWatcher";
const ITEM: &str = "org.kde.StatusNotifierItem";
const MENU: &str = "com.canonical.dbusmenu";

/// A desktop that shows notifications and tray icons to nobody, and can be asked which. Its methods block.
#[derive(Debug)]
pub(crate) struct SessionBus {
    bus: Connection,
    seen: Arc<Mutex<Seen>>,
}

/// A notification as a program asked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Note {
    /// By which it is clicked.
    pub(crate) id: u32,
    /// Its first line.
    pub(crate) title: String,
    /// The rest.
    pub(crate) body: String,
}

#[derive(Debug, Default)]
struct Seen {
    notes: Vec<Note>,
    /// The program's name on the bus, and where its icon is.
    icons: Vec<(String, String)>,
}

impl SessionBus {
    /// Begins to offer all of it to the programs that share this Secret Service.
    pub(crate) fn start(service: &SecretService) -> Self {
        let address = address_of(service);
        let seen = Arc::new(Mutex::new(Seen::default()));
        let bus = connection::Builder::address(address.as_str())
            .map(|bus| bus.method_timeout(PATIENCE))
            .and_then(|bus| bus.serve_at(NOTIFICATIONS, Notifications(seen.clone())))
            .and_then(|bus| bus.serve_at(WATCHER, Watcher(seen.clone())))
            .and_then(|bus| bus.name("org.freedesktop.Notifications"))
            .and_then(|bus| bus.name("org.kde.StatusNotifierWatcher"))
            .and_then(connection::Builder::build)
            .expect("the private bus lets anyone have any name");
        Self { bus, seen }
    }

    /// The notifications so far.
    pub(crate) fn notes(&self) -> Vec<Note> {
        lock(&self.seen).notes.clone()
    }

    /// Clicks a notification.
    pub(crate) fn click(&self, note: &Note) {
        let clicked = (note.id, "default");
        self.emit(NOTIFICATIONS, "org.freedesktop.Notifications", "ActionInvoked", &clicked);
    }

    /// How many icons the tray shows; one that is not needed can stay there, unseen.
    pub(crate) fn icons(&self) -> usize {
        let icons = lock(&self.seen).icons.clone();
        let status = |icon| self.proxy(icon, ITEM).get_property::<String>("Status");
        icons.iter().filter(|icon| status(icon).is_ok_and(|status| status == "Active")).count()
    }

    /// The entries of the newest icon's menu.
    pub(crate) fn menu(&self) -> Vec<String> {
        self.entries().into_iter().map(|(_, label)| label).collect()
    }

    /// Chooses an entry of it.
    ///
    /// # Panics
    /// When there is none of that name.
    pub(crate) fn choose(&self, label: &str) {
        let entries = self.entries();
        let entry = entries.iter().find(|(_, name)| name == label);
        let (id, _) = entry.unwrap_or_else(|| panic!("{label} is not among {entries:?}"));
        let clicked = (id, "clicked", Value::from(0), 0_u32);
        let () = self.menu_proxy().call("Event", &clicked).expect("the menu takes clicks");
    }

    /// Says what GNOME does when its screen is locked, and when it is unlocked.
    pub(crate) fn say_screen_locked(&self, locked: bool) {
        self.emit("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged", &(locked,));
    }

    fn entries(&self) -> Vec<(i32, String)> {
        type Entry = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);
        let whole = (0_i32, -1_i32, Vec::<String>::new());
        let (_, (_, _, entries)): (u32, Entry) =
            self.menu_proxy().call("GetLayout", &whole).expect("the menu tells its entries");
        entries.into_iter().filter_map(entry).collect()
    }

    fn menu_proxy(&self) -> Proxy<'_> {
        let (name, path) = lock(&self.seen).icons.last().cloned().expect("there is an icon");
        let item = self.proxy(&(name.clone(), path), ITEM);
        let menu: zbus::zvariant::OwnedObjectPath = item.get_property("Menu").expect("the icon has a menu");
        self.proxy(&(name, menu.as_str().to_owned()), MENU)
    }

    fn proxy(&self, (name, path): &(String, String), interface: &'static str) -> Proxy<'_> {
        Proxy::new(&self.bus, name.clone(), path.clone(), interface).expect("programs have valid names")
    }

    fn emit<B>(&self, path: &str, interface: &str, member: &str, body: &B)
    where
        B: serde::Serialize + zbus::zvariant::DynamicType,
    {
        let nobody = None::<&str>;
        self.bus.emit_signal(nobody, path, interface, member, body).expect("the bus takes signals");
    }
}

/// What the desktop's notifications do, as far as it matters here.
struct Notifications(Arc<Mutex<Seen>>);

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Notifications {
    fn get_capabilities(&self) -> Vec<&str> {
        vec!["actions", "body"]
    }

    #[allow(clippy::too_many_arguments)]
    fn notify(
        &self,
        _program: &str,
        _replaced: u32,
        _icon: &str,
        title: &str,
        body: &str,
        _actions: Vec<&str>,
        _hints: HashMap<&str, Value<'_>>,
        _time: i32,
    ) -> u32 {
        let notes = &mut lock(&self.0).notes;
        let id = u32::try_from(notes.len() + 1).expect("a few notifications");
        notes.push(Note { id, title: title.to_owned(), body: body.to_owned() });
        id
    }
}

/// What keeps the tray's icons.
struct Watcher(Arc<Mutex<Seen>>);

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, item: &str, #[zbus(header)] header: zbus::message::Header<'_>) {
        let sender = header.sender().expect("the bus names senders").to_string();
        lock(&self.0).icons.push((sender, item.to_owned()));
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }
}

/// Its number and label; nothing of a line between entries.
fn entry(value: OwnedValue) -> Option<(i32, String)> {
    let entry = Structure::try_from(value).ok()?;
    let [id, properties, _] = entry.fields() else { return None };
    let properties: HashMap<String, OwnedValue> = properties.try_clone().ok()?.try_into().ok()?;
    let label = String::try_from(properties.get("label")?.try_clone().ok()?).ok()?;
    Some((i32::try_from(id.try_clone().ok()?).ok()?, label))
}

fn address_of(service: &SecretService) -> String {
    let variable = |(name, value): (&str, OsString)| (name == "DBUS_SESSION_BUS_ADDRESS").then_some(value);
    let address = service.environment().into_iter().find_map(variable).expect("the service has a bus");
    address.into_string().expect("a temporary folder's path is UTF-8")
}

fn lock(seen: &Mutex<Seen>) -> std::sync::MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}
