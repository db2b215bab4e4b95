//! Phones that register with the endpoint, and whoever else proves a password.

use super::{
    lines::{PLACES, REALM},
    script::Script,
    stage::{Stage, peer},
};
use kring_sip::{
    Message, Method, Peer,
    digest::{Answer, Credentials},
    parse,
};

/// A phone: its password may be wrong.
pub(super) struct Handset {
    user: &'static str,
    credentials: Credentials,
    answer: Option<Answer>,
    seq: u32,
}

pub(super) fn handsets() -> [Handset; 3] {
    let handset = |user, password| Handset {
        user,
        credentials: Credentials::with_password(user, Some(REALM), password),
        answer: None,
        seq: 0,
    };
    [
        handset("5021", "secret"),
        handset("5022", "guess"),
        handset("9999", "secret"),
    ]
}

impl Stage {
    /// The endpoint asks for a password: whoever is asked remembers the challenge.
    pub(super) fn hands(&mut self, said: &str) {
        if !said.starts_with("SIP/2.0 401") {
            return;
        }
        let Ok(Message::Response(response)) = parse(said.as_bytes()) else {
            return;
        };
        for handset in &mut self.handsets {
            handset.answer = Answer::to(&response, &handset.credentials).ok();
        }
    }

    /// The line that proves a request to be of one of the phones, once somebody was asked.
    pub(super) fn proof(&mut self, which: usize, method: &str, uri: &str) -> String {
        let method = Method::from_token(method);
        let answer = self.handsets[which].answer.as_mut();
        let line = answer.zip(method).map(|(answer, method)| {
            let (name, line) = answer.line(&method, uri, 7);
            format!("{name}: {line}\r\n")
        });
        line.unwrap_or_default()
    }

    /// A phone registers, or somebody guesses its password.
    pub(super) fn register(&mut self, script: &mut Script<'_>) {
        let which = [0, 0, 0, 1, 0, 2][script.below(6)];
        let times = [1, 1, 1, 14][if which == 1 { script.below(4) } else { 0 }];
        for _ in 0..times {
            self.register_as(script, which);
        }
    }

    /// A phone registers, and says who it is if it was asked.
    fn register_as(&mut self, script: &mut Script<'_>, which: usize) {
        let from = peer(script.below(5));
        let place = script.pick(&PLACES);
        if script.once_in(8) {
            // A replay, or a count that was used before.
            self.handsets[which].seq = self.handsets[which].seq.saturating_sub(2);
        }
        let mut last = self.register_once(script, (which, from), place);
        self.hears_stranger(from, &last);
        let asked = self.said.front().map(|said| &*said.text);
        if asked.is_some_and(|text| text.starts_with("SIP/2.0 401")) && !script.once_in(8) {
            last = self.register_once(script, (which, from), place);
            self.hears_stranger(from, &last);
        }
        match script.below(4) {
            3 => self.hears_stranger(from, &last),
            2 => {
                let refresh = self.register_once(script, (which, from), place);
                self.hears_stranger(from, &refresh);
            }
            _ => {}
        }
    }

    fn register_once(
        &mut self,
        script: &mut Script<'_>,
        (which, from): (usize, Peer),
        place: &str,
    ) -> Vec<u8> {
        let proof = self.proof(which, "REGISTER", "sip:kring.example");
        let branch = self.fresh();
        let handset = &mut self.handsets[which];
        handset.seq += 1;
        let (user, seq) = (handset.user, handset.seq);
        let to = if script.once_in(16) { "5022" } else { user };
        let (via, port) = (from.transport.via(), from.address.port());
        let text = format!(
            "REGISTER sip:kring.example SIP/2.0\r\n\
             Via: SIP/2.0/{via} 192.0.2.2:5060;rport;branch=z9hG4bKr{branch}\r\n\
             From: <sip:{user}@kring.example>;tag=p\r\nTo: <sip:{to}@kring.example>\r\n\
             Call-ID: reg-{user}-{port}\r\nCSeq: {seq} REGISTER\r\n{proof}{place}\
             Content-Length: 0\r\n\r\n"
        );
        super::words::smudged(script, text)
    }
}
