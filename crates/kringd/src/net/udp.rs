//! The UDP sockets of SIP. One task owns them: no message passes through a channel.
//!
//! A reply leaves by the socket at which its peer was last heard (RFC 3581 §4), else by the one whose
//! address the kernel would use, else by the first of its family. Sending never waits.

use super::{Arrival, icmp, limits};
use crate::{counters::bound_reached, exit::Fault};
use bytes::Bytes;
use kring_sip::{Peer, Transport};
use rustc_hash::FxHashMap;
use socket2::{Domain, Protocol, Socket, Type};
use std::{
    collections::VecDeque,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};
use tokio::{
    io::{Interest, ReadBuf},
    net::UdpSocket,
    sync::mpsc,
    time::{Sleep, sleep},
};

/// One bound socket and what waits to leave by it.
struct Door {
    socket: Arc<UdpSocket>,
    local: SocketAddr,
    backlog: VecDeque<(SocketAddr, Bytes)>,
    /// When to try the backlog again, once readiness has proved wrong.
    again: Option<Pin<Box<Sleep>>>,
}

/// All UDP sockets.
pub(super) struct UdpDoors {
    doors: Vec<Door>,
    /// Peers that the network says cannot be reached.
    unreached: mpsc::Receiver<SocketAddr>,
    tell: mpsc::Sender<SocketAddr>,
    /// Peers whose door is not the first of its family, or was asked of the kernel.
    heard_at: FxHashMap<SocketAddr, usize>,
    buffer: Box<[u8]>,
    /// Where the next look begins, so that no door starves another.
    turn: usize,
    dropped: u64,
}

/// What became of a message.
pub(super) enum Sent {
    /// It is on its way, or waits its turn, or was dropped as the net may do.
    Away,
    /// It can never reach this peer.
    Unreachable,
}

impl UdpDoors {
    pub(super) fn new() -> UdpDoors {
        let (tell, unreached) = mpsc::channel(limits::FAILURES_WAITING_MAX);
        UdpDoors {
            unreached,
            tell,
            doors: Vec::new(),
            heard_at: FxHashMap::default(),
            buffer: vec![0; limits::DATAGRAM_BYTES_MAX].into(),
            turn: 0,
            dropped: 0,
        }
    }

    /// Binds one more socket.
    pub(super) fn bind(&mut self, address: SocketAddr) -> Result<(), Fault> {
        let told = |refused| Fault::listen("sip.listen", address, refused);
        let socket = bound(address).map_err(told)?;
        let local = socket.local_addr().map_err(told)?;
        let socket = Arc::new(socket);
        tokio::spawn(listen_to_errors(Arc::clone(&socket), self.tell.clone()));
        self.doors.push(Door {
            socket,
            local,
            backlog: VecDeque::new(),
            again: None,
        });
        Ok(())
    }

    /// The addresses that were bound, in the order of their binding.
    pub(super) fn locals(&self) -> impl Iterator<Item = SocketAddr> {
        self.doors.iter().map(|door| door.local)
    }

    /// Sends without waiting.
    pub(super) fn send(&mut self, to: SocketAddr, bytes: Bytes) -> Sent {
        let Some(index) = self.door_to(to) else {
            return Sent::Unreachable;
        };
        let door = &mut self.doors[index];
        if door.backlog.is_empty() {
            match try_send(&door.socket, &bytes, to) {
                Ok(_) => return Sent::Away,
                Err(refused) if refused.kind() == io::ErrorKind::WouldBlock => {}
                Err(refused) => return refusal(&refused, to),
            }
        }
        if door.backlog.len() < limits::UDP_BACKLOG_MAX {
            door.backlog.push_back((to, bytes));
        } else {
            self.dropped += 1;
            bound_reached("datagrams_waiting");
            // Said ever more rarely, so that the log does not make it worse.
            if self.dropped.is_power_of_two() {
                let dropped = self.dropped;
                tracing::warn!(dropped, "datagrams were dropped: the network takes no more");
            }
        }
        Sent::Away
    }

