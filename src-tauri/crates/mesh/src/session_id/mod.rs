//! The session ID: what one person copies and the others paste.
//!
//! `bech32m("pf", version ‖ secret ‖ length of the URL ‖ URL)`: one byte of version (1), the 16-byte
//! [`SessionSecret`], one byte of length and the server's URL, empty where the session uses the configured
//! server. The length lets a truncated code be told from a mistyped one.
//!
//! Everything that the devices of a session need is derived from the secret with HKDF-SHA256
//! (salt `permafrost/v1/session`, one label each): the room, all that a server sees; the key that seals
//! signalling; the links' pre-shared key; and the session's tag in messages.

mod parse;

use std::{fmt, str::FromStr};

use bech32::{Bech32m, Hrp};
use hkdf::Hkdf;
use sha2::Sha256;
use signalling::{RoomId, ServerUrl};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

const HRP: Hrp = Hrp::parse_unchecked("pf");
const VERSION: u8 = 1;
const SECRET: usize = 16;
/// Bytes before the URL: version, secret, length of the URL.
const HEAD: usize = 1 + SECRET + 1;
const SALT: &[u8] = b"permafrost/v1/session";
const WALLET_SALT: &[u8] = b"permafrost/v1/wallet";

/// The 16-byte secret of a session; whoever has it can enter. Wiped when dropped.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct SessionSecret([u8; SECRET]);

impl SessionSecret {
    /// A fresh secret from the operating system's random number generator.
    ///
    /// Errors: the generator is not available.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut secret = Self([0; SECRET]);
        getrandom::fill(&mut secret.0)?;
        Ok(secret)
    }

    /// The secret with these 16 bytes.
    pub const fn from_bytes(bytes: [u8; SECRET]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes, for the keystore and for nothing else.
    pub const fn as_bytes(&self) -> &[u8; SECRET] {
        &self.0
    }

    /// The room in which the session's devices meet: all that a server learns.
    pub fn room(&self) -> RoomId {
        RoomId::from_bytes(self.derive(b"room"))
    }

    /// The key with which offers, answers, candidates and the room's note are sealed.
    pub fn signalling_key(&self) -> SignallingKey {
        SignallingKey(self.derive(b"signalling key"))
    }

    /// The pre-shared key of the Noise handshake on every link.
    pub fn link_psk(&self) -> LinkPsk {
        LinkPsk(self.derive(b"link psk"))
    }

    /// The session's public name in signed messages; it reveals nothing of the secret or the room.
    pub fn tag(&self) -> [u8; 32] {
        self.derive(b"tag")
    }

    /// The secret of the room in which the members of the wallet that this session made meet again; its ceremony's
    /// transcript hash sets it apart from every other wallet's.
    pub fn for_wallet(&self, transcript_hash: &[u8; 32]) -> Self {
        Self(self.derive_with(WALLET_SALT, transcript_hash))
    }

    fn derive<const N: usize>(&self, label: &[u8]) -> [u8; N] {
        self.derive_with(SALT, label)
    }

    fn derive_with<const N: usize>(&self, salt: &[u8], info: &[u8]) -> [u8; N] {
        let mut key = [0; N];
        // HKDF refuses only outputs beyond 8160 bytes.
        let _ = Hkdf::<Sha256>::new(Some(salt), &self.0).expand(info, &mut key);
        key
    }
}

impl fmt::Debug for SessionSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionSecret(<redacted>)")
    }
}

macro_rules! derived_key {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Zeroize, ZeroizeOnDrop)]
        pub struct $name([u8; 32]);

        impl $name {
            /// The 32 bytes.
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(<redacted>)"))
            }
        }
    };
}

derived_key! {
    /// Seals what goes through the server. Wiped when dropped.
    SignallingKey
}
derived_key! {
    /// The pre-shared key of the links' Noise handshake. Wiped when dropped.
    LinkPsk
}

/// A session's secret and, where it is not the configured one, its server.
///
/// `Display` is the code itself: showing it is showing the secret.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionId {
    /// The secret.
    pub secret: SessionSecret,
    /// The server that the code names; used only after the user agrees.
    pub server: Option<ServerUrl>,
}

impl SessionId {
    /// Finds the code in what somebody pasted: capitals, blanks, line breaks and text around it are forgiven.
    pub fn parse(text: &str) -> Result<Self, SessionIdError> {
        parse::parse(text)
    }

    /// The code, in a buffer that wipes itself.
    pub fn code(&self) -> Zeroizing<String> {
        let url = self.server.as_ref().map(ToString::to_string).unwrap_or_default();
        // A server's URL has at most 200 bytes, so neither conversion fails.
        let mut bytes = Zeroizing::new(Vec::with_capacity(HEAD + url.len()));
        bytes.push(VERSION);
        bytes.extend_from_slice(self.secret.as_bytes());
        bytes.push(u8::try_from(url.len()).unwrap_or_default());
        bytes.extend_from_slice(url.as_bytes());
        Zeroizing::new(bech32::encode_lower::<Bech32m>(HRP, &bytes).unwrap_or_default())
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code())
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionId").field("server", &self.server).finish_non_exhaustive()
    }
}

impl FromStr for SessionId {
    type Err = SessionIdError;

    fn from_str(text: &str) -> Result<Self, SessionIdError> {
        Self::parse(text)
    }
}

/// Why a text holds no usable session ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SessionIdError {
    /// Nothing in the text looks like one.
    #[error("there is no session ID in this text; one begins with \"pf1\"")]
    NotFound,
    /// The checksum does not match.
    #[error("the session ID has a typing error{}", position.map(|p| format!(" at character {p}")).unwrap_or_default())]
    Typo {
        /// Where, counted from 1 over the code's characters without blanks, if a single wrong character explains it.
        position: Option<usize>,
    },
    /// The end is missing.
    #[error("the session ID is incomplete: its end is missing")]
    Incomplete,
    /// Made by a newer version of the program.
    #[error("the session ID was made by a newer version (format {0}); please update")]
    NewerVersion(u8),
    /// The server in it is no server's address.
    #[error("the session ID names a server address that can't be used")]
    BadServer,
}

#[cfg(test)]
mod tests;
