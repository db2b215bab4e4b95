//! The PBX asks now and then whether kring is alive: OPTIONS, repeated until answered.

use crate::{
    clock::Repeats,
    network::Party,
    post::{Post, Sent},
    wire::{Letter, Message},
};
use kring_time::Moment;

#[derive(Debug)]
enum State {
    Planned { at: Moment },
    Asked { options: Sent, repeats: Repeats },
    Answered { code: u16 },
    Unanswered,
}

/// One OPTIONS.
#[derive(Debug)]
pub(crate) struct Ping {
    number: usize,
    state: State,
}

impl Ping {
    /// An OPTIONS at `at`; `number` tells it apart.
    pub(crate) fn planned(at: Moment, number: usize) -> Ping {
        Ping {
            number,
            state: State::Planned { at },
        }
    }

    /// When it wants to do something.
    pub(crate) fn due(&self) -> Option<Moment> {
        match &self.state {
            State::Planned { at } => Some(*at),
            State::Asked { repeats, .. } => Some(repeats.due()),
            State::Answered { .. } | State::Unanswered => None,
        }
    }

    /// What is wrong with it, when all is over: it was not answered with 200.
    pub(crate) fn complaint(&self) -> Option<String> {
        match self.state {
            State::Answered { code: 200 } => None,
            _ => Some(format!("OPTIONS {}: {:?}", self.number, self.state)),
        }
    }

    /// Does what is due by `now`.
    pub(crate) fn wake(&mut self, now: Moment, from: Party, post: &mut Post) {
        match &mut self.state {
            State::Planned { at } if *at <= now => {
                let host = Party::Kring.address();
                let options = Message::request("OPTIONS", &format!("sip:{host}"))
                    .with("Via", post.new_via(from))
                    .with("Max-Forwards", "70")
                    .with(
                        "From",
                        format!("<sip:{}>;tag=ping{}", from.address(), self.number),
                    )
                    .with("To", format!("<sip:{host}>"))
                    .with("Call-ID", format!("ping{}@pbx", self.number))
                    .with("CSeq", "1 OPTIONS")
                    .with("Accept", "application/sdp");
                let options = post.send(from, options);
                self.state = State::Asked {
                    options,
                    repeats: Repeats::bounded(now, post.wire(from)),
                };
            }
            State::Asked { options, repeats } if repeats.due() <= now => match repeats.again(now) {
                Some(again) => post.again(from, again.then_some(&*options)),
                None => self.state = State::Unanswered,
            },
            _ => {}
        }
    }

    /// Takes a response, if it is to this OPTIONS.
    pub(crate) fn hear(&mut self, letter: &Letter) {
        if let (State::Asked { options, .. }, Some(code @ 200..)) = (&self.state, letter.code())
            && options.letter.branch() == letter.branch()
        {
            self.state = State::Answered { code };
        }
    }
}
