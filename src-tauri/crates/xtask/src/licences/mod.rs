//! `cargo xtask licences`: the licences of all that becomes part of the app, as `src-tauri/licences.txt`, which the app
//! shows.
//!
//! - [`packages`]: which Rust and npm packages those are.
//! - [`texts`]: the licences that are found in them.

mod packages;
mod texts;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use self::packages::Package;
use self::texts::Licence;
use crate::project;

/// Writes the file.
pub(crate) fn write() -> Result<()> {
    project::install_ui_packages()?;
    fs::write(path(), generate()?).context("cannot write the licences")
}

/// Fails if the file is not what [`write`] would write.
pub(crate) fn require_current() -> Result<()> {
    let written = fs::read_to_string(path()).unwrap_or_default();
    ensure!(
        written == generate()?,
        "src-tauri/licences.txt is not what the dependencies say; run `cargo xtask licences` and commit it"
    );
    Ok(())
}

fn path() -> PathBuf {
    project::root().join("src-tauri/licences.txt")
}

fn generate() -> Result<String> {
    let mut packages = packages::rust()?;
    packages.extend(packages::npm()?);
    packages.sort();
    let mut found = Vec::new();
    for package in &packages {
        let licences = texts::of(package).with_context(|| format!("the licence of {}", package.name))?;
        found.push((package, licences));
    }
    Ok(render(&found))
}

/// Who uses a text.
#[derive(Default)]
struct Use<'a> {
    packages: BTreeSet<String>,
    holders: BTreeSet<&'a str>,
}

/// Each text once, with who uses it and whose copyright it is.
fn render(found: &[(&Package, Vec<Licence>)]) -> String {
    let mut uses: BTreeMap<(&str, &str), Use<'_>> = BTreeMap::new();
    for (package, licences) in found {
        for licence in licences {
            let by = uses.entry((licence.id, &licence.text)).or_default();
            by.packages.insert(format!("{} {}", package.name, package.version));
            by.holders.extend(licence.copyright.iter().map(String::as_str));
        }
    }
    let mut file = "Permafrost contains the work of others, under the licences below.\n".to_owned();
    for ((id, text), Use { packages, holders }) in uses {
        let packages: Vec<String> = packages.into_iter().collect();
        file += &format!("\n{}\n\n{id}\n\nUsed by: {}\n", "=".repeat(80), packages.join(", "));
        if !holders.is_empty() {
            file += "\n";
        }
        for holder in holders {
            file += holder;
            file += "\n";
        }
        file += &format!("\n{text}\n");
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_printed_once_with_all_who_use_it() {
        let package = |name: &str| Package {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            licence: "MIT".to_owned(),
            folder: PathBuf::new(),
            authors: Vec::new(),
        };
        let licence = |holder: &str| {
            vec![Licence { id: "MIT", text: "Permission".to_owned(), copyright: vec![holder.to_owned()] }]
        };
        let (a, b) = (package("a"), package("b"));
        let file = render(&[(&a, licence("Copyright A")), (&b, licence("Copyright B"))]);
        assert_eq!(file.matches("Permission").count(), 1, "{file}");
        assert!(
            file.contains("Used by: a 1.0.0, b 1.0.0\n\nCopyright A\nCopyright B\n\nPermission"),
            "{file}"
        );
    }
}
