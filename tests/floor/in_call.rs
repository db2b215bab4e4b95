//! What one side of an answered call does besides talking: it holds and resumes, keeps its session
//! alive, and answers when kring does so. Both witnesses, PBX and phone, share it.

use crate::{
    clock::Repeats,
    codecs::{Agreed, codecs_of, description_of, known_of},
    dialog::Dialog,
    network::Party,
    post::{Post, Sent},
    referred::{self, Obedience},
    session::{Role, Session},
    wire::{Letter, Message},
};
use kring_time::Moment;
use std::{collections::VecDeque, time::Duration};

/// By which request the sound is changed and the session refreshed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reoffer {
    /// A re-INVITE, which every telephone knows.
    Invite,
    /// An UPDATE (RFC 3311).
    Update,
}

/// How long a call is held.
pub(crate) const HELD_FOR: Duration = Duration::from_secs(4);

/// After 491 the one who did not make the Call-ID tries again within two seconds, the other later (RFC
/// 3261 §14.1).
const AFTER_GLARE: Duration = Duration::from_millis(2_400);

/// What is planned.
#[derive(Clone, Debug)]
enum Change {
    Hold,
    Resume,
    /// To this codec alone.
    Codec(u8),
    /// kring is asked to send the other side there.
    Refer(String),
    /// kring is told how far the call is that it asked for.
    Tell(u16),
}

/// A request of this side that has no final response yet.
#[derive(Debug)]
struct Open {
    request: Sent,
    repeats: Option<Repeats>,
    seq: u32,
    change: Option<Change>,
}

/// One side of an answered call.
#[derive(Debug)]
pub(crate) struct InCall {
    by: Reoffer,
    seq: u32,
    plans: VecDeque<(Moment, Change)>,
    open: Option<Open>,
    /// The ACKs of re-INVITEs, by the branch of their INVITE.
    acknowledged: Vec<(String, Sent)>,
    /// What kring was answered, by the branch of its request: a repetition gets the same.
    answered: Vec<(String, Message)>,
    knows: Vec<u8>,
    pub(crate) agreed: Agreed,
    pub(crate) session: Option<Session>,
    /// When the session that ran out had been refreshed last.
    pub(crate) lapsed: Option<Moment>,
    /// How it takes a REFER.
    obedience: Obedience,
    /// Where kring has asked it to go.
    pub(crate) referred_to: Vec<String>,
    /// What kring has said of a REFER of this side: the final response, and each NOTIFY.
    pub(crate) notified: Vec<u16>,
    /// What kring did within the dialog that nobody should do.
    pub(crate) complaints: Vec<String>,
}

impl InCall {
    /// A side that has sent `seq` requests so far, knows these codecs and has agreed on some.
    pub(crate) fn new(
        by: Reoffer,
        seq: u32,
        session: Option<Session>,
        knows: &[u8],
        agreed: Agreed,
    ) -> InCall {
        InCall {
            by,
            seq,
            plans: VecDeque::new(),
            open: None,
            acknowledged: Vec::new(),
            answered: Vec::new(),
            knows: knows.to_vec(),
            agreed,
            session,
            lapsed: None,
            obedience: Obedience::default(),
            referred_to: Vec::new(),
            notified: Vec::new(),
            complaints: Vec::new(),
        }
    }

    /// Takes a REFER so.
    pub(crate) fn obeying(mut self, obedience: &Obedience) -> InCall {
        self.obedience = obedience.clone();
        self
    }

    /// Asks kring at `at` to send the other side there.
    pub(crate) fn refer(&mut self, at: Moment, to: &str) {
        self.plan(at, Change::Refer(to.to_owned()));
    }

    /// Holds the sound at `at` and resumes it later.
    pub(crate) fn hold(&mut self, at: Moment, for_so_long: Duration) {
        self.plan(at, Change::Hold);
        self.plan(at + for_so_long, Change::Resume);
    }

    /// Changes to this codec at `at`.
    pub(crate) fn change_codec(&mut self, at: Moment, codec: u8) {
        self.plan(at, Change::Codec(codec));
    }

    fn plan(&mut self, at: Moment, change: Change) {
        let place = self.plans.partition_point(|(other, _)| *other <= at);
        self.plans.insert(place, (at, change));
    }

    /// The number of the next request.
    pub(crate) fn next_seq(&mut self) -> u32 {
        self.seq += 1;
        self.seq
    }

