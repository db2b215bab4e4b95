//! A floor before the day begins: who sits where, who will call, and what will go wrong.

use crate::{
    account::Account,
    citizen::Citizen,
    clock::Wall,
    media::Hearing,
    network::{Faults, Mishap, Party},
    person::{Mood, PhoneSetup},
    play::Play,
    saboteur::Sabotage,
    screen::{Habit, ScreenSetup},
};
use kring_call::{
    OnDeadline, Plan, Restored,
    command::{Admission, AgentProfile, Command, Device, PresenceWish},
    thailand,
};
use kring_journal::{AgentId, RingPolicyKind, RingTerms};
use kring_sip::{Peer, Transport, Uri};
use kring_time::Moment;
use std::{collections::VecDeque, sync::Arc, time::Duration};

/// Sound and silence of a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cadence {
    /// Sound, ms.
    pub on_ms: u32,
    /// Silence, ms.
    pub off_ms: u32,
}

impl Cadence {
    /// 1 s on, 4 s off.
    pub const THAILAND: Cadence = Cadence {
        on_ms: 1_000,
        off_ms: 4_000,
    };

    /// Sound and silence together.
    pub fn period(self) -> Duration {
        Duration::from_millis(u64::from(self.on_ms) + u64::from(self.off_ms))
    }
}

/// An agent with a phone and a screen.
#[derive(Clone, Debug)]
#[must_use = "a seat counts when a floor has it"]
pub struct Seat {
    /// The agent's login.
    pub agent: AgentId,
    /// The phone.
    pub phone: PhoneSetup,
    /// Whether kring was told the phone's own ring period.
    pub own_period: Option<Duration>,
    /// The screen.
    pub screen: ScreenSetup,
    /// The queues served; none: all.
    pub queues: Vec<String>,
}

impl Seat {
    /// A ready agent with a live screen, whose phone rings at once by the Thai cadence and is ignored.
    pub fn new(agent: &str) -> Seat {
        Seat {
            agent: AgentId::new(agent),
            phone: PhoneSetup {
                rings_after: Duration::ZERO,
                period: Cadence::THAILAND.period(),
                moods: VecDeque::new(),
                talks: None,
                holds: None,
                rings_with: 180,
                is_on_tcp: false,
                answerable: false,
            },
            own_period: None,
            screen: ScreenSetup {
                signs_in: Some(Moment::from_millis(100)),
                alive: true,
                writes_up: Some(Habit::always_ms(2_000)),
                ..ScreenSetup::default()
            },
            queues: Vec::new(),
        }
    }

    /// Does this about the next call; the last mood stays.
    pub fn mood(mut self, mood: Mood) -> Seat {
        self.phone.moods.push_back(mood);
        self
    }

    /// Lifts the handset `ms` after the phone began to ring.
    pub fn answers_after_ms(self, ms: u64) -> Seat {
        self.mood(Mood::Answers(Duration::from_millis(ms)))
    }

    /// Hangs up after talking for `ms`.
    pub fn talks_ms(mut self, ms: u64) -> Seat {
        self.phone.talks = Some(Duration::from_millis(ms));
        self
    }

    /// The phone rings by a period of its own, and kring knows it.
    pub fn rings_every_ms(mut self, ms: u64) -> Seat {
        self.phone.period = Duration::from_millis(ms);
        self.own_period = Some(self.phone.period);
        self
    }

    /// Is not signed in.
    pub fn away(mut self) -> Seat {
        self.screen.signs_in = None;
        self
    }

    /// Signs in `ms` after the first citizen may dial.
    pub fn signs_in_at_ms(mut self, ms: u64) -> Seat {
        self.screen.signs_in = Some(Moment::from_millis(1_000 + ms));
        self
    }

    /// Asks for a presence `ms` after the first citizen may dial.
    pub fn wishes_at_ms(mut self, ms: u64, wish: PresenceWish) -> Seat {
        self.screen
            .wishes
            .push((Moment::from_millis(1_000 + ms), wish));
        self
    }

    /// Has these habits at the screen.
    pub fn with_screen(mut self, change: impl FnOnce(&mut ScreenSetup)) -> Seat {
        change(&mut self.screen);
        self
    }

