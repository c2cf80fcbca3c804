//! What a secret is filed under.

use std::{fmt, str::FromStr};

use crate::KeystoreError;

/// The name of a secret: what it is and, where there can be several, whose.
///
/// `Display` gives the stable string that the stores use as key. It is public: an ID in it must not be a secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SecretName {
    key: String,
    title: String,
}

impl SecretName {
    /// The device's identity key.
    pub fn identity() -> Self {
        Self { key: "identity".to_owned(), title: "identity key".to_owned() }
    }

    /// The device's share of a wallet's key.
    pub fn wallet_share(wallet: &[u8]) -> Self {
        Self::of("wallet", wallet, "share", "share of wallet")
    }

    /// The secret that a wallet's devices have in common, with which they find each other again.
    pub fn link_secret(wallet: &[u8]) -> Self {
        Self::of("wallet", wallet, "link", "link secret of wallet")
    }

    /// What the app passphrase is checked against.
    pub fn app_passphrase() -> Self {
        Self { key: "app-passphrase".to_owned(), title: "check of the app passphrase".to_owned() }
    }

    /// The credential of a TURN server, by a number that says nothing of the server.
    pub fn turn_credential(server: &[u8]) -> Self {
        Self::of("turn", server, "credential", "credential of TURN server")
    }

    /// The password of a user of a Bitcoin node, by a number that says nothing of the node.
    pub fn node_password(node: &[u8]) -> Self {
        Self::of("node", node, "password", "password of Bitcoin node")
    }

    /// The name in words, for the list of items that an OS shows: `share of wallet 0a1b2c3d…`.
    pub fn title(&self) -> &str {
        &self.title
    }

    fn of(kind: &str, id: &[u8], what: &str, title: &str) -> Self {
        let id = hex::encode(id);
        let short: String = id.chars().take(8).collect();
        let ellipsis = if short.len() < id.len() { "…" } else { "" };
        Self { title: format!("{title} {short}{ellipsis}"), key: format!("{kind}/{id}/{what}") }
    }
}

impl fmt::Display for SecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key)
    }
}

/// The profile whose secrets an OS keychain holds: 1 to 40 letters, digits, `.`, `_` or `-` (all ASCII).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Profile(String);

impl Profile {
    /// The most characters that a profile's name has.
    pub const MOST: usize = 40;

    /// The profile's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Profile {
    type Err = KeystoreError;

    fn from_str(text: &str) -> Result<Self, KeystoreError> {
        let fits = (1..=Self::MOST).contains(&text.len());
        if fits && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b)) {
            Ok(Self(text.to_owned()))
        } else {
            Err(KeystoreError::InvalidProfile)
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_stable_strings() {
        assert_eq!(SecretName::identity().to_string(), "identity");
        assert_eq!(SecretName::wallet_share(&[0xab; 5]).to_string(), "wallet/ababababab/share");
        assert_eq!(SecretName::link_secret(&[1, 2]).to_string(), "wallet/0102/link");
        assert_eq!(SecretName::app_passphrase().to_string(), "app-passphrase");
        assert_eq!(SecretName::turn_credential(&[3; 8]).to_string(), "turn/0303030303030303/credential");
        assert_eq!(SecretName::node_password(&[4; 8]).to_string(), "node/0404040404040404/password");
        assert_eq!(SecretName::wallet_share(&[0xab; 5]).title(), "share of wallet abababab…");
        assert_eq!(SecretName::link_secret(&[1, 2]).title(), "link secret of wallet 0102");
    }

    #[test]
    fn a_profile_can_not_reach_into_another_one() {
        for bad in ["", "a/b", "a b", "ä", "a\0", &"a".repeat(41)] {
            assert!(bad.parse::<Profile>().is_err(), "{bad:?}");
        }
        assert_eq!("alice-2.test_x".parse::<Profile>().unwrap().as_str(), "alice-2.test_x");
    }
}
