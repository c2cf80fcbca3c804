//! What a device keeps of a session: public, and enough to go on after a restart.

use identity::{DeviceId, IdentityKey};
use serde::{Deserialize, Serialize};

use super::{
    abort::{Abort, Standing, Withdrawal},
    signed::Signed,
    transcript::{Ceremony, Certificate, Checked, InvalidCertificate, Transcript},
};
use crate::SecretShare;

/// A wallet whose certificate is not complete: it has no address yet. Kept beside its [`SecretShare`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingWallet {
    pub(crate) transcript: Transcript,
    pub(crate) me: DeviceId,
    /// This device's word that it never will complete the certificate.
    pub(crate) word: Option<Signed<Withdrawal>>,
}

/// A wallet with its certificate: public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WalletRecord {
    pub(crate) certificate: Certificate,
    pub(crate) me: DeviceId,
}

/// Why a session can't be resumed from what was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResumeError {
    /// The record is not consistent.
    #[error("the wallet's record is damaged: {0}")]
    Record(#[from] InvalidCertificate),
    /// The record is another device's.
    #[error("the record is not this device's")]
    OtherDevice,
    /// The share is not of this wallet and device.
    #[error("the share does not belong to the wallet")]
    OtherShare,
}

impl PendingWallet {
    /// What will be signed. Has the safety words and the group's key; show no address of it.
    pub fn transcript(&self) -> &Transcript {
        &self.transcript
    }

    /// Whether this device has given its word never to complete the certificate.
    pub fn is_given_up(&self) -> bool {
        self.word.is_some()
    }

    pub(crate) fn check(&self, identity: &IdentityKey, share: &SecretShare) -> Result<Checked, ResumeError> {
        let checked = self.transcript.check()?;
        let position = position(&checked, identity, self.me)?;
        let (group, own) = share.public().map_err(|_| ResumeError::OtherShare)?;
        let stated = self.transcript.verifying_shares.get(usize::from(position));
        let same_suite = checked.roster.params().ciphersuite() == share.ciphersuite();
        if same_suite && group == self.transcript.group_key && Some(&own) == stated {
            Ok(checked)
        } else {
            Err(ResumeError::OtherShare)
        }
    }

    /// Why it was given up.
    pub(crate) fn given_up(&self, checked: &Checked) -> Result<Option<Abort>, ResumeError> {
        let Some(word) = &self.word else { return Ok(None) };
        let session = checked.roster.session();
        let damaged = ResumeError::Record(InvalidCertificate::Malformed);
        let opened = Withdrawal::open(word, &self.me, session, Some(&checked.roster)).ok_or(damaged)?;
        if opened.withdrawal.standing == Standing::Signed { Ok(Some(opened.abort)) } else { Err(damaged) }
    }
}

impl WalletRecord {
    /// The proof that the group made this key; it has the transcript.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// This device.
    pub fn me(&self) -> DeviceId {
        self.me
    }

    /// Verifies the certificate and takes it apart.
    pub fn ceremony(&self) -> Result<Ceremony, InvalidCertificate> {
        self.certificate.verify()
    }

    pub(crate) fn check(&self, identity: &IdentityKey) -> Result<Checked, ResumeError> {
        self.certificate.verify()?;
        let checked = self.certificate.transcript.check()?;
        position(&checked, identity, self.me)?;
        Ok(checked)
    }
}

fn position(checked: &Checked, identity: &IdentityKey, me: DeviceId) -> Result<u16, ResumeError> {
    let position = checked.roster.position(&me).filter(|_| identity.id() == me);
    position.ok_or(ResumeError::OtherDevice)
}
