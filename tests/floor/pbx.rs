//! The PBX that sends the citizens' calls: a SIP user agent client of its own, with its own
//! repetitions, CANCEL, ACK and BYE. It notes what each citizen was told, and when.

use crate::{
    citizen::Citizen,
    clock::Repeats,
    network::Party,
    post::{Post, Sent},
    wire::{Letter, Message, description},
};
use kring_time::Moment;

/// What a citizen was told.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// When the first INVITE left.
    pub dialled: Option<Moment>,
    /// When the ringback began: the first 180 or 183.
    pub ringback: Option<Moment>,
    /// The first final response: when, and its code.
    pub settled: Option<(Moment, u16)>,
    /// Every other final response to the same INVITE. There must be none.
    pub contradicted: Vec<u16>,
    /// Contact of a 302.
    pub redirected_to: Option<String>,
    /// Retry-After of a refusal.
    pub retry_after: Option<String>,
    /// When the citizen hung up before an answer.
    pub gave_up: Option<Moment>,
    /// When the call was over, after an answer.
    pub hung_up: Option<Moment>,
    /// Whether kring said BYE.
    pub bye_came: bool,
}

#[derive(Debug)]
enum State {
    Planned,
    /// INVITE is out and nothing came back. A caller who gives up now cancels later (RFC 3261 §9.1).
    Calling {
        repeats: Repeats,
    },
    /// Something came back.
    Proceeding,
    /// CANCEL is out; repeated until it is answered, then the final response is awaited.
    Cancelling {
        cancel: Sent,
        repeats: Option<Repeats>,
        until: Moment,
    },
    /// 200 came.
    Talking {
        hangs_up_at: Option<Moment>,
    },
    Closing {
        bye: Sent,
        repeats: Repeats,
    },
    Over,
}

#[derive(Debug)]
struct Call {
    citizen: Citizen,
    invite: Option<Sent>,
    via: String,
    /// Contact and To of the 200.
    dialog: Option<(String, String)>,
    state: State,
    told: Told,
}

/// The PBX, or the stranger who pretends to be one.
#[derive(Debug)]
pub(crate) struct Pbx {
    party: Party,
    calls: Vec<Call>,
}

impl Pbx {
    /// A PBX whose lines these citizens use.
    pub(crate) fn new(party: Party, citizens: Vec<Citizen>) -> Pbx {
        let calls = citizens
            .into_iter()
            .map(|citizen| Call {
                citizen,
                invite: None,
                via: String::new(),
                dialog: None,
                state: State::Planned,
                told: Told::default(),
            })
            .collect();
        Pbx { party, calls }
    }

    /// What each citizen was told.
    pub(crate) fn told(&self) -> impl Iterator<Item = (&Citizen, &Told)> {
        self.calls.iter().map(|call| (&call.citizen, &call.told))
    }

    /// Whose calls are not over.
    pub(crate) fn restless(&self) -> impl Iterator<Item = String> {
        let open = self
            .calls
            .iter()
            .filter(|call| !matches!(call.state, State::Over));
        open.map(|call| format!("{}: {:?}", call.citizen.name, call.state))
    }

    /// When it next does something by itself.
    pub(crate) fn deadline(&self) -> Option<Moment> {
        self.calls.iter().filter_map(Call::due).min()
    }

    /// Does what is due by `now`.
    pub(crate) fn wake(&mut self, now: Moment, post: &mut Post) {
        for call in &mut self.calls {
            if call.due().is_some_and(|due| due <= now) {
                call.wake(now, self.party, post);
            }
        }
    }

    /// Takes what came from kring.
    pub(crate) fn receive(&mut self, now: Moment, letter: &Letter, post: &mut Post) {
        let party = self.party;
        let call = self.calls.iter_mut().find(|call| {
            call.invite
                .as_ref()
                .is_some_and(|invite| invite.letter.call_id() == letter.call_id())
        });
        let Some(call) = call else {
            if letter.method().is_some_and(|method| method != "ACK") {
                post.answer(party, letter, Message::answer(letter, 481, "none"));
            }
            return;
        };
        if let Some(code) = letter.code() {
            match letter.cseq().1 {
                "INVITE" => call.answered(now, code, letter, party, post),
                "CANCEL" => call.cancel_answered(code),
                "BYE" if code >= 200 => call.end(now),
                _ => {}
            }
        } else if letter.asks("BYE") {
            post.answer(party, letter, Message::answer(letter, 200, "none"));
            call.told.bye_came = true;
            call.end(now);
        } else if !letter.asks("ACK") {
            let ok = Message::answer(letter, 200, "none").with("Contact", contact(party));
            post.answer(
                party,
                letter,
                ok.describing(description("192.0.2.10", 30_000)),
            );
        }
    }
}

