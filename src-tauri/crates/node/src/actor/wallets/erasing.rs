//! Erasing wallets: first the row says so, then the secrets go, then the row. A crash in between leaves either a whole
//! wallet or a row that the next start finishes with.

use std::time::Duration;

use keystore::KeystoreError;
use tokio::{task::spawn_blocking, time::sleep};

use crate::{
    NodeError,
    actor::{Actor, Answer, Event, Message, answer, keys, nothing},
    error::keystore_words,
    handle::Reply,
    storage::{Stage, StoredWallet, WalletId},
};

/// How long after a failure it is tried again the first time; each time after that, twice as long,
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// and at most so long.
const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);

/// A wallet whose secrets are to be erased.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Erasing {
    wallet: WalletId,
    /// How long to wait if it fails now; nothing where another try is to come anyway.
    pause: Option<Duration>,
}

/// What came of it.
pub(crate) struct Erased {
    erasing: Erasing,
    outcome: Result<(), KeystoreError>,
    reply: Option<Reply<()>>,
}

impl Actor {
    /// Erases a finished wallet. Whoever still needs this device to finish it does without.
    pub(super) fn remove_wallet(&mut self, wallet: &str, typed_name: &str, reply: Reply<()>) -> Answer {
        let removable = self.wallets.find(wallet).and_then(|wallet| {
            if typed_name.trim() != wallet.name() {
                return Err(NodeError::OtherName { name: wallet.name().to_owned() });
            }
            if wallet.is_unfinished() || self.sessions.is_followed(&wallet.session_tag()) {
                return Err(NodeError::WalletBeingMade);
            }
            Ok((wallet.stored().clone(), wallet.session_tag()))
        });
        match removable {
            Ok((row, tag)) => {
                let wallet = row.id;
                let answer = self.begin_erasing(row, &tag, reply);
                if self.wallets.get(wallet).is_none() {
                    self.sessions.forget(&tag);
                }
                answer
            }
            Err(error) => answer(reply, Err(error)),
        }
    }

    /// Has the ceremony's task give its word to the others and erase the share; without one (the server
    /// is unknown, the session could not be resumed) the share is erased here. The answer comes when it is gone.
    pub(in crate::actor) fn discard(&mut self, wallet: &str, reply: Reply<()>) -> Answer {
        if let Some(wallet) = wallet.parse().ok().filter(|id| self.wallets.interrupted.contains_key(id)) {
            return self.erase(Erasing { wallet, pause: None }, Some(reply));
        }
        let found = self.wallets.find(wallet).and_then(|wallet| match wallet.is_unfinished() {
            true => Ok((wallet.stored().clone(), wallet.session_tag())),
            false => Err(NodeError::NotUnfinished),
        });
        match found {
            Ok((row, tag)) => match self.sessions.discard(&tag, reply) {
                Some(reply) => self.begin_erasing(row, &tag, reply),
                None => nothing(),
            },
            Err(error) => answer(reply, Err(error)),
        }
    }

    /// Erases an unfinished wallet of which a session's task has left the share behind.
    pub(in crate::actor) fn discard_without_session(&mut self, id: WalletId, reply: Reply<()>) -> Answer {
        let known = self
            .wallets
            .wallets
            .get(&id)
            .map(|wallet| (wallet.is_unfinished(), wallet.stored().clone(), wallet.session_tag()));
        match known {
            Some((true, row, tag)) => self.begin_erasing(row, &tag, reply),
            Some((false, ..)) => answer(reply, Err(NodeError::NotUnfinished)),
            // Another try has begun, or it is gone.
            None => self.erase(Erasing { wallet: id, pause: None }, Some(reply)),
        }
    }

    fn begin_erasing(&mut self, row: StoredWallet, tag: &[u8; 32], reply: Reply<()>) -> Answer {
        let wallet = row.id;
        let row = StoredWallet { stage: Stage::Storing, record: Vec::new(), name: None, ..row };
        let begun = self.settled_keys().map(|_| ()).and_then(|()| Ok(self.storage.put_wallet(&row)?));
        if let Err(error) = begun {
            return answer(reply, Err(error));
        }
        // It would write the row again.
        self.sessions.stop(tag);
        self.wallets.wallets.remove(&wallet);
        self.wallets.interrupted.insert(wallet, None);
        self.erase(Erasing { wallet, pause: Some(FIRST_PAUSE) }, Some(reply))
    }

    /// Erases the secrets beside the loop. While the keystore is shut nothing happens: opening it erases them.
    pub(in crate::actor) fn erase(&mut self, erasing: Erasing, reply: Option<Reply<()>>) -> Answer {
        let (store, to_self) = match (self.keys(), self.to_self.upgrade()) {
            _ if !self.wallets.interrupted.contains_key(&erasing.wallet) => return tell(reply, Ok(())),
            (Ok(keys), Some(to_self)) => (keys.store.clone(), to_self),
            (Err(error), _) => return tell(reply, Err(error)),
            (_, None) => return tell(reply, Err(NodeError::Closed)),
        };
        self.tasks.spawn(async move {
            let erased = spawn_blocking(move || keys::erase(store.as_ref(), erasing.wallet)).await;
            // A program that is closing finishes at its next start.
            let Ok(outcome) = erased else { return };
            let event = Event::Erased(Erased { erasing, outcome, reply });
            // The actor may be closing.
            let _ = to_self.send(Message::Event(event)).await;
        });
        nothing()
    }

    pub(in crate::actor) fn erased(&mut self, erased: Erased) -> Answer {
        let Erased { erasing: Erasing { wallet, pause }, outcome, reply } = erased;
        let outcome = match outcome {
            Ok(()) => self.wallets.forget_interrupted(&self.storage, &[wallet]),
            // Another try was faster.
            Err(_) if !self.wallets.interrupted.contains_key(&wallet) => Ok(()),
            Err(error) => {
                tracing::warn!(%error, "what is left of a wallet can't be erased yet");
                let (_, reason) = keystore_words(&error);
                self.wallets.interrupted.insert(wallet, Some(reason.clone()));
                if let Some(pause) = pause {
                    self.erase_again(wallet, pause);
                }
                Err(NodeError::NotRemoved { reason })
            }
        };
        tell(reply, outcome)
    }

    fn erase_again(&mut self, wallet: WalletId, after: Duration) {
        let Some(to_self) = self.to_self.upgrade() else { return };
        let to_self = to_self.downgrade();
        self.tasks.spawn(async move {
            sleep(after).await;
            let erasing = Erasing { wallet, pause: Some((after * 2).min(LONGEST_PAUSE)) };
            if let Some(to_self) = to_self.upgrade() {
                // The actor may be closing.
                let _ = to_self.send(Message::Event(Event::EraseAgain(erasing))).await;
            }
        });
    }
}

/// Nobody asks for what is tried again.
fn tell(reply: Option<Reply<()>>, outcome: Result<(), NodeError>) -> Answer {
    reply.map_or_else(nothing, |reply| answer(reply, outcome))
}
