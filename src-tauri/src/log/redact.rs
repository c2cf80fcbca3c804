//! Takes out of a log what says who, where and with whom.

use std::net::{IpAddr, SocketAddr};

/// As long a mixture of letters and digits is a key, an address of a wallet, or a session ID.
const KEY: usize = 16;

/// Knows the names that this device knows.
#[derive(Debug)]
pub(crate) struct Redactor {
    /// Longest first, so that no part of a name stays.
    names: Vec<String>,
}

impl Redactor {
    pub(crate) fn new(names: impl IntoIterator<Item = String>) -> Self {
        let mut names: Vec<_> = names.into_iter().filter(|name| !name.trim().is_empty()).collect();
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        names.dedup();
        Self { names }
    }

    /// The text without names, quotations, addresses, keys, paths and hosts.
    pub(crate) fn redact(&self, text: &str) -> String {
        text.split_inclusive('\n')
            .map(|line| without_tokens(&without_quotations(&self.without_names(line))))
            .collect()
    }

    fn without_names(&self, line: &str) -> String {
        let mut line = line.to_owned();
        for name in &self.names {
            line = replace_whole(&line, name);
        }
        line
    }
}

/// A name where it stands by itself, not as a part of a word.
fn replace_whole(line: &str, name: &str) -> String {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let mut result = String::new();
    let mut rest = line;
    while let Some(at) = rest.find(name) {
        let (before, from) = rest.split_at(at);
        let after = from.get(name.len()..).unwrap_or_default();
        let begins = is_word(name.chars().next())
            && is_word(before.chars().next_back().or(result.chars().next_back()));
        let ends = is_word(name.chars().next_back()) && is_word(after.chars().next());
        result += before;
        result += if begins || ends { name } else { "⟨name⟩" };
        rest = after;
    }
    result + rest
}

/// Our messages put names, and whatever somebody typed, between these.
fn without_quotations(line: &str) -> String {
    let mut result = String::new();
    let mut rest = line;
    while let Some((before, from)) = rest.split_once('“') {
        result += before;
        result += "“…”";
        rest = from.split_once('”').map_or("", |(_, after)| after);
    }
    result + rest
}

fn without_tokens(line: &str) -> String {
    let mut result = String::new();
    for piece in line.split_inclusive(|c: char| c.is_whitespace() || "=\"'`(){}<>⟨⟩,;|“”".contains(c))
    {
        let end = piece.char_indices().next_back().map_or(0, |(at, _)| at);
        let separated = piece.chars().next_back().is_some_and(|c| !is_token(c));
        let (token, separator) = if separated { piece.split_at(end) } else { (piece, "") };
        let core = token.trim_end_matches(['.', ':', '!', '?', '…']);
        result += replacement(core).unwrap_or(core);
        result += token.get(core.len()..).unwrap_or_default();
        result += separator;
    }
    result
}

fn is_token(c: char) -> bool {
    !(c.is_whitespace() || "=\"'`(){}<>⟨⟩,;|“”".contains(c))
}

fn replacement(token: &str) -> Option<&'static str> {
    let bare = token.trim_start_matches('[').trim_end_matches(']');
    let is_address = |text: &str| text.parse::<IpAddr>().is_ok() || text.parse::<SocketAddr>().is_ok();
    if token.contains("://") {
        Some("⟨url⟩")
    } else if is_address(token) || is_address(bare) {
        Some("⟨ip⟩")
    } else if is_path(token) {
        Some("⟨path⟩")
    } else if token.split(|c: char| !c.is_ascii_alphanumeric()).any(is_key) {
        Some("⟨id⟩")
    } else if is_host(token) {
        Some("⟨host⟩")
    } else {
        None
    }
}

fn is_path(token: &str) -> bool {
    (token.starts_with('/') && token.len() > 1) || token.starts_with("~/") || token.contains(":\\")
}

/// Such as `pf1qxx3v6…`, hex, base58. Times are shorter, words have no digits.
fn is_key(word: &str) -> bool {
    let is_time = word.len() < 24 && word.contains('T') && word.starts_with("20");
    word.len() >= KEY && !is_time && word.bytes().any(|byte| byte.is_ascii_digit())
}

/// Such as `signal.example.org:443`, unlike `main.rs` and `0.1.0`.
fn is_host(token: &str) -> bool {
    let without_port =
        token.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    let name = without_port.map_or(token, |(name, _)| name);
    let Some((rest, last)) = name.rsplit_once('.') else { return name == "localhost" };
    let is_label =
        |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    let is_file = matches!(last, "rs" | "txt" | "sqlite" | "json" | "so" | "js");
    rest.split('.').all(is_label) && !is_file && last.len() >= 2 && last.chars().all(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redactor() -> Redactor {
        Redactor::new(["alice", "alice's laptop", "Bob", "", "Family savings"].map(str::to_owned))
    }

    #[test]
    fn nothing_that_says_who_or_where_stays() {
        for (line, left) in [
            (
                "joined pf1qxx3v6wvmrcauxxy3l90rfdn9el3xamn8ghj7vfjxuhrqt3s9ccn5wfcxqcq4t5d5n now",
                "joined ⟨id⟩ now",
            ),
            ("address=bc1pet66wtyz8lz5w3zj79qkht8zs84m7e04wt7y2d4r3l8xxny6tjvqs6nt4a", "address=⟨id⟩"),
            ("to 7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV1.", "to ⟨id⟩."),
            ("key 03bb12619d1e720b1807fe0a52a83abd", "key ⟨id⟩"),
            ("device=Device(03bb12619d1e720b)", "device=Device(⟨id⟩)"),
            ("from 192.168.1.20:9710, fe80::1 and [2001:db8::1]:443", "from ⟨ip⟩, ⟨ip⟩ and ⟨ip⟩"),
            ("at wss://signal.example.org/v1: refused", "at ⟨url⟩: refused"),
            ("host signal.example.org:443 is gone", "host ⟨host⟩ is gone"),
            ("localhost:9710", "⟨host⟩"),
            ("folder /home/carol/.local/share: full", "folder ⟨path⟩: full"),
            ("folder C:\\Users\\carol: full", "folder ⟨path⟩: full"),
            ("in /home/alice/x", "in ⟨path⟩⟨name⟩⟨path⟩"),
            ("“Grandma’s phone” is slow", "“…” is slow"),
            ("“cut off", "“…”"),
            ("alice's laptop, alice and Bob", "⟨name⟩, ⟨name⟩ and ⟨name⟩"),
            ("wallet=Family savings", "wallet=⟨name⟩"),
        ] {
            assert_eq!(redactor().redact(line), left);
        }
    }

    #[test]
    fn what_helps_to_find_a_fault_stays() {
        for line in [
            "2026-11-23T18:08:38.123456Z  WARN node::actor::manager: a ceremony can't go on yet code=\"no_server\"\n",
            "WARN mesh::driver: a path was closed id=12 stage=\"handshake\"",
            "Permafrost 0.1.0\n  sessions: 2 waiting\n",
            "place=\"src-tauri/src/main.rs:12:5\"",
            "malice is a word, Bobby another one",
        ] {
            assert_eq!(redactor().redact(line), line);
        }
    }
}
