//! The calling side (UAC): INVITE, CANCEL, ACK and the NOTIFY that makes a phone answer.

use super::{
    Endpoint, SipCount,
    branches::{Attempt, Calling, Cancelling, Onwards, Refusal, Wording},
    effect::{Branch, BranchId, Invitation, LegId},
    leg::{Ack, Leg},
    limits::{BRANCHES_MAX, PEERS_MAX},
    proofs::Proofs,
    session_timer,
};
use crate::{
    Method, Reason,
    dialog::Dialog,
    endpoint::{Peer, Transmit, Way, identity},
    header::RouteSet,
    transaction::{Client, ClientInvite, ClientKey, Purpose},
};
use bytes::Bytes;
use kring_time::Moment;
use std::collections::VecDeque;

impl Endpoint {
    /// Calls somebody. Beyond the endpoint's bounds, or without a peer to send anything to, the leg is
    /// rejected with 503 at once.
    pub fn invite(&mut self, now: Moment, mut call: Invitation) -> LegId {
        let leg = self.new_leg();
        let mut branches = std::mem::take(&mut call.branches);
        branches.retain(|branch| !branch.peers.is_empty());
        branches.truncate(BRANCHES_MAX);
        let full = self.legs.len() >= self.bounds.legs;
        if full || branches.is_empty() {
            self.tell(leg, Refusal::here(503).event());
            if full {
                self.count(SipCount::BoundReached { bound: "legs" });
            }
            return leg;
        }
        let thread = self.new_thread();
        let mut calling = Calling {
            local_tag: thread.tag,
            attempts: Vec::with_capacity(branches.len()),
            refusal: None,
            wording: Wording {
                max_forwards: call.max_forwards,
                extra: std::mem::take(&mut call.extra),
                body: call.body.take(),
            },
        };
        for (index, branch) in (0..).zip(branches) {
            let Branch {
                target,
                route,
                peers,
                keeps_way,
                login,
                extra,
                offer,
            } = branch;
            let mut others: VecDeque<Peer> = peers.into_iter().take(PEERS_MAX).collect();
            let hop = others
                .pop_front()
                .expect("a branch without peers is left out");
            let way = (target, RouteSet::preset(route));
            let seed = Dialog::seed((&call.from, &call.to), way, hop, &thread);
            let seed = if keeps_way { seed.keep_to(hop) } else { seed };
            let onwards = Onwards {
                branch: BranchId(index),
                extra,
                offer,
                seed: seed.with_login(login),
                proofs: Proofs::default(),
                others,
                min_se_s: 0,
            };
            let attempt = self.attempt(now, leg, &calling.wording, onwards);
            calling.attempts.push(attempt);
        }
        self.put_leg(leg, Leg::Calling(Box::new(calling)));
        leg
    }

    /// Sends the INVITE that `seed` begins.
    pub(super) fn attempt(
        &mut self,
        now: Moment,
        leg: LegId,
        wording: &Wording,
        mut onwards: Onwards,
    ) -> Attempt {
        let key = ClientKey::of_branch(self.entropy.token());
        let bytes = self.draft_invite(&mut onwards, key, wording);
        let Onwards {
            branch,
            extra,
            offer,
            mut seed,
            proofs,
            others,
            min_se_s,
        } = onwards;
        let outward = self.invite_outward(now, &mut seed, &others, bytes);
        let invite = ClientInvite::sent(now, &self.timers, leg, &outward);
        self.client_invites.insert(&mut self.queue, key, invite);
        self.send_outward(&outward, Method::Invite);
        Attempt {
            branch,
            extra,
            offer,
            invite: key,
            seed,
            proofs,
            cancel: Cancelling::No,
            min_se_s,
            early: Vec::new(),
            next_at: (!others.is_empty()).then(|| now + self.next_peer_after),
            others,
        }
    }