impl Call {
    fn due(&self) -> Option<Moment> {
        let gives_up = |told: &Told| self.citizen.patience.and_then(|p| Some(told.dialled? + p));
        match &self.state {
            State::Planned => Some(self.citizen.dials_at),
            State::Calling { repeats } => {
                let gives_up = gives_up(&self.told).filter(|_| self.told.gave_up.is_none());
                Some(gives_up.map_or(repeats.due(), |at| at.min(repeats.due())))
            }
            State::Proceeding => gives_up(&self.told),
            State::Cancelling { repeats, until, .. } => Some(
                repeats
                    .as_ref()
                    .map_or(*until, |repeats| repeats.due().min(*until)),
            ),
            State::Talking { hangs_up_at } => *hangs_up_at,
            State::Closing { repeats, .. } => Some(repeats.due()),
            State::Over => None,
        }
    }

    fn wake(&mut self, now: Moment, party: Party, post: &mut Post) {
        match &mut self.state {
            State::Planned => self.dial(now, party, post),
            State::Calling { repeats } => {
                if repeats.due() > now {
                    self.told.gave_up = Some(now);
                    return;
                }
                match repeats.again(now) {
                    Some(again) => post.again(party, self.invite.as_ref().filter(|_| again)),
                    None => self.end(now),
                }
            }
            State::Proceeding => self.give_up(now, party, post),
            State::Cancelling {
                cancel,
                repeats,
                until,
            } => {
                if *until <= now {
                    self.end(now);
                    return;
                }
                match repeats.as_mut().and_then(|repeats| repeats.again(now)) {
                    Some(again) => post.again(party, again.then_some(&*cancel)),
                    None => *repeats = None,
                }
            }
            State::Talking { .. } => self.hang_up(now, party, post),
            State::Closing { bye, repeats } => match repeats.again(now) {
                Some(again) => post.again(party, again.then_some(&*bye)),
                None => self.end(now),
            },
            State::Over => {}
        }
    }

    fn dial(&mut self, now: Moment, party: Party, post: &mut Post) {
        let (name, number) = (&self.citizen.name, &self.citizen.dials);
        self.via = post.new_via(party);
        let host = Party::Kring.address();
        let mut invite = Message::request("INVITE", &format!("sip:{number}@{host}"))
            .with("Via", self.via.clone())
            .with("Max-Forwards", "70")
            .with(
                "From",
                format!("<sip:{name}@pbx.example.go.th>;tag=f-{name}"),
            )
            .with("To", format!("<sip:{number}@{host}>"))
            .with("Call-ID", format!("{name}@pbx"))
            .with("CSeq", "1 INVITE")
            .with("Contact", contact(party))
            .with("Allow", "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, NOTIFY");
        if let Some(by) = &self.citizen.forwarded_by {
            invite = invite.with(
                "Diversion",
                format!("<sip:{by}@pbx.example.go.th>;reason=no-answer"),
            );
        }
        if !self.citizen.offers_late {
            invite = invite.describing(description("192.0.2.10", 30_000));
        }
        self.told.dialled = Some(now);
        self.invite = Some(post.send(party, invite));
        self.state = State::Calling {
            repeats: Repeats::of_invite(now),
        };
    }

    fn give_up(&mut self, now: Moment, party: Party, post: &mut Post) {
        let Some(invite) = &self.invite else { return };
        let letter = &invite.letter;
        let cancel =
            copy_of(letter, "CANCEL", "1 CANCEL", letter.to()).with("Via", self.via.clone());
        let cancel = post.send(party, cancel);
        self.told.gave_up.get_or_insert(now);
        let until = now + crate::clock::GIVE_UP;
        self.state = State::Cancelling {
            cancel,
            repeats: Some(Repeats::bounded(now)),
            until,
        };
    }

