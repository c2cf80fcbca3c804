use identity::IdentityKey;

use super::*;

fn id(seed: u8) -> DeviceId {
    IdentityKey::from_secret_bytes(&[seed; 32]).id()
}

fn name(text: &str) -> DeviceName {
    text.parse().unwrap()
}

fn stored(seed: u8, claimed: &str, first_met: u64) -> StoredContact {
    StoredContact { device: id(seed), label: None, claimed: name(claimed), verified: false, first_met }
}

const ME: u8 = 1;
const BOB: u8 = 2;
const MALLORY: u8 = 9;

fn recognition(contacts: &Contacts, seed: u8, claimed: &str) -> Recognition {
    let own = name("Alice");
    contacts.recognition(Me { id: Some(id(ME)), name: &own }, &id(seed), &name(claimed))
}

fn taken(seed: u8, shown: &str) -> Recognition {
    Recognition::NameTaken { contact: device_view(id(seed), shown) }
}

#[test]
fn a_device_is_recognised_by_its_key_and_not_by_its_name() {
    let contacts = Contacts::new(vec![stored(BOB, "Bob", 5)]);
    assert_eq!(recognition(&contacts, ME, "whatever"), Recognition::Own);
    assert_eq!(recognition(&contacts, BOB, "Bob"), Recognition::Known { verified: false });
    assert_eq!(recognition(&contacts, 3, "Carol"), Recognition::Stranger);
    assert_eq!(recognition(&contacts, MALLORY, "Bob"), taken(BOB, "Bob"), "the name of a contact");
    assert_eq!(recognition(&contacts, MALLORY, "Alice"), taken(ME, "Alice"), "this device's own name");
}

#[test]
fn names_that_only_look_the_same_are_the_same() {
    for (known, same) in [
        ("Bob", "bob"),
        ("Bob", "ВоЬ"),
        ("Bob", "B o b"),
        ("Paypal", "PaypaI"),
        ("Bill", "BilI"),
        ("Zoë", "Zoe\u{308}"),
        ("Ada", "Ａｄａ"),
        ("Bob", "B\u{fe0f}ob"),
        ("laptop 10", "laptop lO"),
    ] {
        let contacts = Contacts::new(vec![stored(BOB, known, 5)]);
        assert_eq!(recognition(&contacts, MALLORY, same), taken(BOB, known), "{same} for {known}");
    }
    for (known, other) in [("Bob", "Rob"), ("Bob", "Bobby"), ("laptop", "desktop")] {
        let contacts = Contacts::new(vec![stored(BOB, known, 5)]);
        assert_eq!(recognition(&contacts, MALLORY, other), Recognition::Stranger, "{other} is not {known}");
    }
}

#[test]
fn an_impostor_does_not_become_known_by_a_ceremony() {
    let contacts = Contacts::new(vec![stored(BOB, "Bob", 5), stored(MALLORY, "Bob", 6)]);
    assert_eq!(recognition(&contacts, MALLORY, "Bob"), taken(BOB, "Bob"), "it came later");
    assert_eq!(recognition(&contacts, BOB, "Bob"), Recognition::Known { verified: false }, "it was first");

    let verified = StoredContact { verified: true, ..stored(BOB, "Bob", 7) };
    let contacts = Contacts::new(vec![verified, stored(MALLORY, "Bob", 6)]);
    assert_eq!(recognition(&contacts, MALLORY, "Bob"), taken(BOB, "Bob"), "whoever is verified has the name");
    assert_eq!(recognition(&contacts, BOB, "Bob"), Recognition::Known { verified: true });
}

#[test]
fn a_label_settles_which_of_two_is_which() {
    let labelled = StoredContact { label: Some(name("Bob from work")), ..stored(MALLORY, "Bob", 6) };
    let contacts = Contacts::new(vec![stored(BOB, "Bob", 5), labelled]);
    assert_eq!(recognition(&contacts, MALLORY, "Bob"), Recognition::Known { verified: false });
    assert_eq!(contacts.name_of(&id(MALLORY), &name("Bob")), "Bob from work");
    assert_eq!(recognition(&contacts, 3, "Bob from Work"), taken(MALLORY, "Bob from work"));
    let namesake = contacts.namesake(&id(BOB), &name("bob FROM work")).map(|contact| contact.stored.device);
    assert_eq!(namesake, Some(id(MALLORY)), "no other contact can be given that name");
}

#[test]
fn a_contact_that_takes_anothers_name_is_shown_under_its_old_one() {
    let contacts = Contacts::new(vec![stored(BOB, "Bob", 5), stored(MALLORY, "Mallory", 6)]);
    let met = |claimed: &str| contacts.met(id(MALLORY), name(claimed), &name("Alice"), 7);
    let renamed = met("Mallory’s phone");
    assert_eq!((renamed.label, renamed.claimed, renamed.first_met), (None, name("Mallory’s phone"), 6));
    for taken in ["Bob", "B0b", "alice"] {
        let other = met(taken);
        let expected = Some(name("Mallory"));
        assert_eq!((other.label, other.claimed.as_str()), (expected, taken));
    }
    let new = contacts.met(id(3), name("Carol"), &name("Alice"), 7);
    assert_eq!((new.label, new.verified, new.first_met), (None, false, 7));
}
