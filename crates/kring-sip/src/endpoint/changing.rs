//! Requests of ours within a dialog that change or refresh its session: re-INVITE and UPDATE.
//!
//! One at a time, and never while an offer of either side is open. When both sides begin at once, both
//! are told 491 and come back after different times (RFC 3261 §14.1).

use super::{
    Endpoint,
    answers::body_of,
    changes::{Next, Open, Wish},
    effect::{LegEvent, LegId},
    heads::Heads,
    identity::ABILITIES_WITHIN,
    leg::{Established, Leg},
    limits,
    proofs::Proofs,
    session_timer::SessionTimer,
    streams::{Way, carried_by},
};
use crate::{
    HeaderName, Headers, Method, Peer, Reason, Response,
    dialog::Dialog,
    transaction::{ClientInvite, ClientKey, InviteHeard, Purpose, Scope},
};
use bytes::Bytes;
use kring_time::Moment;
use std::time::Duration;

/// A request that can be written now.
struct Begun {
    method: Method,
    seq: u32,
    body: Option<Bytes>,
}

impl Established {
    /// Takes what waits, if its time has come and nothing stands in its way.
    fn begin_change(&mut self, now: Moment, request: ClientKey) -> Option<Begun> {
        if !self.is_quiet() || self.changes.due()? > now {
            return None;
        }
        let wish = self.changes.next.take()?.wish;
        let (method, body) = match (&wish, &self.sdp) {
            (Wish::Offer(sdp), _) => (Method::Invite, Some(sdp.clone())),
            (Wish::Refresh, Some(sdp)) if !self.updates => (Method::Invite, Some(sdp.clone())),
            (Wish::Refresh, _) => (Method::Update, None),
        };
        let seq = self.dialog.next_seq();
        self.changes.open = Some(Open {
            request,
            method: method.clone(),
            wish,
            proofs: Proofs::default(),
        });
        Some(Begun { method, seq, body })
    }

    /// A 2xx to the request `key`.
    fn change_accepted(&mut self, now: Moment, key: ClientKey, answer: &Headers) -> Option<Open> {
        let open = self.changes.take_open(key)?;
        self.changes.tries = 0;
        self.dialog.retarget(answer);
        if let Wish::Offer(sdp) = &open.wish {
            self.sdp = Some(sdp.clone());
        }
        self.timer = match &self.timer {
            Some(timer) => Some(timer.refreshed(now, answer)),
            None => SessionTimer::agreed(now, answer),
        };
        Some(open)
    }
}

impl Endpoint {
    /// Offers the other side of a confirmed leg a changed session, by re-INVITE as soon as no other
    /// offer is open; of several that wait the latest goes. Ends in [`LegEvent::Answer`], in
    /// [`LegEvent::OfferRefused`], or with the leg.
    pub fn reoffer(&mut self, now: Moment, leg: LegId, body: Bytes) {
        self.change_established(leg, |established| {
            established.changes.next = Some(Next {
                wish: Wish::Offer(body),
                at: now,
            });
        });
        self.begin_change(now, leg);
    }

    /// Takes back what [`Endpoint::reoffer`] was told and has not sent: whether it could. What is on its
    /// way still ends in [`LegEvent::Answer`] or [`LegEvent::OfferRefused`].
    pub fn withdraw_reoffer(&mut self, leg: LegId) -> bool {
        let taken = self.change_established(leg, |established| established.changes.withdraw());
        taken == Some(true)
    }

    /// Sends what waits, if it may go now.
    pub(super) fn begin_change(&mut self, now: Moment, leg: LegId) {
        let waits = matches!(self.legs.get(leg), Some(Leg::Established(established))
            if established.changes.next.is_some());
        if !waits {
            return;
        }
        let key = ClientKey::of_branch(self.entropy.token());
        let begun = self.change_established(leg, |established| established.begin_change(now, key));
        if let Some(Some(begun)) = begun {
            self.send_change(now, leg, key, begun, &[]);
        }
    }

    /// Sends a re-INVITE or UPDATE, `proof` saying who we are.
    fn send_change(
        &mut self,
        now: Moment,
        leg: LegId,
        key: ClientKey,
        begun: Begun,
        proof: &[(HeaderName, String)],
    ) {
        // The ACK of a re-INVITE proves what its INVITE does, and nothing else (RFC 3261 §22.1).
        self.change_established(leg, |established| {
            established.dialog.keep_proof(proof.to_vec());
        });
        let Some(Leg::Established(established)) = self.legs.get(leg) else {
            return;
        };
        let (dialog, method) = (&established.dialog, begun.method);
        let way = dialog.way();
        let name = method.as_str();
        let mut draft = dialog.request(&self.identity, name, begun.seq, key.branch(), 70);
        self.identity.contact(&mut draft, way.hop);
        draft.lines(ABILITIES_WITHIN);
        if let Some(timer) = &established.timer {
            timer.write(&mut draft);
        }
        for (name, value) in proof {
            draft.line(name.as_str(), value);
        }
        draft.line("User-Agent", &self.identity.user_agent);
        let bytes = draft.finish(begun.body.as_deref());
        if method == Method::Invite {
            let outward = self.outward(now, way, bytes);
            let invite = ClientInvite::sent_within(now, &self.timers, leg, &outward);
            self.client_invites.insert(&mut self.queue, key, invite);
            self.send_outward(&outward, method);
        } else {
            self.begin_client(now, key, Purpose::Update(leg), way, bytes);
        }
    }

