//! What is agreed on before anything starts.

use std::{fmt, str::FromStr};

use identity::{InvalidText, text};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error as _, SeqAccess, Visitor},
};

use crate::Ciphersuite;

/// The public name of a session, in every message: 32 bytes derived from the session's secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SessionTag(pub [u8; 32]);

/// A wallet's name: 1 to 60 characters, see [`identity::text::check`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WalletName(String);

impl WalletName {
    /// The most characters that a wallet's name has.
    pub const MOST: usize = 60;

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for WalletName {
    type Err = InvalidText;

    fn from_str(name: &str) -> Result<Self, InvalidText> {
        text::check(name, Self::MOST).map(|name| Self(name.to_owned()))
    }
}

impl TryFrom<String> for WalletName {
    type Error = InvalidText;

    fn try_from(name: String) -> Result<Self, InvalidText> {
        name.parse()
    }
}

impl From<WalletName> for String {
    fn from(name: WalletName) -> Self {
        name.0
    }
}

impl fmt::Display for WalletName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for WalletName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

/// The name of a chain's network: 1 to 16 lower-case letters and digits. Which there are is not known here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NetworkName(String);

/// The text is no network's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a network's name has 1 to {} lower-case letters and digits", NetworkName::MOST)]
pub struct InvalidNetworkName;

impl NetworkName {
    /// The most characters that a network's name has.
    pub const MOST: usize = 16;

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for NetworkName {
    type Err = InvalidNetworkName;

    fn from_str(name: &str) -> Result<Self, InvalidNetworkName> {
        name.to_owned().try_into()
    }
}

impl TryFrom<String> for NetworkName {
    type Error = InvalidNetworkName;

    fn try_from(name: String) -> Result<Self, InvalidNetworkName> {
        let is_good = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
        let fits = (1..=Self::MOST).contains(&name.len());
        if fits && name.bytes().all(is_good) { Ok(Self(name)) } else { Err(InvalidNetworkName) }
    }
}

impl From<NetworkName> for String {
    fn from(name: NetworkName) -> Self {
        name.0
    }
}

impl fmt::Display for NetworkName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the group will be: always 2 ≤ threshold ≤ participants ≤ 50.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Params {
    name: WalletName,
    ciphersuite: Ciphersuite,
    /// None for a key that has no chain.
    network: Option<NetworkName>,
    threshold: u16,
    participants: u16,
}

/// Why numbers make no group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidParams {
    /// Fewer than two, or more than [`Params::MOST`], participants.
    #[error("a group has 2 to 50 participants, not {0}")]
    Participants(u16),
    /// A threshold of less than two, or of more than all.
    #[error("of {participants} participants between 2 and {participants} sign, not {threshold}")]
    Threshold {
        /// The threshold asked for.
        threshold: u16,
        /// The participants asked for.
        participants: u16,
    },
}

impl Params {
    /// The most participants that a group has.
    pub const MOST: u16 = 50;

    /// Checks the numbers.
    pub fn new(
        name: WalletName,
        ciphersuite: Ciphersuite,
        network: Option<NetworkName>,
        threshold: u16,
        participants: u16,
    ) -> Result<Self, InvalidParams> {
        if !(2..=Self::MOST).contains(&participants) {
            return Err(InvalidParams::Participants(participants));
        }
        if !(2..=participants).contains(&threshold) {
            return Err(InvalidParams::Threshold { threshold, participants });
        }
        Ok(Self { name, ciphersuite, network, threshold, participants })
    }

    /// The wallet's name.
    pub fn name(&self) -> &WalletName {
        &self.name
    }

    /// The kind of key.
    pub fn ciphersuite(&self) -> Ciphersuite {
        self.ciphersuite
    }

    /// The network of the chain that the key is for; none for a key that has no chain, and in what version 1 made.
    pub fn network(&self) -> Option<&NetworkName> {
        self.network.as_ref()
    }

    /// How many devices sign: `t`.
    pub fn threshold(&self) -> u16 {
        self.threshold
    }

