//! Statements with their author's signature on them.

use std::{fmt, marker::PhantomData};

use identity::{DeviceId, IdentityKey, Purpose, Signature};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Something that a device signs, and what for.
pub(crate) trait Statement: Serialize + DeserializeOwned {
    const PURPOSE: Purpose;
}

/// The signed bytes of a statement, kept as they came so that they can be passed on and compared.
///
/// Two are equal when their statements are: a signer can make many signatures of one statement, and that
/// contradicts nothing.
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
pub(crate) struct Signed<T> {
    bytes: Vec<u8>,
    signature: Signature,
    #[serde(skip)]
    statement: PhantomData<fn() -> T>,
}

/// The signature is not of that device, or the bytes are no such statement.
#[derive(Debug)]
pub(crate) struct NotSigned;

impl<T: Statement> Signed<T> {
    pub(crate) fn new(statement: &T, identity: &IdentityKey) -> Self {
        // Writing to memory fails for no statement of this crate; an empty one would verify nowhere.
        let bytes = postcard::to_allocvec(statement).unwrap_or_default();
        let signature = identity.sign(T::PURPOSE, &bytes);
        Self { bytes, signature, statement: PhantomData }
    }

    /// The statement, if `author` signed it.
    pub(crate) fn open(&self, author: &DeviceId) -> Result<T, NotSigned> {
        author.verify(T::PURPOSE, &self.bytes, &self.signature).map_err(|_| NotSigned)?;
        self.peek()
    }

    /// The statement, whoever signed it.
    pub(crate) fn peek(&self) -> Result<T, NotSigned> {
        match postcard::take_from_bytes(&self.bytes) {
            Ok((statement, [])) => Ok(statement),
            _ => Err(NotSigned),
        }
    }
}

impl<T> Signed<T> {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl<T> Clone for Signed<T> {
    fn clone(&self) -> Self {
        Self { bytes: self.bytes.clone(), signature: self.signature, statement: PhantomData }
    }
}

impl<T> PartialEq for Signed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl<T> Eq for Signed<T> {}

impl<T> fmt::Debug for Signed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signed({} bytes)", self.bytes.len())
    }
}