    fn draft_invite(&mut self, onwards: &mut Onwards, key: ClientKey, wording: &Wording) -> Bytes {
        let Onwards {
            seed,
            proofs,
            min_se_s,
            extra,
            offer,
            ..
        } = onwards;
        let own = offer.as_ref().map(|offer| &offer.sdp);
        let body = own.or(wording.body.as_ref());
        let mut draft = seed.request(
            &self.identity,
            "INVITE",
            seed.local_seq(),
            key.branch(),
            wording.max_forwards,
        );
        self.identity.contact(&mut draft, seed.hop());
        // An offer in a reliable response would have to be answered by its PRACK: whoever is to make
        // the offer is not told that we take them.
        draft.lines(match body {
            Some(_) => identity::ABILITIES,
            None => identity::ABILITIES_WITHIN,
        });
        session_timer::write_wish(&mut draft, self.identity.session_timer_s, *min_se_s);
        draft.line("User-Agent", &self.identity.user_agent);
        for (name, value) in wording.extra.iter().chain(&*extra) {
            draft.foreign(name.as_str(), value);
        }
        if !proofs.is_empty() {
            let uri = draft.request_uri();
            let lines = proofs.lines(&Method::Invite, &uri, &mut self.entropy);
            for (name, value) in &lines {
                draft.line(name.as_str(), value);
            }
            seed.keep_proof(lines);
        }
        draft.finish(body.map(|body| &**body))
    }

    /// UAC: gives up an unanswered call, in all its branches. A CANCEL waits for a provisional response
    /// (RFC 3261 §9.1) and is repeated until answered. A 2xx that crosses it is still
    /// [`super::LegEvent::Accepted`]; without any final response in 64*T1 the leg is rejected with 487 by
    /// our own hand.
    pub fn cancel(&mut self, now: Moment, leg: LegId, reason: Reason) {
        let Some(Leg::Calling(calling)) = self.legs.get(leg) else {
            return;
        };
        let wanted = |attempt: &&Attempt| matches!(attempt.cancel, Cancelling::No);
        let keys = calling.attempts.iter().filter(wanted);
        let keys: Vec<ClientKey> = keys.map(|attempt| attempt.invite).collect();
        for key in keys {
            self.cancel_attempt(now, leg, key, &reason);
        }
    }

    /// UAC: gives up one branch of an unanswered call; the others go on. Like [`Endpoint::cancel`], and
    /// what it is then told counts among no refusals of the leg. A branch that has said nothing at all
    /// belongs to nobody any more: its repetitions end, and it is cancelled should it still speak.
    /// The last branch is not given up: that is the leg's end, and [`Endpoint::cancel`]'s.
    pub fn cancel_branch(&mut self, now: Moment, leg: LegId, branch: BranchId, reason: &Reason) {
        let Some(Leg::Calling(calling)) = self.legs.get(leg) else {
            return;
        };
        let mut others = calling.attempts.iter();
        let others = others.any(|it| it.branch != branch && matches!(it.cancel, Cancelling::No));
        let mut attempts = calling.attempts.iter();
        let found = attempts.find(|it| it.branch == branch && matches!(it.cancel, Cancelling::No));
        let (Some(key), true) = (found.map(|attempt| attempt.invite), others) else {
            return;
        };
        let unheard = self.client_invites.get(key);
        if unheard.is_some_and(ClientInvite::is_unanswered) {
            let attempt = self.change_calling(leg, |calling| calling.take(key));
            if let Some(Some(attempt)) = attempt {
                self.disown_silent(now, attempt, reason.clone());
            }
        } else {
            self.cancel_attempt(now, leg, key, reason);
        }
    }

    pub(super) fn cancel_attempt(
        &mut self,
        now: Moment,
        leg: LegId,
        key: ClientKey,
        reason: &Reason,
    ) {
        let unheard = self
            .client_invites
            .get(key)
            .is_some_and(ClientInvite::is_unanswered);
        let cancel = if unheard {
            Cancelling::WhenHeard {
                reason: reason.clone(),
                until: None,
            }
        } else {
            let Some(Leg::Calling(calling)) = self.legs.get(leg) else {
                return;
            };
            let Some(attempt) = calling.attempt(key) else {
                return;
            };
            let (bytes, hop) = (
                self.draft_cancel(&attempt.seed, key, reason),
                attempt.seed.hop(),
            );
            self.cancel_sent(now, key, hop, bytes)
        };
        self.change_calling(leg, |calling| {
            if let Some(attempt) = calling.attempt_mut(key) {
                attempt.cancel = cancel;
                attempt.next_at = None;
            }
        });
    }

