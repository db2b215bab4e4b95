//! What a side of a call hears: phrases of kring, what goes on after them, the other person, or nothing.

use kring_media::{Ground, Language, Phrase, Program};
use kring_time::Moment;
use std::time::Duration;

/// How long any recording lasts.
const CLIP: Duration = Duration::from_secs(3);

/// How long a number takes to be said.
const NUMBER: Duration = Duration::from_secs(2);

/// Where the sound comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Source {
    /// Nobody knows where to send any: it cannot be heard.
    #[default]
    Unplugged,
    /// From nowhere.
    Silence,
    /// From the other person.
    Person,
    /// From kring, and then perhaps from the other person, if there is one.
    Kring(Program, bool),
}

/// An ear.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ear {
    source: Source,
    since: Moment,
    /// What began when.
    pub(crate) heard: Vec<(Moment, String)>,
}

impl Ear {
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

    /// Whether there was nothing to hear for some time.
    pub(crate) fn silences(&self) -> impl Iterator<Item = Moment> {
        let silent = self.heard.iter().filter(|(_, what)| what == "silence");
        silent.map(|(at, _)| *at)
    }

    /// Writes down what it heard until now.
    pub(crate) fn note(&mut self, now: Moment) {
        let mut at = self.since;
        if at >= now {
            return;
        }
        let mut hear = |at: Moment, what: String| {
            if at < now {
                self.heard.push((at, what));
            }
        };
        match &self.source {
            Source::Unplugged => {}
            Source::Silence => hear(at, "silence".to_owned()),
            Source::Person => hear(at, "person".to_owned()),
            Source::Kring(program, person) => {
                for language in program.languages.each() {
                    for phrase in &program.say {
                        hear(at, said(phrase, *language));
                        at = at + length(phrase);
                    }
                }
                let ground = match program.then {
                    Ground::Other if *person => "person",
                    Ground::Other => "silence",
                    Ground::Music => "music",
                    Ground::Ringback => "ringback",
                };
                hear(at, ground.to_owned());
            }
        }
        self.since = now;
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
