//! What is left of a day: the journal as kring wrote it, the datagrams as they went, and what the
//! phones and the citizens heard. Laws and scenarios compare these accounts.

use crate::{
    citizen::Citizen,
    ear::{Sound, Who},
    floor::{Floor, QueueSetup},
    media::MediaThreads,
    network::{Datagram, Party},
    pbx::Told,
    phone::{Heard, Phone},
};
use kring_call::{
    CallBack, Member, Plan,
    command::{CommandRefused, Done},
};
use kring_journal::{AgentId, CallId, CallerRef, Entry, RingTerms};
use kring_time::Moment;
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// One thing that kring did, in the order of its doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It said who calls.
    Introduced(CallId),
    /// It recorded a fact: index into [`Account::entries`].
    Fact(usize),
    /// It sent a message: index into [`Account::datagrams`].
    Sent(usize),
}

/// One call at one phone.
#[derive(Clone, Debug)]
pub struct Rung {
    /// Whose phone.
    pub agent: AgentId,
    /// Which phone, from 0.
    pub phone: u8,
    /// The phone's period, if kring was told that it has its own.
    pub own_period: Option<Duration>,
    /// Bursts really begun.
    pub bursts: u32,
    /// What else was heard.
    pub heard: Heard,
}

/// A day that is over.
#[derive(Debug)]
pub struct Account {
    /// Its seed.
    pub seed: u64,
    /// How rings were to be counted.
    pub terms: RingTerms,
    /// The journal.
    pub entries: Vec<Entry>,
    /// Every datagram, lost ones too.
    pub datagrams: Vec<Datagram>,
    /// What kring did, in order.
    pub order: Vec<Step>,
    /// Who stands behind the references, by call.
    pub names: BTreeMap<CallId, (CallerRef, String)>,
    /// What each citizen was told.
    pub told: Vec<(Citizen, Told)>,
    /// What each citizen's ear received after an answer, and when it began.
    pub ears: BTreeMap<String, Vec<(Moment, String)>>,
    /// What those heard who served each citizen first.
    pub agent_ears: BTreeMap<String, Vec<(Moment, String)>>,
    /// What those heard who were consulted about each citizen.
    pub unit_ears: BTreeMap<String, Vec<(Moment, String)>>,
    /// What those heard who watched over each citizen's call.
    pub monitor_ears: BTreeMap<String, Vec<(Moment, String)>>,
    /// What everybody heard in each citizen's call.
    pub(crate) sounds: BTreeMap<String, BTreeMap<Who, Vec<(Moment, Sound)>>>,
    /// The keys that went from one side of a call to the other.
    pub keys_passed: String,
    /// What each phone sounded, call by call.
    pub rung: Vec<Rung>,
    /// What the telephones behind the PBX sounded, call by call.
    pub dialled: Vec<(String, Heard)>,
    /// The call-backs that are open at the end of the day.
    pub call_backs: BTreeMap<CallId, CallBack>,
    /// The most bursts that one phone sounded for one call.
    pub bursts_heard: u32,
    /// Whatever is wrong in itself: unreadable messages, senseless media orders.
    pub mistakes: Vec<String>,
    /// Commands asked.
    pub asked: u64,
    /// What the commands came to, in the order of their answers.
    pub answers: Vec<Result<Done, CommandRefused>>,
    /// Slots of the commands that were answered.
    pub replies: Vec<u64>,
    /// Transactions, dialogs and calls left in the exchange.
    pub load: (usize, usize, usize),
    /// Relays left open.
    pub open_relays: usize,
    /// What PBX and phones are still about; nothing, if all went well.
    pub restless: Vec<String>,
    /// When it was over.
    pub over_at: Moment,
    /// From then on nothing is lost and nobody is cut off.
    pub(crate) quiet_since: Moment,
    pub(crate) seats: Vec<(AgentId, Option<Duration>)>,
    pub(crate) on_tcp: Vec<bool>,
    /// Which telephones keep themselves registered.
    pub(crate) enrolled: Vec<bool>,
    pub(crate) members: Vec<(AgentId, Vec<String>)>,
    pub(crate) plans: Vec<(String, Arc<Plan>)>,
    /// The priorities of the queues.
    pub(crate) priorities: Vec<(String, u8)>,
    /// The queues that ask for skills, and who has them.
    pub(crate) skilled: Vec<(String, Vec<AgentId>)>,
    /// The queues that have members of their own.
    pub(crate) lists: Vec<(String, Vec<Member>)>,
}

