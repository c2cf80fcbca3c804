//! A private D-Bus session whose only service is an unlocked gnome-keyring.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const START_LIMIT: Duration = Duration::from_secs(30);
const STDERR: &str = "stderr";
const POLL: Duration = Duration::from_millis(20);

/// The password of every private keyring. It protects nothing: the keyring is as safe as its files are.
const PASSWORD: &str = "permafrost";

/// Why a [`PrivateSession`] did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A program is missing or could not be run.
    #[error("cannot run {name}, which `cargo xtask setup` installs")]
    Program {
        /// The program's name.
        name: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The folders of the session could not be set up.
    #[error("cannot set up the folder of the private session")]
    Folder(#[from] io::Error),
    /// The Secret Service did not appear on the bus in time.
    #[error("the private Secret Service did not come up: {stderr}")]
    NotReady {
        /// What the daemons wrote to their standard error.
        stderr: String,
    },
}

/// A running private session. Dropping it ends both daemons and removes its folder.
///
/// The bus has no service files, so nothing is activated on it: a locked keyring can't put a prompt on anybody's
/// screen, it is just locked.
#[derive(Debug)]
pub struct PrivateSession {
    keyring: Child,
    bus: Child,
    keyrings: PathBuf,
    folder: tempfile::TempDir,
}

impl PrivateSession {
    /// Starts a session whose keyring disappears with it.
    pub fn start() -> Result<Self, StartError> {
        Self::launch(None)
    }

    /// Starts a session whose keyring files stay in `data/keyrings`.
    pub fn start_with_data(data: &Path) -> Result<Self, StartError> {
        Self::launch(Some(data))
    }

    fn launch(data: Option<&Path>) -> Result<Self, StartError> {
        let folder = tempfile::Builder::new().prefix("permafrost-session-").tempdir()?;
        let root = folder.path();
        for name in ["home", "run", "data", "config", "cache"] {
            private_dir(&root.join(name))?;
        }
        let data = data.map_or_else(|| root.join("data"), Path::to_owned);
        private_dir(&data)?;

        let config = root.join("bus.conf");
        fs::write(&config, bus_config(&root.join("bus")))?;
        let stderr_path = root.join(STDERR);
        let stderr = File::create(&stderr_path)?;

        let mut bus = Command::new("dbus-daemon");
        bus.arg("--config-file").arg(&config).args(["--nofork", "--nopidfile"]);
        bus.stdin(Stdio::null()).stdout(Stdio::null()).stderr(stderr.try_clone()?);
        let mut bus = spawn("dbus-daemon", &mut bus)?;
        if !wait_until(|| root.join("bus").exists()) {
            end(&mut bus);
            return Err(not_ready(&stderr_path));
        }

        let mut keyring = Command::new("gnome-keyring-daemon");
        keyring.args(["--foreground", "--unlock", "--components=secrets"]);
        keyring.arg("--control-directory").arg(root.join("run/keyring"));
        keyring.envs(environment(root)).env("XDG_DATA_HOME", &data);
        keyring.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(stderr);
        let keyring = match spawn("gnome-keyring-daemon", &mut keyring) {
            Ok(child) => child,
            Err(error) => {
                end(&mut bus);
                return Err(error);
            }
        };

        let mut session = Self { keyring, bus, keyrings: data.join("keyrings"), folder };
        if let Some(mut stdin) = session.keyring.stdin.take() {
            stdin.write_all(PASSWORD.as_bytes())?;
        }
        let address = session.address();
        if !wait_until(|| has_default_collection(Some(&address))) {
            return Err(not_ready(&stderr_path));
        }
        Ok(session)
    }

    /// The address of the bus, as in `DBUS_SESSION_BUS_ADDRESS`.
    pub fn address(&self) -> OsString {
        bus_address(self.folder.path())
    }

    /// The environment of a process that shall live wholly inside the session: the bus, and folders of its own for
    /// home, runtime, data, configuration and cache.
    pub fn environment(&self) -> Vec<(&'static str, OsString)> {
        environment(self.folder.path())
    }

    /// The folder that holds the keyring files.
    pub fn keyrings(&self) -> &Path {
        &self.keyrings
    }

    /// Whether the Secret Service answers.
    pub fn answers(&self) -> bool {
        has_default_collection(Some(&self.address()))
    }

    /// What the daemons have written to their standard error.
    pub fn said(&self) -> String {
        fs::read_to_string(self.folder.path().join(STDERR)).unwrap_or_default()
    }

    /// The password that unlocks the keyring.
    pub fn password(&self) -> &'static str {
        PASSWORD
    }
}

impl Drop for PrivateSession {
    fn drop(&mut self) {
        end(&mut self.keyring);
        end(&mut self.bus);
    }
}

/// Whether the session of the current user has a Secret Service with a default collection, locked or not.
pub fn user_session_has_secret_service() -> bool {
    has_default_collection(None)
}

fn environment(root: &Path) -> Vec<(&'static str, OsString)> {
    let within = |name: &str| root.join(name).into_os_string();
    vec![
        ("DBUS_SESSION_BUS_ADDRESS", bus_address(root)),
        ("HOME", within("home")),
        ("XDG_RUNTIME_DIR", within("run")),
        ("XDG_DATA_HOME", within("data")),
        ("XDG_CONFIG_HOME", within("config")),
        ("XDG_CACHE_HOME", within("cache")),
    ]
}

fn bus_address(root: &Path) -> OsString {
    let mut address = OsString::from("unix:path=");
    address.push(root.join("bus"));
    address
}

fn bus_config(socket: &Path) -> String {
    format!(
        r#"<busconfig>
  <type>session</type>
  <listen>unix:path={}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#,
        socket.display()
    )
}

fn has_default_collection(address: Option<&OsStr>) -> bool {
    let mut ask = Command::new("dbus-send");
    if let Some(address) = address {
        ask.env("DBUS_SESSION_BUS_ADDRESS", address);
    }
    ask.args(["--session", "--print-reply=literal", "--reply-timeout=5000"]);
    ask.args(["--dest=org.freedesktop.secrets", "/org/freedesktop/secrets"]);
    ask.args(["org.freedesktop.Secret.Service.ReadAlias", "string:default"]);
    ask.stdin(Stdio::null()).stderr(Stdio::null());
    ask.output().is_ok_and(|output| {
        output.status.success() && String::from_utf8_lossy(&output.stdout).contains("/collection/")
    })
}

fn private_dir(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)?;
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(())
}

fn spawn(name: &'static str, command: &mut Command) -> Result<Child, StartError> {
    command.spawn().map_err(|source| StartError::Program { name, source })
}

fn end(child: &mut Child) {
    // Both calls fail only when the process is gone already.
    let _ = child.kill();
    let _ = child.wait();
}

fn wait_until(mut ready: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + START_LIMIT;
    while Instant::now() < deadline {
        if ready() {
            return true;
        }
        thread::sleep(POLL);
    }
    false
}

fn not_ready(stderr: &Path) -> StartError {
    StartError::NotReady { stderr: fs::read_to_string(stderr).unwrap_or_default().trim().to_owned() }
}
