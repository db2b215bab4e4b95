//! Telephones that keep themselves registered with kring over the network: REGISTER is lost and repeated
//! like anything else, refreshed before it runs out, and taken back or forgotten in the end.

use crate::{
    clock::Repeats,
    network::Party,
    post::{Post, Sent},
    registering::PASSWORD,
    wire::{Letter, Message},
};
use kring_sip::{
    Method, Response,
    digest::{Answer, Credentials},
    parse,
};
use kring_time::Moment;
use std::time::Duration;

/// How long a telephone waits after nobody has answered it.
const PAUSE: Duration = Duration::from_secs(3);

/// What one telephone does about its registration.
#[derive(Clone, Debug)]
pub(crate) struct Enrolment {
    pub(crate) user: String,
    pub(crate) from: Party,
    /// When it is plugged in.
    pub(crate) at: Moment,
    /// For how long it asks each time, s.
    pub(crate) expires_s: u32,
    /// It comes again when so much of that is over, of a thousand.
    pub(crate) comes_again: u32,
    /// From then on it does not come again.
    pub(crate) until: Moment,
    /// Whether it takes its registration back then, or lets it run out.
    pub(crate) says_goodbye: bool,
}

#[derive(Debug)]
enum State {
    Waiting {
        at: Moment,
    },
    Asking {
        sent: Sent,
        repeats: Repeats,
        expires_s: u32,
        /// It was asked for its password in this matter, and said it.
        proved: bool,
    },
    Over,
}

/// A telephone as its registrar sees it.
#[derive(Debug)]
pub(crate) struct Enrolling {
    plan: Enrolment,
    state: State,
    answer: Option<Answer>,
    seq: u32,
    pub(crate) complaints: Vec<String>,
}

impl Enrolling {
    pub(crate) fn new(plan: Enrolment) -> Enrolling {
        Enrolling {
            state: State::Waiting { at: plan.at },
            plan,
            answer: None,
            seq: 0,
            complaints: Vec::new(),
        }
    }

    pub(crate) fn due(&self) -> Option<Moment> {
        match &self.state {
            State::Waiting { at } => Some(*at),
            State::Asking { repeats, .. } => Some(repeats.due()),
            State::Over => None,
        }
    }

    pub(crate) fn wake(&mut self, now: Moment, post: &mut Post) {
        match &mut self.state {
            State::Waiting { at } if *at <= now => match now < self.plan.until {
                true => self.ask(now, self.plan.expires_s, false, post),
                false if self.plan.says_goodbye => self.ask(now, 0, false, post),
                false => self.state = State::Over,
            },
            State::Asking { sent, repeats, .. } if repeats.due() <= now => {
                match repeats.again(now) {
                    Some(again) => post.again(self.plan.from, again.then_some(&*sent)),
                    None => self.comes_again(now, PAUSE),
                }
            }
            _ => {}
        }
    }

    /// Takes an answer to a REGISTER.
    pub(crate) fn hear(&mut self, now: Moment, letter: &Letter, post: &mut Post) {
        let (sent, expires_s, proved) = match &self.state {
            State::Asking {
                sent,
                expires_s,
                proved,
                ..
            } => (sent, *expires_s, *proved),
            _ => return,
        };
        if sent.letter.branch() != letter.branch() {
            return;
        }
        match letter.code() {
            Some(401) => self.proves(now, letter, (expires_s, proved), post),
            Some(200) if expires_s == 0 => self.state = State::Over,
            Some(200) => {
                let own = self.plan.from.address().to_string();
                if !letter.all("Contact").any(|contact| contact.contains(&own)) {
                    let user = &self.plan.user;
                    self.complaints
                        .push(format!("{user} is registered elsewhere than at {own}"));
                }
                let share = u64::from(expires_s) * u64::from(self.plan.comes_again);
                self.comes_again(now, Duration::from_millis(share));
            }
            Some(code @ 200..) => {
                let user = &self.plan.user;
                self.complaints
                    .push(format!("{user}'s REGISTER was refused with {code}"));
                self.state = State::Over;
            }
            _ => {}
        }
    }

    fn proves(
        &mut self,
        now: Moment,
        letter: &Letter,
        (expires_s, proved): (u32, bool),
        post: &mut Post,
    ) {
        let credentials = Credentials::with_password(&self.plan.user, None, PASSWORD);
        let answer = read(letter).and_then(|asked| Answer::to(&asked, &credentials).ok());
        match answer {
            Some(answer) if !proved || answer.is_stale() => {
                self.answer = Some(answer);
                self.ask(now, expires_s, true, post);
            }
            _ => {
                let user = &self.plan.user;
                self.complaints
                    .push(format!("{user}'s password was not taken"));
                self.state = State::Over;
            }
        }
    }

    fn comes_again(&mut self, now: Moment, after: Duration) {
        let at = (now + after).min(self.plan.until.max(now + PAUSE));
        // Who was not heard when it wanted to go lets its registration run out.
        let gone = matches!(self.state, State::Asking { expires_s: 0, .. });
        self.state = if gone {
            State::Over
        } else {
            State::Waiting { at }
        };
    }

    fn ask(&mut self, now: Moment, expires_s: u32, proved: bool, post: &mut Post) {
        self.seq += 1;
        let Enrolment { user, from, .. } = &self.plan;
        let (at, seq) = (from.address(), self.seq);
        let contact = post.contact(*from).replace("witness", user);
        let mut register = Message::request("REGISTER", "sip:kring")
            .with("Via", post.new_via(*from))
            .with("Max-Forwards", "70")
            .with("From", format!("<sip:{user}@kring>;tag=e{at}"))
            .with("To", format!("<sip:{user}@kring>"))
            .with("Call-ID", format!("enrol-{user}-{at}"))
            .with("CSeq", format!("{seq} REGISTER"))
            .with("User-Agent", "floor")
            .with("Contact", format!("{contact};expires={expires_s}"));
        if let Some(answer) = &mut self.answer {
            let (name, line) = answer.line(&Method::Register, "sip:kring", u64::from(seq));
            register = register.with(name.as_str(), line);
        }
        self.state = State::Asking {
            sent: post.send(*from, register),
            repeats: Repeats::bounded(now, post.wire(*from)),
            expires_s,
            proved,
        };
    }
}

/// The challenge, as kring-sip reads one.
fn read(letter: &Letter) -> Option<Response> {
    let mut text = "SIP/2.0 401 Unauthorized\r\n".to_owned();
    for name in ["Via", "From", "To", "Call-ID", "CSeq", "WWW-Authenticate"] {
        for value in letter.all(name) {
            text += &format!("{name}: {value}\r\n");
        }
    }
    match parse((text + "\r\n").as_bytes()) {
        Ok(kring_sip::Message::Response(response)) => Some(response),
        _ => None,
    }
}
