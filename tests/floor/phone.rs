//! An agent's desk phone: a SIP user agent server that rings by its own cadence and counts the bursts
//! it has really begun. It knows nothing of kring's rules; it is the witness that has the last word.

use crate::{
    codecs::Agreed,
    enrolling::{Enrolling, Enrolment},
    leg::Leg,
    network::Party,
    person::{Mood, PhoneSetup},
    post::Post,
    wire::{Letter, Message},
};
use kring_time::Moment;
use std::{collections::HashMap, time::Duration};

/// What one call sounded like at this phone.
#[derive(Clone, Debug)]
pub struct Heard {
    /// Who called, by From.
    pub caller: String,
    /// Call-ID of the leg.
    pub call_id: String,
    /// When the INVITE arrived.
    pub invited: Moment,
    /// When the first burst began.
    pub sounded: Option<Moment>,
    /// When it fell silent.
    pub silent: Option<Moment>,
    /// When CANCEL arrived.
    pub cancelled: Option<Moment>,
    /// When the handset was lifted.
    pub answered: Option<Moment>,
    /// When the leg was over for the phone.
    pub over: Option<Moment>,
    /// When its telephone lost its power in the middle of it.
    pub cut_off: Option<Moment>,
    /// Another leg was alive when this one came: a person with two calls.
    pub overlapped: bool,
    /// The network told kring that nobody is here.
    pub bounced: bool,
    /// When it gave up waiting for the PRACK of its provisional response.
    pub unacknowledged: Option<Moment>,
    /// When its session, which then ran out, had been refreshed last.
    pub lapsed: Option<Moment>,
    /// In which codecs it and kring spoke at the end.
    pub agreed: Option<Agreed>,
}

/// The phone.
#[derive(Debug)]
pub(crate) struct Phone {
    party: Party,
    setup: PhoneSetup,
    legs: Vec<Leg>,
    /// The newest leg of each Call-ID.
    by_call_id: HashMap<String, usize>,
    /// How many of the first legs are settled.
    settled: usize,
    enrolling: Vec<Enrolling>,
    /// When it next does something by itself.
    due: Option<Moment>,
    /// It has no power before.
    dark_until: Moment,
}

impl Phone {
    /// Phone `number` of the floor.
    pub(crate) fn new(
        number: u8,
        setup: PhoneSetup,
        enrolled: impl Iterator<Item = Enrolment>,
    ) -> Phone {
        let mut setup = setup;
        setup.outages.sort_by_key(|outage| outage.from);
        let mut phone = Phone {
            party: Party::Phone(number),
            setup,
            legs: Vec::new(),
            by_call_id: HashMap::new(),
            settled: 0,
            enrolling: enrolled.map(Enrolling::new).collect(),
            due: None,
            dark_until: Moment::BOOT,
        };
        phone.reckon();
        phone
    }

    /// Reckons anew when it next does something by itself.
    fn reckon(&mut self) {
        let settled = self.legs[self.settled..].iter();
        self.settled += settled.take_while(|leg| leg.is_settled()).count();
        let enrolling = self.enrolling.iter().filter_map(Enrolling::due);
        let legs = self.legs[self.settled..].iter().filter_map(Leg::due);
        let power = self.setup.outages.first().map(|outage| outage.from);
        self.due = legs.chain(enrolling).chain(power).min();
    }

    /// A telephone behind somebody else.
    pub(crate) fn behind(party: Party, setup: PhoneSetup) -> Phone {
        Phone {
            party,
            setup,
            legs: Vec::new(),
            by_call_id: HashMap::new(),
            settled: 0,
            enrolling: Vec::new(),
            due: None,
            dark_until: Moment::BOOT,
        }
    }

    /// Whether it knows the call of this message.
    pub(crate) fn knows_leg(&self, letter: &Letter) -> bool {
        self.by_call_id.contains_key(letter.call_id())
    }

    /// What its calls sounded like, in their order.
    pub(crate) fn heard(&self) -> impl Iterator<Item = &Heard> {
        self.legs.iter().map(|leg| &leg.heard)
    }

