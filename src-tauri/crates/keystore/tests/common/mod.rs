//! Runs a test inside a D-Bus session of its own, with a real keychain service of its own.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{env, fs, path::Path, process::Command};

const INSIDE: &str = "PERMAFROST_TEST_SESSION";

/// What the test finds around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Session {
    /// No D-Bus at all.
    NoBus,
    /// A session bus on which nobody offers the Secret Service.
    NobodyOnBus,
    /// A session bus that forbids everybody to talk to the Secret Service.
    Forbidden,
    /// GNOME Keyring, unlocked. Its prompts start, and are never answered.
    GnomeKeyring,
    /// GNOME Keyring as on the first day: without any collection.
    GnomeKeyringWithoutCollection,
}

/// Runs `body` inside `session`, as the test called `test`: the test's binary starts itself again for that one test.
///
/// Nothing outside is touched: the bus, the keyring's files and the home folder are private and temporary.
pub(crate) fn inside(session: Session, test: &str, body: impl FnOnce()) {
    if env::var_os(INSIDE).is_some() {
        return body();
    }
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("services")).unwrap();
    let mut command =
        if session == Session::NoBus { plain_shell() } else { shell_on_bus(session, home.path()) };
    let start = match session {
        Session::NoBus | Session::NobodyOnBus => "",
        Session::GnomeKeyring | Session::Forbidden => {
            "printf 'pw' | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null || exit 97; "
        }
        Session::GnomeKeyringWithoutCollection => {
            "gnome-keyring-daemon --start --components=secrets --daemonize >/dev/null || exit 97; "
        }
    };
    let output = command
        .args(["-c", &format!(r#"{start}"$@""#), "sh"])
        .arg(env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(INSIDE, "1")
        .env("HOME", home.path())
        .env("XDG_RUNTIME_DIR", home.path())
        .env("XDG_DATA_HOME", home.path().join("data"))
        .env("XDG_CACHE_HOME", home.path().join("cache"))
        .env("XDG_CONFIG_HOME", home.path().join("config"))
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("GNOME_KEYRING_CONTROL")
        .output()
        .expect("dbus-run-session starts; `cargo xtask test core` installs it");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{test} failed inside {session:?}\n{out}\n{err}");
    assert!(out.contains("1 passed"), "no test is called {test}\n{out}\n{err}");
}

fn plain_shell() -> Command {
    let mut command = Command::new("sh");
    command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
    command
}

fn shell_on_bus(session: Session, home: &Path) -> Command {
    let deny = if session == Session::Forbidden {
        r#"<deny send_destination="org.freedesktop.secrets"/>"#
    } else {
        ""
    };
    let home_text = home.display();
    let config = format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir={home_text}</listen>
  <servicedir>{home_text}/services</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
    {deny}
  </policy>
</busconfig>
"#
    );
    fs::write(home.join("bus.conf"), config).unwrap();
    // It must not keep the test's output open: the test waits for its end.
    let prompter = "/bin/sh -c 'exec sleep 10 >/dev/null 2>&1'";
    write_service(home, "org.gnome.keyring.SystemPrompter", prompter);
    if session != Session::NobodyOnBus {
        let daemon = "/usr/bin/gnome-keyring-daemon --start --foreground --components=secrets";
        write_service(home, "org.freedesktop.secrets", daemon);
    }
    let mut command = Command::new("dbus-run-session");
    command.arg("--config-file").arg(home.join("bus.conf")).args(["--", "sh"]);
    command
}

fn write_service(home: &Path, name: &str, exec: &str) {
    let text = format!("[D-BUS Service]\nName={name}\nExec={exec}\n");
    fs::write(home.join("services").join(format!("{name}.service")), text).unwrap();
}
