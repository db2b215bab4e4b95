//! One leg at an agent's phone: how it rings, is lifted, refused and put down.

use crate::{
    clock::{Repeats, Wire},
    codecs::{Agreed, codecs_of, description_of, known_of},
    dialog::Dialog,
    fork::Fork,
    in_call::{self, InCall},
    network::Party,
    person::{Mood, PhoneSetup},
    phone::Heard,
    post::{Post, Sent},
    reliable::{self, Reliable},
    session::{self, Role, Session},
    wire::{Letter, Message},
};
use kring_time::Moment;
use std::time::Duration;

/// How long a telephone rings that nobody tells to stop.
const RINGS_AT_MOST: Duration = Duration::from_secs(60);

#[derive(Debug)]
enum State {
    /// The INVITE is here, the bell is not yet.
    Waking {
        rings_at: Moment,
    },
    Ringing {
        acts_at: Option<Moment>,
        /// When it stops by itself: the invitation has expired, or nobody seems to be there.
        until: Moment,
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
    /// The telephone lost its power, and knows nothing of it any more.
    Forgotten,
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
    in_call: Option<InCall>,
    reliable: Option<Reliable>,
    fork: Option<Fork>,
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
            in_call: None,
            reliable: None,
            fork: None,
        }
    }

    /// The INVITE is here, the bell comes at `rings_at`.
    pub(crate) fn try_until(&mut self, rings_at: Moment, party: Party, post: &mut Post) {
        self.say(Message::answer(&self.invite, 100, ""), party, post);
        self.state = State::Waking { rings_at };
    }

    /// What it is still about.
    pub(crate) fn restless(&self) -> Option<String> {
        let over = matches!(self.state, State::Over | State::Forgotten);
        let own = (!over).then(|| format!("phone for {}: {:?}", self.heard.caller, self.state));
        own.or_else(|| self.fork.as_ref().and_then(Fork::restless))
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
        if let Some(in_call) = &mut self.in_call
            && in_call.hear(now, letter, &dialog, party, post)
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
            State::Refused { .. } | State::Closing { .. } | State::Over | State::Forgotten
        )
    }

    pub(crate) fn due(&self) -> Option<Moment> {
        let reliable = self.reliable.as_ref().map(Reliable::due);
        let fork = self.fork.as_ref().and_then(Fork::due);
        [self.own_due(), reliable, fork].into_iter().flatten().min()
    }

    fn own_due(&self) -> Option<Moment> {
        match &self.state {
            State::Waking { rings_at } => Some(*rings_at),
            State::Ringing { acts_at, until } => Some(acts_at.map_or(*until, |at| at.min(*until))),
            State::Confirmed { hangs_up_at } => {
                let in_call = self.in_call.as_ref().and_then(InCall::due);
                [*hangs_up_at, in_call].into_iter().flatten().min()
            }
            State::Accepted { repeats, .. }
            | State::Closing { repeats, .. }
            | State::Refused { repeats, .. } => Some(repeats.due()),
            State::Over | State::Forgotten => None,
        }
    }

    /// Whether nothing can happen at it any more, but that somebody asks for it again.
    pub(crate) fn is_settled(&self) -> bool {
        matches!(self.state, State::Over | State::Forgotten)
            && self.reliable.is_none()
            && self.fork.is_none()
    }

    /// Whether the telephone knows nothing of it any more.
    pub(crate) fn is_forgotten(&self) -> bool {
        matches!(self.state, State::Forgotten)
    }

    /// The telephone loses its power.
    pub(crate) fn crash(&mut self, now: Moment) {
        if self.heard.sounded.is_some() {
            self.heard.silent.get_or_insert(now);
        }
        if self.heard.over.is_none() {
            self.heard.cut_off = Some(now);
        }
        (self.reliable, self.fork) = (None, None);
        self.end(now);
        self.state = State::Forgotten;
    }

    pub(crate) fn wake(&mut self, now: Moment, setup: &PhoneSetup, party: Party, post: &mut Post) {
        if let Some(fork) = &mut self.fork {
            fork.wake(now, &self.invite, party, post);
        }
        if let Some(reliable) = &mut self.reliable
            && !reliable.wake(now, party, post)
        {
            self.reliable = None;
            self.heard.unacknowledged = Some(now);
        }
        if self.own_due().is_some_and(|due| due <= now) {
            self.act(now, setup, party, post);
        }
    }

    fn act(&mut self, now: Moment, setup: &PhoneSetup, party: Party, post: &mut Post) {
        match &mut self.state {
            State::Waking { .. } => self.ring(now, setup, party, post),
            // Nobody wants it any more (RFC 3261 §13.3.1).
            State::Ringing { until, .. } if *until <= now => {
                self.refuse(now, 487, party, post);
            }
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
                if let Some(in_call) = &mut self.in_call
                    && !in_call.wake(now, &dialog, party, post)
                {
                    self.heard.lapsed = in_call.lapsed;
                    self.hang_up(now, party, post);
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
            State::Over | State::Forgotten => {}
        }
    }

    pub(crate) fn ring(&mut self, now: Moment, setup: &PhoneSetup, party: Party, post: &mut Post) {
        let mut ringing = Message::answer(&self.invite, setup.rings_with, &self.tag)
            .with("Contact", post.contact(party));
        if setup.answerable {
            ringing = ringing.with("Allow-Events", "talk");
        }
        let knows = self.invite.get("Supported").unwrap_or_default();
        let is_reliable = setup.is_reliable && reliable::has(knows, "100rel");
        if is_reliable {
            ringing = ringing.with("Require", "100rel").with("RSeq", "1");
        }
        let sent = self.say(ringing, party, post);
        self.reliable = is_reliable.then(|| Reliable::sent(now, sent));
        if setup.fork.is_some() {
            let second = Message::answer(&self.invite, setup.rings_with, &self.second_tag());
            post.send(party, second.with("Contact", post.contact(party)));
        }
        self.heard.sounded = Some(now);
        let acts_at = match self.mood {
            Mood::Answers(after) | Mood::Declines(after) => Some(now + after),
            _ => None,
        };
        let expires = self.invite.get("Expires").and_then(|s| s.parse().ok());
        let own = RINGS_AT_MOST.as_secs();
        let seconds = expires.filter(|_| setup.honours_expires).unwrap_or(own);
        let until = self.heard.invited + Duration::from_secs(seconds);
        self.state = State::Ringing { acts_at, until };
    }

    pub(crate) fn lift(&mut self, now: Moment, setup: &PhoneSetup, party: Party, post: &mut Post) {
        let host = party.address().ip().to_string();
        let own = known_of(&self.invite.body, &setup.knows);
        let sdp = description_of(&host, 4_000, &own);
        self.reliable = None;
        let mut ok = Message::answer(&self.invite, 200, &self.tag)
            .with("Contact", post.contact(party))
            .with(
                "Allow",
                "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, NOTIFY, PRACK",
            );
        if let Some((seconds, refresher)) = session::read(&self.invite) {
            let own = if setup.refreshes { "uas" } else { "uac" };
            let refresher = refresher.unwrap_or(own);
            ok = ok.with(
                "Session-Expires",
                format!("{seconds};refresher={refresher}"),
            );
            if refresher == "uac" {
                ok = ok.with("Require", "timer");
            }
        }
        let session = Session::told(now, &ok, Role::Answered);
        let ok = self.say(ok.describing(sdp), party, post);
        self.heard.silent = Some(now);
        self.heard.answered = Some(now);
        self.state = State::Accepted {
            ok,
            // A 2xx is repeated even over a stream (RFC 3261 §13.3.1.4).
            repeats: Repeats::bounded(now, Wire::Datagrams),
            talks: setup.talks,
        };
        let agreed = Agreed {
            since: now,
            own,
            kring: codecs_of(&self.invite.body),
        };
        let mut in_call = InCall::new(setup.reoffers_by, 0, session, &setup.knows, agreed);
        if let Some((after, codec)) = setup.changes {
            in_call.change_codec(now + after, codec);
        }
        if let Some(after) = setup.holds {
            in_call.hold(now + after, in_call::HELD_FOR);
        }
        if let Some((after, to)) = &setup.refers {
            in_call.refer(now + *after, to);
        }
        self.in_call = Some(in_call);
        let second = self.second_tag();
        self.fork = setup.fork.map(|after| Fork::lifted_at(now + after, second));
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
        let seq = self.in_call.as_mut().map_or(1, InCall::next_seq);
        let bye = self.dialog().request("BYE", seq, party, post);
        let bye = post.send(party, bye);
        self.heard.over.get_or_insert(now);
        self.note_sound();
        self.state = State::Closing {
            bye,
            repeats: Repeats::bounded(now, post.wire(party)),
        };
    }

    pub(crate) fn refuse(&mut self, now: Moment, code: u16, party: Party, post: &mut Post) {
        self.reliable = None;
        if let Some(fork) = &mut self.fork {
            fork.hushed();
        }
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

    /// A re-INVITE or UPDATE of kring's.
    pub(crate) fn reoffered(
        &mut self,
        now: Moment,
        letter: &Letter,
        party: Party,
        post: &mut Post,
    ) {
        let contact = post.contact(party);
        let answer = match &mut self.in_call {
            Some(in_call) => in_call.answer(now, letter, party, contact),
            None => Message::answer(letter, 481, "none"),
        };
        post.answer(party, letter, answer);
    }

    /// A request that names the second telephone: whether it did.
    pub(crate) fn second_takes(&mut self, letter: &Letter, party: Party, post: &mut Post) -> bool {
        let fork = self.fork.as_mut();
        fork.is_some_and(|fork| fork.receive(letter, party, post))
    }

    /// PRACK: the provisional response need not be sent again.
    pub(crate) fn pracked(&mut self, letter: &Letter, party: Party, post: &mut Post) {
        let own = self
            .reliable
            .as_ref()
            .is_some_and(|reliable| reliable.is_meant(letter));
        let known = own
            || letter
                .get("RAck")
                .is_some_and(|rack| rack.starts_with("1 "));
        if own {
            self.reliable = None;
        }
        let code = if known { 200 } else { 481 };
        post.answer(party, letter, Message::answer(letter, code, "none"));
    }

    fn second_tag(&self) -> String {
        format!("{}b", self.tag)
    }

    /// What kring did within the dialog that nobody should do.
    pub(crate) fn take_complaints(&mut self) -> Vec<String> {
        let in_call = self.in_call.as_mut();
        in_call.map_or_else(Vec::new, |in_call| std::mem::take(&mut in_call.complaints))
    }

    fn note_sound(&mut self) {
        if let Some(in_call) = &self.in_call {
            self.heard.agreed.get_or_insert(in_call.agreed.clone());
        }
    }

    pub(crate) fn end(&mut self, now: Moment) {
        self.note_sound();
        self.heard.over.get_or_insert(now);
        self.state = State::Over;
    }
}
