//! Requests that are too large for a datagram: by TCP where the peer is known to take it, and back to a
//! datagram as soon as that fails (RFC 3261 §18.1.1).
//!
//! The RFC has every such request tried over TCP, and only a refusal answered by a datagram. A firewall
//! that swallows the attempt would eat the time that a phone has to ring, so only those are asked who
//! have shown that they take TCP, or whose name says so; a connection has no longer than
//! [`CONNECT_WITHIN`]; and what is still unanswered when a datagram would be sent again is sent as one.
//! All copies have one branch and one sent-by: whoever gets two takes the second for a repetition.

use super::{Endpoint, Transmit, limits};
use crate::{
    Method, Peer, Request, Transport,
    dialog::Dialog,
    header::Via,
    transaction::{AfterFailure, ClientKey, Outward, Scope},
};
use bytes::Bytes;
use kring_time::Moment;
use limits::{CONNECT_WITHIN, STREAM_HEARD_FOR, STREAM_REFUSED_FOR, STREAMS_KNOWN_MAX};
use rustc_hash::FxHashMap;
use std::{collections::VecDeque, net::SocketAddr};

/// Where a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    /// As its Via says.
    pub(crate) hop: Peer,
    /// What it takes instead whatever its size, if that still stands: an earlier one of its dialog went
    /// there, or its name servers say so.
    pub(crate) stream: Option<Peer>,
}

impl From<Peer> for Way {
    fn from(hop: Peer) -> Way {
        Way { hop, stream: None }
    }
}

/// Who takes TCP, as far as was seen lately.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    rows: FxHashMap<SocketAddr, Row>,
}

/// Moments until which something is believed.
#[derive(Clone, Copy, Debug, Default)]
struct Row {
    heard_until: Option<Moment>,
    refused_until: Option<Moment>,
}

impl Streams {
    /// An answer came over a connection to there.
    fn answered(&mut self, now: Moment, at: SocketAddr) {
        let row = Row {
            heard_until: Some(now + STREAM_HEARD_FOR),
            refused_until: None,
        };
        self.put(now, at, row);
    }

    /// A request came over TCP whose Via says that its answers can be brought there (RFC 3261 §18.2.2). That
    /// is worth less than a refusal: its sender may be behind a firewall that lets nobody in.
    fn claimed(&mut self, now: Moment, at: SocketAddr) {
        let row = Row {
            heard_until: Some(now + STREAM_HEARD_FOR),
            ..self.row(at)
        };
        self.put(now, at, row);
    }

    /// No connection stands there, or none that anybody answers.
    fn refused(&mut self, now: Moment, at: SocketAddr) {
        let row = Row {
            refused_until: Some(now + STREAM_REFUSED_FOR),
            ..self.row(at)
        };
        self.put(now, at, row);
    }

    fn row(&self, at: SocketAddr) -> Row {
        self.rows.get(&at).copied().unwrap_or_default()
    }

    fn may_take(&self, now: Moment, at: SocketAddr) -> bool {
        self.row(at).refused_until.is_none_or(|until| until <= now)
    }

    fn takes(&self, now: Moment, at: SocketAddr) -> bool {
        let heard = self.row(at).heard_until.is_some_and(|until| until > now);
        heard && self.may_take(now, at)
    }

    /// A full table forgets what is old, else all: what is not known goes by datagrams as ever.
    fn put(&mut self, now: Moment, at: SocketAddr, row: Row) {
        if self.rows.len() >= STREAMS_KNOWN_MAX && !self.rows.contains_key(&at) {
            let holds = |until: Option<Moment>| until.is_some_and(|until| until > now);
            self.rows
                .retain(|_, row| holds(row.heard_until) || holds(row.refused_until));
            if self.rows.len() >= STREAMS_KNOWN_MAX {
                self.rows.clear();
            }
        }
        self.rows.insert(at, row);
    }
}

impl Endpoint {
    /// Takes note that a request came over TCP. Phones that register by it are rung by it anyway, and
    /// nobody has looked yet at who they are.
    pub(super) fn note_stream(&mut self, now: Moment, from: Peer, via: &Via, request: &Request) {
        if from.transport == Transport::Tcp && request.method != Method::Register {
            let port = via.port.unwrap_or(Transport::Tcp.default_port());
            let at = SocketAddr::new(from.address.ip(), port);
            self.streams.claimed(now, at);
        }
    }