    /// Is registered over TCP.
    pub fn on_tcp(mut self) -> Seat {
        self.phone.is_on_tcp = true;
        self
    }

    /// Holds the call `ms` after answering it.
    pub fn holds_after_ms(mut self, ms: u64) -> Seat {
        self.phone.holds = Some(Duration::from_millis(ms));
        self
    }

    /// The agent as kring is told of one who sits at phone `number`.
    pub(crate) fn profile(&self, number: u8) -> AgentProfile {
        let extension = self.agent.as_str().trim_start_matches("seat-");
        let address = Party::Phone(number).address();
        let host = address.ip().to_string();
        let uri = Uri::sip(Some(extension), &host, Some(address.port()));
        AgentProfile {
            id: self.agent.clone(),
            device: Some(Device {
                name: format!("pbx:{extension}"),
                uri: uri.expect("an address is a host"),
                peer: Peer {
                    transport: if self.phone.is_on_tcp {
                        Transport::Tcp
                    } else {
                        Transport::Udp
                    },
                    address,
                },
                ring_period: self.own_period,
            }),
            queues: self.queues.clone(),
        }
    }

    /// Serves this queue, and only those named so.
    pub fn serves(mut self, queue: &str) -> Seat {
        self.queues.push(queue.to_owned());
        self
    }
}

/// A queue of callers; its number is its name.
#[derive(Clone, Debug)]
pub struct QueueSetup {
    /// Its name and number.
    pub name: String,
    /// Who rings when.
    pub plan: Arc<Plan>,
    /// What is done at the deadline.
    pub on_deadline: OnDeadline,
}

/// The floor.
#[derive(Clone, Debug)]
#[must_use = "nothing happens on a floor before `play`"]
pub struct Floor {
    pub(crate) seed: u64,
    pub(crate) terms: RingTerms,
    pub(crate) queues: Vec<QueueSetup>,
    pub(crate) seats: Vec<Seat>,
    pub(crate) citizens: Vec<Citizen>,
    pub(crate) latency: Duration,
    pub(crate) own_latency: Vec<(Party, Party, Duration)>,
    pub(crate) faults: Faults,
    pub(crate) mishaps: Vec<Mishap>,
    pub(crate) hearing: Hearing,
    pub(crate) wrap_up: Duration,
    pub(crate) rona_limit: u8,
    pub(crate) commands: Vec<(Moment, Command)>,
    pub(crate) wall: Wall,
    pub(crate) pings: Vec<Moment>,
    pub(crate) restored: Vec<Restored>,
    pub(crate) sabotage: Sabotage,
}

impl Floor {
    /// A floor that rings three times by `cadence`, with a queue `support` and nobody in it yet. When
    /// it opens without any seat, `seat-5021` is put there: ready, and not answering.
    pub fn new(cadence: Cadence) -> Floor {
        let terms = RingTerms {
            on_ms: cadence.on_ms,
            off_ms: cadence.off_ms,
            ..thailand()
        };
        let floor = Floor {
            seed: 1,
            terms,
            queues: Vec::new(),
            seats: Vec::new(),
            citizens: Vec::new(),
            latency: Duration::from_millis(40),
            own_latency: Vec::new(),
            faults: Faults::default(),
            mishaps: Vec::new(),
            hearing: Hearing::default(),
            wrap_up: Duration::from_mins(1),
            rona_limit: 2,
            commands: Vec::new(),
            wall: Wall::default(),
            pings: Vec::new(),
            restored: Vec::new(),
            sabotage: Sabotage::None,
        };
        floor.queue(
            "support",
            &["longest_idle:2", "all:1"],
            OnDeadline::AnnounceBusy,
        )
    }

    /// Another seed for everything random.
    pub fn seed(mut self, seed: u64) -> Floor {
        self.seed = seed;
        self
    }

    /// Adds a queue, or changes one.
    pub fn queue(mut self, name: &str, hops: &[&str], on_deadline: OnDeadline) -> Floor {
        let plan = Plan::read(hops, self.terms.limit).expect("a scenario's plan spends the budget");
        self.queues.retain(|queue| queue.name != name);
        self.queues.push(QueueSetup {
            name: name.to_owned(),
            plan: Arc::new(plan),
            on_deadline,
        });
        self
    }

