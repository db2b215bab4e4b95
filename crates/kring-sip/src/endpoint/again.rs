//! The same INVITE once more, before anybody has accepted it: with proof of who we are, with a session
//! that is long enough, with another offer, or to the next peer. Each for its reason at most once on one way, so that two who
//! cannot agree come to an end.

use super::{
    Endpoint, OwnOffer,
    branches::{Attempt, Cancelling, Onwards},
    effect::LegId,
    leg::Leg,
    session_timer,
};
use crate::{Response, transaction::ClientKey};
use kring_time::Moment;

impl Endpoint {
    /// Somebody on the way wants to know who we are: whether the INVITE was sent again, saying it.
    pub(super) fn prove_invite(
        &mut self,
        now: Moment,
        leg: LegId,
        key: ClientKey,
        response: &Response,
    ) -> bool {
        let Some(Leg::Calling(calling)) = self.legs.get(leg) else {
            return false;
        };
        let attempt = calling.attempt(key);
        let attempt = attempt.filter(|it| matches!(it.cancel, Cancelling::No));
        let Some((login, mut proofs)) =
            attempt.and_then(|it| Some((it.seed.login()?, it.proofs.clone())))
        else {
            return false;
        };
        let credentials = self.credentials(login);
        if credentials.is_none_or(|known| proofs.take(response, known).is_err()) {
            return false;
        }
        self.say_again(now, leg, key, |attempt| attempt.proofs = proofs)
    }

    /// The session would be too short for somebody on the way: whether the INVITE was sent again, asking
    /// for one that is long enough (RFC 4028 §7.3). Once: whoever says so again wants something else.
    pub(super) fn lengthen_invite(
        &mut self,
        now: Moment,
        leg: LegId,
        key: ClientKey,
        response: &Response,
    ) -> bool {
        let asked = self.identity.session_timer_s;
        let least = session_timer::min_se(&response.headers);
        let Some(Leg::Calling(calling)) = self.legs.get(leg) else {
            return false;
        };
        let attempt = calling.attempt(key);
        let is_first =
            attempt.is_some_and(|it| it.min_se_s == 0 && matches!(it.cancel, Cancelling::No));
        is_first
            && response.status.code() == 422
            && asked > 0
            && least > asked
            && self.say_again(now, leg, key, |attempt| attempt.min_se_s = least)
    }

    /// What was offered in this branch is refused: whether what is offered in its place was sent. Once.
    pub(super) fn offer_instead(
        &mut self,
        now: Moment,
        leg: LegId,
        key: ClientKey,
        response: &Response,
    ) -> bool {
        let refused = matches!(response.status.code(), 415 | 488 | 606);
        let Some(Leg::Calling(calling)) = self.legs.get(leg) else {
            return false;
        };
        let attempt = calling.attempt(key).filter(|_| refused);
        let attempt = attempt.filter(|it| matches!(it.cancel, Cancelling::No));
        let instead = attempt.and_then(|it| it.offer.as_ref()?.instead.clone());
        let Some(sdp) = instead else {
            return false;
        };
        let plain = OwnOffer { sdp, instead: None };
        self.say_again(now, leg, key, |attempt| attempt.offer = Some(plain))
    }

    /// The same INVITE once more on the same way, changed, with the next number.
    fn say_again(
        &mut self,
        now: Moment,
        leg: LegId,
        key: ClientKey,
        change: impl FnOnce(&mut Attempt),
    ) -> bool {
        let taken = self.change_calling(leg, |calling| calling.take(key));
        let Some(Some(mut attempt)) = taken else {
            return false;
        };
        change(&mut attempt);
        attempt.seed.next_seq();
        let onwards = Onwards {
            branch: attempt.branch,
            extra: attempt.extra,
            offer: attempt.offer,
            seed: attempt.seed,
            proofs: attempt.proofs,
            others: attempt.others,
            min_se_s: attempt.min_se_s,
        };
        self.try_again(now, leg, onwards);
        true
    }

    /// The same INVITE once more, as a transaction of its own: to the next peer (RFC 3263 §4.3), or to
    /// the same with proof of who we are.
    pub(super) fn try_again(&mut self, now: Moment, leg: LegId, onwards: Onwards) {
        let wording = self.change_calling(leg, |calling| std::mem::take(&mut calling.wording));
        let Some(wording) = wording else {
            return;
        };
        let attempt = self.attempt(now, leg, &wording, onwards);
        self.change_calling(leg, |calling| {
            calling.wording = wording;
            calling.attempts.push(attempt);
        });
    }
}
