//! A second telephone behind the address of the first: a proxy rings both, and both are lifted before
//! its CANCEL reaches either. Its ringing is part of the first one's; its answer is one too many.

use crate::{
    clock::{Repeats, Wire},
    codecs::{G711, description_of, known_of},
    network::Party,
    post::{Post, Sent},
    wire::{Letter, Message},
};
use kring_time::Moment;

#[derive(Debug)]
enum State {
    Quiet {
        answers_at: Moment,
    },
    /// 200 is out and repeated until ACK.
    Accepted {
        ok: Sent,
        repeats: Repeats,
    },
    /// Talks, until somebody says BYE.
    Confirmed,
    Over,
}

/// The second telephone.
#[derive(Debug)]
pub(crate) struct Fork {
    tag: String,
    state: State,
}

impl Fork {
    /// One that is lifted at `answers_at`.
    pub(crate) fn lifted_at(answers_at: Moment, tag: String) -> Fork {
        Fork {
            tag,
            state: State::Quiet { answers_at },
        }
    }

    /// What it is still about.
    pub(crate) fn restless(&self) -> Option<String> {
        let over = matches!(self.state, State::Over);
        (!over).then(|| format!("the second phone {}: {:?}", self.tag, self.state))
    }

    /// When it next does something.
    pub(crate) fn due(&self) -> Option<Moment> {
        match &self.state {
            State::Quiet { answers_at } => Some(*answers_at),
            State::Accepted { repeats, .. } => Some(repeats.due()),
            State::Confirmed | State::Over => None,
        }
    }

    /// Does what is due by `now`.
    pub(crate) fn wake(&mut self, now: Moment, invite: &Letter, from: Party, post: &mut Post) {
        match &mut self.state {
            State::Quiet { answers_at } if *answers_at <= now => {
                let host = from.address().ip().to_string();
                let own = known_of(&invite.body, &G711);
                let sdp = description_of(&host, 4_010, &own);
                let ok = Message::answer(invite, 200, &self.tag)
                    .with("Contact", post.contact(from))
                    .describing(sdp);
                self.state = State::Accepted {
                    ok: post.send(from, ok),
                    repeats: Repeats::bounded(now, Wire::Datagrams),
                };
            }
            State::Accepted { ok, repeats } if repeats.due() <= now => match repeats.again(now) {
                Some(again) => post.again(from, again.then_some(&*ok)),
                // Nobody wanted it and nobody said so: it rings off by itself.
                None => self.state = State::Over,
            },
            _ => {}
        }
    }

    /// Takes a request that names it: whether it did.
    pub(crate) fn receive(&mut self, letter: &Letter, from: Party, post: &mut Post) -> bool {
        if letter.to_tag() != Some(&self.tag) {
            return false;
        }
        if letter.asks("ACK") {
            if matches!(self.state, State::Accepted { .. }) {
                self.state = State::Confirmed;
            }
        } else {
            post.answer(from, letter, Message::answer(letter, 200, "none"));
            if letter.asks("BYE") {
                self.state = State::Over;
            }
        }
        true
    }

    /// The first telephone was never lifted: neither is this one.
    pub(crate) fn hushed(&mut self) {
        if matches!(self.state, State::Quiet { .. }) {
            self.state = State::Over;
        }
    }
}
