//! The SIP sockets, as the task that owns the exchange sees them: whole messages in, whole messages
//! out, and word of those that could not be delivered.
//!
//! Nothing here knows what a message says. Sending never waits; receiving may be dropped and called
//! again without loss.

mod connection;
mod dns;
mod icmp;
mod limits;
mod own_address;
mod places;
mod stream;
mod streams;
mod terms;
#[cfg(test)]
mod tests;
mod tls;
mod udp;
mod websocket;

pub(crate) use dns::{Families, Found, NameRefused, Resolver, Sought};
pub(crate) use own_address::{facing, near};
pub(crate) use places::TrunkPeers;
pub(crate) use terms::Terms;
pub(crate) use tls::{
    CertificateRefused, Credentials, Expiry, WebCertificate, believing, certificates_of, expiries,
    hosts_of, vouches_for,
};

use crate::{config::Listen, counters::bound_reached, exit::Fault};
use bytes::Bytes;
use kring_sip::{Peer, Transmit, Transport};
use socket2::SockRef;
use std::{
    collections::VecDeque,
    future::poll_fn,
    net::SocketAddr,
    os::fd::AsFd,
    task::{Context, Poll},
    time::Duration,
};
use streams::StreamDoors;
use udp::{Sent, UdpDoors};

/// What the sockets have to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// One whole message: a datagram, or what the framer cut from a stream.
    Message {
        /// Who sent it.
        from: Peer,
        /// As it came.
        bytes: Bytes,
    },
    /// Something that was sent there is lost, and more would be.
    Failed {
        /// Where it should have gone.
        to: Peer,
    },
    /// A connection has ended that somebody had opened whom we know; nothing is lost with it.
    Closed {
        /// Whose it was.
        from: Peer,
    },
}

/// All SIP sockets of this process.
pub(crate) struct Net {
    udp: UdpDoors,
    streams: StreamDoors,
    failures: VecDeque<Peer>,
    /// Who is looked at first; changes with each arrival, so that neither starves the other.
    datagrams_first: bool,
}

impl Net {
    /// Binds all of them. Call it inside the runtime.
    pub(crate) fn bind(terms: &Terms) -> Result<Net, Fault> {
        let (mut udp, mut streams) = (UdpDoors::new(), StreamDoors::new(terms));
        for listen in &terms.listens {
            match listen.transport {
                Transport::Udp => udp.bind(listen.address)?,
                _ => streams.bind(*listen)?,
            }
        }
        Ok(Net {
            udp,
            streams,
            failures: VecDeque::new(),
            datagrams_first: true,
        })
    }

    /// What was bound, with the ports that the kernel chose for port 0: UDP first.
    pub(crate) fn listens(&self) -> Vec<Listen> {
        let transport = Transport::Udp;
        let udp = self.udp.locals();
        let udp = udp.map(|address| Listen { transport, address });
        udp.chain(self.streams.locals()).collect()
    }

    /// Waits for the next arrival, and sends meanwhile what had to wait. Cancel safe.
    pub(crate) async fn recv(&mut self) -> Arrival {
        poll_fn(|cx| self.poll(cx)).await
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Arrival> {
        if let Some(to) = self.failures.pop_front() {
            return Poll::Ready(Arrival::Failed { to });
        }
        let arrival = if self.datagrams_first {
            match self.udp.poll(cx) {
                Poll::Pending => self.streams.poll(cx),
                ready @ Poll::Ready(_) => ready,
            }
        } else {
            match self.streams.poll(cx) {
                Poll::Pending => self.udp.poll(cx),
                ready @ Poll::Ready(_) => ready,
            }
        };
        if arrival.is_ready() {
            self.take_turns();
        }
        arrival
    }

    /// What has arrived already, without waiting: for taking a burst in one go.
    pub(crate) fn try_recv(&mut self) -> Option<Arrival> {
        if let Some(to) = self.failures.pop_front() {
            return Some(Arrival::Failed { to });
        }
        self.take_turns();
        if self.datagrams_first {
            self.udp.try_recv().or_else(|| self.streams.try_recv())
        } else {
            self.streams.try_recv().or_else(|| self.udp.try_recv())
        }
    }

    fn take_turns(&mut self) {
        self.datagrams_first = !self.datagrams_first;
    }

    /// Sends without waiting. What cannot be delivered is told by an arrival.
    pub(crate) fn send(&mut self, transmit: Transmit) {
        let to = transmit.to;
        let lost = match to.transport {
            Transport::Udp => {
                let sent = self.udp.send(to.address, transmit.bytes);
                matches!(sent, Sent::Unreachable)
            }
            _ => !self.streams.send(transmit),
        };
        if !lost {
            return;
        }
        if self.failures.len() < limits::FAILURES_WAITING_MAX {
            self.failures.push_back(to);
        } else {
            bound_reached("failures_waiting");
        }
    }

    /// Connections that are open or being opened.
    #[cfg(test)]
    fn connections(&self) -> usize {
        self.streams.count()
    }

    /// Writes what still waits, for as long as `within`, and closes everything.
    pub(crate) async fn close(self, within: Duration) {
        self.streams.close(within).await;
    }
}

/// Marks what the socket sends as signalling for the routers on the way (RFC 4594).
fn mark(socket: &impl AsFd, with: SocketAddr) {
    let socket = SockRef::from(socket);
    let marked = if with.is_ipv4() {
        socket.set_tos_v4(limits::DSCP)
    } else {
        socket.set_tclass_v6(limits::DSCP)
    };
    if let Err(refused) = marked {
        tracing::debug!(%with, %refused, "a socket could not be marked as signalling");
    }
}
