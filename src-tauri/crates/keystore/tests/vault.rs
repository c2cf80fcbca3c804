//! The passphrase vault on a real file system, across processes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::{
    env, fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use keystore::{Cost, Keystore, KeystoreError, Passphrase, SecretBytes, SecretName, Vault};
use sha2::{Digest as _, Sha256};

const CHILD: &str = "PERMAFROST_TEST_VAULT";

fn passphrase() -> Passphrase {
    Passphrase::new("correct horse battery".to_owned())
}

fn create(path: &Path) -> Vault {
    Vault::create_with_cost(path, &passphrase(), Cost::FOR_TESTS).unwrap()
}

fn put(vault: &Vault, name: &SecretName, secret: &[u8]) {
    vault.put(name, &SecretBytes::copy_of(secret)).unwrap();
}

fn get(vault: &Vault, name: &SecretName) -> Option<Vec<u8>> {
    vault.get(name).unwrap().map(|secret| secret.expose().to_vec())
}

#[test]
fn secrets_survive_closing_and_opening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault");
    let (identity, share) = (SecretName::identity(), SecretName::wallet_share(&[7; 32]));
    assert!(matches!(Vault::open(&path, &passphrase()), Err(KeystoreError::NoVault)));

    let vault = create(&path);
    assert_eq!(get(&vault, &identity), None);
    put(&vault, &identity, b"first");
    put(&vault, &identity, b"second");
    put(&vault, &share, &[0; SecretBytes::MOST]);
    let large = SecretBytes::new(vec![0; SecretBytes::MOST + 1]);
    assert!(matches!(vault.put(&share, &large), Err(KeystoreError::TooLarge { .. })));
    drop(vault);

    let vault = Vault::open(&path, &passphrase()).unwrap();
    assert_eq!(get(&vault, &identity).as_deref(), Some(&b"second"[..]), "overwritten");
    assert_eq!(get(&vault, &share), Some(vec![0; SecretBytes::MOST]));
    vault.delete(&identity).unwrap();
    vault.delete(&identity).unwrap();
    drop(vault);

    let vault = Vault::open(&path, &passphrase()).unwrap();
    assert_eq!(get(&vault, &identity), None, "deleted for good");
    drop(vault);
    assert!(matches!(Vault::create(&path, &passphrase()), Err(KeystoreError::VaultExists)));
}

#[test]
fn a_wrong_or_short_passphrase_is_named_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault");
    let short = Passphrase::new("ninechars".to_owned());
    assert!(matches!(Vault::create(&path, &short), Err(KeystoreError::PassphraseTooShort { least: 10 })));
    assert!(!path.exists(), "nothing is left behind");
    drop(create(&path));
    for wrong in ["correct horse batterz", "correct horse battery ", ""] {
        let wrong = Passphrase::new(wrong.to_owned());
        assert!(matches!(Vault::open(&path, &wrong), Err(KeystoreError::WrongPassphrase)));
    }
}

#[test]
fn the_passphrase_can_be_changed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault");
    let (old, new) = (passphrase(), Passphrase::new("another passphrase".to_owned()));
    let vault = create(&path);
    put(&vault, &SecretName::identity(), b"kept");
    assert!(matches!(vault.change_passphrase(&new, &old), Err(KeystoreError::WrongPassphrase)));
    vault.change_passphrase(&old, &new).unwrap();
    put(&vault, &SecretName::wallet_share(&[1]), b"after");
    drop(vault);
    assert!(matches!(Vault::open(&path, &old), Err(KeystoreError::WrongPassphrase)));
    let vault = Vault::open(&path, &new).unwrap();
    assert_eq!(get(&vault, &SecretName::identity()).as_deref(), Some(&b"kept"[..]));
    assert_eq!(get(&vault, &SecretName::wallet_share(&[1])).as_deref(), Some(&b"after"[..]));
}

#[test]
fn every_changed_byte_and_every_cut_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault");
    let vault = create(&path);
    put(&vault, &SecretName::identity(), b"secret");
    drop(vault);
    let good = fs::read(&path).unwrap();
    for position in 0..good.len() {
        for change in [1, 0x80] {
            let mut bad = good.clone();
            bad[position] ^= change;
            fs::write(&path, &bad).unwrap();
            let result = Vault::open(&path, &passphrase());
            assert!(matches!(result, Err(KeystoreError::Damaged)), "byte {position}: {result:?}");
        }
    }
    for length in 0..good.len() {
        fs::write(&path, &good[..length]).unwrap();
        let result = Vault::open(&path, &passphrase());
        assert!(matches!(result, Err(KeystoreError::Damaged)), "cut to {length}: {result:?}");
    }
    fs::write(&path, [&good[..], b"x"].concat()).unwrap();
    assert!(matches!(Vault::open(&path, &passphrase()), Err(KeystoreError::Damaged)), "something appended");
    fs::write(&path, &good).unwrap();
    assert!(Vault::open(&path, &passphrase()).is_ok(), "the file itself was fine");
}

#[test]
fn a_change_on_purpose_with_the_checksum_put_right_is_noticed_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault");
    drop(create(&path));
    let good = fs::read(&path).unwrap();
    let body = good.len() - 32;
    for position in 0..body {
        let mut bad = good.clone();
        bad[position] ^= 1;
        let sum = Sha256::digest(&bad[..body]);
        bad[body..].copy_from_slice(&sum);
        fs::write(&path, &bad).unwrap();
        let result = Vault::open(&path, &passphrase());
        let expected = match position {
            // The cost, the salt and the key check: a wrong key looks like a wrong passphrase.
            8..=51 => matches!(result, Err(KeystoreError::WrongPassphrase | KeystoreError::Damaged)),
            _ => matches!(result, Err(KeystoreError::Damaged)),
        };
        assert!(expected, "byte {position}: {result:?}");
    }
}

