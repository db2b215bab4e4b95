//! Who hears whom: after any sequence of hold, consult, conference, transfer, recall and monitor each party hears
//! exactly those it should. The facts of a call say who they are, the ears of the media say who was heard.

use super::Court;
use crate::{
    ear::{People, Sound, Who},
    witness::{Evidence, Story},
};
use kring_journal::{
    BackWith, Entry, Fact, MonitorMode, MonitorState, TalksWith, Transfer, TransferStep,
};
use kring_time::Moment;
use std::{collections::BTreeMap, time::Duration};

/// Recordings that both hear when an agent has answered last no longer.
const GREETING: Duration = Duration::from_secs(12);

/// Where the caller is, by the facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// With kring: it rings, or music plays.
    Alone,
    /// With this one.
    With(Who),
    /// On hold, or with music while somebody is dialled; the agent is there, or has hung up.
    Aside(Hand),
    /// The agent has met a third party.
    Circle(TalksWith),
    Over,
}

/// Where a caller was put aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hand {
    /// On the screen.
    Screen,
    /// At the phone, which has an ear and a tone of its own, and for a moment may have the caller again.
    Phone,
}

/// What the facts say of a call.
struct Told {
    place: Place,
    /// Since when the caller is with whom they are.
    since: Moment,
    monitor: Option<MonitorMode>,
}

impl Told {
    fn turn(&mut self, at: Moment, place: Place) {
        (self.place, self.since) = (place, at);
    }

    fn take(&mut self, entry: &Entry) {
        let at = entry.at;
        match &entry.fact {
            Fact::Answered { .. } | Fact::Served(_) | Fact::Connected(_) => {
                self.turn(at, Place::With(Who::Agent));
            }
            Fact::Held(_) => self.turn(at, Place::Aside(Hand::Screen)),
            Fact::Resumed(_) => self.turn(at, Place::With(Who::Agent)),
            Fact::Transfer(Transfer { step, .. }) => self.take_step(at, step),
            Fact::Monitored(how) => {
                self.monitor = (how.state == MonitorState::On).then_some(how.mode);
            }
            Fact::Ended { .. } => self.turn(at, Place::Over),
            _ => {}
        }
    }

    fn take_step(&mut self, at: Moment, step: &TransferStep) {
        let place = match step {
            TransferStep::Asked { by_phone: true, .. } => Place::Aside(Hand::Phone),
            TransferStep::Asked { .. } => Place::Aside(Hand::Screen),
            TransferStep::Consulting { .. } => Place::Circle(TalksWith::Unit),
            TransferStep::Turned { with } => Place::Circle(*with),
            TransferStep::Done { .. } => Place::With(Who::Unit),
            TransferStep::Taken { .. } => Place::With(Who::Agent),
            TransferStep::Over { back, .. } => match back {
                BackWith::Agent => Place::With(Who::Agent),
                BackWith::AgentRung | BackWith::Queue => Place::Alone,
                BackWith::Nobody => Place::Over,
            },
            _ => return,
        };
        self.turn(at, place);
    }

    /// What this one should hear; none: that is not for the facts to say.
    fn should_hear(&self, ear: Who) -> Option<Hears> {
        let barges = self.monitor == Some(MonitorMode::Barge);
        let speaks_to_agent = barges || self.monitor == Some(MonitorMode::Whisper);
        let people = |party: Who, others: &[Who]| {
            let agent_hears = party != Who::Caller && self.serves(party) && speaks_to_agent;
            let heard = agent_hears || barges;
            let monitor = heard.then_some(Who::Monitor);
            Hears::These(People::of(others.iter().copied().chain(monitor)))
        };
        Some(match (self.place, ear) {
            (Place::Over, _) => return None,
            (_, Who::Monitor) if self.monitor.is_none() => Hears::These(People::NOBODY),
            (Place::Alone, Who::Caller) => Hears::Kring,
            (Place::Alone, Who::Monitor) => Hears::AtMost(People::of([Who::Caller])),
            (Place::Alone, _) => return None,
            (Place::With(who), Who::Caller) => people(Who::Caller, &[who]),
            (Place::With(who), Who::Monitor) => Hears::These(People::of([Who::Caller, who])),
            (Place::With(who), ear) if ear == who => people(ear, &[Who::Caller]),
            (Place::With(_), _) => return None,
            (Place::Aside(Hand::Phone), Who::Caller) => Hears::KringOr(Who::Agent),
            (Place::Aside(Hand::Phone), _) => return None,
            (Place::Aside(Hand::Screen), Who::Caller) => Hears::Kring,
            (Place::Aside(Hand::Screen), Who::Agent) if speaks_to_agent => {
                Hears::These(People::of([Who::Monitor]))
            }
            (Place::Aside(Hand::Screen), Who::Agent) => Hears::Kring,
            (Place::Aside(Hand::Screen), Who::Monitor) => Hears::AtMost(People::of([Who::Agent])),
            (Place::Aside(Hand::Screen), Who::Unit) => return None,
            (Place::Circle(with), ear) => match (with, ear) {
                (TalksWith::Unit, Who::Caller) | (TalksWith::Caller, Who::Unit) => Hears::Kring,
                (TalksWith::Unit, Who::Agent) => people(ear, &[Who::Unit]),
                (TalksWith::Unit, Who::Unit) | (TalksWith::Caller, Who::Caller) => {
                    people(ear, &[Who::Agent])
                }
                (TalksWith::Caller, Who::Agent) => people(ear, &[Who::Caller]),
                (TalksWith::Both, Who::Caller) => people(ear, &[Who::Agent, Who::Unit]),
                (TalksWith::Both, Who::Agent) => people(ear, &[Who::Caller, Who::Unit]),
                (TalksWith::Both, Who::Unit) => people(ear, &[Who::Caller, Who::Agent]),
                (TalksWith::Unit, Who::Monitor) => {
                    Hears::These(People::of([Who::Agent, Who::Unit]))
                }
                (TalksWith::Caller, Who::Monitor) => {
                    Hears::These(People::of([Who::Caller, Who::Agent]))
                }
                (TalksWith::Both, Who::Monitor) => {
                    Hears::These(People::of([Who::Caller, Who::Agent, Who::Unit]))
                }
            },
        })
    }

