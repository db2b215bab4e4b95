//! The SIP sockets, as the task that owns the exchange sees them: whole messages in, whole messages
//! out, and word of those that could not be delivered.
//!
//! Nothing here knows what a message says. Sending never waits; receiving may be dropped and called
//! again without loss.

mod connection;
mod dns;
mod limits;
mod own_address;
mod tcp;
#[cfg(test)]
mod tests;
mod udp;

pub(crate) use dns::{Families, Found, NameRefused, Resolver, Sought};
pub(crate) use own_address::facing;

use crate::{config::Listen, counters::bound_reached, exit::Fault};
use bytes::Bytes;
use kring_sip::{Peer, Transmit, Transport};
use std::{
    collections::VecDeque,
    future::poll_fn,
    task::{Context, Poll},
    time::Duration,
};
use tcp::TcpDoors;
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
}

/// All SIP sockets of this process.
pub(crate) struct Net {
    udp: UdpDoors,
    tcp: TcpDoors,
    failures: VecDeque<Peer>,
    /// Who is looked at first; changes with each arrival, so that neither starves the other.
    datagrams_first: bool,
}

impl Net {
    /// Binds all of them. Call it inside the runtime.
    pub(crate) fn bind(listens: &[Listen]) -> Result<Net, Fault> {
        let (mut udp, mut tcp) = (UdpDoors::new(), TcpDoors::new());
        for listen in listens {
            match listen.transport {
                Transport::Udp => udp.bind(listen.address)?,
                // The configuration lets nothing else through.
                _ => tcp.bind(listen.address)?,
            }
        }
        Ok(Net {
            udp,
            tcp,
            failures: VecDeque::new(),
            datagrams_first: true,
        })
    }

    /// What was bound, with the ports that the kernel chose for port 0: UDP first.
    pub(crate) fn listens(&self) -> Vec<Listen> {
        let listen = |transport| move |address| Listen { transport, address };
        let udp = self.udp.locals().map(listen(Transport::Udp));
        let tcp = self.tcp.locals().map(listen(Transport::Tcp));
        udp.chain(tcp).collect()
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
                Poll::Pending => self.tcp.poll(cx),
                ready @ Poll::Ready(_) => ready,
            }
        } else {
            match self.tcp.poll(cx) {
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
            self.udp.try_recv().or_else(|| self.tcp.try_recv())
        } else {
            self.tcp.try_recv().or_else(|| self.udp.try_recv())
        }
    }

    fn take_turns(&mut self) {
        self.datagrams_first = !self.datagrams_first;
    }

    /// Sends without waiting. What cannot be delivered is told by an arrival.
    pub(crate) fn send(&mut self, transmit: Transmit) {
        let Transmit { to, bytes } = transmit;
        let lost = match to.transport {
            Transport::Udp => matches!(self.udp.send(to.address, bytes), Sent::Unreachable),
            _ => !self.tcp.send(to.address, bytes),
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

    /// TCP connections that are open or being opened.
    #[cfg(test)]
    fn connections(&self) -> usize {
        self.tcp.count()
    }

    /// Writes what still waits, for as long as `within`, and closes everything.
    pub(crate) async fn close(self, within: Duration) {
        self.tcp.close(within).await;
    }
}
