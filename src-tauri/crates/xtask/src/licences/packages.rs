//! Which packages become part of the app.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::project;

/// A package of others.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    /// As an SPDX expression.
    pub(super) licence: String,
    pub(super) folder: PathBuf,
    pub(super) authors: Vec<String>,
}

/// The programs that are given to people.
const PROGRAMS: [&str; 3] = ["permafrost-desktop", "cli", "signalling"];
/// What the build of the interface puts into its pages, though it is called a tool.
const BUILT_IN: [&str; 1] = ["svelte"];

/// The crates that our programs are linked with, on any system.
pub(super) fn rust() -> Result<Vec<Package>> {
    let output = project::cargo()
        .args(["metadata", "--format-version", "1", "--locked"])
        .stderr(std::process::Stdio::inherit())
        .output()
        .context("cannot run cargo metadata")?;
    let metadata: Value = serde_json::from_slice(&output.stdout).context("cargo metadata failed")?;
    let all = list(&metadata, "/packages");
    let nodes = list(&metadata, "/resolve/nodes");
    let mut waiting: Vec<&str> = all
        .iter()
        .filter(|package| package.get("source").is_none_or(Value::is_null))
        .filter(|package| PROGRAMS.contains(&text(package, "name")))
        .map(|package| text(package, "id"))
        .collect();
    let mut reached = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if !reached.insert(id) {
            continue;
        }
        let node = nodes.iter().find(|node| text(node, "id") == id).context("a package is not resolved")?;
        waiting.extend(list(node, "/deps").iter().filter(|dep| is_linked(dep)).map(|dep| text(dep, "pkg")));
    }
    let used = all.iter().filter(|package| reached.contains(text(package, "id")));
    Ok(used.filter(|package| !is_ours(package) && !is_macro(package)).map(from_crate).collect())
}

/// The packages that are in the interface's pages.
pub(super) fn npm() -> Result<Vec<Package>> {
    let ui = project::root().join("ui");
    let lock: Value = serde_json::from_str(&fs::read_to_string(ui.join("package-lock.json"))?)?;
    let entries = lock.get("packages").and_then(Value::as_object).context("the lock file has no packages")?;
    let main = entries.get("").context("the lock file has no main package")?;
    let mut waiting: Vec<String> = keys(main, "dependencies").chain(BUILT_IN.map(str::to_owned)).collect();
    let mut reached = BTreeSet::new();
    let mut packages = Vec::new();
    while let Some(name) = waiting.pop() {
        let path = format!("node_modules/{name}");
        let Some(entry) = entries.get(&path).filter(|_| reached.insert(name.clone())) else { continue };
        waiting.extend(keys(entry, "dependencies"));
        packages.push(from_npm(name, &ui.join(path))?);
    }
    Ok(packages)
}

fn from_crate(package: &Value) -> Package {
    let manifest = Path::new(text(package, "manifest_path"));
    Package {
        name: text(package, "name").to_owned(),
        version: text(package, "version").to_owned(),
        licence: text(package, "license").to_owned(),
        folder: manifest.parent().map_or_else(PathBuf::new, Path::to_owned),
        authors: list(package, "/authors").iter().filter_map(Value::as_str).map(str::to_owned).collect(),
    }
}

fn from_npm(name: String, folder: &Path) -> Result<Package> {
    let manifest =
        fs::read_to_string(folder.join("package.json")).with_context(|| format!("{name} is missing"))?;
    let manifest: Value = serde_json::from_str(&manifest)?;
    let author = manifest.get("author").map(|author| author.get("name").unwrap_or(author));
    Ok(Package {
        version: text(&manifest, "version").to_owned(),
        licence: text(&manifest, "license").to_owned(),
        folder: folder.to_owned(),
        authors: author.and_then(Value::as_str).map(str::to_owned).into_iter().collect(),
        name,
    })
}

/// Tools of the build and of the tests are not part of the programs.
fn is_linked(dependency: &Value) -> bool {
    list(dependency, "/dep_kinds").iter().any(|kind| kind.get("kind").is_none_or(Value::is_null))
}

fn is_ours(package: &Value) -> bool {
    package.get("source").is_none_or(Value::is_null)
}

fn is_macro(package: &Value) -> bool {
    let kinds = list(package, "/targets").iter().flat_map(|target| list(target, "/kind"));
    kinds.into_iter().any(|kind| kind == "proc-macro")
}

fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn keys(value: &Value, key: &str) -> impl Iterator<Item = String> {
    value
        .get(key)
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(|object| object.keys().cloned())
        .collect::<Vec<_>>()
        .into_iter()
}
