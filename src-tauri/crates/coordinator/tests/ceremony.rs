//! Honest devices make a key that signs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::collections::BTreeMap;

use common::{
    Fate, Net, params, verify,
    wire::{self, kind},
};
use coordinator::{
    Ciphersuite, SecretShare,
    dkg::{Certificate, InvalidCertificate, Outcome, Params, Round, Status},
};
use frost_core::{
    Identifier, SigningPackage,
    keys::{KeyPackage, PublicKeyPackage, SigningShare},
    round1, round2,
};
use identity::IdentityKey;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// As long as a sighash: libsecp256k1 verifies no other messages.
const MESSAGE: &[u8] = &[42; 32];

/// Signs with the devices at these indices, in the ordinary way; `Err` when FROST refuses.
fn sign<C: frost_core::Ciphersuite>(net: &Net, signers: &[usize]) -> Result<Vec<u8>, frost_core::Error<C>> {
    let wallet = net.devices[0].active.as_ref().unwrap().ceremony().unwrap();
    let shares = (1u16..).zip(&wallet.verifying_shares).map(|(id, share)| {
        (Identifier::try_from(id).unwrap(), frost_core::keys::VerifyingShare::deserialize(share).unwrap())
    });
    let key = frost_core::VerifyingKey::<C>::deserialize(&wallet.group_key).unwrap();
    let public = PublicKeyPackage::<C>::new(shares.collect(), key, Some(wallet.params.threshold()));
    let packages = packages(net, signers);
    let (signing, nonces) = first_round(&packages);
    let shares = second_round(&signing, &nonces, &packages)?;
    frost_core::aggregate(&signing, &shares, &public)?.serialize()
}

fn packages<C: frost_core::Ciphersuite>(net: &Net, signers: &[usize]) -> Vec<KeyPackage<C>> {
    signers.iter().map(|index| net.devices[*index].share().key_package::<C>().unwrap()).collect()
}

type Nonces<C> = BTreeMap<Identifier<C>, round1::SigningNonces<C>>;

fn first_round<C: frost_core::Ciphersuite>(packages: &[KeyPackage<C>]) -> (SigningPackage<C>, Nonces<C>) {
    let mut rng = ChaCha20Rng::seed_from_u64(99);
    let (mut nonces, mut commitments) = (BTreeMap::new(), BTreeMap::new());
    for package in packages {
        let (nonce, commitment) = round1::commit(package.signing_share(), &mut rng);
        nonces.insert(*package.identifier(), nonce);
        commitments.insert(*package.identifier(), commitment);
    }
    (SigningPackage::new(commitments, MESSAGE), nonces)
}

fn second_round<C: frost_core::Ciphersuite>(
    signing: &SigningPackage<C>,
    nonces: &Nonces<C>,
    packages: &[KeyPackage<C>],
) -> Result<BTreeMap<Identifier<C>, round2::SignatureShare<C>>, frost_core::Error<C>> {
    let signed = packages.iter().map(|package| {
        let id = *package.identifier();
        Ok((id, round2::sign(signing, &nonces[&id], package)?))
    });
    signed.collect()
}

type Field<C> = <<C as frost_core::Ciphersuite>::Group as frost_core::Group>::Field;

/// What these devices can make of their shares if nothing counts them: their key packages say that so many are enough,
/// and the signature is put together by hand, since FROST would not hand out one that does not verify.
fn sign_uncounted<C: frost_core::Ciphersuite>(net: &Net, signers: &[usize]) -> Vec<u8> {
    let few = u16::try_from(signers.len()).unwrap();
    let zero = <Field<C> as frost_core::Field>::serialize(&<Field<C> as frost_core::Field>::zero());
    let zero = SigningShare::deserialize(zero.as_ref()).unwrap();
    let packages = packages::<C>(net, signers);
    let lowered = |package: &KeyPackage<C>, share| {
        KeyPackage::new(
            *package.identifier(),
            share,
            *package.verifying_share(),
            *package.verifying_key(),
            few,
        )
    };
    let real: Vec<_> = packages.iter().map(|package| lowered(package, *package.signing_share())).collect();
    // Without its share a device's answer is its part of the nonce alone.
    let blank: Vec<_> = packages.iter().map(|package| lowered(package, zero)).collect();
    let (signing, nonces) = first_round(&packages);
    let sum = |packages: &[KeyPackage<C>]| {
        let scalar = |share: round2::SignatureShare<C>| {
            let bytes = share.serialize();
            let bytes = bytes.as_slice().try_into().ok().expect("a scalar's length");
            <Field<C> as frost_core::Field>::deserialize(&bytes).expect("a scalar")
        };
        let shares = second_round(&signing, &nonces, packages).unwrap().into_values().map(scalar);
        shares.reduce(|sum, share| sum + share).expect("somebody signs")
    };
    let nonce = <C::Group as frost_core::Group>::generator() * sum(&blank);
    let nonce = <C::Group as frost_core::Group>::serialize(&nonce).expect("not the identity");
    let response = <Field<C> as frost_core::Field>::serialize(&sum(&real));
    [nonce.as_ref(), response.as_ref()].concat()
}

