//! Scripts that break the protocol in one way each.

use super::{
    Act, Heard, Kind, Outgoing, Script,
    wire::{self, Body, Envelope, ROSTER, ROUND1, Roster, Round1, Signed},
};

/// Sends one device a share that does not fit the commitment.
pub fn bad_share(to: &'static str) -> Script {
    alter(move |message, _, body| match body {
        // The last 32 bytes are the scalar, its lowest byte first.
        Body::Round2 { package, .. } if message.to == to => {
            let lowest = package.len() - 32;
            package[lowest] ^= 1;
            true
        }
        _ => false,
    })
}

/// Sends everyone the same round-1 package, signed, whose proof of knowledge is wrong.
pub fn bad_proof_of_knowledge() -> Script {
    let mut altered = alter(|_, heard, body| match body {
        Body::Round1 { round1, .. } => {
            let mut statement: Round1 = round1.peek();
            // The last 32 bytes are the proof's scalar, its lowest byte first.
            let lowest = statement.package.len() - 32;
            statement.package[lowest] ^= 1;
            *round1 = Signed::new(&statement, ROUND1, &heard.identity);
            true
        }
        // An honest device's echo is of what was sent.
        Body::Echo { view, .. } => {
            let mut echoes = heard.messages.iter().filter_map(|(_, bytes)| match wire::decode(bytes).body {
                Body::Echo { view, .. } => Some(view),
                _ => None,
            });
            *view = echoes.next_back().expect("the script waits for one");
            true
        }
        _ => false,
    });
    Box::new(move |message, heard| {
        let waits = message.kind == Kind::Echo
            && !heard.messages.iter().any(|(_, bytes)| Kind::of(bytes) == Kind::Echo);
        match message.kind {
            // It would show the package that was not sent, and so convict itself of something else.
            Kind::Evidence => Act::Replace(Vec::new()),
            _ if waits => Act::Hold,
            _ => altered(message, heard),
        }
    })
}

/// Opens another nonce than the one committed to.
pub fn wrong_nonce() -> Script {
    alter(|_, _, body| match body {
        Body::Echo { nonce, .. } => {
            nonce[0] ^= 1;
            true
        }
        _ => false,
    })
}

/// Sends its echo and then another, and no share.
pub fn conflicting_echoes() -> Script {
    let mut other = wrong_nonce();
    Box::new(move |message, heard| match message.kind {
        Kind::Echo => match other(message, heard) {
            Act::Replace(others) => Act::Replace([vec![message.bytes.clone()], others].concat()),
            act => act,
        },
        Kind::Round2 => Act::Replace(Vec::new()),
        _ => Act::Send,
    })
}

/// Says that it saw other round-1 messages than the rest, and shows the same.
pub fn false_echo() -> Script {
    alter(|_, _, body| match body {
        Body::Echo { view, .. } => {
            view[0] ^= 1;
            true
        }
        _ => false,
    })
}

/// As the creator, lists other parameters to one member than were agreed on.
pub fn altered_roster(to: &'static str) -> Script {
    alter(move |message, heard, body| match body {
        Body::Roster(roster) if message.to == to => {
            let mut statement: Roster = roster.peek();
            statement.threshold += 1;
            *roster = Signed::new(&statement, ROSTER, &heard.identity);
            true
        }
        _ => false,
    })
}

/// Sends noise in place of its round-1 message, behind the right version and session.
pub fn garbage() -> Script {
    Box::new(|message, _| match message.kind {
        Kind::Round1 => Act::Replace(vec![[&message.bytes[..33], &[0xa5; 500]].concat()]),
        _ => Act::Send,
    })
}

/// Sends its round-1 message of an earlier session, as it was.
pub fn replayed(earlier: Vec<u8>) -> Script {
    Box::new(move |message, _| match message.kind {
        Kind::Round1 => Act::Replace(vec![earlier.clone()]),
        _ => Act::Send,
    })
}

/// Sends its round-1 statement of an earlier session in a message of this one.
pub fn replayed_in_a_new_envelope(earlier: &[u8]) -> Script {
    let Body::Round1 { round1: earlier, .. } = wire::decode(earlier).body else {
        panic!("a round-1 message was to be replayed")
    };
    alter(move |_, _, body| match body {
        Body::Round1 { round1, .. } => {
            *round1 = earlier.clone();
            true
        }
        _ => false,
    })
}

/// Sends messages as `change` leaves them; it says whether it changed anything.
fn alter(mut change: impl FnMut(&Outgoing, &Heard, &mut Body) -> bool + Send + 'static) -> Script {
    Box::new(move |message, heard| {
        let Envelope { session, mut body, .. } = wire::decode(&message.bytes);
        if change(message, heard, &mut body) {
            Act::Replace(vec![wire::encode(session, body)])
        } else {
            Act::Send
        }
    })
}