    fn cancel_answered(&mut self, code: u16) {
        if let State::Cancelling { repeats, .. } = &mut self.state
            && code >= 200
        {
            *repeats = None;
        }
    }

    fn answered(&mut self, now: Moment, code: u16, letter: &Letter, party: Party, post: &mut Post) {
        if code < 200 {
            if matches!(code, 180 | 183) {
                self.told.ringback.get_or_insert(now);
            }
            if matches!(self.state, State::Calling { .. }) {
                self.state = State::Proceeding;
                if self.told.gave_up.is_some() {
                    self.give_up(now, party, post);
                }
            }
            return;
        }
        match self.told.settled {
            None => self.told.settled = Some((now, code)),
            Some((_, first)) if first != code => self.told.contradicted.push(code),
            Some(_) => {}
        }
        if code >= 300 {
            self.told.redirected_to = letter.contact().map(str::to_owned);
            self.told.retry_after = letter.get("Retry-After").map(str::to_owned);
            let Some(invite) = &self.invite else { return };
            let ack = copy_of(&invite.letter, "ACK", "1 ACK", letter.to());
            post.send(party, ack.with("Via", self.via.clone()));
            self.state = State::Over;
            return;
        }
        let target = letter.contact().unwrap_or("sip:nobody@invalid").to_owned();
        self.dialog = Some((target, letter.to().to_owned()));
        if !self.citizen.confirms {
            // A PBX that lost its mind: it neither acknowledges nor hangs up.
            if matches!(self.state, State::Calling { .. } | State::Proceeding) {
                self.state = State::Talking { hangs_up_at: None };
            }
            return;
        }
        let mut ack = self.in_dialog("ACK", "1 ACK", party, post);
        if self.citizen.offers_late {
            // Whoever made no offer answers kring's (RFC 3261 §13.2.1).
            ack = ack.describing(description("192.0.2.10", 30_000));
        }
        post.send(party, ack);
        match self.state {
            State::Calling { .. } | State::Proceeding if self.told.gave_up.is_none() => {
                let hangs_up_at = self.citizen.talks.map(|talks| now + talks);
                self.state = State::Talking { hangs_up_at };
            }
            // The 200 crossed our CANCEL: nobody is there to talk any more.
            State::Calling { .. } | State::Proceeding | State::Cancelling { .. } => {
                self.hang_up(now, party, post);
            }
            // A repeated 200.
            _ => {}
        }
    }

    fn hang_up(&mut self, now: Moment, party: Party, post: &mut Post) {
        let bye = self.in_dialog("BYE", "2 BYE", party, post);
        let bye = post.send(party, bye);
        self.told.hung_up.get_or_insert(now);
        self.state = State::Closing {
            bye,
            repeats: Repeats::bounded(now),
        };
    }

    fn in_dialog(&self, method: &str, cseq: &str, party: Party, post: &mut Post) -> Message {
        let (target, to) = self.dialog.as_ref().expect("a 200 has made the dialog");
        let invite = &self
            .invite
            .as_ref()
            .expect("a 200 answers an INVITE")
            .letter;
        Message::request(method, target)
            .with("Via", post.new_via(party))
            .with("Max-Forwards", "70")
            .with("From", invite.from())
            .with("To", to.clone())
            .with("Call-ID", invite.call_id())
            .with("CSeq", cseq)
    }

    fn end(&mut self, now: Moment) {
        if self.dialog.is_some() {
            self.told.hung_up.get_or_insert(now);
        }
        self.state = State::Over;
    }
}

/// CANCEL and the ACK of a refusal repeat the INVITE's key headers (RFC 3261 §9.1, §17.1.1.3).
fn copy_of(invite: &Message, method: &str, cseq: &str, to: &str) -> Message {
    let uri = match &invite.start {
        crate::wire::Start::Request { uri, .. } => uri.as_str(),
        crate::wire::Start::Response { .. } => "sip:nobody@invalid",
    };
    Message::request(method, uri)
        .with("Max-Forwards", "70")
        .with("From", invite.from())
        .with("To", to)
        .with("Call-ID", invite.call_id())
        .with("CSeq", cseq)
}

fn contact(party: Party) -> String {
    format!("<sip:pbx@{}>", party.address())
}
