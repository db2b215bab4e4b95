//! Ports: bound ahead of the calls, one pair for each side, and resting after use.
//!
//! A pair that this process has bound once stays bound; what is reserved is always true. A port
//! that somebody else holds is passed over.

use super::{
    limits::{PAIRS_TOLD_MAX, RETELL_EVERY, RTCP_BACKLOG, RTP_BACKLOG},
    outbox::Outbox,
};
use crate::clock::Clock;
use kring_media::{MediaNotice, PacketKind, PortPair};
use kring_time::Moment;
use rustc_hash::FxHashMap;
use rustix::net::sockopt;
use std::{
    collections::VecDeque,
    io,
    net::{IpAddr, SocketAddr, UdpSocket},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::Duration,
};

/// How sockets are made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sockets {
    /// The address that they are bound on.
    pub(super) ip: IpAddr,
    /// The code point of what they send (RFC 2474).
    pub(super) dscp: u8,
}

/// Two bound sockets.
#[derive(Debug)]
pub(super) struct BoundPair {
    pub(super) ports: PortPair,
    rtp: UdpSocket,
    rtcp: UdpSocket,
}

impl BoundPair {
    fn bind(sockets: Sockets, ports: PortPair) -> io::Result<BoundPair> {
        Ok(BoundPair {
            ports,
            rtp: sockets.bind(ports.rtp, RTP_BACKLOG)?,
            rtcp: sockets.bind(ports.rtcp(), RTCP_BACKLOG)?,
        })
    }

    pub(super) fn socket(&self, kind: PacketKind) -> &UdpSocket {
        match kind {
            PacketKind::Rtp => &self.rtp,
            PacketKind::Rtcp => &self.rtcp,
        }
    }
}

impl Sockets {
    fn bind(self, port: u16, backlog: usize) -> io::Result<UdpSocket> {
        let socket = UdpSocket::bind(SocketAddr::new(self.ip, port))?;
        socket.set_nonblocking(true)?;
        // Wishes, not needs: sound flows without them.
        let _ = sockopt::set_socket_recv_buffer_size(&socket, backlog);
        // The code point is the upper six bits of that byte.
        let class = self.dscp << 2;
        let _ = match self.ip {
            IpAddr::V4(_) => sockopt::set_ip_tos(&socket, class),
            IpAddr::V6(_) => {
                // A socket for both families sends IPv4 with its own byte.
                let _ = sockopt::set_ip_tos(&socket, class);
                sockopt::set_ipv6_tclass(&socket, u32::from(class))
            }
        };
        Ok(socket)
    }
}

/// The configured ports, in pairs.
#[derive(Clone, Copy, Debug)]
pub(super) struct PortRange {
    first: u16,
    pairs: u16,
}

impl PortRange {
    /// `None` when not one even port with its odd neighbour lies within.
    pub(super) fn new(first: u16, last: u16) -> Option<PortRange> {
        let first = first.checked_next_multiple_of(2)?;
        let last = if last % 2 == 1 {
            last
        } else {
            last.checked_sub(1)?
        };
        let pairs = last.checked_sub(first)?.div_ceil(2);
        (pairs > 0 && first > 0).then_some(PortRange { first, pairs })
    }

    pub(super) fn pairs(self) -> usize {
        usize::from(self.pairs)
    }

    fn pair(self, n: usize) -> PortPair {
        PortPair {
            rtp: self.first + 2 * n as u16,
        }
    }
}

/// Pairs that are bound and used by no call.
#[derive(Clone, Debug, Default)]
pub(super) struct SharedPool(Arc<Mutex<FxHashMap<PortPair, BoundPair>>>);

impl SharedPool {
    pub(super) fn put(&self, pair: BoundPair) {
        let mut pool = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pool.insert(pair.ports, pair);
    }

    pub(super) fn take(&self, one: PortPair) -> Option<BoundPair> {
        let mut pool = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pool.remove(&one)
    }

    /// Both or none.
    pub(super) fn take_two(&self, one: PortPair, two: PortPair) -> Option<(BoundPair, BoundPair)> {
        let mut pool = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let first = pool.remove(&one)?;
        if let Some(second) = pool.remove(&two) {
            return Some((first, second));
        }
        pool.insert(one, first);
        None
    }
}

#[derive(Debug)]
pub(super) enum PoolOrder {
    Reserve {
        pairs: usize,
    },
    /// No call has these any more: they rest and then come back.
    Rest {
        pairs: Vec<BoundPair>,
    },
    Stop,
}

