//! The OS keychain against a real one: GNOME Keyring on a private D-Bus session.
#![cfg(target_os = "linux")]

mod common;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use common::{Session, inside};
use keystore::{Keystore, KeystoreError, OsKeychain, SecretBytes, SecretName};
use secret_service::{EncryptionType, blocking::SecretService};

const PATIENCE: Duration = Duration::from_secs(2);

#[test]
fn a_secret_is_stored_replaced_and_erased() {
    inside(Session::GnomeKeyring, "a_secret_is_stored_replaced_and_erased", || {
        let keychain = OsKeychain::open("alice").unwrap();
        let name = SecretName::wallet_share(&[0xab; 32]);
        assert_eq!(keychain.get(&name).unwrap(), None, "nothing there at first");
        keychain.delete(&name).unwrap();
        let every_byte: Vec<u8> = (0..=255).collect();
        for secret in [&every_byte[..], &[0; SecretBytes::MOST], &[], b"short"] {
            keychain.put(&name, &SecretBytes::copy_of(secret)).unwrap();
            assert_eq!(keychain.get(&name).unwrap().unwrap().expose(), secret);
        }
        keychain.delete(&name).unwrap();
        assert_eq!(keychain.get(&name).unwrap(), None, "erased");
        let large = SecretBytes::new(vec![0; SecretBytes::MOST + 1]);
        assert!(matches!(keychain.put(&name, &large), Err(KeystoreError::TooLarge { .. })));
    });
}

#[test]
fn two_profiles_do_not_see_each_other() {
    inside(Session::GnomeKeyring, "two_profiles_do_not_see_each_other", || {
        let (alice, bob) = (OsKeychain::open("alice").unwrap(), OsKeychain::open("bob").unwrap());
        let name = SecretName::identity();
        alice.put(&name, &SecretBytes::copy_of(b"alice's")).unwrap();
        assert_eq!(bob.get(&name).unwrap(), None);
        bob.put(&name, &SecretBytes::copy_of(b"bob's")).unwrap();
        bob.delete(&name).unwrap();
        assert_eq!(alice.get(&name).unwrap().unwrap().expose(), b"alice's");
    });
}

#[test]
fn a_secret_survives_a_restart_of_the_program_and_of_the_keychain_service() {
    let test = "a_secret_survives_a_restart_of_the_program_and_of_the_keychain_service";
    inside(Session::GnomeKeyring, test, || {
        let name = SecretName::identity();
        let first = OsKeychain::open("alice").unwrap();
        first.put(&name, &SecretBytes::copy_of(b"still here")).unwrap();
        let second = OsKeychain::open("alice").unwrap();
        assert_eq!(second.get(&name).unwrap().unwrap().expose(), b"still here");
        let replaced = std::process::Command::new("sh")
            .args([
                "-c",
                "printf pw | gnome-keyring-daemon --replace --unlock --components=secrets --daemonize",
            ])
            .output()
            .unwrap();
        assert!(replaced.status.success(), "{replaced:?}");
        for keychain in [&first, &second, &OsKeychain::open("alice").unwrap()] {
            assert_eq!(keychain.get(&name).unwrap().unwrap().expose(), b"still here");
        }
    });
}

#[test]
fn an_item_has_a_readable_label_and_the_names_that_the_protocol_fixes() {
    let test = "an_item_has_a_readable_label_and_the_names_that_the_protocol_fixes";
    inside(Session::GnomeKeyring, test, || {
        let keychain = OsKeychain::open("alice").unwrap();
        keychain.put(&SecretName::wallet_share(&[0xab; 32]), &SecretBytes::copy_of(b"x")).unwrap();
        let service = SecretService::connect(EncryptionType::Dh).unwrap();
        let user = format!("alice/wallet/{}/share", "ab".repeat(32));
        let found = service.search_items([("service", "permafrost"), ("username", &user)].into()).unwrap();
        assert_eq!(found.unlocked.len(), 1, "one item");
        assert_eq!(
            found.unlocked[0].get_label().unwrap(),
            "Permafrost (alice): share of wallet abababab…",
            "what the person sees in the system's keychain program"
        );
    });
}

