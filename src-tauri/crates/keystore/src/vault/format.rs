//! The vault's bytes.
//!
//! ```text
//! offset size
//!      0    7  magic "PFVAULT"
//!      7    1  version, 1
//!      8    4  Argon2id memory in KiB     (integers are little-endian)
//!     12    4  Argon2id passes
//!     16    4  Argon2id lanes
//!     20   16  salt
//!     36   16  key check
//!     52   24  nonce
//!     76    n  body: XChaCha20-Poly1305 of the secrets, the 76 bytes before as associated data; tag of 16 bytes at its end
//!   76+n   32  SHA-256 of everything before
//! ```
//!
//! `Argon2id(passphrase, salt)` (version 0x13, no secret, no associated data) gives 48 bytes: the key and the key check.
//! The checksum tells accidental damage from a wrong passphrase; what protects from changes on purpose is the body's tag.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305,
    aead::{Aead as _, Payload},
};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::Secrets;
use crate::{KeystoreError, Passphrase, SecretBytes};

const MAGIC: &[u8; 7] = b"PFVAULT";
const VERSION: u8 = 1;
const NONCE: usize = 24;
const HEADER: usize = 76;
const CHECKSUM: usize = 32;

/// What one try of a passphrase costs (Argon2id, RFC 9106).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl Cost {
    /// RFC 9106's second recommended option, with one lane: 64 MiB, 3 passes.
    pub const DESKTOP: Self = Self { memory_kib: 64 * 1024, passes: 3, lanes: 1 };

    /// Costs next to nothing, and so protects nothing: for tests.
    pub const FOR_TESTS: Self = Self { memory_kib: 8, passes: 1, lanes: 1 };

    /// Bounds what a file can make this program spend: 1 GiB, 16 passes, 16 lanes.
    pub(crate) fn from_file(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, KeystoreError> {
        if memory_kib <= 1 << 20 && passes <= 16 && lanes <= 16 {
            Ok(Self { memory_kib, passes, lanes })
        } else {
            Err(KeystoreError::Damaged)
        }
    }

    pub(crate) fn params(self, output: usize) -> Result<Params, KeystoreError> {
        Params::new(self.memory_kib, self.passes, self.lanes, Some(output))
            .map_err(|_| KeystoreError::Damaged)
    }
}

/// The key that encrypts a vault's body. Wiped when dropped.
pub(super) struct VaultKey(Zeroizing<[u8; 32]>);

/// The part of the header that stays until the passphrase changes.
pub(super) struct Header {
    cost: Cost,
    salt: [u8; 16],
    check: [u8; 16],
}

impl Header {
    pub(super) fn fresh(passphrase: &Passphrase, cost: Cost) -> Result<(Self, VaultKey), KeystoreError> {
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).map_err(|_| KeystoreError::NoRandomness)?;
        let (key, check) = derive(passphrase, &salt, cost)?;
        Ok((Self { cost, salt, check }, key))
    }

    pub(super) fn cost(&self) -> Cost {
        self.cost
    }

    /// The key, if the passphrase is the right one.
    pub(super) fn check(&self, passphrase: &Passphrase) -> Result<VaultKey, KeystoreError> {
        let (key, check) = derive(passphrase, &self.salt, self.cost)?;
        if bool::from(check.ct_eq(&self.check)) { Ok(key) } else { Err(KeystoreError::WrongPassphrase) }
    }

    fn to_bytes(&self, nonce: &[u8; NONCE]) -> Vec<u8> {
        let Cost { memory_kib, passes, lanes } = self.cost;
        let mut bytes = Vec::with_capacity(HEADER);
        bytes.extend_from_slice(MAGIC);
        bytes.push(VERSION);
        for number in [memory_kib, passes, lanes] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend_from_slice(&self.salt);
        bytes.extend_from_slice(&self.check);
        bytes.extend_from_slice(nonce);
        bytes
    }

    fn parse(mut bytes: &[u8]) -> Result<(Self, [u8; NONCE]), KeystoreError> {
        let input = &mut bytes;
        if take::<7>(input)? != *MAGIC || take::<1>(input)? != [VERSION] {
            return Err(KeystoreError::Damaged);
        }
        let mut number = || take(input).map(u32::from_le_bytes);
        let cost = Cost::from_file(number()?, number()?, number()?)?;
        Ok((Self { cost, salt: take(input)?, check: take(input)? }, take(input)?))
    }
}

