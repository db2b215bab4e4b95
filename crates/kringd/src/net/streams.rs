//! The connections of SIP, TCP, TLS and WebSocket: those that peers open to us and those that we open.
//!
//! Each has a task of its own; what they have to tell comes through one bounded queue. A connection
//! is known by its peer's address, so what goes to a peer that has one open uses it, whoever opened
//! it (RFC 3261 §18.2.2, RFC 5923, RFC 7118 §5). Sending never waits: a peer that is too far behind
//! is cut. What has to be ciphered or unmasked is served beside the exchange's thread.

use super::{
    Arrival, Terms,
    connection::{self, Event, Link},
    limits,
    places::{Bounds, Places, Standing, is_welcoming},
    tls::Credentials,
};
use crate::{config::Listen, counters::bound_reached, exit::Fault};
use bytes::Bytes;
use kring_sip::{Peer, Strangers, Transmit, Transport};
use rustc_hash::FxHashMap;
use socket2::{Domain, Protocol, Socket, Type};
use std::{
    collections::hash_map::Entry,
    convert::Infallible,
    io,
    net::SocketAddr,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    net::TcpListener,
    runtime::Handle,
    sync::mpsc::{self, error::TrySendError},
    task::JoinHandle,
};

const BOUNDS: Bounds = Bounds {
    all: limits::CONNECTIONS_MAX,
    strangers: limits::CONNECTIONS_OF_STRANGERS_MAX,
    stranger_each: limits::CONNECTIONS_PER_ADDRESS_MAX,
    familiar_each: limits::CONNECTIONS_PER_KNOWN_ADDRESS_MAX,
};

/// All listeners and connections.
pub(super) struct StreamDoors {
    open: FxHashMap<Peer, Open>,
    events: mpsc::Receiver<Event>,
    tell: mpsc::Sender<Event>,
    next_id: u64,
    places: Arc<Places>,
    credentials: Credentials,
    strangers: Strangers,
    beside: Handle,
    listeners: Vec<(Listen, JoinHandle<()>)>,
    /// Each task holds a clone: when none is left, all have ended.
    alive: (mpsc::Sender<Infallible>, mpsc::Receiver<Infallible>),
}

/// A connection as its owner sees it. Dropping it ends the connection once its queue is written.
struct Open {
    id: u64,
    writes: mpsc::Sender<Bytes>,
    /// A peer's has one.
    standing: Option<Arc<Standing>>,
}

impl StreamDoors {
    pub(super) fn new(terms: &Terms) -> StreamDoors {
        let (tell, events) = mpsc::channel(limits::EVENTS_WAITING_MAX);
        StreamDoors {
            open: FxHashMap::default(),
            events,
            tell,
            next_id: 1,
            places: Places::new(terms.trunks.clone(), BOUNDS),
            credentials: terms.credentials.clone(),
            strangers: terms.strangers,
            beside: terms.beside.clone(),
            listeners: Vec::new(),
            alive: mpsc::channel(1),
        }
    }

    /// Binds one more listener.
    pub(super) fn bind(&mut self, listen: Listen) -> Result<(), Fault> {
        let Listen { transport, address } = listen;
        let told = |refused| Fault::listen("sip.listen", address, refused);
        let runtime = self.runtime(transport);
        let _within = runtime.enter();
        let listener = bound(address).map_err(told)?;
        let address = listener.local_addr().map_err(told)?;
        let door = Door {
            transport,
            listener,
            places: Arc::clone(&self.places),
            credentials: self.credentials.clone(),
            strangers: self.strangers,
            tell: self.tell.clone(),
            alive: self.alive.0.clone(),
        };
        let accepting = runtime.spawn(door.accept());
        let listen = Listen { transport, address };
        self.listeners.push((listen, accepting));
        Ok(())
    }

    /// Where connections of this kind are served. TCP costs less than a change of threads.
    fn runtime(&self, transport: Transport) -> Handle {
        match transport {
            Transport::Udp | Transport::Tcp => Handle::current(),
            Transport::Tls | Transport::Ws | Transport::Wss => self.beside.clone(),
        }
    }

    /// What was bound, in the order of its binding.
    pub(super) fn locals(&self) -> impl Iterator<Item = Listen> {
        self.listeners.iter().map(|(local, _)| *local)
    }

