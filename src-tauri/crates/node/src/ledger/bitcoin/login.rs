//! How a Bitcoin node knows that its owner asks: HTTP's basic authentication, as Bitcoin Core has it.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use base64::Engine as _;
use hyper::header::HeaderValue;
use keystore::SecretBytes;
use tokio::io::AsyncReadExt as _;
use zeroize::Zeroizing;

use super::SourceError;

/// The longest cookie file, in bytes.
const LONGEST_COOKIE: u64 = 1024;
/// The longest name and password of a user, in bytes each.
pub(crate) const LONGEST_LOGIN: usize = 512;

/// With what a node is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Login {
    /// The user and password in a file that the node makes anew at each start.
    Cookie(PathBuf),
    /// A user that the node's owner has set up.
    User { name: String, password: Password },
}

/// A user's password, which the keystore holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Password {
    /// It was read.
    Known(Arc<SecretBytes>),
    /// The keystore is not open.
    Locked,
    /// The keystore is open, and does not have it.
    Missing,
}

impl Login {
    /// The header of a question.
    pub(super) async fn authorization(&self) -> Result<HeaderValue, SourceError> {
        match self {
            Self::Cookie(file) => basic(read(file).await?.trim_ascii()).ok_or(SourceError::Cookie),
            Self::User { name, password } => {
                let password = match password {
                    Password::Known(password) => password.expose(),
                    Password::Locked => return Err(SourceError::PasswordLocked),
                    Password::Missing => return Err(SourceError::PasswordUnread),
                };
                let both = Zeroizing::new([name.as_bytes(), b":", password].concat());
                basic(&both).ok_or(SourceError::PasswordUnread)
            }
        }
    }
}

/// Whether a node can have a user of this name: a colon would end it.
pub(super) fn is_user(name: &str) -> bool {
    !name.is_empty() && !name.contains(':') && fits(name)
}

/// Whether this can be a user's password.
pub(crate) fn is_password(password: &str) -> bool {
    !password.is_empty() && fits(password)
}

fn fits(text: &str) -> bool {
    text.len() <= LONGEST_LOGIN && !text.contains(char::is_control)
}

async fn read(cookie_file: &Path) -> Result<Zeroizing<Vec<u8>>, SourceError> {
    let no_cookie = |_| SourceError::Cookie;
    let file = tokio::fs::File::open(cookie_file).await.map_err(no_cookie)?;
    let mut cookie = Zeroizing::new(Vec::new());
    file.take(LONGEST_COOKIE).read_to_end(&mut cookie).await.map_err(no_cookie)?;
    Ok(cookie)
}

/// `both`: user, colon and password.
fn basic(both: &[u8]) -> Option<HeaderValue> {
    let mut text = Zeroizing::new("Basic ".to_owned());
    base64::engine::general_purpose::STANDARD.encode_string(both, &mut text);
    let mut value = HeaderValue::from_str(&text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(password: Password) -> Login {
        Login::User { name: "alice".to_owned(), password }
    }

    #[tokio::test]
    async fn a_user_and_password_are_sent_as_they_are_and_shown_to_nobody() {
        let known = user(Password::Known(Arc::new(SecretBytes::copy_of("pass wörd:".as_bytes()))));
        let header = known.authorization().await.unwrap();
        assert_eq!(header, "Basic YWxpY2U6cGFzcyB3w7ZyZDo=", "base64 of `alice:pass wörd:`");
        assert!(header.is_sensitive());
        for shown in [format!("{known:?}"), format!("{header:?}")] {
            assert!(!shown.contains("pass w") && !shown.contains("YWxp"), "{shown}");
        }
    }

    #[tokio::test]
    async fn a_password_that_is_not_at_hand_says_why() {
        assert_eq!(user(Password::Locked).authorization().await, Err(SourceError::PasswordLocked));
        assert_eq!(user(Password::Missing).authorization().await, Err(SourceError::PasswordUnread));
    }

    #[test]
    fn what_basic_authentication_can_not_carry_is_no_login() {
        for name in ["", "a:b", "a\nb", "\u{7f}", &"a".repeat(LONGEST_LOGIN + 1)] {
            assert!(!is_user(name), "{name:?}");
        }
        for password in ["", "a\r\nb", "\0", &"a".repeat(LONGEST_LOGIN + 1)] {
            assert!(!is_password(password), "{password:?}");
        }
        assert!(is_user("alice") && is_password("a:b c") && is_password(&"a".repeat(LONGEST_LOGIN)));
    }
}
