//! Looks for secrets where they must not be.

use std::{fs, path::Path};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};

use crate::secret_service::StoredSecret;

/// Every file below these folders, with its path. What is no file, such as a socket, has nothing in it.
pub fn files_below(folders: &[&Path]) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    folders.iter().for_each(|folder| collect(folder, &mut files));
    files
}

fn collect(folder: &Path, files: &mut Vec<(String, Vec<u8>)>) {
    // A running program may take away what was there a moment before.
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.map_while(Result::ok) {
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() {
            collect(&entry.path(), files);
        } else if kind.is_file()
            && let Ok(bytes) = fs::read(entry.path())
        {
            files.push((entry.path().display().to_string(), bytes));
        }
    }
}

/// Requires that none of the secrets is in any of the files, in whatever form.
///
/// # Panics
///
/// One is.
pub fn assert_nowhere(secrets: &[StoredSecret], files: &[(String, Vec<u8>)]) {
    for item in secrets {
        for form in forms(secret_part(&item.label, &item.secret)) {
            for (path, bytes) in files {
                let found = bytes.windows(form.len()).any(|window| window == form);
                assert!(!found, "{} of “{}” is in {path}", String::from_utf8_lossy(&form), item.label);
            }
        }
    }
}

/// The secret bytes of an item; the rest of a key package is public.
pub fn secret_part<'a>(label: &str, secret: &'a [u8]) -> &'a [u8] {
    if label.contains("share of wallet") {
        // Ciphersuite ‖ header (5) ‖ identifier (32) ‖ signing share (32) ‖ …, see docs/protocol.md.
        &secret[38..70]
    } else {
        secret
    }
}

/// The forms in which bytes could be written somewhere.
pub fn forms(secret: &[u8]) -> Vec<Vec<u8>> {
    let lower: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let decimal: Vec<String> = secret.iter().map(u8::to_string).collect();
    let mut forms = vec![
        secret.to_vec(),
        lower.to_uppercase().into_bytes(),
        lower.into_bytes(),
        decimal.join(", ").into_bytes(),
        decimal.join(",").into_bytes(),
    ];
    forms.extend((0..3).flat_map(|offset| base64_at(offset, secret)));
    forms
}

/// As base64, in both alphabets, where so many bytes come before: only what depends on nothing but the secret.
fn base64_at(offset: usize, secret: &[u8]) -> [Vec<u8>; 2] {
    let padded = [&[0; 3][..offset], secret].concat();
    let (first, behind) = ((offset * 8).div_ceil(6), padded.len() * 8 / 6);
    [STANDARD_NO_PAD.encode(&padded), URL_SAFE_NO_PAD.encode(&padded)]
        .map(|text| text.as_bytes()[first..behind].to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_in_every_form_and_at_every_place() {
        let secret: Vec<u8> = (0..32).map(|number| number * 7 + 3).collect();
        let has = |text: &[u8]| {
            forms(&secret).iter().any(|form| text.windows(form.len()).any(|window| window == form))
        };
        for before in ["", "a", "ab", "abc"] {
            let stream = [before.as_bytes(), &secret, b"behind"].concat();
            assert!(has(&stream), "as it is");
            assert!(has(STANDARD_NO_PAD.encode(&stream).as_bytes()), "behind {} bytes", before.len());
            assert!(has(URL_SAFE_NO_PAD.encode(&stream).as_bytes()), "behind {} bytes", before.len());
        }
        assert!(has(format!("{secret:?}").as_bytes()), "as Rust prints it");
        assert!(has(serde_json::to_string(&secret).expect("numbers").as_bytes()), "as JSON");
        assert!(!has(&[0; 1000]));
    }
}
