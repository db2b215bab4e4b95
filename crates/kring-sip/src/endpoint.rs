//! A user agent for calls: both sides of INVITE, sans-IO.
//!
//! Give it messages, moments and orders; after each, drain [`Endpoint::poll`], then wait for the
//! earlier of [`Endpoint::deadline`] and the next input. It decides nothing about calls: whoever
//! calls becomes an [`LegEvent::Incoming`], whoever is rung is named by an [`Invitation`].

mod accounts;
mod again;
mod answers;
mod arriving;
mod asking;
mod branches;
mod called;
mod calling;
mod changes;
mod changing;
mod draft;
mod effect;
mod established;
mod heads;
mod identity;
mod info;
mod leg;
mod limits;
mod notice;
mod offers;
mod orphans;
mod proofs;
mod referral;
mod referred;
mod referring;
mod registering;
mod reliable;
mod replacing;
mod reply;
mod requests;
mod responses;
mod screen;
mod session_timer;
mod strangers;
mod streams;
mod table;
#[cfg(test)]
mod tests;
mod waking;

pub(crate) use asking::Thread;
pub(crate) use draft::Draft;
pub(crate) use heads::Heads;
pub(crate) use identity::{Identity, address_of, read_token};
pub(crate) use limits::FORKS_MAX;
pub(crate) use proofs::Proofs;
pub(crate) use streams::Way;

pub use asking::{Answered, AskId, Question};
pub use effect::{
    Branch, BranchId, Counts, Direction, Effect, IncomingInvite, Invitation, LegEvent, LegId,
    OfferKind, OwnOffer, SipCount, Transmit,
};
pub use proofs::LoginId;
pub use referral::Referral;
pub use replacing::Replaced;
pub use strangers::Strangers;

use crate::{
    AccountId, Advertised, Message, Method, Peer,
    digest::Credentials,
    entropy::Entropy,
    parse,
    registrar::{Registrar, RegistrarConfig},
    registration::Registration,
    timers::{TimerQueue, Timers},
    transaction::{Client, ClientInvite, Server, ServerInvite, ServerKey, Woken},
};
use asking::Ask;
use bytes::Bytes;
use kring_time::Moment;
use leg::Leg;
use limits::{BOUNDS, Bounds};
use orphans::Orphan;
use rustc_hash::FxHashMap;
use std::{collections::VecDeque, time::Duration};
use strangers::Crowd;
use streams::Streams;
use table::{Owner, Table};

/// How an endpoint presents itself.
#[derive(Clone, Debug)]
pub struct EndpointConfig {
    /// Where messages to us go.
    pub advertised: Advertised,
    /// User-Agent and Server.
    pub user_agent: String,
    /// From which all tags, branches and Call-IDs come. A new one for each process.
    pub seed: u64,
    /// T1, T2, T4.
    pub timers: Timers,
    /// Whether we can be made to answer: our 18x then say `Allow-Events: talk`, and a NOTIFY of that
    /// event is [`LegEvent::TalkWanted`]. For phones; kring itself answers nobody's order.
    pub talkable: bool,
    /// How long one peer of a branch may say nothing before the next one is asked.
    pub next_peer_after: Duration,
    /// What those are told whose messages come by [`Endpoint::receive_stranger`].
    pub strangers: Strangers,
    /// The session timer that we ask for in our own calls and of callers who know timers, s; at least
    /// 90, or 0 for none. Whoever asks us for one gets it in any case (RFC 4028).
    pub session_timer_s: u32,
    /// Whether phones may register with us, and how. None: REGISTER is a stranger's request.
    pub registrar: Option<RegistrarConfig>,
}

impl EndpointConfig {
    /// An endpoint that is called `kring`, with the timers of RFC 3261 and nothing out of the ordinary.
    pub fn new(advertised: Advertised, seed: u64) -> EndpointConfig {
        EndpointConfig {
            advertised,
            user_agent: "kring".to_owned(),
            seed,
            timers: Timers::default(),
            talkable: false,
            next_peer_after: Duration::from_secs(4),
            strangers: Strangers::default(),
            session_timer_s: 0,
            registrar: None,
        }
    }
}

