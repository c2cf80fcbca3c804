//! The licences that a package carries with it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use spdx::{Expression, LicenseReq, ParseMode};

use super::packages::Package;

/// A licence under which a package is used.
#[derive(Debug)]
pub(super) struct Licence {
    pub(super) id: &'static str,
    /// Without the lines that say whose the copyright is.
    pub(super) text: String,
    pub(super) copyright: Vec<String>,
}

/// A licence, and words that only its text has. Where there is a choice, the earliest of these is taken.
const KNOWN: [(&str, &str); 14] = [
    ("Apache-2.0", "Apache License"),
    ("MIT", "Permission is hereby granted, free of charge"),
    ("ISC", "Permission to use, copy, modify, and"),
    ("0BSD", "Permission to use, copy, modify, and"),
    ("BSD-2-Clause", "Redistribution and use in source and binary forms"),
    ("BSD-3-Clause", "Redistribution and use in source and binary forms"),
    ("Zlib", "This software is provided 'as-is'"),
    ("BSL-1.0", "Boost Software License"),
    ("Unicode-3.0", "UNICODE LICENSE V3"),
    ("CC0-1.0", "CC0 1.0 Universal"),
    ("Unlicense", "This is free and unencumbered software"),
    ("MITNFA", "Permission is hereby granted, free of charge"),
    ("OFL-1.1", "SIL OPEN FONT LICENSE"),
    ("MPL-2.0", "Mozilla Public License"),
];

/// Their texts are the same for everybody, however a package has broken their lines.
const WITHOUT_HOLDERS: [&str; 4] = ["Apache-2.0", "BSL-1.0", "CC0-1.0", "MPL-2.0"];

/// The licences of a package; every one that it is under at the same time.
pub(super) fn of(package: &Package) -> Result<Vec<Licence>> {
    let files = files(&package.folder);
    let ids = match package.licence.as_str() {
        "" => recognised(&files).map(|id| vec![id]).context("it names no licence")?,
        named => chosen(
            &Expression::parse_mode(named, ParseMode::LAX)
                .with_context(|| format!("“{named}” is no licence"))?,
        )?,
    };
    let mut licences = Vec::new();
    for id in ids {
        let words = KNOWN.iter().find(|(known, _)| *known == id).map(|(_, words)| *words).unwrap_or_default();
        let texts: Vec<&String> = files.iter().filter(|text| contains(text, words)).collect();
        match (texts.first(), standard(id)) {
            (_, Some(standard)) if WITHOUT_HOLDERS.contains(&id) => {
                licences.push(Licence { id, text: standard.to_owned(), copyright: Vec::new() })
            }
            (Some(text), _) => licences.push(split(id, text)),
            (None, Some(standard)) => licences.push(Licence {
                id,
                text: standard.to_owned(),
                copyright: package.authors.iter().map(|author| format!("Copyright {author}")).collect(),
            }),
            (None, None) => bail!("its text of {id} is missing"),
        }
    }
    licences.extend(notices(&package.folder));
    Ok(licences)
}

/// What the first file's text is.
fn recognised(files: &[String]) -> Option<&'static str> {
    let text = files.first()?;
    KNOWN.iter().find(|(_, words)| contains(text, words)).map(|(id, _)| *id)
}

/// Of each choice the licence that comes first in [`KNOWN`].
fn chosen(expression: &Expression) -> Result<Vec<&'static str>> {
    let satisfied = |allowed: usize| {
        expression.evaluate(|licence| KNOWN.iter().take(allowed).any(|(id, _)| is(licence, id)))
    };
    let enough = (1..=KNOWN.len()).find(|allowed| satisfied(*allowed)).context("an unknown licence")?;
    // Of those that could be used, what can be left out is.
    let mut wanted: Vec<&'static str> = KNOWN.iter().take(enough).map(|(id, _)| *id).collect();
    for id in KNOWN.iter().take(enough).map(|(id, _)| *id).rev() {
        let without: Vec<_> = wanted.iter().copied().filter(|wanted| *wanted != id).collect();
        if expression.evaluate(|licence| without.iter().any(|id| is(licence, id))) {
            wanted = without;
        }
    }
    Ok(wanted)
}

fn is(licence: &LicenseReq, id: &str) -> bool {
    let name = licence.license.id().map(|licence| licence.name);
    name == Some(id) && (licence.addition.is_none() || id == "Apache-2.0")
}

/// Whatever looks like a licence in the package's folder.
fn files(folder: &Path) -> Vec<String> {
    let folders = [folder.to_owned(), folder.join("LICENSES"), folder.join("licenses")];
    let mut paths: Vec<_> = folders
        .iter()
        .filter_map(|folder| fs::read_dir(folder).ok())
        .flat_map(|entries| entries.flatten().map(|entry| entry.path()))
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
            let inside = path.parent() != Some(folder);
            inside
                || ["LICENSE", "LICENCE", "COPYING", "UNLICENSE", "OFL"]
                    .iter()
                    .any(|start| name.contains(start))
        })
        .collect();
    paths.sort();
    paths.iter().filter_map(|path| fs::read_to_string(path).ok()).map(|text| tidy(&text)).collect()
}

/// Apache's licence wants these passed on.
fn notices(folder: &Path) -> Option<Licence> {
    let text =
        fs::read_to_string(folder.join("NOTICE")).or_else(|_| fs::read_to_string(folder.join("NOTICE.txt")));
    Some(Licence { id: "Notice", text: tidy(&text.ok()?), copyright: Vec::new() })
}

fn split(id: &'static str, text: &str) -> Licence {
    let is_copyright = |line: &&str| {
        let line = line.trim().to_lowercase();
        line.starts_with("copyright") && !line.starts_with("copyright notice") && line.len() < 200
    };
    let is_heading = |line: &&str| {
        let line = line.trim().trim_start_matches(['#', ' ']).to_lowercase();
        [
            "mit license",
            "the mit license",
            "the mit license (mit)",
            "mit license (mit)",
            "isc license",
            "(the mit license)",
        ]
        .contains(&line.as_str())
    };
    let copyright = text.lines().filter(is_copyright).map(|line| line.trim().to_owned()).collect();
    let rest: Vec<&str> = text.lines().filter(|line| !is_copyright(line) && !is_heading(line)).collect();
    Licence { id, text: refill(&rest.join("\n")), copyright }
}

/// Paragraphs as they are, in lines of one width, so that the same text is the same whoever broke its lines.
fn refill(text: &str) -> String {
    let paragraphs = text.split("\n\n").map(|paragraph| {
        let mut lines = vec![String::new()];
        for word in paragraph.split_whitespace() {
            let is_full = lines.last().is_some_and(|line| !line.is_empty() && line.len() + word.len() > 99);
            if is_full {
                lines.push(String::new());
            }
            if let Some(line) = lines.last_mut() {
                if !line.is_empty() {
                    line.push(' ');
                }
                *line += word;
            }
        }
        lines.join("\n")
    });
    paragraphs.filter(|paragraph| !paragraph.is_empty()).collect::<Vec<_>>().join("\n\n")
}

fn tidy(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

fn contains(text: &str, words: &str) -> bool {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    !words.is_empty() && plain(text).contains(&words.to_lowercase())
}

fn standard(id: &str) -> Option<&'static str> {
    spdx::license_id(id).map(|licence| licence.text())
}
