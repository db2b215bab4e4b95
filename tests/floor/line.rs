//! One line of the PBX: a citizen's call as the PBX carries it, from INVITE to BYE.

use crate::{
    citizen::{Citizen, Reliability},
    clock::{GIVE_UP, Repeats},
    codecs::{Agreed, codecs_of, description_of, known_of},
    dialog::{Dialog, copy_of},
    in_call::{self, InCall},
    keys::{Keys, KeysBy},
    media::{Hears, MediaThreads},
    network::Party,
    pbx::Told,
    post::{Post, Sent},
    prack::Pracks,
    reliable,
    session::{Role, Session},
    wire::{Letter, Message},
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
    /// 200 came, from a person or from kring.
    Talking {
        hangs_up_at: Option<Moment>,
        ear: Listening,
    },
    Closing {
        bye: Sent,
        repeats: Repeats,
    },
    Over,
}

/// What a citizen who was answered has made of what is heard.
#[derive(Clone, Copy, Debug)]
enum Listening {
    /// Nothing yet: at this port of kring's.
    To(u16),
    /// It is a machine, and one may have to wait.
    Waiting(u16),
    /// It is somebody.
    Connected,
}

#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) citizen: Citizen,
    invite: Option<Sent>,
    via: String,
    dialog: Option<Dialog>,
    in_call: Option<InCall>,
    pracks: Pracks,
    keys: Keys,
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
            in_call: None,
            pracks: Pracks::default(),
            keys: Keys::default(),
            state: State::Planned,
            told: Told::default(),
        }
    }

    /// What it is still about.
    pub(crate) fn restless(&self) -> Option<String> {
        let over = matches!(self.state, State::Over);
        (!over).then(|| format!("{}: {:?}", self.citizen.name, self.state))
    }

    /// Its Call-ID, once it has dialled.
    pub(crate) fn call_id(&self) -> Option<&str> {
        self.invite.as_ref().map(|invite| invite.letter.call_id())
    }

    /// Whether it has yet to find out what is to be heard.
    pub(crate) fn listens(&self) -> bool {
        let hears_early = self.told.early.is_some() && self.told.session.is_none();
        let ear = match &self.state {
            State::Talking { ear, .. } => !matches!(ear, Listening::Connected),
            _ => false,
        };
        hears_early || ear || self.keys.is_sounding()
    }

    /// Takes what came from kring.
    pub(crate) fn receive(&mut self, now: Moment, letter: &Letter, party: Party, post: &mut Post) {
        if let Some(code) = letter.code() {
            if let (Some(in_call), Some(dialog)) = (&mut self.in_call, &self.dialog)
                && in_call.hear(now, letter, dialog, party, post)
            {
                return;
            }
            self.pracks.hear(letter);
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
            let contact = post.contact(party);
            let answer = match &mut self.in_call {
                Some(in_call) => in_call.answer(now, letter, party, contact),
                None => Message::answer(letter, 481, "none"),
            };
            post.answer(party, letter, answer);
        }
    }

    /// When it next does something by itself.
    pub(crate) fn due(&self) -> Option<Moment> {
        let own = self.own_due();
        let others = self.pracks.due().into_iter().chain(self.keys.due());
        own.into_iter().chain(others).min()
    }

    fn own_due(&self) -> Option<Moment> {
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
            State::Talking { hangs_up_at, .. } => {
                let in_call = self.in_call.as_ref().and_then(InCall::due);
                [*hangs_up_at, in_call].into_iter().flatten().min()
            }
            State::Closing { repeats, .. } => Some(repeats.due()),
            State::Over => None,
        }
    }

    /// Does what is due.
    pub(crate) fn wake(&mut self, now: Moment, party: Party, post: &mut Post) {
        self.pracks.wake(now, party, post);
        while let Some(key) = self.keys.press(now) {
            self.press(key, party, post);
        }
        if self.own_due().is_some_and(|due| due <= now) {
            self.act(now, party, post);
        }
    }

    fn act(&mut self, now: Moment, party: Party, post: &mut Post) {
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
            State::Talking { hangs_up_at, .. } => {
                if hangs_up_at.is_some_and(|at| at <= now) {
                    self.hang_up(now, party, post);
                } else if let (Some(in_call), Some(dialog)) = (&mut self.in_call, &self.dialog)
                    && !in_call.wake(now, dialog, party, post)
                {
                    self.told.lapsed = in_call.lapsed;
                    self.hang_up(now, party, post);
                }
            }
            State::Closing { bye, repeats } => match repeats.again(now) {
                Some(again) => post.again(party, again.then_some(&*bye)),
                None => self.end(now),
            },
            State::Over => {}
        }
    }

    /// Presses a key, if there is still anybody to hear it.
    fn press(&mut self, key: char, party: Party, post: &mut Post) {
        match (&mut self.in_call, &self.dialog, self.citizen.keys_by) {
            (_, _, KeysBy::Sound) => self.keys.sound(key),
            (Some(in_call), Some(dialog), KeysBy::Info)
                if matches!(self.state, State::Talking { .. }) =>
            {
                let seq = in_call.next_seq();
                let info = dialog.request("INFO", seq, party, post).carrying(
                    "application/dtmf-relay",
                    format!("Signal={key}\r\nDuration=160\r\n"),
                );
                post.send(party, info);
            }
            _ => {}
        }
    }

    fn dial(&mut self, now: Moment, party: Party, post: &mut Post) {
        let (name, number) = (&self.citizen.name, &self.citizen.dials);
        let user = self.citizen.calls_as.unwrap_or(name);
        self.via = post.new_via(party);
        let host = Party::Kring.address();
        let allow = if self.citizen.takes_update {
            "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, NOTIFY, PRACK"
        } else {
            "INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY, PRACK"
        };
        let mut invite = Message::request("INVITE", &format!("sip:{number}@{host}"))
            .with("Via", self.via.clone())
            .with("Max-Forwards", "70")
            .with(
                "From",
                format!("<sip:{user}@pbx.example.go.th>;tag=f-{name}"),
            )
            .with("To", format!("<sip:{number}@{host}>"))
            .with("Call-ID", format!("{name}@pbx"))
            .with("CSeq", "1 INVITE")
            .with("Contact", post.contact(party))
            .with("Allow", allow);
        let reliability = self.citizen.reliability;
        if reliability == Reliability::Required {
            invite = invite.with("Require", "100rel");
        }
        let supported = match (reliability, self.citizen.session) {
            (Reliability::Unknown, None) => "replaces",
            (Reliability::Unknown, Some(_)) => "replaces, timer",
            (_, None) => "100rel, replaces",
            (_, Some(_)) => "100rel, replaces, timer",
        };
        invite = invite.with("Supported", supported);
        if let Some(wish) = self.citizen.session {
            let refresher = wish.refresher.map(|who| format!(";refresher={who}"));
            let refresher = refresher.unwrap_or_default();
            invite = invite
                .with("Session-Expires", format!("{}{refresher}", wish.seconds))
                .with("Min-SE", "90");
        }
        if let Some(by) = &self.citizen.forwarded_by {
            invite = invite.with(
                "Diversion",
                format!("<sip:{by}@pbx.example.go.th>;reason=no-answer"),
            );
        }
        if let Some(name) = self.citizen.user_agent {
            invite = invite.with("User-Agent", name);
        }
        if !self.citizen.offers_late {
            let knows = &self.citizen.knows;
            invite = invite.describing(description_of("192.0.2.10", 30_000, knows));
        }
        self.told.dialled = Some(now);
        self.invite = Some(post.send(party, invite));
        self.state = State::Calling {
            repeats: Repeats::of_invite(now, post.wire(party)),
        };
    }

    /// A provisional response that wants a PRACK gets one, and one that ought to want one does.
    fn reliably(&mut self, now: Moment, letter: &Letter, party: Party, post: &mut Post) {
        let Some(invite) = &self.invite else { return };
        match reliable::wanted(letter) {
            Some(_) if self.citizen.reliability == Reliability::Unknown => {
                self.told
                    .complaints
                    .push("a PRACK was wanted of who has none".to_owned());
            }
            Some(number) => {
                let dialog = Dialog::made_by(&invite.letter, letter);
                self.pracks.heard(now, number, &dialog, party, post);
            }
            None if self.citizen.reliability == Reliability::Required => {
                self.told
                    .complaints
                    .push("a ringing that may be lost".to_owned());
            }
            None => {}
        }
    }

    /// What kring did within the dialog that nobody should do.
    pub(crate) fn take_complaints(&mut self) -> Vec<String> {
        let mut found = std::mem::take(&mut self.told.complaints);
        if let Some(in_call) = &mut self.in_call {
            found.append(&mut in_call.complaints);
        }
        found
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
                if !letter.body.is_empty() {
                    self.told.early = Some((port_of(&letter.body), letter.body.clone()));
                }
                // What a final response has overtaken is nothing any more.
                if self.told.settled.is_none() {
                    self.reliably(now, letter, party, post);
                }
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
        if let Some((_, early)) = &self.told.early
            && *early != letter.body
        {
            let complaint = "the 200 says otherwise than the 183".to_owned();
            self.told.complaints.push(complaint);
        }
        let Some(invite) = &self.invite else { return };
        let dialog = Dialog::made_by(&invite.letter, letter);
        let mut ack = dialog.request("ACK", 1, party, post);
        self.dialog = Some(dialog);
        if !self.citizen.confirms {
            // A PBX that lost its mind: it neither acknowledges nor hangs up.
            if matches!(self.state, State::Calling { .. } | State::Proceeding) {
                self.state = State::Talking {
                    hangs_up_at: None,
                    ear: Listening::Connected,
                };
            }
            return;
        }
        let mut own = self.citizen.knows.clone();
        if self.citizen.offers_late {
            // Whoever made no offer answers kring's (RFC 3261 §13.2.1).
            own = known_of(&letter.body, &own);
            ack = ack.describing(description_of("192.0.2.10", 30_000, &own));
        }
        post.send(party, ack);
        match self.state {
            State::Calling { .. } | State::Proceeding if self.told.gave_up.is_none() => {
                let hangs_up_at = self.citizen.talks.map(|talks| now + talks);
                let session = Session::told(now, letter, Role::Asked);
                let sent = self.pracks.sent() + 1;
                let kring = codecs_of(&letter.body);
                let agreed = Agreed {
                    since: now,
                    own,
                    kring,
                };
                let knows = [&self.citizen.knows[..], &self.citizen.knows_besides].concat();
                let by = self.citizen.reoffers_by;
                let mut in_call =
                    InCall::new(by, sent, session, &knows, agreed).obeying(&self.citizen.obedience);
                if let Some((after, codec)) = self.citizen.changes {
                    in_call.change_codec(now + after, codec);
                }
                if let Some(after) = self.citizen.holds {
                    in_call.hold(now + after, in_call::HELD_FOR);
                }
                self.in_call = Some(in_call);
                let ear = Listening::To(port_of(&letter.body));
                self.state = State::Talking { hangs_up_at, ear };
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
        let sent = self.pracks.sent() + 2;
        let seq = self.in_call.as_mut().map_or(sent, InCall::next_seq);
        let bye = dialog.request("BYE", seq, party, post);
        let bye = post.send(party, bye);
        self.told.hung_up.get_or_insert(now);
        if let Some(in_call) = &self.in_call {
            self.told.agreed.get_or_insert(in_call.agreed.clone());
        }
        self.state = State::Closing {
            bye,
            repeats: Repeats::bounded(now, post.wire(party)),
        };
    }

    /// Whoever hears a machine waits as long as patience lasts, and talks when there is somebody.
    pub(crate) fn listen(&mut self, now: Moment, media: &mut MediaThreads) {
        while let Some(key) = self.keys.sounded() {
            if let Some(session) = self.told.session {
                media.press(now, session, key);
            }
        }
        if let Some((session, _)) = self
            .told
            .early
            .as_ref()
            .and_then(|(p, _)| media.listen(now, *p))
        {
            self.told.session.get_or_insert(session);
        }
        let State::Talking { hangs_up_at, ear } = &mut self.state else {
            return;
        };
        let (Listening::To(port) | Listening::Waiting(port)) = *ear else {
            return;
        };
        let Some((session, hears)) = media.listen(now, port) else {
            return;
        };
        self.told.session = Some(session);
        match (*ear, hears) {
            (Listening::To(port), Hears::Kring) => {
                *ear = Listening::Waiting(port);
                *hangs_up_at = self.citizen.waits.map(|waits| now + waits);
                self.keys.plan(now, &self.citizen.presses);
            }
            (Listening::Waiting(_), Hears::Person) => {
                *ear = Listening::Connected;
                *hangs_up_at = self.citizen.talks.map(|talks| now + talks);
            }
            (Listening::To(_), Hears::Person) => *ear = Listening::Connected,
            _ => {}
        }
    }

    fn note_sound(&mut self) {
        if let Some(in_call) = &self.in_call {
            self.told.agreed.get_or_insert(in_call.agreed.clone());
        }
    }

    fn end(&mut self, now: Moment) {
        self.note_sound();
        if self.dialog.is_some() {
            self.told.hung_up.get_or_insert(now);
        }
        self.state = State::Over;
    }
}

/// The port that a description names for sound; 0 if there is none.
fn port_of(sdp: &str) -> u16 {
    let line = sdp.lines().find_map(|line| line.strip_prefix("m=audio "));
    let port = line.and_then(|line| line.split(' ').next());
    port.and_then(|port| port.parse().ok()).unwrap_or_default()
}
