//! The day itself: virtual time goes from one thing that happens to the next, and everything that
//! happens is handed to whom it concerns and kept as evidence.

use crate::{
    account::{Account, Step},
    chance::Chance,
    clock::Wire,
    configured::configure,
    floor::Floor,
    media::MediaThreads,
    network::{Network, Party},
    pbx::Pbx,
    phone::Phone,
    post::Post,
    registering::{Registrations, known},
    saboteur::Engine,
    screen::{Screen, shown_to},
    wire::Message,
};
use kring_call::{
    Exchange, Input, Output,
    command::{Command, ReplySlot},
};
use kring_journal::{CallId, Entry, Fact};
use kring_sip::{Peer, Transmit, Transport};
use kring_time::Moment;
use std::{
    collections::{HashSet, VecDeque},
    rc::Rc,
};

/// Steps of one day. More means that somebody wakes for nothing, for ever.
const STEPS_MAX: u32 = 200_000;

/// A day on the floor.
#[derive(Debug)]
pub(crate) struct Play {
    now: Moment,
    floor: Floor,
    engine: Engine,
    network: Network,
    post: Post,
    phones: Vec<Phone>,
    screens: Vec<Screen>,
    pbx: Pbx,
    stranger: Pbx,
    media: MediaThreads,
    commands: VecDeque<(Moment, Command)>,
    cuts: VecDeque<(Moment, Party)>,
    registrations: Registrations,
    account: Account,
    /// Call-IDs of which kring has said whose they are.
    legs: HashSet<String>,
}

impl Play {
    pub(crate) fn new(floor: Floor) -> Play {
        let chance = |stream| Chance::new(floor.seed, stream);
        let mut network = Network::new(floor.latency, floor.faults, chance(1));
        for (from, to, latency) in &floor.own_latency {
            network.set_latency(*from, *to, *latency);
        }
        floor
            .mishaps
            .iter()
            .for_each(|mishap| network.add_mishap(mishap.clone()));
        let streams: Vec<Party> = (0_u8..)
            .zip(floor.phones())
            .filter(|(_, (_, phone))| phone.is_on_tcp)
            .map(|(n, _)| Party::Phone(n))
            .collect();
        network.set_streams(streams.clone());
        let mut exchange = Exchange::new(configure(&floor));
        if !floor.restored.is_empty() {
            for (n, seat) in floor.seats.iter().enumerate() {
                exchange.introduce_agent(floor.profile(seat, n as u8));
            }
            exchange.restore(Moment::BOOT, &floor.restored);
        }
        for call_back in &floor.call_backs {
            exchange.restore_call_back(Moment::BOOT, call_back.clone());
        }
        let engine = Engine::new(exchange, floor.sabotage);
        let (strangers, citizens): (Vec<_>, Vec<_>) = floor
            .citizens
            .iter()
            .cloned()
            .partition(|citizen| citizen.is_stranger);
        let seats = floor.seats.iter().enumerate();
        let screens = seats
            .clone()
            .map(|(n, seat)| {
                Screen::new(
                    seat.agent.clone(),
                    seat.screen.clone(),
                    chance(100 + n as u64),
                )
            })
            .collect();
        let mut commands: Vec<_> = seats
            .clone()
            .map(|(n, seat)| {
                (
                    Moment::BOOT,
                    Command::PutAgent(floor.profile(seat, n as u8)),
                )
            })
            .chain(
                floor
                    .registering
                    .iter()
                    .map(|one| (Moment::BOOT, one.known())),
            )
            .chain(
                floor
                    .enrolled
                    .iter()
                    .map(|one| (Moment::BOOT, known(&one.user))),
            )
            .chain(floor.commands.iter().cloned())
            .collect();
        commands.sort_by_key(|(at, _)| *at);
        let mut cuts = floor.cuts.clone();
        cuts.sort_by_key(|(at, _)| *at);
        Play {
            now: Moment::BOOT,
            engine,
            network,
            post: Post::new(streams),
            phones: (0_u8..)
                .zip(floor.phones())
                .map(|(n, (_, setup))| {
                    let enrolled = floor.enrolled.iter();
                    let own = enrolled.filter(|one| one.from == Party::Phone(n));
                    Phone::new(n, setup.clone(), own.cloned())
                })
                .collect(),
            screens,
            pbx: Pbx::new(Party::Pbx, citizens, &floor.extensions, &floor.pings),
            stranger: Pbx::new(Party::Stranger, strangers, &[], &[]),
            media: MediaThreads::new(floor.hearing, chance(2)),
            commands: commands.into(),
            cuts: cuts.into(),
            registrations: Registrations::new(&floor.registering),
            account: Account::new(&floor),
            legs: HashSet::new(),
            floor,
        }
    }