    /// Whether a response belongs to a re-INVITE.
    pub(super) fn is_change(&self, key: ClientKey) -> bool {
        let invite = self.client_invites.get(key);
        invite.is_some_and(|invite| invite.scope != Scope::Call)
    }

    /// A response to a re-INVITE of ours.
    pub(super) fn change_response(
        &mut self,
        now: Moment,
        key: ClientKey,
        heads: &Heads<'_>,
        response: &Response,
    ) {
        let Some((leg, to)) = self.client_invites.get(key).map(|i| (i.leg, i.to)) else {
            return;
        };
        let (code, tag) = (response.status.code(), heads.to_tag.unwrap_or_default());
        // Part of the INVITE's transaction (RFC 3261 §17.1.1.3).
        let refused = (code >= 300)
            .then(|| self.ack_of_change(leg, to, heads, response, key.branch()))
            .flatten();
        let ack = || refused.map_or_else(Bytes::new, |(_, ack)| carried_by(ack, to));
        let heard = self.client_invites.change(&mut self.queue, key, |invite| {
            invite.response(now, &self.timers, code, tag, ack)
        });
        match heard {
            Some(InviteHeard::Accepted) => {
                let wish = self.take_acceptance(now, leg, key, response);
                let branch = self.entropy.token();
                if let Some((way, ack)) = self.ack_of_change(leg, to, heads, response, branch) {
                    let ack = self.ack_outward(now, way, ack);
                    self.keep_and_send_ack(key, tag, ack);
                }
                self.tell_acceptance(leg, wish, body_of(response));
            }
            Some(InviteHeard::Refused(ack)) => {
                self.send_request(to, ack, Method::Ack);
                if !self.prove_change(now, leg, key, response) {
                    self.change_refused(now, leg, key, code, Some(&response.headers));
                }
            }
            Some(InviteHeard::AckAgain(ack)) => self.repeat(ack.to, ack.bytes, Method::Ack),
            // A second 2xx with another tag belongs to no dialog of ours.
            Some(InviteHeard::Provisional | InviteHeard::Nothing | InviteHeard::OtherFork)
            | None => {}
        }
    }

    /// The other side asks who we are before it takes a re-INVITE: whether that was sent again, saying it.
    fn prove_change(
        &mut self,
        now: Moment,
        leg: LegId,
        key: ClientKey,
        response: &Response,
    ) -> bool {
        let Some(Leg::Established(established)) = self.legs.get(leg) else {
            return false;
        };
        let known = established.dialog.login();
        let known = known.and_then(|login| self.credentials(login));
        let open = established.changes.open.as_ref();
        let (Some(known), Some(open)) = (known, open.filter(|open| open.request == key)) else {
            return false;
        };
        let mut proofs = open.proofs.clone();
        if proofs.take(response, known).is_err() {
            return false;
        }
        let uri = established.dialog.request_uri();
        let lines = proofs.lines(&Method::Invite, &uri, &mut self.entropy);
        let next = ClientKey::of_branch(self.entropy.token());
        let begun = self.change_established(leg, |established| {
            let seq = established.dialog.next_seq();
            let open = established.changes.open.as_mut()?;
            (open.request, open.proofs) = (next, proofs);
            let body = match &open.wish {
                Wish::Offer(sdp) => Some(sdp.clone()),
                Wish::Refresh => established.sdp.clone(),
            };
            let method = Method::Invite;
            Some(Begun { method, seq, body })
        });
        let Some(Some(begun)) = begun else {
            return false;
        };
        self.send_change(now, leg, next, begun, &lines);
        true
    }

    /// The dialog may have ended meanwhile: whatever its last INVITE brings is acknowledged all the same.
    fn ack_of_change(
        &self,
        leg: LegId,
        to: Peer,
        heads: &Heads<'_>,
        response: &Response,
        branch: u64,
    ) -> Option<(Way, Bytes)> {
        let stray;
        let dialog = match self.legs.get(leg) {
            Some(Leg::Established(established)) => &established.dialog,
            Some(Leg::Leaving(leaving)) => &leaving.dialog,
            _ => {
                stray = Dialog::stray(&response.headers, heads, to)?;
                &stray
            }
        };
        let draft = dialog.request(&self.identity, "ACK", heads.seq, branch, 70);
        Some((dialog.way(), draft.finish(None)))
    }

