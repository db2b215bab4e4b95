//! Watching SIP: what came and left, by call, for whoever looks for a fault at three in the morning.
//!
//! The exchange leaves what it sees at a [`Tap`]; everything else happens here, away from signalling:
//! traces of live calls in memory, stored when they end, followed on a terminal, exported by HEP.
//! Secrets are written over before anything else is done.

mod book;
mod door;
mod hep;
mod keeper;
mod keys;
mod limits;
mod line;
mod tap;
#[cfg(test)]
mod tests;

pub(crate) use door::{Asked, open as open_door, path as door_path, sights};
pub(crate) use keeper::{Keeper, KeeperTerms};
pub(crate) use line::{Detail, Sight};
pub(crate) use tap::Tap;

use crate::clock::Clock;
use book::{Book, CallPages, Leg, Message, Place};
use hep::{Capture, Hep};
use kring_call::Party;
use kring_journal::CallId;
use kring_sip::{Peer, Transport, glance, without_secrets};
use kring_web::{Carrier, Side, Trace, TraceMessage, TraceParty, metrics};
use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tap::Seen;
use tokio::sync::broadcast;

/// Everything that watches. Clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Watch(Arc<Mutex<Watching>>);

#[derive(Debug)]
struct Watching {
    tap: Tap,
    clock: Clock,
    book: Book,
    /// Traces on their way to the disk.
    leaving: Vec<(CallId, Arc<Trace>)>,
    hep: Option<Hep>,
    followers: broadcast::Sender<Arc<Sight>>,
}

impl Watch {
    /// Watches at this tap.
    pub(crate) fn new(tap: Tap, clock: Clock) -> Watch {
        let (followers, _) = broadcast::channel(limits::FOLLOWER_BEHIND_MAX);
        Watch(Arc::new(Mutex::new(Watching {
            tap,
            clock,
            book: Book::default(),
            leaving: Vec::new(),
            hep: None,
            followers,
        })))
    }

    /// The trace of a call that is in memory, up to now.
    pub(crate) fn trace(&self, call: CallId) -> Option<Trace> {
        let mut watching = self.watching();
        watching.turn();
        let ours = watching.ours();
        let kept = watching.book.call(call).map(|pages| trace(pages, &ours));
        kept.or_else(|| {
            let leaving = watching.leaving.iter().find(|(id, _)| *id == call);
            leaving.map(|(_, trace)| Trace::clone(trace))
        })
    }

    /// The newest messages outside any call, oldest first.
    pub(crate) fn recent(&self) -> Vec<Sight> {
        let mut watching = self.watching();
        watching.turn();
        let ours = watching.ours();
        let recent = watching.book.recent(limits::RECENT_SHOWN);
        recent
            .map(|message| sight(None, 0, message, &ours))
            .collect()
    }

    /// What is seen from now on.
    pub(crate) fn follow(&self) -> broadcast::Receiver<Arc<Sight>> {
        self.watching().followers.subscribe()
    }

    fn watching(&self) -> MutexGuard<'_, Watching> {
        // Whatever panicked, the book is a book still.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watching {
    /// Looks at what was seen since the last time.
    fn turn(&mut self) {
        let basket = self.tap.empty();
        for _ in 0..basket.missed {
            metrics::sip_bound_reached("trace_seen");
        }
        // The legs first: the INVITE that began a call was seen before it was a call's.
        for seen in &basket.seen {
            if let Seen::Leg {
                call,
                sip_call_id,
                party,
            } = seen
            {
                let leg = Leg {
                    party: party.clone(),
                    sip_call_id: sip_call_id.clone(),
                };
                if self.book.leg(*call, leg).is_err() {
                    metrics::sip_bound_reached("trace_legs");
                }
            }
        }
        let ours = self.ours();
        for seen in basket.seen {
            match seen {
                Seen::Message {
                    at,
                    sent,
                    peer,
                    bytes,
                } => {
                    let bytes = match without_secrets(&bytes) {
                        Some(blanked) => blanked.into(),
                        // A message of a stream shares its buffer with others; a copy lets that go.
                        None if peer.transport.is_reliable() && !sent => bytes.to_vec().into(),
                        None => bytes,
                    };
                    let wall = self.clock.wall(at);
                    let message = Message {
                        at,
                        wall,
                        sent,
                        peer,
                        bytes,
                    };
                    self.message(message, &ours);
                }
                Seen::Ended { at, call } => self.book.end(at, call),
                Seen::Leg { .. } => {}
            }
        }
    }