    /// When it wants to do something.
    pub(crate) fn due(&self) -> Option<Moment> {
        let lapse = self.session.map(|session| session.lapses_at());
        let lapse = lapse.filter(|_| self.lapsed.is_none());
        let own = match &self.open {
            Some(open) => open.repeats.as_ref().map(Repeats::due),
            None => {
                let planned = self.plans.front().map(|(at, _)| *at);
                let refresh = self.session.and_then(|session| session.refresh_at());
                planned.into_iter().chain(refresh).min()
            }
        };
        own.into_iter().chain(lapse).min()
    }

    /// Does what is due by `now`. `false`: the session has run out, and the call is to be ended.
    pub(crate) fn wake(
        &mut self,
        now: Moment,
        dialog: &Dialog,
        from: Party,
        post: &mut Post,
    ) -> bool {
        let over = self.session.filter(|session| session.lapses_at() <= now);
        if let Some(session) = over {
            self.lapsed.get_or_insert(session.since);
            return false;
        }
        if let Some(open) = &mut self.open {
            if let Some(repeats) = open.repeats.as_mut().filter(|repeats| repeats.due() <= now) {
                match repeats.again(now) {
                    Some(again) => post.again(from, again.then_some(&open.request)),
                    None => self.open = None,
                }
            }
            return true;
        }
        if self.plans.front().is_some_and(|(at, _)| *at <= now) {
            let change = self.plans.pop_front().map(|(_, change)| change);
            self.ask(now, change, dialog, from, post);
        } else if self
            .session
            .and_then(|session| session.refresh_at())
            .is_some_and(|at| at <= now)
        {
            self.ask(now, None, dialog, from, post);
        }
        true
    }

    fn ask(
        &mut self,
        now: Moment,
        change: Option<Change>,
        dialog: &Dialog,
        from: Party,
        post: &mut Post,
    ) {
        let seq = self.next_seq();
        let method = match (&change, self.by) {
            (Some(Change::Refer(_)), _) => "REFER",
            (Some(Change::Tell(_)), _) => "NOTIFY",
            (_, Reoffer::Invite) => "INVITE",
            (_, Reoffer::Update) => "UPDATE",
        };
        let mut request = dialog.request(method, seq, from, post);
        request = request.with("Contact", post.contact(from));
        if let Some(Change::Refer(to)) = &change {
            let request = request.with("Refer-To", format!("<{to}>"));
            self.keep_open(now, request, seq, change, (from, post));
            return;
        }
        if let Some(Change::Tell(code)) = change {
            let request = referred::telling(request, code);
            self.keep_open(now, request, seq, change, (from, post));
            return;
        }
        if let Some(session) = self.session {
            request = request
                .with("Supported", "timer")
                .with("Session-Expires", session.to_ask());
        }
        let host = from.address().ip().to_string();
        let own = description_of(&host, 4_002, &self.agreed.own);
        request = match (&change, self.by) {
            (Some(Change::Codec(codec)), _) => {
                request.describing(description_of(&host, 4_002, &[*codec]))
            }
            (Some(Change::Hold), _) => request.describing(own.replace("sendrecv", "sendonly")),
            (Some(Change::Resume), _) | (_, Reoffer::Invite) => request.describing(own),
            // Asterisk refreshes so: without any description.
            (_, Reoffer::Update) => request,
        };
        self.keep_open(now, request, seq, change, (from, post));
    }

    /// Sends a request, and waits for its final response.
    fn keep_open(
        &mut self,
        now: Moment,
        request: Message,
        seq: u32,
        change: Option<Change>,
        (from, post): (Party, &mut Post),
    ) {
        let repeats = if request.asks("INVITE") {
            Repeats::of_invite(now, post.wire(from))
        } else {
            Repeats::bounded(now, post.wire(from))
        };
        self.open = Some(Open {
            request: post.send(from, request),
            repeats: Some(repeats),
            seq,
            change,
        });
    }