    fn take_acceptance(
        &mut self,
        now: Moment,
        leg: LegId,
        key: ClientKey,
        response: &Response,
    ) -> Option<Wish> {
        let open = self.change_established(leg, |established| {
            established.change_accepted(now, key, &response.headers)
        });
        open.flatten().map(|open| open.wish)
    }

    fn tell_acceptance(&mut self, leg: LegId, wish: Option<Wish>, body: Option<Bytes>) {
        match (wish, body) {
            (Some(Wish::Offer(_)), Some(body)) => self.tell(leg, LegEvent::Answer { body }),
            (Some(Wish::Refresh), Some(body)) => self.tell(leg, LegEvent::Refreshed { body }),
            // Whoever accepts without an answer has agreed to nothing.
            (Some(Wish::Offer(_)), None) => self.tell(leg, LegEvent::OfferRefused { code: 488 }),
            (Some(Wish::Refresh), None) | (None, _) => {}
        }
    }

    /// An UPDATE of ours is over.
    pub(super) fn update_ended(
        &mut self,
        now: Moment,
        leg: LegId,
        key: ClientKey,
        code: u16,
        headers: Option<&Headers>,
    ) {
        match (code, headers) {
            (200..=299, Some(headers)) => {
                self.change_established(leg, |established| {
                    established.change_accepted(now, key, headers)
                });
            }
            _ => self.change_refused(now, leg, key, code, headers),
        }
    }

    /// A request of ours is refused, or dead: `headers` are those of its response, if there was one.
    pub(super) fn change_refused(
        &mut self,
        now: Moment,
        leg: LegId,
        key: ClientKey,
        code: u16,
        headers: Option<&Headers>,
    ) {
        let Some(Leg::Established(established)) = self.legs.get(leg) else {
            return;
        };
        let back_off = established.changes.back_off(&mut self.entropy);
        let refused = self.change_established(leg, |established| {
            let open = established.changes.take_open(key)?;
            if let Some(wait) = established.comes_again(&open, code, headers, back_off) {
                established.changes.tries += 1;
                established.changes.again(open.wish, now + wait);
                return None;
            }
            established.changes.tries = 0;
            if let Some(timer) = &mut established.timer {
                timer.try_again(now);
            }
            Some(open.wish)
        });
        match (refused.flatten(), code) {
            // RFC 3261 §12.2.1.2: the other side has no dialog any more, or is not there.
            (Some(_), 408 | 481) => self.lose(now, leg, code, "Session is lost"),
            (Some(Wish::Offer(_)), _) => self.tell(leg, LegEvent::OfferRefused { code }),
            (Some(Wish::Refresh) | None, _) => {}
        }
    }

    /// Ends a dialog whose other side is lost: a BYE goes out, and nobody waits for its answer.
    pub(super) fn lose(&mut self, now: Moment, leg: LegId, code: u16, text: &str) {
        self.drop_offer(now, leg);
        self.drop_referral(now, leg);
        let begun = self.change_established(leg, |established| established.dialog.next_seq());
        let (Some(seq), Some(Leg::Established(established))) = (begun, self.legs.get(leg)) else {
            return;
        };
        let key = ClientKey::of_branch(self.entropy.token());
        let (dialog, way) = (&established.dialog, established.dialog.way());
        let mut draft = dialog.request(&self.identity, "BYE", seq, key.branch(), 70);
        draft.line("Reason", Reason::sip(code, text));
        self.begin_client(now, key, Purpose::ByeOfFork, way, draft.finish(None));
        self.end_leg(leg);
        self.tell(leg, LegEvent::Gone { code });
    }
}

impl Established {
    /// Whether a refused request is sent again, and after how long.
    fn comes_again(
        &mut self,
        open: &Open,
        code: u16,
        headers: Option<&Headers>,
        back_off: Duration,
    ) -> Option<Duration> {
        if self.changes.tries >= limits::CHANGE_TRIES_MAX {
            return None;
        }
        match (code, headers) {
            (491, _) => Some(back_off),
            (422, Some(headers)) => {
                let raised = self
                    .timer
                    .as_mut()
                    .is_some_and(|timer| timer.raise(headers));
                raised.then_some(Duration::ZERO)
            }
            (500 | 503, Some(headers)) => {
                let seconds = headers.retry_after()?;
                (seconds <= limits::CHANGE_RETRY_AFTER_MAX_S)
                    .then(|| Duration::from_secs(u64::from(seconds)))
            }
            // It said that it takes UPDATE, and does not.
            (405 | 501, _) if open.method == Method::Update && self.sdp.is_some() => {
                self.updates = false;
                Some(Duration::ZERO)
            }
            _ => None,
        }
    }
}
