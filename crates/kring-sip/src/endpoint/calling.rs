//! The calling side (UAC): INVITE, CANCEL, ACK, and what comes back.

use super::{
    Endpoint, SipCount,
    effect::{Invitation, LegEvent, LegId},
    leg::{Ack, Calling, Cancelling, Established, Leg},
};
use crate::{
    Headers, Method, Reason, Response, StatusCode,
    dialog::Dialog,
    endpoint::{Heads, Peer, Transmit, identity},
    transaction::{Client, ClientInvite, ClientKey, InviteHeard, Purpose},
};
use bytes::Bytes;
use kring_time::Moment;

impl Endpoint {
    /// Calls somebody. Beyond the endpoint's bounds the leg is rejected with 503 at once.
    pub fn invite(&mut self, now: Moment, call: Invitation) -> LegId {
        let leg = self.new_leg();
        if self.legs.len() >= self.bounds.legs {
            self.count(SipCount::BoundReached { bound: "legs" });
            self.tell(leg, rejected_here(503));
            return leg;
        }
        let call_id = format!("{:032x}@{}", self.entropy.call_id(), self.identity.host);
        let seed = Dialog::seed(&call, call_id, self.entropy.token());
        let key = ClientKey::of_branch(self.entropy.token());
        let (to, seq) = (seed.hop(), seed.local_seq());
        let mut draft = seed.request(
            &self.identity,
            "INVITE",
            seq,
            key.branch(),
            call.max_forwards,
        );
        self.identity.contact(&mut draft, to.transport);
        draft.line("Allow", identity::ALLOW);
        draft.line("User-Agent", &self.identity.user_agent);
        for (name, value) in &call.extra {
            draft.foreign(name.as_str(), value);
        }
        let bytes = draft.finish(call.body.as_deref());
        let invite = ClientInvite::sent(now, &self.timers, leg, to, bytes.clone());
        self.client_invites.insert(&mut self.queue, key, invite);
        let calling = Calling {
            invite: key,
            seed,
            cancel: Cancelling::No,
            early: Vec::new(),
        };
        self.put_leg(leg, Leg::Calling(Box::new(calling)));
        self.send_request(to, bytes, Method::Invite);
        leg
    }

    /// UAC: gives up an unanswered call. The CANCEL waits for a provisional response (RFC 3261 §9.1)
    /// and is repeated until answered. A 2xx that crosses it is still [`LegEvent::Accepted`]; without any
    /// final response in 64*T1 the leg is rejected with 487 by our own hand.
    pub fn cancel(&mut self, now: Moment, leg: LegId, reason: Reason) {
        let Some(Leg::Calling(calling)) = self.legs.get(leg) else {
            return;
        };
        let unheard = self
            .client_invites
            .get(calling.invite)
            .is_some_and(ClientInvite::is_unanswered);
        match calling.cancel {
            Cancelling::No if unheard => {
                self.change_calling(leg, |calling| {
                    calling.cancel = Cancelling::WhenHeard {
                        reason,
                        until: None,
                    };
                });
            }
            Cancelling::No => self.send_cancel(now, leg, &reason),
            Cancelling::WhenHeard { .. } | Cancelling::Sent { .. } => {}
        }
    }

    /// UAC: sends the ACK of the 2xx that `Accepted` reported, and again for every repeated 2xx. The
    /// body answers a late offer.
    pub fn acknowledge(&mut self, now: Moment, leg: LegId, body: Option<Bytes>) {
        let _ = now;
        let branch = self.entropy.token();
        let Some(Leg::Established(established)) = self.legs.get(leg) else {
            return;
        };
        let Ack::Owed { invite, seq } = established.ack else {
            return;
        };
        let dialog = &established.dialog;
        let draft = dialog.request(&self.identity, "ACK", seq, branch, 70);
        let transmit = Transmit {
            to: dialog.hop(),
            bytes: draft.finish(body.as_deref()),
        };
        let tag: Box<str> = dialog.remote_tag().into();
        self.keep_and_send_ack(invite, &tag, transmit);
        self.change_established(leg, |established| established.ack = Ack::Done);
    }

