//! A group of three devices, two of which sign, with the FROST crate's own functions.

use std::collections::BTreeMap;

use bitcoin::secp256k1::{PublicKey, Scalar, Secp256k1, SecretKey};
use frost_secp256k1_tr::{
    Identifier, SigningPackage, VerifyingKey, aggregate_with_tweak,
    keys::{KeyPackage, PublicKeyPackage, SigningShare, VerifyingShare, dkg},
    round1, round2,
};
use rand::rngs::OsRng;

const DEVICES: u16 = 3;
const THRESHOLD: u16 = 2;

/// All key packages of a group, as no device ever has them.
pub(crate) struct Group {
    shares: BTreeMap<Identifier, KeyPackage>,
    public: PublicKeyPackage,
}

impl Group {
    /// Runs the distributed key generation.
    pub(crate) fn generate() -> Self {
        let everyone = (1..=DEVICES).map(|i| Identifier::try_from(i).unwrap());
        let mut first_secrets = BTreeMap::new();
        let mut first = BTreeMap::new();
        for me in everyone.clone() {
            let (secret, package) = dkg::part1(me, DEVICES, THRESHOLD, OsRng).unwrap();
            first_secrets.insert(me, secret);
            first.insert(me, package);
        }
        let others = |me: &Identifier| {
            let mut others = first.clone();
            others.remove(me);
            others
        };
        let mut second_secrets = BTreeMap::new();
        let mut second: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        for (me, secret) in first_secrets {
            let (secret, packages) = dkg::part2(secret, &others(&me)).unwrap();
            second_secrets.insert(me, secret);
            for (to, package) in packages {
                second.entry(to).or_default().insert(me, package);
            }
        }
        let done = everyone.map(|me| {
            let (share, public) = dkg::part3(&second_secrets[&me], &others(&me), &second[&me]).unwrap();
            ((me, share), public)
        });
        let (shares, public): (BTreeMap<_, _>, Vec<_>) = done.unzip();
        Self { shares, public: public[0].clone() }
    }

    /// The group's key, compressed.
    pub(crate) fn key(&self) -> [u8; 33] {
        self.public.verifying_key().serialize().unwrap().try_into().unwrap()
    }

    /// The group of a child key: the tweak added to every share, and its multiple of G to every public key.
    pub(crate) fn derive(&self, tweak: &[u8; 32]) -> Self {
        let secp = Secp256k1::new();
        let tweak = Scalar::from_be_bytes(*tweak).unwrap();
        let add = |key: Vec<u8>| {
            PublicKey::from_slice(&key).unwrap().add_exp_tweak(&secp, &tweak).unwrap().serialize()
        };
        let key = VerifyingKey::deserialize(&add(self.public.verifying_key().serialize().unwrap())).unwrap();
        let verifying_shares: BTreeMap<_, _> = self
            .public
            .verifying_shares()
            .iter()
            .map(|(id, share)| (*id, VerifyingShare::deserialize(&add(share.serialize().unwrap())).unwrap()))
            .collect();
        let shares = self
            .shares
            .iter()
            .map(|(id, package)| {
                let share = SecretKey::from_slice(&package.signing_share().serialize()).unwrap();
                let share =
                    SigningShare::deserialize(&share.add_tweak(&tweak).unwrap().secret_bytes()).unwrap();
                (*id, KeyPackage::new(*id, share, verifying_shares[id], key, THRESHOLD))
            })
            .collect();
        Self { shares, public: PublicKeyPackage::new(verifying_shares, key, Some(THRESHOLD)) }
    }

    /// A BIP-340 signature for the BIP-341 key path (no scripts), by the last two devices.
    pub(crate) fn sign_taproot(&self, message: &[u8; 32]) -> [u8; 64] {
        let signers: Vec<_> = self.shares.iter().skip(usize::from(DEVICES - THRESHOLD)).collect();
        let nonces: BTreeMap<_, _> = signers
            .iter()
            .map(|(id, package)| (**id, round1::commit(package.signing_share(), &mut OsRng)))
            .collect();
        let commitments = nonces.iter().map(|(id, (_, commitments))| (*id, *commitments)).collect();
        let signing_package = SigningPackage::new(commitments, message);
        let shares = signers
            .into_iter()
            .map(|(id, package)| {
                (*id, round2::sign_with_tweak(&signing_package, &nonces[id].0, package, None).unwrap())
            })
            .collect();
        let signature = aggregate_with_tweak(&signing_package, &shares, &self.public, None).unwrap();
        signature.serialize().unwrap().try_into().unwrap()
    }
}