    fn message(&mut self, message: Message, ours: &Ours) {
        let place = self.book.place_of(&message.bytes);
        let (call, leg) = match place {
            Place::Call(call, leg) => (Some(call), leg),
            Place::Apart => (None, 0),
        };
        if self.hep.is_some() {
            self.export(call, &message, ours);
        }
        if self.followers.receiver_count() > 0 {
            let sight = Arc::new(sight(call, leg, &message, ours));
            // The last follower may just have left.
            let _ = self.followers.send(sight);
        }
        if self.book.message(place, message).is_err() {
            metrics::sip_bound_reached("trace_bytes");
        }
    }

    fn export(&mut self, call: Option<CallId>, message: &Message, ours: &Ours) {
        let own = glance(&message.bytes).call_id;
        let callers = call
            .and_then(|call| self.book.call(call))
            .and_then(|pages| pages.legs.first());
        let correlation = callers.map_or(&*own, |leg| leg.sip_call_id.as_str());
        let (here, there) = (ours.at(message.peer.transport), message.peer.address);
        let (from, to) = if message.sent {
            (here, there)
        } else {
            (there, here)
        };
        let capture = Capture {
            at: message.wall,
            from,
            to,
            peer: message.peer,
            correlation,
            bytes: &message.bytes,
        };
        if let Some(hep) = &mut self.hep
            && !hep.export(&capture)
        {
            metrics::sip_bound_reached("hep");
        }
    }

    /// Takes traces out of the book; they can still be read until they are said to be stored.
    fn leave(&mut self, taken: Vec<(CallId, CallPages)>) -> Vec<(CallId, Arc<Trace>)> {
        let ours = self.ours();
        let leaving = taken
            .iter()
            .map(|(call, pages)| (*call, Arc::new(trace(pages, &ours))));
        self.leaving = leaving.collect();
        self.leaving.clone()
    }

    fn ours(&self) -> Ours {
        Ours(self.tap.ours().copied())
    }
}

/// By which addresses we are reached.
struct Ours(Option<kring_sip::Advertised>);

impl Ours {
    fn at(&self, transport: Transport) -> SocketAddr {
        let nowhere = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
        self.0.as_ref().map_or(nowhere, |ours| ours.at(transport))
    }
}

/// What is kept of a call, as it is shown and stored.
fn trace(pages: &CallPages, ours: &Ours) -> Trace {
    let party = |leg: &Leg| {
        let (side, name) = match &leg.party {
            Party::Caller(trunk) => (Side::Caller, trunk.clone()),
            Party::Phone(agent) => (Side::Phone, agent.as_str().to_owned()),
            Party::Dialled(extension) => (Side::Phone, extension.clone()),
        };
        TraceParty {
            side,
            name,
            call_id: leg.sip_call_id.clone(),
        }
    };
    let (messages, gap_after) = pages.messages();
    Trace {
        parties: pages.legs.iter().map(party).collect(),
        messages: messages
            .map(|(leg, message)| told(*leg, message, ours))
            .collect(),
        left_out: pages.left_out,
        gap_after,
    }
}

fn sight(call: Option<CallId>, leg: usize, message: &Message, ours: &Ours) -> Sight {
    Sight {
        call,
        call_id: glance(&message.bytes).call_id.into_owned(),
        message: told(leg, message, ours),
    }
}

fn told(party: usize, message: &Message, ours: &Ours) -> TraceMessage {
    let Message {
        wall,
        sent,
        peer,
        bytes,
        ..
    } = message;
    let Peer { transport, address } = *peer;
    let seen = glance(bytes);
    TraceMessage {
        at: *wall,
        sent: *sent,
        carrier: carrier(transport),
        ours: ours.at(transport),
        theirs: address,
        party,
        label: seen.label.into_owned(),
        cseq: seen.cseq.into_owned(),
        sdp: seen.sdp,
        bytes: bytes.clone(),
    }
}

fn carrier(transport: Transport) -> Carrier {
    match transport {
        Transport::Udp => Carrier::Udp,
        Transport::Tcp => Carrier::Tcp,
        Transport::Tls => Carrier::Tls,
        Transport::Ws => Carrier::Ws,
        Transport::Wss => Carrier::Wss,
    }
}
