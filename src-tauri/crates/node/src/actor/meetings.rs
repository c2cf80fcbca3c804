//! Where the members of this device's wallets meet again.

use std::collections::BTreeMap;

use coordinator::sign::StoredRequest;
use identity::DeviceId;
use signalling::ServerUrl;
use tokio::sync::mpsc;

use super::{Actor, keys::KeysState, solana::newly_made};
use crate::{
    NodeError,
    clock::wall_clock,
    meeting::{Meeting, MeetingCommand, MeetingEvent, Setting},
    snapshot::{ErrorView, LinkKind, ReachableView, RequestView},
    storage::WalletId,
};

/// Wallets whose members meet; the newest, if there are more. A server lets a client into 32 rooms, and sessions need
/// some.
const MOST: usize = 20;
/// Characters of a damaged request's name that are shown.
const SHOWN: usize = 8;
/// Commands that wait for a wallet's task.
const COMMANDS: usize = 32;

/// The tasks that keep links to the members of each wallet.
#[derive(Default)]
pub(super) struct Meetings {
    last_run: u64,
    under_way: BTreeMap<WalletId, Entry>,
    /// Tasks that still say good-bye.
    ending: BTreeMap<u64, WalletId>,
}

struct Entry {
    run: u64,
    /// The task ends when it is dropped.
    commands: mpsc::Sender<MeetingCommand>,
    links: BTreeMap<DeviceId, LinkKind>,
    requests: Vec<RequestView>,
    /// Requests of which what is kept is damaged, by name.
    damaged: Vec<String>,
    /// Why its requests can't be taken up at all.
    unusable: Option<ErrorView>,
}

impl Meetings {
    /// The members of a wallet that can be reached, or soon.
    pub(super) fn reachable(&self, wallet: WalletId) -> Vec<ReachableView> {
        let links = self.under_way.get(&wallet).map(|entry| &entry.links);
        let views = links.into_iter().flatten();
        views.map(|(device, link)| ReachableView { device: device.to_string(), link: *link }).collect()
    }

    /// The requests of all wallets, newest first.
    pub(super) fn requests(&self) -> Vec<RequestView> {
        let mut views: Vec<_> = self.under_way.values().flat_map(|entry| entry.requests.clone()).collect();
        views.sort_by(|a, b| (b.created_at, &b.id).cmp(&(a.created_at, &a.id)));
        views
    }

    /// The wallet that a request is for.
    pub(super) fn wallet_of(&self, request: &str) -> Option<WalletId> {
        let has = |entry: &Entry| entry.requests.iter().any(|view| view.id == request);
        self.under_way.iter().find(|(_, entry)| has(entry)).map(|(wallet, _)| *wallet)
    }

    pub(super) fn commands(&self, wallet: WalletId) -> Option<&mpsc::Sender<MeetingCommand>> {
        self.under_way.get(&wallet).map(|entry| &entry.commands)
    }

    /// Whether a task still runs, if only to say good-bye.
    pub(super) fn any_running(&self) -> bool {
        !self.under_way.is_empty() || !self.ending.is_empty()
    }

    /// Has each task say good-bye.
    pub(super) fn close_all(&mut self) {
        self.keep(|_| false);
    }

    fn keep(&mut self, is_wanted: impl Fn(&WalletId) -> bool) {
        let ended: Vec<_> = self.under_way.keys().filter(|wallet| !is_wanted(wallet)).copied().collect();
        for wallet in ended {
            self.ending.extend(self.under_way.remove(&wallet).map(|entry| (entry.run, wallet)));
        }
    }

    fn is_known(&self, wallet: &WalletId) -> bool {
        self.under_way.contains_key(wallet) || self.ending.values().any(|ending| ending == wallet)
    }
}

impl Actor {
    /// Requests, and wallets' requests, that can't be read.
    pub(super) fn meeting_problems(&self) -> Vec<ErrorView> {
        let problems = self.meetings.under_way.iter().flat_map(|(wallet, entry)| {
            let damaged = (!entry.damaged.is_empty()).then(|| {
                let wallet = self.wallets.get(*wallet).map(|wallet| wallet.view().name).unwrap_or_default();
                let requests = entry.damaged.iter().map(|id| id.chars().take(SHOWN).collect()).collect();
                NodeError::DamagedSignings { wallet, requests }.view()
            });
            damaged.into_iter().chain(entry.unusable.clone())
        });
        problems.collect()
    }

