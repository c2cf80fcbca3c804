//! Gets the engine: the npm package of LiteSVM, which has it prebuilt for Linux on x86-64, in a cache folder.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

const PACKAGES: [(&str, &str); 2] = [
    ("package.json", include_str!("package.json")),
    ("package-lock.json", include_str!("package-lock.json")),
];
const SERVER: &str = include_str!("server.mjs");
/// Goes with the versions in `package.json`.
const FOLDER: &str = "litesvm-1.5.0";

/// The command that runs the server, installed if it is not there yet.
pub(super) fn command() -> Command {
    let mut command = Command::new("node");
    command.current_dir(installed()).args(["--input-type=module", "--eval", SERVER]);
    command
}

/// The folder with the engine. Tests that run at the same time wait for the first one's download.
fn installed() -> PathBuf {
    let cache = env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| env::home_dir().map(|home| home.join(".cache")))
        .expect("a home folder")
        .join("permafrost");
    fs::create_dir_all(&cache).unwrap();
    let lock = fs::File::create(cache.join("litesvm.lock")).unwrap();
    lock.lock().unwrap();
    let root = cache.join(FOLDER);
    if !root.exists() {
        let work = tempfile::tempdir_in(&cache).unwrap();
        download(work.path());
        fs::rename(work.keep(), &root).unwrap();
    }
    root
}

fn download(folder: &Path) {
    for (name, content) in PACKAGES {
        fs::write(folder.join(name), content).unwrap();
    }
    let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    npm.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]).current_dir(folder);
    let output = npm.output().expect("npm runs (Node 20.19 or later is needed)");
    assert!(output.status.success(), "{npm:?}\n{}", String::from_utf8_lossy(&output.stderr));
}
