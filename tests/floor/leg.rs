//! One leg at an agent's phone: how it rings, is lifted, refused and put down.

use crate::{
    clock::{Repeats, Wire},
    dialog::{Dialog, Hold},
    network::Party,
    person::{Mood, PhoneSetup},
    phone::Heard,
    post::{Post, Sent},
    wire::{Letter, Message, description},
};
use kring_time::Moment;
use std::time::Duration;

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
pub(crate) struct Leg {
    pub(crate) invite: Letter,
    pub(crate) tag: String,
    pub(crate) mood: Mood,
    /// The last response to the INVITE, for its repetitions.
    pub(crate) last: Option<Sent>,
    state: State,
    pub(crate) heard: Heard,
    hold: Option<Hold>,
}

impl Leg {
    /// A leg that an INVITE has just made.
    pub(crate) fn invited(letter: &Letter, tag: String, mood: Mood, heard: Heard) -> Leg {
        Leg {
            invite: letter.clone(),
            tag,
            mood,
            last: None,
            state: State::Over,
            heard,
            hold: None,
        }
    }

    /// The INVITE is here, the bell comes at `rings_at`.
    pub(crate) fn try_until(&mut self, rings_at: Moment, party: Party, post: &mut Post) {
        self.say(Message::answer(&self.invite, 100, ""), party, post);
        self.state = State::Waking { rings_at };
    }

    /// What it is still about.
    pub(crate) fn restless(&self) -> Option<String> {
        let over = matches!(self.state, State::Over);
        (!over).then(|| format!("phone for {}: {:?}", self.heard.caller, self.state))
    }

    /// CANCEL: what has not been answered is over (RFC 3261 §9.2).
    pub(crate) fn cancelled(&mut self, now: Moment, party: Party, post: &mut Post) {
        self.heard.cancelled.get_or_insert(now);
        if matches!(self.state, State::Waking { .. } | State::Ringing { .. }) {
            self.refuse(now, 487, party, post);
        }
    }

    /// `Event: talk`: the phone lifts itself.
    pub(crate) fn told_to_talk(
        &mut self,
        now: Moment,
        setup: &PhoneSetup,
        party: Party,
        post: &mut Post,
    ) {
        if matches!(self.state, State::Ringing { .. }) {
            self.lift(now, setup, party, post);
        }
    }

    /// A response to something that this leg asked.
    pub(crate) fn hear(&mut self, now: Moment, letter: &Letter, party: Party, post: &mut Post) {
        let dialog = self.dialog();
        if let Some(hold) = &mut self.hold
            && hold.hear(letter, &dialog, party, post)
        {
            return;
        }
        if letter.answers("BYE").is_some_and(|code| code >= 200)
            && matches!(self.state, State::Closing { .. })
        {
            self.end(now);
        }
    }

    fn dialog(&self) -> Dialog {
        Dialog {
            target: self
                .invite
                .contact()
                .unwrap_or("sip:nobody@invalid")
                .to_owned(),
            from: format!("{};tag={}", self.invite.to(), self.tag),
            to: self.invite.from().to_owned(),
            call_id: self.invite.call_id().to_owned(),
        }
    }

    pub(crate) fn is_live(&self) -> bool {
        !matches!(
            self.state,
            State::Refused { .. } | State::Closing { .. } | State::Over
        )
    }

    pub(crate) fn due(&self) -> Option<Moment> {
        match &self.state {
            State::Waking { rings_at } => Some(*rings_at),
            State::Ringing { acts_at } => *acts_at,
            State::Confirmed { hangs_up_at } => {
                let hold = self.hold.as_ref().and_then(Hold::due);
                [*hangs_up_at, hold].into_iter().flatten().min()
            }
            State::Accepted { repeats, .. }
            | State::Closing { repeats, .. }
            | State::Refused { repeats, .. } => Some(repeats.due()),
            State::Over => None,
        }
    }

    pub(crate) fn wake(&mut self, now: Moment, setup: &PhoneSetup, party: Party, post: &mut Post) {
        match &mut self.state {
            State::Waking { .. } => self.ring(now, setup, party, post),
            State::Ringing { .. } => match self.mood {
                Mood::Declines(_) => self.refuse(now, 603, party, post),
                _ => self.lift(now, setup, party, post),
            },
            State::Confirmed { hangs_up_at } => {
                if hangs_up_at.is_some_and(|at| at <= now) {
                    self.hang_up(now, party, post);
                    return;
                }
                let dialog = self.dialog();
                if let Some(hold) = &mut self.hold {
                    hold.wake(now, &dialog, party, post);
                }
            }
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

    pub(crate) fn ring(&mut self, now: Moment, setup: &PhoneSetup, party: Party, post: &mut Post) {
        let mut ringing = Message::answer(&self.invite, setup.rings_with, &self.tag)
            .with("Contact", post.contact(party));
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

    pub(crate) fn lift(&mut self, now: Moment, setup: &PhoneSetup, party: Party, post: &mut Post) {
        let sdp = description(&party.address().ip().to_string(), 4_000);
        let ok = Message::answer(&self.invite, 200, &self.tag).with("Contact", post.contact(party));
        let ok = self.say(ok.describing(sdp), party, post);
        self.heard.silent = Some(now);
        self.heard.answered = Some(now);
        self.state = State::Accepted {
            ok,
            // A 2xx is repeated even over a stream (RFC 3261 §13.3.1.4).
            repeats: Repeats::bounded(now, Wire::Datagrams),
            talks: setup.talks,
        };
        self.hold = setup.holds.map(|after| Hold::planned(now + after, 1));
    }

    pub(crate) fn acknowledged(&mut self, now: Moment) {
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
        let bye = self.dialog().request("BYE", 2, party, post);
        let bye = post.send(party, bye);
        self.heard.over.get_or_insert(now);
        self.state = State::Closing {
            bye,
            repeats: Repeats::bounded(now, post.wire(party)),
        };
    }

    pub(crate) fn refuse(&mut self, now: Moment, code: u16, party: Party, post: &mut Post) {
        let last = self.say(Message::answer(&self.invite, code, &self.tag), party, post);
        if self.heard.sounded.is_some() {
            self.heard.silent.get_or_insert(now);
        }
        self.heard.over.get_or_insert(now);
        self.state = State::Refused {
            last,
            repeats: Repeats::bounded(now, post.wire(party)),
        };
    }

    pub(crate) fn say(&mut self, message: Message, party: Party, post: &mut Post) -> Sent {
        let sent = post.send(party, message);
        self.last = Some(sent.clone());
        sent
    }

    pub(crate) fn end(&mut self, now: Moment) {
        self.heard.over.get_or_insert(now);
        self.state = State::Over;
    }
}