/// A user agent: its transactions, dialogs and timers.
#[derive(Debug)]
pub struct Endpoint {
    identity: Identity,
    timers: Timers,
    next_peer_after: Duration,
    entropy: Entropy,
    queue: TimerQueue<Owner>,
    client_invites: Table<ClientInvite>,
    clients: Table<Client>,
    orphans: Table<Orphan>,
    asks: Table<Ask>,
    accounts: Table<Registration>,
    logins: Vec<Credentials>,
    server_invites: Table<ServerInvite>,
    servers: Table<Server>,
    legs: Table<Leg>,
    /// Our tags, by which requests within dialogs find their leg.
    tags: FxHashMap<u64, LegId>,
    /// INVITEs by what is the same on all their ways here (RFC 3261 §8.2.2.2).
    merges: FxHashMap<u64, ServerKey>,
    outbox: VecDeque<Effect>,
    next_leg: u64,
    next_ask: u64,
    next_account: u32,
    bounds: Bounds,
    strangers: Strangers,
    crowd: Crowd,
    streams: Streams,
    registrar: Option<Registrar>,
}

impl Endpoint {
    /// An endpoint without calls.
    pub fn new(config: EndpointConfig) -> Endpoint {
        let mut entropy = Entropy::new(config.seed);
        let phones = |config: &RegistrarConfig| Registrar::new(config.clone(), entropy.secret());
        Endpoint {
            registrar: config.registrar.as_ref().map(phones),
            identity: Identity::new(&config),
            timers: config.timers,
            next_peer_after: config.next_peer_after,
            entropy,
            queue: TimerQueue::new(),
            client_invites: Table::new(),
            clients: Table::new(),
            orphans: Table::new(),
            asks: Table::new(),
            accounts: Table::new(),
            logins: Vec::new(),
            server_invites: Table::new(),
            servers: Table::new(),
            legs: Table::new(),
            tags: FxHashMap::default(),
            merges: FxHashMap::default(),
            outbox: VecDeque::new(),
            next_leg: 1,
            next_ask: 1,
            next_account: 1,
            bounds: BOUNDS,
            strangers: config.strangers,
            crowd: Crowd::new(),
            streams: Streams::default(),
        }
    }

    /// Takes one whole message: a UDP datagram, or what the framer cut from a TCP stream. Does what is
    /// due by `now`, too.
    pub fn receive(&mut self, now: Moment, from: Peer, bytes: &[u8]) {
        match parse(bytes) {
            Ok(Message::Request(request)) => self.request(now, from, request),
            Ok(Message::Response(response)) => self.response(now, from, response),
            Err(refused) => self.unreadable(from, refused),
        }
        self.wake(now);
    }

    /// Does what is due by `now`.
    pub fn wake(&mut self, now: Moment) {
        while let Some(owner) = self.queue.pop_due(now) {
            self.wake_owner(now, owner);
        }
        self.wake_registrar(now);
    }

    /// When [`Endpoint::wake`] is wanted next. `None`: nothing waits.
    pub fn deadline(&self) -> Option<Moment> {
        let registrar = self.registrar.as_ref().and_then(Registrar::deadline);
        self.queue.earliest().into_iter().chain(registrar).min()
    }

    /// The next thing to be done. To be drained after every input.
    pub fn poll(&mut self) -> Option<Effect> {
        self.outbox.pop_front()
    }

    /// The Call-ID of a leg, by which those who watch know its messages. `None`: it is over.
    pub fn call_id(&self, leg: LegId) -> Option<&str> {
        self.legs.get(leg).and_then(Leg::call_id)
    }

    /// Gauges.
    pub fn counts(&self) -> Counts {
        Counts {
            transactions: self.client_invites.len()
                + self.clients.len()
                + self.server_transactions(),
            dialogs: self.legs.len(),
            remembered: self.remembered(),
        }
    }

