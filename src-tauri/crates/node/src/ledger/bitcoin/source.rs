//! Where a Bitcoin wallet is looked up, and where its transactions are sent.

use std::{collections::HashMap, path::PathBuf};

use bitcoin::Transaction;
use chains::bitcoin::{Network, wallet::WalletError};
use url::Url;

use super::{
    core::BitcoinNode,
    esplora::Esplora,
    login::{self, Login, Password},
};
use crate::{
    ledger::{
        http::{Http, HttpError},
        server_url,
    },
    snapshot::{ChainSource, ChainSourceEntry, FeeRatesView},
};

/// What the owner chose for each network.
pub(crate) type Sources = HashMap<Network, SourceAddress>;

/// Where a source of chain data is: `http` on this computer or its own network, or `https`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SourceAddress {
    /// The owner's own node, which learns nothing.
    Node { url: Url, login: Login },
    /// A server that knows addresses, and learns the wallet's.
    Esplora { url: Url },
}

/// A source that has said that it serves the wallet's network.
pub(super) enum Chain {
    Node(BitcoinNode),
    Esplora(Esplora),
}

/// Why the chain can't be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceError {
    /// Not a node's address.
    InvalidAddress,
    /// The cookie file can't be read.
    Cookie,
    /// No node can have such a user.
    InvalidUser,
    /// No user of a node can have such a password.
    InvalidPassword,
    /// A user's password has to be entered, since none is kept that may go to this node.
    NoPassword,
    /// The password is in the keystore, which is not open.
    PasswordLocked,
    /// The password is not in the keystore.
    PasswordUnread,
    /// The node does not take the password.
    Unauthorized,
    /// The node does not let this computer or this user ask.
    Forbidden,
    /// It can't be asked.
    Http(HttpError),
    /// It serves another network.
    OtherNetwork(Network),
    /// It is starting.
    Starting,
    /// It has not caught up with its network.
    Behind {
        /// How far it is.
        height: u32,
    },
    /// It has thrown away blocks that are needed.
    Pruned,
    /// What it answers is nothing that a node says.
    Malformed,
    /// It refuses.
    Refused {
        /// Its own number.
        code: i64,
        /// What it says, cut and without control characters.
        text: String,
    },
    /// It does not take a transaction that is to be sent.
    NotTaken(NotTaken),
    /// What it says can't be.
    Implausible(WalletError),
}

/// Why nodes don't take a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// The fee is too low for what is under way now.
    FeeTooLow,
    /// A coin that it spends is spent by another one, or is not there.
    CoinsGone,
    /// Something else.
    Other {
        /// What the source says, cut and without control characters.
        text: String,
    },
}

/// A public Esplora server of a network.
pub(crate) const fn suggested(network: Network) -> Option<&'static str> {
    match network {
        Network::Mainnet => Some("https://mempool.space/api"),
        Network::Testnet4 => Some("https://mempool.space/testnet4/api"),
        Network::Signet => Some("https://mempool.space/signet/api"),
        Network::Regtest => None,
    }
}

impl SourceAddress {
    /// Checks what a person entered, but for the password, which is not part of it.
    pub(crate) fn new(entry: &ChainSourceEntry) -> Result<Self, SourceError> {
        match entry {
            ChainSourceEntry::Node { url, cookie_file } => Self::node(url, cookie_file),
            ChainSourceEntry::NodeWithUser { url, user, .. } => Self::node_with_user(url, user),
            ChainSourceEntry::Esplora { url } => Self::esplora(url),
        }
    }

    pub(crate) fn node(url: &str, cookie_file: &str) -> Result<Self, SourceError> {
        let cookie_file = PathBuf::from(cookie_file.trim());
        let url = server_url(url).ok_or(SourceError::InvalidAddress)?;
        if !cookie_file.is_absolute() {
            return Err(SourceError::Cookie);
        }
        Ok(Self::Node { url, login: Login::Cookie(cookie_file) })
    }

