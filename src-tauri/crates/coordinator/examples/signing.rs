//! How long the arithmetic of signing takes: `frost-core` in a loop, nothing around it.
//!
//! Arguments: kinds as `t/k`, for `t` signers and `k` messages. Prints one JSON object,
//! `{ciphersuite: {"t/k": [commit, sign, aggregate]}}`: what a signer needs for its commitments and for its shares, and
//! what putting them together needs, as medians in milliseconds.
//! `cargo xtask bench sign` shows it beside whole signatures.

use std::{collections::BTreeMap, env, error::Error, hint::black_box, time::Instant};

use frost_core::{
    Ciphersuite, Identifier, SigningPackage, aggregate,
    keys::{IdentifierList, KeyPackage, PublicKeyPackage, generate_with_dealer},
    round1, round2,
};
use rand_core::OsRng;

const REPETITIONS: usize = 9;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let kinds = env::args().skip(1).map(|kind| parse(&kind)).collect::<Result<Vec<_>>>()?;
    let mut medians = serde_json::Map::new();
    medians.insert("ed25519".to_owned(), serde_json::to_value(all::<frost_ed25519::Ed25519Sha512>(&kinds)?)?);
    medians.insert(
        "secp256k1-tr".to_owned(),
        serde_json::to_value(all::<frost_secp256k1_tr::Secp256K1Sha256TR>(&kinds)?)?,
    );
    println!("{}", serde_json::Value::Object(medians));
    Ok(())
}

fn parse(kind: &str) -> Result<(u16, u16)> {
    let (t, k) = kind.split_once('/').ok_or("a kind is given as t/k")?;
    Ok((t.parse()?, k.parse()?))
}

fn all<C: Ciphersuite>(kinds: &[(u16, u16)]) -> Result<BTreeMap<String, [f64; 3]>> {
    kinds.iter().map(|&(t, k)| Ok((format!("{t}/{k}"), medians::<C>(t, k)?))).collect()
}

/// In milliseconds: one signer's commitments for `k` messages, its shares of their signatures, and putting `k` signatures
/// together from those of `t` signers and verifying them.
fn medians<C: Ciphersuite>(t: u16, k: u16) -> Result<[f64; 3]> {
    let (dealt, public) = generate_with_dealer::<C, _>(t, t, IdentifierList::Default, &mut OsRng)?;
    let mut keys = BTreeMap::new();
    for (id, share) in dealt {
        keys.insert(id, KeyPackage::try_from(share)?);
    }
    let runs = (0..REPETITIONS).map(|_| once(&keys, &public, k)).collect::<Result<Vec<_>>>()?;
    let median_of = |step: fn(&[f64; 3]) -> f64| median(runs.iter().map(step).collect());
    Ok([median_of(|run| run[0])?, median_of(|run| run[1])?, median_of(|run| run[2])?])
}

fn once<C: Ciphersuite>(
    keys: &BTreeMap<Identifier<C>, KeyPackage<C>>,
    public: &PublicKeyPackage<C>,
    k: u16,
) -> Result<[f64; 3]> {
    let (first, one) = keys.first_key_value().ok_or("nobody signs")?;
    let mut packages = Vec::new();
    let begun = Instant::now();
    let mine: Vec<_> = (0..k).map(|_| round1::commit(one.signing_share(), &mut OsRng)).collect();
    let commit = begun.elapsed();
    for (message, (nonces, commitments)) in mine.into_iter().enumerate() {
        let mut all_nonces = BTreeMap::from([(*first, nonces)]);
        let mut all_commitments = BTreeMap::from([(*first, commitments)]);
        for (id, key) in keys.iter().skip(1) {
            let (nonces, commitments) = round1::commit(key.signing_share(), &mut OsRng);
            all_nonces.insert(*id, nonces);
            all_commitments.insert(*id, commitments);
        }
        packages.push((SigningPackage::new(all_commitments, &message.to_be_bytes()), all_nonces));
    }

    let begun = Instant::now();
    for (package, nonces) in &packages {
        black_box(round2::sign(package, nonces.get(first).ok_or("no nonces")?, one)?);
    }
    let sign = begun.elapsed();

    let mut answered = Vec::new();
    for (package, nonces) in &packages {
        let mut shares = BTreeMap::new();
        for (id, nonces) in nonces {
            shares.insert(*id, round2::sign(package, nonces, keys.get(id).ok_or("no key")?)?);
        }
        answered.push((package, shares));
    }
    let begun = Instant::now();
    for (package, shares) in &answered {
        // Verifies the signature, too.
        black_box(aggregate(package, shares, public)?);
    }
    Ok([commit, sign, begun.elapsed()].map(|took| took.as_secs_f64() * 1000.0))
}

fn median(mut times: Vec<f64>) -> Result<f64> {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().ok_or_else(|| "nothing was measured".into())
}
