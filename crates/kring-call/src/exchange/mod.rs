//! The exchange: joins what kring decides to SIP and sound. One input, drain [`Exchange::poll`], wait
//! for [`Exchange::deadline`] or the next input. It has no clock, no socket and no disk.
//!
//! Within a step every fact is handed out before the datagrams of that step, so a pop is in the
//! agent's outbox before the INVITE to that agent's phone leaves (invariant I5).

mod agents;
mod answering;
mod aside;
mod callback;
mod changing;
mod choosing;
mod commands;
mod devices;
mod door;
mod ending;
mod events;
mod handing_over;
mod holding;
mod hops;
mod incoming;
mod inviting;
mod monitoring;
mod naming;
mod offering;
mod opening;
mod outward;
mod overflow;
mod phone_consults;
mod phone_transfers;
mod phones;
mod placing;
mod ports;
mod pressing;
mod probing;
mod queue;
mod queueing;
mod rate;
mod reaching;
mod recalling;
mod reconfiguring;
mod recording;
mod referring;
mod refusing;
mod returning;
mod shielding;
mod sounding;
mod thirds;
mod told;
mod transferring;
mod travelling;
mod trunk_changes;
mod trunks;
mod voice;
mod ways;
mod withdrawing;

use crate::{
    call::Call,
    callbacks::{CallBack, CallBacks},
    command::{Admission, AgentProfile, CallerIdentity, Command, CommandRefused, Done, ReplySlot},
    config::ExchangeConfig,
    line::LineStatus,
    roster::Roster,
};
use bytes::Bytes;
use choosing::Numbers;
use door::Shares;
use kring_journal::{AgentId, CallId, CallerRef, Fact};
use kring_media::{MediaNotice, MediaOrder, SessionId};
use kring_sip::{Effect, Endpoint, LegId, Peer, SipCount, Transmit, Uri, registrar::PhoneNews};
use kring_time::Moment;
use ports::Ports;
use probing::Probes;
use queue::Queue;
use rand::SeedableRng;
use rand_chacha::{ChaCha8Rng, ChaCha20Rng};
use rustc_hash::FxHashMap;
pub use shielding::PhoneTraits;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use trunks::Lines;
use withdrawing::WithdrawnPhone;

/// What the world does to the exchange.
#[derive(Debug)]
pub enum Input {
    /// One whole SIP message.
    Datagram {
        /// Who sent it.
        from: Peer,
        /// As it came.
        bytes: Bytes,
    },
    /// A message could not be delivered: connection refused, unreachable.
    TransportFailed {
        /// Where it should have gone.
        to: Peer,
    },
    /// A connection that a peer had opened has ended in peace: a phone that is there by it alone is gone.
    ConnectionClosed {
        /// Whose it was.
        from: Peer,
    },
    /// A person or program asks for something.
    Command {
        /// Where the answer goes.
        slot: ReplySlot,
        /// What is asked.
        command: Command,
    },
    /// The media threads have something to tell.
    Media(MediaNotice),
    /// [`Exchange::deadline`] has passed.
    Deadline,
}

/// What the exchange does to the world.
#[derive(Debug)]
pub enum Output {
    /// Send these bytes.
    Send(Transmit),
    /// Tell the media threads.
    Media(MediaOrder),
    /// Answer a command.
    Reply(ReplySlot, Result<Done, CommandRefused>),
    /// Who stands behind a reference: for the screen and the customer tables, never for the journal.
    Introduce(CallId, CallerRef, CallerIdentity),
    /// The messages with this SIP Call-ID belong to this call. Told before the first of them leaves;
    /// of the caller's leg, right after its INVITE came.
    Belongs {
        /// The call.
        call: CallId,
        /// Call-ID of the leg.
        sip_call_id: String,
        /// Whose leg it is.
        party: Party,
    },
    /// Something happened.
    Record(Moment, Option<CallId>, Fact),
    /// How a line to a PBX is now.
    Line(LineStatus),
    /// There is no trunk of this name any more.
    LineGone(String),
    /// Something happened to a phone that registers: to be kept for the next start.
    Phone(PhoneNews),
    /// A citizen is to be called back, or that has changed: to be kept for the next start.
    CallBack(Box<CallBack>),
    /// The call-back that was asked for in this call is over.
    CallBackOver(CallId),
    /// Something to count.
    Counted(SipCount),
}

