//! The called side (UAS): an INVITE that came is answered, acknowledged or given up.

use super::{
    Endpoint,
    changes::Changes,
    effect::{Effect, LegEvent, LegId},
    established,
    heads::Arrival,
    leg::{Ack, Awaited, Called, Established, Leg, PendingBye},
    referral::Referrals,
    reply::Reply,
    screen::Refused,
    session_timer::Terms,
};
use crate::{
    HeaderName,
    transaction::{Repeating, ServerInvite, ServerKey, ServerState},
};
use bytes::Bytes;
use kring_time::Moment;

impl Endpoint {
    /// UAS: answers 200, repeated until the ACK comes (RFC 3261 §13.3.1.4).
    /// Where the caller got SDP before, it waits for the PRACK of that (RFC 3262 §3).
    pub fn accept(&mut self, now: Moment, leg: LegId, body: Option<Bytes>) {
        let held = self.legs.change(&mut self.queue, leg, |leg| match leg {
            Leg::Called(called) => called.holds(&body),
            _ => false,
        });
        if held == Some(true) {
            return;
        }
        let Some(called) = self.take_called(leg) else {
            return;
        };
        let expected = Expected {
            seq: called.seq,
            answer: called.late_offer,
            first: true,
            terms: called.terms,
        };
        let sdp = body.clone();
        let awaited = self.send_success(now, called.invite, &called.reply, body, expected);
        let established = Established {
            dialog: called.dialog,
            ack: Ack::Awaited(awaited),
            offer: None,
            changes: Changes::of_called(),
            timer: called.terms.map(|terms| terms.begin(now)),
            sdp,
            updates: called.updates,
            prack: called.provisionals.expects(called.seq),
            referrals: Referrals::default(),
        };
        self.put_leg(leg, Leg::Established(Box::new(established)));
    }

    /// UAS: answers 300 to 699. The leg is over; the transaction sees to the ACK.
    pub fn reject(&mut self, now: Moment, leg: LegId, code: u16, extra: Vec<(HeaderName, String)>) {
        if let Some(called) = self.take_called(leg) {
            let code = if (300..=699).contains(&code) {
                code
            } else {
                500
            };
            self.refuse_invite(now, called.invite, &called.reply, code, &extra);
        }
    }

    /// UAS: like [`Endpoint::reject`], but nothing is remembered: for those who have no business here,
    /// so that they cannot fill our tables. A repeated INVITE is a new [`LegEvent::Incoming`], and must
    /// be turned away with the same code (RFC 3261 §8.2.7).
    pub fn turn_away(
        &mut self,
        now: Moment,
        leg: LegId,
        code: u16,
        extra: Vec<(HeaderName, String)>,
    ) {
        let Some(invite) = self.legs.get(leg).and_then(|leg| match leg {
            Leg::Called(called) => Some(called.invite),
            _ => None,
        }) else {
            return;
        };
        self.unsay(invite);
        self.reject(now, leg, code, extra);
        self.forget_server_invite(invite);
    }

    /// Takes back a 100 that has not left yet: it would stop the caller from repeating an INVITE whose
    /// refusal we shall not repeat (RFC 3261 §8.2.7).
    fn unsay(&mut self, invite: ServerKey) {
        let trying = self
            .server_invites
            .get(invite)
            .and_then(ServerInvite::repeated);
        let place = self
            .outbox
            .iter()
            .position(|effect| match (effect, &trying) {
                (Effect::Send(sent), Some(trying)) => sent.bytes == *trying,
                _ => false,
            });
        if let Some(place) = place {
            // The count stands before what it counts.
            self.outbox.drain(place.saturating_sub(1)..=place);
        }
    }

    /// A CANCEL: `key` is that of the INVITE which it names by its branch (RFC 3261 §9.2). Answered
    /// statelessly: repeated, it gets the same answer as long as the INVITE is remembered.
    pub(super) fn cancelled(&mut self, now: Moment, arrival: &Arrival<'_>) {
        let Some(invite) = self.server_invites.get(arrival.key) else {
            self.refuse_statelessly(arrival, Refused::plain(481));
            return;
        };
        let (leg, state) = (invite.leg, invite.state());
        let reply = Reply::to_request(arrival, invite.tag);
        let bytes = reply.begin(200).finish(None);
        self.send_response(reply.to, bytes, reply.method, 200);
        if state != ServerState::Proceeding {
            return;
        }
        if let Some(called) = self.take_called(leg) {
            self.refuse_invite(now, called.invite, &called.reply, 487, &[]);
            let reason = established::reason_of(&arrival.request.headers);
            self.tell(leg, LegEvent::CallerCancelled { reason });
        } else if self.drop_offer(now, leg) {
            self.tell(leg, LegEvent::OfferCancelled);
        }
    }

