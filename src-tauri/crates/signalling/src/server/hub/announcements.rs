use tokio_tungstenite::tungstenite::Bytes;

use super::super::deadlines::Key;
use super::{Due, Hub, VisitId};
use crate::protocol::{MAX_PAYLOAD, MAX_RECORD, ServerFrame};
use crate::{Announcement, AnnouncementId, Refusal};

/// So many announcements go on one page, which fits in a frame.
const PAGE: usize = MAX_PAYLOAD / (MAX_RECORD + 32);

/// An announcement that is listed.
#[derive(Debug)]
pub(super) struct Listed {
    owner: VisitId,
    record: Vec<u8>,
    deadline: Key,
}

impl Hub {
    pub(super) fn announce(&mut self, owner: VisitId, announcement: Announcement) {
        let id = announcement.id;
        let refusal = self.list(owner, &announcement).err();
        match refusal {
            Some(refusal) => self.metrics.rejected(refusal),
            None => self.tell_browsing(&ServerFrame::Listed(announcement)),
        }
        self.send(owner, &ServerFrame::Announced { id, refusal });
    }

    fn list(&mut self, owner: VisitId, announcement: &Announcement) -> Result<(), Refusal> {
        let Announcement { id, record } = announcement;
        if record.len() > self.limits.record {
            return Err(Refusal::TooLarge);
        }
        if let Some(listed) = self.listed.get_mut(id) {
            if listed.owner != owner {
                return Err(Refusal::AnnouncementTaken);
            }
            listed.record.clone_from(record);
            return Ok(());
        }
        if self.listed.len() >= self.limits.announcements {
            return Err(Refusal::AnnouncementsFull);
        }
        let visit = self.visits.get(&owner).ok_or(Refusal::ServerFull)?;
        if visit.announcements.len() >= self.limits.announcements_per_connection {
            return Err(Refusal::TooManyAnnouncements);
        }
        let from_here = self.of_address(visit.origin, |visit| visit.announcements.len());
        if from_here >= self.limits.announcements_per_address {
            return Err(Refusal::TooManyAnnouncements);
        }
        if let Some(visit) = self.visits.get_mut(&owner) {
            visit.announcements.insert(*id);
        }
        let at = self.now + self.limits.announcement_lifetime;
        let deadline = self.deadlines.insert(at, Due::Announcement(*id));
        self.listed.insert(*id, Listed { owner, record: record.clone(), deadline });
        Ok(())
    }

    pub(super) fn withdraw(&mut self, owner: VisitId, id: AnnouncementId) {
        let owned = self.visits.get_mut(&owner).is_some_and(|visit| visit.announcements.remove(&id));
        if owned {
            self.unlist(id);
        }
    }

    pub(super) fn expire_announcement(&mut self, id: AnnouncementId) {
        let Some(listed) = self.listed.get(&id) else { return };
        let (owner, refusal) = (listed.owner, Refusal::AnnouncementExpired);
        if let Some(visit) = self.visits.get_mut(&owner) {
            visit.announcements.remove(&id);
        }
        self.unlist(id);
        self.send(owner, &ServerFrame::Announced { id, refusal: Some(refusal) });
    }

    /// Drops an announcement that its owner's visit no longer knows of.
    pub(super) fn unlist(&mut self, id: AnnouncementId) {
        if let Some(listed) = self.listed.remove(&id) {
            self.deadlines.cancel(listed.deadline);
            self.tell_browsing(&ServerFrame::Unlisted { id });
        }
    }

    pub(super) fn browse(&mut self, id: VisitId) {
        self.browsing.insert(id);
        let all: Vec<Announcement> = self
            .listed
            .iter()
            .map(|(id, listed)| Announcement { id: *id, record: listed.record.clone() })
            .collect();
        let mut pages = all.chunks(PAGE).peekable();
        if pages.peek().is_none() {
            self.send(id, &ServerFrame::Listing { announcements: Vec::new(), more: false });
        }
        while let Some(page) = pages.next() {
            let more = pages.peek().is_some();
            self.send(id, &ServerFrame::Listing { announcements: page.to_vec(), more });
        }
    }

    fn tell_browsing(&mut self, frame: &ServerFrame) {
        let frame: Bytes = frame.encode().into();
        let browsing: Vec<VisitId> = self.browsing.iter().copied().collect();
        for visit in browsing {
            self.send_encoded(visit, frame.clone());
        }
    }
}