/// Whom a leg of a call connects with us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Party {
    /// The caller, by the trunk of this name.
    Caller(String),
    /// The phone of this agent.
    Phone(AgentId),
    /// The extension that kring dials for the caller.
    Dialled(String),
}

/// What a SIP leg is to us.
#[derive(Clone, Debug)]
enum Role {
    /// The caller's side of a live call.
    Caller(CallId),
    /// A phone that rings for a live call.
    Offered(CallId),
    /// The far side of an answered call: the agent, or the extension that has the caller.
    Agent(CallId),
    /// Somebody whom kring dials for a live call.
    Outward(CallId),
    /// Whoever is consulted in a live call.
    Third(CallId),
    /// The call that an agent's phone makes to ask somebody.
    Second(CallId),
    /// The phone of a supervisor who hears a live call, or is to.
    Monitor(CallId),
    /// Somebody whom kring dialled and for whom nobody waits any more; whose phone it is.
    Dropped(Option<AgentId>),
    /// A phone that was told to stop when its call went on or ended; its last word is awaited.
    Withdrawn(WithdrawnPhone),
    /// BYE is out; nothing that it still says matters but that it is gone.
    Closing(Option<AgentId>),
}

/// The pure engine of kring.
#[derive(Debug)]
pub struct Exchange {
    config: ExchangeConfig,
    /// From of a caller who withholds the number (RFC 3323 section 4.1.1.3).
    anonymous: Uri,
    endpoint: Endpoint,
    chance: ChaCha8Rng,
    /// Where the keys of sound come from.
    keys: ChaCha20Rng,
    /// Boxed: the table grows by doubling, calls are taken out and put back, and each is two kilobytes.
    calls: FxHashMap<CallId, Box<Call>>,
    legs: FxHashMap<LegId, Role>,
    sessions: FxHashMap<SessionId, CallId>,
    /// Recordings whose file is not closed yet; some outlive their call a little.
    tapes: FxHashMap<SessionId, CallId>,
    /// Calls that a PBX was asked to transfer; some may be done with it.
    referred: BTreeSet<CallId>,
    next_session: u64,
    roster: Roster,
    lines: Lines,
    probes: Probes,
    /// When each call next wants attention.
    agenda: BTreeSet<(Moment, CallId)>,
    /// In the order of the configured ones.
    queues: Vec<Queue>,
    /// Those to which calls may come; the others are retired.
    numbers: Numbers,
    /// The extensions of departments, by short name.
    departments: BTreeMap<String, Vec<String>>,
    callbacks: CallBacks,
    ports: Ports,
    shares: Shares,
    admission: Admission,
    outputs: VecDeque<Output>,
    /// What is known of phones that may register; as many as the registrar takes.
    phones: BTreeMap<String, PhoneTraits>,
}

impl Exchange {
    /// An exchange without agents; [`Exchange::introduce_agent`] and `PutAgent` commands bring them.
    pub fn new(config: ExchangeConfig) -> Exchange {
        let anonymous = "sip:anonymous@anonymous.invalid"
            .parse()
            .expect("a URI by RFC 3323");
        let mut exchange = Exchange {
            anonymous,
            endpoint: Endpoint::new(config.endpoint.clone()),
            chance: ChaCha8Rng::seed_from_u64(config.seed),
            keys: ChaCha20Rng::seed_from_u64(config.seed),
            calls: FxHashMap::default(),
            legs: FxHashMap::default(),
            sessions: FxHashMap::default(),
            tapes: FxHashMap::default(),
            referred: BTreeSet::new(),
            next_session: 1,
            roster: Roster::new(&config.queues),
            lines: Lines::new(&config.trunks),
            probes: Probes::default(),
            agenda: BTreeSet::new(),
            queues: config.queues.iter().map(|_| Queue::default()).collect(),
            numbers: Numbers::new(&config.queues, (0..config.queues.len()).collect()),
            departments: BTreeMap::new(),
            callbacks: CallBacks::default(),
            ports: Ports::default(),
            shares: Shares::new(&config.trunks, config.cps_max),
            admission: Admission::Open,
            outputs: VecDeque::new(),
            phones: BTreeMap::new(),
            config,
        };
        exchange.reserve_ports();
        exchange
    }

