//! Word of the system's screen being locked, or of the computer going to sleep.

use futures_util::{StreamExt, stream};
use zbus::{Connection, MatchRule, Message, MessageStream, message, zvariant::OwnedObjectPath};

#[zbus::proxy(
    interface = "org.freedesktop.login1.Manager",
    default_service = "org.freedesktop.login1",
    default_path = "/org/freedesktop/login1"
)]
trait LoginManager {
    #[zbus(name = "GetSessionByPID")]
    fn get_session_by_pid(&self, process: u32) -> zbus::Result<OwnedObjectPath>;
}

/// Says so through `locked` each time, as long as it runs. Where neither a session bus nor a system bus tells, it ends.
pub(crate) async fn watch(locked: impl Fn()) {
    let (session, system) = (Connection::session().await.ok(), Connection::system().await.ok());
    // GNOME, KDE and others each have an interface of that kind, `….ScreenSaver`.
    let screen = signals(session, "ActiveChanged", None).await;
    let own = own_session(system.as_ref()).await;
    let login = signals(system.clone().filter(|_| own.is_some()), "Lock", own).await;
    let sleep = signals(system, "PrepareForSleep", None).await;
    let mut messages = stream::select_all([screen, login, sleep].into_iter().flatten());
    while let Some(message) = messages.next().await {
        if message.is_ok_and(|message| says_locked(&message)) {
            locked();
        }
    }
}

async fn signals(
    bus: Option<Connection>,
    member: &'static str,
    path: Option<OwnedObjectPath>,
) -> Option<MessageStream> {
    let mut rule = MatchRule::builder().msg_type(message::Type::Signal).member(member).ok()?;
    if let Some(path) = path {
        rule = rule.path(path).ok()?;
    }
    MessageStream::for_match_rule(rule.build(), &bus?, Some(16)).await.ok()
}

/// Other people's sessions are locked without us.
async fn own_session(system: Option<&Connection>) -> Option<OwnedObjectPath> {
    LoginManagerProxy::new(system?).await.ok()?.get_session_by_pid(std::process::id()).await.ok()
}

fn says_locked(message: &Message) -> bool {
    let header = message.header();
    let (Some(interface), Some(member)) = (header.interface(), header.member()) else { return false };
    let begins = || message.body().deserialize::<bool>().unwrap_or(false);
    match (interface.as_str(), member.as_str()) {
        (interface, "ActiveChanged") => interface.ends_with(".ScreenSaver") && begins(),
        ("org.freedesktop.login1.Session", "Lock") => true,
        ("org.freedesktop.login1.Manager", "PrepareForSleep") => begins(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signal(interface: &str, member: &str, active: Option<bool>) -> Message {
        let builder = Message::signal("/org/example", interface, member).unwrap();
        match active {
            Some(active) => builder.build(&(active,)).unwrap(),
            None => builder.build(&()).unwrap(),
        }
    }

    #[test]
    fn a_locked_screen_is_told_from_an_unlocked_one_on_every_desktop() {
        for interface in ["org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver", "org.cinnamon.ScreenSaver"]
        {
            assert!(says_locked(&signal(interface, "ActiveChanged", Some(true))), "{interface}");
            assert!(!says_locked(&signal(interface, "ActiveChanged", Some(false))), "{interface}");
            assert!(!says_locked(&signal(interface, "ActiveChanged", None)), "{interface}");
        }
        assert!(says_locked(&signal("org.freedesktop.login1.Session", "Lock", None)));
        assert!(says_locked(&signal("org.freedesktop.login1.Manager", "PrepareForSleep", Some(true))));
        assert!(!says_locked(&signal("org.freedesktop.login1.Manager", "PrepareForSleep", Some(false))));
        assert!(!says_locked(&signal("org.example.Music", "ActiveChanged", Some(true))));
    }
}
