//! Requests within a dialog: those of the other side in their order, and our BYE.

use super::{
    Endpoint,
    effect::{LegEvent, LegId},
    heads::{Arrival, Heads},
    info::{self, Pressed},
    leg::{Ack, Established, Leaving, Leg, PendingBye},
    limits, notice,
    referred::{self, Errand},
    reply::Reply,
    screen::{self, Refused},
    session_timer::{Asked, Terms},
};
use crate::{
    HeaderName, Headers, Method, Reason, Request,
    transaction::{ClientKey, Purpose, Server, ServerInvite, ServerKey},
};
use bytes::Bytes;
use kring_time::Moment;

/// What is done with a request within a dialog.
enum Answer {
    Ok,
    Acknowledged(u16),
    Refresh,
    Refuse(Refused),
    HangUp,
    GiveUp,
    Offer,
    Talk,
    Press(Pressed),
    Refer(Errand),
    Notice,
}

impl Endpoint {
    /// Hangs up a confirmed leg. A UAS leg whose ACK is missing hangs up when it comes or is given up
    /// (RFC 3261 §15). On a UAC leg that was never accepted this does nothing: cancel it.
    pub fn bye(&mut self, now: Moment, leg: LegId, reason: Option<Reason>) {
        self.acknowledge(now, leg, None);
        let Some(Leg::Established(established)) = self.legs.get(leg) else {
            return;
        };
        if let Ack::Awaited(_) = established.ack {
            self.change_established(leg, |established| {
                if let Ack::Awaited(awaited) = &mut established.ack {
                    awaited.bye.get_or_insert(PendingBye { reason });
                }
            });
            return;
        }
        self.send_bye(now, leg, reason);
    }

    pub(super) fn send_bye(&mut self, now: Moment, leg: LegId, reason: Option<Reason>) {
        self.drop_offer(now, leg);
        self.drop_referral(now, leg);
        let Some(Leg::Established(_)) = self.legs.get(leg) else {
            return;
        };
        let Some(Leg::Established(established)) = self.legs.remove(&mut self.queue, leg) else {
            return;
        };
        let mut dialog = established.dialog;
        let key = ClientKey::of_branch(self.entropy.token());
        let (seq, way) = (dialog.next_seq(), dialog.way());
        let mut draft = dialog.request(&self.identity, "BYE", seq, key.branch(), 70);
        if let Some(reason) = reason {
            draft.line("Reason", reason);
        }
        self.begin_client(now, key, Purpose::Bye(leg), way, draft.finish(None));
        let referral = established.referrals.ours;
        self.put_leg(leg, Leg::Leaving(Box::new(Leaving { dialog, referral })));
    }

    /// The other side hangs up. What it still does for us by a REFER it may tell.
    fn leave(&mut self, now: Moment, leg: LegId) {
        let referral = self.change_established(leg, |established| {
            let mut ours = std::mem::take(&mut established.referrals.ours);
            ours.outlive(now);
            (!ours.is_over()).then(|| (established.dialog.clone(), ours))
        });
        self.end_leg(leg);
        if let Some(Some((dialog, referral))) = referral {
            self.put_leg(leg, Leg::Left(Box::new(Leaving { dialog, referral })));
        }
    }

    /// A request of the other side within the dialog of `leg`.
    pub(super) fn request_within(&mut self, now: Moment, leg: LegId, arrival: &Arrival<'_>) {
        let Arrival { request, heads, .. } = arrival;
        let reply = Reply::to_request(arrival, 0);
        if reply.len() > limits::ECHO_BYTES_MAX {
            self.send_refusal(&reply, Refused::plain(513));
            return;
        }
        let answer = if self.comes_in_order(leg, heads) {
            let checked = screen::method(&request.method)
                .and_then(|()| screen::extensions(&request.headers))
                .and_then(|()| screen::replacing(request));
            match checked {
                Ok(()) => self.judge(leg, request),
                Err(refused) => Answer::Refuse(refused),
            }
        } else {
            Answer::Refuse(Refused::plain(500))
        };
        self.answer_judged(now, leg, reply, arrival, answer);
    }

