//! What comes back to an INVITE of ours: progress, an answer, refusals, or nothing at all.

use super::{
    Endpoint,
    branches::{Calling, Cancelling, Refusal},
    changes::Changes,
    effect::{LegEvent, LegId},
    leg::{Ack, Established, Leg},
    referral::Referrals,
    reliable::Order,
    session_timer::SessionTimer,
    streams::carried_by,
};
use crate::{
    HeaderName, Headers, Method, Reason, Response,
    dialog::Dialog,
    endpoint::{Heads, Peer, Transmit},
    transaction::{ClientInvite, ClientKey, InviteHeard, Purpose, Scope},
};
use bytes::Bytes;
use kring_time::Moment;

impl Endpoint {
    /// A response to an INVITE of ours.
    pub(super) fn invite_response(
        &mut self,
        now: Moment,
        key: ClientKey,
        heads: &Heads<'_>,
        response: &Response,
    ) {
        let Some((leg, to)) = self.client_invites.get(key).map(|it| (it.leg, it.to)) else {
            return;
        };
        let wanted = match self.legs.get(leg) {
            Some(Leg::Calling(calling)) => calling.attempt(key).map(|attempt| &attempt.seed),
            _ => None,
        };
        let is_wanted = wanted.is_some();
        let seed = wanted.or_else(|| self.orphans.get(key).map(|orphan| &orphan.seed));
        let ack = || match seed {
            Some(seed) => {
                let ack = seed.ack_of_refusal(&self.identity, key.branch(), &response.headers);
                carried_by(ack.finish(None), to)
            }
            // A refusal is only heard while somebody has its seed.
            None => Bytes::new(),
        };
        let (code, tag) = (response.status.code(), heads.to_tag.unwrap_or_default());
        let heard = self.client_invites.change(&mut self.queue, key, |invite| {
            invite.response(now, &self.timers, code, tag, ack)
        });
        let Some(heard) = heard else {
            return;
        };
        match heard {
            InviteHeard::Provisional if is_wanted => self.progress(now, leg, key, heads, response),
            InviteHeard::Provisional => self.orphan_heard(now, key),
            InviteHeard::Accepted if is_wanted => self.answered(now, leg, key, tag, response),
            InviteHeard::Accepted | InviteHeard::OtherFork => {
                self.forget_orphan(key);
                self.end_fork(now, key, to, heads, &response.headers);
            }
            InviteHeard::Refused(ack) => {
                self.send_request(to, ack, Method::Ack);
                if !self.forget_orphan(key)
                    && !self.prove_invite(now, leg, key, response)
                    && !self.lengthen_invite(now, leg, key, response)
                    && !self.offer_instead(now, leg, key, response)
                {
                    self.attempt_over(now, leg, key, Refusal::heard(response));
                }
            }
            InviteHeard::AckAgain(ack) => self.repeat(ack.to, ack.bytes, Method::Ack),
            InviteHeard::Nothing => {}
        }
    }

    fn progress(
        &mut self,
        now: Moment,
        leg: LegId,
        key: ClientKey,
        heads: &Heads<'_>,
        response: &Response,
    ) {
        let code = response.status.code();
        let tag = heads.to_tag.unwrap_or_default();
        let can_talk = response.headers.allow_events().any(|event| event == "talk");
        let heard = self.change_calling(leg, |calling| {
            let attempt = calling.attempt_mut(key)?;
            attempt.next_at = None;
            let early = match (code, tag) {
                (100, _) | (_, "") => None,
                _ => attempt.early(&response.headers, tag),
            };
            let (talk, order) = early.map_or((false, Order::Plain), |early| {
                early.talk |= can_talk;
                (early.talk, early.order(response, heads.seq))
            });
            let cancel = match &attempt.cancel {
                Cancelling::WhenHeard { reason, .. } => Some(reason.clone()),
                Cancelling::No | Cancelling::Sent { .. } => None,
            };
            Some((talk, order, cancel, attempt.branch))
        });
        let Some((talk, order, cancel, branch)) = heard.flatten() else {
            return;
        };
        if let Order::Next(rack) = &order {
            self.send_prack(now, leg, (key, tag), rack);
        }
        if let Some(reason) = cancel {
            self.cancel_attempt(now, leg, key, &reason);
        }
        if code > 100 && order != Order::Ignored {
            self.tell(
                leg,
                LegEvent::Progress {
                    code,
                    body: body_of(response),
                    talk,
                    tag: tag.to_owned(),
                    branch,
                },
            );
        }
    }

