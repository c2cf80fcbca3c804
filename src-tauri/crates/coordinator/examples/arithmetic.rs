//! How long one device's arithmetic of distributed key generation takes: `frost-core` in a loop, nothing around it.
//!
//! Arguments: groups as `t/n`. Prints one JSON object, `{ciphersuite: {"t/n": milliseconds}}` with the median.
//! `cargo xtask bench dkg` shows it beside whole ceremonies.

use std::{collections::BTreeMap, env, error::Error, hint::black_box, time::Instant};

use frost_core::{Ciphersuite, Error as FrostError, Identifier, keys::dkg};
use rand_core::OsRng;

const REPETITIONS: usize = 31;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let groups = env::args().skip(1).map(|group| parse(&group)).collect::<Result<Vec<_>>>()?;
    let mut medians = serde_json::Map::new();
    medians
        .insert("ed25519".to_owned(), serde_json::to_value(all::<frost_ed25519::Ed25519Sha512>(&groups)?)?);
    medians.insert(
        "secp256k1-tr".to_owned(),
        serde_json::to_value(all::<frost_secp256k1_tr::Secp256K1Sha256TR>(&groups)?)?,
    );
    println!("{}", serde_json::Value::Object(medians));
    Ok(())
}

fn parse(group: &str) -> Result<(u16, u16)> {
    let (t, n) = group.split_once('/').ok_or("a group is given as t/n")?;
    Ok((t.parse()?, n.parse()?))
}

fn all<C: Ciphersuite>(groups: &[(u16, u16)]) -> Result<BTreeMap<String, f64>> {
    groups.iter().map(|&(t, n)| Ok((format!("{t}/{n}"), median::<C>(t, n)?))).collect()
}

/// The median in milliseconds of one device's three parts.
fn median<C: Ciphersuite>(t: u16, n: u16) -> Result<f64> {
    let me = Identifier::<C>::try_from(1)?;
    let others =
        (2..=n).map(Identifier::<C>::try_from).collect::<std::result::Result<Vec<_>, FrostError<C>>>()?;
    let mut secrets = BTreeMap::new();
    let mut round1 = BTreeMap::new();
    for id in &others {
        let (secret, package) = dkg::part1::<C, _>(*id, n, t, OsRng)?;
        secrets.insert(*id, secret);
        round1.insert(*id, package);
    }

    let (secret, mine) = dkg::part1::<C, _>(me, n, t, OsRng)?;
    let round2 = dealt_to_me(me, &mine, &round1, &secrets)?;

    let mut times = Vec::with_capacity(REPETITIONS);
    for _ in 0..REPETITIONS {
        let secret = secret.clone();
        let begun = Instant::now();
        // As costly as the one whose packages are used.
        black_box(dkg::part1::<C, _>(me, n, t, OsRng)?);
        let (secret, packages) = dkg::part2(secret, &round1)?;
        let made = dkg::part3(&secret, &round1, &round2)?;
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
        black_box((packages, made));
    }
    times.sort_by(f64::total_cmp);
    times.get(REPETITIONS / 2).copied().ok_or_else(|| "nothing was measured".into())
}

/// What the others deal this device.
fn dealt_to_me<C: Ciphersuite>(
    me: Identifier<C>,
    mine: &dkg::round1::Package<C>,
    round1: &BTreeMap<Identifier<C>, dkg::round1::Package<C>>,
    secrets: &BTreeMap<Identifier<C>, dkg::round1::SecretPackage<C>>,
) -> Result<BTreeMap<Identifier<C>, dkg::round2::Package<C>>> {
    let mut dealt = BTreeMap::new();
    for (id, secret) in secrets {
        let mut received = round1.clone();
        received.remove(id);
        received.insert(me, mine.clone());
        let (_, packages) = dkg::part2(secret.clone(), &received)?;
        dealt.insert(*id, packages.get(&me).ok_or("part 2 left this device out")?.clone());
    }
    Ok(dealt)
}
