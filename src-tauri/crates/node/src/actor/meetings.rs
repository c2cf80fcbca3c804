//! Where the members of this device's wallets meet again.

use std::collections::BTreeMap;

use identity::DeviceId;
use signalling::ServerUrl;
use tokio::sync::mpsc;

use super::{Actor, keys::KeysState};
use crate::{
    meeting::{Meeting, MeetingEvent},
    snapshot::{LinkKind, ReachableView},
    storage::WalletId,
};

/// Wallets whose members meet; the newest, if there are more. A server lets a client into 32 rooms, and sessions need some.
const MOST: usize = 20;

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
    _open: mpsc::Sender<()>,
    links: BTreeMap<DeviceId, LinkKind>,
}

impl Meetings {
    /// The members of a wallet that can be reached, or soon.
    pub(super) fn reachable(&self, wallet: WalletId) -> Vec<ReachableView> {
        let links = self.under_way.get(&wallet).map(|entry| &entry.links);
        let views = links.into_iter().flatten();
        views.map(|(device, link)| ReachableView { device: device.to_string(), link: *link }).collect()
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
    /// Begins and ends what should be by now: the members of each wallet that can be used meet while the keystore is open.
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
        let mut usable: Vec<_> =
            self.wallets.usable().map(|wallet| (wallet.stored().created_at, wallet.id())).collect();
        usable.sort_unstable();
        usable.into_iter().rev().take(MOST).map(|(_, wallet)| wallet).collect()
    }

    fn meet(&mut self, id: WalletId) {
        let Some(wallet) = self.wallets.get(id) else { return };
        let (ceremony, Some(me)) = (wallet.ceremony(), wallet.me()) else { return };
        let Ok(server) = wallet.stored().server.parse::<ServerUrl>() else { return };
        let members = ceremony.members.iter().map(|member| member.id);
        let (others, transcript_hash) =
            (members.filter(|member| *member != me).collect(), ceremony.transcript_hash);
        let (Ok(keys), Some(actor)) = (self.keys().cloned(), self.to_self.upgrade()) else { return };
        let Ok(client) = self.client(Some(&server)) else { return };
        self.meetings.last_run += 1;
        let (open, closed) = mpsc::channel(1);
        let run = self.meetings.last_run;
        let meeting = Meeting {
            wallet: id,
            run,
            transcript_hash,
            others,
            keys,
            name: self.device_name.clone(),
            client,
            mesh: self.mesh_config(),
            farewell: self.config.timeouts.farewell,
            actor,
        };
        self.meetings.under_way.insert(id, Entry { run, _open: open, links: BTreeMap::new() });
        tokio::spawn(meeting.run(closed));
    }

    pub(super) fn meeting_event(&mut self, wallet: WalletId, run: u64, event: MeetingEvent) {
        let entry = self.meetings.under_way.get_mut(&wallet).filter(|entry| entry.run == run);
        match (event, entry) {
            (MeetingEvent::Links(links), Some(entry)) => entry.links = links,
            (MeetingEvent::Links(_), None) => {}
            (MeetingEvent::Gone, None) => drop(self.meetings.ending.remove(&run)),
            (MeetingEvent::Gone, Some(_)) => drop(self.meetings.under_way.remove(&wallet)),
        }
    }
}
