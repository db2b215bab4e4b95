//! A floor before the day begins: who sits where, who will call, and what will go wrong.

use crate::{
    account::Account,
    citizen::Citizen,
    clock::Wall,
    configured::configure,
    enrolling::Enrolment,
    entrance::Known,
    extension::Extension,
    media::Hearing,
    network::{Faults, Mishap, Party},
    person::PhoneSetup,
    play::Play,
    registering::Registering,
    saboteur::Sabotage,
    seat::Seat,
};
use kring_call::{
    CallBack, CallbackRules, CallerTrait, DialPolicy, Member, MonitorRules, OnClosed, OnDeadline,
    OverflowTo, Plan, QueueVoice, RecordRules, Restored, Ringback, Settings, Skill, TellAgent,
    TransferMethod, TransferRules, WaitingRules,
    command::{Admission, AgentProfile, Command},
};
use kring_journal::{AgentId, RingPolicyKind, RingTerms};
use kring_media::Languages;
use kring_time::Moment;
use std::{collections::BTreeSet, sync::Arc, time::Duration};

/// After the last thing that was planned, the longest that a call may take to settle: 15 s of rings, two
/// minutes in the queue, more than three of talk, 32 s for each of two messages that are never answered,
/// wrap-up, and some.
const SETTLED_WITHIN: Duration = Duration::from_mins(8);

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

/// A queue of callers; its number is its name, unless told otherwise.
#[derive(Clone, Debug)]
pub struct QueueSetup {
    /// Its name and number.
    pub name: String,
    /// Who rings when.
    pub plan: Arc<Plan>,
    /// Its number.
    pub did: String,
    /// Whom of the number's callers it is for; none: all who are left.
    pub callers: Vec<CallerTrait>,
    /// What its agents must be able to do.
    pub skills: Vec<Skill>,
    /// 1 comes first.
    pub priority: u8,
    /// What is done with its callers while it is closed.
    pub on_closed: OnClosed,
    /// Its own list of members, if it has one.
    pub members: Vec<Member>,
    /// What is done at the deadline.
    pub on_deadline: OnDeadline,
    /// Where its callers go whom it cannot serve.
    pub overflow: Option<OverflowTo>,
    /// How its callers are called back, if they may be.
    pub callback: Option<CallbackRules>,
    /// How its callers wait after it.
    pub waiting: WaitingRules,
    /// How it sounds.
    pub voice: QueueVoice,
}

/// The floor.
#[derive(Clone, Debug)]
#[must_use = "nothing happens on a floor before `play`"]
pub struct Floor {
    pub(crate) seed: u64,
    pub(crate) terms: RingTerms,
    pub(crate) ringback: Ringback,
    pub(crate) agent_greetings: BTreeSet<AgentId>,
    pub(crate) queues: Vec<QueueSetup>,
    pub(crate) seats: Vec<Seat>,
    pub(crate) citizens: Vec<Citizen>,
    /// Whom kring can dial behind the PBX.
    pub(crate) extensions: Vec<Extension>,
    /// What kring may dial.
    pub(crate) dial: DialPolicy,
    /// How callers are transferred.
    pub(crate) transfer: TransferRules,
    /// How supervisors hear calls.
    pub(crate) monitor: MonitorRules,
    /// Whether kring knows where the PBX is.
    pub(crate) has_line: bool,
    /// The PBX under the name by which it is configured; none: it is not.
    pub(crate) trunk: Option<&'static str>,
    pub(crate) latency: Duration,
    pub(crate) own_latency: Vec<(Party, Party, Duration)>,
    pub(crate) faults: Faults,
    pub(crate) mishaps: Vec<Mishap>,
    /// When the connection to a telephone breaks.
    pub(crate) cuts: Vec<(Moment, Party)>,
    pub(crate) hearing: Hearing,
    pub(crate) wrap_up: Duration,
    pub(crate) rona_limit: u8,
    pub(crate) session_timer_s: u32,
    pub(crate) commands: Vec<(Moment, Command)>,
    pub(crate) registering: Vec<Registering>,
    pub(crate) enrolled: Vec<Enrolment>,
    /// Further telephones, and to which seat each belongs.
    pub(crate) spares: Vec<(usize, PhoneSetup)>,
    pub(crate) wall: Wall,
    pub(crate) pings: Vec<Moment>,
    pub(crate) restored: Vec<Restored>,
    /// How long after the last thing that was planned all must be over.
    pub(crate) settles_within: Duration,
    pub(crate) call_backs: Vec<CallBack>,
    pub(crate) sabotage: Sabotage,
    pub(crate) known: Known,
}