    /// How many bursts it began for a call, by `now` if it still sounds.
    pub(crate) fn bursts(&self, heard: &Heard, now: Moment) -> u32 {
        let Some(from) = heard.sounded else { return 0 };
        let sounding = heard.silent.unwrap_or(now).since(from).as_micros();
        sounding.div_ceil(self.setup.period.as_micros()) as u32
    }

    /// Which legs are not over.
    pub(crate) fn restless(&self) -> impl Iterator<Item = String> {
        self.legs.iter().filter_map(Leg::restless)
    }

    /// What kring did that nobody should do.
    pub(crate) fn complaints(&mut self) -> Vec<String> {
        let enrolling = self.enrolling.iter_mut();
        let of_legs = self.legs.iter_mut().flat_map(Leg::take_complaints);
        of_legs
            .chain(enrolling.flat_map(|one| std::mem::take(&mut one.complaints)))
            .collect()
    }

    /// When it next does something by itself.
    pub(crate) fn deadline(&self) -> Option<Moment> {
        self.due
    }

    /// Does what is due by `now`.
    pub(crate) fn wake(&mut self, now: Moment, post: &mut Post) {
        if self.due.is_none_or(|due| due > now) {
            return;
        }
        self.lose_power(now);
        self.enrolling
            .iter_mut()
            .for_each(|one| one.wake(now, post));
        for leg in &mut self.legs[self.settled..] {
            if leg.due().is_some_and(|due| due <= now) {
                leg.wake(now, &self.setup, self.party, post);
            }
        }
        self.reckon();
    }

    /// Without power it falls silent, forgets its calls and tells nobody.
    fn lose_power(&mut self, now: Moment) {
        while self.setup.outages.first().is_some_and(|o| o.from <= now) {
            let outage = self.setup.outages.remove(0);
            self.dark_until = self.dark_until.max(outage.until);
            self.legs.iter_mut().for_each(|leg| leg.crash(now));
        }
    }

    /// Takes what came from kring, unless it has no power.
    pub(crate) fn receive(&mut self, now: Moment, letter: &Letter, post: &mut Post) {
        self.lose_power(now);
        if now >= self.dark_until {
            self.take(now, letter, post);
        }
        self.reckon();
    }

    fn take(&mut self, now: Moment, letter: &Letter, post: &mut Post) {
        let Some(method) = letter.method() else {
            if letter.cseq().1 == "REGISTER" {
                let enrolling = self.enrolling.iter_mut();
                enrolling.for_each(|one| one.hear(now, letter, post));
                return;
            }
            let party = self.party;
            if let Some(leg) = self.leg_mut(letter) {
                leg.hear(now, letter, party, post);
            }
            return;
        };
        let party = self.party;
        if let Some(leg) = self.leg_mut(letter)
            && leg.second_takes(letter, party, post)
        {
            return;
        }
        match method {
            "INVITE" => self.invited(now, letter, post),
            "ACK" => {
                if let Some(leg) = self.leg_mut(letter) {
                    leg.acknowledged(now);
                }
            }
            "CANCEL" => self.cancelled(now, letter, post),
            "BYE" | "NOTIFY" | "PRACK" | "UPDATE" => self.asked_in_dialog(now, letter, post),
            _ => post.answer(self.party, letter, Message::answer(letter, 200, "none")),
        }
    }

