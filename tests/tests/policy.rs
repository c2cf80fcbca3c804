//! What the app's window may do: exactly what is written down here.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::{Value, json};

fn read(path: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository").join(path);
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn json_in(path: &str) -> Value {
    serde_json::from_str(&read(path)).expect("JSON")
}

/// What comes between the two, up to the first end.
fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("no “{start}”"));
    rest.split_once(end).unwrap_or_else(|| panic!("no “{end}” behind “{start}”")).0
}

fn names(texts: impl Iterator<Item = String>) -> BTreeSet<String> {
    let all: Vec<_> = texts.collect();
    let names: BTreeSet<_> = all.iter().cloned().collect();
    assert_eq!(names.len(), all.len(), "none is listed twice: {all:?}");
    names
}

/// The commands of the interface's one caller.
fn called() -> BTreeSet<String> {
    let source = read("ui/src/backend/tauri.ts");
    let calls = source.split("call").skip(1).filter_map(|rest| {
        // A type argument may come before the bracket.
        let rest = if rest.starts_with('<') { rest.split_once(">(")?.1 } else { rest.strip_prefix('(')? };
        Some(rest.trim_start().strip_prefix('"')?.split_once('"')?.0.to_owned())
    });
    calls.collect()
}

#[test]
fn the_page_loads_and_reaches_nothing_but_the_app() {
    let security = json_in("src-tauri/tauri.conf.json")["app"]["security"].clone();
    let policy = json!({
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "font-src": "'self'",
        "connect-src": "ipc: http://ipc.localhost",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    });
    let all = json!({ "freezePrototype": true, "capabilities": ["main"], "csp": policy });
    assert_eq!(security, all, "nothing is added, such as a policy for development or a file protocol");
    assert_eq!(json_in("src-tauri/tauri.conf.json")["app"]["withGlobalTauri"], false);
}

#[test]
fn the_window_may_do_what_the_page_asks_for_and_no_more() {
    let capabilities = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("src-tauri/capabilities");
    let files = names(
        fs::read_dir(capabilities).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()),
    );
    assert_eq!(files, BTreeSet::from(["main.json".to_owned()]), "there is one capability");
    let capability = json_in("src-tauri/capabilities/main.json");
    assert_eq!(capability["windows"], json!(["main"]));
    assert_eq!(capability.get("remote"), None, "no page from elsewhere has it");
    let permissions = names(
        capability["permissions"].as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()),
    );

    let declared = read("src-tauri/build.rs");
    let declared = names(
        between(&declared, "COMMANDS: &[&str] = &[", "]").split('"').skip(1).step_by(2).map(str::to_owned),
    );
    let handled = read("src-tauri/src/commands/mod.rs");
    let handled = between(&handled, "generate_handler![", "]")
        .split(',')
        .map(str::trim)
        .filter(|path| !path.is_empty());
    let handled = names(handled.map(|path| path.rsplit("::").next().unwrap().to_owned()));
    assert!(declared.len() > 50 && declared.contains("create_session"), "the list was found: {declared:?}");
    assert_eq!(handled, declared, "what is handled and what Tauri knows of");
    assert_eq!(called(), declared, "what the page calls");
    let granted = declared.iter().map(|command| format!("allow-{}", command.replace('_', "-")));
    let zoom = "core:webview:allow-set-webview-zoom".to_owned();
    assert_eq!(permissions, granted.chain([zoom]).collect(), "what it is granted");
}