impl Floor {
    /// A floor that rings three times by `cadence`, with a queue `support` and nobody in it yet. When
    /// it opens without any seat, `seat-5021` is put there: ready, and not answering.
    pub fn new(cadence: Cadence) -> Floor {
        let terms = RingTerms {
            on_ms: cadence.on_ms,
            off_ms: cadence.off_ms,
            ..RingTerms::thailand()
        };
        let floor = Floor {
            seed: 1,
            terms,
            ringback: Ringback::Pbx,
            agent_greetings: BTreeSet::new(),
            queues: Vec::new(),
            seats: Vec::new(),
            citizens: Vec::new(),
            extensions: Vec::new(),
            dial: DialPolicy::default(),
            transfer: TransferRules::default(),
            monitor: MonitorRules::default(),
            has_line: false,
            trunk: Some("pbx"),
            latency: Duration::from_millis(40),
            own_latency: Vec::new(),
            faults: Faults::default(),
            mishaps: Vec::new(),
            cuts: Vec::new(),
            hearing: Hearing::default(),
            wrap_up: Duration::from_mins(1),
            rona_limit: 2,
            session_timer_s: 0,
            commands: Vec::new(),
            registering: Vec::new(),
            enrolled: Vec::new(),
            spares: Vec::new(),
            wall: Wall::default(),
            pings: Vec::new(),
            restored: Vec::new(),
            settles_within: SETTLED_WITHIN,
            call_backs: Vec::new(),
            sabotage: Sabotage::None,
            known: Known::default(),
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
            did: name.to_owned(),
            callers: Vec::new(),
            skills: Vec::new(),
            priority: kring_call::limits::PRIORITY_USUAL,
            on_closed: OnClosed::default(),
            plan: Arc::new(plan),
            members: Vec::new(),
            on_deadline,
            overflow: None,
            callback: None,
            waiting: WaitingRules::default(),
            voice: QueueVoice::default(),
        });
        self
    }

    /// Gives a queue a list of its own members with their priorities, in the order of `linear`.
    pub fn members(mut self, queue: &str, members: &[(&str, u8)]) -> Floor {
        let member = |(agent, priority): &(&str, u8)| Member {
            agent: AgentId::new(agent),
            priority: *priority,
        };
        let named = self.queues.iter_mut().find(|setup| setup.name == queue);
        let named = named.expect("a list is of a queue that there is");
        named.members = members.iter().map(member).collect();
        self
    }

    /// Lets the callers of a queue wait so. The queue must be there.
    pub fn waiting(mut self, name: &str, rules: WaitingRules) -> Floor {
        let mut queues = self.queues.iter_mut();
        let queue = queues.find(|queue| queue.name == name);
        queue.expect("a queue of this floor").waiting = rules;
        self
    }

    /// Lets the callers of a queue go there whom it cannot serve: `ext:1500`, `queue:law`. The queue must
    /// be there.
    pub fn overflow(mut self, name: &str, to: &str) -> Floor {
        let mut queues = self.queues.iter_mut();
        let queue = queues.find(|queue| queue.name == name);
        let to = to.parse().expect("a place to go");
        queue.expect("a queue of this floor").overflow = Some(to);
        self.has_line = true;
        self
    }

    /// Lets the callers of a queue ask to be called back, and kring dial their numbers.
    pub fn calls_back(mut self, name: &str, rules: CallbackRules) -> Floor {
        let mut queues = self.queues.iter_mut();
        let queue = queues.find(|queue| queue.name == name);
        queue.expect("a queue of this floor").callback = Some(rules);
        self.dial.country = Some("66".to_owned());
        self.may_dial("08XXXXXXXX")
    }

    /// Lets kring dial numbers of this pattern.
    pub fn may_dial(mut self, pattern: &str) -> Floor {
        let pattern = pattern.parse().expect("a pattern of numbers");
        self.dial.patterns.push(pattern);
        self.has_line = true;
        self
    }

    /// Has callers transferred so.
    pub fn transfers_by(mut self, method: TransferMethod) -> Floor {
        self.transfer.method = method;
        self.has_line = true;
        self
    }

    /// Tells agents so of whoever listens.
    pub fn tells_agents(mut self, tell_agent: TellAgent) -> Floor {
        self.monitor = MonitorRules { tell_agent };
        self
    }

    /// Puts a telephone behind the PBX.
    pub fn extension(mut self, extension: Extension) -> Floor {
        self.extensions.push(extension);
        self.has_line = true;
        self
    }

    /// Does not tell kring where the PBX is.
    pub fn without_line(mut self) -> Floor {
        self.has_line = false;
        self
    }

    /// Lets every queue greet both sides with this recording when an agent answers.
    pub fn greets_with(mut self, clip: &str) -> Floor {
        for queue in &mut self.queues {
            queue.voice.greeting_on_answer = Some(clip.into());
        }
        self
    }

    /// Lets the calls of every queue be recorded so.
    pub fn recorded(mut self, rules: RecordRules) -> Floor {
        for queue in &mut self.queues {
            queue.voice.record = rules;
        }
        self
    }

    /// Lets every queue speak in these languages.
    pub fn speaks(mut self, languages: Languages) -> Floor {
        for queue in &mut self.queues {
            queue.voice.languages = languages;
        }
        self
    }

    /// Lets this agent have recorded a greeting.
    pub fn has_recorded_a_greeting(mut self, agent: &str) -> Floor {
        self.agent_greetings.insert(AgentId::new(agent));
        self
    }

    /// Lets kring make the ringing tone.
    pub fn makes_the_tone(mut self) -> Floor {
        self.ringback = Ringback::Own;
        self.terms.t0_from = "own_ringback".to_owned();
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

    /// `ms` after the first citizen may dial kring is told the settings of this floor with a change.
    pub fn reconfigured_at_ms(self, ms: u64, change: impl FnOnce(Floor) -> Floor) -> Floor {
        let changed = configure(&change(self.clone()));
        let settings = Box::new(Settings::of(&changed));
        self.command_at_ms(ms, Command::Reconfigure(settings))
    }

    /// The PBX is configured by this name; none: not at all.
    pub fn trunk(mut self, name: Option<&'static str>) -> Floor {
        self.trunk = name;
        self
    }

    /// Gives calls a budget of so many rings. The queues' plans must spend it.
    pub fn rings(mut self, limit: u8) -> Floor {
        self.terms.limit = limit;
        self
    }

    /// Takes a queue out.
    pub fn without_queue(mut self, name: &str) -> Floor {
        self.queues.retain(|queue| queue.name != name);
        self
    }

    /// kring asks for sessions of this length.
    pub fn session_timer_s(mut self, seconds: u32) -> Floor {
        self.session_timer_s = seconds;
        self
    }

    /// The phone of `user` registers from there `ms` after the first citizen may dial, for `expires_s`.
    /// It says that it is where it is.
    pub fn registers_at_ms(self, ms: u64, user: &str, from: Party, expires_s: u32) -> Floor {
        self.registers(ms, user, from, None, expires_s)
    }

    /// The same for an hour, but it says that it is somewhere else.
    pub fn registers_as_at_ms(self, ms: u64, user: &str, from: Party, contact: &str) -> Floor {
        self.registers(ms, user, from, Some(contact.to_owned()), 3_600)
    }

    fn registers(
        mut self,
        ms: u64,
        user: &str,
        from: Party,
        contact: Option<String>,
        expires_s: u32,
    ) -> Floor {
        self.registering.push(Registering {
            at: Moment::from_millis(1_000 + ms),
            user: user.to_owned(),
            from,
            contact,
            expires_s,
        });
        self
    }

    /// A telephone registers over the network `ms` after the first citizen may dial, each time for
    /// `expires_s`, and comes again at four fifths of that for two minutes.
    pub fn enrols_at_ms(self, ms: u64, user: &str, from: Party, expires_s: u32) -> Floor {
        let at = Moment::from_millis(1_000 + ms);
        self.enrols(Enrolment {
            user: user.to_owned(),
            from,
            at,
            expires_s,
            comes_again: 800,
            until: at + Duration::from_mins(2),
            says_goodbye: false,
        })
    }

    /// A telephone registers over the network, and keeps its registration.
    pub(crate) fn enrols(mut self, enrolment: Enrolment) -> Floor {
        self.enrolled.push(enrolment);
        self
    }

    /// The agent of a seat has another telephone: which it is.
    pub(crate) fn spare(&mut self, seat: usize, phone: PhoneSetup) -> Party {
        self.spares.push((seat, phone));
        Party::Phone((self.seats.len() + self.spares.len() - 1) as u8)
    }

    /// The profile of who sits there. Where kring knows the way to the PBX, the phones are not behind it.
    pub(crate) fn profile(&self, seat: &Seat, number: u8) -> AgentProfile {
        let mut profile = seat.profile(number);
        if self.has_line {
            for device in &mut profile.devices {
                device.name = device.name.replace("pbx:", "sip:");
            }
        }
        profile
    }

    pub(crate) fn has_registrar(&self) -> bool {
        !(self.registering.is_empty() && self.enrolled.is_empty())
    }

    /// Every telephone, and to which seat it belongs.
    pub(crate) fn phones(&self) -> impl Iterator<Item = (usize, &PhoneSetup)> {
        let own = self.seats.iter().map(|seat| &seat.phone).enumerate();
        let spares = self.spares.iter().map(|(seat, phone)| (*seat, phone));
        own.chain(spares)
    }

    /// The connection to a telephone that is on TCP breaks `ms` after the first citizen may dial: what is
    /// under way is lost, and kring is told so if it was kring's.
    pub fn cut_at_ms(mut self, ms: u64, phone: Party) -> Floor {
        self.cuts.push((Moment::from_millis(1_000 + ms), phone));
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

    /// Opens with a call-back that was open when the process before ended.
    pub fn owing(mut self, call_back: CallBack) -> Floor {
        self.call_backs.push(call_back);
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