    /// Makes an agent known before the first input. Later ones come as `PutAgent`.
    pub fn introduce_agent(&mut self, profile: AgentProfile) {
        self.roster.put(profile);
    }

    /// Takes in one input. Drain [`Exchange::poll`] afterwards.
    pub fn handle(&mut self, now: Moment, input: Input) {
        match input {
            Input::Datagram { from, bytes } if self.is_known(from) => {
                self.endpoint.receive(now, from, &bytes);
            }
            Input::Datagram { from, bytes } => self.endpoint.receive_stranger(now, from, &bytes),
            Input::TransportFailed { to } => self.endpoint.transport_failed(now, to),
            Input::ConnectionClosed { from } => self.endpoint.connection_closed(from),
            Input::Command { slot, command } => self.take(now, slot, command),
            Input::Media(notice) => self.hear(now, notice),
            Input::Deadline => {}
        }
        self.settle(now);
    }

    /// What is to be done, in order, until `None`.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to give [`Input::Deadline`] if nothing else comes before.
    pub fn deadline(&self) -> Option<Moment> {
        let calls = self.agenda.first().map(|(at, _)| *at);
        let lines = self.lines.due();
        [
            calls,
            lines,
            self.roster.deadline(),
            self.callbacks.due(),
            self.endpoint.deadline(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// SIP transactions, SIP dialogs and calls that are alive now.
    pub fn load(&self) -> (usize, usize, usize) {
        let counts = self.endpoint.counts();
        (counts.transactions, counts.dialogs, self.calls.len())
    }

    /// Does everything that is due by `now`, whatever woke us: a wake-up proves nothing, the clock does.
    fn settle(&mut self, now: Moment) {
        self.pump(now);
        if self.endpoint.deadline().is_some_and(|due| due <= now) {
            self.endpoint.wake(now);
            self.pump(now);
        }
        while let Some((due, id)) = self.agenda.first().copied() {
            if due > now {
                break;
            }
            self.attend(now, id);
            self.pump(now);
        }
        self.see_to_lines(now);
        self.see_to_call_backs(now);
        while let Some(agent) = self.roster.expired(now) {
            self.wrap_up_expired(now, &agent);
            self.pump(now);
        }
    }

    /// Takes what the SIP endpoint has to say until it has nothing more to say.
    fn pump(&mut self, now: Moment) {
        while let Some(effect) = self.endpoint.poll() {
            match effect {
                Effect::Send(transmit) => self.outputs.push_back(Output::Send(transmit)),
                Effect::Answered(ask, answered) => self.ask_answered(now, ask, answered),
                Effect::Account(account, event) => self.account_event(now, account, event),
                Effect::Phone(news) => self.phone_news(now, news),
                Effect::Counted(count) => self.outputs.push_back(Output::Counted(count)),
                Effect::Event(leg, event) => self.leg_event(now, leg, event),
            }
        }
    }

    /// Writes a fact of a call.
    fn record(&mut self, at: Moment, call: CallId, fact: Fact) {
        self.outputs.push_back(Output::Record(at, Some(call), fact));
    }

    /// Writes a fact of an agent or of the exchange.
    fn record_apart(&mut self, at: Moment, fact: Fact) {
        self.outputs.push_back(Output::Record(at, None, fact));
    }

    /// Puts the call into the agenda anew, and into the list of those that want a phone, after anything
    /// that may have changed when it is due or what it wants.
    fn reschedule(&mut self, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let wants = call.wants_phone();
        if wants != call.is_listed {
            call.is_listed = wants;
            self.queues[call.queue].list(call.stand(), wants);
        }
        let due = call.due();
        if call.agenda == due {
            return;
        }
        if let Some(old) = std::mem::replace(&mut call.agenda, due) {
            self.agenda.remove(&(old, id));
        }
        if let Some(due) = due {
            self.agenda.insert((due, id));
        }
    }

    /// Takes the call out of every list; its legs and its sound are the caller's to see to.
    fn forget(&mut self, id: CallId) -> Option<Box<Call>> {
        let call = self.calls.remove(&id)?;
        if let Some(due) = call.agenda {
            self.agenda.remove(&(due, id));
        }
        let queue = &mut self.queues[call.queue];
        queue.list(call.stand(), false);
        queue.left(call.stand());
        self.shares.ended(call.trunk);
        Some(call)
    }
}