/// Every choice of `k` out of `n`.
fn subsets(n: usize, k: usize) -> Vec<Vec<usize>> {
    let chosen = |bits: u32| (0..n).filter(|index| bits >> index & 1 == 1).collect::<Vec<_>>();
    (0..1_u32 << n).map(chosen).filter(|subset| subset.len() == k).collect()
}

/// By FROST, and without its counting.
fn both_ways(net: &Net, ciphersuite: Ciphersuite, signers: &[usize]) -> (Option<Vec<u8>>, Vec<u8>) {
    match ciphersuite {
        Ciphersuite::Ed25519 => {
            type C = frost_ed25519::Ed25519Sha512;
            (sign::<C>(net, signers).ok(), sign_uncounted::<C>(net, signers))
        }
        Ciphersuite::Secp256k1 => {
            type C = frost_secp256k1::Secp256K1Sha256;
            (sign::<C>(net, signers).ok(), sign_uncounted::<C>(net, signers))
        }
        Ciphersuite::Secp256k1Tr => {
            type C = frost_secp256k1_tr::Secp256K1Sha256TR;
            // BIP-340 has the nonce's x coordinate only.
            (sign::<C>(net, signers).ok(), sign_uncounted::<C>(net, signers)[1..].to_vec())
        }
    }
}

/// Any `t` sign, for libraries that know nothing of FROST, and no `t − 1` do.
fn a_group_signs(ciphersuite: Ciphersuite, t: u16, n: u16) {
    let net = Net::run(ciphersuite, t, n);
    net.assert_complete();
    let wallet = net.devices[0].active.as_ref().unwrap().ceremony().unwrap();
    assert_eq!(wallet.group_key.len(), ciphersuite.element_length());
    assert_eq!((wallet.params.threshold(), wallet.members.len()), (t, usize::from(n)));
    let (t, n) = (usize::from(t), usize::from(n));
    let choices = |k: usize| match n {
        0..=5 => subsets(n, k),
        // Neither the first nor the last are special.
        _ => vec![(0..k).collect(), (n - k..n).collect()],
    };
    let holds = |signature: &[u8]| verify::holds(ciphersuite, &wallet.group_key, MESSAGE, signature);
    for signers in choices(t) {
        let (signature, uncounted) = both_ways(&net, ciphersuite, &signers);
        assert!(holds(&signature.expect("enough")), "{ciphersuite}: {signers:?} of {n} sign");
        assert!(holds(&uncounted), "put together by hand it is the same kind of signature: {signers:?}");
    }
    for signers in choices(t - 1) {
        let (signature, uncounted) = both_ways(&net, ciphersuite, &signers);
        assert_eq!(signature, None, "FROST refuses fewer than the threshold");
        assert!(!holds(&uncounted), "{ciphersuite}: nor can {signers:?} of {n} sign without being counted");
    }
}

#[test]
fn an_ed25519_group_makes_ordinary_ed25519_signatures() {
    for (t, n) in [(2, 2), (2, 3), (3, 5), (7, 10)] {
        a_group_signs(Ciphersuite::Ed25519, t, n);
    }
}

#[test]
fn a_secp256k1_group_makes_schnorr_signatures() {
    for (t, n) in [(2, 2), (2, 3), (3, 5), (7, 10)] {
        a_group_signs(Ciphersuite::Secp256k1, t, n);
    }
}

#[test]
fn a_taproot_group_makes_signatures_that_libsecp256k1_accepts() {
    for (t, n) in [(2, 2), (2, 3), (3, 3), (3, 5), (7, 10)] {
        a_group_signs(Ciphersuite::Secp256k1Tr, t, n);
    }
}