    fn answer_judged(
        &mut self,
        now: Moment,
        leg: LegId,
        reply: Reply,
        arrival: &Arrival<'_>,
        answer: Answer,
    ) {
        let (key, request) = (arrival.key, arrival.request);
        match answer {
            Answer::Ok => self.answer_within(now, key, leg, &reply, Refused::plain(200)),
            Answer::Acknowledged(code) => {
                self.answer_within(now, key, leg, &reply, Refused::plain(code));
                self.go_on_after_prack(now, leg);
            }
            Answer::Refresh => self.refreshed_by_them(now, leg, &reply, arrival),
            Answer::Refuse(refused) => self.answer_within(now, key, leg, &reply, refused),
            Answer::HangUp => {
                self.drop_offer(now, leg);
                self.drop_referral(now, leg);
                self.leave(now, leg);
                self.answer_within(now, key, leg, &reply, Refused::plain(200));
                let reason = reason_of(&request.headers);
                self.tell(leg, LegEvent::Bye { reason });
            }
            Answer::GiveUp => {
                self.answer_within(now, key, leg, &reply, Refused::plain(200));
                if let Some(called) = self.take_called(leg) {
                    self.refuse_invite(now, called.invite, &called.reply, 487, &[]);
                    let reason = reason_of(&request.headers);
                    self.tell(leg, LegEvent::CallerCancelled { reason });
                }
            }
            Answer::Talk => {
                self.answer_within(now, key, leg, &reply, Refused::plain(200));
                self.tell(leg, LegEvent::TalkWanted);
            }
            Answer::Press(Pressed {
                key: pressed,
                duration_ms,
            }) => {
                self.answer_within(now, key, leg, &reply, Refused::plain(200));
                let key = pressed;
                self.tell(leg, LegEvent::Pressed { key, duration_ms });
            }
            Answer::Offer => self.offered(now, leg, reply, arrival),
            Answer::Refer(errand) => self.referred(leg, reply, (arrival, errand)),
            Answer::Notice => self.noticed(now, leg, &reply, arrival),
        }
    }

    /// RFC 3261 §12.2.2: numbers only grow.
    fn comes_in_order(&mut self, leg: LegId, heads: &Heads<'_>) -> bool {
        let in_order = self.legs.change(&mut self.queue, leg, |leg| match leg {
            Leg::Calling(calling) => calling
                .early_meant(heads)
                .is_some_and(|early| early.dialog.take_seq(heads.seq)),
            Leg::Called(called) => called.dialog.take_seq(heads.seq),
            Leg::Established(established) => established.dialog.take_seq(heads.seq),
            Leg::Leaving(leaving) | Leg::Left(leaving) => leaving.dialog.take_seq(heads.seq),
        });
        in_order == Some(true)
    }

    /// What a request means in the state of its leg.
    fn judge(&mut self, leg: LegId, request: &Request) -> Answer {
        let later = self.entropy.below(11);
        if request.method == Method::Prack {
            // An offer in a PRACK comes before the first one is answered.
            return match self.take_prack(leg, &request.headers) {
                true if request.body.is_empty() => Answer::Acknowledged(200),
                true => Answer::Acknowledged(488),
                false => Answer::Refuse(Refused::plain(481)),
            };
        }
        let Some(leg) = self.legs.get(leg) else {
            return Answer::Refuse(Refused::plain(481));
        };
        let has_body = !request.body.is_empty();
        match (&request.method, leg) {
            (Method::Bye, Leg::Established(_)) => Answer::HangUp,
            (Method::Bye, Leg::Called(_)) => Answer::GiveUp,
            // Both hang up at once.
            (Method::Bye, Leg::Leaving(_)) => Answer::Ok,
            // The called side must not end an early dialog by BYE (RFC 3261 §15).
            (Method::Bye, Leg::Calling(_)) => Answer::Refuse(Refused::plain(481)),
            (Method::Info, Leg::Established(_)) => match info::read(request) {
                Ok(Some(pressed)) => Answer::Press(pressed),
                Ok(None) => Answer::Ok,
                Err(refused) => Answer::Refuse(refused),
            },
            (Method::Notify, Leg::Established(_) | Leg::Leaving(_) | Leg::Left(_))
                if notice::refer_event(&request.headers).is_some() =>
            {
                Answer::Notice
            }
            (_, Leg::Left(_)) => Answer::Refuse(Refused::plain(481)),
            (Method::Options | Method::Info, _) => Answer::Ok,
            (Method::Notify, Leg::Called(_)) if self.identity.talkable && is_talk(request) => {
                Answer::Talk
            }
            (Method::Refer, Leg::Established(established)) => {
                referred::judge(established, request, later)
                    .map_or_else(Answer::Refuse, Answer::Refer)
            }
            // Nobody has answered yet.
            (Method::Refer, Leg::Calling(_) | Leg::Called(_)) => {
                Answer::Refuse(Refused::for_now(500, later))
            }
            (Method::Invite | Method::Update, Leg::Leaving(_)) => {
                Answer::Refuse(Refused::plain(481))
            }
            // An UPDATE that only refreshes target and timer (RFC 3311 §5.2, RFC 4028 §7.4).
            (Method::Update, _) if !has_body => Answer::Refresh,
            // The first offer is still unanswered, theirs or ours (RFC 3261 §14.2, RFC 3311 §5.2).
            (Method::Invite | Method::Update, Leg::Called(_)) => {
                Answer::Refuse(Refused::for_now(500, later))
            }
            (Method::Invite | Method::Update, Leg::Calling(_)) => {
                Answer::Refuse(Refused::plain(491))
            }
            (Method::Invite | Method::Update, Leg::Established(established)) => {
                judge_offer(established, &request.method, later)
            }
            // Nobody has subscribed to anything here.
            _ => Answer::Refuse(Refused::plain(481)),
        }
    }

