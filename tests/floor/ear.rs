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
    /// A supervisor.
    Monitor,
}

impl Who {
    pub(crate) const ALL: [Who; 4] = [Who::Caller, Who::Agent, Who::Unit, Who::Monitor];

    const fn name(self) -> &'static str {
        match self {
            Who::Caller => "caller",
            Who::Agent => "agent",
            Who::Unit => "unit",
            Who::Monitor => "monitor",
        }
    }
}

/// Those who are heard: a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct People(u8);

impl People {
    /// It is silent.
    pub(crate) const NOBODY: People = People(0);

    /// These.
    pub(crate) fn of(people: impl IntoIterator<Item = Who>) -> People {
        let people = people.into_iter();
        People(people.fold(0, |set, who| set | (1 << who as u8)))
    }

    /// Whether this one is among them.
    pub(crate) const fn contains(self, who: Who) -> bool {
        self.0 & (1 << who as u8) != 0
    }

    /// Each of them.
    pub(crate) fn each(self) -> impl Iterator<Item = Who> {
        Who::ALL.into_iter().filter(move |who| self.contains(*who))
    }
}

/// What an ear hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sound {
    /// These people; none: it is silent.
    People(People),
    Music,
    Ringback,
    /// kring, which says nothing.
    Silence,
    /// A phrase of kring's.
    Said(String),
    /// Nothing any more: it has left.
    Gone,
}

impl Sound {
    /// In words, to whoever hears it; none: it hears nothing any more.
    pub(crate) fn told(&self, ear: Who) -> Option<String> {
        Some(match self {
            Sound::People(people) => heard_by(ear, *people),
            Sound::Music => "music".to_owned(),
            Sound::Ringback => "ringback".to_owned(),
            Sound::Silence => "silence".to_owned(),
            Sound::Said(phrase) => phrase.clone(),
            Sound::Gone => return None,
        })
    }
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
    /// Since when what it hears is not written down.
    since: Moment,
    /// When kring began with what it says.
    began: Moment,
    /// What began when.
    pub(crate) heard: Vec<(Moment, Sound)>,
}

impl Ear {
    /// Somebody's, who hears nothing yet.
    pub(crate) fn of(who: Who) -> Ear {
        Ear {
            who,
            source: Source::Unplugged,
            since: Moment::BOOT,
            began: Moment::BOOT,
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

    /// It hears this from now on. Of a program that goes on the place is kept.
    pub(crate) fn turn(&mut self, now: Moment, source: Source) {
        self.note(now);
        let goes_on = matches!((&self.source, &source),
            (Source::Kring(one, _), Source::Kring(other, _)) if one == other);
        if !goes_on {
            self.began = now;
        }
        (self.source, self.since) = (source, now);
    }

    /// kring begins anew with what it says.
    pub(crate) fn begin_anew(&mut self, now: Moment) {
        self.note(now);
        self.began = now;
    }

    /// Whether it hears kring.
    pub(crate) fn hears_kring(&self, now: Moment) -> bool {
        match &self.source {
            Source::Kring(program, _) => {
                program.then != Ground::Other || now < self.began + spoken(program)
            }
            _ => false,
        }
    }

    /// Whoever it is has left.
    pub(crate) fn leave(&mut self, now: Moment) {
        self.note(now);
        self.heard.push((now, Sound::Gone));
    }

    /// Writes down what it heard until now.
    pub(crate) fn note(&mut self, now: Moment) {
        let since = self.since;
        if since >= now {
            return;
        }
        let began = self.began;
        let mut hear = |from: Moment, to: Option<Moment>, what: Sound| {
            let is_over = to.is_some_and(|to| to <= since);
            // What plays on is heard as one, whoever has come to hear it meanwhile.
            let goes_on = (from < since || what == Sound::Music)
                && self.heard.last().is_some_and(|(_, last)| *last == what);
            let at = from.max(since);
            if at < now && !is_over && !goes_on {
                self.heard.push((at, what));
            }
        };
        match &self.source {
            // Whoever has hung up hears nothing more.
            Source::Unplugged if began != Moment::BOOT => hear(since, None, Sound::Gone),
            Source::Unplugged => {}
            Source::Person(people) => hear(since, None, Sound::People(*people)),
            Source::Kring(program, people) => {
                let mut at = began;
                for language in program.languages.each() {
                    for phrase in &program.say {
                        let end = at + length(phrase);
                        hear(at, Some(end), Sound::Said(said(phrase, *language)));
                        at = end;
                    }
                }
                let ground = match program.then {
                    Ground::Other => Sound::People(*people),
                    Ground::Music => Sound::Music,
                    Ground::Silence => Sound::Silence,
                    Ground::Ringback => Sound::Ringback,
                };
                hear(at, None, ground);
            }
        }
        self.since = now;
    }
}

/// The agent is simply the person to a caller, and the caller to an agent.
fn heard_by(ear: Who, people: People) -> String {
    let heard: Vec<Who> = people.each().collect();
    match heard[..] {
        [] => "silence".to_owned(),
        [Who::Caller | Who::Agent] if matches!(ear, Who::Caller | Who::Agent) => {
            "person".to_owned()
        }
        [one] => format!("the {}", one.name()),
        [one, other] => format!("{} and {}", one.name(), other.name()),
        [one, other, ref last @ ..] => {
            let last = last.first().map_or("", |last| last.name());
            format!("{}, {} and {last}", one.name(), other.name())
        }
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
