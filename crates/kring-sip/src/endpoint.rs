//! A user agent for calls: both sides of INVITE, sans-IO.
//!
//! Give it messages, moments and orders; after each, drain [`Endpoint::poll`], then wait for the
//! earlier of [`Endpoint::deadline`] and the next input. It decides nothing about calls: whoever
//! calls becomes an [`LegEvent::Incoming`], whoever is rung is named by an [`Invitation`].

mod effect;

use crate::{HeaderName, Reason, timers::Timers};
use bytes::Bytes;
use kring_time::Moment;
use std::{collections::VecDeque, net::SocketAddr};

pub use effect::{
    Counts, Direction, Effect, IncomingInvite, Invitation, LegEvent, LegId, OfferKind, Peer,
    SipCount, Transmit, Transport,
};

/// How an endpoint presents itself.
#[derive(Clone, Debug)]
pub struct EndpointConfig {
    /// Where UDP messages to us go: named in Via, Contact and Call-ID.
    pub advertised: SocketAddr,
    /// The same for TCP; usually equal.
    pub advertised_tcp: SocketAddr,
    /// User-Agent and Server.
    pub user_agent: String,
    /// From which all tags, branches and Call-IDs come. A new one for each process.
    pub seed: u64,
    /// T1, T2, T4.
    pub timers: Timers,
}

/// A user agent: its transactions, dialogs and timers.
#[derive(Debug)]
pub struct Endpoint {
    config: EndpointConfig,
    outbox: VecDeque<Effect>,
    next_leg: u64,
}

impl Endpoint {
    /// An endpoint without calls.
    pub fn new(config: EndpointConfig) -> Endpoint {
        Endpoint {
            config,
            outbox: VecDeque::new(),
            next_leg: 1,
        }
    }

    /// Takes one whole message: a UDP datagram, or what the framer cut from a TCP stream.
    pub fn receive(&mut self, now: Moment, from: Peer, bytes: &[u8]) {
        let _ = (now, from, bytes);
    }

    /// Nothing reaches `to`: the connection was refused, the host is unreachable. Requests to it that
    /// nothing has answered yet fail with 503 (RFC 3261 §8.1.3.1).
    pub fn transport_failed(&mut self, now: Moment, to: Peer) {
        let _ = (now, to);
    }

    /// Does what is due by `now`.
    pub fn wake(&mut self, now: Moment) {
        let _ = now;
    }

    /// When [`Endpoint::wake`] is wanted next. `None`: nothing waits.
    pub fn deadline(&self) -> Option<Moment> {
        None
    }

    /// The next thing to be done. To be drained after every input.
    pub fn poll(&mut self) -> Option<Effect> {
        self.outbox.pop_front()
    }

    /// Calls somebody. Beyond the endpoint's bounds the leg is rejected with 503 at once.
    pub fn invite(&mut self, now: Moment, call: Invitation) -> LegId {
        let _ = (now, call, &self.config);
        let leg = LegId(self.next_leg);
        self.next_leg += 1;
        leg
    }

    /// UAC: gives up an unanswered call. The CANCEL waits for a provisional response (RFC 3261 §9.1)
    /// and is repeated until answered. A 2xx that crosses it is still [`LegEvent::Accepted`]; without any
    /// final response in 64*T1 the leg is rejected with 487 by our own hand.
    pub fn cancel(&mut self, now: Moment, leg: LegId, reason: Reason) {
        let _ = (now, leg, reason);
    }

    /// UAC: sends the ACK of the 2xx that `Accepted` reported, and again for every repeated 2xx. The
    /// body answers a late offer.
    pub fn acknowledge(&mut self, now: Moment, leg: LegId, body: Option<Bytes>) {
        let _ = (now, leg, body);
    }

    /// UAC: makes a ringing phone answer by NOTIFY with `Event: talk`, if it said that it can.
    pub fn notify_talk(&mut self, now: Moment, leg: LegId) {
        let _ = (now, leg);
    }

    /// UAS: answers 101 to 199.
    pub fn provisional(&mut self, now: Moment, leg: LegId, code: u16, body: Option<Bytes>) {
        let _ = (now, leg, code, body);
    }

    /// UAS: answers 200, repeated until the ACK comes (RFC 3261 §13.3.1.4).
    pub fn accept(&mut self, now: Moment, leg: LegId, body: Option<Bytes>) {
        let _ = (now, leg, body);
    }

    /// UAS: answers 300 to 699. The leg is over; the transaction sees to the ACK.
    pub fn reject(&mut self, now: Moment, leg: LegId, code: u16, extra: Vec<(HeaderName, String)>) {
        let _ = (now, leg, code, extra);
    }

    /// Hangs up a confirmed leg. A UAS leg whose ACK is missing hangs up when it comes or is given up
    /// (RFC 3261 §15). On a UAC leg that was never accepted this does nothing: cancel it.
    pub fn bye(&mut self, now: Moment, leg: LegId, reason: Option<Reason>) {
        let _ = (now, leg, reason);
    }

    /// Answers an [`LegEvent::Offer`] with 200.
    pub fn accept_offer(&mut self, now: Moment, leg: LegId, body: Option<Bytes>) {
        let _ = (now, leg, body);
    }

    /// Answers an [`LegEvent::Offer`] with 300 to 699, usually 488. The session stays as it was.
    pub fn reject_offer(&mut self, now: Moment, leg: LegId, code: u16) {
        let _ = (now, leg, code);
    }

    /// Gauges.
    pub fn counts(&self) -> Counts {
        Counts::default()
    }
}