    /// Takes note that an answer came over TCP.
    pub(super) fn note_answer(&mut self, now: Moment, from: Peer) {
        if from.transport == Transport::Tcp {
            self.streams.answered(now, from.address);
        }
    }

    /// By which transport a request leaves that was written for the hop of its way.
    pub(super) fn outward(&self, now: Moment, way: Way, bytes: Bytes) -> Outward {
        let hop = way.hop;
        let stream = match hop.transport {
            Transport::Udp => self.stream_for(now, way, bytes.len()),
            _ => None,
        };
        let Some(to) = stream else {
            return Outward {
                to: hop,
                bytes,
                datagram: None,
            };
        };
        Outward {
            to,
            bytes: carried_by(bytes.clone(), to),
            datagram: Some((hop, bytes)),
        }
    }

    /// The way of an INVITE that begins a call. What the name of its peer offers counts for a large one
    /// alone, and so does what its dialog will follow.
    pub(super) fn invite_outward(
        &self,
        now: Moment,
        seed: &mut Dialog,
        others: &VecDeque<Peer>,
        bytes: Bytes,
    ) -> Outward {
        let hop = seed.hop();
        let is_large = bytes.len() > limits::DATAGRAM_SAFE_BYTES;
        let stream = is_large.then(|| named_stream(hop, others)).flatten();
        let outward = self.outward(now, Way { hop, stream }, bytes);
        seed.leave_stream();
        if outward.datagram.is_some() {
            seed.follow(outward.to);
        }
        outward
    }

    /// The way of the ACK of a 2xx, which nobody waits for: no stream is tried that none of its dialog took.
    pub(super) fn ack_outward(&self, now: Moment, way: Way, bytes: Bytes) -> Transmit {
        match way.stream {
            Some(_) => {
                let outward = self.outward(now, way, bytes);
                Transmit::new(outward.to, outward.bytes)
            }
            None => Transmit::new(way.hop, bytes),
        }
    }

    fn stream_for(&self, now: Moment, way: Way, length: usize) -> Option<Peer> {
        let known = way
            .stream
            .filter(|stream| self.streams.may_take(now, stream.address));
        let is_large = length > limits::DATAGRAM_SAFE_BYTES;
        known.or_else(|| {
            let address = way.hop.address;
            (is_large && self.streams.takes(now, address)).then_some(Peer {
                transport: Transport::Tcp,
                address,
            })
        })
    }

    /// Sends a request for the first time.
    pub(super) fn send_outward(&mut self, outward: &Outward, method: Method) {
        let connect_within = outward.datagram.as_ref().map(|_| CONNECT_WITHIN);
        self.count_request_out(method);
        self.send_transmit(Transmit {
            to: outward.to,
            bytes: outward.bytes.clone(),
            connect_within,
        });
    }

    /// Sends a request again: to `to`, and no more to where it `was` sent, if that is another place.
    pub(super) fn repeat_request(
        &mut self,
        now: Moment,
        (was, to): (Peer, Peer),
        bytes: Bytes,
        method: Method,
    ) {
        if was != to {
            self.streams.refused(now, was.address);
        }
        self.repeat(to, bytes, method);
    }

    /// Nothing reaches `to`: the connection was refused, the host is unreachable. What only its size had
    /// taken there goes by datagrams. Other requests to it that nothing has answered yet fail with 503 (RFC
    /// 3261 §8.1.3.1), a CANCEL or BYE only the second time.
    pub fn transport_failed(&mut self, now: Moment, to: Peer) {
        let invites = self
            .client_invites
            .keys_where(|invite| invite.to == to && invite.is_unanswered());
        for key in invites {
            if !self.invite_falls_back(now, key) {
                self.invite_failed(now, key, 503);
            }
        }
        for key in self.clients.keys_where(|client| client.to == to) {
            let timers = self.timers;
            let after = self.clients.change(&mut self.queue, key, |client| {
                let after = client.transport_failed(now, &timers);
                (client.purpose, client.to, after)
            });
            match after {
                Some((_, _, AfterFailure::Fails)) => self.request_failed(now, key, 503),
                Some((purpose, now_to, AfterFailure::SendsAgain(bytes))) => {
                    self.repeat_request(now, (to, now_to), bytes, purpose.method());
                }
                Some((_, _, AfterFailure::WaitsOn)) | None => {}
            }
        }
        self.phone_flow_lost(to);
        self.wake(now);
    }

