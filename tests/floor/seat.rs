//! A seat: an agent with a phone and a screen, before the day begins.

use crate::{
    codecs::G711,
    floor::Cadence,
    in_call::Reoffer,
    network::Party,
    person::{Mood, Outage, PhoneSetup, SelfAnswer},
    screen::{Deed, Habit, ScreenSetup},
};
use kring_call::{
    Skill,
    command::{AgentProfile, Device, Place, PresenceWish},
};
use kring_journal::AgentId;
use kring_sip::{Peer, Transport, Uri};
use kring_time::Moment;
use std::{collections::VecDeque, time::Duration};

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
    /// The user as whom the phone registers with kring; none: it is the PBX's.
    pub registers_as: Option<String>,
    /// Other phones of the floor that are this agent's, too, with their own ring periods if they have one.
    pub beside: Vec<(u8, Option<Duration>)>,
    /// The phone is a page, which must say that it sounds.
    pub is_page: bool,
    /// The phones are asked to answer by themselves.
    pub auto_answer: bool,
    /// The queues served; none: all.
    pub queues: Vec<String>,
    /// What the agent can do.
    pub skills: Vec<Skill>,
}

impl Seat {
    /// A ready agent with a live screen, whose phone rings at once by the Thai cadence and is ignored.
    pub fn new(agent: &str) -> Seat {
        Seat {
            agent: AgentId::new(agent),
            phone: PhoneSetup {
                outages: Vec::new(),
                rings_after: Duration::ZERO,
                period: Cadence::THAILAND.period(),
                moods: VecDeque::new(),
                talks: None,
                holds: None,
                rings_with: 180,
                is_on_tcp: false,
                answerable: false,
                is_reliable: false,
                honours_expires: false,
                fork: None,
                knows: G711.to_vec(),
                refers: None,
                changes: None,
                reoffers_by: Reoffer::Invite,
                lifts_itself: None,
                refreshes: false,
            },
            own_period: None,
            registers_as: None,
            screen: ScreenSetup {
                signs_in: Some(Moment::from_millis(100)),
                alive: true,
                writes_up: Some(Habit::always_ms(2_000)),
                ..ScreenSetup::default()
            },
            beside: Vec::new(),
            is_page: false,
            auto_answer: false,
            queues: Vec::new(),
            skills: Vec::new(),
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

    /// Sends the caller there, by the phone's own button, `ms` after the answer.
    pub fn refers_after_ms(mut self, ms: u64, to: &str) -> Seat {
        self.phone.refers = Some((Duration::from_millis(ms), to.to_owned()));
        self
    }

    /// Does this on the screen `ms` after the answer.
    pub fn does_after_ms(mut self, ms: u64, deed: Deed) -> Seat {
        self.screen.deeds.push((Duration::from_millis(ms), deed));
        self
    }

    /// Does this in the call of another, `ms` after that is answered.
    pub fn watches_after_ms(mut self, ms: u64, deed: Deed) -> Seat {
        self.screen.watches.push((Duration::from_millis(ms), deed));
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

    /// The screen is loaded anew `ms` after the first citizen may dial, which takes `for_ms`.
    pub fn reloads_at_ms(mut self, ms: u64, for_ms: u64) -> Seat {
        let from = Moment::from_millis(1_000 + ms);
        let until = from + Duration::from_millis(for_ms);
        self.screen.outages.push(Outage { from, until });
        self
    }

    /// The power fails `ms` after the first citizen may dial for `for_ms`: screen and phone are dead. Two
    /// seconds after that the agent is ready again.
    pub fn crashes_at_ms(mut self, ms: u64, for_ms: u64) -> Seat {
        self = self.reloads_at_ms(ms, for_ms);
        self.phone.outages.extend(self.screen.outages.last());
        self.wishes_at_ms(ms + for_ms + 2_000, PresenceWish::Ready)
    }

    /// Is registered over TCP.
    pub fn on_tcp(mut self) -> Seat {
        self.phone.is_on_tcp = true;
        self
    }

    /// Wants a PRACK for its ringing.
    pub fn is_reliable(mut self) -> Seat {
        self.phone.is_reliable = true;
        self
    }

    /// Stops ringing when the invitation expires.
    pub fn honours_expires(mut self) -> Seat {
        self.phone.honours_expires = true;
        self
    }

    /// A second telephone rings with it, and is lifted `ms` after it.
    pub fn forked_by_ms(mut self, ms: u64) -> Seat {
        self.phone.fork = Some(Duration::from_millis(ms));
        self
    }

    /// Holds, resumes and refreshes by this request.
    pub fn reoffers_by(mut self, request: Reoffer) -> Seat {
        self.phone.reoffers_by = request;
        self
    }

    /// Keeps the session alive by itself.
    pub fn refreshes(mut self) -> Seat {
        self.phone.refreshes = true;
        self
    }

    /// Holds the call `ms` after answering it.
    pub fn holds_after_ms(mut self, ms: u64) -> Seat {
        self.phone.holds = Some(Duration::from_millis(ms));
        self
    }

    /// The phone knows these codecs, by payload number.
    pub fn knows(mut self, codecs: &[u8]) -> Seat {
        self.phone.knows = codecs.to_vec();
        self
    }

    /// The phone changes to this codec `ms` after answering.
    pub fn changes_codec_after_ms(mut self, ms: u64, codec: u8) -> Seat {
        self.phone.changes = Some((Duration::from_millis(ms), codec));
        self
    }

    /// The agent is not here today; the phone is.
    pub fn never_signs_in(mut self) -> Seat {
        self.screen.signs_in = None;
        self
    }

    /// The agent's phones are those that register with kring as this user.
    pub fn registers_as(mut self, user: &str) -> Seat {
        self.registers_as = Some(user.to_owned());
        self
    }

    /// Phone `number` of the floor rings with this one and is the same agent's.
    pub fn and_phone(mut self, number: u8) -> Seat {
        self.beside.push((number, None));
        self
    }

    /// The same, and kring is told that it rings by a period of its own.
    pub fn and_phone_every_ms(mut self, number: u8, ms: u64) -> Seat {
        self.beside.push((number, Some(Duration::from_millis(ms))));
        self
    }

    /// The phone is a page, which says that it sounds `ms` after its INVITE; none: its sound is locked.
    pub fn is_page(mut self, sounds_after_ms: Option<u64>) -> Seat {
        self.is_page = true;
        self.screen.sounds = sounds_after_ms.map(Habit::always_ms);
        self
    }

    /// The phones are asked to answer by themselves.
    pub fn answers_by_itself(mut self) -> Seat {
        self.auto_answer = true;
        self
    }

    /// The phone lifts itself when it is asked to in these words.
    pub fn lifts_itself(mut self, by: SelfAnswer) -> Seat {
        self.phone.lifts_itself = Some(by);
        self
    }

    /// The agent as kring is told of one who sits at phone `number`.
    pub(crate) fn profile(&self, number: u8) -> AgentProfile {
        let beside = self.beside.iter().map(|(number, period)| {
            let address = Party::Phone(*number).address();
            let host = address.ip().to_string();
            let uri = Uri::sip(Some("desk"), &host, Some(address.port()));
            let peer = Peer {
                transport: Transport::Udp,
                address,
            };
            Device {
                name: format!("desk:{number}"),
                place: Place::At {
                    uri: uri.expect("an address is a host"),
                    peers: vec![peer],
                },
                ring_period: *period,
                must_be_heard: false,
                srtp: None,
            }
        });
        let extension = self.agent.as_str().trim_start_matches("seat-");
        let address = Party::Phone(number).address();
        let host = address.ip().to_string();
        let uri = Uri::sip(Some(extension), &host, Some(address.port()));
        let at_pbx = || Place::At {
            uri: uri.expect("an address is a host"),
            peers: vec![Peer {
                transport: if self.phone.is_on_tcp {
                    Transport::Tcp
                } else {
                    Transport::Udp
                },
                address,
            }],
        };
        let (name, place) = match &self.registers_as {
            Some(user) => (
                format!("phone:{user}"),
                Place::Registered { user: user.clone() },
            ),
            None if self.is_page => ("browser".to_owned(), at_pbx()),
            None => (format!("pbx:{extension}"), at_pbx()),
        };
        let own = Device {
            name,
            place,
            ring_period: self.own_period,
            must_be_heard: self.is_page,
            srtp: None,
        };
        AgentProfile {
            id: self.agent.clone(),
            devices: std::iter::once(own).chain(beside).collect(),
            queues: self.queues.clone(),
            auto_answer: self.auto_answer,
            skills: self.skills.clone(),
            record: false,
        }
    }

    /// The agent can do this: `tax:3`.
    pub fn can(mut self, skill: &str) -> Seat {
        self.skills.push(skill.parse().expect("a skill"));
        self
    }

    /// Serves this queue, and only those named so.
    pub fn serves(mut self, queue: &str) -> Seat {
        self.queues.push(queue.to_owned());
        self
    }
}
