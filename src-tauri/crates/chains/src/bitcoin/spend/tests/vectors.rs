//! The published vectors of BIP-341 (key path), BIP-174 and BIP-371.

use bitcoin::{
    ScriptBuf, TapTweakHash, Transaction, TxOut, XOnlyPublicKey,
    consensus::encode::deserialize_hex,
    hashes::Hash as _,
    key::{Keypair, TapTweak as _},
    secp256k1::{All, Message, Secp256k1, SecretKey},
};

use super::*;
use crate::bitcoin::spend::decode::sighashes;

fn bytes<const N: usize>(text: &str) -> [u8; N] {
    hex::decode(text).unwrap().try_into().unwrap()
}

#[test]
fn the_hash_that_is_signed_is_that_of_bip_341() {
    let unsigned: Transaction = deserialize_hex("02000000097de20cbff686da83a54981d2b9bab3586f4ca7e48f57f5b55963115f3b334e9c010000000000000000d7b7cab57b1393ace2d064f4d4a2cb8af6def61273e127517d44759b6dafdd990000000000fffffffff8e1f583384333689228c5d28eac13366be082dc57441760d957275419a418420000000000fffffffff0689180aa63b30cb162a73c6d2a38b7eeda2a83ece74310fda0843ad604853b0100000000feffffffaa5202bdf6d8ccd2ee0f0202afbbb7461d9264a25e5bfd3c5a52ee1239e0ba6c0000000000feffffff956149bdc66faa968eb2be2d2faa29718acbfe3941215893a2a3446d32acd050000000000000000000e664b9773b88c09c32cb70a2a3e4da0ced63b7ba3b22f848531bbb1d5d5f4c94010000000000000000e9aa6b8e6c9de67619e6a3924ae25696bb7b694bb677a632a74ef7eadfd4eabf0000000000ffffffffa778eb6a263dc090464cd125c466b5a99667720b1c110468831d058aa1b82af10100000000ffffffff0200ca9a3b000000001976a91406afd46bcdfd22ef94ac122aa11f241244a37ecc88ac807840cb0000000020ac9a87f5594be208f8532db38cff670c450ed2fea8fcdefcc9a663f78bab962b0065cd1d").unwrap();
    let spent: Vec<_> = [
        ("512053a1f6e454df1aa2776a2814a721372d6258050de330b3c6d10ee8f4e0dda343", 420_000_000),
        ("5120147c9c57132f6e7ecddba9800bb0c4449251c92a1e60371ee77557b6620f3ea3", 462_000_000),
        ("76a914751e76e8199196d454941c45d1b3a323f1433bd688ac", 294_000_000),
        ("5120e4d810fd50586274face62b8a807eb9719cef49c04177cc6b76a9a4251d5450e", 504_000_000),
        ("512091b64d5324723a985170e4dc5a0f84c041804f2cd12660fa5dec09fc21783605", 630_000_000),
        ("00147dd65592d0ab2fe0d0257d571abf032cd9db93dc", 378_000_000),
        ("512075169f4001aa68f15bbed28b218df1d0a62cbbcf1188c6665110c293c907b831", 672_000_000),
        ("5120712447206d7a5238acc7ff53fbe94a3b64539ad291c7cdbc490b7577e4b17df5", 546_000_000),
        ("512077e30a5522dd9f894c3f8b8bd4c4b2cf82ca7da8a3ea6a239655c39c050ab220", 588_000_000),
    ]
    .into_iter()
    .map(|(script, amount)| TxOut {
        script_pubkey: ScriptBuf::from_hex(script).unwrap(),
        value: Amount::from_sat(amount),
    })
    .collect();
    let sighash = sighashes(&unsigned, &spent).unwrap()[4];
    assert_eq!(
        hex::encode(sighash),
        "4f900a0bae3f1446fd48490c2958b5a023228f01661cda3496a11da502a7f7ef",
        "of the input whose hash type is the default"
    );

    let signature: [u8; 64] = bytes(
        "b4010dd48a617db09926f729e79c33ae0b4e94b79f04a1ae93ede6315eb3669de185a17d2b0ac9ee09fd4c64b678a0b61a0a86fa888a273c8511be83bfd6810f",
    );
    let output_key = XOnlyPublicKey::from_slice(&spent[4].script_pubkey.as_bytes()[2..]).unwrap();
    let signature = bitcoin::secp256k1::schnorr::Signature::from_slice(&signature).unwrap();
    let message = Message::from_digest(sighash);
    Secp256k1::new().verify_schnorr(&signature, &message, &output_key).unwrap();
}

#[test]
fn a_key_without_scripts_is_tweaked_as_in_bip_341() {
    let secp = Secp256k1::<All>::new();
    let secret = "6b973d88838f27366ed61c9ad6367663045cb456e28335c109e30717ae0c6baa";
    let internal = Keypair::from_secret_key(&secp, &SecretKey::from_slice(&bytes::<32>(secret)).unwrap());
    let tweak = TapTweakHash::from_key_and_tweak(internal.x_only_public_key().0, None);
    assert_eq!(
        hex::encode(tweak.to_byte_array()),
        "b86e7be8f39bab32a6f2c0443abbc210f0edac0e2c53d501b36b64437d9c6c70"
    );
    let tweaked = internal.tap_tweak(&secp, None).to_keypair();
    assert_eq!(
        hex::encode(tweaked.secret_bytes()),
        "2405b971772ad26915c8dcdf10f238753a9b837e5f8e6a86fd7c0cce5b7296d9"
    );
}

/// Each line: what becomes of it, and the PSBT. None of them is this wallet's.
#[test]
fn published_psbts_are_read_and_refused_for_the_right_reason() {
    let mut kinds = std::collections::BTreeSet::new();
    for (i, line) in include_str!("psbts.txt").lines().enumerate() {
        let (expected, psbt) = line.split_once(' ').unwrap();
        let psbt = hex::decode(psbt).unwrap();
        let error = Spend::import(&account(), &psbt).unwrap_err();
        let found = format!("{error:?}");
        let kind = found.split(' ').next().unwrap();
        assert_eq!(kind, expected, "line {}: {found}", i + 1);
        assert!(Spend::decode(&account(), &psbt).is_err());
        kinds.insert(expected);
    }
    assert!(kinds.len() >= 5, "{kinds:?}");
}

#[test]
fn a_psbt_of_version_2_is_named_as_such() {
    // One input and two outputs, with BIP-370's required fields only.
    let psbt = "70736274ff01020402000000010401010105010201fb040200000000010e200b0ad921419c1c8719735d72dc739f9ea9e0638d1fe4c1eef0f9944084815fc8010f0400000000000103080008af2f000000000104160014c430f64c4756da310dbd1a085572ef299926272c000103088bbdeb0b0000000001041600144dd193ac964a56ac1b9e1cca8454fe2f474f851300";
    let refused = Spend::import(&account(), &hex::decode(psbt).unwrap());
    assert_eq!(refused, Err(SpendError::OtherPsbtVersion));
}