    /// Cancels an INVITE of nobody.
    pub(super) fn send_cancel(
        &mut self,
        now: Moment,
        seed: &Dialog,
        key: ClientKey,
        reason: &Reason,
    ) -> Cancelling {
        let bytes = self.draft_cancel(seed, key, reason);
        self.cancel_sent(now, key, seed.hop(), bytes)
    }

    fn draft_cancel(&self, seed: &Dialog, key: ClientKey, reason: &Reason) -> Bytes {
        let seq = seed.local_seq();
        let mut draft = seed.request(&self.identity, "CANCEL", seq, key.branch(), 70);
        draft.line("Reason", reason);
        draft.finish(None)
    }

    /// To where its INVITE went (RFC 3261 §9.1).
    fn cancel_sent(&mut self, now: Moment, key: ClientKey, hop: Peer, bytes: Bytes) -> Cancelling {
        let invite = self.client_invites.get(key);
        let stream = invite.map(|invite| invite.to).filter(|to| *to != hop);
        let way = Way { hop, stream };
        self.begin_client(now, key.of_cancel(), Purpose::Cancel, way, bytes);
        Cancelling::Sent {
            give_up: now + self.timers.patience(),
        }
    }

    /// UAC: sends the ACK of the 2xx that `Accepted` reported, and again for every repeated 2xx. The
    /// body answers a late offer.
    pub fn acknowledge(&mut self, now: Moment, leg: LegId, body: Option<Bytes>) {
        let branch = self.entropy.token();
        let Some(Leg::Established(established)) = self.legs.get(leg) else {
            return;
        };
        let Ack::Owed { invite, seq } = established.ack else {
            return;
        };
        let dialog = &established.dialog;
        let draft = dialog.request(&self.identity, "ACK", seq, branch, 70);
        let ack = self.ack_outward(now, dialog.way(), draft.finish(body.as_deref()));
        let tag: Box<str> = dialog.remote_tag().into();
        self.keep_and_send_ack(invite, &tag, ack);
        self.change_established(leg, |established| established.ack = Ack::Done);
        self.begin_change(now, leg);
    }

    /// UAC: makes a ringing phone answer by NOTIFY with `Event: talk`, if it said that it can.
    pub fn notify_talk(&mut self, now: Moment, leg: LegId) {
        let key = ClientKey::of_branch(self.entropy.token());
        let seq = self.change_calling(leg, |calling| {
            let early = calling.early_mut().rfind(|early| early.talk)?;
            Some(early.dialog.next_seq())
        });
        let (Some(Some(seq)), Some(Leg::Calling(calling))) = (seq, self.legs.get(leg)) else {
            return;
        };
        let Some(early) = calling.early().rfind(|early| early.talk) else {
            return;
        };
        let way = early.dialog.way();
        let mut draft = early
            .dialog
            .request(&self.identity, "NOTIFY", seq, key.branch(), 70);
        self.identity.contact(&mut draft, way.hop);
        draft.line("Event", "talk");
        draft.line("Subscription-State", "active");
        self.begin_client(now, key, Purpose::Talk(leg), way, draft.finish(None));
    }

    pub(super) fn keep_and_send_ack(&mut self, invite: ClientKey, tag: &str, ack: Transmit) {
        let kept = ack.clone();
        self.client_invites
            .change(&mut self.queue, invite, |invite| invite.keep_ack(tag, kept));
        self.send_request(ack.to, ack.bytes, Method::Ack);
    }

    /// Sends a request and waits for its answer.
    pub(super) fn begin_client(
        &mut self,
        now: Moment,
        key: ClientKey,
        purpose: Purpose,
        way: impl Into<Way>,
        bytes: Bytes,
    ) {
        let outward = self.outward(now, way.into(), bytes);
        let client = Client::sent(now, &self.timers, purpose, &outward);
        self.clients.insert(&mut self.queue, key, client);
        self.send_outward(&outward, purpose.method());
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