    /// Plays on until nothing is left to happen, or until it ought to be over.
    pub(crate) fn run(mut self) -> Account {
        let planned = self.floor.citizens.iter().map(|citizen| citizen.dials_at);
        let planned = planned.chain([self.floor.faults.until]);
        let planned = planned.chain(self.floor.commands.iter().map(|(at, _)| *at));
        let end = planned.max().unwrap_or_default() + self.floor.settles_within;
        self.listen();
        for _ in 0..STEPS_MAX {
            match self.next() {
                Some(at) if at <= end => {
                    self.now = self.now.max(at);
                    self.step();
                }
                _ => return self.close(),
            }
        }
        self.account
            .mistakes
            .push(format!("no rest after {STEPS_MAX} steps, at {}", self.now));
        self.close()
    }

    fn next(&self) -> Option<Moment> {
        let people = self.screens.iter().filter_map(Screen::deadline);
        let phones = self.phones.iter().filter_map(Phone::deadline);
        [
            self.commands.front().map(|(at, _)| *at),
            self.cuts.front().map(|(at, _)| *at),
            self.registrations.deadline(),
            self.network.deadline(),
            self.pbx.deadline(),
            self.stranger.deadline(),
            self.media.deadline(),
            self.engine.deadline(),
        ]
        .into_iter()
        .flatten()
        .chain(people)
        .chain(phones)
        .min()
    }

    /// One moment: what arrives, then what people do, then what is due.
    fn step(&mut self) {
        while let Some((_, party)) = self.cuts.pop_front_if(|(at, _)| *at <= self.now) {
            if self.network.cut(party) {
                let to = self.peer(party);
                self.tell(Input::TransportFailed { to });
            }
        }
        while let Some((from, to, letter, bytes)) = self.network.arrival(self.now) {
            match to {
                Party::Kring => {
                    let from = self.peer(from);
                    self.tell(Input::Datagram { from, bytes });
                }
                Party::Pbx => {
                    self.pbx.receive(self.now, &letter, &mut self.post);
                    self.pbx.listen(self.now, &mut self.media);
                }
                Party::Stranger => self.stranger.receive(self.now, &letter, &mut self.post),
                Party::Phone(n) => {
                    if let Some(phone) = self.phones.get_mut(usize::from(n)) {
                        phone.receive(self.now, &letter, &mut self.post);
                    }
                }
            }
            self.carry();
            self.report_unreachable();
        }
        while self.registrations.wake(self.now, &mut self.engine) {
            self.listen();
        }
        while self.commands.front().is_some_and(|(at, _)| *at <= self.now) {
            let command = self.commands.pop_front().map(|(_, command)| command);
            if let Some(command) = command {
                self.ask(command);
            }
        }
        for n in 0..self.screens.len() {
            while let Some(command) = self.screens[n].command(self.now) {
                self.ask(command);
            }
        }
        self.pbx.wake(self.now, &mut self.post);
        self.stranger.wake(self.now, &mut self.post);
        self.phones
            .iter_mut()
            .for_each(|phone| phone.wake(self.now, &mut self.post));
        self.carry();
        while let Some(notice) = self.media.notice(self.now) {
            self.tell(Input::Media(notice));
        }
        if self.engine.deadline().is_some_and(|due| due <= self.now) {
            self.tell(Input::Deadline);
        }
        self.pbx.listen(self.now, &mut self.media);
    }

    fn peer(&self, party: Party) -> Peer {
        Peer {
            transport: match self.post.wire(party) {
                Wire::Datagrams => Transport::Udp,
                Wire::Stream => Transport::Tcp,
            },
            address: party.address(),
        }
    }

    fn ask(&mut self, command: Command) {
        let slot = ReplySlot(self.account.asked);
        self.account.asked += 1;
        self.tell(Input::Command { slot, command });
    }

    fn tell(&mut self, input: Input) {
        self.engine.handle(self.now, input);
        self.listen();
    }

