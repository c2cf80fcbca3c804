//! An account: the synthetic xpub of a group key and what is derived from it.

use std::fmt;

use bitcoin::{
    Address, ScriptBuf,
    bip32::{ChainCode, ChildNumber, Fingerprint, Xpub},
    key::{TapTweak as _, TweakedPublicKey, XOnlyPublicKey},
    secp256k1::{PublicKey, Scalar, Secp256k1, SecretKey, VerifyOnly},
};
use miniscript::descriptor::checksum::desc_checksum;

use super::Network;
use crate::ChainError;

/// The chain code of every synthetic xpub: BIP-328's, the SHA-256 of `MuSig2MuSig2MuSig2`.
pub const CHAIN_CODE: [u8; 32] = [
    0x86, 0x80, 0x87, 0xca, 0x02, 0xa6, 0xf9, 0x74, 0xc4, 0x59, 0x89, 0x24, 0xc3, 0x6b, 0x57, 0x76, 0x2d,
    0x32, 0xcb, 0x45, 0x71, 0x71, 0x67, 0xe3, 0x00, 0x62, 0x2c, 0x71, 0x67, 0xe3, 0x89, 0x65,
];

/// Which of an account's two chains of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Keychain {
    /// Addresses to give to others: child 0 of the xpub.
    Receive,
    /// Addresses for change: child 1 of the xpub.
    Change,
}

impl Keychain {
    /// Both keychains.
    pub const ALL: [Self; 2] = [Self::Receive, Self::Change];

    pub(super) const fn child(self) -> ChildNumber {
        ChildNumber::Normal { index: self as u32 }
    }
}

/// Where an address of an account is: its keychain, and its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The chain of addresses.
    pub keychain: Keychain,
    /// The number, below 2³¹.
    pub index: u32,
}

/// A pay-to-taproot output of an account.
pub(super) struct Taproot {
    /// See [`Account::child_tweak`].
    pub(super) child_tweak: [u8; 32],
    pub(super) internal_key: XOnlyPublicKey,
    pub(super) script: ScriptBuf,
}

/// A group key on one network, with its receive and change addresses.
#[derive(Clone)]
pub struct Account {
    root: Xpub,
    network: Network,
    secp: Secp256k1<VerifyOnly>,
}

impl Account {
    /// The account of a group's key: 33 bytes, compressed (SEC 1), as the key generation of FROST(secp256k1, SHA-256)-TR
    /// returned it, of either parity.
    pub fn new(group_key: &[u8; 33], network: Network) -> Result<Self, ChainError> {
        let root = Xpub {
            network: bitcoin::Network::from(network).into(),
            depth: 0,
            parent_fingerprint: Fingerprint::default(),
            child_number: ChildNumber::Normal { index: 0 },
            public_key: PublicKey::from_slice(group_key).map_err(|_| ChainError::InvalidKey)?,
            chain_code: ChainCode::from(CHAIN_CODE),
        };
        Ok(Self { root, network, secp: Secp256k1::verification_only() })
    }

    /// The network it is on.
    pub fn network(&self) -> Network {
        self.network
    }

    /// The synthetic extended public key, in base58check: `xpub…` on mainnet, `tpub…` elsewhere.
    pub fn xpub(&self) -> String {
        self.root.to_string()
    }

    /// The watch-only descriptor of all addresses, with its checksum: `tr(xpub/<0;1>/*)#…`.
    pub fn descriptor(&self) -> String {
        with_checksum(format!("tr({}/<0;1>/*)", self.root))
    }

    /// The watch-only descriptor of one keychain, for programs that don't know BIP-389: `tr(xpub/0/*)#…`.
    pub fn keychain_descriptor(&self, keychain: Keychain) -> String {
        with_checksum(format!("tr({}/{}/*)", self.root, keychain.child()))
    }

    /// An address.
    ///
    /// Errors: [`ChainError::InvalidIndex`] from 2³¹ on.
    pub fn address(&self, keychain: Keychain, index: u32) -> Result<Address, ChainError> {
        let output_key = self.output_key(keychain, index)?;
        Ok(Address::p2tr_tweaked(output_key, bitcoin::Network::from(self.network)))
    }

    /// A child's key, compressed: the group key after [`child_tweak`](Self::child_tweak) has been added. Its x coordinate is
    /// the taproot internal key.
    pub fn child_key(&self, keychain: Keychain, index: u32) -> Result<[u8; 33], ChainError> {
        Ok(self.child(keychain, index)?.1.serialize())
    }

    /// What leads from the group key to a child, as a scalar (32 bytes, big-endian): child key = group key + tweak · G.
    ///
    /// The sum of BIP-32's two *I*<sub>L</sub> on the way. Public: whoever has the descriptor can compute it.
    pub fn child_tweak(&self, keychain: Keychain, index: u32) -> Result<[u8; 32], ChainError> {
        Ok(self.child(keychain, index)?.0.secret_bytes())
    }

    /// BIP-32's fingerprint of the xpub, by which other programs know whose a key is.
    pub(super) fn fingerprint(&self) -> Fingerprint {
        self.root.fingerprint()
    }