/// As whom kring rings a supervisor's phone.
pub(crate) const MONITOR: &str = "monitor";

impl Account {
    pub(crate) fn new(floor: &Floor) -> Account {
        Account {
            seed: floor.seed,
            terms: floor.terms.clone(),
            entries: Vec::new(),
            datagrams: Vec::new(),
            order: Vec::new(),
            names: BTreeMap::new(),
            told: Vec::new(),
            ears: BTreeMap::new(),
            agent_ears: BTreeMap::new(),
            unit_ears: BTreeMap::new(),
            monitor_ears: BTreeMap::new(),
            sounds: BTreeMap::new(),
            keys_passed: String::new(),
            rung: Vec::new(),
            dialled: Vec::new(),
            call_backs: BTreeMap::new(),
            bursts_heard: 0,
            mistakes: Vec::new(),
            asked: 0,
            answers: Vec::new(),
            replies: Vec::new(),
            load: (0, 0, 0),
            open_relays: 0,
            restless: Vec::new(),
            over_at: Moment::BOOT,
            quiet_since: floor
                .cuts
                .iter()
                .map(|(at, _)| *at)
                .chain([floor.faults.until])
                .max()
                .unwrap_or_default(),
            seats: (0_u8..)
                .zip(floor.phones())
                .map(|(n, (seat, _))| {
                    let seat = &floor.seats[seat];
                    let mut beside = seat.beside.iter();
                    let beside = beside.find(|(number, _)| *number == n);
                    let own_period = beside.map_or(seat.own_period, |(_, period)| *period);
                    (seat.agent.clone(), own_period)
                })
                .collect(),
            on_tcp: floor.phones().map(|(_, phone)| phone.is_on_tcp).collect(),
            enrolled: (0_u8..)
                .zip(floor.phones())
                .map(|(n, _)| floor.enrolled.iter().any(|e| e.from == Party::Phone(n)))
                .collect(),
            members: floor
                .seats
                .iter()
                .map(|s| (s.agent.clone(), s.queues.clone()))
                .collect(),
            priorities: floor
                .queues
                .iter()
                .map(|q| (q.name.clone(), q.priority))
                .collect(),
            skilled: skilled(floor),
            plans: floor
                .queues
                .iter()
                .map(|q| (q.name.clone(), q.plan.clone()))
                .collect(),
            lists: floor
                .queues
                .iter()
                .filter(|q| !q.members.is_empty())
                .map(|q| (q.name.clone(), q.members.clone()))
                .collect(),
        }
    }

    pub(crate) fn finish(&mut self, now: Moment, load: (usize, usize, usize), relays: usize) {
        self.over_at = now;
        self.load = load;
        self.open_relays = relays;
    }

    pub(crate) fn hear(&mut self, phones: Vec<Phone>) {
        for (n, phone) in phones.iter().enumerate() {
            let (agent, own_period) = &self.seats[n];
            self.rung.extend(phone.heard().map(|heard| Rung {
                agent: agent.clone(),
                phone: n as u8,
                own_period: *own_period,
                bursts: phone.bursts(heard, self.over_at),
                heard: heard.clone(),
            }));
        }
        // A supervisor's phone rings for no caller.
        let for_callers = self.rung.iter().filter(|rung| rung.heard.caller != MONITOR);
        self.bursts_heard = for_callers.map(|rung| rung.bursts).max().unwrap_or(0);
    }