    /// Takes a response, if it is to one of these requests: whether it was.
    pub(crate) fn hear(
        &mut self,
        now: Moment,
        letter: &Letter,
        dialog: &Dialog,
        from: Party,
        post: &mut Post,
    ) -> bool {
        let mut acks = self.acknowledged.iter();
        if let Some((_, ack)) = acks.find(|(branch, _)| branch == letter.branch()) {
            post.again(from, Some(ack));
            return true;
        }
        let (Some(code), Some(open)) = (letter.code(), &mut self.open) else {
            return false;
        };
        if open.request.letter.branch() != letter.branch() {
            return false;
        }
        let is_invite = open.request.letter.asks("INVITE");
        if code < 200 {
            if is_invite {
                open.repeats = None;
            }
            return true;
        }
        let Some(open) = self.open.take() else {
            return true;
        };
        if let Some(Change::Refer(_)) = open.change {
            self.notified.push(code);
            return true;
        }
        if let Some(Change::Tell(_)) = open.change {
            return true;
        }
        if code < 300 {
            if is_invite {
                let ack = dialog.request("ACK", open.seq, from, post);
                let ack = post.send(from, ack);
                self.acknowledged.push((letter.branch().to_owned(), ack));
            }
            if self.session.is_some() {
                self.session = Session::told(now, letter, Role::Asked);
            }
            let offer = &open.request.letter.body;
            if !offer.is_empty() {
                self.agree(now, codecs_of(offer), codecs_of(&letter.body));
            }
            return true;
        }
        if is_invite {
            let ack = ack_of_refusal(&open, dialog, letter);
            let ack = post.send(from, ack);
            self.acknowledged.push((letter.branch().to_owned(), ack));
        }
        if let (491 | 500, Some(change)) = (code, open.change.clone()) {
            self.plans.push_front((now + AFTER_GLARE, change));
        }
        true
    }

    /// This side has said one thing, kring another.
    fn agree(&mut self, now: Moment, own: Vec<u8>, kring: Vec<u8>) {
        if !kring.iter().any(|codec| own.contains(codec)) {
            self.complaints
                .push(format!("{own:?} was answered with {kring:?}"));
        }
        if (&own, &kring) != (&self.agreed.own, &self.agreed.kring) {
            self.agreed = Agreed {
                since: now,
                own,
                kring,
            };
        }
    }

    /// A re-INVITE or UPDATE of kring's: the answer.
    pub(crate) fn answer(
        &mut self,
        now: Moment,
        letter: &Letter,
        from: Party,
        contact: String,
    ) -> Message {
        let mut before = self.answered.iter();
        if let Some((_, answer)) = before.find(|(branch, _)| branch == letter.branch()) {
            return answer.clone();
        }
        let answer = self.first_answer(now, letter, from, contact);
        let branch = letter.branch().to_owned();
        self.answered.push((branch, answer.clone()));
        answer
    }

    fn first_answer(
        &mut self,
        now: Moment,
        letter: &Letter,
        from: Party,
        contact: String,
    ) -> Message {
        if letter.asks("REFER") {
            return self.obey(now, letter, contact);
        }
        if letter.asks("NOTIFY") {
            self.notified.extend(referred::told(letter));
            return Message::answer(letter, 200, "none");
        }
        if let Some(open) = &self.open
            && open.request.letter.get("Content-Type").is_some()
            && !letter.body.is_empty()
        {
            return Message::answer(letter, 491, "none");
        }
        let own = known_of(&letter.body, &self.knows);
        if own.is_empty() && !letter.body.is_empty() {
            return Message::answer(letter, 488, "none");
        }
        let mut answer = Message::answer(letter, 200, "none").with("Contact", contact);
        if self.session.is_some() {
            match Session::told(now, letter, Role::Answered) {
                Some(session) => {
                    self.session = Some(session);
                    let value = letter.get("Session-Expires").unwrap_or_default();
                    answer = answer.with("Session-Expires", value);
                }
                None => self.complaints.push(format!(
                    "{} within a session says nothing of its length",
                    letter.headline()
                )),
            }
        }
        if letter.asks("INVITE") || !letter.body.is_empty() {
            let host = from.address().ip().to_string();
            answer = answer.describing(description_of(&host, 4_000, &own));
            self.agree(now, own, codecs_of(&letter.body));
        }
        answer
    }
}

impl InCall {
    /// A REFER of kring's: the answer, and what is to be said of it later.
    fn obey(&mut self, now: Moment, letter: &Letter, contact: String) -> Message {
        let to = letter.get("Refer-To").unwrap_or_default();
        self.referred_to.push(to.to_owned());
        match self.obedience.clone() {
            Obedience::Refuses(code) => Message::answer(letter, code, "none"),
            Obedience::Obeys(steps) => {
                for (after, code) in steps {
                    self.plan(now + after, Change::Tell(code));
                }
                Message::answer(letter, 202, "none").with("Contact", contact)
            }
        }
    }
}

/// The ACK of a refusal has the branch of its INVITE (RFC 3261 §17.1.1.3).
fn ack_of_refusal(open: &Open, dialog: &Dialog, letter: &Letter) -> Message {
    Message::request("ACK", &dialog.target)
        .with("Via", open.request.letter.get("Via").unwrap_or_default())
        .with("Max-Forwards", "70")
        .with("From", dialog.from.clone())
        .with("To", letter.to())
        .with("Call-ID", dialog.call_id.clone())
        .with("CSeq", format!("{} ACK", open.seq))
}