/// The file's bytes for these secrets, under a fresh nonce.
pub(super) fn encode(header: &Header, key: &VaultKey, secrets: &Secrets) -> Result<Vec<u8>, KeystoreError> {
    let mut nonce = [0; NONCE];
    getrandom::fill(&mut nonce).map_err(|_| KeystoreError::NoRandomness)?;
    seal(header, key, &nonce, secrets)
}

fn seal(
    header: &Header,
    key: &VaultKey,
    nonce: &[u8; NONCE],
    secrets: &Secrets,
) -> Result<Vec<u8>, KeystoreError> {
    let mut bytes = header.to_bytes(nonce);
    let plain = write_secrets(secrets)?;
    let body = XChaCha20Poly1305::new((&*key.0).into())
        .encrypt(nonce.into(), Payload { msg: &plain, aad: &bytes })
        .map_err(|_| KeystoreError::TooLarge { most: SecretBytes::MOST })?;
    bytes.extend_from_slice(&body);
    let checksum = Sha256::digest(&bytes);
    bytes.extend_from_slice(&checksum);
    Ok(bytes)
}

/// Reads a file's bytes.
pub(super) fn decode(
    bytes: &[u8],
    passphrase: &Passphrase,
) -> Result<(Header, VaultKey, Secrets), KeystoreError> {
    if let Some((MAGIC, [version, ..])) = bytes.split_first_chunk()
        && *version > VERSION
    {
        return Err(version_or_damage(bytes, *version));
    }
    let rest = check_sum(bytes)?;
    let (head, body) = rest.split_at_checked(HEADER).ok_or(KeystoreError::Damaged)?;
    let (header, nonce) = Header::parse(head)?;
    let key = header.check(passphrase)?;
    let plain = XChaCha20Poly1305::new((&*key.0).into())
        .decrypt((&nonce).into(), Payload { msg: body, aad: head })
        .map(Zeroizing::new)
        .map_err(|_| KeystoreError::Damaged)?;
    let secrets = read_secrets(&plain)?;
    Ok((header, key, secrets))
}

/// Every version keeps the magic, the version's place and the checksum at the end, so a damaged version byte shows.
fn version_or_damage(bytes: &[u8], version: u8) -> KeystoreError {
    check_sum(bytes).map_or_else(|damaged| damaged, |_| KeystoreError::NewerVersion(version))
}

fn check_sum(bytes: &[u8]) -> Result<&[u8], KeystoreError> {
    let (rest, checksum) = bytes.split_last_chunk::<CHECKSUM>().ok_or(KeystoreError::Damaged)?;
    if Sha256::digest(rest).as_slice() == checksum { Ok(rest) } else { Err(KeystoreError::Damaged) }
}

fn derive(
    passphrase: &Passphrase,
    salt: &[u8; 16],
    cost: Cost,
) -> Result<(VaultKey, [u8; 16]), KeystoreError> {
    let mut output = Zeroizing::new([0; 48]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, cost.params(output.len())?)
        .hash_password_into(passphrase.as_bytes(), salt, output.as_mut())
        .map_err(|_| KeystoreError::OutOfMemory)?;
    let mut rest = output.as_slice();
    let key = VaultKey(Zeroizing::new(take(&mut rest)?));
    Ok((key, take(&mut rest)?))
}

