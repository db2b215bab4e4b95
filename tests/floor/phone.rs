//! An agent's desk phone: a SIP user agent server that rings by its own cadence and counts the bursts
//! it has really begun. It knows nothing of kring's rules; it is the witness that has the last word.

use crate::{
    clock::Repeats,
    network::Party,
    person::{Mood, PhoneSetup},
    post::{Post, Sent},
    wire::{Letter, Message, description},
};
use kring_time::Moment;
use std::time::Duration;

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
    /// Another leg was alive when this one came: a person with two calls.
    pub overlapped: bool,
}

#[derive(Debug)]
enum State {
    /// The INVITE is here, the bell is not yet.
    Waking {
        rings_at: Moment,
    },
    Ringing {
        acts_at: Option<Moment>,
    },
    /// 200 is out and repeated until ACK; then the person talks.
    Accepted {
        ok: Sent,
        repeats: Repeats,
        talks: Option<Duration>,
    },
    Confirmed {
        hangs_up_at: Option<Moment>,
    },
    /// BYE is out and repeated until answered.
    Closing {
        bye: Sent,
        repeats: Repeats,
    },
    /// A final response of 300 or more is out and repeated until ACK.
    Refused {
        last: Sent,
        repeats: Repeats,
    },
    Over,
}

#[derive(Debug)]
struct Leg {
    invite: Letter,
    tag: String,
    mood: Mood,
    /// The last response to the INVITE, for its repetitions.
    last: Option<Sent>,
    state: State,
    heard: Heard,
}

/// The phone.
#[derive(Debug)]
pub(crate) struct Phone {
    party: Party,
    setup: PhoneSetup,
    legs: Vec<Leg>,
}

impl Phone {
    /// Phone `number` of the floor.
    pub(crate) fn new(number: u8, setup: PhoneSetup) -> Phone {
        Phone {
            party: Party::Phone(number),
            setup,
            legs: Vec::new(),
        }
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
        let open = self
            .legs
            .iter()
            .filter(|leg| !matches!(leg.state, State::Over));
        open.map(|leg| format!("{:?} for {}: {:?}", self.party, leg.heard.caller, leg.state))
    }

    /// When it next does something by itself.
    pub(crate) fn deadline(&self) -> Option<Moment> {
        self.legs.iter().filter_map(Leg::due).min()
    }

    /// Does what is due by `now`.
    pub(crate) fn wake(&mut self, now: Moment, post: &mut Post) {
        for leg in &mut self.legs {
            if leg.due().is_some_and(|due| due <= now) {
                leg.wake(now, &self.setup, self.party, post);
            }
        }
    }

    /// Takes what came from kring.
    pub(crate) fn receive(&mut self, now: Moment, letter: &Letter, post: &mut Post) {
        let Some(method) = letter.method() else {
            if let Some(leg) = self.leg_mut(letter)
                && letter.answers("BYE").is_some_and(|code| code >= 200)
                && matches!(leg.state, State::Closing { .. })
            {
                leg.end(now);
            }
            return;
        };
        match method {
            "INVITE" => self.invited(now, letter, post),
            "ACK" => {
                if let Some(leg) = self.leg_mut(letter) {
                    leg.acknowledged(now);
                }
            }
            "CANCEL" => self.cancelled(now, letter, post),
            "BYE" | "NOTIFY" => self.asked_in_dialog(now, letter, post),
            _ => post.answer(self.party, letter, Message::answer(letter, 200, "none")),
        }
    }

    fn invited(&mut self, now: Moment, letter: &Letter, post: &mut Post) {
        if let Some(leg) = self.leg_mut(letter) {
            if leg.invite.branch() == letter.branch() {
                // A repetition of the same INVITE gets what was said last (RFC 3261 §17.2.1).
                let last = leg.last.clone();
                post.again(self.party, last.as_ref());
            } else {
                // A new INVITE in a dialog moves the sound; it is confirmed as it is.
                let ok = Message::answer(letter, 200, "none").with("Contact", self.contact());
                let ok = ok.describing(description(&self.party.address().ip().to_string(), 4_000));
                post.answer(self.party, letter, ok);
            }
            return;
        }
        let overlapped = self.legs.iter().any(Leg::is_live);
        let mood = self.next_mood();
        let mut leg = Leg {
            invite: letter.clone(),
            tag: format!("p{}", self.legs.len()),
            mood,
            last: None,
            state: State::Over,
            heard: Heard {
                caller: letter.caller().to_owned(),
                call_id: letter.call_id().to_owned(),
                invited: now,
                sounded: None,
                silent: None,
                cancelled: None,
                answered: None,
                over: None,
                overlapped,
            },
        };
        match mood {
            Mood::Dead => leg.end(now),
            Mood::Refuses(code) => leg.refuse(now, code, self.party, post),
            // One line, no call waiting.
            _ if overlapped => leg.refuse(now, 486, self.party, post),
            _ if self.setup.rings_after.is_zero() => leg.ring(now, &self.setup, self.party, post),
            _ => {
                leg.say(Message::answer(letter, 100, ""), self.party, post);
                leg.state = State::Waking {
                    rings_at: now + self.setup.rings_after,
                };
            }
        }
        self.legs.push(leg);
    }