    /// Ends the budget with the last burst.
    pub fn ending_with_the_burst(mut self) -> Floor {
        self.terms.policy = RingPolicyKind::EndOfBurst;
        self
    }

    /// Adds a seat.
    pub fn seat(mut self, seat: Seat) -> Floor {
        self.seats.push(seat);
        self
    }

    /// Adds a citizen.
    pub fn citizen(mut self, citizen: Citizen) -> Floor {
        self.citizens.push(citizen);
        self
    }

    /// Gives every path this latency, ms.
    pub fn latency_ms(mut self, ms: u64) -> Floor {
        self.latency = Duration::from_millis(ms);
        self
    }

    /// Gives one direction a latency of its own, ms.
    pub fn path_ms(mut self, from: Party, to: Party, ms: u64) -> Floor {
        self.own_latency.push((from, to, Duration::from_millis(ms)));
        self
    }

    /// Loses the next `count` messages with this label (`INVITE`, `180`) on their way to `to`.
    pub fn loses(mut self, label: &str, to: Party, count: u32) -> Floor {
        self.mishaps.push(Mishap {
            label: label.to_owned(),
            to,
            count,
            held_up: None,
        });
        self
    }

    /// Holds the next message with this label up for `ms` on its way to `to`.
    pub fn holds_up(mut self, label: &str, to: Party, ms: u64) -> Floor {
        let held_up = Some(Duration::from_millis(ms));
        self.mishaps.push(Mishap {
            label: label.to_owned(),
            to,
            count: 1,
            held_up,
        });
        self
    }

    /// Makes the network faulty.
    pub fn faults(mut self, faults: Faults) -> Floor {
        self.faults = faults;
        self
    }

    /// Makes the sound faulty.
    pub fn hearing(mut self, hearing: Hearing) -> Floor {
        self.hearing = hearing;
        self
    }

    /// Gives agents this time for the record, s.
    pub fn wrap_up_s(mut self, seconds: u64) -> Floor {
        self.wrap_up = Duration::from_secs(seconds);
        self
    }

    /// Pauses agents after so many calls rung out.
    pub fn rona_limit(mut self, limit: u8) -> Floor {
        self.rona_limit = limit;
        self
    }

    /// Opens or closes the door `ms` after the first citizen may dial.
    pub fn admits_at_ms(self, ms: u64, admission: Admission) -> Floor {
        self.command_at_ms(ms, Command::Admit(admission))
    }

    /// Gives a command `ms` after the first citizen may dial.
    pub fn command_at_ms(mut self, ms: u64, command: Command) -> Floor {
        self.commands
            .push((Moment::from_millis(1_000 + ms), command));
        self
    }

    /// Lets the PBX ask `ms` after the first citizen may dial whether kring is alive.
    pub fn pbx_pings_at_ms(mut self, ms: u64) -> Floor {
        self.pings.push(Moment::from_millis(1_000 + ms));
        self
    }

    /// Opens with an agent who was doing this when the process before ended.
    pub fn restored(mut self, agent: Restored) -> Floor {
        self.restored.push(agent);
        self
    }

    /// Sets the clock on the wall by `by_s` seconds, `ms` after the first citizen may dial.
    pub fn wall_steps_at_ms(mut self, ms: u64, by_s: i64) -> Floor {
        self.wall = Wall::stepped(Moment::from_millis(1_000 + ms), by_s * 1_000_000);
        self
    }

    /// Breaks the exchange on purpose.
    pub fn sabotaged(mut self, sabotage: Sabotage) -> Floor {
        self.sabotage = sabotage;
        self
    }

    /// A patient citizen dials, and the day is played to its end.
    pub fn caller_dials(self, name: &str, number: &str) -> Account {
        self.citizen(Citizen::new(name, number)).play()
    }

    /// Plays the day to its end, when nothing is left to happen.
    pub fn play(mut self) -> Account {
        if self.seats.is_empty() {
            self.seats.push(Seat::new("seat-5021"));
        }
        Play::new(self).run()
    }
}