    /// Whether a whisper is for this one: for whoever has the agent's place.
    fn serves(&self, party: Who) -> bool {
        match self.place {
            Place::With(who) => party == who,
            _ => party == Who::Agent,
        }
    }
}

/// What somebody should hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hears {
    /// kring, or nothing at all.
    Kring,
    /// kring, or this one.
    KringOr(Who),
    /// Exactly these.
    These(People),
    /// Nobody but these.
    AtMost(People),
}

impl Hears {
    /// Whether that is what is heard, where these are there to be heard.
    fn is(self, sound: &Sound, present: People, greets: bool) -> bool {
        let said = matches!(sound, Sound::Said(_));
        let heard = match sound {
            Sound::People(people) => Some(*people),
            _ => None,
        };
        match self {
            Hears::Kring => heard.is_none_or(|heard| heard == People::NOBODY),
            Hears::KringOr(one) => {
                heard.is_none_or(|heard| [People::NOBODY, People::of([one])].contains(&heard))
            }
            Hears::These(people) => {
                let there = People::of(people.each().filter(|who| present.contains(*who)));
                heard == Some(there) || (said && greets)
            }
            Hears::AtMost(people) => {
                heard.is_some_and(|heard| heard.each().all(|who| people.contains(who)))
            }
        }
    }
}

/// At every moment of every answered call everybody hears whom they should, and nobody else.
pub(super) fn exactly_those(evidence: &Evidence<'_>, court: &mut Court) {
    let account = evidence.account;
    for story in evidence.stories.iter().filter(|story| !story.is_placed()) {
        let Some(ears) = account.sounds.get(story.name) else {
            continue;
        };
        // Two calls of one citizen would have one set of ears.
        let mut same = evidence.stories.iter();
        if same.any(|other| other.name == story.name && other.id != story.id) {
            continue;
        }
        if let Some(seen) = fault(story, ears) {
            court.accuse("heard", format!("{}: {seen}", story.name));
        }
    }
}

type Ears = BTreeMap<Who, Vec<(Moment, Sound)>>;

fn fault(story: &Story<'_>, ears: &Ears) -> Option<String> {
    let mut times: Vec<Moment> = story.entries.iter().map(|entry| entry.at).collect();
    times.extend(ears.values().flatten().map(|(at, _)| *at));
    times.sort_unstable();
    times.dedup();
    let mut told = Told {
        place: Place::Alone,
        since: story.t0,
        monitor: None,
    };
    let mut entries = story.entries.iter().peekable();
    for at in times {
        while let Some(entry) = entries.next_if(|entry| entry.at <= at) {
            told.take(entry);
        }
        let heard = |who: Who| sound_at(ears.get(&who)?, at);
        let present = People::of(Who::ALL.into_iter().filter(|who| heard(*who).is_some()));
        for who in Who::ALL {
            let should = told.should_hear(who);
            let greets = at < told.since + GREETING;
            match (should, heard(who)) {
                (Some(should), Some(sound)) if !should.is(sound, present, greets) => {
                    let (place, monitor) = (told.place, told.monitor);
                    return Some(format!(
                        "{who:?} at {at} hears {sound:?}, should hear {should:?} ({place:?}, {monitor:?})"
                    ));
                }
                (Some(_), None) if who == Who::Monitor && told.monitor.is_some() => {
                    return Some(format!("a monitor who hears nothing at {at}"));
                }
                _ => {}
            }
        }
    }
    None
}

/// What began to be heard last, by then.
fn sound_at(heard: &[(Moment, Sound)], at: Moment) -> Option<&Sound> {
    let before = heard.partition_point(|(began, _)| *began <= at);
    let (_, sound) = heard.get(before.checked_sub(1)?)?;
    (*sound != Sound::Gone).then_some(sound)
}
