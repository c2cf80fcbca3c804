//! A signalling server that attacks: it stands between devices and the real server, reads every frame, and
//! delivers what its [`Attack`] says. It records all that goes by.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
    thread,
};

use futures_util::{SinkExt, StreamExt};
use rand::{Rng, SeedableRng, rngs::StdRng};
use signalling::{
    MemberId, Recipient, RoomId,
    protocol::{ClientFrame, Hello, HelloReply, ServerFrame, Token},
};
use tokio::{
    net::{TcpListener, TcpStream},
    runtime,
    sync::{mpsc, watch},
};
use tokio_tungstenite::{accept_async, connect_async, tungstenite::Message};

/// What the server does to devices.
#[derive(Clone, Copy, Debug)]
pub enum Attack {
    /// Nothing.
    None,
    /// Delivers one member's payload as another's, in this share of cases.
    Swap(f64),
    /// Delivers every payload twice.
    Duplicate,
    /// Delivers an older payload, of anyone to anyone, after each.
    Replay,
    /// Keeps payloads back, in this share of cases, and delivers them behind later ones.
    Reorder(f64),
    /// Drops payloads in this share of cases.
    Drop(f64),
    /// Says that so many members are there who are not. They answer each payload with noise, or with what others
    /// have sent.
    Invent(u8),
    /// Does not tell anyone of the member that came second.
    Hide,
    /// Flips a bit of payloads in this share of cases.
    Flip(f64),
    /// Hands out a note of its own instead of the room's.
    ForgeNote,
    /// Disconnects everybody whenever so many frames have been delivered.
    Disconnect(u64),
}

/// The server.
#[derive(Debug)]
pub struct HostileServer {
    url: String,
    shared: Arc<Mutex<Shared>>,
}

impl HostileServer {
    /// Starts it in front of the server at `address` (`host:port`).
    pub fn start(address: &str, attack: Attack, seed: u64) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("a socket");
        let url = format!("ws://{}", listener.local_addr().expect("it is bound"));
        let shared = Arc::new(Mutex::new(Shared::new(attack, seed)));
        let (state, upstream) = (shared.clone(), format!("ws://{address}/v1"));
        thread::spawn(move || {
            let runtime = runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async move {
                let listener = TcpListener::from_std(listener).expect("a listener");
                // For as long as the tests' process lives.
                while let Ok((socket, _)) = listener.accept().await {
                    tokio::spawn(serve(socket, upstream.clone(), state.clone()));
                }
            });
        });
        Self { url, shared }
    }

    /// `ws://127.0.0.1:PORT`
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Attacks no more.
    pub fn relent(&self) {
        lock(&self.shared).attack = Attack::None;
    }

    /// All that was seen in either direction, frame by frame.
    pub fn recorded(&self) -> Vec<Vec<u8>> {
        lock(&self.shared).recorded.clone()
    }

    /// How often it did what it is there for.
    pub fn hits(&self) -> u64 {
        lock(&self.shared).hits
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().expect("no connection panics")
}

#[derive(Debug)]
struct Shared {
    attack: Attack,
    rng: StdRng,
    recorded: Vec<Vec<u8>>,
    hits: u64,
    /// Payloads that were sent, with their senders.
    payloads: Vec<(MemberId, Vec<u8>)>,
    /// What was kept back, by connection.
    back: HashMap<usize, ServerFrame>,
    /// Members in the order in which they came.
    members: Vec<MemberId>,
    delivered: u64,
    /// Tells connections to break off.
    generation: watch::Sender<u64>,
    connections: usize,
    /// For each visit: of each frame that was delivered, whether it was the real server's.
    visits: HashMap<[u8; 16], Vec<bool>>,
}

impl Shared {
    fn new(attack: Attack, seed: u64) -> Self {
        Self {
            attack,
            rng: StdRng::seed_from_u64(seed),
            recorded: Vec::new(),
            hits: 0,
            payloads: Vec::new(),
            back: HashMap::new(),
            members: Vec::new(),
            delivered: 0,
            generation: watch::channel(0).0,
            connections: 0,
            visits: HashMap::new(),
        }
    }

    fn hit(&mut self, share: f64) -> bool {
        let hit = self.rng.gen_bool(share);
        self.hits += u64::from(hit);
        hit
    }

    /// What a client is told in place of one frame of the real server; never nothing, since frames are counted.
    fn deliver(&mut self, connection: usize, frame: ServerFrame) -> Vec<ServerFrame> {
        self.delivered += 1;
        match frame {
            ServerFrame::Message { room, from, payload } => self.message(connection, room, from, payload),
            ServerFrame::Welcome { room, me, members, note } => {
                self.members.push(me);
                self.welcome(room, me, members, note)
            }
            ServerFrame::Joined { member, .. } if self.is_hidden(member) => vec![self.nothing()],
            other => vec![other],
        }
    }