/// Binds and keeps.
pub(super) struct Landlord {
    sockets: Sockets,
    range: PortRange,
    rest: Duration,
    clock: Clock,
    pool: SharedPool,
    outbox: Outbox,
    /// Which pairs of the range are ours already.
    bound: Vec<bool>,
    /// Where in the range the next free port is looked for.
    next: usize,
    resting: VecDeque<(Moment, BoundPair)>,
}

impl Landlord {
    pub(super) fn new(
        sockets: Sockets,
        range: PortRange,
        rest: Duration,
        clock: Clock,
        pool: SharedPool,
        outbox: Outbox,
    ) -> Landlord {
        Landlord {
            sockets,
            range,
            rest,
            clock,
            pool,
            outbox,
            bound: vec![false; range.pairs()],
            next: 0,
            resting: VecDeque::new(),
        }
    }

    pub(super) fn run(mut self, orders: &Receiver<PoolOrder>) {
        loop {
            let order = match self.patience() {
                Some(patience) => orders.recv_timeout(patience),
                None => orders.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match order {
                Ok(PoolOrder::Reserve { pairs }) => self.reserve(pairs),
                Ok(PoolOrder::Rest { pairs }) => {
                    let until = self.clock.now() + self.rest;
                    let resting = pairs.into_iter().map(|pair| (until, pair));
                    self.resting.extend(resting);
                }
                Ok(PoolOrder::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {}
            }
            self.wake_rested();
            self.outbox.flush();
        }
    }

    /// How long there is nothing to do but wait for orders.
    fn patience(&self) -> Option<Duration> {
        let rest = self
            .resting
            .front()
            .map(|(until, _)| until.since(self.clock.now()));
        let retell = (!self.outbox.is_empty()).then_some(RETELL_EVERY);
        rest.into_iter().chain(retell).min()
    }

    fn reserve(&mut self, wanted: usize) {
        let mut pairs = Vec::new();
        // Once around the range at most.
        for _ in 0..self.range.pairs() {
            if pairs.len() == wanted {
                break;
            }
            let n = self.next;
            self.next = (n + 1) % self.range.pairs();
            if self.bound[n] {
                continue;
            }
            match BoundPair::bind(self.sockets, self.range.pair(n)) {
                Ok(pair) => {
                    self.bound[n] = true;
                    pairs.push(pair.ports);
                    self.pool.put(pair);
                }
                Err(refused) => {
                    let port = self.range.pair(n).rtp;
                    tracing::debug!(port, %refused, "a pair of media ports is not to be had");
                }
            }
        }
        let short = wanted - pairs.len();
        self.tell(pairs);
        if short > 0 {
            tracing::warn!(
                short,
                "media.rtp_ports is used up: widen it, or end what holds its ports"
            );
            self.outbox.tell(MediaNotice::Exhausted);
        }
    }

    fn wake_rested(&mut self) {
        let now = self.clock.now();
        let mut pairs = Vec::new();
        while self.resting.front().is_some_and(|(until, _)| *until <= now) {
            if let Some((_, pair)) = self.resting.pop_front() {
                pairs.push(pair.ports);
                self.pool.put(pair);
            }
        }
        self.tell(pairs);
    }

    fn tell(&mut self, pairs: Vec<PortPair>) {
        for pairs in pairs.chunks(PAIRS_TOLD_MAX) {
            self.outbox.tell(MediaNotice::Reserved {
                pairs: pairs.to_vec(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RTP and RTCP, IPv4 and both families.
    #[test]
    fn what_is_sent_carries_the_code_point() {
        for ip in ["127.0.0.1", "::"] {
            let sockets = Sockets {
                ip: ip.parse().unwrap(),
                dscp: 46,
            };
            let mut pairs = (11_000..11_500).step_by(2).map(|rtp| PortPair { rtp });
            let bound = pairs.find_map(|ports| BoundPair::bind(sockets, ports).ok());
            let bound = bound.expect("a free pair");
            for kind in [PacketKind::Rtp, PacketKind::Rtcp] {
                let socket = bound.socket(kind);
                assert_eq!(sockopt::ip_tos(socket).unwrap(), 46 << 2, "{ip} {kind:?}");
                if sockets.ip.is_ipv6() {
                    assert_eq!(sockopt::ipv6_tclass(socket).unwrap(), 46 << 2);
                }
            }
        }
    }
}