    fn cancelled(&mut self, now: Moment, letter: &Letter, post: &mut Post) {
        let party = self.party;
        let met = self
            .leg_mut(letter)
            .filter(|leg| leg.invite.branch() == letter.branch());
        let Some(leg) = met.filter(|leg| leg.mood != Mood::Dead) else {
            post.answer(party, letter, Message::answer(letter, 481, "none"));
            return;
        };
        let tag = leg.tag.clone();
        post.answer(party, letter, Message::answer(letter, 200, &tag));
        leg.heard.cancelled.get_or_insert(now);
        if matches!(leg.state, State::Waking { .. } | State::Ringing { .. }) {
            leg.refuse(now, 487, party, post);
        }
        // Otherwise it came too late to matter (RFC 3261 §9.2).
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
        post.answer(party, letter, Message::answer(letter, 200, "none"));
        if letter.asks("BYE") {
            leg.end(now);
        } else if matches!(leg.state, State::Ringing { .. }) {
            leg.lift(now, &setup, party, post);
        }
    }

    fn leg_mut(&mut self, letter: &Letter) -> Option<&mut Leg> {
        self.legs
            .iter_mut()
            .find(|leg| leg.heard.call_id == letter.call_id())
    }

    fn next_mood(&mut self) -> Mood {
        match self.setup.moods.len() {
            0 => Mood::Ignores,
            1 => self.setup.moods[0],
            _ => self.setup.moods.pop_front().unwrap_or(Mood::Ignores),
        }
    }

    fn contact(&self) -> String {
        contact(self.party)
    }
}

impl Leg {
    fn is_live(&self) -> bool {
        !matches!(
            self.state,
            State::Refused { .. } | State::Closing { .. } | State::Over
        )
    }

    fn due(&self) -> Option<Moment> {
        match &self.state {
            State::Waking { rings_at } => Some(*rings_at),
            State::Ringing { acts_at } => *acts_at,
            State::Confirmed { hangs_up_at } => *hangs_up_at,
            State::Accepted { repeats, .. }
            | State::Closing { repeats, .. }
            | State::Refused { repeats, .. } => Some(repeats.due()),
            State::Over => None,
        }
    }

    fn wake(&mut self, now: Moment, setup: &PhoneSetup, party: Party, post: &mut Post) {
        match &mut self.state {
            State::Waking { .. } => self.ring(now, setup, party, post),
            State::Ringing { .. } => match self.mood {
                Mood::Declines(_) => self.refuse(now, 603, party, post),
                _ => self.lift(now, setup, party, post),
            },
            State::Confirmed { .. } => self.hang_up(now, party, post),
            State::Accepted { ok, repeats, .. } => match repeats.again(now) {
                Some(again) => post.again(party, again.then_some(&*ok)),
                // No ACK came: the dialog is ended with BYE (RFC 3261 §13.3.1.4).
                None => self.hang_up(now, party, post),
            },
            State::Closing { bye: said, repeats }
            | State::Refused {
                last: said,
                repeats,
            } => match repeats.again(now) {
                Some(again) => post.again(party, again.then_some(&*said)),
                None => self.end(now),
            },
            State::Over => {}
        }
    }

    fn ring(&mut self, now: Moment, setup: &PhoneSetup, party: Party, post: &mut Post) {
        let mut ringing =
            Message::answer(&self.invite, 180, &self.tag).with("Contact", contact(party));
        if setup.answerable {
            ringing = ringing.with("Allow-Events", "talk");
        }
        self.say(ringing, party, post);
        self.heard.sounded = Some(now);
        let acts_at = match self.mood {
            Mood::Answers(after) | Mood::Declines(after) => Some(now + after),
            _ => None,
        };
        self.state = State::Ringing { acts_at };
    }

    fn lift(&mut self, now: Moment, setup: &PhoneSetup, party: Party, post: &mut Post) {
        let sdp = description(&party.address().ip().to_string(), 4_000);
        let ok = Message::answer(&self.invite, 200, &self.tag).with("Contact", contact(party));
        let ok = self.say(ok.describing(sdp), party, post);
        self.heard.silent = Some(now);
        self.heard.answered = Some(now);
        self.state = State::Accepted {
            ok,
            repeats: Repeats::bounded(now),
            talks: setup.talks,
        };
    }

    fn acknowledged(&mut self, now: Moment) {
        match self.state {
            State::Accepted { talks, .. } => {
                self.state = State::Confirmed {
                    hangs_up_at: talks.map(|talks| now + talks),
                };
            }
            State::Refused { .. } => self.end(now),
            // A repeated ACK, or one that was overtaken by BYE.
            _ => {}
        }
    }

    fn hang_up(&mut self, now: Moment, party: Party, post: &mut Post) {
        let tag = &self.tag;
        let bye = Message::request("BYE", self.invite.contact().unwrap_or("sip:nobody@invalid"))
            .with("Via", post.new_via(party))
            .with("Max-Forwards", "70")
            .with("From", format!("{};tag={tag}", self.invite.to()))
            .with("To", self.invite.from())
            .with("Call-ID", self.invite.call_id())
            .with("CSeq", "1 BYE");
        let bye = post.send(party, bye);
        self.heard.over.get_or_insert(now);
        self.state = State::Closing {
            bye,
            repeats: Repeats::bounded(now),
        };
    }

    fn refuse(&mut self, now: Moment, code: u16, party: Party, post: &mut Post) {
        let last = self.say(Message::answer(&self.invite, code, &self.tag), party, post);
        if self.heard.sounded.is_some() {
            self.heard.silent.get_or_insert(now);
        }
        self.heard.over.get_or_insert(now);
        self.state = State::Refused {
            last,
            repeats: Repeats::bounded(now),
        };
    }

    fn say(&mut self, message: Message, party: Party, post: &mut Post) -> Sent {
        let sent = post.send(party, message);
        self.last = Some(sent.clone());
        sent
    }

    fn end(&mut self, now: Moment) {
        self.heard.over.get_or_insert(now);
        self.state = State::Over;
    }
}

fn contact(party: Party) -> String {
    format!("<sip:phone@{}>", party.address())
}