    /// Without the password.
    pub(crate) fn node_with_user(url: &str, user: &str) -> Result<Self, SourceError> {
        let name = user.trim().to_owned();
        let url = server_url(url).ok_or(SourceError::InvalidAddress)?;
        if !login::is_user(&name) {
            return Err(SourceError::InvalidUser);
        }
        Ok(Self::Node { url, login: Login::User { name, password: Password::Locked } })
    }

    pub(crate) fn esplora(url: &str) -> Result<Self, SourceError> {
        let url = server_url(url).filter(|url| url.query().is_none());
        Ok(Self::Esplora { url: url.ok_or(SourceError::InvalidAddress)? })
    }

    pub(crate) fn view(&self) -> ChainSource {
        match self {
            Self::Node { url, login: Login::Cookie(file) } => {
                ChainSource::Node { url: url.to_string(), cookie_file: file.display().to_string() }
            }
            Self::Node { url, login: Login::User { name, password } } => ChainSource::NodeWithUser {
                url: url.to_string(),
                user: name.clone(),
                has_password: *password != Password::Missing,
            },
            Self::Esplora { url } => ChainSource::Esplora { url: url.to_string() },
        }
    }

    /// Whether the password of an earlier address may go to this one without being entered again: to the same user of the
    /// same host, and not in the clear if it was encrypted before.
    pub(crate) fn takes_password_of(&self, earlier: &Self) -> bool {
        let Self::Node { url, login: Login::User { name, .. } } = self else { return false };
        let Self::Node { url: before, login: Login::User { name: user, .. } } = earlier else { return false };
        let is_exposed = url.scheme() != "https" && before.scheme() == "https";
        url.host() == before.host() && name == user && !is_exposed
    }
}

impl Chain {
    pub(super) async fn connect(address: &SourceAddress, network: Network) -> Result<Self, SourceError> {
        match address.clone() {
            SourceAddress::Node { url, login } => {
                BitcoinNode::connect(Http::new(url), login, network).await.map(Self::Node)
            }
            SourceAddress::Esplora { url } => {
                Esplora::connect(Http::new(url), network).await.map(Self::Esplora)
            }
        }
    }

    /// None where the source has seen too little to say.
    pub(super) async fn fee_rates(&mut self) -> Result<Option<FeeRatesView>, SourceError> {
        match self {
            Self::Node(node) => node.fee_rates().await,
            Self::Esplora(server) => server.fee_rates().await,
        }
    }

    /// Hands a signed transaction to the network. That it is there already is no error.
    pub(super) async fn send(&mut self, transaction: &Transaction) -> Result<(), SourceError> {
        match self {
            Self::Node(node) => node.send(transaction).await,
            Self::Esplora(server) => server.send(transaction).await,
        }
    }
}

impl SourceError {
    pub(super) fn refused(code: i64, text: &str) -> Self {
        Self::Refused { code, text: tamed(text) }
    }

    /// What a node says of a transaction, in its own words: numbers alone don't tell these cases apart. None if it has the
    /// transaction already.
    pub(super) fn not_taken(text: &str) -> Option<Self> {
        let says = |any: &[&str]| any.iter().any(|part| text.contains(part));
        if says(&[
            "already in block chain",
            "already in utxo set",
            "txn-already-known",
            "txn-already-in-mempool",
        ]) {
            return None;
        }
        // A replacement that pays too little is named before its conflict is.
        let why = if says(&[
            "min relay fee not met",
            "mempool min fee not met",
            "insufficient fee",
            "mempool full",
        ]) {
            NotTaken::FeeTooLow
        } else if says(&[
            "missingorspent",
            "missing-inputs",
            "txn-mempool-conflict",
            "bad-txns-spends-conflicting",
        ]) {
            NotTaken::CoinsGone
        } else {
            NotTaken::Other { text: tamed(text) }
        };
        Some(Self::NotTaken(why))
    }
}