    /// All that spending from an address needs.
    pub(super) fn taproot(&self, place: Place) -> Result<Taproot, ChainError> {
        let (child_tweak, key) = self.child(place.keychain, place.index)?;
        let internal_key = XOnlyPublicKey::from(key);
        let script = ScriptBuf::new_p2tr_tweaked(internal_key.tap_tweak(&self.secp, None).0);
        Ok(Taproot { child_tweak: child_tweak.secret_bytes(), internal_key, script })
    }

    fn output_key(&self, keychain: Keychain, index: u32) -> Result<TweakedPublicKey, ChainError> {
        let (_, key) = self.child(keychain, index)?;
        Ok(XOnlyPublicKey::from(key).tap_tweak(&self.secp, None).0)
    }

    fn child(&self, keychain: Keychain, index: u32) -> Result<(SecretKey, PublicKey), ChainError> {
        let last = ChildNumber::from_normal_idx(index).map_err(|_| ChainError::InvalidIndex(index))?;
        let none = |_| ChainError::NoSuchChild(index);
        let (first_tweak, _) = self.root.ckd_pub_tweak(keychain.child()).map_err(none)?;
        let parent = self.root.ckd_pub(&self.secp, keychain.child()).map_err(none)?;
        let (second_tweak, _) = parent.ckd_pub_tweak(last).map_err(none)?;
        let none = |_| ChainError::NoSuchChild(index);
        let tweak = first_tweak.add_tweak(&Scalar::from(second_tweak)).map_err(none)?;
        let key = self.root.public_key.add_exp_tweak(&self.secp, &Scalar::from(tweak)).map_err(none)?;
        Ok((tweak, key))
    }
}