#[test]
fn twenty_devices_make_a_key() {
    a_group_signs(Ciphersuite::Ed25519, 13, 20);
}

#[test]
fn fifty_devices_make_a_key() {
    // The work grows with the threshold, and with the cube of the devices.
    a_group_signs(Ciphersuite::Ed25519, 2, 50);
}

#[test]
fn the_largest_group_with_the_longest_names_fits_the_messages() {
    let name = "\u{10348}".repeat(60).parse().unwrap();
    let params =
        Params::new(name, Ciphersuite::Secp256k1Tr, Some("testnet4".parse().unwrap()), 50, 50).unwrap();
    let mut net = Net::named(&params, 50, |index| format!("{index:02}{}", "\u{10348}".repeat(38)));
    // What comes later is shorter: evidence is a part of a round-1 message, the rest are of fixed size.
    net.tamper = Box::new(|packet| if kind(&packet.bytes) == "round1" { Fate::Drop } else { Fate::Deliver });
    net.link_all();
    net.deliver_all();
    assert_eq!(net.transcript.iter().filter(|packet| kind(&packet.bytes) == "round1").count(), 50 * 49);
    let longest = net.transcript.iter().map(|packet| packet.bytes.len()).max().unwrap();
    assert!(longest < coordinator::dkg::LONGEST_MESSAGE / 2, "{longest} bytes leave room");
}

#[test]
fn all_show_the_same_safety_words_and_another_ceremony_shows_others() {
    let (a, b) = (Net::run(Ciphersuite::Ed25519, 2, 3), {
        let mut net = Net::new(&params(Ciphersuite::Ed25519, 2, 3), 3);
        net.devices[2].rng = ChaCha20Rng::seed_from_u64(777);
        net.link_all();
        net.deliver_all();
        net
    });
    let words =
        |net: &Net, i: usize| net.devices[i].active.as_ref().unwrap().ceremony().unwrap().safety_words;
    assert_eq!(words(&a, 0), words(&a, 1));
    assert_eq!(words(&a, 0), words(&a, 2));
    assert_ne!(words(&a, 0), words(&b, 0), "one device's randomness is enough to change them");
    assert!(words(&a, 0).iter().all(|word| !word.is_empty()));
}

#[test]
fn a_certificate_verifies_offline_and_fails_on_any_changed_byte() {
    for ciphersuite in Ciphersuite::ALL {
        let net = Net::run(ciphersuite, 2, 2);
        let bytes = net.devices[1].active.as_ref().unwrap().certificate().to_bytes();
        assert!(Certificate::from_bytes(&bytes).unwrap().verify().is_ok());
        for position in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[position] ^= 1 << (position % 8);
            let verified = Certificate::from_bytes(&changed).and_then(|certificate| certificate.verify());
            assert!(verified.is_err(), "{ciphersuite}: byte {position} of {} was changed", bytes.len());
        }
        assert!(Certificate::from_bytes(&bytes[..bytes.len() - 1]).is_err(), "cut off");
        assert!(Certificate::from_bytes(&[&bytes[..], &[0]].concat()).is_err(), "something behind it");
    }
}

#[test]
fn a_certificate_whose_member_proved_nothing_names_it_though_all_signed() {
    for ciphersuite in Ciphersuite::ALL {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let net = Net::run(ciphersuite, 2, 3);
        let honest = net.devices[0].active.as_ref().unwrap().certificate();
        assert_eq!(honest.verify_proofs(&mut rng), Ok(()), "{ciphersuite}");

        let mut forged: wire::Certificate = postcard::from_bytes(&honest.to_bytes()).unwrap();
        let mut identities: Vec<Arc<IdentityKey>> = (0..3).map(common::identity).collect();
        identities.sort_by_key(|identity| identity.id());
        let mut statement: wire::Round1 = forged.round1[1].peek();
        let last = statement.package.len() - if ciphersuite == Ciphersuite::Ed25519 { 32 } else { 1 };
        statement.package[last] ^= 1;
        forged.round1[1] = wire::Signed::new(&statement, wire::ROUND1, &identities[1]);
        let unsigned = postcard::to_allocvec(&forged).unwrap();
        let hashes = roster_and_transcript_hash(&forged);
        forged.signatures =
            identities.iter().map(|identity| identity.sign(wire::CERTIFICATE, &hashes)).collect();
        assert!(Certificate::from_bytes(&unsigned).unwrap().verify().is_err(), "the old signatures are void");
        let forged = Certificate::from_bytes(&postcard::to_allocvec(&forged).unwrap()).unwrap();
        assert!(forged.verify().is_ok(), "everything else holds");
        assert_eq!(forged.verify_proofs(&mut rng), Err(InvalidCertificate::ProofOfKnowledge(1)));
    }
}