/// Number of secrets (u32), then for each: length of its name (u16), name, length (u16), bytes. Names ascend.
fn write_secrets(secrets: &Secrets) -> Result<Zeroizing<Vec<u8>>, KeystoreError> {
    let size = secrets.iter().map(|(name, secret)| 4 + name.len() + secret.len()).sum::<usize>();
    // Allocated once: growing would leave copies behind that nobody wipes.
    let mut plain = Zeroizing::new(Vec::with_capacity(4 + size));
    plain.extend_from_slice(&u32::try_from(secrets.len()).map_err(too_large)?.to_le_bytes());
    for (name, secret) in secrets {
        for part in [name.as_bytes(), secret.expose()] {
            plain.extend_from_slice(&u16::try_from(part.len()).map_err(too_large)?.to_le_bytes());
            plain.extend_from_slice(part);
        }
    }
    Ok(plain)
}

fn too_large(_: std::num::TryFromIntError) -> KeystoreError {
    KeystoreError::TooLarge { most: SecretBytes::MOST }
}

fn read_secrets(mut plain: &[u8]) -> Result<Secrets, KeystoreError> {
    let input = &mut plain;
    let count = take(input).map(u32::from_le_bytes)?;
    let mut secrets = Secrets::new();
    for _ in 0..count {
        let name = str::from_utf8(take_counted(input)?).map_err(|_| KeystoreError::Damaged)?.to_owned();
        if secrets.last_key_value().is_some_and(|(last, _)| *last >= name) {
            return Err(KeystoreError::Damaged);
        }
        secrets.insert(name, SecretBytes::copy_of(take_counted(input)?));
    }
    if input.is_empty() { Ok(secrets) } else { Err(KeystoreError::Damaged) }
}

fn take<const N: usize>(input: &mut &[u8]) -> Result<[u8; N], KeystoreError> {
    let (first, rest) = input.split_first_chunk().ok_or(KeystoreError::Damaged)?;
    *input = rest;
    Ok(*first)
}

fn take_counted<'a>(input: &mut &'a [u8]) -> Result<&'a [u8], KeystoreError> {
    let length = take(input).map(u16::from_le_bytes)?;
    let (first, rest) = input.split_at_checked(length.into()).ok_or(KeystoreError::Damaged)?;
    *input = rest;
    Ok(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The passphrase and secrets of the pinned file in `docs/protocol.md`.
    fn example() -> (Passphrase, Secrets) {
        let secrets = [("identity", vec![0x11; 32]), ("wallet/0102/share", b"a share".to_vec())];
        let secrets = secrets.map(|(name, bytes)| (name.to_owned(), SecretBytes::new(bytes)));
        (Passphrase::new("correct horse battery staple".to_owned()), secrets.into())
    }

    #[test]
    fn the_pinned_file_opens_for_ever() {
        let (passphrase, secrets) = example();
        let pinned = hex::decode(include_str!("pinned.hex").trim()).unwrap();
        let (header, key, found) = decode(&pinned, &passphrase).unwrap();
        assert!(found == secrets, "the secrets in it");
        let nonce = pinned[52..76].try_into().unwrap();
        assert_eq!(
            seal(&header, &key, &nonce, &secrets).unwrap(),
            pinned,
            "and it would be written the same"
        );
        assert_eq!(header.cost(), Cost { memory_kib: 1024, passes: 2, lanes: 1 });
    }

    #[test]
    fn a_body_that_is_not_a_list_of_secrets_is_refused() {
        let (_, secrets) = example();
        let plain = write_secrets(&secrets).unwrap();
        assert!(read_secrets(&plain).unwrap() == secrets);
        for length in 0..plain.len() {
            assert!(read_secrets(&plain[..length]).is_err(), "cut to {length}");
        }
        assert!(read_secrets(&[&plain[..], &[0]].concat()).is_err(), "something behind");
        let twice = [&2_u32.to_le_bytes()[..], &[1, 0, b'a', 0, 0, 1, 0, b'a', 0, 0]].concat();
        assert!(read_secrets(&twice).is_err(), "the same name twice");
    }
}