    /// UAC: makes a ringing phone answer by NOTIFY with `Event: talk`, if it said that it can.
    pub fn notify_talk(&mut self, now: Moment, leg: LegId) {
        let key = ClientKey::of_branch(self.entropy.token());
        let seq = self.change_calling(leg, |calling| {
            let early = calling.early.iter_mut().rfind(|early| early.talk)?;
            Some(early.dialog.next_seq())
        });
        let (Some(Some(seq)), Some(Leg::Calling(calling))) = (seq, self.legs.get(leg)) else {
            return;
        };
        let Some(early) = calling.early.iter().rfind(|early| early.talk) else {
            return;
        };
        let to = early.dialog.hop();
        let mut draft = early
            .dialog
            .request(&self.identity, "NOTIFY", seq, key.branch(), 70);
        self.identity.contact(&mut draft, to.transport);
        draft.line("Event", "talk");
        draft.line("Subscription-State", "active");
        self.begin_client(now, key, Purpose::Talk(leg), to, draft.finish(None));
    }

    /// A response to an INVITE of ours.
    pub(super) fn invite_response(
        &mut self,
        now: Moment,
        key: ClientKey,
        heads: &Heads<'_>,
        response: &Response,
    ) {
        let Some(leg) = self.client_invites.get(key).map(|invite| invite.leg) else {
            return;
        };
        let seed = match self.legs.get(leg) {
            Some(Leg::Calling(calling)) => Some(&calling.seed),
            _ => None,
        };
        let ack = || match seed {
            Some(seed) => seed
                .ack_of_refusal(&self.identity, key.branch(), &response.headers)
                .finish(None),
            // A refusal is only heard while the leg is calling.
            None => Bytes::new(),
        };
        let (code, tag) = (response.status.code(), heads.to_tag.unwrap_or_default());
        let heard = self.client_invites.change(&mut self.queue, key, |invite| {
            let heard = invite.response(now, &self.timers, code, tag, ack);
            (invite.to, heard)
        });
        match heard {
            Some((_, InviteHeard::Provisional)) => self.progress(now, leg, tag, response),
            Some((_, InviteHeard::Accepted)) => self.answered(leg, key, tag, response),
            Some((to, InviteHeard::OtherFork)) => {
                self.end_fork(now, key, to, heads, &response.headers);
            }
            Some((to, InviteHeard::Refused(ack))) => {
                self.send_request(to, ack, Method::Ack);
                self.end_leg(leg);
                self.tell(
                    leg,
                    LegEvent::Rejected {
                        code,
                        reason: response.reason.to_string(),
                        retry_after: response.headers.retry_after(),
                        local: false,
                    },
                );
            }
            Some((_, InviteHeard::AckAgain(ack))) => self.repeat(ack.to, ack.bytes, Method::Ack),
            Some((_, InviteHeard::Nothing)) | None => {}
        }
    }

    fn progress(&mut self, now: Moment, leg: LegId, tag: &str, response: &Response) {
        let code = response.status.code();
        let can_talk = response.headers.allow_events().any(|event| event == "talk");
        let heard = self.change_calling(leg, |calling| {
            let early = match (code, tag) {
                (100, _) | (_, "") => None,
                _ => calling.early(&response.headers, tag),
            };
            let talk = early.is_some_and(|early| {
                early.talk |= can_talk;
                early.talk
            });
            match std::mem::replace(&mut calling.cancel, Cancelling::No) {
                Cancelling::WhenHeard { reason, .. } => (talk, Some(reason)),
                other => {
                    calling.cancel = other;
                    (talk, None)
                }
            }
        });
        let Some((talk, cancel)) = heard else {
            return;
        };
        if let Some(reason) = cancel {
            self.send_cancel(now, leg, &reason);
        }
        if code > 100 {
            self.tell(
                leg,
                LegEvent::Progress {
                    code,
                    body: body_of(response),
                    talk,
                    tag: tag.to_owned(),
                },
            );
        }
    }

