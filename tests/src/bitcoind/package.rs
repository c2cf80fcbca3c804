//! Gets the node's program: Debian's package `bitcoin-knots` with the libraries that it needs, unpacked in a cache folder.
//!
//! Nothing is installed on the system. The package exists only in Debian's suite `sid`, so its lists and its libraries are
//! kept apart from the system's: apt works on files of its own, and the program runs with the dynamic loader that comes along.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::Command,
};

/// Names a `bitcoind` to use instead.
const OVERRIDE: &str = "PERMAFROST_BITCOIND";
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// The command that runs `bitcoind`, downloaded if it is not there yet.
pub(super) fn command() -> Command {
    if let Some(program) = env::var_os(OVERRIDE) {
        return Command::new(program);
    }
    let root = installed();
    let loader = find(&root.join("usr"), |name| name.starts_with("ld-linux")).expect("a dynamic loader");
    let libraries = find(&root.join("usr/lib"), |name| name.starts_with("libc.so")).expect("a C library");
    let mut command = Command::new(loader);
    command.arg("--library-path").arg(libraries.parent().unwrap()).arg(root.join("usr/bin/bitcoind"));
    command
}

/// The folder with the unpacked packages. Tests that run at the same time wait for the first one's download.
fn installed() -> PathBuf {
    let cache = env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| env::home_dir().map(|home| home.join(".cache")))
        .expect("a home folder")
        .join("permafrost");
    fs::create_dir_all(&cache).unwrap();
    let lock = fs::File::create(cache.join("bitcoin-knots.lock")).unwrap();
    lock.lock().unwrap();
    let root = cache.join("bitcoin-knots");
    if !root.exists() {
        let work = tempfile::tempdir_in(&cache).unwrap();
        download(work.path());
        fs::rename(work.path().join("root"), &root).unwrap();
    }
    root
}

fn download(work: &Path) {
    for folder in ["lists/partial", "archives/partial", "root"] {
        fs::create_dir_all(work.join(folder)).unwrap();
    }
    // No package counts as installed, so all that the program needs is downloaded.
    fs::write(work.join("status"), "").unwrap();
    fs::write(work.join("sources.list"), format!("deb [signed-by={KEYRING}] {} sid main\n", mirror()))
        .unwrap();
    apt(work, &["update"]);
    apt(work, &["install", "--yes", "--no-install-recommends", "--download-only", "bitcoin-knots"]);
    for entry in fs::read_dir(work.join("archives")).unwrap() {
        let package = entry.unwrap().path();
        if package.extension().is_some_and(|extension| extension == "deb") {
            run(Command::new("dpkg").arg("-x").arg(&package).arg(work.join("root")));
        }
    }
}

/// The mirror from which this machine gets its own Debian packages.
fn mirror() -> String {
    let targets = run(Command::new("apt-get").args([
        "indextargets",
        "--format",
        "$(REPO_URI)",
        "Created-By: Packages",
    ]));
    targets
        .lines()
        .find(|uri| uri.trim_end_matches('/').ends_with("/debian"))
        .unwrap_or_else(|| panic!("apt knows no Debian mirror; set {OVERRIDE} to a bitcoind"))
        .to_owned()
}

fn apt(work: &Path, arguments: &[&str]) {
    let mut command = Command::new("apt-get");
    for (option, file) in [
        ("Dir::State::Lists", "lists"),
        ("Dir::State::status", "status"),
        ("Dir::Cache::archives", "archives"),
        ("Dir::Etc::SourceList", "sources.list"),
    ] {
        command.arg("-o").arg(format!("{option}={}", work.join(file).display()));
    }
    for option in [
        "Dir::Etc::SourceParts=/dev/null",
        "Dir::Cache::pkgcache=",
        "Dir::Cache::srcpkgcache=",
        "Acquire::Languages=none",
        "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false",
        "Debug::NoLocking=true",
        "APT::Sandbox::User=",
    ] {
        command.args(["-o", option]);
    }
    run(command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive"));
}

fn run(command: &mut Command) -> String {
    let output =
        command.output().unwrap_or_else(|error| panic!("{command:?}: {error}; set {OVERRIDE} to a bitcoind"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{command:?}\n{text}\n{}", String::from_utf8_lossy(&output.stderr));
    text
}

/// The first file below `folder` whose name fits; links are not followed into folders.
fn find(folder: &Path, fits: fn(&str) -> bool) -> Option<PathBuf> {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>).unwrap() {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else if entry.file_type().unwrap().is_file() && entry.file_name().to_str().is_some_and(fits) {
                return Some(entry.path());
            }
        }
    }
    None
}
