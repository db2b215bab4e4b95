//! What somebody in a call hears: phrases of kring, what goes on after them, the others, or nothing.

use kring_media::{Ground, Language, Phrase, Program};
use kring_time::Moment;
use std::time::Duration;

/// How long any recording lasts.
const CLIP: Duration = Duration::from_secs(3);

/// How long a number takes to be said.
const NUMBER: Duration = Duration::from_secs(2);

/// Somebody in a session, whatever place he has: the unit stays the unit when it takes the agent's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Who {
    Caller,
    Agent,
    /// Whoever came in as the third.
    Unit,
}

/// Those who are heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum People {
    /// It is silent.
    Nobody,
    One(Who),
    /// A conference.
    Two(Who, Who),
}

/// Where the sound comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// Nobody knows where to send any: it cannot be heard.
    Unplugged,
    /// From these.
    Person(People),
    /// From kring, and then perhaps from these.
    Kring(Program, People),
}

/// An ear.
#[derive(Clone, Debug)]
pub(crate) struct Ear {
    who: Who,
    source: Source,
    since: Moment,
    /// What began when.
    pub(crate) heard: Vec<(Moment, String)>,
}

impl Ear {
    /// Somebody's, who hears nothing yet.
    pub(crate) fn of(who: Who) -> Ear {
        Ear {
            who,
            source: Source::Unplugged,
            since: Moment::BOOT,
            heard: Vec::new(),
        }
    }

    /// Whose it is.
    pub(crate) fn who(&self) -> Who {
        self.who
    }

    /// Where what it hears comes from.
    pub(crate) fn source(&self) -> &Source {
        &self.source
    }

    /// It hears this from now on.
    pub(crate) fn turn(&mut self, now: Moment, source: Source) {
        self.note(now);
        (self.source, self.since) = (source, now);
    }

    /// Whether it hears kring.
    pub(crate) fn hears_kring(&self, now: Moment) -> bool {
        match &self.source {
            Source::Kring(program, _) => {
                program.then != Ground::Other || now < self.since + spoken(program)
            }
            _ => false,
        }
    }

    /// Writes down what it heard until now.
    pub(crate) fn note(&mut self, now: Moment) {
        let mut at = self.since;
        if at >= now {
            return;
        }
        let mut hear = |at: Moment, what: String| {
            // Music that plays on is heard as one, whoever has come to hear it meanwhile.
            let plays_on =
                what == "music" && self.heard.last().is_some_and(|(_, last)| *last == what);
            if at < now && !plays_on {
                self.heard.push((at, what));
            }
        };
        match &self.source {
            Source::Unplugged => {}
            Source::Person(people) => hear(at, heard_by(self.who, *people)),
            Source::Kring(program, people) => {
                for language in program.languages.each() {
                    for phrase in &program.say {
                        hear(at, said(phrase, *language));
                        at = at + length(phrase);
                    }
                }
                let ground = match program.then {
                    Ground::Other => heard_by(self.who, *people),
                    Ground::Music => "music".to_owned(),
                    Ground::Silence => "silence".to_owned(),
                    Ground::Ringback => "ringback".to_owned(),
                };
                hear(at, ground);
            }
        }
        self.since = now;
    }
}

/// The agent is simply the person to a caller, and the caller to an agent.
fn heard_by(ear: Who, people: People) -> String {
    let name = |who| match who {
        Who::Caller => "caller",
        Who::Agent => "agent",
        Who::Unit => "unit",
    };
    match people {
        People::Nobody => "silence".to_owned(),
        People::One(Who::Caller | Who::Agent) if ear != Who::Unit => "person".to_owned(),
        People::One(who) => format!("the {}", name(who)),
        People::Two(one, other) => format!("{} and {}", name(one), name(other)),
    }
}

/// How long a program speaks before it goes on.
pub(crate) fn spoken(program: &Program) -> Duration {
    let once: Duration = program.say.iter().map(length).sum();
    once * program.languages.each().len() as u32
}

fn length(phrase: &Phrase) -> Duration {
    match phrase {
        Phrase::Clip(_) => CLIP,
        Phrase::Position(_) | Phrase::Wait(_) => NUMBER,
    }
}

fn said(phrase: &Phrase, language: Language) -> String {
    let said = match phrase {
        Phrase::Clip(name) => name.to_string(),
        Phrase::Position(place) => format!("place {place}"),
        Phrase::Wait(minutes) => format!("wait {minutes} min"),
    };
    match language {
        Language::Thai => said,
        Language::English => format!("{said} in English"),
    }
}