    /// An ACK: of a refusal it ends in the transaction, of a 2xx in the dialog.
    pub(super) fn ack(&mut self, now: Moment, arrival: &Arrival<'_>) {
        let Arrival {
            key,
            request,
            heads,
            ..
        } = arrival;
        let timers = self.timers;
        let state = self.server_invites.change(&mut self.queue, *key, |invite| {
            invite.acknowledged(now, &timers);
            invite.state()
        });
        if state == Some(ServerState::Refused) {
            return;
        }
        let Some(leg) = heads.to_tag.and_then(|tag| self.leg_of(tag, heads)) else {
            return;
        };
        let taken = self.change_established(leg, |established| match &established.ack {
            Ack::Awaited(awaited) if awaited.seq == heads.seq => {
                match std::mem::replace(&mut established.ack, Ack::Done) {
                    Ack::Awaited(awaited) => Some(awaited),
                    _ => None,
                }
            }
            // Repeated, or too late.
            _ => None,
        });
        let Some(Some(awaited)) = taken else {
            return;
        };
        if let Some(PendingBye { reason }) = awaited.bye {
            self.send_bye(now, leg, reason);
            return;
        }
        let body = (awaited.offered && !request.body.is_empty()).then(|| request.body.clone());
        if awaited.first || body.is_some() {
            self.tell(leg, LegEvent::Confirmed { body });
        }
    }

    /// Sends the 2xx of an INVITE, which the leg then repeats.
    pub(super) fn send_success(
        &mut self,
        now: Moment,
        key: ServerKey,
        reply: &Reply,
        body: Option<Bytes>,
        expected: Expected,
    ) -> Awaited {
        let mut draft = reply.begin_in_dialog(200, &self.identity);
        if let Some(terms) = &expected.terms {
            terms.write(&mut draft);
        }
        draft.line("Server", &self.identity.user_agent);
        let bytes = draft.finish(body.as_deref());
        let timers = self.timers;
        self.server_invites.change(&mut self.queue, key, |invite| {
            invite.success_sent(now, &timers);
        });
        self.send_response(reply.to, bytes.clone(), reply.method.clone(), 200);
        Awaited {
            success: Repeating::sent_end_to_end(now, &timers, bytes),
            to: reply.to,
            seq: expected.seq,
            offered: expected.answer,
            first: expected.first,
            bye: None,
        }
    }

    /// Refuses an INVITE; the transaction repeats the refusal until its ACK.
    pub(super) fn refuse_invite(
        &mut self,
        now: Moment,
        key: ServerKey,
        reply: &Reply,
        code: u16,
        extra: &[(HeaderName, String)],
    ) {
        let mut draft = reply.begin(code);
        for (name, value) in extra {
            draft.foreign(name.as_str(), value);
        }
        draft.line("Server", &self.identity.user_agent);
        let bytes = draft.finish(None);
        let (timers, kept) = (self.timers, bytes.clone());
        self.server_invites.change(&mut self.queue, key, |invite| {
            invite.refusal_sent(now, &timers, kept);
        });
        self.send_response(reply.to, bytes, reply.method.clone(), code);
    }

    /// Takes the leg out of the tables, if it is one that rings.
    pub(super) fn take_called(&mut self, leg: LegId) -> Option<Called> {
        let Some(Leg::Called(_)) = self.legs.get(leg) else {
            return None;
        };
        match self.legs.remove(&mut self.queue, leg) {
            Some(Leg::Called(called)) => {
                self.tags.remove(&called.dialog.local_tag());
                Some(*called)
            }
            _ => None,
        }
    }
}

/// What the ACK of a 2xx must be like.
pub(super) struct Expected {
    /// Its number.
    pub(super) seq: u32,
    /// It brings the answer to our offer.
    pub(super) answer: bool,
    /// It makes the dialog.
    pub(super) first: bool,
    /// What the 2xx settles about the session timer.
    pub(super) terms: Option<Terms>,
}
