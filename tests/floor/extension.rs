//! Whom kring can dial behind the PBX: extensions of officers, and the telephones of citizens.

use crate::{
    network::Party,
    person::{Mood, PhoneSetup},
    phone::{Heard, Phone},
    post::Post,
    seat::Seat,
    wire::Letter,
};
use kring_time::Moment;
use std::time::Duration;

/// A number behind the PBX, and the person at its telephone.
#[derive(Clone, Debug)]
#[must_use = "an extension counts when a floor has it"]
pub struct Extension {
    /// The number.
    pub number: String,
    pub(crate) phone: PhoneSetup,
}

impl Extension {
    /// A telephone that rings at once and is not answered.
    pub fn new(number: &str) -> Extension {
        Extension {
            number: number.to_owned(),
            phone: Seat::new(number).phone,
        }
    }

    /// Does this about the next call; the last mood stays.
    pub fn mood(mut self, mood: Mood) -> Extension {
        self.phone.moods.push_back(mood);
        self
    }

    /// Lifts the handset `ms` after the telephone began to ring.
    pub fn answers_after_ms(self, ms: u64) -> Extension {
        self.mood(Mood::Answers(Duration::from_millis(ms)))
    }

    /// Is busy.
    pub fn is_busy(self) -> Extension {
        self.mood(Mood::Refuses(486))
    }

    /// Hangs up after talking for `ms`.
    pub fn talks_ms(mut self, ms: u64) -> Extension {
        self.phone.talks = Some(Duration::from_millis(ms));
        self
    }

    /// Knows these codecs, by payload number.
    pub fn knows(mut self, codecs: &[u8]) -> Extension {
        self.phone.knows = codecs.to_vec();
        self
    }
}

/// The telephones behind the PBX.
#[derive(Debug)]
pub(crate) struct Extensions(Vec<(String, Phone)>);

impl Extensions {
    pub(crate) fn new(extensions: &[Extension]) -> Extensions {
        let phone = |one: &Extension| {
            let phone = Phone::behind(Party::Pbx, one.phone.clone());
            (one.number.clone(), phone)
        };
        Extensions(extensions.iter().map(phone).collect())
    }

    /// Takes what is meant for one of them: whether it was.
    pub(crate) fn receive(&mut self, now: Moment, letter: &Letter, post: &mut Post) -> bool {
        let begins = letter.asks("INVITE") && letter.to_tag().is_none();
        let dialled = letter.headline();
        let number = dialled
            .split(':')
            .nth(1)
            .and_then(|rest| rest.split('@').next());
        let mut phones = self.0.iter_mut();
        let found = phones.find(|(own, phone)| {
            phone.knows_leg(letter) || (begins && number == Some(own.as_str()))
        });
        if let Some((_, phone)) = found {
            phone.receive(now, letter, post);
            return true;
        }
        false
    }

    pub(crate) fn deadline(&self) -> Option<Moment> {
        let phones = self.0.iter();
        phones.filter_map(|(_, phone)| phone.deadline()).min()
    }

    pub(crate) fn wake(&mut self, now: Moment, post: &mut Post) {
        for (_, phone) in &mut self.0 {
            phone.wake(now, post);
        }
    }

    pub(crate) fn restless(&self) -> impl Iterator<Item = String> {
        self.0.iter().flat_map(|(_, phone)| phone.restless())
    }

    pub(crate) fn complaints(&mut self) -> Vec<String> {
        let phones = self.0.iter_mut();
        phones.flat_map(|(_, phone)| phone.complaints()).collect()
    }

    /// What each of them sounded, in its order.
    pub(crate) fn heard(&self) -> impl Iterator<Item = (&str, &Heard)> {
        let phones = self.0.iter();
        phones.flat_map(|(number, phone)| phone.heard().map(|heard| (number.as_str(), heard)))
    }
}
