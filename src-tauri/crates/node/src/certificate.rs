//! Certificates as people keep them: writing one out, and checking one that came from anywhere.

use coordinator::dkg::{Ceremony, Certificate, InvalidCertificate, NetworkName};
use rand::rngs::OsRng;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    NodeError, actor::device_view, message::MessagePart, session::ciphersuite_view,
    snapshot::CertificateView, storage::WalletId, wallet::wallet_id,
};

const FORMAT: &str = "permafrost-certificate";
/// Version 1 had no network and did not name its version.
const VERSION: u64 = 2;
/// The most bytes of a text that is looked at: a certificate of fifty devices with the longest names has about half.
const LARGEST: usize = 2 * 1024 * 1024;

/// Why a certificate proves nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateError {
    /// The text is none.
    NotOne,
    /// It was written by a newer version.
    Newer,
    /// It was cut off or changed, so that it can't even be read.
    Damaged,
    /// Its readable part says something else than what was signed.
    Changed,
    /// The list of members is not signed by this device, who is said to have made it.
    Roster(String),
    /// This device's message is not its own, or does not fit.
    Message(String),
    /// This device opened another nonce than it had committed to.
    Nonce(String),
    /// This device has not proved that it knew its secret.
    Proof(String),
    /// The keys are other than the messages give.
    Keys,
    /// This device has not signed.
    Signature(String),
}

impl CertificateError {
    pub(crate) fn words(&self) -> (&'static str, Vec<MessagePart>) {
        use MessagePart as M;
        let name = String::clone;
        let untrue = match self {
            Self::NotOne => return ("no_certificate", vec![M::NoCertificate {}]),
            Self::Newer => return ("certificate_newer", vec![M::CertificateNewer {}]),
            Self::Damaged => return ("certificate_damaged", vec![M::CertificateDamaged {}]),
            Self::Changed => return ("certificate_damaged", vec![M::CertificateChanged {}]),
            Self::Roster(device) => M::CertificateRoster { name: name(device) },
            Self::Message(device) => M::CertificateMessage { name: name(device) },
            Self::Nonce(device) => M::CertificateNonce { name: name(device) },
            Self::Proof(device) => M::CertificateProof { name: name(device) },
            Self::Keys => M::CertificateKeys {},
            Self::Signature(device) => M::CertificateSignature { name: name(device) },
        };
        ("certificate_untrue", vec![untrue, M::DontTrustThatWallet {}])
    }
}

impl From<CertificateError> for NodeError {
    fn from(error: CertificateError) -> Self {
        Self::Certificate(error)
    }
}

/// A certificate, whole (`certificate`: postcard in hex) and in readable parts. Public.
pub(crate) fn write(certificate: &Certificate, ceremony: &Ceremony) -> Value {
    let Value::Object(mut fields) = readable(ceremony) else { return Value::Null };
    fields.insert("format".to_owned(), FORMAT.into());
    fields.insert("version".to_owned(), VERSION.into());
    fields.insert("certificate".to_owned(), hex::encode(certificate.to_bytes()).into());
    Value::Object(fields)
}

fn readable(ceremony: &Ceremony) -> Value {
    let members = ceremony.members.iter().zip(&ceremony.verifying_shares);
    json!({
        "wallet_id": wallet_id(&ceremony.transcript_hash).to_string(),
        "name": ceremony.params.name(),
        "curve": ceremony.params.ciphersuite().to_string(),
        "network": ceremony.params.network(),
        "threshold": ceremony.params.threshold(),
        "group_public_key": hex::encode(&ceremony.group_key),
        "transcript_hash": hex::encode(ceremony.transcript_hash),
        "creator": ceremony.creator,
        "members": members.map(|(member, share)| json!({
            "device": member.id,
            "name": member.name,
            "verifying_share": hex::encode(share),
        })).collect::<Vec<_>>(),
    })
}