    fn answered(&mut self, leg: LegId, key: ClientKey, tag: &str, response: &Response) {
        let Some(Leg::Calling(_)) = self.legs.get(leg) else {
            return;
        };
        let Some(Leg::Calling(calling)) = self.legs.remove(&mut self.queue, leg) else {
            return;
        };
        let mut dialog = calling.seed.fork(&response.headers, tag);
        let seq = calling.seed.local_seq();
        for early in calling
            .early
            .iter()
            .filter(|early| early.dialog.remote_tag() == tag)
        {
            dialog.count_on(&early.dialog);
        }
        let established = Established {
            dialog,
            ack: Ack::Owed { invite: key, seq },
            offer: None,
        };
        self.put_leg(leg, Leg::Established(Box::new(established)));
        let body = body_of(response);
        self.tell(leg, LegEvent::Accepted { body });
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
        let Some(mut dialog) = Dialog::stray(headers, heads, hop) else {
            return;
        };
        let to = dialog.hop();
        let branch = self.entropy.token();
        let ack = dialog.request(&self.identity, "ACK", heads.seq, branch, 70);
        let bytes = ack.finish(None);
        self.keep_and_send_ack(key, dialog.remote_tag(), Transmit { to, bytes });
        let bye = ClientKey::of_branch(self.entropy.token());
        let seq = dialog.next_seq();
        let mut draft = dialog.request(&self.identity, "BYE", seq, bye.branch(), 70);
        draft.line("Reason", Reason::sip(200, "Call completed elsewhere"));
        self.begin_client(now, bye, Purpose::ByeOfFork, to, draft.finish(None));
    }

    fn keep_and_send_ack(&mut self, invite: ClientKey, tag: &str, ack: Transmit) {
        let kept = ack.clone();
        self.client_invites
            .change(&mut self.queue, invite, |invite| invite.keep_ack(tag, kept));
        self.send_request(ack.to, ack.bytes, Method::Ack);
    }

    fn send_cancel(&mut self, now: Moment, leg: LegId, reason: &Reason) {
        let Some(Leg::Calling(calling)) = self.legs.get(leg) else {
            return;
        };
        let (seed, key) = (&calling.seed, calling.invite);
        let to = seed.hop();
        let mut draft = seed.request(&self.identity, "CANCEL", seed.local_seq(), key.branch(), 70);
        draft.line("Reason", reason);
        let bytes = draft.finish(None);
        self.begin_client(now, key.of_cancel(), Purpose::Cancel, to, bytes);
        let give_up = now + self.timers.patience();
        self.change_calling(leg, |calling| calling.cancel = Cancelling::Sent { give_up });
    }

    /// Sends a request and waits for its answer.
    pub(super) fn begin_client(
        &mut self,
        now: Moment,
        key: ClientKey,
        purpose: Purpose,
        to: Peer,
        bytes: Bytes,
    ) {
        let client = Client::sent(now, &self.timers, purpose, to, bytes.clone());
        self.clients.insert(&mut self.queue, key, client);
        self.send_request(to, bytes, purpose.method());
    }

    /// Timer B: nothing came back. Who is to be given up may have heard the INVITE all the same and lost
    /// every answer; a phone must not ring on for nobody, so the answer to the last copy is waited for.
    pub(super) fn invite_unheard(&mut self, now: Moment, key: ClientKey) {
        let leg = self.client_invites.get(key).map(|invite| invite.leg);
        let until_then = now + self.timers.t4 * 2;
        let waits = leg.and_then(|leg| {
            self.change_calling(leg, |calling| match &mut calling.cancel {
                Cancelling::WhenHeard { until, .. } => {
                    *until = Some(until_then);
                    true
                }
                Cancelling::No | Cancelling::Sent { .. } => false,
            })
        });
        if waits == Some(true) {
            self.client_invites
                .change(&mut self.queue, key, ClientInvite::listen);
        } else {
            self.invite_failed(key, 408);
        }
    }

    /// The INVITE is dead without a response: `code` says how.
    pub(super) fn invite_failed(&mut self, key: ClientKey, code: u16) {
        if let Some(invite) = self.client_invites.remove(&mut self.queue, key) {
            self.end_leg(invite.leg);
            self.tell(invite.leg, rejected_here(code));
        }
    }

    pub(super) fn change_calling<R>(
        &mut self,
        leg: LegId,
        change: impl FnOnce(&mut Calling) -> R,
    ) -> Option<R> {
        let changed = self.legs.change(&mut self.queue, leg, |leg| match leg {
            Leg::Calling(calling) => Some(change(calling)),
            _ => None,
        });
        changed.flatten()
    }
}

fn body_of(response: &Response) -> Option<Bytes> {
    (!response.body.is_empty()).then(|| response.body.clone())
}

fn rejected_here(code: u16) -> LegEvent {
    let reason = StatusCode::new(code).map_or("", StatusCode::reason_phrase);
    LegEvent::Rejected {
        code,
        reason: reason.to_owned(),
        retry_after: None,
        local: true,
    }
}