#[test]
fn a_vault_of_a_newer_version_is_named_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault");
    let newer = [&b"PFVAULT\x02"[..], b"whatever comes then"].concat();
    fs::write(&path, [&newer[..], &Sha256::digest(&newer)].concat()).unwrap();
    assert!(matches!(Vault::open(&path, &passphrase()), Err(KeystoreError::NewerVersion(2))));
}

#[test]
fn a_file_can_not_make_the_program_spend_without_bound() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault");
    drop(create(&path));
    let good = fs::read(&path).unwrap();
    let body = good.len() - 32;
    for field in [8, 12, 16] {
        let mut bad = good.clone();
        bad[field..field + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        let sum = Sha256::digest(&bad[..body]);
        bad[body..].copy_from_slice(&sum);
        fs::write(&path, &bad).unwrap();
        assert!(matches!(Vault::open(&path, &passphrase()), Err(KeystoreError::Damaged)), "field {field}");
    }
    fs::File::create(&path).unwrap().set_len(1 << 40).unwrap();
    assert!(matches!(Vault::open(&path, &passphrase()), Err(KeystoreError::Damaged)), "a file of a terabyte");
}

#[test]
fn no_secret_and_no_name_is_in_the_file_and_only_its_owner_may_read_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault");
    let vault = create(&path);
    let secret = [0x5a; 64];
    put(&vault, &SecretName::wallet_share(&[0xab; 32]), &secret);
    let first = fs::read(&path).unwrap();
    put(&vault, &SecretName::wallet_share(&[0xab; 32]), &secret);
    let second = fs::read(&path).unwrap();
    for text in [&secret[..8], b"wallet", b"share", b"correct horse"] {
        assert!(!first.windows(text.len()).any(|window| window == text), "{text:?}");
    }
    assert_ne!(first[52..], second[52..], "each write has a nonce of its own");
    #[cfg(unix)]
    for entry in fs::read_dir(folder.path()).unwrap() {
        use std::os::unix::fs::PermissionsExt as _;
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.path());
    }
}

#[test]
fn a_crash_before_the_rename_leaves_the_old_vault() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault");
    let vault = create(&path);
    put(&vault, &SecretName::identity(), b"old");
    drop(vault);
    fs::write(folder.path().join("vault.new"), b"half a fi").unwrap();
    let vault = Vault::open(&path, &passphrase()).unwrap();
    assert_eq!(get(&vault, &SecretName::identity()).as_deref(), Some(&b"old"[..]));
    put(&vault, &SecretName::identity(), b"new");
    drop(vault);
    let vault = Vault::open(&path, &passphrase()).unwrap();
    assert_eq!(get(&vault, &SecretName::identity()).as_deref(), Some(&b"new"[..]), "the debris does no harm");
}

#[test]
fn a_failed_write_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault");
    let vault = create(&path);
    put(&vault, &SecretName::identity(), b"old");
    // A folder where the new file would go: writing fails, even for root.
    fs::create_dir(folder.path().join("vault.new")).unwrap();
    let result = vault.put(&SecretName::identity(), &SecretBytes::copy_of(b"new"));
    assert!(matches!(result, Err(KeystoreError::Io(_))), "{result:?}");
    assert!(matches!(vault.delete(&SecretName::identity()), Err(KeystoreError::Io(_))));
    assert_eq!(get(&vault, &SecretName::identity()).as_deref(), Some(&b"old"[..]), "in memory");
    drop(vault);
    let vault = Vault::open(&path, &passphrase()).unwrap();
    assert_eq!(get(&vault, &SecretName::identity()).as_deref(), Some(&b"old"[..]), "and on disk");
}

#[test]
fn a_second_process_is_told_that_the_vault_is_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault");
    drop(create(&path));
    let mut other = Other::start(&path);
    other.next_line();
    assert!(matches!(Vault::open(&path, &passphrase()), Err(KeystoreError::InUse)));
    other.kill();
    assert!(Vault::open(&path, &passphrase()).is_ok(), "the lock ends with its process");
}

#[test]
fn what_was_stored_survives_a_kill_at_any_moment() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault");
    drop(create(&path));
    for round in 1..=5 {
        let mut other = Other::start(&path);
        let stored = (0..20 * round).map(|_| other.next_line()).last().unwrap();
        other.kill();
        let vault = Vault::open(&path, &passphrase()).unwrap();
        let found = get(&vault, &SecretName::identity()).unwrap();
        let found = u64::from_le_bytes(found.try_into().unwrap());
        assert!(found >= stored, "{stored} had been confirmed, {found} was found");
    }
}

/// Another process that has the vault open and stores ever larger numbers, confirming each.
struct Other {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Other {
    fn start(path: &Path) -> Self {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "other_process", "--ignored", "--nocapture"])
            .env(CHILD, path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    fn next_line(&mut self) -> u64 {
        loop {
            let line = self.lines.next().expect("the process stores numbers until it is killed").unwrap();
            if let Some((_, number)) = line.split_once("stored ") {
                return number.parse().unwrap();
            }
        }
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
#[ignore = "runs as the other process of the tests above"]
fn other_process() {
    let Some(path) = env::var_os(CHILD) else { return };
    let vault = Vault::open(Path::new(&path), &passphrase()).unwrap();
    for number in 0_u64.. {
        put(&vault, &SecretName::identity(), &number.to_le_bytes());
        println!("stored {number}");
    }
}