    /// The first 2xx of all branches: the others are given up.
    fn answered(
        &mut self,
        now: Moment,
        leg: LegId,
        key: ClientKey,
        tag: &str,
        response: &Response,
    ) {
        let Some(Calling {
            mut attempts,
            wording,
            ..
        }) = self.take_calling(leg)
        else {
            return;
        };
        let Some(at) = attempts.iter().position(|attempt| attempt.invite == key) else {
            return;
        };
        let winner = attempts.swap_remove(at);
        let branch = winner.branch;
        let mut dialog = winner.seed.fork(&response.headers, tag);
        let seq = winner.seed.local_seq();
        let mut forks = winner.early.into_iter();
        let early = forks.find(|early| early.dialog.remote_tag() == tag);
        if let Some(early) = &early {
            dialog.count_on(&early.dialog);
        }
        let established = Established {
            dialog,
            ack: Ack::Owed { invite: key, seq },
            offer: None,
            changes: Changes::of_calling(),
            timer: SessionTimer::agreed(now, &response.headers),
            sdp: winner.offer.map(|offer| offer.sdp).or(wording.body),
            updates: response.headers.lists(&HeaderName::Allow, "UPDATE"),
            prack: None,
            referrals: Referrals::default(),
        };
        self.put_leg(leg, Leg::Established(Box::new(established)));
        for attempt in attempts {
            self.disown(now, attempt, elsewhere());
        }
        let body = body_of(response).or_else(|| early?.answer);
        self.tell(leg, LegEvent::Accepted { body, branch });
    }

    /// Another fork answered, too: it is acknowledged, because it must be, and ended, because the call
    /// has one answer already (RFC 3261 §13.2.2.4).
    fn end_fork(
        &mut self,
        now: Moment,
        key: ClientKey,
        hop: Peer,
        heads: &Heads<'_>,
        headers: &Headers,
    ) {
        let Some(dialog) = Dialog::stray(headers, heads, hop) else {
            return;
        };
        let mut dialog = if self.is_phone_at(hop) {
            dialog.keep_to(hop)
        } else {
            dialog
        };
        let to = dialog.hop();
        let branch = self.entropy.token();
        let ack = dialog.request(&self.identity, "ACK", heads.seq, branch, 70);
        let bytes = ack.finish(None);
        self.keep_and_send_ack(key, dialog.remote_tag(), Transmit::new(to, bytes));
        let bye = ClientKey::of_branch(self.entropy.token());
        let seq = dialog.next_seq();
        let mut draft = dialog.request(&self.identity, "BYE", seq, bye.branch(), 70);
        draft.line("Reason", elsewhere());
        self.begin_client(now, bye, Purpose::ByeOfFork, to, draft.finish(None));
    }

    /// Timer B: nothing came back. Who is to be given up may have heard the INVITE all the same and lost
    /// every answer; a phone must not ring on for nobody, so the answer to the last copy is waited for.
    pub(super) fn invite_unheard(&mut self, now: Moment, key: ClientKey) {
        let leg = self.client_invites.get(key).map(|invite| invite.leg);
        let until_then = now + self.timers.t4 * 2;
        let waits = leg.and_then(|leg| {
            self.change_calling(leg, |calling| {
                let attempt = calling.attempt_mut(key)?;
                Some(attempt.cancel.wait_until(until_then))
            })
        });
        if waits.flatten() == Some(true) || self.orphan_unheard(now, key) {
            self.client_invites
                .change(&mut self.queue, key, ClientInvite::listen);
        } else {
            self.invite_failed(now, key, 408);
        }
    }

