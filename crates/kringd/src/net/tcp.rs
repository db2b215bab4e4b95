//! The TCP connections of SIP: those that peers open to us and those that we open to them.
//!
//! Each has a task of its own; what they have to tell comes through one bounded queue. A connection
//! is known by its peer's address, so what goes to a peer that has one open uses it, whoever opened
//! it (RFC 3261 §18.2.2, RFC 5923). Sending never waits: a peer that is too far behind is cut.

use super::{Arrival, connection, limits};
use crate::{counters::bound_reached, exit::Fault};
use bytes::Bytes;
use connection::Event;
use kring_sip::{Peer, Transport};
use rustc_hash::FxHashMap;
use socket2::{Domain, Protocol, Socket, Type};
use std::{
    collections::hash_map::Entry,
    convert::Infallible,
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    net::TcpListener,
    sync::mpsc::{self, error::TrySendError},
    task::JoinHandle,
};

/// All TCP listeners and connections.
pub(super) struct TcpDoors {
    open: FxHashMap<SocketAddr, Open>,
    events: mpsc::Receiver<Event>,
    tell: mpsc::Sender<Event>,
    next_id: u64,
    guests: Arc<Guests>,
    listeners: Vec<(SocketAddr, JoinHandle<()>)>,
    /// Each task holds a clone: when none is left, all have ended.
    alive: (mpsc::Sender<Infallible>, mpsc::Receiver<Infallible>),
}

/// A connection as its owner sees it. Dropping it ends the connection once its queue is written.
struct Open {
    id: u64,
    writes: mpsc::Sender<Bytes>,
}

/// How many connections each address has opened to us.
#[derive(Debug, Default)]
struct Guests(Mutex<FxHashMap<IpAddr, usize>>);

/// One opened by a peer; leaving gives its place back.
#[derive(Debug)]
pub(super) struct Guest {
    house: Arc<Guests>,
    address: IpAddr,
}

impl TcpDoors {
    pub(super) fn new() -> TcpDoors {
        let (tell, events) = mpsc::channel(limits::EVENTS_WAITING_MAX);
        TcpDoors {
            open: FxHashMap::default(),
            events,
            tell,
            next_id: 1,
            guests: Arc::default(),
            listeners: Vec::new(),
            alive: mpsc::channel(1),
        }
    }

    /// Binds one more listener.
    pub(super) fn bind(&mut self, address: SocketAddr) -> Result<(), Fault> {
        let told = |refused| Fault::listen("sip.listen", address, refused);
        let listener = bound(address).map_err(told)?;
        let local = listener.local_addr().map_err(told)?;
        let accepting = accept(
            listener,
            Arc::clone(&self.guests),
            self.tell.clone(),
            self.alive.0.clone(),
        );
        self.listeners.push((local, tokio::spawn(accepting)));
        Ok(())
    }

    /// The addresses that were bound, in the order of their binding.
    pub(super) fn locals(&self) -> impl Iterator<Item = SocketAddr> {
        self.listeners.iter().map(|(local, _)| *local)
    }

    /// Connections that are open or being opened.
    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.open.len()
    }

    /// Sends without waiting, over the peer's connection or a new one. `false`: it cannot be sent.
    pub(super) fn send(&mut self, to: SocketAddr, bytes: Bytes) -> bool {
        if let Entry::Occupied(open) = self.open.entry(to) {
            return match open.get().writes.try_send(bytes) {
                Ok(()) => true,
                Err(TrySendError::Full(_)) => {
                    bound_reached("connection_writes");
                    tracing::warn!(%to, "a TCP peer takes nothing and was cut");
                    open.remove();
                    false
                }
                Err(TrySendError::Closed(bytes)) => {
                    open.remove();
                    self.connect(to, bytes)
                }
            };
        }
        self.connect(to, bytes)
    }

    fn connect(&mut self, to: SocketAddr, first: Bytes) -> bool {
        if self.open.len() >= limits::CONNECTIONS_MAX {
            tracing::warn!(%to, "no more TCP connections: {} are open", self.open.len());
            bound_reached("connections");
            return false;
        }
        let (writes, queue) = mpsc::channel(limits::WRITES_WAITING_MAX);
        if writes.try_send(first).is_err() {
            return false;
        }
        let id = self.next_id;
        self.next_id += 2;
        self.open.insert(to, Open { id, writes });
        let (tell, alive) = (self.tell.clone(), self.alive.0.clone());
        tokio::spawn(async move {
            connection::open(to, id, queue, tell).await;
            drop(alive);
        });
        true
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
            Event::Opened { from, writes } => {
                let id = self.next_id;
                self.next_id += 2;
                self.open.insert(from, Open { id, writes });
                None
            }
            Event::Message { from, bytes } => Some(Arrival::Message {
                from: tcp(from),
                bytes,
            }),
            Event::Closed { from, id, unsent } => {
                self.forget(from, id);
                unsent.then(|| Arrival::Failed { to: tcp(from) })
            }
        }
    }

    /// A late word of a connection must not remove the one that took its place.
    fn forget(&mut self, from: SocketAddr, id: Option<u64>) {
        let Entry::Occupied(open) = self.open.entry(from) else {
            return;
        };
        let over = id.map_or(open.get().writes.is_closed(), |id| open.get().id == id);
        if over {
            open.remove();
        }
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
            tracing::warn!("some TCP peers did not take their last messages");
        }
    }
}

fn tcp(address: SocketAddr) -> Peer {
    let transport = Transport::Tcp;
    Peer { transport, address }
}

impl Guests {
    /// A place for one more, if the house and the address's share allow it.
    fn admit(self: &Arc<Guests>, address: IpAddr) -> Option<Guest> {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let all: usize = places.values().sum();
        let own = places.entry(address).or_default();
        if all >= limits::CONNECTIONS_MAX {
            bound_reached("connections");
            return None;
        }
        if *own >= limits::CONNECTIONS_PER_ADDRESS_MAX {
            bound_reached("connections_per_address");
            return None;
        }
        *own += 1;
        Some(Guest {
            house: Arc::clone(self),
            address,
        })
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let mut places = self.house.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut own) = places.entry(self.address) {
            *own.get_mut() -= 1;
            if *own.get() == 0 {
                own.remove();
            }
        }
    }
}

/// Accepts for ever. Strangers beyond the bounds are hung up on at once.
async fn accept(
    listener: TcpListener,
    guests: Arc<Guests>,
    tell: mpsc::Sender<Event>,
    alive: mpsc::Sender<Infallible>,
) {
    loop {
        let (stream, from) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(refused) => {
                tracing::warn!(%refused, "a TCP connection could not be accepted");
                tokio::time::sleep(limits::ACCEPT_PAUSE).await;
                continue;
            }
        };
        let Some(guest) = guests.admit(from.ip()) else {
            tracing::debug!(%from, "too many TCP connections: one was refused");
            continue;
        };
        let (writes, queue) = mpsc::channel(limits::WRITES_WAITING_MAX);
        if tell.send(Event::Opened { from, writes }).await.is_err() {
            return;
        }
        let (tell, alive) = (tell.clone(), alive.clone());
        tokio::spawn(async move {
            connection::serve(stream, from, queue, tell).await;
            drop((guest, alive));
        });
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
    socket.bind(&address.into())?;
    socket.listen(limits::LISTEN_BACKLOG)?;
    TcpListener::from_std(socket.into())
}
