use proptest::prelude::*;

use super::*;

fn id(server: Option<&str>) -> SessionId {
    SessionId {
        secret: SessionSecret::from_bytes(*b"0123456789abcdef"),
        server: server.map(|url| url.parse().unwrap()),
    }
}

const PLAIN: &str = "pf1qycrzv3nxs6nvdec89skycmyv4nqq4p59jt";
const WITH_SERVER: &str = "pf1qycrzv3nxs6nvdec89skycmyv4npsamnwvaz7tmnd9nkuctv9ejhsctdwpkx2tn0wfns6vq0xp";

#[test]
fn codes_are_fixed() {
    assert_eq!(id(None).to_string(), PLAIN);
    assert_eq!(id(Some("wss://signal.example.org")).to_string(), WITH_SERVER);
}

#[test]
fn derivations_are_fixed() {
    let secret = id(None).secret;
    assert_eq!(hex::encode(secret.room().as_bytes()), "38bc39103896f94d040ac9ce8aab98c2");
    assert_eq!(
        hex::encode(secret.signalling_key().as_bytes()),
        "878622784e23afcf33868a40f80ecc18d848d941a71af2c69291bfeda6451f6a"
    );
    assert_eq!(
        hex::encode(secret.link_psk().as_bytes()),
        "cd198be1275df17dfe2d48dda9f2f0779c3e6babee8c9f131b0b9c997c148230"
    );
    assert_eq!(hex::encode(secret.tag()), "134401e12c044ebda85d8018702a1f77838b500bf15679a30e1f2f11b020c534");
}

#[test]
fn a_link_is_read_like_the_code_in_it() {
    for (code, server) in [(PLAIN, None), (WITH_SERVER, Some("wss://signal.example.org"))] {
        for link in [
            format!("permafrost:{code}"),
            format!("permafrost:join/{code}"),
            format!("PERMAFROST:JOIN/{}", code.to_uppercase()),
            format!("permafrost://join/{code}?from=mail#top"),
            format!("Join my wallet (<permafrost:join/{code}>), please."),
        ] {
            assert_eq!(SessionId::parse(&link).unwrap(), id(server), "{link}");
        }
    }
}

#[test]
fn a_damaged_link_is_told_as_its_code_is() {
    let cut = PLAIN.strip_suffix("4p59jt").unwrap();
    assert_eq!(SessionId::parse(&format!("permafrost:join/{cut}")), Err(SessionIdError::Incomplete));
    let typo = PLAIN.replace("v3nxs6", "v3nxs7");
    assert!(matches!(
        SessionId::parse(&format!("permafrost:join/{typo}")),
        Err(SessionIdError::Typo { position: Some(_) })
    ));
    assert_eq!(SessionId::parse("permafrost:join/"), Err(SessionIdError::NotFound));
}

proptest! {
    #[test]
    fn every_secret_comes_back(bytes: [u8; 16], with_server: bool) {
        let secret = SessionSecret::from_bytes(bytes);
        let server = with_server.then(|| "ws://127.0.0.1:9000".parse().unwrap());
        let id = SessionId { secret, server };
        prop_assert_eq!(SessionId::parse(&id.code()).unwrap(), id);
    }

    #[test]
    fn no_text_panics(text in "(pf1|PF1 )?[qpzry9x8a-zé ,\n1]{0,500}") {
        let _ = SessionId::parse(&text);
    }

    #[test]
    fn a_code_broken_anywhere_and_wrapped_in_text_is_found(
        breaks in prop::collection::vec((0..90usize, "[ \n\t\u{200b}]{1,3}"), 0..6), upper: bool,
    ) {
        let id = id(Some("wss://signal.example.org"));
        let mut code = if upper { id.to_string().to_uppercase() } else { id.to_string() };
        for (at, blank) in breaks {
            if at > 2 && code.is_char_boundary(at) && at < code.len() {
                code.insert_str(at, &blank);
            }
        }
        prop_assert_eq!(SessionId::parse(&format!("Join us (it is safe): \"{code}\", thanks!")).unwrap(), id);
    }
}

#[test]
fn surrounding_text_and_capitals_are_forgiven() {
    let (id, code) = (id(None), id(None).to_string());
    let (left, right) = code.split_at(20);
    for text in [
        format!("  {code}\n"),
        format!("pay with {code} please, see you"),
        format!("<{code}>."),
        format!("permafrost:join/{code}?x=1"),
        format!("{left}\r\n{right} all the best"),
        code.to_uppercase(),
        code.replacen('p', "P", 1),
        format!("pf1 begins a code, as in {code}"),
    ] {
        assert_eq!(SessionId::parse(&text).as_ref(), Ok(&id), "{text}");
    }
}