    /// A connection that the peer had opened is gone, and nothing with it: what waits for an answer goes on
    /// waiting, because that may come by another. A phone that registered through it can be reached by it no
    /// more (RFC 5626 §5.3).
    pub fn connection_closed(&mut self, from: Peer) {
        self.phone_flow_lost(from);
    }

    /// Whether an INVITE went over TCP for nothing but its size; then it leaves as a datagram now, as the
    /// same transaction with the timers of UDP.
    fn invite_falls_back(&mut self, now: Moment, key: ClientKey) -> bool {
        let timers = self.timers;
        let fallen = self.client_invites.change(&mut self.queue, key, |invite| {
            let was = invite.to;
            let bytes = invite.fall_back(now, &timers)?;
            Some((invite.leg, invite.scope, (was, invite.to), bytes))
        });
        let Some((leg, scope, ways, bytes)) = fallen.flatten() else {
            return false;
        };
        if scope == Scope::Call {
            self.change_calling(leg, |calling| {
                if let Some(attempt) = calling.attempt_mut(key) {
                    attempt.seed.leave_stream();
                }
            });
        }
        self.repeat_request(now, ways, bytes, Method::Invite);
        true
    }
}

/// The stream to a hop that its name offers beside datagrams (RFC 3263 §4.1): same host, other service.
fn named_stream(hop: Peer, others: &VecDeque<Peer>) -> Option<Peer> {
    let is_stream =
        |other: &&Peer| other.transport == Transport::Tcp && other.address.ip() == hop.address.ip();
    let offered = others.iter().find(is_stream).copied();
    offered.filter(|_| hop.transport == Transport::Udp)
}

/// A request of ours whose first Via says by what it travels (RFC 3261 §18.1.1): TCP instead of UDP.
pub(super) fn carried_by(request: Bytes, to: Peer) -> Bytes {
    const DATAGRAM: &[u8] = b"\r\nVia: SIP/2.0/UDP ";
    const STREAM: &[u8] = b"\r\nVia: SIP/2.0/TCP ";
    let via = request
        .windows(DATAGRAM.len())
        .position(|line| line == DATAGRAM);
    let (Transport::Tcp, Some(at)) = (to.transport, via) else {
        return request;
    };
    let mut out = request.to_vec();
    out[at..at + STREAM.len()].copy_from_slice(STREAM);
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(port: u16) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, 1], port))
    }

    #[test]
    fn a_refusal_is_worth_more_than_a_claim_and_less_than_an_answer() {
        let mut streams = Streams::default();
        let now = Moment::BOOT;
        assert!(!streams.takes(now, at(5060)), "nobody has said so");
        streams.claimed(now, at(5060));
        assert!(streams.takes(now, at(5060)));
        streams.refused(now, at(5060));
        streams.claimed(now, at(5060));
        assert!(!streams.takes(now, at(5060)));
        let later = now + STREAM_REFUSED_FOR;
        assert!(streams.takes(later, at(5060)), "tried once more");
        streams.refused(now, at(5060));
        streams.answered(now, at(5060));
        assert!(streams.takes(now, at(5060)));
        assert!(!streams.takes(now + STREAM_HEARD_FOR, at(5060)));
    }

    #[test]
    fn the_table_has_a_bound() {
        let mut streams = Streams::default();
        for port in 0..u16::MAX {
            streams.claimed(Moment::BOOT, at(port));
            assert!(streams.rows.len() <= STREAMS_KNOWN_MAX);
        }
        let later = Moment::BOOT + STREAM_HEARD_FOR;
        streams.refused(later, at(0));
        assert!(!streams.may_take(later, at(0)));
    }
}