    /// Begins and ends what should be by now: the members of each wallet that can be used meet while the keystore is
    /// open.
    pub(super) fn tend_meetings(&mut self) {
        let wanted = self.wanted();
        self.meetings.keep(|wallet| wanted.contains(wallet));
        for wallet in wanted {
            if !self.meetings.is_known(&wallet) {
                self.meet(wallet);
            }
        }
    }

    fn wanted(&self) -> Vec<WalletId> {
        if !self.config.meet || !matches!(self.keys, KeysState::Open(_)) {
            return Vec::new();
        }
        let usable = self.wallets.usable().map(|wallet| (wallet.stored().created_at, wallet.id()));
        let mut usable: Vec<_> = usable.collect();
        usable.sort_unstable();
        usable.into_iter().rev().take(MOST).map(|(_, wallet)| wallet).collect()
    }

    fn meet(&mut self, id: WalletId) {
        let Some(wallet) = self.wallets.get(id) else { return };
        let (ceremony, server) = (wallet.ceremony().clone(), wallet.stored().server.parse::<ServerUrl>());
        let (Ok(server), Ok(keys), Some(actor)) = (server, self.keys().cloned(), self.to_self.upgrade())
        else {
            return;
        };
        let Ok(client) = self.client(Some(&server)) else { return };
        let stored = match self.storage.signings(id) {
            Ok(records) => records,
            Err(error) => {
                tracing::error!(wallet = %id, %error, "the requests of a wallet can't be read");
                return;
            }
        };
        let read = |(name, record): (Vec<u8>, Vec<u8>)| StoredRequest::from_bytes(&record).map_err(|_| name);
        let (stored, damaged): (Vec<_>, Vec<_>) = stored.into_iter().map(read).partition(Result::is_ok);
        let damaged = damaged.into_iter().filter_map(Result::err).map(hex::encode).collect();
        let stored = stored.into_iter().flatten().collect();
        self.meetings.last_run += 1;
        let (commands, incoming) = mpsc::channel(COMMANDS);
        let run = self.meetings.last_run;
        let setting = Setting {
            wallet: id,
            run,
            ceremony,
            keys,
            name: self.device_name.clone(),
            contacts: self.contacts.subscribe(),
            servers: self.solana.subscribe(),
            client,
            mesh: self.mesh_config(),
            attempt: self.config.timeouts.attempt,
            farewell: self.config.timeouts.farewell,
            clock: wall_clock(),
            actor,
        };
        let (links, requests) = (BTreeMap::new(), Vec::new());
        let entry = Entry { run, commands, links, requests, damaged, unusable: None };
        self.meetings.under_way.insert(id, entry);
        tokio::spawn(Meeting::run(setting, stored, incoming));
    }

    pub(super) fn meeting_event(&mut self, wallet: WalletId, run: u64, event: MeetingEvent) {
        let entry = self.meetings.under_way.get_mut(&wallet).filter(|entry| entry.run == run);
        match (event, entry) {
            (MeetingEvent::Links(links), Some(entry)) => entry.links = links,
            (MeetingEvent::Requests(requests), Some(entry)) => {
                let were = std::mem::replace(&mut entry.requests, requests);
                if newly_made(&were, &entry.requests) {
                    self.solana_ledgers.nudge(wallet);
                }
            }
            (MeetingEvent::Spends(spends), Some(_)) => self.ledgers.set_spends(wallet, spends),
            (MeetingEvent::Damaged(damaged), Some(entry)) => entry.damaged.extend(damaged),
            (MeetingEvent::Unusable(why), Some(entry)) => entry.unusable = Some(why),
            (
                MeetingEvent::Links(_)
                | MeetingEvent::Requests(_)
                | MeetingEvent::Spends(_)
                | MeetingEvent::Damaged(_)
                | MeetingEvent::Unusable(_),
                None,
            ) => {}
            (MeetingEvent::Store { row, reply }, _) => {
                let known = self.wallets.get(wallet).is_some();
                let stored = known.then(|| self.storage.put_signing(&row));
                // A task that is gone has no use for the answer.
                let _ = reply.send(stored.unwrap_or(Err(crate::storage::StorageError::Removed)));
            }
            (MeetingEvent::Gone, None) => drop(self.meetings.ending.remove(&run)),
            (MeetingEvent::Gone, Some(_)) => drop(self.meetings.under_way.remove(&wallet)),
        }
    }
}
