//! What goes wrong without anybody's malice: processes end, links break, messages are late.

use std::collections::BTreeSet;

use coordinator::sign::{Decision, Ending, Input, Signing};

use super::{Group, Task};

impl Group {
    /// A device's process ends: what was under way to and from it is lost with its memory.
    pub fn crash(&mut self, index: usize) {
        self.devices[index].signing = None;
        self.devices[index].crash_at = None;
        self.tasks.retain(|(device, _)| *device != index);
        self.queue.retain(|packet| packet.from != index && packet.to != index);
    }

    /// It comes back with what it had stored, and the links to it come up again.
    pub fn restart(&mut self, index: usize) {
        self.crash(index);
        self.cut.retain(|(a, b)| *a != index && *b != index);
        let identity = self.wallet.devices[index].0.clone();
        let (signing, effects) =
            Signing::resume(identity, &self.wallet.ceremony, self.stored(index)).unwrap();
        // It says again, at most, what the crash kept from being done.
        let (signed, ended) = self.stored(index).iter().fold(
            (BTreeSet::new(), BTreeSet::new()),
            |(mut signed, mut ended), stored| {
                match stored.ending() {
                    Some(Ending::Signed { .. }) => drop(signed.insert(stored.id())),
                    Some(_) => drop(ended.insert(stored.id())),
                    None => {}
                }
                (signed, ended)
            },
        );
        self.devices[index].signed.retain(|id, _| signed.contains(id));
        self.devices[index].ended.retain(|id, _| ended.contains(id) || signed.contains(id));
        for stored in self.stored(index) {
            if let Some(Ending::Signed { completion, signatures }) = stored.ending() {
                self.devices[index].signed.insert(stored.id(), (completion, signatures));
            }
        }
        self.devices[index].signing = Some(signing);
        for stored in self.stored(index) {
            // A user who had not decided is asked again.
            let undecided = *stored.decision() == Decision::Undecided;
            if self.devices[index].approves && stored.ending().is_none() && undecided {
                self.tasks.push_back((index, Task::Decide(stored.id())));
            }
        }
        self.perform(index, effects);
        let peer = self.id(index);
        for other in (0..self.len()).filter(|other| *other != index) {
            self.input(other, Input::PeerRestarted { peer });
            self.input(other, Input::LinkUp { peer });
            self.input(index, Input::LinkUp { peer: self.id(other) });
        }
    }

    /// The server wants a device no more, and then again: what was under way to and from it is lost, and the others see a
    /// new process, but its memory is what it was.
    pub fn leave_and_return(&mut self, index: usize) {
        self.cut.retain(|(a, b)| *a != index && *b != index);
        let peer = self.id(index);
        let others: Vec<_> = (0..self.len()).filter(|other| *other != index).collect();
        for other in &others {
            self.input(index, Input::LinkDown { peer: self.id(*other) });
            self.input(*other, Input::PeerLeft { peer });
        }
        self.queue.retain(|packet| packet.from != index && packet.to != index);
        for other in others {
            self.input(other, Input::PeerRestarted { peer });
            self.input(other, Input::LinkUp { peer });
            self.input(index, Input::LinkUp { peer: self.id(other) });
        }
    }

    pub fn cut(&mut self, a: usize, b: usize) {
        if self.cut.insert((a.min(b), a.max(b))) {
            self.input(a, Input::LinkDown { peer: self.id(b) });
            self.input(b, Input::LinkDown { peer: self.id(a) });
        }
    }

    pub fn mend(&mut self, a: usize, b: usize) {
        if self.cut.remove(&(a.min(b), a.max(b))) {
            self.input(a, Input::LinkUp { peer: self.id(b) });
            self.input(b, Input::LinkUp { peer: self.id(a) });
        }
    }

    /// All attempts that were ever begun are overdue.
    pub fn overdue(&mut self, index: usize) {
        let turns: Vec<_> = self.devices[index].started.iter().map(|(turn, _)| *turn).collect();
        for turn in turns {
            self.input(index, Input::Overdue { turn });
        }
    }
}
