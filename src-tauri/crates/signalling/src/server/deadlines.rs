use std::collections::BTreeMap;

use tokio::time::Instant;

/// What is due when; each entry can be cancelled, so nothing piles up.
#[derive(Debug)]
pub(super) struct Deadlines<T> {
    entries: BTreeMap<Key, T>,
    next: u64,
}

/// Names an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(Instant, u64);

impl<T> Deadlines<T> {
    pub(super) fn new() -> Self {
        Self { entries: BTreeMap::new(), next: 0 }
    }

    #[must_use]
    pub(super) fn insert(&mut self, at: Instant, what: T) -> Key {
        let key = Key(at, self.next);
        self.next += 1;
        self.entries.insert(key, what);
        key
    }

    pub(super) fn cancel(&mut self, key: Key) {
        self.entries.remove(&key);
    }

    pub(super) fn first(&self) -> Option<Instant> {
        self.entries.first_key_value().map(|(Key(at, _), _)| *at)
    }

    pub(super) fn pop_first(&mut self) -> Option<T> {
        self.entries.pop_first().map(|(_, what)| what)
    }

    pub(super) fn pop_due(&mut self, now: Instant) -> Option<T> {
        if self.first()? <= now { self.pop_first() } else { None }
    }
}