    /// The INVITE is dead without a response: `code` says how.
    pub(super) fn invite_failed(&mut self, now: Moment, key: ClientKey, code: u16) {
        let Some((scope, leg)) = self.client_invites.get(key).map(|it| (it.scope, it.leg)) else {
            return;
        };
        match scope {
            Scope::Call if code != 503 => {
                let timers = self.timers;
                self.client_invites
                    .change(&mut self.queue, key, |invite| invite.abandon(now, &timers));
            }
            // Nothing has left, or nobody rings for it.
            Scope::Call | Scope::Change { .. } => {
                self.client_invites.remove(&mut self.queue, key);
            }
        }
        match scope {
            Scope::Change { .. } => self.change_refused(now, leg, key, code, None),
            Scope::Call if self.forget_orphan(key) => {}
            Scope::Call => self.attempt_over(now, leg, key, Refusal::here(code)),
        }
    }

    /// One branch has ended: the next peer is asked, the other branches are waited for, or the leg is
    /// over.
    fn attempt_over(&mut self, now: Moment, leg: LegId, key: ClientKey, refusal: Refusal) {
        let global = refusal.is_global().then_some(refusal.code);
        let ended = self.change_calling(leg, |calling| {
            let attempt = calling.take(key)?;
            if attempt.may_go_on(&refusal) {
                return Some((attempt, None));
            }
            let over = LegEvent::BranchOver {
                branch: attempt.branch,
                code: refusal.code,
                local: refusal.is_local(),
            };
            // What was given up alone says what it was told to say.
            let told = !matches!(attempt.cancel, Cancelling::No);
            if !(told && calling.goes_on()) {
                calling.note(refusal);
            }
            Some((attempt, Some(over)))
        });
        let Some((mut attempt, over)) = ended.flatten() else {
            return;
        };
        if over.is_none()
            && let Some(onwards) = attempt.onwards()
        {
            self.try_again(now, leg, onwards);
        }
        let Some(Leg::Calling(calling)) = self.legs.get(leg) else {
            return;
        };
        if !calling.attempts.is_empty() && global.is_none() {
            if let Some(over) = over {
                self.tell(leg, over);
            }
            return;
        }
        let refusal = calling.refusal.clone();
        let attempts = self.take_calling(leg).map(|calling| calling.attempts);
        for attempt in attempts.unwrap_or_default() {
            let code = global.unwrap_or(487);
            self.disown(now, attempt, Reason::sip(code, "Declined elsewhere"));
        }
        self.tell(leg, refusal.unwrap_or(Refusal::here(487)).event());
    }

    /// The time of a ringing leg has come: a CANCEL that led to nothing, or a peer that says nothing.
    pub(super) fn calling_woken(&mut self, now: Moment, leg: LegId) {
        let Some(Leg::Calling(calling)) = self.legs.get(leg) else {
            return;
        };
        let due = calling.attempts.iter();
        let due = due.filter(|attempt| attempt.due().is_some_and(|at| at <= now));
        let due: Vec<(ClientKey, bool)> = due
            .map(|attempt| (attempt.invite, attempt.next_at.is_some()))
            .collect();
        for (key, silent) in due {
            if !silent {
                self.invite_failed(now, key, 487);
                continue;
            }
            let attempt = self.change_calling(leg, |calling| calling.take(key));
            let Some(Some(mut attempt)) = attempt else {
                continue;
            };
            let onwards = attempt.onwards();
            self.disown_silent(now, attempt, Reason::sip(408, "Too late"));
            if let Some(onwards) = onwards {
                self.try_again(now, leg, onwards);
            }
        }
    }

    /// Takes a ringing leg out of the tables.
    fn take_calling(&mut self, leg: LegId) -> Option<Calling> {
        let Some(Leg::Calling(_)) = self.legs.get(leg) else {
            return None;
        };
        match self.legs.remove(&mut self.queue, leg) {
            Some(Leg::Calling(calling)) => {
                self.tags.remove(&calling.local_tag);
                Some(*calling)
            }
            _ => None,
        }
    }
}

fn elsewhere() -> Reason {
    Reason::sip(200, "Call completed elsewhere")
}

pub(super) fn body_of(response: &Response) -> Option<Bytes> {
    (!response.body.is_empty()).then(|| response.body.clone())
}
