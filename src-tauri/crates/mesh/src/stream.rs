//! Frames of an established link, and both ends of the stream of messages that outlives links.
//!
//! Bodies are numbered from 1 for each pair of processes. What is not acknowledged is kept, and sent
//! again over the next link from where [`Frame::Resume`] says; the receiver takes only the next number.

use std::{collections::VecDeque, sync::Arc};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    config::{MAX_BODY, MAX_UNACKNOWLEDGED, MAX_UNACKNOWLEDGED_BYTES, WINDOW},
    noise::Epoch,
};

/// One frame; postcard. The order of the variants is on the wire.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Frame<'a> {
    /// First after the proofs: the highest number received from the process `epoch`, 0 if none.
    Resume { epoch: Epoch, received: u64 },
    /// A body, and the highest number delivered to the application.
    Data {
        seq: u64,
        ack: u64,
        #[serde(borrow)]
        body: &'a [u8],
    },
    /// The highest number delivered to the application.
    Ack { ack: u64 },
    /// A sign of life.
    Ping,
    /// The device leaves the session.
    Bye,
    /// The device proved the same identity over a newer link.
    Superseded,
}

impl<'a> Frame<'a> {
    /// Parses a frame; none if it is malformed.
    pub(crate) fn parse(bytes: &'a [u8]) -> Option<Self> {
        match postcard::take_from_bytes(bytes) {
            Ok((Self::Data { body, .. }, _)) if body.len() > MAX_BODY => None,
            Ok((frame, [])) => Some(frame),
            _ => None,
        }
    }

    pub(crate) fn encode(&self) -> Zeroizing<Vec<u8>> {
        // Encoding into memory fails for no frame.
        Zeroizing::new(postcard::to_allocvec(self).unwrap_or_default())
    }
}

/// More bodies than any two processes exchange.
const MOST_BODIES: u64 = u32::MAX as u64;

/// What waits for one device.
#[derive(Default)]
pub(crate) struct Outbox {
    waiting: VecDeque<Arc<Zeroizing<Vec<u8>>>>,
    bytes: usize,
    /// The number of the last body that was acknowledged.
    acknowledged: u64,
    /// The number of the last body that was sent over the present link.
    sent: u64,
    /// The number of the last body that was ever sent.
    highest: u64,
}

/// The peer acknowledged what was never sent, or sends more than the window allows.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Misbehaved;

/// How much of the room for what waits a message may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Room {
    All,
    Half,
}

impl Outbox {
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(crate) fn has_room(&self, body: usize, room: Room) -> bool {
        let part = match room {
            Room::All => 1,
            Room::Half => 2,
        };
        self.waiting.len() < MAX_UNACKNOWLEDGED / part && self.bytes + body <= MAX_UNACKNOWLEDGED_BYTES / part
    }

    pub(crate) fn push(&mut self, body: Arc<Zeroizing<Vec<u8>>>) {
        self.bytes += body.len();
        self.waiting.push_back(body);
    }

    /// The next body to send and its number, if the window allows one.
    pub(crate) fn next(&self) -> Option<(u64, Arc<Zeroizing<Vec<u8>>>)> {
        let ahead = self.sent.checked_sub(self.acknowledged).filter(|ahead| *ahead < WINDOW)?;
        let body = self.waiting.get(usize::try_from(ahead).ok()?)?;
        Some((self.sent + 1, body.clone()))
    }

    pub(crate) fn mark_sent(&mut self) {
        self.sent += 1;
        self.highest = self.highest.max(self.sent);
    }

    pub(crate) fn acknowledge(&mut self, ack: u64) -> Result<(), Misbehaved> {
        if ack > self.highest {
            return Err(Misbehaved);
        }
        while self.acknowledged < ack {
            self.acknowledged += 1;
            self.bytes -= self.waiting.pop_front().map_or(0, |body| body.len());
        }
        // What an earlier link carried may be acknowledged over this one.
        self.sent = self.sent.max(ack);
        Ok(())
    }

    /// Whether a peer that says it has received up to `received` has forgotten us: it once acknowledged more.
    pub(crate) fn is_forgotten(&self, received: u64) -> bool {
        received < self.acknowledged
    }

    /// A new link is up, over which the peer says it has received up to `received`.
    pub(crate) fn resume(&mut self, received: u64) -> Result<(), Misbehaved> {
        if self.is_forgotten(received) || received > MOST_BODIES {
            return Err(Misbehaved);
        }
        if self.highest == 0 {
            // It knows us from before we forgot it: the numbers go on.
            (self.acknowledged, self.highest) = (received, received);
        }
        // Delivery, and with it acknowledgement, may lag behind what was received.
        self.acknowledge(received)?;
        self.sent = received;
        Ok(())
    }
}

/// What one device sent.
#[derive(Default)]
pub(crate) struct Inbox {
    received: u64,
    delivered: u64,
}

impl Inbox {
    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    pub(crate) fn delivered(&self) -> u64 {
        self.delivered
    }

    /// Whether the body with this number is the next; a repeated one is not.
    pub(crate) fn take(&mut self, seq: u64) -> Result<bool, Misbehaved> {
        if seq <= self.received {
            return Ok(false);
        }
        if seq != self.received + 1 || self.received - self.delivered >= 2 * WINDOW {
            return Err(Misbehaved);
        }
        self.received = seq;
        Ok(true)
    }