    fn listen(&mut self) {
        while let Some(output) = self.engine.poll() {
            match output {
                Output::Send(transmit) => self.send(&transmit),
                Output::Media(order) => self.media.obey(self.now, order),
                Output::Reply(slot, answer) => {
                    self.account.replies.push(slot.0);
                    self.account.answers.push(answer);
                }
                Output::Introduce(call, caller, identity) => {
                    self.account.order.push(Step::Introduced(call));
                    self.account.names.insert(call, (caller, identity.user));
                }
                Output::Record(at, call, fact) => self.record(at, call, fact),
                Output::Belongs { sip_call_id, .. } => {
                    self.legs.insert(sip_call_id);
                }
                Output::CallBack(row) => {
                    self.account.call_backs.insert(row.asked, *row);
                }
                Output::CallBackOver(asked) => {
                    self.account.call_backs.remove(&asked);
                }
                Output::Phone(_) | Output::Counted(_) | Output::Line(_) | Output::LineGone(_) => {}
            }
        }
    }

    fn record(&mut self, at: Moment, call: Option<CallId>, fact: Fact) {
        if let Some(agent) = shown_to(&fact) {
            let screens = self.screens.iter_mut();
            let shown = screens.filter(|screen| screen.agent() == agent);
            shown.for_each(|screen| screen.see(self.now, call, &fact));
        }
        if let Some(call) = call {
            let screens = self.screens.iter_mut();
            screens.for_each(|screen| screen.watch(self.now, call, &fact));
        }
        self.account
            .order
            .push(Step::Fact(self.account.entries.len()));
        self.account.entries.push(Entry {
            node: "floor".to_owned(),
            boot: 1,
            seq: self.account.entries.len() as u64 + 1,
            at,
            wall: self.floor.wall.at(at),
            call,
            fact,
        });
    }

    fn send(&mut self, transmit: &Transmit) {
        let to = Party::at(transmit.to.address).filter(|to| match to {
            Party::Phone(n) => usize::from(*n) < self.phones.len(),
            _ => true,
        });
        match (Message::read(&transmit.bytes), to) {
            (Err(why), _) => {
                let text = String::from_utf8_lossy(&transmit.bytes);
                self.account
                    .mistakes
                    .push(format!("kring wrote what cannot be read: {why}\n{text}"));
            }
            (Ok(message), None) => {
                let line = message.headline();
                self.account
                    .mistakes
                    .push(format!("{line} went to nobody, {}", transmit.to));
            }
            (Ok(message), Some(to)) => {
                // Whoever watches must know whose message it is (docs/ARCHITECTURE.md, Watching SIP).
                if message.asks("INVITE") && !self.legs.contains(message.call_id()) {
                    let line = message.headline();
                    let seen = format!("{line} left before anybody was told whose it is");
                    self.account.mistakes.push(seen);
                }
                self.account
                    .order
                    .push(Step::Sent(self.network.log().len()));
                let bytes = transmit.bytes.clone();
                self.network
                    .send(self.now, Party::Kring, to, Rc::new(message), bytes);
            }
        }
    }

    fn carry(&mut self) {
        for (from, sent) in self.post.collect() {
            self.network
                .send(self.now, from, Party::Kring, sent.letter, sent.bytes);
        }
    }

    /// The network says that nobody is there.
    fn report_unreachable(&mut self) {
        for party in self.post.collect_unreachable() {
            let to = self.peer(party);
            self.tell(Input::TransportFailed { to });
        }
    }

    fn close(mut self) -> Account {
        self.account
            .mistakes
            .extend_from_slice(self.media.mistakes());
        self.account
            .finish(self.now, self.engine.load(), self.media.open_relays());
        let complaints = self.phones.iter_mut().flat_map(Phone::complaints);
        let complaints = complaints.chain(self.pbx.complaints());
        self.account.mistakes.extend(complaints);
        let phones = self.phones.iter().flat_map(Phone::restless);
        self.account.restless = self
            .pbx
            .restless()
            .chain(self.stranger.restless())
            .chain(phones)
            .collect();
        let told = self.pbx.told().chain(self.stranger.told());
        self.account.told = told
            .map(|(citizen, told)| (citizen.clone(), told.clone()))
            .collect();
        let dialled = self.pbx.dialled();
        self.account.dialled = dialled
            .map(|(number, heard)| (number.to_owned(), heard.clone()))
            .collect();
        self.account.listened(&self.media);
        self.account.keys_passed = self.media.keys().iter().map(|(_, _, key)| key).collect();
        self.account.hear(self.phones);
        self.account.datagrams = self.network.into_log();
        self.account
    }
}
