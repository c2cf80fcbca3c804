//! Which networks there are for which kind of key.

use chains::{UnknownNetwork, bitcoin, solana};
use coordinator::{Ciphersuite, NetworkName, dkg::Params};

/// The network that a wallet is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Network {
    Bitcoin(bitcoin::Network),
    Solana(solana::Network),
    /// The key signs raw messages.
    None,
}

impl Network {
    /// The network with this name, for a new wallet: a key that has a chain is for exactly one of its networks.
    pub(crate) fn named(suite: Ciphersuite, name: Option<&str>) -> Result<Self, UnknownNetwork> {
        match (suite, name) {
            (Ciphersuite::Secp256k1Tr, Some(name)) => name.parse().map(Self::Bitcoin),
            (Ciphersuite::Ed25519, Some(name)) => name.parse().map(Self::Solana),
            (Ciphersuite::Secp256k1, None) => Ok(Self::None),
            (Ciphersuite::Secp256k1Tr | Ciphersuite::Ed25519, None) | (Ciphersuite::Secp256k1, Some(_)) => {
                Err(UnknownNetwork)
            }
        }
    }

    /// The main one of a kind of key.
    pub(crate) fn main(suite: Ciphersuite) -> Self {
        match suite {
            Ciphersuite::Secp256k1Tr => Self::Bitcoin(bitcoin::Network::Mainnet),
            Ciphersuite::Ed25519 => Self::Solana(solana::Network::Mainnet),
            Ciphersuite::Secp256k1 => Self::None,
        }
    }

    /// The names of those that there are for a kind of key.
    pub(crate) fn names(suite: Ciphersuite) -> Vec<&'static str> {
        match suite {
            Ciphersuite::Secp256k1Tr => bitcoin::Network::ALL.map(bitcoin::Network::as_str).to_vec(),
            Ciphersuite::Ed25519 => solana::Network::ALL.map(solana::Network::as_str).to_vec(),
            Ciphersuite::Secp256k1 => Vec::new(),
        }
    }

    /// What a proposal is for.
    pub(crate) fn proposed(params: &Params) -> Result<Self, UnknownNetwork> {
        Self::named(params.ciphersuite(), params.network().map(NetworkName::as_str))
    }

    /// What a finished wallet is for. Wallets made before proposals named a network are for the main one.
    pub(crate) fn of(params: &Params) -> Result<Self, UnknownNetwork> {
        match params.network() {
            None => Ok(Self::main(params.ciphersuite())),
            Some(_) => Self::proposed(params),
        }
    }

    pub(crate) fn as_str(self) -> Option<&'static str> {
        match self {
            Self::Bitcoin(network) => Some(network.as_str()),
            Self::Solana(network) => Some(network.as_str()),
            Self::None => None,
        }
    }

    /// As it is written into a proposal.
    pub(crate) fn name(self) -> Option<NetworkName> {
        self.as_str().and_then(|name| name.parse().ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_with_a_chain_has_one_of_its_networks_and_one_without_has_none() {
        use Ciphersuite::{Ed25519, Secp256k1, Secp256k1Tr};
        for good in ["mainnet", "testnet4", "signet", "regtest"] {
            assert_eq!(Network::named(Secp256k1Tr, Some(good)).unwrap().as_str(), Some(good));
        }
        for good in ["mainnet", "devnet", "testnet"] {
            assert_eq!(Network::named(Ed25519, Some(good)).unwrap().as_str(), Some(good));
        }
        assert_eq!(Network::named(Secp256k1, None), Ok(Network::None));
        for (suite, bad) in [
            (Secp256k1Tr, Some("devnet")),
            (Secp256k1Tr, Some("testnet3")),
            (Secp256k1Tr, None),
            (Ed25519, Some("signet")),
            (Ed25519, Some("solana")),
            (Ed25519, None),
            (Secp256k1, Some("mainnet")),
        ] {
            assert_eq!(Network::named(suite, bad), Err(UnknownNetwork), "{suite} {bad:?}");
        }
    }

    #[test]
    fn a_wallet_from_before_there_were_networks_is_for_the_main_one() {
        for suite in Ciphersuite::ALL {
            let old = Params::new("Old".parse().unwrap(), suite, None, 2, 2).unwrap();
            assert_eq!(Network::of(&old), Ok(Network::main(suite)));
        }
    }

    #[test]
    fn every_network_can_be_written_into_a_proposal() {
        let bitcoin = bitcoin::Network::ALL.map(Network::Bitcoin);
        let all = bitcoin.into_iter().chain(solana::Network::ALL.map(Network::Solana));
        for network in all {
            assert_eq!(network.name().as_ref().map(NetworkName::as_str), network.as_str());
        }
    }
}