    fn door_to(&mut self, to: SocketAddr) -> Option<usize> {
        if let Some(index) = self.heard_at.get(&to) {
            return Some(*index);
        }
        let first = self.first_of(to)?;
        let family = |door: &&Door| door.local.is_ipv4() == to.is_ipv4();
        if self.doors.iter().filter(family).count() == 1 {
            return Some(first);
        }
        let own = own_towards(to);
        let by_route = |door: &Door| own == Some(door.local.ip());
        let index = self.doors.iter().position(by_route).unwrap_or(first);
        self.put_door(to, index);
        Some(index)
    }

    fn put_door(&mut self, peer: SocketAddr, index: usize) {
        if self.heard_at.len() >= limits::ARRIVALS_REMEMBERED_MAX {
            bound_reached("arrivals_remembered");
            self.heard_at.clear();
        }
        self.heard_at.insert(peer, index);
    }

    fn first_of(&self, family: SocketAddr) -> Option<usize> {
        self.doors
            .iter()
            .position(|door| door.local.is_ipv4() == family.is_ipv4())
    }

    /// The next datagram; sends what waits on the way.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Arrival> {
        if let Poll::Ready(Some(unreached)) = self.unreached.poll_recv(cx) {
            return Poll::Ready(failed(unreached));
        }
        for door in &mut self.doors {
            if let Some(unreached) = flush(door, cx) {
                return Poll::Ready(failed(unreached));
            }
        }
        let count = self.doors.len();
        for step in 0..count {
            let index = (self.turn + step) % count;
            while let Poll::Ready(read) = poll_read(&self.doors[index].socket, cx, &mut self.buffer)
            {
                let Some((length, from)) = read else {
                    continue;
                };
                if let Some(arrival) = self.take(index, length, from) {
                    self.turn = index + 1;
                    return Poll::Ready(arrival);
                }
            }
        }
        Poll::Pending
    }

    /// The next datagram, if one is there already.
    pub(super) fn try_recv(&mut self) -> Option<Arrival> {
        let count = self.doors.len();
        for step in 0..count {
            let index = (self.turn + step) % count;
            while let Ok((length, from)) = self.doors[index].socket.try_recv_from(&mut self.buffer)
            {
                if let Some(arrival) = self.take(index, length, from) {
                    self.turn = index + 1;
                    return Some(arrival);
                }
            }
        }
        None
    }

    /// Copies a datagram out of the buffer. Keep-alives (RFC 5626 §3.5.1) are nothing to talk about.
    fn take(&mut self, index: usize, length: usize, from: SocketAddr) -> Option<Arrival> {
        let bytes = &self.buffer[..length];
        if bytes.iter().all(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
            return None;
        }
        let bytes = Bytes::copy_from_slice(bytes);
        self.remember(index, from);
        let from = Peer {
            transport: Transport::Udp,
            address: from,
        };
        Some(Arrival::Message { from, bytes })
    }

    fn remember(&mut self, index: usize, from: SocketAddr) {
        if self.first_of(from) == Some(index) {
            if !self.heard_at.is_empty() {
                self.heard_at.remove(&from);
            }
            return;
        }
        if self.heard_at.get(&from) != Some(&index) {
            self.put_door(from, index);
        }
    }
}

/// `Ready(None)` is an error that concerns one datagram, not the socket.
fn poll_read(
    socket: &UdpSocket,
    cx: &mut Context<'_>,
    buffer: &mut [u8],
) -> Poll<Option<(usize, SocketAddr)>> {
    let mut into = ReadBuf::new(buffer);
    let from = ready!(socket.poll_recv_from(cx, &mut into));
    Poll::Ready(from.ok().map(|from| (into.filled().len(), from)))
}