/// Checks a certificate offline: a file that [`write`] made, or only its hexadecimal part. `own` says which of this
/// device's wallets has an ID. Takes long for a large group.
pub(crate) fn check(
    text: &str,
    own: impl FnOnce(&WalletId) -> bool,
) -> Result<CertificateView, CertificateError> {
    let (bytes, stated) = parse(text)?;
    let certificate = Certificate::from_bytes(&bytes).map_err(|_| CertificateError::Damaged)?;
    let blame = |error| blame(&certificate, error);
    let ceremony = certificate.verify().map_err(blame)?;
    certificate.verify_proofs(&mut OsRng).map_err(blame)?;
    if let (Value::Object(said), Value::Object(signed)) = (stated, readable(&ceremony)) {
        // What an older version wrote lacks some; what contradicts was changed.
        let contradicts = |(key, value): (&String, &Value)| said.get(key).is_some_and(|said| said != value);
        if signed.iter().any(contradicts) {
            return Err(CertificateError::Changed);
        }
    }
    let wallet = wallet_id(&ceremony.transcript_hash);
    Ok(CertificateView {
        name: ceremony.params.name().to_string(),
        ciphersuite: ciphersuite_view(ceremony.params.ciphersuite()),
        network: ceremony.params.network().map(NetworkName::to_string),
        threshold: ceremony.params.threshold(),
        members: ceremony.members.iter().map(|member| device_view(member.id, member.name.as_str())).collect(),
        group_public_key: hex::encode(&ceremony.group_key),
        transcript_hash: hex::encode(ceremony.transcript_hash),
        safety_words: ceremony.safety_words.map(str::to_owned).to_vec(),
        wallet: own(&wallet).then(|| wallet.to_string()),
    })
}

#[derive(Deserialize)]
struct Envelope {
    format: Option<String>,
    version: Option<u64>,
    certificate: Option<String>,
}

/// The certificate's bytes, and what the text around them says for people.
fn parse(text: &str) -> Result<(Vec<u8>, Value), CertificateError> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if text.len() > LARGEST {
        return Err(CertificateError::NotOne);
    }
    if !text.starts_with('{') {
        let is_hex = text.len() > 200 && text.bytes().all(|c| c.is_ascii_hexdigit());
        return match hex::decode(text) {
            Ok(bytes) if is_hex => Ok((bytes, Value::Null)),
            _ if is_hex => Err(CertificateError::Damaged),
            _ => Err(CertificateError::NotOne),
        };
    }
    let says_so = text.contains(FORMAT);
    let damaged = if says_so { CertificateError::Damaged } else { CertificateError::NotOne };
    let value: Value = serde_json::from_str(text).map_err(|_| damaged.clone())?;
    let envelope = Envelope::deserialize(&value).map_err(|_| damaged.clone())?;
    match envelope {
        Envelope { format: Some(format), .. } if format != FORMAT => Err(CertificateError::NotOne),
        Envelope { version: Some(version), .. } if version > VERSION => Err(CertificateError::Newer),
        Envelope { certificate: Some(hex), .. } => {
            Ok((hex::decode(hex).map_err(|_| CertificateError::Damaged)?, value))
        }
        Envelope { certificate: None, .. } => Err(damaged),
    }
}

/// Names the device that an error concerns. The names are claims, as is the whole roster if its signature is wrong.
fn blame(certificate: &Certificate, error: InvalidCertificate) -> CertificateError {
    use CertificateError as E;
    let Ok(roster) = certificate.transcript().roster() else { return E::Damaged };
    let name = |position: u16| {
        let member = roster.members().get(usize::from(position));
        member.map(|member| member.name.to_string()).unwrap_or_default()
    };
    match error {
        InvalidCertificate::Roster => {
            let creator = roster.members().iter().position(|member| member.id == roster.creator());
            E::Roster(creator.and_then(|position| u16::try_from(position).ok()).map(name).unwrap_or_default())
        }
        InvalidCertificate::Round1(position) => E::Message(name(position)),
        InvalidCertificate::Nonce(position) => E::Nonce(name(position)),
        InvalidCertificate::ProofOfKnowledge(position) => E::Proof(name(position)),
        InvalidCertificate::Keys => E::Keys,
        InvalidCertificate::Signature(position) => E::Signature(name(position)),
        _ => E::Damaged,
    }
}

#[cfg(test)]
mod tests;