    fn wake_owner(&mut self, now: Moment, owner: Owner) {
        let timers = self.timers;
        match owner {
            Owner::ClientInvite(key) => {
                self.client_invites.popped(key);
                let woken = self.client_invites.change(&mut self.queue, key, |invite| {
                    (invite.to, invite.wake(now, &timers), invite.to)
                });
                match woken {
                    Some((was, Woken::Again(bytes), to)) => {
                        self.repeat_request(now, (was, to), bytes, Method::Invite);
                    }
                    Some((_, Woken::TimedOut, _)) => self.invite_unheard(now, key),
                    Some((_, Woken::Over, _)) => {
                        self.client_invites.remove(&mut self.queue, key);
                    }
                    Some((_, Woken::Early, _)) | None => {}
                }
            }
            Owner::Client(key) => {
                self.clients.popped(key);
                let woken = self.clients.change(&mut self.queue, key, |client| {
                    let was = client.to;
                    let woken = client.wake(now, &timers);
                    ((was, client.to), client.purpose, woken)
                });
                match woken {
                    Some((ways, purpose, Woken::Again(bytes))) => {
                        self.repeat_request(now, ways, bytes, purpose.method());
                    }
                    Some((_, _, Woken::TimedOut)) => self.request_failed(now, key, 408),
                    Some((_, _, Woken::Over)) => {
                        self.clients.remove(&mut self.queue, key);
                    }
                    Some((_, _, Woken::Early)) | None => {}
                }
            }
            Owner::Ask(ask) => {
                self.asks.popped(ask);
                self.ask_woken(now, ask);
            }
            Owner::Account(account) => {
                self.accounts.popped(account);
                self.account_woken(now, account);
            }
            Owner::Orphan(key) => {
                self.orphans.popped(key);
                self.orphan_woken(key);
            }
            Owner::ServerInvite(key) => {
                self.server_invites.popped(key);
                let woken = self.server_invites.change(&mut self.queue, key, |invite| {
                    (invite.to, invite.wake(now, &timers))
                });
                match woken {
                    Some((to, Woken::Again(bytes))) => self.repeat(to, bytes, Method::Invite),
                    Some((_, Woken::TimedOut | Woken::Over)) => self.forget_server_invite(key),
                    Some((_, Woken::Early)) | None => {}
                }
            }
            Owner::Server(key) => {
                self.servers.popped(key);
                self.servers.remove(&mut self.queue, key);
            }
            Owner::Leg(leg) => {
                self.legs.popped(leg);
                self.leg_woken(now, leg);
            }
        }
    }

    fn remembered(&self) -> usize {
        let phones = self.registrar.as_ref().map_or(0, Registrar::remembered);
        let (asks, orphans) = (self.asks.len(), self.orphans.len());
        phones + asks + orphans + self.tags.len() + self.merges.len()
    }

    fn server_transactions(&self) -> usize {
        self.server_invites.len() + self.servers.len()
    }

    fn forget_server_invite(&mut self, key: ServerKey) {
        let invite = self.server_invites.remove(&mut self.queue, key);
        if let Some(merge) = invite.and_then(|invite| invite.merge) {
            self.merges.remove(&merge);
        }
    }

    fn new_leg(&mut self) -> LegId {
        let leg = LegId(self.next_leg);
        self.next_leg += 1;
        leg
    }

    fn put_leg(&mut self, id: LegId, leg: Leg) {
        self.tags.insert(leg.local_tag(), id);
        self.legs.insert(&mut self.queue, id, leg);
    }

    /// The leg is over: its tag leads nowhere from now on.
    fn end_leg(&mut self, id: LegId) {
        if let Some(leg) = self.legs.remove(&mut self.queue, id) {
            self.tags.remove(&leg.local_tag());
        }
    }

    fn tell(&mut self, leg: LegId, event: LegEvent) {
        self.outbox.push_back(Effect::Event(leg, event));
    }

    fn send(&mut self, to: Peer, bytes: Bytes) {
        self.send_transmit(Transmit::new(to, bytes));
    }

    fn send_transmit(&mut self, transmit: Transmit) {
        self.outbox.push_back(Effect::Send(transmit));
    }

    fn repeat(&mut self, to: Peer, bytes: Bytes, method: Method) {
        self.count(SipCount::Retransmission { method });
        self.send(to, bytes);
    }

    fn send_request(&mut self, to: Peer, bytes: Bytes, method: Method) {
        self.count_request_out(method);
        self.send(to, bytes);
    }

    fn count_request_out(&mut self, method: Method) {
        let direction = Direction::Out;
        self.count(SipCount::Request { method, direction });
    }

    fn send_response(&mut self, to: Peer, bytes: Bytes, method: Method, code: u16) {
        self.count(SipCount::Response {
            method,
            code,
            direction: Direction::Out,
        });
        self.send(to, bytes);
    }

    fn count(&mut self, count: SipCount) {
        self.outbox.push_back(Effect::Counted(count));
    }
}
