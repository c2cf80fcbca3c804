//! A small internet of network namespaces: a public server, and two homes, each behind a NAT of its own.
//!
//! ```text
//!   alice 10.0.1.2 ── 10.0.1.1 NAT 198.51.100.11 ──┐
//!                                                  ├── 198.51.100.1: signalling server, coturn
//!   bob   10.0.2.2 ── 10.0.2.1 NAT 198.51.100.12 ──┘
//! ```
//!
//! Needs root, `ip` (iproute2), `nft` (nftables) and `turnserver` (coturn). All addresses exist inside the
//! namespaces only.

use std::{
    fs::{self, File},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// The public address, of both servers.
pub const PUBLIC: &str = "198.51.100.1";
/// A user of the TURN server.
pub const USER: &str = "ann";
/// Its password.
pub const PASSWORD: &str = "secret,with,commas";

const READY: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(20);
static COUNT: AtomicU32 = AtomicU32::new(0);

/// How the NATs map addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nat {
    /// The same port to everyone: what STUN finds out is what the other device can use.
    Plain,
    /// Another random port to each address: nobody reaches the other without a TURN server.
    Symmetric,
}

/// The namespaces. Dropping it removes them.
#[derive(Debug)]
pub struct Network {
    prefix: String,
    made: Vec<String>,
}

impl Network {
    /// Makes it.
    ///
    /// # Panics
    ///
    /// Not root, or a program is missing.
    pub fn start(nat: Nat) -> Self {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let prefix = format!("permafrost-{}-{count}", std::process::id());
        let mut network = Self { prefix, made: Vec::new() };
        for name in ["public", "alice", "alice-nat", "bob", "bob-nat"] {
            network.add(name);
        }
        network.ip("public", "link add net type bridge");
        network.ip("public", "link set net up");
        network.ip("public", &format!("addr add {PUBLIC}/24 dev net"));
        for (number, home) in [(1, "alice"), (2, "bob")] {
            network.connect(number, home, nat);
        }
        network
    }

    /// The server's namespace.
    pub fn public(&self) -> String {
        self.namespace("public")
    }

    /// A home's namespace: `alice` or `bob`.
    pub fn home(&self, name: &str) -> String {
        self.namespace(name)
    }

    /// Starts a TURN server, which answers STUN as well.
    pub fn turn_server(&self) -> TurnServer {
        TurnServer::start(&self.public())
    }

    fn namespace(&self, name: &str) -> String {
        format!("{}-{name}", self.prefix)
    }

    fn add(&mut self, name: &str) {
        let namespace = self.namespace(name);
        run(Command::new("ip").args(["netns", "add", &namespace]));
        self.made.push(namespace);
        self.ip(name, "link set lo up");
    }

    /// Puts a home behind its NAT and the NAT on the public network.
    fn connect(&self, number: u8, home: &str, nat: Nat) {
        let router = format!("{home}-nat");
        let router_namespace = self.namespace(&router);
        self.ip("public", &format!("link add port{number} type veth peer name wan netns {router_namespace}"));
        self.ip("public", &format!("link set port{number} master net"));
        self.ip("public", &format!("link set port{number} up"));
        self.ip(home, &format!("link add eth0 type veth peer name lan netns {router_namespace}"));
        self.ip(home, &format!("addr add 10.0.{number}.2/24 dev eth0"));
        self.ip(home, "link set eth0 up");
        self.ip(&router, &format!("addr add 10.0.{number}.1/24 dev lan"));
        self.ip(&router, "link set lan up");
        self.ip(&router, &format!("addr add 198.51.100.1{number}/24 dev wan"));
        self.ip(&router, "link set wan up");
        self.ip(home, &format!("route add default via 10.0.{number}.1"));
        let masquerade = match nat {
            Nat::Plain => "masquerade",
            Nat::Symmetric => "masquerade fully-random",
        };
        let rules = format!(
            "table ip nat {{
                chain after {{ type nat hook postrouting priority 100; oifname wan {masquerade}; }}
                chain through {{
                    type filter hook forward priority 0; policy drop;
                    iifname lan oifname wan accept;
                    iifname wan oifname lan ct state established,related accept;
                }}
                chain input {{ type filter hook input priority 0; iifname wan ct state new drop; }}
            }}"
        );
        self.inside(&router, &["nft", &rules]);
        self.inside(&router, &["sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"]);
    }

    fn ip(&self, namespace: &str, arguments: &str) {
        let mut command = Command::new("ip");
        command.args(["-n", &self.namespace(namespace)]).args(arguments.split(' '));
        run(&mut command);
    }

    fn inside(&self, namespace: &str, arguments: &[&str]) {
        let mut command = inside(&self.namespace(namespace), arguments[0]);
        run(command.args(&arguments[1..]));
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        for namespace in &self.made {
            let _ = Command::new("ip").args(["netns", "del", namespace]).status();
        }
    }
}

/// A command that runs in a namespace.
pub fn inside(namespace: &str, program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new("ip");
    command.args(["netns", "exec", namespace]).arg(program);
    command
}

fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().expect("the program is installed");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} succeeds (as root): {said}");
}

/// A coturn process.
#[derive(Debug)]
pub struct TurnServer {
    child: Child,
    folder: TempDir,
}

impl TurnServer {
    fn start(namespace: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = |name: &str| folder.path().join(name);
        let output = || File::create(file("output")).expect("a log file");
        let mut command = inside(namespace, "turnserver");
        command
            .args(["-n", "--no-cli", "--no-tls", "--no-dtls", "--no-tcp", "--no-tcp-relay", "--verbose"])
            .args(["--listening-ip", PUBLIC, "--relay-ip", PUBLIC, "--lt-cred-mech"])
            // As a server on the real internet, where nobody may reach its operator's own network through it.
            .args(["--denied-peer-ip", "10.0.0.0-10.255.255.255"])
            .args(["--realm", "permafrost.test", "--user", &format!("{USER}:{PASSWORD}")])
            .args(["--simple-log", "--log-file"])
            .arg(file("log"))
            .arg("--userdb")
            .arg(file("users"))
            .arg("--pidfile")
            .arg(file("pid"));
        let child = command.stdin(Stdio::null()).stdout(output()).stderr(output()).spawn();
        let server = Self { child: child.expect("turnserver is installed"), folder };
        server.wait_for("UDP listener opened");
        server
    }

    /// Waits until its log has this text.
    ///
    /// # Panics
    ///
    /// It does not come in time.
    pub fn wait_for(&self, text: &str) {
        let deadline = Instant::now() + READY;
        while !self.log().contains(text) {
            assert!(Instant::now() < deadline, "no “{text}” in coturn's log:\n{}", self.log());
            thread::sleep(POLL);
        }
    }

    /// What it logged so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.file()).unwrap_or_default()
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("log")
    }
}

impl Drop for TurnServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