#[test]
fn it_works_from_inside_an_async_runtime_and_from_many_threads() {
    inside(Session::GnomeKeyring, "it_works_from_inside_an_async_runtime_and_from_many_threads", || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let opened = tokio::task::spawn_blocking(|| OsKeychain::open("alice").unwrap()).await.unwrap();
            let keychain: Arc<dyn Keystore> = Arc::new(opened);
            let tasks: Vec<_> = (0..8_u8)
                .map(|i| {
                    let keychain = Arc::clone(&keychain);
                    tokio::task::spawn_blocking(move || {
                        let name = SecretName::wallet_share(&[i]);
                        keychain.put(&name, &SecretBytes::copy_of(&[i; 100])).unwrap();
                        assert_eq!(keychain.get(&name).unwrap().unwrap().expose(), [i; 100]);
                    })
                })
                .collect();
            for task in tasks {
                task.await.unwrap();
            }
            let name = SecretName::wallet_share(&[3]);
            assert!(keychain.get(&name).unwrap().is_some(), "even on the runtime's own thread");
        });
    });
}

#[test]
fn without_a_bus_the_keychain_is_missing() {
    inside(Session::NoBus, "without_a_bus_the_keychain_is_missing", || {
        let error = OsKeychain::open_within("alice", PATIENCE).unwrap_err();
        assert!(matches!(error, KeystoreError::Missing { .. }), "{error:?}");
    });
}

#[test]
fn without_a_service_on_the_bus_the_keychain_is_missing() {
    inside(Session::NobodyOnBus, "without_a_service_on_the_bus_the_keychain_is_missing", || {
        let error = OsKeychain::open_within("alice", PATIENCE).unwrap_err();
        assert!(matches!(error, KeystoreError::Missing { .. }), "{error:?}");
    });
}

#[test]
fn a_bus_that_forbids_the_keychain_denies_it() {
    inside(Session::Forbidden, "a_bus_that_forbids_the_keychain_denies_it", || {
        let error = OsKeychain::open_within("alice", PATIENCE).unwrap_err();
        assert!(matches!(error, KeystoreError::Denied { .. }), "{error:?}");
    });
}

#[test]
fn a_locked_keychain_whose_prompt_nobody_answers_is_locked_in_bounded_time() {
    let test = "a_locked_keychain_whose_prompt_nobody_answers_is_locked_in_bounded_time";
    inside(Session::GnomeKeyring, test, || {
        let name = SecretName::identity();
        let opened_before = OsKeychain::open_within("alice", PATIENCE).unwrap();
        opened_before.put(&name, &SecretBytes::copy_of(b"old")).unwrap();
        let service = SecretService::connect(EncryptionType::Dh).unwrap();
        let collection = service.get_default_collection().unwrap();
        collection.lock().unwrap();
        assert!(collection.is_locked().unwrap(), "the test's premise");

        let begun = Instant::now();
        let error = OsKeychain::open_within("alice", PATIENCE).unwrap_err();
        assert!(matches!(error, KeystoreError::Locked), "{error:?}");
        let error = opened_before.get(&name).unwrap_err();
        assert!(matches!(error, KeystoreError::Locked), "locked while in use: {error:?}");
        let error = opened_before.put(&name, &SecretBytes::copy_of(b"new")).unwrap_err();
        assert!(matches!(error, KeystoreError::Locked), "and still: {error:?}");
        assert!(begun.elapsed() < PATIENCE * 5, "three calls, each bounded");
    });
}

#[test]
fn a_keychain_without_a_collection_asks_to_create_one_and_is_locked_until_then() {
    let test = "a_keychain_without_a_collection_asks_to_create_one_and_is_locked_until_then";
    inside(Session::GnomeKeyringWithoutCollection, test, || {
        let begun = Instant::now();
        let error = OsKeychain::open_within("alice", PATIENCE).unwrap_err();
        assert!(matches!(error, KeystoreError::Locked), "{error:?}");
        assert!(begun.elapsed() < PATIENCE * 3, "bounded");
    });
}

#[test]
fn a_profile_name_that_reaches_elsewhere_is_refused() {
    assert!(matches!(OsKeychain::open("alice/wallet"), Err(KeystoreError::InvalidProfile)));
}
