//! The thread that talks to the keychain.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel},
    },
    thread,
    time::Duration,
};

use keyring_core::{CredentialStore, Entry, Error};
use zeroize::Zeroizing;

use super::{SERVICE, platform};
use crate::{KeystoreError, SecretBytes};

/// Calls that may wait while the keychain shows a prompt; more are refused as locked.
const QUEUE: usize = 64;

/// What is asked of the keychain.
pub(super) enum Action {
    Get,
    Put(SecretBytes),
    Delete,
}

/// Handle on the thread; the thread ends after the handle is dropped.
pub(super) struct Worker {
    requests: SyncSender<Request>,
    patience: Duration,
}

struct Request {
    user: String,
    label: String,
    action: Action,
    reply: SyncSender<Reply>,
    /// Set by whoever is first: the thread when it starts on the request, or the caller when it gives up.
    claimed: Arc<AtomicBool>,
}

type Reply = Result<Option<SecretBytes>, KeystoreError>;

impl Worker {
    pub(super) fn start(patience: Duration) -> Result<Self, KeystoreError> {
        let (requests, inbox) = sync_channel(QUEUE);
        let (opened, answer) = sync_channel(1);
        let prompting = Arc::new(AtomicBool::new(false));
        let asked = Arc::clone(&prompting);
        thread::Builder::new().name("keychain".to_owned()).spawn(move || {
            match platform::connect(&asked) {
                Ok(store) => {
                    if opened.send(Ok(())).is_ok() {
                        serve(store, &inbox);
                    }
                }
                Err(error) => drop(opened.send(Err(error))),
            }
        })?;
        match answer.recv_timeout(patience) {
            Ok(result) => result.map(|()| Self { requests, patience }),
            Err(RecvTimeoutError::Timeout) if prompting.load(Ordering::SeqCst) => Err(KeystoreError::Locked),
            Err(RecvTimeoutError::Timeout) => Err(silent()),
            Err(RecvTimeoutError::Disconnected) => Err(ended()),
        }
    }

    pub(super) fn call(&self, user: String, label: String, action: Action) -> Reply {
        let (reply, answer) = sync_channel(1);
        let claimed = Arc::new(AtomicBool::new(false));
        let request = Request { user, label, action, reply, claimed: Arc::clone(&claimed) };
        match self.requests.try_send(request) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => return Err(KeystoreError::Locked),
            Err(TrySendError::Disconnected(_)) => return Err(ended()),
        }
        match answer.recv_timeout(self.patience) {
            Ok(result) => result,
            Err(RecvTimeoutError::Timeout) => {
                claimed.store(true, Ordering::SeqCst);
                Err(KeystoreError::Locked)
            }
            Err(RecvTimeoutError::Disconnected) => Err(ended()),
        }
    }
}

fn serve(mut store: Arc<CredentialStore>, inbox: &Receiver<Request>) {
    while let Ok(request) = inbox.recv() {
        if request.claimed.swap(true, Ordering::SeqCst) {
            continue;
        }
        let mut result = perform(&*store, &request);
        // The service may have been restarted, which voids our session with it; every action can be repeated.
        if result.as_ref().is_err_and(may_pass)
            && let Ok(fresh) = platform::connect(&AtomicBool::new(false))
        {
            store = fresh;
            result = perform(&*store, &request);
        }
        let result = result.map_err(|error| to_keystore_error(&error, &request.user));
        drop(request.reply.send(result));
    }
}

fn perform(store: &CredentialStore, request: &Request) -> Result<Option<SecretBytes>, Error> {
    let entry = platform::entry(store, SERVICE, &request.user, &request.label)?;
    match &request.action {
        Action::Get => get(&entry),
        Action::Put(secret) => {
            entry.set_secret(secret.expose())?;
            match get(&entry)? {
                Some(stored) if stored == *secret => Ok(None),
                _ => Err(Error::BadStoreFormat("what was stored does not read back".to_owned())),
            }
        }
        Action::Delete => match entry.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        },
    }
}

fn get(entry: &Entry) -> Result<Option<SecretBytes>, Error> {
    match entry.get_secret() {
        Ok(bytes) => Ok(Some(SecretBytes::new(Zeroizing::new(bytes)))),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Takes only what `Display` gives: some of these errors carry the secret in their fields. Of one whose `Display` may
/// quote it, nothing.
fn to_keystore_error(error: &Error, name: &str) -> KeystoreError {
    match error {
        Error::Ambiguous(_) => KeystoreError::Ambiguous { name: name.to_owned() },
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            KeystoreError::Keychain { detail: "what it holds can't be read".to_owned() }
        }
        other => {
            platform::explain(other).unwrap_or_else(|| KeystoreError::Keychain { detail: other.to_string() })
        }
    }
}

/// Whether a new connection may help: not if the person or the system said no, who should not be asked twice.
fn may_pass(error: &Error) -> bool {
    matches!(error, Error::PlatformFailure(_))
        && !matches!(platform::explain(error), Some(KeystoreError::Locked | KeystoreError::Denied { .. }))
}

fn silent() -> KeystoreError {
    KeystoreError::Keychain { detail: "it does not answer".to_owned() }
}

fn ended() -> KeystoreError {
    KeystoreError::Keychain { detail: "its thread ended".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_about_the_data_quotes_none_of_it() {
        let secret = b"\xffhunter2".to_vec();
        let inner = String::from_utf8(secret.clone()).unwrap_err();
        for error in [Error::BadEncoding(secret.clone()), Error::BadDataFormat(secret, Box::new(inner))] {
            let told = format!("{:?}", to_keystore_error(&error, "wallet/1/share"));
            assert_eq!(told, r#"Keychain { detail: "what it holds can't be read" }"#);
        }
    }
}