#[test]
fn every_wrong_character_is_found_where_it_is() {
    let code = id(None).to_string();
    for i in 0..code.len() {
        for wrong in "qpzry9x8gf2tvdw0s3jn54khce6mua7lbio1-é".chars() {
            // A full stop or dash at the very end is the text's, and the code then ends too early.
            if code[i..].starts_with(wrong) || (matches!(wrong, '-' | 'é') && i + 1 == code.len()) {
                continue;
            }
            let text: String = [&code[..i], &wrong.to_string(), &code[i + 1..]].concat();
            assert_eq!(
                SessionId::parse(&text),
                Err(SessionIdError::Typo { position: Some(i + 1) }),
                "character {} of {text}",
                i + 1
            );
        }
    }
}

#[test]
fn a_wrong_character_in_a_code_with_a_server_is_found() {
    let code = id(Some("wss://signal.example.org")).to_string();
    for i in (3..code.len()).step_by(7).chain([30, 31]) {
        let wrong = if &code[i..=i] == "q" { "p" } else { "q" };
        let text = format!("{}{wrong}{}", &code[..i], &code[i + 1..]);
        let (left, right) = text.split_at(12);
        for text in [text.clone(), format!("see {left} {right}")] {
            assert_eq!(
                SessionId::parse(&text),
                Err(SessionIdError::Typo { position: Some(i + 1) }),
                "{text}"
            );
        }
    }
}

#[test]
fn two_swapped_neighbours_are_a_typo_without_a_place() {
    let code = id(None).to_string();
    let (i, _) = code.as_bytes().windows(2).enumerate().skip(10).find(|(_, w)| w[0] != w[1]).unwrap();
    let text = format!("{}{}{}{}", &code[..i], &code[i + 1..i + 2], &code[i..=i], &code[i + 2..]);
    assert_eq!(SessionId::parse(&text), Err(SessionIdError::Typo { position: None }));
}

#[test]
fn a_missing_end_is_named() {
    for id in [id(None), id(Some("wss://signal.example.org"))] {
        let code = id.to_string();
        for end in 3..code.len() {
            assert_eq!(SessionId::parse(&code[..end]), Err(SessionIdError::Incomplete), "{}", &code[..end]);
        }
    }
}

#[test]
fn a_newer_version_is_named_whatever_it_holds() {
    let code = bech32::encode::<Bech32m>(HRP, &[9; 40]).unwrap();
    assert_eq!(SessionId::parse(&code), Err(SessionIdError::NewerVersion(9)));
}

#[test]
fn a_server_that_is_none_is_named() {
    let bytes = [&[1u8][..], &[7; 16], &[5], b"http:"].concat();
    let code = bech32::encode::<Bech32m>(HRP, &bytes).unwrap();
    assert_eq!(SessionId::parse(&code), Err(SessionIdError::BadServer));
}

#[test]
fn a_payload_whose_length_lies_is_refused() {
    let bytes = [&[1u8][..], &[7; 16], &[9], b"ws://a/"].concat();
    let code = bech32::encode::<Bech32m>(HRP, &bytes).unwrap();
    assert_eq!(SessionId::parse(&code), Err(SessionIdError::Typo { position: None }));
}

#[test]
fn text_without_a_code_is_said_to_have_none() {
    for text in ["", "hello", "pf2abc", "xpf1qqqq", "a pf and a 1"] {
        assert_eq!(SessionId::parse(text), Err(SessionIdError::NotFound), "{text}");
    }
}

#[test]
fn secrets_are_not_in_debug_output() {
    let id = id(None);
    let text = format!("{id:?} {:?} {:?} {:?}", id.secret, id.secret.link_psk(), id.secret.signalling_key());
    assert!(!text.contains("pf1") && !text.contains("48, 49") && text.contains("<redacted>"), "{text}");
}

#[test]
fn the_members_of_a_wallet_meet_again_in_a_room_of_its_own() {
    let secret = SessionSecret::from_bytes(*b"0123456789abcdef");
    let wallet = secret.for_wallet(&[7; 32]);
    assert_eq!(hex::encode(wallet.as_bytes()), "6ea7b127d42da51e2150f945714f0c24");
    assert_eq!(hex::encode(wallet.room().as_bytes()), "6945ee63bf98f55d877dc44e741ae264");
    assert_ne!(wallet.room(), secret.room(), "not where it was made");
    assert_ne!(wallet, secret.for_wallet(&[8; 32]), "not where another is");
    assert_ne!(wallet, SessionSecret::from_bytes([9; 16]).for_wallet(&[7; 32]), "not without the secret");
}
