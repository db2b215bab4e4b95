//! Our REFER within a call: sent, answered, and what the other side tells of it by NOTIFY.
//!
//! A refusal, or silence, ends the REFER and nothing else: PBXs answer 481 to it while the dialog lives
//! on, whatever RFC 3261 §12.2.1.2 makes of that.

use super::{
    Endpoint,
    effect::LegId,
    heads::Arrival,
    identity::ABILITIES_WITHIN,
    leg::{Ack, Established, Leg},
    notice,
    referral::{Ours, Referral},
    reply::Reply,
    screen::Refused,
};
use crate::transaction::{ClientKey, Purpose};
use kring_time::Moment;

impl Endpoint {
    /// Sends REFER within the confirmed dialog of `leg`: whether that could be done. It could not where
    /// there is no confirmed dialog, or a REFER of ours is still open there. Ends in
    /// [`super::LegEvent::ReferralRefused`], or goes on by [`super::LegEvent::ReferralAccepted`] to the last
    /// [`super::LegEvent::ReferralProgress`], or ends with the leg; after the other side's BYE it may still be
    /// told for a minute what comes of it.
    pub fn refer(&mut self, now: Moment, leg: LegId, referral: Referral) -> bool {
        let key = ClientKey::of_branch(self.entropy.token());
        let begun = self.change_established(leg, |established| established.begin_referral(key));
        let (Some(Some(seq)), Some(Leg::Established(established))) = (begun, self.legs.get(leg))
        else {
            return false;
        };
        let (dialog, way) = (&established.dialog, established.dialog.way());
        let mut draft = dialog.request(&self.identity, "REFER", seq, key.branch(), 70);
        self.identity.contact(&mut draft, way.hop);
        draft.line("Refer-To", referral.refer_to());
        if let Some(referred_by) = &referral.referred_by {
            draft.foreign("Referred-By", &referred_by.to_string());
        }
        draft.line("Accept", notice::SIPFRAG);
        draft.lines(ABILITIES_WITHIN);
        draft.line("User-Agent", &self.identity.user_agent);
        for (name, value) in &referral.extra {
            draft.foreign(name.as_str(), value);
        }
        self.begin_client(now, key, Purpose::Refer(leg), way, draft.finish(None));
        true
    }

    /// A REFER of ours is answered, or dead: `local` without a response.
    pub(super) fn referral_answered(
        &mut self,
        now: Moment,
        leg: LegId,
        key: ClientKey,
        (code, local): (u16, bool),
    ) {
        let event = self.change_ours(leg, |ours| ours.answered(now, key, code, local));
        if let Some(event) = event.flatten() {
            self.tell(leg, event);
        }
        self.forget_left(now, leg);
    }

    /// A NOTIFY of how a REFER goes: answered at once, whatever it says.
    pub(super) fn noticed(
        &mut self,
        now: Moment,
        leg: LegId,
        reply: &Reply,
        arrival: &Arrival<'_>,
    ) {
        let id = notice::refer_event(&arrival.request.headers).flatten();
        let meant = self.change_ours(leg, |ours| ours.is_meant(id.as_deref()));
        if meant != Some(true) {
            self.answer_within(now, arrival.key, leg, reply, Refused::plain(481));
            return;
        }
        let (notice, read) = notice::read(arrival.request);
        let answer = read.err().unwrap_or_else(|| Refused::plain(200));
        self.answer_within(now, arrival.key, leg, reply, answer);
        let Some(notice) = notice else {
            return;
        };
        let events = self.change_ours(leg, |ours| ours.notified(now, &notice));
        for event in events.into_iter().flatten().flatten() {
            self.tell(leg, event);
        }
        self.forget_left(now, leg);
    }

    /// Nothing more was heard of a REFER after the other side had hung up.
    pub(super) fn left_woken(&mut self, now: Moment, leg: LegId) {
        let event = self.change_ours(leg, |ours| ours.wake(now));
        if let Some(event) = event.flatten() {
            self.tell(leg, event);
        }
        self.forget_left(now, leg);
    }

    /// After the other side's BYE nobody waits long, and no longer than for what may still come.
    fn forget_left(&mut self, now: Moment, leg: LegId) {
        self.legs.change(&mut self.queue, leg, |leg| {
            if let Leg::Left(left) = leg {
                left.referral.outlive(now);
            }
        });
        if matches!(self.legs.get(leg), Some(Leg::Left(left)) if left.referral.is_over()) {
            self.end_leg(leg);
        }
    }

    /// What of ours is still open on a leg that one side has left may still be answered and told of.
    pub(super) fn change_ours<R>(
        &mut self,
        leg: LegId,
        change: impl FnOnce(&mut Ours) -> R,
    ) -> Option<R> {
        let changed = self.legs.change(&mut self.queue, leg, |leg| match leg {
            Leg::Established(established) => Some(change(&mut established.referrals.ours)),
            Leg::Leaving(leaving) | Leg::Left(leaving) => Some(change(&mut leaving.referral)),
            Leg::Calling(_) | Leg::Called(_) => None,
        });
        changed.flatten()
    }
}

impl Established {
    /// The number of a REFER that may go out now.
    fn begin_referral(&mut self, request: ClientKey) -> Option<u32> {
        let confirmed = match &self.ack {
            Ack::Owed { .. } => false,
            Ack::Awaited(awaited) => !awaited.first && awaited.bye.is_none(),
            Ack::Missing | Ack::Done => true,
        };
        if !confirmed || !self.referrals.ours.may_begin() {
            return None;
        }
        let seq = self.dialog.next_seq();
        self.referrals.ours.begin(request, seq);
        Some(seq)
    }
}