    fn invited(&mut self, now: Moment, letter: &Letter, post: &mut Post) {
        let party = self.party;
        if let Some(leg) = self.leg_mut(letter) {
            if leg.invite.branch() == letter.branch() {
                // A repetition of the same INVITE gets what was said last (RFC 3261 §17.2.1).
                let last = leg.last.clone();
                post.again(party, last.as_ref());
            } else {
                leg.reoffered(now, letter, party, post);
            }
            return;
        }
        if letter.to_tag().is_some() {
            // Of a call that it knows nothing of any more (RFC 3261 §12.2.2).
            post.answer(party, letter, Message::answer(letter, 481, "none"));
            return;
        }
        let overlapped = self.legs[self.settled..].iter().any(Leg::is_live);
        let mut mood = self.next_mood();
        let asked = self.setup.lifts_itself.filter(|by| by.is_asked(letter));
        if asked.is_some() && !matches!(mood, Mood::Dead | Mood::Unplugged | Mood::Refuses(_)) {
            mood = Mood::Answers(Duration::ZERO);
        }
        let heard = Heard {
            caller: letter.caller().to_owned(),
            call_id: letter.call_id().to_owned(),
            invited: now,
            sounded: None,
            silent: None,
            cancelled: None,
            answered: None,
            over: None,
            cut_off: None,
            // Of two telephones one may be in a call whose answer was lost: kring cannot know of it.
            overlapped: overlapped && self.setup.fork.is_none(),
            bounced: mood == Mood::Unplugged,
            unacknowledged: None,
            lapsed: None,
            agreed: None,
        };
        let mut leg = Leg::invited(letter, self.new_tag(), mood, heard);
        match mood {
            Mood::Dead => leg.end(now),
            Mood::Unplugged => {
                post.nobody_there(self.party);
                leg.end(now);
            }
            Mood::Refuses(code) => leg.refuse(now, code, self.party, post),
            // One line, no call waiting.
            _ if overlapped => leg.refuse(now, 486, self.party, post),
            _ if self.setup.rings_after.is_zero() => leg.ring(now, &self.setup, self.party, post),
            _ => leg.try_until(now + self.setup.rings_after, self.party, post),
        }
        let call_id = letter.call_id().to_owned();
        self.by_call_id.insert(call_id, self.legs.len());
        self.legs.push(leg);
    }

    /// No two telephones ever say the same (RFC 3261 §19.3): those that ring for one INVITE are told apart by it.
    fn new_tag(&self) -> String {
        let legs = self.legs.len();
        match self.party {
            Party::Phone(number) => format!("p{number}.{legs}"),
            Party::Kring | Party::Pbx | Party::Stranger => format!("x{legs}"),
        }
    }

    fn cancelled(&mut self, now: Moment, letter: &Letter, post: &mut Post) {
        let party = self.party;
        let met = self
            .leg_mut(letter)
            .filter(|leg| leg.invite.branch() == letter.branch());
        let Some(leg) = met.filter(|leg| !matches!(leg.mood, Mood::Dead | Mood::Unplugged)) else {
            post.answer(party, letter, Message::answer(letter, 481, "none"));
            return;
        };
        let tag = leg.tag.clone();
        post.answer(party, letter, Message::answer(letter, 200, &tag));
        leg.cancelled(now, party, post);
    }

    fn asked_in_dialog(&mut self, now: Moment, letter: &Letter, post: &mut Post) {
        let (party, setup) = (self.party, self.setup.clone());
        let known = self
            .leg_mut(letter)
            .filter(|leg| letter.to_tag() == Some(&leg.tag));
        let Some(leg) = known else {
            post.answer(party, letter, Message::answer(letter, 481, "none"));
            return;
        };
        match letter.method() {
            Some("PRACK") => leg.pracked(letter, party, post),
            Some("UPDATE") => leg.reoffered(now, letter, party, post),
            Some("BYE") => {
                post.answer(party, letter, Message::answer(letter, 200, "none"));
                leg.end(now);
            }
            _ => {
                post.answer(party, letter, Message::answer(letter, 200, "none"));
                leg.told_to_talk(now, &setup, party, post);
            }
        }
    }

    fn leg_mut(&mut self, letter: &Letter) -> Option<&mut Leg> {
        // With its power a telephone loses all its legs at once, so an older one is forgotten, too.
        let newest = *self.by_call_id.get(letter.call_id())?;
        let newest = self.legs.get_mut(newest);
        newest.filter(|leg| !leg.is_forgotten())
    }

    fn next_mood(&mut self) -> Mood {
        match self.setup.moods.len() {
            0 => Mood::Ignores,
            1 => self.setup.moods[0],
            _ => self.setup.moods.pop_front().unwrap_or(Mood::Ignores),
        }
    }
}