    pub(crate) fn deliver(&mut self) {
        self.delivered += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(byte: u8) -> Arc<Zeroizing<Vec<u8>>> {
        Arc::new(Zeroizing::new(vec![byte]))
    }

    fn filled(bodies: u8) -> Outbox {
        let mut outbox = Outbox::default();
        (0..bodies).for_each(|byte| outbox.push(body(byte)));
        outbox
    }

    fn send_all(outbox: &mut Outbox) -> Vec<u64> {
        let mut sent = Vec::new();
        while let Some((seq, _)) = outbox.next() {
            sent.push(seq);
            outbox.mark_sent();
        }
        sent
    }

    #[test]
    fn what_was_not_received_is_sent_again_and_only_that() {
        let mut outbox = filled(5);
        assert_eq!(send_all(&mut outbox), [1, 2, 3, 4, 5]);
        outbox.acknowledge(2).unwrap();
        outbox.resume(3).unwrap();
        assert_eq!(send_all(&mut outbox), [4, 5], "3 was received, though not acknowledged");
        outbox.acknowledge(5).unwrap();
        assert!(outbox.is_empty());
        outbox.push(body(9));
        assert_eq!(send_all(&mut outbox), [6], "numbers go on");
    }

    #[test]
    fn the_window_bounds_what_is_on_its_way() {
        let mut outbox = filled(100);
        assert_eq!(send_all(&mut outbox).len() as u64, WINDOW);
        outbox.acknowledge(1).unwrap();
        assert_eq!(send_all(&mut outbox), [WINDOW + 1]);
    }

    #[test]
    fn an_outbox_takes_no_more_than_its_bounds() {
        let mut outbox = filled(0);
        for (room, part) in [(Room::Half, 2), (Room::All, 1)] {
            while outbox.has_room(1, room) {
                outbox.push(body(0));
            }
            assert_eq!(outbox.waiting.len(), MAX_UNACKNOWLEDGED / part);
        }
        let mut outbox = filled(0);
        for (room, part) in [(Room::Half, 2), (Room::All, 1)] {
            while outbox.has_room(MAX_BODY, room) {
                outbox.push(Arc::new(Zeroizing::new(vec![0; MAX_BODY])));
            }
            assert_eq!(outbox.bytes, MAX_UNACKNOWLEDGED_BYTES / part);
        }
    }

    #[test]
    fn acknowledging_what_was_never_sent_is_misbehaviour() {
        let mut outbox = filled(3);
        outbox.mark_sent();
        assert_eq!(outbox.acknowledge(2), Err(Misbehaved));
        assert_eq!(outbox.resume(2), Err(Misbehaved));
        outbox.acknowledge(1).unwrap();
        assert_eq!(outbox.resume(0), Err(Misbehaved), "forgetting what was acknowledged");
    }

    #[test]
    fn an_inbox_takes_each_number_once_in_order_and_not_too_many() {
        let mut inbox = Inbox::default();
        assert_eq!(inbox.take(2), Err(Misbehaved), "a gap");
        assert_eq!(inbox.take(1), Ok(true));
        assert_eq!(inbox.take(1), Ok(false), "a repetition");
        for seq in 2..=2 * WINDOW {
            assert_eq!(inbox.take(seq), Ok(true));
        }
        assert_eq!(inbox.take(2 * WINDOW + 1), Err(Misbehaved), "the application has read none");
        inbox.deliver();
        assert_eq!(inbox.take(2 * WINDOW + 1), Ok(true));
        assert_eq!((inbox.received(), inbox.delivered()), (2 * WINDOW + 1, 1));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let _ = Frame::parse(&bytes);
        }

        /// Whatever a peer acknowledges and numbers, in whatever order, the bounds hold.
        #[test]
        fn no_acknowledgement_confuses_an_outbox(steps in proptest::collection::vec((0..4u8, 0..80u64), 0..200)) {
            let mut outbox = Outbox::default();
            for (step, number) in steps {
                match step {
                    0 if outbox.has_room(1, Room::All) => outbox.push(body(0)),
                    1 => drop(outbox.acknowledge(number)),
                    2 => drop(outbox.resume(number)),
                    _ => drop(send_all(&mut outbox)),
                }
                assert_eq!(outbox.bytes, outbox.waiting.len(), "each body has one byte");
                assert!(outbox.acknowledged <= outbox.sent && outbox.sent <= outbox.highest.max(outbox.sent));
                assert!(outbox.sent - outbox.acknowledged <= WINDOW.max(outbox.waiting.len() as u64));
            }
        }
    }

    #[test]
    fn frames_are_fixed_on_the_wire() {
        let epoch = Epoch([9; 16]);
        for (frame, wire) in [
            (Frame::Resume { epoch, received: 5 }, format!("00{}05", "09".repeat(16))),
            (Frame::Data { seq: 1, ack: 300, body: b"hi" }, "0101ac02026869".to_owned()),
            (Frame::Ack { ack: 7 }, "0207".to_owned()),
            (Frame::Ping, "03".to_owned()),
            (Frame::Bye, "04".to_owned()),
            (Frame::Superseded, "05".to_owned()),
        ] {
            let bytes = frame.encode();
            assert_eq!(hex::encode(&bytes), wire);
            assert_eq!(Frame::parse(&bytes), Some(frame));
            assert_eq!(Frame::parse(&[bytes.as_slice(), &[0]].concat()), None, "trailing byte after {wire}");
        }
        assert_eq!(
            Frame::parse(&Frame::Data { seq: 1, ack: 0, body: &vec![0; MAX_BODY + 1] }.encode()),
            None
        );
    }
}