    /// An UPDATE without an offer: the target may have moved, and the session lasts on.
    fn refreshed_by_them(&mut self, now: Moment, leg: LegId, reply: &Reply, arrival: &Arrival<'_>) {
        let headers = &arrival.request.headers;
        let terms = match self.terms_within(leg, headers) {
            Ok(terms) => terms,
            Err(refused) => {
                self.answer_within(now, arrival.key, leg, reply, refused);
                return;
            }
        };
        self.change_established(leg, |established| {
            established.dialog.retarget(headers);
            if let Some(terms) = &terms {
                established.timer = Some(terms.begin(now));
            }
        });
        let mut draft = reply.begin_in_dialog(200, &self.identity);
        if let Some(terms) = &terms {
            terms.write(&mut draft);
        }
        draft.line("Server", &self.identity.user_agent);
        let bytes = draft.finish(None);
        self.remember(now, arrival.key, leg, reply, bytes.clone());
        self.send_response(reply.to, bytes, Method::Update, 200);
    }

    /// What our 2xx to a request within the dialog says about the session timer.
    pub(super) fn terms_within(
        &self,
        leg: LegId,
        headers: &Headers,
    ) -> Result<Option<Terms>, Refused> {
        match self.legs.get(leg) {
            Some(Leg::Established(established)) => {
                Asked::of(headers).settle(self.identity.session_timer_s, established.timer.as_ref())
            }
            _ => Ok(None),
        }
    }

    /// Answers a request within a dialog and remembers the answer for its repetitions.
    pub(super) fn answer_within(
        &mut self,
        now: Moment,
        key: ServerKey,
        leg: LegId,
        reply: &Reply,
        answer: Refused,
    ) {
        let mut draft = reply.begin(answer.code);
        if let Some((name, value)) = &answer.line {
            draft.foreign(name.as_str(), value);
        }
        draft.line("Server", &self.identity.user_agent);
        let bytes = draft.finish(None);
        self.remember(now, key, leg, reply, bytes.clone());
        self.send_response(reply.to, bytes, reply.method.clone(), answer.code);
    }

    fn remember(&mut self, now: Moment, key: ServerKey, leg: LegId, reply: &Reply, bytes: Bytes) {
        if !self.has_room_to_remember() {
            return;
        }
        if reply.method == Method::Invite {
            let mut invite = ServerInvite::received(leg, reply.to, None, 0, Bytes::new());
            invite.refusal_sent(now, &self.timers, bytes);
            self.server_invites.insert(&mut self.queue, key, invite);
        } else {
            let mut server = Server::received(reply.to, reply.method.clone());
            server.answered(now, &self.timers, bytes);
            self.servers.insert(&mut self.queue, key, server);
        }
    }

    pub(super) fn change_established<R>(
        &mut self,
        leg: LegId,
        change: impl FnOnce(&mut Established) -> R,
    ) -> Option<R> {
        let changed = self.legs.change(&mut self.queue, leg, |leg| match leg {
            Leg::Established(established) => Some(change(established)),
            _ => None,
        });
        changed.flatten()
    }
}

/// An offer within a confirmed dialog: 500 while another of theirs waits, 491 while an offer of ours or
/// the ACK of an INVITE is open (RFC 3261 §14.2, RFC 3311 §5.2, RFC 5407 §3.1.4).
fn judge_offer(established: &Established, method: &Method, later_s: u32) -> Answer {
    match (&established.offer, &established.ack, method) {
        (Some(_), _, _) => Answer::Refuse(Refused::for_now(500, later_s)),
        _ if established.changes.has_open_offer() => Answer::Refuse(Refused::plain(491)),
        (None, Ack::Done, _) => Answer::Offer,
        (None, Ack::Awaited(awaited), Method::Update) if !awaited.offered => Answer::Offer,
        (None, _, _) => Answer::Refuse(Refused::plain(491)),
    }
}

/// Why the other side did it, if it says so (RFC 3326).
pub(super) fn reason_of(headers: &Headers) -> Option<String> {
    headers.get(&HeaderName::Reason).map(str::to_owned)
}

/// Whether a NOTIFY wants the phone to answer.
fn is_talk(request: &Request) -> bool {
    let event = request.headers.get(&HeaderName::Event);
    event.is_some_and(|event| event.trim().eq_ignore_ascii_case("talk"))
}
