//! One line of the PBX: a citizen's call as the PBX carries it, from INVITE to BYE.

use crate::{
    citizen::Citizen,
    clock::{GIVE_UP, Repeats},
    dialog::{Dialog, Hold},
    network::Party,
    pbx::Told,
    post::{Post, Sent},
    wire::{Letter, Message, Start, description},
};
use kring_time::Moment;

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
pub(crate) struct Line {
    pub(crate) citizen: Citizen,
    invite: Option<Sent>,
    via: String,
    dialog: Option<Dialog>,
    hold: Option<Hold>,
    state: State,
    pub(crate) told: Told,
}

impl Line {
    /// The line that this citizen will use.
    pub(crate) fn new(citizen: Citizen) -> Line {
        Line {
            citizen,
            invite: None,
            via: String::new(),
            dialog: None,
            hold: None,
            state: State::Planned,
            told: Told::default(),
        }
    }

    /// What it is still about.
    pub(crate) fn restless(&self) -> Option<String> {
        let over = matches!(self.state, State::Over);
        (!over).then(|| format!("{}: {:?}", self.citizen.name, self.state))
    }

    /// Whether this message belongs to it.
    pub(crate) fn is_meant(&self, letter: &Letter) -> bool {
        let invite = self.invite.as_ref();
        invite.is_some_and(|invite| invite.letter.call_id() == letter.call_id())
    }

    /// Takes what came from kring.
    pub(crate) fn receive(&mut self, now: Moment, letter: &Letter, party: Party, post: &mut Post) {
        if let Some(code) = letter.code() {
            if let (Some(hold), Some(dialog)) = (&mut self.hold, &self.dialog)
                && hold.hear(letter, dialog, party, post)
            {
                return;
            }
            match letter.cseq().1 {
                "INVITE" => self.answered(now, code, letter, party, post),
                "CANCEL" => self.cancel_answered(code),
                "BYE" if code >= 200 => self.end(now),
                _ => {}
            }
        } else if letter.asks("BYE") {
            post.answer(party, letter, Message::answer(letter, 200, "none"));
            self.told.bye_came = true;
            self.end(now);
        } else if !letter.asks("ACK") {
            let ok = Message::answer(letter, 200, "none").with("Contact", post.contact(party));
            post.answer(
                party,
                letter,
                ok.describing(description("192.0.2.10", 30_000)),
            );
        }
    }

    /// When it next does something by itself.
    pub(crate) fn due(&self) -> Option<Moment> {
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
            State::Talking { hangs_up_at } => {
                let hold = self.hold.as_ref().and_then(Hold::due);
                [*hangs_up_at, hold].into_iter().flatten().min()
            }
            State::Closing { repeats, .. } => Some(repeats.due()),
            State::Over => None,
        }
    }

    /// Does what is due.
    pub(crate) fn wake(&mut self, now: Moment, party: Party, post: &mut Post) {
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
            State::Talking { hangs_up_at } => {
                if hangs_up_at.is_some_and(|at| at <= now) {
                    self.hang_up(now, party, post);
                } else if let (Some(hold), Some(dialog)) = (&mut self.hold, &self.dialog) {
                    hold.wake(now, dialog, party, post);
                }
            }
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
            .with("Contact", post.contact(party))
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
            repeats: Repeats::of_invite(now, post.wire(party)),
        };
    }

    fn give_up(&mut self, now: Moment, party: Party, post: &mut Post) {
        let Some(invite) = &self.invite else { return };
        let letter = &invite.letter;
        let cancel =
            copy_of(letter, "CANCEL", "1 CANCEL", letter.to()).with("Via", self.via.clone());
        let cancel = post.send(party, cancel);
        self.told.gave_up.get_or_insert(now);
        let until = now + GIVE_UP;
        self.state = State::Cancelling {
            cancel,
            repeats: Some(Repeats::bounded(now, post.wire(party))),
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
        let Some(invite) = &self.invite else { return };
        let dialog = Dialog {
            target: letter.contact().unwrap_or("sip:nobody@invalid").to_owned(),
            from: invite.letter.from().to_owned(),
            to: letter.to().to_owned(),
            call_id: letter.call_id().to_owned(),
        };
        let mut ack = dialog.request("ACK", 1, party, post);
        self.dialog = Some(dialog);
        if !self.citizen.confirms {
            // A PBX that lost its mind: it neither acknowledges nor hangs up.
            if matches!(self.state, State::Calling { .. } | State::Proceeding) {
                self.state = State::Talking { hangs_up_at: None };
            }
            return;
        }
        if self.citizen.offers_late {
            // Whoever made no offer answers kring's (RFC 3261 §13.2.1).
            ack = ack.describing(description("192.0.2.10", 30_000));
        }
        post.send(party, ack);
        match self.state {
            State::Calling { .. } | State::Proceeding if self.told.gave_up.is_none() => {
                let hangs_up_at = self.citizen.talks.map(|talks| now + talks);
                self.hold = self
                    .citizen
                    .holds
                    .map(|after| Hold::planned(now + after, 2));
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
        let Some(dialog) = &self.dialog else { return };
        let bye = dialog.request("BYE", 3, party, post);
        let bye = post.send(party, bye);
        self.told.hung_up.get_or_insert(now);
        self.state = State::Closing {
            bye,
            repeats: Repeats::bounded(now, post.wire(party)),
        };
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
        Start::Request { uri, .. } => uri.as_str(),
        Start::Response { .. } => "sip:nobody@invalid",
    };
    Message::request(method, uri)
        .with("Max-Forwards", "70")
        .with("From", invite.from())
        .with("To", to)
        .with("Call-ID", invite.call_id())
        .with("CSeq", cseq)
}