/// What each member signs.
fn roster_and_transcript_hash(certificate: &wire::Certificate) -> Vec<u8> {
    let hash = |label: &str, parts: &[&[u8]]| -> Vec<u8> {
        Sha256::digest([&[b"permafrost/v1/", label.as_bytes(), &[0]], parts].concat().concat()).to_vec()
    };
    let roster = hash("roster hash", &[&certificate.roster.bytes]);
    let each: Vec<_> =
        certificate.round1.iter().map(|signed| hash("round 1 message", &[&signed.bytes])).collect();
    let view = hash("round 1 messages", &[&each.concat()]);
    let shares = certificate.verifying_shares.concat();
    let transcript = hash("transcript", &[&roster, &view, &certificate.group_key, &shares]);
    [roster, transcript].concat()
}

#[test]
fn a_certificate_of_version_1_still_verifies_and_names_no_network() {
    let bytes = hex::decode(include_str!("vectors/certificate-v1.txt").trim()).unwrap();
    let certificate = Certificate::from_bytes(&bytes).unwrap();
    let ceremony = certificate.verify().unwrap();
    assert_eq!(ceremony.params.network(), None);
    assert_eq!((ceremony.params.name().as_str(), ceremony.params.threshold()), ("Savings", 2));
    assert_eq!(certificate.to_bytes(), bytes);
    let newer = Net::run(Ciphersuite::Ed25519, 2, 2).devices[0].active.clone().unwrap().ceremony().unwrap();
    assert_eq!(newer.params.network().map(ToString::to_string).as_deref(), Some("devnet"));
}

#[test]
fn a_share_is_only_what_it_is() {
    let net = Net::run(Ciphersuite::Secp256k1Tr, 2, 2);
    let share = net.devices[0].share();
    assert_eq!(share.ciphersuite(), Ciphersuite::Secp256k1Tr);
    assert!(share.key_package::<frost_secp256k1::Secp256K1Sha256>().is_err(), "another ciphersuite");
    let bytes = share.expose_bytes();
    assert!(!format!("{share:?}").contains(&hex::encode(&bytes[40..50])));
    // Ciphersuite, header, (identifier,) signing share, verifying share.
    for position in (0..6).chain(38..103) {
        let mut changed = bytes.clone();
        changed[position] ^= 1;
        assert!(SecretShare::from_bytes(&changed).is_err(), "byte {position} was changed");
    }
    assert!(SecretShare::from_bytes(&[0; 600]).is_err());
    assert!(SecretShare::from_bytes(&[]).is_err());
}

#[test]
fn progress_says_who_is_waited_for_in_every_round() {
    let mut net = Net::new(&params(Ciphersuite::Ed25519, 2, 3), 3);
    net.link_all();
    let mut rounds = Vec::new();
    loop {
        let progress = net.devices[0].dkg.as_ref().unwrap().progress();
        if rounds.last() != Some(&progress.round) {
            rounds.push(progress.round);
        }
        for participant in &progress.participants {
            let waiting = participant.status(progress.round) == Status::Waiting;
            let named = progress.waiting_for.contains(&participant.device);
            let roster = progress.round >= Round::Round1;
            assert!(!roster || waiting == named, "waited for exactly where the part is missing");
        }
        if !net.deliver_one() {
            break;
        }
    }
    use Round::{Commit, Confirm, Echo, Joining, Round1, Round2};
    assert_eq!(rounds, [Joining, Round1, Echo, Round2, Commit, Confirm]);
    let progress = net.devices[0].dkg.as_ref().unwrap().progress();
    assert_eq!(progress.outcome, Outcome::Complete);
    assert_eq!(progress.waiting_for, []);
    assert!(progress.participants.iter().all(|p| p.rounds == [Status::Done; 8] && p.linked));
}
