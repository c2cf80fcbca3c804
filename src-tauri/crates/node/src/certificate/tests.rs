use super::*;

/// The specification's: made by “device 0” and “device 1”.
const VECTORS: &str = include_str!("../../../coordinator/tests/vectors/dkg.txt");
const VERSION_1: &str = include_str!("../../../coordinator/tests/vectors/certificate-v1.txt");

fn hex_form() -> &'static str {
    VECTORS.lines().find_map(|line| line.strip_prefix("certificate-file ")).unwrap()
}

fn bytes() -> Vec<u8> {
    hex::decode(hex_form()).unwrap()
}

fn file() -> Value {
    let certificate = Certificate::from_bytes(&bytes()).unwrap();
    let ceremony = certificate.verify().unwrap();
    write(&certificate, &ceremony)
}

fn checked(text: &str) -> Result<CertificateView, CertificateError> {
    check(text, |_| false)
}

/// What is said of the certificate with one byte changed, counted from the end.
fn changed(from_the_end: usize) -> CertificateError {
    let mut bytes = bytes();
    let position = bytes.len() - from_the_end;
    bytes[position] ^= 1;
    checked(&hex::encode(bytes)).unwrap_err()
}

#[test]
fn a_good_certificate_says_who_made_what_in_either_form() {
    for text in [format!("{:#}", file()), format!("\u{feff}\n{}\n", file()), hex_form().to_owned()] {
        let view = checked(&text).unwrap();
        assert_eq!(
            (view.name.as_str(), view.network.as_deref(), view.threshold),
            ("Savings", Some("devnet"), 2)
        );
        let words = VECTORS.lines().find_map(|line| line.strip_prefix("safety-words ")).unwrap();
        assert_eq!(hex::encode(view.safety_words.join(" ")), words);
        let names: Vec<_> = view.members.iter().map(|member| member.name.as_str()).collect();
        assert_eq!(names, ["device 0", "device 1"]);
        assert_eq!(view.wallet, None);
    }
    let own = check(hex_form(), |_| true).unwrap();
    assert_eq!(own.wallet, file()["wallet_id"].as_str().map(str::to_owned), "a wallet of this device");
}

#[test]
fn a_certificate_of_version_1_is_still_one() {
    let view = checked(VERSION_1).unwrap();
    assert_eq!((view.name.as_str(), view.network), ("Savings", None));
    let certificate = Certificate::from_bytes(&hex::decode(VERSION_1.trim()).unwrap()).unwrap();
    let Value::Object(mut old) = write(&certificate, &certificate.verify().unwrap()) else { panic!() };
    old.retain(|key, _| !["format", "version", "network"].contains(&key.as_str()));
    assert!(checked(&Value::Object(old).to_string()).is_ok(), "as it was written then");
}

#[test]
fn what_is_no_certificate_is_told_from_one_that_is_newer_or_damaged() {
    for text in ["", "hello", "{}", "[1]", "{\"format\":\"permafrost-wallet\",\"version\":1}", "00ff"] {
        assert_eq!(checked(text).unwrap_err(), CertificateError::NotOne, "{text}");
    }
    assert_eq!(checked(&"0".repeat(LARGEST + 1)).unwrap_err(), CertificateError::NotOne, "far too long");
    let mut newer = file();
    newer["version"] = (VERSION + 1).into();
    assert_eq!(checked(&newer.to_string()).unwrap_err(), CertificateError::Newer);
    let text = file().to_string();
    assert_eq!(checked(&text[..text.len() - 1]).unwrap_err(), CertificateError::Damaged, "cut off");
    assert_eq!(checked(&hex_form()[..hex_form().len() - 2]).unwrap_err(), CertificateError::Damaged);
    assert_eq!(checked(&hex_form()[1..]).unwrap_err(), CertificateError::Damaged, "half a byte");
    let mut empty = file();
    empty["certificate"] = Value::Null;
    assert_eq!(checked(&empty.to_string()).unwrap_err(), CertificateError::Damaged);
}

#[test]
fn a_readable_part_that_is_not_what_was_signed_is_noticed() {
    for (key, value) in [
        ("name", Value::from("Spendings")),
        ("network", "mainnet".into()),
        ("threshold", 1.into()),
        ("group_public_key", "00".into()),
        ("members", Value::Array(Vec::new())),
    ] {
        let mut file = file();
        file[key] = value;
        assert_eq!(checked(&file.to_string()).unwrap_err(), CertificateError::Changed, "{key}");
    }
    let mut renamed = file();
    renamed["members"][1]["name"] = "Alice".into();
    assert_eq!(checked(&renamed.to_string()).unwrap_err(), CertificateError::Changed);
}

#[test]
fn each_false_part_has_its_own_error_which_names_the_device() {
    // From the end: signatures (64 each), verifying shares (33 each, with their length), group key (33), nonces (32
    // each), round 1.
    let (signature, share, group_key, nonce) = (64, 33, 33, 32);
    let to_nonces = 2 * signature + 1 + 2 * share + 1 + group_key;
    assert_eq!(changed(1), CertificateError::Signature("device 1".to_owned()));
    assert_eq!(changed(signature + 1), CertificateError::Signature("device 0".to_owned()));
    assert_eq!(changed(2 * signature + 2), CertificateError::Keys);
    assert_eq!(changed(to_nonces + 1), CertificateError::Nonce("device 1".to_owned()));
    assert_eq!(changed(to_nonces + nonce + 1), CertificateError::Nonce("device 0".to_owned()));
    assert_eq!(changed(to_nonces + 2 * nonce + 2), CertificateError::Message("device 1".to_owned()));
    let mut first = bytes();
    let roster = 2 + usize::from(first[0] & 0x7f) + 128 * usize::from(first[1]);
    first[roster + 1] ^= 1;
    let of_roster = checked(&hex::encode(first)).unwrap_err();
    assert!(matches!(&of_roster, CertificateError::Roster(name) if name == "device 0"), "{of_roster:?}");
    let mut told: Vec<_> = [
        changed(1),
        changed(2 * signature + 2),
        changed(to_nonces + 1),
        changed(to_nonces + 2 * nonce + 2),
        of_roster,
        CertificateError::Proof("device 1".to_owned()),
    ]
    .map(|error| NodeError::from(error).to_string())
    .to_vec();
    assert!(told.iter().all(|text| text.contains("Don't send money")), "what to do: {told:#?}");
    let all = told.len();
    told.sort();
    told.dedup();
    assert_eq!(told.len(), all, "each its own: {told:#?}");
}