/// Sends what waits until the socket takes no more. Hands back a peer that cannot be reached.
fn flush(door: &mut Door, cx: &mut Context<'_>) -> Option<SocketAddr> {
    if let Some(again) = &mut door.again {
        if again.as_mut().poll(cx).is_pending() {
            return None;
        }
        door.again = None;
    }
    while let Some((to, bytes)) = door.backlog.front() {
        if door.socket.poll_send_ready(cx).is_pending() {
            return None;
        }
        let (to, sent) = (*to, try_send(&door.socket, bytes, *to));
        match sent {
            // After an ICMP error the socket counts as half closed, and so as ready for ever.
            Err(refused) if refused.kind() == io::ErrorKind::WouldBlock => {
                let mut again = Box::pin(sleep(limits::UDP_AGAIN_AFTER));
                if again.as_mut().poll(cx).is_pending() {
                    door.again = Some(again);
                    return None;
                }
            }
            sent => {
                door.backlog.pop_front();
                if let Err(refused) = sent
                    && let Sent::Unreachable = refusal(&refused, to)
                {
                    return Some(to);
                }
            }
        }
    }
    None
}

/// Tells of peers that cannot be reached, for as long as the socket is there.
async fn listen_to_errors(socket: Arc<UdpSocket>, tell: mpsc::Sender<SocketAddr>) {
    // The owner's going is noticed without an error, too.
    while let Ok(Ok(_)) = tokio::select! {
        ready = socket.ready(Interest::ERROR) => Ok(ready),
        () = tell.closed() => Err(()),
    } {
        loop {
            match socket.try_io(Interest::ERROR, || icmp::next(&socket)) {
                Ok(None) => {}
                Ok(Some(to)) => {
                    tracing::debug!(%to, "the network says that nobody is there");
                    if tell.try_send(to).is_err() {
                        bound_reached("failures_waiting");
                    }
                }
                // An empty queue; whatever else it may be is no reason to spin.
                Err(_) => break,
            }
        }
    }
}

/// The error of an earlier datagram, to whomever, stands in the way of the next one, once.
fn try_send(socket: &UdpSocket, bytes: &[u8], to: SocketAddr) -> io::Result<usize> {
    let of_another = |refused: &io::Error| {
        matches!(
            refused.kind(),
            io::ErrorKind::ConnectionRefused
                | io::ErrorKind::HostUnreachable
                | io::ErrorKind::NetworkUnreachable
        ) || refused.raw_os_error() == Some(libc::EHOSTDOWN)
    };
    match socket.try_send_to(bytes, to) {
        Err(refused) if of_another(&refused) => socket.try_send_to(bytes, to),
        sent => sent,
    }
}

/// The address that the kernel would send from. No packet leaves.
fn own_towards(to: SocketAddr) -> Option<std::net::IpAddr> {
    let socket = Socket::new(Domain::for_address(to), Type::DGRAM, None).ok()?;
    socket.connect(&to.into()).ok()?;
    Some(socket.local_addr().ok()?.as_socket()?.ip())
}

fn failed(address: SocketAddr) -> Arrival {
    let transport = Transport::Udp;
    Arrival::Failed {
        to: Peer { transport, address },
    }
}

/// The kernel is out of memory for a moment, or a message says that it will never work.
fn refusal(refused: &io::Error, to: SocketAddr) -> Sent {
    if refused.kind() == io::ErrorKind::OutOfMemory
        || rustix::io::Errno::from_io_error(refused) == Some(rustix::io::Errno::NOBUFS)
    {
        return Sent::Away;
    }
    tracing::debug!(%to, %refused, "a datagram could not be sent");
    Sent::Unreachable
}

fn bound(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::DGRAM,
        Some(Protocol::UDP),
    )?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_nonblocking(true)?;
    socket.set_recv_buffer_size(limits::UDP_BUFFER_BYTES)?;
    socket.set_send_buffer_size(limits::UDP_BUFFER_BYTES)?;
    super::mark(&socket, address);
    if let Err(refused) = icmp::ask(&socket, address) {
        tracing::debug!(%address, %refused, "the kernel does not tell of unreachable peers");
    }
    socket.bind(&address.into())?;
    UdpSocket::from_std(socket.into())
}
