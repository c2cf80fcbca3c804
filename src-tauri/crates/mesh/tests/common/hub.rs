//! A server that lies: it speaks the signalling protocol, puts everyone into one hall whatever room was
//! asked for, and passes on what its plot says.

use std::collections::BTreeMap;

use futures_util::{SinkExt, StreamExt};
use signalling::{
    MemberId, Recipient, RoomId, ServerUrl,
    protocol::{ClientFrame, HelloReply, ServerFrame},
};
use tokio::{net::TcpListener, sync::mpsc};
use tokio_tungstenite::tungstenite::Message;

/// What goes from one guest to another; guests are numbered from 0 in the order in which they came.
#[derive(Clone)]
pub struct Passing {
    pub from: usize,
    pub to: usize,
    pub payload: Vec<u8>,
}

/// Turns what should be passed on into what is.
pub type Plot = Box<dyn FnMut(Passing) -> Vec<Passing> + Send>;

enum Call {
    Came(mpsc::Sender<Vec<u8>>, mpsc::Sender<usize>),
    Said(usize, ClientFrame),
}

pub fn name(guest: usize) -> MemberId {
    MemberId::from_bytes([u8::try_from(guest).unwrap() + 1; 16])
}

/// Begins to lie. The `ghosts` are said to be there, though they are not, or not yet.
pub async fn hub(ghosts: &[usize], plot: Plot) -> ServerUrl {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}", listener.local_addr().unwrap()).parse().unwrap();
    let (calls, incoming) = mpsc::channel(1024);
    tokio::spawn(lie(incoming, ghosts.to_vec(), plot));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, calls.clone()));
        }
    });
    url
}

async fn serve(stream: tokio::net::TcpStream, calls: mpsc::Sender<Call>) {
    stream.set_nodelay(true).unwrap();
    let (mut to, mut from) = tokio_tungstenite::accept_async(stream).await.unwrap().split();
    let (frames, mut outgoing) = mpsc::channel::<Vec<u8>>(4096);
    let (number, mut numbered) = mpsc::channel(1);
    calls.send(Call::Came(frames.clone(), number)).await.unwrap();
    let guest = numbered.recv().await.unwrap();
    tokio::spawn(async move {
        while let Some(frame) = outgoing.recv().await {
            if to.send(Message::Binary(frame.into())).await.is_err() {
                return;
            }
        }
    });
    let mut counted = 0;
    let mut greeted = false;
    while let Some(Ok(message)) = from.next().await {
        let Message::Binary(bytes) = message else { continue };
        if !greeted {
            let fresh = [b"pfsg\x01\x02".as_slice(), &[0xab; 16], &[0x98, 0x75]].concat();
            assert!(matches!(HelloReply::decode(&fresh), Ok(HelloReply::Fresh(_))), "the wire has changed");
            frames.send(fresh).await.unwrap();
            greeted = true;
            continue;
        }
        let frame = ClientFrame::decode(&bytes).unwrap();
        if !matches!(frame, ClientFrame::Ack { .. } | ClientFrame::Bye) {
            counted += 1;
            let _ = frames.send(ServerFrame::Ack { received: counted }.encode()).await;
        }
        let _ = calls.send(Call::Said(guest, frame)).await;
    }
}

async fn lie(mut calls: mpsc::Receiver<Call>, ghosts: Vec<usize>, mut plot: Plot) {
    let mut guests: Vec<mpsc::Sender<Vec<u8>>> = Vec::new();
    let mut rooms: BTreeMap<usize, RoomId> = BTreeMap::new();
    let mut early: BTreeMap<usize, Vec<(usize, Vec<u8>)>> = BTreeMap::new();
    while let Some(call) = calls.recv().await {
        match call {
            Call::Came(frames, number) => {
                number.send(guests.len()).await.unwrap();
                guests.push(frames);
            }
            Call::Said(guest, ClientFrame::Join { room }) => {
                let absent =
                    ghosts.iter().copied().filter(|ghost| *ghost != guest && !rooms.contains_key(ghost));
                let members = rooms.keys().copied().chain(absent).map(name).collect();
                let welcome = ServerFrame::Welcome { room, me: name(guest), members, note: None };
                let _ = guests[guest].try_send(welcome.encode());
                for (other, room) in &rooms {
                    let joined = ServerFrame::Joined { room: *room, member: name(guest) };
                    let _ = guests[*other].try_send(joined.encode());
                }
                rooms.insert(guest, room);
                for (from, payload) in early.remove(&guest).unwrap_or_default() {
                    let message = ServerFrame::Message { room, from: name(from), payload };
                    let _ = guests[guest].try_send(message.encode());
                }
            }
            Call::Said(guest, ClientFrame::Leave { .. }) => {
                rooms.remove(&guest);
                for (other, room) in &rooms {
                    let left = ServerFrame::Left { room: *room, member: name(guest) };
                    let _ = guests[*other].try_send(left.encode());
                }
            }
            Call::Said(from, ClientFrame::Send { to: Recipient::One(to), payload, .. }) => {
                let Some(to) = (0..8).find(|guest| name(*guest) == to) else { continue };
                // A ghost, until it has come in.
                if !rooms.contains_key(&to) {
                    early.entry(to).or_default().push((from, payload));
                    continue;
                }
                for Passing { from, to, payload } in plot(Passing { from, to, payload }) {
                    let Some(room) = rooms.get(&to) else { continue };
                    let message = ServerFrame::Message { room: *room, from: name(from), payload };
                    let _ = guests[to].try_send(message.encode());
                }
            }
            Call::Said(..) => {}
        }
    }
}