    fn message(
        &mut self,
        connection: usize,
        room: RoomId,
        from: MemberId,
        mut payload: Vec<u8>,
    ) -> Vec<ServerFrame> {
        self.payloads.push((from, payload.clone()));
        let message = |from, payload| ServerFrame::Message { room, from, payload };
        let attack = self.attack;
        match attack {
            Attack::Swap(share) if self.hit(share) => {
                let other = self.payloads.iter().rfind(|(sender, _)| *sender != from);
                let payload = other.map_or(payload, |(_, other)| other.clone());
                vec![message(from, payload)]
            }
            Attack::Duplicate => {
                self.hits += 1;
                vec![message(from, payload.clone()), message(from, payload)]
            }
            Attack::Replay => {
                self.hits += 1;
                let (sender, old) = self.payloads[self.rng.gen_range(0..self.payloads.len())].clone();
                vec![message(from, payload), message(sender, old)]
            }
            Attack::Reorder(share) => match self.back.remove(&connection) {
                Some(earlier) => vec![message(from, payload), earlier],
                None if self.hit(share) => {
                    self.back.insert(connection, message(from, payload));
                    vec![self.nothing()]
                }
                None => vec![message(from, payload)],
            },
            Attack::Drop(share) if self.hit(share) => vec![self.nothing()],
            Attack::Hide if self.is_hidden(from) => vec![self.nothing()],
            Attack::Flip(share) if !payload.is_empty() && self.hit(share) => {
                let byte = self.rng.gen_range(0..payload.len());
                payload[byte] ^= 1 << self.rng.gen_range(0..8);
                vec![message(from, payload)]
            }
            _ => vec![message(from, payload)],
        }
    }

