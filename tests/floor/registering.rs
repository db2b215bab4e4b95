//! Telephones that register with kring: each proves its password as soon as it is asked for it.

use crate::{network::Party, saboteur::Engine};
use kring_call::{Input, Output, command::Command};
use kring_sip::{
    Message, Method, Peer, Response, Transport,
    digest::{Answer, Credentials, Ha1Set},
    parse,
};
use kring_time::Moment;
use std::collections::VecDeque;

/// Whose passwords kring asks for, and what they all are.
pub(crate) const REALM: &str = "kring";
pub(crate) const PASSWORD: &str = "secret";

/// One REGISTER.
#[derive(Clone, Debug)]
pub(crate) struct Registering {
    pub(crate) at: Moment,
    pub(crate) user: String,
    pub(crate) from: Party,
    /// None: where it is.
    pub(crate) contact: Option<String>,
    pub(crate) expires_s: u32,
}

impl Registering {
    /// That kring knows this phone.
    pub(crate) fn known(&self) -> Command {
        known(&self.user)
    }

    fn text(&self, n: usize, proof: Option<String>) -> String {
        let Registering { user, from, .. } = self;
        let at = from.address();
        let contact = match &self.contact {
            Some(contact) => contact.clone(),
            None => format!("sip:{user}@{at}"),
        };
        let seq = 2 * n + usize::from(proof.is_some());
        let proof = proof.map_or(String::new(), |line| format!("Authorization: {line}\r\n"));
        format!(
            "REGISTER sip:kring SIP/2.0\r\nVia: SIP/2.0/UDP {at};branch=z9hG4bKreg{seq}\r\n\
             From: <sip:{user}@kring>;tag=r{n}\r\nTo: <sip:{user}@kring>\r\n\
             Call-ID: reg-{user}-{at}\r\nCSeq: {seq} REGISTER\r\nMax-Forwards: 70\r\n\
             User-Agent: floor\r\nContact: <{contact}>;expires={}\r\n{proof}\r\n",
            self.expires_s
        )
    }
}

/// That kring knows this phone.
pub(crate) fn known(user: &str) -> Command {
    Command::PutPhone {
        user: user.to_owned(),
        secrets: Ha1Set::of_password(user, REALM, PASSWORD),
        traits: Default::default(),
    }
}

/// Those of a day.
#[derive(Debug)]
pub(crate) struct Registrations {
    due: VecDeque<Registering>,
    said: usize,
}

impl Registrations {
    pub(crate) fn new(list: &[Registering]) -> Registrations {
        let mut list = list.to_vec();
        list.sort_by_key(|one| one.at);
        Registrations {
            due: list.into(),
            said: 0,
        }
    }

    pub(crate) fn deadline(&self) -> Option<Moment> {
        self.due.front().map(|one| one.at)
    }

    /// Says the next one that is due, up to the proof; what kring makes of it is still to be heard.
    pub(crate) fn wake(&mut self, now: Moment, engine: &mut Engine) -> bool {
        let Some(one) = self.due.pop_front_if(|one| one.at <= now) else {
            return false;
        };
        self.said += 1;
        let from = Peer {
            transport: Transport::Udp,
            address: one.from.address(),
        };
        let say = |engine: &mut Engine, text: String| {
            let bytes = text.into_bytes().into();
            engine.handle(now, Input::Datagram { from, bytes });
        };
        say(engine, one.text(self.said, None));
        let credentials = Credentials::with_password(&one.user, None, PASSWORD);
        let asked = asked(engine).expect("a stranger is asked for a password");
        let mut answer = Answer::to(&asked, &credentials).expect("by an algorithm that it knows");
        let (_, line) = answer.line(&Method::Register, "sip:kring", self.said as u64);
        say(engine, one.text(self.said, Some(line)));
        true
    }
}

fn asked(engine: &mut Engine) -> Option<Response> {
    let mut asked = None;
    while let Some(output) = engine.poll() {
        if let Output::Send(transmit) = output
            && let Ok(Message::Response(response)) = parse(&transmit.bytes)
        {
            asked = Some(response);
        }
    }
    asked
}
