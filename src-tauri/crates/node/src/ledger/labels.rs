//! People's notes on transactions and addresses, as other wallets read and write them (BIP-329): a JSON object a line.

use identity::text;
use serde::{Deserialize, Serialize};

use crate::NodeError;

/// The most characters of a note; what BIP-329 advises.
const LONGEST: usize = 255;
/// The longest file that is read, in bytes.
const LONGEST_FILE: usize = 4 * 1024 * 1024;
/// The most notes of a file.
const MOST: usize = 10_000;

/// What a note is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LabelKind {
    #[serde(rename = "tx")]
    Transaction,
    #[serde(rename = "addr")]
    Address,
}

/// A note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) kind: LabelKind,
    /// A transaction's ID or an address.
    pub(crate) reference: String,
    /// One line; empty for none.
    pub(crate) label: String,
}

#[derive(Serialize)]
struct Written<'a> {
    r#type: LabelKind,
    r#ref: &'a str,
    label: &'a str,
}

#[derive(Deserialize)]
struct Read {
    r#type: String,
    r#ref: String,
    #[serde(default)]
    label: Option<String>,
}

impl LabelKind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Transaction => "tx",
            Self::Address => "addr",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Transaction, Self::Address].into_iter().find(|kind| kind.as_str() == text)
    }
}

impl Label {
    /// Checks a note; an empty one takes one away.
    pub(crate) fn new(kind: LabelKind, reference: String, label: &str) -> Result<Self, NodeError> {
        let label = label.trim();
        if !label.is_empty() {
            text::check(label, LONGEST).map_err(NodeError::InvalidLabel)?;
        }
        Ok(Self { kind, reference, label: label.to_owned() })
    }
}

/// One line each.
pub(crate) fn export<'a>(labels: impl IntoIterator<Item = &'a Label>) -> String {
    let line = |Label { kind, reference, label }: &Label| {
        let written = Written { r#type: *kind, r#ref: reference, label };
        serde_json::to_string(&written).map(|line| line + "\n").unwrap_or_default()
    };
    labels.into_iter().map(line).collect()
}

/// The notes of a file that are on what is shown here; `is_known` says what belongs to the wallet. Lines of other kinds, and
/// of later ones, are passed over, as BIP-329 has it; what is no such file is refused.
pub(crate) fn parse(text: &str, is_known: impl Fn(LabelKind, &str) -> bool) -> Result<Vec<Label>, NodeError> {
    if text.len() > LONGEST_FILE {
        return Err(NodeError::NoLabels);
    }
    let mut labels = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let Read { r#type, r#ref, label } = serde_json::from_str(line).map_err(|_| NodeError::NoLabels)?;
        let Some(kind) = LabelKind::parse(&r#type).filter(|kind| is_known(*kind, &r#ref)) else { continue };
        // What could deceive whoever reads it is left out; a note is not worth refusing all others.
        if let Ok(label) = Label::new(kind, r#ref, &label.unwrap_or_default())
            && !label.label.is_empty()
        {
            labels.push(label);
        }
        if labels.len() > MOST {
            return Err(NodeError::NoLabels);
        }
    }
    Ok(labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(kind: LabelKind, reference: &str, label: &str) -> Label {
        Label::new(kind, reference.to_owned(), label).unwrap()
    }

    #[test]
    fn notes_are_written_and_read_as_other_wallets_do() {
        let txid = "f91d0a8a78462bc59398f2c5d7a84fcff491c26ba54c4833478b202796c8aafd";
        let all = [
            label(LabelKind::Transaction, txid, "Transaction"),
            label(LabelKind::Address, "bc1q34aq5drpuwy3wgl9lhup9892qp6svr8ldzyy7c", "“Address”, \"quoted\""),
        ];
        let text = export(&all);
        assert_eq!(
            text.lines().next(),
            Some(format!(r#"{{"type":"tx","ref":"{txid}","label":"Transaction"}}"#).as_str())
        );
        assert_eq!(parse(&text, |_, _| true).unwrap(), all);
        assert_eq!(parse(&text, |kind, _| kind == LabelKind::Address).unwrap(), all[1..]);
    }

    #[test]
    fn lines_of_other_kinds_are_passed_over_and_other_files_refused() {
        // BIP-329's own examples.
        let text = r#"{ "type": "tx", "ref": "f91d0a8a78462bc59398f2c5d7a84fcff491c26ba54c4833478b202796c8aafd", "label": "Transaction", "origin": "wpkh([d34db33f/84'/0'/0'])" }
{ "type": "addr", "ref": "bc1q34aq5drpuwy3wgl9lhup9892qp6svr8ldzyy7c", "label": "Address" }
{ "type": "pubkey", "ref": "0283409659355b6d1cc3c32decd5d561abaac86c37a353b52895a5e6c196d6f448", "label": "Public Key" }
{ "type": "input", "ref": "f91d0a8a78462bc59398f2c5d7a84fcff491c26ba54c4833478b202796c8aafd:0", "label": "Input" }
{ "type": "output", "ref": "f91d0a8a78462bc59398f2c5d7a84fcff491c26ba54c4833478b202796c8aafd:1", "label": "Output", "spendable": false }
{ "type": "xpub", "ref": "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8", "label": "Extended Public Key" }
{ "type": "tx", "ref": "f546156d9044844e02b181026a1a407abfca62e7ea1159f87bbeaa77b4286c74", "label": "\u202edeceitful" }

"#;
        let read = parse(text, |_, _| true).unwrap();
        assert_eq!(
            read.iter().map(|label| label.label.as_str()).collect::<Vec<_>>(),
            ["Transaction", "Address"]
        );
        for bad in ["no file", "{}", "[]", &"x".repeat(LONGEST_FILE + 1)] {
            assert!(matches!(parse(bad, |_, _| true), Err(NodeError::NoLabels)));
        }
    }

    #[test]
    fn a_note_shows_all_that_is_in_it() {
        let new = |text: &str| Label::new(LabelKind::Transaction, String::new(), text);
        assert_eq!(new(" rent ").unwrap().label, "rent");
        assert_eq!(new("  ").unwrap().label, "", "none");
        assert!(matches!(new("a\nb"), Err(NodeError::InvalidLabel(_))));
        assert!(matches!(new(&"x".repeat(256)), Err(NodeError::InvalidLabel(_))));
    }
}