    /// How many devices hold a share: `n`.
    pub fn participants(&self) -> u16 {
        self.participants
    }
}

/// Certificates are kept, so what version 1 of the messages made stays readable. It had no network: the byte behind
/// the ciphersuite was its threshold, which is 2 or more, and so never the first byte of an `Option`.
impl<'de> Deserialize<'de> for Params {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_tuple(MOST_FIELDS, Fields)
    }
}

/// The first byte of an `Option` and what is in it count as two.
const MOST_FIELDS: usize = 6;

struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = Params;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name, a ciphersuite, a network, a threshold and the participants")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut fields: A) -> Result<Params, A::Error> {
        let (name, ciphersuite) = (field(&mut fields)?, field(&mut fields)?);
        let (network, threshold) = match field::<u8, _>(&mut fields)? {
            0 => (None, field(&mut fields)?),
            1 => (Some(field(&mut fields)?), field(&mut fields)?),
            threshold => (None, threshold.into()),
        };
        Params::new(name, ciphersuite, network, threshold, field(&mut fields)?).map_err(A::Error::custom)
    }
}

fn field<'de, T: Deserialize<'de>, A: SeqAccess<'de>>(fields: &mut A) -> Result<T, A::Error> {
    fields.next_element()?.ok_or_else(|| A::Error::custom("a field is missing"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_has_two_to_fifty_participants_and_a_threshold_within() {
        let params =
            |t, n| Params::new("Savings".parse().unwrap(), Ciphersuite::Ed25519, None, t, n).map(|_| ());
        assert_eq!(params(2, 2), Ok(()));
        assert_eq!(params(50, 50), Ok(()));
        assert_eq!(params(1, 2), Err(InvalidParams::Threshold { threshold: 1, participants: 2 }));
        assert_eq!(params(4, 3), Err(InvalidParams::Threshold { threshold: 4, participants: 3 }));
        assert_eq!(params(2, 51), Err(InvalidParams::Participants(51)));
        assert_eq!(params(1, 1), Err(InvalidParams::Participants(1)));
    }

    #[test]
    fn the_wire_refuses_what_the_constructor_refuses() {
        let network = Some("devnet".parse().unwrap());
        let good = Params::new("Savings".parse().unwrap(), Ciphersuite::Ed25519, network, 2, 3).unwrap();
        let mut bytes = postcard::to_allocvec(&good).unwrap();
        assert_eq!(postcard::from_bytes::<Params>(&bytes), Ok(good));
        *bytes.last_mut().unwrap() = 51;
        assert!(postcard::from_bytes::<Params>(&bytes).is_err());
    }

    #[test]
    fn what_version_1_made_is_still_read_and_is_for_no_network() {
        let first = postcard::to_allocvec(&("Savings", 2_u32, 2_u16, 3_u16)).unwrap();
        let params = postcard::from_bytes::<Params>(&first).unwrap();
        let expected = Params::new("Savings".parse().unwrap(), Ciphersuite::Secp256k1Tr, None, 2, 3).unwrap();
        assert_eq!(params, expected);
        assert_ne!(postcard::to_allocvec(&params).unwrap(), first, "and never written again");
    }

    #[test]
    fn a_network_is_a_short_plain_word_also_on_the_wire() {
        for good in ["mainnet", "testnet4", "a", "abcdefghijklmnop"] {
            assert_eq!(good.parse::<NetworkName>().unwrap().as_str(), good);
        }
        for bad in ["", "Mainnet", "main net", "abcdefghijklmnopq", "mаinnet", "main-net"] {
            assert_eq!(bad.parse::<NetworkName>(), Err(InvalidNetworkName), "{bad}");
            let wire = postcard::to_allocvec(&("Savings", 2_u32, Some(bad), 2_u16, 3_u16)).unwrap();
            assert!(postcard::from_bytes::<Params>(&wire).is_err(), "{bad}");
        }
    }
}