    fn welcome(
        &mut self,
        room: RoomId,
        me: MemberId,
        mut members: Vec<MemberId>,
        mut note: Option<serde_bytes::ByteBuf>,
    ) -> Vec<ServerFrame> {
        match self.attack {
            Attack::Invent(count) => {
                self.hits += 1;
                members.extend((0..count).map(invented));
            }
            Attack::Hide => {
                members.retain(|member| !self.is_hidden(*member));
                self.hits += 1;
            }
            Attack::ForgeNote => {
                self.hits += 1;
                // As long as a genuine one.
                let forged: Vec<u8> = (0..41).map(|_| self.rng.r#gen()).collect();
                note = Some(serde_bytes::ByteBuf::from(forged));
            }
            _ => {}
        }
        vec![ServerFrame::Welcome { room, me, members, note }]
    }

    /// What those who are not there answer to a frame of a client.
    fn answer(&mut self, frame: &ClientFrame) -> Vec<ServerFrame> {
        let (Attack::Invent(_), ClientFrame::Send { room, to: Recipient::One(to), payload }) =
            (self.attack, frame)
        else {
            return Vec::new();
        };
        if !is_invented(*to) {
            return Vec::new();
        }
        self.hits += 1;
        let noise: Vec<u8> = (0..200).map(|_| self.rng.r#gen()).collect();
        let mut answers = vec![payload.clone(), noise];
        answers.extend(self.payloads.last().map(|(_, payload)| payload.clone()));
        let message = |payload| ServerFrame::Message { room: *room, from: *to, payload };
        answers.into_iter().map(message).collect()
    }

    fn is_hidden(&self, member: MemberId) -> bool {
        matches!(self.attack, Attack::Hide) && self.members.get(1) == Some(&member)
    }

    /// A frame that means nothing to a client.
    fn nothing(&mut self) -> ServerFrame {
        ServerFrame::Unlisted { id: signalling::AnnouncementId::from_bytes(self.rng.r#gen()) }
    }
}

const INVENTED: [u8; 15] = *b"nobody is there";

fn invented(number: u8) -> MemberId {
    let mut bytes = [number; 16];
    bytes[..15].copy_from_slice(&INVENTED);
    MemberId::from_bytes(bytes)
}

fn is_invented(member: MemberId) -> bool {
    member.as_bytes().starts_with(&INVENTED)
}

/// One client's connection, and one to the real server for it.
async fn serve(socket: TcpStream, upstream: String, shared: Arc<Mutex<Shared>>) {
    let _ = socket.set_nodelay(true);
    // Whoever breaks off in between comes again.
    let Ok(client) = accept_async(socket).await else { return };
    let Ok((server, _)) = connect_async(upstream).await else { return };
    let (mut to_client, mut from_client) = client.split();
    let (mut to_server, mut from_server) = server.split();
    let (said, mut answers) = mpsc::unbounded_channel();
    let (connection, mut generation) = {
        let mut state = lock(&shared);
        state.connections += 1;
        (state.connections, state.generation.subscribe())
    };
    generation.mark_unchanged();
    let mut visit: Option<[u8; 16]> = None;
    let mut resuming: Option<[u8; 16]> = None;
    let mut greeted = false;
    loop {
        tokio::select! {
            _ = generation.changed() => return,
            message = from_client.next() => {
                let Some(Ok(message)) = message else { return };
                let message = match message {
                    Message::Binary(bytes) => {
                        let mut state = lock(&shared);
                        state.recorded.push(bytes.to_vec());
                        if greeted {
                            let frame = ClientFrame::decode(&bytes).expect("the program speaks the protocol");
                            state.answer(&frame).into_iter().for_each(|answer| drop(said.send(answer)));
                            Message::Binary(translate(&state, visit, frame).encode().into())
                        } else {
                            greeted = true;
                            let hello = greet(&mut state, &bytes, &mut resuming);
                            Message::Binary(hello.encode().into())
                        }
                    }
                    other => other,
                };
                if to_server.send(message).await.is_err() { return }
            }
            Some(answer) = answers.recv() => {
                if let Some(visit) = visit {
                    lock(&shared).visits.entry(visit).or_default().push(false);
                }
                if to_client.send(Message::Binary(answer.encode().into())).await.is_err() { return }
            }
            message = from_server.next() => {
                let Some(Ok(message)) = message else { return };
                let Message::Binary(bytes) = message else {
                    if to_client.send(message).await.is_err() { return }
                    continue;
                };
                let (frames, breaks) = {
                    let mut state = lock(&shared);
                    state.recorded.push(bytes.to_vec());
                    match visit {
                        None => {
                            visit = begun(&mut state, &bytes, resuming);
                            (vec![bytes.to_vec()], false)
                        }
                        Some(visit) => state.frames(connection, visit, &bytes),
                    }
                };
                for frame in frames {
                    if to_client.send(Message::Binary(frame.into())).await.is_err() { return }
                }
                if breaks {
                    lock(&shared).generation.send_modify(|generation| *generation += 1);
                    return;
                }
            }
        }
    }
}

impl Shared {
    /// What a client gets for a frame of the server, and whether everybody is then disconnected.
    fn frames(&mut self, connection: usize, visit: [u8; 16], bytes: &[u8]) -> (Vec<Vec<u8>>, bool) {
        let frame = ServerFrame::decode(bytes).expect("the server speaks the protocol");
        if matches!(frame, ServerFrame::Ack { .. } | ServerFrame::Bye { .. }) {
            return (vec![bytes.to_vec()], false);
        }
        let frames = self.deliver(connection, frame);
        let flags = self.visits.entry(visit).or_default();
        flags.extend((0..frames.len()).map(|position| position == 0));
        let breaks = matches!(self.attack, Attack::Disconnect(each) if self.delivered.is_multiple_of(each));
        self.hits += u64::from(breaks);
        (frames.iter().map(ServerFrame::encode).collect(), breaks)
    }

    /// How many of the frames that a client has received are the real server's.
    fn real(&self, visit: [u8; 16], received: u64) -> u64 {
        let received = usize::try_from(received).expect("a count");
        let delivered = self.visits.get(&visit).into_iter().flatten();
        delivered.take(received).filter(|is_real| **is_real).count() as u64
    }
}

/// A client acknowledges what it received, the server expects what it sent.
fn translate(state: &Shared, visit: Option<[u8; 16]>, frame: ClientFrame) -> ClientFrame {
    match (frame, visit) {
        (ClientFrame::Ack { received }, Some(visit)) => {
            ClientFrame::Ack { received: state.real(visit, received) }
        }
        (frame, _) => frame,
    }
}

fn greet(state: &mut Shared, bytes: &[u8], resuming: &mut Option<[u8; 16]>) -> Hello {
    let mut hello = Hello::decode(bytes).expect("the program speaks the protocol");
    if let Some(resume) = &mut hello.resume {
        let visit = bytes_of(&resume.token);
        let received = resume.received;
        resume.received = state.real(visit, received);
        let received = usize::try_from(received).expect("a count");
        state.visits.entry(visit).or_default().truncate(received);
        *resuming = Some(visit);
    }
    hello
}

/// The visit that the server's first frame begins or goes on with.
fn begun(state: &mut Shared, bytes: &[u8], resuming: Option<[u8; 16]>) -> Option<[u8; 16]> {
    match HelloReply::decode(bytes).expect("the server speaks the protocol") {
        HelloReply::Fresh(welcoming) => {
            let visit = bytes_of(&welcoming.token);
            state.visits.insert(visit, Vec::new());
            Some(visit)
        }
        HelloReply::Resumed { .. } => resuming,
        HelloReply::Unsupported | HelloReply::Refused(_) => None,
    }
}

fn bytes_of(token: &Token) -> [u8; 16] {
    let bytes = postcard::to_allocvec(token).expect("16 bytes");
    bytes.try_into().expect("16 bytes")
}