    pub(crate) fn listened(&mut self, media: &MediaThreads) {
        for (citizen, told) in &self.told {
            let Some(session) = told.session else {
                continue;
            };
            for (who, ears) in [
                (Who::Caller, &mut self.ears),
                (Who::Agent, &mut self.agent_ears),
                (Who::Unit, &mut self.unit_ears),
                (Who::Monitor, &mut self.monitor_ears),
            ] {
                if let Some(heard) = media.heard(session, who) {
                    let told = heard.iter();
                    let told = told.filter_map(|(at, what)| Some((*at, what.told(who)?)));
                    ears.insert(citizen.name.clone(), told.collect());
                    let sounds = self.sounds.entry(citizen.name.clone()).or_default();
                    sounds.insert(who, heard.to_vec());
                }
            }
        }
    }

    /// What this citizen's ear received after an answer, a line each, in the time of the transcript.
    pub fn ear(&self, citizen: &str) -> String {
        self.lines(self.ears.get(citizen))
    }

    /// What the agent heard who had this citizen first.
    pub fn agent_ear(&self, citizen: &str) -> String {
        self.lines(self.agent_ears.get(citizen))
    }

    /// What those heard who were consulted about this citizen or took the call over, in the order in which
    /// they came in.
    pub fn unit_ear(&self, citizen: &str) -> String {
        self.lines(self.unit_ears.get(citizen))
    }

    /// What those heard who watched over this citizen's call.
    pub fn monitor_ear(&self, citizen: &str) -> String {
        self.lines(self.monitor_ears.get(citizen))
    }

    fn lines(&self, heard: Option<&Vec<(Moment, String)>>) -> String {
        let line = |(at, what): &(Moment, String)| {
            let ms = at.millis_from(self.zero());
            format!("{}.{:03} {what}", ms / 1_000, ms % 1_000)
        };
        let lines = heard.into_iter().flatten().map(line);
        lines.collect::<Vec<_>>().join("\n")
    }

    /// What this citizen was told. Panics when there is no such citizen.
    pub fn told(&self, citizen: &str) -> &Told {
        let found = self.told.iter().find(|(other, _)| other.name == citizen);
        &found
            .unwrap_or_else(|| panic!("no citizen {citizen} on this floor"))
            .1
    }

    /// The calls that this agent's phone heard, in order.
    pub fn rung_at<'a>(&'a self, agent: &'a str) -> impl Iterator<Item = &'a Rung> {
        self.rung
            .iter()
            .filter(move |rung| rung.agent.as_str() == agent)
    }

    /// All bursts that this agent's phone sounded.
    pub fn bursts_at(&self, agent: &str) -> u32 {
        self.rung_at(agent).map(|rung| rung.bursts).sum()
    }

    /// From the moment the ringback began at the PBX to the final response there, ms.
    pub fn ringback_ms(&self, citizen: &str) -> Option<u64> {
        let told = self.told(citizen);
        let (settled, _) = told.settled?;
        Some(settled.since(told.ringback?).as_millis() as u64)
    }

    /// When kring sent messages with this label (`INVITE`, `180`) to this party, in the time of the transcript.
    pub fn sent_ms(&self, label: &str, to: Party) -> Vec<i64> {
        let zero = self.zero();
        self.datagrams
            .iter()
            .filter(|d| d.from == Party::Kring && d.to == to)
            .filter(|d| d.letter.label() == label)
            .map(|d| d.sent.millis_from(zero))
            .collect()
    }

    /// The moment from which the transcript counts: the first call's arrival.
    pub fn zero(&self) -> Moment {
        let first = self.entries.iter().find(|entry| entry.call.is_some());
        first.map_or(Moment::from_millis(1_000), |entry| entry.at)
    }
}

/// The queues that ask for skills, and who has them.
fn skilled(floor: &Floor) -> Vec<(String, Vec<AgentId>)> {
    let asking = floor.queues.iter().filter(|queue| !queue.skills.is_empty());
    let able = |queue: &QueueSetup| {
        let able = floor.seats.iter().filter(|seat| {
            queue.skills.iter().all(|asked| {
                let mut own = seat.skills.iter();
                own.any(|own| own.name == asked.name && own.level >= asked.level)
            })
        });
        able.map(|seat| seat.agent.clone()).collect()
    };
    asking
        .map(|queue| (queue.name.clone(), able(queue)))
        .collect()
}