    /// Connections that are open or being opened.
    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.open.len()
    }

    /// Sends without waiting, over the peer's connection or a new one. `false`: it cannot be sent.
    pub(super) fn send(&mut self, transmit: Transmit) -> bool {
        let Transmit {
            to,
            bytes,
            connect_within,
        } = transmit;
        let within = connect_within.unwrap_or(limits::CONNECT_WITHIN);
        let Entry::Occupied(open) = self.open.entry(to) else {
            return self.connect(to, bytes, within);
        };
        if let Some(standing) = &open.get().standing
            && is_welcoming(&bytes)
        {
            self.places.welcome(to.address, standing);
        }
        match open.get().writes.try_send(bytes) {
            Ok(()) => true,
            Err(TrySendError::Full(_)) => {
                bound_reached("connection_writes");
                tracing::warn!(%to, "a peer takes nothing and was cut");
                open.remove();
                false
            }
            Err(TrySendError::Closed(bytes)) => {
                open.remove();
                self.connect(to, bytes, within)
            }
        }
    }

    fn connect(&mut self, to: Peer, first: Bytes, within: Duration) -> bool {
        if to.transport.is_websocket() {
            tracing::debug!(%to, "only the phone can open a WebSocket, and it is gone");
            return false;
        }
        if self.open.len() >= limits::CONNECTIONS_WITH_OURS_MAX {
            tracing::warn!(%to, "no more connections: {} are open", self.open.len());
            bound_reached("connections");
            return false;
        }
        let (writes, queue) = mpsc::channel(limits::WRITES_WAITING_MAX);
        if writes.try_send(first).is_err() {
            return false;
        }
        let id = self.next_id();
        let standing = None;
        self.open.insert(
            to,
            Open {
                id,
                writes,
                standing,
            },
        );
        let link = Link {
            peer: to,
            queue,
            tell: self.tell.clone(),
            guest: None,
            strangers: self.strangers,
        };
        let (credentials, alive) = (self.credentials.clone(), self.alive.0.clone());
        self.runtime(to.transport).spawn(async move {
            connection::open(id, within, link, credentials).await;
            drop(alive);
        });
        true
    }

    fn next_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    /// The next message or failure.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Arrival> {
        while let Poll::Ready(Some(event)) = self.events.poll_recv(cx) {
            if let Some(arrival) = self.take(event) {
                return Poll::Ready(arrival);
            }
        }
        Poll::Pending
    }

    /// The next message or failure, if one is there already.
    pub(super) fn try_recv(&mut self) -> Option<Arrival> {
        while let Ok(event) = self.events.try_recv() {
            if let Some(arrival) = self.take(event) {
                return Some(arrival);
            }
        }
        None
    }

    fn take(&mut self, event: Event) -> Option<Arrival> {
        match event {
            Event::Opened {
                from,
                writes,
                standing,
            } => {
                let id = self.next_id();
                let standing = Some(standing);
                self.open.insert(
                    from,
                    Open {
                        id,
                        writes,
                        standing,
                    },
                );
                None
            }
            Event::Message { from, bytes } => Some(Arrival::Message { from, bytes }),
            Event::Closed { from, id, unsent } => {
                let standing = self.open.get(&from).and_then(|open| open.standing.clone());
                let welcome = standing.is_some_and(|standing| standing.is_welcome());
                let over = self.forget(from, id);
                if unsent {
                    Some(Arrival::Failed { to: from })
                } else {
                    (over && welcome).then_some(Arrival::Closed { from })
                }
            }
        }
    }

    /// A late word of a connection must not remove the one that took its place: whether it was this one.
    fn forget(&mut self, from: Peer, id: Option<u64>) -> bool {
        let Entry::Occupied(open) = self.open.entry(from) else {
            return false;
        };
        let over = id.map_or(open.get().writes.is_closed(), |id| open.get().id == id);
        if over {
            open.remove();
        }
        over
    }

    /// Writes what waits and ends every connection, for as long as `within`.
    pub(super) async fn close(mut self, within: Duration) {
        for (_, listener) in self.listeners.drain(..) {
            listener.abort();
        }
        self.open.clear();
        self.events.close();
        let (own, mut others) = self.alive;
        drop(own);
        let ended = tokio::time::timeout(within, others.recv()).await;
        if ended.is_err() {
            tracing::warn!("some peers did not take their last messages");
        }
    }
}

/// One listener.
struct Door {
    transport: Transport,
    listener: TcpListener,
    places: Arc<Places>,
    credentials: Credentials,
    strangers: Strangers,
    tell: mpsc::Sender<Event>,
    alive: mpsc::Sender<Infallible>,
}

impl Door {
    /// Accepts for ever. Who has no place is hung up on at once.
    async fn accept(self) {
        loop {
            let (stream, address) = match self.listener.accept().await {
                Ok(accepted) => accepted,
                Err(refused) => {
                    tracing::warn!(%refused, "a connection could not be accepted");
                    bound_reached("accept");
                    tokio::time::sleep(limits::ACCEPT_PAUSE).await;
                    continue;
                }
            };
            let Some(guest) = self.places.admit(address) else {
                tracing::debug!(%address, "too many connections: one was refused");
                continue;
            };
            let (writes, queue) = mpsc::channel(limits::WRITES_WAITING_MAX);
            let transport = self.transport;
            let link = Link {
                peer: Peer { transport, address },
                queue,
                tell: self.tell.clone(),
                guest: Some(guest),
                strangers: self.strangers,
            };
            let (credentials, alive) = (self.credentials.clone(), self.alive.clone());
            tokio::spawn(async move {
                connection::serve(stream, link, writes, credentials).await;
                drop(alive);
            });
        }
    }
}

fn bound(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_nonblocking(true)?;
    // A restart must not wait for the last process's connections to be forgotten (TIME_WAIT).
    socket.set_reuse_address(true)?;
    super::mark(&socket, address);
    socket.bind(&address.into())?;
    socket.listen(limits::LISTEN_BACKLOG)?;
    TcpListener::from_std(socket.into())
}