fn tamed(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nodes_say_of_a_transaction_is_told_apart() {
        let why = |text| match SourceError::not_taken(text) {
            Some(SourceError::NotTaken(why)) => Some(why),
            _ => None,
        };
        assert_eq!(why("Transaction already in block chain"), None, "it is there");
        assert_eq!(why("Transaction outputs already in utxo set"), None, "it is there");
        assert_eq!(why("txn-already-known"), None, "it is there");
        assert_eq!(why("min relay fee not met, 100 < 141"), Some(NotTaken::FeeTooLow));
        let replacement = "insufficient fee, rejecting replacement 00ff; new feerate 0.00001 <= old feerate";
        assert_eq!(why(replacement), Some(NotTaken::FeeTooLow));
        assert_eq!(why("bad-txns-inputs-missingorspent"), Some(NotTaken::CoinsGone));
        let esplora = r#"sendrawtransaction RPC error: {"code":-26,"message":"txn-mempool-conflict"}"#;
        assert_eq!(why(esplora), Some(NotTaken::CoinsGone));
        let odd = format!("odd\u{7}{}", "x".repeat(500));
        assert_eq!(why(&odd), Some(NotTaken::Other { text: format!("odd{}", "x".repeat(197)) }));
    }

    #[test]
    fn only_addresses_that_keep_what_is_said_between_the_two_are_sources() {
        let esplora = SourceAddress::esplora;
        assert!(esplora("https://mempool.space/api").is_ok());
        assert!(esplora("http://127.0.0.1:3002").is_ok());
        for bad in [
            "http://mempool.space/api",
            "https://user@host/api",
            "https://host/api?key=1",
            "mempool.space",
            "",
        ] {
            assert_eq!(esplora(bad), Err(SourceError::InvalidAddress), "{bad}");
        }
        for network in Network::ALL {
            let Some(url) = suggested(network) else { continue };
            assert!(esplora(url).is_ok(), "{url}");
        }
    }

    #[test]
    fn a_password_stays_with_its_user_and_host() {
        let node = |url, user| SourceAddress::node_with_user(url, user).unwrap();
        let kept = node("https://node.example.org:8332", "alice");
        for same in ["https://node.example.org:18443/", "https://NODE.example.org/wallet/x"] {
            assert!(node(same, " alice ").takes_password_of(&kept), "{same}");
        }
        for (url, user) in [
            ("https://node.example.com:8332", "alice"),
            ("https://example.org:8332", "alice"),
            ("https://node.example.org:8332", "bob"),
        ] {
            assert!(!node(url, user).takes_password_of(&kept), "{user} at {url}");
        }
        let (encrypted, clear) = (node("https://10.0.0.7", "alice"), node("http://10.0.0.7", "alice"));
        assert!(encrypted.takes_password_of(&clear));
        assert!(!clear.takes_password_of(&encrypted), "what was encrypted does not travel in the clear");
        let cookie = SourceAddress::node("https://node.example.org:8332", "/c").unwrap();
        assert!(!kept.takes_password_of(&cookie) && !cookie.takes_password_of(&kept));
    }

    #[test]
    fn a_password_goes_in_the_clear_to_this_computer_and_its_own_network_only() {
        for (url, user) in [
            ("http://8.8.8.8:8332", "alice"),
            ("http://node.example.org", "alice"),
            ("https://alice:secret@node.example.org", "alice"),
        ] {
            assert_eq!(SourceAddress::node_with_user(url, user), Err(SourceError::InvalidAddress), "{url}");
        }
        for url in ["http://127.0.0.1:8332", "http://192.168.1.20:8332", "https://node.example.org"] {
            assert!(SourceAddress::node_with_user(url, "alice").is_ok(), "{url}");
        }
        let colon = SourceAddress::node_with_user("http://127.0.0.1:8332", "a:b");
        assert_eq!(colon, Err(SourceError::InvalidUser));
    }
}