/// A descriptor of ours has only characters that the checksum knows, so there always is one.
fn with_checksum(descriptor: String) -> String {
    match desc_checksum(&descriptor) {
        Ok(checksum) => format!("{descriptor}#{checksum}"),
        Err(_) => descriptor,
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account({}, {})", self.network, self.root)
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr as _;

    use bitcoin::secp256k1::All;
    use miniscript::{Descriptor, DescriptorPublicKey};
    use proptest::prelude::*;

    use super::*;

    /// The two keys of BIP-328's first two vectors: one of odd parity, one of even.
    const ODD: &str = "0354240c76b8f2999143301a99c7f721ee57eee0bce401df3afeaa9ae218c70f23";
    const EVEN: &str = "0290539eede565f5d054f32cc0c220126889ed1e5d193baf15aef344fe59d4610c";

    fn key(hex: &str) -> [u8; 33] {
        hex::decode(hex).unwrap().try_into().unwrap()
    }

    fn account(hex: &str, network: Network) -> Account {
        Account::new(&key(hex), network).unwrap()
    }

    #[test]
    fn synthetic_xpubs_are_those_of_bip_328() {
        let third = "022479f134cdb266141dab1a023cbba30a870f8995b95a91fc8464e56a7d41f8ea";
        for (key, xpub) in [
            (
                ODD,
                "xpub661MyMwAqRbcFt6tk3uaczE1y6EvM1TqXvawXcYmFEWijEM4PDBnuCXwwXEKGEouzXE6QLLRxjatMcLLzJ5LV5Nib1BN7vJg6yp45yHHRbm",
            ),
            (
                EVEN,
                "xpub661MyMwAqRbcFt6tk3uaczE1y6EvM1TqXvawXcYmFEWijEM4PDBnuCXwwVk5TFJk8Tw5WAdV3DhrGfbFA216sE9BsQQiSFTdudkETnKdg8k",
            ),
            (
                third,
                "xpub661MyMwAqRbcFt6tk3uaczE1y6EvM1TqXvawXcYmFEWijEM4PDBnuCXwwUvaZYpysLX4wN59tjwU5pBuDjNrPEJbfxjLwn7ruzbXTcUTHkZ",
            ),
        ] {
            assert_eq!(account(key, Network::Mainnet).xpub(), xpub);
        }
    }

    #[test]
    fn addresses_are_derived_as_in_bip_86() {
        let root = "xpub6BgBgsespWvERF3LHQu6CnqdvfEvtMcQjYrcRzx53QJjSxarj2afYWcLteoGVky7D3UKDP9QyrLprQ3VCECoY49yfdDEHGCtMMj92pReUsQ";
        let account = Account {
            root: root.parse().unwrap(),
            network: Network::Mainnet,
            secp: Secp256k1::verification_only(),
        };
        let address = |keychain, index| account.address(keychain, index).unwrap().to_string();
        assert_eq!(
            address(Keychain::Receive, 0),
            "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr"
        );
        assert_eq!(
            address(Keychain::Receive, 1),
            "bc1p4qhjn9zdvkux4e44uhx8tc55attvtyu358kutcqkudyccelu0was9fqzwh"
        );
        assert_eq!(
            address(Keychain::Change, 0),
            "bc1p3qkhfews2uk44qtvauqyr2ttdsw7svhkl9nkm9s9c3x4ax5h60wqwruhk7"
        );
        assert_eq!(
            hex::encode(&account.child_key(Keychain::Receive, 0).unwrap()[1..]),
            "cc8a4bc64d897bddc5fbc2f670f7a8ba0b386779106cf1223c6fc5d7cd6fc115",
            "the internal key"
        );
    }

    #[test]
    fn an_internal_key_without_scripts_is_tweaked_as_in_bip_341() {
        let internal = "d6889cb081036e0faefa3a35157ad71086b123b2b144b649798b494c300a961d";
        let output_key =
            XOnlyPublicKey::from_str(internal).unwrap().tap_tweak(&Secp256k1::<All>::new(), None).0;
        assert_eq!(
            Address::p2tr_tweaked(output_key, bitcoin::Network::Bitcoin).to_string(),
            "bc1p2wsldez5mud2yam29q22wgfh9439spgduvct83k3pm50fcxa5dps59h4z5"
        );
    }

    #[test]
    fn checksums_are_those_of_bip_380() {
        assert_eq!(with_checksum("raw(deadbeef)".to_owned()), "raw(deadbeef)#89f8spxm");
    }

    #[test]
    fn our_own_vectors_stay_as_they_are_for_ever() {
        let text: String = [ODD, EVEN]
            .into_iter()
            .flat_map(|key| Network::ALL.map(|network| (key, network)))
            .map(|(key, network)| describe(&account(key, network)))
            .collect();
        assert_eq!(text, include_str!("vectors.txt"), "src-tauri/docs/protocol.md quotes these");
    }

    fn describe(account: &Account) -> String {
        let mut text = format!("{}\n{}\n", account.network(), account.descriptor());
        for keychain in [Keychain::Receive, Keychain::Change] {
            text += &format!("{}\n", account.keychain_descriptor(keychain));
            for index in [0, 1, 1000, 0x7fff_ffff] {
                text += &format!(
                    "{keychain:?} {index} tweak {} key {} {}\n",
                    hex::encode(account.child_tweak(keychain, index).unwrap()),
                    hex::encode(account.child_key(keychain, index).unwrap()),
                    account.address(keychain, index).unwrap(),
                );
            }
        }
        text + "\n"
    }

    #[test]
    fn what_is_no_compressed_key_has_no_account() {
        let mut bad = key(EVEN);
        for prefix in [0, 1, 4, 5, 6, 7, 0xff] {
            bad[0] = prefix;
            assert_eq!(Account::new(&bad, Network::Regtest).unwrap_err(), ChainError::InvalidKey);
        }
        let mut no_point = [0; 33];
        no_point[0] = 2;
        assert!(Account::new(&no_point, Network::Regtest).is_err(), "x = 0 is on no point");
        assert!(Account::new(&[0xff; 33], Network::Regtest).is_err());
    }

    #[test]
    fn hardened_addresses_do_not_exist() {
        let account = account(ODD, Network::Regtest);
        for index in [1 << 31, u32::MAX] {
            assert_eq!(account.address(Keychain::Receive, index), Err(ChainError::InvalidIndex(index)));
            assert_eq!(account.child_tweak(Keychain::Change, index), Err(ChainError::InvalidIndex(index)));
        }
    }

    #[test]
    fn a_network_is_known_by_its_name() {
        for network in Network::ALL {
            assert_eq!(network.to_string().parse(), Ok(network));
            assert_eq!(serde_json::to_string(&network).unwrap(), format!("\"{network}\""));
        }
        assert!("testnet3".parse::<Network>().is_err());
    }

    proptest! {
        #[test]
        fn the_descriptor_and_the_tweak_lead_to_the_address_that_is_shown(
            secret in proptest::array::uniform32(1_u8..),
            index in 0_u32..1 << 31,
            network in proptest::sample::select(&Network::ALL[..]),
            is_change: bool,
        ) {
            let secp = Secp256k1::new();
            let Ok(secret) = SecretKey::from_slice(&secret) else { return Ok(()) };
            let account = Account::new(&secret.public_key(&secp).serialize(), network).unwrap();
            let keychain = if is_change { Keychain::Change } else { Keychain::Receive };
            let shown = account.address(keychain, index).unwrap();

            let descriptor: Descriptor<DescriptorPublicKey> = account.descriptor().parse().unwrap();
            let both = descriptor.into_single_descriptors().unwrap();
            let single = both[usize::from(is_change)].clone();
            prop_assert_eq!(single.to_string(), account.keychain_descriptor(keychain));
            let derived = single.at_derivation_index(index).unwrap();
            prop_assert_eq!(derived.address(network.into()).unwrap(), shown.clone(), "by the descriptor");

            let tweak = SecretKey::from_slice(&account.child_tweak(keychain, index).unwrap()).unwrap();
            let child = secret.add_tweak(&Scalar::from(tweak)).unwrap().public_key(&secp);
            prop_assert_eq!(child.serialize(), account.child_key(keychain, index).unwrap(), "by the tweak");
            let address = Address::p2tr(&secp, child.into(), None, bitcoin::Network::from(network));
            prop_assert_eq!(address, shown);
        }
    }
}
